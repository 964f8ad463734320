"""The requests of an agent's desktop beside states, byte by byte: what is sent, and what the answers fire."""

import struct
from functools import partial
from typing import Any

import pytest
from support.call_messages import Connection, data_update, send
from support.documented_events import check_keywords
from support.model import failed, failing, soon
from support.struct_server import (
    AVAILABLE,
    LOGIN,
    NOT_READY,
    PERIPHERAL,
    SET_AGENT_STATE_REQ,
    SNAPSHOT_DEVICE_CONF,
    SNAPSHOT_DEVICE_REQ,
    TALKING,
    WORK_READY,
    Frame,
    StructServer,
    text,
    uint,
    ushort,
)
from support.wire_steps import (
    MAKE_CALL_LAYOUT,
    ONE_CALL_LAYOUT,
    OWN_MONITOR,
    SET_CALL_DATA_LAYOUT,
    SNAPSHOT_DEVICE_LAYOUT,
    STATE_LAYOUT,
    Desk,
    FullRecorder,
    open_agent,
)

from ctios_fast import Arguments, CilCode, ControlFailure, RequestRefused, Session
from ctios_fast.enums import ButtonEnablement
from ctios_fast.model.calls.call import Call
from ctios_fast.model.cti_object import context_of

SET_CALL_DATA_REQ, SET_CALL_DATA_CONF = 26, 27
RELEASE_CALL_REQ, RELEASE_CALL_CONF = 28, 29
MAKE_CALL_REQ, MAKE_CALL_CONF = 56, 57
QUERY_DEVICE_INFO_REQ, QUERY_DEVICE_INFO_CONF = 78, 79
SUPERVISOR_ASSIST_REQ, SUPERVISOR_ASSIST_CONF = 118, 119
EMERGENCY_CALL_REQ, EMERGENCY_CALL_CONF = 121, 122
AGENT_DESK_SETTINGS_REQ, AGENT_DESK_SETTINGS_CONF = 131, 132
BAD_CALL_REQ, BAD_CALL_CONF = 139, 140
AGENT_GREETING_CONTROL_REQ, AGENT_GREETING_CONTROL_CONF = 249, 250

#: InvokeID, PeripheralID, ConnectionDeviceIDType and ConnectionCallID: the order of a bad line and a release.
CALL_LAYOUT = "IIHI"

IDENTITY = {"PeripheralID": 5000, "AgentID": "1001", "UniqueObjectID": "agent.5000.1001"}


def assert_event(desk: Desk, event: str, **expected: Any) -> None:
    """That event came once, with its documented keywords and these values."""
    (args,) = desk.recorder.of(event)
    check_keywords(event, args)
    assert {key: args.get(key) for key in expected} == expected


# --- MAKE_CALL_REQ ----------------------------------------------------------------------------------


@pytest.mark.covers(
    "Agent.MakeCall",
    "IAgentEvents.OnMakeCallConf",
)
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


@pytest.mark.covers("Agent.MakeCall")
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


@pytest.mark.parametrize("version", [14, 19, 20])
async def test_make_call_and_snapshots_are_alike_in_older_versions(
    session: Session, server: StructServer, recorder: FullRecorder, version: int
) -> None:
    desk = await open_agent(session, server, recorder)
    assert desk.peer.version == version
    desk.agent.make_call(dialed_number="3002", ecc={"user.plan": "gold"})
    request = await desk.peer.receive(MAKE_CALL_REQ)
    assert request.fixed(MAKE_CALL_LAYOUT)[1:] == (PERIPHERAL, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0xFFFFFFFF)
    ecc = (82, text("user.plan") + text("gold"))
    assert request.floating(MAKE_CALL_LAYOUT) == [(6, text("3001")), (11, text("3002")), ecc]
    desk.agent.snapshot_device()
    request = await desk.peer.receive(SNAPSHOT_DEVICE_REQ)
    assert request.fixed(SNAPSHOT_DEVICE_LAYOUT)[1:] == (PERIPHERAL, 76)


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


# --- Calls for help, and data of a call -------------------------------------------------------------


CONNECTION = Connection(9001, "3001.0", 1)
CALL_ID = "call.5000.9001.3001.0"


async def a_call(desk: Desk, **fields: Any) -> Call:
    """A call begins at the agent's device."""
    send(desk.peer, "BEGIN_CALL", CONNECTION, monitor_id=OWN_MONITOR, **fields)
    await desk.recorder.wait_for("OnCallBegin")
    desk.recorder.clear()
    return desk.session.calls[CALL_ID]


def help_conf(desk: Desk, number: int, request: Frame) -> None:
    """Confirm a request for help with the call 9002."""
    fixed = struct.pack(">IIHHH", request.invoke_id, 9002, 0, 1, 6)
    desk.peer.send(number, fixed, [(25, text("3001.1"))])


HELP = [
    ("request_supervisor_assist", SUPERVISOR_ASSIST_REQ, "OnSupervisorAssistConf"),
    ("make_emergency_call", EMERGENCY_CALL_REQ, "OnEmergencyCallConf"),
]


@pytest.mark.covers("Agent.RequestSupervisorAssist", "Agent.MakeEmergencyCall")
@pytest.mark.parametrize(("method", "number", "event"), HELP, ids=[row[0] for row in HELP])
async def test_help_is_asked_for_without_a_call(desk: Desk, method: str, number: int, event: str) -> None:
    asking = getattr(desk.agent, method)()
    request = await desk.peer.receive(number)
    assert request.fixed(ONE_CALL_LAYOUT)[1:] == (PERIPHERAL, 0xFFFFFFFF, 0xFFFF)
    assert request.floating(ONE_CALL_LAYOUT) == [(25, b"\0"), (5, text("1001")), (6, text("3001"))]
    help_conf(desk, number + 1, request)
    await soon(asking)
    assert_event(desk, event, ConnectionCallID=9002, ConnectionDeviceID="3001.1", **IDENTITY)


@pytest.mark.parametrize(("method", "number", "event"), HELP, ids=[row[0] for row in HELP])
async def test_help_is_asked_for_about_a_call(desk: Desk, method: str, number: int, event: str) -> None:
    getattr(desk.agent, method)(call=await a_call(desk))
    request = await desk.peer.receive(number)
    assert request.fixed(ONE_CALL_LAYOUT)[1:] == (PERIPHERAL, 9001, 1)
    assert request.floating(ONE_CALL_LAYOUT)[0] == (25, text("3001.0"))


async def test_the_current_call_is_meant_where_none_is_given(desk: Desk) -> None:
    call = await a_call(desk)
    assert desk.session.current_call is call
    desk.agent.request_supervisor_assist()
    request = await desk.peer.receive(SUPERVISOR_ASSIST_REQ)
    assert request.fixed(ONE_CALL_LAYOUT)[1:] == (PERIPHERAL, 9001, 1)
    desk.agent.report_bad_call_line()
    assert (25, text("3001.0")) in (await desk.peer.receive(BAD_CALL_REQ)).floating(CALL_LAYOUT)


async def test_a_call_is_named_by_its_unique_object_id(desk: Desk) -> None:
    await a_call(desk)
    desk.agent.release_call(Arguments(CallReferenceObjectID=CALL_ID))
    request = await desk.peer.receive(RELEASE_CALL_REQ)
    assert request.fixed(CALL_LAYOUT)[1:] == (PERIPHERAL, 1, 9001)


async def test_no_supervisor_found_is_a_refusal_that_fires_a_control_failure(desk: Desk) -> None:
    asking = desk.agent.request_supervisor_assist()
    desk.peer.failure_conf(await desk.peer.receive(SUPERVISOR_ASSIST_REQ), 67)
    with pytest.raises(RequestRefused):
        await soon(asking)
    assert_event(desk, "OnControlFailureConf", StatusCode=67, MessageType=SUPERVISOR_ASSIST_REQ, **IDENTITY)


@pytest.mark.covers("Agent.ReportBadCallLine")
async def test_a_bad_line_is_reported_for_a_call(desk: Desk) -> None:
    reporting = desk.agent.report_bad_call_line(call=await a_call(desk))
    request = await desk.peer.receive(BAD_CALL_REQ)
    assert request.fixed(CALL_LAYOUT)[1:] == (PERIPHERAL, 1, 9001)
    assert request.floating(CALL_LAYOUT) == [(25, text("3001.0")), (5, text("1001"))]
    desk.peer.send(BAD_CALL_CONF, uint(request.invoke_id))
    await soon(reporting)
    assert_event(desk, "OnBadCallConf", InvokeID=request.invoke_id, **IDENTITY)


async def test_wrapup_data_are_set_and_nothing_else_of_the_call_changes(desk: Desk) -> None:
    call = await a_call(desk, CallType=3, CalledPartyDisposition=13)
    known = {"CallType": 3, "CalledPartyDisposition": 13, "CampaignID": 5, "QueryRuleID": 6}
    data_update(desk.peer, CONNECTION, monitor_id=OWN_MONITOR, **known)
    await desk.recorder.wait_for("OnCallDataUpdate")
    setting = desk.agent.set_wrapup_data(call_wrapup_data="sold", call=call)
    request = await desk.peer.receive(SET_CALL_DATA_REQ)
    assert request.fixed(SET_CALL_DATA_LAYOUT)[1:] == (PERIPHERAL, 1, 9001, 0, 0, 3, 13, 5, 6)
    assert request.floating(SET_CALL_DATA_LAYOUT) == [(25, text("3001.0")), (46, text("sold"))]
    desk.peer.send(SET_CALL_DATA_CONF, uint(request.invoke_id))
    await soon(setting)
    assert_event(desk, "OnSetCallDataConf", UniqueObjectID="call.5000.9001.3001.0")


async def test_wrapup_data_of_a_call_of_unknown_type_name_no_type(desk: Desk) -> None:
    call = await a_call(desk, CallType=0xFFFF)
    send(desk.peer, "END_CALL", CONNECTION, monitor_id=OWN_MONITOR)
    await desk.recorder.wait_for("OnCallEnd")
    desk.agent.set_wrapup_data({"CallWrapupData": ""}, call=call)
    request = await desk.peer.receive(SET_CALL_DATA_REQ)
    assert request.fixed(SET_CALL_DATA_LAYOUT)[6:8] == (0xFFFF, 0)
    assert request.floating(SET_CALL_DATA_LAYOUT)[1:] == [(46, b"\0")]


@pytest.mark.covers("ICallEvents.OnReleaseCallConf")
async def test_a_call_is_released(desk: Desk) -> None:
    releasing = desk.agent.release_call(call=await a_call(desk))
    request = await desk.peer.receive(RELEASE_CALL_REQ)
    assert request.fixed(CALL_LAYOUT)[1:] == (PERIPHERAL, 1, 9001)
    assert request.floating(CALL_LAYOUT) == [(25, text("3001.0"))]
    desk.peer.send(RELEASE_CALL_CONF, uint(request.invoke_id))
    await soon(releasing)
    assert_event(desk, "OnReleaseCallConf", UniqueObjectID="call.5000.9001.3001.0")


@pytest.mark.parametrize("call", [None, "call.5000.1.3001.0", 9001, "agent.5000.1001"])
async def test_data_of_no_call_or_an_unknown_one_are_refused(desk: Desk, call: Any) -> None:
    for method in (desk.agent.release_call, desk.agent.report_bad_call_line):
        assert failing(partial(method, call=call)) is CilCode.E_CTIOS_INVALID_CALL
        assert failing(partial(method, {"CallReferenceObjectID": call})) is CilCode.E_CTIOS_INVALID_CALL


# --- Settings and the device ------------------------------------------------------------------------


@pytest.mark.covers(
    "IAgentEvents.OnAgentDeskSettingsConf",
    "Agent[CTIOS_WRAPUPOKENABLED]",
    "Agent[CTIOS_NOTREADYREASONREQUIRED]",
)
async def test_desk_settings_are_reported_and_kept(desk: Desk) -> None:
    agent = desk.agent
    assert (agent.desk_settings_mask, agent.not_ready_reason_required, agent.wrapup_ok_enabled) == (None,) * 3
    asking = agent.request_desk_settings()
    request = await desk.peer.receive(AGENT_DESK_SETTINGS_REQ)
    assert request.fixed("II")[1:] == (PERIPHERAL,)
    assert request.floating("II") == [(5, text("1001"))]
    values = (PERIPHERAL, 0x18, 3, 1, 600, 5, 20, 1, 0, 1, 0, 1, 0, 30, 5)
    desk.peer.send(AGENT_DESK_SETTINGS_CONF, struct.pack(">16I", request.invoke_id, *values))
    await soon(asking)
    assert_event(
        desk,
        "OnAgentDeskSettingsConf",
        DeskSettingsMask=0x18,
        WrapupDataIncomingMode=3,
        WrapupDataOutgoingMode=1,
        LogoutNonActivityTime=600,
        RingNoAnswerTime=20,
        WorkModeTimer=30,
        RingNoAnswerDN=5,
        **IDENTITY,
    )
    assert agent.get_value("DeskSettingsMask") == 0x18
    assert agent.get_value_bool("NotReadyReasonRequired")
    assert agent.get_value_bool("LogoutReasonRequired")
    assert agent.get_value_bool("WrapupOkEnabled")


@pytest.mark.covers("ISessionEvents.OnSnapshotDeviceConf")
async def test_a_snapshot_lists_the_calls_of_the_device(desk: Desk) -> None:
    asking = desk.agent.snapshot_device()
    request = await desk.peer.receive(SNAPSHOT_DEVICE_REQ)
    assert request.fixed(SNAPSHOT_DEVICE_LAYOUT)[1:] == (PERIPHERAL, 76)
    assert request.floating(SNAPSHOT_DEVICE_LAYOUT) == [(6, text("3001"))]
    floating = [
        field
        for call_id, state in ((9001, 3), (9002, 4))
        for field in (
            (56, uint(call_id)),
            (57, ushort(0)),
            (58, text("3001.0")),
            (75, ushort(state)),
            (218, ushort(0)),
        )
    ]
    desk.peer.send(SNAPSHOT_DEVICE_CONF, struct.pack(">IH", request.invoke_id, 2), floating)
    await soon(asking)
    assert_event(
        desk,
        "OnSnapshotDeviceConf",
        UniqueObjectID="device.5000.3001",
        NumCalls=2,
        ValidCalls=Arguments({"call.5000.9001.3001.0": True, "call.5000.9002.3001.0": True}),
    )


async def test_a_snapshot_of_another_device_names_its_kind(desk: Desk) -> None:
    desk.agent.snapshot_device(agent_instrument="queue", snapshot_device_type=77)
    request = await desk.peer.receive(SNAPSHOT_DEVICE_REQ)
    assert request.fixed(SNAPSHOT_DEVICE_LAYOUT)[1:] == (PERIPHERAL, 77)
    assert request.floating(SNAPSHOT_DEVICE_LAYOUT) == [(6, text("queue"))]


async def test_what_a_device_can_do_is_reported(desk: Desk) -> None:
    asking = desk.agent.query_device_info()
    request = await desk.peer.receive(QUERY_DEVICE_INFO_REQ)
    assert request.fixed("IIH")[1:] == (PERIPHERAL, 0)
    assert request.floating("IIH") == [(6, text("3001"))]
    fixed = struct.pack(">I8H5I", request.invoke_id, 17, 0, 1, 2, 0, 1, 2, 8, 0, 0xC0, 0x7FFF, 0x7FFFF, 2)
    lines = [(70, ushort(1)), (71, ushort(0)), (70, ushort(2)), (71, ushort(3))]
    desk.peer.send(QUERY_DEVICE_INFO_CONF, fixed, lines)
    await soon(asking)
    assert_event(
        desk,
        "OnQueryDeviceInfoConf",
        AgentInstrument="3001",
        PeripheralType=17,
        MaxHeldCalls=2,
        TransferConferenceSetup=0xC0,
        CallControlSupported=0x7FFFF,
        **{"Line[1]": Arguments(LineHandle=1, LineType=0), "Line[2]": Arguments(LineHandle=2, LineType=3)},
        **IDENTITY,
    )


@pytest.mark.covers(
    "Agent.SetAgentGreetingAction",
    "IAgentEvents.OnAgentGreetingControlConf",
)
@pytest.mark.parametrize("action", [0, 1, 2])
async def test_the_greeting_is_controlled(desk: Desk, action: int) -> None:
    asking = desk.agent.set_agent_greeting_action({"AgentAction": action})
    request = await desk.peer.receive(AGENT_GREETING_CONTROL_REQ)
    assert request.fixed("IIH")[1:] == (PERIPHERAL, action)
    assert request.floating("IIH") == [(5, text("1001"))]
    desk.peer.send(AGENT_GREETING_CONTROL_CONF, uint(request.invoke_id))
    await soon(asking)
    assert_event(desk, "OnAgentGreetingControlConf", InvokeID=request.invoke_id)


async def test_another_greeting_action_is_refused(desk: Desk) -> None:
    refused = failing(lambda: desk.agent.set_agent_greeting_action(agent_action=3))
    assert refused is CilCode.E_CTIOS_INVALID_ARGUMENT
    missing = failing(lambda: desk.agent.set_agent_greeting_action())
    assert missing is CilCode.E_CTIOS_MISSING_ARGUMENT


async def test_the_direction_of_the_last_call_is_kept_for_wrapup(desk: Desk) -> None:
    assert desk.agent.get_value_int("IncomingOrOutgoing") == 0
    stories = [(TALKING, 1, 1), (WORK_READY, 0, 1), (TALKING, 6, 2), (TALKING, 3, 1), (TALKING, 4, 2)]
    for number, (state, direction, expected) in enumerate(stories, 1):
        desk.peer.agent_state_event(state, monitor_id=OWN_MONITOR, direction=direction)
        await desk.recorder.wait_for("OnAgentStateChange", number)
        assert desk.agent.get_value_int("IncomingOrOutgoing") == expected


@pytest.mark.parametrize(("version", "is_routable"), [(14, False), (19, False), (20, True), (25, True)])
async def test_what_state_events_say_beside_the_state_is_kept(
    session: Session, server: StructServer, recorder: FullRecorder, version: int, is_routable: bool
) -> None:
    desk = await open_agent(session, server, recorder)
    assert desk.peer.version == version
    agent = desk.agent
    assert not agent.is_valid("PeripheralType")
    desk.peer.agent_state_event(NOT_READY, monitor_id=OWN_MONITOR)  # its AgentMode is 1
    await desk.recorder.wait_for("OnAgentStateChange")
    assert agent.get_value_int("PeripheralType") == 17
    assert agent.get_value_int("AgentMode") == 1
    assert agent.get_value_int("AgentAvailabilityStatus") == 0
    assert agent.is_routable is is_routable
    buttons = ButtonEnablement(agent.get_value_int("EnablementMask"))
    assert (ButtonEnablement.ENABLE_READY in buttons) is is_routable


async def test_desk_settings_and_the_device_change_the_buttons(desk: Desk) -> None:
    agent = desk.agent
    plain = agent.get_value_int("EnablementMask")
    assert plain & (ButtonEnablement.ENABLE_NOTREADY | ButtonEnablement.ENABLE_MAKECALL)
    asking = agent.request_desk_settings()
    request = await desk.peer.receive(AGENT_DESK_SETTINGS_REQ)
    desk.peer.send(
        AGENT_DESK_SETTINGS_CONF, struct.pack(">16I", request.invoke_id, PERIPHERAL, 0x38, *[0] * 13)
    )
    await soon(asking)
    with_reasons = ButtonEnablement(agent.get_value_int("EnablementMask"))
    assert ButtonEnablement.ENABLE_NOTREADY_WITH_REASON in with_reasons
    assert ButtonEnablement.ENABLE_NOTREADY not in with_reasons
    asking = agent.query_device_info()
    request = await desk.peer.receive(QUERY_DEVICE_INFO_REQ)
    fixed = struct.pack(
        ">I8H5I", request.invoke_id, 17, 0, 1, 0, 0, 1, 2, 8, 0, 0, 0x7FFF, 0x7FFFF & ~0x400, 2
    )
    desk.peer.send(QUERY_DEVICE_INFO_CONF, fixed)
    await soon(asking)
    assert agent.get_value_int("EnablementMask") == with_reasons & ~ButtonEnablement.ENABLE_MAKECALL


# --- Services that the server did not grant ---------------------------------------------------------


@pytest.mark.parametrize(
    ("granted", "method", "given"),
    [
        (0x1 | 0x2 | 0x2000, "make_call", {"dialed_number": "3002"}),
        (0x1 | 0x2 | 0x2000, "snapshot_device", {}),
        (0x1 | 0x2, "make_emergency_call", {}),
        (0x1 | 0x4, "set_wrapup_data", {"call_wrapup_data": "sold", "call": Call}),
        (0x1 | 0x4, "release_call", {"call": Call}),
    ],
)
async def test_a_request_whose_service_was_not_granted_fails_at_once(
    desk: Desk, granted: int, method: str, given: dict[str, Any]
) -> None:
    context = context_of(desk.agent)
    assert context is not None
    context.services_granted = granted
    values = {name: await a_call(desk) if value is Call else value for name, value in given.items()}
    request = getattr(desk.agent, method)(**values)
    assert request.done()
    error = await failed(request)
    assert error.code is CilCode.E_CTIOS_MODE_CONFLICT
    assert f"granted {granted:#x}" in str(error)


# --- Mobile agents ----------------------------------------------------------------------------------

MOBILE = {"RemoteLogin": "true", "AgentRemoteNumber": "5550100", "AgentCallMode": 4}


async def test_a_mobile_agent_logs_in_with_its_telephone(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    desk = await open_agent(session, server, recorder)
    login = desk.agent.login(MOBILE)
    request = await desk.peer.receive(SET_AGENT_STATE_REQ)
    # PeripheralID, AgentState, AgentWorkMode RA_NAILED_CONNECTION, NumSkillGroups, EventReasonCode
    assert request.fixed(STATE_LAYOUT)[1:6] == (PERIPHERAL, LOGIN, 4, 0, 0)
    assert (6, text("3001;5550100")) in request.floating(STATE_LAYOUT)
    desk.peer.state_conf(request)
    desk.peer.agent_state_event(NOT_READY, monitor_id=OWN_MONITOR, instrument="3001;5550100")
    await soon(login)
    assert desk.agent.get_value("AgentRemoteNumber") == "5550100"
    # the next login names the telephone once, and other states do not name a mode
    desk.agent.set_agent_state(AVAILABLE)
    assert (await desk.peer.receive(SET_AGENT_STATE_REQ)).fixed(STATE_LAYOUT)[2:4] == (AVAILABLE, 0)
    desk.agent.set_agent_state(LOGIN)
    assert (6, text("3001;5550100")) in (await desk.peer.receive(SET_AGENT_STATE_REQ)).floating(STATE_LAYOUT)


@pytest.mark.parametrize("missing", ["AgentRemoteNumber", "AgentCallMode"])
async def test_a_mobile_agent_needs_telephone_and_mode(desk: Desk, missing: str) -> None:
    given = {key: value for key, value in MOBILE.items() if key != missing}
    assert failing(lambda: desk.agent.login(given)) is CilCode.E_CTIOS_MISSING_ARGUMENT
    assert not desk.agent.remote_login  # nothing was set


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("AgentCallMode", 2),
        ("AgentCallMode", "nailed"),
        ("AgentRemoteNumber", "55;5"),
        ("AgentRemoteNumber", "5" * 63),
    ],
)
async def test_a_telephone_or_mode_that_cannot_be_used_is_refused(
    desk: Desk, keyword: str, value: Any
) -> None:
    assert failing(lambda: desk.agent.login({**MOBILE, keyword: value})) is CilCode.E_CTIOS_INVALID_ARGUMENT
    assert failing(lambda: desk.agent.set_value(keyword, value)) is CilCode.E_CTIOS_INVALID_ARGUMENT
