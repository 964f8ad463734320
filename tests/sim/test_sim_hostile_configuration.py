"""Hostile changes of the configuration: each is refused before anything has changed, or it is completed.

Clients of two versions, which share no code with the package, follow the updates. Every frame that they get
is well-formed, and what they know at the end is what a new client of their version gets.
"""

import asyncio
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st
from support.config_checker import ConfigChecker
from support.plant_story import picture
from support.raw_client import RawClient
from support.raw_requests import acquire_configuration

from ctios_fast.sim import Population, Simulator
from ctios_fast.sim.plant import DeskSettings, Plant, PlantError

ITEMS: Final = 0xF
"""Services, skill groups, agents and devices, which all versions with ConfigMsgMask have."""

VERSIONS: Final = (25, 16)

USUAL_TEXTS: Final = ["2001", "2002", "4001", "4002", "7000", "7001", "Sales", "M\xfcller"]
hostile_texts = st.one_of(
    st.sampled_from(USUAL_TEXTS),
    st.sampled_from(USUAL_TEXTS),  # twice, so that more changes are completed
    st.sampled_from(["", "x", "2001", "3001", "9001", "M\xfcller", "a€", "\0", "a\0b", "\ud800", "x" * 15]),
    st.sampled_from(["x" * size for size in (11, 12, 16, 31, 32, 39, 40, 63, 64, 254, 255, 70_000)]),
    st.text(st.characters(max_codepoint=0x17F), max_size=20),
    st.sampled_from([None, 5, b"x"]),
)
hostile_numbers = st.one_of(
    st.integers(1, 3),
    st.integers(1, 8),
    st.sampled_from([0, -1, 101, 201, 5000, 5001, 2**31 - 1, 2**31, 2**32, 2**70, 1.5, True, "1", None]),
)
group_lists = st.lists(st.integers(1, 2), max_size=2) | st.lists(hostile_numbers, max_size=4)
agent_ids = st.sampled_from(["1001", "1002", "1003", "2001", "2002", "x"])
times = st.sampled_from([0, 30.0, -1, float("inf"), float("nan"), 1e12])
desks = st.builds(DeskSettings, st.integers(-1, 5), st.integers(-1, 5), times, times)

CHANGES: Final[dict[str, st.SearchStrategy[tuple[tuple[Any, ...], dict[str, Any]]]]] = {
    "add_agent": st.tuples(
        st.tuples(
            st.sampled_from(["2001", "2002"]) | hostile_texts,
            st.sampled_from(["4001", "4002"]) | hostile_texts,
        ),
        st.fixed_dictionaries(
            {},
            optional={
                "first_name": hostile_texts,
                "last_name": hostile_texts,
                "login_name": hostile_texts,
                "groups": group_lists,
                "desk": desks,
            },
        ),
    ),
    "remove_agent": st.tuples(st.tuples(agent_ids), st.just({})),
    "rename_agent": st.tuples(
        st.tuples(agent_ids),
        st.fixed_dictionaries(
            {},
            optional={"first_name": hostile_texts, "last_name": hostile_texts, "login_name": hostile_texts},
        ),
    ),
    "join_group": st.tuples(st.tuples(agent_ids, hostile_numbers), st.just({})),
    "leave_group": st.tuples(st.tuples(agent_ids, hostile_numbers), st.just({})),
    "add_skill_group": st.tuples(
        st.tuples(hostile_numbers, hostile_texts),
        st.fixed_dictionaries({}, optional={"group_id": hostile_numbers, "queue": hostile_texts}),
    ),
    "remove_skill_group": st.tuples(st.tuples(hostile_numbers), st.just({})),
    "rename_skill_group": st.tuples(st.tuples(hostile_numbers, hostile_texts), st.just({})),
    "add_service": st.tuples(
        st.tuples(hostile_numbers, hostile_texts),
        st.fixed_dictionaries({}, optional={"service_id": hostile_numbers, "groups": group_lists}),
    ),
    "remove_service": st.tuples(st.tuples(hostile_numbers), st.just({})),
    "add_device": st.tuples(st.tuples(hostile_texts), st.just({})),
    "remove_device": st.tuples(st.tuples(hostile_texts), st.just({})),
    "add_team": st.tuples(st.tuples(hostile_numbers, hostile_texts), st.just({})),
    "join_team": st.tuples(
        st.tuples(hostile_numbers, agent_ids),
        st.fixed_dictionaries({}, optional={"supervisor": st.booleans(), "temporary": st.booleans()}),
    ),
    "leave_team": st.tuples(st.tuples(hostile_numbers, agent_ids), st.just({})),
    "restore_team": st.tuples(st.tuples(hostile_numbers), st.just({})),
}
"""Name of the operation -> its positional and its keyword arguments; an agent is given by its id."""

AGENT_AT: Final = {
    "remove_agent": 0,
    "rename_agent": 0,
    "join_group": 0,
    "leave_group": 0,
    "join_team": 1,
    "leave_team": 1,
}
"""Name of the operation -> which of its arguments is an agent."""

changes = st.sampled_from(sorted(CHANGES)).flatmap(lambda name: st.tuples(st.just(name), CHANGES[name]))


def change(plant: Plant, name: str, positional: tuple[Any, ...], keywords: dict[str, Any]) -> bool:
    """Carry out a change; return whether it was done. One that is refused must have changed nothing."""
    given_values = list(positional)
    if name in AGENT_AT:
        agent = plant.population.agents.get(given_values[AGENT_AT[name]])
        if agent is None:
            return False
        given_values[AGENT_AT[name]] = agent
    before = picture(plant)
    try:
        getattr(plant, name)(*given_values, **keywords)
    except (PlantError, TypeError):
        assert picture(plant) == before, (name, positional, keywords)
        return False
    return True


async def follow(steps: list[tuple[str, tuple[tuple[Any, ...], dict[str, Any]]]]) -> None:
    population = Population.numbered(3, skill_groups=2, team_size=3)
    async with Simulator(population=population) as sim:
        clients = [await RawClient.connect(sim.side_a, version=version) for version in VERSIONS]
        followers = [ConfigChecker() for _ in VERSIONS]
        try:
            for client, follower in zip(clients, followers, strict=True):
                await acquire_configuration(client, follower, ITEMS, teams=[1])
            for name, (positional, keywords) in steps:
                change(sim.plant, name, positional, keywords)
            for client, follower in zip(clients, followers, strict=True):
                for event in await client.settle():
                    follower.feed(event)
            teams = set(sim.plant.population.teams)
            for version, follower in zip(VERSIONS, followers, strict=True):
                newcomer = ConfigChecker()
                async with await RawClient.connect(sim.side_a, version=version) as other:
                    await acquire_configuration(other, newcomer, ITEMS, teams)
                assert follower.records == newcomer.records
                assert follower.teams == newcomer.teams
        finally:
            for client in clients:
                client.drop()
        assert sim.plant.callback_failures == 0


@settings(max_examples=60)
@given(st.lists(changes, min_size=10, max_size=40))
def test_hostile_changes_are_refused_or_completed(
    steps: list[tuple[str, tuple[tuple[Any, ...], dict[str, Any]]]],
) -> None:
    asyncio.run(follow(steps))
