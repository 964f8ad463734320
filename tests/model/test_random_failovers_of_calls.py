"""Random fail-overs under traffic: after each one the library's agents and calls equal the simulator's.

A simulated contact centre gets exactly 20 calls a second, whose parties act at random, also while the session
is disconnected. The session sends requests all the time. For each seed a random fault hits the side that the
session uses, and sometimes another fault hits the next side in the middle of the repair. Then the traffic
pauses, and the model has to equal the simulator's snapshot. Sessions of even seeds have a standby session, so
that they need no search. ``FAILOVER_SEEDS`` sets the number of seeds.
"""

import asyncio
import contextlib
import gc
import os
import random
import weakref
from typing import Any

import pytest
from support.model import CallLives, MakeSession, calls_of, sides, soon, until
from support.traffic import CALLS_A_SECOND, TICK, Traffic

from ctios_fast import Agent, Arguments, ConnectionState, CtiOsError, Request, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol import enums
from ctios_fast.sim import Population, Simulator
from ctios_fast.sim.plant import DeskSettings

AGENTS = 40
SEEDS = int(os.environ.get("FAILOVER_SEEDS", "3"))
MODES = ("agent", "bulk", "monitor")
HEARTBEAT = 5.0
FAULTS = ("kill", "freeze", "garbage", "mid_frame", "graceful", "swap")
#: Seconds of traffic before the fault.
WARM_UP = 4.0
#: Chance of another fault in the middle of the repair.
SECOND_FAULT = 0.4


class Site:
    """A session on a simulated pair of servers under traffic, and what it reported of calls."""

    def __init__(self, sim: Simulator, session: Session, clock: ManualClock, mode: str, seed: int) -> None:
        self.sim = sim
        self.session = session
        self.clock = clock
        self.mode = mode
        self.rng = random.Random(seed)
        #: In agent mode the session's own agent has many of the calls.
        self.traffic = Traffic(sim, clock, seed, sim.agents[0] if mode == "agent" else None)
        self.lives = CallLives(session)
        self.requests: list[Request[Any]] = []
        self._failed: set[str] = set()
        #: Whether the last gap is repaired.
        self._is_repaired = True
        session.subscribe("OnRecovered", self._repaired)
        #: Devices that a repair may not have asked for their calls, since their agents were logged out.
        self._not_asked: set[str] = set()
        #: The devices whose calls the session hears.
        self.devices = {each.device.device_id for each in sim.agents}

    # --- Running --------------------------------------------------------------------------------

    async def open(self) -> None:
        """Connect and set the mode."""
        session, agents = self.session, [each.agent_id for each in self.sim.agents]
        await soon(session.connect(**sides(self.sim)))
        if self.mode == "bulk":
            await soon(session.set_bulk_mode(5000, agents=agents))
        elif self.mode == "monitor":
            await soon(session.set_message_filter("*", peripheral_id=5000, agents=agents))
        else:
            own = self.sim.agents[0]
            self.devices = {own.device.device_id}
            await soon(session.set_agent(Agent(own.agent_id, 5000, agent_instrument=own.device.device_id)))

    async def turns(self, count: int) -> None:
        """Run the event loop for some turns, without moving the clock.

        An attempt to connect is waited for: it takes real time, and its time-out is the clock's.
        """
        for _ in range(count):
            await asyncio.sleep(0)
        await until(lambda: self.session.state is not ConnectionState.CONNECTING)

    async def tick(self) -> None:
        """Let the traffic go on for the time from one call to the next."""
        self.traffic.tick()
        if not self._is_repaired:
            self._not_asked |= {each.device.device_id for each in self.sim.agents if not each.logged_in}
        if self.session.is_open and self.rng.random() < 0.5:
            self._send_request()
        await self.turns(4)

    async def run(self, seconds: float) -> None:
        """Let the traffic go on."""
        for _ in range(round(seconds / TICK)):
            await self.tick()

    def _repaired(self, args: Arguments) -> None:
        self._is_repaired = True

    def _send_request(self) -> None:
        # Its outcome does not matter, but it has to have one.
        agents, calls = list(self.session.agents.values()), list(self.session.calls.values())
        acts: list[Any] = [self.rng.choice(agents).query_agent_state]
        if calls:
            call = self.rng.choice(calls)
            acts.append(call.snapshot)
            if self.mode != "monitor":
                acts += [call.answer, call.hold, call.retrieve, call.clear]
        with contextlib.suppress(CtiOsError):  # refused locally, as in the state of that call
            self.requests.append(self.rng.choice(acts)())

    # --- Faults ---------------------------------------------------------------------------------

    async def fail_over(self) -> None:
        """Let a fault strike under traffic, perhaps another one in the repair, until the session is open."""
        await self._fail()
        if self.rng.random() < SECOND_FAULT:
            await self.turns(self.rng.randrange(40))
            await self._restore()
            await self._fail()
        await self.run(self.rng.uniform(0, 2))
        await self._restore()

    async def _fail(self) -> None:
        self._is_repaired = False
        before = self.session.counters()["connections"]
        side = self.session.current_side.lower()
        fault = self.rng.choice(FAULTS)
        if fault == "swap":
            self.sim.swap()
        else:
            self.sim.fail_side(side, fault)
            self._failed.add(side)
        async with asyncio.timeout(60):
            while not (self.session.is_open and self.session.counters()["connections"] > before):
                await self.tick()
                assert self.session.state is not ConnectionState.DISCONNECTED, "the session ended"

    async def _restore(self) -> None:
        for side in self._failed:
            await self.sim.restore_side(side)
        self._failed.clear()

    # --- Comparing ------------------------------------------------------------------------------

    async def come_to_rest(self) -> None:
        """Without traffic, let time pass until the repair is over and the model equals the snapshot."""
        for _ in range(400):
            await self.turns(60)
            is_quiet = self.session.is_open and self.session.counters()["open_requests"] == 0
            if is_quiet and not any(self.differences()):
                return
            self.clock.advance(min(2.0, max(0.5, self.clock.next_due or 0.5)))
        raise AssertionError(f"not at rest: {self.differences()}")

    def differences(self) -> tuple[Any, Any, Any]:
        """What differs: states of agents, states of connections, and data of calls."""
        snapshot = self.sim.snapshot()
        return self._agents(snapshot["agents"]), self._connections(snapshot["calls"]), self._data()

    def _agents(self, plant: list[dict[str, Any]]) -> list[Any]:
        states = {each["id"]: each["state"] for each in plant}
        return [
            (agent.agent_id, agent.state, states[agent.agent_id])
            for agent in self.session.agents.values()
            if agent.state is None
            or enums.AgentState(agent.state).name != f"AGENT_STATE_{states[agent.agent_id]}"
        ]

    def _connections(self, plant: list[dict[str, Any]]) -> list[Any]:
        # A connection at a trunk or a queue is not at the device of an agent, so that a repair cannot find
        # one that began in the gap, and its state is not known before an event states it. Nor can it find one
        # at the device of an agent that was logged out. The snapshot lists no connection that was cleared; it
        # is over with its END_CALL_EVENT.
        agents = {each.device.device_id for each in self.sim.agents}
        cleared = {
            each.known_as
            for call in self.sim.plant.calls
            for each in call.connections
            if each.state is enums.LocalConnectionState.LCS_NULL
        }
        model = {
            key: None if status is None else enums.LocalConnectionState(status).name.removeprefix("LCS_")
            for key, status in calls_of(self.session).items()
            if (status is not None or key[1] in agents) and not (status == 0 and key in cleared)
        }
        listed = {
            key: party["state"]
            for call in plant
            for party in call["parties"]
            if (key := (call["id"], party["connection"])) in model
            or party["device"] in (self.devices & agents) - self._not_asked
        }
        everything = model.keys() | listed.keys()
        return [
            (key, model.get(key, "unknown"), listed.get(key, "unknown"))
            for key in everything
            if model.get(key, "unknown") != listed.get(key, "unknown")
        ]

    def _data(self) -> list[Any]:
        contexts = {
            (call.call_id, each.connection_id): call.context
            for call in self.sim.plant.calls
            for each in call.connections
            if each.device.device_id in self.devices
        }
        return [
            (key, dict(call.data.values), context)
            for call in self.session.calls.values()
            if (context := contexts.get(key := call.key[1:])) is not None
            and any(call.get_value(name) != value for name, value in context.variables.items())
        ]

    def check(self) -> None:
        """The traffic was as fast as it should be, and no request is unanswered."""
        assert self.traffic.begun >= CALLS_A_SECOND * WARM_UP
        assert all(request.done() for request in self.requests)
        for request in self.requests:
            request.exception()  # retrieved, since a request may fail in a fail-over
        self.requests.clear()


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
@pytest.mark.parametrize("mode", MODES)
async def test_calls_survive_random_failovers(
    make_session: MakeSession, clock: ManualClock, mode: str, seed: int
) -> None:
    desk = DeskSettings(wrapup_incoming=2, wrapup_outgoing=2, available_after_incoming=True)
    population = Population.numbered(AGENTS, skill_groups=2, desk=desk)
    async with Simulator(population=population, clock=clock) as sim:
        session = make_session(
            clock=clock, rng=random.Random(seed), clients=1, heartbeat=HEARTBEAT, standby=seed % 2 == 0
        )
        for agent in sim.agents:
            sim.plant.set_agent_state(agent, enums.AgentState.AGENT_STATE_LOGIN)
        site = Site(sim, session, clock, mode, seed)
        await site.open()
        await site.run(WARM_UP)
        await site.fail_over()
        await site.come_to_rest()
        site.check()
        assert len(site.lives.begun) > (3 if mode == "agent" else 100)
        await end(site)


async def end(site: Site) -> None:
    """End all calls: each has begun and ended once, and the library keeps none of them."""
    session, lives = site.session, site.lives
    site.traffic.wind_down()
    await site.come_to_rest()
    assert len(session.calls) == 0
    assert lives.begun == lives.ended
    assert set(lives.begun.values()) <= {1}
    counters = session.counters()
    assert counters["handler_errors"] == counters["listener_errors"] == counters["repairs_given_up"] == 0
    kept = [weakref.ref(call) for call in lives.calls.values()]
    lives.calls.clear()
    for _ in range(80):  # an answered request is kept for as long as its answer might have taken
        await site.turns(60)
        site.clock.advance(min(2.0, max(0.5, site.clock.next_due or 0.5)))
    gc.collect()
    assert not [ref() for ref in kept if ref() is not None], "the library keeps calls that have ended"
