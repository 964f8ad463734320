"""Streams of events, waits for one event, and the snapshot of a session."""

import asyncio
import gc
import json
import weakref

import pytest
from support.model import (
    AVAILABLE,
    LOGOUT,
    NOT_READY,
    MakeSession,
    an_agent,
    failing,
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
    Session,
    StreamOverflow,
)
from ctios_fast.connection.clock import ManualClock
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
    for state in (AVAILABLE, NOT_READY, AVAILABLE):
        await soon(agent.set_agent_state(state))
    assert (await anext(stream)).args["AgentState"] == AVAILABLE
    with pytest.raises(StreamOverflow, match="OnAgentStateChange came while 1 events were waiting") as error:
        await anext(stream)
    assert (error.value.event, error.value.buffer) == ("OnAgentStateChange", 1)
    with pytest.raises(StopAsyncIteration):
        await anext(stream)
    assert session.counters()["events_dropped"] == 1


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
    assert failing(lambda: session.stream(buffer=0)) == CilCode.E_CTIOS_INVALID_ARGUMENT
    with pytest.raises(MethodError, match="overflow is one of 'drop_oldest', 'error', 'block', not 'drop'"):
        session.stream(overflow="drop")  # type: ignore[arg-type]


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
    wait = session.wait_for("OnAgentStateChange", lambda args: args["NoSuchKeyword"])
    await soon(agent.set_agent_state(AVAILABLE))
    with pytest.raises(KeyError, match="NoSuchKeyword"):
        await wait
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


def test_a_wait_for_an_unknown_event_is_refused(session: Session) -> None:
    async def ask() -> None:
        with pytest.raises(ValueError, match="there is no event 'OnTea'"):
            session.wait_for("OnTea")
        with pytest.raises(MethodError, match="timeout must be a number of seconds above 0"):
            session.wait_for("OnCallEnd", timeout=-1)
        with pytest.raises(MethodError, match="the predicate must be callable, got str"):
            session.wait_for("OnCallEnd", "AgentState")  # type: ignore[arg-type]

    asyncio.run(ask())


async def test_waiting_for_a_state_returns_it(session: Session, agent: Agent) -> None:
    assert await agent.wait_for_state(AgentState.NOT_READY) is AgentState.NOT_READY
    wait = asyncio.create_task(agent.wait_for_state(AgentState.AVAILABLE, AgentState.LOGOUT))
    await asyncio.sleep(0)
    await soon(agent.set_agent_state(AVAILABLE))
    await soon(agent.set_agent_state(NOT_READY))  # before the task runs
    assert await soon(wait) is AgentState.AVAILABLE


async def test_the_states_of_other_agents_do_not_end_a_wait(sim: Simulator, bulk: Session) -> None:
    agent = bulk.agent("1001")
    wait = asyncio.create_task(agent.wait_for_state(AgentState.NOT_READY))
    other = bulk.wait_for("OnAgentStateChange", lambda args: args["AgentState"] == NOT_READY)
    await asyncio.sleep(0)
    sim.set_agent_state("1002", AgentState.NOT_READY)
    await other
    assert not wait.done()
    sim.set_agent_state("1001", AgentState.NOT_READY)
    assert await soon(wait) == NOT_READY


async def test_waiting_for_a_state_needs_one_and_a_session() -> None:
    agent = an_agent()
    with pytest.raises(MethodError, match="needs at least one state"):
        await agent.wait_for_state()
    with pytest.raises(MethodError) as error:
        await agent.wait_for_state(AgentState.AVAILABLE)
    assert error.value.code == CilCode.E_CTIOS_INVALID_SESSION


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
