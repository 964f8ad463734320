"""The record of events for sessions of ``ctios_fast.sync``, used from real threads."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.raw_client import PATIENCE

import ctios_fast
from ctios_fast import AgentState, Arguments, CilCode, MethodError
from ctios_fast.sync import Agent, Session
from ctios_fast.testing import EventLog as AsyncEventLog
from ctios_fast.testing import start_servers
from ctios_fast.testing.sync import EventLog

LOGOUT = ("OnPreLogout", "OnAgentStateChange", "OnPostLogout")


@pytest.fixture
def session() -> Iterator[Session]:
    with start_servers(agents=4) as servers, Session(client_id="job", heartbeat=None) as session:
        session.connect(**servers.addresses)
        yield session


@pytest.fixture
def agent(session: Session) -> Agent:
    """An agent that is logged in and not ready."""
    agent = Agent("1001", 5000, agent_instrument="3001")
    session.set_agent(agent)
    agent.login()
    return agent


def test_a_wait_returns_the_next_matching_event(session: Session, agent: Agent) -> None:
    log = EventLog(session)
    agent.logout(reason_code=7)
    event = log.wait_for(("OnAgentStateChange", {"AgentState": AgentState.LOGOUT}))
    assert event.args["EventReasonCode"] == 7
    log.wait_for("OnPostLogout")
    with pytest.raises(
        AssertionError, match=r"OnPostLogout did not come within 0 seconds; these events came"
    ):
        log.wait_for("OnPostLogout", timeout=0)
    log.assert_order(*LOGOUT)
    log.assert_exactly(*LOGOUT, among=LOGOUT)
    with pytest.raises(AssertionError, match="OnCallBegin did not come"):
        log.assert_order("OnCallBegin")
    log.clear()
    log.assert_exactly()


def test_a_thread_that_waits_goes_on_when_the_event_comes(session: Session, agent: Agent) -> None:
    log = EventLog(session, "OnAgentStateChange")
    begun = threading.Event()

    def wait() -> object:
        begun.set()
        return log.wait_for(("OnAgentStateChange", {"AgentState": AgentState.AVAILABLE}), PATIENCE)[1][
            "AgentState"
        ]

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(wait)
        begun.wait()
        agent.set_agent_state(AgentState.AVAILABLE)
        assert waiting.result(PATIENCE) == AgentState.AVAILABLE


def test_the_logs_of_threads_have_all_events_in_the_same_order(session: Session) -> None:
    session.set_bulk_mode(5000)
    agents = [session.agent(str(1001 + number), agent_instrument=str(3001 + number)) for number in range(4)]
    logs = [EventLog(session, "OnAgentStateChange") for _ in agents]
    states = (AgentState.AVAILABLE, AgentState.NOT_READY) * 10

    def work(agent: Agent, log: EventLog) -> None:
        agent.login()
        log.wait_for(("OnAgentStateChange", {"AgentID": agent.agent_id}), PATIENCE)
        for state in states:
            agent.set_agent_state(state)
            log.wait_for(("OnAgentStateChange", {"AgentID": agent.agent_id, "AgentState": state}), PATIENCE)

    with ThreadPoolExecutor(len(agents)) as threads:
        for done in [threads.submit(work, *each) for each in zip(agents, logs, strict=True)]:
            done.result(PATIENCE)
    came = [[(args["AgentID"], args["AgentState"]) for _, args in log.events] for log in logs]
    assert came == [came[0]] * len(logs)
    for agent in agents:
        assert [state for agent_id, state in came[0] if agent_id == agent.agent_id][-len(states) :] == [
            *states
        ]


def test_a_log_refuses_what_it_cannot_use(session: Session) -> None:
    with pytest.raises(TypeError, match=r"takes a ctios_fast.Session, got ctios_fast.sync.facade.Session"):
        AsyncEventLog(session)  # type: ignore[arg-type]
    with pytest.raises(
        TypeError, match=r"takes a ctios_fast.sync.Session, got ctios_fast.model.session.Session"
    ):
        EventLog(ctios_fast.Session(client_id="desktop"))  # type: ignore[arg-type]
    log = EventLog(session)
    for timeout in (True, "5", None):
        with pytest.raises(TypeError, match="timeout must be a number of seconds, 0 or more"):
            log.wait_for("OnCallBegin", timeout)  # type: ignore[arg-type]
    for seconds in (-1, float("nan"), float("inf")):
        with pytest.raises(
            ValueError, match=f"timeout must be a number of seconds, 0 or more, got {seconds}"
        ):
            log.wait_for("OnCallBegin", seconds)
    log = EventLog(session, "OnCurrentAgentReset")
    session.set_agent(Agent("1001", 5000))
    with ThreadPoolExecutor(1) as threads:
        longest = threads.submit(log.wait_for, "OnCurrentAgentReset", sys.float_info.max)
        session.disconnect()
        session.set_agent(None)
        assert longest.result(PATIENCE).name == "OnCurrentAgentReset"


def test_a_wait_in_a_listener_is_refused_at_once(session: Session, agent: Agent) -> None:
    log = EventLog(session)
    refusals: list[MethodError] = []

    @session.subscribe("OnAgentStateChange")
    def wait(args: Arguments) -> None:
        try:
            log.wait_for("OnPostLogout", PATIENCE)
        except MethodError as error:
            refusals.append(error)

    agent.set_agent_state(AgentState.AVAILABLE)
    [refusal] = refusals
    assert refusal.code == CilCode.E_CTIOS_UNEXPECTED
    assert refusal.reason.startswith("EventLog.wait_for() waits, and a listener runs in the thread")
