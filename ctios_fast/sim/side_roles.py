"""Which side of a pair is active. When it is lost the other one takes over; it comes back as the standby."""

from typing import Final, Literal, get_args

from ctios_fast.connection.clock import Clock, TimerHandle

from .maintenance import Maintenance
from .side import Side

__all__ = ["PAIR_KINDS", "PairKind", "SideRoles"]

PairKind = Literal["active-standby", "both-active"]
PAIR_KINDS: Final[tuple[PairKind, ...]] = get_args(PairKind)


class SideRoles:
    """The roles of two sides.

    ``takeover``: seconds after which a standby side becomes active when the active one is lost.
    ``both_active``: both sides serve sessions always, and nothing is taken over.
    """

    def __init__(self, one: Side, other: Side, clock: Clock, *, both_active: bool, takeover: float) -> None:
        self._sides: Final = (one, other)
        self._clock: Final = clock
        self._takeover: Final = takeover
        self.both_active: Final = both_active
        self._timer: TimerHandle | None = None
        one.active = True
        other.active = both_active

    def other(self, side: Side) -> Side:
        """The other side."""
        one, other = self._sides
        return other if side is one else one

    def lost(self, side: Side) -> None:
        """A side serves no longer. If it was the active one, the other takes over after its time."""
        if self.both_active or not side.active:
            return
        side.active = False
        if self._takeover:
            self._timer = self._clock.call_later(self._takeover, self._take_over, self.other(side))
        else:
            self._take_over(self.other(side))

    def _take_over(self, side: Side) -> None:
        self._timer = None
        if side.serving and not self.other(side).active:
            side.become_active()

    def back(self, side: Side) -> None:
        """A side serves again: as the standby if the other one is active, or about to be."""
        if self.both_active or side.active:
            return
        other = self.other(side)
        if not other.active and self._timer is None:
            side.become_active()

    def swap(self) -> None:
        """Let the standby become active and the active side the standby.

        Raises ValueError if both sides are active, or if there is no standby that could take over.
        """
        active = next((side for side in self._sides if side.active), None)
        if self.both_active or active is None or not self.other(active).serving:
            raise ValueError("the sides cannot be swapped: there is no standby side that serves")
        active.become_standby()
        self.other(active).become_active()

    def shut_down(self, side: Side) -> None:
        """Shut a side down gracefully: its clients are asked, then the other side takes over."""

        def hand_over() -> None:
            other = self.other(side)
            if side.active and not self.both_active and other.serving:
                side.active = False
                other.become_active()
            other.rebuild()

        def stop() -> None:
            side.maintenance = None
            side.fail()
            self.lost(side)

        def cancelled() -> None:
            side.maintenance = None

        side.maintenance = Maintenance(
            self._clock, side.sessions, hand_over=hand_over, stop=stop, cancelled=cancelled
        )
        side.maintenance.begin()
