"""Maintenance of the active side: what the server announced, and when the client leaves the side.

GED-188, PG and CTI Server Graceful Shutdown. The active server asks its clients (ACTIVE_MAINTENANCE_REQ), and
says whether its maintenance begins (ACTIVE_MAINTENANCE_EVENT). A client leaves by
STOPPING_REQUESTS_TO_THIS_SIDE_IND once the other side is active. The server expects this message within 5
seconds, so a client that has not heard of an active side by then leaves nevertheless.
"""

from collections.abc import Callable

from .clock import Clock, TimerHandle

__all__ = ["LEAVE_AFTER", "MaintenanceMode"]

#: Seconds after the announcement at which the side is left even if no other side is known to be active. The
#: server waits for 5; the rest is for the message to arrive.
LEAVE_AFTER = 4.0


class MaintenanceMode:
    """The maintenance of the side that one link is up to. ``leave``: called when the side is to be left."""

    __slots__ = ("_clock", "_leave", "_timer")

    def __init__(self, clock: Clock, leave: Callable[[], object]) -> None:
        self._clock = clock
        self._leave = leave
        self._timer: TimerHandle | None = None

    @property
    def is_announced(self) -> bool:
        """Whether the server said that its maintenance begins."""
        return self._timer is not None

    def announce(self) -> None:
        """Note that the server begins its maintenance. The time counts from the first announcement."""
        if self._timer is None:
            self._timer = self._clock.call_later(LEAVE_AFTER, self._leave)

    def end(self) -> None:
        """Note that there is no maintenance, or that the side has been left."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
