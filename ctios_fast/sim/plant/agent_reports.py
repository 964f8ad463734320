"""The plant's agent events: AGENT_STATE_EVENT and AGENT_TEAM_CONFIG_EVENT."""

from collections.abc import Iterator, Mapping
from typing import Final

from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.codes import NULL_SKILL_GROUP
from ctios_fast.protocol.enums import (
    AgentAvailabilityStatus,
    AgentFlags,
    AgentMode,
    AgentState,
    CallDirection,
    ConfigOperation,
    PeripheralType,
    UnsolicitedCallEventMessageMask,
)

from .agent_machine import MASK_BIT
from .entities import VOICE_MRD, MediaState, PlantAgent, Team
from .event_outlet import EventOutlet
from .plant_event import Audience, PlantEvent
from .population import Population

__all__ = ["AgentReports", "availability", "direction_of", "tasks_of"]

_MAX_TASKS: Final = 1
_MAX_TEAM_AGENTS: Final = 64
_WORK: Final = frozenset({AgentState.AGENT_STATE_WORK_READY, AgentState.AGENT_STATE_WORK_NOT_READY})


def availability(agent: PlantAgent, media: MediaState) -> AgentAvailabilityStatus:
    """AgentAvailabilityStatus in a media routing domain."""
    if media.state is not AgentState.AGENT_STATE_AVAILABLE:
        return AgentAvailabilityStatus.NOT_AVAILABLE
    if agent.routable:
        return AgentAvailabilityStatus.ICM_AVAILABLE
    return AgentAvailabilityStatus.APPLICATION_AVAILABLE


def tasks_of(agent: PlantAgent) -> int:
    """NumTasks: 1 while a call is at the agent's device or its after-call work goes on."""
    return 1 if agent.device.connections or agent.state in _WORK else 0


def direction_of(agent: PlantAgent) -> CallDirection:
    """The direction of the agent's newest call."""
    connections = agent.device.connections
    return connections[-1].direction if connections else CallDirection.NONE


class AgentReports:
    """Builds agent events and puts them into the outlet."""

    def __init__(self, population: Population, outlet: EventOutlet) -> None:
        self._population: Final = population
        self._outlet: Final = outlet

    def state(self, agent: PlantAgent, mrd: int = VOICE_MRD) -> None:
        """AGENT_STATE_EVENT for the state that the agent is in now."""
        media = agent.media[mrd]
        state = media.state
        memberships = [m for m in agent.memberships if m.group.mrd == mrd]
        first = memberships[0] if memberships else None
        several = len(memberships) > 1
        if several:
            first = next((m for m in memberships if m.state is state), first)
        fields: dict[str, int] = {
            "PeripheralID": self._population.peripheral_id,
            "SessionID": 0,
            "PeripheralType": PeripheralType.PT_ENTERPRISE_AGENT,
            "SkillGroupState": state if first is None else first.state,
            "StateDuration": 0,
            "SkillGroupNumber": NULL_SKILL_GROUP if first is None else first.group.number,
            "SkillGroupID": NULL_SKILL_GROUP if first is None else first.group.group_id,
            "SkillGroupPriority": 0 if first is None else first.priority,
            "AgentState": state,
            "EventReasonCode": media.reason,
            "MRDID": mrd,
            "NumTasks": tasks_of(agent) if mrd == VOICE_MRD else 0,
            "AgentMode": AgentMode.ROUTABLE if agent.routable else AgentMode.NOT_ROUTABLE,
            "MaxTaskLimit": _MAX_TASKS,
            "ICMAgentID": agent.skill_target_id,
            "AgentAvailabilityStatus": availability(agent, media),
            "NumFltSkillGroups": len(memberships) if several else 0,
            "DepartmentID": agent.department_id,
        }
        floating: list[tuple[str, object]] = [
            ("AgentID", agent.agent_id),
            ("AgentExtension", agent.extension),
            ("AgentInstrument", agent.instrument),
        ]
        if agent.active_terminal:
            floating.append(("ActiveTerminal", agent.active_terminal))
        if agent.next_state is not None and mrd == VOICE_MRD:
            floating.append(("NextAgentState", int(agent.next_state)))
        floating.append(("Direction", int(direction_of(agent))))
        if several:
            for m in memberships:
                floating += [
                    ("FltSkillGroupNumber", m.group.number),
                    ("FltSkillGroupID", m.group.group_id),
                    ("FltSkillGroupPriority", m.priority),
                    ("FltSkillGroupState", int(m.state)),
                ]
        floating.append(("MaxBeyondTaskLimit", 0))
        audience = Audience(
            devices=agent.device.names,
            agents=agent.names,
            teams=agent.teams,
            agent_mask=MASK_BIT.get(state, 0),
        )
        self._outlet.put(PlantEvent(messages.AGENT_STATE_EVENT, fields, tuple(floating), audience))

    def team(
        self, team: Team, operation: ConfigOperation, members: Mapping[str, int], now: int
    ) -> Iterator[PlantEvent]:
        """AGENT_TEAM_CONFIG_EVENTs for members of a team, at most 64 in each.

        ``operation``: after a first part of the permanent list, the others add to it.
        ``members``: AgentFlags by agent id.
        ``now``: whole seconds of the plant's clock.
        """
        listed = list(members.items())
        for start in range(0, max(len(listed), 1), _MAX_TEAM_AGENTS):
            part = listed[start : start + _MAX_TEAM_AGENTS]
            if start and operation is ConfigOperation.CONFIG_OPERATION_RESTORE:
                operation = ConfigOperation.CONFIG_OPERATION_ADD_AGENT
            fields = {
                "PeripheralID": self._population.peripheral_id,
                "TeamID": team.team_id,
                "NumberOfAgents": len(part),
                "ConfigOperation": int(operation),
                "DepartmentID": team.department_id,
            }
            floating: list[tuple[str, object]] = [("AgentTeamName", team.name)]
            for agent_id, flag in part:
                media = self._population.agents[agent_id].voice
                floating += [
                    ("AtcAgentID", agent_id),
                    ("AgentFlags", flag),
                    ("AtcAgentState", int(media.state)),
                    ("AtcStateDuration", now - media.since),
                ]
            audience = Audience(
                agents=tuple(agent_id for agent_id, flag in part if flag & AgentFlags.SUPERVISOR),
                teams=(team.team_id,),
                call_mask=UnsolicitedCallEventMessageMask.AGENT_TEAM_CONFIG_MASK,
            )
            yield PlantEvent(messages.AGENT_TEAM_CONFIG_EVENT, fields, tuple(floating), audience)
