"""The buttons of a supervisor in agent mode: the mask after each event, and the events that carry it."""

from typing import Any, NamedTuple

import pytest
from support.call_messages import CONNECT, HOLD, NULL, Connection, of_two_calls, send
from support.documented_events import check_keywords
from support.model import MakeSession, until
from support.struct_server import (
    AGENT_STATE_EVENT,
    AVAILABLE,
    LOGOUT,
    NOT_READY,
    TALKING,
    WORK_NOT_READY,
    Peer,
    StructServer,
    text,
)
from support.supervisor_steps import (
    MEMBERS_CALL,
    NO_TYPE,
    NULL_ID,
    SupervisorDesk,
    open_supervisor,
    receive_supervision,
    receive_supervision_of_call,
)
from support.wire_steps import FOREIGN_MONITOR, OWN_MONITOR, open_bulk

from ctios_fast import Agent, Arguments, Session
from ctios_fast.enums import SupervisorButtonEnablement as Button
from ctios_fast.model.session_properties import session_context

BEGIN_CALL, CALL_ESTABLISHED, CALL_HELD, CALL_CLEARED, END_CALL = 23, 10, 11, 13, 24
MEMBER = "agent.5000.1002"
OWN_CALL, LISTENING = Connection(601, "3001"), Connection(701, "3001")
OF_AGENT = {"SET_AGENT_READY", "SET_AGENT_LOGOUT"}
#: BARGE_IN and SILENTMONITOR are one bit.
JOIN = {"START_SILENTMONITOR", "BARGE_IN"}


def names(mask: int) -> set[str]:
    """The buttons of a mask."""
    return {
        name.removeprefix("ENABLE_")
        for name, bit in Button.__members__.items()
        if name.startswith("ENABLE_") and name != "ENABLE_SILENTMONITOR" and mask & bit
    }


class Watched(NamedTuple):
    """A supervisor's desk that monitors agent 1002, and what was reported."""

    desk: SupervisorDesk
    member: Agent
    reports: list[Arguments]
    order: list[str]

    @property
    def peer(self) -> Peer:
        """The server's end."""
        return self.desk.peer

    async def next_report(self, count: int) -> Arguments:
        """The report of that number, from 1 on."""
        await until(lambda: len(self.reports) >= count)
        return self.reports[count - 1]

    def member_is(self, state: int) -> None:
        """Send that the member is in that state."""
        self.peer.agent_state_event(state, monitor_id=FOREIGN_MONITOR, agent_id="1002", instrument="3002")

    def establish(self, connection: Connection, monitor_id: int, **fields: Any) -> None:
        """Send that a call begins and is established at the device that its connection names."""
        send(self.peer, "BEGIN_CALL", connection, monitor_id=monitor_id, **fields)
        send(
            self.peer,
            "CALL_ESTABLISHED",
            connection,
            monitor_id=monitor_id,
            LocalConnectionState=CONNECT,
            AnsweringDeviceID=connection.device_id,
        )

    async def talks(self) -> None:
        """Let the member talk; forget what was reported."""
        self.member_is(TALKING)
        self.establish(MEMBERS_CALL, FOREIGN_MONITOR)
        await until(
            lambda: (
                MEMBERS_CALL.uid in self.desk.session.calls
                and self.reports[-1]["MessageID"] == CALL_ESTABLISHED
            )
        )
        self.reports.clear()
        self.order.clear()


async def watched(session: Session, server: StructServer, companion: Session | None = None) -> Watched:
    """The supervisor 1001 in NOT_READY monitors agent 1002."""
    desk = await open_supervisor(session, server, companion=companion)
    member = session.agent("1002", agent_instrument="3002")
    found = Watched(desk, member, [], [])
    for event in session.events:
        session.subscribe(event, lambda args, event=event: found.order.append(event))
    session.subscribe("OnSupervisorButtonChange", found.reports.append)
    session_context(session).monitors.choose_agent(desk.agent, member)
    return found


@pytest.fixture
async def desk(make_session: MakeSession, server: StructServer, other_server: StructServer) -> Watched:
    """With a companion, so that the session can control the member."""
    companion = make_session(client_id="companion")
    await open_bulk(companion, other_server)
    return await watched(make_session(), server, companion)


@pytest.mark.covers("IButtonEnablementEvents.OnSupervisorButtonChange")
async def test_the_mask_follows_the_state_of_the_monitored_agent(desk: Watched) -> None:
    expected = [
        (NOT_READY, OF_AGENT),
        (AVAILABLE, {"SET_AGENT_LOGOUT"}),
        (WORK_NOT_READY, OF_AGENT),
        (LOGOUT, set()),
    ]
    for count, (state, buttons) in enumerate(expected, 1):
        desk.member_is(state)
        report = await desk.next_report(count)
        check_keywords("OnSupervisorButtonChange", report)
        assert report == Arguments(
            SupervisorBtnEnablementMask=report["SupervisorBtnEnablementMask"],
            UniqueObjectID=MEMBER,
            MessageID=AGENT_STATE_EVENT,
        )
        assert names(report["SupervisorBtnEnablementMask"]) == buttons, state
    assert desk.order == ["OnMonitoredAgentStateChange", "OnSupervisorButtonChange"] * 4


async def test_monitored_events_carry_the_mask(desk: Watched) -> None:
    session = desk.desk.session
    heard: list[tuple[str, int]] = []
    for event in ("OnMonitoredAgentStateChange", "OnMonitoredCallEstablished", "OnMonitoredCallHeld"):
        session.subscribe(
            event, lambda args, event=event: heard.append((event, args["SupervisorBtnEnablementMask"]))
        )
    await desk.talks()
    send(
        desk.peer,
        "CALL_HELD",
        MEMBERS_CALL,
        monitor_id=FOREIGN_MONITOR,
        LocalConnectionState=HOLD,
        HoldingDeviceID="3002",
    )
    report = await desk.next_report(1)
    assert (report["UniqueObjectID"], report["MessageID"]) == (MEMBERS_CALL.uid, CALL_HELD)
    assert [(event, names(mask)) for event, mask in heard] == [
        ("OnMonitoredAgentStateChange", {"SET_AGENT_LOGOUT"}),
        ("OnMonitoredCallEstablished", {"SET_AGENT_LOGOUT"} | JOIN),
        ("OnMonitoredCallHeld", {"SET_AGENT_LOGOUT"}),
    ]


async def test_other_agents_and_their_calls_change_no_buttons(desk: Watched) -> None:
    states: list[Arguments] = []
    desk.desk.session.subscribe("OnMonitoredAgentStateChange", states.append)
    desk.peer.agent_state_event(AVAILABLE, monitor_id=FOREIGN_MONITOR, agent_id="1003", instrument="3003")
    desk.establish(Connection(801, "3003"), FOREIGN_MONITOR)
    await until(lambda: "OnMonitoredCallEstablished" in desk.order)
    assert desk.reports == []
    assert "SupervisorBtnEnablementMask" not in states[0]


async def test_barging_in_and_taking_over_change_the_buttons_after_each_event(desk: Watched) -> None:
    await desk.talks()
    agent = desk.desk.agent
    assert agent.supervisor_enablement_mask is not None
    assert names(agent.supervisor_enablement_mask) == {"SET_AGENT_LOGOUT"} | JOIN
    desk.establish(OWN_CALL, OWN_MONITOR)  # the supervisor joins: an own event that changes the mask
    joined = await desk.next_report(1)
    assert (joined["UniqueObjectID"], joined["MessageID"]) == (OWN_CALL.uid, BEGIN_CALL)
    assert names(joined["SupervisorBtnEnablementMask"]) == {"SET_AGENT_LOGOUT", "INTERCEPT", "CLEAR"}
    desk.peer.agent_state_event(TALKING, monitor_id=OWN_MONITOR)
    of_two_calls(
        desk.peer,
        "CALL_CONFERENCED",
        MEMBERS_CALL,
        Connection(NULL_ID, ""),
        [MEMBERS_CALL, OWN_CALL],
        monitor_id=FOREIGN_MONITOR,
    )
    conferenced = await desk.next_report(2)
    assert conferenced["MessageID"] == 17
    assert names(conferenced["SupervisorBtnEnablementMask"]) == {"SET_AGENT_LOGOUT", "INTERCEPT", "CLEAR"}
    send(
        desk.peer,
        "CALL_CONNECTION_CLEARED",
        MEMBERS_CALL,
        monitor_id=FOREIGN_MONITOR,
        LocalConnectionState=NULL,
    )
    send(desk.peer, "END_CALL", MEMBERS_CALL, monitor_id=FOREIGN_MONITOR)
    await until(lambda: MEMBERS_CALL.uid not in desk.desk.session.calls)
    assert [report["MessageID"] for report in desk.reports[2:]] == [14, END_CALL]
    assert names(desk.reports[-1]["SupervisorBtnEnablementMask"]) == {"SET_AGENT_LOGOUT"}


async def test_listening_and_stopping_change_the_buttons(desk: Watched) -> None:
    await desk.talks()
    desk.establish(LISTENING, OWN_MONITOR, CallType=21)
    report = await desk.next_report(1)
    assert names(report["SupervisorBtnEnablementMask"]) == {"SET_AGENT_LOGOUT", "STOP_SILENTMONITOR", "CLEAR"}
    send(desk.peer, "CALL_CLEARED", LISTENING, monitor_id=OWN_MONITOR, LocalConnectionState=NULL)
    report = await desk.next_report(2)
    assert report["MessageID"] == CALL_CLEARED
    assert names(report["SupervisorBtnEnablementMask"]) == {"SET_AGENT_LOGOUT"} | JOIN


async def test_a_supervisor_who_is_ready_cannot_join(desk: Watched) -> None:
    await desk.talks()
    desk.peer.agent_state_event(AVAILABLE, monitor_id=OWN_MONITOR)
    report = await desk.next_report(1)
    assert (report["UniqueObjectID"], report["MessageID"]) == ("agent.5000.1001", AGENT_STATE_EVENT)
    assert names(report["SupervisorBtnEnablementMask"]) == {"SET_AGENT_LOGOUT"}
    desk.peer.agent_state_event(AVAILABLE, 7, monitor_id=OWN_MONITOR)  # changes nothing
    desk.peer.agent_state_event(NOT_READY, monitor_id=OWN_MONITOR)
    report = await desk.next_report(2)
    assert names(report["SupervisorBtnEnablementMask"]) == {"SET_AGENT_LOGOUT"} | JOIN


async def test_without_a_companion_the_member_cannot_be_controlled(
    session: Session, server: StructServer
) -> None:
    desk = await watched(session, server)
    desk.member_is(NOT_READY)
    assert names((await desk.next_report(1))["SupervisorBtnEnablementMask"]) == set()
    await desk.talks()
    assert names(session.get_value("CurrentAgent").get_value("SupervisorBtnEnablementMask")) == JOIN


async def test_an_agent_who_is_not_a_supervisor_has_no_such_mask(
    session: Session, server: StructServer
) -> None:
    agent = Agent("1001", 5000, agent_instrument="3001")
    assert agent.supervisor_enablement_mask is None
    desk = await open_supervisor(session, server)
    assert desk.agent.supervisor_enablement_mask == 0  # no agent is monitored
    assert session.agent("1002").supervisor_enablement_mask is None


async def test_supervision_without_a_named_agent_is_about_the_monitored_one(desk: Watched) -> None:
    await desk.talks()
    supervisor, monitors = desk.desk.agent, session_context(desk.desk.session).monitors
    supervisor.barge_in()
    _, fixed, floating = await receive_supervision(desk.peer)
    assert fixed == (NULL_ID, NULL_ID, NO_TYPE, NO_TYPE, 3)
    assert floating == [(5, text("1002")), (85, text("3001"))]
    monitors.choose_call(supervisor, desk.desk.session.calls[MEMBERS_CALL.uid])
    supervisor.barge_in()
    await receive_supervision_of_call(desk.peer, 3)
