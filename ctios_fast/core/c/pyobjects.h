/* Functions that read and create Python objects, without a call where CPython allows it. */

#ifndef CTIOS_PYOBJECTS_H
#define CTIOS_PYOBJECTS_H

#include <Python.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Sets *number and returns 1 for an int of any class that fits 64 bits; otherwise returns 0. Never sets an error. */
static inline int ctios_whole_number(PyObject *object, int64_t *number)
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

/* The ints that CPython has once for the whole process, from 0 on. */
#define CTIOS_SHARED_INTS 257
static PyObject *ctios_shared_ints[CTIOS_SHARED_INTS];

/* Returns a new reference to the int of a number, or NULL with an error. For most numbers on the wire this is a load
   instead of a call. */
static inline PyObject *ctios_new_int(int64_t number)
{
    PyObject *found;
    if ((uint64_t)number >= CTIOS_SHARED_INTS)
        return PyLong_FromLongLong(number);
    found = ctios_shared_ints[number];
    if (found == NULL) {
        found = PyLong_FromLongLong(number);
        if (found == NULL)
            return NULL;
        ctios_shared_ints[number] = found;
    }
    Py_INCREF(found);
    return found;
}

/* Returns the characters of an ASCII str and sets *size to their number; returns NULL for anything else, also for a
   subclass of str, which has another memory layout. Never sets an error. */
static inline const char *ctios_ascii_of(PyObject *object, Py_ssize_t *size)
{
    if (!PyUnicode_Check(object) || !PyUnicode_IS_COMPACT_ASCII(object))
        return NULL;
    *size = PyUnicode_GET_LENGTH(object);
    return (const char *)PyUnicode_1BYTE_DATA(object);
}

/* Returns a new str of ASCII text. */
static inline PyObject *ctios_new_ascii(const unsigned char *text, Py_ssize_t size)
{
#ifndef Py_LIMITED_API
    if (size >= 2) {            /* CPython has the shorter ones already */
        PyObject *created = PyUnicode_New(size, 127);
        unsigned char *to;
        if (created == NULL)
            return NULL;
        to = (unsigned char *)((PyASCIIObject *)created + 1);
        /* Short texts are copied in two parts, which may overlap: a call of memcpy costs more. */
        if (8 <= size && size <= 16) {
            memcpy(to, text, 8);
            memcpy(to + size - 8, text + size - 8, 8);
        } else if (16 < size && size <= 32) {
            memcpy(to, text, 16);
            memcpy(to + size - 16, text + size - 16, 16);
        } else {
            memcpy(to, text, (size_t)size);
        }
        return created;
    }
#endif
    return PyUnicode_DecodeASCII((const char *)text, size, NULL);
}

/* Returns an empty instance of a tuple's subclass, for the caller to fill. From CPython 3.14 on it caches its hash. */
static inline PyObject *ctios_new_tuple(PyObject *kind, Py_ssize_t items)
{
    PyObject *tuple = PyType_GenericAlloc((PyTypeObject *)kind, items);
#if PY_VERSION_HEX >= 0x030E0000 && !defined(Py_LIMITED_API)
    if (tuple != NULL)
        ((PyTupleObject *)tuple)->ob_hash = -1;
#endif
    return tuple;
}

/* Whether the caller owns the only reference. Without the GIL this cannot be read from the reference count. */
#ifdef Py_GIL_DISABLED
  #define ctios_is_sole(object) 0
  #define CTIOS_HAS_GIL 0
#else
  #define CTIOS_HAS_GIL 1
  #define ctios_is_sole(object) (Py_REFCNT(object) == 1)
#endif

/* The arguments of a call as CPython passes them (vectorcall): an array of borrowed references. */
typedef PyObject *const *ctios_vector_args;
typedef PyObject *(*ctios_vector_method)(PyObject *, ctios_vector_args, Py_ssize_t, PyObject *);

/* Where a Python function or a method of an object has the C function that calls it; 0 for any other callable. */
static inline ptrdiff_t ctios_call_offset(PyObject *called)
{
#ifndef Py_LIMITED_API
    if (PyFunction_Check(called) || PyMethod_Check(called))
        return (ptrdiff_t)Py_TYPE(called)->tp_vectorcall_offset;
#endif
    (void)called;
    return 0;
}

/* PyObject_Vectorcall without keywords. `offset` is that of ctios_call_offset: the call then saves the look-up of the
   C function and the check of its result, which CPython needs for extension modules only. */
static inline PyObject *ctios_vector_call(
    PyObject *called, ptrdiff_t offset, PyObject *const *arguments, size_t count
) {
#ifndef Py_LIMITED_API
    if (offset) {
        vectorcallfunc call;
        memcpy(&call, (const char *)called + offset, sizeof(call));
        if (call != NULL)
            return call(called, arguments, count, NULL);
    }
#endif
    (void)offset;
    return PyObject_Vectorcall(called, arguments, count, NULL);
}

/* Returns a new method that takes its arguments as CPython passes them, without a tuple or a dict. */
static inline PyObject *ctios_new_method(
    PyMethodDef *definition, const char *name, const char *doc, ctios_vector_method method, PyObject *self
) {
    definition->ml_name = name;
    definition->ml_meth = (PyCFunction)(void (*)(void))method;
    definition->ml_flags = METH_FASTCALL | METH_KEYWORDS;
    definition->ml_doc = doc;
    return PyCFunction_NewEx(definition, self, NULL);
}

#endif
