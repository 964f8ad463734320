"""What a link writes, and when: a single frame at once, many frames in few writes, always in order."""

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
    """A transport that records writes; while ``stuck`` is set, its socket takes no bytes."""

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
        """Let the socket take all waiting bytes."""
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
    """Return a link over the wire."""
    link = Link(CODEC, on_lost=lambda error: None, clock=ManualClock(), **settings)
    wire.link = link
    link.connection_made(wire)
    return link


def receive(link: Link, data: bytes) -> None:
    """Let the link receive these bytes."""
    free = memoryview(link.get_buffer(len(data)))  # type: ignore[arg-type]
    free[: len(data)] = data
    free.release()
    link.buffer_updated(len(data))


async def test_a_single_frame_is_written_at_once() -> None:
    wire = Wire()
    up(wire).send(FRAMES[0])
    assert wire.writes == [FRAMES[0]]


async def test_further_frames_of_a_turn_are_written_together_at_its_end() -> None:
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
    assert wire.writes[2:] == [FRAMES[0]], "the first frame of a new turn"


async def test_frames_sent_by_handlers_are_written_after_the_dispatch() -> None:
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


async def test_a_frame_above_the_buffer_limit_is_refused_whole() -> None:
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


async def test_the_buffer_of_a_tls_transport_counts() -> None:
    wire = Wire(tls=True)
    link = up(wire, max_buffered=3 * SIZE)
    assert wire.high == 3 * SIZE
    wire.waiting = 3 * SIZE - 1  # a TLS transport does not call pause_writing for it
    with pytest.raises(SendBufferFull):
        link.send(FRAMES[0])


def closing(link: Link) -> None:
    link.close()


def aborting(link: Link) -> None:
    link.abort()


def losing(link: Link) -> None:
    link.connection_lost(None)


@pytest.mark.parametrize(("end", "sent"), [(closing, 3), (aborting, 1), (losing, 1)])
async def test_queued_frames_are_written_before_a_close_but_not_after_an_abort(
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


async def test_an_abort_within_a_dispatch_discards_its_frames() -> None:
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
