"""Random calls over real sockets: the calls of desktops and of a bulk session equal the simulator's.

A hundred sessions in agent mode serve one agent each; one session in bulk mode hears all of them. Agents,
callers and supervisors act at random, and the simulator sends events in any permitted order. Whenever traffic
pauses, ids and states of the calls are compared with the simulator's ``snapshot``. ``CALL_ROUNDS`` sets the
number of calls.
"""

import asyncio
import os
import random
from typing import Any

from support.model import MakeSession, an_agent, calls_of, sides, soon
from support.random_centre import RandomActs

from ctios_fast import Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol.enums import LocalConnectionState
from ctios_fast.sim import Simulator
from ctios_fast.sim.plant import DeskSettings, PlantSettings, Population

DESKTOPS = 100
CALLS = int(os.environ.get("CALL_ROUNDS", "300"))
#: Turns of the event loop in which the traffic after an act must pause.
MAX_TURNS = 300

Calls = dict[tuple[int, str], int | None]


class Site:
    """The simulator, a session for each agent, and one for all."""

    def __init__(self, sim: Simulator, desktops: dict[str, Session], bulk: Session) -> None:
        self.sim = sim
        self.desktops = desktops
        self.bulk = bulk
        self.pauses = 0
        self.compared = 0

    def expected(self) -> tuple[Calls, dict[str, Calls]]:
        """The connections of the snapshot, and those at each agent's device."""
        every: Calls = {}
        own: dict[str, Calls] = {device: {} for device in self.desktops}
        for call in self.sim.snapshot()["calls"]:
            for party in call["parties"]:
                key = call["id"], party["connection"]
                state = int(LocalConnectionState[f"LCS_{party['state']}"])
                every[key] = state
                if party["device"] in own:
                    own[party["device"]][key] = state
        return every, own

    def differences(self) -> list[tuple[str, Calls, Calls]]:
        """Sessions whose calls differ: name, calls of the model, calls of the snapshot."""
        every, own = self.expected()
        pairs = [("bulk", self.bulk, every)]
        pairs += [(device, self.desktops[device], calls) for device, calls in own.items()]
        found = [(name, calls_of(session), calls) for name, session, calls in pairs]
        return [each for each in found if each[1] != each[2]]

    async def pause(self) -> None:
        """Let the traffic pause, then compare."""
        for _ in range(MAX_TURNS):
            await self.sim.drained()
            for _ in range(4):
                await asyncio.sleep(0)
            if not any(session.counters()["open_requests"] for session in self.sessions):
                differing = self.differences()
                if not differing:
                    self.pauses += 1
                    self.compared += len(self.bulk.calls)
                    return
        raise AssertionError(f"the calls differ: {differing}")

    @property
    def sessions(self) -> list[Session]:
        """All sessions."""
        return [self.bulk, *self.desktops.values()]


def counted(session: Session, *names: str) -> dict[str, Any]:
    counters = session.counters()
    return {name: counters[name] for name in names if counters[name]}


async def test_calls_of_desktops_and_of_the_bulk_session_equal_the_snapshot(
    make_session: MakeSession, clock: ManualClock
) -> None:
    desk = DeskSettings(wrapup_incoming=0, wrapup_outgoing=2, ring_no_answer_time=25.0)
    population = Population.numbered(DESKTOPS, skill_groups=2, team_size=10, desk=desk)
    plant_clock = ManualClock(1000.0)
    async with Simulator(
        population=population,
        clock=clock,
        plant_clock=plant_clock,
        plant_settings=PlantSettings(disorder=5),
        pair="both-active",
    ) as sim:
        bulk = make_session(clock=clock, clients=1)
        await soon(bulk.connect(**sides(sim)))
        await soon(bulk.set_bulk_mode(sim.peripheral_id))
        desktops = {}
        for number in range(DESKTOPS):
            session = make_session(clock=clock, clients=1)
            await soon(session.connect(**sides(sim)))
            await soon(session.set_agent(an_agent(number)))
            desktops[str(3001 + number)] = session
        site = Site(sim, desktops, bulk)
        acts = RandomActs(random.Random(188), sim.plant, plant_clock)
        while acts.calls < CALLS:
            for _ in range(acts.random.randrange(1, 12)):
                acts.act()
                plant_clock.advance(acts.random.randrange(1, 4) / 2)
            await site.pause()
        while sim.plant.calls:
            sim.plant.clear_call(sim.plant.calls[0].connections[0])
            plant_clock.advance(30.0)
        await site.pause()
        print(f"{acts.calls} calls, {site.pauses} pauses, {site.compared} connections compared, {acts.done}")
        for session in site.sessions:
            assert len(session.calls) == 0
            assert not counted(session, "handler_errors", "listener_errors", "frames_malformed")
        for act in ("consult", "conference", "transfer", "single_step_conference", "set_data"):
            assert acts.done[act] > 0
