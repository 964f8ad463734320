# Secret text; see secret.pyx.

cimport cython


@cython.final
cdef class Secret:
    cdef object text            # str; bytes where it was given as bytes that are not ASCII
