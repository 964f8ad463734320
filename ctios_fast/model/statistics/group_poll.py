"""GroupPoll: polls the statistics of one skill group for everybody who has enabled them."""

from typing import ClassVar

from .enabled_poll import EnabledPoll
from .poller import StatisticsPoller

__all__ = ["GroupPoll"]


class GroupPoll(EnabledPoll):
    """The polling of one skill group, as long as it is wanted.

    However many want the group, it is asked for once in the shortest interval that one of them has asked for
    since the first of them.

    - ``wanted``: how many want it: the program, and agents that are logged in.
    """

    __slots__ = ("wanted",)

    message: ClassVar[str] = "QUERY_SKILL_GROUP_STATISTICS_REQ"

    def __init__(self, poller: StatisticsPoller) -> None:
        super().__init__(poller, None)
        self.wanted = 0

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

    def _is_enabled(self) -> bool:
        return self.wanted > 0
