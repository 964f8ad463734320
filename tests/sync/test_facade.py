"""The object model without await, used from real threads."""

import gc
import multiprocessing
import os
import threading
import traceback
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from support.model import failing
from support.raw_client import PATIENCE

from ctios_fast import AgentState, Arguments, CilCode, ConnectionLost, ControlFailure
from ctios_fast.sync import Agent, Session
from ctios_fast.sync.proxy import Proxy
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


def test_a_wait_for_an_unknown_event_is_refused_at_once(session: Session) -> None:
    with pytest.raises(ValueError, match="there is no event 'OnTea'"):
        session.wait_for("OnTea")


def test_a_listener_reads_and_does_not_wait(session: Session, agent: Agent) -> None:
    seen: list[Any] = []

    @session.subscribe("OnAgentStateChange")
    def listen(args: Arguments) -> None:
        seen.append(agent.state)
        seen.append(session.current_agent)
        seen.append(failing(agent.query_agent_state))
        seen.append(failing(lambda: session.stream("OnCallEnd")))

    agent.set_agent_state(AgentState.AVAILABLE)
    assert seen == [AgentState.AVAILABLE, agent, CilCode.E_CTIOS_UNEXPECTED, CilCode.E_CTIOS_UNEXPECTED]
    assert session.counters()["listener_errors"] == 0


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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_forked_process_has_sessions_of_its_own(pair: CtiServerPair, session: Session) -> None:
    def child(answers: Any) -> None:
        try:
            refused = failing(session.counters)
            with Session(client_id="child", heartbeat=None) as own:
                own.connect(**pair.addresses)
                own.set_bulk_mode(5000)
                answers.send((refused, own.is_open))
        except BaseException:
            answers.send(traceback.format_exc())

    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    process = context.Process(target=child, args=(theirs,))
    process.start()
    assert ours.poll(PATIENCE)
    assert ours.recv() == (CilCode.E_CTIOS_UNEXPECTED, True)
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
