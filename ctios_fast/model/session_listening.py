"""SessionListening: the events of a Session by sinks, listeners, streams and futures.

Type checkers and editors read the stub, which has a signature for each event; ``ci/make_event_types.py``
writes it.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from .arguments import Arguments
from .publisher import Listener, checked_for
from .session_snapshot import SessionSnapshot
from .streams import DEFAULT_BUFFER, EventStream, Overflow
from .waits import Predicate

if TYPE_CHECKING:
    from .event_arguments import EventName

__all__ = ["SessionListening"]

_L = TypeVar("_L", bound=Listener)


class SessionListening(SessionSnapshot):
    """The ways in which a program gets the events of a Session."""

    @property
    def events(self) -> "tuple[EventName, ...]":
        """The names of all events that the session fires."""
        return self._context.events.events

    def add_event_listener(self, sink: object) -> None:
        """Call the sink's methods that are named after events, such as ``on_post_logout(args)``.

        ``ctios_fast.event_types`` has base classes for sinks, whose methods an editor completes.

        Raises ``TypeError`` for a class, for a sink without such a method, for a misspelt one, for one that
        does not take the Arguments alone, and for an attribute of such a name that is not a method. An
        attribute that is None counts as no method.
        """
        self._context.events.add_sink(sink)

    def remove_event_listener(self, sink: object) -> None:
        """Take a sink away. Raises ``ValueError`` if it was not added."""
        self._context.events.remove_sink(sink)

    def subscribe(self, event: str, listener: Listener | None = None) -> Callable[[_L], _L] | None:
        """Call the listener with the Arguments of each event of that name, such as ``OnPostLogout``.

        Without a listener it is a decorator: ``@session.subscribe("OnPostLogout")``.

        Raises ``ValueError`` for an unknown name, ``TypeError`` for a coroutine function and for a listener
        that does not take the Arguments alone.
        """
        publisher = self._context.events
        name = publisher.event(event)

        def decorate(listener: _L) -> _L:
            publisher.subscribe(name, checked_for(listener, f"the Arguments of {name}", "args"))
            return listener

        if listener is not None:
            decorate(listener)
            return None

        return decorate

    def unsubscribe(self, event: "EventName", listener: Listener) -> None:
        """Take a listener away. Raises ``ValueError`` if it is not subscribed."""
        self._context.events.unsubscribe(event, listener)

    def stream(
        self, *events: str, buffer: int = DEFAULT_BUFFER, overflow: Overflow = "drop_oldest"
    ) -> EventStream[Arguments]:
        """The events of these names as an asynchronous iterator, from this call on, in wire order.

        - ``events``: names of events; all events unless given.
        - ``buffer``: events that are kept until they are read, 1 to 10,000,000.
        - ``overflow``: what happens to an event for which there is no place. ``"drop_oldest"``: the oldest
          one that waits is dropped. ``"error"``: the stream ends with ``StreamOverflow`` once what waits has
          been read. ``"block"``: nothing is dropped; when the buffer is full, the session reads nothing
          from its server until half of the buffer is free. What it had read before that goes into the buffer
          as well, above its size. Nothing else is read either: a request that the reader of the stream awaits
          gets no answer meanwhile, the loss of the server is not noticed, and ``disconnect`` may take the
          option ``close_timeout``.

        What is dropped is counted: ``dropped`` of the stream, ``events_dropped`` of ``counters()``.

        After ``disconnect`` the iteration ends, and ``OnConnectionClosed`` is its last event. It raises
        ``ConnectionLost`` when the session is lost with no side left to try, refused by the server, or not
        connected at the call of ``stream``.

        Raises ``ValueError`` for an unknown event or ``overflow`` and for a ``buffer`` outside its range,
        ``TypeError`` for a ``buffer`` that is not an integer or a name that is not text.
        """
        self._context.require_thread()
        return EventStream(self._context, events, buffer, overflow)

    def wait_for(
        self, event: str, predicate: Predicate | None = None, timeout: float | None = None
    ) -> "asyncio.Future[Arguments]":
        """A future of the Arguments of the next event of that name, from this call on.

        - ``event``: its name, such as ``OnCallEnd``.
        - ``predicate``: called with the Arguments of each; the first for which it returns true is the result.
        - ``timeout``: seconds, None for no limit.

        Call it before the request that leads to the event: the event may come before the confirmation. Cancel
        a future without ``timeout`` that is not needed any more.

        Raises ``ValueError`` for an unknown event, ``TypeError`` for a name that is not text, and
        ``MethodError`` for a ``predicate`` or ``timeout`` that cannot be used. The future fails with
        ``TimeoutError``, and with ``ConnectionLost`` when the session is closed, lost with no side left to
        try, refused by the server, or not connected at the call. A loss after which the library looks for a
        side does not end the wait. What the predicate raises fails the future, and the predicate is not
        called again.
        """
        return self._context.wait_for(event, predicate, timeout)
