"""A login that queries the state first: one deadline, one cancellation, and a query that may fail."""

import asyncio
import gc
import logging
from collections.abc import Callable

import pytest
from support.model import Recorder, settled, soon, until
from support.scripted_peer import Peer, confirmed, refused, rejected, state_answer, state_event
from support.scripted_server import Serve

from ctios_fast import Agent, ControlFailure, RequestTimeout, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol import numbers as ged

LOGOUT, NOT_READY = 1, 2


@pytest.fixture
async def unknown(peer: Peer, serve: Serve, manual: Session) -> Agent:
    """An agent whose state is not known, in a session on the manual clock."""
    await soon(manual.connect(**await serve(peer.behaviour)))
    await soon(manual.set_bulk_mode(5000))
    peer.answers[ged.QUERY_AGENT_STATE_REQ] = None
    return manual.agent("1001", agent_instrument="3001")


async def test_both_steps_share_one_deadline(
    peer: Peer, unknown: Agent, manual: Session, clock: ManualClock
) -> None:
    login = unknown.login(timeout=10)
    query = await peer.next(ged.QUERY_AGENT_STATE_REQ)
    clock.advance(9)
    peer.send(state_answer(query, LOGOUT))
    await peer.next(ged.SET_AGENT_STATE_REQ)
    clock.advance(1.1)
    with pytest.raises(RequestTimeout):
        await soon(login)


async def test_a_query_that_is_not_answered_times_the_login_out(
    peer: Peer, unknown: Agent, clock: ManualClock
) -> None:
    login = unknown.login(timeout=10)
    await peer.next(ged.QUERY_AGENT_STATE_REQ)
    clock.advance(10.1)
    with pytest.raises(RequestTimeout):
        await soon(login)
    assert peer.of(ged.SET_AGENT_STATE_REQ) == []


@pytest.mark.parametrize("how", ["the request", "its only await"])
async def test_after_a_cancellation_no_request_is_sent(
    peer: Peer, unknown: Agent, manual: Session, how: str
) -> None:
    login = unknown.login()
    query = await peer.next(ged.QUERY_AGENT_STATE_REQ)
    if how == "the request":
        login.cancel()
    else:
        waiting = asyncio.create_task(login)
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    peer.send(state_answer(query, LOGOUT))
    await settled(manual)
    assert login.cancelled()
    assert unknown.state == LOGOUT, "the answer to the query is applied"
    assert peer.of(ged.SET_AGENT_STATE_REQ) == []


async def test_a_login_that_is_not_awaited_continues(peer: Peer, unknown: Agent, manual: Session) -> None:
    peer.answers[ged.QUERY_AGENT_STATE_REQ] = lambda request: [state_answer(request, LOGOUT)]
    peer.answers[ged.SET_AGENT_STATE_REQ] = lambda request: [confirmed(request), state_event(NOT_READY)]
    unknown.login()
    await until(lambda: unknown.is_logged_in)


async def test_a_refused_query_does_not_prevent_the_login(peer: Peer, unknown: Agent) -> None:
    for refuse in (refused, rejected):
        peer.answers[ged.QUERY_AGENT_STATE_REQ] = lambda request, refuse=refuse: [refuse(request)]
        peer.answers[ged.SET_AGENT_STATE_REQ] = lambda request: [confirmed(request), state_event(NOT_READY)]
        unknown._forget()
        assert await soon(unknown.login()) == NOT_READY


async def test_a_refusal_without_await_and_listener_is_logged_once(
    peer: Peer, peer_bulk: Session, caplog: pytest.LogCaptureFixture
) -> None:
    peer_bulk._events.listeners["OnControlFailureConf"] = ()  # type: ignore[index]
    peer.answers[ged.SET_AGENT_STATE_REQ] = lambda request: [refused(request)]
    peer_bulk.agent("1001").set_agent_state(3)
    await peer.next(ged.SET_AGENT_STATE_REQ)
    await settled(peer_bulk)
    await soon(peer_bulk.agent("1001").query_agent_state())  # the book keeps one request until the next
    gc.collect()
    assert [r.levelno for r in caplog.records if "CF_INVALID_OBJECT_STATE" in r.message] == [logging.ERROR]


@pytest.mark.parametrize(
    "act",
    [Agent.query_agent_state, Agent.login, lambda agent: agent.set_agent_state(2)],
    ids=["query", "login", "state"],
)
async def test_requests_that_cannot_be_sent_do_not_fill_the_log(
    act: Callable[[Agent], object], manual: Session, unknown: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    await soon(manual.disconnect())
    for _ in range(100):
        act(unknown)
    await asyncio.sleep(0)  # a login receives the failure of its query in the next turn
    gc.collect()
    assert len([r for r in caplog.records if "nobody awaited" in r.message]) == 5


async def test_a_refusal_that_a_listener_received_is_not_logged(
    peer: Peer, peer_bulk: Session, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    peer.answers[ged.SET_AGENT_STATE_REQ] = lambda request: [refused(request)]
    peer_bulk.agent("1001").set_agent_state(3)
    await recorder.wait_for("OnControlFailureConf")
    gc.collect()
    assert "nobody awaited" not in caplog.text


async def test_gather_continues_after_a_request_that_is_refused_locally(
    peer: Peer, peer_bulk: Session
) -> None:
    peer.answers[ged.SET_AGENT_STATE_REQ] = lambda request: [
        confirmed(request),
        state_event(request["AgentState"], agent=request["AgentID"]),
    ]
    agents = [peer_bulk.agent(str(1001 + number), agent_instrument=str(3001 + number)) for number in range(3)]
    peer.send(state_event(LOGOUT, agent="1001"), state_event(NOT_READY, agent="1002"))
    await settled(peer_bulk)
    outcomes = await asyncio.gather(*(agent.logout() for agent in agents), return_exceptions=True)
    assert "is not logged in" in str(outcomes[0])
    assert outcomes[1:] == [LOGOUT, LOGOUT]


async def test_a_listener_that_raises_at_every_event_does_not_fill_the_log(
    peer: Peer, peer_bulk: Session, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(args: object) -> None:
        raise ZeroDivisionError("in the application")

    peer_bulk.subscribe("OnAgentStateChange", broken)
    peer.send(*(state_event(3) for _ in range(1000)))
    await settled(peer_bulk)
    assert peer_bulk.counters()["listener_errors"] == 1000
    assert 3 <= len([r for r in caplog.records if "OnAgentStateChange" in r.message]) <= 10


async def test_a_login_whose_second_step_is_refused_fails(peer: Peer, unknown: Agent) -> None:
    peer.answers[ged.QUERY_AGENT_STATE_REQ] = lambda request: [state_answer(request, LOGOUT)]
    peer.answers[ged.SET_AGENT_STATE_REQ] = lambda request: [refused(request, 257)]
    with pytest.raises(ControlFailure, match="CF_INVALID_PASSWORD_SPECIFIED"):
        await soon(unknown.login())
