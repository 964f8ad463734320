"""Defines comparisons, measures one round of a side, and measures two sides in pairs.

A **side** prepares its work and returns a function. A **round** is one call of that function. It returns
the number of units (events, requests, ...) that it processed or, if it must measure by itself, the figures.
A round is measured in processor time of this process, so that other processes affect it through the caches
only. A round that waits for a server is measured by the clock.

A **pair** is one round of each of two sides, one after the other; they go first in turns. A disturbance of
the machine usually affects both rounds of a pair, and the median of the pairs' ratios ignores the pairs
where it did not.
"""

import gc
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Final, NamedTuple

#: Returns the number of processed units, or the figures that the round measured itself, in seconds per unit.
Round = Callable[[], "int | Mapping[str, float]"]
Prepare = Callable[[], AbstractContextManager[Round]]

OURS: Final = "ours"
PEER: Final = "peer"
BOUND: Final = "bound"


class Side(NamedTuple):
    """One of the compared implementations.

    ``kind``: ``OURS``, ``PEER``, or ``BOUND`` for a lower limit of every implementation.
    ``rounds``: number of rounds in the tables.
    """

    name: str
    kind: str
    prepare: Prepare
    rounds: int = 30


class Comparison(NamedTuple):
    """One table: sides that do the same work.

    ``figure``: ``cpu`` for processor time, ``wall`` for time by the clock.
    """

    name: str
    unit: str
    sides: tuple[Side, ...]
    figure: str = "cpu"

    def side(self, name: str) -> Side:
        """Return the side of a name."""
        return next(side for side in self.sides if side.name == name)


def sides(kind: str, prepared: Mapping[str, Prepare], rounds: int = 30) -> list[Side]:
    """Return sides of one kind."""
    return [Side(name, kind, prepare, rounds) for name, prepare in prepared.items()]


def ready(make: Callable[[], Round]) -> Prepare:
    """Return the preparation of a side that needs no cleaning up."""

    @contextmanager
    def prepared() -> Iterator[Round]:
        yield make()

    return prepared


def measure(work: Round) -> dict[str, float]:
    """Run one round and return its figures: seconds per unit."""
    wall, cpu = time.perf_counter(), time.process_time()
    done = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    if isinstance(done, int):
        assert done > 0
        return {"cpu": cpu / done, "wall": wall / done}
    return dict(done)


class Ratio(NamedTuple):
    """The median of the pairs' ratios, their quartiles, and the medians of both sides in seconds per unit."""

    median: float
    low: float
    high: float
    numerator: float
    denominator: float
    pairs: int


def ratio(pairs: Iterable[tuple[float, float]], *, added: bool = False) -> Ratio:
    """Return the ratio of some pairs.

    ``added``: True for the ratio of the first side's additional cost to the second side.
    """
    pairs = list(pairs)
    ratios = [(above - below) / below if added else above / below for above, below in pairs]
    low, _, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else (ratios[0],) * 3
    return Ratio(
        statistics.median(ratios), low, high, *(statistics.median(side) for side in zip(*pairs, strict=True)),
        len(ratios),
    )  # fmt: skip


def paired(
    above: Side, below: Side, seconds: float, min_pairs: int = 5
) -> list[dict[str, tuple[float, float]]]:
    """Run rounds of two sides in turns and return the figures of each pair.

    ``seconds``: time limit. ``min_pairs``: minimum number of pairs. The first pair is a warm-up and does not
    count.
    """
    with above.prepare() as one, below.prepare() as other:
        found: list[dict[str, tuple[float, float]]] = []
        gc.collect()
        gc.freeze()
        try:
            until = time.perf_counter() + seconds
            number = 0
            while number <= min_pairs or time.perf_counter() < until:
                if number % 2:
                    first = measure(one)
                    second = measure(other)
                else:
                    second = measure(other)
                    first = measure(one)
                if number:
                    found.append({name: (first[name], second[name]) for name in first if name in second})
                number += 1
        finally:
            gc.unfreeze()
    return found
