# Secret text; see secret.pyx.

cimport cython


@cython.final
cdef class Secret:
    cdef str text
