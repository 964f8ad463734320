"""Every public method accepts the same values, and refuses others at once with name, value and range."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from support.model import MakeSession, settled, soon
from support.scripted_peer import Peer, confirmed, state_event
from support.scripted_server import Serve

from ctios_fast import Agent, Arguments, CilCode, MethodError, Session
from ctios_fast import keywords as kw
from ctios_fast.core import Message
from ctios_fast.protocol import numbers as ged

LOGOUT, NOT_READY = 1, 2


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(MethodError) as error:
        call()
    return str(error.value)


# --- Numbers and texts -------------------------------------------------------------------------------


async def test_a_peripheral_id_as_text_is_a_number(peer: Peer, serve: Serve, session: Session) -> None:
    await soon(session.connect(**await serve(peer.behaviour)))
    await soon(session.set_bulk_mode("5000"))  # type: ignore[arg-type]
    peer.send(state_event(NOT_READY))
    await settled(session)
    assert session.peripheral_id == 5000
    assert session.agents["1001"].state == NOT_READY


@pytest.mark.parametrize("value", ["x", 1.5, -1, 0xFFFFFFFF, None, "9" * 30, b"5000"])
async def test_an_invalid_peripheral_id_is_refused_and_leaves_the_mode_unset(
    peer: Peer, serve: Serve, session: Session, value: Any
) -> None:
    await soon(session.connect(**await serve(peer.behaviour)))
    assert "peripheral_id must be an integer from 0 to 4294967294" in refusal(
        lambda: session.set_bulk_mode(value)
    )
    await soon(session.set_bulk_mode(5000))


@pytest.mark.parametrize("way", ["by name", "by keyword"])
@pytest.mark.parametrize(("value", "sent"), [("7", 7), (7, 7), (7.0, 7), (-1, 0xFFFF), ("-1", 0xFFFF)])
async def test_a_reason_code_is_the_same_by_name_and_by_keyword(
    peer: Peer, peer_agent: Agent, way: str, value: Any, sent: int
) -> None:
    if way == "by name":
        peer_agent.set_agent_state(NOT_READY, reason_code=value).cancel()
    else:
        peer_agent.set_agent_state({"AgentState": NOT_READY, "EventReasonCode": value}).cancel()
    request = await peer.next(ged.SET_AGENT_STATE_REQ)
    assert request["EventReasonCode"] == sent


@pytest.mark.parametrize("value", ["seven", 65536, -32769, 1.5, b"7"])
async def test_an_invalid_reason_code_is_refused_by_name_and_by_keyword(
    peer_agent: Agent, value: Any
) -> None:
    by_name = refusal(lambda: peer_agent.set_agent_state(NOT_READY, reason_code=value))
    by_keyword = refusal(
        lambda: peer_agent.set_agent_state({"AgentState": NOT_READY, "EventReasonCode": value})
    )
    assert by_name.replace("reason_code", "EventReasonCode", 1) == by_keyword
    assert f"reason_code must be an integer from -32768 to 65535, got {value!r}" in by_name


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"agent_id": ""}, "agent_id must not be empty"),
        ({"agent_id": "x" * 12}, "agent_id must have at most 11 characters, got 12"),
        ({"agent_id": "1\0"}, "agent_id must be text without NUL characters"),
        ({"agent_id": None}, "agent_id must be text, got None"),
        ({"agent_id": b"1"}, "agent_id must be text, got b'1'"),
        ({"agent_id": "1", "peripheral_id": "x"}, "peripheral_id must be an integer"),
        ({"agent_id": "1", "agent_instrument": "x" * 64}, "agent_instrument must have at most 63"),
        ({"agent_id": "1", "agent_extension": "x" * 16}, "agent_extension must have at most 15"),
        ({"agent_id": "1", "auto_login": "perhaps"}, "auto_login must be true or false, got 'perhaps'"),
    ],
)
def test_an_agent_with_invalid_arguments_is_refused(given: dict[str, Any], reason: str) -> None:
    assert reason in refusal(lambda: Agent(**given))


def test_an_agent_takes_text_for_numbers_and_numbers_for_text() -> None:
    agent = Agent(1001, "5000", agent_instrument=3001, auto_login="1")  # type: ignore[arg-type]
    assert (agent.agent_id, agent.peripheral_id, agent.agent_instrument) == ("1001", 5000, "3001")
    assert agent.auto_login is True


@pytest.mark.parametrize("value", [None, "", "x" * 64, b"x", True, 1.5, "a\0b"])
def test_an_invalid_client_id_is_refused_at_once(value: Any) -> None:
    assert "client_id must" in refusal(lambda: Session(client_id=value))
    session = Session(client_id="x" * 63)
    assert "client_id must" in refusal(lambda: setattr(session, "client_id", value))
    assert session.client_id == "x" * 63


@pytest.mark.parametrize("value", ["x" * 64, b"x", True, 1.5, "a\0b"])
def test_an_invalid_client_signature_is_refused_at_once(value: Any) -> None:
    assert "client_signature must" in refusal(lambda: Session(client_id="x", client_signature=value))
    session = Session(client_id="x", client_signature="x" * 63)
    assert "client_signature must" in refusal(lambda: setattr(session, "client_signature", value))
    assert session.client_signature == "x" * 63
    session.client_signature = None


def test_a_client_password_that_is_too_long_is_refused_at_once_and_not_shown() -> None:
    message = refusal(lambda: Session(client_id="x", client_password="tahini" * 20))
    assert "client_password must have at most 63 characters" in message
    assert "tahini" not in message


@pytest.mark.parametrize("fields", [None, [], "x", 5])
async def test_fields_that_are_not_a_mapping_are_refused(peer_bulk: Session, fields: Any) -> None:
    for call in (lambda: peer_bulk.request(36, fields), lambda: peer_bulk.send(230, fields)):
        assert "fields must be a mapping" in refusal(call)


def test_the_error_names_a_listener_that_is_not_subscribed() -> None:
    session = Session(client_id="x")
    with pytest.raises(ValueError, match="print> is not subscribed to OnPostLogout"):
        session.unsubscribe("OnPostLogout", print)


def test_a_number_of_thousands_of_digits_is_refused_like_any_other() -> None:
    huge = 10**5000  # Python does not convert it to text
    session = Session(client_id="x")
    assert "peripheral_id must be an integer" in refusal(lambda: Agent("1", huge))
    assert "agent_id must have at most 11 characters" in refusal(lambda: Agent(huge))  # type: ignore[arg-type]
    assert "PortA must be from 1 to 65535" in refusal(lambda: session.connect(ctios_a="x", port_a=huge))
    with pytest.raises(ValueError, match="heartbeat must be from 5"):
        Session(client_id="x", heartbeat=huge)


async def test_session_agent_checks_its_arguments(peer_bulk: Session) -> None:
    assert "agent_id must have at most 11" in refusal(lambda: peer_bulk.agent("x" * 12))
    assert "AgentInstrument must have" in refusal(lambda: peer_bulk.agent("1", agent_instrument="x" * 64))
    assert "AutoLogin must be" in refusal(lambda: peer_bulk.agent("1", auto_login="maybe"))  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [math.nan, math.inf, -1, 0, "5", True, 1e9, 10**100])
async def test_an_invalid_timeout_is_refused_by_every_method(
    peer_agent: Agent, session: Session, value: Any
) -> None:
    calls: list[Callable[[], object]] = [
        lambda: peer_agent.login(timeout=value),
        lambda: peer_agent.logout(timeout=value),
        lambda: peer_agent.set_agent_state(NOT_READY, timeout=value),
        lambda: peer_agent.query_agent_state(timeout=value),
        lambda: session.skill_group(1).query_statistics(timeout=value),
        lambda: peer_agent.query_agent_statistics(timeout=value),
        lambda: session.request(36, {}, timeout=value),
        lambda: Session(client_id="x", request_timeout=value),
    ]
    for call in calls:
        assert "timeout must be a number of seconds above 0" in refusal(call)
    assert session.counters()["open_requests"] == 0


@pytest.mark.parametrize("value", [math.nan, math.inf, -5, 1, "often"])
def test_an_invalid_heartbeat_is_refused_by_session_and_connect(
    make_session: MakeSession, value: Any
) -> None:
    with pytest.raises((ValueError, TypeError), match="heartbeat"):
        Session(client_id="x", heartbeat=value)
    session = Session(client_id="x")
    for way in ({"heartbeat": value}, {"args": {"Heartbeat": value}}):
        assert refusal(lambda: session.connect(ctios_a="127.0.0.1", **way))  # noqa: B023


# --- Wrong types by position -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda s, a: a.logout(7), "logout() takes Arguments or a mapping of keywords, got int"),
        (lambda s, a: a.login("pw"), "login() takes Arguments or a mapping of keywords, got str"),
        (lambda s, a: a.login({5: 1}), "login(): a keyword must be text, got int"),
        (lambda s, a: a.set_agent_state("ready"), "set_agent_state() takes Arguments"),
        (lambda s, a: a.set_agent_state(None), "AgentState is missing"),
        (lambda s, a: s.connect("127.0.0.1"), "connect() takes Arguments or a mapping"),
        (lambda s, a: s.set_agent("1001"), "set_agent() takes an Agent or None, got str"),
        (lambda s, a: s.set_agent(Agent), "set_agent() takes an Agent or None, got type"),
        (lambda s, a: s.skill_group("seven"), "skill_group_number must be an integer"),
    ],
)
async def test_the_error_about_a_wrong_type_names_the_method(
    peer_agent: Agent, session: Session, call: Callable[[Session, Agent], object], reason: str
) -> None:
    assert reason in refusal(lambda: call(session, peer_agent))


# --- Keywords ----------------------------------------------------------------------------------------


async def test_an_unused_keyword_gives_a_warning(peer_agent: Agent) -> None:
    with pytest.warns(UserWarning, match=r"logout\(\) does not use ReasonCode; did you mean EventReasonCode"):
        peer_agent.logout(Arguments({"ReasonCode": 7})).cancel()
    with pytest.warns(UserWarning, match=r"login\(\) does not use Shoesize$"):
        peer_agent.login({"Shoesize": 44}).cancel()


async def test_the_warning_points_at_the_program(peer_agent: Agent) -> None:
    with pytest.warns(UserWarning, match="ReasonCode") as caught:
        peer_agent.logout({"ReasonCode": 7}).cancel()
    assert caught[0].filename == __file__


# --- Sinks -------------------------------------------------------------------------------------------


class Sink:
    def on_post_logout(self, args: Arguments) -> None:
        """Called at each logout."""


def test_a_sink_class_is_refused_at_the_call() -> None:
    with pytest.raises(TypeError, match=r"add Sink\(\)"):
        Session(client_id="x").add_event_listener(Sink)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("on_post_logut", "on_post_logout"),
        ("on_agent_state_chang", "on_agent_state_change"),
        ("OnPostLogout", "on_post_logout"),
        ("on_connection_close", "on_connection_closed"),
    ],
)
def test_a_misspelt_sink_method_is_refused_with_a_suggestion(name: str, meant: str) -> None:
    sink = type("Program", (Sink,), {name: lambda self, args: None})()
    session = Session(client_id="x")
    with pytest.raises(TypeError, match=f"Program.{name} is not called by any event; did you mean {meant}"):
        session.add_event_listener(sink)


@pytest.mark.parametrize("name", ["on_click", "on_call_begin", "online", "on_the_phone"])
def test_a_sink_may_have_other_methods(name: str) -> None:
    sink = type("Program", (Sink,), {name: lambda self, args: None})()
    Session(client_id="x").add_event_listener(sink)


def test_a_listener_that_cannot_be_called_is_refused() -> None:
    with pytest.raises(TypeError, match="must be callable, got str"):
        Session(client_id="x").subscribe("OnPostLogout", "print")  # type: ignore[arg-type]


def test_an_unknown_event_is_refused_with_a_suggestion() -> None:
    with pytest.raises(ValueError, match="did you mean OnPostLogout"):
        Session(client_id="x").subscribe("OnPostLogot", print)


async def test_a_handler_can_be_registered_by_message_name(peer: Peer, peer_bulk: Session) -> None:
    got: list[Message] = []
    peer_bulk.on("AGENT_STATE_EVENT", got.append)
    peer.send(state_event(3))
    await settled(peer_bulk)
    peer_bulk.off("AGENT_STATE_EVENT", got.append)
    assert [message["AgentState"] for message in got] == [3]
    with pytest.raises(ValueError, match="did you mean AGENT_STATE_EVENT"):
        peer_bulk.on("AGENT_SATE_EVENT", got.append)


# --- Several requests at once ------------------------------------------------------------------------


async def test_states_requested_at_once_end_with_their_own_events(peer: Peer, peer_agent: Agent) -> None:
    peer.answers[ged.SET_AGENT_STATE_REQ] = lambda request: [
        confirmed(request),
        state_event(request["AgentState"]),
    ]
    wanted = [3, 2, 3, 2]
    requests = [peer_agent.set_agent_state(state) for state in wanted]
    assert [await soon(request) for request in requests] == wanted


async def test_events_before_all_confirmations_answer_in_order(peer: Peer, peer_agent: Agent) -> None:
    received: list[Message] = []

    def answer(request: Message) -> list[bytes]:
        received.append(request)
        if len(received) < 4:
            return []
        events = [state_event(each["AgentState"]) for each in received]
        return events + [confirmed(each) for each in received]

    peer.answers[ged.SET_AGENT_STATE_REQ] = answer
    wanted = [3, 2, 3, 2]
    requests = [peer_agent.set_agent_state(state) for state in wanted]
    assert [await soon(request) for request in requests] == wanted


def test_an_agent_without_a_session_reads_properties_and_refuses_requests() -> None:
    agent = Agent("1001", 5000)
    assert agent.get_value(kw.CTIOS_AGENTSTATE) is None
    with pytest.raises(MethodError) as error:
        agent.login()
    assert error.value.code == CilCode.E_CTIOS_INVALID_SESSION
