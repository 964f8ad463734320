"""The eager peer: asyncio and ``struct``, every event to a dict, as most programs do it.

A table describes the messages. The fixed part is one ``unpack_from`` zipped with its names. The floating
fields are one loop over the tags; the text of a field is one decoded slice.
"""

import asyncio
import struct
from collections.abc import Callable
from typing import Any

from .layouts import fixed, tags

HEADER = struct.Struct(">II").unpack_from
TAG = struct.Struct(">HH").unpack_from

_TEXT, _NUMBER, _VARIABLE, _ARRAY, _BYTES = range(5)
_KINDS = {"STRING": _TEXT, "NAMEDVAR": _VARIABLE, "NAMEDARRAY": _ARRAY, "UNSPEC": _BYTES}

Decode = Callable[[bytes, int, int], dict[str, Any]]


def decoder(message: int) -> Decode:
    """Return a function that turns the body of a message, in the data from ``at`` to ``end``, into a dict."""
    layout = fixed(message)
    unpack_from = struct.Struct(">" + "".join(layout.codes)).unpack_from
    names = layout.names
    size = layout.size
    known = {
        tag: (name, _KINDS.get(kind, _NUMBER), again) for tag, (name, kind, again) in tags(message).items()
    }

    def decode(data: bytes, at: int, end: int) -> dict[str, Any]:
        event: dict[str, Any] = dict(zip(names, unpack_from(data, at)))  # noqa: B905, strict is slower
        at += size
        while at < end:
            tag, length = TAG(data, at)
            at += 4
            stop = at + length
            name, kind, again = known.get(tag) or (tag, _BYTES, False)
            if kind == _TEXT:
                value: Any = data[at : stop - 1].decode()
            elif kind == _NUMBER:
                value = int.from_bytes(data[at:stop], "big")
            elif kind == _VARIABLE:
                variable, value = data[at : stop - 1].decode().split("\0")
                value = (variable, value)
            elif kind == _ARRAY:
                variable, value = data[at + 1 : stop - 1].decode().split("\0")
                value = (variable, data[at], value)
            else:
                value = data[at:stop]
            if again:
                event.setdefault(name, []).append(value)
            else:
                event[name] = value
            at = stop
        return event

    return decode


class EagerClient(asyncio.Protocol):
    """Calls the handler of each message with a dict, and ``over`` at the end of the stream."""

    def __init__(
        self, handlers: dict[int, Callable[[dict[str, Any]], object]], over: Callable[[], object] = int
    ):
        self._handlers = {number: (decoder(number), handler) for number, handler in handlers.items()}
        self._rest = b""
        self._over = over

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        handlers = self._handlers
        at = 0
        size = len(data)
        while size - at >= 8:
            length, number = HEADER(data, at)
            start = at + 8
            end = start + length
            if end > size:
                break
            known = handlers.get(number)
            if known is not None:
                decode, handler = known
                handler(decode(data, start, end))
            at = end
        self._rest = data[at:]

    def connection_lost(self, exc: Exception | None) -> None:
        self._over()
