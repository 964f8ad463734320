"""Creates each message class from its row in ``protocol/class_table.py`` on first use."""

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
from ctios_fast.protocol.class_table import CLASSES
from ctios_fast.protocol.numbers import CONFIRMATIONS

from .base import TypedMessage, new_class
from .class_help import ClassText, class_signature, class_text
from .named_variables import NamedArrays, NamedVariables
from .properties import (
    FixedProperty,
    FloatingProperty,
    GroupProperty,
    NamedProperty,
    RepeatedProperty,
    register,
)

__all__ = ["class_named", "class_of"]

#: The module that users import the classes from, and that pickles name.
MODULE = "ctios_fast.messages"

_READERS = {
    SINGLE: FloatingProperty,
    REPEATED: RepeatedProperty,
    ARRAY: RepeatedProperty,
}
_MAPPINGS = {VARIABLES: NamedVariables, ARRAYS: NamedArrays}


def _record(owner: str, name: str, columns: tuple[Any, ...]) -> type[tuple[Any, ...]]:
    # All fields have defaults: required ones are checked when a message is encoded from the record.
    record = namedtuple(  # type: ignore[misc]  # noqa: PYI024
        name,
        [column[2] for column in columns],
        module=MODULE,
    )
    record.__new__.__defaults__ = tuple(None if column[0] == SINGLE else () for column in columns)
    record.__qualname__ = f"{owner}.{name}"
    record.__doc__ = f"One record of {owner}."
    return record


def _create(name: str, row: tuple[Any, ...]) -> type[TypedMessage]:
    """Create and register the class: frames of its number are then read as its instances.

    The class of a request comes with the class of its confirmation, so that the answer is an instance of it.
    """
    number, fixed, parts, defaults = row
    namespace: dict[str, Any] = {
        "number": number,
        "__doc__": ClassText(class_text),
        "__signature__": ClassText(class_signature),
    }
    for reference, keyword, conversion in fixed:
        namespace[keyword] = FixedProperty(keyword, reference, conversion)
    written = []
    for kind, reference, keyword, conversion, record_name, opener, closer, columns in parts:
        record = inner = None
        if kind == GROUP:
            record = namespace[record_name] = _record(name, record_name, columns)
            inner = tuple((column[0], column[2], column[1], None, None) for column in columns)
            namespace[keyword] = GroupProperty(
                keyword,
                record,
                tuple((column[1], column[3], column[0] != SINGLE) for column in columns),
                opener,
                closer,
            )
        elif kind in _MAPPINGS:
            namespace[keyword] = NamedProperty(keyword, reference, _MAPPINGS[kind])
        else:
            namespace[keyword] = _READERS[kind](keyword, reference, conversion)
        written.append((kind, keyword, reference, record, inner))
    names = tuple((reference, keyword) for reference, keyword, _ in fixed)
    namespace["_writer"] = KeywordWriter(number, names, tuple(written), defaults)
    namespace["_fields"] = tuple(namespace["_writer"].references)
    message_class = new_class(MODULE, name, namespace)
    register(message_class)
    if number in CONFIRMATIONS:
        class_of(CONFIRMATIONS[number])
    return message_class


_created: dict[str, type[TypedMessage]] = {}
_name_of = {row[0]: name for name, row in CLASSES.items()}


def class_named(name: str) -> type[TypedMessage] | None:
    """The message class of that name, or None."""
    found = _created.get(name)
    if found is None and name in CLASSES:
        found = _created.setdefault(name, _create(name, CLASSES[name]))
    return found


def class_of(number: int) -> type[TypedMessage] | None:
    """The class of a message number, or None if no layout is published."""
    name = _name_of.get(number)
    return None if name is None else class_named(name)
