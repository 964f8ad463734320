"""Checks of arguments: errors that name the argument, its value and its range."""

__all__ = [
    "MAX_FRAME_SIZE",
    "MIN_FRAME_SIZE",
    "check_frame_limit",
    "check_integer",
    "check_optional_integer",
    "shown",
]

#: Sizes of a frame in bytes, its header of 8 bytes included. The header has four bytes for the length of
#: the rest.
MIN_FRAME_SIZE = 8
MAX_FRAME_SIZE = 8 + 0xFFFFFFFF


def shown(value: object) -> str:
    """Return the value as errors show it. Python refuses to write integers of thousands of digits."""
    if isinstance(value, int) and abs(value) > 10**30:
        return "a number of more than 30 digits"
    return repr(value)


def check_integer(name: str, value: object, minimum: int, maximum: int | None = None) -> int:
    """Return an integer argument.

    ``name``: the argument's name, for the error.
    ``value``: what the caller gave.
    ``minimum``, ``maximum``: the range, both ends included; without ``maximum`` there is no upper end.

    Raises TypeError for anything but an int, bool included, and ValueError outside the range.
    """
    return _checked_integer(name, value, minimum, maximum, "")


def check_optional_integer(name: str, value: object, minimum: int, maximum: int | None = None) -> int | None:
    """Return an integer argument, or None where None is given. Everything else is as in ``check_integer``."""
    return None if value is None else _checked_integer(name, value, minimum, maximum, ", or None")


def _checked_integer(name: str, value: object, minimum: int, maximum: int | None, also: str) -> int:
    # also: what else is allowed, for the error
    allowed = f"{minimum} or more{also}" if maximum is None else f"{minimum} to {maximum}{also}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an integer, {allowed}, got {value!r}")
    if value < minimum or (maximum is not None and value > maximum):
        raise ValueError(f"{name} must be {allowed}, got {shown(value)}")
    return value


def check_frame_limit(value: object) -> int:
    """Return the argument ``max_frame``: the largest frame accepted, in bytes with its header."""
    return check_integer("max_frame", value, MIN_FRAME_SIZE, MAX_FRAME_SIZE)
