/* Floating fields: all code that goes from one to the next in a frame.

   A floating field is a tag, the length of its data, and the data. Tag and length take `tag_width` bytes each: one
   before protocol version 20, two from version 20 on. A frame is well-formed if its floating fields fill the rest of
   it exactly.

   Four functions step over the fields. ctios_next_floating() stops at each field: use it in general.
   ctios_next_listed() stops at those whose tags are in a table. ctios_floating_fills() and ctios_find_floating() serve
   the loops over many frames: they check a frame, and the second also stores the places of the wanted fields, without
   stopping. */

#ifndef CTIOS_FLOATING_H
#define CTIOS_FLOATING_H

#include "wire.h"

/* Format of a place found by ctios_find_floating(): the data's length in the low bits, its offset above them. */
#define CTIOS_LENGTH_BITS 16
#define CTIOS_LENGTH_MASK 0xFFFF

/* A cursor over the floating fields of one frame. It holds the current field. */
typedef struct {
    const unsigned char *data;
    ptrdiff_t size;                 /* bytes of data */
    const unsigned char *end;       /* of the frame */
    uint32_t tag;
} ctios_floating_cursor;

ctios_always_inline void ctios_read_head(
    const unsigned char *head, const int tag_width, uint32_t *tag, uint32_t *length
) {
    if (tag_width == 1) {
        *tag = head[0];
        *length = head[1];
    } else {
        const uint32_t both = ctios_load32(head);
        *tag = both >> 16;
        *length = both & 0xFFFF;
    }
}

/* Puts the cursor before the first field. `part`: start of the floating part. */
ctios_always_inline void ctios_start_floating(
    ctios_floating_cursor *cursor, const unsigned char *part, const unsigned char *end
) {
    cursor->data = part;
    cursor->size = 0;
    cursor->end = end;
}

/* Moves the cursor to the next field; 0 if there is none. A field that does not fit in the frame ends the
   iteration. So this is safe for frames that were not checked, or that another thread writes to. */
ctios_always_inline int ctios_next_floating(ctios_floating_cursor *cursor, const int tag_width)
{
    const unsigned char *const head = cursor->data + cursor->size;
    uint32_t length;
    if (cursor->end - head < 2 * tag_width)
        return 0;
    ctios_read_head(head, tag_width, &cursor->tag, &length);
    if ((ptrdiff_t)length > cursor->end - head - 2 * tag_width)
        return 0;
    cursor->data = head + 2 * tag_width;
    cursor->size = (ptrdiff_t)length;
    return 1;
}

ctios_always_inline int ctios_next_listed_by(
    ctios_floating_cursor *cursor, const uint8_t *number_of_tag, const uint32_t tags, const int tag_width
) {
    const unsigned char *data = cursor->data;
    const unsigned char *head = data + cursor->size;
    uint32_t tag = 0, length = 0;
    int number = 0;
    while (cursor->end - head >= 2 * tag_width) {
        ctios_read_head(head, tag_width, &tag, &length);
        if ((ptrdiff_t)length > cursor->end - head - 2 * tag_width)
            break;
        data = head + 2 * tag_width;
        head = data + length;
        if (tag < tags && number_of_tag[tag]) {
            number = number_of_tag[tag];
            break;
        }
    }
    cursor->tag = tag;
    cursor->data = data;
    cursor->size = head - data;
    return number;
}

/* Moves the cursor to the next field whose tag has a number in the table, and returns the number; 0 if there is none.
   The table has the numbers of the tags below `tags`, and 0 for a tag that is not wanted. After the last field, the
   cursor is at the end of the last one that fits in the frame. */
ctios_always_inline int ctios_next_listed(
    ctios_floating_cursor *cursor, const uint8_t *number_of_tag, const uint32_t tags, const int tag_width
) {
    return tag_width == 1 ? ctios_next_listed_by(cursor, number_of_tag, tags, 1)
                          : ctios_next_listed_by(cursor, number_of_tag, tags, 2);
}

/* Moves the cursor to the next field with that tag; 0 if there is none. */
ctios_always_inline int ctios_next_with_tag(
    ctios_floating_cursor *cursor, const int tag_width, const uint32_t tag
) {
    while (ctios_next_floating(cursor, tag_width))
        if (cursor->tag == tag)
            return 1;
    return 0;
}

/* Moves the cursor to the next field with one of two tags; 0 if there is none. */
ctios_always_inline int ctios_next_with_tags(
    ctios_floating_cursor *cursor, const int tag_width, const uint32_t tag, const uint32_t second_tag
) {
    while (ctios_next_floating(cursor, tag_width))
        if (cursor->tag == tag || cursor->tag == second_tag)
            return 1;
    return 0;
}

/* Whether floating fields fill the frame exactly from `at` to `size`. An overlong field moves `at` past the end and
   ends the loop, so that one comparison after the loop is enough. */
ctios_always_inline int ctios_floating_fills(
    const unsigned char *frame, ptrdiff_t at, const ptrdiff_t size, const int tag_width
) {
    const ptrdiff_t last = size - 2 * tag_width;
    if (tag_width == 1)
        while (at <= last)
            at += 2 + frame[at + 1];
    else
        while (at <= last)
            at += 4 + (ptrdiff_t)ctios_load16(frame + at + 2);
    return at == size;
}

ctios_always_inline int ctios_find_floating_by(
    const uint8_t *place_of_tag, uint32_t tags, ptrdiff_t wanted, const unsigned char *frame,
    ptrdiff_t at, ptrdiff_t size, uint64_t *places, const int tag_width
) {
    const ptrdiff_t last = size - 2 * tag_width;
    uint32_t tag, length;
    if (wanted)
        while (at <= last) {
            ctios_read_head(frame + at, tag_width, &tag, &length);
            at += 2 * tag_width;
            if (tag < tags) {
                const unsigned place = place_of_tag[tag];
                if (place && !places[place]) {
                    places[place] = (uint64_t)at << CTIOS_LENGTH_BITS | length;
                    if (!--wanted) {
                        at += length;
                        break;
                    }
                }
            }
            at += length;
        }
    return ctios_floating_fills(frame, at, size, tag_width);
}

/* Stores the place of the first field of each wanted tag, and returns whether the fields fill the frame from `at` to
   `size` exactly; otherwise the places are invalid. `place_of_tag` maps tags below `tags` to the number of the place,
   from 1 on, or to 0 for a tag that is not wanted. The caller sets all places to 0. After `wanted` places are found,
   no tag is looked up. */
static inline int ctios_find_floating(
    const uint8_t *place_of_tag, uint32_t tags, ptrdiff_t wanted, const unsigned char *frame,
    ptrdiff_t at, ptrdiff_t size, uint64_t *places, int tag_width
) {
    if (tag_width == 1)
        return ctios_find_floating_by(place_of_tag, tags, wanted, frame, at, size, places, 1);
    return ctios_find_floating_by(place_of_tag, tags, wanted, frame, at, size, places, 2);
}

#endif
