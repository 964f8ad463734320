"""What messages do to the agents of a session. AGENT_STATE_EVENT is the hot path of the model."""

from typing import Final

from ctios_fast.core import FieldReader, Handler, Message
from ctios_fast.model.context import Context
from ctios_fast.model.registry import Kind, Table
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import ALL_SKILL_GROUPS_MRD, NULL_ID

from .agent import Agent, details_reader
from .events import AGENT_EVENTS

__all__ = ["AGENTS"]

#: The media routing domain of voice, whose state is the agent's.
_VOICE: Final = ALL_SKILL_GROUPS_MRD
#: MRDIDs that name no domain: the state is the agent's as well. None: the version lacks the field.
_NO_DOMAIN: Final = frozenset({None, 0, NULL_ID})
#: Longest AgentID in bytes.
_MAX_KEY: Final = 12


def _handlers(context: Context, agents: Table[Agent]) -> dict[int, Handler]:
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
    context.readers["agent"] = details_reader().fill

    def on_agent_state(message: Message) -> None:
        peripheral_id, state, reason, agent_id, instrument, extension, domain = read(message)
        try:
            agent = by_id[agent_id]
        except KeyError:
            agent = None
        if agent is None or peripheral_id != context.peripheral_id:
            agent = _agent_of(context, agents, peripheral_id, agent_id, instrument, extension)
            if agent is None:
                agents.unknown += 1
                return
        if domain == _VOICE or domain in _NO_DOMAIN:
            agent.apply_state(state, reason, instrument, extension, message)
        else:
            agent.apply_domain_state(domain, state, reason, message)

    return {ged.AGENT_STATE_EVENT: on_agent_state}


def _agent_of(
    context: Context,
    agents: Table[Agent],
    peripheral_id: int,
    agent_id: str | None,
    instrument: str | None,
    extension: str | None,
) -> Agent | None:
    """Return the agent of an event, by any identity that it carries; None if it cannot be attributed."""
    if peripheral_id != context.peripheral_id:  # its agents' ids may be the same
        return None
    if agent_id:
        return agents.adopt(agent_id, lambda: Agent.named_by_server(agent_id, peripheral_id, context))
    for agent in agents:  # rare: the event names the device only
        if (instrument and agent.agent_instrument == instrument) or (
            extension and agent.agent_extension == extension
        ):
            return agent
    # An event without identity in agent mode is about the one agent that the session serves.
    return None if instrument or extension else context.current_agent


def _find(agents: Table[Agent], rest: str) -> Agent | None:
    peripheral_id, _, agent_id = rest.partition(".")
    agent = agents.get(agent_id)
    return agent if agent is not None and str(agent.peripheral_id) == peripheral_id else None


#: The kind of object that this folder adds to a session.
AGENTS: Final = Kind("agent", _MAX_KEY, AGENT_EVENTS, _find, _handlers)
