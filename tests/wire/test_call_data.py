"""The data of a call: variables are merged, ECC variables of an update replace those before."""

import pytest
from support.call_messages import ALERTING, CONNECT, Connection
from support.call_steps import CALLER, DEVICE, CallDesk

from ctios_fast import Arguments, MethodError
from ctios_fast.enums import CilCode

CALL = Connection(501, DEVICE)

BEGIN = {
    "ANI": CALLER,
    "CallVariable1": "one",
    "CallVariable2": "two",
    "CallWrapupData": "wrap",
    "NamedVariable": [("user.account", "0815"), ("user.name", "Ada")],
    "NamedArray": [("user.visits", 0, "Monday"), ("user.visits", 2, "Tuesday")],
}
BEGIN_ECC = {
    "user.account": "0815",
    "user.name": "Ada",
    "user.visits[0]": "Monday",
    "user.visits[2]": "Tuesday",
}


async def test_variables_of_an_update_are_merged(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL, **BEGIN)
    calls.update(CALL, CallVariable2="changed", CallVariable3="new", DialedNumber="900")
    await calls.settle()
    call = calls.found(CALL)
    values = [call.get_value(f"CallVariable{number}") for number in (1, 2, 3)]
    assert values == ["one", "changed", "new"]
    assert (call.get_value("ANI"), call.get_value("DialedNumber")) == (CALLER, "900")
    assert call.get_value("CallWrapupData") == "wrap"


async def test_an_update_reports_what_it_changes_and_no_more(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL, **BEGIN)
    calls.update(CALL, CallVariable2="changed")
    await calls.settle()
    update = calls.one("OnCallDataUpdate")
    assert update["CallVariable2"] == "changed"
    unchanged = {"CallVariable1", "CallVariable3", "ANI", "CallWrapupData", "CTIClients", "OldUniqueObjectID"}
    assert not unchanged & set(update)


async def test_an_empty_variable_of_an_update_empties_it(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL, **BEGIN)
    calls.update(CALL, CallVariable1="")
    await calls.settle()
    call = calls.found(CALL)
    assert (call.get_value("CallVariable1"), call.get_value("CallVariable2")) == ("", "two")
    assert calls.one("OnCallDataUpdate")["CallVariable1"] == ""


async def test_ecc_variables_of_an_update_replace_all_before(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL, **BEGIN)
    await calls.settle()
    call = calls.found(CALL)
    assert dict(call.ecc) == BEGIN_ECC
    assert dict(call.get_value("ECC")) == BEGIN_ECC
    calls.update(CALL, NamedVariable=[("user.name", "Grace")], NamedArray=[("user.visits", 1, "Friday")])
    await calls.settle()
    expected = {"user.name": "Grace", "user.visits[1]": "Friday"}
    assert dict(call.ecc) == expected
    assert dict(calls.one("OnCallDataUpdate")["ECC"]) == expected


async def test_an_update_without_ecc_variables_clears_them(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL, **BEGIN)
    calls.update(CALL, CallVariable1="x")
    await calls.settle()
    assert dict(calls.found(CALL).ecc) == {}


async def test_ecc_variables_of_a_delivered_call_are_merged(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL, **BEGIN)
    calls.send(
        "CALL_DELIVERED",
        CALL,
        LocalConnectionState=ALERTING,
        AlertingDeviceID=DEVICE,
        DNIS="8000",
        CallVariable2="delivered",
        NamedVariable=[("user.name", "Grace"), ("user.new", "1")],
    )
    await calls.settle()
    call = calls.found(CALL)
    assert dict(call.ecc) == {**BEGIN_ECC, "user.name": "Grace", "user.new": "1"}
    assert (call.get_value("CallVariable1"), call.get_value("CallVariable2")) == ("one", "delivered")
    assert (call.get_value("ANI"), call.get_value("DNIS")) == (CALLER, "8000")


async def test_a_delivered_call_without_ecc_variables_keeps_them(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL, **BEGIN)
    calls.send("CALL_DELIVERED", CALL, LocalConnectionState=ALERTING, AlertingDeviceID=DEVICE)
    await calls.settle()
    assert dict(calls.found(CALL).ecc) == BEGIN_ECC


async def test_a_service_that_an_event_does_not_know_stays_known(calls: CallDesk) -> None:
    service = {"ServiceNumber": 3, "ServiceID": 5003}
    group = {"SkillGroupNumber": 7, "SkillGroupID": 5007, "SkillGroupPriority": 2}
    calls.send("BEGIN_CALL", CALL)
    calls.send("CALL_DELIVERED", CALL, LocalConnectionState=ALERTING, **service, **group)
    calls.establish(CALL)  # names neither
    await calls.settle()
    call = calls.found(CALL)
    for keyword, value in (service | group).items():
        assert call.get_value(keyword) == value


async def test_user_to_user_information_is_text(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL, UserToUserInfo=b"first\0")
    calls.update(CALL, UserToUserInfo=b"caf\xe9")
    await calls.settle()
    assert calls.one("OnCallBegin").get_value_string("UserToUserInfo") == "first"
    assert calls.one("OnCallDataUpdate").get_value_string("UserToUserInfo") == "caf\xe9"
    assert calls.found(CALL).get_value("UserToUserInfo") == "caf\xe9"
    assert calls.one("OnCallBegin").to_json()


async def test_data_that_a_program_has_read_does_not_change_later(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL, **BEGIN)
    await calls.settle()
    begin: Arguments = calls.one("OnCallBegin")
    calls.update(CALL, CallVariable1="x", NamedVariable=[("user.name", "Grace")])
    await calls.settle()
    assert begin["CallVariable1"] == "one"
    assert dict(begin["ECC"]) == BEGIN_ECC


async def test_what_a_program_does_to_an_events_data_does_not_reach_the_call(calls: CallDesk) -> None:
    def spoil(args: Arguments) -> None:
        args["CallVariable1"] = "spoilt"
        args["ECC"]["user.name"] = "spoilt"

    calls.session.subscribe("OnCallBegin", spoil)
    calls.send("BEGIN_CALL", CALL, **BEGIN)
    await calls.settle()
    call = calls.found(CALL)
    assert call.get_value("CallVariable1") == "one"
    assert dict(call.ecc) == BEGIN_ECC


async def test_the_router_call_key_may_come_with_an_update(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL, **BEGIN)
    calls.update(CALL, RouterCallKeyDay=151_000, RouterCallKeyCallID=9, RouterCallKeySequenceNumber=1)
    calls.establish(CALL)
    await calls.settle()
    call = calls.found(CALL)
    assert call.get_value("ICMEnterpriseUniqueID") == "icm.151000.9"
    assert calls.one("OnCallDataUpdate")["ICMEnterpriseUniqueID"] == "icm.151000.9"
    assert calls.one("OnCallEstablished")["ICMEnterpriseUniqueID"] == "icm.151000.9"
    assert call.status == CONNECT


async def test_an_update_repeats_the_router_call_key_of_the_call(calls: CallDesk) -> None:
    calls.send(
        "BEGIN_CALL", CALL, RouterCallKeyDay=151_000, RouterCallKeyCallID=9, RouterCallKeySequenceNumber=1
    )
    calls.update(CALL, CallVariable1="x")
    await calls.settle()
    update = calls.one("OnCallDataUpdate")
    key = (update["RouterCallKeyDay"], update["RouterCallKeyCallID"], update["RouterCallKeySequenceNumber"])
    assert key == (151_000, 9, 1)
    assert update["ICMEnterpriseUniqueID"] == "icm.151000.9"


async def test_an_update_without_clients_keeps_those_of_the_call(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL, CTIClient=[("desk", 5), ("wallboard", 6)])
    calls.update(CALL, CallVariable1="x")
    await calls.settle()
    begin = calls.one("OnCallBegin")["CTIClients"]
    assert [begin[f"CTIClient[{n}]"]["CTIClientSignature"] for n in (1, 2)] == ["desk", "wallboard"]
    assert "CTIClients" not in calls.one("OnCallDataUpdate")


async def test_a_call_that_begins_anew_inherits_nothing(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL, **BEGIN)
    await calls.settle()
    first = calls.found(CALL)
    calls.send("END_CALL", CALL)
    calls.send("BEGIN_CALL", CALL)
    await calls.settle()
    second = calls.found(CALL)
    assert second is not first
    assert dict(second.ecc) == {}
    assert not second.is_valid("CallVariable1")
    assert not second.is_valid("ANI")


@pytest.mark.parametrize(
    "keyword", ["CallVariable1", "calltype", "ANI", "LineType", "CTIClients", "CallStatus", "ECC"]
)
async def test_what_messages_say_of_a_call_cannot_be_set_as_a_property(calls: CallDesk, keyword: str) -> None:
    (call,) = await calls.open_calls(CALL)
    known = call.is_valid(keyword)
    with pytest.raises(MethodError, match="cannot be set") as caught:
        call.set_value(keyword, "mine")
    assert caught.value.code is CilCode.E_CTIOS_INVALID_PROPERTY
    assert call.is_valid(keyword) is known
    call.set_value("Mine", "kept")
    assert call.get_value("Mine") == "kept"
