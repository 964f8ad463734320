"""The compiled core: bytes in, messages out. No sockets, no agents.

- ``frames`` splits received bytes, ``layout`` knows where fields are in each version, ``message`` reads them,
  ``codec`` reads and writes whole frames, ``conformance`` lists departures from the reference.
- ``encode/`` writes messages, from mappings and from the keywords of message classes.
- ``classes/`` has the base, the properties and the factory of the classes in ``ctios_fast.messages``.
- ``dispatch/`` calls handlers in Python and in C, reads several fields at once, sends requests and matches
  confirmations.
- ``scan/`` goes through many frames at once: columns and filters.
- ``c/`` has the C headers; the ``.pxd`` files let other Cython modules call the core without Python calls.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ctios_fast.protocol import NOT_BUILT

try:
    import ctios_fast.core.layout  # noqa: F401  the first compiled module
except ModuleNotFoundError as error:
    if error.name != f"{__name__}.layout":
        raise
    raise ImportError(NOT_BUILT.format(os.path.dirname(__file__))) from None

from ctios_fast.core.dispatch.dispatcher import Dispatcher, Handler
from ctios_fast.core.dispatch.field_handler import FieldHandler
from ctios_fast.core.dispatch.field_reader import FieldReader

from .codec import DEFAULT_MAX_FRAME, Codec, codec
from .frames import FrameBuffer
from .layout import NEWEST_VERSION, OLDEST_VERSION
from .message import Message, NamedArray, NamedVariable, set_class_source

if TYPE_CHECKING:
    from .conformance import Finding
    from .layout_info import FixedField, FloatingField, MessageLayout

__all__ = [
    "DEFAULT_MAX_FRAME",
    "NEWEST_VERSION",
    "OLDEST_VERSION",
    "Codec",
    "Dispatcher",
    "FieldHandler",
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

#: Modules of names that few programs use; each is imported when its name is first looked up.
_LATER = {
    "Finding": "conformance",
    "FixedField": "layout_info",
    "FloatingField": "layout_info",
    "MessageLayout": "layout_info",
}


def get_include() -> str:
    """Return the folder of the C headers, for Cython modules that cimport from this package."""
    return os.path.dirname(__file__)


def _class_of(number: int) -> "type[Message] | None":
    # imported when the first message of a class is read: a program that only splits frames needs no class
    from .classes.factory import class_of

    return class_of(number)


set_class_source(_class_of)


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f".{_LATER[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
