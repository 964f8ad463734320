# Writes messages from mappings of wire names.

from cpython.object cimport PyObject
from libc.stdint cimport uint32_t

from ctios_fast.core.layout cimport FloatingSlot, Layouts

cdef enum:
    STACK_SIZE = 1024             # most messages fit; longer ones move to the heap

cdef struct Output:
    unsigned char *bytes
    Py_ssize_t size
    Py_ssize_t capacity
    Py_ssize_t max_data          # largest data of a floating field, by the width of its length
    PyObject *layouts            # the Layouts that are written with, a borrowed reference
    unsigned char stack[STACK_SIZE]

cdef uint32_t message_number(object value) except? 0xFFFFFFFF
cdef bytes write_message(
    Layouts layouts, uint32_t number, object fields, object floating, bint as_received, Py_ssize_t max_frame
)
cdef bytes write_raw(uint32_t number, object body, Py_ssize_t max_frame)

# Parts of write_message, for writers that have found the slots already.
cdef void start_output(Output *out, Layouts layouts) noexcept
cdef int reserve(Output *out, Py_ssize_t more) except -1
cdef int put_number(unsigned char *p, int wire_type, object value, object message, object field) except -1
cdef int put_tagged(
    Output *out, Layouts layouts, const FloatingSlot *slot, int tag, object name, object value,
    bint as_received, object message
) except -1
cdef object too_new(Layouts layouts, object message, object field, int since)
