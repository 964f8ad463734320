"""The object model without await, used from real threads."""

import asyncio
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import traceback
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Any

import pytest
from support.model import failing
from support.raw_client import PATIENCE

from ctios_fast import AgentState, Arguments, CilCode, ConnectionLost, ControlFailure, MethodError
from ctios_fast.core import Message
from ctios_fast.sync import Agent, Session
from ctios_fast.sync.proxy import Proxy, home
from ctios_fast.testing import CtiServerPair, start_servers

PASSWORD = "Pa55word-of-nobody"


@pytest.fixture
def pair() -> Iterator[CtiServerPair]:
    with start_servers(agents=20) as servers:
        yield servers


@pytest.fixture
def session(pair: CtiServerPair) -> Iterator[Session]:
    with Session(client_id="job", heartbeat=None) as session:
        session.connect(**pair.addresses)
        yield session


@pytest.fixture
def agent(session: Session) -> Agent:
    """An agent that is logged in and not ready."""
    agent = Agent("1001", 5000, agent_instrument="3001")
    session.set_agent(agent)
    agent.login(agent_password="sesame")
    return agent


def test_a_method_returns_when_the_server_has_answered(agent: Agent) -> None:
    agent.set_agent_state(AgentState.AVAILABLE)
    assert agent.state == AgentState.AVAILABLE
    assert agent.query_agent_state()["AgentState"] == AgentState.AVAILABLE
    with pytest.raises(ControlFailure, match="CF_INVALID_OBJECT_STATE"):
        agent.logout(reason_code=7)
    assert agent.is_logged_in


def test_an_object_has_one_proxy(session: Session, agent: Agent) -> None:
    assert session.current_agent is agent
    assert session.agents["1001"] is agent
    assert session.get_all_agents()[agent.unique_object_id] is agent
    assert session.get_object_from_object_id("agent.5000.1001") is agent


def test_a_call_from_begin_to_end(session: Session, agent: Agent) -> None:
    established = session.wait_for("OnCallEstablished", timeout=PATIENCE)
    agent.make_call(dialed_number="5550199", call_variable1="gold")
    call = session.calls[established.result()["UniqueObjectID"]]
    assert call is session.current_call
    assert call.call_variables[0] == "gold"
    ended = session.wait_for("OnCallEnd", lambda args: args["UniqueObjectID"] == call.unique_object_id)
    call.clear_connection()
    assert ended.result(PATIENCE)["CallStatus"] == 0
    assert not call.is_alive
    assert session.calls == {}


def test_events_are_an_iterator(session: Session, agent: Agent) -> None:
    with session.stream("OnAgentStateChange", "OnConnectionClosed", buffer=2) as stream:
        agent.set_agent_state(AgentState.AVAILABLE)
        name, args = next(stream)
        assert (name, args["AgentState"]) == ("OnAgentStateChange", AgentState.AVAILABLE)
        for state in (AgentState.NOT_READY, AgentState.AVAILABLE, AgentState.NOT_READY):
            agent.set_agent_state(state)
        session.disconnect()
        assert [event.name for event in stream] == ["OnAgentStateChange", "OnConnectionClosed"]
    assert (stream.dropped, len(stream)) == (2, 0)


def test_waiting_ends_with_the_session(session: Session) -> None:
    wait = session.wait_for("OnCallBegin")
    session.disconnect()
    with pytest.raises(ConnectionLost, match="closed before OnCallBegin came"):
        wait.result(PATIENCE)


def test_a_wait_for_a_state_begins_at_its_call(session: Session, agent: Agent) -> None:
    wait = agent.wait_for_state(AgentState.AVAILABLE, timeout=PATIENCE)
    agent.set_agent_state(AgentState.AVAILABLE)
    agent.set_agent_state(AgentState.NOT_READY)
    assert wait.result() is AgentState.AVAILABLE
    assert agent.wait_for_state(AgentState.NOT_READY).result() is AgentState.NOT_READY
    with pytest.raises(
        TimeoutError, match="state eTalking of agent 1001 of peripheral 5000 did not come within"
    ):
        agent.wait_for_state(AgentState.TALKING, timeout=0.001).result()
    assert failing(lambda: agent.wait_for_state(99)) == CilCode.E_CTIOS_INVALID_ARGUMENT


def test_a_session_without_a_connection_has_no_events_to_wait_for(session: Session, agent: Agent) -> None:
    waits = [session.wait_for("OnCallBegin"), agent.wait_for_state(AgentState.TALKING)]
    session.disconnect()
    for wait in [*waits, session.wait_for("OnCallBegin"), agent.wait_for_state(AgentState.TALKING)]:
        with pytest.raises(ConnectionLost):
            wait.result(PATIENCE)
    with pytest.raises(ConnectionLost, match="not connected"):
        next(session.stream("OnCallBegin"))


def test_a_wait_for_an_unknown_event_is_refused_at_once(session: Session) -> None:
    with pytest.raises(ValueError, match="there is no event 'OnTea'"):
        session.wait_for("OnTea")


def test_a_cancelled_wait_listens_no_more(
    session: Session, agent: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[Arguments] = []
    wait = session.wait_for("OnAgentStateChange", seen.append)
    assert wait.cancel()
    agent.set_agent_state(AgentState.AVAILABLE)
    assert seen == []
    assert wait.cancelled()
    with pytest.raises(CancelledError):
        wait.result(PATIENCE)
    assert caplog.records == []


def test_waits_that_threads_cancel_while_events_come_are_cancelled_or_have_a_result(
    session: Session, agent: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    states = (AgentState.AVAILABLE, AgentState.NOT_READY)

    def cancel(waits: list[Future[Arguments]]) -> None:
        start.wait()
        for wait in waits:
            wait.cancel()

    with ThreadPoolExecutor(8) as threads:
        for state in states * 20:
            start = threading.Barrier(9)
            waits = [[session.wait_for("OnAgentStateChange") for _ in range(5)] for _ in range(8)]
            cancelling = [threads.submit(cancel, each) for each in waits]
            start.wait()
            agent.set_agent_state(state)
            for each in cancelling:
                each.result(PATIENCE)
            for wait in (wait for each in waits for wait in each):
                assert wait.cancelled() or wait.result(PATIENCE)["AgentState"] == state
    assert caplog.records == []


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs signals of threads")
def test_an_interrupted_read_of_a_stream_loses_no_event(session: Session, agent: Agent) -> None:
    stream = session.stream("OnAgentStateChange")
    main = threading.get_ident()

    def interrupt() -> None:
        while not home().call(is_reading):
            pass  # each look takes a turn of the loop's thread
        signal.pthread_kill(main, signal.SIGINT)

    def is_reading() -> bool:
        return any("__anext__" in repr(task) for task in asyncio.all_tasks())

    thread = threading.Thread(target=interrupt)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have set it to be ignored
    try:
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            next(stream)
        thread.join()
    finally:
        signal.signal(signal.SIGINT, before)
    agent.set_agent_state(AgentState.AVAILABLE)
    assert next(stream).args["AgentState"] == AgentState.AVAILABLE


_AGENT_IDS = ("1001", "1002")

#: How a program may give objects to a method.
_CONTAINERS: dict[str, Callable[[list[Agent]], Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "deque": deque,
    "iterator": iter,
    "generator": lambda agents: (each for each in agents),
    "map": lambda agents: map(lambda each: each, agents),  # noqa: C417
    "values": lambda agents: {each.agent_id: each for each in agents}.values(),
    "keys": lambda agents: dict.fromkeys(agents).keys(),
}


@pytest.mark.parametrize("container", _CONTAINERS)
def test_objects_are_given_in_any_container(session: Session, container: str) -> None:
    agents = [Agent(agent_id) for agent_id in _AGENT_IDS]
    session.set_bulk_mode(5000, agents=_CONTAINERS[container](agents))
    assert sorted(session.agents) == list(_AGENT_IDS)
    assert all(session.agents[each.agent_id] is each for each in agents)


def test_a_generator_runs_in_the_thread_of_the_caller(session: Session) -> None:
    def agents() -> Iterator[Agent]:
        for agent_id in _AGENT_IDS:
            threads.add(threading.current_thread())
            yield Agent(agent_id)

    threads: set[threading.Thread] = set()
    session.set_bulk_mode(5000, agents=agents())
    assert threads == {threading.current_thread()}
    assert sorted(session.agents) == list(_AGENT_IDS)


def test_what_a_generator_raises_is_raised_with_its_own_frames(session: Session) -> None:
    def agents() -> Iterator[str]:
        yield "1001"
        raise OSError("no more names")

    with pytest.raises(OSError, match="no more names") as error:
        session.set_bulk_mode(5000, agents=agents())
    assert error.traceback[-1].name == "agents"


def test_objects_in_nested_arguments_are_proxies_again_when_they_are_read(session: Session) -> None:
    one, other = Agent("1001"), Agent("1002")
    one.set_value("Mine", {"a": {"b": (1, other)}})
    assert one.get_value("Mine")["a"]["b"] == (1, other)


def endless_list() -> list[Any]:
    """A list that contains itself."""
    endless: list[Any] = []
    endless.append(endless)
    return endless


def test_a_list_that_contains_itself_is_refused(session: Session) -> None:
    refused = failing(lambda: session.set_bulk_mode(5000, agents=endless_list()))
    assert refused == CilCode.E_CTIOS_INVALID_ARGUMENT


#: What a listener may do: calls with a session and its agent.
_IN_A_LISTENER: dict[str, Callable[[Session, Agent], object]] = {
    "attribute": lambda session, agent: agent.state,
    "object": lambda session, agent: session.agents["1001"] is agent,
    "snapshot": lambda session, agent: session.snapshot()["agent"],
    "counters": lambda session, agent: session.counters()["events_dropped"],
    "get_value": lambda session, agent: agent.get_value("AgentID"),
    "is_valid": lambda session, agent: agent.is_valid("AgentID"),
    "set_value": lambda session, agent: agent.set_value("Mine", 1),
    "assignment": lambda session, agent: setattr(agent, "auto_login", False),
    "is_connected": lambda session, agent: session.is_connected(),
    "subscribe": lambda session, agent: session.subscribe("OnCallEnd", print),
    "decorator": lambda session, agent: session.subscribe("OnCallHeld")(print),
    "unsubscribe": lambda session, agent: session.unsubscribe("OnCallHeld", print),
    "new agent": lambda session, agent: Agent("1002", 5000),
    "new session": lambda session, agent: Session(client_id="other"),
    "agent by id": lambda session, agent: session.skill_group(7),
    "statistics": lambda session, agent: agent.enable_agent_statistics(interval=60),
}

#: What would wait for its own thread in a listener: the name in the error, and the call.
_REFUSED_IN_A_LISTENER: dict[str, Callable[[Session, Agent], object]] = {
    r"Agent\.query_agent_state\(\)": lambda session, agent: agent.query_agent_state(),
    r"Agent\.wait_for_state\(\)": lambda session, agent: agent.wait_for_state(AgentState.TALKING),
    r"Session\.wait_for\(\)": lambda session, agent: session.wait_for("OnCallEnd"),
    r"Session\.stream\(\)": lambda session, agent: session.stream("OnCallEnd"),
    r"Session\.disconnect\(\)": lambda session, agent: session.__exit__(),
}


def in_a_listener(session: Session, agent: Agent, call: Callable[[Session, Agent], object]) -> object:
    """What a call returns or raises in a listener."""
    done: Future[object] = Future()

    @session.subscribe("OnAgentStateChange")
    def listen(args: Arguments) -> None:
        try:
            done.set_result(call(session, agent))
        except BaseException as error:
            done.set_exception(error)

    agent.set_agent_state(AgentState.AVAILABLE)
    return done.result(PATIENCE)


@pytest.mark.parametrize("what", _IN_A_LISTENER)
def test_a_listener_may_do_what_does_not_wait(session: Session, agent: Agent, what: str) -> None:
    call = _IN_A_LISTENER[what]
    for _ in range(2):  # one for each time that the call unsubscribes it
        session.subscribe("OnCallHeld", print)
    seen = in_a_listener(session, agent, call)
    elsewhere = call(session, agent)
    assert type(seen) is type(elsewhere)
    assert seen == elsewhere or isinstance(seen, Agent | Session)


@pytest.mark.parametrize("name", _REFUSED_IN_A_LISTENER)
def test_what_waits_is_refused_in_a_listener(session: Session, agent: Agent, name: str) -> None:
    with pytest.raises(MethodError, match=f"^{name} waits, .* let another thread call it") as error:
        in_a_listener(session, agent, _REFUSED_IN_A_LISTENER[name])
    assert error.value.code == CilCode.E_CTIOS_UNEXPECTED
    assert session.is_open
    assert session.counters()["open_requests"] == 0


def test_a_stream_is_closed_and_not_read_in_a_listener(session: Session, agent: Agent) -> None:
    stream = session.stream("OnCallEnd")
    with pytest.raises(MethodError, match=r"^next\(\) of a stream waits"):
        in_a_listener(session, agent, lambda session, agent: next(stream))
    in_a_listener(session, agent, lambda session, agent: stream.close())
    assert list(stream) == []


def leaves(*args: object) -> None:
    """End the program, as a listener cannot."""
    raise SystemExit(3)


def test_what_would_end_a_program_is_a_failure_in_the_thread_of_the_loop(
    session: Session, agent: Agent
) -> None:
    seen: list[object] = []
    session.on("AGENT_STATE_EVENT", leaves)
    session.subscribe("OnAgentStateChange", leaves)
    session.subscribe("OnAgentStateChange", lambda args: seen.append(args["AgentState"]))
    wait = session.wait_for("OnAgentStateChange", leaves)
    assert agent.set_agent_state(AgentState.AVAILABLE) == AgentState.AVAILABLE
    assert seen == [AgentState.AVAILABLE]
    with pytest.raises(SystemExit):
        wait.result(PATIENCE)
    counters = session.counters()
    assert (counters["listener_errors"], counters["handler_errors"]) == (1, 1)


_LATE = """
class Late:
    def __del__(self):
        try: session.disconnect()
        except MethodError as error: print(error.reason)
late = Late()
"""

#: Ends of programs: what one does last, and what it prints.
_ENDS = {
    "nothing": ("", ""),
    "a thread reads a stream": (
        "stream = session.stream()\nthreading.Thread(target=lambda: list(stream), daemon=True).start()",
        "",
    ),
    "atexit disconnects": ("atexit.register(lambda: print(session.disconnect()))", "None"),
    "too late": (_LATE, "the process ends, and the event loop of the sessions runs no more: use them before"),
}

#: A program that leaves a session and a simulated pair open at its end.
_PROGRAM = """
import atexit, threading
from ctios_fast import MethodError
from ctios_fast.sync import Session
from ctios_fast.testing import start_servers

servers = start_servers(agents=1)
pair = servers.__enter__()
session = Session(client_id="job")
session.connect(**pair.addresses)
session.set_bulk_mode(5000)
"""


@pytest.mark.parametrize("end", _ENDS)
def test_a_process_ends_though_its_sessions_are_open(end: str) -> None:
    last, printed = _ENDS[end]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _PROGRAM + last],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert done.stdout.startswith(printed)
    assert done.stdout.count("\n") == bool(printed)
    assert done.stderr == ""


def test_a_future_is_waited_for_in_no_listener(session: Session, agent: Agent) -> None:
    wait, state = session.wait_for("OnCallEnd"), agent.wait_for_state(AgentState.TALKING)
    for name, call in {
        r"result\(\) of Session.wait_for\(\)": lambda session, agent: wait.result(),
        r"exception\(\) of Session.wait_for\(\)": lambda session, agent: wait.exception(PATIENCE),
        r"result\(\) of Agent.wait_for_state\(\)": lambda session, agent: state.result(PATIENCE),
    }.items():
        with pytest.raises(MethodError, match=f"^{name} waits, .* let another thread call it"):
            in_a_listener(session, agent, call)
        agent.set_agent_state(AgentState.NOT_READY)
    with pytest.raises(TimeoutError):
        in_a_listener(session, agent, lambda session, agent: wait.result(0))
    assert not wait.done()
    ready = agent.wait_for_state(AgentState.AVAILABLE)
    assert ready.result() == in_a_listener(session, agent, lambda session, agent: ready.result())


def test_a_listener_sends_a_message_that_has_no_confirmation(session: Session, agent: Agent) -> None:
    answered: Future[Message] = Future()
    session.on("CONFIG_KEY_EVENT", answered.set_result)
    fields = {"PeripheralID": 5000}
    in_a_listener(session, agent, lambda session, agent: session.send("CONFIG_REQUEST_KEY_EVENT", fields))
    assert answered.result(PATIENCE)["ConfigkeyStatus"] == 0


def test_a_listener_that_cannot_get_the_event_is_refused_at_once(session: Session) -> None:
    with pytest.raises(TypeError, match="cannot be called with the Arguments of OnPostLogout"):
        session.subscribe("OnPostLogout", lambda: None)  # type: ignore[arg-type, misc]
    with pytest.raises(TypeError, match="cannot be called with the Arguments of OnPostLogout"):
        session.subscribe("OnPostLogout")(lambda: None)  # type: ignore[arg-type, misc]


def test_attributes_can_be_set(agent: Agent) -> None:
    agent.auto_login = True
    assert agent.auto_login is True
    assert failing(lambda: setattr(agent, "agent_call_mode", "yes")) == CilCode.E_CTIOS_INVALID_ARGUMENT
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        agent.nothing  # type: ignore[attr-defined] # noqa: B018
    assert {"login", "state"} <= set(dir(agent))


def test_eight_threads_send_a_thousand_requests_each(session: Session) -> None:
    session.set_bulk_mode(5000)
    agents = [session.agent(str(1001 + number)) for number in range(8)]
    for agent in agents:
        agent.agent_instrument = f"{2000 + int(agent.agent_id)}"

    def work(agent: Agent) -> int:
        agent.login()
        for _ in range(998):
            assert agent.query_agent_state()["AgentID"] == agent.agent_id
        agent.set_agent_state(AgentState.AVAILABLE)
        return 1000

    before = threading.active_count()
    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(work, agents)) == 8000
    assert threading.active_count() == before
    counters = session.counters()
    assert (counters["open_requests"], counters["requests_timed_out"]) == (0, 0)


def test_listeners_look_at_the_session_while_eight_threads_send(session: Session) -> None:
    session.set_bulk_mode(5000)
    agents = [session.agent(str(1001 + number), agent_instrument=str(3001 + number)) for number in range(8)]
    states = (AgentState.AVAILABLE, AgentState.NOT_READY)
    seen: list[object] = []

    @session.subscribe("OnAgentStateChange")
    def look(args: Arguments) -> None:
        known = session.snapshot()["agent"]
        seen.append(
            (len(known), session.counters()["listener_errors"], session.agents[args["AgentID"]].state)
        )

    def work(agent: Agent) -> None:
        agent.login()
        for state in states * 50:
            agent.set_agent_state(state)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, agents))
    assert len(seen) >= 8 * 100
    assert {each[:2] for each in seen} == {(8, 0)}
    assert session.counters()["open_requests"] == 0


def test_nothing_stays_alive(pair: CtiServerPair) -> None:
    def work() -> list[weakref.ref[Any]]:
        with Session(client_id="job", heartbeat=None) as session:
            session.connect(**pair.addresses)
            agent = Agent("1001", 5000, agent_instrument="3001")
            session.set_agent(agent)
            agent.login()
            established = session.wait_for("OnCallEstablished", timeout=PATIENCE)
            agent.make_call(dialed_number="5550199")
            call = session.calls[established.result()["UniqueObjectID"]]
            ended = session.wait_for("OnCallEnd", timeout=PATIENCE)
            call.clear_connection()
            ended.result()
            return [weakref.ref(each) for each in (call, agent, session)]

    references = work()
    with Session(client_id="other"):  # what the loop's thread had to clean up is done after this
        pass
    gc.collect()
    assert [reference() for reference in references] == [None] * 3


#: A program whose threads create their first session at once. It prints how many loop threads there are.
_RACE = """
import threading
from ctios_fast.sync import Session

start = threading.Barrier(8)

def work():
    start.wait()
    Session(client_id="job")

threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sum(thread.name == "ctios_fast.sync" for thread in threading.enumerate()))
"""


def test_threads_that_create_their_first_session_at_once_share_one_loop() -> None:
    done = subprocess.run([sys.executable, "-c", _RACE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_forked_process_has_sessions_of_its_own(pair: CtiServerPair, session: Session) -> None:
    def child(answers: Any) -> None:
        try:
            refused = failing(session.counters), failing(wait.result)
            with Session(client_id="child", heartbeat=None) as own:
                own.connect(**pair.addresses)
                own.set_bulk_mode(5000)
                answers.send((refused, own.is_open))
        except BaseException:
            answers.send(traceback.format_exc())

    wait = session.wait_for("OnCallEnd")
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=child, args=(theirs,))
    process.start()
    assert ours.poll(PATIENCE)
    assert ours.recv() == ((CilCode.E_CTIOS_UNEXPECTED,) * 2, True)
    process.join(PATIENCE)
    assert session.counters()["handler_errors"] == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda session, agent: agent.login(agent_password=PASSWORD, no_such=1),
        lambda session, agent: agent.login({"AgentPassword": PASSWORD, 5: 1}),
        lambda session, agent: agent.login(PASSWORD),
        lambda session, agent: agent.set_value("AgentPasswrd", PASSWORD),
        lambda session, agent: Agent("1" * 50, 5000, agent_password=PASSWORD),
        lambda session, agent: Session(client_id="x", client_password=PASSWORD * 9),
        lambda session, agent: session.request("LOGIN", {"AgentPassword": PASSWORD}),
        lambda session, agent: agent.login({"AgentPassword": PASSWORD, "Nested": endless_list()}),
        lambda session, agent: agent.login([PASSWORD, (1 // each for each in (0,))]),
    ],
)
def test_a_traceback_shows_no_password(session: Session, agent: Agent, call: Any) -> None:
    with pytest.raises(Exception) as error:  # noqa: PT011, every kind
        call(session, agent)
    shown = traceback.TracebackException.from_exception(error.value, capture_locals=True)
    text = [
        f"{frame.filename} {frame.locals}" for frame in shown.stack if "/ctios_fast/" in frame.filename
    ] + [str(error.value), repr(error.value)]
    assert [line for line in text if PASSWORD in line] == []


def test_a_proxy_says_what_it_stands_for(session: Session, agent: Agent) -> None:
    assert repr(agent) == "<sync <Agent 1001 of peripheral 5000, state eNotReady>>"
    assert isinstance(agent, Proxy)
    assert "sync <EventStream open" in repr(session.stream("OnCallEnd"))
