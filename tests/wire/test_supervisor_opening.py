"""Opening a supervisor's session: the services that are asked for, and those that the server refuses."""

import pytest
from support.model import MakeSession, failing, soon
from support.struct_server import LOGOUT, NOT_READY, OPEN_REQ, PERIPHERAL, QUERY_AGENT_STATE_REQ, StructServer
from support.supervisor_steps import (
    PERIPHERAL_MONITOR,
    SUPERVISOR,
    SUPERVISOR_SERVICES,
    open_supervisor,
)
from support.wire_steps import (
    AGENT_SERVICES,
    OPEN_LAYOUT,
    FullRecorder,
    advance,
    answer_opening,
    connected,
    open_bulk,
)

from ctios_fast import Agent, CilCode, MethodError, OpenRefused, Session
from ctios_fast.connection.clock import ManualClock

#: E_CTI_FUNCTION_NOT_AVAILABLE, E_CTI_INVALID_PERIPHERAL_ID.
NOT_AVAILABLE, INVALID_PERIPHERAL = 12, 7
#: Positions of ServicesRequested and CallMsgMask in the fixed part, and the mask's bit of team configuration.
SERVICES, CALL_MASK = 4, 5
TEAM_CONFIGURATION = 0x800000


def a_supervisor() -> Agent:
    return Agent("1001", PERIPHERAL, agent_instrument="3001", supervisor=True)


async def test_a_supervisor_asks_for_supervisor_and_peripheral_monitor(
    session: Session, server: StructServer
) -> None:
    peer = await connected(session, server)
    opening = session.set_agent(a_supervisor())
    request = await answer_opening(peer, services=SUPERVISOR_SERVICES)
    await soon(opening)
    fixed = request.fixed(OPEN_LAYOUT)
    assert fixed[SERVICES] == AGENT_SERVICES | SUPERVISOR | PERIPHERAL_MONITOR == 0xA7
    assert fixed[CALL_MASK] & TEAM_CONFIGURATION
    agent = session.current_agent
    assert agent is not None
    assert agent.is_supervisor()
    assert not agent.is_agent()
    assert session.is_agent()


async def test_an_agent_asks_for_neither(session: Session, server: StructServer) -> None:
    peer = await connected(session, server)
    session.set_agent(Agent("1001", PERIPHERAL, agent_instrument="3001"))
    request = await peer.receive(OPEN_REQ)
    assert request.fixed(OPEN_LAYOUT)[SERVICES] == AGENT_SERVICES


async def test_an_agent_who_is_not_a_supervisor_gets_a_session_without_the_services(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    agent = a_supervisor()
    peer = await connected(session, server)
    opening = session.set_agent(agent)
    first = await peer.receive(OPEN_REQ)
    peer.failure_conf(first, NOT_AVAILABLE)
    second = await answer_opening(peer, state=NOT_READY, services=AGENT_SERVICES)
    await soon(opening)
    fixed = [list(request.fixed(OPEN_LAYOUT)[1:]) for request in (first, second)]
    assert [each.pop(SERVICES - 1) for each in fixed] == [0xA7, AGENT_SERVICES]
    assert fixed[0] == fixed[1], "all but InvokeID and ServicesRequested is the same"
    assert first.floating(OPEN_LAYOUT) == second.floating(OPEN_LAYOUT)
    assert not agent.is_supervisor()
    assert agent.is_agent()
    assert agent.get_value("IsSupervisor") is False
    assert agent.state == NOT_READY
    assert recorder.names.count("OnSetAgentModeEvent") == 1
    assert "OnConnectionRejected" not in recorder.names


async def test_a_second_refusal_ends_the_attempt(session: Session, server: StructServer) -> None:
    peer = await connected(session, server)
    opening = session.set_agent(a_supervisor())
    peer.failure_conf(await peer.receive(OPEN_REQ), NOT_AVAILABLE)
    peer.failure_conf(await peer.receive(OPEN_REQ), NOT_AVAILABLE)
    with pytest.raises(OpenRefused) as refused:
        await soon(opening)
    assert refused.value.status == NOT_AVAILABLE
    await peer.receive_loss()


async def test_another_refusal_opens_nothing_else(session: Session, server: StructServer) -> None:
    peer = await connected(session, server)
    opening = session.set_agent(a_supervisor())
    peer.failure_conf(await peer.receive(OPEN_REQ), INVALID_PERIPHERAL)
    with pytest.raises(OpenRefused) as refused:
        await soon(opening)
    assert refused.value.status == INVALID_PERIPHERAL
    await peer.receive_loss()


async def test_services_that_the_program_chooses_are_not_replaced(
    session: Session, server: StructServer
) -> None:
    peer = await connected(session, server)
    session.set_agent(a_supervisor(), services=AGENT_SERVICES | SUPERVISOR)
    request = await peer.receive(OPEN_REQ)
    assert request.fixed(OPEN_LAYOUT)[SERVICES] == AGENT_SERVICES | SUPERVISOR
    peer.failure_conf(request, NOT_AVAILABLE)
    assert (await peer.receive(OPEN_REQ)).fixed(OPEN_LAYOUT)[SERVICES] == AGENT_SERVICES


async def test_a_supervisor_who_ceased_to_be_one_keeps_a_session_after_a_loss(
    session: Session, server: StructServer, clock: ManualClock
) -> None:
    desk = await open_supervisor(session, server, state=LOGOUT)
    assert desk.agent.is_supervisor()
    desk.peer.reset()
    await advance(clock, session, lambda: server.has_connection)
    peer = await server.accepted()
    request = await peer.receive(OPEN_REQ)
    assert request.fixed(OPEN_LAYOUT)[SERVICES] == 0xA7
    peer.failure_conf(request, NOT_AVAILABLE)
    request = await peer.receive(OPEN_REQ)
    assert request.fixed(OPEN_LAYOUT)[SERVICES] == AGENT_SERVICES
    peer.open_conf(request, services=AGENT_SERVICES)
    await peer.receive(QUERY_AGENT_STATE_REQ)
    assert not desk.agent.is_supervisor()


# --- The companion ----------------------------------------------------------------------------------


async def test_a_companion_must_be_in_bulk_mode_for_the_agents_peripheral(
    make_session: MakeSession, server: StructServer, other_server: StructServer
) -> None:
    session, companion = make_session(), make_session(client_id="companion")
    await connected(session, server)
    agent = a_supervisor()
    with pytest.raises(MethodError, match=r"call set_bulk_mode\(5000\) first") as error:
        session.set_agent(agent, companion=companion)
    assert error.value.code == CilCode.E_CTIOS_MODE_CONFLICT
    await open_bulk(companion, other_server)
    with pytest.raises(MethodError, match="serves peripheral 5000, but the agent is of 5001"):
        session.set_agent(Agent("1001", 5001, agent_instrument="3001"), companion=companion)
    for wrong in (session, "companion", agent):
        assert failing(lambda wrong=wrong: session.set_agent(agent, companion=wrong)) == (  # type: ignore[misc]
            CilCode.E_CTIOS_INVALID_ARGUMENT
        )
    assert session.current_agent is None
    old = make_session(version=20)
    await connected(old, server)
    with pytest.raises(MethodError, match="create both with the same version"):
        old.set_agent(agent, companion=companion)
