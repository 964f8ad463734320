"""From a request to its confirmation over loopback TCP, one at a time, by the clock.

The bound is a minimal asyncio client: it writes bytes that were encoded before, and completes a future when
bytes of the answer arrive. Both use the same server, so only the client differs. Client and server share
one core: their placement, and the time that an idle core needs to wake up, would be a larger part of a
round trip than either client.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from benchmarks.loops import LOOPS, running
from benchmarks.measure import BOUND, OURS, Comparison, Prepare, Round, Side
from benchmarks.peers.requests import set_agent_state_req
from benchmarks.servers import HOST, serving
from benchmarks.streams import PERIPHERAL
from ctios_fast import Session
from ctios_fast.protocol.numbers import SET_AGENT_STATE_CONF, SET_AGENT_STATE_REQ

REQUESTS = 1000
FIELDS = {
    "PeripheralID": PERIPHERAL, "AgentState": 3, "AgentWorkMode": 0, "NumSkillGroups": 0,
    "EventReasonCode": 0, "ForcedFlag": 0, "AgentServiceReq": 0,
}  # fmt: skip
FLOATING = (("AgentInstrument", "3001"), ("AgentID", "1001"))
REQUEST = set_agent_state_req(
    invoke_id=1, peripheral_id=PERIPHERAL, agent_state=3, agent_instrument="3001", agent_id="1001"
)
CONFIRMATION_SIZE = 12

#: Sends one request and returns when it is answered.
Ask = Callable[[], Awaitable[object]]


class _Bare(asyncio.Protocol):
    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._answered: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]

    def ask(self) -> "asyncio.Future[bytes]":
        self._answered = self._loop.create_future()
        self._transport.write(REQUEST)
        return self._answered

    def data_received(self, data: bytes) -> None:
        assert self._answered is not None
        self._answered.set_result(data)

    def close(self) -> None:
        self._transport.close()


async def _bare(port: int) -> tuple[Ask, Callable[[], object]]:
    _, client = await asyncio.get_running_loop().create_connection(_Bare, HOST, port)
    assert len(await client.ask()) == CONFIRMATION_SIZE
    return client.ask, client.close


async def _session(port: int) -> tuple[Ask, Callable[[], object]]:
    session = Session(client_id="benchmark", heartbeat=None)
    await session.connect(ctios_a=HOST, port_a=port)
    await session.set_bulk_mode(PERIPHERAL)
    confirmation = await session.request(SET_AGENT_STATE_REQ, FIELDS, FLOATING)
    assert confirmation.type == SET_AGENT_STATE_CONF
    assert len(bytes(confirmation)) == CONFIRMATION_SIZE
    return lambda: session.request(SET_AGENT_STATE_REQ, FIELDS, FLOATING), session.disconnect


@contextmanager
def _on_one_core() -> Iterator[None]:
    # Bind this process and its children to the first core that it may use, if the system supports that.
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def _client(loop: str, connect: Callable[[int], Awaitable[tuple[Ask, Callable[[], object]]]]) -> Prepare:
    async def asked(ask: Ask) -> Mapping[str, float]:
        now = time.perf_counter
        times = []
        cpu = time.process_time()
        for _ in range(REQUESTS):
            begun = now()
            await ask()
            times.append(now() - begun)
        cpu = time.process_time() - cpu
        hundredths = statistics.quantiles(times, n=100)
        figures = {"cpu": cpu / REQUESTS, "wall": statistics.fmean(times)}
        return {**figures, "p50": hundredths[49], "p99": hundredths[98]}

    async def closed(close: Callable[[], object]) -> None:
        closing = close()
        if closing is not None:
            await closing  # type: ignore[misc]

    @contextmanager
    def prepared() -> Iterator[Round]:
        with ExitStack() as stack:
            runner = stack.enter_context(running(loop))
            with _on_one_core():
                server = stack.enter_context(serving("confirm"))
                ask, close = runner.run(connect(server.port))  # type: ignore[arg-type]

            def work() -> Mapping[str, float]:
                with _on_one_core():
                    return runner.run(asked(ask))

            yield work
            runner.run(closed(close))

    return prepared


def comparisons() -> Iterator[Comparison]:
    """Return the comparisons of this module."""
    for loop in LOOPS:
        yield Comparison(
            f"request to confirmation over loopback TCP, one at a time, {loop}",
            "request",
            (
                Side("Session.request", OURS, _client(loop, _session), 10),
                Side("bare asyncio round trip", BOUND, _client(loop, _bare), 10),
            ),
            figure="wall",
        )
