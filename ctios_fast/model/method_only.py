"""method_only: methods without arguments that must be called, and say so when they are used as a property.

CTI OS has ``IsConnected()``; a ported program that writes ``if session.is_connected:`` would find every bound
method true. Such a test raises here instead.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

__all__ = ["method_only"]

_T = TypeVar("_T")


class _Bound(Generic[_T]):
    """A method of one object; it can be called, but has no truth value."""

    __slots__ = ("_function", "_owner")

    def __init__(self, function: Callable[[Any], _T], owner: object) -> None:
        self._function = function
        self._owner = owner

    def __call__(self) -> _T:
        return self._function(self._owner)

    def __bool__(self) -> bool:
        name = self._function.__name__
        raise TypeError(f"{name} is a method: write {name}()")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, bool):
            bool(self)  # raises
        return self is other

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<method {self._function.__name__} of {self._owner!r}>"


class method_only(Generic[_T]):  # noqa: N801, a decorator
    """Makes a method whose truth value raises ``TypeError``."""

    def __init__(self, function: Callable[[Any], _T]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __get__(self, owner: object, kind: type) -> "_Bound[_T]":
        if owner is None:
            return self._function  # type: ignore[return-value]  # for help() and inspect
        return _Bound(self._function, owner)
