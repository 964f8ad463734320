"""A consult call: the first call is held, the agent has a second one, and goes back."""

from support.call_messages import (
    CONNECT,
    CONSULT,
    CONSULT_CALL,
    HOLD,
    INITIATE,
    NULL,
    Connection,
)
from support.call_steps import DEVICE, SECOND, CallDesk

ORIGINAL, CONSULTED = Connection(501, DEVICE), Connection(502, DEVICE)


def begin_consult(desk: CallDesk) -> None:
    """Send what a consult call causes up to its ringing at the other agent."""
    desk.hold(ORIGINAL)
    desk.send("BEGIN_CALL", CONSULTED, CallType=CONSULT_CALL, DialedNumber=SECOND)
    for message in ("CALL_SERVICE_INITIATED", "CALL_ORIGINATED"):
        desk.send(message, CONSULTED, LocalConnectionState=INITIATE, CallingDeviceID=DEVICE)
    desk.send(
        "CALL_DELIVERED",
        CONSULTED,
        LocalConnectionState=INITIATE,
        EventCause=CONSULT,
        AlertingDeviceID=SECOND,
        CallingDeviceID=DEVICE,
        CalledDeviceID=SECOND,
    )


async def test_a_consult_call_is_a_second_call_while_the_first_is_held(calls: CallDesk) -> None:
    (original,) = await calls.open_calls(ORIGINAL)
    begin_consult(calls)
    await calls.settle()
    consult = calls.found(CONSULTED)
    assert consult is not original
    assert (original.status, consult.status) == (HOLD, INITIATE)
    assert calls.events == [
        "OnCallHeld",
        "OnCallBegin",
        "OnCallServiceInitiatedEvent",
        "OnCallOriginated",
        "OnCallDelivered",
    ]
    assert (calls.one("OnCallHeld")["UniqueObjectID"], calls.one("OnCallHeld")["CallStatus"]) == (
        ORIGINAL.uid,
        HOLD,
    )
    assert calls.one("OnCallBegin")["CallType"] == CONSULT_CALL
    assert {calls.one(event)["UniqueObjectID"] for event in calls.events[1:]} == {CONSULTED.uid}
    assert calls.ids == [ORIGINAL.uid, CONSULTED.uid]

    # The other agent answers.
    calls.establish(CONSULTED, SECOND)
    await calls.settle()
    assert (original.status, consult.status) == (HOLD, CONNECT)

    # Reconnect: the consult call ends and the first is retrieved.
    calls.clear()
    calls.send("CALL_CONNECTION_CLEARED", CONSULTED, LocalConnectionState=NULL, ReleasingDeviceID=DEVICE)
    calls.send("CALL_CLEARED", CONSULTED, LocalConnectionState=NULL)
    calls.send("END_CALL", CONSULTED)
    calls.send("CALL_RETRIEVED", ORIGINAL, LocalConnectionState=CONNECT, RetrievingDeviceID=DEVICE)
    await calls.settle()
    assert original.status == CONNECT
    assert calls.ids == [ORIGINAL.uid]
    assert calls.ended() == [CONSULTED.uid]
    retrieved = calls.one("OnCallRetrieved")
    assert (retrieved["UniqueObjectID"], retrieved["CallStatus"]) == (ORIGINAL.uid, CONNECT)
    assert retrieved["DeviceUniqueObjectID"] == "device.5000.3001"


async def test_the_data_of_two_calls_are_apart(calls: CallDesk) -> None:
    original, consult = await calls.open_calls(ORIGINAL, CONSULTED)
    calls.update(ORIGINAL, CallVariable1="first")
    calls.update(CONSULTED, CallVariable1="second")
    await calls.settle()
    assert original.get_value("CallVariable1") == "first"
    assert consult.get_value("CallVariable1") == "second"


async def test_calls_that_alternate_exchange_their_states(calls: CallDesk) -> None:
    original, consult = await calls.open_calls(ORIGINAL, CONSULTED)
    calls.hold(ORIGINAL)
    await calls.settle()
    calls.hold(CONSULTED)
    calls.send("CALL_RETRIEVED", ORIGINAL, LocalConnectionState=CONNECT, RetrievingDeviceID=DEVICE)
    await calls.settle()
    assert (original.status, consult.status) == (CONNECT, HOLD)


async def test_states_that_the_server_leaves_open_follow_from_the_events(calls: CallDesk) -> None:
    (original,) = await calls.open_calls(ORIGINAL)
    calls.send("CALL_HELD", ORIGINAL, HoldingDeviceID=DEVICE)
    await calls.settle()
    assert original.status == HOLD
    assert calls.one("OnCallHeld")["CallStatus"] == HOLD
    calls.send("CALL_RETRIEVED", ORIGINAL, RetrievingDeviceID=DEVICE)
    await calls.settle()
    assert original.status == CONNECT
    assert calls.one("OnCallRetrieved")["CallStatus"] == CONNECT
    calls.send("CALL_CONNECTION_CLEARED", ORIGINAL, ReleasingDeviceID=DEVICE)
    await calls.settle()
    assert original.status == NULL


async def test_a_consult_call_that_shares_the_call_id_is_another_object(
    calls: CallDesk,
) -> None:
    shared = Connection(501, "3001.2", 1)
    (original,) = await calls.open_calls(ORIGINAL)
    calls.hold(ORIGINAL)
    calls.send("BEGIN_CALL", shared, CallType=CONSULT_CALL)
    calls.send("CALL_ORIGINATED", shared, LocalConnectionState=INITIATE, CallingDeviceID=DEVICE)
    await calls.settle()
    consult = calls.found(shared)
    assert (original.status, consult.status) == (HOLD, INITIATE)
    calls.establish(shared, SECOND)
    await calls.settle()
    assert (original.status, consult.status) == (HOLD, CONNECT)
    calls.send("END_CALL", shared)
    await calls.settle()
    assert calls.ids == [ORIGINAL.uid]
    assert original.status == HOLD


async def test_an_answer_at_the_other_end_of_a_shared_call_id_connects_the_consult_call(
    bulk_calls: CallDesk,
) -> None:
    shared, other_end = Connection(501, "3001.2", 1), Connection(501, SECOND)
    bulk_calls.connect(ORIGINAL)
    bulk_calls.hold(ORIGINAL)
    bulk_calls.send("BEGIN_CALL", shared, CallType=CONSULT_CALL)
    bulk_calls.send("CALL_ORIGINATED", shared, LocalConnectionState=INITIATE, CallingDeviceID=DEVICE)
    bulk_calls.establish(other_end, SECOND)
    await bulk_calls.settle()
    states = [bulk_calls.found(each).status for each in (ORIGINAL, shared, other_end)]
    assert states == [HOLD, CONNECT, CONNECT]


async def test_the_held_event_of_one_agent_leaves_the_other_party_connected(bulk_calls: CallDesk) -> None:
    other = Connection(501, SECOND)
    bulk_calls.connect(ORIGINAL, other)
    bulk_calls.hold(ORIGINAL)
    await bulk_calls.settle()
    assert (bulk_calls.found(ORIGINAL).status, bulk_calls.found(other).status) == (HOLD, CONNECT)
    bulk_calls.send("CALL_CLEARED", other, LocalConnectionState=NULL)
    await bulk_calls.settle()
    assert (bulk_calls.found(ORIGINAL).status, bulk_calls.found(other).status) == (NULL, NULL)
