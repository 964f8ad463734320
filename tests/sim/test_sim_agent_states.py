"""The simulated agent's state machine, and its tables held against the protocol's data."""

import itertools
from typing import Any

import pytest
from support import reference_codec

from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol.enums import AgentState
from ctios_fast.protocol.versions import defined_bits
from ctios_fast.sim.plant import (
    ContradictingAgent,
    Plant,
    PlantAgent,
    PlantEvent,
    Population,
    UnknownAgent,
)
from ctios_fast.sim.plant.agent_machine import ALLOWED, MASK_BIT, STEPS, UnsettableState, WrongState, steps

LOGIN, LOGOUT = AgentState.AGENT_STATE_LOGIN, AgentState.AGENT_STATE_LOGOUT
NOT_READY, AVAILABLE = AgentState.AGENT_STATE_NOT_READY, AgentState.AGENT_STATE_AVAILABLE
WORK_NOT_READY, WORK_READY = AgentState.AGENT_STATE_WORK_NOT_READY, AgentState.AGENT_STATE_WORK_READY
SETTABLE = (LOGIN, LOGOUT, NOT_READY, AVAILABLE, WORK_NOT_READY, WORK_READY)

DOCUMENTED = {
    (LOGOUT, LOGIN),
    (LOGIN, NOT_READY),
    (LOGIN, AVAILABLE),
    (LOGIN, LOGOUT),
    (NOT_READY, NOT_READY),
    (NOT_READY, AVAILABLE),
    (NOT_READY, LOGOUT),
    (AVAILABLE, AVAILABLE),
    (AVAILABLE, NOT_READY),
    *itertools.product((WORK_NOT_READY, WORK_READY), (NOT_READY, AVAILABLE, WORK_NOT_READY, WORK_READY)),
}


@pytest.mark.parametrize(
    ("current", "wanted"),
    list(itertools.product(AgentState, SETTABLE)),
    ids=lambda state: state.name.removeprefix("AGENT_STATE_"),
)
def test_every_pair_of_states_is_allowed_or_refused_as_documented(
    current: AgentState, wanted: AgentState
) -> None:
    if (current, wanted) in DOCUMENTED:
        assert steps(current, wanted)[0] is wanted
    else:
        with pytest.raises(WrongState):
            steps(current, wanted)


@pytest.mark.parametrize("wanted", [*sorted(set(AgentState) - set(SETTABLE)), 15, 99, 65535])
def test_states_of_calls_and_unknown_numbers_cannot_be_asked_for(wanted: int) -> None:
    for current in AgentState:
        with pytest.raises(UnsettableState):
            steps(current, wanted, forced=True)


def test_login_passes_through_login_to_not_ready() -> None:
    assert steps(LOGOUT, LOGIN) == (LOGIN, NOT_READY)


@pytest.mark.parametrize("current", [state for state in AgentState if state is not LOGOUT])
def test_force_logs_out_of_every_state(current: AgentState) -> None:
    assert steps(current, LOGOUT, forced=True) == (LOGOUT,)


def test_force_does_not_log_out_who_is_logged_out() -> None:
    with pytest.raises(WrongState):
        steps(LOGOUT, LOGOUT, forced=True)


def test_force_does_not_open_other_states() -> None:
    with pytest.raises(WrongState):
        steps(LOGOUT, AVAILABLE, forced=True)


def test_force_logs_in_anew() -> None:
    assert steps(AVAILABLE, LOGIN, forced=True) == (LOGIN, NOT_READY)


def test_tables_name_only_states_that_can_be_asked_for() -> None:
    assert set(STEPS) == set(SETTABLE)
    assert set().union(*ALLOWED.values()) <= set(STEPS)


def test_mask_bits_are_those_of_the_reference() -> None:
    (mask,) = (row for row in reference_codec.DATA["mask"] if row["name"] == "AgentStateMask")
    states = {
        member["name"]: member["value"]
        for row in reference_codec.DATA["enum"]
        if row["name"] == "AgentState"
        for member in row["members"]
    }
    expected = {
        states[bit["name"].replace("AGENT_", "AGENT_STATE_").removesuffix("_MASK")]: bit["value"]
        for bit in mask["bits"]
    }
    assert expected == MASK_BIT


@pytest.mark.parametrize("version", range(9, 26))
def test_the_bits_of_all_masks_are_those_of_the_reference(version: int) -> None:
    for mask in reference_codec.DATA["mask"]:
        known = sum(bit["value"] for bit in mask["bits"] if bit.get("since", 0) <= version)
        assert defined_bits(mask["name"], version) == known, mask["name"]


# --- the plant's agents -----------------------------------------------------------------------------


@pytest.fixture
def plant() -> Plant:
    return Plant(Population.numbered(3, 1001, 3001), ManualClock())


def agents_of(plant: Plant) -> list[PlantAgent]:
    return list(plant.population.agents.values())


def heard(plant: Plant) -> list[tuple[str, int, int]]:
    changes: list[tuple[str, int, int]] = []

    def note(event: PlantEvent) -> None:
        (agent_id,) = event.audience.agents
        changes.append((agent_id, event.fields["AgentState"], event.fields["EventReasonCode"]))

    plant.subscribe(note)
    return changes


def test_agents_are_numbered_from_the_first(plant: Plant) -> None:
    assert [(agent.agent_id, agent.extension, agent.instrument) for agent in agents_of(plant)] == [
        ("1001", "3001", "3001"),
        ("1002", "3002", "3002"),
        ("1003", "3003", "3003"),
    ]
    assert not any(agent.logged_in for agent in agents_of(plant))


@pytest.mark.parametrize(
    "items",
    [
        {"agent_id": "1002"},
        {"extension": "3002"},
        {"instrument": "3002"},
        {"skill_target_id": 5001},
        {"agent_id": "1002", "extension": "3002", "instrument": "3002", "skill_target_id": 5001},
    ],
)
def test_an_agent_is_found_by_any_of_its_items(plant: Plant, items: dict[str, Any]) -> None:
    assert plant.find_agent(**items) is agents_of(plant)[1]


@pytest.mark.parametrize(
    "items", [{}, {"agent_id": "1"}, {"agent_id": "1001", "extension": "9"}, {"instrument": "1001"}]
)
def test_items_of_nobody_find_nobody(plant: Plant, items: dict[str, Any]) -> None:
    with pytest.raises(UnknownAgent):
        plant.find_agent(**items)


def test_items_of_two_agents_contradict(plant: Plant) -> None:
    with pytest.raises(ContradictingAgent):
        plant.find_agent(agent_id="1001", instrument="3002")


def test_events_are_published_at_the_end_of_a_block(plant: Plant) -> None:
    agent = agents_of(plant)[0]
    changes = heard(plant)
    with plant.events_held():
        plant.set_agent_state(agent, LOGIN)
        assert changes == []
    assert agent.state is NOT_READY
    assert changes == [("1001", LOGIN, 0), ("1001", NOT_READY, 0)]


def test_reasons_are_kept_for_not_ready_and_logout_alone(plant: Plant) -> None:
    agent = agents_of(plant)[0]
    changes = heard(plant)
    for state in AgentState:
        plant.put_agent(agent, state, 9)
    assert {state for _, state, reason in changes if reason == 9} == {NOT_READY, LOGOUT}
    assert {reason for _, _, reason in changes} == {0, 9}


def test_negative_reasons_are_sent_as_16_bits(plant: Plant) -> None:
    changes = heard(plant)
    plant.put_agent(agents_of(plant)[0], NOT_READY, -2)
    assert changes == [("1001", NOT_READY, 65534)]


def test_forced_logout_of_a_logged_out_agent_changes_nothing(plant: Plant) -> None:
    changes = heard(plant)
    plant.force_logout(agents_of(plant)[0], 50002)
    assert changes == []


def test_an_agent_shows_its_state(plant: Plant) -> None:
    assert repr(agents_of(plant)[0]) == "<PlantAgent 1001 at 3001: AGENT_STATE_LOGOUT>"
