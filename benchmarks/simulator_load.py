"""The simulator under load on a virtual clock: memory, and how much faster than real time it runs.

10,000 agents, 50 calls a second, 200 client sessions (20 of All Events, 180 of Client Events) for ten
simulated minutes. The clients read and discard in a process of their own.

Run: ``python benchmarks/simulator_load.py [MINUTES]``.
"""

import asyncio
import contextlib
import multiprocessing
import random
import resource
import selectors
import socket
import struct
import sys
import time

from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim import Population, Simulator
from ctios_fast.sim.plant import Call, PlantError

AGENTS, CALLS_A_SECOND, ALL_EVENTS_CLIENTS, AGENT_CLIENTS = 10_000, 50, 20, 180
TALK, ANSWER = 120.0, 3.0  # seconds
STEP = 0.1  # seconds that the clock moves before the sockets are served


def opening(agent: int | None) -> bytes:
    services, peripheral = (0x10, 0xFFFFFFFF) if agent is None else (0x7, 5000)
    body = struct.pack(">11I", 1, 25, 0xFFFFFFFF, peripheral, services, 0xFFFFFFFF, 0x3FFF, 0, 0, 0, 0)
    fields = [(1, f"client {agent}"), (2, "")] + ([] if agent is None else [(5, str(agent))])
    for tag, text in fields:
        body += struct.pack(">HH", tag, len(text) + 1) + text.encode() + b"\0"
    return struct.pack(">II", len(body), 3) + body


def read_and_discard(port: int) -> None:
    """Run the clients, in a process of their own, until the server closes the connections."""
    selector = selectors.DefaultSelector()
    agents = [None] * ALL_EVENTS_CLIENTS + [1001 + n for n in range(AGENT_CLIENTS)]
    for agent in agents:
        client = socket.create_connection(("127.0.0.1", port))
        client.sendall(opening(agent))
        selector.register(client, selectors.EVENT_READ)
    while selector.get_map():
        for key, _ in selector.select():
            client = key.fileobj
            assert isinstance(client, socket.socket)
            try:
                data = client.recv(1 << 20)
            except ConnectionResetError:
                data = b""
            if not data:
                selector.unregister(client)
                client.close()


def resident() -> float:
    """Return the MiB of this process in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / (1 << 20)


class Callers:
    """Calls arrive at random; agents answer them, talk, and the callers hang up."""

    def __init__(self, simulator: Simulator, clock: ManualClock) -> None:
        self.plant = simulator.plant
        self.clock = clock
        self.rng = random.Random(1)
        self.calls = 0
        self.queues = list(self.plant.population.queues)
        self.arrive()

    def arrive(self) -> None:
        self.clock.call_later(self.rng.expovariate(CALLS_A_SECOND), self.arrive)
        self.calls += 1
        call = self.plant.inbound(self.rng.choice(self.queues), ani=f"555{self.calls:07}")
        self.clock.call_later(ANSWER, self.answer, call)

    def answer(self, call: Call) -> None:
        for party in list(call.connections):
            try:
                self.plant.answer(party)
            except PlantError:
                continue
        self.clock.call_later(self.rng.expovariate(1 / TALK), self.hang_up, call)

    def hang_up(self, call: Call) -> None:
        with contextlib.suppress(PlantError):
            self.plant.caller_hangs_up(call)


async def main(minutes: int) -> None:
    clock = ManualClock()
    population = Population.numbered(AGENTS, skill_groups=20)
    async with Simulator(population=population, clock=clock) as simulator:
        clients = multiprocessing.get_context("spawn").Process(
            target=read_and_discard, args=(simulator.side_a.port,), daemon=True
        )
        clients.start()
        while len(simulator.side_a.sessions) < ALL_EVENTS_CLIENTS + AGENT_CLIENTS:  # noqa: ASYNC110 - the server has no event
            await asyncio.sleep(0.01)
        for agent in simulator.agents:
            simulator.plant.put_agent(agent, AgentState.AGENT_STATE_AVAILABLE)
            await asyncio.sleep(0)
        callers = Callers(simulator, clock)
        begun, at_two = time.perf_counter(), 0.0
        for minute in range(1, minutes + 1):
            for _ in range(int(60 / STEP)):
                clock.advance(STEP)
                await asyncio.sleep(0)
                while any(session.bytes_waiting() > 1 << 20 for session in simulator.side_a.sessions):  # noqa: ASYNC110
                    await asyncio.sleep(0.001)
            spent = time.perf_counter() - begun
            if minute == 2:
                at_two = resident()
            print(
                f"minute {minute}: {callers.calls} calls, {simulator.counters.events_sent} events sent, "
                f"{resident():.0f} MiB, {60 * minute / spent:.1f} x real time",
                flush=True,
            )
        if minutes > 2:
            print(f"growth after minute 2: {resident() - at_two:.1f} MiB")
        print(f"dropped sessions: {simulator.counters.dropped_sessions}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
