# Text that must not be seen.

cimport cython


@cython.final
cdef class Secret:
    cdef str text
