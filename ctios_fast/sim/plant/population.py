"""Who and what a plant has: agents, teams, skill groups, services, queues, dialled numbers, trunks, devices.

A ``Population`` is built once and then changes only by what happens in the plant (states, calls at devices).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ctios_fast.protocol.enums import AgentState, AgentWorkMode, DeviceIDType

if TYPE_CHECKING:
    from .call_records import CallRecord
    from .plant_call import Connection
    from .tallies import AgentTallies, Tallies

__all__ = [
    "VOICE_MRD",
    "ContradictingAgent",
    "DeskSettings",
    "Device",
    "DialedNumber",
    "MediaState",
    "Membership",
    "PlantAgent",
    "Population",
    "Queue",
    "Service",
    "SkillGroup",
    "Team",
    "TrunkGroup",
    "UnknownAgent",
]

VOICE_MRD: Final = 1
"""The media routing domain of calls; agents have a state of its own in each of theirs."""

_FIRST_SKILL_TARGET: Final = 5000


class UnknownAgent(LookupError):
    """No agent of the plant has this ID, extension, instrument or skill target id."""


class ContradictingAgent(LookupError):
    """ID, extension and instrument belong to different agents."""


@dataclass(slots=True)
class DeskSettings:
    """What an agent's desktop may do, and what follows a call.

    ``wrapup_incoming``, ``wrapup_outgoing``: whether after-call work follows (WrapupDataIncomingMode and
    WrapupDataOutgoingMode: 0 required, 1 optional, 2 not allowed, 3 required with data).
    ``work_mode_timer``: seconds after which after-call work ends by itself; 0 leaves it to the agent.
    ``ring_no_answer_time``: seconds after which an unanswered call goes back to its queue; 0: never.
    ``available_after_incoming``, ``available_after_outgoing``: the agent becomes available after a call
    without after-call work, whatever its state was before the call.
    """

    wrapup_incoming: int = 1
    wrapup_outgoing: int = 2
    work_mode_timer: float = 0.0
    ring_no_answer_time: float = 0.0
    available_after_incoming: bool = False
    available_after_outgoing: bool = False
    idle_reason_required: bool = False
    logout_reason_required: bool = False
    supervisor_calls_allowed: bool = True
    agent_to_agent_calls_allowed: bool = True


@dataclass(slots=True, eq=False)
class Device:
    """A telephone, queue, route point or an outside number, with the connections of the calls at it.

    ``device_id`` is what audiences and monitors name it by: an agent device's instrument.
    ``number`` is what callers dial and what call events show: an agent device's extension.
    """

    device_id: str
    number: str
    kind: DeviceIDType
    agent: "PlantAgent | None" = None
    connections: "list[Connection]" = field(default_factory=list)
    names: tuple[str, ...] = ()  # (device_id,), made once for audiences

    def __post_init__(self) -> None:
        self.names = (self.device_id,)


@dataclass(slots=True)
class MediaState:
    """An agent's state in one media routing domain, since a time of the plant's clock in whole seconds."""

    state: AgentState = AgentState.AGENT_STATE_LOGOUT
    reason: int = 0
    since: int = 0


@dataclass(slots=True, eq=False)
class Membership:
    """One agent in one skill group, with what it did there."""

    agent: "PlantAgent"
    group: "SkillGroup"
    priority: int = 0
    state: AgentState = AgentState.AGENT_STATE_LOGOUT
    tallies: "Tallies | None" = None


@dataclass(slots=True, eq=False)
class PlantAgent:
    """One agent. ``media`` has an entry for each of its media routing domains.

    ``ready_before_call``: whether it was available when its present call work began.
    ``next_state``, ``next_reason``: a state asked for during call work, entered after it.
    ``work_timer_serial`` grows with each state, so that an old work timer does nothing.
    """

    agent_id: str
    instrument: str
    extension: str
    skill_target_id: int
    device: Device
    first_name: str = ""
    last_name: str = ""
    login_name: str = ""
    supervisor: bool = False
    teams: tuple[int, ...] = ()
    memberships: "list[Membership]" = field(default_factory=list)
    media: dict[int, MediaState] = field(default_factory=lambda: {VOICE_MRD: MediaState()})
    desk: DeskSettings = field(default_factory=DeskSettings)
    department_id: int = 0
    routable: bool = True
    work_mode: AgentWorkMode = AgentWorkMode.AWM_UNSPECIFIED
    remote_number: str = ""
    ready_before_call: bool = False
    next_state: AgentState | None = None
    next_reason: int = 0
    work_timer_serial: int = 0
    active_terminal: str = ""
    names: tuple[str, ...] = ()  # (agent_id,), made once for audiences
    voice: MediaState = field(init=False)
    tallies: "AgentTallies | None" = None
    counted_until: int = 0  # until when the time in the present state is in the tallies
    records: "list[CallRecord]" = field(default_factory=list)  # ended calls that are not yet counted
    work_since: int = -1  # when the present after-call work began
    group: "SkillGroup | None" = None  # of the present call or after-call work

    def __post_init__(self) -> None:
        self.names = (self.agent_id,)
        self.voice = self.media.setdefault(VOICE_MRD, MediaState())
        self.device.agent = self

    def __repr__(self) -> str:
        return f"<PlantAgent {self.agent_id} at {self.extension}: {self.state.name}>"

    @property
    def state(self) -> AgentState:
        """The state in the voice domain."""
        return self.voice.state

    @property
    def reason(self) -> int:
        """The reason code of the state in the voice domain, 0 where it has none."""
        return self.voice.reason

    @property
    def logged_in(self) -> bool:
        """Whether the agent is logged in to the voice domain."""
        return self.voice.state is not AgentState.AGENT_STATE_LOGOUT


@dataclass(slots=True, eq=False)
class SkillGroup:
    """A skill group; ``number`` is the peripheral's, ``group_id`` its skill target id."""

    number: int
    group_id: int
    name: str
    mrd: int = VOICE_MRD
    members: list[Membership] = field(default_factory=list)
    available: dict[PlantAgent, None] = field(default_factory=dict)  # in the order of becoming available
    queues: "list[Queue]" = field(default_factory=list)
    queue_tallies: "Tallies | None" = None
    description: str = ""

    @property
    def agents(self) -> list[PlantAgent]:
        """The group's agents, in the order of configuration."""
        return [member.agent for member in self.members]


@dataclass(slots=True, eq=False)
class Service:
    """A service, which calls to a queue carry."""

    number: int
    service_id: int
    name: str
    extension: str = ""
    members: tuple[int, ...] = ()  # skill group numbers


@dataclass(slots=True, eq=False)
class Team:
    """A team with its agents and supervisors (agent ids); the first supervisor is the primary one."""

    team_id: int
    name: str
    agents: list[str] = field(default_factory=list)
    supervisors: list[str] = field(default_factory=list)
    department_id: int = 0


@dataclass(slots=True, eq=False)
class Queue:
    """Where calls wait for an agent of a skill group: a queue device, a group and a service."""

    device: Device
    group: SkillGroup
    service: Service | None = None
    waiting: "dict[Connection, None]" = field(default_factory=dict)  # longest first

    def __post_init__(self) -> None:
        self.group.queues.append(self)


@dataclass(slots=True, eq=False)
class DialedNumber:
    """A number that callers dial, and the queue or agent device that it leads to."""

    number: str
    target: str  # a device id


@dataclass(slots=True, eq=False)
class TrunkGroup:
    """Trunks to the outside: ``size`` of them, of which ``in_use`` carry a call now."""

    number: int
    size: int = 1_000_000
    in_use: int = 0


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
        self._by_extension: dict[str, PlantAgent] = {}
        self._by_skill_target: dict[int, PlantAgent] = {}
        for queue in self.queues.values():
            self._add_device(queue.device)
        for agent in agents:
            self._add_agent(agent)

    def _add_device(self, device: Device) -> None:
        if device.device_id in self.devices:
            raise ValueError(f"two devices have the id {device.device_id!r}: give each an id of its own")
        self.devices[device.device_id] = device

    def _add_agent(self, agent: PlantAgent) -> None:
        if agent.agent_id in self.agents:
            raise ValueError(f"two agents have the id {agent.agent_id!r}: give each an id of its own")
        if agent.extension in self._by_extension:
            raise ValueError(f"two agents have the extension {agent.extension!r}: give each one of its own")
        self._add_device(agent.device)
        self.agents[agent.agent_id] = agent
        self._by_extension[agent.extension] = agent
        self._by_skill_target[agent.skill_target_id] = agent

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
