"""The requests of an agent's desktop beside states, byte by byte: what is sent, and what the answers fire."""

import struct
from typing import Any

import pytest
from support.documented_events import check_keywords
from support.model import failing, soon
from support.struct_server import PERIPHERAL, text
from support.wire_steps import Desk

from ctios_fast import Arguments, CilCode, ControlFailure, RequestRefused

MAKE_CALL_REQ, MAKE_CALL_CONF = 56, 57

#: InvokeID, PeripheralID, CallPlacementType, CallMannerType, AlertRings, CallOption, FacilityType,
#: AnsweringMachine, Priority, PostRoute, NumNamedVariables, NumNamedArrays, SkillGroupNumber.
MAKE_CALL_LAYOUT = "IIHHHHHHHHHHI"

IDENTITY = {"PeripheralID": 5000, "AgentID": "1001", "UniqueObjectID": "agent.5000.1001"}


def assert_event(desk: Desk, event: str, **expected: Any) -> None:
    """That event came once, with its documented keywords and these values."""
    (args,) = desk.recorder.of(event)
    check_keywords(event, args)
    assert {key: args.get(key) for key in expected} == expected


# --- MAKE_CALL_REQ ----------------------------------------------------------------------------------


async def test_make_call_sends_the_number_and_nothing_that_was_not_given(desk: Desk) -> None:
    call = desk.agent.make_call(dialed_number="3002")
    request = await desk.peer.receive(MAKE_CALL_REQ)
    assert request.fixed(MAKE_CALL_LAYOUT)[1:] == (PERIPHERAL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFFFFFFFF)
    assert request.floating(MAKE_CALL_LAYOUT) == [(6, text("3001")), (11, text("3002"))]
    desk.peer.send(
        MAKE_CALL_CONF, struct.pack(">IIHHH", request.invoke_id, 9001, 0, 1, 0), [(47, text("3001.0"))]
    )
    answer = await soon(call)
    assert answer["NewConnectionCallID"] == 9001
    assert desk.recorder.names == ["OnMakeCallConf"]
    assert_event(
        desk,
        "OnMakeCallConf",
        NewConnectionCallID=9001,
        NewConnectionDeviceIDType=0,
        NewConnectionDeviceID="3001.0",
        LineHandle=1,
        LineType=0,
        **IDENTITY,
    )


async def test_make_call_sends_every_field_that_it_takes(desk: Desk) -> None:
    args = Arguments(
        DialedNumber="3002",
        AgentInstrument="3009",
        CallPlacementType="2",
        CallMannerType=1,
        AlertRings=7,
        CallOption=3,
        FacilityType=1,
        AnsweringMachine=4,
        Priority="true",
        PostRoute=1,
        SkillGroupNumber=12,
        UserToUserInfo="from the desk",
        CallWrapupData="sold",
        FacilityCode="9",
        AuthorizationCode="auth",
        AccountCode="account",
        CCT="abc",
        ECC={"user.plan": "gold", "user.order[0]": 17, "user.order[2]": "19"},
    )
    for number in range(1, 11):
        args[f"CallVariable{number}"] = f"value {number}"
    desk.agent.make_call(args)
    request = await desk.peer.receive(MAKE_CALL_REQ)
    assert request.fixed(MAKE_CALL_LAYOUT)[1:] == (PERIPHERAL, 2, 1, 7, 3, 1, 4, 1, 1, 1, 2, 12)
    assert request.floating(MAKE_CALL_LAYOUT) == [
        (6, text("3009")),
        (11, text("3002")),
        (9, b"from the desk"),
        *((12 + number, text(f"value {number}")) for number in range(1, 11)),
        (46, text("sold")),
        (82, text("user.plan") + text("gold")),
        (83, b"\0" + text("user.order") + text("17")),
        (83, b"\2" + text("user.order") + text("19")),
        (51, text("9")),
        (77, text("auth")),
        (78, text("account")),
        (84, text("abc")),
    ]


async def test_a_value_by_python_name_wins_over_the_same_keyword(desk: Desk) -> None:
    desk.agent.make_call({"DialedNumber": "1", "CallVariable2": "kept"}, dialed_number="2")
    request = await desk.peer.receive(MAKE_CALL_REQ)
    assert request.floating(MAKE_CALL_LAYOUT) == [(6, text("3001")), (11, text("2")), (14, text("kept"))]


async def test_a_call_that_the_peripheral_refuses_fires_a_control_failure(desk: Desk) -> None:
    call = desk.agent.make_call(dialed_number="3002")
    request = await desk.peer.receive(MAKE_CALL_REQ)
    desk.peer.control_failure_conf(request, 33, 7)
    with pytest.raises(ControlFailure):
        await soon(call)
    assert desk.recorder.names == ["OnControlFailureConf"]
    assert_event(
        desk,
        "OnControlFailureConf",
        FailureCode=33,
        PeripheralErrorCode=7,
        MessageType=MAKE_CALL_REQ,
        InvokeID=request.invoke_id,
        **IDENTITY,
    )


async def test_a_call_that_the_server_refuses_fires_a_control_failure(desk: Desk) -> None:
    call = desk.agent.make_call(dialed_number="3002")
    request = await desk.peer.receive(MAKE_CALL_REQ)
    desk.peer.failure_conf(request, 43)
    with pytest.raises(RequestRefused):
        await soon(call)
    assert_event(desk, "OnControlFailureConf", StatusCode=43, MessageType=MAKE_CALL_REQ, **IDENTITY)


#: Values of make_call that are refused at the call, and words of the error.
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"dialed_number": "1" * 40}, "dialed_number must have at most 39 characters, got 40"),
    ({"dialed_number": ""}, "dialed_number must not be empty"),
    ({"call_variable3": "x" * 41}, "call_variable3 must have at most 40 characters, got 41"),
    ({"user_to_user_info": b"x" * 132}, "user_to_user_info must have at most 131 bytes, got 132"),
    ({"call_wrapup_data": "x" * 40}, "call_wrapup_data must have at most 39 characters, got 40"),
    ({"alert_rings": 65536}, "alert_rings must be an integer from 0 to 65535"),
    ({"priority": "perhaps"}, "priority must be true or false"),
    ({"ecc": {f"user.{n}": "x" * 210 for n in range(10)}}, "at most 2000 bytes together, got 2180"),
    (
        {"ecc": {"user.plan": "x" * 211}},
        "the value of the ECC variable user.plan must have at most 210 bytes",
    ),
    ({"ecc": {"user." + "x" * 28: ""}}, "must have at most 32 bytes, got 33"),
    ({"ecc": {"user.order[256]": ""}}, "the index of user.order must be an integer from 0 to 255"),
    ({"ecc": {"user.order[x]": ""}}, "must be given as user.order[n]"),
    ({"ecc": "user.plan"}, "ecc must be Arguments with ECC variables, got str"),
]


@pytest.mark.parametrize(("given", "words"), REFUSED, ids=[words for _, words in REFUSED])
async def test_values_that_cannot_be_sent_are_refused_with_their_limit(
    desk: Desk, given: dict[str, Any], words: str
) -> None:
    with pytest.raises(Exception, match=words.replace("[", r"\[")) as error:
        desk.agent.make_call(**{"dialed_number": "3002", **given})
    assert error.value.code is CilCode.E_CTIOS_INVALID_ARGUMENT  # type: ignore[attr-defined]
    desk.agent.make_call(dialed_number="3003")  # nothing was sent before it
    request = await desk.peer.receive(MAKE_CALL_REQ)
    assert (11, text("3003")) in request.floating(MAKE_CALL_LAYOUT)


async def test_call_data_as_long_as_the_limits_is_sent(desk: Desk) -> None:
    ecc = {f"user.{n}": "x" * 191 for n in range(10)}  # 1990 bytes with their NULs
    desk.agent.make_call(
        dialed_number="1" * 39,
        call_variable1="x" * 40,
        user_to_user_info=b"\0" * 131,
        ecc={**ecc, "u": "xxxxxxx"},
    )
    fields = dict((await desk.peer.receive(MAKE_CALL_REQ)).floating(MAKE_CALL_LAYOUT))
    assert fields[11] == text("1" * 39)
    assert fields[13] == text("x" * 40)
    assert fields[9] == bytes(131)


async def test_a_call_without_a_number_is_refused(desk: Desk) -> None:
    assert failing(lambda: desk.agent.make_call()) is CilCode.E_CTIOS_MISSING_ARGUMENT


async def test_an_unknown_keyword_is_a_type_error(desk: Desk) -> None:
    with pytest.raises(TypeError, match="did you mean dialed_number"):
        desk.agent.make_call(dialled_number="3002")  # type: ignore[call-arg]


async def test_an_unused_keyword_of_arguments_warns_at_the_call(desk: Desk) -> None:
    with pytest.warns(UserWarning, match="make_call.. does not use DialledNumber; did you mean") as caught:
        desk.agent.make_call({"DialedNumber": "3002", "DialledNumber": "3003"})
    assert caught[0].filename == __file__
