"""The slow part of the table of kept texts: see text_cache.pxd."""

from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from libc.stdint cimport uint64_t

from ctios_fast.core.message cimport text_of
from ctios_fast.core.text_words cimport hash_of_words, words_of
from .references cimport owned


cdef PyObject *keep_text(
    TextCache *cache, PyObject *layouts, const unsigned char *p, Py_ssize_t size
) except NULL:
    cdef uint64_t first, second, hash
    cdef CachedText *place
    cdef CachedText *other
    cdef PyObject *found = NULL
    if not cache.keeps or not words_of(p, size, &first, &second):
        return owned(text_of(layouts, p, size))
    if cache.texts != NULL:
        found = find_text(cache, first, second)
        if found != NULL:
            return found
    if cache.missed >= cache.places:
        _review_texts(cache)
    cache.missed += 1
    found = owned(text_of(layouts, p, size))
    if cache.keeps:
        # A free one of its two places, else each of them in turn.
        hash = hash_of_words(first, second)
        place = &cache.texts[hash >> FIRST_CHOICE & (cache.places - 1)]
        other = &cache.texts[hash >> SECOND_CHOICE & (cache.places - 1)]
        if place.text != NULL and (other.text == NULL or cache.missed & 1):
            place = other
        Py_XDECREF(place.text)
        place.first = first
        place.second = second
        place.text = found
        Py_INCREF(<object>found)
    return found


cdef int _review_texts(TextCache *cache) except -1:
    # Called when as many texts were missed as the table has places. Enlarges the table, or frees it if too
    # few texts repeat.
    if cache.places == 0:
        _resize_texts(cache, MIN_TEXTS)
    elif cache.found < ENOUGH_FOUND * cache.missed:
        if cache.places < MAX_TEXTS:
            _resize_texts(cache, 4 * cache.places)
        elif cache.found < cache.missed:
            _resize_texts(cache, 0)
            cache.keeps = False
    cache.found = cache.missed = 0
    return 0


cdef int _resize_texts(TextCache *cache, uint64_t places) except -1:
    # The new table is empty.
    cdef CachedText *texts = NULL
    if places:
        texts = <CachedText *>PyMem_Calloc(places, sizeof(CachedText))
        if texts == NULL:
            raise MemoryError
    free_texts(cache)
    cache.texts = texts
    cache.places = places
    return 0


cdef void free_texts(TextCache *cache) noexcept:
    cdef uint64_t i
    for i in range(cache.places):
        Py_XDECREF(cache.texts[i].text)
    PyMem_Free(cache.texts)
    cache.texts = NULL
    cache.places = 0
