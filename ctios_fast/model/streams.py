"""Events as a stream: ``async for event in session.stream("OnAgentStateChange")``, with a bounded buffer."""

import asyncio
from collections import deque
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Final, Generic, Literal, NamedTuple, Protocol, Self, TypeVar, cast

from ctios_fast.errors import StreamOverflow

from .arguments import Arguments
from .coercion import integer, refuse
from .publisher import EventPublisher
from .waits import LAST_EVENT

if TYPE_CHECKING:
    from .event_arguments import EventName

__all__ = ["DEFAULT_BUFFER", "A", "Event", "EventStream", "Overflow"]

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


class Reading(Protocol):
    """Keeps the session from reading what the server sends. A ``Context`` does it."""

    def hold_reading(self, holder: object) -> None:
        """Read nothing until every holder has released it."""

    def release_reading(self, holder: object) -> None:
        """End a hold."""


class EventStream(Generic[A]):
    """An asynchronous iterator over the events of some names in wire order, from ``Session.stream`` on.

    - ``dropped``: events that were dropped since the buffer was full.

    The stream ends after ``OnConnectionClosed``, and when it is closed. ``async with`` closes it. A stream
    that nobody reads any more has to be closed, or it goes on filling its buffer.
    """

    def __init__(
        self,
        publisher: EventPublisher,
        reading: Reading,
        names: Iterable[str],
        buffer: int,
        overflow: Overflow,
    ) -> None:
        self.dropped = 0
        self._size: Final = integer("buffer", buffer, 1, _MAX_BUFFER)
        if overflow not in _OVERFLOWS:
            raise refuse(f"overflow is one of {', '.join(map(repr, _OVERFLOWS))}, not {overflow!r}")
        self._overflow: Final = overflow
        self._publisher: Final = publisher
        self._reading: Final = reading
        self._buffer: Final[deque[Event[A]]] = deque()
        #: Set while there is something to read, or the stream has ended.
        self._news: Final = asyncio.Event()
        self._error: StreamOverflow | None = None
        self._is_over = False
        wanted = dict.fromkeys(publisher.event(name) for name in names) or dict.fromkeys(publisher.events)
        #: What was subscribed, by event.
        self._listeners: Final = {name: partial(self._take, cast("EventName", name)) for name in wanted}
        #: What ends the stream. It is subscribed last, since the event may be one of the stream.
        self._end: Final = self._ended
        for name, listener in self._listeners.items():
            publisher.subscribe(name, listener)
        publisher.subscribe(LAST_EVENT, self._end)

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

        Raises ``StreamOverflow`` if ``overflow`` is ``"error"``, once everything has been read that came
        before the event which had no place in the buffer.
        """
        while not self._buffer:
            if self._error is not None:
                error, self._error = self._error, None
                raise error
            if self._is_over:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        event = self._buffer.popleft()
        if self._overflow == "block" and len(self._buffer) <= self._size // 2:
            self._reading.release_reading(self)
        return event

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Take in no further event. Those that wait can still be read."""
        if not self._is_over:
            self._is_over = True
            self._news.set()
            self._reading.release_reading(self)
            self._publisher.unsubscribe(LAST_EVENT, self._end)
            for name, listener in self._listeners.items():
                self._publisher.unsubscribe(name, listener)

    def _take(self, name: "EventName", args: A) -> None:
        if self._is_over:  # closed by a listener of the same event
            return
        if len(self._buffer) >= self._size and not self._takes_more(name):
            return
        self._buffer.append(Event(name, args))
        self._news.set()
        if self._overflow == "block" and len(self._buffer) >= self._size:
            self._reading.hold_reading(self)

    def _takes_more(self, name: str) -> bool:
        # The buffer is full. Returns whether the event is kept all the same.
        if self._overflow == "block":
            return True  # it was read together with the one that filled the buffer
        self.dropped += 1
        self._publisher.dropped += 1
        if self._overflow == "error":
            self._error = StreamOverflow(name, self._size)
            self.close()
            return False
        self._buffer.popleft()
        return True

    def _ended(self, args: Arguments) -> None:
        del args
        self.close()
