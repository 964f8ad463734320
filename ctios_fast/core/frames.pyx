"""The buffer that a transport reads into, and the splitting of what it holds into frames.

The free room behind the received bytes is exposed through the buffer protocol, so that the socket's
data is written once, in place. Splitting copies nothing; what remains of a frame is moved only when
the room behind it runs out.
"""

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from libc.string cimport memcpy, memmove

from .layout cimport HEADER_SIZE, load32

from ctios_fast.protocol.errors import FrameTooLarge

from .codec import DEFAULT_MAX_FRAME

cdef enum:
    INITIAL_CAPACITY = 16384
    LEAST_ROOM = 4096               # room that a read is offered at least


cdef class FrameBuffer:
    """Bytes received on one direction of one connection.

    ``max_frame`` is the largest frame accepted, in bytes with the header; the buffer holds one such frame
    and one read at most, so its memory is bounded.
    """

    def __cinit__(self, Py_ssize_t max_frame=DEFAULT_MAX_FRAME):
        if max_frame < HEADER_SIZE:
            raise ValueError(f"a frame has {HEADER_SIZE} bytes at least, max_frame is {max_frame}")
        self.max_frame = max_frame
        self._capacity = INITIAL_CAPACITY
        self._bytes = <unsigned char *>PyMem_Malloc(self._capacity)
        if self._bytes == NULL:
            raise MemoryError

    def __dealloc__(self):
        PyMem_Free(self._bytes)

    @property
    def buffered(self):
        """Bytes received and not yet split."""
        return self._end - self._start

    @property
    def consumed(self):
        """Offset in the stream of the next frame."""
        return self._consumed

    cdef int make_room(self, Py_ssize_t wanted) except -1:
        # Room for so many bytes behind _end, by moving the remainder down or by growing.
        cdef unsigned char *grown
        cdef Py_ssize_t held = self._end - self._start
        if self._exports:
            raise BufferError("the buffer's free room is in use by a reader")
        if self._start and (held == 0 or self._capacity - self._end < wanted):
            memmove(self._bytes, self._bytes + self._start, held)
            self._start = 0
            self._end = held
        if self._capacity - self._end < wanted:
            grown = <unsigned char *>PyMem_Realloc(self._bytes, max(2 * self._capacity, held + wanted))
            if grown == NULL:
                raise MemoryError
            self._bytes = grown
            self._capacity = max(2 * self._capacity, held + wanted)
        return 0

    def get_buffer(self, sizehint=-1):
        """Room for the next read (``asyncio.BufferedProtocol``)."""
        self.make_room(LEAST_ROOM)
        return self

    def received(self, Py_ssize_t size):
        """Tell how many bytes were written into the room of ``get_buffer``."""
        if size < 0 or size > self._capacity - self._end:
            raise ValueError("more bytes than there was room for")
        self._end += size
        # a read that filled the room shows that there is more to come in one go
        if self._end == self._capacity and self._capacity < self.max_frame and not self._exports:
            self.make_room(self._capacity)

    def feed(self, data):
        """Append a copy of the data."""
        cdef Py_buffer view
        PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
        try:
            if view.len:
                self.make_room(view.len)
                memcpy(self._bytes + self._end, view.buf, view.len)
                self._end += view.len
        finally:
            PyBuffer_Release(&view)

    cdef int next_span(self, const unsigned char **frame, Py_ssize_t *size) except -1:
        # The next whole frame, valid until bytes are received again: 1, or 0 when there is none yet.
        cdef const unsigned char *start = self._bytes + self._start
        cdef Py_ssize_t held = self._end - self._start
        cdef Py_ssize_t whole
        if held < HEADER_SIZE:
            return 0
        whole = HEADER_SIZE + <Py_ssize_t>load32(start)
        if whole > self.max_frame:
            raise FrameTooLarge(whole, self.max_frame, self._consumed)
        if held < whole:
            return 0
        self._start += whole
        self._consumed += whole
        frame[0] = start
        size[0] = whole
        return 1

    def next_frame(self):
        """The next whole frame as bytes, or None. Raises ``FrameTooLarge``, now and ever after."""
        cdef const unsigned char *frame = NULL
        cdef Py_ssize_t size = 0
        if not self.next_span(&frame, &size):
            return None
        return PyBytes_FromStringAndSize(<const char *>frame, size)

    def __len__(self):
        # what the transport asks of get_buffer's result: the room
        return self._capacity - self._end

    def __bool__(self):
        return True

    def __getbuffer__(self, Py_buffer *view, int flags):
        view.buf = self._bytes + self._end
        view.len = self._capacity - self._end
        view.itemsize = 1
        view.readonly = 0
        view.ndim = 1
        view.format = b"B"
        self._shape[0] = view.len
        self._strides[0] = 1
        view.shape = self._shape
        view.strides = self._strides
        view.suboffsets = NULL
        view.internal = NULL
        view.obj = self
        self._exports += 1

    def __releasebuffer__(self, Py_buffer *view):
        self._exports -= 1
