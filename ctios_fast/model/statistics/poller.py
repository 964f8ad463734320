"""StatisticsPoller: asks for statistics at intervals and on occasions, for everything that a session polls.

A CTI Server sends no statistics by itself. The poller has one timer, whatever it polls. What is polled at an
interval gets a random place within it at first, so that a peripheral with thousands of agents is asked
evenly. No more than ``MAX_IN_FLIGHT`` queries are unanswered at once; others wait, each subject once.

While the session is not open, or while a gap in its events is being repaired, nothing is sent. The intervals
go on: what falls due then is left out. Queries on an occasion, such as the end of a call, are sent
afterwards.
"""

import heapq
from collections import OrderedDict
from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from ctios_fast.connection.clock import TimerHandle
from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.errors import ConnectionLost, CtiOsError, Refused
from ctios_fast.model.context import Context

if TYPE_CHECKING:
    import random

__all__ = ["DEFAULT_INTERVAL", "MAX_IN_FLIGHT", "Poll", "StatisticsPoller", "Subject"]

#: Seconds between two queries for the same statistics, unless the program says otherwise.
DEFAULT_INTERVAL: Final = 30.0
#: Queries of one session that may be unanswered at once.
MAX_IN_FLIGHT: Final = 32
#: Seconds between two looks at what is due, at least: queries that fall due together share a write.
_MIN_DELAY: Final = 0.02
#: The part of an interval by which a query may be late and the next one still keep to the rhythm.
_MAX_DELAY: Final = 0.1
#: Outdated entries that the schedule may have beside as many as are valid.
_MAX_OUTDATED: Final = 64

#: Counters of the session.
_QUERIES: Final = "statistics_queries"
_FAILED: Final = "statistics_queries_failed"
_LEFT_OUT: Final = "statistics_queries_left_out"
_IGNORED: Final = "statistics_ignored"


class Subject(Protocol):
    """What is polled: an agent, a skill group, or the groups of an agent.

    - ``message``: the reference's name of the query.
    - ``interval``: seconds between two queries, None for none at an interval.
    - ``entry``: the number of its valid entry in the schedule, 0 without one. The poller sets it.
    """

    message: ClassVar[str]
    interval: float | None
    entry: int

    def is_wanted(self) -> bool:
        """Whether it is to be asked for now."""

    def fall_due(self) -> None:
        """Its interval is over."""

    def send(self, poll: "Poll") -> None:
        """Send the query."""

    def take(self, message: Message) -> bool:
        """Take in the answer. Returns False where it came too late to be wanted."""

    def refuse(self, error: Refused) -> None:
        """Report that the query was refused."""


class Poll(Request[Message]):
    """A query of the poller."""

    __slots__ = ("_poller", "subject")

    def __init__(self, poller: "StatisticsPoller", subject: Subject) -> None:
        self.label = subject.message
        self._poller = poller
        #: What is asked for.
        self.subject = subject

    def confirmed(self, message: Message) -> None:
        """Called by the request book."""
        try:
            self._poller.counts[_IGNORED] += not self.subject.take(message)
        finally:
            self.set_result(message)
            self._poller.is_over(self)

    def failed(self, error: BaseException) -> None:
        """Called by the request book. The failure is counted, and repeated at the next interval."""
        self.reported()
        self.set_exception(error)
        self._poller.counts[_FAILED] += 1
        if isinstance(error, Refused):
            self.subject.refuse(error)
        self._poller.is_over(self, error)


class StatisticsPoller:
    """Polls statistics for one session.

    ``counts``: the session's counters of the poller.
    """

    def __init__(self, context: Context, counts: dict[str, int], rng: "random.Random | None") -> None:
        self.counts = counts
        self._context = context
        self._rng = rng or _random()
        #: When each subject falls due, with the number of the entry: a heap.
        self._schedule: list[tuple[float, int, Subject]] = []
        #: Entries that are valid; the others are outdated, as after a disable.
        self._valid = 0
        #: The number of the newest entry.
        self._newest = 0
        #: What is to be asked for as soon as possible, in order.
        self._waiting: OrderedDict[Subject, None] = OrderedDict()
        #: The queries that are not answered yet.
        self._unanswered: set[Poll] = set()
        #: Makes the next look at what is due, and when; None without one.
        self._timer: TimerHandle | None = None
        self._timer_due = 0.0
        #: Whether the session is not open, or being repaired.
        self._is_paused = True
        #: Whether ``_send_waiting`` runs further up the stack.
        self._is_sending = False
        counts.update({_QUERIES: 0, _FAILED: 0, _LEFT_OUT: 0, _IGNORED: 0})

    # --- Subjects -----------------------------------------------------------------------------------

    def ask(self, subject: Subject) -> None:
        """Ask for the subject as soon as possible."""
        self._waiting[subject] = None
        self._send_waiting()

    def poll(self, subject: Subject) -> None:
        """Ask for the subject at its interval from now on; the first time is random."""
        self._remove_entry(subject)
        if subject.interval is not None:
            now = self._context.clock.time()
            self._enter(subject, now + self._rng.uniform(0, subject.interval))
            self._set_timer(now)

    def drop(self, subject: Subject) -> None:
        """Ask for the subject no more."""
        self._waiting.pop(subject, None)
        self._remove_entry(subject)
        if not self._valid:
            self._stop_timer()

    def due(self, subject: Subject) -> None:
        """The interval of a subject is over: ask for it, unless that cannot be done or is being done."""
        if (
            self._is_paused
            or subject in self._waiting
            or any(poll.subject is subject for poll in self._unanswered)
        ):
            self.counts[_LEFT_OUT] += 1
        elif subject.is_wanted():
            self._waiting[subject] = None

    # --- The session --------------------------------------------------------------------------------

    def pause(self) -> None:
        """Events may be missed from now on: send nothing."""
        self._is_paused = True

    def resume(self) -> None:
        """The session is open, and its agents are up to date."""
        self._is_paused = False
        self._send_waiting()

    def stop(self) -> None:
        """The mode is over: forget all subjects."""
        self._is_paused = True
        self._stop_timer()
        for _, _, subject in self._schedule:
            subject.entry = 0
        self._schedule.clear()
        self._valid = 0
        self._waiting.clear()

    # --- Sending ------------------------------------------------------------------------------------

    def is_over(self, poll: Poll, error: BaseException | None = None) -> None:
        """A query was answered or failed. Called by the query."""
        self._unanswered.discard(poll)
        if not isinstance(error, ConnectionLost):  # after a loss, ``resume`` goes on
            self._send_waiting()

    def _send_waiting(self) -> None:
        if self._is_paused or self._is_sending:
            return
        self._is_sending = True
        try:
            while self._waiting and len(self._unanswered) < MAX_IN_FLIGHT:
                if self._context.unready() is not None:
                    return
                subject, _ = self._waiting.popitem(last=False)
                if subject.is_wanted():
                    poll = Poll(self, subject)
                    self._unanswered.add(poll)
                    self.counts[_QUERIES] += 1
                    try:
                        subject.send(poll)
                    except CtiOsError as error:  # such as an id that the session's encoding lacks
                        poll.failed(error)
        finally:
            self._is_sending = False
            if not self._waiting:
                self._waiting.clear()  # gives back the memory of a long queue

    # --- The schedule -------------------------------------------------------------------------------

    def _enter(self, subject: Subject, when: float) -> None:
        self._newest += 1
        self._valid += 1
        subject.entry = self._newest
        heapq.heappush(self._schedule, (when, self._newest, subject))

    def _remove_entry(self, subject: Subject) -> None:
        if subject.entry:
            subject.entry = 0
            self._valid -= 1
            if len(self._schedule) > 2 * self._valid + _MAX_OUTDATED:
                self._schedule = [each for each in self._schedule if each[1] == each[2].entry]
                heapq.heapify(self._schedule)

    def _set_timer(self, now: float) -> None:
        if not self._schedule:
            return
        due = max(self._schedule[0][0], now + _MIN_DELAY)
        if self._timer is not None:
            if self._timer_due <= due:
                return
            self._timer.cancel()
        self._timer_due = due
        self._timer = self._context.clock.call_later(due - now, self._look)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        now = self._context.clock.time()
        while self._schedule and self._schedule[0][0] <= now:
            due, entry, subject = self._schedule[0]
            interval = subject.interval
            if entry != subject.entry or interval is None:
                heapq.heappop(self._schedule)
                continue
            # in the rhythm of the interval, but never two queries shortly after one another
            following = due + interval if now - due <= interval * _MAX_DELAY else now + interval
            heapq.heapreplace(self._schedule, (following, entry, subject))
            subject.fall_due()
        self._set_timer(now)
        self._send_waiting()


def _random() -> "random.Random":
    import random  # only for sessions, so that importing the package stays quick

    return random.Random()  # noqa: S311 - it spreads load
