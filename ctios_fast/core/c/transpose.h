/* Performance trick: fixed numbers of many frames to columns, eight frames at a time, on processors with AVX2.

   A window is a part of 16 bytes of each frame. Its wanted numbers are put in host byte order and into four lanes by
   one shuffle: a lane holds a number of four bytes or two of two. The lanes of eight frames are then transposed. That
   takes about one instruction a number, where loading, swapping and storing each number takes four.

   What it buys, in instructions a frame (kernels of benchmarks/kernels.py under callgrind, CPython 3.11): columns
   253 with it and 326 without, a quarter more.
   Off: CTIOS_FAST_WITHOUT=transpose.

   Other processors use the loops of column_scan.pyx, which also take the frames that remain. */

#ifndef CTIOS_TRANSPOSE_H
#define CTIOS_TRANSPOSE_H

#include <stddef.h>
#include <stdint.h>

#define CTIOS_WINDOW 16             /* bytes of a window */
#define CTIOS_LANES 4
#define CTIOS_AT_ONCE 8             /* frames */
#define CTIOS_NO_COLUMN (-1)        /* for the `second` of a lane */
#define CTIOS_UNUSED 0x80           /* in `order`: the byte becomes 0 */

typedef struct {
    ptrdiff_t at;                   /* offset in the frame; all 16 bytes are in its fixed part or header */
    int lanes;                      /* number of lanes in use */
    int first[CTIOS_LANES];         /* by lane: column of its number, or of its lower two bytes */
    int second[CTIOS_LANES];        /* column of the upper two bytes, or CTIOS_NO_COLUMN */
    int halves[CTIOS_LANES];        /* whether the lane holds numbers of two bytes */
    unsigned char order[CTIOS_WINDOW];      /* by byte of the lanes: the byte of the window */
} ctios_window;

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

static inline int ctios_transposes(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") != 0;
}

/* Loads the window of two frames, `four` frames apart, and shuffles them. */
#define CTIOS_LOAD_TWO(i) \
    _mm256_shuffle_epi8( \
        _mm256_inserti128_si256( \
            _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(frames[i] + at))), \
            _mm_loadu_si128((const __m128i *)(frames[(i) + 4] + at)), 1), \
        order)

/* Fills the columns of a window from `count` frames, a multiple of CTIOS_AT_ONCE. `first` and `second`: by lane, where
   the numbers of these columns go. */
__attribute__((target("avx2")))
static inline void ctios_transpose(
    const ctios_window *window, const unsigned char *const *frames, ptrdiff_t count, unsigned char *const *first,
    unsigned char *const *second
) {
    const ptrdiff_t at = window->at;
    const __m256i order = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)window->order));
    const __m256i apart = _mm256_setr_epi8(
        0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15,
        0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15);
    ptrdiff_t done;
    int lane;
    for (done = 0; done < count; done += CTIOS_AT_ONCE, frames += CTIOS_AT_ONCE) {
        const __m256i a = CTIOS_LOAD_TWO(0), b = CTIOS_LOAD_TWO(1), c = CTIOS_LOAD_TWO(2), d = CTIOS_LOAD_TWO(3);
        const __m256i low_ab = _mm256_unpacklo_epi32(a, b), high_ab = _mm256_unpackhi_epi32(a, b);
        const __m256i low_cd = _mm256_unpacklo_epi32(c, d), high_cd = _mm256_unpackhi_epi32(c, d);
        __m256i lanes[CTIOS_LANES];
        lanes[0] = _mm256_unpacklo_epi64(low_ab, low_cd);
        lanes[1] = _mm256_unpackhi_epi64(low_ab, low_cd);
        lanes[2] = _mm256_unpacklo_epi64(high_ab, high_cd);
        lanes[3] = _mm256_unpackhi_epi64(high_ab, high_cd);
#pragma GCC unroll 4
        for (lane = 0; lane < CTIOS_LANES; lane++) {
            if (lane == window->lanes)
                break;
            if (!window->halves[lane]) {
                _mm256_storeu_si256((__m256i *)(first[lane] + 4 * done), lanes[lane]);
            } else {
                const __m256i split = _mm256_permute4x64_epi64(_mm256_shuffle_epi8(lanes[lane], apart), 0xD8);
                _mm_storeu_si128(
                    (__m128i *)(first[lane] + 2 * done), _mm256_castsi256_si128(split));
                if (window->second[lane] != CTIOS_NO_COLUMN)
                    _mm_storeu_si128(
                        (__m128i *)(second[lane] + 2 * done), _mm256_extracti128_si256(split, 1));
            }
        }
    }
}

#else

static inline int ctios_transposes(void) { return 0; }

static inline void ctios_transpose(
    const ctios_window *window, const unsigned char *const *frames, ptrdiff_t count, unsigned char *const *first,
    unsigned char *const *second
) { (void)window; (void)frames; (void)count; (void)first; (void)second; }

#endif
#endif
