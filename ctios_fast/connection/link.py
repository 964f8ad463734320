"""One socket: bytes in through the frame buffer to the dispatcher, frames out in as few writes as possible.

Client and simulator both use it. It knows frames, not what they mean.
"""

import asyncio
import contextlib
import logging
import math
import socket
import struct
import time
from collections.abc import Callable
from typing import Any, cast

from ctios_fast.core import DEFAULT_MAX_FRAME, Codec, Dispatcher, FrameBuffer
from ctios_fast.errors import FrameTooLarge, LinkClosed, SendBufferFull

from .clock import Clock, LoopClock
from .lag import LONG_TURN, Backlog, Turn, unread_bytes

__all__ = [
    "DEFAULT_MAX_BUFFERED",
    "Link",
]

log = logging.getLogger("ctios_fast.link")

#: Bytes that may wait for a peer that does not read, per link.
DEFAULT_MAX_BUFFERED = 8 * 1024 * 1024

#: Bytes of a frame's header.
HEADER_SIZE = 8

_TLS_BUFFER = 32 * 1024  # two records of the largest size
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def _time_of(loop: asyncio.AbstractEventLoop) -> Callable[[], float]:
    # asyncio's own loop only returns what time.monotonic returns
    return time.monotonic if type(loop).time is asyncio.BaseEventLoop.time else loop.time


def _shown(peer: Any) -> str:
    if not isinstance(peer, tuple):
        return str(peer)
    host, port = peer[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def keep_alive(sock: Any, idle: float) -> None:
    """Let TCP probe the path after ``idle`` seconds of silence, then every quarter of that, four times."""
    options = (
        (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (socket.IPPROTO_TCP, "TCP_KEEPIDLE", round(idle)),
        (socket.IPPROTO_TCP, "TCP_KEEPALIVE", round(idle)),  # macOS's name of the same
        (socket.IPPROTO_TCP, "TCP_KEEPINTVL", max(1, round(idle / 4))),
        (socket.IPPROTO_TCP, "TCP_KEEPCNT", 4),
    )
    for level, name, value in options:
        if sock is not None and hasattr(socket, name):
            try:
                sock.setsockopt(level, getattr(socket, name), value)
            except OSError as error:  # the peer was faster, or the system lacks it
                log.debug("cannot set %s: %s", name, error)


class Link(asyncio.BufferedProtocol):
    """One TCP or TLS connection of GED-188 frames.

    - ``on_lost``: called once, when the link is over: with None after the peer's end of stream or an own
      close, with ``FrameTooLarge`` for a stream that cannot be followed, else with the socket's error.
    - ``on_made``: called with the link once it is up.
    - ``max_frame``: largest received frame in bytes, header included.
    - ``max_buffered``: bytes that may wait to be sent before ``send`` refuses.
    - ``clock``: gives ``last_sent`` and ``last_received``. ``now()`` is its time, once the link is up.
    - ``dispatcher``: one whose handlers outlive the link; it is turned to this link.
    - ``turn_time``: seconds after which a dispatch lets the event loop go on before the next frame; 0 for no
      limit. Nothing is read meanwhile, so what waits is bounded.
    - ``keepalive``: seconds of silence after which TCP probes the path; None to leave it off.
    - ``on_turn``: called after a dispatch that was the longest so far, was long, or left frames or bytes for
      later, with the turn and the seconds that these have waited; see ``lag``.
    """

    def __init__(
        self,
        codec: Codec,
        *,
        on_lost: Callable[[BaseException | None], object],
        on_made: Callable[["Link"], object] | None = None,
        max_frame: int = DEFAULT_MAX_FRAME,
        max_buffered: int = DEFAULT_MAX_BUFFERED,
        clock: Clock | None = None,
        dispatcher: Dispatcher | None = None,
        turn_time: float = 0.0,
        keepalive: float | None = None,
        on_turn: Callable[[Turn, float], object] | None = None,
    ) -> None:
        self.frames = FrameBuffer(max_frame)
        if dispatcher is None:
            dispatcher = Dispatcher(codec)
        dispatcher.frames = self.frames
        self.dispatcher = dispatcher
        self.max_buffered = max_buffered
        self.now: Callable[[], float] = float  # the clock's time, once the link is up
        self.last_sent = 0.0
        self.last_received = 0.0  # not earlier than the last dispatch while frames wait for their turn
        self.bytes_sent = 0
        self.bytes_received = 0
        self.peername = ""
        self._clock = clock
        self._turn_time = turn_time
        self._keepalive = keepalive
        self._on_turn = on_turn
        self._backlog = Backlog()
        # The longest turn so far, or LONG_TURN if it was longer. Only longer ones are looked at.
        self._notable_turn = 0.0 if on_turn is not None else math.inf
        self._on_made = on_made
        self._on_lost: Callable[[BaseException | None], object] | None = on_lost
        self._transport: asyncio.Transport | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._deciphered: memoryview | None = None  # where TLS writes; None for plain TCP
        self._outgoing: list[bytes] = []  # frames that were sent and not yet written
        self._outgoing_size = 0
        self._held = False  # frames are queued: one went out in this turn, or a dispatch is under way
        self._congested = True  # the transport may have bytes that the socket did not take yet
        self._asked = True  # the transport is asked for them each time: it does not report all by itself
        self._closing = False
        self.fault: BaseException | None = None  # why the link ended
        self._waiting_since: float | None = None  # when the frames were read that wait for their turn
        self._reading_paused = False  # by pause_reading, not by the link itself
        self._lost: tuple[BaseException | None] | None = None  # the end, to be reported after those frames

    # --- asyncio.BufferedProtocol ---------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the transport. Called by asyncio."""
        self._transport = cast(asyncio.Transport, transport)
        self._loop = asyncio.get_running_loop()
        clock = self._clock
        self.now = _time_of(self._loop) if clock is None or type(clock) is LoopClock else clock.time
        self.last_sent = self.last_received = self.now()
        peer = transport.get_extra_info("peername")
        self.peername = _shown(peer)
        if transport.get_extra_info("sslcontext") is None:
            # A socket is read into the frame buffer itself. Any byte that waits to be written is reported by
            # pause_writing, so that send() need not ask; it keeps the bound.
            self._transport.set_write_buffer_limits(high=0)
            self._congested = self._asked = False
            self.get_buffer = self.frames.get_buffer  # type: ignore[assignment, method-assign]
        else:  # TLS pauses at the mark, not above it, and may report it late
            self._transport.set_write_buffer_limits(high=self.max_buffered)
        if self._keepalive is not None:
            keep_alive(transport.get_extra_info("socket"), self._keepalive)
        if self._on_made is not None:
            self._on_made(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return the memory for what TLS deciphers next. Called by asyncio.

        It is not the frame buffer's own: asyncio keeps it, and asks for memory again meanwhile when the peer
        closes.
        """
        if self._deciphered is None:
            self._deciphered = memoryview(bytearray(_TLS_BUFFER))
        return self._deciphered

    def take_in(self, nbytes: int) -> None:
        """Make what was read part of the stream."""
        if self._deciphered is None:
            self.frames.received(nbytes)
        else:
            self.frames.feed(self._deciphered[:nbytes])

    def buffer_updated(self, nbytes: int) -> None:
        """Dispatch what was read. Called by asyncio. What handlers send leaves in one write."""
        self.take_in(nbytes)
        self.bytes_received += nbytes
        self.last_received = self.now()
        if self._waiting_since is None:  # else it waits for the turn of the frames before it
            self._dispatch()

    def _dispatch(self) -> None:
        began, frames = self.last_received, 0
        held, self._held = self._held, True
        try:
            frames = self.dispatcher.dispatch(self._turn_time)
        except FrameTooLarge as error:
            self.stream_lost(error)
        finally:
            self._held = held
            if self._outgoing:
                self.flush()
            if self.dispatcher.unfinished and self._on_lost is not None:
                self._wait_for_turn()
        now = self.now()
        if now - began > self._notable_turn or self._backlog.marks:
            self._note_turn(Turn(now - began, frames, self.dispatcher.last_message), now)

    def _note_turn(self, turn: Turn, now: float) -> None:
        # Called last, since ``on_turn`` may end the link.
        self._notable_turn = max(self._notable_turn, min(turn.seconds, LONG_TURN))
        backlog, unread = self._backlog, self._unread
        waited = backlog.reached(self.bytes_received - self.frames.buffered, now)
        if unread:
            backlog.mark(self.bytes_received + unread, now)
        elif not self.dispatcher.unfinished:
            waited = max(waited, backlog.all_reached(now))
        if self._on_turn is not None:
            self._on_turn(turn, max(waited, backlog.age(now)))

    @property
    def _unread(self) -> int:
        return unread_bytes(self.get_extra_info("socket"))

    def look_for_unread(self) -> None:
        """Note that the bytes which are unread now have arrived. Called now and then by the watch."""
        unread = self._unread
        if unread:
            self._backlog.mark(self.bytes_received + unread, self.now())
        elif self._waiting_since is None:  # what was unread was not of frames, as bytes of TLS itself
            self._backlog.marks.clear()

    def _wait_for_turn(self) -> None:
        # The rest is dispatched after the other callbacks of the event loop. Nothing is read meanwhile.
        assert self._loop is not None
        assert self._transport is not None
        if self._waiting_since is None:
            self._waiting_since = self.last_received
            self._backlog.mark(self.bytes_received, self.last_received)
            self._transport.pause_reading()
        self._loop.call_soon(self._next_turn)

    def _next_turn(self) -> None:
        if self._waiting_since is None:
            return  # aborted
        self.last_received = self.now()  # the peer may have sent more, which is not read: it is not silent
        self._dispatch()
        if self.dispatcher.unfinished and self._waiting_since is not None:
            return
        self._waiting_since = None
        if self._lost is not None:
            self._report_lost(*self._lost)
        elif not self._reading_paused and self._transport is not None and not self._closing:
            self._transport.resume_reading()

    def pause_writing(self) -> None:
        """Note that bytes wait in the transport. Called by asyncio."""
        self._congested = True

    def resume_writing(self) -> None:
        """Note that the socket took all that was written. Called by asyncio."""
        waiting = self._transport is None or self._transport.get_write_buffer_size() > 0
        self._congested = self._asked or waiting

    def stream_lost(self, error: FrameTooLarge) -> None:
        """Give the link up, because the stream cannot be followed. A server may override this to say so."""
        self.fault = error
        self.abort()

    def eof_received(self) -> bool:
        """Close when the peer does. Called by asyncio."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Report the end, once, after the frames that were read. Called by asyncio."""
        self._closing = True
        self._outgoing.clear()
        self._outgoing_size = 0
        if exc is not None:
            exc = exc.with_traceback(None)  # it would show what asyncio was about to write
        if self._waiting_since is not None:
            self._lost = (exc,)
        else:
            self._report_lost(exc)

    def _report_lost(self, exc: BaseException | None) -> None:
        self._backlog.marks.clear()
        self._stop_dispatching()
        on_lost, self._on_lost = self._on_lost, None
        if on_lost is not None:
            self.fault = self.fault or self._misread() or exc
            on_lost(self.fault)

    def _misread(self) -> FrameTooLarge | None:
        # A peer that speaks another protocol may send less than a frame's header, such as a TLS alert. Read
        # as a header it shows what it is.
        if self.frames.consumed == 0 and 4 <= self.frames.buffered < HEADER_SIZE:
            self.frames.feed(bytes(HEADER_SIZE))
            try:
                self.frames.next_frame()
            except FrameTooLarge as error:
                return error
        return None

    # --- Use ------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether frames can be sent."""
        return self._transport is not None and not self._closing

    @property
    def is_reading(self) -> bool:
        """False between ``pause_reading`` and ``resume_reading``."""
        return not self._reading_paused

    @property
    def lag(self) -> float:
        """Seconds for which the oldest byte that is known to have arrived waits for its handlers; 0 if none.

        Bytes that arrive while handlers run are known to have arrived from the end of that turn on.
        """
        return self._backlog.age(self.now())

    @property
    def buffered_out(self) -> int:
        """Number of bytes that wait to be sent."""
        waiting = self._outgoing_size
        if self._transport is not None:
            waiting += self._transport.get_write_buffer_size()
        return waiting

    def send(self, frame: bytes) -> None:
        """Send a frame: at once if it is the first of this turn of the loop, else with those that follow.

        All further frames of the turn, and all that handlers send in one dispatch, go out in one write.
        Raises ``LinkClosed`` if the link is over, ``SendBufferFull`` if the peer does not read.
        """
        transport = self._transport
        if transport is None or self._closing:
            del frame  # it may hold a password, which no traceback may show
            raise LinkClosed("the connection is closed")
        size = len(frame)
        waiting = self._outgoing_size
        if self._congested:
            waiting += transport.get_write_buffer_size()
        if waiting + size > self.max_buffered:
            del frame
            raise SendBufferFull(f"{waiting} bytes wait to be sent, {self.max_buffered} are allowed")
        if self._held:
            self._outgoing.append(frame)
            self._outgoing_size += size
            return
        assert self._loop is not None
        try:
            asyncio.get_running_loop()  # RuntimeError in another thread, where nothing may be sent
            self._loop.call_soon(self._turn_over)
            self._held = True
            self.bytes_sent += size
            self.last_sent = self.now()
            transport.write(frame)
        finally:
            del frame

    def _turn_over(self) -> None:
        self._held = False
        if self._outgoing:
            self.flush()

    def flush(self) -> None:
        """Write the queued frames to the socket now."""
        if self._outgoing and self._transport is not None:
            data = self._outgoing[0] if len(self._outgoing) == 1 else b"".join(self._outgoing)
            self._outgoing.clear()
            self._outgoing_size = 0
            self.bytes_sent += len(data)
            self.last_sent = self.now()
            self._transport.write(data)

    def close(self) -> None:
        """Send what is queued, then close."""
        if self._transport is not None and not self._closing:
            self.flush()
            self._closing = True
            assert self._loop is not None
            # not within a dispatch: TLS reads once more when it closes, and would dispatch again
            self._loop.call_soon(self._transport.close)

    def abort(self) -> None:
        """Close at once; what is queued is lost, and nothing more is dispatched."""
        self._closing = True
        self._outgoing.clear()
        self._outgoing_size = 0
        self._waiting_since = None
        self._backlog.marks.clear()
        self._stop_dispatching()
        if self._transport is not None:
            self._transport.abort()

    def turn_to(self, dispatcher: Dispatcher) -> None:
        """Dispatch to another dispatcher from now on, beginning with the frames that no handler has seen.

        A handler of the link's present dispatcher may call this: no later frame goes to that dispatcher.
        """
        if self.dispatcher is dispatcher and dispatcher.frames is self.frames:
            return
        self._stop_dispatching()
        self.dispatcher = dispatcher
        dispatcher.frames = self.frames
        if self.frames.buffered and self._transport is not None and not self._closing:
            self._wait_for_turn()

    def retire(self) -> None:
        """Send what is queued and close; whatever the peer still sends is dropped."""
        dispatcher = Dispatcher(self.dispatcher.codec)
        self.turn_to(dispatcher)
        dispatcher.stop()
        self.close()

    def _stop_dispatching(self) -> None:
        if self.dispatcher.frames is self.frames:  # else it was turned to a newer link
            self.dispatcher.stop()

    def abandon(self) -> None:
        """Close a link whose event loop is closed: that can end TCP, but not the transport."""
        self._closing = True
        self._on_lost = None
        self._waiting_since = None
        self._backlog.marks.clear()
        self._stop_dispatching()
        sock = self.get_extra_info("socket")
        if sock is not None:
            with contextlib.suppress(OSError):  # closed already
                sock.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        """Close at once with a TCP reset, as the reference demands after a failure."""
        if self._transport is not None:
            sock = self._transport.get_extra_info("socket")
            if sock is not None:
                try:
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
                except OSError as error:  # the peer was faster
                    log.debug("cannot set linger on %s: %s", self.peername, error)
        self.abort()

    def pause_reading(self) -> None:
        """Leave what comes in the socket; the peer is slowed down once its buffers are full."""
        self._reading_paused = True
        if self._transport is not None and self._waiting_since is None:
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        self._reading_paused = False
        if self._transport is not None and self._waiting_since is None:
            self._transport.resume_reading()

    def get_extra_info(self, name: str) -> Any:
        """Information about the transport, as ``asyncio.BaseTransport.get_extra_info`` names it."""
        return None if self._transport is None else self._transport.get_extra_info(name)
