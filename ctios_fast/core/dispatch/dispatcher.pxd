# Frames to handlers.

cimport cython
from cpython.object cimport PyObject
from libc.stdint cimport uint32_t

from ctios_fast.core.codec cimport Codec
from ctios_fast.core.frames cimport FrameBuffer
from .c_handler cimport Frame
from ctios_fast.core.layout cimport MESSAGE_NUMBERS, Layout
from ctios_fast.core.message cimport Message


# What a FrameFilter is to a dispatcher. That class is not known here, since most programs have no use for it.
cdef class FrameGate:
    # The protocol version of the frames that it understands.
    cdef readonly int version
    # Whether the frame is wanted. `size` is at least the header's and agrees with it; all else is checked.
    # A malformed frame of a message that may be wanted is accepted, so that who decodes it can report it.
    cdef bint accepts(self, const unsigned char *frame, Py_ssize_t size) noexcept nogil
    # Called before the first frame.
    cdef int prepare(self) except -1


@cython.final
cdef class Dispatcher:
    cdef FrameBuffer _frames
    cdef Codec _codec
    cdef list _table                    # by message number: None or a tuple of handlers
    cdef FrameGate _filter              # frames that it does not accept go to nobody
    cdef tuple _default                 # the handler of messages that have none, or None
    cdef PyObject *_spares[MESSAGE_NUMBERS]     # by message number: a view that nobody else has, or NULL
    cdef unsigned char _called[MESSAGE_NUMBERS]     # the same: how its handlers are called
    cdef public object on_malformed
    cdef public object on_handler_error
    cdef bint _stopped
    cdef bint _dispatching
    cdef int _look_every                # frames between two looks at the clock
    cdef readonly bint unfinished       # the last dispatch ended because its time was over
    cdef readonly unsigned long long frames_seen
    cdef readonly unsigned long long malformed
    cdef readonly unsigned long long unhandled
    cdef readonly unsigned long long filtered
    cdef readonly unsigned long long handler_errors

    cdef inline object handlers_of(self, uint32_t number):
        # None for numbers past the table, and once the garbage collector has cleared it
        if number < <size_t>len(self._table):
            return self._table[number]
        return None

    cdef bint time_is_over(self, double begun, double seconds, double *looked) except -1
    cdef int set_handlers(self, uint32_t number, object handlers) except -1
