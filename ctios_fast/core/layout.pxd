# Layouts of messages for one protocol version, as C structures that live as long as their Layouts.

cimport cython
from cpython.object cimport PyObject
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t

from ctios_fast.core.wire cimport load16, load32

cdef enum:
    HEADER_SIZE = 8
    NO_NAME = 0xFFFF
    NO_TAG = 0xFFFF
    FLOATING_CODE = 0x10000     # lookup codes from here on are floating fields, below it fixed ones
    MESSAGE_NUMBERS = 512       # bound of the dense table; layout.pyx checks it against the data

# The wire types. protocol/build/generate.py writes the same numbers.
cdef enum WireType:
    WIRE_RAW = 0
    WIRE_CHAR = 1
    WIRE_UCHAR = 2
    WIRE_SHORT = 3
    WIRE_USHORT = 4
    WIRE_INT = 5
    WIRE_UINT = 6
    WIRE_STRING = 7
    WIRE_UNSPEC = 8
    WIRE_NAMEDVAR = 9
    WIRE_NAMEDARRAY = 10

cdef enum FloatingFlag:
    FLAG_OPTIONAL = 1
    FLAG_ARRAY = 2
    FLAG_REPEATS = 4

ctypedef struct FixedSlot:
    uint16_t name
    uint16_t offset             # from the start of the body
    uint8_t type
    uint8_t width
    uint8_t type_name
    uint8_t since
    PyObject *text              # the name as str, borrowed from layout.pyx's list of names

ctypedef struct FloatingSlot:
    uint16_t name
    uint16_t tag                # NO_TAG if the reference publishes none
    uint16_t second_tag         # another tag under which servers send the field; NO_TAG: none
    uint8_t type
    uint8_t type_name
    uint8_t since
    uint8_t flags
    uint16_t max                # largest data in bytes; 0: the reference states no limit
    uint16_t repeats
    uint16_t array
    uint16_t group
    PyObject *text              # the name as str, borrowed; NULL without one

cdef struct Layout:
    uint16_t number
    uint8_t kind
    uint8_t since
    uint16_t fixed_size
    uint16_t fixed_count
    uint16_t floating_count
    FixedSlot *fixed
    FloatingSlot *floating
    Layout *alternative         # another layout that servers send for this message, or NULL
    PyObject *name              # str
    PyObject *lookup            # dict: field name -> fixed index, or FLOATING_CODE + floating index
    PyObject *sample            # dict: fixed fields of the first message read as a dict, or NULL
    int64_t *sample_numbers     # the sample's numbers by fixed index, or NULL
    uint8_t *by_tag             # by tag: 1 + floating index; 0: not listed
    uint32_t tags               # length of by_tag

cdef inline int64_t load_number(int wire_type, const unsigned char *p) noexcept nogil:
    # A number of any wire type for which type_width is not 0.
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

cdef inline int type_width(int wire_type) noexcept nogil:
    # Bytes of a number; 0 for byte strings.
    if wire_type == WIRE_USHORT or wire_type == WIRE_SHORT:
        return 2
    if wire_type == WIRE_INT or wire_type == WIRE_UINT:
        return 4
    if wire_type == WIRE_CHAR or wire_type == WIRE_UCHAR:
        return 1
    return 0


@cython.final
cdef class Layouts:
    cdef readonly int version
    cdef readonly int tag_width         # bytes of a floating field's tag, and of its length
    cdef readonly object encoding       # of text, as core/text_encoding describes: str or None
    cdef Layouts _shared                # whose table this is: that without an encoding; None: its own
    cdef Layout *table[MESSAGE_NUMBERS]

    cdef inline Layout *find(self, uint32_t number) noexcept nogil:
        if number >= MESSAGE_NUMBERS:
            return NULL
        return self.table[number]

# The class of the views of a message, by number; NULL: plain Message. A class lives as long as the process.
cdef PyObject *message_class_by_number[MESSAGE_NUMBERS]

cdef Py_ssize_t checked_max_frame(object max_frame) except -1
cdef Layouts layouts_of(object version, object encoding=*)
cdef object field_name(uint16_t number)
cdef bint is_field_name(object name) except -1
cdef frozenset field_names()
cdef object message_name(uint32_t number)
cdef dict make_lookup(Layout *layout)
cdef dict make_sample(Layout *layout, const unsigned char *body)

cdef inline const FloatingSlot *listed_slot(const Layout *layout, uint32_t tag) noexcept nogil:
    # The field that the message lists for the tag, or NULL.
    if tag >= layout.tags or not layout.by_tag[tag]:
        return NULL
    return &layout.floating[layout.by_tag[tag] - 1]

cdef inline const FloatingSlot *slot_of_second_tag(const Layout *layout, uint32_t tag) noexcept nogil:
    # The field that the message lists with this second tag, or NULL.
    cdef int i
    for i in range(layout.floating_count):
        if layout.floating[i].second_tag == tag and tag != NO_TAG:
            return &layout.floating[i]
    return NULL

cdef const FloatingSlot *slot_of_tag(const Layout *layout, uint32_t tag) noexcept nogil
cdef int tag_of_field(object name) except? -2
cdef int tag_of_text(object name) except? -2
cdef object shown_name(Layout *layout, uint32_t tag)

cdef inline dict lookup_of(Layout *layout):
    return make_lookup(layout) if layout.lookup == NULL else <dict>layout.lookup

cdef inline dict sample_of(Layout *layout, const unsigned char *body):
    return make_sample(layout, body) if layout.sample == NULL else <dict>layout.sample
