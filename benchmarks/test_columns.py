"""Columns of all fixed fields and two texts, beside a ``struct`` loop into NumPy and splitting alone."""

import pytest

from benchmarks.peers import struct_columns
from benchmarks.peers.eager import AGENT_STATE_NAMES
from benchmarks.streams import SIZES, VERSION, agent_states
from ctios_fast.columns import decode_columns
from ctios_fast.core.columns import count_frames
from ctios_fast.protocol.messages import AGENT_STATE_EVENT

FIELDS = [*AGENT_STATE_NAMES, "AgentID", "AgentExtension"]


def measured(benchmark, size: str, function, *arguments):
    benchmark.group = f"AGENT_STATE_EVENT to columns: 19 fixed fields and 2 texts, {size}"
    return benchmark.pedantic(function, arguments, rounds=7 if size == "64 MiB" else 300, warmup_rounds=1)


@pytest.fixture(params=SIZES)
def size(request) -> str:
    return request.param


def test_ctios_fast(benchmark, size):
    stream = agent_states(size)
    columns = measured(benchmark, size, decode_columns, stream, AGENT_STATE_EVENT, VERSION, FIELDS)
    assert columns["AgentID"][499] == b"1500"
    assert columns.rows == count_frames(stream)[0]


def test_struct_into_numpy(benchmark, size):
    stream = agent_states(size)
    benchmark.group = f"AGENT_STATE_EVENT to columns: 19 fixed fields and 2 texts, {size}"
    made = benchmark.pedantic(
        struct_columns.agent_states, (memoryview(stream),), rounds=2 if size == "64 MiB" else 20
    )
    columns = decode_columns(stream, AGENT_STATE_EVENT, VERSION, FIELDS)
    assert list(made) == list(columns)
    for name in columns:
        assert made[name].dtype == columns[name].dtype
        assert (made[name] == columns[name]).all()


def test_bound_split_alone(benchmark, size):
    stream = agent_states(size)
    frames, offset = measured(benchmark, size, count_frames, stream)
    assert frames > 0
    assert len(stream) - offset < 200
