"""How long the data of a call may be, so that every event can carry them."""

from collections.abc import Mapping
from typing import Final

from ctios_fast.protocol.enums import ControlFailureCode

from .plant_error import ControlRefusal

__all__ = ["check_number", "check_sizes"]

_MAX_NUMBER: Final = 39
_MAX_ECC_BYTES: Final = 2000
_MAX_VARIABLE: Final = 40
_MAX_WRAPUP: Final = 39


def _size(text: str) -> int:
    """Return the bytes on the wire: each character that it can carry is one byte."""
    return len(text)


def check_number(what: str, number: str) -> None:
    """Raise ControlRefusal CF_VALUE_OUT_OF_RANGE for a caller's number that events cannot carry."""
    if _size(number) > _MAX_NUMBER:
        raise ControlRefusal(
            ControlFailureCode.CF_VALUE_OUT_OF_RANGE,
            f"{what} has at most {_MAX_NUMBER} bytes, not {_size(number)}",
        )


def check_sizes(
    variables: Mapping[str, str],
    wrapup: str | None,
    ecc: Mapping[str, str],
    arrays: Mapping[str, Mapping[int, str]],
) -> None:
    """Raise ControlRefusal CF_VALUE_OUT_OF_RANGE for call data that events cannot carry.

    ``variables``: call variables by name.
    ``wrapup``: CallWrapupData, if it is given.
    ``ecc``, ``arrays``: all named variables and arrays of the call.
    """
    too_long = next((name for name, value in variables.items() if _size(value) > _MAX_VARIABLE), None)
    if too_long is not None:
        raise ControlRefusal(
            ControlFailureCode.CF_VALUE_OUT_OF_RANGE,
            f"{too_long} has at most {_MAX_VARIABLE} bytes, not {_size(variables[too_long])}",
        )
    if wrapup is not None and _size(wrapup) > _MAX_WRAPUP:
        raise ControlRefusal(
            ControlFailureCode.CF_VALUE_OUT_OF_RANGE,
            f"CallWrapupData has at most {_MAX_WRAPUP} bytes, not {_size(wrapup)}",
        )
    size = sum(_size(name) + _size(value) + 2 for name, value in ecc.items())
    size += sum(
        _size(name) + _size(value) + 3 for name, values in arrays.items() for value in values.values()
    )
    if size > _MAX_ECC_BYTES:
        raise ControlRefusal(
            ControlFailureCode.CF_VALUE_OUT_OF_RANGE,
            f"named variables and arrays have at most {_MAX_ECC_BYTES} bytes together, not {size}",
        )
