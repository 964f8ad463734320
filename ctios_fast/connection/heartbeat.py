"""Heartbeats of a client: one is due after an interval of silence, and three unanswered ones are the end.

GED-188, Session Maintenance. Silence of the client lets the server's idle time-out run, so a heartbeat is due
if nothing was sent for the interval. Silence of the server may mean that it is dead. A client that sends all
the time has to notice that too, so a heartbeat is also due if nothing was received for the interval. Whatever
the server sends shows that it is alive, and clears the count of missing answers as an answer does. The server
never sends heartbeats itself.
"""

from collections.abc import Callable
from typing import Protocol

from .clock import Clock, TimerHandle

__all__ = ["DEFAULT_MAX_MISSED", "MIN_INTERVAL", "Heartbeats"]

#: Smallest interval in seconds that the reference allows.
MIN_INTERVAL = 5.0
#: Heartbeats in a row that may stay unanswered before the connection counts as lost.
DEFAULT_MAX_MISSED = 3


class Traffic(Protocol):
    """When the link last sent and last received, by the same clock, and whether it reads what comes."""

    last_sent: float
    last_received: float

    @property
    def is_reading(self) -> bool:
        """False while the program keeps the link from reading."""


class Heartbeats:
    """Watches one link.

    - ``interval``: seconds of silence after which a heartbeat is due.
    - ``beat``: sends a heartbeat.
    - ``missing``: called with the number of heartbeats in a row that are unanswered.
    - ``lost``: called once there are ``max_missed`` of them.
    """

    def __init__(
        self,
        clock: Clock,
        traffic: Traffic,
        interval: float,
        *,
        beat: Callable[[], object],
        missing: Callable[[int], object],
        lost: Callable[[], object],
        max_missed: int = DEFAULT_MAX_MISSED,
    ) -> None:
        self.interval = interval
        self.missed = 0  # heartbeats in a row that are unanswered
        self._clock = clock
        self._traffic = traffic
        self._beat = beat
        self._missing = missing
        self._lost = lost
        self._max_missed = max_missed
        self._running = False
        self._asked_at: float | None = None  # when the first unanswered heartbeat was sent
        self._timer: TimerHandle | None = None

    def start(self) -> None:
        """Start to watch."""
        self._running = True
        self._wait(self.interval)

    def stop(self) -> None:
        """Stop; nothing is called any more."""
        self._running = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self, delay: float) -> None:
        self._timer = self._clock.call_later(delay, self._due)

    def _due(self) -> None:
        now = self._clock.time()
        if self._asked_at is not None:
            # what is not read may be an answer
            if self._traffic.last_received >= self._asked_at or not self._traffic.is_reading:
                self._asked_at = None
                self.missed = 0
            elif not self._count_missing():
                return
        silent_until = min(self._traffic.last_sent, self._traffic.last_received) + self.interval
        if silent_until > now and self._asked_at is None:
            self._wait(silent_until - now)
            return
        self._asked_at = now if self._asked_at is None else self._asked_at
        self._wait(self.interval)
        self._beat()

    def _count_missing(self) -> bool:
        # Return whether the link is still watched.
        self.missed += 1
        if self.missed >= self._max_missed:
            self.stop()
            self._lost()
            return False
        self._missing(self.missed)
        return self._running
