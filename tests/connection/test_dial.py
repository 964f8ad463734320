"""Setting up one connection: the addresses share one time limit, and no surplus connection stays open."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from typing import Any

import pytest
from support.model import until

from ctios_fast.connection.clock import ManualClock
from ctios_fast.connection.dial import NEXT_ADDRESS_AFTER, dial
from ctios_fast.connection.link import Link
from ctios_fast.connection.sides import Side
from ctios_fast.core import codec

HOST = "cg.example"
DROPS = "192.0.2.1"
REFUSES = "192.0.2.2"


def new_link() -> Link:
    return Link(codec(25), on_lost=lambda error: None, keepalive=60)


class Network:
    """A network that resolves HOST to ``addresses``. Connections to all but DROPS and REFUSES are real."""

    def __init__(self, loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch) -> None:
        self.addresses: list[str] = []
        self.tried: list[str] = []
        self._connect = loop.create_connection
        monkeypatch.setattr(loop, "getaddrinfo", self.getaddrinfo)
        monkeypatch.setattr(loop, "create_connection", self.create_connection)

    async def getaddrinfo(self, host: str, port: int, **more: Any) -> list[Any]:
        assert host == HOST
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (address, port),
            )
            for address in self.addresses
        ]

    async def create_connection(self, factory: Any, host: str, port: int, **more: Any) -> Any:
        self.tried.append(host)
        if host == DROPS:
            await asyncio.get_running_loop().create_future()
        if host == REFUSES:
            raise ConnectionRefusedError(111, f"{host} refuses")
        return await self._connect(factory, "127.0.0.1", port, **more)


class Server:
    def __init__(self, port: int) -> None:
        self.side = Side("A", HOST, port)
        self.open = 0
        self.accepted = 0


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.open += 1
        found.accepted += 1
        with contextlib.suppress(ConnectionError):
            await reader.read()
        found.open -= 1
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    found = Server(listening.sockets[0].getsockname()[1])
    yield found
    accepted = found.accepted
    with socket.create_connection(
        ("127.0.0.1", found.side.port)
    ):  # the server accepts all earlier connections before this one
        await until(lambda: found.accepted > accepted)
    listening.close()
    await until(lambda: found.open == 0)


@pytest.fixture
async def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    return Network(asyncio.get_running_loop(), monkeypatch)


def dialling(server: Server, clock: ManualClock, timeout: float = 20) -> "asyncio.Task[Link]":
    return asyncio.ensure_future(
        dial(server.side, new_link, ssl=None, server_hostname=None, timeout=timeout, clock=clock)
    )


async def test_an_address_that_drops_packets_does_not_block_the_next_one(
    server: Server, network: Network, clock: ManualClock
) -> None:
    network.addresses = [DROPS, "127.0.0.1"]
    task = dialling(server, clock)
    await until(lambda: network.tried == [DROPS])
    assert clock.next_due == NEXT_ADDRESS_AFTER
    clock.advance(NEXT_ADDRESS_AFTER)
    link = await task
    assert network.tried == [DROPS, "127.0.0.1"]
    assert clock.next_due is None, "no timer is left"
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("ctios_fast")]
    link.abort()


async def test_after_a_refusal_the_next_address_is_tried_at_once(
    server: Server, network: Network, clock: ManualClock
) -> None:
    network.addresses = [REFUSES, "127.0.0.1"]
    link = await dialling(server, clock)
    assert clock.time() == 0
    link.abort()


async def test_address_families_alternate(server: Server, network: Network, clock: ManualClock) -> None:
    network.addresses = [DROPS, REFUSES, "127.0.0.1", "2001:db8::1", "2001:db8::2"]
    link = await until_result(dialling(server, clock), clock)
    assert network.tried[:2] == [DROPS, "2001:db8::1"]
    link.abort()


async def until_result(task: "asyncio.Task[Link]", clock: ManualClock) -> Link:
    while not task.done():
        if clock.next_due is not None and clock.next_due <= NEXT_ADDRESS_AFTER:
            clock.advance(clock.next_due)
        await asyncio.sleep(0)
    return task.result()


async def test_the_time_limit_holds_for_all_addresses_together(
    server: Server, network: Network, clock: ManualClock
) -> None:
    network.addresses = [DROPS]
    task = dialling(server, clock, timeout=7)
    await until(lambda: network.tried == [DROPS])
    clock.advance(6.999)
    await asyncio.sleep(0)
    assert not task.done()
    clock.advance(0.001)
    with pytest.raises(TimeoutError, match=f"no connection to {HOST}:{server.side.port} within 7 s"):
        await task
    assert clock.next_due is None


async def test_the_time_limit_includes_the_name_lookup(
    server: Server, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = asyncio.Event()

    async def never(*args: Any, **more: Any) -> Any:
        started.set()
        await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", never)
    task = dialling(server, clock, timeout=3)
    await started.wait()
    clock.advance(3)
    with pytest.raises(TimeoutError, match="within 3 s"):
        await task


async def test_the_error_names_the_failure_of_every_address(
    server: Server, network: Network, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(factory: Any, host: str, port: int, **more: Any) -> Any:
        raise OSError(f"{host} says no")

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", fail)
    network.addresses = ["10.0.0.1", "10.0.0.2"]
    with pytest.raises(OSError, match=r"10.0.0.1 says no; 10.0.0.2 says no"):
        await dialling(server, clock)


async def test_the_error_names_a_host_without_addresses(
    server: Server, network: Network, clock: ManualClock
) -> None:
    with pytest.raises(OSError, match=r"'cg.example' has no address"):
        await dialling(server, clock)


@pytest.mark.parametrize("turns", range(8))
async def test_a_cancelled_dial_leaves_no_connection_open(
    server: Server, network: Network, clock: ManualClock, turns: int
) -> None:
    network.addresses = ["127.0.0.1", "127.0.0.1", DROPS]
    task = dialling(server, clock)
    for _ in range(turns):
        await asyncio.sleep(0)
    if task.cancel():
        with pytest.raises(asyncio.CancelledError):
            await task
    else:
        task.result().abort()
    await until(lambda: server.open == 0)
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("ctios_fast")]
    assert clock.next_due is None


async def test_of_two_connections_that_succeed_the_second_is_closed(
    server: Server, network: Network, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = asyncio.Event()
    connect = network._connect

    async def slow(factory: Any, host: str, port: int, **more: Any) -> Any:
        connection = await connect(factory, "127.0.0.1", port, **more)
        await go.wait()
        return connection

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", slow)
    network.addresses = ["10.0.0.1", "10.0.0.2"]
    task = dialling(server, clock)
    await until(lambda: clock.next_due == NEXT_ADDRESS_AFTER)
    clock.advance(NEXT_ADDRESS_AFTER)
    await until(lambda: server.accepted == 2)
    go.set()
    link = await task
    await until(lambda: server.open == 1)
    assert link.is_open
    link.abort()


async def test_tcp_keep_alive_is_on(server: Server, network: Network, clock: ManualClock) -> None:
    network.addresses = ["127.0.0.1"]
    link = await dialling(server, clock)
    sock = link.get_extra_info("socket")
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    if hasattr(socket, "TCP_KEEPIDLE"):
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == 15
    link.abort()


async def test_the_certificate_may_have_another_name_than_the_host(
    server: Server, network: Network, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str | None] = []

    async def note(factory: Any, host: str, port: int, *, ssl: Any, server_hostname: str | None) -> Any:
        names.append(server_hostname)
        raise OSError("noted")

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", note)
    network.addresses = ["127.0.0.1"]
    context = ssl.create_default_context()
    for given in (None, "cert.example"):
        with pytest.raises(OSError, match="noted"):
            await dial(server.side, new_link, ssl=context, server_hostname=given, timeout=1, clock=clock)
    assert names == [HOST, "cert.example"]
