"""The agent's tables: requests, what is kept during calls, and the state after calls; a test for each row."""

import pytest

from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim.plant.agent_machine import (
    AFTER_CALLS,
    ALLOWED,
    CALL_WORK,
    DURING_CALLS,
    KEPT,
    SETTABLE,
    AfterCalls,
    CallLoad,
    Outcome,
    UnsettableState,
    WrongState,
    outcome,
)

LOGIN = AgentState.AGENT_STATE_LOGIN
LOGOUT = AgentState.AGENT_STATE_LOGOUT
NOT_READY = AgentState.AGENT_STATE_NOT_READY
AVAILABLE = AgentState.AGENT_STATE_AVAILABLE
TALKING = AgentState.AGENT_STATE_TALKING
HOLD = AgentState.AGENT_STATE_HOLD
RESERVED = AgentState.AGENT_STATE_RESERVED
BUSY_OTHER = AgentState.AGENT_STATE_BUSY_OTHER
WORK_READY = AgentState.AGENT_STATE_WORK_READY
WORK_NOT_READY = AgentState.AGENT_STATE_WORK_NOT_READY

REQUESTS = {
    LOGOUT: {LOGIN},
    LOGIN: {NOT_READY, AVAILABLE, LOGOUT},
    NOT_READY: {NOT_READY, AVAILABLE, LOGOUT},
    AVAILABLE: {NOT_READY, AVAILABLE},
    WORK_READY: {NOT_READY, AVAILABLE, WORK_READY, WORK_NOT_READY},
    WORK_NOT_READY: {NOT_READY, AVAILABLE, WORK_READY, WORK_NOT_READY},
}
FOR_LATER = {NOT_READY, AVAILABLE, WORK_READY, WORK_NOT_READY}
BUSY = (TALKING, HOLD, RESERVED, BUSY_OTHER)


@pytest.mark.parametrize(("current", "wanted"), [(c, w) for c, ws in REQUESTS.items() for w in ws])
def test_a_request_leads_to_the_state_asked_for(current: AgentState, wanted: AgentState) -> None:
    steps = (LOGIN, NOT_READY) if wanted is LOGIN else (wanted,)
    assert outcome(current, wanted) == Outcome(steps, None)


@pytest.mark.parametrize(("current", "wanted"), [(c, w) for c in BUSY for w in FOR_LATER])
def test_a_request_during_call_work_is_kept_for_later(current: AgentState, wanted: AgentState) -> None:
    assert outcome(current, wanted) == Outcome((), wanted)


@pytest.mark.parametrize(
    ("current", "wanted"),
    [
        (c, w)
        for c in AgentState
        for w in SETTABLE
        if w not in ALLOWED.get(c, ()) and w not in KEPT.get(c, ())
    ],
)
def test_every_other_request_is_refused(current: AgentState, wanted: AgentState) -> None:
    with pytest.raises(WrongState):
        outcome(current, wanted)


@pytest.mark.parametrize("current", [s for s in AgentState if s is not LOGOUT])
def test_a_forced_logout_is_possible_in_every_state(current: AgentState) -> None:
    assert outcome(current, LOGOUT, forced=True) == Outcome((LOGOUT,), None)


@pytest.mark.parametrize("wanted", [s for s in AgentState if s not in SETTABLE] + [99])
def test_states_that_come_with_calls_cannot_be_asked_for(wanted: int) -> None:
    with pytest.raises(UnsettableState):
        outcome(NOT_READY, wanted)


def test_each_load_of_calls_has_its_state() -> None:
    assert DURING_CALLS == {
        CallLoad.ACTIVE: TALKING,
        CallLoad.SUPERVISING: BUSY_OTHER,
        CallLoad.HELD: HOLD,
        CallLoad.RINGING: RESERVED,
    }
    assert frozenset(DURING_CALLS.values()) == CALL_WORK


AFTER = [
    # kept, ready before, after-call work required -> state
    (None, True, False, AVAILABLE),
    (None, False, False, NOT_READY),
    (None, True, True, WORK_READY),
    (None, False, True, WORK_NOT_READY),
    (AVAILABLE, True, False, AVAILABLE),
    (AVAILABLE, False, False, AVAILABLE),
    (AVAILABLE, True, True, WORK_READY),
    (AVAILABLE, False, True, WORK_READY),
    (NOT_READY, True, False, NOT_READY),
    (NOT_READY, False, False, NOT_READY),
    (NOT_READY, True, True, WORK_NOT_READY),
    (NOT_READY, False, True, WORK_NOT_READY),
    (WORK_READY, True, False, WORK_READY),
    (WORK_READY, False, False, WORK_READY),
    (WORK_READY, True, True, WORK_READY),
    (WORK_READY, False, True, WORK_READY),
    (WORK_NOT_READY, True, False, WORK_NOT_READY),
    (WORK_NOT_READY, False, False, WORK_NOT_READY),
    (WORK_NOT_READY, True, True, WORK_NOT_READY),
    (WORK_NOT_READY, False, True, WORK_NOT_READY),
]


@pytest.mark.parametrize(("kept", "ready", "wrapup", "state"), AFTER)
def test_the_state_after_calls(kept: AgentState | None, ready: bool, wrapup: bool, state: AgentState) -> None:
    assert AFTER_CALLS[AfterCalls(kept, ready, wrapup)] is state


def test_every_case_after_calls_has_a_test() -> None:
    assert len(AFTER) == len(AFTER_CALLS)
