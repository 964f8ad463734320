"""The compiled core: frames, messages, codec and dispatcher. No sockets, no agents.

``frames`` splits bytes, ``layout`` knows where fields stand in each version, ``message`` reads them,
``reader`` several fields at once, ``encoder`` writes them, ``codec`` is the door to both, ``dispatcher``
calls handlers by message number; ``handler`` is for handlers in C. ``views`` and ``construct`` read and write
messages as the classes of ``ctios_fast.messages``, made by ``typed``; a ``writer`` tells what a class
takes, a ``template`` is what it learned about one call's keywords. ``requests`` finds what a confirmation
answers, ``secret`` holds passwords on their way.
Each compiled module ships its ``.pxd``, so that other Cython code can call it without Python calls.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ctios_fast.core.dispatch.dispatcher import Dispatcher, Handler
from ctios_fast.core.dispatch.field_reader import FieldReader

from .codec import DEFAULT_MAX_FRAME, Codec, codec
from .frames import FrameBuffer
from .layout import NEWEST_VERSION, OLDEST_VERSION
from .message import Message, NamedArray, NamedVariable

if TYPE_CHECKING:
    from .conformance import Finding
    from .layout_info import FixedField, FloatingField, MessageLayout

__all__ = [
    "DEFAULT_MAX_FRAME",
    "NEWEST_VERSION",
    "OLDEST_VERSION",
    "Codec",
    "Dispatcher",
    "FieldReader",
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
    "get_include",
]

#: Where what few programs use is found, once it is asked for.
_LATER = {
    "Finding": "conformance",
    "FixedField": "layout_info",
    "FloatingField": "layout_info",
    "MessageLayout": "layout_info",
}


def get_include() -> str:
    """The folder of the C headers that a Cython module needs which cimports from this package."""
    return os.path.dirname(__file__)


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f".{_LATER[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
