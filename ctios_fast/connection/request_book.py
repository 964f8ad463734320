"""The book of open requests: each has an InvokeID of its own until its confirmation comes.

A request whose caller stopped waiting (time-out, cancelled await) stays in the book. So its late
confirmation is recognised, and its InvokeID is not given to another request meanwhile. The matching itself is
done by the core.

A confirmation can come in several segments with one InvokeID. The request stays in the book until the last
one, and its result is a tuple of all of them in order.
"""

import contextlib
import logging
from collections.abc import Callable
from typing import Any

from ctios_fast.core import Dispatcher, Message
from ctios_fast.core.dispatch.pending import UNSEEN, Deadlines, OpenRequests, Request
from ctios_fast.errors import (
    ConnectionLost,
    ControlFailure,
    MalformedFrame,
    ProtocolError,
    Refused,
    RequestRefused,
    RequestTimeout,
    TooManyRequests,
)
from ctios_fast.protocol import numbers as ged

from .clock import Clock, TimerHandle
from .log_limit import LogLimit

__all__ = [
    "MAX_SEGMENTS",
    "Request",
    "RequestBook",
    "expected",
]

#: Messages that answer a request. Each begins with the InvokeID, which follows the header.
_CONFIRMATION_TYPES = frozenset({*ged.CONFIRMATIONS.values(), ged.FAILURE_CONF, ged.CONTROL_FAILURE_CONF})

_INVOKE_ID = slice(8, 12)

#: Confirmations that come in segments: the field More is 1 until the last one.
_SEGMENTED = frozenset({ged.LIST_AGENT_TEAM_CONF})

#: Segments that one confirmation may have; a request with more of them fails.
MAX_SEGMENTS = 1024


class RequestBook(OpenRequests):
    """The open requests of one connection.

    - ``max_open``: number of requests that may be open at once.
    - ``on_refused``: called with a request that FAILURE_CONF refused, and the error. It fails the request
      with that error or another one. None: the request fails with that error.

    Counters: ``late`` confirmations of requests that were given up before; ``unasked`` confirmations of no
    request; ``timed_out`` requests; ``forgotten`` requests that were given up and never confirmed (the oldest
    ones go once ``max_open`` of them are kept).
    """

    def __init__(
        self,
        clock: Clock,
        *,
        max_open: int,
        first_invoke_id: int = 1,
        on_refused: Callable[[Request[Any], RequestRefused], object] | None = None,
    ) -> None:
        super().__init__(clock.time, max_open, first_invoke_id)
        self.on_unseen: Callable[[str, BaseException], object] = _unseen_log()
        self.late = self.timed_out = self.forgotten = 0
        self._clock = clock
        self._timers: dict[Deadlines, TimerHandle] = {}
        self._on_refused = on_refused
        self._segments: dict[int, list[Message]] = {}  # of confirmations whose last segment is to come

    def settle_from(self, dispatcher: Dispatcher) -> None:
        """Let the confirmations of a dispatcher settle the requests."""
        for confirmation in _CONFIRMATION_TYPES:
            dispatcher.on(confirmation, self.settle_segment if confirmation in _SEGMENTED else self.settle)

    def full(self) -> None:
        """Refuse a request because ``max_open`` are open."""
        raise TooManyRequests(f"{len(self)} requests are open, {self.max_open} are allowed")

    def watch(self, deadlines: Deadlines) -> None:
        """Start the timer of requests that have the same time-out."""
        self._timers[deadlines] = self._clock.call_later(deadlines.timeout, self._expire, deadlines)

    def idle(self, deadlines: Deadlines) -> None:
        """Stop the timer of a time-out whose requests are all answered."""
        timer = self._timers.pop(deadlines, None)
        if timer is not None:
            timer.cancel()
        super().idle(deadlines)

    def refused(self, request: Request[Any], message: Message) -> None:
        """Fail a request that the peripheral or the server refused."""
        failure = _failure(message, request.message_type)
        self._segments.pop(request.invoke_id, None)
        if self._on_refused is not None and isinstance(failure, RequestRefused):
            self._on_refused(request, failure)
        else:
            request.failed(failure)

    def settle_segment(self, message: Message) -> None:
        """Take a segment of a confirmation; the last one answers the request."""
        invoke_id = message["InvokeID"]
        request = self.pending.get(invoke_id)
        if request is None and message["More"] and invoke_id in self.given_up:
            self.late += 1  # more of them follow
            return
        if request is None or ged.CONFIRMATIONS[request.message_type] != message.type:
            self.settle(message)  # which counts it
            return
        segments = self._segments.setdefault(invoke_id, [])
        segments.append(message)
        if message["More"]:
            if len(segments) >= MAX_SEGMENTS:
                self._take_off(request)
                name = ged.NAMES[message.type]
                request.failed(ProtocolError(f"{name} has more than {MAX_SEGMENTS} segments"))
            return
        del self.pending[invoke_id], self._segments[invoke_id]
        request.confirmed(tuple(segments))  # type: ignore[arg-type]

    def forget(self, invoke_id: int) -> None:
        """Remove a request that was not sent."""
        self._segments.pop(invoke_id, None)
        super().forget(invoke_id)

    def stray(self, invoke_id: int) -> None:
        """Count a confirmation that no open request has."""
        if self.given_up.pop(invoke_id, None) is not None:
            self.late += 1
        else:
            self.unasked += 1

    def fail(self, invoke_id: int, error: BaseException) -> None:
        """Fail one request, as when its confirmation came but cannot be read."""
        self._segments.pop(invoke_id, None)
        request = self.pending.pop(invoke_id, None)
        if request is None:
            self.stray(invoke_id)
        else:
            request.failed(error)

    def fail_malformed(self, error: MalformedFrame) -> None:
        """Fail the request whose confirmation is that frame, if it is a confirmation with an InvokeID."""
        if error.message_type in _CONFIRMATION_TYPES and len(error.frame) >= _INVOKE_ID.stop:
            self.fail(int.from_bytes(error.frame[_INVOKE_ID], "big"), error)

    def fail_all(self, reason: str) -> None:
        """The connection is over: fail every open request with ``ConnectionLost``.

        They are not logged one by one: the end of the connection is logged, and fired as an event.
        """
        for deadlines, timer in self._timers.items():
            timer.cancel()
            self.unwatch(deadlines)
        self._timers.clear()
        requests = list(self.pending.values())
        self.pending.clear()
        self.given_up.clear()
        self._segments.clear()
        for request in requests:
            with contextlib.suppress(RuntimeError):  # an await of it belongs to an event loop that is closed
                request.failed(expected(ConnectionLost(f"{_name(request)} unanswered: {reason}")))

    def _expire(self, deadlines: Deadlines) -> None:
        now = self.now()
        unanswered: list[Request[Any]] = []
        unseen: list[Request[Any]] = []
        for request in deadlines.due(now):
            if self.pending.get(request.invoke_id) is request:
                self._take_off(request)
                unanswered.append(request)
            else:
                unseen.append(request)
        following = deadlines.next_deadline()
        if following is None:
            del self._timers[deadlines]
            self.unwatch(deadlines)
        else:
            self._timers[deadlines] = self._clock.call_later(following - now, self._expire, deadlines)
        self.timed_out += len(unanswered)
        # after the book is up to date: callbacks may make requests, or end the connection
        for request in unanswered:
            request.failed(
                RequestTimeout(f"{_name(request)} was not answered within {deadlines.timeout:g} s")
            )
        for request in unseen:
            request.overdue()

    def _take_off(self, request: Request[Any]) -> None:
        # Its confirmation may still come, so its InvokeID is not free.
        del self.pending[request.invoke_id]
        self._segments.pop(request.invoke_id, None)
        self.given_up[request.invoke_id] = request.message_type
        if len(self.given_up) > self.max_open:
            self.given_up.popitem(last=False)
            self.forgotten += 1


def expected(error: ConnectionLost) -> ConnectionLost:
    """Return the error, marked as one that is not logged."""
    error.expected = True
    return error


def _name(request: Request[Any]) -> str:
    # of the message that was sent; the request's own label may say what the caller asked for
    return ged.NAMES[request.message_type]


def _unseen_log() -> Callable[[str, BaseException], object]:
    # Logs failures that reached no caller. One time-out can fail a hundred thousand requests at once. Each
    # book has a limit of its own, so that a session with many failures does not hide those of another one.
    # Not a method: a request that the program keeps must not keep the book.
    limit = LogLimit(logging.getLogger("ctios_fast.requests"))

    def note(label: str, error: BaseException) -> None:
        limit.error(UNSEEN, label, error, kind=(label, type(error)))

    return note


def _failure(message: Message, message_type: int) -> Refused:
    # FAILURE_CONF is the server's refusal, CONTROL_FAILURE_CONF the peripheral's. In the second of its two
    # layouts FAILURE_CONF carries what CONTROL_FAILURE_CONF does.
    fields = message.fixed()
    if "Status" in fields:
        return RequestRefused(fields["Status"], message_type, fields["InvokeID"])
    return ControlFailure(
        fields["FailureCode"], fields["PeripheralErrorCode"], message_type, fields["InvokeID"]
    )
