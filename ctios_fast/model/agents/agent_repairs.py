"""AgentRepairs: the step that asks for the states of agents after a gap, and the devices that they have."""

from collections.abc import Iterable

from ctios_fast.model.context import Context
from ctios_fast.model.registry import Table
from ctios_fast.model.repair_plan import Repairs, RepairStep

from .agent import Agent, repair
from .gap import LOGOUTS_FOUND
from .state_of_agent import needs_repair

__all__ = ["AgentRepairs"]


class AgentRepairs(Repairs):
    """Brings the agents of a session up to date. They come before calls, which are asked for by device."""

    keywords = (LOGOUTS_FOUND,)

    def __init__(self, context: Context, agents: Table[Agent]) -> None:
        self._context = context
        self._agents = agents
        self.steps = (RepairStep(self._doubtful, "AgentsAsked", at_opening=True),)

    def _doubtful(self) -> Iterable["_AgentRepair"]:
        return [_AgentRepair(each) for each in self._agents if needs_repair(each)]

    def devices(self) -> Iterable[str]:
        """The instruments of agents that are logged in.

        In agent mode only those of the session's agent and of the agent that it monitors.
        """
        mode, current = self._context.mode, self._context.current_agent
        monitors = self._context.monitors
        is_own_only = mode is not None and mode.is_agent
        return dict.fromkeys(
            each.agent_instrument
            for each in self._agents
            if each.agent_instrument
            and each.is_logged_in
            and (each is current or not is_own_only or monitors.watches_device(each.agent_instrument))
        )


class _AgentRepair:
    """The question for the state of one agent."""

    __slots__ = ("_agent",)

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    def __repr__(self) -> str:
        return repr(self._agent)

    def needs_repair(self) -> bool:
        """Whether events of a gap may have changed the state, or the agent has to be logged in again."""
        return needs_repair(self._agent)

    async def repair(self) -> None:
        """Ask for the state, and log the agent in again if the gap logged it out."""
        await repair(self._agent)
