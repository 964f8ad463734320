"""Handlers that read three fields of an event, in the form of each side.

Each message has a function of its own with code of its own, as in a program: the interpreter specialises
code for the values that pass through it, and a shared function would hide that.
"""

import re
from collections.abc import Callable
from typing import Any

from .streams import WANTED

Seen = list[tuple[Any, ...]]


def attribute(field: str) -> str:
    """Return the attribute of a message class for a field."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", field).lower()


def _function(parameters: str, *reads: str, seen: Seen | None) -> Callable[..., object]:
    # with `seen` the fields are stored, to check that all sides read the same
    names: dict[str, Any] = {"seen": seen}
    lines = reads if seen is None else (f"seen.append(({', '.join(reads)}))",)
    exec(f"def handler({parameters}):\n " + "\n ".join(lines or ("pass",)), names)
    handler: Callable[..., object] = names["handler"]
    return handler


def by_attribute(message: int, seen: Seen | None = None) -> Callable[..., object]:
    """Read attributes: ``event.agent_id`` and two more."""
    return _function("event", *(f"event.{attribute(field)}" for field in WANTED[message]), seen=seen)


def by_name(message: int, seen: Seen | None = None) -> Callable[..., object]:
    """Read items: ``event["AgentID"]`` and two more, of messages and of dicts."""
    return _function("event", *(f"event[{field!r}]" for field in WANTED[message]), seen=seen)


def by_position(message: int, seen: Seen | None = None) -> Callable[..., object]:
    """Get the fields as parameters."""
    del message
    if seen is None:
        return _function("first, second, text", seen=None)
    return _function("first, second, text", "first", "second", "text", seen=seen)


def by_column(message: int, seen: Seen | None = None) -> Callable[..., object]:
    """Get the columns of a batch: ``columns["AgentID"]`` and two more."""
    if seen is None:
        return _function("columns", *(f"columns[{field!r}]" for field in WANTED[message]), seen=None)

    def keep(columns: Any) -> None:
        values = [columns[field].tolist() for field in WANTED[message]]
        seen.extend((first, second, text.decode()) for first, second, text in zip(*values, strict=True))

    return keep


def empty() -> Callable[..., object]:
    """Read nothing."""
    return _function("event", seen=None)
