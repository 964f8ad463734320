"""Null ids: what a message carries in place of an id where it names no object.

The model creates no object under such an id. Whatever adopts an object calls ``names_nothing`` first.
"""

from collections.abc import Hashable
from typing import Final

from ctios_fast.protocol.codes import NULL_ID

__all__ = ["names_nothing"]

#: A field that is missing, an empty text, and the number that stands for no call, peripheral, service or
#: skill group.
_NULL_IDS: Final[frozenset[Hashable]] = frozenset({None, "", NULL_ID})


def names_nothing(*ids: Hashable) -> bool:
    """Whether one of these ids, or parts of an id, names no object."""
    return not _NULL_IDS.isdisjoint(ids)
