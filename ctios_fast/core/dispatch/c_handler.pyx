"""Handlers that the dispatcher calls from C, without a view and without a Python call.

For the highest speed, a program derives a Cython class from ``FrameHandler``. Its ``on_frame`` gets each
checked frame as a C structure. An instance is registered like any other handler.
"""

cimport cython

from ctios_fast.core.field_slot cimport FieldSlot, find_slot
from ctios_fast.core.layout cimport Layout
from ctios_fast.core.message cimport Message


cdef class FrameHandler:
    """Base of handlers in C. Subclasses override ``on_frame`` in Cython. Its exceptions are handler errors.

    Called with a message from Python, it handles the message's frame, so that it can be tested.
    """

    cdef int on_frame(self, const Frame *frame) except -1:
        raise NotImplementedError(f"{type(self).__name__} has no on_frame")

    def __call__(self, Message message not None):
        cdef Frame frame
        if message.data == NULL:
            raise TypeError("a message that holds no frame cannot be handled")
        frame_of(message, &frame)
        self.on_frame(&frame)


@cython.final
cdef class Field:
    """A field of a message by its name in the reference, for ``FrameHandler`` classes."""

    def __cinit__(self, str name not None):
        self.name = name

    cdef int find_place(self, const Layout *layout) except -1:
        # Both pointers are NULL if the layout lacks the field.
        cdef FieldSlot place
        self._layout = NULL
        find_slot(<Layout *>layout, self.name, &place)
        self._fixed = place.fixed
        self._floating = place.floating
        self._layout = layout       # of a version's shared layouts, which live as long as the process
        return 0

    def __repr__(self):
        return f"<field {self.name}>"
