# Hash sets of numbers and of short texts, with look-ups in C: open addressing, at most half full.
# Most looked-up texts are not in the set. A table of bits, small enough for the first cache, rejects most of
# them at once.

from libc.stdint cimport int64_t, uint32_t, uint64_t

from ctios_fast.core.wire cimport HASH_MULTIPLIER, before_nul, word_at

cdef extern from "c/value_sets.h":
    int64_t NO_NUMBER "CTIOS_NO_NUMBER"
    uint32_t NO_ENTRY "CTIOS_NO_ENTRY"

ctypedef struct TextEntry:
    uint64_t hash
    uint32_t first              # index of its first word
    uint32_t count              # number of words, at least 1; NO_ENTRY: the entry is free

cdef class NumberSet:
    cdef uint64_t _mask
    cdef int64_t *_entries

    cdef inline bint has(self, int64_t number) noexcept nogil:
        cdef uint64_t at = (<uint64_t>number * HASH_MULTIPLIER >> 32) & self._mask
        while self._entries[at] != number:
            if self._entries[at] == NO_NUMBER:
                return False
            at = (at + 1) & self._mask
        return True

cdef inline uint64_t spread(uint64_t word) noexcept nogil:
    word *= HASH_MULTIPLIER
    return word ^ (word >> 32)

cdef class TextSet:
    cdef uint64_t *_marks       # bit table: the bits of the set's hashes, and few others, are set
    cdef uint64_t _mark_mask
    cdef uint64_t _mask
    cdef TextEntry *_entries
    cdef uint64_t *_words

    cdef bint _has_long(self, const unsigned char *text, Py_ssize_t size) noexcept nogil
    cdef int _add(self, const unsigned char *text, Py_ssize_t size, uint32_t *end) except -1

    cdef inline bint has(self, const unsigned char *text, Py_ssize_t size) noexcept nogil:
        # Looks up the text up to its first NUL. May read up to seven bytes before it: see word_at.
        cdef uint64_t word = before_nul(word_at(text, size, 0))
        cdef uint64_t hash, at
        if word >> 56:
            return self._has_long(text, size)
        hash = spread(word)
        if not self._marks[(hash & self._mark_mask) >> 6] >> (hash & 63) & 1:
            return False
        at = hash & self._mask
        while self._entries[at].count != NO_ENTRY:
            if self._entries[at].hash == hash and self._entries[at].count == 1:
                if self._words[self._entries[at].first] == word:
                    return True
            at = (at + 1) & self._mask
        return False
