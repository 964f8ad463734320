"""Active and standby sides, and maintenance, as two servers of ``struct`` alone send them.

GED-188, PG and CTI Server Graceful Shutdown (version 24). The reference does not say that a standby session
hears events, so a repair follows every switch to it.
"""

import random
import struct
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest
from support.model import MakeSession, an_agent, soon, until
from support.struct_server import (
    ACTIVE_MAINTENANCE_REQ,
    ACTIVE_MAINTENANCE_RESP,
    ACTIVE_SIDE,
    ACTIVE_STANDBY,
    AVAILABLE,
    CLOSE_REQ,
    HEARTBEAT_REQ,
    NOT_READY,
    OPEN_CONF,
    OPEN_REQ,
    QUERY_AGENT_STATE_REQ,
    SNAPSHOT_DEVICE_REQ,
    STANDBY_ACTIVE_EVENT,
    STANDBY_SIDE,
    STOPPING_REQUESTS_TO_THIS_SIDE_IND,
    UNKNOWN_SIDE,
    Frame,
    Peer,
    StructServer,
)
from support.wire_steps import (
    AGENT_SERVICES,
    BULK_SERVICES,
    OPEN_LAYOUT,
    FullRecorder,
    answer_opening,
    connected,
)

from ctios_fast import (
    AgentState,
    ConnectionLost,
    ConnectionState,
    OpenRefused,
    Request,
    RequestRefused,
    Session,
)
from ctios_fast.connection.clock import ManualClock, TimerHandle
from ctios_fast.connection.maintenance_mode import LEAVE_AFTER
from ctios_fast.connection.pace import BURST, INTERVAL
from ctios_fast.connection.search import OVERTAKEN_PAUSE
from ctios_fast.connection.side_claims import CLAIM_PAUSE, CLAIM_WINDOW, MAX_CLAIMS
from ctios_fast.connection.sides import QUICK_WAITS
from ctios_fast.connection.standby import PATIENCE, StandbyKeeper

FUNCTION_NOT_AVAILABLE, OFFLINE, NOT_MASTER, NEW_SESSION, IN_MAINTENANCE = 12, 15, 92, 11, 110
SESSION_NOT_OPEN = 4


class NotingClock(ManualClock):
    """A manual clock that notes the delays of the calls that it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.delays: list[float] = []

    def call_later(self, delay: float, callback: Callable[..., object], /, *args: Any) -> TimerHandle:
        self.delays.append(delay)
        return super().call_later(delay, callback, *args)


#: Time-outs in seconds. They are none of the waits between attempts, which the clock notes too.
OPEN_TIMEOUT, CLOSE_TIMEOUT = 33.0, 6.0

#: The waits in seconds before the third and each later attempt to open a standby session.
STANDBY_WAITS = (1, 2, 4, 8, 15, 30, 30)


@pytest.fixture
def clock() -> NotingClock:
    return NotingClock()


@pytest.fixture
def session(make_session: MakeSession, clock: ManualClock, rng: random.Random, version: int) -> Session:
    return make_session(
        clock=clock,
        rng=rng,
        version=version,
        standby=True,
        clients=0,
        open_timeout=OPEN_TIMEOUT,
        close_timeout=CLOSE_TIMEOUT,
    )


class Pair(NamedTuple):
    """A session in bulk mode on side A, and its standby session on side B, with the servers' ends."""

    session: Session
    recorder: FullRecorder
    a: Peer
    b: Peer
    server_a: StructServer
    server_b: StructServer


def keeper_of(session: Session) -> StandbyKeeper:
    """What keeps the standby session; its ``side`` is None when there is none and none is tried."""
    keeper = session._connection.standby
    assert keeper is not None
    return keeper


def services_of(request: Frame) -> int:
    """ServicesRequested of an OPEN_REQ."""
    return int(request.fixed(OPEN_LAYOUT)[4])


async def opened(peer: Peer, session_type: int, services: int = BULK_SERVICES | ACTIVE_STANDBY) -> Frame:
    """Confirm the next OPEN_REQ with that SessionType; return it."""
    request = await peer.receive(OPEN_REQ)
    peer.open_conf(request, services=services, session_type=session_type)
    return request


async def opening_on(
    session: Session, server: StructServer, other: StructServer
) -> tuple[Peer, Request[None]]:
    """Connect to the server as side A, with the other one as side B; begin to set bulk mode."""
    peer = await connected(session, server, ctios_b="localhost", port_b=other.port)
    return peer, session.set_bulk_mode(5000)


async def open_on(session: Session, server: StructServer, other: StructServer) -> Peer:
    """Connect to the servers as ``opening_on`` does, and set bulk mode."""
    peer, opening = await opening_on(session, server, other)
    await opened(peer, ACTIVE_SIDE)
    await soon(opening)
    return peer


@pytest.fixture
async def pair(
    session: Session, server: StructServer, other_server: StructServer, recorder: FullRecorder
) -> Pair:
    a = await open_on(session, server, other_server)
    b = await other_server.accepted()
    await opened(b, STANDBY_SIDE)
    await recorder.wait_for("OnStandbyOpened")
    recorder.clear()
    return Pair(session, recorder, a, b, server, other_server)


async def know_an_agent(pair: Pair) -> None:
    """Let the active side report agent 1001."""
    pair.a.agent_state_event(NOT_READY)
    await pair.recorder.wait_for("OnAgentStateChange")
    pair.recorder.clear()


async def repaired(peer: Peer, state: int = NOT_READY) -> None:
    """Answer the questions of a repair: for agent 1001, and for the calls at its device."""
    peer.query_conf(await peer.receive(QUERY_AGENT_STATE_REQ), state)
    peer.device_conf(await peer.receive(SNAPSHOT_DEVICE_REQ))


# --- The standby session ----------------------------------------------------------------------------


async def test_a_second_session_is_opened_on_the_standby_side(
    session: Session, server: StructServer, other_server: StructServer, recorder: FullRecorder
) -> None:
    peer, opening = await opening_on(session, server, other_server)
    first = await opened(peer, ACTIVE_SIDE)
    await soon(opening)
    assert services_of(first) == BULK_SERVICES | ACTIVE_STANDBY
    assert (session.session_type, session.standby_side) == (1, "")
    other = await other_server.accepted()
    second = await opened(other, STANDBY_SIDE)
    assert second.body[4:] == first.body[4:], "the two differ by more than the InvokeID"
    event = await recorder.wait_for("OnStandbyOpened")
    assert (event["CurrentServer"], event["Side"]) == ("localhost", "B")
    assert (session.standby_side, session.current_side) == ("B", "A")
    assert session.counters()["standby_opened"] == 1
    assert session.counters()["connections"] == 1


async def test_what_a_standby_session_hears_is_not_applied_and_is_counted(pair: Pair) -> None:
    pair.b.agent_state_event(AVAILABLE, agent_id="1002")
    await until(lambda: pair.session.counters()["standby_frames_ignored"] == 1)
    assert pair.session.agents == {}
    assert pair.recorder.names == []


async def test_a_disconnect_closes_both_sessions(pair: Pair) -> None:
    closing = pair.session.disconnect()
    await pair.b.receive(CLOSE_REQ)
    await pair.b.receive_end()
    pair.a.close_conf(await pair.a.receive(CLOSE_REQ))
    await soon(closing)
    assert pair.recorder.names == ["OnConnectionClosed"]


async def test_a_standby_session_has_heartbeats_of_its_own(
    make_session: MakeSession,
    clock: ManualClock,
    rng: random.Random,
    server: StructServer,
    other_server: StructServer,
) -> None:
    session = make_session(clock=clock, rng=rng, standby=True, heartbeat=10, max_heartbeats=2, clients=0)
    recorder = FullRecorder(session)
    a = await open_on(session, server, other_server)
    b = await other_server.accepted()
    await opened(b, STANDBY_SIDE)
    await recorder.wait_for("OnStandbyOpened")
    for count in range(1, 5):
        clock.advance(10)
        a.heartbeat_conf(await a.receive(HEARTBEAT_REQ))
        b.heartbeat_conf(await b.receive(HEARTBEAT_REQ))
        b.agent_state_event(NOT_READY)  # shows that the answer was handled
        await recorder.wait_for("OnHeartbeat", count)
        await until(lambda count=count: session.counters()["standby_frames_ignored"] == count)
    assert session.standby_side == "B"
    assert len(recorder.of("OnHeartbeat")) == 4, "heartbeats of the standby session are reported"
    for count in range(5, 8):
        clock.advance(10)
        a.heartbeat_conf(await a.receive(HEARTBEAT_REQ))
        await recorder.wait_for("OnHeartbeat", count)
    lost = await recorder.wait_for("OnStandbyLost")
    assert lost["ReasonCode"] == 1
    assert session.is_open


def waits_of(clock: NotingClock) -> list[float]:
    """The waits before attempts that began since the clock's notes were cleared."""
    return [delay for delay in clock.delays if delay in QUICK_WAITS]


async def passed(clock: NotingClock, wait: float) -> None:
    """Let the wait before an attempt begin, and pass."""
    if wait:
        await until(lambda: waits_of(clock))
        assert waits_of(clock) == [wait]
        clock.advance(wait)


async def test_a_lost_standby_session_is_opened_again_after_waits_that_grow_to_the_limit(
    pair: Pair, clock: NotingClock
) -> None:
    clock.delays.clear()
    pair.b.close()
    lost = await pair.recorder.wait_for("OnStandbyLost")
    assert lost["FailedServer"] == "localhost"
    assert lost["ErrorMessage"]
    assert pair.session.standby_side == ""
    assert pair.session.is_open
    for wait in (0, *STANDBY_WAITS):  # the session did not last, so the plan of the first attempt goes on
        await passed(clock, wait)
        peer = await pair.server_b.accepted()
        clock.delays.clear()
        peer.failure_conf(await peer.receive(OPEN_REQ), OFFLINE)
        await peer.receive_loss()
    await passed(clock, STANDBY_WAITS[-1])
    await opened(await pair.server_b.accepted(), STANDBY_SIDE)
    await pair.recorder.wait_for("OnStandbyOpened")
    assert pair.recorder.names == ["OnStandbyLost", "OnStandbyOpened"]
    assert (pair.session.counters()["standby_opened"], pair.session.counters()["standby_lost"]) == (2, 1)


@pytest.mark.parametrize("status", [36, OFFLINE, 107, IN_MAINTENANCE])
async def test_a_refused_standby_session_is_tried_again_and_changes_nothing_else(
    session: Session, server: StructServer, other_server: StructServer, clock: NotingClock, status: int
) -> None:
    await open_on(session, server, other_server)
    for wait in (0, *STANDBY_WAITS):  # the first wait is a random one of up to 0 seconds
        peer = await other_server.accepted()
        clock.delays.clear()
        peer.failure_conf(await peer.receive(OPEN_REQ), status)
        await peer.receive_loss()
        await passed(clock, wait)
    assert session.is_open
    assert session.counters()["standby_opened"] == 0


async def test_the_waits_for_a_standby_session_have_a_limit_that_the_program_sets(
    make_session: MakeSession, server: StructServer, other_server: StructServer, clock: NotingClock
) -> None:
    session = make_session(clock=clock, standby=True, clients=0, open_timeout=OPEN_TIMEOUT, standby_retry=4.0)
    await open_on(session, server, other_server)
    for wait in (0, 0, 1, 2, 4, 4, 4):  # the second wait is a random one of up to 0 seconds
        await passed(clock, wait)
        peer = await other_server.accepted()
        clock.delays.clear()
        peer.failure_conf(await peer.receive(OPEN_REQ), OFFLINE)
        await peer.receive_loss()


@pytest.mark.parametrize("version", [23])
async def test_below_version_24_there_is_no_standby_session(
    session: Session, server: StructServer, other_server: StructServer
) -> None:
    peer, opening = await opening_on(session, server, other_server)
    request = await peer.receive(OPEN_REQ)
    assert services_of(request) == BULK_SERVICES
    peer.open_conf(request, services=BULK_SERVICES)
    await soon(opening)
    assert session.session_type is None
    assert session._connection.standby is None


async def test_a_server_that_does_not_grant_the_service_gets_one_session(
    session: Session, server: StructServer, other_server: StructServer
) -> None:
    peer, opening = await opening_on(session, server, other_server)
    await opened(peer, UNKNOWN_SIDE, BULK_SERVICES)
    await soon(opening)
    assert session.is_open
    assert not keeper_of(session).side


async def test_a_server_that_refuses_the_service_gets_one_session_without_it(
    session: Session, server: StructServer, other_server: StructServer
) -> None:
    peer, opening = await opening_on(session, server, other_server)
    peer.failure_conf(await peer.receive(OPEN_REQ), FUNCTION_NOT_AVAILABLE)
    assert services_of(await opened(peer, ACTIVE_SIDE, BULK_SERVICES)) == BULK_SERVICES
    await soon(opening)
    assert not keeper_of(session).side


async def test_a_session_that_is_not_said_to_be_the_standby_is_closed_and_tried_again(
    session: Session, server: StructServer, other_server: StructServer, clock: NotingClock
) -> None:
    await open_on(session, server, other_server)
    for wait in (0, STANDBY_WAITS[0]):
        peer = await other_server.accepted()
        clock.delays.clear()
        await opened(peer, UNKNOWN_SIDE)
        await peer.receive(CLOSE_REQ)
        await peer.receive_end()
        await passed(clock, wait)
    assert (session.is_open, session.standby_side) == (True, "")


async def test_a_session_that_its_server_does_not_have_is_opened_again_on_the_same_side(pair: Pair) -> None:
    pair.b.failure_event(SESSION_NOT_OPEN)
    standby_lost = await pair.recorder.wait_for("OnStandbyLost")
    await opened(await pair.server_b.accepted(), STANDBY_SIDE)
    await pair.recorder.wait_for("OnStandbyOpened")
    pair.a.failure_event(SESSION_NOT_OPEN)
    lost = await pair.recorder.wait_for("OnConnectionFailure")
    await opened(await pair.server_a.accepted(), ACTIVE_SIDE)
    await pair.recorder.wait_for("OnMonitorModeEstablished")
    assert (pair.session.current_side, pair.session.standby_side) == ("A", "B")
    assert lost["ErrorMessage"] == standby_lost["ErrorMessage"]
    assert "ended the session: E_CTI_SESSION_NOT_OPEN (4)" in lost["ErrorMessage"]


async def test_a_heartbeat_for_a_session_that_the_server_does_not_have_ends_it_alike(
    make_session: MakeSession, clock: ManualClock, server: StructServer, other_server: StructServer
) -> None:
    session = make_session(clock=clock, standby=True, clients=0, heartbeat=10)
    recorder = FullRecorder(session)
    a = await open_on(session, server, other_server)
    b = await other_server.accepted()
    await opened(b, STANDBY_SIDE)
    await recorder.wait_for("OnStandbyOpened")
    clock.advance(10)
    b.failure_conf(await b.receive(HEARTBEAT_REQ), SESSION_NOT_OPEN)
    standby_lost = await recorder.wait_for("OnStandbyLost")
    a.failure_conf(await a.receive(HEARTBEAT_REQ), SESSION_NOT_OPEN)
    lost = await recorder.wait_for("OnConnectionFailure")
    assert lost["ErrorMessage"] == standby_lost["ErrorMessage"]
    assert "ended the session: E_CTI_SESSION_NOT_OPEN (4)" in lost["ErrorMessage"]


# --- Switching --------------------------------------------------------------------------------------


async def test_the_session_goes_on_over_its_standby_session_without_a_search(pair: Pair) -> None:
    await know_an_agent(pair)
    waiting = pair.session.agents["1001"].query_agent_state()
    await pair.a.receive(QUERY_AGENT_STATE_REQ)
    pair.b.standby_active()
    await pair.a.receive(CLOSE_REQ)
    await pair.a.receive_end()
    with pytest.raises(ConnectionLost, match="the other side became active"):
        await soon(waiting)
    await repaired(pair.b, AVAILABLE)  # the next messages: there is no second OPEN_REQ
    recovered = await pair.recorder.wait_for("OnRecovered")
    assert recovered["AgentsAsked"] == 1
    names = [name for name in pair.recorder.names if name != "OnCTIOSFailure"]
    assert names[:3] == ["OnStandbyActive", "OnConnection", "OnMonitorModeEstablished"]
    assert "OnConnectionFailure" not in names
    event = pair.recorder.of("OnStandbyActive")[0]
    assert (event["CurrentServer"], event["Side"]) == ("localhost", "B")
    assert pair.recorder.of("OnConnection")[0]["CurrentServer"] == "localhost"
    assert pair.session.agents["1001"].state == AVAILABLE
    assert (pair.session.current_side, pair.session.session_type) == ("B", 1)
    assert (pair.session.counters()["standby_switches"], pair.session.counters()["connections"]) == (1, 2)


async def test_events_that_follow_in_the_same_segment_are_those_of_the_session(pair: Pair) -> None:
    pair.b.standby_active()
    for number in range(1001, 1011):
        pair.b.agent_state_event(AVAILABLE, agent_id=str(number), instrument=f"3{number}")
    await pair.recorder.wait_for("OnAgentStateChange", 10)
    assert list(pair.session.agents) == [str(number) for number in range(1001, 1011)]
    assert pair.session.counters()["standby_frames_ignored"] == 0


async def test_requests_leave_over_the_new_side_at_once(pair: Pair) -> None:
    await know_an_agent(pair)
    agent = pair.session.agents["1001"]
    asked = []
    pair.session.subscribe("OnStandbyActive", lambda args: asked.append(agent.query_agent_state()))
    pair.b.standby_active()
    pair.b.query_conf(await pair.b.receive(QUERY_AGENT_STATE_REQ), AVAILABLE)
    await soon(asked[0])


async def test_the_old_side_gets_the_next_standby_session(pair: Pair, clock: ManualClock) -> None:
    clock.advance(60)  # the session has lasted
    pair.b.standby_active()
    again = await pair.server_a.accepted()
    await opened(again, STANDBY_SIDE)
    await pair.recorder.wait_for("OnStandbyOpened")
    assert (pair.session.current_side, pair.session.standby_side) == ("B", "A")
    again.standby_active()
    await pair.b.receive(CLOSE_REQ)
    await pair.recorder.wait_for("OnStandbyActive", 2)
    assert pair.session.current_side == "A"


async def test_sides_that_go_on_becoming_active_in_turn_are_followed_at_a_limited_pace(
    pair: Pair, clock: NotingClock
) -> None:
    standby = pair.b
    times = []
    for count in range(1, BURST + 4):
        clock.delays.clear()
        standby.standby_active()
        await pair.recorder.wait_for("OnStandbyActive", count)
        server = pair.server_a if count % 2 else pair.server_b
        if count > BURST:
            await until(lambda: INTERVAL in clock.delays)
            assert not server.has_connection
            clock.advance(INTERVAL)
        standby = await server.accepted()
        times.append(clock.time())
        await opened(standby, STANDBY_SIDE)
        await pair.recorder.wait_for("OnStandbyOpened", count)
    assert times == [0, 0, 0, 0, 0, 0, 5, 10, 15]


async def test_after_a_loss_the_standby_session_is_used_as_soon_as_its_side_is_active(
    pair: Pair, clock: ManualClock
) -> None:
    await know_an_agent(pair)
    pair.server_a.stop()
    pair.a.reset()
    await pair.recorder.wait_for(
        "OnConnectionFailure", 2
    )  # the loss, and the attempt to reach the side again
    assert pair.session.state is not ConnectionState.OPEN
    assert not pair.session.is_open
    pair.b.standby_active()
    await repaired(pair.b)
    await pair.recorder.wait_for("OnRecovered")
    assert clock.time() == 0, "time had to pass"
    names = [name for name in pair.recorder.names if name not in ("OnCTIOSFailure", "OnConnectionFailure")]
    assert names[:3] == ["OnStandbyActive", "OnConnection", "OnMonitorModeEstablished"]
    assert pair.session.current_side == "B"


async def test_a_side_that_stays_the_standby_is_asked_anew_after_some_patience(
    pair: Pair, clock: NotingClock
) -> None:
    pair.server_a.stop()
    clock.delays.clear()
    pair.a.reset()
    for wait in (0, 0, 1, 2, 4):  # the first of them is the loss, the second a random wait of up to 0 seconds
        await passed(clock, wait)
        clock.delays.clear()
    await until(lambda: waits_of(clock) == [8])
    assert clock.time() < PATIENCE
    assert not pair.server_b.has_connection
    clock.advance(8)
    anew = await pair.server_b.accepted()
    await opened(anew, ACTIVE_SIDE)  # it became active, and did not say so on the standby session
    await pair.recorder.wait_for("OnMonitorModeEstablished")
    assert pair.session.current_side == "B"
    await pair.b.receive(CLOSE_REQ)


async def test_a_loss_of_both_sides_is_followed_by_a_search_of_both(pair: Pair, clock: ManualClock) -> None:
    pair.a.reset()
    pair.b.reset()
    await opened(await pair.server_b.accepted(), STANDBY_SIDE)  # the session on side A did not last
    await opened(await pair.server_a.accepted(), ACTIVE_SIDE)
    await pair.recorder.wait_for("OnMonitorModeEstablished")
    assert clock.time() == 0
    assert (pair.session.current_side, pair.session.standby_side) == ("A", "B")


async def test_a_takeover_without_maintenance_is_the_end_of_both_sessions(pair: Pair) -> None:
    pair.a.failure_event(NEW_SESSION)
    await pair.recorder.wait_for("OnConnectionRejected")
    await pair.b.receive(CLOSE_REQ)
    await pair.b.receive_end()
    assert pair.session.state is ConnectionState.DISCONNECTED


async def test_a_session_that_standby_sessions_end_does_without_them(
    session: Session,
    server: StructServer,
    other_server: StructServer,
    recorder: FullRecorder,
    clock: NotingClock,
) -> None:
    peer = await open_on(session, server, other_server)
    for count in (1, 2):  # not by chance, the second time
        other = await other_server.accepted()
        await other.receive(OPEN_REQ)
        clock.delays.clear()
        peer.failure_event(NEW_SESSION)
        await recorder.wait_for("OnConnectionFailure", count)
        await until(lambda: OVERTAKEN_PAUSE in clock.delays)
        clock.advance(OVERTAKEN_PAUSE)
        peer = await server.accepted()
        services = BULK_SERVICES | (ACTIVE_STANDBY if count == 1 else 0)
        assert services_of(await opened(peer, ACTIVE_SIDE, services)) == services
        await recorder.wait_for("OnMonitorModeEstablished", count + 1)
        other.reset()
    assert recorder.of("OnConnectionRejected") == []
    assert not keeper_of(session).side


async def test_in_agent_mode_the_events_of_the_new_side_are_the_agents_own(
    session: Session, server: StructServer, other_server: StructServer, recorder: FullRecorder
) -> None:
    peer = await connected(session, server, ctios_b="localhost", port_b=other_server.port)
    agent = an_agent()
    opening = session.set_agent(agent)
    await answer_opening(peer, services=AGENT_SERVICES | ACTIVE_STANDBY, monitor_id=77)
    await soon(opening)
    other = await other_server.accepted()
    request = await other.receive(OPEN_REQ)
    other.open_conf(
        request, services=AGENT_SERVICES | ACTIVE_STANDBY, monitor_id=88, session_type=STANDBY_SIDE
    )
    await recorder.wait_for("OnStandbyOpened")
    recorder.clear()
    other.standby_active()
    other.agent_state_event(NOT_READY, monitor_id=88)
    await recorder.wait_for("OnAgentStateChange")
    await recorder.wait_for("OnSetAgentModeEvent")
    assert agent.state == NOT_READY


# --- Sides that change their roles in quick succession -----------------------------------------------


async def refused_as_standby(peer: Peer, request: Request[AgentState]) -> None:
    """Refuse the request, a query for an agent, as a side does that has become the standby."""
    peer.failure_conf(await peer.receive(QUERY_AGENT_STATE_REQ), NOT_MASTER)
    with pytest.raises(ConnectionLost, match="QUERY_AGENT_STATE_REQ was not carried out") as error:
        await soon(request)
    assert isinstance(error.value.__cause__, RequestRefused)
    assert error.value.__cause__.status == NOT_MASTER


async def test_a_side_that_refuses_a_request_as_the_standby_is_left(pair: Pair) -> None:
    await know_an_agent(pair)
    request = pair.session.agents["1001"].query_agent_state()
    await refused_as_standby(pair.a, request)
    await pair.a.receive_loss()
    pair.b.standby_active()
    await repaired(pair.b)
    await pair.recorder.wait_for("OnRecovered")
    assert pair.session.current_side == "B"
    assert pair.recorder.of("OnControlFailureConf") == [], "the request itself was not at fault"


async def test_all_requests_to_a_side_that_has_become_the_standby_fail_alike(pair: Pair) -> None:
    await know_an_agent(pair)
    agent = pair.session.agents["1001"]
    first, second = agent.query_agent_state(), agent.query_agent_state()
    await refused_as_standby(pair.a, first)
    with pytest.raises(ConnectionLost):
        await soon(second)
    await pair.recorder.wait_for("OnConnectionFailure")


async def test_a_swap_back_at_once_is_noticed_by_the_refusal_of_a_request(
    pair: Pair, clock: NotingClock
) -> None:
    await know_an_agent(pair)
    pair.b.standby_active()
    request = await pair.b.receive(QUERY_AGENT_STATE_REQ)  # of the repair
    pair.b.failure_conf(request, NOT_MASTER)
    a = await pair.server_a.accepted()
    await opened(a, ACTIVE_SIDE)
    await repaired(a, AVAILABLE)
    await pair.recorder.wait_for("OnRecovered")
    assert clock.time() == 0
    assert (pair.session.current_side, pair.session.agents["1001"].state) == ("A", AVAILABLE)
    await opened(await pair.server_b.accepted(), STANDBY_SIDE)
    await pair.recorder.wait_for("OnStandbyOpened")


async def test_a_swap_back_at_once_without_requests_is_noticed_at_once(
    pair: Pair, clock: NotingClock
) -> None:
    clock.delays.clear()
    pair.b.standby_active()
    await pair.recorder.wait_for("OnStandbyActive")
    await opened(await pair.server_a.accepted(), ACTIVE_SIDE)
    await pair.recorder.wait_for("OnStandbyActive", 2)
    assert (pair.session.current_side, clock.time()) == ("A", 0)
    await passed(clock, CLAIM_PAUSE)
    await opened(await pair.server_b.accepted(), STANDBY_SIDE)
    await pair.recorder.wait_for("OnStandbyOpened")
    assert pair.recorder.of("OnConnectionFailure") == []


async def test_swaps_in_quick_succession_are_followed_at_once(pair: Pair, clock: NotingClock) -> None:
    await know_an_agent(pair)
    standby = pair.b
    for count in range(1, 7):
        standby.standby_active()
        await repaired(standby)
        await pair.recorder.wait_for("OnRecovered", count)
        standby = await (pair.server_a if count % 2 else pair.server_b).accepted()
        await opened(standby, STANDBY_SIDE)
        await pair.recorder.wait_for("OnStandbyOpened", count)
        clock.advance(0.5)
    assert (pair.session.current_side, clock.time()) == ("A", 3)
    assert pair.recorder.of("OnConnectionFailure") == []


async def test_sides_that_are_lost_in_turn_are_found_at_once(pair: Pair, clock: NotingClock) -> None:
    pair.b.reset()
    await pair.recorder.wait_for("OnStandbyLost")
    (await pair.server_b.accepted()).reset()
    clock.delays.clear()
    active = pair.a
    for count in range(1, BURST + 1):
        active.reset()
        await pair.recorder.wait_for("OnConnectionFailure", count)
        active = await (pair.server_b if count % 2 else pair.server_a).accepted()
        await opened(active, ACTIVE_SIDE)
        await pair.recorder.wait_for("OnMonitorModeEstablished", count)
        # the side that was lost is being restarted
        (await (pair.server_a if count % 2 else pair.server_b).accepted()).reset()
        clock.advance(0.5)
    assert (pair.session.current_side, clock.time()) == ("A", 3)
    clock.delays.clear()
    active.reset()
    await until(lambda: INTERVAL - 3 in clock.delays)
    assert not pair.server_b.has_connection


async def test_the_active_side_is_found_while_the_other_one_has_a_standby_session(
    pair: Pair, clock: NotingClock
) -> None:
    await know_an_agent(pair)
    await refused_as_standby(pair.a, pair.session.agents["1001"].query_agent_state())
    await opened(await pair.server_a.accepted(), ACTIVE_SIDE)  # it took its role back
    await pair.recorder.wait_for("OnMonitorModeEstablished")
    assert clock.time() == 0
    assert (pair.session.current_side, pair.session.standby_side) == ("A", "B")
    assert not pair.server_b.has_connection


async def test_the_final_attempt_waits_for_the_standby_session(
    make_session: MakeSession, server: StructServer, other_server: StructServer, clock: NotingClock
) -> None:
    session = make_session(clock=clock, standby=True, clients=0, reconnect_attempts=1)
    recorder = FullRecorder(session)
    peer = await open_on(session, server, other_server)
    clock.advance(60)  # the session has lasted, so that its side is tried first
    other = await other_server.accepted()
    await opened(other, STANDBY_SIDE)
    await recorder.wait_for("OnStandbyOpened")
    server.stop()
    peer.reset()
    await recorder.wait_for("OnConnectionFailure", 2)
    await until(lambda: PATIENCE in clock.delays)
    assert not other_server.has_connection
    other.standby_active()
    await recorder.wait_for("OnMonitorModeEstablished", 2)
    assert (session.current_side, session.is_open) == ("B", True)


async def test_the_standby_session_is_waited_for_though_its_side_is_first_in_the_final_round(
    make_session: MakeSession, server: StructServer, other_server: StructServer, clock: NotingClock
) -> None:
    session = make_session(clock=clock, standby=True, clients=0, reconnect_attempts=1)
    recorder = FullRecorder(session)
    peer = await open_on(session, server, other_server)
    other = await other_server.accepted()
    await opened(other, STANDBY_SIDE)
    await recorder.wait_for("OnStandbyOpened")
    server.stop()
    peer.reset()  # its session did not last, so that the other side is first
    await recorder.wait_for("OnConnectionFailure", 2)
    assert session.state is not ConnectionState.DISCONNECTED
    other.standby_active()
    await recorder.wait_for("OnMonitorModeEstablished", 2)
    assert (session.current_side, session.is_open, clock.time()) == ("B", True, 0)


@pytest.mark.parametrize("status", [NOT_MASTER, 107])
async def test_two_sides_that_refuse_as_standby_are_tried_again_soon(
    session: Session, server: StructServer, other_server: StructServer, clock: NotingClock, status: int
) -> None:
    peer, opening = await opening_on(session, server, other_server)
    opening.reported()
    peer.failure_conf(await peer.receive(OPEN_REQ), status)
    for wait in (0, 0, 1, 2):  # the second wait is a random one of up to 0 seconds
        await passed(clock, wait)
        clock.delays.clear()
        for side in (other_server, server):
            peer = await side.accepted()
            peer.failure_conf(await peer.receive(OPEN_REQ), status)
            await peer.receive_loss()


async def test_after_a_switch_a_standby_session_that_cannot_be_opened_is_tried_again_soon(
    pair: Pair, clock: NotingClock
) -> None:
    pair.b.standby_active()
    for wait in (0, *STANDBY_WAITS):  # the first wait is a random one of up to 0 seconds
        peer = await pair.server_a.accepted()
        clock.delays.clear()
        peer.failure_conf(await peer.receive(OPEN_REQ), OFFLINE)
        await peer.receive_loss()
        await passed(clock, wait)
    await opened(await pair.server_a.accepted(), STANDBY_SIDE)
    await pair.recorder.wait_for("OnStandbyOpened")


async def test_a_swap_while_the_standby_session_is_being_opened_is_followed(
    session: Session, server: StructServer, other_server: StructServer, recorder: FullRecorder
) -> None:
    peer = await open_on(session, server, other_server)
    other = await other_server.accepted()
    request = await other.receive(OPEN_REQ)
    other.open_conf(request, services=BULK_SERVICES | ACTIVE_STANDBY, session_type=STANDBY_SIDE)
    other.standby_active()  # in the same segment
    other.agent_state_event(AVAILABLE)
    await peer.receive(CLOSE_REQ)
    await recorder.wait_for("OnAgentStateChange")
    assert session.current_side == "B"
    assert session.counters()["standby_frames_ignored"] == 0


@pytest.mark.parametrize("session_type", [ACTIVE_SIDE, STANDBY_SIDE])
async def test_a_refusal_while_the_standby_session_is_being_opened_waits_for_that_session(
    session: Session,
    server: StructServer,
    other_server: StructServer,
    recorder: FullRecorder,
    clock: NotingClock,
    session_type: int,
) -> None:
    peer = await open_on(session, server, other_server)
    peer.agent_state_event(NOT_READY)
    await recorder.wait_for("OnAgentStateChange")
    other = await other_server.accepted()
    request = await other.receive(OPEN_REQ)
    await refused_as_standby(peer, session.agents["1001"].query_agent_state())
    await recorder.wait_for("OnConnectionFailure")
    other.open_conf(request, services=BULK_SERVICES | ACTIVE_STANDBY, session_type=session_type)
    if session_type == STANDBY_SIDE:
        other.standby_active()
    await repaired(other)
    await recorder.wait_for("OnRecovered")
    assert (session.current_side, clock.time()) == ("B", 0)
    assert len(recorder.of("OnConnectionFailure")) == 1


async def test_a_refusal_while_no_standby_session_can_be_opened_leads_to_the_other_side_at_once(
    session: Session,
    server: StructServer,
    other_server: StructServer,
    recorder: FullRecorder,
    clock: NotingClock,
) -> None:
    peer = await open_on(session, server, other_server)
    peer.agent_state_event(NOT_READY)
    await recorder.wait_for("OnAgentStateChange")
    for wait in (0, 1):
        other = await other_server.accepted()
        clock.delays.clear()
        other.failure_conf(await other.receive(OPEN_REQ), OFFLINE)
        await other.receive_loss()
        await until(lambda wait=wait: waits_of(clock) == ([wait] if wait else []))
    await refused_as_standby(peer, session.agents["1001"].query_agent_state())
    other = await other_server.accepted()  # which became active
    await opened(other, ACTIVE_SIDE)
    await repaired(other)
    await recorder.wait_for("OnRecovered")
    assert (session.current_side, clock.time()) == ("B", 0)
    await opened(await server.accepted(), STANDBY_SIDE)
    await recorder.wait_for("OnStandbyOpened")


# --- Sides that contradict each other or themselves -------------------------------------------------


async def test_a_second_report_of_the_active_side_is_followed_by_another_repair(pair: Pair) -> None:
    await know_an_agent(pair)
    pair.b.standby_active()
    await repaired(pair.b)
    await pair.recorder.wait_for("OnRecovered")
    pair.b.standby_active()
    await repaired(pair.b, AVAILABLE)
    await pair.recorder.wait_for("OnRecovered", 2)
    assert pair.session.agents["1001"].state == AVAILABLE
    assert len(pair.recorder.of("OnStandbyActive")) == 2
    assert len(pair.recorder.of("OnMonitorModeEstablished")) == 1
    assert pair.session.counters()["standby_switches"] == 1


async def test_a_report_of_the_active_side_that_it_became_active_is_followed_by_a_repair(pair: Pair) -> None:
    await know_an_agent(pair)
    pair.a.standby_active()  # so it was not active before, and events may be missing
    await repaired(pair.a, AVAILABLE)
    await pair.recorder.wait_for("OnRecovered")
    assert pair.session.current_side == "A"
    assert pair.session.agents["1001"].state == AVAILABLE


async def test_a_report_before_the_session_is_open_changes_nothing(
    session: Session, server: StructServer, other_server: StructServer, recorder: FullRecorder
) -> None:
    peer, opening = await opening_on(session, server, other_server)
    request = await peer.receive(OPEN_REQ)
    peer.standby_active()
    peer.open_conf(request, services=BULK_SERVICES | ACTIVE_STANDBY)
    await soon(opening)
    other = await other_server.accepted()
    request = await other.receive(OPEN_REQ)
    other.standby_active()
    other.open_conf(request, services=BULK_SERVICES | ACTIVE_STANDBY, session_type=STANDBY_SIDE)
    await recorder.wait_for("OnStandbyOpened")
    assert session.current_side == "A"
    assert recorder.of("OnStandbyActive") == []


async def test_a_side_that_is_found_active_is_used_because_the_other_one_may_be_the_standby_now(
    session: Session, server: StructServer, other_server: StructServer, recorder: FullRecorder
) -> None:
    peer = await open_on(session, server, other_server)
    other = await other_server.accepted()
    await opened(other, ACTIVE_SIDE)
    await peer.receive(CLOSE_REQ)
    await recorder.wait_for("OnStandbyActive")
    assert session.current_side == "B"


async def two_claims(
    session: Session,
    server: StructServer,
    other_server: StructServer,
    recorder: FullRecorder,
    clock: NotingClock,
) -> Peer:
    """Both sides say in turn that they are active. Returns the first side, which has the session then."""
    await open_on(session, server, other_server)
    await opened(await other_server.accepted(), ACTIVE_SIDE)
    await recorder.wait_for("OnStandbyActive")
    await passed(clock, CLAIM_PAUSE)
    again = await server.accepted()
    clock.delays.clear()
    await opened(again, ACTIVE_SIDE)
    await recorder.wait_for("OnStandbyActive", 2)
    await passed(clock, CLAIM_PAUSE)
    return again


async def test_two_sides_that_both_claim_to_be_active_get_a_session_without_the_service(
    session: Session,
    server: StructServer,
    other_server: StructServer,
    recorder: FullRecorder,
    clock: NotingClock,
) -> None:
    again = await two_claims(session, server, other_server, recorder, clock)
    other = await other_server.accepted()
    await opened(other, ACTIVE_SIDE)
    await other.receive(CLOSE_REQ)
    await other.receive_end()
    await again.receive(CLOSE_REQ)
    last = await other_server.accepted()
    assert services_of(await opened(last, ACTIVE_SIDE, BULK_SERVICES)) == BULK_SERVICES
    await recorder.wait_for("OnMonitorModeEstablished", 4)
    assert (session.current_side, session.standby_side, session.is_open) == ("B", "", True)
    assert len(recorder.of("OnStandbyActive")) == 2
    assert not keeper_of(session).side


async def test_a_contradiction_while_the_session_is_being_opened_ends_the_opening(
    session: Session,
    server: StructServer,
    other_server: StructServer,
    recorder: FullRecorder,
    clock: NotingClock,
) -> None:
    active = await two_claims(session, server, other_server, recorder, clock)
    claiming = await other_server.accepted()
    claim = await claiming.receive(OPEN_REQ)
    active.reset()
    opening = await server.accepted()
    assert services_of(await opening.receive(OPEN_REQ)) == BULK_SERVICES | ACTIVE_STANDBY
    claiming.open_conf(claim, services=BULK_SERVICES | ACTIVE_STANDBY)
    await opening.receive_loss()
    last = await other_server.accepted()
    assert services_of(await opened(last, ACTIVE_SIDE, BULK_SERVICES)) == BULK_SERVICES
    await recorder.wait_for("OnMonitorModeEstablished", 4)
    assert (session.current_side, session.standby_side, session.is_open) == ("B", "", True)
    assert not keeper_of(session).side


async def test_two_claims_are_two_changes_of_roles(
    session: Session,
    server: StructServer,
    other_server: StructServer,
    recorder: FullRecorder,
    clock: NotingClock,
) -> None:
    await two_claims(session, server, other_server, recorder, clock)
    request = await opened(await other_server.accepted(), STANDBY_SIDE)
    assert services_of(request) == BULK_SERVICES | ACTIVE_STANDBY
    await recorder.wait_for("OnStandbyOpened")
    assert (session.current_side, session.standby_side) == ("A", "B")


async def test_sides_that_contradict_each_other_at_the_slowest_pace_are_noticed(
    pair: Pair, clock: NotingClock
) -> None:
    standby = pair.b
    for count in range(1, BURST + 1):  # changes that are announced use the burst
        standby.standby_active()
        await pair.recorder.wait_for("OnStandbyActive", count)
        standby = await (pair.server_a if count % 2 else pair.server_b).accepted()
        if count < BURST:
            await opened(standby, STANDBY_SIDE)
            await pair.recorder.wait_for("OnStandbyOpened", count)
    for count in range(1, 3):
        clock.delays.clear()
        await opened(standby, ACTIVE_SIDE)
        await pair.recorder.wait_for("OnStandbyActive", BURST + count)
        await until(lambda: INTERVAL in clock.delays)
        clock.advance(INTERVAL)
        standby = await (pair.server_a if count % 2 else pair.server_b).accepted()
    await opened(standby, ACTIVE_SIDE)
    await pair.recorder.wait_for("OnConnectionFailure")
    assert not keeper_of(pair.session).side


async def test_the_standby_may_have_become_active_more_than_once(
    session: Session,
    server: StructServer,
    other_server: StructServer,
    recorder: FullRecorder,
    clock: NotingClock,
) -> None:
    await open_on(session, server, other_server)
    for count in range(1, MAX_CLAIMS + 2):
        clock.delays.clear()
        claiming, refusing = (other_server, server) if count % 2 else (server, other_server)
        await opened(await claiming.accepted(), ACTIVE_SIDE)
        await recorder.wait_for("OnStandbyActive", count)
        await passed(clock, CLAIM_PAUSE)
        peer = await refusing.accepted()
        clock.advance(CLAIM_WINDOW - CLAIM_PAUSE)
        peer.failure_conf(await peer.receive(OPEN_REQ), OFFLINE)
        await peer.receive_loss()
    assert session.is_open
    assert keeper_of(session).side


async def test_the_first_side_may_be_the_standby(
    session: Session, server: StructServer, other_server: StructServer, recorder: FullRecorder
) -> None:
    peer, opening = await opening_on(session, server, other_server)
    await opened(peer, STANDBY_SIDE)
    other = await other_server.accepted()
    await opened(other, ACTIVE_SIDE)
    await soon(opening)
    assert (session.current_side, session.standby_side) == ("B", "A")
    peer.standby_active()
    await other.receive(CLOSE_REQ)
    await recorder.wait_for("OnStandbyActive")
    assert session.current_side == "A"


async def test_two_standby_sides_refuse_the_session_until_one_becomes_active(
    session: Session, server: StructServer, other_server: StructServer, recorder: FullRecorder
) -> None:
    peer, opening = await opening_on(session, server, other_server)
    await opened(peer, STANDBY_SIDE)
    other = await other_server.accepted()
    await opened(other, STANDBY_SIDE)
    await other.receive(CLOSE_REQ)
    with pytest.raises(OpenRefused) as refusal:
        await soon(opening)
    assert refusal.value.status == NOT_MASTER
    peer.standby_active()
    await recorder.wait_for("OnMonitorModeEstablished")
    assert (session.is_open, session.current_side) == (True, "A")


async def test_malformed_frames_on_a_standby_session_are_counted_and_do_not_end_it(pair: Pair) -> None:
    pair.b.send(ACTIVE_MAINTENANCE_REQ, b"\0\0")
    pair.b.send(STANDBY_ACTIVE_EVENT, b"\0")
    pair.b.standby_active()
    await pair.recorder.wait_for("OnStandbyActive")
    assert pair.session.counters()["standby_frames_malformed"] == 2


async def test_a_confirmation_of_a_standby_session_that_cannot_be_read_is_a_failed_attempt(
    session: Session, server: StructServer, other_server: StructServer, recorder: FullRecorder
) -> None:
    await open_on(session, server, other_server)
    peer = await other_server.accepted()
    request = await peer.receive(OPEN_REQ)
    peer.send(OPEN_CONF, struct.pack(">I", request.invoke_id))
    await peer.receive_loss()
    again = await other_server.accepted()
    await opened(again, STANDBY_SIDE)
    await recorder.wait_for("OnStandbyOpened")
    assert session.current_side == "A"


# --- The service without the option -----------------------------------------------------------------


async def test_a_program_that_asks_for_the_service_itself_leaves_a_standby_side(
    make_session: MakeSession, clock: ManualClock, server: StructServer, other_server: StructServer
) -> None:
    session = make_session(clock=clock, clients=0)
    peer = await connected(session, server, ctios_b="localhost", port_b=other_server.port)
    opening = session.set_bulk_mode(5000, services=BULK_SERVICES | ACTIVE_STANDBY)
    await opened(peer, STANDBY_SIDE)
    await peer.receive(CLOSE_REQ)
    other = await other_server.accepted()
    await opened(other, ACTIVE_SIDE)
    await soon(opening)
    assert (session.current_side, session.standby_side) == ("B", "")


@pytest.mark.parametrize("lasted", [False, True])
async def test_a_session_that_lasted_is_looked_for_on_its_own_side_first(
    make_session: MakeSession,
    clock: ManualClock,
    server: StructServer,
    other_server: StructServer,
    lasted: bool,
) -> None:
    session = make_session(clock=clock, clients=0, stable_after=30.0)
    recorder = FullRecorder(session)
    peer = await connected(session, server, ctios_b="localhost", port_b=other_server.port)
    opening = session.set_bulk_mode(5000, services=BULK_SERVICES | ACTIVE_STANDBY)
    await opened(peer, ACTIVE_SIDE)
    await soon(opening)
    clock.advance(30.0 if lasted else 29.9)
    peer.reset()
    await opened(await (server if lasted else other_server).accepted(), ACTIVE_SIDE)
    await recorder.wait_for("OnMonitorModeEstablished", 2)
    assert session.current_side == ("A" if lasted else "B")


# --- Maintenance ------------------------------------------------------------------------------------


async def answer_of(peer: Peer) -> Sequence[int]:
    """InvokeID and MaintenanceModeAccepted of the next ACTIVE_MAINTENANCE_RESP."""
    return (await peer.receive(ACTIVE_MAINTENANCE_RESP)).fixed("IH")


async def test_maintenance_is_accepted_and_the_side_is_left_once_the_other_one_is_active(
    pair: Pair, clock: ManualClock
) -> None:
    await know_an_agent(pair)
    pair.a.ask_for_maintenance(4711)
    assert await answer_of(pair.a) == (4711, 1)
    pair.a.maintenance_event(True)
    event = await pair.recorder.wait_for("OnActiveMaintenance")
    assert event["MaintenanceModeStatus"] is True
    pair.b.standby_active()
    assert (await pair.a.receive(STOPPING_REQUESTS_TO_THIS_SIDE_IND)).body == b""
    await pair.a.receive_end()
    await repaired(pair.b)
    await pair.recorder.wait_for("OnRecovered")
    clock.advance(60)
    assert pair.session.is_open
    names = [name for name in pair.recorder.names if name != "OnCTIOSFailure"]
    assert names[:4] == [
        "OnActiveMaintenanceRequest",
        "OnActiveMaintenance",
        "OnStandbyActive",
        "OnConnection",
    ]
    assert "OnConnectionFailure" not in names


async def test_a_listener_may_refuse_maintenance(pair: Pair) -> None:
    def refuse(args: object) -> None:
        pair.session.accepts_maintenance = False

    pair.session.subscribe("OnActiveMaintenanceRequest", refuse)
    pair.a.ask_for_maintenance(1)
    assert await answer_of(pair.a) == (1, 0)
    pair.a.maintenance_event(False)
    event = await pair.recorder.wait_for("OnActiveMaintenance")
    assert event["MaintenanceModeStatus"] is False
    assert pair.session.is_open


async def test_every_question_gets_its_answer(pair: Pair) -> None:
    for invoke_id in (1, 1, 0xFFFFFFFF, 0):
        pair.a.ask_for_maintenance(invoke_id)
    assert [(await answer_of(pair.a))[0] for _ in range(4)] == [1, 1, 0xFFFFFFFF, 0]
    pair.b.ask_for_maintenance(9)  # a standby side has no reason to ask, but silence would refuse
    assert await answer_of(pair.b) == (9, 1)


async def test_a_session_that_did_not_ask_for_the_service_answers_too(
    make_session: MakeSession, clock: ManualClock, server: StructServer, other_server: StructServer
) -> None:
    session = make_session(clock=clock, clients=0)
    peer, opening = await opening_on(session, server, other_server)
    await opened(peer, ACTIVE_SIDE, BULK_SERVICES)
    await soon(opening)
    peer.ask_for_maintenance(5)
    assert await answer_of(peer) == (5, 1)


async def test_a_cancelled_maintenance_changes_nothing(pair: Pair, clock: ManualClock) -> None:
    pair.a.maintenance_event(True)
    pair.a.maintenance_event(False)
    await pair.recorder.wait_for("OnActiveMaintenance", 2)
    clock.advance(LEAVE_AFTER)
    assert pair.session.is_open
    pair.b.standby_active()
    await pair.a.receive(CLOSE_REQ)  # an ordinary switch


async def test_a_side_in_maintenance_is_left_in_time_though_no_other_one_is_active(
    pair: Pair, clock: ManualClock
) -> None:
    pair.a.maintenance_event(True)
    pair.a.maintenance_event(True)
    await pair.recorder.wait_for("OnActiveMaintenance", 2)
    clock.advance(LEAVE_AFTER)
    await pair.a.receive(STOPPING_REQUESTS_TO_THIS_SIDE_IND)
    await pair.a.receive_end()
    await pair.recorder.wait_for("OnConnectionFailure")
    pair.b.standby_active()
    await pair.recorder.wait_for("OnMonitorModeEstablished")
    assert clock.time() == LEAVE_AFTER
    assert pair.session.current_side == "B"


async def test_a_takeover_in_maintenance_is_the_standby_session_becoming_active(pair: Pair) -> None:
    pair.a.maintenance_event(True)
    pair.a.failure_event(NEW_SESSION)
    await pair.recorder.wait_for("OnConnectionFailure")
    pair.b.standby_active()
    await pair.recorder.wait_for("OnMonitorModeEstablished")
    assert pair.session.current_side == "B"


async def test_a_server_that_closes_the_session_for_maintenance_is_left(pair: Pair) -> None:
    pair.a.failure_event(IN_MAINTENANCE)
    await pair.a.receive(CLOSE_REQ)
    await pair.recorder.wait_for("OnConnectionFailure")
    pair.b.standby_active()
    await pair.recorder.wait_for("OnMonitorModeEstablished")
    assert pair.session.current_side == "B"


async def test_maintenance_messages_before_the_session_is_open_are_left_out(
    session: Session, server: StructServer, other_server: StructServer, recorder: FullRecorder
) -> None:
    peer, opening = await opening_on(session, server, other_server)
    request = await peer.receive(OPEN_REQ)
    peer.ask_for_maintenance(1)
    peer.maintenance_event(True)
    peer.open_conf(request, services=BULK_SERVICES | ACTIVE_STANDBY)
    await soon(opening)
    assert recorder.of("OnActiveMaintenance") == recorder.of("OnActiveMaintenanceRequest") == []
