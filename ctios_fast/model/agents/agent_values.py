"""What an agent's properties and the requests for states accept: limits, checks and keywords.

Each check raises ``MethodError`` for a value that cannot be used.
"""

from typing import Any, Final

from ctios_fast import keywords as kw
from ctios_fast.core.secret import Secret
from ctios_fast.enums import CilCode
from ctios_fast.errors import MethodError
from ctios_fast.model.arguments import Arguments
from ctios_fast.model.coercion import hidden, integer, refuse, text

from .desk_facts import MAX_INSTRUMENT
from .reasons import unsigned_reason

__all__ = [
    "LOGIN_KEYWORDS",
    "MAX_LOGIN_NAME",
    "STATE_KEYWORDS",
    "checked_agent_id",
    "checked_extension",
    "checked_instrument",
    "checked_peripheral_id",
    "checked_reason",
    "hidden_password",
    "peripheral_number",
    "signing_extras",
    "unknown_login_name",
]

#: Length limits of the protocol, in characters.
MAX_AGENT_ID: Final = 11
MAX_EXTENSION: Final = 15
MAX_LOGIN_NAME: Final = 254
#: A peripheral's id has 32 bits; the highest one means "none".
MAX_PERIPHERAL_ID: Final = 0xFFFFFFFE

#: Keywords that the Arguments of requests for states may carry.
STATE_KEYWORDS: Final = (
    kw.CTIOS_AGENTID,
    kw.CTIOS_PERIPHERALID,
    kw.CTIOS_AGENTINSTRUMENT,
    kw.CTIOS_AGENTEXTENSION,
    kw.CTIOS_AGENTPASSWORD,
    kw.CTIOS_AUTOLOGIN,
    kw.CTIOS_REMOTELOGIN,
    kw.CTIOS_AGENTREMOTENUMBER,
    kw.CTIOS_AGENTCALLMODE,
    kw.CTIOS_EVENTREASONCODE,
    kw.CTIOS_AGENTSTATE,
    kw.CTIOS_AGENTWORKMODE,
    kw.CTIOS_POSITIONID,
    kw.CTIOS_SUPERVISORID,
)

#: Keywords that the Arguments of a login may carry.
LOGIN_KEYWORDS: Final = (*STATE_KEYWORDS, kw.CTIOS_LOGINNAME)


# --- Properties -------------------------------------------------------------------------------------


def checked_agent_id(name: str, value: Any) -> str:
    """The value as an AgentID."""
    return text(name, value, MAX_AGENT_ID, empty=False)


def checked_extension(name: str, value: Any) -> str | None:
    """The value as an AgentExtension, None for none."""
    return None if value is None else text(name, value, MAX_EXTENSION)


def checked_instrument(name: str, value: Any) -> str | None:
    """The value as an AgentInstrument, None for none."""
    return None if value is None else text(name, value, MAX_INSTRUMENT)


def checked_peripheral_id(name: str, value: Any) -> int | None:
    """The value as a PeripheralID, None for none."""
    return None if value is None else peripheral_number(name, value)


def peripheral_number(name: str, value: Any) -> int:
    """The value as a PeripheralID."""
    return integer(name, value, 0, MAX_PERIPHERAL_ID)


def hidden_password(name: str, value: Any) -> Secret | None:
    """The value as a hidden AgentPassword, None for none. Never raises."""
    return hidden(value)


def unknown_login_name(name: str) -> MethodError:
    """The error for a LoginName that the configuration does not have; the protocol has AgentIDs only."""
    return refuse(
        f"no agent with the LoginName {name!r} is known: give the AgentID, or ask for the configuration of "
        "agents when the mode is set",
        CilCode.E_CTIOS_MISSING_ARGUMENT,
    )


# --- Requests for states ----------------------------------------------------------------------------


def checked_reason(given: Arguments | None, reason_code: Any) -> int:
    """EventReasonCode as the unsigned number of the wire, 0 without one.

    ``given``: the Arguments of the request, where ``reason_code`` is None.
    """
    name = "reason_code"
    if reason_code is None:
        name = kw.CTIOS_EVENTREASONCODE
        reason_code = 0 if given is None else given.get(name, 0)
    return unsigned_reason(integer(name, reason_code, -0x8000, 0xFFFF))


def signing_extras(given: Arguments, is_signing: bool) -> tuple[int, str | None, str | None]:
    """AgentWorkMode, PositionID and SupervisorID, which few programs give.

    ``is_signing``: whether the state is LOGIN or LOGOUT. PositionID is None for the others.
    """
    position, supervisor = (
        text(keyword, given[keyword], MAX_AGENT_ID) if keyword in given else None
        for keyword in (kw.CTIOS_POSITIONID, kw.CTIOS_SUPERVISORID)
    )
    work_mode = integer(kw.CTIOS_AGENTWORKMODE, given.get(kw.CTIOS_AGENTWORKMODE, 0), 0, 0xFFFF)
    return work_mode, position if is_signing else None, supervisor
