"""What values the parameters of commands take: a description for people and a check for each kind."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ctios_fast.sim.server.frame_faults import MAX_DELAY, MAX_FAULTS
from ctios_fast.sim.sim_clocks import MAX_ADVANCE

__all__ = [
    "AGENT",
    "CALL",
    "COUNT",
    "DELAY",
    "ECC",
    "FLAG",
    "ID",
    "IDS",
    "NAME",
    "NUMBER",
    "REASON",
    "REQUEST",
    "SECONDS",
    "STATUS",
    "VARIABLES",
    "Kind",
    "choice",
]

MAX_NUMBER: Final = 39
MAX_VARIABLE: Final = 40
MAX_VALUE: Final = 210
MAX_NAME: Final = 32
MAX_NAMES: Final = 200
MAX_TEXT: Final = 255
MAX_ID: Final = 2147483647
MAX_IDS: Final = 100
CALL_VARIABLES: Final = tuple(f"CallVariable{n}" for n in range(1, 11))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value.

    ``text``: what it is, to be read after "must be".
    ``accepts``: whether a value is of the kind.
    """

    text: str
    accepts: Callable[[Any], bool]


def choice(*values: str) -> Kind:
    """One of some words."""
    quoted = [f'"{value}"' for value in values]
    return Kind(f"{', '.join(quoted[:-1])} or {quoted[-1]}", lambda value: value in values)


def _is_text(value: object, max_bytes: int, min_bytes: int = 1) -> bool:
    """Whether it is a Unicode string without NUL and of a size in bounds; a character is one byte.

    The contact centre refuses the characters that are not in Latin-1.
    """
    if not isinstance(value, str) or "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
        return False
    return min_bytes <= len(value) <= max_bytes


def _is_integer(value: object, max_value: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= max_value


def _is_id(value: object) -> bool:
    return value != 0 and _is_integer(value, MAX_ID)


def _is_number(value: object, max_value: float) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return (isinstance(value, int) or math.isfinite(value)) and 0 <= value <= max_value


def _are_variables(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        name in CALL_VARIABLES and _is_text(text, MAX_VARIABLE, 0) for name, text in value.items()
    )


def _are_named(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and len(value) <= MAX_NAMES
        and all(_is_text(name, MAX_NAME) and _is_text(text, MAX_VALUE, 0) for name, text in value.items())
    )


AGENT: Final = Kind(
    f"an agent id, a string of 1 to {MAX_NUMBER} bytes without NUL", lambda v: _is_text(v, MAX_NUMBER)
)
NUMBER: Final = Kind(f"a string of 1 to {MAX_NUMBER} bytes without NUL", lambda v: _is_text(v, MAX_NUMBER))
NAME: Final = Kind(f"a string of at most {MAX_TEXT} bytes without NUL", lambda v: _is_text(v, MAX_TEXT, 0))
ID: Final = Kind(f"an integer from 1 to {MAX_ID}", _is_id)
IDS: Final = Kind(
    f"a list of at most {MAX_IDS} integers from 1 to {MAX_ID}",
    lambda v: isinstance(v, list) and len(v) <= MAX_IDS and all(map(_is_id, v)),
)
CALL: Final = Kind(
    "a ConnectionCallID, an integer from 0 to 4294967295", lambda v: _is_integer(v, 0xFFFFFFFF)
)
REASON: Final = Kind("an integer from 0 to 65535", lambda v: _is_integer(v, 0xFFFF))
SECONDS: Final = Kind(f"a number from 0 to {MAX_ADVANCE:.0f}", lambda v: _is_number(v, MAX_ADVANCE))
DELAY: Final = Kind(f"a number from 0 to {MAX_DELAY:.0f}", lambda v: _is_number(v, MAX_DELAY))
COUNT: Final = Kind(f"an integer from 0 to {MAX_FAULTS}", lambda v: _is_integer(v, MAX_FAULTS))
STATUS: Final = Kind("a status code, an integer", lambda v: _is_integer(v, 0xFFFFFFFF))
REQUEST: Final = Kind('the name of a request, such as "OPEN_REQ"', lambda v: _is_text(v, MAX_NUMBER))
FLAG: Final = Kind("true or false", lambda v: isinstance(v, bool))
VARIABLES: Final = Kind(
    f"an object of CallVariable1 to CallVariable10 with strings of at most {MAX_VARIABLE} bytes without NUL",
    _are_variables,
)
ECC: Final = Kind(
    f"an object of at most {MAX_NAMES} names of 1 to {MAX_NAME} bytes with strings of at most {MAX_VALUE}, "
    "all without NUL",
    _are_named,
)
