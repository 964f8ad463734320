# Frames to handlers.

cimport cython
from cpython.object cimport PyObject
from libc.stdint cimport uint32_t

from .codec cimport Codec
from .filters cimport FrameFilter
from .frames cimport FrameBuffer
from .handler cimport Frame
from .layout cimport MESSAGE_NUMBERS, Layout
from .message cimport Message


@cython.final
cdef class Dispatcher:
    cdef FrameBuffer _frames
    cdef Codec _codec
    cdef list _table                    # by message number: None or a tuple of handlers
    cdef dict _beyond                   # the same for numbers past the table
    cdef FrameFilter _filter            # frames that it does not accept go to nobody
    cdef tuple _default                 # the handler of messages that have none, or None
    cdef PyObject *_spares[MESSAGE_NUMBERS]     # by message number: a view that nobody else has, or NULL
    cdef bint _in_c[MESSAGE_NUMBERS]            # the same: whether a FrameHandler is among its handlers
    cdef public object on_malformed
    cdef public object on_handler_error
    cdef bint _stopped
    cdef bint _dispatching
    cdef readonly unsigned long long frames_seen
    cdef readonly unsigned long long malformed
    cdef readonly unsigned long long unhandled
    cdef readonly unsigned long long filtered
    cdef readonly unsigned long long handler_errors

    cdef object handlers_of(self, uint32_t number)
    cdef int set_handlers(self, uint32_t number, object handlers) except -1
    cdef int deliver(
        self, tuple handlers, bint in_c, uint32_t number, const unsigned char *frame, Py_ssize_t size
    ) except -1
    cdef int deliver_in_c(self, tuple handlers, Layout *layout, const Frame *frame) except -1
    cdef int unreadable(self, Layout *documented, const unsigned char *frame, Py_ssize_t size) except -1
    cdef int failed(self, object handler, Message message) except -1
    cdef int report(self, object handler, Message message, object error) except -1
    cdef Message view(self, Layout *layout, uint32_t number, const unsigned char *frame, Py_ssize_t size)
    cdef void keep(self, Message message) noexcept
