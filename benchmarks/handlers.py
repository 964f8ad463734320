"""Handlers that read three fields of an event, in the form that each side gives it.

Each message has a function of its own, with code of its own, as it would in a program: the interpreter
specialises code for what passes through it, and sharing one function would hide that.
"""

import re
from collections.abc import Callable
from typing import Any

from .streams import WANTED

Seen = list[tuple[Any, ...]]


def attribute(field: str) -> str:
    """The attribute of a message class that holds a field."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", field).lower()


def _function(parameters: str, *reads: str, seen: Seen | None) -> Callable[..., object]:
    # where `seen` is given the fields are kept too, for the check that all sides read the same
    names: dict[str, Any] = {"seen": seen}
    lines = reads if seen is None else (f"seen.append(({', '.join(reads)}))",)
    exec(f"def handler({parameters}):\n " + "\n ".join(lines or ("pass",)), names)
    handler: Callable[..., object] = names["handler"]
    return handler


def by_attribute(message: int, seen: Seen | None = None) -> Callable[..., object]:
    """``event.agent_id`` and two more."""
    return _function("event", *(f"event.{attribute(field)}" for field in WANTED[message]), seen=seen)


def by_name(message: int, seen: Seen | None = None) -> Callable[..., object]:
    """``event["AgentID"]`` and two more, for messages and dicts alike."""
    return _function("event", *(f"event[{field!r}]" for field in WANTED[message]), seen=seen)


def by_position(message: int, seen: Seen | None = None) -> Callable[..., object]:
    """The fields are the parameters."""
    del message
    if seen is None:
        return _function("first, second, text", seen=None)
    return _function("first, second, text", "first", "second", "text", seen=seen)


def empty() -> Callable[..., object]:
    """Nothing is read."""
    return _function("event", seen=None)
