"""The Arguments of the events about an agent's state, under CTI OS's keywords."""

from typing import Any, Protocol

from ctios_fast import keywords as kw
from ctios_fast.core import FieldReader, Message
from ctios_fast.enums import AgentState
from ctios_fast.keywords import (
    CTIOS_AGENTEXTENSION,
    CTIOS_AGENTID,
    CTIOS_AGENTINSTRUMENT,
    CTIOS_AGENTSTATE,
    CTIOS_UNIQUEOBJECTID,
)
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.model.context import Context
from ctios_fast.model.recovered import RECOVERED
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import NULL_PERIPHERAL_TYPE, NULL_SKILL_GROUP

from . import states
from .agent_groups import first_group
from .states import agent_state

__all__ = [
    "asked_arguments",
    "confirmation_arguments",
    "details_reader",
    "domain_arguments",
    "monitored_arguments",
    "query_arguments",
    "state_arguments",
]


class ReportedAgent(Protocol):
    """What the Arguments say of an agent."""

    peripheral_id: int | None
    agent_id: str
    agent_extension: str | None
    agent_instrument: str | None
    state: AgentState | int | None
    domain_states: dict[int, AgentState | int] | None

    @property
    def unique_object_id(self) -> str:
        """The agent's identity within its session."""


#: Arguments of a change of state about which nothing is known, in the order that they have.
_NO_DETAILS: dict[str, Any] = {
    kw.CTIOS_PERIPHERALID: None,
    kw.CTIOS_PERIPHERALTYPE: NULL_PERIPHERAL_TYPE,
    kw.CTIOS_AGENTSTATE: states.UNKNOWN,
    kw.CTIOS_SKILLGROUPNUMBER: NULL_SKILL_GROUP,
    kw.CTIOS_SKILLGROUPID: NULL_SKILL_GROUP,
    kw.CTIOS_STATEDURATION: 0,
    kw.CTIOS_SKILLGROUPPRIORITY: 0,
    kw.CTIOS_EVENTREASONCODE: 0,
    kw.CTIOS_SKILLGROUPSTATE: states.UNKNOWN,
    kw.CTIOS_AGENTID: "",
    kw.CTIOS_AGENTEXTENSION: "",
    kw.CTIOS_AGENTINSTRUMENT: "",
    kw.CTIOS_UNIQUEOBJECTID: "",
}


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


def state_arguments(
    agent: ReportedAgent, reason: int, message: Message | None, context: Context
) -> Arguments:
    """Of OnAgentStateChange, OnPreLogout and OnPostLogout.

    - ``message``: the AGENT_STATE_EVENT that carries the state, or the QUERY_AGENT_STATE_CONF in which a
      repair found it. None where the program asks for the state.
    - ``context``: the agent's session.
    """
    if message is not None and message.type == ged.AGENT_STATE_EVENT:
        values = context.readers["agent"](message, _NO_DETAILS)
    else:
        values = {
            **_NO_DETAILS,
            kw.CTIOS_PERIPHERALID: agent.peripheral_id,
            kw.CTIOS_PERIPHERALTYPE: context.peripheral_type,
            kw.CTIOS_EVENTREASONCODE: reason,
        }
        if message is not None:
            group = first_group(message)
            if group is not None:
                values.update(group.arguments())
            values[RECOVERED] = True
    state = agent.state
    values[CTIOS_AGENTSTATE] = states.UNKNOWN if state is None else state
    values[CTIOS_AGENTID] = agent.agent_id
    values[CTIOS_AGENTEXTENSION] = agent.agent_extension or ""
    values[CTIOS_AGENTINSTRUMENT] = agent.agent_instrument or ""
    values[CTIOS_UNIQUEOBJECTID] = f"agent.{agent.peripheral_id}.{agent.agent_id}"
    if context.buttons is not None and context.current_agent is agent:
        values[kw.CTIOS_ENABLEMENTMASK] = context.buttons.mask()
    return arguments_over(values)


def asked_arguments(agent: ReportedAgent, reason: int, context: Context) -> Arguments:
    """Of OnPreLogout for a logout that the program asks for, with the parameters of ``state_arguments``."""
    return state_arguments(agent, reason, None, context)


def monitored_arguments(
    agent: ReportedAgent, reason: int, message: Message | None, context: Context
) -> Arguments:
    """Of OnMonitoredAgentStateChange. The parameters are those of ``state_arguments``."""
    args = state_arguments(agent, reason, message, context)
    args[kw.CTIOS_MONITORED] = True
    buttons = context.supervisor_buttons
    mask = None if buttons is None else buttons.mask_about(agent.unique_object_id)
    if mask is not None:
        args[kw.CTIOS_SUPERVISORBTNENABLEMENTMASK] = mask
    return args


def domain_arguments(
    agent: ReportedAgent, domain: int, reason: int, message: Message, is_own: bool, context: Context
) -> Arguments:
    """Of the change of state in a media routing domain other than voice, by its MRDID.

    ``is_own``: whether the event is the session's own, not a monitor's.
    """
    args = (state_arguments if is_own else monitored_arguments)(agent, reason, message, context)
    args[CTIOS_AGENTSTATE] = agent.domain_states[domain]  # type: ignore[index]
    args["MRDID"] = domain
    return args


def confirmation_arguments(agent: ReportedAgent, confirmation: Message) -> Arguments:
    """Of OnSetAgentStateConf."""
    return arguments_over(
        {
            kw.CTIOS_INVOKEID: confirmation["InvokeID"],
            kw.CTIOS_AGENTID: agent.agent_id,
            kw.CTIOS_UNIQUEOBJECTID: agent.unique_object_id,
        }
    )


def query_arguments(agent: ReportedAgent, message: Message) -> Arguments:
    """Of OnQueryAgentStateConf."""
    fields = message.fixed()
    values: dict[str, Any] = {
        kw.CTIOS_AGENTID: message.get("AgentID", agent.agent_id),
        kw.CTIOS_AGENTEXTENSION: message.get("AgentExtension", ""),
        kw.CTIOS_AGENTINSTRUMENT: message.get("AgentInstrument", ""),
        kw.CTIOS_UNIQUEOBJECTID: agent.unique_object_id,
        **{name: value for name, value in fields.items() if name != "InvokeID"},
    }
    values[CTIOS_AGENTSTATE] = agent_state(values[CTIOS_AGENTSTATE])
    names = ("SkillGroupNumber", "SkillGroupID", "SkillGroupPriority", "SkillGroupState")
    groups = zip(*(message[name] for name in names), strict=False)
    for number, group in enumerate(groups, 1):
        values[f"SkillGroup[{number}]"] = arguments_over(dict(zip(names, group, strict=True)))
    return arguments_over(values)
