"""Monitor mode: what is sent, which events pass the filter, and what is refused without being sent."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from support.call_messages import CONNECT, Connection, snapshot_conf
from support.call_steps import DEVICE, CallDesk
from support.model import Recorder, failed, failing, soon, until
from support.struct_server import (
    AVAILABLE,
    LOGOUT,
    NOT_READY,
    OPEN_REQ,
    QUERY_AGENT_STATE_REQ,
    SNAPSHOT_CALL_REQ,
    SNAPSHOT_DEVICE_REQ,
    Frame,
    Peer,
    StructServer,
    text,
)
from support.wire_steps import (
    MONITOR_SERVICES,
    ONE_CALL_LAYOUT,
    OPEN_LAYOUT,
    QUERY_LAYOUT,
    SNAPSHOT_DEVICE_LAYOUT,
    advance,
    connected,
    disconnected,
)

from ctios_fast import Agent, Arguments, CilCode, ConnectionState, Session
from ctios_fast.bulk.filters import FrameFilter
from ctios_fast.connection.clock import ManualClock
from ctios_fast.errors import ConnectionLost, FilterSyntaxError
from ctios_fast.model.modes import PASSIVE_MESSAGES
from ctios_fast.protocol.numbers import NAMES

CALL = Connection(501, DEVICE)


async def opened(
    session: Session, server: StructServer, wanted: str | FrameFilter, services: int = MONITOR_SERVICES
) -> tuple[Peer, Frame]:
    """Set monitor mode without a snapshot; return the server's end and the OPEN_REQ."""
    peer = await connected(session, server)
    opening = session.set_message_filter(wanted, peripheral_id=5000, snapshot=False)
    request = await peer.receive(OPEN_REQ)
    peer.open_conf(request, services=services)
    await soon(opening)
    return peer, request


async def watching(
    session: Session, server: StructServer, recorder: Recorder, wanted: str | FrameFilter
) -> CallDesk:
    """Calls of a peripheral that monitor mode watches through a filter."""
    peer, _ = await opened(session, server, wanted)
    recorder.clear()
    return CallDesk(session, None, peer, recorder, 0)


@pytest.mark.covers(
    "Session.SetMessageFilter",
    "ISessionEvents.OnMonitorModeEstablished",
)
async def test_opening_asks_for_all_events_and_client_control_of_no_agent(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    _, request = await opened(session, server, "*")
    version, idle, peripheral, services, calls, states, config, *_ = request.fixed(OPEN_LAYOUT)[1:]
    assert (version, idle, peripheral, services) == (25, 0xFFFFFFFF, 0xFFFFFFFF, MONITOR_SERVICES)
    assert calls
    assert states
    assert config == 0
    assert not {4, 5, 6} & set(dict(request.floating(OPEN_LAYOUT)))
    assert recorder.names.count("OnMonitorModeEstablished") == 1


async def test_the_snapshot_asks_for_agents_then_devices_then_their_calls(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    session.subscribe("OnSnapshotDeviceConf", lambda args: devices.append(args))
    devices: list[Arguments] = []
    peer = await connected(session, server)
    opening = session.set_message_filter("MessageId=30", peripheral_id=5000, agents=["1001", "1002"])
    peer.open_conf(await peer.receive(OPEN_REQ), services=MONITOR_SERVICES)
    for agent_id, state in (("1001", AVAILABLE), ("1002", LOGOUT)):
        query = await peer.receive(QUERY_AGENT_STATE_REQ)
        assert query.floating(QUERY_LAYOUT) == [(5, text(agent_id))]
        peer.query_conf(query, state, agent_id=agent_id)
    request = await peer.receive(SNAPSHOT_DEVICE_REQ)  # the agent that is logged out has no device
    assert request.floating(SNAPSHOT_DEVICE_LAYOUT) == [(6, text("3001"))]
    peer.device_conf(request, [(501, DEVICE, 3)])
    request = await peer.receive(SNAPSHOT_CALL_REQ)
    assert request.fixed(ONE_CALL_LAYOUT)[1:3] == (5000, 501)
    assert not opening.done()
    peer.failure_conf(request, 13)
    await soon(opening)
    assert session.agents["1001"].state == AVAILABLE
    assert [dict(args["ValidCalls"]) for args in devices] == [{CALL.uid: True}]
    assert recorder.names.count("OnQueryAgentStateConf") == 2


@pytest.mark.parametrize("is_refused", [True, False], ids=["refused", "lost"])
async def test_the_snapshot_follows_the_opening_that_another_side_grants(
    session: Session,
    server: StructServer,
    other_server: StructServer,
    clock: ManualClock,
    *,
    is_refused: bool,
) -> None:
    peer = await connected(session, server, ctios_b="localhost", port_b=other_server.port)
    opening = session.set_message_filter("*", peripheral_id=5000, agents=["1001"])
    request = await peer.receive(OPEN_REQ)
    if is_refused:
        peer.failure_conf(request, 92)  # E_CTI_SERVER_NOT_MASTER: it is the standby side
    else:
        server.stop()
        peer.reset()
    await until(lambda: session.state is ConnectionState.WAITING or session.current_side == "B")
    await advance(clock, session, session.is_connected)
    peer = await other_server.accepted()
    peer.open_conf(await peer.receive(OPEN_REQ), services=MONITOR_SERVICES)
    peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), AVAILABLE)
    peer.device_conf(await peer.receive(SNAPSHOT_DEVICE_REQ), [(501, DEVICE, CONNECT)])
    snapshot_conf(peer, await peer.receive(SNAPSHOT_CALL_REQ), (501, DEVICE, CONNECT))
    await until(lambda: session.calls)
    if is_refused:
        await soon(opening)
    else:
        assert isinstance(opening.exception(), ConnectionLost)


@pytest.mark.parametrize(
    "make",
    [
        lambda session: session.set_message_filter("*", peripheral_id=5000, agents=["1001"], snapshot=False),
        lambda session: session.set_message_filter(
            {"Filter": "*", "PeripheralID": "5000", "MonitorSessionSnapshotMode": 1}, agents=["1001"]
        ),
    ],
    ids=["keyword", "Arguments"],
)
async def test_the_snapshot_can_be_switched_off(
    session: Session, server: StructServer, make: Callable[[Session], Any]
) -> None:
    peer = await connected(session, server)
    opening = make(session)
    peer.open_conf(await peer.receive(OPEN_REQ), services=MONITOR_SERVICES)
    await soon(opening)
    assert list(session.agents) == ["1001"]
    query = session.agents["1001"].query_agent_state()  # the first request of all
    peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
    await soon(query)


FILTERS = {
    "*": ["1001", "1002", "2001"],
    "MessageId=30": ["1001", "1002", "2001"],
    "MessageId=eAgentStateEvent;AgentId=10*": ["1001", "1002"],
    "messageid = 30, 24; agentid = 1002, 2001;": ["1002", "2001"],
    "UniqueObjectID=agent.5000.2001": ["2001"],
    "UniqueObjectID=Agent.5000.1*": ["1001", "1002"],
    "AgentState=2;AgentID=*": ["1001", "1002", "2001"],
    "AgentState=3": [],
    "MessageId=23": [],
}


@pytest.mark.parametrize(("filter_string", "heard"), FILTERS.items(), ids=FILTERS)
async def test_the_filter_decides_which_agents_are_heard_and_all_are_kept(
    session: Session, server: StructServer, recorder: Recorder, filter_string: str, heard: list[str]
) -> None:
    peer, _ = await opened(session, server, filter_string)
    for agent_id in ("1001", "1002", "2001"):
        peer.agent_state_event(NOT_READY, agent_id=agent_id, instrument=f"3{agent_id}")
    await settled_by_query(session, peer)
    assert [args["AgentID"] for args in recorder.of("OnAgentStateChange")] == heard
    assert [session.agents[key].state for key in ("1001", "1002", "2001")] == [NOT_READY] * 3
    assert session.counters()["events_filtered"] >= 3 - len(heard)


async def settled_by_query(session: Session, peer: Peer) -> None:
    """Wait until the client has handled everything sent."""
    query = session.agent("1001").query_agent_state()
    peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
    await soon(query)


CALL_FILTERS = {
    "*": ["OnCallBegin", "OnCallDelivered", "OnCallEstablished", "OnCallEnd"],
    "MessageId=CALL_ESTABLISHED_EVENT": ["OnCallEstablished", "OnCallEnd"],
    "MessageId=eCallBeginEvent": ["OnCallBegin", "OnCallEnd"],
    "MessageId=30": [],
    f"UniqueObjectID={CALL.uid}": ["OnCallBegin", "OnCallDelivered", "OnCallEstablished", "OnCallEnd"],
    "UniqueObjectID=call.5000.502.*": [],
    "FilterTarget=agent.5000.1001": ["OnCallBegin", "OnCallDelivered", "OnCallEstablished", "OnCallEnd"],
    "FilterTarget=agent.5000.1002": [],
}


@pytest.mark.parametrize(("filter_string", "heard"), CALL_FILTERS.items(), ids=CALL_FILTERS)
async def test_the_filter_decides_which_events_of_calls_are_heard(
    session: Session, server: StructServer, recorder: Recorder, filter_string: str, heard: list[str]
) -> None:
    calls = await watching(session, server, recorder, filter_string)
    calls.peer.agent_state_event(AVAILABLE, instrument=DEVICE)
    calls.deliver(CALL)
    calls.establish(CALL)
    await settled_by_query(session, calls.peer)
    assert list(session.calls) == [CALL.uid]
    calls.send("END_CALL", CALL)
    await settled_by_query(session, calls.peer)
    assert calls.events == heard
    assert not session.calls


async def test_a_frame_filter_judges_the_message_of_each_event(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    wanted = FrameFilter(25, "AGENT_STATE_EVENT", {"AgentID": "1002"}) | FrameFilter(
        25, "CALL_ESTABLISHED_EVENT"
    )
    calls = await watching(session, server, recorder, wanted)
    order: list[int | None] = []
    session.on("AGENT_STATE_EVENT", lambda message: order.append(session.agents["1001"].state))
    calls.peer.agent_state_event(AVAILABLE, instrument=DEVICE)
    calls.peer.agent_state_event(NOT_READY, agent_id="1002", instrument="3002")
    calls.deliver(CALL)
    calls.establish(CALL)
    calls.send("END_CALL", CALL)
    await settled_by_query(session, calls.peer)
    assert [args["AgentID"] for args in recorder.of("OnAgentStateChange")] == ["1002"]
    assert calls.events == ["OnCallEstablished", "OnCallEnd"]
    assert order[0] == AVAILABLE  # the objects are up to date before the program's handlers
    assert not session.calls


async def test_a_frame_filter_ends_with_its_mode(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    peer, _ = await opened(session, server, FrameFilter(25, "CALL_ESTABLISHED_EVENT"))
    await disconnected(session, peer)
    peer, _ = await opened(session, server, "*")
    peer.agent_state_event(NOT_READY)
    await recorder.wait_for("OnAgentStateChange")


async def test_a_frame_filter_of_another_version_is_refused(session: Session, server: StructServer) -> None:
    await connected(session, server)
    other = FrameFilter(14, "AGENT_STATE_EVENT")
    assert (
        failing(lambda: session.set_message_filter(other, peripheral_id=5000))
        == CilCode.E_CTIOS_INVALID_ARGUMENT
    )


CONTROL: dict[str, Callable[[Session], Any]] = {
    "login": lambda session: session.agents["1001"].login(),
    "logout": lambda session: session.agents["1001"].logout(),
    "set_agent_state": lambda session: session.agents["1001"].set_agent_state(AVAILABLE),
    "login with a value that cannot be used": lambda session: session.agents["1001"].login(timeout=-1),
    "logout with a value that cannot be used": lambda session: session.agents["1001"].logout(reason_code="x"),
    "set_agent_state without a state": lambda session: session.agents["1001"].set_agent_state({}),
    "set_agent_state with an unknown state": lambda session: session.agents["1001"].set_agent_state(99),
    "set_agent_state with a wrong reason": lambda session: session.agents["1001"].set_agent_state(
        AVAILABLE, reason_code=1 << 20
    ),
    "make_call": lambda session: session.agents["1001"].make_call(dialed_number="200"),
    "make_call without a number": lambda session: session.agents["1001"].make_call(),
    "deflect without a device": lambda session: session.calls[CALL.uid].deflect(),
    "send_dtmf_signal without tones": lambda session: session.calls[CALL.uid].send_dtmf_signal(),
    "answer": lambda session: session.calls[CALL.uid].answer(),
    "hold": lambda session: session.calls[CALL.uid].hold(),
    "clear": lambda session: session.calls[CALL.uid].clear(),
    "set_call_data": lambda session: session.calls[CALL.uid].set_call_data(call_variable1="a"),
    "request": lambda session: session.request("SET_AGENT_STATE_REQ", {"PeripheralID": 5000}),
}


@pytest.mark.covers("E_CTIOS_MODE_CONFLICT")
@pytest.mark.parametrize("control", CONTROL.values(), ids=CONTROL)
async def test_control_is_refused_without_being_sent(
    session: Session, server: StructServer, recorder: Recorder, control: Callable[[Session], Any]
) -> None:
    calls = await watching(session, server, recorder, "*")
    calls.peer.agent_state_event(NOT_READY, instrument=DEVICE)
    calls.send("BEGIN_CALL", CALL)
    await settled_by_query(session, calls.peer)
    recorder.clear()
    error = await failed(control(session))
    assert error.code == CilCode.E_CTIOS_MODE_CONFLICT
    await settled_by_query(session, calls.peer)  # its query is the next message
    assert "OnPreLogout" not in recorder.names


async def test_queries_and_snapshots_are_sent(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    calls = await watching(session, server, recorder, "*")
    calls.peer.agent_state_event(NOT_READY, instrument=DEVICE)
    calls.send("BEGIN_CALL", CALL)
    await settled_by_query(session, calls.peer)
    snapshot = session.agents["1001"].snapshot_device()
    calls.peer.device_conf(await calls.peer.receive(SNAPSHOT_DEVICE_REQ), [])
    await soon(snapshot)
    asked = session.calls[CALL.uid].snapshot()
    await calls.peer.receive(SNAPSHOT_CALL_REQ)
    asked.cancel()


async def test_without_client_control_monitor_mode_works_and_warns_once(
    session: Session, server: StructServer, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "ctios_fast.session")
    peer, _ = await opened(session, server, "MessageId=30", services=0x10)
    assert [each for each in caplog.messages if "calls cannot be repaired" in each]
    assert len(caplog.messages) == 1
    peer.agent_state_event(NOT_READY)
    await recorder.wait_for("OnAgentStateChange")
    assert session.agents["1001"].state == NOT_READY


async def test_a_filter_that_cannot_be_used_changes_nothing(session: Session, server: StructServer) -> None:
    await connected(session, server)
    for wrong in (
        "MessageId",
        "MessageId=99999",
        "MessageId=eOnConnection",
        "MessageId=ePreLogoutEvent",
        "MessageId=OnMonitoredCallBegin",
        "NoSuchKeyword=1",
    ):
        with pytest.raises(FilterSyntaxError):
            session.set_message_filter(wrong, peripheral_id=5000)
    assert failing(lambda: session.set_message_filter("*")) == CilCode.E_CTIOS_MISSING_ARGUMENT
    assert failing(lambda: session.set_message_filter({})) == CilCode.E_CTIOS_MISSING_ARGUMENT
    assert (
        failing(lambda: session.set_message_filter(3, peripheral_id=5000))  # type: ignore[arg-type]
        == CilCode.E_CTIOS_INVALID_ARGUMENT
    )
    assert repr(session).endswith("mode None>")


async def test_another_mode_after_a_disconnect_may_control(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    peer, _ = await opened(session, server, "MessageId=23")
    await disconnected(session, peer)
    peer = await connected(session, server)
    agent = Agent("1001", 5000, agent_instrument="3001")
    opening = session.set_agent(agent)
    peer.open_conf(await peer.receive(OPEN_REQ), services=0x7)
    peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
    await soon(opening)
    assert "OnQueryAgentStateConf" in recorder.names
    agent.set_agent_state(AVAILABLE).cancel()
    await peer.receive(38)


def test_messages_that_monitor_mode_may_send_exist() -> None:
    assert set(NAMES.values()) >= PASSIVE_MESSAGES
