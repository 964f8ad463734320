"""Errors of the connection: servers not reached, sessions refused or lost, requests refused or unanswered."""

from typing import Self

from ctios_fast.core import Message
from ctios_fast.protocol import messages as ged
from ctios_fast.protocol.errors import CtiOsError

__all__ = [
    "ConnectionFailed",
    "ConnectionLost",
    "ControlFailure",
    "OpenRefused",
    "RequestRefused",
    "RequestTimeout",
    "TooManyRequests",
    "code_name",
]


def code_name(enumeration: str, code: int) -> str:
    """The code's name in that enumeration of the reference, or the number itself where it has none."""
    from ctios_fast.protocol import enums  # not before something failed

    try:
        name: str = getattr(enums, enumeration)(code).name
    except ValueError:
        return str(code)
    return name


class ConnectionFailed(CtiOsError, ConnectionError):
    """No side of the pair could be reached in the attempts allowed."""


class ConnectionLost(CtiOsError, ConnectionError):
    """The connection ended, or there is none, so that the request stays unanswered."""


class RequestTimeout(CtiOsError, TimeoutError):
    """The server did not answer in time. The request may still have taken effect."""


class TooManyRequests(CtiOsError):
    """As many requests as allowed are open; this one was not sent."""


class OpenRefused(CtiOsError):
    """The server answered OPEN_REQ with FAILURE_CONF. ``status`` is the StatusCode, ``name`` its name."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status
        self.name = code_name("StatusCode", status)

    def __str__(self) -> str:
        return f"the CTI Server refused to open a session: {self.name} ({self.status})"


class ControlFailure(CtiOsError):
    """The peripheral refused a request (CONTROL_FAILURE_CONF).

    ``failure_code`` is a ControlFailureCode, ``peripheral_error_code`` the peripheral's own, ``name`` the
    failure code's name, ``message_type`` the number of the refused request and ``invoke_id`` its InvokeID.
    """

    _codes = "ControlFailureCode"

    def __init__(
        self, failure_code: int, peripheral_error_code: int, message_type: int, invoke_id: int = 0
    ) -> None:
        super().__init__(failure_code, peripheral_error_code, message_type, invoke_id)
        self.failure_code = failure_code
        self.peripheral_error_code = peripheral_error_code
        self.message_type = message_type
        self.invoke_id = invoke_id
        self.name = code_name(self._codes, failure_code)

    @classmethod
    def from_message(cls, message: Message, message_type: int) -> Self:
        """From the confirmation that came instead of the request's own."""
        fields = message.fixed()
        code = fields["Status"] if "Status" in fields else fields["FailureCode"]
        return cls(code, fields.get("PeripheralErrorCode", 0), message_type, fields["InvokeID"])

    def __str__(self) -> str:
        request = ged.NAMES.get(self.message_type, str(self.message_type))
        return (
            f"{request} failed: {self.name} ({self.failure_code}), "
            f"peripheral error {self.peripheral_error_code}"
        )


class RequestRefused(ControlFailure):
    """The CTI Server itself refused a request (FAILURE_CONF): ``failure_code`` is a StatusCode."""

    _codes = "StatusCode"
