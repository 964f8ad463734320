"""What the data of a call may be, so that every event can carry them.

A function raises ControlRefusal CF_VALUE_OUT_OF_RANGE for data that events cannot carry, and TypeError for
data of another type.
"""

from collections.abc import Mapping
from typing import Final

from ctios_fast.protocol.enums import ControlFailureCode

from .call_context import CallContext, CallDataChanges
from .plant_error import ControlRefusal
from .wire_limits import (
    MAX_UINT,
    MAX_USHORT,
    bytes_fault,
    characters_fault,
    max_bytes,
    number_fault,
    size_fault,
    text_fault,
)

__all__ = ["check_attributes", "check_context", "check_text"]

_MAX_NAMED_BYTES: Final = 2000
_VARIABLES: Final = frozenset(f"CallVariable{n}" for n in range(1, 11))
_VARIABLE_NULS: Final = 2
_ELEMENT_BYTES: Final = 3
"""Bytes of an element of a named array beside its name and value: two NULs and the index."""

_MAX_INDEX: Final = 0xFF


def _check(fault: str) -> None:
    if fault:
        raise ControlRefusal(ControlFailureCode.CF_VALUE_OUT_OF_RANGE, fault)


def check_text(kind: str, text: str) -> None:
    """Check a single text, such as "ANI"."""
    _check(text_fault(kind, text))


def check_context(context: CallContext) -> None:
    """Check all data that travel with a call."""
    check_text("ANI", context.ani)
    check_text("DNIS", context.dnis)
    check_text("dialled number", context.dialed_number)
    check_text("CallerEnteredDigits", context.caller_entered_digits)
    check_text("CallWrapupData", context.wrapup)
    _check(bytes_fault("UserToUserInfo", context.user_to_user_info))
    for name, value in context.variables.items():
        if name not in _VARIABLES:
            _check(f"there is no call variable {name!r}: give CallVariable1 to CallVariable10")
        check_text(name, value)
    _check_named(context.ecc, context.arrays)


def _check_named(ecc: Mapping[str, str], arrays: Mapping[str, Mapping[int, str]]) -> None:
    """Check named variables and arrays, each for itself and all together."""
    total = 0
    for name, value in ecc.items():
        total += _checked_size("named variable", name, value, _VARIABLE_NULS)
    for name, values in arrays.items():
        for index, value in values.items():
            _check(number_fault("index of a named array", index, 0, _MAX_INDEX))
            total += _checked_size("named array", name, value, _ELEMENT_BYTES)
    if total > _MAX_NAMED_BYTES:
        _check(
            f"named variables and arrays have at most {_MAX_NAMED_BYTES} bytes together, not {total}: "
            "leave some out"
        )


def _checked_size(kind: str, name: str, value: str, more: int) -> int:
    """The bytes of one named value, after a check."""
    _check(characters_fault(f"name of a {kind}", name))
    _check(characters_fault(f"{kind} {name!r}", value))
    size = len(name) + len(value) + more
    _check(size_fault(f"{kind} {name!r} with its name", size, 0, max_bytes(kind)))
    return size


def check_attributes(changes: CallDataChanges) -> None:
    """Check the changes of what belongs to one call and does not travel with its data."""
    texts = (
        ("CustomerPhoneNumber", changes.customer_phone_number),
        ("CustomerAccountNumber", changes.customer_account_number),
    )
    for kind, text in texts:
        if text is not None:
            check_text(kind, text)
    numbers = (
        ("CallType", changes.call_type, MAX_USHORT),
        ("CalledPartyDisposition", changes.disposition, MAX_USHORT),
        ("CampaignID", changes.campaign_id, MAX_UINT),
        ("QueryRuleID", changes.query_rule_id, MAX_UINT),
        *(("part of a router call key", part, MAX_UINT) for part in changes.router_key or ()),
    )
    for kind, number, max_value in numbers:
        if number is not None:
            _check(number_fault(kind, number, 0, max_value))
