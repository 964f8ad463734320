"""A buffer that is decoded in parts gives the same columns as its frames a few at a time."""

import random
import tracemalloc
from collections.abc import Callable

import pytest
from support.columns import assert_same_rows
from support.strategies import floating, header

from ctios_fast.bulk.columns import Columns, decode_columns
from ctios_fast.core import codec
from ctios_fast.core.scan.column_plan import ColumnPlan
from ctios_fast.errors import FrameTooLarge
from ctios_fast.protocol import numbers as ged

STATE = ged.AGENT_STATE_EVENT
FIELDS = ["AgentState", "MonitorID", "AgentID", "Duration", "AgentExtension"]
OTHER = header(ged.HEARTBEAT_CONF, bytes(4))
BAD = header(STATE, b"\0\0")
#: Rows of columns that are decoded in one part.
FEW = 1000


def event(number: int, agent: bytes = b"1001\0", *, lasts: bool = False, extension: bytes = b"") -> bytes:
    layout = codec(25).describe(STATE)
    assert layout is not None
    fixed = b"".join((number % 251).to_bytes(field.size, "big") for field in layout.fixed)
    more = floating(25, 150, number.to_bytes(4, "big")) if lasts else b""
    more += floating(25, 4, extension) if extension else b""
    return header(STATE, fixed + floating(25, 5, agent) + more)


def _equal(rng: random.Random) -> list[bytes]:
    return [event(number, b"%d\0" % (1000 + number % 9000)) for number in range(10_000)]


def _denser(rng: random.Random) -> list[bytes]:
    return [OTHER] * 9000 + [event(number) for number in range(10_000)]


def _denser_in_steps(rng: random.Random) -> list[bytes]:
    frames = []
    for others in (60, 20, 6, 2, 0):
        for number in range(3000):
            frames += [event(number)] + [OTHER] * others
    return frames


def _sparser(rng: random.Random) -> list[bytes]:
    return [event(number) for number in range(4000)] + [OTHER] * 40_000


def _a_later_longer_text(rng: random.Random) -> list[bytes]:
    frames = _equal(rng)
    frames[7777] = event(7777, b"0123456789abcdefghij\0")
    return frames


def _ever_longer_texts(rng: random.Random) -> list[bytes]:
    return [event(number, b"x" * (1 + number // 100)) for number in range(20_000)]


def _ever_longer_texts_of_two_fields(rng: random.Random) -> list[bytes]:
    return [
        event(number, b"x" * (1 + number // 4000), extension=b"y" * (1 + number // 5000))
        for number in range(20_000)
    ]


def _fields_that_appear_late(rng: random.Random) -> list[bytes]:
    return [
        event(number, lasts=number > 6000, extension=b"5\0" * (number > 8000)) for number in range(10_000)
    ]


def _malformed_later(rng: random.Random) -> list[bytes]:
    frames = _equal(rng)
    for at in (2500, 5000, 9999):
        frames[at] = BAD
    return frames


def _random(rng: random.Random) -> list[bytes]:
    frames: list[bytes] = []
    while len(frames) < 12_000:
        length, count = rng.randrange(12), rng.choice((1, 3, 50, 1500))
        kind = rng.random()
        for number in range(count):
            if kind < 0.1:
                frames.append(rng.choice((OTHER, OTHER, BAD)))
            else:
                agent = bytes(
                    rng.choice(b"123456789\0") for _ in range(length if kind < 0.9 else rng.randrange(30))
                )
                frames.append(event(number, agent, lasts=rng.random() < 10 * kind - 6))
    return frames


def decoded(stream: bytes) -> Columns:
    return decode_columns(stream, STATE, 25, FIELDS)


@pytest.mark.parametrize("end", [b"", b"\0\0\0", event(1)[:-1]])
@pytest.mark.parametrize(
    "build",
    [
        _equal,
        _denser,
        _denser_in_steps,
        _sparser,
        _a_later_longer_text,
        _ever_longer_texts,
        _ever_longer_texts_of_two_fields,
        _fields_that_appear_late,
        _malformed_later,
    ],
)
def test_parts_give_the_same_columns_as_few_rows_at_a_time(
    build: Callable[[random.Random], list[bytes]], end: bytes
) -> None:
    check(build(random.Random(1)), end)


@pytest.mark.parametrize("seed", range(15))
def test_parts_of_a_random_stream_give_the_same_columns(seed: int) -> None:
    check(_random(random.Random(seed)))


def check(frames: list[bytes], end: bytes = b"") -> None:
    pieces = [b"".join(frames[at : at + FEW]) for at in range(0, len(frames), FEW)]
    expected = Columns.concatenate([decoded(piece) for piece in pieces])
    columns = decoded(b"".join(pieces) + end)
    assert_same_rows(columns, expected)
    for attribute in ("frames", "others", "malformed", "offset"):
        assert getattr(columns, attribute) == getattr(expected, attribute)
    assert str(columns.first_malformed) == str(expected.first_malformed)


def test_a_long_text_of_the_first_rows_does_not_inflate_the_columns() -> None:
    rows = 3000
    stream = event(0, b"x" * 20_000) + b"".join(map(event, range(1, rows))) + OTHER * 500_000
    tracemalloc.start()
    try:
        columns = decode_columns(stream, STATE, 25, ["AgentID"], max_string=65_535)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert columns.rows == rows
    assert columns["AgentID"].dtype.itemsize == 20_000
    assert peak < rows * 20_000 * 1.2


def test_few_rows_of_a_large_buffer_keep_little_memory() -> None:
    columns = decoded(b"".join(_sparser(random.Random(1))))
    base = columns["AgentState"].base
    assert base is not None
    used = sum(columns[name].nbytes + columns.valid(name).nbytes for name in columns)
    assert memoryview(base).nbytes < 1.2 * used


def test_a_frame_too_large_in_a_later_part_leaves_no_columns() -> None:
    events = [event(number) for number in range(10_000)]
    before = b"".join(events)
    stream = before + header(STATE, bytes(70_000)) + before
    columns = Columns(ColumnPlan(25, STATE, FIELDS))
    with pytest.raises(FrameTooLarge) as caught:
        columns.decode(stream, 65_536, 255)
    assert (caught.value.length, caught.value.offset) == (70_008, len(before))
    assert columns.rows == 0
    with pytest.raises(ValueError, match="no rows yet"):
        columns["AgentState"]
    assert columns.decode(before, 65_536, 255) is None
    assert columns.rows == 10_000
