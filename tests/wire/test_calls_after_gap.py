"""Calls that go on while the session has lost its side, and what the session learns of them afterwards."""

from support.call_messages import ALERTING, CONNECT, HOLD, Connection, send
from support.call_steps import CALLER, DEVICE, CallDesk
from support.struct_server import NOT_READY, Frame, Peer, StructServer
from support.wire_steps import OWN_MONITOR, advance, answer_opening

from ctios_fast.connection.clock import ManualClock

CALL = Connection(501, DEVICE)
SNAPSHOT_CALL_REQ = 82


async def reopened(calls: CallDesk, server: StructServer, clock: ManualClock) -> Peer:
    """Let the connection break and the session open another one."""
    calls.peer.reset()
    await calls.recorder.wait_for("OnConnectionFailure")
    await advance(clock, calls.session, lambda: calls.recorder.of("OnConnection"))
    peer = calls.peer = await server.accepted()
    await answer_opening(peer, state=NOT_READY)
    return peer


async def asked(peer: Peer) -> Frame:
    """Receive the question about the call."""
    request = await peer.receive(SNAPSHOT_CALL_REQ)
    assert request.fixed("IIIH")[1:] == (5000, 501, 0)
    return request


async def test_a_call_that_the_server_does_not_know_any_more_has_ended(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    await calls.open_calls(CALL)
    peer = await reopened(calls, server, clock)
    peer.control_failure_conf(await asked(peer), 13, 0)
    await calls.recorder.wait_for("OnCallEnd")
    await calls.settle()
    assert calls.events == ["OnCallEnd"]
    end = calls.one("OnCallEnd")
    assert (end["UniqueObjectID"], end["Recovered"], end["CallStatus"]) == (CALL.uid, True, 0)
    assert calls.ids == []
    assert calls.session.current_call is None


async def test_a_call_that_goes_on_is_the_same_object_with_what_changed(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    (call,) = await calls.open_calls(CALL)
    peer = await reopened(calls, server, clock)
    request = await asked(peer)
    send(
        peer,
        "SNAPSHOT_CALL_CONF",
        InvokeID=request.invoke_id,
        ANI=CALLER,
        CallVariable1="changed in the gap",
        CallDevice=[(501, DEVICE, 0, 76, DEVICE, HOLD)],
    )
    await calls.recorder.wait_for("OnSnapshotCallConf")
    await calls.settle()
    assert calls.found(CALL) is call
    assert call.status == HOLD
    assert call.get_value("CallVariable1") == "changed in the gap"
    assert "OnCallBegin" not in calls.events
    assert "OnCallEnd" not in calls.events


async def test_a_beginning_after_the_gap_is_an_update_of_the_known_call(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    (call,) = await calls.open_calls(CALL)
    peer = await reopened(calls, server, clock)
    send(peer, "BEGIN_CALL", CALL, monitor_id=OWN_MONITOR, CallVariable1="new")
    send(
        peer,
        "CALL_DELIVERED",
        Connection(502, DEVICE),
        monitor_id=OWN_MONITOR,
        LocalConnectionState=ALERTING,
        AlertingDeviceID=DEVICE,
    )
    await calls.settle()
    assert calls.found(CALL) is call
    assert call.status == CONNECT
    assert call.get_value("CallVariable1") == "new"
    assert calls.ids == [CALL.uid, "call.5000.502.3001"]
