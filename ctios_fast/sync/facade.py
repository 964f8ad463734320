"""The classes of the synchronous facade, under the names of the model's.

``add_members`` gives them the methods and attributes of the model's classes. ``facade.pyi`` lists them for
editors and type checkers; ``ci/make_sync_stub.py`` writes it from the model's classes.
"""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeVar

from ctios_fast.core import Message
from ctios_fast.enums import AgentState
from ctios_fast.model import property_object
from ctios_fast.model.agents import agent
from ctios_fast.model.arguments import Arguments
from ctios_fast.model.calls import call
from ctios_fast.model.publisher import Listener
from ctios_fast.model.session import Session as AsyncSession
from ctios_fast.model.skill_groups import skill_group
from ctios_fast.model.streams import DEFAULT_BUFFER, A, Event, Overflow, give_back
from ctios_fast.model.streams import EventStream as AsyncEventStream

from .loop_thread import LoopThread
from .members import add_members
from .proxy import Proxy

if TYPE_CHECKING:
    from ctios_fast.messages import MessageName

__all__ = ["Agent", "Call", "EventStream", "Session", "SkillGroup"]

_L = TypeVar("_L", bound=Listener)


class PropertyObject(Proxy):
    """What the objects have in common: an identity and properties."""

    __slots__ = ()

    STANDS_FOR = property_object.PropertyObject


class Agent(PropertyObject):
    """``ctios_fast.Agent`` without await.

    The methods have the descriptions of the original. Where one says when an await returns or what it raises,
    the method itself returns then or raises it.
    """

    __slots__ = ()

    STANDS_FOR = agent.Agent

    def wait_for_state(self, *wanted: AgentState | int, timeout: float | None = None) -> "Future[AgentState]":
        """A future of the first of these states that the agent is in: ``wait_for_state(3).result()``.

        It begins to wait at the call, as ``Session.wait_for`` does. Its ``cancel`` ends the wait. Parameters
        and errors are those of ``ctios_fast.Agent.wait_for_state``.

        Raises ``MethodError`` in a listener, whose thread could not wait for the future.
        """
        self._home.check_can_wait("Agent.wait_for_state()")
        wait = self._home.future("Agent.wait_for_state()")
        return _followed(self._home, wait, lambda: self._target.wait_for_state(*wanted, timeout=timeout))


class Call(PropertyObject):
    """``ctios_fast.Call`` without await.

    The methods have the descriptions of the original. Where one says when an await returns or what it raises,
    the method itself returns then or raises it.
    """

    __slots__ = ()

    STANDS_FOR = call.Call


class SkillGroup(PropertyObject):
    """``ctios_fast.SkillGroup`` without await.

    The methods have the descriptions of the original. Where one says when an await returns or what it raises,
    the method itself returns then or raises it.
    """

    __slots__ = ()

    STANDS_FOR = skill_group.SkillGroup


class Session(PropertyObject):
    """``ctios_fast.Session`` without await.

    The methods have the descriptions of the original. Where one says when an await returns or what it raises,
    the method itself returns then or raises it.
    ``with Session(...) as session:`` disconnects at the end.
    """

    __slots__ = ()

    STANDS_FOR = AsyncSession

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.disconnect()

    def on(
        self,
        message_type: "int | MessageName | type[Message]",
        handler: Callable[..., object],
        fields: Iterable[str] | None = None,
        *,
        with_message: bool = False,
    ) -> None:
        """Call the handler with each message of a type, in the thread of the event loop.

        Parameters and errors are those of ``ctios_fast.Session.on``.
        """
        self._home.carry_out(self._target.on, message_type, handler, fields, with_message=with_message)

    def subscribe(self, event: str, listener: Listener | None = None) -> Callable[[_L], _L] | None:
        """Call the listener with the Arguments of each event of that name, such as ``OnPostLogout``.

        Without a listener it is a decorator: ``@session.subscribe("OnPostLogout")``. The listener is called
        in the thread of the event loop.

        Raises ``ValueError`` for an unknown name, ``TypeError`` for a coroutine function and for a listener
        that does not take the Arguments alone.
        """
        if listener is not None:
            self._home.carry_out(self._target.subscribe, event, listener)
            return None
        subscribe = self._home.carry_out(self._target.subscribe, event)

        def decorate(listener: _L) -> _L:
            self._home.carry_out(subscribe, listener)
            return listener

        return decorate

    def wait_for(
        self,
        event: str,
        predicate: Callable[[Arguments], object] | None = None,
        timeout: float | None = None,
    ) -> "Future[Arguments]":
        """A future of the Arguments of the next event of that name: ``wait_for("OnCallEnd").result()``.

        Its ``cancel`` ends the wait. Parameters and errors are those of ``ctios_fast.Session.wait_for``. The
        predicate is called in the thread of the event loop.

        Raises ``MethodError`` in a listener, whose thread could not wait for the future.
        """
        self._home.check_can_wait("Session.wait_for()")
        wait = self._home.future("Session.wait_for()")
        return _followed(self._home, wait, lambda: self._target.wait_for(event, predicate, timeout))

    def stream(
        self, *events: str, buffer: int = DEFAULT_BUFFER, overflow: Overflow = "drop_oldest"
    ) -> "EventStream[Arguments]":
        """The events of these names as an iterator that waits for each.

        Parameters and errors are those of ``ctios_fast.Session.stream``.

        Raises ``MethodError`` in a listener, whose thread could not wait for an event.
        """
        self._home.check_can_wait("Session.stream()")
        begun: list[AsyncEventStream[Arguments]] = []
        try:
            self._home.call(
                lambda: begun.append(self._target.stream(*events, buffer=buffer, overflow=overflow))
            )
        except BaseException:  # interrupted, as by Ctrl-C: nobody would read the stream or close it
            self._home.post(lambda: [each.close() for each in begun])
            raise
        return EventStream(begun[0], self._home)


def _followed(home: LoopThread, outcome: "Future[Any]", begin: Callable[[], object]) -> "Future[Any]":
    # Lets ``outcome`` end as the loop's future that ``begin`` returns there. Raises what ``begin`` raises.
    try:
        home.call(lambda: home.follow(outcome, begin()))
    except BaseException:  # interrupted, as by Ctrl-C: nobody would have the future
        outcome.cancel()
        raise
    return outcome


class EventStream(Generic[A]):
    """``ctios_fast.EventStream`` without await: an iterator, which ``with`` closes.

    Reading it raises ``MethodError`` in a listener. The other methods can be called there.
    """

    def __init__(self, stream: AsyncEventStream[A], home: LoopThread) -> None:
        self._stream: Final = stream
        self._home: Final = home

    def __repr__(self) -> str:
        return f"<sync {self._stream!r}>"

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Event[A]:
        self._home.check_can_wait("next() of a stream")
        reads: list[asyncio.Task[Event[A]]] = []

        def read() -> asyncio.Task[Event[A]]:
            reads.append(asyncio.ensure_future(self._stream.__anext__()))
            return reads[0]

        def returned(task: asyncio.Task[Event[A]]) -> None:
            if not task.cancelled() and task.exception() is None:
                give_back(self._stream, task.result())

        try:
            event: Event[A] = self._home.call(read)
        except StopAsyncIteration:
            raise StopIteration from None
        except BaseException:  # interrupted, as by Ctrl-C: the event may have been read all the same
            self._home.post(lambda: [each.add_done_callback(returned) for each in reads])
            raise
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
        self._home.carry_out(self._stream.close)


add_members(PropertyObject, Agent, Call, SkillGroup, Session)
