# The memory of a scan's columns.

from .column_plan cimport ColumnPlan
from .column_scan cimport Scan, Target


cdef class ColumnBlock:
    cdef readonly ColumnPlan plan           # what the columns were decoded by
    cdef readonly Py_ssize_t rows
    cdef readonly Py_ssize_t offset
    cdef readonly Py_ssize_t frames
    cdef readonly Py_ssize_t others
    cdef readonly Py_ssize_t malformed
    cdef object _block                      # memory of all columns
    cdef unsigned char *_start              # of the block
    cdef Target *_targets                   # places of the columns in it
    cdef dict _arrays                       # by name: the arrays that were asked for

    # Allocates the block and fills the columns. The frames must be where they were. It keeps the GIL: for a
    # few rows, waiting for it takes longer than filling.
    cdef int fill(self, Scan *scan) except -1
    cdef int move(self, Scan *scan, Py_ssize_t capacity) except -1
    cdef bint is_excessive(self, Scan *scan, Py_ssize_t capacity) noexcept
    cdef int decode_in_parts(self, Scan *scan, Py_ssize_t max_frame) except -1
    cdef int place(self, Py_ssize_t rows, Scan *scan, object widths) except -1
    cdef object array_of(self, object name, bint of_mask)
