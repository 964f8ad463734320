"""The Unix socket that takes commands: one JSON object a line in, one out, each connection in its order."""

import asyncio
import contextlib
import errno
import logging
import os
import socket
import stat
from typing import Final, Self

from .command_runner import error_line, run_line
from .control import Control

__all__ = ["MAX_CONNECTIONS", "MAX_LINE", "ControlSocket"]

log = logging.getLogger("ctios_fast.sim.control")

MAX_LINE: Final = 65536
"""Bytes of a line, its end not counted."""

MAX_CONNECTIONS: Final = 16
"""Connections at a time."""

_TOO_MANY: Final = error_line(f"{MAX_CONNECTIONS} control connections are open: close one first")
_TOO_LONG: Final = error_line(f"a line has at most {MAX_LINE} bytes; this one was not read")
_READ: Final = 65536


class ControlSocket:
    """A Unix socket for commands; an asynchronous context manager.

    ``control``: carries the commands out.
    ``path``: where the socket file is made. Only its owner may use it (permissions 0600).

    A socket file that an ended program left is replaced. Lines of one connection are carried out one after
    the other; the next is read when the client has taken the answer. A line longer than ``MAX_LINE`` is
    answered by an error and passed over, a connection above ``MAX_CONNECTIONS`` by an error and closed.
    """

    def __init__(self, control: Control, path: str | os.PathLike[str]) -> None:
        self.path: Final = os.fspath(path)
        self._control: Final = control
        self._server: asyncio.Server | None = None
        self._inode: tuple[int, int] | None = None  # of our socket file, so that no other is removed
        self._clients: Final[set[asyncio.Task[None]]] = set()

    async def start(self) -> None:
        """Make the socket file and listen.

        Raises OSError if the path is too long, its directory is missing, another program listens there, or it
        is a file of another kind.
        """
        listener = _bound(self.path)
        try:
            self._inode = _inode(self.path)
            self._server = await asyncio.start_unix_server(self._connected, sock=listener)
        except BaseException:
            listener.close()
            self._remove_file()
            raise

    async def stop(self) -> None:
        """Stop listening, end all connections and remove the socket file."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self._remove_file()
        clients = tuple(self._clients)
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    def _remove_file(self) -> None:
        inode, self._inode = self._inode, None
        with contextlib.suppress(OSError):
            if inode is not None and _inode(self.path) == inode:
                os.unlink(self.path)

    # --- connections --------------------------------------------------------------------------------

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        try:
            if len(self._clients) > MAX_CONNECTIONS:
                writer.write(_TOO_MANY)
            else:
                await self._serve(reader, writer)
        except asyncio.CancelledError:
            pass  # by stop(); asyncio reports a cancelled task of a connection as a fault
        except OSError as error:
            log.debug("a control connection was lost: %s", error)
        finally:
            self._clients.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waiting = bytearray()
        skipping = False  # within a line that is too long
        while True:
            data = await reader.read(_READ)
            waiting += data
            lines = waiting.split(b"\n")
            waiting = lines.pop()
            if not data and waiting:  # the last line may lack its end
                lines.append(waiting)
                waiting = bytearray()
            for line in lines:
                if skipping:
                    skipping = False
                    continue
                answer = _TOO_LONG if len(line) > MAX_LINE else await run_line(self._control, bytes(line))
                writer.write(answer)
                await writer.drain()
            if not data:
                return
            if len(waiting) > MAX_LINE:
                if not skipping:
                    skipping = True
                    writer.write(_TOO_LONG)
                    await writer.drain()
                waiting.clear()


def _inode(path: str) -> tuple[int, int]:
    found = os.stat(path, follow_symlinks=False)
    return found.st_dev, found.st_ino


def _bound(path: str) -> socket.socket:
    """A listening socket at a path. Raises OSError that says what is wrong with the path."""
    if not hasattr(socket, "AF_UNIX"):
        raise OSError(errno.EAFNOSUPPORT, "this system has no Unix sockets")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _remove_stale(path)
        mask = os.umask(0o177)  # the file has its permissions from the first moment
        try:
            listener.bind(path)
        finally:
            os.umask(mask)
        listener.listen(MAX_CONNECTIONS)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        number = error.errno or errno.EINVAL
        raise OSError(number, f"control socket {path}: {error.strerror or error}") from None
    return listener


def _remove_stale(path: str) -> None:
    """Remove a socket file on which no program listens. Raises OSError for one in use, or another file."""
    try:
        mode = os.stat(path, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise OSError(errno.EEXIST, "a file that is not a socket is there")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            os.unlink(path)
            return
        except BlockingIOError:  # its backlog is full
            pass
    raise OSError(errno.EADDRINUSE, "another program listens there")
