"""Requests of the Peripheral Monitor, Client Monitor and Supervisor services that start and stop monitors."""

from typing import Final

from ctios_fast.core import Message
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import (
    AgentStateMask,
    ConnectionDeviceIDType,
    CTIServiceMask,
    DeviceIDType,
    StatusCode,
    UnsolicitedCallEventMessageMask,
)
from ctios_fast.protocol.versions import defined_bits
from ctios_fast.sim.plant import PlantError

from .client_session import ClientSession
from .monitors import MAX_MONITORS, Monitor, MonitorKind
from .refusal import Refused
from .server_pair import ServerPair

__all__ = [
    "change_monitor_mask",
    "monitor_start",
    "monitor_stop",
    "session_monitor_start",
    "session_monitor_stop",
    "team_monitor_start",
    "team_monitor_stop",
]

_ALL_CALLS: Final = sum(bit.value for bit in UnsolicitedCallEventMessageMask)
_ALL_STATES: Final = sum(bit.value for bit in AgentStateMask)
_ALL_EVENTS: Final = CTIServiceMask.CTI_SERVICE_ALL_EVENTS.value
_MASKS: Final = (
    ("CallMsgMask", "UnsolicitedCallEventMessageMask", StatusCode.E_CTI_INVALID_CALL_MSG_MASK),
    ("AgentStateMask", "AgentStateMask", StatusCode.E_CTI_INVALID_AGENT_STATE_MASK),
)


def _check_masks(session: ClientSession, message: Message) -> None:
    for name, mask, status in _MASKS:
        if message[name] & ~defined_bits(mask, session.version):
            raise Refused(status, name, f"{message[name]:#x}")


def _start(
    pair: ServerPair,
    session: ClientSession,
    kind: MonitorKind,
    key: str | int,
    already: StatusCode,
    call_mask: int = _ALL_CALLS,
    agent_mask: int = _ALL_STATES,
) -> Monitor:
    if any(known.kind is kind and key in known.keys for known in pair.monitors.of_session(session)):
        raise Refused(already, kind.name.lower(), key)
    if len(pair.monitors.of_session(session)) >= MAX_MONITORS:
        raise Refused(
            StatusCode.E_CTI_UNSPECIFIED_FAILURE, "", f"a session has at most {MAX_MONITORS} monitors"
        )
    return pair.monitors.start(session, kind, key, call_mask, agent_mask)


def _stop(pair: ServerPair, session: ClientSession, message: Message, *kinds: MonitorKind) -> None:
    monitor = pair.monitors.find(session, message["MonitorID"], *kinds)
    if monitor is None:
        raise Refused(StatusCode.E_CTI_INVALID_MONITORID, "MonitorID", message["MonitorID"])
    pair.monitors.stop(monitor)


# --- devices and calls ------------------------------------------------------------------------------


def monitor_start(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """MONITOR_START_REQ: a device, or a call with MonitoredDeviceType DEVID_NONE."""
    _check_masks(session, message)
    if message["MonitoredDeviceType"] == DeviceIDType.DEVID_NONE:
        kind, key = MonitorKind.CALL, _call_to_monitor(pair, message)
    else:
        kind, key = MonitorKind.DEVICE, _device_to_monitor(pair, message)
    monitor = _start(
        pair,
        session,
        kind,
        key,
        StatusCode.E_CTI_MONITOR_ALREADY_EXISTS,
        message["CallMsgMask"],
        message["AgentStateMask"],
    )
    session.answer(messages.MONITOR_START_CONF, message, {"MonitorID": monitor.monitor_id})


def _call_to_monitor(pair: ServerPair, message: Message) -> str | int:
    call_id = message["ConnectionCallID"]
    if not message.get("ConnectionDeviceID"):
        raise Refused(
            StatusCode.E_CTI_REQUIRED_DATA_MISSING, "ConnectionDeviceID/MonitoredDeviceID", "missing"
        )
    try:
        pair.plant.find_connection(call_id, message["ConnectionDeviceID"])
    except PlantError as error:
        raise Refused(StatusCode.E_CTI_INVALID_CALLID, "ConnectionCallID", error.reason) from None
    return int(call_id)


def _device_to_monitor(pair: ServerPair, message: Message) -> str | int:
    device_id = message.get("MonitoredDeviceID") or ""
    if message["MonitoredDeviceType"] not in DeviceIDType.__members__.values():
        raise Refused(
            StatusCode.E_CTI_INVALID_DEVICE_ID_TYPE, "MonitoredDeviceType", message["MonitoredDeviceType"]
        )
    if not device_id:
        raise Refused(StatusCode.E_CTI_REQUIRED_DATA_MISSING, "MonitoredDeviceID", "missing")
    if message["ConnectionDeviceIDType"] != ConnectionDeviceIDType.CONNECTION_ID_NONE or message.get(
        "ConnectionDeviceID"
    ):
        raise Refused(
            StatusCode.E_CTI_MUTUALLY_EXCLUS_DEVICEID_TYPES,
            "ConnectionDeviceIDType",
            "with MonitoredDeviceID",
        )
    if device_id not in pair.plant.population.devices:
        raise Refused(StatusCode.E_CTI_INVALID_DEVICE, "MonitoredDeviceID", repr(device_id))
    return str(device_id)


def monitor_stop(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """MONITOR_STOP_REQ."""
    _stop(pair, session, message, MonitorKind.DEVICE, MonitorKind.CALL)
    session.confirm(messages.MONITOR_STOP_CONF, message)


def change_monitor_mask(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """CHANGE_MONITOR_MASK_REQ replaces both masks; MonitorID may be that of OPEN_CONF."""
    _check_masks(session, message)
    monitor_id = message["MonitorID"]
    monitor = pair.monitors.find(session, monitor_id, MonitorKind.DEVICE, MonitorKind.CALL)
    if monitor is not None:
        monitor.call_mask, monitor.agent_mask = message["CallMsgMask"], message["AgentStateMask"]
    elif monitor_id and monitor_id == session.monitor_id:
        session.call_mask, session.state_mask = message["CallMsgMask"], message["AgentStateMask"]
    else:
        raise Refused(StatusCode.E_CTI_INVALID_MONITORID, "MonitorID", monitor_id)
    session.confirm(messages.CHANGE_MONITOR_MASK_CONF, message)


# --- sessions ---------------------------------------------------------------------------------------


def session_monitor_start(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """SESSION_MONITOR_START_REQ: copies of another session's events."""
    session_id = message["SessionID"]
    if session_id == session.session_id:
        raise Refused(StatusCode.E_CTI_SESSION_MONITOR_IS_CLIENTS, "SessionID", session_id)
    if session_id not in pair.sessions:
        raise Refused(StatusCode.E_CTI_CLIENT_NOT_FOUND, "SessionID", session_id)
    already = StatusCode.E_CTI_SESSION_MONITOR_ALREADY_EXISTS
    monitor = _start(pair, session, MonitorKind.SESSION, session_id, already)
    session.answer(messages.SESSION_MONITOR_START_CONF, message, {"MonitorID": monitor.monitor_id})


def session_monitor_stop(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """SESSION_MONITOR_STOP_REQ."""
    _stop(pair, session, message, MonitorKind.SESSION)
    session.confirm(messages.SESSION_MONITOR_STOP_CONF, message)


# --- teams ------------------------------------------------------------------------------------------


def team_monitor_start(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """MONITOR_AGENT_TEAM_START_REQ: the agents' states of a team that the client supervises.

    An All Events client may monitor any team. It got no list of members when it opened its session, so the
    list follows.
    """
    team = pair.plant.population.teams.get(message["TeamID"])
    if team is None or (
        not session.services & _ALL_EVENTS
        and (session.agent is None or session.agent.agent_id not in team.supervisors)
    ):
        raise Refused(StatusCode.E_CTI_TEAM_NOT_FOUND, "TeamID", message["TeamID"])
    already = StatusCode.E_CTI_AGENT_TEAM_MONITOR_ALREADY_EXISTS
    monitor = _start(pair, session, MonitorKind.TEAM, team.team_id, already, _ALL_CALLS, session.state_mask)
    session.answer(messages.MONITOR_AGENT_TEAM_START_CONF, message, {"MonitorID": monitor.monitor_id})
    if session.services & _ALL_EVENTS:
        pair.list_team(session, team.team_id)


def team_monitor_stop(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """MONITOR_AGENT_TEAM_STOP_REQ."""
    _stop(pair, session, message, MonitorKind.TEAM)
    session.confirm(messages.MONITOR_AGENT_TEAM_STOP_CONF, message)
