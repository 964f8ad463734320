"""SNAPSHOT_DEVICE: the kind of device that the request names, and the calls that the answer lists."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ctios_fast import keywords as kw
from ctios_fast.core import Message
from ctios_fast.protocol.codes import DEVID_AGENT_DEVICE

from .arguments import arguments_over
from .null_ids import names_nothing
from .object_ids import call_object_id, device_object_id

__all__ = ["ListedCall", "agent_device_type", "device_values", "listed_calls"]

#: Protocol version in which SNAPSHOT_DEVICE_REQ got SnapshotDeviceType.
_SINCE_DEVICE_TYPE: Final = 13


class ListedCall(NamedTuple):
    """A call that a SNAPSHOT_DEVICE_CONF lists.

    - ``call_id``, ``device_id``, ``device_id_type``: ConnectionCallID, ConnectionDeviceID and its type.
    - ``state``: the LocalConnectionState, None if the message lacks it.
    """

    call_id: int
    device_id: str
    device_id_type: int
    state: int | None


def agent_device_type(version: int) -> int | None:
    """SnapshotDeviceType of an agent's device. None: the request has no such field in that version."""
    return DEVID_AGENT_DEVICE if version >= _SINCE_DEVICE_TYPE else None


def device_values(peripheral_id: int, instrument: str, message: Message) -> dict[str, Any]:
    """The device and its calls, as OnSnapshotDeviceConf has them beside its InvokeID.

    The message itself names no device.

    - ``peripheral_id``, ``instrument``: of the device that was asked for.
    """
    columns = (message.get(name) or () for name in ("CallConnectionCallID", "CallConnectionDeviceID"))
    return {
        kw.CTIOS_UNIQUEOBJECTID: device_object_id(peripheral_id, instrument),
        kw.CTIOS_NUMCALLS: message["NumCalls"],
        kw.CTIOS_VALIDCALLS: arguments_over(
            {
                call_object_id(peripheral_id, call_id, device_id): True
                for call_id, device_id in zip(*columns, strict=False)
                if not names_nothing(call_id)
            }
        ),
    }


def listed_calls(message: Message) -> Iterator[ListedCall]:
    """The calls of the device. Rows without an id that can be used are left out."""
    columns = (
        message.get(name) or ()
        for name in (
            "CallConnectionCallID",
            "CallConnectionDeviceID",
            "CallConnectionDeviceIDType",
            "CallState",
        )
    )
    for call_id, device_id, id_type, state in zip(*columns, strict=False):
        if isinstance(call_id, int) and isinstance(device_id, str) and not names_nothing(call_id):
            yield ListedCall(call_id, device_id, id_type or 0, state if isinstance(state, int) else None)
