"""Events as a stream: ``async for event in session.stream("OnAgentStateChange")``, with a bounded buffer."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, Generic, Literal, NamedTuple, Protocol, Self, TypeVar, cast

from ctios_fast._checks import check_integer
from ctios_fast.errors import CtiOsError, StreamOverflow

from .arguments import Arguments
from .publisher import EventPublisher
from .session_end import End, EndingSource, not_connected

if TYPE_CHECKING:
    from .event_arguments import EventName

__all__ = ["DEFAULT_BUFFER", "A", "Event", "EventStream", "Overflow", "give_back"]

#: The class of an event's Arguments.
A = TypeVar("A", bound=Arguments)

#: What a stream does with an event for which its buffer has no place.
Overflow = Literal["drop_oldest", "error", "block"]

#: Events that a stream keeps for its reader unless the program says otherwise.
DEFAULT_BUFFER: Final = 1000

_MAX_BUFFER: Final = 10_000_000
_OVERFLOWS: Final = ("drop_oldest", "error", "block")


class Event(NamedTuple, Generic[A]):
    """An event of a session.

    - ``name``: its name, such as ``OnCallBegin``.
    - ``args``: its Arguments.
    """

    name: "EventName"
    args: A


class StreamSource(EndingSource, Protocol):
    """What a stream needs of its session. A ``Context`` has it."""

    events: EventPublisher

    def hold_reading(self, holder: object) -> None:
        """Read nothing until every holder has released it."""

    def release_reading(self, holder: object) -> None:
        """End a hold."""


class EventStream(Generic[A]):
    """An asynchronous iterator over the events of some names in wire order, from ``Session.stream`` on.

    - ``dropped``: events that the stream did not keep since its buffer was full.

    The iteration ends when the stream is closed, or the program disconnects the session. It raises
    ``ConnectionLost`` when the session is lost or refused, and ``StreamOverflow`` as ``overflow`` says. What
    waits in the buffer is read before either. Every later read ends in the same way.

    ``async with`` closes the stream. A stream that nobody reads any more has to be closed, or it goes on
    filling its buffer.
    """

    def __init__(self, source: StreamSource, names: Iterable[str], buffer: int, overflow: Overflow) -> None:
        self.dropped = 0
        #: Events that the buffer takes.
        self._size: Final = check_integer("buffer", buffer, 1, _MAX_BUFFER)
        if overflow not in _OVERFLOWS:
            raise ValueError(f"overflow must be one of {', '.join(map(repr, _OVERFLOWS))}, got {overflow!r}")
        #: What happens to an event for which there is no place.
        self._overflow: Final = overflow
        self._source: Final = source
        #: Events that wait to be read, the oldest first.
        self._buffer: Final[deque[Event[A]]] = deque()
        #: Set while there is something to read, or the stream has ended.
        self._news: Final = asyncio.Event()
        #: Creates the error that ends the iteration; None if it ends without one.
        self._error: Callable[[], CtiOsError] | None = None
        #: Whether the stream takes in no further event.
        self._is_over = source.is_ended
        events = source.events
        wanted = dict.fromkeys(events.event(name) for name in names) or dict.fromkeys(events.events)
        #: What was subscribed, by event.
        self._listeners: Final = {name: partial(self._take, cast("EventName", name)) for name in wanted}
        if self._is_over:
            self._error = partial(not_connected, "events")
            return
        for name, listener in self._listeners.items():
            events.subscribe(name, listener)
        source.end.add(self._ended)

    def __repr__(self) -> str:
        state = "closed" if self._is_over else "open"
        return (
            f"<EventStream {state}, {len(self._buffer)} of {self._size} events wait, {self.dropped} dropped>"
        )

    def __len__(self) -> int:
        """How many events wait to be read."""
        return len(self._buffer)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event[A]:
        """The next event.

        Raises ``ConnectionLost`` when the session was lost, and ``StreamOverflow`` if ``overflow`` is
        ``"error"`` and the buffer was full, both once everything has been read that came before.
        """
        while not self._buffer:
            if self._error is not None:
                raise self._error()
            if self._is_over:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        event = self._buffer.popleft()
        if self._overflow == "block" and len(self._buffer) <= self._size // 2:
            self._source.release_reading(self)
        return event

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Take in no further event. Those that wait can still be read."""
        if not self._is_over:
            self._is_over = True
            self._source.release_reading(self)
            self._source.end.discard(self._ended)
            for name, listener in self._listeners.items():
                self._source.events.unsubscribe(name, listener)
            self._news.set()

    def _take(self, name: "EventName", args: A) -> None:
        if self._is_over:  # closed by a listener of the same event
            return
        if len(self._buffer) >= self._size and not self._takes_more(name):
            return
        self._buffer.append(Event(name, args))
        self._news.set()
        if self._overflow == "block" and len(self._buffer) >= self._size:
            self._source.hold_reading(self)

    def _takes_more(self, name: str) -> bool:
        # The buffer is full. Returns whether the event is kept all the same.
        if self._overflow == "block":
            return True  # it was read together with the one that filled the buffer
        self.dropped += 1
        self._source.events.dropped += 1
        if self._overflow == "error":
            self._error = partial(StreamOverflow, name, self._size)
            self.close()
            return False
        self._buffer.popleft()
        return True

    def _ended(self, end: End) -> None:
        if not self._is_over:
            if end.error is not None:
                self._error = end.loss
            with suppress(RuntimeError):  # the event loop of a reader was closed
                self.close()


def give_back(stream: EventStream[A], event: Event[A]) -> None:
    """Let the next read of a stream return an event that was read and did not reach the program."""
    stream._buffer.appendleft(event)  # noqa: SLF001 - a class of this module
    stream._news.set()  # noqa: SLF001 - a class of this module
