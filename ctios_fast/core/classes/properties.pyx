"""Properties of the message classes, which read a field by its Python name and convert it.

A property looks its field up in the message's layout, and keeps the place for the next message with the same
layout. So one class serves all protocol versions and alternative layouts, and a property never reads a place
that belongs to another layout.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING
from cpython.dict cimport PyDict_GetItem
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF
from libc.stdint cimport int64_t, uint32_t
from libc.string cimport memcpy

from ctios_fast.core.layout cimport (
    HEADER_SIZE,
    MESSAGE_NUMBERS,
    WIRE_NAMEDARRAY,
    WIRE_RAW,
    WIRE_STRING,
    FloatingSlot,
    Layout,
    load_number,
    message_class_by_number,
    type_width,
)
from ctios_fast.core.field_slot cimport FieldSlot, find_floating_slot, find_slot, next_of_slot
from ctios_fast.core.floating cimport FloatingCursor, next_floating
from ctios_fast.core.message cimport Message, read_value, text_of
from .attribute_table cimport Attributes, find_attribute, new_attributes

import sys
from enum import IntFlag

from ctios_fast.core.switches import is_on
from ctios_fast.protocol import enums

cdef enum:
    TABLED_MEMBERS = 64             # members below this value are found without a dict
    # Combinations of bits that are kept as members. Further ones are returned as plain integers, so that a
    # peer that keeps sending new ones cannot fill the memory.
    MAX_KEPT_MEMBERS = 4096

cdef extern from "Python.h":
    object PyObject_GenericGetAttr(object o, object name)


cdef inline bint _is_number(int wire_type) noexcept nogil:
    return wire_type != WIRE_RAW and wire_type < WIRE_STRING


cdef class Conversion:
    """Converts a number on the wire to a bool or to a member of an enumeration, or leaves it as it is.

    ``wanted`` is None, ``"bool"``, or the name of a class in ``protocol.enums``, which is imported on first
    use.
    """

    def __cinit__(self, wanted):
        self._enum = wanted
        self._plain = wanted is None

    cdef object _of_many(self, int64_t number):
        # The slow path: the first number, members with large values, and numbers that are not members.
        cdef PyObject *member
        if self._enum == "bool":
            return number != 0
        if self._members is None:
            self._resolve()
        value = number
        member = PyDict_GetItem(self._members, value)
        if member != NULL:
            return <object>member
        if issubclass(self._enum, IntFlag) and len(self._members) < MAX_KEPT_MEMBERS:
            return self._enum(value)
        return value

    cdef int _resolve(self) except -1:
        # The reference gives the values of some fields in two tables.
        second = getattr(enums, f"{self._enum}Extended", None)
        self._enum = getattr(enums, self._enum)
        self._members = self._enum._value2member_map_
        if second is not None:
            self._members = {**self._members, **second._value2member_map_}
        self._low = tuple([self._members.get(number) for number in range(TABLED_MEMBERS)])
        self._low_count = TABLED_MEMBERS
        return 0


cdef object _single(
    PyObject *layouts, const FloatingSlot *slot, Conversion conversion, const FloatingCursor *field
):
    # The value of one field, or None if its data is not of its type.
    if _is_number(slot.type):
        if field.size != type_width(slot.type):
            return None
        return conversion.of(load_number(slot.type, field.data))
    if slot.type == WIRE_STRING:
        return text_of(layouts, field.data, field.size)
    return read_value(layouts, slot, field.data, field.size, False)


cdef int _gather(
    PyObject *layouts, const FloatingSlot *slot, Conversion conversion, const FloatingCursor *field,
    list values
) except -1:
    # Appends all elements of an array, or the value of a field of another type.
    cdef int width = type_width(slot.type)
    cdef Py_ssize_t at = 0
    if width == 0:
        values.append(read_value(layouts, slot, field.data, field.size, False))
        return 0
    while at + width <= field.size:
        values.append(conversion.of(load_number(slot.type, field.data + at)))
        at += width
    return 0


cdef class Property:
    """One field of a message class. Read from the class, it shows both names of the field."""

    def __init__(self, str name not None, str reference not None, wanted=None):
        self.name = name
        self.reference = reference
        self._conversion = Conversion(wanted)

    cdef int _find_place(self, Message message) except -1:
        # Finds the field's place in the message's layout and keeps it. The layout may lack the field.
        cdef FieldSlot place
        self._layout = NULL
        self._owner = message.layouts
        find_slot(message.layout, self.reference, &place)
        self._fixed = place.fixed
        self._floating = place.floating
        self._layout = message.layout
        return 0

    def __repr__(self):
        return f"<property {self.name}: field {self.reference}>"


@cython.final
cdef class FixedProperty(Property):
    """A field of the fixed part; None if the message's layout lacks it."""

    cdef object read(self, Message message):
        cdef int64_t number
        if message.layout != self._layout:
            self._find_place(message)
        if self._fixed == NULL:
            return None
        number = load_number(self._fixed.type, message.data + HEADER_SIZE + self._fixed.offset)
        if not self._conversion._plain:
            return self._conversion.of(number)
        if number != self._last or self._last_int is None:
            self._last_int = number
            self._last = number
        return self._last_int

    def __get__(self, Message message, owner):
        return self if message is None else self.read(message)


@cython.final
cdef class FloatingProperty(Property):
    """A field of the floating part; None if it is absent or its data is not of its type."""

    cdef object read(self, Message message):
        cdef FloatingCursor field
        if message.layout != self._layout:
            self._find_place(message)
        if self._floating == NULL:
            return None
        message.start(&field)
        if next_of_slot(&field, message.layouts.tag_width, self._floating):
            return _single(<PyObject *>message.layouts, self._floating, self._conversion, &field)
        return None

    def __get__(self, Message message, owner):
        return self if message is None else self.read(message)


cdef class RepeatedProperty(Property):
    """A field that repeats or holds an array: a tuple of all its values."""

    def __get__(self, Message message, owner):
        cdef FloatingCursor field
        cdef const FloatingSlot *slot
        cdef list values
        if message is None:
            return self
        if message.layout != self._layout:
            self._find_place(message)
        slot = self._floating               # reading values may run code that reads another message
        if slot == NULL:
            return ()
        values = []
        message.start(&field)
        while next_of_slot(&field, message.layouts.tag_width, slot):
            _gather(<PyObject *>message.layouts, slot, self._conversion, &field, values)
        return tuple(values)


cdef object _named(PyObject *layouts, int wire_type, const FloatingCursor *field):
    # A variable or an array's element. Its value is empty if the name has no NUL after it.
    cdef FloatingSlot slot
    cdef bytes closed
    slot.type = wire_type
    slot.flags = 0
    if wire_type == WIRE_NAMEDARRAY and field.size == 0:
        return None
    value = read_value(layouts, &slot, field.data, field.size, False)
    if isinstance(value, bytes):
        closed = <bytes>value + b"\0"
        value = read_value(
            layouts, &slot, <const unsigned char *>PyBytes_AS_STRING(closed), len(closed), False
        )
    return value


cdef class NamedProperty(Property):
    """All named variables, or all elements of named arrays, of a message: a mapping."""

    def __init__(self, str name not None, str reference not None, object mapping not None):
        Property.__init__(self, name, reference)
        self._mapping = mapping

    def __get__(self, Message message, owner):
        cdef FloatingCursor field
        cdef const FloatingSlot *slot
        cdef list values
        if message is None:
            return self
        if message.layout != self._layout:
            self._find_place(message)
        values = []
        slot = self._floating
        if slot != NULL:
            message.start(&field)
            while next_of_slot(&field, message.layouts.tag_width, slot):
                value = _named(<PyObject *>message.layouts, slot.type, &field)
                if value is not None:
                    values.append(value)
        return self._mapping(values)


cdef class GroupProperty:
    """A group of fields that repeats: a tuple of records.

    * ``columns``: for each column the field's name in the reference, its conversion, and whether it gathers.
      A column that gathers (an array, a field nested in the record) holds all its values as a tuple.
    * ``opener``: column that begins a record, or -1
    * ``closer``: column that ends a record, or -1

    A record also begins with a field that the current record already has, unless the column gathers.
    """

    def __init__(
        self, str name not None, type record not None, tuple columns not None, int opener, int closer
    ):
        cdef int i
        if len(columns) > MAX_COLUMNS:
            raise ValueError(f"{name} has more than {MAX_COLUMNS} columns")
        self.name = name
        self.record = record
        self._columns = len(columns)
        self._references = tuple([column[0] for column in columns])
        self._conversions = tuple([Conversion(column[1]) for column in columns])
        for i in range(self._columns):
            self._gathers[i] = 1 if columns[i][2] else 0
        self._opener = opener
        self._closer = closer

    cdef int _find_place(self, Message message) except -1:
        cdef int i
        cdef Layout *layout = message.layout
        self._layout = NULL
        self._owner = message.layouts
        for i in range(self._columns):
            self._slots[i] = NULL
            if layout != NULL:
                self._slots[i] = find_floating_slot(layout, self._references[i])
        self._layout = layout
        return 0

    cdef object _record_of(self, list values):
        cdef int i
        for i in range(self._columns):
            if self._gathers[i]:
                values[i] = () if values[i] is None else tuple(<list>values[i])
        return tuple.__new__(self.record, values)

    def __get__(self, Message message, owner):
        cdef FloatingCursor field
        cdef int i
        cdef uint32_t seen = 0
        cdef list records, values = None
        cdef Conversion conversion
        cdef const FloatingSlot *slots[MAX_COLUMNS]
        if message is None:
            return self
        if message.layout != self._layout:
            self._find_place(message)
        if self._layout == NULL:
            return ()
        memcpy(slots, self._slots, sizeof(slots))   # reading values may run code that reads another message
        records = []
        message.start(&field)
        while next_floating(&field, message.layouts.tag_width):
            for i in range(self._columns):
                if slots[i] != NULL and slots[i].tag == field.tag:
                    break
            else:
                continue
            if values is not None and (i == self._opener or (seen >> i & 1 and not self._gathers[i])):
                records.append(self._record_of(values))
                values = None
            if values is None:
                values = [None] * self._columns
                seen = 0
            seen |= <uint32_t>1 << i
            conversion = <Conversion>self._conversions[i]
            if self._gathers[i]:
                if values[i] is None:
                    values[i] = []
                _gather(<PyObject *>message.layouts, slots[i], conversion, &field, <list>values[i])
            else:
                values[i] = _single(<PyObject *>message.layouts, slots[i], conversion, &field)
            if i == self._closer:
                records.append(self._record_of(values))
                values = None
        if values is not None:
            records.append(self._record_of(values))
        return tuple(records)

    def __repr__(self):
        return f"<property {self.name}: records of {', '.join(self._references)}>"


# --- Registered classes ------------------------------------------------------------------------------

cdef Attributes *_attributes[MESSAGE_NUMBERS]       # by message number; never freed, like the classes


cdef object attribute_of(object message, object name):
    # The tp_getattro of message classes.
    cdef PyObject *field = NULL
    cdef bint fixed = False
    if (<Message>message).type < MESSAGE_NUMBERS:
        field = find_attribute(_attributes[(<Message>message).type], message, name, &fixed)
    if field == NULL:
        return PyObject_GenericGetAttr(message, name)
    if fixed:
        return (<FixedProperty>field).read(<Message>message)
    return (<FloatingProperty>field).read(<Message>message)


def register(type message_class not None):
    """Register a message class: frames of its number are then read as its instances, in all versions."""
    cdef uint32_t number = message_class.number
    cdef dict fields
    if not issubclass(message_class, Message) or number >= MESSAGE_NUMBERS:
        raise TypeError(f"{message_class!r} is not the class of a message")
    if message_class_by_number[number] == NULL:
        if is_on("attribute-table"):
            fields = {
                sys.intern(name): (field, isinstance(field, FixedProperty))
                for name, field in vars(message_class).items()
                if isinstance(field, (FixedProperty, FloatingProperty))
            }
            _attributes[number] = new_attributes(message_class, fields)
        Py_INCREF(message_class)
        message_class_by_number[number] = <PyObject *>message_class
