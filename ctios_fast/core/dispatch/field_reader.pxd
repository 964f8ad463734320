# Several fields of a message in one call.

cimport cython
from cpython.object cimport PyObject
from cpython.ref cimport Py_XDECREF, Py_XINCREF
from libc.stdint cimport uint32_t

from ctios_fast.core.floating cimport FloatingCursor, floating_fills, next_floating
from ctios_fast.core.layout cimport MESSAGE_NUMBERS, FloatingSlot, Layout, load_number
from ctios_fast.core.message cimport Message, read_value
from .c_handler cimport Frame, start_frame
from .last_number cimport LastNumber, last_number
from .references cimport owned, release
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
    int wire_type                   # of a fixed field
    uint32_t at                     # offset from the frame's start, or tag
    uint32_t second_tag             # of a floating field, or NO_TAG_ON_WIRE
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
    FieldPlace places[MAX_FIELDS]   # floating ones, floating ones that repeat, fixed ones, MISSING


@cython.final
cdef class FieldReader:
    cdef readonly tuple names
    cdef int _count
    cdef bint _keeps_numbers
    cdef LayoutPlaces *_layout_places[MESSAGE_NUMBERS]        # by message number
    cdef TextCache _texts

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


cdef inline PyObject *_value_of(
    FieldReader reader, const Frame *frame, const FieldPlace *place, const FloatingCursor *field
) except NULL:
    if place.kind == TEXT and reader._texts.keeps:
        return cached_text(&reader._texts, frame.layouts, field.data, field.size)
    return owned(read_value(frame.layouts, place.slot, field.data, field.size, False))


cdef inline int collect(
    FieldReader reader, const Frame *frame, PyObject **values, PyObject *absent, bint proves
) except -1:
    # Stores a new reference to the value of each field, in the order of the names. `absent` is None or NULL.
    # It is stored for a field that the frame lacks. After an error, `values` holds no references.
    # `proves`: of the frame it is only known that its fixed part is complete. Returns 1 if its floating
    # fields do not fill the rest, and stores nothing then. Otherwise returns 0.
    cdef LayoutPlaces *known
    cdef FieldPlace *place
    cdef FieldPlace *fixed = NULL           # the next fixed field; NULL during the floating part
    cdef FloatingCursor field
    cdef Py_ssize_t i
    cdef Py_ssize_t left
    if frame.layout == NULL:
        for i in range(reader._count):
            Py_XINCREF(absent)
            values[i] = absent
        return 0
    known = reader.places_of(frame.layout)
    place = known.places
    while place != known.fixed:
        values[place.index] = NULL
        place += 1
    left = known.fixed - known.places       # those that repeat are never all found
    try:
        if known.repeated != known.fixed:
            _start_lists(known, values)
        start_frame(&field, frame)
        while left and next_floating(&field, frame.tag_width):
            place = known.places
            while place != known.fixed:
                if field.tag == place.at or field.tag == place.second_tag:
                    if values[place.index] == NULL:
                        values[place.index] = _value_of(reader, frame, place, &field)
                        left -= 1
                    elif place.kind == REPEATED:
                        _append(<list>values[place.index], frame, place, &field)
                place += 1
        if proves and not floating_fills(
            frame.data, field.data + field.size - frame.data, frame.size, frame.tag_width
        ):
            return 1                    # the values are released below
        fixed = known.fixed
        while fixed != known.missing:
            values[fixed.index] = last_number(
                &fixed.last, load_number(fixed.wire_type, frame.data + fixed.at), reader._keeps_numbers
            )
            fixed += 1
    finally:
        if fixed != known.missing:
            _undo(known, values, fixed)
    if left or known.missing != known.end:
        _store_absent(known, values, absent)
    return 0


cdef inline int _start_lists(LayoutPlaces *known, PyObject **values) except -1:
    cdef FieldPlace *place = known.repeated
    while place != known.fixed:
        values[place.index] = owned([])
        place += 1
    return 0


cdef inline void _undo(LayoutPlaces *known, PyObject **values, FieldPlace *fixed) noexcept:
    # Releases the values of the floating part, and those of the fixed part before a place.
    cdef FieldPlace *place = known.places
    cdef FieldPlace *end = known.fixed if fixed == NULL else fixed
    while place != end:
        Py_XDECREF(values[place.index])
        place += 1


cdef inline void _store_absent(LayoutPlaces *known, PyObject **values, PyObject *absent) noexcept:
    cdef FieldPlace *place = known.places
    while place != known.end:
        if place >= known.missing or (place < known.fixed and values[place.index] == NULL):
            Py_XINCREF(absent)
            values[place.index] = absent
        place += 1


cdef inline int _append(
    list values, const Frame *frame, const FieldPlace *place, const FloatingCursor *field
) except -1:
    values.append(read_value(frame.layouts, place.slot, field.data, field.size, False))
    return 0
