"""Agents on sockets against the simulator: logging in, states, queries. Logging out has its own module."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from support.model import (
    AVAILABLE,
    LOGIN,
    LOGOUT,
    NOT_READY,
    TALKING,
    MakeSession,
    Recorder,
    an_agent,
    failing,
    settled,
    sides,
    soon,
)

from ctios_fast import Agent, Arguments, CilCode, ControlFailure, Session
from ctios_fast import keywords as kw
from ctios_fast.errors import EncodeError
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.enums import AgentState, ControlFailureCode, StatusCode
from ctios_fast.sim import Simulator

# --- logging in -------------------------------------------------------------------------------------


@pytest.mark.covers("Agent.Login")
async def test_login_is_answered_by_the_state_event(
    sim: Simulator, signed_off: Agent, recorder: Recorder
) -> None:
    assert await soon(signed_off.login()) in (LOGIN, NOT_READY)
    assert sim.agent("1001").state == NOT_READY
    await recorder.wait_for("OnAgentStateChange", 2)
    assert recorder.names == ["OnSetAgentStateConf", "OnAgentStateChange", "OnAgentStateChange"]
    assert [args["AgentState"] for args in recorder.of("OnAgentStateChange")] == [LOGIN, NOT_READY]
    assert signed_off.state == NOT_READY
    assert signed_off.is_logged_in


async def test_login_takes_arguments_with_the_guides_keywords(
    sim: Simulator, connected: Session, recorder: Recorder
) -> None:
    agent = Agent("1001")
    agent.set_value(kw.CTIOS_PERIPHERALID, "5000")
    await soon(connected.set_agent(agent))
    args = Arguments()
    args.add_item(kw.CTIOS_AGENTID, "1001")
    args.add_item(kw.CTIOS_PERIPHERALID, "5000")
    args.add_item(kw.CTIOS_AGENTINSTRUMENT, 3001)
    args.add_item(kw.CTIOS_AGENTPASSWORD, "secret")
    args.add_item(kw.CTIOS_AUTOLOGIN, "1")
    agent.login(args)
    await recorder.wait_for("OnAgentStateChange", 2)
    assert agent.get_value(kw.CTIOS_AGENTINSTRUMENT) == "3001"
    assert agent.get_value(kw.CTIOS_AGENTSTATE) == NOT_READY
    assert agent.auto_login is True


async def test_login_queries_an_unknown_state_first(
    sim: Simulator, bulk: Session, recorder: Recorder
) -> None:
    await soon(bulk.agent("1001").login())
    await recorder.wait_for("OnAgentStateChange", 2)
    assert recorder.names == [
        "OnQueryAgentStateConf",
        "OnSetAgentStateConf",
        "OnAgentStateChange",
        "OnAgentStateChange",
    ]
    args = recorder.of("OnQueryAgentStateConf")[0]
    assert (args["AgentID"], args["AgentState"]) == ("1001", LOGOUT)


async def test_login_of_a_logged_in_agent_sends_no_request(
    sim: Simulator, agent: Agent, recorder: Recorder
) -> None:
    requests = sim.counters.requests
    assert await soon(agent.login()) == NOT_READY
    assert sim.counters.requests == requests, "no request is sent"
    assert recorder.names == []


async def test_set_agent_adopts_a_logged_in_agent(
    sim: Simulator, connected: Session, recorder: Recorder
) -> None:
    sim.set_agent_state("1001", AgentState(AVAILABLE))
    agent = an_agent()
    await soon(connected.set_agent(agent))
    assert recorder.of("OnQueryAgentStateConf")[0]["AgentState"] == AVAILABLE
    assert await soon(agent.login()) == AVAILABLE
    assert sim.agent("1001").state == AVAILABLE
    assert recorder.names == ["OnSetAgentModeEvent", "OnQueryAgentStateConf"]


async def test_login_adopts_an_agent_logged_in_by_another_session(
    sim: Simulator, make_session: MakeSession, agent: Agent
) -> None:
    other = make_session(client_id="bulk job")
    recorder = Recorder(other)
    await soon(other.connect(**sides(sim)))
    await soon(other.set_bulk_mode(5000))
    same = other.agent("1001", agent_instrument="3001")
    assert await soon(same.login()) == NOT_READY
    assert recorder.names == ["OnConnection", "OnMonitorModeEstablished", "OnQueryAgentStateConf"]
    assert agent.state == NOT_READY


async def test_events_report_a_login_by_another_session(
    sim: Simulator, make_session: MakeSession, connected: Session, signed_off: Agent, recorder: Recorder
) -> None:
    other = make_session(client_id="bulk job")
    await soon(other.connect(**sides(sim)))
    await soon(other.set_bulk_mode(5000))
    await soon(other.agent("1001", agent_instrument="3001").login())
    await settled(connected)
    assert signed_off.state == NOT_READY
    assert await soon(signed_off.login()) == NOT_READY
    assert "OnSetAgentStateConf" not in recorder.names


async def test_a_new_connect_forgets_agent_states(sim: Simulator, bulk: Session, recorder: Recorder) -> None:
    agent = bulk.agent("1001")
    await soon(agent.login())
    await settled(bulk)
    await soon(bulk.disconnect())
    sim.force_logout("1001", 50004)
    await soon(bulk.connect(**sides(sim)))
    await soon(bulk.set_bulk_mode(5000))
    assert agent.state is None
    await soon(agent.login())
    assert sim.agent("1001").state == NOT_READY


async def test_login_of_an_unknown_agent_fails_and_is_reported(bulk: Session, recorder: Recorder) -> None:
    with pytest.raises(ControlFailure) as error:
        await soon(bulk.agent("9999", agent_instrument="3001").login())
    assert error.value.name == "CF_OBJECT_NOT_KNOWN", "a refused query does not prevent the login"
    assert recorder.names == ["OnControlFailureConf"] * 2
    args = recorder.of("OnControlFailureConf")[0]
    assert args["AgentID"] == "9999"
    assert args["FailureCode"] == StatusCode.E_CTI_INVALID_AGENT_DATA
    assert args["MessageType"] == ged.QUERY_AGENT_STATE_REQ


async def test_login_at_an_unknown_device_fails_and_is_reported(
    sim: Simulator, connected: Session, recorder: Recorder
) -> None:
    agent = Agent("1001", 5000)
    await soon(connected.set_agent(agent))
    recorder.clear()
    with pytest.raises(ControlFailure) as error:
        await soon(agent.login(agent_instrument="4711"))
    assert error.value.failure_code == ControlFailureCode.CF_OBJECT_NOT_KNOWN
    assert recorder.names == ["OnControlFailureConf"]
    assert recorder.of("OnControlFailureConf")[0]["FailureCode"] == ControlFailureCode.CF_OBJECT_NOT_KNOWN


@pytest.fixture
async def strict() -> AsyncIterator[Simulator]:
    """A simulator that checks agent 1001's password."""
    async with Simulator(pair="both-active", agents=5, check_agent_passwords={"1001": "right"}) as simulator:
        yield simulator


async def test_login_with_a_wrong_password_fails_and_can_be_repeated(
    strict: Simulator, session: Session, recorder: Recorder
) -> None:
    agent = an_agent(agent_password="wrong")
    await soon(session.connect(**sides(strict)))
    await soon(session.set_agent(agent))
    with pytest.raises(ControlFailure) as error:
        await soon(agent.login())
    assert error.value.failure_code == ControlFailureCode.CF_SECURITY_VIOLATION
    assert recorder.names[-1] == "OnControlFailureConf"
    assert agent.state == LOGOUT
    assert await soon(agent.login(agent_password="right")) in (LOGIN, NOT_READY)
    assert await soon(agent.logout()) == LOGOUT, "the logout uses the password of the login"


@pytest.mark.covers("E_CTIOS_LOGIN_INCONSISTENT_ARGUMENTS")
async def test_login_refuses_the_identity_of_another_agent(signed_off: Agent) -> None:
    for args in ({"AgentID": "1002"}, {"PeripheralID": 5001}):
        assert failing(partial(signed_off.login, args)) == CilCode.E_CTIOS_LOGIN_INCONSISTENT_ARGUMENTS
    await soon(signed_off.login({"AgentID": 1001, "PeripheralID": "5000"}))


async def test_an_agents_identity_cannot_change_while_it_is_logged_in(agent: Agent) -> None:
    assert failing(lambda: agent.set_value("AgentID", "1002")) == CilCode.E_CTIOS_INVALID_ARGUMENT
    agent.set_value("AgentID", "1001")
    agent.set_value("autologin", "0")
    assert agent.auto_login is False
    assert failing(lambda: agent.set_value("AgentState", 3)) == CilCode.E_CTIOS_INVALID_PROPERTY
    with pytest.raises(KeyError):
        agent.get_value("AgentPassword")


# --- states -----------------------------------------------------------------------------------------


async def test_ready_and_not_ready_with_a_reason(sim: Simulator, agent: Agent, recorder: Recorder) -> None:
    assert await soon(agent.set_agent_state(AVAILABLE)) == AVAILABLE
    assert await soon(agent.set_agent_state(NOT_READY, reason_code=42)) == NOT_READY
    assert [(a["AgentState"], a["EventReasonCode"]) for a in recorder.of("OnAgentStateChange")] == [
        (AVAILABLE, 0),
        (NOT_READY, 42),
    ]
    assert (agent.state, agent.reason_code) == (NOT_READY, 42)
    assert sim.agent("1001").reason == 42


@pytest.mark.covers("Agent.SetAgentState")
async def test_set_agent_state_takes_arguments(agent: Agent, recorder: Recorder) -> None:
    args = Arguments({kw.CTIOS_AGENTSTATE: AVAILABLE})
    assert await soon(agent.set_agent_state(args)) == AVAILABLE
    args.set_value(kw.CTIOS_AGENTSTATE, str(NOT_READY))
    args.set_value(kw.CTIOS_EVENTREASONCODE, "13")
    assert await soon(agent.set_agent_state(args)) == NOT_READY
    assert recorder.of("OnAgentStateChange")[-1]["EventReasonCode"] == 13


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({}, CilCode.E_CTIOS_MISSING_ARGUMENT),
        ({"AgentState": "ready"}, CilCode.E_CTIOS_INVALID_ARGUMENT),
        ({"AgentState": True}, CilCode.E_CTIOS_INVALID_ARGUMENT),
        (True, CilCode.E_CTIOS_INVALID_ARGUMENT),
        (int(TALKING), CilCode.E_CTIOS_INVALID_ARGUMENT),
        (99, CilCode.E_CTIOS_INVALID_ARGUMENT),
    ],
)
async def test_set_agent_state_refuses_states_that_cannot_be_requested(
    agent: Agent, state: Any, code: CilCode
) -> None:
    assert failing(lambda: agent.set_agent_state(state)) == code


async def test_a_state_that_the_current_state_does_not_allow_fails(agent: Agent, recorder: Recorder) -> None:
    with pytest.raises(ControlFailure, match="CF_INVALID_OBJECT_STATE"):
        await soon(agent.set_agent_state(AgentState.AGENT_STATE_WORK_READY))
    assert recorder.names == ["OnControlFailureConf"]
    assert agent.state == NOT_READY


async def test_requesting_the_current_state_ends_with_the_confirmation(agent: Agent) -> None:
    await soon(agent.set_agent_state(AVAILABLE))
    assert await soon(agent.set_agent_state(AVAILABLE)) == AVAILABLE


@pytest.mark.covers(
    "Agent.QueryAgentState",
    "IAgentEvents.OnQueryAgentStateConf",
)
async def test_a_query_reports_the_state(agent: Agent, recorder: Recorder) -> None:
    answer = await soon(agent.query_agent_state())
    assert answer["AgentState"] == NOT_READY
    args = recorder.of("OnQueryAgentStateConf")[0]
    assert (args["AgentState"], args["AgentID"], args["AgentInstrument"]) == (NOT_READY, "1001", "3001")
    assert args["NumSkillGroups"] == 0
    assert args["UniqueObjectID"] == agent.unique_object_id


async def test_a_query_that_finds_the_agent_logged_out_fires_no_logout_events(
    sim: Simulator, agent: Agent, recorder: Recorder
) -> None:
    sim.agent("1001").voice.state = AgentState.AGENT_STATE_LOGOUT  # without an event
    await soon(agent.query_agent_state())
    assert agent.state == LOGOUT
    assert recorder.names == ["OnQueryAgentStateConf"], "a query reports a state, not a logout"


async def test_a_listener_of_the_query_finds_the_agent_updated(sim: Simulator, bulk: Session) -> None:
    agent = bulk.agent("1001")
    logins: list[Any] = []
    bulk.subscribe("OnQueryAgentStateConf", lambda args: logins.append(agent.login()))
    await soon(agent.query_agent_state())
    assert await soon(logins[0]) in (LOGIN, NOT_READY)


async def test_events_may_precede_the_confirmation(make_session: MakeSession) -> None:
    async with Simulator(pair="both-active", agents=1, events_first=True) as sim:
        session = make_session()
        recorder, agent = Recorder(session), an_agent()
        await soon(session.connect(**sides(sim)))
        await soon(session.set_agent(agent))
        recorder.clear()
        await soon(agent.login())
        await soon(agent.set_agent_state(AVAILABLE))
        assert recorder.names == [
            *("OnAgentStateChange", "OnAgentStateChange", "OnSetAgentStateConf"),
            *("OnAgentStateChange", "OnSetAgentStateConf"),
        ]
        assert agent.state == AVAILABLE
        await soon(session.disconnect())


async def test_events_of_another_peripheral_are_ignored_and_counted(
    sim: Simulator, bulk: Session, recorder: Recorder
) -> None:
    sim.plant.population.peripheral_id = 5001  # another peripheral may have the same agent IDs
    sim.set_agent_state("1001", AgentState(AVAILABLE))
    sim.plant.population.peripheral_id = 5000
    await settled(bulk)
    assert bulk.agent("1001").state is None
    assert recorder.names == []
    assert bulk.counters()["events_of_unknown_agents"] == 1


async def test_any_request_of_the_protocol_can_be_sent(agent: Agent, session: Session) -> None:
    request = session.request(
        ged.QUERY_AGENT_STATE_REQ,
        {"PeripheralID": 5000, "MRDID": 1, "ICMAgentID": 0, "InvokeID": 99},
        [("AgentID", "1001")],
    )
    answer = await soon(request)
    assert answer.name == "QUERY_AGENT_STATE_CONF"
    assert answer["InvokeID"] != 99, "the library chooses the InvokeID"
    assert failing(lambda: session.request(ged.AGENT_STATE_EVENT, {})) == CilCode.E_CTIOS_INVALID_ARGUMENT
    with pytest.raises(EncodeError, match="MRDID"):
        session.request(ged.QUERY_AGENT_STATE_REQ, {"PeripheralID": 5000})
    assert session.counters()["open_requests"] == 0


async def test_a_state_requested_by_a_listener_ends_with_its_own_event(
    sim: Simulator, bulk: Session, recorder: Recorder
) -> None:
    agent = bulk.agent("1001")
    await soon(agent.login())
    await settled(bulk)
    requests: list[Any] = []

    def request_not_ready(args: Arguments) -> None:
        if args["AgentState"] == AVAILABLE and not requests:
            requests.append(agent.set_agent_state(NOT_READY, reason_code=5))

    bulk.subscribe("OnAgentStateChange", request_not_ready)
    assert await soon(agent.set_agent_state(AVAILABLE)) == AVAILABLE
    assert await soon(requests[0]) == NOT_READY
    assert agent.reason_code == 5
