"""PropertyObject: an object with an identity and properties, as all objects of CTI OS are.

Its properties are one table, from CTI OS's keyword to the Python attribute. Besides them it holds any that
the program sets under other keywords.
"""

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from ctios_fast import keywords as kw
from ctios_fast.enums import CilCode
from ctios_fast.protocol.naming import suggestion

from .argument_cover import taken
from .argument_values import UINT, USHORT, as_integer, as_text, is_password
from .arguments import Arguments, arguments_over, covered, nested
from .coercion import integer, refuse
from .typed_values import TypedValues

if TYPE_CHECKING:
    from ctios_fast.enums import ArgType

__all__ = ["Property", "PropertyObject", "properties"]

log = logging.getLogger("ctios_fast.objects")

#: Codes that ``report_error`` takes: CTI OS's are integers of 32 bits.
_MIN_CODE, _MAX_CODE = -(1 << 31), (1 << 31) - 1


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


class PropertyObject(TypedValues):
    """An object with an identity and properties.

    A keyword is found in any case, with spaces around it. Methods that read a property raise ``KeyError``
    where the object has none under the keyword, and ``MethodError`` for a keyword that is not text.
    """

    __slots__ = ("__weakref__", "_application")

    #: Properties by keyword in lower case; each class has its own.
    _PROPERTIES: ClassVar[Mapping[str, Property]] = {}

    def __init__(self) -> None:
        #: Properties of the application, None without one: most objects have none.
        self._application: Arguments | None = None

    @property
    def unique_object_id(self) -> str:
        """The object's identity within its session: its kind, the peripheral, its key."""
        raise NotImplementedError

    # --- Reading ------------------------------------------------------------------------------------

    def _found(self, keyword: str) -> tuple[str, Any]:
        if not isinstance(keyword, str):
            raise refuse(f"a keyword must be text, got {type(keyword).__name__}")
        row = self._PROPERTIES.get(keyword.strip().lower())
        if row is not None:
            if not row.is_readable:
                raise KeyError(keyword)
            return row.keyword, getattr(self, row.attribute)
        if self._application is not None and keyword in self._application:
            return keyword, self._application[keyword]
        other = self._other_property(keyword.strip().lower())
        if other is None:
            raise KeyError(keyword)
        return other

    def _other_property(self, keyword: str) -> tuple[str, Any] | None:
        # A property that is not in the table, by its keyword in lower case: the keyword as CTI OS has it, and
        # the value. Objects whose properties come from messages override it, and ``_other_properties``.
        del keyword
        return None

    def _other_properties(self) -> dict[str, Any]:
        return {}

    def _name_of_other(self, keyword: str) -> str | None:
        # The name of a property that messages bring, known or not; None for a keyword that is free for the
        # application.
        del keyword
        return None

    def get_value_string(self, keyword: str) -> str:
        """A property as text: a number in digits, an object as its UniqueObjectID, None as empty text."""
        name, value = self._found(keyword)
        return value.unique_object_id if isinstance(value, PropertyObject) else as_text(name, value)

    def get_value_array(self, keyword: str) -> Arguments:
        """A property that holds Arguments. Raises ``MethodError`` for another one."""
        return nested(*self._found(keyword))

    def get_element(self, keyword: str, index: int) -> object:
        """The value at a position, from 1 on, of a property that holds Arguments.

        Raises ``MethodError`` for another property, ``IndexError`` for a position that it does not have.
        """
        return self.get_value_array(keyword).get_element(index)

    def is_valid(self, keyword: str) -> bool:
        """Whether the object has such a property, and its value is known."""
        try:
            return self.get_value(keyword) is not None
        except KeyError:
            return False

    def get_property_type(self, keyword: str) -> "ArgType":
        """The type of a property; ARG_NOTSET while its value is not known."""
        return self.get_value_type(keyword)

    def get_all_properties(self) -> Arguments:
        """All properties whose value is known, by keyword; objects as their UniqueObjectID."""
        values: dict[str, Any] = {}
        for row in self._PROPERTIES.values():
            value = getattr(self, row.attribute) if row.is_readable else None
            if value is not None:
                values[row.keyword] = value
        values.update(self._other_properties())
        if self._application is not None:
            values.update(self._application)
        for keyword, value in values.items():
            if isinstance(value, PropertyObject):
                values[keyword] = value.unique_object_id
        return arguments_over(values)

    def get_num_properties(self) -> int:
        """How many properties ``get_all_properties`` returns."""
        return len(self.get_all_properties())

    def get_property_name(self, index: int) -> str:
        """The keyword at a position, from 1 to ``get_num_properties()``. Raises ``IndexError``."""
        return self.get_all_properties().get_element_key(index)

    def dump_properties(self) -> str:
        """All properties as ``key1 = value1; key2 = value2``. Passwords are not shown."""
        return self.get_all_properties().dump()

    # --- Setting ------------------------------------------------------------------------------------

    def set_value(self, keyword: str, value: object) -> None:
        """Set a property of the object, or one of the application under a keyword of its own.

        A plain dict becomes Arguments, and a list a tuple; a password is hidden.

        Raises ``MethodError``: E_CTIOS_INVALID_PROPERTY for a property that cannot be set,
        E_CTIOS_INVALID_ARGUMENT for a value or keyword that cannot be used.
        """
        value = covered(keyword, value)
        if not isinstance(keyword, str):
            raise refuse(f"a keyword must be text, got {type(keyword).__name__}")
        near = _near_password(keyword)
        if near:
            raise refuse(f"there is no property {keyword}{near}", CilCode.E_CTIOS_INVALID_PROPERTY)
        row = self._PROPERTIES.get(keyword.strip().lower())
        if row is None:
            name = self._name_of_other(keyword.strip().lower())
            if name is not None:
                raise refuse(f"{name} cannot be set", CilCode.E_CTIOS_INVALID_PROPERTY)
            self._keep(keyword, taken(value))
        elif row.coerce is None:
            raise refuse(f"{row.keyword} cannot be set", CilCode.E_CTIOS_INVALID_PROPERTY)
        else:
            self._set_property(row, row.coerce(row.keyword, taken(value)))

    def set_value_uint(self, keyword: str, value: object) -> None:
        """Set a property as an unsigned integer of 32 bits. Raises as ``set_value`` does."""
        value = covered(keyword, value)
        self.set_value(keyword, as_integer(keyword, taken(value), UINT))

    def set_value_ushort(self, keyword: str, value: object) -> None:
        """Set a property as an unsigned integer of 16 bits. Raises as ``set_value`` does."""
        value = covered(keyword, value)
        self.set_value(keyword, as_integer(keyword, taken(value), USHORT))

    def _set_property(self, row: Property, value: Any) -> None:
        setattr(self, row.attribute, value)

    def _keep(self, keyword: str, value: Any) -> None:
        if self._application is None:
            self._application = Arguments()
        self._application[keyword] = value

    # --- Errors -------------------------------------------------------------------------------------

    @property
    def last_error(self) -> int:
        """The code of the last ``report_error``, 0 without one. The library itself raises its errors."""
        kept: Any = None if self._application is None else self._application.get(kw.CTIOS_LASTERROR)
        code: int = 0 if kept is None else kept
        return code

    def get_last_error(self) -> int:
        """The code of the last ``report_error``, 0 without one."""
        return self.last_error

    def report_error(self, error: int) -> int:
        """Keep an error code of the program as LastError, log it as critical, and return it.

        Raises ``MethodError`` for a code that is not an integer of 32 bits.
        """
        code = integer("error", error, _MIN_CODE, _MAX_CODE)
        self._keep(kw.CTIOS_LASTERROR, code)
        known = code in CilCode.__members__.values()
        log.critical("%r: error %d%s", self, code, f" ({CilCode(code).name})" if known else "")
        return code


def _near_password(keyword: str) -> str:
    # "AgentPasswrd" is likely to come with a password in clear: it is not taken for an application's property
    if "password" in keyword.lower() or not is_password(keyword):
        return ""
    return suggestion(keyword, ("AgentPassword", "ClientPassword"))
