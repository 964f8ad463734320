"""The peripheral goes off-line and back while calls go on, and what clients get then."""

import pytest
from support.plant_story import Story

from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import AgentState, ControlFailureCode, EventCause
from ctios_fast.sim.plant import ControlRefusal


def test_off_line_ends_all_calls_for_clients_and_on_line_begins_those_that_live() -> None:
    story = Story()
    story.log_in(2)
    connection = story.talk(2)
    before = story.plant.snapshot()["calls"]
    story.plant.set_peripheral(online=False)
    assert story.lines() == ["system", "end_call T1", "end_call 3002"]
    assert story.plant.snapshot()["calls"] == before
    story.plant.set_peripheral(online=True)
    assert story.lines() == [
        "system",
        "begin_call T1",
        "established T1 CONNECT",
        "begin_call 3002",
        "established 3002 CONNECT",
    ]
    assert connection.known_as == connection.key


def test_without_end_calls_clients_hear_later_what_has_ended() -> None:
    story = Story()
    story.log_in(2, 3)
    story.talk(3)
    connection = story.talk(2)
    story.plant.set_peripheral(online=False, end_calls=False)
    assert story.lines() == ["system"]
    story.plant.caller_hangs_up(connection.call)
    story.plant.inbound("9001")
    assert story.lines() == []
    story.plant.set_peripheral(online=True)
    lines = story.lines()
    assert lines[:3] == ["system", "end_call T2", "end_call 3002"]
    assert lines[3:] == [
        "begin_call T3",
        "delivered T3 INITIATE",
        "begin_call 3002",
        "delivered 3002 ALERTING",
        "state 1002 RESERVED",
    ]


def test_events_after_an_outage_carry_the_cause_that_says_so() -> None:
    story = Story()
    story.log_in(2)
    story.talk(2)
    story.plant.set_peripheral(online=False)
    story.plant.set_peripheral(online=True)
    causes = {e.fields["EventCause"] for e in story.events if e.message == messages.CALL_ESTABLISHED_EVENT}
    assert causes == {EventCause.CEC_CALL_PARTY_UPDATE_IND}


def test_off_line_requests_are_refused() -> None:
    story = Story()
    story.log_in(2)
    connection = story.talk(2)
    story.plant.set_peripheral(online=False)
    for act in (
        lambda: story.plant.hold(connection),
        lambda: story.plant.make_call(story.agent(2), "3003"),
        lambda: story.plant.set_agent_state(story.agent(2), AgentState.AGENT_STATE_NOT_READY),
    ):
        with pytest.raises(ControlRefusal) as refused:
            act()
        assert refused.value.code is ControlFailureCode.CF_RESOURCE_OUT_OF_SERVICE


def test_going_off_line_twice_changes_nothing() -> None:
    story = Story()
    story.plant.set_peripheral(online=False)
    story.lines()
    story.plant.set_peripheral(online=False)
    assert story.lines() == []
    assert not story.plant.online


def test_a_client_that_opens_late_gets_the_calls_of_its_device() -> None:
    story = Story()
    story.log_in(2)
    connection = story.talk(2)
    (event,) = story.plant.begin_call_events("3002")
    assert event.fields["ConnectionCallID"] == connection.call_id
    assert story.events == []


def test_all_calls_can_be_rebuilt_from_events() -> None:
    story = Story()
    story.log_in(2, 3, ready=True)
    story.talk(2)
    story.plant.inbound("9001")
    story.plant.inbound("9001")
    states = [(dict(e.floating)["ConnectionDeviceID"], e.message) for e in story.plant.rebuild_events()]
    assert states == [
        ("T1", messages.CALL_ESTABLISHED_EVENT),
        ("3002", messages.CALL_ESTABLISHED_EVENT),
        ("T2", messages.CALL_DELIVERED_EVENT),
        ("3003", messages.CALL_DELIVERED_EVENT),
        ("T3", messages.CALL_DELIVERED_EVENT),
        ("9001", messages.CALL_QUEUED_EVENT),
    ]


def test_teams_are_listed_with_flags_and_states() -> None:
    story = Story()
    story.log_in(2)
    (event,) = story.plant.team_config_events(1)
    members = [value for name, value in event.floating if name in ("AtcAgentID", "AgentFlags")]
    assert members[:4] == ["1001", 5, "1002", 0]
    assert event.fields["NumberOfAgents"] == 6
