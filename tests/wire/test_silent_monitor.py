"""Silent monitoring through Unified CM: its events come from the supervisor's call."""

from typing import Any

import pytest
from support.call_messages import CONNECT, NULL, Connection
from support.call_steps import CallDesk
from support.documented_events import check_keywords
from support.struct_server import text
from support.supervisor_steps import NO_TYPE, NULL_ID, receive_supervision

from ctios_fast import Arguments, Session
from ctios_fast.model.session_properties import session_context
from ctios_fast.model.supervisors.silent_monitors import SilentMonitors

LISTENING = Connection(701, "3001.0")
#: CallType and EventCause of silent monitoring, of whispering, and another cause.
MONITOR, WHISPER, CAUSE, OTHER_CAUSE = 21, 22, 46, 1
DEVICES = {"CallingDeviceID": "3001", "CalledDeviceID": "3002", "AnsweringDeviceID": "3001"}
REPORTED = {
    "SilentMonitorInitiatingAgentUID": "agent.5000.1001",
    "SilentMonitorInitiatingDeviceID": "3001",
    "SilentMonitorTargetAgentUID": "agent.5000.1002",
    "SilentMonitorTargetDeviceID": "3002",
    "SilentMonitorCallUID": LISTENING.uid,
}


def establish(calls: CallDesk, connection: Connection = LISTENING, **fields: Any) -> None:
    """Send that the call is established, with the devices of a silent monitor call."""
    calls.send("CALL_ESTABLISHED", connection, LocalConnectionState=CONNECT, **{**DEVICES, **fields})


async def heard(calls: CallDesk) -> list[str]:
    """The events since the last look, those of the agent's state left out."""
    await calls.settle()
    return [name for name in calls.recorder.names if name != "OnAgentStateChange"]


@pytest.mark.covers(
    "ISilentMonitorEvents.OnSilentMonitorStartedEvent",
    "ISilentMonitorEvents.OnSilentMonitorStopRequestedEvent",
)
@pytest.mark.parametrize(("call_type", "cause"), [(MONITOR, OTHER_CAUSE), (1, CAUSE), (MONITOR, CAUSE)])
async def test_type_or_cause_of_the_call_start_and_its_end_stops_silent_monitoring(
    calls: CallDesk, call_type: int, cause: int
) -> None:
    calls.session.agent("1002", agent_instrument="3002")
    calls.send("BEGIN_CALL", LISTENING, CallType=call_type)
    establish(calls, EventCause=cause)
    establish(calls, EventCause=cause)  # a repetition, as after a fail-over
    assert await heard(calls) == [
        "OnCallBegin",
        "OnCurrentCallChanged",
        "OnCallEstablished",
        "OnSilentMonitorStartedEvent",
        "OnCallEstablished",
    ]
    check_keywords("OnSilentMonitorStartedEvent", calls.one("OnSilentMonitorStartedEvent"))
    assert calls.one("OnSilentMonitorStartedEvent") == Arguments(REPORTED)
    calls.recorder.clear()
    calls.send("CALL_CLEARED", LISTENING, LocalConnectionState=NULL)
    calls.send("END_CALL", LISTENING)
    assert (await heard(calls))[-1] == "OnSilentMonitorStopRequestedEvent"
    check_keywords("OnSilentMonitorStopRequestedEvent", calls.one("OnSilentMonitorStopRequestedEvent"))
    assert calls.one("OnSilentMonitorStopRequestedEvent") == Arguments(
        **REPORTED, SilentMonitorCallDisposition=0
    )
    calls.recorder.clear()


async def test_a_silent_monitor_call_that_fails_stops_with_its_cause(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", LISTENING, CallType=MONITOR)
    calls.send("CALL_FAILED", LISTENING, LocalConnectionState=6, EventCause=13, CalledDeviceID="3002")
    calls.send("END_CALL", LISTENING)
    assert (await heard(calls)).count("OnSilentMonitorStopRequestedEvent") == 1
    event = calls.one("OnSilentMonitorStopRequestedEvent")
    assert event["SilentMonitorCallDisposition"] == 13
    assert event["SilentMonitorCallUID"] == LISTENING.uid
    assert event["SilentMonitorTargetAgentUID"] == ""
    calls.recorder.clear()


async def test_other_calls_start_nothing(calls: CallDesk) -> None:
    for number, call_type in ((702, 1), (703, WHISPER)):
        other = Connection(number, f"3001.{number}")
        calls.send("BEGIN_CALL", other, CallType=call_type)
        establish(calls, other, EventCause=OTHER_CAUSE)
        calls.send("END_CALL", other)
    names = await heard(calls)
    assert names.count("OnCallEnd") == 2
    assert not [name for name in names if "SilentMonitor" in name]


@pytest.mark.covers(
    "Agent[SilentMonitorCallUID]",
    "Agent[SilentMonitorTargetAgentUID]",
)
async def test_the_agent_knows_to_whom_it_listens_while_it_does(calls: CallDesk) -> None:
    agent = calls.agent
    assert agent is not None
    assert agent.silent_monitor_call_uid is None
    assert agent.silent_monitor_target_agent_uid is None
    calls.session.agent("1002", agent_instrument="3002")
    calls.send("BEGIN_CALL", LISTENING, CallType=MONITOR)
    establish(calls)
    await calls.settle()
    assert agent.get_value("SilentMonitorCallUID") == LISTENING.uid
    assert agent.get_value("SilentMonitorTargetAgentUID") == "agent.5000.1002"
    calls.send("END_CALL", LISTENING)
    await calls.settle()
    assert not agent.is_valid("SilentMonitorCallUID")
    calls.recorder.clear()


async def test_listening_can_be_stopped_by_the_call_that_the_event_names(bulk_calls: CallDesk) -> None:
    session = bulk_calls.session
    supervisor = session.agent("1001", agent_instrument="3001")
    session.agent("1002", agent_instrument="3002")
    bulk_calls.send("BEGIN_CALL", LISTENING, CallType=MONITOR)
    establish(bulk_calls, EventCause=CAUSE)
    event = await bulk_calls.recorder.wait_for("OnSilentMonitorStartedEvent")
    target = event["SilentMonitorTargetAgentUID"]
    for named in ({"agent": target}, {}):  # the call itself names the agent at its other end
        supervisor.stop_silent_monitor(call=event["SilentMonitorCallUID"], **named)
        _, fixed, floating = await receive_supervision(bulk_calls.peer)
        assert fixed == (NULL_ID, 701, NO_TYPE, 0, 0)
        assert floating == [(91, text("3001.0")), (5, text("1002")), (85, text("3001"))]
    bulk_calls.recorder.clear()


def test_messages_are_looked_at_only_while_somebody_listens(session: Session) -> None:
    registered: list[int] = []
    SilentMonitors(
        session_context(session),
        lambda number, handler: registered.append(number),
        lambda number, handler: registered.remove(number),
    )
    assert registered == []
    for event in ("OnSilentMonitorStartedEvent", "OnSilentMonitorStopRequested"):
        session.subscribe(event, print)
        assert sorted(registered) == [10, 16, 23, 24]
    session.unsubscribe("OnSilentMonitorStartedEvent", print)
    assert registered
    session.unsubscribe("OnSilentMonitorStopRequestedEvent", print)
    assert registered == []


@pytest.mark.covers(
    "Session.IsCCMSilentMonitor",
    "Session[CCMBasedSilentMonitor]",
)
def test_a_session_says_that_silent_monitoring_is_through_unified_cm(session: Session) -> None:
    assert session.is_ccm_silent_monitor()
    assert session.get_value("CCMBasedSilentMonitor") is True
