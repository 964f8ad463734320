"""Kind: what the folder of one kind of object, such as ``agents``, gives to a session."""

from collections.abc import Callable
from typing import Any, NamedTuple

from ctios_fast.core import Handler

from .context import Context
from .cti_object import CtiObject
from .publisher import EventTable
from .registry import Table

__all__ = ["Kind"]


class Kind(NamedTuple):
    """One kind of object.

    - ``name``: first part of the UniqueObjectIDs of its objects.
    - ``max_key``: the protocol's length limit for a key that is text.
    - ``events``: what its objects fire.
    - ``find``: looks up the rest of a UniqueObjectID, after the name.
    - ``handlers``: returns the message handlers, by number, for the table of a session.
    """

    name: str
    max_key: int
    events: EventTable
    find: Callable[[Table[Any], str], CtiObject | None]
    handlers: Callable[[Context, Table[Any]], dict[int, Handler]]
