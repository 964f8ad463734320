"""Starts and stops the monitors of a session. Repairs and the methods of supervisors use it."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.errors import ConnectionLost, Refused, RequestTimeout
from ctios_fast.model.context import Context
from ctios_fast.model.named_call import name_connection
from ctios_fast.model.object_request import ObjectRequest, not_reported
from ctios_fast.protocol.codes import CONNECTION_ID_NONE, DEVID_AGENT_DEVICE, DEVID_NONE
from ctios_fast.protocol.versions import defined_bits

from .monitor_start import MonitorStart, MonitorStop
from .monitor_table import Monitor, MonitorKind

__all__ = ["adjust_states", "answered", "follow", "start_monitor", "stop_monitor", "stop_unwanted"]

log = logging.getLogger("ctios_fast.session")


def start_monitor(
    context: Context,
    monitor: Monitor,
    timeout: float | None,
    *,
    started: Callable[[Monitor], object] | None = None,
    refused: Callable[[Refused], bool],
    not_started: Callable[[], object] | None = None,
    is_wanted_after_failure: bool = False,
) -> Request[Any]:
    """Send the request that starts a monitor; the answer is its confirmation.

    - ``timeout``: seconds, the session's ``request_timeout`` unless given.
    - ``started``, ``refused``, ``not_started``, ``is_wanted_after_failure``: as in ``MonitorStart``.

    One that is being started already is not started again: the returned request is the one that was sent.
    """
    monitors = context.monitors
    known: Request[Any] | None = monitors.starting.get(monitor)
    if known is not None:
        return known
    is_team = monitor.kind is MonitorKind.TEAM
    label = "MONITOR_AGENT_TEAM_START_REQ" if is_team else "MONITOR_START_REQ"
    request = MonitorStart(
        label,
        monitors,
        monitor,
        started=started,
        refused=refused,
        not_started=not_started,
        doubled=lambda monitor_id: stop_unwanted(context, monitor.kind, monitor_id),
        is_wanted_after_failure=is_wanted_after_failure,
    )
    messages = context.messages
    message_class = messages.MonitorAgentTeamStartReq if is_team else messages.MonitorStartReq
    context.send(request, message_class, timeout, **_fields(context, monitor))
    request.sent()
    return request


def _fields(context: Context, monitor: Monitor) -> dict[str, Any]:
    if monitor.kind is MonitorKind.TEAM:
        return {"team_id": monitor.key}
    fields = {"peripheral_id": context.peripheral_id, **_masks(context, has_states=monitor.has_states)}
    if monitor.kind is MonitorKind.DEVICE:
        return {
            **fields,
            "connection_call_id": 0,
            "connection_device_id_type": CONNECTION_ID_NONE,
            "monitored_device_type": DEVID_AGENT_DEVICE,
            "monitored_device_id": monitor.key,
        }
    name_connection(monitor.key(), fields)
    return {**fields, "monitored_device_type": DEVID_NONE}


def _masks(context: Context, *, has_states: bool | None) -> dict[str, Any]:
    version = context.codec.version
    return {
        "call_msg_mask": defined_bits("UnsolicitedCallEventMessageMask", version),
        "agent_state_mask": defined_bits("AgentStateMask", version) if has_states else 0,
    }


def adjust_states(context: Context, agent_id: str, monitor: Monitor) -> None:
    """Let the monitor of an agent's device report the agent's states unless a monitored team does.

    Once the server has confirmed that a monitor reports states, the agent's state is asked for: it may have
    changed before. A refusal is logged.
    """
    monitors = context.monitors
    is_needed = not monitors.is_in_monitored_team(agent_id)
    if not monitors.is_wanted(monitor) or monitor.has_states is is_needed or monitor in monitors.changing:
        return  # a change that is on its way is looked at again when it is confirmed
    start: Request[Any] | None = monitors.starting.get(monitor)
    if start is not None:
        start.add_done_callback(lambda each: adjust_states(context, agent_id, monitor))
        return
    if monitor.monitor_id is None:
        monitor.has_states = is_needed  # for its next start
        return

    def changed(message: Message) -> None:
        del message
        monitor.has_states = is_needed
        agent = context.agent_named(agent_id)
        if is_needed and agent is not None and monitors.is_wanted(monitor):
            context.ask_for_states([agent])

    monitors.changing.add(monitor)
    request = ObjectRequest[Any]("CHANGE_MONITOR_MASK_REQ", changed, not_reported)
    request.add_done_callback(partial(_change_answered, context, agent_id, monitor, is_needed))
    context.send(
        request,
        context.messages.ChangeMonitorMaskReq,
        None,
        monitor_id=monitor.monitor_id,
        **_masks(context, has_states=is_needed),
    )


def _change_answered(
    context: Context, agent_id: str, monitor: Monitor, is_needed: bool, request: Request[Any]
) -> None:
    # The request about what a monitor reports was answered, or was given up.
    # ``is_needed``: whether it asked for states.
    monitors = context.monitors
    monitors.changing.discard(monitor)
    error = None if request.cancelled() else request.exception()
    is_needed_now = not monitors.is_in_monitored_team(agent_id)
    if isinstance(error, ConnectionLost):
        monitor.has_states = is_needed_now  # for its next start
        return
    if isinstance(error, RequestTimeout):
        monitor.has_states = None  # the server may have changed it
    if error is None or is_needed is not is_needed_now:
        adjust_states(context, agent_id, monitor)
    elif is_needed:
        context.monitored_agents_changed()
        log.warning(
            "the monitor of agent %s reports calls only, so that the agent's state may be stale and its "
            "statistics are not asked for: stop and start the monitoring of the agent again (%s)",
            agent_id,
            error,
        )


def stop_monitor(
    context: Context,
    monitor: Monitor,
    timeout: float | None,
    *,
    stopped: Callable[[], object] | None = None,
    refused: Callable[[Refused], bool],
) -> Request[Any]:
    """Send the request that stops a monitor; the answer is its confirmation, None if there is none to stop.

    - ``timeout``: seconds, the session's ``request_timeout`` unless given.
    - ``stopped``, ``refused``: as in ``MonitorStop``.

    One that the server has not confirmed yet is stopped when it has, unless it is wanted again by then. One
    that is being stopped already is not stopped again: the returned request is the one that stops it.
    """
    monitors = context.monitors
    is_wanted = monitors.is_wanted(monitor)
    monitors.unwant(monitor)
    monitor.is_wanted_anew = False
    known: Request[Any] | None = monitors.stopping.get(monitor)
    if known is not None:
        return known
    is_team = monitor.kind is MonitorKind.TEAM
    label = "MONITOR_AGENT_TEAM_STOP_REQ" if is_team else "MONITOR_STOP_REQ"
    start: Request[Any] | None = monitors.starting.get(monitor)
    if start is not None:
        outcome: Request[Any] = Request(label)
        context.own(outcome)
        monitors.stopping[monitor] = outcome

        def start_answered(request: Request[Any]) -> None:
            monitors.stopping.pop(monitor, None)
            if monitors.is_wanted(monitor):
                outcome.set_result(None)
                return
            if request.cancelled() or request.exception() is not None or monitor.monitor_id is None:
                if stopped is not None:
                    stopped()
                outcome.set_result(None)
                return
            _send_stop(context, monitor, label, timeout, stopped, refused, is_wanted).add_done_callback(
                lambda stop: follow(stop, outcome)
            )

        start.add_done_callback(start_answered)
        return outcome
    if monitor.monitor_id is None:
        if stopped is not None:
            stopped()
        return answered(label)
    return _send_stop(context, monitor, label, timeout, stopped, refused, is_wanted)


def _send_stop(
    context: Context,
    monitor: Monitor,
    label: str,
    timeout: float | None,
    stopped: Callable[[], object] | None,
    refused: Callable[[Refused], bool],
    is_wanted: bool,
) -> MonitorStop:
    # ``is_wanted``: whether the monitor is wanted again if the request fails.
    monitors, monitor_id = context.monitors, monitor.monitor_id
    assert monitor_id is not None

    def over() -> None:
        monitors.stopping.pop(monitor, None)
        if stopped is not None:
            stopped()

    def not_stopped() -> None:
        monitors.stopping.pop(monitor, None)
        if is_wanted:
            monitors.not_stopped(monitor)

    request = MonitorStop(label, monitors, monitor_id, stopped=over, refused=refused, not_stopped=not_stopped)
    monitors.stopping[monitor] = request
    messages = context.messages
    is_team = monitor.kind is MonitorKind.TEAM
    message_class = messages.MonitorAgentTeamStopReq if is_team else messages.MonitorStopReq
    context.send(request, message_class, timeout, monitor_id=monitor_id)
    return request


def stop_unwanted(context: Context, kind: MonitorKind, monitor_id: int) -> None:
    """Stop a monitor that the server has confirmed and nobody wants."""
    unwanted = Monitor(kind, None)
    context.monitors.started(unwanted, monitor_id)
    # Nobody asked for the monitor, so that nobody has to see a failure.
    stop_monitor(context, unwanted, None, refused=not_reported).reported()


def answered(label: str) -> Request[Any]:
    """A request that needs no message, and is answered with None."""
    request: Request[Any] = Request(label)
    request.set_result(None)
    return request


def follow(step: Request[Any], outcome: Request[Any]) -> None:
    """Answer a request as one of its steps was answered."""
    if step.cancelled():
        outcome.cancel()
        return
    error = step.exception()
    if error is None:
        outcome.set_result(step.result())
    else:
        if isinstance(error, Refused):
            outcome.reported()  # the step has fired its events
        outcome.set_exception(error)
