# The receive buffer and its frame splitter.

cimport cython
from libc.stdint cimport uint64_t


@cython.final
cdef class FrameBuffer:
    cdef unsigned char *_bytes
    cdef Py_ssize_t _capacity
    cdef Py_ssize_t _start          # first byte not yet split
    cdef Py_ssize_t _end            # behind the last byte received
    cdef Py_ssize_t _offered        # room that get_buffer offered and received may take
    cdef int _exports               # views of the free room that are held
    cdef bint _filled               # the last read took all the room
    cdef readonly Py_ssize_t max_frame
    cdef uint64_t _consumed         # stream offset of _start

    cdef Py_ssize_t most(self) noexcept
    cdef int resize(self, Py_ssize_t capacity) except -1
    cdef int make_room(self, Py_ssize_t wanted) except -1
    cdef int next_span(self, const unsigned char **frame, Py_ssize_t *size) except -1
