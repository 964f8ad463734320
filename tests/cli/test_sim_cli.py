"""``ctios-fast sim`` as other programs start it: its one line, its signals, its commands, its errors."""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest
from click.testing import CliRunner
from support.raw_client import ALL_EVENTS, RawClient, status_of

from ctios_fast.cli.sim import command

ALL_CALL_EVENTS = 0xFFFFFF  # CallMsgMask

READY = re.compile(r"ready a=(\S+):(\d+) b=(\S+):(\d+)\n")


@contextmanager
def simulator(
    *arguments: str, **environment: str
) -> Iterator[tuple[subprocess.Popen[str], list[SimpleNamespace]]]:
    """The program on two free ports, ready, and where its sides are."""
    program = [sys.executable, "-m", "ctios_fast.cli", "sim", "--port-a", "0", "--port-b", "0", *arguments]
    with subprocess.Popen(
        program,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
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


class Console:
    """A connection to the control socket."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        self._socket.connect(str(path))
        self._lines = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._lines.close()
        self._socket.close()

    def do(self, do: str, **keys: Any) -> dict[str, Any]:
        self._socket.sendall(json.dumps({"do": do, **keys}).encode() + b"\n")
        answer = json.loads(self._lines.readline())
        assert isinstance(answer, dict)
        return answer

    def ok(self, do: str, **keys: Any) -> dict[str, Any]:
        answer = self.do(do, **keys)
        assert answer["ok"] is True, answer
        return answer


def ended(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> str:
    """End the program by a signal; what it has written to stderr."""
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    return errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_one_line_and_ends_well_on_a_signal(number: signal.Signals) -> None:
    with simulator("--agents", "3") as (process, _):
        process.send_signal(number)
        output, errors = process.communicate(timeout=20)
        assert (process.returncode, output, errors) == (0, "", "")


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


async def test_both_sides_are_active_on_request() -> None:
    with simulator("--agents", "1", "--pair", "both-active") as (_, sides):
        for side in sides:
            async with await RawClient.connect(side, version=14) as client:
                assert (await client.open(ALL_EVENTS))["message"] == "OPEN_CONF"


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
        ["--agents", "100000000"],
        ["--seed", "-1"],
        ["--seed", "x"],
        ["--speed", "0"],
        ["--speed", "nan"],
        ["--speed", "2000"],
        ["--speed", "2", "--clock", "virtual"],
        ["--clock", "sundial"],
        ["--disorder", "much"],
        ["--id-change", "never"],
        ["--connection-ids", "random"],
        ["--pair", "triple"],
        ["--takeover", "-1"],
        ["--takeover", "nan"],
        ["--scenario", "nowhere"],
        ["--scenario", "small", "--agents", "5"],
    ],
)
def test_options_out_of_range_are_usage_errors(arguments: list[str]) -> None:
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_the_defaults_are_those_of_the_contract() -> None:
    defaults = command.make_context("sim", []).params
    assert defaults["peripheral_id"] == 5000
    assert defaults["agents"] == 1000
    assert (defaults["first_agent"], defaults["first_extension"]) == (1001, 3001)
    assert defaults["version"] == 25
    assert (defaults["port_a"], defaults["port_b"]) == (42027, 43027)
    assert (defaults["seed"], defaults["disorder"], defaults["scenario"]) == (0, None, None)
    assert (defaults["speed"], defaults["clock"]) == (1.0, "real")
    assert (defaults["pair"], defaults["takeover"], defaults["strict"]) == ("active-standby", 0.0, True)
    assert (defaults["control_path"], defaults["verbose"]) == (None, False)


def test_help_tells_of_the_environment_variable() -> None:
    assert "CTIOS_FAST_PASSWORD" in CliRunner().invoke(command, ["--help"]).output


# --- the control socket ---------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_control_socket_takes_commands_and_goes_with_the_program(
    number: signal.Signals, tmp_path: Path
) -> None:
    path = tmp_path / "control"
    with simulator("--agents", "3", "--control", str(path)) as (process, _):
        assert path.stat().st_mode & 0o777 == 0o600
        with Console(path) as console:
            snapshot = console.ok("snapshot")
            assert [agent["id"] for agent in snapshot["agents"]] == ["1001", "1002", "1003"]
            assert snapshot["sides"] == {"A": "active", "B": "standby"}
            assert console.do("sing")["ok"] is False
            assert "only a virtual clock" in console.do("advance", seconds=1)["error"]
            assert ended(process, number) == ""
        assert not path.exists()


def test_the_socket_of_a_killed_program_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "control"
    with simulator("--agents", "1", "--control", str(path)) as (process, _):
        process.kill()
        process.wait(10)
    assert path.exists()
    with simulator("--agents", "2", "--control", str(path)) as (_, _), Console(path) as console:
        assert len(console.ok("snapshot")["agents"]) == 2


@pytest.mark.parametrize("taken", ["file", "socket"])
def test_a_control_path_in_use_is_a_clear_error(taken: str, tmp_path: Path) -> None:
    path = tmp_path / "control"
    with socket.socket(socket.AF_UNIX) as other:
        if taken == "socket":
            other.bind(str(path))
            other.listen()
        else:
            path.write_text("mine")
        result = CliRunner().invoke(command, ["--port-a", "0", "--port-b", "0", "--control", str(path)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"cannot listen: control socket {path}: " in result.stderr
    assert "Traceback" not in result.stderr
    assert path.exists()


async def test_a_call_by_command_reaches_a_client(tmp_path: Path) -> None:
    path = tmp_path / "control"
    with simulator("--control", str(path)) as (_, sides), Console(path) as console:
        async with await RawClient.connect(sides[0]) as client:
            await client.open(ALL_EVENTS, CallMsgMask=ALL_CALL_EVENTS)
            console.ok("agent_state", agent="1001", state="LOGIN")
            call = console.ok("call", to="9001", **{"from": "5550001"})["call"]
            console.ok("agent_state", agent="1001", state="AVAILABLE")
            while (record := await client.receive())["message"] != "CALL_DELIVERED_EVENT":
                pass
            assert record["fields"]["ConnectionCallID"] == call
            console.ok("answer", agent="1001")
            while (record := await client.receive())["message"] != "CALL_ESTABLISHED_EVENT":
                pass
            console.ok("hangup", call=call)
            while (record := await client.receive())["message"] != "END_CALL_EVENT":
                pass
    assert record["fields"]["ConnectionCallID"] == call


def conference(console: Console) -> tuple[int, int, dict[str, Any]]:
    """A conference of two agents: the ids of the call and of the consult call, and the call that results."""
    for agent in ("1001", "1002"):
        console.ok("agent_state", agent=agent, state="LOGIN")
    first = console.ok("call", to="1001")["call"]
    console.ok("answer", agent="1001")
    console.ok("consult", agent="1001", to="1002")
    console.ok("answer", agent="1002")
    ids = {call["id"] for call in console.ok("snapshot")["calls"]}
    console.ok("conference", agent="1001")
    (result,) = console.ok("snapshot")["calls"]
    return first, max(ids), result


@pytest.mark.parametrize(
    ("options", "keeps_the_id", "own_consult_id"),
    [
        ((), True, True),
        (("--id-change", "event"), False, True),
        (("--id-change", "begin-end"), False, True),
        (("--shared-consult-id",), True, False),
    ],
)
def test_the_ids_of_a_conference_are_those_of_the_options(
    options: tuple[str, ...], keeps_the_id: bool, own_consult_id: bool, tmp_path: Path
) -> None:
    path = tmp_path / "control"
    with simulator("--clock", "virtual", "--control", str(path), *options), Console(path) as console:
        first, consult, result = conference(console)
    assert (result["id"] == first) is keeps_the_id
    assert (consult != first) is own_consult_id


@pytest.mark.parametrize(
    ("form", "pattern"), [("static", "3001"), ("dynamic", r"3001\.\d+"), ("opaque", "[0-9A-Fa-f]{16}")]
)
def test_connection_device_ids_have_the_form_of_the_option(form: str, pattern: str, tmp_path: Path) -> None:
    path = tmp_path / "control"
    with simulator("--control", str(path), "--connection-ids", form) as _, Console(path) as console:
        console.ok("agent_state", agent="1001", state="LOGIN")
        console.ok("call", to="1001")
        (call,) = console.ok("snapshot")["calls"]
    (party,) = [party for party in call["parties"] if party["agent"] == "1001"]
    assert re.fullmatch(pattern, party["connection"])


def shift(console: Console) -> None:
    """Work in which everything happens once."""
    for agent in ("1001", "1002", "1003"):
        console.ok("agent_state", agent=agent, state="LOGIN")
        console.ok("agent_state", agent=agent, state="AVAILABLE")
    console.ok("advance", seconds=10)
    first = console.ok("call", to="1001", variables={"CallVariable1": "x"})["call"]
    console.ok("call", to="9002", ecc={"user.a": "b"})
    console.ok("advance", seconds=2.5)
    console.ok("answer", agent="1001")
    console.ok("answer", agent="1002")
    console.ok("set_data", call=first, variables={"CallVariable2": "y"})
    console.ok("consult", agent="1001", to="1003")
    console.ok("answer", agent="1003")
    console.ok("alternate", agent="1001")
    console.ok("conference", agent="1001")
    console.ok("advance", seconds=3600)
    console.ok("hangup", agent="1001")
    console.ok("consult", agent="1002", to="5559999")
    console.ok("advance", seconds=5)
    console.ok("transfer", agent="1002")
    console.ok("peripheral", state="offline")
    console.ok("advance", seconds=30)
    console.ok("peripheral", state="online")
    console.ok("force_logout", agent="1003", reason=50002)
    console.ok("advance", seconds=60)


@pytest.mark.parametrize("version", [14, 25])
async def test_the_same_seed_gives_the_same_bytes(version: int, tmp_path: Path) -> None:
    async def run(seed: str) -> bytes:
        path = tmp_path / "control"
        options = ("--clock", "virtual", "--seed", seed, "--disorder", seed, "--control", str(path))
        with simulator("--pair", "both-active", *options) as (process, sides):
            async with await RawClient.connect(sides[0], version=version) as client:
                await client.open(ALL_EVENTS, CallMsgMask=ALL_CALL_EVENTS)
                with Console(path) as console:
                    shift(console)
                ended(process)
                received = bytearray()
                with contextlib.suppress(ConnectionResetError):
                    while piece := await client.reader.read(1 << 16):
                        received += piece
                return bytes(received)

    first = await run("7")
    assert first.count(b"user.a\0b\0") > 1
    assert await run("7") == first
    assert await run("8") != first


def scenario_bytes(tmp_path: Path, seed: str, advances: list[float]) -> tuple[bytes, dict[str, Any]]:
    """What a passive client of a scenario receives, and the snapshot at the end."""
    path = tmp_path / "control"
    options = ("--scenario", "small", "--clock", "virtual", "--seed", seed, "--control", str(path))

    async def run() -> tuple[bytes, dict[str, Any]]:
        with simulator(*options) as (process, sides):
            async with await RawClient.connect(sides[0], version=20) as client:
                await client.open(ALL_EVENTS, CallMsgMask=ALL_CALL_EVENTS)
                with Console(path) as console:
                    for seconds in advances:
                        console.ok("advance", seconds=seconds)
                    snapshot = console.ok("snapshot")
                ended(process)
                received = bytearray()
                with contextlib.suppress(ConnectionResetError):
                    while piece := await client.reader.read(1 << 16):
                        received += piece
                return bytes(received), snapshot

    return asyncio.run(run())


def test_a_scenario_gives_the_same_bytes_for_the_same_seed(tmp_path: Path) -> None:
    first, snapshot = scenario_bytes(tmp_path, "1", [600.0])
    assert len(first) > 20_000
    assert len(snapshot["agents"]) == 20
    again, same = scenario_bytes(tmp_path, "1", [0.5] * 100 + [550.0])
    assert again == first
    assert same == snapshot
    assert scenario_bytes(tmp_path, "2", [600.0])[0] != first


async def test_a_scenario_goes_by_its_speed() -> None:
    with simulator("--scenario", "small", "--speed", "200") as (_, sides):
        async with await RawClient.connect(sides[0]) as client:
            await client.open(ALL_EVENTS, CallMsgMask=ALL_CALL_EVENTS)
            while (await client.receive())["message"] != "CALL_TRANSFERRED_EVENT":
                pass


# --- what is logged -------------------------------------------------------------------------------


async def test_refusals_are_logged_with_field_value_and_status() -> None:
    with simulator("--agents", "1") as (process, sides):
        async with await RawClient.connect(sides[0]) as client:
            assert status_of(await client.open(ALL_EVENTS, PeripheralID=6000)) != 0
            await client.open(ALL_EVENTS)
        errors = ended(process)
    lines = errors.splitlines()
    assert len(lines) == 1
    assert "PeripheralID" in lines[0]
    assert "6000" in lines[0]


async def test_lenient_takes_what_strict_refuses() -> None:
    undefined_bit = {"AgentStateMask": 0x80000000}
    for option, message in (("--strict", "FAILURE_CONF"), ("--lenient", "OPEN_CONF")):
        with simulator("--agents", "1", option) as (_, sides):
            async with await RawClient.connect(sides[0]) as client:
                assert (await client.open(ALL_EVENTS, **undefined_bit))["message"] == message


def test_verbose_logs_commands(tmp_path: Path) -> None:
    path = tmp_path / "control"
    with simulator("--agents", "1", "--verbose", "--control", str(path)) as (process, _):
        with Console(path) as console:
            console.ok("force_logout", agent="1001")
        assert 'command: {"do": "force_logout", "agent": "1001"}' in ended(process)


def test_a_virtual_clock_without_commands_is_warned_about() -> None:
    with simulator("--agents", "1", "--clock", "virtual") as (process, _):
        assert "time will not move" in ended(process)
