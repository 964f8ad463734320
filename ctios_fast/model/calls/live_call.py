"""LiveCall: a Call with what the library keeps of it. The session makes them from messages.

A program sees the methods and attributes of ``Call``; the rest is for this folder.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol

from ctios_fast import keywords as kw
from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.errors import Refused
from ctios_fast.model.context import Context
from ctios_fast.model.monitors.monitor_table import Monitor
from ctios_fast.model.object_ids import device_object_id

from .call import Call
from .call_data import CallData
from .snapshot_request import asking_context, request_snapshot

if TYPE_CHECKING:
    from ctios_fast.messages import SnapshotCallConf

__all__ = ["CallHome", "LiveCall", "Quiet"]

#: The guide shows the constant of this keyword, not its text.
_DEVICE_UNIQUE_OBJECT_ID: Final = "DeviceUniqueObjectID"


class CallHome(Protocol):
    """The part of a session's calls that a Call uses."""

    def others_at_device(self, call: "LiveCall") -> tuple["LiveCall", ...]:
        """Other calls that the same device has, and that have not ended."""

    def left(self, call: "LiveCall") -> None:
        """The call has left the registry."""

    def remove(self, call: "LiveCall") -> None:
        """Take the call out; it belongs to no session afterwards."""

    def found(self, call: "LiveCall", message: Message, fires_update: bool) -> None:
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


class LiveCall(Call):
    """A call that the session knows, or knew.

    - ``data``: what all connections of the call share.
    - ``monitors``: the monitors that report the call, None without one. An own call may have some too. After
      a lost connection it has those that are started again.
    - ``has_failed``: whether a CALL_FAILED_EVENT came. The status stays FAIL then, and later events lack it.
    - ``is_complete``: whether BEGIN_CALL_EVENT or a snapshot brought the data that the call began with.
    - ``line``: the last frame that named the line of the connection, None without one.
    - ``quiet``: the time without messages about the state that goes on, as far as the library noted its
      beginning. Each message that states the state sets it to None.
    """

    __slots__ = (
        "_event_identity",
        "_home",
        "data",
        "has_failed",
        "is_complete",
        "line",
        "monitors",
        "quiet",
    )

    def __init__(
        self,
        context: Context,
        home: CallHome,
        data: "CallData[LiveCall]",
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
        self.monitors: set[Monitor] | None = None
        self.has_failed = False
        self.is_complete = False
        self.quiet: Quiet | None = None
        #: What the call leaves when it ends.
        self._home = home
        self.is_doubtful = False
        self.line: bytes | None = None
        self._unique_object_id = None
        #: What ``event_identity`` returned last, and what it was built from.
        self._event_identity: tuple[dict[str, Any], str | None, str | None] | None = None

    def __dir__(self) -> list[str]:
        return dir(Call)  # what a program may use

    # --- Identity -----------------------------------------------------------------------------------

    @property
    def key(self) -> tuple[int, int, str]:
        """PeripheralID, ConnectionCallID and ConnectionDeviceID, which name the connection."""
        return self.peripheral_id, self.connection_call_id, self.connection_device_id  # type: ignore[return-value]

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
    def _shared(self) -> "CallData[LiveCall]":
        return self.data

    def _of_line(self, field: str) -> Any:
        if self.line is None or self._context is None:
            return None
        return self._context.codec.decode(self.line).get(field)

    # --- Life ---------------------------------------------------------------------------------------

    @property
    def other_calls(self) -> tuple[Call, ...]:
        """Other calls of the same device that have not ended, as a consultation has one."""
        return self._home.others_at_device(self)

    def look_up(self) -> "Request[SnapshotCallConf]":
        """Ask for what the server knows of the call, on behalf of the library: no update is reported."""

        def note(refusal: Refused) -> bool:
            del refusal
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
        """Ask for what the server knows of the call; the parameters are those of ``request_snapshot``.

        A monitored call is asked for through the companion session, if there is one.
        """
        context = asking_context(self._require_context(), is_own=not self.is_monitored)
        return request_snapshot(context, self.key, self.connection_device_id_type, take_in, refused, timeout)

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
        if self.monitors:
            wanted = self._require_context().monitors.is_wanted
            self.monitors = set(filter(wanted, self.monitors))  # the others ended with the connection
        self._doubt()

    def _leave(self) -> None:
        self._home.left(self)
        self._context = None

    def _forget(self) -> None:
        self._home.remove(self)
