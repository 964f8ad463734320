"""From buffered frames to Python handlers, by a table of message numbers.

Frames that nobody asked for are counted and passed over before any Python object is made of them.
"""

from libc.stdint cimport uint32_t

from .codec cimport Codec
from .frames cimport FrameBuffer
from .layout cimport MESSAGE_NUMBERS, load32
from .message cimport Message, read_message

from collections.abc import Callable

from ctios_fast.protocol.errors import MalformedFrame

#: What is called with a message; its result is not looked at.
Handler = Callable[[Message], object]


cdef class Dispatcher:
    """Splits what a ``FrameBuffer`` holds and calls the handlers of each message, in the wire's order.

    All handlers of one message are called, in the order in which they were registered, before any sees the
    next. One that raises is counted and told to ``on_handler_error``; the others still get the message. A
    malformed frame is counted and told to ``on_malformed``; the stream goes on behind it.
    """

    def __cinit__(self, Codec codec not None, FrameBuffer frames=None):
        self._codec = codec
        self._frames = FrameBuffer() if frames is None else frames
        self._table = [None] * MESSAGE_NUMBERS
        self._beyond = {}

    @property
    def codec(self):
        """The codec that reads the frames; may be replaced between two of them."""
        return self._codec

    @codec.setter
    def codec(self, Codec codec not None):
        self._codec = codec

    @property
    def frames(self):
        """The buffer whose frames are dispatched. Giving it a new one undoes ``stop``."""
        return self._frames

    @frames.setter
    def frames(self, FrameBuffer frames not None):
        self._frames = frames
        self._stopped = False

    cdef object _handlers(self, uint32_t number):
        if number < MESSAGE_NUMBERS:
            return self._table[number]
        return self._beyond.get(number)

    cdef void _set_handlers(self, uint32_t number, object handlers) except *:
        # A dispatch under way keeps the tuple that it began with.
        if number < MESSAGE_NUMBERS:
            self._table[number] = handlers
        elif handlers is None:
            self._beyond.pop(number, None)
        else:
            self._beyond[number] = handlers

    def on(self, uint32_t message_type, handler):
        """Call the handler with each message of that number."""
        if not callable(handler):
            raise TypeError(f"a handler is callable, not {type(handler).__name__}")
        self._set_handlers(message_type, (self._handlers(message_type) or ()) + (handler,))

    def off(self, uint32_t message_type, handler):
        """Take the handler away again. Raises ``ValueError`` if it is not registered."""
        rest = list(self._handlers(message_type) or ())
        rest.remove(handler)
        self._set_handlers(message_type, tuple(rest) or None)

    def stop(self):
        """Dispatch nothing any more; works from within a handler as well."""
        self._stopped = True

    def dispatch(self):
        """Call the handlers of all whole frames that are buffered; returns how many frames there were.

        Raises ``FrameTooLarge`` when the stream cannot be followed any further.
        """
        cdef const unsigned char *frame = NULL
        cdef Py_ssize_t size = 0
        cdef unsigned long long before = self.frames_seen
        cdef uint32_t number
        cdef Message message
        while not self._stopped and self._frames.next_span(&frame, &size):
            self.frames_seen += 1
            number = load32(frame + 4)
            handlers = self._table[number] if number < MESSAGE_NUMBERS else self._beyond.get(number)
            if handlers is None:
                if self.default is None:
                    self.unhandled += 1
                    continue
                handlers = (self.default,)
            try:
                message = read_message(self._codec.layouts, frame, size)
            except MalformedFrame as error:
                self.malformed += 1
                if self.on_malformed is not None:
                    self.on_malformed(error)
                continue
            for handler in <tuple>handlers:
                try:
                    handler(message)
                except Exception as error:
                    self.handler_errors += 1
                    if self.on_handler_error is not None:
                        self.on_handler_error(handler, message, error)
                if self._stopped:
                    break
        return self.frames_seen - before
