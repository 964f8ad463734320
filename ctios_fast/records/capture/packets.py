"""Reads capture files and yields their TCP segments. Scapy (extra ``[pcap]``) reads the file formats.

This module itself reads the headers that nearly all packets have: Ethernet with VLAN tags, Linux cooked,
loopback and raw links, IPv4, IPv6, TCP. That is about 25 times faster than scapy's dissection of a packet.
Scapy dissects all other packets: GRE, ERSPAN, VXLAN, MPLS, PPPoE, IP in IP, other link types.

IP fragments are not reassembled, since TCP avoids them. They are counted, and their bytes are reported as
missing.
"""

import gzip
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from ipaddress import ip_address
from typing import Any, BinaryIO, Final, NamedTuple, Protocol, cast

from ctios_fast.errors import CaptureError, MissingExtra

__all__ = ["PacketCounters", "Segment", "segments"]

FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10

Endpoint = tuple[bytes, int]
"""Packed IP address and port."""

_MAX_PACKET: Final = 262144
#: Bytes of a block of pcapng. A damaged length may be up to 4 GiB, which would be read into memory.
_MAX_BLOCK: Final = 16 * 1024 * 1024
_GZIP: Final = b"\x1f\x8b"

_IPV4, _IPV6 = 0x0800, 0x86DD
_VLAN: Final = (0x8100, 0x88A8, 0x9100)
_TCP, _UDP, _FRAGMENT, _AUTHENTICATION = 6, 17, 44, 51
_EXTENSIONS: Final = (0, 43, 60)  # hop-by-hop options, routing, destination options
#: Encapsulations that scapy removes, by Ethernet type, IP protocol and UDP port.
_WRAPPING_TYPES: Final = (0x6558, 0x8847, 0x8848, 0x8864)
_WRAPPING_PROTOCOLS: Final = (4, 41, 47)
_WRAPPING_PORTS: Final = (4789,)
#: The modules of scapy that read these encapsulations.
_SCAPY_LAYERS: Final = (
    "scapy.layers.inet",
    "scapy.layers.inet6",
    "scapy.layers.ppp",
    "scapy.layers.vxlan",
    "scapy.contrib.mpls",
    "scapy.contrib.erspan",
)

_IP4_HEAD: Final = struct.Struct(">BxHxxHxB")
_IP6_HEAD: Final = struct.Struct(">4xHB")
_TCP_HEAD: Final = struct.Struct(">HHIIBB")


class Segment(NamedTuple):
    """A TCP segment.

    ``time``: seconds since the epoch. ``acknowledgment``: None if the segment has no ACK flag.
    """

    time: float
    source: Endpoint
    target: Endpoint
    sequence: int
    acknowledgment: int | None
    flags: int
    data: bytes


@dataclass
class PacketCounters:
    """Counts of a capture's packets.

    ``fragments``: IP fragments, which are not reassembled. ``unread``: packets that are truncated, damaged,
    or of an unknown link type.
    """

    packets: int = 0
    segments: int = 0
    fragments: int = 0
    unread: int = 0


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Tap:
    """A binary file that records its position, and whether it ended inside a packet.

    Scapy's readers stop at the end of the file without an error, even inside a packet. A file may end where
    they read the first bytes of a header, and nowhere else. A length above ``_MAX_BLOCK`` is damage too.
    """

    _HEADER_READS: Final = (4, 16)  # bytes: the start of a pcapng block, a packet header of pcap

    def __init__(self, source: _Readable, head: bytes = b"") -> None:
        self._source = source
        self._head = head
        self.cut = False
        self.position = 0  # bytes that were read

    def read(self, size: int) -> bytes:
        if size > _MAX_BLOCK:
            self.cut = True
            return b""
        data = self._head[:size]
        self._head = self._head[size:]
        try:
            data += self._source.read(size - len(data))
        except (EOFError, gzip.BadGzipFile, zlib.error):
            self.cut = True
        if len(data) < size and (data or size not in self._HEADER_READS):
            self.cut = True
        self.position += len(data)
        return data

    @property
    def at_end(self) -> bool:
        """Whether all bytes have been read."""
        try:
            return self._source.read(1) == b""
        except (EOFError, OSError, zlib.error):
            return False


class _NoSegment(Exception):
    """The packet does not contain a whole, readable TCP segment.

    ``count``: the counter of ``PacketCounters`` for it. None if the packet is simply not TCP.
    """

    def __init__(self, count: str | None = None) -> None:
        self.count = count


class _NeedsScapy(Exception):
    """The packet has an encapsulation that only scapy reads."""


# --- from the link to IP ---


def _ethernet(data: bytes) -> tuple[int, int]:
    return _after_tags(data, 12)


def _cooked(data: bytes) -> tuple[int, int]:
    return _after_tags(data, 14)


def _cooked2(data: bytes) -> tuple[int, int]:
    kind = int.from_bytes(data[:2])
    return _after_tags(data, 22) if kind in _VLAN else (kind, 20)


def _raw(data: bytes) -> tuple[int, int]:
    return _by_version(data, 0)


def _loopback(data: bytes) -> tuple[int, int]:
    return _by_version(data, 4)


def _after_tags(data: bytes, offset: int) -> tuple[int, int]:
    """Return the Ethernet type after any VLAN tags at ``offset``, and the offset of the packet."""
    kind = int.from_bytes(data[offset : offset + 2])
    while kind in _VLAN:
        offset += 4
        kind = int.from_bytes(data[offset : offset + 2])
    return kind, offset + 2


def _by_version(data: bytes, offset: int) -> tuple[int, int]:
    version = data[offset] >> 4 if len(data) > offset else 0
    return {4: _IPV4, 6: _IPV6}.get(version, 0), offset


#: Link types (https://www.tcpdump.org/linktypes.html) and the function that finds the IP packet in each.
_LINKS: Final[dict[int, Callable[[bytes], tuple[int, int]]]] = {
    0: _loopback,
    1: _ethernet,
    12: _raw,
    14: _raw,
    101: _raw,
    108: _loopback,
    113: _cooked,
    228: _raw,
    229: _raw,
    276: _cooked2,
}


# --- from IP to the segment ---


def _ip4(data: bytes, at: int) -> tuple[int, int, int, bytes, bytes]:
    """Return protocol, offset and end of an IPv4 packet's payload, and its two addresses."""
    first, length, fragment, protocol = _IP4_HEAD.unpack_from(data, at)
    header = (first & 15) * 4
    if first >> 4 != 4 or header < 20:
        raise _NoSegment("unread")
    if fragment & 0x3FFF:
        raise _NoSegment("fragments")
    # length 0: segmentation offload; the network card splits the packet after the capture
    end = at + length if length else len(data)
    return protocol, at + header, end, data[at + 12 : at + 16], data[at + 16 : at + 20]


def _ip6(data: bytes, at: int) -> tuple[int, int, int, bytes, bytes]:
    """Return protocol, offset and end of an IPv6 packet's payload, and its two addresses."""
    length, protocol = _IP6_HEAD.unpack_from(data, at)
    source, target = data[at + 8 : at + 24], data[at + 24 : at + 40]
    at += 40
    end = at + length if length else len(data)
    while True:
        if protocol in _EXTENSIONS:
            step = (data[at + 1] + 1) * 8
        elif protocol == _AUTHENTICATION:
            step = (data[at + 1] + 2) * 4
        elif protocol == _FRAGMENT:
            if int.from_bytes(data[at + 2 : at + 4]) & 0xFFF9:
                raise _NoSegment("fragments")
            step = 8
        else:
            return protocol, at, end, source, target
        protocol = data[at]
        at += step


_NETWORKS: Final = {_IPV4: _ip4, _IPV6: _ip6}


def _segment(time: float, link: int, data: bytes) -> Segment:
    """Return the segment in a packet.

    Raises _NoSegment or _NeedsScapy, and IndexError or struct.error for a truncated packet.
    """
    if link not in _LINKS:
        raise _NeedsScapy
    kind, at = _LINKS[link](data)
    if kind not in _NETWORKS:
        raise _NeedsScapy if kind in _WRAPPING_TYPES else _NoSegment()
    protocol, at, end, source, target = _NETWORKS[kind](data, at)
    if protocol in _WRAPPING_PROTOCOLS or (protocol == _UDP and _port(data, at + 2) in _WRAPPING_PORTS):
        raise _NeedsScapy
    if protocol != _TCP:
        raise _NoSegment
    source_port, target_port, sequence, acknowledgment, words, flags = _TCP_HEAD.unpack_from(data, at)
    return Segment(
        time,
        (source, source_port),
        (target, target_port),
        sequence,
        acknowledgment if flags & ACK else None,
        flags,
        data[at + (words >> 4) * 4 : end],
    )


def _port(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2])


# --- scapy ---


def _scapy(module: str) -> Any:
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "scapy":
            raise
        raise MissingExtra(
            "reading captures needs scapy, which is not installed: pip install 'ctios_fast[pcap]'"
        ) from None


class _ScapyReader:
    """Finds a packet's segment with scapy.

    Created when the first packet needs it, because its import is slow.
    """

    def __init__(self) -> None:
        for module in _SCAPY_LAYERS:
            _scapy(module)
        self._tcp = _scapy("scapy.layers.inet").TCP
        self._ip = (_scapy("scapy.layers.inet").IP, _scapy("scapy.layers.inet6").IPv6)
        self._links = _scapy("scapy.config").conf.l2types.num2layer
        self._no_data = (_scapy("scapy.packet").NoPayload, _scapy("scapy.packet").Padding)

    def segment(self, time: float, link: int, data: bytes) -> Segment:
        if link not in self._links:
            raise _NoSegment("unread")
        tcp = self._links[link](data).getlayer(self._tcp)
        if tcp is None:
            raise _NoSegment
        ip, payload = tcp.underlayer, tcp.payload
        while ip is not None and not isinstance(ip, self._ip):  # skip IPv6 extension headers
            ip = ip.underlayer
        if ip is None:
            raise _NoSegment("unread")
        addresses = (_packed(ip.src), _packed(ip.dst))
        flags = int(tcp.flags)
        return Segment(
            time,
            (addresses[0], tcp.sport),
            (addresses[1], tcp.dport),
            tcp.seq,
            tcp.ack if flags & ACK else None,
            flags,
            b"" if isinstance(payload, self._no_data) else bytes(payload.original),
        )


def _packed(address: str) -> bytes:
    return ip_address(address).packed


def _packets(source: BinaryIO) -> Iterator[tuple[float, int, bytes]]:
    """Yield time, link type and bytes of each packet of a file, which may be gzip-compressed."""
    utils = _scapy("scapy.utils")
    fault = _scapy("scapy.error").Scapy_Exception
    head = source.read(len(_GZIP))
    tap = _Tap(source, head)
    if head == _GZIP:
        tap = _Tap(gzip.GzipFile(fileobj=cast(BinaryIO, tap)))  # GzipFile only calls read()
    try:
        reader = utils.RawPcapNgReader(tap)
    except fault:
        raise CaptureError("the file is neither pcap nor pcapng") from None
    digits = 1e9 if getattr(reader, "nano", False) else 1e6
    whole, sound = 0, tap.position  # number of whole packets, and the bytes of the file up to the last one
    while True:
        try:
            data, about = reader._read_packet(_MAX_PACKET)  # noqa: SLF001 - the method that scapy documents
        except EOFError:
            break
        except fault:
            tap.cut = True
            break
        if not tap.cut:  # else it is the packet that the file ends in
            whole, sound = whole + 1, tap.position
        if hasattr(about, "tshigh"):
            stamp = (about.tshigh or 0) << 32 | (about.tslow or 0)
            yield stamp / about.tsresol, about.linktype, data
        else:
            yield about.sec + about.usec / digits, reader.linktype & 0xFFFF, data
    if tap.cut or not tap.at_end:
        unpacked = " of what it unpacks to" if head == _GZIP else ""
        raise CaptureError(
            f"the capture file is truncated or damaged from byte {sound}{unpacked} on (whole packets before "
            f"it: {whole}): the rest of it cannot be read"
        )


def segments(source: BinaryIO, counters: PacketCounters) -> Iterator[Segment]:
    """Yield the TCP segments of a pcap or pcapng file in the file's order; count all other packets.

    Raises MissingExtra without scapy. Raises CaptureError for a file that is not a capture, or that ends
    inside a packet; all segments before that point have been yielded then.
    """
    scapy_reader: _ScapyReader | None = None
    for time, link, data in _packets(source):
        counters.packets += 1
        try:
            try:
                segment = _segment(time, link, data)
            except _NeedsScapy:
                scapy_reader = scapy_reader or _ScapyReader()
                segment = scapy_reader.segment(time, link, data)
        except _NoSegment as reason:
            if reason.count is not None:
                setattr(counters, reason.count, getattr(counters, reason.count) + 1)
            continue
        except (IndexError, struct.error):
            counters.unread += 1
            continue
        counters.segments += 1
        yield segment
