"""The additional session on the standby side: it is opened, watched and opened again after a loss.

GED-188, PG and CTI Server Graceful Shutdown. Of the two CTI Servers one is active. The standby one takes
sessions of clients that ask for CTI_SERVICE_ACTIVE_STANDBY, answers OPEN_REQ, HEARTBEAT_REQ and CLOSE_REQ,
and sends STANDBY_ACTIVE_EVENT when it becomes active. From then on that session serves like any other.

``StandbyKeeper`` keeps one such session. It searches for the side as the connection does, with shorter waits:
without a standby session, nothing reports that the active side has become the standby. The reference does not
promise that a standby session hears events, so everything that comes before STANDBY_ACTIVE_EVENT and is not
about the session itself is left out, and counted.
"""

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol

from ctios_fast.core import Codec, Dispatcher, Handler, Message
from ctios_fast.enums import FailureReason
from ctios_fast.errors import (
    ConnectionLost,
    MalformedFrame,
    OpenRefused,
    RequestRefused,
    RequestTimeout,
    SessionEnded,
)
from ctios_fast.protocol import codes
from ctios_fast.protocol import numbers as ged

from .clock import Clock
from .explain import explain
from .heartbeat import Heartbeats
from .link import Link
from .log_limit import LogLimit
from .opening import ASKED_TO_LEAVE, SESSION_GONE, TAKEN_OVER, OpenSettings
from .options import ConnectionOptions
from .own_requests import NOT_SENT, OwnRequests
from .request_book import Request, RequestBook
from .search import Outcome, SideSearch
from .sides import QUICK_WAITS, Attempt, Side
from .takeover import AbandonedOpens

if TYPE_CHECKING:
    import random

__all__ = ["PATIENCE", "StandbyKeeper", "StandbyOwner", "StandbySession"]

#: Seconds for which the search for a side leaves the standby side alone after a loss, while a session is open
#: there. If the side has not become active by then, the search tries it as well.
PATIENCE = 10.0

#: The first InvokeID of a standby session: when it becomes the session, late answers to its own requests are
#: not taken for answers to those of the program.
_FIRST_INVOKE_ID = 0x80000000
#: Requests of the keeper that may be open at once: OPEN_REQ, CLOSE_REQ and heartbeats.
_MAX_OPEN = 16


class StandbyOwner(Protocol):
    """The connection, as the keeper sees it. Each call may end the keeping."""

    def handler_failed(self, handler: Handler, message: Message, error: BaseException) -> None:
        """A handler of a message on the standby session raised."""

    async def dial_standby(self, side: Side) -> Link:
        """Return a link to the side, with the keeper's dispatcher."""

    def standby_opened(self, side: Side) -> None:
        """A standby session is open."""

    def standby_lost(self, side: Side, reason: FailureReason, error: BaseException) -> None:
        """A standby session that was open is lost."""

    def standby_failed(self) -> None:
        """A standby session was lost, or could not be opened: ``retry`` tries again."""

    def standby_active(self, claimed: bool) -> None:
        """The side says that it is active; ``claimed``: when the session was opened, not by an event."""

    def maintenance_requested(self, link: Link, message: Message) -> None:
        """The side asks whether maintenance is acceptable."""


class StandbySession:
    """An open session that the keeper gives away."""

    __slots__ = ("confirmation", "link", "side")

    def __init__(self, link: Link, side: Side, confirmation: Message) -> None:
        self.link = link
        self.side = side
        self.confirmation = confirmation


class StandbyKeeper:
    """Keeps a session open on the standby side for one connection.

    - ``abandoned``: the connection's own OPEN_REQs that were given up.
    - ``rng``: see ``Plan``.
    """

    def __init__(
        self,
        owner: StandbyOwner,
        codec: Codec,
        options: ConnectionOptions,
        *,
        clock: Clock,
        log: LogLimit,
        abandoned: AbandonedOpens,
        rng: "random.Random",
    ) -> None:
        self.side: Side | None = None  # where the session is, or is to be; None while none is kept
        self.link: Link | None = None  # to that side
        self.opened = 0  # standby sessions that were opened
        self.lost = 0  # of them, those that were lost
        self.dispatcher = Dispatcher(codec)
        self._owner = owner
        self._options = options
        self._clock = clock
        self._log = log
        self._abandoned = abandoned
        self._book = RequestBook(clock, max_open=_MAX_OPEN, first_invoke_id=_FIRST_INVOKE_ID)
        self._own = OwnRequests(codec, self._book, self.dispatcher, clock=clock, options=options)
        self._search = SideSearch(
            self,
            log,
            clock=clock,
            clients=options.clients,
            rounds=None,
            rng=rng,
            waits=QUICK_WAITS,
            max_wait=options.standby_retry,
        )
        self._settings: OpenSettings | None = None  # of the session
        self._heartbeat: float | None = None  # its interval in seconds
        self._open_request: Request[Message] | None = None  # the OPEN_REQ that is unanswered
        self._confirmation: Message | None = None  # OPEN_CONF of the session that is open
        self._opened_at = 0.0  # when it was opened
        self._heartbeats: Heartbeats | None = None  # while it is open
        self._patience_until = 0.0  # until then the side is expected to become active
        self._waiter: asyncio.Future[None] | None = None  # of ``settled``
        on = self.dispatcher.on
        on(ged.FAILURE_EVENT, self._failure_event)
        on(ged.STANDBY_ACTIVE_EVENT, self._became_active)
        on(ged.ACTIVE_MAINTENANCE_REQ, self._maintenance_requested)
        self.dispatcher.on_malformed = self._malformed
        self.dispatcher.on_handler_error = owner.handler_failed

    # --- Calls of the connection ----------------------------------------------------------------

    @property
    def is_ready(self) -> bool:
        """Whether a standby session is open."""
        return self._confirmation is not None

    @property
    def is_opening(self) -> bool:
        """Whether an OPEN_REQ is unanswered."""
        return self._open_request is not None

    def counts(self) -> dict[str, int]:
        """What is counted about all standby sessions of the connection, by name."""
        return {
            "standby_opened": self.opened,
            "standby_lost": self.lost,
            "standby_frames_ignored": self.dispatcher.unhandled,  # they were not about the session itself
            "standby_frames_malformed": self.dispatcher.malformed,
            "standby_handler_errors": self.dispatcher.handler_errors,
        }

    def keep(
        self,
        side: Side,
        settings: OpenSettings,
        heartbeat: float | None,
        *,
        pause: float = 0.0,
    ) -> None:
        """Keep a session open on the side from now on. Nothing changes if that is being done.

        ``pause``: seconds before the first attempt to open it.
        """
        if self.side == side:
            return
        self.end()
        self.side, self._settings, self._heartbeat = side, settings, heartbeat
        self._search.begin((side,), None, pause)

    def take(
        self, link: Link, side: Side, confirmation: Message, settings: OpenSettings, heartbeat: float | None
    ) -> None:
        """Keep the session that was opened on this link: its side turned out to be the standby."""
        self.end()
        self.side, self._settings, self._heartbeat = side, settings, heartbeat
        self.link = link
        link.turn_to(self.dispatcher)
        self.expect()
        self._ready(confirmation)

    def expect(self) -> None:
        """Give the side time to become active, since no session is open on the other one."""
        self._patience_until = self._clock.time() + PATIENCE

    def expects(self, side: Side) -> bool:
        """Whether the side has a session, or is being asked for one, and still has time to become active."""
        has_session = self.is_ready or self.is_opening
        return has_session and self.side == side and self._clock.time() < self._patience_until

    def retry(self) -> None:
        """Try again, after the pause that is due."""
        if self.side is None:
            return
        if self._search.is_running:
            self._search.resume()
        else:
            self._search.begin((self.side,), None)

    def release(self) -> StandbySession:
        """Give the session away; none is kept from now on."""
        link, side, confirmation = self.link, self.side, self._confirmation
        assert link is not None
        assert side is not None
        assert confirmation is not None
        self._detach()
        self._search.end()
        self.side = None
        self._book.fail_all("the standby side became active")
        self._settle()
        return StandbySession(link, side, confirmation)

    def end(self) -> None:
        """Close the session, or give the search up; none is kept from now on."""
        self._search.end()
        self.side = None
        link, was_open = self.link, self.is_ready
        self._detach()
        if link is not None:
            if was_open:
                self._send_close(link, codes.E_CTI_NO_ERROR)
                link.retire()
            else:
                link.reset()
        self._book.fail_all("the standby session was closed")
        self._settle()

    def abandon(self) -> None:
        """End it when the event loop is closed."""
        self._search.end()
        self.side = None
        link = self.link
        self._open_request = None  # its clock is gone, so that it has no time
        self._detach()
        if link is not None:
            link.abandon()
        self._book.fail_all("the event loop was closed")

    async def settled(self) -> None:
        """Wait until no session is open or being opened, but no longer than the side has time."""
        waiter = self._waiter = asyncio.get_running_loop().create_future()
        timer = self._clock.call_later(self._patience_until - self._clock.time(), self._settle)
        try:
            await waiter
        finally:
            timer.cancel()
            self._waiter = None

    def _settle(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def link_ended(self, link: Link, error: BaseException | None) -> None:
        """Note that TCP is gone. Called by the connection, which makes all links."""
        self._lose(FailureReason.TRANSPORT_ERROR, error or ConnectionLost("the server closed the connection"))

    # --- Calls of the search (SearchOwner) ------------------------------------------------------

    async def dial(self, side: Side) -> Link:
        """Connect to the side. Called by the search."""
        return await self._owner.dial_standby(side)

    def passes_over(self, attempt: Attempt) -> bool:
        """Return False: there is one side to try. Called by the search."""
        return False

    def attempt_begins(self, attempt: Attempt) -> None:
        """Do nothing: the connection reports its own attempts only. Called by the search."""

    def attempt_failed(self, attempt: Attempt, error: Exception) -> None:
        """Log a failed attempt; the next one follows. Called by the search."""
        side, words = attempt.side, explain(error, tls=self._options.ssl is not None)
        self._log.info(
            "no standby session: side %s (%s) cannot be reached: %s",
            side.name,
            side,
            words,
            kind=("standby unreachable", side, words),
        )

    def side_found(self, side: Side, link: Link) -> None:
        """Open the session on a link that is up. Called by the search."""
        assert self._settings is not None
        self.link = link
        link.turn_to(self.dispatcher)
        try:
            request = self._own.open(link, self._settings)
        except NOT_SENT as error:
            self._drop(FailureReason.OTHER_ERROR, error)
            return
        self._open_request = request
        request.add_done_callback(lambda done: self._open_answered(link, done))

    def search_cancelled(self, error: BaseException | None) -> None:
        """End, since the task was cancelled or failed. Called by the search."""
        self.end()

    # --- Opening --------------------------------------------------------------------------------

    def _open_answered(self, link: Link, request: Request[Message]) -> None:
        if self.link is not link or self._open_request is not request:
            return  # lost or closed meanwhile
        error = request.exception()
        if error is None:
            self._open_request = None
            self._opened(request.result())
            return
        if not isinstance(error, RequestTimeout):
            self._open_request = None
        if isinstance(error, RequestRefused):
            error = OpenRefused(error.status)
        self._drop(FailureReason.OTHER_ERROR, error)

    def _opened(self, confirmation: Message) -> None:
        session_type = confirmation.get("SessionType")
        if session_type == codes.SESSION_STANDBY:
            self._ready(confirmation)
        elif session_type == codes.SESSION_ACTIVE:
            self._watch(confirmation)
            self._owner.standby_active(claimed=True)
        else:
            assert self.link is not None
            self._send_close(self.link, codes.E_CTI_NO_ERROR)
            self.link.retire()
            words = f"the server does not say whether it is the standby: SessionType is {session_type}"
            self._lose(FailureReason.OTHER_ERROR, ConnectionLost(words))

    def _ready(self, confirmation: Message) -> None:
        assert self.side is not None
        self._watch(confirmation)
        self.opened += 1
        side = self.side
        self._log.info("a standby session is open on side %s (%s)", side.name, side)
        self._owner.standby_opened(side)

    def _watch(self, confirmation: Message) -> None:
        assert self.link is not None
        link = self.link
        self._confirmation = confirmation
        self._opened_at = self._clock.time()
        self._heartbeats = self._own.watch(
            link,
            self._heartbeat,
            answered=lambda request: self._heartbeat_answered(link, request),
            missing=lambda count: None,
            lost=lambda error: self._drop(FailureReason.MISSED_HEARTBEATS, error),
        )

    # --- While it is open -----------------------------------------------------------------------

    def _heartbeat_answered(self, link: Link, request: Request[Message]) -> None:
        error = request.exception()
        if isinstance(error, RequestRefused) and self.link is link:
            gone = error.status in SESSION_GONE or error.status in TAKEN_OVER
            self._drop(FailureReason.OTHER_ERROR, SessionEnded(error.status) if gone else error)

    def _failure_event(self, message: Message) -> None:
        status, link = message["Status"], self.link
        if link is None:
            return
        ended = SessionEnded(status)
        if status in ASKED_TO_LEAVE:
            self._open_request = None  # one that is unanswered has its answer now
            self._send_close(link, codes.E_CTI_CTI_SERVER_OFFLINE)
            link.flush()
            self._drop(FailureReason.OTHER_ERROR, ended)
        elif status in SESSION_GONE or status in TAKEN_OVER:
            self._open_request = None
            self._drop(FailureReason.OTHER_ERROR, ended)

    def _became_active(self, message: Message) -> None:
        if self.is_ready:  # a server that has not confirmed the session yet cannot serve it
            self._owner.standby_active(claimed=False)

    def _maintenance_requested(self, message: Message) -> None:
        if self.link is not None and self.is_ready:
            self._owner.maintenance_requested(self.link, message)

    def _malformed(self, error: MalformedFrame) -> None:
        self._log.warning(
            "malformed frame on a standby session: %s", error, kind=("malformed", error.message_type)
        )
        self._book.fail_malformed(error)

    # --- Losing it ------------------------------------------------------------------------------

    def _drop(self, reason: FailureReason, error: BaseException) -> None:
        if self.link is not None:
            self.link.reset()
        self._lose(reason, error)

    def _lose(self, reason: FailureReason, error: BaseException) -> None:
        side = self.side
        assert side is not None
        was_open, outcome = self.is_ready, self._outcome()
        self._detach()
        words = explain(error)
        self._book.fail_all(words)
        if self._search.is_running:
            self._search.link_ended(side, outcome, refused=False)
        self._log.warning(
            "the standby session on side %s (%s) %s: %s",
            side.name,
            side,
            "is lost" if was_open else "cannot be opened",
            words,
            kind=("standby lost", was_open, words),
        )
        self._settle()
        if was_open:
            self.lost += 1
            self._owner.standby_lost(side, reason, error)
        if self.side == side and self.link is None:  # unless the owner changed that meanwhile
            self._owner.standby_failed()

    def _outcome(self) -> Outcome:
        if not self.is_ready:
            return Outcome.NO_SESSION
        lasted = self._clock.time() - self._opened_at >= self._options.stable_after
        return Outcome.LASTED if lasted else Outcome.SHORT

    def _detach(self) -> None:
        self.link = self._confirmation = None
        if self._heartbeats is not None:
            self._heartbeats.stop()
            self._heartbeats = None
        if self._open_request is not None:
            self._open_request = None
            self._abandoned.add(self._clock.time())

    def _send_close(self, link: Link, status: int) -> None:
        if self._own.close(link, status) is None:
            logging.getLogger("ctios_fast.connection").debug("CLOSE_REQ was not sent on a standby session")
