"""``ctios-fast decode`` on captures: what is chosen, tables, and one copy of an event."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.captures import START, Talk, pcap
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
    assert lines("--connection", "3", capture) == []


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


def test_a_damaged_capture_gives_the_table_of_what_precedes(capture: str, tmp_path: Path) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(Path(capture).read_bytes()[:-5])
    file = tmp_path / "states.csv"
    done = run("--message", "AGENT_STATE_EVENT", "--csv", str(file), str(cut))
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
        (["--message", "AGENT_STAT_EVENT"], "did you mean AGENT_STATE_EVENT?"),
        (["--message", "30", "--csv", "x", "--field", "AgentIdd"], "AgentIdd"),
    ],
)
def test_wrong_options_are_refused_with_advice(capture: str, arguments: list[str], advice: str) -> None:
    done = run(*arguments, capture)
    assert (done.returncode, done.stdout) == (2, b"")
    assert advice in " ".join(done.stderr.decode().split())


def test_the_input_is_not_overwritten(capture: str) -> None:
    before = Path(capture).read_bytes()
    done = run("--message", "30", "--csv", capture, capture)
    assert done.returncode == 2
    assert b"is the file to read: give another one to write" in done.stderr
    assert Path(capture).read_bytes() == before


@pytest.mark.parametrize(
    "option", [["--distinct"], ["--direction", "client"], ["--csv", "x", "--message", "5"]]
)
def test_options_for_captures_are_refused_for_a_byte_stream(option: list[str]) -> None:
    done = run(*option, data=header(ged.HEARTBEAT_REQ, b"\0\0\0\7"))
    assert done.returncode == 2
    assert b"for captures, and the input is not one" in done.stderr


def test_a_file_that_cannot_be_written_is_named(capture: str) -> None:
    done = run("--message", "30", "--csv", "/nowhere/states.csv", capture)
    assert done.returncode == 3
    assert done.stderr == b"ctios-fast: /nowhere/states.csv: No such file or directory\n"
