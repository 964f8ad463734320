"""ConnectionEvents: the session's side of its connection.

It implements the connection's ``Observer``: it fires the events of connection and mode, passes losses to the
objects, and starts the recovery. It knows the context, not the Session.
"""

import logging
from typing import Any, Final

from ctios_fast import keywords as kw
from ctios_fast.connection.lag import Lag, LagCause, Turn
from ctios_fast.connection.log_limit import LogLimit
from ctios_fast.connection.sides import Side
from ctios_fast.core import Handler, Message
from ctios_fast.enums import FailureReason
from ctios_fast.errors import MalformedFrame, OpenRefused
from ctios_fast.protocol import codes
from ctios_fast.protocol import numbers as ged

from .arguments import Arguments, arguments_over
from .client_identity import ClientIdentity
from .context import Context
from .publisher import EventTable
from .recovery import Recovery
from .session_end import CLOSED, End, OnEnd
from .system_failures import (
    failure_event_arguments,
    present_events,
    refused_mode_arguments,
    status_event_arguments,
    system_event_arguments,
)
from .system_status import GAP_BEGINS, GAP_ENDS, PERIPHERAL_EVENTS, SystemStatus
from .time_of_day import time_of_day

__all__ = ["SESSION_EVENTS", "ConnectionEvents"]

#: Events about the session and its connection (CTI OS Developer's Guide, ISessionEvents). CTI OS does not
#: have OnRecovered and those after it.
SESSION_EVENTS: Final = EventTable(
    names=(
        "OnConnection",
        "OnConnectionFailure",
        "OnConnectionRejected",
        "OnConnectionClosed",
        "OnHeartbeat",
        "OnMissingHeartbeat",
        "OnMonitorModeEstablished",
        "OnCTIOSFailure",
        "OnCurrentAgentReset",
        "OnRecovered",
        "OnStandbyOpened",
        "OnStandbyLost",
        "OnStandbyActive",
        "OnActiveMaintenanceRequest",
        "OnActiveMaintenance",
        "OnLag",
    ),
    aliases={"OnCloseConnection": "OnConnectionClosed", "OnCTIOSFailureEvent": "OnCTIOSFailure"},
)


class ConnectionEvents:
    """The ``Observer`` of a session's connection."""

    def __init__(
        self, context: Context, recovery: Recovery, status: SystemStatus, identity: ClientIdentity
    ) -> None:
        self._identity = identity
        self._context = context
        self._recovery = recovery
        self._status = status
        #: Repeated lines are limited: a server in trouble says the same at each connection, or at each event.
        self._log = LogLimit(logging.getLogger("ctios_fast.session"))
        #: Whether events may be missing though the connection is up, as while the peripheral is offline.
        self._is_gap = False

    # --- Observer -----------------------------------------------------------------------------------

    def connected(self, side: Side) -> None:
        """TCP (TLS) to a side is up."""
        fire = self._context.fire
        fire("OnConnection", _connection_arguments, side)
        words = f"connected to the CTI Server at {side}"
        fire("OnCTIOSFailure", status_event_arguments, codes.SYS_CTI_SERVER_ONLINE, 0, words)

    def failed(self, side: Side, reason: FailureReason, final: bool, error: BaseException) -> None:
        """An attempt failed, or the connection was lost."""
        ending = self._context.end.take() if final else ()
        self._lost(str(error))
        if final:
            self._context.forget_mode()
        fire = self._context.fire
        fire("OnConnectionFailure", _failure_arguments, side, reason, final, error)
        status = error.status if isinstance(error, OpenRefused) else None
        words = f"no connection to the CTI Server at {side}: {error}"
        fire("OnCTIOSFailure", status_event_arguments, codes.SYS_CTI_SERVER_OFFLINE, 0, words, status)
        _report_end(ending, End("the session was lost", error))

    def opened(self, confirmation: Message, asked: int, reopened: bool) -> None:
        """The session is open."""
        self._take_status(confirmation)
        self._begin(confirmation, asked, reopened, confirmation.get("SessionType"))

    def _take_status(self, confirmation: Message) -> None:
        context = self._context
        is_agent_mode = context.mode is not None and context.mode.is_agent
        has_agent = is_agent_mode and context.current_agent is not None
        self._status.opened(confirmation, context.peripheral_id if has_agent else None)

    def _begin(self, confirmation: Message, asked: int, reopened: bool, session_type: int | None) -> None:
        context = self._context
        mode = context.mode
        assert mode is not None
        context.services_granted = confirmation["ServicesGranted"]
        context.monitor_id = confirmation.get("MonitorID") or 0
        context.session_type = session_type
        type_named = confirmation.get("PeripheralType") if mode.is_agent else None
        context.peripheral_type = codes.NULL_PERIPHERAL_TYPE if type_named is None else type_named
        self._is_gap = not self._status.can_report(context.peripheral_id)
        missing = asked & ~context.services_granted  # the server may grant fewer than asked for
        if missing:
            losses = "".join(f"; {loss}" for service, loss in mode.losses.items() if service & missing)
            self._log.warning(
                "the server granted services %#x of %#x: what needs %#x will be refused%s",
                context.services_granted,
                asked,
                missing,
                losses,
            )
        if self._status.peripherals and context.peripheral_id not in self._status.peripherals:
            self._log.warning(
                "the server serves the peripherals %s, not %d: no events will come for its agents",
                ", ".join(map(str, self._status.peripherals)),
                context.peripheral_id,
            )
        context.fire(mode.opened_event, self._opened_arguments)
        # For All Events the server itself sends a SYSTEM_EVENT for each peripheral.
        for event in present_events(self._status, context.peripheral_id if mode.is_agent else None):
            context.fire("OnCTIOSFailure", status_event_arguments, *event)
        if reopened:
            self._recovery.start()
        else:
            self._recovery.start_first()

    def switched(self, side: Side, confirmation: Message, asked: int, reopened: bool) -> None:
        """The session goes on over its standby session, whose side became active."""
        # OPEN_CONF may be old: what the other side said until now about the system is newer.
        if self._status.is_connected:
            self._end("the other side became active")
        else:
            self._take_status(confirmation)
        self._context.fire("OnStandbyActive", _side_arguments, side)
        self.connected(side)
        self._begin(confirmation, asked, reopened, codes.SESSION_ACTIVE)

    def side_active(self, side: Side) -> None:
        """The side of the session reports that it has just become active: what it did before is lost."""
        context = self._context
        self._log.warning("side %s has become active again: everything is asked for", side.name)
        services = context.services_granted
        self._end("the side was the standby meanwhile")
        context.services_granted, context.session_type = services, codes.SESSION_ACTIVE
        context.fire("OnStandbyActive", _side_arguments, side)
        self._recovery.start()

    def standby_opened(self, side: Side) -> None:
        """A session on the standby side is open."""
        self._context.fire("OnStandbyOpened", _side_arguments, side)

    def standby_lost(self, side: Side, reason: FailureReason, error: BaseException) -> None:
        """The session on the standby side is lost."""
        self._context.fire("OnStandbyLost", _standby_loss_arguments, side, reason, error)

    def maintenance_requested(self) -> bool:
        """The active side asks whether its maintenance is acceptable. A listener may change the answer."""
        self._context.fire("OnActiveMaintenanceRequest", _time_arguments)
        accepted = self._context.accepts_maintenance
        words = "accepted" if accepted else "refused"
        self._log.info("the CTI Server asks for maintenance of its side: %s", words, kind=words)
        return accepted

    def maintenance_decided(self, begins: bool) -> None:
        """The active side says whether its maintenance begins."""
        self._log.info("maintenance of the active side %s", "begins" if begins else "is cancelled")
        self._context.fire("OnActiveMaintenance", _maintenance_arguments, begins)

    def rejected(self, error: OpenRefused) -> None:
        """The server refused the session; no other side will be tried."""
        context = self._context
        mode, was_open = context.mode, bool(context.services_granted)
        ending = context.end.take()
        self._lost(str(error))
        context.forget_mode()
        if mode is not None and not was_open:  # the refusal of an open session was reported when it came
            context.fire("OnCTIOSFailure", refused_mode_arguments, error, mode.is_agent)
        context.fire("OnConnectionRejected", _rejection_arguments, error)
        _report_end(ending, End("the server refused the session", error))

    def closed(self) -> None:
        """The connection was closed by the program; nothing follows."""
        ending = self._context.end.take()
        self._lost("the session was disconnected")
        self._context.forget_mode()
        self._context.fire("OnConnectionClosed", Arguments)
        _report_end(ending, CLOSED)

    def heartbeat(self) -> None:
        """The server answered a heartbeat."""
        self._context.monitors.heartbeat_answered()
        self._context.fire("OnHeartbeat", _time_arguments)

    def heartbeat_missing(self, count: int) -> None:
        """Several heartbeats in a row are unanswered."""
        self._context.fire("OnMissingHeartbeat", self._missing_arguments, count)

    def lagging(self, lag: Lag) -> None:
        """Received messages waited for longer than ``max_lag``, or do so no more."""
        if lag.is_over:
            self._log.warning("the lag is over: %.3g s at most, for %.3g s", lag.seconds, lag.lasted)
        else:
            self._log.warning("messages wait for %.3g s: %s", lag.seconds, _reason_of(lag), kind=lag.cause)
        self._context.fire("OnLag", _lag_arguments, lag)

    def server_failure(self, status: int) -> None:
        """The server reported a failure by FAILURE_EVENT."""
        self._log.warning("the CTI Server reports a failure: status %d", status)
        self._context.fire("OnCTIOSFailure", failure_event_arguments, status)

    def malformed(self, error: MalformedFrame) -> None:
        """Counted and logged by the connection."""

    def handler_failed(self, handler: Handler, message: Message, error: BaseException) -> None:
        """A message handler raised."""
        self._log.error(
            "handler %r of %s raised", handler, message.name, kind=("handler", handler), exc_info=error
        )

    # --- Messages -----------------------------------------------------------------------------------

    def on_system_event(self, event: Message) -> None:
        """Handle a SYSTEM_EVENT: the status of controller, gateway or peripheral changed."""
        context = self._context
        number, peripheral_id = event["SystemEventID"], event["SystemEventArg1"]
        self._status.changed(event)
        concerned = number not in PERIPHERAL_EVENTS or peripheral_id == context.peripheral_id
        if concerned and number in GAP_BEGINS:
            self._log.warning("system event %d: agent states may go unreported", number)
            self._is_gap = True
            self._recovery.stop()
            context.registry.doubt()
        context.fire("OnCTIOSFailure", system_event_arguments, event)
        if concerned and number in GAP_ENDS and self._is_gap:
            self._is_gap = False
            context.registry.doubt()
            self._recovery.start()

    # --- Arguments ----------------------------------------------------------------------------------

    def _opened_arguments(self) -> Arguments:
        context = self._context
        values: dict[str, Any] = {}
        agent = context.current_agent
        if context.mode is not None and context.mode.is_agent and agent is not None:
            values = {
                kw.CTIOS_PERIPHERALID: agent.peripheral_id,
                kw.CTIOS_AGENTID: agent.agent_id,
                kw.CTIOS_UNIQUEOBJECTID: agent.unique_object_id,
                kw.CTIOS_CLIENTAGENTTEMPORARYID: agent.unique_object_id,
            }
        values[kw.CTIOS_CILCONNECTIONID] = self._identity.client_id
        values[kw.CTIOS_STATUSSYSTEM] = self._status.as_arguments()
        return arguments_over(values)

    def _missing_arguments(self, count: int) -> Arguments:
        return arguments_over(
            {
                kw.CTIOS_EVENTTIME: time_of_day(),
                kw.CTIOS_CONSECUTIVEMISSEDHEARTBEATS: count,
                kw.CTIOS_HEARTBEATINTERVAL: round((self._context.heartbeat or 0) * 1000),
            }
        )

    # --- Losses -------------------------------------------------------------------------------------

    def _lost(self, reason: str) -> None:
        self._is_gap = False
        self._status.lost()
        self._end(reason)

    def _end(self, reason: str) -> None:
        self._recovery.stop()
        self._context.lost(reason)


def _report_end(ending: tuple[OnEnd, ...], end: End) -> None:
    # Ends what was open when the connection ended.
    for on_end in ending:
        on_end(end)


def _connection_arguments(side: Side) -> Arguments:
    return arguments_over({kw.CTIOS_EVENTTIME: time_of_day(), kw.CTIOS_CURRENTSERVER: side.host})


def _side_arguments(side: Side) -> Arguments:
    return arguments_over(
        {kw.CTIOS_EVENTTIME: time_of_day(), kw.CTIOS_CURRENTSERVER: side.host, "Side": side.name}
    )


def _standby_loss_arguments(side: Side, reason: FailureReason, error: BaseException) -> Arguments:
    return arguments_over(
        {
            kw.CTIOS_EVENTTIME: time_of_day(),
            kw.CTIOS_FAILEDSERVER: side.host,
            "Side": side.name,
            kw.CTIOS_REASONCODE: int(reason),
            kw.CTIOS_ERRORMESSAGE: str(error) or type(error).__name__,
        }
    )


def _maintenance_arguments(begins: bool) -> Arguments:
    return arguments_over({kw.CTIOS_EVENTTIME: time_of_day(), "MaintenanceModeStatus": begins})


def _failure_arguments(side: Side, reason: FailureReason, final: bool, error: BaseException) -> Arguments:
    values: dict[str, Any] = {
        kw.CTIOS_EVENTTIME: time_of_day(),
        kw.CTIOS_FAILEDSERVER: side.host,
        kw.CTIOS_REASONCODE: int(reason),
        kw.CTIOS_ERRORMESSAGE: str(error) or type(error).__name__,
    }
    if final:
        values[kw.CTIOS_FINALATTEMPT] = True
    return arguments_over(values)


def _rejection_arguments(error: OpenRefused) -> Arguments:
    return arguments_over(
        {
            kw.CTIOS_FAILURECODE: error.status,
            kw.CTIOS_STATUSCODE: error.status,
            kw.CTIOS_ERRORMESSAGE: str(error),
        }
    )


def _reason_of(lag: Lag) -> str:
    if lag.cause == LagCause.EVENT_LOOP:
        return "something other than a handler kept the event loop"
    if lag.cause == LagCause.BACKLOG or lag.turn is None:
        return "they arrive faster than they are handled"
    turn = lag.turn
    return f"handlers took {turn.seconds:.3g} s for {turn.frames} messages, {_message_of(turn)} the last one"


def _message_of(turn: Turn) -> str:
    return ged.NAMES.get(turn.last, str(turn.last))


def _lag_arguments(lag: Lag) -> Arguments:
    values: dict[str, Any] = {
        kw.CTIOS_EVENTTIME: time_of_day(),
        "Over": lag.is_over,
        "Lag": lag.seconds,
        "Seconds": lag.lasted,
        "Cause": lag.cause,
    }
    if lag.turn is not None:
        values["TurnSeconds"] = lag.turn.seconds
        values["TurnMessages"] = lag.turn.frames
        values["TurnLastMessage"] = _message_of(lag.turn)
    return arguments_over(values)


def _time_arguments() -> Arguments:
    return arguments_over({kw.CTIOS_EVENTTIME: time_of_day()})
