"""Statistics of many agents on a virtual clock: memory, and the queries of half an hour.

24,000 agents with 20 of 300 skill groups each, logged in, in bulk mode. Their statistics and those of their
groups are polled every 30 seconds for 30 simulated minutes. The server answers in a process of its own.

Run: ``python -m benchmarks.statistics_load [MINUTES [AGENTS]]``. It fails if an agent with statistics takes
more than 2 KiB, or if memory grows after the fifth minute.
"""

import asyncio
import gc
import random
import sys
import time
import tracemalloc
from typing import Final

from benchmarks.servers import HOST, serving, statistics_state_event
from benchmarks.streams import PERIPHERAL
from ctios_fast import Session
from ctios_fast.connection.clock import ManualClock

AGENTS, GROUPS, GROUPS_OF_AGENT, INTERVAL = 24_000, 300, 20, 30.0
#: Bytes that an idle agent with statistics and 20 skill groups may take, and that all may grow by.
MAX_OF_AGENT: Final = 2048
MAX_GROWTH: Final = 256 << 10
#: Seconds that the clock moves before the sockets are served.
STEP: Final = 0.1


def held() -> int:
    """Return the bytes that Python objects take."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


async def answered(session: Session) -> None:
    """Wait until every query is answered."""
    while session.counters()["open_requests"]:  # noqa: ASYNC110 - no event says so
        await asyncio.sleep(0)


def feed(session: Session, frames: bytes) -> None:
    """Hand frames to the session's dispatcher."""
    dispatcher = session._connection.dispatcher
    dispatcher.frames.feed(frames)
    dispatcher.dispatch()


async def main(minutes: int, count: int) -> None:
    """Poll for some simulated minutes, and print what it takes."""
    clock, rng = ManualClock(), random.Random(188)
    with serving("statistics") as server:
        session = Session(client_id="benchmark", heartbeat=None, clock=clock, rng=rng)
        await session.connect(ctios_a=HOST, port_a=server.port)
        await session.set_bulk_mode(PERIPHERAL)
        tracemalloc.start()
        empty = held()
        ids = [str(100_000 + number) for number in range(count)]
        states = []
        for agent_id in ids:
            groups = rng.sample(range(1, GROUPS + 1), GROUPS_OF_AGENT)
            states.append(statistics_state_event(agent_id, groups))
            feed(session, states[-1])
        states.clear()
        known = held()
        for agent in session.agents.values():
            agent.enable_agent_statistics(interval=INTERVAL)
            agent.enable_skill_group_statistics(interval=INTERVAL)
        await answered(session)
        assert all(agent.statistics is not None for agent in session.agents.values())
        assert all(len(agent.get_skill_groups()) == GROUPS_OF_AGENT for agent in session.agents.values())
        enabled = held()
        of_agent = (enabled - empty) / count
        print(
            f"{count:,} agents: {(known - empty) / count:,.0f} bytes each, with statistics and "
            f"{GROUPS_OF_AGENT} groups {of_agent:,.0f} bytes each (groups and the answers included)"
        )
        before, began, at_five = session.counters()["statistics_queries"], time.process_time(), 0
        for minute in range(1, minutes + 1):
            for _ in range(round(60 / STEP)):
                clock.advance(STEP)
                await answered(session)
            if minute == 5:
                at_five = held()
            if minute % 5 == 0:
                counters = session.counters()
                print(
                    f"minute {minute}: {counters['statistics_queries'] - before:,} queries, "
                    f"{counters['statistics_queries_left_out']} left out, {held() / (1 << 20):.1f} MiB"
                )
        spent = time.process_time() - began
        counters = session.counters()
        asked = counters["statistics_queries"] - before
        growth = held() - at_five if minutes > 5 else 0
        print(f"growth after minute 5: {growth / 1024:.1f} KiB")
        print(f"{asked / minutes / 60:.0f} queries a simulated second, {spent / asked * 1e6:.1f} us each")
        expected = (count + GROUPS) * minutes * 60 / INTERVAL
        assert 0.98 * expected <= asked <= 1.02 * expected, (asked, expected)
        assert counters["statistics_queries_failed"] == counters["handler_errors"] == 0
        assert of_agent <= MAX_OF_AGENT, of_agent
        assert growth <= MAX_GROWTH, growth
        tracemalloc.stop()
        await session.disconnect()


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    asyncio.run(main(*given, *(30, AGENTS)[len(given) :]))
