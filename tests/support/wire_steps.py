"""Steps that the transcripts with ``struct_server`` share: opening, agent states, and moving the clock."""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

from ctios_fast import Agent, Arguments, ConnectionState, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.model.session_properties import session_context
from support.model import Recorder, an_agent, soon, until
from support.struct_server import (
    CLOSE_REQ,
    LOGOUT,
    NOT_READY,
    OPEN_REQ,
    PATIENCE,
    PERIPHERAL,
    QUERY_AGENT_STATE_REQ,
    SET_AGENT_STATE_REQ,
    SNAPSHOT_DEVICE_REQ,
    Frame,
    Group,
    Peer,
    StructServer,
)
from support.typed_events import deviations

#: Layouts of what the client sends, for versions 14 to 25.
OPEN_LAYOUT = "IIIIIIIIIII"
QUERY_LAYOUT = "IIii"
STATE_LAYOUT = "IIHHHHBI"
SNAPSHOT_DEVICE_LAYOUT = "IIH"
#: InvokeID, PeripheralID, CallPlacementType, CallMannerType, AlertRings, CallOption, FacilityType,
#: AnsweringMachine, Priority, PostRoute, NumNamedVariables, NumNamedArrays, SkillGroupNumber.
MAKE_CALL_LAYOUT = "IIHHHHHHHHHHI"
#: InvokeID, PeripheralID, ConnectionDeviceIDType, ConnectionCallID, NumNamedVariables, NumNamedArrays,
#: CallType, CalledPartyDisposition, CampaignID, QueryRuleID.
SET_CALL_DATA_LAYOUT = "IIHIHHHHII"
#: InvokeID, PeripheralID, ConnectionCallID and ConnectionDeviceIDType; then what a request adds.
ONE_CALL_LAYOUT = "IIIH"
ONE_CALL_AND_TYPE_LAYOUT = ONE_CALL_LAYOUT + "H"
DTMF_LAYOUT = ONE_CALL_LAYOUT + "HI"
CONSULT_LAYOUT = ONE_CALL_LAYOUT + "H" * 11
#: InvokeID, PeripheralID, both calls and both types; of a conference and a transfer also how to place a call.
TWO_CALLS_LAYOUT = "IIIIHH"
JOIN_LAYOUT = TWO_CALLS_LAYOUT + "H" * 10
START_RECORDING_LAYOUT, STOP_RECORDING_LAYOUT = "IIIIIIHHHHH", "IIIIIIHH"

#: ServicesRequested of agent mode (Client Events, Call Data Update, Client Control), of bulk mode, and of
#: monitor mode.
AGENT_SERVICES = 0x1 | 0x2 | 0x4
BULK_SERVICES = 0x10 | 0x2 | 0x4
MONITOR_SERVICES = 0x10 | 0x4

#: MonitorID of the session's own events in these tests, and of another monitor.
OWN_MONITOR, FOREIGN_MONITOR = 77, 78


def device_monitor(device: str) -> tuple[str, dict[str, int], list[tuple[str, object]]]:
    """What ``Session.request`` takes to start a monitor of an agent's device."""
    fields = {
        "PeripheralID": PERIPHERAL,
        "ConnectionCallID": 0,
        "CallMsgMask": 0xFFFFFFFF,
        "AgentStateMask": 0x3FFF,
        "ConnectionDeviceIDType": 0xFFFF,
        "MonitoredDeviceType": 76,
    }
    return "MONITOR_START_REQ", fields, [("MonitoredDeviceID", device)]


class FullRecorder(Recorder):
    """Records every event, including those that report the system's status, and checks their keywords.

    ``deviations``: how events deviated from ``event_types.toml``.
    """

    def __init__(self, session: Session) -> None:
        self.deviations: list[str] = []
        super().__init__(session)
        for event in ("OnCTIOSFailure", "OnRecovered"):
            session.subscribe(event, lambda args, event=event: self._note(event, args))

    def _note(self, event: str, args: Arguments) -> None:
        is_minimized = session_context(self.session).minimizes_event_args
        self.deviations += deviations(event, args, is_minimized=is_minimized)
        super()._note(event, args)


class Desk(NamedTuple):
    """A session in agent mode, and the server's end of its connection."""

    session: Session
    agent: Agent
    peer: Peer
    recorder: Recorder


async def connected(session: Session, server: StructServer, **options: Any) -> Peer:
    """Connect the session to the server as side A; return the server's end."""
    connecting = session.connect(ctios_a="127.0.0.1", port_a=server.port, **options)
    peer = await server.accepted()
    await soon(connecting)
    return peer


async def disconnected(session: Session, peer: Peer) -> None:
    """Disconnect the session in order."""
    closing = session.disconnect()
    peer.close_conf(await peer.receive(CLOSE_REQ))
    await soon(closing)


async def open_agent(
    session: Session,
    server: StructServer,
    recorder: Recorder,
    *,
    other: StructServer | None = None,
    monitor_id: int = OWN_MONITOR,
    state: int = LOGOUT,
    agent: Agent | None = None,
) -> Desk:
    """Connect and set agent mode for agent 1001; the recorder begins after that."""
    agent = an_agent(agent_password="sesame") if agent is None else agent
    other_side = {} if other is None else {"ctios_b": "localhost", "port_b": other.port}
    peer = await connected(session, server, **other_side)
    opening = session.set_agent(agent)
    await answer_opening(peer, monitor_id=monitor_id, state=state)
    await soon(opening)
    recorder.clear()
    return Desk(session, agent, peer, recorder)


async def open_bulk(session: Session, server: StructServer) -> Peer:
    """Connect and set bulk mode; return the server's end."""
    peer = await connected(session, server)
    opening = session.set_bulk_mode(PERIPHERAL)
    request = await peer.receive(OPEN_REQ)
    peer.open_conf(request, services=BULK_SERVICES, peripherals=(PERIPHERAL,))
    peer.system_event(3, PERIPHERAL)
    await soon(opening)
    return peer


async def answer_opening(
    peer: Peer,
    *,
    monitor_id: int = OWN_MONITOR,
    state: int = LOGOUT,
    groups: tuple[Group, ...] = (),
    services: int = AGENT_SERVICES,
) -> Frame:
    """Confirm OPEN_REQ and answer the query for the agent's state; return the OPEN_REQ."""
    request = await peer.receive(OPEN_REQ)
    peer.open_conf(request, services=services, monitor_id=monitor_id, agent_state=state)
    query = await peer.receive(QUERY_AGENT_STATE_REQ)
    peer.query_conf(query, state, groups=groups)
    return request


async def signed_in(desk: Desk, *, state: int = NOT_READY) -> Desk:
    """Report that the agent is in that state; the recorder begins after that."""
    desk.peer.agent_state_event(state, monitor_id=OWN_MONITOR)
    await desk.recorder.wait_for("OnAgentStateChange")
    desk.recorder.clear()
    return desk


async def report_state(
    peer: Peer,
    recorder: Recorder,
    state: int = NOT_READY,
    reason: int = 0,
    *,
    monitor_id: int = OWN_MONITOR,
    **fields: Any,
) -> None:
    """Report a state of the agent, and wait until the client has it and everything that was sent before."""
    count = len(recorder.of("OnAgentStateChange"))
    peer.agent_state_event(state, reason, monitor_id=monitor_id, **fields)
    await recorder.wait_for("OnAgentStateChange", count + 1)


async def request_for_state(desk: Desk, state: int, reason: int = 0) -> Frame:
    """Receive the request for that state."""
    request = await desk.peer.receive(SET_AGENT_STATE_REQ)
    assert request.fixed(STATE_LAYOUT)[2:6] == (state, 0, 0, reason)
    return request


async def reported(desk: Desk, reason: int = 99) -> None:
    """Wait until the client has handled everything sent: a NOT_READY event with this reason follows it."""
    desk.peer.agent_state_event(NOT_READY, reason, monitor_id=OWN_MONITOR)
    await until(
        lambda: any(args["EventReasonCode"] == reason for args in desk.recorder.of("OnAgentStateChange"))
    )


async def recovered(desk: Desk) -> Arguments:
    """Answer that the agent's device has no calls; return the Arguments of OnRecovered."""
    desk.peer.device_conf(await desk.peer.receive(SNAPSHOT_DEVICE_REQ))
    return await desk.recorder.wait_for("OnRecovered")


def queried_agent(query: Frame) -> str:
    """The AgentID that a QUERY_AGENT_STATE_REQ names."""
    return dict(query.floating(QUERY_LAYOUT))[5].rstrip(b"\0").decode()


def answer_query(peer: Peer, query: Frame, state: int) -> None:
    """Answer a QUERY_AGENT_STATE_REQ. The instrument of agent 1002 is 3002, and so on."""
    agent_id = queried_agent(query)
    peer.query_conf(query, state, agent_id=agent_id, instrument=f"3{agent_id[1:]}")


async def reconnected(session: Session, peer: Peer, server: StructServer, clock: ManualClock) -> Peer:
    """Cut the connection; return the server's end of the next one, which is to ``server``."""
    assert session.is_open
    peer.reset()
    await until(lambda: not session.is_open)
    connections = session.counters()["connections"]
    await advance(clock, session, lambda: session.counters()["connections"] > connections)
    return await server.accepted()


async def advance(
    clock: ManualClock, session: Session, done: Callable[[], object], *, step: float | None = None
) -> None:
    """Move the clock by ``step`` seconds at a time, or from one timer to the next, until the condition holds.

    The clock does not move while the session connects, which takes real time.
    """
    async with asyncio.timeout(PATIENCE):
        while not done():
            for _ in range(50):  # lets tasks that a timer started run
                await asyncio.sleep(0)
            seconds = clock.next_due if step is None else step
            if session.state is not ConnectionState.CONNECTING and seconds is not None and not done():
                clock.advance(seconds)
