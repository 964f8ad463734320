"""Call messages that contradict each other: ids in circles, unknown parties, too many calls, two monitors."""

from support.call_messages import Connection
from support.call_steps import DEVICE, SECOND, CallDesk
from support.wire_steps import FOREIGN_MONITOR

from ctios_fast.model.calls.call_index import MAX_CONNECTIONS
from ctios_fast.model.session_properties import session_context

A, B = Connection(501, DEVICE), Connection(502, DEVICE)


def no_errors(desk: CallDesk) -> None:
    counters = desk.session.counters()
    assert (counters["handler_errors"], counters["listener_errors"]) == (0, 0)


async def test_ids_that_change_in_a_circle_keep_the_object(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", A)
    await calls.settle()
    call = calls.found(A)
    for old, new in ((A, B), (B, A), (A, A), (A, B), (B, A)):
        calls.update(old, new)
        await calls.settle()
        assert calls.ids == [new.uid]
        assert calls.found(new) is call
    calls.send("END_CALL", A)
    await calls.settle()
    assert calls.ids == []
    assert calls.ended() == [A.uid]
    no_errors(calls)


async def test_an_id_that_another_call_has_keeps_both_until_they_end(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", A)
    calls.send("BEGIN_CALL", B)
    await calls.settle()
    first, second = calls.found(A), calls.found(B)
    calls.update(A, B)
    calls.update(B, A)
    await calls.settle()
    assert calls.found(A) is first
    assert calls.found(B) is second
    calls.send("END_CALL", A)
    calls.send("END_CALL", B)
    await calls.settle()
    assert calls.ids == []
    assert not first.is_alive
    assert not second.is_alive
    no_errors(calls)


async def test_the_end_of_an_unknown_call_is_counted(calls: CallDesk) -> None:
    for _ in range(3):
        calls.send("END_CALL", A)
    await calls.settle()
    assert calls.events == []
    assert calls.session.counters()["ends_of_unknown_calls"] == 3
    no_errors(calls)


async def test_a_conference_of_unknown_calls_makes_no_call_known_in_agent_mode(calls: CallDesk) -> None:
    parties = [Connection(503, DEVICE), Connection(503, SECOND), Connection(503, "nowhere")]
    calls.join("CALL_CONFERENCED", A, B, parties)
    await calls.settle()
    assert calls.ids == []
    no_errors(calls)
    calls.recorder.clear()  # what is not known of the calls, the event lacks


async def test_a_conference_of_unknown_calls_makes_its_parties_known_in_bulk_mode(
    bulk_calls: CallDesk,
) -> None:
    desk = bulk_calls
    parties = [Connection(503, DEVICE), Connection(503, SECOND), Connection(503, "nowhere")]
    desk.join("CALL_CONFERENCED", A, B, parties)
    await desk.settle()
    assert desk.ids == sorted(party.uid for party in parties)
    assert desk.session.counters()["calls_without_begin"] == 1  # they share an id
    no_errors(desk)
    desk.recorder.clear()  # what is not known of the calls, the event lacks


async def test_ten_thousand_calls_stay_within_the_limits(bulk_calls: CallDesk) -> None:
    desk = bulk_calls
    session_context(desk.session).registry["call"].max_objects = 1000
    for number in range(10_000):
        desk.send("BEGIN_CALL", Connection(1000 + number, DEVICE))
    await desk.settle()
    assert len(desk.ids) == 1000
    assert desk.session.counters()["calls_refused"] == 9000
    no_errors(desk)


async def test_a_call_has_a_limited_number_of_connections(bulk_calls: CallDesk) -> None:
    desk = bulk_calls
    for number in range(MAX_CONNECTIONS + 44):
        desk.send("BEGIN_CALL", Connection(501, f"{5000 + number}"))
    await desk.settle()
    assert len(desk.ids) == MAX_CONNECTIONS
    assert desk.session.counters()["calls_refused"] == 44
    no_errors(desk)


async def test_a_call_that_both_monitors_report_is_one_object(calls: CallDesk) -> None:
    await calls.monitor()
    calls.send("BEGIN_CALL", A)
    await calls.settle()
    call = calls.found(A)
    calls.send("BEGIN_CALL", A, monitor_id=FOREIGN_MONITOR)
    calls.hold(A)
    calls.hold(A, monitor_id=FOREIGN_MONITOR)
    await calls.settle()
    assert calls.found(A) is call
    assert [event for event in calls.events if "Held" in event] == ["OnCallHeld", "OnMonitoredCallHeld"]
    assert "Monitored" not in calls.one("OnCallHeld")
    assert calls.one("OnMonitoredCallHeld")["Monitored"] is True
    no_errors(calls)
