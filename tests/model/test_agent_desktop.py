"""The requests of an agent's desktop against the simulator: what they do in the contact centre."""

import pytest
from support.model import AVAILABLE, MakeSession, Recorder, an_agent, settled, sides, soon, talking, until

from ctios_fast import Agent, Arguments, Call, ControlFailure, MethodError, RequestRefused, Session
from ctios_fast.enums import AgentState
from ctios_fast.model.cti_object import context_of
from ctios_fast.protocol.enums import AgentWorkMode, CallType, LocalConnectionState
from ctios_fast.sim import Population, Simulator
from ctios_fast.sim.plant import DeskSettings


async def call_of(sim: Simulator, agent: Agent) -> Call:
    """The agent answers a call from outside; returns the call of its session."""
    connection = talking(sim, agent.agent_id)
    context = context_of(agent)
    assert context is not None
    key = f"call.5000.{connection.call_id}.{connection.connection_id}"
    await until(lambda: (call := context.registry.find(key)) is not None and call.status == 3)
    found = context.registry.find(key)
    assert isinstance(found, Call)
    return found


async def test_a_call_is_made_with_its_data(sim: Simulator, agent: Agent, recorder: Recorder) -> None:
    sim.set_agent_state("1002", AgentState.AVAILABLE)  # type: ignore[arg-type]
    answer = await soon(
        agent.make_call(
            dialed_number="3002",
            call_variable1="one",
            call_variable10="ten",
            user_to_user_info="hello",
            call_wrapup_data="wrap",
            ecc={"user.plan": "gold", "user.order[0]": "17", "user.order[2]": "19"},
        )
    )
    (connection,) = sim.agent("1001").device.connections
    assert answer["NewConnectionCallID"] == connection.call_id
    context = connection.call.context
    assert (context.dialed_number, context.user_to_user_info) == ("3002", b"hello")
    assert (context.variables["CallVariable1"], context.variables["CallVariable10"]) == ("one", "ten")
    assert set(context.variables.values()) - {""} == {"one", "ten"}
    assert context.wrapup == "wrap"
    assert context.ecc == {"user.plan": "gold"}
    assert context.arrays == {"user.order": {0: "17", 2: "19"}}
    (args,) = recorder.of("OnMakeCallConf")
    assert args["NewConnectionDeviceID"] == connection.connection_id
    assert args["UniqueObjectID"] == "agent.5000.1001"


async def test_a_call_for_an_unknown_skill_group_is_refused(sim: Simulator, agent: Agent) -> None:
    with pytest.raises(RequestRefused) as error:
        await soon(agent.make_call(dialed_number="3002", skill_group_number=77))
    assert error.value.status == 72


async def test_a_ready_agent_cannot_make_a_call(sim: Simulator, agent: Agent, recorder: Recorder) -> None:
    await soon(agent.set_agent_state(AVAILABLE))
    recorder.clear()
    with pytest.raises(ControlFailure):
        await soon(agent.make_call(dialed_number="3002"))
    assert recorder.names == ["OnControlFailureConf"]


async def test_ecc_variables_up_to_the_limit_reach_the_call(sim: Simulator, agent: Agent) -> None:
    ecc = {f"{number:06}": "x" * 192 for number in range(10)}
    await soon(agent.make_call(dialed_number="3002", ecc=ecc))
    (connection,) = sim.agent("1001").device.connections
    assert connection.call.context.ecc == ecc


async def test_a_bulk_session_makes_calls_for_any_agent(sim: Simulator, bulk: Session) -> None:
    agent = bulk.agent("1003")
    await soon(agent.login())
    await soon(agent.make_call(dialed_number="3002"))
    assert sim.agent("1003").device.connections


# --- Help -------------------------------------------------------------------------------------------


@pytest.fixture
async def member(team: Simulator, make_session: MakeSession) -> Agent:
    """A member of the team, logged in."""
    agent = an_agent(1)
    session = make_session()
    await soon(session.connect(**sides(team)))
    await soon(session.set_agent(agent))
    await soon(agent.login())
    await settled(session)
    return agent


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("request_supervisor_assist", CallType.CALLTYPE_ASSIST),
        ("make_emergency_call", CallType.CALLTYPE_EMERGENCY),
    ],
)
async def test_help_rings_at_the_supervisor(
    team: Simulator, member: Agent, method: str, kind: CallType
) -> None:
    team.set_agent_state("1001", AgentState.NOT_READY)  # type: ignore[arg-type]
    call = await call_of(team, member)
    answer = await soon(getattr(member, method)(call=call))
    (ringing,) = team.agent("1001").device.connections
    assert ringing.state is LocalConnectionState.LCS_ALERTING
    assert ringing.call.call_type is kind
    assert answer["ConnectionCallID"] == ringing.call_id


async def test_help_without_a_supervisor_is_refused(member: Agent) -> None:
    for method in (member.request_supervisor_assist, member.make_emergency_call):
        with pytest.raises(RequestRefused) as error:
            await soon(method())
        assert error.value.status == 64


async def test_a_bad_line_can_be_reported_while_the_agent_talks(
    sim: Simulator, session: Session, agent: Agent
) -> None:
    call = await call_of(sim, agent)
    await soon(agent.report_bad_call_line(call=call))
    sim.plant.clear_connection(*sim.agent("1001").device.connections)
    await settled(session)
    with pytest.raises(MethodError, match="none is current"):
        agent.report_bad_call_line()


# --- Wrap-up ----------------------------------------------------------------------------------------


async def test_wrapup_data_are_set_alone_and_the_call_is_released(sim: Simulator, agent: Agent) -> None:
    call = await call_of(sim, agent)
    (connection,) = sim.agent("1001").device.connections
    before = connection.call.context.copy()
    await soon(agent.set_wrapup_data(Arguments(CallWrapupData="sold"), call=call))
    after = connection.call.context
    assert after.wrapup == "sold"
    after.wrapup = before.wrapup
    assert after == before
    assert int(connection.call.call_type) == call.call_type
    await soon(agent.release_call(call=call))
    assert connection.call.released


# --- Settings and the device ------------------------------------------------------------------------


@pytest.mark.covers(
    "Agent[CTIOS_LOGOUTREASONREQUIRED]",
    "Agent[CTIOS_NOTREADYREASONREQUIRED]",
    "Agent[CTIOS_WRAPUPOKENABLED]",
)
async def test_desk_settings_say_which_reasons_are_required(make_session: MakeSession) -> None:
    desk = DeskSettings(idle_reason_required=True, wrapup_incoming=0)
    population = Population.numbered(1, desk=desk)
    async with Simulator(population=population) as sim:
        session = make_session()
        agent = an_agent()
        await soon(session.connect(**sides(sim)))
        await soon(session.set_agent(agent))
        await soon(agent.request_desk_settings())
        assert (agent.not_ready_reason_required, agent.logout_reason_required) == (True, False)
        assert agent.get_value("LogoutReasonRequired") is False
        assert agent.wrapup_ok_enabled


async def test_a_snapshot_shows_the_agents_calls(sim: Simulator, agent: Agent, recorder: Recorder) -> None:
    await soon(agent.snapshot_device())
    assert recorder.of("OnSnapshotDeviceConf")[0]["ValidCalls"] == Arguments()
    call = await call_of(sim, agent)
    answer = await soon(agent.snapshot_device())
    assert answer["NumCalls"] == 1
    assert recorder.of("OnSnapshotDeviceConf")[1]["ValidCalls"] == Arguments({call.unique_object_id: True})


async def test_only_all_events_may_take_a_snapshot_of_another_device(
    sim: Simulator, agent: Agent, make_session: MakeSession
) -> None:
    with pytest.raises(ControlFailure):
        await soon(agent.snapshot_device(agent_instrument="3002"))
    bulk = make_session()
    await soon(bulk.connect(**sides(sim)))
    await soon(bulk.set_bulk_mode(5000))
    answer = await soon(bulk.agent("1001").snapshot_device(agent_instrument="3002"))
    assert answer["NumCalls"] == 0


async def test_the_device_says_what_it_supports(sim: Simulator, agent: Agent, recorder: Recorder) -> None:
    await soon(agent.query_device_info())
    (args,) = recorder.of("OnQueryDeviceInfoConf")
    assert (args["AgentInstrument"], args["PeripheralType"]) == ("3001", 17)
    assert args["Line[1]"]["LineHandle"] == 1


async def test_the_greeting_of_a_logged_in_agent_is_controlled(sim: Simulator, agent: Agent) -> None:
    await soon(agent.set_agent_greeting_action(agent_action=1))


# --- Who the agent is -------------------------------------------------------------------------------


@pytest.mark.covers(
    "Session.IsAgent",
    "Agent.IsAgent",
    "Agent.GetAgentState",
)
async def test_an_agent_of_agent_mode_is_not_a_supervisor(session: Session, agent: Agent) -> None:
    assert agent.is_agent()
    assert session.is_agent()
    assert not agent.is_supervisor()
    assert not session.is_supervisor()
    assert agent.get_agent_state() == agent.state


@pytest.mark.covers(
    "Agent.IsSupervisor",
    "Session.IsSupervisor",
)
async def test_an_agent_that_is_granted_the_supervisor_service_is_a_supervisor(
    team: Simulator, make_session: MakeSession
) -> None:
    agent = an_agent()
    assert not agent.is_agent()
    session = make_session()
    await soon(session.connect(**sides(team)))
    await soon(session.set_agent(agent, services=0x1 | 0x2 | 0x4 | 0x80))
    assert agent.is_supervisor()
    assert session.is_supervisor()
    assert not agent.is_agent()
    assert not session.agent("1002").is_agent()
    with pytest.raises(TypeError, match=r"write is_supervisor\(\)"):
        assert agent.is_supervisor


# --- Mobile agents ----------------------------------------------------------------------------------


async def test_a_mobile_agent_logs_in_with_telephone_and_mode(sim: Simulator, signed_off: Agent) -> None:
    args = Arguments(RemoteLogin="true", AgentRemoteNumber="5550100", AgentCallMode=3)
    await soon(signed_off.login(args))
    agent = sim.agent("1001")
    assert agent.logged_in
    assert agent.remote_number == "5550100"
    assert agent.work_mode is AgentWorkMode.RA_CALL_BY_CALL
