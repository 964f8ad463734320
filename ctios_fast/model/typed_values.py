"""Values read as a given type, as the GetValue and GetElement methods of CTI OS do.

``TypedValues`` reads by keyword: Arguments and the objects of the model share it. ``TypedElements`` adds what
Arguments have: reading by position.

Every typed method raises ``MethodError`` (E_CTIOS_INVALID_ARGUMENT) for a value that cannot be converted. The
error names the keyword and what was expected, and shows no password.
"""

from typing import TYPE_CHECKING, Any

from .argument_values import INT, SHORT, UINT, USHORT, arg_type, as_boolean, as_integer, as_text

if TYPE_CHECKING:
    from ctios_fast.enums import ArgType

__all__ = ["TypedElements", "TypedValues"]


class TypedValues:
    """Reads values by keyword. A class that inherits it has ``_found``."""

    __slots__ = ()

    def _found(self, keyword: str) -> tuple[str, Any]:
        # the keyword as an error names it, and the value; KeyError without one
        raise NotImplementedError

    def get_value(self, keyword: str) -> object:
        """The value. Raises ``KeyError`` where there is none, as all methods that read by keyword do."""
        return self._found(keyword)[1]

    def get_value_int(self, keyword: str) -> int:
        """The value as an integer of 64 bits. Text in decimal digits is converted."""
        return as_integer(*self._found(keyword), INT)

    def get_value_uint(self, keyword: str) -> int:
        """The value as an unsigned integer of 32 bits."""
        return as_integer(*self._found(keyword), UINT)

    def get_value_short(self, keyword: str) -> int:
        """The value as an integer of 16 bits."""
        return as_integer(*self._found(keyword), SHORT)

    def get_value_ushort(self, keyword: str) -> int:
        """The value as an unsigned integer of 16 bits."""
        return as_integer(*self._found(keyword), USHORT)

    def get_value_bool(self, keyword: str) -> bool:
        """The value as a boolean. Numbers, and the texts 0, 1, true, false, yes, no and "" are converted."""
        return as_boolean(*self._found(keyword))

    def get_value_string(self, keyword: str) -> str:
        """The value as text. Numbers and booleans are converted; None is an empty text.

        A password is not given out as text: use ``get_value(keyword).reveal()``.
        """
        return as_text(*self._found(keyword))

    def get_value_type(self, keyword: str) -> "ArgType":
        """The type of the value, as Arg.GetType of CTI OS reports it: ARG_NOTSET for None."""
        return arg_type(self._found(keyword)[1])


class TypedElements(TypedValues):
    """Reads values by position too, counted from 1. A class that inherits it has ``get_element_key``."""

    __slots__ = ()

    def get_element_key(self, index: int) -> str:
        """The keyword at a position. Positions are counted from 1 to the number of pairs, as in CTI OS.

        Raises ``IndexError`` for another position and ``TypeError`` for one that is not an integer, as all
        methods that read by position do.
        """
        raise NotImplementedError

    def get_element(self, index: int) -> object:
        """The value at a position."""
        return self.get_value(self.get_element_key(index))

    def get_element_int(self, index: int) -> int:
        """The value at a position as an integer of 64 bits."""
        return self.get_value_int(self.get_element_key(index))

    def get_element_uint(self, index: int) -> int:
        """The value at a position as an unsigned integer of 32 bits."""
        return self.get_value_uint(self.get_element_key(index))

    def get_element_short(self, index: int) -> int:
        """The value at a position as an integer of 16 bits."""
        return self.get_value_short(self.get_element_key(index))

    def get_element_ushort(self, index: int) -> int:
        """The value at a position as an unsigned integer of 16 bits."""
        return self.get_value_ushort(self.get_element_key(index))

    def get_element_bool(self, index: int) -> bool:
        """The value at a position as a boolean."""
        return self.get_value_bool(self.get_element_key(index))

    def get_element_string(self, index: int) -> str:
        """The value at a position as text."""
        return self.get_value_string(self.get_element_key(index))

    def get_element_type(self, index: int) -> "ArgType":
        """The type of the value at a position."""
        return self.get_value_type(self.get_element_key(index))
