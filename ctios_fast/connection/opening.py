"""What OPEN_REQ asks for, and what a StatusCode means for the session.

GED-188, Session Initialization.
"""

from typing import NamedTuple, Self

from ctios_fast.core import Codec
from ctios_fast.core.secret import Secret
from ctios_fast.core.text_encoding import expected_characters
from ctios_fast.errors import EncodeError, OpenRefused
from ctios_fast.protocol import codes
from ctios_fast.protocol import numbers as ged

__all__ = [
    "ASKED_TO_LEAVE",
    "NOT_ACTIVE",
    "REFUSED_BY_STANDBY",
    "RETRIED_ELSEWHERE",
    "SESSION_GONE",
    "STANDBY_SINCE",
    "TAKEN_OVER",
    "OpenSettings",
    "Wanted",
    "turned_away",
]

#: The first protocol version with sessions on the standby side.
STANDBY_SINCE = 24

#: Refusals of OPEN_REQ that are about the server, not about the request: the other side may accept it. Every
#: other status ends the attempt, since the same request would be refused again.
RETRIED_ELSEWHERE = frozenset(
    {
        codes.E_CTI_CTI_SERVER_OFFLINE,
        codes.E_CTI_TIMEOUT,
        codes.E_CTI_UNSPECIFIED_FAILURE,
        codes.E_CTI_SERVER_NOT_MASTER,
        codes.E_CTI_JTAPI_CCM_PROBLEM,
        codes.E_CTI_INVALID_CLIENT_FOR_STANDBY,
        codes.E_CTI_DUPLICATE_UNIQUE_INSTANCE_ID,  # this client's own session, not missed yet
        codes.E_CTI_SERVER_IN_MAINTENANCE_MODE,
    }
)


#: Of them, those of a standby side: the other side is active, or one of them is soon.
REFUSED_BY_STANDBY = frozenset({codes.E_CTI_SERVER_NOT_MASTER, codes.E_CTI_INVALID_CLIENT_FOR_STANDBY})

#: FAILURE_EVENTs by which a server asks its clients to leave: a CLOSE_REQ is the answer.
ASKED_TO_LEAVE = frozenset({codes.E_CTI_CTI_SERVER_OFFLINE, codes.E_CTI_SERVER_IN_MAINTENANCE_MODE})

#: In a FAILURE_CONF for any request, or in a FAILURE_EVENT: the server has no such session (any more).
SESSION_GONE = frozenset({codes.E_CTI_SESSION_NOT_OPEN})

#: As SESSION_GONE, of a client that knows of active and standby sides: the side has become the standby.
NOT_ACTIVE = frozenset({codes.E_CTI_SERVER_NOT_MASTER})

#: As SESSION_GONE, because another session of this client took the device over.
TAKEN_OVER = frozenset({codes.E_CTI_NEW_SESSION_OPENED})


def turned_away(error: BaseException) -> bool:
    """Return whether the error says that the side will not serve the session, so that the other one may.

    A side that has no such session any more does not say so: it may open the session again.
    """
    return isinstance(error, OpenRefused) and error.status not in SESSION_GONE


class Wanted:
    """The session that the connection opens, and opens again after a loss."""

    __slots__ = ("added", "opened_before", "refusals", "settings")

    def __init__(self, settings: "OpenSettings", added: int) -> None:
        self.settings = settings._replace(services=settings.services | added)
        self.added = added & ~settings.services  # services that an option added to those of the mode
        self.opened_before = False  # it was open on an earlier link
        self.refusals = 0  # sides that refused it in a row

    @property
    def asked(self) -> int:
        """The services that the mode asks for."""
        return self.settings.services & ~self.added

    def leave_out(self, services: int) -> None:
        """Ask no more for these services, whether the mode or an option asked for them."""
        self.settings = self.settings._replace(services=self.settings.services & ~services)
        self.added &= ~services

    def give_up_services(self) -> int:
        """Ask no more for services that the session can do without, since the server refused some.

        Returns what is given up: the optional services of the mode, if there are any, otherwise those that
        were added to them; 0 if there are none either.
        """
        services = self.settings.optional_services or self.added
        self.leave_out(services)
        self.settings = self.settings._replace(optional_services=0)
        return services


class OpenSettings(NamedTuple):
    """The content of an OPEN_REQ; masks are those of the reference, ``idle_timeout`` is in seconds.

    ``optional_services``: those of ``services`` without which the session is opened where the server refuses
    them (E_CTI_FUNCTION_NOT_AVAILABLE). They are not sent as a field.
    """

    client_id: str
    client_password: Secret
    client_signature: str | None = None
    services: int = 0
    call_msg_mask: int = 0
    agent_state_mask: int = 0
    config_msg_mask: int = 0
    peripheral_id: int = codes.NULL_PERIPHERAL_ID
    idle_timeout: int = codes.NEVER_IDLE
    agent_extension: str | None = None
    agent_id: str | None = None
    agent_instrument: str | None = None
    optional_services: int = 0

    def with_idle_timeout(self, heartbeat: float | None) -> Self:
        """The same with the IdleTimeout that fits a heartbeat interval in seconds: four times as long."""
        return self._replace(
            idle_timeout=codes.NEVER_IDLE if heartbeat is None else max(20, round(4 * heartbeat))
        )

    @property
    def number(self) -> int:
        """Number of the message: OPEN_REQ."""
        return ged.OPEN_REQ

    def encode_request(self, codec: Codec, invoke_id: int | None, fields: object = None) -> bytes:
        """Return the OPEN_REQ in the codec's protocol version. ``fields`` is not used.

        Raises ``EncodeError`` if that version cannot carry the content.
        """
        values = {
            "InvokeID": invoke_id or 0,
            "VersionNumber": codec.version,
            "IdleTimeout": self.idle_timeout,
            "PeripheralID": self.peripheral_id,
            "ServicesRequested": self.services,
            "CallMsgMask": self.call_msg_mask,
            "AgentStateMask": self.agent_state_mask,
            "ConfigMsgMask": self.config_msg_mask,
            "Reserved1": 0,
            "Reserved2": 0,
            "Reserved3": 0,
        }
        layout = codec.describe(ged.OPEN_REQ)
        assert layout is not None
        optional = (
            ("ClientSignature", self.client_signature),
            ("AgentExtension", self.agent_extension),
            ("AgentID", self.agent_id),
            ("AgentInstrument", self.agent_instrument),
        )
        return codec.encode(
            ged.OPEN_REQ,
            {row.name: values[row.name] for row in layout.fixed},
            (
                ("ClientID", self.client_id),
                ("ClientPassword", _password_bytes(self.client_password, codec)),
                *((name, value) for name, value in optional if value is not None),
            ),
        )


def _password_bytes(password: Secret, codec: Codec) -> bytes:
    # ClientPassword has no type, so the closing NUL is written here. No variable holds the password, since a
    # traceback can show it.
    if password.encoded(codec.encoding) is None:
        raise EncodeError("OPEN_REQ", "ClientPassword", expected_characters(codec.encoding))
    return (password.encoded(codec.encoding) or b"") + b"\0" * bool(password)
