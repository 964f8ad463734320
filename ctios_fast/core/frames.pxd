# The receive buffer and its frame splitter.

cimport cython
from libc.stdint cimport uint32_t, uint64_t

from .layout cimport HEADER_SIZE
from .wire cimport load32


# Reads split frames in the buffer's memory after they were split. A Dispatcher is one.
cdef class FrameHolder:
    # Called before the memory moves. After it, none of those frames is read any more.
    cdef int let_go(self) except -1


@cython.final
cdef class FrameBuffer:
    cdef unsigned char *_bytes
    cdef Py_ssize_t _capacity
    cdef Py_ssize_t _start          # first byte not yet split
    cdef Py_ssize_t _end            # after the last byte received
    cdef Py_ssize_t _offered        # bytes that get_buffer offered, less those that were received
    cdef int exports                # existing views of the free space
    cdef FrameHolder holder         # or None
    cdef bint _filled               # the last read filled the buffer
    cdef readonly Py_ssize_t max_frame
    cdef uint64_t _consumed         # stream offset of _start

    cdef Py_ssize_t max_capacity(self) noexcept
    cdef int resize(self, Py_ssize_t capacity) except -1
    cdef int reserve(self, Py_ssize_t wanted) except -1
    # The frames that were split last stay where they are until the holder lets them go. A buffer has one
    # holder: the one before lets go.
    cdef int hold(self, FrameHolder holder) except -1
    cdef int too_large(self, uint32_t length) except -1

    cdef inline int next_span(self, const unsigned char **frame, Py_ssize_t *size) except -1:
        # The next whole frame, valid until the next reserve or resize: 1, or 0 if there is none yet.
        cdef const unsigned char *start = self._bytes + self._start
        cdef Py_ssize_t held = self._end - self._start
        cdef Py_ssize_t whole
        cdef uint32_t length
        if held < HEADER_SIZE:
            return 0
        length = load32(start)
        if length > <size_t>(self.max_frame - HEADER_SIZE):
            self.too_large(length)
        whole = HEADER_SIZE + <Py_ssize_t>length
        if held < whole:
            return 0
        self._start += whole
        self._consumed += whole
        frame[0] = start
        size[0] = whole
        return 1

    cdef inline const unsigned char *memory(self) noexcept:
        # Where the received bytes are. They move only after the holder let go.
        return self._bytes

    cdef inline Py_ssize_t received_end(self) noexcept:
        # End of the received bytes in the memory.
        return self._end

    cdef inline void skip(self, Py_ssize_t size) noexcept:
        # Takes whole frames of that many bytes, which the caller has split itself.
        self._start += size
        self._consumed += size
