"""The objects of a plant: agents, skill groups, queues and devices, and the calls and connections at them.

They refer to each other, hence one module.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from ctios_fast.protocol.enums import (
    AgentFlags,
    AgentState,
    AgentWorkMode,
    CallDirection,
    CallType,
    ConnectionDeviceIDType,
    DeskSettingsMask,
    DeviceIDType,
    LocalConnectionState,
)

from .call_context import CallContext, RouterCallKey
from .call_machine import Trigger, next_state
from .presence import Presence
from .tallies import AgentTallies, CallFigures, Tallies

if TYPE_CHECKING:
    from ctios_fast.connection.clock import TimerHandle

__all__ = [
    "VOICE_MRD",
    "Call",
    "CallRecord",
    "CallTypeEntry",
    "Connection",
    "DeskSettings",
    "Device",
    "DialedNumber",
    "MediaState",
    "Membership",
    "PlantAgent",
    "Queue",
    "Service",
    "SkillGroup",
    "Team",
    "Terminal",
    "TrunkGroup",
]

VOICE_MRD: Final = 1
"""The media routing domain of calls; agents have a state of its own in each of theirs."""


_DESK_BITS: Final = (
    ("available_after_incoming", DeskSettingsMask.DESK_AVAIL_AFTER_INCOMING_MASK),
    ("available_after_outgoing", DeskSettingsMask.DESK_AVAIL_AFTER_OUTGOING_MASK),
    ("idle_reason_required", DeskSettingsMask.DESK_IDLE_REASON_REQUIRED_MASK),
    ("logout_reason_required", DeskSettingsMask.DESK_LOGOUT_REASON_REQUIRED_MASK),
    ("supervisor_calls_allowed", DeskSettingsMask.DESK_SUPERVISOR_CALLS_ALLOWED_MASK),
    ("agent_to_agent_calls_allowed", DeskSettingsMask.DESK_AGENT_TO_AGENT_CALLS_ALLOWED),
)
"""Attribute of DeskSettings -> bit of DeskSettingsMask."""


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

    @property
    def mask(self) -> int:
        """DeskSettingsMask."""
        return sum(bit.value for name, bit in _DESK_BITS if getattr(self, name))


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
    """One agent in one skill group.

    ``routable``: what the agent was when it came into the state.
    """

    agent: "PlantAgent"
    group: "SkillGroup"
    priority: int = 0
    state: AgentState = AgentState.AGENT_STATE_LOGOUT
    routable: bool = True

    def enter(self, state: AgentState, now: int) -> None:
        """Go to a state; ``now`` is in whole seconds of the plant's clock."""
        presence = self.group.presence
        presence.settle(now)
        if self.state is not AgentState.AGENT_STATE_LOGOUT:
            presence.leave(self, self.state, self.routable)
        self.state, self.routable = state, self.agent.routable
        if state is not AgentState.AGENT_STATE_LOGOUT:
            presence.arrive(self, state, self.routable)


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
    memberships: list[Membership] = field(default_factory=list)
    media: dict[int, MediaState] = field(default_factory=lambda: {VOICE_MRD: MediaState()})
    desk: DeskSettings = field(default_factory=DeskSettings)
    department_id: int = 0
    services: tuple[int, ...] = ()  # EnabledServices
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
    tallies: AgentTallies | None = None
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

    def membership(self, group: "SkillGroup | None") -> Membership | None:
        """The agent's membership in a skill group, None if the agent is not in it."""
        return next((m for m in self.memberships if m.group is group), None)

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
    """A skill group; ``number`` is the peripheral's, ``group_id`` its skill target id.

    ``tallies``: what its agents have done here, also those that have left it, and what its queues have.
    """

    number: int
    group_id: int
    name: str
    mrd: int = VOICE_MRD
    members: list[Membership] = field(default_factory=list)
    available: dict[PlantAgent, None] = field(default_factory=dict)  # in the order of becoming available
    queues: "list[Queue]" = field(default_factory=list)
    tallies: Tallies = field(default_factory=Tallies.of_group)
    presence: Presence[Membership] = field(init=False)
    description: str = ""

    def __post_init__(self) -> None:
        self.presence = Presence(self.tallies if self.mrd == VOICE_MRD else None)

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
    """A team with its agents and supervisors (agent ids); the first supervisor is the primary one.

    ``temporary``: those of the agents who are in the team until it is restored.
    """

    team_id: int
    name: str
    agents: list[str] = field(default_factory=list)
    supervisors: list[str] = field(default_factory=list)
    department_id: int = 0
    temporary: set[str] = field(default_factory=set)

    @property
    def flags(self) -> dict[str, int]:
        """AgentFlags of each member, supervisors first."""
        flags = dict.fromkeys(self.supervisors, AgentFlags.SUPERVISOR.value)
        for primary in self.supervisors[:1]:
            flags[primary] |= AgentFlags.PRIMARY_SUPERVISOR.value
        for agent_id in self.agents:
            if agent_id not in flags:
                flags[agent_id] = AgentFlags.TEMPORARY_AGENT.value if agent_id in self.temporary else 0
        return flags


@dataclass(slots=True, eq=False)
class CallTypeEntry:
    """A call type of the configuration."""

    call_type_id: int
    name: str
    description: str = ""


@dataclass(slots=True, eq=False)
class Terminal:
    """A telephone of the configuration, with the instruments (device ids) on it."""

    device_name: str
    type_name: str
    terminal_type: int = 0
    instruments: tuple[str, ...] = ()


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


class CallRecord(NamedTuple):
    """One call that an agent has ended; its after-call work may still go on."""

    kind: CallFigures
    group: SkillGroup | None
    talk: int
    held_count: int
    held_time: int
    incoming: bool


@dataclass(slots=True, eq=False)
class Connection:
    """One device in one call.

    ``known_as``: the key under which clients know it, from its BEGIN_CALL_EVENT to its END_CALL_EVENT.
    ``direction``: IN where the device was called, OUT where it called.
    ``established_at``, ``held_at``: whole seconds of the plant's clock; -1: not (yet).
    ``rtp_port``: first of the two ports that the streams of an agent device are sent to; 0: no stream.
    ``handled``: an ACD call, or one that another agent handed over; counts as handled when it ends.
    """

    call: "Call"
    device: Device
    connection_id: str
    id_type: ConnectionDeviceIDType
    direction: CallDirection
    agent: PlantAgent | None = None
    group: SkillGroup | None = None
    state: LocalConnectionState = LocalConnectionState.LCS_NULL
    trunk: TrunkGroup | None = None
    trunk_number: int = 0
    known_as: tuple[int, str] | None = None
    handled: bool = False
    internal: bool = False
    created_at: int = 0
    established_at: int = -1
    held_at: int = -1
    held_time: int = 0
    held_count: int = 0
    rtp_port: int = 0
    recording: bool = False
    supervising: bool = False  # a supervisor that has barged in; not a call of its own
    supervises: "Connection | None" = None
    supervised_by: "Connection | None" = None
    queue: Queue | None = None
    timer: "TimerHandle | None" = None

    def __repr__(self) -> str:
        return f"<Connection {self.call.call_id}/{self.connection_id}: {self.state.name}>"

    @property
    def call_id(self) -> int:
        """ConnectionCallID."""
        return self.call.call_id

    @property
    def key(self) -> tuple[int, str]:
        """ConnectionCallID and ConnectionDeviceID, which together name the connection."""
        return self.call.call_id, self.connection_id

    def is_supervised_by(self, supervisor: PlantAgent) -> bool:
        """Whether it is this supervisor who monitors, whispers to or has barged in on the connection."""
        return self.supervised_by is not None and self.supervised_by.agent is supervisor

    def trigger(self, trigger: Trigger) -> None:
        """Go to the state that follows. Raises WrongConnectionState where the table has none."""
        self.state = next_state(self.state, trigger)


@dataclass(slots=True, eq=False)
class Call:
    """One call with its connections in the order in which they joined.

    ``original``: the call that a consult call was made from.
    ``pending_conference``: the connection that asked for a single-step conference; its new party still rings.
    ``reserved``: the agent that a call on its way from a queue was announced to.
    """

    call_id: int
    call_type: CallType
    context: CallContext
    connections: list[Connection] = field(default_factory=list)
    calling: Device | None = None
    called: Device | None = None
    last_redirect: Device | None = None
    service: Service | None = None
    group: SkillGroup | None = None
    queue: Queue | None = None
    router_key: RouterCallKey | None = None
    disposition: int = 0
    campaign_id: int = 0
    query_rule_id: int = 0
    customer_phone_number: str = ""
    customer_account_number: str = ""
    reference: bytes = b""
    original: "Call | None" = None
    pending_conference: Connection | None = None
    reserved: PlantAgent | None = None
    queued_at: int = -1
    released: bool = False

    def __repr__(self) -> str:
        return f"<Call {self.call_id} {self.call_type.name}: {len(self.connections)} connections>"
