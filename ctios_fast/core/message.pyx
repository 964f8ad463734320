"""Message views: well-formed frames whose fields are decoded when they are read.

A frame is checked before a view of it exists: its fixed part is complete, and its floating fields fill the
rest exactly. Reading a field later therefore never runs past the frame's end.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.dict cimport PyDict_Copy, PyDict_SetDefault, PyDict_SetItem
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_SET_ITEM
from libc.stdint cimport int64_t, uint32_t
from libc.string cimport memcmp

from .layout cimport (
    FLAG_ARRAY,
    FLAG_REPEATS,
    HEADER_SIZE,
    MESSAGE_NUMBERS,
    WIRE_NAMEDARRAY,
    WIRE_NAMEDVAR,
    WIRE_RAW,
    WIRE_STRING,
    WIRE_UNSPEC,
    FixedSlot,
    FloatingSlot,
    Layout,
    Layouts,
    field_name,
    field_names,
    is_field_name,
    layouts_of,
    listed_slot,
    load_number,
    message_class_by_number,
    message_name,
    sample_of,
    shown_name,
    slot_of_second_tag,
    slot_of_tag,
    tag_of_text,
    type_width,
)
from .field_slot cimport FieldSlot, find_slot, next_of_slot
from .floating cimport (
    FloatingCursor, floating_fills, next_floating, next_with_tag, read_head, start_floating,
)
from .name_cache cimport cached_name
from .pyobjects cimport int_of, new_ascii, new_tuple
from .wire cimport is_plain, load32

from typing import NamedTuple

from ctios_fast.errors import MalformedFrame

from .text_encoding import decoded, decoded_exactly


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
cdef object _ABSENT = object()              # marks a field that the frame lacks; no field has this value
cdef tuple _nothing = ()


cdef object malformed(uint32_t number, object field, Py_ssize_t offset, str reason, bytes frame):
    return MalformedFrame(number, message_name(number), field, offset, reason, frame)


# --- Checking a frame ------------------------------------------------------------------------------

cdef Layout *fitting_of_several(
    Layout *documented, const unsigned char *body, Py_ssize_t size, int tag_width
) noexcept nogil:
    cdef Layout *layout = documented
    while layout != NULL:
        if layout.fixed_size == size:
            return layout
        layout = layout.alternative
    layout = documented
    while layout != NULL:
        if size >= layout.fixed_size and floating_fills(body, layout.fixed_size, size, tag_width):
            return layout
        layout = layout.alternative
    return NULL


cdef object _fault(Layout *layout, bytes frame, int tag_width):
    # The error of a frame that fits none of its message's layouts, as seen from the documented one.
    cdef const unsigned char *body = <const unsigned char *>PyBytes_AS_STRING(frame) + HEADER_SIZE
    cdef Py_ssize_t size = len(frame) - HEADER_SIZE
    cdef FloatingCursor cursor
    cdef Py_ssize_t at, left
    cdef uint32_t tag = 0, length = 0
    cdef int i = 0
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
    # The cursor stops at the first field that does not fit.
    start_floating(&cursor, body + layout.fixed_size, body + size)
    while next_floating(&cursor, tag_width):
        pass
    at = cursor.data + cursor.size - body
    left = size - at
    if left < 2 * tag_width:
        return malformed(
            layout.number,
            None,
            HEADER_SIZE + at,
            f"the last {left} bytes are too few for a floating field",
            frame,
        )
    read_head(body + at, tag_width, &tag, &length)
    return malformed(
        layout.number,
        shown_name(layout, tag) or f"tag:{tag}",
        HEADER_SIZE + at,
        f"the floating field announces {length} bytes of data, but {left - 2 * tag_width} are left",
        frame,
    )


cdef object unfit(Layout *documented, Layouts layouts, const unsigned char *frame, Py_ssize_t size):
    # The error of a frame that fits none of its message's layouts.
    return _fault(documented, PyBytes_FromStringAndSize(<const char *>frame, size), layouts.tag_width)


cdef object _class_of = None                # see set_class_source
cdef bint _has_no_class[MESSAGE_NUMBERS]    # the source of classes was asked and has none


def set_class_source(class_of not None):
    """Call ``class_of(number)`` before the first message of each number is read.

    It creates and registers the class of that message and returns it, or None for a message without one. The
    package of the core calls this when it is imported: the classes are built upon this module.
    """
    global _class_of
    _class_of = class_of


cdef int load_class(uint32_t number) except -1:
    # Creates the class of the message, if it has one. Called for the first message of each number.
    if not _has_no_class[number]:
        _has_no_class[number] = _class_of(number) is None
    return 0


cdef bint lacks_class(uint32_t number) noexcept:
    # Whether load_class has not been called for the number yet.
    if number >= MESSAGE_NUMBERS:
        return False
    return message_class_by_number[number] == NULL and not _has_no_class[number]


cdef Message new_view(uint32_t number):
    # A view without a frame, of the message's class. May run Python code: see load_class.
    if lacks_class(number):
        load_class(number)
    if number >= MESSAGE_NUMBERS or message_class_by_number[number] == NULL:
        return Message.__new__(Message)
    # Calling the class would encode a message.
    return (<PyTypeObject *>Message).tp_new(<type>message_class_by_number[number], <PyObject *>_nothing, NULL)


cdef Message read_message(Layouts layouts, const unsigned char *frame, Py_ssize_t size):
    """A view of a copy of the frame; raises MalformedFrame.

    ``size`` includes the header and agrees with the length in it. The check runs on the copy, because
    another thread may write to the frame's memory.
    """
    cdef uint32_t number = load32(frame + 4)
    cdef Layout *documented = layouts.find(number)
    cdef Message message = new_view(number)
    message.show(layouts, NULL, number, frame, size)
    if documented != NULL:
        message.layout = fitting(
            documented, message.data + HEADER_SIZE, size - HEADER_SIZE, layouts.tag_width
        )
        if message.layout == NULL:
            raise unfit(documented, layouts, message.data, size)
    return message


def restored(version, bytes frame not None, kind=Message, encoding=None):
    """Rebuild a message from its pickle or for a copy.

    ``kind`` is its class, ``encoding`` that of its text.
    """
    cdef const unsigned char *start = <const unsigned char *>PyBytes_AS_STRING(frame)
    cdef Py_ssize_t size = len(frame)
    if size < HEADER_SIZE or <Py_ssize_t>load32(start) != size - HEADER_SIZE:
        raise ValueError(f"the {size} bytes are not exactly one frame")
    return read_message(layouts_of(version, encoding), start, size)


# --- Reading values --------------------------------------------------------------------------------

cdef object text_of_any(PyObject *layouts, const unsigned char *p, Py_ssize_t size):
    if is_plain(p, size):
        return new_ascii(p, size)
    # Of a copy: Python's codecs may run other code.
    return decoded(PyBytes_FromStringAndSize(<const char *>p, size), (<Layouts>layouts).encoding)


cdef bint _is_plain_text(const unsigned char *p, Py_ssize_t size) noexcept nogil:
    # True for ASCII whose only NUL is its last byte.
    return size > 0 and p[size - 1] == 0 and is_plain(p, size - 1)


cdef object _exact_text(PyObject *layouts, const unsigned char *p, Py_ssize_t size):
    # The text that is written as this data, None if there is none.
    if _is_plain_text(p, size):
        return text_of(layouts, p, size)
    if (<Layouts>layouts).encoding is None or size == 0 or until_nul(p, size) != size - 1:
        return None
    return decoded_exactly(PyBytes_FromStringAndSize(<const char *>p, size - 1), (<Layouts>layouts).encoding)


cdef list _numbers(int wire_type, const unsigned char *p, Py_ssize_t size):
    cdef int width = type_width(wire_type)
    cdef Py_ssize_t i
    return [load_number(wire_type, p + i * width) for i in range(size // width)]


cdef object _named(PyObject *layouts, int wire_type, const unsigned char *p, Py_ssize_t size, bint exact):
    cdef Py_ssize_t head = 1 if wire_type == WIRE_NAMEDARRAY else 0
    cdef Py_ssize_t name_size, value_size
    if size < head:
        return PyBytes_FromStringAndSize(<const char *>p, size)
    name_size = until_nul(p + head, size - head)
    if head + name_size == size:
        return PyBytes_FromStringAndSize(<const char *>p, size)
    value_size = until_nul(p + head + name_size + 1, size - head - name_size - 1)
    if exact:
        name = _exact_text(layouts, p + head, name_size + 1)
        value = _exact_text(layouts, p + head + name_size + 1, size - head - name_size - 1)
        if name is None or value is None:
            return PyBytes_FromStringAndSize(<const char *>p, size)
    else:
        name = cached_name(p + head, name_size)
        if name is None:
            name = text_of(layouts, p + head, name_size)
        value = text_of(layouts, p + head + name_size + 1, value_size)
    # The tuple is filled here because a NamedTuple's constructor is a slower Python function.
    if head:
        named = new_tuple(_NamedArray, 3)
        _put_item(named, 1, p[0])
        _put_item(named, 2, value)
    else:
        named = new_tuple(_NamedVariable, 2)
        _put_item(named, 1, value)
    _put_item(named, 0, name)
    return named


cdef inline void _put_item(object named, Py_ssize_t place, object value) noexcept:
    Py_INCREF(value)                        # the tuple's own reference
    PyTuple_SET_ITEM(named, place, value)


cdef object read_value(
    PyObject *layouts, const FloatingSlot *slot, const unsigned char *p, Py_ssize_t size, bint exact
):
    # exact: data that is not in its type's plain form is returned as bytes, so that encoding reproduces it.
    cdef int wire_type = WIRE_RAW if slot == NULL else slot.type
    cdef int width
    if wire_type == WIRE_STRING:
        if exact:
            text = _exact_text(layouts, p, size)
            if text is not None:
                return text
        else:
            return text_of(layouts, p, size)
    elif wire_type == WIRE_NAMEDVAR or wire_type == WIRE_NAMEDARRAY:
        return _named(layouts, wire_type, p, size, exact)
    elif wire_type != WIRE_RAW and wire_type != WIRE_UNSPEC:
        width = type_width(wire_type)
        if slot.flags & FLAG_ARRAY:
            if size % width == 0:
                return _numbers(wire_type, p, size)
        elif size == width:
            return int_of(load_number(wire_type, p))
    return PyBytes_FromStringAndSize(<const char *>p, size)


cdef inline bytes data_of(const FloatingCursor *cursor):
    return PyBytes_FromStringAndSize(<const char *>cursor.data, cursor.size)


# --- Whole messages ----------------------------------------------------------------------------------

cdef dict _fixed_fields(Layout *layout, const unsigned char *frame):
    # Copies the sample and sets the fields whose values differ in this frame.
    cdef const unsigned char *body = frame + HEADER_SIZE
    cdef dict values = PyDict_Copy(sample_of(layout, body))
    cdef const FixedSlot *slot
    cdef int64_t number
    cdef int i
    for i in range(layout.fixed_count):
        slot = &layout.fixed[i]
        number = load_number(slot.type, body + slot.offset)
        if number != layout.sample_numbers[i]:
            PyDict_SetItem(values, <object>slot.text, int_of(number))
    return values


cdef dict all_fields(Layout *layout, PyObject *layouts, const unsigned char *frame, Py_ssize_t size):
    # All fields of a checked frame by name: see ``Message.to_dict``.
    cdef dict values = _fixed_fields(layout, frame)
    cdef int tag_width = (<Layouts>layouts).tag_width
    cdef list several = None
    cdef const FloatingSlot *slot
    cdef const FloatingSlot *latest = NULL
    cdef FloatingCursor cursor
    start_floating(&cursor, frame + HEADER_SIZE + layout.fixed_size, frame + size)
    while next_floating(&cursor, tag_width):
        slot = listed_slot(layout, cursor.tag)
        if slot != NULL:
            if slot.type == WIRE_STRING and not slot.flags & FLAG_REPEATS:
                PyDict_SetDefault(values, <object>slot.text, text_of(layouts, cursor.data, cursor.size))
                continue
            name = <object>slot.text
        else:
            slot = slot_of_second_tag(layout, cursor.tag)
            if slot != NULL:
                PyDict_SetDefault(
                    values, <object>slot.text, read_value(layouts, slot, cursor.data, cursor.size, False)
                )
            name = shown_name(layout, cursor.tag)
            slot = slot_of_tag(layout, cursor.tag)
        if name is None:
            values.setdefault(f"tag:{cursor.tag}", data_of(&cursor))
        elif slot.flags & FLAG_REPEATS:
            if latest != slot:              # values of one field mostly follow each other
                latest = slot
                several = <list>values.setdefault(name, [])
            several.append(read_value(layouts, slot, cursor.data, cursor.size, False))
        else:
            PyDict_SetDefault(values, name, read_value(layouts, slot, cursor.data, cursor.size, False))
    return values


@cython.no_gc
@cython.freelist(256)
cdef class Message:
    """Immutable view of one well-formed frame, created by ``Codec.decode`` and by the dispatcher.

    ``type`` is the message's number. ``message[name]`` reads a field by its name in the reference, and
    raises ``KeyError`` if the message lacks it. ``name in message`` is True if it is present. The types of
    the values:

    * fixed fields and numbers: int; bytes if the data's width is not the type's
    * STRING: str, up to its NUL
    * UNSPEC: bytes
    * NAMEDVAR, NAMEDARRAY: ``NamedVariable``, ``NamedArray``
    * a repeated field: the list of its values, empty if there are none
    * a field that holds an array: the list of its numbers
    * ``"tag:N"``: the data of the first floating field with tag N, as bytes
    """

    def __init__(self):
        raise TypeError("Message cannot be called: Codec.decode creates messages")

    def __dealloc__(self):
        PyMem_Free(self.data)

    cdef int grow(self, Py_ssize_t size) except -1:
        # Replaces the memory; its contents are lost.
        cdef unsigned char *data = <unsigned char *>PyMem_Malloc(size)
        if data == NULL:
            raise MemoryError
        PyMem_Free(self.data)
        self.data = data
        self.capacity = size
        return 0

    def __reduce__(self):
        if self.data == NULL:
            raise TypeError("a message that holds no frame cannot be copied or pickled")
        return restored, (self.layouts.version, self.whole(), type(self), self.layouts.encoding)

    @property
    def name(self):
        """The message's name in the reference, or None if its number is not in the reference."""
        return message_name(self.type)

    @property
    def version(self):
        """Protocol version of the session that the message was read in."""
        return 0 if self.layouts is None else self.layouts.version

    @property
    def encoding(self):
        """The text encoding of the session that the message was read in; None: not stated."""
        return None if self.layouts is None else self.layouts.encoding

    @property
    def documented(self):
        """Whether the message has a published layout. Without one, only ``body`` can be read."""
        return self.layout != NULL

    @property
    def body(self):
        """The bytes after the header."""
        if self.size == 0:
            return b""
        return PyBytes_FromStringAndSize(<const char *>self.data + HEADER_SIZE, self.size - HEADER_SIZE)

    @property
    def frame(self):
        """The whole frame, header included: what ``bytes(message)`` returns, in half the time."""
        return self.whole()

    cdef bytes whole(self):
        # Empty only for a view that Message.__new__ created without a frame.
        return PyBytes_FromStringAndSize(<const char *>self.data, self.size)

    def __bytes__(self):
        return self.whole()

    def __len__(self):
        return self.size

    def __eq__(self, other):
        cdef Message twin
        if not isinstance(other, Message):
            return NotImplemented
        twin = <Message>other
        return (
            self.layouts is twin.layouts
            and self.size == twin.size
            and (self.size == 0 or memcmp(self.data, twin.data, self.size) == 0)
        )

    def __hash__(self):
        return hash(self.whole())

    cdef object value_of(self, object name, object absent):
        # The field's value, or ``absent``.
        cdef FieldSlot place
        cdef const FloatingSlot *slot
        cdef FloatingCursor cursor
        cdef list values
        if self.layout == NULL:
            return absent
        if not find_slot(self.layout, name, &place):
            return self.data_of_tag(name, absent)
        if place.fixed != NULL:
            return load_number(place.fixed.type, self.data + HEADER_SIZE + place.fixed.offset)
        slot = place.floating
        self.start(&cursor)
        if not slot.flags & FLAG_REPEATS:
            if not next_of_slot(&cursor, self.layouts.tag_width, slot):
                return absent
            return read_value(<PyObject *>self.layouts, slot, cursor.data, cursor.size, False)
        values = []
        while next_of_slot(&cursor, self.layouts.tag_width, slot):
            values.append(read_value(<PyObject *>self.layouts, slot, cursor.data, cursor.size, False))
        return values

    cdef object data_of_tag(self, object name, object absent):
        cdef FloatingCursor cursor
        cdef int tag = tag_of_text(name)
        self.start(&cursor)
        if tag < 0 or not next_with_tag(&cursor, self.layouts.tag_width, tag):
            return absent
        return data_of(&cursor)

    def __getitem__(self, name):
        value = self.value_of(name, _ABSENT)
        if value is _ABSENT:
            raise KeyError(_unknown_field(name))
        return value

    def get(self, name, default=None):
        """The field's value, or ``default`` if the message lacks it."""
        return self.value_of(name, default)

    def __contains__(self, name):
        cdef FieldSlot place
        cdef FloatingCursor cursor
        cdef int tag
        if self.layout == NULL:
            return False
        find_slot(self.layout, name, &place)
        if place.fixed != NULL:
            return True
        self.start(&cursor)
        if place.floating != NULL:
            return next_of_slot(&cursor, self.layouts.tag_width, place.floating)
        tag = tag_of_text(name)
        return tag >= 0 and next_with_tag(&cursor, self.layouts.tag_width, tag)

    def fixed(self):
        """The fixed fields in wire order, by name."""
        return {} if self.layout == NULL else _fixed_fields(self.layout, self.data)

    def floating_raw(self):
        """The floating fields in wire order, as pairs of tag and data bytes."""
        cdef list fields = []
        cdef FloatingCursor cursor
        self.start(&cursor)
        while self.layout != NULL and next_floating(&cursor, self.layouts.tag_width):
            fields.append((cursor.tag, data_of(&cursor)))
        return fields

    def floating(self):
        """The floating fields in wire order, as pairs of name and exact value.

        Encoding these pairs reproduces the frame's bytes. To this end a value that is not in its type's plain
        form is bytes: a STRING without NUL or with several, text that is neither ASCII nor in the encoding
        that was stated, a number of another width. UNSPEC data is always bytes. A tag without a name is
        ``"tag:N"``.
        """
        cdef list fields = []
        cdef FloatingCursor cursor
        cdef const FloatingSlot *slot
        self.start(&cursor)
        while self.layout != NULL and next_floating(&cursor, self.layouts.tag_width):
            name = shown_name(self.layout, cursor.tag)
            if name is None:
                fields.append((f"tag:{cursor.tag}", data_of(&cursor)))
            else:
                slot = slot_of_tag(self.layout, cursor.tag)
                value = read_value(<PyObject *>self.layouts, slot, cursor.data, cursor.size, True)
                fields.append((name, value))
        return fields

    def to_dict(self):
        """All fields that are present, by name, each with the value of ``message[name]``."""
        if self.layout == NULL:
            return {}
        return all_fields(self.layout, <PyObject *>self.layouts, self.data, self.size)

    def check(self):
        """Deviations of this well-formed message from the reference, as ``Finding`` rows."""
        from .conformance import findings

        return findings(self)

    def __repr__(self):
        title = self.name or f"message {self.type}"
        if self.layout == NULL:
            return f"<{title} v{self.version} {self.size} bytes>"
        shown = ", ".join([f"{name}={_shown(name, value)}" for name, value in self.to_dict().items()])
        return f"<{title} v{self.version} {shown or 'without fields'}>"


cdef object _unknown_field(object name):
    # The text of a KeyError: the name, and a suggestion if no message has such a field.
    if not isinstance(name, str) or is_field_name(name) or tag_of_text(name) >= 0:
        return name
    from ctios_fast.protocol.naming import suggestion

    return f"{name}: no message has a field of that name{suggestion(name, field_names())}"


cdef str _shown(str name, object value):
    # Raw bytes are hidden too: a frame read in the wrong version may hold a password in any field.
    if "Password" in name:
        return "***"
    return f"<{len(value)} bytes>" if isinstance(value, bytes) else repr(value)
