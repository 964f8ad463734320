"""SideClaims: signs that no standby session can be kept, because the sides contradict each other.

A side that says, when a standby session is opened there, that it is active is believed: the present side may
have become the standby, which it does not report. The side that was left is tried at once. If it claims the
same, neither of them can be the standby. Nor can it be if opening a session on one side ends the session on
the other one.
"""

__all__ = ["CLAIM_WINDOW", "SideClaims"]

#: Seconds within which the claims of two sides to be active contradict each other.
CLAIM_WINDOW = 5.0


class SideClaims:
    """What the two sides of one connection claimed."""

    __slots__ = ("_count", "_last", "_takeovers")

    def __init__(self) -> None:
        self._count = 0  # claims since a session was last opened in order
        self._last: float | None = None  # when the last one of them was made
        self._takeovers = 0  # times in a row that opening a standby session ended the session

    def claim(self, now: float) -> bool:
        """Note that a side claims to be active. Returns whether it contradicts the claim before."""
        before, self._last = self._last, now
        self._count += 1
        return before is not None and now - before < CLAIM_WINDOW

    @property
    def is_first(self) -> bool:
        """Whether there was one claim. The next attempt to open a standby session tests it."""
        return self._count == 1

    def settle(self) -> None:
        """Forget the claims: a session is open whose side is what it was expected to be."""
        self._count, self._last = 0, None

    def take_over(self) -> bool:
        """Note that opening a standby session ended the session. Returns whether it did so before."""
        self._takeovers += 1
        return self._takeovers > 1

    def forget_takeovers(self) -> None:
        """Note that a standby session became the session, or that another session is wanted."""
        self._takeovers = 0
