"""Random fail-overs in bulk mode: after each one the library's view of every agent equals the simulator's.

One session serves 200 agents. In each round a seeded random fault hits the side that the session uses.
While the session is disconnected, other clients and the peripheral log agents in and out. Requests of the
session are open when the fault strikes. ``FAILOVER_ROUNDS`` sets the number of rounds.
"""

import asyncio
import os
import random
from collections.abc import Callable
from typing import Any

import pytest
from support.model import MakeSession, sides, soon

from ctios_fast import AgentState, ConnectionState, CtiOsError, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol import enums
from ctios_fast.sim import Simulator

AGENTS = 200
ROUNDS = int(os.environ.get("FAILOVER_ROUNDS", "100"))
HEARTBEAT = 5.0

#: States that another client or the peripheral puts an agent into.
OTHERS = (AgentState.NOT_READY, AgentState.AVAILABLE, AgentState.WORK_READY, AgentState.LOGOUT)


class Site:
    """A session in bulk mode on a simulated pair, with the faults that can strike it."""

    def __init__(self, sim: Simulator, session: Session, clock: ManualClock, rng: random.Random) -> None:
        self.sim = sim
        self.session = session
        self.clock = clock
        self.rng = rng
        self.faults: tuple[Callable[[Any], None], ...] = (
            lambda side: sim.fail_side(side),
            lambda side: sim.fail_side(side, logout_agents=True),
            lambda side: sim.freeze_side(side),
            lambda side: sim.shutdown_side(side),
            self.cut_in_a_frame,
            self.send_garbage,
        )

    def side(self) -> Any:
        """Return the simulator's name of the side that the session uses."""
        return self.session.current_side.lower()

    def cut_in_a_frame(self, side: Any) -> None:
        for connection in self.sim.side(side).sessions:
            self.sim.cut(connection, after_bytes=self.rng.randrange(200))
        self.disturb(5)  # creates frames that can be cut

    def send_garbage(self, side: Any) -> None:
        for connection in self.sim.side(side).sessions:
            connection.link.send(self.rng.randbytes(64))

    def disturb(self, count: int) -> None:
        """Change agents as other clients and the peripheral would."""
        for _ in range(count):
            agent_id = str(1001 + self.rng.randrange(AGENTS))
            state = self.rng.choice(OTHERS)
            if state is AgentState.LOGOUT:
                self.sim.force_logout(agent_id)
            else:
                self.sim.set_agent_state(agent_id, enums.AgentState(state), self.rng.randrange(3))

    def requests(self, count: int) -> list[Any]:
        """Send requests of the session itself. Their outcome does not matter."""
        under_way = []
        for _ in range(count):
            agent = self.session.agent(str(1001 + self.rng.randrange(AGENTS)))
            act = self.rng.choice((agent.login, agent.logout, lambda a=agent: a.set_agent_state(2)))
            try:
                under_way.append(act())
            except CtiOsError:
                continue  # refused locally: the agent is logged in or out already
        return under_way

    async def turns(self, count: int = 30) -> None:
        """Run the event loop for some turns, without moving the clock."""
        for _ in range(count):
            await asyncio.sleep(0)

    def pass_time(self) -> None:
        """Move the clock to the next timer, in steps of half a second to ten seconds."""
        self.clock.advance(min(10.0, max(0.5, self.clock.next_due or 0.5)))

    async def come_back(self) -> None:
        """Let time pass until the session has lost its side and opened again."""
        lost = self.session.counters()["connections"]
        async with asyncio.timeout(30):
            while not (self.session.is_open and self.session.counters()["connections"] > lost):
                await self.turns()
                self.pass_time()
                if self.rng.random() < 0.2:
                    self.disturb(1)
                assert self.session.state is not ConnectionState.DISCONNECTED, "the session ended"

    def differences(self) -> list[tuple[str, Any, Any]]:
        """Return agents whose state in the library differs from the simulator's."""
        return [
            (agent.agent_id, agent.state, int(self.sim.agent(agent.agent_id).state))
            for agent in self.session.agents.values()
            if agent.state != int(self.sim.agent(agent.agent_id).state)
        ]

    def is_quiet(self) -> bool:
        """Whether every request is answered and the repair is over."""
        return self.session.is_open and self.session.counters()["open_requests"] == 0


@pytest.mark.parametrize("standby", [False, True])
async def test_the_state_of_every_agent_survives_random_failovers(
    make_session: MakeSession, clock: ManualClock, standby: bool
) -> None:
    rng = random.Random(188)
    async with Simulator(agents=AGENTS, clock=clock) as sim:
        session = make_session(
            clock=clock, rng=random.Random(1), clients=1, heartbeat=HEARTBEAT, standby=standby
        )
        await soon(session.connect(**sides(sim)))
        await soon(session.set_bulk_mode(5000))
        for number in range(AGENTS):
            agent = session.agent(str(1001 + number), agent_instrument=str(3001 + number))
            await soon(agent.query_agent_state())
        site = Site(sim, session, clock, rng)
        for _ in range(ROUNDS):
            side = site.side()
            under_way = site.requests(6)
            if rng.random() < 0.5:
                await site.turns(rng.randrange(4))
            fault = rng.choice(site.faults)
            fault(side)
            site.disturb(rng.randrange(20))
            await site.come_back()
            if rng.random() < 0.3:  # a second loss in the middle of the repair
                sim.side(site.side()).sessions[0].reset()
                await site.come_back()
            site.disturb(3)
            await sim.restore_side(side)
            await come_to_rest(site)
            for request in under_way:
                assert request.done(), request
                request.exception()  # retrieved, since a request may fail in a fail-over


async def come_to_rest(site: Site) -> None:
    """Let time pass until every request is answered and the states agree, for some hours at most."""
    for _ in range(3_000):
        await site.turns()
        if site.is_quiet() and not site.differences():
            return
        site.pass_time()
    raise AssertionError(f"not at rest: {site.differences()}")
