"""The compiled core against the reference codec: both give the same record, verdict and bytes."""

import itertools
import json
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import reference_codec
from support.reference_codec import HEADER, MESSAGES, NUMBERS, TAGS, Record
from support.strategies import (
    BARE_NUMBERS,
    ODD_TAGS,
    ODD_TEXTS,
    bare,
    build,
    build_full,
    damage,
    damaged_frames,
    fits,
    fixed_part,
    floating,
    frames,
    header,
    plain_data,
    random_frames,
    streams,
    versions,
)

from ctios_fast.core import Codec, codec
from ctios_fast.errors import FrameTooLarge, MalformedFrame, ProtocolError, TruncatedStream
from ctios_fast.records.transcript import StreamReader, frame_from_record, record

ALL_VERSIONS = range(9, 26)
MALFORMED = "malformed"
EXAMPLES = settings(max_examples=200, deadline=None, derandomize=True, database=None)


def core_verdict(version: int, frame: bytes) -> Record | str:
    try:
        row = record(codec(version).decode(frame), 0)
    except MalformedFrame as error:
        fault = error
    else:
        assert row.pop("offset") == 0
        return row
    assert fault.frame == frame
    assert fault.message_type == HEADER.unpack_from(frame)[1]
    assert fault.message == MESSAGES[fault.message_type]["name"]
    assert 8 <= fault.offset <= len(frame)
    return MALFORMED


def reference_verdict(version: int, frame: bytes) -> Record | str:
    try:
        return reference_codec.decode(version, frame)
    except reference_codec.Malformed:
        return MALFORMED


def assert_same(version: int, frame: bytes) -> Record | str:
    """The two codecs agree on the frame, and what the core reads it writes."""
    verdict = core_verdict(version, frame)
    assert verdict == reference_verdict(version, frame)
    if isinstance(verdict, dict):
        assert list(verdict.get("fields", ())) == list(
            reference_codec.decode(version, frame).get("fields", ())
        )
        row = json.loads(json.dumps(verdict))
        assert frame_from_record(codec(version), row) == frame
        assert reference_codec.encode(version, row) == frame
        message = codec(version).decode(frame)
        every = codec(version).to_dict(frame)
        assert every == message.to_dict() == {name: message[name] for name in every}
        assert every.keys() >= message.fixed().keys()
        if message.documented:
            again = codec(version).encode(message.type, message.fixed(), message.floating(), as_received=True)
            assert codec(version).encode(message) == again
            assert again == frame
    else:
        with pytest.raises(MalformedFrame) as by_view:
            codec(version).decode(frame)
        with pytest.raises(MalformedFrame) as by_dict:
            codec(version).to_dict(frame)
        assert by_dict.value.args == by_view.value.args
    return verdict


def seeded(*seed: object) -> random.Random:
    return random.Random("/".join(map(str, seed)))


@pytest.mark.parametrize("version", ALL_VERSIONS)
def test_every_message_is_read_and_written_alike(version: int) -> None:
    for number in MESSAGES:
        assert assert_same(version, build_full(seeded(version, number), version, number)) != MALFORMED
        for seed in range(3):
            assert assert_same(version, build(seeded(version, number, seed), version, number)) != MALFORMED


@pytest.mark.parametrize("version", [14, 25])
def test_messages_without_layout_keep_their_body(version: int) -> None:
    for number in BARE_NUMBERS:
        for body in (b"", b"\0", b"\1\2\3", bytes(range(256))):
            row = assert_same(version, header(number, body))
            assert isinstance(row, dict)
            assert row["hex"] == body.hex()


@pytest.mark.parametrize("version", [14, 19, 20, 25])
def test_both_codecs_agree_on_every_tag_in_every_message(version: int) -> None:
    for number, message in MESSAGES.items():
        rng = seeded(version, number)
        rows = [
            floating(version, tag, plain_data(rng, TAGS.get(tag, {}).get("type"), False))
            for tag in (*range(320), *ODD_TAGS)
            if fits(version, tag)
        ]
        assert_same(version, header(number, fixed_part(rng, version, message) + b"".join(rows)))


@pytest.mark.parametrize("version", [14, 25])
def test_both_codecs_agree_on_odd_data_in_fields_of_every_type(version: int) -> None:
    kinds = {row.get("type"): tag for tag, row in TAGS.items() if fits(version, tag)}
    arrays = [
        (number, field["tag"])
        for number, message in MESSAGES.items()
        for field in message["floating"]
        if "array" in field and fits(version, field["tag"])
    ]
    assert set(kinds) >= {"STRING", "UNSPEC", "NAMEDVAR", "NAMEDARRAY", "UINT", "USHORT", "BOOL", None}
    odd = (
        *ODD_TEXTS,
        *(bytes(size) for size in range(10)),
        b"\xff" * 8,
        b"\5n\0v\0",
        b"n\0\xe9\0",
        b"\xe9\0\0",
    )
    for number, tag in [*((9, tag) for tag in kinds.values()), *arrays]:
        for data in odd:
            body = fixed_part(seeded(number), version, MESSAGES[number]) + floating(version, tag, data)
            assert_same(version, header(number, body))


@pytest.mark.parametrize("version", ALL_VERSIONS)
@pytest.mark.parametrize("number", [number for number, row in MESSAGES.items() if "alternatives" in row])
def test_both_codecs_choose_the_same_layout_at_every_length(version: int, number: int) -> None:
    for size in range(28):
        for seed in range(20):
            rng = seeded(version, number, size, seed)
            body = bytes(rng.choice((0, 0, 1, 2, 4, rng.getrandbits(8))) for _ in range(size))
            assert_same(version, header(number, body))


@pytest.mark.parametrize("version", [14, 19, 20, 25])
def test_both_codecs_agree_on_every_cut_of_a_frame(version: int) -> None:
    for number in (1, 3, 30, 46, 9, 23):
        frame = build_full(seeded(version, number), version, number)
        for end in range(len(frame) - HEADER.size + 1):
            assert_same(version, header(number, frame[HEADER.size :][:end]))


@pytest.mark.parametrize("version", [14, 19, 20, 25])
def test_both_codecs_agree_on_damage_to_every_message(version: int) -> None:
    verdicts = []
    for number in MESSAGES:
        for seed in range(6):
            rng = seeded(version, number, seed)
            verdicts.append(assert_same(version, damage(rng, version, build(rng, version, number))))
    assert MALFORMED in verdicts
    assert any(isinstance(verdict, dict) for verdict in verdicts)


@EXAMPLES
@given(versions.flatmap(lambda version: st.tuples(st.just(version), frames(version))))
def test_well_formed_frames_are_read_and_written_alike(case: tuple[int, bytes]) -> None:
    assert assert_same(*case) != MALFORMED


@EXAMPLES
@given(versions.flatmap(lambda version: st.tuples(st.just(version), damaged_frames(version))))
def test_both_codecs_agree_on_damaged_frames(case: tuple[int, bytes]) -> None:
    assert_same(*case)


@EXAMPLES
@given(versions, random_frames())
def test_both_codecs_agree_on_random_bytes(version: int, frame: bytes) -> None:
    assert_same(version, frame)


@EXAMPLES
@given(versions.flatmap(lambda version: st.tuples(st.just(version), frames(version, bare))))
def test_messages_without_layout_are_read_and_written_alike(case: tuple[int, bytes]) -> None:
    assert assert_same(*case) != MALFORMED


def core_stream(version: int, stream: bytes, cuts: list[int]) -> tuple[list[Record], str, int]:
    """Records of a stream that comes in pieces, the verdict on its tail, and where the tail begins."""
    reader = StreamReader(codec(version))
    rows: list[Record] = []
    places = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    try:
        for start, end in itertools.pairwise(places):
            rows.extend(reader.feed(stream[start:end]))
        reader.end()
    except FrameTooLarge as error:
        return rows, "too large", error.offset
    except TruncatedStream as error:
        return rows, "cut", error.offset
    return rows, "end", len(stream)


@EXAMPLES
@given(
    versions.flatmap(lambda version: st.tuples(st.just(version), streams(version))),
    st.lists(st.integers(0, 1 << 16), max_size=4),
)
def test_streams_give_the_same_records_however_they_are_cut(case: tuple[int, bytes], cuts: list[int]) -> None:
    version, stream = case
    rows, verdict, tail = core_stream(version, stream, cuts)
    expected, left = reference_codec.split(stream)
    assert [(row["offset"], row["type"]) for row in rows] == [
        (frame.offset, frame.type) for frame in expected
    ]
    for row, frame in zip(rows, expected, strict=True):
        whole = header(frame.type, frame.body)
        wanted = reference_verdict(version, whole)
        if wanted == MALFORMED:
            assert row["hex"] == whole.hex()
            assert row["error"]
        else:
            assert {key: value for key, value in row.items() if key != "offset"} == wanted
    assert (verdict, tail) == left
    written = b"".join(frame_from_record(codec(version), row) for row in rows)
    assert written == stream[:tail]


@EXAMPLES
@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=3))
def test_both_codecs_split_random_bytes_alike(stream: bytes, cuts: list[int]) -> None:
    rows, verdict, tail = core_stream(25, stream, cuts)
    expected, left = reference_codec.split(stream)
    assert len(rows) == len(expected)
    assert (verdict, tail) == left


def test_a_piece_of_a_stream_is_kept_even_if_its_records_are_not_read() -> None:
    frame = build(seeded(30), 25, 30)
    reader = StreamReader(codec(25))
    reader.feed(frame[:5])
    assert [row["offset"] for row in reader.feed(frame[5:])] == [0]
    reader.end()


@pytest.mark.parametrize("limit", [8, 12, 100, 65536, 1 << 20])
def test_the_limit_counts_the_header(limit: int) -> None:
    bounded = Codec(25, limit)
    (row,) = StreamReader(bounded).feed(header(999, bytes(limit - 8)))
    assert row == {"offset": 0, "type": 999, "message": None, "hex": "00" * (limit - 8)}
    assert frame_from_record(bounded, row) == header(999, bytes(limit - 8))
    with pytest.raises(FrameTooLarge) as caught:
        list(StreamReader(bounded).feed(header(999, bytes(limit - 7))))
    assert (caught.value.length, caught.value.limit, caught.value.offset) == (limit + 1, limit, 0)


def test_the_edges_of_every_number_type_are_read_and_written_alike() -> None:
    for number, message in MESSAGES.items():
        layout = reference_codec.layouts(25, message)[0]
        for fill in (b"\0", b"\x7f", b"\x80", b"\xff"):
            body = b"".join(fill * struct.calcsize(NUMBERS[field["type"]]) for field in layout)
            assert assert_same(25, header(number, body)) != MALFORMED


@pytest.mark.parametrize("frame", [b"", b"\0" * 7, HEADER.pack(1, 5), HEADER.pack(0, 5) + b"\0"])
def test_bytes_that_are_not_one_frame_are_refused(frame: bytes) -> None:
    with pytest.raises((ProtocolError, ValueError)):
        codec(25).decode(frame)
