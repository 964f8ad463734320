"""Log lines that clients can cause: a bounded number in each period, then one line that counts the rest."""

import logging
from typing import Final

from ctios_fast.connection.clock import Clock

__all__ = ["LimitedLog"]

MAX_LINES: Final = 50
"""Lines in one period."""

PERIOD: Final = 10.0
"""Seconds."""


class LimitedLog:
    """Writes lines to a logger, at most ``MAX_LINES`` in ``PERIOD`` seconds of ``clock``.

    ``suppressed``: lines that were counted and not written, since the last written one.
    """

    def __init__(self, logger: logging.Logger, clock: Clock) -> None:
        self.suppressed = 0
        self._logger: Final = logger
        self._clock: Final = clock
        self._period_end = float("-inf")  # of the period that is running
        self._written = 0  # lines in that period

    def warning(self, template: str, *values: object) -> None:
        """Write a line at WARNING, or count it."""
        self._write(logging.WARNING, template, values)

    def info(self, template: str, *values: object) -> None:
        """Write a line at INFO, or count it."""
        if self._logger.isEnabledFor(logging.INFO):
            self._write(logging.INFO, template, values)

    def _write(self, level: int, template: str, values: tuple[object, ...]) -> None:
        now = self._clock.time()
        if now >= self._period_end:
            self._period_end = now + PERIOD
            self._written = 0
            if self.suppressed:
                self._logger.warning("%d further lines were not written", self.suppressed)
                self.suppressed = 0
        if self._written < MAX_LINES:
            self._written += 1
            self._logger.log(level, template, *values)
        else:
            self.suppressed += 1
