"""The Arguments of OnNewAgentTeamMember, OnStartMonitoringAgent and OnStopMonitoringAgent."""

from typing import Any, Final, Protocol

from ctios_fast import keywords as kw
from ctios_fast.enums import AgentState
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.model.recovered import RECOVERED

from .team_table import Listed, Team

__all__ = ["ADDED", "REMOVED", "member_arguments", "monitoring_arguments"]

#: ConfigOperation of the event: CTI OS's programs add a member for 1, and remove it for any other number.
ADDED: Final = 1
REMOVED: Final = 2

_UNKNOWN: Final = int(AgentState.UNKNOWN)
#: Properties of an agent that the event has where they are known.
_IF_KNOWN: Final = (
    (kw.CTIOS_AGENTLASTNAME, "last_name"),
    (kw.CTIOS_AGENTFIRSTNAME, "first_name"),
    (kw.CTIOS_AGENTNAME, "name"),
    (kw.CTIOS_AGENTAVAILABILITYSTATUS, "agent_availability_status"),
)


class Member(Protocol):
    """What the Arguments say of an agent. An ``Agent`` has it all."""

    agent_id: str
    peripheral_id: int | None
    agent_extension: str | None
    agent_instrument: str | None
    state: AgentState | int | None
    reason_code: int

    @property
    def unique_object_id(self) -> str:
        """The agent's identity within its session."""


def member_arguments(
    agent: Member, team: Team, operation: int, listed: Listed | None, is_found: bool = False
) -> Arguments:
    """Of OnNewAgentTeamMember.

    - ``operation``: ``ADDED`` or ``REMOVED``.
    - ``listed``: what the message says of the member, None where none does.
    - ``is_found``: whether the change was found after a gap, without a message that says it.
    """
    values: dict[str, Any] = {
        kw.CTIOS_PERIPHERALID: agent.peripheral_id,
        kw.CTIOS_UNIQUEOBJECTID: agent.unique_object_id,
        kw.CTIOS_AGENTSTATE: _UNKNOWN if agent.state is None else agent.state,
        kw.CTIOS_AGENTID: agent.agent_id,
        kw.CTIOS_AGENTEXTENSION: agent.agent_extension or "",
        kw.CTIOS_AGENTINSTRUMENT: agent.agent_instrument or "",
        kw.CTIOS_EVENTREASONCODE: agent.reason_code,
        kw.CTIOS_AGENTFLAGS: team.members.get(agent.agent_id, 0),
        kw.CTIOS_CONFIGOPERATION: operation,
        kw.CTIOS_TEAMID: team.team_id,
    }
    for keyword, attribute in _IF_KNOWN:
        value = getattr(agent, attribute)
        if value is not None:
            values[keyword] = value
    supervisor = team.primary_supervisor
    if supervisor is not None:
        values[kw.CTIOS_SUPERVISORID] = supervisor
    if team.name is not None:
        values["AgentTeamName"] = team.name
    if listed is not None and listed.duration is not None:
        values[kw.CTIOS_STATEDURATION] = listed.duration
    if is_found:
        values[RECOVERED] = True
    return arguments_over(values)


def monitoring_arguments(supervisor: Member, agent: Member, barged_in: str | None) -> Arguments:
    """Of OnStartMonitoringAgent and OnStopMonitoringAgent.

    - ``agent``: the monitored agent.
    - ``barged_in``: UniqueObjectID of the agent's call that the supervisor has joined, None without one.
    """
    values = {
        kw.CTIOS_UNIQUEOBJECTID: supervisor.unique_object_id,
        kw.CTIOS_AGENTREFERENCE: agent.unique_object_id,
        kw.CTIOS_SUPERVISORID: supervisor.agent_id,
        kw.CTIOS_SUPERVISORKEY: supervisor.unique_object_id,
        kw.CTIOS_SUPERVISORAGENTSTATE: _UNKNOWN if supervisor.state is None else supervisor.state,
    }
    if barged_in is not None:
        values[kw.CTIOS_BARGEDINCALLID] = barged_in
    return arguments_over(values)
