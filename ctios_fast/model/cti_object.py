"""CtiObject: what Agent, SkillGroup and the other objects that a session knows have in common.

An object knows its session only through a ``Context``.
"""

from typing import Any, ClassVar

from ctios_fast import keywords as kw
from ctios_fast.enums import CilCode
from ctios_fast.errors import MethodError, Refused, RequestRefused

from .arguments import Arguments, arguments_over
from .context import Context
from .property_object import Property, PropertyObject, properties

__all__ = ["CtiObject", "Property", "properties"]


class CtiObject(PropertyObject):
    """An object of the model that belongs to a session, or to none yet."""

    __slots__ = ("context", "peripheral_id")

    #: What an error says of an object without a session.
    WITHOUT_SESSION: ClassVar[str] = "does not belong to a session"

    def __init__(self) -> None:
        super().__init__()
        #: The session that the object belongs to, None as long as it belongs to none.
        self.context: Context | None = None
        #: The peripheral that the object belongs to, None until a mode is set.
        self.peripheral_id: int | None = None

    # --- Refusals -----------------------------------------------------------------------------------

    def _fire_refusal(self, error: Refused, *events: str) -> bool:
        # Fires OnControlFailureConf after the given events. Returns whether any of them has a listener.
        context = self.context
        if context is None:
            return False
        heard = [
            context.fire(event, self._refusal_arguments, error) for event in (*events, "OnControlFailureConf")
        ]
        return any(heard)

    def _refusal_arguments(self, error: Refused) -> Arguments:
        values: dict[str, Any] = {
            kw.CTIOS_INVOKEID: error.invoke_id,
            kw.CTIOS_FAILURECODE: error.code,
            kw.CTIOS_PERIPHERALERRORCODE: getattr(error, "peripheral_error_code", 0),
            kw.CTIOS_MESSAGETYPE: error.message_type,
            kw.CTIOS_ERRORMESSAGE: str(error),
        }
        if isinstance(error, RequestRefused):  # the server refused: its code is a StatusCode
            values[kw.CTIOS_STATUSCODE] = error.status
        values.update(self._identity())
        return arguments_over(values)

    def _identity(self) -> dict[str, Any]:
        # The Arguments that identify the object in its events.
        return {kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id}

    # --- The session --------------------------------------------------------------------------------

    def _require_context(self) -> Context:
        if self.context is None:
            raise MethodError(CilCode.E_CTIOS_INVALID_SESSION, f"{self!r} {self.WITHOUT_SESSION}")
        return self.context

    def _peripheral(self, context: Context) -> int:
        # The peripheral that a request about the object names.
        return context.peripheral_id if self.peripheral_id is None else self.peripheral_id

    def leave(self) -> None:
        """Belong to no session from now on. Called by the registry."""
        self.context = None

    def connection_lost(self, reason: str) -> None:
        """The connection is gone: what the object knows may be stale. Called by the registry."""

    def doubt(self) -> None:
        """Events may have been missed though the connection is up. Called by the registry."""

    def forget(self) -> None:
        """Drop what was learned over an earlier connection. Called by the registry."""
