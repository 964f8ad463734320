"""Encoding messages: the bytes written, and errors that name message and field."""

import array
import contextlib
import enum
import pickle
import struct
from collections import UserDict, defaultdict
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from support.memory import check_that_nothing_is_kept

from ctios_fast import messages
from ctios_fast.core import Codec, NamedArray, NamedVariable, codec
from ctios_fast.errors import EncodeError, ProtocolError
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.enums import AgentState

STATE_REQ = {
    "InvokeID": 1,
    "PeripheralID": 5000,
    "AgentState": 3,
    "AgentWorkMode": 0,
    "NumSkillGroups": 0,
    "EventReasonCode": 0,
    "ForcedFlag": 0,
    "AgentServiceReq": 0,
}
SECRET = "s3cr3t-value"


def zeros(version: int, number: int, **values: int) -> dict[str, int]:
    layout = codec(version).describe(number)
    assert layout is not None
    return {field.name: 0 for field in layout.fixed} | values


def state_req(*floating: Any, version: int = 25, as_received: bool = False, **values: Any) -> bytes:
    return codec(version).encode(
        ged.SET_AGENT_STATE_REQ, STATE_REQ | values, floating, as_received=as_received
    )


def call_data(name: str, value: object, version: int = 25) -> bytes:
    """Return the data written for a floating field of BEGIN_CALL_EVENT."""
    frame = codec(version).encode(
        ged.BEGIN_CALL_EVENT, zeros(version, ged.BEGIN_CALL_EVENT), [(name, value)], as_received=True
    )
    ((_, data),) = codec(version).decode(frame).floating_raw()
    return data


def refused(*args: Any, version: int = 25, **more: Any) -> EncodeError:
    with pytest.raises(EncodeError) as caught:
        codec(version).encode(*args, **more)
    error = caught.value
    assert isinstance(error, ProtocolError)
    assert isinstance(error, ValueError)
    assert SECRET not in str(error)
    assert SECRET not in repr(error)
    assert SECRET not in repr(error.__context__)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.field) == (str(error), error.field)
    return error


def refused_field(name: object, value: object, number: int = ged.SET_AGENT_STATE_REQ) -> EncodeError:
    error = refused(number, zeros(25, number), [(name, value)])
    assert error.message == ged.NAMES[number]
    return error


# --- what is written ----------------------------------------------------------------------------------


def test_a_request_is_written_byte_for_byte() -> None:
    fixed = struct.pack(">IIHHHHBI", 1, 5000, 3, 0, 0, 0, 0, 0)
    wide = b"\0\x06\0\x053001\0" + b"\0\x05\0\x051001\0"
    narrow = b"\x06\x053001\0" + b"\x05\x051001\0"
    rows = (("AgentInstrument", "3001"), ("AgentID", "1001"))
    for version, floating in ((25, wide), (20, wide), (19, narrow), (14, narrow)):
        body = fixed + floating
        assert state_req(*rows, version=version) == struct.pack(">II", len(body), 38) + body


def test_a_request_has_the_fixed_fields_of_its_version() -> None:
    old = {name: value for name, value in STATE_REQ.items() if name not in ("ForcedFlag", "AgentServiceReq")}
    assert len(codec(12).encode(ged.SET_AGENT_STATE_REQ, old)) == 8 + 16
    assert refused(ged.SET_AGENT_STATE_REQ, STATE_REQ, version=12).field == "ForcedFlag"
    assert refused(ged.SET_AGENT_STATE_REQ, old).field == "ForcedFlag"


@pytest.mark.parametrize(
    "fields",
    [
        UserDict(STATE_REQ),
        MappingProxyType(STATE_REQ),
        defaultdict(int, {name: value for name, value in STATE_REQ.items() if value}),
        dict(reversed(STATE_REQ.items())),
    ],
)
def test_any_mapping_gives_the_fields(fields: Mapping[str, int]) -> None:
    assert codec(25).encode(ged.SET_AGENT_STATE_REQ, fields) == state_req()


@pytest.mark.parametrize(
    "rows",
    [
        [("AgentID", "1001")],
        (["AgentID", "1001"],),
        iter([("AgentID", "1001")]),
        {"AgentID": "1001"}.items(),
    ],
)
def test_any_series_of_pairs_gives_the_floating_fields(rows: Any) -> None:
    assert codec(25).encode(ged.SET_AGENT_STATE_REQ, STATE_REQ, rows) == state_req(("AgentID", "1001"))


def test_integers_of_every_kind_are_written() -> None:
    plain = state_req(AgentState=3, EventReasonCode=1)
    assert state_req(AgentState=AgentState(3), EventReasonCode=True) == plain
    assert state_req(AgentState=np.uint16(3), EventReasonCode=np.int64(1)) == plain

    class Indexed:
        def __index__(self) -> int:
            return 3

    assert state_req(AgentState=Indexed(), EventReasonCode=1) == plain


def test_floating_numbers_of_every_kind_are_written_big_endian() -> None:
    for value in (5, np.int64(5), np.int32(5), np.uint8(5), True + 4):
        assert call_data("CallReferenceID", b"r") == b"r"
        assert call_data("CTIClientTimestamp", value) == b"\0\0\0\5"
        assert call_data("CallOriginatedFrom", value) == b"\5"


def test_text_ends_in_a_nul() -> None:
    class Digits(str):
        pass

    class Names(enum.StrEnum):
        AGENT = "1001"

    for value in ("1001", Digits("1001"), Names.AGENT, np.str_("1001")):
        assert call_data("AgentID", value) == b"1001\0"
    assert call_data("AgentID", "") == b"\0"


def test_text_that_was_read_from_other_bytes_is_written_as_these_bytes() -> None:
    assert call_data("AgentID", b"M\xfcller".decode("latin-1")) == b"M\xfcller\0"


@pytest.mark.parametrize("value", [b"raw", bytearray(b"raw"), memoryview(b"raw")])
def test_bytes_are_written_as_they_are_in_fields_of_any_type(value: bytes) -> None:
    for name in (
        "AgentID",
        "UserToUserInfo",
        "CTIClientTimestamp",
        "NamedVariable",
        "tag:301",
        "ScriptSelector",
    ):
        assert call_data(name, value) == b"raw"
    assert call_data("AgentID", b"") == b""
    assert call_data("AgentID", memoryview(b"")) == b""


def test_named_variables_and_arrays_are_written_with_their_nuls() -> None:
    assert call_data("NamedVariable", NamedVariable("user.a", "v")) == b"user.a\0v\0"
    assert call_data("NamedVariable", ("user.a", "")) == b"user.a\0\0"
    assert call_data("NamedArray", NamedArray("a", 255, "v")) == b"\xffa\0v\0"
    assert call_data("NamedArray", ("a", np.uint8(7), "v")) == b"\7a\0v\0"


@pytest.mark.parametrize(
    "numbers",
    [
        [1, 2],
        (1, 2),
        iter([1, 2]),
        range(1, 3),
        array.array("H", [1, 2]),
        np.array([1, 2]),
        np.array([1, 2], "u1"),
    ],
)
def test_an_array_is_written_from_any_iterable_of_numbers(numbers: object) -> None:
    frame = codec(25).encode(
        ged.AGENT_PRE_CALL_EVENT, zeros(25, ged.AGENT_PRE_CALL_EVENT), [("FltEnabledServices", numbers)]
    )
    assert codec(25).decode(frame)["FltEnabledServices"] == [1, 2]
    assert frame.endswith(b"\0\1\0\2")


def test_a_message_longer_than_the_stack_buffer_is_written() -> None:
    rows = [("NamedVariable", NamedVariable(f"user.v{number}", "x" * 200)) for number in range(100)]
    frame = codec(25).encode(ged.BEGIN_CALL_EVENT, zeros(25, ged.BEGIN_CALL_EVENT), rows)
    assert len(frame) > 20_000
    assert codec(25).decode(frame)["NamedVariable"] == [value for _, value in rows]


@pytest.mark.parametrize(
    "fields", [{"InvokeID": 7, "Status": 5}, {"InvokeID": 7, "FailureCode": 41, "PeripheralErrorCode": 12005}]
)
def test_the_fields_given_choose_the_layout_of_failure_conf(fields: dict[str, int]) -> None:
    frame = codec(25).encode(ged.FAILURE_CONF, fields)
    assert codec(25).decode(frame).fixed() == fields


def test_a_floating_field_may_be_given_by_its_tag() -> None:
    frame = state_req(("tag:301", b"raw"), ("tag:5", b"1001"), ("tag:0005", b""))
    assert codec(25).decode(frame).floating_raw() == [(301, b"raw"), (5, b"1001"), (5, b"")]


def test_encode_raw_takes_any_message_type() -> None:
    assert codec(25).encode_raw(2**32 - 1, b"") == b"\0\0\0\0\xff\xff\xff\xff"
    for body in (b"abc", bytearray(b"abc"), memoryview(b"abc")):
        assert codec(25).encode_raw(999, body) == struct.pack(">II", 3, 999) + b"abc"


# --- writing what was received ----------------------------------------------------------------


def test_a_text_longer_than_documented_is_written_only_as_received() -> None:
    long = ("AgentID", "123456789012")
    error = refused(ged.SET_AGENT_STATE_REQ, STATE_REQ, [long])
    assert (error.message, error.field) == ("SET_AGENT_STATE_REQ", "AgentID")
    assert error.reason == "13 bytes with its NUL are too long: 12 at most"
    assert codec(25).decode(state_req(long, as_received=True))["AgentID"] == long[1]
    assert codec(25).decode(state_req(("AgentID", "12345678901")))["AgentID"] == "12345678901"


def test_a_message_newer_than_the_session_is_written_only_as_received() -> None:
    number = ged.CONFIG_TERMINAL_EVENT
    error = refused(number, {"NumRecords": 0}, version=22)
    assert (error.message, error.field) == ("CONFIG_TERMINAL_EVENT", None)
    assert str(error) == "CONFIG_TERMINAL_EVENT: needs protocol version 23, the session speaks 22"
    assert codec(22).encode(number, {"NumRecords": 0}, as_received=True) == codec(23).encode(
        number, {"NumRecords": 0}
    )


def test_a_field_newer_than_the_session_is_written_only_as_received() -> None:
    for name, value, since in (("ActiveTerminal", "t", 23), ("SSOEnabled", 1, 20)):
        rows = [(name, value)]
        error = refused(ged.SET_AGENT_STATE_REQ, STATE_REQ, rows, version=since - 1)
        assert (error.field, str(since) in error.reason) == (name, True)
        assert codec(since).encode(ged.SET_AGENT_STATE_REQ, STATE_REQ, rows)
    frame = state_req(("ActiveTerminal", "t"), version=22, as_received=True)
    assert codec(22).decode(frame)["ActiveTerminal"] == "t"


def test_a_tag_above_255_does_not_fit_below_version_20_even_as_received() -> None:
    for name in ("ActiveTerminal", "tag:303", "tag:256"):
        error = refused(ged.SET_AGENT_STATE_REQ, STATE_REQ, [(name, b"t\0")], version=19, as_received=True)
        assert (error.field, error.reason) == (name, "does not fit the 1-byte tags of version 19")


# --- what cannot be written --------------------------------------------------------------------------


@pytest.mark.parametrize("name", STATE_REQ)
def test_a_missing_field_is_refused(name: str) -> None:
    fields = {key: value for key, value in STATE_REQ.items() if key != name}
    for given in (fields, UserDict(fields)):
        error = refused(ged.SET_AGENT_STATE_REQ, given)
        assert (error.message, error.field, error.reason) == ("SET_AGENT_STATE_REQ", name, "is missing")
        assert str(error) == f"SET_AGENT_STATE_REQ.{name}: is missing"


@pytest.mark.parametrize("name", ["AgentStat", "Colour", "agentState", ""])
def test_an_unknown_fixed_field_is_refused(name: str) -> None:
    error = refused(ged.SET_AGENT_STATE_REQ, STATE_REQ | {name: 0})
    assert (error.message, error.field) == ("SET_AGENT_STATE_REQ", name)
    assert "not a fixed field" in error.reason


def test_a_misspelt_field_is_named_rather_than_the_missing_one() -> None:
    fields = {key: value for key, value in STATE_REQ.items() if key != "AgentState"}
    for given in (fields | {"AgentStat": 0}, {"AgentStat": 0} | fields):
        error = refused(ged.SET_AGENT_STATE_REQ, given)
        assert str(error) == (
            "SET_AGENT_STATE_REQ.AgentStat: is not a fixed field of this message in this version; "
            "did you mean AgentState?"
        )


def test_a_floating_field_among_the_fixed_ones_is_named() -> None:
    error = refused(ged.SET_AGENT_STATE_REQ, STATE_REQ | {"AgentID": "1001"})
    assert (error.field, error.reason) == (
        "AgentID",
        "is a floating field of this message, not a fixed one",
    )


@pytest.mark.parametrize("name", [5, None, b"AgentState", SECRET.encode()])
def test_a_field_name_that_is_not_text_is_refused(name: object) -> None:
    error = refused(ged.SET_AGENT_STATE_REQ, STATE_REQ | {name: 0})
    assert error.message == "SET_AGENT_STATE_REQ"
    assert "name must be a str" in error.reason


@pytest.mark.parametrize(
    ("name", "lowest", "highest"),
    [
        ("PeripheralID", 0, 2**32 - 1),
        ("AgentState", 0, 2**16 - 1),
        ("ForcedFlag", 0, 2**8 - 1),
        ("MRDID", -(2**31), 2**31 - 1),
    ],
)
def test_a_number_out_of_range_is_refused(name: str, lowest: int, highest: int) -> None:
    number = ged.AGENT_STATE_EVENT if name == "MRDID" else ged.SET_AGENT_STATE_REQ
    for value in (lowest, highest):
        frame = codec(25).encode(number, zeros(25, number) | {name: value})
        assert codec(25).decode(frame)[name] == value
    for value in (lowest - 1, highest + 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**100, -(10**100)):
        error = refused(number, zeros(25, number) | {name: value})
        assert (error.message, error.field) == (ged.NAMES[number], name)
        assert error.reason == f"out of range {lowest} to {highest}"


@pytest.mark.parametrize("value", [SECRET, SECRET.encode(), 1.0, None, [1], np.float64(1), 1j])
def test_a_value_that_is_not_an_integer_is_refused(value: object) -> None:
    error = refused(ged.SET_AGENT_STATE_REQ, STATE_REQ | {"AgentState": value})
    assert (error.message, error.field) == ("SET_AGENT_STATE_REQ", "AgentState")
    assert error.reason == f"expected an integer, got {type(value).__name__}"
    floating = refused_field("SSOEnabled", value) if not isinstance(value, bytes) else error
    assert "expected an integer" in floating.reason


@pytest.mark.parametrize("fields", [None, 5, "AgentState", [("AgentState", 3)], (), b""])
def test_fields_that_are_not_a_mapping_are_refused(fields: object) -> None:
    for number in (ged.SET_AGENT_STATE_REQ, ged.FAILURE_CONF):
        error = refused(number, fields)
        assert error.message == ged.NAMES[number]
        assert "mapping" in error.reason


@pytest.mark.parametrize("floating", [None, 5, SECRET, SECRET.encode(), {"AgentID": SECRET}])
def test_floating_fields_that_are_not_iterable_are_refused(floating: object) -> None:
    error = refused(ged.SET_AGENT_STATE_REQ, STATE_REQ, floating)
    assert (error.message, error.field) == ("SET_AGENT_STATE_REQ", None)
    assert "pairs of name and value" in error.reason


@pytest.mark.parametrize(
    "pair", [("AgentID",), ("AgentID", SECRET, 1), (), "ab", None, 5, {"AgentID": SECRET}]
)
def test_floating_fields_that_are_not_pairs_are_refused(pair: object) -> None:
    error = refused(ged.SET_AGENT_STATE_REQ, STATE_REQ, [pair])
    assert (error.message, error.reason) == (
        "SET_AGENT_STATE_REQ",
        "a floating field is a pair of name and value",
    )


@pytest.mark.parametrize("name", [5, None, b"AgentID", ("AgentID",)])
def test_a_floating_name_that_is_not_text_is_refused(name: object) -> None:
    assert "name must be a str" in refused_field(name, SECRET).reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("NoSuchField", "is not a floating field of the reference"),
        ("", "is not a floating field of the reference"),
        ("AgentState", "is a fixed field here"),
        ("tag:", "not a floating field"),
        ("tag:-1", "not a floating field"),
        ("tag:1_0", "not a floating field"),
        ("tag: 5", "not a floating field"),
        ("tag:\u0665", "not a floating field"),
        ("tag:" + "9" * 30, "not a floating field"),
        ("tag:65536", "does not fit the 2-byte tags"),
        ("tag:999999999", "does not fit the 2-byte tags"),
    ],
)
def test_a_floating_field_that_does_not_exist_is_refused(name: str, reason: str) -> None:
    error = refused_field(name, b"data")
    assert error.field == name
    assert reason in error.reason


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (ged.OPEN_REQ, "UniqueInstanceID"),
        (ged.CALL_AGENT_GREETING_EVENT, "GreetingType"),
        (ged.SET_AGENT_SERVICE_DATA_REQ, "TotalAnswersSuggestion"),
        (ged.SET_AGENT_SERVICE_DATA_REQ, "NumPositiveAnswersSuggestions"),
        (ged.SET_AGENT_SERVICE_DATA_REQ, "NumNegativeAnswersSuggestions"),
    ],
)
def test_a_floating_field_without_a_published_tag_is_refused(number: int, name: str) -> None:
    error = refused_field(name, "text", number)
    assert (error.field, "no tag is published" in error.reason) == (name, True)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("AgentPassword", f"{SECRET}\u20ac", "not ASCII"),
        ("AgentPassword", f"{SECRET}\ud800", "not ASCII"),
        ("AgentPassword", f"{SECRET}\0", "NUL inside"),
        ("AgentPassword", f"{SECRET}\u00ff\0x", "NUL inside"),
        ("AgentPassword", SECRET * 10, "too long"),
        ("AgentPassword", SECRET.encode() * 10, "too long"),
        ("AgentPassword", SECRET * 10_000, "do not fit a 2-byte length"),
        ("AgentPassword", SECRET.encode() * 10_000, "do not fit a 2-byte length"),
        ("AgentPassword", 5, "expected text or bytes, got int"),
        ("AgentPassword", None, "expected text or bytes, got NoneType"),
        ("AgentPassword", [SECRET], "expected text or bytes, got list"),
        ("AgentPassword", array.array("H", [1]), "expected text or bytes, got array"),
        ("AgentPassword", memoryview(SECRET.encode())[::2], "contiguous bytes"),
        ("AgentPassword", memoryview(array.array("H", [1])), "got items of 2 bytes"),
        ("ClientPassword", SECRET, "expected bytes, got str"),
        ("ClientPassword", 5, "expected bytes, got int"),
        ("tag:301", SECRET, "expected bytes, got str"),
        ("ScriptSelector", SECRET, "expected bytes, got str"),
        ("SSOEnabled", -1, "out of range 0 to 65535"),
        ("SSOEnabled", 2**64, "out of range 0 to 65535"),
        ("ApplicationPathID", 2**31, "out of range -2147483648 to 2147483647"),
        ("CallOriginatedFrom", 256, "out of range 0 to 255"),
        ("NamedVariable", SECRET, "expected a NamedVariable or bytes, got str"),
        ("NamedVariable", (SECRET,), "expected a NamedVariable or bytes, got tuple"),
        ("NamedVariable", (SECRET, 1, SECRET), "expected a NamedVariable"),
        ("NamedVariable", (SECRET, 5), "expected text or bytes, got int"),
        ("NamedVariable", (SECRET, "\u20ac"), "not ASCII"),
        ("NamedVariable", ("n" * 200, "v" * 200), "too long"),
        ("NamedArray", (SECRET, SECRET), "expected a NamedArray or bytes, got tuple"),
        ("NamedArray", (SECRET, 256, SECRET), "out of range 0 to 255"),
        ("NamedArray", (SECRET, -1, SECRET), "out of range 0 to 255"),
        ("NamedArray", (SECRET, "1", SECRET), "expected an integer, got str"),
    ],
)
def test_a_floating_value_that_does_not_fit_is_refused(name: str, value: object, reason: str) -> None:
    error = refused_field(name, value)
    assert error.field == name
    assert reason in error.reason


def test_a_released_memoryview_is_refused() -> None:
    view = memoryview(b"abc")
    view.release()
    assert refused_field("AgentID", view).field == "AgentID"


@pytest.mark.parametrize(
    "value", [None, 5, SECRET, {"a": 1}, [1.5], [SECRET], [None], [-1], [2**32], [[1]], range(2**40)]
)
def test_an_array_that_does_not_fit_is_refused(value: object) -> None:
    rows = [("ServiceMember", value)]
    error = refused(ged.CONFIG_SERVICE_EVENT, {"NumRecords": 1}, rows)
    assert (error.message, error.field) == ("CONFIG_SERVICE_EVENT", "ServiceMember")


def test_the_longest_data_that_a_length_can_state_is_written() -> None:
    for version, max_length in ((19, 0xFF), (25, 0xFFFF)):
        wide = Codec(version, 100_000)
        for value in ("x" * (max_length - 1), b"x" * max_length):
            frame = wide.encode(ged.SET_AGENT_STATE_REQ, STATE_REQ, [("AgentID", value)], as_received=True)
            assert len(wide.decode(frame).floating_raw()[0][1]) == max_length
        for long in ("x" * max_length, b"x" * (max_length + 1)):
            with pytest.raises(EncodeError, match="do not fit") as caught:
                wide.encode(ged.SET_AGENT_STATE_REQ, STATE_REQ, [("AgentID", long)], as_received=True)
            assert caught.value.field == "AgentID"


def test_the_limit_counts_the_whole_frame() -> None:
    frame = state_req(("AgentID", "1001"))
    assert Codec(25, len(frame)).encode(ged.SET_AGENT_STATE_REQ, STATE_REQ, [("AgentID", "1001")]) == frame
    for limit in (8, len(frame) - 1):
        with pytest.raises(EncodeError, match=f"above the limit of {limit}") as caught:
            Codec(25, limit).encode(ged.SET_AGENT_STATE_REQ, STATE_REQ, [("AgentID", "1001")])
        assert (caught.value.message, caught.value.field) == ("SET_AGENT_STATE_REQ", None)
        with pytest.raises(EncodeError, match=f"above the limit of {limit}"):
            Codec(25, limit).encode_raw(ged.SET_AGENT_STATE_REQ, frame[8:])
    with pytest.raises(EncodeError, match="above the limit of 8"):
        Codec(25, 8).encode(ged.HEARTBEAT_REQ, {"InvokeID": 1})


def test_floating_fields_without_end_stop_at_the_limit() -> None:
    taken = 0

    def endless() -> Iterator[tuple[str, str]]:
        nonlocal taken
        while True:
            taken += 1
            yield "AgentID", "1001"

    assert "above the limit of 65536" in refused(ged.SET_AGENT_STATE_REQ, STATE_REQ, endless()).reason
    assert taken < 65536


@pytest.mark.parametrize("number", [-1, 2**32, 2**64, -(2**64), "38", None, 38.0, SECRET])
def test_a_message_type_that_does_not_exist_is_refused(number: object) -> None:
    assert refused(number, STATE_REQ).field == "message_type"
    with pytest.raises(EncodeError):
        codec(25).encode_raw(number, b"")  # type: ignore[arg-type]


def test_a_message_type_is_a_number_a_name_or_a_class() -> None:
    codec25 = codec(25)
    expected = codec25.encode(ged.HEARTBEAT_CONF, {"InvokeID": 1})
    for message in ("HEARTBEAT_CONF", messages.HeartbeatConf):
        assert codec25.encode(message, {"InvokeID": 1}) == expected
        assert codec25.encode_raw(message, expected[8:]) == expected
        assert codec25.describe(message) == codec25.describe(ged.HEARTBEAT_CONF)
    with pytest.raises(EncodeError, match="did you mean HEARTBEAT_CONF"):
        codec25.encode("HEARTBEAT_CONFIRM", {"InvokeID": 1})
    with pytest.raises(ValueError, match="did you mean HEARTBEAT_CONF"):
        codec25.describe("HEARTBEAT_CONFIRM")


UNPUBLISHED = next(number for number in ged.NAMES if codec(25).describe(number) is None)


@pytest.mark.parametrize("number", [UNPUBLISHED, 999, 2**16, 2**32 - 1])
def test_a_message_without_layout_is_refused(number: int) -> None:
    error = refused(number, {})
    assert error.message == ged.NAMES.get(number, f"message {number}")
    assert error.reason == "has no published layout"


@pytest.mark.parametrize("body", ["text", 5, None, memoryview(bytes(8))[::2]])
def test_a_raw_body_that_is_not_bytes_is_refused(body: object) -> None:
    with pytest.raises(EncodeError, match="its body as bytes") as caught:
        codec(25).encode_raw(ged.HEARTBEAT_REQ, body)  # type: ignore[arg-type]
    assert caught.value.message == "HEARTBEAT_REQ"


def test_an_exception_of_the_iterable_is_passed_on() -> None:
    def failing() -> Iterator[tuple[str, str]]:
        yield "AgentID", "1001"
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        codec(25).encode(ged.SET_AGENT_STATE_REQ, STATE_REQ, failing())


# --- leaks -------------------------------------------------------------------------------------------


def test_writing_leaks_no_references() -> None:
    name, text, raw = "AgentID" + "", f"1{len(SECRET)}", b"raw" + SECRET.encode()
    fields = dict(STATE_REQ)
    rows = [("AgentInstrument", text), ("AgentPassword", raw)]
    large = [("NamedVariable", NamedVariable("n" * 50, "v" * 100))] * 20
    begin = zeros(25, ged.BEGIN_CALL_EVENT)
    bad: list[list[Any]] = [
        [(name, "\u00e9" + text)],
        [(name, [text])],
        [("NoSuchField", text)],
        [("SSOEnabled", 2**70)],
        [("SSOEnabled", text)],
        [(name, raw * 10_000)],
        [(text,)],
        [("NamedVariable", (text, 5))],
    ]

    def work(times: int) -> None:
        for _ in range(times):
            codec(25).encode(ged.SET_AGENT_STATE_REQ, fields, rows)
            codec(25).encode(ged.BEGIN_CALL_EVENT, begin, large)
            codec(25).encode_raw(999, raw)
            for floating in bad:
                with contextlib.suppress(EncodeError):
                    codec(25).encode(ged.SET_AGENT_STATE_REQ, fields, [*large, *floating])
            for values in ({}, fields | {"InvokeID": -1}, fields | {"InvokeID": 2**70}, fields | {text: 1}):
                with contextlib.suppress(EncodeError):
                    codec(25).encode(ged.SET_AGENT_STATE_REQ, values)

    shared = (codec(25), name, text, raw, fields, rows, large[0], begin, None)
    check_that_nothing_is_kept(work, shared, warm_up=50, first=20, more=300)


def test_memory_stays_level_over_many_messages_and_errors() -> None:
    resource = pytest.importorskip("resource")
    rows = [("NamedVariable", NamedVariable("n" * 50, "v" * 100))] * 10
    begin = zeros(25, ged.BEGIN_CALL_EVENT)

    def work(times: int) -> int:
        for _ in range(times):
            codec(25).encode(ged.BEGIN_CALL_EVENT, begin, rows)
            with contextlib.suppress(EncodeError):
                codec(25).encode(ged.BEGIN_CALL_EVENT, begin, [*rows, ("AgentID", "\u00e9")])
        return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

    before = work(5_000)
    assert work(50_000) - before < 4096  # KiB; a leak of one object for each message would be more


# --- encoding a message -------------------------------------------------------------------------

TYPED_REQUEST: dict[str, Any] = {
    "invoke_id": 1,
    "peripheral_id": 5000,
    "agent_state": 3,
    "event_reason_code": 0,
    "agent_service_req": 0,
    "agent_instrument": "3001",
}


def test_encoding_a_message_in_another_version_converts_it() -> None:
    event = codec(25).decode(codec(25).encode(ged.HEARTBEAT_CONF, {"InvokeID": 5}, [("tag:5", b"1001\0")]))
    assert codec(25).encode(event) == bytes(event)
    assert codec(14).encode(event) == bytes.fromhex("0000000b 00000006 00000005 05 05 31303031 00")
    request = messages.SetAgentStateReq(25, **TYPED_REQUEST, active_terminal="SEP")
    assert codec(25).encode(request) == bytes(request)
    with pytest.raises(EncodeError, match=r"ActiveTerminal.*: needs protocol version 23"):
        codec(22).encode(request)


def test_encoding_a_message_takes_no_fields() -> None:
    message = codec(25).decode(codec(25).encode(ged.HEARTBEAT_CONF, {"InvokeID": 5}))
    with pytest.raises(TypeError, match="takes no fields"):
        codec(25).encode(message, {"InvokeID": 6})  # type: ignore[call-overload]
