"""Requests, and the matching of confirmations to them by InvokeID.

Methods of the model return a ``Request``, which does not know any bytes. ``OpenRequests`` holds the requests
that were sent and finds the one that a confirmation answers. ``connection.request_book`` adds time-outs,
limits and errors.
"""

cimport cython
from cpython.dict cimport PyDict_Contains, PyDict_GetItem, PyDict_SetItem
from cpython.object cimport PyObject
from libc.stdint cimport uint32_t

from ctios_fast.core.layout cimport HEADER_SIZE
from ctios_fast.core.message cimport Message
from ctios_fast.core.wire cimport load32

import logging
from asyncio import CancelledError, InvalidStateError, current_task, get_running_loop
from collections import OrderedDict
from types import GenericAlias

from ctios_fast.core.dispatch.program_exit import ends_program
from ctios_fast.core.dispatch.unawaited import unawaited
from ctios_fast.protocol.numbers import CONFIRMATIONS, CONTROL_FAILURE_CONF, FAILURE_CONF

log = logging.getLogger("ctios_fast.requests")

#: The log line about a failure that was not retrieved.
UNSEEN = "%s failed, and nobody awaited it or listened: %s"

cdef enum:
    CONFIRMED_SIZE = HEADER_SIZE + 4            # every confirmation begins with the InvokeID
    MIN_TIMEOUTS = 16                           # number of time-outs below which idle ones are not dropped
    MIN_CAPACITY = 1024                         # length of a queue below which answered ones are not removed

cdef uint32_t _CONTROL_FAILURE = CONTROL_FAILURE_CONF
cdef uint32_t _FAILURE = FAILURE_CONF


def _result_of(Request request):
    # The iterator of an await of an answered request: it yields nothing.
    return request.result()
    yield


@cython.auto_pickle(False)
cdef class Request:
    """A request that was sent. It may be awaited, or its answer may be left to the events.

    asyncio accepts it as a future, in ``gather``, ``wait_for``, ``shield`` and ``ensure_future``, and as a
    coroutine, in ``create_task``, ``TaskGroup.create_task`` and ``run_coroutine_threadsafe``.
    ``asyncio.wait`` refuses everything that could be a coroutine: pass it ``[create_task(request), ...]``.

    Two differences from ``asyncio.Future`` are deliberate. Callbacks run within the dispatch of the answer,
    not in a later turn of the loop. An await that is cancelled does not cancel the request, because the
    server has received it; ``cancel()`` does, and the late answer is then ignored.

    A failure that was never awaited or retrieved, and that reached no callback and no listener, is reported
    once, when the request is freed: ``on_unseen(label, error)`` is called. The owner of the request sets
    ``on_unseen``, to limit its log lines. Without it the failure is logged.

    - ``label``: what the request is, for errors and the log.
    - ``message_type``: number of its message, 0 until it is sent.
    - ``invoke_id``: its InvokeID.
    - ``deadline``: when it times out, by the session's clock.

    A subclass with its own ``__init__`` sets ``label`` there, which takes less time than a call of this one.
    """

    __class_getitem__ = classmethod(GenericAlias)

    #: ``asyncio.isfuture`` recognises a future by this attribute.
    _asyncio_future_blocking = False

    def __init__(self, str label not None):
        self.label = label

    def __await__(self):
        if self._done:
            return _result_of(self)
        return self._wait()

    def _wait(self):
        waiter = get_running_loop().create_future()
        if self._waiter is None:
            self._waiter = waiter
        elif isinstance(self._waiter, list):
            (<list>self._waiter).append(waiter)
        else:
            self._waiter = [self._waiter, waiter]
        try:
            yield from waiter
        except BaseException:               # cancelled: nothing waits for the future any longer
            self._leave(waiter)
            self._seen = True               # the program has awaited it: a later failure is not reported
            if self._done:                  # the answer came in the same turn of the loop, or just before
                self._takers -= 1
            if self._takers == 0 and self._waiter is None:
                self.abandoned()
            raise
        self._takers = -1
        return self.result()

    def _leave(self, waiter):
        if self._waiter is waiter:
            self._waiter = None
        elif isinstance(self._waiter, list):
            (<list>self._waiter).remove(waiter)
            if not self._waiter:
                self._waiter = None

    def abandoned(self):
        """Called when the last await was cancelled, and no await has got the answer.

        The request may be answered all the same: an await can be cancelled in the turn of the loop in which
        the answer comes. Does nothing here, because the request was sent already.
        """

    # --- What asyncio expects of a coroutine. Each task that drives the request has its own await. ---

    def send(self, value):
        """Advance the current task's await of this request."""
        return self._drive("send", value)

    def throw(self, *error):
        """Raise an error in the current task's await of this request."""
        return self._drive("throw", *error)

    def close(self):
        """End the current task's await of this request."""
        if self._drivers is not None:
            driver = (<dict>self._drivers).pop(current_task(), None)
            if driver is not None:
                driver.close()

    def _drive(self, how, *values):
        task = current_task()
        if self._drivers is None:
            self._drivers = {}
        driver = (<dict>self._drivers).get(task)
        if driver is None:
            driver = (<dict>self._drivers)[task] = self.__await__()
            if how == "throw" and not self._done:
                driver.send(None)           # a task that is cancelled before its first step gives up an await
        try:
            return getattr(driver, how)(*values)
        except BaseException:               # StopIteration included: this await is over
            (<dict>self._drivers).pop(task, None)
            raise

    # --- What asyncio expects of a future ---

    def get_loop(self):
        """The running loop: a request is used on its session's loop."""
        return get_running_loop()

    def done(self):
        """Whether there is an answer, a failure, or a cancellation."""
        return self._done

    def cancelled(self):
        """Whether ``cancel`` ended it."""
        return self._done and self._cancelled

    def cancel(self, msg=None):
        """Stop waiting for the answer. The server may carry the request out nevertheless.

        Returns False, and does nothing, if the request is answered already.
        """
        if self._done:
            return False
        self._error = CancelledError() if msg is None else CancelledError(msg)
        self._cancelled = self._seen = True
        self.answered()
        return True

    # asyncio.gather reads the error and the message of a cancelled future by these names.

    def _make_cancelled_error(self):
        return self._error

    @property
    def _cancel_message(self):
        return self._error.args[0] if self._cancelled and self._error.args else None

    def result(self):
        """The answer; raises the failure, or ``asyncio.InvalidStateError`` while there is neither."""
        if not self._done:
            raise InvalidStateError(f"{self.label} is not answered yet")
        self._seen = True
        if self._error is not None:
            raise self._error.with_traceback(self._traceback)   # else it grows with each raise
        return self._result

    def exception(self):
        """The failure, or None when there is an answer; raises ``CancelledError`` if it was cancelled."""
        if not self._done:
            raise InvalidStateError(f"{self.label} is not answered yet")
        self._seen = True
        if self._cancelled:
            raise self._error
        return self._error

    def add_done_callback(self, callback, *, context=None):
        """Call back with this request when it is answered, in ``context`` if one is given.

        The call happens within the dispatch of the answer. If the request is answered already, it happens in
        the next turn of the running loop. A callback that raises is logged; the others are still called.
        """
        if context is not None:
            callback = _InContext(callback, context)
        if self._done:
            try:
                loop = get_running_loop()
            except RuntimeError:
                self.call_back(callback)
            else:
                loop.call_soon(self._call_back, callback)
        elif self._callbacks is None:
            self._callbacks = [callback]
        else:
            self._callbacks.append(callback)

    def remove_done_callback(self, callback):
        """Remove a callback; returns how many times it was registered."""
        if self._callbacks is None:
            return 0
        rest = [each for each in <list>self._callbacks if each != callback]
        removed = len(<list>self._callbacks) - len(rest)
        self._callbacks = rest
        return removed

    def set_result(self, result):
        """Answer the request; does nothing if it is answered already."""
        self.answer(result)

    def set_exception(self, error):
        """Fail the request; does nothing if it is answered already."""
        if not self._done:
            self._error = error
            self._traceback = error.__traceback__
            self.answered()

    def reported(self):
        """The failure reached a listener: do not log it if the request is not awaited."""
        self._seen = True

    # --- Called by the request book ---

    def confirmed(self, message):
        """The confirmation came: it is the answer, unless a subclass waits for more."""
        self.set_result(message)

    def failed(self, error):
        """The request was refused, was not answered in time, or can no longer be answered."""
        self.set_exception(error)

    def overdue(self):
        """The time is over; the request was confirmed, but it is not answered yet."""

    cdef int answer(self, object result) except -1:
        if not self._done:
            self._result = result
            self.answered()
        return 0

    cdef int answered(self) except -1:
        self._done = True
        if self._deadlines is not None:
            self._deadlines.clear(self)
        callbacks, self._callbacks = self._callbacks, None
        if callbacks is not None:
            self._seen = True
            for callback in <list>callbacks:
                self.call_back(callback)
        waiters, self._waiter = self._waiter, None
        if waiters is not None:
            self._seen = True
            if not isinstance(waiters, list):
                waiters = (waiters,)
            self._takers = len(waiters)
            for waiter in waiters:
                if not waiter.done():           # a cancelled await has a done future
                    waiter.set_result(None)
        return 0

    cdef int call_back(self, object callback) except -1:
        try:
            returned = callback(self)
            if returned is not None:
                error = unawaited(callback, returned)
                if error is not None:
                    raise error
        except BaseException as error:      # CancelledError included: a callback is not a task
            if ends_program(error):
                raise
            log.exception("a callback of %r raised", self)
        return 0

    def _call_back(self, callback):
        self.call_back(callback)

    def __repr__(self):
        if not self._done:
            state = "open"
        elif self._cancelled:
            state = "cancelled"
        else:
            state = "failed" if self._error is not None else "answered"
        return f"<Request {self.label} {state}>"

    def __del__(self):
        if self._error is not None and not self._seen and not getattr(self._error, "expected", False):
            if self.on_unseen is None:
                log.error(UNSEEN, self.label, self._error)
            else:
                self.on_unseen(self.label, self._error)


@cython.auto_pickle(False)
@cython.final
cdef class _InContext:
    """A callback and the context that it runs in. Equal to the callback, so that it can be removed."""

    cdef object callback
    cdef object context

    def __init__(self, callback, context):
        self.callback = callback
        self.context = context

    def __call__(self, request):
        return self.context.run(self.callback, request)

    def __eq__(self, other):
        return self.callback == other


@cython.auto_pickle(False)
@cython.final
cdef class Deadlines:
    """Requests with the same time-out, in the order of their deadlines.

    An answered request leaves at once, so that nothing that it refers to is kept until its deadline. Its
    place stays empty until it is at the front.
    """

    def __cinit__(self):
        self._queue = []
        self._capacity = MIN_CAPACITY

    cdef int append(self, Request request) except -1:
        # Empty places are dropped before their deadline: those at the front now, the others before the queue
        # doubles. So the queue has at most twice as many places as requests are open, or MIN_CAPACITY.
        self.drop_answered()
        if len(self._queue) - self._first >= self._capacity:
            self.compact()
        elif 2 * self._first > MIN_CAPACITY + <Py_ssize_t>len(self._queue):
            del self._queue[:self._first]
            self._removed += self._first
            self._first = 0
        request._deadlines = self
        request._place = self._removed + <Py_ssize_t>len(self._queue)
        self._queue.append(request)
        return 0

    cdef int compact(self) except -1:
        cdef Py_ssize_t place
        self._queue = [each for each in self._queue[self._first:] if each is not None]
        self._removed += self._first
        self._first = 0
        for place, each in enumerate(self._queue, self._removed):
            (<Request>each)._place = place
        self._capacity = max(<Py_ssize_t>MIN_CAPACITY, 2 * <Py_ssize_t>len(self._queue))
        return 0

    cdef int clear(self, Request request) except -1:
        # Empties the place of a request that is over. The caller keeps the request.
        cdef Py_ssize_t at = request._place - self._removed
        request._deadlines = None
        if self._first <= at < <Py_ssize_t>len(self._queue) and self._queue[at] is request:
            self._queue[at] = None
        return 0

    cdef int drop_answered(self) except -1:
        while self._first < <Py_ssize_t>len(self._queue):
            each = self._queue[self._first]
            if each is not None and not (<Request>each).is_over():
                break
            self.drop_first()
        return 0

    cdef int drop_first(self) except -1:
        # The step comes first: freeing a request may run code that uses this queue.
        cdef Py_ssize_t at = self._first
        self._first += 1
        self._queue[at] = None
        return 0

    def __len__(self):
        """Number of places, the empty ones of answered requests included."""
        return len(self._queue) - self._first

    def due(self, double now):
        """Remove empty places and overdue requests from the front; return the overdue requests."""
        cdef Request request
        overdue = []
        self.drop_answered()
        while self._first < <Py_ssize_t>len(self._queue):
            request = <Request>self._queue[self._first]
            if request.deadline > now:
                break
            overdue.append(request)
            request._deadlines = None
            self.drop_first()
            self.drop_answered()
        return overdue

    def next_deadline(self):
        """The deadline of the first request, None if there is none."""
        self.drop_answered()
        if self._first == <Py_ssize_t>len(self._queue):
            return None
        return (<Request>self._queue[self._first]).deadline


@cython.auto_pickle(False)
cdef class OpenRequests:
    """Requests that were sent and are not answered: ``pending``, by InvokeID, at most ``max_open``.

    ``now()`` is the time in seconds. ``given_up`` holds InvokeIDs of requests that timed out: no new
    request gets them yet. ``unasked`` counts confirmations that belong to no pending request.

    A subclass overrides ``full``, ``watch``, ``refused`` and ``stray``. They decide what happens with a
    request above ``max_open``, with time-outs, with refusals and with confirmations of no pending request. It
    sets ``on_unseen``, which the requests get.
    """

    def __init__(self, now, Py_ssize_t max_open, first_invoke_id=1):
        self.now = now
        self.max_open = max_open
        self.pending = {}
        self.given_up = OrderedDict()
        self._deadlines = {}
        self._sweep_at = MIN_TIMEOUTS
        self._confirmations = CONFIRMATIONS
        self._next = first_invoke_id & 0xFFFFFFFF

    def __len__(self):
        return len(self.pending)

    def invoke_id(self):
        """The next InvokeID that no booked request has; never 0."""
        return self.next_invoke_id()

    cdef object next_invoke_id(self):
        cdef uint32_t number
        while True:
            number = self._next
            self._next = number + 1             # after the highest number comes 0
            if not number:
                continue
            invoke_id = number
            if not PyDict_Contains(self.pending, invoke_id) and invoke_id not in self.given_up:
                return invoke_id

    def enter(self, Request request not None, message_type, timeout):
        """Book a request and give it its InvokeID. ``timeout`` in seconds; None: no limit.

        Raises what ``full`` raises when ``max_open`` are open.
        """
        return self.book(request, message_type, timeout)

    cdef object book(self, Request request, object message_type, object timeout):
        # The same as ``enter``, for callers in C.
        cdef Deadlines deadlines
        if len(self.pending) >= self.max_open:
            self.full()
        confirmation = self._confirmations[message_type]
        if timeout is not None:
            request.deadline = self.now() + timeout
            deadlines = self._latest
            if deadlines is None or self._latest_timeout is not timeout:
                deadlines = self._with(timeout)
            deadlines.append(request)
        invoke_id = self.next_invoke_id()
        request.invoke_id = invoke_id
        request.message_type = message_type
        request._confirmation = confirmation
        request.on_unseen = self.on_unseen
        PyDict_SetItem(self.pending, invoke_id, request)
        return invoke_id

    cdef Deadlines _with(self, object timeout):
        # The deadlines with that time-out. New ones are watched.
        cdef Deadlines deadlines = self._deadlines.get(timeout)
        if deadlines is None:
            if <Py_ssize_t>len(self._deadlines) >= self._sweep_at:
                self.drop_idle()
            deadlines = Deadlines()
            deadlines.timeout = timeout
            self.watch(deadlines)
            self._deadlines[timeout] = deadlines
        self._latest = deadlines
        self._latest_timeout = timeout
        return deadlines

    cdef int drop_idle(self) except -1:
        # Drops time-outs whose requests are all answered. It is called when their number has doubled, so it
        # takes constant time for each.
        for deadlines in list(self._deadlines.values()):
            (<Deadlines>deadlines).drop_answered()
            if len(<Deadlines>deadlines) == 0:
                self.idle(deadlines)
        self._sweep_at = max(<Py_ssize_t>MIN_TIMEOUTS, 2 * <Py_ssize_t>len(self._deadlines))
        return 0

    def idle(self, Deadlines deadlines not None):
        """All requests of a time-out are answered: the subclass stops its timer."""
        self.unwatch(deadlines)

    def unwatch(self, Deadlines deadlines not None):
        """Stop watching these deadlines: the next request with their time-out gets new ones."""
        self._deadlines.pop(deadlines.timeout, None)
        if self._latest is deadlines:
            self._latest = None

    def forget(self, invoke_id):
        """Remove a request that was not sent."""
        cdef Request request = self.pending.pop(invoke_id, None)
        if request is not None:
            request._forgotten = True
            if request._deadlines is not None:
                request._deadlines.clear(request)

    def settle(self, Message message not None):
        """Answer the request that the confirmation names."""
        cdef PyObject *found
        cdef Request request
        cdef bint refusal = message.type == _CONTROL_FAILURE or message.type == _FAILURE
        if message.layout == NULL or message.size < CONFIRMED_SIZE:
            self.unasked += 1
            return
        invoke_id = load32(message.data + HEADER_SIZE)
        found = PyDict_GetItem(self.pending, invoke_id)
        if found == NULL:
            self.stray(invoke_id)
            return
        request = <Request>found
        if not refusal and message.type != request._confirmation:
            self.unasked += 1
            return
        del self.pending[invoke_id]
        if refusal:
            self.refused(request, message)
        elif type(request) is Request:
            request.answer(message)         # does the same as confirmed(), without looking up methods
        else:
            request.confirmed(message)

    def full(self):
        """``max_open`` requests are open: raise an error."""
        raise NotImplementedError

    def watch(self, Deadlines deadlines):
        """The first request with that time-out was booked: watch the deadlines until ``unwatch``."""

    def refused(self, Request request, message):
        """A refusal came for a request that was pending: fail it."""
        raise NotImplementedError

    def stray(self, invoke_id):
        """A confirmation came for no pending request."""
        self.unasked += 1
