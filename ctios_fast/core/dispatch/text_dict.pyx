"""A dict of objects by text, with an index for code in C that has the bytes of a text and no str.

The index has borrowed references: every method that changes the dict keeps it up to date. It may lack a value
that the dict has. So code that finds nothing in it looks in the dict.
"""

cimport cython
from cpython.dict cimport PyDict_DelItem, PyDict_GetItemWithError, PyDict_Next, PyDict_SetItem
from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.object cimport PyObject
from libc.stdint cimport uint64_t
from libc.string cimport memchr

from ctios_fast.core.pyobjects cimport ascii_of

cdef enum:
    MIN_PLACES = 64
    REMOVED = 1                     # `first` of a place that is empty again


cdef bint _words_of_str(object key, uint64_t *first, uint64_t *second) noexcept:
    cdef Py_ssize_t size = 0
    cdef const char *text = ascii_of(<PyObject *>key, &size)
    if text == NULL or memchr(text, 0, size) != NULL:
        return False
    return words_of_key(<const unsigned char *>text, size, first, second)


@cython.final
cdef class TextDict(dict):
    """A dict whose keys are texts: ``TextDict(Agent)``.

    - ``kind``: values of exactly this class are in the index, under keys of up to 15 ASCII characters.

    A copy is a plain dict.
    """

    def __cinit__(self, type kind not None):
        self.kind = kind

    def __init__(self, kind):
        dict.__init__(self)

    def __dealloc__(self):
        PyMem_Free(self._places)

    # --- The index ----------------------------------------------------------------------------------

    cdef int _add(self, object key, object value) except -1:
        cdef uint64_t first, second
        cdef size_t count = self._count
        if type(key) is not str:                    # it may equal a str that is in the index
            return self._rebuild()
        if type(value) is not self.kind or not _words_of_str(key, &first, &second):
            return 0
        if self._used >= count - count // 8:
            return self._rebuild()                  # the value is in the dict
        self._put(first, second, <PyObject *>value)
        return 0

    cdef int _remove(self, object key) except -1:
        # Before the dict loses the value or gets another one for the key.
        cdef uint64_t first, second
        cdef IndexPlace *place
        if type(key) is not str:
            self._drop()                            # the caller adds, or the next addition rebuilds the index
            return 0
        if not _words_of_str(key, &first, &second):
            return 0
        place = self.find_from(self.place_of(first, second), first, second)
        if place != NULL:
            place.first = REMOVED
            place.second = 0
            place.value = NULL
        return 0

    cdef int _rebuild(self) except -1:
        cdef uint64_t first, second
        cdef PyObject *key
        cdef PyObject *value
        cdef Py_ssize_t at = 0
        cdef size_t count = MIN_PLACES
        while count - count // 16 * 3 <= <size_t>len(self):
            count *= 2
        self._drop()
        self._places = <IndexPlace *>PyMem_Calloc(count, sizeof(IndexPlace))
        if self._places == NULL:
            raise MemoryError
        self._count = count
        while PyDict_Next(self, &at, &key, &value):
            if (
                type(<object>key) is str
                and type(<object>value) is self.kind
                and _words_of_str(<object>key, &first, &second)
            ):
                self._put(first, second, value)
        return 0

    cdef void _put(self, uint64_t first, uint64_t second, PyObject *value) noexcept:
        # The words are not in the index. They are left out if all places where they may be are taken.
        cdef IndexPlace *place = self.place_of(first, second)
        cdef int _i
        for _i in range(MAX_PROBES):
            if place.value == NULL:
                self._used += place.first == 0
                place.first = first
                place.second = second
                place.value = value
                return
            place += 1
            if place == self._places + self._count:
                place = self._places

    cdef void _drop(self) noexcept:
        PyMem_Free(self._places)
        self._places = NULL
        self._count = self._used = 0

    # --- The methods of a dict that change it --------------------------------------------------------

    def __setitem__(self, key, value):
        cdef PyObject *found
        self._remove(key)
        PyDict_SetItem(self, key, value)
        found = PyDict_GetItemWithError(self, key)  # freeing the value before may have run other code
        if found == <PyObject *>value:
            self._add(key, value)

    def __delitem__(self, key):
        self._remove(key)
        PyDict_DelItem(self, key)

    def pop(self, key, *default):
        """Remove a key and return its value, or the default if there is one."""
        self._remove(key)
        return dict.pop(self, key, *default)

    def popitem(self):
        """Remove the last key and return it with its value."""
        key, value = dict.popitem(self)
        self._remove(key)
        return key, value

    def clear(self):
        """Remove all keys."""
        self._drop()
        dict.clear(self)

    def setdefault(self, key, default=None):
        """Return the value of a key, after setting it to the default if there is none."""
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, *args, **kwargs):
        """Set the keys of another mapping, of pairs, or of keywords, as ``dict.update`` does."""
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def __ior__(self, other):
        self.update(other)
        return self

    def __reduce__(self):
        return dict, (dict(self),)

    # --- For tests ----------------------------------------------------------------------------------

    def find(self, bytes text not None):
        """Return the value that the index has for a text, None if it has none. The text ends at a NUL."""
        cdef uint64_t first, second
        cdef PyObject *value
        if not words_of_key(<const unsigned char *><const char *>text, len(text), &first, &second):
            return None
        value = self.value_at(self.place_of(first, second), first, second)
        return None if value == NULL else <object>value
