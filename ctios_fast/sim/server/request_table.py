"""Every request that is simulated: the services that it needs and the function that serves it.

``admit`` checks what a CTI Server demands of every request. A handler answers by ``session.send`` or raises
``Refused`` (FAILURE_CONF) or ``ControlFailed`` (CONTROL_FAILURE_CONF).
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from ctios_fast.core import Message, codec
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import CTIServiceMask, StatusCode

from . import agent_requests, session_requests
from .client_session import ClientSession
from .refusal import Refused
from .request_form import check_form
from .server_pair import ServerPair

__all__ = ["REQUESTS", "Request", "admit"]

_AGENT_CONTROL: Final = (
    CTIServiceMask.CTI_SERVICE_CLIENT_CONTROL | CTIServiceMask.CTI_AGENT_STATE_CONTROL_ONLY
).value

Handler = Callable[[ServerPair, ClientSession, Message], None]


class Request(NamedTuple):
    """How a request is served; one of ``services`` must have been granted, where they are not 0."""

    services: int
    handler: Handler


REQUESTS: Final = {
    messages.HEARTBEAT_REQ: Request(0, session_requests.heartbeat),
    messages.CLOSE_REQ: Request(0, session_requests.close),
    messages.QUERY_AGENT_STATE_REQ: Request(_AGENT_CONTROL, agent_requests.query_agent_state),
    messages.SET_AGENT_STATE_REQ: Request(_AGENT_CONTROL, agent_requests.set_agent_state),
}
"""The requests that are simulated; the protocol's others are answered by E_CTI_FUNCTION_NOT_AVAILABLE."""


def admit(pair: ServerPair, session: ClientSession, message: Message) -> Handler:
    """Check what a CTI Server demands of every request and return the function that serves it.

    Raises Refused for one that is of bad form, that the simulator does not have, whose service was not
    granted, or that names another peripheral.
    """
    request = REQUESTS.get(message.type)
    if request is None and _is_sent_by_servers(message):
        raise Refused(StatusCode.E_CTI_FUNCTION_NOT_AVAILABLE, "MessageType", "is sent by servers only")
    check_form(message)
    if request is None:
        raise Refused(StatusCode.E_CTI_FUNCTION_NOT_AVAILABLE, "MessageType", "is not simulated")
    if request.services and not request.services & session.services:
        needed = CTIServiceMask(request.services)
        raise Refused(StatusCode.E_CTI_FUNCTION_NOT_AVAILABLE, "ServicesGranted", f"lacks {needed!s}")
    own = pair.peripheral.peripheral_id
    given = message.get("PeripheralID", own)
    if given != own:
        raise Refused(StatusCode.E_CTI_INVALID_PERIPHERAL_ID, "PeripheralID", given)
    return request.handler


def _is_sent_by_servers(message: Message) -> bool:
    """True for confirmations and events, which a client must not send; their form is of no interest."""
    layout = codec(message.version).describe(message.type)
    return layout is not None and layout.since <= message.version and layout.kind != "request"
