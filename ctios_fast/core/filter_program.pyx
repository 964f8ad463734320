"""Programs that judge a frame: steps that ask one field each, run in C without any Python object.

A step names the step that follows in either case, so that a chain of ands and ors ends as soon as the answer
stands. One walk over the floating part, which proves it too, finds the fields for all steps.
"""

from cpython.mem cimport PyMem_Calloc, PyMem_Free
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcmp

from .layout cimport FLAG_ARRAY, FLAG_REPEATS, WIRE_CHAR, WIRE_INT, WIRE_SHORT, type_width
from .sets cimport NumberSet, TextSet
from .wire cimport number16, number32

cdef enum:
    LENGTH_BITS = 16            # a place: a floating field's length, and above these bits its offset
    LENGTH_MASK = 0xFFFF


# --- asking a value --------------------------------------------------------------------------------

cdef class Values:
    """The values of a ``conditions.Test`` as C structures."""

    def __cinit__(self, test):
        cdef Py_ssize_t i
        self.test = test
        self._present = test.present
        self._has_texts = bool(test.texts)
        self._has_numbers = bool(test.numbers)
        self._texts = TextSet(test.texts)
        self._numbers = NumberSet(test.numbers)
        self._prefixes = <Prefix *>PyMem_Calloc(len(test.prefixes) + 1, sizeof(Prefix))
        self._spans = <Span *>PyMem_Calloc(len(test.spans) + 1, sizeof(Span))
        if self._prefixes == NULL or self._spans == NULL:
            raise MemoryError
        for i, prefix in enumerate(test.prefixes):
            self._prefixes[i].text = <const unsigned char *>(<bytes>prefix)     # `test` keeps it
            self._prefixes[i].size = len(prefix)
        self._prefix_count = len(test.prefixes)
        for i, (first, last) in enumerate(test.spans):
            self._spans[i].first = first
            self._spans[i].last = last
        self._span_count = len(test.spans)

    def __dealloc__(self):
        PyMem_Free(self._prefixes)
        PyMem_Free(self._spans)

    cdef bint has_text(self, const unsigned char *text, Py_ssize_t size) noexcept nogil:
        cdef Py_ssize_t i
        if self._has_texts and self._texts.has(text, size):
            return True
        for i in range(self._prefix_count):
            # a prefix has no NUL, so what begins with it does so before its first NUL
            if self._prefixes[i].size > size:
                continue
            if not memcmp(self._prefixes[i].text, text, self._prefixes[i].size):
                return True
        return self._present

    cdef bint has_number(self, int64_t number) noexcept nogil:
        cdef Py_ssize_t i
        if self._has_numbers and self._numbers.has(number):
            return True
        for i in range(self._span_count):
            if self._spans[i].first <= number <= self._spans[i].last:
                return True
        return self._present


cdef inline int64_t _number(const unsigned char *p, int wire_type, int width) noexcept nogil:
    if width == 4:
        return <int32_t>number32(p) if wire_type == WIRE_INT else <int64_t>number32(p)
    if width == 2:
        return <int16_t>number16(p) if wire_type == WIRE_SHORT else <int64_t>number16(p)
    return <int8_t>p[0] if wire_type == WIRE_CHAR else <int64_t>p[0]


cdef inline bint _holds_of_data(const Step *step, const unsigned char *data, Py_ssize_t size) noexcept nogil:
    # Whether the step's test holds of a floating field's data; of an array, if it holds of one element.
    cdef int width = type_width(step.type)
    if width == 0:
        return (<Values>step.values).has_text(data, size) != step.negated
    if step.array:
        if size % width == 0:
            while size:
                if (<Values>step.values).has_number(_number(data, step.type, width)) != step.negated:
                    return True
                data += width
                size -= width
        return False
    if size != width:
        return False
    return (<Values>step.values).has_number(_number(data, step.type, width)) != step.negated


cdef bint _holds_of_one(
    const Step *step, const unsigned char *frame, Py_ssize_t size, uint64_t place, int tag_width
) noexcept nogil:
    # The same for a field that repeats, of which one occurrence suffices. The floating part was proved.
    cdef Py_ssize_t at = <Py_ssize_t>(place >> LENGTH_BITS)
    cdef Py_ssize_t length = <Py_ssize_t>(place & LENGTH_MASK)
    cdef uint32_t tag = step.tag
    while True:
        if tag == step.tag and _holds_of_data(step, frame + at, length):
            return True
        at += length
        if at + 2 * tag_width > size:
            return False
        if tag_width == 1:
            tag = frame[at]
            length = frame[at + 1]
        else:
            tag = number16(frame + at)
            length = number16(frame + at + 2)
        at += 2 * tag_width
        if length > size - at:
            return False


# --- running a program -----------------------------------------------------------------------------

cdef inline bint _places(
    const uint8_t *slot_of_tag, const unsigned char *frame, Py_ssize_t at, Py_ssize_t size, uint64_t *places,
    int tag_width,
) noexcept nogil:
    # Finds the first occurrence of each wanted tag; false if floating fields do not fill the part exactly.
    cdef Py_ssize_t length
    cdef uint32_t tag
    cdef uint8_t slot
    while size - at >= 2 * tag_width:
        if tag_width == 1:
            tag = frame[at]
            length = frame[at + 1]
        else:
            tag = number32(frame + at)
            length = <Py_ssize_t>(tag & 0xFFFF)
            tag >>= 16
        at += 2 * tag_width
        if length > size - at:
            return False
        if tag < TAGS:
            slot = slot_of_tag[tag]
            if slot and not places[slot]:
                places[slot] = (<uint64_t>at << LENGTH_BITS) | <uint64_t>length
        at += length
    return at == size


cdef inline bint _run(
    const Program *documented, const uint8_t *slot_of_tag, Py_ssize_t slots, const unsigned char *frame,
    Py_ssize_t size, int tag_width,
) noexcept nogil:
    cdef uint64_t places[MOST_SLOTS + 1]
    cdef const Program *program = documented
    cdef const Step *step
    cdef Py_ssize_t i
    cdef int at
    cdef bint holds
    cdef uint64_t place
    # The layout is chosen as for message views: one that the body fills exactly, else the first with a whole
    # floating part.
    if documented.alternative != NULL:
        while program != NULL and program.fixed_end != size:
            program = program.alternative
        if program == NULL:
            program = documented
    while True:
        places[1] = places[2] = places[3] = places[4] = 0
        for i in range(5, slots + 1):
            places[i] = 0
        if size >= program.fixed_end:
            if _places(slot_of_tag, frame, program.fixed_end, size, places, tag_width):
                break
        program = program.alternative
        if program == NULL:
            return True             # malformed
    at = program.first
    while at >= 0:
        step = &program.steps[at]
        if step.fixed:
            holds = (<Values>step.values).has_number(
                _number(frame + step.at, step.type, type_width(step.type))
            ) != step.negated
        else:
            place = places[step.at]
            if place == 0:
                holds = False
            elif step.repeats:
                holds = _holds_of_one(step, frame, size, place, tag_width)
            else:
                holds = _holds_of_data(
                    step, frame + (place >> LENGTH_BITS), <Py_ssize_t>(place & LENGTH_MASK)
                )
        at = step.on_true if holds else step.on_false
    return at == ACCEPT


cdef bint run_program(
    const Program *program, const uint8_t *slot_of_tag, Py_ssize_t slots, const unsigned char *frame,
    Py_ssize_t size, int tag_width,
) noexcept nogil:
    # Whether the frame is accepted; a malformed one is.
    if tag_width == 1:
        return _run(program, slot_of_tag, slots, frame, size, 1)
    return _run(program, slot_of_tag, slots, frame, size, 2)


# --- making a program ------------------------------------------------------------------------------

cdef Program *new_program(Py_ssize_t fixed_end, int first, list steps) except NULL:
    cdef Program *program = <Program *>PyMem_Calloc(1, sizeof(Program))
    cdef Step *step
    if program == NULL:
        raise MemoryError
    program.fixed_end = fixed_end
    program.first = first
    program.steps = <Step *>PyMem_Calloc(len(steps) + 1, sizeof(Step))
    if program.steps == NULL:
        PyMem_Free(program)
        raise MemoryError
    # each is (Values, fixed, wire type, offset or slot, tag, flags, on_true, on_false)
    for values, fixed, wire_type, at, tag, flags, on_true, on_false in steps:
        step = &program.steps[program.count]
        step.fixed = fixed
        step.negated = (<Values>values).test.negated
        step.repeats = (<int>flags & FLAG_REPEATS) != 0
        step.array = (<int>flags & FLAG_ARRAY) != 0
        step.type = wire_type
        step.tag = tag
        step.at = at
        step.values = <void *>values
        step.on_true = on_true
        step.on_false = on_false
        program.count += 1
    return program


cdef void free_program(Program *program) noexcept:
    # With its alternatives.
    cdef Program *following
    while program != NULL:
        following = program.alternative
        PyMem_Free(program.steps)
        PyMem_Free(program)
        program = following
