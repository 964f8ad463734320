"""Streams of events, waits for one event, and the snapshot of a session."""

import asyncio
import gc
import json
import math
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from support.model import (
    AVAILABLE,
    LOGOUT,
    NOT_READY,
    MakeSession,
    an_agent,
    settled,
    sides,
    soon,
    until,
)

from ctios_fast import (
    Agent,
    AgentState,
    Arguments,
    CilCode,
    ConnectionLost,
    Event,
    EventStream,
    MethodError,
    OpenRefused,
    Session,
    StreamOverflow,
)
from ctios_fast.connection.clock import ManualClock
from ctios_fast.connection.life_cycle import ConnectionState
from ctios_fast.errors import EncodeError
from ctios_fast.model.kinds import KINDS
from ctios_fast.model.monitors.team_table import Team
from ctios_fast.model.session_properties import session_context
from ctios_fast.sim import Simulator

STATES = ("OnAgentStateChange", "OnPreLogout", "OnPostLogout")


async def read(stream: EventStream) -> list[Event]:
    """Everything until the stream's end."""

    async def all_events() -> list[Event]:
        return [event async for event in stream]

    return await soon(all_events())


def raising(error: BaseException) -> Callable[[object], object]:
    def function(argument: object) -> object:
        raise error

    return function


def waiting(stream: EventStream) -> list[str]:
    return [name for name, _ in stream._buffer]


# --- Streams ------------------------------------------------------------------------------------------


async def test_a_stream_has_its_events_in_wire_order_and_ends_with_the_session(
    session: Session, agent: Agent
) -> None:
    stream = session.stream(*STATES)
    await soon(agent.set_agent_state(AVAILABLE))
    await soon(agent.set_agent_state(NOT_READY, reason_code=3))
    await soon(agent.logout(reason_code=7))
    await soon(session.disconnect())
    events = await read(stream)
    assert [(name, args["AgentState"]) for name, args in events if name != "OnPreLogout"] == [
        ("OnAgentStateChange", AVAILABLE),
        ("OnAgentStateChange", NOT_READY),
        ("OnAgentStateChange", LOGOUT),
        ("OnPostLogout", LOGOUT),
    ]
    assert [name for name, _ in events][2:] == ["OnPreLogout", "OnAgentStateChange", "OnPostLogout"]


async def test_a_stream_without_names_has_every_event_the_last_one_included(
    session: Session, agent: Agent
) -> None:
    stream = session.stream()
    await soon(agent.set_agent_state(AVAILABLE))
    await soon(session.disconnect())
    names = [name for name, _ in await read(stream)]
    assert "OnAgentStateChange" in names
    assert names[-1] == "OnConnectionClosed"
    assert names.count("OnConnectionClosed") == 1


async def test_a_reader_that_waits_gets_an_event_when_it_comes(session: Session, agent: Agent) -> None:
    stream = session.stream("OnAgentStateChange")
    reader = asyncio.create_task(anext(stream))
    await asyncio.sleep(0)  # the reader waits now
    await soon(agent.set_agent_state(AVAILABLE))
    assert (await soon(reader)).args["AgentState"] == AVAILABLE


async def test_several_readers_share_the_events(session: Session, agent: Agent) -> None:
    stream = session.stream("OnAgentStateChange")
    readers = [asyncio.create_task(anext(stream)) for _ in range(2)]
    await asyncio.sleep(0)
    await soon(agent.set_agent_state(AVAILABLE))
    await soon(agent.set_agent_state(NOT_READY))
    states = {event.args["AgentState"] for event in await soon(asyncio.gather(*readers))}
    assert states == {AVAILABLE, NOT_READY}


async def test_a_full_buffer_drops_the_oldest_event_and_counts_it(session: Session, agent: Agent) -> None:
    stream = session.stream("OnAgentStateChange", buffer=2)
    for state in (AVAILABLE, NOT_READY, AVAILABLE, NOT_READY, AVAILABLE):
        await soon(agent.set_agent_state(state))
    assert (len(stream), stream.dropped, session.counters()["events_dropped"]) == (2, 3, 3)
    stream.close()
    assert [event.args["AgentState"] for event in await read(stream)] == [NOT_READY, AVAILABLE]


async def test_a_full_buffer_ends_the_stream_with_an_error_after_what_waits(
    session: Session, agent: Agent
) -> None:
    stream = session.stream("OnAgentStateChange", buffer=1, overflow="error")
    for state in (AVAILABLE, NOT_READY, AVAILABLE, NOT_READY):
        await soon(agent.set_agent_state(state))
    assert (await anext(stream)).args["AgentState"] == AVAILABLE
    with pytest.raises(StreamOverflow, match="OnAgentStateChange came while 1 events were waiting") as error:
        await anext(stream)
    assert (error.value.event, error.value.buffer) == ("OnAgentStateChange", 1)
    with pytest.raises(StreamOverflow):
        await anext(stream)
    assert (stream.dropped, session.counters()["events_dropped"]) == (1, 1), "later events are not counted"


async def test_a_full_buffer_holds_the_server_back_and_drops_nothing(
    sim: Simulator, make_session: MakeSession, clock: ManualClock
) -> None:
    session = make_session(clock=clock, heartbeat=5)
    await soon(session.connect(**sides(sim)))
    await soon(session.set_bulk_mode(5000))
    stream = session.stream("OnAgentStateChange", buffer=4, overflow="block")
    sim.set_agent_state("1001", AgentState.NOT_READY)
    for number in range(4000):  # more than one read of the socket
        sim.set_agent_state("1001", AgentState.NOT_READY, number % 1000)
    link = session._connection.link
    assert link is not None
    await until(lambda: len(stream) >= 4)
    assert not link.is_reading
    held = len(stream)
    for _ in range(10):  # heartbeats are sent and their answers not read
        clock.advance(5)
        await asyncio.sleep(0)
    assert session.is_open
    assert len(stream) == held < 4001
    reasons = [(await soon(anext(stream))).args["EventReasonCode"] for _ in range(4001)]
    assert reasons == [0, *(number % 1000 for number in range(4000))]
    assert (stream.dropped, session.counters()["events_dropped"]) == (0, 0)
    assert link.is_reading
    await settled(session)
    sim.freeze_side("a")  # what is read now counts for the heartbeats again
    for _ in range(5):
        clock.advance(5)
        await asyncio.sleep(0)
    assert not session.is_open


async def test_a_full_buffer_is_filled_again_when_half_of_it_is_free(sim: Simulator, bulk: Session) -> None:
    stream = bulk.stream("OnAgentStateChange", buffer=4, overflow="block")
    link = bulk._connection.link
    assert link is not None
    for number in range(4):
        sim.set_agent_state("1001", AgentState.NOT_READY, number)
    await until(lambda: len(stream) == 4)
    reading = [link.is_reading]
    for _ in range(3):
        await soon(anext(stream))
        reading.append(link.is_reading)
    assert reading == [False, False, True, True]


async def test_disconnecting_while_a_stream_holds_the_server_back_takes_its_time_limit(
    sim: Simulator, make_session: MakeSession, clock: ManualClock
) -> None:
    session = make_session(clock=clock, close_timeout=3)
    await soon(session.connect(**sides(sim)))
    await soon(session.set_bulk_mode(5000))
    stream = session.stream("OnAgentStateChange", buffer=1, overflow="block")
    sim.set_agent_state("1001", AgentState.NOT_READY)
    await until(lambda: len(stream) == 1)
    closing = session.disconnect()
    clock.advance(2.9)
    await asyncio.sleep(0)
    assert not closing.done()
    clock.advance(0.2)
    await soon(closing)
    assert len(await read(stream)) == 1


async def test_closing_a_stream_ends_its_hold(sim: Simulator, bulk: Session) -> None:
    first, second = (bulk.stream("OnAgentStateChange", buffer=1, overflow="block") for _ in range(2))
    sim.set_agent_state("1001", AgentState.NOT_READY)
    link = bulk._connection.link
    assert link is not None
    await until(lambda: len(second) == 1)
    first.close()
    assert not link.is_reading
    second.close()
    assert link.is_reading


async def test_a_closed_stream_takes_nothing_more_and_keeps_nothing_alive(
    session: Session, agent: Agent
) -> None:
    async with session.stream("OnAgentStateChange") as stream:
        await soon(agent.set_agent_state(AVAILABLE))
    await soon(agent.set_agent_state(NOT_READY))
    assert waiting(stream) == ["OnAgentStateChange"]
    stream.close()
    reference = weakref.ref(stream)
    del stream
    gc.collect()
    assert reference() is None


async def test_a_stream_can_be_closed_by_a_listener_of_the_same_event(session: Session, agent: Agent) -> None:
    session.subscribe("OnAgentStateChange", lambda args: stream.close())
    stream = session.stream("OnAgentStateChange")
    await soon(agent.set_agent_state(AVAILABLE))
    assert await read(stream) == []


async def test_a_stream_survives_the_loss_of_a_side(sim: Simulator, session: Session, agent: Agent) -> None:
    stream = session.stream("OnRecovered", "OnAgentStateChange")
    sim.fail_side("a")
    assert (await soon(anext(stream))).name == "OnRecovered"
    await soon(agent.set_agent_state(AVAILABLE))
    assert (await soon(anext(stream))).args["AgentState"] == AVAILABLE


def test_what_cannot_be_used_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="did you mean OnCallBegin"):
        session.stream("OnCallBegn")
    for buffer in (True, "5", 1.5, None):
        with pytest.raises(TypeError, match="buffer must be an integer, 1 to 10000000, got"):
            session.stream(buffer=buffer)  # type: ignore[arg-type]
    for buffer in (0, -1, 10_000_001):
        with pytest.raises(ValueError, match=f"buffer must be 1 to 10000000, got {buffer}"):
            session.stream(buffer=buffer)
    for overflow in ("drop", None, []):
        with pytest.raises(ValueError, match="overflow must be one of 'drop_oldest', 'error', 'block', got"):
            session.stream(overflow=overflow)  # type: ignore[arg-type]


# --- Waits --------------------------------------------------------------------------------------------


async def test_a_wait_counts_from_its_call_on(session: Session, agent: Agent) -> None:
    waits = [session.wait_for("OnAgentStateChange") for _ in range(2)]
    await soon(agent.set_agent_state(AVAILABLE))
    assert [(await each)["AgentState"] for each in waits] == [AVAILABLE, AVAILABLE]


async def test_a_predicate_chooses_the_event(session: Session, agent: Agent) -> None:
    wait = session.wait_for("OnAgentStateChange", lambda args: args["AgentState"] == NOT_READY)
    await soon(agent.set_agent_state(AVAILABLE))
    assert not wait.done()
    await soon(agent.set_agent_state(NOT_READY, reason_code=9))
    assert (await wait)["EventReasonCode"] == 9


async def test_a_predicate_that_raises_fails_the_wait(session: Session, agent: Agent) -> None:
    calls: list[object] = []
    seen: list[Arguments] = []

    def predicate(args: Arguments) -> object:
        calls.append(args["AgentState"])
        return args["NoSuchKeyword"]

    wait = session.wait_for("OnAgentStateChange", predicate)
    session.subscribe("OnAgentStateChange", seen.append)
    await soon(agent.set_agent_state(AVAILABLE))
    await soon(agent.set_agent_state(NOT_READY))
    with pytest.raises(KeyError, match="NoSuchKeyword"):
        await wait
    assert (calls, len(seen)) == ([AVAILABLE], 2), "it is called once, and other listeners get each event"
    assert session.counters()["listener_errors"] == 0


class NeitherTrueNorFalse:
    """What a predicate returns cannot be tested."""

    def __bool__(self) -> bool:
        raise ValueError("neither true nor false")


@pytest.mark.parametrize(
    ("predicate", "error"),
    [
        (raising(asyncio.CancelledError()), asyncio.CancelledError),
        (raising(GeneratorExit()), GeneratorExit),
        (raising(StopIteration()), RuntimeError),
        (lambda args: NeitherTrueNorFalse(), ValueError),
    ],
    ids=["CancelledError", "GeneratorExit", "StopIteration", "bool"],
)
async def test_whatever_a_predicate_raises_fails_the_wait(
    session: Session, agent: Agent, predicate: Any, error: type[BaseException]
) -> None:
    wait = session.wait_for("OnAgentStateChange", predicate)
    await soon(agent.set_agent_state(AVAILABLE))
    assert wait.done()
    assert type(wait.exception()) is error
    assert session.counters()["listener_errors"] == 0


async def test_a_wait_ends_with_its_time(
    sim: Simulator, make_session: MakeSession, clock: ManualClock
) -> None:
    session = make_session(clock=clock)
    await soon(session.connect(**sides(sim)))
    wait = session.wait_for("OnCallBegin", timeout=5)
    clock.advance(4.9)
    assert not wait.done()
    clock.advance(0.2)
    with pytest.raises(TimeoutError, match="OnCallBegin did not come within 5 seconds"):
        await wait


async def test_a_wait_ends_with_the_session(session: Session, agent: Agent) -> None:
    wait = session.wait_for("OnCallBegin")
    last = session.wait_for("OnConnectionClosed")
    await soon(session.disconnect())
    with pytest.raises(ConnectionLost, match="the session was closed before OnCallBegin came"):
        await wait
    assert isinstance(await last, Arguments)


async def test_a_wait_that_is_over_or_cancelled_leaves_no_listener(session: Session, agent: Agent) -> None:
    before = dict(session._events.listeners)
    session.wait_for("OnCallBegin", timeout=10).cancel()
    wait = session.wait_for("OnAgentStateChange")
    await soon(agent.set_agent_state(AVAILABLE))
    await wait
    await until(lambda: dict(session._events.listeners) == before)


async def test_a_wait_with_what_cannot_be_used_is_refused(session: Session) -> None:
    async def never(args: Arguments) -> bool:
        return True

    with pytest.raises(ValueError, match="there is no event 'OnTea'"):
        session.wait_for("OnTea")
    with pytest.raises(TypeError, match="an event is given by name"):
        session.wait_for(["OnCallEnd"])  # type: ignore[arg-type]
    for timeout in (-1, 0, math.nan, math.inf, True, "5"):
        with pytest.raises(
            MethodError, match=f"timeout must be a number of seconds above 0 .* got {timeout!r}"
        ):
            session.wait_for("OnCallEnd", timeout=timeout)  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="the predicate must be callable, got str"):
        session.wait_for("OnCallEnd", "AgentState")  # type: ignore[arg-type]
    with pytest.raises(
        MethodError, match="the predicate must be a plain function, got the coroutine function"
    ):
        session.wait_for("OnCallEnd", never)


async def test_a_predicate_that_returns_a_coroutine_fails_the_wait(session: Session, agent: Agent) -> None:
    async def never(args: Arguments) -> bool:
        return True

    wait = session.wait_for("OnAgentStateChange", lambda args: never(args))
    await soon(agent.set_agent_state(AVAILABLE))
    with pytest.raises(TypeError, match="returned a coroutine, which nothing runs"):
        await wait


async def test_a_wait_for_a_state_counts_from_its_call_on(session: Session, agent: Agent) -> None:
    wait = agent.wait_for_state(AgentState.AVAILABLE, AgentState.LOGOUT)
    await soon(agent.set_agent_state(AVAILABLE))
    await soon(agent.set_agent_state(NOT_READY))
    assert await soon(wait) is AgentState.AVAILABLE


async def test_a_wait_for_the_present_state_is_done_at_once(session: Session, agent: Agent) -> None:
    wait = agent.wait_for_state(AVAILABLE, NOT_READY)
    assert wait.done()
    assert await wait is AgentState.NOT_READY
    await soon(session.disconnect())
    assert await agent.wait_for_state(NOT_READY) is agent.state


async def test_the_states_of_other_agents_do_not_end_a_wait(sim: Simulator, bulk: Session) -> None:
    agent = bulk.agent("1001")
    wait = agent.wait_for_state(AgentState.NOT_READY)
    other = bulk.wait_for("OnAgentStateChange", lambda args: args["AgentState"] == NOT_READY)
    sim.set_agent_state("1002", AgentState.NOT_READY)
    await other
    assert not wait.done()
    sim.set_agent_state("1001", AgentState.NOT_READY)
    assert await soon(wait) == NOT_READY


async def test_the_answer_to_a_query_ends_a_wait_for_a_state(
    sim: Simulator, make_session: MakeSession
) -> None:
    session = make_session()
    await soon(session.connect(**sides(sim)))
    sim.set_agent_state("1001", AgentState.NOT_READY)
    await soon(session.set_bulk_mode(5000))
    wait = session.agent("1001").wait_for_state(NOT_READY)
    await soon(session.agent("1001").query_agent_state())
    assert await soon(wait) == NOT_READY


async def test_a_filter_of_events_does_not_hide_states_from_a_wait(
    sim: Simulator, make_session: MakeSession
) -> None:
    session = make_session()
    await soon(session.connect(**sides(sim)))
    await soon(session.set_message_filter("MessageId=9", peripheral_id=5000, agents=["1001"]))
    wait = session.agent("1001").wait_for_state(NOT_READY)
    sim.set_agent_state("1001", AgentState.NOT_READY)
    assert await soon(wait) == NOT_READY


async def test_a_wait_for_a_state_that_is_over_or_cancelled_leaves_nothing(
    session: Session, agent: Agent
) -> None:
    agent.wait_for_state(AVAILABLE, timeout=10).cancel()
    wait = agent.wait_for_state(AVAILABLE)
    await soon(agent.set_agent_state(AVAILABLE))
    await wait
    await until(lambda: not session_context(session).state_waits)
    assert not agent._is_followed


async def test_waiting_for_a_state_needs_one_and_a_session(agent: Agent) -> None:
    with pytest.raises(MethodError, match="needs at least one state"):
        agent.wait_for_state()
    for wrong in ("x", "3", 99, -1, True, None, 3.0):
        with pytest.raises(
            MethodError, match=f"must be an AgentState.* or its number from 0 to .*got {wrong!r}"
        ):
            agent.wait_for_state(AVAILABLE, wrong)  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="timeout must be a number of seconds above 0"):
        agent.wait_for_state(AVAILABLE, timeout=math.nan)
    with pytest.raises(MethodError) as error:
        an_agent().wait_for_state(AgentState.AVAILABLE)
    assert error.value.code == CilCode.E_CTIOS_INVALID_SESSION


async def test_a_wait_for_a_state_ends_with_its_time(
    sim: Simulator, make_session: MakeSession, clock: ManualClock
) -> None:
    session = make_session(clock=clock, heartbeat=None)
    await soon(session.connect(**sides(sim)))
    await soon(session.set_bulk_mode(5000))
    wait = session.agent("1001").wait_for_state(AVAILABLE, NOT_READY, timeout=5)
    clock.advance(5)
    with pytest.raises(TimeoutError) as error:
        await wait
    assert str(error.value) == (
        "state eAvailable or eNotReady of agent 1001 of peripheral 5000 did not come within 5 seconds"
    )


# --- States that the session cannot hear of any more ----------------------------------------------------


async def test_a_wait_for_a_state_ends_with_a_mode_that_could_not_be_set(
    sim: Simulator, connected: Session
) -> None:
    waits = [connected.agent("1002").wait_for_state(AVAILABLE) for _ in range(2)]
    event = connected.wait_for("OnAgentStateChange")
    agent = an_agent()
    agent.agent_extension = "far too long an extension"
    with pytest.raises(EncodeError):
        await soon(connected.set_agent(agent))
    assert connected.state is ConnectionState.CONNECTED
    for wait in waits:
        with pytest.raises(
            MethodError,
            match="the mode of the session ended before state eAvailable of agent 1002 came",
        ) as error:
            await soon(wait)
        assert error.value.code == CilCode.E_CTIOS_MODE_NOT_SET
    await until(lambda: not session_context(connected).state_waits)
    assert not event.done(), "the next mode may bring the event"
    agent.agent_extension = "3001"
    await soon(connected.set_agent(agent))
    await soon(agent.login())
    assert await soon(event)


async def test_a_wait_for_a_state_ends_when_the_agent_leaves_the_session(connected: Session) -> None:
    before = connected.agent("1001")
    wait = before.wait_for_state(AVAILABLE)
    await soon(connected.set_agent(an_agent()))
    with pytest.raises(
        MethodError, match="the agent left the session before state eAvailable of agent 1001"
    ) as error:
        await soon(wait)
    assert error.value.code == CilCode.E_CTIOS_INVALID_SESSION
    await until(lambda: not session_context(connected).state_waits)
    with pytest.raises(MethodError, match="does not belong to a session"):
        before.wait_for_state(AVAILABLE)


async def all_teams(session: Session, sim: Simulator) -> tuple[Agent, Agent]:
    """A supervisor who monitors all its teams, and a member of one."""
    supervisor = Agent("1001", 5000, agent_instrument="3001", supervisor=True)
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(supervisor))
    await soon(supervisor.login())
    await settled(session)
    await soon(supervisor.start_monitoring_all_agent_teams())
    for agent_id, device in (("1002", "3002"), ("1003", "3003")):
        session.agents[agent_id].agent_instrument = device
    return supervisor, session.agents["1002"]


NOT_MONITORED = "the agent was not monitored any more before state eTalking of agent 1002 of peripheral 5000"


async def test_a_wait_for_a_state_of_a_member_ends_when_it_leaves_the_team(
    session: Session, team: Simulator
) -> None:
    _, member = await all_teams(session, team)
    wait, other = (session.agents[each].wait_for_state(AgentState.TALKING) for each in ("1002", "1003"))
    team.plant.leave_team(1, team.plant.population.agents["1002"])
    with pytest.raises(MethodError, match=NOT_MONITORED) as error:
        await soon(wait)
    assert error.value.code == CilCode.E_CTIOS_INVALID_AGENT
    assert not other.done()
    await until(lambda: member not in session_context(session).state_waits)


async def test_a_wait_for_a_state_that_began_before_the_monitoring_ends_with_it(
    session: Session, team: Simulator
) -> None:
    supervisor, member = await all_teams(session, team)
    await soon(supervisor.stop_monitoring_all_agent_teams())
    wait = member.wait_for_state(AgentState.TALKING)
    await soon(supervisor.start_monitoring_all_agent_teams())
    assert not wait.done()
    await soon(supervisor.stop_monitoring_all_agent_teams())
    with pytest.raises(MethodError, match=NOT_MONITORED):
        await soon(wait)


async def test_a_wait_for_a_state_of_the_monitored_agent_ends_with_its_monitor(
    session: Session, team: Simulator
) -> None:
    supervisor, member = await all_teams(session, team)
    await soon(supervisor.stop_monitoring_all_agent_teams())
    wait = member.wait_for_state(AgentState.TALKING)
    await soon(supervisor.start_monitoring_agent(agent=member))
    await soon(supervisor.start_monitoring_agent(agent=session.agents["1003"]))
    with pytest.raises(MethodError, match=NOT_MONITORED):
        await soon(wait)


async def test_an_agent_without_a_monitor_may_be_waited_for(session: Session, team: Simulator) -> None:
    supervisor, member = await all_teams(session, team)
    await soon(supervisor.stop_monitoring_all_agent_teams())
    wait = member.wait_for_state(NOT_READY)
    await soon(supervisor.start_monitoring_agent(agent=session.agents["1003"]))
    await soon(supervisor.stop_monitoring_agent())
    team.set_agent_state("1002", NOT_READY)
    await soon(member.query_agent_state())
    assert await soon(wait) is AgentState.NOT_READY


async def test_the_states_of_members_end_with_the_session(session: Session, team: Simulator) -> None:
    _, member = await all_teams(session, team)
    wait = member.wait_for_state(AgentState.TALKING)
    await soon(session.disconnect())
    with pytest.raises(ConnectionLost, match="the session was closed before state eTalking of agent 1002"):
        await soon(wait)


# --- The end of the session ---------------------------------------------------------------------------


async def disconnected(sim: Simulator, session: Session) -> None:
    """The program ends the session."""
    await soon(session.disconnect())


async def without_a_side(sim: Simulator, session: Session) -> None:
    """The session is lost, and no side is left to try."""
    sim.fail_side("b")
    sim.fail_side("a")
    await until(lambda: session.state is ConnectionState.DISCONNECTED)


#: How a session ends, and the words of the errors.
ENDS = {
    "disconnected": (disconnected, "the session was closed"),
    "no side": (without_a_side, "the session was lost"),
}


@pytest.fixture
async def mortal(sim: Simulator, make_session: MakeSession) -> tuple[Session, Agent]:
    """A session that gives up after one try of each side, and its agent."""
    session, agent = make_session(reconnect_attempts=1, clients=1), an_agent()
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(agent))
    await soon(agent.login())
    return session, agent


@pytest.mark.parametrize("how", ENDS)
async def test_the_end_of_the_session_ends_waits(
    sim: Simulator, mortal: tuple[Session, Agent], how: str
) -> None:
    session, agent = mortal
    end, words = ENDS[how]
    before = dict(session._events.listeners)
    event, state = session.wait_for("OnCallBegin"), agent.wait_for_state(AVAILABLE)
    await end(sim, session)
    with pytest.raises(ConnectionLost, match=f"{words} before OnCallBegin came"):
        await soon(event)
    with pytest.raises(
        ConnectionLost, match=f"{words} before state eAvailable of agent 1001 of peripheral 5000 came"
    ):
        await soon(state)
    await until(lambda: dict(session._events.listeners) == before)
    await until(lambda: not session_context(session).state_waits)
    assert session_context(session).end.take() == ()


async def test_a_wait_may_be_for_the_last_events(sim: Simulator, mortal: tuple[Session, Agent]) -> None:
    session, _ = mortal
    last = session.wait_for("OnConnectionFailure", lambda args: args.get("FinalAttempt"))
    words = session.wait_for("OnCTIOSFailure", lambda args: last.done())
    await without_a_side(sim, session)
    assert (await soon(last))["FinalAttempt"]
    assert isinstance(await soon(words), Arguments)


async def test_a_stream_ends_quietly_when_the_program_disconnects(
    sim: Simulator, mortal: tuple[Session, Agent]
) -> None:
    session, agent = mortal
    stream = session.stream("OnAgentStateChange", "OnConnectionClosed")
    await soon(agent.set_agent_state(AVAILABLE))
    reader = asyncio.create_task(read(stream))
    await soon(session.disconnect())
    assert [name for name, _ in await soon(reader)] == ["OnAgentStateChange", "OnConnectionClosed"]
    assert await read(stream) == []


async def test_a_stream_of_a_lost_session_raises_after_what_waits(
    sim: Simulator, mortal: tuple[Session, Agent]
) -> None:
    session, agent = mortal
    stream = session.stream("OnAgentStateChange", "OnCTIOSFailure")
    await soon(agent.set_agent_state(AVAILABLE))
    await without_a_side(sim, session)
    names = [(await anext(stream)).name for _ in range(len(stream))]
    assert names[0] == "OnAgentStateChange"
    assert names[-1] == "OnCTIOSFailure", "the last event of the loss is read too"
    with pytest.raises(ConnectionLost, match="the session was lost: ") as error:
        await read(stream)
    assert error.value.__cause__ is not None
    with pytest.raises(ConnectionLost):
        await anext(stream)


async def test_all_readers_of_a_lost_stream_hear_of_the_loss(
    sim: Simulator, mortal: tuple[Session, Agent]
) -> None:
    session, _ = mortal
    stream = session.stream("OnCallBegin")
    readers = [asyncio.create_task(anext(stream)) for _ in range(2)]
    await asyncio.sleep(0)
    await without_a_side(sim, session)
    errors = await soon(asyncio.gather(*readers, return_exceptions=True))
    assert [type(error) for error in errors] == [ConnectionLost, ConnectionLost]


async def test_a_refused_session_ends_waits_and_streams(connected: Session) -> None:
    wait, stream = connected.wait_for("OnCallBegin"), connected.stream("OnConnectionRejected")
    with pytest.raises(OpenRefused):
        await soon(connected.set_agent(Agent("9999", 5000)))
    with pytest.raises(
        ConnectionLost, match=r"the server refused the session before OnCallBegin came: .*AGENT_DATA"
    ):
        await wait
    assert (await soon(anext(stream))).name == "OnConnectionRejected"
    with pytest.raises(ConnectionLost, match=r"the server refused the session: .*AGENT_DATA"):
        await soon(anext(stream))


async def test_waits_and_streams_outlast_a_loss_of_a_side(
    sim: Simulator, make_session: MakeSession, clock: ManualClock
) -> None:
    session, agent = make_session(clock=clock, heartbeat=None), an_agent()
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(agent))
    await soon(agent.login())
    before = agent.wait_for_state(AVAILABLE), session.wait_for("OnCallBegin")
    failures = session.stream("OnConnectionFailure")
    sim.fail_side("b")
    sim.fail_side("a")
    for _ in range(3):  # the loss, and a try of each side
        await soon(anext(failures))
    await until(lambda: session.state is ConnectionState.WAITING)
    between = agent.wait_for_state(AVAILABLE), session.wait_for("OnCallBegin")
    stream = session.stream("OnRecovered")
    await sim.restore_side("a")
    clock.advance(600)
    assert (await soon(anext(stream))).name == "OnRecovered"
    await soon(agent.set_agent_state(AVAILABLE))
    for states, calls in (before, between):
        assert await soon(states) is AgentState.AVAILABLE
        assert not calls.done()


@pytest.mark.parametrize("how", ["never connected", "disconnected", "no side"])
async def test_a_session_without_a_connection_has_no_events_to_wait_for(
    sim: Simulator, mortal: tuple[Session, Agent], make_session: MakeSession, how: str
) -> None:
    session, agent = mortal
    if how == "never connected":
        session = make_session()
    else:
        await ENDS[how][0](sim, session)
        with pytest.raises(
            ConnectionLost, match="so state eAvailable of agent 1001 of peripheral 5000 cannot come"
        ):
            await agent.wait_for_state(AVAILABLE)
    before = dict(session._events.listeners)
    with pytest.raises(ConnectionLost, match="not connected, so OnCallBegin cannot come: call connect"):
        await session.wait_for("OnCallBegin")
    with pytest.raises(ConnectionLost, match="not connected, so events cannot come: call connect"):
        await anext(session.stream("OnCallBegin"))
    assert session._events.listeners == before


async def test_a_wait_may_begin_while_the_session_connects(sim: Simulator, make_session: MakeSession) -> None:
    session = make_session()
    connecting = session.connect(**sides(sim))
    connected = session.wait_for("OnConnection")
    await soon(connecting)
    assert isinstance(await soon(connected), Arguments)


async def test_what_a_listener_begins_after_it_connected_again_belongs_to_the_new_connection(
    sim: Simulator, mortal: tuple[Session, Agent]
) -> None:
    session, _ = mortal
    begun: list[asyncio.Future[Arguments]] = []

    @session.subscribe("OnConnectionClosed")
    def connect_again(args: Arguments) -> None:
        if not begun:
            session.connect(**sides(sim))
            begun.append(session.wait_for("OnConnection"))

    await soon(session.disconnect())
    assert isinstance(await soon(begun[0]), Arguments)


async def test_a_wait_that_nobody_awaits_is_not_reported(mortal: tuple[Session, Agent]) -> None:
    session, agent = mortal
    session.wait_for("OnCallBegin")
    agent.wait_for_state(AVAILABLE)
    session.stream("OnCallBegin")
    await soon(session.disconnect())
    session.wait_for("OnCallBegin")
    gc.collect()  # ``make_session`` fails the test if asyncio reports a future


# --- Decorators and snapshots -------------------------------------------------------------------------


async def test_subscribe_is_a_decorator_without_a_listener(session: Session, agent: Agent) -> None:
    seen: list[int] = []

    @session.subscribe("OnAgentStateChange")
    def note(args: Arguments) -> None:
        seen.append(args["AgentState"])

    await soon(agent.set_agent_state(AVAILABLE))
    session.unsubscribe("OnAgentStateChange", note)
    await soon(agent.set_agent_state(NOT_READY))
    assert seen == [AVAILABLE]
    with pytest.raises(ValueError, match="did you mean OnPostLogout"):
        session.subscribe("OnPostLogot")
    with pytest.raises(TypeError, match="is a coroutine function"):

        @session.subscribe("OnPostLogout")
        async def wrong(args: Arguments) -> None: ...


async def test_a_snapshot_is_plain_data_without_passwords(session: Session, agent: Agent) -> None:
    established = session.wait_for("OnCallEstablished")
    await soon(agent.make_call(dialed_number="5550199", call_variable1="gold"))
    await soon(established)
    snapshot = json.loads(json.dumps(session.snapshot()))
    assert set(snapshot) == {"session", *(kind.name for kind in KINDS)}
    assert snapshot["agent"][agent.unique_object_id]["AgentState"] == AgentState.TALKING
    [call] = snapshot["call"].values()
    assert call["CallVariable1"] == "gold"
    assert snapshot["session"]["CurrentAgent"] == agent.unique_object_id
    assert "agent's secret" not in json.dumps(snapshot)


async def test_a_snapshot_has_the_members_of_teams(session: Session) -> None:
    context = session_context(session)
    team = context.registry["team"].adopt(7, lambda: Team(7, 5000, context.monitors))
    team.name = "Gold"
    team.add("1001", 1)
    assert session.snapshot()["team"] == {
        "team.5000.7": {
            "UniqueObjectID": "team.5000.7",
            "PeripheralID": 5000,
            "TeamID": 7,
            "AgentTeamName": "Gold",
            "Members": {"1001": 1},
        }
    }
