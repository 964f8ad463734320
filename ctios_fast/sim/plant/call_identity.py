"""ConnectionCallIDs and ConnectionDeviceIDs: how they are made and which connection has which."""

import random
from typing import Final

from ctios_fast.protocol.enums import ConnectionDeviceIDType

from .entities import Call, Connection
from .plant_settings import ConnectionIdForm

__all__ = ["CallIdentity"]

_FIRST_CALL_ID: Final = 0x0100_0001
_LAST_CALL_ID: Final = 0xFFFF_FFF0
"""0xFFFFFFFF means that no call is named, so ids begin anew before it."""


class CallIdentity:
    """Makes ids and finds calls and connections by them.

    ``form``: the form of ConnectionDeviceIDs.
    ``chance``: where opaque ids come from.
    """

    def __init__(self, form: ConnectionIdForm, chance: random.Random) -> None:
        self._form: Final = form
        self._chance: Final = chance
        self._next_call_id = _FIRST_CALL_ID
        self._serial = 0
        self.connections: Final[dict[tuple[int, str], Connection]] = {}
        self._live: Final[dict[int, int]] = {}  # call id -> connections that have it

    def new_call_id(self) -> int:
        """A ConnectionCallID that no call has now."""
        while True:
            call_id = self._next_call_id
            self._next_call_id = _FIRST_CALL_ID if call_id >= _LAST_CALL_ID else call_id + 1
            if call_id not in self._live:
                return call_id

    def new_connection_id(self, call_id: int, number: str, trunk: int) -> tuple[str, ConnectionDeviceIDType]:
        """A ConnectionDeviceID that no connection of the call id has, and its type.

        ``number``: of the device. ``trunk``: the trunk of an outside party, 0 for a device of the plant; its
        static id names the trunk, since two outside parties may have the same number.
        """
        if self._form is ConnectionIdForm.OPAQUE:
            while True:
                opaque = f"{self._chance.getrandbits(64):016x}"
                if (call_id, opaque) not in self.connections:
                    return opaque, ConnectionDeviceIDType.CONNECTION_ID_DYNAMIC
        base = f"T{trunk}" if trunk else number
        if self._form is ConnectionIdForm.DYNAMIC:
            self._serial += 1
            return f"{base}.{self._serial}", ConnectionDeviceIDType.CONNECTION_ID_DYNAMIC
        return self.free_id(call_id, base), ConnectionDeviceIDType.CONNECTION_ID_STATIC

    def free_id(self, call_id: int, wanted: str) -> str:
        """``wanted``, or the same with a number where a connection of the call id has it already."""
        free = wanted
        suffix = 0
        while (call_id, free) in self.connections:
            suffix += 1
            free = f"{wanted}.{suffix}"
        return free

    def add(self, connection: Connection) -> None:
        """Make a connection known under its key."""
        self.connections[connection.key] = connection
        self._live[connection.call_id] = self._live.get(connection.call_id, 0) + 1

    def remove(self, key: tuple[int, str]) -> None:
        """Forget a key."""
        del self.connections[key]
        left = self._live[key[0]] - 1
        if left:
            self._live[key[0]] = left
        else:
            del self._live[key[0]]

    def connections_of(self, call: Call) -> int:
        """How many connections have the call's ConnectionCallID, those of calls that share it included."""
        return self._live.get(call.call_id, 0)
