"""Statistics of skill groups: who enables them, when they are queried, and what the answers change."""

from collections.abc import Mapping

import pytest
from support.call_steps import CallDesk, monitor_desk
from support.model import an_agent, failing, soon, until
from support.statistics_messages import (
    GROUP_FIGURES,
    QUERY_AGENT_STATISTICS_REQ,
    QUERY_GROUP_STATISTICS_REQ,
    UNKNOWN,
    agent_statistics_conf,
    answer_group_queries,
    group_asked,
    group_statistics_conf,
    numbered,
)
from support.struct_server import (
    AVAILABLE,
    LOGOUT,
    NOT_READY,
    NULL_SKILL_GROUP,
    QUERY_AGENT_STATE_REQ,
    Group,
    StructServer,
)
from support.wire_steps import (
    Desk,
    FullRecorder,
    answer_opening,
    connected,
    open_agent,
    reconnected,
    recovered,
    report_state,
    signed_in,
)

from ctios_fast import Arguments, CilCode, RequestRefused, Session, SkillGroup
from ctios_fast.connection.clock import ManualClock

AnyDesk = Desk | CallDesk

INTERVAL = 30.0
SALES, HELP, LATE = Group(7, 5007, 0, NOT_READY), Group(8, 5008, 0, NOT_READY), Group(9, 5009, 0, NOT_READY)


@pytest.fixture
async def member(session: Session, server: StructServer, recorder: FullRecorder) -> Desk:
    """An agent of two skill groups that is signed in, in agent mode."""
    peer = await connected(session, server)
    agent = an_agent()
    opening = session.set_agent(agent)
    await answer_opening(peer, state=NOT_READY, groups=(SALES, HELP))
    await soon(opening)
    recorder.clear()
    return Desk(session, agent, peer, recorder)


async def answered(desk: AnyDesk, *groups: int, figures: Mapping[str, int] | None = None) -> None:
    """Receive a query for each of the groups, in any order, and answer it; wait for the events."""
    count = len(desk.recorder.of("OnSkillGroupStatisticsUpdated"))
    await answer_group_queries(desk.peer, *groups, figures=figures)
    await desk.recorder.wait_for("OnSkillGroupStatisticsUpdated", count + len(groups))


async def check_silence(desk: AnyDesk, clock: ManualClock) -> None:
    """Let time pass: the client sends nothing until the test asks for something."""
    for _ in range(10):
        clock.advance(INTERVAL)
    query = desk.session.skill_group(99).query_statistics()
    request = await desk.peer.receive(QUERY_GROUP_STATISTICS_REQ)
    assert group_asked(request) == 99
    desk.peer.failure_conf(request, 72)
    with pytest.raises(RequestRefused):
        await soon(query)


async def pass_interval(desk: AnyDesk, clock: ManualClock, *groups: int) -> None:
    """Let an interval pass, in which each of the groups is asked for once."""
    clock.advance(INTERVAL)
    await answered(desk, *groups)


# --- Queries ----------------------------------------------------------------------------------------


@pytest.mark.covers(
    *(f"SkillGroup.Statistics[{name}]" for name in GROUP_FIGURES),
    "SkillGroup[Statistics]",
    "ISkillGroupEvents.OnSkillGroupStatisticsUpdated",
)
@pytest.mark.parametrize("version", [14, 19, 25])
async def test_a_group_is_asked_for_by_number_and_its_answer_has_145_figures(desk: Desk) -> None:
    figures = numbered(GROUP_FIGURES)
    group = desk.session.skill_group(7)
    query = group.query_statistics()
    request = await desk.peer.receive(QUERY_GROUP_STATISTICS_REQ)
    assert request.fixed("IIII")[1:] == (5000, 7, NULL_SKILL_GROUP)
    group_statistics_conf(desk.peer, request, figures, group_id=5007)
    await soon(query)
    assert len(figures) == 145
    assert group.statistics is not None
    assert dict(group.statistics) == figures
    assert group.skill_group_id == 5007
    (args,) = desk.recorder.of("OnSkillGroupStatisticsUpdated")
    assert args == {
        "PeripheralID": 5000,
        "SkillGroupNumber": 7,
        "SkillGroupID": 5007,
        "UniqueObjectID": "skillgroup.5000.7",
        "STATISTICS": figures,
    }
    assert group.get_value_array("Statistics") == figures


async def test_unknown_figures_are_none_in_python_and_the_number_in_arguments(desk: Desk) -> None:
    group = desk.session.skill_group(7)
    query = group.query_statistics()
    request = await desk.peer.receive(QUERY_GROUP_STATISTICS_REQ)
    unknown = {name: UNKNOWN for name in GROUP_FIGURES if "CallsQ" in name or "CallQ" in name}
    assert len(unknown) == 14
    group_statistics_conf(desk.peer, request, {**unknown, "AgentsReady": 3})
    await soon(query)
    assert group.statistics is not None
    for name in unknown:
        assert group.statistics[name] is None
        assert group.get_value_array("Statistics")[name] == UNKNOWN
    assert group.statistics["AgentsReady"] == 3
    computed = group.statistics.computed
    assert [name for name, value in computed.items() if value is None] == [
        "AvgCallsQTimeNow",
        "AvgCallsQTimeHalf",
        "AvgCallsQTimeToday",
    ]


async def test_an_answer_that_names_no_number_is_that_of_the_group_that_was_asked_for(desk: Desk) -> None:
    group = desk.session.skill_group(7)
    query = group.query_statistics()
    request = await desk.peer.receive(QUERY_GROUP_STATISTICS_REQ)
    group_statistics_conf(desk.peer, request, {"AgentsReady": 3}, number=NULL_SKILL_GROUP)
    await soon(query)
    assert group.statistics is not None
    assert group.statistics["AgentsReady"] == 3


@pytest.mark.parametrize("other", [{"number": 8}, {"peripheral_id": 5001}])
async def test_an_answer_about_another_group_is_counted(desk: Desk, other: dict[str, int]) -> None:
    group = desk.session.skill_group(7)
    query = group.query_statistics()
    group_statistics_conf(desk.peer, await desk.peer.receive(QUERY_GROUP_STATISTICS_REQ), **other)  # type: ignore[arg-type]
    await soon(query)
    assert group.statistics is None
    assert desk.recorder.of("OnSkillGroupStatisticsUpdated") == []
    assert desk.session.counters()["events_of_unknown_skillgroups"] == 1


# --- The agent's groups -----------------------------------------------------------------------------


@pytest.mark.covers(
    "Agent.EnableSkillGroupStatistics",
    "Agent.GetSkillGroups",
    "Agent[SkillGroups]",
)
async def test_without_arguments_an_agent_enables_the_groups_that_it_belongs_to(
    member: Desk, clock: ManualClock
) -> None:
    member.agent.enable_skill_group_statistics()
    await answered(member, 7, 8)
    assert set(member.agent.get_skill_groups()) == {"skillgroup.5000.7", "skillgroup.5000.8"}
    for _ in range(3):
        await pass_interval(member, clock, 7, 8)


async def test_the_groups_of_an_agent_follow_its_state_events(member: Desk, clock: ManualClock) -> None:
    member.agent.enable_skill_group_statistics()
    await answered(member, 7, 8)
    await report_state(member.peer, member.recorder, NOT_READY, groups=[HELP, LATE])
    await answered(member, 9)
    await pass_interval(member, clock, 8, 9)
    # One event for each group adds to those that are known.
    await report_state(member.peer, member.recorder, NOT_READY, group=SALES)
    await answered(member, 7)
    await pass_interval(member, clock, 7, 8, 9)


async def test_groups_that_no_message_has_named_are_asked_for(desk: Desk, clock: ManualClock) -> None:
    desk.agent.enable_skill_group_statistics()
    query = await desk.peer.receive(QUERY_AGENT_STATE_REQ)
    desk.peer.query_conf(query, NOT_READY, groups=(SALES,))
    await answered(desk, 7)
    await pass_interval(desk, clock, 7)


async def test_the_groups_of_an_agent_are_asked_for_while_it_is_logged_in(
    member: Desk, clock: ManualClock
) -> None:
    member.agent.enable_skill_group_statistics()
    await answered(member, 7, 8)
    await report_state(member.peer, member.recorder, LOGOUT)
    await check_silence(member, clock)
    await report_state(member.peer, member.recorder, NOT_READY)
    await answered(member, 7, 8)


@pytest.mark.covers("Agent.DisableSkillGroupStatistics")
async def test_a_disable_of_one_group_leaves_the_others(member: Desk, clock: ManualClock) -> None:
    member.agent.enable_skill_group_statistics()
    await answered(member, 7, 8)
    member.agent.disable_skill_group_statistics({"SkillGroupNumbers": {"1": 7}})
    await pass_interval(member, clock, 8)
    await report_state(member.peer, member.recorder, NOT_READY, groups=[SALES, HELP])  # it stays disabled
    await pass_interval(member, clock, 8)
    member.agent.enable_skill_group_statistics({"SkillGroupNumbers": [7]})
    await answered(member, 7)
    member.agent.disable_skill_group_statistics()
    await check_silence(member, clock)


@pytest.mark.parametrize(
    "numbers",
    [
        {"1": 7, "2": "8"},
        [7, 8],
        {"1": {"SkillGroupNumber": 7, "SkillGroupPriority": 0}, "2": {"SkillGroupNumber": 8}},
    ],
)
async def test_groups_are_named_by_number(desk: Desk, clock: ManualClock, numbers: object) -> None:
    desk.agent.enable_skill_group_statistics(Arguments({"SkillGroupNumbers": numbers}))
    await answered(desk, 7, 8)
    await pass_interval(desk, clock, 7, 8)


async def test_empty_arguments_enable_all_groups_that_are_known(desk: Desk, clock: ManualClock) -> None:
    for number in (7, 8):
        desk.session.skill_group(number)
    desk.agent.enable_skill_group_statistics(Arguments())
    await answered(desk, 7, 8)
    desk.session.skill_group(9)
    clock.advance(INTERVAL)
    await answered(desk, 7, 8, 9)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"SkillGroupNumbers": 7}, CilCode.E_CTIOS_INVALID_ARGUMENT),
        ({"SkillGroupNumbers": ["x"]}, CilCode.E_CTIOS_INVALID_ARGUMENT),
        ({"SkillGroupNumbers": [NULL_SKILL_GROUP]}, CilCode.E_CTIOS_INVALID_ARGUMENT),
        ({"SkillGroupNumbers": [{"SkillGroupPriority": 0}]}, CilCode.E_CTIOS_MISSING_ARGUMENT),
        (
            {"SkillGroupNumbers": [{"SkillGroupNumber": 7, "SkillGroupPriority": 1}]},
            CilCode.E_CTIOS_INVALID_ARGUMENT,
        ),
        pytest.param(
            {"SkillGroupNumbers": list(range(10_001))}, CilCode.E_CTIOS_INVALID_ARGUMENT, id="too many groups"
        ),
        (5, CilCode.E_CTIOS_INVALID_ARGUMENT),
    ],
)
async def test_arguments_that_name_no_groups_are_refused(desk: Desk, args: object, code: CilCode) -> None:
    for method in (desk.agent.enable_skill_group_statistics, desk.agent.disable_skill_group_statistics):
        assert failing(lambda: method(args)) == code  # type: ignore[arg-type]  # noqa: B023
    assert desk.session.get_all_skill_groups() == {}


async def test_groups_are_asked_for_at_the_login_if_its_events_do_not_name_all(
    bulk_calls: CallDesk, clock: ManualClock
) -> None:
    peer, recorder = bulk_calls.peer, bulk_calls.recorder
    agent = bulk_calls.session.agent("1001", agent_instrument="3001")
    agent.enable_skill_group_statistics()
    await check_silence(bulk_calls, clock)
    for login in range(2):
        count = len(recorder.of("OnSkillGroupStatisticsUpdated"))
        peer.agent_state_event(NOT_READY, group=SALES)
        await answered(bulk_calls, *((7,) if login == 0 else (7, 8)))
        if login == 0:
            query = await peer.receive(QUERY_AGENT_STATE_REQ)
            peer.query_conf(query, NOT_READY, groups=(SALES, HELP))
            await answered(bulk_calls, 8)
        assert len(recorder.of("OnSkillGroupStatisticsUpdated")) == count + 2
        peer.agent_state_event(LOGOUT)
        await until(lambda: agent.state == LOGOUT)
    await check_silence(bulk_calls, clock)


async def test_a_refused_query_for_an_agents_groups_is_reported_and_not_repeated(
    desk: Desk, clock: ManualClock
) -> None:
    desk.agent.enable_skill_group_statistics()
    desk.peer.failure_conf(await desk.peer.receive(QUERY_AGENT_STATE_REQ), 13)
    args = await desk.recorder.wait_for("OnControlFailureConf")
    assert (args["UniqueObjectID"], args["MessageType"]) == ("agent.5000.1001", 36)
    await report_state(desk.peer, desk.recorder, AVAILABLE)
    await check_silence(desk, clock)


@pytest.mark.covers(
    "Agent[SkillGroup[n]]",
    "Agent[SkillGroup[{index}]]",
    "SkillGroup[SkillGroupState]",
)
async def test_the_agent_of_agent_mode_has_its_groups_as_properties(member: Desk) -> None:
    agent, group = member.agent, member.session.skill_group(8)
    assert agent.get_value_array("SkillGroup[2]") == {
        "SkillGroupNumber": 8,
        "SkillGroupID": 5008,
        "SkillGroupPriority": 0,
        "SkillGroupState": NOT_READY,
    }
    assert not agent.is_valid("SkillGroup[3]")
    assert "SkillGroup[1]" in agent.get_all_properties()
    assert (group.skill_group_state, group.get_value_int("SkillGroupState")) == (NOT_READY, NOT_READY)
    await report_state(member.peer, member.recorder, AVAILABLE, group=HELP._replace(state=AVAILABLE))
    assert group.skill_group_state == AVAILABLE
    await report_state(member.peer, member.recorder, AVAILABLE, groups=[SALES])
    assert group.skill_group_state is None
    assert not agent.is_valid("SkillGroup[2]")


# --- Losses -----------------------------------------------------------------------------------------


async def test_groups_survive_a_fail_over(
    session: Session,
    server: StructServer,
    other_server: StructServer,
    recorder: FullRecorder,
    clock: ManualClock,
) -> None:
    desk = await signed_in(await open_agent(session, server, recorder, other=other_server))
    desk.agent.enable_skill_group_statistics({"SkillGroupNumbers": [7]})
    await answered(desk, 7)
    server.stop()
    peer = await reconnected(session, desk.peer, other_server, clock)
    await answer_opening(peer, state=NOT_READY)
    desk = desk._replace(peer=peer)
    await recovered(desk)
    await pass_interval(desk, clock, 7)


async def test_nothing_is_asked_for_while_the_peripheral_is_offline(desk: Desk, clock: ManualClock) -> None:
    desk.agent.enable_skill_group_statistics({"SkillGroupNumbers": [7]})
    await answered(desk, 7)
    desk.peer.system_event(4, 5000)
    await until(lambda: desk.agent.is_doubtful)
    for _ in range(3):
        clock.advance(INTERVAL)
    assert desk.session.counters()["statistics_queries_left_out"] == 3
    desk.peer.system_event(3, 5000)
    desk.peer.query_conf(await desk.peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
    await recovered(desk)
    await pass_interval(desk, clock, 7)


# --- The session's groups ---------------------------------------------------------------------------


@pytest.mark.covers(
    "Session.EnableSkillGroupStatistics",
    "Session.DisableSkillGroupStatistics",
)
async def test_a_session_enables_one_group_after_the_other(bulk_calls: CallDesk, clock: ManualClock) -> None:
    session = bulk_calls.session
    for number in (7, 8):
        session.enable_skill_group_statistics(
            {"PeripheralID": 5000, "SkillGroupNumber": number, "SkillGroupPriority": 0}
        )
        await answered(bulk_calls, number)
    await pass_interval(bulk_calls, clock, 7, 8)
    session.disable_skill_group_statistics({"PeripheralID": 5000, "SkillGroupNumber": 7})
    await pass_interval(bulk_calls, clock, 8)
    session.disable_skill_group_statistics()
    await check_silence(bulk_calls, clock)


async def test_a_session_enables_all_groups_with_empty_arguments(
    bulk_calls: CallDesk, clock: ManualClock
) -> None:
    for number in (7, 8):
        bulk_calls.session.skill_group(number)
    bulk_calls.session.enable_skill_group_statistics(Arguments())
    await answered(bulk_calls, 7, 8)
    bulk_calls.session.skill_group(8).disable_skill_group_statistics()
    await pass_interval(bulk_calls, clock, 7)


async def test_a_group_that_becomes_known_later_is_asked_for_without_an_interval_too(
    bulk_calls: CallDesk, clock: ManualClock
) -> None:
    bulk_calls.session.skill_group(7)
    bulk_calls.session.enable_skill_group_statistics({}, interval=None)
    await answered(bulk_calls, 7)
    bulk_calls.session.skill_group(8)
    await pass_interval(bulk_calls, clock, 8)
    await check_silence(bulk_calls, clock)


@pytest.mark.covers(
    "SkillGroup.EnableSkillGroupStatistics",
    "SkillGroup.DisableSkillGroupStatistics",
)
async def test_a_group_enables_its_own_statistics(bulk_calls: CallDesk, clock: ManualClock) -> None:
    group = bulk_calls.session.skill_group(7)
    group.enable_skill_group_statistics({"PeripheralID": 5000, "SkillGroupNumber": 7}, interval=5)
    await answered(bulk_calls, 7)
    for _ in range(3):
        clock.advance(5)
        await answered(bulk_calls, 7)
    group.disable_skill_group_statistics(Arguments())
    await check_silence(bulk_calls, clock)


@pytest.mark.parametrize(
    "args", [{"PeripheralID": 5001}, {"SkillGroupNumber": 8}, {"SkillGroupPriority": 1}, 5]
)
async def test_the_arguments_of_a_group_must_be_its_own(bulk_calls: CallDesk, args: object) -> None:
    group = bulk_calls.session.skill_group(7)
    for method in (group.enable_skill_group_statistics, group.disable_skill_group_statistics):
        assert failing(lambda: method(args)) == CilCode.E_CTIOS_INVALID_ARGUMENT  # type: ignore[arg-type]  # noqa: B023


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"PeripheralID": 5000}, CilCode.E_CTIOS_MISSING_ARGUMENT),
        ({"SkillGroupNumber": 7}, CilCode.E_CTIOS_MISSING_ARGUMENT),
        ({"PeripheralID": 5001, "SkillGroupNumber": 7}, CilCode.E_CTIOS_INVALID_ARGUMENT),
        (
            {"PeripheralID": 5000, "SkillGroupNumber": 7, "SkillGroupPriority": 2},
            CilCode.E_CTIOS_INVALID_ARGUMENT,
        ),
    ],
)
async def test_a_session_needs_both_keys_of_a_group(
    bulk_calls: CallDesk, args: dict[str, int], code: CilCode
) -> None:
    assert failing(lambda: bulk_calls.session.enable_skill_group_statistics(args)) == code


async def test_a_group_that_several_want_is_asked_for_once_in_an_interval(
    bulk_calls: CallDesk, clock: ManualClock
) -> None:
    peer, recorder, session = bulk_calls.peer, bulk_calls.recorder, bulk_calls.session
    for number in (1, 2):
        peer.agent_state_event(NOT_READY, agent_id=f"100{number}", instrument=f"300{number}")
    await recorder.wait_for("OnAgentStateChange", 2)
    first, second = session.agents.values()
    first.enable_skill_group_statistics({"SkillGroupNumbers": [7]})
    second.enable_skill_group_statistics({"SkillGroupNumbers": [7]})
    session.skill_group(7).enable_skill_group_statistics()
    await answered(bulk_calls, 7)
    await pass_interval(bulk_calls, clock, 7)
    session.skill_group(7).disable_skill_group_statistics()
    second.disable_skill_group_statistics()
    await pass_interval(bulk_calls, clock, 7)
    first.disable_skill_group_statistics()
    await check_silence(bulk_calls, clock)


async def test_an_answer_after_a_disable_is_ignored_and_counted(
    bulk_calls: CallDesk, clock: ManualClock
) -> None:
    group: SkillGroup = bulk_calls.session.skill_group(7)
    group.enable_skill_group_statistics()
    request = await bulk_calls.peer.receive(QUERY_GROUP_STATISTICS_REQ)
    group.disable_skill_group_statistics()
    group_statistics_conf(bulk_calls.peer, request)
    await until(lambda: bulk_calls.session.counters()["statistics_ignored"] == 1)
    assert bulk_calls.recorder.of("OnSkillGroupStatisticsUpdated") == []
    assert group.statistics is None
    await check_silence(bulk_calls, clock)


async def test_refused_queries_are_reported_and_repeated_at_the_interval(
    bulk_calls: CallDesk, clock: ManualClock
) -> None:
    bulk_calls.session.skill_group(7).enable_skill_group_statistics()
    for count in (1, 2, 3):
        bulk_calls.peer.failure_conf(await bulk_calls.peer.receive(QUERY_GROUP_STATISTICS_REQ), 72)
        args = await bulk_calls.recorder.wait_for("OnControlFailureConf", count)
        assert (args["UniqueObjectID"], args["MessageType"]) == ("skillgroup.5000.7", 114)
        clock.advance(INTERVAL)
    assert bulk_calls.session.counters()["statistics_queries_failed"] == 3


@pytest.mark.parametrize(
    "filter_string",
    ["FilterTarget=SkillGroupStats", "MessageId=OnSkillGroupStatisticsUpdated", "MessageId=536871027", "*"],
)
async def test_in_monitor_mode_statistics_pass_the_filters_of_cti_os(
    session: Session, server: StructServer, recorder: FullRecorder, clock: ManualClock, filter_string: str
) -> None:
    monitor = await monitor_desk(session, server, recorder, filter_string)
    session.enable_skill_group_statistics(
        {"PeripheralID": 5000, "SkillGroupNumber": 7, "SkillGroupPriority": 0}
    )
    monitor.peer.agent_state_event(NOT_READY)
    await answered(monitor, 7)
    await pass_interval(monitor, clock, 7)
    assert bool(recorder.of("OnAgentStateChange")) == (filter_string == "*")
    agent = session.agents["1001"]
    agent.enable_agent_statistics(interval=None)
    agent_statistics_conf(monitor.peer, await monitor.peer.receive(QUERY_AGENT_STATISTICS_REQ))
    await recorder.wait_for("OnAgentStatistics")
