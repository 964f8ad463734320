"""Which state an agent goes back to after the library logged it in again (auto login), as a table.

CTI OS states that an agent is logged in again, and not in which state it then is. The table follows what
Unified CCE does with an agent whose desktop failed: it becomes available if it was available before the call.
"""

from collections.abc import Mapping
from typing import Final

from ctios_fast.enums import AgentState

from .reasons import is_predefined

__all__ = ["RETURNS", "Return", "return_after"]

#: A state to ask for, and its reason.
Return = tuple[AgentState, int]

#: The state to go back to after a state. A state that is not here leaves what an earlier one said: an agent
#: that talks goes back to the state before the call.
RETURNS: Final[Mapping[int, AgentState]] = {
    AgentState.LOGIN: AgentState.NOT_READY,
    AgentState.NOT_READY: AgentState.NOT_READY,
    AgentState.AVAILABLE: AgentState.AVAILABLE,
    AgentState.RESERVED: AgentState.AVAILABLE,
    AgentState.WORK_READY: AgentState.AVAILABLE,
    AgentState.WORK_NOT_READY: AgentState.NOT_READY,
}


def return_after(state: int | None, reason: int, before: Return | None) -> Return | None:
    """What an agent goes back to after an event.

    - ``state``, ``reason``: of the event.
    - ``before``: what it would have gone back to before the event, None if nothing was heard of it.

    The reason of NOT_READY is kept, unless the peripheral itself gave it.
    """
    if state is None or state not in RETURNS:
        return before
    is_reason_kept = state == AgentState.NOT_READY and not is_predefined(reason)
    return RETURNS[state], reason if is_reason_kept else 0
