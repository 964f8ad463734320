"""Agents that a program names when it sets bulk mode: their states are queried while the mode opens."""

import asyncio
import logging
from typing import Any

import pytest
from support.model import MakeSession, Recorder, failing, settled, sides, soon, until
from support.scripted_peer import Peer, rejected, state_answer, state_event, system_event
from support.scripted_server import Serve

from ctios_fast import Agent, AgentState, CilCode, ConnectionLost, Session
from ctios_fast.model.cti_object import context_of
from ctios_fast.model.session_properties import session_context
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.enums import AgentState as WireState
from ctios_fast.sim import Simulator

LOGOUT, NOT_READY, AVAILABLE = 1, 2, 3
PERIPHERAL_ONLINE, PERIPHERAL_OFFLINE = 3, 4


@pytest.fixture
async def linked(peer: Peer, serve: Serve, session: Session, recorder: Recorder) -> Session:
    """A session that is connected to the peer and has no mode yet."""
    await soon(session.connect(**await serve(peer.behaviour)))
    recorder.clear()
    return session


async def test_the_states_of_named_agents_are_known_when_the_mode_is_set(
    sim: Simulator, connected: Session, recorder: Recorder
) -> None:
    sim.set_agent_state("1002", WireState(NOT_READY))
    await soon(connected.set_bulk_mode(5000, agents=["1001", "1002"]))
    assert {key: agent.state for key, agent in connected.agents.items()} == {
        "1001": AgentState.LOGOUT,
        "1002": AgentState.NOT_READY,
    }
    assert recorder.names == ["OnMonitorModeEstablished", "OnQueryAgentStateConf", "OnQueryAgentStateConf"]
    counters = connected.counters()
    assert (counters["first_queries_failed"], counters["objects_repaired"]) == (0, 0)


async def test_agents_are_named_as_objects_ids_or_numbers(peer: Peer, linked: Session) -> None:
    mine = Agent("1001", agent_instrument="3001")
    existing = linked.agent("1002")
    await soon(linked.set_bulk_mode(5000, agents=(each for each in (mine, "1001", "1002", 1003, 1003))))
    assert linked.agents["1001"] is mine
    assert linked.agents["1002"] is existing
    assert {agent.peripheral_id for agent in linked.agents.values()} == {5000}
    queried = sorted(request["AgentID"] for request in peer.of(ged.QUERY_AGENT_STATE_REQ))
    assert queried == ["1001", "1002", "1003"], "each agent is queried once"


async def test_set_bulk_mode_ends_after_the_last_answer(peer: Peer, linked: Session) -> None:
    peer.answers[ged.QUERY_AGENT_STATE_REQ] = None
    opening = linked.set_bulk_mode(5000, agents=["1001", "1002"])
    second = await peer.next(ged.QUERY_AGENT_STATE_REQ, 2)
    first = peer.of(ged.QUERY_AGENT_STATE_REQ)[0]
    peer.send(state_answer(first, LOGOUT))
    await settled(linked)
    assert linked.is_open
    assert not opening.done()
    peer.send(state_answer(second, NOT_READY))
    await soon(opening)
    assert [agent.state for agent in linked.agents.values()] == [AgentState.LOGOUT, AgentState.NOT_READY]


async def test_the_queries_of_named_agents_leave_open_requests_free(
    peer: Peer, serve: Serve, make_session: MakeSession
) -> None:
    session = make_session(max_open_requests=8)
    await soon(session.connect(**await serve(peer.behaviour)))
    max_open = 0

    def answer(request: Any) -> list[bytes]:
        nonlocal max_open
        max_open = max(max_open, session.counters()["open_requests"])
        return [state_answer(request, LOGOUT)]

    peer.answers[ged.QUERY_AGENT_STATE_REQ] = answer
    await soon(session.set_bulk_mode(5000, agents=map(str, range(2001, 2051))))
    assert all(agent.state is AgentState.LOGOUT for agent in session.agents.values())
    assert len(session.agents) == 50
    assert max_open == 4


async def test_a_refused_query_is_counted_and_the_mode_is_set(
    peer: Peer, linked: Session, caplog: pytest.LogCaptureFixture
) -> None:
    peer.answers[ged.QUERY_AGENT_STATE_REQ] = lambda request: [
        rejected(request) if request["AgentID"] == "1001" else state_answer(request, NOT_READY)
    ]
    await soon(linked.set_bulk_mode(5000, agents=["1001", "1002"]))
    assert linked.agents["1001"].state is None
    assert linked.agents["1002"].state is AgentState.NOT_READY
    assert linked.counters()["first_queries_failed"] == 1
    warnings = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert [each for each in warnings if "1 of 2 queries for agents, devices, calls and" in each] == warnings
    assert len(peer.of(ged.QUERY_AGENT_STATE_REQ)) == 2, "a refusal is not repeated"


async def test_a_named_agent_without_an_answer_is_queried_after_the_next_loss(
    peer: Peer, linked: Session
) -> None:
    peer.answers[ged.QUERY_AGENT_STATE_REQ] = lambda request: [rejected(request)]
    await soon(linked.set_bulk_mode(5000, agents=["1001"]))
    peer.answers[ged.QUERY_AGENT_STATE_REQ] = lambda request: [state_answer(request, AVAILABLE)]
    peer.cut()
    await until(lambda: linked.agents["1001"].state is AgentState.AVAILABLE)
    await until(lambda: linked.counters()["objects_repaired"] == 1)


async def test_agents_not_queried_before_a_loss_are_queried_after_it(
    peer: Peer, linked: Session, recorder: Recorder
) -> None:
    peer.answers[ged.QUERY_AGENT_STATE_REQ] = lambda request: (
        [state_answer(request, NOT_READY)] if request["AgentID"] == "1001" else None
    )
    opening = linked.set_bulk_mode(5000, agents=["1001", "1002"])
    await recorder.wait_for("OnQueryAgentStateConf")
    peer.answers[ged.QUERY_AGENT_STATE_REQ] = lambda request: [state_answer(request, AVAILABLE)]
    peer.cut()
    with pytest.raises(ConnectionLost, match="before everything that the mode asks for was answered"):
        await soon(opening)
    await recorder.wait_for("OnQueryAgentStateConf", 3)
    assert [agent.state for agent in linked.agents.values()] == [AgentState.AVAILABLE] * 2
    assert recorder.names.count("OnMonitorModeEstablished") == 2


async def test_a_peripheral_that_goes_offline_ends_the_await_and_delays_the_queries(
    peer: Peer, linked: Session
) -> None:
    peer.answers[ged.QUERY_AGENT_STATE_REQ] = None
    opening = linked.set_bulk_mode(5000, agents=["1001"])
    await peer.next(ged.QUERY_AGENT_STATE_REQ)
    peer.send(system_event(PERIPHERAL_OFFLINE))
    await soon(opening)
    assert linked.agents["1001"].is_doubtful
    peer.answers[ged.QUERY_AGENT_STATE_REQ] = lambda request: [state_answer(request, AVAILABLE)]
    peer.send(system_event(PERIPHERAL_ONLINE))
    await until(lambda: linked.agents["1001"].state is AgentState.AVAILABLE)


async def test_an_event_before_the_answer_makes_the_state_known(peer: Peer, linked: Session) -> None:
    peer.answers[ged.QUERY_AGENT_STATE_REQ] = lambda request: [
        state_event(NOT_READY),
        state_answer(request, NOT_READY),
    ]
    await soon(linked.set_bulk_mode(5000, agents=["1001"]))
    assert linked.agents["1001"].state is AgentState.NOT_READY
    assert not linked.agents["1001"].is_doubtful


async def test_a_disconnect_during_the_queries_ends_the_await(peer: Peer, linked: Session) -> None:
    peer.answers[ged.QUERY_AGENT_STATE_REQ] = None
    opening = linked.set_bulk_mode(5000, agents=["1001"])
    await peer.next(ged.QUERY_AGENT_STATE_REQ)
    await soon(linked.disconnect())
    with pytest.raises(ConnectionLost):
        await soon(opening)


@pytest.mark.parametrize(
    ("agents", "reason"),
    [
        ("1001", "got str"),
        (b"1001", "got bytes"),
        ({"1001": "3001"}, "got dict"),
        (1001, "got int"),
        (["1001", "a" * 12], "agent_id must have at most 11 characters"),
        ([None], "agent_id must be text"),
        ([Agent("1001", 4999)], "is given for peripheral 5000"),
        ([Agent("1001"), Agent("1001")], "two Agents with the ID 1001"),
    ],
    ids=["text", "bytes", "mapping", "number", "long id", "none", "other peripheral", "twice"],
)
async def test_invalid_agents_are_refused_at_the_call(linked: Session, agents: Any, reason: str) -> None:
    with pytest.raises(Exception, match=reason) as error:
        linked.set_bulk_mode(5000, agents=agents)
    assert error.value.code == CilCode.E_CTIOS_INVALID_ARGUMENT  # type: ignore[attr-defined]
    assert linked.agents == {}
    await soon(linked.set_bulk_mode(5000))


async def test_an_agent_of_another_session_is_refused(
    bulk: Session, sim: Simulator, make_session: MakeSession
) -> None:
    other = make_session(client_id="other")
    await soon(other.connect(**sides(sim)))
    taken = bulk.agents["1001"]
    code = failing(lambda: other.set_bulk_mode(5000, agents=["1002", taken]))
    assert code == CilCode.E_CTIOS_AGENT_ALREADY_IN_SESSION
    assert other.agents == {}
    assert context_of(taken) is session_context(bulk)
    await asyncio.gather(soon(taken.query_agent_state()), soon(other.set_bulk_mode(5000)))
