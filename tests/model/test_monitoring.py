"""Teams, monitored agents and monitored calls against the simulator."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from support.model import (
    AVAILABLE,
    LOGOUT,
    NOT_READY,
    MakeSession,
    Recorder,
    settled,
    sides,
    soon,
    talking,
    until,
)
from support.wire_steps import advance

from ctios_fast import Agent, RequestRefused, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.model.session_properties import session_context
from ctios_fast.sim import Simulator
from ctios_fast.sim.plant import Population, Team

TEAMS = 130
#: The agents of the first team, its supervisor included. Each other team has the supervisor and one agent.
MEMBERS = 70


@pytest.fixture
async def large() -> AsyncIterator[Simulator]:
    """Agent 1001 supervises 130 teams, the first of which has 70 members."""
    agents = Population.numbered(MEMBERS + TEAMS).agents
    ids = list(agents)
    teams = [Team(1, "Team 1", supervisors=[ids[0]], agents=ids[1:MEMBERS])]
    teams += [
        Team(number, f"Team {number}", supervisors=[ids[0]], agents=[ids[MEMBERS + number - 2]])
        for number in range(2, TEAMS + 1)
    ]
    population = Population(agents.values(), teams=teams)
    async with Simulator(pair="both-active", population=population) as simulator:
        yield simulator


async def supervisor(session: Session, sim: Simulator) -> Agent:
    """Connect, set agent mode for the supervisor, and log in."""
    agent = Agent("1001", 5000, agent_instrument="3001", supervisor=True)
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(agent))
    await soon(agent.login())
    await settled(session)
    return agent


async def supervisor_of_all(session: Session, sim: Simulator) -> Agent:
    """Begin as ``supervisor`` does; monitor all teams and, by another monitor, agent 1002 (not ready)."""
    agent = await supervisor(session, sim)
    await soon(agent.start_monitoring_all_agent_teams())
    sim.set_agent_state("1002", NOT_READY)
    await settled(session)
    await soon(agent.start_monitoring_agent(agent="agent.5000.1002"))
    return agent


def joined(recorder: Recorder) -> list[tuple[int, str]]:
    """The TeamID and AgentID of every OnNewAgentTeamMember."""
    return [(args["TeamID"], args["AgentID"]) for args in recorder.of("OnNewAgentTeamMember")]


def all_members(sim: Simulator) -> list[tuple[int, str]]:
    teams = sim.plant.population.teams
    return [
        (number, agent_id) for number, team in teams.items() for agent_id in (*team.supervisors, *team.agents)
    ]


async def test_every_member_of_every_team_is_reported_once(
    session: Session, recorder: Recorder, large: Simulator
) -> None:
    agent = await supervisor(session, large)
    assert sorted(joined(recorder)) == sorted(all_members(large))
    recorder.clear()
    assert await soon(agent.request_agent_team_list()) == tuple(range(1, TEAMS + 1))
    assert sorted(joined(recorder)) == sorted(all_members(large))
    assert len(session.agents) == MEMBERS + TEAMS - 1


async def test_a_members_logout_leaves_the_supervisor_connected(
    session: Session, recorder: Recorder, large: Simulator
) -> None:
    agent = await supervisor(session, large)
    recorder.clear()
    assert len(await soon(agent.start_monitoring_all_agent_teams())) == TEAMS
    await recorder.wait_for("OnQueryAgentStateConf", MEMBERS + TEAMS - 2)  # one for each member
    await settled(session)
    assert len(recorder.of("OnQueryAgentStateConf")) == MEMBERS + TEAMS - 2
    recorder.clear()
    for state in (NOT_READY, AVAILABLE, NOT_READY, LOGOUT):
        large.set_agent_state("1002", state)
    await settled(session)
    states = [args["AgentState"] for args in recorder.of("OnMonitoredAgentStateChange")]
    assert states == [NOT_READY, AVAILABLE, NOT_READY, LOGOUT]
    assert recorder.names == ["OnMonitoredAgentStateChange"] * 4
    assert session.is_connected()
    assert len(await soon(agent.stop_monitoring_all_agent_teams())) == TEAMS
    recorder.clear()
    large.set_agent_state("1002", NOT_READY)
    await settled(session)
    assert recorder.names == []


async def test_changes_from_before_the_monitoring_are_found(
    session: Session, recorder: Recorder, large: Simulator
) -> None:
    agent = await supervisor(session, large)
    for agent_id in ("1002", "1003"):
        large.set_agent_state(agent_id, NOT_READY)
    await settled(session)
    assert session.agents["1002"].state == LOGOUT
    await soon(agent.start_monitoring_all_agent_teams())
    await recorder.wait_for("OnMonitoredAgentStateChange", 2)
    assert {args["AgentID"] for args in recorder.of("OnMonitoredAgentStateChange")} == {"1002", "1003"}
    assert {each.state for each in session.agents.values()} == {LOGOUT, NOT_READY}
    truth = {each: large.plant.population.agents[each].state for each in session.agents}
    assert {each: agent.state for each, agent in session.agents.items()} == truth


async def test_members_who_join_and_leave_are_reported(
    session: Session, recorder: Recorder, team: Simulator
) -> None:
    await supervisor(session, team)
    recorder.clear()
    plant = team.plant
    member = plant.population.agents["1002"]
    plant.leave_team(1, member)
    plant.join_team(1, member, temporary=True)
    plant.restore_team(1)
    await settled(session)
    changes = [(args["AgentID"], args["ConfigOperation"]) for args in recorder.of("OnNewAgentTeamMember")]
    assert changes == [("1002", 2), ("1002", 1), ("1002", 2)]


async def test_the_calls_of_one_agent_at_a_time_are_heard(
    session: Session, recorder: Recorder, team: Simulator
) -> None:
    agent = await supervisor(session, team)
    for agent_id in ("1002", "1003"):
        team.set_agent_state(agent_id, NOT_READY)
    await soon(agent.start_monitoring_agent(agent="agent.5000.1002"))
    first = talking(team, "1002")
    talking(team, "1003")
    await settled(session)
    [call] = session.calls.values()
    assert (call.instrument, call.is_monitored) == ("3002", True)
    team.plant.hold(first)
    team.plant.retrieve(first)
    await settled(session)
    names = [name for name in recorder.names if name.startswith("OnMonitoredCall")]
    assert names[-2:] == ["OnMonitoredCallHeld", "OnMonitoredCallRetrieved"]
    await soon(agent.start_monitoring_agent(agent="agent.5000.1003"))
    assert not session.calls
    assert recorder.names.count("OnMonitoredCallEnd") == 1
    team.plant.hold(first)
    await settled(session)
    assert recorder.names.count("OnMonitoredCallHeld") == 1


async def test_a_call_monitor_follows_the_call_and_ends_with_it(
    session: Session, recorder: Recorder, team: Simulator
) -> None:
    agent = await supervisor(session, team)
    team.set_agent_state("1002", NOT_READY)
    await soon(agent.start_monitoring_agent(agent="agent.5000.1002"))
    connection = talking(team, "1002")
    await until(lambda: session.calls)
    [call] = session.calls.values()
    await soon(agent.start_monitoring_call(call=call, by_server=True))
    team.plant.hold(connection)
    team.plant.retrieve(connection)
    team.plant.clear_call(connection)
    await settled(session)
    assert recorder.names.count("OnMonitoredCallHeld") == 2
    assert recorder.names.count("OnMonitoredCallEnd") == 2
    assert not session.calls
    assert agent.monitored_call is None
    assert len(session_context(session).monitors.by_id) == 1


async def test_a_team_of_another_supervisor_is_refused(
    session: Session, recorder: Recorder, team: Simulator
) -> None:
    agent = await supervisor(session, team)
    with pytest.raises(RequestRefused):
        await soon(agent.start_monitoring_agent_team(team_id=99))
    assert recorder.names.count("OnControlFailureConf") == 1
    assert not session_context(session).monitors.wanted


async def test_monitors_work_again_after_a_fail_over(
    make_session: MakeSession, clock: ManualClock, large: Simulator
) -> None:
    session = make_session(clock=clock)
    recorder = Recorder(session)
    reports: list[Any] = []
    session.subscribe("OnRecovered", reports.append)
    await supervisor_of_all(session, large)
    before = set(session_context(session).monitors.by_id)
    recorder.clear()
    large.fail_side("a")
    large.set_agent_state("1003", NOT_READY)  # in the gap
    await advance(clock, session, lambda: recorder.of("OnSetAgentModeEvent"))
    await until(lambda: reports)
    report = reports[0]
    assert (report["MonitorsAsked"], report["MonitorsRestored"]) == (TEAMS + 1, TEAMS + 1)
    after = set(session_context(session).monitors.by_id)
    assert len(after) == TEAMS + 1
    assert not before & after
    assert session.agents["1003"].state == NOT_READY
    recorder.clear()
    large.set_agent_state("1002", AVAILABLE)
    large.plant.inbound("1002")
    await until(lambda: "OnMonitoredCallDelivered" in recorder.names)
    assert "OnMonitoredAgentStateChange" in recorder.names
    assert "OnAgentStateChange" not in recorder.names


async def test_a_monitored_call_outlives_a_fail_over(
    make_session: MakeSession, clock: ManualClock, large: Simulator
) -> None:
    session = make_session(clock=clock)
    recorder = Recorder(session)
    reports: list[Any] = []
    session.subscribe("OnRecovered", reports.append)
    agent = await supervisor_of_all(session, large)
    simulated = talking(large, "1002")
    await settled(session)
    [call] = session.calls.values()
    mask = agent.supervisor_enablement_mask
    recorder.clear()
    large.fail_side("a")
    await advance(clock, session, lambda: recorder.of("OnSetAgentModeEvent"))
    await until(lambda: reports)
    assert reports[0]["CallsUnverified"] == 1  # the simulator does not tell of others' calls
    assert list(session.calls.values()) == [call]
    assert mask
    assert agent.supervisor_enablement_mask == mask
    large.plant.hold(simulated)
    await until(lambda: "OnMonitoredCallHeld" in recorder.names)
    assert list(session.calls.values()) == [call]
    assert "OnMonitoredCallBegin" not in recorder.names
    assert "OnMonitoredCallEnd" not in recorder.names


async def test_agents_that_left_in_the_gap_are_no_longer_members(
    make_session: MakeSession, clock: ManualClock, large: Simulator
) -> None:
    session = make_session(clock=clock)
    recorder = Recorder(session)
    reports: list[Any] = []
    session.subscribe("OnRecovered", reports.append)
    agent = await supervisor_of_all(session, large)
    recorder.clear()
    large.fail_side("a")
    plant, agents = large.plant, large.plant.population.agents
    plant.leave_team(1, agents["1002"])
    plant.leave_team(1, agents["1003"])
    plant.join_team(1, agents["1075"])
    for number in range(4, 11):  # 64 members are left: the list fills one message
        plant.leave_team(1, agents[f"10{number:02}"])
    plant.join_team(1, agents["1076"])
    plant.join_team(1, agents["1077"])
    plant.leave_team(3, agents["1001"])  # a team without its supervisor is not listed any more
    await advance(clock, session, lambda: recorder.of("OnSetAgentModeEvent"))
    await until(lambda: reports)
    changes = recorder.of("OnNewAgentTeamMember")
    left = {(args["TeamID"], args["AgentID"]) for args in changes if args["ConfigOperation"] == 2}
    assert left == {(1, f"10{number:02}") for number in range(2, 11)} | {(3, "1001"), (3, "1072")}
    assert all(args["Recovered"] is True for args in changes if args["ConfigOperation"] == 2)
    assert {args["AgentID"] for args in changes if args["ConfigOperation"] == 1} == {"1075", "1076", "1077"}
    assert (reports[0]["TeamMembersLeft"], reports[0]["MonitorsLost"]) == (11, 1)
    teams = session_context(session).monitors.teams
    assert {team_id: dict(team.members) for team_id, team in teams.items()} == {
        team_id: dict(team.flags) for team_id, team in plant.population.teams.items() if team_id != 3
    }
    assert len(teams[1].members) == 64
    assert len(recorder.of("OnStopMonitoringAgent")) == 1
    assert agent.monitored_agent is None
    recorder.clear()
    large.set_agent_state("1002", AVAILABLE)
    large.set_agent_state("1075", NOT_READY)
    await until(lambda: recorder.of("OnMonitoredAgentStateChange"))
    assert {args["AgentID"] for args in recorder.of("OnMonitoredAgentStateChange")} == {"1075"}
