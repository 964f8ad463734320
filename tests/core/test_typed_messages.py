"""Message classes: each gives the values it was created with, in every version; errors name the field."""

import copy
import datetime
import gc
import importlib
import inspect
import pickle
import pydoc
import re
import subprocess
import sys
import time
from enum import IntEnum, IntFlag

import hypothesis
import pytest
from hypothesis import strategies as st

from ctios_fast import messages
from ctios_fast.bulk.columns import decode_columns
from ctios_fast.bulk.filters import FrameFilter
from ctios_fast.core import (
    Codec,
    Dispatcher,
    FieldReader,
    FrameBuffer,
    Message,
    NamedArray,
    NamedVariable,
    codec,
)
from ctios_fast.core.classes.named_variables import NamedArrays, NamedVariables
from ctios_fast.errors import ControlFailure, EncodeError, MalformedFrame
from ctios_fast.protocol import enums
from ctios_fast.protocol import schema as loader
from ctios_fast.protocol.build import class_shapes as shapes
from ctios_fast.protocol.build.defaults import DEFAULTS

REFERENCE = loader.load()
SHAPES = {shape.name: shape for shape in shapes.shapes(REFERENCE)}
VERSIONS = range(14, 26)
CASES = [
    (name, version)
    for name, shape in SHAPES.items()
    for version in VERSIONS
    if version >= shape.message.since
]
SET_STATE = {
    "invoke_id": 7,
    "peripheral_id": 5000,
    "agent_state": enums.AgentState.AGENT_STATE_AVAILABLE,
    "event_reason_code": 0,
    "agent_service_req": 0,
    "agent_instrument": "3001",
    "agent_id": "1001",
}


def members(conversion):
    return list(getattr(enums, conversion)) if conversion not in (None, "bool") else []


def scalar(shape, salt):
    """A value of the property's type; the salt varies it."""
    kind = shape.value.type
    if shape.value.conversion == "bool":
        return bool(salt % 2)
    if kind == "STRING":
        return "ab"[: max(0, salt % 3)]
    if kind == "UNSPEC":
        return bytes([salt % 256, 0, 255])
    named = members(shape.value.conversion)
    if named:
        return named[salt % len(named)]
    if kind in ("INT", "SHORT", "CHAR"):
        return -1 - salt
    return 256 ** loader.NUMBER_WIDTHS[kind] - 1 - salt


def usable(part, shape, version, tags):
    return part.sendable and part.since <= max(version, 0) and (version >= 20 or tags[part.reference] < 256)


def keywords(name, version):
    """Every field of the message that the version has, with two records in each group."""
    shape = SHAPES[name]
    tags = {field.name: field.tag for field in shape.message.floating}
    given = {}
    for salt, field in enumerate(shape.fixed):
        if field.documented and not field.counts and field.since <= max(version, shape.message.since):
            given[field.keyword] = scalar(field, salt)
    cls = getattr(messages, name)
    counted = {
        counter
        for field in shape.message.floating
        for counter in (field.repeats, field.array)
        if counter is not None
    }
    for salt, part in enumerate(shape.parts):
        if part.shape == shapes.GROUP:
            given[part.keyword] = tuple(
                getattr(cls, part.record)(
                    **{
                        column.keyword: scalar(column, salt + row)
                        if column.shape == shapes.SINGLE
                        else (scalar(column, row), scalar(column, row + 1))
                        for column in part.columns
                        if usable(column, shape, version, tags) and column.reference not in counted
                    }
                )
                for row in range(2)
            )
        elif not usable(part, shape, version, tags) or part.reference in counted:
            continue
        elif part.shape == shapes.VARIABLES:
            given[part.keyword] = (NamedVariable("user.a", "1"), NamedVariable("user.a", "2"))
        elif part.shape == shapes.ARRAYS:
            given[part.keyword] = (NamedArray("user.list", 0, "x"), NamedArray("user.list", 9, ""))
        elif part.shape in (shapes.ARRAY, shapes.REPEATED):
            given[part.keyword] = (scalar(part, salt), scalar(part, salt + 1))
        else:
            given[part.keyword] = scalar(part, salt)
    return given


def without_counts(record, part, counted):
    return record._replace(**{column.keyword: None for column in part.columns if column.reference in counted})


class TestEveryMessage:
    def test_each_documented_message_has_a_class(self):
        assert len(SHAPES) == 163
        for shape in SHAPES.values():
            cls = getattr(messages, shape.name)
            assert issubclass(cls, Message)
            assert cls.number == shape.message.number
            assert messages.class_of(cls.number) is cls
            assert {name.lower() for name in [shape.message.name]} == {
                "".join(f"_{c.lower()}" if c.isupper() else c for c in cls.__name__).strip("_")
            }

    def test_each_field_has_a_property(self):
        for shape in SHAPES.values():
            cls = getattr(messages, shape.name)
            readable = {
                getattr(cls, keyword).reference
                for keyword in cls._fields
                if hasattr(getattr(cls, keyword), "reference")
            }
            in_records = {column.reference for part in shape.parts for column in part.columns}
            names = {field.name for layout in shape.message.layouts for field in layout}
            names |= {field.name for field in shape.message.floating}
            assert names == readable | in_records

    @pytest.mark.parametrize(("name", "version"), CASES)
    def test_a_message_gives_the_values_it_was_created_with(self, name, version):
        shape = SHAPES[name]
        cls = getattr(messages, name)
        given = keywords(name, version)
        counted = {counter for field in shape.message.floating for counter in (field.repeats, field.array)}
        message = cls(version, **given)
        assert message.check() == []
        frame = cls.encode(codec(version), **given)
        read = codec(version).decode(frame)
        assert type(read) is cls
        assert bytes(message) == frame
        assert read == message
        assert hash(read) == hash(message)
        parts = {part.keyword: part for part in shape.parts}
        for keyword, value in given.items():
            got = getattr(read, keyword)
            part = parts.get(keyword)
            if part is not None and part.shape == shapes.GROUP:
                got = tuple(without_counts(record, part, counted) for record in got)
            elif isinstance(got, (NamedVariables, NamedArrays)):
                got = got.elements
            assert got == value, keyword
            assert isinstance(value, (tuple, bool)) or type(got) is type(value), keyword
        for field in shape.fixed:
            if field.documented and field.since > max(version, shape.message.since):
                assert getattr(read, field.keyword) is None
        assert codec(version).encode(cls.number, read.fixed(), read.floating()) == frame

    def test_each_class_survives_pickling_and_copying(self):
        for name in SHAPES:
            message = getattr(messages, name)(25, **keywords(name, 25))
            for again in (pickle.loads(pickle.dumps(message)), copy.copy(message), copy.deepcopy(message)):
                assert type(again) is type(message)
                assert again == message

    def test_counts_are_computed(self):
        for name, shape in SHAPES.items():
            message = getattr(messages, name)(25, **keywords(name, 25))
            for part in shape.parts:
                for field in shape.message.floating:
                    if field.group == part.reference and field.repeats == "NumRecords":
                        assert message.num_records == 2
        event = messages.ConfigAgentEvent(25, **keywords("ConfigAgentEvent", 25))
        assert [record.num_skills for record in event.records] == [2, 2]

    def test_instances_are_not_tracked_by_the_garbage_collector(self):
        message = messages.CloseConf(25, invoke_id=1)
        assert not gc.is_tracked(message)
        assert not hasattr(message, "__dict__")


class TestReading:
    def test_enumerations_come_as_members_and_unknown_values_as_numbers(self):
        frame = messages.SetAgentStateReq.encode(25, **SET_STATE | {"agent_state": 9999})
        event = codec(25).decode(frame)
        assert event.agent_state == 9999
        assert type(event.agent_state) is int
        event = messages.SetAgentStateReq(25, **SET_STATE)
        assert event.agent_state is enums.AgentState.AGENT_STATE_AVAILABLE
        assert isinstance(event.agent_state, IntEnum)

    def test_values_that_the_reference_gives_in_a_second_table_come_as_members(self):
        def failure(code):
            message = messages.ControlFailureConf(25, invoke_id=1, failure_code=code, peripheral_error_code=0)
            return message.failure_code

        for table in (enums.ControlFailureCode, enums.ControlFailureCodeExtended):
            for member in table:
                assert failure(int(member)) is member
                assert ControlFailure(int(member), 0, 38).name == member.name
        assert failure(65000) == 65000
        cleared = messages.CallClearedEvent(25, **keywords("CallClearedEvent", 25) | {"event_cause": 1001})
        assert cleared.event_cause is enums.EventCauseExtended.CECX_ABAND_NETWORK

    def test_masks_come_as_flags_with_their_unknown_bits(self):
        request = _open(services_requested=0xFFFFFFFF)
        assert isinstance(request.services_requested, IntFlag)
        assert request.services_requested == 0xFFFFFFFF
        assert enums.CTIServiceMask(1) in request.services_requested

    def test_combinations_of_bits_do_not_fill_the_memory(self):
        for value in range(0, 3 * 5000, 3):
            request = _open(call_msg_mask=value)
            assert request.call_msg_mask == value
        assert len(enums.UnsolicitedCallEventMessageMask._value2member_map_) <= 4100

    def test_fields_of_later_versions_are_none(self):
        fixed = {"invoke_id": 1, "services_granted": 1, "monitor_id": 0, "pg_status": 0}
        fixed |= {"icm_central_controller_time": 0, "peripheral_online": True, "peripheral_type": 17}
        old = messages.OpenConf(18, **fixed, agent_state=0)
        assert old.department_id is None
        assert old.session_type is None
        assert (
            messages.OpenConf(24, **fixed, agent_state=0, department_id=3, session_type=1).department_id == 3
        )

    def test_one_class_reads_all_versions_in_turn(self):
        events = [messages.OpenConf(version, **keywords("OpenConf", version)) for version in VERSIONS]
        expected = [event.get("SessionType") for event in events]
        for _ in range(3):
            assert [event.session_type for event in events] == expected
            assert [event.session_type for event in reversed(events)] == expected[::-1]

    def test_alternative_layouts_are_read(self):
        messages.FailureConf, messages.ClearConnectionReq, messages.CallAttributeChangeEvent  # noqa: B018
        short = codec(24).decode(codec(24).encode(1, {"InvokeID": 1, "Status": 5}))
        long = codec(24).decode(
            codec(24).encode(1, {"InvokeID": 1, "FailureCode": 13, "PeripheralErrorCode": 99})
        )
        assert (short.status, short.failure_code, short.peripheral_error_code) == (
            enums.StatusCode(5),
            None,
            None,
        )
        assert (long.status, long.failure_code, long.peripheral_error_code) == (None, 13, 99)
        request = codec(20).decode(
            codec(20).encode(
                46,
                {"InvokeID": 1, "PeripheralID": 2, "ConnectionCallID": 3, "ConnectionDeviceIDType": 0},
                [("ConnectionDeviceID", "3001")],
            )
        )
        assert request.requesting_device_id_type is None
        assert request.connection_device_id == "3001"

    @pytest.mark.parametrize("version", VERSIONS)
    def test_device_type_of_an_attribute_change_may_take_four_bytes(self, version):
        fields = {
            "MonitorID": 0, "PeripheralID": 5000, "PeripheralType": 22, "ConnectionDeviceIDType": 1,
            "CallTypeID": 77, "ServiceNumber": 12,
        }  # fmt: skip
        wide = fields | {"ConnectionDeviceIDTypeHigh": 0}
        for given, size in ((fields, 20), (wide, 22)):
            frame = codec(version).encode(240, given, [("ConnectionDeviceID", "3001")])
            assert len(frame) == 8 + size + (9 if version >= 20 else 7)
            event = codec(version).decode(frame)
            assert event["ConnectionDeviceIDType"] == 1
            assert event["CallTypeID"] == 77
            assert event["ConnectionDeviceID"] == "3001"
            assert codec(version).encode(240, event.fixed(), event.floating()) == frame
            assert messages.CallAttributeChangeEvent.number == 240
            typed = codec(version).decode(frame)
            assert typed.connection_device_id_type == 1
            assert typed.service_number == 12

    def test_a_number_of_another_width_is_none(self):
        c = codec(25)
        frame = c.encode(
            37,
            {field.name: 0 for field in c.describe(37).fixed},
            [("InternalAgentState", b"\0"), ("AgentID", "1001")],
            as_received=True,
        )
        messages.QueryAgentStateConf  # noqa: B018
        event = c.decode(frame)
        assert event["InternalAgentState"] == b"\0"
        assert event.internal_agent_state is None
        assert event.agent_id == "1001"

    def test_floating_fields_without_a_tag_read_as_none(self):
        assert _open().unique_instance_id is None

    def test_named_variables_keep_order_and_repetitions(self):
        pairs = [("b", "1"), ("a", "2"), ("b", "3")]
        message = messages.SetCallDataReq(25, **keywords("SetCallDataReq", 25) | {"named_variables": pairs})
        variables = message.named_variables
        assert variables["b"] == "1"
        assert variables.get_all("b") == ["1", "3"]
        assert list(variables) == ["b", "a", "b"]
        assert list(variables.items()) == pairs
        assert list(variables.values()) == ["1", "2", "3"]
        assert len(variables) == 3
        assert "a" in variables
        assert "c" not in variables
        assert variables.get("c") is None
        assert message.num_named_variables == 3
        with pytest.raises(TypeError):
            variables["a"] = "x"
        again = messages.SetCallDataReq(25, **keywords("SetCallDataReq", 25) | {"named_variables": variables})
        assert again == message

    def test_named_arrays_give_elements_by_index(self):
        given = keywords("SetCallDataReq", 25) | {
            "named_arrays": {"user.list": ["x", "y"], "user.more": {9: "z"}}
        }
        message = messages.SetCallDataReq(25, **given)
        arrays = message.named_arrays
        assert arrays == {"user.list": {0: "x", 1: "y"}, "user.more": {9: "z"}}
        assert arrays.elements[2] == NamedArray("user.more", 9, "z")
        assert arrays.get_all("user.list") == [
            NamedArray("user.list", 0, "x"),
            NamedArray("user.list", 1, "y"),
        ]
        assert messages.SetCallDataReq(25, **given | {"named_arrays": arrays}) == message

    def test_named_variables_that_are_cut_short_have_an_empty_value(self):
        c = codec(25)
        message = messages.SetCallDataReq(25, **keywords("SetCallDataReq", 25))
        frame = c.encode(
            message.type,
            message.fixed(),
            [("NamedVariable", b"user.a"), ("NamedArray", b""), ("NamedArray", b"\1n")],
        )
        event = c.decode(frame)
        assert event.named_variables == {"user.a": ""}
        assert event.named_arrays == {"n": {1: ""}}

    def test_a_record_begins_at_its_type_or_at_a_repeated_field(self):
        messages.ConfigSkillGroupEvent  # noqa: B018
        c = codec(25)
        event = c.decode(
            c.encode(
                236,
                {"NumRecords": 3},
                [
                    ("RecordType", 0), ("PeripheralNumber", 5),
                    ("RecordType", 2), ("Extension", "1"),
                    ("PeripheralNumber", 6), ("Extension", "2"),
                ],
            )
        )  # fmt: skip
        assert [(r.record_type, r.peripheral_number, r.extension) for r in event.records] == [
            (0, 5, None),
            (2, 6, "1"),
            (None, None, "2"),
        ]

    def test_a_record_type_that_comes_last_ends_its_record(self):
        record = messages.ConfigAgentServiceEvent.Record
        given = [record(1, flt_enabled_services=(1, 2), record_type=0), record(2, record_type=1)]
        event = messages.ConfigAgentServiceEvent(25, records=given)
        assert [r.agent_skill_target_id for r in event.records] == [1, 2]
        assert [r.num_of_enabled_services for r in event.records] == [2, 0]
        assert [r.flt_enabled_services for r in event.records] == [(1, 2), ()]

    def test_arrays_that_come_as_single_fields_are_gathered(self):
        messages.ConfigServiceEvent  # noqa: B018
        c = codec(25)
        event = c.decode(
            c.encode(
                235,
                {"NumRecords": 1},
                [("RecordType", 0), ("NumServiceMembers", 2), ("ServiceMember", [4]), ("ServiceMember", [5])],
            )
        )
        assert [record.service_member for record in event.records] == [(4, 5)]

    def test_times_convert_to_datetime_in_utc(self):
        assert messages.to_datetime(0) == datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)

    def test_passwords_are_masked(self):
        assert "secret" not in repr(_open(client_password=b"secret"))

    def test_a_property_cannot_be_set(self):
        message = messages.CloseConf(25, invoke_id=1)
        with pytest.raises(AttributeError):
            message.invoke_id = 2
        with pytest.raises(TypeError, match="twice"):
            message.__init__(25, invoke_id=2)
        assert message.invoke_id == 1

    def test_a_property_of_another_class_reads_its_name_in_the_frame(self):
        short = messages.HeartbeatConf(25, invoke_id=3)
        for name in SHAPES:
            cls = getattr(messages, name)
            for keyword in cls._fields:
                value = getattr(cls, keyword).__get__(short, type(short))
                assert value == 3 if keyword == "invoke_id" else not value
        with pytest.raises(TypeError):
            messages.OpenReq.invoke_id.__get__(object(), object)

    def test_a_message_without_a_frame_has_no_values(self):
        blank = messages.AgentStateEvent.__new__(messages.AgentStateEvent)
        assert not any(getattr(blank, keyword) for keyword in blank._fields)

    @hypothesis.settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @hypothesis.given(
        st.sampled_from(sorted(SHAPES)), st.sampled_from(list(VERSIONS)), st.binary(max_size=200)
    )
    def test_any_bytes_are_refused_or_read(self, name, version, body):
        cls = getattr(messages, name)
        c = codec(version)
        size = c.describe(cls.number).fixed_size
        for content in (body, bytes(size) + body):
            try:
                message = c.decode(c.encode_raw(cls.number, content))
            except MalformedFrame:
                continue
            for keyword in cls._fields:
                getattr(message, keyword)


class TestCreating:
    def test_defaults_are_filled_in(self):
        request = messages.SetAgentStateReq(25, **SET_STATE)
        assert (request.forced_flag, request.agent_work_mode, request.num_skill_groups) == (0, 0, 0)
        assert _open().reserved1 == 0

    def test_each_default_belongs_to_a_field(self):
        names = {(shape.message.name, field.reference) for shape in SHAPES.values() for field in shape.fixed}
        for row in DEFAULTS:
            assert row.source
            for field in row.fields:
                owners = {message for message, name in names if name == field}
                assert owners & set(row.messages) if row.messages else owners

    def test_a_codec_sets_the_version_and_the_largest_frame(self):
        assert messages.CloseConf(Codec(16), invoke_id=1).version == 16
        assert messages.CloseConf(invoke_id=1).version == 25
        with pytest.raises(EncodeError, match="above the limit of 10"):
            messages.CloseConf(Codec(16, 10), invoke_id=1)
        with pytest.raises(ValueError, match="26"):
            messages.CloseConf(26, invoke_id=1)

    def test_floating_fields_are_written_in_the_order_of_the_reference(self):
        backwards = dict(reversed(SET_STATE.items()))
        assert messages.SetAgentStateReq(25, **backwards) == messages.SetAgentStateReq(25, **SET_STATE)

    @pytest.mark.parametrize(
        ("version", "changed", "field", "keyword", "reason"),
        [
            (25, {"agent_id": "1" * 12}, "AgentID", "agent_id", "too long"),
            (25, {"peripheral_id": -1}, "PeripheralID", "peripheral_id", "out of range"),
            (25, {"peripheral_id": 1 << 40}, "PeripheralID", "peripheral_id", "out of range"),
            (25, {"peripheral_id": "x"}, "PeripheralID", "peripheral_id", "expected an integer, got str"),
            (25, {"peripheral_id": None}, "PeripheralID", "peripheral_id", "is missing"),
            (25, {"agent_instrument": None}, "AgentInstrument", "agent_instrument", "is missing"),
            (25, {"agent_name": "x"}, None, None, "has no field 'agent_name'"),
            (25, {"agent_name": None}, None, None, "has no field 'agent_name'"),
            (22, {"active_terminal": "SEP"}, "ActiveTerminal", "active_terminal",
             "needs protocol version 23, the session speaks 22"),
            (25, {"num_skill_groups": 2}, "NumSkillGroups", "num_skill_groups",
             "is 2, but 0 items were given"),
            (25, {"skill_groups": 5}, "SkillGroup", "skill_groups",
             "expected a list or tuple of values, got int"),
            (25, {"skill_groups": [5]}, None, "skill_groups[0]", "expected SkillGroup records, got int"),
            (25, {"skill_groups": [{"nothing": 1}]}, None, "skill_groups[0]", "has no field 'nothing'"),
            (25, {"skill_groups": [{"skill_group_priority": 1}, {"skill_group_priority": 70000}]},
             "SkillGroupPriority", "skill_groups[1].skill_group_priority", "out of range"),
        ],
    )  # fmt: skip
    def test_errors_name_message_and_field(self, version, changed, field, keyword, reason):
        with pytest.raises(EncodeError) as caught:
            messages.SetAgentStateReq(version, **SET_STATE | changed)
        assert caught.value.message == "SET_AGENT_STATE_REQ"
        assert caught.value.field == field
        assert caught.value.keyword == keyword
        assert reason in str(caught.value)
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)

    def test_required_floating_fields_must_be_given(self):
        with pytest.raises(EncodeError, match=r"OPEN_REQ\.ClientPassword \(client_password\): is missing"):
            _open(client_password=None)

    def test_fields_without_a_published_tag_cannot_be_sent(self):
        with pytest.raises(EncodeError, match="no tag is published"):
            _open(unique_instance_id="x")

    def test_fields_of_two_alternative_layouts_are_refused(self):
        with pytest.raises(EncodeError, match="another layout"):
            messages.FailureConf(25, invoke_id=1, status=1, failure_code=3)

    @pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if shape.message.since > 14])
    def test_messages_newer_than_the_version_are_refused(self, name):
        since = SHAPES[name].message.since
        with pytest.raises(
            EncodeError, match=f"needs protocol version {since}, the session speaks {since - 1}"
        ):
            getattr(messages, name)(since - 1, **keywords(name, since))

    def test_fields_newer_than_the_version_are_refused(self):
        for name, shape in SHAPES.items():
            for field in shape.fixed:
                if field.since > max(14, shape.message.since) and field.documented and not field.counts:
                    with pytest.raises(EncodeError, match=f"needs protocol version {field.since}"):
                        getattr(messages, name)(
                            field.since - 1, **keywords(name, field.since - 1) | {field.keyword: 1}
                        )

    def test_arrays_that_share_a_count_have_one_length(self):
        record = messages.ConfigServiceEvent.Record(service_member=(1, 2), service_priority=(1,))
        with pytest.raises(EncodeError, match=r"records\[0\]\.service_priority.*has 1 values"):
            messages.ConfigServiceEvent(25, records=[record])

    def test_a_password_of_the_wrong_type_is_not_shown(self):
        with pytest.raises(EncodeError) as caught:
            _open(client_password="s3cret")
        assert "s3cret" not in str(caught.value)


class TestLookingUp:
    def test_decoding_gives_the_message_class_whatever_was_imported(self):
        program = (
            "import sys\n"
            "from ctios_fast.core import Message, codec\n"
            "frame = codec(25).encode(8, {'InvokeID': 1})\n"
            "assert 'ctios_fast.messages' not in sys.modules\n"
            "kinds = [type(codec(version).decode(frame)) for version in (25, 14)]\n"
            "from ctios_fast import messages\n"
            "assert 'CloseConf' not in vars(messages)\n"
            "assert 'CloseConf' in dir(messages)\n"
            "assert kinds == [messages.CloseConf] * 2\n"
            "assert type(codec(25).decode(codec(25).encode_raw(999, b''))) is Message\n"
            "assert type(codec(25).decode(codec(25).encode_raw(120, b''))) is Message\n"
        )
        subprocess.run([sys.executable, "-c", program], check=True, timeout=30)

    def test_help_of_a_class_shows_its_fields(self):
        text = pydoc.plain(pydoc.render_doc(messages.SetAgentStateReq))
        on_one_line = re.sub(r"[\s|]+", "", text)  # since 3.13 pydoc writes long signatures on several lines
        assert "SetAgentStateReq(version_or_codec=25,/,*,invoke_id,peripheral_id" in on_one_line
        assert "SET_AGENT_STATE_REQ, message 38: a request." in text
        assert "Changes an ACD agent's state." in text
        assert "CTI Server Message Reference (GED-188), Client Control." in text
        assert "agent_password: str (AgentPassword, optional, tag 49, at most 63 bytes)" in text
        assert "sso_enabled: int (SSOEnabled, optional, from version 20, tag 257): client's SSO" in text
        assert "skill_groups: tuple of SkillGroup, with" in text
        assert "AGENT_STATE_EVENT, message 30: an event." in messages.AgentStateEvent.__doc__

    def test_docstrings_have_units_and_meanings(self):
        state = messages.AgentStateEvent.__doc__
        assert "    state_duration: int (StateDuration): seconds in this state, usually 0\n" in state
        assert "tone_duration: int (ToneDuration): ms; " in messages.SendDtmfSignalReq.__doc__
        time = (
            "icm_central_controller_time: int (ICMCentralControllerTime): seconds since 1970-01-01 00:00 UTC"
        )
        assert time in messages.OpenConf.__doc__

    def test_docstrings_have_every_note_of_the_reference(self):
        for message in REFERENCE.messages:
            text = messages.class_of(message.number).__doc__
            assert message.summary.rstrip(".") in text
            assert message.service in text
            for field in [*message.layouts[0], *message.floating]:
                if field.type not in ("NAMEDVAR", "NAMEDARRAY"):
                    assert field.note in text, (message.name, field.name)

    @pytest.mark.parametrize("name", sorted({name for name, _ in CASES}))
    def test_the_signature_and_the_docstring_name_every_field(self, name):
        cls = getattr(messages, name)
        signature = inspect.signature(cls)
        assert {*signature.parameters} - {"version_or_codec"} <= {*cls._fields}
        for keyword in cls._fields:
            assert re.search(rf"^    {keyword}: ", cls.__doc__, re.MULTILINE)
        required = [each.name for each in signature.parameters.values() if each.default is each.empty]
        given = keywords(name, 25)
        for keyword in required:
            with pytest.raises(EncodeError, match="is missing"):
                cls(25, **{key: value for key, value in given.items() if key != keyword})

    def test_importing_the_package_creates_no_classes(self):
        program = "import sys, ctios_fast\nassert 'ctios_fast.messages' not in sys.modules\n"
        subprocess.run([sys.executable, "-c", program], check=True, timeout=30)

    def test_unknown_names_are_attribute_errors(self):
        with pytest.raises(AttributeError, match="NoSuchEvent"):
            _ = messages.NoSuchEvent
        with pytest.raises(ImportError):
            importlib.import_module("ctios_fast.messages.NoSuchEvent")
        assert messages.class_of(9999) is None

    def test_the_dispatcher_takes_a_class_for_its_number(self):
        seen = []
        dispatcher = Dispatcher(codec(25), FrameBuffer())
        dispatcher.on(messages.CloseConf, seen.append)
        dispatcher.frames.feed(messages.CloseConf.encode(25, invoke_id=4))
        dispatcher.dispatch()
        dispatcher.off(messages.CloseConf, seen.append)
        dispatcher.frames.feed(messages.CloseConf.encode(25, invoke_id=5))
        dispatcher.dispatch()
        assert [message.invoke_id for message in seen] == [4]

    def test_a_message_class_can_be_subclassed(self):
        class Mine(messages.CloseConf):
            @property
            def doubled(self):
                return 2 * self.invoke_id

        for _ in range(1000):
            assert Mine(25, invoke_id=4).doubled == 8

    def test_a_subclass_has_attributes_of_its_own(self):
        class Mine(messages.CloseConf):
            invoke_id = "mine"

        message = Mine(25, invoke_id=4)
        message.extra = 1
        assert (message.invoke_id, message.extra, message["InvokeID"]) == ("mine", 1, 4)

    def test_a_name_created_at_run_time_finds_its_field(self):
        message = messages.SetAgentStateReq(25, **SET_STATE)
        for name in messages.SetAgentStateReq._fields:
            assert getattr(message, "".join(list(name))) == getattr(message, name)
        with pytest.raises(AttributeError, match="no_such"):
            getattr(message, "".join(["no", "_such"]))

    def test_methods_and_attributes_of_message_are_found_beside_fields(self):
        message = messages.CloseConf(25, invoke_id=4)
        assert (message.type, message.version, message.to_dict()) == (8, 25, {"InvokeID": 4})

    def test_classes_cannot_be_changed(self):
        # a field is read without another look at the class, so a change would have no effect
        with pytest.raises(TypeError, match="immutable"):
            messages.CloseConf.invoke_id = 5
        with pytest.raises(TypeError, match="immutable"):
            messages.CloseConf.more = 5

    def test_repeated_and_different_numbers_are_read_right(self):
        created = [messages.CloseConf(25, invoke_id=number) for number in (7, 7, 1 << 31, 0, 7, 0)]
        assert [message.invoke_id for message in created] == [7, 7, 1 << 31, 0, 7, 0]

    def test_deleted_messages_release_their_class(self):
        frame = messages.CloseConf.encode(25, invoke_id=4)
        counts = set()
        for _ in range(5):
            kept = [codec(25).decode(frame) for _ in range(1000)]
            held = sys.getrefcount(messages.CloseConf)
            del kept
            counts.add((held, sys.getrefcount(messages.CloseConf)))
        assert len(counts) == 1
        held, after = counts.pop()
        assert held == after + 1000


def _open(**changed):
    given = {
        "invoke_id": 1,
        "version_number": 25,
        "idle_timeout": 60,
        "services_requested": 1,
        "call_msg_mask": 0,
        "agent_state_mask": 0,
        "config_msg_mask": 0,
        "client_id": "me",
        "client_password": b"",
    }
    return messages.OpenReq(25, **given | changed)


class TestManyNamedVariables:
    def test_a_dict_of_many_variables_takes_time_in_proportion(self):
        variables = NamedVariables(
            [NamedVariable(f"user.v{number}", str(number)) for number in range(20_000)]
        )
        begin = time.thread_time()
        assert len(dict(variables)) == 20_000
        assert "user.v19999" in variables
        assert time.thread_time() - begin < 1

    def test_the_first_value_of_a_name_counts(self):
        variables = NamedVariables(
            [NamedVariable("a", "1"), NamedVariable("b", "2"), NamedVariable("a", "3")]
        )
        assert (variables["a"], variables.get_all("a"), "c" in variables) == ("1", ["1", "3"], False)
        with pytest.raises(KeyError):
            variables["c"]


class TestSecondTags:
    """Servers send some fields under another tag than the one that the reference lists for the message."""

    @staticmethod
    def event(*floating):
        layout = codec(25).describe(30)
        return codec(25).decode(
            codec(25).encode(30, {field.name: 7 for field in layout.fixed}, floating, as_received=True)
        )

    @pytest.mark.parametrize(
        ("tag", "name", "keyword"),
        [
            (3, "CTIClientSignature", "cti_client_signature"),
            (23, "CTIClientSignature", "cti_client_signature"),
            (5, "AgentID", "agent_id"),
            (194, "AgentID", "agent_id"),
        ],
    )
    def test_a_field_is_read_under_either_tag(self, tag, name, keyword):
        event = self.event(("AgentExtension", "3001"), (f"tag:{tag}", b"Finesse\0"), ("AgentInstrument", "1"))
        assert event[name] == event.get(name) == getattr(event, keyword) == "Finesse"
        assert name in event
        assert event.to_dict()[name] == "Finesse"
        assert codec(25).to_dict(bytes(event))[name] == "Finesse"
        assert FieldReader(name, "AgentExtension").read(event) == ("Finesse", "3001")
        assert FrameFilter(25, 30, {name: "Finesse"}).matches(bytes(event))
        assert not FrameFilter(25, 30, {name: "Jabber"}).matches(bytes(event))
        assert list(decode_columns(bytes(event), 30, 25, [name])[name]) == [b"Finesse"]
        assert codec(25).encode(event) == bytes(event)

    def test_the_first_occurrence_counts(self):
        event = self.event(("tag:194", b"10012345678901234\0"), ("AgentID", "1001"))
        assert event["AgentID"] == event.agent_id == "10012345678901234"
        assert FieldReader("AgentID").read(event) == ("10012345678901234",)
        assert codec(25).encode(event) == bytes(event)

    @pytest.mark.parametrize("tag", [0, 65535])
    def test_no_other_tag_is_read_as_a_second_tag(self, tag):
        event = self.event((f"tag:{tag}", b"x\0"))
        names = ("AgentID", "CTIClientSignature", "AgentExtension", "ClientSignature")
        assert FieldReader(*names).read(event) == tuple(map(event.get, names)) == (None,) * 4
        assert event.agent_extension is None

    def test_a_field_is_written_under_its_first_tag(self):
        event = self.event(("AgentID", "1001"), ("CTIClientSignature", "x"))
        assert [tag for tag, _ in event.floating_raw()] == [5, 3]
