/* Loads and stores of wire bytes on hosts of either byte order, with the compiler's byte swaps.

   The numbers of the protocol are big-endian. Text is handled in words of eight bytes whose first byte is the
   least significant, so that the bytes after a position are always the upper part of the word. */

#ifndef CTIOS_WIRE_H
#define CTIOS_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(_MSC_VER) && !defined(__clang__)
  #include <stdlib.h>
  #define ctios_swap16(x) _byteswap_ushort(x)
  #define ctios_swap32(x) _byteswap_ulong(x)
  #define ctios_swap64(x) _byteswap_uint64(x)
  #define ctios_always_inline static __forceinline
#else
  #define ctios_swap16(x) __builtin_bswap16(x)
  #define ctios_swap32(x) __builtin_bswap32(x)
  #define ctios_swap64(x) __builtin_bswap64(x)
  #define ctios_always_inline static inline __attribute__((always_inline))
#endif

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  #define ctios_big16(x) (x)
  #define ctios_big32(x) (x)
  #define ctios_big64(x) (x)
  #define ctios_little64(x) ctios_swap64(x)
#else
  #define ctios_big16(x) ctios_swap16(x)
  #define ctios_big32(x) ctios_swap32(x)
  #define ctios_big64(x) ctios_swap64(x)
  #define ctios_little64(x) (x)
#endif

/* Prefetches the bytes at p + ahead, which may lie beyond the memory that p points into. */
#if defined(__GNUC__) || defined(__clang__)
  #define ctios_prefetch(p, ahead) __builtin_prefetch((const void *)((uintptr_t)(p) + (ahead)))
#else
  #define ctios_prefetch(p, ahead) ((void)(p), (void)(ahead))
#endif

/* 2**64 divided by the golden ratio. Multiplying by it spreads similar keys over a hash table. */
#define CTIOS_HASH_MULTIPLIER UINT64_C(0x9E3779B97F4A7C15)

/* The bits that are 0 in all ASCII text. */
#define CTIOS_NOT_ASCII UINT64_C(0x8080808080808080)

static inline uint16_t ctios_load16(const unsigned char *p)
{ uint16_t x; memcpy(&x, p, 2); return ctios_big16(x); }

static inline uint32_t ctios_load32(const unsigned char *p)
{ uint32_t x; memcpy(&x, p, 4); return ctios_big32(x); }

/* In the host's byte order, to compare with another one. */
static inline uint32_t ctios_raw32(const unsigned char *p)
{ uint32_t x; memcpy(&x, p, 4); return x; }

static inline uint64_t ctios_load64(const unsigned char *p)
{ uint64_t x; memcpy(&x, p, 8); return ctios_big64(x); }

static inline void ctios_store16(unsigned char *p, uint32_t value)
{ uint16_t x = ctios_big16((uint16_t)value); memcpy(p, &x, 2); }

static inline void ctios_store32(unsigned char *p, uint32_t value)
{ value = ctios_big32(value); memcpy(p, &value, 4); }

static inline uint64_t ctios_load_word(const unsigned char *p)
{ uint64_t x; memcpy(&x, p, 8); return ctios_little64(x); }

static inline void ctios_store_word(unsigned char *p, uint64_t x)
{ x = ctios_little64(x); memcpy(p, &x, 8); }

/* The eight bytes at p + at, with zeros after the end of the data. It reads nothing after the end: a short word is
   loaded so that it ends there, from up to seven bytes before p. In a frame the header always precedes a floating
   field, so these bytes exist. */
static inline uint64_t ctios_word_at(const unsigned char *p, ptrdiff_t size, ptrdiff_t at)
{
    if (size - at >= 8)
        return ctios_load_word(p + at);
    if (size <= at)
        return 0;
    return ctios_load_word(p + size - 8) >> (64 - 8 * (size - at));
}

/* The bytes before the word's first NUL; the others become zero. */
static inline uint64_t ctios_before_nul(uint64_t word)
{
    uint64_t nul = (word - UINT64_C(0x0101010101010101)) & ~word & UINT64_C(0x8080808080808080);
    return word & ((nul & (~nul + 1)) - 1);
}

/* Whether the bytes are ASCII text without a NUL. Reads up to seven bytes before p, like ctios_word_at(). */
static inline int ctios_is_plain(const unsigned char *p, ptrdiff_t size)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word, odd = 0;
    ptrdiff_t at;
    if (size <= 0)
        return 1;
    /* A byte sets the highest bit of one of both if it is not ASCII, or 0. What a 0 borrows from the bytes after it
       does not matter. */
    if (size < 8) {
        word = ctios_load_word(p + size - 8) >> (64 - 8 * size) | ones << 8 * size;
    } else {
        for (at = 0; at + 8 < size; at += 8) {
            word = ctios_load_word(p + at);
            odd |= word | (word - ones);
        }
        word = ctios_load_word(p + size - 8);
    }
    odd |= word | (word - ones);
    return !(odd & CTIOS_NOT_ASCII);
}

/* Copies ASCII text and returns whether it has a NUL. For short texts, two calls of the C library would cost more
   than the copy itself. */
static inline int ctios_copy_ascii(unsigned char *to, const char *text, ptrdiff_t size)
{
    uint64_t word, nul = 0;
    for (; size >= 8; size -= 8, text += 8, to += 8) {
        memcpy(&word, text, 8);
        memcpy(to, &word, 8);
        /* If all bytes are below 128, one of them is 0 exactly if the subtraction borrows. */
        nul |= (word - UINT64_C(0x0101010101010101)) & UINT64_C(0x8080808080808080);
    }
    for (; size; size--) {
        nul |= !(*to++ = (unsigned char)*text++);
    }
    return nul != 0;
}

#endif
