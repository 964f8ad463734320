"""What an AGENT_STATE_EVENT does to the agents of a session: the path of every event of a peripheral.

It is lean as long as nobody waits for the state; that, and logging out, is the Agent's own ``state_event``.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ctios_fast import keywords as kw
from ctios_fast.core import FieldReader, Message

from .agent import Agent
from .states import LOGOUT

if TYPE_CHECKING:
    from ctios_fast.model.session import Session

__all__ = ["details_reader", "state_handler"]


def details_reader() -> FieldReader:
    """Reads what an AGENT_STATE_EVENT adds to the Arguments of its event, under CTI OS's keywords."""
    return FieldReader(
        kw.CTIOS_PERIPHERALID,
        kw.CTIOS_PERIPHERALTYPE,
        kw.CTIOS_SKILLGROUPNUMBER,
        kw.CTIOS_SKILLGROUPID,
        kw.CTIOS_STATEDURATION,
        kw.CTIOS_SKILLGROUPPRIORITY,
        kw.CTIOS_EVENTREASONCODE,
        kw.CTIOS_SKILLGROUPSTATE,
        kw.CTIOS_CTICLIENTSIGNATURE,
    )


def state_handler(session: "Session", agents: dict[str, Agent]) -> Callable[[Message], None]:
    """The handler of AGENT_STATE_EVENT that keeps these agents up to date; new ones are the session's."""
    read = FieldReader(  # the session's own, since a reader is for one thread
        "PeripheralID", "AgentState", "EventReasonCode", "AgentID", "AgentInstrument", "AgentExtension"
    ).read
    listeners, fire = session.events.listeners, session.events.fire

    def on_agent_state(message: Message) -> None:
        peripheral_id, state, reason, agent_id, instrument, extension = read(message)
        try:
            agent: Agent | None = agents[agent_id]
        except KeyError:
            agent = None
        if agent is None or peripheral_id != session.peripheral_id or not agent_id:
            agent = session.agent_of(peripheral_id, agent_id, instrument)
            if agent is None:
                session.unknown_agents += 1
                return
        # a text that is the same is not kept anew, and one that both have is kept once: less memory to touch
        if instrument != agent.agent_instrument and instrument:
            agent.agent_instrument = instrument
        if extension != agent.agent_extension and extension:
            agent.agent_extension = instrument if extension == instrument else extension
        if state == LOGOUT or agent._changes:
            agent.state_event(state, reason, message)
            return
        agent._missed_events = False
        agent.state = state
        agent.reason_code = reason
        if listeners["OnAgentStateChange"]:
            fire("OnAgentStateChange", agent.state_arguments(reason, message))
            for change in agent._changes:  # asked for by a listener just now
                change.state_shown(state)

    return on_agent_state
