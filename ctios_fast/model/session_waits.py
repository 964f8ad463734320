"""SessionWaits: events of a Session as streams and as futures, and one moment of all its objects."""

import asyncio
from typing import Any, Protocol

from .arguments import Arguments
from .kinds import KINDS
from .session_lookups import SessionLookups
from .streams import DEFAULT_BUFFER, EventStream, Overflow
from .waits import Predicate

__all__ = ["SessionWaits"]


class SessionWaits(SessionLookups):
    """What a Session offers to coroutines beside its listeners."""

    def stream(
        self, *events: str, buffer: int = DEFAULT_BUFFER, overflow: Overflow = "drop_oldest"
    ) -> EventStream:
        """The events of these names as an asynchronous iterator, from this call on, in wire order.

        - ``events``: names of events; all events unless given.
        - ``buffer``: events that are kept until they are read, 1 to 10,000,000.
        - ``overflow``: what happens to an event for which there is no place. ``"drop_oldest"``: the oldest
          one that waits is dropped. ``"error"``: the stream ends with ``StreamOverflow`` once what waits has
          been read. ``"block"``: nothing is dropped; the session reads nothing from its server until half of
          the buffer is free. The buffer then takes what had been read already. Nothing else
          is read either: a request that the reader of the stream awaits gets no answer meanwhile, and the
          loss of the server is not noticed.

        What is dropped is counted: ``dropped`` of the stream, ``events_dropped`` of ``counters()``. The
        stream ends after ``OnConnectionClosed``.

        Raises ``ValueError`` for an unknown event, ``MethodError`` for a ``buffer`` or ``overflow`` that
        cannot be used.
        """
        return EventStream(self._context.events, self._context, events, buffer, overflow)

    def wait_for(
        self, event: str, predicate: Predicate | None = None, timeout: float | None = None
    ) -> "asyncio.Future[Arguments]":
        """A future of the Arguments of the next event of that name, from this call on.

        - ``event``: its name, such as ``OnCallEnd``.
        - ``predicate``: called with the Arguments of each; the first for which it returns true is the result.
        - ``timeout``: seconds, None for no limit.

        Call it before the request that leads to the event: the event may come before the confirmation.

        Raises ``ValueError`` for an unknown event and ``MethodError`` for another argument. The future fails
        with ``TimeoutError``, with ``ConnectionLost`` when the session is closed, and with what the predicate
        raises.
        """
        return self._context.wait_for((event,), predicate, timeout)

    def snapshot(self) -> dict[str, Any]:
        """All objects that the session knows, at this moment, as plain data that ``json`` can write.

        The keys are ``session`` and the kinds of objects such as ``agent`` and ``call``. A kind has
        its objects by UniqueObjectID, each a dict of its properties by keyword; what is not known is left
        out. Passwords are not part of it.

        Raises ``MethodError`` for a property of the program that JSON cannot express.
        """
        registry = self._context.registry
        objects = {
            kind.name: {each.unique_object_id: _plain(each) for each in registry[kind.name]} for kind in KINDS
        }
        return {"session": _plain(self), **objects}


class _WithProperties(Protocol):
    def get_all_properties(self) -> Arguments: ...


def _plain(one: _WithProperties) -> dict[str, Any]:
    return one.get_all_properties().to_dict()
