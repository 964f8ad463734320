"""What OnCTIOSFailure reports: the system's status, and failures that the CTI Server reports by a status.

Its FailureCode is CTI OS's. A StatusCode of the server is another number, so that a status gets a FailureCode
here. The event carries the status itself as StatusCode.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ctios_fast import keywords as kw
from ctios_fast.core import Message
from ctios_fast.enums import FailureCode
from ctios_fast.errors import OpenRefused
from ctios_fast.protocol import codes

from .arguments import Arguments, arguments_over
from .system_status import PERIPHERAL_EVENTS, SystemStatus

__all__ = [
    "FAILURE_CODES",
    "failure_event_arguments",
    "present_events",
    "refused_mode_arguments",
    "status_event_arguments",
    "system_event_arguments",
]

#: The FailureCode of a status. Each status below 15 is here, since its number is a FailureCode with another
#: meaning. A status that is not here has no counterpart, and no FailureCode has its number: it is reported as
#: it is.
FAILURE_CODES: Final[Mapping[int, FailureCode]] = {
    codes.E_CTI_INVALID_VERSION: FailureCode.eServiceNotSupported,
    codes.E_CTI_INVALID_MESSAGE_LENGTH: FailureCode.eOperationNotSupported,
    codes.E_CTI_INVALID_FIELD_TAG: FailureCode.eOperationNotSupported,
    codes.E_CTI_SESSION_NOT_OPEN: FailureCode.eInvalidObjectState,
    codes.E_CTI_SESSION_ALREADY_OPEN: FailureCode.eInvalidObjectState,
    codes.E_CTI_REQUIRED_DATA_MISSING: FailureCode.eRequiredArgMissing,
    codes.E_CTI_INVALID_PERIPHERAL_ID: FailureCode.eUnknownObjectID,
    codes.E_CTI_INVALID_AGENT_DATA: FailureCode.eInconsistentAgentData,
    codes.E_CTI_AGENT_NOT_LOGGED_ON: FailureCode.eInvalidObjectState,
    codes.E_CTI_DEVICE_IN_USE: FailureCode.eAgentAlreadyLoggedIn,
    codes.E_CTI_NEW_SESSION_OPENED: FailureCode.eAgentAlreadyLoggedIn,
    codes.E_CTI_FUNCTION_NOT_AVAILABLE: FailureCode.eServiceNotSupported,
    codes.E_CTI_INVALID_CALLID: FailureCode.eUnknownObjectID,
    codes.E_CTI_PROTECTED_VARIABLE: FailureCode.eInvalidPriviledge,
    codes.E_CTI_CTI_SERVER_OFFLINE: FailureCode.eServerConnectionStatus,
    codes.E_CTI_INCONSISTENT_AGENT_DATA: FailureCode.eInconsistentAgentData,
    codes.E_CTI_INVALID_PASSWORD: FailureCode.eInvalidPriviledge,
    codes.E_CTI_INVALID_OBJECT_STATE: FailureCode.eInvalidObjectState,
}


# --- The status of the system -----------------------------------------------------------------------


def system_event_arguments(event: Message) -> Arguments:
    """Of a SYSTEM_EVENT."""
    number = event["SystemEventID"]
    note = event.get("Text") or ""
    if number != codes.SYS_TEXT_FYI or not note:
        note = f"{_event_name(number)}: {note}" if note else _event_name(number)
    return status_event_arguments(number, event["SystemEventArg1"], note)


def status_event_arguments(
    number: int, peripheral_id: int, words: str, status: int | None = None
) -> Arguments:
    """Of a change of the system's status.

    - ``number``: SystemEventID.
    - ``peripheral_id``: the peripheral, where the event is about one.
    - ``words``: the ErrorMessage.
    - ``status``: the StatusCode that the server gave as the reason, None without one.
    """
    values: dict[str, Any] = {
        kw.CTIOS_FAILURECODE: FailureCode.eServerConnectionStatus,
        kw.CTIOS_SYSTEMEVENTID: number,
        kw.CTIOS_ERRORMESSAGE: words,
    }
    if number in PERIPHERAL_EVENTS:
        values[kw.CTIOS_SYSTEMEVENTARG1] = peripheral_id
    if status is not None:
        values[kw.CTIOS_STATUSCODE] = status
    return arguments_over(values)


def present_events(status: SystemStatus, peripheral_id: int | None) -> Iterator[tuple[int, int, str]]:
    """The events that report the present status: the arguments of ``status_event_arguments`` for each.

    ``peripheral_id``: the peripheral that is reported too, None for no peripheral.
    """
    number = (
        codes.SYS_CENTRAL_CONTROLLER_ONLINE if status.has_controller else codes.SYS_CENTRAL_CONTROLLER_OFFLINE
    )
    yield number, 0, _event_name(number)
    if peripheral_id in status.peripherals:
        is_online = status.peripherals[peripheral_id]
        number = codes.SYS_PERIPHERAL_ONLINE if is_online else codes.SYS_PERIPHERAL_OFFLINE
        yield number, peripheral_id, _event_name(number)


def _event_name(number: int) -> str:
    # the reference's name, the number as text if it has none
    from ctios_fast.protocol.enums import SystemEventID

    try:
        return SystemEventID(number).name
    except ValueError:
        return f"system event {number}"


# --- Failures by a status ---------------------------------------------------------------------------


def failure_event_arguments(status: int) -> Arguments:
    """Of a FAILURE_EVENT."""
    words = f"the CTI Server reports {OpenRefused(status).explained}"
    if status == codes.E_CTI_CTI_SERVER_OFFLINE:
        return status_event_arguments(codes.SYS_CTI_SERVER_OFFLINE, 0, words, status)
    return _status_arguments(FAILURE_CODES.get(status, status), status, words)


def refused_mode_arguments(error: OpenRefused, is_agent_mode: bool) -> Arguments:
    """Of a FAILURE_CONF for an OPEN_REQ, which asked for agent mode or for another one."""
    status = error.status
    code = FAILURE_CODES.get(status, status) if is_agent_mode else FailureCode.eMonitorModeConnectionDenied
    return _status_arguments(code, status, str(error))


def _status_arguments(code: int, status: int, words: str) -> Arguments:
    return arguments_over(
        {kw.CTIOS_FAILURECODE: code, kw.CTIOS_STATUSCODE: status, kw.CTIOS_ERRORMESSAGE: words}
    )
