"""Failures of the server and of what is behind it: fail-over, SYSTEM_EVENT, FAILURE_EVENT, refusals."""

from collections.abc import Callable

import pytest
from support.model import Recorder, an_agent, soon
from support.struct_server import (
    AVAILABLE,
    HEARTBEAT_REQ,
    LOGOUT,
    NOT_READY,
    OPEN_REQ,
    QUERY_AGENT_STATE_REQ,
    SNAPSHOT_DEVICE_REQ,
    Frame,
    Peer,
    StructServer,
)
from support.wire_steps import (
    AGENT_SERVICES,
    OPEN_LAYOUT,
    OWN_MONITOR,
    Desk,
    advance,
    answer_opening,
    connected,
    open_agent,
    reconnected,
    request_for_state,
    signed_in,
)

from ctios_fast import ConnectionLost, ConnectionState, OpenRefused, RequestTimeout, Session
from ctios_fast.connection.clock import ManualClock

pytestmark = pytest.mark.usefixtures("keywords")

FORCED = 50002


@pytest.fixture
async def desk(
    session: Session, server: StructServer, other_server: StructServer, recorder: Recorder
) -> Desk:
    """An agent that is signed in and not ready on side A; there is a side B."""
    return await signed_in(await open_agent(session, server, recorder, other=other_server))


# --- Fail-over --------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["close", "reset"])
async def test_the_other_side_takes_over_and_the_agent_works_on(
    desk: Desk, server: StructServer, other_server: StructServer, clock: ManualClock, how: str
) -> None:
    lost = desk.agent.set_agent_state(AVAILABLE)
    await request_for_state(desk, AVAILABLE)
    server.stop()
    getattr(desk.peer, how)()
    with pytest.raises(ConnectionLost):
        await soon(lost)
    await advance(clock, desk.session, lambda: desk.recorder.of("OnConnection"))
    peer = await other_server.accepted()
    request = await answer_opening(peer, monitor_id=OWN_MONITOR + 1, state=NOT_READY)
    assert request.fixed(OPEN_LAYOUT)[1:5] == (25, 0xFFFFFFFF, 5000, AGENT_SERVICES)
    assert (5, b"1001\0") in request.floating(OPEN_LAYOUT)
    await desk.recorder.wait_for("OnQueryAgentStateConf")
    names = [name for name in desk.recorder.names if name != "OnCTIOSFailure"]
    assert names[0] == "OnConnectionFailure"
    back = names.index("OnConnection")
    assert set(names[:back]) == {"OnConnectionFailure"}
    assert names[back : back + 3] == ["OnConnection", "OnSetAgentModeEvent", "OnQueryAgentStateConf"]
    assert desk.recorder.of("OnConnection")[0]["CurrentServer"] == "localhost"
    assert desk.session.current_side == "B"

    moved = desk._replace(peer=peer)
    ready = desk.agent.set_agent_state(AVAILABLE)
    peer.state_conf(await request_for_state(moved, AVAILABLE))
    peer.agent_state_event(AVAILABLE, monitor_id=OWN_MONITOR + 1)
    assert await soon(ready) == AVAILABLE


async def test_an_agent_that_was_logged_out_in_the_gap_is_reported_as_a_forced_logout(
    desk: Desk, server: StructServer, other_server: StructServer, clock: ManualClock
) -> None:
    server.stop()
    desk.peer.close()
    await advance(clock, desk.session, lambda: desk.recorder.of("OnConnection"))
    await answer_opening(await other_server.accepted(), state=LOGOUT)
    post = await desk.recorder.wait_for("OnPostLogout")
    assert (post["AgentState"], post["EventReasonCode"]) == (LOGOUT, FORCED)
    logout = [name for name in desk.recorder.names if "Logout" in name or name == "OnAgentStateChange"]
    assert logout == ["OnPreLogout", "OnAgentStateChange", "OnPostLogout"]
    assert desk.session.is_open


async def test_the_monitor_of_the_new_session_is_the_own_one(
    desk: Desk, server: StructServer, other_server: StructServer, clock: ManualClock
) -> None:
    server.stop()
    desk.peer.close()
    await advance(clock, desk.session, lambda: desk.recorder.of("OnConnection"))
    peer = await other_server.accepted()
    await answer_opening(peer, monitor_id=500, state=NOT_READY)
    await desk.recorder.wait_for("OnQueryAgentStateConf")
    peer.agent_state_event(LOGOUT, 9, monitor_id=500)
    assert (await desk.recorder.wait_for("OnPostLogout"))["EventReasonCode"] == 9


# --- SYSTEM_EVENT -----------------------------------------------------------------------------------


async def test_a_peripheral_that_goes_offline_is_reported_and_asked_again_when_it_is_back(desk: Desk) -> None:
    desk.peer.system_event(4, 5000, pg_status=4)
    offline = await desk.recorder.wait_for("OnCTIOSFailure")
    assert (offline["FailureCode"], offline["SystemEventID"], offline["SystemEventArg1"]) == (10, 4, 5000)
    assert offline["ErrorMessage"]
    assert desk.recorder.names == ["OnCTIOSFailure"]

    desk.peer.system_event(3, 5000)
    online = await desk.recorder.wait_for("OnCTIOSFailure", 2)
    assert (online["FailureCode"], online["SystemEventID"], online["SystemEventArg1"]) == (10, 3, 5000)
    desk.peer.query_conf(await desk.peer.receive(QUERY_AGENT_STATE_REQ), LOGOUT)
    post = await desk.recorder.wait_for("OnPostLogout")
    assert post["EventReasonCode"] == FORCED
    assert desk.agent.state == LOGOUT
    assert desk.session.is_open


@pytest.mark.parametrize("offline", [{"is_online": False}, {"pg_status": 1}, {"pg_status": 2}])
async def test_a_peripheral_that_is_offline_when_the_session_opens_again_is_asked_again_when_it_is_back(
    desk: Desk, server: StructServer, other_server: StructServer, clock: ManualClock, offline: dict[str, int]
) -> None:
    server.stop()
    peer = await reconnected(desk.session, desk.peer, other_server, clock)
    request = await peer.receive(OPEN_REQ)
    peer.open_conf(request, services=AGENT_SERVICES, monitor_id=OWN_MONITOR, agent_state=NOT_READY, **offline)
    for count, state in enumerate((NOT_READY, AVAILABLE), 1):
        peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), state)
        peer.device_conf(await peer.receive(SNAPSHOT_DEVICE_REQ))
        await desk.recorder.wait_for("OnRecovered", count)
        peer.system_event(3, 5000)
    assert desk.agent.state == AVAILABLE


@pytest.mark.parametrize(
    ("event_id", "argument"),
    [(1, None), (2, None), (3, 5000), (4, 5000), (6, None), (9, None)],
    ids=["controller online", "controller offline", "online", "offline", "gateway offline", "half hour"],
)
async def test_a_system_event_is_reported_under_its_number_on_the_wire(
    desk: Desk, event_id: int, argument: int | None
) -> None:
    desk.peer.system_event(event_id, argument or 0)
    event = await desk.recorder.wait_for("OnCTIOSFailure")
    assert (event["FailureCode"], event["SystemEventID"]) == (10, event_id)
    assert event.get("SystemEventArg1") == argument


# --- FAILURE_EVENT and refusals ---------------------------------------------------------------------


async def test_a_server_that_goes_offline_is_reported_and_left(
    desk: Desk, server: StructServer, other_server: StructServer, clock: ManualClock
) -> None:
    server.stop()
    desk.peer.failure_event(15)
    await desk.recorder.wait_for("OnConnectionFailure")
    assert "OnCTIOSFailure" in desk.recorder.names
    await desk.peer.receive_loss()
    await advance(clock, desk.session, lambda: desk.recorder.of("OnConnection"))
    await answer_opening(await other_server.accepted(), state=NOT_READY)
    await desk.recorder.wait_for("OnQueryAgentStateConf")
    assert desk.session.is_open


async def test_a_refused_session_is_rejected_with_its_status(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    peer = await connected(session, server)
    opening = session.set_agent(an_agent())
    peer.failure_conf(await peer.receive(OPEN_REQ), 18)
    with pytest.raises(OpenRefused) as refused:
        await soon(opening)
    assert refused.value.status == 18
    rejected = await recorder.wait_for("OnConnectionRejected")
    assert rejected["FailureCode"] == 18
    assert not session.is_open


def refuses(peer: Peer, request: Frame) -> None:
    peer.failure_conf(request, 15)


def goes_offline(peer: Peer, request: Frame) -> None:
    peer.failure_event(15)


@pytest.mark.parametrize("refuse", [refuses, goes_offline])
async def test_a_program_may_disconnect_once_every_side_has_refused(
    session: Session,
    server: StructServer,
    other_server: StructServer,
    recorder: Recorder,
    caplog: pytest.LogCaptureFixture,
    refuse: Callable[[Peer, Frame], None],
) -> None:
    peer = await connected(session, server, ctios_b="127.0.0.1", port_b=other_server.port)
    opening = session.set_agent(an_agent())
    opening.add_done_callback(lambda done: session.disconnect())
    refuse(peer, await peer.receive(OPEN_REQ))
    other = await other_server.accepted()
    refuse(other, await other.receive(OPEN_REQ))
    with pytest.raises(OpenRefused) as error:
        await soon(opening)
    assert error.value.status == 15
    await recorder.wait_for("OnConnectionClosed")
    assert session.state is ConnectionState.DISCONNECTED
    assert [record for record in caplog.records if record.exc_info] == []


async def test_an_opening_that_the_server_ended_explains_no_takeover(
    session: Session,
    server: StructServer,
    other_server: StructServer,
    recorder: Recorder,
    clock: ManualClock,
) -> None:
    peer = await connected(session, server, ctios_b="127.0.0.1", port_b=other_server.port)
    opening = session.set_agent(an_agent())
    await peer.receive(OPEN_REQ)
    await advance(clock, session, opening.done)
    assert isinstance(opening.exception(), RequestTimeout)
    await peer.receive_loss()
    again = await server.accepted()
    await again.receive(OPEN_REQ)
    again.failure_event(11)  # the OPEN_REQ that timed out explains this
    await again.receive_loss()
    await advance(clock, session, lambda: server.has_connection)
    last = await server.accepted()
    await last.receive(OPEN_REQ)
    last.failure_event(11)
    await recorder.wait_for("OnConnectionRejected")
    assert session.state is ConnectionState.DISCONNECTED


async def test_a_server_that_misses_heartbeats_is_left(
    session: Session, server: StructServer, recorder: Recorder, clock: ManualClock
) -> None:
    peer = await connected(session, server, heartbeat=10)
    opening = session.set_agent(an_agent())
    request = await peer.receive(OPEN_REQ)
    assert 20 <= request.fixed(OPEN_LAYOUT)[2] < 0xFFFFFFFF  # IdleTimeout
    peer.open_conf(request, services=AGENT_SERVICES, monitor_id=OWN_MONITOR)
    peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), LOGOUT)
    await soon(opening)
    await advance(clock, session, lambda: recorder.of("OnMissingHeartbeat"))
    heartbeat = await peer.receive(HEARTBEAT_REQ)
    assert len(heartbeat.body) == 4
    missing = recorder.of("OnMissingHeartbeat")[0]
    assert (missing["ConsecutiveMissedHeartbeats"], missing["HeartbeatInterval"]) == (1, 10_000)
    await advance(clock, session, lambda: recorder.of("OnConnectionFailure"))
    assert recorder.of("OnConnectionFailure")[0]["FailedServer"] == "127.0.0.1"
