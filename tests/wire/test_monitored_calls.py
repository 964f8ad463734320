"""Calls of a monitor: their events are the monitored twins of those of the session's own calls."""

from support.call_messages import ALERTING, CONNECT, HOLD, NULL, Connection
from support.call_steps import CALLER, DEVICE, SECOND, CallDesk
from support.documented_call_events import TWINS
from support.wire_steps import FOREIGN_MONITOR

MINE, MONITORED = Connection(501, DEVICE), Connection(601, SECOND)


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
