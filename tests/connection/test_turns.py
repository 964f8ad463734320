"""A turn of the event loop is bounded, however many frames one read brings: order, bounds, timers."""

import asyncio
import struct
import time

import pytest
from support.model import MakeSession, Recorder, soon, until
from support.scripted_server import Serve, frame, open_session, silent

from ctios_fast.connection.link import Link
from ctios_fast.core import Dispatcher, Message, codec
from ctios_fast.protocol import numbers as ged

CODEC = codec(25)


def numbered(count: int) -> bytes:
    """Frames of FAILURE_EVENT with statuses 0, 1, 2, ..."""
    return b"".join(frame(ged.FAILURE_EVENT, struct.pack(">I", number)) for number in range(count))


class Transport(asyncio.Transport):
    """The part of a transport that a link uses."""

    def __init__(self) -> None:
        super().__init__()
        self.reading = True
        self.written: list[bytes] = []

    def pause_reading(self) -> None:
        assert self.reading
        self.reading = False

    def resume_reading(self) -> None:
        assert not self.reading
        self.reading = True

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0

    def write(self, data: object) -> None:
        self.written.append(bytes(data))  # type: ignore[call-overload]

    def abort(self) -> None:
        pass

    def close(self) -> None:
        pass


class Slow:
    """A link whose handler takes a while for each frame."""

    def __init__(self, seconds: float = 0.002) -> None:
        self.seen: list[int] = []
        self.lost: list[BaseException | None] = []
        self.transport = Transport()
        self.link: Link = Link(CODEC, on_lost=self.lost.append, turn_time=0.01)
        self.link.dispatcher.on(ged.FAILURE_EVENT, self.handle)
        self.link.connection_made(self.transport)
        self.seconds = seconds

    def handle(self, message: Message) -> None:
        self.seen.append(message["Status"])
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            pass

    def read(self, data: bytes) -> None:
        self.link.frames.feed(data)
        self.link.buffer_updated(0)


async def test_a_turn_is_bounded_and_the_rest_follows_in_order() -> None:
    slow = Slow()
    slow.read(numbered(100))
    assert 0 < len(slow.seen) < 100
    assert not slow.transport.reading, "reading is paused while frames wait"
    assert slow.link.lag >= 0
    turns = 0
    while len(slow.seen) < 100:
        before = len(slow.seen)
        await asyncio.sleep(0)
        turns += 1
        assert len(slow.seen) - before <= 20, "each turn is bounded"
    assert slow.seen == list(range(100))
    assert turns > 5
    await asyncio.sleep(0)
    assert slow.transport.reading
    assert slow.link.lag == 0


async def test_a_fast_handler_needs_one_turn() -> None:
    slow = Slow(0)
    slow.read(numbered(100))
    assert slow.seen == list(range(100))
    assert slow.transport.reading


async def test_lag_is_the_time_that_the_oldest_frame_has_waited() -> None:
    slow = Slow()
    slow.read(numbered(50))
    await asyncio.sleep(0)
    assert slow.link.lag >= 0.02


async def test_waiting_frames_do_not_count_as_silence() -> None:
    slow = Slow()
    slow.read(numbered(50))
    read_at = slow.link.last_received
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert slow.link.last_received > read_at


async def test_frames_that_were_read_are_handled_before_the_loss() -> None:
    slow = Slow()
    slow.read(numbered(50))
    slow.link.connection_lost(None)
    assert slow.lost == []
    await until(lambda: slow.lost)
    assert slow.seen == list(range(50))
    assert slow.lost == [None]


async def test_an_abort_discards_waiting_frames() -> None:
    slow = Slow()
    slow.read(numbered(50))
    seen = len(slow.seen)
    slow.link.abort()
    slow.link.connection_lost(None)
    for _ in range(10):
        await asyncio.sleep(0)
    assert len(slow.seen) == seen
    assert slow.lost == [None]


async def test_reading_that_was_paused_from_outside_stays_paused() -> None:
    slow = Slow()
    slow.read(numbered(30))
    slow.link.pause_reading()
    await until(lambda: len(slow.seen) == 30)
    await asyncio.sleep(0)
    assert not slow.transport.reading
    slow.link.resume_reading()
    assert slow.transport.reading


async def test_frames_sent_by_handlers_are_written_after_each_turn() -> None:
    slow = Slow()
    slow.link.dispatcher.on(ged.FAILURE_EVENT, lambda message: slow.link.send(numbered(1)))
    slow.read(numbered(20))
    await until(lambda: len(slow.seen) == 20)
    await asyncio.sleep(0)
    assert sum(map(len, slow.transport.written)) == 20 * len(numbered(1))
    assert 1 < len(slow.transport.written) < 20


@pytest.mark.parametrize("seconds", [0.001, 0.01])
def test_a_dispatch_with_a_time_limit_ends_soon_after_it(seconds: float) -> None:
    dispatcher = Dispatcher(CODEC)
    seen: list[int] = []

    def handle(message: Message) -> None:
        seen.append(message["Status"])
        time.sleep(0.001)

    dispatcher.on(ged.FAILURE_EVENT, handle)
    dispatcher.frames.feed(numbered(200))
    calls = 0
    while len(seen) < 200:
        before = len(seen)
        dispatcher.dispatch(seconds)
        assert len(seen) - before <= seconds / 0.001 + 1
        calls += 1
    assert seen == list(range(200))
    assert calls >= 200 / (seconds / 0.001 + 1)


def test_a_dispatch_without_a_limit_handles_all_frames() -> None:
    dispatcher = Dispatcher(CODEC)
    dispatcher.frames.feed(numbered(5000))
    assert dispatcher.dispatch() == 5000
    assert not dispatcher.unfinished


def test_a_handler_that_becomes_slow_is_noticed_within_256_frames() -> None:
    dispatcher = Dispatcher(CODEC)
    slow = False

    def handle(message: Message) -> None:
        if slow:
            time.sleep(0.001)

    dispatcher.on(ged.FAILURE_EVENT, handle)
    dispatcher.frames.feed(numbered(20_000))
    dispatcher.dispatch(10)
    slow = True
    dispatcher.frames.feed(numbered(1000))
    assert dispatcher.dispatch(0.001) <= 256, "the clock is read after at most 256 frames"
    assert dispatcher.unfinished
    assert dispatcher.dispatch(0.001) <= 2, "and from then on after each frame"


async def test_timers_run_while_a_burst_is_handled(serve: Serve, make_session: MakeSession) -> None:
    event = frame(ged.FAILURE_EVENT, struct.pack(">I", 17))

    async def burst(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await open_session(reader, writer)
        writer.write(event * 2000)
        await silent(reader, writer)

    session = make_session(turn_time=0.01)
    handled = 0

    def slow(message: Message) -> None:
        nonlocal handled
        handled += 1
        end = time.monotonic() + 0.0005
        while time.monotonic() < end:
            pass

    session.on(ged.FAILURE_EVENT, slow)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.005)
            ticks += 1

    ticking = asyncio.ensure_future(tick())
    recorder = Recorder(session)
    await soon(session.connect(**await serve(burst)))
    await soon(session.set_bulk_mode(5000))
    await until(lambda: handled == 2000)
    ticking.cancel()
    assert ticks > 20, "timers run between the turns"
    assert "OnConnectionFailure" not in recorder.names


async def test_turn_time_none_removes_the_limit(serve: Serve, make_session: MakeSession) -> None:
    session = make_session(turn_time=None)
    await soon(session.connect(**await serve(silent)))
    await soon(session.disconnect())
