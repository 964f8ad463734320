"""Several fields of a message in one call, for handlers that read the same ones of every message.

The place of each field is looked up once for each layout. One pass over the floating part finds all fields.
The values are those that ``message.get`` gives.
"""

cimport cython
from cpython.dict cimport PyDict_Copy, PyDict_SetItem
from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.object cimport PyObject
from cpython.ref cimport Py_XDECREF, Py_XINCREF
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_New
from libc.stdint cimport uint8_t, uint32_t

from ctios_fast.core.layout cimport (
    FLAG_REPEATS,
    HEADER_SIZE,
    NO_TAG,
    WIRE_CHAR,
    WIRE_INT,
    WIRE_SHORT,
    WIRE_STRING,
    Layout,
    field_names,
    is_field_name,
    tag_of_text,
)
from ctios_fast.core.field_slot cimport FieldSlot, find_slot
from ctios_fast.core.message cimport Message, read_value
from .c_handler cimport Frame, frame_of
from .last_number cimport forget_number
from .references cimport owned, release
from .text_cache cimport free_texts

from ctios_fast.core.switches import is_on
from ctios_fast.protocol.naming import suggestion

cdef extern from "Python.h":
    void set_item "PyTuple_SET_ITEM"(tuple values, Py_ssize_t place, PyObject *value) noexcept


cdef int _find(Layout *layout, object name, FieldPlace *place) except -1:
    # Fills in the place of the field in the layout.
    cdef FieldSlot found
    cdef int tag
    place.last.value = NULL
    find_slot(layout, name, &found)
    if found.fixed != NULL:
        place.kind = FIXED
        place.word_at = HEADER_SIZE + found.fixed.offset + found.fixed.width - 8
        place.shift = 64 - 8 * found.fixed.width
        place.signed = found.fixed.type in (WIRE_CHAR, WIRE_SHORT, WIRE_INT)
        return 0
    place.slot = found.floating
    place.second_tag = NO_TAG_ON_WIRE
    if place.slot == NULL:
        tag = tag_of_text(name)
        place.kind = MISSING if tag < 0 else DATA
        place.tag = NO_TAG_ON_WIRE if tag < 0 else tag
        return 0
    place.tag = place.slot.tag
    if place.slot.second_tag != NO_TAG:
        place.second_tag = place.slot.second_tag
    if place.slot.flags & FLAG_REPEATS:
        place.kind = REPEATED
    else:
        # The text of a password is never kept.
        place.kind = TEXT if place.slot.type == WIRE_STRING and "Password" not in name else FLOATING
    return 0


cdef FieldPlace *_next_with_tag(LayoutPlaces *known, FieldPlace *place, uint32_t tag) noexcept:
    # The first floating field with the tag, from a place on, or NULL.
    while place != known.fixed:
        if place.tag == tag or place.second_tag == tag:
            return place
        place += 1
    return NULL


cdef PyObject *other_value(
    const Frame *frame, const FieldPlace *place, const unsigned char *data, Py_ssize_t size
) except NULL:
    return owned(read_value(frame.layouts, place.slot, data, size, False))


cdef int collect_several(
    ReaderState *state, LayoutPlaces *known, const Frame *frame, PyObject **values, FieldPlace *place,
    uint32_t tag, const unsigned char *data, Py_ssize_t size,
) except -1:
    # Takes a floating field that repeats, or that several places want. Returns the number of fields found.
    cdef int found = 0
    while place != NULL:
        if place.kind == REPEATED:
            (<list>values[place.index]).append(
                read_value(frame.layouts, place.slot, data, size, False)
            )
        elif values[place.index] == NULL:
            values[place.index] = value_of(state, frame, place, data, size)
            found += 1
        place = _next_with_tag(known, place + 1, tag)
    return found


cdef int collect_nothing(ReaderState *state, PyObject **values, PyObject *absent) noexcept:
    # For a frame without a layout.
    cdef int i
    for i in range(state.count):
        Py_XINCREF(absent)
        values[i] = absent
    return 0


cdef int start_lists(LayoutPlaces *known, PyObject **values) except -1:
    # After an error, `values` holds no references.
    cdef FieldPlace *place = known.repeated
    while place != known.fixed:
        values[place.index] = NULL
        place += 1
    place = known.repeated
    try:
        while place != known.fixed:
            values[place.index] = owned([])
            place += 1
    except BaseException:
        while place != known.repeated:
            place -= 1
            Py_XDECREF(values[place.index])
        raise
    return 0


cdef void undo(LayoutPlaces *known, PyObject **values, FieldPlace *end) noexcept:
    # Releases the values of all floating fields, and of the fixed ones before a place.
    cdef FieldPlace *place = known.places
    while place != end:
        Py_XDECREF(values[place.index])
        place += 1


cdef void store_absent(LayoutPlaces *known, PyObject **values, PyObject *absent) noexcept:
    cdef FieldPlace *place = known.places
    while place != known.end:
        if place >= known.missing or (place < known.fixed and values[place.index] == NULL):
            Py_XINCREF(absent)
            values[place.index] = absent
        place += 1


cdef int _index_tags(LayoutPlaces *known) except -1:
    # Creates by_tag and sets `special` of the places.
    cdef FieldPlace *place = known.places
    cdef FieldPlace *first
    known.floating = <int>(known.fixed - known.places)
    while place != known.fixed:
        place.special = place.kind == REPEATED
        for tag in (place.tag, place.second_tag):
            if tag != NO_TAG_ON_WIRE:
                known.tags = max(known.tags, <uint32_t>tag + 1)
        place += 1
    known.by_tag = <uint8_t *>PyMem_Calloc(known.tags + 1, sizeof(uint8_t))
    if known.by_tag == NULL:
        raise MemoryError
    place = known.places
    while place != known.fixed:
        for tag in (place.tag, place.second_tag):
            if tag != NO_TAG_ON_WIRE:
                first = _next_with_tag(known, known.places, <uint32_t>tag)
                first.special |= _next_with_tag(known, first + 1, <uint32_t>tag) != NULL
                known.by_tag[<uint32_t>tag] = <uint8_t>(1 + (first - known.places))
        place += 1
    return 0


@cython.final
cdef class FieldReader:
    """Reads the named fields of messages: ``FieldReader("AgentID", "AgentState").read(message)``.

    ``read`` returns a tuple of the values that ``message.get(name)`` gives, in the order of the names: None
    for a field that the message lacks. Messages may be of any type and version. Calling the reader is the
    same as ``read``. ``fill`` returns a dict of the fields that the message has.

    ``names`` are the fields' names.

    Short texts that come repeatedly, such as agent IDs, are the same str each time. Up to 4,096 of them are
    kept, but never a password.

    Raises ``ValueError`` for a name that the reference does not have, for a name given twice, and for more
    than 64 names. Only one thread at a time may use a reader.
    """

    def __cinit__(self, *names):
        if len(names) > MAX_FIELDS:
            raise ValueError(f"a reader takes {MAX_FIELDS} fields at most, {len(names)} were given")
        for name in names:
            if not isinstance(name, str):
                raise TypeError(f"a field's name must be a str, got {type(name).__name__}")
            if not is_field_name(name) and tag_of_text(name) < 0:
                raise ValueError(f"the reference has no field {name!r}{suggestion(name, field_names())}")
            if names.count(name) > 1:
                raise ValueError(f"field {name} is named twice")
        self.names = names
        self.state.reader = <PyObject *>self
        self.state.count = len(names)
        self.state.texts.keeps = is_on("text-cache")
        self.state.keeps_numbers = is_on("last-number")

    def __dealloc__(self):
        cdef int i, k
        cdef LayoutPlaces *next
        for i in range(MESSAGE_NUMBERS):
            while self._layout_places[i] != NULL:
                next = self._layout_places[i].next
                for k in range(self.state.count):
                    forget_number(&self._layout_places[i].places[k].last)
                PyMem_Free(self._layout_places[i].by_tag)
                PyMem_Free(self._layout_places[i])
                self._layout_places[i] = next
        free_texts(&self.state.texts)

    cdef LayoutPlaces *new_places(self, const Layout *layout) except NULL:
        cdef LayoutPlaces *places = <LayoutPlaces *>PyMem_Calloc(1, sizeof(LayoutPlaces))
        if places == NULL:
            raise MemoryError
        try:
            places.end = places.places
            self.add_places(layout, places, FLOATING, DATA)
            places.repeated = places.end
            self.add_places(layout, places, REPEATED, REPEATED)
            places.fixed = places.end
            self.add_places(layout, places, FIXED, FIXED)
            places.missing = places.end
            self.add_places(layout, places, MISSING, MISSING)
            _index_tags(places)
        except BaseException:
            PyMem_Free(places)
            raise
        places.layout = layout
        places.next = self._layout_places[layout.number]
        self._layout_places[layout.number] = places
        return places

    cdef int add_places(
        self, const Layout *layout, LayoutPlaces *known, PlaceKind first, PlaceKind last
    ) except -1:
        # Adds the places of the kinds from `first` to `last`.
        cdef FieldPlace place
        cdef int i
        for i in range(self.state.count):
            _find(<Layout *>layout, <object>PyTuple_GET_ITEM(self.names, i), &place)
            if first <= place.kind <= last:
                place.index = i
                known.end[0] = place
                known.end += 1
        return 0

    cpdef tuple read(self, Message message):
        """Return the values of a message's fields, in the order of the names."""
        cdef PyObject *values[MAX_FIELDS]
        cdef tuple found = PyTuple_New(self.state.count)
        cdef int i
        _collect(self, message, values, <PyObject *>None)
        for i in range(self.state.count):
            set_item(found, i, values[i])
        return found

    cpdef dict fill(self, Message message, dict template):
        """Return a copy of the template, with the fields that the message has under their names."""
        cdef PyObject *values[MAX_FIELDS]
        cdef dict filled
        cdef int i
        if template is None:
            raise TypeError("template must be a dict, got None")
        filled = PyDict_Copy(template)
        _collect(self, message, values, NULL)
        try:
            for i in range(self.state.count):
                if values[i] != NULL:
                    PyDict_SetItem(filled, <object>PyTuple_GET_ITEM(self.names, i), <object>values[i])
        finally:
            release(values, self.state.count)
        return filled

    def __call__(self, Message message not None):
        return self.read(message)

    def __repr__(self):
        return f"<FieldReader {', '.join(self.names)}>"

    def __reduce__(self):
        return FieldReader, self.names


cdef inline int _collect(
    FieldReader self, Message message, PyObject **values, PyObject *absent
) except -1:
    # Like collect, for a view.
    cdef Frame frame
    if message is None:
        raise TypeError("message must be a Message, got None")
    if message.layout == NULL:
        return collect_nothing(&self.state, values, absent)
    frame_of(message, &frame)
    return collect(&self.state, &frame, values, absent, proves=False)
