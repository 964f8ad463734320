"""The tables: ``pytest benchmarks``. One table for each comparison, with times per unit,
such as an event or a request.

A round processes many units and measures itself, in processor time or by the clock. It advances the timer of
pytest-benchmark by the time of one unit, so that the statistics are those of one unit.
"""

import statistics
from collections.abc import Callable

import pytest

from .comparisons import by_name
from .kernels import KERNELS, OPENED, Kernel
from .measure import Comparison, Round, Side, measure


class MovedTimer:
    """A timer that moves only by assignment."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def every_side() -> list[object]:
    params: list[object] = []
    for comparison in by_name().values():
        for side in comparison.sides:
            mark = pytest.mark.benchmark(group=comparison.name, timer=MovedTimer())
            params.append(pytest.param(comparison, side, marks=mark, id=f"{comparison.name}: {side.name}"))
    return params


@pytest.mark.parametrize(("comparison", "side"), every_side())
def test_benchmark(request, benchmark, comparison: Comparison, side: Side):
    short = request.config.getoption("short")
    timer = request.node.get_closest_marker("benchmark").kwargs["timer"]
    rounds: list[dict[str, float]] = []

    def one(work: Round) -> None:
        rounds.append(measure(work))
        timer.now += rounds[-1][comparison.figure]

    with side.prepare() as work:
        measure(work)
        benchmark.pedantic(one, (work,), rounds=2 if short else side.rounds)
    assert all(value > 0 for figures in rounds for value in figures.values())
    benchmark.extra_info.update(
        side=side.name,
        kind=side.kind,
        unit=comparison.unit,
        figure=comparison.figure,
        medians={name: statistics.median(figures[name] for figures in rounds) for name in rounds[0]},
    )


@pytest.mark.parametrize("make", KERNELS, ids=lambda make: make.__name__)
def test_every_kernel_runs(make: Callable[[], Kernel]) -> None:
    with OPENED:
        make()(3)
