# Performance trick: fields of messages are found by the address of their name.
#
# CPython finds an attribute of a message in the dictionaries of its class and of the base classes. A message
# class never changes, and names in programs are interned. So a hash table by the address of the name finds
# fields faster. Names that are not interned are looked up in the usual way.
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
    PyObject *name                          # NULL: the row is free
    PyObject *field                         # the property
    bint fixed                              # a FixedProperty, otherwise a FloatingProperty

cdef struct Attributes:
    PyTypeObject *owner                     # the class; derived classes use the usual look-up
    size_t mask
    Attribute *rows


cdef inline size_t _first_row(const Attributes *attributes, PyObject *name) noexcept:
    # The lowest four bits of an address are the same for all objects.
    return (<size_t>name >> 4) & attributes.mask


cdef inline PyObject *find_attribute(
    const Attributes *attributes, object message, object name, bint *fixed
) noexcept:
    # The property of that name; NULL: use the usual look-up.
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
    # `fields` maps interned names to pairs: the property, and whether it is a FixedProperty. The table is
    # never freed.
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
