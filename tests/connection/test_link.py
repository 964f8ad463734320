"""What a link writes, and when: a lone frame at once, many in as few writes as may be, always in order."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from ctios_fast.connection.clock import ManualClock
from ctios_fast.connection.link import Link
from ctios_fast.core import Message, codec
from ctios_fast.errors import LinkClosed, SendBufferFull
from ctios_fast.protocol import numbers as ged

CODEC = codec(25)
FRAMES = [CODEC.encode(ged.HEARTBEAT_REQ, {"InvokeID": number}) for number in range(8)]
SIZE = len(FRAMES[0])


class Wire(asyncio.Transport):
    """A transport whose socket takes what it is told to take."""

    def __init__(self, tls: bool = False) -> None:
        super().__init__({"sslcontext": object() if tls else None})
        self.writes: list[bytes] = []
        self.stuck = False
        self.waiting = 0
        self.closed = False
        self.link: Link | None = None

    def write(self, data: Any) -> None:
        self.writes.append(bytes(data))
        if self.stuck:
            self.waiting += len(data)
            assert self.link is not None
            self.link.pause_writing()

    def drain(self) -> None:
        """The socket takes what waits."""
        self.waiting = 0
        assert self.link is not None
        self.link.resume_writing()

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.high = high

    def close(self) -> None:
        self.closed = True

    abort = close


def up(wire: Wire, **settings: Any) -> Link:
    """A link over the wire."""
    link = Link(CODEC, on_lost=lambda error: None, clock=ManualClock(), **settings)
    wire.link = link
    link.connection_made(wire)
    return link


def receive(link: Link, data: bytes) -> None:
    """The socket brings these bytes."""
    room = memoryview(link.get_buffer(len(data)))  # type: ignore[arg-type]
    room[: len(data)] = data
    room.release()
    link.buffer_updated(len(data))


async def test_a_lone_frame_is_written_at_once() -> None:
    wire = Wire()
    up(wire).send(FRAMES[0])
    assert wire.writes == [FRAMES[0]]


async def test_what_follows_in_the_same_turn_goes_out_in_one_write_at_its_end() -> None:
    wire = Wire()
    link = up(wire)
    for frame in FRAMES:
        link.send(frame)
    assert wire.writes == FRAMES[:1]
    assert link.buffered_out == 7 * SIZE
    await asyncio.sleep(0)
    assert wire.writes == [FRAMES[0], b"".join(FRAMES[1:])]
    assert link.bytes_sent == 8 * SIZE
    link.send(FRAMES[0])
    assert wire.writes[2:] == [FRAMES[0]], "a new turn"


async def test_what_handlers_send_leaves_when_the_dispatch_is_over() -> None:
    wire = Wire()
    link = up(wire)

    def answer(message: Message) -> None:
        before = len(wire.writes)
        link.send(FRAMES[message["InvokeID"]])
        assert len(wire.writes) == before

    link.dispatcher.on(ged.HEARTBEAT_REQ, answer)
    receive(link, b"".join(FRAMES[:5]))
    assert wire.writes == [b"".join(FRAMES[:5])]
    link.send(FRAMES[5])
    assert wire.writes[1:] == [FRAMES[5]], "the turn's first frame outside of a dispatch"


async def test_the_order_holds_across_turns_and_dispatches() -> None:
    wire = Wire()
    link = up(wire)
    link.dispatcher.on(ged.HEARTBEAT_REQ, lambda message: link.send(FRAMES[message["InvokeID"]]))
    link.send(FRAMES[0])
    link.send(FRAMES[1])
    receive(link, FRAMES[2] + FRAMES[3])
    link.send(FRAMES[4])
    await asyncio.sleep(0)
    link.send(FRAMES[5])
    link.send(FRAMES[6])
    link.flush()
    link.send(FRAMES[7])
    await asyncio.sleep(0)
    assert b"".join(wire.writes) == b"".join(FRAMES)


async def test_a_frame_past_the_bound_is_refused_whole_wherever_the_others_wait() -> None:
    wire = Wire()
    link = up(wire, max_buffered=3 * SIZE)
    wire.stuck = True
    link.send(FRAMES[0])  # waits in the transport
    link.send(FRAMES[1])  # waits for the end of the turn
    link.send(FRAMES[2])
    assert link.buffered_out == 3 * SIZE
    with pytest.raises(SendBufferFull, match=f"{3 * SIZE} bytes wait to be sent, {3 * SIZE} are allowed"):
        link.send(FRAMES[3])
    await asyncio.sleep(0)
    assert link.buffered_out == 3 * SIZE
    with pytest.raises(SendBufferFull):
        link.send(FRAMES[3])
    wire.drain()
    link.send(FRAMES[3])
    assert b"".join(wire.writes) == b"".join(FRAMES[:4])


async def test_a_tls_transport_is_asked_what_waits() -> None:
    wire = Wire(tls=True)
    link = up(wire, max_buffered=3 * SIZE)
    assert wire.high == 3 * SIZE
    wire.waiting = 3 * SIZE - 1  # without a word of it
    with pytest.raises(SendBufferFull):
        link.send(FRAMES[0])


def closing(link: Link) -> None:
    link.close()


def aborting(link: Link) -> None:
    link.abort()


def losing(link: Link) -> None:
    link.connection_lost(None)


@pytest.mark.parametrize(("end", "sent"), [(closing, 3), (aborting, 1), (losing, 1)])
async def test_what_is_queued_goes_out_before_a_close_and_not_after_an_abort(
    end: Callable[[Link], None], sent: int
) -> None:
    wire = Wire()
    link = up(wire)
    for frame in FRAMES[:3]:
        link.send(frame)
    end(link)
    with pytest.raises(LinkClosed):
        link.send(FRAMES[3])
    await asyncio.sleep(0)
    assert b"".join(wire.writes) == b"".join(FRAMES[:sent])
    assert link.buffered_out == 0


async def test_an_abort_within_a_dispatch_sends_nothing_of_it() -> None:
    wire = Wire()
    link = up(wire)

    def answer(message: Message) -> None:
        link.send(FRAMES[1])
        link.abort()

    link.dispatcher.on(ged.HEARTBEAT_REQ, answer)
    receive(link, FRAMES[0])
    await asyncio.sleep(0)
    assert wire.writes == []
    assert wire.closed
