"""Several fields of a message in one call, for handlers that read the same ones of every message.

The place of each field is looked up once for each layout. One pass over the floating part finds all fields.
The values are those that ``message.get`` gives.
"""

cimport cython
from cpython.dict cimport PyDict_Copy, PyDict_SetItem
from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_New

from ctios_fast.core.layout cimport (
    FLAG_REPEATS,
    HEADER_SIZE,
    NO_TAG,
    WIRE_STRING,
    Layout,
    field_names,
    is_field_name,
    load_number,
    tag_of_text,
)
from ctios_fast.core.field_slot cimport FieldSlot, find_slot
from ctios_fast.core.floating cimport FloatingCursor, next_floating
from ctios_fast.core.message cimport Message, read_value
from .text_cache cimport cached_text, free_texts

from ctios_fast.core.switches import is_on
from ctios_fast.protocol.naming import suggestion

cdef extern from "Python.h":
    void set_item "PyTuple_SET_ITEM"(tuple values, Py_ssize_t place, PyObject *value) noexcept


cdef inline void give_item(tuple values, Py_ssize_t place, object value) noexcept:
    # The item is NULL before. The tuple gets a reference of its own.
    Py_INCREF(value)
    set_item(values, place, <PyObject *>value)


cdef int _find(Layout *layout, object name, FieldPlace *place) except -1:
    # Where the layout has the field.
    cdef FieldSlot found
    find_slot(layout, name, &found)
    if found.fixed != NULL:
        place.kind = FIXED
        place.wire_type = found.fixed.type
        place.at = HEADER_SIZE + found.fixed.offset
        return 0
    place.slot = found.floating
    if place.slot == NULL:
        place.kind = MISSING if tag_of_text(name) < 0 else BY_NAME
    elif place.slot.flags & FLAG_REPEATS:
        place.kind = BY_NAME
    else:
        # a password is not kept
        place.kind = TEXT if place.slot.type == WIRE_STRING and "Password" not in name else FLOATING
        place.at = place.slot.tag
        place.second_tag = NO_TAG_ON_WIRE
        if place.slot.second_tag != NO_TAG:
            place.second_tag = place.slot.second_tag
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
        if len(set(names)) != len(names):
            raise ValueError("a field is named twice")
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

    cdef LayoutPlaces *places_of(self, Message message) except NULL:
        # Shapes are kept as long as the reader: what reads a message may run other code meanwhile.
        cdef const Layout *layout = message.layout
        cdef LayoutPlaces *known = self._layout_places[layout.number]
        while known != NULL:
            if known.layout == layout:
                return known
            known = known.next
        known = <LayoutPlaces *>PyMem_Calloc(1, sizeof(LayoutPlaces))
        if known == NULL:
            raise MemoryError
        try:
            self.find_places(message.layout, known, floating=True)
            known.floating = known.count
            self.find_places(message.layout, known, floating=False)
        except BaseException:
            PyMem_Free(known)
            raise
        known.layout = layout
        known.next = self._layout_places[layout.number]
        self._layout_places[layout.number] = known
        return known

    cdef int find_places(self, Layout *layout, LayoutPlaces *known, bint floating) except -1:
        # Adds the places in the floating part, or the others.
        cdef FieldPlace place
        cdef int i
        for i in range(self._count):
            _find(layout, <object>PyTuple_GET_ITEM(self.names, i), &place)
            if place.kind != MISSING and (place.kind >= FLOATING) == floating:
                place.index = i
                known.places[known.count] = place
                known.count += 1
        return 0

    cdef tuple collect(self, Message message):
        # The values of one message's fields; NULL where there is none.
        cdef tuple values = PyTuple_New(self._count)
        cdef const LayoutPlaces *known
        cdef const FieldPlace *place
        cdef FloatingCursor field
        cdef int i, left
        if message is None:
            raise TypeError("a message is wanted, not None")
        if message.layout == NULL:
            return values
        known = self.places_of(message)
        left = known.floating
        message.start(&field)
        while left and next_floating(&field, message.layouts.tag_width):
            for i in range(known.floating):
                place = &known.places[i]
                if field.tag != place.at and field.tag != place.second_tag:
                    continue
                if PyTuple_GET_ITEM(values, place.index) == NULL:
                    if place.kind == TEXT and self._texts.keeps:
                        give_item(values, place.index, cached_text(
                            &self._texts, <PyObject *>message.layouts, field.data, field.size
                        ))
                    else:
                        give_item(values, place.index, read_value(
                            <PyObject *>message.layouts, place.slot, field.data, field.size, False
                        ))
                    left -= 1
        for i in range(known.floating, known.count):
            place = &known.places[i]
            if place.kind == FIXED:
                give_item(values, place.index, load_number(place.wire_type, message.data + place.at))
                continue
            value = message.value_of(<object>PyTuple_GET_ITEM(self.names, place.index), None)
            if value is not None:
                give_item(values, place.index, value)
        return values

    cpdef tuple read(self, Message message):
        """The values of one message's fields, in the order of the names."""
        cdef tuple values = self.collect(message)
        cdef int i
        for i in range(self._count):
            if PyTuple_GET_ITEM(values, i) == NULL:
                give_item(values, i, None)
        return values

    cpdef dict fill(self, Message message, dict template):
        """A copy of the template with the fields that the message has, each under its name."""
        cdef tuple values
        cdef dict filled
        cdef PyObject *value
        cdef int i
        if template is None:
            raise TypeError("a dict is wanted, not None")
        filled = PyDict_Copy(template)
        values = self.collect(message)
        for i in range(self._count):
            value = PyTuple_GET_ITEM(values, i)
            if value != NULL:
                PyDict_SetItem(filled, <object>PyTuple_GET_ITEM(self.names, i), <object>value)
        return filled

    def __call__(self, Message message not None):
        return self.read(message)

    def __repr__(self):
        return f"<FieldReader {', '.join(self.names)}>"

    def __reduce__(self):
        return FieldReader, self.names
