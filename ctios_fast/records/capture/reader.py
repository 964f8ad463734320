"""CTI Server traffic from packet captures: both directions of every connection, as transcript records.

::

    with open("night.pcapng", "rb") as file:
        for row in CaptureReader().records(file):
            print(row["time"], row["direction"], row.get("message"))

A record is one of ``ctios_fast.records.transcript``, with three keys before its own: ``time`` (seconds
since the epoch, when the receiver had the whole frame), ``connection`` (``"client:port>server:port"``) and
``direction``, which is the side that sent it (``"client"`` or ``"server"``). ``offset`` counts bytes of
that direction. Three forms tell what a capture has and a socket has not::

    {..., "offset": 900, "missing": 1448}      bytes that the capture has not got
    {..., "offset": 2348, "skipped": 17}       bytes passed over: of a damaged frame, or before the next one
    {..., "offset": 5000, "ended": "..."}      this direction cannot be followed any further

Reading needs the extra ``[pcap]``. Memory does not grow with the capture: at most ``MAX_CONNECTIONS`` are
kept in mind, the longest silent one is given up for a new one; each direction holds back 1 MiB at most.

``packets`` reads segments from files, ``streams`` puts them in order, ``frames`` finds frames in streams with
gaps, ``connection`` joins two directions.
"""

from collections.abc import Collection, Iterator
from typing import Any, BinaryIO, Final

from ctios_fast.core import DEFAULT_MAX_FRAME, NEWEST_VERSION, OLDEST_VERSION
from ctios_fast.errors import CaptureError, MissingExtra

from .conversation import Connection, Counters, Settings
from .packets import PacketCounters, segments

__all__ = [
    "DEFAULT_PORTS",
    "MAX_CONNECTIONS",
    "CaptureError",
    "CaptureReader",
    "Counters",
    "MissingExtra",
    "PacketCounters",
]

DEFAULT_PORTS: Final = (42027, 43027)
MAX_CONNECTIONS: Final = 20_000


class CaptureReader:
    """Reads captures.

    ``protocol_version``: of a connection whose OPEN_REQ is not in the capture.
    ``max_frame``: largest frame, in bytes with its header.
    ``ports``: of CTI Servers. On other ports a connection is recognised by the message that it begins with.

    ``packets`` and ``counters`` tell what has been read. Raises ValueError for a version outside 9 to 25.
    """

    def __init__(
        self,
        *,
        protocol_version: int = NEWEST_VERSION,
        max_frame: int = DEFAULT_MAX_FRAME,
        ports: Collection[int] = DEFAULT_PORTS,
    ) -> None:
        if not OLDEST_VERSION <= protocol_version <= NEWEST_VERSION:
            raise ValueError(
                f"protocol_version is {OLDEST_VERSION} to {NEWEST_VERSION}, not {protocol_version}"
            )
        self._settings = Settings(protocol_version, max_frame, frozenset(ports))
        self._connections: dict[frozenset[tuple[bytes, int]], Connection] = {}  # the longest silent one first
        self.packets = PacketCounters()
        self.counters = Counters()

    def records(self, source: BinaryIO) -> Iterator[dict[str, Any]]:
        """The records of a pcap or pcapng file (gzip, too), as its packets make them readable.

        Raises MissingExtra; and CaptureError for a file that is no capture, or that ends within a packet,
        after the records of all that stands before.
        """
        time = 0.0
        try:
            for segment in segments(source, self.packets):
                time = max(time, segment.time)
                key = frozenset((segment.source, segment.target))
                connection = self._connections.pop(key, None)
                if connection is not None and connection.begins_again(segment):
                    yield from connection.finish(time)
                    connection = None
                if connection is None:
                    yield from self._make_room(time)
                    connection = Connection(segment, self._settings, self.counters)
                self._connections[key] = connection
                yield from connection.segment(segment)
        except CaptureError:
            yield from self._finish(time)
            raise
        yield from self._finish(time)

    def _make_room(self, time: float) -> Iterator[dict[str, Any]]:
        if len(self._connections) >= MAX_CONNECTIONS:
            oldest = next(iter(self._connections))
            yield from self._connections.pop(oldest).finish(time)

    def _finish(self, time: float) -> Iterator[dict[str, Any]]:
        while self._connections:
            oldest = next(iter(self._connections))
            yield from self._connections.pop(oldest).finish(time)
