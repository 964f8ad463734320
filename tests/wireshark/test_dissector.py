"""The Wireshark dissector, run by tshark: it shows a frame as the codec decodes it."""

import json
import random
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support.captures import SERVER_PORT, RecordingProxy, Talk, pcap, pcapng
from support.raw_client import BULK_MODE, LOGIN, LOGOUT, NOT_READY, RawClient
from support.reference_codec import HEADER, MESSAGES, TAGS, split
from support.strategies import BARE_NUMBERS, build, build_full, damage, floating, header

from ctios_fast.core import Codec, Message, NamedArray, NamedVariable, codec
from ctios_fast.errors import MalformedFrame
from ctios_fast.sim import Simulator
from ctios_fast.wireshark.generator import dissector, filter_name

TSHARK = shutil.which("tshark")
pytestmark = pytest.mark.skipif(
    TSHARK is None,
    reason="tshark is not installed (Debian: apt-get install tshark); the dissector is not tested",
)
VERSIONS = [14, 19, 20, 25]
ANYTHING = object()


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dissector") / "ged188.lua"
    path.write_text(dissector(), encoding="utf-8")
    return path


def tshark(script: Path, capture: bytes, *arguments: str) -> str:
    assert TSHARK is not None
    file = script.with_suffix(".pcap")
    file.write_bytes(capture)
    done = subprocess.run(
        [TSHARK, "-n", "-X", f"lua_script:{script}", "-r", str(file), *arguments],
        capture_output=True,
        timeout=50,
        check=True,
    )
    assert b"Lua" not in done.stderr, done.stderr.decode()
    return done.stdout.decode("utf-8", "replace")  # labels are cut within a character


# --- what tshark shows: objects as lists of pairs, since a name may come several times ---


class Node(NamedTuple):
    """A field as shown, and its subtree."""

    name: str
    value: str
    below: "list[Node]"

    def all(self, name: str) -> "list[str]":
        found = [self.value] if self.name == name else []
        for node in self.below:
            found += node.all(name)
        return found


class Shown(NamedTuple):
    """A dissected frame."""

    from_server: bool
    nodes: list[Node]

    def all(self, name: str) -> list[str]:
        return [value for node in self.nodes for value in node.all(name)]

    def has_expert(self, name: str) -> bool:
        return f"'{name}'" in repr(self.nodes)


def nodes_of(pairs: list[tuple[str, Any]]) -> list[Node]:
    found: list[Node] = []
    for name, value in pairs:
        if name.endswith("_tree") and found and found[-1].name == name.removesuffix("_tree"):
            found[-1].below.extend(nodes_of(value))
        elif isinstance(value, list):
            found.append(Node(name, "", nodes_of(value)))
        else:
            found.append(Node(name, str(value), []))
    return found


def dissected(script: Path, capture: bytes, *arguments: str) -> list[Shown]:
    found: list[Shown] = []
    text = tshark(script, capture, "-T", "json", *arguments)
    for packet in json.loads(text, object_pairs_hook=list):
        layers = dict(dict(packet)["_source"])["layers"]
        assert not [name for name, _ in layers if "error" in name.lower()], layers
        port = dict(dict(layers)["tcp"])["tcp.srcport"]
        found += [
            Shown(port == str(SERVER_PORT), nodes_of(value)) for name, value in layers if name == "ged188"
        ]
    return found


# --- what the codec reads, in tshark's form ---


def wire_type(message: Message, name: str) -> str | None:
    layout = codec(message.version).describe(message.type)
    assert layout is not None
    for field in (*layout.floating, *layout.fixed):
        if field.name == name:
            return field.type
    if name in message.fixed():  # of an alternative layout
        fields = MESSAGES[message.type]["alternatives"][0]["fixed"]
        return next(str(field["type"]) for field in fields if field["name"] == name)
    return next(row.get("type") for row in TAGS.values() if row.get("field") == name)


def shown_text(data: bytes) -> object:
    text = data.partition(b"\0")[0]
    return text.decode("ascii") if text.isascii() else ANYTHING


def shown_bytes(data: bytes) -> str:
    return data.hex(":")


def expected_floating(message: Message) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for (name, value), (_, data) in zip(message.floating(), message.floating_raw(), strict=True):
        kind = None if name.startswith("tag:") else wire_type(message, name)
        field = "" if name.startswith("tag:") else filter_name(name, kind or "UNSPEC")
        match value:
            case bytes() if name.startswith("tag:"):
                rows.append(("ged188.unknown_field", shown_bytes(value)))
            case bytes() if kind == "STRING":
                rows.append((field, shown_text(data)))
            case bytes() if kind in ("UNSPEC", None):
                rows.append((field, shown_bytes(value)))
            case bytes() if kind in ("NAMEDVAR", "NAMEDARRAY"):
                rows.append((field, ANYTHING))  # text that is cut, or no text at all
            case bytes():
                rows.append(("ged188.odd_data", shown_bytes(value)))
            case NamedVariable():
                rows.append((field, f"{value.name}={value.value}"))
            case NamedArray():
                rows.append((field, f"{value.name}[{value.index}]={value.value}"))
            case list():
                rows.append(("ged188.floating", [(field, number) for number in value]))
            case _:
                rows.append((field, value))
    return rows


def plain(name: str, text: str, wanted: object) -> object:
    """The text that tshark shows, as the type of what is expected."""
    if not isinstance(wanted, int):
        return text
    if " UTC" in text or text.endswith("Z"):
        return seconds(text)
    return int(text, 0)


def seconds(text: str) -> int:
    """A time as tshark prints it, older and newer form."""
    day, _, fraction = text.removesuffix(" UTC").removesuffix("Z").partition(".")
    assert set(fraction) <= {"0"}
    for form in ("%b %d, %Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"):
        try:
            return int(datetime.strptime(" ".join(day.split()), form).replace(tzinfo=UTC).timestamp())
        except ValueError:
            continue
    raise AssertionError(text)


def assert_shown(shown: Shown, version: int, frame: bytes) -> None:
    """The dissected frame has the fields that the codec reads from the same bytes, in the same order."""
    length, number = HEADER.unpack_from(frame)
    head = [("ged188.message_length", length), ("ged188.message_type", number), ("ged188.version", version)]
    try:
        message = codec(version).decode(frame)
    except MalformedFrame:
        assert shown.has_expert("ged188.malformed"), (version, frame.hex())
        return
    assert not shown.has_expert("ged188.malformed"), (version, frame.hex())
    rows = [node for node in shown.nodes if node.name.startswith("ged188.")]
    if not message.documented:
        assert shown.has_expert("ged188.no_layout")
        wanted: list[tuple[str, object]] = [*head]
        if message.body:
            wanted.append(("ged188.body", shown_bytes(message.body)))
    else:
        fixed = [
            (filter_name(name, wire_type(message, name) or ""), value)
            for name, value in message.fixed().items()
        ]
        wanted = [*head, *fixed, *expected_floating(message)]
        tags = [(int(tag), int(size)) for tag, size in tags_shown(rows)]
        assert tags == [(tag, len(data)) for tag, data in message.floating_raw()]
    assert len(rows) == len(wanted), (version, frame.hex())
    for node, (name, value) in zip(rows, wanted, strict=True):
        where = (version, message.name, name, frame.hex())
        if value is ANYTHING:
            continue
        assert node.name == name, where
        assert node.value or not isinstance(value, int), (node, where)
        if isinstance(value, list):
            elements = [below for below in node.below if below.name == value[0][0]] if value else []
            assert [(below.name, int(below.value, 0)) for below in elements] == value, where
            assert len(below_fields(node)) == len(value), where
        else:
            assert plain(name, node.value, value) == value, where


def below_fields(node: Node) -> list[Node]:
    """The elements of an array: the fields below it besides tag, length and remarks."""
    others = ("ged188.tag", "ged188.tag_length")
    return [below for below in node.below if below.name.startswith("ged188.") and below.name not in others]


def tags_shown(rows: list[Node]) -> list[tuple[str, str]]:
    found = []
    for node in rows:
        below = {child.name: child.value for child in node.below}
        if "ged188.tag" in below:
            found.append((below["ged188.tag"], below["ged188.tag_length"]))
    return found


def assert_streams_shown(shown: list[Shown], version: int, streams: dict[str, bytes]) -> None:
    for side, stream in streams.items():
        frames, tail = split(stream)
        assert tail.verdict == "end"
        of_side = [one for one in shown if one.from_server == (side == "server")]
        assert len(of_side) == len(frames)
        for one, frame in zip(of_side, frames, strict=True):
            assert_shown(one, version, header(frame.type, frame.body))


# --- captures ---


def open_request(version: int, invoke_id: int = 1) -> bytes:
    layout = codec(version).describe(3)
    assert layout is not None
    body = HEADER.pack(invoke_id, version).ljust(layout.fixed_size, b"\0")
    return header(3, body + floating(version, 1, b"test\0") + floating(version, 2, b"secret\0"))


def cut_at_random(rng: random.Random, stream: bytes, longest: int = 400) -> list[bytes]:
    pieces = []
    while stream:
        size = rng.randrange(1, longest)
        pieces.append(stream[:size])
        stream = stream[size:]
    return pieces


async def simulator_traffic(version: int) -> RecordingProxy:
    """A supervisor's session and an agent's, the agent's work, refusals; cut into small segments."""
    rng = random.Random(version)
    async with Simulator(agents=5) as simulator:
        side = simulator.side_a
        async with RecordingProxy(side.host, side.port, lambda piece: cut_at_random(rng, piece, 60)) as proxy:
            async with await RawClient.connect(proxy, version=version) as monitor:
                await monitor.open(BULK_MODE)
                async with await RawClient.connect(proxy, version=version) as agent:
                    await agent.open_agent(0)
                    for state, reason in ((LOGIN, 0), (NOT_READY, 7), (99, 0), (LOGOUT, 8)):
                        await agent.set_state(state, EventReasonCode=reason)
                        await agent.settle()
                    await agent.ask("CLOSE_REQ", {"Status": 0})
                simulator.force_logout("1001")
                await monitor.settle()
                await monitor.ask("CLOSE_REQ", {"Status": 0})
            await proxy.closed()
            return proxy


@pytest.mark.parametrize("version", VERSIONS)
async def test_simulator_traffic_is_shown_as_the_codec_decodes_it(version: int, script: Path) -> None:
    proxy = await simulator_traffic(version)
    assert len(proxy.streams) == 2
    capture = pcap(proxy.packets)
    shown = dissected(script, capture)
    for number, streams in enumerate(proxy.streams):
        of_one = dissected(script, capture, "-Y", f"tcp.port == {50000 + number}")
        assert_streams_shown(of_one, version, {side: bytes(stream) for side, stream in streams.items()})
    types = {int(one.all("ged188.message_type")[0]) for one in shown}
    assert {3, 4, 30, 38, 39} <= types
    assert any(frame_is_split(proxy))


def frame_is_split(proxy: RecordingProxy) -> list[bool]:
    frames = sum(len(split(bytes(stream))[0]) for streams in proxy.streams for stream in streams.values())
    return [len(proxy.packets) > 2 * frames]


async def test_states_are_listed_by_their_filter_name(script: Path) -> None:
    proxy = await simulator_traffic(25)
    text = tshark(
        script,
        pcapng(proxy.packets),
        *("-Y", "ged188.message_type == 30 && ged188.agent_id == 1001"),
        *("-T", "fields", "-e", "ged188.agent_state", "-e", "ged188.agent_id", "-E", "occurrence=a"),
    )
    rows = [line.split("\t") for line in text.splitlines()]
    wanted = [
        [str(message["AgentState"]), str(message["AgentID"])]
        for streams in proxy.streams
        for message in messages(bytes(streams["server"]), codec(25))
        if message.type == 30
    ]
    flat = [list(pair) for row in rows for pair in zip(*(cell.split(",") for cell in row), strict=True)]
    assert sorted(flat) == sorted(wanted)
    assert {state for state, _ in flat} >= {"0", "1", "2"}


def messages(stream: bytes, reader: Codec) -> list[Message]:
    return [reader.decode(header(frame.type, frame.body)) for frame in split(stream)[0]]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_message_and_fault_is_shown_as_the_codec_decodes_it(version: int, script: Path) -> None:
    rng = random.Random(version)
    frames = [build_full(rng, version, number) for number in MESSAGES]
    frames += [build(rng, version, number) for number in (*MESSAGES, *BARE_NUMBERS)]
    frames += [damage(rng, version, build(rng, version, number)) for number in MESSAGES]
    # an OPEN_REQ would change the version of all later frames
    frames = [frame for frame in frames if HEADER.unpack_from(frame)[1] != 3]
    stream = b"".join(frames)
    talk = Talk().open()
    talk.send("client", open_request(version))
    for piece in cut_at_random(rng, stream):
        talk.send("server", piece)
    assert_streams_shown(
        dissected(script, pcap(talk.packets)), version, {"client": open_request(version), "server": stream}
    )


def test_each_conversation_has_the_version_of_its_open_req(script: Path) -> None:
    packets: list[tuple[float, bytes]] = []
    talks = [Talk(("10.0.0.1", 50000 + version), packets=packets).open() for version in VERSIONS]
    event = {version: build_full(random.Random(version), version, 30) for version in VERSIONS}
    for talk, version in zip(talks, VERSIONS, strict=True):
        talk.send("client", open_request(version))
    for talk, version in zip(talks, VERSIONS, strict=True):
        talk.send("server", event[version])
    shown = dissected(script, pcap(packets), "-Y", "ged188.message_type == 30")
    for one, version in zip(shown, VERSIONS, strict=True):
        assert_shown(one, version, event[version])


def test_the_preference_is_the_version_without_an_open_req(script: Path) -> None:
    event = build_full(random.Random(1), 14, 30)
    talk = Talk()
    talk.send("server", event)
    (shown,) = dissected(script, pcap(talk.packets), "-o", "ged188.version:14")
    assert_shown(shown, 14, event)
    (shown,) = dissected(script, pcap(talk.packets))
    assert shown.all("ged188.version") == ["25"]


def test_an_open_req_is_recognised_on_any_port_and_ports_can_be_set(script: Path) -> None:
    talk = Talk(("fd00::1", 50001), ("fd00::2", 1234)).open()
    talk.send("client", open_request(19))
    talk.send("server", build_full(random.Random(1), 19, 30))
    text = tshark(script, pcap(talk.packets), "-Y", "ged188", "-T", "fields", "-e", "ged188.message_type")
    assert text.split() == ["3", "30"]
    later = pcap(talk.packets[-1:])
    assert tshark(script, later, "-Y", "ged188") == ""
    for option in (("-o", "ged188.ports:1234"), ("-d", "tcp.port==1234,ged188")):
        shown = tshark(script, later, *option, "-Y", "ged188", "-T", "fields", "-e", "ged188.message_type")
        assert shown.split() == ["30"]


def test_a_frame_above_the_limit_is_malformed_and_later_frames_are_shown(script: Path) -> None:
    talk = Talk().open()
    talk.send("server", HEADER.pack(65529, 30) + b"abcd")
    talk.send("server", header(6, b"\0\0\0\7"))
    first, second = dissected(script, pcap(talk.packets))
    assert first.has_expert("ged188.malformed")
    assert_shown(second, 25, header(6, b"\0\0\0\7"))


def test_bits_enumerations_and_passwords_are_marked(script: Path) -> None:
    talk = Talk().open()
    request = codec(25).encode(
        3,
        {field["name"]: 0 for field in MESSAGES[3]["fixed"]} | {"VersionNumber": 25, "ServicesRequested": 5},
        [("ClientID", "test"), ("ClientPassword", b"secret\0")],
    )
    talk.send("client", request)
    talk.send("server", header(2, b"\0\0\0\1"))
    (opened,) = dissected(script, pcap(talk.packets), "-Y", "ged188.password_in_clear")
    assert opened.all("ged188.client_password") == [b"secret\0".hex(":")]
    bits = "ged188.cti_service_mask.cti_service"
    assert [
        opened.all(f"{bits}_{name}")[0] in ("1", "True") for name in ("client_control", "all_events")
    ] == [
        True,
        False,
    ]
    text = tshark(script, pcap(talk.packets), "-V", "-Y", "ged188.status == 1")
    assert "Status: E_CTI_INVALID_VERSION (1)" in text


@pytest.mark.parametrize(("password", "marked"), [(b"", False), (b"\0", False), (b"x", True), (b"x\0", True)])
def test_an_empty_password_is_not_marked_as_a_password_in_clear(
    script: Path, password: bytes, marked: bool
) -> None:
    fixed = {field["name"]: 0 for field in MESSAGES[3]["fixed"]} | {"VersionNumber": 25}
    fields = [("ClientID", "test"), ("ClientPassword", password), ("AgentPassword", password)]
    talk = Talk().open()
    talk.send("client", codec(25).encode(3, fixed, fields, as_received=True))
    (shown,) = dissected(script, pcap(talk.packets))
    assert shown.has_expert("ged188.password_in_clear") == marked


def test_documented_messages_are_not_unusual(script: Path) -> None:
    version = 25
    talk = Talk().open()
    for number, message in MESSAGES.items():
        if number == 3:
            continue
        fields = [
            floating(version, field["tag"], b"\0" * (1 if field["type"] == "STRING" else 4))
            for field in message["floating"]
            if "tag" in field and field["type"] in ("STRING", "UINT")
        ]
        size = codec(version).describe(number)
        assert size is not None
        talk.send("server", header(number, bytes(size.fixed_size) + b"".join(fields)))
    assert tshark(script, pcap(talk.packets), "-Y", "ged188.unusual || ged188.malformed") == ""
    counted = tshark(script, pcap(talk.packets), "-Y", "ged188")
    assert len(counted.splitlines()) == len(MESSAGES) - 1
