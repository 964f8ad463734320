"""10,080 random calls with seeded disorder pass the independent checker, in every style of ids."""

import itertools

import pytest
from support.order_checker import OrderChecker, OrderViolation, decode
from support.random_centre import RandomCentre

from ctios_fast.sim.plant import ConnectionIdForm, IdChange, PlantSettings
from ctios_fast.sim.plant.tallies import PARTS_OF_LOGGED_ON

CALLS_PER_STYLE = 560
STYLES = list(itertools.product(IdChange, ConnectionIdForm, (False, True)))
COUNTED = ("HandledCalls", "AgentOutCalls", "InternalCalls", "InternalCallsRcvd")


def check(centre: RandomCentre, version: int = 25) -> OrderChecker:
    """Run the whole stream through the checker and compare its figures with the plant's statistics."""
    checker = OrderChecker()
    for at, frame in centre.stream:
        checker.feed(at, decode(frame, version))
    checker.finish(centre.clock.time(), {}, {agent.agent_id: int(agent.state) for agent in centre.agents})
    for agent in centre.agents:
        statistics = centre.plant.agent_statistics(agent)
        seen = checker.figures(agent.agent_id)
        for name in {*seen, *COUNTED}:
            if statistics[f"{name}Today"] != seen.get(name, 0):
                reported = statistics[f"{name}Today"]
                raise OrderViolation(f"agent {agent.agent_id}: {name} {reported}, seen {seen.get(name, 0)}")
    return checker


def test_the_styles_make_ten_thousand_calls() -> None:
    assert len(STYLES) * CALLS_PER_STYLE >= 10_000


@pytest.mark.parametrize("number", range(len(STYLES)), ids=lambda n: "-".join(map(str, STYLES[n])))
def test_random_calls_keep_the_published_order(number: int) -> None:
    id_change, form, shared = STYLES[number]
    settings = PlantSettings(
        id_change=id_change, connection_ids=form, shared_consult_id=shared, disorder=number
    )
    version = (14, 19, 20, 25)[number % 4]
    centre = RandomCentre(number, settings, version=version)
    centre.run(CALLS_PER_STYLE)

    checker = check(centre, version)

    assert checker.calls_begun >= CALLS_PER_STYLE
    assert {"consult", "conference", "transfer", "single_step_conference", "supervise"} <= set(centre.done)
    for agent in centre.agents:
        statistics = centre.plant.agent_statistics(agent)
        assert statistics["LoggedOnTimeToday"] == sum(
            statistics[f"{part}Today"] for part in PARTS_OF_LOGGED_ON
        )
        assert statistics["HandledCallsTimeToday"] == (
            statistics["HandledCallsTalkTimeToday"] + statistics["HandledCallsAfterCallTimeToday"]
        )


@pytest.mark.parametrize("id_change", IdChange)
def test_outages_of_the_peripheral_keep_the_published_order(id_change: IdChange) -> None:
    centre = RandomCentre(9, PlantSettings(id_change=id_change, disorder=9), outages=True)
    centre.run(300)
    checker = OrderChecker()
    for at, frame in centre.stream:
        checker.feed(at, decode(frame))
    checker.finish(centre.clock.time(), {}, {agent.agent_id: int(agent.state) for agent in centre.agents})
    assert centre.done["outage"] > 20


def test_a_skill_group_is_the_sum_over_its_agents() -> None:
    centre = RandomCentre(77, PlantSettings())
    centre.run(300)
    for group in centre.plant.population.skill_groups.values():
        of_group = centre.plant.skill_group_statistics(group)
        of_agents = [centre.plant.agent_statistics(agent) for agent in group.agents]
        for name in ("LoggedOnTime", "AvailTime", "NotReadyTime", "HandledCalls", "HandledCallsTime",
                     "AgentOutCalls", "InternalCallsRcvd", "IncomingCallsHeld", "BargeInCalls"):  # fmt: skip
            assert of_group[f"{name}Today"] == sum(statistics[f"{name}Today"] for statistics in of_agents), (
                name
            )
    assert centre.plant.skill_group_statistics(group)["HandledCallsToday"] > 0


def test_a_call_counts_in_one_of_an_agents_groups_and_the_time_in_all_of_them() -> None:
    centre = RandomCentre(78, PlantSettings(), groups_per_agent=2)
    centre.run(300)
    of_agents = [centre.plant.agent_statistics(agent) for agent in centre.agents]
    groups = centre.plant.population.skill_groups.values()
    of_groups = [centre.plant.skill_group_statistics(group) for group in groups]
    for name in ("HandledCalls", "HandledCallsTime", "HandledCallsAfterCallTime", "AgentOutCalls",
                 "AgentOutCallsTime", "InternalCallsRcvd", "IncomingCallsHeld", "BargeInCalls"):  # fmt: skip
        counted = sum(statistics[f"{name}Today"] for statistics in of_agents)
        assert sum(statistics[f"{name}Today"] for statistics in of_groups) == counted, name
    for name in ("LoggedOnTime", "AvailTime", "NotReadyTime"):
        passed = sum(statistics[f"{name}Today"] for statistics in of_agents)
        assert [statistics[f"{name}Today"] for statistics in of_groups] == [passed, passed], name
    for statistics in of_groups:
        assert statistics["HandledCallsToday"] > 0
        assert statistics["LoggedOnTimeToday"] == sum(
            statistics[f"{part}Today"] for part in PARTS_OF_LOGGED_ON
        )


def test_the_same_seed_gives_the_same_bytes() -> None:
    def stream(seed: int) -> list[tuple[float, bytes]]:
        centre = RandomCentre(seed, PlantSettings(connection_ids=ConnectionIdForm.OPAQUE, disorder=seed))
        centre.run(60)
        return centre.stream

    assert stream(5) == stream(5)
    assert stream(5) != stream(6)


def test_disorder_changes_the_order_and_nothing_else() -> None:
    def frames(disorder: int | None) -> list[tuple[float, bytes]]:
        centre = RandomCentre(5, PlantSettings(id_change=IdChange.BEGIN_END, disorder=disorder))
        centre.run(60)
        return centre.stream

    usual, mixed = frames(None), frames(1)
    assert usual != mixed
    assert sorted(usual) == sorted(mixed)
