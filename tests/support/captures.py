"""Writes capture files with ``struct`` alone: packets with correct headers and checksums, as pcap and pcapng.

``Talk`` is one TCP connection whose packets are created one by one, so that a test can omit, repeat or
reorder them. ``RecordingProxy`` relays between a client and a server and records each connection in this
form. Nothing here needs the right to capture on a network interface.
"""

import asyncio
import ipaddress
import struct
from collections.abc import Callable, Iterable
from typing import Self

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
START = 1_700_000_000.0
SERVER_PORT = 42027

#: Time in seconds since the epoch, and the bytes from the link layer on.
Packet = tuple[float, bytes]


def check_sum(data: bytes) -> int:
    """Return the Internet checksum."""
    words = struct.unpack(f">{len(data) // 2}H", data) if len(data) % 2 == 0 else check_words(data)
    total = sum(words)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def check_words(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f">{(len(data) + 1) // 2}H", data + b"\0")


def tcp_packet(
    source: tuple[str, int],
    target: tuple[str, int],
    sequence: int,
    acknowledgment: int,
    flags: int,
    data: bytes = b"",
    options: bytes = b"",
) -> bytes:
    """Return an IP packet with a TCP segment. The addresses decide whether it is IPv4 or IPv6."""
    ends = [ipaddress.ip_address(host) for host, _ in (source, target)]
    words = (20 + len(options)) // 4
    head = struct.pack(
        ">HHIIBBHHH",
        source[1],
        target[1],
        sequence % 2**32,
        acknowledgment % 2**32,
        words << 4,
        flags,
        65535,
        0,
        0,
    )
    segment = head + options + data
    pseudo = b"".join(end.packed for end in ends) + struct.pack(">II", len(segment), 6)
    segment = segment[:16] + struct.pack(">H", check_sum(pseudo + segment)) + segment[18:]
    if ends[0].version == 6:
        return struct.pack(">IHBB", 6 << 28, len(segment), 6, 64) + pseudo[:32] + segment
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(segment), 0, 0x4000, 64, 6, 0) + pseudo[:8]
    return ip[:10] + struct.pack(">H", check_sum(ip)) + ip[12:] + segment


def ethernet(packet: bytes, vlans: Iterable[int] = (), padded: bool = True) -> bytes:
    """Return an Ethernet frame with VLAN tags, padded to Ethernet's minimum length."""
    kind = 0x86DD if packet[0] >> 4 == 6 else 0x0800
    tags = b"".join(struct.pack(">HH", 0x8100, vlan) for vlan in vlans)
    frame = bytes.fromhex("020000000002 020000000001") + tags + struct.pack(">H", kind) + packet
    return frame.ljust(60, b"\xee") if padded else frame


def pcap(packets: Iterable[Packet], linktype: int = 1, order: str = "<", nano: bool = False) -> bytes:
    """Return a pcap file."""
    digits = 1_000_000_000 if nano else 1_000_000
    magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    rows = [struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 262144, linktype)]
    for time, data in packets:
        parts = divmod(round(time * digits), digits)
        rows.append(struct.pack(f"{order}IIII", *parts, len(data), len(data)) + data)
    return b"".join(rows)


def block(kind: int, body: bytes) -> bytes:
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def pcapng(packets: Iterable[Packet], linktype: int = 1) -> bytes:
    """Return a pcapng file with times in nanoseconds, and with a block of a type that readers must skip."""
    head = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
    resolution = struct.pack("<HHB3xHH", 9, 1, 9, 0, 0)
    rows = [
        block(0x0A0D0D0A, head),
        block(1, struct.pack("<HHI", linktype, 0, 262144) + resolution),
        block(5, struct.pack("<IQ", 0, 0)),
    ]
    for time, data in packets:
        stamp = round(time * 1_000_000_000)
        parts = struct.pack("<IIIII", 0, stamp >> 32, stamp & 0xFFFFFFFF, len(data), len(data))
        rows.append(block(6, parts + data + b"\0" * (-len(data) % 4)))
    return b"".join(rows)


class Talk:
    """One TCP connection. Every call appends a packet to ``packets`` and returns its index."""

    def __init__(
        self,
        client: tuple[str, int] = ("10.0.0.1", 50001),
        server: tuple[str, int] = ("10.0.0.2", SERVER_PORT),
        *,
        first: tuple[int, int] = (1000, 5000),
        wrap: Callable[[bytes], bytes] = ethernet,
        packets: list[Packet] | None = None,
        step: float = 0.001,
        start: float = START,
    ) -> None:
        self.ends = {"client": client, "server": server}
        self.next = {"client": first[0], "server": first[1]}
        self.packets: list[Packet] = [] if packets is None else packets
        self._wrap = wrap
        self._step = step
        self._time = start

    @property
    def name(self) -> str:
        hosts = (
            (f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
            for host, port in (self.ends["client"], self.ends["server"])
        )
        return ">".join(hosts)

    def raw(self, side: str, sequence: int, flags: int, data: bytes = b"") -> int:
        """Append a packet with this sequence number, whatever was sent before."""
        other = "server" if side == "client" else "client"
        packet = tcp_packet(self.ends[side], self.ends[other], sequence, self.next[other], flags, data)
        self._time += self._step
        self.packets.append((self._time, self._wrap(packet)))
        return len(self.packets) - 1

    def open(self) -> Self:
        """Append the handshake."""
        self.raw("client", self.next["client"], SYN)
        self.next["client"] += 1
        self.raw("server", self.next["server"], SYN | ACK)
        self.next["server"] += 1
        self.raw("client", self.next["client"], ACK)
        return self

    def send(self, side: str, data: bytes) -> int:
        """Append a segment with the next bytes of a side."""
        index = self.raw(side, self.next[side], PSH | ACK, data)
        self.next[side] += len(data)
        return index

    def acknowledge(self, side: str) -> int:
        """Append a segment without data that acknowledges everything the other side has sent."""
        return self.raw(side, self.next[side], ACK)

    def close(self) -> Self:
        """Append the end of both sides, the client first."""
        for side, other in (("client", "server"), ("server", "client")):
            self.raw(side, self.next[side], FIN | ACK)
            self.next[side] += 1
            self.acknowledge(other)
        return self


class RecordingProxy:
    """Accepts connections, opens one to the real server for each, and records the traffic as packets.

    ``cut``: splits each relayed piece into the segments that record it.
    """

    def __init__(
        self, host: str, port: int, cut: Callable[[bytes], list[bytes]] = lambda piece: [piece]
    ) -> None:
        self.packets: list[Packet] = []
        #: The bytes that each side of each connection sent.
        self.streams: list[dict[str, bytearray]] = []
        self._target = host, port
        self._cut = cut
        self._served: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.host, self.port = self._server.sockets[0].getsockname()
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        for task in self._served:
            task.cancel()
        await asyncio.gather(*self._served, return_exceptions=True)
        await self._server.wait_closed()

    async def closed(self) -> None:
        """Wait until every connection has ended."""
        await asyncio.gather(*self._served)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._served.append(task)
        number = len(self.streams)
        talk = Talk(("10.0.0.1", 50000 + number), packets=self.packets, start=START + number).open()
        streams = {"client": bytearray(), "server": bytearray()}
        self.streams.append(streams)
        server_reader, server_writer = await asyncio.open_connection(*self._target)

        async def pump(side: str, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            try:
                while piece := await source.read(65536):
                    streams[side] += piece
                    for segment in self._cut(piece):
                        talk.send(side, segment)
                    sink.write(piece)
            except OSError:
                pass  # a reset ends the stream too
            finally:
                sink.close()

        try:
            await asyncio.gather(pump("client", reader, server_writer), pump("server", server_reader, writer))
        finally:
            writer.close()
            server_writer.close()
            talk.close()
