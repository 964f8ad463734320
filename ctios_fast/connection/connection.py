"""A session's connection to the pair of CTI Servers: finding a side, opening the session there, keeping it.

``Connection`` owns at most one link at a time. What happens is told to an ``Observer`` in the order in
which it happens; messages go to the handlers of ``dispatcher``, which outlive every link.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ctios_fast.core import Codec, Dispatcher, Message
from ctios_fast.errors import (
    ConnectionFailed,
    ConnectionLost,
    EncodeError,
    FrameTooLarge,
    LinkClosed,
    MalformedFrame,
    OpenRefused,
    RequestRefused,
    RequestTimeout,
    SendBufferFull,
    TooManyRequests,
)
from ctios_fast.protocol import codes
from ctios_fast.protocol import numbers as ged

from .clock import Clock, LoopClock, TimerHandle, sleep
from .dial import dial
from .heartbeat import Heartbeats
from .link import Link
from .observer import FailureReason, Observer
from .opening import RETRIED_ELSEWHERE, OpenSettings
from .options import ConnectionOptions
from .plain_message import MessageWriter, PlainMessage
from .request_book import Request, RequestBook
from .sides import Attempt, Side, attempts
from .states import ConnectionState, next_state

__all__ = ["Connection"]

log = logging.getLogger("ctios_fast.connection")

_HEARTBEAT_REQ = PlainMessage(ged.HEARTBEAT_REQ)
_CLOSE_REQ = PlainMessage(ged.CLOSE_REQ)


class Connection:
    """One client session's connection to a pair of CTI Servers; ``options`` says how it behaves."""

    def __init__(self, codec: Codec, observer: Observer, options: ConnectionOptions) -> None:
        self.codec = codec
        self.state = ConnectionState.DISCONNECTED
        self.side: Side | None = None
        self.trying: Side | None = None
        self.options = options
        self.heartbeat = options.heartbeat
        self.clock: Clock = options.clock if options.clock is not None else LoopClock()
        self.dispatcher = Dispatcher(codec)
        self.book = RequestBook(self.clock, max_open=options.max_open_requests)
        self.link: Link | None = None
        self.connects = 0
        self.in_failover = False
        self._observer = observer
        rng = options.rng
        if rng is None:
            import random

            rng = random.Random()
        self._rng = rng
        self._sides: tuple[Side, ...] = ()
        self._plan: Iterator[Attempt] | None = None
        self._attempt: Attempt | None = None
        self._search: asyncio.Task[None] | None = None
        self._heartbeats: Heartbeats | None = None
        self._mode: OpenSettings | None = None
        self._was_open = False
        self._refusals = 0
        self._connecting: Request[None] | None = None
        self._opening: Request[Message] | None = None
        self._closing: Request[None] | None = None
        self._close_timer: TimerHandle | None = None
        self._loss: tuple[FailureReason, BaseException] | None = None
        self._register()

    def _register(self) -> None:
        on = self.dispatcher.on
        for confirmation in {*ged.CONFIRMATIONS.values(), ged.FAILURE_CONF, ged.CONTROL_FAILURE_CONF}:
            on(confirmation, self.book.settle)
        on(ged.FAILURE_EVENT, self._on_failure_event)
        self.dispatcher.on_malformed = self._on_malformed
        self.dispatcher.on_handler_error = self._observer.handler_failed

    # --- what a session asks for ----------------------------------------------------------------

    def connect(self, sides: tuple[Side, ...], rounds: int | None) -> Request[None]:
        """Bring the connection up on one of the sides; ``rounds``: see ``sides.attempts``.

        Fails with ``ConnectionFailed`` when no side was reached in the rounds allowed.
        """
        self._change("connect")
        self._sides = sides
        self.side = None
        self.in_failover = False
        self._mode = None
        self._was_open = False
        connecting = self._connecting = Request("Connect")
        self._plan = self._attempts(sides[0], rounds)
        self._start_search()
        return connecting

    def open(self, mode: OpenSettings) -> Request[Message]:
        """Open the session; after a fail-over the library opens the same one again by itself.

        Fails with ``OpenRefused``, ``RequestTimeout`` or ``ConnectionLost``. Where all sides refuse for
        reasons of their own it fails too, but the library goes on trying until it is disconnected.
        """
        self._mode = mode.with_idle_timeout(self.heartbeat)
        self._refusals = 0
        self._opening = Request("OPEN_REQ")
        opening = self._opening
        if self.state is ConnectionState.CONNECTED:
            self._send_open()
        return opening

    def send(
        self,
        request: Request[Any],
        message: MessageWriter,
        fields: Mapping[str, Any],
        timeout: float | None = None,
    ) -> None:
        """Put a request on the books and send it; this is the one way by which requests leave.

        - ``request``: answered by the confirmation, or failed.
        - ``message``: a message class, or a ``PlainMessage``.
        - ``fields``: what the message carries, without InvokeID.
        - ``timeout``: seconds until the request fails with ``RequestTimeout``; None for no limit.

        Raises ``ConnectionLost`` without an open session, ``TooManyRequests``, ``SendBufferFull`` and
        ``EncodeError``. Nothing was sent then, and the request is not on the books.
        """
        link = self.link
        if self.state is not ConnectionState.OPEN or link is None:
            del fields  # a traceback shows variables, and there may be a password in them
            raise ConnectionLost("the session is not open")
        self._send_on(link, request, message, fields, timeout)

    def post(self, message: MessageWriter, fields: Mapping[str, Any]) -> int | None:
        """Send a message that has no confirmation.

        ``message`` and ``fields`` are those of ``send``. Returns the InvokeID that the message got, or None
        for a message without one. Raises what ``send`` raises, except ``TooManyRequests``.
        """
        link = self.link
        if self.state is not ConnectionState.OPEN or link is None:
            del fields
            raise ConnectionLost("the session is not open")
        invoke_id = self.book.invoke_id() if self._has_invoke_id(message.number) else None
        try:
            link.send(message.encode_request(self.codec, invoke_id, fields))
        except LinkClosed as error:
            raise ConnectionLost("the connection is ending") from error
        finally:
            del fields
        return invoke_id

    def _has_invoke_id(self, message_type: int) -> bool:
        layout = self.codec.describe(message_type)
        return layout is not None and any(row.name == "InvokeID" for row in layout.fixed)

    def _send_on(
        self,
        link: Link,
        request: Request[Any],
        message: MessageWriter,
        fields: Mapping[str, Any],
        timeout: float | None,
    ) -> None:
        # No variable holds the frame, and none the fields once it is written: there may be a password in
        # them, and a traceback shows variables.
        try:
            invoke_id = self.book.enter(request, message.number, timeout)
            try:
                link.send(message.encode_request(self.codec, invoke_id, fields))
            except BaseException as error:
                self.book.forget(invoke_id)
                if isinstance(error, LinkClosed):
                    raise ConnectionLost("the connection is ending") from error
                raise
        finally:
            del fields

    def request(
        self,
        message_type: int,
        fields: Mapping[str, int],
        floating: Iterable[tuple[str, object]],
        timeout: float | None,
    ) -> Request[Message]:
        """Send a request that is named by number, with wire names; see ``send``."""
        request: Request[Message] = Request(ged.NAMES[message_type])
        self.send(request, PlainMessage(message_type, floating), fields, timeout)
        return request

    def enter(
        self, request: Request[Any], message_type: int, timeout: float | None, link: Link | None = None
    ) -> Link:
        """Put a request on the books, which gives it its InvokeID, and give the link to send its frame on.

        Where that cannot be done, ``not_sent`` has to be called. ``link``: one to use though the session is
        not open. Raises ``ConnectionLost`` without an open session, and ``TooManyRequests``.
        """
        if link is None:
            link = self.link
            if self.state is not ConnectionState.OPEN or link is None:
                raise ConnectionLost("the session is not open")
        self.book.enter(request, message_type, timeout)
        return link

    def not_sent(self, request: Request[Any], error: BaseException) -> None:
        """Take a request off the books whose frame could not be written or sent; the error goes its way.

        Raises ``ConnectionLost`` in place of an error that says so in the link's words.
        """
        self.book.forget(request.invoke_id)
        if isinstance(error, LinkClosed):
            raise ConnectionLost("the connection is ending") from error

    def disconnect(self) -> Request[None]:
        """Close the session and the connection, or stop looking for one. Ends with ``Observer.closed``.

        On a connection that is down already nothing happens.
        """
        if self._closing is not None:
            return self._closing
        closing: Request[None] = Request("Disconnect")
        if self.state is ConnectionState.DISCONNECTED:
            closing.set_result(None)
            return closing
        was_open = self.state is ConnectionState.OPEN
        self._closing = closing
        self._change("disconnect")
        self._stop_search()
        if self.link is None:
            asyncio.get_running_loop().call_soon(self._finish_close)
        elif was_open and self._send_close(self.link, codes.E_CTI_NO_ERROR):
            self._close_timer = self.clock.call_later(self.options.close_timeout, self._give_up_closing)
        else:
            self.link.close()
            self._close_timer = self.clock.call_later(self.options.close_timeout, self._give_up_closing)
        return closing

    # --- looking for a side ---------------------------------------------------------------------

    def _change(self, event: str) -> None:
        before, self.state = self.state, next_state(self.state, event)
        log.debug("connection: %s --%s--> %s", before.value, event, self.state.value)

    def _attempts(self, first: Side, rounds: int | None) -> Iterator[Attempt]:
        return attempts(self._sides, first, clients=self.options.clients, rounds=rounds, rng=self._rng)

    def _start_search(self) -> None:
        assert self._plan is not None
        self._search = asyncio.get_running_loop().create_task(
            self._look(self._plan), name="ctios_fast-search"
        )

    def _stop_search(self) -> None:
        if self._search is not None:
            self._search.cancel()
            self._search = None
        self.trying = None

    async def _look(self, plan: Iterator[Attempt]) -> None:
        for attempt in plan:
            if self.state is ConnectionState.WAITING:
                if attempt.delay:
                    log.info("trying side %s (%s) in %.1f s", attempt.side.name, attempt.side, attempt.delay)
                    await sleep(self.clock, attempt.delay)
                self._change("retry")
            self.trying = attempt.side
            try:
                link = await dial(
                    attempt.side,
                    self._new_link,
                    ssl=self.options.ssl,
                    timeout=self.options.connect_timeout,
                    clock=self.clock,
                )
            except Exception as error:  # whatever a name, a port or a certificate can bring up
                self.trying = None
                self._attempt_failed(attempt, error)
                if self.state is not ConnectionState.WAITING:
                    return  # given up, or the observer disconnected
            else:
                self.trying = None
                self._search = None
                self._tcp_up(attempt, link)
                return

    def _new_link(self) -> Link:
        link: Link = Link(
            self.codec,
            on_lost=lambda error: self._link_lost(link, error),
            max_frame=self.options.max_frame,
            max_buffered=self.options.max_buffered,
            clock=self.clock,
            dispatcher=self.dispatcher,
        )
        return link

    def _attempt_failed(self, attempt: Attempt, error: BaseException) -> None:
        log.warning("side %s (%s) cannot be reached: %s", attempt.side.name, attempt.side, error)
        self._change("given_up" if attempt.final else "failed")
        waiting: list[Request[Any]] = []
        if attempt.final:
            waiting = self._give_up()
        else:
            self.in_failover = True
        self._observer.failed(attempt.side, FailureReason.CONNECT_FAILED, attempt.final, error)
        _fail(waiting, _no_side(attempt.side, error))

    def _give_up(self) -> list[Request[Any]]:
        # Who waits is taken first: the observer may connect anew, and what that waits for is not to fail.
        self._search = None
        self._plan = self._attempt = None
        self._mode = None
        self.in_failover = False
        return self._take_waiting()

    def _tcp_up(self, attempt: Attempt, link: Link) -> None:
        side = attempt.side
        log.info("connected to side %s (%s)", side.name, side)
        self.side, self.link = side, link
        self.book.now = link.now
        self.connects += 1
        self.in_failover = False
        self._loss = None
        self._attempt = attempt
        connecting, self._connecting = self._connecting, None
        if connecting is not None:  # its rounds are over; a loss is followed by rounds of its own
            self._plan = self._attempt = None
        self._change("tcp_up")
        self._observer.connected(side)
        if connecting is not None:
            connecting.set_result(None)
        if self._mode is not None and self.state is ConnectionState.CONNECTED:
            self._send_open()

    # --- opening --------------------------------------------------------------------------------

    def _send_open(self) -> None:
        assert self.link is not None
        assert self._mode is not None
        link = self.link
        request: Request[Message] = Request(ged.NAMES[ged.OPEN_REQ])
        try:
            self._send_on(link, request, self._mode, {}, self.options.open_timeout)
        except ConnectionLost:
            return  # the loss is about to be told; the mode is opened on the next link
        except (EncodeError, SendBufferFull, TooManyRequests) as error:
            # it cannot be written at all: trying another side would not help
            log.error("the session cannot be opened: %s", error)
            self._mode = None
            opening, self._opening = self._opening, None
            if opening is not None:
                opening.set_exception(error)
            return
        self._change("open")
        request.add_done_callback(lambda done: self._open_answered(link, done))

    def _open_answered(self, link: Link, request: Request[Message]) -> None:
        if self.link is not link or self.state is not ConnectionState.OPENING:
            return  # lost or being closed meanwhile
        error = request.exception()
        if error is None:
            self._opened(request.result())
        elif isinstance(error, RequestRefused):
            self._open_refused(link, OpenRefused(error.status))
        elif isinstance(error, MalformedFrame):
            self._drop(link, FailureReason.PROTOCOL_MISMATCH, error)
        else:
            self._drop(link, FailureReason.OTHER_ERROR, error)

    def _opened(self, confirmation: Message) -> None:
        assert self.link is not None
        assert self._mode is not None
        self._change("opened")
        reopened, self._was_open = self._was_open, True
        self._refusals = 0
        self._plan = self._attempt = None
        if self.heartbeat is not None:
            self._heartbeats = Heartbeats(
                self.clock,
                self.link,
                self.heartbeat,
                beat=self._beat,
                missing=self._observer.heartbeat_missing,
                lost=self._too_many_missing,
                max_missed=self.options.max_heartbeats,
            )
            self._heartbeats.start()
        opening, self._opening = self._opening, None
        self._observer.opened(confirmation, self._mode.services, reopened)
        if opening is not None:
            opening.set_result(confirmation)

    def _open_refused(self, link: Link, error: OpenRefused) -> None:
        log.warning("side %s: %s", self.side.name if self.side else "?", error)
        if error.status not in RETRIED_ELSEWHERE:
            self._end_for_good(link, error)
            return
        self._refusals += 1
        if self._refusals >= len(self._sides) and self._opening is not None:
            opening, self._opening = self._opening, None
            opening.set_exception(error)
        self._drop(link, FailureReason.OTHER_ERROR, error)

    def _end_for_good(self, link: Link, error: OpenRefused) -> None:
        self._detach()
        link.reset()
        self._change("rejected")
        waiting = self._give_up()
        self.book.fail_all(str(error))
        self._observer.rejected(error)
        _fail(waiting, error)

    # --- keeping it -----------------------------------------------------------------------------

    def _beat(self) -> None:
        link = self.link
        if link is None:
            return
        try:
            # long given up on by then: the time-out only keeps the books short
            timeout = (self.heartbeat or 0) * (self.options.max_heartbeats + 1)
            request: Request[Message] = Request("HEARTBEAT_REQ")
            self._send_on(link, request, _HEARTBEAT_REQ, {}, timeout)
        except (ConnectionLost, SendBufferFull, TooManyRequests):
            return  # it counts as unanswered
        request.add_done_callback(lambda done: self._heartbeat_answered(link, done))

    def _heartbeat_answered(self, link: Link, request: Request[Message]) -> None:
        error = request.exception()
        if error is None:
            self._observer.heartbeat()
        elif isinstance(error, RequestRefused) and self.link is link:
            self._drop(link, FailureReason.OTHER_ERROR, error)

    def _too_many_missing(self) -> None:
        if self.link is not None:
            count = self._heartbeats.missed if self._heartbeats else self.options.max_heartbeats
            self._drop(
                self.link,
                FailureReason.MISSED_HEARTBEATS,
                ConnectionLost(f"{count} heartbeats in a row were not answered"),
            )

    def _on_failure_event(self, message: Message) -> None:
        status = message["Status"]
        self._observer.server_failure(status)
        link = self.link
        if link is None or self.state is ConnectionState.CLOSING:
            return
        if status == codes.E_CTI_NEW_SESSION_OPENED:
            # another session of this client took the device over: coming back would take it away again
            self._end_for_good(link, OpenRefused(status))
        elif status in (codes.E_CTI_CTI_SERVER_OFFLINE, codes.E_CTI_SERVER_IN_MAINTENANCE_MODE):
            self._send_close(link, codes.E_CTI_CTI_SERVER_OFFLINE)
            link.flush()
            self._drop(link, FailureReason.OTHER_ERROR, OpenRefused(status))

    def _on_malformed(self, error: MalformedFrame) -> None:
        log.warning("malformed frame: %s", error)
        confirmation = error.message_type in _CONFIRMATION_TYPES
        if confirmation and len(error.frame) >= _HEADER_AND_INVOKE_ID:
            self.book.fail(int.from_bytes(error.frame[8:12], "big"), error)
        self._observer.malformed(error)

    # --- losing it ------------------------------------------------------------------------------

    def _drop(self, link: Link, reason: FailureReason, error: BaseException) -> None:
        # End a link that is of no more use; the loss is told from here, not once the socket is gone.
        self._loss = (reason, error)
        link.reset()
        self._link_lost(link, error)

    def _detach(self) -> None:
        self.link = None
        if self._heartbeats is not None:
            self._heartbeats.stop()
            self._heartbeats = None
        if self._close_timer is not None:
            self._close_timer.cancel()
            self._close_timer = None

    def _link_lost(self, link: Link, error: BaseException | None) -> None:
        if self.link is not link:
            return  # told already
        self._detach()
        if self.state is ConnectionState.CLOSING:
            self._finish_close()
            return
        reason, cause = self._loss or (_reason_of(error), error)
        self._loss = None
        cause = cause or ConnectionLost("the server closed the connection")
        side = self.side
        assert side is not None
        log.warning("connection to side %s (%s) lost: %s", side.name, side, cause)
        # the last attempt allowed led here, and no session came of it
        final = self._attempt is not None and self._attempt.final
        self._change("lost")
        self.in_failover = True
        waiting: list[Request[Any]] = []
        if final:
            self._change("given_up")
            waiting = self._give_up()
        elif not isinstance(cause, OpenRefused):
            waiting = self._take_waiting()
        self.book.fail_all(str(cause))
        if not final:
            _fail(waiting, cause if isinstance(cause, _TOLD_AS_IT_IS) else ConnectionLost(str(cause)))
        self._observer.failed(side, reason, final, cause)
        if final:
            _fail(waiting, cause if isinstance(cause, OpenRefused) else _no_side(side, cause))
        elif self.state is ConnectionState.WAITING:  # unless the observer disconnected
            self._search_again(side, cause)

    def _search_again(self, side: Side, cause: BaseException) -> None:
        # A search that led to no session goes on where it was, or a side that takes connections and ends
        # them would be tried without a pause for ever.
        if self._plan is None:
            first = side
            if isinstance(cause, OpenRefused):  # this side just said that it will not do
                first = next((other for other in self._sides if other != side), side)
            self._plan = self._attempts(first, self.options.reconnect_attempts)
        self._start_search()

    def _take_waiting(self) -> list[Request[Any]]:
        connecting, self._connecting = self._connecting, None
        opening, self._opening = self._opening, None
        return [request for request in (connecting, opening) if request is not None]

    # --- closing it -----------------------------------------------------------------------------

    def _send_close(self, link: Link, status: int) -> bool:
        # Whether a CLOSE_REQ went out.
        try:
            request: Request[Message] = Request("CLOSE_REQ")
            self._send_on(link, request, _CLOSE_REQ, {"Status": status}, None)
        except (ConnectionLost, SendBufferFull, TooManyRequests):
            return False
        request.add_done_callback(lambda done: link.close())
        return True

    def _give_up_closing(self) -> None:
        if self.link is not None:
            link = self.link
            link.reset()
            self._link_lost(link, None)

    def _finish_close(self) -> None:
        if self.state is not ConnectionState.CLOSING:
            return
        self._change("closed")
        self.side = None
        closing, self._closing = self._closing, None
        waiting = self._give_up()
        self.book.fail_all("the session was disconnected")
        _fail(waiting, ConnectionLost("the session was disconnected"))
        self._observer.closed()
        if closing is not None:
            closing.set_result(None)


def _fail(waiting: Iterable[Request[Any]], error: BaseException) -> None:
    for request in waiting:
        request.set_exception(error)


def _no_side(last: Side, cause: BaseException) -> ConnectionFailed:
    failure = ConnectionFailed(f"no side could be reached; last, {last}: {cause}")
    failure.__cause__ = cause
    return failure


_TOLD_AS_IT_IS = (RequestTimeout, MalformedFrame)
_HEADER_AND_INVOKE_ID = 12
_CONFIRMATION_TYPES = frozenset({*ged.CONFIRMATIONS.values(), ged.FAILURE_CONF, ged.CONTROL_FAILURE_CONF})


def _reason_of(error: BaseException | None) -> FailureReason:
    return (
        FailureReason.PROTOCOL_MISMATCH if isinstance(error, FrameTooLarge) else FailureReason.TRANSPORT_ERROR
    )
