"""One CTI Server of the pair: its listener, its connections, and the faults that can be simulated."""

import asyncio
import contextlib
import resource
import socket
import ssl
from typing import Final

from ctios_fast.core import Message
from ctios_fast.errors import MalformedFrame
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.codes import NULL_PERIPHERAL_ID
from ctios_fast.protocol.enums import CTIServiceMask, SessionType, StatusCode, SystemEventID
from ctios_fast.sim.plant import ControlRefusal, RequestRefusal
from ctios_fast.sim.server.client_session import ClientSession
from ctios_fast.sim.server.frame_faults import RequestFaults
from ctios_fast.sim.server.open_request import Opening
from ctios_fast.sim.server.refusal import ControlFailed, Refused
from ctios_fast.sim.server.request_form import invoke_id_of
from ctios_fast.sim.server.request_table import ON_STANDBY, admit
from ctios_fast.sim.server.server_pair import ServerPair

from .maintenance import Maintenance

__all__ = ["Side"]

BACKLOG: Final = 4096
"""Connections that may wait to be accepted: after a failure all clients come back at once."""

ACCEPTED_PER_TURN: Final = 16
"""Connections that the loop accepts before it lets others run, so that ``connection_made`` can stop them."""

SPARE_DESCRIPTORS: Final = 32
"""File descriptors that connections may not use, so that accepting never fails for want of them."""

_TLS_HANDSHAKE: Final = 10.0
"""Seconds that a TLS handshake may take; only after it does the client count as a connection."""

_TURNS_TO_SET_UP: Final = 2
"""Turns of the loop in which asyncio sets up a connection that it has accepted."""

_TURNS_TO_END: Final = 100
"""Turns of the loop that aborted connections get to end; a TLS connection needs a few."""

_REBUILD_TIME: Final = 60.0
"""Seconds after a graceful shutdown in which new All Events clients get the state of all calls."""

_CLIENT_EVENTS: Final = CTIServiceMask.CTI_SERVICE_CLIENT_EVENTS.value
_ACTIVE_STANDBY: Final = CTIServiceMask.CTI_SERVICE_ACTIVE_STANDBY.value
_ALL_EVENTS: Final = CTIServiceMask.CTI_SERVICE_ALL_EVENTS.value


def max_descriptor() -> int:
    """The highest file descriptor that a connection may have."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return soft - SPARE_DESCRIPTORS if soft != resource.RLIM_INFINITY else 1 << 31


class Side:
    """Side "a" or "b".

    ``host``, ``port``: where it listens; the port is the real one once it was started.
    ``active``: whether it serves sessions; else it is the standby, whose sessions wait.
    ``online``: False after ``shutdown``. ``frozen``: between ``freeze`` and ``thaw``.
    ``maintenance``: its graceful shutdown while that goes on.
    """

    def __init__(
        self, pair: ServerPair, name: str, host: str, port: int, ssl_context: ssl.SSLContext | None
    ) -> None:
        self.name: Final = name
        self.host: Final = host
        self.port = port
        self.active = True
        self.online = True
        self.frozen = False
        self.maintenance: Maintenance | None = None
        self.connections: set[ClientSession] = set()
        self.request_faults: Final = RequestFaults()
        self.frame_delay = 0.0  # seconds by which frames are late, on command
        self._pair: Final = pair
        self._context: Final = pair.context
        self._ssl: Final = ssl_context
        self._servers: list[asyncio.Server] = []
        self._rebuild_until = float("-inf")  # new All Events clients get the state of all calls until then
        self._replaced: frozenset[ClientSession] = frozenset()  # sessions that a frozen side has lost

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
    def serving(self) -> bool:
        """Whether it could serve sessions now."""
        return self.listening and self.online and not self.frozen

    @property
    def condition(self) -> str:
        """One word for the snapshot: active, standby, offline, frozen or down."""
        if not self.listening:
            return "down"
        if self.frozen:
            return "frozen"
        if not self.online:
            return "offline"
        return "active" if self.active else "standby"

    @property
    def _refusing(self) -> StatusCode | None:
        """The status with which every opening is refused now."""
        if self.maintenance is not None:
            return StatusCode.E_CTI_SERVER_IN_MAINTENANCE_MODE
        return None if self.online else StatusCode.E_CTI_CTI_SERVER_OFFLINE

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
        try:
            # asyncio cannot set up a connection that it has accepted once its server is closed: no more are
            # accepted, and those that were get the turns of the loop that they need.
            self._accept_no_more()
            for _ in range(_TURNS_TO_SET_UP):
                await asyncio.sleep(0)
        finally:
            self._stop_listening()
            for session in tuple(self.connections):
                session.link.abort()
        for _ in range(_TURNS_TO_END):
            if not self.connections:
                break
            await asyncio.sleep(0)

    def _accept_no_more(self) -> None:
        loop = asyncio.get_running_loop()
        for server in self._servers:
            for listener in server.sockets:
                with contextlib.suppress(NotImplementedError, RuntimeError):  # loops that do not use readers
                    loop.remove_reader(listener.fileno())

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
            if self.frame_delay:
                session.delay_frames(self.frame_delay)
            if self.frozen:
                session.freeze()

    def _turn_away(self, session: ClientSession, reason: str) -> None:
        self._context.counters.over_limit += 1
        self._context.log.warning("side %s: %s; connection reset", self.name, reason)
        session.reset()

    def connection_lost(self, session: ClientSession) -> None:
        """A connection is gone."""
        self.connections.discard(session)

    def session_ended(self, session: ClientSession, status: StatusCode) -> None:
        """A session has ended."""
        self._pair.remove_session(session, status)
        if self.maintenance is not None:
            self.maintenance.session_gone(session)

    def message_received(self, session: ClientSession, message: Message) -> None:
        """Open a session, or serve a request."""
        if message.type == messages.OPEN_REQ:
            self._open(session, bytes(message))
        elif self.maintenance is not None and message.type == messages.ACTIVE_MAINTENANCE_RESP:
            self.maintenance.answered(session, message["MaintenanceModeAccepted"])
        elif self.maintenance is not None and message.type == messages.STOPPING_REQUESTS_TO_THIS_SIDE_IND:
            self.maintenance.stopping(session)
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
        opening = Opening(
            frame,
            self._pair,
            refusing=self._refusing,
            standby=not self.active,
            already_open=session.is_open,
        )
        try:
            self.request_faults.check(messages.OPEN_REQ)
            opening.examine()
        except Refused as refusal:
            self._refuse(session, "OPEN_REQ", opening.invoke_id, refusal)
            return
        pair = self._pair
        monitor_id = pair.monitors.next_id() if opening.requested & _CLIENT_EVENTS else 0
        session.open(opening.message, opening.granted, opening.agent, monitor_id)
        session.standby = not self.active
        listed = (pair.peripheral_id,) if opening.message["PeripheralID"] == NULL_PERIPHERAL_ID else ()
        session.send(
            session.replies.open_conf(
                opening.invoke_id,
                session.services,
                session.agent,
                listed,
                monitor_id=monitor_id,
                pg_status=pair.pg_status,
                time=pair.central_time,
                session_type=SessionType.ACTIVE if self.active else SessionType.STANDBY,
            )
        )
        pair.add_session(session)
        if session.services & _ALL_EVENTS:
            session.send(self._peripheral_event(session))
        if self.active:
            pair.welcome(session)
            if self._rebuilding:
                self._rebuild(session)

    def _peripheral_event(self, session: ClientSession) -> bytes:
        pair = self._pair
        event = (
            SystemEventID.SYS_PERIPHERAL_ONLINE if pair.plant.online else SystemEventID.SYS_PERIPHERAL_OFFLINE
        )
        return session.replies.system_event(
            event, pair.peripheral_id, pg_status=pair.pg_status, time=pair.central_time
        )

    def _serve(self, session: ClientSession, message: Message) -> None:
        if self.request_faults.ignores(message.type):
            return
        invoke_id = message.get("InvokeID", 0) if message.documented else invoke_id_of(bytes(message))
        try:
            self.request_faults.check(message.type)
            if not session.is_open:
                raise Refused(StatusCode.E_CTI_SESSION_NOT_OPEN)
            if not self.online and message.type != messages.CLOSE_REQ:
                raise Refused(StatusCode.E_CTI_CTI_SERVER_OFFLINE)
            if session.standby and message.type not in ON_STANDBY:
                raise Refused(StatusCode.E_CTI_SERVER_NOT_MASTER)
            admit(self._pair, session, message)(self._pair, session, message)
        except Refused as refusal:
            self._refuse(session, str(message.name), invoke_id, refusal)
        except RequestRefusal as refusal:
            self._refuse(session, str(message.name), invoke_id, Refused(refusal.status, "", refusal.reason))
        except ControlFailed as failure:
            self._refuse_control(session, message, invoke_id, failure)
        except ControlRefusal as failure:
            self._refuse_control(session, message, invoke_id, ControlFailed(failure.code, failure.reason))

    def _refuse_control(
        self, session: ClientSession, message: Message, invoke_id: int, failure: ControlFailed
    ) -> None:
        self._context.log.info("%s of %r refused with %s", message.name, session, failure)
        session.refuse_control(invoke_id, failure.code)

    def _refuse(self, session: ClientSession, request: str, invoke_id: int, refusal: Refused) -> None:
        write = self._context.log.info if session.is_open else self._context.log.warning
        write("%s of %r refused with %s", request, session, refusal)
        session.refuse(invoke_id, refusal.status)

    # --- active and standby ---------------------------------------------------------------------

    def become_active(self) -> None:
        """Serve sessions from now on; those that wait here get STANDBY_ACTIVE_EVENT, then events."""
        self.active = True
        for session in self.sessions:
            self._pair.activate(session)
            if session.services & _ALL_EVENTS:
                session.send(self._peripheral_event(session))

    def become_standby(self) -> None:
        """Serve no longer. Sessions of clients that know of sides wait; the others are ended."""
        self.active = False
        for session in self.sessions:
            self._pair.deactivate(session)
            if not session.services & _ACTIVE_STANDBY:
                session.fail(StatusCode.E_CTI_CTI_SERVER_OFFLINE)

    def rebuild(self) -> None:
        """After a graceful shutdown of the other side: All Events clients get the state of all calls.

        Those that open a session in the next minute get it too.
        """
        self._rebuild_until = self._context.clock.time() + _REBUILD_TIME
        for session in self.sessions:
            self._rebuild(session)

    @property
    def _rebuilding(self) -> bool:
        return self._context.clock.time() < self._rebuild_until

    def _rebuild(self, session: ClientSession) -> None:
        if session.services & _ALL_EVENTS and not session.standby:
            for event in self._pair.plant.rebuild_events():
                self._pair.distribution.send(event, session)

    # --- faults on command ----------------------------------------------------------------------

    def fail(self, last_bytes: bytes = b"") -> None:
        """Die: the listener closes, all connections are reset, each after ``last_bytes``."""
        self._stop_listening()
        for session in tuple(self.connections):
            if last_bytes:
                session.send_raw(last_bytes)
            session.reset()

    async def restore(self) -> None:
        """Come back after any fault, on the same port. Raises OSError if that was taken meanwhile."""
        self.online = True
        self.maintenance = None
        self.thaw()
        await self.start()

    def shutdown(self) -> None:
        """Go off-line: sessions get FAILURE_EVENT, openings and requests are refused with status 15."""
        if self.online:
            self.online = False
            for session in self.sessions:
                session.send(session.replies.failure_event(StatusCode.E_CTI_CTI_SERVER_OFFLINE))

    def delay_frames(self, seconds: float) -> None:
        """Send all frames that much later from now on, to later connections too; 0 ends it."""
        self.frame_delay = seconds
        for session in self.connections:
            session.delay_frames(seconds)

    def freeze(self, *, replaced: bool = False) -> None:
        """Hang: connections are accepted but nothing is read, nothing is sent and no time-out is noticed.

        ``replaced``: the other side takes over, so that the sessions here get no more events.
        """
        self.frozen = True
        if replaced:
            self._replaced = frozenset(self.sessions)
            for session in self._replaced:
                self._pair.deactivate(session)
        for session in tuple(self.connections):
            session.freeze()

    def thaw(self) -> None:
        """Go on after ``freeze`` with what waited in both directions.

        A side that has been replaced meanwhile ends the sessions that it served.
        """
        if not self.frozen:
            return
        self.frozen = False
        for session in tuple(self.connections):
            session.thaw()
            if session.standby and not self.active and session.is_open and session in self._replaced:
                session.fail(StatusCode.E_CTI_CTI_SERVER_OFFLINE)
        self._replaced = frozenset()


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
