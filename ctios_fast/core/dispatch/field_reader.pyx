"""Several fields of a message in one call, for handlers that read the same ones of every message.

The place of each field is looked up once for each layout. One pass over the floating part finds all fields.
The values are those that ``message.get`` gives.
"""

cimport cython
from cpython.dict cimport PyDict_Copy, PyDict_SetItem
from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_New, PyTuple_SET_ITEM
from libc.string cimport memset

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
from .text_cache cimport free_texts

from ctios_fast.core.switches import is_on
from ctios_fast.protocol.naming import suggestion

cdef int _find(Layout *layout, object name, FieldPlace *place) except -1:
    # Where the layout has the field.
    cdef FieldSlot found
    cdef int tag
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
        # a password is not kept
        place.kind = TEXT if place.slot.type == WIRE_STRING and "Password" not in name else FLOATING
    return 0


@cython.final
cdef class FieldReader:
    """Reads the named fields of messages: ``FieldReader("AgentID", "AgentState").read(message)``.

    ``read`` gives a tuple with one value for each name, in the order of the names: what ``message.get(name)``
    gives, None where the message lacks the field. It takes messages of any type and version. Calling
    the reader is the same. ``fill`` gives a dict of those fields that the message has.

    Short texts that come again and again, as agent IDs do, are given as the same str each time: up to 4,096
    of them are kept, and no password.

    Raises ``ValueError`` for a name that the reference does not have, for one given twice, and for more than
    64 of them. A reader is for one thread at a time.
    """

    def __cinit__(self, *names):
        if len(names) > MAX_FIELDS:
            raise ValueError(f"a reader takes {MAX_FIELDS} fields at most, {len(names)} were given")
        for name in names:
            if not isinstance(name, str):
                raise TypeError(f"a field's name is text, not {type(name).__name__}")
            if not is_field_name(name) and tag_of_text(name) < 0:
                raise ValueError(f"the reference has no field {name!r}{suggestion(name, field_names())}")
            if names.count(name) > 1:
                raise ValueError(f"field {name} is named twice")
        self.names = names
        self._count = len(names)
        self._texts.keeps = is_on("text-cache")

    def __dealloc__(self):
        cdef int i
        cdef LayoutPlaces *next
        for i in range(MESSAGE_NUMBERS):
            while self._layout_places[i] != NULL:
                next = self._layout_places[i].next
                PyMem_Free(self._layout_places[i])
                self._layout_places[i] = next
        free_texts(&self._texts)

    cdef LayoutPlaces *new_places(self, const Layout *layout) except NULL:
        cdef LayoutPlaces *places = <LayoutPlaces *>PyMem_Calloc(1, sizeof(LayoutPlaces))
        if places == NULL:
            raise MemoryError
        try:
            self.add_places(layout, places, FLOATING, DATA)
            places.repeated = -places.count
            self.add_places(layout, places, REPEATED, REPEATED)
            places.repeated += places.count
            places.floating = places.count
            self.add_places(layout, places, FIXED, FIXED)
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
        # Adds the places of some kinds.
        cdef FieldPlace place
        cdef int i
        for i in range(self._count):
            _find(<Layout *>layout, <object>PyTuple_GET_ITEM(self.names, i), &place)
            if first <= place.kind <= last:
                place.index = i
                known.places[known.count] = place
                known.count += 1
        return 0

    cpdef tuple read(self, Message message):
        """The values of one message's fields, in the order of the names."""
        cdef PyObject *values[MAX_FIELDS]
        cdef tuple found
        cdef int i
        memset(values, 0, self._count * sizeof(PyObject *))
        try:
            _collect(self, message, values)
            found = PyTuple_New(self._count)
            for i in range(self._count):
                value = None if values[i] == NULL else <object>values[i]
                Py_INCREF(value)                # the tuple's own reference
                PyTuple_SET_ITEM(found, i, value)
        finally:
            release(values, self._count)
        return found

    cpdef dict fill(self, Message message, dict template):
        """A copy of the template with the fields that the message has, each under its name."""
        cdef PyObject *values[MAX_FIELDS]
        cdef dict filled
        cdef int i
        if template is None:
            raise TypeError("a dict is wanted, not None")
        memset(values, 0, self._count * sizeof(PyObject *))
        try:
            _collect(self, message, values)
            filled = PyDict_Copy(template)
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


cdef inline int _collect(FieldReader self, Message message, PyObject **values) except -1:
    # As collect, of a view.
    cdef Frame frame
    if message is None:
        raise TypeError("a message is wanted, not None")
    if message.layout == NULL:
        return 0
    frame_of(message, &frame)
    return collect(self, &frame, values)
