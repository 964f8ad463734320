"""The memory of columns: blocks of bytes, of which the last freed ones serve the next columns.

Performance trick: memory that is new to the process takes as long to fill as the values take to decode, since
the system must find and clear each page. A program that decodes many buffers gets the same pages again.

- At most MAX_KEPT_BLOCKS are kept at a time, of MAX_KEPT bytes together. The others are freed at once.
- Where the system has MADV_FREE, it may take the pages of kept blocks when memory is short.
- A kept block serves columns that need at least half of it, so that few rows keep no large block.

What it buys: columns of 64 MiB take 18 ns a row with it and 23 without (CPython 3.11).
Off: CTIOS_FAST_WITHOUT=block-reuse.
"""

cimport cython
from cpython.buffer cimport PyBUF_WRITABLE, PyBuffer_FillInfo, PyBuffer_Release, PyObject_GetBuffer

from ctios_fast.core.switches import is_on

from numpy import empty, uint8

cdef extern from "c/reclaim.h":
    void let_reclaim "ctios_let_reclaim"(unsigned char *start, Py_ssize_t size) noexcept nogil

cdef enum:
    MIN_KEPT = 1 << 20          # smaller blocks are new at no great cost
    MAX_KEPT = 64 << 20
    MAX_KEPT_BLOCKS = 4

cdef bint REUSES = is_on("block-reuse")
# NumPy arrays of bytes, the last freed one at the end. The list needs no lock: an array is only added by
# append and only taken by pop, so two threads never get the same one.
cdef list _kept = []


@cython.final
@cython.no_gc
cdef class _Block:
    # The owner of a block while arrays use it. It has the buffer protocol, so that it lives as long as they.

    cdef object memory          # NumPy array of bytes
    cdef unsigned char *start
    cdef Py_ssize_t size

    def __cinit__(self, memory not None):
        cdef Py_buffer view
        self.memory = memory
        PyObject_GetBuffer(memory, &view, PyBUF_WRITABLE)
        self.start = <unsigned char *>view.buf      # NumPy keeps the memory as long as the array lives
        self.size = view.len
        PyBuffer_Release(&view)

    def __getbuffer__(self, Py_buffer *view, int flags):
        PyBuffer_FillInfo(view, self, self.start, self.size, False, flags)

    def __dealloc__(self):
        if self.start == NULL or _kept is None:     # not created completely, or the interpreter ends
            return
        let_reclaim(self.start, self.size)
        _kept.append(self.memory)
        while len(_kept) > MAX_KEPT_BLOCKS or sum([len(memory) for memory in _kept]) > MAX_KEPT:
            _kept.pop(0)


cdef object new_block(Py_ssize_t size):
    if not REUSES or not MIN_KEPT <= size <= MAX_KEPT:
        return empty(max(size, 1), uint8)
    try:
        for at in range(len(_kept)):
            if len(_kept[at]) // 2 <= size <= len(_kept[at]):
                memory = _kept.pop(at)
                if size <= len(memory):
                    return _Block(memory)
    except IndexError:
        pass                        # another thread took it
    return _Block(empty(size, uint8))
