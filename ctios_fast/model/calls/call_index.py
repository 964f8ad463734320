"""CallIndex: the calls of a session, by connection and by call id.

The registry's table finds a connection by its exact key. The second index finds all connections of one call
id, through the ``CallData`` that they share. Everything that adds, renames or removes a call is here, so that
the two always agree.
"""

from collections.abc import Iterator, Mapping

from ctios_fast.core import FieldReader
from ctios_fast.model.context import Context
from ctios_fast.model.cti_object import leave_session
from ctios_fast.model.null_ids import names_nothing
from ctios_fast.model.registry import Table

from . import states
from .call import Call
from .call_data import DATA_FIELDS, ECC_REFUSED, CallData
from .live_call import CallHome, LiveCall

__all__ = ["MAX_CONNECTIONS", "CallIndex", "CallsById", "Key", "find_call"]

#: PeripheralID, ConnectionCallID, ConnectionDeviceID.
Key = tuple[int, int, str]
#: Connections that one call id may have. The protocol lists at most 16 parties of a conference.
MAX_CONNECTIONS = 256


class CallIndex:
    """The calls of one session."""

    __slots__ = ("_context", "_data", "_reader", "table")

    def __init__(self, context: Context, table: Table[LiveCall]) -> None:
        self.table = table
        self._context = context
        #: What the connections of a call share, by PeripheralID and ConnectionCallID.
        self._data: dict[tuple[int, int], CallData[LiveCall]] = {}
        self._reader = FieldReader(*DATA_FIELDS)
        table.counts[ECC_REFUSED] = 0

    @property
    def encoding(self) -> str | None:
        """The session's text encoding."""
        return self._context.codec.encoding

    def get(self, key: Key) -> LiveCall | None:
        """The call of that connection, None if it is not known."""
        return self.table.by_key.get(key)

    def connections(self, peripheral_id: int, call_id: int) -> tuple[LiveCall, ...]:
        """All connections that are known of a call id."""
        data = self._data.get((peripheral_id, call_id))
        return () if data is None else tuple(data.calls.values())

    def others_at_device(self, call: LiveCall) -> tuple[LiveCall, ...]:
        """Other calls that the same device has, and that have not ended."""
        return tuple(
            [
                each
                for each in self.table
                if each is not call
                and each.peripheral_id == call.peripheral_id
                and each.status != states.NULL
                and is_same_device(each, call)
            ]
        )

    def at_device(self, *devices: str | None) -> list[LiveCall]:
        """The calls at any of these devices that have not ended; None is skipped. It looks at all calls."""
        return [
            each
            for each in self.table
            if each.status != states.NULL and each.instrument is not None and each.instrument in devices
        ]

    def add(self, key: Key, device_id_type: int, home: CallHome) -> LiveCall | None:
        """The call of a connection that a message names; it is created if it is not known.

        None, and counted, where the table is full, a limit of the protocol is exceeded, or the call id is a
        null id.
        """
        known = self.table.by_key.get(key)
        if known is not None:
            return known
        call_key = key[:2]
        device_id = key[2]
        data = self._data.get(call_key)
        if names_nothing(*call_key) or (data is not None and len(data.calls) >= MAX_CONNECTIONS):
            self.table.refused += 1
            return None
        if not self.table.admits(device_id):
            return None
        if data is None:
            data = self._data[call_key] = CallData(self._context.codec, self._reader, self.table.counts)
        call = data.calls[device_id] = self.table.by_key[key] = LiveCall(
            self._context, home, data, key, device_id_type
        )
        return call

    def rename(self, call: LiveCall, call_id: int, device_id: str) -> bool:
        """Give the call a new identity. False, and nothing changed, if another call has it already."""
        old = call.key
        new = (old[0], call_id, device_id)
        if new == old:
            return True
        if new in self.table.by_key or len(device_id) > self.table.max_key:
            return False
        data = call.data
        del data.calls[old[2]]
        if call_id != old[1]:
            if not data.calls:
                del self._data[old[:2]]
            joined = self._data.get(new[:2])
            if joined is not None:
                joined.merge(data)
            elif data.calls:
                joined = CallData(self._context.codec, self._reader, self.table.counts)
                joined.merge(data)
            else:
                joined = data
            call.data = self._data[new[:2]] = joined
        call.data.calls[device_id] = call
        self.table.by_key[new] = self.table.by_key.pop(old)
        call.rename(call_id, device_id)
        return True

    def remove(self, call: LiveCall) -> None:
        """Take the call out; it belongs to no session afterwards."""
        del self.table.by_key[call.key]
        leave_session(call)
        self.left(call)

    def left(self, call: LiveCall) -> None:
        """Drop a call that has left the table."""
        calls = call.data.calls
        if calls.get(call.connection_device_id) is call:
            del calls[call.connection_device_id]
            if not calls:
                self._data.pop(call.key[:2], None)
        if self._context.current_call is call:
            self._context.current_call = None


class CallsById(Mapping[str, Call]):
    """The calls of a session by UniqueObjectID, read-only: a view, which follows the table."""

    __slots__ = ("_table",)

    def __init__(self, table: Table[LiveCall]) -> None:
        self._table = table

    def __getitem__(self, unique_object_id: str) -> Call:
        call = find_call(self._table, unique_object_id.partition(".")[2])
        if call is None or call.unique_object_id != unique_object_id:
            raise KeyError(unique_object_id)
        return call

    def __iter__(self) -> Iterator[str]:
        return iter([call.unique_object_id for call in self._table])

    def __len__(self) -> int:
        return len(self._table)

    def __repr__(self) -> str:
        return f"<{len(self._table)} calls by UniqueObjectID>"


def find_call(calls: Table[LiveCall], rest: str) -> LiveCall | None:
    """The call of a UniqueObjectID without its first part, None if it is not known.

    Only the first two dots separate: a ConnectionDeviceID may have dots of its own.
    """
    peripheral_id, _, other = rest.partition(".")
    call_id, _, device_id = other.partition(".")
    if not (_is_number(peripheral_id) and _is_number(call_id)):
        return None
    return calls.get((int(peripheral_id), int(call_id), device_id))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 10


def is_same_device(one: LiveCall, other: LiveCall) -> bool:
    """Whether two calls are at the same device, as far as their messages said."""
    if one.instrument is not None and other.instrument is not None:
        return one.instrument == other.instrument
    return one.connection_device_id == other.connection_device_id
