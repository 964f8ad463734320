"""What requests of a call check before they are sent, and what they carry."""

import random
from collections.abc import Callable
from typing import Any, Final

import pytest
from support.call_messages import (
    ACD_IN,
    AGENT_DEVICE,
    ALERTING,
    CONNECT,
    HOLD,
    NULL,
    Connection,
)
from support.call_steps import DEVICE, SECOND, CallDesk, agent_desk
from support.model import MakeSession, failed, soon
from support.struct_server import SNAPSHOT_CALL_REQ, StructServer, text, uint
from support.wire_steps import JOIN_LAYOUT, ONE_CALL_AND_TYPE_LAYOUT, SET_CALL_DATA_LAYOUT, FullRecorder

from ctios_fast import ControlFailure, MethodError, Request
from ctios_fast.connection.clock import ManualClock
from ctios_fast.enums import CilCode

FIRST, OTHER, THIRD_CALL = (Connection(number, DEVICE) for number in (501, 502, 503))
#: Tags of fields that name a connection, CalledDeviceID, AgentInstrument and CallVariable3.
CONNECTION, CALLED, INSTRUMENT, VARIABLE3 = 25, 28, 6, 15
SET_CALL_DATA, CLEAR_CONNECTION, CONFERENCE, DEFLECT, HOLD_CALL = 26, 46, 48, 52, 54

METHODS: Final[dict[str, Callable[[Any], Request[Any]]]] = {
    "answer": lambda call: call.answer(),
    "deflect": lambda call: call.deflect(called_device_id=SECOND),
    "hold": lambda call: call.hold(),
    "retrieve": lambda call: call.retrieve(),
    "alternate": lambda call: call.alternate(),
    "reconnect": lambda call: call.reconnect(),
    "conference": lambda call: call.conference(),
    "transfer": lambda call: call.transfer(),
    "make_consult_call": lambda call: call.make_consult_call(dialed_number=SECOND, consult_type=1),
    "single_step_conference": lambda call: call.single_step_conference(dialed_number=SECOND),
    "single_step_transfer": lambda call: call.single_step_transfer(dialed_number=SECOND),
    "clear": lambda call: call.clear(),
    "clear_connection": lambda call: call.clear_connection(),
}
_INVALID: Final = CilCode.E_CTIOS_INVALID_CALL
_NOT_ALERTING: Final = CilCode.E_CTIOS_CALL_NOT_ALERTING
_NOT_ON_HOLD: Final = CilCode.E_CTIOS_CALL_NOT_ON_HOLD
#: What a request fails with in a state, by method and state. It is sent in the states that are left out.
REFUSED: Final[dict[str, dict[int, CilCode]]] = {
    "answer": dict.fromkeys((CONNECT, HOLD, NULL), _NOT_ALERTING),
    "deflect": dict.fromkeys((CONNECT, HOLD, NULL), _NOT_ALERTING),
    "hold": {ALERTING: _INVALID, HOLD: CilCode.E_CTIOS_CALL_ALREADY_ON_HOLD, NULL: _INVALID},
    "retrieve": dict.fromkeys((ALERTING, CONNECT, NULL), _NOT_ON_HOLD),
    **{
        method: dict.fromkeys((ALERTING, NULL), _INVALID)
        for method in ("alternate", "reconnect", "conference", "transfer")
    },
    **{
        method: dict.fromkeys((ALERTING, HOLD, NULL), _INVALID)
        for method in ("make_consult_call", "single_step_conference", "single_step_transfer")
    },
    "clear": {NULL: _INVALID},
    "clear_connection": {NULL: _INVALID},
}


async def in_state(desk: CallDesk, status: int) -> Any:
    """The first of two calls of the device, in that state."""
    await desk.open_calls(OTHER)
    desk.deliver(FIRST)
    if status != ALERTING:
        desk.establish(FIRST)
    if status == HOLD:
        desk.hold(FIRST)
    if status == NULL:
        desk.send("CALL_CONNECTION_CLEARED", FIRST, LocalConnectionState=NULL, ReleasingDeviceID=DEVICE)
    await desk.settle()
    call = desk.found(FIRST)
    assert call.status == status
    return call


@pytest.mark.covers(
    "E_CTIOS_INVALID_CALL",
    "E_CTIOS_CALL_NOT_ALERTING",
    "E_CTIOS_CALL_NOT_ON_HOLD",
    "E_CTIOS_CALL_ALREADY_ON_HOLD",
)
@pytest.mark.parametrize("status", [ALERTING, CONNECT, HOLD, NULL])
async def test_requests_that_the_state_does_not_allow_fail_before_they_are_sent(
    calls: CallDesk, status: int
) -> None:
    call = await in_state(calls, status)
    sent = []
    for method, invoke in METHODS.items():
        request = invoke(call)
        code = REFUSED[method].get(status)
        if code is None:
            sent.append(method)
            await calls.peer.receive_any()
        else:
            error = await failed(request)
            assert error.code is code, method
            assert method in str(error)
    # Nothing else is sent: the next message is that of a request without a condition.
    call.snapshot()
    await calls.peer.receive(SNAPSHOT_CALL_REQ)
    assert len(sent) == len([method for method in METHODS if status not in REFUSED[method]])


async def test_a_lenient_session_leaves_the_state_to_the_peripheral(
    make_session: MakeSession, server: StructServer, clock: ManualClock, rng: random.Random
) -> None:
    session = make_session(clock=clock, rng=rng, strict=False)
    desk = await agent_desk(session, server, FullRecorder(session))
    call = await in_state(desk, NULL)
    for invoke in METHODS.values():
        request = invoke(call)
        await desk.peer.receive_any()
        assert not request.done()


async def test_deflect_names_the_call_and_the_target(calls: CallDesk) -> None:
    call = await in_state(calls, ALERTING)
    call.deflect(called_device_id=SECOND, called_device_type=AGENT_DEVICE)
    frame = await calls.peer.receive(DEFLECT)
    assert frame.fixed(ONE_CALL_AND_TYPE_LAYOUT)[1:] == (5000, 501, 0, AGENT_DEVICE)
    assert dict(frame.floating(ONE_CALL_AND_TYPE_LAYOUT)) == {
        CONNECTION: text(DEVICE),
        CALLED: text(SECOND),
        INSTRUMENT: text(DEVICE),
    }


# --- The other call ---------------------------------------------------------------------------------


async def test_without_another_call_a_request_for_two_fails(calls: CallDesk) -> None:
    (call,) = await calls.open_calls(FIRST)
    error = await failed(call.conference())
    assert error.code is _INVALID
    assert "has 0 others" in str(error)


async def test_of_two_other_calls_none_is_chosen_unless_it_is_named(calls: CallDesk) -> None:
    call, _, named = await calls.open_calls(FIRST, OTHER, THIRD_CALL)
    error = await failed(call.transfer())
    assert error.code is _INVALID
    assert "has 2 others" in str(error)
    for request in (
        lambda: call.conference(other=named),
        lambda: call.conference(other=named.unique_object_id),
        lambda: call.conference({"CallReferenceObjectID": named.unique_object_id}),
    ):
        request()
        frame = await calls.peer.receive(CONFERENCE)
        assert set(frame.fixed(JOIN_LAYOUT)[2:4]) == {501, 503}


async def test_an_other_call_must_be_a_living_one_of_the_session(
    calls: CallDesk, make_session: MakeSession, clock: ManualClock, rng: random.Random
) -> None:
    call, ended = await calls.open_calls(FIRST, OTHER)
    calls.send("END_CALL", OTHER)
    await calls.settle()
    async with StructServer() as second_server:
        second = make_session(clock=clock, rng=rng)
        foreign_desk = await agent_desk(second, second_server, FullRecorder(second))
        (foreign,) = await foreign_desk.open_calls(THIRD_CALL)
        for other in (call, ended, foreign, ended.unique_object_id, foreign.unique_object_id, "", 0):
            with pytest.raises(MethodError) as caught:
                call.alternate(other=other)
            assert caught.value.code is _INVALID


async def test_a_call_that_has_ended_sends_no_request(calls: CallDesk) -> None:
    (call,) = await calls.open_calls(FIRST)
    calls.send("END_CALL", FIRST)
    await calls.settle()
    for invoke in (*METHODS.values(), lambda call: call.set_call_data(call_variable1="x")):
        with pytest.raises(MethodError, match="has ended") as caught:
            invoke(call)
        assert caught.value.code is CilCode.E_CTIOS_INVALID_SESSION


async def test_an_answer_after_the_end_of_the_call_answers_the_request_without_an_event(
    calls: CallDesk,
) -> None:
    ended, other = await calls.open_calls(FIRST, OTHER)
    confirmed, refused = ended.clear_connection(), other.hold()
    first, second = await calls.peer.receive(CLEAR_CONNECTION), await calls.peer.receive(HOLD_CALL)
    calls.send("END_CALL", FIRST)
    calls.send("END_CALL", OTHER)
    calls.peer.send(CLEAR_CONNECTION + 1, uint(first.invoke_id))
    calls.peer.control_failure_conf(second, 13, 99)
    await soon(confirmed)
    with pytest.raises(ControlFailure):
        await soon(refused)
    await calls.settle()
    assert calls.events == ["OnCallEnd", "OnCallEnd"]
    assert "OnControlFailureConf" not in calls.recorder.names


# --- Data -------------------------------------------------------------------------------------------


async def test_one_call_variable_is_sent_alone_and_the_call_type_stays(calls: CallDesk) -> None:
    (call,) = await calls.open_calls(FIRST)
    calls.update(FIRST, CallType=ACD_IN, CallVariable1="old", NamedVariable=[("user.account", "7")])
    await calls.settle()
    call.set_call_data(call_variable3="new")
    frame = await calls.peer.receive(SET_CALL_DATA)
    assert frame.fixed(SET_CALL_DATA_LAYOUT)[1:7] == (5000, 0, 501, 0, 0, ACD_IN)
    assert dict(frame.floating(SET_CALL_DATA_LAYOUT)) == {CONNECTION: text(DEVICE), VARIABLE3: text("new")}


async def test_a_variable_that_is_too_long_is_refused_with_the_limit(calls: CallDesk) -> None:
    (call,) = await calls.open_calls(FIRST)
    with pytest.raises(MethodError, match="at most 40 characters, got 41") as caught:
        call.set_call_data(call_variable3="x" * 41)
    assert caught.value.code is CilCode.E_CTIOS_INVALID_ARGUMENT
    call.set_call_data(call_variable3="x" * 40)
    frame = await calls.peer.receive(SET_CALL_DATA)
    assert dict(frame.floating(SET_CALL_DATA_LAYOUT))[VARIABLE3] == text("x" * 40)
