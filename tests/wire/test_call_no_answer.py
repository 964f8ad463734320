"""A call that rings at one agent without an answer, and goes on to another one."""

from support.call_messages import ALERTING, FORWARD_NO_ANSWER, NULL, QUEUE, Connection
from support.call_steps import CALLER, DEVICE, SECOND, CallDesk

CALL = Connection(501, DEVICE)


def divert(desk: CallDesk) -> None:
    desk.send(
        "CALL_DIVERTED",
        CALL,
        LocalConnectionState=NULL,
        EventCause=FORWARD_NO_ANSWER,
        DivertingDeviceID=DEVICE,
        CalledDeviceID="7000",
        CalledDeviceType=QUEUE,
    )


async def test_a_call_that_is_not_answered_is_taken_from_the_agent(calls: CallDesk) -> None:
    calls.deliver(CALL)
    divert(calls)
    await calls.settle()
    call = calls.found(CALL)
    diverted = calls.one("OnCallDiverted")
    assert (diverted["UniqueObjectID"], diverted["CallStatus"]) == (CALL.uid, NULL)
    assert (diverted["DivertingDeviceID"], diverted["CalledDeviceID"]) == (DEVICE, "7000")
    assert (diverted["EventCause"], diverted["LocalConnectionState"]) == (FORWARD_NO_ANSWER, NULL)
    assert (diverted["ConnectionCallID"], diverted["ConnectionDeviceID"]) == (501, DEVICE)
    assert call.status == NULL
    calls.send("END_CALL", CALL)
    await calls.settle()
    assert calls.events == ["OnCallBegin", "OnCallDelivered", "OnCallDiverted", "OnCallEnd"]
    assert calls.ids == []
    assert calls.session.current_call is None


async def test_a_diverted_call_without_a_state_of_its_connection_is_null(calls: CallDesk) -> None:
    calls.deliver(CALL)
    calls.send("CALL_DIVERTED", CALL, DivertingDeviceID=DEVICE)
    await calls.settle()
    assert calls.found(CALL).status == NULL
    assert calls.one("OnCallDiverted")["CallStatus"] == NULL


async def test_the_next_agent_gets_a_connection_of_the_same_call_with_its_data(bulk_calls: CallDesk) -> None:
    following = Connection(501, SECOND)
    bulk_calls.deliver(CALL, ANI=CALLER, CallVariable1="gold")
    divert(bulk_calls)
    bulk_calls.deliver(following, SECOND, CallVariable2="waited")
    await bulk_calls.settle()
    first, second = bulk_calls.found(CALL), bulk_calls.found(following)
    assert first is not second
    assert (first.status, second.status) == (NULL, ALERTING)
    for call in (first, second):
        assert call.get_value("ANI") == CALLER
        assert (call.get_value("CallVariable1"), call.get_value("CallVariable2")) == ("gold", "waited")
    bulk_calls.send("END_CALL", CALL)
    await bulk_calls.settle()
    assert bulk_calls.ids == [following.uid]
    assert bulk_calls.ended() == [CALL.uid]
    assert second.get_value("CallVariable1") == "gold"
