"""The figures of statistics, and those that are computed from them."""

import random
from collections.abc import Mapping

import pytest
from support.scripted_peer import encoded
from support.statistics_messages import AGENT_FIGURES, GROUP_FIGURES, UNKNOWN, numbered

from ctios_fast.core import codec
from ctios_fast.model.statistics.formulas import AGENT_FORMULAS, SKILL_GROUP_FORMULAS
from ctios_fast.model.statistics.statistics_view import Statistics
from ctios_fast.protocol import numbers as ged

#: The formulas as the guide prints them, for a calculation that does not use the product's table.
PRINTED_OF_AGENT = {
    "AvgTalkTimeToday": (
        "(AgentOutCallsTalkTimeToday + HandledCallsTalkTimeToday) / (AgentOutCallsToday + HandledCallsToday)"
    ),
    "CallsHandledToday": "AgentOutCallsToday + HandledCallsToday",
    "TimeLoggedInToday": "LoggedOnTimeToday",
    "TimeTalkingToday": "AgentOutCallsTalkTimeToday + HandledCallsTalkTimeToday",
    "TimeHoldingToday": "AgentOutCallsHeldTimeToday + IncomingCallsHeldTimeToday",
    "TimeReadyToday": "AvailTimeToday",
    "TimeNotReadyToday": "NotReadyTimeToday",
    "AvgHoldTimeToday": (
        "(AgentOutCallsHeldTimeToday + IncomingCallsHeldTimeToday) / (AgentOutCallsToday + HandledCallsToday)"
    ),
    "AvgHandleTimeToday": (
        "(AgentOutCallsTimeToday + HandledCallsTimeToday) / (AgentOutCallsToday + HandledCallsToday)"
    ),
    "AvgIdleTimeToday": "NotReadyTimeToday / (AgentOutCallsToday + HandledCallsToday)",
    "PercentUtilitizationToday": (
        "(AgentOutCallsTimeToday + HandledCallsTimeToday) / (LoggedOnTimeToday + NotReadyTimeToday)"
    ),
}
PRINTED_OF_GROUP = {
    "AvgCallsQTimeNow": "CallsQTimeNow / CallsQNow",
    "AvgAgentOutCallsTalkTimeToHalf": "AgentOutCallsTalkTimeToHalf / AgentOutCallsToHalf",
    "AvgAgentOutCallsTimeToHalf": "AgentOutCallsTimeToHalf / AgentOutCallsToHalf",
    "AvgAgentOutCallsHeldTimeToHalf": "AgentOutCallsHeldTimeToHalf / AgentOutCallsHeldToHalf",
    "AvgHandledCallsTalkTimeToHalf": "HandledCallsTalkTimeToHalf / HandledCallsToHalf",
    "AvgHandledCallsAfterCallTimeToHalf": "HandledCallsAfterCallTimeToHalf / HandledCallsToHalf",
    "AvgHandledCallsTimeToHalf": "HandledCallsTimeToHalf / HandledCallsToHalf",
    "AvgIncomingCallsHeldTimeToHalf": "IncomingCallsHeldTimeToHalf / IncomingCallsHeldToHalf",
    "AvgInternalCallsRcvdTimeToHalf": "InternalCallsRcvdTimeToHalf / InternalCallsRcvdToHalf",
    "AvgInternalCallsHeldTimeToHalf": "InternalCallsHeldTimeToHalf / InternalCallsHeldToHalf",
    "AvgCallsQTimeHalf": "CallsQTimeHalf / CallsQHalf",
    "AvgAgentOutCallsTalkTimeToday": "AgentOutCallsTalkTimeToday / AgentOutCallsToday",
    "AvgAgentOutCallsTimeToday": "AgentOutCallsTimeToday / AgentOutCallsToday",
    "AvgAgentOutCallsHeldTimeToday": "AgentOutCallsHeldTimeToday / AgentOutCallsHeldToday",
    "AvgHandledCallsTalkTimeToday": "HandledCallsTalkTimeToday / HandledCallsToday",
    "AvgHandledCallsAfterCallTimeToday": "HandledCallsAfterCallTimeToday / HandledCallsToday",
    "AvgHandledCallsTimeToday": "HandledCallsTimeToday / HandledCallsToday",
    "AvgIncomingCallsHeldTimeToday": "IncomingCallsHeldTimeToday / IncomingCallsHeldToday",
    "AvgInternalCallsRcvdTimeToday": "InternalCallsRcvdTimeToday / InternalCallsRcvdToday",
    "AvgInternalCallsHeldTimeToday": "InternalCallsHeldTimeToday / InternalCallsHeldToday",
    "AvgCallsQTimeToday": "CallsQTimeToday / CallsQToday",
}
KINDS = {
    "agent": (ged.QUERY_AGENT_STATISTICS_CONF, AGENT_FIGURES, PRINTED_OF_AGENT),
    "group": (ged.QUERY_SKILL_GROUP_STATISTICS_CONF, GROUP_FIGURES, PRINTED_OF_GROUP),
}
of_each_kind = pytest.mark.parametrize("kind", KINDS)


def statistics(kind: str, figures: Mapping[str, int], version: int = 25) -> Statistics:
    message = KINDS[kind][0]
    of_version = codec(version)
    return Statistics(of_version, of_version.decode(encoded(message, version=version, **figures)))


def printed(formula: str, figures: Mapping[str, int]) -> float:
    """The value of a printed formula; a division by 0 is 0."""
    try:
        return float(eval(formula, {"__builtins__": {}}, dict(figures)))
    except ZeroDivisionError:
        return 0.0


@of_each_kind
@pytest.mark.parametrize("seed", range(20))
def test_computed_figures_are_those_of_the_printed_formulas(kind: str, seed: int) -> None:
    _, names, formulas = KINDS[kind]
    rng = random.Random(seed)
    figures = {name: rng.choice((0, rng.randrange(1, 50), rng.randrange(100_000))) for name in names}
    computed = statistics(kind, figures).computed
    assert computed == pytest.approx({name: printed(formula, figures) for name, formula in formulas.items()})
    assert set(computed) == set(formulas)


def test_there_are_11_formulas_of_agents_and_21_of_groups() -> None:
    assert (len(PRINTED_OF_AGENT), len(PRINTED_OF_GROUP)) == (11, 21)
    assert (len(AGENT_FORMULAS), len(SKILL_GROUP_FORMULAS)) == (11, 21)


@of_each_kind
def test_without_calls_every_computed_figure_is_0(kind: str) -> None:
    assert set(statistics(kind, {}).computed.values()) == {0}


def test_a_computed_figure_is_a_fraction() -> None:
    figures = {"AgentOutCallsToday": 1, "HandledCallsToday": 1, "HandledCallsTimeToday": 25}
    figures |= {"LoggedOnTimeToday": 75, "NotReadyTimeToday": 25}
    computed = statistics("agent", figures).computed
    assert computed["AvgHandleTimeToday"] == 12.5
    assert computed["PercentUtilitizationToday"] == 0.25


@of_each_kind
def test_a_figure_is_unknown_if_one_that_it_is_computed_from_is(kind: str) -> None:
    _, names, formulas = KINDS[kind]
    for unknown in names:
        computed = statistics(kind, {**numbered(names), unknown: UNKNOWN}).computed
        for name, formula in formulas.items():
            uses = unknown in formula.replace("(", " ").replace(")", " ").split()
            assert (computed[name] is None) == uses, (name, unknown)


@of_each_kind
def test_an_unknown_figure_is_none_and_4294967295_in_arguments(kind: str) -> None:
    _, names, _ = KINDS[kind]
    some = statistics(kind, {names[0]: UNKNOWN, names[1]: 5})
    assert (some[names[0]], some[names[1]]) == (None, 5)
    args = some.arguments()
    assert (args[names[0]], args[names[1]]) == (UNKNOWN, 5)


@of_each_kind
@pytest.mark.parametrize("version", [9, 14, 25])
def test_statistics_are_a_mapping_of_the_figures_in_the_order_of_the_message(kind: str, version: int) -> None:
    _, names, _ = KINDS[kind]
    some = statistics(kind, numbered(names), version)
    assert list(some) == names
    assert len(some) == {"agent": 84, "group": 145}[kind]
    assert dict(some) == numbered(names)
    assert some[f" {names[3].upper()} "] == 1003
    assert names[3] in repr(some)
    assert "InvokeID" not in some
    with pytest.raises(KeyError):
        some["PeripheralID"]
    with pytest.raises(KeyError):
        some[5]  # type: ignore[index]


def test_statistics_are_read_from_the_frame_when_needed() -> None:
    some = statistics("group", numbered(GROUP_FIGURES))
    assert not hasattr(some, "__dict__")
    assert all(not isinstance(getattr(some, name), dict) for name in Statistics.__slots__)
