"""EventSink: the base class of the typed sinks, and which methods of a sink a program has defined itself."""

from types import FunctionType
from typing import Any, Final

__all__ = ["EventSink", "is_defined_by_program"]

#: The methods of the interfaces, which do nothing.
_OF_INTERFACES: Final[set[FunctionType]] = set()


class EventSink:
    """Base class of ``SessionEvents``, ``AgentEvents`` and the other interfaces of ``event_types``.

    - ``is_interface``: whether the class is one of the interfaces. Its methods are not called: they show a
      program which events there are.

    A method costs only if a program overrides it: the others are not added as listeners.
    """

    __slots__ = ()

    def __init_subclass__(cls, *, is_interface: bool = False, **options: Any) -> None:
        super().__init_subclass__(**options)
        if is_interface:
            _OF_INTERFACES.update(each for each in vars(cls).values() if isinstance(each, FunctionType))


def is_defined_by_program(method: object) -> bool:
    """Whether a method of a sink is one of the program, rather than the one that it inherits unchanged."""
    function = getattr(method, "__func__", None)
    return not isinstance(function, FunctionType) or function not in _OF_INTERFACES
