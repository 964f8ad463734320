"""Writes messages from mappings of wire names. Each value is checked against its layout.

Errors name the message and the field and never show a value, since it may be a password.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.dict cimport PyDict_CheckExact, PyDict_GetItemWithError, PyDict_Next
from cpython.long cimport PyLong_AsLongLongAndOverflow
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.number cimport PyNumber_Index
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_AsUTF8AndSize
from libc.stdint cimport INT64_MAX, INT64_MIN, int64_t, uint32_t
from libc.string cimport memchr, memcpy

from ctios_fast.core.layout cimport (
    FLAG_ARRAY,
    HEADER_SIZE,
    NO_TAG,
    WIRE_CHAR,
    WIRE_INT,
    WIRE_NAMEDARRAY,
    WIRE_NAMEDVAR,
    WIRE_RAW,
    WIRE_SHORT,
    WIRE_STRING,
    WIRE_UCHAR,
    WIRE_UNSPEC,
    FixedSlot,
    FloatingSlot,
    Layout,
    Layouts,
    field_name,
    lookup_of,
    message_name,
    tag_of_text,
    type_width,
)
from ctios_fast.core.field_slot cimport find_floating_slot
from ctios_fast.core.pyobjects cimport ascii_of, whole_number
from ctios_fast.core.secret cimport Secret
from ctios_fast.core.wire cimport copy_ascii, store16, store32

from collections.abc import Iterable, Mapping

from ctios_fast.core.text_encoding import encoded, expected_characters
from ctios_fast.errors import EncodeError
from ctios_fast.protocol.naming import suggestion

cdef object _MISSING = object()


cdef void start_output(Output *out, Layouts layouts) noexcept:
    # Begins an empty output. The caller frees its memory if that was moved from the stack to the heap.
    out.bytes = out.stack
    out.capacity = STACK_SIZE
    out.size = 0
    out.max_data = 0xFF if layouts.tag_width == 1 else 0xFFFF
    out.layouts = <PyObject *>layouts


cdef int reserve(Output *out, Py_ssize_t more) except -1:
    # Ensures that `more` bytes can be written.
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


cdef object _wrong_type(object message, object field, str wanted, object value):
    return _error(message, field, f"expected {wanted}, got {type(value).__name__}")


cdef int64_t _integer(object value, object message, object field) except? -1:
    # Integers beyond 64 bits become the nearest one that is out of every range here.
    cdef int overflow = 0
    cdef int64_t number
    if not isinstance(value, int):
        try:
            value = PyNumber_Index(value)
        except TypeError:
            raise _wrong_type(message, field, "an integer", value) from None
    number = PyLong_AsLongLongAndOverflow(value, &overflow)
    if overflow:
        number = INT64_MAX if overflow > 0 else INT64_MIN
    return number


cdef uint32_t message_number(object value) except? 0xFFFFFFFF:
    cdef int64_t number = _integer(value, None, "message_type")
    if number < 0 or number > 0xFFFFFFFF:
        raise _error(None, "message_type", "out of range 0 to 4294967295")
    return <uint32_t>number


cdef int put_number(unsigned char *p, int wire_type, object value, object message, object field) except -1:
    cdef int width = type_width(wire_type)
    cdef bint signed = wire_type == WIRE_INT or wire_type == WIRE_SHORT or wire_type == WIRE_CHAR
    cdef int64_t lowest = -(<int64_t>1 << (8 * width - 1)) if signed else 0
    cdef int64_t highest = (<int64_t>1 << (8 * width - (1 if signed else 0))) - 1
    cdef int64_t number = 0
    if not whole_number(<PyObject *>value, &number):
        number = _integer(value, message, field)
    if number < lowest or number > highest:
        raise _error(message, field, f"out of range {lowest} to {highest}")
    if width == 4:
        store32(p, <uint32_t>number)
    elif width == 2:
        store16(p, <uint32_t>number)
    else:
        p[0] = <unsigned char>number
    return 0


cdef int _put_data(Output *out, const char *data, Py_ssize_t size, object message, object field) except -1:
    # Data that is too long is refused before it is copied.
    if size > out.max_data:
        raise _too_long(out, size, message, field)
    reserve(out, size)
    if size:
        memcpy(out.bytes + out.size, data, size)
    out.size += size
    return 0


cdef object _too_long(Output *out, Py_ssize_t size, object message, object field):
    return _error(message, field, f"{size} bytes do not fit a {1 if out.max_data == 0xFF else 2}-byte length")


cdef int _put_text(Output *out, object value, object message, object field) except -1:
    # The text and its closing NUL.
    cdef Py_ssize_t size = 0
    cdef const char *text = ascii_of(<PyObject *>value, &size)
    if text != NULL and size < out.max_data:
        reserve(out, size + 1)
        if copy_ascii(out.bytes + out.size, text, size):
            raise _nul_inside(message, field)
        out.bytes[out.size + size] = 0
        out.size += size + 1
        return 0
    if not isinstance(value, str):
        raise _wrong_type(message, field, "text or bytes", value)
    if (<str>value).isascii():
        text = PyUnicode_AsUTF8AndSize(value, &size)
    else:
        data = encoded(value, (<Layouts>out.layouts).encoding)
        if data is None:
            raise _error(message, field, expected_characters((<Layouts>out.layouts).encoding))
        text = PyBytes_AS_STRING(data)
        size = len(data)
    if size and memchr(text, 0, size) != NULL:
        raise _nul_inside(message, field)
    _put_data(out, text, size, message, field)
    return _put_data(out, b"\0", 1, message, field)


cdef object _nul_inside(object message, object field):
    return _error(message, field, "has a NUL inside; give bytes to send it so")


cdef int _put_raw(Output *out, object value, object message, object field) except -1:
    cdef Py_buffer view
    try:
        PyObject_GetBuffer(value, &view, PyBUF_SIMPLE)
    except (BufferError, ValueError):       # not contiguous, or released
        raise _error(message, field, "expected contiguous bytes") from None
    try:
        if view.itemsize != 1:
            raise _error(message, field, f"expected bytes, got items of {view.itemsize} bytes")
        return _put_data(out, <const char *>view.buf, view.len, message, field)
    finally:
        PyBuffer_Release(&view)


cdef int _put_value(
    Output *out, const FloatingSlot *slot, object value, object message, object field
) except -1:
    # The data of one floating field.
    cdef int wire_type = WIRE_RAW if slot == NULL else slot.type
    cdef int width
    if type(value) is Secret:
        value = (<Secret>value).text
        if wire_type == WIRE_STRING and type(value) is bytes:
            value = <bytes>value + b"\0"
    if wire_type == WIRE_STRING and type(value) is str:
        return _put_text(out, value, message, field)
    # Other buffers are not taken: NumPy's numbers and array.array are buffers in the machine's byte order.
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _put_raw(out, value, message, field)
    if wire_type == WIRE_STRING:
        return _put_text(out, value, message, field)
    if wire_type == WIRE_RAW or wire_type == WIRE_UNSPEC:
        raise _wrong_type(message, field, "bytes", value)
    if wire_type == WIRE_NAMEDVAR:
        if not isinstance(value, tuple) or len(<tuple>value) != 2:
            raise _wrong_type(message, field, "a NamedVariable or bytes", value)
        _put_text(out, (<tuple>value)[0], message, field)
        return _put_text(out, (<tuple>value)[1], message, field)
    if wire_type == WIRE_NAMEDARRAY:
        if not isinstance(value, tuple) or len(<tuple>value) != 3:
            raise _wrong_type(message, field, "a NamedArray or bytes", value)
        _put_item(out, WIRE_UCHAR, (<tuple>value)[1], message, field)
        _put_text(out, (<tuple>value)[0], message, field)
        return _put_text(out, (<tuple>value)[2], message, field)
    if not slot.flags & FLAG_ARRAY:
        return _put_item(out, wire_type, value, message, field)
    if not isinstance(value, (list, tuple)) and not _is_iterable(value):
        raise _wrong_type(message, field, "a list of integers or bytes", value)
    width = type_width(wire_type)
    items = 0
    for item in value:
        items += 1
        if items * width > out.max_data:
            raise _too_long(out, items * width, message, field)
        _put_item(out, wire_type, item, message, field)
    return 0


cdef bint _is_iterable(object value) except -1:
    return isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping))


cdef int _put_item(Output *out, int wire_type, object value, object message, object field) except -1:
    cdef int width = type_width(wire_type)
    reserve(out, width)
    put_number(out.bytes + out.size, wire_type, value, message, field)
    out.size += width
    return 0


cdef int _put_floating(
    Output *out, Layouts layouts, Layout *layout, object name, object value, bint as_received
) except -1:
    cdef const FloatingSlot *slot
    cdef int tag
    message = <object>layout.name
    if not isinstance(name, str):
        raise _error(message, None, f"a floating field's name must be a str, got {type(name).__name__}")
    slot = find_floating_slot(layout, name)
    if slot != NULL:
        tag = slot.tag
        if slot.since > layouts.version and not as_received:
            raise too_new(layouts, message, name, slot.since)
    else:
        tag = tag_of_text(name)
        if tag < 0:
            raise _unsendable(layout, name)
    return put_tagged(out, layouts, slot, tag, name, value, as_received, message)


cdef int put_tagged(
    Output *out, Layouts layouts, const FloatingSlot *slot, int tag, object name, object value,
    bint as_received, object message
) except -1:
    # Tag, length and data of one floating field.
    cdef Py_ssize_t start, length
    cdef int tag_width = layouts.tag_width
    if tag >> (8 * tag_width):
        raise _error(message, name, f"does not fit the {tag_width}-byte tags of version {layouts.version}")
    reserve(out, 2 * tag_width)
    start = out.size
    out.size += 2 * tag_width
    _put_value(out, slot, value, message, name)
    length = out.size - start - 2 * tag_width
    if slot != NULL and slot.max and length > slot.max and not as_received:
        raise _error(message, name, f"{length} bytes with its NUL are too long: {slot.max} at most")
    if length > out.max_data:
        raise _too_long(out, length, message, name)
    if tag_width == 1:
        out.bytes[start] = <unsigned char>tag
        out.bytes[start + 1] = <unsigned char>length
    else:
        store16(out.bytes + start, <uint32_t>tag)
        store16(out.bytes + start + 2, <uint32_t>length)
    return 0


cdef object too_new(Layouts layouts, object message, object field, int since):
    return _error(message, field, f"needs protocol version {since}, the session speaks {layouts.version}")


cdef object _unsendable(Layout *layout, object name):
    cdef int i
    message = <object>layout.name
    for i in range(layout.floating_count):
        if layout.floating[i].tag == NO_TAG and field_name(layout.floating[i].name) == name:
            return _error(message, name, "no tag is published for this field, so it cannot be sent")
    if name in lookup_of(layout):
        return _error(message, name, "is a fixed field here, not a floating one")
    return _error(message, name, "is not a floating field of the reference")


cdef int _put_all_floating(
    Output *out, Layouts layouts, Layout *layout, object floating, bint as_received, Py_ssize_t max_frame
) except -1:
    message = <object>layout.name
    if not isinstance(floating, (tuple, list)) and not _is_iterable(floating):
        raise _wrong_type(message, None, "its floating fields as pairs of name and value", floating)
    for pair in floating:
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise _error(message, None, "a floating field is a pair of name and value")
        _put_floating(out, layouts, layout, pair[0], pair[1], as_received)
        if out.size > max_frame:
            raise _error(message, None, f"{out.size} bytes are above the limit of {max_frame}")
    return 0


cdef Layout *_chosen(Layout *documented, object fields):
    # The alternative layout whose fields were given, or else the documented one.
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


cdef object _lacking(Layout *layout, object fields, object name):
    # The error of fields without one that the message requires: it may be there under a misspelt name.
    return _stray_field(layout, fields) or _error(<object>layout.name, name, "is missing")


cdef object _stray_field(Layout *layout, object fields):
    # The error for a field that has no place in the fixed part, None if all have one.
    cdef int i
    message = <object>layout.name
    known = [field_name(layout.fixed[i].name) for i in range(layout.fixed_count)]
    for name in fields:
        if not isinstance(name, str):
            return _error(message, None, f"a field's name must be a str, got {type(name).__name__}")
        if name not in known:
            if find_floating_slot(layout, name) != NULL:
                return _error(message, name, "is a floating field of this message, not a fixed one")
            near = suggestion(name, known)
            return _error(message, name, f"is not a fixed field of this message in this version{near}")
    return None


cdef object _given(object fields, object name):
    cdef PyObject *value
    if PyDict_CheckExact(fields):
        value = PyDict_GetItemWithError(fields, name)
        return _MISSING if value == NULL else <object>value
    try:
        return fields[name]
    except KeyError:
        return _MISSING


cdef bytes write_message(
    Layouts layouts, uint32_t number, object fields, object floating, bint as_received, Py_ssize_t max_frame
):
    cdef Output out
    cdef Layout *layout = layouts.find(number)
    cdef FixedSlot *slot
    cdef Py_ssize_t position = 0
    cdef PyObject *key = NULL
    cdef PyObject *found = NULL
    cdef bint in_order
    cdef int i
    if layout == NULL:
        raise _error(message_name(number) or f"message {number}", None, "has no published layout")
    message = <object>layout.name
    if layout.since > layouts.version and not as_received:
        raise too_new(layouts, message, None, layout.since)
    if not isinstance(fields, (dict, Mapping)):
        raise _wrong_type(message, None, "its fixed fields as a mapping of names to integers", fields)
    layout = _chosen(layout, fields)
    start_output(&out, layouts)
    try:
        reserve(&out, HEADER_SIZE + layout.fixed_size)
        out.size = HEADER_SIZE + layout.fixed_size
        in_order = PyDict_CheckExact(fields)
        for i in range(layout.fixed_count):
            slot = &layout.fixed[i]
            name = field_name(slot.name)
            # A dict usually has its fields in the order of the layout, with the same name objects as keys.
            in_order = in_order and PyDict_Next(fields, &position, &key, &found) and key == <PyObject *>name
            value = <object>found if in_order else _given(fields, name)
            if value is _MISSING:
                raise _lacking(layout, fields, name)
            put_number(out.bytes + HEADER_SIZE + slot.offset, slot.type, value, message, name)
        if len(fields) != layout.fixed_count:
            raise _stray_field(layout, fields) or _error(message, None, "a fixed field was given twice")
        _put_all_floating(&out, layouts, layout, floating, as_received, max_frame)
        if out.size > max_frame:
            raise _error(message, None, f"{out.size} bytes are above the limit of {max_frame}")
        store32(out.bytes, <uint32_t>(out.size - HEADER_SIZE))
        store32(out.bytes + 4, number)
        return PyBytes_FromStringAndSize(<const char *>out.bytes, out.size)
    finally:
        if out.bytes != out.stack:
            PyMem_Free(out.bytes)


cdef bytes write_raw(uint32_t number, object body, Py_ssize_t max_frame):
    cdef Py_buffer view
    cdef bytes frame
    cdef unsigned char *p
    message = message_name(number) or f"message {number}"
    try:
        PyObject_GetBuffer(body, &view, PyBUF_SIMPLE)
    except (BufferError, TypeError, ValueError):
        raise _wrong_type(message, None, "its body as bytes", body) from None
    try:
        if view.len > max_frame - HEADER_SIZE:
            raise _error(message, None, f"{view.len + HEADER_SIZE} bytes are above the limit of {max_frame}")
        frame = PyBytes_FromStringAndSize(NULL, HEADER_SIZE + view.len)
        p = <unsigned char *>PyBytes_AS_STRING(frame)
        store32(p, <uint32_t>view.len)
        store32(p + 4, number)
        if view.len:
            memcpy(p + HEADER_SIZE, view.buf, view.len)
        return frame
    finally:
        PyBuffer_Release(&view)
