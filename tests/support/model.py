"""Helpers for tests of the object model: a recorder of events, agents, event loops, time limits."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from importlib.util import find_spec
from typing import Any, TypeVar

import pytest

from ctios_fast import Agent, Arguments, Call, CilCode, MethodError, Session
from ctios_fast.connection.plain_message import PlainMessage
from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim import Simulator
from ctios_fast.sim.plant import Connection, Plant
from support import raw_client

#: Seconds that a step without a tested duration may take. Only a failing test waits that long.
PATIENCE = raw_client.PATIENCE
until = raw_client.until

LOGIN = int(AgentState.AGENT_STATE_LOGIN)
LOGOUT = int(AgentState.AGENT_STATE_LOGOUT)
NOT_READY = int(AgentState.AGENT_STATE_NOT_READY)
AVAILABLE = int(AgentState.AGENT_STATE_AVAILABLE)
TALKING = AgentState.AGENT_STATE_TALKING

T = TypeVar("T")

#: Event loops and transports that the tests can run on: aiofastnet's transports run on asyncio's loop here.
LOOPS = [name for name in ("asyncio", "uvloop", "aiofastnet") if name == "asyncio" or find_spec(name)]


def loop_factory(name: str) -> Callable[[], asyncio.AbstractEventLoop]:
    """Return a function that creates event loops of that kind."""
    if name == "uvloop":
        import uvloop

        return uvloop.new_event_loop  # type: ignore[no-any-return]
    if name == "aiofastnet":
        import aiofastnet

        return lambda: aiofastnet.patch_loop(asyncio.SelectorEventLoop())  # type: ignore[no-any-return]
    return asyncio.SelectorEventLoop


class Recorder:
    """Notes the events of a session in order, as ``(event, Arguments)``."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.events: list[tuple[str, Arguments]] = []
        self._waiting: list[tuple[str, int, asyncio.Future[None]]] = []
        for event in session.events:
            if event in ("OnRecovered", "OnCTIOSFailure", "OnButtonEnablementChange"):  # tested on their own
                continue
            session.subscribe(event, lambda args, event=event: self._note(event, args))

    def _note(self, event: str, args: Arguments) -> None:
        self.events.append((event, args))
        for name, count, waiter in self._waiting:
            if name == event and not waiter.done() and len(self.of(event)) >= count:
                waiter.set_result(None)

    @property
    def names(self) -> list[str]:
        """The events' names, in order."""
        return [event for event, _ in self.events]

    def of(self, event: str) -> list[Arguments]:
        """The Arguments of all events of that name."""
        return [args for name, args in self.events if name == event]

    def since(self, count: int) -> list[str]:
        """The names of all events after the first ``count``."""
        return self.names[count:]

    def clear(self) -> None:
        """Forget what was noted."""
        self.events.clear()

    async def wait_for(self, event: str, count: int = 1) -> Arguments:
        """Wait for ``count`` events of that name; return the Arguments of the last of them."""
        assert event in self.session.events, event
        if len(self.of(event)) < count:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((event, count, waiter))
            try:
                await asyncio.wait_for(waiter, PATIENCE)
            except TimeoutError:
                raise AssertionError(f"{event} did not come {count} times; there were {self.names}") from None
        await asyncio.sleep(0)  # lets a task that was started with the event take its first step
        return self.of(event)[count - 1]


async def soon(request: Awaitable[T]) -> T:
    """Return what the request, or whatever else, ends with; fail if it takes longer than PATIENCE."""
    async with asyncio.timeout(PATIENCE):
        return await request


def failing(call: Callable[[], object]) -> CilCode:
    """The code of the MethodError that the call raises."""
    with pytest.raises(MethodError) as error:
        call()
    return error.value.code


async def failed(request: Request[Any]) -> MethodError:
    """The MethodError that the request fails with."""
    with pytest.raises(MethodError) as error:
        await soon(request)
    return error.value


async def settled(session: Session) -> None:
    """Wait until all that the server sent so far was received: its next answer comes after that."""
    connection = session._connection
    heartbeat: Request[Message] = Request("HEARTBEAT_REQ")
    connection.send(heartbeat, PlainMessage(ged.HEARTBEAT_REQ), {})
    await soon(heartbeat)


def sides(sim: Simulator) -> dict[str, Any]:
    """The keywords of ``connect`` for both sides of the simulator."""
    return {
        "ctios_a": sim.side_a.host,
        "port_a": sim.side_a.port,
        "ctios_b": sim.side_b.host,
        "port_b": sim.side_b.port,
    }


def talking(sim: Simulator, agent_id: str) -> Connection:
    """Let a call from outside ring at an agent, who answers it; return the agent's connection."""
    sim.set_agent_state(agent_id, AgentState.AGENT_STATE_AVAILABLE)
    sim.plant.inbound(agent_id)
    connection: Connection = sim.plant.alerting(sim.agent(agent_id))
    sim.plant.answer(connection)
    return connection


def library_tasks() -> list[str]:
    """The names of the tasks of the library that run."""
    return [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("ctios_fast")]


MakeSession = Callable[..., Session]


def an_agent(number: int = 0, **more: Any) -> Agent:
    """The simulator's agent of that number, as the application creates it."""
    return Agent(str(1001 + number), 5000, agent_instrument=str(3001 + number), **more)


class CallLives:
    """Counts how often each Call object of a session has begun and ended, by ``id``."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.begun: Counter[int] = Counter()
        self.ended: Counter[int] = Counter()
        #: Every call that began, so that no other object gets its id.
        self.calls: dict[int, Call] = {}
        session.subscribe("OnCallBegin", self._began)
        session.subscribe("OnCallEnd", self._ended)

    def _began(self, args: Arguments) -> None:
        call = self.session.calls[args["UniqueObjectID"]]
        self.calls[id(call)] = call
        self.begun[id(call)] += 1

    def _ended(self, args: Arguments) -> None:
        self.ended[id(self.session.calls[args["UniqueObjectID"]])] += 1


def calls_of(session: Session) -> dict[tuple[int, str], int | None]:
    """The status of each call, by ConnectionCallID and ConnectionDeviceID."""
    return {call.key[1:]: call.status for call in session.calls.values()}


def calls_of_plant(plant: Plant) -> dict[tuple[int, str], int]:
    """The state of each connection that events have named, by the same two ids."""
    connections = (connection for call in plant.calls for connection in call.connections)
    return {each.known_as: int(each.state) for each in connections if each.known_as is not None}


def feed(session: Session, frames: Iterable[bytes]) -> None:
    """Hand frames to a session's dispatcher, as if they had come from its server."""
    dispatcher = session._connection.dispatcher
    for frame in frames:
        with memoryview(dispatcher.frames.get_buffer(len(frame))) as free:
            free[: len(frame)] = frame
        dispatcher.frames.received(len(frame))
        dispatcher.dispatch()
