"""Handlers that the dispatcher calls with the values of fields instead of a message.

The values are read from the frame by the plan of a ``FieldReader`` and given to the handler as CPython passes
arguments (vectorcall): there is no view, no call of a reader and no tuple.
"""

cimport cython
from cpython.object cimport PyObject
from cpython.ref cimport Py_XDECREF
from libc.stdint cimport uint32_t

from ctios_fast.core.message cimport Message
from ctios_fast.core.pyobjects cimport call_offset, vector_call
from .c_handler cimport Frame, FrameHandler
from .field_reader cimport MAX_FIELDS, FieldReader, collect
from .field_store cimport FieldStore
from .references cimport owned, release

from ctios_fast.protocol.naming import message_number

from .unawaited import unawaited

cdef extern from "Python.h":
    size_t PY_VECTORCALL_ARGUMENTS_OFFSET


cdef int _end(FieldHandler handler, PyObject *returned) except -1:
    # Ends a call that did not return None: it failed if `returned` is NULL.
    if returned == NULL:
        return -1               # the exception is set
    result = <object>returned
    Py_XDECREF(returned)
    error = unawaited(handler.handler, result)
    if error is not None:
        raise error
    return 0


@cython.final
cdef class FieldHandler(FrameHandler):
    """A handler of a dispatcher that is called with the values of fields: ``handler(state, agent_id)``.

    ``Dispatcher.on`` creates one if it is given ``fields``; the parameters are described there.

    - ``handler``: what is called; with ``with_message`` it gets the message first.
    - ``fields``: the names of the fields, as they were given.
    - ``store``: stores messages that need no call. It is used while the message has no other handler.
    """

    def __cinit__(self, message_type, handler, fields, *, bint with_message=False, FieldStore store=None):
        # Imported late: it reads the table of the message classes, which many programs do not need.
        from .field_names import check_arity, resolved

        cdef uint32_t number = message_number(message_type)
        if not callable(handler):
            raise TypeError(f"a handler must be callable, got {type(handler).__name__}")
        self.fields, names, records = resolved(number, fields)
        self._count = len(self.fields)
        if self._count > MAX_FIELDS:
            raise ValueError(f"a handler takes {MAX_FIELDS} fields at most, {self._count} were given")
        check_arity(handler, self._count, with_message)
        self.handler = handler
        self.with_message = with_message
        self.store = store
        self._reader = FieldReader(*names)
        self._state = &self._reader.state
        self._records = records or None
        self._takes_records = self._records is not None
        self._call_offset = call_offset(<PyObject *>handler)

    cdef int on_frame(self, const Frame *frame) except -1:
        return self.call(frame, proves=False)

    cdef int call(self, const Frame *frame, bint proves) except -1:
        cdef PyObject *arguments[MAX_FIELDS + 2]        # the callee may use the first one (vectorcall)
        cdef PyObject **values = &arguments[1]
        cdef PyObject *returned
        if self.with_message:
            values[0] = frame.view
            values += 1
        if self._takes_records:
            self.collect_records(frame, values)
        elif collect(self._state, frame, values, <PyObject *>None, proves) != 0:
            return 1
        returned = vector_call(
            <PyObject *>self.handler,
            self._call_offset,
            &arguments[1],
            <size_t>(self._count + self.with_message) | PY_VECTORCALL_ARGUMENTS_OFFSET,
        )
        release(values, self._count)
        if returned == <PyObject *>None:
            Py_XDECREF(returned)
            return 0
        return _end(self, returned)

    cdef int collect_records(self, const Frame *frame, PyObject **values) except -1:
        # Like collect, with the records, which are read from the view.
        cdef tuple records = tuple([getattr(<object>frame.view, name) for _, name in self._records])
        cdef tuple fields = self._reader.read(<Message>frame.view)
        cdef int i, at = 0
        for i in range(self._count):
            values[i] = NULL
        for i in range(len(records)):
            values[<int>self._records[i][0]] = owned(records[i])
        for i in range(self._count):
            if values[i] == NULL:
                values[i] = owned(fields[at])
                at += 1
        return 0

    def __repr__(self):
        return f"<FieldHandler {self.handler!r} of {', '.join(self.fields)}>"
