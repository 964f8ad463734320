"""A supervisor's monitored agent and call: the monitors of devices and calls, and their events."""

from typing import Any

import pytest
from support.call_messages import CONNECT, HOLD, Connection, of_two_calls, send, snapshot_conf
from support.model import soon, until
from support.struct_server import (
    AVAILABLE,
    CHANGE_MONITOR_MASK_REQ,
    LIST_AGENT_TEAM_REQ,
    LOGOUT,
    MONITOR_AGENT_TEAM_START_REQ,
    MONITOR_AGENT_TEAM_STOP_REQ,
    MONITOR_START_REQ,
    MONITOR_STOP_REQ,
    NOT_READY,
    QUERY_AGENT_STATE_REQ,
    SNAPSHOT_CALL_REQ,
    SNAPSHOT_DEVICE_REQ,
    Frame,
    Peer,
    StructServer,
    text,
)
from support.supervisor_steps import (
    SUPERVISOR,
    SUPERVISOR_SERVICES,
    SupervisorDesk,
    hear_call,
    open_supervisor,
)
from support.wire_steps import (
    AGENT_SERVICES,
    OWN_MONITOR,
    SNAPSHOT_DEVICE_LAYOUT,
    FullRecorder,
    answer_opening,
    answer_query,
    connected,
    disconnected,
    open_bulk,
    reconnected,
    report_state,
)

from ctios_fast import (
    CilCode,
    ConnectionLost,
    ControlFailure,
    MethodError,
    RequestRefused,
    RequestTimeout,
    Session,
    SupervisorButtonEnablement,
)
from ctios_fast.connection.clock import ManualClock
from ctios_fast.model.session_properties import session_context

MEMBER, DEVICE, OTHER = "1002", "3002", "1003"
DEVICE_MONITOR, SECOND_MONITOR, CALL_MONITOR = 78, 79, 80
CALL = Connection(601, DEVICE)
#: InvokeID, PeripheralID, ConnectionCallID, CallMsgMask, AgentStateMask, ConnectionDeviceIDType,
#: MonitoredDeviceType.
START_LAYOUT = "IIIIIHH"
E_CTI_INVALID_DEVICE, E_CTI_NOT_CALL_PARTY, E_CTI_INVALID_MONITORID = 87, 35, 55


@pytest.fixture
async def desk(session: Session, server: StructServer, recorder: FullRecorder) -> SupervisorDesk:
    """A supervisor, and two agents whose devices are known."""
    desk = await open_supervisor(session, server)
    introduce(desk.peer)
    await recorder.wait_for("OnMonitoredAgentStateChange", 2)
    recorder.clear()
    return desk


def introduce(peer: Peer) -> None:
    """Report the states of two agents by a monitor that the session does not know."""
    for agent_id in (MEMBER, OTHER):
        peer.agent_state_event(AVAILABLE, agent_id=agent_id, instrument=f"3{agent_id[1:]}", monitor_id=99)


async def started(
    desk: SupervisorDesk, agent_id: str = MEMBER, monitor_id: int = DEVICE_MONITOR, *, is_heard: bool = False
) -> Frame:
    """Monitor an agent who has no calls; return the request for the monitor.

    ``is_heard``: whether another monitor reports the agent's states already.
    """
    request = desk.agent.start_monitoring_agent(agent=f"agent.5000.{agent_id}")
    asked = await desk.peer.receive(MONITOR_START_REQ)
    desk.peer.monitor_start_conf(asked, monitor_id)
    desk.peer.device_conf(await desk.peer.receive(SNAPSHOT_DEVICE_REQ))
    await soon(request)
    if not is_heard:
        await answer_queries(desk.peer, 1)
    return asked


def names(recorder: FullRecorder) -> list[str]:
    """The events so far, without those about buttons and those of answered queries."""
    return [
        name for name in recorder.names if name not in ("OnSupervisorButtonChange", "OnQueryAgentStateConf")
    ]


@pytest.mark.covers(
    "Agent.StartMonitoringAgent", "Agent.GetMonitoredAgent", "IAgentEvents.OnStartMonitoringAgent"
)
async def test_a_monitor_of_the_agents_device_is_asked_for(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    asked = await started(desk)
    fixed = asked.fixed(START_LAYOUT)
    assert (fixed[1:3], fixed[5:]) == ((5000, 0), (0xFFFF, 76))
    assert fixed[3] & 0x7FFFFF == 0x7FFFFF
    assert fixed[4] != 0
    assert asked.floating(START_LAYOUT) == [(76, text(DEVICE))]
    args = recorder.of("OnStartMonitoringAgent")[0]
    assert dict(args) == {
        "UniqueObjectID": "agent.5000.1001",
        "AgentReference": "agent.5000.1002",
        "SupervisorID": "1001",
        "SupervisorKey": "agent.5000.1001",
        "SupervisorAgentState": NOT_READY,
    }
    assert desk.agent.get_monitored_agent() is desk.session.agents[MEMBER]


async def test_the_calls_of_the_agent_are_monitored_calls(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    call = await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    assert call.is_monitored
    send(desk.peer, "END_CALL", CALL, monitor_id=DEVICE_MONITOR)
    await recorder.wait_for("OnMonitoredCallEnd")
    assert names(recorder) == [
        "OnStartMonitoringAgent",
        "OnMonitoredCallBegin",
        "OnMonitoredCallEstablished",
        "OnMonitoredCallEnd",
    ]
    assert desk.session.current_call is None
    assert not desk.session.calls


async def test_calls_in_progress_begin_if_the_server_lists_them(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    request = desk.agent.start_monitoring_agent({"AgentReference": "agent.5000.1002"})
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_START_REQ), DEVICE_MONITOR)
    desk.peer.device_conf(await desk.peer.receive(SNAPSHOT_DEVICE_REQ), [(601, DEVICE, CONNECT)])
    await answer_queries(desk.peer, 1)
    asked = await desk.peer.receive(SNAPSHOT_CALL_REQ)
    snapshot_conf(desk.peer, asked, (601, DEVICE, CONNECT), ANI="5551234")
    await soon(request)
    args = await recorder.wait_for("OnMonitoredCallBegin")
    assert (args["ANI"], args["Recovered"], args["Monitored"]) == ("5551234", True, True)
    call = desk.session.calls[CALL.uid]
    assert (call.status, call.is_monitored, call.instrument) == (CONNECT, True, DEVICE)


async def test_a_server_that_does_not_list_them_fails_nothing(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    request = desk.agent.start_monitoring_agent(agent=desk.session.agents[MEMBER])
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_START_REQ), DEVICE_MONITOR)
    desk.peer.failure_conf(await desk.peer.receive(SNAPSHOT_DEVICE_REQ), E_CTI_INVALID_DEVICE)
    await soon(request)
    await report_state(desk.peer, recorder)
    assert not recorder.of("OnControlFailureConf")
    assert len(recorder.of("OnStartMonitoringAgent")) == 1


async def test_another_agent_replaces_the_monitored_one(desk: SupervisorDesk, recorder: FullRecorder) -> None:
    await started(desk)
    await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    recorder.clear()
    request = desk.agent.start_monitoring_agent(agent="agent.5000.1003")
    stop = await desk.peer.receive(MONITOR_STOP_REQ)
    assert stop.fixed("II")[1] == DEVICE_MONITOR
    desk.peer.monitor_stop_conf(stop)
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_START_REQ), SECOND_MONITOR)
    desk.peer.device_conf(await desk.peer.receive(SNAPSHOT_DEVICE_REQ))
    await soon(request)
    assert names(recorder) == ["OnMonitoredCallEnd", "OnStopMonitoringAgent", "OnStartMonitoringAgent"]
    assert recorder.of("OnMonitoredCallEnd")[0]["Recovered"] is True
    assert desk.agent.monitored_agent.agent_id == OTHER
    assert set(session_context(desk.session).monitors.by_id) == {SECOND_MONITOR}


async def test_another_agent_replaces_one_whose_monitor_is_not_confirmed_yet(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    first = desk.agent.start_monitoring_agent(agent="agent.5000.1002")
    assert desk.agent.start_monitoring_agent(agent="agent.5000.1002") is first
    second = desk.agent.start_monitoring_agent(agent="agent.5000.1003")
    with pytest.raises(MethodError, match="another agent was chosen"):
        await soon(first)
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_START_REQ), DEVICE_MONITOR)
    send(desk.peer, "BEGIN_CALL", CALL, monitor_id=DEVICE_MONITOR)
    stop = await desk.peer.receive(MONITOR_STOP_REQ)
    assert stop.fixed("II")[1] == DEVICE_MONITOR
    desk.peer.monitor_stop_conf(stop)
    asked = await desk.peer.receive(MONITOR_START_REQ)
    assert asked.floating(START_LAYOUT) == [(76, text("3003"))]
    desk.peer.monitor_start_conf(asked, SECOND_MONITOR)
    desk.peer.device_conf(await desk.peer.receive(SNAPSHOT_DEVICE_REQ))
    await soon(second)
    assert names(recorder) == ["OnMonitoredCallBegin", "OnMonitoredCallEnd", "OnStartMonitoringAgent"]
    assert desk.agent.monitored_agent.agent_id == OTHER
    monitors = session_context(desk.session).monitors
    assert (set(monitors.by_id), len(monitors.wanted)) == ({SECOND_MONITOR}, 1)


async def test_another_agent_replaces_one_whose_device_is_asked_for(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    desk.peer.team_config(7, [("1004", 0, AVAILABLE)])
    await recorder.wait_for("OnNewAgentTeamMember")
    first = desk.agent.start_monitoring_agent(agent="agent.5000.1004")
    query = await desk.peer.receive(QUERY_AGENT_STATE_REQ)
    second = desk.agent.start_monitoring_agent(agent="agent.5000.1003")
    desk.peer.query_conf(query, AVAILABLE, agent_id="1004", instrument="3004")
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_START_REQ), SECOND_MONITOR)
    desk.peer.device_conf(await desk.peer.receive(SNAPSHOT_DEVICE_REQ))
    await soon(second)
    with pytest.raises(MethodError, match="agent 1004 is not monitored"):
        await soon(first)
    await report_state(desk.peer, recorder)
    assert desk.agent.monitored_agent.agent_id == OTHER
    assert len(session_context(desk.session).monitors.wanted) == 1


async def test_the_agent_before_can_be_chosen_again_while_its_monitor_ends(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    recorder.clear()
    other = desk.agent.start_monitoring_agent(agent="agent.5000.1003")
    stop = await desk.peer.receive(MONITOR_STOP_REQ)
    again = desk.agent.start_monitoring_agent(agent="agent.5000.1002")
    desk.peer.monitor_stop_conf(stop)
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_START_REQ), SECOND_MONITOR)
    desk.peer.device_conf(await desk.peer.receive(SNAPSHOT_DEVICE_REQ))
    await soon(again)
    with pytest.raises(MethodError):
        await soon(other)
    assert names(recorder) == ["OnStopMonitoringAgent", "OnStartMonitoringAgent"]
    assert desk.agent.monitored_agent.agent_id == MEMBER
    assert set(session_context(desk.session).monitors.by_id) == {SECOND_MONITOR}


async def test_an_agent_can_be_monitored_again_while_its_monitor_ends(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    recorder.clear()
    stopping = desk.agent.stop_monitoring_agent()
    again = desk.agent.start_monitoring_agent(agent="agent.5000.1002")
    desk.peer.monitor_stop_conf(await desk.peer.receive(MONITOR_STOP_REQ))
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_START_REQ), SECOND_MONITOR)
    desk.peer.device_conf(await desk.peer.receive(SNAPSHOT_DEVICE_REQ))
    for each in (stopping, again):
        await soon(each)
    assert names(recorder) == ["OnStopMonitoringAgent", "OnStartMonitoringAgent"]
    assert desk.agent.monitored_agent.agent_id == MEMBER
    assert set(session_context(desk.session).monitors.by_id) == {SECOND_MONITOR}


async def test_monitoring_can_be_stopped_before_it_is_confirmed(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    starting = desk.agent.start_monitoring_agent(agent="agent.5000.1002")
    asked = await desk.peer.receive(MONITOR_START_REQ)
    stopping = desk.agent.stop_monitoring_agent()
    desk.peer.monitor_start_conf(asked, DEVICE_MONITOR)
    desk.peer.monitor_stop_conf(await desk.peer.receive(MONITOR_STOP_REQ))
    await soon(stopping)
    with pytest.raises(MethodError, match="the monitoring was stopped"):
        await soon(starting)
    assert names(recorder) == []
    monitors = session_context(desk.session).monitors
    assert (monitors.by_id, monitors.wanted, desk.agent.monitored_agent) == ({}, {}, None)


async def test_a_loss_before_the_confirmation_fails_the_request(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    starting = desk.agent.start_monitoring_agent(agent="agent.5000.1002")
    await desk.peer.receive(MONITOR_START_REQ)
    desk.peer.reset()
    with pytest.raises(ConnectionLost):
        await soon(starting)
    assert not session_context(desk.session).monitors.wanted


async def test_the_call_that_the_supervisor_joined_is_named(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    await hear_call(desk.peer, recorder, Connection(601, "3001"), monitor_id=OWN_MONITOR)
    request = desk.agent.stop_monitoring_agent()
    desk.peer.monitor_stop_conf(await desk.peer.receive(MONITOR_STOP_REQ))
    await soon(request)
    assert recorder.of("OnStopMonitoringAgent")[0]["BargedInCallID"] == CALL.uid
    await hear_call(desk.peer, recorder, CALL, monitor_id=99)
    await started(desk)
    start = recorder.of("OnStartMonitoringAgent")
    assert "BargedInCallID" not in start[0]
    assert start[1]["BargedInCallID"] == CALL.uid


@pytest.mark.covers("Agent.StopMonitoringAgent", "IAgentEvents.OnStopMonitoringAgent")
async def test_stopping_ends_the_agents_calls(desk: SupervisorDesk, recorder: FullRecorder) -> None:
    await started(desk)
    call = await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    await soon(desk.agent.start_monitoring_call(call=call))
    recorder.clear()
    request = desk.agent.stop_monitoring_agent({"AgentReference": "agent.5000.1002"})
    desk.peer.monitor_stop_conf(await desk.peer.receive(MONITOR_STOP_REQ))
    await soon(request)
    assert names(recorder) == ["OnMonitoredCallEnd", "OnStopMonitoringAgent"]
    assert (desk.agent.monitored_agent, desk.agent.monitored_call) == (None, None)
    assert not desk.session.calls
    with pytest.raises(MethodError, match="no agent is monitored"):
        desk.agent.stop_monitoring_agent()


async def test_an_agent_is_no_longer_monitored_if_the_connection_is_lost_while_its_monitor_ends(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    recorder.clear()
    stopping = desk.agent.stop_monitoring_agent()
    await desk.peer.receive(MONITOR_STOP_REQ)
    desk.peer.reset()
    with pytest.raises(ConnectionLost):
        await soon(stopping)
    assert names(recorder)[:2] == ["OnMonitoredCallEnd", "OnStopMonitoringAgent"]
    assert (desk.agent.monitored_agent, len(recorder.of("OnStopMonitoringAgent"))) == (None, 1)
    assert not session_context(desk.session).monitors.wanted


async def test_nothing_is_reported_after_a_disconnect_while_the_monitor_ends(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    recorder.clear()
    stopping = desk.agent.stop_monitoring_agent()
    await desk.peer.receive(MONITOR_STOP_REQ)
    await disconnected(desk.session, desk.peer)
    with pytest.raises(ConnectionLost):
        await soon(stopping)
    assert names(recorder).count("OnStopMonitoringAgent") == 1
    assert names(recorder)[-1] == "OnConnectionClosed"


async def test_an_agent_is_monitored_as_before_if_the_end_of_its_monitor_is_not_confirmed(
    desk: SupervisorDesk, recorder: FullRecorder, clock: ManualClock
) -> None:
    await started(desk)
    recorder.clear()
    stopping = desk.agent.stop_monitoring_agent(timeout=2)
    asked = await desk.peer.receive(MONITOR_STOP_REQ)
    clock.advance(3.0)
    with pytest.raises(RequestTimeout):
        await soon(stopping)
    monitors = session_context(desk.session).monitors
    assert desk.agent.monitored_agent is desk.session.agents[MEMBER]
    assert [each.monitor_id for each in monitors.wanted.values()] == [DEVICE_MONITOR]
    desk.peer.monitor_stop_conf(asked)  # too late for the request
    await recorder.wait_for("OnStopMonitoringAgent")
    assert (monitors.wanted, monitors.by_id, desk.agent.monitored_agent) == ({}, {}, None)


async def test_an_agent_whose_monitor_ends_is_not_stopped_twice(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    recorder.clear()
    stopping = desk.agent.stop_monitoring_agent()
    assert desk.agent.stop_monitoring_agent() is stopping
    desk.peer.monitor_stop_conf(await desk.peer.receive(MONITOR_STOP_REQ))
    await soon(stopping)
    await report_state(desk.peer, recorder)
    assert [each for each in names(recorder) if each != "OnAgentStateChange"] == [
        "OnMonitoredCallEnd",
        "OnStopMonitoringAgent",
    ]


async def test_a_refused_monitor_leaves_nothing(desk: SupervisorDesk, recorder: FullRecorder) -> None:
    request = desk.agent.start_monitoring_agent(agent="agent.5000.1002")
    desk.peer.failure_conf(await desk.peer.receive(MONITOR_START_REQ), E_CTI_INVALID_DEVICE)
    with pytest.raises(RequestRefused):
        await soon(request)
    assert names(recorder) == ["OnControlFailureConf"]
    monitors = session_context(desk.session).monitors
    assert (monitors.by_id, monitors.wanted, monitors.starting) == ({}, {}, {})
    assert desk.agent.monitored_agent is None


async def team_and_member(desk: SupervisorDesk) -> Any:
    """Monitor a team and then one of its members; return the member."""
    desk.peer.team_config(7, [(MEMBER, 0, AVAILABLE)])
    watching = desk.agent.start_monitoring_agent_team(team_id=7)
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ), 81)
    await soon(watching)
    await answer_queries(desk.peer, 1)
    asked = await started(desk, is_heard=True)
    assert asked.fixed(START_LAYOUT)[4] == 0
    return desk.session.agents[MEMBER]


async def team_stopped(desk: SupervisorDesk) -> None:
    stopping = desk.agent.stop_monitoring_agent_team(team_id=7)
    desk.peer.monitor_stop_conf(await desk.peer.receive(MONITOR_AGENT_TEAM_STOP_REQ))
    await soon(stopping)


async def test_the_states_of_a_member_of_a_monitored_team_are_reported_once(desk: SupervisorDesk) -> None:
    member = await team_and_member(desk)
    assert member.is_heard


async def test_the_monitor_of_a_member_reports_states_once_its_team_is_not_monitored(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    member = await team_and_member(desk)
    await team_stopped(desk)
    assert (desk.agent.monitored_agent, member.is_heard) == (member, False)
    change = await desk.peer.receive(CHANGE_MONITOR_MASK_REQ)
    _, monitor_id, call_mask, state_mask = change.fixed("IIII")
    assert monitor_id == DEVICE_MONITOR
    assert call_mask & 0x7FFFFF == 0x7FFFFF
    assert state_mask != 0
    recorder.clear()
    desk.peer.monitor_stop_conf(change)
    answer_query(desk.peer, await desk.peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
    args = await recorder.wait_for("OnMonitoredAgentStateChange")
    assert (args["AgentID"], args["AgentState"], args["Recovered"]) == (MEMBER, NOT_READY, True)
    assert member.is_heard


async def member_and_team(desk: SupervisorDesk, recorder: FullRecorder) -> Any:
    """Monitor an agent and then the agent's team; return the agent."""
    await started(desk)
    desk.peer.team_config(7, [(MEMBER, 0, AVAILABLE)])
    watching = desk.agent.start_monitoring_agent_team(team_id=7)
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ), 81)
    await soon(watching)
    return desk.session.agents[MEMBER]


async def test_the_monitor_of_an_agent_reports_calls_only_once_the_team_is_monitored(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    member = await member_and_team(desk, recorder)
    change = await desk.peer.receive(CHANGE_MONITOR_MASK_REQ)
    _, monitor_id, call_mask, state_mask = change.fixed("IIII")
    assert (monitor_id, state_mask) == (DEVICE_MONITOR, 0)
    assert call_mask & 0x7FFFFF == 0x7FFFFF
    desk.peer.monitor_stop_conf(change)
    await report_state(desk.peer, recorder)
    assert member.is_heard


async def test_the_monitor_of_an_agent_reports_states_if_the_team_is_stopped_before_they_are_left_out(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    member = await member_and_team(desk, recorder)
    change = await desk.peer.receive(CHANGE_MONITOR_MASK_REQ)
    await team_stopped(desk)
    desk.peer.monitor_stop_conf(change)
    again = await desk.peer.receive(CHANGE_MONITOR_MASK_REQ)
    assert again.fixed("IIII")[3] != 0
    desk.peer.monitor_stop_conf(again)
    await answer_queries(desk.peer, 1)
    assert member.is_heard


async def test_a_server_that_refuses_to_leave_states_out_reports_them_twice(
    desk: SupervisorDesk, recorder: FullRecorder, caplog: pytest.LogCaptureFixture
) -> None:
    member = await member_and_team(desk, recorder)
    desk.peer.failure_conf(await desk.peer.receive(CHANGE_MONITOR_MASK_REQ), E_CTI_INVALID_MONITORID)
    await report_state(desk.peer, recorder)
    await team_stopped(desk)
    await report_state(desk.peer, recorder)  # nothing has to change
    assert member.is_heard
    assert not [each for each in caplog.records if "reports calls only" in each.getMessage()]


async def test_states_are_asked_for_if_it_is_not_known_whether_they_were_left_out(
    desk: SupervisorDesk, recorder: FullRecorder, clock: ManualClock
) -> None:
    member = await member_and_team(desk, recorder)
    await desk.peer.receive(CHANGE_MONITOR_MASK_REQ)
    clock.advance(60.0)  # the server may have left them out
    await team_stopped(desk)
    assert not member.is_heard
    change = await desk.peer.receive(CHANGE_MONITOR_MASK_REQ)
    assert change.fixed("IIII")[3] != 0
    desk.peer.monitor_stop_conf(change)
    await answer_queries(desk.peer, 1)
    assert member.is_heard


async def test_states_are_asked_for_if_the_team_is_stopped_before_the_change_times_out(
    desk: SupervisorDesk, recorder: FullRecorder, clock: ManualClock
) -> None:
    await member_and_team(desk, recorder)
    await desk.peer.receive(CHANGE_MONITOR_MASK_REQ)
    await team_stopped(desk)
    clock.advance(60.0)
    change = await desk.peer.receive(CHANGE_MONITOR_MASK_REQ)
    assert change.fixed("IIII")[3] != 0


@pytest.mark.parametrize("is_refused", [True, False], ids=["refused", "unanswered"])
async def test_a_monitor_reports_states_after_a_fail_over_though_the_change_was_not_confirmed(
    desk: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock, is_refused: bool
) -> None:
    await team_and_member(desk)
    await team_stopped(desk)
    change = await desk.peer.receive(CHANGE_MONITOR_MASK_REQ)
    if is_refused:
        desk.peer.failure_conf(change, E_CTI_INVALID_MONITORID)
        await report_state(desk.peer, recorder)
    peer = await reopened(desk, recorder, server, clock)
    await answer_queries(peer, 1)  # of the agent that no monitor reports
    peer.team_list_conf(await peer.receive(LIST_AGENT_TEAM_REQ), [7], 0, more=False)
    asked = await peer.receive(MONITOR_START_REQ)
    assert asked.fixed(START_LAYOUT)[4] != 0


async def test_a_wait_for_a_state_goes_on_while_the_monitor_begins_to_report_states(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    member = await team_and_member(desk)
    waiting = member.wait_for_state(NOT_READY)
    await team_stopped(desk)
    desk.peer.monitor_stop_conf(await desk.peer.receive(CHANGE_MONITOR_MASK_REQ))
    answer_query(desk.peer, await desk.peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
    assert await soon(waiting) == NOT_READY


async def test_a_server_that_refuses_the_states_of_a_member_is_logged(
    desk: SupervisorDesk, recorder: FullRecorder, caplog: pytest.LogCaptureFixture
) -> None:
    member = await team_and_member(desk)
    waiting = member.wait_for_state(NOT_READY)
    await team_stopped(desk)
    desk.peer.failure_conf(await desk.peer.receive(CHANGE_MONITOR_MASK_REQ), E_CTI_INVALID_MONITORID)
    await report_state(desk.peer, recorder)
    assert not member.is_heard
    [record] = [each for each in caplog.records if "reports calls only" in each.getMessage()]
    assert f"agent {MEMBER}" in record.getMessage()
    assert "stop and start the monitoring of the agent again" in record.getMessage()
    with pytest.raises(MethodError, match="was not monitored any more"):
        await soon(waiting)
    assert not recorder.of("OnControlFailureConf")


async def test_a_monitor_that_is_confirmed_after_the_end_of_the_team_reports_states_then(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    desk.peer.team_config(7, [(MEMBER, 0, AVAILABLE)])
    watching = desk.agent.start_monitoring_agent_team(team_id=7)
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ), 81)
    await soon(watching)
    await answer_queries(desk.peer, 1)
    request = desk.agent.start_monitoring_agent(agent="agent.5000.1002")
    asked = await desk.peer.receive(MONITOR_START_REQ)
    await team_stopped(desk)
    desk.peer.monitor_start_conf(asked, DEVICE_MONITOR)
    await soon(request)
    frames = {frame.number: frame for frame in [await desk.peer.receive_any() for _ in range(3)]}
    assert set(frames) == {QUERY_AGENT_STATE_REQ, SNAPSHOT_DEVICE_REQ, CHANGE_MONITOR_MASK_REQ}
    desk.peer.device_conf(frames[SNAPSHOT_DEVICE_REQ])
    desk.peer.monitor_stop_conf(frames[CHANGE_MONITOR_MASK_REQ])
    await report_state(desk.peer, recorder)
    assert desk.session.agents[MEMBER].is_heard


async def test_states_are_not_heard_while_the_monitor_ends(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    member = desk.session.agents[MEMBER]
    assert member.is_heard
    stopping = desk.agent.stop_monitoring_agent()
    assert (desk.agent.monitored_agent, member.is_heard) == (member, False)
    desk.peer.monitor_stop_conf(await desk.peer.receive(MONITOR_STOP_REQ))
    await soon(stopping)
    assert not member.is_heard


async def test_states_of_an_agent_at_another_device_than_the_monitored_one_are_not_heard(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    member = desk.session.agents[MEMBER]
    recorder.clear()
    member.agent_instrument = member.agent_extension = "3009"
    assert not member.is_heard


async def moved(desk: SupervisorDesk, recorder: FullRecorder) -> Frame:
    """Let the member of a monitored team talk and then be at another device; return the request for it."""
    await team_and_member(desk)
    await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    recorder.clear()
    desk.peer.agent_state_event(AVAILABLE, agent_id=MEMBER, instrument="3009", monitor_id=81)
    stop = await desk.peer.receive(MONITOR_STOP_REQ)
    assert stop.fixed("II")[1] == DEVICE_MONITOR
    desk.peer.monitor_stop_conf(stop)
    asked = await desk.peer.receive(MONITOR_START_REQ)
    assert asked.floating(START_LAYOUT) == [(76, text("3009"))]
    return asked


async def test_the_monitor_follows_the_agent_to_another_device(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    asked = await moved(desk, recorder)
    desk.peer.monitor_start_conf(asked, SECOND_MONITOR)
    desk.peer.device_conf(await desk.peer.receive(SNAPSHOT_DEVICE_REQ))
    await hear_call(desk.peer, recorder, Connection(602, "3009"), monitor_id=SECOND_MONITOR)
    assert names(recorder) == [
        "OnMonitoredAgentStateChange",
        "OnMonitoredCallEnd",
        "OnMonitoredCallBegin",
        "OnMonitoredCallEstablished",
    ]
    assert desk.agent.monitored_agent is desk.session.agents[MEMBER]
    assert set(session_context(desk.session).monitors.by_id) == {81, SECOND_MONITOR}


async def test_an_agent_whose_other_device_cannot_be_monitored_is_not_monitored(
    desk: SupervisorDesk, recorder: FullRecorder, caplog: pytest.LogCaptureFixture
) -> None:
    desk.peer.failure_conf(await moved(desk, recorder), E_CTI_INVALID_DEVICE)
    args = await recorder.wait_for("OnStopMonitoringAgent")
    assert args["AgentReference"] == "agent.5000.1002"
    assert desk.agent.monitored_agent is None
    assert not recorder.of("OnControlFailureConf")
    assert f"agent {MEMBER} is not monitored at device 3009" in caplog.text


async def test_the_monitor_of_the_former_device_is_not_wanted_though_its_end_is_not_confirmed(
    desk: SupervisorDesk, recorder: FullRecorder, clock: ManualClock
) -> None:
    await team_and_member(desk)
    desk.peer.agent_state_event(AVAILABLE, agent_id=MEMBER, instrument="3009", monitor_id=81)
    await desk.peer.receive(MONITOR_STOP_REQ)
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_START_REQ), SECOND_MONITOR)
    desk.peer.device_conf(await desk.peer.receive(SNAPSHOT_DEVICE_REQ))
    await report_state(desk.peer, recorder)
    clock.advance(60.0)
    monitors = session_context(desk.session).monitors
    assert {each.monitor_id for each in monitors.wanted.values()} == {81, SECOND_MONITOR}


async def test_a_refused_monitor_of_a_device_that_the_agent_has_left_changes_nothing(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    asked = await moved(desk, recorder)
    desk.peer.agent_state_event(AVAILABLE, agent_id=MEMBER, instrument=DEVICE, monitor_id=81)
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_START_REQ), SECOND_MONITOR)
    desk.peer.device_conf(await desk.peer.receive(SNAPSHOT_DEVICE_REQ))
    desk.peer.failure_conf(asked, E_CTI_INVALID_DEVICE)
    await report_state(desk.peer, recorder)
    assert not recorder.of("OnStopMonitoringAgent")
    assert desk.agent.monitored_agent is desk.session.agents[MEMBER]
    assert set(session_context(desk.session).monitors.by_id) == {81, SECOND_MONITOR}


async def test_an_agent_who_moves_before_the_confirmation_is_monitored_at_the_other_device(
    desk: SupervisorDesk,
) -> None:
    request = desk.agent.start_monitoring_agent(agent="agent.5000.1002")
    asked = await desk.peer.receive(MONITOR_START_REQ)
    desk.peer.agent_state_event(AVAILABLE, agent_id=MEMBER, instrument="3009", monitor_id=99)
    member = desk.session.agents[MEMBER]
    await until(lambda: member.agent_instrument == "3009")
    desk.peer.monitor_start_conf(asked, DEVICE_MONITOR)
    await soon(request)
    frames: dict[int, Frame] = {}
    while not {MONITOR_STOP_REQ, MONITOR_START_REQ} <= set(frames):
        frame = await desk.peer.receive_any()
        frames[frame.number] = frame
    assert frames[MONITOR_STOP_REQ].fixed("II")[1] == DEVICE_MONITOR
    assert frames[MONITOR_START_REQ].floating(START_LAYOUT) == [(76, text("3009"))]


async def test_an_agent_whose_device_the_program_removes_is_left_as_it_is(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    member = desk.session.agents[MEMBER]
    member.agent_instrument = member.agent_extension = None
    session_context(desk.session).monitors.device_changed(member)
    assert desk.agent.monitored_agent is member


async def test_the_monitor_of_another_device_is_started_again_after_a_fail_over(
    desk: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
) -> None:
    await moved(desk, recorder)
    peer = await reopened(desk, recorder, server, clock)
    await answer_queries(peer, 1)  # of the agent that no monitor reports
    peer.team_list_conf(await peer.receive(LIST_AGENT_TEAM_REQ), [7], 0, more=False)
    peer.monitor_start_conf(await peer.receive(MONITOR_AGENT_TEAM_START_REQ), 181)
    asked = await peer.receive(MONITOR_START_REQ)
    assert asked.floating(START_LAYOUT) == [(76, text("3009"))]
    assert not recorder.of("OnStopMonitoringAgent")


async def test_a_change_from_before_the_monitoring_is_found(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    request = desk.agent.start_monitoring_agent(agent=desk.session.agents[MEMBER])
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_START_REQ), DEVICE_MONITOR)
    desk.peer.device_conf(await desk.peer.receive(SNAPSHOT_DEVICE_REQ))
    await soon(request)
    answer_query(desk.peer, await desk.peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
    args = await recorder.wait_for("OnMonitoredAgentStateChange")
    assert (args["AgentID"], args["AgentState"], args["Recovered"]) == (MEMBER, NOT_READY, True)


async def test_an_agent_without_a_known_device_is_queried(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    desk.peer.team_config(7, [("1004", 0, AVAILABLE)])
    await recorder.wait_for("OnNewAgentTeamMember")
    request = desk.agent.start_monitoring_agent(agent="agent.5000.1004")
    query = await desk.peer.receive(QUERY_AGENT_STATE_REQ)
    desk.peer.query_conf(query, AVAILABLE, agent_id="1004", instrument="3004")
    asked = await desk.peer.receive(MONITOR_START_REQ)
    assert asked.floating(START_LAYOUT) == [(76, text("3004"))]
    desk.peer.monitor_start_conf(asked, DEVICE_MONITOR)
    await soon(request)


async def test_an_agent_who_is_logged_out_has_no_device_to_monitor(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    desk.peer.team_config(7, [("1004", 0, LOGOUT)])
    await recorder.wait_for("OnNewAgentTeamMember")
    request = desk.agent.start_monitoring_agent(agent="agent.5000.1004")
    desk.peer.query_conf(await desk.peer.receive(QUERY_AGENT_STATE_REQ), LOGOUT)
    with pytest.raises(MethodError, match="set its agent_instrument") as error:
        await soon(request)
    assert error.value.code == CilCode.E_CTIOS_MISSING_ARGUMENT


async def test_values_that_cannot_be_used_are_refused(desk: SupervisorDesk) -> None:
    for agent, code in (
        (None, CilCode.E_CTIOS_MISSING_ARGUMENT),
        ("agent.5000.9999", CilCode.E_CTIOS_INVALID_AGENT),
        (7, CilCode.E_CTIOS_INVALID_AGENT),
    ):
        with pytest.raises(MethodError) as error:
            desk.agent.start_monitoring_agent(agent=agent)  # type: ignore[arg-type]
        assert error.value.code == code
    with pytest.raises(MethodError, match=r"its method agent\(agent_id\) makes another one known"):
        desk.agent.start_monitoring_agent(agent="agent.5000.9999")
    with pytest.raises(MethodError) as error:
        desk.agent.start_monitoring_call(call="call.5000.1.x")
    assert error.value.code == CilCode.E_CTIOS_INVALID_CALL


async def test_a_session_without_peripheral_monitor_says_what_to_do(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    desk = await open_supervisor(session, server, services=AGENT_SERVICES | SUPERVISOR)
    introduce(desk.peer)
    await recorder.wait_for("OnMonitoredAgentStateChange", 2)
    with pytest.raises(MethodError, match="companion=session_in_bulk_mode") as error:
        desk.agent.start_monitoring_agent(agent="agent.5000.1002")
    assert error.value.code == CilCode.E_CTIOS_MODE_CONFLICT


# --- Calls ------------------------------------------------------------------------------------------


@pytest.mark.covers("Agent.StartMonitoringCall", "Agent.GetMonitoredCall")
async def test_the_choice_of_a_call_sends_nothing(desk: SupervisorDesk, recorder: FullRecorder) -> None:
    await started(desk)
    call = await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    await soon(desk.agent.start_monitoring_call({"CallReference": CALL.uid}))
    assert desk.agent.get_monitored_call() is call
    await soon(desk.agent.start_monitoring_call({}))
    assert desk.agent.get_monitored_call() is None
    await soon(desk.agent.start_monitoring_call(call=call))
    send(desk.peer, "END_CALL", CALL, monitor_id=DEVICE_MONITOR)
    await recorder.wait_for("OnMonitoredCallEnd")
    assert desk.agent.get_monitored_call() is None


async def test_the_server_may_monitor_the_call_too(desk: SupervisorDesk, recorder: FullRecorder) -> None:
    await started(desk)
    call = await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    request = desk.agent.start_monitoring_call(call=call, by_server=True)
    asked = await desk.peer.receive(MONITOR_START_REQ)
    fixed = asked.fixed(START_LAYOUT)
    assert (fixed[2], fixed[5:]) == (601, (0, 0xFFFF))
    assert asked.floating(START_LAYOUT) == [(25, text(DEVICE))]
    desk.peer.monitor_start_conf(asked, CALL_MONITOR)
    await soon(request)
    recorder.clear()
    for monitor_id in (DEVICE_MONITOR, CALL_MONITOR):
        send(desk.peer, "CALL_HELD", CALL, monitor_id=monitor_id, LocalConnectionState=HOLD)
    for monitor_id in (DEVICE_MONITOR, CALL_MONITOR):
        send(desk.peer, "END_CALL", CALL, monitor_id=monitor_id)
    await recorder.wait_for("OnMonitoredCallEnd", 2)
    assert names(recorder) == ["OnMonitoredCallHeld"] * 2 + ["OnMonitoredCallEnd"] * 2
    assert not desk.session.calls
    assert set(session_context(desk.session).monitors.by_id) == {DEVICE_MONITOR}
    assert desk.session.counters()["ends_of_unknown_calls"] == 0


async def test_a_refused_monitor_of_a_call_leaves_the_choice_as_it_was(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    call = await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    request = desk.agent.start_monitoring_call(call=call, by_server=True)
    desk.peer.control_failure_conf(await desk.peer.receive(MONITOR_START_REQ), 12, 0)
    with pytest.raises(ControlFailure):
        await soon(request)
    assert desk.agent.monitored_call is None


async def test_a_monitor_of_a_call_that_is_not_confirmed_leaves_the_choice_as_it_was(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    first = await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    second = await hear_call(desk.peer, recorder, Connection(602, DEVICE), monitor_id=DEVICE_MONITOR)
    await soon(desk.agent.start_monitoring_call(call=first))
    request = desk.agent.start_monitoring_call(call=second, by_server=True)
    assert desk.agent.monitored_call is second
    await desk.peer.receive(MONITOR_START_REQ)
    desk.peer.reset()
    with pytest.raises(ConnectionLost):
        await soon(request)
    assert desk.agent.monitored_call is first


async def two_pending_calls(desk: SupervisorDesk, recorder: FullRecorder) -> tuple[list[Any], list[Any]]:
    """Have the server monitor one call and then another; return the calls and the unanswered requests."""
    calls = [
        await hear_call(desk.peer, recorder, each, monitor_id=DEVICE_MONITOR)
        for each in (CALL, Connection(602, DEVICE))
    ]
    return calls, [desk.agent.start_monitoring_call(call=each, by_server=True) for each in calls]


async def refuse_call_monitor(desk: SupervisorDesk, asked: Frame, request: Any) -> None:
    desk.peer.control_failure_conf(asked, 12, 0)
    with pytest.raises(ControlFailure):
        await soon(request)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["in-order", "out-of-order"])
async def test_two_calls_whose_monitors_are_refused_leave_no_choice(
    desk: SupervisorDesk, recorder: FullRecorder, order: tuple[int, int]
) -> None:
    await started(desk)
    _, requests = await two_pending_calls(desk, recorder)
    asked = [await desk.peer.receive(MONITOR_START_REQ) for _ in requests]
    for each in order:
        await refuse_call_monitor(desk, asked[each], requests[each])
    assert desk.agent.monitored_call is None
    assert desk.session.agents[MEMBER] is desk.agent.monitored_agent


async def test_two_calls_whose_monitors_are_refused_leave_the_choice_before_them(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    former = await hear_call(desk.peer, recorder, Connection(603, DEVICE), monitor_id=DEVICE_MONITOR)
    await soon(desk.agent.start_monitoring_call(call=former))
    _, requests = await two_pending_calls(desk, recorder)
    for request in requests:
        await refuse_call_monitor(desk, await desk.peer.receive(MONITOR_START_REQ), request)
    assert desk.agent.monitored_call is former


async def test_the_last_call_whose_monitor_is_not_refused_is_the_choice(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    (first, second), requests = await two_pending_calls(desk, recorder)
    asked = [await desk.peer.receive(MONITOR_START_REQ) for _ in requests]
    assert desk.agent.monitored_call is second
    desk.peer.monitor_start_conf(asked[0], CALL_MONITOR)
    await soon(requests[0])
    assert desk.agent.monitored_call is second
    await refuse_call_monitor(desk, asked[1], requests[1])
    assert desk.agent.monitored_call is first


async def test_a_later_choice_outlives_the_refusal_of_a_pending_one(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    (first, _), requests = await two_pending_calls(desk, recorder)
    asked = [await desk.peer.receive(MONITOR_START_REQ) for _ in requests]
    await soon(desk.agent.start_monitoring_call(call=first))
    await refuse_call_monitor(desk, asked[1], requests[1])
    assert desk.agent.monitored_call is first
    desk.peer.monitor_start_conf(asked[0], CALL_MONITOR)
    await soon(requests[0])
    assert desk.agent.monitored_call is first


async def test_a_refused_monitor_does_not_bring_back_a_call_that_has_ended(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    former = await hear_call(desk.peer, recorder, Connection(603, DEVICE), monitor_id=DEVICE_MONITOR)
    await soon(desk.agent.start_monitoring_call(call=former))
    call = await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    request = desk.agent.start_monitoring_call(call=call, by_server=True)
    send(desk.peer, "END_CALL", Connection(603, DEVICE), monitor_id=DEVICE_MONITOR)
    await recorder.wait_for("OnMonitoredCallEnd")
    await refuse_call_monitor(desk, await desk.peer.receive(MONITOR_START_REQ), request)
    assert desk.agent.monitored_call is None


async def test_a_monitor_of_a_call_that_times_out_leaves_the_choice_as_it_was(
    desk: SupervisorDesk, recorder: FullRecorder, clock: ManualClock
) -> None:
    await started(desk)
    call = await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    request = desk.agent.start_monitoring_call(call=call, by_server=True, timeout=2)
    await desk.peer.receive(MONITOR_START_REQ)
    clock.advance(3.0)
    with pytest.raises(RequestTimeout):
        await soon(request)
    assert desk.agent.monitored_call is None


async def test_the_servers_monitor_of_a_call_can_be_stopped(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    call = await hear_call(desk.peer, recorder, CALL, monitor_id=99)
    request = desk.agent.start_monitoring_call(call=call, by_server=True)
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_START_REQ), CALL_MONITOR)
    await soon(request)
    stopping = desk.agent.stop_monitoring_call()
    stop = await desk.peer.receive(MONITOR_STOP_REQ)
    assert stop.fixed("II")[1] == CALL_MONITOR
    desk.peer.monitor_stop_conf(stop)
    await soon(stopping)
    assert desk.agent.monitored_call is None
    assert not session_context(desk.session).monitors.wanted


async def test_the_servers_monitors_of_calls_that_were_chosen_before_are_stopped_too(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    for monitor_id, number in ((CALL_MONITOR, 601), (CALL_MONITOR + 1, 602)):
        call = await hear_call(desk.peer, recorder, Connection(number, DEVICE), monitor_id=98)
        choosing = desk.agent.start_monitoring_call(call=call, by_server=True)
        desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_START_REQ), monitor_id)
        await soon(choosing)
    stopping = desk.agent.stop_monitoring_call()
    stops = [await desk.peer.receive(MONITOR_STOP_REQ) for _ in range(2)]
    assert {each.fixed("II")[1] for each in stops} == {CALL_MONITOR, CALL_MONITOR + 1}
    for each in stops:
        desk.peer.monitor_stop_conf(each)
    await soon(stopping)
    assert session_context(desk.session).monitors.by_id == {}


async def test_the_servers_monitor_of_a_call_can_be_stopped_again_after_a_time_out(
    desk: SupervisorDesk, recorder: FullRecorder, clock: ManualClock
) -> None:
    call = await hear_call(desk.peer, recorder, CALL, monitor_id=98)
    choosing = desk.agent.start_monitoring_call(call=call, by_server=True)
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_START_REQ), CALL_MONITOR)
    await soon(choosing)
    stopping = desk.agent.stop_monitoring_call()
    await desk.peer.receive(MONITOR_STOP_REQ)
    clock.advance(60.0)
    with pytest.raises(RequestTimeout):
        await soon(stopping)
    again = desk.agent.stop_monitoring_call()
    desk.peer.monitor_stop_conf(await desk.peer.receive(MONITOR_STOP_REQ))
    await soon(again)
    assert session_context(desk.session).monitors.by_id == {}


async def test_the_end_of_the_monitor_of_an_own_call_is_reported_and_the_call_goes_on(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    own = Connection(605, "3001")
    call = await hear_call(desk.peer, recorder, own, monitor_id=OWN_MONITOR)
    request = desk.agent.start_monitoring_call(call=call, by_server=True)
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_START_REQ), CALL_MONITOR)
    await soon(request)
    send(desk.peer, "CALL_HELD", own, monitor_id=CALL_MONITOR, LocalConnectionState=HOLD)
    await recorder.wait_for("OnMonitoredCallHeld")
    recorder.clear()
    stopping = desk.agent.stop_monitoring_call()
    desk.peer.monitor_stop_conf(await desk.peer.receive(MONITOR_STOP_REQ))
    await soon(stopping)
    assert names(recorder) == ["OnMonitoredCallEnd"]
    args = recorder.of("OnMonitoredCallEnd")[0]
    assert (args["UniqueObjectID"], args["Recovered"], args["Monitored"]) == (own.uid, True, True)
    assert (desk.session.current_call, call.is_monitored) == (call, False)
    send(desk.peer, "END_CALL", own, monitor_id=OWN_MONITOR)
    await recorder.wait_for("OnCallEnd")
    assert names(recorder) == ["OnMonitoredCallEnd", "OnCallEnd", "OnCurrentCallChanged"]


async def test_a_call_that_the_server_monitors_goes_on_after_the_monitoring_of_the_agent(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    call = await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    request = desk.agent.start_monitoring_call(call=call, by_server=True)
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_START_REQ), CALL_MONITOR)
    await soon(request)
    recorder.clear()
    stopping = desk.agent.stop_monitoring_agent()
    desk.peer.monitor_stop_conf(await desk.peer.receive(MONITOR_STOP_REQ))
    await soon(stopping)
    assert names(recorder) == ["OnStopMonitoringAgent"]
    assert (desk.agent.monitored_call, call.is_alive) == (call, True)
    stopping = desk.agent.stop_monitoring_call()
    stop = await desk.peer.receive(MONITOR_STOP_REQ)
    assert stop.fixed("II")[1] == CALL_MONITOR
    desk.peer.monitor_stop_conf(stop)
    await soon(stopping)
    assert names(recorder) == ["OnStopMonitoringAgent", "OnMonitoredCallEnd"]
    assert not desk.session.calls


async def test_the_monitor_of_an_own_call_ends_with_the_call(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    own = Connection(605, "3001")
    call = await hear_call(desk.peer, recorder, own, monitor_id=OWN_MONITOR)
    request = desk.agent.start_monitoring_call(call=call, by_server=True)
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_START_REQ), CALL_MONITOR)
    await soon(request)
    send(desk.peer, "END_CALL", own, monitor_id=OWN_MONITOR)
    await recorder.wait_for("OnCallEnd")
    monitors = session_context(desk.session).monitors
    assert (monitors.wanted, monitors.by_id) == ({}, {})


async def test_the_monitor_of_a_call_that_ends_before_the_confirmation_is_stopped(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    own = Connection(605, "3001")
    call = await hear_call(desk.peer, recorder, own, monitor_id=OWN_MONITOR)
    request = desk.agent.start_monitoring_call(call=call, by_server=True)
    asked = await desk.peer.receive(MONITOR_START_REQ)
    send(desk.peer, "END_CALL", own, monitor_id=OWN_MONITOR)
    desk.peer.monitor_start_conf(asked, CALL_MONITOR)
    stop = await desk.peer.receive(MONITOR_STOP_REQ)
    assert stop.fixed("II")[1] == CALL_MONITOR
    desk.peer.failure_conf(stop, E_CTI_INVALID_MONITORID)
    await soon(request)
    await report_state(desk.peer, recorder)
    monitors = session_context(desk.session).monitors
    assert (monitors.wanted, monitors.by_id) == ({}, {})
    assert not recorder.of("OnControlFailureConf")


# --- Other forms ------------------------------------------------------------------------------------


async def test_bulk_mode_sends_nothing_and_has_the_same_events(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    peer = await open_bulk(session, server)
    for agent_id in (MEMBER, OTHER):
        peer.agent_state_event(AVAILABLE, agent_id=agent_id, instrument=f"3{agent_id[1:]}")
    await recorder.wait_for("OnAgentStateChange", 2)
    call = await hear_call(peer, recorder, CALL, monitor_id=0)
    recorder.clear()
    supervisor = session.agent("1001")
    await soon(supervisor.start_monitoring_agent(agent="agent.5000.1002"))
    assert names(recorder) == ["OnStartMonitoringAgent", "OnMonitoredCallBegin"]
    assert call.is_monitored
    other = Connection(602, "3003")
    for connection in (CALL, other):
        send(peer, "CALL_HELD", connection, LocalConnectionState=HOLD)
    await recorder.wait_for("OnCallHeld")
    assert names(recorder)[2:] == ["OnMonitoredCallHeld", "OnCallBegin", "OnCallHeld"]
    recorder.clear()
    await soon(supervisor.stop_monitoring_agent())
    assert names(recorder) == ["OnMonitoredCallEnd", "OnStopMonitoringAgent"]
    assert CALL.uid in session.calls
    send(peer, "END_CALL", CALL)
    await recorder.wait_for("OnCallEnd")


async def test_calls_at_both_devices_of_the_agent_are_monitored(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    peer = await open_bulk(session, server)
    member = session.agent(MEMBER, agent_instrument=DEVICE, agent_extension="7002")
    at_extension = Connection(602, "7002")
    found = [await hear_call(peer, recorder, each, monitor_id=0) for each in (CALL, at_extension)]
    recorder.clear()
    supervisor = session.agent("1001")
    await soon(supervisor.start_monitoring_agent(agent=member))
    begun = [each["UniqueObjectID"] for each in recorder.of("OnMonitoredCallBegin")]
    assert begun == [CALL.uid, at_extension.uid]
    assert [each.is_monitored for each in found] == [True, True]
    await soon(supervisor.stop_monitoring_agent())
    assert [each.is_monitored for each in found] == [False, False]
    assert len(recorder.of("OnMonitoredCallEnd")) == 2


async def test_the_calls_end_when_the_last_supervisor_stops_monitoring_the_agent(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    peer = await open_bulk(session, server)
    peer.agent_state_event(AVAILABLE, agent_id=MEMBER, instrument=DEVICE)
    await recorder.wait_for("OnAgentStateChange")
    first, second = session.agent("1001"), session.agent(OTHER)
    for supervisor in (first, second):
        await soon(supervisor.start_monitoring_agent(agent="agent.5000.1002"))
    send(peer, "BEGIN_CALL", CALL)
    await recorder.wait_for("OnMonitoredCallBegin")
    recorder.clear()
    await soon(first.stop_monitoring_agent())
    assert names(recorder) == ["OnStopMonitoringAgent"]
    assert session.calls[CALL.uid].is_monitored
    send(peer, "CALL_HELD", CALL, LocalConnectionState=HOLD)
    await recorder.wait_for("OnMonitoredCallHeld")
    recorder.clear()
    await soon(second.stop_monitoring_agent())
    assert names(recorder) == ["OnMonitoredCallEnd", "OnStopMonitoringAgent"]
    assert not session.calls[CALL.uid].is_monitored


async def test_a_companion_hears_the_calls_if_peripheral_monitor_was_not_granted(
    session: Session, make_session: Any, server: StructServer, other_server: StructServer
) -> None:
    companion = make_session()
    heard = FullRecorder(companion)
    other = await open_bulk(companion, other_server)
    other.agent_state_event(AVAILABLE, agent_id=MEMBER, instrument=DEVICE)
    await heard.wait_for("OnAgentStateChange")
    own = FullRecorder(session)
    desk = await open_supervisor(session, server, services=AGENT_SERVICES, companion=companion)
    await soon(desk.agent.start_monitoring_agent(agent="agent.5000.1002"))
    assert len(own.of("OnStartMonitoringAgent")) == 1
    assert desk.agent.monitored_agent is companion.agents[MEMBER]
    send(other, "BEGIN_CALL", CALL)
    await heard.wait_for("OnMonitoredCallBegin")
    call = companion.calls[CALL.uid]
    await soon(desk.agent.start_monitoring_call(call=call))
    assert desk.agent.monitored_call is call
    desk.agent.stop_monitoring_call()
    by_server = desk.agent.start_monitoring_call(call=call, by_server=True)
    assert by_server.done()  # the companion hears every event: nothing is sent
    assert desk.agent.monitored_call is call
    await soon(desk.agent.stop_monitoring_agent())
    assert len(own.of("OnStopMonitoringAgent")) == 1


# --- Fail-over --------------------------------------------------------------------------------------


async def reopened(
    desk: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
) -> Peer:
    """Let the connection break and the session open another one."""
    peer = await reconnected(desk.session, desk.peer, server, clock)
    await answer_opening(peer, state=NOT_READY, services=SUPERVISOR_SERVICES)
    return peer


async def answer_queries(peer: Peer, count: int) -> None:
    """Answer the repair's questions about other agents."""
    for _ in range(count):
        answer_query(peer, await peer.receive(QUERY_AGENT_STATE_REQ), AVAILABLE)


async def all_monitored(desk: SupervisorDesk, recorder: FullRecorder, members: int = 0) -> None:
    """Monitor all teams (one, with that number of members), an agent, and a call of the agent."""
    request = desk.agent.start_monitoring_all_agent_teams()
    desk.peer.team_list_conf(await desk.peer.receive(LIST_AGENT_TEAM_REQ), [7], 0, more=False)
    desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ), 81)
    await soon(request)
    await answer_queries(desk.peer, members)
    await started(desk, is_heard=members > 0)
    await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    recorder.clear()


async def test_monitors_are_started_again_with_new_ids(
    desk: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
) -> None:
    await all_monitored(desk, recorder)
    call: Any = desk.session.calls[CALL.uid]
    peer = await reopened(desk, recorder, server, clock)
    await answer_queries(peer, 1)  # of the agent that no monitor reports
    peer.team_list_conf(await peer.receive(LIST_AGENT_TEAM_REQ), [7, 8], 0, more=False)
    for _ in range(3):
        request = await peer.receive_any()
        if request.number == MONITOR_START_REQ:
            assert request.floating(START_LAYOUT) == [(76, text(DEVICE))]
            peer.monitor_start_conf(request, 178)
        else:
            peer.monitor_start_conf(request, 180 + request.fixed("II")[1])
    await answer_queries(peer, 1)  # of the monitored agent, once it is monitored again
    for _ in range(2):  # the own device, and that of the monitored agent
        request = await peer.receive(SNAPSHOT_DEVICE_REQ)
        if request.floating(SNAPSHOT_DEVICE_LAYOUT) == [(6, text(DEVICE))]:
            peer.failure_conf(request, E_CTI_INVALID_DEVICE)
        else:
            peer.device_conf(request)
    peer.failure_conf(await peer.receive(SNAPSHOT_CALL_REQ), E_CTI_NOT_CALL_PARTY)
    report = await recorder.wait_for("OnRecovered")
    assert [report[name] for name in ("MonitorsAsked", "MonitorsRestored", "MonitorsLost")] == [3, 3, 0]
    assert set(session_context(desk.session).monitors.by_id) == {178, 187, 188}
    assert desk.agent.monitored_agent.agent_id == MEMBER
    assert not recorder.of("OnStopMonitoringAgent")
    assert not recorder.of("OnMonitoredCallEnd")
    assert (report["CallsUnverified"], dict(report["UnverifiedCalls"])) == (1, {CALL.uid: True})
    assert (report["CallsAsked"], report["CallsEnded"], report["GivenUp"]) == (1, 0, 0)
    recorder.clear()
    send(peer, "CALL_HELD", CALL, monitor_id=178, LocalConnectionState=HOLD)
    peer.agent_state_event(NOT_READY, agent_id=MEMBER, instrument=DEVICE, monitor_id=187)
    await recorder.wait_for("OnMonitoredAgentStateChange")
    assert names(recorder) == ["OnMonitoredCallHeld", "OnMonitoredAgentStateChange"]
    assert (desk.session.calls[CALL.uid], call.status) == (call, HOLD)


async def after_a_gap(
    desk: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
) -> Peer:
    """Lose the connection during a monitored call, and refuse to tell the new one about the call."""
    await started(desk)
    await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    peer = await reopened(desk, recorder, server, clock)
    await answer_queries(peer, 1)  # of the agent that no monitor reports
    peer.monitor_start_conf(await peer.receive(MONITOR_START_REQ), 178)
    await answer_queries(peer, 1)  # of the monitored agent, once it is monitored again
    await refuse_devices(peer)
    peer.failure_conf(await peer.receive(SNAPSHOT_CALL_REQ), E_CTI_NOT_CALL_PARTY)
    await recorder.wait_for("OnRecovered")
    recorder.clear()
    return peer


async def refuse_devices(peer: Peer) -> None:
    """List no call of the own device, and refuse to list those of the monitored agent."""
    for _ in range(2):
        request = await peer.receive(SNAPSHOT_DEVICE_REQ)
        if request.floating(SNAPSHOT_DEVICE_LAYOUT) == [(6, text(DEVICE))]:
            peer.failure_conf(request, E_CTI_INVALID_DEVICE)
        else:
            peer.device_conf(request)


async def test_the_monitor_follows_an_agent_who_is_found_at_another_device_after_a_gap(
    desk: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
) -> None:
    await started(desk)
    recorder.clear()
    peer = await reopened(desk, recorder, server, clock)
    await answer_queries(peer, 1)  # of the agent that no monitor reports
    peer.monitor_start_conf(await peer.receive(MONITOR_START_REQ), 178)
    query = await peer.receive(QUERY_AGENT_STATE_REQ)
    peer.query_conf(query, AVAILABLE, agent_id=MEMBER, instrument="3009")
    stop = await peer.receive(MONITOR_STOP_REQ)
    assert stop.fixed("II")[1] == 178
    peer.monitor_stop_conf(stop)
    asked = await peer.receive(MONITOR_START_REQ)
    assert asked.floating(START_LAYOUT) == [(76, text("3009"))]
    peer.monitor_start_conf(asked, 179)
    await report_state(peer, recorder)
    assert desk.agent.monitored_agent is desk.session.agents[MEMBER]
    assert not recorder.of("OnStopMonitoringAgent")


async def test_the_call_that_the_supervisor_joined_is_named_if_the_monitor_is_refused_after_a_gap(
    desk: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
) -> None:
    await started(desk)
    await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    await hear_call(desk.peer, recorder, Connection(601, "3001"), monitor_id=OWN_MONITOR)
    recorder.clear()
    peer = await reopened(desk, recorder, server, clock)
    await answer_queries(peer, 1)  # of the agent that no monitor reports
    peer.failure_conf(await peer.receive(MONITOR_START_REQ), E_CTI_INVALID_DEVICE)
    args = await recorder.wait_for("OnStopMonitoringAgent")
    assert (args["AgentReference"], args["BargedInCallID"]) == ("agent.5000.1002", CALL.uid)
    assert [each["UniqueObjectID"] for each in recorder.of("OnMonitoredCallEnd")] == [CALL.uid]
    assert desk.agent.monitored_agent is None


async def test_a_monitored_call_that_goes_on_after_a_gap_ends_with_its_end(
    desk: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
) -> None:
    peer = await after_a_gap(desk, recorder, server, clock)
    send(peer, "END_CALL", CALL, monitor_id=178)
    await recorder.wait_for("OnMonitoredCallEnd")
    assert not desk.session.calls
    assert desk.session.counters()["ends_of_unknown_calls"] == 0


async def test_stopping_after_a_gap_ends_the_agents_calls(
    desk: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
) -> None:
    peer = await after_a_gap(desk, recorder, server, clock)
    request = desk.agent.stop_monitoring_agent()
    peer.monitor_stop_conf(await peer.receive(MONITOR_STOP_REQ))
    await soon(request)
    assert names(recorder) == ["OnMonitoredCallEnd", "OnStopMonitoringAgent"]
    assert not desk.session.calls


async def test_a_monitored_call_that_ended_in_the_gap_ends_when_it_was_idle_for_too_long(
    desk: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
) -> None:
    peer = await after_a_gap(desk, recorder, server, clock)
    for _ in range(7):
        clock.advance(3600.0)
    peer.failure_conf(await peer.receive(SNAPSHOT_CALL_REQ), E_CTI_NOT_CALL_PARTY)
    args = await recorder.wait_for("OnMonitoredCallEnd")
    assert (args["UniqueObjectID"], args["Recovered"]) == (CALL.uid, True)
    assert not desk.session.calls


async def test_the_calls_of_a_monitor_that_is_refused_after_a_gap_end(
    desk: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
) -> None:
    await started(desk)
    await hear_call(desk.peer, recorder, CALL, monitor_id=DEVICE_MONITOR)
    recorder.clear()
    peer = await reopened(desk, recorder, server, clock)
    await answer_queries(peer, 1)
    peer.failure_conf(await peer.receive(MONITOR_START_REQ), E_CTI_INVALID_DEVICE)
    await answer_queries(peer, 1)
    peer.device_conf(await peer.receive(SNAPSHOT_DEVICE_REQ))
    report = await recorder.wait_for("OnRecovered")
    assert [name for name in names(recorder) if "Monitor" in name] == [
        "OnMonitoredCallEnd",
        "OnStopMonitoringAgent",
    ]
    assert (report["CallsUnverified"], dict(desk.session.calls)) == (0, {})


async def test_a_monitored_event_during_the_repair_makes_its_call_known_and_it_stays(
    desk: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
) -> None:
    await started(desk)
    recorder.clear()
    peer = await reopened(desk, recorder, server, clock)
    await answer_queries(peer, 1)  # of the agent that no monitor reports
    peer.monitor_start_conf(await peer.receive(MONITOR_START_REQ), 178)
    await answer_queries(peer, 1)  # of the monitored agent, once it is monitored again
    send(peer, "CALL_HELD", CALL, monitor_id=178, LocalConnectionState=HOLD)
    await refuse_devices(peer)
    peer.failure_conf(await peer.receive(SNAPSHOT_CALL_REQ), E_CTI_NOT_CALL_PARTY)
    report = await recorder.wait_for("OnRecovered")
    assert (report["CallsEnded"], desk.session.calls[CALL.uid].status) == (0, HOLD)
    assert not recorder.of("OnMonitoredCallEnd")


async def test_a_conference_of_an_unknown_call_makes_it_known(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    recorder.clear()
    parties = [Connection(601, "T1"), CALL, Connection(601, "3001")]
    of_two_calls(
        desk.peer,
        "CALL_CONFERENCED",
        CALL,
        Connection(602, DEVICE),
        parties,
        monitor_id=DEVICE_MONITOR,
        LocalConnectionState=CONNECT,
    )
    await recorder.wait_for("OnMonitoredCallConferenced")
    assert names(recorder) == ["OnMonitoredCallBegin", "OnMonitoredCallConferenced"]
    assert recorder.of("OnMonitoredCallBegin")[0]["Recovered"] is True
    assert list(desk.session.calls) == [CALL.uid]
    call: Any = desk.session.calls[CALL.uid]
    assert (call.status, call.is_monitored) == (CONNECT, True)
    assert SupervisorButtonEnablement.ENABLE_BARGE_IN & desk.agent.supervisor_enablement_mask


async def test_the_agent_leaving_an_unknown_call_that_the_supervisor_joined_makes_it_known(
    desk: SupervisorDesk, recorder: FullRecorder
) -> None:
    await started(desk)
    await hear_call(desk.peer, recorder, Connection(601, "3001"), monitor_id=OWN_MONITOR)
    recorder.clear()
    for connection in (Connection(601, "T1"), CALL):
        send(
            desk.peer,
            "CALL_CONNECTION_CLEARED",
            connection,
            monitor_id=DEVICE_MONITOR,
            LocalConnectionState=0,
        )
    send(desk.peer, "END_CALL", CALL, monitor_id=DEVICE_MONITOR)
    await recorder.wait_for("OnMonitoredCallEnd")
    assert names(recorder) == [
        "OnMonitoredCallConnectionCleared",
        "OnMonitoredCallBegin",
        "OnMonitoredCallConnectionCleared",
        "OnMonitoredCallEnd",
    ]
    assert list(desk.session.calls) == [Connection(601, "3001").uid]


async def test_bulk_mode_asks_for_the_calls_of_the_monitored_agent(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    peer = await open_bulk(session, server)
    peer.agent_state_event(AVAILABLE, agent_id=MEMBER, instrument=DEVICE)
    await recorder.wait_for("OnAgentStateChange")
    recorder.clear()
    await soon(session.agent("1001").start_monitoring_agent(agent="agent.5000.1002"))
    request = await peer.receive(SNAPSHOT_DEVICE_REQ)
    assert request.floating(SNAPSHOT_DEVICE_LAYOUT) == [(6, text(DEVICE))]
    peer.device_conf(request, [(601, DEVICE, CONNECT)])
    snapshot_conf(peer, await peer.receive(SNAPSHOT_CALL_REQ), (601, DEVICE, CONNECT), ANI="5551234")
    args = await recorder.wait_for("OnMonitoredCallBegin")
    assert (args["ANI"], args["Recovered"], args["Monitored"]) == ("5551234", True, True)
    assert session.calls[CALL.uid].is_monitored
    assert "OnCallBegin" not in recorder.names


async def test_a_monitor_that_the_server_refuses_then_is_lost(
    desk: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
) -> None:
    await started(desk)
    recorder.clear()
    peer = await reopened(desk, recorder, server, clock)
    await answer_queries(peer, 1)
    peer.failure_conf(await peer.receive(MONITOR_START_REQ), E_CTI_INVALID_DEVICE)
    await answer_queries(peer, 1)
    peer.device_conf(await peer.receive(SNAPSHOT_DEVICE_REQ))
    report = await recorder.wait_for("OnRecovered")
    assert [report[name] for name in ("MonitorsAsked", "MonitorsRestored", "MonitorsLost")] == [1, 0, 1]
    assert recorder.of("OnStopMonitoringAgent")[0]["AgentReference"] == "agent.5000.1002"
    stopped = recorder.names.index("OnStopMonitoringAgent")
    assert recorder.names[stopped + 1] == "OnSupervisorButtonChange"
    assert desk.agent.monitored_agent is None
    assert not session_context(desk.session).monitors.wanted


async def test_nothing_is_kept_after_a_disconnect(
    desk: SupervisorDesk, recorder: FullRecorder, server: StructServer
) -> None:
    desk.peer.team_config(7, [(MEMBER, 0, AVAILABLE), ("1009", 0, AVAILABLE)])
    await all_monitored(desk, recorder, members=2)
    await disconnected(desk.session, desk.peer)
    monitors = session_context(desk.session).monitors
    assert (monitors.by_id, monitors.wanted, monitors.starting, monitors.late) == ({}, {}, {}, {})
    assert (dict(monitors.teams), monitors.memberships, monitors.watches) == ({}, 0, False)
    assert (desk.agent.monitored_agent, desk.agent.monitored_call) == (None, None)
    assert "1009" not in desk.session.agents
    peer = await connected(desk.session, server)
    opening = desk.session.set_agent(desk.agent)
    await answer_opening(peer, state=NOT_READY, services=SUPERVISOR_SERVICES)
    await soon(opening)
    assert not monitors.wanted
