# Properties of the message classes: each reads one field, or one group of fields, of a message view.

from libc.stdint cimport int64_t

from .layout cimport FixedSlot, FloatingSlot, Layout, Layouts
from .message cimport Message

cdef enum:
    MOST_COLUMNS = 32           # fields of one record; the largest has 20

cdef class Conversion:
    cdef object _enum
    cdef dict _members
    cdef int _kind

    cdef object of(self, int64_t number)
    cdef object _of_flags(self, object number)
    cdef int _resolve(self) except -1

cdef class Property:
    cdef readonly str name
    cdef readonly str reference
    cdef Conversion _conversion
    cdef Layouts _owner                     # of the layout that the property is set for at present
    cdef Layout *_layout
    cdef FixedSlot *_fixed
    cdef const FloatingSlot *_floating

    cdef int _settle(self, Message message) except -1

cdef class FixedProperty(Property):
    pass

cdef class FloatingProperty(Property):
    pass

cdef class RepeatedProperty(Property):
    pass

cdef class NamedProperty(Property):
    cdef object _mapping

cdef class GroupProperty:
    cdef readonly str name
    cdef readonly type record
    cdef tuple _references
    cdef tuple _conversions
    cdef int _columns
    cdef unsigned char _gathers[MOST_COLUMNS]
    cdef int _opener                        # column that begins a record, -1: none does
    cdef int _closer                        # column that ends one, -1: none does
    cdef Layouts _owner
    cdef Layout *_layout
    cdef const FloatingSlot *_slots[MOST_COLUMNS]

    cdef int _settle(self, Message message) except -1
    cdef object _made(self, list values)
