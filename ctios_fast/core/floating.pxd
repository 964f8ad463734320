# The cursor over the floating fields of a frame: see c/floating.h.

from libc.stdint cimport uint8_t, uint32_t, uint64_t

cdef enum:
    MAX_TAGS = 1024             # size of a table of tags; known tags are below it
    MAX_PLACES = 255            # largest number of tags that find_floating searches for

cdef extern from "c/floating.h":
    int LENGTH_BITS "CTIOS_LENGTH_BITS"
    int LENGTH_MASK "CTIOS_LENGTH_MASK"

    ctypedef struct FloatingCursor "ctios_floating_cursor":
        const unsigned char *data
        Py_ssize_t size
        const unsigned char *end
        uint32_t tag

    void read_head "ctios_read_head"(
        const unsigned char *head, int tag_width, uint32_t *tag, uint32_t *length
    ) noexcept nogil
    void start_floating "ctios_start_floating"(
        FloatingCursor *cursor, const unsigned char *part, const unsigned char *end
    ) noexcept nogil
    bint next_floating "ctios_next_floating"(FloatingCursor *cursor, int tag_width) noexcept nogil
    int next_listed "ctios_next_listed"(
        FloatingCursor *cursor, const uint8_t *number_of_tag, uint32_t tags, int tag_width
    ) noexcept nogil
    bint next_with_tag "ctios_next_with_tag"(
        FloatingCursor *cursor, int tag_width, uint32_t tag
    ) noexcept nogil
    bint next_with_tags "ctios_next_with_tags"(
        FloatingCursor *cursor, int tag_width, uint32_t tag, uint32_t second_tag
    ) noexcept nogil
    bint floating_fills "ctios_floating_fills"(
        const unsigned char *frame, Py_ssize_t at, Py_ssize_t size, int tag_width
    ) noexcept nogil
    bint find_floating "ctios_find_floating"(
        const uint8_t *place_of_tag, uint32_t tags, Py_ssize_t wanted, const unsigned char *frame,
        Py_ssize_t at, Py_ssize_t size, uint64_t *places, int tag_width,
    ) noexcept nogil
