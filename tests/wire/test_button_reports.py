"""Buttons over a session: which events carry EnablementMask, and what OnButtonEnablementChange says."""

import struct
from typing import Any

import pytest
from support.call_messages import CONNECT, Connection
from support.call_steps import DEVICE, CallDesk
from support.model import soon, until
from support.struct_server import (
    AGENT_STATE_EVENT,
    AVAILABLE,
    LOGOUT,
    NOT_READY,
    PERIPHERAL,
    QUERY_AGENT_STATE_CONF,
    Peer,
    StructServer,
)
from support.wire_steps import (
    FOREIGN_MONITOR,
    OWN_MONITOR,
    Desk,
    FullRecorder,
    open_agent,
    request_for_state,
)

from ctios_fast import Arguments, Session
from ctios_fast.enums import ButtonEnablement as Button

AGENT_ID = "agent.5000.1001"
FIRST, SECOND = Connection(9001, "3001.0"), Connection(9002, "3001.1")
BEGIN_CALL, CALL_DELIVERED, CALL_ESTABLISHED, CALL_HELD, CALL_RETRIEVED = 23, 9, 10, 11, 12


class Reports:
    """Notes OnButtonEnablementChange and the events before it, in order."""

    def __init__(self, session: Session) -> None:
        self.changes: list[Arguments] = []
        self.order: list[str] = []
        for event in session.events:
            session.subscribe(event, lambda args, event=event: self._note(event, args))

    def _note(self, event: str, args: Arguments) -> None:
        self.order.append(event)
        if event == "OnButtonEnablementChange":
            self.changes.append(args)

    async def wait_for(self, count: int) -> Arguments:
        """The report of that number."""
        await until(lambda: len(self.changes) >= count)
        return self.changes[count - 1]


def names(args: Arguments) -> set[str]:
    """The buttons of an event."""
    return {str(bit.name).removeprefix("ENABLE_") for bit in Button(args["EnablementMask"])}


@pytest.fixture
def reports(session: Session) -> Reports:
    return Reports(session)


async def test_a_state_event_carries_the_mask_and_a_report_follows(desk: Desk, reports: Reports) -> None:
    desk.peer.agent_state_event(AVAILABLE, monitor_id=OWN_MONITOR)
    report = await reports.wait_for(1)
    assert reports.order == ["OnAgentStateChange", "OnButtonEnablementChange"]
    assert report == Arguments(
        EnablementMask=desk.recorder.of("OnAgentStateChange")[0]["EnablementMask"],
        UniqueObjectID=AGENT_ID,
        MessageID=AGENT_STATE_EVENT,
    )
    assert names(report) == {"NOTREADY", "STATISTICS", "CHAT"}


async def test_the_events_of_a_logout_carry_the_mask(desk: Desk) -> None:
    logout = desk.agent.logout()
    desk.peer.state_conf(await request_for_state(desk, LOGOUT))
    desk.peer.agent_state_event(LOGOUT, monitor_id=OWN_MONITOR)
    await soon(logout)
    (before,), (after,) = desk.recorder.of("OnPreLogout"), desk.recorder.of("OnPostLogout")
    assert {"LOGOUT", "READY"} <= names(before)
    assert names(after) == {"LOGIN"}


async def test_events_of_other_agents_change_no_buttons(desk: Desk, reports: Reports) -> None:
    desk.peer.agent_state_event(AVAILABLE, monitor_id=FOREIGN_MONITOR, agent_id="1002", instrument="3002")
    await desk.recorder.wait_for("OnMonitoredAgentStateChange")
    assert reports.changes == []


async def test_the_buttons_follow_the_call(calls: CallDesk, reports: Reports) -> None:
    calls.deliver(FIRST)
    await until(lambda: reports.changes and reports.changes[-1]["MessageID"] == CALL_DELIVERED)
    of_agent = {"READY", "LOGOUT", "NOTREADY", "MAKECALL", "STATISTICS", "CHAT"}
    of_agent |= {"SUPERVISOR_ASSIST", "EMERGENCY_CALL"}
    assert names(reports.changes[-1]) == of_agent | {"ANSWER"}
    assert reports.changes[-1]["UniqueObjectID"] == FIRST.uid
    assert calls.one("OnCallDelivered")["EnablementMask"] == reports.changes[-1]["EnablementMask"]
    calls.establish(FIRST)
    await until(lambda: reports.changes[-1]["MessageID"] == CALL_ESTABLISHED)
    single = {"HOLD", "RELEASE", "TRANSFER_INIT", "CONFERENCE_INIT", "RECORD", "BAD_LINE_CALL"}
    assert names(reports.changes[-1]) == of_agent | single
    calls.hold(FIRST)
    await until(lambda: reports.changes[-1]["MessageID"] == CALL_HELD)
    assert names(reports.changes[-1]) == of_agent | {"RETRIEVE"}
    calls.send("CALL_RETRIEVED", FIRST, LocalConnectionState=CONNECT, RetrievingDeviceID=DEVICE)
    await until(lambda: reports.changes[-1]["MessageID"] == CALL_RETRIEVED)
    assert names(reports.changes[-1]) == of_agent | single


async def test_the_first_answer_about_the_agent_reports_its_buttons(
    session: Session, server: StructServer, recorder: FullRecorder, reports: Reports
) -> None:
    await open_agent(session, server, recorder, state=AVAILABLE)
    report = await reports.wait_for(1)
    assert reports.order[-2:] == ["OnQueryAgentStateConf", "OnButtonEnablementChange"]
    assert names(report) == {"NOTREADY", "STATISTICS", "CHAT"}
    assert (report["UniqueObjectID"], report["MessageID"]) == (AGENT_ID, QUERY_AGENT_STATE_CONF)


async def test_desk_settings_report_the_buttons_only_if_they_change_them(
    desk: Desk, reports: Reports
) -> None:
    for mask, count in ((0x38, 1), (0x38, 1), (0x20, 2)):
        asking = desk.agent.request_desk_settings()
        request = await desk.peer.receive(131)
        desk.peer.send(132, struct.pack(">16I", request.invoke_id, PERIPHERAL, mask, *[0] * 13))
        await soon(asking)
        assert len(reports.changes) == count
    assert reports.order[:2] == ["OnAgentDeskSettingsConf", "OnButtonEnablementChange"]
    assert {"NOTREADY_WITH_REASON", "LOGOUT_WITH_REASON"} <= names(reports.changes[0])
    assert {"NOTREADY", "LOGOUT"} <= names(reports.changes[1])
    assert reports.changes[0]["MessageID"] == 132


@pytest.mark.covers(
    "ISessionEvents.OnCurrentCallChanged",
    "IButtonEnablementEvents.OnButtonEnablementChange",
    "Session.SetCurrentCall",
)
async def test_another_current_call_reports_its_buttons(calls: CallDesk, reports: Reports) -> None:
    first, second = await calls.open_calls(FIRST, SECOND)
    calls.hold(FIRST)
    await calls.settle()
    assert calls.session.current_call is first
    reports.order.clear()
    count = len(reports.changes)
    calls.session.set_current_call(second)
    assert reports.order == ["OnCurrentCallChanged", "OnButtonEnablementChange"]
    report = reports.changes[count]
    assert (report["UniqueObjectID"], report["MessageID"]) == (SECOND.uid, 0)
    of_two = {"ALTERNATE", "RECONNECT", "TRANSFER_COMPLETE", "CONFERENCE_COMPLETE"}
    assert of_two | {"RELEASE"} <= names(report)
    assert not names(report) & {"HOLD", "TRANSFER_INIT", "CONFERENCE_INIT"}
    calls.session.set_current_call(first)
    assert of_two <= names(reports.changes[-1])


async def test_bulk_mode_has_no_buttons(bulk_calls: CallDesk, reports: Reports) -> None:
    peer: Peer = bulk_calls.peer
    peer.agent_state_event(NOT_READY)
    bulk_calls.deliver(FIRST)
    await bulk_calls.settle()
    assert reports.changes == []
    carriers: list[Any] = [*bulk_calls.of("OnAgentStateChange"), *bulk_calls.of("OnCallDelivered")]
    assert carriers
    assert all("EnablementMask" not in args for args in carriers)
