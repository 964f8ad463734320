"""Distinguishes a takeover by another program from the late effect of an own OPEN_REQ.

The server ends a session with status 11 when a newer one of the same client opens. A side that was frozen can
answer an OPEN_REQ long after the client gave it up. That ends the client's live session on the other side.
Each OPEN_REQ that was given up can do so once.
"""

__all__ = ["AbandonedOpens"]

#: OPEN_REQs that are remembered; the oldest ones are forgotten.
MAX_REMEMBERED = 16


class AbandonedOpens:
    """When own OPEN_REQs were given up unanswered. ``window``: seconds for which each is remembered."""

    __slots__ = ("_times", "_window")

    def __init__(self, window: float) -> None:
        self._times: list[float] = []
        self._window = window

    def add(self, now: float) -> None:
        """Note that an OPEN_REQ was given up."""
        self._times = [*self._times[1 - MAX_REMEMBERED :], now]

    def explain_takeover(self, now: float) -> bool:
        """Return whether one of them explains a takeover; it is forgotten then."""
        self._times = [when for when in self._times if when > now - self._window]
        if not self._times:
            return False
        self._times.pop(0)
        return True
