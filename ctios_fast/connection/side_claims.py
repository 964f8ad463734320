"""SideClaims: signs that no standby session can be kept, because the sides contradict each other.

A side that says, when a standby session is opened there, that it is active is believed: the present side may
have become the standby, which it does not report. The side that was left is tried next. It may have become
active again in the meantime, or each side may be slow to know its role. But if the sides go on claiming the
same in turn, neither of them can be the standby. Nor can it be if opening a session on one side ends the
session on the other one.
"""

from .pace import INTERVAL

__all__ = ["CLAIM_PAUSE", "CLAIM_WINDOW", "MAX_CLAIMS", "SideClaims"]

#: Claims in a row that contradict each other: two may be changes of roles.
MAX_CLAIMS = 3

#: Seconds after which a claim does not belong to the one before. At the slowest pace the next one is sooner.
CLAIM_WINDOW = 2 * INTERVAL

#: Seconds before the side that was left for a claim is tried, so that both sides know their roles by then.
CLAIM_PAUSE = 1.0


class SideClaims:
    """What the two sides of one connection claimed."""

    __slots__ = ("_count", "_last", "_takeovers")

    def __init__(self) -> None:
        self._count = 0  # claims in a row since a session was last opened in order
        self._last = 0.0  # when the last one of them was made
        self._takeovers = 0  # times in a row that opening a standby session ended the session

    def claim(self, now: float) -> bool:
        """Note that a side claims to be active. Returns whether the claims in a row contradict each other."""
        if now - self._last >= CLAIM_WINDOW:
            self._count = 0
        self._last = now
        self._count += 1
        return self._count >= MAX_CLAIMS

    def settle(self) -> None:
        """Forget the claims: a session is open whose side is what it was expected to be."""
        self._count = 0

    def take_over(self) -> bool:
        """Note that opening a standby session ended the session. Returns whether it did so before."""
        self._takeovers += 1
        return self._takeovers > 1

    def forget_takeovers(self) -> None:
        """Note that a standby session became the session, or that another session is wanted."""
        self._takeovers = 0
