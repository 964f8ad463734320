"""A whole session on every event loop and transport that is installed, over TCP and TLS.

``pytest --loop uvloop`` runs all other tests on that loop as well.
"""

import asyncio
import contextlib
import gc
import itertools
import ssl
import warnings
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from support.model import (
    AVAILABLE,
    LOGOUT,
    LOOPS,
    NOT_READY,
    library_tasks,
    loop_factory,
    sides,
    soon,
    until,
)

from ctios_fast import Arguments, ConnectionState, Request, Session
from ctios_fast.sim import Simulator

#: What runs on a loop, with the contexts of server and client; None for plain TCP.
Scenario = Callable[[ssl.SSLContext | None, ssl.SSLContext | None], Coroutine[Any, Any, None]]


def run_on(loop: str, work: Coroutine[Any, Any, None]) -> None:
    """Run the coroutine on a loop of that name."""
    with warnings.catch_warnings():
        # After a cancelled TLS handshake aiofastnet warns of a transport whose socket is closed, without this
        # library as well. The warning comes when the transport is freed, so that has to happen here.
        closed = r"deleting unclosed SSLTransport_Socket for <socket\.socket \[closed\]"
        warnings.filterwarnings("ignore", closed, ResourceWarning)
        with asyncio.Runner(loop_factory=loop_factory(loop)) as runner:
            runner.run(work)
        gc.collect()


async def whole_session(server_tls: ssl.SSLContext | None, client_tls: ssl.SSLContext | None) -> None:
    """Many agents log in, work and log out over one session, and a side is lost on the way."""
    async with Simulator(pair="both-active", agents=50, ssl=server_tls) as sim:
        session = Session(client_id="loops", heartbeat=None, ssl=client_tls, clients=0)
        changes: list[Arguments] = []
        session.subscribe("OnAgentStateChange", changes.append)
        await soon(session.connect(**sides(sim)))
        await soon(session.set_bulk_mode(5000))
        agents = [session.agent(str(1001 + n), agent_instrument=str(3001 + n)) for n in range(50)]
        for login in [agent.login() for agent in agents]:
            await soon(login)
        assert {agent.state for agent in agents} == {NOT_READY}
        for ready in [agent.set_agent_state(AVAILABLE) for agent in agents]:
            await soon(ready)
        assert {agent.state for agent in agents} == {AVAILABLE}
        reopened = asyncio.Event()
        session.subscribe("OnMonitorModeEstablished", lambda args: reopened.set())
        assert session._connection.link is not None
        session._connection.link.abort()
        async with asyncio.timeout(10):
            await reopened.wait()
        await soon(agents[0].set_agent_state(NOT_READY, reason_code=3))
        assert await soon(agents[0].logout(reason_code=7)) == LOGOUT
        assert changes[-1]["EventReasonCode"] == 7
        counters = session.counters()
        assert counters["handler_errors"] == counters["listener_errors"] == 0
        assert counters["confirmations_unasked"] == counters["frames_malformed"] == 0
        await soon(session.disconnect())
        assert session.state is ConnectionState.DISCONNECTED


async def session_on_both_sides(server_tls: ssl.SSLContext | None, client_tls: ssl.SSLContext | None) -> None:
    """The active side is lost while the states of all agents change."""
    async with Simulator(agents=200, ssl=server_tls) as sim:
        session = Session(client_id="loops", heartbeat=None, ssl=client_tls, clients=0, standby=True)
        await soon(session.connect(**sides(sim)))
        await soon(session.set_bulk_mode(5000))
        await until(lambda: session.standby_side == "B")
        agents = [session.agent(str(1001 + n), agent_instrument=str(3001 + n)) for n in range(200)]
        for login in [agent.login() for agent in agents]:
            await soon(login)
        sim.fail_side("a")
        for agent in agents:  # their events follow STANDBY_ACTIVE_EVENT in the same bytes
            sim.set_agent_state(agent.agent_id, AVAILABLE)
        await until(lambda: {agent.state for agent in agents} == {AVAILABLE})
        assert (session.current_side, session.counters()["standby_switches"]) == ("B", 1)
        await soon(agents[0].set_agent_state(NOT_READY, reason_code=3))
        counters = session.counters()
        assert counters["handler_errors"] == counters["standby_handler_errors"] == 0
        assert counters["confirmations_unasked"] == counters["frames_malformed"] == 0
        await soon(session.disconnect())
        assert session.state is ConnectionState.DISCONNECTED


@pytest.mark.parametrize("loop", LOOPS)
def test_a_session_goes_on_over_its_standby_session_over_tcp(loop: str) -> None:
    run_on(loop, session_on_both_sides(None, None))


@pytest.mark.parametrize("loop", LOOPS)
def test_a_session_goes_on_over_its_standby_session_over_tls(
    loop: str, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    run_on(loop, session_on_both_sides(server_tls, client_tls))


@pytest.mark.parametrize("loop", LOOPS)
def test_a_whole_session_works_over_tcp(loop: str) -> None:
    run_on(loop, whole_session(None, None))


@pytest.mark.parametrize("loop", LOOPS)
def test_a_whole_session_works_over_tls(
    loop: str, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    run_on(loop, whole_session(server_tls, client_tls))


# --- Cancellation -----------------------------------------------------------------------------------


class Listener:
    """Accepts connections and reads from them. ``open``: those that the client has not ended."""

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        self.tls = tls
        self.open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> dict[str, Any]:
        self.server = await asyncio.start_server(self._accepted, "127.0.0.1", 0, ssl=self.tls)
        return {"ctios_a": "127.0.0.1", "port_a": self.server.sockets[0].getsockname()[1]}

    async def __aexit__(self, *exc: object) -> None:
        self.server.close()

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open.add(writer)
        with contextlib.suppress(ConnectionError):
            await reader.read()
        self.open.discard(writer)
        writer.close()


async def nothing_left(listener: Listener) -> None:
    """Wait until the library has no task and the listener no connection."""
    await until(lambda: not library_tasks() and not listener.open)


async def cancelled_at_every_turn(
    server_tls: ssl.SSLContext | None, client_tls: ssl.SSLContext | None
) -> None:
    """A connect is cancelled after 0, 1, 2... turns of the loop, until it succeeds first."""
    listener = Listener(server_tls)
    async with listener as where:
        for turns in itertools.count():
            session = Session(client_id="loops", heartbeat=None, ssl=client_tls)
            task = asyncio.create_task(connected(session, where))
            for _ in range(turns):
                await asyncio.sleep(0)
            if not task.cancel():
                break
            with pytest.raises(asyncio.CancelledError):
                await task
            assert session.state is ConnectionState.DISCONNECTED
            await nothing_left(listener)
        assert turns > 3
        await soon(session.disconnect())
        await nothing_left(listener)


async def connected(session: Session, where: dict[str, Any]) -> None:
    await session.connect(**where)


async def cancelled_when_it_succeeds(
    server_tls: ssl.SSLContext | None, client_tls: ssl.SSLContext | None
) -> None:
    """A connect is cancelled by what gets its success first, which is not the awaiting task."""
    listener = Listener(server_tls)
    async with listener as where:
        for by in ("listener", "callback", "turn"):
            session = Session(client_id="loops", heartbeat=None, ssl=client_tls)
            events: list[str] = []
            for event in ("OnConnection", "OnConnectionClosed"):
                session.subscribe(event, lambda args, event=event: events.append(event))  # noqa: B023
            request = session.connect(**where)
            task = asyncio.create_task(awaited(request))
            if by == "listener":
                session.subscribe("OnConnection", lambda args: task.cancel())  # noqa: B023
            elif by == "callback":
                request.add_done_callback(lambda done: task.cancel())  # noqa: B023
            else:
                request.add_done_callback(lambda done: cancel_soon(task))  # noqa: B023
            with pytest.raises(asyncio.CancelledError):
                await soon(task)
            assert session.state is ConnectionState.DISCONNECTED
            assert events == ["OnConnection", "OnConnectionClosed"]
            await nothing_left(listener)


async def awaited(request: Request[None]) -> None:
    await request


def cancel_soon(task: asyncio.Task[None]) -> None:
    """Cancel a task in the next turn of the loop."""
    asyncio.get_running_loop().call_soon(task.cancel)


async def one_of_two_awaits_cancelled(
    server_tls: ssl.SSLContext | None, client_tls: ssl.SSLContext | None
) -> None:
    """One of two awaits of a connect is cancelled when it succeeds; the other one gets the connection."""
    listener = Listener(server_tls)
    async with listener as where:
        session = Session(client_id="loops", heartbeat=None, ssl=client_tls)
        request = session.connect(**where)
        tasks = [asyncio.create_task(awaited(request)) for _ in range(2)]
        request.add_done_callback(lambda done: tasks[0].cancel())
        with pytest.raises(asyncio.CancelledError):
            await soon(tasks[0])
        await soon(tasks[1])
        assert session.state is ConnectionState.CONNECTED
        await soon(session.disconnect())
        await nothing_left(listener)


async def modes_cancelled_at_every_turn(
    server_tls: ssl.SSLContext | None, client_tls: ssl.SSLContext | None
) -> None:
    """The await of a mode, or of the end, is cancelled at any turn: no connection to either side is left."""
    async with Simulator(agents=1, ssl=server_tls) as sim:
        for turns in range(0, 60, 3):
            session = Session(client_id="loops", heartbeat=None, ssl=client_tls, clients=0, standby=True)
            await soon(session.connect(**sides(sim)))
            mode = asyncio.create_task(bulk_mode(session))
            for _ in range(turns):
                await asyncio.sleep(0)
            if mode.cancel():
                with pytest.raises(asyncio.CancelledError):
                    await mode
            end = asyncio.create_task(awaited(session.disconnect()))
            await asyncio.sleep(0)
            if turns % 2 and end.cancel():
                with pytest.raises(asyncio.CancelledError):
                    await end
            await until(lambda: session.state is ConnectionState.DISCONNECTED)  # noqa: B023
            await until(lambda: not library_tasks() and not sim.side_a.sessions and not sim.side_b.sessions)


async def bulk_mode(session: Session) -> None:
    await session.set_bulk_mode(5000)


CANCELLATIONS = [
    cancelled_at_every_turn,
    cancelled_when_it_succeeds,
    one_of_two_awaits_cancelled,
    modes_cancelled_at_every_turn,
]


@pytest.mark.parametrize("scenario", CANCELLATIONS, ids=lambda scenario: scenario.__name__)
@pytest.mark.parametrize("loop", LOOPS)
def test_cancellation_leaves_no_connection_over_tcp(loop: str, scenario: Scenario) -> None:
    run_on(loop, scenario(None, None))


@pytest.mark.parametrize("scenario", CANCELLATIONS, ids=lambda scenario: scenario.__name__)
@pytest.mark.parametrize("loop", LOOPS)
def test_cancellation_leaves_no_connection_over_tls(
    loop: str, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, scenario: Scenario
) -> None:
    run_on(loop, scenario(server_tls, client_tls))
