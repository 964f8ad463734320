"""OPEN_REQ: the checks of a CTI Server as an ordered table.

An ``Opening`` goes through ``CHECKS`` in order. The first check that raises ``Refused`` decides the answer;
those before it leave what they found out (version, message, agent) in the opening for those after it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ctios_fast.core import OLDEST_VERSION, Message, codec
from ctios_fast.errors import MalformedFrame
from ctios_fast.protocol.codes import NULL_PERIPHERAL_ID
from ctios_fast.protocol.enums import CTIServiceMask, StatusCode
from ctios_fast.protocol.versions import defined_bits
from ctios_fast.sim.plant import ContradictingAgent, PlantAgent, UnknownAgent

from .refusal import Refused
from .request_form import check_form, invoke_id_of
from .server_pair import ServerPair

__all__ = ["CHECKS", "GRANTABLE", "MIN_IDLE_TIMEOUT", "Opening"]

CLIENT_EVENTS: Final = CTIServiceMask.CTI_SERVICE_CLIENT_EVENTS.value
ACTIVE_STANDBY: Final = CTIServiceMask.CTI_SERVICE_ACTIVE_STANDBY.value
SUPERVISOR: Final = CTIServiceMask.CTI_SERVICE_SUPERVISOR.value

STANDBY_SINCE: Final = 24
"""The first protocol version whose clients a standby side takes."""

MIN_IDLE_TIMEOUT: Final = 20
"""Seconds."""

GRANTABLE: Final = (
    CTIServiceMask.CTI_SERVICE_CLIENT_EVENTS
    | CTIServiceMask.CTI_SERVICE_CALL_DATA_UPDATE
    | CTIServiceMask.CTI_SERVICE_CLIENT_CONTROL
    | CTIServiceMask.CTI_SERVICE_CONNECTION_MONITOR
    | CTIServiceMask.CTI_SERVICE_ALL_EVENTS
    | CTIServiceMask.CTI_SERVICE_PERIPHERAL_MONITOR
    | CTIServiceMask.CTI_SERVICE_CLIENT_MONITOR
    | CTIServiceMask.CTI_SERVICE_SUPERVISOR
    | CTIServiceMask.CTI_SERVICE_SERVER
    | CTIServiceMask.CTI_AGENT_STATE_CONTROL_ONLY
    | CTIServiceMask.CTI_SERVICE_ACTIVE_STANDBY
).value
"""Services that the simulator has; asking for others is allowed, but they are not granted."""

_HEADER: Final = 8
_PASSWORD: Final = frozenset({"ClientPassword"})
_RESERVED: Final = ("Reserved1", "Reserved2", "Reserved3")
_DEVICE: Final = ("AgentExtension", "AgentID", "AgentInstrument")

_MASKS: Final = (
    ("ServicesRequested", "CTIServiceMask", StatusCode.E_CTI_INVALID_SERVICE_MASK),
    ("CallMsgMask", "UnsolicitedCallEventMessageMask", StatusCode.E_CTI_INVALID_CALL_MSG_MASK),
    ("AgentStateMask", "AgentStateMask", StatusCode.E_CTI_INVALID_AGENT_STATE_MASK),
    ("ConfigMsgMask", "ConfigMsgMask", StatusCode.E_INVALID_CONFIG_MSG_MASK),
)
"""Field, mask of the reference, status that refuses undefined bits; in the order of the checks."""


@dataclass(slots=True)
class Opening:
    """One OPEN_REQ under examination.

    ``refusing``: the status with which the side refuses every session now, None if it does not.
    ``standby``: whether the side is the standby.
    ``already_open``: whether the connection has a session.
    """

    frame: bytes
    pair: ServerPair
    refusing: StatusCode | None
    standby: bool
    already_open: bool
    version: int = 0
    agent: PlantAgent | None = None
    request: Message | None = None

    @property
    def invoke_id(self) -> int:
        """InvokeID of the request, 0 if it is too short to have one."""
        return invoke_id_of(self.frame)

    @property
    def message(self) -> Message:
        """The request, read as its own VersionNumber says; there is one once it was found well-formed."""
        assert self.request is not None
        return self.request

    @property
    def requested(self) -> int:
        """ServicesRequested."""
        return int(self.message["ServicesRequested"])

    @property
    def granted(self) -> int:
        """ServicesGranted."""
        return self.requested & GRANTABLE

    def examine(self) -> None:
        """Go through the checks. Raises Refused."""
        for check in CHECKS:
            check(self)


def _long_enough(opening: Opening) -> None:
    """Without VersionNumber nothing else can be read."""
    body = opening.frame[_HEADER:]
    if len(body) < 8:
        raise Refused(StatusCode.E_CTI_BAD_MESSAGE_FORMAT, "VersionNumber", "missing")
    opening.version = int.from_bytes(body[4:8], "big")


def _not_open_yet(opening: Opening) -> None:
    if opening.already_open:
        raise Refused(StatusCode.E_CTI_SESSION_ALREADY_OPEN)


def _side_takes_sessions(opening: Opening) -> None:
    if opening.refusing is not None:
        raise Refused(opening.refusing)


def _standby(opening: Opening) -> None:
    """A standby side takes clients of version 24 that ask for it only."""
    if not opening.standby:
        return
    if opening.version < STANDBY_SINCE:
        shown = f"{opening.version}: this side is the standby"
        raise Refused(StatusCode.E_CTI_CTI_SERVER_OFFLINE, "VersionNumber", shown)
    if not opening.requested & ACTIVE_STANDBY:
        shown = f"{opening.requested:#x} lacks {ACTIVE_STANDBY:#x}: this side is the standby"
        raise Refused(StatusCode.E_CTI_INVALID_CLIENT_FOR_STANDBY, "ServicesRequested", shown)


def _version(opening: Opening) -> None:
    if not OLDEST_VERSION <= opening.version <= opening.pair.settings.protocol_max:
        raise Refused(StatusCode.E_CTI_INVALID_VERSION, "VersionNumber", opening.version)


def _form(opening: Opening) -> None:
    """Well-formed in the version that it asks for; tags, lengths and required fields as documented."""
    try:
        opening.request = codec(opening.version).decode(opening.frame)
    except MalformedFrame as error:
        raise Refused(StatusCode.E_CTI_BAD_MESSAGE_FORMAT, "frame", error) from None
    settings = opening.pair.settings
    lenient = not settings.strict and settings.client_password is None
    check_form(opening.message, _PASSWORD if lenient else frozenset())


def _password(opening: Opening) -> None:
    if not opening.pair.settings.accepts_client(opening.message.get("ClientPassword", b"")):
        raise Refused(StatusCode.E_CTI_INVALID_PASSWORD, "ClientPassword", "is not the server's")


def _sessions(opening: Opening) -> None:
    """The reference has no status for too many sessions."""
    if opening.pair.full:
        raise Refused(
            StatusCode.E_CTI_UNSPECIFIED_FAILURE,
            "",
            f"{opening.pair.settings.max_sessions} sessions are open",
        )


def _idle_timeout(opening: Opening) -> None:
    seconds = opening.message["IdleTimeout"]
    if seconds < MIN_IDLE_TIMEOUT:
        raise Refused(StatusCode.E_CTI_INVALID_TIMEOUT, "IdleTimeout", seconds)


def _reserved(opening: Opening) -> None:
    for name in _RESERVED:
        if opening.message[name]:
            raise Refused(StatusCode.E_CTI_INVALID_RESERVED_FIELD, name, opening.message[name])


def _masks(opening: Opening) -> None:
    if not opening.pair.settings.strict:
        return
    for field, mask, status in _MASKS:
        given = opening.message.get(field, 0)
        undefined = given & ~defined_bits(mask, opening.version)
        if undefined:
            version = opening.version
            raise Refused(status, field, f"{given:#x} (version {version} does not define {undefined:#x})")


def _peripheral(opening: Opening) -> None:
    given = opening.message["PeripheralID"]
    if given == NULL_PERIPHERAL_ID and not opening.requested & CLIENT_EVENTS:
        return
    if given != opening.pair.peripheral_id:
        raise Refused(StatusCode.E_CTI_INVALID_PERIPHERAL_ID, "PeripheralID", given)


def _device(opening: Opening) -> None:
    """A Client Events client names its agent's device by one item or more, which must agree."""
    if not opening.requested & CLIENT_EVENTS:
        return
    given = {name: value for name in _DEVICE if (value := opening.message.get(name))}
    shown = " ".join(f"{name}={value!r}" for name, value in given.items())
    if not given:
        raise Refused(StatusCode.E_CTI_REQUIRED_DATA_MISSING, "/".join(_DEVICE), "missing")
    try:
        opening.agent = opening.pair.plant.find_agent(
            agent_id=given.get("AgentID"),
            extension=given.get("AgentExtension"),
            instrument=given.get("AgentInstrument"),
        )
    except UnknownAgent:
        raise Refused(StatusCode.E_CTI_INVALID_AGENT_DATA, "", f"{shown}: unknown") from None
    except ContradictingAgent:
        raise Refused(StatusCode.E_CTI_INCONSISTENT_AGENT_DATA, "", shown) from None


def _device_free(opening: Opening) -> None:
    """A device that belongs to the same client is taken over; to another, it is in use."""
    holder = None if opening.agent is None or opening.standby else opening.pair.holder(opening.agent)
    if holder is not None and holder.client_id != opening.message["ClientID"]:
        raise Refused(
            StatusCode.E_CTI_DEVICE_IN_USE,
            "ClientID",
            f"{opening.message['ClientID']!r}, not {holder.client_id!r}",
        )


def _supervisor(opening: Opening) -> None:
    """The service is for agents that are configured as supervisors, with Client Events."""
    if opening.requested & SUPERVISOR and (opening.agent is None or not opening.agent.supervisor):
        raise Refused(
            StatusCode.E_CTI_FUNCTION_NOT_AVAILABLE, "ServicesRequested", "Supervisor: the agent is not one"
        )


def _unique_instance(opening: Opening) -> None:
    name = opening.message.get("UniqueInstanceID")
    if name is None:
        return
    if not name:
        raise Refused(StatusCode.E_CTI_INVALID_UNIQUE_INSTANCE_ID, "UniqueInstanceID", "is empty")
    used = any(
        session.unique_instance == name and session.standby is opening.standby
        for session in opening.pair.sessions.values()
    )
    if used:
        raise Refused(StatusCode.E_CTI_DUPLICATE_UNIQUE_INSTANCE_ID, "UniqueInstanceID", repr(name))


CHECKS: Final[tuple[Callable[[Opening], None], ...]] = (
    _long_enough,
    _not_open_yet,
    _side_takes_sessions,
    _version,
    _form,
    _standby,
    _password,
    _sessions,
    _idle_timeout,
    _reserved,
    _masks,
    _peripheral,
    _device,
    _device_free,
    _supervisor,
    _unique_instance,
)
"""In this order."""
