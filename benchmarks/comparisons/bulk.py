"""Whole buffers without an object per event: columns, and filters that reject every event.

All sides take the whole stream in one call, as a program does that has it in memory. The peer that makes
columns is also measured on parts that stay in the nearer caches. The filtering peer costs the same for
every part, so it takes one part at a time.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from benchmarks.measure import BOUND, OURS, PEER, Comparison, Prepare, Round, Side, ready
from benchmarks.peers import struct_columns, struct_filter
from benchmarks.peers.layouts import fixed
from benchmarks.streams import SIZES, VERSION, agent_states, frames_of, in_turns
from ctios_fast.bulk.columns import decode_columns
from ctios_fast.core import codec
from ctios_fast.core.scan.column_scan import count_frames
from ctios_fast.core.scan.frame_filter import FrameFilter
from ctios_fast.protocol.numbers import AGENT_STATE_EVENT, SYSTEM_EVENT

FIELDS = [*fixed(AGENT_STATE_EVENT).names, "AgentID", "AgentExtension"]
NOBODY = {str(900_001 + number) for number in range(500)}
BYTES = 117  # of an event, about
PART = 4000  # events of one round of a peer


def _whole(size: str, take: Callable[[bytes], int]) -> Prepare:
    def prepared() -> Round:
        stream = agent_states(size)
        return lambda: take(stream)

    return ready(prepared)


def _parts(size: str, take: Callable[[bytes], int]) -> Prepare:
    def prepared() -> Round:
        frames = frames_of(agent_states(size))
        parts = [b"".join(frames[at : at + PART]) for at in range(0, len(frames), PART)]
        turns = in_turns(parts, 1)
        return lambda: take(next(turns)[0])

    return ready(prepared)


def _split(stream: bytes) -> int:
    frames, end = count_frames(stream)
    assert end == len(stream)
    return frames


def _columns(stream: bytes) -> int:
    return decode_columns(stream, AGENT_STATE_EVENT, VERSION, FIELDS).rows


def _added(stream: bytes) -> int:
    # What the machine allows: reads all bytes, and writes as many into new memory, without the GIL.
    return len(np.add(np.frombuffer(stream, "u1"), 1)) // BYTES


def _threaded(size: str, threads: int, take: Callable[[bytes], int] = _columns) -> Prepare:
    """Return a side that takes the two halves of the stream, in one thread or in two at once."""

    @contextmanager
    def prepared() -> Iterator[Round]:
        stream = agent_states(size)
        middle = count_frames(memoryview(stream)[: len(stream) // 2])[1]
        halves = (stream[:middle], stream[middle:])
        with ThreadPoolExecutor(threads) as pool:
            yield lambda: sum(pool.map(take, halves))

    return prepared


def _struct_columns(stream: bytes) -> int:
    return len(struct_columns.agent_states(stream)["AgentID"])


def _check_columns() -> None:
    some = b"".join(frames_of(agent_states("256 KiB"))[:500])
    ours, theirs = decode_columns(some, AGENT_STATE_EVENT, VERSION, FIELDS), struct_columns.agent_states(some)
    assert list(theirs) == list(ours)
    for name in ours:
        assert theirs[name].dtype == ours[name].dtype
        assert np.array_equal(theirs[name], ours[name])


def _filtered(by: FrameFilter) -> Callable[[bytes], int]:
    def select(stream: bytes) -> int:
        chosen = by.select(stream)
        assert chosen.offsets == []
        return chosen.frames

    return select


def _struct_filtered(stream: bytes) -> int:
    chosen, frames = struct_filter.of_agents(stream, {text.encode() for text in NOBODY})
    assert chosen == []
    return frames


def _check_filters() -> None:
    some = frames_of(agent_states("256 KiB"))[:500]
    somebody = {codec(VERSION).decode(frame)["AgentID"] for frame in some[::7]}
    ours = FrameFilter(VERSION, AGENT_STATE_EVENT, {"AgentID": somebody}).select(b"".join(some))
    theirs, frames = struct_filter.of_agents(b"".join(some), {text.encode() for text in somebody})
    assert (ours.offsets, ours.frames) == (theirs, frames)
    assert ours.offsets


def _checked(check: Callable[[], None], prepare: Prepare) -> Prepare:
    def prepared() -> object:
        check()
        return prepare()

    return prepared  # type: ignore[return-value]


def comparisons() -> Iterator[Comparison]:
    """Return the comparisons of this module."""
    filters = {
        "500 agent ids": FrameFilter(VERSION, AGENT_STATE_EVENT, {"AgentID": NOBODY}),
        "a state": FrameFilter(VERSION, AGENT_STATE_EVENT, {"AgentState": 7}),
        "another message": FrameFilter(VERSION, SYSTEM_EVENT),
    }
    for size in SIZES:
        rounds = 10 if size == "64 MiB" else 100
        alone = Side("splitting alone", BOUND, _whole(size, _split), rounds)
        yield Comparison(
            f"AGENT_STATE_EVENT to columns of 19 fixed fields and 2 texts, {size}",
            "event",
            (
                Side("decode_columns", OURS, _checked(_check_columns, _whole(size, _columns)), rounds),
                Side("struct into NumPy", PEER, _whole(size, _struct_columns), 3),
                Side(
                    f"struct into NumPy, {PART:,} events at a time", PEER, _parts(size, _struct_columns), 10
                ),
                alone,
            ),
        )
        yield Comparison(
            f"AGENT_STATE_EVENT to columns, of two buffers, {size}",
            "event",
            (
                Side("one thread", OURS, _threaded(size, 1), rounds),
                Side("two threads", OURS, _threaded(size, 2), rounds),
                Side("adding 1 to each byte, one thread", BOUND, _threaded(size, 1, _added), rounds),
                Side("adding 1 to each byte, two threads", BOUND, _threaded(size, 2, _added), rounds),
            ),
            "wall",
        )
        yield Comparison(
            f"AGENT_STATE_EVENT rejected by a filter, {size}",
            "event",
            (
                *(
                    Side(name, OURS, _checked(_check_filters, _whole(size, _filtered(by))), rounds)
                    for name, by in filters.items()
                ),
                Side("struct and a set", PEER, _parts(size, _struct_filtered), 10),
                alone,
            ),
        )
