"""What messages do to the agents of a session. AGENT_STATE_EVENT is the hot path of the model."""

from collections.abc import Callable
from typing import Final

from ctios_fast.core import FieldHandler, Handler, Message
from ctios_fast.core.dispatch.field_store import FieldStore
from ctios_fast.core.dispatch.text_dict import TextDict
from ctios_fast.model.context import Context
from ctios_fast.model.kind import Kind
from ctios_fast.model.null_ids import names_nothing
from ctios_fast.model.registry import Table
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import ALL_SKILL_GROUPS_MRD, NULL_ID

from .agent import Agent, agent_named_by_server, apply_device
from .agent_repairs import AgentRepairs
from .by_device import AgentsByDevice
from .events import AGENT_EVENTS
from .state_arguments import details_reader
from .state_of_agent import NEVER_QUIET, QUIET_SLOTS, apply_domain_state, apply_state
from .states import STATES

__all__ = ["AGENTS"]

#: The media routing domain of voice, whose state is the agent's.
_VOICE: Final = ALL_SKILL_GROUPS_MRD
#: MRDIDs that name no domain: the state is the agent's as well.
_NO_DOMAIN: Final = frozenset({0, NULL_ID})
#: What an AGENT_STATE_EVENT says of the agent itself; its Arguments are read from the message if need be.
_STATE_FIELDS: Final = (
    "peripheral_id",
    "agent_state",
    "event_reason_code",
    "agent_id",
    "agent_instrument",
    "agent_extension",
    "mrd_id",
)
#: Longest AgentID in bytes.
_MAX_KEY: Final = 12


def _handlers(context: Context, agents: Table[Agent]) -> dict[int, Handler]:
    objects = agents.by_key = TextDict(Agent)  # there is no agent yet
    by_device = AgentsByDevice(context, agents)
    context.readers["agent"] = details_reader().fill
    context.agent_at = by_device.at
    context.agent_named = lambda agent_id: agents.adopt(
        agent_id, lambda: agent_named_by_server(agent_id, context.peripheral_id, context)
    )
    repairs = agents.repairs = AgentRepairs(context, agents)
    context.devices = repairs.devices
    context.ask_for_states = repairs.ask_for_states
    context.query_current_agent = repairs.query_current_agent

    def agent_of(
        message: Message,
        peripheral_id: int,
        agent_id: str | None,
        instrument: str | None,
        extension: str | None,
    ) -> Agent | None:
        # By any identity that the event carries; None if it cannot be attributed. Agents of other peripherals
        # may have the same ids.
        if peripheral_id != context.peripheral_id or names_nothing(peripheral_id):
            return None
        if agent_id:
            return agents.adopt(agent_id, lambda: agent_named_by_server(agent_id, peripheral_id, context))
        if instrument or extension:
            return by_device.find(instrument, extension)
        # In agent mode an event of the session's own monitor is about the one agent.
        current = context.current_agent
        is_own = context.is_own(message.get("MonitorID"))
        return current if is_own is True and isinstance(current, Agent) else None

    on_state = _state_handler(context, agents, agent_of)
    return {
        ged.AGENT_STATE_EVENT: FieldHandler(
            ged.AGENT_STATE_EVENT, on_state, _STATE_FIELDS, with_message=True, store=_store(context, objects)
        )
    }


def _store(context: Context, agents: TextDict[Agent]) -> FieldStore:
    # Stores the events for which ``on_agent_state`` would only change the agent's state and reason code.
    store = FieldStore(
        ged.AGENT_STATE_EVENT,
        agents,
        "AgentID",
        stores={"AgentState": ("state", STATES), "EventReasonCode": ("reason_code", None)},
        texts={"AgentInstrument": "agent_instrument", "AgentExtension": "agent_extension"},
        expects=QUIET_SLOTS,
        within={"PeripheralID": (), "MRDID": (_VOICE, *_NO_DOMAIN)},
        without={"AgentState": NEVER_QUIET},
    )

    def switch(_: object = None) -> None:
        store.limit("PeripheralID", (context.peripheral_id,))
        store.is_on = context.is_everything_own and not heard[0]

    heard = context.events.watch("OnAgentStateChange", changed=switch)
    context.ownership_changed = switch
    return store


def _state_handler(
    context: Context, agents: Table[Agent], agent_of: Callable[..., Agent | None]
) -> Callable[..., None]:
    by_id = agents.by_key

    def on_agent_state(
        message: Message,
        peripheral_id: int,
        state: int,
        reason: int,
        agent_id: str | None,
        instrument: str | None,
        extension: str | None,
        domain: int | None,
    ) -> None:
        # The parameters are the message and _STATE_FIELDS. The domain is None if the version lacks it.
        try:
            agent: Agent | None = by_id[agent_id]
        except KeyError:
            agent = None
        if agent is None or peripheral_id != context.peripheral_id:
            agent = agent_of(message, peripheral_id, agent_id, instrument, extension)
            if agent is None:
                agents.unknown += 1
                return
        if domain != _VOICE and domain is not None and domain not in _NO_DOMAIN:
            agents.unknown += not apply_domain_state(agent, domain, state, reason, message)
            return
        if instrument != agent.agent_instrument or extension != agent.agent_extension:
            apply_device(agent, instrument, extension)
            context.monitors.device_changed(agent)
        apply_state(agent, state, reason, message)

    return on_agent_state


def _find(agents: Table[Agent], rest: str) -> Agent | None:
    peripheral_id, _, agent_id = rest.partition(".")
    agent = agents.get(agent_id)
    return agent if agent is not None and str(agent.peripheral_id) == peripheral_id else None


#: The kind of object that this folder adds to a session.
AGENTS: Final = Kind("agent", _MAX_KEY, AGENT_EVENTS, _find, _handlers)
