"""Conferences: two calls become one, whose id may be that of neither."""

import pytest
from support.call_messages import CONFERENCE, CONNECT, CONSULT_CALL, HOLD, NONE, NULL, Connection
from support.call_steps import DEVICE, SECOND, THIRD, CallDesk

ORIGINAL, CONSULTED, JOINED = (Connection(number, DEVICE) for number in (501, 502, 503))

#: The connections of the resulting call: the controller, the caller's trunk, and the consulted agent.
PARTIES = [JOINED, Connection(503, "trunk.17"), Connection(503, SECOND)]


def conference(desk: CallDesk, parties: list[Connection] = PARTIES, state: int = CONNECT) -> None:
    desk.join(
        "CALL_CONFERENCED",
        ORIGINAL,
        CONSULTED,
        parties,
        LocalConnectionState=state,
        ControllerDeviceID=DEVICE,
        AddedPartyDeviceID=SECOND,
    )


def rename(desk: CallDesk) -> None:
    desk.update(ORIGINAL, JOINED, CallType=CONFERENCE)


def end_consult(desk: CallDesk) -> None:
    desk.send("END_CALL", CONSULTED)


def changes_of_id(desk: CallDesk) -> list[tuple[str, str]]:
    """Old and new id of each call, as events reported the changes."""
    return [
        (args["OldUniqueObjectID"], args["UniqueObjectID"])
        for args in desk.of("OnCallDataUpdate")
        if "OldUniqueObjectID" in args
    ]


ORDERS = {
    "update, conferenced, end": (rename, conference, end_consult),
    "conferenced, update, end": (conference, rename, end_consult),
    "conferenced, end, update": (conference, end_consult, rename),
    "update, end, conferenced": (rename, end_consult, conference),
    "end, update, conferenced": (end_consult, rename, conference),
    "end, conferenced, update": (end_consult, conference, rename),
}


@pytest.mark.parametrize("order", ORDERS)
async def test_a_third_id_reaches_the_object_of_the_first_call_in_any_order(
    calls: CallDesk, order: str
) -> None:
    original, _ = await calls.open_calls(ORIGINAL, CONSULTED)
    calls.update(ORIGINAL, CallVariable1="the original's")
    calls.update(CONSULTED, CallVariable1="the consult's")
    calls.hold(ORIGINAL)
    await calls.settle()
    calls.clear()
    for step in ORDERS[order]:
        step(calls)
    await calls.settle()

    # The object is the same, the old id is not found, the new one is.
    assert calls.found(JOINED) is original
    assert calls.call(ORIGINAL) is None
    assert calls.call(CONSULTED) is None
    assert calls.session.current_call is original
    assert original.status == CONNECT

    # One end of the consult call, and one event for the conference.
    assert calls.ended() == [CONSULTED.uid]
    assert calls.one("OnCallConferenced")["UniqueObjectID"] == JOINED.uid
    assert calls.one("OnCallConferenced")["ConnectionCallID"] == 503
    assert calls.one("OnCallConferenced")["CallVariable1"] == "the original's"
    assert {args["UniqueObjectID"] for args in calls.of("OnCallDataUpdate")} == {JOINED.uid}
    assert changes_of_id(calls) == [(ORIGINAL.uid, JOINED.uid)]
    assert "OnCallBegin" not in calls.events
    assert calls.session.counters()["calls_without_begin"] == 0

    # The resulting call ends as any other.
    calls.send("CALL_CONNECTION_CLEARED", JOINED, LocalConnectionState=NULL, ReleasingDeviceID=DEVICE)
    calls.send("END_CALL", JOINED)
    await calls.settle()
    assert calls.ended() == [CONSULTED.uid, JOINED.uid]
    assert calls.ids == []
    assert calls.session.current_call is None


async def test_an_update_that_changes_the_id_names_the_old_one(calls: CallDesk) -> None:
    (original,) = await calls.open_calls(ORIGINAL)
    rename(calls)
    await calls.settle()
    update = calls.one("OnCallDataUpdate")
    assert update["OldUniqueObjectID"] == ORIGINAL.uid
    assert update["UniqueObjectID"] == JOINED.uid
    assert (update["ConnectionCallID"], update["CallType"]) == (503, CONFERENCE)
    assert calls.found(JOINED) is original
    assert original.get_value("CallType") == CONFERENCE
    assert calls.call(ORIGINAL) is None


async def test_an_update_may_change_the_connection_and_not_the_call_id(calls: CallDesk) -> None:
    (original,) = await calls.open_calls(ORIGINAL)
    moved = Connection(501, "3001.2", 1)
    calls.update(ORIGINAL, moved)
    await calls.settle()
    assert calls.found(moved) is original
    assert calls.call(ORIGINAL) is None
    assert calls.one("OnCallDataUpdate")["OldUniqueObjectID"] == ORIGINAL.uid
    calls.hold(moved)
    await calls.settle()
    assert original.status == HOLD


async def test_the_result_may_keep_the_first_calls_id(calls: CallDesk) -> None:
    original, _ = await calls.open_calls(ORIGINAL, CONSULTED)
    calls.hold(ORIGINAL)
    conference(calls, [party._replace(call_id=501) for party in PARTIES])
    end_consult(calls)
    await calls.settle()
    assert calls.found(ORIGINAL) is original
    assert original.status == CONNECT
    assert calls.ended() == [CONSULTED.uid]
    assert calls.call(CONSULTED) is None
    assert calls.one("OnCallConferenced")["UniqueObjectID"] == ORIGINAL.uid


async def test_the_result_may_have_the_consult_calls_id(calls: CallDesk) -> None:
    await calls.open_calls(ORIGINAL, CONSULTED)
    calls.hold(ORIGINAL)
    conference(calls, [party._replace(call_id=502) for party in PARTIES])
    calls.send("END_CALL", ORIGINAL)
    await calls.settle()
    assert calls.found(CONSULTED).status == CONNECT
    assert calls.call(ORIGINAL) is None
    assert calls.ended() == [ORIGINAL.uid]
    assert "OnCallBegin" not in calls.events
    calls.send("END_CALL", CONSULTED)
    await calls.settle()
    assert calls.ended() == [ORIGINAL.uid, CONSULTED.uid]
    assert calls.ids == []


async def test_a_conference_without_a_state_makes_the_controllers_connection_active(calls: CallDesk) -> None:
    original, _ = await calls.open_calls(ORIGINAL, CONSULTED)
    calls.hold(ORIGINAL)
    conference(calls, state=NONE)
    await calls.settle()
    assert calls.found(JOINED) is original
    assert original.status == CONNECT
    assert calls.one("OnCallConferenced")["CallStatus"] == CONNECT


async def test_the_other_parties_keep_their_objects_and_their_states(bulk_calls: CallDesk) -> None:
    caller, consulted = Connection(501, THIRD), Connection(502, SECOND)
    bulk_calls.connect(caller, ORIGINAL, CONSULTED, consulted)
    bulk_calls.update(ORIGINAL, CallVariable1="the original's", CallVariable2="kept")
    bulk_calls.update(CONSULTED, CallType=CONSULT_CALL, CallVariable1="the consult's")
    bulk_calls.hold(ORIGINAL)
    await bulk_calls.settle()
    parties = {name: bulk_calls.found(name) for name in (caller, ORIGINAL, CONSULTED, consulted)}
    bulk_calls.clear()

    conference(bulk_calls, [JOINED, Connection(503, THIRD), Connection(503, SECOND)])
    bulk_calls.send("END_CALL", CONSULTED)
    await bulk_calls.settle()
    assert bulk_calls.found(JOINED) is parties[ORIGINAL]
    assert bulk_calls.found(Connection(503, THIRD)) is parties[caller]
    assert bulk_calls.found(Connection(503, SECOND)) is parties[consulted]
    assert bulk_calls.ids == sorted(f"call.5000.503.{device}" for device in (DEVICE, SECOND, THIRD))
    for connection in (caller, ORIGINAL, consulted):
        call = parties[connection]
        assert call.status == CONNECT
        assert call.get_value("CallVariable1") == "the original's"
        assert call.get_value("CallVariable2") == "kept"
    assert bulk_calls.ended() == [CONSULTED.uid]
    assert "OnCallBegin" not in bulk_calls.events
    assert sorted(changes_of_id(bulk_calls)) == [
        (old.uid, old._replace(call_id=503).uid) for old in (ORIGINAL, caller, consulted)
    ]
    assert bulk_calls.events[-2:] == ["OnCallConferenced", "OnCallEnd"]

    # A party that leaves ends alone.
    leaving = Connection(503, SECOND)
    bulk_calls.send("CALL_CONNECTION_CLEARED", leaving, LocalConnectionState=NULL, ReleasingDeviceID=SECOND)
    bulk_calls.send("END_CALL", leaving)
    await bulk_calls.settle()
    assert bulk_calls.ids == [f"call.5000.503.{device}" for device in (DEVICE, THIRD)]
    assert parties[ORIGINAL].status == CONNECT


async def test_updates_of_every_party_before_the_event_rename_each_object_once(bulk_calls: CallDesk) -> None:
    caller, consulted = Connection(501, THIRD), Connection(502, SECOND)
    bulk_calls.connect(caller, ORIGINAL, CONSULTED, consulted)
    await bulk_calls.settle()
    parties = {name: bulk_calls.found(name) for name in (caller, ORIGINAL, CONSULTED, consulted)}
    bulk_calls.clear()
    renamed = {name: name._replace(call_id=503) for name in (caller, ORIGINAL, consulted)}
    for old, new in renamed.items():
        bulk_calls.update(old, new, CallType=CONFERENCE)
    conference(bulk_calls, [JOINED, Connection(503, THIRD), Connection(503, SECOND)])
    bulk_calls.send("END_CALL", CONSULTED)
    await bulk_calls.settle()
    for old, new in renamed.items():
        assert bulk_calls.found(new) is parties[old]
    assert changes_of_id(bulk_calls) == [(old.uid, new.uid) for old, new in renamed.items()]
    assert bulk_calls.ended() == [CONSULTED.uid]
    for new in renamed.values():
        bulk_calls.send("END_CALL", new)
    await bulk_calls.settle()
    assert bulk_calls.ended() == [CONSULTED.uid, *(new.uid for new in renamed.values())]
    assert bulk_calls.ids == []


async def test_an_update_of_an_unseen_party_renames_all_connections_of_the_call(bulk_calls: CallDesk) -> None:
    other = Connection(501, SECOND)
    for connection, device in ((ORIGINAL, DEVICE), (other, SECOND)):
        bulk_calls.deliver(connection, device)
    await bulk_calls.settle()
    first, second = bulk_calls.found(ORIGINAL), bulk_calls.found(other)
    bulk_calls.update(Connection(501, "trunk.17"), Connection(503, "trunk.17"))
    await bulk_calls.settle()
    assert bulk_calls.found(JOINED) is first
    assert bulk_calls.found(Connection(503, SECOND)) is second
    assert bulk_calls.call(ORIGINAL) is None
    assert bulk_calls.call(other) is None


async def test_a_third_party_joins_a_conference(calls: CallDesk) -> None:
    original, _ = await calls.open_calls(ORIGINAL, CONSULTED)
    calls.hold(ORIGINAL)
    conference(calls, [party._replace(call_id=501) for party in PARTIES])
    end_consult(calls)
    (second,) = await calls.open_calls(Connection(504, DEVICE))
    assert second is not original
    calls.hold(ORIGINAL)
    calls.join(
        "CALL_CONFERENCED",
        ORIGINAL,
        Connection(504, DEVICE),
        [ORIGINAL, Connection(501, "trunk.17"), Connection(501, SECOND), Connection(501, THIRD)],
        LocalConnectionState=CONNECT,
        ControllerDeviceID=DEVICE,
        AddedPartyDeviceID=THIRD,
    )
    calls.send("END_CALL", Connection(504, DEVICE))
    await calls.settle()
    assert calls.found(ORIGINAL) is original
    assert original.status == CONNECT
    assert calls.ended() == [Connection(504, DEVICE).uid]


async def test_the_call_of_the_consulted_agent_keeps_its_state(calls: CallDesk) -> None:
    # An agent at another device joins the session's agent, who holds the consult call.
    mine = Connection(502, DEVICE)
    (call,) = await calls.open_calls(mine)
    calls.hold(mine)
    calls.join(
        "CALL_CONFERENCED",
        Connection(501, THIRD),
        Connection(502, THIRD),
        [Connection(503, THIRD), Connection(503, "trunk.17"), JOINED],
        LocalConnectionState=CONNECT,
        ControllerDeviceID=THIRD,
        AddedPartyDeviceID=DEVICE,
    )
    await calls.settle()
    assert calls.found(JOINED) is call
    assert call.status == HOLD
    assert calls.one("OnCallConferenced")["UniqueObjectID"] == JOINED.uid
    assert calls.one("OnCallConferenced")["CallStatus"] == HOLD
    assert calls.ids == [JOINED.uid]


async def test_a_conference_that_lists_no_parties_goes_on_with_the_first_call(calls: CallDesk) -> None:
    original, consult = await calls.open_calls(ORIGINAL, CONSULTED)
    calls.hold(ORIGINAL)
    conference(calls, [])
    await calls.settle()
    assert calls.found(ORIGINAL) is original
    assert (original.status, consult.status) == (CONNECT, NULL)


async def test_another_party_that_leaves_is_reported_and_is_not_a_call_of_the_agent(calls: CallDesk) -> None:
    original, _ = await calls.open_calls(ORIGINAL, CONSULTED)
    calls.hold(ORIGINAL)
    conference(calls)
    end_consult(calls)
    await calls.settle()
    calls.clear()
    leaving = Connection(503, SECOND)
    calls.send("CALL_CONNECTION_CLEARED", leaving, LocalConnectionState=NULL, ReleasingDeviceID=SECOND)
    await calls.settle()
    assert calls.events == ["OnCallConnectionCleared"]
    assert calls.one("OnCallConnectionCleared")["UniqueObjectID"] == leaving.uid
    assert calls.one("OnCallConnectionCleared")["CallStatus"] == NULL
    assert original.status == CONNECT
    assert calls.ids == [JOINED.uid]


async def test_an_update_of_another_party_renames_the_agents_call(calls: CallDesk) -> None:
    (original,) = await calls.open_calls(ORIGINAL)
    calls.update(Connection(501, "trunk.17"), Connection(503, "trunk.17"), CallVariable1="new")
    await calls.settle()
    assert calls.found(JOINED) is original
    assert calls.ids == [JOINED.uid]
    assert original.get_value("CallVariable1") == "new"
    update = calls.one("OnCallDataUpdate")
    assert (update["OldUniqueObjectID"], update["UniqueObjectID"]) == (ORIGINAL.uid, JOINED.uid)
    assert update["CallVariable1"] == "new"
    assert calls.events == ["OnCallDataUpdate"]
