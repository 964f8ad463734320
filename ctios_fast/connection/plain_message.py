"""A message that is named by its number and written from wire names."""

from collections.abc import Iterable, Mapping
from typing import Any

from ctios_fast.core import Codec

__all__ = ["PlainMessage"]


class PlainMessage:
    """Writes the message of a number. ``floating``: its floating fields, as pairs in wire order."""

    __slots__ = ("floating", "number")

    def __init__(self, number: int, floating: Iterable[tuple[str, object]] = ()) -> None:
        self.number = number
        self.floating = floating

    def encode_request(self, codec: Codec, invoke_id: int | None, fields: Mapping[str, Any], /) -> bytes:
        """Return the frame. ``fields``: the fixed fields by their wire names, without InvokeID."""
        if invoke_id is not None:
            fields = {**fields, "InvokeID": invoke_id}
        try:
            return codec.encode(self.number, fields, self.floating)
        finally:
            del fields  # it may hold a password, which no traceback may show
