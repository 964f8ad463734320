# A dict of objects that C code finds by the bytes of a text.

cimport cython
from cpython.object cimport PyObject
from libc.stdint cimport uint64_t

from ctios_fast.core.text_words cimport hash_of_words, words_of
from ctios_fast.core.wire cimport HASH_MULTIPLIER

cdef enum:
    MAX_PROBES = 32                 # places, from the first one on, that a text may be at

cdef struct IndexPlace:
    uint64_t first, second          # the characters, eight in each word
    PyObject *value                 # borrowed from the dict; NULL: free, or empty again if `first` is not 0


cdef inline bint words_of_key(
    const unsigned char *p, Py_ssize_t size, uint64_t *first, uint64_t *second
) noexcept nogil:
    # Like words_of, and false for an empty text: a free place has its words.
    return words_of(p, size, first, second) and first[0] != 0


@cython.final
cdef class TextDict(dict):
    cdef readonly type kind
    cdef IndexPlace *_places
    cdef size_t _count              # of places: 0, or a power of two
    cdef size_t _used               # places that are not free

    cdef int _add(self, object key, object value) except -1
    cdef int _remove(self, object key) except -1
    cdef int _rebuild(self) except -1
    cdef void _put(self, uint64_t first, uint64_t second, PyObject *value) noexcept
    cdef void _drop(self) noexcept

    cdef inline IndexPlace *place_of(self, uint64_t first, uint64_t second) noexcept:
        # The first place where the words may be. NULL: the index is empty.
        cdef uint64_t hash = hash_of_words(first, second)
        if self._count == 0:
            return NULL
        hash = (hash ^ hash >> 32) * HASH_MULTIPLIER
        return &self._places[hash >> 32 & (self._count - 1)]

    cdef inline IndexPlace *find_from(self, IndexPlace *place, uint64_t first, uint64_t second) noexcept:
        # The place that has the words, or NULL. `place`: what place_of returned.
        cdef IndexPlace *end = self._places + self._count
        cdef int _i
        if place == NULL:
            return NULL
        for _i in range(MAX_PROBES):
            if place.first == first and place.second == second and place.value != NULL:
                return place
            if place.first == 0:
                return NULL
            place += 1
            if place == end:
                place = self._places
        return NULL

    cdef inline PyObject *value_at(self, IndexPlace *place, uint64_t first, uint64_t second) noexcept:
        # The value of the words, as a borrowed reference, or NULL. `place`: what place_of returned.
        place = self.find_from(place, first, second)
        return NULL if place == NULL else place.value
