"""Writes a message from the keywords of its class.

A ``KeywordWriter`` knows which keywords the class takes. A ``VersionPlan`` knows where their values go in one
protocol version; it is created when the class is first used in that version. Floating fields are written in
the order in which the message lists them.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.dict cimport PyDict_GetItem, PyDict_Next
from cpython.mem cimport PyMem_Free
from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.string cimport memset

from .mapping_writer cimport Output, start_output, reserve, put_number, put_tagged, too_new
from ctios_fast.core.layout cimport (
    FLOATING_CODE,
    HEADER_SIZE,
    NO_TAG,
    FixedSlot,
    FloatingSlot,
    Layout,
    Layouts,
    field_name,
    layouts_of,
    lookup_of,
    type_width,
)
from ctios_fast.core.wire cimport store32

from collections.abc import Mapping

from ctios_fast.errors import EncodeError
from ctios_fast.protocol.codes import NEWEST_VERSION
from ctios_fast.protocol.naming import suggestion

SINGLE, REPEATED, ARRAY, GROUP, VARIABLES, ARRAYS = range(6)


cdef tuple _items_of(FloatingPart part, object message, object value):
    # The items of a part that takes more than one value.
    if part.kind == KIND_VARIABLES and isinstance(value, Mapping):
        return tuple(value.items())
    if part.kind == KIND_ARRAYS and isinstance(value, Mapping):
        if hasattr(value, "elements"):
            return tuple(value.elements)
        return tuple([
            (name, index, text)
            for name, content in value.items()
            for index, text in (content.items() if isinstance(content, Mapping) else enumerate(content))
        ])
    if isinstance(value, (str, bytes, int)):
        raise _not_a_list(part, message, value)
    try:
        return tuple(value)
    except TypeError:
        raise _not_a_list(part, message, value) from None


cdef object _not_a_list(FloatingPart part, object message, object value):
    return EncodeError(
        message, part.reference, f"expected a list or tuple of values, got {type(value).__name__}"
    )


cdef int _put(Output *out, VersionPlan plan, FloatingPart part, object value) except -1:
    # Writes one floating field.
    if part.slot == NULL or part.slot.tag == NO_TAG:
        raise EncodeError(
            plan.message, part.reference, "no tag is published for this field, so it cannot be sent"
        )
    if part.slot.since > plan.layouts.version:
        raise too_new(plan.layouts, plan.message, part.reference, part.slot.since)
    return put_tagged(
        out, plan.layouts, part.slot, part.slot.tag, part.reference, value, False, plan.message
    )


cdef int _put_items(Output *out, VersionPlan plan, FloatingPart part, tuple items) except -1:
    cdef Py_ssize_t row
    if part.kind == KIND_ARRAY:
        return _put(out, plan, part, list(items))
    for row in range(len(items)):
        if part.kind == KIND_GROUP:
            _put_record(out, plan, part, items[row], row)
        else:
            _put(out, plan, part, items[row])
    return 0


cdef inline bint _is_required(VersionPlan plan, FloatingPart column) noexcept:
    return column.required and column.slot.since <= plan.layouts.version


cdef int _put_record(
    Output *out, VersionPlan plan, FloatingPart group, object record, Py_ssize_t row
) except -1:
    cdef FloatingPart column
    cdef int i
    cdef list values
    try:
        values = _of_record(plan, group, record)
        for i in range(len(group.columns)):
            column = <FloatingPart>group.columns[i]
            value = values[i]
            if value is None:
                if _is_required(plan, column):
                    raise EncodeError(plan.message, column.reference, "is missing")
            elif column.kind == KIND_SINGLE:
                _put(out, plan, column, value)
            elif value or _is_required(plan, column):
                _put_items(out, plan, column, value)
    except EncodeError as error:
        error.keyword = f"{group.keyword}[{row}]"
        for column in group.columns:
            if column.reference == error.field:
                error.keyword += f".{column.keyword}"
        raise
    return 0


cdef list _of_record(VersionPlan plan, FloatingPart group, object record):
    # The values of a record by column, with items as tuples and counts filled in.
    cdef FloatingPart column, counter
    cdef int i
    cdef dict counted = {}
    if isinstance(record, Mapping):
        try:
            record = group.record(**record)
        except TypeError:
            stray = [name for name in record if name not in group.record._fields]
            raise EncodeError(
                plan.message, None, f"{group.record.__name__} has no field {', '.join(map(repr, stray))}"
            ) from None
    elif not isinstance(record, group.record):
        raise EncodeError(
            plan.message, None, f"expected {group.record.__name__} records, got {type(record).__name__}"
        )
    values = list(record)
    for i in range(len(group.columns)):
        column = <FloatingPart>group.columns[i]
        if column.kind == KIND_SINGLE or values[i] is None:
            continue
        values[i] = _items_of(column, plan.message, values[i])
        if column.count >= 0 and (len(values[i]) or _is_required(plan, column)):
            count = counted.setdefault(column.count, len(values[i]))
            if count != len(values[i]):
                raise EncodeError(
                    plan.message,
                    column.reference,
                    f"has {len(values[i])} values, but a field with the same count has {count}",
                )
    for i, count in counted.items():
        counter = <FloatingPart>group.columns[i]
        if values[i] is None:
            values[i] = count
        elif values[i] != count:
            raise _wrong_count(plan, counter.reference, values[i], count)
    for i in range(len(group.columns)):
        # a required count of no items is 0, not missing
        column = <FloatingPart>group.columns[i]
        if values[i] is None and column.kind == KIND_SINGLE and _is_required(plan, column) and any(
            [(<FloatingPart>other).count == i for other in group.columns]
        ):
            values[i] = 0
    return values


cdef class FloatingPart:
    """A floating field, or a group of floating fields, in one protocol version."""


cdef class VersionPlan:
    """Where the values of the keywords go in one protocol version."""


cdef class KeywordWriter:
    """Writes the messages of one class from its keywords.

    ``fixed``: rows (reference, keyword) of the fixed part's fields, those of alternative layouts included.
    ``parts``: rows (kind, keyword, reference, record class, columns) of the floating part; columns are rows.
    ``defaults``: value by keyword. Counts are computed and need no default.
    """

    def __init__(self, uint32_t number, tuple fixed, tuple parts, dict defaults):
        self.number = number
        self._parts = parts
        self._defaults = defaults
        self._plans = [None] * 256
        self.references = {keyword: reference for reference, keyword in fixed}
        self._keywords = {reference: keyword for reference, keyword in fixed}
        for part in parts:
            self.references[part[1]] = part[2]
            self._keywords[part[2]] = part[1]

    cdef VersionPlan plan(self, Layouts layouts):
        cdef VersionPlan plan = self._plans[layouts.version]
        if plan is None or plan.layouts is not layouts:
            plan = _new_plan(self, layouts)
            self._plans[layouts.version] = plan
        return plan

    cdef object _unknown_keyword(self, VersionPlan plan, object keyword):
        # The error for a keyword that has no place in this version.
        cdef Layout *newest = layouts_of(NEWEST_VERSION).find(self.number)
        reference = self.references.get(keyword)
        if reference is None:
            return EncodeError(
                plan.message, None, f"has no field {keyword!r}{suggestion(keyword, self.references)}"
            )
        code = lookup_of(newest).get(reference)
        if code is not None and code < FLOATING_CODE:
            return too_new(plan.layouts, plan.message, reference, newest.fixed[<int>code].since)
        return EncodeError(
            plan.message,
            reference,
            "belongs to another layout of the message, which cannot be written by keywords",
        )

    cdef bytes write(self, Layouts layouts, Py_ssize_t max_frame, dict given):
        try:
            return _written(self, self.plan(layouts), max_frame, given)
        except EncodeError as error:
            if error.keyword is None:
                error.keyword = self._keywords.get(error.field)
            raise


cdef FloatingPart _new_part(Layout *layout, tuple row, dict counters):
    cdef FloatingPart part = FloatingPart()
    cdef FloatingSlot *slot
    cdef int i
    cdef bint counted = False
    kind, part.keyword, part.reference, part.record, columns = row
    part.kind = kind
    part.count = -1
    part.slot = NULL
    if columns is None:
        for i in range(layout.floating_count):
            slot = &layout.floating[i]
            if field_name(slot.name) != part.reference:
                continue
            part.slot = slot
            for name in (field_name(slot.array), field_name(slot.repeats)):
                if name is not None and not counted:
                    part.count = counters.get(name, -1)
                    counted = True
            part.required = slot.flags & 1 == 0 and slot.tag != NO_TAG
    else:
        names = [column[2] for column in columns]
        inside = {name: i for i, name in enumerate(names)}
        part.columns = tuple([_new_part(layout, column, inside) for column in columns])
        for i in range(layout.floating_count):
            slot = &layout.floating[i]
            if field_name(slot.name) == names[0]:
                part.count = counters.get(field_name(slot.repeats), -1)
    return part


cdef VersionPlan _new_plan(KeywordWriter writer, Layouts layouts):
    cdef VersionPlan plan = VersionPlan()
    cdef Layout *layout = layouts.find(writer.number)
    cdef FloatingPart part
    cdef int i
    cdef dict counters = {}
    if layout.fixed_count > MAX_FIXED or len(writer._parts) > MAX_PARTS:
        raise RuntimeError(f"message {writer.number} is too large for the tables of keyword_writer.pxd")
    plan.layouts = layouts
    plan.layout = layout
    plan.message = <str><object>layout.name
    plan.index = {}
    names = [field_name(layout.fixed[i].name) for i in range(layout.fixed_count)]
    plan.fixed_names = tuple(names)
    keywords = writer._keywords
    for i in range(layout.fixed_count):
        plan.index[keywords[names[i]]] = i
    plan.defaults = tuple([writer._defaults.get(keywords[name]) for name in names])
    for i in range(layout.floating_count):
        # fields outside of groups that count others
        for name in (field_name(layout.floating[i].repeats), field_name(layout.floating[i].array)):
            if name is not None and name in keywords and name not in counters:
                counters[name] = len(counters)
    if len(counters) > MAX_COUNTS:
        raise RuntimeError(f"message {writer.number} is too large for the tables of keyword_writer.pxd")
    plan.counts = len(counters)
    plan.parts = [_new_part(layout, row, counters) for row in writer._parts]
    for i in range(MAX_COUNTS):
        plan.count_fixed[i] = -1
        plan.count_part[i] = -1
    for i in range(len(plan.parts)):
        part = <FloatingPart>plan.parts[i]
        plan.index[part.keyword] = FLOATING_CODE + i
        if part.kind == KIND_SINGLE:
            if part.required and part.slot.since <= layouts.version:
                plan.required |= <uint64_t>1 << i
            if part.reference in counters:
                plan.count_part[<int>counters[part.reference]] = i
                if part.slot.since > layouts.version:
                    plan.required &= ~(<uint64_t>1 << i)
        else:
            plan.counted |= <uint64_t>1 << i
    for name, number in counters.items():
        if name in names:
            plan.count_fixed[<int>number] = names.index(name)
    return plan


cdef bytes _written(KeywordWriter writer, VersionPlan plan, Py_ssize_t max_frame, dict given):
    cdef Output out
    cdef Layout *layout = plan.layout
    cdef FixedSlot *slot
    cdef PyObject *values[MAX_PARTS]
    cdef unsigned char filled[MAX_FIXED]
    cdef int64_t counts[MAX_COUNTS]
    cdef int fixed_left = layout.fixed_count
    cdef uint64_t present = 0, rest
    cdef Py_ssize_t position = 0
    cdef PyObject *key
    cdef PyObject *value
    cdef PyObject *code
    cdef int i
    cdef FloatingPart part
    cdef list kept = None
    if layout.since > plan.layouts.version:
        raise too_new(plan.layouts, plan.message, None, layout.since)
    memset(filled, 0, layout.fixed_count)
    start_output(&out, plan.layouts)
    try:
        reserve(&out, HEADER_SIZE + layout.fixed_size)
        out.size = HEADER_SIZE + layout.fixed_size
        while PyDict_Next(given, &position, &key, &value):
            code = PyDict_GetItem(plan.index, <object>key)
            if code == NULL:
                if <object>value is None and <object>key in writer.references:
                    continue
                raise writer._unknown_keyword(plan, <object>key)
            if <object>value is None:
                continue
            i = <int><object>code
            if i < FLOATING_CODE:
                slot = &layout.fixed[i]
                put_number(
                    out.bytes + HEADER_SIZE + slot.offset, slot.type, <object>value, plan.message,
                    <object>plan.fixed_names[i],
                )
                filled[i] = 1
                fixed_left -= 1
            else:
                values[i - FLOATING_CODE] = value
                present |= <uint64_t>1 << (i - FLOATING_CODE)
        if plan.counts or present & plan.counted:
            kept = []
            present = _count(plan, &out, values, present, filled, &fixed_left, counts, kept)
        if fixed_left:
            _put_defaults(plan, &out, filled)
        rest = plan.required & ~present
        if rest:
            raise EncodeError(plan.message, (<FloatingPart>plan.parts[_lowest(rest)]).reference, "is missing")
        while present:
            i = _lowest(present)
            present &= present - 1
            part = <FloatingPart>plan.parts[i]
            if part.kind == KIND_SINGLE:
                _put(&out, plan, part, <object>values[i])
            else:
                _put_items(&out, plan, part, <tuple>values[i])
        if out.size > max_frame:
            raise EncodeError(plan.message, None, f"{out.size} bytes are above the limit of {max_frame}")
        store32(out.bytes, <uint32_t>(out.size - HEADER_SIZE))
        store32(out.bytes + 4, layout.number)
        return PyBytes_FromStringAndSize(<const char *>out.bytes, out.size)
    finally:
        if out.bytes != out.stack:
            PyMem_Free(out.bytes)


cdef inline int _lowest(uint64_t bits) noexcept nogil:
    # The number of the lowest bit that is set. One must be set.
    cdef int i = 0
    while not bits >> i & 0xFF:
        i += 8
    while not bits >> i & 1:
        i += 1
    return i


cdef uint64_t _count(
    VersionPlan plan, Output *out, PyObject **values, uint64_t present, unsigned char *filled,
    int *fixed_left, int64_t *counts, list kept,
) except? 0:
    # Turns repeated fields into tuples, and computes or checks their counts. Returns the bit set of the parts
    # that are present.
    cdef FloatingPart part
    cdef FixedSlot *slot
    cdef int i, place
    cdef int64_t found
    cdef uint64_t rest = present & plan.counted
    for i in range(plan.counts):
        counts[i] = -1
    while rest:
        i = _lowest(rest)
        rest &= rest - 1
        part = <FloatingPart>plan.parts[i]
        items = _items_of(part, plan.message, <object>values[i])
        kept.append(items)
        values[i] = <PyObject *>items
        if part.count >= 0:
            if counts[part.count] >= 0 and counts[part.count] != len(items):
                raise EncodeError(
                    plan.message,
                    part.reference,
                    f"has {len(items)} values, but a field with the same count has {counts[part.count]}",
                )
            counts[part.count] = len(items)
    for i in range(plan.counts):
        found = max(counts[i], 0)
        place = plan.count_fixed[i]
        if place >= 0:
            slot = &plan.layout.fixed[place]
            if not filled[place]:
                put_number(
                    out.bytes + HEADER_SIZE + slot.offset, slot.type, found, plan.message,
                    <object>plan.fixed_names[place],
                )
                filled[place] = 1
                fixed_left[0] -= 1
            else:
                _same_count(plan, <object>plan.fixed_names[place], _stored(out, slot), found)
        place = plan.count_part[i]
        if place >= 0:
            part = <FloatingPart>plan.parts[place]
            if present >> place & 1:
                _same_count(plan, part.reference, <object>values[place], found)
            elif counts[i] >= 0 or plan.required >> place & 1:
                number = <object>found
                kept.append(number)
                values[place] = <PyObject *>number
                present |= <uint64_t>1 << place
    return present


cdef object _stored(Output *out, FixedSlot *slot):
    # The count that the caller gave, read back from the frame.
    cdef const unsigned char *p = out.bytes + HEADER_SIZE + slot.offset
    return int.from_bytes(p[:type_width(slot.type)], "big")


cdef int _same_count(VersionPlan plan, object reference, object stated, int64_t found) except -1:
    if stated != found:
        raise _wrong_count(plan, reference, stated, found)
    return 0


cdef object _wrong_count(VersionPlan plan, object reference, object stated, object found):
    return EncodeError(plan.message, reference, f"is {stated}, but {found} items were given")


cdef int _put_defaults(VersionPlan plan, Output *out, unsigned char *filled) except -1:
    cdef FixedSlot *slot
    cdef int i
    for i in range(plan.layout.fixed_count):
        if not filled[i]:
            default = plan.defaults[i]
            if default is None:
                raise EncodeError(plan.message, plan.fixed_names[i], "is missing")
            slot = &plan.layout.fixed[i]
            put_number(
                out.bytes + HEADER_SIZE + slot.offset, slot.type, default, plan.message, plan.fixed_names[i]
            )
    return 0
