# Message views: one frame's bytes, read field by field.

cimport cython
from libc.stdint cimport uint32_t
from libc.string cimport memcpy

from .layout cimport HEADER_SIZE, FloatingSlot, Layout, Layouts, load16


@cython.no_gc
cdef class Message:
    cdef Layouts _layouts
    cdef Layout *_layout                    # NULL where no layout is published
    cdef unsigned char *_data               # the frame, the view's own copy; NULL: never read
    cdef Py_ssize_t _size
    cdef Py_ssize_t _room                   # bytes that _data has room for
    cdef readonly uint32_t type

    cdef int make_room(self, Py_ssize_t size) except -1
    cdef bytes whole(self)
    cdef const unsigned char *floating_part(self) noexcept
    cdef const unsigned char *seek(self, const unsigned char *p, uint32_t tag, Py_ssize_t *length) noexcept
    cdef object value_of(self, object name, object absent)
    cdef object data_of_tag(self, object name, object absent)

    cdef inline int show(
        self, Layouts layouts, Layout *layout, uint32_t number, const unsigned char *frame, Py_ssize_t size
    ) except -1:
        # Become the view of a frame that was proved.
        if size > self._room:
            self.make_room(size)
        memcpy(self._data, frame, size)
        self._size = size
        self._layout = layout
        self.type = number
        if self._layouts is not layouts:
            self._layouts = layouts
        return 0


cdef Layout *fitting_of_several(
    Layout *documented, const unsigned char *body, Py_ssize_t size, int tag_width
) noexcept nogil
cdef object unfit(Layout *documented, Layouts layouts, const unsigned char *frame, Py_ssize_t size)
cdef Message new_view(uint32_t number)
cdef Message read_message(Layouts layouts, const unsigned char *frame, Py_ssize_t size)
cdef object read_value(const FloatingSlot *slot, const unsigned char *p, Py_ssize_t size, bint exact)
cdef object malformed(uint32_t number, object field, Py_ssize_t offset, str reason, bytes frame)


# --- proving a frame -------------------------------------------------------------------------------

cdef inline bint tiled(const unsigned char *floating, Py_ssize_t size, int tag_width) noexcept nogil:
    # Whether floating fields fill the part exactly. A field that says more than there is leads past the end,
    # where nothing is read any more, so that this is asked once, behind the last one.
    cdef Py_ssize_t at = 0
    if tag_width == 1:
        while at <= size - 2:
            at += 2 + floating[at + 1]
    else:
        while at <= size - 4:
            at += 4 + <Py_ssize_t>load16(floating + at + 2)
    return at == size


cdef inline Layout *fitting(
    Layout *documented, const unsigned char *body, Py_ssize_t size, int tag_width
) noexcept nogil:
    # The layout that the body has, or NULL: of several one that it fills exactly, else the first with a whole
    # floating part.
    if documented.alternative != NULL:
        return fitting_of_several(documented, body, size, tag_width)
    if size < documented.fixed_size or not tiled(
        body + documented.fixed_size, size - documented.fixed_size, tag_width
    ):
        return NULL
    return documented
