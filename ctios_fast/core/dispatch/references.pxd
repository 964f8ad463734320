# References that C code holds in arrays of values.

from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF


cdef inline PyObject *owned(object value) noexcept:
    # A new reference, which the caller releases.
    Py_INCREF(value)
    return <PyObject *>value


cdef inline void release(PyObject **values, Py_ssize_t count) noexcept:
    # Releases the references. NULL is an empty place.
    cdef Py_ssize_t i
    for i in range(count):
        Py_XDECREF(values[i])
