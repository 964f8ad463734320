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

int main(void)
{
    unsigned char bytes[9];
    long round;
    int i, wrong;
    for (round = 0; round < 1000000; round++) {
        for (i = 0; i < 9; i++)
            bytes[i] = some_byte();
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
