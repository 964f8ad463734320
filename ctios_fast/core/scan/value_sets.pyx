"""Hash sets with look-ups in C: of numbers, and of texts up to their first NUL.

A text is split into words of eight bytes, the last one padded with zeros. A text of up to eight characters,
such as an agent id or an extension, is therefore hashed and compared as one number.
"""

from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc
from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.string cimport memset

from ctios_fast.core.wire cimport HASH_MULTIPLIER, before_nul, word_at

cdef enum:
    MARKS = 16                  # bits in _marks for each entry of a TextSet: at least 32 for each text


cdef uint64_t _mask_for(Py_ssize_t count) noexcept:
    cdef uint64_t size = 4
    while size < 2 * <uint64_t>count:
        size *= 2
    return size - 1


cdef class NumberSet:
    """Numbers of 32 bits, signed or not."""

    def __cinit__(self, numbers):
        cdef int64_t number
        cdef uint64_t at
        # Numbers outside 32 bits are left out, since no field can hold them.
        possible = [one for one in numbers if -(1 << 31) <= one < 1 << 32]
        self._mask = _mask_for(len(possible))
        self._entries = <int64_t *>PyMem_Malloc((self._mask + 1) * sizeof(int64_t))
        if self._entries == NULL:
            raise MemoryError
        for at in range(self._mask + 1):
            self._entries[at] = NO_NUMBER
        for number in possible:
            if not self.has(number):
                at = (<uint64_t>number * HASH_MULTIPLIER >> 32) & self._mask
                while self._entries[at] != NO_NUMBER:
                    at = (at + 1) & self._mask
                self._entries[at] = number

    def __dealloc__(self):
        PyMem_Free(self._entries)

    def __contains__(self, number):
        return -(1 << 31) <= number < 1 << 32 and self.has(number)


cdef class TextSet:
    """Texts as bytes, compared up to the first NUL."""

    def __cinit__(self, texts):
        cdef Py_ssize_t words
        cdef uint32_t end = 0
        cdef bytes padded
        texts = [bytes(text) for text in texts]
        words = sum([len(text) // 8 + 1 for text in texts])
        self._mask = _mask_for(len(texts))
        self._entries = <TextEntry *>PyMem_Malloc((self._mask + 1) * sizeof(TextEntry))
        self._words = <uint64_t *>PyMem_Calloc(words + 1, sizeof(uint64_t))
        self._mark_mask = MARKS * (self._mask + 1) - 1
        self._marks = <uint64_t *>PyMem_Calloc((self._mark_mask >> 6) + 1, sizeof(uint64_t))
        if self._entries == NULL or self._words == NULL or self._marks == NULL:
            raise MemoryError
        memset(self._entries, 0xFF, (self._mask + 1) * sizeof(TextEntry))
        for text in texts:
            padded = bytes(8) + text
            if not self.has(<const unsigned char *>padded + 8, len(text)):
                self._add(<const unsigned char *>padded + 8, len(text), &end)

    def __dealloc__(self):
        PyMem_Free(self._entries)
        PyMem_Free(self._words)
        PyMem_Free(self._marks)

    cdef int _add(self, const unsigned char *text, Py_ssize_t size, uint32_t *end) except -1:
        # `end`: number of words in use
        cdef uint64_t word, hash = 0, at
        cdef uint32_t count = 0
        while True:
            word = before_nul(word_at(text, size, 8 * count))
            if count and word == 0:
                break
            self._words[end[0] + count] = word
            hash = spread(hash ^ word)
            count += 1
            if word >> 56 == 0:
                break
        at = hash & self._mask
        while self._entries[at].count != NO_ENTRY:
            at = (at + 1) & self._mask
        self._marks[(hash & self._mark_mask) >> 6] |= <uint64_t>1 << (hash & 63)
        self._entries[at].hash = hash
        self._entries[at].first = end[0]
        self._entries[at].count = count
        end[0] += count
        return 0

    cdef bint _has_long(self, const unsigned char *text, Py_ssize_t size) noexcept nogil:
        cdef uint64_t word, hash = 0, at
        cdef uint32_t k, count = 0
        cdef const TextEntry *entry
        while True:
            word = before_nul(word_at(text, size, 8 * <Py_ssize_t>count))
            if count and word == 0:
                break
            hash = spread(hash ^ word)
            count += 1
            if word >> 56 == 0:
                break
        at = hash & self._mask
        while self._entries[at].count != NO_ENTRY:
            entry = &self._entries[at]
            if entry.hash == hash and entry.count == count:
                k = 0
                while k < count:
                    if self._words[entry.first + k] != before_nul(word_at(text, size, 8 * <Py_ssize_t>k)):
                        break
                    k += 1
                if k == count:
                    return True
            at = (at + 1) & self._mask
        return False

    def __contains__(self, bytes text not None):
        cdef bytes padded = bytes(8) + text
        return self.has(<const unsigned char *>padded + 8, len(text))
