"""A call that comes in, is answered and ends, in agent mode and in four versions of the protocol."""

import pytest
from support.call_messages import ACD_IN, ALERTING, CONNECT, NULL, Connection
from support.call_steps import CALLER, DEVICE, CallDesk

CALL = Connection(501, DEVICE)


@pytest.fixture(params=[14, 19, 20, 25], ids="version {}".format)
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


async def test_an_inbound_call_rings_is_answered_and_ends(calls: CallDesk) -> None:
    session = calls.session

    # The call begins with its data.
    calls.send(
        "BEGIN_CALL",
        CALL,
        CallType=ACD_IN,
        ANI=CALLER,
        DNIS="8000",
        DialedNumber="18005551000",
        CallerEnteredDigits="42",
        RouterCallKeyDay=151_000,
        RouterCallKeyCallID=77,
        RouterCallKeySequenceNumber=1,
        CallVariable1="gold",
        CallVariable10="last",
        NamedVariable=[("user.account", "0815")],
        NamedArray=[("user.visits", 2, "Tuesday")],
        CTIClient=[("desktop", 1_700_000_000)],
    )
    await calls.settle()
    begin = calls.one("OnCallBegin")
    assert {key: begin[key] for key in ("UniqueObjectID", "ICMEnterpriseUniqueID", "ConnectionCallID")} == {
        "UniqueObjectID": "call.5000.501.3001",
        "ICMEnterpriseUniqueID": "icm.151000.77",
        "ConnectionCallID": 501,
    }
    assert (begin["PeripheralID"], begin["PeripheralType"], begin["CallType"]) == (5000, 17, ACD_IN)
    assert (begin["ANI"], begin["DNIS"], begin["CallVariable1"]) == (CALLER, "8000", "gold")
    assert begin["RouterCallKeySequenceNumber"] == 1
    assert dict(begin["ECC"]) == {"user.account": "0815", "user.visits[2]": "Tuesday"}
    client = begin["CTIClients"]["CTIClient[1]"]
    assert (client["CTIClientSignature"], client["CTIClientTimestamp"]) == ("desktop", 1_700_000_000)
    call = calls.found(CALL)
    assert calls.ids == [CALL.uid]
    for keyword, value in (
        ("ANI", CALLER),
        ("DNIS", "8000"),
        ("DialedNumber", "18005551000"),
        ("CallerEnteredDigits", "42"),
        ("CallType", ACD_IN),
        ("CallVariable1", "gold"),
        ("CallVariable10", "last"),
        ("UniqueObjectID", CALL.uid),
        ("ICMEnterpriseUniqueID", "icm.151000.77"),
        ("PeripheralID", 5000),
    ):
        assert call.get_value(keyword) == value, keyword
    assert dict(call.ecc) == {"user.account": "0815", "user.visits[2]": "Tuesday"}

    # It rings: the agent's only call is the current one.
    calls.send(
        "CALL_DELIVERED",
        CALL,
        LocalConnectionState=ALERTING,
        AlertingDeviceID=DEVICE,
        CallingDeviceID=CALLER,
        CalledDeviceID=DEVICE,
        LineType=0,
        ServiceNumber=3,
        ServiceID=5003,
        SkillGroupNumber=7,
        SkillGroupID=5007,
        SkillGroupPriority=1,
    )
    await calls.settle()
    delivered = calls.one("OnCallDelivered")
    assert (delivered["UniqueObjectID"], delivered["CallStatus"]) == (CALL.uid, ALERTING)
    assert delivered["ICMEnterpriseUniqueID"] == "icm.151000.77"
    assert delivered["DeviceUniqueObjectID"] == "device.5000.3001"
    assert (delivered["ServiceNumber"], delivered["ServiceID"], delivered["LineType"]) == (3, 5003, 0)
    assert (delivered["SkillGroupNumber"], delivered["SkillGroupID"]) == (7, 5007)
    assert call.status == ALERTING
    assert session.current_call is call

    # It is answered.
    calls.establish(CALL)
    await calls.settle()
    assert calls.one("OnCallEstablished")["CallStatus"] == CONNECT
    assert call.status == CONNECT

    # A variable changes.
    calls.update(CALL, CallVariable1="silver", NamedVariable=[("user.account", "4711")])
    await calls.settle()
    update = calls.one("OnCallDataUpdate")
    assert (update["UniqueObjectID"], update["CallVariable1"]) == (CALL.uid, "silver")
    assert "CallVariable10" not in update
    assert "OldUniqueObjectID" not in update
    assert (call.get_value("CallVariable1"), call.get_value("CallVariable10")) == ("silver", "last")

    # It ends: the object lives until END_CALL.
    calls.send("CALL_CONNECTION_CLEARED", CALL, LocalConnectionState=NULL, ReleasingDeviceID=CALLER)
    calls.send("CALL_CLEARED", CALL, LocalConnectionState=NULL)
    await calls.settle()
    for event in ("OnCallConnectionCleared", "OnCallCleared"):
        assert (calls.one(event)["UniqueObjectID"], calls.one(event)["CallStatus"]) == (CALL.uid, NULL)
    assert call.status == NULL
    assert calls.found(CALL) is call
    calls.send("END_CALL", CALL)
    await calls.settle()
    assert calls.one("OnCallEnd")["UniqueObjectID"] == CALL.uid
    assert calls.one("OnCallEnd")["ICMEnterpriseUniqueID"] == "icm.151000.77"
    assert calls.call(CALL) is None
    assert calls.ids == []
    assert session.current_call is None
    assert calls.events == [
        "OnCallBegin",
        "OnCallDelivered",
        "OnCallEstablished",
        "OnCallDataUpdate",
        "OnCallConnectionCleared",
        "OnCallCleared",
        "OnCallEnd",
    ]
    assert session.counters()["calls_without_begin"] == 0


async def test_a_listener_of_the_end_still_finds_the_call(calls: CallDesk) -> None:
    found: list[object] = []
    calls.session.subscribe(
        "OnCallEnd",
        lambda args: found.append(calls.session.get_object_from_object_id(args["UniqueObjectID"])),
    )
    calls.deliver(CALL)
    await calls.settle()
    call = calls.found(CALL)
    calls.send("END_CALL", CALL)
    await calls.settle()
    assert found == [call]
    assert calls.call(CALL) is None


async def test_the_id_of_a_connection_may_contain_dots(calls: CallDesk) -> None:
    dotted = Connection(502, "3001.0.7")
    calls.deliver(dotted)
    await calls.settle()
    assert calls.found(dotted) is calls.session.get_object_from_object_id("call.5000.502.3001.0.7")


async def test_a_call_without_a_router_call_key_has_no_enterprise_wide_id(calls: CallDesk) -> None:
    calls.deliver(CALL, RouterCallKeyCallID=77, RouterCallKeySequenceNumber=0)
    calls.send("END_CALL", CALL)
    await calls.settle()
    assert calls.events == ["OnCallBegin", "OnCallDelivered", "OnCallEnd"]
    for event in calls.events:
        assert "ICMEnterpriseUniqueID" not in calls.one(event)
