"""Sending: requests are booked, sent or undone; messages without confirmation; confirmations in segments."""

import asyncio
import struct
import sys
from typing import Any

import pytest
from support.model import MakeSession, soon, until
from support.scripted_server import Serve, frame, open_session, read_frame, silent

from ctios_fast import ConnectionLost, RequestTimeout, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.connection.connection import Connection
from ctios_fast.connection.plain_message import PlainMessage
from ctios_fast.connection.request_book import MAX_SEGMENTS, Request
from ctios_fast.core import Message
from ctios_fast.core.secret import Secret
from ctios_fast.errors import EncodeError, ProtocolError, SendBufferFull, TooManyRequests
from ctios_fast.messages import ListAgentTeamReq, QueryAgentStateReq, SetAgentStateReq
from ctios_fast.protocol import numbers as ged

PASSWORD = "a password"
TEAMS = {"supervisor_id": 7}


async def connected(session: Session, serve: Serve, behaviour: Any = None) -> Connection:
    async def grant(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await open_session(reader, writer)
        await (behaviour or silent)(reader, writer)

    await soon(session.connect(**await serve(grant)))
    await soon(session.set_bulk_mode(5000))
    return session._connection


def set_state(**more: Any) -> dict[str, Any]:
    return {
        "peripheral_id": 5000,
        "agent_state": 0,
        "agent_work_mode": 0,
        "num_skill_groups": 0,
        "event_reason_code": 0,
        "forced_flag": 0,
        "agent_service_req": 0,
        "agent_instrument": "3001",
        "agent_id": "1001",
        "agent_password": Secret(PASSWORD),
        **more,
    }


# --- Requests that are not sent -------------------------------------------------


async def test_a_request_that_cannot_be_encoded_is_not_booked(serve: Serve, session: Session) -> None:
    connection = await connected(session, serve)
    request: Request[Message] = Request("test")
    with pytest.raises(EncodeError):
        connection.send(request, SetAgentStateReq, set_state(agent_id="x" * 999), 30)
    assert len(connection.book) == 0
    connection.send(request, SetAgentStateReq, set_state(), 30)
    assert len(connection.book) == 1
    request.reported()


async def test_a_request_above_the_limit_is_not_sent(serve: Serve, make_session: MakeSession) -> None:
    connection = await connected(make_session(max_open_requests=1), serve)
    first: Request[Message] = Request("first")
    connection.send(first, SetAgentStateReq, set_state(), 30)
    assert connection.link is not None
    sent = connection.link.bytes_sent
    with pytest.raises(TooManyRequests):
        connection.send(Request("second"), SetAgentStateReq, set_state(), 30)
    connection.link.flush()
    assert connection.link.bytes_sent - sent <= 200
    assert len(connection.book) == 1
    first.reported()


async def test_a_request_without_a_session_raises_connection_lost(session: Session) -> None:
    with pytest.raises(ConnectionLost, match="the session is not open"):
        session._connection.send(Request("test"), SetAgentStateReq, set_state(), 30)
    with pytest.raises(ConnectionLost, match="the session is not open"):
        session._connection.post(PlainMessage(ged.USER_MESSAGE_REQ), {})


async def test_a_request_on_a_closing_link_raises_connection_lost(serve: Serve, session: Session) -> None:
    connection = await connected(session, serve)
    assert connection.link is not None
    connection.link.close()
    with pytest.raises(ConnectionLost, match="the connection is ending"):
        connection.send(Request("test"), SetAgentStateReq, set_state(), 30)
    assert len(connection.book) == 0


async def test_a_full_buffer_refuses_the_request_whole(serve: Serve, make_session: MakeSession) -> None:
    connection = await connected(make_session(), serve)
    assert connection.link is not None
    connection.link.max_buffered = 10
    with pytest.raises(SendBufferFull):
        connection.send(Request("test"), SetAgentStateReq, set_state(), 30)
    assert len(connection.book) == 0


@pytest.mark.parametrize("fault", ["state", "encode", "full", "ending", "buffer"])
@pytest.mark.parametrize("way", ["send", "post"])
async def test_no_traceback_of_sending_shows_a_password(
    serve: Serve, make_session: MakeSession, fault: str, way: str
) -> None:
    session = make_session()
    if fault != "state":
        connection = await connected(session, serve)
    else:
        connection = session._connection
    fields = set_state(agent_id="x" * 999) if fault == "encode" else set_state()
    if fault == "full":
        connection.book.max_open = 0
    if fault == "ending":
        assert connection.link is not None
        connection.link.close()
    if fault == "buffer":
        assert connection.link is not None
        connection.link.max_buffered = 10
    try:
        if way == "send":
            connection.send(Request("test"), SetAgentStateReq, fields, 30)
        else:
            connection.post(SetAgentStateReq, fields)
    except Exception:
        shown = shown_by_the_traceback()
    else:
        assert (way, fault) == ("post", "full"), "only a message without a confirmation is not counted"
        return
    assert PASSWORD not in shown
    assert "fields" not in locals_below(), "no variable of the connection holds the fields"


def shown_by_the_traceback() -> str:
    """Return the text of all variables in the frames outside the tests."""
    traceback = sys.exc_info()[2]
    shown = []
    while traceback is not None:
        if "/tests/" not in traceback.tb_frame.f_code.co_filename:
            shown.append(repr(traceback.tb_frame.f_locals))
        traceback = traceback.tb_next
    return "\n".join(shown)


def locals_below() -> set[str]:
    traceback = sys.exc_info()[2]
    names: set[str] = set()
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename.endswith("connection/connection.py"):
            names.update(traceback.tb_frame.f_locals)
        traceback = traceback.tb_next
    return names


# --- Messages without a confirmation ----------------------------------------------------------------


async def test_a_message_without_a_confirmation_is_sent_and_not_booked(
    serve: Serve, session: Session
) -> None:
    got: list[tuple[int, bytes]] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            got.append(await read_frame(reader))

    connection = await connected(session, serve, note)
    invoke_id = connection.post(PlainMessage(ged.ACTIVE_MAINTENANCE_RESP), {"MaintenanceModeAccepted": 1})
    assert invoke_id is not None
    assert connection.post(PlainMessage(ged.STOPPING_REQUESTS_TO_THIS_SIDE_IND), {}) is None
    config = {"ConfigInformation": 0, "ConfigMsgMask": 1, "PeripheralID": 5000}
    assert connection.post(PlainMessage(ged.CONFIG_REQUEST_EVENT), config) is None
    await until(lambda: len(got) == 3)
    assert [number for number, _ in got] == [
        ged.ACTIVE_MAINTENANCE_RESP,
        ged.STOPPING_REQUESTS_TO_THIS_SIDE_IND,
        ged.CONFIG_REQUEST_EVENT,
    ]
    assert int.from_bytes(got[0][1][:4], "big") == invoke_id
    assert len(connection.book) == 0


# --- Confirmations in segments ----------------------------------------------------------------------


def team_conf(invoke_id: bytes, segment: int, more: int) -> bytes:
    body = invoke_id + struct.pack(">HHH", 0, segment, more)
    return frame(ged.LIST_AGENT_TEAM_CONF, body)


def answering(*segments: tuple[int, int]) -> Any:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, body = await read_frame(reader)
        for segment, more in segments:
            writer.write(team_conf(body[:4], segment, more))
        await silent(reader, writer)

    return answer


@pytest.mark.parametrize("count", [1, 2, 5])
async def test_a_confirmation_in_segments_is_delivered_whole(
    serve: Serve, session: Session, count: int
) -> None:
    segments = [(number, int(number < count)) for number in range(1, count + 1)]
    connection = await connected(session, serve, answering(*segments))
    request: Request[Any] = Request("teams")
    connection.send(request, ListAgentTeamReq, TEAMS, 30)
    answer = await soon(request)
    assert [message["SegmentNumber"] for message in answer] == [number for number, _ in segments]
    assert len(connection.book) == 0
    assert connection.book.unasked == connection.book.late == 0


async def test_a_confirmation_without_its_last_segment_times_out(
    serve: Serve, make_session: MakeSession, clock: ManualClock
) -> None:
    connection = await connected(make_session(clock=clock), serve, answering((1, 1), (2, 1)))
    request: Request[Any] = Request("teams")
    connection.send(request, ListAgentTeamReq, TEAMS, 30)
    await until(lambda: connection.dispatcher.frames_seen >= 3)
    assert not request.done()
    clock.advance(30)
    with pytest.raises(RequestTimeout):
        await soon(request)


async def test_late_segments_are_counted(serve: Serve, make_session: MakeSession, clock: ManualClock) -> None:
    writers: list[tuple[asyncio.StreamWriter, bytes]] = []

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, body = await read_frame(reader)
        writers.append((writer, body[:4]))
        await silent(reader, writer)

    connection = await connected(make_session(clock=clock), serve, hold)
    request: Request[Any] = Request("teams")
    connection.send(request, ListAgentTeamReq, TEAMS, 30)
    await until(lambda: writers)
    clock.advance(30)
    [(writer, invoke_id)] = writers
    for segment, more in ((1, 1), (2, 1), (3, 0), (4, 0)):
        writer.write(team_conf(invoke_id, segment, more))
    await until(lambda: connection.book.late + connection.book.unasked == 4)
    assert (connection.book.late, connection.book.unasked) == (3, 1)
    assert isinstance(request.exception(), RequestTimeout)


async def test_the_number_of_segments_is_limited(serve: Serve, session: Session) -> None:
    connection = await connected(
        session, serve, answering(*[(n & 0xFFFF, 1) for n in range(MAX_SEGMENTS + 1)])
    )
    request: Request[Any] = Request("teams")
    connection.send(request, ListAgentTeamReq, TEAMS, None)
    with pytest.raises(ProtocolError, match=f"more than {MAX_SEGMENTS} segments"):
        await soon(request)


async def test_a_segment_of_another_request_does_not_answer(serve: Serve, session: Session) -> None:
    connection = await connected(session, serve, answering((1, 0)))
    request: Request[Any] = Request("state")
    fields = {"peripheral_id": 5000, "mrd_id": 1, "icm_agent_id": 0, "agent_id": "1001"}
    connection.send(request, QueryAgentStateReq, fields, None)
    await until(lambda: connection.book.unasked == 1)
    assert not request.done()
    request.reported()


async def test_malformed_frames_are_counted_and_some_are_logged(
    serve: Serve, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    count = 1000

    async def send_malformed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(frame(ged.AGENT_STATE_EVENT, b"x") * count)
        await silent(reader, writer)

    connection = await connected(session, serve, send_malformed)
    await until(lambda: connection.dispatcher.malformed == count)
    lines = [record for record in caplog.records if "malformed frame" in record.getMessage()]
    assert len(lines) == 6, "the first three, the 10th, the 100th and the 1000th"
    assert session.counters()["frames_malformed"] == count
