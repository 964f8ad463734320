"""Wrong values of options and arguments of ``ctios-fast``, and what the help says of right ones."""

import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner
from support.scripts import ROOT
from support.strategies import header

from ctios_fast.cli.group import COMMANDS, group
from ctios_fast.protocol import numbers as ged

HEARTBEAT = header(ged.HEARTBEAT_REQ, b"\0\0\0\7")
LINE = json.dumps({"type": 5, "connection": "a>b", "fields": {"InvokeID": 1}, "floating": []}).encode()
SCENARIOS = "small, peripheral-2000, morning-24000, failover-storm, pg-outage"


def errors(*arguments: str, data: bytes = b"") -> str:
    """Run a command line that is wrong usage; return the last line of standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "ctios_fast", *arguments],
        input=data,
        capture_output=True,
        cwd=ROOT,
        timeout=50,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    return done.stderr.decode().splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ("decode --port 0", "'--port': must be an integer, 1 to 65535, got '0'"),
        ("decode --port 65536", "'--port': must be an integer, 1 to 65535, got '65536'"),
        ("decode --port 1.5", "'--port': must be an integer, 1 to 65535, got '1.5'"),
        ("decode --protocol-version 8", "'--protocol-version': must be an integer, 9 to 25, got '8'"),
        ("encode --max-frame 7", "'--max-frame': must be an integer, 8 to 4294967303, got '7'"),
        (
            "decode --distinct --within nan",
            "'--within': must be a number of seconds, 0 to 1000000000, got 'nan'",
        ),
        (
            "decode --distinct --within -1",
            "'--within': must be a number of seconds, 0 to 1000000000, got '-1'",
        ),
        ("encode --direction up", "'--direction': must be 'client' or 'server', got 'up'"),
        ("completion csh", "must be 'bash', 'zsh' or 'fish', got 'csh'"),
        ("demo --agents 0", "'--agents': must be an integer, 1 to 100000, got '0'"),
        ("sim --port-a 65536", "'--port-a': must be an integer, 0 to 65535, got '65536'"),
        ("sim --agents x", "'--agents': must be an integer, 0 to 100000, got 'x'"),
        ("sim --scenario=", f"scenario '': give a TOML file or one of {SCENARIOS}"),
        ("sim --scenario tests", f"scenario tests: Is a directory; give a TOML file or one of {SCENARIOS}"),
        (
            "decode absent",
            "'absent' cannot be read: No such file or directory: give a file, or - for standard input",
        ),
        ("encode tests", "'tests' cannot be read: Is a directory: give a file, or - for standard input"),
        ("decode --csv tests", "'--csv': 'tests' is a directory: give the path of a file"),
        (
            "decode --message 99999",
            "no message with number 99999: give the name or the number of a documented message",
        ),
        ("decode --message OPEN_REC", "the reference has no message 'OPEN_REC'; did you mean OPEN_REQ?"),
    ],
)
def test_an_error_says_what_must_be_and_what_was_given(arguments: str, error: str) -> None:
    assert errors(*arguments.split()).endswith(error)


@pytest.mark.parametrize("letter", ["9", "a"])
@pytest.mark.parametrize(
    "option",
    [
        "decode --message",
        "decode --connection",
        "decode --direction",
        "decode --encoding",
        "decode --message 30 --csv - --field",
        "decode --port",
        "decode --protocol-version",
        "decode --within",
        "decode --csv",
        "decode",
        "decode -",
        "encode --connection",
        "encode --max-frame",
        "completion",
        "demo --agents",
        "sim --agents",
        "sim --scenario",
        "sim --speed",
        "sim --pair",
        "",
    ],
)
def test_an_error_shows_the_beginning_of_a_long_value(option: str, letter: str) -> None:
    error = errors(*option.split(), letter * 5000, data=LINE if "encode" in option else HEARTBEAT)
    assert len(error) < 500
    assert "Exceeds the limit" not in error


@pytest.mark.parametrize("host", ["a..b", "a" * 5000])
def test_a_text_that_cannot_be_a_host_gives_a_line(host: str) -> None:
    result = CliRunner().invoke(group, ["sim", "--host", host, "--port-a", "0", "--port-b", "0"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: cannot listen: --host is not a host name. Give ")


def test_a_password_is_in_no_error() -> None:
    for arguments in (["--agents", "x"], ["--nonsense"], ["--scenario", "nowhere"]):
        assert "sesame" not in errors("sim", "--password", "sesame", *arguments)
    assert "sesame" not in errors("sim", "--passwrd=sesame")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_shows_values_in_words(name: str) -> None:
    shown = CliRunner().invoke(group, [name, "--help"]).stdout
    assert re.findall(r"INTEGER|RANGE|TEXT|<=", shown) == []


def test_the_help_of_a_command_begins_as_the_list_has_it() -> None:
    shown = CliRunner().invoke(group, ["decode", "--help"]).stdout
    assert "\n\n  Turn a byte stream or a packet capture into JSON lines.\n" in shown


@pytest.mark.parametrize(
    "option",
    ["--agents", "--peripheral", "--first-agent", "--first-extension", "--seed", "--speed", "--disorder"],
)
def test_the_help_of_sim_has_ranges(option: str) -> None:
    shown = " ".join(CliRunner().invoke(group, ["sim", "--help"]).stdout.split())
    assert re.search(rf"{option} \w+ [^-]*\([\d.]+ to \d+\)", shown)
