"""Calls and their connections as the plant keeps them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ctios_fast.protocol.enums import (
    CallDirection,
    CallType,
    ConnectionDeviceIDType,
    LocalConnectionState,
)

from .call_machine import Trigger, next_state

if TYPE_CHECKING:
    from ctios_fast.connection.clock import TimerHandle

    from .population import Device, PlantAgent, Queue, Service, SkillGroup, TrunkGroup

__all__ = ["Call", "CallContext", "CallDataChanges", "Connection", "RouterCallKey"]

RouterCallKey = tuple[int, int, int]
"""Day, call id and sequence number."""


@dataclass(slots=True)
class CallContext:
    """The data that travel with a call and that a consult call inherits.

    ``variables``: "CallVariable1" to "CallVariable10" -> text; a variable that was never set is absent.
    ``ecc``, ``arrays``: named variables, and elements of named arrays by index.
    """

    ani: str = ""
    dnis: str = ""
    dialed_number: str = ""
    caller_entered_digits: str = ""
    user_to_user_info: bytes = b""
    wrapup: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    ecc: dict[str, str] = field(default_factory=dict)
    arrays: dict[str, dict[int, str]] = field(default_factory=dict)

    def copy(self) -> "CallContext":
        """A context of its own with the same data."""
        return CallContext(
            self.ani,
            self.dnis,
            self.dialed_number,
            self.caller_entered_digits,
            self.user_to_user_info,
            self.wrapup,
            dict(self.variables),
            dict(self.ecc),
            {name: dict(values) for name, values in self.arrays.items()},
        )

    def fill_from(self, other: "CallContext") -> None:
        """Take over what this one lacks; where both have a value, this one's stays."""
        self.variables = {**other.variables, **self.variables}
        self.ecc = {**other.ecc, **self.ecc}
        for name, values in other.arrays.items():
            self.arrays[name] = {**values, **self.arrays.get(name, {})}


@dataclass(slots=True)
class CallDataChanges:
    """What SET_CALL_DATA_REQ changes; None leaves an item as it is.

    ``ecc`` and ``arrays`` add to the call's and replace values of the same name; ``variables`` likewise.
    """

    variables: dict[str, str] | None = None
    ecc: dict[str, str] | None = None
    arrays: dict[str, dict[int, str]] | None = None
    wrapup: str | None = None
    ani: str | None = None
    caller_entered_digits: str | None = None
    user_to_user_info: bytes | None = None
    call_type: CallType | None = None
    disposition: int | None = None
    campaign_id: int | None = None
    query_rule_id: int | None = None
    customer_phone_number: str | None = None
    customer_account_number: str | None = None
    router_key: RouterCallKey | None = None


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
    device: "Device"
    connection_id: str
    id_type: ConnectionDeviceIDType
    direction: CallDirection
    agent: "PlantAgent | None" = None
    group: "SkillGroup | None" = None
    state: LocalConnectionState = LocalConnectionState.LCS_NULL
    trunk: "TrunkGroup | None" = None
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
    queue: "Queue | None" = None
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
    calling: "Device | None" = None
    called: "Device | None" = None
    last_redirect: "Device | None" = None
    service: "Service | None" = None
    group: "SkillGroup | None" = None
    queue: "Queue | None" = None
    router_key: RouterCallKey | None = None
    disposition: int = 0
    campaign_id: int = 0
    query_rule_id: int = 0
    customer_phone_number: str = ""
    customer_account_number: str = ""
    reference: bytes = b""
    original: "Call | None" = None
    pending_conference: Connection | None = None
    reserved: "PlantAgent | None" = None
    queued_at: int = -1
    released: bool = False

    def __repr__(self) -> str:
        return f"<Call {self.call_id} {self.call_type.name}: {len(self.connections)} connections>"
