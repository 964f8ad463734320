"""A scenario on a plant: calls come, are handled and end; nothing is left over, and chance is by seed."""

import random
from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
from support.order_checker import FIXED, OrderChecker, decode
from support.random_centre import encode_event

from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim import Control, Simulator, VirtualClock
from ctios_fast.sim.control import start_command
from ctios_fast.sim.plant import Plant, PlantEvent
from ctios_fast.sim.scenario import ScenarioRun
from ctios_fast.sim.scenario.scenario_file import scenario_from_toml

BUSY = """
[population]
agents = 40
skill_groups = 3
groups_per_agent = 2
[agents]
login_time = 30.0
answer_time = 3.0
wrapup_time = 10.0
[calls]
rate = [[0, 0.5], [1800, 0.0]]
talk_time = 60.0
abandon_rate = 0.2
patience = 5.0
transfers = 0.3
conferences = 0.3
holds = 0.5
"""


class Centre:
    def __init__(self, text: str = BUSY, seed: int = 1) -> None:
        self.clock = ManualClock()
        self.scenario = scenario_from_toml(text, "test")
        self.plant = Plant(self.scenario.build_population(), self.clock, random.Random(seed))
        self.events: list[PlantEvent] = []
        self.commands: list[tuple[float, Mapping[str, Any]]] = []
        self.plant.subscribe(self.events.append)
        self.run = ScenarioRun(
            self.scenario,
            self.plant,
            self.clock,
            random.Random(seed),
            lambda command: self.commands.append((self.clock.time(), command)),
        )
        self.run.start()

    def count(self) -> Counter[int]:
        return Counter(event.message for event in self.events)

    def states(self) -> set[AgentState]:
        return {agent.state for agent in self.plant.population.agents.values()}


def test_everything_happens_and_nothing_is_left_over() -> None:
    centre = Centre()
    centre.clock.advance(3600.0)
    count = centre.count()
    for message in (
        messages.CALL_QUEUED_EVENT,
        messages.CALL_ESTABLISHED_EVENT,
        messages.CALL_HELD_EVENT,
        messages.CALL_RETRIEVED_EVENT,
        messages.CALL_TRANSFERRED_EVENT,
        messages.CALL_CONFERENCED_EVENT,
    ):
        assert count[message] > 10, message
    assert count[messages.BEGIN_CALL_EVENT] == count[messages.END_CALL_EVENT]
    assert centre.plant.calls == ()
    assert centre.states() == {AgentState.AGENT_STATE_AVAILABLE}
    assert 700 < centre.run.calls_offered < 1100
    assert centre.run.calls_refused == 0


def test_agents_log_in_one_after_the_other() -> None:
    centre = Centre("[population]\nagents = 10\n[agents]\nlogin_time = 100.0\nshare = 0.5\n[calls]\nrate = 0")
    logged_in = []
    for _ in range(12):
        centre.clock.advance(10.0)
        logged_in.append(sum(agent.logged_in for agent in centre.plant.population.agents.values()))
    assert logged_in == [1, 2, 2, 3, 3, 4, 4, 5, 5, 5, 5, 5]


def test_the_rate_follows_its_list() -> None:
    centre = Centre("[calls]\nrate = [[100, 1.0], [200, 0.0], [300, 5.0]]")
    offered = []
    for _ in range(4):
        centre.clock.advance(100.0)
        offered.append(centre.run.calls_offered)
    first, second, third, fourth = offered
    assert first == 0
    assert 60 < second < 140
    assert third == second
    assert 400 < fourth - third < 600


@pytest.mark.parametrize("end_calls", [True, False])
def test_an_outage_is_survived(end_calls: bool) -> None:
    centre = Centre()
    centre.clock.advance(600.0)
    centre.plant.set_peripheral(online=False, end_calls=end_calls)
    centre.clock.advance(120.0)
    centre.plant.set_peripheral(online=True)
    centre.clock.advance(3000.0)
    assert centre.plant.calls == ()
    assert centre.states() == {AgentState.AGENT_STATE_AVAILABLE}


def test_an_agent_that_acts_by_itself_is_not_disturbed() -> None:
    centre = Centre()
    for _ in range(200):
        centre.clock.advance(5.0)
        for agent in centre.plant.population.agents.values():
            for connection in tuple(agent.device.connections):
                if connection.state.name == "LCS_ALERTING" and agent.skill_target_id % 2:
                    centre.plant.answer(connection)
                elif connection.state.name == "LCS_CONNECT" and agent.skill_target_id % 3 == 0:
                    centre.plant.clear_connection(connection)
    centre.clock.advance(3600.0)
    assert centre.plant.calls == ()
    assert centre.states() == {AgentState.AGENT_STATE_AVAILABLE}


def test_faults_come_at_their_times() -> None:
    centre = Centre(
        '[[faults]]\nat = 10.0\ndo = "swap"\n[[faults]]\nat = 5\nevery = 20\ndo = "restore_side"\nside = "A"'
    )
    centre.clock.advance(50.0)
    restore = {"do": "restore_side", "side": "A"}
    assert centre.commands == [(5.0, restore), (10.0, {"do": "swap"}), (25.0, restore), (45.0, restore)]


CONFIGURATION = """
[[faults]]
at = 0.0
do = "remove_agent"
agent = "1007"
[[faults]]
at = 1.0
do = "add_group"
group = 9
name = "Night"
queue = "9099"
[[faults]]
at = 2.0
do = "add_agent"
agent = "2001"
extension = "4001"
groups = [1, 9]
[[faults]]
at = 100.0
every = 100.0
do = "leave_group"
agent = "1008"
group = 2
[[faults]]
at = 300.0
do = "join_team"
team = 1
agent = "2001"
"""


async def test_the_configuration_changes_during_a_scenario() -> None:
    scenario = scenario_from_toml(
        BUSY.replace("agents = 40", "agents = 40\nteam_size = 20") + CONFIGURATION, "test"
    )
    clock = VirtualClock()
    async with Simulator(population=scenario.build_population(), clock=clock) as sim:
        control = Control(sim, clock)
        run = ScenarioRun(scenario, sim.plant, clock, random.Random(1), partial(start_command, control))
        run.start()
        await control.advance(5000)
        population = sim.plant.population
        assert run.calls_offered > 500
        assert sim.plant.calls == ()
        assert "1007" not in population.agents
        assert [member.group.number for member in population.agents["2001"].memberships] == [1, 9]
        assert [member.group.number for member in population.agents["1008"].memberships] == [3]
        assert population.agents["2001"].teams == (1,)
        states = {agent.state for agent in sim.agents if agent.agent_id != "2001"}
        assert states == {AgentState.AGENT_STATE_AVAILABLE}


def test_the_same_seed_gives_the_same_events() -> None:
    def events(seed: int) -> list[PlantEvent]:
        centre = Centre(seed=seed)
        centre.clock.advance(900.0)
        return centre.events

    first = events(5)
    assert len(first) > 1000
    assert events(5) == first
    assert events(6) != first


def test_nothing_happens_after_the_end() -> None:
    centre = Centre()
    centre.clock.advance(300.0)
    centre.run.stop()
    offered, published = centre.run.calls_offered, len(centre.events)
    centre.clock.advance(3600.0)
    assert centre.run.calls_offered == offered
    assert len(centre.events) == published


def test_the_run_keeps_nothing_of_calls_that_have_ended() -> None:
    centre = Centre()
    centre.clock.advance(3600.0)
    kept = [value for value in vars(centre.run).values() if isinstance(value, set)]
    assert kept == [set(), set()]
    assert centre.clock.next_due is None


def test_a_scenario_keeps_the_published_order() -> None:
    centre = Centre()
    stream: list[tuple[float, bytes]] = []
    centre.plant.subscribe(
        lambda event: (
            stream.append((centre.clock.time(), encode_event(event))) if event.message in FIXED else None
        )
    )
    centre.clock.advance(600)
    checker = OrderChecker()
    for at, frame in stream:
        checker.feed(at, decode(frame))
    alive = {c.key: int(c.state) for call in centre.plant.calls for c in call.connections}
    checker.finish(centre.clock.time(), alive)
    assert checker.calls_begun > 200


def test_a_call_that_an_agent_does_not_answer_goes_back_to_its_queue() -> None:
    centre = Centre(
        "[population]\nagents = 1\nskill_groups = 1\n[calls]\nrate = 0.0\n"
        "[agents]\nlogin_time = 0.0\nanswer_time = 1e6\nring_no_answer_time = 12.0"
    )
    centre.clock.advance(1.0)
    assert centre.states() == {AgentState.AGENT_STATE_AVAILABLE}
    centre.plant.inbound("9001", ani="5550001")
    centre.clock.advance(11.0)
    assert centre.states() == {AgentState.AGENT_STATE_RESERVED}
    centre.clock.advance(1.0)
    assert centre.states() == {AgentState.AGENT_STATE_NOT_READY}
    assert centre.count()[messages.CALL_DIVERTED_EVENT] == 1
    assert centre.count()[messages.CALL_QUEUED_EVENT] == 2
