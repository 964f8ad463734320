"""The values of Arguments as one kind: what text, numbers and booleans convert to, as in CTI OS.

A value that cannot be converted gives a ``MethodError`` that names the keyword, the expected kind and the
value given. It never shows a password.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ctios_fast._checks import shown
from ctios_fast.core.secret import Secret
from ctios_fast.enums import CilCode
from ctios_fast.errors import MethodError

if TYPE_CHECKING:
    from ctios_fast.enums import ArgType

__all__ = [
    "INT",
    "SHORT",
    "UINT",
    "USHORT",
    "arg_type",
    "as_boolean",
    "as_integer",
    "as_text",
    "invalid",
    "is_hidden",
    "is_password",
    "not_text",
    "wrong",
]

#: The smallest and the largest integer of each kind. CTI OS has 32 bits for INT; ids of the protocol are
#: unsigned, so that INT has 64 here.
INT: Final = (-(1 << 63), (1 << 63) - 1)
UINT: Final = (0, (1 << 32) - 1)
SHORT: Final = (-(1 << 15), (1 << 15) - 1)
USHORT: Final = (0, (1 << 16) - 1)

#: The smallest integer that needs the unsigned kind in CTI OS's 32 bits.
_UINT_ONLY = 1 << 31
_MAX_DIGITS = 40
_MAX_SHOWN = 60
#: Kinds of values that an error shows; of any other it names the kind.
_SHOWN_WHOLE = (str, bytes, int, float, type(None))
_FALSE = frozenset({"", "0", "false", "no"})
_LIKE_PASSWORD = re.compile(r"pass[\s_-]*w|pass?w?o?r?d\b|passphrase|pa?sw|pwd")
_TRUE = frozenset({"1", "true", "yes"})


def is_password(keyword: str) -> bool:
    """Return True if a keyword names a password or is likely meant to: "AgentPasswrd", "Pass word", "pwd"."""
    lower = keyword.lower()
    return "password" in lower or _LIKE_PASSWORD.search(lower) is not None


def is_hidden(key: str, value: Any) -> bool:
    """Return True for a value that no text shows.

    A value that is not given is shown, and nested Arguments, which hide their own values.
    """
    return isinstance(value, Secret) or (
        is_password(key) and value is not None and not isinstance(value, Mapping)
    )


def invalid(reason: str) -> MethodError:
    """The error for an argument that cannot be used."""
    return MethodError(CilCode.E_CTIOS_INVALID_ARGUMENT, reason)


def not_text(key: object) -> TypeError:
    """The error for a keyword that is not text."""
    return TypeError(f"a keyword must be text, got {type(key).__name__}")


def wrong(key: object, expected: str, value: object) -> MethodError | TypeError:
    """The error for a value of another kind than expected, or for a keyword that is not text."""
    if not isinstance(key, str):
        return not_text(key)
    if isinstance(value, Secret) or is_password(key):
        return invalid(f"{key} must be {expected}, but is a password: use get_value() and reveal()")
    given = shown(value) if isinstance(value, _SHOWN_WHOLE) else type(value).__name__
    if len(given) > _MAX_SHOWN:
        given = f"{given[:_MAX_SHOWN]}…"
    return invalid(f"{key} must be {expected}, got {given}")


def as_integer(key: str, value: Any, limits: tuple[int, int]) -> int:
    """An integer within the limits: from a number without a fraction, or from text in decimal digits."""
    low, high = limits
    number: int | None = None
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        number = int(value)
    elif isinstance(value, str) and len(value) <= _MAX_DIGITS:
        try:
            number = int(value)
        except ValueError:
            number = None
    if number is None or not low <= number <= high:
        raise wrong(key, f"an integer from {low} to {high}", value)
    return number


def as_boolean(key: str, value: Any) -> bool:
    """A boolean: from a number, or from one of the texts 0, 1, true, false, yes, no and the empty text."""
    if isinstance(value, int):
        return bool(value)
    if isinstance(value, str):
        lower = value.strip().lower()
        if lower in _FALSE:
            return False
        if lower in _TRUE:
            return True
    raise wrong(key, "true or false", value)


def as_text(key: str, value: Any) -> str:
    """Text: from text, a number or a boolean. None is an empty text."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    raise wrong(key, "text", value)


def arg_type(value: Any) -> "ArgType":
    """The type that CTI OS has for a value.

    Values that CTI OS does not have: a fraction counts as text, which is what it converts to, and a tuple as
    an array.
    """
    from ctios_fast.enums import ArgType  # the class is built with its first use

    if value is None:
        return ArgType.ARG_NOTSET
    if isinstance(value, bool):
        return ArgType.ARG_BOOL
    if isinstance(value, int):
        return ArgType.ARG_INT if value < _UINT_ONLY else ArgType.ARG_UINT
    if isinstance(value, str | Secret | float):
        return ArgType.ARG_STRING
    if isinstance(value, Mapping | tuple):
        return ArgType.ARG_ARGARRAY
    return ArgType.ARG_REFERENCE
