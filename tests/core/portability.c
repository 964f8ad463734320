/* Compares the headers of the core with code that takes one byte at a time. Built and run by ci/portability with
   several compilers and for both byte orders. */

#include <stdio.h>
#include <stddef.h>
#include <stdint.h>

#include "c/floating.h"
#include "c/value_sets.h"
#include "c/wire.h"

#if defined(__GNUC__)
/* not every function is called here */
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
    if (ctios_load16(bytes) != (bytes[0] << 8 | bytes[1]))
        return 1;
    if (ctios_load32(bytes) !=
        ((uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3]))
        return 2;
    if (ctios_load_word(bytes) != little)
        return 3;
    ctios_store_word(stored, little);
    if (memcmp(stored, bytes, 8) != 0)
        return 4;
    if (ctios_before_nul(little) != until_nul)
        return 5;
    ctios_store16(stored, (uint32_t)bytes[0] << 8 | bytes[1]);
    ctios_store32(stored + 2, (uint32_t)bytes[2] << 24 | (uint32_t)bytes[3] << 16 | (uint32_t)bytes[4] << 8 | bytes[5]);
    if (memcmp(stored, bytes, 6) != 0)
        return 6;
    for (i = 0; i <= 8; i++)
        if (ctios_word_at(bytes, i, 0) != (i == 8 ? little : i ? little << (64 - 8 * i) >> (64 - 8 * i) : 0))
            return 7;
    if (ctios_load64(bytes) != ((uint64_t)ctios_load32(bytes) << 32 | ctios_load32(bytes + 4)))
        return 8;
    if ((ctios_raw32(bytes) == ctios_raw32(bytes + 1)) != (memcmp(bytes, bytes + 1, 4) == 0))
        return 9;
    for (i = 0; i <= 8; i++) {
        int k, plain = 1;
        for (k = 0; k < i; k++)
            plain = plain && bytes[k] != 0 && bytes[k] < 128;
        if (ctios_is_plain(bytes, i) != plain)
            return 10;
    }
    return 0;
}

/* Checks texts of more than one word: 8 to 24 bytes that are plain, but for at most one of them. */
static int check_plain(void)
{
    unsigned char text[24];
    const ptrdiff_t size = 8 + some_byte() % 17;
    const ptrdiff_t odd = some_byte() % 32;
    ptrdiff_t i;
    for (i = 0; i < size; i++)
        text[i] = (unsigned char)(1 + some_byte() % 127);
    if (odd < size)
        text[odd] = (unsigned char)(some_byte() | 128) * (some_byte() & 1);
    return ctios_is_plain(text, size) != (odd >= size);
}

/* Checks the search for listed tags, of which all are, from a field that fits on: it stops at that field. */
static int check_listed(
    const unsigned char *frame, ptrdiff_t size, ptrdiff_t at, int width, unsigned tag, unsigned length
) {
    static const uint8_t numbers[4] = {1, 2, 3, 4};
    ctios_floating_cursor cursor;
    int number;
    ctios_start_floating(&cursor, frame + at, frame + size);
    number = ctios_next_listed(&cursor, numbers, 4, width);
    if (tag >= 4)
        return number != 0 && cursor.tag >= 4;
    return number != numbers[tag] || cursor.tag != tag || cursor.size != (ptrdiff_t)length ||
           cursor.data != frame + at + 2 * width;
}

/* Checks the cursor: it gives each field, and ends at the first that does not fit. */
static int check_cursor(const unsigned char *frame, ptrdiff_t size, int width)
{
    ctios_floating_cursor cursor;
    ptrdiff_t at = 8;
    ctios_start_floating(&cursor, frame + 8, frame + size);
    for (;;) {
        unsigned tag = 0, length = 0;
        int i, more = at + 2 * width <= size;
        for (i = 0; more && i < width; i++) {
            tag = tag << 8 | frame[at + i];
            length = length << 8 | frame[at + width + i];
        }
        more = more && at + 2 * width + (ptrdiff_t)length <= size;
        if (ctios_next_floating(&cursor, width) != more)
            return 30 + width;
        if (!more)
            return cursor.data + cursor.size == frame + at ? 0 : 40 + width;
        if (check_listed(frame, size, at, width, tag, length))
            return 60 + width;
        if (cursor.tag != tag || cursor.size != (ptrdiff_t)length || cursor.data != frame + at + 2 * width)
            return 50 + width;
        at += 2 * width + (ptrdiff_t)length;
    }
}

/* Checks the search for floating fields: tags 0 to 5, of which 1 and 3 are wanted, with right and wrong lengths. */
static int check_floating(int width)
{
    static const uint8_t place_of_tag[4] = {0, 1, 0, 2};
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
        if (tag < 4 && place_of_tag[tag] && !expected[place_of_tag[tag]])
            expected[place_of_tag[tag]] = (uint64_t)at << 16 | length;
        at += (ptrdiff_t)length;
    }
    whole = whole && at == size;
    if (check_cursor(frame, size, width))
        return check_cursor(frame, size, width);
    if (ctios_find_floating(place_of_tag, 4, 2, frame, 8, size, places, width) != (int)whole)
        return 10 + width;
    return whole && memcmp(places, expected, sizeof places) != 0 ? 20 + width : 0;
}

int main(void)
{
    unsigned char memory[16] = {0}, *const bytes = memory + 7; /* a word of fewer than 8 bytes is read with bytes before it */
    long round;
    int i, wrong;
    for (round = 0; round < 1000000; round++) {
        for (i = 0; i < 9; i++)
            bytes[i] = some_byte();
        for (i = 1; i < 3; i++)
            if ((wrong = check_floating(i)) != 0) {
                printf("portability: floating field %d failed in round %ld\n", wrong, round);
                return 1;
            }
        /* aligned and unaligned addresses in turn */
        wrong = check(bytes + (round & 1));
        if (!wrong && check_plain())
            wrong = 11;
        if (wrong) {
            printf("portability: check %d failed in round %ld\n", wrong, round);
            return 1;
        }
    }
    ctios_prefetch(bytes, 64);
    return ctios_messages[0].number == 0;
}
