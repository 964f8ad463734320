"""Writes the enumerations of CTI OS: ``enums.py`` and its stub, from ``enums.toml``.

A class is built when its name is first looked up, as in ``protocol/enums.py``: an enumeration costs start-up
time. The stub shows the same as ordinary classes to type checkers and editors.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..schema import Reference

__all__ = ["CtiOsEnumeration", "SharedEnumeration", "ctios_enums_module", "ctios_enums_stub", "load_ctios"]

DATA_FILE = Path(__file__).resolve().parent.parent.parent / "enums.toml"

_BANNER = "generated from enums.toml by protocol/build/ctios_enums.py: change the data, not this file"

#: Between words of a CamelCase name: "CTIOSServerOnline" is CTIOS, Server and Online.
_WORD_BORDER = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True)
class CtiOsEnumeration:
    """An enumeration with a table of its own. ``members`` has the aliases too, after the names of CTI OS."""

    name: str
    doc: str
    is_mask: bool
    members: tuple[tuple[str, int], ...]
    #: Value -> what it means, where the data says so.
    texts: Mapping[int, str]
    #: Numbers that clear bits of a mask. As members they would name bits that CTI OS does not define.
    and_masks: Mapping[str, int]


@dataclass(frozen=True)
class SharedEnumeration:
    """A name of CTI OS for an enumeration of ``protocol/enums.py``."""

    name: str
    same_as: str


def load_ctios(
    reference: Reference, path: Path = DATA_FILE
) -> tuple[list[CtiOsEnumeration], list[SharedEnumeration]]:
    """Read the data file. ``reference`` has the members that CTI OS takes over from GED-188."""
    with path.open("rb") as file:
        data = tomllib.load(file)
    wire = {item.name: item for item in reference.enumerations}
    numbers = {message.name: message.number for message in reference.messages}
    enumerations = []
    for row in data["enum"]:
        members, texts = _members(row, wire, numbers)
        enumerations.append(
            CtiOsEnumeration(
                name=row["name"],
                doc=row["doc"],
                is_mask=row.get("mask", False),
                members=tuple(members.items()),
                texts=texts,
                and_masks=row.get("and_masks", {}),
            )
        )
    shared = [SharedEnumeration(row["name"], row["same_as"]) for row in data["shared"]]
    for item in shared:
        if item.same_as not in wire:
            raise ValueError(f"enums.toml: {item.name} is same_as {item.same_as}, which ged188.toml lacks")
    return enumerations, shared


def _members(
    row: Mapping[str, Any], wire: Mapping[str, Any], numbers: Mapping[str, int]
) -> tuple[dict[str, int], dict[int, str]]:
    # all members by name, with the aliases; texts by value
    members: dict[str, int] = {}
    texts: dict[int, str] = {}
    if "members_of" in row:
        members.update((member.name, member.value) for member in wire[row["members_of"]].members)
    for name, entry in row.get("members", {}).items():
        if isinstance(entry, int):
            members[name] = entry
        elif isinstance(entry, str):
            members[name] = numbers[entry]
        else:
            members[name] = entry["value"]
            texts[entry["value"]] = entry["text"]
    prefix = row.get("prefix")
    aliases = {_short(name, prefix): value for name, value in members.items()} if prefix else {}
    aliases.update((alias, members[name]) for alias, name in row.get("aliases", {}).items())
    for alias, value in aliases.items():
        if members.setdefault(alias, value) != value:
            raise ValueError(f"enums.toml: {row['name']} has two values under {alias}")
    return members, texts


def _short(name: str, prefix: str) -> str:
    # "eSysTextFYI" without "eSys" is TEXT_FYI
    if not name.startswith(prefix):
        raise ValueError(f"enums.toml: {name} does not begin with {prefix}")
    return _WORD_BORDER.sub("_", name.removeprefix(prefix)).upper()


def ctios_enums_module(reference: Reference) -> str:
    """``enums.py``: the enumerations as data; a class is built when its name is first looked up."""
    enumerations, shared = load_ctios(reference)
    lines = [
        f'"""Enumerations, bit masks and error codes of CTI OS ({_BANNER}).',
        "",
        "Members have the names of CTI OS and short aliases. Each class is built when it is first looked up,",
        "so that importing the package stays quick. Enumerations of GED-188 itself are in",
        "``ctios_fast.protocol.enums``.",
        '"""',
        "",
        "import enum",
        "from importlib import import_module",
        "",
        "_MEMBERS = {",
    ]
    for item in enumerations:
        lines.append(f'    "{item.name}": (')
        lines.append(f"        {item.doc!r},")
        lines += ["        ("]
        lines += [
            f'            ("{member}", {_number(value, item.is_mask)}),' for member, value in item.members
        ]
        lines += ["        ),", "    ),"]
    lines += ["}", "", "_MASKS = {"]
    lines += [f'    "{item.name}",' for item in enumerations if item.is_mask]
    lines += ["}", "", "#: Texts of members, by value.", "_TEXTS = {"]
    for item in enumerations:
        if item.texts:
            lines.append(f'    "{item.name}": {{')
            lines += [f"        {value}: {text!r}," for value, text in item.texts.items()]
            lines.append("    },")
    lines += ["}", "", "#: Attributes of masks that are not members: numbers to AND with.", "_AND_MASKS = {"]
    for item in enumerations:
        if item.and_masks:
            lines.append(f'    "{item.name}": {{')
            lines += [f'        "{name}": {value:#010x},' for name, value in item.and_masks.items()]
            lines.append("    },")
    lines += [
        "}",
        "",
        "#: Name of CTI OS -> class of ``protocol.enums`` that has the same members.",
        "_SHARED = {",
    ]
    lines += [f'    "{item.name}": "{item.same_as}",' for item in shared]
    lines += ["}", "", "__all__ = sorted([*_MEMBERS, *_SHARED])", "", *_CODE]
    return "\n".join(lines)


_CODE = [
    "",
    "class _Described(enum.IntEnum):",
    "    @property",
    "    def text(self):",
    "        return _TEXTS[type(self).__name__][self.value]",
    "",
    "",
    "def _build(name):",
    "    if name in _SHARED:",
    '        return getattr(import_module("ctios_fast.protocol.enums"), _SHARED[name])',
    "    doc, members = _MEMBERS[name]",
    "    base = enum.IntFlag if name in _MASKS else _Described if name in _TEXTS else enum.IntEnum",
    "    enumeration = base(name, members, module=__name__)",
    "    enumeration.__doc__ = doc",
    "    for attribute, value in _AND_MASKS.get(name, {}).items():",
    "        setattr(enumeration, attribute, value)",
    "    return enumeration",
    "",
    "",
    "def __getattr__(name):",
    "    if name not in _MEMBERS and name not in _SHARED:",
    '        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")',
    "    enumeration = globals()[name] = _build(name)",
    "    return enumeration",
    "",
    "",
    "def __dir__():",
    "    return sorted({*globals(), *__all__})",
    "",
]


def ctios_enums_stub(reference: Reference) -> str:
    """``enums.pyi``."""
    enumerations, shared = load_ctios(reference)
    lines = ["from enum import IntEnum, IntFlag", ""]
    lines += [f"from .protocol.enums import {item.same_as} as {item.name}" for item in shared]
    lines += ["", "__all__: list[str]", ""]
    for item in enumerations:
        lines += [
            "",
            f"class {item.name}({'IntFlag' if item.is_mask else 'IntEnum'}):",
            f'    """{item.doc}"""',
            "",
        ]
        lines += _stub_members(item)
        lines += [f"    {name}: int  # {value:#010x}, to AND with" for name, value in item.and_masks.items()]
        if item.texts:
            lines += [
                "    @property",
                "    def text(self) -> str:",
                '        """What the value means, in a few words."""',
            ]
        lines.append("")
    return "\n".join(lines)


def _stub_members(item: CtiOsEnumeration) -> Iterator[str]:
    for member, value in item.members:
        yield f"    {member} = {_number(value, item.is_mask)}"


def _number(value: int, is_mask: bool) -> str:
    return f"{value:#010x}" if is_mask else str(value)
