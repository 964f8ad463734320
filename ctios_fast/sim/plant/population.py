"""Population: which agents, teams, skill groups, services, queues, dialled numbers and trunks a plant has.

It is built once. Then it changes by what happens in the plant (states, calls at devices), and ``Configuring``
changes what is in it.
"""

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from typing import Final, TypeVar

from ctios_fast.protocol.enums import DeviceIDType

from .entities import (
    VOICE_MRD,
    CallTypeEntry,
    DeskSettings,
    Device,
    DialedNumber,
    MediaState,
    Membership,
    PlantAgent,
    Queue,
    Service,
    SkillGroup,
    Team,
    Terminal,
    TrunkGroup,
)
from .wire_limits import (
    MAX_ID,
    MAX_PERIPHERAL_ID,
    MAX_UINT,
    MAX_USHORT,
    first_fault,
    number_fault,
    text_fault,
)

__all__ = ["MAX_AGENTS", "ContradictingAgent", "Population", "UnknownAgent"]

MAX_AGENTS: Final = 100_000
"""Agents of a plant. Plant and server keep data for each."""

_FIRST_SKILL_TARGET: Final = 5000
_FIRST_GROUP_ID: Final = 100
_MAX_WRAPUP_MODE: Final = 3

K = TypeVar("K")


class UnknownAgent(LookupError):
    """No agent of the plant has this ID, extension, instrument or skill target id."""


class ContradictingAgent(LookupError):
    """ID, extension and instrument belong to different agents."""


class Population:
    """Everything that a plant has, by its identifiers.

    Agents, skill groups and services share one range of skill target ids.

    Raises ValueError when two agents, devices, groups, services or teams have the same identifier, for a text
    or a number that the protocol cannot carry, and where an agent and a team do not name each other. Raises
    TypeError for a text or a number of another type.
    """

    def __init__(
        self,
        agents: Iterable[PlantAgent] = (),
        *,
        peripheral_id: int = 5000,
        skill_groups: Iterable[SkillGroup] = (),
        services: Iterable[Service] = (),
        queues: Iterable[Queue] = (),
        teams: Iterable[Team] = (),
        dialed_numbers: Iterable[DialedNumber] = (),
        trunk_groups: Iterable[TrunkGroup] = (),
        call_types: Iterable[CallTypeEntry] = (),
        terminals: Iterable[Terminal] = (),
    ) -> None:
        _check(number_fault("PeripheralID", peripheral_id, 0, MAX_PERIPHERAL_ID))
        self.peripheral_id: Final = peripheral_id
        self.agents: Final[dict[str, PlantAgent]] = {}
        self.devices: Final[dict[str, Device]] = {}
        self.skill_groups: Final[dict[int, SkillGroup]] = {}
        self.services: Final[dict[int, Service]] = {}
        self.queues: Final[dict[str, Queue]] = {}
        self.teams: Final[dict[int, Team]] = {}
        self.dialed_numbers: Final = {number.number: number for number in dialed_numbers}
        self.trunk_groups: Final = {group.number: group for group in trunk_groups} or {1: TrunkGroup(1)}
        self.call_types: Final = tuple(call_types)
        self.terminals: Final = tuple(terminals)
        self._desk_numbers: dict[tuple[object, ...], int] = {}  # of different desk settings, from 1
        self._by_extension: dict[str, PlantAgent] = {}
        self._by_skill_target: dict[int, PlantAgent | SkillGroup | Service] = {}
        for group in skill_groups:
            self.add_skill_group(group)
        for service in services:
            self.add_service(service)
        for queue in queues:
            self.add_queue(queue)
        for agent in agents:
            self.add_agent(agent)
        for team in teams:
            self.add_team(team)
        self._check_rest()

    # --- checks -------------------------------------------------------------------------------------

    def agent_fault(self, agent: PlantAgent) -> str:
        """Return why an agent cannot be added with its device, "" if it can."""
        return first_fault(
            text_fault("agent id", agent.agent_id, 1),
            text_fault("extension", agent.extension, 1),
            text_fault("instrument", agent.instrument, 1),
            self.names_fault(agent.first_name, agent.last_name, agent.login_name),
            text_fault("active terminal", agent.active_terminal),
            self._new_fault("agent", agent.agent_id, self.agents),
            self.device_fault(agent.device),
            self._extension_fault(agent.extension),
            self.target_fault(agent.skill_target_id),
            number_fault("DepartmentID", agent.department_id, -MAX_ID, MAX_ID),
            *(number_fault("id of an enabled service", service, 0, MAX_UINT) for service in agent.services),
            *(number_fault("media routing domain", mrd, 0, MAX_UINT) for mrd in agent.media),
            *(
                number_fault("priority in a skill group", m.priority, 0, MAX_USHORT)
                for m in agent.memberships
            ),
            _desk_fault(agent.desk),
        )

    @staticmethod
    def names_fault(first_name: str, last_name: str, login_name: str) -> str:
        """Return why an agent cannot have these names, "" if it can."""
        return first_fault(
            text_fault("first name", first_name),
            text_fault("last name", last_name),
            text_fault("login name", login_name),
        )

    def device_fault(self, device: Device) -> str:
        """Return why a device cannot be added, "" if it can."""
        return first_fault(
            text_fault("device id", device.device_id, 1),
            text_fault("device number", device.number, 1),
            self._new_fault("device", device.device_id, self.devices),
        )

    def number_in_use(self, number: str) -> str:
        """Return that a device other than an agent's cannot have a number, "" if it can."""
        if self.agent_at(number) is not None:
            return f"{number!r} is an extension: give another number"
        return ""

    def skill_group_fault(self, group: SkillGroup) -> str:
        """Return why a skill group cannot be added, "" if it can."""
        return first_fault(
            number_fault("number of a skill group", group.number),
            text_fault("skill group name", group.name, 1),
            text_fault("skill group description", group.description),
            number_fault("media routing domain", group.mrd, 0, MAX_UINT),
            self._new_fault("skill group", group.number, self.skill_groups),
            self.target_fault(group.group_id),
        )

    def service_fault(self, service: Service) -> str:
        """Return why a service cannot be added, "" if it can."""
        return first_fault(
            number_fault("number of a service", service.number),
            text_fault("service name", service.name, 1),
            text_fault("service extension", service.extension),
            *(number_fault("number of a skill group", number) for number in service.members),
            self._new_fault("service", service.number, self.services),
            self.target_fault(service.service_id),
        )

    def team_fault(self, team: Team) -> str:
        """Return why a team cannot be added with its members, "" if it can."""
        return first_fault(
            number_fault("number of a team", team.team_id),
            text_fault("team name", team.name, 1),
            number_fault("DepartmentID", team.department_id, -MAX_ID, MAX_ID),
            self._new_fault("team", team.team_id, self.teams),
            self._members_fault(team),
        )

    def _members_fault(self, team: Team) -> str:
        named = Counter((*team.supervisors, *team.agents))
        for agent_id, count in named.items():
            if count > 1:
                return (
                    f"team {team.team_id} names {agent_id!r} {count} times among its supervisors and agents: "
                    "name each member once"
                )
            if agent_id not in self.agents:
                return f"team {team.team_id} has the member {agent_id!r}, who is not an agent: add one"
        for agent_id in team.temporary:
            if agent_id not in team.agents:
                return f"team {team.team_id} has the temporary member {agent_id!r}: add it to its agents"
        return ""

    def target_fault(self, skill_target_id: int) -> str:
        """Return why a skill target id cannot be given to an agent, group or service, "" if it can."""
        fault = number_fault("skill target id", skill_target_id)
        if not fault and skill_target_id in self._by_skill_target:
            return f"the skill target id {skill_target_id} is in use: give another"
        return fault

    def _extension_fault(self, extension: str) -> str:
        return f"the extension {extension!r} is in use: give another" if self.agent_at(extension) else ""

    @staticmethod
    def _new_fault(what: str, key: K, known: Container[K]) -> str:
        return f"{what} {key!r} exists already: give another" if key in known else ""

    def _check_rest(self) -> None:
        """Check what cannot change while the plant runs. Raises ValueError."""
        members = {team_id: team.flags.keys() for team_id, team in self.teams.items()}
        for agent in self.agents.values():
            for team_id in agent.teams:
                if agent.agent_id not in members.get(team_id, ()):
                    raise ValueError(
                        f"agent {agent.agent_id} is in team {team_id}, which does not have it: "
                        "give the team with the agent among its members"
                    )
        for number in self.dialed_numbers.values():
            _check(text_fault("DNIS", number.number, 1), text_fault("device id", number.target, 1))
        for group in self.trunk_groups.values():
            _check(number_fault("number of a trunk group", group.number, 0, MAX_UINT))
        for call_type in self.call_types:
            _check(
                number_fault("id of a call type", call_type.call_type_id),
                text_fault("call type name", call_type.name, 1),
                text_fault("call type description", call_type.description),
            )
        for terminal in self.terminals:
            _check(
                text_fault("terminal name", terminal.device_name, 1),
                text_fault("terminal type", terminal.type_name),
                number_fault("TerminalType", terminal.terminal_type, 0, MAX_USHORT),
                *(text_fault("instrument", instrument, 1) for instrument in terminal.instruments),
            )

    # --- changes ------------------------------------------------------------------------------------

    def add_skill_group(self, group: SkillGroup) -> None:
        """Add a skill group. Raises ValueError for the reason that ``skill_group_fault`` gives."""
        _check(self.skill_group_fault(group))
        self.skill_groups[group.number] = group
        self._by_skill_target[group.group_id] = group

    def remove_skill_group(self, group: SkillGroup) -> None:
        """Remove a skill group."""
        del self.skill_groups[group.number]
        del self._by_skill_target[group.group_id]

    def add_service(self, service: Service) -> None:
        """Add a service. Raises ValueError for the reason that ``service_fault`` gives."""
        _check(self.service_fault(service))
        self.services[service.number] = service
        self._by_skill_target[service.service_id] = service

    def remove_service(self, service: Service) -> None:
        """Remove a service."""
        del self.services[service.number]
        del self._by_skill_target[service.service_id]

    def add_queue(self, queue: Queue) -> None:
        """Add a queue with its device. Raises ValueError for the reason that ``device_fault`` gives."""
        self.add_device(queue.device)
        self.queues[queue.device.device_id] = queue

    def remove_queue(self, queue: Queue) -> None:
        """Remove a queue with its device."""
        del self.queues[queue.device.device_id]
        self.remove_device(queue.device)

    def add_team(self, team: Team) -> None:
        """Add a team, note it at its members, and mark its supervisors as such.

        Raises ValueError for the reason that ``team_fault`` gives.
        """
        _check(self.team_fault(team))
        self.teams[team.team_id] = team
        for agent_id in (*team.supervisors, *team.agents):
            member = self.agents[agent_id]
            if team.team_id not in member.teams:
                member.teams = (*member.teams, team.team_id)
        for agent_id in team.supervisors:
            self.agents[agent_id].supervisor = True

    def add_device(self, device: Device) -> None:
        """Add a device. Raises ValueError for the reason that ``device_fault`` gives."""
        _check(self.device_fault(device))
        self.devices[device.device_id] = device

    def remove_device(self, device: Device) -> None:
        """Remove a device."""
        del self.devices[device.device_id]

    def add_agent(self, agent: PlantAgent) -> None:
        """Add an agent and its device. Raises ValueError for the reason that ``agent_fault`` gives."""
        _check(self.agent_fault(agent))
        self.devices[agent.device.device_id] = agent.device
        self.agents[agent.agent_id] = agent
        self._by_extension[agent.extension] = agent
        self._by_skill_target[agent.skill_target_id] = agent

    def remove_agent(self, agent: PlantAgent) -> None:
        """Remove an agent and its device."""
        del self.agents[agent.agent_id]
        del self._by_extension[agent.extension]
        del self._by_skill_target[agent.skill_target_id]
        self.remove_device(agent.device)

    @classmethod
    def numbered(
        cls,
        agents: int = 1000,
        first_agent: int = 1001,
        first_extension: int = 3001,
        *,
        peripheral_id: int = 5000,
        skill_groups: int = 0,
        groups_per_agent: int = 1,
        team_size: int = 0,
        desk: DeskSettings | None = None,
        mrds: Sequence[int] = (VOICE_MRD,),
    ) -> "Population":
        """Agents with consecutive numbers.

        ``agents``: how many; agent i has id ``first_agent + i``, extension and instrument
        ``first_extension + i``, skill target id 5000 + i.
        ``skill_groups``: how many; group g has number g (from 1), id 100 + g, and the queue 9000 + g with the
        service of the same number, whose id is 200 + g. With more than 100 groups the ids of services, and
        then of agents, begin after those of the groups. Queues begin at 90000, 900000 and so on where one of
        their numbers would be an agent's id or extension. Agent i is in ``groups_per_agent`` of the groups,
        from group i modulo their number on.
        ``team_size``: agents of a team (0: no teams), of which the first is its supervisor; team ids from 1.
        ``desk``: desk settings of all agents.
        ``mrds``: media routing domains of all agents.
        """
        groups = [SkillGroup(n, _FIRST_GROUP_ID + n, f"Group{n}") for n in range(1, skill_groups + 1)]
        first_service_id = _FIRST_GROUP_ID + max(skill_groups, 100)
        services = [
            Service(g.number, first_service_id + g.number, f"Service{g.number}", members=(g.number,))
            for g in groups
        ]
        first_target = max(_FIRST_SKILL_TARGET, first_service_id + skill_groups + 1)
        first_queue = _first_queue(skill_groups, agents, first_agent, first_extension)
        queues = [
            Queue(Device(number := str(first_queue + g.number), number, DeviceIDType.DEVID_QUEUE), g, service)
            for g, service in zip(groups, services, strict=True)
        ]
        everybody: list[PlantAgent] = []
        teams: dict[int, Team] = {}
        for i in range(agents):
            extension = str(first_extension + i)
            device = Device(extension, extension, DeviceIDType.DEVID_AGENT_DEVICE)
            agent = PlantAgent(
                str(first_agent + i),
                extension,
                extension,
                first_target + i,
                device,
                first_name="Agent",
                last_name=str(first_agent + i),
                login_name=f"agent{first_agent + i}",
                media={mrd: MediaState() for mrd in mrds},
                desk=desk or DeskSettings(),
            )
            for k in range(min(groups_per_agent, len(groups))):
                join(agent, groups[(i + k) % len(groups)])
            if team_size:
                team_id = i // team_size + 1
                team = teams.setdefault(team_id, Team(team_id, f"Team{team_id}"))
                agent.supervisor = i % team_size == 0
                (team.supervisors if agent.supervisor else team.agents).append(agent.agent_id)
                agent.teams = (team_id,)
            everybody.append(agent)
        return cls(
            everybody,
            peripheral_id=peripheral_id,
            skill_groups=groups,
            services=services,
            queues=queues,
            teams=teams.values(),
        )

    # --- look-ups -----------------------------------------------------------------------------------

    def supervised_by(self, agent: PlantAgent) -> list[Team]:
        """The teams of which an agent is a supervisor."""
        return [
            team
            for team_id in agent.teams
            if (team := self.teams.get(team_id)) is not None and agent.agent_id in team.supervisors
        ]

    def find_agent(
        self,
        *,
        agent_id: str | None = None,
        extension: str | None = None,
        instrument: str | None = None,
        skill_target_id: int | None = None,
    ) -> PlantAgent:
        """The one agent that all given items name.

        Raises UnknownAgent when an item names nobody (or none is given), else ContradictingAgent when they
        name different agents.
        """
        named: list[PlantAgent | None] = []
        if agent_id is not None:
            named.append(self.agents.get(agent_id))
        if extension is not None:
            named.append(self._by_extension.get(extension))
        if instrument is not None:
            device = self.devices.get(instrument)
            named.append(None if device is None else device.agent)
        if skill_target_id is not None:
            target = self._by_skill_target.get(skill_target_id)
            named.append(target if isinstance(target, PlantAgent) else None)
        first = named[0] if named else None
        if first is None or None in named:
            raise UnknownAgent
        if any(agent is not first for agent in named):
            raise ContradictingAgent
        return first

    def desk_number(self, desk: DeskSettings) -> int:
        """AgentDeskSettingsID: the number of these desk settings, which agents with equal ones share."""
        content = tuple(getattr(desk, name) for name in DeskSettings.__slots__)
        return self._desk_numbers.setdefault(content, len(self._desk_numbers) + 1)

    def agent_at(self, number: str) -> PlantAgent | None:
        """The agent whose extension this is, else None."""
        return self._by_extension.get(number)


def _check(*faults: str) -> None:
    fault = first_fault(*faults)
    if fault:
        raise ValueError(fault)


def _desk_fault(desk: DeskSettings) -> str:
    """Return what the protocol cannot carry of desk settings, "" if it can carry all."""
    times = (("work_mode_timer", desk.work_mode_timer), ("ring_no_answer_time", desk.ring_no_answer_time))
    late = next((time for time in times if not 0 <= time[1] <= MAX_ID), None)
    return first_fault(
        number_fault("wrapup_incoming", desk.wrapup_incoming, 0, _MAX_WRAPUP_MODE),
        number_fault("wrapup_outgoing", desk.wrapup_outgoing, 0, _MAX_WRAPUP_MODE),
        "" if late is None else f"{late[0]} of desk settings is 0 to {MAX_ID} seconds, not {late[1]}",
    )


def _first_queue(queues: int, agents: int, *first_numbers: int) -> int:
    """9000 times a power of ten, so that no agent has the number of one of the queues that follow it."""
    base = 9000
    while any(base < first + agents - 1 and first <= base + queues for first in first_numbers):
        base *= 10
    return base


def join(agent: PlantAgent, group: SkillGroup, priority: int = 0) -> Membership:
    """Put an agent into a skill group."""
    membership = Membership(agent, group, priority)
    agent.memberships.append(membership)
    group.members.append(membership)
    return membership
