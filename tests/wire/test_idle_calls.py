"""Calls of which nothing is heard are verified, and finished calls are not kept."""

import asyncio
import gc
import weakref

import pytest
from support.call_messages import CONNECT, HOLD, Connection, snapshot_conf
from support.call_steps import DEVICE, CallDesk
from support.model import MakeSession
from support.statistics_messages import QUERY_AGENT_STATISTICS_REQ, agent_asked
from support.struct_server import SNAPSHOT_CALL_REQ, Frame
from support.wire_steps import ONE_CALL_LAYOUT

from ctios_fast import MethodError
from ctios_fast.connection.clock import ManualClock

CALL = Connection(501, DEVICE)
IDLE = 6 * 3600.0
LOOK = IDLE / 6


async def asked(calls: CallDesk, clock: ManualClock, seconds: float) -> Frame:
    """Let time pass without events; receive the question about the call."""
    pass_time(clock, seconds)
    return await calls.peer.receive(SNAPSHOT_CALL_REQ)


def pass_time(clock: ManualClock, seconds: float) -> None:
    """Move the clock from look to look."""
    for _ in range(round(seconds / LOOK)):
        clock.advance(LOOK)


async def test_an_idle_call_that_the_server_does_not_know_ends(calls: CallDesk, clock: ManualClock) -> None:
    await calls.open_calls(CALL)
    request = await asked(calls, clock, IDLE + LOOK)
    assert request.fixed(ONE_CALL_LAYOUT)[1:] == (5000, 501, 0)
    calls.peer.control_failure_conf(request, 11, 0)
    await calls.recorder.wait_for("OnCallEnd")
    end = calls.one("OnCallEnd")
    assert (end["UniqueObjectID"], end["Recovered"], end["CallStatus"]) == (CALL.uid, True, 0)
    assert calls.ids == []
    assert calls.session.counters()["idle_calls_ended"] == 1


async def test_statistics_are_asked_for_after_an_idle_call_that_has_ended(
    calls: CallDesk, clock: ManualClock
) -> None:
    await calls.open_calls(CALL)
    await calls.enable_agent_statistics()
    request = await asked(calls, clock, IDLE + LOOK)
    calls.peer.control_failure_conf(request, 11, 0)
    assert agent_asked(await calls.peer.receive(QUERY_AGENT_STATISTICS_REQ)) == "1001"
    assert calls.ended() == [CALL.uid]


async def test_an_idle_call_that_goes_on_is_asked_for_again_after_the_same_time(
    calls: CallDesk, clock: ManualClock
) -> None:
    (call,) = await calls.open_calls(CALL)
    for count in (1, 2):
        request = await asked(calls, clock, IDLE + LOOK if count == 1 else IDLE)
        snapshot_conf(calls.peer, request, (501, DEVICE, HOLD))
        await calls.recorder.wait_for("OnSnapshotCallConf", count)
        assert calls.session.counters()["idle_calls_verified"] == count
        await calls.settle()
    assert calls.found(CALL) is call
    assert call.status == HOLD


async def test_a_call_with_events_is_not_asked_for(calls: CallDesk, clock: ManualClock) -> None:
    await calls.open_calls(CALL)
    for _ in range(4):
        pass_time(clock, IDLE - LOOK)
        calls.send("CALL_RETRIEVED", CALL, LocalConnectionState=CONNECT, RetrievingDeviceID=DEVICE)
        await calls.settle()
    assert calls.session.counters()["open_requests"] == 0
    assert calls.session.counters()["idle_calls_verified"] == 0


async def test_a_refusal_that_is_older_than_an_event_does_not_end_an_idle_call(
    calls: CallDesk, clock: ManualClock
) -> None:
    await calls.open_calls(CALL)
    request = await asked(calls, clock, IDLE + LOOK)
    calls.hold(CALL)
    calls.peer.control_failure_conf(request, 11, 0)
    await calls.settle()
    assert calls.ids == [CALL.uid]


@pytest.mark.parametrize("seconds", [0, -1, "soon", True])
def test_the_time_must_be_a_number_above_0(make_session: MakeSession, seconds: object) -> None:
    with pytest.raises(MethodError, match="call_idle_check"):
        make_session(call_idle_check=seconds)


async def test_a_finished_call_is_not_kept(calls: CallDesk, clock: ManualClock) -> None:
    kept = [weakref.ref(call) for call in await calls.open_calls(CALL, Connection(502, DEVICE))]
    calls.send("END_CALL", CALL)
    await calls.settle()
    request = await asked(calls, clock, IDLE + LOOK)
    calls.peer.control_failure_conf(request, 11, 0)
    await calls.recorder.wait_for("OnCallEnd", 2)
    await calls.settle()
    clock.advance(60)  # an answered request is kept for as long as its answer might have taken
    await asyncio.sleep(0)
    gc.collect()
    assert [ref() for ref in kept] == [None, None]
