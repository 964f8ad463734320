# Performance trick: a FieldReader gives a short text that it has read before as the same str.
#
# Texts of up to 15 ASCII characters, such as agent ids, are kept in a table by their characters, so that no
# str is allocated for a repeated text. The table grows as long as that helps. A reader whose texts do not
# repeat stops keeping them. Passwords are not kept.
#
# What it buys, in instructions a frame (kernels of benchmarks/kernels.py under callgrind, CPython 3.11):
# event_of_known_agent 4,453 with it and 5,296 without, a fifth more.
# Off: CTIOS_FAST_WITHOUT=text-cache.

from cpython.mem cimport PyMem_Calloc, PyMem_Free
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from libc.stdint cimport uint32_t, uint64_t

from ctios_fast.core.message cimport text_of
from .references cimport owned
from ctios_fast.core.wire cimport HASH_MULTIPLIER, NOT_ASCII, before_nul, word_at

cdef enum:
    MIN_TEXTS = 64
    MAX_TEXTS = 4096
    ENOUGH_FOUND = 16               # texts found for each one missed, at which the table need not grow

cdef struct CachedText:
    uint64_t first, second          # the characters, eight in each word
    PyObject *text                  # the str; NULL: free

cdef struct TextCache:
    CachedText *texts               # NULL: no table yet
    int places                      # 0, or a power of two
    uint32_t found, missed          # since the last review
    bint keeps                      # whether texts are kept at all


cdef inline PyObject *cached_text(
    TextCache *cache, PyObject *layouts, const unsigned char *p, Py_ssize_t size
) except NULL:
    # The same as text_of, with the cache. Returns a new reference.
    cdef uint64_t first = before_nul(word_at(p, size, 0))
    cdef uint64_t second = 0, hash
    cdef CachedText *place
    if first >> 56:                         # eight characters, and perhaps more
        second = before_nul(word_at(p, size, 8))
    if second >> 56 or (first | second) & NOT_ASCII:
        return owned(text_of(layouts, p, size))
    if cache.missed >= <uint32_t>cache.places:
        review_texts(cache)
        if not cache.keeps:
            return owned(text_of(layouts, p, size))
    hash = (first + second * HASH_MULTIPLIER) * HASH_MULTIPLIER
    place = &cache.texts[hash >> 40 & (cache.places - 1)]
    if place.text == NULL or place.first != first or place.second != second:
        return owned(_keep_text(cache, place, text_of(layouts, p, size), first, second))
    cache.found += 1
    Py_INCREF(<object>place.text)
    return place.text


cdef inline object _keep_text(
    TextCache *cache, CachedText *place, object text, uint64_t first, uint64_t second
):
    cdef PyObject *old = place.text
    cache.missed += 1
    place.first = first
    place.second = second
    Py_INCREF(text)
    place.text = <PyObject *>text
    Py_XDECREF(old)
    return text


cdef inline int review_texts(TextCache *cache) except -1:
    # Called when as many texts were missed as the table has places. Enlarges the table, or frees it if too
    # few texts repeat.
    if cache.places == 0:
        resize_texts(cache, MIN_TEXTS)
    elif cache.found < ENOUGH_FOUND * cache.missed:
        if cache.places < MAX_TEXTS:
            resize_texts(cache, 4 * cache.places)
        elif cache.found < cache.missed:
            resize_texts(cache, 0)
            cache.keeps = False
    cache.found = cache.missed = 0
    return 0


cdef inline int resize_texts(TextCache *cache, int places) except -1:
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


cdef inline void free_texts(TextCache *cache) noexcept:
    cdef int i
    for i in range(cache.places):
        Py_XDECREF(cache.texts[i].text)
    PyMem_Free(cache.texts)
    cache.texts = NULL
    cache.places = 0
