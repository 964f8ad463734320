# Performance trick: a FieldReader gives a short text that it has read before as the same str.
#
# Texts of up to 15 ASCII characters, such as agent ids, are kept in a table by their characters, so that no
# str is allocated for a repeated text. The table grows as long as that helps. A reader whose texts do not
# repeat stops keeping them. Passwords are not kept.
#
# What it buys, in instructions a frame (kernels of benchmarks/kernels.py under callgrind, CPython 3.11):
# event_of_known_agent 4,102 with it and 5,016 without, field_handler 883 and 1,141.
# Off: CTIOS_FAST_WITHOUT=text-cache.

from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF
from libc.stdint cimport uint64_t

from ctios_fast.core.text_words cimport hash_of_words
from ctios_fast.core.wire cimport load_word

cdef enum:
    MIN_TEXTS = 64
    MAX_TEXTS = 4096
    FIRST_CHOICE = 48               # bits of the hash from this one on choose the place of a text
    SECOND_CHOICE = 32              # bits that choose the other place, for a text whose first one is taken
    ENOUGH_FOUND = 16               # texts found for each one missed, at which the table need not grow

cdef struct CachedText:
    uint64_t first, second          # the characters, eight in each word
    PyObject *text                  # the str; NULL: free

cdef struct TextCache:
    CachedText *texts               # NULL: no table yet, or none any more
    uint64_t places                 # 0, or a power of two
    uint64_t found, missed          # since the last review
    bint keeps                      # whether texts are kept at all


# A text that was not found as it is on the wire, as a new reference. It is kept if it is short, and ASCII.
cdef PyObject *keep_text(
    TextCache *cache, PyObject *layouts, const unsigned char *p, Py_ssize_t size
) except NULL
cdef void free_texts(TextCache *cache) noexcept


cdef inline PyObject *find_text(TextCache *cache, uint64_t first, uint64_t second) noexcept:
    # A new reference to the kept text, or NULL. There must be a table.
    cdef uint64_t hash = hash_of_words(first, second)
    cdef CachedText *place = &cache.texts[hash >> FIRST_CHOICE & (cache.places - 1)]
    if place.first != first or place.second != second or place.text == NULL:
        place = &cache.texts[hash >> SECOND_CHOICE & (cache.places - 1)]
        if place.first != first or place.second != second or place.text == NULL:
            return NULL
    cache.found += 1
    Py_INCREF(<object>place.text)
    return place.text


cdef inline PyObject *cached_text(
    TextCache *cache, PyObject *layouts, const unsigned char *p, Py_ssize_t size
) except NULL:
    # The same as text_of, with the cache. Returns a new reference. May read up to seven bytes before p: see
    # word_at.
    #
    # It looks for the words as they are. That finds a text whose only NUL is at its end, as is usual: the NUL
    # is one of the zero bytes after the text. A kept text has only zero bytes after a NUL, so a text with
    # others is not found.
    cdef uint64_t first, second = 0
    cdef PyObject *found
    if cache.texts != NULL and 0 < size <= 16:
        if size <= 8:
            first = load_word(p + size - 8) >> (64 - 8 * size)
        else:
            first = load_word(p)
            second = load_word(p + size - 8) >> (128 - 8 * size)
        found = find_text(cache, first, second)
        if found != NULL:
            return found
    return keep_text(cache, layouts, p, size)
