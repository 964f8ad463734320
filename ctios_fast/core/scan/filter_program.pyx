"""Filter programs: steps that test one field each, run in C without any Python object.

A step names the next step for each result of its test, so that a chain of ands and ors ends as soon as the
result is known. One pass over the floating part checks it and finds the fields of all steps.
"""

from cpython.mem cimport PyMem_Calloc, PyMem_Free
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.string cimport memcmp

from ctios_fast.core.layout cimport FLAG_ARRAY, FLAG_REPEATS, load_number, type_width
from .value_sets cimport NumberSet, TextSet
from ctios_fast.core.floating cimport LENGTH_BITS, LENGTH_MASK, FloatingCursor, next_with_tag


# --- Testing a value -------------------------------------------------------------------------------

cdef class TestValues:
    """The values of a ``filter_rules.Test`` as C structures."""

    def __cinit__(self, test):
        cdef Py_ssize_t i
        self.test = test
        self._present = test.present
        self._has_texts = bool(test.texts)
        self._has_numbers = bool(test.numbers)
        self._texts = TextSet(test.texts)
        self._numbers = NumberSet(test.numbers)
        self._shortest = _shortest_prefixes(test.prefixes)
        ranges = _merged_ranges(test.ranges)
        self._prefixes = <Prefix *>PyMem_Calloc(len(self._shortest) + 1, sizeof(Prefix))
        self._ranges = <NumberRange *>PyMem_Calloc(len(ranges) + 1, sizeof(NumberRange))
        if self._prefixes == NULL or self._ranges == NULL:
            raise MemoryError
        for i, prefix in enumerate(self._shortest):
            self._prefixes[i].text = <const unsigned char *>(<bytes>prefix)     # `_shortest` owns it
            self._prefixes[i].size = len(prefix)
        self._prefix_count = len(self._shortest)
        for i, (first, last) in enumerate(ranges):
            self._ranges[i].first = first
            self._ranges[i].last = last
        self._range_count = len(ranges)

    def __dealloc__(self):
        PyMem_Free(self._prefixes)
        PyMem_Free(self._ranges)

    cdef bint _has_text_otherwise(self, const unsigned char *text, Py_ssize_t size) noexcept nogil:
        # No prefix begins with another one. So only the last one that sorts before the text or equals it can
        # be its prefix. A prefix holds no NUL, so a match lies before the text's first NUL.
        cdef Py_ssize_t low = 0, high = self._prefix_count, middle
        cdef const Prefix *prefix
        cdef int order
        while low < high:
            middle = (low + high) // 2
            prefix = &self._prefixes[middle]
            order = memcmp(prefix.text, text, min(prefix.size, size)) if size else 0
            if order > 0 or (order == 0 and prefix.size > size):
                high = middle
            else:
                low = middle + 1
        if low:
            prefix = &self._prefixes[low - 1]
            if prefix.size <= size and (prefix.size == 0 or not memcmp(prefix.text, text, prefix.size)):
                return True
        return self._present

    cdef bint _has_number_otherwise(self, int64_t number) noexcept nogil:
        # The ranges are sorted and do not overlap or touch.
        cdef Py_ssize_t low = 0, high = self._range_count, middle
        while low < high:
            middle = (low + high) // 2
            if self._ranges[middle].first > number:
                high = middle
            else:
                low = middle + 1
        if low and number <= self._ranges[low - 1].last:
            return True
        return self._present


cdef list _shortest_prefixes(object prefixes):
    # The prefixes in order, without those that begin with another one.
    cdef list kept = []
    for prefix in sorted(set(prefixes)):
        if not kept or not prefix.startswith(kept[len(kept) - 1]):
            kept.append(prefix)
    return kept


cdef list _merged_ranges(object ranges):
    # The ranges in order; those that overlap or touch are merged.
    cdef list kept = []
    for first, last in sorted(ranges):
        if first > last:
            continue
        if kept and first <= kept[len(kept) - 1][1] + 1:
            kept[len(kept) - 1] = (kept[len(kept) - 1][0], max(kept[len(kept) - 1][1], last))
        else:
            kept.append((first, last))
    return kept


cdef bint _holds_of_data(const Step *step, const unsigned char *data, Py_ssize_t size) noexcept nogil:
    # Whether a floating field's data passes the step's test. An array passes if one element does.
    cdef Py_ssize_t width = step.width
    if width == 0:
        return (<TestValues>step.values).has_text(data, size) != step.negated
    if step.array:
        if size % width == 0:
            while size:
                if (<TestValues>step.values).has_number(load_number(step.type, data)) != step.negated:
                    return True
                data += width
                size -= width
        return False
    if size != width:
        return False
    return (<TestValues>step.values).has_number(load_number(step.type, data)) != step.negated


cdef bint holds_of_several(
    const Step *step, const unsigned char *frame, Py_ssize_t size, uint64_t place, int tag_width
) noexcept nogil:
    # Whether a field passes, from its first occurrence on. A repeated field passes if one occurrence does.
    # The caller has checked the floating part.
    cdef FloatingCursor field
    field.data = frame + (place >> LENGTH_BITS)
    field.size = <Py_ssize_t>(place & LENGTH_MASK)
    field.end = frame + size
    while True:
        if _holds_of_data(step, field.data, field.size):
            return True
        if not step.repeats or not next_with_tag(&field, tag_width, step.tag):
            return False


cdef bint judge(
    const Program *program, const unsigned char *frame, Py_ssize_t size, int tag_width
) noexcept nogil:
    # run_program for a single frame. A scan of many frames has run_program inlined in its loop.
    return run_program(program, frame, size, tag_width)


# --- Creating a program -----------------------------------------------------------------------------

cdef const Step *_target(Program *program, Py_ssize_t count, Py_ssize_t at) noexcept:
    # The step with that number, or for a Verdict one of the two last steps.
    if at == ACCEPT:
        return &program.steps[count]
    return &program.steps[count + 1 if at == REJECT else at]


cdef Program *new_program(Py_ssize_t fixed_end, Py_ssize_t first, list steps, dict slots) except NULL:
    # `first`: number of the first step, or a Verdict. `slots`: tag -> place, counted from 1.
    cdef Program *program = <Program *>PyMem_Calloc(1, sizeof(Program))
    cdef Step *step
    cdef Py_ssize_t count = len(steps), on_true, on_false, i
    cdef TestValues values
    if program == NULL:
        raise MemoryError
    program.fixed_end = fixed_end
    program.places = len(set(slots.values()))
    program.tags = max(slots, default=-1) + 1
    program.steps = <Step *>PyMem_Calloc(count + 2, sizeof(Step))
    program.place_of_tag = <uint8_t *>PyMem_Calloc(program.tags + 1, 1)
    if program.steps == NULL or program.place_of_tag == NULL:
        free_program(program)
        raise MemoryError
    program.steps[count].accepts = True
    program.first = _target(program, count, first)
    program.all = first == ACCEPT
    for tag, slot in slots.items():
        program.place_of_tag[<Py_ssize_t>tag] = slot
    for i, row in enumerate(steps):
        step = &program.steps[i]
        values, fixed, step.type, step.at, step.tag, flags, on_true, on_false = row
        step.negated = values.test.negated
        step.repeats = (<int>flags & FLAG_REPEATS) != 0
        step.array = (<int>flags & FLAG_ARRAY) != 0
        step.width = type_width(step.type)
        step.values = <void *>values
        step.on_absent = _target(program, count, on_false)
        step.on_match = _target(program, count, on_true)
        step.on_mismatch = step.on_absent
        if fixed:
            step.question = OF_FIXED
        elif step.repeats or step.array:
            step.question = OF_SEVERAL      # _holds_of_data negates each value
            continue
        elif step.width:
            step.question = OF_NUMBER
        elif values._prefix_count or values._present:
            step.question = OF_TEXT
        else:
            step.question = IN_TEXTS
            step.values = <void *>values._texts
        if step.negated:
            step.on_match, step.on_mismatch = step.on_mismatch, step.on_match
    return program


cdef void free_program(Program *program) noexcept:
    # Frees the program and its alternatives.
    cdef Program *alternative
    while program != NULL:
        alternative = program.alternative
        PyMem_Free(program.steps)
        PyMem_Free(program.place_of_tag)
        PyMem_Free(program)
        program = alternative
