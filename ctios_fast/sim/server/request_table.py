"""Every request of the protocol: the services that it needs and the function that serves it.

``admit`` checks what a CTI Server demands of every request. A handler answers by ``session.send`` or raises
``Refused`` (FAILURE_CONF), ``ControlFailed`` (CONTROL_FAILURE_CONF) or the plant's ``PlantError``.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from ctios_fast.core import Message, codec
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import CTIServiceMask, StatusCode

from . import (
    agent_requests,
    call_data_requests,
    call_requests,
    client_requests,
    config_requests,
    monitor_requests,
    query_requests,
    session_requests,
    supervisor_requests,
)
from .client_session import ClientSession
from .refusal import Refused
from .request_form import check_form
from .server_pair import ServerPair

__all__ = ["ON_STANDBY", "REQUESTS", "Request", "admit"]

_CONTROL: Final = CTIServiceMask.CTI_SERVICE_CLIENT_CONTROL.value
_AGENT_CONTROL: Final = _CONTROL | CTIServiceMask.CTI_AGENT_STATE_CONTROL_ONLY.value
_CALL_DATA: Final = CTIServiceMask.CTI_SERVICE_CALL_DATA_UPDATE.value
_PERIPHERAL_MONITOR: Final = CTIServiceMask.CTI_SERVICE_PERIPHERAL_MONITOR.value
_CLIENT_MONITOR: Final = CTIServiceMask.CTI_SERVICE_CLIENT_MONITOR.value
_SUPERVISOR: Final = CTIServiceMask.CTI_SERVICE_SUPERVISOR.value | CTIServiceMask.CTI_SERVICE_ALL_EVENTS.value
_SERVER: Final = CTIServiceMask.CTI_SERVICE_SERVER.value
_ANY: Final = 0

Handler = Callable[[ServerPair, ClientSession, Message], None]


class Request(NamedTuple):
    """How a request is served; one of ``services`` must have been granted, where they are not 0."""

    services: int
    handler: Handler


REQUESTS: Final = {
    # the session
    messages.HEARTBEAT_REQ: Request(_ANY, session_requests.heartbeat),
    messages.CLOSE_REQ: Request(_ANY, session_requests.close),
    # agents
    messages.QUERY_AGENT_STATE_REQ: Request(_AGENT_CONTROL, agent_requests.query_agent_state),
    messages.SET_AGENT_STATE_REQ: Request(_AGENT_CONTROL, agent_requests.set_agent_state),
    messages.AGENT_DESK_SETTINGS_REQ: Request(_ANY, agent_requests.agent_desk_settings),
    messages.AGENT_GREETING_CONTROL_REQ: Request(_CONTROL, agent_requests.agent_greeting_control),
    messages.SET_AGENT_SERVICE_DATA_REQ: Request(_ANY, agent_requests.set_agent_service_data),
    # calls
    messages.ALTERNATE_CALL_REQ: Request(_CONTROL, call_requests.alternate),
    messages.ANSWER_CALL_REQ: Request(_CONTROL, call_requests.on_one_connection),
    messages.CLEAR_CALL_REQ: Request(_CONTROL, call_requests.on_one_connection),
    messages.CLEAR_CONNECTION_REQ: Request(_CONTROL, call_requests.on_one_connection),
    messages.CONFERENCE_CALL_REQ: Request(_CONTROL, call_requests.conference),
    messages.CONSULTATION_CALL_REQ: Request(_CONTROL, call_requests.consult),
    messages.DEFLECT_CALL_REQ: Request(_CONTROL, call_requests.deflect),
    messages.HOLD_CALL_REQ: Request(_CONTROL, call_requests.on_one_connection),
    messages.MAKE_CALL_REQ: Request(_CONTROL, call_requests.make_call),
    messages.MAKE_PREDICTIVE_CALL_REQ: Request(_CONTROL, call_requests.make_predictive_call),
    messages.RECONNECT_CALL_REQ: Request(_CONTROL, call_requests.reconnect),
    messages.RETRIEVE_CALL_REQ: Request(_CONTROL, call_requests.on_one_connection),
    messages.TRANSFER_CALL_REQ: Request(_CONTROL, call_requests.transfer),
    messages.SEND_DTMF_SIGNAL_REQ: Request(_CONTROL, call_requests.send_dtmf),
    messages.BAD_CALL_REQ: Request(_CONTROL, call_requests.bad_call),
    messages.START_NETWORK_RECORDING_REQ: Request(_CONTROL, call_requests.start_network_recording),
    messages.STOP_NETWORK_RECORDING_REQ: Request(_CONTROL, call_requests.stop_network_recording),
    # call data
    messages.SET_CALL_DATA_REQ: Request(_CALL_DATA, call_data_requests.set_call_data),
    messages.RELEASE_CALL_REQ: Request(_CALL_DATA, call_data_requests.release_call),
    messages.SET_DEVICE_ATTRIBUTES_REQ: Request(_CALL_DATA, call_data_requests.set_device_attributes),
    messages.REGISTER_VARIABLES_REQ: Request(_ANY, call_data_requests.register_variables),
    messages.SET_APP_DATA_REQ: Request(_ANY, call_data_requests.set_app_data),
    # present state
    messages.QUERY_DEVICE_INFO_REQ: Request(_CONTROL, query_requests.query_device_info),
    messages.SNAPSHOT_CALL_REQ: Request(_CONTROL, query_requests.snapshot_call),
    messages.SNAPSHOT_DEVICE_REQ: Request(_CONTROL, query_requests.snapshot_device),
    messages.QUERY_AGENT_STATISTICS_REQ: Request(_ANY, query_requests.query_agent_statistics),
    messages.QUERY_SKILL_GROUP_STATISTICS_REQ: Request(_ANY, query_requests.query_skill_group_statistics),
    # monitors
    messages.MONITOR_START_REQ: Request(_PERIPHERAL_MONITOR, monitor_requests.monitor_start),
    messages.MONITOR_STOP_REQ: Request(_PERIPHERAL_MONITOR, monitor_requests.monitor_stop),
    messages.CHANGE_MONITOR_MASK_REQ: Request(_PERIPHERAL_MONITOR, monitor_requests.change_monitor_mask),
    messages.SESSION_MONITOR_START_REQ: Request(_CLIENT_MONITOR, monitor_requests.session_monitor_start),
    messages.SESSION_MONITOR_STOP_REQ: Request(_CLIENT_MONITOR, monitor_requests.session_monitor_stop),
    messages.MONITOR_AGENT_TEAM_START_REQ: Request(_SUPERVISOR, monitor_requests.team_monitor_start),
    messages.MONITOR_AGENT_TEAM_STOP_REQ: Request(_SUPERVISOR, monitor_requests.team_monitor_stop),
    # supervisors
    messages.LIST_AGENT_TEAM_REQ: Request(_SUPERVISOR, supervisor_requests.list_agent_team),
    messages.SUPERVISE_CALL_REQ: Request(_SUPERVISOR, supervisor_requests.supervise_call),
    messages.SUPERVISOR_ASSIST_REQ: Request(_CONTROL, supervisor_requests.supervisor_assist),
    messages.EMERGENCY_CALL_REQ: Request(_CONTROL, supervisor_requests.emergency_call),
    # other clients and server applications
    messages.USER_MESSAGE_REQ: Request(_ANY, client_requests.user_message),
    messages.CLIENT_EVENT_REPORT_REQ: Request(_ANY, client_requests.client_event_report),
    messages.REGISTER_SERVICE_REQ: Request(_SERVER, client_requests.register_service),
    messages.UNREGISTER_SERVICE_REQ: Request(_SERVER, client_requests.unregister_service),
    messages.START_RECORDING_REQ: Request(_ANY, client_requests.forward_recording),
    messages.STOP_RECORDING_REQ: Request(_ANY, client_requests.forward_recording),
    messages.START_RECORDING_CONF: Request(_SERVER, client_requests.recording_answer),
    messages.STOP_RECORDING_CONF: Request(_SERVER, client_requests.recording_answer),
    # configuration
    messages.CONFIG_REQUEST_KEY_EVENT: Request(_ANY, config_requests.request_keys),
    messages.CONFIG_REQUEST_EVENT: Request(_ANY, config_requests.request_configuration),
}
"""All messages that a client sends, except OPEN_REQ and the two of maintenance, which the side serves."""

ON_STANDBY: Final = frozenset({messages.HEARTBEAT_REQ, messages.CLOSE_REQ})
"""What a standby side answers beside OPEN_REQ."""

_OWN_PERIPHERAL_CHECK: Final = frozenset({messages.CONFIG_REQUEST_KEY_EVENT, messages.CONFIG_REQUEST_EVENT})
"""Requests without InvokeID, which cannot be refused by FAILURE_CONF."""


def admit(pair: ServerPair, session: ClientSession, message: Message) -> Handler:
    """Check what a CTI Server demands of every request and return the function that serves it.

    Raises Refused for one that is of bad form, that a client does not send, whose service was not granted, or
    that names another peripheral.
    """
    request = REQUESTS.get(message.type)
    if request is None and _is_sent_by_servers(message):
        raise Refused(StatusCode.E_CTI_FUNCTION_NOT_AVAILABLE, "MessageType", "is sent by servers only")
    if request is not None and request.services and not request.services & session.services:
        needed = CTIServiceMask(request.services)
        raise Refused(StatusCode.E_CTI_FUNCTION_NOT_AVAILABLE, "ServicesGranted", f"lacks {needed!s}")
    check_form(message)
    if request is None:
        raise Refused(StatusCode.E_CTI_FUNCTION_NOT_AVAILABLE, "MessageType", message.type)
    own = pair.peripheral_id
    given = message.get("PeripheralID", own)
    if given != own and message.type not in _OWN_PERIPHERAL_CHECK:
        raise Refused(StatusCode.E_CTI_INVALID_PERIPHERAL_ID, "PeripheralID", given)
    return request.handler


def _is_sent_by_servers(message: Message) -> bool:
    """True for confirmations and events, which a client must not send; their form is of no interest."""
    layout = codec(message.version).describe(message.type)
    return layout is not None and layout.since <= message.version and layout.kind != "request"
