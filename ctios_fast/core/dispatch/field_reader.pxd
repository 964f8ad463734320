# Several fields of a message in one call.

cimport cython
from libc.stdint cimport uint32_t

from ctios_fast.core.layout cimport MESSAGE_NUMBERS, FloatingSlot, Layout
from ctios_fast.core.message cimport Message
from .text_cache cimport TextCache

cdef enum:
    MAX_FIELDS = 64
    NO_TAG_ON_WIRE = 0x10000        # a tag has 16 bits at most

cdef enum PlaceKind:
    MISSING                         # this layout has no such field
    FIXED
    BY_NAME                           # repeats, or is asked for as "tag:N": read as message[name] is
    FLOATING                        # the first one with the tag counts
    TEXT                            # the same, of STRING type; its texts may be kept

cdef struct FieldPlace:
    PlaceKind kind
    int index                       # of the field among those of the reader
    int wire_type                   # of a fixed field
    uint32_t at                     # offset from the frame's start, or tag
    uint32_t second_tag             # of a floating field, or NO_TAG_ON_WIRE
    const FloatingSlot *slot

# Where one layout has the fields. Those that it does not have are left out.
cdef struct LayoutPlaces:
    const Layout *layout
    LayoutPlaces *next              # of the same message in another version, or an alternative
    int floating                    # number of places in the floating part; they come first
    int count                       # number of all places
    FieldPlace places[MAX_FIELDS]


@cython.final
cdef class FieldReader:
    cdef readonly tuple names
    cdef int _count
    cdef LayoutPlaces *_layout_places[MESSAGE_NUMBERS]        # by message number
    cdef TextCache _texts

    cdef LayoutPlaces *places_of(self, Message message) except NULL
    cdef int find_places(self, Layout *layout, LayoutPlaces *known, bint floating) except -1
    cdef tuple collect(self, Message message)
    cpdef tuple read(self, Message message)
    cpdef dict fill(self, Message message, dict template)
