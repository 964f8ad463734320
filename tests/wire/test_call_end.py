"""END_CALL removes a connection, and it alone."""

import gc
import weakref

from support.call_messages import CONNECT, NULL, Connection
from support.call_steps import DEVICE, SECOND, THIRD, CallDesk

CALL, OTHER = Connection(501, DEVICE), Connection(501, SECOND)


async def two_parties(desk: CallDesk) -> None:
    desk.connect(CALL, OTHER, CallVariable1="gold")
    await desk.settle()
    desk.clear()


async def test_the_end_of_one_connection_leaves_the_others_and_their_data(bulk_calls: CallDesk) -> None:
    await two_parties(bulk_calls)
    remaining = bulk_calls.found(OTHER)
    bulk_calls.send("END_CALL", CALL)
    await bulk_calls.settle()
    assert bulk_calls.ended() == [CALL.uid]
    assert bulk_calls.ids == [OTHER.uid]
    assert bulk_calls.found(OTHER) is remaining
    assert remaining.status == CONNECT
    assert remaining.get_value("CallVariable1") == "gold"


async def test_the_end_of_an_unknown_connection_ends_a_call_whose_connections_are_all_null(
    bulk_calls: CallDesk,
) -> None:
    await two_parties(bulk_calls)
    bulk_calls.send("CALL_CLEARED", CALL, LocalConnectionState=NULL)
    bulk_calls.send("END_CALL", Connection(501, THIRD))
    await bulk_calls.settle()
    assert sorted(bulk_calls.ended()) == [CALL.uid, OTHER.uid]
    assert bulk_calls.ids == []


async def test_the_end_of_an_unknown_connection_ends_nothing_while_one_is_active(
    bulk_calls: CallDesk,
) -> None:
    await two_parties(bulk_calls)
    bulk_calls.send("CALL_CONNECTION_CLEARED", CALL, LocalConnectionState=NULL)
    await bulk_calls.settle()
    before = bulk_calls.session.counters()
    bulk_calls.send("END_CALL", Connection(501, THIRD))
    await bulk_calls.settle()
    assert bulk_calls.of("OnCallEnd") == []
    assert bulk_calls.ids == [CALL.uid, OTHER.uid]
    after = bulk_calls.session.counters()
    counted = [name for name, count in after.items() if "call" in name and count != before[name]]
    assert counted, "the end was neither applied nor counted"


async def test_the_end_of_an_unknown_call_makes_no_call(bulk_calls: CallDesk) -> None:
    await two_parties(bulk_calls)
    bulk_calls.send("END_CALL", Connection(777, THIRD))
    await bulk_calls.settle()
    assert bulk_calls.ids == [CALL.uid, OTHER.uid]
    assert CALL.uid not in bulk_calls.ended()


async def test_a_cleared_call_lives_until_its_end(calls: CallDesk) -> None:
    (call,) = await calls.open_calls(CALL)
    for message in ("CALL_CONNECTION_CLEARED", "CALL_CLEARED"):
        calls.send(message, CALL, LocalConnectionState=NULL)
    await calls.settle()
    assert calls.found(CALL) is call
    assert calls.of("OnCallEnd") == []
    calls.send("END_CALL", CALL)
    await calls.settle()
    assert calls.ended() == [CALL.uid]


async def test_a_cleared_event_without_a_state_makes_every_connection_null(bulk_calls: CallDesk) -> None:
    await two_parties(bulk_calls)
    bulk_calls.send("CALL_CLEARED", CALL)
    await bulk_calls.settle()
    assert (bulk_calls.found(CALL).status, bulk_calls.found(OTHER).status) == (NULL, NULL)
    assert bulk_calls.one("OnCallCleared")["CallStatus"] == NULL


async def test_a_connection_that_is_cleared_leaves_the_others(bulk_calls: CallDesk) -> None:
    await two_parties(bulk_calls)
    bulk_calls.send("CALL_CONNECTION_CLEARED", CALL, ReleasingDeviceID=DEVICE)
    await bulk_calls.settle()
    assert (bulk_calls.found(CALL).status, bulk_calls.found(OTHER).status) == (NULL, CONNECT)


async def test_a_call_ends_without_having_been_cleared(calls: CallDesk) -> None:
    await calls.open_calls(CALL)
    calls.send("END_CALL", CALL)
    await calls.settle()
    assert calls.one("OnCallEnd")["CallStatus"] == CONNECT
    assert calls.events == ["OnCallEnd"]
    assert calls.ids == []


async def test_an_end_that_comes_twice_ends_once(calls: CallDesk) -> None:
    await calls.open_calls(CALL)
    for _ in range(2):
        calls.send("END_CALL", CALL)
    await calls.settle()
    assert calls.ended() == [CALL.uid]
    assert calls.ids == []


async def test_every_connection_begins_and_ends_once(bulk_calls: CallDesk) -> None:
    connections = [Connection(number, device) for number in range(601, 611) for device in (DEVICE, SECOND)]
    for connection in connections:
        bulk_calls.deliver(connection, connection.device_id)
    for connection in reversed(connections):
        bulk_calls.send("END_CALL", connection)
    await bulk_calls.settle()
    begun = [args["UniqueObjectID"] for args in bulk_calls.of("OnCallBegin")]
    assert begun == [connection.uid for connection in connections]
    assert bulk_calls.ended() == begun[::-1]
    assert bulk_calls.ids == []


async def test_one_of_several_calls_that_ends_leaves_the_current_call(calls: CallDesk) -> None:
    other = Connection(502, DEVICE)
    current, _ = await calls.open_calls(CALL, other)
    assert calls.session.current_call is current
    calls.send("END_CALL", other)
    await calls.settle()
    assert calls.session.current_call is current
    assert current.status == CONNECT
    calls.send("END_CALL", CALL)
    await calls.settle()
    assert calls.session.current_call is None


async def test_nothing_holds_a_call_that_has_ended(calls: CallDesk) -> None:
    other = Connection(502, DEVICE)
    held = [weakref.ref(call) for call in await calls.open_calls(CALL, other)]
    calls.session.subscribe(
        "OnCallEnd", lambda args: calls.session.get_object_from_object_id(args["UniqueObjectID"])
    )
    gc.collect()
    gc.disable()
    try:
        for connection in (CALL, other):
            calls.send("CALL_CLEARED", connection, LocalConnectionState=NULL)
            calls.send("END_CALL", connection)
        await calls.settle()
        assert [reference() for reference in held] == [None, None]
    finally:
        gc.enable()
