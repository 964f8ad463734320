"""One CTI Server of the pair: its listener, its connections and what can befall it."""

import asyncio
import socket
import ssl
from typing import Final

from ctios_fast.protocol.enums import StatusCode
from ctios_fast.sim.server.client_session import Session
from ctios_fast.sim.server.shared import Shared

__all__ = ["Side"]

_BACKLOG: Final = 4096
"""Connections that may wait to be accepted: after a failure all clients come back at once."""

_TLS_HANDSHAKE: Final = 10.0
"""Seconds that a TLS handshake may take; only after it does the client count as a connection."""

_TURNS_TO_END: Final = 100
"""Turns of the loop that aborted connections get to end; a TLS connection needs a few."""


class Side:
    """Side "a" or "b".

    ``host`` and ``port`` are where it listens (the port is the real one once it was started), ``online`` is
    False after ``shutdown``, ``frozen`` between ``freeze`` and ``thaw``.
    """

    def __init__(
        self, shared: Shared, name: str, host: str, port: int, ssl_context: ssl.SSLContext | None
    ) -> None:
        self.name: Final = name
        self.host: Final = host
        self.port = port
        self.online = True
        self.frozen = False
        self.connections: set[Session] = set()
        self._shared: Final = shared
        self._ssl: Final = ssl_context
        self._server: asyncio.Server | None = None

    def __repr__(self) -> str:
        return f"<Side {self.name} at {self.address}: {len(self.connections)} connections>"

    @property
    def address(self) -> str:
        """``host:port``, an IPv6 host in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def listening(self) -> bool:
        """Whether connections are accepted."""
        return self._server is not None

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The open sessions, oldest first."""
        return tuple(sorted((s for s in self.connections if s.is_open), key=lambda s: s.session_id))

    # --- listening ------------------------------------------------------------------------------

    async def start(self) -> None:
        """Listen. Raises OSError when the port is in use or the host is not this machine's."""
        if self._server is not None:
            return
        loop = asyncio.get_running_loop()
        host = self.host
        if not self.port:  # one free port for one address, where a name may stand for several
            found = await loop.getaddrinfo(host, 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            host = str(found[0][4][0])
        self._server = await loop.create_server(
            lambda: Session(self._shared, self).link,
            host,
            self.port,
            ssl=self._ssl,
            ssl_handshake_timeout=None if self._ssl is None else _TLS_HANDSHAKE,
            backlog=_BACKLOG,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and end all connections."""
        self._stop_listening()
        for session in tuple(self.connections):
            session.link.abort()
        for _ in range(_TURNS_TO_END):
            if not self.connections:
                break
            await asyncio.sleep(0)

    def _stop_listening(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def admit(self, session: Session) -> None:
        """Take a new connection in, unless there are too many or the side has failed meanwhile."""
        counters = self._shared.counters
        counters.connections += 1
        if self._server is None or len(self.connections) >= self._shared.settings.max_connections:
            counters.over_limit += self._server is not None
            session.reset()
            return
        self.connections.add(session)
        if self.frozen:
            session.freeze()

    def forget(self, session: Session) -> None:
        """A connection is gone."""
        self.connections.discard(session)

    # --- faults on command ----------------------------------------------------------------------

    def fail(self) -> None:
        """Die: the listener closes, all connections are reset."""
        self._stop_listening()
        for session in tuple(self.connections):
            session.reset()

    async def restore(self) -> None:
        """Come back after any fault, on the same port. Raises OSError if that was taken meanwhile."""
        self.online = True
        self.thaw()
        await self.start()

    def shutdown(self) -> None:
        """Go off-line: sessions get FAILURE_EVENT, openings and requests are refused with status 15."""
        if self.online:
            self.online = False
            for session in self.sessions:
                session.send(session.replies.failure_event(StatusCode.E_CTI_CTI_SERVER_OFFLINE))

    def freeze(self) -> None:
        """Hang: connections are made but nothing is read, nothing is sent and no time-out is noticed."""
        self.frozen = True
        for session in tuple(self.connections):
            session.freeze()

    def thaw(self) -> None:
        """Go on after ``freeze`` with what waited in both directions."""
        self.frozen = False
        for session in tuple(self.connections):
            session.thaw()
