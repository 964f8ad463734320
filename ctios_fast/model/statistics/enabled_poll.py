"""EnabledPoll: what the polling of an agent and that of a skill group have in common."""

from abc import abstractmethod
from typing import ClassVar

from ctios_fast.core import Message
from ctios_fast.errors import Refused

from .poller import Poll, StatisticsPoller

__all__ = ["EnabledPoll"]


class EnabledPoll:
    """Statistics that are polled as long as they are enabled. The poller calls the public methods.

    A subclass sends the query and takes in the answer.

    - ``message``: the reference's name of the query.
    - ``interval``: seconds between two queries, None for none at an interval.
    """

    __slots__ = ("_poller", "entry", "interval")

    message: ClassVar[str]

    def __init__(self, poller: StatisticsPoller, interval: float | None) -> None:
        self.interval = interval
        #: The number of the entry in the poller's schedule.
        self.entry = 0
        self._poller = poller

    def fall_due(self) -> None:
        """The interval is over."""
        self._poller.due(self)

    def take(self, message: Message) -> bool:
        """Take in the answer, unless the statistics were disabled meanwhile."""
        if self._is_enabled():
            self._take_in(message)
        return self._is_enabled()

    def refuse(self, error: Refused) -> None:
        """Report the refusal, unless the statistics were disabled meanwhile."""
        if self._is_enabled():
            self._report(error)

    # --- What is polled -----------------------------------------------------------------------------

    @abstractmethod
    def is_wanted(self) -> bool:
        """Whether to ask now."""

    @abstractmethod
    def _is_enabled(self) -> bool:
        """Whether anybody still has the statistics enabled."""

    @abstractmethod
    def send(self, poll: Poll) -> None:
        """Send the query."""

    @abstractmethod
    def _take_in(self, message: Message) -> None:
        """Take in the answer, and fire its event."""

    @abstractmethod
    def _report(self, error: Refused) -> None:
        """Fire the event of a refused query."""
