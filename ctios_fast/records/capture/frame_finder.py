"""Finds frames in a captured stream that may have gaps. No I/O.

As long as nothing is missing, a frame begins where the previous one ends. That also holds after a gap
inside one frame, because the frame's header states its length. After any other gap, and where a capture
begins in the middle of a stream,
``FrameFinder`` searches for the next place where a frame of a documented message can be decoded and another
header follows. It reports how many bytes it skipped.
"""

import struct
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from ctios_fast.errors import FrameTooLarge, TruncatedStream
from ctios_fast.protocol.numbers import NAMES

__all__ = ["HEADER", "Ended", "Frame", "FrameFinder", "Skipped"]

HEADER: Final = struct.Struct(">II")


class Frame(NamedTuple):
    """A whole frame, header included."""

    offset: int
    time: float
    data: bytes


class Skipped(NamedTuple):
    """``size`` bytes that do not belong to a whole frame."""

    offset: int
    time: float
    size: int


class Ended(NamedTuple):
    """The stream cannot be followed from here on, for ``reason``."""

    offset: int
    time: float
    reason: str


Found = Frame | Skipped | Ended


class FrameFinder:
    """Splits one stream into frames.

    ``max_frame``: largest frame in bytes, header included.
    ``readable``: returns True for the bytes of a well-formed frame of a documented message. Called during a
    search only.
    ``offset``: the position of the first byte in its stream.
    ``in_step``: True if the first byte begins a frame.
    """

    def __init__(
        self, max_frame: int, readable: Callable[[bytes], bool], *, offset: int = 0, in_step: bool
    ) -> None:
        self._max_frame = max_frame
        self._readable = readable
        self._sure = in_step  # True if the position does not come from a search
        self._work = self._split if in_step else self._search  # the present way to take bytes
        self._buffer = bytearray()
        self._offset = offset  # of the buffer's first byte
        self._looked = 0  # bytes at the buffer's start where no frame begins
        self._resume = 0  # offset of the next frame, while the rest of a damaged one is skipped

    def piece(self, time: float, data: bytes) -> Iterator[Found]:
        """Yield what the next bytes of the stream complete."""
        self._buffer += data
        yield from self._work(time, False)

    def gap(self, time: float, size: int) -> Iterator[Found]:
        """Yield what is known once the next ``size`` bytes are missing."""
        yield from self._work(time, True)
        resume = self._next_frame()
        yield from self._skip(time, len(self._buffer))
        self._offset += size
        if self._work == self._ignore:
            return
        self._sure = False
        if resume is not None and resume >= self._offset:
            self._resume = resume
            self._work = self._pass
        else:
            self._work = self._search

    def end(self, time: float) -> Iterator[Found]:
        """Yield the rest. The stream has ended."""
        yield from self._work(time, True)
        if self._work == self._split and self._buffer:
            yield self._ended(time, TruncatedStream(self._offset, len(self._buffer)))
        elif self._work != self._ignore:
            yield from self._skip(time, len(self._buffer))

    def give_up(self, time: float, reason: str) -> Ended:
        """Ignore the rest of the stream."""
        return self._ended(time, reason)

    # --- The four ways to take bytes. ``last``: nothing follows the bytes in the buffer. ---

    def _split(self, time: float, last: bool) -> Iterator[Found]:
        """Take one frame after another."""
        buffer, start, size = self._buffer, 0, 0
        while len(buffer) - start >= HEADER.size:
            size = self._size(start)
            if size > self._max_frame or start + size > len(buffer):
                break
            yield Frame(self._offset + start, time, bytes(buffer[start : start + size]))
            start += size
        self._drop(start)
        if size > self._max_frame:
            if self._sure:
                yield self._ended(time, FrameTooLarge(size, self._max_frame, self._offset))
            else:
                self._work = self._search
                yield from self._search(time, last)

    def _search(self, time: float, last: bool) -> Iterator[Found]:
        """Search for the beginning of a frame."""
        while len(self._buffer) - self._looked >= HEADER.size:
            verdict = self._begins(self._looked, last)
            if verdict is None:
                return
            if verdict:
                yield from self._skip(time, self._looked)
                self._work = self._split
                yield from self._split(time, last)
                return
            self._looked += 1
            if self._looked >= self._max_frame:
                yield from self._skip(time, self._looked)

    def _pass(self, time: float, last: bool) -> Iterator[Found]:
        """Skip the rest of a damaged frame."""
        left = self._resume - self._offset
        if left > len(self._buffer):
            return
        yield from self._skip(time, left)
        self._work = self._split
        yield from self._split(time, last)

    def _ignore(self, time: float, last: bool) -> Iterator[Found]:
        """Drop everything."""
        self._drop(len(self._buffer))
        yield from ()

    # --- Helpers ---

    def _size(self, at: int) -> int:
        length: int = HEADER.unpack_from(self._buffer, at)[0]
        return HEADER.size + length

    def _may_begin(self, at: int) -> bool:
        """True if the bytes here can be a header, or the beginning of one."""
        head = bytes(self._buffer[at : at + HEADER.size])
        length, number = HEADER.unpack(head.ljust(HEADER.size, b"\0"))
        return HEADER.size + length <= self._max_frame and (len(head) < HEADER.size or number in NAMES)

    def _begins(self, at: int, last: bool) -> bool | None:
        """True if a frame begins here; None if more bytes are needed to decide."""
        if not self._may_begin(at):
            return False
        end = at + self._size(at)
        left = len(self._buffer) - end
        if left < 0 or (0 < left < HEADER.size and not last):
            return False if last else None
        if not self._may_begin(end):
            return False
        return self._readable(bytes(self._buffer[at:end]))

    def _next_frame(self) -> int | None:
        """Return the offset of the frame after the present one, None if unknown."""
        if self._work == self._pass:
            return self._resume
        if self._work == self._split and len(self._buffer) >= HEADER.size:
            return self._offset + self._size(0)
        return None

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self._offset += size
        self._looked = 0

    def _skip(self, time: float, size: int) -> Iterator[Skipped]:
        if size:
            yield Skipped(self._offset, time, size)
            self._drop(size)

    def _ended(self, time: float, reason: object) -> Ended:
        ended = Ended(self._offset, time, str(reason))
        self._work = self._ignore
        self._drop(len(self._buffer))
        return ended
