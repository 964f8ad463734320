"""The states of a call's connections as a table: from which state what leads where.

A connection is one device in one call. Its state is LocalConnectionState. Nothing here touches a call, so
that a diagram can be drawn from it.

A connection starts in LCS_NULL. A caller SEIZEs a line, a called device is OFFERed the call, a queue ENQUEUEs
it, a supervisor JOINs it. It ends with RELEASE, again in LCS_NULL, and is never used again.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from ctios_fast.protocol.enums import LocalConnectionState

__all__ = ["TRANSITIONS", "Trigger", "WrongConnectionState", "next_state"]

_NULL: Final = LocalConnectionState.LCS_NULL
_INITIATE: Final = LocalConnectionState.LCS_INITIATE
_ALERTING: Final = LocalConnectionState.LCS_ALERTING
_CONNECT: Final = LocalConnectionState.LCS_CONNECT
_HOLD: Final = LocalConnectionState.LCS_HOLD
_QUEUED: Final = LocalConnectionState.LCS_QUEUED
_FAIL: Final = LocalConnectionState.LCS_FAIL


class Trigger(Enum):
    """What happens to a connection."""

    SEIZE = auto()
    """A caller takes a line, or an outside call takes a trunk."""
    OFFER = auto()
    """The device rings."""
    ENQUEUE = auto()
    """The call waits at a queue."""
    JOIN = auto()
    """The device joins a call that is connected, as a supervisor does."""
    ESTABLISH = auto()
    """The called device answers: its connection and the caller's become connected."""
    HOLD = auto()
    """The device puts the call on hold."""
    RETRIEVE = auto()
    """The device takes the call back from hold, or a conference does so."""
    FAIL = auto()
    """The call does not reach its destination."""
    RELEASE = auto()
    """The connection ends."""


TRANSITIONS: Final[Mapping[tuple[LocalConnectionState, Trigger], LocalConnectionState]] = {
    (_NULL, Trigger.SEIZE): _INITIATE,
    (_NULL, Trigger.OFFER): _ALERTING,
    (_NULL, Trigger.ENQUEUE): _QUEUED,
    (_NULL, Trigger.JOIN): _CONNECT,
    (_INITIATE, Trigger.ESTABLISH): _CONNECT,
    (_INITIATE, Trigger.FAIL): _FAIL,
    (_INITIATE, Trigger.RELEASE): _NULL,
    (_ALERTING, Trigger.ESTABLISH): _CONNECT,
    (_ALERTING, Trigger.RELEASE): _NULL,
    (_CONNECT, Trigger.HOLD): _HOLD,
    (_CONNECT, Trigger.RELEASE): _NULL,
    (_HOLD, Trigger.RETRIEVE): _CONNECT,
    (_HOLD, Trigger.RELEASE): _NULL,
    (_QUEUED, Trigger.RELEASE): _NULL,
    (_FAIL, Trigger.RELEASE): _NULL,
}
"""State and trigger -> next state. Absent: the trigger is not possible in that state."""


class WrongConnectionState(ValueError):
    """The connection's state does not allow what should happen to it."""

    def __init__(self, state: LocalConnectionState, trigger: Trigger) -> None:
        super().__init__(f"a connection in {state.name} cannot {trigger.name}")
        self.state = state
        self.trigger = trigger


def next_state(state: LocalConnectionState, trigger: Trigger) -> LocalConnectionState:
    """The state that follows. Raises WrongConnectionState where the table has no entry."""
    following = TRANSITIONS.get((state, trigger))
    if following is None:
        raise WrongConnectionState(state, trigger)
    return following
