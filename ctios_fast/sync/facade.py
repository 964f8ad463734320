"""The classes of the synchronous facade, under the names of the model's.

They get their methods and attributes from the model when they are used. ``facade.pyi`` lists them for editors
and type checkers; ``ci/make_sync_stub.py`` writes it from the model's classes.
"""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, Generic, Self

from ctios_fast.model.agents import agent
from ctios_fast.model.arguments import Arguments
from ctios_fast.model.calls import call
from ctios_fast.model.session import Session as AsyncSession
from ctios_fast.model.skill_groups import skill_group
from ctios_fast.model.streams import DEFAULT_BUFFER, A, Event, Overflow
from ctios_fast.model.streams import EventStream as AsyncEventStream

from .loop_thread import LoopThread
from .proxy import Proxy

__all__ = ["Agent", "Call", "EventStream", "Session", "SkillGroup"]


class Agent(Proxy):
    """``ctios_fast.Agent`` without await."""

    STANDS_FOR = agent.Agent


class Call(Proxy):
    """``ctios_fast.Call`` without await."""

    STANDS_FOR = call.Call


class SkillGroup(Proxy):
    """``ctios_fast.SkillGroup`` without await."""

    STANDS_FOR = skill_group.SkillGroup


class Session(Proxy):
    """``ctios_fast.Session`` without await. ``with Session(...) as session:`` disconnects at the end."""

    STANDS_FOR = AsyncSession

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.disconnect()

    def wait_for(
        self,
        event: str,
        predicate: Callable[[Arguments], object] | None = None,
        timeout: float | None = None,
    ) -> "Future[Arguments]":
        """A future of the Arguments of the next event of that name: ``wait_for("OnCallEnd").result()``.

        Its ``cancel`` ends the wait. Parameters and errors are those of ``ctios_fast.Session.wait_for``. The
        predicate is called in the thread of the event loop.
        """
        outcome: Future[Arguments] = Future()

        def listen() -> None:
            self._home.follow(outcome, self._target.wait_for(event, predicate, timeout))

        self._home.call(listen)
        return outcome

    def stream(
        self, *events: str, buffer: int = DEFAULT_BUFFER, overflow: Overflow = "drop_oldest"
    ) -> "EventStream[Arguments]":
        """The events of these names as an iterator that waits for each.

        Parameters and errors are those of ``ctios_fast.Session.stream``.
        """
        stream: AsyncEventStream[Arguments] = self._home.call(
            self._target.stream, *events, buffer=buffer, overflow=overflow
        )
        return EventStream(stream, self._home)


class EventStream(Generic[A]):
    """``ctios_fast.EventStream`` without await: an iterator; ``with`` closes it."""

    def __init__(self, stream: AsyncEventStream[A], home: LoopThread) -> None:
        self._stream: Final = stream
        self._home: Final = home

    def __repr__(self) -> str:
        return f"<sync {self._stream!r}>"

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event[A]:
        try:
            event: Event[A] = self._home.call(self._stream.__anext__)
        except StopAsyncIteration:
            raise StopIteration from None
        return event

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._stream)

    @property
    def dropped(self) -> int:
        """Events that were dropped since the buffer was full."""
        return self._stream.dropped

    def close(self) -> None:
        """Take in no further event. Those that wait can still be read."""
        self._home.call(self._stream.close)
