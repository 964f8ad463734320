# Performance trick: a fixed field that has the same number as in the last frame gives the same int.
#
# Fields such as PeripheralID and MRDID have one value in all frames of a connection. Without the trick an int
# is created and freed for each frame.
#
# What it buys, in instructions a frame (kernels of benchmarks/kernels.py under callgrind, CPython 3.11):
# field_handler 883 with it and 990 without, an eighth more.
# Off: CTIOS_FAST_WITHOUT=last-number.

from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from libc.stdint cimport int64_t, uint64_t

from ctios_fast.core.pyobjects cimport SHARED_INTS, new_int

cdef struct LastNumber:
    int64_t number
    PyObject *value                 # the int; NULL: there is none yet


cdef inline PyObject *last_number(LastNumber *last, int64_t number, bint keeps) except NULL:
    # The int of a number, as a new reference. CPython shares small ones itself.
    cdef PyObject *value
    if <uint64_t>number < <uint64_t>SHARED_INTS:
        return new_int(number)
    if last.value != NULL and last.number == number:
        Py_INCREF(<object>last.value)
        return last.value
    value = new_int(number)
    if keeps:
        Py_XDECREF(last.value)
        last.number = number
        last.value = value
        Py_INCREF(<object>value)
    return value


cdef inline void forget_number(LastNumber *last) noexcept:
    Py_XDECREF(last.value)
    last.value = NULL
