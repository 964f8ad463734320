"""The properties of the model's objects, under the method names of CTI OS."""

import asyncio
import logging
import ssl
from typing import Any

import pytest
from support.model import MakeSession, Recorder, an_agent, failing, settled, sides, soon, until
from support.scripted_peer import OPENED_MONITOR, Peer, encoded, state_event

from ctios_fast import Agent, ArgType, Arguments, CilCode, MethodError, Session
from ctios_fast.core.secret import Secret
from ctios_fast.enums import ConnectionMode
from ctios_fast.protocol import numbers as ged
from ctios_fast.sim import Simulator

#: The properties that CTI OS documents for a Session.
DOCUMENTED = {
    "CCMBasedSilentMonitor",
    "ConnectedSince",
    "ConnectionMode",
    "CtiosA",
    "CtiosB",
    "CurrentAgent",
    "CurrentCall",
    "CurrentPort",
    "CurrentServer",
    "ForcedDisconnect",
    "Heartbeat",
    "LastError",
    "MaxHeartbeats",
    "MessageFilter",
    "ObjectReferences",
    "PortA",
    "PortB",
    "TryingPort",
    "TryingServer",
    "TryingSince",
    "UniqueObjectID",
}
#: Those that nothing in this library sets yet.
WITHOUT_SOURCE = {
    "ForcedDisconnect",
    "MessageFilter",
    "ObjectReferences",
}

# --- All objects -------------------------------------------------------------------------------------


def objects() -> list[Any]:
    session = Session(client_id="test")
    return [session, Agent("1001", 5000), session.skill_group(7)]


@pytest.mark.parametrize("each", objects(), ids=lambda each: type(each).__name__)
def test_every_object_has_the_methods_of_a_cti_os_object(each: Any) -> None:
    each.set_value("Seat", 12)
    assert each.get_value("seat") == each.get_value_int(" SEAT ") == each.get_value_short("Seat") == 12
    assert each.get_value_uint("Seat") == each.get_value_ushort("Seat") == 12
    assert each.get_value_string("Seat") == "12"
    assert each.get_value_bool("Seat") is True
    assert each.is_valid("Seat")
    assert each.get_property_type("Seat") is ArgType.ARG_INT
    assert each.get_value("UniqueObjectID") == each.unique_object_id
    names = [each.get_property_name(index) for index in range(1, each.get_num_properties() + 1)]
    assert names == list(each.get_all_properties())
    assert names[-1] == "Seat"
    assert {"UniqueObjectID", "LastError"} <= set(names)
    assert Arguments.parse(each.dump_properties())["Seat"] == "12"
    for index in (0, len(names) + 1):
        with pytest.raises(IndexError, match="a position must be from 1 to"):
            each.get_property_name(index)


@pytest.mark.parametrize(
    "method",
    [
        "get_value",
        "get_value_int",
        "get_value_uint",
        "get_value_short",
        "get_value_ushort",
        "get_value_bool",
        "get_value_string",
        "get_value_array",
        "get_value_type",
        "get_property_type",
    ],
)
def test_a_property_that_the_object_lacks_is_a_key_error(method: str) -> None:
    agent = Agent("1001")
    for keyword in ("Nonsense", "AgentPassword"):
        with pytest.raises(KeyError, match=keyword):
            getattr(agent, method)(keyword)
    assert failing(lambda: getattr(agent, method)(5)) == CilCode.E_CTIOS_INVALID_ARGUMENT


def test_a_property_that_is_not_known_yet_has_no_type_and_no_text() -> None:
    agent = Agent("1001")
    assert agent.get_value("AgentState") is None
    assert agent.get_property_type("AgentState") is ArgType.ARG_NOTSET
    assert agent.get_value_string("AgentState") == ""
    assert "AgentState" not in agent.get_all_properties()


def test_a_value_of_an_array_property_is_read_by_its_position() -> None:
    agent = Agent("1001")
    agent.set_value("Colours", {"First": "red", "Second": "green"})
    assert isinstance(agent.get_value("Colours"), Arguments)
    assert agent.get_property_type("Colours") is ArgType.ARG_ARGARRAY
    assert agent.get_element("colours", 2) == "green"
    with pytest.raises(IndexError, match="a position must be from 1 to 2, got 3"):
        agent.get_element("Colours", 3)
    with pytest.raises(MethodError, match="AgentID must be nested Arguments, got '1001'"):
        agent.get_element("AgentID", 1)


def test_unsigned_properties_are_set_within_their_range() -> None:
    agent = Agent("1001")
    agent.set_value_uint("Mask", "4294967295")
    agent.set_value_ushort("Port", 65535)
    assert (agent.get_value("Mask"), agent.get_value("Port")) == (0xFFFFFFFF, 0xFFFF)
    assert agent.get_property_type("Mask") is ArgType.ARG_UINT
    with pytest.raises(MethodError, match="Mask must be an integer from 0 to 4294967295, got -1"):
        agent.set_value_uint("Mask", -1)
    with pytest.raises(MethodError, match="Port must be an integer from 0 to 65535, got 65536"):
        agent.set_value_ushort("Port", 65536)
    with pytest.raises(MethodError, match="AgentState cannot be set"):
        agent.set_value_uint("AgentState", 3)
    assert (agent.get_value("Mask"), agent.get_value("Port")) == (0xFFFFFFFF, 0xFFFF)


def test_a_nested_password_of_the_application_is_hidden() -> None:
    agent = Agent("1001")
    agent.set_value("Door", {"Password": "secret", "Number": 5})
    assert isinstance(agent.get_value_array("Door")["Password"], Secret)
    assert "secret" not in f"{agent.dump_properties()} {agent.get_all_properties()!r}"


def test_a_value_that_cannot_be_kept_sets_nothing() -> None:
    agent = Agent("1001")
    with pytest.raises(TypeError, match="a keyword must be text"):
        agent.set_value("Seat", {5: "red"})
    assert not agent.is_valid("Seat")


# --- The last error ----------------------------------------------------------------------------------


def test_a_reported_error_is_the_last_error_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    agent = Agent("1001", 5000)
    assert agent.get_last_error() == agent.get_value("LastError") == 0
    assert agent.report_error(CilCode.E_CTIOS_INVALID_CALL) == -113
    assert agent.get_last_error() == agent.last_error == agent.get_value_int("LastError") == -113
    record = caplog.records[-1]
    assert (record.name, record.levelno) == ("ctios_fast.objects", logging.CRITICAL)
    assert record.getMessage().endswith("error -113 (E_CTIOS_INVALID_CALL)")
    assert agent.report_error(77) == 77
    assert caplog.records[-1].getMessage().endswith("error 77")
    assert list(agent.get_all_properties()).count("LastError") == 1


@pytest.mark.parametrize("error", ["x", None, 1 << 31, 1.5], ids=repr)
def test_an_error_that_is_not_a_code_is_refused(error: Any) -> None:
    agent = Agent("1001")
    assert failing(lambda: agent.report_error(error)) == CilCode.E_CTIOS_INVALID_ARGUMENT
    assert agent.get_last_error() == 0


def test_the_last_error_cannot_be_set_as_a_property() -> None:
    assert failing(lambda: Agent("1").set_value("LastError", 5)) == CilCode.E_CTIOS_INVALID_PROPERTY


# --- Agent -------------------------------------------------------------------------------------------


def test_an_agents_extension_has_two_keywords() -> None:
    agent = Agent("1001", agent_extension="3001")
    assert agent.get_value("Extension") == agent.get_value("AgentExtension") == "3001"
    assert failing(lambda: agent.set_value("Extension", "3002")) == CilCode.E_CTIOS_INVALID_PROPERTY


# --- Session -----------------------------------------------------------------------------------------


def test_a_session_has_the_documented_properties() -> None:
    assert {row.keyword for row in Session._PROPERTIES.values()} == DOCUMENTED - WITHOUT_SOURCE


@pytest.mark.covers("Session[Heartbeat]", "Session[MaxHeartbeats]")
def test_a_session_that_never_connected_knows_few_of_its_properties() -> None:
    session = Session(client_id="test", heartbeat=90, max_heartbeats=2)
    assert session.get_all_properties() == {
        "CCMBasedSilentMonitor": True,
        "ConnectionMode": 0,
        "CurrentServer": "",
        "TryingServer": "",
        "Heartbeat": 90,
        "MaxHeartbeats": 2,
        "LastError": 0,
        "UniqueObjectID": "session.test",
    }
    assert session.get_value("ConnectionMode") is ConnectionMode.NOT_CONNECTED
    for keyword in ("CtiosA", "PortA", "CtiosB", "PortB", "CurrentPort", "ConnectedSince", "CurrentAgent"):
        assert not session.is_valid(keyword)


@pytest.mark.covers(
    "Session[CtiosA]",
    "Session[CtiosB]",
    "Session[CurrentServer]",
    "Session[PortA]",
    "Session[CurrentPort]",
    "Session[PortB]",
    "Session[ConnectedSince]",
    "Session[ConnectionMode]",
    "Session[CurrentAgent]",
)
async def test_a_session_reports_its_connection_as_properties(sim: Simulator, session: Session) -> None:
    await soon(session.connect(**sides(sim)))
    assert session.get_value("CtiosA") == session.get_value("CurrentServer") == "127.0.0.1"
    assert session.get_value("PortA") == session.get_value("CurrentPort") == sim.side_a.port
    assert session.get_value("PortB") == sim.side_b.port
    assert session.get_value("CtiosB") == sim.side_b.host
    assert 0 <= session.get_value_int("ConnectedSince") < 86_400_000
    assert session.get_value("TryingServer") == ""
    assert session.get_value("TryingPort") is session.get_value("TryingSince") is None
    assert session.get_value("ConnectionMode") is ConnectionMode.NOT_CONNECTED
    agent = an_agent()
    await soon(session.set_agent(agent))
    assert session.get_value("ConnectionMode") is ConnectionMode.AGENT_CONNECTION
    assert session.get_value("CurrentAgent") is agent
    assert session.get_property_type("CurrentAgent") is ArgType.ARG_REFERENCE
    assert session.get_value_string("CurrentAgent") == agent.unique_object_id
    assert session.get_all_properties()["CurrentAgent"] == agent.unique_object_id
    await soon(session.disconnect())
    assert session.get_value("CurrentServer") == ""
    assert session.get_value("CurrentPort") is session.get_value("ConnectedSince") is None
    assert session.get_value("CtiosA") == "127.0.0.1", "of the last connect"


async def test_bulk_mode_is_a_monitor_connection(peer_bulk: Session) -> None:
    assert peer_bulk.get_value("ConnectionMode") is ConnectionMode.MONITOR_CONNECTION
    assert not peer_bulk.is_valid("CurrentAgent")


@pytest.mark.covers(
    "Session[TryingServer]",
    "Session[TryingPort]",
    "Session[TryingSince]",
)
async def test_the_side_that_is_being_tried_is_a_property_until_the_try_ends(
    make_session: MakeSession,
) -> None:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    session = make_session(ssl=ssl.create_default_context())  # the server never answers the handshake
    connecting = session.connect(ctios_a="127.0.0.1", port_a=port)
    await until(lambda: session.trying_server != "")
    assert session.get_value("TryingServer") == "127.0.0.1"
    assert session.get_value("TryingPort") == port
    assert 0 <= session.get_value_int("TryingSince") < 86_400_000
    assert not session.is_valid("ConnectedSince")
    await soon(session.disconnect())
    assert session.get_value("TryingServer") == ""
    assert not session.is_valid("TryingSince")
    assert connecting.exception() is not None
    server.close()
    await server.wait_closed()


async def test_a_failed_try_leaves_no_side_being_tried(manual: Session, sim: Simulator) -> None:
    addresses = sides(sim)
    await sim.stop()
    recorder = Recorder(manual)
    manual.connect(**addresses, attempts=None)
    await recorder.wait_for("OnConnectionFailure", 2)
    assert manual.trying_server == ""
    assert not manual.is_valid("TryingSince")
    await soon(manual.disconnect())


# --- Look-ups ----------------------------------------------------------------------------------------


def begin_call(call_id: int, device: str) -> bytes:
    return encoded(
        ged.BEGIN_CALL_EVENT,
        {"ConnectionDeviceID": device, "RouterCallKeyCallID": 5, "RouterCallKeySequenceNumber": 0},
        MonitorID=OPENED_MONITOR,
        PeripheralID=5000,
        ConnectionCallID=call_id,
    )


@pytest.mark.covers(
    "Session.GetAllAgents",
    "Session.GetAllCalls",
    "Session.GetAllSkillGroups",
)
async def test_all_objects_of_a_kind_are_found_by_their_ids(peer: Peer, peer_bulk: Session) -> None:
    group = peer_bulk.skill_group(7)
    peer.send(state_event(3, agent="1002"), begin_call(501, "3001"), begin_call(501, "3002"))
    await settled(peer_bulk)
    agents, calls = peer_bulk.get_all_agents(), peer_bulk.get_all_calls()
    assert list(agents) == ["agent.5000.1001", "agent.5000.1002"]
    assert agents.get_element(2) is peer_bulk.agent("1002")
    assert agents.get_element_type(2) is ArgType.ARG_REFERENCE
    assert list(calls) == ["call.5000.501.3001", "call.5000.501.3002"]
    assert peer_bulk.get_all_skill_groups() == {"skillgroup.5000.7": group}
    for found in (agents, calls, peer_bulk.get_all_skill_groups()):
        for unique_object_id, each in found.items():
            assert each.unique_object_id == unique_object_id
            assert peer_bulk.get_object_from_object_id(unique_object_id) is each
    assert peer_bulk.get_current_agent() is peer_bulk.get_current_call() is None, "in bulk mode"


def test_a_session_that_never_connected_has_no_objects() -> None:
    session = Session(client_id="test")
    assert session.get_all_agents() == session.get_all_calls() == session.get_all_skill_groups() == {}


@pytest.mark.covers(
    "Session.GetCurrentAgent",
    "Session.GetCurrentCall",
    "Session[CurrentCall]",
)
async def test_the_current_agent_and_call_are_found_in_agent_mode(
    peer: Peer, peer_agent: Agent, session: Session
) -> None:
    assert session.get_current_agent() is session.current_agent is peer_agent
    assert session.get_current_call() is None
    peer.send(begin_call(501, "3001"))
    await settled(session)
    [call] = session.get_all_calls().values()
    assert session.get_current_call() is session.get_value("CurrentCall") is call
    assert session.get_value_string("CurrentCall") == "call.5000.501.3001"
