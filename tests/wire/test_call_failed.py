"""A call that fails: its status stays, and later events do not have it."""

import pytest
from support.call_messages import BUSY, CONNECT, FAIL, INITIATE, NONE, NULL, OUT, Connection
from support.call_steps import CALLER, DEVICE, CallDesk

CALL = Connection(501, DEVICE)


@pytest.mark.parametrize("state", [FAIL, NONE], ids=["with its state", "without its state"])
async def test_a_failed_call_keeps_its_status_until_it_ends(calls: CallDesk, state: int) -> None:
    calls.send("BEGIN_CALL", CALL, CallType=OUT, DialedNumber=CALLER)
    calls.send("CALL_ORIGINATED", CALL, LocalConnectionState=INITIATE, CallingDeviceID=DEVICE)
    calls.send(
        "CALL_FAILED",
        CALL,
        LocalConnectionState=state,
        EventCause=BUSY,
        FailingDeviceID=CALLER,
        CalledDeviceID=CALLER,
    )
    await calls.settle()
    call = calls.found(CALL)
    assert (calls.one("OnCallFailed")["UniqueObjectID"], calls.one("OnCallFailed")["CallStatus"]) == (
        CALL.uid,
        FAIL,
    )
    assert calls.one("OnCallFailed")["FailureCode"] == BUSY
    assert calls.one("OnCallFailed")["ErrorMessage"]
    assert call.status == FAIL
    calls.send("CALL_CONNECTION_CLEARED", CALL, LocalConnectionState=NULL, ReleasingDeviceID=DEVICE)
    calls.send("CALL_CLEARED", CALL, LocalConnectionState=NULL)
    await calls.settle()
    assert call.status == FAIL
    assert call.get_value("CallStatus") == FAIL
    calls.send("END_CALL", CALL)
    await calls.settle()
    for event in ("OnCallConnectionCleared", "OnCallCleared", "OnCallEnd"):
        assert "CallStatus" not in calls.one(event)
        assert calls.one(event)["UniqueObjectID"] == CALL.uid
    assert calls.ids == []


async def test_the_failure_of_one_call_is_not_that_of_another(calls: CallDesk) -> None:
    other = Connection(502, DEVICE)
    calls.send("BEGIN_CALL", CALL)
    calls.send("BEGIN_CALL", other)
    calls.send("CALL_FAILED", CALL, LocalConnectionState=FAIL, FailingDeviceID=CALLER)
    calls.establish(other)
    await calls.settle()
    assert (calls.found(CALL).status, calls.found(other).status) == (FAIL, CONNECT)
    assert calls.one("OnCallEstablished")["CallStatus"] == CONNECT


async def test_a_new_call_of_the_id_of_a_failed_one_has_a_status(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL)
    calls.send("CALL_FAILED", CALL, LocalConnectionState=FAIL, FailingDeviceID=CALLER)
    calls.send("END_CALL", CALL)
    await calls.settle()
    calls.clear()
    calls.deliver(CALL)
    calls.establish(CALL)
    await calls.settle()
    assert calls.one("OnCallEstablished")["CallStatus"] == CONNECT
    assert calls.found(CALL).status == CONNECT
