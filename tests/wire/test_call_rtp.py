"""Media streams of a call: they change nothing of it."""

from support.call_messages import CONNECT, Connection
from support.call_steps import DEVICE, CallDesk

CALL = Connection(501, DEVICE)
STREAM = {
    "ClientAddress": "10.0.0.7",
    "ClientPort": 24_000,
    "SendingAddress": "10.0.0.9",
    "SendingPort": 24_002,
}
PHONE = {"AgentID": "1001", "AgentExtension": DEVICE, "AgentInstrument": DEVICE}


async def test_each_direction_of_the_audio_starts_and_stops(calls: CallDesk) -> None:
    (call,) = await calls.open_calls(CALL)
    for direction in (0, 1):
        calls.send(
            "RTP_STARTED",
            CALL,
            Direction=direction,
            PacketSize=20,
            PayloadType=4,
            BitRate=64,
            **STREAM,
            **PHONE,
        )
    for direction in (0, 1):
        calls.send("RTP_STOPPED", CALL, Direction=direction, **STREAM, **PHONE)
    await calls.settle()
    assert calls.events == ["OnCallRTPStarted"] * 2 + ["OnCallRTPStopped"] * 2
    for event in ("OnCallRTPStarted", "OnCallRTPStopped"):
        for direction, args in enumerate(calls.of(event)):
            expected = {
                "UniqueObjectID": CALL.uid,
                "MonitorID": calls.monitor_id,
                "PeripheralID": 5000,
                "Direction": direction,
                "ClientAddress": "10.0.0.7",
                "ClientPort": 24_000,
                "ConnectionCallID": 501,
                "ConnectionDeviceID": DEVICE,
                "ConnectionDeviceIDType": 0,
                **PHONE,
            }
            assert {key: args[key] for key in expected} == expected
    started = calls.of("OnCallRTPStarted")[0]
    assert (started["RTPType"], started["BitRate"], started["PacketSize"], started["PayloadType"]) == (
        0,
        64,
        20,
        4,
    )
    assert call.status == CONNECT
    assert calls.found(CALL) is call


async def test_a_stream_may_stop_after_the_call_has_ended(calls: CallDesk) -> None:
    await calls.open_calls(CALL)
    calls.send("END_CALL", CALL)
    calls.send("RTP_STOPPED", CALL, **STREAM)
    await calls.settle()
    assert calls.events == ["OnCallEnd", "OnCallRTPStopped"]
    assert calls.ids == []
    assert calls.session.counters()["calls_without_begin"] == 0


async def test_a_stream_may_start_before_the_call_begins(calls: CallDesk) -> None:
    calls.send("RTP_STARTED", CALL, **STREAM)
    calls.deliver(CALL)
    await calls.settle()
    assert "OnCallRTPStarted" in calls.events
    assert calls.of("OnCallBegin")
    assert calls.ids == [CALL.uid]
