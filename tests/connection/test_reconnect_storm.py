"""A client of a server that keeps ending sessions reconnects by an exact schedule and logs little."""

import asyncio
import contextlib
import logging
import random
import struct
from collections.abc import Awaitable, Callable

import pytest
from support.model import MakeSession, Recorder, until
from support.scripted_server import Serve, frame, open_session, read_frame

from ctios_fast import Arguments, ConnectionState, Request, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol import numbers as ged

Ending = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
DEFAULT_CLIENTS = 10
"""Clients of the site by default: the first wait is up to a second."""


async def close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


def failure(status: int) -> Ending:
    async def report(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame(ged.FAILURE_EVENT, struct.pack(">I", status)))
        await reader.read()

    return report


async def oversized(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(struct.pack(">II", 70_000, ged.AGENT_STATE_EVENT))
    await reader.read()


async def close_at_the_first_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_frame(reader)
    writer.close()


async def refuse_the_first_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    _, body = await read_frame(reader)
    writer.write(frame(ged.FAILURE_CONF, body[:4] + struct.pack(">I", 4)))  # E_CTI_SESSION_NOT_OPEN
    await reader.read()


ENDINGS = {
    "close": close,
    "reset": reset,
    "failure 15": failure(15),
    "failure 110": failure(110),
    "failure 4": failure(4),
    "oversized frame": oversized,
}


class Storm:
    """One client with default settings, and servers that end every session in the same way."""

    def __init__(self, session: Session, clock: ManualClock) -> None:
        self.session = session
        self.clock = clock
        self.connections: list[tuple[str, float]] = []
        """Side and time of each connection."""

    def server(self, side: str, ending: Ending, *, granting: bool = True) -> Ending:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections.append((side, self.clock.time()))
            if granting:
                await open_session(reader, writer)
            await ending(reader, writer)

        return serve

    async def run(self, seconds: float) -> None:
        """Move the clock from one timer to the next for that number of seconds."""
        deadline = self.clock.time() + seconds
        while True:
            await until(lambda: self.session.state is ConnectionState.WAITING and self.clock.next_due)
            due = self.clock.next_due
            assert due is not None
            if self.clock.time() + due > deadline:
                return
            count = len(self.connections)
            self.clock.advance(due)
            await until(lambda: len(self.connections) > count)  # noqa: B023, awaited at once


@pytest.fixture
def storm(make_session: MakeSession, clock: ManualClock) -> Storm:
    return Storm(make_session(clock=clock, rng=random.Random(5)), clock)


async def begin(storm: Storm, serve: Serve, ending: Ending, *, granting: bool = True) -> None:
    a = await serve(storm.server("A", ending, granting=granting))
    b = await serve(storm.server("B", ending, granting=granting))
    session = storm.session
    opened: list[Request[None]] = []

    def open_once(args: Arguments) -> None:
        if not opened:
            opened.append(session.set_bulk_mode(5000))
            opened[0].reported()  # its failure is expected

    session.subscribe("OnConnection", open_once)
    session.connect(
        ctios_a=a["ctios_a"], port_a=a["port_a"], ctios_b=b["ctios_a"], port_b=b["port_a"], attempts=None
    ).reported()


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
async def test_short_sessions_are_opened_again_after_the_waits_of_the_protocol(
    serve: Serve, storm: Storm, ending: Ending, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ctios_fast")
    await begin(storm, serve, ending)
    await storm.run(60)
    wait = random.Random(5).uniform(0, DEFAULT_CLIENTS / 10)
    times = [when for _, when in storm.connections]
    assert times == pytest.approx([0, 0, wait, wait + 15, wait + 45])
    assert len(times) <= 6
    assert {side for side, _ in storm.connections} == {"A", "B"}, "both sides are tried"
    assert len([record for record in caplog.records if record.name.startswith("ctios_fast")]) <= 20
    await storm.run(300)
    assert [when for _, when in storm.connections[5:]] == pytest.approx([wait + 105, wait + 225, wait + 345])


@pytest.mark.parametrize("ending", [close, reset, oversized], ids=["close", "reset", "oversized frame"])
async def test_connections_that_end_before_the_opening_are_limited_too(
    serve: Serve, storm: Storm, ending: Ending, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "ctios_fast")
    await begin(storm, serve, ending, granting=False)
    await storm.run(60)
    for side in "AB":
        assert len([1 for each, _ in storm.connections if each == side]) <= 6
    assert len([record for record in caplog.records if record.name.startswith("ctios_fast")]) <= 20


async def test_sessions_that_end_at_the_first_request_are_limited_too(serve: Serve, storm: Storm) -> None:
    # OPEN_REQ is confirmed, but the first request is refused with E_CTI_SESSION_NOT_OPEN
    storm.session.subscribe("OnMonitorModeEstablished", lambda args: query(storm.session))
    await begin(storm, serve, refuse_the_first_request)
    await storm.run(60)
    assert len(storm.connections) <= 6


def query(session: Session) -> None:
    agent = session.agent("1001", agent_instrument="3001")
    agent.query_agent_state().reported()


async def test_a_session_that_lasted_is_opened_again_at_once(
    serve: Serve, storm: Storm, clock: ManualClock
) -> None:
    writers: list[asyncio.StreamWriter] = []

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with contextlib.suppress(ConnectionError):
            await reader.read()

    recorder = Recorder(storm.session)
    await begin(storm, serve, hold)
    for count in range(1, 6):
        await recorder.wait_for("OnMonitorModeEstablished", count)
        clock.advance(30)
        writers[-1].close()
        await writers[-1].wait_closed()
    await recorder.wait_for("OnMonitorModeEstablished", 6)
    assert [when for _, when in storm.connections] == [0, 30, 60, 90, 120, 150]


async def test_the_time_that_a_session_must_last_can_be_set(
    serve: Serve, make_session: MakeSession, clock: ManualClock
) -> None:
    storm = Storm(make_session(clock=clock, stable_after=0), clock)
    accepted = 0

    async def end_ten(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal accepted
        accepted += 1
        if accepted <= 10:
            writer.close()
        else:
            await reader.read()

    await begin(storm, serve, end_ten)
    await until(lambda: accepted == 11)
    assert clock.time() == 0


async def test_the_limit_of_attempts_does_not_count_granted_sessions(
    serve: Serve, make_session: MakeSession, clock: ManualClock
) -> None:
    storm = Storm(make_session(clock=clock, reconnect_attempts=1), clock)
    recorder = Recorder(storm.session)
    await begin(storm, serve, close)
    await storm.run(300)
    assert not [args for args in recorder.of("OnConnectionFailure") if "FinalAttempt" in args]
