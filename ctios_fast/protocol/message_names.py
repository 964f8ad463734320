"""Messages by number or by the reference's name, and what was probably meant where a name is wrong."""

from collections.abc import Iterable
from functools import cache

from .numbers import NAMES

__all__ = ["message_number", "suggestion"]


def suggestion(name: str, known: Iterable[str]) -> str:
    """``"; did you mean …?"`` with the known name nearest to this one, or nothing."""
    from difflib import get_close_matches  # of use only where something is wrong

    by_lower = {one.lower(): one for one in known}
    near = get_close_matches(name.lower(), by_lower, n=1)
    return f"; did you mean {by_lower[near[0]]}?" if near else ""


def message_number(message: int | str) -> int:
    """The number of a message that is given by number or by name; ``ValueError`` if there is none such."""
    if isinstance(message, int):
        if not 0 <= message <= 0xFFFFFFFF:
            raise ValueError(f"{message} is no message number")
        return message
    if not isinstance(message, str):
        raise TypeError(f"a message is given by number or name, not {type(message).__name__}")
    number = _numbers().get(message)
    if number is None:
        raise ValueError(f"the reference has no message {message!r}{suggestion(message, _numbers())}")
    return number


@cache
def _numbers() -> dict[str, int]:
    return {name: number for number, name in NAMES.items()}
