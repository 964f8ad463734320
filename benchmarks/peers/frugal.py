"""The frugal peer: asyncio and ``struct``, reading only what the handler needs, as a careful engineer does.

One ``unpack_from`` with pad bytes reads the wanted fixed fields. One scan of the tags finds the text and
stops there. The handler gets the three values as arguments.
"""

import asyncio
import struct
from collections.abc import Callable

from .layouts import fixed, tags, with_pads

HEADER = struct.Struct(">II").unpack_from
TAG = struct.Struct(">HH").unpack_from

Handler = Callable[[int, int, str], object]


def _plan(message: int, wanted: tuple[str, str, str], handler: Handler) -> tuple[object, ...]:
    first, second, text = wanted
    unpack_from = struct.Struct(with_pads(message, (first, second))).unpack_from
    tag = next(number for number, (name, _, _) in tags(message).items() if name == text)
    return unpack_from, fixed(message).size, tag, handler


class FrugalClient(asyncio.Protocol):
    """Calls the handler of each message's number with two numbers and a text.

    ``wanted`` says which by message: two fixed fields in the order of the wire, and a floating one.
    """

    def __init__(
        self,
        wanted: dict[int, tuple[str, str, str]],
        handlers: dict[int, Handler],
        over: Callable[[], object] = int,
    ):
        self._plans = {number: _plan(number, wanted[number], handler) for number, handler in handlers.items()}
        self._rest = b""
        self._over = over

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        plans = self._plans
        at = 0
        size = len(data)
        while size - at >= 8:
            length, number = HEADER(data, at)
            start = at + 8
            end = start + length
            if end > size:
                break
            plan = plans.get(number)
            if plan is not None:
                unpack_from, fixed_size, wanted, handler = plan
                first, second = unpack_from(data, start)
                at = start + fixed_size
                text = ""
                while at < end:
                    tag, length = TAG(data, at)
                    at += 4
                    if tag == wanted:
                        text = data[at : at + length - 1].decode()
                        break
                    at += length
                handler(first, second, text)
            at = end
        self._rest = data[at:]

    def connection_lost(self, exc: Exception | None) -> None:
        self._over()
