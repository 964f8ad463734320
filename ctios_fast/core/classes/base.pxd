# The base of the message classes.

from cpython.object cimport PyObject

from ctios_fast.core.encode.keyword_writer cimport KeywordWriter
from ctios_fast.core.codec cimport Codec
from ctios_fast.core.message cimport Message
from ctios_fast.core.pyobjects cimport VectorArgs

cdef class TypedMessage(Message):
    cdef int show_own(self, KeywordWriter writer, Codec codec, bytes frame) except -1

cdef KeywordWriter writer_of(object message_class)
cdef bytes write_request(
    KeywordWriter writer, Codec codec, object invoke_id, VectorArgs values, PyObject *names
)
