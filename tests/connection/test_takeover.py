"""Status 11: a late answer to the session's own OPEN_REQ is not a takeover by another client."""

import asyncio
import random
import struct

import pytest
from support.model import MakeSession, Recorder, an_agent, settled, sides, soon, until
from support.scripted_server import Serve, frame, open_session, read_frame

from ctios_fast import ConnectionLost, ConnectionState, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.connection.search import OVERTAKEN_PAUSE
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import E_CTI_NEW_SESSION_OPENED, E_CTI_SESSION_NOT_OPEN
from ctios_fast.sim import Simulator

REPLACED = frame(ged.FAILURE_EVENT, struct.pack(">I", E_CTI_NEW_SESSION_OPENED))


class Pair:
    """Side A reads OPEN_REQ and does not answer; side B confirms it, and can report a takeover."""

    def __init__(self) -> None:
        self.unanswered = 0
        self.granted: list[asyncio.StreamWriter] = []

    async def frozen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_frame(reader)
        self.unanswered += 1
        await reader.read()

    async def granting(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await open_session(reader, writer)
        self.granted.append(writer)
        await reader.read()

    async def open(self, serve: Serve, session: Session, clock: ManualClock, timeouts: int) -> Recorder:
        """Open a session on side B after OPEN_REQs on side A timed out."""
        a, b = await serve(self.frozen), await serve(self.granting)
        recorder = Recorder(session)
        await soon(
            session.connect(
                ctios_a=a["ctios_a"], port_a=a["port_a"], ctios_b=b["ctios_a"], port_b=b["port_a"]
            )
        )
        session.set_bulk_mode(5000).reported()
        for count in range(1, timeouts + 1):
            await until(lambda: self.unanswered == count)  # noqa: B023, awaited at once
            clock.advance(30)
        await recorder.wait_for("OnMonitorModeEstablished")
        assert session.current_side == "B"
        return recorder


@pytest.fixture
def session(make_session: MakeSession, clock: ManualClock) -> Session:
    return make_session(clock=clock, rng=random.Random(1), clients=0)


async def test_a_late_answer_to_its_own_open_req_does_not_end_the_session(
    serve: Serve, session: Session, clock: ManualClock
) -> None:
    pair = Pair()
    # OPEN_REQ is sent on A, on A again, and then on B
    recorder = await pair.open(serve, session, clock, 2)
    for count in (1, 2):
        pair.granted[-1].write(REPLACED)
        await recorder.wait_for("OnConnectionFailure", 2 + count)
        await until(lambda: clock.next_due == OVERTAKEN_PAUSE)
        assert session.state is ConnectionState.WAITING
        clock.advance(OVERTAKEN_PAUSE)
        await recorder.wait_for("OnMonitorModeEstablished", 1 + count)
    assert "OnConnectionRejected" not in recorder.names
    assert session.state is ConnectionState.OPEN


async def test_each_unanswered_open_req_explains_one_takeover(
    serve: Serve, session: Session, clock: ManualClock
) -> None:
    pair = Pair()
    recorder = await pair.open(serve, session, clock, 2)
    for count in (1, 2):
        pair.granted[-1].write(REPLACED)
        await recorder.wait_for("OnConnectionFailure", 2 + count)
        await until(lambda: clock.next_due == OVERTAKEN_PAUSE)
        clock.advance(OVERTAKEN_PAUSE)
        await recorder.wait_for("OnMonitorModeEstablished", 1 + count)
    pair.granted[-1].write(REPLACED)
    await recorder.wait_for("OnConnectionRejected")
    assert session.state is ConnectionState.DISCONNECTED


async def test_a_takeover_long_after_the_openings_is_by_another_client(
    serve: Serve, session: Session, clock: ManualClock
) -> None:
    pair = Pair()
    recorder = await pair.open(serve, session, clock, 2)
    clock.advance(600)
    pair.granted[-1].write(REPLACED)
    await recorder.wait_for("OnConnectionRejected")
    assert recorder.of("OnConnectionRejected")[0]["FailureCode"] == E_CTI_NEW_SESSION_OPENED


async def test_the_takeover_window_can_be_zero(
    serve: Serve, make_session: MakeSession, clock: ManualClock
) -> None:
    pair = Pair()
    session = make_session(clock=clock, clients=0, takeover_window=0)
    recorder = await pair.open(serve, session, clock, 2)
    pair.granted[-1].write(REPLACED)
    await recorder.wait_for("OnConnectionRejected")


async def test_a_takeover_without_unanswered_openings_ends_the_session(
    serve: Serve, session: Session
) -> None:
    pair = Pair()
    recorder = Recorder(session)
    await soon(session.connect(**await serve(pair.granting)))
    await soon(session.set_bulk_mode(5000))
    pair.granted[0].write(REPLACED)
    await recorder.wait_for("OnConnectionRejected")
    assert session.state is ConnectionState.DISCONNECTED


@pytest.mark.parametrize(
    ("status", "event"),
    [(E_CTI_SESSION_NOT_OPEN, "OnConnectionFailure"), (E_CTI_NEW_SESSION_OPENED, "OnConnectionRejected")],
)
async def test_a_refusal_with_a_status_of_a_lost_session_ends_it(
    serve: Serve, session: Session, status: int, event: str
) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await open_session(reader, writer)
        _, body = await read_frame(reader)
        writer.write(frame(ged.FAILURE_CONF, body[:4] + struct.pack(">I", status)))
        await reader.read()

    recorder = Recorder(session)
    await soon(session.connect(**await serve(refuse)))
    await soon(session.set_bulk_mode(5000))
    query = session.agent("1001", agent_instrument="3001").query_agent_state()
    query.reported()
    await recorder.wait_for(event)
    assert session.state is not ConnectionState.OPEN
    error = query.exception()
    assert isinstance(error, ConnectionLost), "the request is not to blame"
    assert getattr(error.__cause__, "status", None) == status


async def test_a_refusal_of_one_request_leaves_the_session_open(serve: Serve, session: Session) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await open_session(reader, writer)
        while True:
            _, body = await read_frame(reader)
            writer.write(frame(ged.FAILURE_CONF, body[:4] + struct.pack(">I", 9)))  # AGENT_NOT_LOGGED_ON

    recorder = Recorder(session)
    await soon(session.connect(**await serve(refuse)))
    await soon(session.set_bulk_mode(5000))
    agent = session.agent("1001", agent_instrument="3001")
    for _ in range(3):
        query = agent.query_agent_state()
        query.reported()
        await until(query.done)
    assert session.state is ConnectionState.OPEN
    assert "OnConnectionFailure" not in recorder.names


async def test_a_failure_event_with_a_status_of_a_lost_session_ends_it(
    serve: Serve, session: Session
) -> None:
    async def report(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await open_session(reader, writer)
        writer.write(frame(ged.FAILURE_EVENT, struct.pack(">I", E_CTI_SESSION_NOT_OPEN)))
        await reader.read()

    recorder = Recorder(session)
    await soon(session.connect(**await serve(report)))
    session.set_bulk_mode(5000).reported()
    await recorder.wait_for("OnConnectionFailure")
    assert "E_CTI_SESSION_NOT_OPEN" in recorder.of("OnConnectionFailure")[0]["ErrorMessage"]


async def test_a_newer_session_of_the_same_client_still_takes_over(
    sim: Simulator, session: Session, make_session: MakeSession
) -> None:
    recorder = Recorder(session)
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(an_agent()))
    newer = make_session()
    await soon(newer.connect(**sides(sim)))
    await soon(newer.set_agent(an_agent()))
    await recorder.wait_for("OnConnectionRejected")
    await settled(newer)
    assert newer.state is ConnectionState.OPEN
