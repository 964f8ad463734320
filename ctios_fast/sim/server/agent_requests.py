"""Requests about agents: QUERY_AGENT_STATE_REQ and SET_AGENT_STATE_REQ."""

from typing import Final

from ctios_fast.core import Message
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import (
    AgentState,
    AgentWorkMode,
    ControlFailureCode,
    CTIServiceMask,
    ForcedFlag,
    StatusCode,
)
from ctios_fast.sim.plant.agent_machine import SETTABLE, WrongState
from ctios_fast.sim.plant.peripheral import Agent, ContradictingAgent, UnknownAgent

from .client_session import ClientSession
from .refusal import ControlFailed, Refused
from .server_pair import ServerPair

__all__ = ["query_agent_state", "set_agent_state"]

_ALL_EVENTS: Final = CTIServiceMask.CTI_SERVICE_ALL_EVENTS.value
_WORK_MODES: Final = frozenset(mode.value for mode in AgentWorkMode)
_REMOTE_MODES: Final = frozenset({AgentWorkMode.RA_CALL_BY_CALL, AgentWorkMode.RA_NAILED_CONNECTION})
_FORCED_FLAGS: Final = frozenset(flag.value for flag in ForcedFlag)
_SIGN_ON_AND_OFF: Final = frozenset({AgentState.AGENT_STATE_LOGIN, AgentState.AGENT_STATE_LOGOUT})
_MAX_SKILL_GROUPS: Final = 10
_NO_SKILL_TARGET: Final = frozenset({0, -1})


def query_agent_state(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """QUERY_AGENT_STATE_REQ: the agent's state, whoever asks."""
    skill_target = message.get("ICMAgentID", 0)
    items = {
        "agent_id": message.get("AgentID") or None,
        "extension": message.get("AgentExtension") or None,
        "instrument": message.get("AgentInstrument") or None,
        "skill_target_id": None if skill_target in _NO_SKILL_TARGET else skill_target,
    }
    if all(item is None for item in items.values()):
        raise Refused(StatusCode.E_CTI_REQUIRED_DATA_MISSING, "AgentID", "and all other identifiers missing")
    try:
        agent = pair.peripheral.find(**items)
    except UnknownAgent:
        raise Refused(StatusCode.E_CTI_INVALID_AGENT_DATA, "", _shown(items)) from None
    except ContradictingAgent:
        raise Refused(StatusCode.E_CTI_INCONSISTENT_AGENT_DATA, "", _shown(items)) from None
    session.send(session.replies.query_agent_state_conf(message["InvokeID"], agent, message["MRDID"]))


def _shown(items: dict[str, object]) -> str:
    return " ".join(f"{name}={value!r}" for name, value in items.items() if value is not None)


def set_agent_state(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """SET_AGENT_STATE_REQ: the reference allows either order of the confirmation and the events."""
    _check_counts_and_modes(message)
    agent = _agent_to_control(pair, session, message)
    wanted: int = message["AgentState"]
    signs = wanted in _SIGN_ON_AND_OFF
    forced = message.get("ForcedFlag", ForcedFlag.FALSE.value) if signs else ForcedFlag.FALSE.value
    if wanted not in SETTABLE:
        raise ControlFailed(ControlFailureCode.CF_VALUE_OUT_OF_RANGE, f"AgentState {wanted}")
    if forced not in _FORCED_FLAGS:
        raise ControlFailed(ControlFailureCode.CF_VALUE_OUT_OF_RANGE, f"ForcedFlag {forced}")
    if signs:
        _check_password(pair, agent, message)
    if forced == ForcedFlag.AUTHENTICATION_ONLY and wanted == AgentState.AGENT_STATE_LOGIN:
        session.confirm(messages.SET_AGENT_STATE_CONF, message)
        return
    before = agent.state
    try:
        carry_out = pair.peripheral.request(
            agent, wanted, message["EventReasonCode"], forced=forced == ForcedFlag.TRUE
        )
    except WrongState:
        reason = f"agent {agent.agent_id} cannot go from {before.name} to {AgentState(wanted).name}"
        raise ControlFailed(ControlFailureCode.CF_INVALID_OBJECT_STATE, reason) from None
    if wanted == AgentState.AGENT_STATE_LOGIN:
        pair.logged_in_over(agent, session.owner.name)
    if pair.settings.events_first:
        carry_out()
        session.confirm(messages.SET_AGENT_STATE_CONF, message)
    else:
        session.confirm(messages.SET_AGENT_STATE_CONF, message)
        carry_out()


def _check_counts_and_modes(message: Message) -> None:
    # that the count agrees with the groups present was checked with the message's form
    if message["NumSkillGroups"] > _MAX_SKILL_GROUPS:
        raise Refused(StatusCode.E_CTI_INVALID_NUM_SKILL_GROUPS, "NumSkillGroups", message["NumSkillGroups"])
    if message["AgentWorkMode"] not in _WORK_MODES:
        raise Refused(StatusCode.E_CTI_INVALID_AGENT_WORK_MODE, "AgentWorkMode", message["AgentWorkMode"])


def _agent_to_control(pair: ServerPair, session: ClientSession, message: Message) -> Agent:
    """The agent that the request names, if this client may control it."""
    agent_id = message.get("AgentID") or None
    if agent_id is None and message["AgentState"] in _SIGN_ON_AND_OFF:
        raise Refused(StatusCode.E_CTI_REQUIRED_DATA_MISSING, "AgentID", "missing")
    instrument: str = message["AgentInstrument"]
    if message["AgentWorkMode"] in _REMOTE_MODES:  # a remote agent's telephone number follows it
        instrument = instrument.partition(";")[0]
    shown = f"AgentID={agent_id!r} AgentInstrument={instrument!r}"
    try:
        agent = pair.peripheral.find(agent_id=agent_id, instrument=instrument)
    except UnknownAgent:
        raise ControlFailed(ControlFailureCode.CF_OBJECT_NOT_KNOWN, shown) from None
    except ContradictingAgent:
        raise Refused(StatusCode.E_CTI_INCONSISTENT_AGENT_DATA, "", shown) from None
    if not session.services & _ALL_EVENTS and agent is not session.agent:
        raise ControlFailed(ControlFailureCode.CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE, shown)
    return agent


def _check_password(pair: ServerPair, agent: Agent, message: Message) -> None:
    settings = pair.settings
    if settings.agent_passwords is None or message.get("SSOEnabled", 0) == 1:
        return
    password = message.get("AgentPassword")
    if password is None:
        raise Refused(StatusCode.E_CTI_REQUIRED_DATA_MISSING, "AgentPassword", "missing")
    if not settings.accepts_agent(agent.agent_id, password):
        raise ControlFailed(
            ControlFailureCode.CF_SECURITY_VIOLATION, f"AgentPassword of agent {agent.agent_id}"
        )
