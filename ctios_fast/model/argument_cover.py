"""How Arguments take values in: passwords are hidden, mappings become Arguments, lists become tuples.

A value under a keyword that names a password is wrapped in a ``Secret`` before anything else happens to it,
at every depth. Nothing here raises while it holds a value, because a traceback shows the variables of every
function that it passes through: a ``Refusal`` is returned, and the caller raises its error with ``taken``
after its own variable has been replaced.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ctios_fast.core.secret import Secret

from .argument_values import invalid, is_password, not_text

__all__ = ["MAX_DEPTH", "Cover", "Pairs", "Refusal", "taken"]

#: How deeply plain dicts, lists, JSON and dumps may be nested.
MAX_DEPTH: Final = 64

_SCALARS = frozenset({int, str, bool, float})

Pairs = Iterable[tuple[str, Any]]


class Refusal:
    """The error of a value that cannot be taken, until it can be raised without showing the value."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


def taken(covered: Any) -> Any:
    """A covered value; raises the error of a Refusal."""
    if isinstance(covered, Refusal):
        raise covered.error
    return covered


class Cover:
    """Covers values.

    - ``kind``: the class of nested Arguments, which stay as they are. It is given, because it is defined in
      terms of this module.
    - ``make``: makes one of pairs whose values are covered.
    """

    __slots__ = ("_kind", "_make")

    def __init__(self, kind: type[Mapping[str, Any]], make: Callable[[Pairs], Any]) -> None:
        self._kind = kind
        self._make = make

    def value(self, key: object, value: Any) -> Any:
        """The value as it is kept under the keyword, or a Refusal. Never raises."""
        return self._value(value, not isinstance(key, str) or is_password(key), 0)

    def pairs(self, values: Any) -> "Pairs | Refusal":
        """Pairs of keyword and covered value, or a Refusal. Never raises."""
        if values is None:
            return ()
        if isinstance(values, self._kind):
            return tuple(values.items())
        pairs: list[tuple[str, Any]] = []
        try:
            for key, value in values.items() if isinstance(values, Mapping) else values:
                covered = self.value(key, value)
                if not isinstance(key, str):
                    return Refusal(not_text(key))
                if isinstance(covered, Refusal):
                    return covered
                pairs.append((key, covered))
        except Exception as error:
            kind = f"{type(values).__name__} ({type(error).__name__} while reading it)"
            return Refusal(TypeError(f"Arguments takes a mapping, or pairs of keyword and value, got {kind}"))
        return pairs

    def read(self, read: dict[str, Any] | ValueError) -> "Pairs | Refusal":
        """What a text said, as ``pairs`` has it. Never raises."""
        return Refusal(invalid(str(read))) if isinstance(read, ValueError) else self.pairs(read)

    def _value(self, value: Any, secret: bool, depth: int) -> Any:
        if value is None or isinstance(value, Secret | Refusal):
            return value
        if not secret and (type(value) in _SCALARS or isinstance(value, self._kind)):
            return value
        try:
            if isinstance(value, Mapping | list | tuple):
                if depth == MAX_DEPTH:
                    return Refusal(invalid(f"values may be nested {MAX_DEPTH} levels deep at most"))
                if isinstance(value, Mapping):
                    return self._mapping(value, secret, depth + 1)
                return self._sequence(value, secret, depth + 1)
            return Secret(value) if secret else value
        except Exception as error:
            return Refusal(invalid(f"a {type(value).__name__} could not be read: {type(error).__name__}"))

    def _mapping(self, value: Mapping[Any, Any], secret: bool, depth: int) -> Any:
        pairs: list[tuple[str, Any]] = []
        for key, each in value.items():
            if not isinstance(key, str):
                return Refusal(not_text(key))
            covered = self._value(each, secret or is_password(key), depth)
            if isinstance(covered, Refusal):
                return covered
            pairs.append((key, covered))
        return self._make(pairs)

    def _sequence(self, value: "list[Any] | tuple[Any, ...]", secret: bool, depth: int) -> Any:
        # ("AgentPassword", "text") is a pair, wherever it is: all that follows such a keyword is hidden
        pair = len(value) > 1 and isinstance(value[0], str) and is_password(value[0])
        covered: list[Any] = []
        for position, each in enumerate(value):
            one = self._value(each, secret or (pair and position > 0), depth)
            if isinstance(one, Refusal):
                return one
            covered.append(one)
        if isinstance(value, tuple) and all(map(_same, covered, value)):
            return value  # a named tuple stays one
        return tuple(covered)


def _same(one: object, other: object) -> bool:
    return one is other
