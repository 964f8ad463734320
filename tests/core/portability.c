/* Holds the C of the core that stands verbatim in its sources against the same done byte by byte. Built and run by
   ci/portability with several compilers and for both byte orders; verbatim.h is what it took from the sources. */

#include <stdio.h>
#include <stddef.h>
#include <stdint.h>

typedef ptrdiff_t Py_ssize_t;

#include "verbatim.h"

#if defined(__GNUC__)
/* not all that is verbatim is called here */
#pragma GCC diagnostic ignored "-Wunused-function"
#endif
#include "_tables.h"

static uint64_t state = 1;

/* A byte, often one of those at which arithmetic on whole words goes wrong first. */
static unsigned char some_byte(void)
{
    static const unsigned char odd[] = {0, 0, 1, 0x7F, 0x80, 0x81, 0xFE, 0xFF};
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (state >> 40) & 1 ? odd[(state >> 41) & 7] : (unsigned char)(state >> 56);
}

static int check(const unsigned char *bytes)
{
    unsigned char stored[8];
    uint64_t little = 0, until_nul = 0;
    int i, ended = 0;
    for (i = 0; i < 8; i++) {
        little |= (uint64_t)bytes[i] << (8 * i);
        ended |= bytes[i] == 0;
        if (!ended)
            until_nul |= (uint64_t)bytes[i] << (8 * i);
    }
    if (ctios_number16(bytes) != (bytes[0] << 8 | bytes[1]))
        return 1;
    if (ctios_number32(bytes) !=
        ((uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3]))
        return 2;
    if (ctios_load_word(bytes) != little)
        return 3;
    ctios_store_word(stored, little);
    if (memcmp(stored, bytes, 8) != 0)
        return 4;
    if (ctios_before_nul(little) != until_nul)
        return 5;
    return 0;
}

/* The walk over floating fields: three tags of which two are wanted, lengths right and wrong. */
static int check_walk(int width)
{
    static const uint8_t slot_of_tag[4] = {0, 1, 0, 2};
    unsigned char frame[64] = {0};
    uint64_t places[3] = {0, 0, 0}, expected[3] = {0, 0, 0};
    const ptrdiff_t size = 8 + some_byte() % 48;
    ptrdiff_t at, whole = 1;
    for (at = 0; at < size; at++)
        frame[at] = some_byte() % 6;
    for (at = 8; at + 2 * width <= size && whole;) {
        unsigned tag = 0, length = 0;
        int i;
        for (i = 0; i < width; i++) {
            tag = tag << 8 | frame[at + i];
            length = length << 8 | frame[at + width + i];
        }
        at += 2 * width;
        whole = (ptrdiff_t)length <= size - at;
        if (tag < 4 && slot_of_tag[tag] && !expected[slot_of_tag[tag]])
            expected[slot_of_tag[tag]] = (uint64_t)at << 16 | length;
        at += (ptrdiff_t)length;
    }
    whole = whole && at == size;
    if (ctios_walk(slot_of_tag, 4, 2, frame, 8, size, places, width) != (int)whole)
        return 10 + width;
    return whole && memcmp(places, expected, sizeof places) != 0 ? 20 + width : 0;
}

int main(void)
{
    unsigned char bytes[9];
    long round;
    int i, wrong;
    for (round = 0; round < 1000000; round++) {
        for (i = 0; i < 9; i++)
            bytes[i] = some_byte();
        for (i = 1; i < 3; i++)
            if ((wrong = check_walk(i)) != 0) {
                printf("portability: walk %d failed in round %ld\n", wrong, round);
                return 1;
            }
        /* at any address, aligned or not */
        wrong = check(bytes + (round & 1));
        if (wrong) {
            printf("portability: check %d failed in round %ld\n", wrong, round);
            return 1;
        }
    }
    ctios_prefetch(bytes, 64);
    return ctios_messages[0].number == 0;
}
