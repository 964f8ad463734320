# Handlers that are called from C, for services with a Cython module of their own.

cimport cython
from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint32_t
from libc.string cimport memchr

from ctios_fast.core.layout cimport (
    HEADER_SIZE,
    WIRE_RAW,
    WIRE_STRING,
    FixedSlot,
    FloatingSlot,
    Layout,
    load_number,
    type_width,
)
from ctios_fast.core.field_slot cimport next_of_slot
from ctios_fast.core.floating cimport FloatingCursor, start_floating
from ctios_fast.core.message cimport Message

# A well-formed frame, valid while a handler runs.
cdef struct Frame:
    const unsigned char *data               # header included
    Py_ssize_t size
    uint32_t type
    int tag_width                           # bytes of a floating field's tag, and of its length
    const Layout *layout                    # NULL if no layout is published
    PyObject *layouts                       # the Layouts that the frame was read with; borrowed
    PyObject *view                          # the Message that owns the data; NULL: the receive buffer owns it

# Bytes within a frame, without a NUL at the end; NULL if the frame lacks the field.
cdef struct FieldData:
    const unsigned char *data
    Py_ssize_t size


cdef inline void start_frame(FloatingCursor *cursor, const Frame *frame) noexcept nogil:
    # Puts the cursor before the floating fields. A frame without a layout has none.
    cdef const unsigned char *end = frame.data + frame.size
    if frame.layout == NULL:
        start_floating(cursor, end, end)
    else:
        start_floating(cursor, frame.data + HEADER_SIZE + frame.layout.fixed_size, end)


cdef inline void frame_of(Message message, Frame *frame) noexcept:
    # The frame of a view. It is valid as long as the view and shows the same message.
    frame.data = message.data
    frame.size = message.size
    frame.type = message.type
    frame.tag_width = message.layouts.tag_width
    frame.layout = message.layout
    frame.layouts = <PyObject *>message.layouts
    frame.view = <PyObject *>message


cdef class FrameHandler:
    cdef int on_frame(self, const Frame *frame) except -1


# A field by its name in the reference. The place is looked up in the layout of a frame and kept for the next
# frame with the same layout. Each handler needs its own Field, which only one thread may use.
@cython.final
cdef class Field:
    cdef readonly str name
    cdef const Layout *_layout
    cdef const FixedSlot *_fixed
    cdef const FloatingSlot *_floating

    cdef int find_place(self, const Layout *layout) except -1

    cdef inline int64_t number(self, const Frame *frame, int64_t absent) except? -1:
        # The field's number; `absent` if the frame lacks the field or its data is not a number.
        cdef FloatingCursor cursor
        if frame.layout != self._layout:
            self.find_place(frame.layout)
        if self._fixed != NULL:
            return load_number(self._fixed.type, frame.data + HEADER_SIZE + self._fixed.offset)
        if self._floating == NULL or self._floating.type == WIRE_RAW or self._floating.type >= WIRE_STRING:
            return absent
        start_frame(&cursor, frame)
        if not next_of_slot(&cursor, frame.tag_width, self._floating):
            return absent
        if cursor.size != type_width(self._floating.type):
            return absent
        return load_number(self._floating.type, cursor.data)

    cdef inline FieldData data(self, const Frame *frame) except *:
        # The bytes of the floating field's first occurrence; of a text, those before its NUL.
        cdef FieldData found
        cdef FloatingCursor cursor
        cdef const void *nul
        found.data = NULL
        found.size = 0
        if frame.layout != self._layout:
            self.find_place(frame.layout)
        if self._floating == NULL:
            return found
        start_frame(&cursor, frame)
        if next_of_slot(&cursor, frame.tag_width, self._floating):
            found.data = cursor.data
            found.size = cursor.size
            if self._floating.type == WIRE_STRING and found.size:
                nul = memchr(found.data, 0, found.size)
                if nul != NULL:
                    found.size = <const unsigned char *>nul - found.data
        return found
