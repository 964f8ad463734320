"""A whole session on every event loop and transport that is installed, over TCP and TLS.

``pytest --loop uvloop`` runs all other tests on that loop as well.
"""

import asyncio
import ssl
from collections.abc import Coroutine
from typing import Any

import pytest
from support.model import AVAILABLE, LOGOUT, LOOPS, NOT_READY, loop_factory, sides, soon, until

from ctios_fast import Arguments, ConnectionState, Session
from ctios_fast.sim import Simulator


def run_on(loop: str, work: Coroutine[Any, Any, None]) -> None:
    """Run the coroutine on a loop of that name."""
    with asyncio.Runner(loop_factory=loop_factory(loop)) as runner:
        runner.run(work)


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
