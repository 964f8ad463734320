"""Whether work keeps memory or references: checks for tests of the compiled core."""

import gc
import sys
import tracemalloc
from collections.abc import Callable, Sequence

__all__ = ["check_that_nothing_is_kept"]


def check_that_nothing_is_kept(
    work: Callable[[int], object],
    shared: Sequence[object],
    *,
    warm_up: int,
    first: int,
    more: int,
    references: int = 100,
    leaves_cycles: bool = False,
) -> None:
    """Do the work again and again; fail if memory or references to what it shares grow.

    - ``work``: does the work the given number of times.
    - ``shared``: objects that the work uses; their references are counted before and after.
    - ``warm_up``, ``first``, ``more``: times before the count, up to the first look at memory, and after it.
    - ``references``: by how many the references of an object may differ.
    - ``leaves_cycles``: whether the work leaves cycles to the garbage collector, as tracebacks do.
    """
    work(warm_up)
    if leaves_cycles:
        gc.collect()
    before = [sys.getrefcount(thing) for thing in shared]
    tracemalloc.start()
    try:
        work(first)
        held = tracemalloc.get_traced_memory()[0]
        work(more)
        grown = tracemalloc.get_traced_memory()[0] - held
    finally:
        tracemalloc.stop()
    assert grown < 10_000
    if leaves_cycles:
        gc.collect()
    for thing, count in zip(shared, before, strict=True):
        assert abs(sys.getrefcount(thing) - count) < references, thing
