"""The bytes that wait for all clients of a pair together, and who is cut off when they become too many."""

from typing import Final, Protocol

__all__ = ["BufferBudget", "Holder"]


class Holder(Protocol):
    """A connection with bytes that its client did not read yet."""

    def bytes_waiting(self) -> int:
        """Bytes that wait to be sent now."""


class BufferBudget:
    """Counts waiting bytes.

    A count is brought up to date when its connection sends. All are counted anew before a client is cut off,
    as it may have read since.
    """

    def __init__(self, limit: int) -> None:
        self.limit: Final = limit
        self.total = 0
        self._waiting: dict[Holder, int] = {}

    def recount(self, holder: Holder) -> None:
        """Bring the count of a connection up to date."""
        if holder in self._waiting:
            self._count(holder)

    def update(self, holder: Holder) -> Holder | None:
        """Count the bytes of a connection. Returns the one with the most bytes if the total is too large."""
        waiting = holder.bytes_waiting()  # not by _count: this runs for each frame sent
        if waiting != self._waiting.get(holder, 0):
            self._note(holder, waiting)
        if self.total > self.limit:
            for known in tuple(self._waiting):
                self._count(known)
            if self.total > self.limit:
                return max(self._waiting, key=self._waiting.__getitem__)
        return None

    def remove(self, holder: Holder) -> None:
        """Count a connection no longer."""
        self.total -= self._waiting.pop(holder, 0)

    def _count(self, holder: Holder) -> None:
        self._note(holder, holder.bytes_waiting())

    def _note(self, holder: Holder, waiting: int) -> None:
        self.total += waiting - self._waiting.get(holder, 0)
        if waiting:
            self._waiting[holder] = waiting
        else:
            self._waiting.pop(holder, None)
