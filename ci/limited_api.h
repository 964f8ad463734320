/* Replaces the parts of CPython's API that the core uses and the limited API of 3.12 lacks. Only for ci/abi3. */

#ifndef CTIOS_LIMITED_API
#define CTIOS_LIMITED_API

#include <Python.h>
#include <stdlib.h>

#define PyBytes_AS_STRING(object) PyBytes_AsString(object)
#define PyBytes_GET_SIZE(object) PyBytes_Size(object)
#define PyTuple_GET_ITEM(object, at) PyTuple_GetItem((object), (at))
#define PyTuple_GET_SIZE(object) PyTuple_Size(object)
#define PyTuple_SET_ITEM(object, at, item) PyTuple_SetItem((object), (at), (item))
#define PyList_GET_ITEM(object, at) PyList_GetItem((object), (at))
#define PyList_GET_SIZE(object) PyList_Size(object)

static inline PyObject *PyObject_CallOneArg(PyObject *called, PyObject *argument)
{
    return PyObject_Vectorcall(called, &argument, 1, NULL);
}

static inline PyObject *PyDict_SetDefault(PyObject *dict, PyObject *key, PyObject *value)
{
    PyObject *found = PyDict_GetItemWithError(dict, key);
    if (found != NULL || PyErr_Occurred())
        return found;
    return PyDict_SetItem(dict, key, value) < 0 ? NULL : value;
}

/* Part of the limited API from 3.13 on. The functions that are part of 3.12's need the GIL. */
#define PyMem_RawMalloc malloc
#define PyMem_RawRealloc realloc
#define PyMem_RawFree free

/* A subclass of dict in C needs the size of a dict, which the limited API hides: that of 3.12 and 3.13. */
typedef struct {
    PyObject ob_base;
    Py_ssize_t used;
    unsigned long long version;
    void *keys, *values;
} PyDictObject;

/* Numbers and texts are opaque. */
#define PyUnstable_Long_IsCompact(object) 0
#define PyUnstable_Long_CompactValue(object) 0
#define PyUnicode_GET_LENGTH(object) PyUnicode_GetLength(object)
#define PyUnicode_1BYTE_DATA(object) PyUnicode_AsUTF8AndSize((object), NULL)
static inline int PyUnicode_IS_COMPACT_ASCII(PyObject *object)
{
    Py_ssize_t size;
    if (PyUnicode_AsUTF8AndSize(object, &size) == NULL) {
        PyErr_Clear();
        return 0;
    }
    return size == PyUnicode_GetLength(object);
}

#endif
