"""Agent states: what a request for one leads to, as tables.

GED-188, AgentState values; the states that can be asked for are those of SET_AGENT_STATE_REQ.
"""

from typing import Final

__all__ = [
    "ASKABLE",
    "AVAILABLE",
    "LOGGED_OUT",
    "LOGIN",
    "LOGOUT",
    "NOT_READY",
    "is_reached",
    "is_waited_for",
]

LOGIN: Final = 0
LOGOUT: Final = 1
NOT_READY: Final = 2
AVAILABLE: Final = 3
TALKING: Final = 4
WORK_NOT_READY: Final = 5
WORK_READY: Final = 6
BUSY_OTHER: Final = 7
RESERVED: Final = 8
UNKNOWN: Final = 9
HOLD: Final = 10
ACTIVE: Final = 11
PAUSED: Final = 12
INTERRUPTED: Final = 13

#: States in which no agent is signed in.
LOGGED_OUT: Final = frozenset({LOGOUT, UNKNOWN})

#: States that a client can ask for.
ASKABLE: Final = frozenset({LOGIN, LOGOUT, NOT_READY, AVAILABLE, WORK_NOT_READY, WORK_READY})

#: While an agent is busy the peripheral keeps a wanted state for later: no event tells of it before.
_BUSY: Final = frozenset({TALKING, BUSY_OTHER, RESERVED, HOLD, ACTIVE, PAUSED, INTERRUPTED})


def is_reached(wanted: int, state: int) -> bool:
    """Whether an agent in ``state`` has got what a request for ``wanted`` asks."""
    return state not in LOGGED_OUT if wanted == LOGIN else state == wanted


def is_waited_for(wanted: int, state: int | None) -> bool:
    """Whether a request for ``wanted``, made in ``state``, shows its effect in a state event soon."""
    if wanted in (LOGIN, LOGOUT):
        return True
    return state is not None and state not in _BUSY and state != wanted
