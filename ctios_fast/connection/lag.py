"""Lag: how long received messages wait for their handlers, and when to report it.

What arrives waits in the socket first, then in the frame buffer. Nothing says when a byte arrived, so a
``Backlog`` sets marks in the stream: every byte before a mark had arrived by the time of the mark. The age of
the oldest mark that the handlers have not reached is the lag: no more than the truth, and exact to a turn of
the event loop while handlers are behind. Nothing is measured per message. A read costs one look at the clock.
The socket is asked for its unread bytes only while handlers are behind, after the longest turn so far, and
once in each ``max_lag``.

A ``LagWatch`` compares the lag of a connection with a bound, for all of its links.
"""

import sys
from collections import deque
from collections.abc import Callable
from functools import cache
from typing import Any, Final, NamedTuple, Protocol

from .clock import Clock, TimerHandle

__all__ = ["CALM", "LONG_TURN", "Backlog", "Lag", "LagCause", "LagWatch", "Turn", "unread_bytes"]

#: Seconds without a lag above the bound after which a lag is over.
CALM: Final = 10.0
#: Seconds from which on the socket is asked for unread bytes after each turn that takes as long.
LONG_TURN: Final = 0.1
#: Marks that are kept at once: enough to know the lag to a sixteenth.
MAX_MARKS: Final = 32


class LagCause:
    """Why messages wait."""

    #: One turn of the event loop was that long because of handlers.
    HANDLERS: Final = "handlers"
    #: Messages arrive faster than they are handled.
    BACKLOG: Final = "backlog"
    #: Something other than handlers kept the event loop.
    EVENT_LOOP: Final = "event loop"


class Turn(NamedTuple):
    """What one turn of the event loop handled.

    - ``seconds``: how long it took.
    - ``frames``: number of messages.
    - ``last``: number of the last one; the slow one where there is only one.
    """

    seconds: float
    frames: int
    last: int


class Lag(NamedTuple):
    """A lag above the bound, or its end.

    - ``is_over``: whether it is the end.
    - ``seconds``: the lag now; at the end the longest one.
    - ``lasted``: seconds since it began.
    - ``cause``: one of ``LagCause``.
    - ``turn``: the longest turn since it began, None if no turn was long.
    """

    is_over: bool
    seconds: float
    lasted: float
    cause: str
    turn: Turn | None


class Backlog:
    """Marks in the stream of one link. ``marks``: position and time of each; empty if handlers keep up."""

    __slots__ = ("_spacing", "marks")

    def __init__(self) -> None:
        self.marks: deque[tuple[int, float]] = deque()
        #: Seconds between two marks: the longer the lag, the more.
        self._spacing = 0.0

    def mark(self, position: int, now: float) -> None:
        """Note that every byte before the position has arrived."""
        marks = self.marks
        if not marks:
            self._spacing = 0.0
        elif position <= marks[-1][0] or now - marks[-1][1] < self._spacing:
            return
        elif len(marks) >= MAX_MARKS:
            self._spacing = 2 * self.age(now) / MAX_MARKS
            kept = list(marks)[::2]
            marks.clear()
            marks.extend(kept)
        marks.append((position, now))

    def reached(self, position: int, now: float) -> float:
        """Remove the marks that handlers have reached; return the longest wait of them, 0 without one."""
        waited = 0.0
        while self.marks and self.marks[0][0] <= position:
            waited = max(waited, now - self.marks.popleft()[1])
        return waited

    def all_reached(self, now: float) -> float:
        """Remove all marks, since nothing waits any more; return the longest wait of them."""
        waited = self.age(now)
        self.marks.clear()
        return waited

    def age(self, now: float) -> float:
        """Seconds since the time of the oldest mark; 0 without one."""
        return now - self.marks[0][1] if self.marks else 0.0


class Watched(Protocol):
    """What a watch needs of a link."""

    @property
    def lag(self) -> float:
        """The lag in seconds."""

    def look_for_unread(self) -> None:
        """Set a mark if bytes are unread."""


class LagWatch:
    """Compares the lag of one connection with a bound.

    - ``bound``: seconds; None: nothing is reported.
    - ``report``: called when the lag exceeds the bound, and again when it did not for ``CALM`` seconds, so
      that handlers which are slow again and again are one lag.

    ``longest`` is the longest lag, ``longest_turn`` the longest turn, and ``count`` the number of lags above
    the bound.
    """

    def __init__(self, clock: Clock, bound: float | None, report: Callable[[Lag], object]) -> None:
        self.longest = 0.0
        self.longest_turn = 0.0
        self.count = 0
        self._clock = clock
        self._bound = bound
        self._report = report
        self._watched: Watched | None = None
        self._timer: TimerHandle | None = None
        #: When the timer is due: if it is late, something kept the event loop.
        self._due = 0.0
        #: Whether handlers had a turn above the bound since the last look, which makes the timer late.
        self._had_long_turn = False
        #: The lag that goes on: when it began, when it last exceeded the bound, its greatest length, its
        #: cause, and its longest turn. It goes on over a change of links.
        self._since: float | None = None
        self._exceeded_at = 0.0
        self._worst = 0.0
        self._cause = LagCause.BACKLOG
        self._turn: Turn | None = None

    def start(self, watched: Watched) -> None:
        """Watch a link from now on."""
        self._watched = watched
        if self._bound is not None and self._timer is None:
            self._wait(self._bound)

    def stop(self) -> None:
        """Watch no link: it is lost, or closed."""
        self._watched = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def turn_ended(self, turn: Turn, waited: float) -> None:
        """Note the longest turn of a link so far, a long one, or one while handlers are behind.

        - ``waited``: seconds that the bytes handled in the turn had waited, or those that still wait, if
          these have waited for longer; as far as marks say.
        """
        self.longest = max(self.longest, turn.seconds, waited)
        self.longest_turn = max(self.longest_turn, turn.seconds)
        if self._bound is None:
            return
        if turn.seconds >= self._bound:
            self._had_long_turn = True
            self._exceeded(turn.seconds, LagCause.HANDLERS, turn)
        elif waited >= self._bound:
            self._exceeded(waited, LagCause.BACKLOG, turn)

    def _wait(self, bound: float) -> None:
        self._due = self._clock.time() + bound
        self._timer = self._clock.call_later(bound, self._look, bound)

    def _look(self, bound: float) -> None:
        late = self._clock.time() - self._due
        had_long_turn, self._had_long_turn = self._had_long_turn, False
        self._wait(bound)
        watched = self._watched
        assert watched is not None  # ``stop`` cancels the timer
        watched.look_for_unread()
        lag = watched.lag
        self.longest = max(self.longest, lag, late)
        if late >= bound and not had_long_turn:
            self._exceeded(late, LagCause.EVENT_LOOP, None)
        elif lag >= bound:
            self._exceeded(lag, LagCause.BACKLOG, None)
        elif self._since is not None and self._clock.time() - self._exceeded_at >= CALM:
            self._over(self._since)

    def _exceeded(self, seconds: float, cause: str, turn: Turn | None) -> None:
        self._exceeded_at = self._clock.time()
        self._worst = max(self._worst, seconds)
        if turn is not None and (self._turn is None or turn.seconds > self._turn.seconds):
            self._turn = turn
        if self._since is None:
            self._since = self._exceeded_at - seconds
            self._cause = cause
            self.count += 1
            self._report(Lag(False, seconds, seconds, cause, self._turn))

    def _over(self, since: float) -> None:
        lag = Lag(True, self._worst, self._exceeded_at - since, self._cause, self._turn)
        self._since = self._turn = None
        self._worst = 0.0
        self._report(lag)


@cache
def _ioctl() -> Callable[[Any], int] | None:
    # imported when needed: most programs never are behind
    try:
        from fcntl import ioctl
        from termios import FIONREAD
    except ImportError:  # Windows
        return None
    return lambda sock: int.from_bytes(ioctl(sock.fileno(), FIONREAD, b"\0\0\0\0"), sys.byteorder)


def unread_bytes(sock: Any) -> int:
    """How many bytes wait in a socket; 0 where the system does not say, and for a closed one."""
    ask = _ioctl()
    try:
        return 0 if ask is None or sock is None else ask(sock)
    except (OSError, ValueError):
        return 0
