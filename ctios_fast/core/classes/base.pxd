# Message classes.

from ctios_fast.core.encode.keyword_writer cimport Blueprint
from ctios_fast.core.codec cimport Codec
from ctios_fast.core.message cimport Message

cdef class TypedMessage(Message):
    cdef int own(self, Blueprint blueprint, Codec codec, bytes frame) except -1
