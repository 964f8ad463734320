"""The buffer that a transport reads into, and the splitting of what it holds into frames.

The free memory after the received bytes is exposed through the buffer protocol, so that the socket's
data is written once, in place. Splitting copies nothing. An incomplete frame is moved only when no memory
is left after it.
"""

cimport cython
from cpython.buffer cimport (
    PyBUF_FORMAT, PyBUF_ND, PyBUF_SIMPLE, PyBUF_STRIDES, PyBuffer_Release, PyObject_GetBuffer,
)
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.mem cimport PyMem_Free, PyMem_Realloc
from libc.stdint cimport uint32_t
from libc.string cimport memcpy, memmove

from .layout cimport HEADER_SIZE, checked_max_frame

from ctios_fast.errors import FrameTooLarge

from .codec import DEFAULT_MAX_FRAME

cdef extern from *:
    Py_ssize_t PY_SSIZE_T_MAX

cdef enum:
    INITIAL_CAPACITY = 16384
    MIN_READ = 4096               # room that a read is offered at least


@cython.final
cdef class FrameBuffer:
    """Bytes received on one direction of one connection.

    ``max_frame`` is the largest frame accepted, in bytes with the header. Read into with ``get_buffer`` and
    ``received``, the buffer never holds more than ``max_frame`` and 4,096 bytes (16,384 if that is more):
    no room is given while frames that could be split fill it. ``feed`` takes any amount at once.
    """

    def __cinit__(self, max_frame=DEFAULT_MAX_FRAME):
        self.max_frame = checked_max_frame(max_frame)
        self.resize(INITIAL_CAPACITY)

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

    @property
    def capacity(self):
        """Bytes of memory taken for data."""
        return self._capacity

    cdef Py_ssize_t max_capacity(self) noexcept:
        # Capacity that is enough for every read: a frame that lacks a byte, and a read.
        if self.max_frame > PY_SSIZE_T_MAX - MIN_READ:
            return PY_SSIZE_T_MAX
        return max(<Py_ssize_t>INITIAL_CAPACITY, self.max_frame + MIN_READ)

    cdef int resize(self, Py_ssize_t capacity) except -1:
        cdef unsigned char *moved = <unsigned char *>PyMem_Realloc(self._bytes, capacity)
        if moved == NULL:
            raise MemoryError
        self._bytes = moved
        self._capacity = capacity
        return 0

    cdef int reserve(self, Py_ssize_t wanted) except -1:
        # Makes `wanted` bytes of memory free after _end: moves the remainder down, or resizes the memory.
        cdef Py_ssize_t held = self._end - self._start
        cdef Py_ssize_t needed
        if wanted > PY_SSIZE_T_MAX - held:
            raise MemoryError
        needed = held + wanted
        if self.exports:
            if self._capacity - self._end < wanted:
                raise BufferError("the buffer's free room is in use by a reader")
            return 0
        if self._start and (held == 0 or self._capacity - self._end < wanted):
            memmove(self._bytes, self._bytes + self._start, held)
            self._start = 0
            self._end = held
        if self._capacity < needed:
            if self._capacity <= self.max_capacity() // 2:
                self.resize(max(2 * self._capacity, needed))
            else:
                self.resize(max(self.max_capacity(), needed))
        elif self._start == 0 and self._capacity // 2 > self.max_capacity() >= needed:
            self.resize(self.max_capacity())            # give back what a large feed took
        return 0

    def get_buffer(self, sizehint=-1):
        """Room for the next read (``asyncio.BufferedProtocol``): this object, as a buffer.

        Raises ``BufferError`` while ``max_frame`` bytes wait to be split.
        """
        if self._end - self._start >= self.max_frame:
            raise BufferError(f"{self.buffered} bytes wait to be split, {self.max_frame} may")
        # a read that took all the room shows that there is more to come in one go
        if self._filled and not self.exports and self._capacity < self.max_capacity():
            self.resize(min(2 * self._capacity, self.max_capacity()))
        self._filled = False
        self.reserve(MIN_READ)
        self._offered = self._capacity - self._end
        return self

    def received(self, Py_ssize_t size):
        """Tell how many bytes were written into the room of ``get_buffer``."""
        if size < 0 or size > self._offered:
            raise ValueError(f"{size} bytes cannot have come, get_buffer offered room for {self._offered}")
        self._end += size
        self._offered -= size
        self._filled = self._end == self._capacity

    def feed(self, data):
        """Append a copy of the data, however much it is: for tests and files, whose reader sets the size."""
        cdef Py_buffer view
        PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
        try:
            if self._bytes <= <unsigned char *>view.buf < self._bytes + self._capacity:
                raise BufferError("the data is this buffer's own")
            if view.len:
                self.reserve(view.len)
                memcpy(self._bytes + self._end, view.buf, view.len)
                self._end += view.len
                self._offered = 0
        finally:
            PyBuffer_Release(&view)

    cdef int too_large(self, uint32_t length) except -1:
        raise FrameTooLarge(HEADER_SIZE + <unsigned long long>length, self.max_frame, self._consumed)

    def next_frame(self):
        """The next whole frame as bytes, or None. Raises ``FrameTooLarge``, now and ever after."""
        cdef const unsigned char *frame = NULL
        cdef Py_ssize_t size = 0
        if not self.next_span(&frame, &size):
            return None
        return PyBytes_FromStringAndSize(<const char *>frame, size)

    # What transports do with get_buffer's result: ask its length, read into it as a buffer, and (TLS, the
    # proactor loop of Windows) take or fill slices of it. A view made here and kept would hold the memory.

    def __len__(self):
        return self._capacity - self._end

    def __bool__(self):
        return True

    def __getitem__(self, where):
        return memoryview(self)[where]

    def __setitem__(self, where, data):
        memoryview(self)[where] = data

    def __getbuffer__(self, Py_buffer *view, int flags):
        view.buf = self._bytes + self._end
        view.len = self._capacity - self._end
        view.itemsize = 1
        view.readonly = 0
        view.ndim = 1
        view.format = NULL
        if flags & PyBUF_FORMAT:
            view.format = b"B"
        view.shape = &view.len if flags & PyBUF_ND else NULL
        view.strides = &view.itemsize if (flags & PyBUF_STRIDES) == PyBUF_STRIDES else NULL
        view.suboffsets = NULL
        view.internal = NULL
        view.obj = self
        self.exports += 1

    def __releasebuffer__(self, Py_buffer *view):
        self.exports -= 1
