"""MonitoredCalls: the calls of the agents that supervisors of a session monitor."""

from ctios_fast.core import Message
from ctios_fast.model.context import Context
from ctios_fast.model.device_snapshot import listed_calls
from ctios_fast.model.monitors.monitor_table import Monitor
from ctios_fast.model.object_request import not_reported
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import CTI_SERVICE_CLIENT_CONTROL

from .call_life import FOUND, CallLife
from .live_call import LiveCall
from .snapshot_request import asking_at, request_device_snapshot

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

        def take_in(message: Message) -> None:
            for each in listed_calls(message):
                key = (self._context.peripheral_id, each.call_id, each.device_id)
                if self._life.index.get(key) is None:
                    self._life.ask_for(key, each.device_id_type, device, each.state)

        asking = asking_at(self._context, device)
        if asking.services_granted & CTI_SERVICE_CLIENT_CONTROL:
            # Nobody has to see the failure of what the library asked by itself.
            request_device_snapshot(asking, device, take_in, not_reported).reported()

    def monitor_ended(self, monitor: Monitor) -> None:
        """A monitor is over: the calls that it alone reports end with OnMonitoredCallEnd.

        The session's own calls go on: for them the event ends what OnMonitoredCallBegin has begun.
        """
        for call in list(self._life.index.table):
            if call.monitors and monitor in call.monitors:
                call.monitors.discard(monitor)
                if call.monitors:
                    continue
                if call.is_monitored:
                    self._life.vanished(call)
                else:
                    self._life.reporter.report_found(call, ged.END_CALL_EVENT, FOUND, is_own=False)

    # --- Bulk mode ------------------------------------------------------------------------------------

    def watch(self, device: str) -> None:
        """A supervisor monitors a device whose calls the session hears: they are monitored calls now."""
        for call in self._at(device):
            if not call.is_monitored:
                call.is_monitored = True
                self._life.reporter.report_found(call, ged.BEGIN_CALL_EVENT, FOUND)

    def unwatch(self, device: str) -> None:
        """A supervisor no longer monitors the device: its calls are the session's own again."""
        for call in self._at(device):
            if call.is_monitored:
                self._life.reporter.report_found(call, ged.END_CALL_EVENT, FOUND)
                call.is_monitored = False

    def _at(self, device: str) -> list[LiveCall]:
        return [call for call in self._life.index.table if call.is_at(device)]
