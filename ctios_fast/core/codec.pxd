# The codec, which reads and writes frames of one protocol version.

cimport cython

from .layout cimport Layouts


@cython.final
cdef class Codec:
    cdef Layouts layouts
    cdef readonly Py_ssize_t max_frame
