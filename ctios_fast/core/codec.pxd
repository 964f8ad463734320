# One protocol version's reader and writer of frames.

cimport cython

from .layout cimport Layouts


@cython.final
cdef class Codec:
    cdef Layouts layouts
    cdef readonly Py_ssize_t max_frame
