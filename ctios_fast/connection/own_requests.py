"""What the connection layer sends by itself on one session: OPEN_REQ, HEARTBEAT_REQ and CLOSE_REQ.

The session and the additional session on the standby side each have an ``OwnRequests``.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ctios_fast.core import Codec, Dispatcher, Message
from ctios_fast.errors import ConnectionLost, EncodeError, SendBufferFull, TooManyRequests
from ctios_fast.protocol import numbers as ged

from .clock import Clock
from .heartbeat import Heartbeats
from .link import Link
from .opening import OpenSettings
from .options import ConnectionOptions
from .plain_message import PlainMessage
from .request_book import Request, RequestBook

if TYPE_CHECKING:
    from ctios_fast.core.dispatch.request_sender import RequestSender

__all__ = ["NOT_SENT", "OwnRequests"]

#: Errors of a request that was not sent.
NOT_SENT = (ConnectionLost, EncodeError, SendBufferFull, TooManyRequests)

_HEARTBEAT_REQ = PlainMessage(ged.HEARTBEAT_REQ)
_CLOSE_REQ = PlainMessage(ged.CLOSE_REQ)


class OwnRequests:
    """Sends the requests on the links of one session.

    - ``book``: its open requests, which the confirmations of ``dispatcher`` settle from now on.
    """

    def __init__(
        self,
        codec: Codec,
        book: RequestBook,
        dispatcher: Dispatcher,
        *,
        clock: Clock,
        options: ConnectionOptions,
    ) -> None:
        self.sender = _sender(codec, book)
        self._clock = clock
        self._options = options
        book.settle_from(dispatcher)

    def open(self, link: Link, settings: OpenSettings) -> Request[Message]:
        """Send OPEN_REQ; return the request. Raises one of ``NOT_SENT``."""
        request = _own_request("OPEN_REQ")
        self.sender.send(request, settings, {}, self._options.open_timeout, write=link.send)
        return request

    def close(self, link: Link, status: int) -> Request[Message] | None:
        """Send CLOSE_REQ; return the request, None if it was not sent."""
        request = _own_request("CLOSE_REQ")
        try:
            self.sender.send(request, _CLOSE_REQ, {"Status": status}, write=link.send)
        except NOT_SENT:
            return None
        return request

    def watch(
        self,
        link: Link,
        interval: float | None,
        *,
        answered: Callable[[Request[Message]], object],
        missing: Callable[[int], object],
        lost: Callable[[ConnectionLost], object],
    ) -> Heartbeats | None:
        """Send heartbeats from now on; return what stops them.

        - ``interval``: seconds of silence after which one is due. None: none is sent, and None returned.
        - ``answered``: called with each heartbeat that was answered, or failed.
        - ``missing``: called with the number of heartbeats in a row that are unanswered.
        - ``lost``: called with an error once ``max_heartbeats`` of them are.
        """
        if interval is None:
            return None
        limit = self._options.max_heartbeats
        timeout = interval * (limit + 1)  # the link is lost before; this only limits the entries of the book

        def beat() -> None:
            request = _own_request("HEARTBEAT_REQ")
            try:
                self.sender.send(request, _HEARTBEAT_REQ, {}, timeout, write=link.send)
            except NOT_SENT:
                return  # it counts as unanswered
            request.add_done_callback(answered)

        heartbeats = Heartbeats(
            self._clock,
            link,
            interval,
            beat=beat,
            missing=missing,
            lost=lambda: lost(ConnectionLost(f"{limit} heartbeats in a row were not answered")),
            max_missed=limit,
        )
        heartbeats.start()
        return heartbeats


def _own_request(label: str) -> Request[Message]:
    """Return a request of the connection itself, which reports its failure as one of its own steps."""
    request: Request[Message] = Request(label)
    request.reported()
    return request


def _sender(codec: Codec, book: RequestBook) -> "RequestSender":
    from ctios_fast.core.dispatch.request_sender import RequestSender  # imported late, with message classes

    return RequestSender(codec, book)
