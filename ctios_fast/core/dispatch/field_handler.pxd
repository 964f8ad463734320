# Handlers that are called with the values of fields.

cimport cython
from cpython.object cimport PyObject

from .c_handler cimport Frame, FrameHandler
from .field_reader cimport FieldReader, ReaderState
from .field_store cimport FieldStore


@cython.final
cdef class FieldHandler(FrameHandler):
    cdef readonly object handler        # what is called
    cdef readonly tuple fields          # as they were given
    cdef readonly bint with_message     # whether the view is the first argument
    cdef readonly FieldStore store      # stores messages without a call, or None
    cdef FieldReader _reader            # of the fields that are not in _records
    cdef ReaderState *_state            # of the reader
    cdef tuple _records                 # pairs: position among the fields, attribute of the view
    cdef bint _takes_records            # whether there are any
    cdef int _count                     # number of fields
    cdef Py_ssize_t _call_offset        # see call_offset in core/c/pyobjects.h

    # Calls the handler. `proves`: of the frame it is only known that its fixed part is complete; returns 1 if
    # it is malformed, and does not call the handler then. Otherwise returns 0.
    cdef int call(self, const Frame *frame, bint proves) except -1
    cdef int collect_records(self, const Frame *frame, PyObject **values) except -1

    cdef inline bint needs_view(self) noexcept:
        return self.with_message or self._takes_records
