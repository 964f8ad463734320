# Performance trick: a fixed field that has the same number as in the last frame gives the same int.
#
# Fields such as PeripheralID and MRDID have one value in all frames of a connection. Without the trick an int
# is created and freed for each frame.
#
# What it buys, in instructions a frame (kernels of benchmarks/kernels.py under callgrind, CPython 3.11):
# field_handler 1,070 with it and 1,178 without, a tenth more.
# Off: CTIOS_FAST_WITHOUT=last-number.

from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from libc.stdint cimport int64_t

from .references cimport owned

cdef extern from "Python.h":
    PyObject *new_int "PyLong_FromLong"(long number) except NULL

cdef enum:
    MAX_SHARED = 256                # CPython has one int for each number up to this; nothing need be kept

cdef struct LastNumber:
    int64_t number
    PyObject *value                 # the int; NULL: there is none yet


cdef inline PyObject *last_number(LastNumber *last, int64_t number, bint keeps) except NULL:
    # The int of a number, as a new reference.
    cdef PyObject *value
    if 0 <= number <= MAX_SHARED:
        return new_int(<long>number)
    if last.value != NULL and last.number == number:
        Py_INCREF(<object>last.value)
        return last.value
    value = owned(number)
    if keeps:
        Py_XDECREF(last.value)
        last.number = number
        last.value = value
        Py_INCREF(<object>value)
    return value


cdef inline void forget_number(LastNumber *last) noexcept:
    Py_XDECREF(last.value)
    last.value = NULL
