"""Calls that the agent makes."""

from support.call_messages import ALERTING, CONNECT, INITIATE, NULL, OUT, Connection
from support.call_steps import CALLER, DEVICE, CallDesk

CALL = Connection(501, DEVICE)


async def test_an_outbound_call_leaves_for_the_network_and_is_answered(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL, CallType=OUT, DialedNumber=CALLER)
    line = {"LineHandle": 1, "LineType": 7, "ServiceNumber": 3, "ServiceID": 5003}
    calls.send("CALL_SERVICE_INITIATED", CALL, LocalConnectionState=INITIATE, CallingDeviceID=DEVICE, **line)
    await calls.settle()
    call = calls.found(CALL)
    initiated = calls.one("OnCallServiceInitiatedEvent")
    assert (initiated["UniqueObjectID"], initiated["CallStatus"]) == (CALL.uid, INITIATE)
    assert (initiated["LineType"], initiated["ServiceNumber"], initiated["ServiceID"]) == (7, 3, 5003)
    assert call.status == INITIATE

    calls.send(
        "CALL_ORIGINATED",
        CALL,
        LocalConnectionState=INITIATE,
        CallingDeviceID=DEVICE,
        CalledDeviceID=CALLER,
        **line,
    )
    calls.send(
        "CALL_REACHED_NETWORK",
        CALL,
        LocalConnectionState=INITIATE,
        LineHandle=1,
        LineType=7,
        TrunkUsedDeviceID="T4",
        TrunkUsedDeviceType=70,
        CalledDeviceID=CALLER,
        CalledDeviceType=75,
        TrunkNumber=4,
        TrunkGroupNumber=2,
    )
    await calls.settle()
    assert calls.one("OnCallOriginated")["CallStatus"] == INITIATE
    reached = calls.one("OnCallReachedNetworkEvent")
    expected = {
        "ConnectionDeviceID": DEVICE,
        "ConnectionDeviceIDType": 0,
        "TrunkUsedDeviceID": "T4",
        "TrunkUsedDeviceIDType": 70,
        "CalledDeviceID": CALLER,
        "CalledDeviceIDType": 75,
        "TrunkNumber": 4,
        "TrunkGroupNumber": 2,
        "LineHandle": 1,
        "LineType": 7,
        "EventCause": 0xFFFF,
        "LocalConnectionState": INITIATE,
        "UniqueObjectID": CALL.uid,
    }
    assert {key: reached[key] for key in expected} == expected
    assert call.status == INITIATE

    # It rings at the called party: the calling connection stays as it is.
    calls.send(
        "CALL_DELIVERED",
        CALL,
        LocalConnectionState=INITIATE,
        AlertingDeviceID=CALLER,
        CallingDeviceID=DEVICE,
        CalledDeviceID=CALLER,
    )
    await calls.settle()
    assert call.status == INITIATE
    calls.establish(CALL, CALLER)
    await calls.settle()
    assert call.status == CONNECT
    calls.send("CALL_CLEARED", CALL, LocalConnectionState=NULL)
    calls.send("END_CALL", CALL)
    await calls.settle()
    assert calls.events == [
        "OnCallBegin",
        "OnCallServiceInitiatedEvent",
        "OnCallOriginated",
        "OnCallReachedNetworkEvent",
        "OnCallDelivered",
        "OnCallEstablished",
        "OnCallCleared",
        "OnCallEnd",
    ]
    assert calls.ids == []


async def test_events_without_a_state_of_the_connection_initiate_the_call(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL, CallType=OUT)
    for message, event in (
        ("CALL_SERVICE_INITIATED", "OnCallServiceInitiatedEvent"),
        ("CALL_ORIGINATED", "OnCallOriginated"),
    ):
        calls.send(message, CALL, CallingDeviceID=DEVICE)
        await calls.settle()
        assert calls.one(event)["CallStatus"] == INITIATE
        assert calls.found(CALL).status == INITIATE


async def test_a_call_that_rings_elsewhere_stays_initiated_without_a_state(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL, CallType=OUT)
    calls.send("CALL_ORIGINATED", CALL, LocalConnectionState=INITIATE, CallingDeviceID=DEVICE)
    calls.send("CALL_DELIVERED", CALL, AlertingDeviceID=CALLER, CallingDeviceID=DEVICE)
    await calls.settle()
    assert calls.one("OnCallDelivered")["CallStatus"] == INITIATE
    assert calls.found(CALL).status == INITIATE


async def test_a_call_that_rings_here_is_alerting_without_a_state(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL)
    calls.send("CALL_DELIVERED", CALL, AlertingDeviceID=DEVICE, CallingDeviceID=CALLER)
    await calls.settle()
    assert calls.one("OnCallDelivered")["CallStatus"] == ALERTING
    assert calls.found(CALL).status == ALERTING


async def test_reaching_the_network_without_a_state_leaves_the_status(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL, CallType=OUT)
    calls.send("CALL_ORIGINATED", CALL, LocalConnectionState=INITIATE, CallingDeviceID=DEVICE)
    calls.send("CALL_REACHED_NETWORK", CALL, TrunkUsedDeviceID="T4", CalledDeviceID=CALLER)
    await calls.settle()
    assert calls.found(CALL).status == INITIATE


async def test_an_inside_call_has_a_connection_for_each_party(bulk_calls: CallDesk) -> None:
    called = Connection(501, "3002")
    bulk_calls.send("BEGIN_CALL", CALL, CallVariable1="from the caller")
    bulk_calls.send("BEGIN_CALL", called)
    bulk_calls.send("CALL_ORIGINATED", CALL, LocalConnectionState=INITIATE, CallingDeviceID=DEVICE)
    for connection, state in ((CALL, INITIATE), (called, ALERTING)):
        bulk_calls.send(
            "CALL_DELIVERED",
            connection,
            LocalConnectionState=state,
            AlertingDeviceID="3002",
            CallingDeviceID=DEVICE,
            CalledDeviceID="3002",
        )
    await bulk_calls.settle()
    calling_end, called_end = bulk_calls.found(CALL), bulk_calls.found(called)
    assert calling_end is not called_end
    assert (calling_end.status, called_end.status) == (INITIATE, ALERTING)
    assert called_end.get_value("CallVariable1") == "from the caller"
    for connection in (CALL, called):
        bulk_calls.send(
            "CALL_ESTABLISHED", connection, LocalConnectionState=CONNECT, AnsweringDeviceID="3002"
        )
    await bulk_calls.settle()
    assert (calling_end.status, called_end.status) == (CONNECT, CONNECT)


async def test_an_answer_connects_both_parties(bulk_calls: CallDesk) -> None:
    called = Connection(501, "3002")
    for connection, state in ((CALL, INITIATE), (called, ALERTING)):
        bulk_calls.send("BEGIN_CALL", connection)
        bulk_calls.send(
            "CALL_DELIVERED",
            connection,
            LocalConnectionState=state,
            AlertingDeviceID="3002",
            CallingDeviceID=DEVICE,
        )
    # One event, which names the answering connection only.
    bulk_calls.send(
        "CALL_ESTABLISHED",
        called,
        LocalConnectionState=CONNECT,
        AnsweringDeviceID="3002",
        CallingDeviceID=DEVICE,
    )
    await bulk_calls.settle()
    assert bulk_calls.found(called).status == CONNECT
    assert bulk_calls.found(CALL).status == CONNECT
