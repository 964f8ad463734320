"""Writing messages: fields by name to a frame, each checked against its layout.

Errors name the message and the field and never show a value, since it may be a password.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_CheckBuffer, PyObject_GetBuffer
from cpython.long cimport PyLong_AsLongLong
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from libc.stdint cimport int64_t, uint32_t
from libc.string cimport memcpy

from .layout cimport (
    FLAG_ARRAY, HEADER_SIZE, NO_TAG, WIRE_CHAR, WIRE_INT, WIRE_NAMEDARRAY, WIRE_NAMEDVAR,
    WIRE_RAW, WIRE_SHORT, WIRE_STRING, WIRE_UNSPEC,
    FixedSlot, FloatingSlot, Layout, Layouts,
    field_name, lookup_of, message_name, slot_of_name, store16, store32, type_width,
)

from ctios_fast.protocol.errors import EncodeError

cdef enum:
    ON_STACK = 1024             # most messages fit; longer ones move to the heap


cdef struct Output:
    unsigned char *bytes
    Py_ssize_t size
    Py_ssize_t capacity
    unsigned char stack[ON_STACK]


cdef int _room(Output *out, Py_ssize_t more) except -1:
    # Makes room for so many bytes behind what is written.
    cdef Py_ssize_t wanted = out.size + more
    cdef unsigned char *grown
    if wanted <= out.capacity:
        return 0
    wanted = max(wanted, 2 * out.capacity)
    if out.bytes == out.stack:
        grown = <unsigned char *>PyMem_Malloc(wanted)
        if grown != NULL:
            memcpy(grown, out.bytes, out.size)
    else:
        grown = <unsigned char *>PyMem_Realloc(out.bytes, wanted)
    if grown == NULL:
        raise MemoryError
    out.bytes = grown
    out.capacity = wanted
    return 0


cdef object _error(object message, object field, str reason):
    return EncodeError(message, field, reason)


cdef int _put_number(unsigned char *p, int wire_type, object value, object message, object field) except -1:
    cdef int width = type_width(wire_type)
    cdef bint signed = wire_type == WIRE_INT or wire_type == WIRE_SHORT or wire_type == WIRE_CHAR
    cdef int64_t lowest = -(<int64_t>1 << (8 * width - 1)) if signed else 0
    cdef int64_t highest = (<int64_t>1 << (8 * width - (1 if signed else 0))) - 1
    cdef int64_t number
    if isinstance(value, (str, bytes, float)):
        raise _error(message, field, f"wants an integer, not {type(value).__name__}")
    try:
        number = PyLong_AsLongLong(value)
    except OverflowError:
        raise _error(message, field, f"out of range {lowest} to {highest}") from None
    except TypeError:
        raise _error(message, field, f"wants an integer, not {type(value).__name__}") from None
    if number < lowest or number > highest:
        raise _error(message, field, f"{number} is out of range {lowest} to {highest}")
    if width == 4:
        store32(p, <uint32_t>number)
    elif width == 2:
        store16(p, <uint32_t>number)
    else:
        p[0] = <unsigned char>number
    return 0


cdef int _put_data(Output *out, const char *data, Py_ssize_t size) except -1:
    _room(out, size)
    if size:
        memcpy(out.bytes + out.size, data, size)
    out.size += size
    return 0


cdef int _put_text(Output *out, object value, object message, object field) except -1:
    # The text and its closing NUL.
    if not isinstance(value, str):
        raise _error(message, field, f"wants text or bytes, not {type(value).__name__}")
    try:
        encoded = (<str>value).encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        raise _error(message, field, "has a character that is not ASCII") from None
    if b"\0" in encoded:
        raise _error(message, field, "has a NUL inside; give bytes to send it so")
    _put_data(out, PyBytes_AS_STRING(encoded), len(encoded))
    return _put_data(out, b"\0", 1)


cdef int _put_value(
    Output *out, const FloatingSlot *slot, object value, object message, object field
) except -1:
    # The data of one floating field.
    cdef Py_buffer view
    cdef int wire_type = WIRE_RAW if slot == NULL else slot.type
    cdef int width
    if not isinstance(value, str) and PyObject_CheckBuffer(value):
        PyObject_GetBuffer(value, &view, PyBUF_SIMPLE)
        try:
            return _put_data(out, <const char *>view.buf, view.len)
        finally:
            PyBuffer_Release(&view)
    if wire_type == WIRE_STRING:
        return _put_text(out, value, message, field)
    if wire_type == WIRE_RAW or wire_type == WIRE_UNSPEC:
        raise _error(message, field, f"wants bytes, not {type(value).__name__}")
    if wire_type == WIRE_NAMEDVAR or wire_type == WIRE_NAMEDARRAY:
        wanted = 3 if wire_type == WIRE_NAMEDARRAY else 2
        if not isinstance(value, tuple) or len(value) != wanted:
            kind = "NamedArray" if wanted == 3 else "NamedVariable"
            raise _error(message, field, f"wants a {kind} or bytes")
        if wanted == 3:
            if isinstance(value[1], int) and 0 <= value[1] <= 255:
                _put_data(out, PyBytes_AS_STRING(bytes([value[1]])), 1)
            else:
                raise _error(message, field, "index is out of range 0 to 255")
        _put_text(out, value[0], message, field)
        return _put_text(out, value[wanted - 1], message, field)
    width = type_width(wire_type)
    if slot.flags & FLAG_ARRAY:
        if isinstance(value, (int, str)):
            raise _error(message, field, "holds an array: wants a list of integers")
        for item in value:
            _room(out, width)
            _put_number(out.bytes + out.size, wire_type, item, message, field)
            out.size += width
        return 0
    _room(out, width)
    _put_number(out.bytes + out.size, wire_type, value, message, field)
    out.size += width
    return 0


cdef int _put_floating(
    Output *out, Layouts layouts, Layout *layout, object name, object value, bint as_received
) except -1:
    cdef const FloatingSlot *slot
    cdef Py_ssize_t start, length
    cdef int tag_width = layouts.tag_width
    cdef long long tag
    message = <object>layout.name
    if not isinstance(name, str):
        raise _error(message, None, f"a floating field's name is text, not {type(name).__name__}")
    slot = slot_of_name(layout, name)
    if slot != NULL:
        tag = slot.tag
        if slot.since > layouts.version and not as_received:
            raise _error(
                message, name, f"needs protocol version {slot.since}, the session speaks {layouts.version}"
            )
    else:
        if not name.startswith("tag:") or not name[4:].isdecimal() or not name.isascii():
            raise _unsendable(layout, name)
        tag = int(name[4:]) if len(name) < 14 else 0x10000
    if tag >= (1 << (8 * tag_width)):
        raise _error(
            message, name, f"tag {tag} does not fit the {tag_width}-byte tags of version {layouts.version}"
        )
    _room(out, 2 * tag_width)
    start = out.size
    out.size += 2 * tag_width
    _put_value(out, slot, value, message, name)
    length = out.size - start - 2 * tag_width
    if slot != NULL and slot.max and length > slot.max and not as_received:
        raise _error(message, name, f"{length} bytes with its NUL are too long: {slot.max} at most")
    if length >= (1 << (8 * tag_width)):
        raise _error(message, name, f"{length} bytes do not fit a {tag_width}-byte length")
    if tag_width == 1:
        out.bytes[start] = <unsigned char>tag
        out.bytes[start + 1] = <unsigned char>length
    else:
        store16(out.bytes + start, <uint32_t>tag)
        store16(out.bytes + start + 2, <uint32_t>length)
    return 0


cdef object _unsendable(Layout *layout, str name):
    cdef int i
    for i in range(layout.floating_count):
        if layout.floating[i].tag == NO_TAG and field_name(layout.floating[i].name) == name:
            return _error(
                <object>layout.name, name, "no tag is published for this field, so it cannot be sent"
            )
    if name in lookup_of(layout):
        return _error(<object>layout.name, name, "is a fixed field here, not a floating one")
    return _error(<object>layout.name, name, "is no floating field of the reference")


cdef Layout *_chosen(Layout *documented, object fields):
    # Of several layouts the one whose fields were given; the documented one where none is.
    cdef Layout *layout = documented
    cdef int i
    while layout != NULL and documented.alternative != NULL:
        if len(fields) == layout.fixed_count:
            for i in range(layout.fixed_count):
                if field_name(layout.fixed[i].name) not in fields:
                    break
            else:
                return layout
        layout = layout.alternative
    return documented


cdef object _stray_field(Layout *layout, object fields):
    # Says which of the fields given has no place in the fixed part.
    cdef int i
    known = {field_name(layout.fixed[i].name) for i in range(layout.fixed_count)}
    for name in fields:
        if name not in known:
            return _error(<object>layout.name, str(name), "is no fixed field of this message in this version")
    return _error(<object>layout.name, None, "a fixed field was given twice")


cdef bytes write_message(
    Layouts layouts, uint32_t number, object fields, object floating, bint as_received, Py_ssize_t max_frame
):
    cdef Output out
    cdef Layout *layout = layouts.find(number)
    cdef FixedSlot *slot
    cdef int i
    if layout == NULL:
        raise _error(message_name(number) or f"message {number}", None, "has no published layout")
    if layout.since > layouts.version and not as_received:
        raise _error(
            <object>layout.name,
            None,
            f"needs protocol version {layout.since}, the session speaks {layouts.version}",
        )
    layout = _chosen(layout, fields)
    out.bytes = out.stack
    out.capacity = ON_STACK
    out.size = 0
    try:
        _room(&out, HEADER_SIZE + layout.fixed_size)
        out.size = HEADER_SIZE + layout.fixed_size
        for i in range(layout.fixed_count):
            slot = &layout.fixed[i]
            name = field_name(slot.name)
            try:
                value = fields[name]
            except KeyError:
                raise _error(<object>layout.name, name, "is missing") from None
            _put_number(out.bytes + HEADER_SIZE + slot.offset, slot.type, value, <object>layout.name, name)
        if len(fields) != layout.fixed_count:
            raise _stray_field(layout, fields)
        for name, value in floating:
            _put_floating(&out, layouts, layout, name, value, as_received)
        if out.size > max_frame:
            raise _error(<object>layout.name, None, f"{out.size} bytes are above the limit of {max_frame}")
        store32(out.bytes, <uint32_t>(out.size - HEADER_SIZE))
        store32(out.bytes + 4, number)
        return PyBytes_FromStringAndSize(<const char *>out.bytes, out.size)
    finally:
        if out.bytes != out.stack:
            PyMem_Free(out.bytes)


cdef bytes write_raw(uint32_t number, const unsigned char *body, Py_ssize_t size):
    cdef bytes made = PyBytes_FromStringAndSize(NULL, HEADER_SIZE + size)
    cdef unsigned char *p = <unsigned char *>PyBytes_AS_STRING(made)
    store32(p, <uint32_t>size)
    store32(p + 4, number)
    memcpy(p + HEADER_SIZE, body, size)
    return made
