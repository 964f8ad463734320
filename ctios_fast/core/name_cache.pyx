"""The table of the names of named variables: see name_cache.pxd."""

from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from libc.stdint cimport uint64_t
from libc.string cimport memcmp

from .pyobjects cimport HAS_GIL, ascii_of, new_ascii
from .text_words cimport hash_of_words
from .wire cimport is_plain, load_word, word_at

from .switches import is_on

cdef enum:
    NAMES = 256                     # places of the table; a name replaces another one in the same place
    NAMES_SHIFT = 56                # the bits of a hash from this one on are the number of its place
    MAX_NAME = 64                   # longest name that is kept, in bytes

cdef PyObject *_names[NAMES]        # str of ASCII characters, or NULL
cdef bint KEEPS_NAMES = HAS_GIL and is_on("name-cache")


cdef object cached_name(const unsigned char *p, Py_ssize_t size):
    cdef uint64_t first, last
    cdef PyObject **place
    cdef PyObject *old
    cdef const char *known = NULL
    cdef Py_ssize_t length = -1
    if not KEEPS_NAMES or size > MAX_NAME:
        return None
    first = word_at(p, size, 0)
    last = load_word(p + size - 8) if size > 8 else 0
    place = &_names[hash_of_words(first, last) >> NAMES_SHIFT]
    old = place[0]
    if old != NULL:
        known = ascii_of(old, &length)
        if length == size and memcmp(known, p, size) == 0:
            return <object>old
    if not is_plain(p, size):
        return None
    name = new_ascii(p, size)
    Py_INCREF(name)
    place[0] = <PyObject *>name
    Py_XDECREF(old)
    return name
