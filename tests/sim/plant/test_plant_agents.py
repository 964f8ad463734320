"""Agents' states: requests, what is kept during calls, after-call work, domains, and the figures."""

import pytest
from support.plant_story import Story

from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol.enums import AgentState, AgentWorkMode, ControlFailureCode
from ctios_fast.sim.plant import ControlRefusal, Plant, Population, UnknownAgent
from ctios_fast.sim.plant.tallies import PARTS_OF_LOGGED_ON

LOGIN = AgentState.AGENT_STATE_LOGIN
LOGOUT = AgentState.AGENT_STATE_LOGOUT
NOT_READY = AgentState.AGENT_STATE_NOT_READY
AVAILABLE = AgentState.AGENT_STATE_AVAILABLE
WORK_READY = AgentState.AGENT_STATE_WORK_READY
WORK_NOT_READY = AgentState.AGENT_STATE_WORK_NOT_READY


def code_of(plant: Plant, *arguments: object, **named: object) -> ControlFailureCode:
    with pytest.raises(ControlRefusal) as refused:
        plant.set_agent_state(*arguments, **named)  # type: ignore[arg-type]
    return refused.value.code


def test_a_state_asked_for_during_a_call_comes_after_it() -> None:
    story = Story()
    story.log_in(2)
    connection = story.talk(2)
    story.plant.set_agent_state(story.agent(2), NOT_READY, 12)
    assert story.lines() == []
    assert story.agent(2).next_state is NOT_READY
    story.plant.hold(connection)
    held = dict(story.events[-1].floating)
    assert held["NextAgentState"] == NOT_READY
    story.plant.clear_connection(connection)
    assert story.lines()[-1] == "state 1002 NOT_READY"
    assert story.agent(2).reason == 12
    assert story.agent(2).next_state is None


@pytest.mark.parametrize(("kept", "state"), [(None, WORK_READY), (NOT_READY, WORK_NOT_READY)])
def test_after_call_work_follows_an_incoming_call(kept: AgentState | None, state: AgentState) -> None:
    story = Story(wrapup_incoming=0, work_mode_timer=30.0)
    story.log_in(2)
    connection = story.talk(2)
    if kept is not None:
        story.plant.set_agent_state(story.agent(2), kept)
    story.plant.clear_connection(connection)
    assert story.agent(2).state is state
    story.clock.advance(30)
    assert story.agent(2).state is (AVAILABLE if state is WORK_READY else NOT_READY)


def test_an_old_work_timer_does_nothing() -> None:
    story = Story(wrapup_incoming=0, work_mode_timer=30.0)
    story.log_in(2)
    story.plant.clear_connection(story.talk(2))
    story.plant.set_agent_state(story.agent(2), NOT_READY)
    story.lines()
    story.clock.advance(60)
    assert story.lines() == []


def test_an_agent_that_was_not_ready_is_not_ready_after_a_call() -> None:
    story = Story()
    story.log_in(2)
    story.plant.inbound("3002")
    story.plant.answer(story.plant.alerting(story.agent(2)))
    story.plant.clear_connection(story.plant.active(story.agent(2)))
    assert story.lines()[-1] == "state 1002 NOT_READY"


def test_desk_settings_may_demand_reasons_and_forbid_after_call_work() -> None:
    story = Story(idle_reason_required=True, logout_reason_required=True, wrapup_incoming=2)
    story.log_in(2)
    agent = story.agent(2)
    assert code_of(story.plant, agent, NOT_READY) is ControlFailureCode.CF_VALUE_OUT_OF_RANGE
    assert code_of(story.plant, agent, LOGOUT) is ControlFailureCode.CF_VALUE_OUT_OF_RANGE
    story.talk(2)
    incompatible = ControlFailureCode.CF_REQUEST_INCOMPATIBLE_WITH_OBJECT
    assert code_of(story.plant, agent, WORK_READY) is incompatible


def test_what_cannot_be_asked_for_is_refused_with_its_code() -> None:
    story = Story()
    agent = story.agent(2)
    assert code_of(story.plant, agent, AVAILABLE) is ControlFailureCode.CF_INVALID_OBJECT_STATE
    assert code_of(story.plant, agent, 99) is ControlFailureCode.CF_VALUE_OUT_OF_RANGE
    assert code_of(story.plant, agent, LOGIN, mrd=9) is ControlFailureCode.CF_OBJECT_NOT_KNOWN
    with pytest.raises(UnknownAgent):
        story.plant.agent("nobody")


def test_a_forced_logout_leaves_the_call_at_the_device() -> None:
    story = Story()
    story.log_in(2)
    connection = story.talk(2)
    story.plant.force_logout(story.agent(2), 50002)
    assert story.lines() == ["state 1002 LOGOUT"]
    assert story.agent(2).reason == 50002
    assert story.plant.calls == (connection.call,)
    story.plant.force_logout(story.agent(2), 1)
    assert story.lines() == []
    story.plant.clear_connection(connection)
    assert story.plant.agent_statistics(story.agent(2))["HandledCallsToday"] == 1


def test_each_media_routing_domain_has_a_state_of_its_own() -> None:
    clock = ManualClock()
    plant = Plant(Population.numbered(1, mrds=(1, 5001)), clock)
    agent = plant.agent("1001")
    plant.set_agent_state(agent, LOGIN, mrd=5001)
    plant.set_agent_state(agent, AVAILABLE, mrd=5001)
    assert agent.state is LOGOUT
    assert plant.snapshot()["agents"][0]["states_by_mrd"] == {"1": "LOGOUT", "5001": "AVAILABLE"}


def test_a_mobile_agent_has_a_number() -> None:
    story = Story()
    story.plant.set_agent_state(
        story.agent(2), LOGIN, work_mode=AgentWorkMode.RA_NAILED_CONNECTION, remote_number="5551234"
    )
    assert (story.agent(2).work_mode, story.agent(2).remote_number) == (
        AgentWorkMode.RA_NAILED_CONNECTION,
        "5551234",
    )


def test_the_time_logged_on_is_the_sum_of_its_parts() -> None:
    story = Story(wrapup_incoming=0)
    plant, agent = story.plant, story.agent(2)
    plant.set_agent_state(agent, LOGIN)
    story.clock.advance(10.4)
    plant.set_agent_state(agent, AVAILABLE)
    story.clock.advance(20.3)
    plant.inbound("9001")
    story.clock.advance(3)
    plant.answer(plant.alerting(agent))
    story.clock.advance(60)
    plant.hold(plant.active(agent))
    story.clock.advance(7)
    plant.clear_connection(plant.held(agent))
    story.clock.advance(15)
    figures = plant.agent_statistics(agent)
    assert figures["HandledCallsSession"] == 0  # counted when after-call work ends
    plant.set_agent_state(agent, NOT_READY)
    figures = plant.agent_statistics(agent)
    assert figures["LoggedOnTimeSession"] == 115
    assert figures["LoggedOnTimeSession"] == sum(figures[f"{part}Session"] for part in PARTS_OF_LOGGED_ON)
    assert figures["AvailTimeSession"] == 20
    assert figures["NotReadyTimeSession"] == 10
    assert figures["HandledCallsTalkTimeSession"] == 67
    assert figures["HandledCallsAfterCallTimeSession"] == 15
    assert figures["HandledCallsTimeSession"] == 82
    assert (figures["IncomingCallsHeldSession"], figures["IncomingCallsHeldTimeSession"]) == (1, 7)


def test_session_figures_begin_anew_with_a_login_and_spans_with_their_period() -> None:
    story = Story()
    plant, agent = story.plant, story.agent(2)
    group = plant.population.skill_groups[1]
    plant.set_agent_state(agent, LOGIN)
    story.clock.advance(100)
    plant.set_agent_state(agent, LOGOUT)
    plant.set_agent_state(agent, LOGIN)
    story.clock.advance(50)
    figures = plant.agent_statistics(agent)
    assert (figures["LoggedOnTimeSession"], figures["LoggedOnTimeToday"]) == (50, 150)
    story.clock.advance(100)  # 1250 s: the five minutes that began at 1200 s
    of_group = plant.skill_group_statistics(group)
    assert (of_group["LoggedOnTimeTo5"], of_group["LoggedOnTimeToHalf"]) == (50, 250)
    story.clock.advance(86400)
    assert plant.skill_group_statistics(group)["LoggedOnTimeToday"] == 1250


def test_a_skill_groups_queue_is_counted() -> None:
    story = Story()
    group = story.plant.population.skill_groups[1]
    first = story.plant.inbound("9001")
    story.clock.advance(5)
    story.plant.inbound("9001")
    figures = story.plant.skill_group_statistics(group)
    assert [figures[f"{name}Now"] for name in ("CallsQ", "CallsQTime", "LongestCallQ")] == [2, 5, 5]
    story.plant.caller_hangs_up(first)
    figures = story.plant.skill_group_statistics(group)
    assert [figures[name] for name in ("CallsQToday", "CallsQTimeToday", "LongestCallQToday")] == [1, 5, 5]
    assert figures["RouterCallsQNow"] == 0xFFFFFFFF


def test_a_skill_group_counts_its_agents_by_state() -> None:
    story = Story()
    story.log_in(2, 3, 4)
    story.plant.set_agent_state(story.agent(3), AVAILABLE)
    story.talk(3)
    story.plant.set_agent_state(story.agent(4), AVAILABLE)
    figures = story.plant.skill_group_statistics(story.plant.population.skill_groups[1])
    counts = {name: value for name, value in figures.items() if name.startswith("Agents") and value}
    assert {k: v for k, v in counts.items() if "Calls" not in k and "To" not in k} == {
        "AgentsLoggedOn": 3,
        "AgentsAvail": 1,
        "AgentsNotReady": 1,
        "AgentsReady": 2,
        "AgentsTalkingIn": 1,
        "AgentsICMAvailable": 1,
    }


def test_the_statistics_have_every_field_of_their_messages() -> None:
    from ctios_fast.core import codec
    from ctios_fast.protocol import numbers as messages

    story = Story()
    of_agent = codec(25).describe(messages.QUERY_AGENT_STATISTICS_CONF)
    of_group = codec(25).describe(messages.QUERY_SKILL_GROUP_STATISTICS_CONF)
    assert of_agent is not None
    assert of_group is not None
    header = {"InvokeID", "PeripheralID", "SkillGroupNumber", "SkillGroupID"}
    agent_names = {field.name for field in of_agent.fixed} - header
    group_names = {field.name for field in of_group.fixed} - header
    assert agent_names <= set(story.plant.agent_statistics(story.agent(1)))
    assert group_names <= set(story.plant.skill_group_statistics(story.plant.population.skill_groups[1]))


def test_a_group_counts_its_agents_by_state_whatever_their_states_are() -> None:
    story = Story()
    groups = story.plant.population.skill_groups.values()
    for state in AgentState:
        for agent in story.plant.population.agents.values():
            story.plant.put_agent(agent, state)
        story.clock.advance(10)
        for group in groups:
            statistics = story.plant.skill_group_statistics(group)
            by_state = [
                value
                for name, value in statistics.items()
                if name.startswith("Agents")
                and name
                not in ("AgentsLoggedOn", "AgentsReady", "AgentsICMAvailable", "AgentsApplicationAvailable")
            ]
            logged_on = 0 if state is AgentState.AGENT_STATE_LOGOUT else len(group.members)
            assert statistics["AgentsLoggedOn"] == sum(by_state) == logged_on, state
    for group in groups:
        statistics = story.plant.skill_group_statistics(group)
        assert statistics["LoggedOnTimeToday"] == 10 * (len(AgentState) - 1) * len(group.members)
        assert statistics["LoggedOnTimeToday"] == sum(
            statistics[f"{part}Today"] for part in PARTS_OF_LOGGED_ON
        )
