"""No public callable shows a password that a program passes to it, however wrong the call is.

Every public class and method that can hold a password is called with one in every wrong way: as a value of
a wrong type, under a wrong or misspelt keyword, by position, nested, in a wrong state of the session. The
password must then be in no message, repr, log record, or local variable of a frame of the library.
"""

import asyncio
import inspect
import logging
import operator
import traceback
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any

import pytest
from support.model import settled, sides

from ctios_fast import Agent, Arguments, Session, messages
from ctios_fast.core import codec
from ctios_fast.core.secret import Secret
from ctios_fast.protocol import numbers as ged
from ctios_fast.sim import Simulator

PASSWORD = "Pa55word-of-nobody"
LONG = PASSWORD * 20  # longer than any field
BYTES = PASSWORD.encode()

#: Wrong and right ways to pass a password under a keyword: values in place of a text.
VALUES: dict[str, Any] = {
    "text": PASSWORD,
    "text that is too long": LONG,
    "text with a NUL": PASSWORD + "\0",
    "text that is not ASCII": PASSWORD + "é",
    "text with a lone surrogate": PASSWORD + "\udce9",
    "bytes": BYTES,
    "bytearray": bytearray(BYTES),
    "list": [PASSWORD],
    "tuple": (PASSWORD, 1),
    "set": {PASSWORD},
    "dict": {"AgentPassword": PASSWORD},
    "nested dicts": {"a": {"b": [{"ClientPassword": PASSWORD}]}},
    "Secret": Secret(PASSWORD),
    "Secret that is too long": Secret(LONG),
    "Arguments": Arguments(AgentPassword=PASSWORD),
}
KEYWORDS = (
    "AgentPassword",
    "ClientPassword",
    "agentpassword",
    "AgentPasswrd",
    "Agent Password",
    "Password",
    "Nonsense",
)

#: Arguments in place of the first parameter of a method that takes Arguments.
GIVEN: dict[str, Any] = {
    **{f"by position: {name}": value for name, value in VALUES.items()},
    **{
        f"{keyword}: {name}": {keyword: value}
        for keyword in KEYWORDS
        for name, value in VALUES.items()
        if keyword != "Nonsense" or name in ("dict", "nested dicts", "Secret", "Arguments")
    },
    "pairs": [("AgentPassword", PASSWORD)],
    "one pair too short": [("AgentPassword", PASSWORD), ("AgentID",)],
    "one pair too long": [("AgentPassword", PASSWORD, 1)],
    "one key not a text": {"AgentPassword": PASSWORD, 5: 1},
    "one value out of range": {"AgentPassword": PASSWORD, "EventReasonCode": 2**70},
    "one value of a wrong type": {"AgentPassword": PASSWORD, "AgentState": object},
    "a generator that raises": lambda: (("AgentPassword", PASSWORD) if i == 0 else 1 // 0 for i in range(2)),
}
#: Parameters that are given by keyword; every method gets those that it does not have, too.
BY_NAME = ("agent_password", "client_password", "password", "agent_passwrd")


def locals_shown(error: BaseException) -> Iterator[str]:
    """Messages of an error and all that it came from, and the variables of the library's frames."""
    todo: list[BaseException | None] = [error]
    seen: set[int] = set()
    while todo:
        each = todo.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield f"{each} {each!r} {getattr(each, '__notes__', '')} {vars(each)!r}"
        for frame, _ in traceback.walk_tb(each.__traceback__):
            if "/ctios_fast/" in frame.f_code.co_filename:
                where = f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_code.co_name}"
                for name, value in frame.f_locals.items():
                    yield f"local {name} of {where}: {shown(value)}"
        todo += [each.__cause__, each.__context__]


def shown(value: object) -> str:
    try:
        return f"{value!r} {value}" if not isinstance(value, str) else value
    except Exception as error:
        return f"repr raised {error!r}"


class Probe:
    """Makes calls and collects where the password was shown."""

    def __init__(self, log: pytest.LogCaptureFixture) -> None:
        self.leaks: list[str] = []
        self.calls = 0
        self._log = log

    def look(self, call: str, text: str) -> None:
        if PASSWORD in text:
            at = text.index(PASSWORD)
            self.leaks.append(f"{call}: …{text[max(0, at - 90) : at + 20]}…")

    async def call(self, name: str, function: Callable[[], Any], *objects: object) -> None:
        self.calls += 1
        self._log.clear()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                result = function()
                if inspect.isawaitable(result):
                    self.look(f"{name}, its request", shown(result))
                    result = await asyncio.wait_for(result, 5)
                if not isinstance(result, str | bytes):  # a password that was asked for
                    self.look(f"{name}, its result", shown(result))
            except Exception as error:
                for text in locals_shown(error):
                    self.look(name, text)
        for warning in caught:
            self.look(f"{name}, a warning", str(warning.message))
        self.look(f"{name}, the log", self._log.text)
        for thing in objects:
            self.look(f"{name}, afterwards", shown(thing))


@pytest.fixture
def probe(caplog: pytest.LogCaptureFixture) -> Iterator[Probe]:
    caplog.set_level(logging.DEBUG)
    probe = Probe(caplog)
    yield probe
    assert probe.calls
    summary = "\n".join(dict.fromkeys(probe.leaks))
    assert not probe.leaks, f"{len(probe.leaks)} leaks in {probe.calls} calls:\n{summary[:600000]}"


@pytest.fixture
async def server() -> AsyncIterator[Simulator]:
    async with Simulator(
        agents=3, client_password="other", check_agent_passwords={"1001": "other"}
    ) as simulator:
        yield simulator


def takes_arguments(function: Callable[..., Any]) -> bool:
    """True for a method whose first parameter is Arguments."""
    parameters = [*inspect.signature(function).parameters.values()]
    return bool(parameters) and parameters[0].name in ("args", "given", "values")


def public_methods(kind: type) -> list[str]:
    return [
        name
        for name in dir(kind)
        if not name.startswith("_") and inspect.isfunction(inspect.getattr_static(kind, name, None))
    ]


def given(value: Any) -> Any:
    return value() if inspect.isfunction(value) else value


async def misuse(probe: Probe, make: Callable[[], Any], name: str) -> None:
    """Call a method of a new object in every wrong way."""
    for how, value in GIVEN.items():
        thing = make()
        method = getattr(thing, name)
        if takes_arguments(method):
            await probe.call(f"{type(thing).__name__}.{name}({how})", partial(method, given(value)), thing)
    for keyword in BY_NAME:
        for how, value in VALUES.items():
            thing = make()
            method = getattr(thing, name)
            await probe.call(
                f"{type(thing).__name__}.{name}({keyword}={how})", partial(method, **{keyword: value}), thing
            )
            if takes_arguments(method):
                await probe.call(
                    f"{type(thing).__name__}.{name}({{}}, {keyword}={how})",
                    partial(method, {}, **{keyword: value}),
                    thing,
                )


def an_agent() -> Agent:
    return Agent("1001", 5000, agent_instrument="3001")


@pytest.mark.parametrize("name", public_methods(Agent))
async def test_an_agent_without_a_session_shows_no_password(name: str, probe: Probe) -> None:
    await misuse(probe, an_agent, name)


@pytest.mark.parametrize("name", public_methods(Session))
async def test_a_session_that_is_not_connected_shows_no_password(name: str, probe: Probe) -> None:
    sessions: list[Session] = []

    def make() -> Session:
        sessions.append(
            Session(client_id="probe", client_password=PASSWORD, reconnect_attempts=1, connect_timeout=0.1)
        )
        return sessions[-1]

    await misuse(probe, make, name)
    for session in sessions:
        await session.disconnect()


@pytest.mark.parametrize(
    "name",
    [
        "login",
        "logout",
        "set_agent_state",
        "query_agent_state",
        "set_value",
        "make_call",
        "set_wrapup_data",
        "request_supervisor_assist",
    ],
)
async def test_an_agent_of_an_open_session_shows_no_password(
    name: str, probe: Probe, server: Simulator
) -> None:
    async with Session(client_id="probe", client_password="other") as session:
        await session.connect(**sides(server))
        await session.set_bulk_mode(5000)
        agent = session.agent("1001", agent_instrument="3001")
        await misuse(probe, lambda: agent, name)
        await settled(session)
        probe.look("the session", shown(session))


async def test_a_session_that_the_server_refuses_shows_no_password(probe: Probe, server: Simulator) -> None:
    for how, value in VALUES.items():
        await probe.call(
            f"Session(client_password={how})", partial(Session, client_id="probe", client_password=value)
        )
    for value in (PASSWORD, Secret(PASSWORD)):
        async with Session(client_id="probe", client_password=value) as session:
            await session.connect(**sides(server))
            await probe.call("set_bulk_mode", partial(session.set_bulk_mode, 5000), session)


ARGUMENTS_METHODS = public_methods(Arguments)


@pytest.mark.parametrize("name", ARGUMENTS_METHODS)
async def test_arguments_show_no_password(name: str, probe: Probe) -> None:
    parameters = inspect.signature(getattr(Arguments(), name)).parameters
    for keyword in ("AgentPassword", "Nested"):
        for how, value in VALUES.items():
            if keyword == "Nested" and how not in ("dict", "nested dicts", "Secret", "Arguments"):
                continue
            for index, given_key in ((0, 0), (5, 5), (keyword, keyword), (5, keyword), (None, None)):
                args = Arguments({keyword: value, "AgentID": "1001"})
                call = f"Arguments({keyword}={how}).{name}"
                method = getattr(args, name)
                if len(parameters) >= 2 and name != "pop":  # it returns its second argument
                    await probe.call(
                        f"{call}({index}, password)", partial(method, index, Secret(PASSWORD)), args
                    )
                    if "Password" in str(given_key):
                        await probe.call(
                            f"{call}({given_key}, {how})", partial(method, given_key, value), args
                        )
                await probe.call(f"{call}({index})", partial(method, index), args)
            await probe.call(f"{call}()", method, args)
    for how, value in GIVEN.items():
        args = Arguments()
        method = getattr(args, name)
        if takes_arguments(method):
            await probe.call(f"Arguments.{name}({how})", partial(method, given(value)), args)


async def test_new_arguments_show_no_password(probe: Probe) -> None:
    for how, value in GIVEN.items():
        if not isinstance(value, str | bytes | bytearray | Secret | list | tuple | set) or how == "pairs":
            await probe.call(f"Arguments({how})", partial(Arguments, given(value)))
    for how in ("pairs", "one pair too short", "one pair too long"):
        await probe.call(f"Arguments({how})", partial(Arguments, GIVEN[how]))
    for key in (5, None, b"AgentPassword", ("AgentPassword",)):
        await probe.call(f"args[{key!r}]", partial(Arguments().__setitem__, key, Secret(PASSWORD)))
    for how, value in VALUES.items():
        await probe.call(
            f"args[AgentPassword] = {how}", partial(Arguments().__setitem__, "AgentPassword", value)
        )
        await probe.call(f"Arguments() | {how}", partial(operator.or_, Arguments(), {"AgentPassword": value}))


async def test_new_agents_show_no_password(probe: Probe) -> None:
    for how, value in VALUES.items():
        for keyword in BY_NAME:
            await probe.call(f"Agent({keyword}={how})", partial(Agent, "1001", 5000, **{keyword: value}))

        agent = an_agent()
        await probe.call(
            f"agent.agent_password = {how}", partial(setattr, agent, "agent_password", value), agent
        )
        for keyword in KEYWORDS[:6]:
            await probe.call(
                f"agent.set_value({keyword}, {how})", partial(an_agent().set_value, keyword, value)
            )


async def test_the_simulator_shows_no_password(probe: Probe) -> None:
    for how, value in VALUES.items():
        for option in ("client_password", "check_agent_passwords", "client_passwrd"):
            await probe.call(f"Simulator({option}={how})", partial(Simulator, **{option: value}))
        await probe.call(
            f"Simulator(client_password={how}, agents=-1)",
            partial(Simulator, client_password=value, agents=-1),
        )
        await probe.call(
            f"Simulator(check_agent_passwords={{'1001': {how}}})",
            partial(Simulator, check_agent_passwords={"1001": value}, agents=-1),
        )


@pytest.mark.parametrize("is_open", [False, True], ids=["not connected", "open"])
async def test_encoding_shows_no_password(is_open: bool, probe: Probe, server: Simulator) -> None:
    session = Session(client_id="probe", client_password="other")
    if is_open:
        await session.connect(**sides(server))
        await session.set_bulk_mode(5000)
    fixed = {"InvokeID": 1, "VersionNumber": 25}
    for how, value in VALUES.items():
        for encode in (codec(25).encode, session.request, session.send):
            name = f"{encode.__qualname__}({how})"
            await probe.call(name, partial(encode, ged.OPEN_REQ, fixed, [("ClientPassword", value)]))
            await probe.call(name, partial(encode, ged.OPEN_REQ, {**fixed, "ClientPassword": value}))
            await probe.call(name, partial(encode, "OPEN_REQ", {}, [("ClientPasswrd", value), ("ClientID",)]))
        for kind in (messages.OpenReq, messages.SetAgentStateReq):
            for keyword in ("client_password", "agent_password", "agent_passwrd"):
                await probe.call(f"{kind.__name__}({keyword}={how})", partial(kind, 25, **{keyword: value}))
                await probe.call(
                    f"{kind.__name__}.encode", partial(kind.encode, 25, invoke_id=1, **{keyword: value})
                )
        await probe.call(f"Secret({how})", partial(Secret, value))
    await session.disconnect()
