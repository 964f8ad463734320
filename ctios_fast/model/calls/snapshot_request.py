"""The requests for a snapshot of one connection, and of a device: SNAPSHOT_CALL_REQ, SNAPSHOT_DEVICE_REQ."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.errors import Refused
from ctios_fast.model.context import Context
from ctios_fast.model.device_snapshot import agent_device_type
from ctios_fast.model.object_request import ObjectRequest
from ctios_fast.protocol.codes import CTI_SERVICE_CLIENT_CONTROL

if TYPE_CHECKING:
    from ctios_fast.messages import SnapshotCallConf, SnapshotDeviceConf

__all__ = ["asking_at", "asking_context", "request_device_snapshot", "request_snapshot"]


def asking_context(context: Context, *, is_own: bool) -> Context:
    """The context through which a device or a call is asked for.

    It is that of the companion session for what is not the own agent's, as long as the companion is open: a
    server may refuse a session in agent mode to look at calls of others.

    - ``context``: the session's.
    - ``is_own``: whether it is the device or a call of the session's agent.
    """
    companion = context.companion
    if (
        is_own
        or companion is None
        or not companion.hears_all
        or companion.peripheral_id != context.peripheral_id
        or not companion.services_granted & CTI_SERVICE_CLIENT_CONTROL
    ):
        return context
    return companion


def asking_at(context: Context, device: str) -> Context:
    """The context through which a device, or a call at it, is asked for: see ``asking_context``."""
    return asking_context(context, is_own=context.is_own_device(device))


def request_snapshot(
    context: Context,
    key: tuple[int | None, int, str],
    device_id_type: int,
    take_in: Callable[[Message], object],
    refused: Callable[[Refused], bool],
    timeout: float | None = None,
) -> "Request[SnapshotCallConf]":
    """Ask for what the server knows of a connection.

    - ``key``: PeripheralID, ConnectionCallID and ConnectionDeviceID.
    - ``device_id_type``: ConnectionDeviceIDType.
    - ``take_in``: called with the answer.
    - ``refused``: called with a refusal; returns whether an event with a listener reported it.
    - ``timeout``: seconds, the session's ``request_timeout`` unless given.
    """
    query: ObjectRequest[SnapshotCallConf] = ObjectRequest("SNAPSHOT_CALL_REQ", take_in, refused)
    peripheral_id, call_id, device_id = key
    context.send(
        query,
        context.messages.SnapshotCallReq,
        timeout,
        peripheral_id=peripheral_id,
        connection_call_id=call_id,
        connection_device_id_type=device_id_type,
        connection_device_id=device_id,
    )
    return query


def request_device_snapshot(
    context: Context,
    device: str,
    take_in: Callable[[Message], object],
    refused: Callable[[Refused], bool],
) -> "Request[SnapshotDeviceConf]":
    """Ask for the calls that an agent's device has.

    - ``device``: the AgentInstrument.
    - ``take_in``, ``refused``: as in ``request_snapshot``.
    """
    query: ObjectRequest[SnapshotDeviceConf] = ObjectRequest("SNAPSHOT_DEVICE_REQ", take_in, refused)
    context.send(
        query,
        context.messages.SnapshotDeviceReq,
        peripheral_id=context.peripheral_id,
        snapshot_device_type=agent_device_type(context.codec.version),
        agent_instrument=device,
    )
    return query
