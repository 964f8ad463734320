"""Refusals of SNAPSHOT_CALL_REQ: which of them say that the call does not exist any more."""

from typing import Final

from ctios_fast.errors import ControlFailure, Refused, RequestRefused
from ctios_fast.protocol.enums import ControlFailureCode, StatusCode

__all__ = ["is_about_the_call"]

#: StatusCodes about the server rather than the call.
_OF_SERVER: Final = frozenset(
    {
        StatusCode.E_CTI_SESSION_NOT_OPEN,
        StatusCode.E_CTI_FUNCTION_NOT_AVAILABLE,
        StatusCode.E_CTI_CTI_SERVER_OFFLINE,
        StatusCode.E_CTI_TIMEOUT,
        StatusCode.E_CTI_UNSPECIFIED_FAILURE,
        StatusCode.E_CTI_SERVER_NOT_MASTER,
        StatusCode.E_CTI_SERVER_IN_MAINTENANCE_MODE,
    }
)
#: ControlFailureCodes about the peripheral's load or availability rather than the call.
_OF_PERIPHERAL: Final = frozenset(
    {
        ControlFailureCode.CF_GENERIC_SYSTEM_RESOURCE_AVAILABILITY,
        ControlFailureCode.CF_SERVICE_BUSY,
        ControlFailureCode.CF_RESOURCE_BUSY,
        ControlFailureCode.CF_RESOURCE_OUT_OF_SERVICE,
        ControlFailureCode.CF_NETWORK_BUSY,
        ControlFailureCode.CF_NETWORK_OUT_OF_SERVICE,
        ControlFailureCode.CF_OUTSTANDING_REQUEST_LIMIT_EXCEEDED,
        ControlFailureCode.CF_GENERIC_PERFORMANCE_MANAGEMENT,
        ControlFailureCode.CF_PERFORMANCE_LIMIT_EXCEEDED,
        ControlFailureCode.CF_RESOURCE_LIMITATION_REJECTION,
        ControlFailureCode.CF_SERVICE_TERMINATION_REJECTION,
        ControlFailureCode.CF_REQUEST_TIMEOUT_REJECTION,
        ControlFailureCode.CF_REQUESTS_ON_DEVICE_EXCEEDED_REJECTION,
    }
)


def is_about_the_call(error: Refused) -> bool:
    """Whether the refusal means that the call is over; others, as of a busy peripheral, leave it open."""
    if isinstance(error, RequestRefused):
        return error.code not in _OF_SERVER
    return not isinstance(error, ControlFailure) or error.code not in _OF_PERIPHERAL
