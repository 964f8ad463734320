"""Members who left a team while the connection was lost: the server's lists over the next connection."""

import pytest
from support.model import MakeSession, soon, until
from support.struct_server import (
    AVAILABLE,
    HEARTBEAT_REQ,
    LIST_AGENT_TEAM_REQ,
    MONITOR_START_REQ,
    MONITOR_STOP_REQ,
    NOT_READY,
    OPEN_REQ,
    QUERY_AGENT_STATE_REQ,
    SNAPSHOT_DEVICE_REQ,
    Frame,
    Peer,
    StructServer,
)
from support.supervisor_steps import SUPERVISOR_SERVICES, SupervisorDesk, open_supervisor
from support.wire_steps import (
    BULK_SERVICES,
    OWN_MONITOR,
    FullRecorder,
    answer_query,
    open_bulk,
    queried_agent,
    reconnected,
    report_state,
)

from ctios_fast import Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.model.session_properties import session_context

TEAM, OTHER_TEAM = 7, 8
#: ConfigOperation: the whole list, members that join, members that leave.
WHOLE, ADD, REMOVE = 0, 1, 2
A, B, C = ("1002", 0, NOT_READY), ("1003", 0, NOT_READY), ("1004", 0, NOT_READY)
E_CTI_FUNCTION_NOT_AVAILABLE, E_CTI_TEAM_NOT_FOUND, E_CTI_SUPERVISOR_NOT_FOUND = 12, 65, 64


def numbered(count: int, start: int = 2000) -> list[tuple[str, int, int]]:
    return [(str(start + number), 0, NOT_READY) for number in range(count)]


def ids(members: list[tuple[str, int, int]]) -> list[str]:
    return [agent_id for agent_id, _, _ in members]


class Gap:
    """A supervisor's session, and the server's end of its connections."""

    def __init__(
        self, desk: SupervisorDesk, recorder: FullRecorder, server: StructServer, clock: ManualClock
    ) -> None:
        self.desk = desk
        self.peer = desk.peer
        self.recorder = recorder
        self._server = server
        self._clock = clock

    def members(self, team_id: int = TEAM) -> set[str]:
        return set(session_context(self.desk.session).monitors.teams[team_id].members)

    async def listed(self, *teams: tuple[int, list[tuple[str, int, int]]]) -> None:
        """List teams over the first connection, and clear the record."""
        for team_id, members in teams:
            for start in range(0, len(members), 64):
                self.peer.team_config(team_id, members[start : start + 64], operation=ADD)
        await report_state(self.peer, self.recorder)
        self.recorder.clear()

    async def lost(self, services: int = SUPERVISOR_SERVICES) -> Peer:
        """Let the connection break and the session open another one; the lists of teams can follow."""
        self.peer = await reconnected(self.desk.session, self.peer, self._server, self._clock)
        request = await self.peer.receive(OPEN_REQ)
        self.peer.open_conf(request, services=services, monitor_id=OWN_MONITOR, agent_state=NOT_READY)
        return self.peer

    async def answered_until_list(self) -> Frame:
        """Answer the queries for agents; return the request for the list of teams."""
        while (request := await self.peer.receive_any()).number == QUERY_AGENT_STATE_REQ:
            answer_query(self.peer, request, NOT_READY)
        return request

    async def repaired(self, teams: list[int]) -> dict[str, object]:
        """Answer the repair up to its end; return its report."""
        request = await self.answered_until_list()
        assert request.number == LIST_AGENT_TEAM_REQ
        self.peer.team_list_conf(request, teams, 0, more=False)
        return await self.rest_repaired()

    async def rest_repaired(self) -> dict[str, object]:
        self.peer.device_conf(await self.peer.receive(SNAPSHOT_DEVICE_REQ))
        return dict(await self.recorder.wait_for("OnRecovered"))

    def changes(self) -> list[tuple[int, str, int, bool]]:
        """TeamID, AgentID, ConfigOperation and Recovered of each OnNewAgentTeamMember."""
        return [
            (args["TeamID"], args["AgentID"], args["ConfigOperation"], args.get("Recovered", False))
            for args in self.recorder.of("OnNewAgentTeamMember")
        ]


@pytest.fixture
async def gap(session: Session, server: StructServer, recorder: FullRecorder, clock: ManualClock) -> Gap:
    gap = Gap(await open_supervisor(session, server), recorder, server, clock)
    recorder.clear()
    return gap


class TestLists:
    @pytest.mark.parametrize("operation", [WHOLE, ADD])
    async def test_a_member_that_is_not_listed_again_has_left(self, gap: Gap, operation: int) -> None:
        await gap.listed((TEAM, [A, B]))
        peer = await gap.lost()
        peer.team_config(TEAM, [A], operation=operation)
        report = await gap.repaired([TEAM])
        assert gap.changes() == [(TEAM, "1003", REMOVE, True)]
        assert gap.members() == {"1002"}
        assert report["TeamMembersLeft"] == 1

    async def test_a_list_of_the_same_members_removes_nobody(self, gap: Gap) -> None:
        await gap.listed((TEAM, [A, B]))
        peer = await gap.lost()
        peer.team_config(TEAM, [B, A], operation=ADD)
        report = await gap.repaired([TEAM])
        assert gap.changes() == []
        assert report["TeamMembersLeft"] == 0

    async def test_a_member_that_joined_in_the_gap_is_reported(self, gap: Gap) -> None:
        await gap.listed((TEAM, [A]))
        peer = await gap.lost()
        peer.team_config(TEAM, [C], operation=ADD)
        await gap.repaired([TEAM])
        assert gap.changes() == [(TEAM, "1004", ADD, False), (TEAM, "1002", REMOVE, True)]

    async def test_an_empty_list_removes_all_members(self, gap: Gap) -> None:
        await gap.listed((TEAM, [A, B]))
        peer = await gap.lost()
        peer.team_config(TEAM, [], operation=ADD)
        report = await gap.repaired([TEAM])
        assert gap.members() == set()
        assert report["TeamMembersLeft"] == 2

    @pytest.mark.parametrize("count", [64, 70, 128])
    async def test_a_list_in_full_messages_is_complete_at_the_end_of_the_opening(
        self, gap: Gap, recorder: FullRecorder, count: int
    ) -> None:
        await gap.listed((TEAM, [*numbered(count), A]))
        peer = await gap.lost()
        for start in range(0, count, 64):
            peer.team_config(TEAM, numbered(count)[start : start + 64], operation=ADD)
        report = await gap.repaired([TEAM])
        assert gap.members() == set(ids(numbered(count)))
        assert gap.changes() == [(TEAM, "1002", REMOVE, True)]
        assert report["TeamMembersLeft"] == 1

    async def test_nothing_is_removed_before_the_lists_are_complete(self, gap: Gap) -> None:
        await gap.listed((TEAM, numbered(70)))
        peer = await gap.lost()
        peer.team_config(TEAM, numbered(64), operation=ADD)
        request = await gap.answered_until_list()
        assert gap.changes() == []
        peer.team_config(TEAM, numbered(5, 2064), operation=ADD)
        peer.team_list_conf(request, [TEAM], 0, more=False)
        await gap.rest_repaired()
        assert gap.changes() == [(TEAM, "2069", REMOVE, True)]

    async def test_members_that_join_before_the_list_are_part_of_it(self, gap: Gap) -> None:
        await gap.listed((TEAM, [A, B]))
        peer = await gap.lost()
        peer.team_config(TEAM, [C], operation=ADD)
        peer.team_config(TEAM, [A, B, C], operation=ADD)
        await gap.repaired([TEAM])
        assert gap.changes() == [(TEAM, "1004", ADD, False)]

    async def test_a_member_that_leaves_after_the_list_is_reported_once(self, gap: Gap) -> None:
        await gap.listed((TEAM, [A, B]))
        peer = await gap.lost()
        peer.team_config(TEAM, [A, B], operation=ADD)
        peer.team_config(TEAM, [A], operation=REMOVE)
        report = await gap.repaired([TEAM])
        assert gap.changes() == [(TEAM, "1002", REMOVE, False)]
        assert report["TeamMembersLeft"] == 0

    async def test_lists_of_several_teams_may_mix(self, gap: Gap) -> None:
        await gap.listed((TEAM, [*numbered(70), A]), (OTHER_TEAM, [A, B]))
        peer = await gap.lost()
        peer.team_config(TEAM, numbered(64), operation=ADD)
        peer.team_config(OTHER_TEAM, [B], operation=ADD)
        peer.team_config(TEAM, numbered(6, 2064), operation=ADD)
        await gap.repaired([TEAM, OTHER_TEAM])
        assert gap.changes() == [(TEAM, "1002", REMOVE, True), (OTHER_TEAM, "1002", REMOVE, True)]

    async def test_a_list_whose_count_contradicts_it_removes_nobody(self, gap: Gap) -> None:
        await gap.listed((TEAM, [A, B]))
        peer = await gap.lost()
        peer.team_config(TEAM, [A], operation=ADD, count=2)
        peer.team_config(TEAM, [A], operation=ADD)
        report = await gap.repaired([TEAM])
        assert gap.members() == {"1002", "1003"}
        assert report["TeamMembersLeft"] == 0

    async def test_a_primary_supervisor_that_left_is_forgotten(self, gap: Gap) -> None:
        await gap.listed((TEAM, [A, ("1009", 5, NOT_READY)]))
        peer = await gap.lost()
        peer.team_config(TEAM, [A], operation=ADD)
        await gap.repaired([TEAM])
        assert session_context(gap.desk.session).monitors.teams[TEAM].primary_supervisor is None


class TestTeams:
    async def test_a_team_that_no_longer_exists_loses_its_members(self, gap: Gap) -> None:
        await gap.listed((TEAM, [A]), (OTHER_TEAM, [A, B]))
        peer = await gap.lost()
        peer.team_config(TEAM, [A], operation=ADD)
        report = await gap.repaired([TEAM])
        assert set(gap.changes()) == {
            (OTHER_TEAM, "1002", REMOVE, True),
            (OTHER_TEAM, "1003", REMOVE, True),
        }
        assert list(session_context(gap.desk.session).monitors.teams) == [TEAM]
        assert report["TeamMembersLeft"] == 2

    async def test_the_teams_come_in_segments(self, gap: Gap, recorder: FullRecorder) -> None:
        teams = list(range(1, 66))
        await gap.listed(*((each, [A]) for each in (*teams, 66)))
        peer = await gap.lost()
        request = await gap.answered_until_list()
        peer.team_list_conf(request, teams[:64], 0, more=True)
        await report_state(peer, recorder)
        assert gap.changes() == []
        peer.team_list_conf(request, teams[64:], 1, more=False)
        await gap.rest_repaired()
        assert gap.changes() == [(66, "1002", REMOVE, True)]

    async def test_a_team_without_a_list_keeps_its_members(self, gap: Gap) -> None:
        await gap.listed((TEAM, [A]), (OTHER_TEAM, [A]))
        peer = await gap.lost()
        peer.team_config(TEAM, [A], operation=ADD)
        await gap.repaired([TEAM, OTHER_TEAM])
        assert gap.changes() == []

    async def test_a_refused_list_of_teams_ends_no_team(self, gap: Gap) -> None:
        await gap.listed((TEAM, [A, B]), (OTHER_TEAM, [A]))
        peer = await gap.lost()
        peer.team_config(TEAM, [A], operation=ADD)
        peer.failure_conf(await gap.answered_until_list(), E_CTI_SUPERVISOR_NOT_FOUND)
        await gap.rest_repaired()
        assert gap.changes() == [(TEAM, "1003", REMOVE, True)]

    async def test_a_busy_server_is_asked_again(
        self, gap: Gap, recorder: FullRecorder, clock: ManualClock
    ) -> None:
        await gap.listed((TEAM, [A]), (OTHER_TEAM, [A]))
        peer = await gap.lost()
        peer.failure_conf(await gap.answered_until_list(), E_CTI_FUNCTION_NOT_AVAILABLE)
        peer.device_conf(await peer.receive(SNAPSHOT_DEVICE_REQ))
        await until(lambda: clock.next_due == clock.time() + 1.0)
        clock.advance(1.0)
        peer.team_list_conf(await peer.receive(LIST_AGENT_TEAM_REQ), [TEAM], 0, more=False)
        await recorder.wait_for("OnRecovered")
        assert gap.changes() == [(OTHER_TEAM, "1002", REMOVE, True)]

    async def test_the_teams_are_not_asked_for_without_a_skill_target(
        self, gap: Gap, caplog: pytest.LogCaptureFixture
    ) -> None:
        await gap.listed((TEAM, [A, B]), (OTHER_TEAM, [A]))
        await gap.lost()
        gap.peer.team_config(TEAM, [A], operation=ADD)
        for _ in range(4):  # the own agent, both members, and the own agent for its skill target
            query = await gap.peer.receive(QUERY_AGENT_STATE_REQ)
            gap.peer.query_conf(query, NOT_READY, agent_id=queried_agent(query), skill_target=0)
        await gap.rest_repaired()
        assert gap.changes() == [(TEAM, "1003", REMOVE, True)]
        assert "its skill target id is not known" in caplog.text


class TestSecondLoss:
    async def test_a_loss_in_the_middle_of_the_lists_begins_anew(self, gap: Gap) -> None:
        await gap.listed((TEAM, numbered(70)))
        peer = await gap.lost()
        peer.team_config(TEAM, numbered(64), operation=ADD)
        await gap.answered_until_list()
        peer = await gap.lost()
        assert gap.changes() == []
        peer.team_config(TEAM, numbered(3), operation=ADD)
        peer.team_config(TEAM, [A], operation=ADD)
        report = await gap.repaired([TEAM])
        assert gap.members() == {"2000", "2001", "2002", "1002"}
        assert report["TeamMembersLeft"] == 67

    async def test_each_gap_has_its_own_list(self, gap: Gap) -> None:
        await gap.listed((TEAM, [A, B, C]))
        for members in ([A, B], [A]):
            peer = await gap.lost()
            peer.team_config(TEAM, members, operation=ADD)
            assert (await gap.repaired([TEAM]))["TeamMembersLeft"] == 1
        assert gap.members() == {"1002"}
        peer.team_config(TEAM, [B], operation=ADD)
        await report_state(peer, gap.recorder)
        assert gap.members() == {"1002", "1003"}


class TestLateLists:
    """The server lists a team after the repair, such as when the program asks for the teams."""

    @pytest.fixture
    async def late(self, gap: Gap) -> Gap:
        await gap.listed((TEAM, [A, B]))
        await gap.lost()
        await gap.repaired([TEAM])
        assert gap.members() == {"1002", "1003"}
        return gap

    async def test_a_request_for_the_teams_yields_a_whole_list(self, late: Gap) -> None:
        request = late.desk.agent.request_agent_team_list()
        asked = await late.peer.receive(LIST_AGENT_TEAM_REQ)
        late.peer.team_config(TEAM, [A], operation=ADD)
        late.peer.team_list_conf(asked, [TEAM], 0, more=False)
        await soon(request)
        assert late.changes() == [(TEAM, "1003", REMOVE, True), (TEAM, "1002", ADD, False)]
        assert late.members() == {"1002"}

    async def test_a_list_may_follow_the_answer(self, late: Gap) -> None:
        late.peer.team_config(TEAM, [], operation=ADD)
        await report_state(late.peer, late.recorder)
        assert late.members() == set()

    async def test_members_that_join_are_not_a_list(self, late: Gap) -> None:
        late.peer.team_config(TEAM, [C], operation=ADD)
        await report_state(late.peer, late.recorder)
        assert late.members() == {"1002", "1003", "1004"}

    async def test_a_list_in_two_messages_ends_with_the_second(self, late: Gap) -> None:
        late.peer.team_config(TEAM, numbered(64), operation=ADD)
        await report_state(late.peer, late.recorder)
        assert {"1002", "1003"} <= late.members()
        late.peer.team_config(TEAM, [A], operation=ADD)
        await report_state(late.peer, late.recorder)
        assert late.members() == {"1002", *ids(numbered(64))}


class TestEndOfFullLists:
    """A list of exactly 64 members: no message ends it. See TestLists for those that follow an opening."""

    async def whole(self, gap: Gap) -> None:
        await gap.listed((TEAM, [A]))
        gap.peer.team_config(TEAM, numbered(64), operation=WHOLE)
        await report_state(gap.peer, gap.recorder)
        assert "1002" in gap.members()

    async def test_a_message_about_another_team_ends_it(self, gap: Gap) -> None:
        await self.whole(gap)
        gap.peer.team_config(OTHER_TEAM, [B], operation=ADD)
        await report_state(gap.peer, gap.recorder)
        assert gap.members() == set(ids(numbered(64)))

    async def test_members_that_leave_end_it(self, gap: Gap) -> None:
        await self.whole(gap)
        gap.peer.team_config(TEAM, numbered(1), operation=REMOVE)
        await report_state(gap.peer, gap.recorder)
        assert gap.members() == set(ids(numbered(63, 2001)))

    async def test_members_that_are_added_continue_and_end_it(self, gap: Gap) -> None:
        await self.whole(gap)
        gap.peer.team_config(TEAM, [B], operation=ADD)
        await report_state(gap.peer, gap.recorder)
        assert gap.members() == {"1003", *ids(numbered(64))}

    async def test_the_second_answer_to_a_heartbeat_ends_it(
        self, make_session: MakeSession, server: StructServer, clock: ManualClock
    ) -> None:
        session = make_session(clock=clock, heartbeat=5.0)
        recorder = FullRecorder(session)
        gap = Gap(await open_supervisor(session, server), recorder, server, clock)
        await self.whole(gap)
        for beat in (1, 2):
            clock.advance(5.0)
            gap.peer.heartbeat_conf(await gap.peer.receive(HEARTBEAT_REQ))
            await recorder.wait_for("OnHeartbeat", beat)
            assert ("1002" in gap.members()) is (beat == 1)
        assert gap.changes()[-1] == (TEAM, "1002", REMOVE, False)


class TestNamedMembers:
    """Members that the program has named, in bulk mode."""

    async def test_a_list_keeps_them(
        self, session: Session, server: StructServer, recorder: FullRecorder
    ) -> None:
        peer = await open_bulk(session, server)
        await soon(session.agent("1001").start_monitoring_agent_team(team_id=TEAM, members=["1002"]))
        peer.team_config(TEAM, [B], operation=WHOLE)
        await recorder.wait_for("OnNewAgentTeamMember")
        peer.team_config(TEAM, [C], operation=WHOLE)
        await recorder.wait_for("OnNewAgentTeamMember", 3)
        team = session_context(session).monitors.teams[TEAM]
        assert set(team.members) == {"1002", "1004"}
        peer.team_config(TEAM, [A], operation=ADD)
        peer.team_config(TEAM, [C], operation=WHOLE)
        await until(lambda: set(team.members) == {"1004"})

    async def test_they_stay_after_a_gap_where_the_server_lists_no_teams(
        self, session: Session, server: StructServer, recorder: FullRecorder, clock: ManualClock
    ) -> None:
        peer = await open_bulk(session, server)
        await soon(session.agent("1001").start_monitoring_agent_team(team_id=TEAM, members=["1002"]))
        peer = await reconnected(session, peer, server, clock)
        peer.open_conf(await peer.receive(OPEN_REQ), services=BULK_SERVICES)
        await recorder.wait_for("OnRecovered")
        peer.team_config(TEAM, [B], operation=ADD)
        await recorder.wait_for("OnNewAgentTeamMember")
        assert set(session_context(session).monitors.teams[TEAM].members) == {"1002", "1003"}


class TestMonitoredAgent:
    """The monitor of an agent who left the last of the supervisor's teams."""

    @pytest.fixture
    async def monitored(self, gap: Gap) -> Gap:
        await gap.listed((TEAM, [A, B]), (OTHER_TEAM, [A]))
        gap.peer.agent_state_event(AVAILABLE, agent_id="1002", instrument="3002", monitor_id=99)
        await gap.recorder.wait_for("OnMonitoredAgentStateChange")
        request = gap.desk.agent.start_monitoring_agent(agent="agent.5000.1002")
        gap.peer.monitor_start_conf(await gap.peer.receive(MONITOR_START_REQ), 78)
        gap.peer.device_conf(await gap.peer.receive(SNAPSHOT_DEVICE_REQ))
        answer_query(gap.peer, await gap.peer.receive(QUERY_AGENT_STATE_REQ), AVAILABLE)
        await soon(request)
        await gap.recorder.wait_for("OnQueryAgentStateConf")
        gap.recorder.clear()
        return gap

    async def test_it_is_not_started_again_after_a_gap(self, monitored: Gap) -> None:
        peer = await monitored.lost()
        peer.team_config(TEAM, [B], operation=ADD)
        peer.team_config(OTHER_TEAM, [], operation=ADD)
        request = await monitored.answered_until_list()
        peer.team_list_conf(request, [TEAM, OTHER_TEAM], 0, more=False)
        answer_query(peer, await peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
        report = await monitored.rest_repaired()
        assert (report["MonitorsAsked"], report["TeamMembersLeft"]) == (0, 2)
        [stop] = monitored.recorder.of("OnStopMonitoringAgent")
        assert stop["AgentReference"] == "agent.5000.1002"
        assert monitored.desk.agent.monitored_agent is None
        assert not session_context(monitored.desk.session).monitors.wanted

    async def test_it_is_started_again_for_a_member_of_another_team(self, monitored: Gap) -> None:
        peer = await monitored.lost()
        peer.team_config(TEAM, [B], operation=ADD)
        peer.team_config(OTHER_TEAM, [A], operation=ADD)
        request = await monitored.answered_until_list()
        peer.team_list_conf(request, [TEAM, OTHER_TEAM], 0, more=False)
        peer.monitor_start_conf(await peer.receive(MONITOR_START_REQ), 178)
        answer_query(peer, await peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
        for _ in range(2):  # the own device, and that of the monitored agent
            peer.device_conf(await peer.receive(SNAPSHOT_DEVICE_REQ))
        await monitored.recorder.wait_for("OnRecovered")
        assert monitored.desk.agent.monitored_agent.agent_id == "1002"

    async def test_it_ends_when_a_message_says_that_the_agent_left(self, monitored: Gap) -> None:
        peer = monitored.peer
        peer.team_config(TEAM, [A], operation=REMOVE)
        await report_state(peer, monitored.recorder)
        assert monitored.desk.agent.monitored_agent is not None
        peer.team_config(OTHER_TEAM, [A], operation=REMOVE)
        stop = await peer.receive(MONITOR_STOP_REQ)
        assert stop.fixed("II")[1] == 78
        peer.monitor_stop_conf(stop)
        await monitored.recorder.wait_for("OnStopMonitoringAgent")
        assert monitored.desk.agent.monitored_agent is None


async def test_states_of_a_member_that_left_are_not_monitored_in_bulk_mode(
    session: Session, server: StructServer, recorder: FullRecorder, clock: ManualClock
) -> None:
    peer = await open_bulk(session, server)
    peer.team_config(TEAM, [A, B], operation=WHOLE)
    await recorder.wait_for("OnNewAgentTeamMember", 2)
    await soon(session.agent("1001").start_monitoring_agent_team(team_id=TEAM))
    peer = await reconnected(session, peer, server, clock)
    peer.open_conf(await peer.receive(OPEN_REQ), services=BULK_SERVICES)
    peer.team_config(TEAM, [B], operation=WHOLE)
    for _ in range(2):
        answer_query(peer, await peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
    for _ in range(2):
        peer.device_conf(await peer.receive(SNAPSHOT_DEVICE_REQ))
    assert (await recorder.wait_for("OnRecovered"))["TeamMembersLeft"] == 1
    recorder.clear()
    for agent_id in ("1002", "1003"):
        peer.agent_state_event(AVAILABLE, agent_id=agent_id, instrument=f"3{agent_id[1:]}")
    await recorder.wait_for("OnMonitoredAgentStateChange")
    assert recorder.names == ["OnAgentStateChange", "OnMonitoredAgentStateChange"]
