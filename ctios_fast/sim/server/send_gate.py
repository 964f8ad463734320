"""Faults between a session and its socket: frames are held back, or the connection is cut."""

from collections.abc import Callable
from typing import Final

__all__ = ["SendGate"]


class SendGate:
    """Passes frames to ``write`` unless they are held back, or the connection is to be cut.

    ``held_size``: bytes held back. ``holding``: whether frames are held back.
    """

    def __init__(
        self, write: Callable[[bytes], None], cut: Callable[[bytes], None], overflow: Callable[[], None]
    ) -> None:
        self.held_size = 0
        self.holding = False
        self._write: Final = write
        self._cut: Final = cut  # sends the last bytes, then resets
        self._overflow: Final = overflow
        self._held: list[bytes] = []
        self._bytes_left: int | None = None  # until the connection is cut

    def send(self, frame: bytes, max_held: int) -> None:
        """Send a frame, hold it back, or send its first bytes and cut the connection."""
        if self._bytes_left is not None:
            if len(frame) < self._bytes_left:
                self._bytes_left -= len(frame)
                self._write(frame)
            else:
                self._cut(frame[: self._bytes_left])
        elif self.holding:
            self.held_size += len(frame)
            if self.held_size > max_held:
                self._overflow()
            else:
                self._held.append(frame)
        else:
            self._write(frame)

    def hold(self) -> None:
        """Hold frames back from now on."""
        self.holding = True

    def release(self) -> None:
        """Write what was held back, and hold back no longer."""
        self.holding = False
        held, self._held, self.held_size = self._held, [], 0
        for frame in held:
            self._write(frame)

    def discard(self) -> None:
        """Forget what was held back."""
        self._held.clear()
        self.held_size = 0

    def cut_after(self, count: int) -> None:
        """Let ``count`` more bytes through, then cut the connection."""
        self._bytes_left = count
