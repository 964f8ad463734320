# Reads and creates Python objects in C: see c/pyobjects.h.

from cpython.object cimport PyObject
from libc.stdint cimport int64_t

cdef extern from "Python.h":
    ctypedef struct PyMethodDef:
        pass

cdef extern from "c/pyobjects.h":
    ctypedef PyObject **VectorArgs "ctios_vector_args"
    bint HAS_GIL "CTIOS_HAS_GIL"
    int SHARED_INTS "CTIOS_SHARED_INTS"
    PyObject *new_int "ctios_new_int"(int64_t number) except NULL
    object int_of "ctios_new_int"(int64_t number)
    Py_ssize_t call_offset "ctios_call_offset"(PyObject *called) noexcept
    PyObject *vector_call "ctios_vector_call"(
        PyObject *called, Py_ssize_t offset, PyObject **arguments, size_t count
    ) noexcept
    bint whole_number "ctios_whole_number"(PyObject *value, int64_t *number) noexcept
    const char *ascii_of "ctios_ascii_of"(PyObject *value, Py_ssize_t *size) noexcept
    object new_ascii "ctios_new_ascii"(const unsigned char *text, Py_ssize_t size)
    object new_tuple "ctios_new_tuple"(object kind, Py_ssize_t items)
    bint is_sole "ctios_is_sole"(PyObject *value) noexcept
    object new_method "ctios_new_method"(
        PyMethodDef *definition, const char *name, const char *doc,
        object (*method)(PyObject *, VectorArgs, Py_ssize_t, PyObject *), object owner,
    )
