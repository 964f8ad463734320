"""Events of calls whose beginning the session did not see are not lost."""

import pytest
from support.call_messages import ALERTING, CONNECT, HOLD, NULL, Connection, send
from support.call_steps import CALLER, DEVICE, SECOND, CallDesk
from support.model import until
from support.struct_server import QUERY_AGENT_STATE_REQ, SNAPSHOT_CALL_REQ, Frame
from support.wire_steps import ONE_CALL_LAYOUT

CALL = Connection(501, DEVICE)


async def asked(calls: CallDesk) -> Frame:
    """Receive the question about the call, which names its connection."""
    request = await calls.peer.receive(SNAPSHOT_CALL_REQ)
    assert request.fixed(ONE_CALL_LAYOUT)[1:] == (5000, 501, 0)
    assert dict(request.floating(ONE_CALL_LAYOUT))[25] == b"3001\0"
    return request


def answer(calls: CallDesk, request: Frame, state: int = CONNECT) -> None:
    send(
        calls.peer,
        "SNAPSHOT_CALL_CONF",
        InvokeID=request.invoke_id,
        ANI=CALLER,
        DNIS="8000",
        RouterCallKeyDay=151_000,
        RouterCallKeyCallID=77,
        CallVariable1="gold",
        NamedVariable=[("user.account", "0815")],
        CallDevice=[
            (501, "trunk.17", 0, 70, "T17", CONNECT),
            (501, DEVICE, 0, 76, DEVICE, state),
        ],
    )


async def nothing_more_is_asked(calls: CallDesk) -> None:
    """The next request of the client is the one that is made here."""
    assert calls.agent is not None
    query = calls.agent.query_agent_state()
    request = await calls.peer.receive(QUERY_AGENT_STATE_REQ)
    calls.peer.query_conf(request, 2)
    await until(query.done)


async def test_an_event_before_the_beginning_makes_the_call_and_asks_for_it_once(calls: CallDesk) -> None:
    calls.send("CALL_DELIVERED", CALL, LocalConnectionState=ALERTING, AlertingDeviceID=DEVICE)
    await calls.settle()
    assert calls.events[-1] == "OnCallDelivered"
    assert calls.one("OnCallDelivered")["UniqueObjectID"] == CALL.uid
    call = calls.found(CALL)
    assert call.status == ALERTING
    assert calls.session.counters()["calls_without_begin"] == 1
    request = await asked(calls)

    # Further events do not ask again.
    calls.establish(CALL)
    await calls.settle()
    assert call.status == CONNECT
    await nothing_more_is_asked(calls)
    assert calls.session.counters()["calls_without_begin"] == 1

    # The answer completes the call.
    answer(calls, request)
    await calls.settle()
    assert calls.found(CALL) is call
    assert (call.get_value("ANI"), call.get_value("DNIS")) == (CALLER, "8000")
    assert call.get_value("CallVariable1") == "gold"
    assert dict(call.ecc) == {"user.account": "0815"}
    assert call.get_value("ICMEnterpriseUniqueID") == "icm.151000.77"
    assert call.status == CONNECT
    assert calls.session.current_call is call
    assert calls.ids == [CALL.uid]

    calls.send("END_CALL", CALL)
    await calls.settle()
    assert calls.ended() == [CALL.uid]
    assert calls.ids == []


async def test_a_call_that_an_event_made_begins_with_the_data_of_that_event(calls: CallDesk) -> None:
    calls.send(
        "CALL_DELIVERED",
        CALL,
        LocalConnectionState=ALERTING,
        AlertingDeviceID=DEVICE,
        ANI=CALLER,
        ServiceID=5003,
    )
    await calls.settle()
    assert calls.events == ["OnCallBegin", "OnCallDelivered"]
    begin = calls.one("OnCallBegin")
    assert begin["Recovered"] is True
    assert (begin["PeripheralType"], begin["ANI"], begin["ServiceID"]) == (17, CALLER, 5003)


async def test_a_late_beginning_completes_the_call_that_an_event_made(calls: CallDesk) -> None:
    calls.send("CALL_DELIVERED", CALL, LocalConnectionState=ALERTING, AlertingDeviceID=DEVICE)
    await calls.settle()
    call = calls.found(CALL)
    calls.send("BEGIN_CALL", CALL, ANI=CALLER, CallVariable1="gold")
    await calls.settle()
    assert calls.found(CALL) is call
    assert calls.ids == [CALL.uid]
    assert (call.get_value("ANI"), call.get_value("CallVariable1")) == (CALLER, "gold")
    assert call.status == ALERTING


async def test_an_answer_does_not_undo_what_was_heard_since_the_question(calls: CallDesk) -> None:
    calls.send("CALL_DELIVERED", CALL, LocalConnectionState=ALERTING, AlertingDeviceID=DEVICE)
    await calls.settle()
    request = await asked(calls)
    calls.establish(CALL)
    calls.hold(CALL)
    calls.update(CALL, CallVariable1="newer")
    answer(calls, request, HOLD)
    await calls.settle()
    assert calls.found(CALL).status == HOLD


@pytest.mark.parametrize("refusal", ["status", "control failure"])
async def test_a_call_of_which_the_server_knows_nothing_stays_until_its_end(
    calls: CallDesk, refusal: str
) -> None:
    calls.send("CALL_DELIVERED", CALL, LocalConnectionState=ALERTING, AlertingDeviceID=DEVICE)
    await calls.settle()
    call = calls.found(CALL)
    request = await asked(calls)
    if refusal == "status":
        calls.peer.failure_conf(request, 70)
    else:
        calls.peer.control_failure_conf(request, 13, 0)
    calls.establish(CALL)
    await calls.settle()
    assert calls.found(CALL) is call
    assert call.status == CONNECT
    await nothing_more_is_asked(calls)


@pytest.mark.parametrize(
    ("message", "event", "status"),
    [
        ("CALL_ESTABLISHED", "OnCallEstablished", CONNECT),
        ("CALL_HELD", "OnCallHeld", HOLD),
        ("CALL_CLEARED", "OnCallCleared", NULL),
        ("CALL_QUEUED", "OnCallQueuedEvent", 5),
    ],
)
async def test_no_kind_of_event_is_lost(calls: CallDesk, message: str, event: str, status: int) -> None:
    calls.send(message, CALL, LocalConnectionState=status)
    await calls.settle()
    assert calls.one(event)["UniqueObjectID"] == CALL.uid
    assert calls.one(event)["CallStatus"] == status
    assert calls.found(CALL).status == status


async def test_an_update_before_the_beginning_makes_the_call_of_the_new_id(calls: CallDesk) -> None:
    old = Connection(500, DEVICE)
    calls.update(old, CALL, CallVariable1="gold")
    await calls.settle()
    assert calls.one("OnCallDataUpdate")["UniqueObjectID"] == CALL.uid
    assert calls.found(CALL).get_value("CallVariable1") == "gold"
    assert calls.ids == [CALL.uid]


async def test_a_new_device_of_a_known_call_shares_its_data(bulk_calls: CallDesk) -> None:
    bulk_calls.deliver(CALL, ANI=CALLER, CallVariable1="gold")
    other = Connection(501, SECOND)
    bulk_calls.send("CALL_DELIVERED", other, LocalConnectionState=ALERTING, AlertingDeviceID=SECOND)
    bulk_calls.establish(other, SECOND)
    await bulk_calls.settle()
    call = bulk_calls.found(other)
    assert call is not bulk_calls.found(CALL)
    assert (call.get_value("ANI"), call.get_value("CallVariable1")) == (CALLER, "gold")
    assert call.status == CONNECT
    bulk_calls.update(CALL, CallVariable1="silver")
    await bulk_calls.settle()
    assert call.get_value("CallVariable1") == "silver"
    assert bulk_calls.session.counters()["calls_without_begin"] == 0


async def test_a_second_beginning_is_an_update(calls: CallDesk) -> None:
    calls.deliver(CALL, ANI=CALLER, CallVariable1="gold")
    calls.establish(CALL)
    await calls.settle()
    call = calls.found(CALL)
    calls.clear()
    calls.send("BEGIN_CALL", CALL, CallVariable1="silver")
    await calls.settle()
    assert calls.found(CALL) is call
    assert calls.ids == [CALL.uid]
    assert call.get_value("CallVariable1") == "silver"
    assert call.get_value("ANI") == CALLER
    assert call.status == CONNECT
