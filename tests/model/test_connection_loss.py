"""Requests fail when their connection is lost; a session stays usable while its sides fail and return."""

import asyncio
import random
from typing import Any

import pytest
from support.model import (
    AVAILABLE,
    NOT_READY,
    MakeSession,
    Recorder,
    an_agent,
    settled,
    sides,
    soon,
    until,
)
from support.struct_server import accepting

from ctios_fast import Agent, ConnectionLost, ConnectionState, Request, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.sim import Simulator


@pytest.fixture
def session(make_session: MakeSession, clock: ManualClock, rng: random.Random) -> Session:
    return make_session(clock=clock, rng=rng)


@pytest.fixture
async def agent(sim: Simulator, session: Session, recorder: Recorder) -> Agent:
    """An agent that is logged in and not ready, in agent mode on side A."""
    agent = an_agent()
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(agent))
    await soon(agent.login())
    await settled(session)
    recorder.clear()
    return agent


async def test_every_awaiting_request_fails_when_its_connection_dies(
    sim: Simulator, session: Session, recorder: Recorder
) -> None:
    await soon(session.connect(**sides(sim)))
    await soon(session.set_bulk_mode(5000))
    agents = [session.agent(str(1001 + n), agent_instrument=str(3001 + n)) for n in range(5)]
    await asyncio.gather(*(soon(agent.login()) for agent in agents))
    await settled(session)
    sim.freeze_side("a")
    requests: list[Request[Any]] = [
        *(agent.query_agent_state() for agent in agents),
        *(agent.logout() for agent in agents[:2]),
        *(agent.set_agent_state(AVAILABLE) for agent in agents[2:]),
    ]
    waiting = [asyncio.create_task(_outcome(request)) for request in requests]
    await asyncio.sleep(0)
    sim.fail_side("a")
    outcomes = await asyncio.wait_for(asyncio.gather(*waiting), 10)
    assert {type(outcome) for outcome in outcomes} == {ConnectionLost}
    assert session.counters()["requests_timed_out"] == 0


async def _outcome(request: Request[Any]) -> object:
    try:
        return await request
    except ConnectionLost as error:
        return error


async def test_confirmed_requests_without_their_event_fail_too(
    sim: Simulator, session: Session, agent: Agent
) -> None:
    sim.plant.unsubscribe(sim.pair.distribution.publish)
    request = agent.set_agent_state(AVAILABLE)
    await settled(session)
    assert not request.done(), "confirmed, but without an event"
    sim.fail_side("a")
    with pytest.raises(ConnectionLost):
        await soon(request)


async def test_set_agent_fails_when_the_connection_is_lost(
    sim: Simulator, session: Session, recorder: Recorder
) -> None:
    await soon(session.connect(**sides(sim)))
    await until(lambda: sim.side_a.connections)
    sim.freeze_side("a")
    request = session.set_agent(an_agent())
    await asyncio.sleep(0)
    sim.fail_side("a")
    with pytest.raises(ConnectionLost):
        await soon(request)
    await recorder.wait_for("OnSetAgentModeEvent")
    assert session.current_side == "B", "the library opens the mode on the other side"


async def test_requests_during_the_fail_over_are_refused(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    sim.fail_side("a")
    sim.fail_side("b")
    await recorder.wait_for("OnConnectionFailure", 3)
    for call in (
        agent.login,
        agent.logout,
        agent.query_agent_state,
        lambda: agent.set_agent_state(AVAILABLE),
    ):
        with pytest.raises(ConnectionLost, match="waiting"):
            await soon(call())
    assert not session.is_connected()
    assert session.current_server == session.current_side == ""


async def test_random_failures_end_with_an_open_session_and_no_open_request(
    sim: Simulator, make_session: MakeSession
) -> None:
    """Sides fail and return at random while an agent works; every request ends and the session is open."""
    chance = random.Random(45)
    clock = ManualClock()
    session = make_session(clock=clock, rng=random.Random(46))
    recorder, agent = Recorder(session), an_agent(auto_login=True)
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(agent))
    requests: list[Request[Any]] = [agent.login()]
    for _ in range(300):
        match chance.randrange(6):
            case 0:
                await until(lambda: not accepting())
                side = chance.choice("ab")
                sim.fail_side(side, logout_agents=chance.random() < 0.5)  # type: ignore[arg-type]
            case 1:
                await sim.restore_side(chance.choice("ab"))  # type: ignore[arg-type]
            case 2:
                clock.advance(chance.choice([0.5, 5, 60]))
            case _ if session.is_open:
                requests.append(
                    agent.query_agent_state()
                    if chance.random() < 0.5
                    else agent.set_agent_state(chance.choice([AVAILABLE, NOT_READY]))
                )
        for _ in range(chance.randrange(12)):
            await asyncio.sleep(0)
    for side in "ab":
        await sim.restore_side(side)  # type: ignore[arg-type]
    async with asyncio.timeout(10):
        while not session.is_open:
            if session.state is ConnectionState.WAITING:  # otherwise a connection attempt is running
                clock.advance(120)
            await asyncio.sleep(0)
        await settled(session)
    clock.advance(31)
    assert all(request.done() for request in requests)
    assert "OnConnectionRejected" not in recorder.names
    assert "OnConnectionClosed" not in recorder.names
    counters = session.counters()
    assert counters["handler_errors"] == counters["listener_errors"] == counters["frames_malformed"] == 0
    posts, pres = recorder.names.count("OnPostLogout"), recorder.names.count("OnPreLogout")
    assert posts == pres
