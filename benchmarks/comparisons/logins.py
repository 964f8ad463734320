"""10,000 logins on one connection: request, confirmation, state event, updated Agent; the client's own time.

All logins are requested at once and awaited one after another. The server, in a process of its own, has
reported all agents as logged out before, so that no query is needed.

A login of the Session and of the peer "with time limit" ends in time in any case. The other peers show the
cost of such a client without time limits.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

from benchmarks.loops import LOOPS, running
from benchmarks.measure import OURS, PEER, Comparison, Prepare, Round, Side
from benchmarks.peers.logins import LoginClient
from benchmarks.servers import HOST, LOGOUT, NOT_READY, serving
from benchmarks.streams import PERIPHERAL, VERSION, agent_id
from ctios_fast import Session
from ctios_fast.core import codec
from ctios_fast.messages import OpenReq

#: Number of logins; a short run has fewer.
LOGINS = 10_000
PASSWORD = "sesame"
IDS = [agent_id(number) for number in range(LOGINS)]


class Spent:
    """Time by the clock and of the processor since its creation, per unit."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def of_one(self, count: int) -> dict[str, float]:
        """Return the figures of a round."""
        cpu = time.process_time() - self._cpu
        return {"cpu": cpu / count, "wall": (time.perf_counter() - self._wall) / count}


async def _until(known: Callable[[], bool]) -> None:
    while not known():  # noqa: ASYNC110 - neither client offers anything to wait on
        await asyncio.sleep(0.001)


async def _ours(port: int) -> Mapping[str, float]:
    session = Session(client_id="benchmark", heartbeat=None)
    await session.connect(ctios_a=HOST, port_a=port)
    await session.set_bulk_mode(PERIPHERAL)
    await _until(lambda: session.agent(IDS[-1]).state == LOGOUT)
    agents = [session.agent(one) for one in IDS]
    spent = Spent()
    logins = [agent.login(agent_password=PASSWORD, agent_instrument=agent.agent_id) for agent in agents]
    for login in logins:
        await login
    figures = spent.of_one(LOGINS)
    assert all(agent.state == NOT_READY for agent in agents)
    await session.disconnect()
    return figures


def _peer(*, joined: bool, seconds: float | None) -> Callable[[int], Awaitable[Mapping[str, float]]]:
    async def by_hand(port: int) -> Mapping[str, float]:
        loop = asyncio.get_running_loop()
        transport, client = await loop.create_connection(
            lambda: LoginClient(PERIPHERAL, joined=joined), HOST, port
        )
        await client.open(_open_req())
        await _until(lambda: IDS[-1] in client.agents)
        spent = Spent()
        if seconds is None:
            for login in [client.login(one, one, PASSWORD) for one in IDS]:
                await login
        else:
            await asyncio.gather(*[client.login_within(seconds, one, one, PASSWORD) for one in IDS])
        figures = spent.of_one(LOGINS)
        assert all(client.agents[one].state == NOT_READY for one in IDS)
        transport.close()
        return figures

    return by_hand


def _open_req() -> bytes:
    return OpenReq.encode(
        codec(VERSION), invoke_id=0xFFFFFFFF, version_number=VERSION, idle_timeout=0xFFFFFFFF,
        peripheral_id=PERIPHERAL, services_requested=0x14, call_msg_mask=0, agent_state_mask=0x3FFF,
        config_msg_mask=0, client_id="benchmark", client_password=b"",
    )  # fmt: skip


def _client(loop: str, client: Callable[[int], Awaitable[Mapping[str, float]]], sent: set[int]) -> Prepare:
    @contextmanager
    def prepared() -> Iterator[Round]:
        with serving("login", LOGINS) as server, running(loop) as runner:

            def work() -> Mapping[str, float]:
                figures = runner.run(client(server.port))  # type: ignore[arg-type]
                sent.add(server.received() // LOGINS)  # ignores opening and closing
                assert len(sent) == 1, "both clients send the same"
                return figures

            yield work

    return prepared


def comparisons() -> Iterator[Comparison]:
    """Return the comparisons of this module."""
    for loop in LOOPS:
        sent: set[int] = set()
        yield Comparison(
            f"{LOGINS:,} logins on one connection, {loop}",
            "login",
            (
                Side("Session", OURS, _client(loop, _ours, sent), rounds=5),
                *(
                    Side(name, PEER, _client(loop, peer, sent), rounds=5)
                    for name, peer in (
                        ("struct and futures, with time limit", _peer(joined=True, seconds=30)),
                        ("struct and futures, joined writes", _peer(joined=True, seconds=None)),
                        ("struct and futures", _peer(joined=False, seconds=None)),
                    )
                ),
            ),
        )
