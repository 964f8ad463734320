"""After the graceful end of one side a client of all events gets the states of calls, with EventCause 50."""

from support.call_messages import ALERTING, CONNECT, HOLD, PARTY_UPDATE, Connection
from support.call_steps import CALLER, DEVICE, SECOND, CallDesk

CALL = Connection(501, DEVICE)


def party_update(calls: CallDesk, connection: Connection, device: str) -> None:
    """Send what rebuilds a call at that device."""
    for message, state, name in (
        ("CALL_DELIVERED", ALERTING, "AlertingDeviceID"),
        ("CALL_ESTABLISHED", CONNECT, "AnsweringDeviceID"),
    ):
        calls.send(
            message,
            connection,
            LocalConnectionState=state,
            EventCause=PARTY_UPDATE,
            CallingDeviceID=CALLER,
            CalledDeviceID=device,
            **{name: device},
        )


async def test_an_unknown_call_is_rebuilt_and_its_events_say_so(bulk_calls: CallDesk) -> None:
    party_update(bulk_calls, CALL, DEVICE)
    await bulk_calls.settle()
    assert bulk_calls.found(CALL).status == CONNECT
    assert bulk_calls.ids == [CALL.uid]
    for event in ("OnCallDelivered", "OnCallEstablished"):
        assert bulk_calls.one(event)["EventCause"] == PARTY_UPDATE
        assert bulk_calls.one(event)["UniqueObjectID"] == CALL.uid


async def test_a_known_call_stays_the_same_object(bulk_calls: CallDesk) -> None:
    bulk_calls.deliver(CALL, CallVariable1="gold")
    bulk_calls.establish(CALL)
    await bulk_calls.settle()
    call = bulk_calls.found(CALL)
    party_update(bulk_calls, CALL, DEVICE)
    party_update(bulk_calls, Connection(501, SECOND), SECOND)
    await bulk_calls.settle()
    assert bulk_calls.found(CALL) is call
    assert call.status == CONNECT
    assert call.get_value("CallVariable1") == "gold"
    bulk_calls.hold(CALL)
    await bulk_calls.settle()
    assert call.status == HOLD


async def test_an_ordinary_event_of_a_call_has_no_event_cause(bulk_calls: CallDesk) -> None:
    bulk_calls.deliver(CALL)
    await bulk_calls.settle()
    assert "EventCause" not in bulk_calls.one("OnCallDelivered")
