"""``records/capture``: connections are read from packet captures, whatever happened to their packets."""

import gzip
import io
import json
import random
import re
import struct
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.captures import (
    ACK,
    PSH,
    RST,
    START,
    Packet,
    RecordingProxy,
    Talk,
    ethernet,
    pcap,
    pcapng,
    tcp_packet,
)
from support.raw_client import AGENT_MODE, BULK_MODE, LOGIN, LOGOUT, RawClient
from support.reference_codec import HEADER, MESSAGES
from support.sample_frames import open_request
from support.strategies import build, build_full, header

from ctios_fast.core import codec
from ctios_fast.errors import CaptureError
from ctios_fast.records.capture import reader as capture_module
from ctios_fast.records.capture.conversation import REVERSED
from ctios_fast.records.capture.reader import CaptureReader, looks_like_capture
from ctios_fast.records.transcript import CAPTURE_KEYS, StreamReader, frame_from_record
from ctios_fast.sim import Simulator

pytest.importorskip("scapy", reason="the extra [pcap] is not installed; the case is not tested")

ROOT = Path(__file__).parent.parent.parent
HEARTBEAT = header(5, b"\0\0\0\7")
REPLY = header(6, b"\0\0\0\7")
EVENT = build_full(random.Random(1), 25, 30)

Row = dict[str, Any]
seeds = st.integers(0, 2**32).map(random.Random)


def read(file: bytes, **options: Any) -> list[Row]:
    return list(CaptureReader(**options).records(io.BytesIO(file)))


def rows_of(talk: Talk, **options: Any) -> list[Row]:
    return read(pcap(talk.packets), **options)


def said(rows: Iterable[Row], direction: str) -> list[Row]:
    """The records of one direction without the keys that only a capture has."""
    return [
        {key: value for key, value in row.items() if key not in CAPTURE_KEYS}
        for row in rows
        if row["direction"] == direction
    ]


def stream_rows(stream: bytes, version: int = 25) -> list[Row]:
    reader = StreamReader(codec(version))
    rows = list(reader.feed(stream))
    reader.end()
    return rows


def opened(version: int = 25, **options: Any) -> Talk:
    """A connection whose client has sent OPEN_REQ."""
    talk = Talk(**options).open()
    talk.send("client", open_request(version))
    return talk


def events(number: int, seed: int = 0, version: int = 25) -> list[bytes]:
    rng = random.Random(seed)
    return [build(rng, version, rng.choice([30, 31, 9, 18, 26])) for _ in range(number)]


# --- File formats, links, packets ---


@pytest.mark.parametrize("version", [14, 19, 20, 25])
async def test_simulator_traffic_is_read_in_both_directions(version: int) -> None:
    async with (
        Simulator(agents=5) as simulator,
        RecordingProxy(simulator.side_a.host, simulator.side_a.port) as proxy,
    ):
        async with await RawClient.connect(proxy, version=version) as monitor:
            await monitor.open(BULK_MODE)
            async with await RawClient.connect(proxy, version=version) as agent:
                await agent.open(AGENT_MODE, floating=agent.identity("desk", AgentID="1001"))
                for state in (LOGIN, LOGOUT):
                    await agent.set_state(state)
                    await agent.settle()
                await agent.ask("CLOSE_REQ", {"Status": 0})
            await monitor.settle()
            await monitor.ask("CLOSE_REQ", {"Status": 0})
        await proxy.closed()
    rows = read(pcap(proxy.packets))
    for number, streams in enumerate(proxy.streams):
        name = f"10.0.0.1:{50000 + number}>10.0.0.2:42027"
        of_one = [row for row in rows if row["connection"] == name]
        for direction, stream in streams.items():
            assert said(of_one, direction) == stream_rows(bytes(stream), version)
    assert {row["message"] for row in rows} >= {"OPEN_REQ", "AGENT_STATE_EVENT", "CLOSE_CONF"}


def test_a_record_begins_with_time_connection_direction_and_version() -> None:
    talk = opened()
    place = talk.send("server", REPLY)
    row = rows_of(talk)[-1]
    assert list(row) == [*CAPTURE_KEYS, "offset", "type", "message", "fields", "floating"]
    assert row["version"] == 25
    assert row["time"] == pytest.approx(talk.packets[place][0], abs=1e-6)
    assert row["connection"] == "10.0.0.1:50001>10.0.0.2:42027"
    assert row["direction"] == "server"


FILE_FORMATS: dict[str, Callable[[Iterable[Packet]], bytes]] = {
    "pcap": pcap,
    "pcapng": pcapng,
    "big-endian": lambda packets: pcap(packets, order=">"),
    "nanoseconds": lambda packets: pcap(packets, nano=True),
    "both": lambda packets: pcap(packets, order=">", nano=True),
    "pcap.gz": lambda packets: gzip.compress(pcap(packets)),
    "pcapng.gz": lambda packets: gzip.compress(pcapng(packets)),
}


@pytest.mark.parametrize("write", FILE_FORMATS.values(), ids=FILE_FORMATS)
def test_every_file_format_gives_the_same_records(write: Callable[[Iterable[Packet]], bytes]) -> None:
    talk = opened()
    talk.send("server", EVENT)
    wanted = rows_of(talk)
    assert len(wanted) == 2
    rows = read(write(talk.packets))
    assert [row.pop("time") for row in rows] == pytest.approx([row.pop("time") for row in wanted], abs=1e-6)
    assert rows == wanted


def cooked(packet: bytes) -> bytes:
    kind = b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00"
    return bytes.fromhex("0000 0001 0006 020000000001 0000") + kind + packet


def cooked2(packet: bytes) -> bytes:
    kind = b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00"
    return kind + bytes.fromhex("0000 00000002 0001 00 06 0200000000010000") + packet


LINKS: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "ethernet": (1, ethernet),
    "vlan": (1, lambda packet: ethernet(packet, [7])),
    "two vlans": (1, lambda packet: ethernet(packet, [7, 9])),
    "raw": (101, lambda packet: packet),
    "loopback": (0, lambda packet: struct.pack("<I", 2) + packet),
    "cooked": (113, cooked),
    "cooked 2": (276, cooked2),
    "cooked 2 with vlan": (
        276,
        lambda packet: b"\x81\0" + cooked2(packet)[2:20] + b"\0\7" + cooked2(packet)[:2] + packet,
    ),
}


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("hosts", [("10.0.0.1", "10.0.0.2"), ("fd00::1", "fd00::2")])
def test_link_types_and_ip_versions_are_read(link: str, hosts: tuple[str, str]) -> None:
    number, wrap = LINKS[link]
    talk = opened(client=(hosts[0], 50001), server=(hosts[1], 42027), wrap=wrap)
    talk.send("server", EVENT)
    talk.close()
    rows = read(pcap(talk.packets, linktype=number))
    assert [row["message"] for row in rows] == ["OPEN_REQ", "AGENT_STATE_EVENT"]
    assert {row["connection"] for row in rows} == {talk.name}
    assert (":" in hosts[0]) == talk.name.startswith("[fd00::1]:50001>[fd00::2]:42027")


def test_ip_options_and_extension_headers_are_skipped() -> None:
    talk = opened(client=("fd00::1", 50001), server=("fd00::2", 42027), wrap=lambda packet: packet)
    extensions = bytes.fromhex("3c00010400000000 2b00010400000000 2c00000000000000 0600000000000001")
    packets = [
        (
            time,
            packet[:4]
            + struct.pack(">HB", len(packet) - 40 + len(extensions), 0)
            + packet[7:40]
            + extensions
            + packet[40:],
        )
        for time, packet in talk.packets
    ]
    assert [row["message"] for row in read(pcap(packets, linktype=101))] == ["OPEN_REQ"]
    talk = opened(wrap=lambda packet: packet)
    packets = [
        (time, b"\x46\0" + struct.pack(">H", len(packet) + 4) + packet[4:20] + b"\1\1\1\0" + packet[20:])
        for time, packet in talk.packets
    ]
    assert [row["message"] for row in read(pcap(packets, linktype=101))] == ["OPEN_REQ"]


@pytest.mark.parametrize("encapsulation", ["GRE", "VXLAN", "MPLS", "PPPoE", "IP in IP", "PPI"])
def test_encapsulated_packets_are_read(encapsulation: str) -> None:
    inet, l2 = pytest.importorskip("scapy.layers.inet"), pytest.importorskip("scapy.layers.l2")
    link_layer = l2.Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    outer = link_layer / inet.IP(src="192.0.2.1", dst="192.0.2.2")
    heads = {
        "GRE": lambda: outer / l2.GRE(),
        "VXLAN": lambda: (
            outer
            / inet.UDP(sport=1, dport=4789)
            / pytest.importorskip("scapy.layers.vxlan").VXLAN()
            / link_layer
        ),
        "MPLS": lambda: link_layer / pytest.importorskip("scapy.contrib.mpls").MPLS(s=1),
        "PPPoE": lambda: (
            link_layer
            / pytest.importorskip("scapy.layers.ppp").PPPoE()
            / pytest.importorskip("scapy.layers.ppp").PPP()
        ),
        "IP in IP": lambda: outer,
        "PPI": lambda: link_layer,
    }
    head = heads[encapsulation]()
    talk = opened(wrap=lambda packet: bytes(head / inet.IP(packet)))
    talk.send("server", EVENT)
    talk.close()
    link, packets = 1, talk.packets
    if encapsulation == "PPI":  # a link type that scapy reads
        link = 192
        packets = [(time, struct.pack("<BBHI", 0, 0, 8, 1) + packet) for time, packet in packets]
        pytest.importorskip("scapy.layers.ppi")
    rows = read(pcap(packets, linktype=link))
    assert [row["message"] for row in rows] == ["OPEN_REQ", "AGENT_STATE_EVENT"]
    assert rows[0]["connection"] == talk.name


def test_packets_without_tcp_are_skipped() -> None:
    talk = opened()
    noise = [
        bytes.fromhex("ffffffffffff 020000000001 0806") + bytes(28),  # ARP
        ethernet(tcp_packet(("10.0.0.1", 1), ("10.0.0.2", 2), 0, 0, 0)[:9] + b"\x11" + bytes(20)),  # UDP
        b"\1\2\3",
    ]
    talk.packets[1:1] = [(START, packet) for packet in noise]
    reader = CaptureReader()
    assert len(list(reader.records(io.BytesIO(pcap(talk.packets))))) == 1
    assert reader.packets.packets == len(talk.packets)
    assert reader.packets.segments == len(talk.packets) - 3


def test_fragments_and_unknown_links_are_counted() -> None:
    talk = opened()
    place = talk.send("server", EVENT)
    time, packet = talk.packets[place]
    talk.packets[place] = (time, packet[:20] + b"\x20\0" + packet[22:])
    reader = CaptureReader()
    assert len(list(reader.records(io.BytesIO(pcap(talk.packets))))) == 1
    assert reader.packets.fragments == 1
    reader = CaptureReader()
    assert list(reader.records(io.BytesIO(pcap(talk.packets, linktype=147)))) == []
    assert reader.packets.unread == len(talk.packets)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(seeds)
def test_damaged_packets_raise_nothing(rng: random.Random) -> None:
    talk = opened()
    talk.send("server", EVENT)
    packets = []
    for time, packet in talk.packets:
        data = bytearray(packet)
        for _ in range(rng.randrange(3)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        packets.append((time, bytes(data[: rng.randrange(len(data) + 1)])))
    read(pcap(packets, linktype=rng.choice([0, 1, 101, 113, 276])))


# --- Versions and directions ---


def test_each_connection_has_the_version_of_its_open_req() -> None:
    packets: list[Packet] = []
    versions = (9, 14, 19, 20, 25)
    talks = [Talk(("10.0.0.1", 50000 + version), packets=packets).open() for version in versions]
    frames = {version: build_full(random.Random(version), version, 30) for version in versions}
    for talk, version in zip(talks, versions, strict=True):
        talk.send("client", open_request(version))
    for talk, version in zip(talks, versions, strict=True):
        talk.send("server", frames[version])
    rows = read(pcap(packets))
    for talk, version in zip(talks, versions, strict=True):
        of_one = [row for row in rows if row["connection"] == talk.name]
        assert said(of_one, "client") == stream_rows(open_request(version), version)
        assert said(of_one, "server") == stream_rows(frames[version], version)


def test_protocol_version_counts_until_an_open_req() -> None:
    event = build_full(random.Random(3), 14, 30)
    talk = Talk()
    talk.send("server", event)
    assert said(rows_of(talk, protocol_version=14), "server") == stream_rows(event, 14)
    talk = opened(version=14)
    talk.send("server", event)
    assert said(rows_of(talk, protocol_version=25), "server") == stream_rows(event, 14)


def test_an_open_req_for_an_unknown_version_is_ignored() -> None:
    talk = Talk().open()
    talk.send("client", header(3, HEADER.pack(1, 99).ljust(44, b"\0")))
    talk.send("server", EVENT)
    assert said(rows_of(talk), "server") == stream_rows(EVENT)
    with pytest.raises(ValueError, match="protocol_version must be 9 to 25, got 26"):
        CaptureReader(protocol_version=26)


def first_direction(talk: Talk, **options: Any) -> str:
    return str(rows_of(talk, **options)[0]["direction"])


def test_direction_is_found_without_an_open_req() -> None:
    def talk(server_port: int, frame: bytes, side: str, client_port: int = 50001) -> Talk:
        packets = Talk(("10.0.0.1", client_port), ("10.0.0.2", server_port))
        packets.send(side, frame)
        return packets

    task = header(200, b"\1\2\3\4")  # without published layout: its kind does not say
    assert first_direction(talk(42027, task, "server")) == "server"
    assert first_direction(talk(42027, task, "client")) == "client"
    both_known = (1000, 1001)
    assert first_direction(talk(1001, EVENT, "server", 1000), ports=both_known) == "server"
    assert first_direction(talk(1000, HEARTBEAT, "client", 1001), ports=both_known) == "client"
    assert first_direction(talk(1001, HEARTBEAT, "client", 1000), ports=both_known) == "client"


def test_the_sender_of_open_req_is_the_client() -> None:
    talk = Talk(("10.0.0.1", 42027), ("10.0.0.2", 50001))
    talk.send("server", REPLY)
    talk.send("client", open_request())
    talk.send("server", REPLY)
    rows = rows_of(talk)
    assert [row["direction"] for row in rows[1:]] == ["client", "server"]
    assert rows[-1]["connection"] == "10.0.0.1:42027>10.0.0.2:50001"


def test_reversed_messages_are_those_of_the_data() -> None:
    usual = {"request": "client-to-server", "confirmation": "server-to-client", "event": "server-to-client"}
    wanted = {
        number
        for number, message in MESSAGES.items()
        if message.get("direction", usual[message["kind"]]) != usual[message["kind"]]
    }
    assert wanted == REVERSED


# --- Order, repetition, loss ---


def rearranged(rng: random.Random, stream: bytes) -> list[tuple[int, bytes]]:
    """Segments that cover a stream: cut anywhere, overlapping, repeated, a little out of order."""
    rows: list[tuple[float, int, bytes]] = []
    at = 0
    while at < len(stream):
        size = rng.randrange(1, 200)
        back = rng.randrange(40) if rng.randrange(3) == 0 else 0
        start = max(0, at - back)
        for _ in range(1 + (rng.randrange(4) == 0)):
            rows.append((len(rows) + rng.random() * 6, start, stream[start : at + size]))
        at += size
    return [(start, data) for _, start, data in sorted(rows)]


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(seeds, st.sampled_from([1000, 2**32 - 300, 2**32 - 1]))
def test_order_and_repetition_of_segments_do_not_matter(rng: random.Random, first: int) -> None:
    talk = opened(first=(first, first + 7))
    start = talk.next["server"]
    stream = b"".join(events(12, rng.getrandbits(32)))
    for offset, data in rearranged(rng, stream):
        talk.raw("server", start + offset, ACK, data)
    talk.next["server"] += len(stream)
    talk.close()
    rows = rows_of(talk)
    assert said(rows, "server") == stream_rows(stream)
    assert [row["time"] for row in rows] == sorted(row["time"] for row in rows)


def test_a_frame_has_the_time_of_the_packet_that_completes_it() -> None:
    talk = opened()
    start = talk.next["server"]
    late = talk.raw("server", start + 10, ACK, REPLY[10:] + REPLY)
    early = talk.raw("server", start, ACK, REPLY[:10])
    rows = said_with_time(rows_of(talk))
    assert late < early
    assert rows == [pytest.approx(talk.packets[early][0], abs=1e-6)] * 2


def said_with_time(rows: list[Row]) -> list[float]:
    return [row["time"] for row in rows if row["direction"] == "server"]


def without(talk: Talk, *places: int) -> list[Packet]:
    return [packet for place, packet in enumerate(talk.packets) if place not in places]


def test_a_gap_inside_one_frame_loses_only_that_frame() -> None:
    talk = opened()
    talk.send("server", REPLY)
    talk.send("server", EVENT[:50])
    lost = talk.send("server", EVENT[50:60])
    talk.send("server", EVENT[60:] + REPLY[:3])
    talk.send("server", REPLY[3:] + EVENT)
    talk.acknowledge("client")
    reader = CaptureReader()
    rows = said(reader.records(io.BytesIO(pcap(without(talk, lost)))), "server")
    frame = len(REPLY)
    assert rows[0] == stream_rows(REPLY)[0]
    assert rows[1:4] == [
        {"offset": frame, "skipped": 50},
        {"offset": frame + 50, "missing": 10},
        {"offset": frame + 60, "skipped": len(EVENT) - 60},
    ]
    assert [(row["offset"], row["message"]) for row in rows[4:]] == [
        (frame + len(EVENT), "HEARTBEAT_CONF"),
        (2 * frame + len(EVENT), "AGENT_STATE_EVENT"),
    ]
    assert (reader.counters.gaps, reader.counters.missing) == (1, 10)
    assert reader.counters.skipped == len(EVENT) - 10


def test_the_next_frame_is_searched_after_a_gap_over_several_frames() -> None:
    talk = opened()
    frames = events(30, 5)
    stream = b"".join(frames)
    start = talk.next["server"]
    cut, resume = len(frames[0]) + 20, len(b"".join(frames[:9])) + 11
    talk.raw("server", start, ACK, stream[:cut])
    for at in range(resume, len(stream), 100):
        talk.raw("server", start + at, ACK, stream[at : at + 100])
    rows = said(rows_of(talk), "server")
    assert [row for row in rows if "missing" in row] == [{"offset": cut, "missing": resume - cut}]
    readable = [row for row in rows if "type" in row]
    wanted = stream_rows(stream)
    assert readable == [wanted[0], *wanted[10:]]
    assert sum(row.get("skipped", 0) for row in rows) == 20 + len(frames[9]) - 11


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(seeds)
def test_lost_bytes_are_reported_and_all_others_are_read(rng: random.Random) -> None:
    talk = opened()
    stream = b"".join(events(25, rng.getrandbits(32)))
    start, at, there = talk.next["server"], 0, bytearray(len(stream))
    while at < len(stream):
        size = rng.randrange(1, 150)
        if rng.randrange(8):
            talk.raw("server", start + at, ACK, stream[at : at + size])
            there[at : at + size] = b"\1" * len(stream[at : at + size])
        at += size
    talk.next["server"] = start + len(stream)
    talk.close()
    rows = said(rows_of(talk), "server")
    missing = b"".join(
        stream[row["offset"] : row["offset"] + row["missing"]] for row in rows if "missing" in row
    )
    assert len(missing) == there.count(0)
    assert not [row for row in rows if "ended" in row]
    # in order, and every byte is accounted for once
    at = 0
    for row in rows:
        assert row["offset"] == at
        at += row.get("missing") or row.get("skipped") or 8 + HEADER.unpack_from(stream, at)[0]
    assert at == len(stream)
    # nothing is read that was not sent
    wanted = {row["offset"]: row for row in stream_rows(stream)}
    read_rows = [row for row in rows if "type" in row]
    assert all(row == wanted[row["offset"]] for row in read_rows)


def test_a_gap_is_final_once_the_receiver_has_acknowledged_it() -> None:
    talk = opened()
    lost = talk.send("server", EVENT)
    talk.send("server", REPLY)
    talk.acknowledge("client")
    places = [talk.send("client", HEARTBEAT) for _ in range(40)]
    packets = without(talk, lost)
    reader = CaptureReader()
    seen = [
        (row["direction"], row.get("message"), reader.packets.packets)
        for row in reader.records(io.BytesIO(pcap(packets)))
    ]
    reported = next(number for direction, message, number in seen if message == "HEARTBEAT_CONF")
    assert reported < len(packets) - len(places) // 2
    assert [direction for direction, message, _ in seen if message is None] == ["server"]


def test_an_acknowledgment_shortly_before_its_segment_is_not_a_gap() -> None:
    talk = opened()
    place = talk.send("server", EVENT)
    other = talk.acknowledge("client")
    talk.packets[place], talk.packets[other] = talk.packets[other], talk.packets[place]
    assert [row.get("message") for row in rows_of(talk)] == ["OPEN_REQ", "AGENT_STATE_EVENT"]


def test_missing_bytes_at_the_end_are_reported() -> None:
    talk = opened()
    talk.send("server", REPLY)
    lost = [talk.send("server", EVENT), talk.send("server", EVENT)]
    talk.acknowledge("client")
    rows = said(read(pcap(without(talk, *lost))), "server")
    assert rows[1:] == [{"offset": len(REPLY), "missing": 2 * len(EVENT)}]
    talk.close()
    rows = said(read(pcap(without(talk, *lost))), "server")
    assert rows[1:] == [{"offset": len(REPLY), "missing": 2 * len(EVENT)}]


def test_a_fin_that_was_not_captured_is_not_a_missing_byte() -> None:
    talk = opened()
    talk.send("server", REPLY)
    place = len(talk.packets)
    talk.close()
    rows = read(pcap(without(talk, place + 2)))
    assert [row.get("message") for row in rows] == ["OPEN_REQ", "HEARTBEAT_CONF"]


def test_truncated_packets_leave_gaps() -> None:
    talk = opened()
    stream = REPLY + EVENT + REPLY
    start = talk.next["server"]
    place = talk.raw("server", start, ACK, stream)
    time, packet = talk.packets[place]
    talk.packets[place] = (time, packet[: len(packet) - len(EVENT)])
    talk.raw("server", start + len(stream), ACK, REPLY)
    rows = said(rows_of(talk), "server")
    assert [row.get("message", list(row)[-1]) for row in rows] == [
        "HEARTBEAT_CONF",
        "skipped",
        "missing",
        "HEARTBEAT_CONF",
    ]


def test_protocol_version_counts_where_the_open_req_is_lost() -> None:
    talk = opened(version=14)
    talk.send("server", header(4, bytes(26)))
    event = build_full(random.Random(3), 14, 30)
    talk.send("server", event)
    rows = read(pcap(without(talk, 3)), protocol_version=14)
    assert {"offset": 0, "missing": len(open_request(14))} in said(rows, "client")
    assert said(rows, "server")[-1]["fields"] == stream_rows(event, 14)[0]["fields"]


def test_memory_is_bounded_if_a_gap_is_never_acknowledged() -> None:
    talk = opened(step=0.0)
    lost = talk.send("server", REPLY)
    large = header(60000, bytes(50_000))
    for _ in range(60):
        talk.raw("server", talk.next["server"], PSH, large[:30_000])
        talk.raw("server", talk.next["server"] + 30_000, PSH, large[30_000:])
        talk.next["server"] += len(large)
    reader = CaptureReader()
    first = None
    rows = []
    for row in reader.records(io.BytesIO(pcap(without(talk, lost)))):
        if "missing" in row:
            first = reader.packets.packets
        rows.append(row)
    assert first is not None
    assert first < 60
    assert rows[1]["missing"] == len(REPLY)


# --- Connections ---


def test_many_connections_are_read_at_once() -> None:
    packets: list[Packet] = []
    talks = [Talk(("10.0.0.1", 40000 + number), packets=packets) for number in range(50)]
    streams = {talk.name: b"".join(events(6, number)) for number, talk in enumerate(talks)}
    rng = random.Random(1)
    for talk in talks:
        talk.open().send("client", open_request())
    left = dict(streams)
    while any(left.values()):
        talk = rng.choice([talk for talk in talks if left[talk.name]])
        size = rng.randrange(1, 120)
        talk.send("server", left[talk.name][:size])
        left[talk.name] = left[talk.name][size:]
    rows = read(pcap(packets))
    for name, stream in streams.items():
        assert said((row for row in rows if row["connection"] == name), "server") == stream_rows(stream)


def test_a_new_connection_may_reuse_ports_of_one_captured_from_its_middle() -> None:
    talk = Talk()
    talk.send("server", EVENT)
    talk.close()
    opened(packets=talk.packets, start=START + 10)
    assert [row["message"] for row in rows_of(talk)] == ["AGENT_STATE_EVENT", "OPEN_REQ"]


@pytest.mark.parametrize("end", ["close", "reset", "nothing"])
def test_a_new_connection_may_reuse_the_ports_of_an_old_one(end: str) -> None:
    talk = opened(version=14)
    event = build_full(random.Random(3), 14, 30)
    talk.send("server", event)
    match end:
        case "close":
            talk.close()
        case "reset":
            talk.raw("client", talk.next["client"], RST | ACK)
    again = opened(version=25, first=(77, 88), packets=talk.packets, start=START + 10)
    again.send("server", EVENT)
    rows = rows_of(talk)
    assert [row["message"] for row in rows] == ["OPEN_REQ", "AGENT_STATE_EVENT"] * 2
    assert [row["offset"] for row in rows] == [0] * 4
    assert said(rows, "server") == stream_rows(event, 14) + stream_rows(EVENT)


def test_repeated_handshakes_and_late_packets_change_nothing() -> None:
    talk = opened()
    talk.packets += talk.packets[:3]
    talk.send("server", EVENT)
    talk.raw("server", talk.next["server"] - 1, ACK, b"\0")  # keep-alive
    talk.close()
    talk.packets += talk.packets[:6]
    assert [row["message"] for row in rows_of(talk)] == ["OPEN_REQ", "AGENT_STATE_EVENT"]


def test_the_longest_silent_connection_is_dropped_for_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture_module, "MAX_CONNECTIONS", 2)
    packets: list[Packet] = []
    talks = [Talk(("10.0.0.1", 50000 + number), packets=packets).open() for number in range(2)]
    for talk in talks:
        talk.send("client", open_request())
    talks[0].send("server", EVENT[:20])
    talks[1].send("server", REPLY)
    talks.append(Talk(("10.0.0.1", 50002), packets=packets).open())
    talks[2].send("client", open_request())
    rows = read(pcap(packets))
    assert [row["connection"] for row in rows if "ended" in row] == [talks[0].name]
    assert rows[-1]["connection"] == talks[2].name


def test_other_traffic_is_skipped() -> None:
    packets: list[Packet] = []
    web = Talk(("10.0.0.1", 50001), ("10.0.0.2", 80), packets=packets).open()
    web.send("client", b"GET / HTTP/1.1\r\n\r\n")
    web.send("server", b"HTTP/1.1 200 OK\r\n\r\n" + EVENT)
    middle = Talk(("10.0.0.1", 50002), ("10.0.0.2", 80), packets=packets)
    middle.send("server", bytes(100_000)[:1400])
    for _ in range(100):
        middle.send("server", EVENT)
    reader = CaptureReader()
    assert list(reader.records(io.BytesIO(pcap(packets)))) == []
    assert reader.counters.connections == 0


def test_other_ports_are_recognised_by_their_first_message() -> None:
    talk = opened(server=("10.0.0.2", 4711))
    talk.send("server", EVENT)
    assert len(rows_of(talk)) == 2
    middle = talk.packets[-1:]
    (row,) = read(pcap(middle))
    assert (row["message"], row["direction"]) == ("AGENT_STATE_EVENT", "server")
    small = opened(server=("10.0.0.2", 4711), packets=[])
    cut = Talk(("10.0.0.1", 50001), ("10.0.0.2", 4711)).open()
    for byte in open_request():
        cut.send("client", bytes([byte]))
    assert said(rows_of(cut), "client") == said(rows_of(small), "client")


def test_a_capture_may_begin_inside_a_frame() -> None:
    talk = Talk()
    talk.send("server", EVENT[30:] + REPLY)
    talk.send("server", EVENT)
    rows = said(rows_of(talk), "server")
    assert rows[0] == {"offset": 0, "skipped": len(EVENT) - 30}
    assert [row["message"] for row in rows[1:]] == ["HEARTBEAT_CONF", "AGENT_STATE_EVENT"]


# --- Streams that cannot be followed ---


def test_a_frame_above_the_limit_ends_only_its_direction() -> None:
    talk = opened()
    talk.send("server", REPLY + HEADER.pack(65529, 30))
    talk.send("server", REPLY)
    talk.send("client", HEARTBEAT)
    rows = rows_of(talk)
    assert said(rows, "client")[-1]["message"] == "HEARTBEAT_REQ"
    (_, ended) = said(rows, "server")
    assert ended["offset"] == len(REPLY)
    assert "above the limit of 65536" in ended["ended"]
    assert len(rows_of(talk, max_frame=65537)) == 4


def test_an_end_inside_a_frame_is_reported() -> None:
    for finish in (lambda talk: talk, Talk.close):
        talk = opened()
        talk.send("server", REPLY + EVENT[:-1])
        finish(talk)
        ended = said(rows_of(talk), "server")[-1]
        assert ended["offset"] == len(REPLY)
        assert f"after {len(EVENT) - 1} bytes of it" in ended["ended"]


def test_encrypted_connections_are_reported() -> None:
    talk = Talk().open()
    talk.send("client", bytes.fromhex("16030100aa01") + bytes(200))
    talk.send("server", bytes.fromhex("160303007a02") + bytes(200))
    rows = rows_of(talk)
    assert [row["direction"] for row in rows] == ["client", "server"]
    assert all("TLS" in row["ended"] for row in rows)


@pytest.mark.parametrize("write", [pcap, pcapng])
def test_a_truncated_file_gives_everything_before_the_fault(write: Callable[[list[Packet]], bytes]) -> None:
    talk = opened()
    talk.send("server", EVENT)
    file = write(talk.packets)
    for damaged in (file[:-6], gzip.compress(file)[:-20], file + b"\0" * 15):
        rows: list[Row] = []
        with pytest.raises(CaptureError, match="truncated or damaged"):
            drain(damaged, rows)
        assert "OPEN_REQ" in [row.get("message") for row in rows]


def drain(file: bytes, rows: list[Row]) -> None:
    """Read into ``rows``, which keeps what came before an error."""
    for row in CaptureReader().records(io.BytesIO(file)):
        rows.append(row)  # noqa: PERF402 - list() would lose them


@pytest.mark.parametrize("file", [b"", b"\1", b"GET / HTTP/1.1", HEARTBEAT, b"\x1f\x8bnonsense", bytes(100)])
def test_a_file_that_is_not_a_capture_is_refused(file: bytes) -> None:
    with pytest.raises(CaptureError):
        read(file)


# --- Records to frames ---


def test_records_of_a_capture_give_back_the_bytes_of_each_direction() -> None:
    packets: list[Packet] = []
    streams: dict[str, bytes] = {}
    for version in (14, 19, 25):
        talk = opened(version=version, client=("10.0.0.1", 50000 + version), packets=packets)
        streams[talk.name] = b"".join(events(8, version, version)) + header(
            6, b"\0"
        )  # the last one is malformed
        talk.send("server", streams[talk.name])
    rows = read(pcap(packets))
    for name, stream in streams.items():
        of_one = [row for row in rows if (row["connection"], row["direction"]) == (name, "server")]
        assert b"".join(frame_from_record(codec(25), row) for row in of_one) == stream


# --- Arguments ---


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"protocol_version": 8}, ValueError, "protocol_version must be 9 to 25, got 8"),
        ({"protocol_version": "25"}, TypeError, "protocol_version must be an integer, 9 to 25, got '25'"),
        ({"protocol_version": True}, TypeError, "protocol_version must be an integer"),
        ({"max_frame": 7}, ValueError, "max_frame must be 8 to 4294967303, got 7"),
        ({"max_frame": 2**70}, ValueError, "max_frame must be 8 to 4294967303"),
        ({"max_frame": None}, TypeError, "max_frame must be an integer"),
        ({"ports": 42027}, TypeError, "ports must be a collection of port numbers, got 42027"),
        ({"ports": "42027"}, TypeError, "ports must be a collection of port numbers, got '42027'"),
        ({"ports": [0]}, ValueError, "ports must be 1 to 65535, got 0"),
        ({"ports": [65536]}, ValueError, "ports must be 1 to 65535, got 65536"),
        ({"ports": ["42027"]}, TypeError, "ports must be an integer, 1 to 65535, got '42027'"),
    ],
)
def test_options_outside_their_range_are_refused(
    options: dict[str, Any], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=re.escape(text)):
        CaptureReader(**options)


# --- The command ---


def run(*arguments: str, data: bytes = b"", command: str = "decode") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "ctios_fast", command, *arguments],
        input=data,
        capture_output=True,
        cwd=ROOT,
        timeout=50,
    )


def encode(*arguments: str, data: bytes) -> subprocess.CompletedProcess[bytes]:
    return run(*arguments, data=data, command="encode")


def test_decode_reads_a_capture_from_a_file_or_a_pipe(tmp_path: Path) -> None:
    talk = opened(version=14)
    talk.send("server", build_full(random.Random(3), 14, 30))
    file = tmp_path / "a.pcapng"
    file.write_bytes(pcapng(talk.packets))
    done = run("--pcap", str(file))
    assert (done.returncode, done.stderr) == (0, b"")
    assert [json.loads(line) for line in done.stdout.splitlines()] == read(file.read_bytes())
    assert run("--pcap", data=file.read_bytes()).stdout == done.stdout


def test_decode_prints_a_live_capture_at_once() -> None:
    talk = opened()
    command = [sys.executable, "-m", "ctios_fast", "decode", "--pcap", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(pcap(talk.packets))
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["message"] == "OPEN_REQ"
        process.stdin.close()
        assert process.wait(20) == 0


def test_decode_reports_missing_bytes_with_status_1() -> None:
    talk = opened()
    lost = talk.send("server", EVENT)
    talk.send("server", REPLY)
    done = run("--pcap", data=pcap(without(talk, lost)))
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"ctios-fast decode: {len(EVENT)} bytes are missing from the capture".encode()
    ]
    malformed = opened()
    malformed.send("server", header(6, b"\0"))
    done = run("--pcap", data=pcap(malformed.packets))
    assert (done.returncode, done.stderr) == (1, b"")
    assert "error" in json.loads(done.stdout.splitlines()[-1])


def test_decode_ends_with_status_3_if_a_stream_cannot_be_followed() -> None:
    talk = opened()
    talk.send("server", EVENT[:-1])
    done = run("--pcap", data=pcap(talk.packets))
    assert done.returncode == 3
    assert done.stderr.startswith(f"ctios-fast decode: {talk.name}, server: ".encode())
    assert done.stderr.count(b"\n") == 1
    for file in (b"nonsense", pcap(talk.packets[:4])[:-3]):
        done = run("--pcap", data=file)
        assert done.returncode == 3
        assert done.stderr.splitlines()[-1].startswith(b"ctios-fast decode: the ")


def test_decode_names_the_missing_extra_in_one_line() -> None:
    script = (
        "import sys; sys.modules['scapy'] = None; sys.modules['scapy.utils'] = None\n"
        "sys.argv = ['ctios-fast', 'decode', '--pcap']\n"
        "from ctios_fast.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=b"", capture_output=True, cwd=ROOT, timeout=50
    )
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"pip install 'ctios_fast[pcap]'" in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_decode_finds_servers_by_port_and_reports_if_there_is_none() -> None:
    talk = Talk(server=("10.0.0.2", 4711))
    talk.send("server", EVENT[30:])
    talk.send("server", REPLY)
    file = pcap(talk.packets)
    done = run("--pcap", data=file)
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"--port" in done.stderr
    done = run("--pcap", "--port", "4711", data=file)
    assert json.loads(done.stdout.splitlines()[-1])["message"] == "HEARTBEAT_CONF"
    done = run("--port", "4711", data=HEARTBEAT)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"ctios-fast decode: --port is for captures, and the input is not one\n"


@pytest.mark.parametrize("write", FILE_FORMATS.values(), ids=FILE_FORMATS)
def test_decode_recognises_a_capture_by_its_first_bytes(
    write: Callable[[Iterable[Packet]], bytes], tmp_path: Path
) -> None:
    talk = opened()
    talk.send("server", EVENT)
    file = tmp_path / "a capture"
    file.write_bytes(write(talk.packets))
    done = run(str(file))
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == run("--pcap", str(file)).stdout == run(data=file.read_bytes()).stdout
    assert len(done.stdout.splitlines()) == 2


def test_a_frame_below_the_limit_is_never_taken_for_a_capture() -> None:
    assert looks_like_capture(pcapng([])[:8])
    length = int.from_bytes(pcapng([])[:4])
    assert not looks_like_capture(pcapng([])[:8], max_frame=length + 8)
    assert not looks_like_capture(HEARTBEAT)
    assert not looks_like_capture(b"")


@pytest.mark.parametrize("direction", ["client", "server"])
def test_encode_writes_one_direction_of_a_captured_connection(direction: str) -> None:
    packets: list[Packet] = []
    talks = [opened(version=14, packets=packets), opened(client=("10.0.0.1", 50002), packets=packets)]
    talks[0].send("server", build_full(random.Random(3), 14, 30))
    talks[1].send("server", EVENT)
    lines = run("--pcap", data=pcap(packets)).stdout
    done = encode("--connection", talks[0].name, "--direction", direction, data=lines)
    assert (done.returncode, done.stderr) == (0, b"")
    wanted = {"client": open_request(14), "server": build_full(random.Random(3), 14, 30)}
    assert done.stdout == wanted[direction]
    everything = encode(data=lines)
    assert (everything.returncode, everything.stderr) == (0, b"")
    assert len(everything.stdout) == len(open_request(14) + open_request() + wanted["server"] + EVENT)


def test_encode_refuses_a_connection_that_the_lines_lack() -> None:
    talk = opened()
    lines = run("--pcap", data=pcap(talk.packets)).stdout
    done = encode("--connection", "1", data=lines)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == (
        "ctios-fast encode: no line has the connection '1': --connection takes the name of a connection of "
        f"the lines (1 is {talk.name})\n"
    )


def test_encode_says_that_no_line_matches() -> None:
    lines = run("--pcap", data=pcap(opened().packets)).stdout
    done = encode("--direction", "server", data=lines)
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr == b"ctios-fast encode: no line matches the options\n"


@pytest.mark.parametrize("option", [("--connection", "a>b"), ("--direction", "server")])
def test_encode_refuses_lines_that_are_not_of_a_capture_if_it_chooses(option: tuple[str, str]) -> None:
    done = encode(*option, data=b'{"type": 5, "fields": {"InvokeID": 7}}\n')
    assert (done.returncode, done.stdout) == (3, b"")
    name = option[0].removeprefix("--")
    assert done.stderr.decode() == (
        f"line 1: {name}: the line lacks it, and {option[0]} is for the lines of a capture\n"
    )


def test_encode_counts_lines_without_a_frame_and_returns_1() -> None:
    talk = opened()
    lost = talk.send("server", EVENT)
    talk.send("server", REPLY + EVENT[:50])
    done = run("--pcap", data=pcap(without(talk, lost)))
    assert done.returncode == 3
    back = encode("--direction", "server", data=done.stdout)
    assert (back.returncode, back.stdout) == (1, REPLY)
    counted = sum(1 for line in done.stdout.splitlines() if "type" not in json.loads(line))
    assert counted >= 2
    assert back.stderr.startswith(
        f"ctios-fast encode: {counted} lines describe what a capture lacks".encode()
    )


def test_decoding_a_raw_stream_does_not_import_scapy() -> None:
    script = (
        "import sys; sys.argv = ['ctios-fast', 'decode', '--help']\n"
        "from ctios_fast.cli.main import main\n"
        "try: main()\n"
        "finally: print('scapy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=ROOT, timeout=50)
    assert done.stdout.splitlines()[-1] == b"False"
