"""Checks of arguments: errors that name the argument, its value and its range."""

__all__ = ["MAX_FRAME_SIZE", "MIN_FRAME_SIZE", "check_frame_limit", "check_integer", "shown"]

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
    end = "or more" if maximum is None else f"to {maximum}"
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an integer, {minimum} {end}, got {value!r}")
    if value < minimum or (maximum is not None and value > maximum):
        raise ValueError(f"{name} must be {minimum} {end}, got {shown(value)}")
    return value


def check_frame_limit(value: object) -> int:
    """Return the argument ``max_frame``: the largest frame accepted, in bytes with its header."""
    return check_integer("max_frame", value, MIN_FRAME_SIZE, MAX_FRAME_SIZE)
