"""One direction of a captured TCP connection: takes segments, yields bytes in order. No I/O.

A capture is not a socket. It may begin in the middle of a connection. Segments may be out of order, repeated,
overlapping, or absent although the receiver had them. ``TcpStream`` yields pieces in stream order and
reports gaps. A segment that the receiver has acknowledged will not be sent again. A gap is therefore final
when

- the other side has acknowledged bytes after its start, and ``PATIENCE`` further packets of the connection
  have not filled it (a capture may contain an acknowledgment shortly before the segment that it
  acknowledges), or
- more than ``limit`` bytes or ``MAX_HELD_SEGMENTS`` segments are held after it, or
- the connection or the capture ends.

Where two segments have different bytes for the same place, the bytes that were yielded first count.
"""

from bisect import insort
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["Gap", "Piece", "TcpStream"]

PATIENCE: Final = 16
MAX_HELD_BYTES: Final = 1024 * 1024
MAX_HELD_SEGMENTS: Final = 4096

_TURN: Final = 1 << 32
#: A segment further than this from the current position belongs to another connection of the same ports.
_REACH: Final = 1 << 30


class Piece(NamedTuple):
    """Bytes in order.

    ``offset``: from the stream's first byte. ``time``: when the receiver had all of them.
    """

    offset: int
    time: float
    data: bytes


class Gap(NamedTuple):
    """``size`` bytes that the capture lacks."""

    offset: int
    time: float
    size: int


class _Held(NamedTuple):
    """A segment after a gap, held back until the gap is filled or final."""

    start: int
    time: float
    data: bytes

    @property
    def end(self) -> int:
        return self.start + len(self.data)


class TcpStream:
    """The bytes that one side sends.

    ``limit``: bytes held after a gap at most.

    ``begun``: True if the capture contains the stream's beginning; otherwise offset 0 is the first byte seen.
    ``late``: bytes that arrived again after they had been yielded or reported as missing.
    """

    def __init__(self, limit: int = MAX_HELD_BYTES) -> None:
        self.begun = False
        self.late = 0
        self._limit = limit
        self._base: int | None = None  # sequence number of offset 0
        self._next = 0  # offset of the next byte to yield
        self._clock = 0.0  # time of the latest yielded piece
        self._held: list[_Held] = []  # sorted by start
        self._held_bytes = 0
        self._acknowledged = 0  # offset up to which the other side has acknowledged
        self._patience = PATIENCE  # packets until the current gap is final
        self._end: int | None = None  # offset after the last byte; known from the FIN

    @property
    def ended(self) -> bool:
        """True once all bytes up to the sender's FIN have been yielded or reported as missing."""
        return self._end is not None and self._next >= self._end

    def begins_again(self, sequence: int) -> bool:
        """True if a SYN with this sequence number opens another connection."""
        return self._base is not None and (sequence + 1) % _TURN != self._base

    def segment(
        self, sequence: int, time: float, data: bytes, *, syn: bool = False, fin: bool = False
    ) -> Iterator[Piece | Gap]:
        """Yield what a segment completes. ``sequence`` is the number in its header."""
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
            while self._held_bytes > self._limit or len(self._held) > MAX_HELD_SEGMENTS:
                yield from self._give_up(self._held[0].start, time)
        yield from self._wait(time)

    def acknowledged(self, number: int, time: float) -> Iterator[Piece | Gap]:
        """Yield what the other side's acknowledgment completes: it may make a gap final."""
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
        """Yield the rest. The connection or the capture has ended, so all gaps are final."""
        while self._held:
            yield from self._give_up(self._held[0].start, time)
        if self._missing_at_end():
            yield from self._give_up(max(self._acknowledged, self._end or 0), time)

    def _offset(self, number: int) -> int:
        """Return the offset of a sequence number: of all candidates, the nearest to the current position."""
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
        """Yield the held segments that follow the current position without a gap."""
        while self._held and self._held[0].start <= self._next:
            held = self._held.pop(0)
            self._held_bytes -= len(held.data)
            if held.end > self._next:
                self._clock = max(self._clock, held.time)
                yield self._give(held.data[self._next - held.start :], self._clock)

    def _missing_at_end(self) -> bool:
        """True if bytes are missing and no segment is held after them.

        One byte is a FIN that was not captured.
        """
        return self._acknowledged > self._next + 1 or (self._end is not None and self._end > self._next)

    def _wait(self, time: float) -> Iterator[Piece | Gap]:
        if self._acknowledged <= self._next or not (self._held or self._missing_at_end()):
            self._patience = PATIENCE
            return
        self._patience -= 1
        if self._patience <= 0:
            self._patience = PATIENCE
            starts = [self._held[0].start] if self._held else []
            yield from self._give_up(min([self._acknowledged, *starts]), time)

    def _give_up(self, offset: int, time: float) -> Iterator[Piece | Gap]:
        """Report the bytes up to ``offset`` as missing, and yield what follows them."""
        if self._held and self._held[0].start == offset:
            time = max(self._clock, self._held[0].time)
        yield Gap(self._next, time, offset - self._next)
        self._next = offset
        yield from self._drain()
