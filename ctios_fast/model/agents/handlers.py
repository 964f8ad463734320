"""What messages do to the agents of a session. AGENT_STATE_EVENT is the hot path of the model."""

from collections.abc import Callable
from typing import Final

from ctios_fast.core import FieldReader, Handler, Message
from ctios_fast.model.context import Context
from ctios_fast.model.kind import Kind
from ctios_fast.model.registry import Table
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import ALL_SKILL_GROUPS_MRD, NULL_ID

from .agent import Agent, details_reader
from .events import AGENT_EVENTS
from .states import PLAIN_STATES

__all__ = ["AGENTS"]

#: The media routing domain of voice, whose state is the agent's.
_VOICE: Final = ALL_SKILL_GROUPS_MRD
#: MRDIDs that name no domain: the state is the agent's as well. None: the version lacks the field.
_NO_DOMAIN: Final = frozenset({None, 0, NULL_ID})
#: Longest AgentID in bytes.
_MAX_KEY: Final = 12


class _DeviceSearch:
    """Finds the agent of an event that names no agent, only its device.

    A search looks at all agents. So the result is kept, for at most as many devices as there may be
    agents, and there are at most MAX_SEARCHES in a second. Events beyond that are counted as unknown.
    """

    MAX_SEARCHES = 50

    def __init__(self, context: Context, agents: Table[Agent]) -> None:
        self._context = context
        self._agents = agents
        #: Agents that were found, by instrument and extension; checked again at each use.
        self._found: dict[tuple[str | None, str | None], Agent] = {}
        self._searches = 0
        self._second_ends_at = 0.0

    def find(self, instrument: str | None, extension: str | None) -> Agent | None:
        """The agent at the device, None if there is none or too many were searched for."""
        device = (instrument, extension)
        agent = self._found.get(device)
        if agent is not None and agent.context is self._context and _is_at(agent, instrument, extension):
            return agent
        self._found.pop(device, None)
        now = self._context.clock.time()
        if now >= self._second_ends_at:
            self._second_ends_at = now + 1.0
            self._searches = 0
        if self._searches >= self.MAX_SEARCHES:
            return None
        self._searches += 1
        for agent in self._agents:
            if _is_at(agent, instrument, extension):
                if len(self._found) >= self._agents.max_objects:
                    self._found.clear()
                self._found[device] = agent
                return agent
        return None


def _is_at(agent: Agent, instrument: str | None, extension: str | None) -> bool:
    return bool(
        (instrument and agent.agent_instrument == instrument)
        or (extension and agent.agent_extension == extension)
    )


def _handlers(context: Context, agents: Table[Agent]) -> dict[int, Handler]:
    by_device = _DeviceSearch(context, agents)
    context.readers["agent"] = details_reader().fill

    def agent_of(
        message: Message,
        peripheral_id: int,
        agent_id: str | None,
        instrument: str | None,
        extension: str | None,
    ) -> Agent | None:
        # By any identity that the event carries; None if it cannot be attributed.
        if peripheral_id != context.peripheral_id:  # its agents' ids may be the same
            return None
        if agent_id:
            return agents.adopt(agent_id, lambda: Agent.named_by_server(agent_id, peripheral_id, context))
        if instrument or extension:
            return by_device.find(instrument, extension)
        # In agent mode an event of the session's own monitor is about the one agent.
        current = context.current_agent
        is_own = context.is_own(message.get("MonitorID"))
        return current if is_own and isinstance(current, Agent) else None

    return {ged.AGENT_STATE_EVENT: _state_handler(context, agents, agent_of)}


def _state_handler(
    context: Context, agents: Table[Agent], agent_of: Callable[..., Agent | None]
) -> Callable[[Message], None]:
    read = FieldReader(  # the session's own, since a reader is for one thread
        "PeripheralID",
        "AgentState",
        "EventReasonCode",
        "AgentID",
        "AgentInstrument",
        "AgentExtension",
        "MRDID",
    ).read
    by_id = agents.by_key
    listeners = context.listeners

    def on_agent_state(message: Message) -> None:
        # What most events need is done here: a call of the agent for each costs a quarter more.
        peripheral_id, state, reason, agent_id, instrument, extension, domain = read(message)
        try:
            agent: Agent | None = by_id[agent_id]
        except KeyError:
            agent = None
        if agent is None or peripheral_id != context.peripheral_id:
            agent = agent_of(message, peripheral_id, agent_id, instrument, extension)
            if agent is None:
                agents.unknown += 1
                return
        if domain != _VOICE and domain not in _NO_DOMAIN:
            agents.unknown += not agent.apply_domain_state(domain, state, reason, message)
            return
        if instrument != agent.agent_instrument or extension != agent.agent_extension:
            agent.apply_device(instrument, extension)
        try:
            plain = PLAIN_STATES[state]
        except IndexError:
            plain = None
        if plain is None or not agent.is_settled or not context.hears_all:
            agent.apply_state(state, reason, message)
            return
        agent.state = plain
        agent.reason_code = reason
        if listeners["OnAgentStateChange"]:
            agent.report_state(state, reason, message)

    return on_agent_state


def _find(agents: Table[Agent], rest: str) -> Agent | None:
    peripheral_id, _, agent_id = rest.partition(".")
    agent = agents.get(agent_id)
    return agent if agent is not None and str(agent.peripheral_id) == peripheral_id else None


#: The kind of object that this folder adds to a session.
AGENTS: Final = Kind("agent", _MAX_KEY, AGENT_EVENTS, _find, _handlers)
