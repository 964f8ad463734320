"""MonitoredCalls: the calls of the agents that supervisors of a session monitor."""

from typing import Any

from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.errors import Refused
from ctios_fast.model.context import Context
from ctios_fast.model.device_snapshot import agent_device_type
from ctios_fast.model.object_request import ObjectRequest
from ctios_fast.protocol import numbers as ged

from .call import Call
from .call_life import FOUND, CallLife
from .snapshot import connection_of, connections_of
from .snapshot_request import request_snapshot

__all__ = ["MonitoredCalls"]


class MonitoredCalls:
    """Begins and ends the monitoring of calls that no message begins or ends."""

    def __init__(self, context: Context, life: CallLife) -> None:
        self._context = context
        self._life = life

    # --- Monitors of the server -----------------------------------------------------------------------

    def look_up(self, device: str) -> None:
        """Ask for the calls that a device has; unknown ones begin with OnMonitoredCallBegin.

        A refusal is not reported: the calls become known by their next messages.
        """
        context = self._context
        query = ObjectRequest(
            "SNAPSHOT_DEVICE_REQ", lambda message: self._listed(device, message), _not_reported
        )
        context.send(
            query,
            context.messages.SnapshotDeviceReq,
            peripheral_id=context.peripheral_id,
            snapshot_device_type=agent_device_type(context.codec.version),
            agent_instrument=device,
        )
        query.add_done_callback(_ignore)

    def _listed(self, device: str, message: Message) -> None:
        names = ("CallConnectionCallID", "CallConnectionDeviceIDType", "CallConnectionDeviceID", "CallState")
        columns = [message.get(name) or () for name in names]
        for call_id, id_type, device_id, state in zip(*columns, strict=False):
            if isinstance(call_id, int) and isinstance(device_id, str):
                self._ask(device, (self._context.peripheral_id, call_id, device_id), id_type or 0, state)

    def _ask(self, device: str, key: tuple[int, int, str], device_id_type: int, state: Any) -> None:
        if self._life.index.get(key) is not None:
            return

        def found(message: Message) -> None:
            if self._life.index.get(key) is None:
                own = connection_of(connections_of(message), key)
                listed = state if isinstance(state, int) else None
                self._life.recover(message, key, device_id_type, device, listed if own is None else own.state)

        request_snapshot(self._context, key, device_id_type, found, _not_reported).add_done_callback(_ignore)

    def monitor_ended(self, monitor_id: int) -> None:
        """A monitor is over: the calls that it alone reports end with OnMonitoredCallEnd."""
        for call in list(self._life.index.table):
            if call.monitor_ids and monitor_id in call.monitor_ids:
                call.monitor_ids.discard(monitor_id)
                if call.is_monitored and not call.monitor_ids:
                    self._life.vanished(call)

    # --- Bulk mode ------------------------------------------------------------------------------------

    def watch(self, device: str) -> None:
        """A supervisor monitors a device whose calls the session hears: they are monitored calls now."""
        for call in self._at(device):
            if not call.is_monitored:
                call.is_monitored = True
                self._life.reporter.report_found(call, ged.BEGIN_CALL_EVENT, FOUND)

    def unwatch(self, device: str) -> None:
        """A supervisor monitors the device no more: its calls are the session's own again."""
        for call in self._at(device):
            if call.is_monitored:
                self._life.reporter.report_found(call, ged.END_CALL_EVENT, FOUND)
                call.is_monitored = False

    def _at(self, device: str) -> list[Call]:
        return [call for call in self._life.index.table if call.is_at(device)]


def _not_reported(error: Refused) -> bool:
    del error
    return True


def _ignore(request: Request[Any]) -> None:
    # The library asked by itself: nobody has to see a failure.
    del request
