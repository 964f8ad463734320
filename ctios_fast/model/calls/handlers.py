"""What messages do to the calls of a session. Events of known connections are the hot path."""

from collections.abc import Callable
from functools import partial
from typing import Final

from ctios_fast import keywords as kw
from ctios_fast.core import FieldHandler, FieldReader, Handler, Message
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.model.context import Context
from ctios_fast.model.kind import Kind
from ctios_fast.model.null_ids import names_nothing
from ctios_fast.model.registry import Table
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import CTI_SERVICE_PERIPHERAL_MONITOR

from . import states
from .call_data import MAX_UNREAD, contact_id_of, named_variables, with_texts
from .call_index import CallIndex, find_call
from .call_life import CallLife, Merger
from .call_repairs import CallRepairs
from .current_call import CurrentCall
from .events import CALL_EVENTS, CONTACTS, REPORTS, Contact, Report
from .live_call import LiveCall
from .monitored_calls import MonitoredCalls
from .reporter import CallReporter

__all__ = ["CALLS"]

#: Longest ConnectionDeviceID in characters.
_MAX_KEY: Final = 63
#: Messages that carry data of the call beside BEGIN_CALL_EVENT and CALL_DATA_UPDATE_EVENT.
_WITH_DATA: Final = frozenset(
    {
        ged.CALL_DELIVERED_EVENT,
        ged.CALL_ESTABLISHED_EVENT,
        ged.CALL_ORIGINATED_EVENT,
        ged.CALL_SERVICE_INITIATED_EVENT,
        ged.CALL_QUEUED_EVENT,
        ged.CALL_DIVERTED_EVENT,
    }
)
#: Messages that name the line of the connection and the devices at both ends.
_WITH_LINE: Final = frozenset(
    {
        ged.CALL_DELIVERED_EVENT,
        ged.CALL_ESTABLISHED_EVENT,
        ged.CALL_ORIGINATED_EVENT,
        ged.CALL_SERVICE_INITIATED_EVENT,
        ged.CALL_REACHED_NETWORK_EVENT,
    }
)
#: Messages about media streams.
_STREAMS: Final = frozenset({ged.RTP_STARTED_EVENT, ged.RTP_STOPPED_EVENT})
_IDENTITY: Final = ("PeripheralID", "MonitorID", "ConnectionCallID", "ConnectionDeviceID")
#: Looked up once: this is the path of every event.
_UNSTATED: Final = states.UNSTATED


def _handlers(context: Context, calls: Table[LiveCall]) -> dict[int, Handler]:
    index = CallIndex(context, calls)
    context.calls_at = index.at_device
    reporter = CallReporter(context)
    life = CallLife(context, index, reporter, CurrentCall(context, calls))
    calls.repairs = CallRepairs(context, life)
    context.calls_of_others = MonitoredCalls(context, life)
    special: dict[int, Callable[[Context, CallLife], Handler]] = {
        ged.BEGIN_CALL_EVENT: _begin,
        ged.END_CALL_EVENT: _end,
        ged.CALL_DATA_UPDATE_EVENT: _update,
        ged.CALL_CONFERENCED_EVENT: partial(_joined, REPORTS[ged.CALL_CONFERENCED_EVENT]),
        ged.CALL_TRANSFERRED_EVENT: partial(_joined, REPORTS[ged.CALL_TRANSFERRED_EVENT]),
    }
    return {
        **{
            number: special[number](context, life)
            if number in special
            else (_stream if number in _STREAMS else _event)(number, report, context, life)
            for number, report in REPORTS.items()
        },
        **{number: _contact(contact, context) for number, contact in CONTACTS.items()},
    }


# --- Events of a connection -------------------------------------------------------------------------


def _event(number: int, report: Report, context: Context, life: CallLife) -> FieldHandler:
    by_key = life.index.table.by_key
    take, effect = _taker(number, report.device), _EFFECTS.get(number)
    fallback, takes_status = report.status, report.takes_status
    heard = context.events.watch(report.event, report.monitored)

    def on_event(
        message: Message,
        peripheral_id: int,
        monitor_id: int,
        call_id: int,
        device_id: str | None,
        state: int,
    ) -> None:
        call: LiveCall | None
        try:
            call = by_key[peripheral_id, call_id, device_id]
        except KeyError:
            call = life.stranger(message, (peripheral_id, call_id, device_id), monitor_id)
            if call is None:
                return
        if not call.has_failed:
            if takes_status and state != _UNSTATED:
                call.status = state
                call.quiet = None
            elif fallback is not None:
                call.status = _implied(call.status, fallback)
                call.quiet = None
        if take is not None:
            take(call, message)
        if effect is not None and len(call.data.calls) > 1:
            effect(call)
        if heard[0] or context.buttons is not None:
            is_own = context.is_own(monitor_id)
            life.reporter.report(call, report, message, is_own or life.is_own(call, monitor_id, is_own))

    return FieldHandler(number, on_event, (*_IDENTITY, "LocalConnectionState"), with_message=True)


def _implied(status: int | None, fallback: int) -> int:
    # The state of a connection whose message does not state one. A call that is delivered alerts at the
    # called end; at the calling end, which has initiated it, nothing changes.
    if fallback == states.ALERTING and status == states.INITIATE:
        return states.INITIATE
    return fallback


def _stream(number: int, report: Report, context: Context, life: CallLife) -> FieldHandler:
    # A media stream may stop after the call has ended, so its messages make no call known.
    by_key = life.index.table.by_key
    heard = context.events.watch(report.event)

    def on_stream(
        message: Message, peripheral_id: int, monitor_id: int, call_id: int, device_id: str | None
    ) -> None:
        call = by_key.get((peripheral_id, call_id, device_id))
        if call is not None:
            if heard[0]:
                is_own = context.is_own(monitor_id)
                is_own = is_own or life.is_own(call, monitor_id, is_own)
                life.reporter.report(call, report, message, is_own)
        elif peripheral_id == context.peripheral_id and device_id is not None:
            key = (peripheral_id, call_id, device_id)
            is_own = life.is_own_at(monitor_id, device_id, message.get("AgentInstrument"))
            life.reporter.report_unknown(key, report, message, is_own)
        else:
            life.index.table.unknown += 1

    return FieldHandler(number, on_stream, _IDENTITY, with_message=True)


# --- What a message does beside changing the state of its connection --------------------------------


def _taker(number: int, device: str) -> Callable[[LiveCall, Message], None] | None:
    # What takes in all of a message but the state of its connection; None where there is nothing.
    if number in _WITH_DATA:
        return _data_taker(number in _WITH_LINE, device)
    if number in _WITH_LINE:
        return _take_line
    if number == ged.CALL_FAILED_EVENT:
        return _take_failure
    return (lambda call, message: _take_device(call, message, device)) if device else None


def _data_taker(has_line: bool, device: str) -> Callable[[LiveCall, Message], None]:
    def take(call: LiveCall, message: Message) -> None:
        frame = message.frame
        unread = call.data.unread  # CallData.take written out, as most events come here
        unread.append(frame)
        if len(unread) > MAX_UNREAD:
            call.data.read()
        if has_line:
            call.line = frame
        if device and call.instrument is None:
            call.instrument = _device(message, device, call)

    return take


def _take_line(call: LiveCall, message: Message) -> None:
    call.line = message.frame


def _take_failure(call: LiveCall, message: Message) -> None:
    del message
    call.has_failed = True


def _take_device(call: LiveCall, message: Message, field: str) -> None:
    if call.instrument is None:
        call.instrument = _device(message, field, call)


def _device(message: Message, field: str, call: LiveCall) -> str | None:
    # CALL_DELIVERED_EVENT goes to both ends: the state tells which one the connection is
    if field == "AlertingDeviceID" and call.status != states.ALERTING:
        field = "CallingDeviceID"
    device: str | None = message.get(field)
    if field == "AnsweringDeviceID" and any(
        each.instrument == device for each in call.data.calls.values() if each is not call
    ):
        device = message.get("CallingDeviceID")
    return device or None


def _established(call: LiveCall) -> None:
    # the other end is connected as well
    for each in call.data.calls.values():
        if each.status == states.INITIATE:
            each.status = states.CONNECT
            each.quiet = None


def _cleared(call: LiveCall) -> None:
    for each in call.data.calls.values():
        each.quiet = None
        if not each.has_failed:
            each.status = states.NULL


#: What a message does to the other connections of the call.
_EFFECTS: Final[dict[int, Callable[[LiveCall], None]]] = {
    ged.CALL_ESTABLISHED_EVENT: _established,
    ged.CALL_CLEARED_EVENT: _cleared,
}


# --- Beginning, end, data ---------------------------------------------------------------------------


def _begin(context: Context, life: CallLife) -> FieldHandler:
    def on_begin(
        message: Message,
        peripheral_id: int,
        monitor_id: int,
        call_id: int,
        device_id: str | None,
        device_id_type: int,
    ) -> None:
        if peripheral_id != context.peripheral_id or device_id is None:
            life.index.table.unknown += 1
            return
        key = (peripheral_id, call_id, device_id)
        life.begin(message, key, device_id_type, monitor_id)

    fields = (*_IDENTITY, "ConnectionDeviceIDType")
    return FieldHandler(ged.BEGIN_CALL_EVENT, on_begin, fields, with_message=True)


def _end(context: Context, life: CallLife) -> FieldHandler:
    def on_end(
        message: Message, peripheral_id: int, monitor_id: int, call_id: int, device_id: str | None
    ) -> None:
        life.end(message, (peripheral_id, call_id, device_id or ""), monitor_id)

    return FieldHandler(ged.END_CALL_EVENT, on_end, _IDENTITY, with_message=True)


def _update(context: Context, life: CallLife) -> FieldHandler:
    by_key = life.index.table.by_key
    report = REPORTS[ged.CALL_DATA_UPDATE_EVENT]
    heard = context.events.watch(report.event, report.monitored)

    def on_update(
        message: Message,
        peripheral_id: int,
        monitor_id: int,
        call_id: int,
        device_id: str | None,
        new_call_id: int,
        new_type: int,
        new_device_id: str | None,
    ) -> None:
        if (
            not heard[0] and call_id == new_call_id and (device_id == new_device_id or new_device_id is None)
        ):  # most updates: the data change, and there is no listener
            call = by_key.get((peripheral_id, call_id, device_id))
            if call is not None:
                call.data.take(message.frame)
                return
        if peripheral_id != context.peripheral_id or device_id is None:
            life.index.table.unknown += 1
            return
        old = (peripheral_id, call_id, device_id)
        new = old
        if new_device_id is not None and not names_nothing(new_call_id):
            new = (peripheral_id, new_call_id, new_device_id)
        life.update(message, old, new, new_type, monitor_id)

    fields = (
        *_IDENTITY,
        "NewConnectionCallID",
        "NewConnectionDeviceIDType",
        "NewConnectionDeviceID",
    )
    return FieldHandler(ged.CALL_DATA_UPDATE_EVENT, on_update, fields, with_message=True)


# --- Conference and transfer ------------------------------------------------------------------------


def _joined(report: Report, context: Context, life: CallLife) -> Handler:
    read = FieldReader(
        "PeripheralID",
        "MonitorID",
        "PrimaryCallID",
        "PrimaryDeviceID",
        "SecondaryCallID",
        "SecondaryDeviceID",
        "ConnectedPartyCallID",
        "ConnectedPartyDeviceID",
    ).read

    def on_joined(message: Message) -> None:
        (
            peripheral_id, monitor_id, primary_id, primary_device, secondary_id, secondary_device,
            party_ids, party_devices,
        ) = read(message)  # fmt: skip
        if peripheral_id != context.peripheral_id:
            life.index.table.unknown += 1
            return
        merger = Merger(
            peripheral_id,
            (primary_id, primary_device or ""),
            (secondary_id, secondary_device or ""),
            tuple(
                (party_id, device_id)
                for party_id, device_id in zip(party_ids or (), party_devices or (), strict=False)
                if isinstance(device_id, str) and isinstance(party_id, int) and not names_nothing(party_id)
            ),
        )
        life.join(message, merger, report, monitor_id)

    return on_joined


# --- Contacts without a call ------------------------------------------------------------------------


def _contact(contact: Contact, context: Context) -> Handler:
    fill = FieldReader(*contact.fields, *contact.renamed).fill
    listeners = context.listeners

    def arguments(message: Message, is_own: bool) -> Arguments:
        values = with_texts(fill(message, dict(contact.defaults)), context.codec.encoding)
        for field, keyword in contact.renamed.items():
            if field in values:
                values[keyword] = values.pop(field)
        contact_key = contact_id_of(message)
        if contact_key is not None:
            values[kw.CTIOS_ICMENTERPRISEUNIQUEID] = contact_key
        if contact.has_variables:
            values[kw.CTIOS_ECC] = arguments_over(named_variables(message))
        if not is_own:
            values[kw.CTIOS_MONITORED] = True
        return arguments_over(values)

    def on_contact(message: Message) -> None:
        if not listeners[contact.event] and not listeners[contact.monitored]:
            return
        is_own = _is_own_contact(context, message)
        context.fire(contact.event if is_own else contact.monitored, arguments, message, is_own)

    return on_contact


def _is_own_contact(context: Context, message: Message) -> bool:
    if message.type == ged.CALL_TRANSLATION_ROUTE_EVENT:
        # It names no monitor. A session with a device of its own gets it for Peripheral Monitor only.
        return context.hears_all or not context.services_granted & CTI_SERVICE_PERIPHERAL_MONITOR
    is_own = context.is_own(message.get("MonitorID"))
    return context.is_own_device(message.get("AgentInstrument")) if is_own is None else is_own


#: The kind of object that this folder adds to a session.
CALLS: Final = Kind("call", _MAX_KEY, CALL_EVENTS, find_call, _handlers)
