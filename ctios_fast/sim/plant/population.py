"""Population: which agents, teams, skill groups, services, queues, dialled numbers and trunks a plant has.

It is built once. Then it changes by what happens in the plant (states, calls at devices), and ``Configuring``
changes what is in it.
"""

from collections.abc import Iterable, Sequence
from typing import Final

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

__all__ = ["MAX_AGENTS", "ContradictingAgent", "Population", "UnknownAgent"]

MAX_AGENTS: Final = 100_000
"""Agents of a plant. Plant and server keep data for each."""

_FIRST_SKILL_TARGET: Final = 5000


class UnknownAgent(LookupError):
    """No agent of the plant has this ID, extension, instrument or skill target id."""


class ContradictingAgent(LookupError):
    """ID, extension and instrument belong to different agents."""


class Population:
    """Everything that a plant has, by its identifiers.

    Raises ValueError when two agents, devices, groups, services or teams have the same identifier.
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
        self.peripheral_id: Final = peripheral_id
        self.agents: Final[dict[str, PlantAgent]] = {}
        self.devices: Final[dict[str, Device]] = {}
        self.skill_groups: Final = {group.number: group for group in skill_groups}
        self.services: Final = {service.number: service for service in services}
        self.queues: Final = {queue.device.device_id: queue for queue in queues}
        self.teams: Final = {team.team_id: team for team in teams}
        self.dialed_numbers: Final = {number.number: number for number in dialed_numbers}
        self.trunk_groups: Final = {group.number: group for group in trunk_groups} or {1: TrunkGroup(1)}
        self.call_types: Final = tuple(call_types)
        self.terminals: Final = tuple(terminals)
        self._desk_numbers: dict[tuple[object, ...], int] = {}  # of different desk settings, from 1
        self._by_extension: dict[str, PlantAgent] = {}
        self._by_skill_target: dict[int, PlantAgent] = {}
        for queue in self.queues.values():
            self.add_device(queue.device)
        for agent in agents:
            self.add_agent(agent)
        for team in self.teams.values():
            self._enlist(team)

    def _enlist(self, team: Team) -> None:
        """Note the team at its members, and mark its supervisors as such.

        Raises ValueError for a member that is not an agent.
        """
        for agent_id in (*team.supervisors, *team.agents):
            member = self.agents.get(agent_id)
            if member is None:
                raise ValueError(
                    f"team {team.team_id} has the member {agent_id!r}, who is not an agent: add one"
                )
            if team.team_id not in member.teams:
                member.teams = (*member.teams, team.team_id)
        for agent_id in team.supervisors:
            self.agents[agent_id].supervisor = True

    def supervised_by(self, agent: PlantAgent) -> list[Team]:
        """The teams of which an agent is a supervisor."""
        return [
            team
            for team_id in agent.teams
            if (team := self.teams.get(team_id)) is not None and agent.agent_id in team.supervisors
        ]

    def add_device(self, device: Device) -> None:
        """Add a device. Raises ValueError if its id is in use."""
        if device.device_id in self.devices:
            raise ValueError(f"two devices have the id {device.device_id!r}: give each an id of its own")
        self.devices[device.device_id] = device

    def remove_device(self, device: Device) -> None:
        """Remove a device."""
        del self.devices[device.device_id]

    def add_agent(self, agent: PlantAgent) -> None:
        """Add an agent and its device. Raises ValueError if one of its identifiers is in use."""
        if agent.agent_id in self.agents:
            raise ValueError(f"two agents have the id {agent.agent_id!r}: give each an id of its own")
        if agent.extension in self._by_extension:
            raise ValueError(f"two agents have the extension {agent.extension!r}: give each one of its own")
        self.add_device(agent.device)
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
        service of the same number. Queues begin at 90000, 900000 and so on where one of their numbers would
        be an agent's id or extension. Agent i is in ``groups_per_agent`` of the groups, from group i modulo
        their number on.
        ``team_size``: agents of a team (0: no teams), of which the first is its supervisor; team ids from 1.
        ``desk``: desk settings of all agents.
        ``mrds``: media routing domains of all agents.
        """
        groups = [SkillGroup(n, 100 + n, f"Group{n}") for n in range(1, skill_groups + 1)]
        services = [
            Service(g.number, 200 + g.number, f"Service{g.number}", members=(g.number,)) for g in groups
        ]
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
                _FIRST_SKILL_TARGET + i,
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
            named.append(self._by_skill_target.get(skill_target_id))
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
