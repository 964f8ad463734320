"""A dispatcher for tests of its handlers, with what they got and what it reported."""

from typing import Any

from ctios_fast.core import Dispatcher, Message, codec
from ctios_fast.errors import MalformedFrame

__all__ = ["DispatcherLog"]


class DispatcherLog:
    """A dispatcher, and what its handlers got.

    ``fed``: the first frames in its buffer. Handlers append to ``rows`` themselves.
    """

    def __init__(self, *fed: bytes, version: int = 25) -> None:
        self.dispatcher = Dispatcher(codec(version))
        self.rows: list[tuple[Any, ...]] = []
        self.errors: list[tuple[object, Message, BaseException]] = []
        self.faults: list[MalformedFrame] = []
        self.dispatcher.on_handler_error = lambda *row: self.errors.append(row)
        self.dispatcher.on_malformed = self.faults.append
        self.feed(*fed)

    def feed(self, *fed: bytes) -> None:
        """Append frames to the buffer."""
        self.dispatcher.frames.feed(b"".join(fed))

    def dispatch(self) -> list[tuple[Any, ...]]:
        """Dispatch the buffered frames. Returns the rows that were appended since the last call."""
        self.dispatcher.dispatch()
        rows, self.rows = self.rows, []
        return rows
