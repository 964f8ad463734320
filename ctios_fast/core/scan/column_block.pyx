"""The memory of a scan's columns: one block, in which each array is created when it is first asked for.

One block costs one allocation. A large one is mapped by the system in large pages, which is faster than many
small ones. This module imports NumPy; it is imported when the first columns are wanted.
"""

cimport cython
from cpython.buffer cimport PyBUF_SIMPLE, PyBUF_WRITABLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.mem cimport PyMem_Calloc, PyMem_Free
from libc.string cimport memcpy, memset

from ctios_fast.core.layout cimport checked_max_frame
from .block_memory cimport new_block
from .column_plan cimport ColumnPlan
from .column_scan cimport (
    MAX_LENGTH, Scan, Target, close_scan, column_width, expected_rows, fill_as_found, fill_columns,
    find_all_rows, find_first_rows, open_scan,
)

from ctios_fast.errors import FrameTooLarge

from numpy import bool_, dtype, ndarray, ones

cdef enum:
    ALIGNMENT = 64              # of each array in the block, in bytes
    MAX_MOVES = 4               # blocks that the columns of one scan can have
    MAX_EXPECTED = 4            # largest size of the expected columns, in sizes of the data

cdef dict _dtypes = {}          # types by NumPy's code for numbers, by width for texts


cdef object _type_of(str code, bint is_text, Py_ssize_t width):
    key = width if is_text else code
    found = _dtypes.get(key)
    if found is None:
        found = _dtypes[key] = dtype(f"S{width}" if is_text else code)
    return found


cdef inline Py_ssize_t _aligned(Py_ssize_t size) noexcept:
    return (size + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT


cdef void _copy_rows(
    const Target *before, const Target *after, Py_ssize_t count, Py_ssize_t rows
) noexcept nogil:
    # Copies the rows of columns to columns that are not narrower.
    cdef Py_ssize_t i, _, width
    cdef const unsigned char *value
    cdef unsigned char *to
    if rows == 0:
        return
    for i in range(count):
        width = before[i].width
        if width == after[i].width:
            memcpy(after[i].values, before[i].values, rows * width)
        else:
            value = before[i].values
            to = after[i].values
            for _ in range(rows):
                memcpy(to, value, width)
                memset(to + width, 0, after[i].width - width)
                value += width
                to += after[i].width
        if before[i].valid != NULL:
            memcpy(after[i].valid, before[i].valid, rows)


cdef int _raise_errors(const Scan *scan, Py_ssize_t max_frame) except -1:
    if scan.no_memory:
        raise MemoryError
    if scan.too_large:
        raise FrameTooLarge(scan.too_large, max_frame, scan.offset)
    return 0


@cython.final
@cython.no_gc
cdef class ColumnMemory:
    """A block with a place for each column."""

    def __cinit__(self, ColumnPlan plan not None, Py_ssize_t rows, widths):
        cdef Py_buffer view
        cdef Target *target
        cdef Py_ssize_t i, end = 0
        self.rows = rows
        self.targets = <Target *>PyMem_Calloc(plan.count + 1, sizeof(Target))
        if self.targets == NULL:
            raise MemoryError
        for i in range(plan.count):
            target = &self.targets[i]
            target.width = widths[i]
            end += _aligned(rows * target.width)
            if plan.columns[i].masked:
                end += _aligned(rows)
        self.block = new_block(end)
        PyObject_GetBuffer(self.block, &view, PyBUF_WRITABLE)
        self.start = <unsigned char *>view.buf          # the memory lives as long as the block
        PyBuffer_Release(&view)
        end = 0
        for i in range(plan.count):
            target = &self.targets[i]
            target.values = self.start + end
            end += _aligned(rows * target.width)
            if plan.columns[i].masked:
                target.valid = self.start + end
                end += _aligned(rows)

    def __dealloc__(self):
        PyMem_Free(self.targets)


cdef ColumnMemory _memory_for(ColumnPlan plan, Scan *scan, Py_ssize_t rows):
    # Memory with the widths of the scan.
    return ColumnMemory(plan, rows, [column_width(plan, scan, i) for i in range(plan.count)])


cdef bint _is_excessive(ColumnPlan plan, Scan *scan, Py_ssize_t rows) noexcept:
    # Whether columns of that many rows take much more memory than the data.
    cdef Py_ssize_t i
    cdef double size = 0
    for i in range(plan.count):
        size += column_width(plan, scan, i) + plan.columns[i].masked
    return size * <double>rows > MAX_EXPECTED * <double>scan.size


cdef ColumnMemory _moved(ColumnPlan plan, Scan *scan, ColumnMemory before, Py_ssize_t rows):
    # Other memory, for that many rows, with the scan's widths and a copy of the rows that were filled.
    cdef ColumnMemory after = _memory_for(plan, scan, rows)
    if before is not None:
        with nogil:
            _copy_rows(before.targets, after.targets, plan.count, scan.filled)
    return after


cdef ColumnMemory _decoded_in_parts(ColumnPlan plan, Scan *scan, Py_ssize_t max_frame):
    # Fills columns with each part of the data while it is in the caches. Memory is allocated for as many rows
    # as are expected. The columns are moved to other memory if that is too little or a text is too long. All
    # rows are found before the last possible move, and if a few long texts in the first rows make the
    # expected columns excessive.
    cdef int moves = 0
    cdef Py_ssize_t capacity = 0
    cdef bint filled = False
    cdef ColumnMemory memory = None
    with nogil:
        find_first_rows(plan, scan)
    while not filled:
        moves += 1
        if not scan.ended:
            capacity = expected_rows(scan)
            if moves == MAX_MOVES or _is_excessive(plan, scan, capacity):
                with nogil:
                    find_all_rows(plan, scan)
        if scan.ended:
            _raise_errors(scan, max_frame)
            capacity = scan.filled + scan.row_count
        memory = _moved(plan, scan, memory, capacity)
        with nogil:
            filled = fill_as_found(plan, scan, memory.targets, capacity)
    _raise_errors(scan, max_frame)
    if scan.filled < capacity - capacity // 8:
        memory = _moved(plan, scan, memory, scan.filled)
    memory.rows = scan.filled
    return memory


cdef class ColumnBlock:
    """Base of ``Columns``. Without rows, until a scan fills it or ``reserve`` is called.

    ``plan``: what to decode.
    """

    def __cinit__(self, ColumnPlan plan not None, *arguments, **more):
        self.plan = plan
        self._arrays = {}

    @property
    def message(self):
        """The message's number."""
        return self.plan.message

    @property
    def name(self):
        """The message's name."""
        return self.plan.name

    @property
    def version(self):
        """The protocol version of the frames."""
        return self.plan.layouts.version

    @property
    def rows(self):
        """Number of elements of each array."""
        return 0 if self._memory is None else self._memory.rows

    cdef int publish(
        self, ColumnMemory memory, Py_ssize_t offset, Py_ssize_t frames, Py_ssize_t others,
        Py_ssize_t malformed,
    ) except -1:
        # Columns get their rows once, all together: another thread may have used the same object meanwhile.
        if self._memory is not None:
            raise ValueError("the columns have rows already: create new ones")
        self.offset, self.frames, self.others, self.malformed = offset, frames, others, malformed
        self._memory = memory
        return 0

    cdef int allocate(self, Scan *scan) except -1:
        return self.publish(_memory_for(self.plan, scan, scan.row_count), 0, scan.row_count, 0, 0)

    cdef void fill(self, Scan *scan) noexcept:
        fill_columns(self.plan, scan, self._memory.targets, scan.row_count)

    def decode(self, buffer, max_frame, limit):
        """Scan the buffer and fill the columns.

        Returns the offset and the bytes of the first malformed frame, or None.

        - ``buffer``: the frames; it cannot be resized during the scan.
        - ``max_frame``: largest frame accepted, in bytes; a larger one raises ``FrameTooLarge``.
        - ``limit``: largest byte string in bytes; longer ones are masked.
        """
        cdef Py_buffer view
        cdef Scan scan
        cdef ColumnMemory memory
        faulty = None
        if limit < 1:
            raise ValueError(f"limit must be at least 1 byte, got {limit}")
        open_scan(&scan, self.plan, checked_max_frame(max_frame), min(limit, MAX_LENGTH))
        try:
            PyObject_GetBuffer(buffer, &view, PyBUF_SIMPLE)
            try:
                scan.data = <const unsigned char *>view.buf
                scan.size = view.len
                memory = _decoded_in_parts(self.plan, &scan, scan.max_frame)
                if scan.malformed:
                    faulty = scan.malformed_at, PyBytes_FromStringAndSize(
                        <const char *>scan.data + scan.malformed_at, scan.malformed_size
                    )
            finally:
                PyBuffer_Release(&view)
        finally:
            close_scan(&scan)
        self.publish(memory, scan.offset, scan.frames, scan.others, scan.malformed)
        return faulty

    def reserve(self, rows, widths, counts):
        """Allocate the arrays, without values, and set the counts.

        - ``widths``: bytes of one value, by column.
        - ``counts``: the attributes ``offset``, ``frames``, ``others`` and ``malformed``.
        """
        if len(widths) != self.plan.count:
            raise ValueError(f"expected {self.plan.count} widths, got {len(widths)}")
        offset, frames, others, malformed = counts
        self.publish(ColumnMemory(self.plan, rows, widths), offset, frames, others, malformed)

    cdef object array_of(self, name, bint of_mask):
        # The values or the mask of a column; None for a column without a mask.
        cdef Py_ssize_t at = self.plan.index[name]
        cdef ColumnMemory memory = self._memory
        cdef Target *target
        if memory is None:
            raise ValueError("the columns have no rows yet")
        target = &memory.targets[at]
        if not of_mask:
            kind = _type_of(self.plan.codes[at], self.plan.columns[at].width == 0, target.width)
            return ndarray(memory.rows, kind, memory.block, target.values - memory.start)
        if target.valid == NULL:
            return None
        return ndarray(memory.rows, bool_, memory.block, target.valid - memory.start)

    def __getitem__(self, name):
        found = self._arrays.get(name)
        if found is None:
            found = self._arrays[name] = self.array_of(name, False)
        return found

    def mask(self, name):
        """Like ``valid``; None for a field that every row has."""
        return self.array_of(name, True)

    def valid(self, name):
        """Return a mask: True for each row that has a value in a field. Other rows hold 0 or ``b""``.

        ``name``: the field. Raises KeyError for a field that was not decoded.
        """
        found = self.array_of(name, True)
        return ones(self.rows, bool_) if found is None else found

    def __len__(self):
        """Number of fields; ``rows`` is the number of elements of each."""
        return self.plan.count

    def __iter__(self):
        return iter(self.plan.index)

    def __contains__(self, name):
        return name in self.plan.index
