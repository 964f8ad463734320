# Sends the requests of one connection.

cimport cython

from ctios_fast.core.codec cimport Codec
from .pending cimport OpenRequests


@cython.final
cdef class RequestSender:
    cdef Codec _codec
    cdef OpenRequests _book
    cdef public object write        # takes a frame while the session is open, otherwise None

    cdef object writable(self)
    cdef object undo(self, object invoke_id, object error)
