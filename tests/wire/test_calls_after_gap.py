"""Calls that go on while the session has lost its side, and what the session learns of them afterwards."""

import asyncio
import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from support import configuration_messages as config
from support.call_messages import ALERTING, CONNECT, HOLD, NULL, Connection, send, snapshot_conf
from support.call_steps import CALLER, DEVICE, CallDesk
from support.model import an_agent, soon, until
from support.statistics_messages import QUERY_AGENT_STATISTICS_REQ, agent_asked
from support.struct_server import (
    CONFIG_REQUEST_EVENT,
    NOT_READY,
    OPEN_REQ,
    PERIPHERAL,
    QUERY_AGENT_STATE_REQ,
    SNAPSHOT_CALL_REQ,
    SNAPSHOT_DEVICE_REQ,
    TALKING,
    Frame,
    Peer,
    StructServer,
    text,
)
from support.wire_steps import (
    AGENT_SERVICES,
    BULK_SERVICES,
    ONE_CALL_LAYOUT,
    OWN_MONITOR,
    SNAPSHOT_DEVICE_LAYOUT,
    FullRecorder,
    advance,
    answer_opening,
    connected,
    reconnected,
    report_state,
)

from ctios_fast import ButtonEnablement, ConnectionLost, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.connection.request_book import Request
from ctios_fast.model.configuration.acquisition import Acquisition

CALL = Connection(501, DEVICE)
AGENT_DESK_SETTINGS_REQ = 131
#: SystemEventIDs.
PERIPHERAL_ONLINE, PERIPHERAL_OFFLINE = 3, 4
#: What a call keeps when its id changes.
KEY = {"RouterCallKeyDay": 7, "RouterCallKeyCallID": 70}


async def reopened(
    calls: CallDesk, server: StructServer, clock: ManualClock, services: int = AGENT_SERVICES
) -> Peer:
    """Let the connection break and the session open another one."""
    peer = calls.peer = await reconnected(calls.session, calls.peer, server, clock)
    await answer_opening(peer, state=NOT_READY, services=services)
    return peer


async def list_calls(peer: Peer, *listed: tuple[int, str, int]) -> None:
    """Answer the question which calls the session's device has."""
    request = await peer.receive(SNAPSHOT_DEVICE_REQ)
    assert request.floating(SNAPSHOT_DEVICE_LAYOUT) == [(6, text(DEVICE))]
    peer.device_conf(request, listed)


async def repairing(
    calls: CallDesk, server: StructServer, clock: ManualClock, *listed: tuple[int, str, int]
) -> Peer:
    """Let the session open another connection, and answer which calls its device has."""
    peer = await reopened(calls, server, clock)
    await list_calls(peer, *listed)
    return peer


async def repairing_bulk(
    calls: CallDesk, server: StructServer, clock: ManualClock, *listed: tuple[int, str, int]
) -> Peer:
    """The same in bulk mode, where the agent of the device is asked for first."""
    peer = calls.peer = await reconnected(calls.session, calls.peer, server, clock)
    peer.open_conf(await peer.receive(OPEN_REQ), services=BULK_SERVICES)
    peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
    await list_calls(peer, *listed)
    return peer


async def asked(peer: Peer, call_id: int = 501) -> Frame:
    """Receive the question about a call."""
    request = await peer.receive(SNAPSHOT_CALL_REQ)
    assert request.fixed(ONE_CALL_LAYOUT)[1:] == (5000, call_id, 0)
    return request


async def ringing(calls: CallDesk, key: dict[str, int]) -> Any:
    """Let a call with that key ring; return the Call. The events so far are forgotten."""
    calls.deliver(CALL, **key)
    await calls.settle()
    call = calls.found(CALL)
    calls.clear()
    return call


async def repair_waits(calls: CallDesk) -> None:
    """Let the repair run until it waits for the clock."""
    await calls.settle()
    for _ in range(20):
        await asyncio.sleep(0)


async def repair_idles(recorder: FullRecorder, peer: Peer) -> None:
    """Let the session take in all that was sent, and the tasks that follow run until they wait."""
    await report_state(peer, recorder, NOT_READY, 98)
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_call_that_the_server_does_not_know_any_more_has_ended(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    await calls.open_calls(CALL)
    peer = await repairing(calls, server, clock)
    peer.control_failure_conf(await asked(peer), 13, 0)
    await calls.recorder.wait_for("OnCallEnd")
    await calls.settle()
    assert calls.events == ["OnCallEnd"]
    end = calls.one("OnCallEnd")
    assert (end["UniqueObjectID"], end["Recovered"], end["CallStatus"]) == (CALL.uid, True, 0)
    assert calls.ids == []
    assert calls.session.current_call is None


async def test_a_call_that_goes_on_is_the_same_object_with_what_changed(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    (call,) = await calls.open_calls(CALL)
    peer = await repairing(calls, server, clock, (501, DEVICE, HOLD))
    request = await asked(peer)
    snapshot_conf(peer, request, (501, DEVICE, HOLD), ANI=CALLER, CallVariable1="changed in the gap")
    await calls.recorder.wait_for("OnSnapshotCallConf")
    await calls.settle()
    assert calls.found(CALL) is call
    assert call.status == HOLD
    assert call.get_value("CallVariable1") == "changed in the gap"
    assert "OnCallBegin" not in calls.events
    assert "OnCallEnd" not in calls.events


async def test_a_beginning_after_the_gap_is_an_update_of_the_known_call(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    (call,) = await calls.open_calls(CALL)
    await reopened(calls, server, clock)
    calls.send("BEGIN_CALL", CALL, CallVariable1="new")
    calls.send(
        "CALL_DELIVERED",
        Connection(502, DEVICE),
        LocalConnectionState=ALERTING,
        AlertingDeviceID=DEVICE,
    )
    await calls.settle()
    assert calls.found(CALL) is call
    assert call.status == CONNECT
    assert call.get_value("CallVariable1") == "new"
    assert calls.ids == [CALL.uid, "call.5000.502.3001"]


async def test_an_id_that_changed_in_the_gap_renames_the_call(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    call = await ringing(calls, KEY)
    peer = await repairing(calls, server, clock, (503, DEVICE, HOLD))
    peer.control_failure_conf(await asked(peer), 13, 0)
    request = await asked(peer, 503)
    snapshot_conf(peer, request, (503, DEVICE, HOLD), **KEY)
    report = await calls.recorder.wait_for("OnRecovered")
    assert calls.events == ["OnSnapshotCallConf", "OnCallDataUpdate"]
    update = calls.one("OnCallDataUpdate")
    assert update["UniqueObjectID"] == "call.5000.503.3001"
    assert update["OldUniqueObjectID"] == CALL.uid
    assert calls.found(Connection(503, DEVICE)) is call
    assert call.status == HOLD
    assert calls.ids == ["call.5000.503.3001"]
    assert (report["CallsRenamed"], report["CallsEnded"], report["CallsBegun"]) == (1, 0, 0)


async def test_a_beginning_with_a_new_id_renames_the_call(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    key = {**KEY, "RouterCallKeySequenceNumber": 1}
    call = await ringing(calls, key)
    peer = await reopened(calls, server, clock)
    calls.send("BEGIN_CALL", Connection(503, DEVICE), **key)
    await list_calls(peer, (503, DEVICE, HOLD))
    snapshot_conf(peer, await asked(peer, 503), (503, DEVICE, HOLD))
    await calls.recorder.wait_for("OnRecovered")
    assert calls.found(Connection(503, DEVICE)) is call
    assert calls.one("OnCallDataUpdate")["OldUniqueObjectID"] == CALL.uid
    assert "OnCallBegin" not in calls.events
    assert "OnCallEnd" not in calls.events


async def test_another_call_at_the_device_ends_one_call_and_begins_another(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    await calls.open_calls(CALL)
    peer = await repairing(calls, server, clock, (503, DEVICE, ALERTING))
    peer.control_failure_conf(await asked(peer), 13, 0)
    snapshot_conf(peer, await asked(peer, 503), (503, DEVICE, ALERTING), ANI=CALLER)
    report = await calls.recorder.wait_for("OnRecovered")
    assert calls.events == ["OnCallBegin", "OnSnapshotCallConf", "OnCallEnd"]
    begin, end = calls.one("OnCallBegin"), calls.one("OnCallEnd")
    assert (begin["UniqueObjectID"], begin["Recovered"]) == ("call.5000.503.3001", True)
    assert begin["ANI"] == CALLER
    assert (end["UniqueObjectID"], end["Recovered"], end["CallStatus"]) == (CALL.uid, True, 0)
    assert calls.found(Connection(503, DEVICE)).status == ALERTING
    assert (report["CallsRenamed"], report["CallsEnded"], report["CallsBegun"]) == (0, 1, 1)


async def test_an_answer_without_the_device_ends_the_call(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    await calls.open_calls(CALL)
    peer = await repairing(calls, server, clock)
    snapshot_conf(peer, await asked(peer), (501, "3002", CONNECT))
    await calls.recorder.wait_for("OnRecovered")
    assert calls.ended() == [CALL.uid]
    assert calls.ids == []


async def test_an_answer_that_is_older_than_an_event_changes_nothing(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    (call,) = await calls.open_calls(CALL)
    peer = await repairing(calls, server, clock, (501, DEVICE, CONNECT))
    request = await asked(peer)
    calls.hold(CALL)
    snapshot_conf(peer, request, (501, DEVICE, CONNECT))
    await calls.recorder.wait_for("OnRecovered")
    assert call.status == HOLD
    assert calls.session.counters()["call_answers_outdated"] == 1


async def test_a_refusal_that_is_older_than_an_event_does_not_end_the_call(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    (call,) = await calls.open_calls(CALL)
    peer = await repairing(calls, server, clock)
    request = await asked(peer)
    calls.hold(CALL)
    peer.control_failure_conf(request, 13, 0)
    await calls.recorder.wait_for("OnRecovered")
    assert calls.found(CALL) is call
    assert calls.ended() == []


async def test_a_call_that_is_renamed_while_it_is_asked_for_is_asked_for_again(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    (call,) = await calls.open_calls(CALL)
    peer = await repairing(calls, server, clock, (501, DEVICE, CONNECT))
    request = await asked(peer)
    calls.update(CALL, CALL._replace(call_id=502))
    peer.control_failure_conf(request, 13, 0)
    snapshot_conf(peer, await asked(peer, 502), (502, DEVICE, HOLD))
    await calls.recorder.wait_for("OnRecovered")
    assert calls.found(CALL._replace(call_id=502)) is call
    assert (call.status, call.is_doubtful) == (HOLD, False), "a message that renames a call states no state"


async def test_a_call_that_messages_name_whenever_it_is_asked_for_ends_with_the_last_refusal(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    await calls.open_calls(CALL)
    peer = await repairing(calls, server, clock, (501, DEVICE, CONNECT))
    for _ in range(2):  # each repair asks twice for a call that is named without its state
        request = await asked(peer)
        calls.update(CALL)
        peer.control_failure_conf(request, 13, 0)
    peer.control_failure_conf(await asked(peer), 13, 0)
    assert (await calls.recorder.wait_for("OnCallEnd"))["Recovered"]
    assert dict(calls.session.calls) == {}


async def test_a_busy_peripheral_is_asked_again(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    await calls.open_calls(CALL)
    peer = await repairing(calls, server, clock)
    peer.control_failure_conf(await asked(peer), 32, 0)
    await repair_waits(calls)
    clock.advance(1)
    snapshot_conf(peer, await asked(peer), (501, DEVICE, HOLD))
    report = await calls.recorder.wait_for("OnRecovered")
    assert (report["CallsRefreshed"], report["CallsEnded"]) == (1, 0)
    assert calls.found(CALL).status == HOLD


#: Refusals that do not say whether there is the call: E_CTI_BAD_MESSAGE_FORMAT, E_CTI_INVALID_PERIPHERAL_ID;
#: CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE, CF_GENERIC_UNSPECIFIED.
UNCLEAR = [("failure_conf", (25,)), ("failure_conf", (7,))] + [
    ("control_failure_conf", (code, 0)) for code in (8, 0)
]


@pytest.mark.parametrize(("refusal", "codes"), UNCLEAR)
@pytest.mark.parametrize("is_listed", [True, False])
async def test_a_refusal_that_does_not_deny_a_call_ends_none_that_may_go_on(
    calls: CallDesk,
    server: StructServer,
    clock: ManualClock,
    refusal: str,
    codes: tuple[int, ...],
    *,
    is_listed: bool,
) -> None:
    (call,) = await calls.open_calls(CALL)
    peer = await reopened(calls, server, clock)
    if is_listed:
        await list_calls(peer, (501, DEVICE, HOLD))
    else:
        peer.failure_conf(await peer.receive(SNAPSHOT_DEVICE_REQ), 25)
    getattr(peer, refusal)(await asked(peer), *codes)
    await repair_waits(calls)
    assert calls.ended() == []
    clock.advance(1)
    snapshot_conf(peer, await asked(peer), (501, DEVICE, HOLD))
    report = await calls.recorder.wait_for("OnRecovered")
    assert (report["CallsRefreshed"], report["CallsEnded"], report["GivenUp"]) == (1, 0, 0)
    assert calls.found(CALL) is call
    assert (call.status, call.is_doubtful) == (HOLD, False)


#: Refusals of a server or a peripheral that is busy: E_CTI_UNSPECIFIED_FAILURE, E_CTI_TIMEOUT;
#: CF_SERVICE_BUSY.
BUSY = [("failure_conf", (17,)), ("failure_conf", (16,)), ("control_failure_conf", (32, 0))]


@pytest.mark.parametrize(("refusal", "codes"), BUSY)
async def test_a_device_is_asked_again_if_the_server_was_busy(
    calls: CallDesk, server: StructServer, clock: ManualClock, refusal: str, codes: tuple[int, ...]
) -> None:
    call = await ringing(calls, KEY)
    peer = await reopened(calls, server, clock)
    getattr(peer, refusal)(await peer.receive(SNAPSHOT_DEVICE_REQ), *codes)
    peer.control_failure_conf(
        await asked(peer), 13, 0
    )  # it has another id, which the device would have listed
    await repair_waits(calls)
    assert calls.ended() == []
    clock.advance(1)
    await list_calls(peer, (503, DEVICE, HOLD))
    snapshot_conf(peer, await asked(peer, 503), (503, DEVICE, HOLD), **KEY)
    report = await calls.recorder.wait_for("OnRecovered")
    assert calls.found(Connection(503, DEVICE)) is call
    assert calls.ended() == []
    assert (report["CallsRenamed"], report["DevicesAsked"], report["QuestionsGivenUp"]) == (1, 2, 0)
    assert calls.session.counters()["device_snapshots_refused"] == 0


async def test_a_device_that_does_not_answer_is_asked_again_before_its_calls_end(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    call = await ringing(calls, KEY)
    peer = await reopened(calls, server, clock)
    await peer.receive(SNAPSHOT_DEVICE_REQ)
    clock.advance(calls.session._context.request_timeout)
    peer.control_failure_conf(await asked(peer), 13, 0)
    await repair_waits(calls)
    assert calls.ended() == []
    clock.advance(1)
    await list_calls(peer, (503, DEVICE, HOLD))
    snapshot_conf(peer, await asked(peer, 503), (503, DEVICE, HOLD), **KEY)
    await calls.recorder.wait_for("OnRecovered")
    assert calls.found(Connection(503, DEVICE)) is call
    assert calls.ended() == []


async def test_a_device_that_stays_busy_is_given_up_with_a_count(
    calls: CallDesk, server: StructServer, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    await calls.open_calls(CALL)
    peer = await reopened(calls, server, clock)
    for attempt in range(6):
        peer.failure_conf(await peer.receive(SNAPSHOT_DEVICE_REQ), 17)
        if attempt == 0:
            peer.control_failure_conf(await asked(peer), 13, 0)
        await repair_waits(calls)
        if attempt < 5:
            assert calls.ended() == []
            clock.advance(2**attempt)
    report = await calls.recorder.wait_for("OnRecovered")
    assert calls.ended() == [CALL.uid]
    assert (report["QuestionsGivenUp"], report["GivenUp"], report["CallsEnded"]) == (1, 0, 1)
    assert calls.session.counters()["repair_questions_given_up"] == 1
    assert len([each for each in caplog.messages if "given up after attempt 6" in each]) == 1
    calls.clear()
    peer = await repairing(calls, server, clock)
    report = await calls.recorder.wait_for("OnRecovered")
    assert report["QuestionsGivenUp"] == 0


async def test_what_events_tell_while_the_server_refuses_is_not_given_up(
    calls: CallDesk, server: StructServer, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    await calls.open_calls()
    peer = calls.peer = await reconnected(calls.session, calls.peer, server, clock)
    peer.open_conf(await peer.receive(OPEN_REQ), services=AGENT_SERVICES, monitor_id=OWN_MONITOR)
    query = await peer.receive(QUERY_AGENT_STATE_REQ)
    peer.agent_state_event(TALKING, monitor_id=OWN_MONITOR)
    peer.failure_conf(query, 17)
    await list_calls(peer, (501, DEVICE, CONNECT))
    request = await asked(peer)
    calls.deliver(CALL)
    peer.failure_conf(request, 17)
    snapshot_conf(peer, await asked(peer), (501, DEVICE, ALERTING))  # the data may have changed too
    report = await calls.recorder.wait_for("OnRecovered")
    assert (report["Asked"], report["Repaired"], report["GivenUp"]) == (3, 3, 0)
    assert [each for each in caplog.messages if "given up" in each] == []


@pytest.mark.parametrize(("refusal", "codes"), UNCLEAR)
async def test_any_lasting_refusal_ends_a_call_that_its_device_does_not_list(
    calls: CallDesk, server: StructServer, clock: ManualClock, refusal: str, codes: tuple[int, ...]
) -> None:
    await calls.open_calls(CALL)
    peer = await reopened(calls, server, clock)
    clock.advance(0.001)  # the list is newer than the last message of the call
    await list_calls(peer)
    getattr(peer, refusal)(await asked(peer), *codes)
    report = await calls.recorder.wait_for("OnRecovered")
    assert (report["CallsEnded"], report["GivenUp"]) == (1, 0)
    assert calls.ended() == [CALL.uid]


async def test_a_call_that_began_after_the_list_is_not_ended_by_an_unclear_refusal(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    await calls.open_calls(CALL)
    peer = await repairing(calls, server, clock, (501, DEVICE, CONNECT))
    request = await asked(peer)
    calls.send("BEGIN_CALL", Connection(502, DEVICE))
    snapshot_conf(peer, request, (501, DEVICE, CONNECT))
    peer.failure_conf(await asked(peer, 502), 25)
    await repair_waits(calls)
    assert calls.ended() == []
    clock.advance(1)
    snapshot_conf(peer, await asked(peer, 502), (502, DEVICE, CONNECT))
    assert (await calls.recorder.wait_for("OnRecovered"))["CallsEnded"] == 0


async def test_an_unclear_refusal_does_not_drop_a_call_that_began_in_the_gap(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    await calls.open_calls()
    peer = await repairing(calls, server, clock, (502, DEVICE, CONNECT))
    peer.failure_conf(await asked(peer, 502), 25)
    await repair_waits(calls)
    clock.advance(1)
    snapshot_conf(peer, await asked(peer, 502), (502, DEVICE, CONNECT))
    report = await calls.recorder.wait_for("OnRecovered")
    assert (report["CallsBegun"], calls.ids) == (1, ["call.5000.502.3001"])


async def test_a_call_at_the_opening_stays_if_a_refusal_does_not_deny_it(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    peer = await opening_during(session, server, announced)
    peer.failure_conf(await asked(peer), 25)
    await until(lambda: session.counters()["first_queries_failed"])
    assert list(session.calls) == [CALL.uid]


async def test_a_loss_in_the_middle_starts_the_repair_anew_and_keeps_the_counts(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    await calls.open_calls(CALL, Connection(502, DEVICE))
    peer = await repairing(calls, server, clock, (502, DEVICE, CONNECT))
    requests = [await peer.receive(SNAPSHOT_CALL_REQ) for _ in range(2)]
    gone = next(each for each in requests if each.fixed(ONE_CALL_LAYOUT)[2] == 501)
    peer.control_failure_conf(gone, 13, 0)
    await calls.recorder.wait_for("OnCallEnd")
    assert calls.ended() == [CALL.uid]
    calls.clear()
    peer = await repairing(calls, server, clock, (502, DEVICE, HOLD))
    snapshot_conf(peer, await asked(peer, 502), (502, DEVICE, HOLD))
    report = await calls.recorder.wait_for("OnRecovered")
    assert (report["CallsEnded"], report["CallsRefreshed"], report["GivenUp"]) == (1, 1, 0)
    assert calls.ended() == []


async def test_no_answered_request_of_a_repair_keeps_a_call_that_has_ended(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    await calls.open_calls(CALL)
    later = Connection(502, DEVICE)
    peer = await repairing(calls, server, clock, (501, DEVICE, CONNECT))
    request = await asked(peer)
    calls.send("CALL_DELIVERED", later, LocalConnectionState=ALERTING, AlertingDeviceID=DEVICE)
    snapshot_conf(peer, request, (501, DEVICE, CONNECT))
    snapshot_conf(peer, await asked(peer, 502), (502, DEVICE, ALERTING))
    report = await calls.recorder.wait_for("OnRecovered")
    assert report["CallsAsked"] == 2
    known = weakref.ref(calls.found(later))
    calls.send("END_CALL", later)
    await calls.recorder.wait_for("OnCallEnd")
    await calls.settle()
    gc.collect()
    assert known() is None


async def test_calls_are_not_verified_without_client_control(
    calls: CallDesk, server: StructServer, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    await calls.open_calls(CALL)
    await reopened(calls, server, clock, services=0x1)
    report = await calls.recorder.wait_for("OnRecovered")
    assert (report["CallsUnverified"], report["CallsAsked"], report["DevicesAsked"]) == (1, 0, 0)
    assert dict(report["UnverifiedCalls"]) == {CALL.uid: True}
    assert calls.ids == [CALL.uid]
    assert [each for each in caplog.messages if "cannot be verified" in each] == [
        "1 calls cannot be verified after the gap: Client Control is not granted"
    ]


async def test_a_call_of_the_end_of_the_repair_whose_device_has_another_one_has_ended(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    await calls.open_calls(CALL)
    later = Connection(502, DEVICE)
    peer = await repairing(calls, server, clock, (501, DEVICE, CONNECT))
    request = await asked(peer)
    calls.send("BEGIN_CALL", later)
    snapshot_conf(peer, request, (501, DEVICE, CONNECT))
    snapshot_conf(peer, await asked(peer, 502), (503, DEVICE, CONNECT), (503, CALLER, CONNECT))
    snapshot_conf(peer, await asked(peer, 503), (503, DEVICE, CONNECT))
    report = await calls.recorder.wait_for("OnRecovered")
    assert calls.ended() == [later.uid]
    assert calls.ids == [CALL.uid, "call.5000.503.3001"]
    assert (report["CallsAsked"], report["CallsBegun"], report["CallsEnded"]) == (3, 1, 1)


async def test_a_call_of_the_end_of_the_repair_that_the_server_does_not_know_has_ended(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    await calls.open_calls(CALL)
    later = Connection(502, DEVICE)
    peer = await repairing(calls, server, clock, (501, DEVICE, CONNECT), (503, DEVICE, HOLD))
    request = await asked(peer)
    calls.send("CALL_DELIVERED", later, LocalConnectionState=ALERTING, AlertingDeviceID=DEVICE)
    snapshot_conf(peer, request, (501, DEVICE, CONNECT))
    peer.control_failure_conf(await asked(peer, 503), 32, 0)  # busy: the call at the device stays unknown
    peer.control_failure_conf(await asked(peer, 502), 13, 0)
    await repair_waits(calls)
    clock.advance(1)
    snapshot_conf(peer, await asked(peer, 503), (503, DEVICE, HOLD))
    await calls.recorder.wait_for("OnRecovered")
    assert calls.ended() == [later.uid]
    assert calls.ids == [CALL.uid, "call.5000.503.3001"]


async def repaired_up_to(calls: CallDesk, peer: Peer, later: Connection) -> None:
    """Answer the steps of a repair; a call becomes known that none of them asks for."""
    request = await asked(peer)
    calls.send("BEGIN_CALL", Connection(502, DEVICE))
    snapshot_conf(peer, request, (501, DEVICE, CONNECT))
    request = await asked(peer, 502)
    calls.send("BEGIN_CALL", later)
    snapshot_conf(peer, request, (502, DEVICE, HOLD))


async def test_a_call_of_the_end_of_the_repair_is_asked_for_again_if_the_server_was_busy(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    await calls.open_calls(CALL)
    later = Connection(503, DEVICE)
    peer = await repairing(calls, server, clock, (501, DEVICE, CONNECT))
    await repaired_up_to(calls, peer, later)
    peer.failure_conf(await asked(peer, 503), 17)
    await repair_waits(calls)
    clock.advance(1)
    snapshot_conf(peer, await asked(peer, 503), (503, DEVICE, ALERTING))
    report = await calls.recorder.wait_for("OnRecovered")
    assert (report["CallsRefreshed"], report["GivenUp"]) == (3, 0)
    call = calls.found(later)
    assert (call.status, call.is_doubtful) == (ALERTING, False)


async def test_a_call_that_the_last_answer_of_a_repair_lists_is_asked_for(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    await calls.open_calls(CALL)
    later = Connection(503, DEVICE)
    peer = await repairing(calls, server, clock, (501, DEVICE, CONNECT))
    await repaired_up_to(calls, peer, later)
    snapshot_conf(peer, await asked(peer, 503), (504, DEVICE, CONNECT), (504, CALLER, CONNECT))
    snapshot_conf(peer, await asked(peer, 504), (504, DEVICE, CONNECT))
    await until(lambda: "call.5000.504.3001" in calls.ids)
    assert calls.ended() == [later.uid]
    assert calls.found(Connection(504, DEVICE)).status == CONNECT


async def test_a_call_of_the_end_of_the_last_attempt_is_counted_if_it_is_refused(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    await calls.open_calls()
    peer = await reopened(calls, server, clock)
    for attempt in range(6):
        request = await peer.receive(SNAPSHOT_DEVICE_REQ)
        if attempt == 5:
            calls.send("BEGIN_CALL", CALL)
        peer.failure_conf(request, 17)
        if attempt < 5:
            await repair_waits(calls)
            clock.advance(2**attempt)
    await repaired_up_to(calls, peer, Connection(503, DEVICE))
    await calls.recorder.wait_for("OnRecovered")
    peer.failure_conf(await asked(peer, 503), 17)
    await until(lambda: calls.session.counters()["first_queries_failed"])
    assert calls.found(Connection(503, DEVICE)).is_doubtful


async def test_a_call_with_another_id_is_renamed_though_the_peripheral_was_busy(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    call = await ringing(calls, KEY)
    peer = await repairing(calls, server, clock, (503, DEVICE, HOLD))
    peer.control_failure_conf(await asked(peer), 13, 0)
    peer.control_failure_conf(await asked(peer, 503), 32, 0)
    await repair_waits(calls)
    assert calls.ended() == []
    clock.advance(1)
    snapshot_conf(peer, await asked(peer, 503), (503, DEVICE, HOLD), **KEY)
    report = await calls.recorder.wait_for("OnRecovered")
    assert calls.found(Connection(503, DEVICE)) is call
    assert calls.one("OnCallDataUpdate")["OldUniqueObjectID"] == CALL.uid
    assert (report["CallsRenamed"], report["CallsEnded"], report["CallsBegun"]) == (1, 0, 0)


async def test_a_call_ends_when_the_one_that_it_may_have_become_is_given_up(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    await calls.open_calls(CALL)
    peer = await repairing(calls, server, clock, (503, DEVICE, HOLD))
    peer.control_failure_conf(await asked(peer), 13, 0)
    for attempt in range(6):
        peer.control_failure_conf(await asked(peer, 503), 32, 0)
        await repair_waits(calls)
        if attempt < 5:
            assert calls.ended() == []
            clock.advance(2**attempt)
    report = await calls.recorder.wait_for("OnRecovered")
    assert calls.ended() == [CALL.uid]
    assert (report["CallsEnded"], report["GivenUp"]) == (1, 1)
    assert calls.ids == []


async def test_a_missing_call_that_is_cleared_before_its_device_is_known_has_ended(
    bulk_calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    calls, other = bulk_calls, Connection(501, "3002")
    calls.deliver(CALL)
    calls.send("BEGIN_CALL", other)
    await calls.settle()
    calls.clear()
    peer = await repairing_bulk(calls, server, clock, (503, DEVICE, HOLD))
    for request in [await asked(peer), await asked(peer)]:
        device = request.floating(ONE_CALL_LAYOUT)[0][1]
        if device == text(DEVICE):
            peer.control_failure_conf(request, 13, 0)
        else:
            snapshot_conf(peer, request, (501, "3002", CONNECT))
    request = await asked(peer, 503)
    calls.send("CALL_CLEARED", other, LocalConnectionState=NULL)
    calls.send("END_CALL", other)
    snapshot_conf(peer, request, (503, DEVICE, HOLD))
    await calls.recorder.wait_for("OnRecovered")
    assert sorted(calls.ended()) == [CALL.uid, other.uid]
    assert calls.ids == ["call.5000.503.3001"]


@pytest.mark.parametrize("is_given_up", [False, True])
async def test_a_call_is_not_begun_while_it_may_be_one_that_was_not_answered(
    calls: CallDesk, server: StructServer, clock: ManualClock, *, is_given_up: bool
) -> None:
    call = await ringing(calls, KEY)
    peer = await repairing(calls, server, clock, (503, DEVICE, HOLD))
    attempts = 6 if is_given_up else 2
    for attempt in range(attempts):
        code = 13 if attempt == attempts - 1 and not is_given_up else 32
        peer.control_failure_conf(await asked(peer), code, 0)
        snapshot_conf(peer, await asked(peer, 503), (503, DEVICE, HOLD), **KEY)
        if attempt < attempts - 1:
            await repair_waits(calls)
            assert calls.events == []
            clock.advance(2**attempt)
    report = await calls.recorder.wait_for("OnRecovered")
    counts = report["CallsRenamed"], report["CallsBegun"], report["CallsEnded"], report["GivenUp"]
    if is_given_up:
        assert counts == (0, 1, 0, 1)
        assert calls.ids == [CALL.uid, "call.5000.503.3001"]
    else:
        assert counts == (1, 0, 0, 0)
        assert calls.found(Connection(503, DEVICE)) is call
        assert calls.one("OnCallDataUpdate")["OldUniqueObjectID"] == CALL.uid


@pytest.mark.parametrize("how", ["ended", "renamed", "goes on"])
async def test_a_call_whose_beginning_was_put_off_does_not_begin_after_its_end(
    calls: CallDesk, server: StructServer, clock: ManualClock, how: str
) -> None:
    await ringing(calls, KEY)
    found, other, later = Connection(503, DEVICE), Connection(503, "3002"), Connection(504, DEVICE)
    peer = await repairing(calls, server, clock, (503, DEVICE, HOLD))
    for attempt in range(6):
        peer.control_failure_conf(await asked(peer), 32, 0)  # busy: the listed call may be this one
        snapshot_conf(peer, await asked(peer, 503), (503, DEVICE, HOLD), **KEY)
        if attempt < 5:
            await repair_waits(calls)
            clock.advance(2**attempt)
    if how == "renamed":  # in the segment that has the last answer, so before the repair is over
        calls.update(found, later)
        snapshot_conf(peer, await asked(peer, 504), (504, DEVICE, HOLD), **KEY)
    else:
        calls.send("END_CALL", found if how == "ended" else other)
    report = await calls.recorder.wait_for("OnRecovered")
    assert (report["CallsBegun"], report["GivenUp"]) == (0, 1)
    request = await asked(peer, 503)
    if how == "goes on":
        snapshot_conf(peer, request, (503, DEVICE, HOLD), **KEY)
    else:
        peer.control_failure_conf(request, 13, 0)
    await calls.settle()
    expected = {"ended": [CALL.uid], "renamed": [CALL.uid, later.uid], "goes on": [CALL.uid, found.uid]}
    assert calls.ids == expected[how]


async def test_statistics_are_asked_for_after_a_call_that_ended_in_the_gap(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    await calls.open_calls(CALL)
    await calls.enable_agent_statistics()
    peer = await repairing(calls, server, clock)
    peer.control_failure_conf(await asked(peer), 13, 0)
    assert agent_asked(await peer.receive(QUERY_AGENT_STATISTICS_REQ)) == "1001"
    assert calls.ended() == [CALL.uid]


@pytest.mark.parametrize("primary_device", ["3002", "3005"])
async def test_a_call_is_the_one_that_joined_it_in_the_gap_only_if_a_device_had_both(
    bulk_calls: CallDesk, server: StructServer, clock: ManualClock, primary_device: str
) -> None:
    calls, consult = bulk_calls, Connection(502, DEVICE)
    others = Connection(501, primary_device), Connection(502, "3002")
    calls.deliver(consult)
    for each in others:
        calls.send("BEGIN_CALL", each)
    await calls.settle()
    call = calls.found(consult)
    calls.clear()
    peer = await repairing_bulk(calls, server, clock, (501, DEVICE, CONNECT))
    for request in [await peer.receive(SNAPSHOT_CALL_REQ) for _ in range(3)]:
        peer.control_failure_conf(request, 13, 0)
    snapshot_conf(peer, await asked(peer, 501), (501, DEVICE, CONNECT))
    await calls.recorder.wait_for("OnRecovered")
    joined = Connection(501, DEVICE)
    if primary_device == "3002":
        assert calls.found(joined) is call
        assert calls.one("OnCallDataUpdate")["OldUniqueObjectID"] == consult.uid
        assert "OnCallBegin" not in calls.events
        assert sorted(calls.ended()) == sorted(each.uid for each in others)
    else:
        assert calls.found(joined) is not call
        assert sorted(calls.ended()) == sorted(each.uid for each in (consult, *others))
    assert calls.ids == [joined.uid]


async def test_silent_monitoring_that_ended_in_the_gap_is_reported_as_stopped(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    calls.send("BEGIN_CALL", CALL, CallType=21)
    calls.send("CALL_ESTABLISHED", CALL, LocalConnectionState=CONNECT, CallingDeviceID=DEVICE)
    await calls.recorder.wait_for("OnSilentMonitorStartedEvent")
    peer = await repairing(calls, server, clock)
    peer.control_failure_conf(await asked(peer), 13, 0)
    await calls.recorder.wait_for("OnRecovered")
    stopped = calls.one("OnSilentMonitorStopRequestedEvent")
    assert (stopped["SilentMonitorCallUID"], stopped["Recovered"]) == (CALL.uid, True)
    assert stopped["SilentMonitorCallDisposition"] == 0
    assert calls.ended() == [CALL.uid]


@pytest.mark.parametrize("target", ["3002", ""])
async def test_silent_monitoring_that_began_in_the_gap_is_reported_as_started(
    calls: CallDesk, server: StructServer, clock: ManualClock, target: str
) -> None:
    calls.session.agent("1002", agent_instrument="3002")
    peer = await repairing(calls, server, clock, (501, DEVICE, CONNECT))
    parties = [(501, DEVICE, CONNECT), (501, target, CONNECT)]
    snapshot_conf(peer, await asked(peer), *parties[: 2 if target else 1], CallType=21)
    await calls.recorder.wait_for("OnRecovered")
    started = calls.one("OnSilentMonitorStartedEvent")
    assert (started["SilentMonitorCallUID"], started["Recovered"]) == (CALL.uid, True)
    assert started["SilentMonitorInitiatingAgentUID"] == "agent.5000.1001"
    assert started["SilentMonitorTargetDeviceID"] == target
    assert started["SilentMonitorTargetAgentUID"] == ("agent.5000.1002" if target else "")
    calls.send("END_CALL", CALL)
    stopped = await calls.recorder.wait_for("OnSilentMonitorStopRequestedEvent")
    assert (stopped["SilentMonitorCallUID"], stopped["SilentMonitorTargetDeviceID"]) == (CALL.uid, target)


@pytest.mark.parametrize(
    ("dialed", "target"), [("3002", "3002"), (DEVICE, ""), ("5551234", "")], ids=["agent", "own", "other"]
)
async def test_silent_monitoring_that_began_in_the_gap_is_of_the_agent_whose_number_was_dialed(
    calls: CallDesk, server: StructServer, clock: ManualClock, dialed: str, target: str
) -> None:
    calls.session.agent("1002", agent_instrument="3002")
    peer = await repairing(calls, server, clock, (501, DEVICE, CONNECT))
    snapshot_conf(peer, await asked(peer), (501, DEVICE, CONNECT), CallType=21, DialedNumber=dialed)
    await calls.recorder.wait_for("OnRecovered")
    started = calls.one("OnSilentMonitorStartedEvent")
    target_agent = "agent.5000.1002" if target else ""
    assert started["SilentMonitorTargetDeviceID"] == target
    assert started["SilentMonitorTargetAgentUID"] == target_agent
    agent = calls.session.agents["1001"]
    assert agent.silent_monitor_call_uid == CALL.uid
    assert agent.silent_monitor_target_agent_uid == (target_agent or None)


async def test_silent_monitoring_that_goes_on_after_a_gap_is_not_reported_again(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    calls.send("BEGIN_CALL", CALL, CallType=21)
    calls.send("CALL_ESTABLISHED", CALL, LocalConnectionState=CONNECT, CallingDeviceID=DEVICE)
    await calls.recorder.wait_for("OnSilentMonitorStartedEvent")
    peer = await repairing(calls, server, clock, (501, DEVICE, CONNECT))
    snapshot_conf(peer, await asked(peer), (501, DEVICE, CONNECT), CallType=21)
    await calls.recorder.wait_for("OnRecovered")
    assert len(calls.of("OnSilentMonitorStartedEvent")) == 1


async def test_a_silent_monitor_call_that_is_found_ringing_has_not_started(
    calls: CallDesk, server: StructServer, clock: ManualClock
) -> None:
    peer = await repairing(calls, server, clock, (501, DEVICE, ALERTING))
    snapshot_conf(peer, await asked(peer), (501, DEVICE, ALERTING), CallType=21)
    await calls.recorder.wait_for("OnRecovered")
    assert not calls.of("OnSilentMonitorStartedEvent")


# --- Calls in progress at the opening ---------------------------------------------------------------


async def opening_during(session: Session, server: StructServer, *events: Callable[[Peer], None]) -> Peer:
    """Set agent mode; the events come before the state of the agent is known."""
    peer = await connected(session, server)
    session.set_agent(an_agent())
    peer.open_conf(await peer.receive(OPEN_REQ), services=AGENT_SERVICES, monitor_id=OWN_MONITOR)
    for event in events:
        event(peer)
    peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
    return peer


def announced(peer: Peer) -> None:
    """Announce a call in progress."""
    send(peer, "BEGIN_CALL", CALL, monitor_id=OWN_MONITOR, ANI=CALLER)


async def test_an_opening_that_no_request_waits_for_asks_for_the_agent_and_the_calls(
    session: Session, server: StructServer, clock: ManualClock, recorder: FullRecorder
) -> None:
    peer = await connected(session, server)
    opening = session.set_agent(an_agent())
    await peer.receive(OPEN_REQ)
    peer.reset()
    with pytest.raises(ConnectionLost):
        await soon(opening)
    await advance(clock, session, lambda: server.has_connection)
    peer = await server.accepted()
    peer.open_conf(await peer.receive(OPEN_REQ), services=AGENT_SERVICES, monitor_id=OWN_MONITOR)
    announced(peer)
    peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
    snapshot_conf(peer, await asked(peer), (501, DEVICE, CONNECT), ANI=CALLER)
    await recorder.wait_for("OnSnapshotCallConf")
    agent = session.current_agent
    assert agent is not None
    assert agent.state == NOT_READY
    assert session.calls[CALL.uid].status == CONNECT
    send(peer, "BEGIN_CALL", Connection(502, DEVICE), monitor_id=OWN_MONITOR)
    await recorder.wait_for("OnCallBegin", 2)
    peer = await reconnected(session, peer, server, clock)
    await answer_opening(peer, state=NOT_READY)
    await list_calls(peer, (501, DEVICE, CONNECT), (502, DEVICE, CONNECT))
    assert [(await peer.receive(SNAPSHOT_CALL_REQ)).fixed(ONE_CALL_LAYOUT)[2] for _ in "12"] == [501, 502]


async def test_a_refused_query_for_the_agent_at_the_opening_is_counted(
    session: Session, server: StructServer
) -> None:
    peer = await connected(session, server)
    opening = session.set_agent(an_agent())
    peer.open_conf(await peer.receive(OPEN_REQ), services=AGENT_SERVICES, monitor_id=OWN_MONITOR)
    peer.failure_conf(await peer.receive(QUERY_AGENT_STATE_REQ), 17)
    await soon(opening)
    assert session.counters()["first_queries_failed"] == 1


async def test_an_agent_whose_first_query_was_lost_is_asked_for_by_the_next_opening(
    session: Session, server: StructServer, clock: ManualClock, recorder: FullRecorder
) -> None:
    peer = await connected(session, server)
    opening = session.set_agent(an_agent())
    peer.open_conf(await peer.receive(OPEN_REQ), services=AGENT_SERVICES, monitor_id=OWN_MONITOR)
    await peer.receive(QUERY_AGENT_STATE_REQ)
    peer = await reconnected(session, peer, server, clock)
    with pytest.raises(ConnectionLost):
        await soon(opening)
    await answer_opening(peer, state=NOT_READY)
    await list_calls(peer)
    await recorder.wait_for("OnRecovered")
    agent = session.current_agent
    assert agent is not None
    assert (agent.state, agent.is_doubtful) == (NOT_READY, False)


async def opening_with_configuration(
    session: Session, server: StructServer, recorder: FullRecorder
) -> tuple[Peer, Request[None]]:
    """Set agent mode with a configuration, which the server has not sent; a call is in progress."""
    peer = await connected(session, server)
    opening = session.set_agent(an_agent(), configuration="agents")
    peer.open_conf(await peer.receive(OPEN_REQ), services=AGENT_SERVICES, monitor_id=OWN_MONITOR)
    query = await peer.receive(QUERY_AGENT_STATE_REQ)
    await peer.receive(CONFIG_REQUEST_EVENT)
    announced(peer)
    await recorder.wait_for("OnCallBegin")
    peer.query_conf(query, NOT_READY)
    return peer, opening


async def test_a_gap_right_after_the_first_answer_ends_all_queries_of_the_opening(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    peer, _ = await opening_with_configuration(session, server, recorder)
    peer.system_event(PERIPHERAL_OFFLINE, PERIPHERAL)  # the client reads it together with the answer
    peer.system_event(PERIPHERAL_ONLINE, PERIPHERAL)
    query = await peer.receive(QUERY_AGENT_STATE_REQ)
    config.agents(peer, config.agent("1001"))  # late, for the opening
    await repair_idles(recorder, peer)
    peer.query_conf(query, NOT_READY)
    await list_calls(peer, (501, DEVICE, CONNECT))
    snapshot_conf(peer, await asked(peer), (501, DEVICE, CONNECT))
    await peer.receive(CONFIG_REQUEST_EVENT)
    config.agents(peer, config.agent("1001"))
    report = await recorder.wait_for("OnRecovered")
    assert (report["AgentsAsked"], report["CallsAsked"], report["DevicesAsked"]) == (1, 1, 1)


async def test_an_error_of_the_first_queries_does_not_drop_the_late_ones(
    session: Session, server: StructServer, recorder: FullRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(acquisition: Acquisition) -> None:
        await ask(acquisition)
        raise ZeroDivisionError

    ask = Acquisition.repair
    monkeypatch.setattr(Acquisition, "repair", failing)
    peer, opening = await opening_with_configuration(session, server, recorder)
    await repair_idles(recorder, peer)
    config.agents(peer, config.agent("1001"))
    snapshot_conf(peer, await asked(peer), (501, DEVICE, CONNECT))
    await recorder.wait_for("OnSnapshotCallConf")
    await soon(opening)
    assert session.calls[CALL.uid].status == CONNECT


async def test_the_state_of_a_call_in_progress_at_the_opening_is_asked_for(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    peer = await opening_during(session, server, announced)
    request = await asked(peer)
    assert ButtonEnablement.ENABLE_HOLD & (session.current_agent.enablement_mask or 0) == 0  # type: ignore[union-attr]
    snapshot_conf(peer, request, (501, DEVICE, CONNECT), ANI=CALLER)
    await recorder.wait_for("OnSnapshotCallConf")
    assert session.calls[CALL.uid].status == CONNECT
    assert ButtonEnablement.ENABLE_HOLD & session.current_agent.enablement_mask  # type: ignore[union-attr,operator]
    assert recorder.names.count("OnCallBegin") == 1
    assert "OnRecovered" not in recorder.names


async def test_a_call_at_the_opening_whose_state_an_event_states_is_not_asked_for(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    def held(peer: Peer) -> None:
        send(peer, "CALL_HELD", CALL, monitor_id=OWN_MONITOR, LocalConnectionState=HOLD)

    peer = await opening_during(session, server, announced, held)
    await recorder.wait_for("OnCallHeld")
    session.current_agent.request_desk_settings()  # type: ignore[union-attr]
    assert (await peer.receive_any()).number == AGENT_DESK_SETTINGS_REQ
    assert session.calls[CALL.uid].status == HOLD


async def test_a_call_that_begins_after_the_opening_is_not_asked_for(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL)
    await calls.settle()
    assert calls.agent is not None
    calls.agent.request_desk_settings()
    assert (await calls.peer.receive_any()).number == AGENT_DESK_SETTINGS_REQ
    assert calls.found(CALL).status is None


async def test_a_call_at_the_opening_that_the_server_does_not_know_has_ended(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    peer = await opening_during(session, server, announced)
    peer.control_failure_conf(await asked(peer), 13, 0)
    args = await recorder.wait_for("OnCallEnd")
    assert (args["UniqueObjectID"], args["Recovered"]) == (CALL.uid, True)
    assert not session.calls
