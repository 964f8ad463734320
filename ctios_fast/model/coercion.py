"""What the public methods of the model accept: coercion and checks of their arguments.

Every method uses these functions for its parameters and for the keywords of its Arguments, so both ways in
accept and refuse the same values. A refusal names the argument, what was expected and what was given; it
never shows the value of a password.
"""

import warnings
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from ctios_fast._checks import shown
from ctios_fast.connection.options import MAX_SECONDS
from ctios_fast.core.secret import Secret, hidden
from ctios_fast.enums import CilCode
from ctios_fast.errors import MethodError
from ctios_fast.protocol.naming import suggestion

from .argument_values import as_boolean, as_integer, is_password
from .arguments import Arguments

__all__ = [
    "MAX_UINT",
    "boolean",
    "hidden",
    "hidden_fields",
    "hidden_pairs",
    "integer",
    "optional_seconds",
    "received",
    "refuse",
    "text",
]

#: Largest unsigned number of 32 bits.
MAX_UINT: Final = 0xFFFFFFFF


def refuse(reason: str, code: CilCode = CilCode.E_CTIOS_INVALID_ARGUMENT) -> MethodError:
    """The error for an argument that cannot be used."""
    return MethodError(code, reason)


def _shown(name: str, value: object) -> str:
    return f"a {type(value).__name__}" if is_password(name) or isinstance(value, Secret) else shown(value)


def integer(name: str, value: Any, low: int, high: int) -> int:
    """The value as an integer from ``low`` to ``high``. Text in decimal digits is accepted, as in CTI OS.

    Raises ``MethodError`` (E_CTIOS_INVALID_ARGUMENT).
    """
    return as_integer(name, value, (low, high))


def text(name: str, value: Any, max_length: int, *, empty: bool = True) -> str:
    """The value as text of at most ``max_length`` characters. Numbers are accepted, as in CTI OS.

    The encoder checks what the session's encoding can carry, and the length in bytes.

    Raises ``MethodError`` (E_CTIOS_INVALID_ARGUMENT).
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise refuse(f"{name} must be text, got {_shown(name, value)}")
    if isinstance(value, int) and abs(value) >= 10**max_length:
        raise refuse(f"{name} must have at most {max_length} characters, got {_shown(name, value)}")
    result = str(value)
    if not result and not empty:
        raise refuse(f"{name} must not be empty")
    if len(result) > max_length:
        raise refuse(f"{name} must have at most {max_length} characters, got {len(result)}")
    if "\0" in result:
        raise refuse(f"{name} must be text without NUL characters, got {_shown(name, value)}")
    return result


def boolean(name: str, value: Any) -> bool:
    """The value as a boolean. The texts 0, 1, true, false, yes and no are accepted, as in CTI OS.

    Raises ``MethodError`` (E_CTIOS_INVALID_ARGUMENT).
    """
    return as_boolean(name, value)


def optional_seconds(name: str, value: Any) -> float | None:
    """A time in seconds, above 0 and at most a year; None stays None.

    Raises ``MethodError`` (E_CTIOS_INVALID_ARGUMENT).
    """
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= MAX_SECONDS:
        return value
    raise refuse(
        f"{name} must be a number of seconds above 0 and at most {MAX_SECONDS:.0f}, or None, "
        f"got {shown(value)}"
    )


def hidden_pairs(pairs: Any) -> Any:
    """Pairs of field name and value, with the values of passwords hidden. Never raises.

    What is not a series of pairs is returned as it is, for the encoder to refuse; a series that cannot be
    read is hidden itself.
    """
    if not isinstance(pairs, Iterable) or isinstance(pairs, str | bytes):
        return pairs
    try:
        return [_hidden_pair(pair) for pair in (pairs.items() if isinstance(pairs, Mapping) else pairs)]
    except Exception:
        return Secret(pairs)


def hidden_fields(fields: Any) -> Any:
    """Fields by name, with the values of passwords hidden. Never raises.

    What is not a mapping is returned for the caller to refuse, with the passwords of pairs hidden.
    """
    if not isinstance(fields, Mapping):
        return hidden_pairs(fields)
    try:
        if not any(map(_names_password, fields)):
            return fields
        return {name: hidden(value) if _names_password(name) else value for name, value in fields.items()}
    except Exception:
        return Secret(fields)


def _names_password(name: object) -> bool:
    if isinstance(name, bytes | bytearray):  # refused later, but its value is a password all the same
        name = name.decode("latin-1")
    return isinstance(name, str) and is_password(name)


def _hidden_pair(pair: Any) -> Any:
    # with two items or, by mistake, more
    if isinstance(pair, tuple | list) and len(pair) > 1 and _names_password(pair[0]):
        return (pair[0], *map(hidden, pair[1:]))
    return pair


def received(
    method: str, args: Any, known: Collection[str], *, stacklevel: int = 4
) -> "Arguments | MethodError | None":
    """The Arguments of a method, or the error to raise where they are none. Never raises.

    - ``known``: the keywords that the method uses. Others are ignored with a warning, since CTI OS allows
      them.
    - ``stacklevel``: frames from the warning up to the program's call of the method.

    It returns the error instead of raising it because a traceback shows the variables of every function that
    it passes through: the caller first replaces its own variable, which may hold a password in clear.
    """
    if not isinstance(args, Mapping | None):
        return refuse(f"{method}() takes Arguments or a mapping of keywords, got {type(args).__name__}")
    try:
        given = args if args is None or isinstance(args, Arguments) else Arguments(args)
        if given:
            _warn_about_unused(method, given, known, stacklevel)
    except MethodError as error:
        return error.with_traceback(None)  # which shows the variables here
    except UserWarning as error:  # warnings are errors
        return refuse(str(error))
    except Exception as error:  # a keyword that is not text, at any depth
        return refuse(f"{method}(): {error}")
    return given


def _warn_about_unused(method: str, given: Arguments, known: Collection[str], stacklevel: int) -> None:
    lower = {keyword.lower() for keyword in known}
    for key in given:
        if key.strip().lower() not in lower:
            words = f"{method}() does not use {key}{suggestion(key, known)}"
            warnings.warn(words, UserWarning, stacklevel=stacklevel)
