"""The keywords that ``event_types.toml`` states for each event, read without the package's own generator."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import ctios_fast
from ctios_fast.core import codec
from ctios_fast.enums import AgentState
from ctios_fast.model.arguments import Arguments

#: The types of the data file. A number whose field has another width than the reference's is bytes.
TYPES: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int, bytes),
    "bool": (bool,),
    "float": (float,),
    "Arguments": (Arguments,),
    "AgentState | int": (AgentState, int),
}
#: What the messages with figures have beside them.
_IDENTITY = {"InvokeID", "PeripheralID", "SkillGroupNumber", "SkillGroupID"}


class Stated(NamedTuple):
    """What is stated of an event: the keywords that it always has, those it may have, those with an index."""

    always: frozenset[str]
    optional: frozenset[str]
    indexed: frozenset[str]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(ctios_fast.__file__).with_name("event_types.toml").read_text("utf-8"))


@cache
def _types() -> dict[str, str]:
    return {word: name for name, words in _data()["types"].items() for word in words.split()}


@cache
def stated_of_class(name: str) -> Stated:
    """What is stated of a class of Arguments."""
    if name == "Arguments":
        return Stated(frozenset(), frozenset(), frozenset())
    [row] = [each for each in _data()["arguments"] if each["name"] == name]
    base = stated_of_class(row.get("extends", "Arguments"))
    always, optional, indexed = (
        before | set(row.get(key, "").split())
        for before, key in zip(base, ("always", "optional", "indexed"), strict=True)
    )
    if "figures_of" in row:
        layout = codec(25).describe(row["figures_of"])
        assert layout is not None
        always |= {field.name for field in layout.fixed} - _IDENTITY
    return Stated(always, optional, indexed)


@cache
def classes() -> dict[str, str]:
    """The class of Arguments of each event."""
    found: dict[str, str] = {}
    for row in _data()["event"]:
        for name in (row["name"], *([row["monitored"]["name"]] if "monitored" in row else [])):
            found[name] = row["arguments"]
    return found


@cache
def sinks() -> dict[str, tuple[str, ...]]:
    """The sinks of each event."""
    found: dict[str, tuple[str, ...]] = {}
    for row in _data()["event"]:
        found[row["name"]] = tuple(row["sinks"])
        if "monitored" in row:
            found[row["monitored"]["name"]] = tuple(row["monitored"]["sinks"])
    return found


def deviations(event: str, args: Arguments, *, is_minimized: bool) -> list[str]:
    """How an event deviates from what is stated of it; empty if it does not.

    - ``is_minimized``: whether the session fires events without further fields of their messages.
    """
    stated = stated_of_class(classes()[event])
    found = [f"{event} lacks {keyword}" for keyword in sorted(stated.always - set(args))]
    for keyword, value in args.items():
        if keyword.partition("[")[0] in stated.indexed and keyword.endswith("]"):
            type_name = "Arguments"
        elif keyword in stated.always | stated.optional:
            figure = "int" if keyword.endswith(("Session", "Today")) else "str"
            type_name = _types().get(keyword, figure)
        elif is_minimized:
            found.append(f"{event} has {keyword}, which is not stated")
            continue
        else:
            continue
        if not isinstance(value, TYPES[type_name]) or (type_name == "int" and isinstance(value, bool)):
            found.append(f"{event} has {keyword} {value!r}, which is not {type_name}")
    return found
