"""One captured connection: takes the segments of both directions, yields frames and marks. No I/O.

A mark is the record of what the capture lacks or what cannot be read.

The client is the side that sent OPEN_REQ. Where the capture contains none, these rules decide, in this
order: the client opened the TCP connection; the other side's port is a known one; the side sent a message
that only clients send; the client has the higher port.

Both directions have the protocol version that OPEN_REQ asks for. Before the first OPEN_REQ they have the
version of the settings.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final, NamedTuple

from ctios_fast.core import NEWEST_VERSION, OLDEST_VERSION, Codec
from ctios_fast.errors import MalformedFrame
from ctios_fast.protocol.numbers import (
    ACTIVE_MAINTENANCE_REQ,
    ACTIVE_MAINTENANCE_RESP,
    CONFIG_REQUEST_EVENT,
    CONFIG_REQUEST_KEY_EVENT,
    OPEN_REQ,
    STOPPING_REQUESTS_TO_THIS_SIDE_IND,
)

from .frame_finder import HEADER, Ended, Frame, FrameFinder, Skipped
from .packets import FIN, RST, SYN, Endpoint, Segment
from .tcp_streams import Gap, Piece, TcpStream

__all__ = [
    "DIRECTIONS",
    "CaptureCounters",
    "CaptureSettings",
    "CapturedFrame",
    "Conversation",
    "Mark",
    "sender",
]

Mark = dict[str, object]

DIRECTIONS: Final = ("client", "server")
#: Messages that travel in the opposite direction of the other messages of their kind.
REVERSED: Final = frozenset(
    {
        ACTIVE_MAINTENANCE_REQ,
        ACTIVE_MAINTENANCE_RESP,
        CONFIG_REQUEST_EVENT,
        CONFIG_REQUEST_KEY_EVENT,
        STOPPING_REQUESTS_TO_THIS_SIDE_IND,
    }
)
_VERSION_END: Final = HEADER.size + 8  # VersionNumber is the second number of OPEN_REQ
_TLS_HANDSHAKE: Final = b"\x16\x03"


class CapturedFrame(NamedTuple):
    """A frame of a connection with a CTI Server.

    ``time``: seconds since the epoch at which the receiver had the whole frame.
    ``connection``: ``"client:port>server:port"``.
    ``direction``: the side that sent the frame: ``"client"`` or ``"server"``.
    ``version``: the protocol version of the connection.
    ``offset``: position of the frame in the bytes of its direction.
    ``message``: number of the message.
    ``data``: the frame, header included.
    """

    time: float
    connection: str
    direction: str
    version: int
    offset: int
    message: int
    data: bytes


@dataclass(frozen=True)
class CaptureSettings:
    """The options that all connections of a capture share; see ``CaptureReader``."""

    protocol_version: int
    max_frame: int
    ports: frozenset[int]


@dataclass
class CaptureCounters:
    """Counts of what the connections with CTI Servers contained.

    ``missing``, ``skipped``: bytes. ``ended``: streams that could not be followed to their end. ``copies``:
    frames that ``distinct`` left out.
    """

    connections: int = 0
    frames: int = 0
    malformed: int = 0
    gaps: int = 0
    missing: int = 0
    skipped: int = 0
    ended: int = 0
    copies: int = 0


@dataclass
class _Direction:
    """The bytes and frames that one side sends."""

    stream: TcpStream
    frames: FrameFinder | None = None  # created with the first bytes


class Conversation:
    """A TCP connection that may be a connection with a CTI Server.

    ``relevant``: True if it is, False if it is not, None while too little is known. A connection with a
    known port is relevant. Any other one is relevant if the first bytes of a side are the header of a
    message; the first bytes of a client must be the header of OPEN_REQ.
    ``closed``: True once both sides have ended.

    ``first``: its first segment. ``settings``, ``counters``: shared by all connections of the capture.
    """

    def __init__(self, first: Segment, settings: CaptureSettings, counters: CaptureCounters) -> None:
        self._settings = settings
        self._counters = counters
        self._ends: tuple[Endpoint, Endpoint] = (first.source, first.target)
        self._sides = (_Direction(TcpStream()), _Direction(TcpStream()))
        self._codec = Codec(settings.protocol_version, settings.max_frame)
        self._names: dict[int, str] = {}  # of the connection, by the end that is the client
        self._opener: int | None = None  # the end that opened the TCP connection: 0 or 1
        self._client: int | None = None  # the end that is the client
        self._open_req_seen = False  # an OPEN_REQ has settled which end is the client
        self._verdicts: list[bool | None] = [None, None]  # for each end: it begins like a message
        self._waiting: list[tuple[int, Piece | Gap]] = []  # what arrived while relevant is None
        self.closed = False
        self.relevant: bool | None = None
        if self._known_ports() != [False, False]:
            self._take_up()

    def begins_again(self, segment: Segment) -> bool:
        """True if a segment opens another connection between the same ends."""
        if not segment.flags & SYN:
            return False
        stream = self._sides[self._end(segment.source)].stream
        return stream.begins_again(segment.sequence) or (self.closed and not stream.begun)

    def segment(self, segment: Segment) -> Iterator[CapturedFrame | Mark]:
        """Yield what a segment completes."""
        if self.closed or self.relevant is False:
            return
        end = self._end(segment.source)
        syn, fin, time = bool(segment.flags & SYN), bool(segment.flags & FIN), segment.time
        if syn:
            self._opener = end if segment.acknowledgment is None else 1 - end
        sender, receiver = self._sides[end].stream, self._sides[1 - end].stream
        for event in sender.segment(segment.sequence, time, segment.data, syn=syn, fin=fin):
            yield from self._event(end, event)
        if segment.acknowledgment is not None:
            for event in receiver.acknowledged(segment.acknowledgment, time):
                yield from self._event(1 - end, event)
        if segment.flags & RST or (sender.ended and receiver.ended):
            yield from self.finish(time)

    def finish(self, time: float) -> Iterator[CapturedFrame | Mark]:
        """Yield the rest. The connection or the capture has ended."""
        if self.closed or self.relevant is False:
            return
        for end, side in enumerate(self._sides):
            for event in side.stream.finish(time):
                yield from self._event(end, event)
        for end, side in enumerate(self._sides):
            if side.frames is not None:
                for found in side.frames.end(time):
                    yield self._found(end, found)
        self.closed = True

    # --- Is it a connection with a CTI Server? ---

    def _known_ports(self) -> list[bool]:
        return [port in self._settings.ports for _, port in self._ends]

    def _take_up(self) -> None:
        self.relevant = True
        self._counters.connections += 1

    def _event(self, end: int, event: Piece | Gap) -> Iterator[CapturedFrame | Mark]:
        if self.relevant:
            yield from self._read(end, event)
        elif self.relevant is None and self._verdicts[end] is None:
            self._waiting.append((end, event))
            self._decide(end)
            if self.relevant is not None:
                waiting, self._waiting = self._waiting, []
                for row in waiting if self.relevant else ():
                    yield from self._read(*row)

    def _decide(self, end: int) -> None:
        verdict = self._verdicts[end] = self._begins_like_a_message(end)
        if verdict:
            self._take_up()
        elif verdict is False:
            self._waiting = [row for row in self._waiting if row[0] != end]
            # A client that begins with another message is not a CTI client. In the middle of a connection the
            # other side may still begin like a message.
            if self._opener is not None or self._verdicts[1 - end] is False:
                self.relevant = False

    def _begins_like_a_message(self, end: int) -> bool | None:
        head = b""
        for _, event in (row for row in self._waiting if row[0] == end):
            if isinstance(event, Gap):
                return False
            head += event.data
            if len(head) >= HEADER.size:
                length, number = HEADER.unpack_from(head)
                if HEADER.size + length > self._settings.max_frame:
                    return False
                if self._sides[end].stream.begun and end == self._opener:
                    return bool(number == OPEN_REQ)
                return self._codec.describe(number) is not None
        return None

    # --- Frames and marks ---

    def _read(self, end: int, event: Piece | Gap) -> Iterator[CapturedFrame | Mark]:
        side = self._sides[end]
        frames = side.frames
        if frames is None:
            begun = side.stream.begun
            frames = side.frames = FrameFinder(
                self._settings.max_frame, self._readable, offset=event.offset, in_step=begun
            )
            if isinstance(event, Piece) and begun and event.data.startswith(_TLS_HANDSHAKE):
                yield self._found(
                    end,
                    frames.give_up(event.time, "TLS: encrypted traffic cannot be read"),
                )
                return
        if isinstance(event, Gap):
            self._counters.gaps += 1
            self._counters.missing += event.size
            for found in frames.gap(event.time, event.size):
                yield self._found(end, found)
            yield self._row(end, event.time, {"offset": event.offset, "missing": event.size})
            return
        for found in frames.piece(event.time, event.data):
            yield self._found(end, found)

    def _readable(self, frame: bytes) -> bool:
        try:
            return self._codec.decode(frame).documented
        except MalformedFrame:
            return False

    def _found(self, end: int, found: Frame | Skipped | Ended) -> CapturedFrame | Mark:
        match found:
            case Frame():
                return self._frame(end, found)
            case Skipped():
                self._counters.skipped += found.size
                return self._row(end, found.time, {"offset": found.offset, "skipped": found.size})
            case Ended():
                self._counters.ended += 1
                return self._row(end, found.time, {"offset": found.offset, "ended": found.reason})

    def _frame(self, end: int, frame: Frame) -> CapturedFrame:
        self._counters.frames += 1
        number = HEADER.unpack_from(frame.data)[1]
        if number == OPEN_REQ and not self._open_req_seen:
            self._client, self._open_req_seen = end, True
        elif self._client is None:
            self._client = self._likely_client(end, number)
        if number == OPEN_REQ and end == self._client:
            self._learn_version(frame.data)
        name, direction = self._place(end)
        return CapturedFrame(
            frame.time, name, direction, self._codec.version, frame.offset, number, frame.data
        )

    def _learn_version(self, frame: bytes) -> None:
        if len(frame) >= _VERSION_END:
            version = int.from_bytes(frame[_VERSION_END - 4 : _VERSION_END])
            if OLDEST_VERSION <= version <= NEWEST_VERSION and version != self._codec.version:
                self._codec = Codec(version, self._settings.max_frame)

    def _likely_client(self, end: int, number: int) -> int | None:
        """Return the client's end by opener, ports or the message's kind, in this order; None if unknown."""
        if self._opener is not None:
            return self._opener
        known = self._known_ports()
        if sum(known) == 1:
            return 1 - known.index(True)
        direction = sender(self._codec, number)
        if direction is None:
            return None
        return end if direction == DIRECTIONS[0] else 1 - end

    def _row(self, end: int, time: float, row: Mark) -> Mark:
        name, direction = self._place(end)
        head = {"time": time, "connection": name, "direction": direction}
        return {**head, "version": self._codec.version, **row}

    def _place(self, end: int) -> tuple[str, str]:
        """Return the name of the connection and the direction of what an end sends."""
        client = self._client
        if client is None:
            client = self._opener
        if client is None:
            client = 0 if self._ends[0][1] > self._ends[1][1] else 1
        name = self._names.get(client)
        if name is None:
            name = f"{_shown(self._ends[client])}>{_shown(self._ends[1 - client])}"
            self._names[client] = name
        return name, DIRECTIONS[end != client]

    def _end(self, endpoint: Endpoint) -> int:
        return 0 if endpoint == self._ends[0] else 1


def sender(codec: Codec, message: int) -> str | None:
    """Return the side that sends a message, ``"client"`` or ``"server"``.

    ``codec``: of the protocol version.
    ``message``: number of the message. None is returned for one that the version does not describe.
    """
    layout = codec.describe(message)
    if layout is None:
        return None
    return DIRECTIONS[(layout.kind == "request") == (message in REVERSED)]


def _shown(endpoint: Endpoint) -> str:
    host, port = ip_address(endpoint[0]), endpoint[1]
    return f"[{host}]:{port}" if host.version == 6 else f"{host}:{port}"
