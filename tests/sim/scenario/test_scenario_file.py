"""Scenario files: the ready ones, and what is said about wrong ones."""

import random
from pathlib import Path

import pytest

from ctios_fast.connection.clock import ManualClock
from ctios_fast.sim.plant import Plant
from ctios_fast.sim.scenario import READY_SCENARIOS, ScenarioError, ScenarioRun, load_scenario
from ctios_fast.sim.scenario.scenario import Fault, Rate
from ctios_fast.sim.scenario.scenario_file import MAX_FILE, scenario_from_toml


@pytest.mark.parametrize("name", READY_SCENARIOS)
def test_the_ready_scenarios_run(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    clock = ManualClock()
    plant = Plant(scenario.build_population(7), clock)
    assert plant.population.peripheral_id == 7
    run = ScenarioRun(scenario, plant, clock, random.Random(1), lambda command: None)
    run.start()
    clock.advance(90.0)
    assert run.calls_offered > 0
    assert run.calls_refused == 0


def test_the_sizes_are_in_the_names() -> None:
    assert len(load_scenario("peripheral-2000").build_population().agents) == 2000
    assert len(load_scenario("morning-24000").build_population().agents) == 24000


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '[population]\nagents = 3\n[calls]\nrate = [[0, 1], [60, 0.5]]\n[[faults]]\nat = 1\ndo = "swap"\n'
    )
    scenario = load_scenario(str(path))
    assert scenario.population.agents == 3
    assert scenario.calls.rate == (Rate(0, 1), Rate(60, 0.5))
    assert scenario.faults == (Fault(1, 0, {"do": "swap"}),)
    assert scenario.agents.answer_time == 4.0


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("agents", "not TOML: "),
        ("[agent]", "unknown table 'agent': a scenario has population, agents, calls and faults"),
        ("agents = 5", "agents must be a table, not 5"),
        ("[population]\nagnets = 5", "unknown key population.agnets: the table has agents, first_agent, "),
        ("[population]\nagents = 5.5", "population.agents must be a whole number from 0 to 100000, not 5.5"),
        (
            "[population]\nagents = true",
            "population.agents must be a whole number from 0 to 100000, not True",
        ),
        ("[population]\nagents = 100000000", "population.agents must be a whole number from 0 to 100000"),
        ("[population]\nskill_groups = 0", "population.skill_groups must be a whole number from 1 to 1000"),
        ("[agents]\nshare = 1.1", "agents.share must be a number from 0 to 1, not 1.1"),
        ("[agents]\nwrapup_time = nan", "agents.wrapup_time must be a number from 0 to "),
        ("[calls]\nrate = -1", "calls.rate must be a number from 0 to 1000, not -1"),
        ("[calls]\nrate = [1]", "calls.rate[0] must be [seconds, calls a second], not 1"),
        ("[calls]\nrate = [[5, 1], [5, 2]]", "calls.rate[1] must begin after the rate before it, not at 5"),
        ("[calls]\ntransfers = 0.6\nconferences = 0.6", "must be at most 1 together"),
        ("[faults]\nat = 1", "faults must be written as [[faults]]"),
        ('[[faults]]\ndo = "swap"', "faults[0] needs the key at, the seconds from the beginning"),
        ("[[faults]]\nat = 1", 'faults[0]: a command needs the key "do"'),
        ('[[faults]]\nat = 1\ndo = "swap"\nside = "A"', 'faults[0]: unknown key "side" of swap'),
        ('[[faults]]\nat = 1\ndo = "advance"\nseconds = 5', "faults[0]: advance is not for scenarios"),
        ("x = " + "[" * 5000, "not TOML: "),
    ],
)
def test_what_is_wrong_is_said(text: str, error: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario_from_toml(text, "mine.toml")
    assert str(caught.value).startswith("scenario mine.toml: ")
    assert error in str(caught.value)


@pytest.mark.parametrize("name", ["missing.toml", "", "a\0b"])
def test_a_file_that_is_not_there(name: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="give a TOML file or one of small, peripheral-2000"):
        load_scenario(name and str(tmp_path / name))


@pytest.mark.parametrize(("content", "error"), [(b"\xff", "not UTF-8"), (b"#" * (MAX_FILE + 1), "at most")])
def test_a_file_that_is_not_text(content: bytes, error: str, tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_bytes(content)
    with pytest.raises(ScenarioError, match=error):
        load_scenario(str(path))
