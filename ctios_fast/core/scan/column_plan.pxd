# Columns: which bytes of a message's frames go into which array.

from libc.stdint cimport uint8_t, uint16_t, uint32_t

from ctios_fast.core.layout cimport Layout, Layouts
from ctios_fast.core.floating cimport MAX_PLACES, MAX_TAGS
from .transpose cimport Window

cdef enum:
    MAX_LAYOUTS = 4             # of one message; the data has at most two

cdef enum SourceKind:
    SOURCE_NONE = 0
    SOURCE_FIXED = 1
    SOURCE_FLOATING = 2

cdef enum PlaceKind:
    PLACE_NUMBER = 0
    PLACE_BYTES = 1
    PLACE_TEXT = 2               # bytes that end at the first NUL

# The place of a column's value in frames of one layout.
ctypedef struct ColumnSource:
    uint8_t kind
    uint16_t at                 # fixed: offset from the frame's start; floating: number of its slot, from 0

ctypedef struct Column:
    uint8_t width               # of a number; 0: a byte string
    bint text                   # a byte string that ends at the first NUL
    bint masked                 # whether rows may lack a value
    bint in_window              # a fixed number that one of the plan's windows has
    ColumnSource sources[MAX_LAYOUTS]

cdef class ColumnPlan:
    cdef readonly uint32_t message
    cdef readonly str name
    cdef readonly tuple fields              # of ColumnField
    cdef readonly tuple names               # the reference's names of the columns' fields
    cdef list codes                         # NumPy's type codes of the columns
    cdef readonly dict index                # by a column's name: its position
    cdef Layouts layouts
    cdef int layout_count
    cdef Layout *candidates[MAX_LAYOUTS]
    cdef Py_ssize_t count
    cdef Column *columns
    cdef Window *windows                    # of fixed numbers that are taken together
    cdef int window_count
    cdef Py_ssize_t places                  # number of wanted floating fields
    cdef Py_ssize_t tags                    # 1 + the largest wanted tag
    cdef uint8_t place_of_tag[MAX_TAGS]     # number of the tag's slot, counted from 1; 0: not wanted
    cdef uint8_t place_kind[MAX_PLACES + 1]     # PlaceKind by slot, counted from 1

    cdef int _add(self, Py_ssize_t column, str name) except -1
    cdef int _plan_windows(self) except -1
    cdef int _source(self, Layout *layout, str name, ColumnSource *source, int *wire_type) except -1
