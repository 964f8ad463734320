"""Message views: reading by name, exact values, malformed frames, and what ``check`` reports."""

import contextlib
import copy
import pickle
import struct

import pytest
from support.memory import check_that_nothing_is_kept

from ctios_fast.core import Codec, Finding, Message, NamedArray, NamedVariable, codec
from ctios_fast.errors import MalformedFrame
from ctios_fast.protocol import numbers as ged

HEADER = struct.Struct(">II")
#: Message types that the reference names and gives no layout for.
UNPUBLISHED = [number for number in ged.NAMES if codec(25).describe(number) is None]


def fixed_part(version: int, number: int, **values: int) -> bytes:
    """The fixed part with these values, zero elsewhere."""
    layout = codec(version).describe(number)
    assert layout is not None
    assert set(values) <= {field.name for field in layout.fixed}
    return b"".join(
        (values.get(field.name, 0) % 256**field.size).to_bytes(field.size, "big") for field in layout.fixed
    )


def field(version: int, tag: int, data: bytes) -> bytes:
    """One floating field."""
    return struct.pack(">BB" if version < 20 else ">HH", tag, len(data)) + data


def framed(number: int, body: bytes) -> bytes:
    return HEADER.pack(len(body), number) + body


def message(number: int, *rows: tuple[int, bytes], version: int = 25, **values: int) -> Message:
    body = fixed_part(version, number, **values) + b"".join(field(version, *row) for row in rows)
    return codec(version).decode(framed(number, body))


def fault(frame: bytes, version: int = 25) -> MalformedFrame:
    with pytest.raises(MalformedFrame) as caught:
        codec(version).decode(frame)
    return caught.value


# --- reading by name ---------------------------------------------------------------------------------


def test_fixed_fields_of_every_type_are_read() -> None:
    state = message(ged.AGENT_STATE_EVENT, PeripheralID=2**32 - 1, AgentState=2**16 - 1, MRDID=-1)
    assert (state["PeripheralID"], state["AgentState"], state["MRDID"]) == (2**32 - 1, 2**16 - 1, -1)
    assert message(ged.AGENT_STATE_EVENT, MRDID=-(2**31))["MRDID"] == -(2**31)
    assert message(ged.AGENT_STATE_EVENT, MRDID=2**31 - 1)["MRDID"] == 2**31 - 1
    assert message(ged.SET_AGENT_STATE_REQ, ForcedFlag=255)["ForcedFlag"] == 255
    opened = message(ged.OPEN_CONF, ICMCentralControllerTime=0x80000000, PeripheralOnline=1)
    assert (opened["ICMCentralControllerTime"], opened["PeripheralOnline"]) == (0x80000000, 1)


def test_floating_numbers_of_every_type_are_read() -> None:
    assert message(ged.OPEN_REQ, (97, b"\xff\xff\xff\xfe"))["ApplicationPathID"] == -2
    assert message(ged.AGENT_STATE_EVENT, (150, b"\xff\xff\xff\xfe"))["Duration"] == 2**32 - 2
    assert message(ged.AGENT_STATE_EVENT, (123, b"\xff\xfe"))["NextAgentState"] == 2**16 - 2
    assert message(ged.SET_CALL_DATA_REQ, (232, b"\xfe"))["CallOriginatedFrom"] == 254
    skill_groups = message(ged.CONFIG_SKILL_GROUP_EVENT, (185, b"\0\1"), (185, b"\0\0"))
    assert skill_groups["AutoWork"] == [1, 0]
    assert message(ged.BEGIN_CALL_EVENT, (24, b"\x80\0\0\0"))["CTIClientTimestamp"] == [2**31]


@pytest.mark.parametrize(
    ("data", "lenient", "exact"),
    [
        (b"1001\0", "1001", "1001"),
        (b"1001", "1001", b"1001"),
        (b"1001\0\0", "1001", b"1001\0\0"),
        (b"10\00001", "10", b"10\00001"),
        (b"10\00001\0", "10", b"10\00001\0"),
        (b"\0", "", ""),
        (b"", "", b""),
        (b"M\xfcller\0", "M\xfcller", b"M\xfcller\0"),
        (b"\xff", "\xff", b"\xff"),
        (b"\x7f\t\0", "\x7f\t", "\x7f\t"),
    ],
)
def test_text_is_read_leniently_by_name_and_exactly_in_order(
    data: bytes, lenient: str, exact: str | bytes
) -> None:
    state = message(ged.AGENT_STATE_EVENT, (5, data))
    assert state["AgentID"] == lenient
    assert state.floating() == [("AgentID", exact)]
    assert state.floating_raw() == [(5, data)]
    assert lenient.encode("latin-1") == data.split(b"\0")[0]


@pytest.mark.parametrize(
    ("tag", "name", "data", "lenient", "exact"),
    [
        (82, "NamedVariable", b"user.a\0v\0", NamedVariable("user.a", "v"), NamedVariable("user.a", "v")),
        (82, "NamedVariable", b"user.a\0v", NamedVariable("user.a", "v"), None),
        (82, "NamedVariable", b"user.a\0v\0\0", NamedVariable("user.a", "v"), None),
        (82, "NamedVariable", b"user.a\0\xe9\0", NamedVariable("user.a", "\xe9"), None),
        (82, "NamedVariable", b"user.a\0\0", NamedVariable("user.a", ""), NamedVariable("user.a", "")),
        (82, "NamedVariable", b"user.a\0", NamedVariable("user.a", ""), None),
        (82, "NamedVariable", b"user.a", b"user.a", None),
        (82, "NamedVariable", b"", b"", None),
        (83, "NamedArray", b"\xffa\0v\0", NamedArray("a", 255, "v"), NamedArray("a", 255, "v")),
        (83, "NamedArray", b"\0\0\0", NamedArray("", 0, ""), NamedArray("", 0, "")),
        (83, "NamedArray", b"\5a\0v", NamedArray("a", 5, "v"), None),
        (83, "NamedArray", b"\5a", b"\5a", None),
        (83, "NamedArray", b"\5", b"\5", None),
        (83, "NamedArray", b"", b"", None),
    ],
)
def test_named_values_are_read_leniently_by_name_and_exactly_in_order(
    tag: int, name: str, data: bytes, lenient: object, exact: object
) -> None:
    call = message(ged.BEGIN_CALL_EVENT, (tag, data))
    assert call[name] == [lenient]
    assert call.floating() == [(name, data if exact is None else exact)]


def test_raw_data_stays_bytes() -> None:
    opening = message(ged.OPEN_REQ, (2, b"secret\0"))
    assert opening["ClientPassword"] == b"secret\0"
    assert opening.floating() == [("ClientPassword", b"secret\0")]


@pytest.mark.parametrize("data", [b"", b"\1", b"\0\1\2", b"\0\0\0\1\0"])
def test_a_number_of_another_width_is_bytes(data: bytes) -> None:
    state = message(ged.AGENT_STATE_EVENT, (150, data))
    assert state["Duration"] == data
    assert state.floating() == [("Duration", data)]
    assert [finding.kind for finding in state.check() if finding.tag == 150] == [
        "too_long" if len(data) > 4 else "wrong_width"
    ]


def test_repeats_are_lists_in_wire_order() -> None:
    conference = message(ged.CALL_CONFERENCED_EVENT, (41, b"3001\0"), (39, b"\0\0\0\1"), (41, b"3002\0"))
    assert conference["ConnectedPartyDeviceID"] == ["3001", "3002"]
    assert conference["ConnectedPartyCallID"] == [1]
    assert conference["ConnectedPartyDeviceIDType"] == []
    assert conference.get("ConnectedPartyDeviceIDType", "none") == []
    assert "ConnectedPartyDeviceIDType" not in conference
    assert "ConnectedPartyDeviceID" in conference
    assert conference.to_dict()["ConnectedPartyDeviceID"] == ["3001", "3002"]
    assert "ConnectedPartyDeviceIDType" not in conference.to_dict()


def test_of_a_field_that_does_not_repeat_the_first_is_read_and_all_are_kept() -> None:
    state = message(ged.AGENT_STATE_EVENT, (5, b"1001\0"), (5, b"1002\0"))
    assert state["AgentID"] == "1001"
    assert state.to_dict()["AgentID"] == "1001"
    assert state.floating() == [("AgentID", "1001"), ("AgentID", "1002")]


def test_arrays_are_lists_of_numbers() -> None:
    call = message(ged.AGENT_PRE_CALL_EVENT, (309, b"\0\1\0\2"))
    assert call["FltEnabledServices"] == [1, 2]
    assert call.floating() == [("FltEnabledServices", [1, 2])]
    broken = message(ged.AGENT_PRE_CALL_EVENT, (309, b"\0\1\0"))
    assert broken["FltEnabledServices"] == b"\0\1\0"
    agents = message(ged.CONFIG_AGENT_EVENT, (62, b"\0\0\0\1" * 3), (62, b""))
    assert agents["FltSkillGroupNumber"] == [[1, 1, 1], []]
    assert agents.to_dict()["FltSkillGroupNumber"] == [[1, 1, 1], []]


def test_an_empty_array_is_present() -> None:
    call = message(ged.AGENT_PRE_CALL_EVENT, (309, b""))
    assert call["FltEnabledServices"] == []
    assert "FltEnabledServices" in call
    without = message(ged.AGENT_PRE_CALL_EVENT)
    assert "FltEnabledServices" not in without
    with pytest.raises(KeyError):
        without["FltEnabledServices"]


def test_an_absent_field_is_a_key_error_or_the_default() -> None:
    state = message(ged.AGENT_STATE_EVENT, (5, b"1001\0"))
    for name in (
        "AgentExtension",
        "ClientID",
        "tag:7",
        "tag:999999999",
    ):
        assert name not in state
        assert state.get(name) is None
        assert state.get(name, 5) == 5
        with pytest.raises(KeyError) as caught:
            state[name]
        assert caught.value.args == (name,)
    for name in ("NoSuchField", "tag:x", "tag:", "tag:-1", "tag:0x5", ""):
        assert name not in state
        assert state.get(name) is None
        assert state.get(name, 5) == 5
        with pytest.raises(KeyError, match=f"{name}: no message has a field of that name"):
            state[name]
    with pytest.raises(KeyError, match=r"AgentSate: .* did you mean AgentState\?"):
        state["AgentSate"]
    assert 5 not in state
    assert state.get(None) is None  # type: ignore[arg-type]


def test_names_may_be_of_a_subclass_of_str() -> None:
    class Name(str):
        pass

    state = message(ged.AGENT_STATE_EVENT, (5, b"1001\0"), AgentState=3)
    assert (state[Name("AgentState")], state[Name("AgentID")]) == (3, "1001")


def test_fixed_and_all_fields_come_in_wire_order() -> None:
    layout = codec(25).describe(ged.AGENT_STATE_EVENT)
    assert layout is not None
    state = message(ged.AGENT_STATE_EVENT, (5, b"1001\0"), (0x7777, b"x"), (4, b"3001\0"), AgentState=3)
    names = [field.name for field in layout.fixed]
    assert list(state.fixed()) == names
    assert list(state.to_dict()) == [*names, "AgentID", "tag:30583", "AgentExtension"]
    for name, value in state.to_dict().items():
        assert state[name] == value
        assert name in state


# --- tags --------------------------------------------------------------------------------------------


def test_tags_that_the_message_does_not_list_are_read_by_the_tag_table() -> None:
    beat = message(ged.HEARTBEAT_CONF, (5, b"1001\0"), (56, b"\0\0\0\7"), (99, b"anything"))
    assert (beat["AgentID"], beat["CallConnectionCallID"]) == ("1001", 7)
    assert beat["ScriptSelector"] == b"anything"
    assert beat.floating() == [
        ("AgentID", "1001"),
        ("CallConnectionCallID", 7),
        ("ScriptSelector", b"anything"),
    ]


@pytest.mark.parametrize("tag", [0, 301, 308, 314, 0x7FFF, 0xFFFE, 0xFFFF])
def test_unknown_tags_are_kept_by_number(tag: int) -> None:
    state = message(ged.AGENT_STATE_EVENT, (tag, b"raw"), (tag, b"more"))
    assert state[f"tag:{tag}"] == b"raw"
    assert f"tag:{tag}" in state
    assert state.floating() == [(f"tag:{tag}", b"raw"), (f"tag:{tag}", b"more")]
    assert state.to_dict()[f"tag:{tag}"] == b"raw"


def test_any_tag_can_be_read_raw_by_number() -> None:
    state = message(ged.AGENT_STATE_EVENT, (5, b"1001\0"))
    assert state["tag:5"] == b"1001\0"
    assert "tag:5" in state
    assert "tag:4" not in state


def test_the_agent_state_event_has_its_signature_in_tag_3_or_23() -> None:
    state = message(ged.AGENT_STATE_EVENT, (3, b"signature\0"), (23, b"other\0"))
    assert state["CTIClientSignature"] == state.to_dict()["CTIClientSignature"] == "signature"
    state = message(ged.AGENT_STATE_EVENT, (23, b"other\0"), (3, b"signature\0"))
    assert state["CTIClientSignature"] == state.to_dict()["CTIClientSignature"] == "other"
    assert state["tag:23"] == b"other\0"
    assert state.floating() == [("tag:23", b"other\0"), ("CTIClientSignature", "signature")]
    assert state.to_dict()["tag:23"] == b"other\0"
    again = codec(25).encode(state.type, state.fixed(), state.floating(), as_received=True)
    assert again == bytes(state)
    assert message(ged.BEGIN_CALL_EVENT, (23, b"listed\0"))["CTIClientSignature"] == ["listed"]


def test_tags_have_one_byte_below_version_20() -> None:
    body = fixed_part(19, ged.AGENT_STATE_EVENT) + b"\x05\x051001\0" + b"\xfe\xff" + bytes(255)
    state = codec(19).decode(framed(ged.AGENT_STATE_EVENT, body))
    assert state.floating_raw() == [(5, b"1001\0"), (254, bytes(255))]
    assert state["AgentID"] == "1001"


def test_tags_have_two_bytes_from_version_20() -> None:
    body = fixed_part(20, ged.AGENT_STATE_EVENT) + b"\0\x05\0\x051001\0" + b"\xff\xfe\x01\x00" + bytes(256)
    state = codec(20).decode(framed(ged.AGENT_STATE_EVENT, body))
    assert state.floating_raw() == [(5, b"1001\0"), (0xFFFE, bytes(256))]
    assert state["AgentID"] == "1001"


def test_the_longest_floating_field_fits() -> None:
    body = fixed_part(25, ged.HEARTBEAT_CONF) + field(25, 5, b"x" * 65511 + b"\0")
    beat = codec(25).decode(framed(ged.HEARTBEAT_CONF, body))
    assert len(bytes(beat)) == 65528
    assert len(beat["AgentID"]) == 65511


# --- messages with several layouts, newer and unpublished ones ---------------------------------------


@pytest.mark.parametrize("version", [9, 14, 20, 25])
def test_a_refusal_is_read_in_both_its_forms(version: int) -> None:
    short = codec(version).decode(framed(ged.FAILURE_CONF, struct.pack(">II", 7, 5)))
    assert short.to_dict() == {"InvokeID": 7, "Status": 5}
    long = codec(version).decode(framed(ged.FAILURE_CONF, struct.pack(">IHI", 7, 41, 12005)))
    assert long.to_dict() == {"InvokeID": 7, "FailureCode": 41, "PeripheralErrorCode": 12005}
    assert "Status" not in long
    assert "FailureCode" not in short
    for received in (short, long):
        assert codec(version).encode(1, received.fixed(), received.floating()) == bytes(received)
        assert received.check() == []


def test_clear_connection_req_is_read_with_and_without_its_last_fixed_field() -> None:
    common = struct.pack(">IIIH", 7, 5000, 99, 1)
    tail = field(25, 25, b"conn\0") + field(25, 219, b"3001\0")
    full = codec(25).decode(framed(ged.CLEAR_CONNECTION_REQ, common + b"\0\5" + tail))
    assert full["RequestingDeviceIDType"] == 5
    assert full["ConnectionDeviceID"] == "conn"
    short = codec(25).decode(framed(ged.CLEAR_CONNECTION_REQ, common + tail + field(25, 220, b"\0\6")))
    assert "RequestingDeviceIDType" in short
    assert short["RequestingDeviceIDType"] == 6  # as the floating field of that name
    assert (short["ConnectionCallID"], short["RequestingDeviceID"]) == (99, "3001")
    bare = codec(25).decode(framed(ged.CLEAR_CONNECTION_REQ, common))
    assert list(bare.fixed()) == ["InvokeID", "PeripheralID", "ConnectionCallID", "ConnectionDeviceIDType"]
    old = codec(13).decode(framed(ged.CLEAR_CONNECTION_REQ, common + field(13, 25, b"conn\0")))
    assert old["ConnectionDeviceID"] == "conn"
    for received in (full, short, bare, old):
        again = codec(received.version).encode(
            received.type, received.fixed(), received.floating(), as_received=True
        )
        assert again == bytes(received)


def test_a_message_newer_than_the_session_is_read_by_its_number() -> None:
    layout = codec(14).describe(ged.CONFIG_TERMINAL_EVENT)
    assert layout is not None
    assert layout.since == 23
    terminal = message(ged.CONFIG_TERMINAL_EVENT, (6, b"3001\0"), version=14, NumRecords=1)
    assert terminal.documented
    assert (terminal["NumRecords"], terminal["Instrument"]) == (1, ["3001"])
    assert terminal.check()[0] == Finding(
        "message_too_new", "CONFIG_TERMINAL_EVENT", None, "came in version 23"
    )


@pytest.mark.parametrize("number", [*UNPUBLISHED, 0, 511, 512, 999, 2**16, 2**32 - 1])
def test_numbers_without_layout_have_a_body_and_perhaps_a_name(number: int) -> None:
    assert len(UNPUBLISHED) == 80
    for body in (b"", b"\1\2\3"):
        bare = codec(25).decode(framed(number, body))
        assert (bare.type, bare.name) == (number, ged.NAMES.get(number))
        assert (bare.body, bare.documented) == (body, False)
        assert (bare.fixed(), bare.floating(), bare.floating_raw(), bare.to_dict()) == ({}, [], [], {})
        assert bare.check() == []
        assert bytes(bare) == framed(number, body)
        assert bare.get("AgentID") is None
        assert "AgentID" not in bare
        with pytest.raises(KeyError):
            bare["AgentID"]
        assert f"{8 + len(body)} bytes" in repr(bare)


# --- malformed frames --------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [19, 25])
def test_a_cut_fixed_part_names_the_first_field_that_is_not_whole(version: int) -> None:
    whole = fixed_part(version, ged.AGENT_STATE_EVENT)
    layout = codec(version).describe(ged.AGENT_STATE_EVENT)
    assert layout is not None
    for size in range(len(whole)):
        frame = framed(ged.AGENT_STATE_EVENT, whole[:size])
        error = fault(frame, version)
        cut = next(field for field in layout.fixed if field.offset + field.size > size)
        assert (error.message, error.field, error.offset) == ("AGENT_STATE_EVENT", cut.name, 8 + cut.offset)
        assert (error.message_type, error.frame) == (ged.AGENT_STATE_EVENT, frame)
        assert f"AGENT_STATE_EVENT, field {cut.name}, offset {8 + cut.offset}: " in str(error)


@pytest.mark.parametrize(("version", "head"), [(19, 2), (25, 4)])
def test_a_cut_floating_part_names_the_field_and_where_it_begins(version: int, head: int) -> None:
    start = fixed_part(version, ged.AGENT_STATE_EVENT) + field(version, 4, b"3001\0")
    whole = field(version, 5, b"1001\0")
    for size in range(1, len(whole)):
        error = fault(framed(ged.AGENT_STATE_EVENT, start + whole[:size]), version)
        assert error.offset == 8 + len(start)
        assert error.field == (None if size < head else "AgentID")
        assert error.message == "AGENT_STATE_EVENT"


@pytest.mark.parametrize(
    ("tag", "name"), [(5, "AgentID"), (99, "ScriptSelector"), (23, "tag:23"), (301, "tag:301")]
)
def test_a_length_that_runs_past_the_frame_names_the_tag(tag: int, name: str) -> None:
    body = fixed_part(25, ged.AGENT_STATE_EVENT) + struct.pack(">HH", tag, 65535) + b"data"
    error = fault(framed(ged.AGENT_STATE_EVENT, body))
    assert error.field == name
    assert "65535 bytes of data, but 4 are left" in error.reason


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        bytes(7),
        HEADER.pack(1, 5),
        HEADER.pack(0, 5) + b"\0",
        HEADER.pack(2**32 - 1, 5),
        HEADER.pack(2**31, 5),
    ],
)
def test_bytes_that_are_not_one_whole_frame_are_malformed(frame: bytes) -> None:
    assert fault(frame).frame == frame
    assert fault(bytearray(frame)).frame == frame  # type: ignore[arg-type]


def test_a_frame_above_the_limit_is_malformed() -> None:
    small = Codec(25, 20)
    assert small.decode(framed(999, bytes(12))).body == bytes(12)
    with pytest.raises(MalformedFrame, match="at most 20 bytes with its header"):
        small.decode(framed(999, bytes(13)))


@pytest.mark.parametrize("frame", ["text", 5, None, memoryview(bytes(16))[::2]])
def test_only_bytes_can_be_decoded(frame: object) -> None:
    with pytest.raises((TypeError, BufferError)):
        codec(25).decode(frame)  # type: ignore[arg-type]


def test_an_error_can_be_sent_to_another_process_and_does_not_show_the_frame() -> None:
    frame = framed(ged.OPEN_REQ, b"ClientPassword=secret")
    error = fault(frame)
    error.add_note("noted")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is MalformedFrame
    assert vars(again) == vars(error)
    assert (again.frame, str(again)) == (frame, str(error))
    assert copy.copy(error).frame == frame
    for text in (str(error), repr(error), repr(error.args), repr(again)):
        assert "secret" not in text


# --- the view itself ---------------------------------------------------------------------------------


def test_a_view_owns_its_bytes() -> None:
    frame = bytearray(framed(ged.HEARTBEAT_CONF, struct.pack(">I", 7)))
    beat = codec(25).decode(frame)
    frame[:] = bytes(len(frame))
    frame.clear()
    assert (beat["InvokeID"], beat.body, len(beat)) == (7, b"\0\0\0\7", 12)


def test_messages_are_equal_when_their_bytes_and_versions_are() -> None:
    one, same = message(ged.HEARTBEAT_CONF, InvokeID=7), message(ged.HEARTBEAT_CONF, InvokeID=7)
    assert one == same
    assert hash(one) == hash(same)
    assert one != message(ged.HEARTBEAT_CONF, InvokeID=8)
    assert one != message(ged.HEARTBEAT_CONF, InvokeID=7, version=24)
    assert one != bytes(one)  # type: ignore[comparison-overlap]


def test_messages_can_be_copied_and_pickled() -> None:
    state = message(ged.AGENT_STATE_EVENT, (5, b"1001\0"), version=19, AgentState=3)
    for again in (pickle.loads(pickle.dumps(state)), copy.copy(state), copy.deepcopy(state)):
        assert again == state
        assert (again["AgentState"], again["AgentID"], again.version) == (3, "1001", 19)


def test_a_message_cannot_be_created_by_calling_its_class() -> None:
    with pytest.raises(TypeError, match=r"Codec\.decode creates messages"):
        Message()
    with pytest.raises(TypeError, match=r"Codec\.decode creates messages"):
        type("Derived", (Message,), {})()
    with pytest.raises(AttributeError):
        message(ged.HEARTBEAT_CONF).type = 5  # type: ignore[misc]


def test_a_message_without_a_frame_reads_as_empty() -> None:
    empty = Message.__new__(Message)
    assert (empty.type, empty.name, empty.version, empty.documented) == (0, None, 0, False)
    assert (empty.body, bytes(empty), len(empty)) == (b"", b"", 0)
    assert (empty.fixed(), empty.floating(), empty.floating_raw(), empty.to_dict()) == ({}, [], [], {})
    assert (empty.check(), empty.get("AgentID"), "AgentID" in empty) == ([], None, False)
    assert empty == Message.__new__(Message)
    assert empty != message(ged.HEARTBEAT_CONF)
    assert isinstance(hash(empty), int)
    assert "message 0" in repr(empty)
    with pytest.raises(KeyError):
        empty["AgentID"]
    with pytest.raises(TypeError):
        pickle.dumps(empty)


def test_repr_of_a_message_without_fields() -> None:
    assert repr(message(ged.STANDBY_ACTIVE_EVENT)) == "<STANDBY_ACTIVE_EVENT v25 without fields>"


def test_repr_shows_fields_without_passwords() -> None:
    opening = message(ged.OPEN_REQ, (1, b"client\0"), (2, b"secret"), InvokeID=7)
    shown = repr(opening)
    assert shown.startswith("<OPEN_REQ v25 InvokeID=7, ")
    assert "ClientID='client', ClientPassword=***" in shown
    change = message(ged.SET_AGENT_STATE_REQ, (5, b"1001\0"), (49, b"secret\0"), AgentState=0)
    assert "AgentPassword=***" in repr(change)
    # a frame that is read in a wrong version has the password in another field
    odd = message(ged.HEARTBEAT_CONF, (0x0206, b"secret"), (99, b"secret"))
    assert "tag:518=<6 bytes>, ScriptSelector=<6 bytes>" in repr(odd)
    for text in (shown, repr(change), repr(odd)):
        assert "secret" not in text


# --- check -------------------------------------------------------------------------------------------


def kinds(received: Message) -> list[tuple[str, str]]:
    return [(finding.kind, finding.field) for finding in received.check()]


def test_a_plain_message_has_no_findings() -> None:
    assert message(ged.HEARTBEAT_CONF).check() == []
    assert message(ged.OPEN_REQ, (1, b"c\0"), (2, b""), version=14).check() == []


def test_check_reports_unknown_foreign_and_too_long_fields() -> None:
    plain = (244, bytes(4)), (266, bytes(4))
    state = message(ged.AGENT_STATE_EVENT, *plain, (301, b""), (1, b"c\0"), (5, b"1234567890123\0"))
    assert state.check() == [
        Finding("unknown_tag", "tag:301", 301, "no such tag"),
        Finding("tag_not_of_message", "ClientID", 1, "the message does not list it"),
        Finding("too_long", "AgentID", 5, "14 bytes, 12 at most"),
    ]


def test_check_reports_tags_newer_than_the_session() -> None:
    state = message(ged.AGENT_STATE_EVENT, (303, b"t\0"), (266, bytes(4)), (257, b"\0\1"), version=20)
    found = kinds(state)
    assert found[:2] == [("tag_too_new", "ActiveTerminal"), ("tag_too_new", "MaxBeyondTaskLimit")]
    assert found[2] == ("tag_not_of_message", "SSOEnabled")
    assert ("required_missing", "MaxBeyondTaskLimit") not in found
    assert ("required_missing", "Direction") in found
    assert kinds(message(ged.HEARTBEAT_CONF, (303, b"t\0"), version=20)) == [
        ("tag_too_new", "TerminalDeviceName")
    ]


def test_check_reports_missing_required_fields() -> None:
    assert kinds(message(ged.OPEN_REQ)) == [
        ("required_missing", "ClientID"),
        ("required_missing", "ClientPassword"),
    ]


def test_check_reports_counts_that_differ_from_the_fields() -> None:
    party = (39, bytes(4)), (40, bytes(2)), (41, b"3\0")
    layout = codec(14).describe(ged.CALL_CONFERENCED_EVENT)
    assert layout is not None
    whole = message(ged.CALL_CONFERENCED_EVENT, *party, *party, version=14, NumParties=2)
    counts = [row for row in whole.check() if row.kind == "count_mismatch"]
    assert counts == []
    short = message(ged.CALL_CONFERENCED_EVENT, *party, (39, bytes(4)), version=14, NumParties=2)
    counts = [row for row in short.check() if row.kind == "count_mismatch"]
    assert [row.field for row in counts] == ["ConnectedPartyDeviceIDType", "ConnectedPartyDeviceID"]
    assert counts[0].detail == "NumParties says 2, 1 came"


def test_check_adds_up_the_counts_of_all_records() -> None:
    def instruments(*stated: bytes, came: int) -> list[str]:
        rows = [(305, number) for number in stated] + [(6, b"3001\0")] * came
        terminal = message(ged.CONFIG_TERMINAL_EVENT, *rows, NumRecords=len(stated))
        return [row.detail for row in terminal.check() if row.field == "Instrument"]

    assert instruments(b"\0\2", b"\0\1", came=3) == []
    assert instruments(b"\0\2", b"\0\1", came=2) == ["NumInstruments says 3, 2 came"]
    assert instruments(came=1) == ["NumInstruments says 0, 1 came"]
    assert instruments(b"\0\2", b"\0", came=9) == []  # a count that cannot be read is not compared


def test_check_reports_array_sizes_that_differ_from_their_counts() -> None:
    def members(*rows: tuple[bytes, bytes]) -> list[str]:
        fields = [part for stated, data in rows for part in ((186, stated), (187, data))]
        service = message(ged.CONFIG_SERVICE_EVENT, *fields, NumRecords=len(rows))
        return [row.detail for row in service.check() if row.field == "ServiceMember"]

    assert members((b"\0\2", bytes(8)), (b"\0\0", b"")) == []
    assert members((b"\0\2", bytes(8)), (b"\0\1", bytes(8))) == ["NumServiceMembers says 1, 2 came"]
    assert members((b"\0\2", bytes(7))) == ["7 bytes for UINT", "NumServiceMembers says 2, 1 came"]
    single = message(ged.AGENT_PRE_CALL_EVENT, (310, b"\0\1"), (309, bytes(4)))
    assert ("count_mismatch", "FltEnabledServices") in kinds(single)


def test_check_takes_every_message_in_every_version() -> None:
    for version in (9, 14, 19, 20, 25):
        for number in ged.NAMES:
            layout = codec(version).describe(number)
            if layout is None:
                continue
            rows = [
                (field.tag, b"\1\2\3")
                for field in layout.floating
                if field.tag is not None and field.tag < 256 ** codec(version).tag_width
            ]
            for finding in message(number, *rows, version=version).check():
                assert isinstance(finding, Finding)
            assert len(message(number, *rows, version=version).floating()) == len(rows)


# --- leaks -------------------------------------------------------------------------------------------


def test_reading_leaks_no_references() -> None:
    frame = bytes(message(ged.BEGIN_CALL_EVENT, (82, b"a\0b\0"), (5, b"M\xfc\0"), (301, b"x"), (24, b"")))
    malformed = frame[:-1]
    malformed = HEADER.pack(len(malformed) - 8, ged.BEGIN_CALL_EVENT) + malformed[8:]
    name = "NoSuchField" + str(len(frame))

    def work(times: int) -> None:
        for _ in range(times):
            call = codec(25).decode(frame)
            call["NamedVariable"], call["AgentID"], call["tag:301"], call.get(name), name in call
            call.to_dict(), call.floating(), call.floating_raw(), call.body, call == call
            with contextlib.suppress(KeyError):
                call[name]
            with contextlib.suppress(MalformedFrame):
                codec(25).decode(malformed)

    shared = (codec(25), frame, malformed, name, NamedVariable, None, b"", "", ())
    check_that_nothing_is_kept(work, shared, warm_up=50, first=50, more=1000, references=500)


def test_memory_stays_level_over_many_messages() -> None:
    resource = pytest.importorskip("resource")
    frame = bytes(message(ged.AGENT_STATE_EVENT, (5, b"1001\0"), (301, b"x")))

    def work(times: int) -> int:
        for _ in range(times):
            codec(25).decode(frame).to_dict()
        return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

    before = work(10_000)
    assert work(100_000) - before < 4096  # KiB; a leak of one object for each message would be more
