"""Columns hold the values that message views give, and any bytes can be decoded."""

import contextlib
import copy
import mmap
import pickle
import random
import subprocess
import sys
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.columns import as_column, assert_same_rows, usable
from support.reference_codec import MESSAGES, TAGS, split
from support.strategies import (
    VERSIONS,
    build,
    damage,
    documented,
    floating,
    frames,
    header,
    random_frames,
    rngs,
    streams,
    versions,
)
from support.threads import lets_others_run

from ctios_fast.bulk.columns import MAX_STRING, Columns, decode_columns
from ctios_fast.core import codec
from ctios_fast.core.scan.column_plan import ColumnPlan
from ctios_fast.core.scan.column_scan import count_frames
from ctios_fast.errors import FrameTooLarge, MalformedFrame
from ctios_fast.protocol import numbers as ged

STATE = ged.AGENT_STATE_EVENT
COLUMN_TYPES = {
    "CHAR": "i1",
    "UCHAR": "u1",
    "SHORT": "i2",
    "USHORT": "u2",
    "BOOL": "u2",
    "INT": "i4",
    "UINT": "u4",
    "TIME": "u4",
}


def assert_equal_to_views(columns: Columns, views: list[Any], max_string: int = MAX_STRING) -> None:
    assert columns.rows == len(views)
    for name, values in columns.items():
        assert values.shape == (len(views),)
        assert values.flags.c_contiguous
        assert values.dtype.isnative
        valid = columns.valid(name)
        assert valid.shape == values.shape
        assert valid.dtype == np.bool_
        expected = [as_column(view.get(name), values.dtype, max_string) for view in views]
        assert valid.tolist() == [value is not None for value in expected], name
        empty: Any = b"" if values.dtype.kind == "S" else 0
        assert values.tolist() == [empty if value is None else value for value in expected], name
        if values.dtype.kind == "S":
            max_length = max((len(view_bytes(view, name)) for view in views), default=0)
            assert 1 <= values.dtype.itemsize <= max(1, min(max_length, max_string)), name


def view_bytes(view: Any, name: str) -> bytes:
    value = view.get(name)
    if isinstance(value, list):
        value = value[0] if value else b""
    if isinstance(value, str):
        return value.encode("latin-1")
    return value if isinstance(value, bytes) else b""


def decoded(
    version: int, stream: bytes, number: int
) -> tuple[list[Any], list[tuple[int, MalformedFrame]], int]:
    """Return views of the message's well-formed frames, its malformed frames, and a count of other frames."""
    views, faults, others = [], [], 0
    for frame in split(stream)[0]:
        if frame.type != number:
            others += 1
            continue
        try:
            views.append(codec(version).decode(stream[frame.offset : frame.offset + 8 + len(frame.body)]))
        except MalformedFrame as error:
            faults.append((frame.offset, error))
    return views, faults, others


def state_event(agent: bytes = b"1001\0", state: int = 3, version: int = 25, more: bytes = b"") -> bytes:
    layout = codec(version).describe(STATE)
    assert layout is not None
    fixed = b"".join(
        (state if field.name == "AgentState" else 7).to_bytes(field.size, "big") for field in layout.fixed
    )
    return header(STATE, fixed + floating(version, 5, agent) + more)


# --- comparison with message views -------------------------------------------------------------------


@pytest.mark.parametrize("number", sorted(MESSAGES))
def test_columns_of_every_message_equal_its_views(number: int) -> None:
    rng = random.Random(number)
    for version in (14, 19, 20, 25):
        stream = b"".join(build(rng, version, number) for _ in range(12))
        views, faults, _ = decoded(version, stream, number)
        assert not faults
        columns = decode_columns(stream, number, version, usable(version, number))
        assert_equal_to_views(columns, views)
        assert (columns.frames, columns.others, columns.malformed, columns.offset) == (12, 0, 0, len(stream))


@given(st.data(), versions)
def test_columns_of_damaged_streams_equal_the_views(data: st.DataObject, version: int) -> None:
    number = data.draw(st.sampled_from(sorted(MESSAGES)))
    kinds = st.one_of(
        frames(version, st.just(number)),
        frames(version),
        st.builds(damage, rngs, st.just(version), frames(version, st.just(number))),
        random_frames(),
    )
    stream = b"".join(data.draw(st.lists(kinds, max_size=8)))
    names = usable(version, number)
    chosen = data.draw(st.lists(st.sampled_from(names), unique=True)) if names else []
    views, faults, others = decoded(version, stream, number)
    columns = decode_columns(stream, number, version, chosen)
    assert list(columns) == chosen
    assert_equal_to_views(columns, views)
    assert (columns.malformed, columns.others, columns.offset) == (len(faults), others, len(stream))
    if faults:
        assert columns.first_malformed is not None
        assert columns.first_malformed.offset == faults[0][0]
        assert str(columns.first_malformed.error) == str(faults[0][1])
    else:
        assert columns.first_malformed is None


def _shaped(rng: random.Random, version: int) -> list[bytes]:
    """Return frames of one size, mostly with the same floating fields."""
    lengths = [rng.choice((0, 1, 2, 5, 7, 8, 9, 10, 17)) for _ in range(rng.randrange(1, 4))]
    tags = [rng.choice((5, 4, 194, 195, 1, 300)) % 250 for _ in lengths]
    shaped = []
    for _ in range(rng.choice((1, 2, 3, 40, 300))):
        values = [bytes(rng.choice(b"0123456789") for _ in range(length)) for length in lengths]
        values = [
            value[: rng.randrange(len(value))].ljust(len(value), b"\0")
            if rng.random() < end and value
            else value
            for value in values
            for end in (rng.choice((0, 0, 0, 1)),)
        ]
        frame = bytearray(
            state_event(b"1001\0"[: rng.choice((5, 5, 4))], rng.randrange(9), version)
            + b"".join(floating(version, tag, value) for tag, value in zip(tags, values, strict=True))
        )
        if rng.random() < 0.02:
            frame[rng.randrange(len(frame) - 12, len(frame))] ^= 1 << rng.randrange(8)
        shaped.append((len(frame) - 8).to_bytes(4, "big") + frame[4:])
        if rng.random() < 0.01:
            shaped.append(header(ged.HEARTBEAT_CONF, bytes(4)))
    return shaped


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("version", [19, 20, 25])
def test_rows_of_the_same_shape_equal_the_views(version: int, seed: int) -> None:
    rng = random.Random(seed)
    stream = b"".join(frame for _ in range(rng.randrange(1, 6)) for frame in _shaped(rng, version))
    views, faults, others = decoded(version, stream, STATE)
    for names in (usable(version, STATE), ["AgentID", "AgentState"], ["AgentExtension"]):
        columns = decode_columns(stream, STATE, version, names)
        assert (columns.malformed, columns.others) == (len(faults), others)
        assert_equal_to_views(columns, views)
    short = decode_columns(stream, STATE, version, ["AgentID", "AgentExtension"], max_string=7)
    assert_equal_to_views(short, views, max_string=7)


def _differing(frame: bytes, kind: str) -> bytes:
    """Return a frame of the same size as an event with the agent ID 1001 that differs in one way."""
    if kind == "another message":
        return frame[:4] + (ged.QUERY_AGENT_STATE_CONF).to_bytes(4, "big") + frame[8:]
    if kind == "another tag":
        return frame[:-9] + b"\0\6" + frame[-7:]
    if kind == "a shorter field and another one":
        return frame[:-9] + floating(25, 5, b"1") + floating(25, 6, b"")
    if kind == "a malformed field":
        return frame[:-6] + b"\6" + frame[-5:]
    if kind == "an early NUL":
        return frame[:-4] + b"\0" + frame[-3:]
    if kind == "no NUL":
        return frame[:-1] + b"5"
    assert kind == "a larger size"
    return frame[:3] + bytes([frame[3] + 1]) + frame[4:]


@pytest.mark.parametrize(
    "kind",
    [
        "another message",
        "another tag",
        "a shorter field and another one",
        "a malformed field",
        "an early NUL",
        "no NUL",
        "a larger size",
    ],
)
def test_one_frame_that_differs_among_equal_ones_is_seen(kind: str) -> None:
    for at in range(40):
        events = [state_event(b"%d\0" % (1001 + number), number % 9) for number in range(40)]
        events[at] = _differing(events[at], kind)
        stream = b"".join(events)
        views, faults, others = decoded(25, stream, STATE)
        columns = decode_columns(stream, STATE, 25, ["AgentState", "AgentID", "MonitorID"])
        assert_equal_to_views(columns, views)
        assert (columns.malformed, columns.others) == (len(faults), others)


@given(st.data(), versions)
def test_a_scan_stops_where_the_splitter_stops(data: st.DataObject, version: int) -> None:
    stream = data.draw(streams(version))
    number = data.draw(st.sampled_from(sorted(MESSAGES)))
    whole, tail = split(stream)
    if tail.verdict == "too large":
        with pytest.raises(FrameTooLarge) as caught:
            decode_columns(stream, number, version)
        assert caught.value.offset == tail.offset
        assert caught.value.limit == 65536
        with pytest.raises(FrameTooLarge):
            count_frames(stream)
        stream = stream[: tail.offset]
    columns = decode_columns(stream, number, version)
    assert columns.offset == tail.offset
    assert columns.frames == len(whole)
    assert count_frames(stream) == (len(whole), tail.offset)


@given(st.binary(max_size=400), versions, st.sampled_from(sorted(MESSAGES)))
def test_random_bytes_give_columns_or_frame_too_large(noise: bytes, version: int, number: int) -> None:
    try:
        columns = decode_columns(noise, number, version, usable(version, number))
    except FrameTooLarge as error:
        columns = decode_columns(memoryview(noise)[: error.offset], number, version, usable(version, number))
    assert columns.rows + columns.malformed + columns.others == columns.frames


@given(st.lists(st.binary(max_size=20), max_size=300))
def test_texts_end_at_their_first_nul(texts: list[bytes]) -> None:
    stream = b"".join(state_event(text) for text in texts)
    columns = decode_columns(stream, STATE, 25, ["AgentID"])
    cut = [text.split(b"\0")[0] for text in texts]
    assert columns["AgentID"].tolist() == cut
    assert columns["AgentID"].dtype.itemsize == max([1, *map(len, cut)])
    assert columns.valid("AgentID").all()


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 127, 128, 129, 1023, 1024, 1025, 5000])
def test_every_row_is_filled(rows: int) -> None:
    stream = b"".join(state_event(b"%d\0" % number, number % 9) for number in range(rows))
    columns = decode_columns(stream, "AGENT_STATE_EVENT", 25, ["AgentState", "AgentID", "Duration"])
    assert columns["AgentState"].tolist() == [number % 9 for number in range(rows)]
    assert columns["AgentID"].tolist() == [b"%d" % number for number in range(rows)]
    assert not columns.valid("Duration").any()
    assert not columns["Duration"].any()


# --- kinds of fields ----------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_fixed_fields_keep_their_width_and_sign(version: int) -> None:
    for number in MESSAGES:
        layout = codec(version).describe(number)
        assert layout is not None
        columns = decode_columns(b"", number, version)
        assert list(columns) == [field.name for field in layout.fixed]
        for field in layout.fixed:
            assert columns[field.name].dtype == np.dtype(COLUMN_TYPES[field.type])


def test_a_floating_number_of_another_width_or_none_is_invalid_and_zero() -> None:
    events = [
        state_event(more=floating(25, 150, b"\0\0\1\0")),
        state_event(more=floating(25, 150, b"\1\0")),
        state_event(more=floating(25, 150, b"")),
        state_event(),
        state_event(more=floating(25, 150, b"\xff" * 4)),
    ]
    columns = decode_columns(b"".join(events), STATE, 25, ["Duration"])
    assert columns["Duration"].dtype == np.uint32
    assert columns["Duration"].tolist() == [256, 0, 0, 0, 0xFFFFFFFF]
    assert columns.valid("Duration").tolist() == [True, False, False, False, True]


def test_the_first_value_of_a_repeated_field_is_taken() -> None:
    more = floating(25, 62, b"\0\0\0\5") + floating(25, 62, b"\0\0\0\6")
    columns = decode_columns(state_event(more=more), STATE, 25, ["FltSkillGroupNumber"])
    assert columns["FltSkillGroupNumber"].dtype == np.int32
    assert columns["FltSkillGroupNumber"].tolist() == [5]


def test_a_field_of_the_tag_table_can_be_a_column_of_any_message() -> None:
    (tag,) = (number for number, row in TAGS.items() if row.get("field") == "ANI")
    stream = state_event(more=floating(25, tag, b"5551234\0")) + state_event()
    columns = decode_columns(stream, STATE, 25, ["ANI"])
    assert columns["ANI"].tolist() == [b"5551234", b""]
    assert columns.valid("ANI").tolist() == [True, False]


def test_unspec_data_keeps_bytes_after_a_nul() -> None:
    body = b"\0" * codec(25).describe(ged.CALL_DELIVERED_EVENT).fixed_size
    (tag,) = (number for number, row in TAGS.items() if row.get("field") == "UserToUserInfo")
    stream = b"".join(
        header(ged.CALL_DELIVERED_EVENT, body + floating(25, tag, data))
        for data in (b"a\0b", b"\0" * 12, b"")
    )
    columns = decode_columns(stream, "CALL_DELIVERED_EVENT", 25, ["UserToUserInfo"])
    assert columns["UserToUserInfo"].tolist() == [b"a\0b", b"", b""]
    assert columns["UserToUserInfo"].dtype == np.dtype("S12")
    assert columns.valid("UserToUserInfo").all()


@pytest.mark.parametrize("size", [1, 7, 8, 9, 15, 16, 17, 255, 256, 4000])
def test_a_string_above_max_string_is_invalid_and_does_not_widen_the_column(size: int) -> None:
    texts = [b"1\0", b"x" * size + b"\0", b"x" * size, b"ab\0" + b"x" * size, b""]
    columns = decode_columns(
        b"".join(map(state_event, texts)), STATE, 25, ["AgentID", "AgentState"], max_string=8
    )
    fits = size <= 8
    assert columns.valid("AgentID").tolist() == [True, fits, fits, True, True]
    shown = b"x" * size if fits else b""
    assert columns["AgentID"].tolist() == [b"1", shown, shown, b"ab", b""]
    assert columns["AgentID"].dtype.itemsize == (max(size, 2) if fits else 2)


def test_max_string_is_the_maximum_length_of_the_reference() -> None:
    documented = [
        field["max"]
        for message in MESSAGES.values()
        for field in message["floating"]
        if field["type"] in ("STRING", "UNSPEC")
    ]
    assert max(documented) == MAX_STRING


@pytest.mark.parametrize(
    ("number", "name", "other", "bodies"),
    [
        (ged.FAILURE_CONF, "Status", "FailureCode", [b"\0\0\0\1\0\0\0\2", b"\0\0\0\1\0\3\0\0\0\4"]),
        (
            ged.CLEAR_CONNECTION_REQ,
            "RequestingDeviceIDType",
            "ConnectionCallID",
            [b"\0" * 14 + b"\0\2", b"\0" * 11 + b"\3\0\0"],
        ),
    ],
)
def test_frames_of_another_layout_have_rows_with_invalid_fields(
    number: int, name: str, other: str, bodies: list[bytes]
) -> None:
    stream = b"".join(header(number, body) for body in bodies)
    views, faults, _ = decoded(25, stream, number)
    assert not faults
    columns = decode_columns(stream, number, 25, ["InvokeID", name, other])
    assert columns.valid("InvokeID").all()
    assert columns.valid(name).tolist() == [True, False]
    assert_equal_to_views(columns, views)


def test_a_field_that_is_fixed_in_one_layout_and_floating_in_another_is_one_column() -> None:
    fixed = b"\0\0\0\1" + b"\0\0\x13\x88" + b"\0\0\0\2" + b"\0\0"
    body = fixed + floating(25, 220, b"\0\1")
    stream = header(ged.CLEAR_CONNECTION_REQ, fixed + b"\0\5") + header(ged.CLEAR_CONNECTION_REQ, body)
    views, faults, _ = decoded(25, stream, ged.CLEAR_CONNECTION_REQ)
    assert not faults
    assert_equal_to_views(decode_columns(stream, "CLEAR_CONNECTION_REQ", 25), views)


# --- errors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "version", "fields", "kind", "text"),
    [
        (STATE, 8, None, ValueError, "version must be 9 to 25, got 8"),
        (STATE, 25, ["AgentId"], ValueError, "did you mean AgentID"),
        (STATE, 25, ["AgentID", "AgentID"], ValueError, "AgentID is named twice"),
        (STATE, "25", None, TypeError, "version must be an integer, 9 to 25, got '25'"),
        (STATE, 25.0, None, TypeError, "version must be an integer, 9 to 25, got 25.0"),
        (STATE, True, None, TypeError, "version must be an integer"),
        (STATE, 2**70, None, ValueError, "version must be 9 to 25"),
        (
            STATE,
            25,
            "AgentID",
            TypeError,
            "fields must be a collection of field names or None, got 'AgentID'",
        ),
        (STATE, 25, b"AgentID", TypeError, "fields must be a collection of field names"),
        (STATE, 25, 5, TypeError, "fields must be a collection of field names or None, got 5"),
        (STATE, 25, [5], TypeError, "must be a str"),
        (STATE, 14, ["DepartmentID"], ValueError, "from version 19 on"),
        ("AGENT_STATE_EVNT", 25, None, ValueError, "did you mean AGENT_STATE_EVENT"),
        (120, 25, None, ValueError, "SUPERVISOR_ASSIST_EVENT has no published layout"),
        (99999, 25, None, ValueError, "no message with number 99999"),
        (-1, 25, None, ValueError, "no message with number -1"),
        (2.5, 25, None, TypeError, "number, name or class, got float"),
        (None, 25, None, TypeError, "number, name or class, got NoneType"),
        (True, 25, None, TypeError, "number, name or class, got bool"),
        ("CALL_DELIVERED_EVENT", 25, ["NamedVariable"], TypeError, "NamedVariable of CALL_DELIVERED_EVENT"),
        (
            "CONFIG_AGENT_EVENT",
            25,
            ["FltAgentMRDID"],
            TypeError,
            "FltAgentMRDID of CONFIG_AGENT_EVENT is an array",
        ),
        ("OPEN_REQ", 25, ["UniqueInstanceID"], ValueError, "no published tag"),
    ],
)
def test_fields_that_cannot_be_columns_are_refused(
    message: Any, version: int, fields: Any, kind: type[Exception], text: str
) -> None:
    with pytest.raises(kind, match=text):
        decode_columns(b"", message, version, fields)


@pytest.mark.parametrize("limit", ["max_frame", "max_string"])
@pytest.mark.parametrize("value", [0, -1, 2**70])
def test_limits_outside_their_range_are_refused(limit: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"{limit} must be [18] to 4294967303, got "):
        decode_columns(b"", STATE, 25, **{limit: value})


@pytest.mark.parametrize("limit", ["max_frame", "max_string"])
@pytest.mark.parametrize("value", [None, "64", 64.0, True])
def test_limits_of_a_wrong_type_are_refused(limit: str, value: Any) -> None:
    with pytest.raises(TypeError, match=f"{limit} must be an integer, [18] to 4294967303, got {value!r}"):
        decode_columns(b"", STATE, 25, **{limit: value})


def test_frame_too_large_has_the_offset_of_the_frame() -> None:
    event = state_event()
    stream = event + header(STATE, bytes(500)) + event
    with pytest.raises(FrameTooLarge) as caught:
        decode_columns(stream, STATE, 25, max_frame=400)
    assert (caught.value.length, caught.value.limit, caught.value.offset) == (508, 400, len(event))
    assert decode_columns(memoryview(stream)[: caught.value.offset], STATE, 25).rows == 1
    assert decode_columns(stream, STATE, 25, max_frame=508).rows == 2


def test_an_incomplete_frame_ends_the_scan_at_its_start() -> None:
    event = state_event()
    for cut in range(len(event)):
        columns = decode_columns(event + event[:cut], STATE, 25)
        assert (columns.rows, columns.frames, columns.offset) == (1, 1, len(event))


# --- buffers, memory, threads -----------------------------------------------------------------------


def test_any_contiguous_buffer_is_accepted(tmp_path: Path) -> None:
    stream = b"".join(state_event(b"%d\0" % number) for number in range(50))
    file = tmp_path / "recording"
    file.write_bytes(stream)
    expected = [b"%d" % number for number in range(50)]
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        for buffer in (
            stream,
            bytearray(stream),
            memoryview(stream),
            mapped,
            np.frombuffer(stream, np.uint8),
        ):
            columns = decode_columns(buffer, STATE, 25, ["AgentID"])
            assert columns["AgentID"].tolist() == expected
    assert columns["AgentID"].tolist() == expected
    with pytest.raises((BufferError, ValueError)):
        decode_columns(memoryview(stream)[::2], STATE, 25)
    with pytest.raises(TypeError):
        decode_columns("text", STATE, 25)  # type: ignore[arg-type]


@pytest.mark.parametrize("limit", [65536, 20])
def test_the_buffer_is_released_after_the_scan(limit: int) -> None:
    stream = bytearray(state_event())
    if limit < len(stream):
        with pytest.raises(FrameTooLarge):
            decode_columns(stream, STATE, 25, max_frame=limit)
    else:
        decode_columns(stream, STATE, 25, max_frame=limit)
    stream.append(0)


def test_columns_without_a_scan_have_no_rows() -> None:
    columns = Columns(ColumnPlan(25, STATE, ["AgentState", "AgentID"]))
    assert columns.rows == 0
    with pytest.raises(ValueError, match="no rows yet"):
        columns["AgentID"]
    with pytest.raises(ValueError, match="limit must be at least 1 byte, got 0"):
        columns.decode(b"", 65536, 0)
    with pytest.raises(ValueError, match="2 widths, got 1"):
        columns.reserve(1, [2], (0, 0, 0, 0))
    columns.decode(state_event(), 65536, 255)
    with pytest.raises(ValueError, match="have rows already"):
        columns.decode(state_event(), 65536, 255)
    with pytest.raises(ValueError, match="have rows already"):
        columns.reserve(1, [2, 4], (0, 0, 0, 0))
    assert columns["AgentID"].tolist() == [b"1001"]


# --- Parts -----------------------------------------------------------------------------------------------


@given(st.data(), versions)
def test_concatenated_parts_are_the_columns_of_the_whole(data: st.DataObject, version: int) -> None:
    cut_frames = data.draw(st.lists(frames(version, documented), max_size=12))
    number = int.from_bytes(cut_frames[0][4:8], "big") if cut_frames else STATE
    if codec(version).describe(number) is None:
        return
    names = usable(version, number)
    sizes = data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=6))
    parts, at = [], 0
    for size in sizes:
        parts.append(b"".join(cut_frames[at : at + size]))
        at += size
    parts.append(b"".join(cut_frames[at:]))
    whole = decode_columns(b"".join(parts), number, version, names)
    joined = Columns.concatenate([decode_columns(part, number, version, names) for part in parts])
    assert_same(joined, whole)


def assert_same(left: Columns, right: Columns) -> None:
    assert_same_rows(left, right)
    for attribute in ("rows", "frames", "others", "malformed", "offset", "message", "name", "version"):
        assert getattr(left, attribute) == getattr(right, attribute)
    assert str(left.first_malformed) == str(right.first_malformed)


def test_the_first_malformed_frame_of_the_parts_is_kept_with_its_place_in_the_whole() -> None:
    good, bad = state_event(), header(STATE, b"\0\0")
    parts = [decode_columns(part, STATE, 25, ["AgentID"]) for part in (good, good + bad, bad)]
    joined = Columns.concatenate(parts)
    assert (joined.malformed, joined.rows) == (2, 2)
    assert joined.first_malformed is not None
    assert joined.first_malformed.offset == 2 * len(good)
    assert_same(joined, decode_columns(good + good + bad + bad, STATE, 25, ["AgentID"]))


def test_parts_must_have_the_same_columns() -> None:
    one = decode_columns(state_event(), STATE, 25, ["AgentID"])
    with pytest.raises(ValueError, match="at least one Columns, got none"):
        Columns.concatenate([])
    for other in (
        decode_columns(state_event(), STATE, 25, ["AgentState"]),
        decode_columns(b"", STATE, 24, ["AgentID"]),
        decode_columns(b"", ged.QUERY_AGENT_STATE_CONF, 25, ["AgentID"]),
    ):
        with pytest.raises(ValueError, match="message, version and fields of the first"):
            Columns.concatenate([one, other])


def test_columns_can_be_pickled_and_copied() -> None:
    stream = state_event() + state_event(b"77\0") + header(STATE, b"\0")
    columns = decode_columns(stream, STATE, 25, ["AgentState", "AgentID", "Duration"])
    assert_same(pickle.loads(pickle.dumps(columns)), columns)
    copied = copy.copy(columns)
    copied["AgentState"][:] = 0
    assert columns["AgentState"].tolist() == [3, 3]


def test_many_rows_share_one_block_and_are_aligned() -> None:
    stream = state_event(b"1001\0") * 80_000
    columns = decode_columns(stream, STATE, 25, ["AgentState", "MonitorID", "AgentID", "Duration"])
    assert columns.rows == 80_000
    for name in columns:
        assert columns[name].flags.aligned
    assert set(columns["AgentID"].tolist()) == {b"1001"}
    assert (columns["MonitorID"] == 7).all()
    big = decode_columns(stream, STATE, 25)
    assert all((big[name] == (3 if name == "AgentState" else 7)).all() for name in big)


def test_another_thread_runs_while_a_buffer_is_scanned() -> None:
    stream = state_event() * 80_000
    assert lets_others_run(lambda: decode_columns(stream, STATE, 25, ["AgentState", "AgentID"]), times=20)


def check_that_one_of_two_decodes(first: bytes, second: bytes, rows: int) -> None:
    columns = Columns(ColumnPlan(25, STATE, ["AgentState", "AgentID"]))
    begins = threading.Barrier(3)

    def decode(stream: bytes) -> str:
        begins.wait()
        try:
            columns.decode(stream, 65536, 255)
        except ValueError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(2) as threads:
        decoding = [threads.submit(decode, stream) for stream in (first, second)]
        begins.wait()
        while not all(each.done() for each in decoding):  # what is read meanwhile is all or nothing
            with contextlib.suppress(ValueError):
                assert len(columns["AgentID"]) == columns.rows == rows
        none, refusal = sorted(each.result() for each in decoding)
        assert not none
        assert "have rows already" in refusal
    assert len(set(columns["AgentID"].tolist())) == 1
    assert columns["AgentState"].tolist() == [3] * rows


def test_of_threads_that_decode_into_the_same_columns_one_succeeds() -> None:
    first, second = (state_event(agent) * 40_000 for agent in (b"1001\0", b"1002\0"))
    for _ in range(10):
        check_that_one_of_two_decodes(first, second, 40_000)


def test_repeated_decoding_does_not_leak() -> None:
    good = b"".join(state_event(b"%d\0" % number) for number in range(3000))
    bad = good + header(STATE, b"") + header(STATE, bytes(70_000))

    def once() -> None:
        decode_columns(good, STATE, 25, ["AgentState", "AgentID"])
        with pytest.raises(FrameTooLarge):
            decode_columns(bad, STATE, 25)
        decode_columns(bad, STATE, 25, max_frame=100_000)
        with pytest.raises(ValueError, match="Nothing"):
            decode_columns(good, STATE, 25, ["Nothing"])

    once()
    tracemalloc.start()
    try:
        once()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(20):
            once()
        assert tracemalloc.get_traced_memory()[0] - before < 100_000
    finally:
        tracemalloc.stop()


def test_numpy_is_imported_with_columns_only() -> None:
    program = (
        "import sys; import ctios_fast, ctios_fast.core.scan.column_scan, ctios_fast.core.scan.frame_filter;"
        "print('numpy' in sys.modules); import ctios_fast.bulk.columns; print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


# --- Columns ---------------------------------------------------------------------------------------


def mixed_columns() -> Columns:
    events = [
        state_event(b"1001\0", 3, more=floating(25, 150, b"\0\0\1\0")),
        state_event(b"\xe9t\xe9\0", 4),
        header(STATE, state_event()[8:-9]),  # without AgentID
    ]
    return decode_columns(b"".join(events), STATE, 25, ["AgentState", "AgentID", "Duration", "MRDID"])


def test_columns_are_a_mapping_of_names_to_arrays() -> None:
    columns = mixed_columns()
    assert list(columns) == ["AgentState", "AgentID", "Duration", "MRDID"]
    assert len(columns) == 4
    assert columns.rows == 3
    assert dict(columns)["AgentState"] is columns["AgentState"]
    assert "AgentState" in columns
    assert columns.valid("AgentState").tolist() == [True, True, True]
    assert (columns.message, columns.name, columns.version) == (STATE, "AGENT_STATE_EVENT", 25)
    for name in ("Nothing", "MonitorID"):
        with pytest.raises(KeyError):
            columns[name]
        with pytest.raises(KeyError):
            columns.valid(name)
    assert repr(columns) == "<Columns AGENT_STATE_EVENT v25: 4 fields, 3 rows>"


def test_to_pandas_shares_the_numbers() -> None:
    pandas = pytest.importorskip("pandas")
    columns = mixed_columns()
    frame = columns.to_pandas()
    assert list(frame.columns) == list(columns)
    assert np.shares_memory(frame["AgentState"].to_numpy(), columns["AgentState"])
    assert np.shares_memory(frame["MRDID"].to_numpy(), columns["MRDID"])
    duration = frame["Duration"]
    assert isinstance(duration.dtype, pandas.UInt32Dtype)
    assert duration.isna().tolist() == [False, True, True]
    assert duration[0] == 256
    assert np.shares_memory(np.asarray(duration.array._data), columns["Duration"])
    assert frame["AgentID"].tolist() == ["1001", "\xe9t\xe9", None]
    empty = decode_columns(b"", STATE, 25, ["AgentState", "AgentID", "Duration"]).to_pandas()
    assert len(empty) == 0


def test_to_arrow_shares_the_numbers() -> None:
    arrow = pytest.importorskip("pyarrow")
    columns = mixed_columns()
    table = columns.to_arrow()
    assert table.column_names == list(columns)
    table.validate(full=True)
    for name in ("AgentState", "Duration", "MRDID"):
        (chunk,) = table[name].chunks
        assert chunk.buffers()[1].address == columns[name].ctypes.data
    assert table["AgentState"].to_pylist() == [3, 4, 3]
    assert table["Duration"].to_pylist() == [256, None, None]
    assert table.schema.field("MRDID").type == arrow.int32()
    assert table["AgentID"].to_pylist() == ["1001", "?t?", None]
    exact = columns.to_arrow(binary=True)
    exact.validate(full=True)
    assert exact["AgentID"].to_pylist() == [b"1001", b"\xe9t\xe9", None]
    assert decode_columns(b"", STATE, 25, ["AgentState", "AgentID", "Duration"]).to_arrow().num_rows == 0


@pytest.mark.parametrize(("library", "method"), [("pandas", "to_pandas"), ("pyarrow", "to_arrow")])
def test_a_missing_library_is_named(library: str, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ImportError, match=f"needs {library}: pip install 'ctios_fast"):
        getattr(mixed_columns(), method)()
