"""The receive buffer: splitting, its limit, its memory, and its use as asyncio's loops use it."""

import asyncio
import itertools
import pickle
import random
import socket
import struct
from asyncio.protocols import _feed_data_to_buffered_proto  # type: ignore[attr-defined]
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctios_fast.core import DEFAULT_MAX_FRAME, FrameBuffer
from ctios_fast.errors import FrameTooLarge, ProtocolError

MIN_READ = 4096
EXAMPLES = settings(max_examples=150, deadline=None, derandomize=True, database=None)


def frame(number: int, size: int) -> bytes:
    """A frame whose body has ``size`` bytes that are not all equal."""
    return struct.pack(">II", size, number) + bytes((number + at) & 0xFF for at in range(size))


FRAMES = [frame(number, size) for number, size in enumerate((0, 1, 7, 8, 9, 250, 255, 256, 257, 1000, 0, 3))]
STREAM = b"".join(FRAMES)


def drained(frames: FrameBuffer) -> Iterator[bytes]:
    while (whole := frames.next_frame()) is not None:
        yield whole


def read(frames: FrameBuffer, data: bytes) -> int:
    """Read once, as a transport does; return the number of bytes that fitted into the buffer."""
    free = memoryview(frames.get_buffer(-1))
    size = min(len(free), len(data))
    free[:size] = data[:size]
    free.release()
    frames.received(size)
    return size


def read_all(frames: FrameBuffer, data: bytes) -> list[bytes]:
    found: list[bytes] = []
    while data:
        data = data[read(frames, data) :]
        found += drained(frames)
    return found


# --- splitting ---------------------------------------------------------------------------------------


def test_an_empty_buffer_has_no_frame() -> None:
    frames = FrameBuffer()
    assert frames.next_frame() is None
    assert (frames.buffered, frames.consumed, frames.max_frame) == (0, 0, DEFAULT_MAX_FRAME)
    assert frames.max_frame == 65536


@pytest.mark.parametrize("step", [1, 2, 3, 7, 8, 9, 100, len(STREAM)])
def test_frames_come_out_whole_however_the_stream_is_cut(step: int) -> None:
    for put in (read, lambda frames, data: frames.feed(data)):
        frames = FrameBuffer()
        found: list[bytes] = []
        for at in range(0, len(STREAM), step):
            put(frames, STREAM[at : at + step])
            found += drained(frames)
        assert found == FRAMES
        assert (frames.buffered, frames.consumed) == (0, len(STREAM))


def test_one_cut_at_every_byte_gives_the_same_frames() -> None:
    for cut in range(len(STREAM) + 1):
        frames = FrameBuffer()
        frames.feed(STREAM[:cut])
        found = list(drained(frames))
        frames.feed(STREAM[cut:])
        assert found + list(drained(frames)) == FRAMES


@EXAMPLES
@given(
    st.lists(st.integers(0, 3000), max_size=12), st.lists(st.integers(0, 20000), max_size=8), st.booleans()
)
def test_any_chunks_give_the_same_frames(sizes: list[int], cuts: list[int], feeding: bool) -> None:
    expected = [frame(number, size) for number, size in enumerate(sizes)]
    stream = b"".join(expected)
    frames = FrameBuffer(4096)
    found: list[bytes] = []
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    for start, end in itertools.pairwise(places):
        if feeding:
            frames.feed(stream[start:end])
        else:
            found += read_all(frames, stream[start:end])
        found += drained(frames)
        assert frames.consumed == sum(map(len, found))
        assert frames.consumed + frames.buffered == end
    assert found == expected


def test_consumed_is_the_stream_offset_of_the_next_frame() -> None:
    frames = FrameBuffer()
    frames.feed(STREAM)
    offset = 0
    for expected in FRAMES:
        assert frames.consumed == offset
        assert frames.next_frame() == expected
        offset += len(expected)
    assert frames.next_frame() is None
    assert frames.consumed == offset


@pytest.mark.parametrize("data", [bytearray(FRAMES[5]), memoryview(FRAMES[5])])
def test_feed_takes_any_buffer(data: bytearray | memoryview) -> None:
    frames = FrameBuffer()
    frames.feed(data)
    frames.feed(b"")
    assert frames.next_frame() == FRAMES[5]


@pytest.mark.parametrize("data", ["text", 5, None])
def test_feed_refuses_what_is_not_bytes(data: object) -> None:
    with pytest.raises(TypeError):
        FrameBuffer().feed(data)  # type: ignore[arg-type]


# --- the limit ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [8, 9, 100, 65536, 100_000])
def test_a_frame_as_large_as_the_limit_passes_and_a_larger_one_does_not(limit: int) -> None:
    frames = FrameBuffer(limit)
    frames.feed(frame(5, limit - 8) + frame(6, limit - 7))
    assert frames.next_frame() == frame(5, limit - 8)
    for _ in range(3):
        with pytest.raises(FrameTooLarge) as caught:
            frames.next_frame()
        assert (caught.value.length, caught.value.limit, caught.value.offset) == (limit + 1, limit, limit)
    assert f"stream offset {limit}" in str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).offset == limit


@pytest.mark.parametrize("length", [65529, 0x7FFFFFF7, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF8, 0xFFFFFFFF])
def test_a_length_near_the_end_of_32_bits_is_refused_from_its_header_alone(length: int) -> None:
    frames = FrameBuffer()
    frames.feed(struct.pack(">II", length, 5))
    with pytest.raises(FrameTooLarge) as caught:
        frames.next_frame()
    assert caught.value.length == length + 8
    assert isinstance(caught.value, ProtocolError)


def test_the_largest_limit_allows_every_length() -> None:
    frames = FrameBuffer(2**32 + 7)
    frames.feed(struct.pack(">II", 2**32 - 1, 5))
    assert frames.next_frame() is None
    with pytest.raises(ValueError, match="max_frame must be 8 to"):
        FrameBuffer(2**32 + 8)


@pytest.mark.parametrize("limit", [-1, 0, 7])
def test_a_limit_below_the_header_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match="max_frame must be 8 to 4294967303 bytes"):
        FrameBuffer(limit)


# --- as a buffer -------------------------------------------------------------------------------------


def test_a_socket_reads_into_the_buffer() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(STREAM)
        theirs.shutdown(socket.SHUT_WR)
        frames = FrameBuffer()
        found: list[bytes] = []
        while size := ours.recv_into(frames.get_buffer(-1)):
            frames.received(size)
            found += drained(frames)
    assert found == FRAMES


class Receiver(asyncio.BufferedProtocol):
    """A protocol whose buffer is a FrameBuffer and nothing more."""

    def __init__(self, frames: FrameBuffer) -> None:
        self.frames = frames
        self.found: list[bytes] = []

    def get_buffer(self, sizehint: int) -> FrameBuffer:
        return self.frames.get_buffer(sizehint)

    def buffer_updated(self, size: int) -> None:
        self.frames.received(size)
        self.found += drained(self.frames)


def test_event_loops_may_copy_into_slices_of_the_buffer() -> None:
    receiver = Receiver(FrameBuffer())
    large = [frame(number, 60_000) for number in range(4)]
    _feed_data_to_buffered_proto(receiver, b"".join(large) + STREAM)
    assert receiver.found == large + FRAMES


def test_tls_may_fill_the_buffer_slice_by_slice() -> None:
    # asyncio's TLS writes each TLS record into a slice after the previous one
    frames = FrameBuffer()
    free = frames.get_buffer(-1)
    size = len(free)
    offset = 0
    for part in (STREAM[:100], STREAM[100:105], STREAM[105:]):
        free[offset:][: len(part)] = part
        offset += len(part)
    assert len(free) == size
    frames.received(offset)
    assert list(drained(frames)) == FRAMES


def test_views_have_only_the_requested_attributes() -> None:
    frames = FrameBuffer()
    with memoryview(frames.get_buffer()) as view:
        assert (view.format, view.itemsize, view.ndim, view.readonly) == ("B", 1, 1, False)
        assert view.shape == (len(frames),)
        assert view.strides == (1,)
        with memoryview(frames) as another:
            assert another.shape == view.shape
    assert struct.unpack_from("B", frames.get_buffer()) is not None  # a plain buffer without shape or format


def test_an_older_view_keeps_its_shape() -> None:
    frames = FrameBuffer()
    with memoryview(frames.get_buffer()) as view:
        size = len(view)
        view[:3] = b"abc"
        frames.received(3)
        with memoryview(frames) as rest:
            assert (len(view), len(rest)) == (size, size - 3)
            assert view.shape == (size,)


def test_the_memory_does_not_move_while_a_view_exists() -> None:
    frames = FrameBuffer()
    with memoryview(frames.get_buffer()) as view:
        frames.feed(FRAMES[5])
        with pytest.raises(BufferError):
            frames.feed(bytes(len(view)))
        assert frames.next_frame() == FRAMES[5]
        assert frames.get_buffer() is frames
    frames.feed(bytes(8))
    assert frames.next_frame() == bytes(8)


def test_a_buffer_cannot_be_fed_from_itself() -> None:
    frames = FrameBuffer()
    for data in (frames, memoryview(frames)[:8]):
        with pytest.raises(BufferError):
            frames.feed(data)
    assert frames.buffered == 0


@pytest.mark.parametrize("size", [-1, 1 << 40])
def test_received_refuses_more_than_was_offered(size: int) -> None:
    frames = FrameBuffer()
    frames.get_buffer()
    with pytest.raises(ValueError, match="size must be 0 to"):
        frames.received(size)


def test_received_refuses_bytes_that_were_not_offered() -> None:
    frames = FrameBuffer()
    with pytest.raises(ValueError, match="size must be 0 to"):
        frames.received(1)
    free = len(frames.get_buffer())
    frames.received(free - 1)
    frames.received(1)
    with pytest.raises(ValueError, match="size must be 0 to"):
        frames.received(1)


def test_a_full_buffer_is_true() -> None:
    frames = FrameBuffer(1000)
    frames.received(len(frames.get_buffer()))
    assert len(frames) == 0
    assert frames


def test_a_buffer_can_be_neither_pickled_nor_subclassed() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(FrameBuffer())
    with pytest.raises(TypeError):
        type("Derived", (FrameBuffer,), {})


# --- memory ------------------------------------------------------------------------------------------


def test_a_read_that_fills_the_buffer_is_followed_by_a_larger_one() -> None:
    frames = FrameBuffer()
    sizes = []
    for _ in range(4):
        size = len(frames.get_buffer())
        sizes.append(size)
        assert len(read_all(frames, bytes(size))) == size // 8  # frames of a header alone
    assert sizes == sorted(sizes)
    assert sizes[0] == 16384
    assert sizes[-1] >= 65536


@pytest.mark.parametrize("limit", [8, 5000, 65536, 300_000])
def test_memory_stays_within_the_limit_and_a_read(limit: int) -> None:
    frames = FrameBuffer(limit)
    rng = random.Random(limit)
    sizes = [rng.choice((0, 1, limit - 8, rng.randrange(limit - 7))) for _ in range(60)]
    expected = [frame(number, min(size, limit - 8)) for number, size in enumerate(sizes)]
    max_capacity = 0
    found: list[bytes] = []
    stream = b"".join(expected)
    while stream:
        size = rng.choice((1, 100, 5000, 1 << 20))
        taken = read(frames, stream[:size])
        stream = stream[taken:]
        found += drained(frames)
        max_capacity = max(max_capacity, frames.capacity)
    assert found == expected
    assert max_capacity <= max(16384, limit + MIN_READ)


def test_get_buffer_raises_while_whole_frames_fill_the_buffer() -> None:
    frames = FrameBuffer(1000)
    for _ in range(3):
        read(frames, frame(1, 392))
    with pytest.raises(BufferError, match="wait to be split"):
        frames.get_buffer()
    assert frames.next_frame() == frame(1, 392)
    assert frames.get_buffer() is frames
    assert list(drained(frames)) == [frame(1, 392)] * 2


def test_a_stream_that_is_never_split_takes_bounded_memory() -> None:
    frames = FrameBuffer()
    stream = bytes(1 << 20)

    def read_on() -> None:
        left = stream
        while left:
            left = left[read(frames, left) :]

    with pytest.raises(BufferError):
        read_on()
    assert frames.capacity <= 65536 + MIN_READ


def test_the_memory_of_a_large_feed_is_freed() -> None:
    frames = FrameBuffer()
    frames.feed(FRAMES[9] * 1000)
    assert frames.capacity >= 1_000_000
    assert len(list(drained(frames))) == 1000
    assert read_all(frames, STREAM) == FRAMES
    assert frames.capacity <= 65536 + MIN_READ
