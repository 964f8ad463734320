"""The agent's state machine as tables: what may be asked for in which state, and what follows.

Nothing here touches a socket or an agent, so that a diagram can be drawn from it.

Requests: ``ALLOWED`` holds the states that a request may ask for, by the agent's state; ``STEPS`` the states
that the agent then passes through, each with an event of its own; ``KEPT`` what a request may ask for during
call work, which the agent enters after it.

Calls: ``DURING_CALLS`` leads from the calls at the agent's device to its state, ``AFTER_CALLS`` to the state
after the last of them.
"""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final, NamedTuple

from ctios_fast.protocol.enums import AgentState, AgentStateMask

__all__ = [
    "AFTER_CALLS",
    "ALLOWED",
    "CALL_WORK",
    "DURING_CALLS",
    "KEPT",
    "MASK_BIT",
    "SETTABLE",
    "STEPS",
    "TAKES_REASON",
    "AfterCalls",
    "CallLoad",
    "Outcome",
    "UnsettableState",
    "WrongState",
    "outcome",
    "steps",
]

_LOGIN: Final = AgentState.AGENT_STATE_LOGIN
_LOGOUT: Final = AgentState.AGENT_STATE_LOGOUT
_NOT_READY: Final = AgentState.AGENT_STATE_NOT_READY
_AVAILABLE: Final = AgentState.AGENT_STATE_AVAILABLE
_WORK_NOT_READY: Final = AgentState.AGENT_STATE_WORK_NOT_READY
_WORK_READY: Final = AgentState.AGENT_STATE_WORK_READY
_TALKING: Final = AgentState.AGENT_STATE_TALKING
_HOLD: Final = AgentState.AGENT_STATE_HOLD
_RESERVED: Final = AgentState.AGENT_STATE_RESERVED
_BUSY_OTHER: Final = AgentState.AGENT_STATE_BUSY_OTHER

STEPS: Final[Mapping[AgentState, tuple[AgentState, ...]]] = {
    _LOGIN: (_LOGIN, _NOT_READY),
    _LOGOUT: (_LOGOUT,),
    _NOT_READY: (_NOT_READY,),
    _AVAILABLE: (_AVAILABLE,),
    _WORK_NOT_READY: (_WORK_NOT_READY,),
    _WORK_READY: (_WORK_READY,),
}
"""State asked for -> states passed through, in order."""

SETTABLE: Final = frozenset(STEPS)
"""States that SET_AGENT_STATE_REQ may ask for at all; the others come from calls and tasks."""

ALLOWED: Final[Mapping[AgentState, frozenset[AgentState]]] = {
    _LOGOUT: frozenset({_LOGIN}),
    _LOGIN: frozenset({_NOT_READY, _AVAILABLE, _LOGOUT}),
    _NOT_READY: frozenset({_NOT_READY, _AVAILABLE, _LOGOUT}),
    _AVAILABLE: frozenset({_NOT_READY, _AVAILABLE}),
    _WORK_NOT_READY: frozenset({_NOT_READY, _AVAILABLE, _WORK_NOT_READY, _WORK_READY}),
    _WORK_READY: frozenset({_NOT_READY, _AVAILABLE, _WORK_NOT_READY, _WORK_READY}),
}
"""State of the agent -> states that may be asked for. Absent: none."""

FORCIBLE: Final = frozenset({_LOGIN, _LOGOUT})
"""What ForcedFlag 1 brings about from every state of a logged-in agent."""

TAKES_REASON: Final = frozenset({_NOT_READY, _LOGOUT})
"""States whose AGENT_STATE_EVENT carries EventReasonCode."""

MASK_BIT: Final[Mapping[AgentState, int]] = {
    state: AgentStateMask[f"{state.name.replace('_STATE', '')}_MASK"].value
    for state in AgentState
    if state is not AgentState.AGENT_STATE_UNKNOWN
}
"""State -> its bit in AgentStateMask. AGENT_STATE_UNKNOWN has none and is therefore never sent."""


class UnsettableState(ValueError):
    """A request cannot ask for this state (or there is no such state)."""


class WrongState(ValueError):
    """The agent's present state does not allow what was asked for."""


def steps(current: AgentState, wanted: int, *, forced: bool = False) -> tuple[AgentState, ...]:
    """States that the agent passes through when ``wanted`` is asked for in ``current``.

    ``forced`` is ForcedFlag 1, which lets a logged-in agent be logged in or out from any state.

    Raises UnsettableState or WrongState.
    """
    state = next((state for state in SETTABLE if state == wanted), None)
    if state is None:
        raise UnsettableState(wanted)
    if state in ALLOWED.get(current, ()) or (forced and state in FORCIBLE and current != _LOGOUT):
        return STEPS[state]
    raise WrongState(current, wanted)


_FOR_LATER: Final = frozenset({_NOT_READY, _AVAILABLE, _WORK_NOT_READY, _WORK_READY})

KEPT: Final[Mapping[AgentState, frozenset[AgentState]]] = {
    _RESERVED: _FOR_LATER,
    _TALKING: _FOR_LATER,
    _HOLD: _FOR_LATER,
    _BUSY_OTHER: _FOR_LATER,
}
"""State of the agent during call work -> states that may be asked for and are entered after it."""

CALL_WORK: Final = frozenset(KEPT)
"""The states that calls at the agent's device put it into."""


class CallLoad(Enum):
    """What the calls at an agent's device amount to; the first that applies."""

    ACTIVE = auto()
    """The agent talks, dials, or hears a busy tone."""
    SUPERVISING = auto()
    """The agent listens or whispers to another agent's call, and nothing else."""
    HELD = auto()
    """All calls are on hold."""
    RINGING = auto()
    """A call waits to be answered."""
    NONE = auto()
    """No call is at the device."""


DURING_CALLS: Final[Mapping[CallLoad, AgentState]] = {
    CallLoad.ACTIVE: _TALKING,
    CallLoad.SUPERVISING: _BUSY_OTHER,
    CallLoad.HELD: _HOLD,
    CallLoad.RINGING: _RESERVED,
}
"""Calls at the device -> state. RINGING reserves an available agent only; others keep their state."""


class AfterCalls(NamedTuple):
    """What decides the state after the last call."""

    kept: AgentState | None
    """The state that was asked for during the calls."""
    ready: bool
    """The agent was available before, or its desk settings make it available after calls."""
    wrapup: bool
    """After-call work is required."""


AFTER_CALLS: Final[Mapping[AfterCalls, AgentState]] = {
    AfterCalls(None, ready=True, wrapup=False): _AVAILABLE,
    AfterCalls(None, ready=False, wrapup=False): _NOT_READY,
    AfterCalls(None, ready=True, wrapup=True): _WORK_READY,
    AfterCalls(None, ready=False, wrapup=True): _WORK_NOT_READY,
    AfterCalls(_AVAILABLE, ready=True, wrapup=False): _AVAILABLE,
    AfterCalls(_AVAILABLE, ready=False, wrapup=False): _AVAILABLE,
    AfterCalls(_AVAILABLE, ready=True, wrapup=True): _WORK_READY,
    AfterCalls(_AVAILABLE, ready=False, wrapup=True): _WORK_READY,
    AfterCalls(_NOT_READY, ready=True, wrapup=False): _NOT_READY,
    AfterCalls(_NOT_READY, ready=False, wrapup=False): _NOT_READY,
    AfterCalls(_NOT_READY, ready=True, wrapup=True): _WORK_NOT_READY,
    AfterCalls(_NOT_READY, ready=False, wrapup=True): _WORK_NOT_READY,
    AfterCalls(_WORK_READY, ready=True, wrapup=False): _WORK_READY,
    AfterCalls(_WORK_READY, ready=False, wrapup=False): _WORK_READY,
    AfterCalls(_WORK_READY, ready=True, wrapup=True): _WORK_READY,
    AfterCalls(_WORK_READY, ready=False, wrapup=True): _WORK_READY,
    AfterCalls(_WORK_NOT_READY, ready=True, wrapup=False): _WORK_NOT_READY,
    AfterCalls(_WORK_NOT_READY, ready=False, wrapup=False): _WORK_NOT_READY,
    AfterCalls(_WORK_NOT_READY, ready=True, wrapup=True): _WORK_NOT_READY,
    AfterCalls(_WORK_NOT_READY, ready=False, wrapup=True): _WORK_NOT_READY,
}
"""What decides -> the state after the last call."""


class Outcome(NamedTuple):
    """What a request for a state leads to."""

    steps: tuple[AgentState, ...]
    """States that the agent passes through now."""
    kept: AgentState | None
    """State that it enters after its calls."""


def outcome(current: AgentState, wanted: int, *, forced: bool = False) -> Outcome:
    """What follows when ``wanted`` is asked for in ``current``; ``forced`` as in ``steps``.

    Raises UnsettableState or WrongState.
    """
    for state in KEPT.get(current, ()):
        if state == wanted:
            return Outcome((), state)
    return Outcome(steps(current, wanted, forced=forced), None)
