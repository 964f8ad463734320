"""The dispatcher: which handlers get a message, in which order, and how handlers that raise affect it."""

import asyncio
import gc
import struct
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from support.memory import check_that_nothing_is_kept

from ctios_fast import messages
from ctios_fast.core import Dispatcher, FrameBuffer, Message, codec
from ctios_fast.core.dispatch.pending import Request
from ctios_fast.core.scan.frame_filter import FrameFilter
from ctios_fast.errors import FrameTooLarge, MalformedFrame
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.enums import MessageType
from ctios_fast.protocol.numbers import NAMES


def beat(invoke_id: int) -> bytes:
    return codec(25).encode(ged.HEARTBEAT_CONF, {"InvokeID": invoke_id})


def raw(number: int, body: bytes = b"") -> bytes:
    return struct.pack(">II", len(body), number) + body


MALFORMED = raw(ged.HEARTBEAT_CONF, b"\0\0\0")


class Log:
    """A dispatcher, and the calls of its handlers: (handler's name, InvokeID or message type)."""

    def __init__(self, *frames: bytes) -> None:
        self.dispatcher = Dispatcher(codec(25))
        self.rows: list[tuple[str, int]] = []
        self.faults: list[MalformedFrame] = []
        self.errors: list[tuple[object, int, BaseException]] = []
        self.dispatcher.on_malformed = self.faults.append
        self.dispatcher.on_handler_error = lambda handler, message, error: self.errors.append(
            (handler, message["InvokeID"], error)
        )
        self.feed(*frames)

    def feed(self, *frames: bytes) -> None:
        self.dispatcher.frames.feed(b"".join(frames))

    def handler(self, name: str, then: Callable[[], object] = lambda: None) -> Callable[[Message], object]:
        def handler(message: Message) -> object:
            self.rows.append((name, message.get("InvokeID", message.type)))
            return then()

        return handler

    def on(
        self, name: str, then: Callable[[], object] = lambda: None, number: int = ged.HEARTBEAT_CONF
    ) -> Any:
        handler = self.handler(name, then)
        self.dispatcher.on(number, handler)
        return handler

    @property
    def counters(self) -> tuple[int, int, int, int]:
        own = self.dispatcher
        return own.frames_seen, own.malformed, own.unhandled, own.handler_errors


def raising(error: BaseException) -> Callable[[], object]:
    def handler() -> object:
        raise error

    return handler


# --- handlers of a message ---------------------------------------------------------------------------


def test_all_handlers_of_one_message_are_called_before_any_sees_the_next() -> None:
    log = Log(beat(1), beat(2))
    for name in "abc":
        log.on(name)
    assert log.dispatcher.dispatch() == 2
    assert log.rows == [(name, number) for number in (1, 2) for name in "abc"]
    assert log.counters == (2, 0, 0, 0)


def test_messages_come_in_the_order_of_the_wire() -> None:
    numbers = [ged.HEARTBEAT_CONF, ged.CLOSE_CONF, ged.HEARTBEAT_CONF, 120]
    log = Log(*(codec(25).encode_raw(number, bytes(4)) for number in numbers))
    seen: list[int] = []
    for number in set(numbers):
        log.dispatcher.on(number, lambda message: seen.append(message.type))
    assert log.dispatcher.dispatch() == 4
    assert seen == numbers


def test_a_frame_is_dispatched_once_it_is_whole() -> None:
    log = Log()
    log.on("a")
    stream = beat(1) + beat(2)
    counts = []
    for at in range(len(stream)):
        log.feed(stream[at : at + 1])
        counts.append(log.dispatcher.dispatch())
    assert [at for at, count in enumerate(counts) if count] == [11, 23]
    assert log.rows == [("a", 1), ("a", 2)]


def test_a_handler_registered_twice_is_called_twice() -> None:
    log = Log(beat(1))
    handler = log.on("a")
    log.on("b")
    log.dispatcher.on(ged.HEARTBEAT_CONF, handler)
    log.dispatcher.dispatch()
    assert log.rows == [("a", 1), ("b", 1), ("a", 1)]
    log.dispatcher.off(ged.HEARTBEAT_CONF, handler)
    log.feed(beat(2))
    log.dispatcher.dispatch()
    assert log.rows[3:] == [("b", 2), ("a", 2)]


@pytest.mark.parametrize("number", sorted(NAMES))
def test_every_message_of_the_reference_can_have_handlers(number: int) -> None:
    log = Log(raw(number))
    handler = log.on("a", number=number)
    other = log.on("b", number=number)
    log.on("other", number=ged.HEARTBEAT_REQ if number != ged.HEARTBEAT_REQ else ged.HEARTBEAT_CONF)
    if codec(25).describe(number) is None:
        assert log.dispatcher.dispatch() == 1
        assert log.rows == [("a", number), ("b", number)]
    log.dispatcher.off(number, handler)
    log.dispatcher.off(number, other)
    log.feed(raw(number))
    log.rows.clear()
    log.dispatcher.dispatch()
    assert log.rows == []
    assert log.dispatcher.unhandled >= 1


@pytest.mark.parametrize("number", [0, 285, 510, 511, 512, 513, 999, 2**16, 2**31, 2**32 - 1])
def test_messages_that_the_reference_lacks_go_to_the_default_handler(number: int) -> None:
    log = Log(raw(number))
    with pytest.raises(ValueError, match=f"no message with number {number}"):
        log.on("a", number=number)
    log.dispatcher.default = log.handler("default")
    assert log.dispatcher.dispatch() == 1
    assert log.rows == [("default", number)]


def test_a_message_is_given_by_number_name_or_class() -> None:
    log = Log(beat(1))
    handler = log.handler("a")
    given: list[Any] = [
        ged.HEARTBEAT_CONF,
        "HEARTBEAT_CONF",
        messages.HeartbeatConf,
        MessageType.HEARTBEAT_CONF,
    ]
    for message in given:
        log.dispatcher.on(message, handler)
    log.dispatcher.dispatch()
    assert log.rows == [("a", 1)] * 4
    for message in given:
        log.dispatcher.off(message, handler)
    with pytest.raises(ValueError, match="not a registered handler of HEARTBEAT_CONF"):
        log.dispatcher.off("HEARTBEAT_CONF", handler)


@pytest.mark.parametrize(
    ("message", "kind", "text"),
    [
        ("HEARTBEAT_CONFIRM", ValueError, "no message 'HEARTBEAT_CONFIRM'; did you mean HEARTBEAT_CONF?"),
        ("AgentStateEvent", ValueError, "did you mean AGENT_STATE_EVENT?"),
        (object, TypeError, "object is not a message class"),
        (Message, TypeError, "Message is not a message class"),
        (None, TypeError, "expected a message as number, name or class, got NoneType"),
        (6.0, TypeError, "got float"),
        (True, TypeError, "got bool"),
    ],
)
def test_a_message_that_does_not_exist_is_refused(message: Any, kind: type[Exception], text: str) -> None:
    dispatcher = Dispatcher(codec(25))
    for method in (dispatcher.on, dispatcher.off):
        with pytest.raises(kind) as caught:
            method(message, print)
        assert text in str(caught.value)


@pytest.mark.parametrize("number", [ged.HEARTBEAT_CONF, ged.OPEN_CONF])
def test_a_handler_that_is_not_registered_cannot_be_removed(number: int) -> None:
    log = Log()
    handler = log.handler("a")
    with pytest.raises(ValueError, match="not a registered handler of"):
        log.dispatcher.off(number, handler)
    log.dispatcher.on(number, handler)
    log.dispatcher.off(number, handler)
    with pytest.raises(ValueError, match="not a registered handler of"):
        log.dispatcher.off(number, handler)


def test_a_handler_can_be_put_before_the_others() -> None:
    log = Log(beat(1))
    log.on("a")
    first = log.handler("first")
    log.dispatcher.on_first(ged.HEARTBEAT_CONF, first)
    log.dispatcher.dispatch()
    assert log.rows == [("first", 1), ("a", 1)]
    log.dispatcher.off(ged.HEARTBEAT_CONF, first)
    log.feed(beat(2))
    log.dispatcher.dispatch()
    assert log.rows[2:] == [("a", 2)]


def test_off_finds_a_bound_method_by_equality() -> None:
    log = Log(beat(1))
    seen: list[Message] = []
    log.dispatcher.on(ged.HEARTBEAT_CONF, seen.append)
    log.dispatcher.off(ged.HEARTBEAT_CONF, seen.append)
    log.dispatcher.dispatch()
    assert seen == []


@pytest.mark.parametrize("handler", [None, 5, "handler"])
def test_a_handler_is_callable(handler: Any) -> None:
    dispatcher = Dispatcher(codec(25))
    with pytest.raises(TypeError, match="callable"):
        dispatcher.on(5, handler)
    if handler is not None:
        with pytest.raises(TypeError, match="callable"):
            dispatcher.default = handler


@pytest.mark.parametrize("number", [-1, 2**32])
def test_a_number_beyond_32_bits_is_refused(number: int) -> None:
    dispatcher = Dispatcher(codec(25))
    with pytest.raises(ValueError, match=f"no message with number {number}"):
        dispatcher.on(number, print)
    with pytest.raises(ValueError, match=f"no message with number {number}"):
        dispatcher.off(number, print)


# --- messages without a handler ------------------------------------------------------------------


def test_messages_without_handler_are_counted() -> None:
    log = Log(beat(1), raw(999), MALFORMED)
    assert log.dispatcher.dispatch() == 3
    assert log.counters == (3, 0, 3, 0)  # without a handler no frame is decoded, so none is malformed


def test_messages_without_handler_go_to_the_default() -> None:
    log = Log(beat(1), raw(999), raw(2**32 - 1), raw(ged.CLOSE_CONF, bytes(4)))
    log.on("a")
    default = log.handler("default")
    log.dispatcher.default = default
    assert log.dispatcher.default is default
    log.dispatcher.dispatch()
    assert log.rows == [("a", 1), ("default", 999), ("default", 2**32 - 1), ("default", 0)]
    assert log.counters == (4, 0, 0, 0)
    log.dispatcher.default = None
    log.feed(raw(999))
    log.dispatcher.dispatch()
    assert log.dispatcher.default is None
    assert log.counters == (5, 0, 1, 0)


def test_a_default_handler_that_raises_is_reported() -> None:
    log = Log(beat(1), beat(2))
    default = log.dispatcher.default = log.handler("default", raising(ValueError("mine")))
    log.dispatcher.dispatch()
    assert [(handler, number) for handler, number, _ in log.errors] == [(default, 1), (default, 2)]


# --- changes while a message is handled --------------------------------------------------------------


def test_a_handler_registered_by_a_handler_gets_the_next_message() -> None:
    log = Log(beat(1), beat(2))
    todo = [lambda: log.on("new")]
    log.on("a", lambda: todo and todo.pop()())
    log.dispatcher.dispatch()
    assert log.rows == [("a", 1), ("a", 2), ("new", 2)]


def test_a_handler_removed_by_another_still_gets_the_current_message() -> None:
    log = Log(beat(1), beat(2))

    def remove() -> None:
        if todo:
            log.dispatcher.off(ged.HEARTBEAT_CONF, todo.pop())

    log.on("a", remove)
    todo = [log.on("last")]
    log.dispatcher.dispatch()
    assert log.rows == [("a", 1), ("last", 1), ("a", 2)]


def test_a_handler_may_remove_itself() -> None:
    log = Log(beat(1), beat(2))
    own = log.on("once", lambda: log.dispatcher.off(ged.HEARTBEAT_CONF, own))
    log.dispatcher.dispatch()
    assert log.rows == [("once", 1)]
    assert log.dispatcher.unhandled == 1


def test_frames_fed_by_a_handler_come_after_the_buffered_ones() -> None:
    log = Log(beat(1), beat(2))
    more = [beat(4) * 20_000, beat(3)]  # enough that the buffer's bytes move

    def feed() -> None:
        if more:
            log.feed(more.pop())

    log.on("a", feed)
    assert log.dispatcher.dispatch() == 20_003
    assert [number for _, number in log.rows[:5]] == [1, 2, 3, 4, 4]


def test_dispatch_within_a_handler_leaves_the_order_alone() -> None:
    log = Log(beat(1), beat(2))
    counts: list[int] = []
    log.on("a", lambda: counts.append(log.dispatcher.dispatch()))
    log.on("b")
    assert log.dispatcher.dispatch() == 2
    assert counts == [0, 0]
    assert log.rows == [("a", 1), ("b", 1), ("a", 2), ("b", 2)]


def test_the_codec_can_be_replaced_between_two_messages() -> None:
    narrow = codec(14).encode(ged.HEARTBEAT_CONF, {"InvokeID": 2}, [("AgentID", "1001")])
    log = Log(beat(1), narrow)
    seen: list[Message] = []

    def handler(message: Message) -> None:
        seen.append(message)
        log.dispatcher.codec = codec(14)

    log.dispatcher.on(ged.HEARTBEAT_CONF, handler)
    log.dispatcher.dispatch()
    assert [message.version for message in seen] == [25, 14]
    assert seen[1]["AgentID"] == "1001"
    assert log.dispatcher.codec is codec(14)


def test_the_frames_can_be_replaced_between_two_messages() -> None:
    log = Log(beat(1), beat(2))
    newer = FrameBuffer()
    newer.feed(beat(3))

    def replace() -> None:
        log.dispatcher.frames = newer

    log.on("a", replace)
    log.dispatcher.dispatch()
    assert log.rows == [("a", 1), ("a", 3)]
    assert log.dispatcher.frames is newer


def test_codec_and_frames_are_never_none() -> None:
    dispatcher = Dispatcher(codec(25), None)
    assert isinstance(dispatcher.frames, FrameBuffer)
    for name in ("codec", "frames"):
        for value in (None, 5):
            with pytest.raises(TypeError):
                setattr(dispatcher, name, value)
    for arguments in ((), (None,), (25,), (codec(25), 5)):
        with pytest.raises(TypeError):
            Dispatcher(*arguments)
    with pytest.raises(TypeError):
        type("Derived", (Dispatcher,), {})


# --- stop --------------------------------------------------------------------------------------------


def test_after_stop_the_other_handlers_get_the_message_and_no_later_one() -> None:
    log = Log(beat(1), beat(2))
    log.on("a", log.dispatcher.stop)
    log.on("b")
    assert log.dispatcher.dispatch() == 1
    assert log.rows == [("a", 1), ("b", 1)]
    assert log.dispatcher.frames.buffered == len(beat(2))
    log.feed(beat(3))
    assert log.dispatcher.dispatch() == 0
    assert log.counters == (1, 0, 0, 0)


def test_new_frames_undo_stop() -> None:
    log = Log(beat(1))
    log.on("a")
    log.dispatcher.stop()
    assert log.dispatcher.dispatch() == 0
    log.dispatcher.frames = FrameBuffer()
    log.feed(beat(2))
    assert log.dispatcher.dispatch() == 1
    assert log.rows == [("a", 2)]


def test_a_stopped_dispatcher_does_not_split_the_rest_of_the_stream() -> None:
    log = Log(beat(1), b"\xff" * 8)
    log.on("a", log.dispatcher.stop)
    assert log.dispatcher.dispatch() == 1


# --- handlers that raise -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [ValueError("mine"), asyncio.CancelledError(), GeneratorExit(), FrameTooLarge(9, 8, 0), StopIteration()],
)
def test_a_handler_that_raises_does_not_keep_the_message_from_the_others(error: BaseException) -> None:
    log = Log(beat(1), beat(2))
    log.on("a")
    failing = log.on("failing", raising(error))
    log.on("b")
    assert log.dispatcher.dispatch() == 2
    assert log.rows == [(name, number) for number in (1, 2) for name in ("a", "failing", "b")]
    assert log.errors == [(failing, 1, error), (failing, 2, error)]
    assert log.counters == (2, 0, 0, 2)


def test_a_decoding_error_in_a_handler_is_not_a_malformed_frame() -> None:
    log = Log(beat(1))
    log.on("a", lambda: codec(25).decode(b""))
    log.dispatcher.dispatch()
    assert log.counters == (1, 0, 0, 1)
    assert log.faults == []


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)], ids=repr)
def test_an_interrupt_in_another_thread_is_a_failure_of_the_handler(error: BaseException) -> None:
    log = Log(beat(1), beat(2))
    log.dispatcher.on_handler_error = None
    log.on("a", raising(error))
    log.on("b")
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(log.dispatcher.dispatch).result() == 2
    assert log.rows == [("a", 1), ("b", 1), ("a", 2), ("b", 2)]
    assert log.counters[3] == 2


def test_errors_are_counted_without_a_callback() -> None:
    log = Log(beat(1), MALFORMED, beat(2))
    log.dispatcher.on_handler_error = None
    log.dispatcher.on_malformed = None
    log.on("a", raising(ValueError("mine")))
    assert log.dispatcher.dispatch() == 3
    assert log.counters == (3, 1, 0, 2)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)])
def test_an_interrupt_ends_the_dispatch_and_the_next_one_starts_after_its_frame(error: BaseException) -> None:
    log = Log(beat(1), beat(2), beat(3))
    interrupts = [error]
    log.on("a", lambda: interrupts and raising(interrupts.pop())())
    log.on("b")
    with pytest.raises(type(error)):
        log.dispatcher.dispatch()
    assert log.rows == [("a", 1)]
    assert log.dispatcher.dispatch() == 2
    assert log.rows[1:] == [("a", 2), ("b", 2), ("a", 3), ("b", 3)]
    assert log.counters == (3, 0, 0, 0)


def test_an_error_callback_that_raises_ends_the_dispatch_and_the_next_one_continues() -> None:
    log = Log(beat(1), MALFORMED, beat(2))
    log.on("a", raising(ValueError("mine")))

    def fails(*arguments: object) -> None:
        raise LookupError("callback")

    log.dispatcher.on_handler_error = log.dispatcher.on_malformed = fails
    for seen in (1, 2, 3):
        with pytest.raises(LookupError, match="callback"):
            log.dispatcher.dispatch()
        assert log.dispatcher.frames_seen == seen
    assert log.dispatcher.dispatch() == 0
    assert log.counters == (3, 1, 0, 2)


# --- bytes that are not messages ---------------------------------------------------------------------


def test_a_malformed_frame_is_reported_and_skipped() -> None:
    log = Log(beat(1), MALFORMED, beat(2))
    log.on("a")
    log.on("b")
    assert log.dispatcher.dispatch() == 3
    assert log.rows == [("a", 1), ("b", 1), ("a", 2), ("b", 2)]
    assert log.counters == (3, 1, 0, 0)
    (fault,) = log.faults
    assert (fault.message, fault.field, fault.frame) == ("HEARTBEAT_CONF", "InvokeID", MALFORMED)


def test_the_default_gets_no_malformed_frames() -> None:
    log = Log(MALFORMED)
    log.dispatcher.default = log.handler("default")
    log.dispatcher.dispatch()
    assert (log.rows, len(log.faults)) == ([], 1)


def test_a_frame_above_the_limit_ends_the_stream_after_the_whole_frames() -> None:
    log = Log(beat(1), b"\xff" * 8)
    log.on("a")
    for _ in range(2):
        with pytest.raises(FrameTooLarge) as caught:
            log.dispatcher.dispatch()
        assert caught.value.offset == len(beat(1))
    assert log.rows == [("a", 1)]
    assert log.counters == (1, 0, 0, 0)


# --- life and leaks ----------------------------------------------------------------------------------


def test_a_dispatcher_in_a_cycle_with_its_handlers_is_collected() -> None:
    class Owner:
        def __init__(self) -> None:
            self.dispatcher = Dispatcher(codec(25))
            self.dispatcher.on(ged.HEARTBEAT_CONF, self.handler)
            self.dispatcher.on(120, self.handler)
            self.dispatcher.default = self.handler
            self.dispatcher.on_malformed = self.handler

        def handler(self, message: object) -> None:
            """Holds its owner."""

    owner = weakref.ref(Owner())
    gc.collect()
    assert owner() is None


def test_dispatching_leaks_no_references() -> None:
    dispatcher = Dispatcher(codec(25))
    kept: list[Message] = []

    def failing(message: Message) -> None:
        raise ValueError(message)

    def ignore(*arguments: object) -> None:
        """Keep no argument."""

    dispatcher.on(ged.HEARTBEAT_CONF, ignore)
    dispatcher.on(ged.HEARTBEAT_CONF, failing)
    dispatcher.on_handler_error = ignore
    dispatcher.on_malformed = ignore
    dispatcher.default = ignore
    stream = (beat(1) + MALFORMED + raw(999)) * 20

    def work(times: int) -> None:
        for _ in range(times):
            dispatcher.frames.feed(stream)
            dispatcher.dispatch()
            dispatcher.on(120, ignore)
            dispatcher.off(120, ignore)

    shared = (codec(25), ignore, failing, dispatcher, dispatcher.frames, None)
    check_that_nothing_is_kept(work, shared, warm_up=5, first=5, more=100)
    assert kept == []


def test_a_filter_keeps_frames_from_all_handlers_and_they_are_counted() -> None:
    frames = FrameBuffer()
    dispatcher = Dispatcher(codec(25), frames)
    seen: list[int] = []
    dispatcher.on(ged.HEARTBEAT_CONF, lambda message: seen.append(message["InvokeID"]))
    dispatcher.filter = FrameFilter(25, messages=[ged.HEARTBEAT_CONF], where={"InvokeID": {1, 3}})
    for number in range(4):
        frames.feed(codec(25).encode(ged.HEARTBEAT_CONF, {"InvokeID": number}))
    assert dispatcher.dispatch() == 4
    assert (seen, dispatcher.filtered) == ([1, 3], 2)
    dispatcher.filter = None
    frames.feed(codec(25).encode(ged.HEARTBEAT_CONF, {"InvokeID": 2}))
    dispatcher.dispatch()
    assert seen == [1, 3, 2]


async def _job() -> None:
    raise AssertionError


def _steps() -> Iterator[int]:
    yield 1


async def _async_steps() -> AsyncIterator[int]:
    yield 1


class Callee:
    async def __call__(self, message: Message) -> None:
        raise AssertionError


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        (lambda message: _job(), "coroutine"),
        (lambda message: _steps(), "generator"),
        (lambda message: _async_steps(), "async_generator"),
        (partial(Callee()), "coroutine"),
    ],
    ids=["coroutine", "generator", "asynchronous generator", "partial"],
)
def test_a_handler_that_returns_what_nobody_runs_is_reported(
    handler: Callable[[Message], object], kind: str
) -> None:
    log = Log(beat(1), beat(2))
    log.dispatcher.on(ged.HEARTBEAT_CONF, handler)
    log.dispatcher.on(ged.HEARTBEAT_CONF, log.handler("after"))
    assert log.dispatcher.dispatch() == 2
    assert log.rows == [("after", 1), ("after", 2)]
    assert log.dispatcher.handler_errors == 2
    assert [(reporter, number) for reporter, number, _error in log.errors] == [(handler, 1), (handler, 2)]
    for _reporter, _number, error in log.errors:
        assert isinstance(error, TypeError)
        assert f"returned a {kind}, which nothing runs" in str(error)
    gc.collect()  # Python would warn about a coroutine that was never awaited, and warnings are errors


def test_a_handler_of_fields_that_returns_a_coroutine_is_reported() -> None:
    log = Log(beat(1))
    log.dispatcher.on(ged.HEARTBEAT_CONF, lambda invoke_id: _job(), ("InvokeID",))
    assert log.dispatcher.dispatch() == 1
    ((_handler, _number, error),) = log.errors
    assert isinstance(error, TypeError)
    assert "returned a coroutine, which nothing runs" in str(error)


def test_a_handler_may_return_anything_else() -> None:
    loop = asyncio.new_event_loop()
    for returned in (1, "text", [1], iter([1]), loop.create_future(), Request("request")):
        log = Log(beat(1))
        log.dispatcher.on(ged.HEARTBEAT_CONF, lambda message, returned=returned: returned)
        log.dispatcher.dispatch()
        assert log.dispatcher.handler_errors == 0
    loop.close()


def test_a_report_of_a_returned_coroutine_that_raises_ends_the_dispatch() -> None:
    log = Log(beat(1), beat(2))
    log.dispatcher.on(ged.HEARTBEAT_CONF, lambda message: _job())

    def fails(handler: object, message: Message, error: BaseException) -> None:
        raise LookupError

    log.dispatcher.on_handler_error = fails
    with pytest.raises(LookupError):
        log.dispatcher.dispatch()
    assert log.dispatcher.frames_seen == 1


def test_a_filter_is_for_the_version_of_the_codec() -> None:
    dispatcher = Dispatcher(codec(25))
    wanted = "the filter is for protocol version 13, the codec for 25: create the filter for version 25"
    with pytest.raises(ValueError, match=wanted):
        dispatcher.filter = FrameFilter(13)
    assert dispatcher.filter is None
    dispatcher.filter = kept = FrameFilter(25)
    with pytest.raises(ValueError, match="version 25, the codec for 13"):
        dispatcher.codec = codec(13)
    assert (dispatcher.codec, dispatcher.filter) == (codec(25), kept)
    dispatcher.filter = None
    dispatcher.codec = codec(13)
    dispatcher.filter = FrameFilter(13)
