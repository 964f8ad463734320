"""A packet capture of one connection: to columns, to records, and its TCP segments alone.

It needs scapy, which reads the file format. Without it there are no comparisons here.
"""

import io
import struct
from collections.abc import Callable, Iterator
from importlib.util import find_spec

from benchmarks.comparisons.bulk import FIELDS
from benchmarks.measure import BOUND, OURS, Comparison, Prepare, Round, Side, ready
from benchmarks.streams import agent_states, frames_of
from ctios_fast.bulk.columns import decode_columns
from ctios_fast.protocol.codes import DEFAULT_PORTS
from ctios_fast.protocol.numbers import AGENT_STATE_EVENT
from ctios_fast.records.capture import CaptureReader
from ctios_fast.records.capture.packets import PacketCounters, segments

SIZE = "256 KiB"
SEGMENT = 1448  # bytes of data in a packet, as on Ethernet


def capture(stream: bytes) -> bytes:
    """Return a pcap file of raw IPv4 in which a server sends the stream."""
    parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)]
    for number, at in enumerate(range(0, len(stream), SEGMENT)):
        data = stream[at : at + SEGMENT]
        tcp = struct.pack(">HHIIBBHHH", DEFAULT_PORTS[0], 50001, 1 + at, 1, 0x50, 0x18, 65535, 0, 0) + data
        addresses = bytes((10, 0, 0, 2, 10, 0, 0, 1))
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0) + addresses + tcp
        parts.append(struct.pack("<IIII", 1_700_000_000 + number, 0, len(ip), len(ip)) + ip)
    return b"".join(parts)


def _columns(file: bytes) -> int:
    return CaptureReader().columns(io.BytesIO(file), AGENT_STATE_EVENT, FIELDS).rows


def _records(file: bytes) -> int:
    return sum(1 for _ in CaptureReader().records(io.BytesIO(file)))


def _read(take: Callable[[bytes], int]) -> Prepare:
    def prepared() -> Round:
        stream = agent_states(SIZE)
        file, events = capture(stream), len(frames_of(stream))
        check = CaptureReader().columns(io.BytesIO(file), AGENT_STATE_EVENT, FIELDS)
        plain = decode_columns(stream, AGENT_STATE_EVENT, 25, FIELDS)
        assert all((check[name] == plain[name]).all() for name in FIELDS)

        def work() -> int:
            assert take(file) in (0, events)
            return events

        return work

    return ready(prepared)


def _segments(file: bytes) -> int:
    for _ in segments(io.BytesIO(file), PacketCounters()):
        pass
    return 0


def comparisons() -> Iterator[Comparison]:
    """Return the comparisons of this module."""
    if find_spec("scapy") is None:
        return
    yield Comparison(
        f"AGENT_STATE_EVENT of a packet capture, {SIZE}",
        "event",
        (
            Side("CaptureReader.columns, 21 fields", OURS, _read(_columns), 30),
            Side("CaptureReader.records", OURS, _read(_records), 10),
            Side("TCP segments alone", BOUND, _read(_segments), 30),
        ),
    )
