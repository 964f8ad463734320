"""The connection is cut after each message of an opening, and after each message of a repair.

Each run has a simulator of its own, whose agents and calls change in the gap. However far the opening or the
repair had come, the session then opens another connection, and its model equals the simulator's.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable
from typing import Any

import pytest
from support.frame_cutter import FrameCutter
from support.model import CallLives, MakeSession, an_agent, calls_of, soon, talking, until

from ctios_fast import Arguments, ConnectionLost, ConnectionState, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol import enums
from ctios_fast.sim import Simulator

AGENTS = 4
#: A run with more messages than this has no end.
MAX_MESSAGES = 200


class Run:
    """One opening or repair of one mode, cut after some messages."""

    def __init__(self, sim: Simulator, session: Session, clock: ManualClock, mode: str) -> None:
        self.sim = sim
        self.session = session
        self.clock = clock
        self.mode = mode
        self.lives = CallLives(session)
        self.recovered: list[Arguments] = []
        session.subscribe("OnRecovered", self.recovered.append)
        for agent in sim.agents:
            sim.plant.set_agent_state(agent, enums.AgentState.AGENT_STATE_LOGIN)
        self.ending, self.held = talking(sim, "1001"), talking(sim, "1002")

    async def open(self, cutter: FrameCutter) -> None:
        """Connect and set the mode, which the connection may not survive."""
        session, agents = self.session, [each.agent_id for each in self.sim.agents]
        await soon(session.connect(ctios_a="127.0.0.1", port_a=cutter.port))
        opening: Any
        if self.mode == "agent":
            opening = session.set_agent(an_agent())
        elif self.mode == "bulk":
            opening = session.set_bulk_mode(5000, agents=agents)
        else:
            opening = session.set_message_filter("*", peripheral_id=5000, agents=agents)
        with contextlib.suppress(ConnectionLost):
            await soon(opening)

    def change(self) -> None:
        """Change what a gap hides: a call ends, another rings at its agent, one is held, agents differ."""
        plant = self.sim.plant
        plant.clear_call(self.ending)
        self.sim.set_agent_state("1001", enums.AgentState.AGENT_STATE_AVAILABLE)
        plant.inbound("1001")
        plant.hold(self.held)
        self.sim.set_agent_state("1003", enums.AgentState.AGENT_STATE_NOT_READY)
        self.sim.force_logout("1004")

    async def come_to_rest(self) -> None:
        """Let time pass until the session is open and nothing more happens."""
        for _ in range(100):
            for _ in range(20):
                await asyncio.sleep(0)
            await until(lambda: self.session.state is not ConnectionState.CONNECTING)
            self.clock.advance(0.5)
        assert self.session.is_open

    def check(self) -> None:
        """The model equals the simulator's, and nothing is doubtful or open."""
        session, agents = self.session, self.sim.agents
        own = agents[:1] if self.mode == "agent" else agents
        devices = {each.device.device_id for each in own}
        assert {id_: agent.state for id_, agent in session.agents.items()} == {
            each.agent_id: each.state for each in own
        }
        assert {key: state for key, state in calls_of(session).items() if key[1] in devices} == {
            each.known_as: each.state
            for call in self.sim.plant.calls
            for each in call.connections
            if each.device.device_id in devices
        }
        assert not [each for each in (*session.agents.values(), *session.calls.values()) if each.is_doubtful]
        counters = session.counters()
        for name in ("open_requests", "handler_errors", "repairs_given_up", "repair_questions_given_up"):
            assert counters[name] == 0, name

    async def end(self) -> None:
        """End all calls: each has begun and ended once."""
        for call in list(self.sim.plant.calls):
            self.sim.plant.clear_call(call.connections[0])
        await self.come_to_rest()
        assert len(self.session.calls) == 0
        assert self.lives.begun == self.lives.ended
        assert set(self.lives.begun.values()) == {1}


async def cut_everywhere(
    make_session: MakeSession, mode: str, run_to: Callable[[Run, FrameCutter, int], Any]
) -> int:
    """Run with a cut after each message, until a run ends before its cut. Returns the number of cuts."""
    for messages in range(MAX_MESSAGES):
        clock = ManualClock()
        async with Simulator(agents=AGENTS, clock=clock) as sim, FrameCutter(sim.side_a.port) as cutter:
            session = make_session(clock=clock, rng=random.Random(messages), clients=1)
            run = Run(sim, session, clock, mode)
            await run_to(run, cutter, messages)
            is_cut, cutter.left = cutter.left is None, None
            run.check()
            await run.end()
            await soon(session.disconnect())
        if not is_cut:
            return messages
    raise AssertionError(f"more than {MAX_MESSAGES} messages")


@pytest.mark.parametrize("mode", ["agent", "monitor"])
async def test_an_opening_may_be_cut_after_any_message(make_session: MakeSession, mode: str) -> None:
    async def run_to(run: Run, cutter: FrameCutter, messages: int) -> None:
        cutter.left = messages
        await run.open(cutter)
        is_cut = cutter.left is None
        left, cutter.left = cutter.left, None
        run.change()
        await run.come_to_rest()
        cutter.left = left
        # before OPEN_CONF there was no session, so that its first opening follows
        assert len(run.recovered) == (is_cut and messages >= 2)

    assert await cut_everywhere(make_session, mode, run_to) > 2


@pytest.mark.parametrize("mode", ["agent", "bulk", "monitor"])
async def test_a_repair_may_be_cut_after_any_message(make_session: MakeSession, mode: str) -> None:
    async def run_to(run: Run, cutter: FrameCutter, messages: int) -> None:
        await run.open(cutter)
        await run.come_to_rest()
        for each in (run.held, run.ending):  # bulk mode hears of calls in progress by their next events
            run.sim.plant.hold(each)
            run.sim.plant.retrieve(each)
        await run.come_to_rest()
        cutter.cut()
        cutter.left = messages
        run.change()
        await run.come_to_rest()
        assert len(run.recovered) == 1

    assert await cut_everywhere(make_session, mode, run_to) > 2
