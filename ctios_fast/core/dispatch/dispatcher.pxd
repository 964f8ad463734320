# Frames to handlers.

cimport cython
from cpython.object cimport PyObject
from libc.stdint cimport uint32_t

from ctios_fast.core.codec cimport Codec
from ctios_fast.core.frames cimport FrameBuffer, FrameHolder
from .c_handler cimport Frame
from .frame_batch cimport FrameBatch
from ctios_fast.core.layout cimport MESSAGE_NUMBERS, Layout
from ctios_fast.core.message cimport Message


# The part of a FrameFilter that a dispatcher uses. Importing that class itself would load its module, which
# most programs do not need.
cdef class FrameGate:
    # The protocol version of the frames that it can check.
    cdef readonly int version
    # Whether the frame goes to the handlers. `size` is the frame's, and agrees with its header; nothing else
    # was checked. A malformed frame is accepted if its message may be accepted, so that decoding it reports
    # the fault.
    cdef bint accepts(self, const unsigned char *frame, Py_ssize_t size) noexcept nogil
    # Called before the first frame.
    cdef int prepare(self) except -1


@cython.final
cdef class Dispatcher(FrameHolder):
    cdef FrameBuffer _frames
    cdef Codec _codec
    cdef list _table                    # by message number: None or a tuple of handlers
    cdef FrameGate _filter              # frames that it rejects go to no handler
    cdef dict _singles                  # by number of a message with batch handlers: its other handlers
    cdef list _waiting                  # FrameBatch objects with rows to deliver, in order of first rows
    cdef tuple _default                 # the handler of messages that have none, or None
    cdef PyObject *_spares[MESSAGE_NUMBERS]     # by message number: a view that no handler keeps, or NULL
    cdef unsigned char _called[MESSAGE_NUMBERS]     # the same: how its handlers are called
    cdef public object on_malformed
    cdef public object on_handler_error
    cdef bint _stopped
    cdef bint _dispatching
    cdef int _look_every                # number of frames between two readings of the clock
    cdef readonly bint unfinished       # whether the last dispatch ended at its time limit
    cdef readonly uint32_t last_message  # number of the last message of the last dispatch that had one
    cdef readonly unsigned long long frames_seen
    cdef readonly unsigned long long malformed
    cdef readonly unsigned long long unhandled
    cdef readonly unsigned long long filtered
    cdef readonly unsigned long long handler_errors

    cdef inline object handlers_of(self, uint32_t number):
        # None for a number beyond the table, and for all after the garbage collector has cleared it
        if number < <size_t>len(self._table):
            return self._table[number]
        return None

    cdef bint time_is_over(self, double begun, double seconds, double *looked) except -1
    cdef int set_handlers(self, uint32_t number, object handlers) except -1
    cdef int take(
        self, tuple handlers, int called, uint32_t number, const unsigned char *frame, Py_ssize_t size,
        Py_ssize_t *left,
    ) except -1
    cdef Py_ssize_t take_rows(
        self, FrameBatch batch, uint32_t number, const unsigned char *frame, Py_ssize_t size,
        Py_ssize_t count,
    ) except -1
    cdef int deliver_batches(self) except -1
    cdef int deliver_batch(self, FrameBatch batch) except -1
