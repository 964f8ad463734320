"""One CTI Server of the pair: its listener, its connections, and the faults that can be simulated."""

import asyncio
import resource
import socket
import ssl
from typing import Final

from ctios_fast.core import Message
from ctios_fast.errors import MalformedFrame
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.codes import NULL_PERIPHERAL_ID
from ctios_fast.protocol.enums import CTIServiceMask, StatusCode
from ctios_fast.sim.server.client_session import ClientSession
from ctios_fast.sim.server.open_request import Opening
from ctios_fast.sim.server.refusal import ControlFailed, Refused
from ctios_fast.sim.server.request_form import invoke_id_of
from ctios_fast.sim.server.request_table import admit
from ctios_fast.sim.server.server_pair import ServerPair

__all__ = ["Side"]

BACKLOG: Final = 4096
"""Connections that may wait to be accepted: after a failure all clients come back at once."""

ACCEPTED_PER_TURN: Final = 16
"""Connections that the loop accepts before it lets others run, so that ``connection_made`` can stop them."""

SPARE_DESCRIPTORS: Final = 32
"""File descriptors that connections may not use, so that accepting never fails for want of them."""

_TLS_HANDSHAKE: Final = 10.0
"""Seconds that a TLS handshake may take; only after it does the client count as a connection."""

_TURNS_TO_END: Final = 100
"""Turns of the loop that aborted connections get to end; a TLS connection needs a few."""

_ALL_EVENTS: Final = CTIServiceMask.CTI_SERVICE_ALL_EVENTS.value


def max_descriptor() -> int:
    """The highest file descriptor that a connection may have."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft - SPARE_DESCRIPTORS if soft != resource.RLIM_INFINITY else 1 << 31


class Side:
    """Side "a" or "b".

    ``host`` and ``port`` are where it listens (the port is the real one once it was started), ``online`` is
    False after ``shutdown``, ``frozen`` between ``freeze`` and ``thaw``.
    """

    def __init__(
        self, pair: ServerPair, name: str, host: str, port: int, ssl_context: ssl.SSLContext | None
    ) -> None:
        self.name: Final = name
        self.host: Final = host
        self.port = port
        self.online = True
        self.frozen = False
        self.connections: set[ClientSession] = set()
        self._pair: Final = pair
        self._context: Final = pair.context
        self._ssl: Final = ssl_context
        self._servers: list[asyncio.Server] = []

    def __repr__(self) -> str:
        return f"<Side {self.name} at {self.address}: {len(self.connections)} connections>"

    @property
    def address(self) -> str:
        """``host:port``, an IPv6 host in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def listening(self) -> bool:
        """Whether connections are accepted."""
        return bool(self._servers)

    @property
    def sessions(self) -> tuple[ClientSession, ...]:
        """The open sessions, oldest first."""
        return tuple(sorted((s for s in self.connections if s.is_open), key=lambda s: s.session_id))

    # --- listening ------------------------------------------------------------------------------

    async def start(self) -> None:
        """Listen. Raises OSError when the port is in use or the host is not this machine's."""
        if self._servers:
            return
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        if not self.port:  # one free port for one address, where a name may stand for several
            found = found[:1]
        sockets: list[socket.socket] = []
        try:
            for family, _, _, _, address in dict.fromkeys(found):
                sockets.append(_bound(family, address))
            for listener in sockets:
                server = await loop.create_server(
                    self._new_connection,
                    sock=listener,
                    ssl=self._ssl,
                    ssl_handshake_timeout=None if self._ssl is None else _TLS_HANDSHAKE,
                    backlog=ACCEPTED_PER_TURN,
                    start_serving=False,
                )
                self._servers.append(server)
                await server.start_serving()
                listener.listen(BACKLOG)
        except BaseException:  # a cancelled start leaves nothing open either
            self._stop_listening()
            for listener in sockets:
                listener.close()
            raise
        self.port = sockets[0].getsockname()[1]

    def _new_connection(self) -> asyncio.BaseProtocol:
        return ClientSession(self._context, self).link

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
        servers, self._servers = self._servers, []
        for server in servers:
            server.close()

    # --- connections (SessionOwner) -------------------------------------------------------------

    def connection_made(self, session: ClientSession) -> None:
        """Take a new connection in, unless there are too many or the side has failed meanwhile."""
        self._context.counters.connections += 1
        if not self._servers:
            session.reset()
        elif len(self.connections) >= self._context.settings.max_connections:
            self._turn_away(session, f"{self._context.settings.max_connections} connections are open")
        elif session.link.get_extra_info("socket").fileno() > max_descriptor():
            self._turn_away(session, "the process is nearly out of file descriptors")
        else:
            self.connections.add(session)
            if self.frozen:
                session.freeze()

    def _turn_away(self, session: ClientSession, reason: str) -> None:
        self._context.counters.over_limit += 1
        self._context.log.warning("side %s: %s; connection reset", self.name, reason)
        session.reset()

    def connection_lost(self, session: ClientSession) -> None:
        """A connection is gone."""
        self.connections.discard(session)

    def session_ended(self, session: ClientSession) -> None:
        """A session has ended."""
        self._pair.remove_session(session)

    def message_received(self, session: ClientSession, message: Message) -> None:
        """Open a session, or serve a request."""
        if message.type == messages.OPEN_REQ:
            self._open(session, bytes(message))
        else:
            self._serve(session, message)

    def malformed_received(self, session: ClientSession, error: MalformedFrame) -> None:
        """OPEN_REQ may be well-formed in the version that it asks for; anything else is refused."""
        if error.message_type == messages.OPEN_REQ:
            self._open(session, error.frame)
            return
        status = StatusCode.E_CTI_BAD_MESSAGE_FORMAT if session.is_open else StatusCode.E_CTI_SESSION_NOT_OPEN
        self._refuse(session, f"message {error.message_type}", invoke_id_of(error.frame), Refused(status))

    def _open(self, session: ClientSession, frame: bytes) -> None:
        if session.client_has_left():
            self._context.counters.abandoned_openings += 1
            return
        opening = Opening(frame, self._pair, online=self.online, already_open=session.is_open)
        try:
            opening.examine()
        except Refused as refusal:
            self._refuse(session, "OPEN_REQ", opening.invoke_id, refusal)
            return
        session.open(opening.message, opening.granted, opening.agent)
        self._pair.add_session(session)
        own = self._pair.peripheral.peripheral_id
        listed = (own,) if opening.message["PeripheralID"] == NULL_PERIPHERAL_ID else ()
        session.send(session.replies.open_conf(opening.invoke_id, session.services, session.agent, listed))
        if session.services & _ALL_EVENTS:
            session.send(session.replies.peripheral_online(own))

    def _serve(self, session: ClientSession, message: Message) -> None:
        invoke_id = message.get("InvokeID", 0) if message.documented else invoke_id_of(bytes(message))
        try:
            if not session.is_open:
                raise Refused(StatusCode.E_CTI_SESSION_NOT_OPEN)
            if not self.online and message.type != messages.CLOSE_REQ:
                raise Refused(StatusCode.E_CTI_CTI_SERVER_OFFLINE)
            admit(self._pair, session, message)(self._pair, session, message)
        except Refused as refusal:
            self._refuse(session, str(message.name), invoke_id, refusal)
        except ControlFailed as failure:
            self._context.log.info("%s of %r refused with %s", message.name, session, failure)
            session.refuse_control(invoke_id, failure.code)

    def _refuse(self, session: ClientSession, request: str, invoke_id: int, refusal: Refused) -> None:
        write = self._context.log.info if session.is_open else self._context.log.warning
        write("%s of %r refused with %s", request, session, refusal)
        session.refuse(invoke_id, refusal.status)

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
        """Hang: connections are accepted but nothing is read, nothing is sent and no time-out is noticed."""
        self.frozen = True
        for session in tuple(self.connections):
            session.freeze()

    def thaw(self) -> None:
        """Go on after ``freeze`` with what waited in both directions."""
        self.frozen = False
        for session in tuple(self.connections):
            session.thaw()


def _bound(family: int, address: tuple[object, ...]) -> socket.socket:
    """A socket at an address, not yet listening. Raises OSError that names the address."""
    # with the protocol named asyncio turns Nagle's algorithm off for what is accepted
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise OSError(error.errno, f"{address[0]} port {address[1]}: {error.strerror}") from None
    listener.setblocking(False)
    return listener
