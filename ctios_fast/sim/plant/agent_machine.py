"""The agent's state machine as tables: what may be asked for in which state, and what follows.

Nothing here touches a socket or an agent, so that a diagram can be drawn from it. ``ALLOWED`` holds the
states that a request may ask for, by the state that the agent is in; ``STEPS`` the states that the agent
then passes through, each with an event of its own. The simulated peripheral has no calls of its own yet:
the states of call and task work are entered by its commands alone, and nothing can be asked for in them
except what follows call work.
"""

from collections.abc import Mapping
from typing import Final

from ctios_fast.protocol.enums import AgentState, AgentStateMask

__all__ = [
    "ALLOWED",
    "MASK_BIT",
    "SETTABLE",
    "STEPS",
    "TAKES_REASON",
    "UnsettableState",
    "WrongState",
    "steps",
]

_LOGIN: Final = AgentState.AGENT_STATE_LOGIN
_LOGOUT: Final = AgentState.AGENT_STATE_LOGOUT
_NOT_READY: Final = AgentState.AGENT_STATE_NOT_READY
_AVAILABLE: Final = AgentState.AGENT_STATE_AVAILABLE
_WORK_NOT_READY: Final = AgentState.AGENT_STATE_WORK_NOT_READY
_WORK_READY: Final = AgentState.AGENT_STATE_WORK_READY

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
