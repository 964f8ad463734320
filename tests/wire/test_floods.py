"""Floods of events and slow handlers: heartbeats, time-outs and losses are not missed; lag is reported."""

import asyncio
import contextlib
import logging
import random
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from support.model import MakeSession, soon, until
from support.struct_server import (
    AVAILABLE,
    HEARTBEAT_CONF,
    HEARTBEAT_REQ,
    OPEN_REQ,
    QUERY_AGENT_STATE_REQ,
    Frames,
    Peer,
    StructServer,
)
from support.wire_steps import BULK_SERVICES, connected, open_bulk

from ctios_fast import Arguments, RequestTimeout, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.connection.lag import CALM, MAX_MARKS, Backlog, unread_bytes
from ctios_fast.connection.link import Link
from ctios_fast.core import Message
from ctios_fast.errors import TooManyRequests

HEARTBEAT, MAX_LAG = 5.0, 2.0
EVENT = "AGENT_STATE_EVENT"
#: Events that the tests look at; those of the flood itself have no listener.
RECORDED = (
    "OnConnectionFailure",
    "OnConnectionClosed",
    "OnHeartbeat",
    "OnLag",
    "OnMissingHeartbeat",
    "OnMonitorModeEstablished",
)


def event_frame(version: int = 25) -> bytes:
    """The bytes of one AGENT_STATE_EVENT."""
    frames = Frames(version)
    frames.agent_state_event(AVAILABLE)
    return frames.data


FRAME = event_frame()


class Flooded:
    """A session in bulk mode with the server's end of its connection.

    ``handled``: events that the session's handlers got. ``work``: called for each of them.
    """

    def __init__(self, session: Session, peer: Peer, clock: ManualClock) -> None:
        self.session = session
        self.peer = peer
        self.clock = clock
        self.events_of: dict[str, list[Arguments]] = {event: [] for event in RECORDED}
        for event, heard in self.events_of.items():
            session.subscribe(event, heard.append)
        self.handled = 0
        self.work: Callable[[], object] = int
        session.on(EVENT, self._handle)

    def _handle(self, message: Message) -> None:
        self.handled += 1
        self.work()

    @property
    def link(self) -> Link:
        link = self.session._connection.link
        assert link is not None
        return link

    @property
    def lags(self) -> list[Arguments]:
        """The Arguments of all OnLag events."""
        return self.events_of["OnLag"]

    async def wait_for(self, event: str) -> None:
        """Wait for an event of that name."""
        await until(lambda: self.events_of[event])

    async def more_events(self) -> None:
        """Wait until more events were handled."""
        handled = self.handled
        await until(lambda: self.handled > handled)

    async def events(self, count: int) -> None:
        """Send events, and wait until they are handled."""
        wanted = self.handled + count
        self.peer.send_bytes(FRAME * count)
        await until(lambda: self.handled == wanted)
        await asyncio.sleep(0)

    @contextlib.asynccontextmanager
    async def flood(self) -> AsyncIterator[None]:
        """Send events as fast as the client takes them."""

        async def send() -> None:
            while True:
                self.peer.send_bytes(FRAME * 500)
                await self.peer.drain()

        sending = asyncio.create_task(send())
        await self.more_events()
        yield
        assert not sending.done()
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sending


@pytest.fixture
async def flooded(
    make_session: MakeSession, clock: ManualClock, rng: random.Random, server: StructServer
) -> Flooded:
    session = make_session(
        clock=clock, rng=rng, heartbeat=HEARTBEAT, max_lag=MAX_LAG, turn_time=0.001, max_open_requests=50
    )
    return Flooded(session, await open_bulk(session, server), clock)


def busy(seconds: float) -> None:
    """Take real time, as a slow handler does."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


# --- Floods -----------------------------------------------------------------------------------------


async def test_heartbeats_leave_in_a_flood_and_what_is_received_answers_them(flooded: Flooded) -> None:
    async with flooded.flood():
        for _ in range(5):
            flooded.clock.advance(HEARTBEAT)
            await flooded.peer.receive(HEARTBEAT_REQ)
            await flooded.more_events()
    assert not flooded.events_of["OnMissingHeartbeat"]
    assert flooded.session.is_open


async def test_a_side_that_freezes_in_a_flood_is_dead_after_three_heartbeats(flooded: Flooded) -> None:
    async with flooded.flood():
        flooded.clock.advance(HEARTBEAT)
        await flooded.peer.receive(HEARTBEAT_REQ)
    await until(lambda: flooded.peer.unsent == 0 and unread_bytes(flooded.link.get_extra_info("socket")) == 0)
    await asyncio.sleep(0)
    for _ in range(5):
        flooded.clock.advance(HEARTBEAT)
    assert flooded.events_of["OnConnectionFailure"][0]["ReasonCode"] == 1
    assert len(flooded.events_of["OnMissingHeartbeat"]) == 2


async def test_events_before_the_end_of_a_flood_are_handled_before_the_loss(flooded: Flooded) -> None:
    handled_at_loss: list[int] = []
    flooded.session.subscribe("OnConnectionFailure", lambda args: handled_at_loss.append(flooded.handled))
    flooded.work = lambda: busy(0.0001)
    flooded.peer.send_bytes(FRAME * 3000)
    flooded.peer.close()
    await until(lambda: handled_at_loss)
    assert handled_at_loss == [3000]


async def test_a_connection_that_is_reset_in_a_flood_is_lost(flooded: Flooded) -> None:
    flooded.work = lambda: busy(0.0001)
    flooded.peer.send_bytes(FRAME * 3000)
    await flooded.more_events()
    flooded.peer.reset()
    await flooded.wait_for("OnConnectionFailure")
    assert 0 < flooded.handled <= 3000


async def test_a_request_times_out_on_time_in_a_flood_that_never_ends(flooded: Flooded) -> None:
    agent = flooded.session.agent("1001", agent_instrument="3001")
    async with flooded.flood():
        request = agent.query_agent_state(timeout=3)
        query = await flooded.peer.receive(QUERY_AGENT_STATE_REQ)
        await flooded.more_events()
        assert not request.done()
        flooded.clock.advance(3)
        with pytest.raises(RequestTimeout):
            await soon(request)
        flooded.peer.query_conf(query, AVAILABLE)
        await until(lambda: flooded.session.counters()["confirmations_late"] == 1)
    assert flooded.session.counters()["requests_timed_out"] == 1


async def test_a_server_that_is_faster_than_the_handlers_is_slowed_down_by_tcp(flooded: Flooded) -> None:
    kernel = 64 * 1024
    flooded.peer.set_send_buffer(kernel)
    flooded.link.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, kernel)
    flooded.work = lambda: busy(0.00002)
    count = 20_000
    flooded.peer.send_bytes(FRAME * count)
    link, before = flooded.link, flooded.link.bytes_received
    max_waiting = 0
    while flooded.handled < count:
        await asyncio.sleep(0)
        sent = count * len(FRAME) - flooded.peer.unsent
        waiting = sent - flooded.handled * len(FRAME)
        max_waiting = max(max_waiting, waiting)
        assert link.bytes_received - before - flooded.handled * len(FRAME) <= link.frames.capacity
        assert link.frames.capacity <= 68 * 1024
    assert 0 < max_waiting < 1024 * 1024 < count * len(FRAME)


async def test_requests_that_handlers_send_in_a_flood_are_bounded(flooded: Flooded) -> None:
    agent = flooded.session.agent("1001", agent_instrument="3001")
    refused: list[BaseException | None] = []

    def ask() -> None:
        request = agent.query_agent_state(timeout=3)
        if request.done():
            refused.append(request.exception())

    flooded.work = ask
    for _ in range(3):
        await flooded.events(2000)
        assert flooded.session.counters()["open_requests"] == 50
        flooded.clock.advance(3)  # they time out; the server may still answer
    assert {type(error) for error in refused} == {TooManyRequests}
    assert len(flooded.session._connection.book.given_up) <= 50
    assert flooded.session.counters()["requests_forgotten"] == 100


async def test_log_lines_of_a_flood_are_bounded(flooded: Flooded, caplog: pytest.LogCaptureFixture) -> None:
    def fail(args: object = None) -> None:
        raise RuntimeError("a fault of the program")

    flooded.work = fail
    flooded.session.subscribe("OnAgentStateChange", fail)
    malformed = struct.pack(">II", 4, 30) + bytes(4)
    count = 5000
    with caplog.at_level(logging.DEBUG, "ctios_fast"):
        for number in range(count):
            frames = Frames(25)
            frames.agent_state_event(AVAILABLE, number % 60_000)
            flooded.peer.send_bytes(frames.data + malformed)
        await until(lambda: flooded.handled == count)
    counters = flooded.session.counters()
    assert (counters["handler_errors"], counters["listener_errors"]) == (count, count)
    assert counters["frames_malformed"] >= count - 1
    assert len(caplog.records) < 40


# --- Lag --------------------------------------------------------------------------------------------


async def test_a_handler_that_blocks_is_reported_once_and_again_when_it_is_over(flooded: Flooded) -> None:
    clock = flooded.clock
    flooded.work = lambda: clock.block(30)
    await flooded.events(1)
    flooded.work = int
    (lag,) = flooded.lags
    assert (lag["Over"], lag["Lag"], lag["Cause"]) == (False, 30, "handlers")
    assert (lag["TurnSeconds"], lag["TurnMessages"], lag["TurnLastMessage"]) == (30, 1, EVENT)
    assert flooded.session.is_open
    for _ in range(round(CALM / MAX_LAG) + 1):
        clock.advance(MAX_LAG)
        await flooded.events(1)
    over = flooded.lags[1]
    assert (over["Over"], over["Lag"], over["Seconds"], over["Cause"]) == (True, 30, 30, "handlers")
    counters = flooded.session.counters()
    assert (counters["lag"], counters["lag_max"], counters["turn_max"], counters["lags"]) == (0, 30, 30, 1)


async def test_a_session_outlives_a_handler_that_blocks_for_longer_than_its_heartbeats(
    flooded: Flooded,
) -> None:
    flooded.work = lambda: flooded.clock.block(100 * HEARTBEAT)
    await flooded.events(1)
    flooded.work = int
    flooded.clock.advance(0)
    request = await flooded.peer.receive(HEARTBEAT_REQ)
    flooded.peer.send(HEARTBEAT_CONF, request.body[:4])
    await flooded.wait_for("OnHeartbeat")
    flooded.clock.advance(HEARTBEAT)
    assert flooded.session.is_open
    assert not flooded.events_of["OnMissingHeartbeat"]


async def test_handlers_that_block_again_and_again_are_one_lag(flooded: Flooded) -> None:
    for _ in range(20):
        flooded.work = lambda: flooded.clock.block(3)
        await flooded.events(1)
        flooded.work = int
        flooded.clock.advance(CALM - 1)
    assert len(flooded.lags) == 1
    flooded.clock.advance(2 * CALM)
    assert [args["Over"] for args in flooded.lags] == [False, True]


async def test_handlers_that_do_not_keep_up_are_reported_as_a_backlog(flooded: Flooded) -> None:
    def work() -> None:
        busy(0.0002)
        flooded.clock.block(0.01)

    flooded.work = work
    await flooded.events(1000)
    assert len(flooded.lags) == 1
    lag = flooded.lags[0]
    assert (lag["Over"], lag["Cause"]) == (False, "backlog")
    assert MAX_LAG <= lag["Lag"] < 2 * MAX_LAG
    counters = flooded.session.counters()
    assert 5 < counters["lag_max"] <= 10
    assert counters["turn_max"] < MAX_LAG
    assert counters["lag"] == 0


async def test_the_lag_counts_what_waits_in_the_socket(flooded: Flooded) -> None:
    # Each read brings less than the socket has: what it leaves waits as well.
    def work() -> None:
        busy(0.0001)
        flooded.clock.block(0.01)

    flooded.work = work
    count = 6000  # several times the frame buffer
    assert count * len(FRAME) > 8 * flooded.link.frames.max_frame
    await flooded.events(count)
    reads = count * len(FRAME) / (64 * 1024)
    assert flooded.session.counters()["lag_max"] > 2 * 60 / reads


async def test_what_else_keeps_the_event_loop_is_reported(flooded: Flooded) -> None:
    flooded.clock.block(7)
    flooded.clock.advance(0)
    (lag,) = flooded.lags
    assert (lag["Over"], lag["Lag"], lag["Cause"]) == (False, 5, "event loop")
    assert "TurnSeconds" not in lag
    flooded.clock.advance(2 * CALM)
    assert [args["Over"] for args in flooded.lags] == [False, True]
    assert flooded.session.counters()["turn_max"] < MAX_LAG


async def test_a_lag_that_a_loss_interrupts_is_over_on_the_next_connection(
    flooded: Flooded, server: StructServer
) -> None:
    flooded.work = lambda: flooded.clock.block(30)
    await flooded.events(1)
    flooded.peer.reset()
    await flooded.wait_for("OnConnectionFailure")
    assert len(flooded.lags) == 1
    async with asyncio.timeout(10):
        while not flooded.session.is_connected():
            await asyncio.sleep(0)
            if flooded.clock.next_due is not None and flooded.clock.next_due < 1:
                flooded.clock.advance(flooded.clock.next_due)
    peer = await server.accepted()
    peer.open_conf(await peer.receive(OPEN_REQ), services=BULK_SERVICES)
    await flooded.wait_for("OnMonitorModeEstablished")
    flooded.clock.advance(CALM + MAX_LAG)
    assert [args["Over"] for args in flooded.lags] == [False, True]


async def test_a_listener_of_the_lag_may_disconnect(flooded: Flooded) -> None:
    flooded.session.subscribe("OnLag", lambda args: flooded.session.disconnect())
    flooded.work = lambda: flooded.clock.block(30)
    await flooded.events(1)
    flooded.clock.advance(5)
    await flooded.wait_for("OnConnectionClosed")


async def test_without_max_lag_the_lag_is_counted_and_not_reported(
    make_session: MakeSession, clock: ManualClock, rng: random.Random, server: StructServer
) -> None:
    session = make_session(clock=clock, rng=rng, max_lag=None)
    flooded = Flooded(session, await open_bulk(session, server), clock)
    flooded.work = lambda: clock.block(30)
    await flooded.events(1)
    assert flooded.lags == []
    assert (session.counters()["lag_max"], session.counters()["lags"]) == (30, 0)
    clock.advance(100)
    assert flooded.lags == []


def test_the_counters_can_be_read_when_no_event_loop_runs() -> None:
    async def opened() -> Session:
        async with StructServer(25) as server:
            session = Session(client_id="x")
            await connected(session, server)
            return session

    with asyncio.Runner() as runner:
        session = runner.run(opened())
        assert session.counters()["lag"] == session.lag == 0
        runner.run(close(session))


async def close(session: Session) -> None:
    await session.disconnect()


@pytest.mark.parametrize("value", [0.05, -1, "2", True])
def test_max_lag_is_checked(value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="max_lag"):
        Session(client_id="x", max_lag=value)


def test_a_backlog_keeps_few_marks_and_the_oldest_of_them() -> None:
    backlog = Backlog()
    for number in range(1000):
        backlog.mark(number, float(number))
        assert len(backlog.marks) <= MAX_MARKS
        assert backlog.marks[0] == (0, 0.0)
    assert backlog.age(1000.0) == 1000
    assert backlog.reached(500, 1000.0) == 1000
    age = backlog.age(1000.0)
    assert 1000 - 500 - 1000 / 16 <= age < 500
    assert backlog.all_reached(1000.0) == age
    assert backlog.age(1000.0) == 0
