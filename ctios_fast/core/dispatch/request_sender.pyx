"""Sends every request: books it, encodes it, writes it, and undoes the booking if any of that fails.

This is also the one place that keeps passwords out of tracebacks. A traceback shows the variables of every
Python function that it passes, and none of compiled code. So only variables of this module hold the fields
and the frame of a request.

The function that ``by_keywords`` returns reads the fields from the caller's array of arguments, so that none
of them goes through a dict. Booking, encoding and that function take 6,500 instructions less than the same in
Python (kernel ``login_to_state_event`` of ``benchmarks/kernels.py`` under callgrind, CPython 3.11).
"""

cimport cython
from cpython.object cimport PyObject

from ctios_fast.core.classes.base cimport write_request, writer_of
from ctios_fast.core.encode.keyword_writer cimport KeywordWriter
from ctios_fast.core.pyobjects cimport PyMethodDef, VectorArgs, new_method
from .pending cimport Request

from ctios_fast.errors import ConnectionLost, LinkClosed

cdef PyMethodDef _send_definition


@cython.auto_pickle(False)
@cython.final
cdef class RequestSender:
    """Sends the messages of one connection. ``book`` holds its open requests.

    ``write`` takes a frame. The connection sets it while the session is open; otherwise it is None.
    """

    def __init__(self, Codec codec not None, OpenRequests book not None):
        self._codec = codec
        self._book = book

    def send(self, Request request not None, message, fields, timeout=None, write=None):
        """Book a request and send it.

        - ``request``: answered by the confirmation, or failed.
        - ``message``: a message class or another ``MessageWriter``.
        - ``fields``: the message's fields by name, without InvokeID.
        - ``timeout``: seconds until the request fails with ``RequestTimeout``; None for no limit.
        - ``write``: takes the frame of a request that needs no open session. None: the sender's ``write``.

        Raises ``ConnectionLost`` without an open session, ``EncodeError``, and what ``OpenRequests.book`` and
        ``write`` raise. Nothing was sent then, and the request is not booked.
        """
        write = self.writable() if write is None else write
        invoke_id = self._book.book(request, message.number, timeout)
        try:
            write(message.encode_request(self._codec, invoke_id, fields))
        except BaseException as error:
            raise self.undo(invoke_id, error)

    def post(self, message, fields):
        """Send a message that has no confirmation; returns its InvokeID, None for one without.

        ``message`` and ``fields`` are those of ``send``.
        """
        write = self.writable()
        invoke_id = self._book.next_invoke_id() if self._has_invoke_id(message.number) else None
        try:
            write(message.encode_request(self._codec, invoke_id, fields))
        except LinkClosed as error:
            raise _as_lost(error)
        return invoke_id

    def by_keywords(self, timeout not None, not_sent not None):
        """Return ``send(request, message_class, timeout=None, /, **fields)``. Its parameters are those above.

        - ``timeout``: seconds for the requests that are sent without a time-out of their own.
        - ``not_sent``: called with a request that was not sent, and the error. If it returns a false value,
          the error is raised.
        """
        cdef KeywordSend owner = KeywordSend.__new__(KeywordSend)
        owner.sender = self
        owner.timeout = timeout
        owner.not_sent = not_sent
        return new_method(
            &_send_definition,
            b"send",
            b"send($self, request, message_class, timeout=None, /, **fields)\n--\n\n"
            b"Book a request and send it.",
            _send_by_keywords,
            owner,
        )

    cdef object writable(self):
        # The function that takes a frame. Raises ConnectionLost without an open session.
        if self.write is None:
            raise ConnectionLost("the session is not open")
        return self.write

    cdef object undo(self, object invoke_id, object error):
        # Undoes the booking of a request that was not sent. Returns the error that the caller raises.
        self._book.forget(invoke_id)
        return _as_lost(error) if isinstance(error, LinkClosed) else error

    def _has_invoke_id(self, message_type):
        layout = self._codec.describe(message_type)
        return layout is not None and any([row.name == "InvokeID" for row in layout.fixed])


cdef object _as_lost(object error):
    lost = ConnectionLost("the connection is ending")
    lost.__cause__ = error
    return lost


@cython.auto_pickle(False)
@cython.final
cdef class KeywordSend:
    """The data of a function that ``by_keywords`` returned."""

    cdef RequestSender sender
    cdef object timeout
    cdef object not_sent


cdef object _send_by_keywords(PyObject *owner, VectorArgs arguments, Py_ssize_t count, PyObject *names):
    # The function that ``by_keywords`` returns.
    cdef KeywordSend self = <KeywordSend>owner
    cdef RequestSender sender = self.sender
    cdef KeywordWriter writer
    cdef Request request
    if count != 2 and count != 3:
        raise TypeError(f"send() takes 2 or 3 positional arguments, {count} were given")
    request = <Request?><object>arguments[0]
    writer = writer_of(<object>arguments[1])
    timeout = <object>arguments[2] if count == 3 else None
    invoke_id = None
    try:
        write = sender.writable()
        invoke_id = sender._book.book(request, writer.number, self.timeout if timeout is None else timeout)
        write(write_request(writer, sender._codec, invoke_id, arguments + count, names))
    except BaseException as error:
        if invoke_id is not None:
            error = sender.undo(invoke_id, error)
        if not self.not_sent(request, error):
            raise error
    return None
