"""Pace: how soon a session follows the one before, when the sides of a pair change their roles.

Each change may be the last one, so the active side is looked for at once. Sides that go on changing, or that
grant sessions and end them, are limited to ``BURST`` changes in a row and then to one for each ``INTERVAL``.
"""

__all__ = ["BURST", "INTERVAL", "Pace"]

#: Changes in a row that are followed at once. As many are allowed again ``BURST * INTERVAL`` seconds later.
BURST = 6

#: Seconds between the changes that are followed after those.
INTERVAL = 5.0


class Pace:
    """The changes of one connection that were followed."""

    __slots__ = ("_spent_until",)

    def __init__(self) -> None:
        self._spent_until = 0.0  # when the whole burst is allowed again

    def take(self, now: float) -> float:
        """Note that a change is followed. Returns the seconds to wait before that, INTERVAL at most."""
        spent = max(self._spent_until - now, 0.0) + INTERVAL
        self._spent_until = now + min(spent, (BURST + 1) * INTERVAL)
        return self.due(now)

    def due(self, now: float) -> float:
        """Return the seconds to wait that are left of those for the last change."""
        return max(self._spent_until - now - BURST * INTERVAL, 0.0)
