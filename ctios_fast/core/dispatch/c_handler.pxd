# Handlers that are called from C, for services with a Cython module of their own.

cimport cython
from libc.stdint cimport int64_t, uint32_t
from libc.string cimport memchr

from ctios_fast.core.layout cimport (
    HEADER_SIZE,
    WIRE_RAW,
    WIRE_STRING,
    FixedSlot,
    FloatingSlot,
    Layout,
    load16,
    load_number,
    type_width,
)

# A frame that was proved, for as long as a handler runs.
cdef struct Frame:
    const unsigned char *data               # header included
    Py_ssize_t size
    uint32_t type
    int tag_width                           # bytes of a floating field's tag, and of its length
    const Layout *layout                    # NULL where no layout is published

# Bytes within a frame, not closed by a NUL; NULL where there are none.
cdef struct Span:
    const unsigned char *data
    Py_ssize_t size


cdef class FrameHandler:
    cdef int on_frame(self, const Frame *frame) except -1


# A field of one message, by its name in the reference. The place is looked up in the layout that a frame has
# and kept for the next frame with the same one: make a Field for each handler, not one for several threads.
@cython.final
cdef class Field:
    cdef readonly str name
    cdef const Layout *_layout
    cdef const FixedSlot *_fixed
    cdef const FloatingSlot *_floating

    cdef int settle(self, const Layout *layout) except -1

    cdef inline int64_t number(self, const Frame *frame, int64_t absent) except? -1:
        # The field's number; `absent` where the frame has no such field, or it holds no number.
        cdef Span span
        if frame.layout != self._layout:
            self.settle(frame.layout)
        if self._fixed != NULL:
            return load_number(self._fixed.type, frame.data + HEADER_SIZE + self._fixed.offset)
        if self._floating == NULL or self._floating.type == WIRE_RAW or self._floating.type >= WIRE_STRING:
            return absent
        span = tagged(frame, self._floating.tag)
        if span.data == NULL or span.size != type_width(self._floating.type):
            return absent
        return load_number(self._floating.type, span.data)

    cdef inline Span span(self, const Frame *frame) except *:
        # The bytes of the floating field, its first occurrence; of text those before its NUL.
        cdef Span span
        cdef const void *nul
        span.data = NULL
        span.size = 0
        if frame.layout != self._layout:
            self.settle(frame.layout)
        if self._floating == NULL:
            return span
        span = tagged(frame, self._floating.tag)
        if self._floating.type == WIRE_STRING and span.size:
            nul = memchr(span.data, 0, span.size)
            if nul != NULL:
                span.size = <const unsigned char *>nul - span.data
        return span


cdef inline Span tagged(const Frame *frame, uint32_t tag) noexcept nogil:
    # The data of the first floating field with that tag.
    cdef Span span
    cdef const unsigned char *end = frame.data + frame.size
    cdef const unsigned char *p = end
    cdef uint32_t found
    if frame.layout != NULL:
        p = frame.data + HEADER_SIZE + frame.layout.fixed_size
    while p < end:                          # the frame was proved: fields end where it does
        if frame.tag_width == 1:
            found = p[0]
            span.size = p[1]
            span.data = p + 2
        else:
            found = load16(p)
            span.size = load16(p + 2)
            span.data = p + 4
        if found == tag:
            return span
        p = span.data + span.size
    span.data = NULL
    span.size = 0
    return span
