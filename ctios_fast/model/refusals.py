"""Refusals of questions: which of them are lasting, and which say that a call does not exist any more."""

from functools import cache
from typing import Final

from ctios_fast.errors import ControlFailure, Refused, RequestRefused

__all__ = ["denies_the_call", "is_lasting"]

#: StatusCodes about the server rather than what was asked for.
_OF_SERVER: Final = (
    "E_CTI_SESSION_NOT_OPEN",
    "E_CTI_FUNCTION_NOT_AVAILABLE",
    "E_CTI_CTI_SERVER_OFFLINE",
    "E_CTI_TIMEOUT",
    "E_CTI_UNSPECIFIED_FAILURE",
    "E_CTI_SERVER_NOT_MASTER",
    "E_CTI_SERVER_IN_MAINTENANCE_MODE",
)
#: ControlFailureCodes about the peripheral's load or availability rather than what was asked for.
_OF_PERIPHERAL: Final = (
    "CF_GENERIC_SYSTEM_RESOURCE_AVAILABILITY",
    "CF_SERVICE_BUSY",
    "CF_RESOURCE_BUSY",
    "CF_RESOURCE_OUT_OF_SERVICE",
    "CF_NETWORK_BUSY",
    "CF_NETWORK_OUT_OF_SERVICE",
    "CF_OUTSTANDING_REQUEST_LIMIT_EXCEEDED",
    "CF_GENERIC_PERFORMANCE_MANAGEMENT",
    "CF_PERFORMANCE_LIMIT_EXCEEDED",
    "CF_RESOURCE_LIMITATION_REJECTION",
    "CF_SERVICE_TERMINATION_REJECTION",
    "CF_REQUEST_TIMEOUT_REJECTION",
    "CF_REQUESTS_ON_DEVICE_EXCEEDED_REJECTION",
)
#: StatusCodes that say that the server does not know a call, its connection or the connection's device.
_NO_CALL: Final = (
    "E_CTI_INVALID_CALLID",
    "E_CTI_NOT_CALL_PARTY",
    "E_CTI_NO_CALL_ACTIVE",
    "E_CTI_INVALID_DEVICE",
)
#: ControlFailureCodes that say so.
_NO_CALL_AT_PERIPHERAL: Final = (
    "CF_OBJECT_NOT_KNOWN",
    "CF_INVALID_CSTA_CALL_IDENTIFIER",
    "CF_INVALID_CSTA_DEVICE_IDENTIFIER",
    "CF_INVALID_CSTA_CONNECTION_IDENTIFIER",
    "CF_INVALID_CONNECTION_ID_FOR_ACTIVE_CALL",
    "CF_NO_ACTIVE_CALL",
    "CF_NO_CALL_TO_CLEAR",
    "CF_NO_CONNECTION_TO_CLEAR",
    "CF_AGENT_NOT_PARTY_ON_CALL",
)


def is_lasting(error: Refused) -> bool:
    """Whether the refusal is about what was asked for. One of a busy peripheral, for example, is not."""
    return not _is_among(error, _OF_SERVER, _OF_PERIPHERAL)


def denies_the_call(error: Refused) -> bool:
    """Whether the refusal of SNAPSHOT_CALL_REQ says that the call, or its connection, does not exist.

    Others do not say so, though they may be lasting, as one that finds a fault in the message's format.
    """
    return _is_among(error, _NO_CALL, _NO_CALL_AT_PERIPHERAL)


def _is_among(error: Refused, of_server: tuple[str, ...], of_peripheral: tuple[str, ...]) -> bool:
    if not isinstance(error, RequestRefused | ControlFailure):
        return False
    names = of_server if isinstance(error, RequestRefused) else of_peripheral
    return error.code in _numbers(names, error.ENUMERATIONS)


@cache
def _numbers(names: tuple[str, ...], enumerations: tuple[str, ...]) -> frozenset[int]:
    # imported when needed: most programs never use these enumerations
    from ctios_fast.protocol import enums

    members = {
        name: number for each in enumerations for name, number in getattr(enums, each).__members__.items()
    }
    return frozenset(int(members[name]) for name in names)
