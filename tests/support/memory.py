"""A check for tests of the compiled core: repeated work keeps neither memory nor references."""

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
    """Repeat the work; fail if its memory or the references to shared objects grow.

    - ``work``: does the work the given number of times.
    - ``shared``: objects that the work uses; their references are counted before and after.
    - ``warm_up``: repetitions before references are counted.
    - ``first``: repetitions before memory is measured the first time.
    - ``more``: repetitions before memory is measured the second time.
    - ``references``: the largest accepted difference in an object's reference count.
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
