"""The kernel of the model: kinds, registry, context, properties of objects, services and masks."""

import inspect
import pydoc
import threading
from collections.abc import Callable
from typing import Any

import pytest
from support.model import MakeSession, Recorder, failed, failing, settled, soon, until
from support.scripted_peer import Peer, encoded, refused, state_event
from support.scripted_server import Serve

from ctios_fast import (
    Agent,
    AgentState,
    Arguments,
    CilCode,
    ConnectionLost,
    ControlFailure,
    MethodError,
    Session,
    SkillGroup,
)
from ctios_fast.core import codec
from ctios_fast.core.secret import Secret
from ctios_fast.errors import EncodeError
from ctios_fast.messages import ConfigRequestEvent, QueryAgentStateReq
from ctios_fast.model.agents.state_of_agent import MAX_DOMAINS
from ctios_fast.model.kinds import FEATURES, KINDS
from ctios_fast.model.session_properties import session_context
from ctios_fast.protocol import numbers as ged

LOGOUT, NOT_READY = 1, 2


# --- Skill groups ---------------------------------------


def statistics(invoke_id: int = 0, **fields: int) -> bytes:
    return encoded(
        ged.QUERY_SKILL_GROUP_STATISTICS_CONF,
        InvokeID=invoke_id,
        **{"PeripheralID": 5000, "SkillGroupNumber": 7, "SkillGroupID": 5007, **fields},
    )


@pytest.mark.covers(
    "ISkillGroupEvents.OnSkillGroupStatisticsUpdated",
    "SkillGroup[SkillGroupNumber]",
    "SkillGroup[SkillGroupID]",
    "SkillGroup[Statistics]",
)
async def test_a_skill_group_requests_its_statistics(
    peer: Peer, peer_bulk: Session, recorder: Recorder
) -> None:
    peer.answers[ged.QUERY_SKILL_GROUP_STATISTICS_REQ] = lambda request: [
        statistics(request["InvokeID"], AgentsLoggedOn=12)
    ]
    group = peer_bulk.skill_group(7)
    answer = await soon(group.query_statistics())
    assert answer["AgentsLoggedOn"] == 12
    request = peer.of(ged.QUERY_SKILL_GROUP_STATISTICS_REQ)[0]
    assert (request["PeripheralID"], request["SkillGroupNumber"]) == (5000, 7)
    assert request["SkillGroupID"] == 0xFFFFFFFF
    args = recorder.of("OnSkillGroupStatisticsUpdated")[0]
    assert args["UniqueObjectID"] == group.unique_object_id == "skillgroup.5000.7"
    assert args.get_value_array("Statistics")["AgentsLoggedOn"] == 12
    assert (group.get_value("SkillGroupNumber"), group.get_value("SkillGroupID")) == (7, group.skill_group_id)
    assert (group.skill_group_id, group.get_value_int("SkillGroupID")) == (5007, 5007)
    assert peer_bulk.get_object_from_object_id("skillgroup.5000.7") is group


async def test_refused_statistics_are_reported_with_the_groups_identity(
    peer: Peer, peer_bulk: Session, recorder: Recorder
) -> None:
    peer.answers[ged.QUERY_SKILL_GROUP_STATISTICS_REQ] = lambda request: [refused(request, 4)]
    with pytest.raises(ControlFailure):
        await soon(peer_bulk.skill_group(7).query_statistics())
    assert recorder.of("OnControlFailureConf")[0]["UniqueObjectID"] == "skillgroup.5000.7"


async def test_statistics_that_nobody_asked_for_are_counted(
    peer: Peer, peer_bulk: Session, recorder: Recorder
) -> None:
    group = peer_bulk.skill_group(7)
    peer.send(statistics(PeripheralID=5001), statistics(SkillGroupNumber=0xFFFFFFFF), statistics())
    await settled(peer_bulk)
    assert peer_bulk.counters()["confirmations_unasked"] == 3
    assert group.statistics is None
    assert recorder.of("OnSkillGroupStatisticsUpdated") == []


def test_each_kind_gives_its_events_and_handlers_to_a_session() -> None:
    session = Session(client_id="test")
    for kind in KINDS:
        assert set(kind.events.names) <= set(session.events)
        assert f"events_of_unknown_{kind.name}s" in session.counters()


def test_each_feature_gives_its_events_and_counters_to_a_session() -> None:
    session = Session(client_id="test")
    for feature in FEATURES:
        assert set(feature.events.names) <= set(session.events)
        assert set(feature.counts(session_context(session))) <= set(session.counters())


# --- Identity ----------------------------------------------------------------------------------------


@pytest.mark.covers("Session.GetObjectFromObjectID")
async def test_objects_are_found_by_their_unique_id(peer: Peer, peer_bulk: Session) -> None:
    agent = peer_bulk.agent("1001")
    assert peer_bulk.get_object_from_object_id("agent.5000.1001") is agent
    for wrong in ("agent.5001.1001", "agent.5000.9999", "call.5000.1", "nonsense", "", "skillgroup.5000.x"):
        assert peer_bulk.get_object_from_object_id(wrong) is None


async def test_the_identity_of_an_agent_of_a_session_cannot_change(peer: Peer, peer_bulk: Session) -> None:
    agent = peer_bulk.agent("1001")
    for keyword, value in (("AgentID", "1002"), ("PeripheralID", 5001)):
        assert failing(lambda: agent.set_value(keyword, value)) == CilCode.E_CTIOS_INVALID_ARGUMENT  # noqa: B023
    agent.set_value("AgentID", 1001)
    assert peer_bulk.agents["1001"] is agent
    free = Agent("1001")
    free.set_value("AgentID", "1002")
    assert free.agent_id == "1002"


async def test_a_session_for_another_peripheral_forgets_its_agents(
    peer: Peer, serve: Serve, session: Session
) -> None:
    peer.peripherals = [5000, 5001]
    where = await serve(peer.behaviour)
    await soon(session.connect(**where))
    await soon(session.set_bulk_mode(5000))
    old = session.agent("1001", agent_instrument="3001")
    await soon(session.disconnect())
    await soon(session.connect(**where))
    await soon(session.set_bulk_mode(5001))
    new = session.agent("1001", agent_instrument="3001")
    assert new is not old
    assert new.unique_object_id == "agent.5001.1001"
    await soon(new.query_agent_state())
    assert peer.of(ged.QUERY_AGENT_STATE_REQ)[0]["PeripheralID"] == 5001
    assert failing(old.query_agent_state) == CilCode.E_CTIOS_INVALID_SESSION


async def test_an_agent_id_given_as_a_number_is_the_same_agent(peer: Peer, peer_bulk: Session) -> None:
    assert peer_bulk.agent(1001) is peer_bulk.agent("1001")  # type: ignore[arg-type]


# --- Bounds ------------------------------------------------------------------------------------------


async def test_the_number_of_agents_from_events_is_limited_and_the_rest_counted(
    peer: Peer, serve: Serve, make_session: MakeSession
) -> None:
    session = make_session(max_objects=3)
    await soon(session.connect(**await serve(peer.behaviour)))
    await soon(session.set_bulk_mode(5000))
    peer.send(*(state_event(NOT_READY, agent=str(number)) for number in range(5)))
    peer.send(state_event(LOGOUT, agent="0"))
    await settled(session)
    assert list(session.agents) == ["0", "1", "2"]
    assert session.agents["0"].state is AgentState.LOGOUT, "known agents are updated"
    counters = session.counters()
    assert (counters["agents_refused"], counters["events_of_unknown_agents"]) == (2, 2)
    assert session.agent("new").agent_id == "new", "the limit does not apply to the program"


async def test_agent_ids_that_are_longer_than_the_protocol_allows_are_not_kept(
    peer: Peer, peer_bulk: Session
) -> None:
    long = codec(25).encode_raw(
        ged.AGENT_STATE_EVENT, state_event(NOT_READY, agent=None)[8:] + b"\0\5\0\15" + b"x" * 13
    )
    peer.send(long)
    await settled(peer_bulk)
    assert list(peer_bulk.agents) == ["1001"]
    assert peer_bulk.counters()["agents_refused"] == 1


# --- Events by any identity --------------------------------------------------------------------------


async def test_an_event_is_attributed_by_any_identity_that_it_carries(peer: Peer, peer_bulk: Session) -> None:
    by_device = peer_bulk.agent("1001", agent_instrument="3001")
    by_extension = peer_bulk.agent("1002", agent_extension="4002")
    peer.send(
        state_event(3, agent=None, instrument="3001"),
        state_event(3, agent=None, extension="4002"),
        state_event(3, agent=None, instrument="9999"),
        state_event(3, agent=None),
    )
    await settled(peer_bulk)
    assert (by_device.state, by_extension.state) == (AgentState.AVAILABLE, AgentState.AVAILABLE)
    assert peer_bulk.counters()["events_of_unknown_agents"] == 2


async def test_a_device_is_found_after_events_of_unknown_devices(peer: Peer, peer_bulk: Session) -> None:
    peer.send(*(state_event(3, agent=None, instrument=f"unknown {number}") for number in range(100)))
    await settled(peer_bulk)
    late = peer_bulk.agent("1002", agent_instrument="3002")
    peer.send(state_event(3, agent=None, instrument="3002"))
    await settled(peer_bulk)
    assert late.state is AgentState.AVAILABLE
    assert peer_bulk.counters()["events_of_unknown_agents"] == 100


async def test_another_device_of_an_agent_is_found_after_as_many_misses_as_there_are_agents(
    peer: Peer, peer_bulk: Session
) -> None:
    agents = [peer_bulk.agent(f"20{number}", agent_instrument=f"40{number}") for number in range(10, 20)]
    peer.send(state_event(3, agent=None, instrument="4010"))
    await settled(peer_bulk)
    agents[3].agent_instrument = "5000"
    for state in [3] * len(peer_bulk.agents) + [2]:
        peer.send(state_event(state, agent=None, instrument="5000"))
    await settled(peer_bulk)
    assert agents[3].state is AgentState.NOT_READY
    assert peer_bulk.counters()["events_of_unknown_agents"] == len(peer_bulk.agents)


async def test_in_agent_mode_an_event_without_identity_belongs_to_the_current_agent(
    peer: Peer, peer_agent: Agent, session: Session
) -> None:
    peer.send(state_event(3, agent=None))
    await settled(session)
    assert peer_agent.state is AgentState.AVAILABLE


async def test_a_state_without_a_name_stays_a_number(peer: Peer, peer_bulk: Session) -> None:
    peer.send(state_event(99))
    await settled(peer_bulk)
    assert peer_bulk.agent("1001").state == 99


# --- Properties --------------------------------------------------------------------------------------


async def test_the_number_of_domains_is_limited_and_the_rest_counted(peer: Peer, peer_bulk: Session) -> None:
    peer.send(*(state_event(3, domain=2 + number) for number in range(MAX_DOMAINS + 5)))
    peer.send(state_event(2, domain=2))  # a known domain is updated
    await settled(peer_bulk)
    states = peer_bulk.agent("1001").domain_states
    assert states is not None
    assert len(states) == MAX_DOMAINS
    assert states[2] is AgentState.NOT_READY
    assert peer_bulk.counters()["events_of_unknown_agents"] == 5


def test_properties_are_read_by_keyword_in_any_case() -> None:
    agent = Agent("1001", 5000, agent_instrument="3001", agent_password="secret")
    assert agent.get_value("agentid") == agent.get_value_string(" AgentID ") == "1001"
    assert agent.get_value_int("PeripheralID") == 5000
    assert agent.get_value_bool("AutoLogin") is False
    assert agent.is_valid("AgentInstrument")
    assert not agent.is_valid("AgentExtension"), "its value is not known"
    assert not agent.is_valid("Nonsense")
    with pytest.raises(KeyError):
        agent.get_value("AgentPassword")
    with pytest.raises(MethodError, match="UniqueObjectID must be an integer"):
        agent.get_value_int("UniqueObjectID")
    dump = agent.dump_properties()
    assert dump.startswith("AgentID = 1001; PeripheralID = 5000; AgentInstrument = 3001; AutoLogin = False")
    assert "secret" not in dump


@pytest.mark.covers("E_CTIOS_INVALID_ARGUMENT")
def test_a_keyword_that_is_not_text_is_refused() -> None:
    agent = Agent("1001")
    session = Session(client_id="test")
    for call in (
        lambda: agent.get_value(5),  # type: ignore[arg-type]
        lambda: agent.is_valid(None),  # type: ignore[arg-type]
        lambda: session.get_object_from_object_id(5),  # type: ignore[arg-type]
    ):
        assert failing(call) == CilCode.E_CTIOS_INVALID_ARGUMENT


def test_an_application_can_set_its_own_properties() -> None:
    agent = Agent("1001")
    nested = Arguments({"Colour": "green"})
    agent.set_value("Seat", 12)
    agent.set_value("Extra", nested)
    agent.set_value("DoorPassword", "secret")
    assert agent.get_value_int("seat") == 12
    assert agent.get_value_array("Extra") is nested
    assert isinstance(agent.get_value("DoorPassword"), Secret)
    assert "Seat = 12" in agent.dump_properties()
    assert "secret" not in f"{agent.dump_properties()} {agent.get_all_properties()!r}"
    with pytest.raises(MethodError, match="Seat must be nested Arguments, got 12"):
        agent.get_value_array("Seat")


@pytest.mark.covers("E_CTIOS_INVALID_PROPERTY")
@pytest.mark.parametrize("keyword", ["AgentState", "UniqueObjectID", "EventReasonCode"])
def test_properties_that_the_server_sets_cannot_be_set(keyword: str) -> None:
    assert failing(lambda: Agent("1").set_value(keyword, 3)) == CilCode.E_CTIOS_INVALID_PROPERTY


def test_a_misspelt_password_keyword_is_not_kept_in_clear() -> None:
    with pytest.raises(MethodError, match="did you mean AgentPassword"):
        Agent("1").set_value("AgentPasswrd", "secret")


# --- Requests of the protocol ------------------------------------------------------------------------


@pytest.mark.parametrize("message", [36, "QUERY_AGENT_STATE_REQ", QueryAgentStateReq])
async def test_a_request_is_given_by_number_name_or_class(
    peer: Peer, peer_bulk: Session, message: Any
) -> None:
    fields = {"PeripheralID": 5000, "MRDID": 1, "ICMAgentID": 0}
    answer = await soon(peer_bulk.request(message, fields, [("AgentID", "1001")]))
    assert answer["AgentState"] == NOT_READY


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("QUERY_AGENT_SATE_REQ", "did you mean QUERY_AGENT_STATE_REQ"),
        (30, "AGENT_STATE_EVENT.*not a request"),
        (99999, "no message"),
        (object(), "message"),
    ],
)
async def test_a_message_that_is_not_a_request_is_refused(
    peer_bulk: Session, message: Any, reason: str
) -> None:
    with pytest.raises(MethodError, match=reason):
        peer_bulk.request(message, {})


@pytest.mark.parametrize("message", ["CONFIG_REQUEST_EVENT", ConfigRequestEvent])
async def test_a_message_without_a_confirmation_is_sent(peer: Peer, peer_bulk: Session, message: Any) -> None:
    layout = peer_bulk.codec.describe(ged.CONFIG_REQUEST_EVENT)
    assert layout is not None
    fields = {row.name: 0 for row in layout.fixed}
    assert peer_bulk.send(message, fields) is None or isinstance(fields.pop("InvokeID", None), int)
    await peer.next(ged.CONFIG_REQUEST_EVENT)
    assert peer_bulk.counters()["open_requests"] == 0


async def test_send_refuses_a_message_that_has_a_confirmation(peer_bulk: Session) -> None:
    with pytest.raises(MethodError, match="use request"):
        peer_bulk.send(36, {})


async def test_an_answer_in_segments_is_delivered_whole(peer: Peer, peer_bulk: Session) -> None:
    def segment(invoke_id: int, number: int, more: int) -> bytes:
        return encoded(ged.LIST_AGENT_TEAM_CONF, InvokeID=invoke_id, SegmentNumber=number, More=more)

    peer.answers[ged.LIST_AGENT_TEAM_REQ] = lambda request: [
        segment(request["InvokeID"], number, number < 3) for number in (1, 2, 3)
    ]
    answer: Any = await soon(peer_bulk.request("LIST_AGENT_TEAM_REQ", {"SupervisorID": 1}))
    assert [each["SegmentNumber"] for each in answer] == [1, 2, 3]


async def test_a_request_that_cannot_be_encoded_raises_and_is_not_booked(
    peer_bulk: Session,
) -> None:
    with pytest.raises(EncodeError, match="MRDID"):
        peer_bulk.request(36, {"PeripheralID": 5000})
    assert peer_bulk.counters()["open_requests"] == 0


# --- Services, masks, modes --------------------------------------------------------------------------


async def test_services_and_masks_can_be_chosen(peer: Peer, serve: Serve, session: Session) -> None:
    opened: list[Any] = []
    original = peer._open_conf
    peer._open_conf = lambda request: (opened.append(request), original(request))[1]  # type: ignore[method-assign]
    await soon(session.connect(**await serve(peer.behaviour)))
    await soon(
        session.set_bulk_mode("5000", services=0x10, call_mask=0, agent_mask="3", config_mask=1)  # type: ignore[arg-type]
    )
    request = opened[0]
    names = ("ServicesRequested", "CallMsgMask", "AgentStateMask", "ConfigMsgMask")
    assert [request[name] for name in names] == [0x10, 0, 3, 1]
    assert session.services_granted == 0x10


async def test_set_agent_none_clears_the_agent_of_a_closed_session(
    peer_agent: Agent, session: Session
) -> None:
    code = CilCode.E_CTIOS_SET_AGENT_SESSION_DISCONNECT_REQUIRED
    assert failing(lambda: session.set_agent(None)) == code
    await soon(session.disconnect())
    await soon(session.set_agent(None))
    assert session.current_agent is None
    assert session.agents == {}
    assert failing(peer_agent.query_agent_state) == CilCode.E_CTIOS_INVALID_SESSION


async def test_set_agent_none_names_the_mode_that_prevents_it(peer_bulk: Session) -> None:
    with pytest.raises(MethodError, match="the session is in bulk mode; disconnect before"):
        peer_bulk.set_agent(None)


async def test_a_session_disconnects_at_the_end_of_async_with(peer: Peer, serve: Serve) -> None:
    closed: list[Arguments] = []
    async with Session(client_id="test", heartbeat=None) as session:
        session.subscribe("OnConnectionClosed", closed.append)
        await soon(session.connect(**await serve(peer.behaviour)))
        await soon(session.set_bulk_mode(5000))
        assert session.is_connected()
        assert not session.is_agent()
    assert len(closed) == 1


@pytest.mark.parametrize("test", [bool, lambda method: method == True, lambda method: not method])  # noqa: E712
def test_is_connected_used_as_a_property_raises_type_error(test: Callable[[Any], object]) -> None:
    session = Session(client_id="test")
    with pytest.raises(TypeError, match=r"is_connected is a method: write is_connected\(\)"):
        test(session.is_connected)
    assert session.is_connected() is False
    assert "is_connected" in repr(session.is_connected)


def test_a_method_only_method_has_help_and_a_signature() -> None:
    assert list(inspect.signature(Session.is_connected).parameters) == ["self"]
    assert "is connected to a side" in pydoc.render_doc(Session.is_connected)


# --- Threads -----------------------------------------------------------------------------------------


@pytest.mark.covers("E_CTIOS_UNEXPECTED")
async def test_a_call_from_another_thread_is_refused_before_anything_is_fired(
    peer_agent: Agent, session: Session, recorder: Recorder
) -> None:
    errors: list[BaseException] = []

    def call(method: Callable[[], object]) -> None:
        try:
            method()
        except BaseException as error:
            errors.append(error)

    methods = [peer_agent.logout, peer_agent.query_agent_state, session.disconnect]
    for method in methods:
        thread = threading.Thread(target=call, args=(method,))
        thread.start()
        await until(lambda: not thread.is_alive())  # noqa: B023
    assert [error.code for error in errors if isinstance(error, MethodError)] == (
        [CilCode.E_CTIOS_UNEXPECTED] * len(methods)
    )
    assert "call_soon_threadsafe" in str(errors[0])
    assert recorder.names == []
    assert session.counters()["open_requests"] == 0


async def test_failures_that_depend_on_the_state_fail_the_request(
    peer: Peer, peer_agent: Agent, session: Session
) -> None:
    session._connection.book.max_open = 0
    assert "allowed" in str(peer_agent.query_agent_state().exception())
    session._connection.book.max_open = 100
    peer.cut()
    await until(lambda: not session.is_open)
    for request in (peer_agent.logout(), peer_agent.login(), peer_agent.set_agent_state(3)):
        with pytest.raises(ConnectionLost):
            await soon(request)
    await soon(session.disconnect())
    error = await failed(peer_agent.logout())
    assert error.code == CilCode.E_CTIOS_SESSION_NOT_CONNECTED


def test_a_skill_group_knows_its_session_only_through_the_context() -> None:
    session = Session(client_id="test")
    group = session.skill_group(7)
    assert isinstance(group, SkillGroup)
    assert group.peripheral_id is None
