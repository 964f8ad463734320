# A scan: frames to rows, rows to columns.

from libc.stdint cimport uint8_t, uint32_t, uint64_t

from .column_plan cimport ColumnPlan

cdef enum:
    MAX_LENGTH = 0xFFFF         # largest length of a floating field, which has 16 bits at most
    MAX_HEADS = 18              # heads of a frame whose shape is kept: size, message, 16 floating fields

# Size, message and floating fields of the frame before. The next frame often has the same ones, with data of
# the same length: then its places are the same. To find that out, the frame's heads are compared with these,
# all at once. A search needs each length to find the next field.
cdef struct Shape:
    Py_ssize_t size             # of the frame; 0: no shape
    int count                   # number of heads
    uint32_t at[MAX_HEADS]      # offsets of the heads in the frame
    uint32_t heads[MAX_HEADS]   # as on the wire: the body's size, the message, tag and length of each field

# A run is of rows whose frames follow each other, have the same size and the same places. It has 1 + slots
# words, and two more: the number of rows, and the size of a frame. The first word is the first frame's offset
# and its layout, and whether the run has the same places as the run before. The others are the places of the
# wanted floating fields' first occurrences: offset in the frame times 65536, plus length; 0 if absent.
cdef struct Scan:
    const unsigned char *data
    Py_ssize_t size
    Py_ssize_t max_frame
    Py_ssize_t limit            # largest value in bytes, MAX_LENGTH at most; longer ones are masked
    Py_ssize_t offset
    Py_ssize_t frames
    Py_ssize_t others
    Py_ssize_t malformed
    Py_ssize_t malformed_at     # offset of the first malformed frame
    Py_ssize_t malformed_size
    Py_ssize_t too_large        # size of a frame above max_frame, at `offset`
    bint no_memory
    uint64_t *runs
    Py_ssize_t run_count
    Py_ssize_t row_count        # of all runs
    Py_ssize_t filled           # rows that columns were filled with before those of the runs
    bint ended                  # whether there are no more rows to find
    Py_ssize_t capacity         # runs that memory is allocated for
    Py_ssize_t places           # words of a run with places
    Py_ssize_t run_end          # end of the last run's last frame
    Py_ssize_t measured         # rows whose values are in `longest`
    Py_ssize_t measured_runs    # the same: whole runs, and rows of the next one
    Py_ssize_t measured_rows
    bint keeps_no_shape         # frames may have several layouts, or tags of one byte
    Py_ssize_t last_size        # of the last row's frame
    Shape shape
    Py_ssize_t *longest         # by slot, counted from 1: bytes of the longest value, at least 1


# The place of one column in memory.
cdef struct Target:
    unsigned char *values
    uint8_t *valid              # NULL if the column has no mask
    Py_ssize_t width            # bytes of one value


# Prepares a scan without data. close_scan frees its memory. `limit`: see Scan.
cdef int open_scan(Scan *scan, ColumnPlan plan, Py_ssize_t max_frame, Py_ssize_t limit) except -1
cdef void close_scan(Scan *scan) noexcept
# Drops the rows and keeps their memory.
cdef void restart_scan(Scan *scan) noexcept nogil
# Adds rows of the frames from `offset` on, `count` at most, and moves `offset` to the end of the last one. It
# ends before an incomplete or malformed frame, before one of another message, before one above max_frame, and
# if memory for another row cannot be allocated (`no_memory` is set then). Returns the number of rows added.
cdef Py_ssize_t take_run(ColumnPlan plan, Scan *scan, Py_ssize_t count) noexcept nogil
# Both add rows of the frames of the message from `offset` on, and count the others: the first for a part of
# the data, the second for all of it. The scan ends before an incomplete frame, before one above max_frame
# (`too_large` is set then), and if memory for another row cannot be allocated (`no_memory` is set then).
cdef void find_first_rows(ColumnPlan plan, Scan *scan) noexcept nogil
cdef void find_all_rows(ColumnPlan plan, Scan *scan) noexcept nogil
# Bytes of one value: a number's width, else the length of the longest value in any of the layouts.
cdef Py_ssize_t column_width(ColumnPlan plan, Scan *scan, Py_ssize_t at) noexcept nogil
# Fills all columns with the rows, after those that they have, and drops the runs. The frames must be where
# they were. `capacity`: rows that each column has memory for.
cdef void fill_columns(
    ColumnPlan plan, Scan *scan, const Target *targets, Py_ssize_t capacity
) noexcept nogil
# Fills the columns with the rows, finds those of the next part, and so on. True: the scan has ended. False:
# the columns have no memory for the rows that were found last, or for one of their values.
cdef bint fill_as_found(
    ColumnPlan plan, Scan *scan, const Target *targets, Py_ssize_t capacity
) noexcept nogil
# Estimate of the number of rows of the whole data, from those that were found.
cdef Py_ssize_t expected_rows(const Scan *scan) noexcept nogil
# Offset of the last row's frame in the data. There must be one.
cdef Py_ssize_t last_offset(const Scan *scan) noexcept nogil
