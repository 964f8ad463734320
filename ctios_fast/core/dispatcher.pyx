"""From buffered frames to Python handlers, by a table of message numbers.

Frames that nobody asked for are counted and passed over before any Python object is made of them.
"""

cimport cython
from libc.stdint cimport uint32_t

from .codec cimport Codec
from .filters cimport FrameFilter
from .frames cimport FrameBuffer
from .layout cimport MESSAGE_NUMBERS, load32
from .message cimport Message, read_message

from collections.abc import Callable

from ctios_fast.protocol.errors import MalformedFrame

#: What is called with a message; its result is not looked at.
Handler = Callable[[Message], object]


cdef object _number_of(object message_type):
    # A message class tells its number itself.
    return message_type.number if isinstance(message_type, type) else message_type


@cython.final
cdef class Dispatcher:
    """Splits what a ``FrameBuffer`` holds and calls the handlers of each message, in the wire's order.

    All handlers of one message are called, in the order in which they were registered, before any sees the
    next; those registered or taken away meanwhile count from the next message on. A handler that raises is
    counted and told to ``on_handler_error``; the others still get the message. A malformed frame is counted
    and told to ``on_malformed``; the stream goes on behind it. Messages without a handler go to ``default``.

    ``KeyboardInterrupt`` and ``SystemExit`` of a handler, and whatever ``on_handler_error`` or
    ``on_malformed`` raise, end ``dispatch`` at once; called again, it goes on with the next frame.
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

    @property
    def filter(self):
        """A ``FrameFilter``, or None: frames that it does not accept go to no handler and are counted in
        ``filtered``. It sees every message, confirmations too.
        """
        return self._filter

    @filter.setter
    def filter(self, FrameFilter filter):
        self._filter = filter

    @property
    def default(self):
        """The handler of the messages for which none is registered, or None: they are counted only."""
        return None if self._default is None else self._default[0]

    @default.setter
    def default(self, handler):
        self._default = None if handler is None else (_callable(handler),)

    cdef object handlers_of(self, uint32_t number):
        if number < MESSAGE_NUMBERS:
            return self._table[number]
        return self._beyond.get(number)

    cdef int set_handlers(self, uint32_t number, object handlers) except -1:
        # A dispatch under way keeps the tuple that it began with.
        if number < MESSAGE_NUMBERS:
            self._table[number] = handlers
        elif handlers is None:
            self._beyond.pop(number, None)
        else:
            self._beyond[number] = handlers
        return 0

    def on(self, message_type, handler):
        """Call the handler with each message of that number, or of that message class.

        It is called once more for each time it is registered.
        """
        cdef uint32_t number = _number_of(message_type)
        known = self.handlers_of(number) or ()
        self.set_handlers(number, (*known, _callable(handler)))

    def off(self, message_type, handler):
        """Take the handler away again. Raises ``ValueError`` if it is not registered."""
        cdef uint32_t number = _number_of(message_type)
        rest = list(self.handlers_of(number) or ())
        if handler not in rest:
            raise ValueError(f"{handler!r} is no handler of message {number}")
        rest.remove(handler)
        self.set_handlers(number, tuple(rest) or None)

    def stop(self):
        """Dispatch no further frame. Called by a handler, the others of its message still get that one."""
        self._stopped = True

    def dispatch(self):
        """Call the handlers of all whole frames that are buffered; returns how many frames there were.

        Raises ``FrameTooLarge`` when the stream cannot be followed any further. Called by a handler it does
        nothing: the dispatch under way takes what was buffered meanwhile.
        """
        cdef const unsigned char *frame = NULL
        cdef Py_ssize_t size = 0
        cdef unsigned long long before = self.frames_seen
        if self._dispatching:
            return 0
        self._dispatching = True
        try:
            while not self._stopped and self._frames.next_span(&frame, &size):
                self.frames_seen += 1
                handlers = self.handlers_of(load32(frame + 4))
                if handlers is None:
                    handlers = self._default
                if handlers is None:
                    self.unhandled += 1
                elif self._filter is not None and not self._filter.accepts(frame, size):
                    self.filtered += 1
                else:
                    self.call(<tuple>handlers, frame, size)
        finally:
            self._dispatching = False
        return self.frames_seen - before

    cdef int call(self, tuple handlers, const unsigned char *frame, Py_ssize_t size) except -1:
        # The frame is read before any handler runs, since those may move what is buffered.
        cdef Message message
        try:
            message = read_message(self._codec.layouts, frame, size)
        except MalformedFrame as error:
            self.malformed += 1
            if self.on_malformed is not None:
                self.on_malformed(error)
            return 0
        for handler in handlers:
            try:
                handler(message)
            except (KeyboardInterrupt, SystemExit):
                raise
            # all else, CancelledError included: a handler is no task, and its fault no end of the stream
            except BaseException as error:
                self.handler_errors += 1
                if self.on_handler_error is not None:
                    self.on_handler_error(handler, message, error)
        return 0


cdef object _callable(object handler):
    if not callable(handler):
        raise TypeError(f"a handler is callable, not {type(handler).__name__}")
    return handler
