/* Reads and writes the slots of Python objects in their memory.

   A slot is an attribute named in ``__slots__``. CPython keeps its value at a fixed offset in the object, which the
   class's descriptor of the slot knows. */

#ifndef CTIOS_SLOTS_H
#define CTIOS_SLOTS_H

#include <Python.h>
#include <structmember.h>

/* Without the GIL another thread could change an object meanwhile. The limited API hides descriptors. */
#if defined(Py_GIL_DISABLED) || defined(Py_LIMITED_API)
  #define CTIOS_HAS_SLOTS 0
  #define ctios_slot_offset(descriptor) ((void)(descriptor), (Py_ssize_t)0)
  #define CTIOS_TEXT_OFFSET 0
#else
  #define CTIOS_HAS_SLOTS 1
/* Offset of the characters in an ASCII str. */
  #define CTIOS_TEXT_OFFSET sizeof(PyASCIIObject)
/* Returns the offset of a slot, given its descriptor; -1 for anything else. */
static inline Py_ssize_t ctios_slot_offset(PyObject *descriptor)
{
    PyMemberDef *member;
    if (!Py_IS_TYPE(descriptor, &PyMemberDescr_Type))
        return -1;
    member = ((PyMemberDescrObject *)descriptor)->d_member;
    return member->type == T_OBJECT_EX ? member->offset : -1;
}
#endif

/* The place of a slot's value: a reference that the object owns, NULL if the slot is empty. */
#define ctios_slot(object, offset) ((PyObject **)((char *)(object) + (offset)))

#endif
