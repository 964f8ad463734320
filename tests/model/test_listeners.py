"""Sinks, listeners and typed handlers: their order, their errors, and the state that they see."""

import asyncio
import contextvars
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any
from unittest.mock import MagicMock

import pytest
from support.model import AVAILABLE, NOT_READY, Recorder, an_agent, sides, soon

from ctios_fast import Agent, Arguments, ControlFailure, Session
from ctios_fast.core import Message
from ctios_fast.model.agents import agent as agent_module
from ctios_fast.model.agents import state_of_agent
from ctios_fast.model.publisher import sink_method
from ctios_fast.model.session_properties import session_context
from ctios_fast.protocol import numbers as ged
from ctios_fast.sim import Simulator


async def test_listeners_are_called_in_the_order_in_which_they_were_added(
    session: Session, agent: Agent
) -> None:
    order: list[str] = []

    class Sink:
        def __init__(self, name: str) -> None:
            self.name = name

        def on_agent_state_change(self, args: Arguments) -> None:
            order.append(self.name)

    session.add_event_listener(Sink("first sink"))
    session.subscribe("OnAgentStateChange", lambda args: order.append("function"))
    session.add_event_listener(Sink("second sink"))
    await soon(agent.set_agent_state(AVAILABLE))
    assert order == ["first sink", "function", "second sink"]


async def test_a_listener_can_remove_itself_while_it_is_called(session: Session, agent: Agent) -> None:
    calls: list[str] = []

    class Sink:
        def on_agent_state_change(self, args: Arguments) -> None:
            calls.append("sink")
            session.remove_event_listener(self)

    def function(args: Arguments) -> None:
        calls.append("function")
        session.unsubscribe("OnAgentStateChange", function)

    sink = Sink()
    session.add_event_listener(sink)
    session.subscribe("OnAgentStateChange", function)
    await soon(agent.set_agent_state(AVAILABLE))
    await soon(agent.set_agent_state(NOT_READY))
    assert calls == ["sink", "function"]
    with pytest.raises(ValueError, match="not added"):
        session.remove_event_listener(sink)
    with pytest.raises(ValueError, match="is not subscribed to OnAgentStateChange"):
        session.unsubscribe("OnAgentStateChange", function)


async def test_a_listener_that_raises_does_not_stop_the_others(
    session: Session, agent: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    got: list[str] = []

    class Broken:
        def on_agent_state_change(self, args: Arguments) -> None:
            raise ZeroDivisionError("in the application")

    session.subscribe("OnAgentStateChange", lambda args: got.append("before"))
    session.add_event_listener(Broken())
    session.subscribe("OnAgentStateChange", lambda args: got.append("after"))
    assert await soon(agent.set_agent_state(AVAILABLE)) == AVAILABLE
    assert got == ["before", "after"]
    assert session.counters()["listener_errors"] == 1
    assert "OnAgentStateChange" in caplog.text
    assert "in the application" in caplog.text


async def test_a_typed_handler_that_raises_does_not_stop_the_others(
    session: Session, agent: Agent, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    got: list[int] = []

    def broken(message: Message) -> None:
        raise ZeroDivisionError("in the application")

    for handler in (broken, lambda message: got.append(message["AgentState"])):
        session.on(ged.AGENT_STATE_EVENT, handler)
    assert await soon(agent.set_agent_state(AVAILABLE)) == AVAILABLE
    assert got == [AVAILABLE]
    assert recorder.names.count("OnAgentStateChange") == 1
    assert session.counters()["handler_errors"] == 1
    assert "AGENT_STATE_EVENT" in caplog.text
    assert "in the application" in caplog.text


async def test_a_callback_that_raises_does_not_stop_the_answer(
    session: Session, agent: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    request = agent.query_agent_state()
    request.add_done_callback(lambda done: 1 / 0)
    assert (await soon(request))["AgentState"] == NOT_READY
    assert "ZeroDivisionError" in caplog.text


async def test_coroutine_functions_are_refused_as_listeners(session: Session) -> None:
    async def waits(args: Any) -> None:
        raise AssertionError

    class Sink:
        async def on_post_logout(self, args: Arguments) -> None:
            raise AssertionError

    class Callee:
        async def __call__(self, args: Any) -> None:
            raise AssertionError

    subscribe: list[Callable[[], object]] = [
        lambda: session.subscribe("OnPostLogout", waits),
        lambda: session.subscribe("OnPostLogout", partial(waits)),
        lambda: session.subscribe("OnPostLogout", Callee()),
        lambda: session.add_event_listener(Sink()),
        lambda: session.on(ged.AGENT_STATE_EVENT, waits),
    ]
    for call in subscribe:
        with pytest.raises(TypeError, match="coroutine"):
            call()


def _no_argument() -> None: ...


def _two_arguments(args: Any, more: Any) -> None: ...


def _keyword(args: Any, *, more: Any) -> None: ...


class _Taking:
    """Listeners that can be called with one argument."""

    def method(self, args: Any) -> None: ...

    @staticmethod
    def static(args: Any) -> None: ...

    def __call__(self, args: Any, more: Any = None) -> None: ...


@pytest.mark.parametrize(
    ("listener", "fault"),
    [
        (_no_argument, "too many positional arguments"),
        (lambda: None, "too many positional arguments"),
        (_two_arguments, "missing a required argument: 'more'"),
        (_keyword, "missing a required .*argument: 'more'"),
        (partial(_no_argument), "too many positional arguments"),
        (_Taking.method, "missing a required argument: 'args'"),
    ],
)
async def test_a_listener_that_does_not_take_one_argument_is_refused(
    session: Session, listener: Any, fault: str
) -> None:
    subscribe: dict[str, Callable[[], object]] = {
        r"the Arguments of OnPostLogout \(%s\): .* def listener\(args\)$": lambda: session.subscribe(
            "OnPostLogout", listener
        ),
        r"the Arguments of OnAgentStateChange \(%s\)": lambda: session.subscribe("OnAgentStateChanged")(
            listener
        ),
        r"a message \(%s\): .* def listener\(message\)$": lambda: session.on(ged.AGENT_STATE_EVENT, listener),
        r"Columns \(%s\): .* def listener\(columns\)$": lambda: session.on_batch(
            ged.AGENT_STATE_EVENT, listener
        ),
    }
    for message, call in subscribe.items():
        with pytest.raises(TypeError, match="cannot be called with " + message % fault):
            call()


@pytest.mark.parametrize(
    "listener",
    [
        _Taking(),
        _Taking().method,
        _Taking.static,
        partial(_two_arguments, 1),
        partial(_keyword, more=1),
        lambda *args: None,
        [].append,
        print,
        dict,
        MagicMock(),
    ],
)
async def test_whatever_takes_one_argument_is_a_listener(session: Session, listener: Any) -> None:
    session.subscribe("OnPostLogout", listener)
    session.on(ged.AGENT_STATE_EVENT, listener)
    session.on_batch(ged.AGENT_STATE_EVENT, listener)


async def test_a_handler_of_fields_takes_as_many_arguments(session: Session) -> None:
    session.on(ged.AGENT_STATE_EVENT, _two_arguments, ("agent_id", "agent_state"))
    session.on(ged.AGENT_STATE_EVENT, _two_arguments, ("agent_id",), with_message=True)
    with pytest.raises(TypeError, match="cannot be called with one field: missing a required argument"):
        session.on(ged.AGENT_STATE_EVENT, _two_arguments, ("agent_id",))


async def test_generator_functions_are_refused_as_listeners(session: Session) -> None:
    def steps(args: Any) -> Iterator[None]:
        yield None

    async def async_steps(args: Any) -> AsyncIterator[None]:
        yield None

    for listener, kind in ((steps, "a generator"), (async_steps, "an asynchronous generator")):
        with pytest.raises(TypeError, match=f"is {kind} function"):
            session.subscribe("OnPostLogout", listener)
        with pytest.raises(TypeError, match=f"is {kind} function"):
            session.on(ged.AGENT_STATE_EVENT, listener)


async def test_a_listener_that_returns_a_coroutine_is_counted_and_logged(
    session: Session, agent: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    async def waits(args: Any) -> None:
        raise AssertionError

    class Callee:
        async def __call__(self, args: Any) -> None:
            raise AssertionError

    heard: list[str] = []
    session.subscribe("OnAgentStateChange", lambda args: waits(args))
    session.subscribe("OnAgentStateChange", partial(Callee()))
    session.subscribe("OnAgentStateChange", lambda args: heard.append("last"))
    await soon(agent.set_agent_state(AVAILABLE))
    assert heard == ["last"]
    assert session.counters()["listener_errors"] == 2
    assert caplog.text.count("returned a coroutine, which nothing runs") == 2
    gc.collect()  # Python would warn about a coroutine that was never awaited, and warnings are errors


async def test_a_listener_may_return_a_task_or_a_request(session: Session, agent: Agent) -> None:
    ran: list[str] = []

    async def job() -> None:
        ran.append("task")

    asked: list[Any] = []

    def asks(args: Arguments) -> Any:
        asked.append(agent.query_agent_state())
        return asked[-1]

    session.subscribe("OnAgentStateChange", lambda args: asyncio.ensure_future(job()))
    session.subscribe("OnAgentStateChange", asks)
    await soon(agent.set_agent_state(AVAILABLE))
    await soon(asked[0])
    assert ran == ["task"]
    assert session.counters()["listener_errors"] == 0


async def test_a_callback_that_returns_a_coroutine_is_logged(
    session: Session, agent: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    async def waits(request: Any) -> None:
        raise AssertionError

    request = agent.query_agent_state()
    request.add_done_callback(waits)
    request.add_done_callback(waits, context=contextvars.copy_context())
    await soon(request)
    assert caplog.text.count("returned a coroutine, which nothing runs") == 2
    gc.collect()


async def test_listeners_of_events_that_do_not_exist_are_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="OnAgentStateChange"):  # the error lists the events
        session.subscribe("OnAgentState", print)
    with pytest.raises(TypeError, match="no method named after an event"):
        session.add_event_listener(object())


async def test_a_typed_handler_runs_after_the_agent_was_updated(session: Session, agent: Agent) -> None:
    seen: list[tuple[int, int | None]] = []

    def handler(message: Message) -> None:
        seen.append((message["AgentState"], agent.state))

    session.on(ged.AGENT_STATE_EVENT, handler)
    await soon(agent.set_agent_state(AVAILABLE))
    session.off(ged.AGENT_STATE_EVENT, handler)
    await soon(agent.set_agent_state(NOT_READY))
    assert seen == [(AVAILABLE, AVAILABLE)]
    with pytest.raises(ValueError, match="not a registered handler of AGENT_STATE_EVENT"):
        session.off(ged.AGENT_STATE_EVENT, handler)


async def test_arguments_are_built_for_listeners_only(
    session: Session, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in ((agent_module, "asked_arguments"), (state_of_agent, "state_arguments")):
        monkeypatch.setattr(module, name, lambda *args: pytest.fail("built without a listener"))
    agent = an_agent()
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(agent))
    await soon(agent.login())
    await soon(agent.logout())
    assert session.counters()["handler_errors"] == 0


async def test_counters_count_frames_and_failures(sim: Simulator, session: Session, agent: Agent) -> None:
    before = session.counters()
    await soon(agent.set_agent_state(AVAILABLE))
    with pytest.raises(ControlFailure):
        await soon(agent.logout())
    after = session.counters()
    assert after["frames"] - before["frames"] == 3
    assert after["connections"] == 1
    zero = set(after) - {"frames", "connections", "lag_max", "turn_max"}  # the last two are real seconds
    assert {name: after[name] for name in zero} == dict.fromkeys(zero, 0)
    assert {"frames_malformed", "listener_errors", "open_requests", "confirmations_late"} <= zero


#: The listener lists of CTI OS: the kind in the names of its methods, and an event of each interface.
LISTS = {
    "Session": "OnConnection",
    "Call": "OnCallBegin",
    "Agent": "OnPostLogout",
    "SkillGroup": "OnSkillGroupStatisticsUpdated",
    "ButtonEnablement": "OnButtonEnablementChange",
    "SilentMonitor": "OnCallRTPStarted",
    "AllInOne": "OnMonitoredCallBegin",
}


@pytest.mark.covers(
    "Session.AddEventListener",
    "Session.RemoveEventListener",
    *(f"Session.{verb}{kind}EventListener" for verb in ("Add", "Remove") for kind in LISTS),
)
def test_one_sink_gets_the_events_of_every_interface_until_it_is_removed(session: Session) -> None:
    got: list[str] = []
    methods = {sink_method(event): lambda self, args: got.append(args["Event"]) for event in LISTS.values()}
    sink = type("Sink", (), methods)()
    session.add_event_listener(sink)
    for event in LISTS.values():
        assert session_context(session).fire(event, lambda event: Arguments({"Event": event}), event)
    assert got == list(LISTS.values())
    session.remove_event_listener(sink)
    for event in LISTS.values():
        assert not session_context(session).fire(event, Arguments)


@pytest.mark.covers(
    "IGenericEvents.OnEvent",
    *(f"Session.{verb}{kind}EventGenericListener" for verb in ("Add", "Remove") for kind in LISTS),
)
def test_one_function_gets_the_events_of_every_interface_until_it_is_removed(session: Session) -> None:
    got: list[tuple[str, Any]] = []

    def note(event: str, args: Arguments) -> None:
        got.append((event, args))

    listeners = {event: partial(note, event) for event in session.events}
    for event, listener in listeners.items():
        session.subscribe(event, listener)
    sent = Arguments({"Key": 1})
    for event in LISTS.values():
        assert session_context(session).fire(event, lambda: sent)
    assert got == [(event, sent) for event in LISTS.values()]
    for event, listener in listeners.items():
        session.unsubscribe(event, listener)
    for event in LISTS.values():
        assert not session_context(session).fire(event, Arguments)
