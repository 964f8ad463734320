# Performance trick: a view that no handler kept is used for the next message of the same number.
#
# Most handlers do not keep the message. The dispatcher then owns the only reference to the view, and can put
# the next frame into it without an allocation.
#
# What it buys, in instructions a frame (kernels of benchmarks/kernels.py under callgrind, CPython 3.11):
# empty_handler 674 with it and 1,204 without, typed_handler 1,515 and 2,036.
# Off: CTIOS_FAST_WITHOUT=view-reuse.

from cpython.object cimport PyObject
from cpython.ref cimport Py_XDECREF
from libc.stdint cimport uint32_t

from ctios_fast.core.layout cimport MESSAGE_NUMBERS
from ctios_fast.core.message cimport Message
from ctios_fast.core.pyobjects cimport is_sole

cdef enum:
    MAX_REUSED_SIZE = 4096          # bytes of memory of a view that is kept


cdef inline PyObject *spare_view(PyObject **spares, uint32_t number) noexcept:
    # The view that is kept for the number, or NULL. It still belongs to `spares`, the views by
    # message number, until the caller has put a frame into it.
    return spares[number] if number < MESSAGE_NUMBERS else NULL


cdef inline void keep_view(PyObject **spares, PyObject *view, bint enabled) noexcept:
    # Keeps a view without other references; otherwise releases the reference.
    cdef uint32_t number = (<Message>view).type
    if (
        enabled
        and is_sole(view)
        and (<Message>view).capacity <= MAX_REUSED_SIZE
        and number < MESSAGE_NUMBERS
        and spares[number] == NULL
    ):
        spares[number] = view
    else:
        Py_XDECREF(view)
