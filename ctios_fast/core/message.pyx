"""Message views: a frame that proved well-formed, whose fields are read when they are touched.

A frame is proved before a view of it exists (complete fixed part, floating part tiled exactly), so
reading a field later never runs past the frame's end.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from libc.stdint cimport int8_t, int16_t, int32_t, uint32_t
from libc.string cimport memchr

from .layout cimport (
    FLAG_ARRAY, FLAG_REPEATS, FLOATING_CODE, HEADER_SIZE, WIRE_CHAR, WIRE_INT, WIRE_NAMEDARRAY,
    WIRE_NAMEDVAR, WIRE_RAW, WIRE_SHORT, WIRE_STRING, WIRE_UINT, WIRE_UNSPEC, WIRE_USHORT,
    FixedSlot, FloatingSlot, Layout, Layouts,
    field_name, load16, load32, lookup_of, message_name, shown_name, slot_of_name, slot_of_tag, type_width,
)

from typing import NamedTuple

from ctios_fast.protocol.errors import MalformedFrame

cdef extern from "Python.h":
    str PyUnicode_DecodeASCII(const char *text, Py_ssize_t size, const char *errors)


class NamedVariable(NamedTuple):
    """A named (ECC) variable: data type NAMEDVAR."""

    name: str
    value: str


class NamedArray(NamedTuple):
    """One element of a named (ECC) array: data type NAMEDARRAY."""

    name: str
    index: int
    value: str


cdef object _NamedVariable = NamedVariable
cdef object _NamedArray = NamedArray


cdef object malformed(uint32_t number, object field, Py_ssize_t offset, str reason, bytes frame):
    return MalformedFrame(number, message_name(number), field, offset, reason, frame)


# --- proving a frame -------------------------------------------------------------------------------

cdef Py_ssize_t _untiled(const unsigned char *floating, Py_ssize_t size, int tag_width) noexcept nogil:
    # Where the floating fields stop filling the part exactly; -1 when they do.
    cdef Py_ssize_t at = 0
    cdef Py_ssize_t length
    while at < size:
        if size - at < 2 * tag_width:
            return at
        length = floating[at + 1] if tag_width == 1 else <Py_ssize_t>load16(floating + at + 2)
        if length > size - at - 2 * tag_width:
            return at
        at += 2 * tag_width + length
    return -1


cdef Layout *_fitting(
    Layout *documented, const unsigned char *body, Py_ssize_t size, int tag_width
) noexcept nogil:
    # The layout that the body has: one that it fills exactly, else the first with a whole floating part.
    cdef Layout *layout = documented
    while layout != NULL and documented.alternative != NULL:
        if layout.fixed_size == size:
            return layout
        layout = layout.alternative
    layout = documented
    while layout != NULL:
        if (
            size >= layout.fixed_size
            and _untiled(body + layout.fixed_size, size - layout.fixed_size, tag_width) < 0
        ):
            return layout
        layout = layout.alternative
    return NULL


cdef object _fault(Layout *layout, bytes frame, int tag_width):
    # Says why a frame has none of its message's layouts, by the documented one.
    cdef const unsigned char *body = <const unsigned char *>PyBytes_AS_STRING(frame) + HEADER_SIZE
    cdef Py_ssize_t size = len(frame) - HEADER_SIZE
    cdef Py_ssize_t at, left
    cdef uint32_t tag
    cdef int i = 0
    cdef const FloatingSlot *slot
    if size < layout.fixed_size:
        for i in range(layout.fixed_count):
            if layout.fixed[i].offset + layout.fixed[i].width > size:
                break
        return malformed(
            layout.number,
            field_name(layout.fixed[i].name),
            HEADER_SIZE + layout.fixed[i].offset,
            f"the fixed part takes {layout.fixed_size} bytes, the body has {size}",
            frame,
        )
    at = _untiled(body + layout.fixed_size, size - layout.fixed_size, tag_width)
    left = size - layout.fixed_size - at
    at += layout.fixed_size
    if left < 2 * tag_width:
        return malformed(
            layout.number, None, HEADER_SIZE + at, f"{left} bytes left over are no floating field", frame
        )
    tag = body[at] if tag_width == 1 else load16(body + at)
    slot = slot_of_tag(layout, tag)
    name = f"tag:{tag}" if slot == NULL or field_name(slot.name) is None else field_name(slot.name)
    length = body[at + 1] if tag_width == 1 else load16(body + at + 2)
    return malformed(
        layout.number,
        name,
        HEADER_SIZE + at,
        f"the floating field says {length} bytes of data, {left - 2 * tag_width} are left",
        frame,
    )


cdef Message read_message(Layouts layouts, const unsigned char *frame, Py_ssize_t size):
    """A view of the frame; raises MalformedFrame. ``size`` is at least the header's and agrees with it."""
    cdef uint32_t number = load32(frame + 4)
    cdef Layout *documented = layouts.find(number)
    cdef Layout *layout = NULL
    cdef Message message
    if documented != NULL:
        layout = _fitting(documented, frame + HEADER_SIZE, size - HEADER_SIZE, layouts.tag_width)
        if layout == NULL:
            raise _fault(documented, PyBytes_FromStringAndSize(<const char *>frame, size), layouts.tag_width)
    message = Message.__new__(Message)
    message._layouts = layouts
    message._layout = layout
    message._frame = PyBytes_FromStringAndSize(<const char *>frame, size)
    message._data = <const unsigned char *>PyBytes_AS_STRING(message._frame)
    message._size = size
    message.type = number
    return message


# --- reading values --------------------------------------------------------------------------------

cdef inline object _number(int wire_type, const unsigned char *p):
    if wire_type == WIRE_UINT:
        return load32(p)
    if wire_type == WIRE_USHORT:
        return load16(p)
    if wire_type == WIRE_INT:
        return <int32_t>load32(p)
    if wire_type == WIRE_SHORT:
        return <int16_t>load16(p)
    if wire_type == WIRE_CHAR:
        return <int8_t>p[0]
    return p[0]


cdef inline object _text(const unsigned char *p, Py_ssize_t size):
    # Bytes above 127 become lone surrogates, which encode to the same bytes again.
    return PyUnicode_DecodeASCII(<const char *>p, size, "surrogateescape")


cdef inline Py_ssize_t _until_nul(const unsigned char *p, Py_ssize_t size) noexcept nogil:
    cdef const void *end = memchr(p, 0, size) if size else NULL
    return size if end == NULL else <const unsigned char *>end - p


cdef bint _is_plain_text(const unsigned char *p, Py_ssize_t size) noexcept nogil:
    # ASCII, closed by the only NUL
    cdef Py_ssize_t i
    if size == 0 or p[size - 1] != 0:
        return False
    for i in range(size - 1):
        if p[i] == 0 or p[i] > 127:
            return False
    return True


cdef list _numbers(int wire_type, const unsigned char *p, Py_ssize_t size):
    cdef int width = type_width(wire_type)
    cdef Py_ssize_t i
    return [_number(wire_type, p + i) for i in range(0, size, width)]


cdef object _named(int wire_type, const unsigned char *p, Py_ssize_t size, bint exact):
    cdef Py_ssize_t head = 1 if wire_type == WIRE_NAMEDARRAY else 0
    cdef Py_ssize_t name_size, value_size
    if size < head:
        return PyBytes_FromStringAndSize(<const char *>p, size)
    name_size = _until_nul(p + head, size - head)
    if head + name_size == size:
        return PyBytes_FromStringAndSize(<const char *>p, size)
    value_size = _until_nul(p + head + name_size + 1, size - head - name_size - 1)
    if exact and not (
        _is_plain_text(p + head, name_size + 1)
        and _is_plain_text(p + head + name_size + 1, size - head - name_size - 1)
    ):
        return PyBytes_FromStringAndSize(<const char *>p, size)
    name = _text(p + head, name_size)
    value = _text(p + head + name_size + 1, value_size)
    return _NamedArray(name, p[0], value) if head else _NamedVariable(name, value)


cdef object _value(const FloatingSlot *slot, const unsigned char *p, Py_ssize_t size, bint exact):
    # exact: what is not of the type's plain form comes as bytes, so that encoding gives the same bytes
    cdef int wire_type = WIRE_RAW if slot == NULL else slot.type
    cdef int width
    if wire_type == WIRE_STRING:
        if exact:
            if _is_plain_text(p, size):
                return _text(p, size - 1)
        else:
            return _text(p, _until_nul(p, size))
    elif wire_type == WIRE_NAMEDVAR or wire_type == WIRE_NAMEDARRAY:
        return _named(wire_type, p, size, exact)
    elif wire_type != WIRE_RAW and wire_type != WIRE_UNSPEC:
        width = type_width(wire_type)
        if slot.flags & FLAG_ARRAY:
            if size % width == 0:
                return _numbers(wire_type, p, size)
        elif size == width:
            return _number(wire_type, p)
    return PyBytes_FromStringAndSize(<const char *>p, size)


@cython.no_gc
@cython.freelist(256)
cdef class Message:
    """Immutable view of one well-formed frame. Made by ``Codec.decode`` and by the dispatcher.

    ``message[name]`` reads a field by its name in the reference. Fixed fields are ints; of floating fields
    numbers are ints, STRING is str (up to its NUL), UNSPEC is bytes, NAMEDVAR and NAMEDARRAY are
    ``NamedVariable`` and ``NamedArray``; a field that repeats or holds an array gives a list. A number whose
    data has another width than its type comes as bytes.
    """

    def __init__(self):
        raise TypeError("messages are made by Codec.decode")

    @property
    def name(self):
        """The message's name in the reference, or None for a number that it does not have."""
        return message_name(self.type)

    @property
    def version(self):
        """Protocol version of the session that the message was read in."""
        return 0 if self._layouts is None else self._layouts.version

    @property
    def documented(self):
        """Whether the message has a published layout; without one only ``body`` is of use."""
        return self._layout != NULL

    @property
    def body(self):
        """The bytes after the header."""
        return self._frame[HEADER_SIZE:]

    def __bytes__(self):
        return self._frame

    def __len__(self):
        return self._size

    def __eq__(self, other):
        if not isinstance(other, Message):
            return NotImplemented
        return self.version == other.version and self._frame == bytes(other)

    def __hash__(self):
        return hash(self._frame)

    def __getitem__(self, str name not None):
        cdef object code
        cdef FixedSlot *slot
        if self._layout != NULL:
            code = lookup_of(self._layout).get(name)
            if code is not None and <int>code < FLOATING_CODE:
                slot = &self._layout.fixed[<int>code]
                return _number(slot.type, self._data + HEADER_SIZE + slot.offset)
            return self._floating_value(name)
        raise KeyError(name)

    cdef object _floating_value(self, str name):
        cdef const FloatingSlot *slot = slot_of_name(self._layout, name)
        cdef const unsigned char *p = self._data + HEADER_SIZE + self._layout.fixed_size
        cdef const unsigned char *end = self._data + self._size
        cdef int tag_width = self._layouts.tag_width
        cdef uint32_t tag
        cdef Py_ssize_t length
        cdef list found = None
        if slot == NULL:
            return self._tagged_value(name)
        if slot.flags & FLAG_REPEATS:
            found = []
        while p < end:
            if tag_width == 1:
                tag = p[0]
                length = p[1]
            else:
                tag = load16(p)
                length = load16(p + 2)
            p += 2 * tag_width
            if tag == slot.tag:
                value = _value(slot, p, length, False)
                if found is None:
                    return value
                found.append(value)
            p += length
        if found is None:
            raise KeyError(name)
        return found

    cdef object _tagged_value(self, str name):
        # "tag:N": a tag without a name of its own
        if name.startswith("tag:"):
            for tag, data in self.floating_raw():
                if name == f"tag:{tag}":
                    return data
        raise KeyError(name)

    def get(self, str name not None, default=None):
        """The field's value, or ``default`` where the message has not got it."""
        try:
            return self[name]
        except KeyError:
            return default

    def __contains__(self, name):
        try:
            value = self[name]
        except (KeyError, TypeError):
            return False
        return value != []

    def fixed(self):
        """The fixed fields in wire order, by name."""
        cdef dict made = {}
        cdef int i = 0
        cdef FixedSlot *slot
        if self._layout != NULL:
            for i in range(self._layout.fixed_count):
                slot = &self._layout.fixed[i]
                made[field_name(slot.name)] = _number(slot.type, self._data + HEADER_SIZE + slot.offset)
        return made

    def floating_raw(self):
        """The floating fields in wire order, as pairs of tag and data bytes."""
        cdef list made = []
        cdef const unsigned char *p
        cdef const unsigned char *end = self._data + self._size
        cdef int tag_width
        cdef uint32_t tag
        cdef Py_ssize_t length
        if self._layout != NULL:
            tag_width = self._layouts.tag_width
            p = self._data + HEADER_SIZE + self._layout.fixed_size
            while p < end:
                tag = p[0] if tag_width == 1 else load16(p)
                length = p[1] if tag_width == 1 else <Py_ssize_t>load16(p + 2)
                p += 2 * tag_width
                made.append((tag, PyBytes_FromStringAndSize(<const char *>p, length)))
                p += length
        return made

    def floating(self):
        """The floating fields in wire order, as pairs of name and exact value.

        Exact: a value that is not of its type's plain form (a STRING without NUL or with two, bytes that are
        not ASCII, a number of another width) is given as bytes, and so is all UNSPEC data; a tag without a
        name is ``"tag:N"``. Encoding these pairs gives the same bytes again.
        """
        cdef list made = []
        cdef const unsigned char *p
        cdef bytes data
        cdef uint32_t tag
        for tag, data in self.floating_raw():
            name = shown_name(self._layout, tag)
            if name is None:
                made.append((f"tag:{tag}", data))
            else:
                p = <const unsigned char *>PyBytes_AS_STRING(data)
                made.append((name, _value(slot_of_tag(self._layout, tag), p, len(data), True)))
        return made

    def to_dict(self):
        """All fields by name, each as ``message[name]`` gives it."""
        cdef dict made = self.fixed()
        cdef uint32_t tag
        if self._layout != NULL:
            for tag, data in self.floating_raw():
                name = shown_name(self._layout, tag)
                if name is None:
                    made.setdefault(f"tag:{tag}", data)
                elif name not in made:
                    made[name] = self._floating_value(name)
        return made

    def check(self):
        """What a strict reader minds about this well-formed message: a list of ``Finding``, maybe empty."""
        from .check import findings

        return findings(self)

    def __repr__(self):
        title = self.name or f"message {self.type}"
        if self._layout == NULL:
            return f"<{title} v{self.version} {self._size} bytes>"
        shown = ", ".join(
            f"{name}={'***' if 'Password' in name else repr(value)}" for name, value in self.to_dict().items()
        )
        return f"<{title} v{self.version} {shown}>"
