"""Why the plant turns a request down, each with the code that the reference documents for it."""

from ctios_fast.protocol.enums import ControlFailureCode, StatusCode

__all__ = ["ControlRefusal", "PlantError", "RequestRefusal"]


class PlantError(Exception):
    """The plant's rules forbid what was asked; nothing has changed.

    ``reason``: one sentence for a log or the control command's answer.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ControlRefusal(PlantError):
    """A device or call cannot do it: CONTROL_FAILURE_CONF with ``code``."""

    def __init__(self, code: ControlFailureCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class RequestRefusal(PlantError):
    """The request itself cannot be served: FAILURE_CONF with ``status``."""

    def __init__(self, status: StatusCode, reason: str) -> None:
        super().__init__(reason)
        self.status = status
