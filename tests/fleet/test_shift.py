"""``fleet/shift``: the steps of a shift, its report, and its end."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ctios_fast import (
    Agent,
    Arguments,
    ConnectionLost,
    ConnectionState,
    ControlFailure,
    MethodError,
    Session,
)
from ctios_fast.fleet.shift import STEPS, Report, work_shift
from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim import Simulator


@asynccontextmanager
async def bulk_session(simulator: Simulator, **settings: float) -> AsyncIterator[tuple[Session, list[Agent]]]:
    """A session in bulk mode on a started simulator, and an Agent for each agent of the simulator."""
    async with simulator:
        session = Session(client_id="shift", **settings)  # type: ignore[arg-type]
        side = simulator.side_a
        await session.connect(ctios_a=side.host, port_a=side.port)
        await session.set_bulk_mode(simulator.peripheral_id)
        staff = [
            session.agent(agent.agent_id, agent_instrument=agent.instrument) for agent in simulator.agents
        ]
        yield session, staff
        await session.disconnect()


@pytest.mark.parametrize("events_first", [False, True], ids=["confirmation first", "events first"])
async def test_all_agents_take_every_step_and_the_session_is_closed(events_first: bool) -> None:
    simulator = Simulator(agents=7, events_first=events_first)
    async with bulk_session(simulator) as (session, staff):
        steps: list[tuple[str, str]] = []
        report = await work_shift(
            session, staff, window=3, on_step=lambda agent, step: steps.append((agent.agent_id, step))
        )
        assert (report.agents, report.completed, report.failures) == (7, 7, [])
        assert report.closed
        assert session.state is ConnectionState.DISCONNECTED
        assert report.events == 7 * 5 == simulator.counters.events_sent
        assert len(report.round_trips) == 7 * len(STEPS)
        assert 0 < report.round_trip(0.5) <= report.round_trip(0.99) <= report.seconds
        assert [step for agent_id, step in steps if agent_id == "1004"] == list(STEPS)
        assert not any(agent.logged_in for agent in simulator.agents)


async def test_not_ready_and_logout_have_their_reason_codes() -> None:
    simulator = Simulator(agents=1)
    async with bulk_session(simulator) as (session, staff):
        seen: list[tuple[int, int]] = []
        session.subscribe(
            "OnAgentStateChange", lambda args: seen.append((args["AgentState"], args["EventReasonCode"]))
        )
        await work_shift(session, staff, not_ready_reason=42, logout_reason=7)
    assert seen == [(0, 0), (2, 0), (3, 0), (2, 42), (1, 7)]


async def test_the_session_disconnects_in_the_last_on_post_logout() -> None:
    async with bulk_session(Simulator(agents=3)) as (session, staff):
        states: list[ConnectionState] = []

        def note(args: Arguments) -> None:
            states.append(session.state)

        # a listener that is added during the shift is called after the shift's own one
        session.subscribe("OnPreLogout", lambda args: None if states else watch())

        def watch() -> None:
            states.append(session.state)
            session.subscribe("OnPostLogout", note)

        await work_shift(session, staff, window=1)
    is_open = ConnectionState.OPEN
    assert states == [is_open, is_open, is_open, ConnectionState.CLOSING]


async def test_an_agent_whose_step_is_refused_is_logged_out_and_reported() -> None:
    simulator = Simulator(agents=3)
    async with bulk_session(simulator) as (session, staff):

        def work_after_login(agent: Agent, step: str) -> None:
            if agent.agent_id == "1002" and step == "login":
                simulator.set_agent_state("1002", AgentState.AGENT_STATE_ACTIVE)
            elif agent.agent_id == "1002" and step == "not ready":
                simulator.set_agent_state("1002", AgentState.AGENT_STATE_NOT_READY)

        report = await work_shift(session, staff, on_step=work_after_login)
        [failure] = report.failures
        assert (failure.agent_id, failure.step) == ("1002", "ready")
        assert isinstance(failure.error, ControlFailure)
        assert "agent 1002, ready: " in str(failure)
        assert report.completed == 2
        assert report.closed
        assert not any(agent.logged_in for agent in simulator.agents)


async def test_a_forced_logout_does_not_end_the_session() -> None:
    simulator = Simulator(agents=1)
    async with bulk_session(simulator) as (session, staff):
        states: list[ConnectionState] = []

        def force(agent: Agent, step: str) -> None:
            if step == "ready":
                simulator.force_logout("1001")
            elif step == "not ready":
                states.append(session.state)

        report = await work_shift(session, staff, on_step=force)
        assert states == [ConnectionState.OPEN]
        assert report.completed == 0
        assert [failure.step for failure in report.failures] == ["not ready"]
        assert report.closed  # at the end, because no step was left


async def test_a_lost_connection_fails_the_rest_of_the_shift() -> None:
    simulator = Simulator(agents=4)
    async with bulk_session(simulator) as (session, staff):

        def fail(agent: Agent, step: str) -> None:
            if step == "login" and agent.agent_id == "1003":
                simulator.fail_side("a")

        report = await work_shift(session, staff, window=1, on_step=fail)
        assert report.completed == 0
        assert {failure.agent_id for failure in report.failures} == {"1001", "1002", "1003", "1004"}
        assert all(isinstance(failure.error, ConnectionLost) for failure in report.failures)
        assert report.closed


async def test_the_report_names_the_reason_without_a_session() -> None:
    session = Session(client_id="shift")
    agent = session.agent("1001", agent_instrument="3001")
    report = await work_shift(session, [agent])
    assert isinstance(report.failures[0].error, MethodError)
    assert not report.closed
    assert report.events_per_second == 0
    assert report.round_trip(0.5) != report.round_trip(0.5)  # NaN


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"session": None}, TypeError, "session must be a Session, got NoneType"),
        ({"agents": None}, TypeError, "agents must be Agents, got None"),
        ({"agents": "1001"}, TypeError, "agents must be Agents, got '1001'"),
        ({"agents": ["1001"]}, TypeError, "agents must be Agents, got '1001'"),
        ({"window": 0}, ValueError, "window must be 1 or more, got 0"),
        ({"window": "5"}, TypeError, "window must be an integer, 1 or more, got '5'"),
        ({"not_ready_reason": -1}, ValueError, "not_ready_reason must be 0 to 65535, got -1"),
        ({"logout_reason": 65536}, ValueError, "logout_reason must be 0 to 65535, got 65536"),
        ({"logout_reason": True}, TypeError, "logout_reason must be an integer, 0 to 65535, got True"),
        ({"on_step": 5}, TypeError, "on_step must be callable or None, got 5"),
    ],
)
async def test_wrong_arguments_are_refused_before_any_request(
    arguments: dict[str, Any], error: type[Exception], text: str
) -> None:
    simulator = Simulator(agents=1)
    async with bulk_session(simulator) as (session, staff):
        requests = simulator.counters.requests
        with pytest.raises(error, match=re.escape(text)):
            await work_shift(**{"session": session, "agents": staff, **arguments})
        assert simulator.counters.requests == requests
        assert session.state is ConnectionState.OPEN


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_outside_0_to_1_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share must be from 0 to 1"):
        Report(agents=1).round_trip(share)
