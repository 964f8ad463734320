"""Agent states: what a request for one leads to, as tables.

GED-188, AgentState values; the states that can be asked for are those of SET_AGENT_STATE_REQ.
"""

from typing import Final

from ctios_fast.enums import AgentState

__all__ = [
    "ASKABLE",
    "AVAILABLE",
    "JUST_LOGGED_IN",
    "LOGIN",
    "LOGOUT",
    "NOT_READY",
    "NOT_SIGNED_IN",
    "SIGNING",
    "STATES",
    "UNKNOWN",
    "agent_state",
    "is_waited_for",
]

LOGIN: Final = AgentState.LOGIN
LOGOUT: Final = AgentState.LOGOUT
NOT_READY: Final = AgentState.NOT_READY
AVAILABLE: Final = AgentState.AVAILABLE
UNKNOWN: Final = AgentState.UNKNOWN

#: States in which an agent is not known to be signed in. UNKNOWN is neither in nor out: nothing is refused
#: because of it.
NOT_SIGNED_IN: Final = frozenset({AgentState.LOGOUT, AgentState.UNKNOWN})

#: States that an agent is in after its login, before anything else happens.
JUST_LOGGED_IN: Final = frozenset({AgentState.LOGIN, AgentState.NOT_READY})

#: States that a client can ask for.
ASKABLE: Final = frozenset(
    {
        AgentState.LOGIN,
        AgentState.LOGOUT,
        AgentState.NOT_READY,
        AgentState.AVAILABLE,
        AgentState.WORK_NOT_READY,
        AgentState.WORK_READY,
    }
)

#: States whose requests carry the password.
SIGNING: Final = (AgentState.LOGIN, AgentState.LOGOUT)

#: While an agent is busy the peripheral keeps a wanted state for later: no event shows it before.
_BUSY: Final = frozenset(
    {
        AgentState.TALKING,
        AgentState.BUSY_OTHER,
        AgentState.RESERVED,
        AgentState.HOLD,
        AgentState.ACTIVE,
        AgentState.PAUSED,
        AgentState.INTERRUPTED,
    }
)

#: ``STATES[number]`` is the AgentState of a number on the wire; higher numbers have none. A list is much
#: faster than a call of the enumeration.
STATES: Final = [AgentState(number) for number in range(len(AgentState))]


def agent_state(number: int) -> AgentState | int:
    """The AgentState of a number on the wire; a number without a member as it is."""
    return STATES[number] if 0 <= number < len(STATES) else number


def is_waited_for(wanted: int, before: int | None) -> bool:
    """Whether a request for ``wanted`` shows its effect in a state event soon.

    ``before``: the state that the agent is in when the peripheral gets to the request, None if unknown.
    """
    if wanted in SIGNING:
        return True
    return before is not None and before not in _BUSY and before != wanted
