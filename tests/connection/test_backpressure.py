"""Servers that do not read, and more requests than allowed: memory is bounded, and requests are refused."""

import asyncio
import socket
from typing import Any

import pytest
from support.model import (
    MakeSession,
    Recorder,
    sides,
    soon,
)
from support.scripted_server import Serve, open_session

from ctios_fast import Request, RequestTimeout
from ctios_fast.connection.clock import ManualClock
from ctios_fast.core import codec
from ctios_fast.errors import SendBufferFull
from ctios_fast.protocol import numbers as ged
from ctios_fast.sim import Simulator


async def test_requests_to_a_server_that_never_reads_are_refused_when_the_buffer_is_full(
    serve: Serve, make_session: MakeSession, clock: ManualClock
) -> None:
    done = asyncio.Event()

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        await open_session(reader, writer)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await done.wait()

    limit = 200_000
    session = make_session(clock=clock, max_buffered=limit, max_open_requests=10**6)
    recorder = Recorder(session)
    await soon(session.connect(**await serve(deaf)))
    await soon(session.set_bulk_mode(5000))
    agent = session.agent("1001", agent_instrument="3001")
    link = session._connection.link
    assert link is not None
    link.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    requests: list[Request[Any]] = []
    refusal: BaseException | None = None
    while refusal is None:
        request = agent.query_agent_state()
        if request.done():
            refusal = request.exception()
        else:
            requests.append(request)
        assert link.buffered_out <= limit
        if len(requests) % 1000 == 0:
            await asyncio.sleep(0)  # lets the transport write what the socket takes
    assert isinstance(refusal, SendBufferFull)
    assert "200000 are allowed" in str(refusal)
    assert session.counters()["open_requests"] == len(requests), "the refused request is not booked"
    size = len(codec(25).encode(ged.HEARTBEAT_REQ, {"InvokeID": 1}))
    assert limit - 200 < link.buffered_out + size
    clock.advance(30)
    assert all(isinstance(request.exception(), RequestTimeout) for request in requests)
    assert session.is_open, "the session stays open; the application decides"
    closing = session.disconnect()
    clock.advance(5)
    await soon(closing)
    assert recorder.names[-1] == "OnConnectionClosed"
    done.set()


async def test_more_open_requests_than_allowed_are_refused(
    sim: Simulator, make_session: MakeSession, clock: ManualClock
) -> None:
    session = make_session(clock=clock, max_open_requests=10)
    await soon(session.connect(**sides(sim)))
    await soon(session.set_bulk_mode(5000))
    sim.freeze_side("a")
    agent = session.agent("1001", agent_instrument="3001")
    requests = [agent.query_agent_state() for _ in range(10)]
    with pytest.raises(Exception, match="10 are allowed"):
        await agent.query_agent_state()
    with pytest.raises(Exception, match="10 are allowed"):
        await agent.logout()
    sim.thaw_side("a")
    for request in requests:
        await soon(request)
    await soon(agent.query_agent_state())
