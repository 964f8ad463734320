"""CtiObject: what Agent, SkillGroup and the other objects of the model have in common.

An object knows its session only through a ``Context``. Its properties are one table, from CTI OS's keyword to
the Python attribute; ``get_value`` and its relatives read it.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple

from ctios_fast import keywords as kw
from ctios_fast.core.secret import Secret
from ctios_fast.enums import CilCode
from ctios_fast.errors import MethodError, Refused, RequestRefused
from ctios_fast.protocol.naming import suggestion

from .argument_values import is_password
from .arguments import Arguments, arguments_over
from .coercion import boolean, hidden, integer, refuse
from .context import Context

__all__ = ["CtiObject", "Property", "properties"]

_INT_RANGE = (-(1 << 63), (1 << 63) - 1)


class Property(NamedTuple):
    """A property that CTI OS has for an object.

    - ``keyword``: its name in CTI OS.
    - ``attribute``: the attribute that holds it.
    - ``coerce``: checks a value that the program sets; None for a property that it cannot set.
    - ``is_readable``: whether the program can read it.
    """

    keyword: str
    attribute: str
    coerce: Callable[[str, Any], Any] | None = None
    is_readable: bool = True


def properties(*rows: Property) -> dict[str, Property]:
    """The table of an object's properties, by keyword in lower case."""
    return {row.keyword.lower(): row for row in rows}


class CtiObject:
    """An object of the model, with an identity and properties.

    Besides its own properties an object holds any that the program sets under other keywords. A value set
    under a keyword that names a password is kept hidden.
    """

    __slots__ = ("__weakref__", "_application", "context", "peripheral_id")

    #: Properties by keyword in lower case; each class has its own.
    PROPERTIES: ClassVar[Mapping[str, Property]] = {}

    def __init__(self) -> None:
        #: The session that the object belongs to, None as long as it belongs to none.
        self.context: Context | None = None
        #: The peripheral that the object belongs to, None until a mode is set.
        self.peripheral_id: int | None = None
        #: Properties of the application, by keyword in lower case: the keyword as given, and the value.
        self._application: dict[str, tuple[str, Any]] | None = None

    @property
    def unique_object_id(self) -> str:
        """The object's identity within its session: its kind, the peripheral, its key."""
        raise NotImplementedError

    # --- Properties ---------------------------------------------------------------------------------

    def _found(self, keyword: str) -> tuple[str, Any]:
        if not isinstance(keyword, str):
            raise refuse(f"a keyword must be text, got {type(keyword).__name__}")
        key = keyword.strip().lower()
        row = self.PROPERTIES.get(key)
        if row is not None:
            if not row.is_readable:
                raise KeyError(keyword)
            return row.keyword, getattr(self, row.attribute)
        if self._application is not None and key in self._application:
            return self._application[key]
        raise KeyError(keyword)

    def get_value(self, keyword: str) -> Any:
        """A property by its keyword.

        Raises ``KeyError`` where there is none, ``MethodError`` for a keyword that is not text.
        """
        return self._found(keyword)[1]

    def get_value_int(self, keyword: str) -> int:
        """A property as an integer. Raises ``KeyError``, and ``MethodError`` where it is not a number."""
        name, value = self._found(keyword)
        return integer(name, value, *_INT_RANGE)

    def get_value_string(self, keyword: str) -> str:
        """A property as text; a property that is not known yet is an empty text. Raises ``KeyError``."""
        value = self.get_value(keyword)
        return "" if value is None else str(value)

    def get_value_bool(self, keyword: str) -> bool:
        """A property as a boolean. Raises ``KeyError``, and ``MethodError`` where it is not one."""
        name, value = self._found(keyword)
        return boolean(name, value)

    def get_value_array(self, keyword: str) -> Arguments:
        """A property that holds Arguments. Raises ``KeyError``, and ``MethodError`` for another one."""
        name, value = self._found(keyword)
        if not isinstance(value, Arguments):
            raise refuse(f"{name} holds {type(value).__name__}, not Arguments")
        return value

    def is_valid(self, keyword: str) -> bool:
        """Whether the object has such a property, and its value is known."""
        try:
            return self.get_value(keyword) is not None
        except KeyError:
            return False

    def set_value(self, keyword: str, value: Any) -> None:
        """Set a property of the object, or one of the application under a keyword of its own.

        Raises ``MethodError``: E_CTIOS_INVALID_PROPERTY for a property that cannot be set,
        E_CTIOS_INVALID_ARGUMENT for a value or keyword that cannot be used.
        """
        if not isinstance(keyword, str):
            value = None
            raise refuse(f"a keyword must be text, got {type(keyword).__name__}")
        near = _near_password(keyword)
        if near or is_password(keyword):
            value = hidden(value)
        if near:
            raise refuse(f"there is no property {keyword}{near}", CilCode.E_CTIOS_INVALID_PROPERTY)
        key = keyword.strip().lower()
        row = self.PROPERTIES.get(key)
        if row is None:
            if self._application is None:
                self._application = {}
            self._application[key] = (keyword.strip(), value)
        elif row.coerce is None:
            raise refuse(f"{row.keyword} cannot be set", CilCode.E_CTIOS_INVALID_PROPERTY)
        else:
            self._set_property(row, row.coerce(row.keyword, value))

    def _set_property(self, row: Property, value: Any) -> None:
        setattr(self, row.attribute, value)

    def get_all_properties(self) -> Arguments:
        """All properties whose value is known, by keyword. Passwords are hidden."""
        values: dict[str, Any] = {}
        for row in self.PROPERTIES.values():
            value = getattr(self, row.attribute) if row.is_readable else None
            if value is not None:
                values[row.keyword] = value
        values.update((self._application or {}).values())
        return arguments_over(values)

    def dump_properties(self) -> str:
        """All properties as ``key1 = value1; key2 = value2``. Passwords are not shown."""
        return "; ".join(
            f"{key} = {'***' if isinstance(value, Secret) or is_password(key) else value}"
            for key, value in self.get_all_properties().items()
        )

    # --- Refusals -----------------------------------------------------------------------------------

    def _fire_refusal(self, error: Refused, *events: str) -> bool:
        # Fires OnControlFailureConf after the given events. Returns whether anybody listened.
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
        # What events about the object name it by.
        return {kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id}

    # --- The session --------------------------------------------------------------------------------

    def _require_context(self) -> Context:
        if self.context is None:
            raise MethodError(CilCode.E_CTIOS_INVALID_SESSION, f"{self!r} does not belong to a session")
        return self.context

    def leave(self) -> None:
        """Belong to no session from now on. Called by the registry."""
        self.context = None

    def connection_lost(self, reason: str) -> None:
        """The connection is gone: what the object knows may be stale. Called by the registry."""

    def doubt(self) -> None:
        """Events may have been missed though the connection is up. Called by the registry."""

    def needs_repair(self) -> bool:
        """Whether the object's state may be stale and can be asked for."""
        return False

    async def repair(self) -> None:
        """Ask for the object's state after a gap. Raises what the request fails with."""

    def forget(self) -> None:
        """Drop what was learned over an earlier connection. Called by the registry."""


def _near_password(keyword: str) -> str:
    # "AgentPasswrd" is likely to come with a password in clear: it is not taken for an application's property
    if "password" in keyword.lower() or not is_password(keyword):
        return ""
    return suggestion(keyword, ("AgentPassword", "ClientPassword"))
