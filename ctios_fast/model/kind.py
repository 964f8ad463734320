"""Kind and Feature: what a folder gives to a session, with objects as in ``agents`` or without them."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ctios_fast.core import Handler

from .context import Context
from .cti_object import OBJECT_LIFE, CtiObject
from .publisher import EventTable
from .registry import Life, Table

__all__ = ["Feature", "Kind"]


class Kind(NamedTuple):
    """One kind of object.

    - ``name``: first part of the UniqueObjectIDs of its objects.
    - ``max_key``: the protocol's length limit for a key that is text.
    - ``events``: what its objects fire.
    - ``find``: looks up the rest of a UniqueObjectID, after the name.
    - ``handlers``: returns the message handlers, by number, for the table of a session.
    - ``life``: what happens to its objects.
    """

    name: str
    max_key: int
    events: EventTable
    find: Callable[[Table[Any], str], CtiObject | None]
    handlers: Callable[[Context, Table[Any]], dict[int, Handler]]
    life: Life[Any] = OBJECT_LIFE


class Feature(NamedTuple):
    """What has no objects of its own, such as ``configuration``.

    - ``events``: what it fires.
    - ``handlers``: returns the message handlers, by number. It is called after those of all kinds.
    - ``counts``: returns its counters, under the names that they have in the session's.
    """

    events: EventTable
    handlers: Callable[[Context], dict[int, Handler]]
    counts: Callable[[Context], Mapping[str, int]]
