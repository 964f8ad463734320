"""SNAPSHOT_CALL_CONF taken apart: the connections that it lists, and the Arguments of OnSnapshotCallConf."""

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any, Final, NamedTuple

from ctios_fast import keywords as kw
from ctios_fast.core import Message
from ctios_fast.model.arguments import arguments_over
from ctios_fast.model.null_ids import names_nothing
from ctios_fast.protocol.codes import NULL_CALL_TYPE

from .call_data import CALL_VARIABLES, named_variables
from .live_call import LiveCall

__all__ = ["Connection", "connection_of", "connections_of", "snapshot_values"]

#: Keywords that the event always has, with their values where nothing is known.
_DEFAULTS: Final = {
    kw.CTIOS_CALLTYPE: NULL_CALL_TYPE,
    kw.CTIOS_DIALEDNUMBER: "",
    kw.CTIOS_CALLERENTEREDDIGITS: "",
    kw.CTIOS_CALLWRAPUPDATA: "",
    kw.CTIOS_CUSTOMERPHONENUMBER: "",
    kw.CTIOS_CUSTOMERACCOUNTNUMBER: "",
    kw.CTIOS_ROUTERCALLKEYDAY: 0,
    kw.CTIOS_ROUTERCALLKEYCALLID: 0,
    kw.CTIOS_CALLEDDEVICEID: "",
}
#: What the guide documents of a call's data for the event.
_DATA: Final = (
    kw.CTIOS_CALLTYPE,
    kw.CTIOS_ANI,
    kw.CTIOS_USERTOUSERINFO,
    kw.CTIOS_DNIS,
    kw.CTIOS_DIALEDNUMBER,
    kw.CTIOS_CALLERENTEREDDIGITS,
    kw.CTIOS_CALLWRAPUPDATA,
    kw.CTIOS_CUSTOMERPHONENUMBER,
    kw.CTIOS_CUSTOMERACCOUNTNUMBER,
    kw.CTIOS_ROUTERCALLKEYDAY,
    kw.CTIOS_ROUTERCALLKEYCALLID,
    *CALL_VARIABLES,
    kw.CTIOS_ECC,
    kw.CTIOS_CTICLIENTS,
)
#: Counts of the message that the event has under the same names.
_COUNTS: Final = (kw.CTIOS_NUMNAMEDVARIABLES, kw.CTIOS_NUMNAMEDARRAYS, kw.CTIOS_NUMCALLDEVICES)


class Connection(NamedTuple):
    """A connection that a snapshot lists."""

    call_id: int
    device_id_type: int
    device_id: str
    device_type: int
    instrument: str | None
    state: int


def connections_of(message: Message) -> Iterator[Connection]:
    """The connections of a snapshot; one whose ids or state cannot be read is left out."""
    columns = [
        message.get(name) or ()
        for name in (
            "CallConnectionCallID",
            "CallConnectionDeviceIDType",
            "CallConnectionDeviceID",
            "CallDeviceType",
            "CallDeviceID",
            "CallDeviceConnectionState",
        )
    ]
    for call_id, id_type, device_id, device_type, instrument, state in zip_longest(*columns):
        if (
            isinstance(call_id, int)
            and isinstance(device_id, str)
            and isinstance(state, int)
            and not names_nothing(call_id)
        ):
            yield Connection(call_id, id_type or 0, device_id, device_type or 0, instrument or None, state)


def connection_of(listed: Iterable[Connection], key: tuple[int, int, str]) -> Connection | None:
    """The connection with that key, None if it is not listed. The last row of it counts.

    - ``key``: PeripheralID, ConnectionCallID and ConnectionDeviceID.
    """
    found = None
    for each in listed:
        if (each.call_id, each.device_id) == key[1:]:
            found = each
    return found


def snapshot_values(call: LiveCall, message: Message) -> dict[str, Any]:
    """The Arguments of OnSnapshotCallConf: the call's data, then its connections.

    The connection's own row is under CTI OS's keywords; ``CallDevice[1]`` and so on have all rows.
    """
    known = call.data.arguments()
    values = {**_DEFAULTS, **{name: known[name] for name in _DATA if name in known}}
    values.setdefault(kw.CTIOS_ECC, arguments_over(named_variables(message)))
    values[kw.CTIOS_PERIPHERALID] = call.peripheral_id
    values[kw.CTIOS_CONNECTIONCALLID] = call.connection_call_id
    for name in _COUNTS:
        values[name] = message[name]
    for number, each in enumerate(connections_of(message), 1):
        row: dict[str, Any] = {
            kw.CTIOS_CALLCONNECTIONCALLID: each.call_id,
            kw.CTIOS_CALLCONNECTIONDEVICEIDTYPE: each.device_id_type,
            kw.CTIOS_CALLCONNECTIONDEVICEID: each.device_id,
            kw.CTIOS_CALLDEVICECONNECTIONSTATE: each.state,
            kw.CTIOS_CALLDEVICETYPE: each.device_type,
        }
        if (each.call_id, each.device_id) == call.key[1:]:
            values.update(row)
        values[f"CallDevice[{number}]"] = arguments_over(row)
    return values
