"""Names of the reference: their Python spelling, their message numbers, and suggestions for misspelt ones.

``snake_case`` gives ``agent_state`` for ``AgentState``. ``message_number`` returns the number of a
message that is given by number, name or class. ``suggestion`` gives the text "; did you mean …?" of errors.
"""

from collections.abc import Iterable
from functools import cache
from operator import index
from typing import TYPE_CHECKING, Any, SupportsIndex

if TYPE_CHECKING:
    import re

__all__ = ["message_number", "snake_case", "suggestion"]

#: Parts of names that the case rules would split wrongly, and spellings that they split correctly.
_COMPOUNDS = {"CTIOSCIL": "CtiosCil", "MRDs": "Mrds", "MRDID": "MrdID", "IPV6": "Ipv6"}


@cache
def _patterns() -> "tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]":
    import re  # imported at the first use: importing the package needs no pattern

    return (
        re.compile("|".join(_COMPOUNDS)),
        re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"),
        re.compile(r"\W+"),
    )


def snake_case(name: str) -> str:
    """The name of a field, enumeration or member in lower case with underscores."""
    compound, boundary, other = _patterns()
    split = compound.sub(lambda match: _COMPOUNDS[match[0]], name)
    return other.sub("_", boundary.sub("_", split)).strip("_").lower()


def suggestion(name: str, known: Iterable[str]) -> str:
    """``"; did you mean …?"`` with the known name nearest to this one, or an empty text."""
    from difflib import get_close_matches  # needed for error messages only

    by_lower = {one.lower(): one for one in known}
    near = get_close_matches(name.lower(), by_lower, n=1)
    return f"; did you mean {by_lower[near[0]]}?" if near else ""


@cache
def _numbers() -> dict[str, int]:
    from .numbers import NAMES  # generated: setup.py imports this module before it exists

    return {name: number for number, name in NAMES.items()}


@cache
def _known() -> frozenset[int]:
    return frozenset(_numbers().values())


def message_number(message: "SupportsIndex | str | type[Any]") -> int:
    """The number of a message of the reference.

    ``message``: its number, its name (``"AGENT_STATE_EVENT"``), or its class (``AgentStateEvent``).

    Raises ``ValueError`` for a number or name that the reference lacks, ``TypeError`` for another type.
    """
    if isinstance(message, str):
        found = _numbers().get(message)
        if found is None:
            raise ValueError(f"the reference has no message {message!r}{suggestion(message, _numbers())}")
        return found
    if isinstance(message, type):
        number = getattr(message, "number", None)
        if not isinstance(number, int):
            raise TypeError(
                f"{message.__name__} is not a message class; ctios_fast.messages has one for each message"
            )
    elif isinstance(message, bool) or not hasattr(message, "__index__"):
        raise TypeError(f"expected a message as number, name or class, got {type(message).__name__}")
    else:
        number = index(message)
    if number not in _known():
        raise ValueError(f"the reference has no message with number {number}")
    return number
