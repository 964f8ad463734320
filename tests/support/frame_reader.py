"""Reads the frames that a CTI Server sends from an asyncio stream; imports nothing of the package."""

import asyncio
import struct

from support.raw_client import PATIENCE

__all__ = ["FrameReader", "frame", "number_of"]


def frame(number: int, body: bytes) -> bytes:
    """A frame with its header."""
    return struct.pack(">II", len(body), number) + body


def number_of(data: bytes) -> int:
    """MessageType of a frame."""
    return int.from_bytes(data[4:8], "big")


class FrameReader:
    """Cuts what a server sends into frames."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._data = bytearray()

    async def next(self) -> bytes:
        """The next frame."""
        async with asyncio.timeout(PATIENCE):
            while len(self._data) < 8 or len(self._data) < 8 + int.from_bytes(self._data[:4], "big"):
                more = await self._reader.read(1 << 20)
                assert more, "the server has ended the connection"
                self._data += more
        size = 8 + int.from_bytes(self._data[:4], "big")
        found = bytes(self._data[:size])
        del self._data[:size]
        return found

    async def until(self, number: int) -> tuple[list[bytes], bytes]:
        """The frames before the first of that number, and that one."""
        before = []
        while number_of(found := await self.next()) != number:
            before.append(found)
        return before, found
