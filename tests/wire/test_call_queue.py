"""A call that waits in a queue, as a client of all events sees it."""

from support.call_messages import CONNECT, QUEUE, QUEUED, Connection
from support.call_steps import CALLER, CallDesk

CALL = Connection(501, "7000")


async def test_a_call_is_queued_and_leaves_the_queue(bulk_calls: CallDesk) -> None:
    bulk_calls.send("BEGIN_CALL", CALL, ANI=CALLER)
    bulk_calls.send(
        "CALL_QUEUED",
        CALL,
        LocalConnectionState=QUEUED,
        ServiceNumber=3,
        ServiceID=5003,
        QueueDeviceID="7000",
        QueueDeviceType=QUEUE,
        CallingDeviceID=CALLER,
        CalledDeviceID="8000",
        LastRedirectDeviceID="8001",
        NumQueued=4,
        SkillGroup=[(7, 5007, 1), (8, 5008, 2)],
    )
    await bulk_calls.settle()
    queued = bulk_calls.one("OnCallQueuedEvent")
    expected = {
        "UniqueObjectID": CALL.uid,
        "CallStatus": QUEUED,
        "ConnectionDeviceID": "7000",
        "ConnectionDeviceIDType": 0,
        "QueuedDeviceID": "7000",
        "QueuedDeviceIDType": QUEUE,
        "CallingDeviceID": CALLER,
        "CalledDeviceID": "8000",
        "LastRedirectedDeviceID": "8001",
        "ServiceNumber": 3,
        "ServiceID": 5003,
        "NumQueued": 4,
        "NumSkillGroups": 2,
        "LocalConnectionState": QUEUED,
        "EventCause": 0xFFFF,
    }
    assert {key: queued[key] for key in expected} == expected
    assert bulk_calls.found(CALL).status == QUEUED

    bulk_calls.send(
        "CALL_DEQUEUED", CALL, LocalConnectionState=CONNECT, NumQueued=3, SkillGroup=[(7, 5007, 1)]
    )
    await bulk_calls.settle()
    dequeued = bulk_calls.one("OnCallDequeuedEvent")
    assert (dequeued["NumQueued"], dequeued["NumSkillGroups"]) == (3, 1)
    assert bulk_calls.found(CALL).status == CONNECT
    bulk_calls.send("END_CALL", CALL)
    await bulk_calls.settle()
    assert bulk_calls.events == ["OnCallBegin", "OnCallQueuedEvent", "OnCallDequeuedEvent", "OnCallEnd"]


async def test_a_queued_event_without_a_state_makes_the_call_queued(bulk_calls: CallDesk) -> None:
    bulk_calls.send("BEGIN_CALL", CALL)
    bulk_calls.send("CALL_QUEUED", CALL)
    await bulk_calls.settle()
    assert bulk_calls.found(CALL).status == QUEUED
    assert bulk_calls.one("OnCallQueuedEvent")["CallStatus"] == QUEUED
