"""Call messages that contradict each other, in any order, with fields that are missing, cut or damaged."""

import random
from typing import Any

import pytest
from support.call_messages import (
    MESSAGES,
    NO_CALL,
    NONE,
    NUMBERS,
    PARTY_UPDATE,
    Connection,
    parts,
)
from support.call_steps import DEVICE, SECOND, CallDesk
from support.struct_server import DEVID_NONE, Floating
from support.wire_steps import FOREIGN_MONITOR, OWN_MONITOR

CALL = Connection(501, DEVICE)
CALL_IDS = (501, 502, 503)
DEVICES = (DEVICE, SECOND, "trunk.17")

_LISTS: dict[str, list[tuple[Any, ...]]] = {
    "NamedVariable": [("user.account", "0815")],
    "NamedArray": [("user.visits", 2, "Tuesday")],
    "CTIClient": [("desktop", 1_700_000_000)],
    "SkillGroup": [(7, 5007, 1)],
    "ConnectedParty": [(501, DEVICE, 0), (503, DEVICE, 0), (502, SECOND, 0)],
}
_FIXED = {
    "PrimaryCallID": (*CALL_IDS, NO_CALL),
    "SecondaryCallID": (*CALL_IDS, NO_CALL),
    "NewConnectionCallID": (*CALL_IDS, NO_CALL),
    "PrimaryDeviceIDType": (0, DEVID_NONE),
    "SecondaryDeviceIDType": (0, DEVID_NONE),
    "NewConnectionDeviceIDType": (0, DEVID_NONE),
    "LocalConnectionState": (0, 1, 2, 3, 4, 5, 6, 7, NONE),
    "EventCause": (NONE, PARTY_UPDATE, 3, 1001),
}


def random_message(rng: random.Random) -> tuple[int, bytes, Floating]:
    """A message of calls, some of whose fields are damaged."""
    message = rng.choice([name for name in MESSAGES if name != "SNAPSHOT_CALL_CONF"])
    _, fixed, floating = MESSAGES[message]
    fields: dict[str, Any] = {"monitor_id": rng.choice((0, OWN_MONITOR, FOREIGN_MONITOR))}
    for name in (field.split(":")[0] for field in fixed.split()):
        if name in _FIXED:
            fields[name] = rng.choice(_FIXED[name])
    for name in floating.split():
        if name != "ConnectionDeviceID" and rng.random() < 0.5:
            value = 33 if name in NUMBERS else rng.choice((*DEVICES, ""))
            fields[name] = _LISTS.get(name, value)
    connection = None
    if "ConnectionDeviceID" in floating.split():
        connection = Connection(rng.choice(CALL_IDS), rng.choice(DEVICES))
    number, body, tail = parts(25, message, connection, **fields)
    damaged = [field for each in tail for field in damage(rng, *each)]
    if rng.random() < 0.1:
        rng.shuffle(damaged)
    if rng.random() < 0.1:
        body = body[:8] + rng.randbytes(len(body[8:]))
    return number, body, damaged


def damage(rng: random.Random, tag: int, data: bytes) -> Floating:
    """The field as it is, mostly."""
    return rng.choice(
        [
            *[[(tag, data)]] * 20,
            [(tag, rng.randbytes(rng.randrange(6)))],
            [(tag, data.rstrip(b"\0"))],
            [(tag, b"\xff\xfe" + data)],
            [(tag, data), (tag, data)],
            [(tag, data * 60)],
            [],
        ]
    )


def read_everything(desk: CallDesk) -> None:
    """Read all that is known of each call."""
    for uid, call in desk.session.calls.items():
        assert desk.session.get_object_from_object_id(uid) is call
        assert call.unique_object_id == uid
        call.get_all_properties()
        call.get_call_context()
        call.get_call_data()


async def hostile(desk: CallDesk, seed: int) -> None:
    """Send many such messages; nothing raises, and every call that they made ends by END_CALL."""
    rng = random.Random(seed)
    for _ in range(20):
        for _ in range(50):
            desk.peer.send(*random_message(rng))
        await desk.settle()
        read_everything(desk)
    counters = desk.session.counters()
    assert (counters["handler_errors"], counters["listener_errors"]) == (0, 0)
    assert counters["frames_malformed"] == 0
    for uid in desk.ids:
        _, _, call_id, device_id = uid.split(".", 3)
        name = device_id.encode("latin-1") + b"\0"  # a damaged one need not be ASCII
        desk.send("END_CALL", Connection(int(call_id), DEVICE), ConnectionDeviceID=name)
    await desk.settle()
    assert desk.ids == []
    assert desk.session.current_call is None
    desk.recorder.clear()  # what a damaged message lacks, its event lacks


@pytest.mark.parametrize("seed", range(4))
async def test_damaged_messages_break_nothing_in_agent_mode(calls: CallDesk, seed: int) -> None:
    await hostile(calls, seed)


@pytest.mark.parametrize("seed", range(4))
async def test_damaged_messages_break_nothing_in_bulk_mode(bulk_calls: CallDesk, seed: int) -> None:
    await hostile(bulk_calls, seed)


async def test_an_ecc_variable_that_cannot_be_read_is_counted_and_the_others_are_taken(
    calls: CallDesk,
) -> None:
    number, body, tail = parts(
        25, "BEGIN_CALL", CALL, NamedVariable=[("user.name", "Ada")], CallVariable1="gold"
    )
    calls.peer.send(number, body, [*tail, (82, b"no end"), (83, b"\1neither")])
    await calls.settle()
    call = calls.found(CALL)
    assert dict(call.ecc) == {"user.name": "Ada"}
    assert call.get_value("CallVariable1") == "gold"
    assert calls.session.counters()["ecc_variables_refused"] == 2


async def test_more_ecc_variables_than_a_call_can_have_are_counted(calls: CallDesk) -> None:
    calls.send("BEGIN_CALL", CALL, NamedVariable=[("user.name", "Ada")])
    calls.send("CALL_DELIVERED", CALL, NamedVariable=[(f"user.{n}", "x") for n in range(1000)])
    await calls.settle()
    assert dict(calls.found(CALL).ecc) == {"user.name": "Ada"}
    assert calls.session.counters()["ecc_variables_refused"] == 1000


async def test_an_event_that_names_no_connection_is_counted(calls: CallDesk) -> None:
    number, body, _ = parts(25, "CALL_HELD", CALL)
    calls.peer.send(number, body)
    await calls.settle()
    assert calls.events == []
    assert calls.session.counters()["events_of_unknown_calls"] == 1


async def test_an_event_of_another_peripheral_is_counted(calls: CallDesk) -> None:
    calls.deliver(CALL)
    calls.send("CALL_HELD", CALL, PeripheralID=5001)
    calls.send("BEGIN_CALL", Connection(502, DEVICE), PeripheralID=5001)
    calls.update(CALL, PeripheralID=5001, CallVariable1="x")
    await calls.settle()
    assert calls.events == ["OnCallBegin", "OnCallDelivered"]
    assert calls.ids == [CALL.uid]
    assert calls.session.counters()["events_of_unknown_calls"] == 3
