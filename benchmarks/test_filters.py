"""Compiled filters that reject every frame, beside a test of the bytes in Python and splitting alone."""

import pytest

from benchmarks.peers.eager import AGENT_STATE_FIXED, HEADER, TAG
from benchmarks.streams import SIZES, VERSION, agent_states
from ctios_fast.core.columns import count_frames
from ctios_fast.core.filters import FrameFilter
from ctios_fast.protocol.messages import AGENT_STATE_EVENT, SYSTEM_EVENT

NOBODY = {str(9001 + number) for number in range(500)}
FILTERS = {
    "500 agent ids": FrameFilter(VERSION, AGENT_STATE_EVENT, {"AgentID": NOBODY}),
    "a state": FrameFilter(VERSION, AGENT_STATE_EVENT, {"AgentState": 7}),
    "another message": FrameFilter(VERSION, SYSTEM_EVENT),
}


def group(size: str) -> str:
    return f"AGENT_STATE_EVENT rejected by a filter, {size}"


@pytest.fixture(params=SIZES)
def size(request) -> str:
    return request.param


def by_struct(data: memoryview, wanted: set[bytes]) -> list[int]:
    """Offsets of the AGENT_STATE_EVENTs of some agents, by one tag scan of each."""
    found = []
    position = 0
    while position + 8 <= len(data):
        length, message_type = HEADER.unpack_from(data, position)
        end = position + 8 + length
        if end > len(data):
            break
        if message_type == AGENT_STATE_EVENT:
            at = position + 8 + AGENT_STATE_FIXED.size
            while at < end:
                tag, size = TAG.unpack_from(data, at)
                if tag == 5:
                    if bytes(data[at + 4 : at + 3 + size]) in wanted:
                        found.append(position)
                    break
                at += 4 + size
        position = end
    return found


@pytest.mark.parametrize("by", FILTERS)
def test_ctios_fast(benchmark, size, by):
    stream = agent_states(size)
    benchmark.group = group(size)
    rounds = 7 if size == "64 MiB" else 300
    chosen = benchmark.pedantic(FILTERS[by].select, (stream,), rounds=rounds, warmup_rounds=1)
    assert chosen.offsets == []
    assert chosen.frames == count_frames(stream)[0]


def test_struct(benchmark, size):
    stream = memoryview(agent_states(size))
    benchmark.group = group(size)
    wanted = {text.encode() for text in NOBODY}
    assert benchmark.pedantic(by_struct, (stream, wanted), rounds=2 if size == "64 MiB" else 20) == []


def test_bound_split_alone(benchmark, size):
    stream = agent_states(size)
    benchmark.group = group(size)
    rounds = 7 if size == "64 MiB" else 300
    assert benchmark.pedantic(count_frames, (stream,), rounds=rounds, warmup_rounds=1)[0] > 0
