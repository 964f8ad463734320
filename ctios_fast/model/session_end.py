"""SessionEnd: what ends together with the connection of a session, such as waits and streams.

A connection ends when the program disconnects, when no side is left to try, and when the server refuses the
session. A loss after which the library looks for a side is not an end.
"""

from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

from ctios_fast.errors import ConnectionLost

__all__ = ["CLOSED", "End", "EndingSource", "OnEnd", "SessionEnd", "not_connected"]


class End(NamedTuple):
    """Why a connection ended.

    ``words``: a clause for messages of errors. ``error``: None if the program ended the connection.
    """

    words: str
    error: BaseException | None

    def loss(self, missing: str | None = None) -> ConnectionLost:
        """The error of what waited. ``missing``: the one thing that did not come before the end, if any."""
        words = self.words if missing is None else f"{self.words} before {missing} came"
        loss = ConnectionLost(words if self.error is None else f"{words}: {self.error}")
        loss.__cause__ = self.error
        loss.expected = True  # an event of the session reports it
        return loss


#: The end that the program itself caused.
CLOSED: Final = End("the session was closed", None)

#: Called once, after the events that report the end.
OnEnd = Callable[[End], object]


class EndingSource(Protocol):
    """What waits and streams need to know about the end of their session. A ``Context`` has it."""

    end: "SessionEnd"

    @property
    def is_ended(self) -> bool:
        """Whether no event can come before the next ``connect``."""


class SessionEnd:
    """What is to be called when the connection ends."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        #: What is to be called, in the order in which it was added. The values are not used.
        self._open: dict[OnEnd, None] = {}

    def add(self, on_end: OnEnd) -> None:
        """Call this at the end of the present connection."""
        self._open[on_end] = None

    def discard(self, on_end: OnEnd) -> None:
        """Do not call it any more. It may be absent."""
        self._open.pop(on_end, None)

    def take(self) -> tuple[OnEnd, ...]:
        """What is to be called for the connection that has just ended.

        It is taken before the events of the end are fired: a listener of them may connect again, and what is
        added after that belongs to the next connection.
        """
        taken = tuple(self._open)
        self._open.clear()
        return taken


def not_connected(missing: str) -> ConnectionLost:
    """The error of a wait that begins on a session without a connection. ``missing``: what it waits for."""
    return ConnectionLost(f"the session is not connected, so {missing} cannot come: call connect() first")
