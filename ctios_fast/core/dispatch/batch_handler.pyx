"""Handlers that the dispatcher calls once per read, with the columns of that read's frames.

A frame becomes a row of a scan when the dispatcher reaches it, which also proves that it is well-formed. The
columns are filled from all rows together, while the frames are still in the receive buffer.
"""

cimport cython
from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport uint32_t

from ctios_fast.core.codec cimport Codec
from ctios_fast.core.frames cimport FrameBuffer
from ctios_fast.core.layout cimport HEADER_SIZE
from ctios_fast.core.scan.column_block cimport ColumnBlock
from ctios_fast.core.scan.column_plan cimport ColumnPlan
from ctios_fast.core.scan.column_scan cimport (
    MAX_LENGTH, Scan, close_scan, last_offset, open_scan, restart_scan, take_run,
)
from ctios_fast.core.wire cimport load32
from .frame_batch cimport FrameBatch

from ctios_fast.core.scan.bounds import DEFAULT_MAX_ROWS, MAX_STRING
from ctios_fast.core.scan.column_arrays import Columns
from ctios_fast.protocol.naming import message_number

cdef enum:
    MAX_ROWS = 1 << 20          # largest max_rows that a program may set


cdef Py_ssize_t _bound(str name, object value, Py_ssize_t largest) except -1:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an integer, 1 to {largest}, got {type(value).__name__}")
    if not 1 <= value <= largest:
        raise ValueError(f"{name} must be 1 to {largest}, got another number: change it")
    return value


@cython.final
cdef class BatchHandler(FrameBatch):
    """A handler of a dispatcher that is called with ``Columns``: ``handler(columns)``.

    ``Dispatcher.on_batch`` creates one; the parameters are described there.
    """

    cdef ColumnPlan _plan
    cdef uint32_t _message
    cdef list _names                # the reference's names of the fields; None: all fixed fields
    cdef Py_ssize_t _max_string
    cdef Scan _scan
    cdef Py_ssize_t _bytes          # of the taken frames

    def __cinit__(
        self, Codec codec not None, message_type, handler, fields=None, *,
        max_rows=DEFAULT_MAX_ROWS, max_string=MAX_STRING,
    ):
        # Imported late: it reads the table of the message classes, which many programs do not need.
        from .field_names import resolved

        if not callable(handler):
            raise TypeError(f"a handler must be callable, got {type(handler).__name__}")
        self._message = message_number(message_type)
        self.max_rows = _bound("max_rows", max_rows, MAX_ROWS)
        self._max_string = _bound("max_string", max_string, MAX_LENGTH)
        self.handler = handler
        if fields is not None:
            self.fields, self._names, several = resolved(self._message, fields)
            if several:
                raise TypeError(
                    f"{several[0][1]} has several values in a message, which a column cannot hold"
                )
        self._prepare(codec)
        if fields is None:
            self.fields = tuple([field.name for field in self._plan.fields])

    def __dealloc__(self):
        close_scan(&self._scan)

    cdef int _prepare(self, Codec codec) except -1:
        # Prepares for frames of the codec's version, without rows.
        cdef ColumnPlan plan = ColumnPlan(codec.layouts.version, self._message, self._names, self.fields)
        close_scan(&self._scan)
        open_scan(&self._scan, plan, 0, self._max_string)
        self._plan = plan
        return 0

    cdef Py_ssize_t take(self, FrameBuffer frames, const unsigned char *frame, Py_ssize_t count) except -1:
        cdef Scan *scan = &self._scan
        cdef Py_ssize_t begun, taken
        if self.rows == 0:
            if self.codec.layouts.version != self._plan.layouts.version:
                frames.exports += 1         # it runs Python code, which might feed the buffer
                try:
                    self._prepare(self.codec)
                finally:
                    frames.exports -= 1
            scan.data = frames.memory()
            scan.max_frame = frames.max_frame
        scan.size = frames.received_end()
        scan.offset = begun = frame - frames.memory()
        self.rows += take_run(self._plan, scan, min(count, self.max_rows - self.rows))
        if scan.no_memory:
            scan.no_memory = False
            raise MemoryError
        taken = scan.offset - begun
        self._bytes += taken
        return taken

    cdef int settle(self, FrameBuffer frames) except -1:
        cdef const unsigned char *last
        cdef ColumnBlock columns
        if self.rows == 0:
            return 0
        self.settles = True
        frames.exports += 1         # allocating may run Python code, such as finalizers
        try:
            last = self._scan.data + last_offset(&self._scan)
            copy = PyBytes_FromStringAndSize(<const char *>last, HEADER_SIZE + <Py_ssize_t>load32(last))
            columns = <ColumnBlock>Columns.__new__(Columns, self._plan)
            columns.allocate(&self._scan)
            columns.offset = self._bytes
            self.ready.append((columns, copy, self.codec))
        finally:
            frames.exports -= 1
            self.settles = False
        columns.fill(&self._scan)   # nothing can fail from here on, so the rows are in one place only
        self.drop()
        return 0

    cdef void drop(self) noexcept:
        restart_scan(&self._scan)
        self.rows = self._bytes = 0

    def __repr__(self):
        return f"<BatchHandler {self.handler!r} of {', '.join(self.fields)}>"
