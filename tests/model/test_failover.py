"""Fail-over: the order of sides, waits, limits, and the repair of requests and agents."""

import asyncio
import random
from typing import Any

import pytest
from support.model import (
    AVAILABLE,
    LOGIN,
    LOGOUT,
    NOT_READY,
    MakeSession,
    Recorder,
    an_agent,
    failing,
    settled,
    soon,
    until,
)

from ctios_fast import (
    Agent,
    Arguments,
    CilCode,
    ConnectionFailed,
    ConnectionLost,
    ConnectionState,
    FailureReason,
    OpenRefused,
    Request,
    Session,
)
from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol.enums import AgentState, StatusCode
from ctios_fast.sim import Simulator

LASTING = 30.0
"""Seconds after which a session counts as a success (``stable_after``)."""

CLIENTS = 40
"""Clients of the site: the first wait after a common failure is up to a tenth of a second for each."""


def sides(sim: Simulator) -> dict[str, Any]:
    """Both sides under different host names, so that FailedServer distinguishes them."""
    return {
        "ctios_a": "127.0.0.1",
        "port_a": sim.side_a.port,
        "ctios_b": "localhost",
        "port_b": sim.side_b.port,
    }


A, B = "127.0.0.1", "localhost"


def tried(recorder: Recorder) -> list[str]:
    """The servers of all OnConnectionFailure, in order."""
    return [args["FailedServer"] for args in recorder.of("OnConnectionFailure")]


def first_wait() -> float:
    """The random wait that the sessions of these tests draw first."""
    return random.Random(188).uniform(0, CLIENTS / 10)


@pytest.fixture
def session(make_session: MakeSession, clock: ManualClock, rng: random.Random) -> Session:
    return make_session(clock=clock, rng=rng, clients=CLIENTS)


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


# --- reopening -----------------------------------------------------------------------------------


async def test_after_a_killed_side_the_other_is_opened_in_the_same_mode(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    sim.fail_side("a")
    await recorder.wait_for("OnQueryAgentStateConf")
    assert recorder.names == [
        "OnConnectionFailure",  # the loss
        "OnConnectionFailure",  # the last good side is tried first
        "OnConnection",
        "OnSetAgentModeEvent",
        "OnQueryAgentStateConf",
    ]
    loss, attempt = recorder.of("OnConnectionFailure")
    assert (loss["FailedServer"], loss["ReasonCode"]) == (A, FailureReason.TRANSPORT_ERROR)
    assert (attempt["FailedServer"], attempt["ReasonCode"]) == (A, FailureReason.CONNECT_FAILED)
    assert 0 <= loss["EventTime"] < 86_400_000
    assert loss["ErrorMessage"]
    assert "FinalAttempt" not in loss
    assert "FinalAttempt" not in attempt
    assert recorder.of("OnConnection")[0]["CurrentServer"] == B
    assert session.current_side == "B"
    assert session.is_open
    assert agent.state == NOT_READY
    assert sim.side_b.sessions[0].agent is sim.agent("1001")
    assert session.counters()["connections"] == 2


async def test_a_cut_connection_is_reopened_on_the_last_good_side(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    sim.side_a.sessions[0].reset()
    await recorder.wait_for("OnQueryAgentStateConf")
    assert tried(recorder) == [A]
    assert session.current_side == "A"


async def test_the_agent_continues_over_the_new_connection(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    sim.fail_side("a")
    await recorder.wait_for("OnQueryAgentStateConf")
    assert await soon(agent.set_agent_state(AVAILABLE)) == AVAILABLE
    sim.set_agent_state("1001", AgentState(NOT_READY), 3)
    await recorder.wait_for("OnAgentStateChange", 2)
    assert await soon(agent.logout()) == LOGOUT


async def test_a_state_that_changed_during_the_loss_is_found(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    session.subscribe("OnConnectionFailure", lambda args: sim.set_agent_state("1001", AgentState(AVAILABLE)))
    sim.fail_side("a")
    assert (await recorder.wait_for("OnQueryAgentStateConf"))["AgentState"] == AVAILABLE
    assert agent.state == AVAILABLE


async def test_repeated_fail_overs_between_both_sides_work(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder, clock: ManualClock
) -> None:
    for count, (side, other) in enumerate((("a", "b"), ("b", "a")) * 3, 1):
        clock.advance(LASTING)
        sim.fail_side(side)  # type: ignore[arg-type]
        await recorder.wait_for("OnQueryAgentStateConf", count)
        assert session.current_side == other.upper()
        await sim.restore_side(side)  # type: ignore[arg-type]
    assert agent.state == NOT_READY
    assert await soon(agent.set_agent_state(AVAILABLE)) == AVAILABLE


async def test_a_bulk_session_repairs_all_agents_whose_state_was_known(
    sim: Simulator, session: Session, recorder: Recorder
) -> None:
    await soon(session.connect(**sides(sim)))
    await soon(session.set_bulk_mode(5000))
    agents = [session.agent(str(1001 + n), agent_instrument=str(3001 + n)) for n in range(5)]
    await asyncio.gather(*(soon(agent.login()) for agent in agents[:4]))
    await settled(session)
    recorder.clear()
    sim.fail_side("a")
    await recorder.wait_for("OnQueryAgentStateConf", 4)
    await settled(session)
    assert "OnMonitorModeEstablished" in recorder.names
    assert sorted(a["AgentID"] for a in recorder.of("OnQueryAgentStateConf")) == [
        "1001",
        "1002",
        "1003",
        "1004",
    ]
    assert [agent.is_logged_in for agent in agents] == [True] * 4 + [False]


async def test_a_large_bulk_session_is_repaired_a_window_at_a_time(make_session: MakeSession) -> None:
    async with Simulator(pair="both-active", agents=250) as sim:
        session = make_session(max_open_requests=10)
        recorder = Recorder(session)
        await soon(session.connect(**sides(sim)))
        await soon(session.set_bulk_mode(5000))
        for number in range(250):
            sim.set_agent_state(str(1001 + number), AgentState(NOT_READY))
        await settled(session)
        sim.fail_side("a")
        await recorder.wait_for("OnQueryAgentStateConf", 250)
        assert len(session.agents) == 250
        await soon(session.disconnect())


async def test_the_library_sets_the_mode_again_and_refuses_a_listener_that_does(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    codes: list[CilCode] = []
    session.subscribe("OnConnection", lambda args: codes.append(failing(lambda: session.set_agent(agent))))
    sim.fail_side("a")
    await recorder.wait_for("OnSetAgentModeEvent")
    assert codes == [CilCode.E_CTIOS_SET_AGENT_SESSION_DISCONNECT_REQUIRED]


# --- auto login -------------------------------------------------------------------------------------


async def test_an_agent_with_auto_login_is_logged_in_again_after_a_forced_logout(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    agent.auto_login = True
    sim.fail_side("a", logout_agents=True)
    await recorder.wait_for("OnAgentStateChange", 3)
    assert recorder.of("OnPostLogout")[0]["EventReasonCode"] == 50002
    assert sim.agent("1001").state == NOT_READY
    assert agent.is_logged_in


async def test_an_agent_without_auto_login_is_left_logged_out(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    sim.fail_side("a", logout_agents=True)
    await recorder.wait_for("OnPostLogout")
    await settled(session)
    assert sim.agent("1001").state == LOGOUT


async def test_an_agent_that_was_logged_out_on_request_is_not_logged_in_again(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    agent.auto_login = True
    await soon(agent.logout())
    sim.fail_side("a")
    await recorder.wait_for("OnQueryAgentStateConf")
    await settled(session)
    assert sim.agent("1001").state == LOGOUT
    assert not agent.is_logged_in


async def test_auto_login_follows_a_forced_logout_that_comes_over_the_new_connection(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    agent.auto_login = True
    session.subscribe("OnSetAgentModeEvent", lambda args: sim.force_logout("1001"))
    sim.fail_side("a")
    await recorder.wait_for("OnAgentStateChange", 3)
    assert recorder.names.count("OnPostLogout") == 1
    assert sim.agent("1001").state == NOT_READY


async def test_auto_login_is_not_lost_by_a_second_fail_over(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder, clock: ManualClock
) -> None:
    agent.auto_login = True

    def lose_again(args: Arguments) -> None:
        session.unsubscribe("OnPostLogout", lose_again)
        sim.side_b.sessions[0].reset()  # before the library could log the agent in

    session.subscribe("OnPostLogout", lose_again)
    sim.fail_side("a", logout_agents=True)
    await recorder.wait_for("OnConnectionFailure", 3)
    clock.advance(first_wait())  # a session that was short is followed by a wait
    await recorder.wait_for("OnAgentStateChange", 3)
    assert recorder.names.count("OnConnection") == 2
    assert sim.agent("1001").state == NOT_READY


async def test_a_login_before_the_repair_queries_the_state_first(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    logins: list[Request[int]] = []
    session.subscribe("OnSetAgentModeEvent", lambda args: logins.append(agent.login()))
    sim.fail_side("a", logout_agents=True)
    await recorder.wait_for("OnAgentStateChange", 3)
    assert await soon(logins[0]) in (LOGIN, NOT_READY), "the state from before the loss is not used"
    assert [args["EventReasonCode"] for args in recorder.of("OnPostLogout")] == [50002]
    assert sim.agent("1001").state == NOT_READY


async def test_auto_login_logs_the_agents_of_a_bulk_session_in_again(
    sim: Simulator, session: Session, recorder: Recorder
) -> None:
    await soon(session.connect(**sides(sim)))
    await soon(session.set_bulk_mode(5000))
    agents = [
        session.agent(str(1001 + n), agent_instrument=str(3001 + n), auto_login=n != 2) for n in range(5)
    ]
    await asyncio.gather(*(soon(agent.login()) for agent in agents))
    await settled(session)
    recorder.clear()
    sim.fail_side("a", logout_agents=True)
    await recorder.wait_for("OnPostLogout", 5)
    await recorder.wait_for("OnAgentStateChange", 5 + 2 * 4)
    assert [sim.agent(agent.agent_id).logged_in for agent in agents] == [True, True, False, True, True]


# --- order and waits --------------------------------------------------------------------------------


async def test_both_sides_are_tried_after_the_documented_waits_until_one_is_back(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder, clock: ManualClock
) -> None:
    sim.fail_side("a")
    sim.fail_side("b")
    await recorder.wait_for("OnConnectionFailure", 3)
    assert tried(recorder) == [A, A, B], "the loss, the last good side, the other"
    waits = [first_wait(), 15, 30, 60, 120, 120]
    for number, wait in enumerate(waits, 1):
        assert clock.next_due == pytest.approx(wait)
        assert session.state is ConnectionState.WAITING
        clock.advance(wait - 0.001)
        assert len(recorder.names) == 1 + 2 * number, "no attempt before the wait is over"
        clock.advance(0.002)
        await recorder.wait_for("OnConnectionFailure", 1 + 2 * (number + 1))
    assert tried(recorder) == [A] + [A, B] * (len(waits) + 1)
    await sim.restore_side("b")
    clock.advance(120)
    await recorder.wait_for("OnQueryAgentStateConf")
    assert recorder.of("OnConnection")[0]["CurrentServer"] == B
    assert tried(recorder)[-1] == A


async def test_the_last_good_side_is_tried_first(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder, clock: ManualClock
) -> None:
    sim.fail_side("a")
    await recorder.wait_for("OnQueryAgentStateConf")
    recorder.clear()
    clock.advance(LASTING)
    sim.fail_side("b")
    await recorder.wait_for("OnConnectionFailure", 3)
    assert tried(recorder) == [B, B, A], "B was the last good side"
    await sim.restore_side("a")
    clock.advance(first_wait())
    await recorder.wait_for("OnQueryAgentStateConf")
    assert tried(recorder) == [B, B, A, B]


async def test_a_session_that_lasted_resets_the_waits(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder, clock: ManualClock
) -> None:
    draws = random.Random(188)
    for count in (1, 2):
        clock.advance(LASTING)
        sim.fail_side("a")
        sim.fail_side("b")
        await recorder.wait_for("OnConnectionFailure", 3)
        assert clock.next_due == pytest.approx(draws.uniform(0, CLIENTS / 10))
        await sim.restore_side("a")
        clock.advance(CLIENTS / 10)
        await recorder.wait_for("OnQueryAgentStateConf")
        recorder.clear()
        assert session.counters()["connections"] == 1 + count


async def test_sides_that_refuse_the_session_are_tried_after_the_same_waits(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder, clock: ManualClock
) -> None:
    sim.shutdown_side("b")
    sim.shutdown_side("a")
    await recorder.wait_for("OnConnectionFailure", 3)
    for number, wait in enumerate((first_wait(), 15, 30), 1):
        assert tried(recorder) == [A] + [B, A] * number
        assert clock.next_due == pytest.approx(wait)
        clock.advance(wait)
        await recorder.wait_for("OnConnectionFailure", 1 + 2 * (number + 1))
    assert sim.counters.refusals[StatusCode.E_CTI_CTI_SERVER_OFFLINE] == 8
    await sim.restore_side("a")
    clock.advance(60)
    await recorder.wait_for("OnQueryAgentStateConf")
    assert session.is_open


async def test_the_first_connect_follows_the_same_plan(
    sim: Simulator, session: Session, recorder: Recorder, clock: ManualClock
) -> None:
    sim.fail_side("a")
    sim.fail_side("b")
    request = session.connect(**sides(sim), attempts=None)
    await recorder.wait_for("OnConnectionFailure", 2)
    assert tried(recorder) == [A, B]
    assert clock.next_due == pytest.approx(first_wait())
    await sim.restore_side("b")
    clock.advance(first_wait())
    await soon(request)
    assert session.current_side == "B"


# --- limits -----------------------------------------------------------------------------------------


async def test_connect_gives_up_after_its_attempts(
    sim: Simulator, session: Session, recorder: Recorder, clock: ManualClock
) -> None:
    sim.fail_side("a")
    sim.fail_side("b")
    request = session.connect(**sides(sim), attempts=2)
    await recorder.wait_for("OnConnectionFailure", 2)
    clock.advance(first_wait())
    with pytest.raises(ConnectionFailed, match="localhost"):
        await soon(request)
    assert tried(recorder) == [A, B, A, B]
    assert ["FinalAttempt" in args for args in recorder.of("OnConnectionFailure")] == [False] * 3 + [True]
    assert recorder.of("OnConnectionFailure")[-1]["FinalAttempt"] is True
    assert session.state is ConnectionState.DISCONNECTED
    assert clock.next_due is None


async def test_reconnecting_gives_up_at_its_limit_with_the_final_attempt_marked(
    sim: Simulator, make_session: MakeSession, clock: ManualClock, rng: random.Random
) -> None:
    session = make_session(clock=clock, rng=rng, clients=CLIENTS, reconnect_attempts=3)
    recorder = Recorder(session)
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(an_agent()))
    sim.fail_side("a")
    sim.fail_side("b")
    await recorder.wait_for("OnConnectionFailure", 3)
    clock.advance(first_wait())
    await recorder.wait_for("OnConnectionFailure", 5)
    clock.advance(15)
    await recorder.wait_for("OnConnectionFailure", 7)
    assert ["FinalAttempt" in args for args in recorder.of("OnConnectionFailure")] == [False] * 6 + [True]
    assert session.state is ConnectionState.DISCONNECTED
    assert clock.next_due is None
    await sim.restore_side("a")
    await soon(session.connect(**sides(sim)))
    await soon(session.set_bulk_mode(5000))


async def test_the_limit_of_attempts_includes_refused_sessions(
    sim: Simulator, make_session: MakeSession, clock: ManualClock, rng: random.Random
) -> None:
    session = make_session(clock=clock, rng=rng, clients=CLIENTS, reconnect_attempts=1)
    recorder = Recorder(session)
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(an_agent()))
    recorder.clear()
    sim.shutdown_side("b")
    sim.shutdown_side("a")
    await recorder.wait_for("OnConnectionFailure", 3)
    assert tried(recorder) == [A, B, A]
    assert ["FinalAttempt" in args for args in recorder.of("OnConnectionFailure")] == [False, False, True]
    assert session.state is ConnectionState.DISCONNECTED
    await until(lambda: not sim.side_a.sessions)


async def test_a_listener_of_the_final_attempt_may_connect_again(
    sim: Simulator, session: Session, recorder: Recorder
) -> None:
    sim.fail_side("a")
    sim.fail_side("b")
    again: list[Request[None]] = []

    def final(args: Arguments) -> None:
        if "FinalAttempt" in args and not again:
            again.append(session.connect(**sides(sim), attempts=None))

    session.subscribe("OnConnectionFailure", final)
    with pytest.raises(ConnectionFailed):
        await soon(session.connect(**sides(sim)))
    await recorder.wait_for("OnConnectionFailure", 4)
    assert not again[0].done(), "the end of the old search does not end the new one"
    assert session.state is ConnectionState.WAITING


# --- stopping it ------------------------------------------------------------------------------------


async def test_a_disconnect_while_waiting_stops_the_fail_over(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder, clock: ManualClock
) -> None:
    sim.fail_side("a")
    sim.fail_side("b")
    await recorder.wait_for("OnConnectionFailure", 3)
    await soon(session.disconnect(Arguments({"ForcedDisconnect": True})))
    assert recorder.names == ["OnConnectionFailure"] * 3 + ["OnConnectionClosed"]
    assert clock.next_due is None
    await sim.restore_side("a")
    clock.advance(1000)
    await soon(session.connect(**sides(sim)))
    assert recorder.names[4:] == ["OnConnection"], "no attempt of the old search follows"


async def test_a_disconnect_by_the_listener_of_the_loss_stops_the_fail_over(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder, clock: ManualClock
) -> None:
    session.subscribe("OnConnectionFailure", lambda args: session.disconnect())
    sim.fail_side("a")
    await recorder.wait_for("OnConnectionClosed")
    assert recorder.names == ["OnConnectionFailure", "OnConnectionClosed"]
    assert clock.next_due is None


async def test_a_disconnect_by_the_listener_of_a_failed_attempt_stops_the_fail_over(
    sim: Simulator, session: Session, recorder: Recorder, clock: ManualClock
) -> None:
    sim.fail_side("a")
    session.subscribe("OnConnectionFailure", lambda args: session.disconnect())
    with pytest.raises(ConnectionLost):
        await soon(session.connect(**sides(sim), attempts=None))
    await recorder.wait_for("OnConnectionClosed")
    assert recorder.names == ["OnConnectionFailure", "OnConnectionClosed"]
    assert sim.side_b.connections == set()
    assert clock.next_due is None


async def test_a_disconnect_by_the_listener_of_the_new_connection_stops_the_fail_over(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    session.subscribe("OnConnection", lambda args: session.disconnect())
    sim.fail_side("a")
    await recorder.wait_for("OnConnectionClosed")
    assert recorder.names[-2:] == ["OnConnection", "OnConnectionClosed"]
    await until(lambda: not sim.side_b.connections)
    assert sim.counters.opens == 1


@pytest.mark.covers("E_CTIOS_IN_FAILOVER")
async def test_connecting_during_a_fail_over_is_refused(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    codes: list[CilCode] = []

    def connect(args: Arguments) -> None:
        codes.append(failing(lambda: session.connect(**sides(sim))))
        asyncio.get_running_loop().call_soon(
            lambda: codes.append(failing(lambda: session.connect(**sides(sim))))
        )

    session.subscribe("OnConnectionFailure", connect)
    sim.fail_side("a")
    sim.fail_side("b")
    await recorder.wait_for("OnConnectionFailure", 3)
    await soon(session.disconnect())
    assert set(codes) == {CilCode.E_CTIOS_IN_FAILOVER}


# --- refusals by a side ---------------------------------------------------------------------


async def test_a_side_that_goes_offline_is_replaced_by_the_other(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    sim.shutdown_side("a")
    await recorder.wait_for("OnQueryAgentStateConf")
    assert recorder.names == [
        "OnConnectionFailure",
        "OnConnection",
        "OnSetAgentModeEvent",
        "OnQueryAgentStateConf",
    ]
    failure = recorder.of("OnConnectionFailure")[0]
    assert failure["ReasonCode"] == FailureReason.OTHER_ERROR
    assert "E_CTI_CTI_SERVER_OFFLINE" in failure["ErrorMessage"]
    assert session.current_side == "B", "the side that went off-line is not tried first"
    await until(lambda: not sim.side_a.connections)


async def test_a_refused_heartbeat_means_that_the_side_is_offline(
    sim: Simulator, make_session: MakeSession, clock: ManualClock
) -> None:
    session = make_session(heartbeat=10, clock=clock)
    recorder = Recorder(session)
    await soon(session.connect(**sides(sim)))
    await soon(session.set_bulk_mode(5000))
    sim.side_a.online = False  # without an event
    clock.advance(10)
    await recorder.wait_for("OnMonitorModeEstablished", 2)
    assert recorder.of("OnConnectionFailure")[0]["ReasonCode"] == FailureReason.OTHER_ERROR
    assert session.current_side == "B"


async def test_after_a_refusal_the_other_side_is_tried(
    sim: Simulator, session: Session, recorder: Recorder
) -> None:
    sim.shutdown_side("a")
    await soon(session.connect(**sides(sim)))
    assert session.current_side == "A"
    await soon(session.set_agent(an_agent()))
    assert session.current_side == "B"
    assert recorder.names == [
        "OnConnection",
        "OnConnectionFailure",
        "OnConnection",
        "OnSetAgentModeEvent",
        "OnQueryAgentStateConf",
    ]
    assert recorder.of("OnConnectionFailure")[0]["ReasonCode"] == FailureReason.OTHER_ERROR


async def test_a_refusal_by_both_sides_fails_the_request_and_the_search_continues(
    sim: Simulator, session: Session, recorder: Recorder, clock: ManualClock
) -> None:
    sim.shutdown_side("a")
    sim.shutdown_side("b")
    await soon(session.connect(**sides(sim)))
    with pytest.raises(OpenRefused) as error:
        await soon(session.set_agent(an_agent()))
    assert error.value.name == "E_CTI_CTI_SERVER_OFFLINE"
    assert "OnConnectionRejected" not in recorder.names
    await recorder.wait_for("OnConnectionFailure", 3)
    await sim.restore_side("a")
    clock.advance(CLIENTS / 10)
    await recorder.wait_for("OnSetAgentModeEvent")
    assert session.is_open


async def test_a_final_refusal_ends_the_fail_over(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder, make_session: MakeSession
) -> None:
    other = make_session(client_id="another client")

    async def open_the_same_device() -> None:
        await soon(other.connect(**sides(sim)))
        await soon(other.set_agent(an_agent()))

    sim.side_b.freeze()
    sim.fail_side("a")
    await recorder.wait_for("OnConnection")  # on side B, where the opening waits
    await sim.restore_side("a")
    await open_the_same_device()
    sim.thaw_side("b")
    await recorder.wait_for("OnConnectionRejected")
    assert recorder.of("OnConnectionRejected")[0]["FailureCode"] == StatusCode.E_CTI_DEVICE_IN_USE
    assert session.state is ConnectionState.DISCONNECTED
    assert recorder.names[-1] == "OnConnectionRejected"


async def test_a_takeover_by_the_same_client_is_not_answered_by_another(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder, make_session: MakeSession
) -> None:
    newer = make_session()
    newer_recorder = Recorder(newer)
    await soon(newer.connect(**sides(sim)))
    await soon(newer.set_agent(an_agent()))
    await recorder.wait_for("OnConnectionRejected")
    assert recorder.names == ["OnConnectionRejected"]
    args = recorder.of("OnConnectionRejected")[0]
    assert args["FailureCode"] == StatusCode.E_CTI_NEW_SESSION_OPENED
    assert session.state is ConnectionState.DISCONNECTED
    await settled(newer)
    assert sim.counters.replaced == 1
    assert newer_recorder.names == ["OnConnection", "OnSetAgentModeEvent", "OnQueryAgentStateConf"]
    assert newer.is_open


async def test_a_session_that_the_server_still_holds_is_replaced(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    # the client has closed the connection, but the server has not noticed: the new session replaces the old
    sim.freeze_side("a")
    link = session._connection.link
    assert link is not None
    link.abort()
    sim.side_a._stop_listening()
    await recorder.wait_for("OnQueryAgentStateConf")
    assert session.current_side == "B"
    assert sim.counters.replaced == 1
    assert "OnConnectionRejected" not in recorder.names
