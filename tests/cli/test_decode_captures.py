"""``ctios-fast decode`` on captures: what is chosen, tables, and one copy of an event."""

import csv
import io
import json
import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.captures import START, Talk, pcap
from support.full_device import needs_full_device
from support.sample_frames import open_request, state_event
from support.strategies import header

from ctios_fast.protocol import numbers as ged
from ctios_fast.records.capture import CaptureReader

pytest.importorskip("scapy", reason="the extra [pcap] is not installed; the case is not tested")

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-m", "ctios_fast", "decode"]
STATE = ged.AGENT_STATE_EVENT


def run(*arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*COMMAND, *arguments], input=data, capture_output=True, cwd=ROOT, timeout=50)


@pytest.fixture
def talks() -> list[Talk]:
    """Two connections: each has OPEN_REQ, a heartbeat and two agent states, the first one in both."""
    first = Talk(("10.0.0.1", 50001))
    found = [first, Talk(("10.0.0.1", 50002), packets=first.packets)]
    for number, talk in enumerate(found):
        talk.open().send("client", open_request())
        talk.send("client", header(ged.HEARTBEAT_REQ, b"\0\0\0\7"))
        talk.send("server", state_event("1001", monitor=number))
        talk.send("server", state_event(("=1+1,\xfc", 'a"b')[number]))
    return found


@pytest.fixture
def capture(talks: list[Talk], tmp_path: Path) -> str:
    file = tmp_path / "night.pcap"
    file.write_bytes(pcap(talks[0].packets))
    return str(file)


def lines(*arguments: str) -> list[dict[str, Any]]:
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_options_choose_messages_connections_and_directions(capture: str, talks: list[Talk]) -> None:
    every = lines(capture)
    assert len(every) == 8
    for arguments, wanted in (
        (["--message", "AGENT_STATE_EVENT"], {"type": STATE}),
        (["--message", "30"], {"type": STATE}),
        (["--message", "heartbeat_req"], {"type": ged.HEARTBEAT_REQ}),
        (["--connection", "2"], {"connection": talks[1].name}),
        (["--connection", talks[0].name], {"connection": talks[0].name}),
        (["--direction", "client"], {"direction": "client"}),
    ):
        assert lines(*arguments, capture) == [row for row in every if wanted.items() <= row.items()]
    both = lines("--message", "OPEN_REQ", "--message", "HEARTBEAT_REQ", "--connection", "1", capture)
    assert [row["message"] for row in both] == ["OPEN_REQ", "HEARTBEAT_REQ"]


def test_an_unknown_connection_is_refused_with_those_that_the_capture_has(
    capture: str, talks: list[Talk], tmp_path: Path
) -> None:
    names = ", ".join(f"{number} is {talk.name}" for number, talk in enumerate(talks, 1))
    for given in ("3", "10.0.0.9:1>10.0.0.2:42027"):
        done = run("--connection", given, capture)
        assert (done.returncode, done.stdout) == (2, b"")
        assert done.stderr.decode() == (
            f"ctios-fast decode: the capture has no connection {given}: --connection takes the number or the "
            f"name of one of its connections ({names})\n"
        )
    table = tmp_path / "states.csv"
    assert run("--connection", "3", "--message", "30", "--csv", str(table), capture).returncode == 2
    assert not table.exists()
    assert lines("--connection", "02", capture) == lines("--connection", "2", capture) != []


def test_an_error_lists_ten_connections_at_most(tmp_path: Path) -> None:
    first = Talk(("10.0.0.1", 50001))
    for port in range(50001, 50013):
        Talk(("10.0.0.1", port), packets=first.packets).open().send("client", open_request())
    file = tmp_path / "many.pcap"
    file.write_bytes(pcap(first.packets))
    done = run("--connection", "13", str(file))
    assert done.returncode == 2
    assert done.stderr.endswith(b", 10 is 10.0.0.1:50010>10.0.0.2:42027, and 2 more)\n")


@pytest.fixture
def cut(capture: str, tmp_path: Path) -> str:
    """The capture without its last 5 bytes, which belong to its last packet."""
    file = tmp_path / "cut.pcap"
    file.write_bytes(Path(capture).read_bytes()[:-5])
    return str(file)


def damage(capture: str, packets: int) -> str:
    """The line about a capture whose last packet is damaged. It has one packet more than those given."""
    records = Path(capture).read_bytes()[24:]
    at = 0
    for _ in range(packets):
        at += 16 + int.from_bytes(records[at + 8 : at + 12], "little")
    return (
        f"ctios-fast decode: the capture file is truncated or damaged from byte {24 + at} on (whole packets "
        f"before it: {packets}): the rest of it cannot be read"
    )


def test_a_damaged_capture_names_the_first_byte_that_cannot_be_read(
    capture: str, cut: str, talks: list[Talk]
) -> None:
    done = run(cut)
    assert done.returncode == 3
    assert len(done.stdout.splitlines()) == 8  # the seven frames before the damage, and what is missing
    assert done.stderr.decode().splitlines()[-1] == damage(capture, len(talks[0].packets) - 1)


def test_a_damaged_capture_without_the_connection_is_damaged_first(
    capture: str, cut: str, talks: list[Talk]
) -> None:
    names = ", ".join(f"{number} is {talk.name}" for number, talk in enumerate(talks, 1))
    done = run("--connection", "3", cut)
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.decode().splitlines()[-2:] == [
        damage(capture, len(talks[0].packets) - 1),
        f"ctios-fast decode: the part of the capture that was read has no connection 3 (it has {names})",
    ]


def test_a_damaged_capture_without_a_match_is_damaged_first(capture: str, cut: str) -> None:
    done = run("--message", "OPEN_CONF", "--direction", "server", cut)
    assert done.returncode == 3
    damaged, unmatched = done.stderr.decode().splitlines()[-2:]
    assert "truncated or damaged" in damaged
    assert unmatched == (
        "ctios-fast decode: no frame of the part that was read matches the options (frames read: 7)"
    )


def test_a_damaged_capture_without_the_connection_gives_an_empty_table(cut: str, tmp_path: Path) -> None:
    file = tmp_path / "states.csv"
    done = run("--connection", "3", "--message", "30", "--field", "AgentID", "--csv", str(file), cut)
    assert done.returncode == 3
    assert file.read_text() == "time,connection,direction,version,AgentID\n"


def test_a_damaged_length_does_not_fill_the_memory(tmp_path: Path) -> None:
    section = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
    interface = struct.pack("<IIHHII", 1, 20, 1, 0, 0, 20)
    head = tmp_path / "head.pcapng"
    head.write_bytes(section + interface + struct.pack("<II", 6, 0xFFFFFFF0))
    script = f'ulimit -v 800000; cat "{head}" /dev/zero | "{sys.executable}" -m ctios_fast decode'
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, cwd=ROOT, timeout=50)
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"truncated or damaged from byte 28 on (whole packets before it: 0)" in done.stderr


def test_a_file_that_is_not_a_capture_leaves_the_table_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "states.csv"
    file.write_text("of yesterday")
    done = run("--pcap", "--connection", "1", "--message", "30", "--csv", str(file), data=b"hello world")
    assert done.returncode == 3
    assert done.stderr == b"ctios-fast decode: the file is neither pcap nor pcapng\n"
    assert file.read_text() == "of yesterday"


def test_options_that_no_frame_matches_give_a_line(capture: str, tmp_path: Path) -> None:
    done = run("--message", "OPEN_CONF", capture)
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr == b"ctios-fast decode: no frame matches the options (frames read: 8)\n"
    table = tmp_path / "none.csv"
    done = run("--message", "OPEN_CONF", "--field", "InvokeID", "--csv", str(table), capture)
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr == b"ctios-fast decode: no frame matches the options (frames read: 8)\n"
    assert table.read_text() == "time,connection,direction,version,InvokeID\n"
    done = run("--message", "OPEN_CONF", data=header(ged.HEARTBEAT_REQ, b"\0\0\0\7"))
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr == b"ctios-fast decode: no frame matches the options (frames read: 1)\n"


def test_a_capture_without_packets_gives_a_line(tmp_path: Path) -> None:
    file = tmp_path / "empty.pcap"
    file.write_bytes(pcap([]))
    done = run(str(file))
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr == b"ctios-fast decode: the capture has no packets\n"


def test_a_message_can_be_chosen_in_a_byte_stream() -> None:
    data = header(ged.HEARTBEAT_REQ, b"\0\0\0\7") + header(ged.HEARTBEAT_CONF, b"\0\0\0\7")
    done = run("--message", "HEARTBEAT_CONF", data=data)
    assert [json.loads(line)["offset"] for line in done.stdout.splitlines()] == [12]


def test_one_copy_of_an_event_is_printed(capture: str) -> None:
    done = run("--distinct", "--message", "AGENT_STATE_EVENT", capture)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 3
    assert done.stderr == b"ctios-fast decode: 1 copies of events were left out\n"
    done = run("--distinct", "--within", "0", "--message", "AGENT_STATE_EVENT", capture)
    assert len(done.stdout.splitlines()) == 4


def test_csv_has_the_columns_of_the_reader(capture: str, tmp_path: Path) -> None:
    file = tmp_path / "states.csv"
    fields = ["AgentState", "AgentID", "Duration"]
    options = [word for field in fields for word in ("--field", field)]
    done = run("--message", "AGENT_STATE_EVENT", *options, "--csv", str(file), capture)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    with open(capture, "rb") as source:
        columns = CaptureReader().columns(source, STATE, fields)
    head, *rows = csv.reader(io.StringIO(file.read_text("utf-8"), newline=""))
    assert head == list(columns) == ["time", "connection", "direction", "version", *fields]
    assert [float(row[0]) for row in rows] == columns["time"].tolist()
    assert [row[1].encode() for row in rows] == columns["connection"].tolist()
    assert [row[5] for row in rows] == ["1001", "=1+1,\xfc", "1001", 'a"b']
    assert [row[6] for row in rows] == [""] * 4  # no frame has the field
    assert float(rows[0][0]) > START
    printed = run("--message", "30", *options, "--csv", "-", capture)
    assert (printed.returncode, printed.stderr) == (0, b"")
    assert printed.stdout == file.read_bytes()


def test_parquet_has_the_table_of_the_reader(capture: str, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "states.parquet"
    done = run("--message", "AGENT_STATE_EVENT", "--distinct", "--parquet", str(file), capture)
    assert done.returncode == 0
    assert done.stderr == b"ctios-fast decode: 1 copies of events were left out\n"
    with open(capture, "rb") as source:
        table = CaptureReader(distinct=True).columns(source, STATE).to_arrow()
    assert parquet.read_table(file).to_pylist() == table.to_pylist()
    assert table.num_rows == 3


def test_parquet_can_go_to_standard_output(capture: str) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    done = run("--message", "AGENT_STATE_EVENT", "--parquet", "-", capture)
    assert (done.returncode, done.stderr) == (0, b"")
    assert parquet.read_table(io.BytesIO(done.stdout)).num_rows == 4


def test_a_missing_pyarrow_is_named(capture: str) -> None:
    script = (
        "import sys; sys.modules['pyarrow'] = None; from ctios_fast.cli.main import main\n"
        f"sys.argv = ['ctios-fast', 'decode', '--message', '30', '--parquet', 'x', {capture!r}]\nmain()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=ROOT, timeout=50)
    assert done.returncode == 2
    assert b"pip install 'ctios_fast[arrow]'" in done.stderr


def test_a_damaged_capture_gives_the_table_of_what_precedes(cut: str, tmp_path: Path) -> None:
    file = tmp_path / "states.csv"
    done = run("--message", "AGENT_STATE_EVENT", "--csv", str(file), cut)
    assert done.returncode == 3
    assert b"truncated or damaged" in done.stderr
    assert len(file.read_text().splitlines()) == 4


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["--csv", "x.csv"], "give --message once"),
        (["--csv", "x.csv", "--message", "30", "--message", "5"], "give --message once"),
        (["--csv", "x", "--parquet", "x", "--message", "30"], "give each one of its own"),
        (["--field", "AgentID", "--message", "30"], "give one of the two"),
        (["--within", "2"], "give both"),
        (["--within", "nan", "--distinct"], "must be a number of seconds, 0 to 1000000000, got 'nan'"),
        (["--message", "AGENT_STAT_EVENT"], "did you mean AGENT_STATE_EVENT?"),
        (["--message", "30", "--csv", "x", "--field", "AgentIdd"], "AgentIdd"),
        (["--connection", "0"], "'0' is neither the number of a connection, from 1, nor a name"),
        (["--connection", "10.0.0.1"], "'10.0.0.1' is neither the number of a connection"),
        (
            ["--direction", "server", "--message", "OPEN_REQ", "--message", "5"],
            "--direction server does not go with --message: only a client sends OPEN_REQ and HEARTBEAT_REQ",
        ),
        (["--direction", "client", "--message", "30"], "only a server sends AGENT_STATE_EVENT"),
    ],
)
def test_wrong_options_are_refused_with_advice(capture: str, arguments: list[str], advice: str) -> None:
    done = run(*arguments, capture)
    assert (done.returncode, done.stdout) == (2, b"")
    assert advice in " ".join(done.stderr.decode().split())


@pytest.mark.parametrize("name", ["night.pcap", "./night.pcap", "../{folder}/night.pcap", "link", "twin"])
@pytest.mark.parametrize("by", ["path", "standard input"])
def test_the_input_is_not_overwritten(capture: str, name: str, by: str) -> None:
    folder = Path(capture).parent
    (folder / "link").symlink_to("night.pcap")
    os.link(capture, folder / "twin")
    before = Path(capture).read_bytes()
    written = name.format(folder=folder.name)
    with open(capture, "rb") as source:
        done = subprocess.run(
            [*COMMAND, "--message", "30", "--csv", written, capture if by == "path" else "-"],
            stdin=source,
            capture_output=True,
            cwd=folder,
            timeout=50,
        )
    assert done.returncode == 2
    assert b"is the file to read: give another one to write" in done.stderr
    assert Path(capture).read_bytes() == before


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("other", ["./x", "{folder}/x", "link"])
def test_two_tables_in_one_file_are_refused(capture: str, other: str, exists: bool) -> None:
    folder = Path(capture).parent
    (folder / "link").symlink_to("x")
    if exists:
        (folder / "x").write_text("kept")
    done = subprocess.run(
        [*COMMAND, "--message", "30", "--csv", "x", "--parquet", other.format(folder=folder), capture],
        capture_output=True,
        cwd=folder,
        timeout=50,
    )
    assert done.returncode == 2
    assert b"--csv and --parquet have the same file: give each one of its own" in done.stderr
    assert (folder / "x").exists() == exists
    assert not exists or (folder / "x").read_text() == "kept"


def test_standard_output_is_not_the_file_of_another_table(capture: str, tmp_path: Path) -> None:
    file = tmp_path / "x"
    with open(file, "wb") as output:
        done = subprocess.run(
            [*COMMAND, "--message", "30", "--csv", "-", "--parquet", str(file), capture],
            stdout=output,
            stderr=subprocess.PIPE,
            timeout=50,
        )
    assert done.returncode == 2
    assert b"give each one of its own" in done.stderr
    assert file.read_bytes() == b""


def test_standard_output_may_not_write_to_the_input(capture: str) -> None:
    before = Path(capture).read_bytes()
    with open(capture, "ab") as output:
        done = subprocess.run([*COMMAND, capture], stdout=output, stderr=subprocess.PIPE, timeout=50)
    assert done.returncode == 2
    assert done.stderr == (
        b"ctios-fast: the input is the file that standard output writes: write to another one\n"
    )
    assert Path(capture).read_bytes() == before


@pytest.mark.parametrize(
    "option", [["--distinct"], ["--direction", "client"], ["--csv", "x", "--message", "5"]]
)
def test_options_for_captures_are_refused_for_a_byte_stream(option: list[str]) -> None:
    done = run(*option, data=header(ged.HEARTBEAT_REQ, b"\0\0\0\7"))
    assert done.returncode == 2
    assert b"for captures, and the input is not one" in done.stderr


@pytest.mark.parametrize("option", ["--csv", "--parquet"])
@pytest.mark.parametrize(
    ("path", "advice"),
    [
        ("/nowhere/states", "there is no folder /nowhere: create it, or give another path"),
        ("{capture}/states", "there is no folder {capture}: create it, or give another path"),
        ("", "'' is not the name of a file: give a path to write"),
        ("/", "is a directory"),
    ],
)
def test_a_path_that_cannot_be_written_is_wrong_usage(
    capture: str, option: str, path: str, advice: str
) -> None:
    done = run("--message", "30", option, path.format(capture=capture), capture)
    assert (done.returncode, done.stdout) == (2, b"")
    assert advice.format(capture=capture) in done.stderr.decode()


@needs_full_device
@pytest.mark.parametrize("option", ["--csv", "--parquet"])
def test_a_table_that_cannot_be_written_ends_the_run_with_one_line(capture: str, option: str) -> None:
    done = run("--message", "30", option, "/dev/full", capture)
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr == b"ctios-fast: /dev/full: No space left on device\n"
