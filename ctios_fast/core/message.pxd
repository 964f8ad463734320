# Message views: one frame's bytes, read field by field.

cimport cython
from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memchr, memcpy

from .layout cimport HEADER_SIZE, FloatingSlot, Layout, Layouts, load16
from .wire cimport before_nul, word_of


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
cdef dict all_fields(Layout *layout, int tag_width, const unsigned char *frame, Py_ssize_t size)
cdef Message read_message(Layouts layouts, const unsigned char *frame, Py_ssize_t size)
cdef object text_of_any(const unsigned char *p, Py_ssize_t size)
cdef object read_value(const FloatingSlot *slot, const unsigned char *p, Py_ssize_t size, bint exact)
cdef object malformed(uint32_t number, object field, Py_ssize_t offset, str reason, bytes frame)


cdef extern from "Python.h":
    object PyUnicode_New(Py_ssize_t size, Py_UCS4 most)
    unsigned char *PyUnicode_1BYTE_DATA(object text) noexcept

cdef extern from *:
    """
    #define CTIOS_NOT_ASCII UINT64_C(0x8080808080808080)

    /* How many bytes of a word are in use, of one whose upper part is zero. */
    static inline int ctios_bytes_in(uint64_t word)
    {
        int count = 0;
        if (word >> 32) { count = 4; word >>= 32; }
        if (word >> 16) { count += 2; word >>= 16; }
        return count + (word >> 8 ? 2 : word ? 1 : 0);
    }
    """
    int bytes_in "ctios_bytes_in"(uint64_t word) noexcept nogil
    uint64_t NOT_ASCII "CTIOS_NOT_ASCII"


cdef inline Py_ssize_t until_nul(const unsigned char *p, Py_ssize_t size) noexcept nogil:
    cdef const void *end = memchr(p, 0, size) if size else NULL
    return size if end == NULL else <const unsigned char *>end - p


cdef inline object text_of(const unsigned char *p, Py_ssize_t size):
    # The text up to its NUL, or all of it. Up to seven bytes before it are read, see word_of.
    cdef uint64_t word, before
    cdef Py_ssize_t length = 0
    cdef object made
    while length < size:
        word = word_of(p, size, length)
        before = before_nul(word)
        if before & NOT_ASCII:
            return text_of_any(p, until_nul(p, size))
        if before >> 56 == 0:               # the NUL, or the end, is in this word
            length += bytes_in(before)
            break
        length += 8
    if length < 2:                          # CPython has these already
        return text_of_any(p, length)
    made = PyUnicode_New(length, 127)
    memcpy(PyUnicode_1BYTE_DATA(made), p, length)
    return made


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
