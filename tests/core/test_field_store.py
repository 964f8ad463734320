"""Messages that only change slots of an object: which are stored, and which go to the handler."""

import gc
import random
import struct
import weakref
from typing import Any

import pytest
from support.dispatching import DispatcherLog
from support.memory import check_that_nothing_is_kept

from ctios_fast.core import codec
from ctios_fast.core.dispatch.field_handler import FieldHandler
from ctios_fast.core.dispatch.field_store import FieldStore
from ctios_fast.core.dispatch.text_dict import TextDict
from ctios_fast.core.scan.frame_filter import FrameFilter
from ctios_fast.core.switches import is_on
from ctios_fast.enums import AgentState
from ctios_fast.errors import MalformedFrame
from ctios_fast.protocol import numbers as ged

pytestmark = pytest.mark.skipif(not is_on("field-store"), reason="the store is switched off")

STATES = [AgentState(number) for number in range(len(AgentState))]


class Desk:
    """What events change."""

    __slots__ = ("__weakref__", "busy", "phone", "reason", "state")

    def __init__(self, phone: str | None = "3001") -> None:
        self.state: Any = None
        self.reason: Any = 0
        self.phone: Any = phone
        self.busy: Any = None


def event(
    agent: str | None, state: int = 3, reason: int = 0, phone: str | None = "3001", *, version: int = 25,
    **fields: int,
) -> bytes:  # fmt: skip
    layout = codec(version).describe(ged.AGENT_STATE_EVENT)
    assert layout is not None
    numbers = {field.name: 0 for field in layout.fixed} | {"PeripheralID": 5000, "MRDID": 1} | fields
    numbers |= {"AgentState": state, "EventReasonCode": reason}
    floating = [
        ("AgentExtension", "77"),
        ("AgentID", agent),
        ("AgentInstrument", phone),
        ("CTIClientSignature", "x"),
    ]
    return codec(version).encode(
        ged.AGENT_STATE_EVENT, numbers, [each for each in floating if each[1] is not None]
    )


def with_key(key: bytes) -> bytes:
    """An event with this AgentID, which may be longer than the reference allows."""
    body = event(None)[4:] + struct.pack(">HH", 5, len(key)) + key
    return struct.pack(">I", len(body) - 4) + body


def is_malformed(frame: bytes) -> bool:
    try:
        codec(25).decode(frame)
    except MalformedFrame:
        return True
    return False


class Log(DispatcherLog):
    """A dispatcher with a store; ``rows`` has what went to the handler."""

    def __init__(self, *agents: str, version: int = 25, with_message: bool = True) -> None:
        super().__init__(version=version)
        self.desks: TextDict[Desk] = TextDict(Desk)
        for agent in agents:
            self.desks[agent] = Desk()
        self.store = FieldStore(
            ged.AGENT_STATE_EVENT,
            self.desks,
            "AgentID",
            stores={"AgentState": ("state", STATES), "EventReasonCode": ("reason", None)},
            texts={"AgentInstrument": "phone"},
            expects={"busy": None},
            within={"PeripheralID": (5000,), "MRDID": (0, 1)},
            without={"AgentState": (9,)},
        )
        self.store.is_on = True
        self.handler = FieldHandler(
            ged.AGENT_STATE_EVENT,
            self.taken if with_message else self.taken_without,
            ("agent_id", "agent_state"),
            with_message=with_message,
            store=self.store,
        )
        self.dispatcher.on(ged.AGENT_STATE_EVENT, self.handler)

    def taken(self, message: Any, agent_id: str | None, state: int) -> None:
        assert message.get("AgentState") == state
        self.rows.append((agent_id, state))

    def taken_without(self, agent_id: str | None, state: int) -> None:
        self.rows.append((agent_id, state))


@pytest.mark.parametrize("version", [9, 14, 19, 20, 25])
@pytest.mark.parametrize("with_message", [True, False])
def test_numbers_are_stored_without_a_call(version: int, with_message: bool) -> None:
    log = Log("1001", "1002", version=version, with_message=with_message)
    log.feed(event("1001", 3, 50_002, version=version), event("1002", 4, version=version))
    assert log.dispatch() == []
    one, two = log.desks["1001"], log.desks["1002"]
    assert (one.state, one.reason, two.state, two.reason) == (STATES[3], 50_002, STATES[4], 0)
    assert one.state is STATES[3]
    assert type(one.reason) is int


@pytest.mark.parametrize("text", [None, ""])
def test_a_text_that_is_absent_or_empty_changes_nothing(text: str | None) -> None:
    log = Log("1001")
    log.feed(event("1001", 3, phone=text))
    assert log.dispatch() == []
    assert (log.desks["1001"].state, log.desks["1001"].phone) == (3, "3001")


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(event("1003"), id="another object"),
        pytest.param(event(None), id="no key"),
        pytest.param(event(""), id="an empty key"),
        pytest.param(with_key(b"1001000000000001\0"), id="a long key"),
        pytest.param(event("1001", phone="3002"), id="another text"),
        pytest.param(event("1001", phone="30011"), id="a longer text"),
        pytest.param(event("1001", phone="300"), id="a shorter text"),
        pytest.param(event("1001", PeripheralID=5001), id="another number within"),
        pytest.param(event("1001", MRDID=-1), id="a negative number"),
        pytest.param(event("1001", 9), id="a number that is excluded"),
        pytest.param(event("1001", len(STATES)), id="a number without a value"),
    ],
)
def test_any_other_frame_goes_to_the_handler(frame: bytes) -> None:
    log = Log("1001")
    log.feed(event("1001", 3, 1), frame, event("1001", 4, 2))
    assert len(log.dispatch()) == 1
    desk = log.desks["1001"]
    assert (desk.state, desk.reason, desk.phone) == (4, 2, "3001")
    assert log.dispatcher.frames_seen == 3
    assert log.errors == log.faults == []


def test_a_frame_with_another_text_than_ascii_goes_to_the_handler() -> None:
    log = Log("1001")
    log.feed(
        event("1001", phone="3001").replace(b"3001", b"\xe4001"), event("1001").replace(b"1001", b"\xe4001")
    )
    assert len(log.dispatch()) == 2
    assert log.desks["1001"].state is None


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("busy", 0),
        ("phone", None),
        ("phone", "30ä1"),
        ("phone", 3001),
        ("state", object()),
        ("state", True),
        ("reason", True),
        ("reason", 1.0),
    ],
)
def test_an_object_in_another_state_goes_to_the_handler(slot: str, value: object) -> None:
    log = Log("1001")
    desk = log.desks["1001"]
    setattr(desk, slot, value)
    before = (desk.state, desk.reason)
    log.feed(event("1001", 4, 2))
    assert log.dispatch() == [("1001", 4)]
    assert (desk.state, desk.reason) == before
    delattr(desk, slot)
    log.feed(event("1001", 4, 2))
    assert log.dispatch() == [("1001", 4)]


def test_an_object_of_a_subclass_goes_to_the_handler() -> None:
    class Special(Desk):
        __slots__ = ()

    log = Log()
    log.desks["1001"] = Special()
    log.feed(event("1001"))
    assert log.dispatch() == [("1001", 3)]


def test_a_removed_object_goes_to_the_handler() -> None:
    log = Log("1001")
    del log.desks["1001"]
    log.feed(event("1001"))
    assert log.dispatch() == [("1001", 3)]


def test_malformed_frames_are_reported_and_not_stored() -> None:
    log = Log("1001")
    whole = event("1001", 4)
    frames = [(size - 8).to_bytes(4, "big") + whole[4:size] for size in range(9, len(whole))]
    log.feed(*frames)
    log.dispatch()
    faulty = sum(is_malformed(frame) for frame in frames)
    assert log.dispatcher.malformed == len(log.faults) == faulty > len(frames) // 2
    assert log.dispatcher.frames_seen == len(frames)


def test_a_store_that_is_off_stores_nothing() -> None:
    log = Log("1001")
    log.store.is_on = False
    log.feed(event("1001"))
    assert log.dispatch() == [("1001", 3)]
    assert log.desks["1001"].state is None


def test_another_handler_of_the_message_ends_the_storing_until_it_is_removed() -> None:
    log = Log("1001")
    heard = []
    log.dispatcher.on(ged.AGENT_STATE_EVENT, heard.append)
    log.feed(event("1001", 4))
    assert log.dispatch() == [("1001", 4)]
    assert len(heard) == 1
    log.dispatcher.off(ged.AGENT_STATE_EVENT, heard.append)
    log.feed(event("1001", 5))
    assert log.dispatch() == []
    assert (log.desks["1001"].state, len(heard)) == (5, 1)


def test_a_batch_handler_beside_it_gets_every_frame_and_so_does_the_handler() -> None:
    log = Log("1001")
    rows: list[int] = []
    log.dispatcher.on_batch(ged.AGENT_STATE_EVENT, lambda columns: rows.append(columns.rows))
    log.feed(event("1001", 4), event("1001", 5))
    assert log.dispatch() == [("1001", 4), ("1001", 5)]
    assert rows == [2]


def test_a_filter_is_asked_for_every_frame() -> None:
    log = Log("1001", "1002")
    log.dispatcher.filter = FrameFilter(25, ged.AGENT_STATE_EVENT, {"AgentID": {"1002"}})
    log.feed(*(event(agent, 4) for agent in ("1001", "1002") * 3))
    assert log.dispatch() == []
    assert (log.dispatcher.filtered, log.dispatcher.frames_seen) == (3, 6)
    assert (log.desks["1001"].state, log.desks["1002"].state) == (None, 4)


def test_a_handler_that_stops_or_switches_off_is_heeded_in_the_middle_of_a_run() -> None:
    log = Log("1001")
    before = [event("1001", 4)] * 100
    log.feed(*before)
    log.dispatch()  # the run has its full length now

    def stop(*values: object) -> None:
        log.store.is_on = False
        log.dispatcher.stop()

    log.handler, handler = (
        FieldHandler(ged.AGENT_STATE_EVENT, stop, ("agent_id",), store=log.store),
        log.handler,
    )
    log.dispatcher.off(ged.AGENT_STATE_EVENT, handler)
    log.dispatcher.on(ged.AGENT_STATE_EVENT, log.handler)
    log.feed(event("1001", 5), event("1001", 9), event("1001", 6))
    log.dispatch()
    assert log.desks["1001"].state == 5
    assert log.dispatcher.frames.buffered == len(event("1001", 6))


def test_other_codecs_are_followed() -> None:
    log = Log("1001")
    for version, state in ((25, 3), (13, 4), (25, 5)):
        log.dispatcher.codec = codec(version)
        log.feed(event("1001", state, version=version))
        assert log.dispatch() == []
        assert log.desks["1001"].state == state


def test_a_run_ends_at_another_message_an_incomplete_frame_and_one_above_the_limit() -> None:
    log = Log("1001")
    other = codec(25).encode(ged.HEARTBEAT_CONF, {"InvokeID": 1})
    stream = (event("1001", 4) * 40 + other) * 3 + event("1001", 5)
    log.feed(stream[:-1])
    log.dispatch()
    assert (log.dispatcher.frames_seen, log.dispatcher.unhandled, log.desks["1001"].state) == (123, 3, 4)
    log.feed(stream[-1:])
    log.dispatch()
    assert (log.dispatcher.frames_seen, log.desks["1001"].state) == (124, 5)


def test_the_time_limit_of_a_dispatch_holds() -> None:
    log = Log("1001")
    log.feed(event("1001", 4) * 20_000)
    seen = log.dispatcher.dispatch(1e-9)
    assert log.dispatcher.unfinished
    assert 0 < seen < 20_000
    assert log.dispatcher.dispatch() == 20_000 - seen


def test_random_frames_leave_what_the_handler_alone_would_leave() -> None:
    rng = random.Random(188)
    agents = [str(1000 + number) for number in range(50)]
    plain: dict[str, tuple[Any, Any]] = {}
    log = Log(*agents)

    def handled(message: Any, agent_id: str | None, state: int) -> None:
        desk = log.desks.get(agent_id or "")
        if desk is not None and message["PeripheralID"] == 5000:
            desk.state, desk.reason = state, message["EventReasonCode"]
            desk.phone = message.get("AgentInstrument") or desk.phone
            desk.busy = None if desk.busy is None and state != 9 else 9 - state

    handler = FieldHandler(
        ged.AGENT_STATE_EVENT, handled, ("agent_id", "agent_state"), with_message=True, store=log.store
    )
    log.dispatcher.off(ged.AGENT_STATE_EVENT, log.handler)
    log.dispatcher.on(ged.AGENT_STATE_EVENT, handler)
    stream = [
        event(
            rng.choice([*agents, "9999", ""]),
            rng.choice([3, 4, 5] * 20 + [9, 99]),
            rng.choice([0, 1, 60_000]),
            rng.choice([None, *["3001"] * 60, "3002"]),
            PeripheralID=rng.choice([5000] * 50 + [1]),
        )
        for _ in range(20_000)
    ]
    for is_on_ in (True, False):
        log.store.is_on = is_on_
        for desk in log.desks.values():
            desk.__init__()  # type: ignore[misc]
        for at in range(0, len(stream), 500):
            log.feed(*stream[at : at + 500])
            log.dispatch()
        left = {key: (desk.state, desk.reason, desk.phone, desk.busy) for key, desk in log.desks.items()}
        plain = plain or left  # type: ignore[assignment]
        assert left == plain
    assert log.errors == []


def test_nothing_is_kept() -> None:
    agents = [str(number) for number in range(1000, 1100)]
    log = Log(*agents)
    stream = b"".join(event(agent, state, 50_000 + state) for state in (3, 4) for agent in agents)

    def work(times: int) -> None:
        for _ in range(times):
            log.feed(stream)
            assert log.dispatch() == []

    check_that_nothing_is_kept(work, [*STATES[3:5], *log.desks.values()], warm_up=10, first=50, more=200)


def test_the_garbage_collector_frees_a_store_with_its_objects() -> None:
    log = Log("1001")
    log.desks["1001"].busy = log
    gone = weakref.ref(log.desks["1001"])
    del log
    gc.collect()
    assert gone() is None


def store(**changed: Any) -> FieldStore:
    parameters: dict[str, Any] = {
        "stores": {}, "texts": {}, "expects": {}, "within": {}, "without": {}, "key": "AgentID"
    }  # fmt: skip
    parameters |= changed
    key = parameters.pop("key")
    return FieldStore(ged.AGENT_STATE_EVENT, TextDict(Desk), key, **parameters)


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"key": "AgentIdd"}, ValueError, "AgentIdd"),
        ({"texts": {"Nothing": "phone"}}, ValueError, "Nothing"),
        ({"stores": {"AgentState": ("__init__", None)}}, TypeError, r"Desk\.__init__ is not a slot"),
        ({"stores": {"AgentState": ("none", None)}}, AttributeError, "none"),
        ({"expects": dict.fromkeys("abcde")}, ValueError, "at most 4"),
        ({"within": {"MRDID": range(9)}}, ValueError, "at most 8 numbers of MRDID"),
        ({"key": None}, TypeError, "key"),
    ],
)
def test_what_cannot_be_described_is_refused(changed: dict[str, Any], error: type, words: str) -> None:
    with pytest.raises(error, match=words):
        store(**changed)


def test_a_field_that_the_version_lacks_keeps_the_store_from_storing() -> None:
    log = Log("1001", version=9)
    log.store = FieldStore(
        ged.AGENT_STATE_EVENT, log.desks, "AgentID", stores={"DepartmentID": ("reason", None)}, texts={},
        expects={}, within={}, without={},
    )  # fmt: skip
    log.store.is_on = True
    log.dispatcher.off(ged.AGENT_STATE_EVENT, log.handler)
    log.dispatcher.on(
        ged.AGENT_STATE_EVENT,
        FieldHandler(ged.AGENT_STATE_EVENT, log.taken_without, ("agent_id", "agent_state"), store=log.store),
    )
    log.feed(event("1001", version=9))
    assert log.dispatch() == [("1001", 3)]
