"""The control socket: its file, its lines and its limits."""

import asyncio
import json
import os
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from support.control_centre import ControlCentre

from ctios_fast.sim.control import Control, ControlSocket
from ctios_fast.sim.control.control_socket import MAX_CONNECTIONS, MAX_LINE
from ctios_fast.sim.sim_clocks import VirtualClock

HOLD = b'{"do": "hold", "agent": "1001"}\n'


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def answer(self) -> dict[str, Any]:
        line = await self.reader.readline()
        assert line.endswith(b"\n"), line
        found = json.loads(line)
        assert isinstance(found, dict)
        return found

    async def send(self, data: bytes) -> dict[str, Any]:
        self.writer.write(data)
        return await self.answer()


@asynccontextmanager
async def client(path: Path) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_unix_connection(path, limit=1 << 24)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()


@pytest.fixture
def control() -> Control:
    return Control(ControlCentre(VirtualClock()))


@pytest.fixture
async def path(control: Control, tmp_path: Path) -> AsyncIterator[Path]:
    path = tmp_path / "control"
    async with ControlSocket(control, path):
        yield path


# --- the file -------------------------------------------------------------------------------------


async def test_only_the_owner_may_use_the_file_and_it_goes_with_the_socket(
    control: Control, tmp_path: Path
) -> None:
    path = tmp_path / "control"
    mask = os.umask(0)
    try:
        async with ControlSocket(control, path):
            mode = path.stat().st_mode
            assert stat.S_ISSOCK(mode)
            assert stat.S_IMODE(mode) == 0o600
    finally:
        assert os.umask(mask) == 0
    assert not path.exists()


async def test_a_socket_file_that_was_left_behind_is_replaced(control: Control, tmp_path: Path) -> None:
    path = tmp_path / "control"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    async with ControlSocket(control, path), client(path) as one:
        assert (await one.send(b'{"do": "snapshot"}\n'))["ok"] is True


async def test_a_socket_file_in_use_is_left_alone(control: Control, path: Path) -> None:
    with pytest.raises(OSError, match="another program listens there") as caught:
        await ControlSocket(control, path).start()
    assert str(path) in str(caught.value)
    async with client(path) as one:
        assert (await one.send(HOLD))["ok"] is False


async def test_another_file_is_left_alone(control: Control, tmp_path: Path) -> None:
    path = tmp_path / "notes"
    path.write_text("mine")
    with pytest.raises(OSError, match="a file that is not a socket is there"):
        await ControlSocket(control, path).start()
    assert path.read_text() == "mine"


@pytest.mark.parametrize("name", ["x" * 200, "missing/control"])
async def test_a_path_that_cannot_be_is_an_error_that_names_it(
    control: Control, tmp_path: Path, name: str
) -> None:
    with pytest.raises(OSError, match="control socket .*" + name):
        await ControlSocket(control, tmp_path / name).start()


async def test_the_file_of_a_successor_is_not_removed(control: Control, tmp_path: Path) -> None:
    path = tmp_path / "control"
    first = ControlSocket(control, path)
    await first.start()
    path.unlink()
    async with ControlSocket(control, path):
        await first.stop()
        assert path.exists()


# --- lines ----------------------------------------------------------------------------------------


async def test_each_line_has_one_answer_in_order(path: Path) -> None:
    async with client(path) as one:
        answers = [await one.send(b'{"do": "snapshot"}\n' + HOLD + b"\n{}\n")]
        answers += [await one.answer() for _ in range(3)]
        assert [answer["ok"] for answer in answers] == [True, False, False, False]
        assert set(answers[0]) == {"ok", "agents", "calls", "skill_groups", "sides", "sessions"}


async def test_a_line_in_pieces_and_a_last_line_without_its_end(path: Path) -> None:
    async with client(path) as one:
        for byte in HOLD:
            one.writer.write(bytes([byte]))
            await asyncio.sleep(0)
        assert "no active call" in (await one.answer())["error"]
        one.writer.write(HOLD.rstrip())
        one.writer.write_eof()
        assert "no active call" in (await one.answer())["error"]
        assert await one.reader.read() == b""


async def test_a_line_of_the_largest_size_is_read(path: Path) -> None:
    async with client(path) as one:
        line = b'{"do": "hold", "agent": "' + b"1" * (MAX_LINE - 27) + b'"}'
        assert len(line) == MAX_LINE
        assert "must be an agent id" in (await one.send(line + b"\n"))["error"]


@pytest.mark.parametrize("size", [MAX_LINE + 1, 5 * MAX_LINE])
async def test_a_longer_line_is_answered_once_and_passed_over(path: Path, size: int) -> None:
    async with client(path) as one:
        assert f"at most {MAX_LINE} bytes" in (await one.send(b"x" * size + b"\n" + HOLD))["error"]
        assert "no active call" in (await one.answer())["error"]


async def test_a_long_line_that_never_ends_takes_no_memory(path: Path) -> None:
    async with client(path) as one:
        assert f"at most {MAX_LINE} bytes" in (await one.send(b"x" * (20 * MAX_LINE)))["error"]
        assert "no active call" in (await one.send(b"x\n" + HOLD))["error"]


async def test_connections_are_limited(path: Path) -> None:
    open_ones = [await asyncio.open_unix_connection(path) for _ in range(MAX_CONNECTIONS)]
    try:
        for reader, writer in open_ones:
            writer.write(HOLD)
            await reader.readline()
        async with client(path) as surplus:
            assert f"{MAX_CONNECTIONS} control connections are open" in (await surplus.answer())["error"]
            assert await surplus.reader.read() == b""
    finally:
        for _, writer in open_ones:
            writer.close()
    async with asyncio.timeout(10):  # those that ended make way
        while True:
            async with client(path) as one:
                if "no active call" in (await one.send(HOLD))["error"]:
                    break


async def test_a_client_that_leaves_in_the_middle_disturbs_nobody(path: Path) -> None:
    _, writer = await asyncio.open_unix_connection(path)
    writer.write(b'{"do": "snapshot"}\n' * 200)
    writer.transport.abort()
    async with client(path) as one:
        assert (await one.send(HOLD))["ok"] is False


async def test_stopping_ends_the_connections(control: Control, tmp_path: Path) -> None:
    path = tmp_path / "control"
    server = ControlSocket(control, path)
    await server.start()
    async with client(path) as one:
        await one.send(HOLD)
        await server.stop()
        assert await one.reader.read() == b""
    await server.stop()
