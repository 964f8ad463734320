"""What can befall the simulator: sides that fail, hang or go off-line, and clients that mean no good."""

import asyncio
import logging
import random
import struct
from collections.abc import AsyncIterator

import pytest
from support import reference_codec
from support.raw_client import (
    AGENT_MODE,
    ALL_EVENTS,
    AVAILABLE,
    BULK_MODE,
    LOGIN,
    LOGOUT,
    NOT_READY,
    NUMBERS,
    RawClient,
    state_of,
    status_of,
    until,
)

from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim import Simulator


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def sim(clock: ManualClock) -> AsyncIterator[Simulator]:
    async with Simulator(pair="both-active", agents=4, clock=clock) as simulator:
        yield simulator


@pytest.fixture
async def client(sim: Simulator) -> AsyncIterator[RawClient]:
    """A connection to side A."""
    async with await RawClient.connect(sim.side_a) as client:
        yield client


@pytest.fixture
async def watcher(sim: Simulator) -> AsyncIterator[RawClient]:
    """A bulk session on side B."""
    async with await RawClient.connect(sim.side_b) as client:
        await client.open(BULK_MODE)
        yield client


# --- a side fails -----------------------------------------------------------------------------------


async def test_a_failed_side_resets_its_connections_and_refuses_new_ones(
    sim: Simulator, client: RawClient, watcher: RawClient
) -> None:
    await client.open_agent()
    async with await RawClient.connect(sim.side_a) as unopened:
        await until(lambda: len(sim.side_a.connections) == 2)
        sim.fail_side("a")
        assert await client.ended()
        assert await unopened.ended()
    with pytest.raises(ConnectionRefusedError):
        await RawClient.connect(sim.side_a)
    assert await watcher.settle() == [], "the other side goes on"


async def test_agents_stay_as_they_are_when_a_side_fails(
    sim: Simulator, client: RawClient, watcher: RawClient
) -> None:
    await client.open_agent()
    await client.set_state(LOGIN)
    await client.settle()
    sim.fail_side("a")
    async with await RawClient.connect(sim.side_b) as again:
        conf = await again.open_agent(client_id="another")
        assert conf["fields"]["AgentState"] == NOT_READY
    assert [state_of(event)[1] for event in await watcher.settle()] == [LOGIN, NOT_READY]


async def test_a_failing_side_may_log_its_agents_out(
    sim: Simulator, client: RawClient, watcher: RawClient
) -> None:
    for number in (1, 2, 3):  # agent 1003 and 1004 stay with side B
        await watcher.set_state(LOGIN, number)
        await watcher.settle()
    await client.open_agent(0)
    await client.set_state(LOGIN, 0)
    async with await RawClient.connect(sim.side_a) as second, await RawClient.connect(sim.side_b) as third:
        await second.open_agent(1)
        await third.open_agent(2)
        await watcher.settle()
        sim.fail_side("a", logout_agents=True)
        events = [state_of(event) for event in await watcher.settle()]
        assert events == [("1001", LOGOUT, 50002), ("1002", LOGOUT, 50002)]
        assert await third.settle() == []


async def test_agents_logged_in_by_a_bulk_session_are_held_over_its_side(
    sim: Simulator, client: RawClient, watcher: RawClient
) -> None:
    await client.open(BULK_MODE)
    for number in range(3):
        await client.set_state(LOGIN, number)
        await client.settle()
    await client.set_state(LOGOUT, 2)
    await client.settle()
    await watcher.settle()
    sim.fail_side("a", logout_agents=True)
    assert [state_of(event) for event in await watcher.settle()] == [
        ("1001", LOGOUT, 50002),
        ("1002", LOGOUT, 50002),
    ]
    async with await RawClient.connect(sim.side_b) as late:
        await late.open(BULK_MODE)
        assert await late.settle() == [], "what was missed is not sent again"


async def test_a_restored_side_listens_on_its_old_port(sim: Simulator, client: RawClient) -> None:
    await client.open(ALL_EVENTS)
    port = sim.side_a.port
    sim.fail_side("a")
    await sim.restore_side("a")
    assert sim.side_a.port == port
    async with await RawClient.connect(sim.side_a) as again:
        assert (await again.open(ALL_EVENTS))["message"] == "OPEN_CONF"
    await sim.restore_side("a")
    assert sim.side_a.listening, "restoring what is well changes nothing"


# --- a side goes off-line ---------------------------------------------------------------------------


async def test_a_side_that_shuts_down_tells_its_sessions_and_refuses_everything(
    sim: Simulator, client: RawClient, watcher: RawClient
) -> None:
    await client.open_agent()
    async with await RawClient.connect(sim.side_a) as unopened:
        sim.shutdown_side("a")
        assert status_of(await client.receive("FAILURE_EVENT")) == 15
        assert status_of(await client.ask("HEARTBEAT_REQ")) == 15
        assert status_of(await client.set_state(LOGIN)) == 15
        assert status_of(await unopened.open(ALL_EVENTS)) == 15
        assert (await client.ask("CLOSE_REQ", {"Status": 15}))["message"] == "CLOSE_CONF"
    assert await watcher.settle() == []


async def test_a_side_is_reported_off_line_once_and_can_come_back(sim: Simulator, client: RawClient) -> None:
    await client.open(ALL_EVENTS)
    sim.shutdown_side("a")
    sim.shutdown_side("a")
    await client.receive("FAILURE_EVENT")
    await sim.restore_side("a")
    assert await client.settle() == []
    async with await RawClient.connect(sim.side_a) as again:
        assert (await again.open(ALL_EVENTS))["message"] == "OPEN_CONF"


# --- a side hangs -----------------------------------------------------------------------------------


async def test_a_frozen_side_answers_nothing_until_it_is_thawed(sim: Simulator, client: RawClient) -> None:
    await client.open(BULK_MODE)
    sim.freeze_side("a")
    async with await RawClient.connect(sim.side_a) as late:
        await until(lambda: len(sim.side_a.connections) == 2)
        late.patience = client.patience = 0.05
        client.send("HEARTBEAT_REQ", {"InvokeID": 1})
        late.send("OPEN_REQ", late.open_fields(ALL_EVENTS), late.identity("late"))
        sim.set_agent_state("1001", AgentState(AVAILABLE))
        with pytest.raises(TimeoutError):
            await client.receive()
        with pytest.raises(TimeoutError):
            await late.receive()
        late.patience = client.patience = 10
        sim.thaw_side("a")
        assert state_of(await client.receive())[1] == AVAILABLE
        assert (await client.receive("HEARTBEAT_CONF"))["fields"]["InvokeID"] == 1
        assert (await late.receive())["message"] == "OPEN_CONF"


async def test_a_frozen_side_notices_no_timeout(
    sim: Simulator, clock: ManualClock, client: RawClient
) -> None:
    await client.open(ALL_EVENTS, IdleTimeout=20)
    sim.freeze_side("a")
    clock.advance(100)
    sim.thaw_side("a")
    assert await client.settle() == []
    clock.advance(21)
    assert await client.ended()


async def test_a_frozen_side_keeps_no_more_than_a_client_may_have_waiting() -> None:
    async with (
        Simulator(pair="both-active", agents=1, max_buffered=2000) as sim,
        await RawClient.connect(sim.side_a) as client,
    ):
        await client.open(ALL_EVENTS)
        sim.freeze_side("a")
        for reason in range(1000):
            sim.set_agent_state("1001", AgentState(NOT_READY), reason)
        assert sim.counters.dropped_sessions == 1
        assert await client.ended()


async def test_a_device_can_be_taken_over_from_a_frozen_side(
    sim: Simulator, clock: ManualClock, client: RawClient
) -> None:
    await client.open_agent()
    sim.freeze_side("a")
    async with await RawClient.connect(sim.side_b) as again:
        assert (await again.open_agent())["message"] == "OPEN_CONF"
        clock.advance(10)
        sim.thaw_side("a")
        assert status_of(await client.receive("FAILURE_EVENT")) == 11
        clock.advance(1)
        assert await client.ended()


async def test_a_frozen_side_can_fail(sim: Simulator, client: RawClient) -> None:
    await client.open(ALL_EVENTS)
    sim.freeze_side("a")
    sim.fail_side("a")
    assert await client.ended()
    await sim.restore_side("a")
    async with await RawClient.connect(sim.side_a) as again:
        assert (await again.open(ALL_EVENTS))["message"] == "OPEN_CONF"


# --- a connection is cut ----------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0, 1, 7, 8, 11, 12, 13, 100])
async def test_a_connection_is_cut_after_a_number_of_bytes(
    sim: Simulator, client: RawClient, after: int
) -> None:
    await client.open_agent()
    sim.cut(sim.side_a.sessions[0], after)
    client.send("SET_AGENT_STATE_REQ", *client.state_request(LOGIN))
    assert await client.receive_until_reset() == after
    assert sim.side_a.sessions == ()
    assert sim.agent("1001").logged_in


# --- a taken-over session ---------------------------------------------------------------------------


async def test_the_event_of_a_takeover_comes_before_the_reset(
    sim: Simulator, clock: ManualClock, client: RawClient
) -> None:
    await client.open_agent()
    async with await RawClient.connect(sim.side_a) as again:
        await again.open_agent()
        client.send("HEARTBEAT_REQ")
        assert status_of(await client.receive("FAILURE_EVENT")) == 11
        clock.advance(1)
        assert await client.ended()
        assert await again.settle() == []


# --- clients that mean no good ----------------------------------------------------------------------


@pytest.mark.parametrize("length", [65536 - 7, 1 << 20, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("opened", [False, True])
async def test_a_length_above_the_limit_ends_the_connection(
    sim: Simulator, clock: ManualClock, client: RawClient, opened: bool, length: int
) -> None:
    if opened:
        await client.open(ALL_EVENTS)
    client.write(struct.pack(">II", length, 5) + bytes(100_000))
    assert status_of(await client.receive("FAILURE_EVENT")) == 2
    client.write(bytes(100_000))
    clock.advance(1)
    assert await client.ended()
    await until(lambda: not sim.side_a.connections)
    assert sim.counters.oversized == 1


async def test_the_largest_frame_is_read(client: RawClient) -> None:
    await client.open(ALL_EVENTS)
    client.send_raw(9999, bytes(65536 - 8))
    assert status_of(await client.receive()) == 48
    assert await client.settle() == []


async def test_requests_are_read_however_the_bytes_arrive(client: RawClient) -> None:
    opening = client.frame("OPEN_REQ", client.open_fields(BULK_MODE, InvokeID=1), client.identity())
    login = client.frame("SET_AGENT_STATE_REQ", *_with_id(client.state_request(LOGIN), 2))
    for byte in opening + login:
        client.write(bytes([byte]))
        await asyncio.sleep(0)
    await client.receive("OPEN_CONF")
    await client.receive("SYSTEM_EVENT")
    await client.receive("SET_AGENT_STATE_CONF")


def _with_id(
    request: tuple[dict[str, int], list[object]], invoke_id: int
) -> tuple[dict[str, int], list[object]]:
    return request[0] | {"InvokeID": invoke_id}, request[1]


def hostile_stream(seed: int) -> bytes:
    """Frames of every kind, some damaged, some random, in one stream."""
    chance = random.Random(seed)
    numbers = [*reference_codec.MESSAGES, 0, 151, 512, 1 << 31]
    stream = b""
    for _ in range(300):
        body = bytearray(chance.randbytes(chance.choice((0, 3, 4, 12, 21, 44, 60, 200))))
        if chance.random() < 0.5 and len(body) >= 8:
            body[4:8] = struct.pack(">I", chance.randrange(7, 27))
        stream += struct.pack(">II", len(body), chance.choice(numbers)) + body
    return stream


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("opened", [False, True])
async def test_hostile_frames_leave_the_server_well(
    sim: Simulator, client: RawClient, caplog: pytest.LogCaptureFixture, opened: bool, seed: int
) -> None:
    if opened:
        await client.open(AGENT_MODE | ALL_EVENTS, floating=client.identity(AgentID="1001"))
    client.write(hostile_stream(seed))
    client.send("HEARTBEAT_REQ", {"InvokeID": 0xFEEDBEEF})
    while True:
        record = await client.receive()
        if record["fields"].get("InvokeID") == 0xFEEDBEEF:
            break
        assert record["message"] in (
            "FAILURE_CONF",
            "CONTROL_FAILURE_CONF",
            "HEARTBEAT_CONF",
            "CLOSE_CONF",
            "CONFIG_KEY_EVENT",
            "CONFIG_END_EVENT",
        )
    async with await RawClient.connect(sim.side_a) as other:
        assert (await other.open(ALL_EVENTS))["message"] == "OPEN_CONF"
    assert [record for record in caplog.records if record.levelno > logging.WARNING] == []


@pytest.mark.parametrize("seed", range(10))
async def test_random_bytes_leave_the_server_well(sim: Simulator, client: RawClient, seed: int) -> None:
    await client.open(ALL_EVENTS)
    client.write(random.Random(seed).randbytes(50_000))
    client.drop()
    async with await RawClient.connect(sim.side_a) as other:
        assert (await other.open(ALL_EVENTS))["message"] == "OPEN_CONF"


async def test_damaged_openings_leave_the_server_well(sim: Simulator) -> None:
    async with await RawClient.connect(sim.side_a) as client:
        whole = client.frame("OPEN_REQ", client.open_fields(BULK_MODE, InvokeID=1), client.identity())[8:]
        chance = random.Random(7)
        for _ in range(500):
            body = bytearray(whole[: chance.randrange(len(whole) + 1)])
            for _ in range(chance.randrange(4)):
                if body:
                    body[chance.randrange(len(body))] = chance.randrange(256)
            client.send_raw(NUMBERS["OPEN_REQ"], bytes(body))
            record = await client.receive()
            if record["message"] == "OPEN_CONF":
                client.send("CLOSE_REQ", {"Status": 0})
                while (await client.receive())["message"] != "CLOSE_CONF":
                    pass


async def test_a_client_that_does_not_read_is_reset_and_counted() -> None:
    async with (
        Simulator(pair="both-active", agents=1, max_buffered=200_000) as sim,
        await RawClient.connect(sim.side_a) as slow,
        await RawClient.connect(sim.side_b) as good,
    ):
        await slow.open(ALL_EVENTS)
        await good.open(ALL_EVENTS)
        slow.writer.transport.pause_reading()
        sent = 0
        async with asyncio.timeout(30):
            while sim.side_a.sessions:
                for _ in range(500):
                    sim.set_agent_state("1001", AgentState(NOT_READY), 1)
                sent += 500
                for _ in range(500):
                    await good.receive("AGENT_STATE_EVENT")
        assert sim.counters.dropped_sessions == 1
        assert await good.settle() == []
        assert len(sim.side_b.sessions) == 1


async def test_a_client_that_asks_and_does_not_read_is_reset() -> None:
    async with (
        Simulator(pair="both-active", agents=1, max_buffered=100_000) as sim,
        await RawClient.connect(sim.side_a) as slow,
    ):
        await slow.open(ALL_EVENTS)
        slow.writer.transport.pause_reading()
        beats = slow.frame("HEARTBEAT_REQ", {"InvokeID": 1}) * 5000
        async with asyncio.timeout(30):
            while sim.side_a.connections:
                slow.write(beats)
                await asyncio.sleep(0)
        assert sim.counters.dropped_sessions == 1
