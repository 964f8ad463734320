"""CallLife: how calls begin, change their ids, join and end (what the messages about them do).

A message about a connection that no BEGIN_CALL_EVENT announced is not lost: the connection is made known by
OnCallBegin with ``Recovered``, the call's data are asked for once, and such calls are counted.
"""

from collections.abc import Container, Iterable
from typing import Final, NamedTuple

from ctios_fast.core import Message
from ctios_fast.model.context import Context
from ctios_fast.model.monitors.monitor_table import MonitorKind
from ctios_fast.model.object_request import not_reported
from ctios_fast.model.recovered import RECOVERED
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import CALLTYPE_SUPERVISOR_MONITOR

from . import states
from .call_index import CallIndex, Key
from .current_call import CurrentCall
from .events import REPORTS, Report
from .former_calls import FormerCalls
from .live_call import LiveCall
from .reporter import CallReporter
from .snapshot import Connection, connection_of, connections_of
from .snapshot_request import asking_at, request_snapshot

__all__ = ["FOUND", "RENAMED", "CallLife", "Merger"]

#: What an event that a repair fires has beside its other keywords.
FOUND: Final = {RECOVERED: True}
#: Keyword of OnRecovered: calls whose ids changed in the gap.
RENAMED: Final = "CallsRenamed"
#: Names of counters, among those of the registry.
_WITHOUT_BEGIN: Final = "calls_without_begin"
ENDS_UNKNOWN: Final = "ends_of_unknown_calls"
#: Fields of messages about a connection that may name its device.
_DEVICES: Final = ("AlertingDeviceID", "AnsweringDeviceID", "HoldingDeviceID", "RetrievingDeviceID")

_BEGIN: Final = REPORTS[ged.BEGIN_CALL_EVENT]
_END: Final = REPORTS[ged.END_CALL_EVENT]


class Merger(NamedTuple):
    """What a CALL_CONFERENCED_EVENT or CALL_TRANSFERRED_EVENT says.

    - ``primary``, ``secondary``: the two connections that are joined.
    - ``parties``: the connections that result, by ConnectionCallID and ConnectionDeviceID.
    """

    peripheral_id: int
    primary: tuple[int, str]
    secondary: tuple[int, str]
    parties: tuple[tuple[int, str], ...]


class CallLife:
    """The life of the calls of one session."""

    __slots__ = (
        "_begin_heard",
        "_context",
        "_end_heard",
        "current",
        "former",
        "index",
        "is_opening",
        "reporter",
    )

    def __init__(
        self, context: Context, index: CallIndex, reporter: CallReporter, current: CurrentCall
    ) -> None:
        self.index = index
        self.reporter = reporter
        self.current = current
        #: Finds calls whose ids changed in a gap; None where no gap is to be repaired.
        self.former: FormerCalls | None = None
        #: Whether the mode has just been opened: a call that begins may be one in progress.
        self.is_opening = False
        self._context = context
        self._begin_heard = context.events.watch(_BEGIN.event, _BEGIN.monitored)
        self._end_heard = context.events.watch(_END.event, _END.monitored)
        index.table.counts.update({_WITHOUT_BEGIN: 0, ENDS_UNKNOWN: 0})

    # --- Monitors -----------------------------------------------------------------------------------

    def is_own(self, call: LiveCall, monitor_id: int, is_own: bool | None) -> bool:
        """Whether an event of the call is the session's own, where ``Context.is_own`` does not return True.

        ``is_own``: what it returned. The call remembers which monitors of the session report it.
        """
        context = self._context
        if is_own is None:
            is_own = context.is_own_device(call.instrument, call.connection_device_id)
            if context.hears_all:
                call.is_monitored = not is_own
                return is_own
            if is_own and call.is_monitored:  # its messages before this one named no device
                self._place(call, True)
                self.reporter.report_found(call, ged.BEGIN_CALL_EVENT, FOUND)
                self.current.began(call)
        monitor = None if is_own else context.monitors.by_id.get(monitor_id)
        if monitor is not None:  # another one may never report the end
            if call.monitors is None:
                call.monitors = set()
            call.monitors.add(monitor)
        return is_own

    def is_own_at(self, monitor_id: int | None, *devices: str | None) -> bool:
        """Whether an event is the session's own, where its MonitorID or else these devices tell."""
        is_own = self._context.is_own(monitor_id)
        return self._context.is_own_device(*devices) if is_own is None else is_own

    # --- Beginning ----------------------------------------------------------------------------------

    def begin(
        self,
        message: Message,
        key: Key,
        device_id_type: int,
        monitor_id: int,
    ) -> None:
        """Take in a BEGIN_CALL_EVENT.

        For a call that is known already it is an update, unless a call of a monitor becomes an own one, or a
        monitor reports the call for the first time.
        """
        known = self.index.table.by_key.get(key)
        is_own = self.is_own_at(monitor_id, key[2], None if known is None else known.instrument)
        former_id = None
        if known is None and self.former is not None:
            known = self._former(message, key, is_own)
            if known is not None:
                former_id = self._rename(known, key)
                self._context.tally[RENAMED] += 1
        call = known or self.index.add(key, device_id_type, self)
        if call is None:
            self.index.table.unknown += 1
            return
        call.data.take(message.frame)
        call.is_complete = True
        if known is not None:  # the message lacks the state, so a doubtful one stays doubtful
            self._named(call)
            self._begin_again(call, message, monitor_id, is_own, former_id)
            return
        # A call that may have begun in the gap, or before the opening, is asked for its state.
        call.is_doubtful = self.former is not None or (self.is_opening and is_own)
        self._place(call, is_own)
        if not is_own:
            self.is_own(call, monitor_id, False)
        if self._begin_heard[0] or self._context.buttons is not None:
            self.reporter.report(call, _BEGIN, message, is_own)
        if self._context.current_agent is not None:
            self.current.began(call)

    def _begin_again(
        self, call: LiveCall, message: Message, monitor_id: int, is_own: bool, former_id: str | None
    ) -> None:
        # A BEGIN_CALL_EVENT of a known call.
        monitor = self._context.monitors.by_id.get(monitor_id)
        is_new = former_id is None and not is_own and monitor not in (call.monitors or ())
        if not is_own:
            self.is_own(call, monitor_id, False)
        if is_own and call.is_monitored:
            self._become_own(call, message)
        elif is_new and not self._context.hears_all:
            self.reporter.report(call, _BEGIN, message, False)
        else:
            self.reporter.report_update(call, message, is_own, former_id)

    def _become_own(self, call: LiveCall, message: Message) -> None:
        # A monitor reported the call first, and now it is the session's own as well.
        self._place(call, True)
        self.reporter.report(call, _BEGIN, message, True)
        self.current.began(call)

    def adopt(
        self, message: Message, key: Key, device_id_type: int, is_own: bool, device: str | None = None
    ) -> LiveCall | None:
        """The call of a connection that no BEGIN_CALL_EVENT announced, with the data of the message.

        None if there is no place for it.

        - ``device``: where the connection is, None if the monitor of the message does not tell.
        """
        known_id = bool(self.index.connections(key[0], key[1]))
        call = self.index.add(key, device_id_type, self)
        if call is None:
            return None
        if not known_id:  # otherwise its data are those of the other connections
            call.data.take(message.frame)
        call.is_complete = known_id
        self._place(call, is_own)
        call.instrument = call.instrument or device
        if not known_id:
            self.index.table.counts[_WITHOUT_BEGIN] += 1
        self.reporter.report_found(call, ged.BEGIN_CALL_EVENT, FOUND)
        self.current.began(call)
        if self.former is not None:  # a repair goes on: it asks, so that its window holds
            call.is_doubtful = True
        elif not known_id and call.is_alive:
            call.look_up()  # what the missing BEGIN_CALL_EVENT would have brought; a refusal changes nothing
        return call

    def recover(
        self, message: Message, key: Key, device_id_type: int, device: str, state: int | None
    ) -> LiveCall | None:
        """Take in the SNAPSHOT_CALL_CONF of a call that began in a gap. None if there is no place for it.

        - ``device``: where the connection is.
        - ``state``: that of the connection, None if it is not known.
        """
        call = self.index.add(key, device_id_type, self)
        if call is None:
            self.index.table.unknown += 1
            return None
        self._take_snapshot(call, message)
        call.status = state
        self._place(call, self._context.is_own_device(device))
        call.instrument = call.instrument or device
        monitor = self._context.monitors.reports_device(device) if call.is_monitored else None
        if monitor is not None:
            call.monitors = {monitor}
        self.reporter.report_found(call, ged.BEGIN_CALL_EVENT, FOUND)
        self.current.began(call)
        if call.is_alive:
            self._report_snapshot(call, message)
        return call

    def ask_for(self, key: Key, device_id_type: int, device: str, state: int | None) -> None:
        """Ask for a call that a device listed; ``recover`` takes it in if it is not known by then.

        A failure is not reported: the call becomes known by its next message.

        - ``device``: where the connection is.
        - ``state``: what the device listed, for an answer that lacks the connection.
        """

        def take_in(message: Message) -> None:
            if self.index.get(key) is None:
                own = connection_of(connections_of(message), key)
                self.recover(message, key, device_id_type, device, state if own is None else own.state)

        # Nobody has to see the failure of what the library asked by itself.
        asking = asking_at(self._context, device)
        request_snapshot(asking, key, device_id_type, take_in, not_reported).reported()

    def _former(self, message: Message, key: Key, is_own: bool) -> LiveCall | None:
        # The call that has a new id since the gap, at the device that a BEGIN_CALL_EVENT is about.
        assert self.former is not None
        agent = self._context.current_agent
        device = agent.agent_instrument or agent.agent_extension if is_own and agent is not None else None
        return self.former.of(device or key[2], key, message)

    def _place(self, call: LiveCall, is_own: bool) -> None:
        call.is_monitored = not is_own
        agent = self._context.current_agent
        if is_own and agent is not None:
            call.instrument = agent.agent_instrument or agent.agent_extension

    def stranger(
        self, message: Message, key: tuple[int, int, str | None], monitor_id: int | None
    ) -> LiveCall | None:
        """The call of a message that names no known connection.

        None if it has none: a party at another device that leaves a call of agent mode is reported only, and
        what cannot have a call is counted.
        """
        peripheral_id, call_id, device_id = key
        call: LiveCall | None = None
        if peripheral_id == self._context.peripheral_id and device_id is not None:
            whole = (peripheral_id, call_id, device_id)
            is_own = self.is_own_at(monitor_id, device_id, *_devices(message))
            heard = self._heard_at(monitor_id, is_own, device_id)
            if message.type == ged.CALL_CONNECTION_CLEARED_EVENT and not self._context.hears_all:
                known = self.index.connections(peripheral_id, call_id)
                if known and heard is None:
                    party = LiveCall(
                        self._context, self, known[0].data, whole, message["ConnectionDeviceIDType"]
                    )
                    party.status = states.NULL
                    self.reporter.report(party, REPORTS[message.type], message, is_own)
                    return None
            call = self.adopt(message, whole, message["ConnectionDeviceIDType"], is_own, heard)
        if call is None:
            self.index.table.unknown += 1
        return call

    # --- Ending -------------------------------------------------------------------------------------

    def end(self, message: Message, key: Key, monitor_id: int) -> None:
        """Take in an END_CALL_EVENT.

        It ends what one monitor, or the session itself, has to do with the call. The call goes on for the
        others.
        One that names no known connection of a known call ends all of its connections if they have been
        cleared; otherwise it ends nothing and is counted.
        """
        self._note_change(key)
        call = self.index.table.by_key.get(key)
        if call is not None:
            is_own = self._context.is_own(monitor_id)
            if is_own and call.monitors is None:  # most calls
                self._end(call, message, True)
                return
            is_own = is_own or self.is_own(call, monitor_id, is_own)
            monitor = self._context.monitors.by_id.get(monitor_id)
            if not is_own and call.monitors and monitor is not None:
                call.monitors.discard(monitor)
            if (is_own or call.is_monitored) and not call.monitors:
                self._end(call, message, is_own)
                return
            self.reporter.report(call, _END, message, is_own)
            if is_own and call.is_alive and not call.is_monitored:
                self._leave_to_monitors(call)
            return
        if self._context.monitors.names_every_connection(monitor_id):
            return  # the known connections have messages of their own
        others = self.index.connections(key[0], key[1])
        if others and all(each.status == states.NULL for each in others):
            for each in others:
                self._end(each, message, not each.is_monitored)
        else:
            self.index.table.counts[ENDS_UNKNOWN] += 1

    def _leave_to_monitors(self, call: LiveCall) -> None:
        # The own call has ended, and a monitor goes on reporting it.
        call.is_monitored = True
        if self._context.current_call is call:
            self.current.ended()

    def vanished(self, call: LiveCall) -> None:
        """End a call that the server does not know any more."""
        if call.is_alive:
            call.status = states.NULL
            key, vanished = call.key, self._context.call_vanished
            self.reporter.report_found(call, ged.END_CALL_EVENT, FOUND)
            self._ended(call, not call.is_monitored)
            if vanished is not None:
                vanished(key)

    def remove(self, call: LiveCall) -> None:
        """Take the call out; it belongs to no session afterwards."""
        self.index.remove(call)

    def left(self, call: LiveCall) -> None:
        """The call has left the registry."""
        self.index.left(call)

    def others_at_device(self, call: LiveCall) -> tuple[LiveCall, ...]:
        """Other calls that the same device has, and that have not ended."""
        return self.index.others_at_device(call)

    def found(self, call: LiveCall, message: Message, fires_update: bool) -> None:
        """Take in a SNAPSHOT_CALL_CONF: data of the call, and the states of its connections."""
        self._take_snapshot(call, message)
        call.is_doubtful = False
        call.quiet = None
        for connection in connections_of(message):
            each = self.index.get((call.key[0], connection.call_id, connection.device_id))
            if each is not None:
                if not each.has_failed:
                    each.status = connection.state
                each.instrument = each.instrument or connection.instrument
        self._report_snapshot(call, message)
        if fires_update:
            self.reporter.report_update(call, message, not call.is_monitored, None)

    def refresh(self, call: LiveCall, message: Message, own: Connection | None, *, takes_data: bool) -> None:
        """Take in the SNAPSHOT_CALL_CONF that a repair asked for.

        - ``own``: the call's connection, None if the state is not to be taken in.
        - ``takes_data``: whether the data are.
        """
        if takes_data:
            self._take_snapshot(call, message)
        if own is not None:
            if not call.has_failed:
                call.status = own.state
            call.instrument = call.instrument or own.instrument
        if own is not None or takes_data:
            self._report_snapshot(call, message)

    def renamed(self, call: LiveCall, message: Message, key: Key, state: int | None) -> None:
        """Take in the SNAPSHOT_CALL_CONF of a call that got a new id in a gap."""
        before = call.unique_object_id
        if not self.index.rename(call, key[1], key[2]):
            return
        self._take_snapshot(call, message)
        call.is_doubtful = False
        if state is not None and not call.has_failed:
            call.status = state
        self._report_snapshot(call, message)
        self.reporter.report_renamed(call, before, FOUND)

    def _report_snapshot(self, call: LiveCall, message: Message) -> None:
        self.reporter.report_snapshot(call, message)
        found = self._context.call_found
        if found is not None and message["CallType"] == CALLTYPE_SUPERVISOR_MONITOR:
            found(call, message)

    def _take_snapshot(self, call: LiveCall, message: Message) -> None:
        call.data.take(message.frame)
        call.is_complete = True

    def _end(self, call: LiveCall, message: Message, is_own: bool) -> None:
        if self._end_heard[0] or self._context.buttons is not None:
            self.reporter.report(call, _END, message, is_own)
        self._ended(call, is_own)

    def _ended(self, call: LiveCall, is_own: bool) -> None:
        # What follows the report of every end. ``is_own``: it is the session's own, not a monitor's.
        if self._context.statistics.after_calls:
            device = call.instrument or call.connection_device_id
            self._context.statistics.call_ended(device, is_own)
        if call.is_alive:  # a listener may have disconnected the session
            was_current = self._context.current_call is call
            if self._context.monitors.wanted:  # the server's monitor of a call may not have reported it yet
                self._context.monitors.call_ended(call)
            self.index.remove(call)
            if was_current:
                self.current.ended()

    # --- Other ids ----------------------------------------------------------------------------------

    def update(
        self,
        message: Message,
        old: Key,
        new: Key,
        device_id_type: int,
        monitor_id: int,
    ) -> None:
        """Take in a CALL_DATA_UPDATE_EVENT, which may give a call another id."""
        self._note_change(old)
        is_own = self._context.is_own(monitor_id)
        if not is_own:
            call = self.index.get(old) or self.index.get(new)
            is_own = (
                self.is_own_at(monitor_id, old[2], new[2])
                if call is None
                else self.is_own(call, monitor_id, is_own)
            )
        call = self.index.get(old)
        old_unique_object_id = None
        if call is not None:
            old_unique_object_id = self._rename(call, new)
            call = call if call.key == new else self.index.get(new) or call
        elif old != new and old[1] != new[1] and old[2] == new[2] and self.index.get(new) is None:
            # the id of the call changes, and the device is not a known one: for all of its connections
            connections = self.index.connections(old[0], old[1])
            for number, each in enumerate(connections):
                before = self._rename(each, (each.key[0], new[1], each.key[2]))
                if number == 0:
                    each.data.take(message.frame)
                if before is not None:
                    self.reporter.report_update(each, message, not each.is_monitored, before)
            if connections:
                return
        if call is None:
            call = self.index.get(new) or self.adopt(message, new, device_id_type, is_own)
        if call is None:
            self.index.table.unknown += 1
            return
        self._named(call)
        call.data.take(message.frame)
        self.reporter.report_update(call, message, is_own, old_unique_object_id)

    def _note_change(self, *keys: Key) -> None:
        # A message ends these connections, joins their calls or gives one another id.
        if self.former is not None:
            for peripheral_id, call_id, _ in keys:
                self.former.changed(peripheral_id, call_id)

    def _named(self, call: LiveCall) -> None:
        # A message that does not state the call's state says that there is the call.
        if call.quiet is not None:
            call.quiet.is_named = True
        if self.former is not None:
            self.former.exclude(call)

    def _rename(self, call: LiveCall, new: Key) -> str | None:
        # Returns the former UniqueObjectID, None if it is still the same.
        if call.key == new:
            return None
        before = call.unique_object_id
        if self.index.rename(call, new[1], new[2]):
            return before
        call.status = states.NULL  # another object has the id already: this connection has merged into it
        return before

    def join(self, message: Message, merger: Merger, report: Report, monitor_id: int) -> None:
        """Take in a conference or a transfer.

        Each party of the result is one of the connections before, found by its device, under an id that may
        be new; OnCallDataUpdate reports the change. Of the two that are joined, one that is not a party any
        more waits for its END_CALL_EVENT.
        """
        keys = [(merger.peripheral_id, *each) for each in (merger.primary, merger.secondary)]
        self._note_change(*keys)
        before = tuple(dict.fromkeys(call for key in keys for call in self.index.connections(key[0], key[1])))
        joined = [call for call in map(self.index.get, keys) if call is not None]
        controller = joined[0] if joined else None
        is_own = self._is_own_join(monitor_id, merger, joined)
        placed: dict[LiveCall, None] = {}
        former: dict[LiveCall, str] = {}
        for party in merger.parties:
            key = (merger.peripheral_id, *party)
            call = self._party(message, key, before, placed, former, is_own, monitor_id)
            if call is not None:
                placed[call] = None
                if party[1] == merger.primary[1] and (controller is None or controller not in placed):
                    controller = call
        is_conference = message.type == ged.CALL_CONFERENCED_EVENT
        if is_conference and controller is not None and not merger.parties:
            placed[controller] = None  # the server lists no parties: the controller's first call goes on
        for gone in map(self.index.get, keys):
            if gone is not None and gone not in placed:
                gone.status = states.NULL
                gone.quiet = None
        if is_conference and controller in placed:
            self._connect_controller(controller, message)
        for each, unique_object_id in former.items():
            self.reporter.report_renamed(each, unique_object_id)
        subject = next((each for each in (controller, *placed, *before) if each and each.is_alive), None)
        if subject is None:  # both calls have ended, or their messages were never heard
            self.reporter.report_unknown(keys[0], report, message, is_own)
        else:
            self.reporter.report(subject, report, message, is_own)

    def _is_own_join(self, monitor_id: int, merger: Merger, joined: Iterable[LiveCall]) -> bool:
        devices = (merger.primary[1], merger.secondary[1], *(each.instrument for each in joined))
        is_own = self.is_own_at(monitor_id, *devices)
        if not is_own:
            for each in joined:
                self.is_own(each, monitor_id, False)
        return is_own

    def _connect_controller(self, call: LiveCall, message: Message) -> None:
        # The connections of the controller become one; those of the other parties keep their states.
        if not call.has_failed:
            state = message["LocalConnectionState"]
            call.status = states.CONNECT if state == states.UNSTATED else state
            call.quiet = None

    def _party(
        self,
        message: Message,
        key: Key,
        before: Iterable[LiveCall],
        placed: Container[LiveCall],
        former: dict[LiveCall, str],
        is_own: bool,
        monitor_id: int,
    ) -> LiveCall | None:
        # The call of one of the resulting connections. Adds its id to ``former`` if that was another one.
        call = self.index.get(key)
        if call is not None:
            return call
        for each in before:  # the primary call's connections come first, so its data win
            if each.connection_device_id == key[2] and each not in placed and each.is_alive:
                unique_object_id = each.unique_object_id
                if self.index.rename(each, key[1], key[2]):
                    former[each] = unique_object_id
                return each
        if self._context.hears_all:
            return self.adopt(message, key, 0, is_own)
        heard = self._heard_at(monitor_id, is_own, key[2])
        if heard is not None:
            call = self.adopt(message, key, 0, is_own, heard)
            state = message["LocalConnectionState"]
            if call is not None and state != states.UNSTATED:  # a copy states it for the monitored device
                call.status = state
            return call
        return None  # a party at a device that the session does not hear

    def _heard_at(self, monitor_id: int | None, is_own: bool, device: str) -> str | None:
        # The device, if it is the one whose monitor the message names.
        monitor = None if is_own or not monitor_id else self._context.monitors.by_id.get(monitor_id)
        is_heard = monitor is not None and monitor.kind is MonitorKind.DEVICE and monitor.key == device
        return device if is_heard else None


def _devices(message: Message) -> list[str | None]:
    # The devices that a message names as those of its connection.
    return [message.get(field) for field in _DEVICES]
