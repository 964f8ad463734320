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
from functools import cache
from hashlib import blake2b
from typing import Final

from ctios_fast.core import NEWEST_VERSION, codec

from .conversation import CapturedFrame

__all__ = ["DEFAULT_WITHIN", "MAX_REMEMBERED", "Copies"]

DEFAULT_WITHIN: Final = 1.0
"""Seconds from the first copy of an event to its last, unless the caller sets another time."""

MAX_REMEMBERED: Final = 500_000
"""Events and hearers that are remembered. Above it the oldest events are forgotten before their time."""

_HEADER: Final = 8
_MONITOR_ID_END: Final = 12

_Key = tuple[int, bytes]
"""Protocol version and digest of the bytes."""

_Hearer = tuple[str, bytes]
"""Connection and MonitorID."""


class _Equal:
    """The events with the same bytes that are remembered. They are numbered in their order.

    A hearer always gets the first event that it has not had. So it has had all before one number and none
    from there on.
    """

    __slots__ = ("end", "first", "next_of")

    def __init__(self) -> None:
        self.first = 0  # number of the oldest event that is remembered
        self.end = 0  # number of the next new event
        self.next_of: dict[_Hearer, int] = {}  # number of the first event that a hearer has not had


class Copies:
    """Remembers the events of the last seconds. A frame takes the same time however many are remembered.

    ``within``: seconds, 0 or more.
    """

    def __init__(self, within: float) -> None:
        self._within: Final = within
        self._now = 0.0
        self._in_order: deque[tuple[float, _Key]] = deque()  # time and key of each event, oldest first
        self._equal: dict[_Key, _Equal] = {}
        self._remembered = 0  # events, and hearers of each key

    def is_copy(self, frame: CapturedFrame) -> bool:
        """Return whether a frame is a further copy of an event, and remember it if it is not."""
        kind = _kind(frame.message)
        if frame.direction != "server" or kind is None:
            return False
        self._now = max(self._now, frame.time)
        while self._in_order and self._in_order[0][0] < self._now - self._within:
            self._forget_oldest()
        while self._remembered >= MAX_REMEMBERED:
            self._forget_oldest()
        data, monitor = frame.data, b""
        if kind:
            monitor = data[_HEADER:_MONITOR_ID_END]
            data = data[:_HEADER] + data[_MONITOR_ID_END:]
        key = frame.version, blake2b(data, digest_size=16).digest()
        equal = self._equal.get(key)
        if equal is None:
            equal = self._equal[key] = _Equal()
        hearer = frame.connection, monitor
        number = equal.next_of.get(hearer)
        if number is None:
            self._remembered += 1
        number = max(number or 0, equal.first)
        equal.next_of[hearer] = number + 1
        if number < equal.end:
            return True
        equal.end += 1
        self._remembered += 1
        self._in_order.append((self._now, key))
        return False

    def _forget_oldest(self) -> None:
        key = self._in_order.popleft()[1]
        equal = self._equal[key]
        equal.first += 1
        self._remembered -= 1
        if equal.first == equal.end:
            self._remembered -= len(equal.next_of)
            del self._equal[key]


@cache
def _kind(message: int) -> bool | None:
    """Whether an event begins with MonitorID; None for a message that is not an event."""
    layout = codec(NEWEST_VERSION).describe(message)
    if layout is None or layout.kind != "event":
        return None
    return bool(layout.fixed) and layout.fixed[0].name == "MonitorID"
