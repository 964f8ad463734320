# Properties of the message classes. Each reads one field, or one group of fields, of a message view.

from cpython.object cimport PyObject
from cpython.tuple cimport PyTuple_GET_ITEM
from libc.stdint cimport int64_t

from ctios_fast.core.layout cimport FixedSlot, FloatingSlot, Layout, Layouts
from ctios_fast.core.message cimport Message

cdef enum:
    MAX_COLUMNS = 32            # fields of one record; the largest has 20

cdef class Conversion:
    cdef object _enum
    cdef dict _members
    cdef tuple _low             # members with small values, by value; None: not a member
    cdef int64_t _low_count
    cdef bint _plain

    cdef object _of_many(self, int64_t number)
    cdef int _resolve(self) except -1

    cdef inline object of(self, int64_t number):
        cdef PyObject *member
        if self._plain:
            return number
        if 0 <= number < self._low_count:
            member = PyTuple_GET_ITEM(self._low, number)
            if member != <PyObject *>None:
                return <object>member
        return self._of_many(number)

cdef class Property:
    cdef readonly str name
    cdef readonly str reference
    cdef Conversion _conversion
    cdef Layouts _owner                     # owner of the layout for which the place below was found
    cdef Layout *_layout
    cdef const FixedSlot *_fixed
    cdef const FloatingSlot *_floating

    cdef int _find_place(self, Message message) except -1

cdef class FixedProperty(Property):
    # The number that was read last, and its int. Many fields, such as PeripheralID, seldom change.
    cdef int64_t _last
    cdef object _last_int
    cdef object read(self, Message message)

cdef class FloatingProperty(Property):
    cdef object read(self, Message message)

cdef class RepeatedProperty(Property):
    pass

cdef class NamedProperty(Property):
    cdef object _mapping

cdef object attribute_of(object message, object name)

cdef class GroupProperty:
    cdef readonly str name
    cdef readonly type record
    cdef tuple _references
    cdef tuple _conversions
    cdef int _columns
    cdef unsigned char _gathers[MAX_COLUMNS]
    cdef int _opener                        # column that begins a record, or -1
    cdef int _closer                        # column that ends a record, or -1
    cdef Layouts _owner
    cdef Layout *_layout
    cdef const FloatingSlot *_slots[MAX_COLUMNS]

    cdef int _find_place(self, Message message) except -1
    cdef object _record_of(self, list values)
