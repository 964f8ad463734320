# Programs that judge a frame, and the values that they compare with.

cimport cython
from libc.stdint cimport int64_t, uint8_t, uint16_t

from .sets cimport NumberSet, TextSet

cdef enum:
    TAGS = 1024                 # size of the table of tags; known tags are below it
    MOST_SLOTS = 64             # floating fields that one filter looks at

cdef enum Verdict:
    ACCEPT = -1
    REJECT = -2

ctypedef struct Prefix:
    const unsigned char *text
    Py_ssize_t size

ctypedef struct Span:
    int64_t first
    int64_t last


# The values that a field is compared with.
@cython.final
cdef class Values:
    cdef readonly object test               # conditions.Test
    cdef bint _present
    cdef bint _has_texts
    cdef bint _has_numbers
    cdef TextSet _texts
    cdef NumberSet _numbers
    cdef Py_ssize_t _prefix_count
    cdef Py_ssize_t _span_count
    cdef Prefix *_prefixes
    cdef Span *_spans

    cdef bint has_text(self, const unsigned char *text, Py_ssize_t size) noexcept nogil
    cdef bint has_number(self, int64_t number) noexcept nogil

# One step of a program: ask a field, go on at one step or the other.
ctypedef struct Step:
    bint fixed
    bint negated
    bint repeats
    bint array
    uint8_t type                # wire type
    uint16_t tag
    Py_ssize_t at               # fixed: offset from the frame's start; floating: slot
    void *values                # Values, which the filter keeps
    int on_true
    int on_false

# The steps for one layout of one message.
cdef struct Program:
    Py_ssize_t fixed_end        # where the floating part begins, from the frame's start
    int first                   # step, or Verdict
    Py_ssize_t count
    Step *steps
    Program *alternative        # for the message's next layout

cdef Program *new_program(Py_ssize_t fixed_end, int first, list steps) except NULL
cdef void free_program(Program *program) noexcept
cdef bint run_program(
    const Program *program, const uint8_t *slot_of_tag, Py_ssize_t slots, const unsigned char *frame,
    Py_ssize_t size, int tag_width,
) noexcept nogil
