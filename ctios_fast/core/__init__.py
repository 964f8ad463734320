"""The compiled core: frames, messages, codec and dispatcher. No sockets, no asyncio, no agents.

``frames`` splits bytes, ``layout`` knows where fields stand in each version, ``message`` reads them,
``encoder`` writes them, ``codec`` is the door to both, ``dispatcher`` calls handlers by message number.
``handler`` is for handlers in C; ``views`` and ``construct`` read and write messages as the classes of
``ctios_fast.messages``, made by ``typed``; a ``blueprint`` tells what a class takes, a ``recipe`` is what it
learned about one call's keywords.
``secret`` holds passwords on their way.
Each compiled module ships its ``.pxd``, so that other Cython code can call it without Python calls.
"""

from .check import Finding
from .codec import DEFAULT_MAX_FRAME, Codec, codec
from .dispatcher import Dispatcher, Handler
from .frames import FrameBuffer
from .layout import NEWEST_VERSION, OLDEST_VERSION, FixedField, FloatingField, MessageLayout
from .message import Message, NamedArray, NamedVariable

__all__ = [
    "DEFAULT_MAX_FRAME",
    "NEWEST_VERSION",
    "OLDEST_VERSION",
    "Codec",
    "Dispatcher",
    "Finding",
    "FixedField",
    "FloatingField",
    "FrameBuffer",
    "Handler",
    "Message",
    "MessageLayout",
    "NamedArray",
    "NamedVariable",
    "codec",
]
