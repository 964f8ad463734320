# Looks into Python's numbers and texts without a call where CPython lets one, and by a call where not.

from cpython.object cimport PyObject
from libc.stdint cimport int64_t

cdef extern from *:
    """
    #ifndef CTIOS_OBJECTS
    #define CTIOS_OBJECTS
    #include <stdint.h>
    #include <string.h>

    /* 1, with the value, of an int of any class that fits 64 bits; else 0. Never sets an error. */
    static inline int ctios_whole(PyObject *object, int64_t *number)
    {
        int overflow = 0;
        if (!PyLong_Check(object))
            return 0;
    #if PY_VERSION_HEX >= 0x030C0000
        if (PyUnstable_Long_IsCompact((PyLongObject *)object)) {
            *number = (int64_t)PyUnstable_Long_CompactValue((PyLongObject *)object);
            return 1;
        }
    #else
        if (Py_SIZE(object) == 1 || Py_SIZE(object) == 0) {
            *number = Py_SIZE(object) ? (int64_t)((PyLongObject *)object)->ob_digit[0] : 0;
            return 1;
        }
    #endif
        *number = (int64_t)PyLong_AsLongLongAndOverflow(object, &overflow);
        return !overflow;
    }

    /* The characters of a str that has only ASCII, with their number; NULL of anything else. Never sets an
       error. A str of a subclass is told apart by its layout, and comes as NULL too. */
    static inline const char *ctios_ascii(PyObject *object, Py_ssize_t *size)
    {
        if (!PyUnicode_Check(object) || !PyUnicode_IS_COMPACT_ASCII(object))
            return NULL;
        *size = PyUnicode_GET_LENGTH(object);
        return (const char *)PyUnicode_1BYTE_DATA(object);
    }

    /* Copies ASCII and tells whether there is a NUL in it; short texts, for which two calls of the C library
       would be most of the work. */
    static inline int ctios_copy_ascii(unsigned char *to, const char *text, Py_ssize_t size)
    {
        uint64_t word, nul = 0;
        for (; size >= 8; size -= 8, text += 8, to += 8) {
            memcpy(&word, text, 8);
            memcpy(to, &word, 8);
            /* of bytes below 128, some is 0 just if the subtraction borrows somewhere */
            nul |= (word - UINT64_C(0x0101010101010101)) & UINT64_C(0x8080808080808080);
        }
        for (; size; size--) {
            nul |= !(*to++ = (unsigned char)*text++);
        }
        return nul != 0;
    }
    #endif
    """
    bint whole_number "ctios_whole"(PyObject *value, int64_t *number) noexcept
    const char *ascii_of "ctios_ascii"(PyObject *value, Py_ssize_t *size) noexcept
    bint copy_ascii "ctios_copy_ascii"(unsigned char *to, const char *text, Py_ssize_t size) noexcept nogil
