"""Reads the records of a configuration message, within limits.

The messages mark no ends of records: each begins with the item's first field.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from ctios_fast.core import Message
from ctios_fast.model.null_ids import names_nothing

from .items import Item

__all__ = ["MAX_LIST", "MAX_TEXT", "Values", "identity_of", "read"]

#: The fields of one record, by their names in the reference; lists are tuples.
Values = dict[str, Any]

#: Characters of the longest text that the reference allows in a record.
MAX_TEXT: Final = 255
#: Elements of the longest list that the reference allows in a record.
MAX_LIST: Final = 100
_LIMITS: Final[Mapping[type, int]] = {str: MAX_TEXT, tuple: MAX_LIST}
#: Fields that are a list because they are repeated, not because one field holds several values.
_LISTS: Final = frozenset({"Instrument"})


def read(message: Message, item: Item, share: Callable[[Any, Any], Any]) -> Iterator[Values | None]:
    """The records of a message; None for each that is longer than the reference allows.

    - ``share``: returns the value itself, or an equal one that others hold already.
    """
    values: Values | None = None
    too_long = False
    value: Any
    for name, value in message.floating():
        if name == item.first:
            if values is not None:
                yield None if too_long else values
            values, too_long = {}, False
        elif values is None:
            continue  # before the first record; the count of records shows it
        if isinstance(value, list) or name in _LISTS:
            more = tuple(value) if isinstance(value, list) else (value,)
            value = values.get(name, ()) + more
        limit = _LIMITS.get(type(value))
        if limit is not None and len(value) > limit:
            too_long = True
            continue
        values[name] = share(value, value)
    if values is not None:
        yield None if too_long else values


def identity_of(item: Item, attributes: dict[str, Any]) -> Any:
    """The key of a record in the item's mapping, None if a part is missing or is not usable."""
    parts = [attributes.get(name) for name in item.identity]
    if names_nothing(*parts):
        return None
    return parts[0] if len(parts) == 1 else tuple(parts)
