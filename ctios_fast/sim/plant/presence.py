"""Which members of a skill group are logged in, by their states, and the time that they spend in them."""

from typing import Final, Generic, TypeVar

from ctios_fast.protocol.enums import AgentState

from .tallies import STATE_FIGURE, Tallies

__all__ = ["Presence"]

_TALKING: Final = AgentState.AGENT_STATE_TALKING

M = TypeVar("M")


class Presence(Generic[M]):
    """The members of one skill group that are logged in.

    Time is added for all members of a state at once, so that neither a change of state nor a query costs more
    in a large group.

    ``tallies``: where the time is added; None: nowhere, as for groups of other media than voice.
    ``talking``: the members that talk.
    """

    __slots__ = ("_counts", "_until", "talking", "tallies")

    def __init__(self, tallies: Tallies | None) -> None:
        self.tallies: Final = tallies
        self.talking: Final[dict[M, None]] = {}
        # Members by state and whether they are routable.
        self._counts: dict[tuple[AgentState, bool], int] = {}
        self._until = 0  # until when the time is in the tallies

    def leave(self, member: M, state: AgentState, routable: bool) -> None:
        """Take a member out of its state; the time must have been settled."""
        self._counts[state, routable] -= 1
        self.talking.pop(member, None)

    def arrive(self, member: M, state: AgentState, routable: bool) -> None:
        """Put a member into a state; the time must have been settled."""
        self._counts[state, routable] = self._counts.get((state, routable), 0) + 1
        if state is _TALKING:
            self.talking[member] = None

    def settle(self, now: int) -> None:
        """Add the time in the present states, up to now, to the tallies."""
        start, self._until = self._until, now
        if self.tallies is None or start == now:
            return
        for (state, routable), members in self._counts.items():
            if members:
                self.tallies.add_time(STATE_FIGURE[state], start, now, routable, members)

    def count(self, state: AgentState, routable: bool | None = None) -> int:
        """The number of members in a state; ``routable``: only of those that are or are not."""
        if routable is not None:
            return self._counts.get((state, routable), 0)
        return self.count(state, True) + self.count(state, False)

    @property
    def total(self) -> int:
        """The number of members that are logged in."""
        return sum(self._counts.values())
