"""From buffered frames to Python handlers, by a table of message numbers.

A frame without a handler is counted, and no Python object is created for it.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.list cimport PyList_GET_ITEM
from cpython.object cimport PyObject
from cpython.ref cimport Py_DECREF, Py_INCREF, Py_XDECREF
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE
from libc.stdint cimport uint32_t

from ctios_fast.core.codec cimport Codec
from ctios_fast.core.frames cimport FrameBuffer, FrameHolder
from .c_handler cimport Frame, FrameHandler
from .field_handler cimport FieldHandler
from .field_store cimport FieldStore
from .frame_batch cimport FrameBatch
from ctios_fast.core.layout cimport (
    HEADER_SIZE, MESSAGE_NUMBERS, Layout, Layouts, message_name,
)
from ctios_fast.core.message cimport (
    Message, fitting, lacks_class, load_class, new_view, read_message, unfit,
)
from .references cimport owned
from .view_reuse cimport keep_view, spare_view
from ctios_fast.core.wire cimport load32

from collections.abc import Callable
from time import monotonic

from ctios_fast.core.dispatch.program_exit import ends_program
from ctios_fast.core.dispatch.unawaited import unawaited
from ctios_fast.core.scan.bounds import DEFAULT_MAX_ROWS, MAX_STRING
from ctios_fast.core.switches import is_on
from ctios_fast.errors import FrameTooLarge
from ctios_fast.protocol.naming import message_number

cdef bint REUSES_VIEWS = is_on("view-reuse")

#: What is called with a message. Its result is ignored, but a coroutine is reported as an error.
Handler = Callable[[Message], object]

cdef extern from "Python.h":
    Py_ssize_t PY_SSIZE_T_MAX
    PyObject *PyObject_CallOneArg(PyObject *handler, PyObject *argument) noexcept

cdef enum:
    MAX_LOOK_EVERY = 256        # maximum number of frames between two readings of the clock

# The time between two readings of the clock, in seconds.
cdef double SHORT_LOOK = 0.0005     # after a shorter one, the clock is read half as often
cdef double LONG_LOOK = 0.005       # after a longer one, it is read after each frame

# What the handlers of a message are called with.
cdef enum:
    VIEW = 0                    # all with the view
    FRAME = 1                   # all in C, with the frame in the buffer
    BOTH = 2                    # some with the view, some in C with the view's copy of the frame
    UNSORTED = 3                # not known yet
    FIELDS = 4                  # one FieldHandler without the view, with the frame in the buffer
    STORED = 5                  # one FieldHandler with a store, which may take the frame; otherwise as BOTH
    BATCHED = 8                 # added to one of them: some are batch handlers, which get columns

# Types of functions that may raise, for a caller that tests the result itself.
ctypedef int (*FrameCall)(tuple handlers, Py_ssize_t *at, const Frame *frame) noexcept
ctypedef int (*HandlerCall)(PyObject *handler, const Frame *frame) noexcept
ctypedef int (*FieldsCall)(PyObject *handler, const Frame *frame) noexcept


cdef int _raised() except -1:
    # Raises the exception that a call from C has set.
    return -1


cdef class FrameGate:
    """Base of ``FrameFilter``."""

    cdef bint accepts(self, const unsigned char *frame, Py_ssize_t size) noexcept nogil:
        return True

    cdef int prepare(self) except -1:
        return 0


cdef int _check_filter(FrameGate filter, Codec codec) except -1:
    # The offsets in a filter's programs are those of one version: in another one they are of other fields.
    if filter.version != codec.version:
        raise ValueError(
            f"the filter is for protocol version {filter.version}, the codec for {codec.version}: "
            f"create the filter for version {codec.version}, or set the filter to None before the codec"
        )
    return 0


@cython.final
cdef class Dispatcher(FrameHolder):
    """Splits the bytes in a ``FrameBuffer`` into frames and calls the handlers of each message, in order.

    All handlers of one message are called, in the order in which they were registered, before any gets the
    next message. A handler that is registered or removed meanwhile counts from the next message on. A handler
    that raises is counted and reported to ``on_handler_error``; the others still get the message. A malformed
    frame is counted and reported to ``on_malformed``, and the next frame is read. Messages without a handler
    go to ``default``.

    Batch handlers get the frames of one ``dispatch`` together, at its end, after all other handlers.

    - ``frames_seen``, ``malformed``, ``unhandled``, ``filtered``: numbers of frames: all of them, those that
      cannot be read, those without a handler, and those that the filter rejected.
    - ``handler_errors``: how many times a handler raised.
    - ``unfinished``: whether the last ``dispatch`` ended at its time limit.
    - ``last_message``: number of the last message of the last ``dispatch`` that had one.

    ``KeyboardInterrupt`` and ``SystemExit`` of a handler in the main thread, and whatever
    ``on_handler_error`` or ``on_malformed`` raise, end ``dispatch`` at once. The next call goes on with the
    next frame.
    """

    def __cinit__(self, Codec codec not None, FrameBuffer frames=None):
        self._codec = codec
        self._frames = FrameBuffer() if frames is None else frames
        self._table = [None] * MESSAGE_NUMBERS
        self._singles = {}
        self._waiting = []
        self._look_every = 1

    def __dealloc__(self):
        cdef int i
        for i in range(MESSAGE_NUMBERS):
            Py_XDECREF(self._spares[i])

    @property
    def codec(self):
        """The codec that reads the frames. It may be replaced between two frames."""
        return self._codec

    @codec.setter
    def codec(self, Codec codec not None):
        if self._filter is not None:
            _check_filter(self._filter, codec)
        self.let_go()
        self._codec = codec

    @property
    def frames(self):
        """The buffer whose frames are dispatched. Setting it undoes ``stop``."""
        return self._frames

    @frames.setter
    def frames(self, FrameBuffer frames not None):
        self.let_go()
        self._frames = frames
        self._stopped = False

    @property
    def filter(self):
        """A ``FrameFilter``, or None. Frames that it rejects go to no handler; ``filtered`` counts them.

        It checks every message that has a handler, confirmations too. Setting it raises ``ValueError`` for a
        filter of another protocol version than the codec's.
        """
        return self._filter

    @filter.setter
    def filter(self, FrameGate filter):
        if filter is not None:
            _check_filter(filter, self._codec)
            filter.prepare()
        self._filter = filter

    @property
    def default(self):
        """The handler of the messages for which none is registered. With None they are only counted."""
        return None if self._default is None else self._default[0]

    @default.setter
    def default(self, handler):
        self._default = None if handler is None else (_callable(handler),)

    cdef int set_handlers(self, uint32_t number, object handlers) except -1:
        # The call that delivers a message keeps the tuple that it began with.
        cdef tuple singles = tuple([each for each in handlers or () if not isinstance(each, FrameBatch)])
        self._table[number] = handlers
        self._called[number] = _way_to_call(singles)
        if handlers is not None and len(singles) < len(handlers):
            self._singles[number] = singles
            self._called[number] += BATCHED
        else:
            self._singles.pop(number, None)
        return 0

    def on(self, message_type, handler, fields=None, *, with_message=False):
        """Call the handler with each message of a type, or with the values of some of its fields.

        - ``message_type``: the message's number, name or class.
        - ``handler``: called with the message; its result is ignored. A handler that is registered twice is
          called twice.
        - ``fields``: names of fields, such as ``("agent_state", "AgentID")``. The handler is called with
          their values, in this order, as ``message.get`` gives them: plain numbers and texts, lists for
          fields that repeat, None for a field that the frame or the version lacks. ``flt_skill_groups``, an
          attribute of the message class, is a tuple of records.
        - ``with_message``: whether the message is the first argument, before the fields.

        A handler with fields and without the message costs no view: the values are read from the receive
        buffer, which cannot grow while the handler runs, so that feeding it there can raise ``BufferError``.

        Raises ``ValueError`` for a message that the reference does not have (``default`` gets those) and for
        a field that the message does not have in any version, ``TypeError`` for a handler that cannot be
        called with that many arguments.
        """
        cdef uint32_t number = message_number(message_type)
        if fields is not None:
            handler = FieldHandler(number, handler, fields, with_message=with_message)
        elif with_message:
            raise TypeError("with_message needs fields: without them the message is the only argument")
        known = self.handlers_of(number) or ()
        self.set_handlers(number, (*known, _callable(handler)))

    def on_batch(
        self, message_type, handler, fields=None, *, max_rows=DEFAULT_MAX_ROWS, max_string=MAX_STRING
    ):
        """Call the handler once per ``dispatch`` with columns of all its frames of a message.

        - ``message_type``: the message's number, name or class.
        - ``handler``: called with ``Columns``, whose rows are the frames in wire order. The arrays are the
          handler's own: they stay valid. Its result is ignored.
        - ``fields``: names of fields, such as ``("agent_state", "AgentID")``: fixed and floating fields that
          ``ctios_fast.bulk.columns.decode_columns`` can decode, with the arrays that it gives. The columns
          have these names. None: all fixed fields.
        - ``max_rows``: largest number of rows of a batch. A batch that is full is delivered early.
        - ``max_string``: longest text in bytes. A longer one is invalid and empty.

        Each other handler of a frame gets it before a batch handler gets the frame's batch. Batches are
        delivered in the order of their first frames. A dispatch that ends at its time limit delivers what it
        read. A batch also ends where the receive buffer has to move, which happens only if a handler feeds
        it: the handler is called once for each part then.

        A handler that is removed during a dispatch gets the frames before its removal. One that raises is
        counted and reported like others, with the last message of the batch.

        This imports NumPy. Raises ``ValueError`` for a message that the reference does not have, for a field
        that the message does not have in the codec's version, and for a bound outside its range;
        ``TypeError`` for a field that cannot be a column and for a handler that cannot be called.
        """
        # Imported late: it loads the modules of columns, which most programs do not need.
        from .batch_handler import BatchHandler

        cdef uint32_t number = message_number(message_type)
        batch = BatchHandler(
            self._codec, number, handler, fields, max_rows=max_rows, max_string=max_string
        )
        known = self.handlers_of(number) or ()
        self.set_handlers(number, (*known, batch))

    def on_first(self, message_type, handler):
        """Call the handler with each message of a type, before the handlers that are registered already.

        Arguments as for ``on``, which says what is raised.
        """
        cdef uint32_t number = message_number(message_type)
        known = self.handlers_of(number) or ()
        self.set_handlers(number, (_callable(handler), *known))

    def off(self, message_type, handler):
        """Remove a handler, with or without fields, or of batches.

        Of equal ones, the first that was registered is removed.

        Arguments as for ``on``. Raises ``ValueError`` if it is not registered.
        """
        cdef uint32_t number = message_number(message_type)
        rest = list(self.handlers_of(number) or ())
        for at, known in enumerate(rest):
            if known == handler or _registered(known) == handler:
                del rest[at]
                break
        else:
            raise ValueError(f"{handler!r} is not a registered handler of {message_name(number)}")
        self.set_handlers(number, tuple(rest) or None)

    def stop(self):
        """Dispatch no further frame. If a handler calls this, the other handlers of its message still run."""
        self._stopped = True

    cdef bint time_is_over(self, double begun, double seconds, double *looked) except -1:
        # Reading the clock costs as much as a handler in C. So it is read after a number of frames that took
        # about a millisecond the last time.
        cdef double now = monotonic()
        if now - looked[0] > LONG_LOOK:
            self._look_every = 1
        elif now - looked[0] < SHORT_LOOK and self._look_every < MAX_LOOK_EVERY:
            self._look_every *= 2
        looked[0] = now
        return now - begun >= seconds

    cdef int take(
        self, tuple handlers, int called, uint32_t number, const unsigned char *frame, Py_ssize_t size,
        Py_ssize_t *left,
    ) except -1:
        # Gives a frame to the batch handlers of its message, and then to the others. If there is one batch
        # handler alone, it takes the frames of the same message that follow, too.
        cdef tuple singles = self._singles[number]
        cdef FrameBuffer frames = self._frames
        cdef Frame proved
        cdef Py_ssize_t taken, rows, i
        cdef FrameBatch batch
        if len(handlers) == 1 and self._filter is None:
            batch = <FrameBatch>PyTuple_GET_ITEM(handlers, 0)
            rows = batch.rows
            taken = self.take_rows(
                batch, number, frame, size, left[0] + 1 if left[0] >= 0 else PY_SSIZE_T_MAX
            )
            if batch.rows > rows + 1:
                rows = batch.rows - rows - 1
                frames.skip(taken - size)
                self.frames_seen += rows
                if left[0] >= 0:
                    left[0] -= rows
        else:
            if not _prove(self, number, frame, size, &proved):
                return 0
            frames.exports += 1
            try:
                for each in handlers:
                    if isinstance(each, FrameBatch):
                        self.take_rows(<FrameBatch>each, number, frame, size, 1)
            finally:
                frames.exports -= 1
            if singles:
                _call_handlers(self, singles, called, &proved)
        for i in range(PyTuple_GET_SIZE(handlers)):
            if isinstance(<object>PyTuple_GET_ITEM(handlers, i), FrameBatch):
                batch = <FrameBatch>PyTuple_GET_ITEM(handlers, i)
                if batch.rows >= batch.max_rows:
                    self.deliver_batch(batch)
        return 0

    cdef Py_ssize_t take_rows(
        self, FrameBatch batch, uint32_t number, const unsigned char *frame, Py_ssize_t size,
        Py_ssize_t count,
    ) except -1:
        # The batch takes a frame, and the well-formed ones of its message that follow, `count` in all.
        # Returns the number of bytes taken. A malformed first frame is reported.
        cdef Frame proved
        cdef Py_ssize_t taken = 0
        if batch.rows == 0:
            batch.codec = self._codec
            self._frames.hold(self)
        if not batch.waits:             # before it has rows, so that rows are never left where nobody looks
            self._waiting.append(batch)
            batch.waits = True
        try:
            taken = batch.take(self._frames, frame, count)
        except Exception as error:      # the codec's version lacks a field, or memory for rows is lacking
            if _prove(self, number, frame, size, &proved):
                _report(self, batch, _new_view(&proved), error)
            return 0
        if taken == 0:
            return _unreadable(self, self._codec.layouts.find(number), frame, size)
        return taken

    cdef int deliver_batches(self) except -1:
        # Calls the batch handlers. One that feeds the buffer or removes itself changes `_waiting` meanwhile.
        cdef FrameBatch batch
        while self._waiting:
            batch = <FrameBatch>self._waiting[0]
            self.deliver_batch(batch)
            batch.waits = False
            self._waiting.remove(batch)
        return 0

    cdef int deliver_batch(self, FrameBatch batch) except -1:
        cdef tuple ready
        batch.settle(self._frames)
        while batch.ready:
            ready = batch.ready.pop(0)
            _call_batch(self, batch, ready[0], ready[1], ready[2])
        return 0

    cdef int let_go(self) except -1:
        # Every batch must be settled or dropped, so that no frame is read after it moved.
        cdef FrameBatch batch
        failure = None
        if not self._waiting:
            return 0
        for each in self._waiting:
            batch = <FrameBatch>each
            if batch.settles:
                raise BufferError("the receive buffer cannot be changed while a batch is created from it")
        for each in self._waiting:
            batch = <FrameBatch>each
            try:
                batch.settle(self._frames)
            except BaseException as error:
                batch.drop()
                failure = error
        if self._frames.holder is self:
            self._frames.holder = None
        if failure is not None:
            raise failure
        return 0

    def dispatch(self, double seconds=0):
        """Call the handlers of all complete frames in the buffer; returns the number of these frames.

        - ``seconds``: end after this time, 0 for no limit. ``unfinished`` is true then, and another call goes
          on. A handler that runs longer is not interrupted.

        Raises ``FrameTooLarge`` for a frame above the limit; no later frame can be read then. If a handler
        calls this, nothing happens: the running call dispatches what was added to the buffer.
        """
        cdef const unsigned char *frame = NULL
        cdef Py_ssize_t size = 0
        cdef unsigned long long before = self.frames_seen
        cdef uint32_t number = self.last_message
        cdef int called = UNSORTED
        cdef Py_ssize_t left = self._look_every
        cdef double begun = 0
        cdef double looked = 0
        if self._dispatching:
            return 0
        self._dispatching = True
        self.unfinished = False
        if seconds > 0:
            begun = looked = monotonic()
        else:
            left = -1
        try:
            while not self._stopped:
                if left == 0:
                    if self.time_is_over(begun, seconds, &looked):
                        self.unfinished = True
                        break
                    left = self._look_every
                left -= 1
                if not self._frames.next_span(&frame, &size):
                    if not self._waiting:
                        break
                    self.deliver_batches()      # whose handlers may feed the buffer
                    continue
                self.frames_seen += 1
                number = load32(frame + 4)
                handlers = None
                if number < MESSAGE_NUMBERS and self._table is not None:    # see handlers_of
                    handlers = <object>PyList_GET_ITEM(self._table, number)
                    called = self._called[number]
                if handlers is None:
                    handlers = self._default
                    called = UNSORTED
                if handlers is None:
                    self.unhandled += 1
                elif self._filter is not None and not self._filter.accepts(frame, size):
                    self.filtered += 1
                elif called <= UNSORTED:
                    _deliver(self, <tuple>handlers, called, number, frame, size)
                elif called == FIELDS:
                    _deliver_fields(self, <tuple>handlers, number, frame, size)
                elif called == STORED:
                    _store(self, <tuple>handlers, number, frame, size, &left)
                else:
                    self.take(<tuple>handlers, called - BATCHED, number, frame, size, &left)
            self.deliver_batches()
        except FrameTooLarge:
            self.deliver_batches()
            raise
        finally:
            try:
                if self._waiting:
                    self.let_go()
            finally:
                self._dispatching = False
                self.last_message = number
        return self.frames_seen - before


cdef inline int _deliver(
    Dispatcher self, tuple handlers, int called, uint32_t number, const unsigned char *frame, Py_ssize_t size
) except -1:
    cdef Frame proved
    if not _prove(self, number, frame, size, &proved):
        return 0
    return _call_handlers(self, handlers, called, &proved)


cdef inline int _store(
    Dispatcher self, tuple handlers, uint32_t number, const unsigned char *frame, Py_ssize_t size,
    Py_ssize_t *left,
) except -1:
    # Gives a frame to the store of the one FieldHandler, or to the handler. The store may take frames of the
    # same message that follow, too; no Python code runs meanwhile.
    cdef FieldStore store = (<FieldHandler>PyTuple_GET_ITEM(handlers, 0)).store
    cdef FrameBuffer frames = self._frames
    cdef Py_ssize_t bytes, rows
    cdef Py_ssize_t count = 1 if self._filter is not None else left[0] + 1 if left[0] >= 0 else PY_SSIZE_T_MAX
    if store.is_on:
        bytes = store.take(
            self._codec.layouts, frame, frames.memory() + frames.received_end(), frames.max_frame, count,
            &rows,
        )
        if rows:
            frames.skip(bytes - size)
            self.frames_seen += rows - 1
            if left[0] >= 0:
                left[0] -= rows - 1
            return 0
    return _deliver(self, handlers, STORED, number, frame, size)


cdef inline int _deliver_fields(
    Dispatcher self, tuple handlers, uint32_t number, const unsigned char *frame, Py_ssize_t size
) except -1:
    # Like _deliver, for one FieldHandler. It goes through the floating fields once: to find the wanted ones,
    # and to prove that the frame is well-formed before the handler is called.
    cdef FrameBuffer held = self._frames
    cdef Frame unproved
    cdef Layout *layout = _describe(self, number, frame, size, &unproved)
    cdef int result
    if layout == NULL or layout.alternative != NULL or size - HEADER_SIZE < layout.fixed_size:
        return _deliver(self, handlers, FRAME, number, frame, size)
    held.exports += 1
    result = (<FieldsCall>_call_fields)(PyTuple_GET_ITEM(handlers, 0), &unproved)
    if result == 0:
        held.exports -= 1
        return 0
    try:
        if result > 0:
            return _unreadable(self, layout, frame, size)
        if fitting(layout, frame + HEADER_SIZE, size - HEADER_SIZE, unproved.tag_width) == NULL:
            # A field could not be read before the frame was found to be malformed, which is what to report.
            try:
                _raised()
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException:
                return _unreadable(self, layout, frame, size)
        return _failed(self, <object>PyTuple_GET_ITEM(handlers, 0), None, &unproved)
    finally:
        held.exports -= 1


cdef int _call_fields(PyObject *handler, const Frame *frame) except -1:
    return (<FieldHandler>handler).call(frame, proves=True)


cdef inline bint _prove(
    Dispatcher self, uint32_t number, const unsigned char *frame, Py_ssize_t size, Frame *proved
) except -1:
    # Whether the frame is well-formed; if not, it is reported.
    cdef Layout *documented = _describe(self, number, frame, size, proved)
    if documented != NULL:
        proved.layout = fitting(documented, frame + HEADER_SIZE, size - HEADER_SIZE, proved.tag_width)
        if proved.layout == NULL:
            _unreadable(self, documented, frame, size)
            return False
    return True


cdef inline Layout *_describe(
    Dispatcher self, uint32_t number, const unsigned char *frame, Py_ssize_t size, Frame *described
) noexcept:
    # Describes a frame in the receive buffer, with the documented layout of its message, which is returned.
    # The layouts are borrowed: the process keeps those of each version. A reference would cost time.
    cdef PyObject *layouts = <PyObject *>self._codec.layouts
    cdef Layout *documented = (<Layouts>layouts).find(number)
    described.layout = documented
    described.data = frame
    described.size = size
    described.type = number
    described.tag_width = (<Layouts>layouts).tag_width
    described.layouts = layouts
    described.view = NULL
    return documented


cdef inline int _call_handlers(Dispatcher self, tuple handlers, int called, Frame *frame) except -1:
    if called == UNSORTED:
        called = _way_to_call(handlers)
    if called == FRAME or called == FIELDS:
        return _deliver_in_place(self, handlers, frame)
    if called == STORED:
        called = BOTH if (<FieldHandler>PyTuple_GET_ITEM(handlers, 0)).needs_view() else FRAME
    return _deliver_view(self, handlers, called, frame)


cdef int _deliver_view(Dispatcher self, tuple handlers, int called, Frame *frame) except -1:
    # The frame is copied before any handler runs, since a handler may move the buffer's contents. Handlers in
    # C get the copy.
    cdef PyObject *view = _view(self, frame)
    cdef PyObject *handler
    cdef PyObject *result
    cdef Py_ssize_t i
    cdef Message message
    frame.data = (<Message>view).data
    frame.view = view
    for i in range(PyTuple_GET_SIZE(handlers)):
        handler = PyTuple_GET_ITEM(handlers, i)
        if called == BOTH and isinstance(<object>handler, FrameHandler):
            if (<HandlerCall>_call_in_c)(handler, frame) == 0:
                continue
            result = NULL
        else:
            result = PyObject_CallOneArg(handler, view)
            if result == <PyObject *>None:
                Py_XDECREF(result)
                continue
        message = <Message>view
        Py_DECREF(message)          # `message` alone has the reference if this raises
        if result == NULL:
            _failed(self, <object>handler, message, frame)
        else:
            _check_returned(self, <object>handler, message, result)
        Py_INCREF(message)
        message = None
    keep_view(self._spares, view, REUSES_VIEWS)
    return 0


cdef int _call_in_c(PyObject *handler, const Frame *frame) except -1:
    return (<FrameHandler>handler).on_frame(frame)


cdef int _deliver_in_place(Dispatcher self, tuple handlers, const Frame *frame) except -1:
    # For handlers in C alone: they get the frame in the buffer itself, which cannot move meanwhile.
    cdef FrameBuffer held = self._frames
    cdef Py_ssize_t at = 0
    held.exports += 1
    try:
        while (<FrameCall>_call_from)(handlers, &at, frame) != 0:
            _failed(self, <object>PyTuple_GET_ITEM(handlers, at), None, frame)
            at += 1
    finally:
        held.exports -= 1
    return 0


cdef int _call_from(tuple handlers, Py_ssize_t *at, const Frame *frame) except -1:
    # Calls the handlers from a position on. After an error, the position is that of the handler that raised.
    while at[0] < PyTuple_GET_SIZE(handlers):
        (<FrameHandler>PyTuple_GET_ITEM(handlers, at[0])).on_frame(frame)
        at[0] += 1
    return 0


cdef int _unreadable(
    Dispatcher self, Layout *documented, const unsigned char *frame, Py_ssize_t size
) except -1:
    self.malformed += 1
    if self.on_malformed is not None:
        self.on_malformed(unfit(documented, self._codec.layouts, frame, size))
    return 0


cdef int _failed(Dispatcher self, object handler, Message message, const Frame *frame) except -1:
    # Reports the exception that the handler raised, which is still set. `message`: the view of the frame,
    # None if it was not created yet.
    try:
        _raised()
    # CancelledError too: a handler is not a task of its own, and its failure must not stop the reading.
    except BaseException as error:
        if ends_program(error):
            raise
        _report(self, handler, _new_view(frame) if message is None else message, error)
    return 0


cdef int _call_batch(
    Dispatcher self, FrameBatch batch, object columns, bytes last, Codec codec
) except -1:
    # `last`: the last frame of the batch, for the report of an error. `codec`: reads it.
    try:
        returned = batch.handler(columns)
        error = None if returned is None else unawaited(batch.handler, returned)
    except BaseException as raised:
        if ends_program(raised):
            raise
        error = raised
    if error is not None:
        message = read_message(codec.layouts, <const unsigned char *>PyBytes_AS_STRING(last), len(last))
        _report(self, batch, message, error)
    return 0


cdef int _check_returned(Dispatcher self, object handler, Message message, PyObject *result) except -1:
    # Releases the result. A coroutine that is returned would never run.
    returned = <object>result
    Py_XDECREF(result)
    error = unawaited(handler, returned)
    if error is not None:
        _report(self, handler, message, error)
    return 0


cdef int _report(Dispatcher self, object handler, Message message, object error) except -1:
    self.handler_errors += 1
    if self.on_handler_error is not None:
        self.on_handler_error(_registered(handler), message, error)
    return 0


cdef Message _new_view(const Frame *frame):
    cdef const unsigned char *data = frame.data
    cdef bytes copy
    if lacks_class(frame.type):
        # Creating the class runs Python code, which may feed the buffer that the frame is in.
        copy = PyBytes_FromStringAndSize(<const char *>data, frame.size)
        load_class(frame.type)
        data = <const unsigned char *>PyBytes_AS_STRING(copy)
    message = new_view(frame.type)
    message.show(<Layouts>frame.layouts, <Layout *>frame.layout, frame.type, data, frame.size)
    return message


cdef inline PyObject *_view(Dispatcher self, const Frame *frame) except NULL:
    # A view of the frame, reused or new. The caller owns the reference.
    cdef PyObject *view = spare_view(self._spares, frame.type)
    if view == NULL:
        return owned(_new_view(frame))
    (<Message>view).show(
        <Layouts>frame.layouts, <Layout *>frame.layout, frame.type, frame.data, frame.size
    )
    self._spares[frame.type] = NULL
    return view


cdef int _way_to_call(tuple handlers) except -1:
    cdef Py_ssize_t in_c = 0, in_place = 0
    for handler in handlers:
        if isinstance(handler, FrameHandler):
            in_c += 1
            in_place += not (type(handler) is FieldHandler and (<FieldHandler>handler).needs_view())
    if len(handlers) == 1 and type(handlers[0]) is FieldHandler:
        if (<FieldHandler>handlers[0]).store is not None:
            return STORED
        if in_place:
            return FIELDS
    return VIEW if in_c == 0 else FRAME if in_place == len(handlers) else BOTH


cdef object _registered(object handler):
    # What the program registered.
    if type(handler) is FieldHandler:
        return (<FieldHandler>handler).handler
    return (<FrameBatch>handler).handler if isinstance(handler, FrameBatch) else handler


cdef object _callable(object handler):
    if not callable(handler):
        raise TypeError(f"a handler must be callable, got {type(handler).__name__}")
    return handler
