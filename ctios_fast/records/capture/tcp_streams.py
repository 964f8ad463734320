"""One direction of a captured TCP connection: segments in, bytes in order out. No I/O.

A capture is not a socket: it may begin in the middle of a connection, have segments out of order, twice,
overlapping, or not at all, although the receiver had them. ``Stream`` gives pieces in the order of the
stream and tells what is missing. Nobody will send a missing segment again once the receiver has
acknowledged it, so a hole is given up when

- the other side has acknowledged what is behind its start and ``PATIENCE`` further packets of the connection
  have not filled it (a capture may show an acknowledgment shortly before the segment that it is for), or
- more than ``limit`` bytes or ``HELD_SEGMENTS`` segments wait behind it, or
- the connection or the capture ends.

Where two segments bring different bytes for the same place, those hold that could be given out first.
"""

from bisect import insort
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["Gap", "Piece", "Stream"]

PATIENCE: Final = 16
HELD_LIMIT: Final = 1024 * 1024
HELD_SEGMENTS: Final = 4096

_TURN: Final = 1 << 32
#: What is further from the stream's end than this belongs to no stream that we know.
_REACH: Final = 1 << 30


class Piece(NamedTuple):
    """Bytes in order: ``offset`` from the stream's first byte, ``time`` when the receiver had them."""

    offset: int
    time: float
    data: bytes


class Gap(NamedTuple):
    """``size`` bytes that the capture has not got."""

    offset: int
    time: float
    size: int


class _Held(NamedTuple):
    """A segment behind a hole."""

    start: int
    time: float
    data: bytes

    @property
    def end(self) -> int:
        return self.start + len(self.data)


class Stream:
    """The bytes that one side sends.

    ``begun``: whether the capture has the stream's beginning; otherwise offset 0 is the first byte seen.
    ``late``: bytes that came again after they had been given out or given up.
    """

    def __init__(self, limit: int = HELD_LIMIT) -> None:
        self.begun = False
        self.late = 0
        self._limit = limit
        self._base: int | None = None  # sequence number of offset 0
        self._next = 0  # offset of the next byte to be given out
        self._clock = 0.0
        self._held: list[_Held] = []  # by start
        self._held_bytes = 0
        self._acknowledged = 0
        self._patience = PATIENCE
        self._end: int | None = None  # offset behind the last byte, once FIN told it

    @property
    def ended(self) -> bool:
        """Whether all bytes up to the sender's FIN have been given out or given up."""
        return self._end is not None and self._next >= self._end

    def begins_again(self, sequence: int) -> bool:
        """Whether a SYN with this number is that of another connection."""
        return self._base is not None and (sequence + 1) % _TURN != self._base

    def segment(
        self, sequence: int, time: float, data: bytes, *, syn: bool = False, fin: bool = False
    ) -> Iterator[Piece | Gap]:
        """What a segment makes readable. ``sequence`` is the one in its header."""
        first = (sequence + syn) % _TURN
        if self._base is None:
            if not (syn or data):
                return
            self._base = first
            self.begun = syn
        start = self._offset(first)
        end = start + len(data)
        if abs(start - self._next) > _REACH:
            return
        if fin:
            self._end = end
        if end <= self._next:
            self.late += len(data)
        elif start <= self._next:
            self._clock = max(self._clock, time)
            self.late += self._next - start
            yield self._give(data[self._next - start :], time)
            yield from self._drain()
        elif data:
            self._hold(_Held(start, time, data))
            while self._held_bytes > self._limit or len(self._held) > HELD_SEGMENTS:
                yield from self._give_up(self._held[0].start, time)
        yield from self._wait(time)

    def acknowledged(self, number: int, time: float) -> Iterator[Piece | Gap]:
        """What the other side's acknowledgment makes readable: it may show that a hole will stay one."""
        if self._base is None:
            return
        offset = self._offset(number)
        if abs(offset - self._next) > _REACH:
            return
        if self._end is not None:
            offset = min(offset, self._end)  # FIN is acknowledged like a byte
        self._acknowledged = max(self._acknowledged, offset)
        yield from self._wait(time)

    def finish(self, time: float) -> Iterator[Piece | Gap]:
        """The connection or the capture has ended: nothing will be filled any more."""
        while self._held:
            yield from self._give_up(self._held[0].start, time)
        if self._missing_behind():
            yield from self._give_up(max(self._acknowledged, self._end or 0), time)

    def _offset(self, number: int) -> int:
        """The offset of a sequence number: of all that it may mean, the nearest to the stream's end."""
        assert self._base is not None
        distance = (number - self._base - self._next) % _TURN
        return self._next + (distance if distance < _TURN // 2 else distance - _TURN)

    def _give(self, data: bytes, time: float) -> Piece:
        piece = Piece(self._next, time, data)
        self._next += len(data)
        return piece

    def _hold(self, held: _Held) -> None:
        if any(other.start <= held.start and held.end <= other.end for other in self._held):
            self.late += len(held.data)
            return
        insort(self._held, held)
        self._held_bytes += len(held.data)

    def _drain(self) -> Iterator[Piece]:
        """What can be given out now that the stream has come as far as ``_next``."""
        while self._held and self._held[0].start <= self._next:
            held = self._held.pop(0)
            self._held_bytes -= len(held.data)
            if held.end > self._next:
                self._clock = max(self._clock, held.time)
                yield self._give(held.data[self._next - held.start :], self._clock)

    def _missing_behind(self) -> bool:
        """Whether something is missing with nothing behind it; one byte is a FIN that was not captured."""
        return self._acknowledged > self._next + 1 or (self._end is not None and self._end > self._next)

    def _wait(self, time: float) -> Iterator[Piece | Gap]:
        if self._acknowledged <= self._next or not (self._held or self._missing_behind()):
            self._patience = PATIENCE
            return
        self._patience -= 1
        if self._patience <= 0:
            self._patience = PATIENCE
            behind = [self._held[0].start] if self._held else []
            yield from self._give_up(min([self._acknowledged, *behind]), time)

    def _give_up(self, offset: int, time: float) -> Iterator[Piece | Gap]:
        if self._held and self._held[0].start == offset:
            time = max(self._clock, self._held[0].time)
        yield Gap(self._next, time, offset - self._next)
        self._next = offset
        yield from self._drain()
