# Short texts as two words of eight characters, by which tables find them.

from libc.stdint cimport uint64_t

from .wire cimport HASH_MULTIPLIER, NOT_ASCII, before_nul, word_at


cdef inline bint words_of(
    const unsigned char *p, Py_ssize_t size, uint64_t *first, uint64_t *second
) noexcept nogil:
    # Sets the words of the text before the first NUL. Returns false for a text of more than 15 characters,
    # and for one that is not ASCII. Up to seven bytes before `p` must be readable.
    first[0] = before_nul(word_at(p, size, 0))
    second[0] = before_nul(word_at(p, size, 8)) if first[0] >> 56 else 0
    return not second[0] >> 56 and not (first[0] | second[0]) & NOT_ASCII


cdef inline uint64_t hash_of_words(uint64_t first, uint64_t second) noexcept nogil:
    # The upper bits depend on all characters.
    return (first + second * HASH_MULTIPLIER) * HASH_MULTIPLIER
