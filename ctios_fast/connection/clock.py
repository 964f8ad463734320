"""Time as the connection layer sees it, so that a test of time-outs takes no time.

``LoopClock`` is the running event loop's clock. ``ManualClock`` only moves when a test moves it.
"""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from typing import Any, Protocol

__all__ = ["Clock", "LoopClock", "ManualClock", "TimerHandle", "sleep"]


class TimerHandle(Protocol):
    """A scheduled call."""

    def cancel(self) -> None:
        """Forget the call."""


class Clock(Protocol):
    """Seconds that only grow, and calls after a delay in seconds."""

    def time(self) -> float:
        """Seconds since some fixed point."""

    def call_later(self, delay: float, callback: Callable[..., object], /, *args: Any) -> TimerHandle:
        """Call back once the delay has passed."""


async def sleep(clock: Clock, delay: float) -> None:
    """Wait ``delay`` seconds of the clock."""
    waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def wake() -> None:
        if not waiter.done():
            waiter.set_result(None)

    timer = clock.call_later(delay, wake)
    try:
        await waiter
    finally:
        timer.cancel()


class LoopClock:
    """The running event loop's clock."""

    def time(self) -> float:
        """Seconds of the loop's monotonic clock."""
        return asyncio.get_running_loop().time()

    def call_later(self, delay: float, callback: Callable[..., object], /, *args: Any) -> TimerHandle:
        """Call back from the loop once the delay has passed."""
        return asyncio.get_running_loop().call_later(delay, callback, *args)


class _ManualTimer:
    def __init__(self, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
        self.callback: Callable[..., object] | None = callback
        self.args = args

    def cancel(self) -> None:
        self.callback = None


class ManualClock:
    """A clock that only ``advance`` moves; for tests."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start
        self._due: list[tuple[float, int, _ManualTimer]] = []
        self._order = itertools.count()

    def time(self) -> float:
        """Seconds by which the clock was moved so far."""
        return self._now

    def call_later(self, delay: float, callback: Callable[..., object], /, *args: Any) -> TimerHandle:
        """Call back when the clock is moved that far."""
        timer = _ManualTimer(callback, args)
        heapq.heappush(self._due, (self._now + delay, next(self._order), timer))
        return timer

    @property
    def next_due(self) -> float | None:
        """Seconds until the next call, or None when nothing is scheduled."""
        while self._due and self._due[0][2].callback is None:
            heapq.heappop(self._due)
        return self._due[0][0] - self._now if self._due else None

    def block(self, seconds: float) -> None:
        """Move the clock while nothing else runs, as when a handler takes that long.

        Calls that fall due on the way are made by the next ``advance``.
        """
        self._now += seconds

    def advance(self, seconds: float) -> None:
        """Move the clock and make the calls that fall due on the way, in their order."""
        until = self._now + seconds
        while self._due and self._due[0][0] <= until:
            when, _, timer = heapq.heappop(self._due)
            if timer.callback is not None:
                self._now = max(self._now, when)
                callback, timer.callback = timer.callback, None
                callback(*timer.args)
        self._now = until
