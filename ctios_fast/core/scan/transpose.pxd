# Fixed numbers of many frames to columns at once: see c/transpose.h.

cdef extern from "c/transpose.h":
    enum:
        WINDOW "CTIOS_WINDOW"
        LANES "CTIOS_LANES"
        AT_ONCE "CTIOS_AT_ONCE"
        NO_COLUMN "CTIOS_NO_COLUMN"
        UNUSED_BYTE "CTIOS_UNUSED"

    ctypedef struct Window "ctios_window":
        Py_ssize_t at
        int lanes
        int first[LANES]
        int second[LANES]
        int halves[LANES]
        unsigned char order[WINDOW]

    bint transposes "ctios_transposes"() noexcept nogil
    void transpose "ctios_transpose"(
        const Window *window, const unsigned char *const *frames, Py_ssize_t count,
        unsigned char *const *first, unsigned char *const *second,
    ) noexcept nogil
