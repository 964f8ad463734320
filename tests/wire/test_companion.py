"""The companion: what a supervisor's session sends through a bulk session, and what it cannot do without."""

from typing import Any, NamedTuple

import pytest
from support.call_messages import CONNECT, HOLD, Connection, send, snapshot_conf
from support.model import MakeSession, soon, until
from support.struct_server import (
    AVAILABLE,
    LIST_AGENT_TEAM_REQ,
    LOGOUT,
    MONITOR_START_REQ,
    NOT_READY,
    OPEN_REQ,
    PERIPHERAL,
    QUERY_AGENT_STATE_REQ,
    SET_AGENT_STATE_REQ,
    SNAPSHOT_CALL_REQ,
    SNAPSHOT_DEVICE_REQ,
    Peer,
    StructServer,
    text,
)
from support.supervisor_steps import (
    MEMBERS_CALL,
    SUPERVISOR_SERVICES,
    SupervisorDesk,
    hear_call,
    open_supervisor,
)
from support.wire_steps import (
    AGENT_SERVICES,
    BULK_SERVICES,
    FOREIGN_MONITOR,
    MAKE_CALL_LAYOUT,
    ONE_CALL_AND_TYPE_LAYOUT,
    OWN_MONITOR,
    SET_CALL_DATA_LAYOUT,
    STATE_LAYOUT,
    FullRecorder,
    advance,
    answer_opening,
    connected,
    open_bulk,
    reconnected,
)

from ctios_fast import (
    AgentState,
    Arguments,
    CilCode,
    ConnectionLost,
    ControlFailure,
    MethodError,
    RequestRefused,
    Session,
)
from ctios_fast.connection.clock import ManualClock
from ctios_fast.model.session_properties import session_context

#: The reason by which Unified CCE knows that a supervisor logged the agent out.
BY_SUPERVISOR = 999


class Pair(NamedTuple):
    """A supervisor's session with its companion, the servers' ends, and what both sessions fired."""

    desk: SupervisorDesk
    companion: Session
    through: Peer
    recorder: FullRecorder
    companions: FullRecorder

    def member(self) -> Any:
        """A member of the team, as the supervisor's session knows it."""
        return self.desk.session.agent("1002", agent_instrument="3002")


@pytest.fixture
async def pair(
    make_session: MakeSession, server: StructServer, other_server: StructServer, clock: ManualClock
) -> Pair:
    session, companion = make_session(clock=clock), make_session(client_id="companion", clock=clock)
    through = await open_bulk(companion, other_server)
    desk = await open_supervisor(session, server, companion=companion)
    assert desk.agent.state == NOT_READY
    return Pair(desk, companion, through, FullRecorder(session), FullRecorder(companion))


async def test_a_member_is_logged_out_in_the_name_of_the_supervisor(pair: Pair) -> None:
    member = pair.member()
    logout = member.logout(reason_code=BY_SUPERVISOR)
    request = await pair.through.receive(SET_AGENT_STATE_REQ)
    assert request.fixed(STATE_LAYOUT)[1:6] == (PERIPHERAL, LOGOUT, 0, 0, BY_SUPERVISOR)
    assert request.floating(STATE_LAYOUT) == [
        (6, text("3002")),
        (5, text("1002")),
        (49, text("")),  # AgentPassword, which a logout carries
        (69, text("1001")),
    ]
    pair.through.state_conf(request)
    # Both servers' sides report the logout: a team monitor here, All Events there.
    pair.desk.peer.agent_state_event(
        LOGOUT, BY_SUPERVISOR, monitor_id=FOREIGN_MONITOR, agent_id="1002", instrument="3002"
    )
    pair.through.agent_state_event(LOGOUT, BY_SUPERVISOR, agent_id="1002", instrument="3002")
    assert await soon(logout) == AgentState.LOGOUT
    change = await pair.recorder.wait_for("OnMonitoredAgentStateChange")
    assert (change["AgentID"], change["AgentState"], change["EventReasonCode"]) == (
        "1002",
        AgentState.LOGOUT,
        BY_SUPERVISOR,
    )
    assert pair.recorder.names == ["OnMonitoredAgentStateChange"]
    assert pair.desk.session.is_open
    assert pair.desk.agent.state == NOT_READY
    assert "OnPostLogout" in pair.companions.names  # bulk mode reports the logouts of every agent


async def test_a_member_is_made_ready_in_the_name_of_the_supervisor(pair: Pair) -> None:
    ready = pair.member().set_agent_state(Arguments(AgentState=AVAILABLE))
    request = await pair.through.receive(SET_AGENT_STATE_REQ)
    assert request.fixed(STATE_LAYOUT)[1:6] == (PERIPHERAL, AVAILABLE, 0, 0, 0)
    assert request.floating(STATE_LAYOUT) == [(6, text("3002")), (5, text("1002")), (69, text("1001"))]
    pair.through.state_conf(request)
    assert await soon(ready) == AgentState.AVAILABLE


async def test_a_supervisor_that_the_program_names_is_kept(pair: Pair) -> None:
    pair.member().set_agent_state(Arguments(AgentState=AVAILABLE, SupervisorID="1010"))
    request = await pair.through.receive(SET_AGENT_STATE_REQ)
    assert request.floating(STATE_LAYOUT)[-1] == (69, text("1010"))


async def test_bulk_mode_sends_the_supervisor_that_the_program_names(
    session: Session, server: StructServer
) -> None:
    peer = await open_bulk(session, server)
    member = session.agent("1002", agent_instrument="3002")
    member.set_agent_state(Arguments(AgentState=AVAILABLE, SupervisorID="1001"))
    request = await peer.receive(SET_AGENT_STATE_REQ)
    assert request.floating(STATE_LAYOUT) == [(6, text("3002")), (5, text("1002")), (69, text("1001"))]


async def test_a_refused_logout_is_reported_in_both_sessions(pair: Pair) -> None:
    logout = pair.member().logout(reason_code=BY_SUPERVISOR)
    pair.through.control_failure_conf(await pair.through.receive(SET_AGENT_STATE_REQ), 21, 0)
    with pytest.raises(ControlFailure):
        await soon(logout)
    assert pair.recorder.names == ["OnLogoutFailed", "OnControlFailureConf"]
    assert pair.recorder.events[0][1]["UniqueObjectID"] == "agent.5000.1002"
    assert pair.companions.names[-2:] == ["OnLogoutFailed", "OnControlFailureConf"]


async def test_a_cancelled_request_is_cancelled_in_the_companion(pair: Pair) -> None:
    ready = pair.member().set_agent_state(AVAILABLE)
    await pair.through.receive(SET_AGENT_STATE_REQ)
    assert ready.cancel()
    twin = pair.companion.agents["1002"]
    assert twin._changes is None


async def test_a_monitored_call_is_controlled_through_the_companion(pair: Pair) -> None:
    call = await hear_call(pair.desk.peer, pair.recorder, MEMBERS_CALL)
    assert call.is_monitored
    call.hold()
    request = await pair.through.receive(54)
    assert request.floating(ONE_CALL_AND_TYPE_LAYOUT) == [(25, text("3002")), (6, text("3002"))]
    call.set_call_data(call_variable1="vip")
    assert (13, text("vip")) in (await pair.through.receive(26)).floating(SET_CALL_DATA_LAYOUT)


async def test_the_own_agent_and_its_calls_need_no_companion(pair: Pair) -> None:
    call = await hear_call(pair.desk.peer, pair.recorder, Connection(501, "3001"), monitor_id=OWN_MONITOR)
    call.hold()
    await pair.desk.peer.receive(54)
    pair.desk.agent.set_agent_state(AVAILABLE)
    await pair.desk.peer.receive(SET_AGENT_STATE_REQ)


async def test_requests_of_a_members_device_go_through_the_companion(pair: Pair) -> None:
    member = pair.member()
    member.make_call(dialed_number="3003")
    assert (6, text("3002")) in (await pair.through.receive(56)).floating(MAKE_CALL_LAYOUT)
    member.snapshot_device()
    await pair.through.receive(SNAPSHOT_DEVICE_REQ)


# --- Without a companion ----------------------------------------------------------------------------

#: Requests about the device of another agent.
OF_MEMBERS: dict[str, tuple[Any, ...]] = {
    "login": (),
    "logout": (),
    "set_agent_state": (AVAILABLE,),
    "make_call": ({"DialedNumber": "3003"},),
    "snapshot_device": (),
    "query_device_info": (),
    "request_supervisor_assist": (),
    "make_emergency_call": (),
    "set_agent_greeting_action": ({"AgentAction": 1},),
    "report_bad_call_line": (),
    "set_wrapup_data": ({"CallWrapupData": "sold"},),
    "release_call": (),
}
#: Requests about the call of another agent.
OF_CALLS: dict[str, tuple[Any, ...]] = {
    "answer": (),
    "hold": (),
    "retrieve": (),
    "alternate": (),
    "reconnect": (),
    "clear": (),
    "clear_connection": (),
    "make_consult_call": ({"DialedNumber": "3003"},),
    "conference": (),
    "transfer": (),
    "single_step_conference": ({"DialedNumber": "3003"},),
    "single_step_transfer": ({"DialedNumber": "3003"},),
    "send_dtmf_signal": ({"DTMFString": "1"},),
    "start_record": (),
    "stop_record": (),
    "set_call_data": ({"CallVariable1": "vip"},),
    "deflect": ({"CalledDeviceID": "3003"},),
}
CURE = (
    r"a session in agent mode controls its own device only; set the agent with a companion.*or use bulk mode"
)


@pytest.mark.parametrize("method", OF_MEMBERS)
async def test_another_agent_cannot_be_controlled_in_agent_mode_alone(
    session: Session, server: StructServer, method: str
) -> None:
    await open_supervisor(session, server)
    member = session.agent("1002", agent_instrument="3002")
    with pytest.raises(MethodError, match=CURE) as error:
        getattr(member, method)(*OF_MEMBERS[method])
    assert error.value.code == CilCode.E_CTIOS_MODE_CONFLICT
    assert f"{method}() of agent 1002" in str(error.value)


@pytest.mark.parametrize("method", OF_CALLS)
async def test_another_agents_call_cannot_be_controlled_in_agent_mode_alone(
    session: Session, server: StructServer, recorder: FullRecorder, method: str
) -> None:
    desk = await open_supervisor(session, server)
    call = await hear_call(desk.peer, recorder, MEMBERS_CALL)
    with pytest.raises(MethodError, match=CURE) as error:
        getattr(call, method)(*OF_CALLS[method])
    assert error.value.code == CilCode.E_CTIOS_MODE_CONFLICT
    assert f"{method}() of the monitored call {MEMBERS_CALL.uid}" in str(error.value)


async def test_what_needs_no_control_of_the_device_is_sent_in_agent_mode_alone(
    session: Session, server: StructServer
) -> None:
    desk = await open_supervisor(session, server)
    member = session.agent("1002", agent_instrument="3002")
    member.query_agent_state()
    await desk.peer.receive(QUERY_AGENT_STATE_REQ)
    member.request_desk_settings()
    await desk.peer.receive(131)


# --- Losses -----------------------------------------------------------------------------------------


async def test_a_lost_companion_fails_its_requests_and_serves_again_once_it_is_back(
    pair: Pair, other_server: StructServer, clock: ManualClock
) -> None:
    member = pair.member()
    pending = member.logout(reason_code=BY_SUPERVISOR)
    await pair.through.receive(SET_AGENT_STATE_REQ)
    pair.through.reset()
    with pytest.raises(ConnectionLost):
        await soon(pending)
    with pytest.raises(ConnectionLost):
        await soon(member.logout(reason_code=BY_SUPERVISOR))
    assert pair.desk.session.is_open
    await advance(clock, pair.companion, lambda: other_server.has_connection)
    peer = await other_server.accepted()
    peer.open_conf(await peer.receive(OPEN_REQ), services=BULK_SERVICES, peripherals=(PERIPHERAL,))
    await until(lambda: pair.companion.is_open)
    member.set_agent_state(AVAILABLE)
    frame = await peer.receive_any()
    while frame.number != SET_AGENT_STATE_REQ:  # the repair asks for the agent whose logout was under way
        if frame.number == QUERY_AGENT_STATE_REQ:
            peer.query_conf(frame, NOT_READY, agent_id="1002", instrument="3002")
        frame = await peer.receive_any()
    assert (69, text("1001")) in frame.floating(STATE_LAYOUT)


async def test_a_supervisors_session_that_is_lost_has_its_companion_when_it_is_back(
    pair: Pair, server: StructServer, clock: ManualClock
) -> None:
    pair.desk.peer.reset()
    await until(lambda: not pair.desk.session.is_open)
    pair.member().set_agent_state(AVAILABLE)  # the companion is not concerned by the loss
    await pair.through.receive(SET_AGENT_STATE_REQ)
    await advance(clock, pair.desk.session, lambda: server.has_connection)
    peer = await server.accepted()
    await answer_opening(peer, state=NOT_READY, services=SUPERVISOR_SERVICES)
    await until(lambda: pair.desk.session.is_open)
    assert pair.desk.agent.is_supervisor()
    pair.member().set_agent_state(NOT_READY, reason_code=3)
    await pair.through.receive(SET_AGENT_STATE_REQ)


async def reopened_in_a_call(pair: Pair, server: StructServer, clock: ManualClock) -> Peer:
    """Lose the supervisor's session during a monitored call, and start its monitor again."""
    desk = pair.desk
    pair.member()
    request = desk.agent.start_monitoring_agent(agent="agent.5000.1002")
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_START_REQ), FOREIGN_MONITOR)
    pair.through.device_conf(await pair.through.receive(SNAPSHOT_DEVICE_REQ))  # the companion asks
    await soon(request)
    await hear_call(desk.peer, pair.recorder, MEMBERS_CALL)
    peer = await reconnected(desk.session, desk.peer, server, clock)
    await answer_opening(peer, state=NOT_READY, services=SUPERVISOR_SERVICES)
    peer.monitor_start_conf(await peer.receive(MONITOR_START_REQ), 178)
    query = await peer.receive(QUERY_AGENT_STATE_REQ)
    peer.query_conf(query, AVAILABLE, agent_id="1002", instrument="3002")
    peer.device_conf(await peer.receive(SNAPSHOT_DEVICE_REQ))
    pair.through.device_conf(await pair.through.receive(SNAPSHOT_DEVICE_REQ))
    return peer


async def test_the_companion_is_asked_for_monitored_calls_after_a_gap(
    pair: Pair, server: StructServer, clock: ManualClock
) -> None:
    await reopened_in_a_call(pair, server, clock)
    call: Any = pair.desk.session.calls[MEMBERS_CALL.uid]
    snapshot_conf(pair.through, await pair.through.receive(SNAPSHOT_CALL_REQ), (601, "3002", HOLD))
    report = await pair.recorder.wait_for("OnRecovered")
    assert (report["CallsRefreshed"], report["CallsUnverified"]) == (1, 0)
    assert pair.desk.session.calls[MEMBERS_CALL.uid] is call
    assert call.status == HOLD


async def test_a_monitored_call_that_the_companion_does_not_find_has_ended(
    pair: Pair, server: StructServer, clock: ManualClock
) -> None:
    await reopened_in_a_call(pair, server, clock)
    pair.through.control_failure_conf(await pair.through.receive(SNAPSHOT_CALL_REQ), 13, 0)
    report = await pair.recorder.wait_for("OnRecovered")
    assert (report["CallsEnded"], report["CallsUnverified"]) == (1, 0)
    assert len(pair.recorder.of("OnMonitoredCallEnd")) == 1
    assert not pair.desk.session.calls


async def test_a_loss_of_the_companion_does_not_end_the_repair_of_the_supervisors_session(
    pair: Pair, server: StructServer, clock: ManualClock
) -> None:
    await reopened_in_a_call(pair, server, clock)
    await pair.through.receive(SNAPSHOT_CALL_REQ)
    pair.through.reset()
    report = await pair.recorder.wait_for("OnRecovered")
    assert (report["CallsEnded"], report["CallsUnverified"]) == (0, 1)
    assert list(pair.desk.session.calls) == [MEMBERS_CALL.uid]


async def test_a_disconnected_supervisor_leaves_the_companion_connected(pair: Pair) -> None:
    closing = pair.desk.session.disconnect()
    pair.desk.peer.close()
    await soon(closing)
    assert pair.companion.is_open
    assert session_context(pair.desk.session).companion is None


@pytest.mark.parametrize("status", [12, 64], ids=["no-service", "no-supervisor"])
async def test_a_list_of_teams_that_the_companion_is_refused_names_the_cure(
    make_session: MakeSession, server: StructServer, other_server: StructServer, status: int
) -> None:
    companion = make_session(client_id="companion")
    through = await open_bulk(companion, other_server)
    session = make_session()
    own = FullRecorder(session)
    desk = await open_supervisor(session, server, services=AGENT_SERVICES, companion=companion)
    request = desk.agent.request_agent_team_list(supervisor_id=5001)
    through.failure_conf(await through.receive(LIST_AGENT_TEAM_REQ), status)
    with pytest.raises(RequestRefused) as error:
        await soon(request)
    assert error.value.status == status
    assert "name another one by supervisor_id" in error.value.cure
    assert error.value.cure in own.of("OnControlFailureConf")[0]["ErrorMessage"]


async def test_an_agent_that_only_the_companion_knows_is_the_target_of_silent_monitoring(
    make_session: MakeSession, server: StructServer, other_server: StructServer
) -> None:
    companion = make_session(client_id="companion")
    through = await open_bulk(companion, other_server)
    heard = FullRecorder(companion)
    through.agent_state_event(AVAILABLE, agent_id="1002", instrument="3002")
    await heard.wait_for("OnAgentStateChange")
    session = make_session()
    own = FullRecorder(session)
    desk = await open_supervisor(session, server, services=AGENT_SERVICES, companion=companion)
    listening = Connection(701, "3001")
    send(desk.peer, "BEGIN_CALL", listening, CallType=21)
    devices = {"CallingDeviceID": "3001", "CalledDeviceID": "3002"}
    send(desk.peer, "CALL_ESTABLISHED", listening, LocalConnectionState=CONNECT, **devices)
    started = await own.wait_for("OnSilentMonitorStartedEvent")
    assert started["SilentMonitorTargetAgentUID"] == "agent.5000.1002"
    assert desk.agent.silent_monitor_target_agent_uid == "agent.5000.1002"


async def test_a_companion_monitors_nothing_for_a_supervisor_that_has_disconnected(
    make_session: MakeSession, server: StructServer, other_server: StructServer
) -> None:
    companion = make_session(client_id="companion")
    through = await open_bulk(companion, other_server)
    heard = FullRecorder(companion)
    through.agent_state_event(AVAILABLE, agent_id="1002", instrument="3002")
    through.agent_state_event(AVAILABLE, agent_id="1003", instrument="3003")
    await heard.wait_for("OnAgentStateChange", 2)
    session = make_session()
    desk = await open_supervisor(session, server, services=AGENT_SERVICES, companion=companion)
    await soon(desk.agent.start_monitoring_agent(agent="agent.5000.1002"))
    await soon(desk.agent.start_monitoring_agent_team(team_id=7, members=["1002", "1003"]))
    await soon(desk.agent.start_monitoring_call(call=await hear_call(through, heard, MEMBERS_CALL)))
    heard.clear()
    closing = session.disconnect()
    desk.peer.close()
    await soon(closing)
    assert heard.names == ["OnMonitoredCallEnd"]
    assert not companion.calls[MEMBERS_CALL.uid].is_monitored
    heard.clear()
    through.agent_state_event(NOT_READY, agent_id="1002", instrument="3002")
    through.agent_state_event(NOT_READY, agent_id="1003", instrument="3003")
    await heard.wait_for("OnAgentStateChange", 2)
    send(through, "END_CALL", MEMBERS_CALL)
    await heard.wait_for("OnCallEnd")
    assert not [name for name in heard.names if "Monitored" in name]


async def test_what_other_supervisors_monitor_through_a_companion_goes_on(
    make_session: MakeSession, server: StructServer, other_server: StructServer
) -> None:
    companion = make_session(client_id="companion")
    through = await open_bulk(companion, other_server)
    heard = FullRecorder(companion)
    through.agent_state_event(AVAILABLE, agent_id="1002", instrument="3002")
    await heard.wait_for("OnAgentStateChange")
    session = make_session()
    desk = await open_supervisor(session, server, services=AGENT_SERVICES, companion=companion)
    # The same AgentID in the companion itself is another supervisor of it.
    for supervisor in (desk.agent, companion.agent("1001")):
        await soon(supervisor.start_monitoring_agent(agent="agent.5000.1002"))
        await soon(supervisor.start_monitoring_agent_team(team_id=7, members=["1002"]))
    await hear_call(through, heard, MEMBERS_CALL)
    heard.clear()
    closing = session.disconnect()
    desk.peer.close()
    await soon(closing)
    through.agent_state_event(NOT_READY, agent_id="1002", instrument="3002")
    await heard.wait_for("OnMonitoredAgentStateChange")
    send(through, "END_CALL", MEMBERS_CALL)
    await heard.wait_for("OnMonitoredCallEnd")
    assert heard.names == ["OnMonitoredAgentStateChange", "OnMonitoredCallEnd"]


async def test_a_companion_that_disconnects_ends_the_monitoring_of_its_supervisors(
    make_session: MakeSession, server: StructServer, other_server: StructServer
) -> None:
    companion, session = make_session(client_id="companion"), make_session()
    through = await open_bulk(companion, other_server)
    desk = await open_supervisor(session, server, services=AGENT_SERVICES, companion=companion)
    own = FullRecorder(session)
    heard = FullRecorder(companion)
    companion.agent("1002", agent_instrument="3002")
    await soon(desk.agent.start_monitoring_agent(agent="agent.5000.1002"))
    await hear_call(through, heard, MEMBERS_CALL)
    await hear_call(desk.peer, own, Connection(601, "3001"), monitor_id=OWN_MONITOR)
    own.clear()
    closing = companion.disconnect()
    through.close()
    await soon(closing)
    (stop,) = own.of("OnStopMonitoringAgent")
    assert (stop["AgentReference"], stop["SupervisorID"]) == ("agent.5000.1002", "1001")
    assert stop["BargedInCallID"] == MEMBERS_CALL.uid
    assert desk.agent.monitored_agent is None
    assert session.is_open


async def test_a_companion_that_changed_to_another_mode_is_not_used(
    pair: Pair, other_server: StructServer
) -> None:
    closing = pair.companion.disconnect()
    pair.through.close()
    await soon(closing)
    await connected(pair.companion, other_server)
    pair.companion.set_message_filter("*", peripheral_id=PERIPHERAL, snapshot=False)
    with pytest.raises(MethodError, match=r"not in bulk mode .*call set_bulk_mode\(5000\) again"):
        pair.member().logout()


async def test_a_companion_that_cannot_keep_another_agent_says_so(
    make_session: MakeSession, server: StructServer, other_server: StructServer
) -> None:
    companion = make_session(client_id="companion", max_objects=0)
    await open_bulk(companion, other_server)
    desk = await open_supervisor(make_session(), server, companion=companion)
    with pytest.raises(MethodError, match="raise max_objects"):
        desk.session.agent("1002", agent_instrument="3002").logout()
