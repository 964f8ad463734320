"""The configuration of the simulated contact centre, read through the library, and what it costs."""

import gc
import random
import tracemalloc
from typing import Any

from support.model import MakeSession, sides, soon, until

from ctios_fast import Session
from ctios_fast.sim import Simulator
from ctios_fast.sim.plant import Plant, Population

AGENTS = 3000


def a_population(agents: int) -> Population:
    return Population.numbered(agents, skill_groups=20, groups_per_agent=5, team_size=10)


async def test_every_name_of_the_plant_reaches_the_objects(make_session: MakeSession) -> None:
    population = a_population(25)
    async with Simulator(population=population) as simulator:
        session = make_session()
        await soon(session.connect(**sides(simulator)))
        await soon(session.set_bulk_mode(5000, configuration=True, agents=list(population.agents)))
        configuration = session.configuration
        assert {
            key: (record.first_name, record.last_name, record.login_name, record.skill_target_id)
            for key, record in configuration.agents.items()
        } == {
            agent.agent_id: (agent.first_name, agent.last_name, agent.login_name, agent.skill_target_id)
            for agent in population.agents.values()
        }
        assert {key for key, record in configuration.agents.items() if record.is_supervisor} == {
            agent.agent_id for agent in population.agents.values() if agent.supervisor
        }
        for agent in population.agents.values():
            numbers = tuple(member.group.number for member in agent.memberships)
            assert configuration.agents[agent.agent_id].skill_groups == numbers
            assert session.agent(agent.agent_id).name == f"{agent.first_name} {agent.last_name}"
        for group in population.skill_groups.values():
            assert session.skill_group(group.number).name == group.name
            assert configuration.skill_groups[group.number].skill_group_id == group.group_id
        for service in population.services.values():
            assert configuration.services[service.number].skill_groups == service.members
        assert len(configuration.devices) == len(population.devices)
        assert session.counters()["configuration_faults"] == 0
        await soon(session.disconnect())


def shown(session: Session) -> Any:
    """What the session has of agents, skill groups and services."""
    configuration = session.configuration
    return (
        {key: (each.name, each.login_name, each.skill_groups) for key, each in configuration.agents.items()},
        {key: each.name for key, each in configuration.skill_groups.items()},
        {key: each.name for key, each in configuration.services.items()},
    )


def true_of(plant: Plant) -> Any:
    """What the plant has of them."""
    population = plant.population
    return (
        {
            key: (
                f"{each.first_name} {each.last_name}".strip(),
                each.login_name,
                tuple(member.group.number for member in each.memberships),
            )
            for key, each in population.agents.items()
        },
        {key: each.name for key, each in population.skill_groups.items()},
        {key: each.name for key, each in population.services.items()},
    )


async def test_random_changes_while_the_session_runs_reach_it(
    make_session: MakeSession, rng: random.Random
) -> None:
    async with Simulator(population=a_population(25)) as simulator:
        plant = simulator.plant
        session = make_session()
        await soon(session.connect(**sides(simulator)))
        await soon(session.set_bulk_mode(5000, configuration=True))
        assert shown(session) == true_of(plant)
        for number in range(60):
            agent = rng.choice(list(plant.population.agents.values()))
            group = rng.choice(list(plant.population.skill_groups))
            match rng.randrange(6):
                case 0:
                    plant.add_agent(str(7000 + number), str(70_000 + number))
                case 1:
                    plant.remove_agent(agent)
                case 2:
                    plant.rename_agent(agent, first_name=f"First{number}", last_name="Changed")
                case 3:
                    plant.add_skill_group(500 + number, f"Group {number}")
                case 4:
                    plant.rename_skill_group(group, f"Renamed {number}")
                case 5 if all(member.group.number != group for member in agent.memberships):
                    plant.join_group(agent, group)
        await until(lambda: shown(session) == true_of(plant))
        assert session.counters()["configuration_faults"] == 0
        assert session.counters()["configuration_records_dropped"] == 0
        for number, group in plant.population.skill_groups.items():
            assert session.get_object_from_object_id(f"skillgroup.5000.{number}").name == group.name
        await soon(session.disconnect())


async def test_a_fail_over_keeps_the_configuration(make_session: MakeSession) -> None:
    async with Simulator(population=a_population(25)) as simulator:
        session = make_session(clients=1)
        await soon(session.connect(**sides(simulator)))
        await soon(session.set_bulk_mode(5000, configuration=("agents", "skill_groups")))
        before = dict(session.configuration.agents)
        taken = session.counters()["configuration_records"]
        recovered = []
        session.subscribe("OnRecovered", recovered.append)
        simulator.fail_side(session.current_side)
        await until(lambda: recovered)
        assert session.configuration.is_complete
        assert dict(session.configuration.agents) == before
        assert session.counters()["configuration_records"] == taken  # the keys were the same
        await soon(session.disconnect())


async def test_an_agent_of_the_configuration_is_small(make_session: MakeSession) -> None:
    async with Simulator(population=a_population(AGENTS)) as simulator:
        session = make_session()
        await soon(session.connect(**sides(simulator)))
        opening = session.set_bulk_mode(5000, configuration="agents")
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        try:
            await soon(opening)
            assert len(session.configuration.agents) == AGENTS
            await soon(session.disconnect())
            gc.collect()
            held = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
        assert held / AGENTS < 500
