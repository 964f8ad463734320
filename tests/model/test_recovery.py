"""After a loss of events the state of every agent that may have changed is queried."""

import asyncio
import logging
from typing import Any

import pytest
from support.model import MakeSession, Recorder, settled, sides, soon, until
from support.scripted_peer import Peer, confirmed, refused, rejected, state_answer, state_event, system_event
from support.scripted_server import Serve

from ctios_fast import Agent, AgentState, Arguments, ConnectionLost, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.model.recovery import MAX_ATTEMPTS
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.enums import AgentState as WireState
from ctios_fast.sim import Simulator

LOGOUT, NOT_READY, AVAILABLE = 1, 2, 3
CONTROLLER_ONLINE, CONTROLLER_OFFLINE, PERIPHERAL_ONLINE, PERIPHERAL_OFFLINE, GATEWAY_OFFLINE = 1, 2, 3, 4, 6
LOGGED_OUT = ["OnPreLogout", "OnAgentStateChange", "OnPostLogout"]


async def reopened(peer: Peer, session: Session, count: int = 2) -> None:
    """Wait until the session is open on its latest connection."""
    await until(lambda: peer.connections >= count and session.is_open)


def collected(session: Session, event: str) -> list[Arguments]:
    """Return a list that receives the Arguments of an event from now on."""
    got: list[Arguments] = []
    session.subscribe(event, got.append)
    return got


async def turns() -> None:
    """Let the tasks of a repair run until they wait for the clock."""
    for _ in range(20):
        await asyncio.sleep(0)


# --- Lost connections --------------------------------------------------------------------------------


async def test_a_login_during_the_loss_is_found(sim: Simulator, bulk: Session, recorder: Recorder) -> None:
    agents = [bulk.agent(number) for number in ("1001", "1002")]
    await asyncio.gather(*(agent.query_agent_state() for agent in agents))
    assert [agent.state for agent in agents] == [LOGOUT, LOGOUT]
    recorder.clear()
    bulk.subscribe("OnConnectionFailure", lambda args: sim.set_agent_state("1002", WireState(NOT_READY)))
    sim.fail_side("a")
    await recorder.wait_for("OnQueryAgentStateConf", 2)
    assert [agent.state for agent in agents] == [LOGOUT, NOT_READY]
    assert bulk.counters()["objects_repaired"] == 2


async def test_a_login_whose_confirmation_was_lost_is_found(
    peer: Peer, peer_bulk: Session, recorder: Recorder
) -> None:
    agent = peer_bulk.agent("1001")
    peer.send(state_event(LOGOUT))
    await settled(peer_bulk)
    login = agent.login()
    await peer.next(ged.SET_AGENT_STATE_REQ)
    peer.state = NOT_READY
    peer.cut()
    with pytest.raises(ConnectionLost):
        await soon(login)
    await recorder.wait_for("OnQueryAgentStateConf")
    assert agent.is_logged_in


async def test_a_logout_is_not_refused_because_of_a_doubtful_state(peer: Peer, peer_bulk: Session) -> None:
    agent = peer_bulk.agent("1001")
    peer.send(state_event(LOGOUT))
    await settled(peer_bulk)
    peer.answers[ged.QUERY_AGENT_STATE_REQ] = None
    peer.cut()
    await reopened(peer, peer_bulk)
    assert agent.is_doubtful
    peer.answers[ged.SET_AGENT_STATE_REQ] = lambda request: [
        confirmed(request),
        state_event(NOT_READY),
        state_event(LOGOUT),
    ]
    assert await soon(agent.logout()) == LOGOUT


async def test_a_logout_whose_answer_was_lost_keeps_the_programs_reason(
    peer: Peer, peer_bulk: Session, recorder: Recorder
) -> None:
    agent = peer_bulk.agent("1001", auto_login=True)
    logout = agent.logout(reason_code=7)
    await peer.next(ged.SET_AGENT_STATE_REQ)
    peer.state = LOGOUT
    recovered = collected(peer_bulk, "OnRecovered")
    peer.cut()
    with pytest.raises(ConnectionLost):
        await soon(logout)
    await recorder.wait_for("OnPostLogout")
    await until(lambda: recovered)
    assert recorder.of("OnPostLogout")[0]["EventReasonCode"] == 7
    assert len(peer.of(ged.SET_AGENT_STATE_REQ)) == 1, "auto_login applies to forced logouts only"
    assert agent.state is AgentState.LOGOUT


async def test_agents_without_a_known_state_are_not_queried(peer: Peer, peer_bulk: Session) -> None:
    peer_bulk.agent("1002")
    recovered = collected(peer_bulk, "OnRecovered")
    peer.cut()
    await until(lambda: recovered)
    assert [request["AgentID"] for request in peer.of(ged.QUERY_AGENT_STATE_REQ)] == ["1001"]
    counts = {name: recovered[0][name] for name in ("Asked", "Repaired", "GivenUp")}
    assert counts == {"Asked": 1, "Repaired": 1, "GivenUp": 0}


# --- Repairs that fail -------------------------------------------------------------------------------


@pytest.fixture
async def timed(peer: Peer, serve: Serve, manual: Session) -> Session:
    """A session in bulk mode on the manual clock; agent 1001 is not ready."""
    await soon(manual.connect(**await serve(peer.behaviour)))
    await soon(manual.set_bulk_mode(5000))
    manual.agent("1001", agent_instrument="3001")
    peer.send(state_event(NOT_READY))
    await settled(manual)
    peer.requests.clear()
    return manual


async def test_a_repair_that_is_refused_is_repeated_until_it_succeeds(
    peer: Peer, timed: Session, clock: ManualClock
) -> None:
    agent = timed.agents["1001"]
    recorder = Recorder(timed)
    outcomes: list[Any] = [rejected, refused, lambda request: state_answer(request, LOGOUT)]
    peer.answers[ged.QUERY_AGENT_STATE_REQ] = lambda request: [outcomes.pop(0)(request)]
    peer.cut()
    for attempt, delay in ((1, 1), (2, 2)):
        await peer.next(ged.QUERY_AGENT_STATE_REQ, attempt)
        await settled(timed)
        await turns()
        assert agent.is_doubtful
        clock.advance(delay)
    await recorder.wait_for("OnPostLogout")
    assert agent.state is AgentState.LOGOUT
    assert recorder.of("OnPostLogout")[0]["EventReasonCode"] == 50002
    assert timed.counters()["objects_repaired"] == 1


async def test_a_repair_is_given_up_with_a_count_and_a_log_line(
    peer: Peer, timed: Session, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    peer.answers[ged.QUERY_AGENT_STATE_REQ] = lambda request: [rejected(request)]
    recovered = collected(timed, "OnRecovered")
    peer.cut()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        await peer.next(ged.QUERY_AGENT_STATE_REQ, attempt)
        await settled(timed)
        await turns()
        clock.advance(1 << attempt)
    await until(lambda: recovered)
    assert recovered[0]["GivenUp"] == 1
    assert timed.counters()["repairs_given_up"] == 1
    assert timed.agents["1001"].is_doubtful, "the state stays doubtful"
    assert [r.levelno for r in caplog.records if "given up" in r.message] == [logging.ERROR]


async def test_the_log_lines_of_repairs_that_are_given_up_are_limited(
    peer: Peer, timed: Session, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    others = [str(number) for number in range(1002, 1006)]
    for number in others:
        timed.agent(number, agent_instrument=f"3{number}")
        peer.send(state_event(NOT_READY, agent=number))
    await settled(timed)
    peer.answers[ged.QUERY_AGENT_STATE_REQ] = lambda request: [rejected(request)]
    recovered = collected(timed, "OnRecovered")
    peer.cut()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        await peer.next(ged.QUERY_AGENT_STATE_REQ, attempt * (1 + len(others)))
        await settled(timed)
        await turns()
        clock.advance(1 << attempt)
    await until(lambda: recovered)
    assert recovered[0]["GivenUp"] == 5
    assert len([r for r in caplog.records if "given up" in r.message]) == 3


async def test_a_refused_auto_login_is_not_repeated(peer: Peer, timed: Session, clock: ManualClock) -> None:
    timed.agents["1001"].auto_login = True
    peer.state = LOGOUT
    peer.answers[ged.SET_AGENT_STATE_REQ] = lambda request: [refused(request, 257)]
    peer.cut()
    await peer.next(ged.SET_AGENT_STATE_REQ)
    await until(lambda: timed.counters()["repairs_given_up"] == 1)
    clock.advance(100)
    await settled(timed)
    assert len(peer.of(ged.SET_AGENT_STATE_REQ)) == 1


async def test_auto_login_interrupted_by_a_loss_is_repeated_after_the_next_fail_over(
    peer: Peer, peer_bulk: Session, recorder: Recorder
) -> None:
    agent = peer_bulk.agent("1001", auto_login=True)
    peer.state = LOGOUT
    peer.cut()
    await peer.next(ged.SET_AGENT_STATE_REQ)
    peer.answers[ged.SET_AGENT_STATE_REQ] = lambda request: [confirmed(request), state_event(NOT_READY)]
    peer.cut()
    await peer.next(ged.SET_AGENT_STATE_REQ, 2)
    await until(lambda: agent.is_logged_in)
    assert recorder.names.count("OnPostLogout") == 1


# --- The peripheral, the gateway, the controller -----------------------------------------------------


@pytest.mark.parametrize(
    ("offline", "online"),
    [
        (PERIPHERAL_OFFLINE, PERIPHERAL_ONLINE),
        (GATEWAY_OFFLINE, PERIPHERAL_ONLINE),
        (CONTROLLER_OFFLINE, CONTROLLER_ONLINE),
    ],
    ids=["peripheral", "gateway", "controller"],
)
async def test_agents_are_queried_when_the_system_is_online_again(
    peer: Peer, peer_bulk: Session, recorder: Recorder, offline: int, online: int
) -> None:
    failures = collected(peer_bulk, "OnCTIOSFailure")
    agent = peer_bulk.agent("1001")
    peer.send(system_event(offline))
    await settled(peer_bulk)
    assert agent.is_doubtful
    assert peer.of(ged.QUERY_AGENT_STATE_REQ) == []
    peer.state = LOGOUT
    peer.send(system_event(online))
    await recorder.wait_for("OnPostLogout")
    assert [name for name in recorder.names if name in LOGGED_OUT] == LOGGED_OUT
    assert agent.state is AgentState.LOGOUT
    assert [(args["FailureCode"], args["SystemEventID"]) for args in failures] == [
        (10, offline),
        (10, online),
    ]
    assert ("SystemEventArg1" in failures[0]) is (offline == PERIPHERAL_OFFLINE)


@pytest.mark.covers("Session.GetSystemStatus")
async def test_the_system_status_follows_the_servers_reports(peer: Peer, peer_bulk: Session) -> None:
    def status() -> tuple[bool, bool]:
        args = peer_bulk.get_system_status()
        return args["StatusCentralController"], args.get_value_array("StatusPeripherals")["5000"]

    assert status() == (True, True)
    peer.send(system_event(PERIPHERAL_OFFLINE, pg_status=2))
    await settled(peer_bulk)
    assert status() == (False, False)
    peer.send(system_event(PERIPHERAL_ONLINE))
    await settled(peer_bulk)
    assert status() == (True, True)


async def test_another_peripheral_going_offline_is_reported_without_queries(
    peer: Peer, peer_bulk: Session
) -> None:
    failures = collected(peer_bulk, "OnCTIOSFailure")
    peer.send(system_event(PERIPHERAL_OFFLINE, 5001), system_event(PERIPHERAL_ONLINE, 5001))
    await settled(peer_bulk)
    assert len(failures) == 2
    assert peer.of(ged.QUERY_AGENT_STATE_REQ) == []
    assert not peer_bulk.agent("1001").is_doubtful


async def test_an_online_report_without_an_offline_report_queries_no_agent(
    peer: Peer, peer_bulk: Session
) -> None:
    peer.send(system_event(PERIPHERAL_ONLINE), system_event(CONTROLLER_ONLINE))
    await settled(peer_bulk)
    assert peer.of(ged.QUERY_AGENT_STATE_REQ) == []


async def test_a_peripheral_that_the_server_does_not_serve_is_logged(
    peer: Peer, serve: Serve, session: Session, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    await soon(session.connect(**await serve(peer.behaviour)))
    await soon(session.set_bulk_mode(4999))
    status = recorder.of("OnMonitorModeEstablished")[0].get_value_array("StatusSystem")
    assert dict(status.get_value_array("StatusPeripherals")) == {"5000": True}, (
        "the peripherals that the server reported"
    )
    assert "the server serves the peripherals 5000, not 4999" in caplog.text


async def test_simulated_fail_over_fires_recovered_once(sim: Simulator, make_session: MakeSession) -> None:
    session = make_session()
    recovered = collected(session, "OnRecovered")
    await soon(session.connect(**sides(sim)))
    agent = Agent("1001", 5000, agent_instrument="3001")
    await soon(session.set_agent(agent))
    sim.fail_side("a")
    await until(lambda: recovered)
    assert recovered[0]["Asked"] == 1
