"""Transfers: consultative ones, seen from each of the parties, and single step ones."""

import pytest
from support.call_messages import (
    CONNECT,
    CONSULT_OFFERED,
    NO_CALL,
    NO_CONNECTION,
    NULL,
    OFFERED,
    TRANSFER,
    Connection,
)
from support.call_steps import DEVICE, SECOND, THIRD, CallDesk

ORIGINAL, CONSULTED = Connection(501, DEVICE), Connection(502, DEVICE)
NO_SECOND_CALL = Connection(NO_CALL, "", NO_CONNECTION)


@pytest.mark.parametrize("result", [501, 502, 503], ids="result {}".format)
async def test_both_calls_of_the_transferring_agent_end(calls: CallDesk, result: int) -> None:
    original, consult = await calls.open_calls(ORIGINAL, CONSULTED)
    calls.hold(ORIGINAL)
    await calls.settle()
    calls.clear()
    calls.join(
        "CALL_TRANSFERRED",
        ORIGINAL,
        CONSULTED,
        [Connection(result, "trunk.17"), Connection(result, SECOND)],
        LocalConnectionState=NULL,
        EventCause=TRANSFER,
        TransferringDeviceID=DEVICE,
        TransferredDeviceID=SECOND,
    )
    await calls.settle()
    assert calls.events == ["OnCallTransferred"]
    transferred = calls.one("OnCallTransferred")
    assert (transferred["UniqueObjectID"], transferred["ConnectionCallID"]) == (ORIGINAL.uid, 501)
    assert (transferred["PeripheralID"], transferred["CallStatus"]) == (5000, NULL)
    assert (original.status, consult.status) == (NULL, NULL)
    for connection in (ORIGINAL, CONSULTED):
        calls.send("END_CALL", connection)
    await calls.settle()
    assert calls.events == ["OnCallTransferred", "OnCallEnd", "OnCallEnd"]
    assert calls.ended() == [ORIGINAL.uid, CONSULTED.uid]
    assert calls.ids == []
    assert calls.session.current_call is None


@pytest.mark.parametrize("result", [501, 503], ids="result {}".format)
@pytest.mark.parametrize("first", ["event", "update"])
async def test_the_call_of_the_agent_who_gets_it_stays_the_same_object(
    calls: CallDesk, result: int, first: str
) -> None:
    # The session's agent was consulted by an agent at another device.
    primary, secondary = Connection(501, THIRD), Connection(502, THIRD)
    mine, result_of_mine = Connection(502, DEVICE), Connection(result, DEVICE)
    (call,) = await calls.open_calls(mine)

    def update() -> None:
        calls.update(mine, result_of_mine, CallType=CONSULT_OFFERED, ANI="5551234", CallVariable1="gold")

    def transferred() -> None:
        calls.join(
            "CALL_TRANSFERRED",
            primary,
            secondary,
            [Connection(result, "trunk.17"), result_of_mine],
            LocalConnectionState=CONNECT,
            EventCause=TRANSFER,
            TransferringDeviceID=THIRD,
            TransferredDeviceID=DEVICE,
        )

    for step in (transferred, update) if first == "event" else (update, transferred):
        step()
    await calls.settle()
    assert calls.found(result_of_mine) is call
    assert calls.ids == [result_of_mine.uid]
    assert call.status == CONNECT
    assert (call.get_value("CallType"), call.get_value("CallVariable1")) == (CONSULT_OFFERED, "gold")
    assert calls.one("OnCallTransferred")["UniqueObjectID"] == result_of_mine.uid
    updates = calls.of("OnCallDataUpdate")
    assert {args["UniqueObjectID"] for args in updates} == {result_of_mine.uid}
    assert [args["OldUniqueObjectID"] for args in updates if "OldUniqueObjectID" in args] == [mine.uid]
    assert calls.session.current_call is call
    assert "OnCallBegin" not in calls.events
    assert calls.session.counters()["calls_without_begin"] == 0
    calls.send("END_CALL", result_of_mine)
    await calls.settle()
    assert calls.ended() == [result_of_mine.uid]
    assert calls.ids == []


async def test_a_peripheral_sees_the_parties_move_to_one_call(bulk_calls: CallDesk) -> None:
    caller, consulted = Connection(501, THIRD), Connection(502, SECOND)
    bulk_calls.connect(caller, ORIGINAL, CONSULTED, consulted)
    bulk_calls.hold(ORIGINAL)
    await bulk_calls.settle()
    party, target = bulk_calls.found(caller), bulk_calls.found(consulted)
    bulk_calls.clear()
    results = [Connection(503, THIRD), Connection(503, SECOND)]
    bulk_calls.join(
        "CALL_TRANSFERRED",
        ORIGINAL,
        CONSULTED,
        results,
        LocalConnectionState=NULL,
        TransferringDeviceID=DEVICE,
        TransferredDeviceID=SECOND,
    )
    await bulk_calls.settle()
    assert [bulk_calls.found(result) for result in results] == [party, target]
    assert (party.status, target.status) == (CONNECT, CONNECT)
    for connection in (ORIGINAL, CONSULTED):
        assert bulk_calls.found(connection).status == NULL
        bulk_calls.send("END_CALL", connection)
    await bulk_calls.settle()
    assert bulk_calls.ids == sorted(result.uid for result in results)
    for result in results:
        bulk_calls.send("CALL_CLEARED", result, LocalConnectionState=NULL)
        bulk_calls.send("END_CALL", result)
    await bulk_calls.settle()
    assert sorted(bulk_calls.ended()) == sorted(each.uid for each in (ORIGINAL, CONSULTED, *results))
    assert bulk_calls.ids == []


async def test_a_single_step_transfer_ends_the_agents_only_call(calls: CallDesk) -> None:
    (call,) = await calls.open_calls(ORIGINAL)
    calls.update(ORIGINAL, CallType=OFFERED)
    calls.join(
        "CALL_TRANSFERRED",
        ORIGINAL,
        NO_SECOND_CALL,
        [Connection(501, "trunk.17"), Connection(501, SECOND)],
        LocalConnectionState=NULL,
        TransferringDeviceID=DEVICE,
        TransferredDeviceID=SECOND,
    )
    await calls.settle()
    assert calls.one("OnCallTransferred")["UniqueObjectID"] == ORIGINAL.uid
    assert calls.one("OnCallTransferred")["CallType"] == OFFERED
    assert call.status == NULL
    calls.send("END_CALL", ORIGINAL)
    await calls.settle()
    assert calls.ended() == [ORIGINAL.uid]
    assert calls.ids == []
    assert calls.session.counters()["calls_without_begin"] == 0


async def test_a_call_that_is_gone_before_its_transfer_is_reported_makes_no_new_call(calls: CallDesk) -> None:
    await calls.open_calls(ORIGINAL, CONSULTED)
    for connection in (ORIGINAL, CONSULTED):
        calls.send("END_CALL", connection)
    calls.join(
        "CALL_TRANSFERRED",
        ORIGINAL,
        CONSULTED,
        [Connection(503, "trunk.17"), Connection(503, SECOND)],
        LocalConnectionState=NULL,
        TransferringDeviceID=DEVICE,
    )
    await calls.settle()
    assert calls.ended() == [ORIGINAL.uid, CONSULTED.uid]
    assert calls.session.current_call is None
    assert "OnCallBegin" not in calls.events
