"""SNAPSHOT_DEVICE_CONF as Arguments: what OnSnapshotDeviceConf has beside its InvokeID."""

from typing import Any

from ctios_fast import keywords as kw
from ctios_fast.core import Message

from .arguments import arguments_over
from .object_ids import call_object_id, device_object_id

__all__ = ["device_values"]


def device_values(peripheral_id: int, instrument: str, message: Message) -> dict[str, Any]:
    """The device and its calls. The message itself names no device.

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
            }
        ),
    }
