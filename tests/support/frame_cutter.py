"""A server between a session and a CTI Server, which cuts their connection after a number of messages."""

import asyncio
import contextlib
from typing import Self

__all__ = ["FrameCutter"]

#: Bytes of a message's header. The first four are the length of what follows it.
_HEADER = 8


class FrameCutter:
    """Forwards whole messages in both directions, over any number of connections.

    - ``port``: where it listens. ``to``: the port of the server, on the same host.
    - ``left``: messages that are still forwarded before the next one cuts the connection, None for no end.
    """

    def __init__(self, to: int) -> None:
        self.to = to
        self.port = 0
        self.left: int | None = None
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[object]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def cut(self) -> None:
        """Cut all connections."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self.to)
        self._writers += [writer, to_server]
        await asyncio.gather(self._forward(reader, to_server), self._forward(from_server, writer))

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                header = await reader.readexactly(_HEADER)
                body = await reader.readexactly(int.from_bytes(header[:4], "big"))
                if self.left == 0:
                    self.left = None
                    break
                if self.left is not None:
                    self.left -= 1
                writer.write(header + body)
        self.cut()
