# One protocol version's reader and writer of frames.

from .layout cimport Layouts

cdef class Codec:
    cdef Layouts layouts
    cdef readonly Py_ssize_t max_frame
