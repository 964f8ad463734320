"""The buffer that a transport reads into, and that splits the received bytes into frames.

The free space after the received bytes is exposed through the buffer protocol, so that the transport
writes data once, in place. Splitting copies nothing. The bytes of an unfinished frame are moved only when
the space after them runs out.
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
    MIN_READ = 4096               # least space that a read is offered


cdef class FrameHolder:
    """Base of ``Dispatcher``."""

    cdef int let_go(self) except -1:
        raise NotImplementedError


@cython.final
cdef class FrameBuffer:
    """Bytes received in one direction of one connection.

    ``max_frame`` is the largest frame accepted, in bytes with the header. With ``get_buffer`` and
    ``received``, the buffer never takes more memory than ``max_frame`` plus 4,096 bytes, or 16,384 bytes if
    that is more: ``get_buffer`` refuses a read while ``max_frame`` bytes wait to be split. ``feed`` takes any
    amount at once.
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
        """Offset of the next frame in the stream, in bytes."""
        return self._consumed

    @property
    def capacity(self):
        """Bytes of memory allocated for data."""
        return self._capacity

    cdef Py_ssize_t max_capacity(self) noexcept:
        # Enough for every read: a frame that lacks one byte, and MIN_READ.
        if self.max_frame > PY_SSIZE_T_MAX - MIN_READ:
            return PY_SSIZE_T_MAX
        return max(<Py_ssize_t>INITIAL_CAPACITY, self.max_frame + MIN_READ)

    cdef int hold(self, FrameHolder holder) except -1:
        cdef FrameHolder before = self.holder
        self.holder = holder
        if before is not None and before is not holder:
            before.let_go()
        return 0

    cdef int resize(self, Py_ssize_t capacity) except -1:
        cdef unsigned char *moved = <unsigned char *>PyMem_Realloc(self._bytes, capacity)
        if moved == NULL:
            raise MemoryError
        self._bytes = moved
        self._capacity = capacity
        return 0

    cdef int reserve(self, Py_ssize_t wanted) except -1:
        # Provides space for `wanted` bytes after _end, by moving the unsplit bytes down or by reallocation.
        cdef Py_ssize_t held
        cdef Py_ssize_t needed
        if self.holder is not None and not self.exports:
            self.hold(None)
        held = self._end - self._start
        if wanted > PY_SSIZE_T_MAX - held:
            raise MemoryError
        needed = held + wanted
        if self.exports:
            if self._capacity - self._end < wanted:
                raise BufferError("the buffer cannot grow while a view of its free space exists: release it")
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
            self.resize(self.max_capacity())            # return the memory of a large feed
        return 0

    def get_buffer(self, sizehint=-1):
        """Offer space for the next read (``asyncio.BufferedProtocol``); returns this object, as a buffer.

        Raises ``BufferError`` while ``max_frame`` bytes wait to be split.
        """
        if self._end - self._start >= self.max_frame:
            raise BufferError(
                f"{self.buffered} bytes wait to be split, at most {self.max_frame} may: split them first"
            )
        if self.holder is not None and not self.exports:
            self.hold(None)
        # A read that filled the buffer means that more data is waiting: offer more at once.
        if self._filled and not self.exports and self._capacity < self.max_capacity():
            self.resize(min(2 * self._capacity, self.max_capacity()))
        self._filled = False
        self.reserve(MIN_READ)
        self._offered = self._capacity - self._end
        return self

    def received(self, Py_ssize_t size):
        """Count ``size`` bytes as received, which were written into the space that ``get_buffer`` offered."""
        if size < 0 or size > self._offered:
            raise ValueError(
                f"size must be 0 to {self._offered}, the bytes that get_buffer offered, got {size}"
            )
        self._end += size
        self._offered -= size
        self._filled = self._end == self._capacity

    def feed(self, data):
        """Append a copy of the data. There is no limit: this is for tests and files, not for sockets."""
        cdef Py_buffer view
        PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
        try:
            if self._bytes <= <unsigned char *>view.buf < self._bytes + self._capacity:
                raise BufferError("feed cannot take a view of this buffer itself")
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
        """The next whole frame as bytes, or None. ``FrameTooLarge`` is raised again by each later call."""
        cdef const unsigned char *frame = NULL
        cdef Py_ssize_t size = 0
        if not self.next_span(&frame, &size):
            return None
        return PyBytes_FromStringAndSize(<const char *>frame, size)

    # Transports take the length of get_buffer's result and read into it as a buffer. TLS and the proactor
    # loop of Windows also take or assign slices. No memoryview is kept: it would prevent reallocation.

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
