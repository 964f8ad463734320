"""Passwords appear in no repr, log or traceback, whatever fails."""

import asyncio
import logging
import traceback
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from support.model import (
    MakeSession,
    Recorder,
    an_agent,
    settled,
    sides,
    soon,
)

from ctios_fast import Agent, Arguments, ConnectionLost, ControlFailure, MethodError, OpenRefused, Session
from ctios_fast import keywords as kw
from ctios_fast.connection.opening import OpenSettings
from ctios_fast.connection.options import ConnectionOptions
from ctios_fast.core.secret import Secret
from ctios_fast.enums import CilCode
from ctios_fast.errors import EncodeError, SendBufferFull
from ctios_fast.sim import Simulator

CLIENT_PASSWORD = "Client-Pa55word"
AGENT_PASSWORD = "Agent-Pa55word"
TOO_LONG = "x" * 300


def assert_hidden(text: str) -> None:
    for password in (CLIENT_PASSWORD, AGENT_PASSWORD):
        assert password not in text


def shown(error: BaseException) -> str:
    """Return what a traceback with local variables shows of the library's frames."""
    full = traceback.TracebackException.from_exception(error, capture_locals=True)
    parts: list[str] = []
    todo: list[traceback.TracebackException | None] = [full]
    while todo:
        each = todo.pop()
        if each is None:
            continue
        frames = [frame for frame in each.stack if "/ctios_fast/" in frame.filename]
        parts += [str(frame.locals) for frame in frames]
        parts += list(each.format_exception_only())
        todo += [each.__cause__, each.__context__]
    return "\n".join(parts)


@pytest.fixture
def log_of_everything(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    caplog.set_level(logging.DEBUG)
    asyncio.new_event_loop().close()
    yield caplog
    assert_hidden(caplog.text)


@pytest.fixture
async def guarded() -> AsyncIterator[Simulator]:
    """A simulator that checks both kinds of password."""
    async with Simulator(
        agents=5, client_password=CLIENT_PASSWORD, check_agent_passwords={"1001": AGENT_PASSWORD}
    ) as sim:
        yield sim


async def test_no_password_is_in_a_repr_or_a_log(
    guarded: Simulator, make_session: MakeSession, log_of_everything: pytest.LogCaptureFixture
) -> None:
    asyncio.get_running_loop().set_debug(True)
    session = make_session(client_password=CLIENT_PASSWORD)
    recorder = Recorder(session)
    agent = an_agent(agent_password=AGENT_PASSWORD)
    await soon(session.connect(**sides(guarded)))
    await soon(session.set_agent(agent))
    args = Arguments(
        {kw.CTIOS_AGENTPASSWORD: AGENT_PASSWORD, "Nested": Arguments(AgentPassword=AGENT_PASSWORD)}
    )
    with pytest.warns(UserWarning, match="login.. does not use Nested"):
        requests = [agent.login(args)]
    await soon(requests[0])
    requests += [agent.logout(), session.disconnect()]
    for request in requests:
        await soon(request)
    for thing in (session, agent, agent.agent_password, args, args.dump(), requests, session._connection):
        assert_hidden(f"{thing!r} {thing}")
    assert_hidden(repr(recorder.events))
    assert_hidden(repr(OpenSettings("test", Secret(CLIENT_PASSWORD))))
    assert "***" in repr(args)
    asyncio.get_running_loop().set_debug(False)


Failing = Callable[[Session, Agent], Awaitable[object]]


async def _wrong_agent(session: Session, agent: Agent) -> None:
    agent.login({"AgentPassword": AGENT_PASSWORD, "AgentID": "1002"})


async def _no_instrument(session: Session, agent: Agent) -> None:
    agent.agent_instrument = agent.agent_extension = None
    await soon(agent.login(agent_password=AGENT_PASSWORD))


async def _logout_without_instrument(session: Session, agent: Agent) -> None:
    await soon(agent.login())
    await settled(session)
    agent.agent_instrument = agent.agent_extension = None
    agent.logout({"AgentPassword": AGENT_PASSWORD})


async def _state_without_state(session: Session, agent: Agent) -> None:
    agent.set_agent_state({"AgentPassword": AGENT_PASSWORD})


async def _not_encodable(session: Session, agent: Agent) -> None:
    agent.agent_instrument = TOO_LONG
    await soon(agent.login(agent_password=AGENT_PASSWORD))


async def _password_not_encodable(session: Session, agent: Agent) -> None:
    await soon(agent.login(agent_password=AGENT_PASSWORD * 20))


async def _password_not_ascii(session: Session, agent: Agent) -> None:
    await soon(agent.login(agent_password=AGENT_PASSWORD + "\u20ac"))


async def _buffer_full(session: Session, agent: Agent) -> None:
    link = session._connection.link
    assert link is not None
    link.max_buffered = 0
    await soon(agent.login(agent_password=AGENT_PASSWORD))


async def _too_many_requests(session: Session, agent: Agent) -> None:
    session._connection.book.max_open = 0
    await soon(agent.login(agent_password=AGENT_PASSWORD))


async def _link_ending(session: Session, agent: Agent) -> None:
    link = session._connection.link
    assert link is not None
    link.abort()
    await soon(agent.login(agent_password=AGENT_PASSWORD))


async def _connection_lost(session: Session, agent: Agent) -> None:
    request = agent.login(agent_password=AGENT_PASSWORD)
    link = session._connection.link
    assert link is not None
    link.abort()
    await soon(request)


async def _refused(session: Session, agent: Agent) -> None:
    await soon(agent.login(agent_password="another"))


@pytest.mark.parametrize(
    ("fail", "error"),
    [
        (_wrong_agent, MethodError),
        (_no_instrument, MethodError),
        (_logout_without_instrument, MethodError),
        (_state_without_state, MethodError),
        (_not_encodable, EncodeError),
        (_password_not_encodable, EncodeError),
        (_password_not_ascii, EncodeError),
        (_buffer_full, SendBufferFull),
        (_too_many_requests, Exception),
        (_link_ending, ConnectionLost),
        (_connection_lost, ConnectionLost),
        (_refused, ControlFailure),
    ],
    ids=lambda value: value.__name__.strip("_"),
)
async def test_no_traceback_shows_an_agents_password(
    guarded: Simulator,
    make_session: MakeSession,
    log_of_everything: pytest.LogCaptureFixture,
    fail: Failing,
    error: type[Exception],
) -> None:
    session = make_session(client_password=CLIENT_PASSWORD)
    agent = an_agent(agent_password=AGENT_PASSWORD)
    await soon(session.connect(**sides(guarded)))
    await soon(session.set_agent(agent))
    with pytest.raises(error) as raised:
        await fail(session, agent)
    assert_hidden(shown(raised.value))
    assert_hidden(str(raised.value))


@pytest.mark.parametrize(
    ("settings", "password"),
    [
        ({}, CLIENT_PASSWORD + "\u20ac"),
        ({}, CLIENT_PASSWORD + " is wrong"),
        ({"max_buffered": 16}, CLIENT_PASSWORD),
    ],
    ids=["password not ASCII", "refused", "buffer full"],
)
async def test_no_traceback_shows_the_clients_password(
    guarded: Simulator,
    make_session: MakeSession,
    log_of_everything: pytest.LogCaptureFixture,
    settings: dict[str, Any],
    password: str,
) -> None:
    session = make_session(client_password=password, **settings)
    await soon(session.connect(**sides(guarded)))
    with pytest.raises((EncodeError, OpenRefused, SendBufferFull)) as raised:
        await soon(session.set_bulk_mode(5000))
    assert_hidden(shown(raised.value))


@pytest.mark.parametrize(
    "wrong",
    [{5: 1}, {"x": {5: 1}}, {"x": [{5: 1}]}, {"AgentPassword": {5: 1}}, {"x": {"y": [[[{None: 1}]]]}}],
    ids=str,
)
@pytest.mark.parametrize("method", ["login", "logout", "set_agent_state", "make_call", "connect"])
async def test_keywords_that_are_not_text_are_refused_without_showing_a_password(
    make_session: MakeSession, method: str, wrong: dict[Any, Any]
) -> None:
    target = make_session() if method == "connect" else an_agent()
    with pytest.raises(MethodError) as raised:
        getattr(target, method)({"AgentPassword": AGENT_PASSWORD, "Password": CLIENT_PASSWORD, **wrong})
    assert raised.value.code == CilCode.E_CTIOS_INVALID_ARGUMENT
    assert "a keyword must be text" in str(raised.value)
    assert_hidden(shown(raised.value))


@pytest.mark.parametrize("method", ["login", "logout", "make_call", "connect"])
async def test_a_warning_that_is_an_error_shows_no_password(make_session: MakeSession, method: str) -> None:
    target = make_session() if method == "connect" else an_agent()
    with warnings.catch_warnings(action="error"), pytest.raises(MethodError) as raised:
        getattr(target, method)({"Colour": "red", "AgentPassword": AGENT_PASSWORD})
    assert f"{method}() does not use Colour" in str(raised.value)
    assert_hidden(shown(raised.value))


async def test_no_traceback_of_session_creation_shows_the_clients_password() -> None:
    good = {"client_id": "test", "client_password": CLIENT_PASSWORD}
    for settings in (
        {"heartbeat": 1},
        {"version": 99},
        {"reconnect_attempts": 0},
        {"max_frame": 1},
        {"client_id": TOO_LONG},
        {"client_signature": TOO_LONG},
        {"client_password": CLIENT_PASSWORD * 20},
    ):
        with pytest.raises((ValueError, MethodError)) as raised:
            Session(**{**good, **settings})  # type: ignore[arg-type]
        assert_hidden(shown(raised.value))


# --- Wrong calls: the password is hidden before anything can raise -----------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda: Agent("1001", agent_password=AGENT_PASSWORD, auto_login="perhaps"),  # type: ignore[arg-type]
        lambda: Agent("x" * 99, agent_password=AGENT_PASSWORD),
        lambda: an_agent().login({"AgentPassword": AGENT_PASSWORD, 5: 1}),  # type: ignore[dict-item]
        lambda: an_agent().login(AGENT_PASSWORD),  # type: ignore[arg-type]
        lambda: an_agent().login({"AgentPassword": AGENT_PASSWORD}),
        lambda: an_agent().login(agent_password=AGENT_PASSWORD, timeout=-1),
        lambda: an_agent().logout(AGENT_PASSWORD),  # type: ignore[arg-type]
        lambda: an_agent().logout({"AgentPassword": AGENT_PASSWORD, "EventReasonCode": "x"}),
        lambda: an_agent().set_agent_state(AGENT_PASSWORD),  # type: ignore[arg-type]
        lambda: an_agent().set_agent_state({"AgentPassword": AGENT_PASSWORD, "AgentState": "x"}),
        lambda: an_agent().set_value("AgentPasswrd", AGENT_PASSWORD),
        lambda: (
            an_agent().set_value("DoorPassword", AGENT_PASSWORD) or an_agent().get_value_int("DoorPassword")
        ),
        lambda: Session(client_id="x", client_password=AGENT_PASSWORD, max_objects=-1),
        lambda: Session(client_id="x", client_password=AGENT_PASSWORD, nonsense=1),  # type: ignore[call-arg]
        lambda: Session(client_id="x").connect(
            {"CtiosA": "h", "ClientPassword": AGENT_PASSWORD, "Heartbeat": "x"}
        ),
        lambda: Session(client_id="x").connect(AGENT_PASSWORD),  # type: ignore[arg-type]
        lambda: Session(client_id="x").agent("1" * 99, agent_password=AGENT_PASSWORD),
        lambda: Session(client_id="x").agent("1", agent_password=AGENT_PASSWORD, agent_instrument="x" * 99),
        lambda: Session(client_id="x").request(99999, {}, [("AgentPassword", AGENT_PASSWORD)]),
        lambda: Session(client_id="x").request("NONSENSE", {}, {"AgentPassword": AGENT_PASSWORD}),  # type: ignore[arg-type]
        lambda: Session(client_id="x").send("CONFIG_REQUEST_EVENT", {}, [("AgentPassword", AGENT_PASSWORD)]),
        lambda: Session(client_id="x").disconnect({"AgentPassword": AGENT_PASSWORD}, 5),  # type: ignore[call-arg]
    ],
)
@pytest.mark.filterwarnings("ignore:.*does not use")
def test_a_wrong_call_shows_no_password(call: Callable[[], object]) -> None:
    with pytest.raises((MethodError, TypeError, ValueError, KeyError)) as raised:
        call()
    assert_hidden(shown(raised.value))
    assert_hidden(str(raised.value))


@pytest.mark.filterwarnings("ignore:.*does not use")
async def test_a_request_by_name_shows_no_password(guarded: Simulator, make_session: MakeSession) -> None:
    session = make_session(client_password=CLIENT_PASSWORD)
    await soon(session.connect(**sides(guarded)))
    await soon(session.set_bulk_mode(5000))
    for floating in ([("AgentPassword", AGENT_PASSWORD)], {"AgentPassword": AGENT_PASSWORD}):
        with pytest.raises(EncodeError) as raised:
            session.request(38, {"PeripheralID": 5000}, floating)  # type: ignore[arg-type]
        assert_hidden(shown(raised.value))


class Unreadable(dict[str, Any]):
    """A mapping that raises when it is read."""

    def __iter__(self) -> Iterator[str]:
        raise LookupError

    def items(self) -> Any:
        raise LookupError


@pytest.mark.parametrize(
    ("fields", "floating", "error"),
    [
        ([("AgentPassword", AGENT_PASSWORD)], (), MethodError),
        (Unreadable(AgentPassword=AGENT_PASSWORD), (), MethodError),
        ({"PeripheralID": 5000}, Unreadable(AgentPassword=AGENT_PASSWORD), EncodeError),
        ({"PeripheralID": 5000}, [("AgentPassword", 38, AGENT_PASSWORD)], EncodeError),
        ({"PeripheralID": 5000}, [(b"AgentPassword", AGENT_PASSWORD)], EncodeError),
        ({b"AgentPassword": AGENT_PASSWORD}, (), EncodeError),
    ],
    ids=["pairs", "unreadable fields", "unreadable pairs", "three items", "name in bytes", "field in bytes"],
)
async def test_a_request_with_fields_of_a_wrong_form_shows_no_password(
    guarded: Simulator, make_session: MakeSession, fields: Any, floating: Any, error: type[Exception]
) -> None:
    session = make_session(client_password=CLIENT_PASSWORD)
    await soon(session.connect(**sides(guarded)))
    await soon(session.set_bulk_mode(5000))
    with pytest.raises(error) as raised:
        session.request(38, fields, floating)
    assert_hidden(shown(raised.value))
    with pytest.raises((MethodError, EncodeError)) as raised_by_send:
        session.send(40, fields, floating)
    assert_hidden(shown(raised_by_send.value))


@pytest.mark.parametrize("name", ["client_pasword", "ClientPassword", "password"])
def test_a_misspelt_client_password_is_not_shown(name: str) -> None:
    with pytest.raises(TypeError, match=f"there is no option {name}") as raised:
        Session(client_id="desktop", **{name: CLIENT_PASSWORD})  # type: ignore[arg-type]
    assert "did you mean client_password?" in str(raised.value)
    assert_hidden(shown(raised.value))
    with pytest.raises(TypeError, match=f"there is no option {name}") as raised:
        ConnectionOptions(**{name: CLIENT_PASSWORD})
    assert_hidden(shown(raised.value))


async def test_properties_and_events_show_no_password(recorder: Recorder, session: Session) -> None:
    agent = session.agent("1001", agent_password=AGENT_PASSWORD)
    agent.set_value("DoorPassword", AGENT_PASSWORD)
    assert_hidden(f"{agent.dump_properties()} {agent.get_all_properties()!r} {agent!r}")
    assert_hidden(str(agent.get_value("DoorPassword")))
