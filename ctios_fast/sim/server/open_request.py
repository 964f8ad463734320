"""OPEN_REQ: the checks of a CTI Server as an ordered table, each giving a status code or nothing.

An ``Opening`` goes through ``CHECKS`` in order. The first check that minds something decides the answer;
those before it leave what they found out (version, message, agent) in the opening for those behind it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ctios_fast.core import OLDEST_VERSION, Message, codec
from ctios_fast.errors import MalformedFrame
from ctios_fast.protocol.codes import NULL_PERIPHERAL_ID
from ctios_fast.protocol.enums import CTIServiceMask, StatusCode
from ctios_fast.protocol.versions import defined_bits
from ctios_fast.sim.plant.peripheral import Agent, ContradictingAgent, UnknownAgent

from .form import form_of, invoke_id_of
from .shared import Shared

__all__ = ["CHECKS", "GRANTABLE", "Opening"]

CLIENT_EVENTS: Final = CTIServiceMask.CTI_SERVICE_CLIENT_EVENTS.value
SUPERVISOR: Final = CTIServiceMask.CTI_SERVICE_SUPERVISOR.value
SHORTEST_IDLE_TIMEOUT: Final = 20

GRANTABLE: Final = (
    CTIServiceMask.CTI_SERVICE_CLIENT_EVENTS
    | CTIServiceMask.CTI_SERVICE_CLIENT_CONTROL
    | CTIServiceMask.CTI_SERVICE_ALL_EVENTS
    | CTIServiceMask.CTI_AGENT_STATE_CONTROL_ONLY
).value
"""Services that the simulator has; asking for others is allowed, but they are not granted."""

_HEADER: Final = 8
_RESERVED: Final = ("Reserved1", "Reserved2", "Reserved3")
_DEVICE: Final = ("AgentExtension", "AgentID", "AgentInstrument")


@dataclass(slots=True)
class Opening:
    """One OPEN_REQ under examination."""

    frame: bytes
    shared: Shared
    online: bool
    already_open: bool
    version: int = 0
    agent: Agent | None = None
    _message: Message | None = None

    @property
    def invoke_id(self) -> int:
        """InvokeID of the request, 0 if it is too short to have one."""
        return invoke_id_of(self.frame)

    @property
    def message(self) -> Message:
        """The request, read as its own VersionNumber says; there is one once it was found well-formed."""
        assert self._message is not None
        return self._message

    @property
    def requested(self) -> int:
        """ServicesRequested."""
        return int(self.message["ServicesRequested"])

    @property
    def granted(self) -> int:
        """ServicesGranted."""
        return self.requested & GRANTABLE

    def examine(self) -> StatusCode | None:
        """Why the session is refused, None if it can be opened."""
        for check in CHECKS:
            status = check(self)
            if status is not None:
                return status
        return None


def _long_enough(opening: Opening) -> StatusCode | None:
    """Without VersionNumber nothing else can be read."""
    body = opening.frame[_HEADER:]
    if len(body) < 8:
        return StatusCode.E_CTI_BAD_MESSAGE_FORMAT
    opening.version = int.from_bytes(body[4:8], "big")
    return None


def _not_open_yet(opening: Opening) -> StatusCode | None:
    return StatusCode.E_CTI_SESSION_ALREADY_OPEN if opening.already_open else None


def _online(opening: Opening) -> StatusCode | None:
    return None if opening.online else StatusCode.E_CTI_CTI_SERVER_OFFLINE


def _version(opening: Opening) -> StatusCode | None:
    known = OLDEST_VERSION <= opening.version <= opening.shared.settings.protocol_max
    return None if known else StatusCode.E_CTI_INVALID_VERSION


def _form(opening: Opening) -> StatusCode | None:
    """Well-formed in the version that it asks for; tags, lengths and required fields as documented."""
    try:
        opening._message = codec(opening.version).decode(opening.frame)  # noqa: SLF001 - part of this module
    except MalformedFrame:
        return StatusCode.E_CTI_BAD_MESSAGE_FORMAT
    return form_of(opening.message)


def _password(opening: Opening) -> StatusCode | None:
    right = opening.shared.settings.accepts_client(opening.message["ClientPassword"])
    return None if right else StatusCode.E_CTI_INVALID_PASSWORD


def _idle_timeout(opening: Opening) -> StatusCode | None:
    enough = opening.message["IdleTimeout"] >= SHORTEST_IDLE_TIMEOUT
    return None if enough else StatusCode.E_CTI_INVALID_TIMEOUT


def _reserved(opening: Opening) -> StatusCode | None:
    used = any(opening.message[name] for name in _RESERVED)
    return StatusCode.E_CTI_INVALID_RESERVED_FIELD if used else None


def _service_mask(opening: Opening) -> StatusCode | None:
    undefined = opening.requested & ~defined_bits("CTIServiceMask", opening.version)
    return StatusCode.E_CTI_INVALID_SERVICE_MASK if undefined else None


def _call_mask(opening: Opening) -> StatusCode | None:
    undefined = opening.message["CallMsgMask"] & ~defined_bits(
        "UnsolicitedCallEventMessageMask", opening.version
    )
    return StatusCode.E_CTI_INVALID_CALL_MSG_MASK if undefined else None


def _agent_state_mask(opening: Opening) -> StatusCode | None:
    undefined = opening.message["AgentStateMask"] & ~defined_bits("AgentStateMask", opening.version)
    return StatusCode.E_CTI_INVALID_AGENT_STATE_MASK if undefined else None


def _config_mask(opening: Opening) -> StatusCode | None:
    asked = opening.message.get("ConfigMsgMask", 0)
    undefined = asked & ~defined_bits("ConfigMsgMask", opening.version)
    return StatusCode.E_INVALID_CONFIG_MSG_MASK if undefined else None


def _peripheral(opening: Opening) -> StatusCode | None:
    allowed = {opening.shared.peripheral.peripheral_id}
    if not opening.requested & CLIENT_EVENTS:
        allowed.add(NULL_PERIPHERAL_ID)
    known = opening.message["PeripheralID"] in allowed
    return None if known else StatusCode.E_CTI_INVALID_PERIPHERAL_ID


def _device(opening: Opening) -> StatusCode | None:
    """A Client Events client names its agent's device by at least one item, and by no two that differ."""
    if not opening.requested & CLIENT_EVENTS:
        return None
    extension, agent_id, instrument = (opening.message.get(name) or None for name in _DEVICE)
    if (extension, agent_id, instrument) == (None, None, None):
        return StatusCode.E_CTI_REQUIRED_DATA_MISSING
    try:
        opening.agent = opening.shared.peripheral.find(
            agent_id=agent_id, extension=extension, instrument=instrument
        )
    except UnknownAgent:
        return StatusCode.E_CTI_INVALID_AGENT_DATA
    except ContradictingAgent:
        return StatusCode.E_CTI_INCONSISTENT_AGENT_DATA
    return None


def _device_free(opening: Opening) -> StatusCode | None:
    """A device that belongs to the same client is taken over; to another, it is in use."""
    holder = opening.agent.session if opening.agent is not None else None
    if holder is not None and holder.client_id != opening.message["ClientID"]:
        return StatusCode.E_CTI_DEVICE_IN_USE
    return None


def _supervisor(opening: Opening) -> StatusCode | None:
    """The service is for supervisors, with Client Events; no simulated agent is one."""
    return StatusCode.E_CTI_FUNCTION_NOT_AVAILABLE if opening.requested & SUPERVISOR else None


CHECKS: Final[tuple[Callable[[Opening], StatusCode | None], ...]] = (
    _long_enough,
    _not_open_yet,
    _online,
    _version,
    _form,
    _password,
    _idle_timeout,
    _reserved,
    _service_mask,
    _call_mask,
    _agent_state_mask,
    _config_mask,
    _peripheral,
    _device,
    _device_free,
    _supervisor,
)
"""In this order."""
