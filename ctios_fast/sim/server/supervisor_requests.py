"""Requests of supervisors, and of agents that need one."""

from typing import Final

from ctios_fast.core import Message
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.codes import NULL_ID
from ctios_fast.protocol.enums import LineType, StatusCode, SupervisoryAction
from ctios_fast.sim.plant import Connection, PlantAgent, UnknownAgent

from .client_session import ClientSession
from .refusal import Refused
from .request_items import agent_of_request, carry_out, controlled_agent, find_agent, must_name_agent
from .server_pair import ServerPair

__all__ = ["emergency_call", "list_agent_team", "supervise_call", "supervisor_assist"]

_CLEAR: Final = SupervisoryAction.SUPERVISOR_CLEAR
_ACTIONS: Final = frozenset(action.value for action in SupervisoryAction)
_MAX_TEAMS: Final = 64
_LINE: Final = 1


def list_agent_team(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """LIST_AGENT_TEAM_REQ: SupervisorID is a skill target id; more than 64 teams come in segments."""
    target = message["SupervisorID"]
    try:
        supervisor = pair.plant.find_agent(skill_target_id=target)
    except UnknownAgent:
        raise Refused(StatusCode.E_CTI_SUPERVISOR_NOT_FOUND, "SupervisorID", target) from None
    if not supervisor.supervisor:
        raise Refused(StatusCode.E_CTI_SUPERVISOR_NOT_FOUND, "SupervisorID", f"{target} is not a supervisor")
    teams = [team.team_id for team in pair.plant.population.supervised_by(supervisor)]
    for segment, start in enumerate(range(0, max(len(teams), 1), _MAX_TEAMS)):
        part = teams[start : start + _MAX_TEAMS]
        fields = {
            "NumberOfAgentTeams": len(part),
            "SegmentNumber": segment,
            "More": int(start + _MAX_TEAMS < len(teams)),
        }
        session.answer(
            messages.LIST_AGENT_TEAM_CONF, message, fields, [("TeamID", team_id) for team_id in part]
        )


def supervise_call(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """SUPERVISE_CALL_REQ: the agent's call is named by its connection, or by the agent.

    SupervisorConnectionCallID is 0xFFFFFFFF, or names a connection at the supervisor's device.
    """
    action = message["SupervisoryAction"]
    if action not in _ACTIONS:
        raise Refused(StatusCode.E_CTI_INVALID_SUPERVISORY_ACTION, "SupervisoryAction", action)
    supervisor = _supervisor(pair, session, message)
    own_call = message["SupervisorConnectionCallID"]
    if own_call != NULL_ID:
        own_connection = message.get("SupervisorConnectionDeviceID") or ""
        pair.plant.find_connection(own_call, own_connection, supervisor.instrument)
    target = _target(pair, message, supervisor, SupervisoryAction(action))
    carry_out(
        pair,
        lambda: pair.plant.supervise(supervisor, target, SupervisoryAction(action)),
        lambda supervised: session.answer(
            messages.SUPERVISE_CALL_CONF,
            message,
            {
                "ConnectionCallID": supervised.call_id,
                "ConnectionDeviceIDType": int(supervised.id_type),
            },
            [("ConnectionDeviceID", supervised.connection_id)],
        ),
    )


def _supervisor(pair: ServerPair, session: ClientSession, message: Message) -> PlantAgent:
    instrument = message.get("SupervisorInstrument") or None
    if instrument is None and must_name_agent(session):
        raise Refused(StatusCode.E_CTI_REQUIRED_DATA_MISSING, "SupervisorInstrument", "missing")
    return controlled_agent(pair, session, instrument)


def _target(
    pair: ServerPair, message: Message, supervisor: PlantAgent, action: SupervisoryAction
) -> Connection:
    """The connection that is named, else the agent's active one; one to leave may be on hold."""
    call_id = message["AgentConnectionCallID"]
    connection_id = message.get("AgentConnectionDeviceID") or ""
    if call_id != NULL_ID and connection_id:
        return pair.plant.find_connection(call_id, connection_id)
    agent = find_agent(pair, message)
    if agent is None:
        raise Refused(StatusCode.E_CTI_REQUIRED_DATA_MISSING, "AgentConnectionDeviceID/AgentID", "missing")
    to_leave = pair.plant.supervised(supervisor, agent) if action is _CLEAR else None
    return to_leave or pair.plant.active(agent)


# --- help -------------------------------------------------------------------------------------------


def _answer_new_call(
    session: ClientSession, message: Message, confirmation: int, connection: Connection
) -> None:
    fields = {
        "ConnectionCallID": connection.call_id,
        "ConnectionDeviceIDType": int(connection.id_type),
        "LineHandle": _LINE,
        "LineType": int(LineType.LINETYPE_HELP),
    }
    session.answer(confirmation, message, fields, [("ConnectionDeviceID", connection.connection_id)])


def _related_call(pair: ServerPair, message: Message) -> Connection | None:
    # The connection that needs help, None for ConnectionCallID 0xFFFFFFFF. Raises PlantError.
    call_id = message["ConnectionCallID"]
    if call_id == NULL_ID:
        return None
    return pair.plant.find_connection(call_id, message.get("ConnectionDeviceID") or "")


def supervisor_assist(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """SUPERVISOR_ASSIST_REQ."""
    agent = agent_of_request(pair, session, message)
    _related_call(pair, message)
    carry_out(
        pair,
        lambda: pair.plant.supervisor_assist(agent),
        lambda new: _answer_new_call(session, message, messages.SUPERVISOR_ASSIST_CONF, new),
    )


def emergency_call(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """EMERGENCY_CALL_REQ: EMERGENCY_CALL_EVENT goes out even if no supervisor is free."""
    agent = agent_of_request(pair, session, message)
    about = _related_call(pair, message)
    with pair.distribution.notified_by(session):
        carry_out(
            pair,
            lambda: pair.plant.emergency_call(agent, about),
            lambda new: _answer_new_call(session, message, messages.EMERGENCY_CALL_CONF, new),
        )
