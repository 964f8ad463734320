"""Requests between clients: user messages, alarms, and the services of server applications with recording."""

from collections.abc import Iterable
from typing import Final

from ctios_fast.core import Message
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.codes import NULL_ID
from ctios_fast.protocol.enums import (
    ClientEventState,
    MessageDistribution,
    RTPDirection,
    RTPType,
    ServerMode,
    StatusCode,
)
from ctios_fast.sim.plant import PlantAgent

from .client_session import ClientSession
from .refusal import Refused
from .request_items import agent_of_request
from .server_context import log
from .server_pair import ServerPair
from .service_registry import CALL_RECORDING

__all__ = [
    "client_event_report",
    "forward_recording",
    "recording_answer",
    "register_service",
    "unregister_service",
    "user_message",
]

_MAX_ALARMS: Final = 1000
_DIRECTIONS: Final = frozenset(direction.value for direction in RTPDirection)
_RTP_TYPES: Final = frozenset(kind.value for kind in RTPType)


# --- messages and alarms ----------------------------------------------------------------------------


def user_message(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """USER_MESSAGE_REQ: the sender itself does not get a copy, unless it names itself as the client."""
    kind = message["Distribution"]
    if kind not in MessageDistribution.__members__.values():
        raise Refused(StatusCode.E_CTI_INVALID_DISTRIBUTION_TYPE, "Distribution", kind)
    receivers = _receivers(pair, session, message, MessageDistribution(kind))
    session.confirm(messages.USER_MESSAGE_CONF, message)
    fields = {"ICMCentralControllerTime": pair.central_time, "Distribution": kind}
    floating = [("ClientID", session.client_id), ("Text", message.get("Text") or "")]
    for receiver in receivers:
        receiver.send_event(messages.USER_MESSAGE_EVENT, fields, floating)


def _receivers(
    pair: ServerPair, session: ClientSession, message: Message, kind: MessageDistribution
) -> list[ClientSession]:
    if kind is MessageDistribution.DISTRIBUTE_TO_ALL:
        return [other for other in pair.sessions.values() if other is not session]
    if kind is MessageDistribution.DISTRIBUTE_TO_CLIENT:
        client_id = message.get("ClientID") or ""
        if not client_id:
            raise Refused(StatusCode.E_CTI_REQUIRED_DATA_MISSING, "ClientID", "missing")
        clients = pair.client(client_id)
        if not clients:
            raise Refused(StatusCode.E_CTI_CLIENT_NOT_FOUND, "ClientID", repr(client_id))
        return clients
    agent = agent_of_request(pair, session, message)
    if not agent.teams:
        raise Refused(StatusCode.E_CTI_TEAM_NOT_FOUND, "AgentID", f"{agent.agent_id!r} is in no team")
    teams = [pair.plant.population.teams[team_id] for team_id in agent.teams]
    members = [agent_id for team in teams for agent_id in team.supervisors]
    if kind is MessageDistribution.DISTRIBUTE_TO_TEAM:
        members += [agent_id for team in teams for agent_id in team.agents]
    holders = _holders(pair, (pair.plant.agent(agent_id) for agent_id in members))
    if kind is MessageDistribution.DISTRIBUTE_TO_SUPERVISOR and not holders:
        raise Refused(
            StatusCode.E_CTI_SUPERVISOR_NOT_FOUND,
            "AgentID",
            f"{agent.agent_id!r}: no supervisor has a session",
        )
    return [holder for holder in holders if holder is not session]


def _holders(pair: ServerPair, agents: Iterable[PlantAgent]) -> list[ClientSession]:
    found = dict.fromkeys(pair.holder(agent) for agent in agents)
    return [session for session in found if session is not None]


def client_event_report(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """CLIENT_EVENT_REPORT_REQ: the state of a named alarm object, which is created if it is new."""
    state, name = message["State"], message.get("ObjectName") or ""
    if state not in ClientEventState.__members__.values():
        raise Refused(StatusCode.E_CTI_INVALID_OBJECT_STATE, "State", state)
    if name not in pair.alarms and len(pair.alarms) >= _MAX_ALARMS:
        raise Refused(
            StatusCode.E_CTI_UNSPECIFIED_FAILURE, "ObjectName", f"{_MAX_ALARMS} alarm objects exist"
        )
    pair.alarms[name] = (state, message.get("Text") or "")
    log.info("alarm object %r of client %r: state %d", name, session.client_id, state)
    session.confirm(messages.CLIENT_EVENT_REPORT_CONF, message)


# --- server applications ----------------------------------------------------------------------------


def register_service(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """REGISTER_SERVICE_REQ: only the call recording service can be registered."""
    name, mode = message.get("ServiceName") or "", message["ServerMode"]
    if name != CALL_RECORDING:
        raise Refused(StatusCode.E_CTI_INVALID_SERVICE, "ServiceName", f"{name!r}, not {CALL_RECORDING!r}")
    if mode not in ServerMode.__members__.values():
        raise Refused(StatusCode.E_CTI_INVALID_SERVICE, "ServerMode", mode)
    registration = pair.services.register(session, mode)
    if registration is None:
        raise Refused(
            StatusCode.E_CTI_SERVICE_CONFLICT, "ServerMode", f"{mode}: does not agree with the other servers"
        )
    session.answer(messages.REGISTER_SERVICE_CONF, message, {"RegisteredServiceID": registration.service_id})


def unregister_service(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """UNREGISTER_SERVICE_REQ."""
    service_id = message["RegisteredServiceID"]
    if not pair.services.unregister(session, service_id):
        raise Refused(StatusCode.E_CTI_INVALID_SERVICE, "RegisteredServiceID", service_id)
    session.confirm(messages.UNREGISTER_SERVICE_CONF, message)


def forward_recording(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """START_RECORDING_REQ and STOP_RECORDING_REQ go to server applications, with the client's identity."""
    agent_of_request(pair, session, message)
    if message["Direction"] not in _DIRECTIONS:
        raise Refused(StatusCode.E_CTI_INVALID_RTP_DIRECTION, "Direction", message["Direction"])
    if message.get("RTPType", 0) not in _RTP_TYPES:
        raise Refused(StatusCode.E_CTI_INVALID_RTP_TYPE, "RTPType", message["RTPType"])
    pair.plant.find_connection(message["ConnectionCallID"], message.get("ConnectionDeviceID") or "")
    servers = pair.services.servers(message.get("SessionID", 0))
    if not servers:
        raise Refused(
            StatusCode.E_CTI_FUNCTION_NOT_AVAILABLE, "", f"no server application offers {CALL_RECORDING}"
        )
    fields = message.fixed()
    floating = [item for item in message.floating() if item[0] not in ("ClientID", "ClientAddress")]
    floating += [("ClientID", session.client_id), ("ClientAddress", session.host)]
    numbers = pair.services.forward(session, message["InvokeID"], servers)
    for server, number in zip(servers, numbers, strict=True):
        server.send_event(message.type, {**fields, "InvokeID": number}, floating)


def recording_answer(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """START_RECORDING_CONF and STOP_RECORDING_CONF of a server application go to the client that asked."""
    forwarded = pair.services.answered(session, message["InvokeID"])
    if forwarded is None:
        return
    fields = {**message.fixed(), "InvokeID": forwarded.invoke_id}
    if fields.get("SessionID") == NULL_ID:  # the request to stop has to come to this server
        fields["SessionID"] = session.session_id
    floating = [("ClientID", session.client_id), ("ClientAddress", session.host)]
    forwarded.client.send_event(message.type, fields, floating)
