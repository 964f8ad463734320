"""The base of ``BatchHandler``, for the dispatcher."""

from ctios_fast.core.frames cimport FrameBuffer


cdef class FrameBatch:
    """Base of ``BatchHandler``."""

    def __cinit__(self):
        self.ready = []

    cdef Py_ssize_t take(self, FrameBuffer frames, const unsigned char *frame, Py_ssize_t count) except -1:
        raise NotImplementedError

    cdef int settle(self, FrameBuffer frames) except -1:
        raise NotImplementedError

    cdef void drop(self) noexcept:
        pass
