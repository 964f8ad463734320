"""Requests about the session itself: HEARTBEAT_REQ and CLOSE_REQ."""

from ctios_fast.core import Message
from ctios_fast.protocol import numbers as messages

from .client_session import ClientSession
from .server_pair import ServerPair

__all__ = ["close", "heartbeat"]


def heartbeat(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """HEARTBEAT_REQ is confirmed at once."""
    session.confirm(messages.HEARTBEAT_CONF, message)


def close(pair: ServerPair, session: ClientSession, message: Message) -> None:
    """CLOSE_REQ ends the session; the connection is left to the client for a while."""
    session.confirm(messages.CLOSE_CONF, message)
    session.closed_by_client()
