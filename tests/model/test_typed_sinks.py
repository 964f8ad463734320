"""Typed sinks: only the methods that a program overrides are listeners."""

import pytest

from ctios_fast import Arguments, Session
from ctios_fast.event_types import (
    AgentEvents,
    AgentStateArguments,
    AllInOneEvents,
    ConnectionArguments,
    EventSink,
    SessionEvents,
)
from ctios_fast.model.session_properties import session_context


@pytest.fixture
def session() -> Session:
    return Session(client_id="test")


def listeners(session: Session) -> dict[str, int]:
    """How many listeners each event has, where it has any."""
    return {
        event: len(of_event) for event, of_event in session_context(session).listeners.items() if of_event
    }


def test_only_overridden_methods_are_listeners(session: Session) -> None:
    class Sink(AgentEvents, SessionEvents):
        def on_agent_state_change(self, args: AgentStateArguments) -> None:
            seen.append(args["AgentID"])

    seen: list[str] = []
    session.add_event_listener(Sink())
    assert listeners(session) == {"OnAgentStateChange": 1}
    session_context(session).events.fire("OnAgentStateChange", Arguments({"AgentID": "1001"}))
    assert seen == ["1001"]


@pytest.mark.parametrize("interface", [SessionEvents, AllInOneEvents, EventSink])
def test_a_sink_that_overrides_nothing_has_no_listener(session: Session, interface: type[EventSink]) -> None:
    class Sink(interface):  # type: ignore[valid-type, misc]
        pass

    for sink in (Sink(), interface()):
        session.add_event_listener(sink)
        assert listeners(session) == {}
        session.remove_event_listener(sink)


def test_methods_of_base_classes_of_the_program_are_listeners(session: Session) -> None:
    class Logging(SessionEvents):
        def on_connection(self, args: ConnectionArguments) -> None:
            seen.append(args)

    class Sink(Logging, AgentEvents):
        def on_connection_closed(self, args: Arguments) -> None:
            seen.append(args)

    seen: list[Arguments] = []
    session.add_event_listener(Sink())
    assert listeners(session) == {"OnConnection": 1, "OnConnectionClosed": 1}


def test_an_overridden_method_may_call_the_interfaces_method(session: Session) -> None:
    class Sink(SessionEvents):
        def on_connection(self, args: ConnectionArguments) -> None:
            super().on_connection(args)
            seen.append(args)

    seen: list[Arguments] = []
    session.add_event_listener(Sink())
    session_context(session).events.fire("OnConnection", Arguments())
    assert len(seen) == 1
    assert session_context(session).events.failures == 0


def test_a_method_that_is_set_on_the_instance_is_a_listener(session: Session) -> None:
    sink = SessionEvents.__new__(type("Sink", (SessionEvents,), {}))
    sink.on_connection = print  # type: ignore[method-assign]
    session.add_event_listener(sink)
    assert listeners(session) == {"OnConnection": 1}


def test_a_method_under_an_alias_is_a_listener_of_its_event(session: Session) -> None:
    class Sink(AgentEvents):
        def on_agent_state_changed(self, args: AgentStateArguments) -> None: ...

    session.add_event_listener(Sink())
    assert listeners(session) == {"OnAgentStateChange": 1}


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("on_agent_state_chnage", "on_agent_state_change"),
        ("on_conection", "on_connection"),
        ("on_post_log_out", "on_post_logout"),
        ("OnPostLogout", "on_post_logout"),
    ],
)
def test_a_misspelt_method_is_refused_with_a_suggestion(session: Session, misspelt: str, meant: str) -> None:
    sink = type("Sink", (AgentEvents, SessionEvents), {misspelt: lambda self, args: None})()
    with pytest.raises(
        TypeError, match=rf"^Sink\.{misspelt} is not called by any event; did you mean {meant}\?"
    ):
        session.add_event_listener(sink)
    assert listeners(session) == {}


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        (lambda self: None, "too many positional arguments"),
        (lambda self, args, more: None, "missing a required argument: 'more'"),
        (lambda self, args, *, more: None, "missing a required .*argument: 'more'"),
        (staticmethod(lambda: None), "too many positional arguments"),
    ],
)
def test_a_method_that_does_not_take_the_arguments_alone_is_refused(
    session: Session, method: object, fault: str
) -> None:
    class Sink(AgentEvents):
        def on_post_logout(self, args: AgentStateArguments) -> None: ...

    sink = type("Desktop", (Sink,), {"on_agent_state_change": method})()
    with pytest.raises(
        TypeError,
        match=r"^Desktop\.on_agent_state_change cannot be called with the event's Arguments "
        rf"\({fault}\): define it as on_agent_state_change\(self, args\)$",
    ):
        session.add_event_listener(sink)
    assert listeners(session) == {}


@pytest.mark.parametrize("value", [True, "a text", (), object()])
def test_an_attribute_named_after_an_event_must_be_a_method(session: Session, value: object) -> None:
    sink = type("Desktop", (), {"on_post_logout": value, "on_call_end": print})()
    with pytest.raises(
        TypeError,
        match=r"^Desktop\.on_post_logout is named after an event and must be a method, "
        rf"got {type(value).__name__}: define it as on_post_logout\(self, args\)$",
    ):
        session.add_event_listener(sink)
    assert listeners(session) == {}


def test_an_attribute_that_is_none_is_not_a_listener(session: Session) -> None:
    sink = type("Desktop", (AgentEvents,), {"on_post_logout": None, "on_agent_state_change": print})()
    session.add_event_listener(sink)
    assert listeners(session) == {"OnAgentStateChange": 1}


def test_an_interface_can_be_taken_away_again(session: Session) -> None:
    class Sink(AgentEvents):
        def on_post_logout(self, args: AgentStateArguments) -> None: ...

    sink = Sink()
    session.add_event_listener(sink)
    session.remove_event_listener(sink)
    assert listeners(session) == {}
