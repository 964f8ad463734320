"""Bounds of the simulator: connections, sessions, waiting bytes, log lines, file descriptors."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator

import pytest
from support.raw_client import ALL_EVENTS, BULK_MODE, LOGIN, RawClient, code_of, status_of, until

from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol.enums import AgentState, SystemEventID
from ctios_fast.sim import MAX_AGENTS, Simulator, side
from ctios_fast.sim.server.server_context import MAX_LOG_LINES


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def sim(clock: ManualClock) -> AsyncIterator[Simulator]:
    async with Simulator(pair="both-active", agents=3, clock=clock) as simulator:
        yield simulator


@pytest.fixture
async def client(sim: Simulator) -> AsyncIterator[RawClient]:
    async with await RawClient.connect(sim.side_a) as client:
        yield client


# --- OPEN_REQs that nobody waits for ----------------------------------------------------------------


@pytest.mark.parametrize("reset", [False, True])
async def test_an_opening_whose_client_has_left_is_not_served(
    sim: Simulator, client: RawClient, reset: bool
) -> None:
    await client.open_agent(client_id="one")
    sim.freeze_side("b")
    for _ in range(3):
        late = await RawClient.connect(sim.side_b)
        late.send("OPEN_REQ", late.open_fields(5), late.identity("one", AgentID="1001"))
        await late.writer.drain()
        if reset:
            late.writer.transport.abort()
        else:
            late.writer.close()
            await late.writer.wait_closed()
    await until(lambda: len(sim.side_b.connections) == 3)
    sim.thaw_side("b")
    await until(lambda: not sim.side_b.connections)
    assert await client.settle() == []
    assert sim.session_of("1001") in sim.side_a.sessions
    assert sim.counters.opens == 1
    assert reset or sim.counters.abandoned_openings == 3


async def test_an_opening_is_served_while_its_client_waits(sim: Simulator) -> None:
    sim.freeze_side("b")
    async with await RawClient.connect(sim.side_b) as late:
        late.send("OPEN_REQ", late.open_fields(ALL_EVENTS), late.identity("late"))
        await until(lambda: sim.side_b.connections)
        sim.thaw_side("b")
        await late.receive("OPEN_CONF")


# --- time to open -----------------------------------------------------------------------------------


async def test_a_connection_that_opens_no_session_is_reset(
    sim: Simulator, clock: ManualClock, client: RawClient, caplog: pytest.LogCaptureFixture
) -> None:
    await until(lambda: sim.side_a.connections)
    clock.advance(59)
    assert status_of(await client.ask("HEARTBEAT_REQ")) == 4
    clock.advance(2)
    assert await client.ended()
    assert sim.counters.unopened_resets == 1
    assert "opened no session in time" in caplog.text


async def test_a_frozen_side_starts_the_wait_for_a_session_again_when_it_thaws(
    sim: Simulator, clock: ManualClock, client: RawClient
) -> None:
    await until(lambda: sim.side_a.connections)
    sim.freeze_side("a")
    clock.advance(100)
    sim.thaw_side("a")
    clock.advance(59)
    assert (await client.open(ALL_EVENTS))["message"] == "OPEN_CONF"
    clock.advance(100)
    assert await client.settle() == []


# --- bytes and sessions of all clients together -----------------------------------------------------


async def test_the_client_with_most_waiting_bytes_is_reset_when_all_together_have_too_many(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Simulator(pair="both-active", agents=1, max_total_buffered=300_000) as sim:
        first, second = [await RawClient.connect(sim.side_a) for _ in range(2)]
        await first.open(ALL_EVENTS)
        await second.open(ALL_EVENTS)
        sessions = sim.side_a.sessions
        sim.freeze_side("a")
        frame = sessions[0].replies.system_event(SystemEventID.SYS_TEXT_FYI, 5000)
        while not sim.counters.dropped_sessions:
            sessions[0].send(frame)
            sessions[1].send(frame * 2)
            assert sum(session.bytes_waiting() for session in sessions) <= 300_000
        assert sim.side_a.sessions == sessions[:1]
        assert "300000 bytes wait for all clients" in caplog.text
        assert sim.pair.context.budget.total == sessions[0].bytes_waiting()
        first.drop()
        await second.ended()


async def test_bytes_that_were_read_since_are_not_counted() -> None:
    async with (
        Simulator(pair="both-active", agents=1, max_total_buffered=20_000) as sim,
        await RawClient.connect(sim.side_a) as client,
    ):
        await client.open(ALL_EVENTS)
        for _ in range(20):
            for _ in range(100):
                sim.set_agent_state("1001", AgentState.AGENT_STATE_NOT_READY)
            assert len(await client.settle()) == 100
        assert sim.counters.dropped_sessions == 0


async def test_sessions_of_both_sides_together_are_limited(caplog: pytest.LogCaptureFixture) -> None:
    async with Simulator(pair="both-active", agents=1, max_sessions=2) as sim:
        clients = [await RawClient.connect(side) for side in (sim.side_a, sim.side_b, sim.side_b)]
        for client in clients[:2]:
            assert (await client.open(ALL_EVENTS))["message"] == "OPEN_CONF"
        assert status_of(await clients[2].open(ALL_EVENTS)) == 17
        assert "2 sessions are open" in caplog.text
        clients[0].drop()
        await until(lambda: not sim.side_a.sessions)
        assert (await clients[2].open(ALL_EVENTS))["message"] == "OPEN_CONF"
        for client in clients:
            client.drop()


async def test_connections_are_reset_before_file_descriptors_run_out(
    sim: Simulator, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(side, "max_descriptor", lambda: 0)
    for _ in range(200):
        async with await RawClient.connect(sim.side_a) as client:
            assert await client.ended()
    assert sim.counters.over_limit == 200
    assert len(caplog.records) <= MAX_LOG_LINES + 2  # the 100th one is written too, and the 200 may take long
    monkeypatch.undo()
    async with await RawClient.connect(sim.side_a) as client:
        assert (await client.open(ALL_EVENTS))["message"] == "OPEN_CONF"


@pytest.mark.parametrize("agents", [MAX_AGENTS + 1, 100_000_000])
def test_too_many_agents_are_refused_at_once(agents: int) -> None:
    with pytest.raises(ValueError, match=f"agents is 0 to {MAX_AGENTS}"):
        Simulator(pair="both-active", agents=agents)


# --- the log ----------------------------------------------------------------------------------------

REFUSED_OPENINGS = {
    "ServicesRequested 0x4010": ({"ServicesRequested": 0x4010}, {}),
    "E_CTI_INVALID_VERSION (1): VersionNumber 26": ({"VersionNumber": 26}, {}),
    "E_CTI_INVALID_TIMEOUT (18): IdleTimeout 19": ({"IdleTimeout": 19}, {}),
    "E_CTI_INVALID_RESERVED_FIELD (22): Reserved2 7": ({"Reserved2": 7}, {}),
    "E_CTI_INVALID_PERIPHERAL_ID (7): PeripheralID 5001": ({"PeripheralID": 5001}, {}),
    "E_CTI_INVALID_FIELD_LENGTH (23): ClientSignature": ({}, {"ClientSignature": "x" * 64}),
    "E_CTI_INVALID_PASSWORD (36): ClientPassword": ({}, {"password": b"guess"}),
}


@pytest.mark.parametrize(("fields", "floating"), REFUSED_OPENINGS.values(), ids=REFUSED_OPENINGS)
async def test_a_refused_opening_logs_one_line_with_field_value_and_status(
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
    fields: dict[str, int],
    floating: dict[str, str],
) -> None:
    async with (
        Simulator(pair="both-active", agents=1, client_password="sesame") as sim,
        await RawClient.connect(sim.side_a) as client,
    ):
        await client.ask(
            "OPEN_REQ",
            client.open_fields(ALL_EVENTS, **fields),
            client.identity(**{"password": b"sesame", **floating}),
        )
        (record,) = caplog.records
        assert request.node.callspec.id in record.getMessage()
        assert client.writer.get_extra_info("sockname")[1] == int(
            record.getMessage().partition("127.0.0.1:")[2].partition(":")[0]
        )
        assert not {"guess", "sesame"} & set(record.getMessage().replace("'", " ").split())


async def test_a_refused_request_logs_one_line(client: RawClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await client.open(BULK_MODE)
    assert status_of(await client.set_state(LOGIN, AgentWorkMode=9)) == 50
    assert "SET_AGENT_STATE_REQ" in caplog.text
    assert "E_CTI_INVALID_AGENT_WORK_MODE (50): AgentWorkMode 9" in caplog.text
    caplog.clear()
    code = code_of(await client.set_state(3))
    (record,) = caplog.records
    assert f"({code})" in record.getMessage()
    assert "agent 1001 is LOGOUT and cannot go to AVAILABLE" in record.getMessage()


async def test_repeated_lines_are_limited_and_counted(
    sim: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    log = sim.side_a._context.log
    for number in range(MAX_LOG_LINES + 30):
        log.warning("line %d", number)
    log.warning("another kind is not limited by it")
    assert len(caplog.records) == MAX_LOG_LINES + 1
    assert log.suppressed == 30


# --- passwords --------------------------------------------------------------------------------------


def test_a_traceback_of_the_constructor_shows_no_password() -> None:
    try:
        Simulator(
            pair="both-active",
            client_password="ses" + "ame",
            check_agent_passwords={"1": "op" + "en"},
            agents=-1,
        )
    except ValueError as error:
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        inner = "".join(str(frame.locals) for frame in shown.stack[1:])
        assert "sesame" not in inner
        assert "open'" not in inner


async def test_many_connections_at_once_are_all_served(sim: Simulator) -> None:
    clients = await asyncio.gather(*(RawClient.connect(sim.side_a) for _ in range(200)))
    answers = await asyncio.gather(*(client.open(ALL_EVENTS) for client in clients))
    assert {answer["message"] for answer in answers} == {"OPEN_CONF"}
    for client in clients:
        client.drop()
