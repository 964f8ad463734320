# The walk over a frame's floating fields that finds some of them and proves them all.

from libc.stdint cimport uint8_t, uint32_t, uint64_t

from ctios_fast.core.wire cimport number32

cdef enum:
    MOST_TAGS = 1024            # bound of a table of tags; known tags are below it
    MOST_PLACES = 255           # different tags that one walk can look for
    LENGTH_BITS = 16            # a place: a field's length, and above these bits where its data begins
    LENGTH_MASK = 0xFFFF

cdef extern from *:
    """
    #ifndef CTIOS_WALK
    #define CTIOS_WALK
    #include <stddef.h>
    #include <stdint.h>

    #if defined(_MSC_VER) && !defined(__clang__)
      #define ctios_always_inline static __forceinline
    #elif defined(__GNUC__) || defined(__clang__)
      #define ctios_always_inline static inline __attribute__((always_inline))
    #else
      #define ctios_always_inline static inline
    #endif

    ctios_always_inline int ctios_walk_by(
        const uint8_t *slot_of_tag, uint32_t tags, ptrdiff_t wanted, const unsigned char *frame,
        ptrdiff_t at, ptrdiff_t size, uint64_t *places, const int tag_width
    ) {
        const ptrdiff_t last = size - 2 * tag_width;
        if (wanted)
            while (at <= last) {
                uint32_t tag, length;
                if (tag_width == 1) {
                    tag = frame[at];
                    length = frame[at + 1];
                } else {
                    const uint32_t both = ctios_number32(frame + at);
                    tag = both >> 16;
                    length = both & 0xFFFF;
                }
                at += 2 * tag_width;
                if (tag < tags) {
                    const unsigned slot = slot_of_tag[tag];
                    if (slot && !places[slot]) {
                        places[slot] = (uint64_t)at << 16 | length;
                        if (!--wanted) {
                            at += length;
                            break;
                        }
                    }
                }
                at += length;
            }
        while (at <= last)
            at += 2 * tag_width + (tag_width == 1 ? frame[at + 1] : ctios_number16(frame + at + 2));
        return at == size;
    }

    /* Notes the place of the first field of each wanted tag: slot_of_tag gives for tags below `tags` the
       number of the place, from 1 on, or 0 for a tag that is not wanted. The places are 0 at first, and
       `wanted` of them can be found; once all of them are, tags are not looked up any more. Tells whether the
       fields fill the frame from `at` to `size` exactly; if they do not, the places mean nothing.

       A field that is too long shows behind the last step: nothing is read there, and since a length has 16
       bits at most, no step goes far. */
    static inline int ctios_walk(
        const uint8_t *slot_of_tag, uint32_t tags, ptrdiff_t wanted, const unsigned char *frame,
        ptrdiff_t at, ptrdiff_t size, uint64_t *places, int tag_width
    ) {
        if (tag_width == 1)
            return ctios_walk_by(slot_of_tag, tags, wanted, frame, at, size, places, 1);
        return ctios_walk_by(slot_of_tag, tags, wanted, frame, at, size, places, 2);
    }
    #endif
    """
    bint walk "ctios_walk"(
        const uint8_t *slot_of_tag, uint32_t tags, Py_ssize_t wanted, const unsigned char *frame,
        Py_ssize_t at, Py_ssize_t size, uint64_t *places, int tag_width,
    ) noexcept nogil
