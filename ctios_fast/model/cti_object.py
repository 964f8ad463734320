"""CtiObject: what Agent, SkillGroup and the other objects that a session knows have in common.

An object knows its session only through a ``Context``.
"""

from typing import Any, ClassVar, Final

from ctios_fast import keywords as kw
from ctios_fast.enums import CilCode
from ctios_fast.errors import MethodError, Refused, RequestRefused

from .arguments import Arguments, arguments_over
from .context import Context
from .property_object import Property, PropertyObject, properties

__all__ = [
    "OBJECT_LIFE",
    "CtiObject",
    "Property",
    "context_of",
    "join_session",
    "leave_session",
    "properties",
]


class CtiObject(PropertyObject):
    """An object of the model that belongs to a session, or to none yet."""

    __slots__ = ("_context", "peripheral_id")

    #: What an error says of an object without a session.
    _WITHOUT_SESSION: ClassVar[str] = "does not belong to a session"

    def __init__(self) -> None:
        super().__init__()
        #: The session that the object belongs to, None as long as it belongs to none.
        self._context: Context | None = None
        #: The peripheral that the object belongs to, None until a mode is set.
        self.peripheral_id: int | None = None

    # --- Refusals -----------------------------------------------------------------------------------

    def _fire_refusal(self, error: Refused, *events: str) -> bool:
        # Fires OnControlFailureConf after the given events. Returns whether any of them has a listener.
        context = self._context
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
        if self._context is None:
            raise MethodError(CilCode.E_CTIOS_INVALID_SESSION, f"{self!r} {self._WITHOUT_SESSION}")
        return self._context

    def _peripheral(self, context: Context) -> int:
        # The peripheral that a request about the object names.
        return context.peripheral_id if self.peripheral_id is None else self.peripheral_id

    # What happens to the object. ``Life`` says what each of them is about.

    def _leave(self) -> None:
        self._context = None

    def _connection_lost(self, reason: str) -> None:
        pass

    def _doubt(self) -> None:
        pass

    def _forget(self) -> None:
        pass


class _LifeOfObjects:
    """What happens to objects that programs have. Each class has its own methods for it."""

    def leave(self, each: CtiObject) -> None:
        """The object belongs to no session from now on."""
        each._leave()  # noqa: SLF001 - a class of this module

    def connection_lost(self, each: CtiObject, reason: str) -> None:
        """The connection is gone: what the object knows may be stale."""
        each._connection_lost(reason)  # noqa: SLF001 - a class of this module

    def doubt(self, each: CtiObject) -> None:
        """Events may have been missed though the connection is up."""
        each._doubt()  # noqa: SLF001 - a class of this module

    def forget(self, each: CtiObject) -> None:
        """What was learned over an earlier connection is dropped."""
        each._forget()  # noqa: SLF001 - a class of this module


#: For the kinds whose objects programs have.
OBJECT_LIFE: Final = _LifeOfObjects()


def context_of(each: Any) -> Context | None:
    """The session that an object of the model belongs to, None if it belongs to none."""
    context: Context | None = each._context  # noqa: SLF001 - a class of this module
    return context


def join_session(each: CtiObject, context: Context) -> None:
    """The object belongs to that session from now on."""
    each._context = context  # noqa: SLF001 - a class of this module


def leave_session(each: CtiObject) -> None:
    """The object belongs to no session from now on, and nothing else happens."""
    each._context = None  # noqa: SLF001 - a class of this module
