"""The Call of the CTI OS object model: one connection of a call, which a device has.

A call between two agents has two of them. They share one ``CallData``. The session makes Calls from messages;
a program gets them by ``Session.calls`` and ``Session.get_object_from_object_id``.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from ctios_fast import keywords as kw
from ctios_fast.connection.request_book import Request
from ctios_fast.errors import Refused
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.model.coercion import optional_seconds
from ctios_fast.model.context import Context
from ctios_fast.model.object_ids import call_object_id
from ctios_fast.model.property_object import Property, properties
from ctios_fast.model.request_rows import RequestRow
from ctios_fast.model.supervisors.companion import controlling_context

from .call_data import CALL_VARIABLES, DATA_FIELDS, CallData
from .requests import CallRequests

if TYPE_CHECKING:
    from ctios_fast.messages import SnapshotCallConf

__all__ = ["Call"]

#: What ``get_call_context`` returns, where it is known (CTI OS Developer's Guide, GetCallContext).
_CONTEXT: tuple[str, ...] = (
    kw.CTIOS_ANI,
    kw.CTIOS_CALLERENTEREDDIGITS,
    kw.CTIOS_CALLTYPE,
    kw.CTIOS_CALLWRAPUPDATA,
    kw.CTIOS_DIALEDNUMBER,
    kw.CTIOS_DNIS,
    kw.CTIOS_SERVICEID,
    kw.CTIOS_SERVICENUMBER,
    kw.CTIOS_SKILLGROUPID,
    kw.CTIOS_SKILLGROUPNUMBER,
    kw.CTIOS_USERTOUSERINFO,
)
#: Fields of the last message with a line that ``get_value`` gives, under their names.
_LINE_FIELDS: tuple[str, ...] = (
    kw.CTIOS_LINETYPE,
    kw.CTIOS_LINEHANDLE,
    "CallingDeviceID",
    "CalledDeviceID",
    "AlertingDeviceID",
    "AnsweringDeviceID",
    "LastRedirectDeviceID",
    "TrunkNumber",
    "TrunkGroupNumber",
    "EventCause",
)


class Call(CallRequests):
    """One connection of a call.

    - ``connection_call_id``, ``connection_device_id``, ``connection_device_id_type``: what the protocol names
      the connection by. They can change while the call lasts; the object stays the same.
    - ``status``: the state of the connection (LocalConnectionState), None as long as no message stated it.
    - ``instrument``: the device that has the connection, None as long as no message named it.
    - ``is_monitored``: whether the call is not the session's own, and a monitor reports it.
    - ``is_doubtful``: whether events may have been missed since the call became known.

    It has what programs use. ``LiveCall``, the only subclass, adds what the library keeps of a call.
    """

    __slots__ = (
        "_unique_object_id",
        "connection_call_id",
        "connection_device_id",
        "connection_device_id_type",
        "instrument",
        "is_doubtful",
        "is_monitored",
        "status",
    )

    #: The UniqueObjectID, None before the first use: the text is built once for each id.
    _unique_object_id: str | None
    is_doubtful: bool
    is_monitored: bool

    _WITHOUT_SESSION: ClassVar[str] = "has ended; session.calls has the calls that can be acted on"

    _PROPERTIES = properties(
        Property(kw.CTIOS_PERIPHERALID, "peripheral_id"),
        Property(kw.CTIOS_CONNECTIONCALLID, "connection_call_id"),
        Property("ConnectionDeviceID", "connection_device_id"),
        Property("ConnectionDeviceIDType", "connection_device_id_type"),
        Property(kw.CTIOS_CALLSTATUS, "status"),
        Property(kw.CTIOS_ECC, "ecc"),
        Property(kw.CTIOS_ICMENTERPRISEUNIQUEID, "icm_enterprise_unique_id"),
        Property(kw.CTIOS_UNIQUEOBJECTID, "unique_object_id"),
        Property(kw.CTIOS_AGENTINSTRUMENT, "instrument"),
    )

    def __repr__(self) -> str:
        return f"<Call {self.unique_object_id} status {self.status}>"

    # --- Identity -----------------------------------------------------------------------------------

    @property
    def unique_object_id(self) -> str:
        """``call.<PeripheralID>.<ConnectionCallID>.<ConnectionDeviceID>``."""
        known = self._unique_object_id
        if known is None:
            known = self._unique_object_id = call_object_id(
                self.peripheral_id, self.connection_call_id, self.connection_device_id
            )
        return known

    # --- Data ---------------------------------------------------------------------------------------

    @property
    def icm_enterprise_unique_id(self) -> str | None:
        """``icm.<RouterCallKeyDay>.<RouterCallKeyCallID>``, None as long as the key is not known."""
        return self._shared.icm_enterprise_unique_id

    @property
    def ecc(self) -> Arguments:
        """The ECC variables: ``user.name`` for a scalar, ``user.name[0]`` for an element. A copy."""
        return arguments_over(dict(self._shared.ecc))

    @property
    def call_data(self) -> Mapping[str, object]:
        """What is known of the call except ECC, by keyword. Read-only."""
        return MappingProxyType(self._shared.values)

    @property
    def ani(self) -> str | None:
        """The calling line's number."""
        return self._shared.values.get(kw.CTIOS_ANI)

    @property
    def dnis(self) -> str | None:
        """The number that the caller dialed, as the network reports it."""
        return self._shared.values.get(kw.CTIOS_DNIS)

    @property
    def dialed_number(self) -> str | None:
        """The number that was dialed."""
        return self._shared.values.get(kw.CTIOS_DIALEDNUMBER)

    @property
    def call_type(self) -> int | None:
        """The CallType of the protocol."""
        return self._shared.values.get(kw.CTIOS_CALLTYPE)

    @property
    def call_wrapup_data(self) -> str | None:
        """The wrap-up data."""
        return self._shared.values.get(kw.CTIOS_CALLWRAPUPDATA)

    @property
    def call_variables(self) -> tuple[str | None, ...]:
        """CallVariable1 to CallVariable10; None for one that is not known."""
        values = self._shared.values
        return tuple([values.get(name) for name in CALL_VARIABLES])

    @property
    def line_type(self) -> int | None:
        """The LineType of the last message that named the line."""
        number: int | None = self._of_line(kw.CTIOS_LINETYPE)
        return number

    def _other_property(self, keyword: str) -> tuple[str, Any] | None:
        row = _FIELDS.get(keyword)
        if row is None:
            return None
        name, is_of_line = row
        value = self._of_line(name) if is_of_line else self._shared.values.get(name)
        return None if value is None else (name, value)

    def _name_of_other(self, keyword: str) -> str | None:
        row = _FIELDS.get(keyword)
        return None if row is None else row[0]

    def _other_properties(self) -> dict[str, Any]:
        values = self._shared.arguments()
        for name in _LINE_FIELDS:
            value = self._of_line(name)
            if value is not None:
                values[name] = value
        return values

    def get_call_context(self) -> Arguments:
        """The call's data other than call variables and ECC variables, as far as they are known."""
        known = self._shared.values
        values = {name: known[name] for name in _CONTEXT if name in known}
        values[kw.CTIOS_CONNECTIONCALLID] = self.connection_call_id
        if self.icm_enterprise_unique_id is not None:
            values[kw.CTIOS_ICMENTERPRISEUNIQUEID] = self.icm_enterprise_unique_id
        values[kw.CTIOS_UNIQUEOBJECTID] = self.unique_object_id
        return arguments_over(values)

    def get_call_data(self) -> Arguments:
        """The call variables, and the ECC variables nested under ECC, as far as they are known."""
        known = self._shared.values
        values: dict[str, Any] = {name: known[name] for name in CALL_VARIABLES if name in known}
        if self._shared.ecc:
            values[kw.CTIOS_ECC] = self.ecc
        return arguments_over(values)

    def _sender(self, row: RequestRow[Any]) -> Context:
        # Monitored calls are at other agents' devices: their requests go through the companion.
        context = self._require_context()
        if not self.is_monitored:
            return context
        return controlling_context(context, f"{row.method}() of the monitored call {self.unique_object_id}")

    # --- Life ---------------------------------------------------------------------------------------

    @property
    def is_alive(self) -> bool:
        """Whether the session still knows the call: OnCallEnd has not been fired for it."""
        return self._context is not None

    @property
    def other_calls(self) -> tuple["Call", ...]:
        """Other calls of the same device that have not ended, as a consultation has one."""
        raise NotImplementedError

    def snapshot(self, *, timeout: float | None = None) -> "Request[SnapshotCallConf]":
        """Ask for what the server knows of the call; OnSnapshotCallConf and OnCallDataUpdate report it.

        - ``timeout``: seconds, the session's ``request_timeout`` unless given.

        The answer is the message. Fails with ``RequestRefused``, ``ControlFailure``, ``RequestTimeout``,
        ``ConnectionLost`` or ``MethodError``.
        """
        return self._ask_snapshot(optional_seconds("timeout", timeout), self._fire_refusal, fires_update=True)

    # --- What the library keeps of the call -----------------------------------------------------------
    #
    # LiveCall overrides these, as it does ``other_calls``. No Call of another class is created.

    @property
    def _shared(self) -> "CallData[Any]":
        # What all connections of the call share.
        raise NotImplementedError

    def _of_line(self, field: str) -> Any:
        # A field of the last message that named the line.
        raise NotImplementedError

    def _ask_snapshot(
        self, timeout: float | None, refused: Callable[[Refused], bool], *, fires_update: bool
    ) -> "Request[SnapshotCallConf]":
        raise NotImplementedError

    def _identity(self) -> dict[str, Any]:
        return {kw.CTIOS_PERIPHERALID: self.peripheral_id, kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id}


#: Keyword in lower case -> the field's name, and whether it is in the last frame that named the line.
_FIELDS: dict[str, tuple[str, bool]] = {
    **{name.lower(): (name, False) for name in (*DATA_FIELDS, kw.CTIOS_CTICLIENTS)},
    **{name.lower(): (name, True) for name in _LINE_FIELDS},
}
