"""All errors of the library in one place, and the return codes of CTI OS methods.

``CtiOsError`` is the base of them all.
"""

from enum import IntEnum

from ctios_fast.connection.errors import (
    ConnectionFailed,
    ConnectionLost,
    ControlFailure,
    OpenRefused,
    RequestRefused,
    RequestTimeout,
    TooManyRequests,
)
from ctios_fast.connection.link import SendBufferFull
from ctios_fast.protocol.errors import CtiOsError, EncodeError, FrameTooLarge, MalformedFrame, ProtocolError

__all__ = [
    "CilError",
    "ConnectionFailed",
    "ConnectionLost",
    "ControlFailure",
    "CtiOsError",
    "EncodeError",
    "FrameTooLarge",
    "MalformedFrame",
    "MethodError",
    "OpenRefused",
    "ProtocolError",
    "RequestRefused",
    "RequestTimeout",
    "SendBufferFull",
    "TooManyRequests",
]


class CilError(IntEnum):
    """Return codes of CTI OS methods that the library uses (CTI OS Developer's Guide, CIL error codes)."""

    E_CTIOS_MODE_CONFLICT = -101
    E_CTIOS_INVALID_ARGUMENT = -103
    E_CTIOS_INVALID_SESSION = -104
    E_CTIOS_INVALID_AGENT = -112
    E_CTIOS_IN_FAILOVER = -114
    E_CTIOS_MISSING_ARGUMENT = -116
    E_CTIOS_AGENT_NOT_LOGIN = -120
    E_CTIOS_MODE_SET_ALREADY = -148
    E_CTIOS_MODE_NOT_SET = -149
    E_CTIOS_SESSION_DISCONNECT_PENDING = -300
    E_CTIOS_SESSION_NOT_CONNECTED = -301
    E_CTIOS_SESSION_NOT_DISCONNECTED = -351
    E_CTIOS_AGENT_ALREADY_IN_SESSION = -900
    E_CTIOS_SET_AGENT_SESSION_DISCONNECT_REQUIRED = -901
    E_CTIOS_LOGIN_INCONSISTENT_ARGUMENTS = -904


class MethodError(CtiOsError):
    """A method could not be carried out as called; nothing was sent and no event follows.

    ``code`` is what CTI OS's method would have returned.
    """

    def __init__(self, code: CilError, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.reason} ({self.code.name})"
