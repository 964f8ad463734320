"""GroupPoll: polls the statistics of one skill group for everybody who has enabled them."""

from abc import abstractmethod
from typing import ClassVar

from ctios_fast.core import Message
from ctios_fast.errors import Refused

from .poller import Poll, StatisticsPoller

__all__ = ["GroupPoll"]


class GroupPoll:
    """The polling of one skill group, as long as it is wanted.

    However many want the group, it is asked for once in the shortest interval that one of them has asked for
    since the first of them. A subclass knows the group: it sends the query and takes in the answer.

    - ``wanted``: how many want it: the program, and agents that are logged in.
    """

    __slots__ = ("_poller", "entry", "interval", "wanted")

    message: ClassVar[str] = "QUERY_SKILL_GROUP_STATISTICS_REQ"

    def __init__(self, poller: StatisticsPoller) -> None:
        self.wanted = 0
        #: Seconds between two queries, None as long as nobody wants one.
        self.interval: float | None = None
        #: The number of the entry in the poller's schedule.
        self.entry = 0
        self._poller = poller

    def want(self, interval: float | None) -> None:
        """Somebody wants the group's statistics. The first one has them asked for at once.

        ``interval``: seconds between two queries, None for none at an interval.
        """
        self.wanted += 1
        is_first = self.wanted == 1
        if is_first:
            self.interval = None
        if interval is not None and (self.interval is None or interval < self.interval or not self.entry):
            self.interval = interval
            self._poller.poll(self)
        if is_first:
            self._poller.ask(self)

    def release(self) -> None:
        """The statistics are wanted by one fewer."""
        if self.wanted:
            self.wanted -= 1
            if not self.wanted:
                self._poller.drop(self)

    def end(self) -> None:
        """The group leaves the session: nobody can want it any more."""
        self.wanted = 0
        self._poller.drop(self)

    # --- The poller's subject -----------------------------------------------------------------------

    def is_wanted(self) -> bool:
        """Whether to ask now."""
        return self.wanted > 0

    def fall_due(self) -> None:
        """The interval is over."""
        self._poller.due(self)

    def take(self, message: Message) -> bool:
        """Take in the answer, unless nobody wants it any more."""
        if self.wanted:
            self._take_in(message)
        return self.wanted > 0

    def refuse(self, error: Refused) -> None:
        """Report the refusal, unless nobody wants the statistics any more."""
        if self.wanted:
            self._report(error)

    # --- The group ----------------------------------------------------------------------------------

    @abstractmethod
    def send(self, poll: Poll) -> None:
        """Send the query for the group's statistics."""

    @abstractmethod
    def _take_in(self, message: Message) -> None:
        """Take in the answer, and fire its event."""

    @abstractmethod
    def _report(self, error: Refused) -> None:
        """Fire the event of a refused query."""
