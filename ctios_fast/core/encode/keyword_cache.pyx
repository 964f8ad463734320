"""Performance trick: templates of frames, found by the keywords of a call.

A line of a program calls with the same keywords each time it runs. A ``FrameTemplate`` serves one tuple of
keywords in one protocol version. It holds the fixed part with the defaults of fields that are not given, and
the places of the values that are given. It writes the most frequent values: integers that fit, ASCII text and
bytes. The general writer in ``keyword_writer`` handles any other value and every error.

What it buys, in instructions a call (kernels of ``benchmarks/kernels.py`` under callgrind, CPython 3.11):
``set_agent_state_by_class`` 1,865 with it and 7,422 without, ``make_call_by_class`` 1,898 and 8,598.
Off: ``CTIOS_FAST_WITHOUT=frame-templates``.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_CheckExact, PyBytes_GET_SIZE
from cpython.dict cimport PyDict_Next, PyDict_Size
from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from cpython.tuple cimport PyTuple_GET_ITEM, PyTuple_GET_SIZE
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.string cimport memcpy

from .keyword_writer cimport KIND_SINGLE, FloatingPart, KeywordWriter, VersionPlan
from .mapping_writer cimport put_number
from ctios_fast.core.layout cimport (
    FLAG_ARRAY,
    FLOATING_CODE,
    HEADER_SIZE,
    NO_TAG,
    WIRE_CHAR,
    WIRE_INT,
    WIRE_SHORT,
    WIRE_STRING,
    FixedSlot,
    FloatingSlot,
    Layout,
    Layouts,
    type_width,
)
from ctios_fast.core.pyobjects cimport VectorArgs, ascii_of, whole_number
from ctios_fast.core.secret cimport Secret
from ctios_fast.core.wire cimport copy_ascii, store16, store32

import sys

from ctios_fast.core.switches import is_on

cdef str INVOKE_ID = sys.intern("invoke_id")
cdef bint IS_ON = is_on("frame-templates")


cdef inline void _measure(NumberPlace *number, int wire_type) noexcept:
    number.width = type_width(wire_type)
    number.max_biased = (<uint64_t>1 << 8 * number.width) - 1
    if wire_type == WIRE_INT or wire_type == WIRE_SHORT or wire_type == WIRE_CHAR:
        number.bias = <int64_t>1 << (8 * number.width - 1)


cdef inline bint _put_number(unsigned char *p, const NumberPlace *number, PyObject *value) noexcept:
    cdef int64_t given = 0
    # unsigned arithmetic: an out-of-range value wraps to a large number and fails the comparison
    if not whole_number(value, &given) or <uint64_t>given + <uint64_t>number.bias > number.max_biased:
        return False
    if number.width == 4:
        store32(p, <uint32_t>given)
    elif number.width == 2:
        store16(p, <uint32_t>given)
    else:
        p[0] = <unsigned char>given
    return True


@cython.final
cdef class FrameTemplate:
    """How calls with one tuple of keywords write their message in one protocol version."""

    def __cinit__(self, tuple names not None):
        Py_INCREF(names)
        self.names = <PyObject *>names
        self._numbers = <NumberPlace *>PyMem_Calloc(len(names) + 1, sizeof(NumberPlace))
        self._fields = <FloatingPlace *>PyMem_Calloc(len(names) + 1, sizeof(FloatingPlace))
        if self._numbers == NULL or self._fields == NULL:
            raise MemoryError

    def __dealloc__(self):
        Py_XDECREF(self.names)
        PyMem_Free(self._fixed)
        PyMem_Free(self._numbers)
        PyMem_Free(self._fields)

    cdef bint is_for(self, PyObject *names) noexcept:
        # Whether these are the same names at the same addresses.
        cdef Py_ssize_t i
        if names == self.names:
            return True
        if PyTuple_GET_SIZE(<object>names) != PyTuple_GET_SIZE(<object>self.names):
            return False
        for i in range(PyTuple_GET_SIZE(<object>names)):
            if PyTuple_GET_ITEM(<object>names, i) != PyTuple_GET_ITEM(<object>self.names, i):
                return False
        return True

    cdef bint is_for_request(self, PyObject *names) noexcept:
        # Whether the names are ``invoke_id``, then these at the same addresses.
        cdef Py_ssize_t i, count = PyTuple_GET_SIZE(<object>names)
        if PyTuple_GET_SIZE(<object>self.names) != count + 1:
            return False
        if PyTuple_GET_ITEM(<object>self.names, 0) != <PyObject *>INVOKE_ID:
            return False
        for i in range(count):
            if PyTuple_GET_ITEM(<object>names, i) != PyTuple_GET_ITEM(<object>self.names, i + 1):
                return False
        return True

    cdef bint gather(self, PyObject *invoke_id, dict fields, PyObject **values) noexcept:
        # Whether the names are ``invoke_id`` (unless it is NULL) and then the keys of the dict, in its order
        # and at the same addresses. If so, `values` gets their values.
        cdef Py_ssize_t count = PyTuple_GET_SIZE(<object>self.names), i = 0, position = 0
        cdef PyObject *key = NULL
        cdef PyObject *value = NULL
        if count > MAX_GATHERED or count != PyDict_Size(fields) + (invoke_id != NULL):
            return False
        if invoke_id != NULL:
            if PyTuple_GET_ITEM(<object>self.names, 0) != <PyObject *>INVOKE_ID:
                return False
            values[0] = invoke_id
            i = 1
        while i < count and PyDict_Next(fields, &position, &key, &value):
            if key != PyTuple_GET_ITEM(<object>self.names, i):
                return False
            values[i] = value
            i += 1
        return i == count

    cdef int start(self, Layouts layouts, Layout *layout) except -1:
        self.layouts = <PyObject *>layouts
        self._tag_width = layouts.tag_width
        self._fixed_end = HEADER_SIZE + layout.fixed_size
        self._fixed = <unsigned char *>PyMem_Calloc(self._fixed_end, 1)
        if self._fixed == NULL:
            raise MemoryError
        store32(self._fixed + 4, layout.number)
        self.usable = self._fixed_end <= MAX_TEMPLATE_FRAME and IS_ON
        return 0

    cdef int set_default(self, const FixedSlot *slot, object value, object message, object name) except -1:
        # The value of the field in calls that do not give it.
        return put_number(self._fixed + HEADER_SIZE + slot.offset, slot.type, value, message, name)

    cdef int add_number(self, const FixedSlot *slot, int argument, bint optional, bint only_zero) except -1:
        cdef NumberPlace *number = &self._numbers[self._number_count]
        number.argument = argument
        number.at = HEADER_SIZE + slot.offset
        number.optional = optional
        _measure(number, slot.type)
        if only_zero:
            number.bias = number.max_biased = 0
        self._number_count += 1
        return 0

    cdef bint add_floating(self, const FloatingSlot *slot, int argument, bint optional) except -1:
        # Called in wire order. Returns False if only the general writer can write the field.
        cdef FloatingPlace *field = &self._fields[self._field_count]
        if slot.tag >> 8 * self._tag_width or slot.flags & FLAG_ARRAY:
            return False
        field.argument = argument
        field.tag = slot.tag
        field.type = slot.type
        field.optional = optional
        _measure(&field.number, slot.type)
        field.max_data = 0xFF if self._tag_width == 1 else 0xFFFF
        if slot.max and slot.max < field.max_data:
            field.max_data = slot.max
        self._field_count += 1
        return True

    cdef Py_ssize_t write(self, VectorArgs arguments, unsigned char *frame, Py_ssize_t max_frame) noexcept:
        # Writes the frame, of up to MAX_TEMPLATE_FRAME bytes, and returns its size; 0 if only the general
        # writer can write it.
        cdef unsigned char *p = frame + self._fixed_end
        cdef unsigned char *end = frame + MAX_TEMPLATE_FRAME
        cdef const NumberPlace *number = self._numbers
        cdef const NumberPlace *last_number = number + self._number_count
        cdef const FloatingPlace *field = self._fields
        cdef const FloatingPlace *last_field = field + self._field_count
        cdef PyObject *value
        cdef const char *text
        cdef Py_ssize_t size, head = 2 * self._tag_width
        memcpy(frame, self._fixed, self._fixed_end)
        while number < last_number:
            value = arguments[number.argument]
            if not _put_number(frame + number.at, number, value):
                if not number.optional or value != <PyObject *>None:
                    return 0
            number += 1
        while field < last_field:
            value = arguments[field.argument]
            size = 0
            text = ascii_of(value, &size)
            if text == NULL and type(<object>value) is Secret:
                text = ascii_of(<PyObject *>(<Secret>value).text, &size)
            if text != NULL:
                if field.type != WIRE_STRING or size >= field.max_data or size >= end - p - head:
                    return 0
                if copy_ascii(p + head, text, size):
                    return 0
                p[head + size] = 0
                size += 1
            elif value == <PyObject *>None and field.optional:
                field += 1
                continue
            elif PyBytes_CheckExact(<object>value):
                size = PyBytes_GET_SIZE(<object>value)
                if size > field.max_data or size > end - p - head:
                    return 0
                memcpy(p + head, PyBytes_AS_STRING(<object>value), size)
            elif field.number.width:
                size = field.number.width
                if size > field.max_data or size > end - p - head:
                    return 0
                if not _put_number(p + head, &field.number, value):
                    return 0
            else:
                return 0
            if head == 2:
                p[0] = <unsigned char>field.tag
                p[1] = <unsigned char>size
            else:
                store16(p, field.tag)
                store16(p + 2, <uint32_t>size)
            p += head + size
            field += 1
        size = p - frame
        if size > max_frame:
            return 0
        store32(frame, <uint32_t>(size - HEADER_SIZE))
        return size


cdef FrameTemplate find_template(KeywordWriter writer, Layouts layouts, PyObject *names):
    # The template for a call with these keywords. Names are compared by address: they are interned, so the
    # same keywords have the same addresses, whether their tuple is a constant of the caller's code or a new
    # one, as ``f(**fields)`` creates. In nearly all calls the first template fits.
    cdef PyObject *at = <PyObject *>writer.templates
    while at != <PyObject *>None:
        if (<FrameTemplate>at).layouts == <PyObject *>layouts and (<FrameTemplate>at).is_for(names):
            return <FrameTemplate>at
        at = <PyObject *>(<FrameTemplate>at).next
    return _learn(writer, layouts, <tuple>names)


cdef FrameTemplate find_template_for_request(
    KeywordWriter writer, Layouts layouts, PyObject *invoke_id, dict fields, PyObject **values
):
    # The template for an InvokeID (NULL: none) and a dict of the other fields, with their values in its
    # order; None if there is none yet.
    cdef PyObject *at = <PyObject *>writer.templates
    while at != <PyObject *>None:
        if (<FrameTemplate>at).layouts == <PyObject *>layouts:
            if (<FrameTemplate>at).gather(invoke_id, fields, values):
                return <FrameTemplate>at
        at = <PyObject *>(<FrameTemplate>at).next
    return None


cdef FrameTemplate find_template_for_call(KeywordWriter writer, Layouts layouts, PyObject *names):
    # The template for an InvokeID and the keywords of a call; None if there is none yet.
    cdef PyObject *at = <PyObject *>writer.templates
    while at != <PyObject *>None:
        if (<FrameTemplate>at).layouts == <PyObject *>layouts and (<FrameTemplate>at).is_for_request(names):
            return <FrameTemplate>at
        at = <PyObject *>(<FrameTemplate>at).next
    return None


cdef FrameTemplate _learn(KeywordWriter writer, Layouts layouts, tuple names):
    # Names that are not interned are compared by value before a new template is created.
    cdef FrameTemplate learned, old = <FrameTemplate>writer.templates
    while old is not None:
        if old.layouts == <PyObject *>layouts and <tuple>old.names == names:
            return old
        old = old.next
    learned = _new_template(writer.plan(layouts), names)
    learned.next = <FrameTemplate>writer.templates
    writer.templates = old = learned
    for _ in range(MAX_TEMPLATES - 1):
        old = old.next
        if old is None:
            return learned
    old.next = None
    return learned


cdef FrameTemplate _new_template(VersionPlan plan, tuple names):
    cdef FrameTemplate template = FrameTemplate.__new__(FrameTemplate, names)
    template.start(plan.layouts, plan.layout)
    template.usable = template.usable and _fill_template(template, plan, names)
    return template


cdef bint _fill_template(FrameTemplate template, VersionPlan plan, tuple names) except -1:
    # Returns False if the template cannot write the message: repeated fields, groups and errors need the
    # general writer.
    cdef FixedSlot *slot
    cdef FloatingPart part
    cdef int i
    cdef dict arguments = {}        # code in plan.index -> number of the argument
    if plan.layout.since > plan.layouts.version:
        return False
    for i, name in enumerate(names):
        if name not in plan.index:
            return False
        arguments[plan.index[name]] = i
    if len(arguments) < len(names):
        return False
    counts = [plan.count_fixed[i] for i in range(plan.counts)]
    counting = [plan.count_part[i] for i in range(plan.counts)]
    for i in range(plan.layout.fixed_count):
        slot = &plan.layout.fixed[i]
        default = 0 if i in counts else plan.defaults[i]
        if default is not None:
            template.set_default(slot, default, plan.message, plan.fixed_names[i])
        if i in arguments:
            template.add_number(slot, arguments[i], default is not None, i in counts)
        elif default is None:
            return False
    for i in range(len(plan.parts)):
        part = <FloatingPart>plan.parts[i]
        required = (plan.required >> i & 1) != 0
        argument = arguments.get(FLOATING_CODE + i)
        if argument is None:
            if required:
                return False
            continue
        if part.kind != KIND_SINGLE or part.slot == NULL or part.slot.tag == NO_TAG or i in counting:
            return False
        if part.slot.since > plan.layouts.version:
            return False
        if not template.add_floating(part.slot, argument, not required):
            return False
    return True
