"""The callers that wait for connect, open and disconnect."""

from collections.abc import Callable, Iterable
from typing import Any

from ctios_fast.core import Message

from .request_book import Request

__all__ = ["ConnectRequest", "Waiters", "fail"]


class ConnectRequest(Request[None]):
    """The request of ``connect``. Cancelling it, or the last await of it, calls ``on_cancelled``.

    That ends the search for a side, which would go on without an owner otherwise. The search may have ended
    in the same turn of the event loop. Then it ends the connection, which the caller did not learn of.
    """

    def __init__(self, on_cancelled: Callable[["ConnectRequest"], object]) -> None:
        super().__init__("Connect")
        self._on_cancelled = on_cancelled

    def cancel(self, msg: object = None) -> bool:
        """End the search, unless it has ended."""
        if not super().cancel(msg):
            return False
        self._on_cancelled(self)
        return True

    def abandoned(self) -> None:
        """End the search, or the connection that it led to. Called by the request itself."""
        if not self.cancel():
            self._on_cancelled(self)


class Waiters:
    """At most one unanswered request of each kind. The caller that takes one has to answer it."""

    __slots__ = ("close", "connect", "open")

    def __init__(self) -> None:
        self.connect: ConnectRequest | None = None
        self.open: Request[Message] | None = None
        self.close: Request[None] | None = None

    def take_connect(self) -> ConnectRequest | None:
        """Return the request of ``connect`` if it is unanswered, and forget it."""
        request, self.connect = self.connect, None
        return request

    def take_open(self) -> Request[Message] | None:
        """Return the request of ``open`` if it is unanswered, and forget it."""
        request, self.open = self.open, None
        return request

    def take_close(self) -> Request[None] | None:
        """Return the request of ``disconnect`` if it is unanswered, and forget it."""
        request, self.close = self.close, None
        return request

    def take_connect_and_open(self) -> list[Request[Any]]:
        """Return the unanswered requests of ``connect`` and ``open``, and forget them."""
        requests = (self.take_connect(), self.take_open())
        return [request for request in requests if request is not None]


def fail(requests: Iterable[Request[Any]], error: BaseException) -> None:
    """Fail each of the requests."""
    for request in requests:
        request.set_exception(error)
