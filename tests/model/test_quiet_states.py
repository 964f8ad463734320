"""State events that nobody hears of: stored without Python code, they leave what the handler would leave."""

import asyncio
import random
from typing import Any

import pytest
from support.model import MakeSession, feed, soon
from support.scripted_peer import Peer, state_event
from support.scripted_server import Serve

from ctios_fast import Agent, Arguments, Session
from ctios_fast.model.agents import handlers
from ctios_fast.model.session_properties import session_context

AGENTS = [str(1000 + number) for number in range(30)]
STATES = [2, 3, 4, 5, 6, 8] * 5 + [0, 1, 9, 14, 15, 99]


def random_events(seed: int, count: int) -> list[bytes]:
    rng = random.Random(seed)
    events = []
    for _ in range(count):
        agent = rng.choice([*AGENTS] * 3 + ["9999", "", None])
        device = rng.choice([None, "", *[f"3{agent}"] * 60, "77"])
        events.append(
            state_event(
                rng.choice(STATES),
                rng.choice([0, 0, 1, 500, 50_002]),
                agent=agent,
                domain=rng.choice([1] * 20 + [0, 5, 6, -1]),
                peripheral=rng.choice([5000] * 40 + [5001]),
                instrument=device,
                extension=rng.choice([device] * 40 + ["88"]),
                skill_group=rng.choice([0xFFFFFFFF, 7]),
            )
        )
        if rng.random() < 0.01:
            events.append((9).to_bytes(4, "big") + events[-1][4:17])
    return events


def known(session: Session) -> dict[str, Any]:
    agents = {
        agent_id: (
            repr(agent.state),
            type(agent.state),
            agent.reason_code,
            agent.agent_instrument,
            agent.agent_extension,
            agent.domain_states,
            agent.is_logged_in,
            agent.is_doubtful,
        )
        for agent_id, agent in session.agents.items()
    }
    counters = session.counters()
    names = ("frames_malformed", "events_of_unknown_agents", "agents_refused", "handler_errors")
    return {"agents": agents, "counters": {name: counters[name] for name in names}}


async def in_bulk_mode(make_session: MakeSession, serve: Serve, peripheral: int = 5000) -> Session:
    session = make_session()
    await soon(session.connect(**await serve(Peer().behaviour)))
    await soon(session.set_bulk_mode(peripheral))
    return session


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the agents that took in an event by Python code."""
    ids: list[str] = []
    apply_state = handlers.apply_state

    def noted(agent: Agent, *values: Any) -> None:
        ids.append(agent.agent_id)
        apply_state(agent, *values)

    monkeypatch.setattr(handlers, "apply_state", noted)
    return ids


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("auto_login", [False, True])
async def test_agents_are_the_same_with_a_listener_and_without(
    seed: int, auto_login: bool, serve: Serve, make_session: MakeSession, called: list[str]
) -> None:
    events = random_events(seed, 3000)
    left, calls = [], []
    for listens in (False, True):
        session = await in_bulk_mode(make_session, serve)
        heard: list[Arguments] = []
        if listens:
            session.subscribe("OnAgentStateChange", heard.append)
        for agent_id in AGENTS[:3]:
            session.agent(agent_id, auto_login=auto_login)
        dispatcher = session._connection.dispatcher
        for at in range(0, len(events), 100):
            dispatcher.frames.feed(b"".join(events[at : at + 100]))
            dispatcher.dispatch()
        assert bool(heard) == listens
        left.append(known(session))
        calls.append(len(called))
        called.clear()
    assert left[0] == left[1]
    assert left[0]["counters"]["frames_malformed"] > 0
    assert calls[0] < 0.8 * calls[1]


def event(session: Session, called: list[str], state: int, agent: str = "1001", **fields: Any) -> bool:
    """Hand an event to the session; returns whether Python code took it in."""
    called.clear()
    feed(session, [state_event(state, agent=agent, **fields)])
    assert session.agent(agent).state == state
    return bool(called)


async def test_the_first_event_and_logouts_need_python_code(
    serve: Serve, make_session: MakeSession, called: list[str]
) -> None:
    session = await in_bulk_mode(make_session, serve)
    assert event(session, called, 2, "1002")
    assert not event(session, called, 3, "1002")
    assert event(session, called, 1, "1002")
    assert event(session, called, 9, "1002")


async def test_every_listener_hears_every_event_from_its_subscription_on(
    serve: Serve, make_session: MakeSession, called: list[str]
) -> None:
    session = await in_bulk_mode(make_session, serve)
    heard: list[int] = []

    def listener(args: Arguments) -> None:
        heard.append(args["AgentState"])

    event(session, called, 2)
    for round_ in (1, 2):
        session.subscribe("OnAgentStateChange", listener)
        assert event(session, called, 3)
        assert event(session, called, 4)
        session.unsubscribe("OnAgentStateChange", listener)
        assert not event(session, called, 5)
        assert heard == [3, 4] * round_


async def test_a_wait_for_a_state_hears_of_it(
    serve: Serve, make_session: MakeSession, called: list[str]
) -> None:
    session = await in_bulk_mode(make_session, serve)
    event(session, called, 2)
    waiting = session.agent("1001").wait_for_state(3)
    assert event(session, called, 4)
    assert event(session, called, 3)
    assert await soon(waiting) == 3
    await asyncio.sleep(0)  # what the wait used is given up in this turn of the loop
    assert not event(session, called, 4)


async def test_the_device_of_an_event_is_taken_in(
    serve: Serve, make_session: MakeSession, called: list[str]
) -> None:
    session = await in_bulk_mode(make_session, serve)
    event(session, called, 2, instrument="3001", extension="3001")
    agent = session.agent("1001")
    assert not event(session, called, 3, instrument="3001", extension="3001")
    assert event(session, called, 4, instrument="3002", extension="3001")
    assert (agent.agent_instrument, agent.agent_extension) == ("3002", "3001")
    assert not event(session, called, 5, instrument="3002")


async def test_an_agent_that_is_logged_in_again_is_followed(
    serve: Serve, make_session: MakeSession, called: list[str]
) -> None:
    session = await in_bulk_mode(make_session, serve)
    event(session, called, 2)
    assert not event(session, called, 3)
    session.agent("1001").auto_login = True
    assert event(session, called, 2)


async def test_an_agent_of_another_peripheral_is_unknown_after_the_mode_has_changed(
    serve: Serve, make_session: MakeSession, called: list[str]
) -> None:
    session = await in_bulk_mode(make_session, serve)
    event(session, called, 2)
    assert not event(session, called, 3)
    feed(session, [state_event(4, agent="1001", peripheral=5001)])
    assert session.agent("1001").state == 3
    assert session.counters()["events_of_unknown_agents"] == 1


async def test_events_after_a_loss_end_the_doubt(
    serve: Serve, make_session: MakeSession, called: list[str]
) -> None:
    session = await in_bulk_mode(make_session, serve)
    event(session, called, 2)
    agent = session.agent("1001")
    session_context(session).registry.doubt()
    assert agent.is_doubtful
    assert event(session, called, 3)
    assert not agent.is_doubtful
