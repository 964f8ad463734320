"""Limits repeated log lines: the first ones of a kind are written whole, then a few with a count.

Of a kind that repeats, these lines are written: the first ``whole``; the 10th, 100th, 1000th and so on; and
the next one after ``interval`` seconds without a written line. Each of the latter two says how many were left
out before it. A kind that was not logged for ``interval`` seconds begins anew. So a fault that repeats a
million times in a burst costs nine lines, and one that goes on for a month is seen in each day's log.

With ``per_interval`` a kind begins anew after every ``interval`` seconds, whether it was logged meanwhile or
not: for a log that shall show each line of a moderate number.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

__all__ = ["LogLimit"]

#: Lines of one kind that are written whole.
DEFAULT_WHOLE = 3
#: Seconds after which a kind that repeats is written again.
DEFAULT_INTERVAL = 600.0
#: Kinds that are remembered; the one not logged for longest is forgotten first.
MAX_KINDS = 256


class _Kind:
    __slots__ = ("began", "count", "last_seen", "last_written", "left_out")

    def __init__(self, now: float, left_out: int) -> None:
        self.count = 0
        self.left_out = left_out  # since the last written line
        self.began = self.last_seen = self.last_written = now


class LogLimit:
    """Writes to a logger, but limits lines that repeat.

    - ``logger``: where lines are written.
    - ``whole``: lines of one kind that are written before the limit holds.
    - ``interval``: seconds after which a line of a kind that repeats is written again.
    - ``per_interval``: ``whole`` lines of a kind are written in every interval, not only once.
    - ``now``: gives the time in seconds.

    ``suppressed`` counts the lines that were left out.
    """

    def __init__(
        self,
        logger: logging.Logger,
        *,
        whole: int = DEFAULT_WHOLE,
        interval: float = DEFAULT_INTERVAL,
        per_interval: bool = False,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.suppressed = 0
        self._logger = logger
        self._whole = whole
        self._interval = interval
        self._per_interval = per_interval
        self._now = now
        self._kinds: OrderedDict[Hashable, _Kind] = OrderedDict()

    def log(self, level: int, message: str, *args: object, kind: Hashable = None, **more: Any) -> None:
        """Log as ``Logger.log`` does, unless the line is one too many of its kind.

        ``kind`` says what repeats: the message without its arguments, unless given. ``more`` goes to the
        logger (``exc_info`` for example).
        """
        if not self._logger.isEnabledFor(level):
            return
        left_out = self._count(message if kind is None else kind)
        if left_out is None:
            self.suppressed += 1
            return
        if left_out:
            message += " (%d like it were not logged)"
            args = (*args, left_out)
        self._logger.log(level, message, *args, **more)

    def info(self, message: str, *args: object, kind: Hashable = None, **more: Any) -> None:
        """Log at INFO; see ``log``."""
        self.log(logging.INFO, message, *args, kind=kind, **more)

    def warning(self, message: str, *args: object, kind: Hashable = None, **more: Any) -> None:
        """Log at WARNING; see ``log``."""
        self.log(logging.WARNING, message, *args, kind=kind, **more)

    def error(self, message: str, *args: object, kind: Hashable = None, **more: Any) -> None:
        """Log at ERROR; see ``log``."""
        self.log(logging.ERROR, message, *args, kind=kind, **more)

    def _count(self, key: Hashable) -> int | None:
        # How many lines were left out before this one; None if it is left out too.
        now = self._now()
        kind = self._kinds.pop(key, None)
        if kind is None:
            kind = _Kind(now, 0)
            if len(self._kinds) >= MAX_KINDS:
                self._kinds.popitem(last=False)
        elif now - (kind.began if self._per_interval else kind.last_seen) >= self._interval:
            kind = _Kind(now, kind.left_out)
        self._kinds[key] = kind
        kind.count += 1
        kind.last_seen = now
        if (
            kind.count > self._whole
            and not _is_power_of_ten(kind.count)
            and now - kind.last_written < self._interval
        ):
            kind.left_out += 1
            return None
        kind.last_written = now
        left_out, kind.left_out = kind.left_out, 0
        return left_out


def _is_power_of_ten(number: int) -> bool:
    while number >= 10 and number % 10 == 0:
        number //= 10
    return number == 1
