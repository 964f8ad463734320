"""Changes of the configuration while the plant runs: agents, skill groups, services, devices and teams.

Each operation checks first. It then changes the population, publishes the plant's events (AGENT_TEAM_CONFIG,
AGENT_STATE) and reports what has changed as ``ConfigChange``s, from which a server makes its updates.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, NamedTuple, TypeVar

from ctios_fast.protocol.enums import (
    AgentState,
    ConfigMsgMask,
    ConfigOperation,
    ConfigRecordType,
    DeviceIDType,
)

from .desk import AgentDesk
from .entities import (
    DeskSettings,
    Device,
    MediaState,
    Membership,
    PlantAgent,
    Queue,
    Service,
    SkillGroup,
    Team,
)
from .floor import Floor
from .plant_error import PlantError
from .population import MAX_AGENTS, join
from .wire_limits import first_fault, text_fault

__all__ = ["ConfigChange", "Configuring"]

_FIRST_FREE_ID: Final = 1_000_000
"""The first skill target id that is given to what was added without one."""

_MAX_GROUPS_OF_AGENT: Final = 100
_MAX_GROUPS_OF_SERVICE: Final = 10

_ADD: Final = ConfigRecordType.CONFIG_RECORD_ADD
_CHANGE: Final = ConfigRecordType.CONFIG_RECORD_CHANGE
_DELETE: Final = ConfigRecordType.CONFIG_RECORD_DELETE

K = TypeVar("K")
V = TypeVar("V")


class ConfigChange(NamedTuple):
    """One record of the configuration that has changed.

    ``item``: the kind of the record.
    ``record``: added, changed or deleted.
    ``subject``: the agent, skill group, service or device, as it is now or was when it was deleted.
    """

    item: ConfigMsgMask
    record: ConfigRecordType
    subject: PlantAgent | SkillGroup | Service | Device


Listener = Callable[[tuple[ConfigChange, ...]], object]


class Configuring:
    """The operations of an administrator.

    Every operation raises PlantError for a name or a number that is unknown, in use or more than the protocol
    can carry, and for what calls in progress or a logged-in agent do not permit. It raises TypeError for a
    value of another type. Then nothing has changed.
    """

    def __init__(self, floor: Floor, desk: AgentDesk) -> None:
        self._floor: Final = floor
        self._population: Final = floor.population
        self._desk: Final = desk
        self._listeners: tuple[Listener, ...] = ()  # of subscribe
        self._changes: dict[tuple[ConfigMsgMask, int], ConfigChange] = {}  # of the operation that runs
        self._next_id = _FIRST_FREE_ID  # the next skill target id to try

    def subscribe(self, listener: Listener) -> None:
        """Call ``listener`` with the changes of each operation. Its errors are logged and counted."""
        self._listeners = (*self._listeners, listener)

    @contextmanager
    def _operation(self) -> Iterator[None]:
        """Hold events and changes until the operation is complete."""
        try:
            with self._floor.outlet:
                yield
            changes = tuple(self._changes.values())
        finally:
            self._changes.clear()
        if changes:
            for listener in self._listeners:
                self._floor.outlet.call(listener, changes)

    def _note(
        self,
        item: ConfigMsgMask,
        record: ConfigRecordType,
        subject: PlantAgent | SkillGroup | Service | Device,
    ) -> None:
        """Note a change; what is added or deleted in the same operation gets no second record."""
        key = (item, id(subject))
        if record is not _CHANGE or key not in self._changes:
            self._changes[key] = ConfigChange(item, record, subject)

    # --- agents -------------------------------------------------------------------------------------

    def add_agent(
        self,
        agent_id: str,
        extension: str,
        *,
        first_name: str = "",
        last_name: str = "",
        login_name: str = "",
        groups: Iterable[int] = (),
        desk: DeskSettings | None = None,
    ) -> PlantAgent:
        """Add an agent, logged out, with a device whose instrument is the extension.

        ``groups``: numbers of its skill groups.
        ``login_name``: "agent" and the id if it is empty.
        """
        population = self._population
        joined = list(dict.fromkeys(map(self._group, groups)))
        _check_limit("skill groups of an agent", len(joined), _MAX_GROUPS_OF_AGENT)
        _check_limit("agents", len(population.agents) + 1, MAX_AGENTS)
        device = Device(extension, extension, DeviceIDType.DEVID_AGENT_DEVICE)
        agent = PlantAgent(
            agent_id,
            extension,
            extension,
            self._free_id(),
            device,
            first_name=first_name,
            last_name=last_name,
            login_name=login_name or f"agent{agent_id}",
            media={group.mrd: MediaState() for group in joined},
            desk=desk or DeskSettings(),
        )
        _check(population.agent_fault(agent))
        with self._operation():
            population.add_agent(agent)
            for group in joined:
                join(agent, group)
            self._note(ConfigMsgMask.AGENT_INFORMATION, _ADD, agent)
            self._note(ConfigMsgMask.DEVICE_INFORMATION, _ADD, device)
        return agent

    def remove_agent(self, agent: PlantAgent) -> None:
        """Remove an agent that is logged out and has no call, with its device, from its groups and teams."""
        self._require_agent(agent)
        _require_logged_out(agent)
        with self._operation():
            for team in [self._population.teams[team_id] for team_id in agent.teams]:
                self._take_from_team(team, agent)
            for member in tuple(agent.memberships):
                self._take_from_group(member)
            self._population.remove_agent(agent)
            self._note(ConfigMsgMask.AGENT_INFORMATION, _DELETE, agent)
            self._note(ConfigMsgMask.DEVICE_INFORMATION, _DELETE, agent.device)

    def rename_agent(
        self,
        agent: PlantAgent,
        *,
        first_name: str | None = None,
        last_name: str | None = None,
        login_name: str | None = None,
    ) -> None:
        """Change names of an agent; None leaves a name as it is."""
        self._require_agent(agent)
        first_name = agent.first_name if first_name is None else first_name
        last_name = agent.last_name if last_name is None else last_name
        login_name = agent.login_name if login_name is None else login_name
        _check(self._population.names_fault(first_name, last_name, login_name))
        with self._operation():
            agent.first_name, agent.last_name, agent.login_name = first_name, last_name, login_name
            self._note(ConfigMsgMask.AGENT_INFORMATION, _CHANGE, agent)

    # --- skill groups -------------------------------------------------------------------------------

    def add_skill_group(self, number: int, name: str, *, group_id: int = 0, queue: str = "") -> SkillGroup:
        """Add a skill group without agents.

        ``group_id``: its skill target id; 0: one that is free.
        ``queue``: the number of a queue device for it; "": none.
        """
        population = self._population
        group = SkillGroup(number, group_id or self._free_id(), name)
        _check(population.skill_group_fault(group))
        device = Device(queue, queue, DeviceIDType.DEVID_QUEUE) if queue else None
        if device is not None:
            _check(population.device_fault(device), population.number_in_use(queue))
        with self._operation():
            population.add_skill_group(group)
            self._note(ConfigMsgMask.SKILL_GROUP_INFORMATION, _ADD, group)
            if device is not None:
                population.add_queue(Queue(device, group))
                self._note(ConfigMsgMask.DEVICE_INFORMATION, _ADD, device)
        return group

    def remove_skill_group(self, number: int) -> None:
        """Remove a skill group with its queues. Its agents leave it; none of them may have a call."""
        group = self._group(number)
        if any(queue.device.connections for queue in group.queues):
            raise PlantError(f"calls wait in the queue of skill group {number}: let them end first")
        for member in group.members:
            _require_no_call(member.agent)
        with self._operation():
            for member in tuple(group.members):
                self._take_from_group(member)
            for queue in group.queues:
                self._population.remove_queue(queue)
                self._note(ConfigMsgMask.DEVICE_INFORMATION, _DELETE, queue.device)
            for service in self._population.services.values():
                if number in service.members:
                    service.members = tuple(n for n in service.members if n != number)
                    self._note(ConfigMsgMask.SERVICE_INFORMATION, _CHANGE, service)
            self._population.remove_skill_group(group)
            self._note(ConfigMsgMask.SKILL_GROUP_INFORMATION, _DELETE, group)

    def rename_skill_group(self, number: int, name: str) -> None:
        """Change the name of a skill group."""
        group = self._group(number)
        _check(text_fault("skill group name", name, 1))
        with self._operation():
            group.name = name
            self._note(ConfigMsgMask.SKILL_GROUP_INFORMATION, _CHANGE, group)

    def join_group(self, agent: PlantAgent, number: int) -> None:
        """Put an agent into a skill group. Its state there is the one that it has."""
        self._require_agent(agent)
        group = self._group(number)
        if agent.membership(group) is not None:
            raise PlantError(f"agent {agent.agent_id} is in skill group {number} already")
        _check_limit("skill groups of an agent", len(agent.memberships) + 1, _MAX_GROUPS_OF_AGENT)
        if group.mrd not in agent.media:
            raise PlantError(f"agent {agent.agent_id} is not in media routing domain {group.mrd}")
        _require_no_call(agent)
        with self._operation():
            join(agent, group).enter(agent.media[group.mrd].state, self._floor.now())
            self._note(ConfigMsgMask.AGENT_INFORMATION, _CHANGE, agent)
            self._desk.groups_changed(agent)

    def leave_group(self, agent: PlantAgent, number: int) -> None:
        """Take an agent that has no call out of a skill group, which keeps the agent's figures."""
        self._require_agent(agent)
        group = self._group(number)
        member = agent.membership(group)
        if member is None:
            raise PlantError(f"agent {agent.agent_id} is not in skill group {number}")
        _require_no_call(agent)
        with self._operation():
            self._take_from_group(member)

    def _take_from_group(self, member: Membership) -> None:
        agent, group = member.agent, member.group
        member.enter(AgentState.AGENT_STATE_LOGOUT, self._floor.now())
        agent.memberships.remove(member)
        group.members.remove(member)
        group.available.pop(agent, None)
        self._note(ConfigMsgMask.AGENT_INFORMATION, _CHANGE, agent)
        self._desk.groups_changed(agent)

    # --- services and devices -------------------------------------------------------------------------

    def add_service(
        self, number: int, name: str, *, service_id: int = 0, groups: Iterable[int] = ()
    ) -> Service:
        """Add a service.

        ``service_id``: its skill target id; 0: one that is free.
        ``groups``: numbers of its skill groups.
        """
        members = tuple(dict.fromkeys(self._group(group).number for group in groups))
        _check_limit("skill groups of a service", len(members), _MAX_GROUPS_OF_SERVICE)
        service = Service(number, service_id or self._free_id(), name, members=members)
        _check(self._population.service_fault(service))
        with self._operation():
            self._population.add_service(service)
            self._note(ConfigMsgMask.SERVICE_INFORMATION, _ADD, service)
        return service

    def remove_service(self, number: int) -> None:
        """Remove a service; queues that used it have none from then on."""
        service = _find("service", number, self._population.services)
        with self._operation():
            for queue in self._population.queues.values():
                if queue.service is service:
                    queue.service = None
                    self._note(ConfigMsgMask.DEVICE_INFORMATION, _CHANGE, queue.device)
            self._population.remove_service(service)
            self._note(ConfigMsgMask.SERVICE_INFORMATION, _DELETE, service)

    def add_device(self, device_id: str) -> Device:
        """Add a route point: a device without an agent and without a queue."""
        device = Device(device_id, device_id, DeviceIDType.DEVID_ROUTE_POINT)
        _check(self._population.device_fault(device), self._population.number_in_use(device_id))
        with self._operation():
            self._population.add_device(device)
            self._note(ConfigMsgMask.DEVICE_INFORMATION, _ADD, device)
        return device

    def remove_device(self, device_id: str) -> None:
        """Remove a device that is neither an agent's nor a queue and has no call."""
        device = _find("device", device_id, self._population.devices)
        if device.agent is not None:
            raise PlantError(f"device {device_id!r} is agent {device.agent.agent_id}'s: remove the agent")
        if device_id in self._population.queues:
            raise PlantError(f"device {device_id!r} is a queue: remove its skill group")
        with self._operation():
            self._population.remove_device(device)
            self._note(ConfigMsgMask.DEVICE_INFORMATION, _DELETE, device)

    # --- teams --------------------------------------------------------------------------------------

    def add_team(self, team_id: int, name: str) -> Team:
        """Add a team without members. Clients get no event until it has a member."""
        team = Team(team_id, name)
        _check(self._population.team_fault(team))
        self._population.add_team(team)
        return team

    def join_team(
        self, team_id: int, agent: PlantAgent, *, supervisor: bool = False, temporary: bool = False
    ) -> None:
        """Put an agent into a team.

        ``supervisor``: as a supervisor; the first one of a team is its primary supervisor.
        ``temporary``: as a temporary agent, until ``restore_team``.
        """
        self._require_agent(agent)
        team = self._team(team_id)
        if agent.agent_id in team.flags:
            raise PlantError(f"agent {agent.agent_id} is in team {team_id} already")
        if supervisor and temporary:
            raise PlantError("a temporary member of a team is not a supervisor: give one of the two")
        with self._operation():
            (team.supervisors if supervisor else team.agents).append(agent.agent_id)
            if temporary:
                team.temporary.add(agent.agent_id)
            agent.teams = (*agent.teams, team_id)
            flags = team.flags[agent.agent_id]
            self._report_team(team, ConfigOperation.CONFIG_OPERATION_ADD_AGENT, {agent.agent_id: flags})
            if supervisor and not agent.supervisor:
                agent.supervisor = True
                self._note(ConfigMsgMask.AGENT_INFORMATION, _CHANGE, agent)

    def leave_team(self, team_id: int, agent: PlantAgent) -> None:
        """Take an agent or a supervisor out of a team.

        A supervisor stays one (AgentType, the right to open a supervisor's session) even without a team, as
        the agent's own record says so. What it may do depends on its teams.
        """
        self._require_agent(agent)
        team = self._team(team_id)
        if agent.agent_id not in team.flags:
            raise PlantError(f"agent {agent.agent_id} is not in team {team_id}")
        with self._operation():
            self._take_from_team(team, agent)

    def restore_team(self, team_id: int) -> None:
        """Remove the temporary members of a team and report the permanent list (ConfigOperation 0)."""
        team = self._team(team_id)
        with self._operation():
            for agent_id in sorted(team.temporary):
                self._drop_member(team, self._population.agents[agent_id])
            self._report_team(team, ConfigOperation.CONFIG_OPERATION_RESTORE, team.flags)

    def _take_from_team(self, team: Team, agent: PlantAgent) -> None:
        flags = team.flags[agent.agent_id]
        self._drop_member(team, agent)
        self._report_team(team, ConfigOperation.CONFIG_OPERATION_REMOVE_AGENT, {agent.agent_id: flags})

    @staticmethod
    def _drop_member(team: Team, agent: PlantAgent) -> None:
        for members in (team.supervisors, team.agents):
            if agent.agent_id in members:
                members.remove(agent.agent_id)
        team.temporary.discard(agent.agent_id)
        agent.teams = tuple(team_id for team_id in agent.teams if team_id != team.team_id)

    def _report_team(self, team: Team, operation: ConfigOperation, members: Mapping[str, int]) -> None:
        floor = self._floor
        for event in floor.agent_report.team(team, operation, members, floor.now()):
            floor.outlet.put(event, always=True)

    # --- look-ups and checks --------------------------------------------------------------------------

    def _group(self, number: int) -> SkillGroup:
        return _find("skill group", number, self._population.skill_groups)

    def _team(self, team_id: int) -> Team:
        return _find("team", team_id, self._population.teams)

    def _require_agent(self, agent: PlantAgent) -> None:
        if self._population.agents.get(agent.agent_id) is not agent:
            raise PlantError(f"agent {agent.agent_id} was removed")

    def _free_id(self) -> int:
        while self._population.target_fault(self._next_id):
            self._next_id += 1
        return self._next_id


def _find(what: str, key: K, known: Mapping[K, V]) -> V:
    found = known.get(key)
    if found is None:
        raise PlantError(f"there is no {what} {key!r}")
    return found


def _check(*faults: str) -> None:
    fault = first_fault(*faults)
    if fault:
        raise PlantError(fault)


def _check_limit(what: str, count: int, max_count: int) -> None:
    if count > max_count:
        raise PlantError(f"there are at most {max_count} {what}, not {count}")


def _require_logged_out(agent: PlantAgent) -> None:
    if any(media.state is not AgentState.AGENT_STATE_LOGOUT for media in agent.media.values()):
        raise PlantError(f"agent {agent.agent_id} is logged in: log it out first")
    if agent.device.connections:
        raise PlantError(f"device {agent.instrument} of agent {agent.agent_id} has a call: let it end first")


def _require_no_call(agent: PlantAgent) -> None:
    """A call and its after-call work count in one of the agent's present groups."""
    if agent.device.connections or agent.records:
        raise PlantError(f"agent {agent.agent_id} has a call or after-call work: let it end first")
