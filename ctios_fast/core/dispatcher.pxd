# Frames to handlers.

from libc.stdint cimport uint32_t

from .codec cimport Codec
from .frames cimport FrameBuffer

cdef class Dispatcher:
    cdef FrameBuffer _frames
    cdef Codec _codec
    cdef list _table                    # by message number: None or a tuple of handlers
    cdef dict _beyond                   # the same for numbers past the table
    cdef public object default
    cdef public object on_malformed
    cdef public object on_handler_error
    cdef bint _stopped
    cdef readonly unsigned long long frames_seen
    cdef readonly unsigned long long malformed
    cdef readonly unsigned long long unhandled
    cdef readonly unsigned long long handler_errors

    cdef object _handlers(self, uint32_t number)
    cdef void _set_handlers(self, uint32_t number, object handlers) except *
