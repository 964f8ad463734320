"""What the protocol can carry of the values that callers give a plant: texts, bytes and numbers.

The plant checks a value before it changes anything, so that every event about the change can be encoded. The
functions here return what is wrong with a value as one sentence, "" if nothing is. The operation raises its
own error with that sentence. A value of the wrong type raises TypeError at once.
"""

from functools import cache
from typing import Final

from ctios_fast.core import NEWEST_VERSION, codec
from ctios_fast.protocol import numbers as messages

__all__ = [
    "MAX_AGENT_ID",
    "MAX_EXTENSION",
    "MAX_ID",
    "MAX_PERIPHERAL_ID",
    "MAX_UINT",
    "MAX_USHORT",
    "bytes_fault",
    "characters_fault",
    "first_fault",
    "max_bytes",
    "number_fault",
    "size_fault",
    "text_fault",
]

MAX_ID: Final = 0x7FFFFFFF
"""The largest number or id of a record. Some clients read an id as a signed number."""

MAX_USHORT: Final = 0xFFFF
MAX_UINT: Final = 0xFFFFFFFF
MAX_PERIPHERAL_ID: Final = MAX_UINT - 1
"""The largest id of a peripheral; 0xFFFFFFFF names none."""

MAX_AGENT_ID: Final = 10**11 - 1
MAX_EXTENSION: Final = 10**15 - 1
"""The largest numbers that AgentID and AgentExtension take: 11 and 15 digits."""

_FIELDS: Final = {
    "agent id": (messages.AGENT_STATE_EVENT, "AgentID"),
    "extension": (messages.AGENT_STATE_EVENT, "AgentExtension"),
    "instrument": (messages.AGENT_STATE_EVENT, "AgentInstrument"),
    "active terminal": (messages.AGENT_STATE_EVENT, "ActiveTerminal"),
    "remote number": (messages.AGENT_STATE_EVENT, "AgentInstrument"),
    "first name": (messages.CONFIG_AGENT_EVENT, "FirstName"),
    "last name": (messages.CONFIG_AGENT_EVENT, "LastName"),
    "login name": (messages.CONFIG_AGENT_EVENT, "LoginName"),
    "team name": (messages.AGENT_TEAM_CONFIG_EVENT, "AgentTeamName"),
    "skill group name": (messages.CONFIG_SKILL_GROUP_EVENT, "PeripheralName"),
    "skill group description": (messages.CONFIG_SKILL_GROUP_EVENT, "Description"),
    "service name": (messages.CONFIG_SERVICE_EVENT, "PeripheralName"),
    "service extension": (messages.CONFIG_SERVICE_EVENT, "Extension"),
    "device id": (messages.CALL_DELIVERED_EVENT, "AlertingDeviceID"),
    "device number": (messages.CONFIG_DEVICE_EVENT, "Extension"),
    "call type name": (messages.CONFIG_CALL_TYPE_EVENT, "EnterpriseName"),
    "call type description": (messages.CONFIG_CALL_TYPE_EVENT, "Description"),
    "terminal name": (messages.CONFIG_TERMINAL_EVENT, "TerminalDeviceName"),
    "terminal type": (messages.CONFIG_TERMINAL_EVENT, "TerminalTypeName"),
    "dialled number": (messages.BEGIN_CALL_EVENT, "DialedNumber"),
    "number to call": (messages.BEGIN_CALL_EVENT, "DialedNumber"),
    "ANI": (messages.BEGIN_CALL_EVENT, "ANI"),
    "DNIS": (messages.BEGIN_CALL_EVENT, "DNIS"),
    "CallerEnteredDigits": (messages.BEGIN_CALL_EVENT, "CallerEnteredDigits"),
    "CallWrapupData": (messages.BEGIN_CALL_EVENT, "CallWrapupData"),
    "UserToUserInfo": (messages.BEGIN_CALL_EVENT, "UserToUserInfo"),
    "CustomerPhoneNumber": (messages.CALL_DATA_UPDATE_EVENT, "CustomerPhoneNumber"),
    "CustomerAccountNumber": (messages.CALL_DATA_UPDATE_EVENT, "CustomerAccountNumber"),
    "named variable": (messages.BEGIN_CALL_EVENT, "NamedVariable"),
    "named array": (messages.BEGIN_CALL_EVENT, "NamedArray"),
    "text of a system event": (messages.SYSTEM_EVENT, "Text"),
    **{f"CallVariable{n}": (messages.BEGIN_CALL_EVENT, f"CallVariable{n}") for n in range(1, 11)},
}
"""Kind of text -> the message and the field that leave it the least space."""


@cache
def max_bytes(kind: str) -> int:
    """The bytes that the protocol has for a kind of value, a NUL at its end included."""
    number, name = _FIELDS[kind]
    layout = codec(NEWEST_VERSION).describe(number)
    assert layout is not None
    return next(field.max for field in layout.floating if field.name == name)


def text_fault(kind: str, text: str, min_size: int = 0) -> str:
    """Return what is wrong with a text, "" if nothing is.

    ``kind``: what the text is, such as "first name".
    ``min_size``: characters that it has at least.

    Raises TypeError for a value that is not a str.
    """
    return characters_fault(kind, text) or size_fault(kind, len(text), min_size, max_bytes(kind) - 1)


def characters_fault(kind: str, text: str) -> str:
    """Return which character of a text the protocol cannot carry, "" if it can carry all.

    Raises TypeError for a value that is not a str.
    """
    if not isinstance(text, str):
        raise TypeError(f"the {kind} is a str, not {type(text).__name__}")
    if "\0" in text:
        return f"the {kind} has a NUL at character {text.index(chr(0)) + 1}: leave it out"
    if text.isascii():
        return ""
    at = next((i for i, character in enumerate(text) if character > "\xff"), None)
    if at is None:
        return ""
    return f"the {kind} has {text[at]!r} at character {at + 1}: give characters of Latin-1 only"


def bytes_fault(kind: str, data: bytes) -> str:
    """Return what is wrong with bytes, "" if nothing is.

    Raises TypeError for a value that is not bytes.
    """
    if not isinstance(data, bytes):
        raise TypeError(f"the {kind} is bytes, not {type(data).__name__}")
    return size_fault(kind, len(data), 0, max_bytes(kind))


def size_fault(kind: str, size: int, min_size: int, max_size: int) -> str:
    """Return that a size is out of range, "" if it is not. In Latin-1 a character is one byte."""
    if min_size <= size <= max_size:
        return ""
    expected = f"{min_size} to {max_size}" if min_size else f"at most {max_size}"
    return f"the {kind} has {expected} bytes, not {size}"


def number_fault(kind: str, number: int, min_value: int = 1, max_value: int = MAX_ID) -> str:
    """Return that a number is out of range, "" if it is not.

    Raises TypeError for a value that is not an int.
    """
    if not isinstance(number, int) or isinstance(number, bool):
        raise TypeError(f"the {kind} is an int, not {type(number).__name__}")
    if min_value <= number <= max_value:
        return ""
    return f"the {kind} is {min_value} to {max_value}, not {number}"


def first_fault(*faults: str) -> str:
    """Return the first fault that was found, "" if there is none."""
    return next(filter(None, faults), "")
