"""Every command of ``ctios-fast`` with streams that are closed, full, or without a reader: one rule."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from support.full_device import needs_full_device
from support.scripts import ROOT
from support.strategies import header

from ctios_fast.cli.group import COMMANDS
from ctios_fast.protocol import numbers as ged

HEARTBEAT = header(ged.HEARTBEAT_REQ, b"\0\0\0\7")
LINE = json.dumps({"type": ged.HEARTBEAT_REQ, "fields": {"InvokeID": 7}, "floating": []}).encode()

#: A command line of each command that writes to standard output, and its standard input.
WRITING: dict[str, tuple[list[str], bytes]] = {
    "sim": (["--port-a", "0", "--port-b", "0", "--agents", "1"], b""),
    "demo": (["--agents", "1"], b""),
    "decode": ([], HEARTBEAT),
    "encode": ([], LINE),
    "dissector": ([], b""),
    "completion": (["bash"], b""),
    "--version": ([], b""),
    "--help": ([], b""),
}
LINES = [*WRITING, *(f"{name} --help" for name in COMMANDS)]
ENDING = [line for line in LINES if line != "sim"]  # sim runs until it is interrupted


def shell(line: str, redirection: str, folder: Path) -> tuple[int, str]:
    """Run a command line with redirections; return its status and what the file of standard error has."""
    name, *options = line.split()
    more, data = WRITING[name] if not options else (options, b"")
    errors = folder / "errors"
    errors.touch()
    script = f'"$PYTHON" -m ctios_fast "$@" 2>"$ERRORS" {redirection}'
    done = subprocess.run(
        ["bash", "-c", script, "bash", name, *more],
        input=data,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHON": sys.executable, "ERRORS": str(errors), "PYTHONIOENCODING": "utf-8"},
        timeout=50,
    )
    return done.returncode, errors.read_text()


def test_the_table_has_every_command() -> None:
    assert set(WRITING) == {*COMMANDS, "--version", "--help"}


@pytest.mark.parametrize("line", LINES)
def test_closed_standard_output_gives_a_line_and_status_3(line: str, tmp_path: Path) -> None:
    assert shell(line, ">&-", tmp_path) == (3, "ctios-fast: standard output: closed\n")


@needs_full_device
@pytest.mark.parametrize("line", LINES)
def test_full_standard_output_gives_a_line_and_status_3(line: str, tmp_path: Path) -> None:
    expected = (3, "ctios-fast: standard output: No space left on device\n")
    assert shell(line, ">/dev/full", tmp_path) == expected


@pytest.mark.parametrize("line", LINES)
def test_an_output_without_a_reader_gives_status_141_and_no_line(line: str, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # the reader opens the pipe and is gone before the program starts
    assert shell(line, f'3<>"{pipe}" >"{pipe}" 3<&-', tmp_path) == (141, "")


@pytest.mark.parametrize("line", ENDING)
@pytest.mark.parametrize("redirection", ["2>&-", pytest.param("2>/dev/full", marks=needs_full_device)])
def test_standard_error_that_cannot_be_written_changes_nothing(
    line: str, redirection: str, tmp_path: Path
) -> None:
    assert shell(line, redirection, tmp_path) == (0, "")


@pytest.mark.parametrize("redirection", ["2>&-", pytest.param("2>/dev/full", marks=needs_full_device)])
@pytest.mark.parametrize(
    ("line", "status"),
    [("nonsense", 2), ("decode --nonsense", 2), ("sim --agents x", 2), ("decode --pcap", 3)],
)
def test_an_error_that_cannot_be_written_keeps_its_status(line: str, status: int, redirection: str) -> None:
    script = f'"$PYTHON" -m ctios_fast {line} {redirection}'
    environment = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(
        ["bash", "-c", script],
        input=b"not a capture",
        capture_output=True,
        cwd=ROOT,
        env=environment,
        timeout=50,
    )
    assert (done.returncode, done.stdout, done.stderr) == (status, b"", b"")


@pytest.mark.parametrize("command", ["decode", "encode"])
def test_closed_standard_input_gives_a_line_and_status_3(command: str, tmp_path: Path) -> None:
    assert shell(command, "<&-", tmp_path) == (3, "ctios-fast: standard input: closed\n")


@pytest.mark.parametrize("command", ["decode", "encode"])
def test_a_file_that_cannot_be_read_is_named(command: str) -> None:
    unreadable = "/proc/self/mem"
    if not Path(unreadable).exists():
        pytest.skip(f"the system has no {unreadable}; the case is not tested")
    program = [sys.executable, "-m", "ctios_fast", command, unreadable]
    done = subprocess.run(program, capture_output=True, cwd=ROOT, timeout=50, text=True)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == f"ctios-fast: {unreadable}: Input/output error\n"


def test_an_error_of_the_system_names_its_file() -> None:
    script = (
        "import sys; from ctios_fast.cli.main import main\n"
        "from ctios_fast.wireshark import generator\n"
        "generator.ENGINE = generator.ENGINE.with_name('absent.lua')\n"
        "sys.argv = ['ctios-fast', 'dissector']\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, cwd=ROOT, timeout=50, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("ctios-fast: /")
    assert done.stderr.endswith("/absent.lua: No such file or directory\n")


@pytest.mark.parametrize(
    "error", ["BrokenPipeError(32, 'Broken pipe')", "OSError(24, 'Too many open files')"]
)
def test_an_error_of_the_system_without_a_file_gives_a_line(error: str) -> None:
    script = (
        "import sys; from ctios_fast.cli.main import main\n"
        "from ctios_fast.cli import dissector\n"
        f"def fails(): raise {error}\n"
        "dissector.dissector = fails\n"
        "sys.argv = ['ctios-fast', 'dissector']\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, cwd=ROOT, timeout=50, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr in ("ctios-fast: Broken pipe\n", "ctios-fast: Too many open files\n")


def test_output_that_is_not_a_blocking_file_is_waited_for(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    file = tmp_path / "stream"
    file.write_bytes(HEARTBEAT * 20_000)
    with (
        subprocess.Popen(
            [sys.executable, "-m", "ctios_fast", "decode", str(file)],
            stdout=writer,
            stderr=subprocess.PIPE,
            cwd=ROOT,
        ) as process,
        open(reader, "rb") as output,
    ):
        os.close(writer)
        assert len(output.read().splitlines()) == 20_000
        assert process.stderr is not None
        assert (process.stderr.read(), process.wait(20)) == (b"", 0)


def test_input_that_is_not_a_blocking_file_is_waited_for() -> None:
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    with subprocess.Popen(
        [sys.executable, "-m", "ctios_fast", "decode"],
        stdin=reader,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        os.close(reader)
        os.write(writer, HEARTBEAT)
        first = process.stdout.readline()  # the pipe is empty now, and is not at its end
        os.write(writer, HEARTBEAT)
        os.close(writer)
        second, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, b"")
    assert [json.loads(line)["offset"] for line in (first, second)] == [0, len(HEARTBEAT)]


def test_too_little_memory_gives_a_line() -> None:
    script = (
        "(printf '\\160\\0\\0\\0\\0\\0\\0\\5'; cat /dev/zero) | "
        '(ulimit -v 400000; exec "$PYTHON" -m ctios_fast decode --max-frame 4294967303)'
    )
    environment = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(["bash", "-c", script], capture_output=True, cwd=ROOT, env=environment, timeout=50)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == b"ctios-fast: the memory is exhausted\n"


def test_an_interrupt_ends_a_program_whose_output_nobody_reads(tmp_path: Path) -> None:
    file = tmp_path / "stream"
    file.write_bytes(HEARTBEAT * 20_000)
    with subprocess.Popen(
        [sys.executable, "-m", "ctios_fast", "decode", str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        # a shell may have set this signal to be ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(1)  # the pipe is full now, or will be
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr.read() == b""


def test_a_terminal_stays_a_terminal() -> None:
    leader, follower = pty.openpty()
    script = (
        "import sys; from ctios_fast.cli.standard_streams import guard; guard(); print(sys.stdout.isatty())"
    )
    done = subprocess.run([sys.executable, "-c", script], stdout=follower, cwd=ROOT, timeout=50)
    os.close(follower)
    assert (done.returncode, os.read(leader, 100)) == (0, b"True\r\n")
    os.close(leader)
