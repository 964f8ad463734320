"""Which side is tried next, and after what wait.

GED-188, guidelines for client applications, Side AB Selection: the last good side first, then the other;
then a random wait of up to a tenth of a second for each client of the site; both again; then waits of 15,
30, 60 and 120 seconds, each followed by both sides, and 120 from there on.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import random

__all__ = ["WAITS", "Attempt", "Side", "attempts"]

#: Seconds between rounds, after the first random wait. The last one repeats for ever.
WAITS = (15.0, 30.0, 60.0, 120.0)


class Side(NamedTuple):
    """One CTI Server of the pair. ``name`` is ``"A"`` or ``"B"``."""

    name: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Attempt(NamedTuple):
    """One try: wait ``delay`` seconds, then connect to ``side``. ``final``: no other follows."""

    side: Side
    delay: float
    final: bool


def attempts(
    sides: tuple[Side, ...], first: Side, *, clients: int, rounds: int | None, rng: "random.Random"
) -> Iterator[Attempt]:
    """The attempts of one search for a server, in order.

    ``first`` is the last good side. ``clients``: how many clients the site has, which spreads their return
    after a common failure. ``rounds``: how many times all sides are tried, once at least; None goes on for
    ever.
    """
    order = [first, *(side for side in sides if side != first)]
    number = 0
    while rounds is None or number < rounds:
        if number == 0:
            delay = 0.0
        elif number == 1:
            delay = rng.uniform(0, clients / 10)
        else:
            delay = WAITS[min(number - 2, len(WAITS) - 1)]
        number += 1
        for side in order:
            yield Attempt(side, delay, final=number == rounds and side == order[-1])
            delay = 0.0
