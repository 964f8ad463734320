"""Gap: what a time without events leaves open about an agent, until the library has asked for its state."""

from typing import Final

from ctios_fast.enums import AgentState

from .returning import Return

__all__ = ["LOGOUTS_FOUND", "NO_GAP", "Gap"]

#: Keyword of OnRecovered: agents that were logged out in the gap.
LOGOUTS_FOUND: Final = "LogoutsFound"


class Gap:
    """What a gap in the events, or a state of UNKNOWN, leaves open about an agent."""

    __slots__ = (
        "before_copy",
        "before_unknown",
        "is_back",
        "is_doubtful",
        "is_named",
        "is_returning",
        "is_unheard",
        "reason",
        "return_to",
    )

    def __init__(self) -> None:
        #: Whether the state is asked for though none is known: the program named the agent when it set the
        #: mode, its monitoring has begun, or the opening asked for the session's agent without success.
        self.is_named = False
        #: Whether events may have been missed since the state was heard of.
        self.is_doubtful = False
        #: Whether they may have been missed because nothing monitored the agent, and no connection was lost.
        self.is_unheard = False
        #: Whether the library logs the agent in again if the gap logged it out.
        self.is_returning = False
        #: Whether the library has logged the agent in again, and the state from before is still to come.
        self.is_back = False
        #: The state that the agent goes back to then, with its reason.
        self.return_to: Return | None = None
        #: Reason of a logout that the program asked for and whose answer was lost; None without one.
        self.reason: int | None = None
        #: The state before an event said UNKNOWN, which is neither in nor out.
        self.before_unknown: AgentState | int | None = None
        #: The state before a team's monitor said LOGOUT of the session's own agent, until the session's own
        #: copy of the event comes.
        self.before_copy: AgentState | int | None = None


#: The gap of an agent that has none. It is never changed.
NO_GAP: Final = Gap()
