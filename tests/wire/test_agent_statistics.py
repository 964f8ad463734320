"""Statistics of agents: when the session queries them, and what it does with the answers."""

from collections.abc import Mapping
from itertools import pairwise

import pytest
from support.call_messages import Connection
from support.call_steps import DEVICE, SECOND, CallDesk
from support.model import failing, soon, until
from support.statistics_messages import (
    AGENT_FIGURES,
    QUERY_AGENT_STATISTICS_REQ,
    QUERY_GROUP_STATISTICS_REQ,
    agent_asked,
    agent_statistics_conf,
    numbered,
)
from support.struct_server import (
    AVAILABLE,
    LOGOUT,
    MONITOR_AGENT_TEAM_START_REQ,
    MONITOR_AGENT_TEAM_STOP_REQ,
    NOT_READY,
    OPEN_REQ,
    QUERY_AGENT_STATE_REQ,
    SET_AGENT_STATE_REQ,
    TALKING,
    WORK_NOT_READY,
    StructServer,
)
from support.supervisor_steps import open_supervisor
from support.wire_steps import (
    AGENT_SERVICES,
    FOREIGN_MONITOR,
    OWN_MONITOR,
    Desk,
    FullRecorder,
    answer_query,
    connected,
    disconnected,
    open_agent,
    reconnected,
    recovered,
    report_state,
    request_for_state,
    signed_in,
)

from ctios_fast import Arguments, CilCode, MethodError, RequestRefused, Session
from ctios_fast.connection.clock import ManualClock

pytestmark = pytest.mark.usefixtures("keywords")

AnyDesk = Desk | CallDesk

CALL, OTHER_CALL = Connection(501, DEVICE), Connection(502, DEVICE)
INTERVAL = 30.0


async def answered(desk: AnyDesk, figures: Mapping[str, int] | None = None, agent_id: str = "1001") -> None:
    """Receive the query for the agent's statistics and answer it; wait for the event."""
    count = len(desk.recorder.of("OnAgentStatistics"))
    request = await desk.peer.receive(QUERY_AGENT_STATISTICS_REQ)
    assert agent_asked(request) == agent_id
    agent_statistics_conf(desk.peer, request, figures, agent_id=agent_id)
    await desk.recorder.wait_for("OnAgentStatistics", count + 1)


async def enabled(desk: AnyDesk, **settings: object) -> None:
    """Enable the statistics of the desk's agent, and answer the first query."""
    assert desk.agent is not None
    desk.agent.enable_agent_statistics(**settings)  # type: ignore[arg-type]
    await answered(desk)
    desk.recorder.clear()


async def check_silence(desk: AnyDesk, clock: ManualClock, seconds: float = 10 * INTERVAL) -> None:
    """Let time pass: the client sends nothing until the test asks for something."""
    for _ in range(10):
        clock.advance(seconds / 10)
    assert desk.agent is not None
    query = desk.agent.query_agent_state()
    request = await desk.peer.receive(QUERY_AGENT_STATE_REQ)
    desk.peer.query_conf(request, desk.agent.state or LOGOUT)
    await soon(query)


async def end_call(calls: CallDesk, connection: Connection) -> None:
    """Send END_CALL, and wait until the client has it."""
    count = len(calls.of("OnCallEnd"))
    calls.send("END_CALL", connection)
    await calls.recorder.wait_for("OnCallEnd", count + 1)


# --- Queries ----------------------------------------------------------------------------------------


@pytest.mark.covers(
    *(f"Agent.Statistics[{name}]" for name in AGENT_FIGURES),
    "Agent[Statistics]",
    "IAgentEvents.OnAgentStatistics",
)
@pytest.mark.parametrize("version", [14, 19, 25])
async def test_a_query_names_the_agent_and_its_answer_has_84_figures(desk: Desk) -> None:
    figures = numbered(AGENT_FIGURES)
    query = desk.agent.query_agent_statistics()
    await answered(desk, figures)
    answer = await soon(query)
    assert answer["AvailTimeSession"] == figures["AvailTimeSession"]
    assert desk.agent.statistics is not None
    assert dict(desk.agent.statistics) == figures
    assert len(figures) == 84
    (args,) = desk.recorder.of("OnAgentStatistics")
    assert args == {
        "PeripheralID": 5000,
        "AgentExtension": "3001",
        "AgentID": "1001",
        "AgentInstrument": "3001",
        "UniqueObjectID": "agent.5000.1001",
        **figures,
    }
    assert desk.agent.get_value_array("Statistics") == figures


async def test_a_refused_query_fails_and_is_reported(desk: Desk) -> None:
    query = desk.agent.query_agent_statistics()
    desk.peer.failure_conf(await desk.peer.receive(QUERY_AGENT_STATISTICS_REQ), 13)
    with pytest.raises(RequestRefused):
        await soon(query)
    (args,) = desk.recorder.of("OnControlFailureConf")
    assert (args["UniqueObjectID"], args["MessageType"]) == ("agent.5000.1001", 112)


@pytest.mark.parametrize("other", [{"agent_id": "1002"}, {"peripheral_id": 5001}])
async def test_an_answer_about_another_agent_is_counted(desk: Desk, other: dict[str, object]) -> None:
    query = desk.agent.query_agent_statistics()
    agent_statistics_conf(desk.peer, await desk.peer.receive(QUERY_AGENT_STATISTICS_REQ), **other)  # type: ignore[arg-type]
    await soon(query)
    assert desk.agent.statistics is None
    assert desk.recorder.of("OnAgentStatistics") == []
    assert desk.session.counters()["events_of_unknown_agents"] == 1


# --- The interval -----------------------------------------------------------------------------------


@pytest.mark.covers("Agent.EnableAgentStatistics")
@pytest.mark.parametrize("interval", [5.0, INTERVAL, 300.0])
async def test_statistics_are_asked_for_at_the_interval(
    desk: Desk, clock: ManualClock, interval: float
) -> None:
    await enabled(desk, interval=interval)
    began = clock.time()
    times = []
    while len(times) < 10:
        before = desk.session.counters()["statistics_queries"]
        clock.advance(interval / 100)
        if desk.session.counters()["statistics_queries"] > before:
            await answered(desk)
            times.append(clock.time())
    assert times[0] - began <= interval * 1.02
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert all(0.8 * interval <= gap <= 1.2 * interval for gap in gaps), gaps


async def test_without_an_interval_statistics_are_asked_for_once(desk: Desk, clock: ManualClock) -> None:
    await enabled(desk, interval=None)
    await check_silence(desk, clock)


async def test_enabling_again_replaces_the_interval(desk: Desk, clock: ManualClock) -> None:
    await enabled(desk, interval=5)
    await enabled(desk, interval=None)
    await check_silence(desk, clock)


async def test_a_query_without_an_answer_is_not_repeated_before_its_timeout(
    desk: Desk, clock: ManualClock
) -> None:
    await enabled(desk, interval=5)
    clock.advance(6)
    request = await desk.peer.receive(QUERY_AGENT_STATISTICS_REQ)
    for _ in range(4):
        clock.advance(5)
    counters = desk.session.counters()
    assert (counters["open_requests"], counters["statistics_queries_left_out"]) == (1, 4)
    agent_statistics_conf(desk.peer, request)
    await desk.recorder.wait_for("OnAgentStatistics")
    clock.advance(5)
    await answered(desk)


@pytest.mark.parametrize("settings", [{"interval": 0}, {"interval": -1}, {"interval": "soon"}])
async def test_an_interval_must_be_a_number_above_0(desk: Desk, settings: dict[str, object]) -> None:
    enable = desk.agent.enable_agent_statistics
    assert failing(lambda: enable(**settings)) == CilCode.E_CTIOS_INVALID_ARGUMENT  # type: ignore[arg-type]


async def test_at_call_end_must_be_a_boolean(desk: Desk) -> None:
    enable = desk.agent.enable_agent_statistics
    assert failing(lambda: enable(at_call_end="maybe")) == CilCode.E_CTIOS_INVALID_ARGUMENT  # type: ignore[arg-type]


async def test_refused_queries_are_reported_and_repeated_at_the_interval(
    desk: Desk, clock: ManualClock
) -> None:
    desk.agent.enable_agent_statistics(Arguments(), interval=INTERVAL)
    for count in (1, 2, 3):
        desk.peer.failure_conf(await desk.peer.receive(QUERY_AGENT_STATISTICS_REQ), 13)
        args = await desk.recorder.wait_for("OnControlFailureConf", count)
        assert (args["UniqueObjectID"], args["MessageType"]) == ("agent.5000.1001", 112)
        clock.advance(INTERVAL)
    counters = desk.session.counters()
    assert counters["statistics_queries_failed"] == 3
    assert desk.recorder.of("OnAgentStatistics") == []


# --- The end of a call ------------------------------------------------------------------------------


async def test_one_query_follows_each_end_of_a_call_and_of_the_work_after_it(
    calls: CallDesk, clock: ManualClock
) -> None:
    await enabled(calls, interval=None)
    for count in (1, 2, 3):
        await calls.open_calls(CALL)
        await report_state(calls.peer, calls.recorder, TALKING)
        await report_state(calls.peer, calls.recorder, WORK_NOT_READY)
        await end_call(calls, CALL)
        assert calls.session.counters()["statistics_queries"] == count
        await report_state(calls.peer, calls.recorder, AVAILABLE)
        await answered(calls)
        await report_state(calls.peer, calls.recorder, NOT_READY)
    await check_silence(calls, clock)


async def test_the_query_follows_the_work_also_if_the_call_ends_before_the_work_begins(
    calls: CallDesk,
) -> None:
    await enabled(calls, interval=None)
    await calls.open_calls(CALL)
    await report_state(calls.peer, calls.recorder, TALKING)
    await end_call(calls, CALL)
    await report_state(calls.peer, calls.recorder, WORK_NOT_READY)
    assert calls.session.counters()["statistics_queries"] == 1
    await report_state(calls.peer, calls.recorder, NOT_READY)
    await answered(calls)


async def test_without_work_after_the_call_the_query_follows_its_end(calls: CallDesk) -> None:
    await enabled(calls, interval=None)
    await calls.open_calls(CALL)
    await report_state(calls.peer, calls.recorder, TALKING)
    await report_state(calls.peer, calls.recorder, NOT_READY)
    assert calls.session.counters()["statistics_queries"] == 1
    calls.send("END_CALL", CALL)
    await answered(calls)


async def test_calls_that_end_before_the_agent_is_free_are_followed_by_one_query(
    calls: CallDesk, clock: ManualClock
) -> None:
    await enabled(calls, interval=None)
    await calls.open_calls(CALL, OTHER_CALL)
    await report_state(calls.peer, calls.recorder, TALKING)
    await end_call(calls, CALL)
    await end_call(calls, OTHER_CALL)
    await report_state(calls.peer, calls.recorder, AVAILABLE)
    await answered(calls)
    await check_silence(calls, clock)


async def test_no_query_follows_a_call_if_none_is_wanted(calls: CallDesk, clock: ManualClock) -> None:
    await enabled(calls, interval=None, at_call_end=False)
    await calls.open_calls(CALL)
    await end_call(calls, CALL)
    await check_silence(calls, clock)


async def test_a_call_of_another_monitor_is_not_a_call_of_the_agent(
    calls: CallDesk, clock: ManualClock
) -> None:
    await calls.monitor()
    await enabled(calls, interval=None)
    monitored = Connection(601, SECOND)
    calls.connect(monitored, monitor_id=FOREIGN_MONITOR)
    calls.send("END_CALL", monitored, monitor_id=FOREIGN_MONITOR)
    await calls.settle()
    assert len(calls.of("OnMonitoredCallEnd")) == 1
    await check_silence(calls, clock)


async def test_in_bulk_mode_the_query_names_the_agent_at_the_device_of_the_call(bulk_calls: CallDesk) -> None:
    peer, recorder = bulk_calls.peer, bulk_calls.recorder
    for number in (1, 2):
        peer.agent_state_event(NOT_READY, agent_id=f"100{number}", instrument=f"300{number}")
    await recorder.wait_for("OnAgentStateChange", 2)
    for agent in bulk_calls.session.agents.values():
        agent.enable_agent_statistics(interval=None)
        await answered(bulk_calls, agent_id=agent.agent_id)
    there = Connection(501, SECOND)
    bulk_calls.connect(there)
    bulk_calls.send("END_CALL", there)
    await answered(bulk_calls, agent_id="1002")


# --- Disabling and logging out ----------------------------------------------------------------------


@pytest.mark.covers("Agent.DisableAgentStatistics")
async def test_no_query_follows_a_disable(desk: Desk, clock: ManualClock) -> None:
    await enabled(desk)
    desk.agent.disable_agent_statistics(Arguments())
    await check_silence(desk, clock)


async def test_no_query_follows_a_call_after_a_disable(calls: CallDesk, clock: ManualClock) -> None:
    await enabled(calls)
    await calls.open_calls(CALL)
    await report_state(calls.peer, calls.recorder, TALKING)
    await end_call(calls, CALL)
    assert calls.agent is not None
    calls.agent.disable_agent_statistics()
    await report_state(calls.peer, calls.recorder, NOT_READY)
    await check_silence(calls, clock)


async def test_an_answer_after_a_disable_is_ignored_and_counted(desk: Desk, clock: ManualClock) -> None:
    desk.agent.enable_agent_statistics()
    request = await desk.peer.receive(QUERY_AGENT_STATISTICS_REQ)
    desk.agent.disable_agent_statistics()
    agent_statistics_conf(desk.peer, request)
    await until(lambda: desk.session.counters()["statistics_ignored"] == 1)
    assert desk.recorder.of("OnAgentStatistics") == []
    assert desk.agent.statistics is None
    await check_silence(desk, clock)


async def test_a_refusal_after_a_disable_is_not_reported(desk: Desk) -> None:
    desk.agent.enable_agent_statistics()
    request = await desk.peer.receive(QUERY_AGENT_STATISTICS_REQ)
    desk.agent.disable_agent_statistics()
    desk.peer.failure_conf(request, 13)
    await until(lambda: desk.session.counters()["statistics_queries_failed"] == 1)
    assert desk.recorder.of("OnControlFailureConf") == []


async def test_statistics_disabled_before_the_logout_request_are_asked_for_no_more(
    desk: Desk, clock: ManualClock
) -> None:
    await enabled(desk, interval=5)
    desk.agent.disable_agent_statistics()
    logout = desk.agent.logout()
    request = await request_for_state(desk, LOGOUT)
    clock.advance(20)
    desk.peer.agent_state_event(LOGOUT, monitor_id=OWN_MONITOR)
    desk.peer.state_conf(request)
    assert await soon(logout) == LOGOUT
    await check_silence(desk, clock)
    assert desk.session.counters()["statistics_queries"] == 1


async def test_statistics_disabled_on_receipt_of_the_logout_state_are_asked_for_no_more(
    desk: Desk, clock: ManualClock
) -> None:
    await enabled(desk)

    def on_change(args: Arguments) -> None:
        if args["AgentState"] == LOGOUT:
            desk.agent.disable_agent_statistics()

    desk.session.subscribe("OnAgentStateChange", on_change)
    logout = desk.agent.logout()
    request = await request_for_state(desk, LOGOUT)
    desk.peer.agent_state_event(LOGOUT, monitor_id=OWN_MONITOR)
    desk.peer.state_conf(request)
    assert await soon(logout) == LOGOUT
    assert "OnPostLogout" in desk.recorder.names
    await check_silence(desk, clock)
    assert desk.session.counters()["statistics_queries"] == 1


async def test_a_logged_out_agent_is_not_asked_for_until_its_login(desk: Desk, clock: ManualClock) -> None:
    await enabled(desk)
    await report_state(desk.peer, desk.recorder, LOGOUT)
    await check_silence(desk, clock)
    await report_state(desk.peer, desk.recorder, NOT_READY)
    await answered(desk)
    clock.advance(INTERVAL)
    await answered(desk)


async def test_statistics_enabled_before_the_login_are_asked_for_after_it(
    session: Session, server: StructServer, recorder: FullRecorder, clock: ManualClock
) -> None:
    desk = await open_agent(session, server, recorder)
    desk.agent.enable_agent_statistics()
    await check_silence(desk, clock)
    login = desk.agent.login()
    request = await desk.peer.receive(SET_AGENT_STATE_REQ)
    desk.peer.agent_state_event(NOT_READY, monitor_id=OWN_MONITOR)
    desk.peer.state_conf(request)
    await soon(login)
    await answered(desk)


# --- Losses -----------------------------------------------------------------------------------------


async def test_statistics_survive_a_fail_over_and_nothing_is_sent_before_the_repair(
    session: Session,
    server: StructServer,
    other_server: StructServer,
    recorder: FullRecorder,
    clock: ManualClock,
) -> None:
    desk = await signed_in(await open_agent(session, server, recorder, other=other_server))
    await enabled(desk, interval=5)
    clock.advance(5)
    await desk.peer.receive(QUERY_AGENT_STATISTICS_REQ)  # in the middle of a query
    server.stop()
    peer = await reconnected(session, desk.peer, other_server, clock)
    opening = await peer.receive(OPEN_REQ)
    for _ in range(5):
        clock.advance(4)  # intervals go on, but nothing can be sent
    peer.open_conf(opening, services=AGENT_SERVICES, monitor_id=OWN_MONITOR, agent_state=NOT_READY)
    query = await peer.receive(QUERY_AGENT_STATE_REQ)
    clock.advance(4)
    peer.query_conf(query, NOT_READY)
    desk = desk._replace(peer=peer)
    await recovered(desk)
    counters = session.counters()
    assert counters["statistics_queries"] == 2
    assert counters["statistics_queries_failed"] == 1
    assert counters["statistics_queries_left_out"] >= 5
    clock.advance(5)
    await answered(desk)


async def test_an_agent_that_a_fail_over_logged_out_is_not_asked_for(
    session: Session,
    server: StructServer,
    other_server: StructServer,
    recorder: FullRecorder,
    clock: ManualClock,
) -> None:
    desk = await signed_in(await open_agent(session, server, recorder, other=other_server))
    await enabled(desk)
    server.stop()
    peer = await reconnected(session, desk.peer, other_server, clock)
    peer.open_conf(await peer.receive(OPEN_REQ), services=AGENT_SERVICES, monitor_id=OWN_MONITOR)
    peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), LOGOUT)
    await recorder.wait_for("OnRecovered")
    await check_silence(desk._replace(peer=peer), clock)


async def test_a_disconnect_ends_statistics(desk: Desk, server: StructServer, clock: ManualClock) -> None:
    await enabled(desk)
    await disconnected(desk.session, desk.peer)
    assert clock.next_due is None or clock.next_due > INTERVAL
    peer = await connected(desk.session, server)
    opening = desk.session.set_agent(desk.agent)
    peer.open_conf(
        await peer.receive(OPEN_REQ), services=AGENT_SERVICES, monitor_id=OWN_MONITOR, agent_state=NOT_READY
    )
    peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
    await soon(opening)
    again = desk._replace(peer=peer)
    await check_silence(again, clock)
    await enabled(again)


async def test_statistics_need_a_mode(session: Session, server: StructServer, desk: Desk) -> None:
    await disconnected(session, desk.peer)
    assert failing(desk.agent.enable_agent_statistics) == CilCode.E_CTIOS_SESSION_NOT_CONNECTED
    desk.agent.disable_agent_statistics()


# --- Load -------------------------------------------------------------------------------------------


async def test_a_bounded_number_of_queries_is_unanswered_at_once(bulk_calls: CallDesk) -> None:
    peer, recorder = bulk_calls.peer, bulk_calls.recorder
    agents = [str(number) for number in range(2000, 2100)]
    for agent_id in agents:
        peer.agent_state_event(NOT_READY, agent_id=agent_id, instrument=agent_id)
    await recorder.wait_for("OnAgentStateChange", len(agents))
    for agent in bulk_calls.session.agents.values():
        agent.enable_agent_statistics()
    assert bulk_calls.session.counters()["open_requests"] == 32
    asked = []
    for _ in agents:
        request = await peer.receive(QUERY_AGENT_STATISTICS_REQ)
        asked.append(agent_asked(request))
        assert bulk_calls.session.counters()["open_requests"] <= 32
        agent_statistics_conf(peer, request, agent_id=asked[-1], instrument=asked[-1])
    await recorder.wait_for("OnAgentStatistics", len(agents))
    assert asked == agents


# --- Other agents than the session's own --------------------------------------------------------------


class TestTeamMember:
    """A member of a supervisor's team, in agent mode."""

    @pytest.fixture
    async def team(self, session: Session, server: StructServer, recorder: FullRecorder) -> Desk:
        """The member 1002 of a team that is not monitored, who is not ready, in place of the desk's agent."""
        desk = await open_supervisor(session, server)
        desk.peer.team_config(7, [("1002", 0, NOT_READY)])
        await recorder.wait_for("OnNewAgentTeamMember")
        recorder.clear()
        return Desk(session, session.agents["1002"], desk.peer, recorder)

    async def watched(self, team: Desk, state: int = NOT_READY) -> None:
        """Monitor the team; the member is in that state."""
        supervisor = team.session.agents["1001"]
        request = supervisor.start_monitoring_agent_team(team_id=7)
        team.peer.monitor_start_conf(await team.peer.receive(MONITOR_AGENT_TEAM_START_REQ), FOREIGN_MONITOR)
        await soon(request)
        answer_query(team.peer, await team.peer.receive(QUERY_AGENT_STATE_REQ), state)
        await team.recorder.wait_for("OnQueryAgentStateConf")
        team.recorder.clear()

    async def stopped(self, team: Desk) -> None:
        """Monitor the team no more."""
        request = team.session.agents["1001"].stop_monitoring_agent_team(team_id=7)
        team.peer.monitor_stop_conf(await team.peer.receive(MONITOR_AGENT_TEAM_STOP_REQ))
        await soon(request)

    @pytest.mark.parametrize("method", ["enable_agent_statistics", "enable_skill_group_statistics"])
    async def test_statistics_need_a_monitor_that_reports_the_logout(self, team: Desk, method: str) -> None:
        assert not team.agent.is_heard
        with pytest.raises(MethodError, match=r"start_monitoring_all_agent_teams\(\)") as error:
            getattr(team.agent, method)()
        assert error.value.code == CilCode.E_CTIOS_MODE_CONFLICT
        await self.watched(team)
        assert team.agent.is_heard
        getattr(team.agent, method)()

    async def test_a_logout_that_the_monitor_reports_ends_the_queries(
        self, team: Desk, clock: ManualClock
    ) -> None:
        await self.watched(team)
        team.agent.enable_agent_statistics(interval=INTERVAL)
        await answered(team, agent_id="1002")
        team.peer.agent_state_event(LOGOUT, agent_id="1002", instrument="3002", monitor_id=FOREIGN_MONITOR)
        await team.recorder.wait_for("OnMonitoredAgentStateChange")
        await check_silence(team, clock)

    async def test_the_end_of_the_monitoring_pauses_the_queries(self, team: Desk, clock: ManualClock) -> None:
        await self.watched(team)
        team.agent.enable_agent_statistics(interval=INTERVAL)
        await answered(team, agent_id="1002")
        await self.stopped(team)
        assert not team.agent.is_heard
        await check_silence(team, clock)
        await self.watched(team)
        await answered(team, agent_id="1002")

    async def test_a_member_that_logged_out_meanwhile_is_not_asked_for(
        self, team: Desk, clock: ManualClock
    ) -> None:
        await self.watched(team)
        team.agent.enable_agent_statistics(interval=INTERVAL)
        await answered(team, agent_id="1002")
        await self.stopped(team)
        await self.watched(team, LOGOUT)
        await check_silence(team, clock)

    async def test_the_end_of_the_monitoring_pauses_the_queries_for_its_groups(
        self, team: Desk, clock: ManualClock
    ) -> None:
        await self.watched(team)
        team.agent.enable_skill_group_statistics({"SkillGroupNumbers": [1]}, interval=INTERVAL)
        await team.peer.receive(QUERY_GROUP_STATISTICS_REQ)
        await self.stopped(team)
        await check_silence(team, clock)
        await self.watched(team)
        await until(lambda: team.session.counters()["statistics_queries"] == 2)

    async def test_a_member_that_leaves_the_team_is_not_asked_for(
        self, team: Desk, clock: ManualClock
    ) -> None:
        await self.watched(team)
        team.agent.enable_agent_statistics(interval=INTERVAL)
        await answered(team, agent_id="1002")
        team.peer.team_config(7, [("1002", 0, NOT_READY)], operation=2)
        await team.recorder.wait_for("OnNewAgentTeamMember")
        team.recorder.clear()
        await check_silence(team, clock)
