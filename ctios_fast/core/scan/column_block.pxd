# The memory of a scan's columns.

from .column_plan cimport ColumnPlan
from .column_scan cimport Scan, Target


cdef class ColumnMemory:
    cdef Py_ssize_t rows                    # that have values, once the columns are filled
    cdef object block                       # memory of all columns
    cdef unsigned char *start               # of the block
    cdef Target *targets                    # places of the columns in it


cdef class ColumnBlock:
    cdef readonly ColumnPlan plan           # what the columns were decoded by
    cdef readonly Py_ssize_t offset
    cdef readonly Py_ssize_t frames
    cdef readonly Py_ssize_t others
    cdef readonly Py_ssize_t malformed
    cdef ColumnMemory _memory               # None as long as there are no rows
    cdef dict _arrays                       # by name: the arrays that were asked for

    # Allocates memory for the rows of a scan, which `fill` then fills. The frames must be where they were. It
    # keeps the GIL: for a few rows, waiting for it takes longer than filling.
    cdef int allocate(self, Scan *scan) except -1
    cdef void fill(self, Scan *scan) noexcept
    cdef int publish(
        self, ColumnMemory memory, Py_ssize_t offset, Py_ssize_t frames, Py_ssize_t others,
        Py_ssize_t malformed,
    ) except -1
    cdef object array_of(self, object name, bint of_mask)
