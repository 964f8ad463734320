"""Random fail-overs under calls: after each one the library's calls equal those of the simulator.

Agents of a simulated contact centre call, answer, hold, consult, transfer and confer at random, also while
the session is disconnected. In each round a seeded random fault hits the side that the session uses, and
sometimes another one in the middle of the repair. ``FAILOVER_ROUNDS`` sets the number of rounds.
"""

import asyncio
import gc
import os
import random
import weakref
from typing import Any

import pytest
from support.model import CallLives, MakeSession, sides, soon
from support.random_centre import RandomActs

from ctios_fast import Agent, ConnectionState, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.sim import Simulator

AGENTS = 12
ROUNDS = int(os.environ.get("FAILOVER_ROUNDS", "15"))
HEARTBEAT = 5.0
FAULTS = ("kill", "freeze", "garbage", "mid_frame", "graceful", "swap")
#: Acts whose outcome every client of the plant hears in the same way.
ACTS = frozenset(
    [
        "call_agent",
        "call_queue",
        "make_call",
        "answer",
        "hold",
        "retrieve",
        "consult",
        "conference",
        "transfer",
        "alternate",
        "reconnect",
        "clear",
        "hang_up",
        "change_state",
        "set_data",
    ]
)


class Centre(RandomActs):
    """The random acts, on the plant of a simulator that has servers."""

    def __init__(self, sim: Simulator, clock: ManualClock, seed: int) -> None:
        super().__init__(random.Random(seed), sim.plant, clock)
        self.acts = [(weight, act) for weight, act in self.acts if act.__name__ in ACTS]

    def act_often(self, count: int) -> None:
        """Do some acts."""
        for _ in range(count):
            self.act()


class Site:
    """A session on a simulated pair of servers, and what it reported of calls."""

    def __init__(self, sim: Simulator, session: Session, clock: ManualClock, seed: int) -> None:
        self.sim = sim
        self.session = session
        self.clock = clock
        self.rng = random.Random(seed)
        self.centre = Centre(sim, clock, seed)
        self.lives = CallLives(session)

    @property
    def is_settled(self) -> bool:
        return self.session.is_open and self.session.counters()["open_requests"] == 0

    async def turns(self, count: int = 30) -> None:
        for _ in range(count):
            await asyncio.sleep(0)

    async def let_time_pass(self) -> None:
        await self.turns()
        self.clock.advance(min(2.0, max(0.5, self.clock.next_due or 0.5)))
        await self.turns()

    async def fail_over(self) -> None:
        """Let a fault strike, and calls go on, until the session is open again."""
        before = self.session.counters()["connections"]
        side = self.session.current_side.lower()
        fault = self.rng.choice(FAULTS)
        if fault == "swap":
            self.sim.swap()
        else:
            self.sim.fail_side(side, fault)
        async with asyncio.timeout(30):
            while not (self.session.is_open and self.session.counters()["connections"] > before):
                await self.let_time_pass()
                if self.rng.random() < 0.5:
                    self.centre.act_often(3)
                assert self.session.state is not ConnectionState.DISCONNECTED, "the session ended"
        if fault != "swap":
            await self.sim.restore_side(side)

    async def come_to_rest(self, devices: set[str] | None) -> None:
        """Let time pass until the repair is over and the calls agree."""
        for _ in range(400):
            await self.let_time_pass()
            if self.is_settled and not any(self.differences(devices)):
                return
        raise AssertionError(f"not at rest: {self.differences(devices)}")

    def differences(self, devices: set[str] | None) -> Any:
        """Connections that differ, by ConnectionCallID and ConnectionDeviceID, with their states.

        A connection at a trunk or a queue is not at the device of an agent, so that a repair cannot find one
        that began in the gap, and its state is not known before an event states it. One that is cleared has
        ended for a repair, before its END_CALL_EVENT comes.
        """
        agents = {agent.device.device_id for agent in self.sim.agents}
        stated = [
            call for call in self.session.calls.values() if call.status is not None or call.key[2] in agents
        ]
        model = {call.key[1:]: call.status for call in stated}
        plant = {
            each.known_as: int(each.state)
            for call in self.sim.plant.calls
            for each in call.connections
            if each.known_as is not None
            and (devices is None or each.device.device_id in devices)
            and (each.known_as in model or (each.device.device_id in agents and each.state))
        }
        return sorted(set(plant.items()) - set(model.items())), sorted(
            set(model.items()) - set(plant.items())
        )


async def open_mode(session: Session, sim: Simulator, mode: str) -> set[str] | None:
    """Set the mode; return the devices whose calls the session hears, None for all."""
    agents = [each.agent_id for each in sim.agents]
    if mode == "bulk":
        await soon(session.set_bulk_mode(5000, agents=agents))
        return None
    if mode == "monitor":
        await soon(session.set_message_filter("*", peripheral_id=5000, agents=agents))
        return None
    own = sim.agents[0]
    sim.plant.set_agent_state(own, 0)
    await soon(session.set_agent(Agent(own.agent_id, 5000, agent_instrument=own.device.device_id)))
    return {own.device.device_id}


@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize("mode", ["bulk", "agent", "monitor"])
async def test_calls_survive_random_failovers(
    make_session: MakeSession, clock: ManualClock, mode: str, seed: int
) -> None:
    async with Simulator(agents=AGENTS, clock=clock) as sim:
        session = make_session(clock=clock, rng=random.Random(seed), clients=1, heartbeat=HEARTBEAT)
        await soon(session.connect(**sides(sim)))
        site = Site(sim, session, clock, seed)
        devices = await open_mode(session, sim, mode)
        for _ in range(20):
            for each in sim.agents:
                site.centre.attempt(site.centre.change_state, each)
            await site.let_time_pass()
        for _ in range(ROUNDS):
            for _ in range(4):
                site.centre.act_often(5)
                await site.let_time_pass()
            await site.fail_over()
            if site.rng.random() < 0.3:  # another loss in the middle of the repair
                await site.turns(site.rng.randrange(6))
                sim.side(session.current_side.lower()).sessions[0].reset()
                while session.is_open:
                    await site.turns(1)
                while not session.is_open:
                    await site.let_time_pass()
            await site.come_to_rest(devices)
        site.centre.wind_down()
        await site.come_to_rest(devices)
        assert len(session.calls) == 0
        assert site.lives.begun == site.lives.ended
        assert set(site.lives.begun.values()) <= {1}
        counters = session.counters()
        assert counters["handler_errors"] == counters["listener_errors"] == 0
        kept = [weakref.ref(call) for call in site.lives.calls.values()]
        site.lives.calls.clear()
        for _ in range(80):  # an answered request is kept for as long as its answer might have taken
            await site.let_time_pass()
        gc.collect()
        assert not [ref() for ref in kept if ref() is not None], "the library keeps calls that have ended"
