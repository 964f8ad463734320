"""AgentRepairs: the step that asks for the states of agents after a gap, and the devices that they have."""

from collections.abc import Iterable

from ctios_fast.model.context import Context
from ctios_fast.model.registry import Table
from ctios_fast.model.repair_plan import Repairs, RepairStep

from .agent import Agent
from .gap import LOGOUTS_FOUND

__all__ = ["AgentRepairs"]


class AgentRepairs(Repairs):
    """Brings the agents of a session up to date. They come before calls, which are asked for by device."""

    keywords = (LOGOUTS_FOUND,)

    def __init__(self, context: Context, agents: Table[Agent]) -> None:
        self._context = context
        self._agents = agents
        self.steps = (RepairStep(self._doubtful, "AgentsAsked", at_opening=True),)

    def _doubtful(self) -> Iterable[Agent]:
        return [each for each in self._agents if each.needs_repair()]

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
