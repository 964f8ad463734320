"""Supervisors at agents' calls, and agents that call for help."""

import pytest
from support.plant_story import Story

from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import (
    AgentState,
    CallType,
    ControlFailureCode,
    EventCause,
    LocalConnectionState,
    StatusCode,
    SupervisoryAction,
)
from ctios_fast.sim.plant import Connection, ControlRefusal, RequestRefusal

CLEAR, MONITOR, WHISPER, BARGE_IN, INTERCEPT = SupervisoryAction


def supervised() -> tuple[Story, Connection]:
    story = Story()
    story.log_in(1, 2)
    target = story.talk(2)
    return story, target


def refused(story: Story, target: Connection, action: int, supervisor: int = 1) -> ControlFailureCode:
    with pytest.raises(ControlRefusal) as error:
        story.plant.supervise(story.agent(supervisor), target, action)
    return error.value.code


def test_silent_monitoring_is_a_call_of_the_supervisor_alone() -> None:
    story, target = supervised()
    assert story.plant.supervise(story.agent(1), target, MONITOR) is target
    established = next(e for e in story.events if e.message == messages.CALL_ESTABLISHED_EVENT)
    assert established.fields["EventCause"] == EventCause.CEC_SUPERVISOR_MONITOR
    assert story.lines() == ["begin_call 3001", "established 3001 CONNECT", "state 1001 BUSY_OTHER"]
    own = story.plant.active(story.agent(1))
    assert own.call.call_type is CallType.CALLTYPE_SUPERVISOR_MONITOR
    assert story.plant.silent_monitor_status(own) == 1
    assert story.plant.silent_monitor_status(target) == 2
    story.plant.supervise(story.agent(1), target, WHISPER)
    assert story.lines() == ["data_update 3001"]
    assert own.call.call_type is CallType.CALLTYPE_SUPERVISOR_WHISPER
    story.plant.supervise(story.agent(1), target, CLEAR)
    assert story.lines()[-2:] == ["end_call 3001", "state 1001 NOT_READY"]
    assert story.plant.silent_monitor_status(target) == 0


@pytest.mark.parametrize(("first", "again"), [(MONITOR, MONITOR), (WHISPER, WHISPER), (BARGE_IN, MONITOR)])
def test_what_a_supervisor_does_already_is_refused_and_does_not_count(first: int, again: int) -> None:
    story, target = supervised()
    story.plant.supervise(story.agent(1), target, first)
    before = story.plant.agent_statistics(story.agent(1))
    story.events.clear()
    assert refused(story, target, again) is ControlFailureCode.CF_INVALID_OBJECT_STATE
    assert story.lines() == []
    assert story.plant.agent_statistics(story.agent(1)) == before


def test_a_listening_supervisor_leaves_with_the_call() -> None:
    story, target = supervised()
    story.plant.supervise(story.agent(1), target, MONITOR)
    story.plant.clear_connection(target)
    assert story.plant.calls == ()
    assert story.agent(1).state is AgentState.AGENT_STATE_NOT_READY


def test_a_supervisor_barges_in_and_intercepts() -> None:
    story, target = supervised()
    story.plant.supervise(story.agent(1), target, MONITOR)
    story.events.clear()
    story.plant.supervise(story.agent(1), target, BARGE_IN)
    lines = story.lines()
    assert lines[-4:] == [
        "begin_call 3001",
        "established 3001 CONNECT",
        "conferenced CONNECT",
        "state 1001 TALKING",
    ]
    assert len(target.call.connections) == 3
    story.plant.supervise(story.agent(1), target, INTERCEPT)
    assert target.state is LocalConnectionState.LCS_NULL
    assert story.lines()[:2] == ["connection_cleared 3002 NULL", "end_call 3002"]
    assert [c.connection_id for c in story.plant.calls[0].connections] == ["T1", "3001"]
    figures = story.plant.agent_statistics(story.agent(1))
    assert [figures[f"{name}CallsToday"] for name in ("Monitor", "BargeIn", "Intercept", "Whisper")] == [
        1,
        1,
        1,
        0,
    ]


def test_a_supervisor_that_barged_in_leaves_the_others_talking() -> None:
    story, target = supervised()
    story.plant.supervise(story.agent(1), target, BARGE_IN)
    story.events.clear()
    story.plant.supervise(story.agent(1), target, CLEAR)
    assert story.lines() == ["connection_cleared 3001 NULL", "end_call 3001", "state 1001 NOT_READY"]
    assert target.state is LocalConnectionState.LCS_CONNECT


def test_what_a_supervisor_may_not_do_is_refused_with_its_code() -> None:
    story, target = supervised()
    story.log_in(3)
    privilege = ControlFailureCode.CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE
    assert refused(story, target, MONITOR, supervisor=3) is privilege
    assert refused(story, target, INTERCEPT) is ControlFailureCode.CF_INVALID_OBJECT_STATE
    assert refused(story, target, CLEAR) is ControlFailureCode.CF_NO_CONNECTION_TO_CLEAR
    story.plant.set_agent_state(story.agent(1), AgentState.AGENT_STATE_AVAILABLE)
    assert refused(story, target, MONITOR) is ControlFailureCode.CF_INVALID_OBJECT_STATE
    story.plant.inbound("3001")
    assert refused(story, target, MONITOR) is ControlFailureCode.CF_RESOURCE_BUSY
    with pytest.raises(RequestRefusal) as error:
        story.plant.supervise(story.agent(1), target, 9)
    assert error.value.status is StatusCode.E_CTI_INVALID_SUPERVISORY_ACTION


def test_an_emergency_call_holds_the_call_and_rings_at_the_supervisor() -> None:
    story, target = supervised()
    new = story.plant.emergency_call(story.agent(2), target)
    assert new.call.call_type is CallType.CALLTYPE_EMERGENCY
    lines = story.lines()
    assert lines[0] == "held 3002 HOLD"
    assert "delivered 3001 ALERTING" in lines
    assert lines[-1] == "emergency_call 3002"
    assert story.plant.agent_statistics(story.agent(2))["EmergencyCallsToday"] == 1


def test_an_emergency_without_a_free_supervisor_is_still_reported() -> None:
    story = Story()
    story.log_in(2)
    with pytest.raises(RequestRefusal) as error:
        story.plant.emergency_call(story.agent(2))
    assert error.value.status is StatusCode.E_CTI_SUPERVISOR_NOT_FOUND
    assert [e.message for e in story.events] == [messages.EMERGENCY_CALL_EVENT]


def test_an_assist_call_needs_an_agent_that_is_logged_in() -> None:
    story = Story()
    story.log_in(1, 2)
    connection = story.plant.supervisor_assist(story.agent(2))
    assert connection.call.call_type is CallType.CALLTYPE_ASSIST
    with pytest.raises(RequestRefusal) as error:
        story.plant.supervisor_assist(story.agent(3))
    assert error.value.status is StatusCode.E_CTI_AGENT_NOT_LOGGED_ON
    with pytest.raises(ControlRefusal):
        story.plant.supervisor_assist(story.agent(2))
