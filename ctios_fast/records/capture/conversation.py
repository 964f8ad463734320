"""One captured connection: segments of both directions in, records out. No I/O.

Which side is the client: the one that sent OPEN_REQ or, where the capture has none, the one that opened the
TCP connection, the one whose partner's port is a known one, the one whose messages only clients send, the one
with the higher port; in that order.

The protocol version is what OPEN_REQ asks for, for both directions; until one is seen, the one that is given.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final

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
from ctios_fast.records.transcript import record, record_of_malformed

from .frame_finder import HEADER, Ended, Frame, FrameFinder, Skipped
from .packets import FIN, RST, SYN, Endpoint, Segment
from .tcp_streams import Gap, Piece, Stream

__all__ = ["Connection", "Counters", "Settings"]

Record = dict[str, Any]

_DIRECTIONS: Final = ("client", "server")
#: Messages that come from the other side than their kind has it.
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


@dataclass(frozen=True)
class Settings:
    """What rules all connections of a capture; see ``CaptureReader``."""

    protocol_version: int
    max_frame: int
    ports: frozenset[int]


@dataclass
class Counters:
    """What was found in the connections with CTI Servers.

    ``missing`` and ``skipped`` count bytes; ``ended`` counts streams that could not be followed to their end.
    """

    connections: int = 0
    frames: int = 0
    malformed: int = 0
    gaps: int = 0
    missing: int = 0
    skipped: int = 0
    ended: int = 0


@dataclass
class _Half:
    """What one side sends."""

    stream: Stream
    frames: FrameFinder | None = None  # made with the first bytes


class Connection:
    """A TCP connection that may be one with a CTI Server.

    ``relevant`` tells whether it is: None as long as too little was seen. A connection with a known port
    is; any other is if the first bytes seen of a side are the header of a message: of OPEN_REQ, where they
    are the first that a client sent.
    """

    def __init__(self, first: Segment, settings: Settings, counters: Counters) -> None:
        self._settings = settings
        self._counters = counters
        self._ends: tuple[Endpoint, Endpoint] = (first.source, first.target)
        self._halves = (_Half(Stream()), _Half(Stream()))
        self._codec = Codec(settings.protocol_version, settings.max_frame)
        self._opener: int | None = None  # which end opened the TCP connection
        self._client: int | None = None  # which end is the client
        self._open_req_seen = False
        self._verdicts: list[bool | None] = [None, None]  # of each end: whether it begins like a message
        self._waiting: list[tuple[int, Piece | Gap]] = []  # what came while relevant is None
        self.closed = False
        self.relevant: bool | None = None
        if self._known_ports() != [False, False]:
            self._take_up()

    def begins_again(self, segment: Segment) -> bool:
        """Whether a segment opens another connection between the same ends."""
        if not segment.flags & SYN:
            return False
        stream = self._halves[self._end(segment.source)].stream
        return stream.begins_again(segment.sequence) or (self.closed and not stream.begun)

    def segment(self, segment: Segment) -> Iterator[Record]:
        """The records that a segment makes readable."""
        if self.closed or self.relevant is False:
            return
        end = self._end(segment.source)
        syn, fin, time = bool(segment.flags & SYN), bool(segment.flags & FIN), segment.time
        if syn:
            self._opener = end if segment.acknowledgment is None else 1 - end
        sender, receiver = self._halves[end].stream, self._halves[1 - end].stream
        for event in sender.segment(segment.sequence, time, segment.data, syn=syn, fin=fin):
            yield from self._event(end, event)
        if segment.acknowledgment is not None:
            for event in receiver.acknowledged(segment.acknowledgment, time):
                yield from self._event(1 - end, event)
        if segment.flags & RST or (sender.ended and receiver.ended):
            yield from self.finish(time)

    def finish(self, time: float) -> Iterator[Record]:
        """The connection, or the capture, has ended."""
        if self.closed or self.relevant is False:
            return
        for end, half in enumerate(self._halves):
            for event in half.stream.finish(time):
                yield from self._event(end, event)
        for end, half in enumerate(self._halves):
            if half.frames is not None:
                for found in half.frames.end(time):
                    yield self._found(end, found)
        self.closed = True

    # --- whether it is a connection with a CTI Server ---

    def _known_ports(self) -> list[bool]:
        return [port in self._settings.ports for _, port in self._ends]

    def _take_up(self) -> None:
        self.relevant = True
        self._counters.connections += 1

    def _event(self, end: int, event: Piece | Gap) -> Iterator[Record]:
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
            # a client that opens with anything else is none of ours; in the middle the other side may tell
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
                if self._halves[end].stream.begun and end == self._opener:
                    return bool(number == OPEN_REQ)
                return self._codec.describe(number) is not None
        return None

    # --- records ---

    def _read(self, end: int, event: Piece | Gap) -> Iterator[Record]:
        half = self._halves[end]
        frames = half.frames
        if frames is None:
            begun = half.stream.begun
            frames = half.frames = FrameFinder(
                self._settings.max_frame, self._readable, offset=event.offset, in_step=begun
            )
            if isinstance(event, Piece) and begun and event.data.startswith(_TLS_HANDSHAKE):
                yield self._found(end, frames.give_up(event.time, "TLS: what is encrypted cannot be read"))
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

    def _found(self, end: int, found: Frame | Skipped | Ended) -> Record:
        match found:
            case Frame():
                return self._frame(end, found)
            case Skipped():
                self._counters.skipped += found.size
                return self._row(end, found.time, {"offset": found.offset, "skipped": found.size})
            case Ended():
                self._counters.ended += 1
                return self._row(end, found.time, {"offset": found.offset, "ended": found.reason})

    def _frame(self, end: int, frame: Frame) -> Record:
        self._counters.frames += 1
        number = HEADER.unpack_from(frame.data)[1]
        if number == OPEN_REQ and not self._open_req_seen:
            self._client, self._open_req_seen = end, True
        elif self._client is None:
            self._client = self._likely_client(end, number)
        if number == OPEN_REQ and end == self._client:
            self._learn_version(frame.data)
        try:
            row = record(self._codec.decode(frame.data), frame.offset)
        except MalformedFrame as error:
            self._counters.malformed += 1
            row = record_of_malformed(error, frame.offset)
        return self._row(end, frame.time, row)

    def _learn_version(self, frame: bytes) -> None:
        if len(frame) >= _VERSION_END:
            version = int.from_bytes(frame[_VERSION_END - 4 : _VERSION_END])
            if OLDEST_VERSION <= version <= NEWEST_VERSION and version != self._codec.version:
                self._codec = Codec(version, self._settings.max_frame)

    def _likely_client(self, end: int, number: int) -> int | None:
        """The client's end by who opened the connection, else by the ports, else by a message's kind."""
        if self._opener is not None:
            return self._opener
        known = self._known_ports()
        if sum(known) == 1:
            return 1 - known.index(True)
        layout = self._codec.describe(number)
        if layout is None:
            return None
        from_client = (layout.kind == "request") != (number in REVERSED)
        return end if from_client else 1 - end

    def _row(self, end: int, time: float, row: Record) -> Record:
        client = self._client
        if client is None:
            client = self._opener
        if client is None:
            client = 0 if self._ends[0][1] > self._ends[1][1] else 1
        name = f"{_shown(self._ends[client])}>{_shown(self._ends[1 - client])}"
        return {"time": time, "connection": name, "direction": _DIRECTIONS[end != client], **row}

    def _end(self, endpoint: Endpoint) -> int:
        return 0 if endpoint == self._ends[0] else 1


def _shown(endpoint: Endpoint) -> str:
    host, port = ip_address(endpoint[0]), endpoint[1]
    return f"[{host}]:{port}" if host.version == 6 else f"{host}:{port}"
