"""Clocks of a simulated contact centre: one that only commands move, and one that runs faster or slower.

Both are a ``Clock``. ``VirtualClock`` begins at 0, so that two runs of the same scenario have the same times.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from ctios_fast.connection.clock import Clock, ManualClock, TimerHandle

__all__ = ["MAX_ADVANCE", "MAX_SPEED", "MIN_SPEED", "ScaledClock", "VirtualClock"]

MAX_ADVANCE: Final = 31 * 86400.0
"""Seconds that one ``advance`` may move a virtual clock."""

MIN_SPEED: Final = 0.01
MAX_SPEED: Final = 1000.0
"""Bounds of the speed of a ``ScaledClock``: simulated seconds in a real one."""

_SLICE: Final = 0.01
"""Real seconds that due calls may take before the event loop does something else."""


class VirtualClock:
    """A clock that stands still between two calls of ``advance``."""

    def __init__(self) -> None:
        self._clock: Final = ManualClock()
        self._moving: Final = asyncio.Lock()

    def time(self) -> float:
        """Seconds that the clock was moved so far."""
        return self._clock.time()

    def call_later(self, delay: float, callback: Callable[..., object], /, *args: object) -> TimerHandle:
        """Call back when the clock has been moved by ``delay`` seconds."""
        return self._clock.call_later(delay, callback, *args)

    async def advance(self, seconds: float, after_call: Callable[[], Awaitable[object]]) -> None:
        """Move the clock and make the calls that fall due on the way, each at its time and in their order.

        ``seconds``: 0 to ``MAX_ADVANCE``; 0 makes the calls that are due already.
        ``after_call``: awaited after the calls of each moment.

        A second ``advance`` begins when the first has ended. Raises ValueError for seconds out of range.
        """
        if not 0 <= seconds <= MAX_ADVANCE:
            raise ValueError(f"the clock moves by 0 to {MAX_ADVANCE:.0f} seconds at once, not by {seconds}")
        async with self._moving:
            end = self.time() + seconds
            slice_end = time.monotonic() + _SLICE
            while (due := self._clock.next_due) is not None and self.time() + due <= end:
                self._clock.advance(max(due, 0.0))
                await after_call()
                if time.monotonic() >= slice_end:
                    await asyncio.sleep(0)
                    slice_end = time.monotonic() + _SLICE
            self._clock.advance(max(end - self.time(), 0.0))


class ScaledClock:
    """A clock that runs ``speed`` times as fast as another one.

    ``base``: the other clock.
    ``speed``: ``MIN_SPEED`` to ``MAX_SPEED`` seconds in a second of ``base``.

    Raises ValueError for another speed.
    """

    def __init__(self, base: Clock, speed: float) -> None:
        if not MIN_SPEED <= speed <= MAX_SPEED:
            raise ValueError(f"the speed is {MIN_SPEED} to {MAX_SPEED:.0f}, not {speed}")
        self.speed: Final = speed
        self._base: Final = base

    def time(self) -> float:
        """Seconds of the base clock times the speed."""
        return self._base.time() * self.speed

    def call_later(self, delay: float, callback: Callable[..., object], /, *args: object) -> TimerHandle:
        """Call back after ``delay`` seconds of this clock."""
        return self._base.call_later(delay / self.speed, callback, *args)
