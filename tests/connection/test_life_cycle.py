"""The table of connection states: complete, connected, and the only source of the connection's state."""

import ast
import inspect
from collections import defaultdict

import pytest

from ctios_fast.connection import connection
from ctios_fast.connection.life_cycle import TRANSITIONS, ConnectionState, next_state

S = ConnectionState
EVENTS = {event for _, event in TRANSITIONS}


def reachable(start: ConnectionState) -> set[ConnectionState]:
    found = {start}
    todo = [start]
    while todo:
        state = todo.pop()
        for (before, _), after in TRANSITIONS.items():
            if before is state and after not in found:
                found.add(after)
                todo.append(after)
    return found


def test_every_state_can_be_reached() -> None:
    assert reachable(S.DISCONNECTED) == set(S)
    assert {before for before, _ in TRANSITIONS} == set(S)


@pytest.mark.parametrize("state", S)
def test_every_state_leads_to_an_open_session_and_to_the_end(state: ConnectionState) -> None:
    assert S.DISCONNECTED in reachable(state)
    assert S.OPEN in reachable(state)


@pytest.mark.parametrize("state", set(S) - {S.DISCONNECTED, S.CLOSING}, ids=lambda state: state.value)
def test_a_disconnect_ends_every_state_in_two_steps(state: ConnectionState) -> None:
    closing = next_state(state, "disconnect")
    assert closing is S.CLOSING
    assert next_state(closing, "closed") is S.DISCONNECTED


@pytest.mark.parametrize("state", [S.CONNECTED, S.OPENING, S.OPEN])
def test_every_state_with_a_link_can_lose_it(state: ConnectionState) -> None:
    assert next_state(state, "lost") is S.WAITING


def test_a_connect_leads_to_an_open_session() -> None:
    state = S.DISCONNECTED
    for event in ("connect", "failed", "retry", "tcp_up", "open", "opened"):
        state = next_state(state, event)
    assert state is S.OPEN


@pytest.mark.parametrize("state", S)
def test_an_event_that_the_table_lacks_is_an_error_that_names_state_and_event(state: ConnectionState) -> None:
    for event in (EVENTS | {"explode"}) - {event for before, event in TRANSITIONS if before is state}:
        with pytest.raises(ValueError, match=f"{state.value} cannot {event}"):
            next_state(state, event)


def test_only_its_end_or_a_cancellation_ends_closing() -> None:
    leaving = defaultdict(set)
    for before, event in TRANSITIONS:
        leaving[before].add(event)
    assert leaving[S.CLOSING] == {"closed", "cancelled"}
    assert leaving[S.DISCONNECTED] == {"connect"}


def test_the_connection_uses_every_event_and_does_not_set_the_state_itself() -> None:
    tree = ast.parse(inspect.getsource(connection))
    used = {
        constant.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "take"
        for constant in ast.walk(call)
        if isinstance(constant, ast.Constant)
    }
    assert used == EVENTS
    assigned = [
        target
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in ast.walk(node)
        if isinstance(target, ast.Attribute) and isinstance(target.ctx, ast.Store) and target.attr == "state"
    ]
    assert assigned == [], "only Lifecycle.take sets the state"


def test_the_diagram_shows_every_event() -> None:
    diagram = inspect.getdoc(inspect.getmodule(next_state)) or ""
    for event in EVENTS:
        assert event in diagram
