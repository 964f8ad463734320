"""AgentsByDevice: finds the agent of an event that names no agent, only its device."""

from ctios_fast.model.context import Context
from ctios_fast.model.cti_object import context_of
from ctios_fast.model.registry import Table

from .agent import Agent

__all__ = ["AgentsByDevice"]

#: The part of the agents whose number of misses builds the index anew when there are other agents.
_SOONER = 64


class AgentsByDevice:
    """An index of a session's agents by instrument and extension.

    A program can give an agent another device at any time. So the index is not kept up to date: an entry is
    checked when it is used, and the index is built anew after as many misses as there are agents, or sooner
    if there are other agents than before. So a miss costs the same for any number of agents.
    """

    __slots__ = ("_agents", "_context", "_count", "_found", "_misses")

    def __init__(self, context: Context, agents: Table[Agent]) -> None:
        self._context = context
        self._agents = agents
        #: Agents by instrument and by extension, as they were when the index was built.
        self._found: dict[str, Agent] = {}
        #: Agents in the index.
        self._count = 0
        #: Misses since it was built.
        self._misses = 0

    def find(self, instrument: str | None, extension: str | None) -> Agent | None:
        """The agent at the device, None if none is known."""
        return self._known(instrument, extension) or self._searched(instrument, extension)

    def at(self, device: str) -> Agent | None:
        """The agent whose instrument or extension is that, None if none is known."""
        agent = self._found.get(device)
        if (
            agent is not None
            and self._is_here(agent)
            and (agent.agent_instrument == device or agent.agent_extension == device)
        ):
            return agent
        return self._searched(device, device)

    def _known(self, instrument: str | None, extension: str | None) -> Agent | None:
        for device in (instrument, extension):
            agent = self._found.get(device) if device else None
            if agent is not None and self._is_here(agent) and _is_at(agent, instrument, extension):
                return agent
        return None

    def _is_here(self, agent: Agent) -> bool:
        return context_of(agent) is self._context

    def _searched(self, instrument: str | None, extension: str | None) -> Agent | None:
        self._misses += 1
        count = len(self._agents)
        if self._misses <= (count if count == self._count else count // _SOONER):
            return None
        self._misses = 0
        self._count = count
        self._found = {}
        for agent in self._agents:
            for device in (agent.agent_extension, agent.agent_instrument):
                if device:
                    self._found[device] = agent
        return self._known(instrument, extension)


def _is_at(agent: Agent, instrument: str | None, extension: str | None) -> bool:
    return bool(
        (instrument and agent.agent_instrument == instrument)
        or (extension and agent.agent_extension == extension)
    )
