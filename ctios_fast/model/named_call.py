"""The call that a program names in a request: a Call, its UniqueObjectID, or the current one."""

from typing import Any, Final, Protocol

from ctios_fast import keywords as kw
from ctios_fast._checks import shown
from ctios_fast.enums import CilCode
from ctios_fast.protocol.codes import CONNECTION_ID_NONE, NULL_CALL_TYPE, NULL_ID

from .coercion import refuse
from .context import Context
from .cti_object import context_of

__all__ = ["CallReference", "add_present_values", "name_connection", "name_no_connection", "named_call"]

#: Fields of SET_CALL_DATA_REQ without a value for "leave it": keyword, field, value if nothing is known.
_PRESENT_VALUES: Final = (
    (kw.CTIOS_CALLTYPE, "call_type", NULL_CALL_TYPE),
    ("CalledPartyDisposition", "called_party_disposition", 0),
    ("CampaignID", "campaign_id", 0),
    ("QueryRuleID", "query_rule_id", 0),
)


class CallProperties(Protocol):
    """The properties of a call."""

    def is_valid(self, keyword: str) -> bool:
        """Whether the call has such a property, and its value is known."""

    def get_value(self, keyword: str) -> Any:
        """A property by its keyword."""


class CallReference(CallProperties, Protocol):
    """What requests need of a Call."""

    peripheral_id: int | None
    connection_call_id: int
    connection_device_id_type: int
    connection_device_id: str

    @property
    def unique_object_id(self) -> str:
        """The call's identity within its session."""


def named_call(context: Context, call: Any) -> CallReference | None:
    """The call of a session that the program means; None where it gave None and no call is current.

    ``call``: a Call, which may have ended; the UniqueObjectID of one that has not; None for the current call.

    Raises ``MethodError`` (E_CTIOS_INVALID_CALL) for anything else.
    """
    if call is None:
        return context.current_call  # type: ignore[return-value]
    found: Any = context.registry.find(call) if isinstance(call, str) else call
    if not hasattr(found, "connection_call_id") or context_of(found) not in (None, context):
        raise refuse(f"{shown(call)} is not a call of this session", CilCode.E_CTIOS_INVALID_CALL)
    named: CallReference = found
    return named


def name_connection(call: CallReference, fields: dict[str, Any], prefix: str = "") -> None:
    """Add the fields of a message that name the connection.

    - ``prefix``: what the names of these fields begin with, such as ``"active_"``.
    """
    fields[f"{prefix}connection_call_id"] = call.connection_call_id
    fields[f"{prefix}connection_device_id_type"] = call.connection_device_id_type
    fields[f"{prefix}connection_device_id"] = call.connection_device_id


def name_no_connection(fields: dict[str, Any], prefix: str = "") -> None:
    """Add the fields that say that the message names no connection there; ``prefix`` as above."""
    fields[f"{prefix}connection_call_id"] = NULL_ID
    fields[f"{prefix}connection_device_id_type"] = CONNECTION_ID_NONE


def add_present_values(call: CallProperties, fields: dict[str, Any]) -> None:
    """Add the fields of SET_CALL_DATA_REQ that it always carries, as they are now, where none are given."""
    for keyword, field, unknown in _PRESENT_VALUES:
        if field not in fields:
            fields[field] = call.get_value(keyword) if call.is_valid(keyword) else unknown
