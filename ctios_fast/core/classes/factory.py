"""Makes a message class from its row in ``protocol/class_table.py``."""

from collections import namedtuple
from typing import Any

from ctios_fast.core.encode.keyword_writer import (
    ARRAY,
    ARRAYS,
    GROUP,
    REPEATED,
    SINGLE,
    VARIABLES,
    KeywordWriter,
)

from .base import TypedMessage, new_class
from .named_variables import NamedArrays, NamedVariables
from .properties import (
    FixedProperty,
    FloatingProperty,
    GroupProperty,
    NamedProperty,
    RepeatedProperty,
    register,
)

__all__ = ["make_class"]

_READERS = {
    SINGLE: FloatingProperty,
    REPEATED: RepeatedProperty,
    ARRAY: RepeatedProperty,
}
_MAPPINGS = {VARIABLES: NamedVariables, ARRAYS: NamedArrays}


def _record(owner: str, name: str, columns: tuple[Any, ...], module: str) -> type[tuple[Any, ...]]:
    # All fields have defaults: what is required is checked when a message is made of the record.
    record = namedtuple(  # type: ignore[misc]  # noqa: PYI024
        name,
        [column[2] for column in columns],
        module=module,
    )
    record.__new__.__defaults__ = tuple(None if column[0] == SINGLE else () for column in columns)
    record.__qualname__ = f"{owner}.{name}"
    record.__doc__ = f"One record of {owner}."
    return record


def make_class(name: str, row: tuple[Any, ...], module: str) -> type[TypedMessage]:
    """The class; from now on frames of its number are read as its instances."""
    number, fixed, parts, defaults = row
    namespace: dict[str, Any] = {"number": number}
    for reference, keyword, conversion in fixed:
        namespace[keyword] = FixedProperty(keyword, reference, conversion)
    written = []
    for shape, reference, keyword, conversion, record_name, opener, closer, columns in parts:
        record = inner = None
        if shape == GROUP:
            record = namespace[record_name] = _record(name, record_name, columns, module)
            inner = tuple((column[0], column[2], column[1], None, None) for column in columns)
            namespace[keyword] = GroupProperty(
                keyword,
                record,
                tuple((column[1], column[3], column[0] != SINGLE) for column in columns),
                opener,
                closer,
            )
        elif shape in _MAPPINGS:
            namespace[keyword] = NamedProperty(keyword, reference, _MAPPINGS[shape])
        else:
            namespace[keyword] = _READERS[shape](keyword, reference, conversion)
        written.append((shape, keyword, reference, record, inner))
    names = tuple((reference, keyword) for reference, keyword, _ in fixed)
    namespace["_writer"] = KeywordWriter(number, names, tuple(written), defaults)
    namespace["_fields"] = tuple(namespace["_writer"].references)
    message_class = new_class(module, name, namespace)
    register(message_class)
    return message_class
