"""The event sequence of each operation, and what each refuses."""

import pytest
from support.plant_story import Story

from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import AgentState, ControlFailureCode, LocalConnectionState
from ctios_fast.sim.plant import CallDataChanges, ControlRefusal, PlantSettings

NOT_READY = AgentState.AGENT_STATE_NOT_READY
AVAILABLE = AgentState.AGENT_STATE_AVAILABLE


def code_of(act: object, *arguments: object) -> ControlFailureCode:
    with pytest.raises(ControlRefusal) as refused:
        act(*arguments)  # type: ignore[operator]
    assert refused.value.reason
    return refused.value.code


def test_an_inbound_call_is_queued_announced_delivered_and_established() -> None:
    story = Story()
    story.log_in(2, ready=True)
    call = story.plant.inbound("9001", ani="5550001", variables={"CallVariable1": "x"}, ecc={"user.a": "b"})
    assert story.lines() == [
        "begin_call T1",
        "delivered T1 INITIATE",
        "begin_call 9001",
        "queued 9001 QUEUED",
        "agent_pre_call",
        "state 1002 RESERVED",
        "dequeued 9001 QUEUED",
        "begin_call 3002",
        "delivered 3002 ALERTING",
        "connection_cleared 9001 NULL",
        "end_call 9001",
    ]
    story.plant.answer(story.plant.alerting(story.agent(2)))
    assert story.lines() == ["established 3002 CONNECT", "state 1002 TALKING"]
    story.plant.clear_connection(story.plant.active(story.agent(2)))
    assert story.lines() == [
        "connection_cleared 3002 NULL",
        "connection_cleared T1 NULL",
        "cleared 3002 NULL",
        "end_call 3002",
        "end_call T1",
        "state 1002 AVAILABLE",
    ]
    assert story.plant.calls == ()
    assert code_of(story.plant.call, call.call_id) is ControlFailureCode.CF_INVALID_CSTA_CALL_IDENTIFIER


def test_a_call_waits_until_an_agent_is_available() -> None:
    story = Story()
    story.log_in(2)
    story.plant.inbound("9001")
    story.plant.inbound("9001")
    story.lines()
    story.plant.set_agent_state(story.agent(2), AVAILABLE)
    assert story.lines()[:3] == ["state 1002 AVAILABLE", "agent_pre_call", "state 1002 RESERVED"]
    assert [c.state.name for c in story.plant.calls[1].connections] == ["LCS_INITIATE", "LCS_QUEUED"]


def test_the_trunk_seizure_is_for_all_events_clients_alone() -> None:
    story = Story()
    story.plant.inbound("9001")
    seized = next(e for e in story.events if e.message == messages.CALL_DELIVERED_EVENT)
    assert seized.audience.all_events_only
    assert seized.fields["LocalConnectionState"] == LocalConnectionState.LCS_INITIATE


def test_a_caller_that_gives_up_in_the_queue() -> None:
    story = Story()
    call = story.plant.inbound("9001")
    story.lines()
    story.plant.caller_hangs_up(call)
    assert story.lines() == [
        "connection_cleared T1 NULL",
        "dequeued 9001 QUEUED",
        "connection_cleared 9001 NULL",
        "cleared 9001 NULL",
        "end_call T1",
        "end_call 9001",
    ]


def test_a_caller_that_gives_up_while_it_rings_leaves_the_agent_available() -> None:
    story = Story()
    story.log_in(2, ready=True)
    call = story.plant.inbound("9001")
    story.plant.caller_hangs_up(call)
    assert story.lines()[-1] == "state 1002 AVAILABLE"


def test_a_caller_that_gives_up_on_the_way_aborts_the_announcement() -> None:
    story = Story(PlantSettings(route_time=2.0, rtp=False))
    story.log_in(2, ready=True)
    call = story.plant.inbound("9001")
    assert story.lines()[-2:] == ["agent_pre_call", "state 1002 RESERVED"]
    story.plant.caller_hangs_up(call)
    assert "agent_pre_call_abort" in story.lines()
    assert story.agent(2).state is AVAILABLE
    story.clock.advance(5)
    assert story.lines() == []


def test_a_call_that_rings_too_long_goes_back_to_its_queue() -> None:
    story = Story(ring_no_answer_time=10.0)
    story.log_in(2, ready=True)
    story.plant.inbound("9001")
    story.lines()
    story.clock.advance(10)
    assert story.lines() == [
        "diverted 3002 NULL",
        "end_call 3002",
        "state 1002 NOT_READY",
        "begin_call 9001",
        "queued 9001 QUEUED",
    ]
    assert story.agent(2).reason == 32767


def test_an_internal_call_reports_both_agents() -> None:
    story = Story()
    story.log_in(2, 3)
    story.plant.make_call(story.agent(2), "3003")
    assert story.lines() == [
        "begin_call 3002",
        "service_initiated 3002 INITIATE",
        "state 1002 TALKING",
        "originated 3002 INITIATE",
        "begin_call 3003",
        "delivered 3003 ALERTING",
        "delivered 3002 INITIATE",
    ]
    story.plant.answer(story.plant.alerting(story.agent(3)))
    assert story.lines() == ["established 3003 CONNECT", "established 3002 CONNECT", "state 1003 TALKING"]
    story.plant.clear_call(story.plant.active(story.agent(3)))
    assert story.lines()[2:4] == ["cleared 3002 NULL", "cleared 3003 NULL"]


def test_an_outbound_call_reaches_the_network_and_is_answered() -> None:
    story = Story()
    story.log_in(2)
    story.plant.make_call(story.agent(2), "5559999")
    assert story.lines()[3:] == [
        "originated 3002 INITIATE",
        "begin_call T1",
        "reached_network 3002 INITIATE",
        "delivered T1 ALERTING",
        "delivered 3002 INITIATE",
    ]
    story.clock.advance(1)
    assert story.lines() == ["established T1 CONNECT", "established 3002 CONNECT"]


def test_a_call_to_a_busy_device_fails() -> None:
    story = Story()
    story.log_in(2, 3)
    story.talk(3)
    story.plant.make_call(story.agent(2), "3003")
    assert story.lines()[-1] == "failed 3002 FAIL"
    story.plant.clear_connection(story.plant.present(story.agent(2)))
    assert story.lines()[-1] == "state 1002 NOT_READY"


def test_hold_and_retrieve_with_the_streams_of_the_telephone() -> None:
    story = Story(PlantSettings())
    story.log_in(2, ready=True)
    connection = story.talk(2)
    story.plant.hold(connection)
    assert story.lines() == ["held 3002 HOLD", "rtp_stopped 3002", "rtp_stopped 3002", "state 1002 HOLD"]
    story.plant.retrieve(connection)
    assert story.lines() == [
        "retrieved 3002 CONNECT",
        "rtp_started 3002",
        "rtp_started 3002",
        "state 1002 TALKING",
    ]


def consulting(story: Story) -> tuple[object, object]:
    story.log_in(2, 3)
    held = story.talk(2)
    active = story.plant.consult(held, "3003", 1)
    story.plant.answer(story.plant.alerting(story.agent(3)))
    story.events.clear()
    return held, active


def test_a_consult_holds_the_call_and_inherits_its_data() -> None:
    story = Story()
    story.log_in(2, 3)
    held = story.talk(2)
    story.plant.set_call_data(held.call, CallDataChanges(variables={"CallVariable3": "vip"}))
    story.events.clear()
    active = story.plant.consult(held, "3003", 1)
    assert story.lines()[:3] == ["held 3002 HOLD", "begin_call 3002", "service_initiated 3002 INITIATE"]
    assert active.call.context.variables == {"CallVariable3": "vip"}
    assert active.call_id != held.call_id


def test_alternate_and_reconnect() -> None:
    story = Story()
    held, active = consulting(story)
    story.plant.alternate(active, held)  # type: ignore[arg-type]
    assert story.lines() == ["held 3002 HOLD", "retrieved 3002 CONNECT"]
    story.plant.reconnect(held, active)  # type: ignore[arg-type]
    assert story.lines()[-3:] == ["state 1002 HOLD", "retrieved 3002 CONNECT", "state 1002 TALKING"]


def test_a_ringing_call_is_deflected() -> None:
    story = Story()
    story.log_in(2, 3)
    story.plant.inbound("3002")
    story.lines()
    story.plant.deflect(story.plant.alerting(story.agent(2)), "3003")
    assert story.lines() == [
        "diverted 3002 NULL",
        "end_call 3002",
        "begin_call 3003",
        "delivered 3003 ALERTING",
    ]


def test_a_single_step_transfer_leaves_at_once() -> None:
    story = Story()
    story.log_in(2, 3)
    story.plant.single_step_transfer(story.talk(2), "3003")
    assert story.lines() == [
        "begin_call 3003",
        "delivered 3003 ALERTING",
        "transferred NULL",
        "data_update T1",
        "data_update 3003",
        "end_call 3002",
        "state 1002 AVAILABLE",
    ]


def test_a_single_step_conference_begins_when_the_new_party_answers() -> None:
    story = Story()
    story.log_in(2, 3)
    story.plant.single_step_conference(story.talk(2), "3003")
    assert "conferenced CONNECT" not in story.lines()
    story.plant.answer(story.plant.alerting(story.agent(3)))
    assert story.lines()[:3] == ["established 3003 CONNECT", "state 1003 TALKING", "conferenced CONNECT"]


def test_call_data_carry_all_named_variables_and_only_changed_others() -> None:
    story = Story()
    story.log_in(2, ready=True)
    call = story.plant.inbound("9001", variables={"CallVariable1": "a"}, ecc={"user.one": "1"})
    story.events.clear()
    story.plant.set_call_data(call, CallDataChanges(variables={"CallVariable2": ""}, ecc={"user.two": "2"}))
    floating = [item for item in story.events[0].floating if item[0].startswith(("CallVariable", "Named"))]
    assert floating == [
        ("CallVariable2", ""),
        ("NamedVariable", ("user.one", "1")),
        ("NamedVariable", ("user.two", "2")),
    ]
    assert len(story.events) == len(call.connections)


@pytest.mark.parametrize(
    "changes",
    [
        CallDataChanges(variables={"CallVariable1": "x" * 41}),
        CallDataChanges(wrapup="x" * 40),
        CallDataChanges(ecc={f"user.{i}": "x" * 200 for i in range(10)}),
        CallDataChanges(arrays={"user.a": dict.fromkeys(range(10), "x" * 200)}),
    ],
)
def test_call_data_that_are_too_long_change_nothing(changes: CallDataChanges) -> None:
    story = Story()
    call = story.plant.inbound("9001")
    story.events.clear()
    assert code_of(story.plant.set_call_data, call, changes) is ControlFailureCode.CF_VALUE_OUT_OF_RANGE
    assert story.events == []
    assert call.context.variables == {}
    assert call.context.ecc == {}


def test_what_the_states_of_calls_forbid_is_refused_with_its_code() -> None:
    story = Story()
    story.log_in(2, 3)
    plant, agent = story.plant, story.agent(2)
    assert code_of(plant.alerting, agent) is ControlFailureCode.CF_NO_CALL_TO_ANSWER
    assert code_of(plant.active, agent) is ControlFailureCode.CF_NO_ACTIVE_CALL
    assert code_of(plant.held, agent) is ControlFailureCode.CF_NO_HELD_CALL
    assert code_of(plant.present, agent) is ControlFailureCode.CF_NO_CALL_TO_CLEAR
    assert code_of(plant.inbound, "nowhere") is ControlFailureCode.CF_INVALID_DESTINATION
    assert code_of(plant.inbound, "3006") is ControlFailureCode.CF_RESOURCE_OUT_OF_SERVICE
    assert code_of(plant.make_call, agent, "3002") is ControlFailureCode.CF_INVALID_CALLED_DEVICE
    connection = story.talk(2)
    assert code_of(plant.inbound, "3002") is ControlFailureCode.CF_RESOURCE_BUSY
    assert code_of(plant.answer, connection) is ControlFailureCode.CF_NO_CALL_TO_ANSWER
    assert code_of(plant.retrieve, connection) is ControlFailureCode.CF_NO_HELD_CALL
    assert code_of(plant.send_dtmf, connection, "12x") is ControlFailureCode.CF_VALUE_OUT_OF_RANGE
    assert code_of(plant.conference, connection, connection) is ControlFailureCode.CF_NO_HELD_CALL
    assert code_of(plant.stop_recording, connection) is ControlFailureCode.CF_INVALID_OBJECT_STATE
    assert code_of(plant.find_connection, 1, "x") is ControlFailureCode.CF_INVALID_CSTA_CONNECTION_IDENTIFIER
    assert (
        code_of(plant.find_connection, connection.call_id, "3002", "3003")
        is ControlFailureCode.CF_INVALID_CSTA_DEVICE_IDENTIFIER
    )
    plant.send_dtmf(connection, "1#")
    plant.start_recording(connection)
    assert code_of(plant.start_recording, connection) is ControlFailureCode.CF_INVALID_OBJECT_STATE
    assert story.events == []
    plant.set_agent_state(story.agent(3), AVAILABLE)
    assert code_of(plant.make_call, story.agent(3), "3004") is ControlFailureCode.CF_INVALID_OBJECT_STATE


def test_a_conference_has_a_limit() -> None:
    story = Story(PlantSettings(max_conference=2, rtp=False))
    held, active = consulting(story)
    limit = ControlFailureCode.CF_CONFERENCE_MEMBER_LIMIT_EXCEEDED
    assert code_of(story.plant.conference, held, active) is limit


def test_trunks_have_a_limit() -> None:
    story = Story()
    next(iter(story.plant.population.trunk_groups.values())).size = 1
    call = story.plant.inbound("9001")
    limit = ControlFailureCode.CF_EXTERNAL_TRUNK_LIMIT_EXCEEDED
    assert code_of(story.plant.inbound, "9001") is limit
    story.plant.caller_hangs_up(call)
    story.plant.inbound("9001")


def test_events_held_come_after_the_block() -> None:
    story = Story()
    with story.plant.events_held():
        story.plant.inbound("9001")
        assert story.events == []
    assert story.lines()[0] == "begin_call T1"


def broken(*given: object) -> None:
    raise ZeroDivisionError


def test_a_subscriber_that_raises_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    story = Story()
    story.plant.unsubscribe(story.events.append)
    story.plant.subscribe(broken)
    story.plant.subscribe(story.events.append)
    story.plant.inbound("9001")
    assert "begin_call T1" in story.lines()
    assert "a callback of the plant failed: <function broken" in caplog.text
    assert story.plant.callback_failures == story.plant.events_published


def test_a_callback_after_events_that_raises_does_not_stop_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    story = Story()
    calls: list[str] = []
    story.plant.call_after_events(broken)
    story.plant.call_after_events(lambda: calls.append("after"))
    call = story.plant.inbound("9001")
    assert call in story.plant.calls
    assert calls == ["after"]
    assert story.plant.callback_failures == 1
    assert "ZeroDivisionError" in caplog.text
