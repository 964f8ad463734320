"""AgentPoll: polls the statistics of one agent, at an interval and after the agent's calls."""

from typing import ClassVar, Final, Protocol

from ctios_fast.enums import AgentState

from .asked_agent import AskedAgent, can_be_asked_for
from .enabled_poll import EnabledPoll
from .poller import StatisticsPoller

__all__ = ["AgentPoll", "PolledAgent"]

#: States in which an agent is in a call or in the work after one. The figures change when it leaves them.
_BUSY: Final = frozenset(
    {
        AgentState.TALKING,
        AgentState.WORK_NOT_READY,
        AgentState.WORK_READY,
        AgentState.BUSY_OTHER,
        AgentState.HOLD,
        AgentState.ACTIVE,
        AgentState.PAUSED,
        AgentState.INTERRUPTED,
    }
)


class PolledAgent(AskedAgent, Protocol):
    """What a poll reads from its agent. An ``Agent`` has it all."""

    state: AgentState | int | None


class AgentPoll(EnabledPoll):
    """The polling of one agent's statistics, from enabling to disabling."""

    __slots__ = ("_agent", "_is_call_over", "_is_ended", "_was_wanted")

    message: ClassVar[str] = "QUERY_AGENT_STATISTICS_REQ"

    def __init__(self, agent: PolledAgent, poller: StatisticsPoller, interval: float | None) -> None:
        super().__init__(poller, interval)
        self._agent = agent
        #: Whether a call has ended, and the agent has not left the work after it.
        self._is_call_over = False
        self._is_ended = False
        #: Whether the agent was to be asked for when its state was heard of last.
        self._was_wanted = self.is_wanted()

    def begin(self) -> None:
        """Poll from now on."""
        self._poller.poll(self)
        self._poller.ask(self)

    def end(self) -> None:
        """Poll no more. An answer that is still to come is ignored."""
        self._is_ended = True
        self._poller.drop(self)

    # --- What happens to the agent ------------------------------------------------------------------

    def state_changed(self) -> None:
        """The agent's state was heard of, or its monitoring has begun or ended."""
        is_wanted = self.is_wanted()
        is_over = self._is_call_over and self._agent.state not in _BUSY
        if is_over:
            self._is_call_over = False
        if is_wanted and (is_over or not self._was_wanted):
            self._poller.ask(self)
        self._was_wanted = is_wanted

    def call_ended(self) -> None:
        """A call of the agent has ended."""
        if self._agent.state in _BUSY:
            self._is_call_over = True
        else:
            self._poller.ask(self)

    # --- The poller's subject -----------------------------------------------------------------------

    def is_wanted(self) -> bool:
        """Whether to ask now: only for an agent that is known to be logged in, and whose logout is heard."""
        return can_be_asked_for(self._agent)

    def _is_enabled(self) -> bool:
        return not self._is_ended
