# Writes messages from the keywords of message classes.

from cpython.object cimport PyObject
from libc.stdint cimport uint32_t, uint64_t

from ctios_fast.core.layout cimport FloatingSlot, Layout, Layouts

cdef enum:
    MAX_FIXED = 256            # fields of a fixed part; the data has at most 149
    MAX_PARTS = 64             # floating fields and groups of a message; the data has at most 36
    MAX_COUNTS = 8             # fields that count others; the data has at most 3

# How a part is written; protocol/build/class_shapes.py has the same numbers.
cdef enum PartKind:
    KIND_SINGLE = 0
    KIND_REPEATED = 1          # one floating field for each item
    KIND_ARRAY = 2             # one floating field that holds all items
    KIND_GROUP = 3
    KIND_VARIABLES = 4
    KIND_ARRAYS = 5

cdef class FloatingPart:
    cdef str keyword
    cdef str reference
    cdef int kind
    cdef const FloatingSlot *slot           # NULL: a group, or a field without a published tag
    cdef int count                          # number of the count that counts this part, -1: none
    cdef bint required
    cdef tuple columns                      # of a group: its FloatingParts
    cdef type record

cdef class VersionPlan:
    cdef Layouts layouts
    cdef Layout *layout
    cdef str message
    cdef dict index                         # keyword -> fixed index, or FLOATING_CODE + number of the part
    cdef tuple fixed_names                  # by fixed index, the reference's
    cdef tuple defaults                     # by fixed index: int or None
    cdef list parts
    cdef int counts
    cdef int count_fixed[MAX_COUNTS]       # fixed index that holds the count, -1: none
    cdef int count_part[MAX_COUNTS]        # part that holds the count, -1: none
    cdef uint64_t required
    cdef uint64_t counted

cdef class KeywordWriter:
    cdef readonly uint32_t number
    cdef readonly dict references           # keyword -> name in the reference
    cdef dict _keywords
    cdef dict _since
    cdef tuple _parts
    cdef dict _defaults
    cdef list _plans                        # by protocol version
    cdef object templates                   # of keyword_cache: the latest FrameTemplate, or None

    cdef VersionPlan plan(self, Layouts layouts)
    cdef object _unknown_keyword(self, VersionPlan plan, object keyword)
    cdef bytes write(self, Layouts layouts, Py_ssize_t max_frame, dict given)
