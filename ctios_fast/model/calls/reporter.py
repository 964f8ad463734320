"""CallReporter: the Arguments of the events of calls, and firing them.

By default an event has the keywords that CTI OS documents for it. ``Session(minimize_event_args=False)`` adds
every field of the message under its own name, as CTI OS's setting MinimizeEventArgs 0 does.
"""

from collections.abc import Mapping
from typing import Any, Final

from ctios_fast import keywords as kw
from ctios_fast.core import FieldReader, Message
from ctios_fast.model.arguments import arguments_over
from ctios_fast.model.context import Context
from ctios_fast.model.object_ids import call_object_id
from ctios_fast.protocol import numbers as ged

from . import states
from .call_data import DATA_FIELDS, cti_clients, named_variables, with_texts
from .events import REPORTS, Report
from .live_call import LiveCall
from .snapshot import snapshot_values

__all__ = ["CallReporter"]

#: Fields that are nested in Arguments, so that their raw form is not an event's keyword.
_NESTED: Final = frozenset({"NamedVariable", "NamedArray", "CTIClientSignature", "CTIClientTimestamp"})
#: The EventCause CEC_CALL_PARTY_UPDATE_IND.
_PARTY_UPDATE: Final = 50
#: The first and the last event of a call. A filter takes both of them or none, so that both have the agent of
#: the connection's device even where no message has named the device of the call.
_FIRST_AND_LAST: Final = frozenset(
    name
    for number in (ged.BEGIN_CALL_EVENT, ged.END_CALL_EVENT)
    for name in (REPORTS[number].event, REPORTS[number].monitored)
)
#: What ``_known`` has of the call's identity.
_IDENTITY: Final = (kw.CTIOS_PERIPHERALID, kw.CTIOS_CONNECTIONCALLID)


class CallReporter:
    """Fires the events of the calls of one session."""

    __slots__ = ("_context", "_events", "_fillers", "_listeners", "_update")

    def __init__(self, context: Context) -> None:
        self._context = context
        self._events = context.events
        self._listeners = context.listeners
        #: For each message that reports fields of its own: reads them into a dict.
        self._fillers = {
            number: FieldReader(*report.fields, *report.renamed).fill
            for number, report in REPORTS.items()
            if report.fields
        }
        update = REPORTS[ged.CALL_DATA_UPDATE_EVENT]
        self._update = FieldReader(*[name for name in DATA_FIELDS if name in update.call_data]).fill

    def report(self, call: LiveCall, report: Report, message: Message, is_own: bool) -> None:
        """Fire the event of a message; nothing without a listener."""
        event = report.event if is_own else report.monitored
        context = self._context
        if not self._listeners[event] and not (
            context.buttons_heard if is_own else context.supervisor_buttons_heard
        ):
            return
        if self._events.refuses is not None and self._is_refused(event, call):
            return
        values = self._fields(report, message, call.event_identity())
        if report.defaults:
            values = {**report.defaults, **_known(call, report), **values}
        if message.type == ged.CALL_FAILED_EVENT:
            values.update(_failure(message["EventCause"]))
        self._fire(call, event, message, values, is_own, None)

    def _is_refused(self, event: str, call: LiveCall) -> bool:
        # Where a button mask depends on the call as well, it is reported with the event.
        context = self._context
        has_buttons = context.buttons is not None or context.supervisor_buttons is not None
        return not has_buttons and self._events.is_refused(event, call)

    def report_unknown(
        self, key: tuple[int, int, str], report: Report, message: Message, is_own: bool
    ) -> None:
        """Fire the event of a message about a connection that has no Call: it is over, or not yet known."""
        event = report.event if is_own else report.monitored
        if not self._listeners[event]:
            return
        values = {**report.defaults, **self._fields(report, message, {})}
        if report.call_data:
            values[kw.CTIOS_PERIPHERALID], values[kw.CTIOS_CONNECTIONCALLID] = key[:2]
        values[kw.CTIOS_UNIQUEOBJECTID] = call_object_id(*key)
        if not is_own:
            values[kw.CTIOS_MONITORED] = True
        self._events.fire(event, arguments_over(values))

    def _fields(self, report: Report, message: Message, identity: dict[str, Any]) -> dict[str, Any]:
        # A copy of ``identity`` with the fields of the message that the event has, under its keywords.
        fill = self._fillers.get(message.type)
        values = dict(identity) if fill is None else fill(message, identity)
        for field, keyword in report.renamed.items():
            if field in values:
                values[keyword] = values.pop(field)
        if report.marks_updates and message["EventCause"] == _PARTY_UPDATE:
            values["EventCause"] = _PARTY_UPDATE
        return values

    def report_update(
        self, call: LiveCall, message: Message, is_own: bool, old_unique_object_id: str | None
    ) -> None:
        """Fire OnCallDataUpdate: what the message changes, and the former id where that changed."""
        report = REPORTS[ged.CALL_DATA_UPDATE_EVENT]
        event = report.event if is_own else report.monitored
        if not self._listeners[event] or (self._events.refuses is not None and self._is_refused(event, call)):
            return
        values = with_texts(
            self._update(message, {**call.event_identity(), **_updated(call, report)}),
            self._context.codec.encoding,
        )
        values[kw.CTIOS_PERIPHERALID] = call.peripheral_id
        values[kw.CTIOS_CONNECTIONCALLID] = call.connection_call_id
        variables = named_variables(message)
        if variables or call.data.had_ecc:
            values[kw.CTIOS_ECC] = arguments_over(variables)
        clients = cti_clients(message)
        if clients is not None:
            values[kw.CTIOS_CTICLIENTS] = clients
        if old_unique_object_id is not None:
            values[kw.CTIOS_OLDUNIQUEOBJECTID] = old_unique_object_id
        self._fire(call, event, message, values, is_own, None)

    def report_renamed(
        self, call: LiveCall, old_unique_object_id: str, more: Mapping[str, Any] | None = None
    ) -> None:
        """Fire OnCallDataUpdate for a call whose id has changed without a message that says so."""
        report = REPORTS[ged.CALL_DATA_UPDATE_EVENT]
        event = report.monitored if call.is_monitored else report.event
        if self._listeners[event]:
            values = {**call.event_identity(), **_always(call, report)}
            values[kw.CTIOS_OLDUNIQUEOBJECTID] = old_unique_object_id
            self._fire(call, event, None, values, not call.is_monitored, more)

    def report_found(
        self, call: LiveCall, event_of: int, more: Mapping[str, Any], *, is_own: bool | None = None
    ) -> None:
        """Fire the event of a message that never came, for a call that something else made known.

        ``is_own``: whether it is the session's own event, not a monitor's; as the call is unless given.
        """
        if is_own is None:
            is_own = not call.is_monitored
        report = REPORTS[event_of]
        event = report.event if is_own else report.monitored
        if not self._listeners[event]:
            return
        values = {**call.event_identity(), **report.defaults, **_known(call, report)}
        self._fire(call, event, None, values, is_own, more)

    def report_snapshot(self, call: LiveCall, message: Message) -> None:
        """Fire OnSnapshotCallConf: everything that is known of the call, and its connections."""
        if not self._listeners["OnSnapshotCallConf"]:
            return
        values = snapshot_values(call, message)
        values[kw.CTIOS_UNIQUEOBJECTID] = call.unique_object_id
        values[kw.CTIOS_CALLSTATUS] = states.UNSTATED if call.status is None else call.status
        if call.data.icm_enterprise_unique_id is not None:
            values[kw.CTIOS_ICMENTERPRISEUNIQUEID] = call.data.icm_enterprise_unique_id
        self._events.fire("OnSnapshotCallConf", arguments_over(values))

    def _fire(
        self,
        call: LiveCall,
        event: str,
        message: Message | None,
        values: dict[str, Any],
        is_own: bool,
        more: Mapping[str, Any] | None,
    ) -> None:
        context = self._context
        if message is not None and not context.minimizes_event_args:
            values = {
                **{
                    name: tuple(value) if isinstance(value, list) else value
                    for name, value in message.to_dict().items()
                    if name not in _NESTED
                },
                **values,
            }
            values = with_texts(values, context.codec.encoding)
            if kw.CTIOS_ECC not in values:  # the message may have some, though the event documents none
                variables = named_variables(message)
                if variables:
                    values[kw.CTIOS_ECC] = arguments_over(variables)
        status = call.status
        if status is not None and (
            not call.has_failed or (message is not None and message.type == ged.CALL_FAILED_EVENT)
        ):
            values[kw.CTIOS_CALLSTATUS] = status
        instrument = _instrument(call, event)
        if instrument is not None:
            agent = context.agent_at(instrument)
            if agent is not None:
                values[kw.CTIOS_FILTERTARGET] = agent.unique_object_id
        if more is not None:
            values.update(more)
        if not is_own:
            self._fire_monitored(call, event, 0 if message is None else message.type, values)
            return
        buttons = context.buttons
        if buttons is None:
            context.events.fire(event, arguments_over(values))
            return
        values[kw.CTIOS_ENABLEMENTMASK] = buttons.mask()
        context.events.fire(event, arguments_over(values))
        buttons.report(call.unique_object_id, 0 if message is None else message.type)

    def _fire_monitored(self, call: LiveCall, event: str, message_type: int, values: dict[str, Any]) -> None:
        context = self._context
        values[kw.CTIOS_MONITORED] = True
        buttons = context.supervisor_buttons
        if buttons is None:
            context.events.fire(event, arguments_over(values))
            return
        mask = buttons.mask_about(call.unique_object_id)
        if mask is not None:
            values[kw.CTIOS_SUPERVISORBTNENABLEMENTMASK] = mask
        context.events.fire(event, arguments_over(values))
        buttons.report(call.unique_object_id, message_type)


def _instrument(call: LiveCall, event: str) -> str | None:
    # The device whose agent is the event's FilterTarget.
    if call.instrument is None and event in _FIRST_AND_LAST:
        return call.connection_device_id
    return call.instrument


def _known(call: LiveCall, report: Report) -> dict[str, Any]:
    # What is known of the call's data and identity, of what the event has.
    if not report.call_data:
        return {}
    known = call.data.arguments()
    values = {name: known[name] for name in report.call_data if name in known}
    values[kw.CTIOS_PERIPHERALID] = call.peripheral_id
    values[kw.CTIOS_CONNECTIONCALLID] = call.connection_call_id
    return values


def _updated(call: LiveCall, report: Report) -> dict[str, Any]:
    # The same for a message that has all of them but, where it does not change, the router call key. The data
    # of the call are not read where they have no such key either.
    if call.data.icm_enterprise_unique_id is None:
        return dict(report.defaults)
    return _always(call, report)


def _always(call: LiveCall, report: Report) -> dict[str, Any]:
    # The keywords that the event always has, as far as they are the call's.
    known = {**report.defaults, **_known(call, report)}
    return {name: known[name] for name in (*report.defaults, *_IDENTITY)}


def _failure(cause: int) -> dict[str, Any]:
    # What OnCallFailed has beside the state: the EventCause as FailureCode, and its name.
    from ctios_fast.protocol.enums import EventCause

    try:
        text = EventCause(cause).name
    except ValueError:
        text = f"event cause {cause}"
    return {kw.CTIOS_FAILURECODE: cause, kw.CTIOS_ERRORMESSAGE: text}
