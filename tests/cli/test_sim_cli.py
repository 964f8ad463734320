"""``ctios-fast sim`` as other programs start it: its one line, its signals, its errors."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from support.raw_client import ALL_EVENTS, RawClient, status_of

from ctios_fast.cli.sim import command

READY = re.compile(r"ready a=(\S+):(\d+) b=(\S+):(\d+)\n")


@contextmanager
def simulator(
    *arguments: str, **environment: str
) -> Iterator[tuple[subprocess.Popen[str], list[SimpleNamespace]]]:
    """The program on two free ports, ready, and where its sides are."""
    program = [sys.executable, "-m", "ctios_fast.cli", "sim", "--port-a", "0", "--port-b", "0", *arguments]
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}
    ) as process:
        try:
            assert process.stdout is not None
            match = READY.fullmatch(process.stdout.readline())
            assert match is not None
            host_a, port_a, host_b, port_b = match.groups()
            yield (
                process,
                [
                    SimpleNamespace(host=host_a, port=int(port_a)),
                    SimpleNamespace(host=host_b, port=int(port_b)),
                ],
            )
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_one_line_and_ends_well_on_a_signal(number: signal.Signals) -> None:
    with simulator("--agents", "3") as (process, _):
        process.send_signal(number)
        assert process.stdout is not None
        assert process.stdout.read() == ""
        assert process.wait(10) == 0


async def test_both_sides_serve_what_the_options_say() -> None:
    options = (
        "--peripheral",
        "7",
        "--agents",
        "2",
        "--first-agent",
        "50",
        "--first-extension",
        "80",
        "--protocol-max",
        "20",
    )
    with simulator(*options) as (process, sides):
        for side, status in zip(sides, (None, 15), strict=True):  # side B is the standby
            async with await RawClient.connect(side, version=20) as client:
                floating = client.identity(AgentID="51", AgentExtension="81")
                answer = await client.open(5, floating=floating, PeripheralID=7)
                assert answer["message"] == "OPEN_CONF" if status is None else status_of(answer) == status
            async with await RawClient.connect(side, version=21) as client:
                assert status_of(await client.open(ALL_EVENTS)) == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.mark.parametrize("given", ["option", "environment"])
async def test_the_password_by_option_or_environment(given: str) -> None:
    arguments = ("--password", "sesame") if given == "option" else ()
    environment = {} if given == "option" else {"CTIOS_FAST_PASSWORD": "sesame"}
    with simulator(*arguments, **environment) as (_, sides):
        async with await RawClient.connect(sides[0]) as client:
            assert status_of(await client.open(ALL_EVENTS)) == 36
            floating = client.identity(password=b"sesame\0")
            assert (await client.open(ALL_EVENTS, floating=floating))["message"] == "OPEN_CONF"


def test_a_port_in_use_is_a_clear_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(command, ["--port-a", "0", "--port-b", port])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "cannot listen" in result.stderr
    assert port in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port-a", "65536"],
        ["--port-b", "-1"],
        ["--agents", "many"],
        ["--protocol-max", "26"],
        ["--protocol-max", "8"],
        ["--first-agent", "999999999999"],
        ["--peripheral", "4294967295"],
        ["--nonsense"],
    ],
)
def test_options_out_of_range_are_usage_errors(arguments: list[str]) -> None:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_the_defaults_are_those_of_the_contract() -> None:
    defaults = {option.name: option.default for option in command.params}
    assert defaults["peripheral"] == 5000
    assert defaults["agents"] == 1000
    assert (defaults["first_agent"], defaults["first_extension"]) == (1001, 3001)
    assert defaults["protocol_max"] == 25
    assert (defaults["port_a"], defaults["port_b"]) == (42027, 43027)


def test_help_tells_of_the_environment_variable() -> None:
    assert "CTIOS_FAST_PASSWORD" in CliRunner().invoke(command, ["--help"]).output
