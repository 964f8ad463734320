"""AgentRepairs: the step that asks for the states of agents after a gap, and the devices that they have."""

from collections.abc import Iterable
from typing import Any, Final

from ctios_fast.connection.request_book import Request
from ctios_fast.model.context import Context
from ctios_fast.model.registry import Table
from ctios_fast.model.repair_plan import Repairable, Repairs, RepairStep

from .agent import Agent, repair
from .gap import LOGOUTS_FOUND
from .state_of_agent import ask_after_gap, doubt_unheard, needs_repair

__all__ = ["AGENTS_ASKED", "AgentRepairs"]


#: Keyword of OnRecovered: queries for agents.
AGENTS_ASKED: Final = "AgentsAsked"


class AgentRepairs(Repairs):
    """Brings the agents of a session up to date. They come before calls, which are asked for by device.

    Agents that only monitors report come after the monitors: see ``find_left``.
    """

    keywords = (LOGOUTS_FOUND,)

    def __init__(self, context: Context, agents: Table[Agent]) -> None:
        self._context = context
        self._agents = agents
        #: The agents of the last step that are asked for after it.
        self._left: list[Agent] = []
        self.steps = (RepairStep(self._doubtful, AGENTS_ASKED, at_opening=True),)

    def _doubtful(self) -> Iterable[Repairable]:
        doubtful = [each for each in self._agents if needs_repair(each)]
        self._left = [each for each in doubtful if _is_asked_with_monitors(self._context, each)]
        left = set(self._left)
        return [_AgentRepair(each) for each in doubtful if each not in left]

    def find_left(self) -> Iterable[Repairable]:
        """The agents that the step left to the monitors, once these have started again or were refused.

        An answer from before the monitor would miss what changes until it has started.
        """
        left, self._left = self._left, []
        agents = self._agents
        return [
            _AgentRepair(each) for each in left if agents.get(each.agent_id) is each and needs_repair(each)
        ]

    def repair_ended(self) -> None:
        """Nothing more is asked for. Called by the recovery."""
        self._left = []

    def ask_for_states(self, agents: Iterable[Any]) -> None:
        """Ask for the states of agents of whose changes the session hears from now on."""
        found = list(agents)
        for each in found:
            doubt_unheard(each)
        self._context.ask(_AgentRepair(each) for each in found)

    def query_current_agent(self) -> Request[Any] | None:
        """Ask for the state of the session's agent. Returns None in a mode without one."""
        agent = self._context.current_agent
        current = None if agent is None else self._agents.get(agent.agent_id)
        if current is None:
            return None

        def answered(query: Request[Any]) -> None:
            if query.exception() is not None:
                ask_after_gap(current)

        query = current.query_agent_state()
        query.add_done_callback(answered)
        return query

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


def _is_asked_with_monitors(context: Context, agent: Agent) -> bool:
    return (
        not context.hears_all
        and agent is not context.current_agent
        and context.monitors.is_monitored(agent.agent_id)
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
