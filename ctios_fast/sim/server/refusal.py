"""Why the simulated server refuses a request."""

from ctios_fast.protocol.enums import ControlFailureCode, StatusCode

__all__ = ["ControlFailed", "Refused"]


class Refused(Exception):
    """The request is answered by FAILURE_CONF.

    ``status``: the status that the reference documents.
    ``field``: the field that is wrong, "" where it is not a field.
    ``value``: what the field holds, or what is wrong about it; never a password.
    """

    def __init__(self, status: StatusCode, field: str = "", value: object = "") -> None:
        super().__init__(status)
        self.status = status
        self.field = field
        self.value = value

    def __str__(self) -> str:
        where = f": {self.field} {self.value}".rstrip() if self.field or self.value != "" else ""
        return f"{self.status.name} ({int(self.status)}){where}"


class ControlFailed(Exception):
    """The peripheral refuses the request: CONTROL_FAILURE_CONF with ``code``; ``reason`` is for the log."""

    def __init__(self, code: ControlFailureCode, reason: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.code.name} ({int(self.code)}): {self.reason}".removesuffix(": ")
