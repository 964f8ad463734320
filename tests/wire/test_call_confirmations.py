"""Requests for calls and what confirms them: bytes of the request, bytes of the answer, name of the event."""

import struct
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pytest
from support.call_messages import CONNECT, HOLD, INITIATE, Connection, snapshot_conf
from support.call_steps import CALLER, DEVICE, SECOND, CallDesk
from support.documented_call_events import CONFIRMATIONS
from support.documented_events import check_keywords
from support.model import soon
from support.struct_server import SNAPSHOT_CALL_REQ, text
from support.wire_steps import (
    CONSULT_LAYOUT,
    DTMF_LAYOUT,
    JOIN_LAYOUT,
    ONE_CALL_AND_TYPE_LAYOUT,
    ONE_CALL_LAYOUT,
    SET_CALL_DATA_LAYOUT,
    START_RECORDING_LAYOUT,
    STOP_RECORDING_LAYOUT,
    TWO_CALLS_LAYOUT,
)

from ctios_fast import ControlFailure

FIRST, OTHER = Connection(501, DEVICE), Connection(502, DEVICE)
NONE16, NONE32 = 0xFFFF, 0xFFFFFFFF

#: Floating fields that name connections.
CONNECTION, ACTIVE, OTHER_ONE, HELD = 25, 50, 52, 53

#: What the confirmations of new calls carry after the InvokeID.
_NEW_CALL = struct.pack(">IHHH", 503, 0, NONE16, NONE16)
_NEW_CALL_OF_PARTIES = struct.pack(">IHHHH", 503, 0, 0, NONE16, NONE16)
_NEW_DEVICE = [(47, text(DEVICE))]


class Row(NamedTuple):
    """A method, the request that it sends, and the confirmation.

    ``layout``: the fixed part. ``fixed``: what it begins with after the InvokeID. ``floating``: fields that
    it must have. ``calls``: one call at the device, or two of which the first is held.
    """

    invoke: Callable[[Any], Any]
    request: int
    layout: str
    fixed: tuple[int, ...]
    floating: Mapping[int, str]
    confirmation: bytes = b""
    fields: list[tuple[int, bytes]] = []  # noqa: RUF012 - never changed
    calls: int = 1


_ONE = (5000, 501, 0)

#: By the event of the confirmation. The number of a confirmation follows that of its request.
ROWS: Mapping[str, Row] = {
    "OnHoldCallConf": Row(
        lambda call: call.hold(), 54, ONE_CALL_AND_TYPE_LAYOUT, (*_ONE, 0), {CONNECTION: DEVICE}
    ),
    "OnClearCallConf": Row(lambda call: call.clear(), 44, ONE_CALL_LAYOUT, _ONE, {CONNECTION: DEVICE}),
    "OnClearConnectionConf": Row(
        lambda call: call.clear_connection(),
        46,
        ONE_CALL_AND_TYPE_LAYOUT,
        (*_ONE, NONE16),
        {CONNECTION: DEVICE},
    ),
    "OnConsultationCallConf": Row(
        lambda call: call.make_consult_call({"DialedNumber": SECOND, "ConsultType": 1}),
        50,
        CONSULT_LAYOUT,
        _ONE,
        {ACTIVE: DEVICE, 11: SECOND},
        _NEW_CALL,
        _NEW_DEVICE,
    ),
    "OnSendDTMFConf": Row(
        lambda call: call.send_dtmf_signal({"DTMFString": "12#"}),
        91,
        DTMF_LAYOUT,
        (*_ONE, 0, 0),
        {CONNECTION: DEVICE, 67: "12#"},
    ),
    "OnSetCallDataConf": Row(
        lambda call: call.set_call_data({"CallVariable3": "new"}),
        26,
        SET_CALL_DATA_LAYOUT,
        (5000, 0, 501, 0, 0, 1),
        {CONNECTION: DEVICE, 15: "new"},
    ),
    "OnCallStartRecordingConf": Row(
        lambda call: call.start_record(),
        147,
        START_RECORDING_LAYOUT,
        (5000, 501),
        {CONNECTION: DEVICE},
        struct.pack(">II", 31, 32),
    ),
    "OnAlternateCallConf": Row(
        lambda call: call.alternate(),
        40,
        TWO_CALLS_LAYOUT,
        (5000, 502, 501, 0, 0),
        {ACTIVE: DEVICE, OTHER_ONE: DEVICE},
        calls=2,
    ),
    "OnReconnectCallConf": Row(
        lambda call: call.reconnect(),
        60,
        TWO_CALLS_LAYOUT,
        (5000, 502, 501, 0, 0),
        {ACTIVE: DEVICE, HELD: DEVICE},
        calls=2,
    ),
    "OnConferenceCallConf": Row(
        lambda call: call.conference(),
        48,
        JOIN_LAYOUT,
        (5000, 501, 502, 0, 0),
        {ACTIVE: DEVICE, HELD: DEVICE},
        _NEW_CALL_OF_PARTIES,
        _NEW_DEVICE,
        2,
    ),
    "OnTransferCallConf": Row(
        lambda call: call.transfer(),
        64,
        JOIN_LAYOUT,
        (5000, 502, 501, 0, 0),
        {ACTIVE: DEVICE, HELD: DEVICE},
        _NEW_CALL_OF_PARTIES,
        _NEW_DEVICE,
        2,
    ),
}

#: Requests that carry less than one of two calls, or of a call in another state.
SINGLE_STEP = {
    "conference": (
        lambda call: call.single_step_conference({"DialedNumber": SECOND}),
        48,
        (5000, NONE32, 501),
    ),
    "transfer": (lambda call: call.single_step_transfer({"DialedNumber": SECOND}), 64, (5000, 501, NONE32)),
}


async def prepared(calls: CallDesk, number: int) -> Any:
    """The call to act on: the only one, or the second of two while the first is held."""
    connections = [FIRST, OTHER][:number]
    opened = await calls.open_calls(*connections)
    if number == 2:
        calls.hold(FIRST)
        await calls.settle()
        calls.clear()
    return opened[-1]


def assert_requests(frame: Any, layout: str, fixed: tuple[int, ...], floating: Mapping[int, str]) -> None:
    """The request has these values after its InvokeID, and these texts."""
    assert frame.fixed(layout)[1 : 1 + len(fixed)] == fixed
    fields = dict(frame.floating(layout))
    assert {tag: fields[tag] for tag in floating} == {tag: text(value) for tag, value in floating.items()}


@pytest.mark.covers(*(f"ICallEvents.{event}" for event in ROWS))
@pytest.mark.parametrize("event", ROWS)
async def test_a_request_is_confirmed_by_its_event(calls: CallDesk, event: str) -> None:
    row = ROWS[event]
    call = await prepared(calls, row.calls)
    answer = row.invoke(call)
    frame = await calls.peer.receive(row.request)
    assert_requests(frame, row.layout, row.fixed, row.floating)
    status = call.status
    calls.peer.send(row.request + 1, struct.pack(">I", frame.invoke_id) + row.confirmation, row.fields)
    await soon(answer)
    await calls.settle()
    assert calls.events == [event]
    if "UniqueObjectID" in CONFIRMATIONS[event].always:
        assert calls.one(event)["UniqueObjectID"] == call.unique_object_id
    assert call.status == status  # the state follows from other events
    assert calls.call(Connection(503, DEVICE)) is None  # no call is made of a confirmation


@pytest.mark.covers(
    "ICallEvents.OnAnswerCallConf",
    "Call.Answer",
)
async def test_an_answer_is_confirmed(calls: CallDesk) -> None:
    calls.deliver(FIRST)
    await calls.settle()
    calls.clear()
    answer = calls.found(FIRST).answer()
    frame = await calls.peer.receive(42)
    assert_requests(frame, ONE_CALL_LAYOUT, _ONE, {CONNECTION: DEVICE})
    calls.peer.send(43, struct.pack(">I", frame.invoke_id))
    calls.establish(FIRST)
    await soon(answer)
    await calls.settle()
    assert calls.events == ["OnAnswerCallConf", "OnCallEstablished"]
    assert calls.one("OnAnswerCallConf")["UniqueObjectID"] == FIRST.uid


@pytest.mark.covers(
    "ICallEvents.OnRetrieveCallConf",
    "Call.Retrieve",
)
async def test_a_retrieval_is_confirmed(calls: CallDesk) -> None:
    (call,) = await calls.open_calls(FIRST)
    calls.hold(FIRST)
    await calls.settle()
    calls.clear()
    answer = call.retrieve()
    frame = await calls.peer.receive(62)
    assert_requests(frame, ONE_CALL_LAYOUT, _ONE, {HELD: DEVICE})
    calls.peer.send(63, struct.pack(">I", frame.invoke_id))
    await soon(answer)
    await calls.settle()
    assert calls.events == ["OnRetrieveCallConf"]


@pytest.mark.covers(
    "ICallEvents.OnCallStopRecordingConf",
    "Call.StartRecord",
    "Call.StopRecord",
)
async def test_the_end_of_a_recording_repeats_what_its_start_was_given(calls: CallDesk) -> None:
    call = await prepared(calls, 1)
    start = call.start_record()
    frame = await calls.peer.receive(147)
    calls.peer.send(148, struct.pack(">III", frame.invoke_id, 31, 32))
    await soon(start)
    stop = call.stop_record()
    frame = await calls.peer.receive(149)
    assert frame.fixed(STOP_RECORDING_LAYOUT)[1:3] == (5000, 501)
    assert frame.fixed(STOP_RECORDING_LAYOUT)[4:6] == (31, 32)
    assert dict(frame.floating(STOP_RECORDING_LAYOUT))[CONNECTION] == text(DEVICE)
    calls.peer.send(150, struct.pack(">I", frame.invoke_id))
    await soon(stop)
    await calls.settle()
    assert calls.events == ["OnCallStartRecordingConf", "OnCallStopRecordingConf"]


@pytest.mark.parametrize("kind", SINGLE_STEP)
async def test_a_single_step_request_names_one_call_and_the_number(calls: CallDesk, kind: str) -> None:
    invoke, number, fixed = SINGLE_STEP[kind]
    call = await prepared(calls, 1)
    answer = invoke(call)
    frame = await calls.peer.receive(number)
    assert_requests(frame, JOIN_LAYOUT, fixed, {ACTIVE: DEVICE, 11: SECOND})
    types = frame.fixed(JOIN_LAYOUT)[4:6]
    assert types == ((NONE16, 0) if kind == "conference" else (0, NONE16))
    calls.peer.send(number + 1, struct.pack(">I", frame.invoke_id) + _NEW_CALL_OF_PARTIES, _NEW_DEVICE)
    await soon(answer)
    await calls.settle()
    assert calls.events == ["OnConferenceCallConf" if kind == "conference" else "OnTransferCallConf"]


@pytest.mark.covers(
    "ICallEvents.OnSnapshotCallConf",
    "Call.Snapshot",
)
async def test_a_snapshot_completes_the_call_and_reports_it(calls: CallDesk) -> None:
    call = await prepared(calls, 1)
    answer = call.snapshot()
    frame = await calls.peer.receive(SNAPSHOT_CALL_REQ)
    assert_requests(frame, ONE_CALL_LAYOUT, _ONE, {CONNECTION: DEVICE})
    snapshot_conf(
        calls.peer,
        frame,
        (501, DEVICE, HOLD),
        (501, SECOND, CONNECT),
        ANI=CALLER,
        RouterCallKeyDay=151_000,
        RouterCallKeyCallID=77,
        CallVariable1="gold",
        NamedVariable=[("user.account", "0815")],
    )
    await soon(answer)
    await calls.settle()
    assert set(calls.events) == {"OnSnapshotCallConf", "OnCallDataUpdate"}
    conf = calls.one("OnSnapshotCallConf")
    assert (conf["UniqueObjectID"], conf["ConnectionCallID"], conf["NumCallDevices"]) == (FIRST.uid, 501, 2)
    assert (conf["ANI"], conf["CallVariable1"]) == (CALLER, "gold")
    assert dict(conf["ECC"]) == {"user.account": "0815"}
    assert calls.one("OnCallDataUpdate")["UniqueObjectID"] == FIRST.uid
    assert call.status == HOLD
    assert call.get_value("CallVariable1") == "gold"
    assert calls.ids == [FIRST.uid]


@pytest.mark.covers("ICallEvents.OnControlFailureConf")
async def test_a_failed_request_names_its_call(calls: CallDesk) -> None:
    call = await prepared(calls, 1)
    answer = call.hold()
    frame = await calls.peer.receive(54)
    calls.peer.control_failure_conf(frame, 13, 99)
    with pytest.raises(ControlFailure):
        await soon(answer)
    await calls.settle()
    failure = calls.one("OnControlFailureConf")
    check_keywords("OnControlFailureConf", failure)
    assert (failure["UniqueObjectID"], failure["MessageType"]) == (FIRST.uid, 54)
    assert (failure["FailureCode"], failure["PeripheralErrorCode"], failure["PeripheralID"]) == (13, 99, 5000)
    assert failure["AgentID"] == "1001"
    assert failure["ErrorMessage"]
    assert call.status == CONNECT


async def test_a_new_call_may_begin_before_it_is_confirmed(calls: CallDesk) -> None:
    call = await prepared(calls, 1)
    consult = call.make_consult_call({"DialedNumber": SECOND, "ConsultType": 1})
    frame = await calls.peer.receive(50)
    calls.send("BEGIN_CALL", OTHER, DialedNumber=SECOND)
    calls.send("CALL_ORIGINATED", OTHER, LocalConnectionState=INITIATE, CallingDeviceID=DEVICE)
    calls.peer.send(51, struct.pack(">IIHHH", frame.invoke_id, 502, 0, NONE16, NONE16), [(47, text(DEVICE))])
    await soon(consult)
    await calls.settle()
    assert calls.ids == [FIRST.uid, OTHER.uid]
    assert calls.events == ["OnCallBegin", "OnCallOriginated", "OnConsultationCallConf"]
    assert calls.one("OnConsultationCallConf")["UniqueObjectID"] == FIRST.uid
