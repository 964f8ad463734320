"""Replaces objects of one kind in a value, however deep they are in its containers."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from ctios_fast.enums import CilCode
from ctios_fast.errors import MethodError
from ctios_fast.model.arguments import Arguments, arguments_over

__all__ = ["MAX_DEPTH", "converted"]

#: Containers within one another that a value may have. It ends a list that contains itself.
MAX_DEPTH: Final = 100

#: Values that have elements and contain no objects. A mask such as ``ButtonEnablement`` is an int.
_PLAIN: Final = (str, bytes, bytearray, memoryview, int)

#: Containers that are created anew as what they are. Others become lists.
_REBUILT: Final = (list, tuple, set, frozenset)


def converted(value: Any, kind: type, convert: Callable[[Any], Any], depth: int = 0) -> Any:
    """The value with ``convert(each)`` in place of each object of that kind.

    - ``value``: objects are found in mappings, in their keys and values, and in other containers. An iterator
      becomes a list of what it gives. Any other value that contains no object of the kind is returned itself.

    Raises ``MethodError`` for a value of more than ``MAX_DEPTH`` containers within one another, and what an
    iterator raises.
    """
    if isinstance(value, kind):
        return convert(value)
    if isinstance(value, _PLAIN) or not isinstance(value, Collection | Iterator):
        return value
    if depth == MAX_DEPTH:
        raise MethodError(
            CilCode.E_CTIOS_INVALID_ARGUMENT,
            f"an argument has more than {MAX_DEPTH} containers within one another; does one contain itself?",
        )
    before = [*value.keys(), *value.values()] if isinstance(value, Mapping) else list(value)
    after = [converted(each, kind, convert, depth + 1) for each in before]
    if isinstance(value, Iterator):
        return after
    if all(new is old for new, old in zip(after, before, strict=True)):
        return value
    return _rebuilt(value, after)


def _rebuilt(value: Collection[Any], elements: list[Any]) -> Any:
    # A container like the value with other elements. Those of a mapping are its keys, then its values.
    if isinstance(value, Mapping):
        half = len(elements) // 2
        items = dict(zip(elements[:half], elements[half:], strict=True))
        return arguments_over(items) if isinstance(value, Arguments) else items
    if isinstance(value, tuple) and hasattr(value, "_make"):  # a named tuple
        return value._make(elements)
    return next((base for base in _REBUILT if isinstance(value, base)), list)(elements)
