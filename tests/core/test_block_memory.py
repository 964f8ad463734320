"""Large blocks of freed columns serve the next columns, and few are kept."""

import gc
import threading
import tracemalloc

import numpy as np
import pytest
from support.strategies import floating, header

from ctios_fast.bulk.columns import Columns, decode_columns
from ctios_fast.core import codec
from ctios_fast.core.switches import is_on
from ctios_fast.protocol import numbers as ged

MIB = 1 << 20
MAX_KEPT = 64 * MIB

pytestmark = pytest.mark.skipif(not is_on("block-reuse"), reason="CTIOS_FAST_WITHOUT turns it off")


def event(agent: bytes) -> bytes:
    layout = codec(25).describe(ged.AGENT_STATE_EVENT)
    assert layout is not None
    return header(ged.AGENT_STATE_EVENT, bytes(layout.fixed_size) + floating(25, 5, agent))


def wide(size: int, letter: bytes = b"x") -> Columns:
    """Return columns of about ``size`` bytes, with one text of 60,000 letters."""
    rows = size // 60_000
    stream = event(letter * 60_000) + event(letter) * (rows - 1)
    return decode_columns(stream, "AGENT_STATE_EVENT", 25, ["AgentID"], max_frame=70_000, max_string=65_535)


def address(columns: Columns) -> int:
    found = columns["AgentID"].ctypes.data
    assert isinstance(found, int)
    return found


def block_size(columns: Columns) -> int:
    base = columns["AgentID"].base
    assert base is not None
    return memoryview(base).nbytes


def test_freed_memory_serves_the_next_columns_of_about_the_same_size() -> None:
    first = wide(10 * MIB)
    where = address(first)
    del first
    assert address(wide(10 * MIB)) == where
    assert address(wide(6 * MIB)) == where


def test_an_array_keeps_its_values_while_other_columns_are_decoded() -> None:
    kept = wide(10 * MIB, b"a")["AgentID"]
    before = kept.copy()
    for letter in (b"b", b"c"):
        wide(10 * MIB, letter)
    assert np.array_equal(kept, before)


def test_memory_that_was_used_before_holds_the_new_values_only() -> None:
    wide(10 * MIB, b"a")
    values = wide(10 * MIB, b"b")["AgentID"]
    assert values[0] == b"b" * 60_000
    assert set(values[1:].tolist()) == {b"b"}


def test_few_rows_keep_no_large_block() -> None:
    wide(40 * MIB)
    small = wide(2 * MIB)
    assert block_size(small) <= 4 * MIB


@pytest.mark.parametrize(("size", "count"), [(20 * MIB, 5), (2 * MIB, 12), (80 * MIB, 1)])
def test_few_blocks_are_kept(size: int, count: int) -> None:
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        held = [wide(size) for _ in range(count)]
        del held
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0] - before
        assert kept <= min(MAX_KEPT, 4 * size) + MIB
        wide(size)
        assert tracemalloc.get_traced_memory()[0] - before <= min(MAX_KEPT, 4 * size) + MIB
    finally:
        tracemalloc.stop()


def test_threads_never_share_a_block() -> None:
    wrong: list[object] = []

    def decode(letter: bytes) -> None:
        for _ in range(30):
            values = wide(2 * MIB, letter)["AgentID"]
            if values[0] != letter * 60_000 or set(values[1:].tolist()) != {letter}:
                wrong.append(letter)

    threads = [threading.Thread(target=decode, args=(letter,)) for letter in (b"a", b"b", b"c", b"d", b"e")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
