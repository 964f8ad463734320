"""Finds the copies of an event that several clients heard. No I/O.

A server sends an event to each client that asked for it. A capture of several clients, or of one client with
several monitors, then contains the event once for each of them. ``Copies`` says of each frame whether it is a
further copy. These rules define a copy exactly:

- Only frames that a server sent count, and only messages that are events in the reference.
- Two frames are equal if they have the same protocol version and the same bytes. MonitorID is left aside: it
  names the receiver.
- The hearer of a frame is its connection together with its MonitorID.
- A frame is a copy if an equal frame came at most ``within`` seconds before from another hearer, and this
  hearer has not had a copy of that one. Of several such frames the first counts.

So an event that the same hearer gets twice is two events. A client that registered other variables, or that
speaks another version, gets other bytes: its events are not copies.

The time is the latest packet time of the capture so far.
"""

from collections import deque
from collections.abc import Hashable
from functools import cache
from hashlib import blake2b
from typing import Final, NamedTuple

from ctios_fast.core import NEWEST_VERSION, codec

from .conversation import CapturedFrame

__all__ = ["MAX_REMEMBERED", "Copies"]

MAX_REMEMBERED: Final = 100_000
"""Events that are remembered; for a new one the oldest is forgotten, even if its time has not passed."""

_HEADER: Final = 8
_MONITOR_ID_END: Final = 12


class _Event(NamedTuple):
    """An event that was heard first at a time; ``hearers``: who has it."""

    time: float
    key: Hashable
    hearers: set[tuple[str, bytes]]


class Copies:
    """Remembers the events of the last seconds.

    ``within``: seconds, 0 or more.
    """

    def __init__(self, within: float) -> None:
        self._within: Final = within
        self._now = 0.0
        self._in_order: deque[_Event] = deque()  # oldest first
        self._by_key: dict[Hashable, deque[_Event]] = {}  # the same events

    def is_copy(self, frame: CapturedFrame) -> bool:
        """Return whether a frame is a further copy of an event, and remember it if it is not."""
        kind = _kind(frame.message)
        if frame.direction != "server" or kind is None:
            return False
        self._now = max(self._now, frame.time)
        while self._in_order and self._in_order[0].time < self._now - self._within:
            self._forget_oldest()
        data, monitor = frame.data, b""
        if kind:
            monitor = data[_HEADER:_MONITOR_ID_END]
            data = data[:_HEADER] + data[_MONITOR_ID_END:]
        key = frame.version, blake2b(data, digest_size=16).digest()
        hearer = frame.connection, monitor
        for event in self._by_key.get(key, ()):
            if hearer not in event.hearers:
                event.hearers.add(hearer)
                return True
        if len(self._in_order) >= MAX_REMEMBERED:
            self._forget_oldest()
        new = _Event(self._now, key, {hearer})
        self._in_order.append(new)
        self._by_key.setdefault(key, deque()).append(new)
        return False

    def _forget_oldest(self) -> None:
        key = self._in_order.popleft().key
        same = self._by_key[key]
        same.popleft()
        if not same:
            del self._by_key[key]


@cache
def _kind(message: int) -> bool | None:
    """Whether an event begins with MonitorID; None for a message that is not an event."""
    layout = codec(NEWEST_VERSION).describe(message)
    if layout is None or layout.kind != "event":
        return None
    return bool(layout.fixed) and layout.fixed[0].name == "MonitorID"
