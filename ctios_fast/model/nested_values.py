"""Values of Arguments that contain others: nested Arguments and tuples."""

from collections.abc import Mapping
from typing import Any

from ctios_fast.core.secret import Secret

__all__ = ["cloned", "equal", "has_secret", "reaches"]


def reaches(value: Any, target: object) -> bool:
    """Whether the target is the value itself or nested in it. Each value is looked at once."""
    seen: set[int] = set()
    todo: list[Any] = [value]
    while todo:
        each = todo.pop()
        if each is target:
            return True
        if isinstance(each, Mapping | tuple) and id(each) not in seen:
            seen.add(id(each))
            todo += each.values() if isinstance(each, Mapping) else each
    return False


def equal(one: Any, other: Any) -> bool:
    """Whether two values are equal. Passwords are compared by their texts."""
    if isinstance(one, Secret) and isinstance(other, Secret):
        return one.reveal() == other.reveal()
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


def cloned(value: Any) -> Any:
    """A copy of nested Arguments, at every depth; any other value as it is."""
    if isinstance(value, Mapping):
        return value.clone()  # type: ignore[attr-defined]  # every mapping in Arguments is one
    return tuple(map(cloned, value)) if type(value) is tuple else value


def has_secret(value: Any) -> bool:
    """Whether the value is a password or a tuple with one. Nested Arguments answer for themselves."""
    return isinstance(value, Secret) or (isinstance(value, tuple) and any(map(has_secret, value)))
