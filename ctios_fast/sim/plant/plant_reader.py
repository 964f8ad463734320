"""What a plant reports on request: snapshots, statistics, and the events that bring a client up to date."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final

from ctios_fast.protocol.codes import NULL_ID
from ctios_fast.protocol.enums import (
    AgentState,
    CallDirection,
    CallType,
    ConfigOperation,
    ControlFailureCode,
    EventCause,
    LocalConnectionState,
)

from .agent_reports import direction_of
from .call_reports import is_silent_monitor
from .desk import AgentDesk
from .entities import Call, Connection, PlantAgent, SkillGroup
from .floor import Floor
from .plant_error import ControlRefusal
from .plant_event import PlantEvent
from .tallies import FIGURES, INDEX, AgentTallies

__all__ = ["PlantReader"]

_NULL: Final = LocalConnectionState.LCS_NULL
_QUEUE_FIGURES: Final = frozenset({"CallsQ", "CallsQTime"})
_NOT_OF_GROUPS: Final = frozenset({"InternalCalls", "InternalCallsTime", "ICMAvailableTime", "RoutableTime"})
_AGENT_FIGURES: Final = tuple(name for name in FIGURES if name not in _QUEUE_FIGURES)
_GROUP_FIGURES: Final = tuple(
    name for name in FIGURES if name not in _QUEUE_FIGURES and name not in _NOT_OF_GROUPS
)
_NOW_BY_STATE: Final = {
    AgentState.AGENT_STATE_AVAILABLE: "AgentsAvail",
    AgentState.AGENT_STATE_LOGIN: "AgentsNotReady",
    AgentState.AGENT_STATE_NOT_READY: "AgentsNotReady",
    AgentState.AGENT_STATE_WORK_NOT_READY: "AgentsWorkNotReady",
    AgentState.AGENT_STATE_WORK_READY: "AgentsWorkReady",
    AgentState.AGENT_STATE_BUSY_OTHER: "AgentsBusyOther",
    AgentState.AGENT_STATE_RESERVED: "AgentsReserved",
    AgentState.AGENT_STATE_HOLD: "AgentsHold",
    # states of other media than voice
    AgentState.AGENT_STATE_ACTIVE: "AgentsBusyOther",
    AgentState.AGENT_STATE_PAUSED: "AgentsBusyOther",
    AgentState.AGENT_STATE_INTERRUPTED: "AgentsBusyOther",
    AgentState.AGENT_STATE_NOT_ACTIVE: "AgentsBusyOther",
    AgentState.AGENT_STATE_UNKNOWN: "AgentsBusyOther",
}
_NOW: Final = (
    "AgentsLoggedOn",
    "AgentsAvail",
    "AgentsNotReady",
    "AgentsReady",
    "AgentsTalkingIn",
    "AgentsTalkingOut",
    "AgentsTalkingOther",
    "AgentsWorkNotReady",
    "AgentsWorkReady",
    "AgentsBusyOther",
    "AgentsReserved",
    "AgentsHold",
    "AgentsICMAvailable",
    "AgentsApplicationAvailable",
    "AgentsTalkingAutoOut",
    "AgentsTalkingPreview",
    "AgentsTalkingReservation",
)
_QUEUE_SPANS: Final = {"To5": "5", "ToHalf": "Half", "Today": "Today"}
"""Span -> what the names of the queue's figures end with."""

_TALKING_BY_TYPE: Final = {
    CallType.CALLTYPE_AUTO_OUT: "AgentsTalkingAutoOut",
    CallType.CALLTYPE_PREVIEW: "AgentsTalkingPreview",
    CallType.CALLTYPE_RESERVATION: "AgentsTalkingReservation",
    CallType.CALLTYPE_OUT: "AgentsTalkingOut",
    CallType.CALLTYPE_AGENT_OUT: "AgentsTalkingOut",
}


class PlantReader:
    """Reads the plant; changes nothing except that the time in present states is added to the figures."""

    def __init__(self, floor: Floor, desk: AgentDesk) -> None:
        self._floor: Final = floor
        self._desk: Final = desk

    # --- calls --------------------------------------------------------------------------------------

    def call(self, call_id: int, connection_id: str | None = None) -> Call:
        """The call with this ConnectionCallID; with shared ids, the one that has the connection.

        Raises ControlRefusal CF_INVALID_CSTA_CALL_IDENTIFIER.
        """
        if connection_id is not None:
            connection = self._floor.identity.connections.get((call_id, connection_id))
            if connection is not None:
                return connection.call
        else:
            found = next((call for call in self._floor.calls if call.call_id == call_id), None)
            if found is not None:
                return found
        raise ControlRefusal(
            ControlFailureCode.CF_INVALID_CSTA_CALL_IDENTIFIER, f"there is no call {call_id} in progress"
        )

    def snapshot_device(self, device_id: str) -> list[Connection]:
        """The connections at a device. Raises ControlRefusal CF_INVALID_CSTA_DEVICE_IDENTIFIER."""
        device = self._floor.population.devices.get(device_id)
        if device is None:
            raise ControlRefusal(
                ControlFailureCode.CF_INVALID_CSTA_DEVICE_IDENTIFIER,
                f"there is no device {device_id!r}",
            )
        return list(device.connections)

    def snapshot_call(self, call_id: int, connection_id: str | None = None) -> list[Connection]:
        """The connections of a call. Raises as ``call`` does."""
        return [c for c in self.call(call_id, connection_id).connections if c.state is not _NULL]

    @staticmethod
    def silent_monitor_status(connection: Connection) -> int:
        """SilentMonitorStatus: 1 for a supervisor's monitoring call, 2 for the call it listens to, else 0."""
        if is_silent_monitor(connection.call):
            return 1
        by = connection.supervised_by
        return 2 if by is not None and is_silent_monitor(by.call) else 0

    def begin_call_events(self, device_id: str) -> list[PlantEvent]:
        """BEGIN_CALL_EVENTs of the calls in progress at a device."""
        return [self._floor.report.begin_event(c) for c in self.snapshot_device(device_id)]

    def rebuild_events(self) -> Iterator[PlantEvent]:
        """One event with cause 50 for each connection: CALL_DELIVERED_EVENT, _ESTABLISHED_ or _QUEUED_.

        They let All Events clients rebuild the calls after a graceful shutdown.
        """
        for call in self._floor.calls:
            for connection in call.connections:
                event = self._floor.report.state_event(connection, EventCause.CEC_CALL_PARTY_UPDATE_IND)
                if event is not None:
                    yield event

    def team_config_events(self, team_id: int) -> list[PlantEvent]:
        """AGENT_TEAM_CONFIG_EVENTs that list a team. Raises KeyError if there is no such team.

        They add the members: CTI OS applications take any other ConfigOperation for a removal.
        """
        floor = self._floor
        team = floor.population.teams[team_id]
        operation = ConfigOperation.CONFIG_OPERATION_ADD_AGENT
        return list(floor.agent_report.team(team, operation, team.flags, floor.now()))

    # --- the control command's snapshot -------------------------------------------------------------

    def snapshot(self) -> dict[str, Any]:
        """One consistent moment of the plant, in the JSON form of the control command."""
        population = self._floor.population
        return {
            "agents": [_agent_json(agent) for agent in population.agents.values()],
            "calls": [_call_json(call) for call in self._floor.calls],
            "skill_groups": [
                {
                    "number": group.number,
                    "id": group.group_id,
                    "statistics": self.skill_group_statistics(group),
                }
                for group in population.skill_groups.values()
            ],
        }

    # --- statistics ---------------------------------------------------------------------------------

    def agent_statistics(self, agent: PlantAgent) -> dict[str, int]:
        """The figures of QUERY_AGENT_STATISTICS_CONF by their wire names, and the times in other states.

        LoggedOnTime is the sum of AvailTime, NotReadyTime and the times that the message lacks: TalkingTime,
        HoldTime, ReservedTime, WorkReadyTime, WorkNotReadyTime, BusyOtherTime.
        """
        now = self._floor.now()
        self._desk.settle(agent, now)
        figures: dict[str, int] = {}
        tallies = agent.tallies or AgentTallies()
        for span in tallies.spans:
            counts = span.counted(now)
            for name in _AGENT_FIGURES:
                figures[name + span.name] = counts[INDEX[name]]
        return figures

    def skill_group_statistics(self, group: SkillGroup) -> dict[str, int]:
        """The figures of QUERY_SKILL_GROUP_STATISTICS_CONF by their wire names, and times in other states.

        Each is the sum over the group's present and former members, except those of its queues. The router's
        own queue is not part of the plant: RouterCallsQNow and LongestRouterCallQNow are unknown.
        """
        now = self._floor.now()
        group.presence.settle(now)
        figures = self._agents_now(group)
        figures |= self._queue_now(group, now)
        for span in group.tallies.spans:
            counts = span.counted(now)
            for name in _GROUP_FIGURES:
                figures[name + span.name] = counts[INDEX[name]]
            queue_span = _QUEUE_SPANS[span.name]
            figures[f"CallsQ{queue_span}"] = counts[INDEX["CallsQ"]]
            figures[f"CallsQTime{queue_span}"] = counts[INDEX["CallsQTime"]]
            figures[f"LongestCallQ{queue_span}"] = span.longest if counts[INDEX["CallsQ"]] else 0
        return figures

    @staticmethod
    def _agents_now(group: SkillGroup) -> dict[str, int]:
        presence = group.presence
        figures = dict.fromkeys(_NOW, 0)
        figures["AgentsLoggedOn"] = presence.total
        for state, name in _NOW_BY_STATE.items():
            figures[name] += presence.count(state)
        for member in presence.talking:
            figures[_talking(member.agent)] += 1
        figures["AgentsICMAvailable"] = presence.count(AgentState.AGENT_STATE_AVAILABLE, True)
        figures["AgentsApplicationAvailable"] = presence.count(AgentState.AGENT_STATE_AVAILABLE, False)
        figures["AgentsReady"] = figures["AgentsLoggedOn"] - figures["AgentsNotReady"]
        return figures

    @staticmethod
    def _queue_now(group: SkillGroup, now: int) -> dict[str, int]:
        waits = [now - c.created_at for c in chain.from_iterable(q.waiting for q in group.queues)]
        return {
            "RouterCallsQNow": NULL_ID,
            "LongestRouterCallQNow": NULL_ID,
            "CallsQNow": len(waits),
            "CallsQTimeNow": sum(waits),
            "LongestCallQNow": max(waits, default=0),
        }


def _talking(agent: PlantAgent) -> str:
    connections = agent.device.connections
    by_type = _TALKING_BY_TYPE.get(connections[-1].call.call_type) if connections else None
    if by_type is not None:
        return by_type
    if direction_of(agent) is CallDirection.IN and any(c.handled for c in connections):
        return "AgentsTalkingIn"
    return "AgentsTalkingOther"


def _agent_json(agent: PlantAgent) -> dict[str, Any]:
    return {
        "id": agent.agent_id,
        "instrument": agent.instrument,
        "extension": agent.extension,
        "state": _state_name(agent.state),
        "reason": agent.reason,
        "states_by_mrd": {str(mrd): _state_name(media.state) for mrd, media in agent.media.items()},
        "teams": list(agent.teams),
        "skill_groups": [member.group.number for member in agent.memberships],
    }


def _call_json(call: Call) -> dict[str, Any]:
    key = call.router_key
    return {
        "id": call.call_id,
        "type": call.call_type.name.removeprefix("CALLTYPE_"),
        "variables": dict(call.context.variables),
        "ecc": dict(call.context.ecc) | _arrays_json(call.context.arrays.items()),
        "router_call_key": None if key is None else list(key),
        "parties": [
            {
                "device": c.device.device_id,
                "connection": c.connection_id,
                "state": c.state.name.removeprefix("LCS_"),
                "agent": None if c.agent is None else c.agent.agent_id,
            }
            for c in call.connections
            if c.state is not _NULL
        ],
    }


def _arrays_json(arrays: Iterable[tuple[str, dict[int, str]]]) -> dict[str, str]:
    return {f"{name}[{index}]": value for name, values in arrays for index, value in values.items()}


def _state_name(state: AgentState) -> str:
    return state.name.removeprefix("AGENT_STATE_")
