"""The standard streams of the command line: one rule for streams that fail, for all commands.

``guard`` replaces both streams. A failure of standard output raises ``OutputFailed``, which ends the command:
with status 141 and without a line if its reader has closed it, else with status 3 and a line. What cannot be
written to standard error is lost; it changes neither the work nor the exit status. ``standard_input`` raises
OSError.
"""

import errno
import io
import os
import select
import sys
from typing import TYPE_CHECKING, Final, TextIO, cast

from .exit_statuses import READER_GONE, STREAM_FAILED

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

__all__ = ["OutputFailed", "described", "guard", "hurry_output", "standard_input"]

_BUFFER: Final = 1 << 16  # bytes


class OutputFailed(Exception):
    """Standard output cannot be written. It is not an OSError, which commands report in other ways.

    ``status``: the exit status of the program.
    ``line``: what standard error says; None for nothing.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        gone = error.errno == errno.EPIPE
        self.status: Final = READER_GONE if gone else STREAM_FAILED
        self.line: Final = None if gone else f"ctios-fast: standard output: {described(error)}"


def described(error: OSError) -> str:
    """Return an error of the system as the commands print it: the file, if the error names one, and why."""
    reason = error.strerror or str(error)
    return f"{os.fsdecode(error.filename)}: {reason}" if isinstance(error.filename, str | bytes) else reason


def guard() -> None:
    """Replace ``sys.stdout`` and ``sys.stderr`` by streams that follow the rule.

    Descriptors 0 to 2 that are closed are opened on the null device, so that no file of the program gets one
    of their numbers. Streams that are not files, as in tests, stay as they are.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
    sys.stdout = _guarded(sys.stdout, 1, fails=True)
    sys.stderr = _guarded(sys.stderr, 2, fails=False)


def hurry_output() -> None:
    """Write what standard output takes without waiting for its reader, and discard the rest."""
    if isinstance(sys.stdout, io.TextIOWrapper) and isinstance(sys.stdout.buffer, io.BufferedWriter):
        raw = sys.stdout.buffer.raw
        if isinstance(raw, _Descriptor):
            raw.waits = False


def standard_input() -> io.BufferedReader:
    """Return standard input as bytes. Raises OSError if it was closed when the program began."""
    if sys.stdin is None:
        raise OSError(errno.EBADF, "closed")
    return io.BufferedReader(_Input(sys.stdin.fileno(), "rb", closefd=False))


class _Input(io.FileIO):
    """A file to read. It waits for data, also if another program has opened the same file not to wait.

    Python's buffers take data that is not there yet for the end of the file.
    """

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Read some bytes and return their number, 0 at the end of the file."""
        while True:
            size = cast("int | None", super().readinto(buffer))
            if size is not None:
                return size
            select.select((self,), (), ())


def _guarded(stream: TextIO | None, descriptor: int, *, fails: bool) -> TextIO:
    if stream is not None and not isinstance(stream, io.TextIOWrapper):
        return stream
    closed = stream is None
    buffer = io.BufferedWriter(_Descriptor(descriptor, closed=closed, fails=fails), _BUFFER)
    if stream is None:
        return io.TextIOWrapper(buffer, "utf-8", "backslashreplace", line_buffering=not fails)
    stream.flush()
    return io.TextIOWrapper(
        buffer,
        stream.encoding,
        stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


class _Descriptor(io.RawIOBase):
    """An open file to write. After a failure it discards everything, also what a buffer still has.

    ``waits``: whether to wait until the file takes the data; without waiting the data is discarded.
    """

    def __init__(self, descriptor: int, *, closed: bool, fails: bool) -> None:
        super().__init__()
        self._descriptor: Final = descriptor
        self._not_open: Final = closed
        self._fails: Final = fails
        self._discards = False
        self.waits = True

    def writable(self) -> bool:
        """Return True."""
        return True

    def isatty(self) -> bool:
        """Return whether it is a terminal."""
        return os.isatty(self._descriptor)

    def fileno(self) -> int:
        """Return the descriptor. Raises OSError if it was closed when the program began."""
        if self._not_open:
            raise OSError(errno.EBADF, "closed")
        return self._descriptor

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write some of the data and return the number of bytes. Raises OutputFailed."""
        view = memoryview(data)
        if self._discards:
            return view.nbytes
        try:
            if self._not_open:
                raise OSError(errno.EBADF, "closed")
            if self.waits:
                return self._write_some(view)
            if select.select((), (self._descriptor,), (), 0)[1]:
                # a write of this size does not wait
                return os.write(self._descriptor, view[: select.PIPE_BUF])
        except OSError as error:
            if self._fails:
                self._discards = True
                raise OutputFailed(error) from None
        self._discards = True
        return view.nbytes

    def _write_some(self, view: memoryview) -> int:
        while True:
            try:
                return os.write(self._descriptor, view)
            except BlockingIOError:  # another program has opened the same file in this way
                select.select((), (self._descriptor,), ())
