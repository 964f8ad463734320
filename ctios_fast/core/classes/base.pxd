# The base of the message classes.

from ctios_fast.core.encode.keyword_writer cimport KeywordWriter
from ctios_fast.core.codec cimport Codec
from ctios_fast.core.message cimport Message

cdef class TypedMessage(Message):
    cdef int show_own(self, KeywordWriter writer, Codec codec, bytes frame) except -1
