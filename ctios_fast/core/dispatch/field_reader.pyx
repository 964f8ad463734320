"""Several fields of a message in one call, for handlers that read the same ones of every message.

The place of each field is looked up once for each layout. One pass over the floating part finds all fields.
The values are those that ``message.get`` gives.
"""

cimport cython
from cpython.dict cimport PyDict_Copy, PyDict_SetItem
from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.object cimport PyObject
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_New

from ctios_fast.core.layout cimport (
    FLAG_REPEATS,
    HEADER_SIZE,
    NO_TAG,
    WIRE_STRING,
    Layout,
    field_names,
    is_field_name,
    tag_of_text,
)
from ctios_fast.core.field_slot cimport FieldSlot, find_slot
from ctios_fast.core.message cimport Message
from .c_handler cimport Frame, frame_of
from .last_number cimport forget_number
from .references cimport release
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
        place.wire_type = found.fixed.type
        place.at = HEADER_SIZE + found.fixed.offset
        return 0
    place.slot = found.floating
    place.second_tag = NO_TAG_ON_WIRE
    if place.slot == NULL:
        tag = tag_of_text(name)
        place.kind = MISSING if tag < 0 else DATA
        place.at = NO_TAG_ON_WIRE if tag < 0 else tag
        return 0
    place.at = place.slot.tag
    if place.slot.second_tag != NO_TAG:
        place.second_tag = place.slot.second_tag
    if place.slot.flags & FLAG_REPEATS:
        place.kind = REPEATED
    else:
        # The text of a password is never kept.
        place.kind = TEXT if place.slot.type == WIRE_STRING and "Password" not in name else FLOATING
    return 0


@cython.final
cdef class FieldReader:
    """Reads the named fields of messages: ``FieldReader("AgentID", "AgentState").read(message)``.

    ``read`` returns a tuple of the values that ``message.get(name)`` gives, in the order of the names: None
    for a field that the message lacks. Messages may be of any type and version. Calling the reader is the
    same as ``read``. ``fill`` returns a dict of the fields that the message has.

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
        self._count = len(names)
        self._texts.keeps = is_on("text-cache")
        self._keeps_numbers = is_on("last-number")

    def __dealloc__(self):
        cdef int i, k
        cdef LayoutPlaces *next
        for i in range(MESSAGE_NUMBERS):
            while self._layout_places[i] != NULL:
                next = self._layout_places[i].next
                for k in range(self._count):
                    forget_number(&self._layout_places[i].places[k].last)
                PyMem_Free(self._layout_places[i])
                self._layout_places[i] = next
        free_texts(&self._texts)

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
        for i in range(self._count):
            _find(<Layout *>layout, <object>PyTuple_GET_ITEM(self.names, i), &place)
            if first <= place.kind <= last:
                place.index = i
                known.end[0] = place
                known.end += 1
        return 0

    cpdef tuple read(self, Message message):
        """Return the values of a message's fields, in the order of the names."""
        cdef PyObject *values[MAX_FIELDS]
        cdef tuple found = PyTuple_New(self._count)
        cdef int i
        _collect(self, message, values, <PyObject *>None)
        for i in range(self._count):
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
            for i in range(self._count):
                if values[i] != NULL:
                    PyDict_SetItem(filled, <object>PyTuple_GET_ITEM(self.names, i), <object>values[i])
        finally:
            release(values, self._count)
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
    frame.layout = NULL
    if message.layout != NULL:
        frame_of(message, &frame)
    return collect(self, &frame, values, absent, proves=False)
