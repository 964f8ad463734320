"""AgentsByDevice: finds the agent of an event that names no agent, only its device."""

from ctios_fast.model.context import Context
from ctios_fast.model.registry import Table

from .agent import Agent

__all__ = ["AgentsByDevice"]


class AgentsByDevice:
    """An index of a session's agents by instrument and extension.

    A program can give an agent another device at any time. So the index is not kept up to date: an entry is
    checked when it is used, and the index is built anew after as many misses as there are agents. That makes
    the cost of a miss the same for any number of agents.
    """

    __slots__ = ("_agents", "_context", "_found", "_misses")

    def __init__(self, context: Context, agents: Table[Agent]) -> None:
        self._context = context
        self._agents = agents
        #: Agents by instrument and by extension, as they were when the index was built.
        self._found: dict[str, Agent] = {}
        #: Misses since the index was built; None: it was never built.
        self._misses: int | None = None

    def find(self, instrument: str | None, extension: str | None) -> Agent | None:
        """The agent at the device, None if none is known."""
        return self._known(instrument, extension) or self._searched(instrument, extension)

    def at(self, device: str) -> Agent | None:
        """The agent whose instrument or extension is that, None if none is known."""
        return self.find(device, device)

    def _known(self, instrument: str | None, extension: str | None) -> Agent | None:
        for device in (instrument, extension):
            agent = self._found.get(device) if device else None
            if agent is not None and agent.context is self._context and _is_at(agent, instrument, extension):
                return agent
        return None

    def _searched(self, instrument: str | None, extension: str | None) -> Agent | None:
        if self._misses is not None and self._misses < len(self._agents):
            self._misses += 1
            return None
        self._misses = 0
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
