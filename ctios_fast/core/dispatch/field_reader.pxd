# Several fields of a message in one call.

cimport cython
from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from ctios_fast.core.floating cimport FloatingCursor, floating_fills, next_listed
from ctios_fast.core.layout cimport MESSAGE_NUMBERS, FloatingSlot, Layout
from ctios_fast.core.message cimport Message
from ctios_fast.core.wire cimport load64
from .c_handler cimport Frame, start_frame
from .last_number cimport LastNumber, last_number
from .text_cache cimport TextCache, cached_text

cdef enum:
    MAX_FIELDS = 64
    NO_TAG_ON_WIRE = 0x10000        # a tag has 16 bits at most

cdef enum PlaceKind:
    MISSING                         # the layout lacks the field
    FIXED
    FLOATING                        # the first one with the tag counts
    TEXT                            # the same, of STRING type; its texts may be kept
    DATA                            # the same, named "tag:N": its bytes
    REPEATED                        # all with the tag, in a list

cdef struct FieldPlace:
    PlaceKind kind
    int index                       # of the field among those of the reader
    # A fixed field is the end of a word of eight bytes, at this offset from the frame's start. The header
    # comes before every field, so the word never begins before the frame.
    int word_at
    int shift                       # bits of the word before the number
    bint signed
    uint32_t tag                    # of a floating field
    uint32_t second_tag             # of a floating field, or NO_TAG_ON_WIRE
    bint special                    # of a floating field: it repeats, or other places have its tag too
    const FloatingSlot *slot
    LastNumber last                 # of a fixed field

# The places of the fields in one layout.
cdef struct LayoutPlaces:
    const Layout *layout
    LayoutPlaces *next              # of the same message in another version, or an alternative
    FieldPlace *repeated            # the first place of each kind, as in `places`
    FieldPlace *fixed
    FieldPlace *missing
    FieldPlace *end
    int floating                    # number of places of floating fields
    uint32_t tags                   # number of tags in by_tag
    uint8_t *by_tag                 # by tag: 1 + number of the first place with it; 0: none
    FieldPlace places[MAX_FIELDS]   # floating ones, floating ones that repeat, fixed ones, MISSING

# What reading needs of a FieldReader. It is a structure, so that no reference is counted for its use.
cdef struct ReaderState:
    PyObject *reader                # the FieldReader that has this; borrowed
    int count                       # number of fields
    bint keeps_numbers
    LayoutPlaces *latest            # of the frame that was read last, or NULL
    TextCache texts

# Types of functions that may raise, for a caller that tests the result itself.
ctypedef PyObject *(*ValueCall)(
    ReaderState *state, const Frame *frame, const FieldPlace *place,
    const unsigned char *data, Py_ssize_t size,
) noexcept
ctypedef PyObject *(*NumberCall)(LastNumber *last, int64_t number, bint keeps) noexcept
ctypedef int (*SeveralCall)(
    ReaderState *state, LayoutPlaces *known, const Frame *frame, PyObject **values, FieldPlace *place,
    uint32_t tag, const unsigned char *data, Py_ssize_t size,
) noexcept


@cython.final
cdef class FieldReader:
    cdef readonly tuple names
    cdef ReaderState state
    cdef LayoutPlaces *_layout_places[MESSAGE_NUMBERS]        # by message number

    cdef LayoutPlaces *new_places(self, const Layout *layout) except NULL
    cdef int add_places(
        self, const Layout *layout, LayoutPlaces *known, PlaceKind first, PlaceKind last
    ) except -1
    cpdef tuple read(self, Message message)
    cpdef dict fill(self, Message message, dict template)

    cdef inline LayoutPlaces *places_of(self, const Layout *layout) except NULL:
        # Places are kept as long as the reader: reading a value may run other code, which may use the reader.
        cdef LayoutPlaces *known = self._layout_places[layout.number]
        while known != NULL:
            if known.layout == layout:
                return known
            known = known.next
        return self.new_places(layout)


# The rare cases of `collect`: see field_reader.pyx.
cdef int collect_several(
    ReaderState *state, LayoutPlaces *known, const Frame *frame, PyObject **values, FieldPlace *place,
    uint32_t tag, const unsigned char *data, Py_ssize_t size,
) except -1
cdef PyObject *other_value(
    const Frame *frame, const FieldPlace *place, const unsigned char *data, Py_ssize_t size
) except NULL
cdef int collect_nothing(ReaderState *state, PyObject **values, PyObject *absent) noexcept
cdef int start_lists(LayoutPlaces *known, PyObject **values) except -1
cdef void undo(LayoutPlaces *known, PyObject **values, FieldPlace *end) noexcept
cdef void store_absent(LayoutPlaces *known, PyObject **values, PyObject *absent) noexcept


cdef inline PyObject *value_of(
    ReaderState *state, const Frame *frame, const FieldPlace *place,
    const unsigned char *data, Py_ssize_t size,
) except NULL:
    if place.kind == TEXT:
        return cached_text(&state.texts, frame.layouts, data, size)
    return other_value(frame, place, data, size)


cdef inline int _collect_floating(
    ReaderState *state, LayoutPlaces *known, const Frame *frame, PyObject **values, bint proves
) noexcept:
    # Stores the values of the floating fields; NULL for one that the frame lacks. Returns the number of
    # fields that were not found; -1 after an error, -2 if the frame is malformed.
    cdef FieldPlace *place = known.places
    cdef FloatingCursor field
    cdef int left = known.floating          # those that repeat are never all found
    cdef int number
    cdef PyObject *value
    while place != known.repeated:
        values[place.index] = NULL
        place += 1
    start_frame(&field, frame)
    while left:
        number = next_listed(&field, known.by_tag, known.tags, frame.tag_width)
        if number == 0:
            break
        place = &known.places[number - 1]
        if place.special:
            number = (<SeveralCall>collect_several)(
                state, known, frame, values, place, field.tag, field.data, field.size
            )
            if number < 0:
                return -1
            left -= number
        elif values[place.index] == NULL:
            value = (<ValueCall>value_of)(state, frame, place, field.data, field.size)
            if value == NULL:
                return -1
            values[place.index] = value
            left -= 1
    if proves and not floating_fills(
        frame.data, field.data + field.size - frame.data, frame.size, frame.tag_width
    ):
        return -2
    return left


cdef inline int collect(
    ReaderState *state, const Frame *frame, PyObject **values, PyObject *absent, bint proves
) except -1:
    # Stores a new reference to the value of each field, in the order of the names. `absent` is None or NULL.
    # It is stored for a field that the frame lacks. After an error, `values` holds no references.
    # `proves`: of the frame it is only known that its fixed part is complete. Returns 1 if its floating
    # fields do not fill the rest, and stores nothing then. Otherwise returns 0.
    cdef LayoutPlaces *known = state.latest
    cdef FieldPlace *fixed
    cdef PyObject *value
    cdef uint64_t word
    cdef int left
    if known == NULL or known.layout != frame.layout:
        if frame.layout == NULL:
            return collect_nothing(state, values, absent)
        known = state.latest = (<FieldReader>state.reader).places_of(frame.layout)
    if known.repeated != known.fixed:
        start_lists(known, values)
    left = _collect_floating(state, known, frame, values, proves)
    if left < 0:
        undo(known, values, known.fixed)
        return 1 if left == -2 else -1
    fixed = known.fixed
    while fixed != known.missing:
        word = load64(frame.data + fixed.word_at) << fixed.shift
        value = (<NumberCall>last_number)(
            &fixed.last,
            <int64_t>word >> fixed.shift if fixed.signed else <int64_t>(word >> fixed.shift),
            state.keeps_numbers,
        )
        if value == NULL:
            undo(known, values, fixed)
            return -1
        values[fixed.index] = value
        fixed += 1
    if left or known.missing != known.end:
        store_absent(known, values, absent)
    return 0
