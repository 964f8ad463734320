"""The table of connection states: one test for each transition, and for what is not in it."""

import pytest

from ctios_fast.protocol.enums import LocalConnectionState as State
from ctios_fast.sim.plant.call_machine import TRANSITIONS, Trigger, WrongConnectionState, next_state

EXPECTED = [
    (State.LCS_NULL, Trigger.SEIZE, State.LCS_INITIATE),
    (State.LCS_NULL, Trigger.OFFER, State.LCS_ALERTING),
    (State.LCS_NULL, Trigger.ENQUEUE, State.LCS_QUEUED),
    (State.LCS_NULL, Trigger.JOIN, State.LCS_CONNECT),
    (State.LCS_INITIATE, Trigger.ESTABLISH, State.LCS_CONNECT),
    (State.LCS_INITIATE, Trigger.FAIL, State.LCS_FAIL),
    (State.LCS_INITIATE, Trigger.RELEASE, State.LCS_NULL),
    (State.LCS_ALERTING, Trigger.ESTABLISH, State.LCS_CONNECT),
    (State.LCS_ALERTING, Trigger.RELEASE, State.LCS_NULL),
    (State.LCS_CONNECT, Trigger.HOLD, State.LCS_HOLD),
    (State.LCS_CONNECT, Trigger.RELEASE, State.LCS_NULL),
    (State.LCS_HOLD, Trigger.RETRIEVE, State.LCS_CONNECT),
    (State.LCS_HOLD, Trigger.RELEASE, State.LCS_NULL),
    (State.LCS_QUEUED, Trigger.RELEASE, State.LCS_NULL),
    (State.LCS_FAIL, Trigger.RELEASE, State.LCS_NULL),
]


@pytest.mark.parametrize(("state", "trigger", "following"), EXPECTED)
def test_a_trigger_leads_to_the_state_of_the_table(state: State, trigger: Trigger, following: State) -> None:
    assert next_state(state, trigger) is following


def test_every_transition_has_a_test() -> None:
    assert {(state, trigger): following for state, trigger, following in EXPECTED} == TRANSITIONS


@pytest.mark.parametrize(
    ("state", "trigger"),
    [(s, t) for s in State for t in Trigger if (s, t) not in TRANSITIONS],
)
def test_every_other_trigger_is_refused(state: State, trigger: Trigger) -> None:
    with pytest.raises(WrongConnectionState, match=trigger.name):
        next_state(state, trigger)
