"""Which side is tried next, and after what wait.

GED-188, guidelines for client applications, Side AB Selection: the last good side first, then the other; then
a random wait of up to a tenth of a second for each client of the site; both again; then waits of 15, 30, 60
and 120 seconds, each followed by both sides, and 120 from there on.
"""

from math import inf
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    import random

__all__ = ["QUICK_WAITS", "WAITS", "Attempt", "Plan", "Side"]

#: Seconds between rounds, after the first random wait. The last one repeats without end.
WAITS = (15.0, 30.0, 60.0, 120.0)

#: The same in a pair with an active and a standby side: one of them is about to take the other role.
QUICK_WAITS = (1.0, 2.0, 4.0, 8.0, *WAITS)


class Side(NamedTuple):
    """One CTI Server of the pair. ``name`` is ``"A"`` or ``"B"``."""

    name: str
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Attempt(NamedTuple):
    """One attempt: wait ``delay`` seconds, then connect to ``side``. ``final``: no other follows."""

    side: Side
    delay: float
    final: bool


class Plan:
    """An iterator over the attempts of one search for a server.

    A round tries every side once.

    - ``first``: the side to begin with, usually the last good one.
    - ``clients``: number of clients of the site; spreads their return after a common failure.
    - ``rounds``: number of rounds, at least one; None for no limit.
    - ``pause``: seconds to wait before the first attempt.
    - ``waits``: seconds between rounds, after the first random wait.
    - ``max_wait``: limit in seconds for each wait between rounds, the random one included.
    """

    def __init__(
        self,
        sides: tuple[Side, ...],
        first: Side,
        *,
        clients: int,
        rounds: int | None,
        rng: "random.Random",
        pause: float = 0.0,
        waits: tuple[float, ...] = WAITS,
        max_wait: float = inf,
    ) -> None:
        self._order = [first, *(side for side in sides if side != first)]
        self._clients = clients
        self._rounds = rounds
        self._rng = rng
        self._pause = pause
        self._waits = waits
        self._max_wait = max_wait
        self._at = len(self._order)  # place of the next attempt in its round; the first one begins a round
        self._begun = 0  # rounds that were begun; they decide the wait
        self._counted = 0  # rounds that count against the limit

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Attempt:
        if self.exhausted:
            raise StopIteration
        delay = 0.0
        if self._at == len(self._order):
            delay = self._wait()
            self._begun += 1
            self._counted += 1
            self._at = 0
        side = self._order[self._at]
        self._at += 1
        return Attempt(side, delay, final=self.exhausted)

    @property
    def exhausted(self) -> bool:
        """True if no attempt is left."""
        return self._counted == self._rounds and self._at == len(self._order)

    def postpone(self) -> None:
        """Try the side of the last attempt at the end of its round instead. There it is left out."""
        if self._at < len(self._order):
            self._at -= 1
            self._order.append(self._order.pop(self._at))

    def end_round(self) -> None:
        """Leave out the rest of the round. The next one begins with the side whose turn it would have been.

        The limit of rounds counts anew: the side that ended the round was reached.
        """
        turn = self._at % len(self._order)
        self._order = self._order[turn:] + self._order[:turn]
        self._at = len(self._order)
        self._counted = 0

    def _wait(self) -> float:
        if self._begun == 0:
            return self._pause
        if self._begun == 1:
            return self._rng.uniform(0, min(self._clients / 10, self._max_wait))
        return min(self._waits[min(self._begun - 2, len(self._waits) - 1)], self._max_wait)
