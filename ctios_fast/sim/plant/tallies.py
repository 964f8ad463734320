"""What is counted for agents and skill groups, in the spans that the protocol reports.

All times are differences of whole seconds of the plant's clock, so that they add up exactly: the time logged
on is the sum of the times in the states. A call is counted when its after-call work ends, for the agent and
for one of its skill groups.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from ctios_fast.protocol.enums import AgentState

__all__ = [
    "FIGURES",
    "INDEX",
    "PARTS_OF_LOGGED_ON",
    "STATE_FIGURE",
    "AgentTallies",
    "CallFigures",
    "Tallies",
]

_TIMES: Final = (
    "LoggedOnTime",
    "AvailTime",
    "NotReadyTime",
    "ICMAvailableTime",
    "RoutableTime",
    "TalkingTime",
    "HoldTime",
    "ReservedTime",
    "WorkReadyTime",
    "WorkNotReadyTime",
    "BusyOtherTime",
)
_CALLS: Final = (
    "AgentOutCalls",
    "AgentOutCallsTalkTime",
    "AgentOutCallsTime",
    "AgentOutCallsHeld",
    "AgentOutCallsHeldTime",
    "HandledCalls",
    "HandledCallsTalkTime",
    "HandledCallsAfterCallTime",
    "HandledCallsTime",
    "IncomingCallsHeld",
    "IncomingCallsHeldTime",
    "InternalCalls",
    "InternalCallsTime",
    "InternalCallsRcvd",
    "InternalCallsRcvdTime",
    "InternalCallsHeld",
    "InternalCallsHeldTime",
    "AutoOutCalls",
    "AutoOutCallsTalkTime",
    "AutoOutCallsTime",
    "AutoOutCallsHeld",
    "AutoOutCallsHeldTime",
    "PreviewCalls",
    "PreviewCallsTalkTime",
    "PreviewCallsTime",
    "PreviewCallsHeld",
    "PreviewCallsHeldTime",
    "ReservationCalls",
    "ReservationCallsTalkTime",
    "ReservationCallsTime",
    "ReservationCallsHeld",
    "ReservationCallsHeldTime",
    "BargeInCalls",
    "InterceptCalls",
    "MonitorCalls",
    "WhisperCalls",
    "EmergencyCalls",
)
_QUEUE: Final = ("CallsQ", "CallsQTime")

FIGURES: Final = _TIMES + _CALLS + _QUEUE
"""Names of the figures, as the protocol spells them without the name of the span."""

INDEX: Final[Mapping[str, int]] = {name: i for i, name in enumerate(FIGURES)}
"""Name -> place in a span's list."""

STATE_FIGURE: Final[Mapping[AgentState, int]] = {
    AgentState.AGENT_STATE_LOGIN: INDEX["NotReadyTime"],
    AgentState.AGENT_STATE_NOT_READY: INDEX["NotReadyTime"],
    AgentState.AGENT_STATE_AVAILABLE: INDEX["AvailTime"],
    AgentState.AGENT_STATE_TALKING: INDEX["TalkingTime"],
    AgentState.AGENT_STATE_HOLD: INDEX["HoldTime"],
    AgentState.AGENT_STATE_RESERVED: INDEX["ReservedTime"],
    AgentState.AGENT_STATE_WORK_READY: INDEX["WorkReadyTime"],
    AgentState.AGENT_STATE_WORK_NOT_READY: INDEX["WorkNotReadyTime"],
    AgentState.AGENT_STATE_BUSY_OTHER: INDEX["BusyOtherTime"],
    AgentState.AGENT_STATE_ACTIVE: INDEX["BusyOtherTime"],
    AgentState.AGENT_STATE_PAUSED: INDEX["BusyOtherTime"],
    AgentState.AGENT_STATE_INTERRUPTED: INDEX["BusyOtherTime"],
    AgentState.AGENT_STATE_UNKNOWN: INDEX["BusyOtherTime"],
    AgentState.AGENT_STATE_NOT_ACTIVE: INDEX["BusyOtherTime"],
}
"""State of a logged-in agent -> the figure that its time goes to."""

PARTS_OF_LOGGED_ON: Final = tuple(FIGURES[i] for i in sorted(set(STATE_FIGURE.values())))
"""The figures whose sum is LoggedOnTime."""

_SESSION: Final = 0
_FIVE_MINUTES: Final = 300
_HALF_HOUR: Final = 1800
_DAY: Final = 86400

_LOGGED_ON: Final = INDEX["LoggedOnTime"]
_AVAILABLE: Final = INDEX["AvailTime"]
_ICM_AVAILABLE: Final = INDEX["ICMAvailableTime"]
_ROUTABLE: Final = INDEX["RoutableTime"]
_NO_COUNTS: Final = (0,) * len(FIGURES)


class CallFigures(NamedTuple):
    """The figures that a kind of call counts in; "" where it has none."""

    calls: str
    talk: str
    after: str
    time: str
    held: str
    held_time: str


class Span:
    """The figures of the current period of ``length`` seconds; length 0 is a period without end."""

    __slots__ = ("counts", "length", "longest", "name", "period")

    def __init__(self, name: str, length: int) -> None:
        self.name = name
        self.length = length
        self.period = 0
        self.counts: list[int] = []  # made with the first figure
        self.longest = 0

    def reset(self, period: int = 0) -> None:
        """Begin a period with nothing counted."""
        self.period = period
        self.counts = list(_NO_COUNTS)
        self.longest = 0

    def at(self, now: int) -> list[int]:
        """The counts of the period that ``now`` is in."""
        period = now // self.length if self.length else 0
        if period != self.period or not self.counts:
            self.reset(period)
        return self.counts

    def counted(self, now: int) -> list[int] | tuple[int, ...]:
        """As ``at``, without making a list where nothing was counted."""
        if not self.counts or (self.length and now // self.length != self.period):
            return _NO_COUNTS
        return self.counts


class Tallies:
    """The figures of one thing in several spans."""

    __slots__ = ("spans",)

    def __init__(self, *spans: Span) -> None:
        self.spans = spans

    @classmethod
    def of_group(cls) -> "Tallies":
        """The spans of a skill group."""
        return cls(Span("To5", _FIVE_MINUTES), Span("ToHalf", _HALF_HOUR), Span("Today", _DAY))

    def add(self, index: int, amount: int, now: int) -> None:
        """Count ``amount`` at ``now``."""
        for span in self.spans:
            span.at(now)[index] += amount

    def add_time(self, index: int, start: int, end: int, routable: bool, agents: int = 1) -> None:
        """Count the seconds that agents spent in a state, each in the period in which it passed."""
        for span in self.spans:
            counts = span.at(end)
            begin = max(start, span.period * span.length) if span.length else start
            seconds = (end - begin) * agents
            counts[index] += seconds
            counts[_LOGGED_ON] += seconds
            if routable:
                counts[_ROUTABLE] += seconds
                if index == _AVAILABLE:
                    counts[_ICM_AVAILABLE] += seconds


class AgentTallies(Tallies):
    """The figures of one agent: since its login, and today."""

    __slots__ = ("session",)

    def __init__(self) -> None:
        self.session = Span("Session", _SESSION)
        super().__init__(self.session, Span("Today", _DAY))
