"""The configuration that a mode acquires: requests, records, names of objects, updates and fail-over."""

from collections.abc import Callable
from typing import Any

import pytest
from support import configuration_messages as config
from support.configuration_messages import (
    AGENTS,
    CHANGE,
    DELETE,
    EMPTY,
    GROUPS,
    INVALID,
    NO_PROVIDER,
    PARTIAL,
    UPDATE,
)
from support.configuration_steps import KEY, bulk_with_agents, heard_all, opening_bulk, uploading_bulk
from support.model import Recorder, an_agent, failing, soon
from support.struct_server import (
    AVAILABLE,
    CONFIG_REQUEST_EVENT,
    LOGOUT,
    NOT_READY,
    OPEN_REQ,
    QUERY_AGENT_STATE_REQ,
    SET_AGENT_STATE_REQ,
    SNAPSHOT_DEVICE_REQ,
    Frame,
    Peer,
    StructServer,
    text,
    uint,
    ushort,
)
from support.wire_steps import (
    AGENT_SERVICES,
    BULK_SERVICES,
    MONITOR_SERVICES,
    OPEN_LAYOUT,
    OWN_MONITOR,
    STATE_LAYOUT,
    answer_opening,
    connected,
    disconnected,
    reconnected,
)

from ctios_fast import Agent, CilCode, MethodError, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.enums import ConnectionMode
from ctios_fast.errors import ConnectionLost

OTHER_KEY = b"\x02" * 8
ALL_BITS = 0x3FF


# --- What is sent -----------------------------------------------------------------------------------


async def test_nothing_is_asked_for_unless_the_program_wants_it(
    session: Session, server: StructServer
) -> None:
    peer = await connected(session, server)
    opening = session.set_bulk_mode(5000)
    request = await peer.receive(OPEN_REQ)
    assert request.fixed(OPEN_LAYOUT)[7] == 0
    peer.open_conf(request, services=BULK_SERVICES)
    await soon(opening)
    config.agents(peer, config.agent("1001"))  # nobody asked
    await heard_all(session, peer)
    assert not session.configuration.agents
    assert session.counters()["configuration_records"] == 0
    await disconnected(session, peer)


@pytest.mark.parametrize(
    ("wanted", "bits"),
    [
        ("agents", AGENTS),
        (("agents", "skill_groups"), AGENTS | GROUPS),
        (["terminals", "agent_services"], 0x300),
        (True, ALL_BITS),
    ],
)
async def test_the_mask_of_the_opening_and_the_request_name_what_is_wanted(
    session: Session, server: StructServer, wanted: Any, bits: int
) -> None:
    peer = await connected(session, server)
    opening = session.set_bulk_mode(5000, configuration=wanted)
    request = await peer.receive(OPEN_REQ)
    assert request.fixed(OPEN_LAYOUT)[7] == bits
    peer.open_conf(request, services=BULK_SERVICES)
    request = await peer.receive(CONFIG_REQUEST_EVENT)
    assert request.fixed("III") == (bits, bits, 5000)
    assert not request.floating("III")
    assert not opening.done()
    config.end(peer, EMPTY)
    await soon(opening)
    assert session.configuration.is_complete


async def test_the_mask_of_updates_can_differ_from_what_is_acquired(
    session: Session, server: StructServer
) -> None:
    peer = await connected(session, server)
    opening = session.set_bulk_mode(5000, configuration="agents", config_mask=0)
    request = await peer.receive(OPEN_REQ)
    assert request.fixed(OPEN_LAYOUT)[7] == 0
    peer.open_conf(request, services=BULK_SERVICES)
    assert (await peer.receive(CONFIG_REQUEST_EVENT)).fixed("III") == (AGENTS, 0, 5000)
    config.agents(peer, config.agent("1001"))
    await soon(opening)


async def test_monitor_mode_acquires_a_configuration_too(session: Session, server: StructServer) -> None:
    peer = await connected(session, server)
    opening = session.set_message_filter("*", peripheral_id=5000, snapshot=False, configuration="agents")
    peer.open_conf(await peer.receive(OPEN_REQ), services=MONITOR_SERVICES)
    await peer.receive(CONFIG_REQUEST_EVENT)
    config.agents(peer, config.agent("1001"))
    await soon(opening)
    assert session.configuration.agents["1001"].name == "Ann Smith"


async def set_agent_with_agents(session: Session, server: StructServer, agent: Agent) -> None:
    """Set agent mode with the configuration of the agents 1001 and 1002."""
    peer = await connected(session, server)
    opening = session.set_agent(agent, configuration="agents")
    peer.open_conf(await peer.receive(OPEN_REQ), services=AGENT_SERVICES, monitor_id=OWN_MONITOR)
    numbers = []
    for _ in range(2):
        request = await peer.receive_any()
        numbers.append(request.number)
        if request.number == QUERY_AGENT_STATE_REQ:
            peer.query_conf(request, LOGOUT)
        else:
            config.agents(peer, config.agent("1001"), config.agent("1002", "Bob"))
    assert set(numbers) == {QUERY_AGENT_STATE_REQ, CONFIG_REQUEST_EVENT}
    await soon(opening)


async def test_agent_mode_acquires_a_configuration_too(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    agent = an_agent()
    await set_agent_with_agents(session, server, agent)
    assert agent.name == "Ann Smith"
    assert [args["UniqueObjectID"] for args in recorder.of("OnAgentInfoEvent")] == ["agent.5000.1001"]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("agent", "configuration has no 'agent'"),
        (("agents", 5), "configuration has no 5"),
        (7, "configuration must be True, a name or a list of names, got int"),
        (b"agents", "got bytes"),
    ],
)
async def test_what_is_not_an_item_is_refused_at_the_call(
    session: Session, server: StructServer, wanted: Any, words: str
) -> None:
    await connected(session, server)
    for call in (
        lambda: session.set_bulk_mode(5000, configuration=wanted),
        lambda: session.set_agent(an_agent(), configuration=wanted),
        lambda: session.set_message_filter("*", peripheral_id=5000, configuration=wanted),
    ):
        with pytest.raises(MethodError, match=words) as error:
            call()
        assert error.value.code is CilCode.E_CTIOS_INVALID_ARGUMENT
    assert not session.is_agent()
    assert session.connection_mode == ConnectionMode.NOT_CONNECTED


class TestOlderVersions:
    @pytest.fixture(params=[14, 18])
    def version(self, request: pytest.FixtureRequest) -> int:
        return int(request.param)

    @pytest.mark.parametrize("wanted", [True, "agents"])
    async def test_a_version_without_configuration_messages_says_so(
        self, session: Session, server: StructServer, wanted: Any
    ) -> None:
        await connected(session, server)
        with pytest.raises(MethodError, match="use a newer version"):
            session.set_bulk_mode(5000, configuration=wanted)


class TestVersion20:
    @pytest.fixture
    def version(self) -> int:
        return 20

    async def test_everything_is_what_the_version_has(self, session: Session, server: StructServer) -> None:
        peer, _ = await opening_bulk(session, server, True)
        assert (await peer.receive(CONFIG_REQUEST_EVENT)).fixed("III") == (0x3F, 0x3F, 5000)

    async def test_an_item_of_a_later_version_is_refused(
        self, session: Session, server: StructServer
    ) -> None:
        await connected(session, server)
        with pytest.raises(MethodError, match="protocol version 20 has no messages for terminals"):
            session.set_bulk_mode(5000, configuration="terminals")


# --- Records ----------------------------------------------------------------------------------------


async def test_an_agent_has_all_fields_of_its_record(session: Session, server: StructServer) -> None:
    await bulk_with_agents(session, server, config.agent("1001"))
    record = session.configuration.agents["1001"]
    assert record._asdict() == {
        "agent_id": "1001",
        "login_name": "login.1001",
        "first_name": "Ann",
        "last_name": "Smith",
        "skill_target_id": 5001,
        "agent_type": 2,
        "desk_settings_id": 0xFFFFFFFF,
        "extension": "3001",
        "description": "the first",
        "sso_enabled": 1,
        "active_terminal": "SEP0011",
        "skill_groups": (7, 8),
        "skill_group_priorities": (0, 0),
        "mrd_ids": (1, 5001),
        "mrd_states": (2, 3),
    }
    assert record.name == "Ann Smith"
    assert record.is_supervisor


#: One record of each other item: its number, bit and fields, and where and how the library shows it.
OTHERS: dict[str, tuple[int, int, config.Record, Any, dict[str, Any]]] = {
    "services": (
        config.CONFIG_SERVICE_EVENT,
        config.SERVICES,
        [
            (183, ushort(0)),
            (208, uint(5000)),
            (184, uint(3)),
            (129, uint(50)),
            (173, text("4000")),
            (132, uint(6003)),
            (133, text("Support")),
            (134, text("helps")),
            (174, uint(20)),
            (175, uint(1)),
            (176, text("p")),
            (216, uint(1)),
            (186, ushort(2)),
            (187, uint(7) + uint(8)),
            (188, ushort(1) + ushort(2)),
        ],
        3,
        {
            "number": 3,
            "name": "Support",
            "skill_target_id": 6003,
            "description": "helps",
            "extension": "4000",
            "max_queued": 50,
            "service_level_threshold": 20,
            "service_level_type": 1,
            "config_param": "p",
            "mrd_id": 1,
            "skill_groups": (7, 8),
            "priorities": (1, 2),
        },
    ),
    "skill_groups": (
        config.CONFIG_SKILL_GROUP_EVENT,
        GROUPS,
        config.group(7),
        7,
        {
            "number": 7,
            "name": "Sales",
            "skill_group_id": 9007,
            "priority": 0,
            "auto_work": 1,
            "description": "sells",
            "extension": "",
            "mrd_id": 1,
            "precision_queue_id": 0,
            "precision_queue_name": "NULL",
            "config_param": "param",
        },
    ),
    "devices": (
        config.CONFIG_DEVICE_EVENT,
        config.DEVICES,
        [
            (183, ushort(0)),
            (208, uint(5000)),
            (184, uint(71)),
            (195, ushort(5)),
            (129, uint(0)),
            (193, uint(6003)),
            (11, text("8000")),
            (10, text("18005551")),
            (173, text("800")),
            (134, text("main line")),
        ],
        (5, 71),
        {
            "device_type": 5,
            "number": 71,
            "extension": "800",
            "dialed_number": "8000",
            "dnis": "18005551",
            "service_id": 6003,
            "max_queued": 0,
            "description": "main line",
        },
    ),
    "call_types": (
        config.CONFIG_CALL_TYPE_EVENT,
        config.CALL_TYPES,
        [
            (183, ushort(0)),
            (210, uint(44)),
            (211, uint(0)),
            (212, text("Orders")),
            (134, text("")),
            (174, uint(30)),
            (175, uint(2)),
        ],
        44,
        {
            "call_type_id": 44,
            "name": "Orders",
            "description": "",
            "customer_definition_id": 0,
            "service_level_threshold": 30,
            "service_level_type": 2,
        },
    ),
    "media_routing_domains": (
        config.CONFIG_MRD_EVENT,
        config.MRDS,
        [
            (183, ushort(0)),
            (216, uint(5001)),
            (212, text("Chat")),
            (134, text("")),
            (250, uint(60)),
            (251, ushort(1)),
        ],
        5001,
        {"mrd_id": 5001, "name": "Chat", "description": "", "max_task_duration": 60, "interruptible": 1},
    ),
    "peripherals": (
        config.CONFIG_PERIPHERAL_EVENT,
        config.PERIPHERALS,
        [(183, ushort(0)), (271, uint(5000)), (272, uint(1))],
        5000,
        {"peripheral_id": 5000, "default_desk_settings_id": 1},
    ),
    "desk_settings": (
        config.CONFIG_AGENT_DESK_SETTINGS_EVENT,
        config.DESK_SETTINGS,
        [
            (183, ushort(0)),
            (267, uint(1)),
            (273, uint(0x18)),
            *((tag, uint(tag)) for tag in range(274, 287)),
            (287, text("abc")),
            (307, uint(1)),
            (306, uint(0)),
        ],
        1,
        {
            "desk_settings_id": 1,
            "mask": 0x18,
            "wrapup_data_incoming_mode": 274,
            "wrapup_data_outgoing_mode": 275,
            "logout_non_activity_time": 276,
            "quality_recording_rate": 277,
            "ring_no_answer_time": 278,
            "silent_monitor_warning_message": 279,
            "silent_monitor_audible_indication": 280,
            "supervisor_assist_call_method": 281,
            "emergency_call_method": 282,
            "auto_record_on_emergency": 283,
            "recording_mode": 284,
            "work_mode_timer": 285,
            "ring_no_answer_dn_id": 286,
            "default_device_port_address": "abc",
            "play_zip_tone": 1,
            "acd_shared_line_usage": 0,
        },
    ),
    "terminals": (
        config.CONFIG_TERMINAL_EVENT,
        config.TERMINALS,
        [
            (183, ushort(0)),
            (302, ushort(4)),
            (303, text("SEP0011")),
            (304, text("7841")),
            (305, ushort(2)),
            (6, text("3001")),
            (6, text("3002")),
        ],
        "SEP0011",
        {"name": "SEP0011", "terminal_type": 4, "type_name": "7841", "instruments": ("3001", "3002")},
    ),
    "agent_services": (
        config.CONFIG_AGENT_SERVICE_EVENT,
        config.AGENT_SERVICES,
        [(141, uint(5001)), (310, ushort(2)), (309, ushort(1) + ushort(3)), (183, ushort(0))],
        5001,
        {"skill_target_id": 5001, "services": (1, 3)},
    ),
}


@pytest.mark.parametrize("item", OTHERS)
async def test_each_item_has_all_fields_of_its_record(
    session: Session, server: StructServer, item: str
) -> None:
    number, bit, record, key, expected = OTHERS[item]
    peer, opening = await opening_bulk(session, server, item)
    assert (await peer.receive(CONFIG_REQUEST_EVENT)).fixed("I")[0] == bit
    config.block(peer, bit, {number: [record]})
    await soon(opening)
    found = getattr(session.configuration, item)
    assert {key: found[key]._asdict()} == {key: expected}
    assert len(found) == 1
    assert session.counters()["configuration_faults"] == 0


async def test_several_blocks_of_several_items_make_one_upload(
    session: Session, server: StructServer
) -> None:
    peer, opening = await uploading_bulk(session, server, ("skill_groups", "agents"))
    config.groups(peer, config.group(7), config.group(8, "Support"), status=PARTIAL)
    for first in (1001, 1011):  # one item in two blocks
        config.begin(peer, AGENTS)
        config.records(
            peer, config.CONFIG_AGENT_EVENT, [config.agent(str(first + each)) for each in range(10)]
        )
        await heard_all(session, peer)
        assert not opening.done()
        config.end(peer, PARTIAL if first == 1001 else config.SUCCESS)
    await soon(opening)
    assert list(session.configuration.agents) == [str(each) for each in range(1001, 1021)]
    assert session.configuration.skill_groups[8].name == "Support"


async def test_records_are_found_by_any_attribute(session: Session, server: StructServer) -> None:
    peer = await bulk_with_agents(
        session,
        server,
        config.agent("1001", target=5001),
        config.agent("1002", "Bob", target=5002),
        config.agent("1003", target=5003),
    )
    find = session.configuration.find
    assert [each.agent_id for each in find("agents", name="Ann Smith")] == ["1001", "1003"]
    assert [each.agent_id for each in find("agents", login_name="login.1002")] == ["1002"]
    assert [each.agent_id for each in find("agents", skill_target_id=5003)] == ["1003"]
    assert find("agents", login_name="nobody") == ()
    assert find("agents", login_name=[]) == ()
    assert find("skill_groups", name="Sales") == ()
    config.update(peer, config.agent("1003", "Cy", kind=CHANGE))
    await heard_all(session, peer)
    assert [each.agent_id for each in find("agents", name="Ann Smith")] == ["1001"]
    for call in (
        lambda: find("agent", name="x"),
        lambda: find("agents"),
        lambda: find("agents", name="x", agent_id="1"),
        lambda: find("agents", nam="x"),
    ):
        assert failing(call) is CilCode.E_CTIOS_INVALID_ARGUMENT


async def test_the_mappings_are_read_only(session: Session, server: StructServer) -> None:
    await bulk_with_agents(session, server, config.agent("1001"))
    with pytest.raises(TypeError):
        session.configuration.agents["1001"] = None  # type: ignore[index]
    with pytest.raises(AttributeError):
        session.configuration.agents["1001"].first_name = "Eve"  # type: ignore[misc]


# --- Names on objects -------------------------------------------------------------------------------


@pytest.mark.covers(
    "IAgentEvents.OnAgentInfoEvent",
    "ISkillGroupEvents.OnSkillInfoEvent",
    "SkillGroup[SkillGroupName]",
)
async def test_an_object_has_its_name_whether_it_or_its_record_comes_first(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    before = session.agent("1001")
    group = session.skill_group(7)
    peer, opening = await uploading_bulk(session, server, ("skill_groups", "agents"))
    assert before.name is before.first_name is before.last_name is before.login_name is group.name is None
    config.begin(peer, GROUPS | AGENTS)
    config.records(peer, config.CONFIG_SKILL_GROUP_EVENT, [config.group(7), config.group(8, "Support")])
    config.records(peer, config.CONFIG_AGENT_EVENT, [config.agent("1001"), config.agent("1002", "Bob")])
    await heard_all(session, peer)
    assert not recorder.of("OnAgentInfoEvent")
    config.end(peer)
    await soon(opening)
    assert (before.name, before.first_name, before.last_name) == ("Ann Smith", "Ann", "Smith")
    assert before.login_name == before.get_value("LoginName") == "login.1001"
    assert before.get_value("AgentFirstName") == "Ann"
    assert before.get_value("AgentLastName") == "Smith"
    assert group.name == group.get_value("SkillGroupName") == "Sales"
    assert session.skill_group(8).name == "Support"
    peer.agent_state_event(AVAILABLE, agent_id="1002", instrument="3002")
    await recorder.wait_for("OnAgentStateChange")
    assert session.agents["1002"].name == "Bob Smith"
    assert [dict(args) for args in recorder.of("OnAgentInfoEvent")] == [
        {
            "UniqueObjectID": "agent.5000.1001",
            "AgentID": "1001",
            "AgentFirstName": "Ann",
            "AgentLastName": "Smith",
            "LoginName": "login.1001",
        },
        {
            "UniqueObjectID": "agent.5000.1002",
            "AgentID": "1002",
            "AgentFirstName": "Bob",
            "AgentLastName": "Smith",
            "LoginName": "login.1002",
        },
    ]
    assert [
        (args["SkillGroupNumber"], args["SkillGroupName"]) for args in recorder.of("OnSkillInfoEvent")
    ] == [
        (7, "Sales"),
        (8, "Support"),
    ]
    assert recorder.names.index("OnAgentInfoEvent", recorder.names.index("OnSkillInfoEvent")) < (
        recorder.names.index("OnAgentStateChange")
    )


async def test_skill_groups_of_the_configuration_become_known_and_agents_do_not(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    peer, opening = await uploading_bulk(session, server, ("skill_groups", "agents"))
    config.groups(peer, config.group(7), agents=[config.agent("1001")])
    await soon(opening)
    assert set(session.get_all_skill_groups()) == {"skillgroup.5000.7"}
    assert not session.agents
    config.groups(peer, config.null_group(), config.group(8, "Support"), kind=UPDATE)
    await heard_all(session, peer)
    assert set(session.get_all_skill_groups()) == {"skillgroup.5000.7", "skillgroup.5000.8"}
    assert [args["SkillGroupName"] for args in recorder.of("OnSkillInfoEvent")] == ["Sales", "Support"]


@pytest.mark.covers("IMonitoredAgentEvents.OnMonitoredAgentInfoEvent")
async def test_another_agent_of_agent_mode_is_reported_as_monitored(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    await set_agent_with_agents(session, server, an_agent())
    session.agent("1002")
    [args] = recorder.of("OnMonitoredAgentInfoEvent")
    assert (args["UniqueObjectID"], args["AgentFirstName"], args["Monitored"]) == (
        "agent.5000.1002",
        "Bob",
        True,
    )


# --- Updates ----------------------------------------------------------------------------------------


async def test_updates_add_change_and_delete(
    session: Session, server: StructServer, recorder: Recorder
) -> None:
    peer = await bulk_with_agents(session, server, config.agent("1001"), config.agent("1002", "Bob"))
    ann, bob = session.agent("1001"), session.agent("1002")
    recorder.clear()
    config.update(peer, config.agent("1001", "Ann", "Jones", kind=CHANGE), config.agent("1003", "Cy"))
    config.update(peer, config.agent("1002", kind=DELETE))
    await heard_all(session, peer)
    assert (ann.name, bob.name, session.agent("1003").name) == ("Ann Jones", None, "Cy Smith")
    assert list(session.configuration.agents) == ["1001", "1003"]
    assert [args["AgentLastName"] for args in recorder.of("OnAgentInfoEvent")] == ["Jones", "Smith"]
    recorder.clear()
    config.update(peer, config.agent("1001", "Ann", "Jones", kind=CHANGE))
    await heard_all(session, peer)
    assert not recorder.of("OnAgentInfoEvent")  # the name is the same


async def test_a_change_keeps_what_it_leaves_out(session: Session, server: StructServer) -> None:
    peer = await bulk_with_agents(session, server, config.agent("1001"))
    before = session.configuration.agents["1001"]
    changed = [(183, ushort(CHANGE)), (208, uint(5000)), (190, text("1001")), (138, text("Jones"))]
    config.update(peer, changed)
    await heard_all(session, peer)
    assert session.configuration.agents["1001"] == before._replace(last_name="Jones")


async def test_a_change_of_the_identity_moves_the_record(session: Session, server: StructServer) -> None:
    peer, opening = await uploading_bulk(session, server, ("skill_groups", "agents"))
    config.groups(peer, config.group(7), agents=[config.agent("1001")])
    await soon(opening)
    renumbered = config.agent("2001", kind=CHANGE, old_id="1001")
    config.groups(peer, config.group(70, kind=CHANGE, old=7), agents=[renumbered], kind=UPDATE)
    await heard_all(session, peer)
    assert list(session.configuration.agents) == ["2001"]
    assert list(session.configuration.skill_groups) == [70]
    assert session.configuration.agents["2001"].agent_id == "2001"


# --- After a loss -----------------------------------------------------------------------------------


async def lost_and_reopened(session: Session, peer: Peer, server: StructServer, clock: ManualClock) -> Peer:
    """Lose the connection; return the server's end of the next one after OPEN_REQ was confirmed."""
    peer = await reconnected(session, peer, server, clock)
    peer.open_conf(await peer.receive(OPEN_REQ), services=BULK_SERVICES)
    return peer


async def receive_between_queries(peer: Peer, number: int) -> Frame:
    """The next message of that number; queries for agents and devices that come first are answered."""
    while (request := await peer.receive_any()).number != number:
        if request.number == QUERY_AGENT_STATE_REQ:
            peer.query_conf(request, LOGOUT)
        else:
            assert request.number == SNAPSHOT_DEVICE_REQ
            peer.device_conf(request)
    return request


async def test_an_unchanged_key_saves_the_upload_but_updates_are_opened(
    session: Session, server: StructServer, recorder: Recorder, clock: ManualClock
) -> None:
    peer = await bulk_with_agents(session, server, config.agent("1001"))
    peer = await lost_and_reopened(session, peer, server, clock)
    request = await receive_between_queries(peer, config.CONFIG_REQUEST_KEY_EVENT)
    assert request.fixed("I") == (5000,)
    assert not session.configuration.is_complete
    assert session.configuration.agents["1001"].name == "Ann Smith"  # as it was
    config.keys(peer, {AGENTS: KEY})
    assert (await peer.receive(CONFIG_REQUEST_EVENT)).fixed("III") == (0, AGENTS, 5000)
    await recorder.wait_for("OnRecovered")
    assert session.configuration.is_complete
    config.update(peer, config.agent("1001", "Eve", kind=CHANGE))
    await heard_all(session, peer)
    assert session.agent("1001").name == "Eve Smith"


@pytest.mark.parametrize(
    "answer",
    [
        lambda peer: config.keys(peer, {AGENTS: OTHER_KEY}),
        lambda peer: config.keys(peer, {AGENTS: bytes(8)}),
        lambda peer: config.keys(peer, {AGENTS: KEY[:4]}),
        lambda peer: config.keys(peer, {}),
        lambda peer: config.keys(peer, {AGENTS: KEY}, status=2),
    ],
    ids=["another key", "zeros", "short key", "no key", "no key support"],
)
async def test_any_other_key_leads_to_an_upload(
    session: Session,
    server: StructServer,
    recorder: Recorder,
    clock: ManualClock,
    answer: Callable[[Peer], None],
) -> None:
    peer = await bulk_with_agents(session, server, config.agent("1001"), config.agent("1002"))
    agent = session.agent("1001")
    peer = await lost_and_reopened(session, peer, server, clock)
    await receive_between_queries(peer, config.CONFIG_REQUEST_KEY_EVENT)
    recorder.clear()
    answer(peer)
    assert (await peer.receive(CONFIG_REQUEST_EVENT)).fixed("III") == (AGENTS, AGENTS, 5000)
    config.agents(peer, config.agent("1001", "Eve"), key=OTHER_KEY)
    await recorder.wait_for("OnRecovered")
    assert agent.name == "Eve Smith"
    assert list(session.configuration.agents) == ["1001"]  # 1002 was deleted in the gap
    assert len(recorder.of("OnAgentInfoEvent")) == 1


async def test_the_key_of_an_update_is_remembered(
    session: Session, server: StructServer, clock: ManualClock
) -> None:
    peer = await bulk_with_agents(session, server, config.agent("1001"))
    config.update(peer, config.agent("1001", "Eve", kind=CHANGE), key=OTHER_KEY)
    await heard_all(session, peer)
    peer = await lost_and_reopened(session, peer, server, clock)
    await receive_between_queries(peer, config.CONFIG_REQUEST_KEY_EVENT)
    config.keys(peer, {AGENTS: OTHER_KEY})
    assert (await peer.receive(CONFIG_REQUEST_EVENT)).fixed("I") == (0,)


async def test_a_server_that_ignores_the_request_for_keys_is_asked_for_everything(
    session: Session, server: StructServer, clock: ManualClock
) -> None:
    peer = await bulk_with_agents(session, server, config.agent("1001"))
    peer = await lost_and_reopened(session, peer, server, clock)
    await receive_between_queries(peer, config.CONFIG_REQUEST_KEY_EVENT)
    clock.advance(session.request_timeout)
    assert (await peer.receive(CONFIG_REQUEST_EVENT)).fixed("I") == (AGENTS,)


async def test_an_upload_that_breaks_off_changes_nothing(
    session: Session, server: StructServer, recorder: Recorder, clock: ManualClock
) -> None:
    peer = await bulk_with_agents(session, server, config.agent("1001"))
    peer = await lost_and_reopened(session, peer, server, clock)
    await receive_between_queries(peer, config.CONFIG_REQUEST_KEY_EVENT)
    config.keys(peer, {})
    await peer.receive(CONFIG_REQUEST_EVENT)
    config.begin(peer, AGENTS, OTHER_KEY)
    config.records(peer, config.CONFIG_AGENT_EVENT, [config.agent("1001", "Eve")])
    peer = await lost_and_reopened(session, peer, server, clock)
    await receive_between_queries(peer, config.CONFIG_REQUEST_KEY_EVENT)
    assert session.agent("1001").name == "Ann Smith"
    config.keys(peer, {AGENTS: KEY})  # the key of the upload that is complete still counts
    assert (await peer.receive(CONFIG_REQUEST_EVENT)).fixed("I") == (0,)
    await recorder.wait_for("OnRecovered")


async def test_another_mode_begins_with_nothing(session: Session, server: StructServer) -> None:
    peer = await bulk_with_agents(session, server, config.agent("1001"))
    await disconnected(session, peer)
    assert session.configuration.agents["1001"].name == "Ann Smith"
    peer = await connected(session, server)
    opening = session.set_bulk_mode(5000)
    peer.open_conf(await peer.receive(OPEN_REQ), services=BULK_SERVICES)
    await soon(opening)
    assert not session.configuration.agents
    assert repr(session.configuration) == "<Configuration of nothing, incomplete>"


# --- Refusals and silence ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", [NO_PROVIDER, INVALID])
async def test_a_refused_configuration_is_counted_and_the_mode_is_set(
    session: Session, server: StructServer, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    peer, opening = await uploading_bulk(session, server, "agents")
    config.end(peer, status, "no configuration here")
    await soon(opening)
    assert session.counters()["first_queries_failed"] == 1
    assert "no configuration here" in caplog.text
    assert "CONFIGEND_" in caplog.text


async def test_the_time_out_counts_from_the_last_message(
    session: Session, server: StructServer, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    peer, opening = await uploading_bulk(session, server, "agents")
    config.begin(peer, AGENTS)
    for each in range(3):
        config.records(peer, config.CONFIG_AGENT_EVENT, [config.agent(str(each))])
        await heard_all(session, peer)
        clock.advance(0.9 * session.request_timeout)
        assert not opening.done()
    clock.advance(0.2 * session.request_timeout)
    await soon(opening)
    assert session.counters()["first_queries_failed"] == 1
    assert "the server sent nothing for 30 s in answer to CONFIG_REQUEST_EVENT" in caplog.text
    assert not session.configuration.agents
    assert not session.configuration.is_complete


async def test_a_loss_fails_the_opening(session: Session, server: StructServer) -> None:
    peer, opening = await uploading_bulk(session, server, "agents")
    peer.reset()
    with pytest.raises(ConnectionLost):
        await soon(opening)


# --- Login names ------------------------------------------------------------------------------------


async def test_a_login_name_names_the_agent(session: Session, server: StructServer) -> None:
    peer = await bulk_with_agents(
        session,
        server,
        config.agent("1001"),
        config.agent("1002", login_name="both"),
        config.agent("1003", login_name="both"),
    )
    agent = session.agent(login_name="login.1001", agent_instrument="3001")
    assert agent is session.agent("1001")
    login = agent.login({"LoginName": "login.1001"})
    peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), LOGOUT)
    request = await peer.receive(SET_AGENT_STATE_REQ)
    assert (5, text("1001")) in request.floating(STATE_LAYOUT)
    peer.state_conf(request)
    peer.agent_state_event(NOT_READY)
    await soon(login)
    assert failing(lambda: session.agent(login_name="nobody")) is CilCode.E_CTIOS_MISSING_ARGUMENT
    assert failing(session.agent) is CilCode.E_CTIOS_MISSING_ARGUMENT
    assert failing(lambda: session.agent("1001", login_name="x")) is CilCode.E_CTIOS_MISSING_ARGUMENT
    assert failing(lambda: session.agent(login_name="both")) is CilCode.E_CTIOS_INVALID_ARGUMENT
    for given, code in (
        ({"LoginName": "login.1002"}, CilCode.E_CTIOS_MISSING_ARGUMENT),
        ({"LoginName": "both"}, CilCode.E_CTIOS_LOGIN_INCONSISTENT_ARGUMENTS),
        ({"LoginName": ""}, CilCode.E_CTIOS_INVALID_ARGUMENT),
    ):
        assert failing(lambda given=given: agent.login(given)) is code  # type: ignore[misc]


async def test_a_login_name_without_configuration_is_refused(session: Session, server: StructServer) -> None:
    peer = await connected(session, server)
    agent = an_agent()
    opening = session.set_agent(agent)
    await answer_opening(peer)
    await soon(opening)
    assert failing(lambda: agent.login({"LoginName": "asmith"})) is CilCode.E_CTIOS_MISSING_ARGUMENT
    login = agent.login({"LoginName": "asmith", "AgentID": "1001"})  # the ID is enough
    await peer.receive(SET_AGENT_STATE_REQ)
    login.cancel()
