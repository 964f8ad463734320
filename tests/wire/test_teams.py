"""A supervisor's teams: their lists, their members, and the states of their agents."""

import pytest
from support.model import MakeSession, failed, soon, until
from support.struct_server import (
    AGENT_TEAM_CONFIG_EVENT,
    AVAILABLE,
    LIST_AGENT_TEAM_REQ,
    LOGOUT,
    MONITOR_AGENT_TEAM_START_REQ,
    MONITOR_AGENT_TEAM_STOP_REQ,
    NOT_READY,
    QUERY_AGENT_STATE_REQ,
    SET_AGENT_STATE_REQ,
    SNAPSHOT_DEVICE_REQ,
    Frame,
    Group,
    StructServer,
)
from support.supervisor_steps import SUPERVISOR_SERVICES, SupervisorDesk, open_supervisor
from support.wire_steps import (
    AGENT_SERVICES,
    OWN_MONITOR,
    FullRecorder,
    answer_opening,
    answer_query,
    disconnected,
    open_bulk,
    queried_agent,
    reconnected,
    report_state,
)

from ctios_fast import CilCode, ConnectionLost, MethodError, ProtocolError, RequestRefused, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.model.session_properties import session_context

TEAM, TEAM_MONITOR = 7, 81
#: ICMAgentID of every agent in the transcripts.
SKILL_TARGET = 5123
E_CTI_TEAM_NOT_FOUND, E_CTI_MONITOR_EXISTS = 65, 83
E_CTI_FUNCTION_NOT_AVAILABLE, E_CTI_SUPERVISOR_NOT_FOUND = 12, 64

A, B = ("1002", 0, NOT_READY), ("1003", 0, AVAILABLE)
#: The supervisor as a member of its own team: primary supervisor.
OWN = ("1001", 5, NOT_READY)


@pytest.fixture
async def desk(session: Session, server: StructServer, recorder: FullRecorder) -> SupervisorDesk:
    """A supervisor who is not ready."""
    desk = await open_supervisor(session, server)
    recorder.clear()
    return desk


def members(count: int) -> list[tuple[str, int, int]]:
    return [(str(2000 + number), 0, NOT_READY) for number in range(count)]


def joined(recorder: FullRecorder) -> list[str]:
    """The AgentIDs that OnNewAgentTeamMember has named, in order."""
    return [args["AgentID"] for args in recorder.of("OnNewAgentTeamMember")]


async def watched(desk: SupervisorDesk, team_id: int = TEAM, monitor_id: int = TEAM_MONITOR) -> None:
    """Monitor a team."""
    request = desk.agent.start_monitoring_agent_team(team_id=team_id)
    asked = await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ)
    assert asked.fixed("II")[1] == team_id
    desk.peer.monitor_start_conf(asked, monitor_id)
    await soon(request)


class TestMembers:
    async def test_a_team_in_two_messages_reports_each_member_once(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        team = members(70)
        desk.peer.team_config(TEAM, team[:64])
        desk.peer.team_config(TEAM, team[64:])
        await report_state(desk.peer, recorder)
        assert joined(recorder) == [agent_id for agent_id, _, _ in team]
        assert len(session_context(desk.session).monitors.teams[TEAM].members) == 70
        desk.peer.team_config(TEAM, team[:64])
        desk.peer.team_config(TEAM, team[64:])
        await report_state(desk.peer, recorder)
        assert len(joined(recorder)) == 70

    @pytest.mark.covers("IAgentEvents.OnNewAgentTeamMember")
    async def test_a_member_has_its_keywords(self, desk: SupervisorDesk, recorder: FullRecorder) -> None:
        desk.peer.team_config(TEAM, [OWN, A], name="Sales")
        args = await recorder.wait_for("OnNewAgentTeamMember", 2)
        assert dict(args) == {
            "PeripheralID": 5000,
            "UniqueObjectID": "agent.5000.1002",
            "AgentState": NOT_READY,
            "AgentID": "1002",
            "AgentExtension": "",
            "AgentInstrument": "",
            "EventReasonCode": 0,
            "AgentFlags": 0,
            "ConfigOperation": 1,
            "TeamID": TEAM,
            "SupervisorID": "1001",
            "AgentTeamName": "Sales",
            "StateDuration": 12,
        }
        assert recorder.of("OnNewAgentTeamMember")[0]["AgentFlags"] == 5
        assert desk.session.agents["1002"].state == NOT_READY

    async def test_members_join_and_leave(self, desk: SupervisorDesk, recorder: FullRecorder) -> None:
        desk.peer.team_config(TEAM, [A])
        desk.peer.team_config(TEAM, [B], operation=1)
        desk.peer.team_config(TEAM, [A], operation=2)
        desk.peer.team_config(TEAM, [A], operation=2)
        await report_state(desk.peer, recorder)
        changes = [(args["AgentID"], args["ConfigOperation"]) for args in recorder.of("OnNewAgentTeamMember")]
        assert changes == [("1002", 1), ("1003", 1), ("1002", 2)]

    async def test_a_whole_list_removes_who_is_not_in_it(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        desk.peer.team_config(TEAM, [A, B])
        desk.peer.team_config(TEAM, [B])
        await report_state(desk.peer, recorder)
        assert list(session_context(desk.session).monitors.teams[TEAM].members) == ["1003"]
        assert recorder.of("OnNewAgentTeamMember")[-1]["ConfigOperation"] == 2

    async def test_a_full_list_that_begins_again_is_another_list(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        desk.peer.team_config(TEAM, members(64))
        desk.peer.team_config(TEAM, members(3))
        await report_state(desk.peer, recorder)
        assert len(session_context(desk.session).monitors.teams[TEAM].members) == 3

    @pytest.mark.covers("Agent[AgentFlags]")
    async def test_an_agent_has_the_flags_of_its_teams(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        desk.peer.team_config(TEAM, [OWN, A])
        desk.peer.team_config(8, [("1002", 2, NOT_READY)])
        await report_state(desk.peer, recorder)
        assert desk.agent.agent_flags == desk.agent.get_value("AgentFlags") == 5
        assert desk.session.agents["1002"].agent_flags == 2
        assert desk.session.agent("1003").agent_flags is None

    async def test_other_flags_report_a_member_again(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        desk.peer.team_config(TEAM, [A])
        desk.peer.team_config(TEAM, [("1002", 4, NOT_READY)], operation=1)
        await report_state(desk.peer, recorder)
        assert [args["AgentFlags"] for args in recorder.of("OnNewAgentTeamMember")] == [0, 4]

    async def test_the_start_of_the_monitoring_reports_the_present_members_once_more(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        desk.peer.team_config(TEAM, [A])
        await report_state(desk.peer, recorder)
        assert joined(recorder) == ["1002"]
        request = desk.agent.start_monitoring_all_agent_teams()
        desk.peer.team_list_conf(await desk.peer.receive(LIST_AGENT_TEAM_REQ), [TEAM], 0, more=False)
        desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ), TEAM_MONITOR)
        await soon(request)
        assert joined(recorder) == ["1002", "1002"]

    async def test_an_agent_of_two_teams_is_one_object(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        desk.peer.team_config(TEAM, [A])
        desk.peer.team_config(8, [A])
        await report_state(desk.peer, recorder)
        assert [args["TeamID"] for args in recorder.of("OnNewAgentTeamMember")] == [TEAM, 8]
        assert list(desk.session.agents) == ["1001", "1002"]


class TestLookUp:
    async def test_the_session_shows_its_teams(self, desk: SupervisorDesk, recorder: FullRecorder) -> None:
        session = desk.session
        assert (dict(session.teams), session.team(TEAM)) == ({}, None)
        desk.peer.team_config(TEAM, [OWN, A, ("1004", 4, NOT_READY)], name="Sales")
        desk.peer.team_config(8, [A], name="")
        await report_state(desk.peer, recorder)
        assert list(session.teams) == [TEAM, 8]
        team = session.team(TEAM)
        assert team == session.teams[TEAM] == (TEAM, "Sales", {"1001": 5, "1002": 0, "1004": 4}, "1001")
        assert team.supervisors == ("1001", "1004")
        other = session.teams[8]
        assert (other.name, other.primary_supervisor, other.supervisors) == (None, None, ())

    async def test_a_team_is_shown_as_it_was_at_the_look_up(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        desk.peer.team_config(TEAM, [A])
        await report_state(desk.peer, recorder)
        before = desk.session.team(TEAM)
        desk.peer.team_config(TEAM, [B])
        await report_state(desk.peer, recorder)
        after = desk.session.team(TEAM)
        assert before is not None
        assert after is not None
        assert (list(before.members), list(after.members)) == (["1002"], ["1003"])
        with pytest.raises(TypeError):
            after.members["1009"] = 0  # type: ignore[index]
        with pytest.raises(TypeError):
            desk.session.teams[9] = after  # type: ignore[index]

    async def test_a_list_that_is_not_complete_ends_with_the_mode(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        desk.peer.team_config(TEAM, members(64))
        await report_state(desk.peer, recorder)
        team = session_context(desk.session).monitors.teams[TEAM]
        assert (team.is_listed, team.goes_on) == (True, True)
        await disconnected(desk.session, desk.peer)
        assert (team.is_listed, team.goes_on, team.is_stale) == (False, False, False)

    async def test_teams_end_with_the_mode(self, desk: SupervisorDesk, recorder: FullRecorder) -> None:
        desk.peer.team_config(TEAM, [A])
        await report_state(desk.peer, recorder)
        await disconnected(desk.session, desk.peer)
        assert (dict(desk.session.teams), desk.session.team(TEAM)) == ({}, None)

    @pytest.mark.parametrize("team_id", [-1, 1 << 32, "Sales", None])
    def test_a_number_that_cannot_be_a_team_id_is_refused(self, session: Session, team_id: object) -> None:
        with pytest.raises(MethodError, match="team_id"):
            session.team(team_id)  # type: ignore[arg-type]


class TestHostileLists:
    async def test_counts_that_contradict_the_list_remove_nobody(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        desk.peer.team_config(TEAM, [A, B])
        desk.peer.team_config(TEAM, [A], count=2)
        desk.peer.team_config(TEAM, [A], count=0)
        desk.peer.team_config(TEAM, [A], operation=9)
        await report_state(desk.peer, recorder)
        assert set(session_context(desk.session).monitors.teams[TEAM].members) == {"1002", "1003"}
        assert desk.session.counters()["team_lists_contradicting"] == 3

    async def test_what_a_member_lacks_is_not_taken_from_another_one(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        fixed = b"\0\0\x13\x88" + b"\0\0\0\7" + b"\0\2" + b"\0\0" + b"\0\0\0\0"
        desk.peer.send(
            AGENT_TEAM_CONFIG_EVENT, fixed, [(86, b"1002\0"), (86, b"1003\0"), (87, b"\0\4"), (88, b"\0\3")]
        )
        await report_state(desk.peer, recorder)
        assert [args["AgentFlags"] for args in recorder.of("OnNewAgentTeamMember")] == [0, 4]
        assert desk.session.agents["1002"].state is None
        assert desk.session.agents["1003"].state == AVAILABLE

    async def test_a_list_of_another_peripheral_is_counted(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        desk.peer.team_config(TEAM, [A], peripheral_id=5001)
        await report_state(desk.peer, recorder)
        assert joined(recorder) == []
        assert desk.session.counters()["events_of_unknown_teams"] == 1

    async def test_members_with_ids_that_are_too_long_or_empty_are_not_kept(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        desk.peer.team_config(TEAM, [("1" * 20, 0, NOT_READY), ("", 0, NOT_READY), A])
        await report_state(desk.peer, recorder)
        assert joined(recorder) == ["1002"]
        assert desk.session.counters()["agents_refused"] == 1

    async def test_a_team_of_100_000_is_taken_in(self, desk: SupervisorDesk, recorder: FullRecorder) -> None:
        await watched(desk)
        for start in range(0, 100_000, 64):
            part = [(str(100_000 + n), 0, NOT_READY) for n in range(start, min(start + 64, 100_000))]
            desk.peer.team_config(TEAM, part)
        await report_state(desk.peer, recorder)
        assert len(session_context(desk.session).monitors.teams[TEAM].members) == 100_000
        assert len(joined(recorder)) == 100_000
        await disconnected(desk.session, desk.peer)
        assert len(desk.session.agents) == 1

    async def test_teams_above_the_limit_are_refused_and_counted(
        self, make_session: MakeSession, server: StructServer
    ) -> None:
        desk = await open_supervisor(make_session(max_objects=3), server)
        recorder = FullRecorder(desk.session)
        for number in range(5):
            desk.peer.team_config(number, [A])
        await report_state(desk.peer, recorder)
        assert list(session_context(desk.session).monitors.teams) == [0, 1, 2]
        assert desk.session.counters()["teams_refused"] == 2


class TestListOfTeams:
    @pytest.mark.covers("Agent.RequestAgentTeamList")
    async def test_130_teams_come_in_three_segments(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        teams = list(range(1, 131))
        for team_id in teams:
            desk.peer.team_config(team_id, [(str(3000 + team_id), 0, NOT_READY)])
        await report_state(desk.peer, recorder)
        recorder.clear()
        request = desk.agent.request_agent_team_list()
        asked = await desk.peer.receive(LIST_AGENT_TEAM_REQ)
        assert asked.fixed("II")[1] == SKILL_TARGET
        for segment in range(3):
            part = teams[64 * segment : 64 * (segment + 1)]
            desk.peer.team_list_conf(asked, part, segment, more=segment < 2)
        assert await soon(request) == tuple(teams)
        assert joined(recorder) == [str(3000 + team_id) for team_id in teams]

    async def test_a_member_that_is_listed_during_the_request_is_reported_once(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        request = desk.agent.request_agent_team_list()
        asked = await desk.peer.receive(LIST_AGENT_TEAM_REQ)
        desk.peer.team_config(TEAM, [A])
        desk.peer.team_list_conf(asked, [TEAM, TEAM], 0, more=False)
        assert await soon(request) == (TEAM,)
        assert joined(recorder) == ["1002"]

    async def test_segments_that_never_end_fail_the_request(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        request = desk.agent.request_agent_team_list()
        asked = await desk.peer.receive(LIST_AGENT_TEAM_REQ)
        for segment in range(1500):
            desk.peer.team_list_conf(asked, list(range(64)), segment, more=True)
        with pytest.raises(ProtocolError, match="more than 1024 segments"):
            await soon(request)
        await report_state(desk.peer, recorder)
        assert joined(recorder) == []

    async def test_a_refusal_fires_a_control_failure(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        request = desk.agent.request_agent_team_list(supervisor_id=9)
        asked = await desk.peer.receive(LIST_AGENT_TEAM_REQ)
        assert asked.fixed("II")[1] == 9
        desk.peer.failure_conf(asked, E_CTI_TEAM_NOT_FOUND)
        with pytest.raises(RequestRefused):
            await soon(request)
        assert recorder.of("OnControlFailureConf")[0]["UniqueObjectID"] == "agent.5000.1001"

    @pytest.mark.parametrize("status", [E_CTI_FUNCTION_NOT_AVAILABLE, E_CTI_SUPERVISOR_NOT_FOUND])
    @pytest.mark.parametrize("method", ["request_agent_team_list", "start_monitoring_all_agent_teams"])
    async def test_a_refusal_for_lack_of_a_supervisor_names_the_cure(
        self, desk: SupervisorDesk, method: str, status: int
    ) -> None:
        request = getattr(desk.agent, method)()
        desk.peer.failure_conf(await desk.peer.receive(LIST_AGENT_TEAM_REQ), status)
        with pytest.raises(RequestRefused, match=r"Agent\(supervisor=True\)") as error:
            await soon(request)
        assert error.value.status == status

    async def test_a_team_that_the_server_refuses_to_monitor_names_the_cure(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        request = desk.agent.start_monitoring_agent_team(team_id=9)
        desk.peer.failure_conf(await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ), E_CTI_TEAM_NOT_FOUND)
        with pytest.raises(RequestRefused) as error:
            await soon(request)
        assert error.value.cure.startswith("request_agent_team_list() answers with the TeamIDs")
        assert error.value.cure in recorder.of("OnControlFailureConf")[0]["ErrorMessage"]

    async def test_an_agents_session_says_what_to_do(self, session: Session, server: StructServer) -> None:
        desk = await open_supervisor(session, server, services=AGENT_SERVICES)
        for method in (desk.agent.request_agent_team_list, desk.agent.start_monitoring_all_agent_teams):
            with pytest.raises(MethodError, match=r"Agent\(supervisor=True\)") as error:
                method()
            assert error.value.code == CilCode.E_CTIOS_MODE_CONFLICT
        with pytest.raises(MethodError, match=r"session\.current_agent"):
            desk.session.agent("1002").request_agent_team_list()

    @pytest.mark.parametrize(
        ("method", "values"),
        [
            ("start_monitoring_agent_team", {}),
            ("stop_monitoring_agent_team", {"team_id": "x"}),
            ("start_monitoring_all_agent_teams", {"supervisor_id": -1}),
            ("request_agent_team_list", {"supervisor_id": -1}),
            ("start_monitoring_agent", {}),
            ("stop_monitoring_agent", {}),
            ("start_monitoring_call", {"call": "call.5000.1.2", "by_server": True}),
            ("supervise_call", {}),
        ],
    )
    async def test_the_missing_service_is_named_whatever_values_are_wrong(
        self, session: Session, server: StructServer, method: str, values: dict[str, object]
    ) -> None:
        desk = await open_supervisor(session, server, services=AGENT_SERVICES)
        with pytest.raises(MethodError) as error:
            getattr(desk.agent, method)(**values)
        assert error.value.code == CilCode.E_CTIOS_MODE_CONFLICT


class TestStates:
    async def test_a_members_logout_is_monitored_and_ends_nothing(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        desk.peer.team_config(TEAM, [OWN, A])
        await watched(desk)
        recorder.clear()
        for state in (AVAILABLE, LOGOUT):
            desk.peer.agent_state_event(state, agent_id="1002", instrument="3002", monitor_id=TEAM_MONITOR)
        await report_state(desk.peer, recorder)
        assert recorder.names == [
            "OnMonitoredAgentStateChange",
            "OnMonitoredAgentStateChange",
            "OnAgentStateChange",
        ]
        args = recorder.of("OnMonitoredAgentStateChange")[1]
        assert (args["AgentState"], args["Monitored"], args["UniqueObjectID"]) == (
            LOGOUT,
            True,
            "agent.5000.1002",
        )
        assert desk.session.is_connected()

    @pytest.mark.parametrize("monitored_first", [True, False])
    async def test_the_supervisors_own_logout_is_reported_once(
        self, desk: SupervisorDesk, recorder: FullRecorder, monitored_first: bool
    ) -> None:
        desk.peer.team_config(TEAM, [OWN])
        await watched(desk)
        recorder.clear()
        copies = [TEAM_MONITOR, OWN_MONITOR] if monitored_first else [OWN_MONITOR, TEAM_MONITOR]
        for monitor_id in copies:
            desk.peer.agent_state_event(LOGOUT, monitor_id=monitor_id)
        await recorder.wait_for("OnPostLogout")
        await recorder.wait_for("OnMonitoredAgentStateChange")
        own = ["OnPreLogout", "OnAgentStateChange", "OnPostLogout"]
        monitored = ["OnMonitoredAgentStateChange"]
        assert recorder.names == (monitored + own if monitored_first else own + monitored)

    async def test_a_logout_that_was_asked_for_is_answered_after_all_its_events(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        await watched(desk)
        recorder.clear()
        request = desk.agent.logout()
        asked = await desk.peer.receive(SET_AGENT_STATE_REQ)
        desk.peer.state_conf(asked)
        desk.peer.agent_state_event(LOGOUT, monitor_id=TEAM_MONITOR)
        await recorder.wait_for("OnMonitoredAgentStateChange")
        assert not request.done()
        desk.peer.agent_state_event(LOGOUT, monitor_id=OWN_MONITOR)
        await soon(request)
        assert recorder.names[-1] == "OnPostLogout"

    async def test_a_member_without_a_list_is_heard_too(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        await watched(desk)
        desk.peer.agent_state_event(AVAILABLE, agent_id="1009", instrument="3009", monitor_id=TEAM_MONITOR)
        await recorder.wait_for("OnMonitoredAgentStateChange")
        assert desk.session.agents["1009"].state == AVAILABLE
        assert desk.session.counters()["events_of_unknown_monitors"] == 0


class TestStatesFromBefore:
    """The states of members that changed while nothing monitored the team."""

    @pytest.fixture
    async def listed(self, desk: SupervisorDesk, recorder: FullRecorder) -> SupervisorDesk:
        """A team of three, as the opening lists it."""
        desk.peer.team_config(TEAM, [OWN, A, B])
        await report_state(desk.peer, recorder)
        recorder.clear()
        return desk

    async def test_each_member_is_asked_for_when_the_monitoring_starts(
        self, listed: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        await watched(listed)
        queries = [await listed.peer.receive(QUERY_AGENT_STATE_REQ) for _ in range(2)]
        assert [queried_agent(each) for each in queries] == ["1002", "1003"]
        assert listed.session.agents["1003"].is_doubtful
        answer_query(listed.peer, queries[0], NOT_READY)
        answer_query(listed.peer, queries[1], LOGOUT)
        args = await recorder.wait_for("OnMonitoredAgentStateChange")
        assert [args[name] for name in ("AgentID", "AgentState", "EventReasonCode", "Recovered")] == [
            "1003",
            LOGOUT,
            0,
            True,
        ]
        assert recorder.names == [
            "OnQueryAgentStateConf",
            "OnQueryAgentStateConf",
            "OnMonitoredAgentStateChange",
        ]
        assert (listed.session.agents["1002"].state, listed.session.agents["1003"].state) == (
            NOT_READY,
            LOGOUT,
        )

    async def test_an_answer_does_not_replace_the_state_of_an_event(
        self, listed: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        await watched(listed)
        queries = [await listed.peer.receive(QUERY_AGENT_STATE_REQ) for _ in range(2)]
        listed.peer.agent_state_event(AVAILABLE, agent_id="1002", instrument="3002", monitor_id=TEAM_MONITOR)
        for query in queries:
            answer_query(listed.peer, query, LOGOUT)
        await recorder.wait_for("OnMonitoredAgentStateChange", 2)
        assert listed.session.agents["1002"].state == AVAILABLE
        assert [args["AgentID"] for args in recorder.of("OnMonitoredAgentStateChange")] == ["1002", "1003"]

    async def test_a_refused_query_leaves_the_state_doubtful(
        self, listed: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        await watched(listed)
        listed.peer.failure_conf(await listed.peer.receive(QUERY_AGENT_STATE_REQ), E_CTI_TEAM_NOT_FOUND)
        answer_query(listed.peer, await listed.peer.receive(QUERY_AGENT_STATE_REQ), AVAILABLE)
        await until(lambda: listed.session.counters()["first_queries_failed"] == 1)
        assert listed.session.agents["1002"].is_doubtful
        listed.peer.agent_state_event(AVAILABLE, agent_id="1002", instrument="3002", monitor_id=TEAM_MONITOR)
        await recorder.wait_for("OnMonitoredAgentStateChange")
        assert not listed.session.agents["1002"].is_doubtful

    async def test_members_that_another_monitor_reports_are_not_asked_for(
        self, listed: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        await watched(listed)
        for _ in range(2):
            answer_query(listed.peer, await listed.peer.receive(QUERY_AGENT_STATE_REQ), AVAILABLE)
        listed.peer.team_config(8, [A, ("1004", 0, AVAILABLE)])
        await report_state(listed.peer, recorder)
        await watched(listed, 8, 82)
        query = await listed.peer.receive(QUERY_AGENT_STATE_REQ)
        assert queried_agent(query) == "1004"

    async def test_members_are_asked_for_again_when_the_monitoring_starts_again(
        self, listed: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        for _ in range(2):
            await watched(listed)
            for state in (NOT_READY, LOGOUT):
                answer_query(listed.peer, await listed.peer.receive(QUERY_AGENT_STATE_REQ), state)
            stopping = listed.agent.stop_monitoring_agent_team(team_id=TEAM)
            listed.peer.monitor_stop_conf(await listed.peer.receive(MONITOR_AGENT_TEAM_STOP_REQ))
            await soon(stopping)

    async def test_a_member_of_a_later_list_has_the_state_that_the_list_says(
        self, listed: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        listed.peer.team_config(TEAM, [OWN, ("1002", 0, LOGOUT), B])
        await recorder.wait_for("OnNewAgentTeamMember")
        await report_state(listed.peer, recorder)
        assert listed.session.agents["1002"].state == LOGOUT
        assert [(args["AgentID"], args["AgentState"]) for args in recorder.of("OnNewAgentTeamMember")] == [
            ("1002", LOGOUT)
        ]

    async def test_a_list_does_not_replace_a_state_that_events_report(
        self, listed: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        await watched(listed)
        for _ in range(2):
            answer_query(listed.peer, await listed.peer.receive(QUERY_AGENT_STATE_REQ), AVAILABLE)
        await recorder.wait_for("OnQueryAgentStateConf", 2)
        listed.peer.team_config(TEAM, [("1001", 5, LOGOUT), ("1002", 0, LOGOUT), ("1003", 0, LOGOUT)])
        await report_state(listed.peer, recorder)
        assert [each.state for each in listed.session.agents.values()] == [NOT_READY, AVAILABLE, AVAILABLE]

    async def test_an_agent_who_joins_a_monitored_team_has_the_state_that_the_message_says(
        self, listed: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        await watched(listed, 8, 82)
        listed.peer.team_config(8, [("1002", 0, LOGOUT)], operation=1)
        await report_state(listed.peer, recorder)
        assert listed.session.agents["1002"].state == LOGOUT

    async def test_a_loss_leaves_the_members_to_the_repair(
        self,
        listed: SupervisorDesk,
        recorder: FullRecorder,
        server: StructServer,
        clock: ManualClock,
    ) -> None:
        await watched(listed)
        await listed.peer.receive(QUERY_AGENT_STATE_REQ)
        peer = await reconnected(listed.session, listed.peer, server, clock)
        await answer_opening(peer, state=NOT_READY, services=SUPERVISOR_SERVICES)
        peer.team_list_conf(await peer.receive(LIST_AGENT_TEAM_REQ), [TEAM], 0, more=False)
        peer.monitor_start_conf(await peer.receive(MONITOR_AGENT_TEAM_START_REQ), 181)
        for _ in range(2):
            answer_query(peer, await peer.receive(QUERY_AGENT_STATE_REQ), LOGOUT)
        peer.device_conf(await peer.receive(SNAPSHOT_DEVICE_REQ))
        report = await recorder.wait_for("OnRecovered")
        assert [report[name] for name in ("AgentsAsked", "LogoutsFound", "GivenUp")] == [3, 0, 0]
        assert [each.state for each in listed.session.agents.values()] == [NOT_READY, LOGOUT, LOGOUT]
        assert listed.session.counters()["first_queries_failed"] == 0

    async def test_a_change_before_the_monitor_starts_again_is_found(
        self,
        listed: SupervisorDesk,
        recorder: FullRecorder,
        server: StructServer,
        clock: ManualClock,
    ) -> None:
        await watched(listed)
        for _ in range(2):
            answer_query(listed.peer, await listed.peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
        await recorder.wait_for("OnQueryAgentStateConf", 2)
        peer = await reconnected(listed.session, listed.peer, server, clock)
        await answer_opening(peer, state=NOT_READY, services=SUPERVISOR_SERVICES)
        peer.team_list_conf(await peer.receive(LIST_AGENT_TEAM_REQ), [TEAM], 0, more=False)
        # an answer from before this confirmation would be out of date
        peer.monitor_start_conf(await peer.receive(MONITOR_AGENT_TEAM_START_REQ), 181)
        for state in (AVAILABLE, LOGOUT):
            answer_query(peer, await peer.receive(QUERY_AGENT_STATE_REQ), state)
        peer.device_conf(await peer.receive(SNAPSHOT_DEVICE_REQ))
        report = await recorder.wait_for("OnRecovered")
        assert [report[name] for name in ("AgentsAsked", "LogoutsFound")] == [3, 1]
        assert [each.state for each in listed.session.agents.values()] == [NOT_READY, AVAILABLE, LOGOUT]


class TestFoundStates:
    """What the event of a state that a repair found says, from the answer to the query."""

    SALES, HELP = Group(11, 5011, 0, NOT_READY), Group(12, 5012, 1, AVAILABLE)

    async def repaired(
        self,
        desk: SupervisorDesk,
        server: StructServer,
        clock: ManualClock,
        recorder: FullRecorder,
        *,
        own: tuple[Group, ...] = (),
        state: int,
        groups: tuple[Group, ...],
    ) -> None:
        """Lose the connection. The repair finds the supervisor with ``own``, the member with the others."""
        peer = await reconnected(desk.session, desk.peer, server, clock)
        await answer_opening(peer, state=NOT_READY, services=SUPERVISOR_SERVICES, groups=own)
        peer.team_list_conf(await peer.receive(LIST_AGENT_TEAM_REQ), [TEAM], 0, more=False)
        peer.monitor_start_conf(await peer.receive(MONITOR_AGENT_TEAM_START_REQ), 181)
        query = await peer.receive(QUERY_AGENT_STATE_REQ)
        peer.query_conf(query, state, agent_id="1002", instrument="3002", groups=groups)
        peer.device_conf(await peer.receive(SNAPSHOT_DEVICE_REQ))
        await recorder.wait_for("OnRecovered")

    @pytest.fixture
    async def member(self, desk: SupervisorDesk, recorder: FullRecorder) -> SupervisorDesk:
        """A monitored member, who is not ready in the group SALES."""
        desk.peer.team_config(TEAM, [OWN, A])
        await report_state(desk.peer, recorder)
        await watched(desk)
        query = await desk.peer.receive(QUERY_AGENT_STATE_REQ)
        desk.peer.query_conf(query, NOT_READY, agent_id="1002", instrument="3002", groups=[self.SALES])
        await recorder.wait_for("OnQueryAgentStateConf")
        recorder.clear()
        return desk

    async def test_the_event_of_another_agent_has_the_first_group_of_the_answer(
        self, member: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
    ) -> None:
        await self.repaired(member, server, clock, recorder, state=AVAILABLE, groups=(self.HELP, self.SALES))
        (args,) = recorder.of("OnMonitoredAgentStateChange")
        assert {
            name: value for name, value in args.items() if name.startswith(("SkillGroup", "Peripheral"))
        } == {
            "PeripheralID": 5000,
            "PeripheralType": 17,
            "SkillGroupNumber": 12,
            "SkillGroupID": 5012,
            "SkillGroupPriority": 1,
            "SkillGroupState": AVAILABLE,
        }
        assert (args["AgentState"], args["EventReasonCode"], args["Recovered"]) == (AVAILABLE, 0, True)

    async def test_an_answer_without_groups_leaves_the_null_values(
        self, member: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
    ) -> None:
        await self.repaired(member, server, clock, recorder, state=LOGOUT, groups=())
        (args,) = recorder.of("OnMonitoredAgentStateChange")
        assert (args["SkillGroupNumber"], args["SkillGroupID"]) == (0xFFFFFFFF, 0xFFFFFFFF)

    async def test_a_change_of_the_groups_alone_is_reported(
        self, member: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
    ) -> None:
        member.peer.agent_state_event(
            NOT_READY, 7, agent_id="1002", instrument="3002", monitor_id=TEAM_MONITOR, group=self.SALES
        )
        await recorder.wait_for("OnMonitoredAgentStateChange")
        recorder.clear()
        help_only = self.HELP._replace(state=NOT_READY)
        await self.repaired(member, server, clock, recorder, state=NOT_READY, groups=(help_only,))
        (args,) = recorder.of("OnMonitoredAgentStateChange")
        keywords = ("AgentID", "AgentState", "EventReasonCode", "SkillGroupNumber", "Recovered")
        assert [args[keyword] for keyword in keywords] == ["1002", NOT_READY, 7, 12, True]

    async def test_the_same_groups_in_another_order_are_not_reported(
        self, member: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
    ) -> None:
        member.peer.agent_state_event(
            NOT_READY,
            agent_id="1002",
            instrument="3002",
            monitor_id=TEAM_MONITOR,
            groups=[self.SALES, self.HELP],
        )
        await recorder.wait_for("OnMonitoredAgentStateChange")
        recorder.clear()
        await self.repaired(member, server, clock, recorder, state=NOT_READY, groups=(self.HELP, self.SALES))
        assert recorder.of("OnMonitoredAgentStateChange") == []

    async def test_a_change_of_the_own_groups_is_reported(
        self, member: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
    ) -> None:
        await report_state(member.peer, recorder, groups=[self.SALES])
        recorder.clear()
        both = (self.SALES, self.HELP)
        await self.repaired(member, server, clock, recorder, own=both, state=NOT_READY, groups=(self.SALES,))
        (args,) = recorder.of("OnAgentStateChange")
        keywords = ("AgentID", "AgentState", "PeripheralType", "SkillGroupNumber", "Recovered")
        assert [args[keyword] for keyword in keywords] == ["1001", NOT_READY, 17, 11, True]
        assert member.agent.get_value_array("SkillGroup[2]")["SkillGroupNumber"] == 12
        assert recorder.of("OnMonitoredAgentStateChange") == []


class TestAllTeams:
    @pytest.mark.covers("Agent.StartMonitoringAllAgentTeams", "Agent.StopMonitoringAllAgentTeams")
    async def test_all_teams_are_started_and_stopped(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        request = desk.agent.start_monitoring_all_agent_teams()
        asked = await desk.peer.receive(LIST_AGENT_TEAM_REQ)
        teams = list(range(1, 101))
        desk.peer.team_list_conf(asked, teams[:64], 0, more=True)
        desk.peer.team_list_conf(asked, teams[64:], 1, more=False)
        for team_id in teams:
            start = await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ)
            assert start.fixed("II")[1] == team_id
            desk.peer.monitor_start_conf(start, 1000 + team_id)
        assert await soon(request) == tuple(teams)
        stopping = desk.agent.stop_monitoring_all_agent_teams()
        for team_id in teams:
            stop = await desk.peer.receive(MONITOR_AGENT_TEAM_STOP_REQ)
            assert stop.fixed("II")[1] == 1000 + team_id
            desk.peer.monitor_stop_conf(stop)
        assert await soon(stopping) == tuple(teams)
        monitors = session_context(desk.session).monitors
        assert (monitors.by_id, monitors.wanted, monitors.starting) == ({}, {}, {})

    async def test_a_refused_team_leaves_the_others_monitored(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        request = desk.agent.start_monitoring_all_agent_teams()
        asked = await desk.peer.receive(LIST_AGENT_TEAM_REQ)
        desk.peer.team_list_conf(asked, [1, 2, 3], 0, more=False)
        for number in range(3):
            start = await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ)
            if number == 1:
                desk.peer.failure_conf(start, E_CTI_TEAM_NOT_FOUND)
            else:
                desk.peer.monitor_start_conf(start, 100 + number)
        with pytest.raises(RequestRefused):
            await soon(request)
        assert set(session_context(desk.session).monitors.by_id) == {100, 102}
        assert len(recorder.of("OnControlFailureConf")) == 1

    @pytest.mark.covers("Agent.StartMonitoringAgentTeam", "Agent.StopMonitoringAgentTeam")
    async def test_a_team_is_monitored_once(self, desk: SupervisorDesk) -> None:
        first = desk.agent.start_monitoring_agent_team(team_id=TEAM)
        second = desk.agent.start_monitoring_agent_team({"TeamID": TEAM})
        desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ), TEAM_MONITOR)
        await soon(first)
        await soon(second)
        await soon(desk.agent.start_monitoring_agent_team(team_id=TEAM))
        stopping = desk.agent.stop_monitoring_agent_team(team_id=TEAM)
        desk.peer.monitor_stop_conf(await desk.peer.receive(MONITOR_AGENT_TEAM_STOP_REQ))
        await soon(stopping)

    async def test_a_team_that_is_stopped_before_it_is_confirmed_is_stopped_then(
        self, desk: SupervisorDesk
    ) -> None:
        starting = desk.agent.start_monitoring_agent_team(team_id=TEAM)
        asked = await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ)
        stopping = desk.agent.stop_monitoring_agent_team(team_id=TEAM)
        desk.peer.monitor_start_conf(asked, TEAM_MONITOR)
        desk.peer.monitor_stop_conf(await desk.peer.receive(MONITOR_AGENT_TEAM_STOP_REQ))
        await soon(starting)
        await soon(stopping)
        assert session_context(desk.session).monitors.by_id == {}

    async def test_a_team_that_is_stopped_and_started_before_it_is_confirmed_is_started_once(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        desk.peer.team_config(TEAM, [OWN, A])
        await report_state(desk.peer, recorder)
        starting = desk.agent.start_monitoring_agent_team(team_id=TEAM)
        stopping = desk.agent.stop_monitoring_agent_team(team_id=TEAM)
        again = desk.agent.start_monitoring_agent_team(team_id=TEAM)
        desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ), TEAM_MONITOR)
        for each in (starting, stopping, again):
            await soon(each)
        await desk.peer.receive(QUERY_AGENT_STATE_REQ)  # nothing comes before it
        assert desk.session.agents["1002"].is_heard
        assert set(session_context(desk.session).monitors.by_id) == {TEAM_MONITOR}

    async def test_a_team_is_not_heard_if_the_connection_is_lost_while_its_monitor_ends(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        desk.peer.team_config(TEAM, [OWN, A])
        await report_state(desk.peer, recorder)
        await watched(desk)
        stopping = desk.agent.stop_monitoring_agent_team(team_id=TEAM)
        await desk.peer.receive(MONITOR_AGENT_TEAM_STOP_REQ)
        desk.peer.reset()
        with pytest.raises(ConnectionLost):
            await soon(stopping)
        assert not desk.session.agents["1002"].is_heard

    async def test_a_team_that_is_not_monitored_cannot_be_stopped(self, desk: SupervisorDesk) -> None:
        with pytest.raises(MethodError, match="team 7 is not monitored"):
            desk.agent.stop_monitoring_agent_team(team_id=TEAM)
        with pytest.raises(MethodError, match="needs TeamID"):
            desk.agent.start_monitoring_agent_team()

    async def test_a_late_confirmation_stops_the_monitor_that_nobody_waits_for(
        self, desk: SupervisorDesk, clock: ManualClock
    ) -> None:
        request = desk.agent.start_monitoring_agent_team(team_id=TEAM, timeout=5)
        asked = await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ)
        clock.advance(6)
        assert request.exception() is not None
        desk.peer.monitor_start_conf(asked, TEAM_MONITOR)
        stop = await desk.peer.receive(MONITOR_AGENT_TEAM_STOP_REQ)
        assert stop.fixed("II")[1] == TEAM_MONITOR
        desk.peer.monitor_stop_conf(stop)
        await until(lambda: not session_context(desk.session).monitors.by_id)

    async def test_a_late_confirmation_serves_the_next_request(
        self, desk: SupervisorDesk, recorder: FullRecorder, clock: ManualClock
    ) -> None:
        first = desk.agent.start_monitoring_agent_team(team_id=TEAM, timeout=5)
        asked = await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ)
        clock.advance(6)
        assert first.exception() is not None
        second = desk.agent.start_monitoring_agent_team(team_id=TEAM)
        again = await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ)
        desk.peer.monitor_start_conf(asked, TEAM_MONITOR)
        desk.peer.failure_conf(again, E_CTI_MONITOR_EXISTS)
        await soon(second)
        assert set(session_context(desk.session).monitors.by_id) == {TEAM_MONITOR}
        assert not recorder.of("OnControlFailureConf")

    async def test_a_monitor_that_is_confirmed_twice_is_kept_once(
        self, desk: SupervisorDesk, clock: ManualClock
    ) -> None:
        second = await self._confirmed_late(desk, clock)
        desk.peer.monitor_start_conf(second, TEAM_MONITOR + 1)
        stop = await desk.peer.receive(MONITOR_AGENT_TEAM_STOP_REQ)
        assert stop.fixed("II")[1] == TEAM_MONITOR + 1
        desk.peer.monitor_stop_conf(stop)
        monitors = session_context(desk.session).monitors
        await until(lambda: set(monitors.by_id) == {TEAM_MONITOR})
        assert [each.monitor_id for each in monitors.wanted.values()] == [TEAM_MONITOR]

    async def test_no_monitor_is_left_if_it_is_stopped_between_two_confirmations(
        self, desk: SupervisorDesk, clock: ManualClock
    ) -> None:
        second = await self._confirmed_late(desk, clock)
        stopping = desk.agent.stop_monitoring_agent_team(team_id=TEAM)
        desk.peer.monitor_start_conf(second, TEAM_MONITOR + 1)
        stopped = set()
        for _ in range(2):
            stop = await desk.peer.receive(MONITOR_AGENT_TEAM_STOP_REQ)
            stopped.add(stop.fixed("II")[1])
            desk.peer.monitor_stop_conf(stop)
        assert stopped == {TEAM_MONITOR, TEAM_MONITOR + 1}
        await soon(stopping)
        await until(lambda: not session_context(desk.session).monitors.by_id)

    async def _confirmed_late(self, desk: SupervisorDesk, clock: ManualClock) -> Frame:
        # Confirms a request too late, while another one is on its way; returns that one.
        first = desk.agent.start_monitoring_agent_team(team_id=TEAM, timeout=5)
        asked = await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ)
        clock.advance(6)
        assert first.exception() is not None
        desk.agent.start_monitoring_agent_team(team_id=TEAM)
        again = await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ)
        desk.peer.monitor_start_conf(asked, TEAM_MONITOR)
        await until(lambda: TEAM_MONITOR in session_context(desk.session).monitors.by_id)
        return again

    async def test_members_listed_after_a_stop_before_the_confirmation_are_not_monitored(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        starting = desk.agent.start_monitoring_agent_team(team_id=TEAM)
        asked = await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ)
        stopping = desk.agent.stop_monitoring_agent_team(team_id=TEAM)
        desk.peer.monitor_start_conf(asked, TEAM_MONITOR)
        desk.peer.monitor_stop_conf(await desk.peer.receive(MONITOR_AGENT_TEAM_STOP_REQ))
        await soon(starting)
        await soon(stopping)
        desk.peer.team_config(TEAM, [A])
        await recorder.wait_for("OnNewAgentTeamMember")
        assert not desk.session.agents["1002"].is_heard

    async def test_members_listed_while_the_monitor_ends_are_not_monitored(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        await watched(desk)
        stopping = desk.agent.stop_monitoring_agent_team(team_id=TEAM)
        stop = await desk.peer.receive(MONITOR_AGENT_TEAM_STOP_REQ)
        desk.peer.team_config(TEAM, [A])
        await recorder.wait_for("OnNewAgentTeamMember")
        desk.peer.monitor_stop_conf(stop)
        await soon(stopping)
        assert not desk.session.agents["1002"].is_heard

    async def test_a_team_that_is_wanted_again_after_a_stop_that_timed_out_is_monitored_again(
        self, desk: SupervisorDesk, recorder: FullRecorder, clock: ManualClock
    ) -> None:
        desk.peer.team_config(TEAM, [A])
        await recorder.wait_for("OnNewAgentTeamMember")
        await watched(desk)
        stopping = desk.agent.stop_monitoring_agent_team(team_id=TEAM, timeout=2)
        stop = await desk.peer.receive(MONITOR_AGENT_TEAM_STOP_REQ)
        clock.advance(3)
        assert stopping.exception() is not None
        await soon(desk.agent.start_monitoring_agent_team(team_id=TEAM))
        await desk.peer.receive(QUERY_AGENT_STATE_REQ)  # of the first start
        desk.peer.monitor_stop_conf(stop)
        desk.peer.monitor_start_conf(await desk.peer.receive(MONITOR_AGENT_TEAM_START_REQ), TEAM_MONITOR + 1)
        await until(lambda: desk.session.agents["1002"].is_heard)
        assert set(session_context(desk.session).monitors.by_id) == {TEAM_MONITOR + 1}

    async def test_a_stop_that_is_confirmed_after_the_next_monitor_leaves_the_team_monitored(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        desk.peer.team_config(TEAM, [A])
        await recorder.wait_for("OnNewAgentTeamMember")
        await watched(desk)
        await desk.peer.receive(QUERY_AGENT_STATE_REQ)
        stopping = desk.agent.stop_monitoring_agent_team(team_id=TEAM)
        stop = await desk.peer.receive(MONITOR_AGENT_TEAM_STOP_REQ)
        await watched(desk, monitor_id=TEAM_MONITOR + 1)
        desk.peer.monitor_stop_conf(stop)
        await soon(stopping)
        assert desk.session.agents["1002"].is_heard
        assert set(session_context(desk.session).monitors.by_id) == {TEAM_MONITOR + 1}

    async def test_a_stop_of_all_teams_before_they_are_listed_starts_none(
        self, desk: SupervisorDesk, recorder: FullRecorder
    ) -> None:
        starting = desk.agent.start_monitoring_all_agent_teams(supervisor_id=SKILL_TARGET)
        asked = await desk.peer.receive(LIST_AGENT_TEAM_REQ)
        await soon(desk.agent.stop_monitoring_all_agent_teams())
        desk.peer.team_list_conf(asked, [TEAM, TEAM + 1], 0, more=False)
        with pytest.raises(MethodError, match="was stopped meanwhile"):
            await soon(starting)
        monitors = session_context(desk.session).monitors
        assert (monitors.wanted, monitors.starting, monitors.all_teams_of) == ({}, {}, None)


class TestBulkMode:
    async def test_only_the_members_of_a_monitored_team_are_monitored(
        self, session: Session, server: StructServer, recorder: FullRecorder
    ) -> None:
        peer = await open_bulk(session, server)
        supervisor = session.agent("1001")
        peer.team_config(TEAM, [A])
        await recorder.wait_for("OnNewAgentTeamMember")
        await soon(supervisor.start_monitoring_agent_team(team_id=TEAM))
        recorder.clear()
        for agent_id in ("1002", "1003"):
            for state in (NOT_READY, LOGOUT):
                peer.agent_state_event(state, agent_id=agent_id, instrument=f"3{agent_id[1:]}")
        await recorder.wait_for("OnPostLogout")
        assert recorder.names == [
            "OnMonitoredAgentStateChange",
            "OnMonitoredAgentStateChange",
            "OnAgentStateChange",
            "OnPreLogout",
            "OnAgentStateChange",
            "OnPostLogout",
        ]
        await soon(supervisor.stop_monitoring_agent_team(team_id=TEAM))
        peer.agent_state_event(NOT_READY, agent_id="1002", instrument="3002")
        await recorder.wait_for("OnAgentStateChange", 3)

    async def test_all_teams_cannot_be_monitored_before_any_is_known(
        self, session: Session, server: StructServer, recorder: FullRecorder
    ) -> None:
        peer = await open_bulk(session, server)
        supervisor = session.agent("1001")
        with pytest.raises(MethodError, match=r"start_monitoring_agent_team\(team_id=.*members=") as error:
            supervisor.start_monitoring_all_agent_teams()
        assert error.value.code == CilCode.E_CTIOS_MODE_CONFLICT
        peer.team_config(TEAM, [A])
        await recorder.wait_for("OnNewAgentTeamMember")
        assert await soon(supervisor.start_monitoring_all_agent_teams()) == (TEAM,)
        peer.agent_state_event(NOT_READY, agent_id="1002", instrument="3002")
        await recorder.wait_for("OnMonitoredAgentStateChange")

    async def test_the_program_may_name_the_members(
        self, session: Session, server: StructServer, recorder: FullRecorder
    ) -> None:
        peer = await open_bulk(session, server)
        supervisor = session.agent("1001")
        with pytest.raises(MethodError, match="give them as members="):
            supervisor.start_monitoring_agent_team(team_id=TEAM)
        await soon(supervisor.start_monitoring_agent_team(team_id=TEAM, members=["1002"]))
        peer.agent_state_event(NOT_READY, agent_id="1002", instrument="3002")
        await recorder.wait_for("OnMonitoredAgentStateChange")


async def test_a_supervisor_whose_skill_target_is_not_known_is_queried(
    session: Session, server: StructServer
) -> None:
    peer = await open_bulk(session, server)
    request = session.agent("1001").request_agent_team_list()
    peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
    asked = await peer.receive(LIST_AGENT_TEAM_REQ)
    assert asked.fixed("II")[1] == SKILL_TARGET
    peer.team_list_conf(asked, [TEAM], 0, more=False)
    assert await soon(request) == (TEAM,)


async def test_monitoring_before_a_session_is_open_fails_the_request(session: Session) -> None:
    error = await failed(session.agent("1001").start_monitoring_agent_team(team_id=TEAM))
    assert error.code == CilCode.E_CTIOS_SESSION_NOT_CONNECTED
