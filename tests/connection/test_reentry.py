"""Code that runs inside other code: finalizers, garbage collection, cancellation, other threads."""

import asyncio
import gc
import pickle
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ctios_fast import messages
from ctios_fast.connection.clock import ManualClock
from ctios_fast.connection.link import Link
from ctios_fast.connection.request_book import Request, RequestBook
from ctios_fast.core import codec
from ctios_fast.core.dispatch.pending import Deadlines, OpenRequests
from ctios_fast.core.secret import Secret
from ctios_fast.errors import RequestTimeout
from ctios_fast.model.agents.events import AGENT_EVENTS
from ctios_fast.model.publisher import EventPublisher
from ctios_fast.protocol import numbers as ged


@pytest.fixture
def at_collections() -> Iterator[list[Any]]:
    """A list of functions that every garbage collection calls; collections happen very often."""
    functions: list[Any] = []

    def collecting(phase: str, info: object) -> None:
        for function in functions:
            function()

    thresholds = gc.get_threshold()
    gc.callbacks.append(collecting)
    gc.set_threshold(5)
    yield functions
    gc.callbacks.remove(collecting)
    gc.set_threshold(*thresholds)


def call_with_variables(count: int) -> bytes:
    layout = codec(25).describe(ged.CALL_DELIVERED_EVENT)
    assert layout is not None
    fields = {field.name: 0 for field in layout.fixed}
    variables = [("NamedVariable", (f"user.{number}", "value")) for number in range(count)]
    return codec(25).encode(
        ged.CALL_DELIVERED_EVENT, fields, [*variables, ("tag:999", b"ab")], as_received=True
    )


def test_a_buffer_that_changes_while_it_is_read_is_not_read_past_its_end(at_collections: list[Any]) -> None:
    frame = bytearray(call_with_variables(60))
    length = len(frame) - 4  # the place of the last field's length
    assert frame[length : length + 2] == b"\0\2"

    def change() -> None:
        frame[length : length + 2] = b"\xff\xff"

    at_collections.append(change)
    fields = codec(25).to_dict(frame)
    assert frame[length] == 0xFF
    assert len(fields["NamedVariable"]) == 60
    assert len(fields.get("tag:999", b"")) <= 2


def test_a_read_of_another_message_during_a_read_does_not_affect_it(at_collections: list[Any]) -> None:
    event: Any = codec(25).decode(call_with_variables(60))
    unread = messages.CallDeliveredEvent.__new__(messages.CallDeliveredEvent)
    reads: list[int] = []

    def read_another() -> None:
        reads.append(len(unread.named_variables))

    event = codec(25).decode(bytes(event))
    at_collections.append(read_another)
    for _ in range(20):
        assert len(event.named_variables) == 60
    at_collections.clear()
    assert reads
    assert set(reads) == {0}


class Watched(OpenRequests):
    def watch(self, deadlines: Deadlines) -> None:
        self.deadlines = deadlines


def test_a_request_freed_while_its_deadline_is_dropped_loses_no_other_deadline() -> None:
    book = Watched(lambda: 0.0, 10)
    seen: list[object] = []

    class Last(Request[int]):
        def __del__(self) -> None:
            seen.append(book.deadlines.next_deadline())
            seen.append(book.deadlines.due(1e9))

    request: Request[Any] = Last("first")
    book.enter(request, ged.HEARTBEAT_REQ, 30.0)
    book.forget(request.invoke_id)
    del request
    following: Request[Any] = Request("second")
    book.enter(following, ged.HEARTBEAT_REQ, 30.0)
    assert seen == [None, []]
    assert book.deadlines.due(1e9) == [following]


def test_requests_that_were_never_sent_are_not_kept_until_their_deadline() -> None:
    book = Watched(lambda: 0.0, 10)
    for _ in range(5000):
        book.forget(book.enter(Request("never sent"), ged.HEARTBEAT_REQ, 30.0))
    assert len(book) == 0
    assert len(book.deadlines) <= 1


async def test_a_cancelled_await_leaves_no_future(clock: ManualClock) -> None:
    book = RequestBook(clock, max_open=5)
    request: Request[Any] = Request("asked")
    book.enter(request, ged.HEARTBEAT_REQ, 30.0)
    futures = len([each for each in gc.get_objects() if isinstance(each, asyncio.Future)])
    for _ in range(50):
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(_result(request), 0)
        waiting = [asyncio.ensure_future(_result(request)) for _ in range(3)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)
    del waiting, task
    gc.collect()
    # 200 awaits took place; the loop may have a few futures of its own
    assert len([each for each in gc.get_objects() if isinstance(each, asyncio.Future)]) < futures + 10
    request.set_result(1)
    assert await request == 1


async def _result(request: Request[Any]) -> Any:
    return await request


def test_the_traceback_of_a_failure_does_not_grow(clock: ManualClock) -> None:
    book = RequestBook(clock, max_open=5)
    request: Request[Any] = Request("asked")
    book.enter(request, ged.HEARTBEAT_REQ, 30.0)
    clock.advance(30)
    depths = set()
    for _ in range(5):
        with pytest.raises(RequestTimeout) as failure:
            request.result()
        depths.add(len(failure.traceback))
    assert len(depths) == 1


async def test_a_cancelled_callback_does_not_block_the_others() -> None:
    request: Request[int] = Request("asked")

    def cancelled(done: object) -> None:
        raise asyncio.CancelledError

    seen: list[int] = []
    request.add_done_callback(cancelled)
    request.add_done_callback(lambda done: seen.append(done.result()))
    waiting = asyncio.ensure_future(_result(request))
    await asyncio.sleep(0)
    request.set_result(7)
    assert (seen, await waiting) == ([7], 7)


def test_a_cancelled_listener_counts_as_one_that_raised() -> None:
    from ctios_fast import Arguments

    publisher = EventPublisher([AGENT_EVENTS])
    seen: list[object] = []

    def cancelled(args: object) -> None:
        raise asyncio.CancelledError

    publisher.subscribe("OnPostLogout", cancelled)
    publisher.subscribe("OnPostLogout", seen.append)
    publisher.fire("OnPostLogout", Arguments())
    assert (len(seen), publisher.failures) == (1, 1)


async def test_a_refused_send_from_another_thread_does_not_block_later_ones() -> None:
    received = asyncio.Queue[bytes]()
    over, lost = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            received.put_nowait(data)
        writer.close()
        await writer.wait_closed()
        over.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    loop = asyncio.get_running_loop()
    link = Link(codec(25), on_lost=lambda error: lost.set())
    await loop.create_connection(lambda: link, *server.sockets[0].getsockname())
    frame = messages.HeartbeatReq.encode(25, invoke_id=7)
    shown: list[dict[str, Any]] = []

    def from_another_thread() -> None:
        with pytest.raises(RuntimeError) as refused:
            link.send(frame)
        shown.extend(dict(entry.frame.f_locals) for entry in refused.traceback[1:])

    loop.set_debug(True)
    try:
        thread = threading.Thread(target=from_another_thread)
        thread.start()
        thread.join()
    finally:
        loop.set_debug(False)
    assert shown
    assert all(frame not in variables.values() for variables in shown)
    link.send(frame)
    assert await asyncio.wait_for(received.get(), 10) == frame
    link.close()
    await asyncio.wait_for(over.wait(), 10)
    await asyncio.wait_for(lost.wait(), 10)
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("given", ["sesame", b"sesame", 77345, b"s\xe9same", 1.5])
def test_a_secret_takes_any_value_and_does_not_show_it(given: object) -> None:
    secret = Secret(given)
    text = given.decode("latin-1") if isinstance(given, bytes) else str(given)
    assert secret.reveal() == text
    assert text not in repr(secret)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
