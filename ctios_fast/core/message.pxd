# Message views: one frame's bytes, read field by field.

from libc.stdint cimport uint32_t

from .layout cimport Layout, Layouts

cdef class Message:
    cdef Layouts _layouts
    cdef Layout *_layout                    # NULL where no layout is published
    cdef bytes _frame
    cdef const unsigned char *_data         # of _frame
    cdef Py_ssize_t _size
    cdef readonly uint32_t type

    cdef object _floating_value(self, str name)
    cdef object _tagged_value(self, str name)

cdef Message read_message(Layouts layouts, const unsigned char *frame, Py_ssize_t size)
cdef object malformed(uint32_t number, object field, Py_ssize_t offset, str reason, bytes frame)
