"""A session's connection to the pair of CTI Servers: it finds a side, opens the session there and keeps it.

``Connection`` has at most one link at a time. Its steps are reported to an ``Observer`` in their order.
Messages go to the handlers of ``dispatcher``, which outlive every link. The states and their rules are in
``life_cycle``.

With the option ``standby`` a ``StandbyKeeper`` holds a second session on the standby side. When that side
becomes active, its link becomes the link of the connection. For the observer this is a loss and an opening,
without a search between them.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ctios_fast.core import Codec, Dispatcher, Handler, Message
from ctios_fast.enums import FailureReason
from ctios_fast.errors import (
    ConnectionLost,
    EncodeError,
    FrameTooLarge,
    MalformedFrame,
    OpenRefused,
    RequestRefused,
    RequestTimeout,
    SendBufferFull,
    SessionEnded,
    TooManyRequests,
)
from ctios_fast.protocol import codes
from ctios_fast.protocol import numbers as ged

from .clock import Clock, LoopClock, TimerHandle
from .explain import explain, lost, no_side, with_words
from .heartbeat import Heartbeats
from .lag import LagWatch
from .life_cycle import ConnectionState, Lifecycle
from .link import Link
from .link_maker import LinkMaker
from .log_limit import LogLimit
from .maintenance_mode import MaintenanceMode
from .observer import Observer
from .opening import (
    ASKED_TO_LEAVE,
    NOT_ACTIVE,
    REFUSED_BY_STANDBY,
    RETRIED_ELSEWHERE,
    SESSION_GONE,
    STANDBY_SINCE,
    TAKEN_OVER,
    OpenSettings,
    Wanted,
    turned_away,
)
from .options import ConnectionOptions
from .own_requests import OwnRequests
from .request_book import Request, RequestBook, expected
from .search import Outcome, SideSearch
from .side_claims import CLAIM_PAUSE, SideClaims
from .sides import Attempt, Side
from .standby import StandbyKeeper
from .takeover import AbandonedOpens
from .waiters import ConnectRequest, Waiters, fail

if TYPE_CHECKING:
    import random

    from ctios_fast.core.dispatch.request_sender import MessageWriter, SendByKeywords

__all__ = ["Connection"]

_OPEN = ConnectionState.OPEN

#: Errors that waiting callers get as they are; others become ``ConnectionLost``.
_PASSED_ON = (RequestTimeout, MalformedFrame)


class Connection:
    """One client session's connection to a pair of CTI Servers; ``options`` says how it behaves."""

    def __init__(self, codec: Codec, observer: Observer, options: ConnectionOptions) -> None:
        self.codec = codec
        self.options = options
        self.heartbeat = options.heartbeat  # interval in seconds; ``connect`` of a session may change it
        self.clock: Clock = options.clock if options.clock is not None else LoopClock()
        self.dispatcher = Dispatcher(codec)
        self.book = RequestBook(
            self.clock, max_open=options.max_open_requests, on_refused=self._request_refused
        )
        self._own = OwnRequests(codec, self.book, self.dispatcher, clock=self.clock, options=options)
        self._sender = self._own.sender
        self.link: Link | None = None  # set in CONNECTED, OPENING, OPEN and, until TCP ends, in CLOSING
        self.side: Side | None = None  # of the link, or of the last one
        self.connects = 0  # links that came up
        self.connected_at = 0.0  # when the link came up, in seconds since the epoch
        self.trying: Side | None = None  # the side that is being tried
        self.tried_at = 0.0  # when this try began, in seconds since the epoch
        self.log = LogLimit(
            logging.getLogger("ctios_fast.connection"),
            now=time.monotonic if options.clock is None else options.clock.time,
        )
        self._lifecycle = Lifecycle(self._state_changed)
        self._observer = observer
        self._waiters = Waiters()
        self._connect_request: ConnectRequest | None = None  # of the present connection, answered or not
        self._wanted: Wanted | None = None  # the session to open, from ``open`` until the connection gives up
        rng = options.rng if options.rng is not None else _random()
        self._search = SideSearch(
            self,
            self.log,
            clock=self.clock,
            clients=options.clients,
            rounds=options.reconnect_attempts,
            rng=rng,
        )
        self._loop: asyncio.AbstractEventLoop | None = None  # the one that the connection runs on
        self.lags = LagWatch(self.clock, options.max_lag, observer.lagging)  # of all links
        self._links = LinkMaker(codec, options, self.clock, self.lags, self._link_ended)
        self._heartbeats: Heartbeats | None = None  # in OPEN
        self._close_timer: TimerHandle | None = None  # in CLOSING, while there is a link
        self._open_request: Request[Message] | None = None  # the OPEN_REQ that is unanswered
        self._opened_at = 0.0  # when OPEN was entered
        self._holders: set[object] = set()  # what keeps the link from reading
        self._abandoned = AbandonedOpens(options.takeover_window)
        self.services_granted = 0  # to the session that is open, or was open last
        self.switches = 0  # times that the session went on over its standby session
        self._claims = SideClaims()  # what the sides said of being active
        self._maintenance = MaintenanceMode(self.clock, self._leave_for_maintenance)
        #: Keeps the session on the standby side; None where none is wanted.
        self.standby: StandbyKeeper | None = None
        if options.standby and codec.version >= STANDBY_SINCE:
            self.standby = StandbyKeeper(
                self,
                codec,
                options,
                clock=self.clock,
                log=self.log,
                abandoned=self._abandoned,
                rng=rng,
            )
        on = self.dispatcher.on
        on(ged.FAILURE_EVENT, self._failure_event)
        on(ged.STANDBY_ACTIVE_EVENT, self._standby_active_event)
        on(ged.ACTIVE_MAINTENANCE_REQ, self._maintenance_request)
        on(ged.ACTIVE_MAINTENANCE_EVENT, self._maintenance_event)
        self.dispatcher.on_malformed = self._malformed
        self.dispatcher.on_handler_error = self.handler_failed

    @property
    def state(self) -> ConnectionState:
        """The state of the connection."""
        return self._lifecycle.state

    def _state_changed(self, state: ConnectionState) -> None:
        # Requests can be sent in OPEN only, which has a link.
        self._sender.write = self.link.send if state is _OPEN and self.link is not None else None

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that the last ``connect`` was given, none before it."""
        return self._search.sides

    @property
    def connected_side(self) -> Side | None:
        """The side that a link is up to, None without a link."""
        return None if self.link is None else self.side

    @property
    def in_failover(self) -> bool:
        """Whether a side is looked for after an attempt failed or a link was lost."""
        return self._search.failing

    @property
    def is_ended(self) -> bool:
        """Whether nothing can come from a server before the next ``connect``.

        A connection whose event loop was closed has ended too, though its state did not change.
        """
        loop = self._loop
        return self.state is ConnectionState.DISCONNECTED or (loop is not None and loop.is_closed())

    @property
    def lag(self) -> float:
        """Seconds for which the oldest byte known to have arrived waits for its handlers; 0 if none."""
        return 0.0 if self.link is None else self.link.lag

    # --- Calls of the session -------------------------------------------------------------------

    def connect(self, sides: tuple[Side, ...], rounds: int | None) -> Request[None]:
        """Bring a link up to one of the sides; ``rounds``: see ``sides.Plan``.

        Fails with ``ConnectionFailed`` if no side was reached in the rounds allowed. Cancelling an await of
        the request ends the search. Raises ``RuntimeError`` outside a running event loop; nothing is changed
        then.
        """
        loop = _running_loop("connect")
        if self.state is not ConnectionState.DISCONNECTED and not self._runs_on(loop):
            self._end_cancelled("the event loop of the connection was closed")
        request = ConnectRequest(self._connect_cancelled)
        self._lifecycle.take("connect")
        self._loop = loop
        self.side = None
        self._wanted = None
        self._waiters.connect = self._connect_request = request
        self._search.begin(sides, rounds)
        return request

    def open(self, settings: OpenSettings) -> Request[Message]:
        """Open the session; after a loss the connection opens the same one again by itself.

        Fails with ``OpenRefused``, ``RequestTimeout`` or ``ConnectionLost``. If every side refuses for a
        reason of its own it fails too, but the connection goes on trying until ``disconnect``.
        """
        added = codes.CTI_SERVICE_ACTIVE_STANDBY if self.standby is not None else 0
        self._wanted = Wanted(settings.with_idle_timeout(self.heartbeat), added)
        self._claims.forget_takeovers()
        request: Request[Message] = Request("OPEN_REQ")
        self._waiters.open = request
        if self.state is ConnectionState.CONNECTED:
            self._send_open()
        return request

    def disconnect(self) -> Request[None]:
        """Close the session and the link, or stop looking for a side. ``Observer.closed`` is the last call.

        A connection that is down already is left as it is. Raises ``RuntimeError`` outside a running event
        loop, or on another one than the connection's; nothing is changed then.
        """
        request: Request[None] = Request("Disconnect")
        if self.state is ConnectionState.DISCONNECTED:
            request.set_result(None)
            return request
        loop = _running_loop("disconnect")
        if not self._runs_on(loop):
            self._end_cancelled("the event loop of the connection was closed")
            request.set_result(None)
            return request
        if self._waiters.close is not None:
            return self._waiters.close
        was_open = self.state is _OPEN
        self._lifecycle.take("disconnect")
        self._waiters.close = request
        self._search.end()
        self._end_standby()
        self.trying = None
        link = self.link
        if link is None:
            loop.call_soon(self._finish_close)
        else:
            self._close_timer = self.clock.call_later(self.options.close_timeout, self._give_up_closing)
            if not was_open or not self._send_close(link, codes.E_CTI_NO_ERROR):
                link.close()
        return request

    def _runs_on(self, loop: asyncio.AbstractEventLoop) -> bool:
        # False if the connection's own loop was closed: nothing of it can end by itself any more.
        if self._loop is loop:
            return True
        if self._loop is not None and self._loop.is_closed():
            return False
        raise RuntimeError("the connection belongs to another event loop, which is not closed: use it there")

    # --- Sending --------------------------------------------------------------------------------

    def send(
        self,
        request: Request[Any],
        message: "MessageWriter",
        fields: Mapping[str, Any],
        timeout: float | None = None,
    ) -> None:
        """Enter a request in the book of open requests and send it.

        - ``request``: answered by the confirmation, or failed.
        - ``message``: a message class, or a ``PlainMessage``.
        - ``fields``: the message's fields by name, without InvokeID.
        - ``timeout``: seconds until the request fails with ``RequestTimeout``; None for no limit.

        Raises ``ConnectionLost`` without an open session, ``TooManyRequests``, ``SendBufferFull`` and
        ``EncodeError``. Nothing was sent then, and the request is not in the book.
        """
        try:
            self._sender.send(request, message, fields, timeout)
        finally:
            del fields  # a traceback shows variables, and there may be a password in them

    def send_by_keywords(
        self, timeout: float, not_sent: Callable[[Request[Any], BaseException], bool]
    ) -> "SendByKeywords":
        """Return ``send`` in another form: ``send(request, message_class, timeout=None, /, **fields)``.

        - ``timeout``: seconds for the requests that are sent without a time-out of their own.
        - ``not_sent``: called with a request that was not sent, and the error. Returns whether the error has
          been dealt with; otherwise it is raised.
        """
        return self._sender.by_keywords(timeout, not_sent)

    def post(self, message: "MessageWriter", fields: Mapping[str, Any]) -> int | None:
        """Send a message that has no confirmation.

        ``message`` and ``fields`` are those of ``send``. Returns the InvokeID that the message got, or None
        for a message without one. Raises what ``send`` raises, except ``TooManyRequests``.
        """
        try:
            return self._sender.post(message, fields)
        finally:
            del fields

    def hold_reading(self, holder: object) -> None:
        """Read nothing from the present link until every holder has released it, or the link is lost."""
        self._holders.add(holder)
        if self.state is ConnectionState.OPEN and self.link is not None:
            self.link.pause_reading()

    def release_reading(self, holder: object) -> None:
        """End a hold. A holder that holds nothing may release it as well."""
        if holder in self._holders:
            self._holders.remove(holder)
            if not self._holders and self.link is not None:
                self.link.resume_reading()

    # --- Calls of the search (SearchOwner) ------------------------------------------------------

    async def dial(self, side: Side) -> Link:
        """Connect to the side. Called by the search.

        A standby session on the side may be about to become active, so it gets some time for that first.
        """
        if self.standby is not None and self.standby.expects(side):
            await self.standby.settled()
        # A session may have been opened without this attempt, which is about to end then.
        return await self._links.dial(
            side, lambda: self.dispatcher if self.link is None else Dispatcher(self.codec)
        )

    async def dial_standby(self, side: Side) -> Link:
        """Connect to the side for a standby session. Called by the keeper."""
        keeper = self.standby
        assert keeper is not None
        return await self._links.dial(
            side, lambda: keeper.dispatcher if keeper.link is None else Dispatcher(self.codec)
        )

    def passes_over(self, attempt: Attempt) -> bool:
        """Return whether the side's standby session may still become active. Called by the search.

        The other side is tried meanwhile. ``dial`` waits in the final attempt.
        """
        return self.standby is not None and not attempt.final and self.standby.expects(attempt.side)

    def attempt_begins(self, attempt: Attempt) -> None:
        """Note that the pause before an attempt is over. Called by the search."""
        self.trying, self.tried_at = attempt.side, time.time()
        if self.state is ConnectionState.WAITING:
            self._lifecycle.take("retry")

    def attempt_failed(self, attempt: Attempt, error: Exception) -> None:
        """Report a failed attempt, and give up if it was the final one. Called by the search."""
        self.trying = None
        side = attempt.side
        words = explain(error, tls=self.options.ssl is not None)
        self.log.warning(
            "side %s (%s) cannot be reached: %s", side.name, side, words, kind=("unreachable", side, words)
        )
        self._lifecycle.take("given_up" if attempt.final else "failed")
        waiting = self._give_up() if attempt.final else []
        reason = _reason_of(error, FailureReason.CONNECT_FAILED)
        self._observer.failed(side, reason, attempt.final, with_words(error, words))
        fail(waiting, no_side(side, words, error))

    def side_found(self, side: Side, link: Link) -> None:
        """Take a link that is up. Called by the search."""
        self.log.info("connected to side %s (%s)", side.name, side)
        self._use(side, link)
        connecting = self._waiters.take_connect()
        if connecting is not None:
            self._search.forget_plan()
        self._lifecycle.take("tcp_up")
        self._observer.connected(side)
        if connecting is not None:
            connecting.set_result(None)
        if self._wanted is not None and self.state is ConnectionState.CONNECTED:
            self._send_open()

    def _use(self, side: Side, link: Link) -> None:
        self.side, self.link = side, link
        link.turn_to(self.dispatcher)
        self.trying, self.connected_at = None, time.time()
        self.connects += 1

    def search_cancelled(self, error: BaseException | None) -> None:
        """End the connection, since its task was cancelled or failed. Called by the search."""
        if error is None:
            self._end_cancelled("the task of the connection was cancelled")
        else:
            self._end_cancelled(f"the search for a side failed: {explain(error)}")

    def _connect_cancelled(self, request: ConnectRequest) -> None:
        if self._connect_request is request and self.state is not ConnectionState.CLOSING:
            self._end_cancelled("connect was cancelled")

    # --- Opening --------------------------------------------------------------------------------

    def _send_open(self) -> None:
        assert self.link is not None
        assert self._wanted is not None
        link = self.link
        try:
            request = self._own.open(link, self._wanted.settings)
        except ConnectionLost:
            return  # the loss is reported next; the session is opened on the next link
        except (EncodeError, SendBufferFull, TooManyRequests) as error:
            # it cannot be written at all: another side would not help
            self.log.error("the session cannot be opened: %s", error)
            self._wanted = None
            opening = self._waiters.take_open()
            if opening is not None:
                opening.set_exception(error)
            return
        if self.state is ConnectionState.CONNECTED:  # otherwise it is opened again without refused services
            self._lifecycle.take("open")
        self._open_request = request
        request.add_done_callback(lambda done: self._open_answered(link, done))

    def _open_answered(self, link: Link, request: Request[Message]) -> None:
        if self.link is not link or self.state is not ConnectionState.OPENING:
            return  # lost or being closed meanwhile
        error = request.exception()
        if error is None:
            self._open_request = None
            if request.result().get("SessionType") == codes.SESSION_STANDBY:
                self._opened_on_standby(link, request.result())
            else:
                self._opened(request.result())
        elif isinstance(error, RequestRefused):
            self._open_request = None
            self._open_refused(link, OpenRefused(error.status))
        elif isinstance(error, MalformedFrame):
            self._drop(link, FailureReason.PROTOCOL_MISMATCH, error)
        else:
            self._drop(link, FailureReason.OTHER_ERROR, error)

    def _opened(self, confirmation: Message) -> None:
        assert self.link is not None
        assert self._wanted is not None
        self._lifecycle.take("opened")
        self._claims.settle()
        wanted, reopened = self._wanted, self._watch(confirmation)
        opening = self._waiters.take_open()
        self._observer.opened(confirmation, wanted.asked, reopened)
        if opening is not None:
            opening.set_result(confirmation)
        self._keep_standby()

    def _watch(self, confirmation: Message) -> bool:
        # The session is open on the link. Returns whether it was open before.
        assert self.link is not None
        assert self._wanted is not None
        link = self.link
        self._opened_at = self.clock.time()
        self.services_granted = confirmation["ServicesGranted"]
        wanted = self._wanted
        reopened, wanted.opened_before = wanted.opened_before, True
        wanted.refusals = 0
        self._heartbeats = self._own.watch(
            link,
            self.heartbeat,
            answered=lambda request: self._heartbeat_answered(link, request),
            missing=self._observer.heartbeat_missing,
            lost=lambda error: self._drop(link, FailureReason.MISSED_HEARTBEATS, error),
        )
        self.lags.start(link)
        return reopened

    def _opened_on_standby(self, link: Link, confirmation: Message) -> None:
        # The side that was found is the standby. The session there is kept if it may become the standby
        # session, and the active side is searched for.
        keeper, side, wanted = self.standby, self.side, self._wanted
        assert side is not None
        assert wanted is not None
        if keeper is not None and (not keeper.is_ready or keeper.side == side):
            keeper.take(link, side, confirmation, wanted.settings, self.heartbeat)
        else:
            self._part_with(link)
        if self.link is link and self.state is ConnectionState.OPENING:  # unless the observer disconnected
            self._lose(FailureReason.OTHER_ERROR, OpenRefused(codes.E_CTI_SERVER_NOT_MASTER))

    def _take_refused(self) -> list[Request[Any]]:
        # A side has refused the session. The waiting caller of ``open`` gets the error once every side has.
        if self._wanted is None:
            return []
        self._wanted.refusals += 1
        opening = self._waiters.take_open() if self._wanted.refusals >= len(self._search.sides) else None
        return [] if opening is None else [opening]

    def _open_refused(self, link: Link, error: OpenRefused) -> None:
        self.log.warning(
            "side %s: %s", self.side.name if self.side else "?", error, kind=("refused", error.status)
        )
        assert self._wanted is not None
        if error.status == codes.E_CTI_FUNCTION_NOT_AVAILABLE and (
            given_up := self._wanted.give_up_services()
        ):
            self.log.info("the session is opened without services %#x", given_up)
            self._send_open()
        elif error.status in TAKEN_OVER:
            self._taken_over(link, error)
        elif error.status not in RETRIED_ELSEWHERE:
            self._reject(link, error)
        else:
            self._drop(link, FailureReason.OTHER_ERROR, error)

    def _reject(self, link: Link, error: OpenRefused) -> None:
        # The server will not serve this session: trying again would not help.
        self._lifecycle.take("rejected")
        self._detach()
        link.reset()
        waiting = self._give_up()
        self.book.fail_all(str(error))
        self._observer.rejected(error)
        fail(waiting, error)

    # --- While it is open -----------------------------------------------------------------------

    def _heartbeat_answered(self, link: Link, request: Request[Message]) -> None:
        error = request.exception()
        if error is None:
            self._observer.heartbeat()
        elif isinstance(error, RequestRefused) and self.link is link:
            self._drop(link, FailureReason.OTHER_ERROR, error)

    def _failure_event(self, message: Message) -> None:
        status = message["Status"]
        self._observer.server_failure(status)
        link = self.link
        if link is None or self.state is ConnectionState.CLOSING:
            return
        if status in ASKED_TO_LEAVE:
            self._open_request = None  # one that is unanswered has its answer now
            self._send_close(link, codes.E_CTI_CTI_SERVER_OFFLINE)
            link.flush()
            self._drop(link, FailureReason.OTHER_ERROR, SessionEnded(status))
        elif self._ends_session(status):
            self._open_request = None
            self._session_ended(link, status)

    def _request_refused(self, request: Request[Any], refusal: RequestRefused) -> None:
        # Called by the book to fail a request that got FAILURE_CONF. If that means the loss of the session,
        # the request fails like all others that are open: the server does not object to the request.
        link, status = self.link, refusal.status
        if (
            link is None
            or self.state is not _OPEN
            or request.message_type == ged.OPEN_REQ
            or not self._ends_session(status)
        ):
            request.failed(refusal)
            return
        error = expected(ConnectionLost(f"{refusal.message} was not carried out: {refusal.explained}"))
        error.__cause__ = refusal
        request.failed(error)
        if self.link is link and self.state is _OPEN:  # unless the caller disconnected
            self._session_ended(link, status)

    def _ends_session(self, status: int) -> bool:
        # Whether a FAILURE_EVENT or the refusal of a request with this status says that the session is gone.
        if status in NOT_ACTIVE:
            return bool(self.services_granted & codes.CTI_SERVICE_ACTIVE_STANDBY)
        return status in SESSION_GONE or status in TAKEN_OVER

    def _session_ended(self, link: Link, status: int) -> None:
        if status in TAKEN_OVER:
            self._taken_over(link, SessionEnded(status))
        else:
            self._drop(link, FailureReason.OTHER_ERROR, SessionEnded(status))

    def _taken_over(self, link: Link, error: OpenRefused) -> None:
        # Coming back would take the device away from the newer session again, so this is the end, unless the
        # newer session is the late effect of an own OPEN_REQ, or the standby session that becomes active.
        if self._maintenance.is_announced:
            self._drop(link, FailureReason.OTHER_ERROR, error)
            return
        if self.standby is not None and self.standby.is_opening:
            if self._claims.take_over():
                self._leave_standby_out("a session on the other side ends the one on this side")
            self._drop(link, FailureReason.OTHER_ERROR, error, Outcome.OVERTAKEN)
            return
        if not self._abandoned.explain_takeover(self.clock.time()):
            self._reject(link, error)
            return
        self.log.warning("an earlier OPEN_REQ of this client was answered late and took its session over")
        self._drop(link, FailureReason.OTHER_ERROR, error, Outcome.OVERTAKEN)

    def _malformed(self, error: MalformedFrame) -> None:
        self.log.warning("malformed frame: %s", error, kind=("malformed", error.message_type))
        self.book.fail_malformed(error)
        self._observer.malformed(error)

    # --- Losing the link ------------------------------------------------------------------------

    def _link_ended(self, link: Link, error: BaseException | None) -> None:
        # Called by the link, once TCP is gone.
        if self.standby is not None and self.standby.link is link:
            self.standby.link_ended(link, error)
            return
        if self.link is not link:
            return  # dropped before
        if self.state is ConnectionState.CLOSING:
            self._detach()
            self._finish_close()
            return
        words = "the server closed the connection"
        if link.bytes_received == 0:
            words += (
                " before it sent a byte (is it a CTI Server's port, and does it expect TLS, that is ssl=?)"
            )
        self._lose(_reason_of(error, FailureReason.TRANSPORT_ERROR), error or ConnectionLost(words))

    def _drop(
        self, link: Link, reason: FailureReason, error: BaseException, outcome: Outcome | None = None
    ) -> None:
        # End a link that cannot be used any longer; the loss is reported from here, not once TCP is gone.
        link.reset()
        self._lose(reason, error, outcome)

    def _lose(self, reason: FailureReason, error: BaseException, outcome: Outcome | None = None) -> None:
        side = self.side
        assert side is not None
        if outcome is None:
            outcome = self._outcome(error)
        if self.standby is not None and self.state is _OPEN:
            self.standby.expect()
        self._lifecycle.take("lost")
        self._detach()
        words = explain(error)
        self.log.warning("connection to side %s (%s) lost: %s", side.name, side, words)
        refused = turned_away(error)
        final = not self._search.link_ended(side, outcome, refused=refused)
        keeper = self.standby
        if keeper is not None and not (keeper.is_ready or keeper.is_opening):
            keeper.end()  # the search tries both sides
        waiting: list[Request[Any]] = []
        if final:
            self._lifecycle.take("given_up")
            waiting = self._give_up()
        elif refused:
            waiting = self._take_refused()
        else:
            waiting = self._waiters.take_connect_and_open()
        self.book.fail_all(words)
        if not final:
            fail(waiting, error if refused or isinstance(error, _PASSED_ON) else lost(words, error))
        self._observer.failed(side, reason, final, with_words(error, words))
        if final:
            fail(waiting, error if isinstance(error, OpenRefused) else no_side(side, words, error))
        elif self.state is ConnectionState.WAITING:  # unless the observer disconnected
            self._search.resume()

    def _outcome(self, error: BaseException) -> Outcome:
        if self.state is not _OPEN:
            refused = isinstance(error, OpenRefused) and error.status in REFUSED_BY_STANDBY
            return Outcome.STANDBY if refused else Outcome.NO_SESSION
        lasted = self.clock.time() - self._opened_at >= self.options.stable_after
        if self.services_granted & codes.CTI_SERVICE_ACTIVE_STANDBY:
            return Outcome.PAIR_LASTED if lasted else Outcome.PAIR_SHORT
        return Outcome.LASTED if lasted else Outcome.SHORT

    def _detach(self) -> None:
        self.link = None
        self._maintenance.end()
        self.lags.stop()
        if self._heartbeats is not None:
            self._heartbeats.stop()
            self._heartbeats = None
        if self._close_timer is not None:
            self._close_timer.cancel()
            self._close_timer = None
        if self._open_request is not None:
            self._open_request = None
            self._abandoned.add(self.clock.time())

    def _give_up(self) -> list[Request[Any]]:
        # The waiting callers are taken first: the observer may connect anew, and new ones are not to fail.
        self._search.end()
        self._end_standby()
        self._wanted = self._connect_request = None
        return self._waiters.take_connect_and_open()

    # --- Active and standby side ----------------------------------------------------------------

    def _keep_standby(self, pause: float = 0.0) -> None:
        # Keep a session on the side that the connection does not use, if both sides can be distinguished.
        keeper, wanted = self.standby, self._wanted
        if keeper is None or wanted is None or self.state is not _OPEN:
            return
        other = next((side for side in self._search.sides if side != self.side), None)
        if other is None:
            keeper.end()
        elif not self.services_granted & codes.CTI_SERVICE_ACTIVE_STANDBY:
            self.log.info("the server does not grant standby sessions", kind="no standby")
            keeper.end()
        else:
            keeper.keep(other, wanted.settings, self.heartbeat, pause=pause)

    def _end_standby(self) -> None:
        if self.standby is not None:
            self.standby.end()

    def handler_failed(self, handler: Handler, message: Message, error: BaseException) -> None:
        """Report a handler that raised. Called by the dispatchers."""
        self._observer.handler_failed(handler, message, error)

    def standby_opened(self, side: Side) -> None:
        """Report a standby session. Called by the keeper."""
        self._claims.settle()
        self._observer.standby_opened(side)

    def standby_lost(self, side: Side, reason: FailureReason, error: BaseException) -> None:
        """Report the loss of a standby session. Called by the keeper."""
        self._observer.standby_lost(side, reason, error)

    def standby_failed(self) -> None:
        """Let the keeper try again, unless an active side is searched for. Called by the keeper."""
        keeper = self.standby
        assert keeper is not None
        if self.state is _OPEN:
            keeper.retry()
        else:
            keeper.end()

    def standby_active(self, claimed: bool) -> None:
        """Let the session go on over the standby session, whose side is active now. Called by the keeper."""
        keeper = self.standby
        assert keeper is not None
        now = self.clock.time()
        if claimed and self._claims.claim(now):
            self._do_without_standby()
            return
        self._claims.forget_takeovers()
        link = self.link
        if link is not None:
            # A switch is a loss of the present side, without a search.
            self._leave(link)
            self._lifecycle.take("lost")
            self._detach()
            self.book.fail_all("the other side became active")
        if not keeper.is_ready or self.state not in (ConnectionState.WAITING, ConnectionState.CONNECTING):
            return  # a caller whose request failed has disconnected
        self._search.rest()
        session = keeper.release()
        side = session.side
        self.log.info("side %s (%s) became active: its standby session is the session now", side.name, side)
        self._use(side, session.link)
        self._lifecycle.take("standby_active")
        self.switches += 1
        assert self._wanted is not None
        wanted, reopened = self._wanted, self._watch(session.confirmation)
        connecting, opening = self._waiters.take_connect(), self._waiters.take_open()
        self._observer.switched(side, session.confirmation, wanted.asked, reopened)
        if connecting is not None:
            connecting.set_result(None)
        if opening is not None:
            opening.set_result(session.confirmation)
        pace = self._search.pace
        pause = pace.due(now) if link is None else pace.take(now)  # a loss has been noted before
        self._keep_standby(max(pause, CLAIM_PAUSE) if claimed else pause)

    def _do_without_standby(self) -> None:
        # Without the service, a side that becomes the standby ends the session. With it, only a standby
        # session would show that.
        self._leave_standby_out("both sides say that they are active")
        self._abandoned.add(self.clock.time())  # the session just opened may have ended the other one
        if self.link is not None:
            self._leave(self.link)
            error = ConnectionLost("both sides say that they are active")
            self._lose(FailureReason.OTHER_ERROR, error)

    def _leave_standby_out(self, words: str) -> None:
        assert self._wanted is not None
        self.log.warning("no standby session is kept any more: %s", words)
        self._wanted.leave_out(codes.CTI_SERVICE_ACTIVE_STANDBY)
        self._end_standby()

    def _standby_active_event(self, message: Message) -> None:
        # The side of the session says that it has just become active. So it was not active before.
        if self.state is _OPEN and self.side is not None:
            self._observer.side_active(self.side)

    def _leave(self, link: Link) -> None:
        # End the link of the connection. Its session may be open, or its OPEN_REQ unanswered.
        if self.state is _OPEN:
            self._part_with(link)
        else:
            link.reset()

    def _part_with(self, link: Link) -> None:
        # Leave a side whose session is not needed any more: in order, since the side may be working.
        if self._maintenance.is_announced:
            with contextlib.suppress(ConnectionLost, SendBufferFull):
                link.send(self.codec.encode(ged.STOPPING_REQUESTS_TO_THIS_SIDE_IND, {}))
        else:
            self._send_close(link, codes.E_CTI_CTI_SERVER_OFFLINE)
        link.retire()
        self.clock.call_later(self.options.close_timeout, link.abort)

    # --- Maintenance ----------------------------------------------------------------------------

    def _maintenance_request(self, message: Message) -> None:
        if self.state is _OPEN and self.link is not None:
            self.maintenance_requested(self.link, message)

    def maintenance_requested(self, link: Link, message: Message) -> None:
        """Answer whether maintenance is acceptable; silence would refuse it. Called by the keeper as well."""
        invoke_id = message["InvokeID"]
        accepted = self._observer.maintenance_requested()
        fields = {"InvokeID": invoke_id, "MaintenanceModeAccepted": int(accepted)}
        with contextlib.suppress(ConnectionLost, SendBufferFull):
            link.send(self.codec.encode(ged.ACTIVE_MAINTENANCE_RESP, fields))

    def _maintenance_event(self, message: Message) -> None:
        if self.state is not _OPEN:
            return
        begins = bool(message["MaintenanceModeStatus"])
        if begins:
            self._maintenance.announce()
        else:
            self._maintenance.end()
        self._observer.maintenance_decided(begins)

    def _leave_for_maintenance(self) -> None:
        # Nothing was heard of an active side in time.
        if self.link is not None and self.state is _OPEN:
            self._part_with(self.link)
            error = SessionEnded(codes.E_CTI_SERVER_IN_MAINTENANCE_MODE)
            self._lose(FailureReason.OTHER_ERROR, error)

    # --- Closing --------------------------------------------------------------------------------

    def _send_close(self, link: Link, status: int) -> bool:
        # Returns whether a CLOSE_REQ was sent.
        request = self._own.close(link, status)
        if request is None:
            return False
        request.add_done_callback(lambda done: link.close())
        return True

    def _give_up_closing(self) -> None:
        if self.link is not None:
            self.link.reset()
            self._detach()
            self._finish_close()

    def _finish_close(self) -> None:
        if self.state is not ConnectionState.CLOSING:
            return
        self._lifecycle.take("closed")
        self._report_end("the session was disconnected")

    def _end_cancelled(self, words: str) -> None:
        # The connection has no owner any more, so it ends at once.
        link, was_open = self.link, self.state is _OPEN
        self._lifecycle.take("cancelled")
        if self._loop is not None and self._loop.is_closed():
            self._open_request = None  # its clock is gone, so that it has no time
            if self.standby is not None:
                self.standby.abandon()
            self._detach()
            if link is not None:
                link.abandon()
        else:
            if link is not None and was_open:
                self._send_close(link, codes.E_CTI_NO_ERROR)
            self._detach()
            if link is not None:
                link.close()
        self._report_end(words)

    def _report_end(self, words: str) -> None:
        self.side = self.trying = None
        closing = self._waiters.take_close()
        waiting = self._give_up()
        self.book.fail_all(words)
        fail(waiting, expected(ConnectionLost(words)))
        self._observer.closed()
        if closing is not None:
            closing.set_result(None)


def _running_loop(method: str) -> asyncio.AbstractEventLoop:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise RuntimeError(f"{method} needs a running event loop: call it from a coroutine") from None


def _reason_of(error: BaseException | None, otherwise: FailureReason) -> FailureReason:
    return FailureReason.PROTOCOL_MISMATCH if isinstance(error, FrameTooLarge) else otherwise


def _random() -> "random.Random":
    import random  # imported late: it costs start-up time

    return random.Random()
