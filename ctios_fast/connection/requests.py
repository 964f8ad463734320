"""The book of open requests: each has an InvokeID of its own until its confirmation comes.

A request whose caller stopped waiting (time-out, cancelled await) stays on the books, so that its late
confirmation is known for what it is and its InvokeID is not given away meanwhile.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Generator
from typing import Any, Generic, TypeVar

from ctios_fast.core import Message
from ctios_fast.protocol import messages as ged

from .clock import Clock, TimerHandle
from .errors import ConnectionLost, ControlFailure, RequestRefused, RequestTimeout, TooManyRequests

__all__ = ["Request", "RequestBook"]

log = logging.getLogger("ctios_fast.requests")

T = TypeVar("T")

_INVOKE_IDS = 1 << 32


class Request(Generic[T]):
    """Something asked for, whose answer is to come. May be awaited, or left to the events.

    An await that is cancelled leaves the request itself alone. A failure that nobody awaits is not
    reported a second time: the events have told it.
    """

    __slots__ = ("_callbacks", "_error", "_result", "_waiters", "done", "label")

    def __init__(self, label: str) -> None:
        self.label = label
        self.done = False
        self._result: T | None = None
        self._error: BaseException | None = None
        self._callbacks: list[Callable[[Request[T]], object]] | None = None
        self._waiters: list[asyncio.Future[None]] | None = None

    def __await__(self) -> Generator[Any, None, T]:
        if not self.done:
            waiter = asyncio.get_running_loop().create_future()
            if self._waiters is None:
                self._waiters = [waiter]
            else:
                self._waiters.append(waiter)
            yield from waiter
        return self.result()

    def result(self) -> T:
        """The answer; raises the failure, or ``asyncio.InvalidStateError`` while there is neither."""
        if not self.done:
            raise asyncio.InvalidStateError(f"{self.label} is not answered yet")
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]

    def exception(self) -> BaseException | None:
        """The failure, or None when there is an answer."""
        if not self.done:
            raise asyncio.InvalidStateError(f"{self.label} is not answered yet")
        return self._error

    def add_done_callback(self, callback: "Callable[[Request[T]], object]") -> None:
        """Call back when it is answered: at once, within the dispatch of the answer.

        A callback that raises is logged; the others and whoever awaits the request are not kept from it.
        """
        if self.done:
            self._call(callback)
        elif self._callbacks is None:
            self._callbacks = [callback]
        else:
            self._callbacks.append(callback)

    def set_result(self, result: T) -> None:
        """Answer it; without effect when it is answered already."""
        if not self.done:
            self._result = result
            self._finish()

    def set_exception(self, error: BaseException) -> None:
        """Fail it; without effect when it is answered already."""
        if not self.done:
            self._error = error
            self._finish()

    def _finish(self) -> None:
        self.done = True
        callbacks, self._callbacks = self._callbacks, None
        for callback in callbacks or ():
            self._call(callback)
        waiters, self._waiters = self._waiters, None
        for waiter in waiters or ():
            if not waiter.done():
                waiter.set_result(None)

    def _call(self, callback: "Callable[[Request[T]], object]") -> None:
        try:
            callback(self)
        except Exception:
            log.exception("a callback of %r raised", self)

    def __repr__(self) -> str:
        state = "open" if not self.done else "failed" if self._error is not None else "answered"
        return f"<Request {self.label} {state}>"


class _Entry:
    __slots__ = ("confirmation", "request", "request_type")

    def __init__(self, request_type: int, confirmation: int, request: Request[Message]) -> None:
        self.request_type = request_type
        self.confirmation = confirmation
        self.request = request


class RequestBook:
    """Open requests of one connection.

    ``max_open``: how many may be open at once, in all. Counters: ``late`` confirmations of requests given up
    before, ``unasked`` ones of none, ``timed_out`` requests, ``forgotten`` ones that were given up and never
    confirmed (the oldest make room once ``max_open`` of them are kept).
    """

    def __init__(self, clock: Clock, *, max_open: int, first_invoke_id: int = 1) -> None:
        self.max_open = max_open
        self.late = self.unasked = self.timed_out = self.forgotten = 0
        self._clock = clock
        self._next = first_invoke_id % _INVOKE_IDS
        self._open: dict[int, _Entry] = {}
        self._given_up: OrderedDict[int, int] = OrderedDict()
        self._deadlines: dict[float, deque[tuple[float, int]]] = {}
        self._timers: dict[float, TimerHandle] = {}

    def __len__(self) -> int:
        return len(self._open)

    def invoke_id(self) -> int:
        """The next InvokeID that no request on the books has; never 0."""
        while True:
            invoke_id = self._next
            self._next = (invoke_id + 1) % _INVOKE_IDS
            if invoke_id and invoke_id not in self._open and invoke_id not in self._given_up:
                return invoke_id

    def add(self, request_type: int, invoke_id: int, timeout: float | None) -> Request[Message]:
        """Put a request on the books. ``timeout`` in seconds; None waits for ever.

        Raises ``TooManyRequests`` when ``max_open`` are open.
        """
        if len(self._open) >= self.max_open:
            raise TooManyRequests(f"{len(self._open)} requests are open, {self.max_open} are allowed")
        request: Request[Message] = Request(ged.NAMES[request_type])
        self._open[invoke_id] = _Entry(request_type, ged.CONFIRMATIONS[request_type], request)
        if timeout is not None:
            queue = self._deadlines.get(timeout)
            if queue is None:
                queue = self._deadlines[timeout] = deque()
            queue.append((self._clock.time() + timeout, invoke_id))
            if timeout not in self._timers:
                self._timers[timeout] = self._clock.call_later(timeout, self._expire, timeout)
        return request

    def forget(self, invoke_id: int) -> None:
        """Take a request off the books again, as one that was never sent."""
        self._open.pop(invoke_id, None)

    def settle(self, message: Message) -> None:
        """Answer the request that the confirmation names."""
        invoke_id = message["InvokeID"]
        entry = self._open.get(invoke_id)
        if entry is None:
            self._count_stray(invoke_id)
            return
        failure = _FAILURES.get(message.type)
        if failure is None and message.type != entry.confirmation:
            self.unasked += 1
            return
        del self._open[invoke_id]
        if failure is None:
            entry.request.set_result(message)
        else:
            entry.request.set_exception(failure(message, entry.request_type))

    def _count_stray(self, invoke_id: int) -> None:
        if self._given_up.pop(invoke_id, None) is not None:
            self.late += 1
        else:
            self.unasked += 1

    def fail(self, invoke_id: int, error: BaseException) -> None:
        """Fail one request, as when its confirmation came but cannot be read."""
        entry = self._open.pop(invoke_id, None)
        if entry is None:
            self._count_stray(invoke_id)
        else:
            entry.request.set_exception(error)

    def fail_all(self, reason: str) -> None:
        """The connection is over: fail every open request with ``ConnectionLost``."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._deadlines.clear()
        entries, self._open = self._open, {}
        self._given_up.clear()
        for entry in entries.values():
            entry.request.set_exception(ConnectionLost(f"{entry.request.label} unanswered: {reason}"))

    def _expire(self, timeout: float) -> None:
        queue = self._deadlines[timeout]
        now = self._clock.time()
        expired: list[Request[Message]] = []
        while queue and (queue[0][0] <= now or queue[0][1] not in self._open):
            _, invoke_id = queue.popleft()
            entry = self._open.pop(invoke_id, None)
            if entry is not None:
                self._give_up(invoke_id, entry.request_type)
                expired.append(entry.request)
        if queue:
            self._timers[timeout] = self._clock.call_later(queue[0][0] - now, self._expire, timeout)
        else:
            del self._timers[timeout], self._deadlines[timeout]
        self.timed_out += len(expired)
        # the book is in order by now: who hears of it may make requests or end them all
        for request in expired:
            request.set_exception(RequestTimeout(f"{request.label} was not answered within {timeout:g} s"))

    def _give_up(self, invoke_id: int, request_type: int) -> None:
        self._given_up[invoke_id] = request_type
        if len(self._given_up) > self.max_open:
            self._given_up.popitem(last=False)
            self.forgotten += 1


_FAILURES: dict[int, Callable[[Message, int], BaseException]] = {
    ged.CONTROL_FAILURE_CONF: ControlFailure.from_message,
    ged.FAILURE_CONF: RequestRefused.from_message,
}
