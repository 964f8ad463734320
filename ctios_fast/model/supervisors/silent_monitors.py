"""SilentMonitors: the events of silent monitoring through Unified CM, which is a call of the supervisor.

No message reports silent monitoring. It begins when a call with CallType CALLTYPE_SUPERVISOR_MONITOR or with
EventCause CEC_SUPERVISOR_MONITOR is established, and ends with that call. The session of the supervisor sees
this call, and so do sessions that hear every event; the session of the monitored agent does not.

After a gap, or at the opening, the snapshot of such a call tells that it has been established.

The messages are looked at only while one of the events has a listener.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from ctios_fast import keywords as kw
from ctios_fast.core import FieldHandler, Handler, Message
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.model.context import Context
from ctios_fast.model.object_ids import call_object_id
from ctios_fast.model.recovered import RECOVERED
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import (
    CALLTYPE_SUPERVISOR_MONITOR,
    CEC_SUPERVISOR_MONITOR,
    LCS_CONNECT,
    LCS_HOLD,
)

from .companion import agent_at_either

__all__ = ["SilentMonitors"]

_STARTED: Final = "OnSilentMonitorStartedEvent"
_STOPPED: Final = "OnSilentMonitorStopRequestedEvent"
_KEY: Final = ("PeripheralID", "ConnectionCallID", "ConnectionDeviceID")
#: LocalConnectionStates of a call that has been established.
_ESTABLISHED: Final = (LCS_CONNECT, LCS_HOLD)
#: Silent monitor calls that are followed at once. Further ones are not reported.
_MAX_FOLLOWED: Final = 10_000

_Key = tuple[int, int, str]


class _Monitoring(NamedTuple):
    # The devices of a silent monitor call.
    initiator: str
    target: str


class SilentMonitors:
    """Fires the events of silent monitoring of one session.

    - ``on``, ``off``: register and remove a handler of a message.
    """

    __slots__ = ("_context", "_followed", "_handlers", "_is_heard", "_off", "_on")

    def __init__(
        self,
        context: Context,
        on: Callable[[int, Handler], object],
        off: Callable[[int, Handler], object],
    ) -> None:
        self._context = context
        self._on = on
        self._off = off
        #: The silent monitor calls that have begun. The value is None until the call is established.
        self._followed: dict[_Key, _Monitoring | None] = {}
        self._handlers = {
            number: FieldHandler(number, handler, fields, with_message=True)
            for number, handler, fields in (
                (ged.BEGIN_CALL_EVENT, self._begun, (*_KEY, "CallType")),
                (ged.CALL_ESTABLISHED_EVENT, self._established, (*_KEY, "EventCause")),
                (ged.CALL_FAILED_EVENT, self._failed, (*_KEY, "EventCause")),
                (ged.END_CALL_EVENT, self._ended, _KEY),
            )
        }
        context.call_vanished = self._vanished
        context.call_found = self._found
        #: A list of one item: whether one of the events has a listener.
        self._is_heard = context.events.watch(_STARTED, _STOPPED, changed=self._heard)

    def _heard(self, is_heard: bool) -> None:
        self._followed.clear()
        for number, handler in self._handlers.items():
            (self._on if is_heard else self._off)(number, handler)

    # --- Messages -----------------------------------------------------------------------------------

    def _begun(
        self, message: Message, peripheral_id: int, call_id: int, device_id: str | None, call_type: int
    ) -> None:
        del message
        if call_type == CALLTYPE_SUPERVISOR_MONITOR and device_id is not None:
            self._follow((peripheral_id, call_id, device_id))

    def _established(
        self, message: Message, peripheral_id: int, call_id: int, device_id: str | None, cause: int
    ) -> None:
        key = (peripheral_id, call_id, device_id or "")
        if cause == CEC_SUPERVISOR_MONITOR:
            self._follow(key)
        if self._followed.get(key, self) is not None:  # it is not followed, or has been reported
            return
        self._followed[key] = monitoring = _monitoring(message)
        self._context.fire(_STARTED, self._arguments, key, monitoring)

    def _failed(
        self, message: Message, peripheral_id: int, call_id: int, device_id: str | None, cause: int
    ) -> None:
        key = (peripheral_id, call_id, device_id or "")
        if key in self._followed:
            monitoring = self._followed.pop(key)
            if monitoring is None:  # it was never established
                monitoring = _monitoring(message)
            self._context.fire(_STOPPED, self._arguments, key, monitoring, cause)

    def _ended(self, message: Message, peripheral_id: int, call_id: int, device_id: str | None) -> None:
        del message
        key = (peripheral_id, call_id, device_id or "")
        monitoring = self._followed.pop(key, None)
        if monitoring is not None:
            self._context.fire(_STOPPED, self._arguments, key, monitoring, 0)

    def _vanished(self, key: _Key) -> None:
        # The session found out that the call has ended, as after a gap in the events.
        monitoring = self._followed.pop(key, None)
        if monitoring is not None:
            self._context.fire(_STOPPED, self._found_ended, key, monitoring)

    def _found(self, call: Any, message: Message) -> None:
        # A snapshot of a silent monitor call whose messages may have been missed. It names no initiator: that
        # is the agent of agent mode, or the only party. The server may leave the monitored agent out: then it
        # is the agent whose number was dialed, if there is one.
        if not self._is_heard[0] or call.is_monitored or call.status not in _ESTABLISHED:
            return
        devices = [each for each in message.get("CallDeviceID") or () if each]
        if self._context.current_agent is None and len(devices) > 1:
            return
        self._follow(call.key)
        if self._followed.get(call.key, self) is not None:  # it is not followed, or has been reported
            return
        initiator = call.instrument or call.connection_device_id
        target = next((each for each in devices if each != initiator), "")
        dialed = message.get("DialedNumber") or ""
        if not target and dialed != initiator and self._agent_at(dialed):
            target = dialed
        self._followed[call.key] = monitoring = _Monitoring(initiator, target)
        self._context.fire(_STARTED, self._found_started, call.key, monitoring)

    def _found_started(self, key: _Key, monitoring: _Monitoring) -> Arguments:
        return arguments_over({**self._arguments(key, monitoring), RECOVERED: True})

    def _found_ended(self, key: _Key, monitoring: _Monitoring) -> Arguments:
        return arguments_over({**self._arguments(key, monitoring, 0), RECOVERED: True})

    def _follow(self, key: _Key) -> None:
        if key[0] != self._context.peripheral_id:
            return
        if len(self._followed) >= _MAX_FOLLOWED:  # calls whose ids changed, or whose ends were lost
            known = self._context.registry.find
            self._followed = {
                each: devices for each, devices in self._followed.items() if known(call_object_id(*each))
            }
        if len(self._followed) < _MAX_FOLLOWED:
            self._followed.setdefault(key, None)

    # --- Arguments ----------------------------------------------------------------------------------

    def _arguments(self, key: _Key, monitoring: _Monitoring, disposition: int | None = None) -> Arguments:
        values: dict[str, Any] = {
            kw.CTIOS_SILENTMONITORINITIATINGAGENTUID: self._agent_at(monitoring.initiator),
            kw.CTIOS_SILENTMONITORINITIATINGDEVICEID: monitoring.initiator,
            kw.CTIOS_SILENTMONITORTARGETAGENTUID: self._agent_at(monitoring.target),
            kw.CTIOS_SILENTMONITORTARGETDEVICEID: monitoring.target,
            kw.CTIOS_SILENTMONITORCALLUID: call_object_id(*key),
        }
        if disposition is not None:
            values[kw.CTIOS_SILENTMONITORCALLDISPOSITION] = disposition
        return arguments_over(values)

    def _agent_at(self, device: str) -> str:
        # The UniqueObjectID of the agent at a device, empty if none is known.
        agent = agent_at_either(self._context, device)
        return "" if agent is None else agent.unique_object_id


def _monitoring(message: Message) -> _Monitoring:
    return _Monitoring(message.get("CallingDeviceID") or "", message.get("CalledDeviceID") or "")
