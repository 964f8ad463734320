"""CallRepairs: the steps that bring the calls of a session up to date after a gap.

1. Each device that agents are logged in at is asked for its calls (SNAPSHOT_DEVICE).
2. Each known call is asked for (SNAPSHOT_CALL). One that the server does not know, or whose answer lacks the
   connection, has ended, unless its device has not been answered yet, or step 3 finds it under another id.
   The server does not know a call if its refusal says so. Any other lasting refusal means the same if the
   call's device did not list the call.
3. Each call that a device listed and that is not known is asked for. It is a known call under another id, or
   it began in the gap.
4. Calls that messages made known meanwhile are asked for, and then what their answers listed, as in step 3.
5. What has ended is reported. Calls that became known so late that step 4 did not ask for them are asked for.

An answer repairs a call only if no newer message about the call came since the request was sent. A call that
the server does not know is not over while its device, or a call at its device, has not been answered: there
may be the same call under another id. It is over when the repair is.

A server may refuse a session in agent mode to look at the calls of a monitored agent. Such a call is not
over: it stays, and is counted as unverified. Where there is a companion session, the companion asks for it.
"""

import contextlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from ctios_fast import keywords as kw
from ctios_fast.connection.log_limit import LogLimit
from ctios_fast.core import Message
from ctios_fast.errors import ConnectionLost, Refused
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.model.context import Context
from ctios_fast.model.device_snapshot import device_values, listed_calls
from ctios_fast.model.refusals import denies_the_call, is_lasting
from ctios_fast.model.repair_plan import Repairable, Repairs, RepairStep
from ctios_fast.protocol.codes import CTI_SERVICE_CLIENT_CONTROL

from . import states
from .call_index import Key
from .call_life import RENAMED, CallLife
from .former_calls import FormerCalls
from .leak_guard import LeakGuard
from .live_call import LiveCall, Quiet
from .snapshot import Connection, connection_of, connections_of
from .snapshot_request import asking_at, asking_context, request_device_snapshot, request_snapshot

__all__ = ["CallRepairs"]

#: Keywords of OnRecovered.
_ASKED: Final = "CallsAsked"
_ENDED: Final = "CallsEnded"
_BEGUN: Final = "CallsBegun"
_REFRESHED: Final = "CallsRefreshed"
_UNVERIFIED: Final = "CallsUnverified"
_UNVERIFIED_CALLS: Final = "UnverifiedCalls"
#: Counters of the session.
_OUTDATED: Final = "call_answers_outdated"
_DEVICES_REFUSED: Final = "device_snapshots_refused"


class CallRepairs(Repairs):
    """Brings the calls of one session up to date."""

    keywords = (_ENDED, _BEGUN, RENAMED, _REFRESHED, _UNVERIFIED)

    def __init__(self, context: Context, life: CallLife) -> None:
        self.context = context
        self.life = life
        self.late_steps = (RepairStep(self._find_in_progress, None, of_objects=False),)
        self.steps = (
            RepairStep(self._find_at_opening, None, of_objects=False, at_opening=True),
            RepairStep(self._find_devices, "DevicesAsked", of_objects=False),
            RepairStep(self._find_known, _ASKED),
            RepairStep(self._find_unknown, _ASKED, at_opening=True),
            RepairStep(self._find_known, _ASKED),
            RepairStep(self._find_unknown, _ASKED),
            RepairStep(self._finish, _ASKED),
        )
        #: The list of each device's calls; None if the server refused to list them.
        self._answered: dict[str, _List | None] = {}
        #: Devices that this run of the steps asks for their calls, until they are answered.
        self._due: set[str] = set()
        #: Calls that devices listed.
        self._listed: set[Key] = set()
        #: Those of them that are not known and were not answered yet.
        self._unknown = _UnknownCalls()
        #: Calls that the server does not know, until it is clear that they are not there under another id.
        self._missing: dict[LiveCall, Quiet | None] = {}
        #: What this run of the steps asks for: known calls, and keys of others. Each is asked for once.
        self._asked: set[LiveCall | Key] = set()
        #: Calls of which the server does not tell this repair whether they go on.
        self._unverified: dict[LiveCall, None] = {}
        #: UniqueObjectIDs of those that the repair left so.
        self._left_unverified: list[str] = []
        self._log = LogLimit(logging.getLogger("ctios_fast.session"))
        life.index.table.counts.update({_OUTDATED: 0, _DEVICES_REFUSED: 0})
        #: Verifies calls of which nothing is heard, while no repair does.
        self._guard = LeakGuard(context, life)

    def gap_began(self) -> None:
        """Events may be missed from now on: what was asked for no longer counts."""
        if self.context.services_granted:  # a repair follows; else the mode was not open
            self.context.snapshot_due = False
        self._answered.clear()
        self._due.clear()
        self._unverified.clear()
        self._left_unverified.clear()
        self.life.is_opening = False
        self._unknown.clear()
        self._forget()
        self._guard.stop()
        self.life.former = FormerCalls(self.life.index)

    def gap_ended(self) -> None:
        """Nothing was known before the opening: calls that are announced now may be in progress."""
        self._up_to_date()
        mode = self.context.mode
        self.life.is_opening = mode is not None and mode.is_agent

    def _up_to_date(self) -> None:
        self._forget()
        self._guard.start()
        self.life.former = None

    def details(self) -> Mapping[str, Any]:
        """The calls that could not be verified."""
        return (
            {_UNVERIFIED_CALLS: arguments_over(dict.fromkeys(self._left_unverified, True))}
            if self._left_unverified
            else {}
        )

    def repair_ended(self) -> None:
        """Nothing more is asked for: what is missing has ended, and what was found has begun."""
        self._due.clear()
        for unknown in list(self._unknown):
            if self.life.index.get(unknown.key) is not None:
                continue
            if unknown.answer is not None and unknown.changes == self._changes_of(unknown):
                self._begun(unknown, unknown.answer)
            elif unknown.answer is not None or unknown.key not in self._asked:
                # It was not made known then, and it may have ended since; or it was listed too late.
                self.life.ask_for(unknown.key, unknown.device_id_type, unknown.device, unknown.state)
        for call, quiet in list(self._missing.items()):
            self._missed(call, quiet)
        self._unknown.clear()
        if self.life.former is None:
            self._forget()
        else:
            self.context.ask(self._end_gap())  # the attempts of the repair are over
        left = [call for call in self._unverified if call.is_alive and call.quiet is not None]
        self._left_unverified = [call.unique_object_id for call in left]
        self.context.tally[_UNVERIFIED] = len(left)
        self._unverified.clear()

    def _end_gap(self) -> list[Repairable]:
        # Returns the questions for calls that are known since the last step asked.
        late = [call for call in self._doubtful() if call not in self._asked] if self._can_ask() else []
        self._up_to_date()
        return [_KnownCall(self, call) for call in late]

    def _changes_of(self, unknown: "_UnknownCall") -> int:
        return 0 if self.life.former is None else self.life.former.changes_of(*unknown.key[:2])

    def _forget(self) -> None:
        self._listed.clear()
        self._missing.clear()
        self._asked.clear()

    # --- Steps --------------------------------------------------------------------------------------

    def _can_ask(self) -> bool:
        return bool(self.context.services_granted & CTI_SERVICE_CLIENT_CONTROL)

    def _doubtful(self) -> list[LiveCall]:
        return [call for call in self.life.index.table if call.is_doubtful]

    def _find_at_opening(self) -> Iterable[Repairable]:
        context = self.context
        if not context.snapshot_due or not self._can_ask():
            return ()
        return [_Device(self, device) for device in context.devices()]

    def _find_devices(self) -> Iterable[Repairable]:
        self._asked.clear()
        self._due.clear()
        if self.life.former is not None:
            self.life.former.note()
        if self._can_ask():
            devices = [device for device in self.context.devices() if device not in self._answered]
            self._due.update(devices)
            return [_Device(self, device) for device in devices]
        self._unverified = dict.fromkeys(self._doubtful())
        if self._unverified:
            self._log.warning(
                "%d calls cannot be verified after the gap: Client Control is not granted",
                len(self._unverified),
            )
        return ()

    def _find_in_progress(self) -> Iterable[Repairable]:
        # Calls that were announced by the opening, and whose states no event has stated.
        if self.life.former is not None:
            return ()  # a repair asks for them
        self.life.is_opening = False
        for call in self._doubtful():
            call.is_doubtful = call.status is None
        return self._find_known()

    def _find_known(self) -> Iterable[Repairable]:
        if not self._can_ask():
            return ()
        calls = [
            call
            for call in self._doubtful()
            if call not in self._asked
            and call not in self._unverified
            and (call not in self._missing or self._missing[call] is not call.quiet)
        ]
        self._asked.update(calls)
        return [_KnownCall(self, call) for call in calls]

    def _find_unknown(self) -> Iterable[Repairable]:
        found = [each for each in self._unknown if each.key not in self._asked]
        self._asked.update(each.key for each in found)
        return found

    def _finish(self) -> Iterable[Repairable]:
        for call, quiet in list(self._missing.items()):
            if not self._may_go_on(call):
                del self._missing[call]
                self._missed(call, quiet)
        if self._unknown or self._due:  # another attempt may find calls under other ids
            return ()
        return self._end_gap()

    # --- Answers ------------------------------------------------------------------------------------

    def listed(self, device: str, message: Message) -> None:
        """Take in a SNAPSHOT_DEVICE_CONF."""
        if self.context.snapshot_due:
            self.context.fire("OnSnapshotDeviceConf", _device_arguments, self.context, device, message)
        peripheral_id = self.context.peripheral_id
        calls = {(peripheral_id, each.call_id, each.device_id): each for each in listed_calls(message)}
        self._answered[device] = _List(frozenset(calls), self.context.clock.time())
        self._due.discard(device)
        for key, each in calls.items():
            self._list(key, each.device_id_type, device, each.state)

    def unlisted(self, device: str) -> None:
        """The server refused to list the calls of a device."""
        self._answered[device] = None
        self._due.discard(device)
        self.life.index.table.counts[_DEVICES_REFUSED] += 1

    def is_answered(self, device: str) -> bool:
        """Whether the server has listed the calls of a device, or refused to list them."""
        return device in self._answered

    def leave(self, device: str) -> None:
        """Nothing asks for the calls of a device."""
        self._due.discard(device)

    def _list(self, key: Key, device_id_type: int, device: str, state: int | None) -> None:
        self._listed.add(key)
        if self.life.index.get(key) is None:
            self._unknown.add(_UnknownCall(self, key, device_id_type, device, state))

    def answered(self, call: LiveCall, message: Message, quiet: Quiet, values: dict[str, object]) -> None:
        """Take in a SNAPSHOT_CALL_CONF for a known call.

        - ``quiet``, ``values``: the time without messages, and the data, when the call was asked for.
        """
        if not call.is_alive:
            return
        is_newest = call.quiet is quiet
        takes_data = call.data.is_unchanged(values)
        rows = list(connections_of(message))
        own = connection_of(rows, call.key)
        if own is None and is_newest and not quiet.is_named and call.key not in self._listed:
            for each in rows:  # the connection may have another id now
                if each.instrument is not None and each.instrument == call.instrument:
                    key = (self.context.peripheral_id, each.call_id, each.device_id)
                    self._list(key, each.device_id_type, each.instrument, each.state)
            self.missing(call, quiet)
            return
        call.is_doubtful = False
        if not (is_newest and takes_data):
            self.life.index.table.counts[_OUTDATED] += 1
        self.life.refresh(call, message, own if is_newest else None, takes_data=takes_data)
        self.context.tally[_REFRESHED] += 1

    def tells(self, call: LiveCall) -> bool:
        """Whether a refusal to tell the call means that it is over.

        A server may refuse a session in agent mode to look at the calls of a monitored agent, also those that
        go on. So it does not mean that for a call that a monitor reports, unless the companion asks.
        """
        context = self.context
        if context.hears_all or not call.is_monitored or self.asks_companion(call):
            return True
        monitors = context.monitors
        return not (monitors.wanted if call.monitors is None else any(map(monitors.is_wanted, call.monitors)))

    def is_over(self, call: LiveCall, quiet: Quiet, error: Refused) -> bool:
        """Whether a refusal to tell the call means that it is over, where ``tells`` returns True.

        It does if it says so. Any other lasting refusal does if the call's device did not list it, though no
        message of the call came between the gap and the list.

        - ``quiet``: the time without messages when the call was asked for.
        """
        if denies_the_call(error):
            return True
        answer = self._answered.get(call.instrument or call.connection_device_id)
        if answer is None or call.key in answer.keys or quiet.since >= answer.time:
            return False
        return is_lasting(error)

    def tells_at(self, device: str) -> bool:
        """Whether a refusal to tell a call at the device is about the call; see ``tells``."""
        context = self.context
        return context.hears_all or context.is_own_device(device) or asking_at(context, device) is not context

    def asks_companion(self, call: LiveCall) -> bool:
        """Whether the companion session asks for the call."""
        return asking_context(self.context, is_own=not call.is_monitored) is not self.context

    def unverified(self, call: LiveCall, quiet: Quiet) -> None:
        """The server does not tell whether the call goes on; its next event, or the leak guard, will."""
        if self._is_known_since(call, quiet) or call.status == states.NULL:
            self._missed(call, quiet)
        else:
            self._unverified[call] = None

    def missing(self, call: LiveCall, quiet: Quiet) -> None:
        """The server does not know the call any more; newer messages, if any came, say otherwise."""
        if self._may_go_on(call) and not self._is_known_since(call, quiet):
            self._missing[call] = call.quiet
        else:
            self._missed(call, quiet)

    def _may_go_on(self, call: LiveCall) -> bool:
        # Whether a call that the server does not know may be there under another id.
        due = self._due
        return self._unknown.may_be(call) or call.connection_device_id in due or call.instrument in due

    def _missed(self, call: LiveCall, quiet: Quiet | None) -> None:
        # The call is not there under another id.
        if self._is_known_since(call, quiet):
            self.life.index.table.counts[_OUTDATED] += 1
            if call.quiet is quiet:
                self._asked.discard(call)  # the messages did not state its state, as one that renames a call
            else:
                call.is_doubtful = False
        elif call.is_alive:
            self._end(call)

    @staticmethod
    def _is_known_since(call: LiveCall, quiet: Quiet | None) -> bool:
        # Whether messages of that time named the call. One that they cleared has ended all the same.
        is_quiet = call.quiet is quiet and (quiet is None or not quiet.is_named)
        return call.is_alive and not is_quiet and call.status != states.NULL

    def _end(self, call: LiveCall) -> None:
        self.context.tally[_ENDED] += 1
        self.life.vanished(call)

    def found(self, unknown: "_UnknownCall", message: Message) -> None:
        """Take in a SNAPSHOT_CALL_CONF for a call that a device listed and that was not known."""
        life, tally = self.life, self.context.tally
        call = life.index.get(unknown.key)
        own = connection_of(connections_of(message), unknown.key)
        if call is not None:  # a message has made it known meanwhile, and a state that it states is newer
            self._unknown.remove(unknown)
            if call.is_doubtful:
                call.is_doubtful = False
                life.refresh(call, message, own if call.status is None else None, takes_data=True)
                tally[_REFRESHED] += 1
            return
        former = (
            None
            if life.former is None
            else life.former.of(unknown.device, unknown.key, message, self._missing)
        )
        if former is not None:
            self._unknown.remove(unknown)
            del self._missing[former]
            life.renamed(former, message, unknown.key, _state_of(unknown, own))
            tally[RENAMED] += 1
        elif life.former is not None and life.former.of(unknown.device, unknown.key, message) is not None:
            unknown.answer = message  # a call that was not answered may have this id now
            unknown.changes = self._changes_of(unknown)
        else:
            self._begun(unknown, message)

    def _begun(self, unknown: "_UnknownCall", message: Message) -> None:
        self._unknown.remove(unknown)
        state = _state_of(unknown, connection_of(connections_of(message), unknown.key))
        key, id_type, device = unknown.key, unknown.device_id_type, unknown.device
        if self.life.recover(message, key, id_type, device, state) is not None:
            self.context.tally[_BEGUN] += 1

    def not_found(self, unknown: "_UnknownCall") -> None:
        """A call that a device listed has ended since."""
        self._unknown.remove(unknown)


class _List(NamedTuple):
    """The calls that a device listed, and when, by the session's clock."""

    keys: frozenset[Key]
    time: float


class _Device:
    """The question which calls a device has."""

    def __init__(self, repairs: CallRepairs, device: str) -> None:
        self._repairs = repairs
        self._device = device

    def __repr__(self) -> str:
        return f"<the calls of device {self._device}>"

    def needs_repair(self) -> bool:
        """Whether the device still has to be asked."""
        return not self._repairs.is_answered(self._device)

    async def repair(self) -> None:
        """Ask for the calls. Raises what the request fails with, except a lasting refusal.

        That one leaves the device's calls to the questions about known calls.
        """
        context = self._repairs.context
        asking = asking_at(context, self._device)
        try:
            with _loss_suppressed(asking is not context):
                await request_device_snapshot(asking, self._device, self._listed, self._refused)
                return
        except Refused as error:
            if not is_lasting(error):
                raise
            return
        self._repairs.leave(self._device)  # the companion was lost

    def _listed(self, message: Message) -> None:
        self._repairs.listed(self._device, message)

    def _refused(self, error: Refused) -> bool:
        if is_lasting(error):
            self._repairs.unlisted(self._device)
        return True


class _KnownCall:
    """The question whether a known call still exists, and in which state it is."""

    def __init__(self, repairs: CallRepairs, call: LiveCall) -> None:
        self.call = call
        self._repairs = repairs

    def __repr__(self) -> str:
        return repr(self.call)

    def needs_repair(self) -> bool:
        """Whether the call's state may be stale."""
        return self.call.is_alive and self.call.is_doubtful

    async def repair(self) -> None:
        """Ask for the call. Raises what the request fails with, except refusals that answer the question."""
        if not self.needs_repair():
            return
        call, repairs = self.call, self._repairs
        quiet, values = call.note_quiet(), call.data.values
        quiet.is_named = False
        tells = repairs.tells(call)

        def take_in(message: Message) -> None:
            repairs.answered(call, message, quiet, values)

        def answers(error: Refused) -> bool:
            return repairs.is_over(call, quiet, error) if tells else is_lasting(error)

        def refused(error: Refused) -> bool:
            if answers(error):
                (repairs.missing if tells else repairs.unverified)(call, quiet)
            return True

        try:
            with _loss_suppressed(repairs.asks_companion(call)):
                await call.ask(take_in, refused, None)
                return
        except Refused as error:
            if not answers(error):
                raise
            return
        repairs.unverified(call, quiet)  # the companion was lost


class _UnknownCall:
    """The question about a call that a device listed and that is not known.

    ``state``: what the device listed, None if it listed none.
    """

    def __init__(
        self, repairs: CallRepairs, key: Key, device_id_type: int, device: str, state: int | None
    ) -> None:
        self.key = key
        self.device_id_type = device_id_type
        self.device = device
        self.state = state
        #: What the server knows of the call, until it is clear whether it is a known one under another id.
        self.answer: Message | None = None
        #: What ``FormerCalls.changes_of`` returned when that answer came.
        self.changes = 0
        self._repairs = repairs

    def __repr__(self) -> str:
        return f"<unknown call {self.key[1]} of device {self.device}>"

    def needs_repair(self) -> bool:
        """Whether the call is still not known."""
        return self._repairs.life.index.get(self.key) is None

    async def repair(self) -> None:
        """Ask for the call. Raises what the request fails with, except refusals that answer the question."""
        context = self._repairs.context
        asking = asking_at(context, self.device)
        try:
            with _loss_suppressed(asking is not context):
                await request_snapshot(asking, self.key, self.device_id_type, self._found, self._refused)
                return
        except Refused as error:
            if not self._answers(error):
                raise
            return
        self._repairs.not_found(self)  # the companion was lost: the call becomes known by its next event

    def _found(self, message: Message) -> None:
        self._repairs.found(self, message)

    def _refused(self, error: Refused) -> bool:
        if self._answers(error):
            self._repairs.not_found(self)
        return True

    def _answers(self, error: Refused) -> bool:
        return denies_the_call(error) or (is_lasting(error) and not self._repairs.tells_at(self.device))


class _UnknownCalls:
    """The unknown calls that are not answered yet, by key and by device."""

    def __init__(self) -> None:
        self._by_key: dict[Key, _UnknownCall] = {}
        #: Number of them at each device.
        self._at_device: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._by_key)

    def __iter__(self) -> Iterator[_UnknownCall]:
        return iter(self._by_key.values())

    def add(self, unknown: _UnknownCall) -> None:
        """Add a call; another one with its key leaves."""
        before = self._by_key.get(unknown.key)
        if before is not None:
            self.remove(before)
        self._by_key[unknown.key] = unknown
        self._at_device[unknown.device] += 1

    def remove(self, unknown: _UnknownCall) -> None:
        """Remove a call, if it is there."""
        if self._by_key.get(unknown.key) is unknown:
            del self._by_key[unknown.key]
            self._at_device[unknown.device] -= 1

    def clear(self) -> None:
        """Remove all calls."""
        self._by_key.clear()
        self._at_device.clear()

    def may_be(self, call: LiveCall) -> bool:
        """Whether one of them may be a known call under another id: it is at the same device."""
        at = self._at_device
        return bool(at[call.connection_device_id] or (call.instrument is not None and at[call.instrument]))


def _loss_suppressed(is_suppressed: bool) -> contextlib.suppress:
    # Another session's loss does not end the repair of this one.
    return contextlib.suppress(*[ConnectionLost] if is_suppressed else ())


def _state_of(unknown: _UnknownCall, own: Connection | None) -> int | None:
    return unknown.state if own is None else own.state


def _device_arguments(context: Context, device: str, message: Message) -> Arguments:
    return arguments_over(
        {kw.CTIOS_INVOKEID: message["InvokeID"], **device_values(context.peripheral_id, device, message)}
    )
