"""What the simulated server does with the requests of an open session: one function for each, in a table.

A handler answers by ``session.send`` or raises ``Refused`` (FAILURE_CONF) or ``ControlFailed``
(CONTROL_FAILURE_CONF). What every request has to fulfil is checked before it is called.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from ctios_fast.core import Message, codec
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

from .form import form_of

if TYPE_CHECKING:
    from .client_session import Session

__all__ = ["REQUESTS", "ControlFailed", "Refused", "Request", "admit"]

_AGENT_CONTROL: Final = (
    CTIServiceMask.CTI_SERVICE_CLIENT_CONTROL | CTIServiceMask.CTI_AGENT_STATE_CONTROL_ONLY
).value
_ALL_EVENTS: Final = CTIServiceMask.CTI_SERVICE_ALL_EVENTS.value
_WORK_MODES: Final = frozenset(mode.value for mode in AgentWorkMode)
_REMOTE_MODES: Final = frozenset({AgentWorkMode.RA_CALL_BY_CALL, AgentWorkMode.RA_NAILED_CONNECTION})
_FORCED_FLAGS: Final = frozenset(flag.value for flag in ForcedFlag)
_SIGN_ON_AND_OFF: Final = frozenset({AgentState.AGENT_STATE_LOGIN, AgentState.AGENT_STATE_LOGOUT})
_MOST_SKILL_GROUPS: Final = 10
_NO_SKILL_TARGET: Final = frozenset({0, -1})


class Refused(Exception):
    """The request is answered by FAILURE_CONF with this status."""

    def __init__(self, status: StatusCode) -> None:
        super().__init__(status)
        self.status = status


class ControlFailed(Exception):
    """The peripheral turns the request down: CONTROL_FAILURE_CONF with this code."""

    def __init__(self, code: ControlFailureCode) -> None:
        super().__init__(code)
        self.code = code


class Request(NamedTuple):
    """How a request is served; one of ``services`` must have been granted, where they are not 0."""

    services: int
    handler: Callable[["Session", Message], None]


def admit(session: "Session", message: Message) -> Request:
    """Check what a CTI Server asks of every request and tell how it is served.

    Raises Refused for one that is of bad form, that the simulator does not have, whose service was not
    granted, or that names another peripheral.
    """
    request = REQUESTS.get(message.type)
    if request is None and _is_no_request(message):
        raise Refused(StatusCode.E_CTI_FUNCTION_NOT_AVAILABLE)
    status = form_of(message)
    if status is not None:
        raise Refused(status)
    if request is None or (request.services and not request.services & session.services):
        raise Refused(StatusCode.E_CTI_FUNCTION_NOT_AVAILABLE)
    peripheral_id = session.shared.peripheral.peripheral_id
    if message.get("PeripheralID", peripheral_id) != peripheral_id:
        raise Refused(StatusCode.E_CTI_INVALID_PERIPHERAL_ID)
    return request


def _is_no_request(message: Message) -> bool:
    """Whether it is a message that answers or tells: what would be required in it is of no interest."""
    layout = codec(message.version).describe(message.type)
    return layout is not None and layout.since <= message.version and layout.kind != "request"


def _heartbeat(session: "Session", message: Message) -> None:
    session.send(session.replies.confirmation(messages.HEARTBEAT_CONF, message["InvokeID"]))


def _close(session: "Session", message: Message) -> None:
    session.send(session.replies.confirmation(messages.CLOSE_CONF, message["InvokeID"]))
    session.closed_by_client()


def _query_agent_state(session: "Session", message: Message) -> None:
    skill_target = message.get("ICMAgentID", 0)
    items = {
        "agent_id": message.get("AgentID") or None,
        "extension": message.get("AgentExtension") or None,
        "instrument": message.get("AgentInstrument") or None,
        "skill_target_id": None if skill_target in _NO_SKILL_TARGET else skill_target,
    }
    if all(item is None for item in items.values()):
        raise Refused(StatusCode.E_CTI_REQUIRED_DATA_MISSING)
    try:
        agent = session.shared.peripheral.find(**items)
    except UnknownAgent:
        raise Refused(StatusCode.E_CTI_INVALID_AGENT_DATA) from None
    except ContradictingAgent:
        raise Refused(StatusCode.E_CTI_INCONSISTENT_AGENT_DATA) from None
    session.send(session.replies.query_agent_state_conf(message["InvokeID"], agent, message["MRDID"]))


def _set_agent_state(session: "Session", message: Message) -> None:
    shared = session.shared
    _check_counts_and_modes(message)
    agent = _agent_to_control(session, message)
    wanted: int = message["AgentState"]
    signs = wanted in _SIGN_ON_AND_OFF
    forced = message.get("ForcedFlag", ForcedFlag.FALSE.value) if signs else ForcedFlag.FALSE.value
    if wanted not in SETTABLE or forced not in _FORCED_FLAGS:
        raise ControlFailed(ControlFailureCode.CF_VALUE_OUT_OF_RANGE)
    if signs:
        _check_password(session, agent, message)
    confirmation = session.replies.confirmation(messages.SET_AGENT_STATE_CONF, message["InvokeID"])
    if forced == ForcedFlag.AUTHENTICATION_ONLY and wanted == AgentState.AGENT_STATE_LOGIN:
        session.send(confirmation)
        return
    try:
        carry_out = shared.peripheral.request(
            agent, wanted, message["EventReasonCode"], forced=forced == ForcedFlag.TRUE
        )
    except WrongState:
        raise ControlFailed(ControlFailureCode.CF_INVALID_OBJECT_STATE) from None
    if wanted == AgentState.AGENT_STATE_LOGIN:
        agent.login_side = session.side.name
    # The reference allows either order of a confirmation and the events that its request causes.
    if shared.settings.events_first:
        carry_out()
        session.send(confirmation)
    else:
        session.send(confirmation)
        carry_out()


def _check_counts_and_modes(message: Message) -> None:
    # that the count agrees with the groups present was checked with the message's form
    if message["NumSkillGroups"] > _MOST_SKILL_GROUPS:
        raise Refused(StatusCode.E_CTI_INVALID_NUM_SKILL_GROUPS)
    if message["AgentWorkMode"] not in _WORK_MODES:
        raise Refused(StatusCode.E_CTI_INVALID_AGENT_WORK_MODE)


def _agent_to_control(session: "Session", message: Message) -> Agent:
    """The agent that the request names, if this client may control it."""
    agent_id = message.get("AgentID") or None
    if agent_id is None and message["AgentState"] in _SIGN_ON_AND_OFF:
        raise Refused(StatusCode.E_CTI_REQUIRED_DATA_MISSING)
    instrument: str = message["AgentInstrument"]
    if message["AgentWorkMode"] in _REMOTE_MODES:  # a remote agent's telephone number stands behind it
        instrument = instrument.partition(";")[0]
    try:
        agent = session.shared.peripheral.find(agent_id=agent_id, instrument=instrument)
    except UnknownAgent:
        raise ControlFailed(ControlFailureCode.CF_OBJECT_NOT_KNOWN) from None
    except ContradictingAgent:
        raise Refused(StatusCode.E_CTI_INCONSISTENT_AGENT_DATA) from None
    if not session.services & _ALL_EVENTS and agent is not session.agent:
        raise ControlFailed(ControlFailureCode.CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE)
    return agent


def _check_password(session: "Session", agent: Agent, message: Message) -> None:
    settings = session.shared.settings
    if settings.agent_passwords is None or message.get("SSOEnabled", 0) == 1:
        return
    password = message.get("AgentPassword")
    if password is None:
        raise Refused(StatusCode.E_CTI_REQUIRED_DATA_MISSING)
    if not settings.accepts_agent(agent.agent_id, password):
        raise ControlFailed(ControlFailureCode.CF_SECURITY_VIOLATION)


REQUESTS: Final = {
    messages.HEARTBEAT_REQ: Request(0, _heartbeat),
    messages.CLOSE_REQ: Request(0, _close),
    messages.QUERY_AGENT_STATE_REQ: Request(_AGENT_CONTROL, _query_agent_state),
    messages.SET_AGENT_STATE_REQ: Request(_AGENT_CONTROL, _set_agent_state),
}
"""The requests that are simulated; the protocol's others are answered by E_CTI_FUNCTION_NOT_AVAILABLE."""
