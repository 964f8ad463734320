"""Calls of a monitor: their events are the monitored twins of those of the session's own calls."""

from support.call_messages import ALERTING, CONNECT, HOLD, NULL, Connection
from support.call_steps import CALLER, DEVICE, SECOND, CallDesk
from support.documented_call_events import TWINS
from support.model import soon
from support.struct_server import MONITOR_START_REQ
from support.wire_steps import FOREIGN_MONITOR, device_monitor

from ctios_fast.model.session_properties import session_context

MINE, MONITORED = Connection(501, DEVICE), Connection(601, SECOND)

#: A monitor that the session has not started.
STRANGER = 4711


def a_monitored_call(calls: CallDesk) -> None:
    fields = {"monitor_id": FOREIGN_MONITOR}
    calls.send("BEGIN_CALL", MONITORED, ANI=CALLER, CallVariable1="gold", **fields)
    calls.send(
        "CALL_DELIVERED",
        MONITORED,
        LocalConnectionState=ALERTING,
        AlertingDeviceID=SECOND,
        CalledDeviceID=SECOND,
        **fields,
    )
    calls.send(
        "CALL_ESTABLISHED",
        MONITORED,
        LocalConnectionState=CONNECT,
        AnsweringDeviceID=SECOND,
        CalledDeviceID=SECOND,
        **fields,
    )
    calls.hold(MONITORED, SECOND, **fields)
    calls.send("CALL_RETRIEVED", MONITORED, LocalConnectionState=CONNECT, RetrievingDeviceID=SECOND, **fields)
    calls.update(MONITORED, CallVariable1="silver", **fields)
    calls.send("CALL_CONNECTION_CLEARED", MONITORED, LocalConnectionState=NULL, **fields)
    calls.send("CALL_CLEARED", MONITORED, LocalConnectionState=NULL, **fields)
    calls.send("END_CALL", MONITORED, **fields)


async def test_a_monitored_call_fires_monitored_events_only(calls: CallDesk) -> None:
    await calls.monitor()
    a_monitored_call(calls)
    await calls.settle()
    assert calls.events == [
        "OnMonitoredCallBegin",
        "OnMonitoredCallDelivered",
        "OnMonitoredCallEstablished",
        "OnMonitoredCallHeld",
        "OnMonitoredCallRetrieved",
        "OnMonitoredCallDataUpdate",
        "OnMonitoredCallConnectionCleared",
        "OnMonitoredCallCleared",
        "OnMonitoredCallEnd",
    ]
    for event in calls.events:
        args = calls.one(event)
        assert args["Monitored"] is True
        assert args["UniqueObjectID"] == MONITORED.uid
    assert calls.one("OnMonitoredCallHeld")["CallStatus"] == HOLD
    assert calls.one("OnMonitoredCallDelivered")["DeviceUniqueObjectID"] == "device.5000.3002"
    assert calls.session.current_call is None
    assert calls.ids == []


async def test_own_and_monitored_calls_are_apart(calls: CallDesk) -> None:
    await calls.monitor()
    (mine,) = await calls.open_calls(MINE)
    calls.send("BEGIN_CALL", MONITORED, monitor_id=FOREIGN_MONITOR, CallVariable1="gold")
    calls.send(
        "CALL_DELIVERED",
        MONITORED,
        monitor_id=FOREIGN_MONITOR,
        LocalConnectionState=ALERTING,
        AlertingDeviceID=SECOND,
    )
    calls.hold(MINE)
    await calls.settle()
    assert calls.events == ["OnMonitoredCallBegin", "OnMonitoredCallDelivered", "OnCallHeld"]
    assert "Monitored" not in calls.one("OnCallHeld")
    assert (mine.status, calls.found(MONITORED).status) == (HOLD, ALERTING)
    assert calls.session.current_call is mine


async def test_a_call_of_no_monitor_is_the_sessions_own(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", MINE, monitor_id=0)
    calls.send("CALL_DELIVERED", MINE, monitor_id=0, LocalConnectionState=ALERTING, AlertingDeviceID=DEVICE)
    calls.send("END_CALL", MINE, monitor_id=0)
    await calls.settle()
    assert calls.events == ["OnCallBegin", "OnCallDelivered", "OnCallEnd"]


async def test_bulk_mode_has_own_calls_only(bulk_calls: CallDesk) -> None:
    bulk_calls.send("BEGIN_CALL", MINE, monitor_id=FOREIGN_MONITOR)
    bulk_calls.send("BEGIN_CALL", MONITORED)
    bulk_calls.send("END_CALL", MONITORED, monitor_id=FOREIGN_MONITOR)
    bulk_calls.send("END_CALL", MINE)
    await bulk_calls.settle()
    assert bulk_calls.events == ["OnCallBegin", "OnCallBegin", "OnCallEnd", "OnCallEnd"]
    assert not set(TWINS.values()) & set(bulk_calls.events)


async def test_a_monitored_call_changes_its_id_as_an_own_one_does(calls: CallDesk) -> None:
    await calls.monitor()
    joined = Connection(603, SECOND)
    calls.send("BEGIN_CALL", MONITORED, monitor_id=FOREIGN_MONITOR)
    await calls.settle()
    call = calls.found(MONITORED)
    calls.update(MONITORED, joined, monitor_id=FOREIGN_MONITOR)
    await calls.settle()
    assert calls.found(joined) is call
    update = calls.one("OnMonitoredCallDataUpdate")
    assert (update["UniqueObjectID"], update["OldUniqueObjectID"]) == (joined.uid, MONITORED.uid)
    assert calls.call(MONITORED) is None


async def test_a_call_of_a_monitor_becomes_the_sessions_own(calls: CallDesk) -> None:
    await calls.monitor()
    calls.send("BEGIN_CALL", MINE, monitor_id=FOREIGN_MONITOR, CallVariable1="gold")
    await calls.settle()
    call = calls.found(MINE)
    calls.deliver(MINE)
    await calls.settle()
    assert calls.events == ["OnMonitoredCallBegin", "OnCallBegin", "OnCallDelivered"]
    assert calls.found(MINE) is call
    assert not call.is_monitored
    assert calls.session.current_call is call


async def test_the_end_of_the_monitoring_is_not_the_end_of_the_own_call(calls: CallDesk) -> None:
    await calls.monitor()
    (call,) = await calls.open_calls(MINE)
    calls.send("END_CALL", MINE, monitor_id=FOREIGN_MONITOR)
    calls.hold(MINE)
    await calls.settle()
    assert calls.events == ["OnMonitoredCallEnd", "OnCallHeld"]
    assert calls.found(MINE) is call
    assert calls.session.current_call is call
    calls.send("END_CALL", MINE)
    await calls.settle()
    assert calls.ended() == [MINE.uid]
    assert calls.ids == []
    assert calls.session.counters()["calls_without_begin"] == 0


async def test_both_copies_of_each_event_are_fired(calls: CallDesk) -> None:
    await calls.monitor(DEVICE)
    for monitor_id in (calls.monitor_id, FOREIGN_MONITOR):
        calls.send("BEGIN_CALL", MINE, monitor_id=monitor_id)
    for monitor_id in (FOREIGN_MONITOR, calls.monitor_id):
        calls.hold(MINE, monitor_id=monitor_id)
        calls.update(MINE, monitor_id=monitor_id, CallVariable1="gold")
    await calls.settle()
    call = calls.found(MINE)
    assert (call.status, call.is_monitored) == (HOLD, False)
    for monitor_id in (calls.monitor_id, FOREIGN_MONITOR):
        calls.send("END_CALL", MINE, monitor_id=monitor_id)
    await calls.settle()
    assert calls.events == [
        "OnCallBegin",
        "OnMonitoredCallBegin",
        "OnMonitoredCallHeld",
        "OnMonitoredCallDataUpdate",
        "OnCallHeld",
        "OnCallDataUpdate",
        "OnCallEnd",
        "OnMonitoredCallEnd",
    ]
    assert calls.ids == []
    assert calls.session.current_call is None
    assert calls.session.counters()["ends_of_unknown_calls"] == 0


async def test_a_call_that_a_monitor_goes_on_reporting_is_not_the_current_one(calls: CallDesk) -> None:
    await calls.monitor(DEVICE)
    calls.send("BEGIN_CALL", MINE)
    calls.send("BEGIN_CALL", MINE, monitor_id=FOREIGN_MONITOR)
    await calls.settle()
    call = calls.found(MINE)
    assert calls.session.current_call is call
    calls.send("END_CALL", MINE)
    await calls.settle()
    assert calls.session.current_call is None
    assert (calls.found(MINE), call.is_monitored, call.is_alive) == (call, True, True)


async def test_an_unknown_monitor_at_the_own_device_is_the_sessions_own(calls: CallDesk) -> None:
    dynamic = Connection(502, "dyn.1")
    for connection in (MINE, dynamic):
        calls.send("BEGIN_CALL", connection, monitor_id=STRANGER)
        calls.send(
            "CALL_DELIVERED",
            connection,
            monitor_id=STRANGER,
            LocalConnectionState=ALERTING,
            AlertingDeviceID=DEVICE,
        )
    await calls.settle()
    assert calls.events == [
        "OnCallBegin",
        "OnCallDelivered",
        "OnMonitoredCallBegin",
        "OnCallBegin",
        "OnCallDelivered",
    ]
    assert calls.of("OnCallBegin")[1]["Recovered"] is True
    assert not calls.found(dynamic).is_monitored
    assert calls.session.counters()["events_of_unknown_monitors"] == 4


async def test_an_unknown_monitor_at_another_device_reports_a_monitored_call(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", MONITORED, monitor_id=STRANGER)
    calls.hold(MONITORED, SECOND, monitor_id=STRANGER)
    calls.send("END_CALL", MONITORED, monitor_id=STRANGER)
    await calls.settle()
    assert calls.events == ["OnMonitoredCallBegin", "OnMonitoredCallHeld", "OnMonitoredCallEnd"]
    assert calls.ids == []


async def test_the_first_event_of_a_monitor_may_come_before_its_confirmation(calls: CallDesk) -> None:
    request = calls.session.request(*device_monitor(DEVICE))
    asked = await calls.peer.receive(MONITOR_START_REQ)
    calls.send("BEGIN_CALL", MINE)
    calls.send("BEGIN_CALL", MINE, monitor_id=FOREIGN_MONITOR)
    calls.peer.monitor_start_conf(asked, FOREIGN_MONITOR)
    calls.hold(MINE, monitor_id=FOREIGN_MONITOR)
    await soon(request)
    await calls.settle()
    assert calls.events == ["OnCallBegin", "OnMonitoredCallBegin", "OnMonitoredCallHeld"]


async def test_a_flood_of_unknown_monitors_is_counted_and_keeps_nothing(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", MONITORED, monitor_id=STRANGER)
    for monitor_id in range(10_000, 15_000):
        calls.hold(MONITORED, SECOND, monitor_id=monitor_id)
    await calls.settle()
    assert len(calls.of("OnMonitoredCallHeld")) == 5000
    assert calls.session.counters()["events_of_unknown_monitors"] == 5001
    monitors = session_context(calls.session).monitors
    assert len(monitors.strangers) <= 1024
    assert not calls.found(MONITORED).monitors
