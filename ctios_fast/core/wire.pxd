# Loads and stores of wire bytes: see c/wire.h.

from libc.stdint cimport uint16_t, uint32_t, uint64_t

cdef extern from "c/wire.h":
    uint64_t HASH_MULTIPLIER "CTIOS_HASH_MULTIPLIER"
    uint64_t NOT_ASCII "CTIOS_NOT_ASCII"
    uint16_t load16 "ctios_load16"(const unsigned char *p) noexcept nogil
    uint32_t load32 "ctios_load32"(const unsigned char *p) noexcept nogil
    uint32_t raw32 "ctios_raw32"(const unsigned char *p) noexcept nogil
    uint64_t load64 "ctios_load64"(const unsigned char *p) noexcept nogil
    void store16 "ctios_store16"(unsigned char *p, uint32_t value) noexcept nogil
    void store32 "ctios_store32"(unsigned char *p, uint32_t value) noexcept nogil
    uint64_t load_word "ctios_load_word"(const unsigned char *p) noexcept nogil
    void store_word "ctios_store_word"(unsigned char *p, uint64_t word) noexcept nogil
    uint64_t word_at "ctios_word_at"(const unsigned char *p, Py_ssize_t size, Py_ssize_t at) noexcept nogil
    uint64_t before_nul "ctios_before_nul"(uint64_t word) noexcept nogil
    bint is_plain "ctios_is_plain"(const unsigned char *p, Py_ssize_t size) noexcept nogil
    bint copy_ascii "ctios_copy_ascii"(unsigned char *to, const char *text, Py_ssize_t size) noexcept nogil
    void prefetch "ctios_prefetch"(const void *p, Py_ssize_t ahead) noexcept nogil
