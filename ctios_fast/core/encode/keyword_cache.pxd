# Templates of frames, found by the keywords of a call.

cimport cython
from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint16_t, uint32_t, uint64_t, uint8_t

from ctios_fast.core.layout cimport FixedSlot, FloatingSlot, Layout, Layouts
from ctios_fast.core.pyobjects cimport VectorArgs
from .keyword_writer cimport KeywordWriter

cdef enum:
    MAX_TEMPLATE_FRAME = 1024   # bytes of a frame; the general writer writes longer ones
    MAX_TEMPLATES = 16          # of one message class
    MAX_GATHERED = 64           # values that a request's fields are gathered into

cdef str INVOKE_ID              # "invoke_id", interned like the keywords of calls

# One number of the fixed part.
ctypedef struct NumberPlace:
    uint16_t argument
    uint16_t at                 # offset from the frame's start
    uint8_t width
    bint optional               # None is treated like a keyword that is not given
    int64_t bias                # added to a number, so that the smallest one that fits becomes 0
    uint64_t max_biased         # the largest number that fits, plus the bias

# One floating field.
ctypedef struct FloatingPlace:
    uint16_t argument
    uint16_t tag
    uint8_t type                # wire type
    bint optional
    NumberPlace number          # how a number is written; its `argument` and `at` are not used
    Py_ssize_t max_data         # largest data in bytes


@cython.final
cdef class FrameTemplate:
    cdef PyObject *names                # the keywords: a tuple, owned
    cdef PyObject *layouts              # compared only; layouts live as long as the process
    cdef FrameTemplate next
    cdef bint usable                    # False: the general writer writes calls like this one
    cdef Py_ssize_t _fixed_end
    cdef unsigned char *_fixed          # header and fixed part with the defaults of fields not given
    cdef int _number_count
    cdef int _field_count
    cdef int _tag_width
    cdef NumberPlace *_numbers
    cdef FloatingPlace *_fields

    cdef bint is_for(self, PyObject *names) noexcept
    cdef bint is_for_request(self, PyObject *names) noexcept
    cdef bint gather(self, PyObject *invoke_id, dict fields, PyObject **values) noexcept
    cdef int start(self, Layouts layouts, Layout *layout) except -1
    cdef int set_default(self, const FixedSlot *slot, object value, object message, object name) except -1
    cdef int add_number(self, const FixedSlot *slot, int argument, bint optional, bint only_zero) except -1
    cdef bint add_floating(self, const FloatingSlot *slot, int argument, bint optional) except -1
    cdef Py_ssize_t write(self, VectorArgs arguments, unsigned char *frame, Py_ssize_t max_frame) noexcept

cdef FrameTemplate find_template(KeywordWriter writer, Layouts layouts, PyObject *names)
cdef FrameTemplate find_template_for_request(
    KeywordWriter writer, Layouts layouts, PyObject *invoke_id, dict fields, PyObject **values
)
cdef FrameTemplate find_template_for_call(KeywordWriter writer, Layouts layouts, PyObject *names)
