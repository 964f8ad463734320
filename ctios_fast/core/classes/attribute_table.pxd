# Performance trick: fields of messages are found by the address of their name.
#
# CPython finds an attribute of a message in the dictionaries of its class and of the classes above. A message
# class never changes, and names in a program are interned, so an open hash table by the address of the name
# finds its fields sooner. Names that are not interned take the usual way.
#
# What it buys, in instructions a frame (kernels of benchmarks/kernels.py under callgrind, CPython 3.11):
# typed_handler (three fields read) 1,515 with it and 1,895 without, a quarter more.
# Off: CTIOS_FAST_WITHOUT=attribute-table.

from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF

cdef extern from "Python.h":
    PyTypeObject *Py_TYPE(object o) noexcept

cdef struct Attribute:
    PyObject *name                          # NULL: free
    PyObject *field                         # the property
    bint fixed                              # a FixedProperty, otherwise a FloatingProperty

cdef struct Attributes:
    PyTypeObject *owner                     # the class; classes derived from it take the usual way
    size_t mask
    Attribute *rows


cdef inline size_t _first_row(const Attributes *attributes, PyObject *name) noexcept:
    # the lowest four bits of an address are the same for all objects
    return (<size_t>name >> 4) & attributes.mask


cdef inline PyObject *find_attribute(
    const Attributes *attributes, object message, object name, bint *fixed
) noexcept:
    # The property of that name; NULL: it is to be looked for in the usual way.
    cdef size_t at
    if attributes == NULL or attributes.owner != Py_TYPE(message):
        return NULL
    at = _first_row(attributes, <PyObject *>name)
    while attributes.rows[at].name != NULL:
        if attributes.rows[at].name == <PyObject *>name:
            fixed[0] = attributes.rows[at].fixed
            return attributes.rows[at].field
        at = (at + 1) & attributes.mask
    return NULL


cdef inline Attributes *new_attributes(type message_class, dict fields) except NULL:
    # `fields`: interned name to pair of property and whether it is a FixedProperty. Kept for the process's
    # life.
    cdef size_t at, size = 8
    cdef Attributes *attributes = <Attributes *>PyMem_Calloc(1, sizeof(Attributes))
    while size < 4 * <size_t>len(fields):
        size *= 2
    if attributes == NULL:
        raise MemoryError
    attributes.rows = <Attribute *>PyMem_Calloc(size, sizeof(Attribute))
    if attributes.rows == NULL:
        PyMem_Free(attributes)
        raise MemoryError
    attributes.owner = <PyTypeObject *>message_class
    attributes.mask = size - 1
    for name, (field, fixed) in fields.items():
        at = _first_row(attributes, <PyObject *>name)
        while attributes.rows[at].name != NULL:
            at = (at + 1) & attributes.mask
        Py_INCREF(name)
        Py_INCREF(field)
        attributes.rows[at].name = <PyObject *>name
        attributes.rows[at].field = <PyObject *>field
        attributes.rows[at].fixed = fixed
    return attributes
