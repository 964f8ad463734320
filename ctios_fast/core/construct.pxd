# Message classes.

from .blueprint cimport Blueprint
from .codec cimport Codec
from .message cimport Message

cdef class TypedMessage(Message):
    cdef int own(self, Blueprint blueprint, Codec codec, bytes frame) except -1
