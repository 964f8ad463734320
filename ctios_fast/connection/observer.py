"""The steps of a connection, as they are reported to the session that owns it."""

from typing import Protocol

from ctios_fast.core import Handler, Message
from ctios_fast.enums import FailureReason
from ctios_fast.errors import MalformedFrame, OpenRefused

from .lag import Lag
from .sides import Side

__all__ = ["Observer"]


class Observer(Protocol):
    """Gets the steps of one connection, in the order in which they happen."""

    def connected(self, side: Side) -> None:
        """TCP (TLS) to the side is up."""

    def failed(self, side: Side, reason: FailureReason, final: bool, error: BaseException) -> None:
        """An attempt failed, or the connection was lost.

        ``final``: the library gives up. ``error``: its text says why; it is never empty.
        """

    def opened(self, confirmation: Message, asked: int, reopened: bool) -> None:
        """The session is open.

        ``asked``: the services asked for. ``reopened``: it was open before, on a connection that was lost.
        """

    def switched(self, side: Side, confirmation: Message, asked: int, reopened: bool) -> None:
        """The session goes on over its standby session on this side, which became active.

        The link to the other side is gone; if it was up until now, ``failed`` was not called.
        ``confirmation``: OPEN_CONF of the standby session. The others are those of ``opened``.
        """

    def side_active(self, side: Side) -> None:
        """The side of the session reports that it has just become active.

        So it was not active before: events may be missing, and what the session registered there may be gone.
        """

    def standby_opened(self, side: Side) -> None:
        """A session on the standby side is open."""

    def standby_lost(self, side: Side, reason: FailureReason, error: BaseException) -> None:
        """The session on the standby side is lost; it is opened again in the background."""

    def maintenance_requested(self) -> bool:
        """The active side asks whether its maintenance is acceptable; returns the answer."""

    def maintenance_decided(self, begins: bool) -> None:
        """The active side says whether its maintenance begins."""

    def rejected(self, error: OpenRefused) -> None:
        """The server will not serve this session, now or later; the connection is down."""

    def closed(self) -> None:
        """The connection is down: as asked, or because its task or event loop ended. Nothing follows."""

    def heartbeat(self) -> None:
        """The server answered a heartbeat."""

    def heartbeat_missing(self, count: int) -> None:
        """``count`` heartbeats in a row are unanswered."""

    def lagging(self, lag: Lag) -> None:
        """Received messages waited for longer than the bound, or no longer do."""

    def server_failure(self, status: int) -> None:
        """The server reported a failure of its own accord (FAILURE_EVENT)."""

    def malformed(self, error: MalformedFrame) -> None:
        """A frame was received that cannot be read; the stream goes on after it."""

    def handler_failed(self, handler: Handler, message: Message, error: BaseException) -> None:
        """A handler raised; the others still get the message."""
