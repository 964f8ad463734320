# Look-up of a field's place in a layout by its name. All readers and filters use it.

from cpython.dict cimport PyDict_GetItemWithError
from cpython.object cimport PyObject

from ctios_fast.core.floating cimport FloatingCursor, next_with_tag, next_with_tags
from ctios_fast.core.layout cimport (
    FLOATING_CODE,
    NO_TAG,
    FixedSlot,
    FloatingSlot,
    Layout,
    lookup_of,
    slot_of_tag,
    tag_of_field,
)

# The place of a field in a layout. Both pointers are NULL if the layout has no such field.
cdef struct FieldSlot:
    const FixedSlot *fixed
    const FloatingSlot *floating
    bint listed                 # the message lists it; false: only the tag table has the name


cdef inline bint next_of_slot(FloatingCursor *cursor, int tag_width, const FloatingSlot *slot) noexcept nogil:
    # Moves the cursor to the next occurrence of the field.
    if slot.second_tag == NO_TAG:
        return next_with_tag(cursor, tag_width, slot.tag)
    return next_with_tags(cursor, tag_width, slot.tag, slot.second_tag)


cdef inline int _code_of(Layout *layout, object name) except? -2:
    # The name's code in the layout's look-up table, or -1.
    cdef PyObject *code = PyDict_GetItemWithError(lookup_of(layout), name)
    return -1 if code == NULL else <int><object>code


cdef inline const FloatingSlot *_floating_slot(Layout *layout, object name, int code) except? NULL:
    cdef int tag
    if code >= FLOATING_CODE:
        return &layout.floating[code - FLOATING_CODE]
    tag = tag_of_field(name)
    if tag < 0:
        return NULL
    return slot_of_tag(layout, <unsigned>tag)


cdef inline const FloatingSlot *find_floating_slot(Layout *layout, object name) except? NULL:
    # The floating field that the message lists under the name, else the tag table's row, else NULL.
    return _floating_slot(layout, name, _code_of(layout, name))


cdef inline bint find_slot(Layout *layout, object name, FieldSlot *found) except -1:
    # Finds the field in the fixed part, else among the floating fields, and returns whether it exists. A
    # layout of NULL has no fields.
    cdef int code
    found.fixed = NULL
    found.floating = NULL
    found.listed = False
    if layout == NULL:
        return False
    code = _code_of(layout, name)
    found.listed = code >= 0
    if 0 <= code < FLOATING_CODE:
        found.fixed = &layout.fixed[code]
        return True
    found.floating = _floating_slot(layout, name, code)
    return found.floating != NULL
