"""Random changes of the configuration during calls: a client that follows them knows what a new one gets."""

import random
from collections.abc import Callable

import pytest
from support.config_checker import ConfigChecker
from support.order_checker import FIXED, OrderChecker, decode
from support.random_centre import RandomActs, encode_event
from support.raw_client import RawClient
from support.raw_requests import acquire_configuration

from ctios_fast.connection.clock import ManualClock
from ctios_fast.sim import Control, Population, Simulator
from ctios_fast.sim.control import CommandError
from ctios_fast.sim.plant import PlantEvent

EVERYTHING = 0x3FF
CHANGES = 900
SUPERVISORS = ("1001", "1005", "1009")


class Administrator:
    """Commands at random, many of which the simulator refuses."""

    def __init__(self, control: Control, chance: random.Random) -> None:
        self.control = control
        self.chance = chance
        self.done: dict[str, int] = {}
        self.refused = 0

    def act(self) -> None:
        pick, control = self.chance.choice, self.control
        agent = pick([*(str(1001 + i) for i in range(12)), *(str(2001 + i) for i in range(6))])
        new_agent = str(2001 + self.chance.randrange(6))
        group, team = self.chance.randrange(1, 5), self.chance.randrange(1, 5)
        service, device = self.chance.randrange(1, 5), str(7000 + self.chance.randrange(3))
        name = f"name{self.chance.randrange(1000)}"
        acts: dict[str, Callable[[], object]] = {
            "add_agent": lambda: control.add_agent(new_agent, f"9{new_agent}", name, groups=[group]),
            "remove_agent": lambda: control.remove_agent(new_agent),
            "rename_agent": lambda: control.rename_agent(agent, name),
            "join_group": lambda: control.join_group(agent, group),
            "leave_group": lambda: control.leave_group(agent, group),
            "add_group": lambda: control.add_group(group, name, f"80{group}"),
            "remove_group": lambda: control.remove_group(self.chance.randrange(3, 5)),
            "rename_group": lambda: control.rename_group(group, name),
            "add_service": lambda: control.add_service(service, name, [group]),
            "remove_service": lambda: control.remove_service(service),
            "add_device": lambda: control.add_device(device),
            "remove_device": lambda: control.remove_device(device),
            "add_team": lambda: control.add_team(team, name),
            "join_team": lambda: control.join_team(team, agent, temporary=self.chance.random() < 0.5),
            "leave_team": lambda: control.leave_team(team, agent if agent not in SUPERVISORS else "1002"),
            "restore_team": lambda: control.restore_team(team),
        }
        do = pick(list(acts))
        try:
            acts[do]()
        except CommandError:
            self.refused += 1
        else:
            self.done[do] = self.done.get(do, 0) + 1


@pytest.mark.parametrize("seed", range(3))
async def test_a_client_that_follows_the_updates_knows_what_a_new_one_gets(seed: int) -> None:
    clock = ManualClock(1000.0)
    population = Population.numbered(12, skill_groups=2, team_size=4)
    async with Simulator(population=population, plant_clock=clock) as sim:
        acts = RandomActs(random.Random(seed), sim.plant, clock)
        administrator = Administrator(Control(sim), random.Random(seed))
        stream: list[tuple[float, bytes]] = []

        def note(event: PlantEvent) -> None:
            if event.message in FIXED:
                stream.append((clock.time(), encode_event(event)))

        sim.plant.subscribe(note)
        follower = ConfigChecker()
        async with await RawClient.connect(sim.side_a) as client:
            await acquire_configuration(client, follower, EVERYTHING, teams=range(1, 4))
            assert len(follower.teams) == 3
            assert follower.updates == 0
            for _ in range(CHANGES):
                administrator.act()
                for _ in range(5):
                    acts.act()
                clock.advance(1)
                for event in await client.settle():
                    follower.feed(event)
            newcomer = ConfigChecker()
            async with await RawClient.connect(sim.side_a) as other:
                await acquire_configuration(other, newcomer, EVERYTHING, teams=range(1, 5))
            assert follower.records == newcomer.records
            assert follower.teams == newcomer.teams
        assert follower.updates > CHANGES / 4
        assert len(administrator.done) == 16, administrator.done
        assert administrator.refused > CHANGES / 10
        acts.wind_down()
        checker = OrderChecker()
        for at, frame in stream:
            checker.feed(at, decode(frame))
        checker.finish(clock.time(), {}, {agent.agent_id: int(agent.state) for agent in sim.agents})
        for agent in acts.agents:
            statistics = sim.plant.agent_statistics(agent)
            for name, seen in checker.figures(agent.agent_id).items():
                assert statistics[f"{name}Today"] == seen, (agent.agent_id, name)
