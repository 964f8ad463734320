# cython: language_level=3
"""The benchmark's handler that C calls. It reads the same three fields as the handlers in Python."""

from ctios_fast.core.dispatch.c_handler cimport Field, FieldData, Frame, FrameHandler


cdef class Reader(FrameHandler):
    """Reads two numbers and a text of each frame, and appends them to ``seen`` if it is given."""

    cdef Field _first
    cdef Field _second
    cdef Field _text
    cdef list _seen
    cdef readonly long long total

    def __init__(self, str first, str second, str text, list seen=None):
        self._first = Field(first)
        self._second = Field(second)
        self._text = Field(text)
        self._seen = seen

    cdef int on_frame(self, const Frame *frame) except -1:
        cdef long long first = self._first.number(frame, -1)
        cdef long long second = self._second.number(frame, -1)
        cdef FieldData text = self._text.data(frame)
        # keeps the compiler from removing the reads
        self.total += first + second + text.size
        if self._seen is not None:
            self._seen.append((first, second, text.data[:text.size].decode()))
        return 0
