"""Chat and emergencies, byte by byte: USER_MESSAGE_REQ for each distribution, and the events."""

import struct

import pytest
from support.call_messages import Connection, send
from support.documented_events import check_keywords
from support.model import MakeSession, failing, soon, until
from support.struct_server import PERIPHERAL, Floating, Peer, StructServer, text, uint
from support.wire_steps import Desk, FullRecorder, open_bulk

from ctios_fast import Arguments, CilCode, MethodError, RequestRefused, Session
from ctios_fast.model.session_properties import session_context

CLIENT_SESSION_OPENED_EVENT, CLIENT_SESSION_CLOSED_EVENT = 99, 100
USER_MESSAGE_REQ, USER_MESSAGE_CONF, USER_MESSAGE_EVENT = 107, 108, 109
EMERGENCY_CALL_EVENT = 123
#: InvokeID, PeripheralID, Distribution.
MESSAGE_LAYOUT = "IIH"
CLIENT, SUPERVISOR, TEAM, ALL = range(4)


def client_fields(agent_id: str, client_id: str) -> Floating:
    """What names a client and its agent."""
    return [(81, text("10.0.0.1")), (1, text(client_id)), (3, text("desk")), (5, text(agent_id))]


def session_opened(
    peer: Peer, session_id: int, agent_id: str, client_id: str, *, peripheral_id: int = PERIPHERAL
) -> None:
    """Report that a client opened a session for an agent."""
    fixed = struct.pack(">IIIIII", session_id, peripheral_id, 0x7, 0, 0, 51000)
    peer.send(CLIENT_SESSION_OPENED_EVENT, fixed, client_fields(agent_id, client_id))


def session_closed(peer: Peer, session_id: int, agent_id: str, client_id: str) -> None:
    """Report that a client's session has ended."""
    fixed = struct.pack(">IIII", session_id, PERIPHERAL, 0, 51000)
    peer.send(CLIENT_SESSION_CLOSED_EVENT, fixed, client_fields(agent_id, client_id))


def user_message(peer: Peer, distribution: int, client_id: str, words: str) -> None:
    """Send a message of a client."""
    fixed = struct.pack(">IH", 1_700_000_000, distribution)
    peer.send(USER_MESSAGE_EVENT, fixed, [(1, text(client_id)), (7, text(words))])


def emergency(peer: Peer, connection: tuple[int, int], session_id: int, floating: Floating = ()) -> None:
    """Report an emergency. ``connection``: ConnectionCallID and ConnectionDeviceIDType."""
    fixed = struct.pack(">IIHI", PERIPHERAL, *connection, session_id)
    peer.send(EMERGENCY_CALL_EVENT, fixed, floating)


# --- Sending ----------------------------------------------------------------------------------------


@pytest.mark.covers("Agent.SendChatMessage")
@pytest.mark.parametrize(("distribution", "number"), [("supervisor", SUPERVISOR), ("team", TEAM)])
async def test_a_message_to_supervisor_or_team_names_the_sending_agent(
    desk: Desk, distribution: str, number: int
) -> None:
    sent = desk.agent.send_chat_message(message="need you", distribution=distribution)
    request = await desk.peer.receive(USER_MESSAGE_REQ)
    assert request.fixed(MESSAGE_LAYOUT)[1:] == (PERIPHERAL, number)
    assert request.floating(MESSAGE_LAYOUT) == [(5, text("1001")), (7, text("need you"))]
    desk.peer.send(USER_MESSAGE_CONF, uint(request.invoke_id))
    await soon(sent)
    assert desk.recorder.names == []


async def test_agent_mode_sends_no_message_in_the_name_of_another_agent(desk: Desk) -> None:
    member = desk.session.agent("1002", agent_instrument="3002")
    with pytest.raises(MethodError, match=r"call it on session\.current_agent") as raised:
        member.send_chat_message(message="hello", distribution="team")
    assert raised.value.code == CilCode.E_CTIOS_MODE_CONFLICT
    desk.agent.send_chat_message(message="lunch", distribution="all")
    request = await desk.peer.receive(USER_MESSAGE_REQ)  # nothing was sent before it
    assert request.floating(MESSAGE_LAYOUT) == [(7, text("lunch"))]


async def test_a_message_to_all_names_nobody(desk: Desk) -> None:
    desk.agent.send_chat_message({"Message": "lunch", "Distribution": "All"})
    request = await desk.peer.receive(USER_MESSAGE_REQ)
    assert request.fixed(MESSAGE_LAYOUT)[1:] == (PERIPHERAL, ALL)
    assert request.floating(MESSAGE_LAYOUT) == [(7, text("lunch"))]


async def test_a_message_to_a_client_names_it(desk: Desk) -> None:
    desk.agent.send_chat_message(message="hello", distribution="client", client_id="desk-7")
    request = await desk.peer.receive(USER_MESSAGE_REQ)
    assert request.fixed(MESSAGE_LAYOUT)[1:] == (PERIPHERAL, CLIENT)
    assert request.floating(MESSAGE_LAYOUT) == [(1, text("desk-7")), (7, text("hello"))]


@pytest.mark.parametrize("version", [14, 20])
@pytest.mark.parametrize("distribution", ["agent", "DistributeToAgent"])
async def test_a_message_to_an_agent_goes_to_the_client_that_the_server_reported(
    session: Session, server: StructServer, version: int, distribution: str
) -> None:
    peer = await open_bulk(session, server)
    assert peer.version == version
    session_opened(peer, 7, "1002", "desk-1002")
    await until(lambda: session_context(session).chat.client_of("1002"))
    sender = session.agent("1001")
    for target in ("1002", "agent.5000.1002", session.agent("1002")):
        sender.send_chat_message(Arguments(Message="hi", Distribution=distribution), target=target)
        request = await peer.receive(USER_MESSAGE_REQ)
        assert request.fixed(MESSAGE_LAYOUT)[1:] == (PERIPHERAL, CLIENT)
        assert request.floating(MESSAGE_LAYOUT) == [(1, text("desk-1002")), (7, text("hi"))]


async def test_a_rule_of_the_site_gives_the_client_of_an_agent(desk: Desk) -> None:
    desk.session.chat_client_of = lambda agent_id: f"desk-{agent_id}" if agent_id != "1009" else None
    desk.agent.send_chat_message(Arguments(Message="hi", Distribution="agent", Target="1003"))
    request = await desk.peer.receive(USER_MESSAGE_REQ)
    assert request.floating(MESSAGE_LAYOUT) == [(1, text("desk-1003")), (7, text("hi"))]
    code = failing(lambda: desk.agent.send_chat_message(message="hi", distribution="agent", target="1009"))
    assert code == CilCode.E_CTIOS_INVALID_ARGUMENT


async def test_an_agent_without_a_known_client_is_refused_with_the_cure(desk: Desk) -> None:
    with pytest.raises(MethodError, match=r"give client_id, set Session\.chat_client_of, or ask for .*0x40"):
        desk.agent.send_chat_message(message="hi", distribution="agent", target="1002")


async def test_the_login_name_of_an_agent_is_refused_with_the_cure(desk: Desk) -> None:
    args = Arguments(Message="hi", Distribution="agent", LoginName="ada", Target="ada")
    with pytest.raises(MethodError, match="login names: give the AgentID as Target"):
        desk.agent.send_chat_message(args)


async def test_messages_that_cannot_be_sent_are_refused(desk: Desk) -> None:
    missing, invalid = CilCode.E_CTIOS_MISSING_ARGUMENT, CilCode.E_CTIOS_INVALID_ARGUMENT
    for given, code in (
        ({"distribution": "all"}, missing),
        ({"message": "hi"}, missing),
        ({"message": "hi", "distribution": "agent"}, missing),
        ({"message": "", "distribution": "all"}, invalid),
        ({"message": "x" * 255, "distribution": "all"}, invalid),
        ({"message": "hi", "distribution": "everybody"}, invalid),
        ({"message": "hi", "distribution": 3}, invalid),
        ({"message": "hi", "distribution": "agent", "target": 1002}, invalid),
    ):
        assert failing(lambda given=given: desk.agent.send_chat_message(**given)) == code, given  # type: ignore[misc]
    call = Connection(601, "3001")
    send(desk.peer, "BEGIN_CALL", call)
    await desk.recorder.wait_for("OnCallBegin")
    for target in (call.uid, desk.session.calls[call.uid]):
        with pytest.raises(MethodError, match="target must be an Agent"):
            desk.agent.send_chat_message(message="hi", distribution="agent", target=target)  # type: ignore[arg-type]
    desk.agent.send_chat_message(message="x" * 254, distribution="all")
    assert (await desk.peer.receive(USER_MESSAGE_REQ)).floating(MESSAGE_LAYOUT) == [(7, text("x" * 254))]


async def test_a_refused_message_fires_a_control_failure(desk: Desk) -> None:
    sent = desk.agent.send_chat_message(message="hi", distribution="client", client_id="nobody")
    desk.peer.failure_conf(await desk.peer.receive(USER_MESSAGE_REQ), 41)
    with pytest.raises(RequestRefused):
        await soon(sent)
    assert desk.recorder.names == ["OnControlFailureConf"]


def test_a_rule_must_be_a_function(make_session: MakeSession) -> None:
    session = make_session()
    assert session.chat_client_of is None
    code = failing(lambda: setattr(session, "chat_client_of", "desk-{}"))
    assert code == CilCode.E_CTIOS_INVALID_ARGUMENT


# --- Receiving --------------------------------------------------------------------------------------


@pytest.mark.covers("IAgentEvents.OnChatMessage")
@pytest.mark.parametrize(
    ("number", "name"),
    [(CLIENT, "agent"), (SUPERVISOR, "supervisor"), (TEAM, "team"), (ALL, "all"), (9, "9")],
)
async def test_a_received_message_has_the_keywords_of_the_guide(desk: Desk, number: int, name: str) -> None:
    user_message(desk.peer, number, "desk-1002", "need you")
    event = await desk.recorder.wait_for("OnChatMessage")
    check_keywords("OnChatMessage", event)
    assert event == Arguments(
        Distribution=name,
        Message="need you",
        Source="desk-1002",
        ClientID="desk-1002",
        AgentID="1001",
        Target="1001",
        ICMCentralControllerTime=1_700_000_000,
    )


async def test_the_source_is_the_agent_of_a_client_that_the_server_reported(desk: Desk) -> None:
    session_opened(desk.peer, 7, "1002", "desk-1002")
    user_message(desk.peer, CLIENT, "desk-1002", "hi")
    assert (await desk.recorder.wait_for("OnChatMessage"))["Source"] == "1002"


async def test_bulk_mode_names_no_recipient(
    session: Session, server: StructServer, recorder: FullRecorder
) -> None:
    peer = await open_bulk(session, server)
    user_message(peer, ALL, "boss", "hi")
    event = await recorder.wait_for("OnChatMessage")
    assert event["Source"] == "boss"
    assert "Target" not in event


@pytest.mark.covers("IAgentEvents.OnEmergencyCall")
async def test_an_emergency_has_all_ten_keywords(desk: Desk) -> None:
    floating = [
        (25, text("3002.0")),
        (1, text("desk-1002")),
        (81, text("10.0.0.2")),
        (4, text("3002")),
        (5, text("1002")),
        (6, text("3012")),
    ]
    emergency(desk.peer, (9001, 0), 44, floating)
    event = await desk.recorder.wait_for("OnEmergencyCall")
    check_keywords("OnEmergencyCall", event)
    assert event == Arguments(
        PeripheralID=PERIPHERAL,
        ConnectionCallID=9001,
        ConnectionDeviceIDType=0,
        SessionID=44,
        ConnectionDeviceID="3002.0",
        ClientID="desk-1002",
        ClientAddress="10.0.0.2",
        AgentExtension="3002",
        AgentID="1002",
        AgentInstrument="3012",
    )


async def test_an_emergency_without_its_texts_has_all_ten_keywords(desk: Desk) -> None:
    emergency(desk.peer, (0xFFFFFFFF, 0xFFFF), 0)
    event = await desk.recorder.wait_for("OnEmergencyCall")
    assert len(event) == 10
    assert event["AgentID"] == ""


# --- The clients of agents --------------------------------------------------------------------------


async def test_the_latest_session_of_an_agent_counts(desk: Desk) -> None:
    chat, peer = session_context(desk.session).chat, desk.peer
    session_opened(peer, 7, "1002", "old")
    session_opened(peer, 8, "1002", "new")
    session_closed(peer, 7, "1002", "old")
    session_opened(peer, 9, "1003", "other")
    await until(lambda: chat.client_of("1003") == "other")
    assert chat.client_of("1002") == "new"
    assert chat.agent_of("old") is None
    session_closed(peer, 9, "1003", "other")
    session_closed(peer, 99, "1003", "unknown")
    await until(lambda: chat.client_of("1003") is None)
    assert chat.agent_of("new") == "1002"


async def test_a_session_of_another_peripheral_or_without_an_agent_is_left_out(desk: Desk) -> None:
    session_opened(desk.peer, 7, "1002", "desk-1002", peripheral_id=5001)
    session_opened(desk.peer, 8, "", "wallboard")
    session_opened(desk.peer, 9, "1003", "desk-1003")
    chat = session_context(desk.session).chat
    await until(lambda: chat.client_of("1003"))
    assert chat.client_of("1002") is None
    assert chat.agent_of("wallboard") is None


async def test_sessions_are_bounded_and_forgotten_with_the_connection(
    make_session: MakeSession, server: StructServer
) -> None:
    session = make_session(max_objects=2)
    peer = await open_bulk(session, server)
    for number in range(4):
        session_opened(peer, number, f"100{number}", f"desk-{number}")
    await until(lambda: session.counters()["chat_clients_refused"] == 2)
    chat = session_context(session).chat
    assert chat.client_of("1000") == "desk-0"
    peer.reset()
    await until(lambda: chat.client_of("1000") is None)
