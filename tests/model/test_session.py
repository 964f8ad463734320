"""Session on sockets against the simulator: connecting, modes, heartbeats, counters."""

import asyncio
from typing import Any

import pytest
from support.model import (
    AVAILABLE,
    LOGIN,
    LOGOUT,
    NOT_READY,
    MakeSession,
    Recorder,
    an_agent,
    failed,
    failing,
    settled,
    sides,
    soon,
    until,
)

from ctios_fast import Agent, Arguments, CilCode, ConnectionLost, ConnectionState, OpenRefused, Session
from ctios_fast import keywords as kw
from ctios_fast.connection.clock import ManualClock
from ctios_fast.errors import EncodeError
from ctios_fast.protocol.enums import AgentState, StatusCode
from ctios_fast.sim import Simulator

# --- connecting -------------------------------------------------------------------------------------


@pytest.mark.covers(
    "Session.Connect",
    "Session[CurrentServer]",
)
async def test_connect_reports_the_server_that_was_reached(
    sim: Simulator, session: Session, recorder: Recorder
) -> None:
    assert not session.is_connected()
    await soon(session.connect(**sides(sim)))
    assert recorder.names == ["OnConnection"]
    args = recorder.of("OnConnection")[0]
    assert args["CurrentServer"] == session.current_server == "127.0.0.1"
    assert 0 <= args["EventTime"] < 86_400_000
    assert session.current_side == "A"
    assert session.is_connected()
    assert not session.is_open


async def test_connect_takes_arguments_with_the_guides_keywords(
    sim: Simulator, session: Session, recorder: Recorder
) -> None:
    args = Arguments()
    args.add_item(kw.CTIOS_CTIOSA, "127.0.0.1")
    args.add_item(kw.CTIOS_PORTA, str(sim.side_a.port))
    args.add_item(kw.CTIOS_CTIOSB, "127.0.0.1")
    args.add_item(kw.CTIOS_PORTB, sim.side_b.port)
    args.add_item(kw.CTIOS_HEARTBEAT, "90")
    session.connect(args)
    await recorder.wait_for("OnConnection")
    await soon(session.set_bulk_mode(5000))
    assert sim.side_a.sessions[0].idle_timeout == 360, "four times the interval"


async def test_a_missing_host_is_taken_from_the_other(sim: Simulator, session: Session) -> None:
    sim.fail_side("a")
    await soon(session.connect(ctios_a="127.0.0.1", port_a=sim.side_a.port, port_b=sim.side_b.port))
    assert session.current_side == "B"


async def test_one_side_is_enough(sim: Simulator, session: Session) -> None:
    await soon(session.connect(ctios_b="127.0.0.1", port_b=sim.side_b.port))
    assert session.current_side == "B"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, CilCode.E_CTIOS_MISSING_ARGUMENT),
        ({"args": {"PortA": 42027}}, CilCode.E_CTIOS_MISSING_ARGUMENT),
        ({"ctios_a": ""}, CilCode.E_CTIOS_MISSING_ARGUMENT),
        ({"ctios_a": "127.0.0.1", "args": {"PortA": "http"}}, CilCode.E_CTIOS_INVALID_ARGUMENT),
        ({"ctios_a": "127.0.0.1", "port_a": 65536}, CilCode.E_CTIOS_INVALID_ARGUMENT),
        ({"ctios_a": "127.0.0.1", "port_a": -1}, CilCode.E_CTIOS_INVALID_ARGUMENT),
        ({"ctios_a": "127.0.0.1", "port_a": 0}, CilCode.E_CTIOS_INVALID_ARGUMENT),
        ({"ctios_a": "127.0.0.1", "port_b": False}, CilCode.E_CTIOS_INVALID_ARGUMENT),
        ({"ctios_a": "127.0.0.1", "heartbeat": 4.9}, CilCode.E_CTIOS_INVALID_ARGUMENT),
        ({"ctios_a": "127.0.0.1", "args": {"Heartbeat": "often"}}, CilCode.E_CTIOS_INVALID_ARGUMENT),
        ({"ctios_a": "127.0.0.1", "attempts": 0}, CilCode.E_CTIOS_INVALID_ARGUMENT),
    ],
)
async def test_wrong_arguments_of_connect_raise_and_fire_no_event(
    session: Session, recorder: Recorder, arguments: dict[str, Any], code: CilCode
) -> None:
    assert failing(lambda: session.connect(**arguments)) == code
    assert session.state is ConnectionState.DISCONNECTED
    assert recorder.names == []


@pytest.mark.covers("E_CTIOS_SESSION_NOT_DISCONNECTED")
async def test_connecting_twice_is_refused_and_changes_nothing(sim: Simulator, connected: Session) -> None:
    heartbeat = connected._connection.heartbeat
    assert failing(lambda: connected.connect(**sides(sim), heartbeat=7)) == (
        CilCode.E_CTIOS_SESSION_NOT_DISCONNECTED
    )
    assert connected._connection.heartbeat == heartbeat


async def test_connecting_while_connecting_is_refused(sim: Simulator, session: Session) -> None:
    request = session.connect(**sides(sim))
    assert failing(lambda: session.connect(**sides(sim))) == CilCode.E_CTIOS_SESSION_NOT_DISCONNECTED
    await soon(request)


async def test_connecting_while_disconnecting_is_refused(sim: Simulator, connected: Session) -> None:
    closing = connected.disconnect()
    assert failing(lambda: connected.connect(**sides(sim))) == CilCode.E_CTIOS_SESSION_NOT_DISCONNECTED
    await soon(closing)
    await soon(connected.connect(**sides(sim)))


async def test_a_disconnect_ends_a_connect(sim: Simulator, session: Session, recorder: Recorder) -> None:
    connecting = session.connect(**sides(sim))
    await soon(session.disconnect())
    with pytest.raises(ConnectionLost):
        await soon(connecting)
    assert recorder.names == ["OnConnectionClosed"]
    assert session.state is ConnectionState.DISCONNECTED
    await until(lambda: not sim.side_a.connections)


@pytest.mark.parametrize("turns", range(12))
async def test_a_disconnect_at_any_stage_of_connecting_leaves_no_connection(
    sim: Simulator, session: Session, recorder: Recorder, turns: int
) -> None:
    session.connect(**sides(sim))
    for _ in range(turns):
        await asyncio.sleep(0)
    await soon(session.disconnect())
    assert recorder.names[-1] == "OnConnectionClosed"
    assert recorder.names.count("OnConnectionClosed") == 1
    await until(lambda: not sim.side_a.connections and not sim.side_b.connections)


async def test_a_disconnect_of_a_disconnected_session_does_nothing(
    session: Session, recorder: Recorder
) -> None:
    await soon(session.disconnect())
    await soon(session.disconnect({"ForcedDisconnect": True}))
    assert recorder.names == []


async def test_a_disconnect_without_a_mode_needs_no_close_request(
    sim: Simulator, connected: Session, recorder: Recorder
) -> None:
    await soon(connected.disconnect(Arguments({kw.CTIOS_FORCEDDISCONNECT: 1})))
    assert recorder.names == ["OnConnectionClosed"]
    assert sim.counters.closes == 0


async def test_a_session_can_be_used_again_after_it_was_closed(
    sim: Simulator, connected: Session, recorder: Recorder
) -> None:
    for _ in range(3):
        await soon(connected.set_bulk_mode(5000))
        await soon(connected.disconnect())
        await soon(connected.connect(**sides(sim)))
    assert sim.counters.opens == sim.counters.closes == 3


async def test_a_listener_of_connection_closed_may_connect_again(
    sim: Simulator, connected: Session, recorder: Recorder
) -> None:
    again: list[Any] = []

    def once(args: Arguments) -> None:
        connected.unsubscribe("OnConnectionClosed", once)
        again.append(connected.connect(**sides(sim)))

    connected.subscribe("OnConnectionClosed", once)
    await soon(connected.disconnect())
    await soon(again[0])
    assert recorder.names == ["OnConnectionClosed", "OnConnection"]
    await soon(connected.disconnect())
    assert recorder.names[-1] == "OnConnectionClosed", "the second disconnect fires the event again"


async def test_the_heartbeat_interval_has_a_minimum() -> None:
    with pytest.raises(ValueError, match="from 5 to"):
        Session(client_id="test", heartbeat=4)
    assert Session(client_id="test", heartbeat=-1)._connection.heartbeat is None, (
        "-1 switches heartbeats off, as in the guide"
    )


async def test_reconnecting_needs_at_least_one_attempt() -> None:
    with pytest.raises(ValueError, match="reconnect_attempts"):
        Session(client_id="test", reconnect_attempts=0)


@pytest.mark.parametrize("version", [8, 26])
async def test_a_version_that_is_not_supported_is_refused_at_once(version: int) -> None:
    with pytest.raises(ValueError, match=str(version)):
        Session(client_id="test", version=version)


# --- modes ------------------------------------------------------------------------------------------


@pytest.mark.covers(
    "Session.SetAgent",
    "Session.(constructor)",
    "Agent.(constructor)",
)
async def test_agent_mode_opens_a_session_for_the_agent_with_control(
    sim: Simulator, connected: Session, recorder: Recorder
) -> None:
    agent = an_agent()
    await soon(connected.set_agent(agent))
    assert recorder.names == ["OnSetAgentModeEvent", "OnQueryAgentStateConf"]
    args = recorder.of("OnSetAgentModeEvent")[0]
    assert (args["PeripheralID"], args["AgentID"]) == (5000, "1001")
    assert args["UniqueObjectID"] == agent.unique_object_id
    assert args["CILConnectionID"] == "test"
    status = args.get_value_array("StatusSystem")
    assert status["StatusCTIServer"] is status["StatusCtiServerDriver"] is True
    assert status["StatusCentralController"] is True
    assert status.get_value_array("StatusPeripherals").get_value_bool("5000")
    server_side = sim.side_a.sessions[0]
    assert (server_side.services, server_side.client_id) == (1 | 2 | 4, "test")
    assert server_side.agent is sim.agent("1001")
    assert connected.current_agent is agent
    assert agent.state == LOGOUT
    assert connected.is_open


async def test_client_id_and_signature_are_sent_to_the_server(
    sim: Simulator, make_session: MakeSession
) -> None:
    session = make_session(client_id="desk 7", client_signature="signed by desk 7")
    recorder = Recorder(session)
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(an_agent()))
    await soon(session.current_agent.login())  # type: ignore[union-attr]
    assert sim.side_a.sessions[0].client_id == "desk 7"
    assert recorder.of("OnAgentStateChange")[0]["CTIClientSignature"] == "signed by desk 7"


async def test_agent_mode_gets_events_of_its_own_agent_only(
    sim: Simulator, connected: Session, signed_off: Agent, recorder: Recorder
) -> None:
    sim.set_agent_state("1002", AgentState(AVAILABLE))
    sim.set_agent_state("1001", AgentState(AVAILABLE))
    await settled(connected)
    assert [args["AgentID"] for args in recorder.of("OnAgentStateChange")] == ["1001"]
    assert list(connected.agents) == ["1001"]


async def test_bulk_mode_controls_any_agent_over_one_connection(
    sim: Simulator, bulk: Session, recorder: Recorder
) -> None:
    agents = [bulk.agent(str(1001 + number)) for number in range(5)]
    await asyncio.gather(*(soon(agent.login()) for agent in agents))
    assert [str(sim.agent(agent.agent_id).state.name) for agent in agents] == ["AGENT_STATE_NOT_READY"] * 5
    await asyncio.gather(*(soon(agent.set_agent_state(AVAILABLE)) for agent in agents))
    assert {agent.state for agent in agents} == {AVAILABLE}
    assert sim.side_a.sessions[0].services == 16 | 4 | 2
    assert sim.counters.opens == 1


async def test_bulk_mode_reports_that_it_is_open(connected: Session, recorder: Recorder) -> None:
    await soon(connected.set_bulk_mode(5000))
    assert recorder.names == ["OnMonitorModeEstablished"]
    status = recorder.of("OnMonitorModeEstablished")[0].get_value_array("StatusSystem")
    assert dict(status.get_value_array("StatusPeripherals")) == {"5000": True}


async def test_bulk_mode_learns_agents_from_their_events(
    sim: Simulator, bulk: Session, recorder: Recorder
) -> None:
    bulk._agents.by_key.clear()
    sim.set_agent_state("1005", AgentState(AVAILABLE))
    await recorder.wait_for("OnAgentStateChange")
    agent = bulk.agents["1005"]
    assert (agent.state, agent.agent_instrument, agent.peripheral_id) == (AVAILABLE, "3005", 5000)
    assert bulk.agent("1005") is agent
    assert await soon(agent.set_agent_state(NOT_READY, reason_code=9)) == NOT_READY


async def test_an_agent_of_bulk_mode_takes_instrument_extension_and_auto_login(bulk: Session) -> None:
    agent = bulk.agent("1001", agent_instrument="3001", agent_extension="3001", auto_login=True)
    assert (agent.agent_instrument, agent.agent_extension, agent.auto_login) == ("3001", "3001", True)
    assert agent.peripheral_id == 5000
    assert bulk.get_object_from_object_id(agent.unique_object_id) is agent


async def test_agents_can_be_created_before_bulk_mode_is_set(
    sim: Simulator, session: Session, recorder: Recorder
) -> None:
    agent = session.agent("1001", agent_instrument="3001")
    await soon(session.connect(**sides(sim)))
    await soon(session.set_bulk_mode(5000))
    await soon(agent.login())
    assert agent.peripheral_id == 5000
    assert agent.unique_object_id == "agent.5000.1001"


@pytest.mark.covers("E_CTIOS_SET_AGENT_SESSION_DISCONNECT_REQUIRED")
async def test_the_modes_exclude_each_other(connected: Session, signed_off: Agent) -> None:
    code = CilCode.E_CTIOS_SET_AGENT_SESSION_DISCONNECT_REQUIRED
    assert failing(lambda: connected.set_bulk_mode(5000)) == code
    assert failing(lambda: connected.set_agent(an_agent(1))) == code


async def test_bulk_mode_excludes_agent_mode(bulk: Session) -> None:
    code = CilCode.E_CTIOS_SET_AGENT_SESSION_DISCONNECT_REQUIRED
    assert failing(lambda: bulk.set_agent(an_agent())) == code
    assert failing(lambda: bulk.set_bulk_mode(5000)) == code


async def test_a_mode_needs_a_connection(session: Session) -> None:
    assert failing(lambda: session.set_agent(an_agent())) == CilCode.E_CTIOS_SESSION_NOT_CONNECTED
    assert failing(lambda: session.set_bulk_mode(5000)) == CilCode.E_CTIOS_SESSION_NOT_CONNECTED


async def test_a_mode_can_be_set_while_the_session_connects(sim: Simulator, session: Session) -> None:
    session.connect(**sides(sim))
    await soon(session.set_agent(an_agent()))
    assert session.is_open


async def test_the_mode_can_be_set_by_the_listener_of_the_connection(
    sim: Simulator, session: Session, recorder: Recorder
) -> None:
    session.subscribe("OnConnection", lambda args: session.set_agent(an_agent()))
    session.connect(**sides(sim))
    await recorder.wait_for("OnQueryAgentStateConf")
    assert recorder.names == ["OnConnection", "OnSetAgentModeEvent", "OnQueryAgentStateConf"]


async def test_the_agent_needs_its_peripheral(connected: Session) -> None:
    assert failing(lambda: connected.set_agent(Agent("1001"))) == CilCode.E_CTIOS_MISSING_ARGUMENT


async def test_set_agent_replaces_an_agent_with_the_same_id(connected: Session) -> None:
    replaced = connected.agent("1001", agent_instrument="3001")
    agent = an_agent()
    await soon(connected.set_agent(agent))
    assert connected.agent("1001") is agent
    assert failing(replaced.login) == CilCode.E_CTIOS_INVALID_SESSION


@pytest.mark.covers("E_CTIOS_AGENT_ALREADY_IN_SESSION")
async def test_an_agent_belongs_to_one_session(
    sim: Simulator, make_session: MakeSession, connected: Session, signed_off: Agent
) -> None:
    other = make_session(client_id="other")
    await soon(other.connect(**sides(sim)))
    assert failing(lambda: other.set_agent(signed_off)) == CilCode.E_CTIOS_AGENT_ALREADY_IN_SESSION


@pytest.mark.covers("E_CTIOS_MODE_NOT_SET")
async def test_requests_need_a_mode(connected: Session, session: Session) -> None:
    agent = connected.agent("1001", agent_instrument="3001")
    for call in (
        agent.login,
        agent.logout,
        agent.query_agent_state,
        lambda: agent.set_agent_state(AVAILABLE),
    ):
        assert (await failed(call())).code == CilCode.E_CTIOS_MODE_NOT_SET


@pytest.mark.covers(
    "E_CTIOS_INVALID_SESSION",
    "E_CTIOS_SESSION_NOT_CONNECTED",
)
async def test_requests_need_a_session_and_a_connection(session: Session) -> None:
    agent = an_agent()
    for call in (
        agent.login,
        agent.logout,
        agent.query_agent_state,
        lambda: agent.set_agent_state(AVAILABLE),
    ):
        assert failing(call) == CilCode.E_CTIOS_INVALID_SESSION
    agent = session.agent("1001", agent_instrument="3001")
    for request in (agent.login(), agent.logout(), agent.query_agent_state()):
        assert (await failed(request)).code == CilCode.E_CTIOS_SESSION_NOT_CONNECTED


async def test_an_opening_that_cannot_be_encoded_leaves_the_session_connected(
    sim: Simulator, make_session: MakeSession
) -> None:
    session = make_session()
    agent = an_agent()
    agent.agent_extension = "far too long an extension"
    await soon(session.connect(**sides(sim)))
    with pytest.raises(EncodeError, match="AgentExtension"):
        await soon(session.set_agent(agent))
    assert session.state is ConnectionState.CONNECTED
    agent.agent_extension = "3001"
    await soon(session.set_agent(agent))


@pytest.mark.covers("ISessionEvents.OnConnectionRejected")
async def test_an_unknown_agent_ends_the_connection(
    sim: Simulator, connected: Session, recorder: Recorder
) -> None:
    with pytest.raises(OpenRefused) as error:
        await soon(connected.set_agent(Agent("9999", 5000)))
    assert error.value.name == "E_CTI_INVALID_AGENT_DATA"
    assert recorder.names == ["OnConnectionRejected"]
    assert recorder.of("OnConnectionRejected")[0]["FailureCode"] == StatusCode.E_CTI_INVALID_AGENT_DATA
    assert connected.state is ConnectionState.DISCONNECTED
    await soon(connected.connect(**sides(sim)))
    await soon(connected.set_agent(an_agent()))


async def test_an_unknown_peripheral_ends_the_connection(connected: Session, recorder: Recorder) -> None:
    with pytest.raises(OpenRefused, match="E_CTI_INVALID_PERIPHERAL_ID"):
        await soon(connected.set_agent(Agent("1001", 5001)))
    assert recorder.names == ["OnConnectionRejected"]


async def test_a_device_that_another_client_holds_is_refused(
    sim: Simulator, make_session: MakeSession, agent: Agent
) -> None:
    other = make_session(client_id="another client")
    recorder = Recorder(other)
    await soon(other.connect(**sides(sim)))
    with pytest.raises(OpenRefused, match="E_CTI_DEVICE_IN_USE"):
        await soon(other.set_agent(an_agent()))
    assert recorder.names == ["OnConnection", "OnConnectionRejected"]


async def test_a_listener_of_on_connection_rejected_may_connect_again(
    sim: Simulator, connected: Session
) -> None:
    good: list[Any] = []

    def try_another(args: Arguments) -> None:
        connected.connect(**sides(sim))
        good.append(connected.set_agent(an_agent()))

    connected.subscribe("OnConnectionRejected", try_another)
    with pytest.raises(OpenRefused):
        await soon(connected.set_agent(Agent("9999", 5000)))
    await soon(good[0])
    assert connected.is_open


@pytest.mark.parametrize("version", range(9, 26))
async def test_an_agent_can_log_in_work_and_log_out_in_every_version(
    sim: Simulator, make_session: MakeSession, version: int
) -> None:
    session = make_session(version=version)
    recorder, agent = Recorder(session), an_agent()
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(agent))
    await soon(agent.login())
    await soon(agent.set_agent_state(AVAILABLE))
    await soon(agent.set_agent_state(NOT_READY, reason_code=4))
    await soon(agent.query_agent_state())
    await soon(agent.logout(reason_code=7))
    await soon(session.disconnect())
    assert sim.side_a.sessions == ()
    assert session.version == version
    states = [(args["AgentState"], args["EventReasonCode"]) for args in recorder.of("OnAgentStateChange")]
    assert states == [(LOGIN, 0), (NOT_READY, 0), (AVAILABLE, 0), (NOT_READY, 4), (LOGOUT, 7)]
    assert session.counters()["listener_errors"] == session.counters()["frames_malformed"] == 0


# --- heartbeats -------------------------------------------------------------------------------------


@pytest.mark.covers("ISessionEvents.OnHeartbeat")
async def test_answered_heartbeats_are_reported(
    sim: Simulator, make_session: MakeSession, clock: ManualClock
) -> None:
    session = make_session(heartbeat=10, clock=clock)
    recorder = Recorder(session)
    await soon(session.connect(**sides(sim)))
    await soon(session.set_bulk_mode(5000))
    for count in range(1, 4):
        clock.advance(10)
        assert 0 <= (await recorder.wait_for("OnHeartbeat", count))["EventTime"] < 86_400_000
    assert recorder.names.count("OnMissingHeartbeat") == 0
    assert session.is_open


async def test_heartbeat_none_sends_no_heartbeats(
    sim: Simulator, make_session: MakeSession, clock: ManualClock
) -> None:
    session = make_session(clock=clock)
    recorder = Recorder(session)
    await soon(session.connect(**sides(sim)))
    await soon(session.set_bulk_mode(5000))
    assert sim.side_a.sessions[0].idle_timeout == 0xFFFFFFFF
    clock.advance(1000)
    await settled(session)
    assert "OnHeartbeat" not in recorder.names
