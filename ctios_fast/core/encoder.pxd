# Writing messages.

from libc.stdint cimport uint32_t

from .layout cimport Layouts

cdef uint32_t message_number(object value) except? 0xFFFFFFFF
cdef bytes write_message(
    Layouts layouts, uint32_t number, object fields, object floating, bint as_received, Py_ssize_t max_frame
)
cdef bytes write_raw(uint32_t number, object body, Py_ssize_t max_frame)
