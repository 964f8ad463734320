"""Waiting until an agent is in one of some states."""

from collections.abc import Callable, Iterable
from typing import Final

from ctios_fast.enums import AgentState, CilCode
from ctios_fast.errors import MethodError
from ctios_fast.model.coercion import refuse
from ctios_fast.model.waits import Wait, WaitSource

from .states import STATES

__all__ = ["StateWait", "wanted_states"]


def wanted_states(wanted: Iterable[object]) -> tuple[AgentState, ...]:
    """The states to wait for, each once.

    Raises ``MethodError`` for what is not the number of an AgentState, and where there is none.
    """
    states = tuple(dict.fromkeys(map(_state, wanted)))
    if not states:
        raise refuse("wait_for_state needs at least one state to wait for")
    return states


def _state(wanted: object) -> AgentState:
    if isinstance(wanted, int) and not isinstance(wanted, bool) and 0 <= wanted < len(STATES):
        return STATES[wanted]
    raise refuse(
        f"a state to wait for must be an AgentState, such as AgentState.AVAILABLE, or its number from 0 to "
        f"{len(STATES) - 1}, got {wanted!r}"
    )


class StateWait(Wait[AgentState]):
    """A wait for states of one agent.

    - ``agent``: names the agent in messages of errors.
    - ``wanted``: the states.
    - ``is_heard``: whether the session hears of every change of the agent's state. A session that does
      not may learn the state from an answer or a list.
    - ``follow``: has ``look`` called with each state of the agent from now on.
    - ``unfollow``: ends that.
    """

    def __init__(
        self,
        source: WaitSource,
        agent: str,
        wanted: tuple[AgentState, ...],
        is_heard: bool,
        follow: "Callable[[StateWait], object]",
        unfollow: "Callable[[StateWait], object]",
    ) -> None:
        super().__init__(source, f"state {' or '.join(state.name for state in wanted)} of {agent}")
        self._states: Final = frozenset(wanted)
        self._is_heard = is_heard
        self._follow: Final = follow
        self._unfollow: Final = unfollow

    def look(self, state: int | None) -> None:
        """Complete the wait if this is one of the states."""
        if state in self._states:
            self.complete(AgentState(state))

    def hearing(self, is_heard: bool) -> None:
        """Fail the wait if the session has heard of the changes of the agent's state and does so no more."""
        if self._is_heard and not is_heard:
            self.give_up(CilCode.E_CTIOS_INVALID_AGENT, "the agent was not monitored any more")
        self._is_heard = is_heard

    def give_up(self, code: CilCode, why: str) -> None:
        """Fail the wait, since the session cannot hear of the state any more.

        - ``why``: a clause for the error.

        After the end of the connection it does nothing: that fails the wait, with the reason of the end.
        """
        if not self._source.is_ended:
            self.fail(MethodError(code, f"{why} before {self._wanted} came"))

    def _listen(self) -> None:
        self._follow(self)

    def _stop_listening(self) -> None:
        self._unfollow(self)
