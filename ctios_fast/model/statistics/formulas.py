"""The figures that CTI OS's desktop computes from statistics, as a table.

CTI OS Developer's Guide, "Agent Statistics Computed by Sample CTI OS Desktop" and the same for skill groups.
The names are those of the guide, with its spelling of PercentUtilitizationToday, which is a fraction.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

__all__ = ["AGENT_FORMULAS", "SKILL_GROUP_FORMULAS", "Formula"]


class Formula(NamedTuple):
    """How a figure is computed from fields of the statistics: the sum of some divided by the sum of others.

    - ``dividend``: the fields whose sum is divided.
    - ``divisor``: the fields whose sum it is divided by; empty if the sum itself is the figure.
    """

    dividend: tuple[str, ...]
    divisor: tuple[str, ...] = ()

    def value(self, field: Callable[[str], int | None]) -> float | int | None:
        """The figure for the values that ``field`` returns; an unknown value is None.

        None if a value is unknown, 0 where the divisor is 0.
        """
        dividend = _total(self.dividend, field)
        if not self.divisor:
            return dividend
        divisor = _total(self.divisor, field)
        if dividend is None or divisor is None:
            return None
        return dividend / divisor if divisor else 0


def _total(names: tuple[str, ...], field: Callable[[str], int | None]) -> int | None:
    total = 0
    for name in names:
        value = field(name)
        if value is None:
            return None
        total += value
    return total


#: The calls of an agent that the averages are about.
_CALLS: Final = ("AgentOutCallsToday", "HandledCallsToday")
_TALK_TIME: Final = ("AgentOutCallsTalkTimeToday", "HandledCallsTalkTimeToday")
_HANDLE_TIME: Final = ("AgentOutCallsTimeToday", "HandledCallsTimeToday")
_HOLD_TIME: Final = ("AgentOutCallsHeldTimeToday", "IncomingCallsHeldTimeToday")

#: Of QUERY_AGENT_STATISTICS_CONF. Times and averages are in seconds.
AGENT_FORMULAS: Final[Mapping[str, Formula]] = {
    "AvgTalkTimeToday": Formula(_TALK_TIME, _CALLS),
    "CallsHandledToday": Formula(_CALLS),
    "TimeLoggedInToday": Formula(("LoggedOnTimeToday",)),
    "TimeTalkingToday": Formula(_TALK_TIME),
    "TimeHoldingToday": Formula(_HOLD_TIME),
    "TimeReadyToday": Formula(("AvailTimeToday",)),
    "TimeNotReadyToday": Formula(("NotReadyTimeToday",)),
    "AvgHoldTimeToday": Formula(_HOLD_TIME, _CALLS),
    "AvgHandleTimeToday": Formula(_HANDLE_TIME, _CALLS),
    "AvgIdleTimeToday": Formula(("NotReadyTimeToday",), _CALLS),
    "PercentUtilitizationToday": Formula(_HANDLE_TIME, ("LoggedOnTimeToday", "NotReadyTimeToday")),
}


def _average(time: str, count: str) -> Formula:
    return Formula((time,), (count,))


#: Of QUERY_SKILL_GROUP_STATISTICS_CONF. All are averages in seconds.
SKILL_GROUP_FORMULAS: Final[Mapping[str, Formula]] = {
    "AvgCallsQTimeNow": _average("CallsQTimeNow", "CallsQNow"),
    "AvgAgentOutCallsTalkTimeToHalf": _average("AgentOutCallsTalkTimeToHalf", "AgentOutCallsToHalf"),
    "AvgAgentOutCallsTimeToHalf": _average("AgentOutCallsTimeToHalf", "AgentOutCallsToHalf"),
    "AvgAgentOutCallsHeldTimeToHalf": _average("AgentOutCallsHeldTimeToHalf", "AgentOutCallsHeldToHalf"),
    "AvgHandledCallsTalkTimeToHalf": _average("HandledCallsTalkTimeToHalf", "HandledCallsToHalf"),
    "AvgHandledCallsAfterCallTimeToHalf": _average("HandledCallsAfterCallTimeToHalf", "HandledCallsToHalf"),
    "AvgHandledCallsTimeToHalf": _average("HandledCallsTimeToHalf", "HandledCallsToHalf"),
    "AvgIncomingCallsHeldTimeToHalf": _average("IncomingCallsHeldTimeToHalf", "IncomingCallsHeldToHalf"),
    "AvgInternalCallsRcvdTimeToHalf": _average("InternalCallsRcvdTimeToHalf", "InternalCallsRcvdToHalf"),
    "AvgInternalCallsHeldTimeToHalf": _average("InternalCallsHeldTimeToHalf", "InternalCallsHeldToHalf"),
    "AvgCallsQTimeHalf": _average("CallsQTimeHalf", "CallsQHalf"),
    "AvgAgentOutCallsTalkTimeToday": _average("AgentOutCallsTalkTimeToday", "AgentOutCallsToday"),
    "AvgAgentOutCallsTimeToday": _average("AgentOutCallsTimeToday", "AgentOutCallsToday"),
    "AvgAgentOutCallsHeldTimeToday": _average("AgentOutCallsHeldTimeToday", "AgentOutCallsHeldToday"),
    "AvgHandledCallsTalkTimeToday": _average("HandledCallsTalkTimeToday", "HandledCallsToday"),
    "AvgHandledCallsAfterCallTimeToday": _average("HandledCallsAfterCallTimeToday", "HandledCallsToday"),
    "AvgHandledCallsTimeToday": _average("HandledCallsTimeToday", "HandledCallsToday"),
    "AvgIncomingCallsHeldTimeToday": _average("IncomingCallsHeldTimeToday", "IncomingCallsHeldToday"),
    "AvgInternalCallsRcvdTimeToday": _average("InternalCallsRcvdTimeToday", "InternalCallsRcvdToday"),
    "AvgInternalCallsHeldTimeToday": _average("InternalCallsHeldTimeToday", "InternalCallsHeldToday"),
    "AvgCallsQTimeToday": _average("CallsQTimeToday", "CallsQToday"),
}
