"""The simulated peripheral: its agents and their states, one object for both sides.

It knows nothing of sockets or messages. Whoever wants to hear of changes registers in ``listeners``.
"""

from collections.abc import Callable
from typing import Final

from ctios_fast.protocol.enums import AgentState

from . import agent_machine as agent_states

__all__ = ["Agent", "ContradictingAgent", "Listener", "Peripheral", "UnknownAgent"]

_FIRST_SKILL_TARGET: Final = 5000
_REASON_BITS: Final = 0xFFFF


class UnknownAgent(LookupError):
    """No agent of the peripheral has this ID, extension or instrument."""


class ContradictingAgent(LookupError):
    """ID, extension and instrument belong to different agents."""


class Agent:
    """One agent with the device that belongs to it."""

    __slots__ = (
        "agent_id",
        "extension",
        "instrument",
        "reason",
        "skill_target_id",
        "state",
    )

    def __init__(self, agent_id: str, extension: str, skill_target_id: int) -> None:
        self.agent_id = agent_id
        self.extension = extension
        self.instrument = extension
        self.skill_target_id = skill_target_id
        self.state = AgentState.AGENT_STATE_LOGOUT
        self.reason = 0

    def __repr__(self) -> str:
        return f"<Agent {self.agent_id} at {self.extension}: {self.state.name}>"

    @property
    def logged_in(self) -> bool:
        """Whether the agent is in any state but AGENT_STATE_LOGOUT."""
        return self.state is not AgentState.AGENT_STATE_LOGOUT


Listener = Callable[[Agent, AgentState, int], object]
"""Called after each change with the agent, its new state and the reason code (0 where the state has none)."""


class Peripheral:
    """Agent i of them has id ``first_agent + i``, extension and instrument ``first_extension + i``."""

    def __init__(self, peripheral_id: int, agents: int, first_agent: int, first_extension: int) -> None:
        self.peripheral_id = peripheral_id
        self.agents: Final = tuple(
            Agent(str(first_agent + i), str(first_extension + i), _FIRST_SKILL_TARGET + i)
            for i in range(agents)
        )
        self.listeners: list[Listener] = []
        self._by_id = {agent.agent_id: agent for agent in self.agents}
        self._by_device = {agent.extension: agent for agent in self.agents}
        self._by_skill_target = {agent.skill_target_id: agent for agent in self.agents}

    def find(
        self,
        *,
        agent_id: str | None = None,
        extension: str | None = None,
        instrument: str | None = None,
        skill_target_id: int | None = None,
    ) -> Agent:
        """The one agent that all given items name.

        Raises UnknownAgent when an item names nobody (or none is given), else ContradictingAgent when they
        name different agents.
        """
        named: list[Agent | None] = []
        if agent_id is not None:
            named.append(self._by_id.get(agent_id))
        named += [self._by_device.get(device) for device in (extension, instrument) if device is not None]
        if skill_target_id is not None:
            named.append(self._by_skill_target.get(skill_target_id))
        first = named[0] if named else None
        if first is None or None in named:
            raise UnknownAgent
        if any(agent is not first for agent in named):
            raise ContradictingAgent
        return first

    def request(self, agent: Agent, wanted: int, reason: int, *, forced: bool = False) -> Callable[[], None]:
        """Check what a client asks for and return what carries it out, so that the answer can go first.

        Raises agent_states.UnsettableState or agent_states.WrongState.
        """
        path = agent_states.steps(agent.state, wanted, forced=forced)

        def carry_out() -> None:
            for state in path:
                # the reason belongs to the state asked for, not to those that follow from it
                self.enter(agent, state, reason if state == wanted else 0)

        return carry_out

    def enter(self, agent: Agent, state: AgentState, reason: int = 0) -> None:
        """Put the agent into a state, whatever it was in, and tell the listeners."""
        agent.state = state
        agent.reason = reason & _REASON_BITS if state in agent_states.TAKES_REASON else 0
        for listener in self.listeners:
            listener(agent, state, agent.reason)

    def force_logout(self, agent: Agent, reason: int) -> None:
        """Log the agent out as the peripheral does by itself; nothing happens to one that is logged out."""
        if agent.logged_in:
            self.enter(agent, AgentState.AGENT_STATE_LOGOUT, reason)
