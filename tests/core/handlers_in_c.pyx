# cython: language_level=3
"""Handlers in C for the tests: one that reads fields, one that raises, one that feeds the buffer it reads."""

from ctios_fast.core.dispatch.c_handler cimport Field, FieldData, Frame, FrameHandler


cdef class Reader(FrameHandler):
    """Keeps (type, number or None, text or None, frame) of each frame."""

    cdef Field _number
    cdef Field _text
    cdef readonly list rows

    def __init__(self, str number, str text):
        self._number = Field(number)
        self._text = Field(text)
        self.rows = []

    cdef int on_frame(self, const Frame *frame) except -1:
        cdef FieldData span = self._text.data(frame)
        cdef long long number = self._number.number(frame, -(1 << 40))
        self.rows.append((
            frame.type,
            None if number == -(1 << 40) else number,
            None if span.data == NULL else span.data[:span.size],
            frame.data[:frame.size],
        ))
        return 0


cdef class Raiser(FrameHandler):
    """Raises the exception that it was created with."""

    cdef object _error

    def __init__(self, error):
        self._error = error

    cdef int on_frame(self, const Frame *frame) except -1:
        raise self._error


cdef class Feeder(FrameHandler):
    """Feeds the buffer that its frame lies in, then keeps the frame's bytes."""

    cdef object _frames
    cdef bytes _data
    cdef readonly list rows

    def __init__(self, frames, bytes data):
        self._frames = frames
        self._data = data
        self.rows = []

    cdef int on_frame(self, const Frame *frame) except -1:
        try:
            self._frames.feed(self._data)
        finally:
            self.rows.append(frame.data[:frame.size])
        return 0


cdef class Empty(FrameHandler):
    """Does not define ``on_frame``."""
