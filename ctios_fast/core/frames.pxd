# The receive buffer and its frame splitter.

from libc.stdint cimport uint64_t

cdef class FrameBuffer:
    cdef unsigned char *_bytes
    cdef Py_ssize_t _capacity
    cdef Py_ssize_t _start          # first byte not yet split
    cdef Py_ssize_t _end            # behind the last byte received
    cdef int _exports               # views of the free room that the transport holds
    cdef Py_ssize_t _shape[1]
    cdef Py_ssize_t _strides[1]
    cdef readonly Py_ssize_t max_frame
    cdef uint64_t _consumed         # stream offset of _start

    cdef int make_room(self, Py_ssize_t wanted) except -1
    cdef int next_span(self, const unsigned char **frame, Py_ssize_t *size) except -1
