"""Handlers that get the columns of a read's frames: their values, order, bounds, faults and references."""

import asyncio
import gc
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.columns import assert_same_rows, usable
from support.dispatching import DispatcherLog
from support.memory import check_that_nothing_is_kept
from support.strategies import documented, floating, frames, header, streams, versions

from ctios_fast import Session, messages
from ctios_fast.bulk.columns import Columns, decode_columns
from ctios_fast.core import Dispatcher, FrameBuffer, codec
from ctios_fast.core.scan.frame_filter import FrameFilter
from ctios_fast.errors import FrameTooLarge
from ctios_fast.protocol import numbers as ged

STATE = ged.AGENT_STATE_EVENT
FIELDS = ("AgentState", "EventReasonCode", "AgentID")


def state_event(agent: str, state: int = 3, version: int = 25, *more: tuple[str, object]) -> bytes:
    layout = codec(version).describe(STATE)
    assert layout is not None
    fields = {field.name: 0 for field in layout.fixed}
    return codec(version).encode(STATE, fields | {"AgentState": state}, [("AgentID", agent), *more])


def call_event(call: int) -> bytes:
    layout = codec(25).describe(ged.END_CALL_EVENT)
    assert layout is not None
    fields = {field.name: 0 for field in layout.fixed} | {"ConnectionCallID": call}
    return codec(25).encode(ged.END_CALL_EVENT, fields, [("ConnectionDeviceID", "3001")])


HEARTBEAT = header(ged.HEARTBEAT_REQ, bytes(4))
MALFORMED = header(STATE, b"\0\0")


class Log(DispatcherLog):
    """A dispatcher, and what its handlers got: name and agents of each call."""

    def __init__(self, *fed: bytes, version: int = 25) -> None:
        super().__init__(*fed, version=version)
        self.batches: list[Columns] = []

    def on_batch(
        self,
        name: str = "batch",
        *,
        number: int = STATE,
        fields: tuple[str, ...] = ("AgentID",),
        then: Callable[[], object] = lambda: None,
        **bounds: int,
    ) -> Callable[[Columns], None]:
        def handler(columns: Columns) -> None:
            self.batches.append(columns)
            self.rows.append((name, [text.decode() for text in columns[fields[-1]].tolist()]))
            then()

        self.dispatcher.on_batch(number, handler, fields, **bounds)
        return handler

    def on(
        self, name: str = "single", *, then: Callable[[], object] = lambda: None, view: bool = False
    ) -> Callable[..., None]:
        def handler(agent: Any) -> None:
            self.rows.append((name, agent["AgentID"] if view else agent))
            then()

        self.dispatcher.on(STATE, handler, None if view else ("AgentID",))  # type: ignore[call-overload]
        return handler


# --- Values ----------------------------------------------------------------------------------------------


def test_a_handler_gets_the_frames_of_a_read_as_columns() -> None:
    log = Log(state_event("1001"), HEARTBEAT, state_event("77", 4), state_event("1003", 5))
    log.on_batch(fields=FIELDS)
    assert log.dispatch() == [("batch", ["1001", "77", "1003"])]
    (columns,) = log.batches
    assert list(columns) == list(FIELDS)
    assert columns["AgentState"].tolist() == [3, 4, 5]
    assert columns["AgentState"].dtype == np.uint16
    assert columns["AgentID"].dtype == "S4"
    assert columns.valid("AgentID").all()
    assert (columns.message, columns.name, columns.version) == (STATE, "AGENT_STATE_EVENT", 25)
    assert (columns.rows, columns.frames, columns.others, columns.malformed) == (3, 3, 0, 0)
    assert columns.offset == len(state_event("1001") + state_event("77") + state_event("1003"))
    assert columns.first_malformed is None
    assert log.dispatcher.frames_seen == 4
    assert log.dispatch() == []


@pytest.mark.parametrize("message", [30, "AGENT_STATE_EVENT", messages.AgentStateEvent])
def test_the_message_is_given_by_number_name_or_class(message: Any) -> None:
    log = Log(state_event("1001"))
    log.dispatcher.on_batch(message, log.batches.append, ["agent_id"])
    log.dispatch()
    assert log.batches[0]["agent_id"].tolist() == [b"1001"]


def test_the_columns_have_the_names_that_were_given() -> None:
    log = Log(state_event("1001", 4))
    log.dispatcher.on_batch(STATE, log.batches.append, ("agent_state", "AgentID"))
    log.dispatcher.on_batch(STATE, log.batches.append)
    log.dispatch()
    named, all_fixed = log.batches
    assert list(named) == ["agent_state", "AgentID"]
    assert named["agent_state"].tolist() == [4]
    with pytest.raises(KeyError):
        named["AgentState"]
    assert list(all_fixed) == list(decode_columns(b"", STATE, 25))


def test_an_absent_field_is_invalid_and_the_first_of_a_repeated_field_counts() -> None:
    log = Log(
        state_event("1001", 3, 25, ("FltSkillGroupNumber", 7), ("FltSkillGroupNumber", 8)),
        state_event("1002", 3, 25, ("AgentExtension", "3002")),
    )
    log.dispatcher.on_batch(STATE, log.batches.append, ("FltSkillGroupNumber", "agent_extension"))
    log.dispatch()
    (columns,) = log.batches
    assert columns.valid("FltSkillGroupNumber").tolist() == [True, False]
    assert columns["FltSkillGroupNumber"].tolist() == [7, 0]
    assert columns.valid("agent_extension").tolist() == [False, True]
    assert columns["agent_extension"].tolist() == [b"", b"3002"]


@given(st.data(), versions)
def test_batches_are_the_columns_of_the_stream_and_the_fields_of_single_handlers(
    data: st.DataObject, version: int
) -> None:
    some = st.sampled_from([STATE, ged.CALL_QUEUED_EVENT, ged.FAILURE_CONF, data.draw(documented)])
    stream = data.draw(streams(version)) if data.draw(st.booleans()) else b""
    stream = b"".join(data.draw(st.lists(frames(version, some), max_size=12))) + stream
    number = data.draw(some)
    if codec(version).describe(number) is None:
        return
    names = usable(version, number)
    if not names:
        return
    names = data.draw(st.lists(st.sampled_from(names), unique=True, min_size=1, max_size=8))
    max_rows = data.draw(st.integers(1, 5))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=4)))
    beside = data.draw(st.booleans())

    expected, seen = Log(version=version), Log(version=version)
    singles: list[tuple[object, ...]] = []
    beside_it: list[tuple[object, ...]] = []
    expected.dispatcher.on(number, lambda *values: singles.append(values), names)
    seen.dispatcher.on_batch(number, seen.batches.append, names, max_rows=max_rows)
    if beside:
        seen.dispatcher.on(number, lambda *values: beside_it.append(values), names)
    end = len(stream)
    for log in (expected, seen):
        for begin, until in zip((0, *cuts), (*cuts, len(stream)), strict=True):
            log.feed(stream[begin:until])
            try:
                log.dispatcher.dispatch()
            except FrameTooLarge:
                end = log.dispatcher.frames.consumed
                break
    whole = decode_columns(stream[:end], number, version, names)
    if seen.batches:
        assert_same_rows(Columns.concatenate(seen.batches), whole)
    assert sum(columns.rows for columns in seen.batches) == whole.rows == len(singles)
    assert all(0 < columns.rows <= max_rows for columns in seen.batches)
    assert beside_it == (singles if beside else [])
    assert list(map(str, seen.faults)) == list(map(str, expected.faults))
    assert len(seen.faults) == seen.dispatcher.malformed == whole.malformed
    assert seen.dispatcher.frames_seen == expected.dispatcher.frames_seen
    assert seen.dispatcher.unhandled == expected.dispatcher.unhandled
    assert seen.errors == []


@pytest.mark.parametrize("beside", [False, True])
def test_a_stream_can_be_split_at_every_byte(beside: bool) -> None:
    stream = state_event("1001") + MALFORMED + HEARTBEAT + state_event("77", 4) + state_event("1003")
    whole = decode_columns(stream, STATE, 25, FIELDS)
    for size in range(len(stream) + 1):
        log = Log(stream[:size])
        log.on_batch(fields=FIELDS)
        if beside:
            log.on()
        log.dispatch()
        log.feed(stream[size:])
        log.dispatch()
        assert_same_rows(Columns.concatenate(log.batches), whole)
        assert log.dispatcher.malformed == 1


def test_every_byte_by_itself_gives_every_frame() -> None:
    stream = state_event("1001") + HEARTBEAT + state_event("77", 4)
    log = Log()
    log.on_batch()
    for at in range(len(stream)):
        log.feed(stream[at : at + 1])
        log.dispatcher.dispatch()
    assert log.rows == [("batch", ["1001"]), ("batch", ["77"])]


def test_every_truncated_frame_is_reported_or_lacks_fields() -> None:
    frame = state_event("1001", 3, 25, ("AgentExtension", "3001"), ("FltSkillGroupNumber", 5))
    names = ("AgentID", "FltSkillGroupNumber", "AgentExtension")
    for size in range(8, len(frame)):
        short = (size - 8).to_bytes(4, "big") + frame[4:size]
        log = Log(state_event("1000"), short, state_event("1002"))
        log.on_batch(fields=names)
        log.dispatch()
        whole = decode_columns(state_event("1000") + short + state_event("1002"), STATE, 25, names)
        assert_same_rows(Columns.concatenate(log.batches), whole)
        assert log.dispatcher.malformed == whole.malformed == len(log.faults)
        if log.faults:
            assert whole.first_malformed is not None
            assert str(log.faults[0]) == str(whole.first_malformed.error)


def test_an_alternative_layout_has_rows_too() -> None:
    short = header(ged.FAILURE_CONF, (7).to_bytes(4, "big") + (3).to_bytes(4, "big"))
    log = Log(short, short)
    log.dispatcher.on_batch(ged.FAILURE_CONF, log.batches.append)
    log.dispatch()
    assert_same_rows(log.batches[0], decode_columns(short + short, ged.FAILURE_CONF, 25))


def test_the_arrays_stay_valid_when_the_buffer_is_used_again() -> None:
    log = Log()
    log.on_batch(fields=FIELDS)
    agents = [str(1000 + number) for number in range(50)]
    for agent in agents:
        log.feed(state_event(agent), state_event(agent[::-1]))
        log.dispatch()
        log.feed(b"\xff" * 50)
        log.dispatcher.frames = FrameBuffer()
    log.dispatcher.frames.feed(bytes(100_000))
    gc.collect()
    assert [columns["AgentID"].tolist() for columns in log.batches] == [
        [agent.encode(), agent[::-1].encode()] for agent in agents
    ]
    kept = log.batches[0]["AgentID"]
    log.batches.clear()
    kept[0] = b"9"  # the array is the handler's own
    assert kept.tolist() == [b"9", b"0001"]


# --- What is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "fields", "kind", "says"),
    [
        (STATE, ("AgentStat",), ValueError, "has no field 'AgentStat'; did you mean AgentState?"),
        (STATE, ("AgentID", "agent_id"), ValueError, "field AgentID is named twice"),
        (STATE, ("flt_skill_groups",), TypeError, "flt_skill_groups has several values in a message"),
        (STATE, "agent_id", TypeError, "fields must be a tuple of names"),
        (STATE, (5,), TypeError, "a field's name must be text, got int"),
        (ged.BEGIN_CALL_EVENT, ("NamedVariable",), TypeError, "is a named variable, which a column"),
        (ged.BEGIN_CALL_EVENT, ("named_variables",), TypeError, "which a column cannot hold"),
        (99_999, ("AgentID",), ValueError, "99999"),
        (120, ("AgentID",), ValueError, "has no published layout"),
        (120, None, ValueError, "has no published layout"),
        ("AGENT_STAT_EVENT", None, ValueError, "AGENT_STATE_EVENT"),
    ],
)  # fmt: skip
def test_fields_that_cannot_be_columns_are_refused(
    message: Any, fields: Any, kind: type[Exception], says: str
) -> None:
    dispatcher = Dispatcher(codec(25))
    with pytest.raises(kind) as caught:
        dispatcher.on_batch(message, print, fields)
    assert says in str(caught.value)
    dispatcher.frames.feed(state_event("1001"))
    dispatcher.dispatch()
    assert dispatcher.unhandled == 1


def test_a_field_of_a_later_version_is_refused() -> None:
    with pytest.raises(ValueError, match="has field DepartmentID from version 19 on, but not in version 9"):
        Dispatcher(codec(9)).on_batch(STATE, print, ("department_id",))


@pytest.mark.parametrize("bound", ["max_rows", "max_string"])
@pytest.mark.parametrize(
    ("value", "kind"), [(0, ValueError), (-1, ValueError), ("5", TypeError), (1 << 40, ValueError)]
)
def test_a_bound_outside_its_range_is_refused(bound: str, value: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=f"{bound} must be "):
        Dispatcher(codec(25)).on_batch(STATE, print, **{bound: value})


@pytest.mark.parametrize("handler", [None, "handler", 5])
def test_a_handler_is_callable(handler: Any) -> None:
    with pytest.raises(TypeError, match="a handler must be callable, got"):
        Dispatcher(codec(25)).on_batch(STATE, handler)


# --- Bounds ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.parametrize("max_rows", [1, 2, 3, 5, 6])
def test_a_full_batch_is_delivered_early(max_rows: int, beside: bool) -> None:
    agents = [str(number) for number in range(1, 6)]
    log = Log(*map(state_event, agents), HEARTBEAT)
    log.on_batch(max_rows=max_rows)
    if beside:
        log.on()
    rows = log.dispatch()
    batches = [agents for name, agents in rows if name == "batch"]
    assert batches == [agents[at : at + max_rows] for at in range(0, 5, max_rows)]
    if beside:  # never before another handler of the same message got it
        for at, (name, got) in enumerate(rows):
            if name == "batch":
                assert all(("single", agent) in rows[:at] for agent in got)


def test_texts_above_the_bound_are_invalid() -> None:
    log = Log(state_event("1001"), state_event("123456"))
    log.on_batch(max_string=5)
    assert log.dispatch() == [("batch", ["1001", ""])]
    assert log.batches[0].valid("AgentID").tolist() == [True, False]


def test_a_dispatch_that_ends_at_its_time_limit_delivers_what_it_read() -> None:
    log = Log(*(state_event(str(number)) for number in range(3000)))
    log.on_batch(fields=FIELDS)
    calls = 0
    while log.dispatcher.frames.buffered:
        log.dispatcher.dispatch(1e-9)
        calls += 1
        assert sum(columns.rows for columns in log.batches) == log.dispatcher.frames_seen
    assert calls > 1
    assert log.dispatcher.frames_seen == 3000
    assert [agent for _, agents in log.rows for agent in agents] == list(map(str, range(3000)))


# --- Order, and changes while frames are dispatched ------------------------------------------------------


@pytest.mark.parametrize("view", [False, True])
def test_single_handlers_get_all_frames_before_a_batch_handler_is_called(view: bool) -> None:
    log = Log(state_event("1"), call_event(5), state_event("2"), state_event("3"))
    log.on_batch("first")
    log.on(view=view)
    log.on_batch("last")
    log.on_batch("calls", number=ged.END_CALL_EVENT, fields=("ConnectionDeviceID",))
    assert log.dispatch() == [
        *(("single", agent) for agent in "123"),
        ("first", ["1", "2", "3"]),
        ("last", ["1", "2", "3"]),
        ("calls", ["3001"]),
    ]


def test_batches_are_delivered_in_the_order_of_their_first_frames() -> None:
    log = Log(call_event(5), state_event("1"), call_event(6))
    log.on_batch("states")
    log.on_batch("calls", number=ged.END_CALL_EVENT, fields=("ConnectionDeviceID",))
    assert log.dispatch() == [("calls", ["3001", "3001"]), ("states", ["1"])]


def test_a_batch_handler_is_removed_like_others() -> None:
    log = Log(state_event("1"))
    first = log.on_batch("first")
    single = log.on()
    last = log.on_batch("last")
    log.dispatcher.off(STATE, first)
    assert log.dispatch() == [("single", "1"), ("last", ["1"])]
    log.dispatcher.off(STATE, last)
    with pytest.raises(ValueError, match="is not a registered handler of AGENT_STATE_EVENT"):
        log.dispatcher.off(STATE, last)
    log.feed(state_event("2"))
    assert log.dispatch() == [("single", "2")]
    log.dispatcher.off(STATE, single)
    log.feed(state_event("3"))
    assert log.dispatch() == []
    assert log.dispatcher.unhandled == 1


def test_a_handler_removed_during_a_read_gets_the_frames_before_its_removal() -> None:
    log = Log(*map(state_event, "123"))
    batch = log.on_batch()
    todo = [lambda: log.dispatcher.off(STATE, batch)]
    log.on(then=lambda: todo and todo.pop()())
    assert log.dispatch() == [*(("single", agent) for agent in "123"), ("batch", ["1"])]
    log.feed(state_event("4"))
    assert log.dispatch() == [("single", "4")]


def test_a_batch_handler_may_remove_itself() -> None:
    log = Log(*map(state_event, "12345"))
    own = log.on_batch("own", max_rows=2, then=lambda: log.dispatcher.off(STATE, own))
    assert log.dispatch() == [("own", ["1", "2"])]
    assert log.dispatcher.unhandled == 3


def test_a_batch_handler_may_remove_another_one_that_has_a_batch() -> None:
    log = Log(*map(state_event, "12"))
    other: list[Any] = []
    log.on_batch("first", then=lambda: other and log.dispatcher.off(STATE, other.pop()))
    other.append(log.on_batch("other"))
    assert log.dispatch() == [("first", ["1", "2"]), ("other", ["1", "2"])]
    log.feed(state_event("3"))
    assert log.dispatch() == [("first", ["3"])]


def test_a_handler_registered_during_a_read_gets_the_next_frames() -> None:
    log = Log(*map(state_event, "123"))
    todo = [lambda: log.on_batch("new")]
    log.on(then=lambda: todo and todo.pop()())
    assert log.dispatch()[-1] == ("new", ["2", "3"])


def test_dispatch_within_a_batch_handler_does_nothing() -> None:
    log = Log(*map(state_event, "12"))
    counts: list[int] = []
    log.on_batch(then=lambda: counts.append(log.dispatcher.dispatch()))
    assert log.dispatch() == [("batch", ["1", "2"])]
    assert counts == [0]


@pytest.mark.parametrize("more", [1, 200])
def test_what_a_batch_handler_feeds_is_dispatched_after_it(more: int) -> None:
    log = Log(*map(state_event, "12"))
    todo = [lambda: log.feed(*(state_event(str(number)) for number in range(more)))]
    log.on_batch("a", then=lambda: todo and todo.pop()())
    log.on_batch("b")
    fed = [str(number) for number in range(more)]
    assert log.dispatch() == [("a", ["1", "2"]), ("b", ["1", "2"]), ("a", fed), ("b", fed)]


def test_a_batch_ends_where_the_buffer_has_to_move() -> None:
    log = Log(*map(state_event, "123"))
    big = [state_event(f"{number:011}") for number in range(2000)]
    todo = [lambda: log.feed(*big)]
    log.on_batch(max_rows=5000)
    log.on(view=True, then=lambda: todo and todo.pop()())
    batches = [agents for name, agents in log.dispatch() if name == "batch"]
    assert batches == [["1"], ["2", "3", *(f"{number:011}" for number in range(2000))]]


def test_frames_of_a_buffer_that_is_replaced_are_delivered() -> None:
    log = Log(*map(state_event, "123"))
    other = FrameBuffer()
    other.feed(state_event("77"))

    def replace() -> None:
        log.dispatcher.frames = other
        log.feed(bytes(16))

    todo = [replace]
    log.on_batch()
    log.on(then=lambda: todo and todo.pop()())
    assert [agents for name, agents in log.dispatch() if name == "batch"] == [["1"], ["77"]]


def test_the_codec_may_be_replaced_between_frames() -> None:
    log = Log(state_event("1", 3, 25), state_event("2", 4, 9), state_event("3", 5, 9))
    codecs = [codec(9)]

    def replace() -> None:
        if codecs:
            log.dispatcher.codec = codecs.pop()

    log.on_batch(fields=("AgentState", "AgentID"))
    log.on(then=replace)
    assert [agents for name, agents in log.dispatch() if name == "batch"] == [["1"], ["2", "3"]]
    assert [columns.version for columns in log.batches] == [25, 9]
    assert log.batches[1]["AgentState"].tolist() == [4, 5]


@pytest.mark.parametrize("beside", [False, True])
def test_a_field_that_the_new_version_lacks_is_an_error_of_each_frame(beside: bool) -> None:
    log = Log()
    handler = log.on_batch(fields=("DepartmentID", "AgentID"))
    if beside:
        log.on()
    log.dispatcher.codec = codec(9)
    log.feed(state_event("1", 3, 9), state_event("2", 3, 9), MALFORMED)
    assert log.dispatch() == ([("single", "1"), ("single", "2")] if beside else [])
    assert [(row[0], row[1]["AgentID"], type(row[2])) for row in log.errors] == [
        (handler, "1", ValueError),
        (handler, "2", ValueError),
    ]
    assert (log.dispatcher.frames_seen, log.dispatcher.malformed) == (3, 1)


def test_two_dispatchers_of_one_buffer_share_its_frames() -> None:
    log, other = Log(*map(state_event, "1234")), Log()
    other.dispatcher.frames = log.dispatcher.frames
    other.on_batch()

    def meanwhile() -> None:
        other.dispatcher.dispatch()
        log.feed(*(state_event(f"{number:011}") for number in range(300)))

    todo = [meanwhile]
    log.on_batch()
    log.on(view=True, then=lambda: todo and todo.pop()())
    batches = [agents for name, agents in log.dispatch() if name == "batch"]
    assert other.rows == [("batch", ["2", "3", "4"])]
    assert batches == [["1"], [f"{number:011}" for number in range(300)]]


def test_after_stop_the_frames_before_it_are_delivered() -> None:
    log = Log(*map(state_event, "123"))
    log.on_batch()
    log.on(then=log.dispatcher.stop)
    assert log.dispatch() == [("single", "1"), ("batch", ["1"])]


def test_filtered_frames_are_in_no_batch() -> None:
    log = Log(*map(state_event, "1213"))
    log.dispatcher.filter = FrameFilter(25, messages=[STATE], where={"AgentID": {"1"}})
    log.on_batch()
    assert log.dispatch() == [("batch", ["1", "1"])]
    assert log.dispatcher.filtered == 2


def test_messages_with_a_batch_handler_do_not_go_to_the_default_handler() -> None:
    log = Log(state_event("1"), HEARTBEAT)
    numbers: list[int] = []
    log.dispatcher.default = lambda message: numbers.append(message.type)
    log.on_batch()
    assert log.dispatch() == [("batch", ["1"])]
    assert numbers == [ged.HEARTBEAT_REQ]


# --- Faults ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [ValueError("mine"), asyncio.CancelledError(), GeneratorExit(), StopIteration()]
)
def test_a_handler_that_raises_is_reported_with_the_last_message_of_the_batch(error: BaseException) -> None:
    def fail() -> None:
        raise error

    log = Log(*map(state_event, "123"))
    failing = log.on_batch("failing", then=fail, max_rows=2)
    log.on_batch("other")
    assert log.dispatch() == [("failing", ["1", "2"]), ("failing", ["3"]), ("other", ["1", "2", "3"])]
    assert [(row[0], row[1]["AgentID"], row[2]) for row in log.errors] == [
        (failing, "2", error),
        (failing, "3", error),
    ]
    assert log.dispatcher.handler_errors == 2


def test_a_coroutine_that_a_handler_returns_is_reported() -> None:
    log = Log(state_event("1"))

    async def handler(columns: Columns) -> None:
        """Never runs."""

    log.dispatcher.on_batch(STATE, handler)
    log.dispatch()
    ((reported, message, error),) = log.errors
    assert reported is handler
    assert message["AgentID"] == "1"
    assert "returned a coroutine" in str(error)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)])
def test_after_an_interrupt_the_next_dispatch_delivers_the_rest(error: BaseException) -> None:
    interrupts = [error]

    def interrupt() -> None:
        if interrupts:
            raise interrupts.pop()

    log = Log(*map(state_event, "12"))
    log.on_batch("first")
    log.on_batch("interrupted", then=interrupt)
    log.on_batch("last")
    with pytest.raises(type(error)):
        log.dispatcher.dispatch()
    log.feed(bytes(100_000))
    both = ["1", "2"]
    assert log.dispatch() == [("first", both), ("interrupted", both), ("last", both)]
    assert log.dispatcher.handler_errors == 0


def test_after_an_interrupt_of_a_single_handler_no_frame_is_lost() -> None:
    interrupts = [KeyboardInterrupt()]

    def interrupt() -> None:
        if interrupts:
            raise interrupts.pop()

    log = Log(*map(state_event, "12"))
    log.on_batch()
    log.on(then=interrupt)
    with pytest.raises(KeyboardInterrupt):
        log.dispatcher.dispatch()
    log.feed(bytes(100_000))
    rows = log.dispatch()
    assert [agents for name, agents in rows if name == "batch"] == [["1"], ["2"]]


def test_what_the_error_callback_raises_ends_the_dispatch_and_the_next_one_goes_on() -> None:
    log = Log(*map(state_event, "12"))

    def fails(*arguments: object) -> None:
        raise LookupError("callback")

    log.on_batch("failing", then=fails)
    log.on_batch("other")
    log.dispatcher.on_handler_error = fails
    with pytest.raises(LookupError, match="callback"):
        log.dispatcher.dispatch()
    log.dispatcher.on_handler_error = None
    assert log.dispatch() == [("failing", ["1", "2"]), ("other", ["1", "2"])]


@pytest.mark.parametrize("allocations", range(40))
def test_without_memory_for_a_batch_no_frame_is_lost_or_read_after_it_moved(allocations: int) -> None:
    capi = pytest.importorskip("_testcapi", reason="this interpreter has no switch for failing allocations")
    first, then = ["1", "2", "3"], ["4", "5", "6"]
    log = Log(*map(state_event, first))
    got: list[Columns | None] = [None] * 4
    at = iter(range(4))

    def handler(columns: Columns) -> None:
        got[next(at)] = columns

    log.dispatcher.on_batch(STATE, handler, ("AgentID",))
    log.dispatcher.on_handler_error = lambda *arguments: None
    raised = False
    capi.set_nomemory(allocations, allocations + 1)
    try:
        log.dispatcher.dispatch()
    except MemoryError:
        raised = True
    finally:
        capi.remove_mem_hooks()
    for agent in then:
        log.feed(state_event(agent))
    log.dispatcher.dispatch()
    agents = [text.decode() for columns in got if columns is not None for text in columns["AgentID"].tolist()]
    known = raised + log.dispatcher.handler_errors
    assert known <= 1
    assert agents[len(agents) - 3 :] == then
    assert agents in [[*first[:cut], *first[cut + known :], *then] for cut in range(4)]


def test_frames_before_one_that_is_too_large_are_delivered() -> None:
    log = Log(*map(state_event, "12"), b"\xff" * 8)
    log.on_batch()
    for _ in range(2):
        with pytest.raises(FrameTooLarge):
            log.dispatcher.dispatch()
    assert log.rows == [("batch", ["1", "2"])]


def test_an_error_of_a_frame_above_the_codecs_bound_is_reported() -> None:
    frames = FrameBuffer(200_000)
    log = Log()
    log.dispatcher.frames = frames
    many = b"".join(floating(25, 5000, bytes(60_000)) for _ in range(2))
    body = state_event("1")[8:] + many
    frames.feed(header(STATE, body))

    def fail(columns: Columns) -> None:
        raise ValueError("mine")

    log.dispatcher.on_batch(STATE, fail, ("AgentID",))
    log.dispatch()
    assert [row[1]["AgentID"] for row in log.errors] == ["1"]


# --- Through a session -----------------------------------------------------------------------------------


def session_fed(session: Session, *fed: bytes) -> None:
    """Hand frames to a session, as if one read had given them."""
    dispatcher = session._connection.dispatcher
    dispatcher.frames.feed(b"".join(fed))
    dispatcher.dispatch()


def test_a_session_calls_a_batch_handler_with_its_objects_up_to_date(
    caplog: pytest.LogCaptureFixture,
) -> None:
    session = Session(client_id="test")
    got: list[tuple[list[bytes], list[int]]] = []

    def handler(columns: Columns) -> None:
        got.append((columns["agent_id"].tolist(), columns["agent_state"].tolist()))

    def failing(columns: Columns) -> None:
        raise ValueError("mine")

    session.on_batch(messages.AgentStateEvent, handler, fields=("agent_id", "agent_state"))
    session.on_batch("AGENT_STATE_EVENT", failing)
    session_fed(session, state_event("1001", 3), state_event("1002", 4), state_event("1001", 5))
    assert got == [([b"1001", b"1002", b"1001"], [3, 4, 5])]
    assert session.counters()["handler_errors"] == 1
    assert "of AGENT_STATE_EVENT raised" in caplog.text
    session.off(STATE, handler)
    session.off(STATE, failing)
    session_fed(session, state_event("1001", 3))
    assert len(got) == 1


def test_a_session_refuses_a_coroutine_function() -> None:
    async def handler(columns: Columns) -> None:
        """Is never called."""

    with pytest.raises(TypeError, match="listeners are plain functions"):
        Session(client_id="test").on_batch(STATE, handler)


# --- Life and leaks --------------------------------------------------------------------------------------


def test_a_dispatcher_in_a_cycle_with_its_batch_handlers_is_collected() -> None:
    class Owner:
        def __init__(self) -> None:
            self.dispatcher = Dispatcher(codec(25))
            self.dispatcher.on_batch(STATE, self.handler)
            self.dispatcher.frames.feed(state_event("1"))
            self.dispatcher.dispatch()

        def handler(self, columns: Columns) -> None:
            self.kept = columns

    owner = weakref.ref(Owner())
    gc.collect()
    assert owner() is None


@pytest.mark.parametrize("beside", [False, True])
def test_batch_handlers_leak_no_references(beside: bool) -> None:
    dispatcher = Dispatcher(codec(25))

    def reported(*arguments: object) -> None:
        """Keeps nothing."""

    def failing(columns: Columns) -> None:
        raise ValueError(columns["AgentID"], columns.valid("AgentID"))

    stream = (state_event("1001") + state_event("a" * 11, 4) + MALFORMED + HEARTBEAT) * 20
    dispatcher.on_handler_error = reported
    dispatcher.on_malformed = reported
    for handler in (reported, failing):
        dispatcher.on_batch(STATE, handler, FIELDS, max_rows=7)
    if beside:
        dispatcher.on(STATE, reported)

    def work(times: int) -> None:
        for _ in range(times):
            dispatcher.frames.feed(stream)
            dispatcher.dispatch()
            dispatcher.on_batch(ged.HEARTBEAT_CONF, reported)
            dispatcher.off(ged.HEARTBEAT_CONF, reported)
        gc.collect()

    shared = (codec(25), reported, failing, dispatcher, dispatcher.frames, None, 5000)
    check_that_nothing_is_kept(work, shared, warm_up=5, first=5, more=100, leaves_cycles=True)
