"""What a comparison is, how one round of a side is measured, and how two sides are measured in pairs.

A **side** prepares everything and gives a function; a **round** is one call of it, which tells how many units
(events, requests, ...) it did, or, where it has to measure by itself, the figures. A round is measured in
processor time of this process, so that other processes cost it caches at worst; what has to wait for a
server is measured by the clock.

A **pair** is one round of each of two sides, one after the other, in turns which goes first. What happens to
the machine happens to both, and the median of the pairs' ratios shrugs off the rounds in which it did not.
"""

import gc
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Final, NamedTuple

#: Units done, or the figures that the round measured itself, in seconds for one unit.
Round = Callable[[], "int | Mapping[str, float]"]
Prepare = Callable[[], AbstractContextManager[Round]]

OURS: Final = "ours"
PEER: Final = "peer"
BOUND: Final = "bound"


class Side(NamedTuple):
    """One of those that are compared. ``kind``: ours, a peer, or a bound that nobody can pass."""

    name: str
    kind: str
    prepare: Prepare
    rounds: int = 30  # in the tables; slow ones need fewer


class Comparison(NamedTuple):
    """One table: who is compared, doing what."""

    name: str
    unit: str
    sides: tuple[Side, ...]
    figure: str = "cpu"  # "wall" where a server's answer is part of it

    def side(self, name: str) -> Side:
        """The side of that name."""
        return next(side for side in self.sides if side.name == name)


def sides(kind: str, prepared: Mapping[str, Prepare], rounds: int = 30) -> list[Side]:
    """Sides of one kind."""
    return [Side(name, kind, prepare, rounds) for name, prepare in prepared.items()]


def ready(make: Callable[[], Round]) -> Prepare:
    """A side that has nothing to give back when it is over."""

    @contextmanager
    def prepared() -> Iterator[Round]:
        yield make()

    return prepared


def measure(work: Round) -> dict[str, float]:
    """One round: seconds for one unit, by figure."""
    wall, cpu = time.perf_counter(), time.process_time()
    done = work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    if isinstance(done, int):
        assert done > 0
        return {"cpu": cpu / done, "wall": wall / done}
    return dict(done)


class Ratio(NamedTuple):
    """The median of ratios of pairs, with the quartiles as the spread, and the medians of both sides."""

    median: float
    low: float
    high: float
    numerator: float
    denominator: float
    pairs: int


def ratio(pairs: Iterable[tuple[float, float]], *, added: bool = False) -> Ratio:
    """The ratio of so many pairs; ``added``: of what the first costs beyond the second, to the second."""
    pairs = list(pairs)
    ratios = [(above - below) / below if added else above / below for above, below in pairs]
    low, _, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else (ratios[0],) * 3
    return Ratio(
        statistics.median(ratios), low, high, *(statistics.median(side) for side in zip(*pairs, strict=True)),
        len(ratios),
    )  # fmt: skip


def paired(above: Side, below: Side, seconds: float, least: int = 5) -> list[dict[str, tuple[float, float]]]:
    """Rounds of two sides in turns for so many seconds, and so many at least; the first pair is warm-up."""
    with above.prepare() as one, below.prepare() as other:
        found: list[dict[str, tuple[float, float]]] = []
        gc.collect()
        gc.freeze()
        try:
            until = time.perf_counter() + seconds
            number = 0
            while number <= least or time.perf_counter() < until:
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
