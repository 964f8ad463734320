"""Refusals of SNAPSHOT_CALL_REQ: which of them say that the call does not exist any more."""

from functools import cache
from typing import Final

from ctios_fast.errors import ControlFailure, Refused, RequestRefused

__all__ = ["is_about_the_call"]

#: StatusCodes about the server rather than the call.
_OF_SERVER: Final = (
    "E_CTI_SESSION_NOT_OPEN",
    "E_CTI_FUNCTION_NOT_AVAILABLE",
    "E_CTI_CTI_SERVER_OFFLINE",
    "E_CTI_TIMEOUT",
    "E_CTI_UNSPECIFIED_FAILURE",
    "E_CTI_SERVER_NOT_MASTER",
    "E_CTI_SERVER_IN_MAINTENANCE_MODE",
)
#: ControlFailureCodes about the peripheral's load or availability rather than the call.
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


def is_about_the_call(error: Refused) -> bool:
    """Whether the refusal means that the call is over; others, as of a busy peripheral, leave it open."""
    of_server, of_peripheral = _numbers()
    if isinstance(error, RequestRefused):
        return error.code not in of_server
    return not isinstance(error, ControlFailure) or error.code not in of_peripheral


@cache
def _numbers() -> tuple[frozenset[int], frozenset[int]]:
    # imported when needed: most programs never use these enumerations
    from ctios_fast.protocol.enums import ControlFailureCode, StatusCode

    return (
        frozenset(int(StatusCode[name]) for name in _OF_SERVER),
        frozenset(int(ControlFailureCode[name]) for name in _OF_PERIPHERAL),
    )
