"""Frames in a captured stream that may have gaps. No I/O.

As long as nothing is missing, a frame begins where the one before it ends. Behind a gap that lies within
one frame that still holds, since the frame's header told its length. Behind any other gap, and where a
capture begins in the middle of a stream, ``FrameFinder`` looks for the next place where a frame of a
documented message can be read and is followed by another header, and tells how many bytes it passed over.
"""

import struct
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from ctios_fast.errors import FrameTooLarge, TruncatedStream
from ctios_fast.protocol.numbers import NAMES

__all__ = ["HEADER", "Ended", "Frame", "FrameFinder", "Skipped"]

HEADER: Final = struct.Struct(">II")


class Frame(NamedTuple):
    """One whole frame, header included."""

    offset: int
    time: float
    data: bytes


class Skipped(NamedTuple):
    """``size`` bytes that belong to no whole frame."""

    offset: int
    time: float
    size: int


class Ended(NamedTuple):
    """The stream cannot be followed from here on."""

    offset: int
    time: float
    reason: str


Found = Frame | Skipped | Ended


class FrameFinder:
    """The frames of one stream.

    ``readable`` tells whether bytes are a well-formed frame of a documented message; it is asked only where
    a beginning is looked for. ``in_step``: the first byte, which is the stream's byte ``offset``, begins a
    frame.
    """

    def __init__(
        self, max_frame: int, readable: Callable[[bytes], bool], *, offset: int = 0, in_step: bool
    ) -> None:
        self._max_frame = max_frame
        self._readable = readable
        self._sure = in_step  # in step since the stream's beginning, and not by having looked for a frame
        self._work = self._split if in_step else self._search
        self._buffer = bytearray()
        self._offset = offset  # of the buffer's first byte
        self._looked = 0  # bytes of the buffer where no frame begins
        self._resume = 0  # where the next frame begins, while the rest of a damaged one passes

    def piece(self, time: float, data: bytes) -> Iterator[Found]:
        """The next bytes of the stream."""
        self._buffer += data
        yield from self._work(time, False)

    def gap(self, time: float, size: int) -> Iterator[Found]:
        """The next ``size`` bytes are missing."""
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
        """The stream has ended."""
        yield from self._work(time, True)
        if self._work == self._split and self._buffer:
            yield self._ended(time, TruncatedStream(self._offset, len(self._buffer)))
        elif self._work != self._ignore:
            yield from self._skip(time, len(self._buffer))

    def give_up(self, time: float, reason: str) -> Ended:
        """Let the rest of the stream pass unread."""
        return self._ended(time, reason)

    # --- the four ways to take bytes: each is told whether anything will follow what is there ---

    def _split(self, time: float, last: bool) -> Iterator[Found]:
        """Frames one behind the other."""
        while len(self._buffer) >= HEADER.size:
            size = self._size(0)
            if size > self._max_frame:
                if self._sure:
                    yield self._ended(time, FrameTooLarge(size, self._max_frame, self._offset))
                else:
                    self._work = self._search
                    yield from self._search(time, last)
                return
            if size > len(self._buffer):
                return
            yield Frame(self._offset, time, bytes(self._buffer[:size]))
            self._drop(size)

    def _search(self, time: float, last: bool) -> Iterator[Found]:
        """Look for the beginning of a frame."""
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
        """The rest of a damaged frame."""
        left = self._resume - self._offset
        if left > len(self._buffer):
            return
        yield from self._skip(time, left)
        self._work = self._split
        yield from self._split(time, last)

    def _ignore(self, time: float, last: bool) -> Iterator[Found]:
        self._drop(len(self._buffer))
        yield from ()

    # --- parts ---

    def _size(self, at: int) -> int:
        length: int = HEADER.unpack_from(self._buffer, at)[0]
        return HEADER.size + length

    def _may_begin(self, at: int) -> bool:
        """Whether a header, or what is there of one, can stand here."""
        head = bytes(self._buffer[at : at + HEADER.size])
        length, number = HEADER.unpack(head.ljust(HEADER.size, b"\0"))
        return HEADER.size + length <= self._max_frame and (len(head) < HEADER.size or number in NAMES)

    def _begins(self, at: int, last: bool) -> bool | None:
        """Whether a frame begins here; None: more bytes must tell."""
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
        """Where the frame behind the one that is under way begins, if that is known."""
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
