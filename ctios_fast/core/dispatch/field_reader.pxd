# Several fields of a message in one call.

cimport cython
from cpython.object cimport PyObject
from libc.stdint cimport uint32_t, uint64_t

from ctios_fast.core.layout cimport MESSAGE_NUMBERS, FloatingSlot, Layout
from ctios_fast.core.message cimport Message

cdef enum:
    MAX_FIELDS = 64
    MIN_TEXTS = 64
    MAX_TEXTS = 4096
    ENOUGH_FOUND = 16                       # so many texts found for each that is missed are enough

cdef enum PlaceKind:
    MISSING                         # this layout has no such field
    FIXED
    BY_NAME                           # repeats, or is asked for as "tag:N": read as message[name] is
    FLOATING                        # the first one with the tag counts
    TEXT                            # the same, of STRING type; its texts may be kept

cdef struct FieldPlace:
    PlaceKind kind
    int wire_type                   # of a fixed field
    uint32_t at                     # offset from the frame's start, or tag
    const FloatingSlot *slot

# Where one layout has the fields.
cdef struct LayoutPlaces:
    const Layout *layout
    LayoutPlaces *next                  # of the same message in another version, or an alternative
    int floating                    # how many of the fields stand in the floating part
    FieldPlace places[MAX_FIELDS]

# A text of up to 15 characters: what stands before its NUL, and the str.
cdef struct CachedText:
    uint64_t first, second
    PyObject *text


@cython.final
cdef class FieldReader:
    cdef readonly tuple names
    cdef int _count
    cdef LayoutPlaces *_layout_places[MESSAGE_NUMBERS]        # by message number
    cdef CachedText *_texts                           # those that came last, by what they hold
    cdef int _places                            # how many there may be: 0, or a power of two
    cdef uint32_t _found, _missed               # of them, since that was last looked at
    cdef bint _keeps                            # whether it is worth while to keep any

    cdef LayoutPlaces *places_of(self, Message message) except NULL
    cdef object text(self, const unsigned char *p, Py_ssize_t size)
    cdef int review(self) except -1
    cdef int set_places(self, int places) except -1
    cdef int collect(self, Message message, PyObject **values) except -1
    cdef int collect_fields(self, Message message, const LayoutPlaces *known, PyObject **values) except -1
    cpdef tuple read(self, Message message)
    cpdef dict fill(self, Message message, dict template)
