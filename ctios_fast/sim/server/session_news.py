"""CLIENT_SESSION_OPENED_EVENT and CLIENT_SESSION_CLOSED_EVENT, and the Connection Monitor's alarms."""

from typing import Final

from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.codes import NULL_PERIPHERAL_ID
from ctios_fast.protocol.enums import CTIServiceMask, StatusCode

from .client_session import ClientSession
from .server_context import log

__all__ = ["SessionNews"]

_CLIENT_EVENTS: Final = CTIServiceMask.CTI_SERVICE_CLIENT_EVENTS.value
_CLIENT_MONITOR: Final = CTIServiceMask.CTI_SERVICE_CLIENT_MONITOR.value
_CONNECTION_MONITOR: Final = CTIServiceMask.CTI_SERVICE_CONNECTION_MONITOR.value


class SessionNews:
    """Reports sessions to Client Monitor sessions, and those with Connection Monitor as alarms to the log."""

    def __init__(self) -> None:
        self._sessions: Final[dict[ClientSession, None]] = {}
        self._listeners: Final[dict[ClientSession, None]] = {}  # Client Monitor sessions

    def opened(self, session: ClientSession, peripheral_id: int) -> None:
        """Report a session that was opened; a Client Monitor session hears of those that exist already."""
        if session.services & _CONNECTION_MONITOR:
            _alarm(session, "established")
        for listener in tuple(self._listeners):
            _send_opened(listener, session, peripheral_id)
        if session.services & _CLIENT_MONITOR:
            for other in tuple(self._sessions):
                _send_opened(session, other, peripheral_id)
            self._listeners[session] = None
        self._sessions[session] = None

    def closed(self, session: ClientSession, peripheral_id: int, status: StatusCode) -> None:
        """Report a session that has ended."""
        self._sessions.pop(session, None)
        self._listeners.pop(session, None)
        if session.services & _CONNECTION_MONITOR:
            _alarm(session, "ended normally" if status is StatusCode.E_CTI_NO_ERROR else "ended abnormally")
        fields = {
            "SessionID": session.session_id,
            "PeripheralID": _peripheral_of(session, peripheral_id),
            "Status": int(status),
            "ClientPort": session.port,
        }
        for listener in tuple(self._listeners):
            listener.send_event(messages.CLIENT_SESSION_CLOSED_EVENT, fields, _identity(session))


def _send_opened(listener: ClientSession, session: ClientSession, peripheral_id: int) -> None:
    fields = {
        "SessionID": session.session_id,
        "PeripheralID": _peripheral_of(session, peripheral_id),
        "ServicesGranted": session.services,
        "CallMsgMask": session.call_mask,
        "AgentStateMask": session.state_mask,
        "ClientPort": session.port,
    }
    listener.send_event(messages.CLIENT_SESSION_OPENED_EVENT, fields, _identity(session))


def _peripheral_of(session: ClientSession, peripheral_id: int) -> int:
    return peripheral_id if session.services & _CLIENT_EVENTS else NULL_PERIPHERAL_ID


def _identity(session: ClientSession) -> list[tuple[str, object]]:
    signature = [] if session.signature is None else [("ClientSignature", session.signature)]
    return [("ClientAddress", session.host), ("ClientID", session.client_id), *signature, *session.identity]


def _alarm(session: ClientSession, what: str) -> None:
    log.info(
        "alarm: session of client %r (%r) at %s %s",
        session.client_id,
        session.signature or "",
        session.address,
        what,
    )
