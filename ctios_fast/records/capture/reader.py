"""Reads CTI Server traffic from packet captures: both directions of every connection, as records or columns.

::

    with open("night.pcapng", "rb") as file:
        for row in CaptureReader().records(file):
            print(row["time"], row["direction"], row.get("message"))

A record has the form that ``ctios_fast.records.transcript`` describes, after four keys of its own:

==============  =======================================================================================
``time``        seconds since the epoch at which the receiver had the whole frame
``connection``  ``"client:port>server:port"``
``direction``   the side that sent the frame: ``"client"`` or ``"server"``
``version``     the protocol version that the frame was decoded with
==============  =======================================================================================

``offset`` counts the bytes of that direction. Three more forms describe what a capture may lack::

    {..., "offset": 900, "missing": 1448}      bytes that the capture lacks
    {..., "offset": 2348, "skipped": 17}       bytes of a damaged frame, or before the next readable one
    {..., "offset": 5000, "ended": "..."}      this direction cannot be followed any further

Reading needs the extra ``[pcap]``. Memory does not grow with the capture: the reader remembers
``MAX_CONNECTIONS`` and drops the longest silent one for a new one; each direction holds back 1 MiB at most.

``CaptureReader().columns(file, "AGENT_STATE_EVENT", ["AgentState", "AgentID"])`` returns one array per field
instead, with the four keys above as arrays beside them. It keeps all frames of the message in memory.

``packets`` reads segments from files, ``tcp_streams`` puts them in order, ``frame_finder`` finds frames in
streams with gaps, ``conversation`` joins the two directions, ``copies`` finds events that several clients
heard, and ``capture_columns`` has the arrays.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Final

from ctios_fast._checks import check_frame_limit, check_integer
from ctios_fast.core import DEFAULT_MAX_FRAME, NEWEST_VERSION, OLDEST_VERSION, Codec
from ctios_fast.core.message import Message
from ctios_fast.core.text_encoding import checked_encoding
from ctios_fast.errors import CaptureError, MalformedFrame, MissingExtra
from ctios_fast.protocol.codes import DEFAULT_PORTS
from ctios_fast.records.transcript import record, record_of_malformed

from .conversation import CaptureCounters, CapturedFrame, CaptureSettings, Conversation, Mark
from .copies import DEFAULT_WITHIN, Copies
from .frame_finder import HEADER
from .packets import PacketCounters, segments

if TYPE_CHECKING:
    from .capture_columns import CaptureColumns

__all__ = [
    "DEFAULT_PORTS",
    "MAX_CONNECTIONS",
    "CaptureCounters",
    "CaptureError",
    "CaptureReader",
    "CapturedFrame",
    "MissingExtra",
    "PacketCounters",
    "looks_like_capture",
]

MAX_CONNECTIONS: Final = 20_000

#: The first four bytes of the capture formats: pcap in both byte orders, with micro- and nanoseconds; pcapng.
_CAPTURE_MAGIC: Final = frozenset(
    bytes.fromhex(digits) for digits in ("a1b2c3d4", "d4c3b2a1", "a1b23c4d", "4d3cb2a1", "0a0d0d0a")
)
_GZIP_MAGIC: Final = b"\x1f\x8b\x08"


def looks_like_capture(head: bytes, max_frame: int = DEFAULT_MAX_FRAME) -> bool:
    """Return True if a file is a capture, or compressed by gzip, and not a stream of frames.

    ``head``: the first bytes of the file, four or more.
    ``max_frame``: largest frame of a stream, in bytes with its header.
    """
    if int.from_bytes(head[:4]) + HEADER.size <= max_frame:
        return False  # the length of a first frame
    return head[:4] in _CAPTURE_MAGIC or head.startswith(_GZIP_MAGIC)


class CaptureReader:
    """Reads captures.

    ``protocol_version``: version of a connection whose OPEN_REQ is not in the capture, 9 to 25.
    ``max_frame``: largest frame in bytes, its header included.
    ``ports``: ports of CTI Servers, 1 to 65535. On other ports a connection is recognised by its first
    message.

    ``encoding``: text encoding of what is not ASCII, as for ``Codec``.
    ``distinct``: True for one copy of an event that several connections or monitors heard. ``copies`` defines
    what a copy is; ``counters.copies`` counts what was left out.
    ``within``: seconds from the first copy of an event to its last, 0 or more.

    ``packets``, ``counters``: counts of what has been read.

    Raises TypeError or ValueError for an argument of the wrong type or outside its range.
    """

    def __init__(
        self,
        *,
        protocol_version: int = NEWEST_VERSION,
        max_frame: int = DEFAULT_MAX_FRAME,
        ports: Collection[int] = DEFAULT_PORTS,
        encoding: str | None = None,
        distinct: bool = False,
        within: float = DEFAULT_WITHIN,
    ) -> None:
        check_integer("protocol_version", protocol_version, OLDEST_VERSION, NEWEST_VERSION)
        check_frame_limit(max_frame)
        if isinstance(ports, int | str | bytes) or not isinstance(ports, Collection):
            raise TypeError(f"ports must be a collection of port numbers, got {ports!r}")
        for port in ports:
            check_integer("ports", port, 1, 65535)
        if isinstance(within, bool) or not isinstance(within, int | float):
            raise TypeError(f"within must be a number of seconds, got {within!r}")
        if not 0 <= within < float("inf"):
            raise ValueError(f"within must be 0 or more seconds, got {within!r}")
        self._settings = CaptureSettings(protocol_version, max_frame, frozenset(ports))
        self._encoding = checked_encoding(encoding)
        self._copies = Copies(within) if distinct else None
        self._codecs: dict[int, Codec] = {}  # by protocol version
        #: By the two ends of each connection; the longest silent one first.
        self._conversations: dict[frozenset[tuple[bytes, int]], Conversation] = {}
        self.packets = PacketCounters()
        self.counters = CaptureCounters()

    def records(self, source: BinaryIO) -> Iterator[dict[str, object]]:
        """Yield the records of a capture, each as soon as the packets read so far complete it.

        ``source``: a binary file in pcap or pcapng format, possibly compressed by gzip.

        Raises MissingExtra without scapy. Raises CaptureError for a file that is not a capture or ends
        inside a packet, after the records of everything before that point.
        """
        for item in self.items(source):
            yield self.record(item) if isinstance(item, CapturedFrame) else item

    def record(self, frame: CapturedFrame) -> dict[str, object]:
        """Return the record of a frame. ``counters.malformed`` counts a malformed one."""
        codec = self._codecs.get(frame.version)
        if codec is None:
            codec = Codec(frame.version, self._settings.max_frame, self._encoding)
            self._codecs[frame.version] = codec
        try:
            row = record(codec.decode(frame.data), frame.offset)
        except MalformedFrame as error:
            self.counters.malformed += 1
            row = record_of_malformed(error, frame.offset)
        head = {"time": frame.time, "connection": frame.connection, "direction": frame.direction}
        return {**head, "version": frame.version, **row}

    def columns(
        self,
        source: BinaryIO,
        message: int | str | type[Message],
        fields: Iterable[str] | None = None,
        *,
        connection: str | None = None,
        direction: str | None = None,
    ) -> "CaptureColumns":
        """Return all frames of one message as one array per field.

        ``source``: as for ``records``.
        ``message``: the message's number, name or class.
        ``fields``: names of fields, as for ``decode_columns``; None for all fixed fields of the newest
        version that occurs.
        ``connection``, ``direction``: only frames with these values of the records' keys; None for all.

        Raises ValueError and TypeError as ``decode_columns`` does, and ValueError for another direction than
        "client" and "server", before anything is read. Raises MissingExtra and CaptureError as ``records``
        does. To have what precedes the damage in a file, give the frames of ``items`` to a
        ``ColumnCollector`` (``ctios_fast.records.capture.capture_columns``).
        """
        from .capture_columns import ColumnCollector  # imports NumPy

        collector = ColumnCollector(message, fields, connection=connection, direction=direction)
        for item in self.items(source):
            if isinstance(item, CapturedFrame):
                collector.add(item)
        columns = collector.columns()
        self.counters.malformed += columns.malformed
        return columns

    def items(self, source: BinaryIO) -> Iterator[CapturedFrame | Mark]:
        """Yield the frames of a capture, not decoded, and the records of what it lacks.

        ``source``: as for ``records``. Raises as ``records`` does.
        """
        for item in self._all_items(source):
            if self._copies is not None and isinstance(item, CapturedFrame) and self._copies.is_copy(item):
                self.counters.copies += 1
            else:
                yield item

    def _all_items(self, source: BinaryIO) -> Iterator[CapturedFrame | Mark]:
        time = 0.0
        try:
            for segment in segments(source, self.packets):
                time = max(time, segment.time)
                key = frozenset((segment.source, segment.target))
                conversation = self._conversations.pop(key, None)
                if conversation is not None and conversation.begins_again(segment):
                    yield from conversation.finish(time)
                    conversation = None
                if conversation is None:
                    yield from self._make_room(time)
                    conversation = Conversation(segment, self._settings, self.counters)
                self._conversations[key] = conversation
                yield from conversation.segment(segment)
        except CaptureError:
            yield from self._finish(time)
            raise
        yield from self._finish(time)

    def _make_room(self, time: float) -> Iterator[CapturedFrame | Mark]:
        if len(self._conversations) >= MAX_CONNECTIONS:
            oldest = next(iter(self._conversations))
            yield from self._conversations.pop(oldest).finish(time)

    def _finish(self, time: float) -> Iterator[CapturedFrame | Mark]:
        while self._conversations:
            oldest = next(iter(self._conversations))
            yield from self._conversations.pop(oldest).finish(time)
