"""Logging an agent out: every rule of the logout procedure, on sockets against the simulator.

CTI OS Developer's Guide, Log Out an Agent and Typical Logout Procedure. Each section below is one step of it.
"""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator

import pytest
from support.model import MakeSession, Recorder, an_agent, settled, sides, soon, until

from ctios_fast import (
    CTIOS_FORCED_LOGOUT_REASON_CODE,
    CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE,
    Agent,
    Arguments,
    CilCode,
    ConnectionLost,
    ConnectionState,
    ControlFailure,
    MethodError,
    Request,
    RequestTimeout,
    Session,
)
from ctios_fast.connection.clock import ManualClock
from ctios_fast.core import Message
from ctios_fast.keywords import (
    CTIOS_AGENTSTATE,
    CTIOS_EVENTREASONCODE,
    CTIOS_FAILURECODE,
    CTIOS_MESSAGETYPE,
)
from ctios_fast.model.agents import reasons
from ctios_fast.model.agents.reasons import unsigned_reason
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.enums import AgentState, ControlFailureCode
from ctios_fast.sim import Simulator

LOGOUT = int(AgentState.AGENT_STATE_LOGOUT)
NOT_READY = int(AgentState.AGENT_STATE_NOT_READY)
AVAILABLE = int(AgentState.AGENT_STATE_AVAILABLE)
TALKING = AgentState.AGENT_STATE_TALKING

LOGGED_OUT = ["OnPreLogout", "OnAgentStateChange", "OnPostLogout"]


def without_confirmation(recorder: Recorder) -> list[str]:
    """Return the events except OnSetAgentStateConf, which comes before or after them."""
    return [name for name in recorder.names if name != "OnSetAgentStateConf"]


class Application:
    """The application of the guide: a sink that decides in OnPostLogout whether to disconnect."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.disconnects = 0
        session.add_event_listener(self)

    def on_post_logout(self, args: Arguments) -> None:
        state = args.get_value_int(CTIOS_AGENTSTATE)
        if state == LOGOUT:
            reason = args.get_value_int(CTIOS_EVENTREASONCODE)
            if unsigned_reason(reason) == CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE:
                return
        if self.session.is_connected():
            self.disconnects += 1
            self.session.disconnect()


# --- 1. the request ---------------------------------------------------------------------------------


async def test_logout_takes_the_reason_from_arguments(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    assert session.current_agent is agent
    session.current_agent.logout(Arguments({CTIOS_EVENTREASONCODE: 7}))
    assert (await recorder.wait_for("OnPostLogout"))[CTIOS_EVENTREASONCODE] == 7
    assert sim.agent("1001").state == LOGOUT
    assert sim.agent("1001").reason == 7


async def test_the_reason_can_be_a_plain_dict_or_a_keyword_argument(agent: Agent, recorder: Recorder) -> None:
    await soon(agent.logout({"EventReasonCode": "11"}))
    await soon(agent.login())
    await soon(agent.logout(reason_code=12))
    assert [args["EventReasonCode"] for args in recorder.of("OnPostLogout")] == [11, 12]


async def test_the_reason_is_optional(agent: Agent, recorder: Recorder) -> None:
    assert await soon(agent.logout()) == LOGOUT
    assert recorder.of("OnPostLogout")[0]["EventReasonCode"] == 0


@pytest.mark.parametrize("reason", [-1, -3, 0xFFFF, 50004])
async def test_the_reason_goes_out_as_an_unsigned_16_bit_number(
    sim: Simulator, agent: Agent, recorder: Recorder, reason: int
) -> None:
    await soon(agent.logout(reason_code=reason))
    assert sim.agent("1001").reason == reason & 0xFFFF
    assert recorder.of("OnPreLogout")[0]["EventReasonCode"] == reason & 0xFFFF
    assert recorder.of("OnPostLogout")[0]["EventReasonCode"] == reason & 0xFFFF


@pytest.mark.parametrize("reason", [0x10000, -0x8001, "seven"])
async def test_a_reason_outside_16_bits_is_refused_before_any_event(
    agent: Agent, recorder: Recorder, reason: object
) -> None:
    with pytest.raises(MethodError) as error:
        agent.logout({"EventReasonCode": reason})
    assert error.value.code == CilCode.E_CTIOS_INVALID_ARGUMENT
    assert recorder.names == []


async def test_logout_fires_pre_logout_before_the_request_is_sent(
    sim: Simulator, agent: Agent, recorder: Recorder
) -> None:
    requests_before = sim.counters.requests
    agent.logout(reason_code=7)
    assert recorder.names == ["OnPreLogout"], "at once, within the call"
    assert sim.counters.requests == requests_before
    pre = recorder.of("OnPreLogout")[0]
    assert (pre["AgentID"], pre["AgentState"], pre["EventReasonCode"]) == ("1001", NOT_READY, 7)
    await recorder.wait_for("OnPostLogout")


async def test_set_agent_state_to_logout_fires_no_event_before_the_request(
    agent: Agent, recorder: Recorder
) -> None:
    request = agent.set_agent_state(LOGOUT, reason_code=3)
    assert recorder.names == [], "no event comes before the request"
    assert await soon(request) == LOGOUT
    assert without_confirmation(recorder) == LOGGED_OUT, "OnPreLogout comes with the state change"
    assert recorder.of("OnPostLogout")[0]["EventReasonCode"] == 3


@pytest.mark.covers("IAgentEvents.OnLogoutFailed")
async def test_every_refused_logout_fires_logout_failed(agent: Agent, recorder: Recorder) -> None:
    await soon(agent.set_agent_state(AVAILABLE))
    recorder.clear()
    for _ in range(2):
        with pytest.raises(ControlFailure):
            await soon(agent.logout())
    assert recorder.names == ["OnPreLogout", "OnLogoutFailed", "OnControlFailureConf"] * 2


async def test_after_a_logout_that_cannot_be_sent_the_next_one_fires_pre_logout(
    session: Session, agent: Agent, recorder: Recorder
) -> None:
    with pytest.raises(ValueError, match="AgentPassword"):
        agent.logout({"AgentPassword": "not for the wire \u20ac"})
    agent.agent_password = None
    recorder.clear()
    await soon(agent.logout())
    assert without_confirmation(recorder) == LOGGED_OUT


async def test_an_agent_without_instrument_is_refused_before_pre_logout(
    bulk: Session, recorder: Recorder
) -> None:
    agent = bulk.agent("1001")
    agent.agent_instrument = None
    with pytest.raises(MethodError) as error:
        agent.logout()
    assert error.value.code == CilCode.E_CTIOS_MISSING_ARGUMENT
    assert recorder.names == []


@pytest.mark.covers("E_CTIOS_AGENT_NOT_LOGIN")
async def test_logging_a_logged_out_agent_out_is_refused(agent: Agent, recorder: Recorder) -> None:
    await soon(agent.logout())
    recorder.clear()
    with pytest.raises(MethodError) as error:
        await soon(agent.logout())
    assert error.value.code == CilCode.E_CTIOS_AGENT_NOT_LOGIN
    assert recorder.names == []


# --- 2. the answer ----------------------------------------------------------------------------------


@pytest.fixture(params=[False, True], ids=["confirmation first", "events first"])
async def sim(request: pytest.FixtureRequest) -> AsyncIterator[Simulator]:
    """Both orders of a confirmation and the events of its request are allowed."""
    async with Simulator(pair="both-active", agents=5, events_first=request.param) as simulator:
        yield simulator


@pytest.mark.covers(
    "Agent.Logout",
    "IAgentEvents.OnPreLogout",
    "IAgentEvents.OnPostLogout",
)
async def test_success_is_reported_in_order(agent: Agent, recorder: Recorder) -> None:
    await soon(agent.logout(reason_code=7))
    assert without_confirmation(recorder) == ["OnPreLogout", "OnAgentStateChange", "OnPostLogout"]
    assert len(recorder.names) == 4
    assert recorder.of("OnAgentStateChange")[0]["AgentState"] == LOGOUT


async def test_every_listener_gets_the_state_change_before_any_gets_post_logout(
    session: Session, agent: Agent
) -> None:
    seen: list[tuple[str, int]] = []
    for number in range(3):
        for event in ("OnPostLogout", "OnAgentStateChange", "OnPreLogout"):
            session.subscribe(event, lambda args, event=event, number=number: seen.append((event, number)))
    await soon(agent.logout())
    assert seen == [
        (event, number)
        for event in ("OnPreLogout", "OnAgentStateChange", "OnPostLogout")
        for number in range(3)
    ]


async def test_a_refusal_reports_its_reason(agent: Agent, recorder: Recorder) -> None:
    await soon(agent.set_agent_state(AVAILABLE))  # a state that does not allow a logout
    recorder.clear()
    with pytest.raises(ControlFailure) as error:
        await soon(agent.logout(reason_code=7))
    assert error.value.failure_code == ControlFailureCode.CF_INVALID_OBJECT_STATE
    assert error.value.name == "CF_INVALID_OBJECT_STATE"
    failed, failure = recorder.of("OnLogoutFailed")[0], recorder.of("OnControlFailureConf")[0]
    assert dict(failed) == dict(failure)
    assert failure[CTIOS_FAILURECODE] == ControlFailureCode.CF_INVALID_OBJECT_STATE
    assert failure[CTIOS_MESSAGETYPE] == ged.SET_AGENT_STATE_REQ
    assert failure["AgentID"] == "1001"
    assert failure["PeripheralErrorCode"] == 0
    assert failure["InvokeID"] == error.value.invoke_id > 0
    assert "CF_INVALID_OBJECT_STATE" in failure["ErrorMessage"]


@pytest.mark.covers(
    "IAgentEvents.OnLogoutFailed",
    "IAgentEvents.OnControlFailureConf",
)
async def test_logout_failed_comes_before_control_failure_and_post_logout_does_not_come(
    session: Session, agent: Agent, recorder: Recorder
) -> None:
    await soon(agent.set_agent_state(AVAILABLE))
    recorder.clear()
    agent.logout()
    await recorder.wait_for("OnControlFailureConf")
    await settled(session)
    assert recorder.names == ["OnPreLogout", "OnLogoutFailed", "OnControlFailureConf"], "no OnPostLogout"
    assert agent.state == AVAILABLE


async def test_on_control_failure_is_the_older_name_of_on_control_failure_conf(
    session: Session, agent: Agent
) -> None:
    class Sink:
        def __init__(self) -> None:
            self.got: list[Arguments] = []

        def on_control_failure(self, args: Arguments) -> None:
            self.got.append(args)

    sink, listened = Sink(), []
    session.add_event_listener(sink)
    session.subscribe("OnControlFailure", listened.append)
    session.subscribe("OnControlFailureConf", listened.append)
    await soon(agent.set_agent_state(AVAILABLE))
    with pytest.raises(ControlFailure):
        await soon(agent.logout())
    assert [args[CTIOS_FAILURECODE] for args in sink.got] == [ControlFailureCode.CF_INVALID_OBJECT_STATE]
    assert listened == sink.got * 2


async def test_a_logout_that_is_never_answered_times_out_without_post_logout(
    clock: ManualClock, make_session: MakeSession, sim: Simulator
) -> None:
    session = make_session(clock=clock)
    recorder, agent = Recorder(session), an_agent()
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(agent))
    await soon(agent.login())
    await settled(session)
    recorder.clear()
    sim.freeze_side("a")
    request = agent.logout(timeout=8)
    clock.advance(7.9)
    assert not request.done()
    clock.advance(0.2)
    with pytest.raises(RequestTimeout, match="8 s"):
        await soon(request)
    assert recorder.names == ["OnPreLogout"]
    sim.thaw_side("a")
    assert (await recorder.wait_for("OnPostLogout"))["AgentState"] == LOGOUT, "the logout took effect late"
    await settled(session)
    assert session.counters()["confirmations_late"] == 1
    assert recorder.names.count("OnPostLogout") == 1


# --- 3. the statistics hook -------------------------------------------------------------------------


async def test_a_request_from_on_agent_state_change_is_answered_before_the_disconnect(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    queries: list[Request[Message]] = []

    def disable_statistics(args: Arguments) -> None:
        if args["AgentState"] == LOGOUT:
            queries.append(agent.query_agent_state())

    session.subscribe("OnAgentStateChange", disable_statistics)
    application = Application(session)
    await soon(agent.logout())
    await recorder.wait_for("OnConnectionClosed")
    assert application.disconnects == 1
    assert [request.result()["AgentState"] for request in queries] == [LOGOUT]
    assert recorder.names[-3:] == ["OnPostLogout", "OnQueryAgentStateConf", "OnConnectionClosed"] or (
        recorder.names[-4:]
        == ["OnPostLogout", "OnSetAgentStateConf", "OnQueryAgentStateConf", "OnConnectionClosed"]
    )
    assert sim.counters.closes == 1


async def test_every_listener_can_send_requests_on_the_state_change(
    session: Session, agent: Agent, recorder: Recorder
) -> None:
    queries: list[Request[Message]] = []
    Application(session)
    for _ in range(20):  # added after the listener that disconnects, but called before it
        session.subscribe("OnAgentStateChange", lambda args: queries.append(agent.query_agent_state()))
    await soon(agent.logout())
    await recorder.wait_for("OnConnectionClosed")
    assert len([request.result() for request in queries]) == 20
    assert len(recorder.of("OnQueryAgentStateConf")) == 20


async def test_a_request_from_on_pre_logout_is_answered_before_the_state_change(
    session: Session, agent: Agent, recorder: Recorder
) -> None:
    queries: list[Request[Message]] = []
    session.subscribe("OnPreLogout", lambda args: queries.append(agent.query_agent_state()))
    await soon(agent.logout())
    assert [request.result()["AgentState"] for request in queries] == [NOT_READY]
    assert recorder.names.index("OnQueryAgentStateConf") < recorder.names.index("OnAgentStateChange")


async def test_after_the_disconnect_requests_are_refused(
    session: Session, agent: Agent, recorder: Recorder
) -> None:
    refused: list[BaseException | None] = []

    def too_late(args: Arguments) -> None:
        session.disconnect()
        request = agent.query_agent_state()
        assert isinstance(request.exception(), ConnectionLost)
        refused.append(request.exception())

    session.subscribe("OnPostLogout", too_late)
    await soon(agent.logout())
    assert len(refused) == 1
    await recorder.wait_for("OnConnectionClosed")


async def test_await_logout_returns_after_the_listeners_of_post_logout(
    session: Session, agent: Agent
) -> None:
    order: list[str] = []
    for number in (1, 2):
        session.subscribe("OnPostLogout", lambda args, number=number: order.append(f"listener {number}"))

    async def log_out() -> None:
        assert await agent.logout() == LOGOUT
        order.append("awaited")

    await asyncio.wait_for(log_out(), 10)
    assert order == ["listener 1", "listener 2", "awaited"]


async def test_await_logout_returns_even_if_a_listener_raises(
    session: Session, agent: Agent, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(args: Arguments) -> None:
        raise RuntimeError("a fault of the application")

    session.subscribe("OnPostLogout", broken)
    Application(session)
    assert await soon(agent.logout()) == LOGOUT
    await recorder.wait_for("OnConnectionClosed")
    assert session.counters()["listener_errors"] == 1
    assert "a fault of the application" in caplog.text


# --- 4. OnPostLogout decides ------------------------------------------------------------------------


async def test_post_logout_carries_state_and_reason_by_keyword_and_by_constant(
    agent: Agent, recorder: Recorder
) -> None:
    await soon(agent.logout(reason_code=50004))
    args = recorder.of("OnPostLogout")[0]
    assert args["AgentState"] == args[CTIOS_AGENTSTATE] == args.get_value_int("agentstate") == LOGOUT
    assert args["EventReasonCode"] == args[CTIOS_EVENTREASONCODE] == 50004
    assert args.get_value_int(" eventreasoncode ") == 50004
    assert args.is_valid(CTIOS_EVENTREASONCODE)


async def test_the_constant_of_a_forced_logout_has_two_names() -> None:
    assert CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE == CTIOS_FORCED_LOGOUT_REASON_CODE == 50002
    assert unsigned_reason(50002 - 0x10000) == unsigned_reason(50002) == CTIOS_FORCED_LOGOUT_REASON_CODE


async def test_after_a_requested_logout_the_application_disconnects(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    application = Application(session)
    agent.logout(reason_code=1)
    await recorder.wait_for("OnConnectionClosed")
    assert application.disconnects == 1
    assert not session.is_connected()
    assert sim.counters.closes == 1
    assert recorder.names.index("OnPostLogout") < recorder.names.index("OnConnectionClosed")


@pytest.mark.parametrize("reason", [50003, 50004, 999])
async def test_after_a_logout_by_the_peripheral_for_another_reason_the_application_disconnects(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder, reason: int
) -> None:
    Application(session)
    sim.force_logout("1001", reason)
    await recorder.wait_for("OnConnectionClosed")
    assert recorder.names == [*LOGGED_OUT, "OnConnectionClosed"]


async def test_a_forced_logout_without_fail_over_keeps_the_session(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    application = Application(session)
    sim.force_logout("1001")
    args = await recorder.wait_for("OnPostLogout")
    assert (args["AgentState"], args["EventReasonCode"]) == (LOGOUT, 50002)
    assert recorder.names == LOGGED_OUT
    assert application.disconnects == 0
    assert session.is_open
    assert await soon(agent.login()) is not None, "the agent can log in again over the session"


async def test_the_library_itself_never_disconnects(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    await soon(agent.logout())
    await soon(agent.login())
    sim.force_logout("1001", 50003)
    await recorder.wait_for("OnPostLogout", 2)
    await settled(session)
    assert session.is_open
    assert "OnConnectionClosed" not in recorder.names


async def test_a_forced_logout_found_after_the_fail_over_keeps_the_session(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    application = Application(session)
    sim.fail_side("a", logout_agents=True)  # this session did not receive the event
    args = await recorder.wait_for("OnPostLogout")
    assert (args["AgentState"], unsigned_reason(args["EventReasonCode"])) == (LOGOUT, 50002)
    await settled(session)
    assert recorder.names == [
        "OnConnectionFailure",  # the loss
        "OnConnectionFailure",  # the last good side is tried first
        "OnConnection",
        "OnSetAgentModeEvent",
        "OnQueryAgentStateConf",
        *LOGGED_OUT,
    ]
    assert application.disconnects == 0
    assert session.is_open
    assert session.current_side == "B"
    assert agent.state == LOGOUT


async def test_a_forced_logout_whose_event_comes_over_the_new_connection_keeps_the_session(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    # the guide's race: the PG logs the agent out after the client has connected to the other side
    application = Application(session)
    session.subscribe("OnSetAgentModeEvent", lambda args: sim.force_logout("1001"))
    sim.fail_side("a")
    args = await recorder.wait_for("OnPostLogout")
    assert (args["AgentState"], args["EventReasonCode"]) == (LOGOUT, 50002)
    await recorder.wait_for("OnQueryAgentStateConf")
    await settled(session)
    assert [name for name in recorder.names if name in LOGGED_OUT] == LOGGED_OUT, "once, not twice"
    assert application.disconnects == 0
    assert session.is_open


async def test_a_forced_logout_long_after_the_fail_over_keeps_the_session(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    application = Application(session)
    sim.fail_side("a")
    await recorder.wait_for("OnQueryAgentStateConf")
    assert agent.state == NOT_READY, "the agent was still logged in"
    sim.force_logout("1001")
    await recorder.wait_for("OnPostLogout")
    assert application.disconnects == 0
    assert session.is_open


async def test_a_bulk_session_reports_each_forced_logout_once(
    sim: Simulator, bulk: Session, recorder: Recorder
) -> None:
    application = Application(bulk)
    agents = [bulk.agent(str(1001 + number)) for number in range(5)]
    await asyncio.gather(*(soon(agent.login()) for agent in agents))
    await settled(bulk)
    recorder.clear()
    sim.fail_side("a", logout_agents=True)
    await recorder.wait_for("OnPostLogout", 5)
    await settled(bulk)
    assert sorted(args["AgentID"] for args in recorder.of("OnPostLogout")) == [a.agent_id for a in agents]
    assert {args["EventReasonCode"] for args in recorder.of("OnPostLogout")} == {50002}
    assert len(recorder.of("OnPreLogout")) == len(recorder.of("OnAgentStateChange")) == 5
    assert application.disconnects == 0
    assert bulk.is_open


async def test_post_logout_disconnects_only_a_connected_session(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    one, another = Application(session), Application(session)
    await soon(agent.logout())
    await recorder.wait_for("OnConnectionClosed")
    assert (one.disconnects, another.disconnects) == (1, 0)
    assert sim.counters.closes == 1


async def test_a_bulk_session_is_disconnected_once_after_the_last_post_logout(
    sim: Simulator, bulk: Session, recorder: Recorder
) -> None:
    agents = [bulk.agent(str(1001 + number)) for number in range(5)]
    left = {agent.agent_id for agent in agents}

    def post_logout(args: Arguments) -> None:
        left.discard(args["AgentID"])
        if not left:
            bulk.disconnect()

    bulk.subscribe("OnPostLogout", post_logout)
    await asyncio.gather(*(soon(agent.login()) for agent in agents))
    await asyncio.gather(*(soon(agent.logout()) for agent in agents))
    await recorder.wait_for("OnConnectionClosed")
    assert len(recorder.of("OnPostLogout")) == 5
    assert len(recorder.of("OnConnectionClosed")) == sim.counters.closes == 1


# --- 5. disconnecting without a logout --------------------------------------------------------------


async def test_a_disconnect_without_logout_leaves_the_agent_logged_in(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    await soon(session.disconnect())
    assert recorder.names == ["OnConnectionClosed"]
    assert sim.agent("1001").state == NOT_READY
    assert sim.counters.closes == 1


async def test_the_agent_is_found_logged_in_by_the_next_session(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    await soon(session.disconnect())
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(agent))
    assert recorder.of("OnQueryAgentStateConf")[0]["AgentState"] == NOT_READY
    assert agent.is_logged_in


async def test_a_disconnect_right_after_a_logout_lets_the_logout_succeed(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    request = agent.logout()
    closing = session.disconnect()
    await soon(closing)
    assert request.done()
    assert request.exception() is None, "the server answers in order: the logout before the close"
    assert recorder.names[-2:] in (
        ["OnPostLogout", "OnConnectionClosed"],
        ["OnSetAgentStateConf", "OnConnectionClosed"],
    )
    assert sim.agent("1001").state == LOGOUT


# --- 6. the end -------------------------------------------------------------------------------------


async def test_no_event_of_any_kind_comes_after_connection_closed(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    messages: list[Message] = []
    session.on(ged.AGENT_STATE_EVENT, messages.append)
    session.disconnect()
    sim.force_logout("1001", 50003)  # sent before the server reads CLOSE_REQ, or not at all
    agent_2 = sim.agent("1002")
    await recorder.wait_for("OnConnectionClosed")
    noted, received = len(recorder.names), len(messages)
    for state in (AVAILABLE, NOT_READY, LOGOUT):
        sim.set_agent_state("1001", AgentState(state))
        sim.set_agent_state(agent_2.agent_id, AgentState(state))
    sim.fail_side("a")
    await until(lambda: not sim.side_a.connections)
    assert len(recorder.names) == noted
    assert len(messages) == received
    assert recorder.names[-1] == "OnConnectionClosed"
    assert session.state is ConnectionState.DISCONNECTED


async def test_no_event_comes_after_connection_closed_while_the_server_sends(
    sim: Simulator, bulk: Session, recorder: Recorder
) -> None:
    for number in range(5):
        sim.set_agent_state(str(1001 + number), AgentState(NOT_READY))
    closing = bulk.disconnect()
    for _ in range(200):  # events that are in the socket when the client closes it
        sim.set_agent_state("1001", AgentState(AVAILABLE))
    await soon(closing)
    noted = recorder.names
    assert noted[-1] == "OnConnectionClosed"
    assert noted.count("OnConnectionClosed") == 1
    await until(lambda: not sim.side_a.connections)
    assert recorder.names == noted


async def test_open_requests_fail_before_connection_closed(
    sim: Simulator, make_session: MakeSession, clock: ManualClock
) -> None:
    session = make_session(clock=clock)
    recorder, agent = Recorder(session), an_agent()
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(agent))
    await soon(agent.login())
    await settled(session)
    sim.freeze_side("a")
    requests = [agent.logout(), agent.query_agent_state(), session.disconnect()]
    outcomes: list[str] = []
    for request in requests[:2]:
        request.add_done_callback(lambda done: outcomes.append(type(done.exception()).__name__))
    session.subscribe("OnConnectionClosed", lambda args: outcomes.append("closed"))
    clock.advance(5)  # the time limit of a close
    await soon(requests[2])
    assert outcomes == ["ConnectionLost", "ConnectionLost", "closed"]
    assert recorder.names[-1] == "OnConnectionClosed"


async def test_after_connection_closed_agent_and_session_can_be_destroyed(sim: Simulator) -> None:
    session = Session(client_id="short-lived", heartbeat=None)
    agent = an_agent()
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(agent))
    await soon(agent.login())
    await soon(agent.logout())
    await soon(session.disconnect())
    gone = [weakref.ref(session), weakref.ref(agent)]
    del session, agent
    gc.collect()
    assert [ref() for ref in gone] == [None, None]


async def test_a_second_disconnect_waits_for_the_same_end(
    sim: Simulator, session: Session, agent: Agent, recorder: Recorder
) -> None:
    await asyncio.gather(soon(session.disconnect()), soon(session.disconnect()))
    await soon(session.disconnect())
    assert recorder.names == ["OnConnectionClosed"]


# --- the reason codes -------------------------------------------------------------------------------


def test_the_predefined_reason_codes_are_unsigned_constants() -> None:
    assert {
        name: value
        for name, value in vars(reasons).items()
        if name.isupper() and not name.startswith(("CTIOS", "_"))
    } == {
        "AGENT_REINITIALIZED": -1 & 0xFFFF,
        "PG_RESET_AGENT": -2 & 0xFFFF,
        "EXTENSION_CHANGED": -3 & 0xFFFF,
        "SUPERVISOR_LOGGED_OUT": 999,
        "CALL_NOT_ANSWERED": 32767,
        "CLIENT_DISCONNECTED": 50001,
        "FORCED_LOGOUT": 50002,
        "DEVICE_OUT_OF_SERVICE": 50003,
        "INACTIVITY": 50004,
        "BUSY_ON_NON_ACD_LINE": 50005,
        "ROUTED_CALLS_NOT_ARRIVED": 50010,
        "SKILL_GROUP_CHANGED": 50020,
        "DEVICE_TARGET_CLASH": 50030,
        "MOBILE_AGENT_CALL_FAILED": 50040,
        "MOBILE_AGENT_LINE_BUSY": 50041,
        "NAILED_CONNECTION_DROPPED": 50042,
    }


@pytest.mark.parametrize(
    "reason", [reasons.AGENT_REINITIALIZED, reasons.PG_RESET_AGENT, reasons.EXTENSION_CHANGED]
)
async def test_negative_reasons_of_the_peripheral_equal_their_constants(
    sim: Simulator, agent: Agent, recorder: Recorder, reason: int
) -> None:
    sim.force_logout("1001", reason - 0x10000)
    args = await recorder.wait_for("OnPostLogout")
    assert args["EventReasonCode"] == unsigned_reason(reason - 0x10000) == reason


def test_a_reason_has_a_text_and_a_site_can_add_its_own() -> None:
    site = {7: "end of shift", 50004: "gone home"}
    assert reasons.reason_text(7, site) == "end of shift"
    assert reasons.reason_text(50004, site) == "gone home"
    assert reasons.reason_text(50004) == "inactivity"
    assert reasons.reason_text(-1) == reasons.reason_text(0xFFFF) == reasons.reason_text(-1, site)
    assert reasons.reason_text(12) == "12"
