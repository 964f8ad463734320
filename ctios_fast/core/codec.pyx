"""The codec of one protocol version: frame to message view, fields to frame."""

cimport cython
from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.object cimport PyObject
from libc.stdint cimport uint32_t

from ctios_fast.core.encode.mapping_writer cimport message_number, write_message, write_raw
from .layout cimport HEADER_SIZE, Layout, Layouts, checked_max_frame, layouts_of
from .message cimport Message, all_fields, fitting, malformed, read_message, unfit
from .wire cimport load32

from ctios_fast.errors import EncodeError
from ctios_fast.protocol.naming import message_number as known_message_number

#: Default of the largest frame accepted, in bytes with the header. The largest message of the reference has
#: 12,500 bytes.
DEFAULT_MAX_FRAME = 65536

cdef dict _codecs = {}


cdef object _number_of(object message_type):
    # A number is not checked: a frame may have one that is not in the reference.
    if isinstance(message_type, (str, type)):
        return known_message_number(message_type)
    return message_type


cdef uint32_t _encoded_number(object message_type) except? 0xFFFFFFFF:
    # The same for writing. The error does not repeat the argument: errors of the encoder show no values.
    cdef str meant = ""
    if type(message_type) is int:
        return message_number(message_type)
    try:
        message_type = _number_of(message_type)
    except (TypeError, ValueError) as error:
        meant = str(error).partition(";")[2]
        message_type = None
    if message_type is None:
        raise EncodeError(
            None, "message_type", f"expected the number, name or class of a message{meant and ';' + meant}"
        )
    return message_number(message_type)


cdef int _check_whole(Codec codec, object frame, const Py_buffer *view) except -1:
    # Checks that the buffer is exactly one frame by its header.
    cdef const unsigned char *start = <const unsigned char *>view.buf
    if view.len < HEADER_SIZE:
        raise malformed(0, None, 0, f"a header has {HEADER_SIZE} bytes, got {view.len}", bytes(frame))
    if view.len > codec.max_frame or load32(start) != <size_t>(view.len - HEADER_SIZE):
        raise malformed(
            load32(start + 4),
            "MessageLength",
            0,
            f"the header announces {load32(start)} bytes, {view.len - HEADER_SIZE} follow it; "
            f"a frame has at most {codec.max_frame} bytes with its header",
            bytes(frame),
        )
    return 0


@cython.final
cdef class Codec:
    """Reads and writes messages of one protocol version (9 to 25). ``codec(version)`` returns a shared one.

    ``max_frame``: largest frame that is written or read, in bytes with the header.

    ``encoding``: text encoding of what is not ASCII, such as ``"utf-8"``. None: not stated. Then each byte
    above 127 is read as the Latin-1 character of that number, and written from it.
    """

    def __cinit__(self, version, max_frame=DEFAULT_MAX_FRAME, encoding=None):
        self.layouts = layouts_of(version, encoding)
        self.max_frame = checked_max_frame(max_frame)

    @property
    def version(self):
        """The protocol version."""
        return self.layouts.version

    @property
    def encoding(self):
        """Python's name of the text encoding; None: not stated."""
        return self.layouts.encoding

    @property
    def tag_width(self):
        """Bytes of a floating field's tag, and of its length: 1 below version 20, 2 from version 20 on."""
        return self.layouts.tag_width

    def describe(self, message_type):
        """The message's layout as a ``MessageLayout``, or None if none is published.

        ``message_type``: number, name or class.
        """
        message_type = _number_of(message_type)
        if not 0 <= message_type <= 0xFFFFFFFF:
            return None
        return self.layouts.describe(message_type)

    def decode(self, frame):
        """A view of one whole frame, header included. Raises ``MalformedFrame``."""
        cdef Py_buffer view
        PyObject_GetBuffer(frame, &view, PyBUF_SIMPLE)
        try:
            _check_whole(self, frame, &view)
            return read_message(self.layouts, <const unsigned char *>view.buf, view.len)
        finally:
            PyBuffer_Release(&view)

    def to_dict(self, frame):
        """All fields of one whole frame by name: a faster ``decode(frame).to_dict()``."""
        cdef Py_buffer view
        cdef const unsigned char *start
        cdef Layout *documented
        cdef Layout *layout
        PyObject_GetBuffer(frame, &view, PyBUF_SIMPLE)
        try:
            _check_whole(self, frame, &view)
            start = <const unsigned char *>view.buf
            documented = self.layouts.find(load32(start + 4))
            if documented == NULL:
                return {}
            layout = fitting(documented, start + HEADER_SIZE, view.len - HEADER_SIZE, self.layouts.tag_width)
            if layout == NULL:
                raise unfit(documented, self.layouts, start, view.len)
            return all_fields(layout, <PyObject *>self.layouts, start, view.len)
        finally:
            PyBuffer_Release(&view)

    def encode(self, message_type, fields=None, floating=(), *, bint as_received=False):
        """The frame of a message.

        ``encode(message)`` writes a message that was read: ``encode(decode(frame)) == frame`` for every
        well-formed frame. In another version than the message's, a field that this version lacks is an error.
        In another encoding, text is encoded anew.

        ``message_type`` is its number, name or class. ``fields`` holds every fixed field of this version by
        its reference name, as integers. ``floating`` gives pairs of name and value in wire order: int for
        numbers, str for STRING (the NUL is added), bytes for UNSPEC or for any type as raw data,
        ``NamedVariable``, ``NamedArray``, a list of integers for an array. ``"tag:N"`` names a tag that has
        no name; its value is bytes.

        ``as_received`` lets through what a reader accepts and a sender should not write: messages and fields
        newer than this version, data longer than documented. Raises ``EncodeError`` for all that cannot be
        written, values of a wrong kind included.
        """
        if isinstance(message_type, Message):
            return self._encode_again(<Message>message_type, fields, floating)
        return write_message(
            self.layouts, _encoded_number(message_type), fields, floating, as_received, self.max_frame
        )

    def _encode_again(self, Message message, fields, floating):
        if fields is not None or floating:
            raise TypeError("encode(message) takes no fields: they are in the message")
        if message.layout == NULL:
            return write_raw(message.type, message.body, self.max_frame)
        return write_message(
            self.layouts, message.type, message.fixed(), message.floating(),
            message.layouts.version == self.layouts.version, self.max_frame,
        )

    def encode_raw(self, message_type, body):
        """The frame of a message whose body is given as bytes. Raises ``EncodeError`` if it is too large.

        ``message_type`` is its name, class or number, which the reference need not have.
        """
        return write_raw(_encoded_number(message_type), body, self.max_frame)

    def __repr__(self):
        encoding = f", {self.layouts.encoding}" if self.layouts.encoding else ""
        return f"<Codec version {self.layouts.version}{encoding}>"

    def __reduce__(self):
        return Codec, (self.layouts.version, self.max_frame, self.layouts.encoding)


def codec(version, encoding=None):
    """The shared codec of a protocol version and a text encoding, which ``Codec`` explains.

    Raises ``ValueError`` for a version outside 9 to 25, and for an encoding that does not keep ASCII.
    """
    cdef Layouts layouts
    if encoding is None and type(version) is int:       # what most programs ask for
        found = _codecs.get(version)
        if found is not None:
            return found
    layouts = layouts_of(version, encoding)
    key = layouts.version if layouts.encoding is None else layouts
    found = _codecs.get(key)
    if found is None:
        found = _codecs.setdefault(key, Codec(layouts.version, encoding=layouts.encoding))
    return found
