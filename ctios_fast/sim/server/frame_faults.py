"""Faults on command between a side and its clients: late, doubled and bad frames, lost heartbeats, refusals.

``FaultySender`` is between one session and its socket. ``RequestFaults`` belongs to a side and decides which
requests are refused or ignored. ``bad_frame`` builds frames that a client must not accept.
"""

import struct
from collections import deque
from collections.abc import Callable
from typing import Final, Literal, get_args

from ctios_fast.connection.clock import Clock, TimerHandle
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import StatusCode, SystemEventID

from .refusal import Refused
from .replies import Replies

__all__ = ["BAD_FRAMES", "MAX_DELAY", "MAX_FAULTS", "BadFrame", "FaultySender", "RequestFaults", "bad_frame"]

MAX_DELAY: Final = 3600.0
"""Seconds by which frames can be delayed."""

MAX_FAULTS: Final = 1_000_000
"""Frames that can be doubled, or requests that can be refused, by one command."""

BadFrame = Literal["overlong", "contradictory", "unknown"]

BAD_FRAMES: Final[tuple[BadFrame, ...]] = get_args(BadFrame)

_HEADER: Final = struct.Struct(">II")
_OVERLONG: Final = 1 << 24
_UNKNOWN_TYPE: Final = 9999


class FaultySender:
    """Passes the frames of one session on, late or twice.

    ``delay``: seconds of the clock by which frames are late; their order stays.
    ``duplicates``: frames that are still to be sent twice.
    ``held_size``: bytes of frames that are on their way.
    """

    def __init__(self, clock: Clock, pass_on: Callable[[bytes], None]) -> None:
        self.delay = 0.0
        self.duplicates = 0
        self.held_size = 0
        self._clock: Final = clock
        self._pass_on: Final = pass_on
        self._queue: Final[deque[tuple[float, bytes]]] = deque()  # with the times when they are due
        self._timer: TimerHandle | None = None

    def send(self, frame: bytes) -> None:
        """Pass a frame on, now or later."""
        if self.duplicates:
            self.duplicates -= 1
            self._send_once(frame)
        self._send_once(frame)

    def _send_once(self, frame: bytes) -> None:
        if not self.delay and not self._queue:
            self._pass_on(frame)
            return
        due = self._clock.time() + self.delay
        if self._queue:  # after a longer delay than the present one
            due = max(due, self._queue[-1][0])
        self._queue.append((due, frame))
        self.held_size += len(frame)
        if self._timer is None:
            self._wait()

    def _wait(self) -> None:
        self._timer = self._clock.call_later(self._queue[0][0] - self._clock.time(), self._release)

    def _release(self) -> None:
        self._timer = None
        now = self._clock.time()
        first = True  # its timer has ended, however its time was rounded
        while self._queue and (first or self._queue[0][0] <= now):
            first = False
            _, frame = self._queue.popleft()
            self.held_size -= len(frame)
            self._pass_on(frame)
        if self._queue:
            self._wait()

    def discard(self) -> None:
        """Forget the frames that are on their way."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._queue.clear()
        self.held_size = 0


class RequestFaults:
    """Which requests a side refuses or ignores on command.

    ``drop_heartbeats``: HEARTBEAT_REQs are not answered.
    """

    def __init__(self) -> None:
        self.drop_heartbeats = False
        self._refused: Final[dict[int | None, tuple[StatusCode, int]]] = {}  # by message number; None: any

    def refuse(self, number: int | None, status: StatusCode, count: int) -> None:
        """Refuse the next ``count`` requests of a message number by FAILURE_CONF; None: of any."""
        if count:
            self._refused[number] = (status, count)
        else:
            self._refused.pop(number, None)

    def check(self, number: int) -> None:
        """Raise Refused if a request that has come is to be refused."""
        for key in (number, None):
            found = self._refused.get(key)
            if found is not None:
                status, left = found
                self.refuse(key, status, left - 1)
                raise Refused(status, "", "refused on command")

    def ignores(self, number: int) -> bool:
        """Whether a request that has come is not answered."""
        return self.drop_heartbeats and number == messages.HEARTBEAT_REQ


def bad_frame(what: BadFrame, replies: Replies) -> bytes:
    """A frame that a client must not accept.

    ``what``: "overlong": its header announces more bytes than any frame has. "contradictory": its last
    floating field is longer than the frame. "unknown": a message number that no version has.
    """
    if what == "overlong":
        return _HEADER.pack(_OVERLONG, messages.SYSTEM_EVENT) + bytes(16)
    if what == "unknown":
        return _HEADER.pack(12, _UNKNOWN_TYPE) + bytes(12)
    frame = replies.system_event(SystemEventID.SYS_TEXT_FYI, 0, pg_status=0, time=0, text="x")
    body = frame[_HEADER.size : -1]
    return _HEADER.pack(len(body), messages.SYSTEM_EVENT) + body
