"""Every failure has a text, and a server of another protocol is recognised."""

import asyncio
import ssl

import pytest
from support.model import MakeSession, Recorder, soon
from support.scripted_server import Serve

from ctios_fast import ConnectionFailed, Session
from ctios_fast.connection.explain import explain
from ctios_fast.errors import FrameTooLarge

WITHOUT_TEXT = [
    ConnectionResetError(),
    ConnectionAbortedError(),
    BrokenPipeError(),
    EOFError(),
    TimeoutError(),
    OSError(),
    ssl.SSLError(),
    RuntimeError(),
    asyncio.IncompleteReadError(b"", 8),
]


@pytest.mark.parametrize("error", WITHOUT_TEXT, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("tls", [False, True])
def test_an_error_without_text_gets_one(error: BaseException, tls: bool) -> None:
    text = explain(error, tls=tls)
    assert text.strip()
    assert str(error) or type(error).__name__ in text


def test_the_text_of_an_error_is_kept() -> None:
    assert explain(OSError(111, "Connect call failed")) == "[Errno 111] Connect call failed"


@pytest.mark.parametrize(
    ("first", "hint"),
    [
        (b"HTTP", "web server"),
        (b"SSH-", "SSH server"),
        (b"\x15\x03\x01\x00", "pass ssl="),
        (b"\x16\x03\x03\x00", "pass ssl="),
        (b"220 ", "begins with '220 '"),
        (b"-ERR", "begins with '-ERR'"),
    ],
)
def test_the_first_bytes_of_another_protocol_are_recognised(first: bytes, hint: str) -> None:
    length = int.from_bytes(first, "big") + 8
    assert hint in explain(FrameTooLarge(length, 65536, 0))


def test_a_frame_later_in_the_stream_gives_no_hint() -> None:
    length = int.from_bytes(b"HTTP", "big") + 8
    error = FrameTooLarge(length, 65536, 100)
    assert explain(error) == str(error)


def test_an_oversized_frame_of_a_cti_server_gives_no_hint() -> None:
    error = FrameTooLarge(70_008, 65536, 0)
    assert explain(error) == str(error)


@pytest.mark.parametrize(
    ("greeting", "hint"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "web server"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "SSH server"),
        (b"\x15\x03\x01\x00\x02\x02\x0a", "pass ssl="),
    ],
)
async def test_the_event_names_a_server_of_another_protocol(
    serve: Serve, session: Session, greeting: bytes, hint: str
) -> None:
    async def greet_and_leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await reader.read(1)
        writer.close()

    recorder = Recorder(session)
    session.connect(**await serve(greet_and_leave)).reported()
    session.subscribe("OnConnection", lambda args: session.set_bulk_mode(5000).reported())
    assert hint in (await recorder.wait_for("OnConnectionFailure"))["ErrorMessage"]


async def test_the_error_of_tls_to_a_plain_port_says_what_to_check(
    serve: Serve, make_session: MakeSession, client_tls: ssl.SSLContext
) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.close()

    session = make_session(ssl=client_tls)
    recorder = Recorder(session)
    with pytest.raises(ConnectionFailed, match="does the port speak TLS") as error:
        await soon(session.connect(**await serve(hang_up)))
    assert isinstance(error.value.__cause__, ConnectionResetError)
    assert "does the port speak TLS" in recorder.of("OnConnectionFailure")[0]["ErrorMessage"]


async def test_the_error_of_a_plain_client_of_a_tls_port_names_the_ssl_option(
    serve: Serve, session: Session, server_tls: ssl.SSLContext
) -> None:
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=server_tls)
    async with server:
        recorder = Recorder(session)
        await soon(session.connect(ctios_a="127.0.0.1", port_a=server.sockets[0].getsockname()[1]))
        session.set_bulk_mode(5000).reported()
        assert "ssl=" in (await recorder.wait_for("OnConnectionFailure"))["ErrorMessage"]
        await soon(session.disconnect())


async def test_the_error_of_a_certificate_of_another_name_says_what_to_check(
    make_session: MakeSession, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=server_tls)
    async with server:
        session = make_session(ssl=client_tls, server_hostname="other.example")
        with pytest.raises(ConnectionFailed, match="server_hostname"):
            await soon(session.connect(ctios_a="127.0.0.1", port_a=server.sockets[0].getsockname()[1]))
