"""Steps that the transcripts of supervisors share: a supervisor's desk, in each form."""

from typing import Any, NamedTuple

from ctios_fast import Agent, Session
from support.call_messages import CONNECT, Connection, send
from support.model import Recorder, soon
from support.struct_server import NOT_READY, PERIPHERAL, Frame, Peer, StructServer, text
from support.wire_steps import (
    AGENT_SERVICES,
    FOREIGN_MONITOR,
    OWN_MONITOR,
    answer_opening,
    connected,
)

SUPERVISE_CALL_REQ, SUPERVISE_CALL_CONF = 124, 125
#: InvokeID, PeripheralID, AgentConnectionCallID, SupervisorConnectionCallID, AgentConnectionDeviceIDType,
#: SupervisorConnectionDeviceIDType, SupervisoryAction.
SUPERVISE_LAYOUT = "IIIIHHH"
SUPERVISOR, PERIPHERAL_MONITOR = 0x80, 0x20
SUPERVISOR_SERVICES = AGENT_SERVICES | SUPERVISOR | PERIPHERAL_MONITOR
NULL_ID, NO_TYPE = 0xFFFFFFFF, 0xFFFF

#: A member's call, which a monitor reports to the supervisor's session.
MEMBERS_CALL = Connection(601, "3002")


class SupervisorDesk(NamedTuple):
    """A session with a supervisor's Agent, and the server's end of its connection."""

    session: Session
    agent: Agent
    peer: Peer


async def open_supervisor(
    session: Session,
    server: StructServer,
    *,
    services: int = SUPERVISOR_SERVICES,
    state: int = NOT_READY,
    companion: Session | None = None,
) -> SupervisorDesk:
    """Set agent mode for the supervisor 1001, to whom the server grants ``services``."""
    agent = Agent("1001", PERIPHERAL, agent_instrument="3001", supervisor=True)
    peer = await connected(session, server)
    opening = session.set_agent(agent, companion=companion)
    await answer_opening(peer, state=state, services=services)
    await soon(opening)
    return SupervisorDesk(session, agent, peer)


async def hear_call(
    peer: Peer, recorder: Recorder, connection: Connection, *, monitor_id: int = FOREIGN_MONITOR
) -> Any:
    """Send that a call is answered at the device that its connection names; return the Call."""
    own = monitor_id in (0, OWN_MONITOR)
    event = "OnCallEstablished" if own else "OnMonitoredCallEstablished"
    count = len(recorder.of(event))
    send(peer, "BEGIN_CALL", connection, monitor_id=monitor_id)
    send(
        peer,
        "CALL_ESTABLISHED",
        connection,
        monitor_id=monitor_id,
        LocalConnectionState=CONNECT,
        AnsweringDeviceID=connection.device_id,
        CalledDeviceID=connection.device_id,
    )
    await recorder.wait_for(event, count + 1)
    return recorder.session.calls[connection.uid]


async def receive_supervision(peer: Peer) -> tuple[Frame, tuple[int, ...], list[tuple[int, bytes]]]:
    """The next request, which supervises a call: frame, fixed part after PeripheralID, floating part."""
    request = await peer.receive(SUPERVISE_CALL_REQ)
    fixed = request.fixed(SUPERVISE_LAYOUT)
    assert fixed[1] == PERIPHERAL
    return request, fixed[2:], list(request.floating(SUPERVISE_LAYOUT))


async def receive_supervision_of_call(peer: Peer, action: int) -> Frame:
    """The next request, which must be that action of the supervisor at 3001 on ``MEMBERS_CALL``."""
    request, fixed, floating = await receive_supervision(peer)
    assert fixed == (601, NULL_ID, 0, NO_TYPE, action)
    assert floating == [(90, text("3002")), (85, text("3001"))]
    return request
