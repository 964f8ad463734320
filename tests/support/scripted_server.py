"""Servers whose behaviour a test writes frame by frame; the fixture ``serve`` starts them."""

import asyncio
import struct
from collections.abc import Awaitable, Callable
from typing import Any

from ctios_fast.protocol import numbers as ged
from ctios_fast.sim.server.replies import replies

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Serve = Callable[[Behaviour], Awaitable[dict[str, Any]]]


async def read_frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The next message's number and body."""
    length, number = struct.unpack(">II", await reader.readexactly(8))
    return number, await reader.readexactly(length)


def frame(number: int, body: bytes) -> bytes:
    return struct.pack(">II", len(body), number) + body


async def open_session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read OPEN_REQ and grant it."""
    number, body = await read_frame(reader)
    assert number == ged.OPEN_REQ
    writer.write(replies(25).open_conf(int.from_bytes(body[:4], "big"), 16 | 4, None, [5000]))


async def next_request(reader: asyncio.StreamReader, wanted: int) -> int:
    """Read until a request of that number comes; return its InvokeID."""
    while True:
        number, body = await read_frame(reader)
        if number == wanted:
            return int.from_bytes(body[:4], "big")


def once(behaviour: Behaviour, then: Behaviour) -> Behaviour:
    """Return a behaviour that treats the first connection differently from the following ones."""
    left = [behaviour]

    async def both(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await (left.pop() if left else then)(reader, writer)

    return both


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read everything and send nothing."""
    while await reader.read(65536):
        pass
