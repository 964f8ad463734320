# Message views for other Cython modules; see message.pyx.

cimport cython
from cpython.object cimport PyObject
from libc.stdint cimport uint32_t
from libc.string cimport memchr, memcpy

from ctios_fast.core.floating cimport FloatingCursor, floating_fills, start_floating
from ctios_fast.core.layout cimport HEADER_SIZE, FloatingSlot, Layout, Layouts
from ctios_fast.core.pyobjects cimport new_ascii
from ctios_fast.core.wire cimport is_plain


@cython.no_gc
cdef class Message:
    cdef Layouts layouts
    cdef Layout *layout                    # NULL if no layout is published
    cdef unsigned char *data               # the view's own copy of the frame; NULL: no frame yet
    cdef Py_ssize_t size                   # bytes of the frame, with the header
    cdef Py_ssize_t capacity               # bytes allocated at data
    cdef readonly uint32_t type

    cdef int grow(self, Py_ssize_t size) except -1
    cdef bytes whole(self)
    cdef object value_of(self, object name, object absent)
    cdef object data_of_tag(self, object name, object absent)

    cdef inline void start(self, FloatingCursor *cursor) noexcept:
        # Puts the cursor before the first floating field. A message without a layout has none.
        cdef const unsigned char *end = self.data + self.size
        if self.layout == NULL:
            start_floating(cursor, end, end)
        else:
            start_floating(cursor, self.data + HEADER_SIZE + self.layout.fixed_size, end)

    cdef inline int show(
        self, Layouts layouts, Layout *layout, uint32_t number, const unsigned char *frame, Py_ssize_t size
    ) except -1:
        # Makes this the view of a copy of the frame. The caller checks the frame before or afterwards.
        if size > self.capacity:
            self.grow(size)
        memcpy(self.data, frame, size)
        self.size = size
        self.layout = layout
        self.type = number
        if self.layouts is not layouts:
            self.layouts = layouts
        return 0


cdef Layout *fitting_of_several(
    Layout *documented, const unsigned char *body, Py_ssize_t size, int tag_width
) noexcept nogil
cdef object unfit(Layout *documented, Layouts layouts, const unsigned char *frame, Py_ssize_t size)
cdef int load_class(uint32_t number) except -1
cdef bint lacks_class(uint32_t number) noexcept
cdef Message new_view(uint32_t number)
cdef dict all_fields(Layout *layout, PyObject *layouts, const unsigned char *frame, Py_ssize_t size)
cdef Message read_message(Layouts layouts, const unsigned char *frame, Py_ssize_t size)
# layouts: the Layouts that the frame was read with. It is a borrowed reference, since most text is ASCII
# and does not need it.
cdef object text_of_any(PyObject *layouts, const unsigned char *p, Py_ssize_t size)
cdef object read_value(
    PyObject *layouts, const FloatingSlot *slot, const unsigned char *p, Py_ssize_t size, bint exact
)
cdef object malformed(uint32_t number, object field, Py_ssize_t offset, str reason, bytes frame)


cdef inline Py_ssize_t until_nul(const unsigned char *p, Py_ssize_t size) noexcept nogil:
    cdef const void *end = memchr(p, 0, size) if size else NULL
    return size if end == NULL else <const unsigned char *>end - p


cdef inline object text_of(PyObject *layouts, const unsigned char *p, Py_ssize_t size):
    # The text up to its NUL, or all of it if it has none. May read up to seven bytes before p: see is_plain.
    cdef Py_ssize_t length = size - 1 if size > 0 and p[size - 1] == 0 else size
    if is_plain(p, length):
        return new_ascii(p, length)
    return text_of_any(layouts, p, until_nul(p, size))


# --- Checking a frame ------------------------------------------------------------------------------

cdef inline Layout *fitting(
    Layout *documented, const unsigned char *body, Py_ssize_t size, int tag_width
) noexcept nogil:
    # The layout that the body fits, or NULL. Of several layouts, one whose fixed part fills the body wins,
    # else the first whose floating fields fill the rest.
    if documented.alternative != NULL:
        return fitting_of_several(documented, body, size, tag_width)
    if size < documented.fixed_size or not floating_fills(body, documented.fixed_size, size, tag_width):
        return NULL
    return documented
