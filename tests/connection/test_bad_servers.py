"""Servers that are unreachable, refuse, hang, die or send garbage: each ends in a clear error or event."""

import asyncio
import contextlib
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.model import (
    AVAILABLE,
    MakeSession,
    Recorder,
    an_agent,
    sides,
    soon,
    until,
)
from support.scripted_server import Serve, frame, next_request, open_session, read_frame, silent

from ctios_fast import (
    Agent,
    ConnectionFailed,
    ConnectionLost,
    ConnectionState,
    FailureReason,
    OpenRefused,
    Request,
    RequestTimeout,
    Session,
)
from ctios_fast.connection.clock import ManualClock
from ctios_fast.errors import FrameTooLarge, MalformedFrame
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.enums import StatusCode
from ctios_fast.sim import Simulator
from ctios_fast.sim.server.replies import replies

# --- unreachable --------------------------------------------------------------------------------------


async def test_refused_connections_of_both_sides_end_in_connection_failed(
    sim: Simulator, session: Session, recorder: Recorder
) -> None:
    sim.fail_side("a")
    sim.fail_side("b")
    with pytest.raises(ConnectionFailed, match="no side could be reached") as error:
        await soon(session.connect(**sides(sim)))
    assert isinstance(error.value.__cause__, ConnectionRefusedError)
    assert isinstance(error.value, ConnectionError)
    assert recorder.names == ["OnConnectionFailure", "OnConnectionFailure"]
    for args in recorder.of("OnConnectionFailure"):
        assert args["ReasonCode"] == FailureReason.CONNECT_FAILED
        assert args["FailedServer"] == "127.0.0.1"
    assert recorder.of("OnConnectionFailure")[1]["FinalAttempt"] is True
    assert session.state is ConnectionState.DISCONNECTED


async def test_a_mode_that_waits_for_the_connection_fails_with_it(sim: Simulator, session: Session) -> None:
    sim.fail_side("a")
    sim.fail_side("b")
    connecting = session.connect(**sides(sim))
    opening = session.set_agent(an_agent())
    for request in (connecting, opening):
        with pytest.raises(ConnectionFailed):
            await soon(request)
    assert session.state is ConnectionState.DISCONNECTED


async def test_the_error_names_a_host_that_does_not_exist(session: Session, recorder: Recorder) -> None:
    with pytest.raises(ConnectionFailed, match=r"no-such-host\.invalid"):
        await soon(session.connect(ctios_a="no-such-host.invalid"))
    assert recorder.names == ["OnConnectionFailure"]


async def test_a_connect_attempt_ends_at_its_time_limit(
    make_session: MakeSession, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialled = asyncio.Event()

    async def never(*args: object, **more: object) -> None:
        dialled.set()
        await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", never)
    session = make_session(clock=clock, connect_timeout=7)
    request = session.connect(ctios_a="192.0.2.1")
    await asyncio.wait_for(dialled.wait(), 10)
    clock.advance(7)
    with pytest.raises(ConnectionFailed, match="within 7 s"):
        await soon(request)


async def test_a_server_that_ends_every_connection_is_not_tried_again_at_once(
    serve: Serve, make_session: MakeSession, clock: ManualClock
) -> None:
    accepted: list[int] = []

    async def slam(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.append(1)
        writer.transport.abort()

    session = make_session(clock=clock, rng=random.Random(1))
    recorder = Recorder(session)
    opening: list[Request[None]] = []
    session.subscribe("OnConnection", lambda args: opening or opening.append(session.set_agent(an_agent())))
    session.connect(**await serve(slam), attempts=None)
    await recorder.wait_for("OnConnectionFailure", 2)
    await until(lambda: session.state is ConnectionState.WAITING and clock.next_due)
    before = len(accepted)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(accepted) == before, "the client waits before it tries again"
    for request in opening:
        with pytest.raises(ConnectionLost):
            await soon(request)


# --- refusing ---------------------------------------------------------------------------------------


async def test_a_wrong_client_password_raises_open_refused_with_its_status(
    make_session: MakeSession, clock: ManualClock
) -> None:
    async with Simulator(pair="both-active", client_password="right") as sim:
        session = make_session(client_password="wrong", clock=clock)
        recorder = Recorder(session)
        await soon(session.connect(**sides(sim)))
        with pytest.raises(OpenRefused) as error:
            await soon(session.set_bulk_mode(5000))
        assert error.value.status == StatusCode.E_CTI_INVALID_PASSWORD
        assert error.value.name == "E_CTI_INVALID_PASSWORD"
        assert "E_CTI_INVALID_PASSWORD" in str(error.value)
        assert recorder.names == ["OnConnection", "OnConnectionRejected"]
        args = recorder.of("OnConnectionRejected")[0]
        assert args["FailureCode"] == StatusCode.E_CTI_INVALID_PASSWORD
        assert session.state is ConnectionState.DISCONNECTED
        assert clock.next_due is None, "no further attempt is planned"
        await until(lambda: not sim.side_a.connections)


async def test_the_right_client_password_is_accepted(make_session: MakeSession) -> None:
    async with Simulator(pair="both-active", client_password="right") as sim:
        session = make_session(client_password="right")
        await soon(session.connect(**sides(sim)))
        await soon(session.set_bulk_mode(5000))
        await soon(session.disconnect())


async def test_an_unsupported_version_raises_open_refused_with_its_status(make_session: MakeSession) -> None:
    async with Simulator(pair="both-active", protocol_max=20) as sim:
        session = make_session(version=21)
        recorder = Recorder(session)
        await soon(session.connect(**sides(sim)))
        with pytest.raises(OpenRefused, match="E_CTI_INVALID_VERSION"):
            await soon(session.set_bulk_mode(5000))
        assert recorder.names == ["OnConnection", "OnConnectionRejected"]


async def test_a_refusal_with_an_unknown_status_keeps_its_number(serve: Serve, session: Session) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        invoke_id = await next_request(reader, ged.OPEN_REQ)
        writer.write(frame(ged.FAILURE_CONF, struct.pack(">II", invoke_id, 4711)))

    await soon(session.connect(**await serve(refuse)))
    with pytest.raises(OpenRefused) as error:
        await soon(session.set_bulk_mode(5000))
    assert (error.value.status, error.value.name) == (4711, "4711")


async def test_services_that_were_not_granted_are_logged(
    serve: Serve, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        invoke_id = await next_request(reader, ged.OPEN_REQ)
        writer.write(replies(25).open_conf(invoke_id, 16, None, [5000]))
        await silent(reader, writer)

    await soon(session.connect(**await serve(half)))
    await soon(session.set_bulk_mode(5000))
    assert session.services_granted == 16
    assert "granted services 0x10 of 0x16" in caplog.text
    await settled_close(session)
    assert session.services_granted == 0


async def settled_close(session: Session) -> None:
    """End a session with a server that no longer answers."""
    closing = session.disconnect()
    assert session._connection.link is not None
    session._connection.link.abort()
    await soon(closing)


# --- sending garbage -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "garbage",
    [
        b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n" * 3,
        b"\xff" * 64,
    ],
    ids=["http", "ssh", "ones"],
)
async def test_garbage_that_is_not_frames_ends_the_connection(
    serve: Serve, make_session: MakeSession, clock: ManualClock, garbage: bytes
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_frame(reader)
        writer.write(garbage)

    session = make_session(clock=clock)
    recorder = Recorder(session)
    await soon(session.connect(**await serve(talk)))
    with pytest.raises(ConnectionLost, match="above the limit"):
        await soon(session.set_bulk_mode(5000))
    args = await recorder.wait_for("OnConnectionFailure")
    assert args["ReasonCode"] == FailureReason.PROTOCOL_MISMATCH
    assert "above the limit" in args["ErrorMessage"]


async def test_unknown_and_malformed_frames_are_counted_and_skipped(serve: Serve, session: Session) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(bytes(80))  # ten empty frames of message 0
        writer.write(frame(0xFFFFFFFF, b"?" * 100) + frame(9999, b""))
        writer.write(frame(ged.AGENT_STATE_EVENT, b"too short"))
        await open_session(reader, writer)
        await silent(reader, writer)

    await soon(session.connect(**await serve(talk)))
    await soon(session.set_bulk_mode(5000))
    counters = session.counters()
    assert counters["frames"] == 14
    assert counters["frames_malformed"] == 1
    assert counters["frames_without_handler"] == 12
    assert session.is_open


async def test_a_frame_longer_than_the_limit_ends_the_connection_and_every_request(
    serve: Serve, make_session: MakeSession, clock: ManualClock
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await open_session(reader, writer)
        await next_request(reader, ged.QUERY_AGENT_STATE_REQ)
        writer.write(struct.pack(">II", 4097 - 8, ged.USER_MESSAGE_EVENT) + bytes(100))

    session = make_session(clock=clock, max_frame=4096)
    recorder = Recorder(session)
    await soon(session.connect(**await serve(talk)))
    await soon(session.set_bulk_mode(5000))
    with pytest.raises(ConnectionLost, match="4097 bytes"):
        await soon(session.agent("1001").query_agent_state())
    args = await recorder.wait_for("OnConnectionFailure")
    assert args["ReasonCode"] == FailureReason.PROTOCOL_MISMATCH
    assert FrameTooLarge.__name__ not in args["ErrorMessage"], "the message is not the exception class"


async def test_a_frame_as_long_as_the_limit_is_read(serve: Serve, make_session: MakeSession) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await open_session(reader, writer)
        writer.write(frame(120, bytes(4096 - 8)))
        await silent(reader, writer)

    session = make_session(max_frame=4096)
    got: list[int] = []
    session.on(120, lambda message: got.append(len(message)))
    await soon(session.connect(**await serve(talk)))
    await soon(session.set_bulk_mode(5000))
    await until(lambda: got)
    assert got == [4096]
    assert session.is_open


@pytest.mark.parametrize("body", [b"", b"\0\0"], ids=["cut", "odd tail"])
async def test_a_malformed_confirmation_fails_its_request_only(
    serve: Serve, session: Session, recorder: Recorder, body: bytes
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await open_session(reader, writer)
        first = await next_request(reader, ged.QUERY_AGENT_STATE_REQ)
        second = await next_request(reader, ged.QUERY_AGENT_STATE_REQ)
        writer.write(frame(ged.QUERY_AGENT_STATE_CONF, first.to_bytes(4, "big") + body))
        writer.write(replies(25).query_agent_state_conf(second, sim_agent, 1))
        await silent(reader, writer)

    sim_agent = Simulator(pair="both-active", agents=1).agent("1001")
    await soon(session.connect(**await serve(talk)))
    await soon(session.set_bulk_mode(5000))
    broken, whole = (session.agent(name).query_agent_state() for name in ("1001", "1002"))
    with pytest.raises(MalformedFrame) as error:
        await soon(broken)
    assert error.value.message == "QUERY_AGENT_STATE_CONF"
    assert error.value.offset >= 12
    assert (await soon(whole))["AgentState"] == 1
    assert recorder.names[-1] == "OnQueryAgentStateConf"
    assert session.is_open
    assert session.counters()["frames_malformed"] == 1


async def test_a_malformed_failure_fails_its_request_too(serve: Serve, session: Session) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await open_session(reader, writer)
        invoke_id = await next_request(reader, ged.QUERY_AGENT_STATE_REQ)
        writer.write(frame(ged.CONTROL_FAILURE_CONF, invoke_id.to_bytes(4, "big")))
        await silent(reader, writer)

    await soon(session.connect(**await serve(talk)))
    await soon(session.set_bulk_mode(5000))
    with pytest.raises(MalformedFrame):
        await soon(session.agent("1001").query_agent_state())


async def test_a_malformed_open_conf_is_a_protocol_mismatch(
    serve: Serve, make_session: MakeSession, clock: ManualClock
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        invoke_id = await next_request(reader, ged.OPEN_REQ)
        writer.write(frame(ged.OPEN_CONF, invoke_id.to_bytes(4, "big")))
        await silent(reader, writer)

    session = make_session(clock=clock)
    recorder = Recorder(session)
    await soon(session.connect(**await serve(talk)))
    with pytest.raises(MalformedFrame, match="OPEN_CONF"):
        await soon(session.set_bulk_mode(5000))
    args = await recorder.wait_for("OnConnectionFailure")
    assert args["ReasonCode"] == FailureReason.PROTOCOL_MISMATCH


async def test_confirmations_without_a_request_are_counted_and_ignored(
    serve: Serve, session: Session
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await open_session(reader, writer)
        writer.write(frame(ged.HEARTBEAT_CONF, bytes(4)) * 3)
        writer.write(frame(ged.FAILURE_CONF, struct.pack(">II", 0xFFFFFFFF, 1)))
        invoke_id = await next_request(reader, ged.QUERY_AGENT_STATE_REQ)
        writer.write(
            replies(25).confirmation(ged.HEARTBEAT_CONF, invoke_id)
        )  # the confirmation of another request
        writer.write(replies(25).failure_conf(invoke_id, StatusCode.E_CTI_INVALID_AGENT_DATA))
        await silent(reader, writer)

    await soon(session.connect(**await serve(talk)))
    await soon(session.set_bulk_mode(5000))
    with pytest.raises(Exception, match="E_CTI_INVALID_AGENT_DATA"):
        await soon(session.agent("1001").query_agent_state())
    assert session.counters()["confirmations_unasked"] == 5


@settings(max_examples=30, deadline=None)
@given(noise=st.binary(max_size=400), chunk=st.integers(1, 64))
def test_any_noise_ends_in_a_closed_session(noise: bytes, chunk: int) -> None:
    async def run() -> None:
        over = asyncio.Event()

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await open_session(reader, writer)
            for start in range(0, len(noise), chunk):
                writer.write(noise[start : start + chunk])
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            over.set()

        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        loop_errors: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: loop_errors.append(context))
        session = Session(client_id="test", clock=ManualClock(), heartbeat=None)
        recorder = Recorder(session)
        await soon(session.connect(ctios_a="127.0.0.1", port_a=server.sockets[0].getsockname()[1]))
        await soon(session.set_bulk_mode(5000))
        await recorder.wait_for("OnConnectionFailure")
        await soon(session.disconnect())
        server.close()
        await asyncio.wait_for(over.wait(), 10)
        assert recorder.names[-1] == "OnConnectionClosed"
        assert session.counters()["handler_errors"] == 0
        assert loop_errors == []

    asyncio.run(run())


# --- going silent -----------------------------------------------------------------------------------


@pytest.fixture
async def watched(sim: Simulator, make_session: MakeSession, clock: ManualClock) -> Session:
    """A session in bulk mode on side A that sends a heartbeat after 10 seconds of silence."""
    session = make_session(heartbeat=10, clock=clock, rng=random.Random(1))
    await soon(session.connect(**sides(sim)))
    await soon(session.set_bulk_mode(5000))
    return session


async def test_a_side_that_goes_silent_is_given_up_after_three_heartbeats(
    sim: Simulator, watched: Session, clock: ManualClock
) -> None:
    recorder = Recorder(watched)
    sim.freeze_side("a")
    query = watched.agent("1001").query_agent_state(timeout=1000)
    clock.advance(10)  # a heartbeat is sent
    clock.advance(10)  # it is missing; the second is sent
    clock.advance(10)
    assert recorder.names == ["OnMissingHeartbeat"] * 2
    assert [args["ConsecutiveMissedHeartbeats"] for args in recorder.of("OnMissingHeartbeat")] == [1, 2]
    assert recorder.of("OnMissingHeartbeat")[0]["HeartbeatInterval"] == 10_000
    clock.advance(10)
    assert recorder.names[2:] == ["OnConnectionFailure"], "instead of a third OnMissingHeartbeat"
    failure = recorder.of("OnConnectionFailure")[0]
    assert failure["ReasonCode"] == FailureReason.MISSED_HEARTBEATS
    assert "3 heartbeats" in failure["ErrorMessage"]
    with pytest.raises(ConnectionLost, match="heartbeats"):
        await soon(query)
    await recorder.wait_for("OnConnection")


async def test_the_number_of_missed_heartbeats_can_be_set(
    sim: Simulator, make_session: MakeSession, clock: ManualClock
) -> None:
    session = make_session(heartbeat=5, max_heartbeats=5, clock=clock)
    recorder = Recorder(session)
    await soon(session.connect(**sides(sim)))
    await soon(session.set_bulk_mode(5000))
    recorder.clear()
    sim.freeze_side("a")
    for _ in range(6):
        clock.advance(5)
    assert [args["ConsecutiveMissedHeartbeats"] for args in recorder.of("OnMissingHeartbeat")] == [1, 2, 3, 4]
    assert recorder.names[4:] == ["OnConnectionFailure"]


@pytest.mark.covers("ISessionEvents.OnMissingHeartbeat")
async def test_a_heartbeat_answer_resets_the_count(
    sim: Simulator, watched: Session, clock: ManualClock
) -> None:
    recorder = Recorder(watched)
    sim.freeze_side("a")
    for _ in range(3):
        clock.advance(10)
    sim.thaw_side("a")
    await recorder.wait_for("OnHeartbeat", 3)
    sim.freeze_side("a")
    for _ in range(3):
        clock.advance(10)
    counts = [args["ConsecutiveMissedHeartbeats"] for args in recorder.of("OnMissingHeartbeat")]
    assert counts == [1, 2, 1, 2]
    assert watched.is_open


async def test_a_client_that_sends_all_the_time_notices_a_silent_side(
    sim: Simulator, watched: Session, clock: ManualClock
) -> None:
    recorder = Recorder(watched)
    sim.freeze_side("a")
    agent = watched.agent("1001")
    for _ in range(14):
        if watched.is_open:
            agent.query_agent_state()
            await asyncio.sleep(0)  # lets the link write the request
        clock.advance(3)
    assert recorder.names == ["OnMissingHeartbeat", "OnMissingHeartbeat", "OnConnectionFailure"]


async def test_an_opening_that_is_never_answered_times_out_and_the_other_side_is_tried(
    sim: Simulator, make_session: MakeSession, clock: ManualClock
) -> None:
    session = make_session(clock=clock, rng=random.Random(1))
    recorder = Recorder(session)
    sim.freeze_side("a")
    await soon(session.connect(**sides(sim)))
    await until(lambda: sim.side_a.connections)
    request = session.set_agent(an_agent())
    clock.advance(29.9)
    assert not request.done(), "the reference requires 30 seconds"
    sim.side_a._stop_listening()
    clock.advance(0.2)
    with pytest.raises(RequestTimeout, match="OPEN_REQ was not answered within 30 s"):
        await soon(request)
    await recorder.wait_for("OnSetAgentModeEvent")
    assert recorder.names[:5] == [
        "OnConnection",
        "OnConnectionFailure",
        "OnConnectionFailure",
        "OnConnection",
        "OnSetAgentModeEvent",
    ]
    assert session.current_side == "B"
    assert session.is_open


async def test_a_side_that_never_answers_the_opening_is_left_for_the_other(
    sim: Simulator, make_session: MakeSession, clock: ManualClock
) -> None:
    session = make_session(clock=clock, rng=random.Random(1))
    recorder = Recorder(session)
    sim.freeze_side("a")
    session.connect(**sides(sim))
    session.set_agent(an_agent())
    for count in (1, 2):  # the last good side is tried once more before the other
        await recorder.wait_for("OnConnection", count)
        assert session.current_side == "A"
        clock.advance(30)
    await recorder.wait_for("OnSetAgentModeEvent")
    assert session.current_side == "B"


async def test_a_disconnect_from_a_silent_side_ends_at_its_time_limit(
    sim: Simulator, watched: Session, clock: ManualClock
) -> None:
    recorder = Recorder(watched)
    sim.freeze_side("a")
    request = watched.disconnect()
    await asyncio.sleep(0)
    assert not request.done()
    clock.advance(5)
    await soon(request)
    assert recorder.names == ["OnConnectionClosed"]


# --- dying ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [1, 7, 8, 9, 30, 60])
async def test_a_side_that_dies_within_a_frame_is_a_loss_and_recovered(
    sim: Simulator, agent: Agent, session: Session, recorder: Recorder, after: int
) -> None:
    sim.cut(sim.side_a.sessions[0], after)
    request = agent.query_agent_state()
    with pytest.raises(ConnectionLost):
        await soon(request)
    await recorder.wait_for("OnQueryAgentStateConf")
    assert recorder.names == [
        "OnConnectionFailure",
        "OnConnection",
        "OnSetAgentModeEvent",
        "OnQueryAgentStateConf",
    ]
    assert await soon(agent.set_agent_state(AVAILABLE)) == AVAILABLE, "no byte of the cut frame is left"
    assert session.counters()["frames_malformed"] == 0


@pytest.mark.covers("ISessionEvents.OnConnectionFailure")
async def test_an_end_of_stream_is_a_connection_loss(
    serve: Serve, make_session: MakeSession, clock: ManualClock
) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await open_session(reader, writer)
        await next_request(reader, ged.QUERY_AGENT_STATE_REQ)
        writer.close()

    session = make_session(clock=clock)
    recorder = Recorder(session)
    await soon(session.connect(**await serve(hang_up)))
    await soon(session.set_bulk_mode(5000))
    with pytest.raises(ConnectionLost, match="closed the connection"):
        await soon(session.agent("1001").query_agent_state())
    assert recorder.of("OnConnectionFailure")[0]["ReasonCode"] == FailureReason.TRANSPORT_ERROR


async def test_disconnect_ends_if_the_server_closes_without_a_confirmation(
    serve: Serve, session: Session, recorder: Recorder
) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await open_session(reader, writer)
        await next_request(reader, ged.CLOSE_REQ)
        writer.transport.abort()

    await soon(session.connect(**await serve(hang_up)))
    await soon(session.set_bulk_mode(5000))
    await soon(session.disconnect())
    assert recorder.names[-1] == "OnConnectionClosed"
    assert "OnConnectionFailure" not in recorder.names


async def test_disconnect_ends_if_the_server_refuses_the_close(
    serve: Serve, session: Session, recorder: Recorder
) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await open_session(reader, writer)
        invoke_id = await next_request(reader, ged.CLOSE_REQ)
        writer.write(replies(25).failure_conf(invoke_id, StatusCode.E_CTI_SESSION_NOT_OPEN))
        await silent(reader, writer)

    await soon(session.connect(**await serve(refuse)))
    await soon(session.set_bulk_mode(5000))
    await soon(session.disconnect())
    assert recorder.names[-1] == "OnConnectionClosed"
