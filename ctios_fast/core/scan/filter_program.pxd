# Filter programs and the values that they compare with. The functions that run them are inline in this file,
# so that a scan over many frames has them in its own loop.

cimport cython
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t

from ctios_fast.core.layout cimport load_number
from .value_sets cimport NumberSet, TextSet
from ctios_fast.core.floating cimport LENGTH_BITS, LENGTH_MASK, find_floating

cdef enum:
    MAX_FLOATING = 64             # floating fields that one program can test

cdef enum Verdict:
    ACCEPT = -1
    REJECT = -2

ctypedef struct Prefix:
    const unsigned char *text
    Py_ssize_t size

ctypedef struct NumberRange:
    int64_t first
    int64_t last


# The values that a field is compared with, as C structures.
@cython.final
cdef class TestValues:
    cdef readonly object test               # filter_rules.Test
    cdef bint _present
    cdef bint _has_texts
    cdef bint _has_numbers
    cdef TextSet _texts
    cdef NumberSet _numbers
    cdef list _shortest                     # the prefixes, sorted; none begins with another one
    cdef Py_ssize_t _prefix_count
    cdef Py_ssize_t _range_count
    cdef Prefix *_prefixes
    cdef NumberRange *_ranges

    cdef bint _has_text_otherwise(self, const unsigned char *text, Py_ssize_t size) noexcept nogil
    cdef bint _has_number_otherwise(self, int64_t number) noexcept nogil

    cdef inline bint has_text(self, const unsigned char *text, Py_ssize_t size) noexcept nogil:
        if self._has_texts and self._texts.has(text, size):
            return True
        return self._has_text_otherwise(text, size) if self._prefix_count else self._present

    cdef inline bint has_number(self, int64_t number) noexcept nogil:
        if self._has_numbers and self._numbers.has(number):
            return True
        return self._has_number_otherwise(number) if self._range_count else self._present


# What a step tests.
cdef enum Question:
    NOTHING                     # no test: the end of the program, which accepts or rejects
    IN_TEXTS                    # whether the first occurrence of a floating text is in a set
    OF_TEXT                     # the same with prefixes, or only whether the text is present
    OF_FIXED                    # a number of the fixed part
    OF_NUMBER                   # a floating number
    OF_SEVERAL                  # whether any value of a repeated field or of an array matches

# One step of a program: it tests one field, and the result selects the next step.
cdef struct Step:
    uint8_t question
    uint8_t type                # wire type
    uint8_t width               # bytes of a number
    bint accepts                # result of the program, in its last step
    bint negated
    bint repeats
    bint array
    uint16_t tag
    Py_ssize_t at               # fixed: offset from the frame's start; floating: number of its place
    void *values                # TestValues, or for IN_TEXTS its TextSet; the filter owns the reference
    const Step *on_match        # next step if the value is one of the step's values
    const Step *on_mismatch     # next step if it is another value
    const Step *on_absent       # next step if the frame lacks the field

# The steps for one layout of one message.
cdef struct Program:
    Py_ssize_t fixed_end        # offset of the floating part from the frame's start
    const Step *first
    Step *steps                 # the last two are the ends: accept and reject
    bint all                    # every frame is accepted
    Py_ssize_t places           # number of wanted floating fields
    Py_ssize_t tags             # length of place_of_tag
    uint8_t *place_of_tag       # places counted from 1; 0: no step tests the tag
    Program *alternative        # program of the message's next layout, or NULL

cdef Program *new_program(Py_ssize_t fixed_end, Py_ssize_t first, list steps, dict slots) except NULL
cdef void free_program(Program *program) noexcept
cdef bint judge(
    const Program *program, const unsigned char *frame, Py_ssize_t size, int tag_width
) noexcept nogil
cdef bint holds_of_several(
    const Step *step, const unsigned char *frame, Py_ssize_t size, uint64_t place, int tag_width
) noexcept nogil


cdef inline const Step *next_step(
    const Step *step, const unsigned char *frame, Py_ssize_t size, const uint64_t *places, int tag_width
) noexcept nogil:
    cdef const unsigned char *data
    cdef uint64_t place
    cdef Py_ssize_t length
    cdef bint holds
    if step.question == OF_FIXED:
        holds = (<TestValues>step.values).has_number(load_number(step.type, frame + step.at))
        return step.on_match if holds else step.on_mismatch
    place = places[step.at]
    if place == 0:
        return step.on_absent
    data = frame + (place >> LENGTH_BITS)
    length = <Py_ssize_t>(place & LENGTH_MASK)
    if step.question == IN_TEXTS:
        return step.on_match if (<TextSet>step.values).has(data, length) else step.on_mismatch
    if step.question == OF_TEXT:
        holds = (<TestValues>step.values).has_text(data, length)
    elif step.question == OF_NUMBER:
        if length != step.width:
            return step.on_absent
        holds = (<TestValues>step.values).has_number(load_number(step.type, data))
    else:
        holds = holds_of_several(step, frame, size, place, tag_width)
    return step.on_match if holds else step.on_mismatch


cdef inline bint run_program(
    const Program *documented, const unsigned char *frame, Py_ssize_t size, int tag_width
) noexcept nogil:
    # Whether the frame is accepted, which a malformed one is. The layout is chosen as for message views: one
    # whose fixed part fills the body, or else the first whose floating fields fill the rest.
    cdef uint64_t places[MAX_FLOATING + 1]
    cdef const Program *program = documented
    cdef const Step *step
    cdef Py_ssize_t i
    if documented.alternative != NULL:
        while program != NULL and program.fixed_end != size:
            program = program.alternative
        if program == NULL:
            program = documented
    while True:
        if size >= program.fixed_end:
            places[1] = places[2] = 0
            for i in range(3, program.places + 1):
                places[i] = 0
            if find_floating(
                program.place_of_tag, <uint32_t>program.tags, program.places, frame, program.fixed_end, size,
                &places[0], tag_width,
            ):
                break
        program = program.alternative
        if program == NULL:
            return True             # malformed
    step = program.first
    while step.question != NOTHING:
        step = next_step(step, frame, size, &places[0], tag_width)
    return step.accepts
