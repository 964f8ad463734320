"""The Call of the CTI OS object model: one connection of a call, which a device has.

A call between two agents has two of them. They share one ``CallData``. The session makes Calls from messages;
a program gets them by ``Session.calls`` and ``Session.get_object_from_object_id``.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol

from ctios_fast import keywords as kw
from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.errors import Refused
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.model.coercion import optional_seconds
from ctios_fast.model.context import Context
from ctios_fast.model.object_ids import call_object_id, device_object_id
from ctios_fast.model.property_object import Property, properties
from ctios_fast.model.request_rows import RequestRow
from ctios_fast.model.supervisors.companion import controlling_context

from .call_data import CALL_VARIABLES, DATA_FIELDS, CallData
from .requests import CallRequests
from .snapshot_request import request_snapshot

if TYPE_CHECKING:
    from ctios_fast.messages import SnapshotCallConf

__all__ = ["Call", "CallHome", "Quiet"]

#: The guide shows the constant of this keyword, not its text.
_DEVICE_UNIQUE_OBJECT_ID: Final = "DeviceUniqueObjectID"
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


class CallHome(Protocol):
    """The part of a session's calls that a Call uses."""

    def others_at_device(self, call: "Call") -> tuple["Call", ...]:
        """Other calls that the same device has, and that have not ended."""

    def left(self, call: "Call") -> None:
        """The call has left the registry."""

    def remove(self, call: "Call") -> None:
        """Take the call out; it belongs to no session afterwards."""

    def found(self, call: "Call", message: Message, fires_update: bool) -> None:
        """The server has sent a SNAPSHOT_CALL_CONF for the call."""


class Quiet:
    """A time in which no message about the state of a call comes.

    - ``since``: its beginning, in seconds of the session's clock.
    - ``is_named``: whether a message without the state named the call since it was last asked for.
    """

    __slots__ = ("is_named", "since")

    def __init__(self, since: float) -> None:
        self.since = since
        self.is_named = False


class Call(CallRequests):
    """One connection of a call.

    - ``connection_call_id``, ``connection_device_id``, ``connection_device_id_type``: what the protocol names
      the connection by. They can change while the call lasts; the object stays the same.
    - ``status``: the state of the connection (LocalConnectionState), None as long as no message stated it.
    - ``data``: what all connections of the call share.
    - ``instrument``: the device that has the connection, None as long as no message named it.
    - ``is_monitored``: whether the call is not the session's own, and a monitor reports it.
    - ``monitor_ids``: the monitors that report the call, None without one. An own call may have some too.
    - ``has_failed``: whether a CALL_FAILED_EVENT came. The status stays FAIL then, and later events lack it.
    - ``is_complete``: whether BEGIN_CALL_EVENT or a snapshot brought the data that the call began with.
    - ``quiet``: the time without messages about the state that goes on, as far as the library noted its
      beginning. Each message that states the state sets it to None.
    """

    __slots__ = (
        "_event_identity",
        "_home",
        "_unique_object_id",
        "connection_call_id",
        "connection_device_id",
        "connection_device_id_type",
        "data",
        "has_failed",
        "instrument",
        "is_complete",
        "is_doubtful",
        "is_monitored",
        "line",
        "monitor_ids",
        "quiet",
        "status",
    )

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

    def __init__(
        self,
        context: Context,
        home: CallHome,
        data: "CallData[Call]",
        key: tuple[int, int, str],
        device_id_type: int,
    ) -> None:
        # The attributes of the base classes are set here too: four calls fewer for each call of a busy site.
        self._application = None
        self._recording = None
        self._context: Context | None = context
        self.peripheral_id, self.connection_call_id, self.connection_device_id = key
        self.connection_device_id_type = device_id_type
        self.data = data
        self.status: int | None = None
        self.instrument: str | None = None
        self.is_monitored = False
        self.monitor_ids: set[int] | None = None
        self.has_failed = False
        self.is_complete = False
        self.quiet: Quiet | None = None
        #: What the call leaves when it ends.
        self._home = home
        #: Whether events may have been missed since the call became known.
        self.is_doubtful = False
        #: The last frame that named the line of the connection.
        self.line: bytes | None = None
        #: The UniqueObjectID, None before the first use: the text is built once for each id.
        self._unique_object_id: str | None = None
        #: What ``event_identity`` returned last, and what it was built from.
        self._event_identity: tuple[dict[str, Any], str | None, str | None] | None = None

    def __repr__(self) -> str:
        return f"<Call {self.unique_object_id} status {self.status}>"

    # --- Identity -----------------------------------------------------------------------------------

    @property
    def key(self) -> tuple[int, int, str]:
        """PeripheralID, ConnectionCallID and ConnectionDeviceID, which name the connection."""
        return self.peripheral_id, self.connection_call_id, self.connection_device_id  # type: ignore[return-value]

    @property
    def unique_object_id(self) -> str:
        """``call.<PeripheralID>.<ConnectionCallID>.<ConnectionDeviceID>``."""
        known = self._unique_object_id
        if known is None:
            known = self._unique_object_id = call_object_id(*self.key)
        return known

    def rename(self, connection_call_id: int, connection_device_id: str) -> None:
        """Take a new identity. Called by the table, which finds the call under it from then on."""
        self.connection_call_id = connection_call_id
        self.connection_device_id = connection_device_id
        self._unique_object_id = None
        self._event_identity = None

    def event_identity(self) -> dict[str, Any]:
        """What every event of the call names it by, by keyword; for reading only.

        The dict is built again only when one of the ids changes: each event of the call has a copy of it.
        """
        known, instrument, contact = self._event_identity, self.instrument, self.data.icm_enterprise_unique_id
        if known is not None and known[1] is instrument and known[2] is contact:
            return known[0]
        identity: dict[str, Any] = {kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id}
        if contact is not None:
            identity[kw.CTIOS_ICMENTERPRISEUNIQUEID] = contact
        if instrument is not None:
            identity[_DEVICE_UNIQUE_OBJECT_ID] = device_object_id(self.peripheral_id, instrument)
        self._event_identity = identity, instrument, contact
        return identity

    # --- Data ---------------------------------------------------------------------------------------

    @property
    def icm_enterprise_unique_id(self) -> str | None:
        """``icm.<RouterCallKeyDay>.<RouterCallKeyCallID>``, None as long as the key is not known."""
        return self.data.icm_enterprise_unique_id

    @property
    def ecc(self) -> Arguments:
        """The ECC variables: ``user.name`` for a scalar, ``user.name[0]`` for an element. A copy."""
        return arguments_over(dict(self.data.ecc))

    @property
    def call_data(self) -> Mapping[str, Any]:
        """What is known of the call except ECC, by keyword. Read-only."""
        return MappingProxyType(self.data.values)

    @property
    def ani(self) -> str | None:
        """The calling line's number."""
        return self.data.values.get(kw.CTIOS_ANI)

    @property
    def dnis(self) -> str | None:
        """The number that the caller dialed, as the network reports it."""
        return self.data.values.get(kw.CTIOS_DNIS)

    @property
    def dialed_number(self) -> str | None:
        """The number that was dialed."""
        return self.data.values.get(kw.CTIOS_DIALEDNUMBER)

    @property
    def call_type(self) -> int | None:
        """The CallType of the protocol."""
        return self.data.values.get(kw.CTIOS_CALLTYPE)

    @property
    def call_wrapup_data(self) -> str | None:
        """The wrap-up data."""
        return self.data.values.get(kw.CTIOS_CALLWRAPUPDATA)

    @property
    def call_variables(self) -> tuple[str | None, ...]:
        """CallVariable1 to CallVariable10; None for one that is not known."""
        values = self.data.values
        return tuple([values.get(name) for name in CALL_VARIABLES])

    @property
    def line_type(self) -> int | None:
        """The LineType of the last message that named the line."""
        number: int | None = self._of_line(kw.CTIOS_LINETYPE)
        return number

    def _of_line(self, field: str) -> Any:
        if self.line is None or self._context is None:
            return None
        return self._context.codec.decode(self.line).get(field)

    def _other_property(self, keyword: str) -> tuple[str, Any] | None:
        row = _FIELDS.get(keyword)
        if row is None:
            return None
        name, is_of_line = row
        value = self._of_line(name) if is_of_line else self.data.values.get(name)
        return None if value is None else (name, value)

    def _name_of_other(self, keyword: str) -> str | None:
        row = _FIELDS.get(keyword)
        return None if row is None else row[0]

    def _other_properties(self) -> dict[str, Any]:
        values = self.data.arguments()
        for name in _LINE_FIELDS:
            value = self._of_line(name)
            if value is not None:
                values[name] = value
        return values

    def get_call_context(self) -> Arguments:
        """The call's data other than call variables and ECC variables, as far as they are known."""
        known = self.data.values
        values = {name: known[name] for name in _CONTEXT if name in known}
        values[kw.CTIOS_CONNECTIONCALLID] = self.connection_call_id
        if self.icm_enterprise_unique_id is not None:
            values[kw.CTIOS_ICMENTERPRISEUNIQUEID] = self.icm_enterprise_unique_id
        values[kw.CTIOS_UNIQUEOBJECTID] = self.unique_object_id
        return arguments_over(values)

    def get_call_data(self) -> Arguments:
        """The call variables, and the ECC variables nested under ECC, as far as they are known."""
        known = self.data.values
        values: dict[str, Any] = {name: known[name] for name in CALL_VARIABLES if name in known}
        if self.data.ecc:
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
        return self._home.others_at_device(self)

    def snapshot(self, *, timeout: float | None = None) -> "Request[SnapshotCallConf]":
        """Ask for what the server knows of the call; OnSnapshotCallConf and OnCallDataUpdate report it.

        - ``timeout``: seconds, the session's ``request_timeout`` unless given.

        The answer is the message. Fails with ``RequestRefused``, ``ControlFailure``, ``RequestTimeout``,
        ``ConnectionLost`` or ``MethodError``.
        """
        return self._ask_snapshot(optional_seconds("timeout", timeout), self._fire_refusal, fires_update=True)

    def look_up(self, refused: Callable[[Refused], object] | None = None) -> "Request[SnapshotCallConf]":
        """Ask for what the server knows of the call, on behalf of the library: no update is reported.

        ``refused``: called with a refusal, which is not reported either.
        """

        def note(refusal: Refused) -> bool:
            if refused is not None:
                refused(refusal)
            return True  # nobody has to see the failure of what the library asked by itself

        return self._ask_snapshot(None, note, fires_update=False)

    def _ask_snapshot(
        self, timeout: float | None, refused: Callable[[Refused], bool], *, fires_update: bool
    ) -> "Request[SnapshotCallConf]":
        def take_in(message: Message) -> None:
            if self._context is not None:  # the call may have ended meanwhile
                self._home.found(self, message, fires_update)

        return self.ask(take_in, refused, timeout)

    def ask(
        self, take_in: Callable[[Message], object], refused: Callable[[Refused], bool], timeout: float | None
    ) -> "Request[SnapshotCallConf]":
        """Ask for what the server knows of the call; the parameters are those of ``request_snapshot``."""
        return request_snapshot(
            self._require_context(), self.key, self.connection_device_id_type, take_in, refused, timeout
        )

    def note_quiet(self) -> Quiet:
        """The time without messages that goes on; it begins now unless its beginning was noted before."""
        quiet = self.quiet
        if quiet is None:
            quiet = self.quiet = Quiet(self._require_context().clock.time())
        return quiet

    def is_at(self, device: str) -> bool:
        """Whether the connection is at that device, as far as messages said."""
        return device in (self.instrument, self.connection_device_id)

    def _doubt(self) -> None:
        self.is_doubtful = True
        self.note_quiet()

    def _connection_lost(self, reason: str) -> None:
        self.monitor_ids = None  # monitors end with the connection
        self._doubt()

    def _leave(self) -> None:
        self._home.left(self)
        self._context = None

    def _forget(self) -> None:
        self._home.remove(self)

    def _identity(self) -> dict[str, Any]:
        return {kw.CTIOS_PERIPHERALID: self.peripheral_id, kw.CTIOS_UNIQUEOBJECTID: self.unique_object_id}


#: Keyword in lower case -> the field's name, and whether it is in the last frame that named the line.
_FIELDS: dict[str, tuple[str, bool]] = {
    **{name.lower(): (name, False) for name in (*DATA_FIELDS, kw.CTIOS_CTICLIENTS)},
    **{name.lower(): (name, True) for name in _LINE_FIELDS},
}
