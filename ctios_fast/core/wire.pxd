# Loads and stores of wire bytes, by the compiler's byte swaps, on hosts of either byte order.
#
# The numbers of the protocol are big-endian. Text is handled in words of eight bytes whose first byte is
# the least significant, so that "the rest of the word" is always its upper part.

from libc.stdint cimport uint16_t, uint32_t, uint64_t

cdef extern from *:
    """
    #ifndef CTIOS_WIRE_LOADS
    #define CTIOS_WIRE_LOADS
    #include <stdint.h>
    #include <string.h>

    /* 2**64 divided by the golden ratio: its products spread keys that differ little, for tables of hashes */
    #define CTIOS_SPREAD UINT64_C(0x9E3779B97F4A7C15)

    #if defined(_MSC_VER) && !defined(__clang__)
      #include <stdlib.h>
      #define ctios_swap16(x) _byteswap_ushort(x)
      #define ctios_swap32(x) _byteswap_ulong(x)
      #define ctios_swap64(x) _byteswap_uint64(x)
    #else
      #define ctios_swap16(x) __builtin_bswap16(x)
      #define ctios_swap32(x) __builtin_bswap32(x)
      #define ctios_swap64(x) __builtin_bswap64(x)
    #endif

    #if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
      #define ctios_big16(x) (x)
      #define ctios_big32(x) (x)
      #define ctios_little64(x) ctios_swap64(x)
    #else
      #define ctios_big16(x) ctios_swap16(x)
      #define ctios_big32(x) ctios_swap32(x)
      #define ctios_little64(x) (x)
    #endif

    /* Asks the cache for what stands so many bytes behind p, which may be behind the end of the memory. */
    #if defined(__GNUC__) || defined(__clang__)
      #define ctios_prefetch(p, ahead) __builtin_prefetch((const void *)((uintptr_t)(p) + (ahead)))
    #else
      #define ctios_prefetch(p, ahead) ((void)(p), (void)(ahead))
    #endif

    static inline uint16_t ctios_number16(const unsigned char *p)
    { uint16_t x; memcpy(&x, p, 2); return ctios_big16(x); }

    static inline uint32_t ctios_number32(const unsigned char *p)
    { uint32_t x; memcpy(&x, p, 4); return ctios_big32(x); }

    static inline uint64_t ctios_load_word(const unsigned char *p)
    { uint64_t x; memcpy(&x, p, 8); return ctios_little64(x); }

    static inline void ctios_store_word(unsigned char *p, uint64_t x)
    { x = ctios_little64(x); memcpy(p, &x, 8); }

    /* Keeps the bytes before the word's first NUL; the rest becomes zero. */
    static inline uint64_t ctios_before_nul(uint64_t word)
    {
        uint64_t nul = (word - UINT64_C(0x0101010101010101)) & ~word & UINT64_C(0x8080808080808080);
        return word & ((nul & (~nul + 1)) - 1);
    }
    #endif
    """
    uint64_t SPREAD "CTIOS_SPREAD"
    uint16_t number16 "ctios_number16"(const unsigned char *p) noexcept nogil
    uint32_t number32 "ctios_number32"(const unsigned char *p) noexcept nogil
    uint64_t load_word "ctios_load_word"(const unsigned char *p) noexcept nogil
    void store_word "ctios_store_word"(unsigned char *p, uint64_t word) noexcept nogil
    uint64_t before_nul "ctios_before_nul"(uint64_t word) noexcept nogil
    void prefetch "ctios_prefetch"(const void *p, Py_ssize_t ahead) noexcept nogil

cdef inline uint64_t word_of(const unsigned char *p, Py_ssize_t size, Py_ssize_t at) noexcept nogil:
    # Eight bytes of the data from `at` on, zero behind its end. Never reads behind it: a short word is read
    # so that it ends there, over up to seven bytes before p, which a floating field always has in its frame.
    if size - at >= 8:
        return load_word(p + at)
    if size <= at:
        return 0
    return load_word(p + size - 8) >> (64 - 8 * (size - at))
