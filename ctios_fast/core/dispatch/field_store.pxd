# Messages that only change slots of an object.

cimport cython
from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t

from ctios_fast.core.floating cimport MAX_TAGS
from ctios_fast.core.layout cimport Layout, Layouts
from .text_dict cimport IndexPlace, TextDict

cdef enum:
    MAX_OF_EACH = 4                 # largest number of stored fields, of texts and of other slots
    MAX_CONDITIONS = 8
    MAX_NUMBERS = 8                 # of one condition

# A fixed field of the frames.
cdef struct FixedPlace:
    uint32_t at                     # offset from the frame's start
    int wire_type

cdef struct Condition:
    FixedPlace field
    bint is_there                   # whether the version has the field
    bint holds_within               # whether the number must be one of `numbers`, or none of them
    int count
    int64_t numbers[MAX_NUMBERS]

cdef struct StoredField:
    FixedPlace field
    Py_ssize_t slot                 # offset in the object
    PyObject *values                # tuple: the value of each number; NULL: the number itself

cdef struct ExpectedSlot:
    Py_ssize_t slot
    PyObject *value

# A frame of the run that is being stored.
cdef struct Row:
    const unsigned char *frame
    PyObject *object
    uint64_t first, second          # the words of the key
    IndexPlace *place
    uint64_t texts[MAX_OF_EACH + 2]     # places as find_floating stores them, from 1 on: the key, the texts


@cython.final
cdef class FieldStore:
    cdef public bint is_on
    cdef readonly TextDict objects
    cdef uint32_t _message
    cdef list _fields               # names of the fields: of the conditions, those that are stored, texts
    cdef object _keeps              # what the C structures point to
    cdef const Layout *_layout      # that the places are of; NULL: not known yet
    cdef bint _fits                 # whether the layout has the fields
    cdef int _run                   # frames that are taken together
    cdef int _conditions, _stored, _texts, _expected        # numbers of the following
    cdef Condition _condition[MAX_CONDITIONS]
    cdef StoredField _store[MAX_OF_EACH]
    cdef Py_ssize_t _text[MAX_OF_EACH]      # offsets of slots that hold texts
    cdef ExpectedSlot _expect[MAX_OF_EACH]
    cdef Py_ssize_t _near, _far     # the smallest and the largest offset of a slot
    cdef uint8_t _place_of_tag[MAX_TAGS]
    cdef int _tags                  # tags in the table
    cdef int _wanted                # floating fields to find

    cdef Py_ssize_t offset_of(self, str slot) except -1
    cdef int find_places(self, Layout *layout) except -1
    # Stores frames of the message, from `frame` on, `count` at most, and returns the number of their bytes.
    # `end`: of the received bytes. `taken`: the number of frames. It ends before a frame that is not as
    # described. No Python code runs.
    cdef Py_ssize_t take(
        self, Layouts layouts, const unsigned char *frame, const unsigned char *end, Py_ssize_t max_frame,
        Py_ssize_t count, Py_ssize_t *taken,
    ) except -1
    cdef bint _read(self, Row *row, Py_ssize_t size, int tag_width) noexcept
    cdef bint _write(self, Row *row) noexcept
