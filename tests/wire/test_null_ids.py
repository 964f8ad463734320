"""Ids that stand for "none", such as 0xFFFFFFFF: no object becomes known under one."""

import pytest
from support import configuration_messages as config
from support.call_messages import ALERTING, CONNECT, NO_CALL, Connection
from support.call_steps import DEVICE, SECOND, CallDesk
from support.configuration_messages import ADD, CONFIG_SERVICE_EVENT, SERVICES
from support.configuration_steps import heard_all, uploading_bulk
from support.model import MakeSession, failing, soon, until
from support.statistics_messages import answer_group_queries
from support.struct_server import (
    LIST_AGENT_TEAM_REQ,
    NOT_READY,
    NULL_SKILL_GROUP,
    OPEN_REQ,
    QUERY_AGENT_STATE_REQ,
    SNAPSHOT_DEVICE_REQ,
    Group,
    Peer,
    StructServer,
    text,
    uint,
    ushort,
)
from support.supervisor_steps import open_supervisor
from support.wire_steps import (
    MONITOR_SERVICES,
    FullRecorder,
    connected,
    report_state,
)

from ctios_fast import Arguments, CilCode, Session
from ctios_fast.connection.clock import ManualClock

NULL_PERIPHERAL = 0xFFFFFFFF
NO_GROUP = Group(NULL_SKILL_GROUP, NULL_SKILL_GROUP, 0, NOT_READY)
CALL, UNNAMED = Connection(501, DEVICE), Connection(NO_CALL, DEVICE)

#: Messages of a connection that can make a call known.
ADOPTING = (
    "BEGIN_CALL",
    "CALL_DELIVERED",
    "CALL_ESTABLISHED",
    "CALL_HELD",
    "CALL_RETRIEVED",
    "CALL_ORIGINATED",
    "CALL_FAILED",
    "CALL_DIVERTED",
    "CALL_SERVICE_INITIATED",
    "CALL_QUEUED",
    "CALL_DEQUEUED",
    "CALL_REACHED_NETWORK",
)


async def answer_queries(session: Session, peer: Peer, *groups: int) -> None:
    """Answer a query for the statistics of each of these groups; wait until the client has the answers."""
    await answer_group_queries(peer, *groups)
    await heard_all(session, peer)


# --- Skill groups -----------------------------------------------------------------------------------


async def test_the_null_group_of_a_configuration_is_dropped_and_never_polled(
    session: Session, server: StructServer, clock: ManualClock
) -> None:
    peer, opening = await uploading_bulk(session, server, "skill_groups")
    config.groups(peer, config.null_group(), config.group(8))
    await soon(opening)
    assert set(session.configuration.skill_groups) == {8}
    session.enable_skill_group_statistics(Arguments(), interval=30)
    await answer_queries(session, peer, 8)
    for _ in range(3):
        clock.advance(30)
        await answer_queries(session, peer, 8)
    assert set(session.get_all_skill_groups()) == {"skillgroup.5000.8"}
    counters = session.counters()
    assert (counters["configuration_records_dropped"], counters["skillgroups_refused"]) == (1, 0)


async def test_groups_that_are_too_many_are_counted_once_and_not_at_each_interval(
    make_session: MakeSession, server: StructServer, clock: ManualClock
) -> None:
    session = make_session(clock=clock, max_objects=2)
    session.skill_group(9)  # the program's own counts too
    peer, opening = await uploading_bulk(session, server, "skill_groups")
    config.groups(peer, config.group(7), config.group(8))
    await soon(opening)
    session.enable_skill_group_statistics(Arguments(), interval=30)
    await answer_queries(session, peer, 7, 9)
    for _ in range(3):
        clock.advance(30)
        await answer_queries(session, peer, 7, 9)
    assert session.counters()["skillgroups_refused"] == 1


async def test_a_listener_of_the_first_group_enables_all_groups_of_the_upload(
    session: Session, server: StructServer
) -> None:
    peer, opening = await uploading_bulk(session, server, "skill_groups")

    def enable(args: Arguments) -> None:
        session.unsubscribe("OnSkillInfoEvent", enable)
        session.enable_skill_group_statistics(Arguments(), interval=None)

    config.groups(peer, config.group(7), status=config.PARTIAL)
    session.subscribe("OnSkillInfoEvent", enable)  # during the upload
    config.groups(peer, config.group(8), config.group(9))
    await soon(opening)
    await answer_queries(session, peer, 7, 8, 9)


async def test_an_agents_groups_do_not_have_the_null_group(bulk_calls: CallDesk) -> None:
    agent = bulk_calls.session.agent("1001")
    agent.enable_skill_group_statistics()
    bulk_calls.peer.agent_state_event(NOT_READY, groups=[NO_GROUP, NO_GROUP._replace(number=7)])
    await answer_queries(bulk_calls.session, bulk_calls.peer, 7)
    assert set(bulk_calls.session.get_all_skill_groups()) == {"skillgroup.5000.7"}


# --- Other records of a configuration ---------------------------------------------------------------


async def test_a_service_with_a_null_number_is_dropped(session: Session, server: StructServer) -> None:
    peer, opening = await uploading_bulk(session, server, "services")
    services = [[(183, ushort(ADD)), (184, uint(number)), (133, text("x"))] for number in (0xFFFFFFFF, 3)]
    config.block(peer, SERVICES, {CONFIG_SERVICE_EVENT: services})
    await soon(opening)
    assert set(session.configuration.services) == {3}
    assert session.counters()["configuration_records_dropped"] == 1


# --- Agents and teams -------------------------------------------------------------------------------


async def test_no_agent_or_team_becomes_known_before_a_mode_by_the_null_peripheral(
    session: Session, server: StructServer
) -> None:
    peer = await connected(session, server)
    peer.agent_state_event(NOT_READY, peripheral_id=NULL_PERIPHERAL)
    peer.team_config(7, [("1002", 0, NOT_READY)], peripheral_id=NULL_PERIPHERAL)
    await until(lambda: session.counters()["events_of_unknown_teams"] == 1)
    assert session.counters()["events_of_unknown_agents"] == 1
    assert not session.agents


async def test_the_null_team_is_not_adopted_listed_or_accepted(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    desk = await open_supervisor(session, server)
    desk.peer.team_config(0xFFFFFFFF, [("1002", 0, NOT_READY)])
    await report_state(desk.peer, recorder)
    assert "1002" not in session.agents
    assert session.counters()["teams_refused"] == 1
    for method in (desk.agent.start_monitoring_agent_team, desk.agent.stop_monitoring_agent_team):
        assert failing(lambda: method(team_id=0xFFFFFFFF)) == CilCode.E_CTIOS_INVALID_ARGUMENT  # noqa: B023
    request = desk.agent.request_agent_team_list(supervisor_id=5123)
    asked = await desk.peer.receive(LIST_AGENT_TEAM_REQ)
    desk.peer.team_list_conf(asked, [0xFFFFFFFF, 7], 1, more=False)
    assert await soon(request) == (7,)


# --- Calls ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", ADOPTING)
async def test_a_call_without_an_id_does_not_become_known(bulk_calls: CallDesk, message: str) -> None:
    bulk_calls.send(message, UNNAMED)
    await bulk_calls.settle()
    assert bulk_calls.ids == []
    assert bulk_calls.events == []
    counters = bulk_calls.session.counters()
    assert (counters["events_of_unknown_calls"], counters["calls_refused"]) == (1, 1)


async def test_an_update_without_a_new_id_leaves_the_call_its_id(calls: CallDesk) -> None:
    [call] = await calls.open_calls(CALL)
    calls.update(CALL, UNNAMED, CallVariable1="gold")
    await calls.settle()
    assert calls.found(CALL) is call
    assert (call.status, call.get_value("CallVariable1")) == (CONNECT, "gold")
    assert "OldUniqueObjectID" not in calls.one("OnCallDataUpdate")


async def test_a_conference_with_an_unnamed_party_adopts_the_named_ones(bulk_calls: CallDesk) -> None:
    second = Connection(502, DEVICE)
    bulk_calls.deliver(CALL)
    bulk_calls.deliver(second)
    parties = [CALL, Connection(NO_CALL, SECOND), Connection(501, SECOND)]
    bulk_calls.join("CALL_CONFERENCED", CALL, second, parties, LocalConnectionState=CONNECT)
    await bulk_calls.settle()
    assert bulk_calls.ids == sorted([CALL.uid, Connection(501, SECOND).uid, second.uid])


async def test_a_device_that_lists_a_call_without_an_id_has_no_such_call(
    session: Session, server: StructServer
) -> None:
    devices: list[Arguments] = []
    session.subscribe("OnSnapshotDeviceConf", devices.append)
    peer = await connected(session, server)
    opening = session.set_message_filter("*", peripheral_id=5000, snapshot=True, agents=["1001"])
    peer.open_conf(await peer.receive(OPEN_REQ), services=MONITOR_SERVICES, peripherals=(5000,))
    peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), NOT_READY)
    peer.device_conf(await peer.receive(SNAPSHOT_DEVICE_REQ), [(NO_CALL, DEVICE, ALERTING)])
    await soon(opening)  # no SNAPSHOT_CALL_REQ is on its way, which it would wait for
    [args] = devices
    assert (args["NumCalls"], dict(args["ValidCalls"])) == (1, {})
    assert not session.calls
