"""The book of open requests: each has an InvokeID of its own until its confirmation comes.

A request whose caller stopped waiting (time-out, cancelled await) stays on the books, so that its late
confirmation is known for what it is and its InvokeID is not given away meanwhile. Matching itself is the
core's.
"""

from typing import Any

from ctios_fast.core import Message
from ctios_fast.core.dispatch.pending import Deadlines, OpenRequests, Request
from ctios_fast.errors import (
    ConnectionLost,
    ControlFailure,
    Refused,
    RequestRefused,
    RequestTimeout,
    TooManyRequests,
)
from ctios_fast.protocol import numbers as ged

from .clock import Clock, TimerHandle

__all__ = ["Request", "RequestBook"]


class RequestBook(OpenRequests):
    """Open requests of one connection.

    ``max_open``: how many may be open at once, in all. Counters: ``late`` confirmations of requests given up
    before, ``unasked`` ones of none, ``timed_out`` requests, ``forgotten`` ones that were given up and never
    confirmed (the oldest make room once ``max_open`` of them are kept).
    """

    def __init__(self, clock: Clock, *, max_open: int, first_invoke_id: int = 1) -> None:
        super().__init__(clock.time, max_open, first_invoke_id)
        self.late = self.timed_out = self.forgotten = 0
        self._clock = clock
        self._timers: dict[Deadlines, TimerHandle] = {}

    def full(self) -> None:
        """As many are open as may be: the request is not sent."""
        raise TooManyRequests(f"{len(self)} requests are open, {self.max_open} are allowed")

    def watch(self, deadlines: Deadlines) -> None:
        """Look at them when the time that they allow is over."""
        self._timers[deadlines] = self._clock.call_later(deadlines.timeout, self._expire, deadlines)

    def refused(self, request: Request[Any], message: Message) -> None:
        """Fail a request that the peripheral or the server refused."""
        request.failed(_failure(message, request.message_type))

    def stray(self, invoke_id: int) -> None:
        """Count a confirmation of no open request."""
        if self.given_up.pop(invoke_id, None) is not None:
            self.late += 1
        else:
            self.unasked += 1

    def fail(self, invoke_id: int, error: BaseException) -> None:
        """Fail one request, as when its confirmation came but cannot be read."""
        request = self.pending.pop(invoke_id, None)
        if request is None:
            self.stray(invoke_id)
        else:
            request.failed(error)

    def fail_all(self, reason: str) -> None:
        """The connection is over: fail every open request with ``ConnectionLost``."""
        for deadlines, timer in self._timers.items():
            timer.cancel()
            self.unwatch(deadlines)
        self._timers.clear()
        requests = list(self.pending.values())
        self.pending.clear()
        self.given_up.clear()
        for request in requests:
            request.failed(ConnectionLost(f"{_name(request)} unanswered: {reason}"))

    def _expire(self, deadlines: Deadlines) -> None:
        now = self.now()
        unanswered: list[Request[Any]] = []
        unseen: list[Request[Any]] = []
        for request in deadlines.due(now):
            if self.pending.get(request.invoke_id) is request:
                del self.pending[request.invoke_id]
                self._give_up(request.invoke_id, request.message_type)
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
        # the book is in order by now: who hears of it may make requests or end them all
        for request in unanswered:
            request.failed(
                RequestTimeout(f"{_name(request)} was not answered within {deadlines.timeout:g} s")
            )
        for request in unseen:
            request.overdue()

    def _give_up(self, invoke_id: int, message_type: int) -> None:
        self.given_up[invoke_id] = message_type
        if len(self.given_up) > self.max_open:
            self.given_up.popitem(last=False)
            self.forgotten += 1


def _name(request: Request[Any]) -> str:
    # of the message that went out; the request's own label may tell what the caller asked for
    return ged.NAMES[request.message_type]


def _failure(message: Message, message_type: int) -> Refused:
    # FAILURE_CONF is the server's refusal, CONTROL_FAILURE_CONF the peripheral's
    fields = message.fixed()
    if message.type == ged.FAILURE_CONF:
        return RequestRefused(fields["Status"], message_type, fields["InvokeID"])
    return ControlFailure(
        fields["FailureCode"], fields["PeripheralErrorCode"], message_type, fields["InvokeID"]
    )
