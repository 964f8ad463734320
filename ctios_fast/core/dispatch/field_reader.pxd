# Several fields of a message in one call.

cimport cython
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from libc.stdint cimport uint32_t

from ctios_fast.core.floating cimport FloatingCursor, next_floating
from ctios_fast.core.layout cimport MESSAGE_NUMBERS, FloatingSlot, Layout, load_number
from ctios_fast.core.message cimport Message, read_value
from .c_handler cimport Frame, start_frame
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

# The places of the fields in one layout, without the fields that it lacks.
cdef struct LayoutPlaces:
    const Layout *layout
    LayoutPlaces *next              # of the same message in another version, or an alternative
    int floating                    # number of places in the floating part
    int repeated                    # number of those that repeat
    int count                       # number of all places
    FieldPlace places[MAX_FIELDS]   # floating ones, then floating ones that repeat, then fixed ones


@cython.final
cdef class FieldReader:
    cdef readonly tuple names
    cdef int _count
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


cdef inline void store(PyObject **values, Py_ssize_t at, object value) noexcept:
    # Stores with a reference of its own. The place must be empty.
    Py_INCREF(value)
    values[at] = <PyObject *>value


cdef inline void release(PyObject **values, Py_ssize_t count) noexcept:
    # Releases the references. NULL is an empty place.
    cdef Py_ssize_t i
    for i in range(count):
        Py_XDECREF(values[i])


cdef inline object value_of(
    FieldReader reader, const Frame *frame, const FieldPlace *place, const FloatingCursor *field
):
    if place.kind == TEXT and reader._texts.keeps:
        return cached_text(&reader._texts, frame.layouts, field.data, field.size)
    return read_value(frame.layouts, place.slot, field.data, field.size, False)


cdef inline int collect(FieldReader reader, const Frame *frame, PyObject **values) except -1:
    # Stores the value of each field that the frame has, as a new reference. `values` has one NULL for each
    # name, which stays for the others. After an error the caller releases what was stored.
    cdef const LayoutPlaces *known
    cdef const FieldPlace *place
    cdef FloatingCursor field
    cdef int i, left
    if frame.layout == NULL:
        return 0
    known = reader.places_of(frame.layout)
    left = known.floating           # those that repeat are never all found
    for i in range(left - known.repeated, left):
        store(values, known.places[i].index, [])
    start_frame(&field, frame)
    while left and next_floating(&field, frame.tag_width):
        for i in range(known.floating):
            place = &known.places[i]
            if field.tag != place.at and field.tag != place.second_tag:
                continue
            if place.kind == REPEATED:
                (<list>values[place.index]).append(value_of(reader, frame, place, &field))
            elif values[place.index] == NULL:
                store(values, place.index, value_of(reader, frame, place, &field))
                left -= 1
    for i in range(known.floating, known.count):
        place = &known.places[i]
        store(values, place.index, load_number(place.wire_type, frame.data + place.at))
    return 0
