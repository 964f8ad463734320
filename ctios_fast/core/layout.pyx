"""Layouts of all messages for one protocol version, built from the generated tables.

A layout holds the offset of each fixed field in that version and the floating fields that the message
lists. Message views point into it and keep its ``Layouts`` alive.
"""

cimport cython
from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.number cimport PyNumber_Index
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t
from libc.string cimport memcpy

import sys

cdef extern from "_tables.h":
    ctypedef struct ctios_fixed_field:
        uint16_t name
        uint8_t type, type_name, since
    ctypedef struct ctios_floating_field:
        uint16_t name, tag, also
        uint8_t type, type_name, since, flags
        uint16_t max, repeats, array, group
    ctypedef struct ctios_span:
        uint16_t first, count
    ctypedef struct ctios_message:
        uint16_t number
        const char *name
        uint8_t kind, since
        uint16_t fixed, fixed_count, floating, floating_count, alternatives, alternative_count
    ctypedef struct ctios_tag:
        uint16_t number, name
        uint8_t type, type_name, since
        uint16_t max
    ctypedef struct ctios_undocumented:
        uint16_t number
        const char *name
    const char *ctios_type_names[]
    const ctios_fixed_field ctios_fixed_fields[]
    const ctios_floating_field ctios_floating_fields[]
    const ctios_span ctios_alternatives[]
    const ctios_message ctios_messages[]
    const ctios_tag ctios_tags[]
    const ctios_undocumented ctios_undocumented_messages[]
    const char *ctios_names[]
    int CTIOS_OLDEST_VERSION, CTIOS_NEWEST_VERSION
    int CTIOS_MESSAGE_NUMBERS, CTIOS_TAG_NUMBERS, CTIOS_MESSAGES, CTIOS_TAGS, CTIOS_UNDOCUMENTED
    int CTIOS_NAMES

cdef extern from *:
    # Cython's helper for dict literals: a dict with memory for `size` items, if CPython offers that.
    dict new_dict "__Pyx_PyDict_NewPresized"(Py_ssize_t size)

cdef enum:
    SAMPLE_FLOATING = 12        # floating fields that a sample reserves memory for
    TAG_NUMBERS = 1024          # bound of the dense tag table
    FIRST_WIDE_TAGS = 20        # from this version on, tag and length take two bytes each

OLDEST_VERSION = CTIOS_OLDEST_VERSION
NEWEST_VERSION = CTIOS_NEWEST_VERSION

_KINDS = (None, "request", "confirmation", "event")


cdef FloatingSlot _tag_slots[TAG_NUMBERS]
cdef list _field_names = []             # str by name number, interned
cdef frozenset _field_name_set = None
cdef dict _message_names = {}           # message number -> str
cdef dict _tags_by_field = {}           # tag table's field name -> tag
cdef dict _layouts = {}                 # version, or (version, encoding) -> Layouts


cdef void _load_tables() except *:
    cdef int i
    cdef const ctios_tag *row
    if CTIOS_MESSAGE_NUMBERS > MESSAGE_NUMBERS or CTIOS_TAG_NUMBERS > TAG_NUMBERS:
        raise RuntimeError("ged188.toml has larger numbers than core/layout allows: raise its bounds")
    for i in range(CTIOS_NAMES):
        _field_names.append(sys.intern((<bytes>ctios_names[i]).decode("ascii")))
    for i in range(TAG_NUMBERS):
        _tag_slots[i].tag = NO_TAG
        _tag_slots[i].second_tag = NO_TAG
    for i in range(CTIOS_TAGS):
        row = &ctios_tags[i]
        _tag_slots[row.number].name = row.name
        _tag_slots[row.number].text = _text(row.name)
        _tag_slots[row.number].tag = row.number
        _tag_slots[row.number].type = row.type
        _tag_slots[row.number].type_name = row.type_name
        _tag_slots[row.number].since = row.since
        _tag_slots[row.number].max = row.max
        _tag_slots[row.number].repeats = NO_NAME
        _tag_slots[row.number].array = NO_NAME
        _tag_slots[row.number].group = NO_NAME
        if row.name != NO_NAME:
            _tags_by_field[_field_names[row.name]] = row.number
    for i in range(CTIOS_MESSAGES):
        _message_names[ctios_messages[i].number] = sys.intern((<bytes>ctios_messages[i].name).decode("ascii"))
    for i in range(CTIOS_UNDOCUMENTED):
        _message_names[ctios_undocumented_messages[i].number] = sys.intern(
            (<bytes>ctios_undocumented_messages[i].name).decode("ascii")
        )


def shown_number(number):
    """The number as text for an error; Python refuses to convert numbers of thousands of digits."""
    return str(number) if abs(number) < 10**20 else "a number of more than 20 digits"


cdef Py_ssize_t checked_max_frame(object max_frame) except -1:
    # Returns max_frame or raises ValueError. A frame's length field has four bytes and excludes the header.
    cdef object number = PyNumber_Index(max_frame)
    if not HEADER_SIZE <= number <= min(HEADER_SIZE + 0xFFFFFFFF, sys.maxsize):
        raise ValueError(
            f"max_frame must be {HEADER_SIZE} to {HEADER_SIZE + 2**32 - 1} bytes, got {shown_number(number)}"
        )
    return number


cdef PyObject *_text(uint16_t number):
    # A borrowed reference: _field_names keeps the str for the life of the process.
    return NULL if number == NO_NAME else <PyObject *>_field_names[number]


cdef object field_name(uint16_t number):
    return None if number == NO_NAME else _field_names[number]


cdef bint is_field_name(object name) except -1:
    # Whether any message or the tag table has a field of that name.
    return name in field_names()


cdef frozenset field_names():
    # The names of all fields. The set is created on first use.
    global _field_name_set
    if _field_name_set is None:
        _field_name_set = frozenset(_field_names)
    return _field_name_set


cdef object message_name(uint32_t number):
    return _message_names.get(number)


cdef Layout *_new_layout(const ctios_message *row, int first, int count, int version) except NULL:
    cdef int i, reach = max(version, <int>row.since)
    cdef const ctios_fixed_field *fixed
    cdef const ctios_floating_field *floating
    cdef FixedSlot *slot
    cdef FloatingSlot *floating_slot
    cdef uint32_t tag
    cdef Layout *layout = <Layout *>PyMem_Calloc(1, sizeof(Layout))
    if layout == NULL:
        raise MemoryError
    layout.fixed = <FixedSlot *>PyMem_Calloc(count + 1, sizeof(FixedSlot))
    layout.floating = <FloatingSlot *>PyMem_Calloc(row.floating_count + 1, sizeof(FloatingSlot))
    for i in range(row.floating_count):
        tag = ctios_floating_fields[row.floating + i].tag
        if tag != NO_TAG:
            layout.tags = max(layout.tags, tag + 1)
    layout.by_tag = <uint8_t *>PyMem_Calloc(layout.tags + 1, sizeof(uint8_t))
    if layout.fixed == NULL or layout.floating == NULL or layout.by_tag == NULL:
        _free_layouts(layout)
        raise MemoryError
    layout.number = row.number
    layout.kind = row.kind
    layout.since = row.since
    name = _message_names[row.number]
    Py_INCREF(name)
    layout.name = <PyObject *>name
    for i in range(count):
        fixed = &ctios_fixed_fields[first + i]
        if fixed.since > reach:
            continue
        slot = &layout.fixed[layout.fixed_count]
        slot.name = fixed.name
        slot.text = _text(fixed.name)
        slot.type = fixed.type
        slot.type_name = fixed.type_name
        slot.since = fixed.since
        slot.width = type_width(fixed.type)
        slot.offset = layout.fixed_size
        layout.fixed_size += slot.width
        layout.fixed_count += 1
    for i in range(row.floating_count):
        floating = &ctios_floating_fields[row.floating + i]
        floating_slot = &layout.floating[i]
        floating_slot.name = floating.name
        floating_slot.text = _text(floating.name)
        floating_slot.tag = floating.tag
        floating_slot.second_tag = floating.also
        floating_slot.type = floating.type
        floating_slot.type_name = floating.type_name
        floating_slot.since = floating.since
        floating_slot.flags = floating.flags
        floating_slot.max = floating.max
        floating_slot.repeats = floating.repeats
        floating_slot.array = floating.array
        floating_slot.group = floating.group
        if floating_slot.tag != NO_TAG and not layout.by_tag[floating_slot.tag]:
            layout.by_tag[floating_slot.tag] = <uint8_t>(1 + i)
    layout.floating_count = row.floating_count
    return layout


cdef void _free_layouts(Layout *layout) noexcept:
    # Frees the layout and its alternatives.
    cdef Layout *alternative
    while layout != NULL:
        alternative = layout.alternative
        Py_XDECREF(layout.name)
        Py_XDECREF(layout.lookup)
        Py_XDECREF(layout.sample)
        PyMem_Free(layout.sample_numbers)
        PyMem_Free(layout.by_tag)
        PyMem_Free(layout.fixed)
        PyMem_Free(layout.floating)
        PyMem_Free(layout)
        layout = alternative


@cython.final
cdef class Layouts:
    """The layouts of one protocol version, by message number, and the encoding of its text.

    ``shared``: the layouts of the same version, whose table is used too.

    Raises ``ValueError`` for an unknown version.
    """

    def __cinit__(self, int version, encoding=None, Layouts shared=None):
        cdef int i, k
        cdef const ctios_message *row
        cdef Layout *layout
        cdef Layout *alternative
        if not CTIOS_OLDEST_VERSION <= version <= CTIOS_NEWEST_VERSION:
            raise _unknown_version(version)
        self.version = version
        self.tag_width = 2 if version >= FIRST_WIDE_TAGS else 1
        self.encoding = encoding
        self._shared = shared
        if shared is not None:
            memcpy(self.table, shared.table, sizeof(self.table))
            return
        for i in range(CTIOS_MESSAGES):
            row = &ctios_messages[i]
            layout = _new_layout(row, row.fixed, row.fixed_count, version)
            self.table[row.number] = layout
            for k in range(row.alternative_count):
                alternative = _new_layout(
                    row,
                    ctios_alternatives[row.alternatives + k].first,
                    ctios_alternatives[row.alternatives + k].count,
                    version,
                )
                # In an older version the alternative may equal the documented layout.
                if alternative.fixed_size == layout.fixed_size:
                    _free_layouts(alternative)
                    continue
                layout.alternative = alternative
                layout = alternative

    def __dealloc__(self):
        cdef int i
        if self._shared is not None:
            return
        for i in range(MESSAGE_NUMBERS):
            _free_layouts(self.table[i])

    def describe(self, uint32_t number):
        """The message's documented layout, or None if none is published."""
        cdef Layout *layout = self.find(number)
        if layout == NULL:
            return None
        return _description(layout)


cdef object _description(Layout *layout):
    from .layout_info import FixedField, FloatingField, MessageLayout

    cdef int i
    cdef FixedSlot *slot
    cdef FloatingSlot *floating_slot
    fixed = []
    floating = []
    for i in range(layout.fixed_count):
        slot = &layout.fixed[i]
        fixed.append(
            FixedField(
                field_name(slot.name),
                (<bytes>ctios_type_names[slot.type_name]).decode("ascii"),
                slot.offset,
                slot.width,
                slot.since,
            )
        )
    for i in range(layout.floating_count):
        floating_slot = &layout.floating[i]
        floating.append(
            FloatingField(
                field_name(floating_slot.name),
                None if floating_slot.tag == NO_TAG else floating_slot.tag,
                (<bytes>ctios_type_names[floating_slot.type_name]).decode("ascii"),
                floating_slot.max,
                floating_slot.since,
                (floating_slot.flags & FLAG_OPTIONAL) != 0,
                field_name(floating_slot.repeats),
                field_name(floating_slot.group),
                field_name(floating_slot.array),
            )
        )
    return MessageLayout(
        layout.number,
        <object>layout.name,
        _KINDS[layout.kind],
        layout.since,
        layout.fixed_size,
        tuple(fixed),
        tuple(floating),
    )


cdef object _unknown_version(object version):
    return ValueError(
        f"protocol version {shown_number(version)} is not one of "
        f"{CTIOS_OLDEST_VERSION} to {CTIOS_NEWEST_VERSION}"
    )


cdef Layouts layouts_of(object version, object encoding=None):
    # The process's shared Layouts of that version and encoding.
    version = PyNumber_Index(version)
    found = _layouts.get(version)
    if found is None:
        if not CTIOS_OLDEST_VERSION <= version <= CTIOS_NEWEST_VERSION:
            raise _unknown_version(version)
        found = _layouts.setdefault(version, Layouts(version))
    if encoding is None:
        return found
    from .text_encoding import checked_encoding

    encoding = checked_encoding(encoding)
    key = (version, encoding)
    return _layouts.get(key) or _layouts.setdefault(key, Layouts(version, encoding, found))


def layout_of(version, uint32_t number):
    """The message's documented layout in that version, or None if none is published."""
    return layouts_of(version).describe(number)


cdef dict make_lookup(Layout *layout):
    cdef int i
    lookup = {}
    for i in range(layout.floating_count):
        if layout.floating[i].tag != NO_TAG:
            lookup[_field_names[layout.floating[i].name]] = FLOATING_CODE + i
    for i in range(layout.fixed_count):
        lookup[_field_names[layout.fixed[i].name]] = i
    Py_INCREF(lookup)
    layout.lookup = <PyObject *>lookup
    return lookup


cdef dict make_sample(Layout *layout, const unsigned char *body):
    # The sample is copied for each message that is read as a dict, and only differing fields are set. Most
    # fields (PeripheralID, MRDID, those that a site does not use) have the same value in all messages.
    cdef int i
    cdef dict sample = new_dict(layout.fixed_count + min(<int>layout.floating_count, SAMPLE_FLOATING))
    cdef int64_t *numbers = <int64_t *>PyMem_Calloc(layout.fixed_count + 1, sizeof(int64_t))
    if numbers == NULL:
        raise MemoryError
    for i in range(layout.fixed_count):
        numbers[i] = load_number(layout.fixed[i].type, body + layout.fixed[i].offset)
        sample[<object>layout.fixed[i].text] = numbers[i]
    Py_INCREF(sample)
    layout.sample_numbers = numbers
    layout.sample = <PyObject *>sample
    return sample


cdef const FloatingSlot *_table_slot(uint32_t tag) noexcept nogil:
    # The tag table's row, or NULL.
    if tag >= TAG_NUMBERS or _tag_slots[tag].tag == NO_TAG:
        return NULL
    return &_tag_slots[tag]


cdef const FloatingSlot *slot_of_tag(const Layout *layout, uint32_t tag) noexcept nogil:
    # The message's own field for the tag, else the tag table's row, else NULL.
    cdef const FloatingSlot *slot = listed_slot(layout, tag)
    return slot if slot != NULL else _table_slot(tag)


cdef int tag_of_field(object name) except? -2:
    # The tag whose row in the tag table has that name, or -1.
    tag = _tags_by_field.get(name)
    return -1 if tag is None else <int>tag


cdef int tag_of_text(object name) except? -2:
    # The number in "tag:N", of up to nine digits; -1 for any other name.
    if not isinstance(name, str) or not name.startswith("tag:") or not 5 <= len(name) <= 13:
        return -1
    digits = name[4:]
    return int(digits) if digits.isascii() and digits.isdecimal() else -1


cdef object shown_name(Layout *layout, uint32_t tag):
    # The name under which a floating field is shown; None if only "tag:N" identifies this tag.
    cdef const FloatingSlot *slot = listed_slot(layout, tag)
    if slot != NULL:
        return _field_names[slot.name]
    slot = _table_slot(tag)
    if slot == NULL or slot.name == NO_NAME:
        return None
    name = _field_names[slot.name]
    code = lookup_of(layout).get(name)      # the message may use this name for another tag
    return name if code is None or <int>code < FLOATING_CODE else None


def tag_row(uint32_t tag):
    """The tag table's row for the tag, or None."""
    from .layout_info import TagRow

    cdef const FloatingSlot *slot = _table_slot(tag)
    if slot == NULL:
        return None
    return TagRow(tag, field_name(slot.name), slot.since, slot.max)


_load_tables()
