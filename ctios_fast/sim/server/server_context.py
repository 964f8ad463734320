"""What all connections of a simulated pair use: settings, clock, counters, log and the budget of bytes."""

import itertools
import logging
import time
from typing import Final

from ctios_fast.connection.clock import Clock, LoopClock
from ctios_fast.connection.log_limit import LogLimit
from ctios_fast.sim.counters import Counters
from ctios_fast.sim.pair_settings import PairSettings

from .buffer_budget import BufferBudget

__all__ = ["LOG_INTERVAL", "MAX_LOG_LINES", "ServerContext", "log"]

MAX_LOG_LINES: Final = 50
"""Lines of one kind in each ``LOG_INTERVAL``: clients can cause them without end."""

LOG_INTERVAL: Final = 10.0
"""Seconds of real time: a virtual clock may never end an interval."""

_FIRST_DAY: Final = 1_767_225_600
"""2026-01-01 00:00 UTC."""

log = logging.getLogger("ctios_fast.sim")


class ServerContext:
    """One for a pair."""

    def __init__(self, settings: PairSettings, clock: Clock) -> None:
        self.settings: Final = settings
        self.clock: Final = clock
        self.counters: Final = Counters()
        self.budget: Final = BufferBudget(settings.max_total_buffered)
        self.log: Final = LogLimit(log, whole=MAX_LOG_LINES, interval=LOG_INTERVAL, per_interval=True)
        self._session_ids: Final = itertools.count(1)

    def wall_time(self) -> float:
        """Seconds since 1970. A clock other than the loop's begins at a fixed day, so that runs are alike."""
        if isinstance(self.clock, LoopClock):
            return time.time()
        return _FIRST_DAY + self.clock.time()

    def next_session_id(self) -> int:
        """A SessionID that no session of either side has had."""
        return next(self._session_ids) & 0xFFFFFFFF
