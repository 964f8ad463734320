"""SUPERVISE_CALL_REQ, byte by byte, in each form: agent mode, agent mode with a companion, bulk mode."""

import struct
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from support.call_messages import NULL, Connection, send
from support.model import MakeSession, failed, soon, until
from support.struct_server import LOGOUT, NOT_READY, PERIPHERAL, Frame, Peer, StructServer, text
from support.supervisor_steps import (
    MEMBERS_CALL,
    NO_TYPE,
    NULL_ID,
    SUPERVISE_CALL_CONF,
    SUPERVISOR,
    hear_call,
    open_supervisor,
    receive_supervision,
    receive_supervision_of_call,
)
from support.wire_steps import AGENT_SERVICES, OWN_MONITOR, FullRecorder, connected, open_bulk

from ctios_fast import (
    Arguments,
    CilCode,
    ConnectionLost,
    ControlFailure,
    MethodError,
    Session,
    SupervisoryAction,
)

#: Each method, and the SupervisoryAction that it sends.
SHORTCUTS = [
    ("clear_supervision", 0),
    ("stop_silent_monitor", 0),
    ("start_silent_monitor", 1),
    ("whisper", 2),
    ("barge_in", 3),
    ("intercept", 4),
]
MEMBER = "agent.5000.1002"


def confirm(peer: Peer, request: Frame) -> None:
    """Confirm the supervision of the member's call."""
    fixed = struct.pack(">IIH", request.invoke_id, 601, 0)
    peer.send(SUPERVISE_CALL_CONF, fixed, [(25, text("3002"))])


@pytest.mark.parametrize(("method", "action"), SHORTCUTS)
async def test_each_action_names_the_members_call_in_agent_mode(
    session: Session, server: StructServer, recorder: FullRecorder, method: str, action: int
) -> None:
    desk = await open_supervisor(session, server)
    call = await hear_call(desk.peer, recorder, MEMBERS_CALL)
    asked = getattr(desk.agent, method)(call=call)
    request = await receive_supervision_of_call(desk.peer, action)
    confirm(desk.peer, request)
    answer = await soon(asked)
    assert (answer["ConnectionCallID"], answer["ConnectionDeviceID"]) == (601, "3002")
    (event,) = recorder.of("OnSuperviseCallConf")
    assert event == Arguments(
        InvokeID=request.invoke_id,
        PeripheralID=5000,
        AgentID="1001",
        UniqueObjectID="agent.5000.1001",
        ConnectionCallID=601,
        ConnectionDeviceIDType=0,
        ConnectionDeviceID="3002",
    )


@pytest.mark.parametrize(("method", "action"), SHORTCUTS)
async def test_each_action_names_the_supervisors_device_in_bulk_mode(
    session: Session, server: StructServer, recorder: FullRecorder, method: str, action: int
) -> None:
    peer = await open_bulk(session, server)
    call = await hear_call(peer, recorder, MEMBERS_CALL, monitor_id=0)
    supervisor = session.agent("1001", agent_instrument="3001")
    getattr(supervisor, method)(call=call.unique_object_id)
    await receive_supervision_of_call(peer, action)


@pytest.mark.parametrize(("method", "action"), SHORTCUTS)
async def test_each_action_goes_through_the_companion_if_supervisor_was_not_granted(
    make_session: MakeSession,
    server: StructServer,
    other_server: StructServer,
    method: str,
    action: int,
) -> None:
    companion = make_session(client_id="companion")
    through = await open_bulk(companion, other_server)
    desk = await open_supervisor(make_session(), server, services=AGENT_SERVICES, companion=companion)
    recorder = FullRecorder(companion)
    call = await hear_call(through, recorder, MEMBERS_CALL, monitor_id=0)
    asked = getattr(desk.agent, method)(call=call)
    request = await receive_supervision_of_call(through, action)
    confirm(through, request)
    assert (await soon(asked))["ConnectionCallID"] == 601


async def test_a_granted_supervisor_asks_through_the_own_session_though_there_is_a_companion(
    make_session: MakeSession, server: StructServer, other_server: StructServer
) -> None:
    companion = make_session(client_id="companion")
    await open_bulk(companion, other_server)
    desk = await open_supervisor(make_session(), server, companion=companion)
    companion.agent("1002")
    desk.agent.barge_in(agent=MEMBER)
    await receive_supervision(desk.peer)


async def test_an_agent_alone_is_named_by_its_id_for_its_active_call(
    session: Session, server: StructServer
) -> None:
    desk = await open_supervisor(session, server)
    member = session.agent("1002")
    for named in (member, MEMBER):
        desk.agent.barge_in(agent=named)
        _, fixed, floating = await receive_supervision(desk.peer)
        assert fixed == (NULL_ID, NULL_ID, NO_TYPE, NO_TYPE, 3)
        assert floating == [(5, text("1002")), (85, text("3001"))]


@pytest.mark.covers("Agent.SuperviseCall")
@pytest.mark.parametrize("keyword", ["CallReference", "AgentCallReference"])
async def test_arguments_carry_the_keywords_of_the_guide(
    session: Session, server: StructServer, recorder: FullRecorder, keyword: str
) -> None:
    desk = await open_supervisor(session, server)
    session.agent("1002")
    await hear_call(desk.peer, recorder, MEMBERS_CALL)
    args = Arguments(AgentReference=MEMBER, SupervisoryAction=SupervisoryAction.BARGE_IN)
    args[keyword] = MEMBERS_CALL.uid
    desk.agent.supervise_call(args)
    await receive_supervision_of_call(desk.peer, 3)


async def test_the_supervisors_connection_is_named_once_there_is_one(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    desk = await open_supervisor(session, server)
    call = await hear_call(desk.peer, recorder, MEMBERS_CALL)
    await hear_call(desk.peer, recorder, Connection(501, "3001.0"), monitor_id=OWN_MONITOR)
    desk.agent.intercept(call=call)
    _, fixed, floating = await receive_supervision(desk.peer)
    assert fixed == (601, 501, 0, 0, 4)  # any call of the supervisor is named
    assert floating == [(90, text("3002")), (91, text("3001.0")), (85, text("3001"))]
    await hear_call(desk.peer, recorder, Connection(601, "3001.1"), monitor_id=OWN_MONITOR)
    desk.agent.intercept(call=call)
    _, fixed, floating = await receive_supervision(desk.peer)
    assert fixed == (601, 601, 0, 0, 4)  # the connection in the supervised call comes first
    assert floating == [(90, text("3002")), (91, text("3001.1")), (85, text("3001"))]
    send(
        desk.peer,
        "CALL_CLEARED",
        Connection(601, "3001.1"),
        monitor_id=OWN_MONITOR,
        LocalConnectionState=NULL,
    )
    await recorder.wait_for("OnCallCleared")
    assert session.calls["call.5000.601.3001.1"].status == NULL
    desk.agent.clear_supervision(call=call)
    assert (await receive_supervision(desk.peer))[1][1] == 501


async def test_the_supervisors_own_silent_monitor_call_names_the_agent_that_is_heard(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    desk = await open_supervisor(session, server)
    session.agent("1002")
    own = Connection(701, "3001.0")
    send(desk.peer, "BEGIN_CALL", own, monitor_id=OWN_MONITOR, CallType=21)
    listening = await hear_call(desk.peer, recorder, own, monitor_id=OWN_MONITOR)
    desk.agent.stop_silent_monitor(agent=MEMBER, call=listening)
    _, fixed, floating = await receive_supervision(desk.peer)
    assert fixed == (NULL_ID, 701, NO_TYPE, 0, 0)
    assert floating == [(91, text("3001.0")), (5, text("1002")), (85, text("3001"))]


@pytest.mark.parametrize("version", [14, 19, 20])
async def test_the_request_is_the_same_in_older_versions(
    session: Session, server: StructServer, recorder: FullRecorder, version: int
) -> None:
    desk = await open_supervisor(session, server)
    assert desk.peer.version == version
    call = await hear_call(desk.peer, recorder, MEMBERS_CALL)
    desk.agent.barge_in(call=call)
    await receive_supervision_of_call(desk.peer, 3)


# --- Refusals ---------------------------------------------------------------------------------------


async def test_a_refusal_fires_a_control_failure_of_the_supervisor(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    desk = await open_supervisor(session, server)
    session.agent("1002")
    asked = desk.agent.barge_in(agent=MEMBER)
    request, _, _ = await receive_supervision(desk.peer)
    desk.peer.control_failure_conf(request, 34, 0)
    with pytest.raises(ControlFailure):
        await soon(asked)
    (event,) = recorder.of("OnControlFailureConf")
    assert (event["MessageType"], event["FailureCode"]) == (124, 34)
    assert event["UniqueObjectID"] == "agent.5000.1001"


async def test_an_agents_session_cannot_supervise_and_says_what_to_do(
    session: Session, server: StructServer
) -> None:
    desk = await open_supervisor(session, server, services=AGENT_SERVICES)
    for method in (
        "barge_in",
        "intercept",
        "whisper",
        "start_silent_monitor",
        "stop_silent_monitor",
        "clear_supervision",
        partial(desk.agent.supervise_call, action=0),
    ):
        call: Callable[..., Any] = method if callable(method) else getattr(desk.agent, method)
        with pytest.raises(MethodError, match=r"companion=session_in_bulk_mode.*or use bulk mode") as error:
            call(agent=MEMBER)
        assert error.value.code == CilCode.E_CTIOS_MODE_CONFLICT
        assert "Agent(supervisor=True)" in str(error.value)


async def test_another_agent_of_agent_mode_cannot_supervise(session: Session, server: StructServer) -> None:
    await open_supervisor(session, server)
    with pytest.raises(MethodError, match=r"session\.current_agent, or use bulk mode"):
        session.agent("1002").barge_in(agent="agent.5000.1001")


async def test_monitor_mode_cannot_supervise(session: Session, server: StructServer) -> None:
    await connected(session, server)
    session.set_message_filter("*", peripheral_id=PERIPHERAL, snapshot=False)
    with pytest.raises(MethodError, match="use bulk mode, or agent mode") as error:
        session.agent("1001").barge_in(agent=session.agent("1002"))
    assert error.value.code == CilCode.E_CTIOS_MODE_CONFLICT


async def test_a_companion_that_has_left_its_mode_is_reported(
    make_session: MakeSession, server: StructServer, other_server: StructServer
) -> None:
    session, companion = make_session(), make_session(client_id="companion")
    through = await open_bulk(companion, other_server)
    desk = await open_supervisor(session, server, services=AGENT_SERVICES, companion=companion)
    session.agent("1002")
    through.reset()
    await until(lambda: not companion.is_open)
    with pytest.raises(ConnectionLost, match="not open"):
        await soon(desk.agent.barge_in(agent=MEMBER))
    await soon(companion.disconnect())
    with pytest.raises(MethodError, match="not in bulk mode for peripheral 5000 any more"):
        desk.agent.barge_in(agent=MEMBER)


@pytest.mark.covers("E_CTIOS_INVALID_AGENT")
async def test_values_that_cannot_be_sent_are_refused(session: Session, server: StructServer) -> None:
    desk = await open_supervisor(session, server, state=NOT_READY)
    session.agent("1002")
    wrong: list[tuple[dict[str, Any], CilCode]] = [
        ({"action": 5, "agent": MEMBER}, CilCode.E_CTIOS_INVALID_ARGUMENT),
        ({"action": "barge", "agent": MEMBER}, CilCode.E_CTIOS_INVALID_ARGUMENT),
        ({"agent": MEMBER}, CilCode.E_CTIOS_MISSING_ARGUMENT),
        ({"action": 3}, CilCode.E_CTIOS_MISSING_ARGUMENT),
        ({"action": 3, "agent": "agent.5000.9999"}, CilCode.E_CTIOS_INVALID_AGENT),
        ({"action": 3, "agent": 1002}, CilCode.E_CTIOS_INVALID_AGENT),
        ({"action": 3, "call": "call.5000.1.2"}, CilCode.E_CTIOS_INVALID_CALL),
        ({"action": 3, "call": 7}, CilCode.E_CTIOS_INVALID_CALL),
    ]
    for given, code in wrong:
        with pytest.raises(MethodError) as error:
            desk.agent.supervise_call(**given)
        assert error.value.code == code, given


async def test_a_supervisor_in_bulk_mode_needs_a_device(session: Session, server: StructServer) -> None:
    await open_bulk(session, server)
    with pytest.raises(MethodError, match="has no AgentInstrument to supervise from"):
        session.agent("1001").barge_in(agent=session.agent("1002"))


async def test_a_supervisor_of_client_events_alone_may_lack_a_device(
    session: Session, server: StructServer
) -> None:
    desk = await open_supervisor(session, server, services=AGENT_SERVICES | SUPERVISOR, state=LOGOUT)
    desk.agent.agent_instrument = None
    desk.agent.barge_in(agent=session.agent("1002"))
    _, _, floating = await receive_supervision(desk.peer)
    assert floating == [(5, text("1002"))]


async def test_supervision_before_a_session_is_open_fails_the_request(session: Session) -> None:
    agent = session.agent("1001", agent_instrument="3001")
    error = await failed(agent.barge_in(agent=session.agent("1002")))
    assert error.code == CilCode.E_CTIOS_SESSION_NOT_CONNECTED
