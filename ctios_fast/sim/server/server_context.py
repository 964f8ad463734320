"""What all connections of a simulated pair use: settings, clock, counters, log and the budget of bytes."""

import itertools
import logging
from typing import Final

from ctios_fast.connection.clock import Clock
from ctios_fast.sim.counters import Counters
from ctios_fast.sim.pair_settings import PairSettings

from .buffer_budget import BufferBudget
from .limited_log import LimitedLog

__all__ = ["ServerContext", "log"]

log = logging.getLogger("ctios_fast.sim")


class ServerContext:
    """One for a pair."""

    def __init__(self, settings: PairSettings, clock: Clock) -> None:
        self.settings: Final = settings
        self.clock: Final = clock
        self.counters: Final = Counters()
        self.budget: Final = BufferBudget(settings.max_total_buffered)
        self.log: Final = LimitedLog(log, clock)
        self._session_ids: Final = itertools.count(1)

    def next_session_id(self) -> int:
        """A SessionID that no session of either side has had."""
        return next(self._session_ids) & 0xFFFFFFFF
