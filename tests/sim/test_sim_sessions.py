"""The life of a session on the simulator: heartbeats, idle time-out, CLOSE, limits and TLS."""

import contextlib
import socket
import ssl
from collections.abc import AsyncIterator

import pytest
import trustme
from support.raw_client import ALL_EVENTS, BULK_MODE, LOGIN, RawClient, status_of, until

from ctios_fast.connection.clock import ManualClock
from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim import Simulator


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


# --- heartbeats and idle time-out -------------------------------------------------------------------


@pytest.mark.parametrize("invoke_id", [0, 1, 0xFFFFFFFF])
async def test_a_heartbeat_is_confirmed_at_once_with_its_own_number(
    client: RawClient, invoke_id: int
) -> None:
    await client.open(ALL_EVENTS)
    answer = await client.ask("HEARTBEAT_REQ", {"InvokeID": invoke_id})
    assert answer["message"] == "HEARTBEAT_CONF"
    assert answer["fields"] == {"InvokeID": invoke_id}


async def test_small_answers_are_not_held_back_by_tcp(sim: Simulator, client: RawClient) -> None:
    await client.open(ALL_EVENTS)
    served = sim.side_a.sessions[0].link.get_extra_info("socket")
    assert served.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_silence_for_the_idle_timeout_resets_the_connection(
    sim: Simulator, clock: ManualClock, client: RawClient
) -> None:
    await client.open(ALL_EVENTS, IdleTimeout=20)
    clock.advance(19.9)
    assert len(sim.side_a.sessions) == 1
    clock.advance(0.2)
    assert await client.ended()
    assert sim.side_a.sessions == ()
    assert sim.counters.idle_resets == 1


@pytest.mark.parametrize("message", ["heartbeat", "refused", "malformed", "unknown"])
async def test_any_message_restarts_the_idle_timeout(
    sim: Simulator, clock: ManualClock, client: RawClient, message: str
) -> None:
    await client.open(ALL_EVENTS, IdleTimeout=60)
    for _ in range(5):
        clock.advance(50)
        if message == "heartbeat":
            await client.ask("HEARTBEAT_REQ")
        elif message == "refused":
            assert status_of(await client.set_state(LOGIN)) == 12
        else:
            client.send_raw(5 if message == "malformed" else 9999, b"")
            await client.receive("FAILURE_CONF")
    clock.advance(59)
    assert len(sim.side_a.sessions) == 1
    clock.advance(2)
    assert await client.ended()


async def test_the_idle_timeout_ends_where_its_rest_is_below_the_clock_s_resolution(
    sim: Simulator, clock: ManualClock, client: RawClient
) -> None:
    await client.open(ALL_EVENTS, IdleTimeout=20)
    clock.advance(12.02)
    await client.ask("HEARTBEAT_REQ")
    clock.advance(20)
    assert await client.ended()
    assert sim.counters.idle_resets == 1


async def test_events_do_not_keep_a_silent_client_alive(
    sim: Simulator, clock: ManualClock, client: RawClient
) -> None:
    await client.open(ALL_EVENTS, IdleTimeout=20)
    for _ in range(2):
        sim.set_agent_state("1001", AgentState.AGENT_STATE_AVAILABLE)
        await client.receive("AGENT_STATE_EVENT")
        clock.advance(10)
    assert await client.ended()


async def test_a_client_without_heartbeats_is_never_idle(
    sim: Simulator, clock: ManualClock, client: RawClient
) -> None:
    await client.open(ALL_EVENTS, IdleTimeout=0xFFFFFFFF)
    clock.advance(1e7)
    assert (await client.ask("HEARTBEAT_REQ"))["message"] == "HEARTBEAT_CONF"
    assert clock.next_due is None


async def test_a_refused_opening_starts_no_idle_timeout(clock: ManualClock, client: RawClient) -> None:
    await client.open(ALL_EVENTS, IdleTimeout=20, Reserved1=1)
    assert clock.next_due == 60, "the time-out of a connection without a session"


# --- CLOSE ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [0, 15, 16])
async def test_close_is_confirmed_and_the_connection_left_to_the_client_for_5_seconds(
    sim: Simulator, clock: ManualClock, client: RawClient, status: int
) -> None:
    await client.open(ALL_EVENTS, IdleTimeout=20)
    assert (await client.ask("CLOSE_REQ", {"Status": status}))["message"] == "CLOSE_CONF"
    assert sim.side_a.sessions == ()
    assert sim.counters.closes == 1
    clock.advance(4.9)
    assert status_of(await client.ask("HEARTBEAT_REQ")) == 4
    clock.advance(0.2)
    assert not await client.ended()
    assert clock.next_due is None


async def test_a_closed_connection_can_be_opened_again(
    sim: Simulator, clock: ManualClock, client: RawClient
) -> None:
    await client.open(ALL_EVENTS)
    await client.ask("CLOSE_REQ", {"Status": 0})
    client.version = 14
    assert (await client.open(BULK_MODE))["message"] == "OPEN_CONF"
    clock.advance(10)
    assert (await client.set_state(LOGIN))["message"] == "SET_AGENT_STATE_CONF"


async def test_a_closed_connection_whose_client_does_not_read_is_reset(
    sim: Simulator, clock: ManualClock, client: RawClient
) -> None:
    await client.open(ALL_EVENTS)
    (session,) = sim.side_a.sessions
    client.writer.transport.pause_reading()
    beats = client.frame("HEARTBEAT_REQ", {"InvokeID": 1}) * 5000
    while not session.link.buffered_out:
        client.write(beats)
        await client.writer.drain()
    client.send("CLOSE_REQ", {"Status": 0})
    await until(lambda: sim.counters.closes)
    assert session.link.buffered_out
    clock.advance(6)
    await until(lambda: not sim.side_a.connections)


async def test_a_closed_session_is_forgotten_when_the_client_goes(
    sim: Simulator, clock: ManualClock, client: RawClient
) -> None:
    await client.open(ALL_EVENTS, IdleTimeout=30)
    await client.ask("CLOSE_REQ", {"Status": 0})
    client.drop()
    await until(lambda: not sim.side_a.connections)
    assert clock.next_due is None


async def test_a_session_ends_with_its_connection(
    sim: Simulator, clock: ManualClock, client: RawClient
) -> None:
    await client.open_agent(IdleTimeout=30)
    client.drop()
    await until(lambda: not sim.side_a.connections)
    assert sim.session_of("1001") is None
    assert clock.next_due is None
    sim.set_agent_state("1001", AgentState.AGENT_STATE_AVAILABLE)
    assert sim.counters.events_sent == 0


# --- many clients -----------------------------------------------------------------------------------


async def test_sessions_are_numbered_across_both_sides(sim: Simulator) -> None:
    clients = [await RawClient.connect(side) for side in (sim.side_a, sim.side_b, sim.side_a)]
    for client in clients:
        await client.open(ALL_EVENTS)
    numbers = [session.session_id for session in (*sim.side_a.sessions, *sim.side_b.sessions)]
    assert sorted(numbers) == [1, 2, 3]
    assert [session.client_id for session in sim.side_a.sessions] == ["test", "test"]
    for client in clients:
        client.drop()


async def test_connections_above_the_limit_are_reset_at_once() -> None:
    async with (
        Simulator(pair="both-active", agents=1, max_connections=2) as sim,
        await RawClient.connect(sim.side_a) as first,
        await RawClient.connect(sim.side_a) as second,
    ):
        await first.open(ALL_EVENTS)
        await second.open(ALL_EVENTS)
        async with await RawClient.connect(sim.side_a) as third:
            assert await third.ended()
        async with await RawClient.connect(sim.side_b) as other:
            assert (await other.open(ALL_EVENTS))["message"] == "OPEN_CONF"
        assert sim.counters.over_limit == 1
        second.drop()
        await until(lambda: len(sim.side_a.connections) == 1)
        async with await RawClient.connect(sim.side_a) as third:
            assert (await third.open(ALL_EVENTS))["message"] == "OPEN_CONF"


# --- the simulator's own life -----------------------------------------------------------------------


async def test_stop_ends_all_connections_and_frees_the_ports(sim: Simulator, client: RawClient) -> None:
    await client.open(ALL_EVENTS)
    await sim.stop()
    await client.ended()
    assert not sim.side_a.connections
    with pytest.raises(ConnectionRefusedError):
        await RawClient.connect(sim.side_a)
    again = Simulator(pair="both-active", agents=1, port_a=sim.side_a.port, port_b=sim.side_b.port)
    await again.start()
    await again.stop()


async def test_a_port_in_use_is_reported_and_nothing_keeps_listening(sim: Simulator) -> None:
    second = Simulator(pair="both-active", agents=1, port_b=sim.side_a.port)
    with pytest.raises(OSError, match="in use"):
        await second.start()
    assert not second.side_a.listening


@pytest.mark.parametrize(
    "settings",
    [
        {"protocol_max": 8},
        {"protocol_max": 26},
        {"agents": -1},
        {"peripheral_id": 0xFFFFFFFF},
        {"peripheral_id": -1},
        {"first_agent": 99_999_999_999, "agents": 2},
        {"first_extension": -1},
    ],
)
def test_settings_that_the_protocol_cannot_carry(settings: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="not"):
        Simulator(pair="both-active", **settings)


async def test_settings_number_agents_and_peripheral() -> None:
    settings = {"peripheral_id": 7, "agents": 2, "first_agent": 99_999_999_998, "first_extension": 10}
    async with (
        Simulator(pair="both-active", **settings) as sim,
        await RawClient.connect(sim.side_a) as client,
    ):
        floating = client.identity(AgentID="99999999999")
        await client.open(5, floating=floating, PeripheralID=7)
        sim.set_agent_state("99999999999", AgentState.AGENT_STATE_AVAILABLE)
        event = await client.receive("AGENT_STATE_EVENT")
        assert event["fields"]["PeripheralID"] == 7
        assert ["AgentExtension", "11"] in event["floating"]


def test_sides_have_two_names() -> None:
    with pytest.raises(ValueError, match="'c'"):
        Simulator(pair="both-active", agents=1).side("c")


# --- TLS --------------------------------------------------------------------------------------------


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
async def tls(authority: trustme.CA) -> AsyncIterator[Simulator]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    async with Simulator(pair="both-active", agents=2, ssl=context) as sim:
        yield sim


async def test_a_session_over_tls(authority: trustme.CA, tls: Simulator) -> None:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    for side in (tls.side_a, tls.side_b):
        client = await RawClient.connect(side, ssl_context=context, server_hostname="localhost")
        async with client:
            await client.open_agent()
            await client.set_state(LOGIN)
            assert len(await client.settle()) == 2
            await client.ask("CLOSE_REQ", {"Status": 0})
        tls.force_logout("1001")


async def test_a_burst_over_tls_is_answered_whole(authority: trustme.CA, tls: Simulator) -> None:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    client = await RawClient.connect(tls.side_a, ssl_context=context, server_hostname="localhost")
    async with client:
        await client.open(ALL_EVENTS)
        client.write(
            b"".join(client.frame("HEARTBEAT_REQ", {"InvokeID": number}) for number in range(20_000))
        )
        for number in range(20_000):
            assert (await client.receive("HEARTBEAT_CONF"))["fields"]["InvokeID"] == number


async def test_a_client_that_does_not_trust_the_certificate_does_no_harm(
    authority: trustme.CA, tls: Simulator
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await RawClient.connect(
            tls.side_a, ssl_context=ssl.create_default_context(), server_hostname="localhost"
        )
    context = ssl.create_default_context()
    authority.configure_trust(context)
    client = await RawClient.connect(tls.side_a, ssl_context=context, server_hostname="localhost")
    async with client:
        assert (await client.open(ALL_EVENTS))["message"] == "OPEN_CONF"


async def test_plain_bytes_to_a_tls_port_end_the_connection(tls: Simulator) -> None:
    async with await RawClient.connect(tls.side_a) as client:
        client.send("OPEN_REQ", client.open_fields(ALL_EVENTS), client.identity())
        with contextlib.suppress(ConnectionResetError):
            await client.reader.read()
    assert tls.side_a.sessions == ()
