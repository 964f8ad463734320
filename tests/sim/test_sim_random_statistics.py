"""The statistics of random centres with 5,000 calls, read over a socket, agree with the events sent."""

import asyncio
import struct

import pytest
from support.frame_reader import FrameReader, frame, number_of
from support.one_side import one_side
from support.order_checker import FIXED, decode
from support.random_centre import RandomCentre
from support.statistics_checker import EMERGENCY_CALL, StatisticsChecker, StatisticsError

from ctios_fast.sim import Side
from ctios_fast.sim.plant import PlantAgent, PlantEvent, PlantSettings, call_records
from ctios_fast.sim.plant.entities import CallRecord

SEEDS = range(5)
CALLS = 1000
CALLS_BETWEEN_POLLS = 10
BEGINNING = 60_000
"""Seconds after midnight: the calls go on into the next day."""
ALL_EVENTS = 0x10
OPEN_CONF, SYSTEM_EVENT = 4, 31
AGENT_QUERY, AGENT_ANSWER, GROUP_QUERY, GROUP_ANSWER = 112, 113, 114, 115
NULL = 0xFFFFFFFF


class Polls:
    """Drives a random centre and checks the statistics again and again through one All Events session."""

    def __init__(self, seed: int) -> None:
        self.centre = RandomCentre(seed, PlantSettings())
        self.centre.clock.advance(BEGINNING)
        population = self.centre.plant.population
        self.checker = StatisticsChecker(
            {agent.agent_id: agent.memberships[0].group.number for agent in self.centre.agents},
            {device_id: queue.group.number for device_id, queue in population.queues.items()},
        )
        self._times: list[float] = []  # of the events that were not read yet
        self.centre.plant.subscribe(self._note)

    def _note(self, event: PlantEvent) -> None:
        self._times.append(self.centre.clock.time())

    def _feed(self, received: list[bytes]) -> None:
        for at, data in zip(self._times, received, strict=True):
            number = number_of(data)
            if number in FIXED:
                self.checker.feed(at, decode(data))
            elif number == EMERGENCY_CALL:
                self.checker.feed_emergency(at, agent_of_emergency(data))
        self._times.clear()

    async def run(self, side: Side, calls: int) -> None:
        reader, writer = await asyncio.open_connection(side.host, side.port)
        frames = FrameReader(reader)
        fixed = struct.pack(">11I", 1, 25, NULL, NULL, ALL_EVENTS, NULL, 0x3FFF, 0, 0, 0, 0)
        writer.write(frame(3, fixed + struct.pack(">HH2sHH1s", 1, 2, b"s\0", 2, 1, b"\0")))
        await frames.until(OPEN_CONF)
        await frames.until(SYSTEM_EVENT)
        try:
            while self.centre.calls < calls:
                done = self.centre.calls
                while self.centre.calls < done + CALLS_BETWEEN_POLLS:
                    self.centre.act()
                    self.centre.clock.advance(self.centre.random.randrange(1, 4))
                await self.poll(frames, writer)
            self.centre.wind_down()
            self.centre.clock.advance(1)
            await self.poll(frames, writer)
        finally:
            writer.transport.abort()

    async def poll(self, frames: FrameReader, writer: asyncio.StreamWriter) -> None:
        """Ask for the statistics of each agent and group and check the answers."""
        now = self.centre.clock.time()
        for agent in self.centre.agents:
            name = agent.agent_id.encode() + b"\0"
            writer.write(frame(AGENT_QUERY, struct.pack(">IIHH", 1, 5000, 5, len(name)) + name))
            received, answer = await frames.until(AGENT_ANSWER)
            self._feed(received)
            self.checker.check(now, agent.agent_id, answer)
        for number in self.centre.plant.population.skill_groups:
            writer.write(frame(GROUP_QUERY, struct.pack(">4I", 1, 5000, number, NULL)))
            received, answer = await frames.until(GROUP_ANSWER)
            self._feed(received)
            self.checker.check(now, number, answer)


def agent_of_emergency(data: bytes) -> str:
    """AgentID of an EMERGENCY_CALL_EVENT, whose fixed part has 14 bytes."""
    at = 8 + 14
    while at < len(data):
        tag, size = struct.unpack_from(">HH", data, at)
        if tag == 5:
            return data[at + 4 : at + 4 + size].split(b"\0")[0].decode()
        at += 4 + size
    raise AssertionError(data)


async def run(seed: int, calls: int) -> Polls:
    polls = Polls(seed)
    async with one_side(polls.centre.plant, polls.centre.clock) as side:
        await polls.run(side, calls)
    return polls


def test_the_centres_have_five_thousand_calls() -> None:
    assert len(SEEDS) * CALLS >= 5000


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_statistics_of_a_thousand_calls_agree_with_the_events(seed: int) -> None:
    polls = await run(seed, CALLS)
    assert polls.checker.calls_begun >= CALLS
    assert polls.checker.answers >= 14 * CALLS / CALLS_BETWEEN_POLLS * 0.9
    assert polls.centre.clock.time() > 86400, "a day has begun"
    done = polls.centre.done
    assert {"consult", "conference", "transfer", "supervise", "ask_for_help", "force_logout"} <= set(done)


async def test_a_figure_that_is_wrong_by_one_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def count(agent: PlantAgent, record: CallRecord, after: int, now: int) -> None:
        call_records.count(agent, record, after + 1, now)

    monkeypatch.setattr("ctios_fast.sim.plant.desk.count", count)
    with pytest.raises(StatisticsError, match="HandledCallsAfterCallTime"):
        await run(14, 100)
