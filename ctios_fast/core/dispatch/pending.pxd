# Requests, and how confirmations are matched to them.

from libc.stdint cimport uint32_t

from ctios_fast.core.message cimport Message

cdef class Deadlines

cdef class Request:
    cdef public str label
    cdef bint _done
    cdef bint _cancelled
    cdef bint _seen                             # the failure was awaited, retrieved or reported
    cdef readonly uint32_t message_type         # number of the request's message, 0 until it is booked
    cdef readonly uint32_t invoke_id
    cdef readonly double deadline               # by the book's clock
    cdef uint32_t _confirmation
    cdef bint _forgotten                        # it was never sent, so its deadline does not matter
    cdef Deadlines _deadlines                   # has the request until it is answered
    cdef Py_ssize_t _place                      # its place there
    cdef object _result
    cdef object _error
    cdef object _traceback                      # traceback of the error when it was set
    cdef list _callbacks
    cdef object _waiter                         # a future, several in a list, or None
    cdef Py_ssize_t _takers                     # awaits that are to get the answer, while none has got it
    cdef public object on_unseen                # called with label and error of an unseen failure
    cdef dict _drivers                          # task -> its await, for tasks created from the request

    cdef inline bint is_over(self) noexcept:
        return self._done or self._forgotten

    cdef int answer(self, object result) except -1
    cdef int answered(self) except -1
    cdef int call_back(self, object callback) except -1

cdef class Deadlines:
    cdef readonly object timeout
    cdef list _queue                            # Requests; None for answered ones and before _first
    cdef Py_ssize_t _first
    cdef Py_ssize_t _removed                    # place of the queue's first element
    cdef Py_ssize_t _capacity                   # length of the queue at which answered ones are removed

    cdef int append(self, Request request) except -1
    cdef int compact(self) except -1
    cdef int clear(self, Request request) except -1
    cdef int drop_answered(self) except -1
    cdef int drop_first(self) except -1

cdef class OpenRequests:
    cdef readonly dict pending                  # InvokeID -> Request
    cdef public object now
    cdef public object on_unseen                # given to the booked requests
    cdef public unsigned long long unasked
    cdef public Py_ssize_t max_open
    cdef public uint32_t _next
    cdef dict _confirmations
    cdef readonly object given_up               # InvokeID -> message type, the oldest first
    cdef dict _deadlines                        # time allowed -> Deadlines
    cdef Deadlines _latest                      # the one that was used last
    cdef object _latest_timeout                 # the time-out that it was found by: equal to its own
    cdef Py_ssize_t _sweep_at                   # number of time-outs at which idle ones are dropped

    cdef object next_invoke_id(self)
    cdef object book(self, Request request, object message_type, object timeout)
    cdef int drop_idle(self) except -1
    cdef Deadlines _with(self, object timeout)
