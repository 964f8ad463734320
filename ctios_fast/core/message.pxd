# Message views: one frame's bytes, read field by field.

cimport cython
from libc.stdint cimport uint32_t

from .layout cimport FloatingSlot, Layout, Layouts


@cython.no_gc
cdef class Message:
    cdef Layouts _layouts
    cdef Layout *_layout                    # NULL where no layout is published
    cdef bytes _frame
    cdef const unsigned char *_data         # of _frame
    cdef Py_ssize_t _size
    cdef readonly uint32_t type

    cdef bytes whole(self)
    cdef const unsigned char *floating_part(self) noexcept
    cdef const unsigned char *seek(self, const unsigned char *p, uint32_t tag, Py_ssize_t *length) noexcept
    cdef object value_of(self, object name, object absent)
    cdef object data_of_tag(self, object name, object absent)

cdef Message read_message(Layouts layouts, const unsigned char *frame, Py_ssize_t size)
cdef object read_value(const FloatingSlot *slot, const unsigned char *p, Py_ssize_t size, bint exact)
cdef object malformed(uint32_t number, object field, Py_ssize_t offset, str reason, bytes frame)
