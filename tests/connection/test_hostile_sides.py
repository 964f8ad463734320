"""Two servers that say anything at any time about being active: the connection keeps to its states and ends.

The servers confirm sessions of any type, refuse them, report sides and maintenance, contradict themselves,
and cut connections, all at random by a seed. ``HOSTILE_SEEDS`` sets the number of seeds.
"""

import asyncio
import contextlib
import os
import random
from typing import Any

import pytest
from support.model import MakeSession, soon
from support.struct_server import (
    ACTIVE_MAINTENANCE_EVENT,
    ACTIVE_MAINTENANCE_REQ,
    ACTIVE_STANDBY,
    AVAILABLE,
    HEARTBEAT_REQ,
    LOGOUT,
    NOT_READY,
    OPEN_REQ,
    QUERY_AGENT_STATE_REQ,
    SNAPSHOT_DEVICE_REQ,
    STANDBY_ACTIVE_EVENT,
    Peer,
    StructServer,
)
from support.wire_steps import BULK_SERVICES

from ctios_fast import ConnectionState, CtiOsError, Session
from ctios_fast.connection.clock import ManualClock

SEEDS = int(os.environ.get("HOSTILE_SEEDS", "30"))
STEPS = 150

#: Statuses that refuse a session, and those of a FAILURE_EVENT.
REFUSALS = (11, 12, 15, 16, 36, 92, 107, 110)
FAILURES = (4, 11, 15, 92, 110, 9999)


class HostilePair:
    """Two servers that answer at random. ``peers``: their ends of the connections that are open."""

    def __init__(self, rng: random.Random, servers: tuple[StructServer, StructServer]) -> None:
        self.rng = rng
        self.peers: list[Peer] = []
        self._tasks = [asyncio.create_task(self._accept(server)) for server in servers]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, server: StructServer) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                peer = await server.accepted()
                self.peers.append(peer)
                self._tasks.append(asyncio.create_task(self._answer(peer)))

    async def _answer(self, peer: Peer) -> None:
        try:
            while True:
                frame = await peer.receive_any()
                if frame.number == OPEN_REQ:
                    self._answer_opening(peer, frame)
                elif frame.number == HEARTBEAT_REQ and self.rng.random() < 0.9:
                    peer.heartbeat_conf(frame)
                elif frame.number == QUERY_AGENT_STATE_REQ and self.rng.random() < 0.9:
                    peer.query_conf(frame, self.rng.choice((LOGOUT, NOT_READY, AVAILABLE)))
                elif frame.number == SNAPSHOT_DEVICE_REQ:
                    peer.failure_conf(frame, self.rng.choice((3, 92)))
        except (asyncio.IncompleteReadError, ConnectionError):
            self._forget(peer)

    def _forget(self, peer: Peer) -> None:
        if peer in self.peers:
            self.peers.remove(peer)

    def _end(self, peer: Peer) -> None:
        self._forget(peer)
        self.rng.choice((peer.reset, peer.close))()

    def _answer_opening(self, peer: Peer, request: Any) -> None:
        chance = self.rng.random()
        if chance < 0.15:
            peer.failure_conf(request, self.rng.choice(REFUSALS))
        elif chance < 0.95:
            if self.rng.random() < 0.1:
                peer.standby_active()
            granted = ACTIVE_STANDBY if self.rng.random() < 0.9 else 0
            peer.open_conf(
                request, services=BULK_SERVICES | granted, session_type=self.rng.choice((0, 1, 1, 2, 2, 3))
            )
            if self.rng.random() < 0.3:
                peer.standby_active()

    def act(self) -> None:
        """Let one of the open connections get a message, or its end."""
        if not self.peers:
            return
        rng, peer = self.rng, self.rng.choice(self.peers)
        acts: list[Any] = [
            peer.standby_active,
            lambda: peer.ask_for_maintenance(rng.getrandbits(32)),
            lambda: peer.maintenance_event(rng.random() < 0.7),
            lambda: peer.failure_event(rng.choice(FAILURES)),
            lambda: peer.agent_state_event(NOT_READY, agent_id=str(1001 + rng.randrange(5))),
            lambda: peer.send(STANDBY_ACTIVE_EVENT, rng.randbytes(rng.randrange(8))),
            lambda: peer.send(ACTIVE_MAINTENANCE_REQ, rng.randbytes(rng.randrange(8))),
            lambda: peer.send(ACTIVE_MAINTENANCE_EVENT, rng.randbytes(rng.randrange(8))),
            lambda: self._end(peer),
            lambda: self._end(peer),
        ]
        with contextlib.suppress(RuntimeError):  # uvloop's error of a connection that the client has ended
            rng.choice(acts)()


async def work(session: Session, rng: random.Random, where: dict[str, Any]) -> None:
    """Connect a session that is disconnected, set its mode, or let it ask something."""
    try:
        if session.state is ConnectionState.DISCONNECTED:
            session.connect(**where, attempts=None)
        elif session.state is ConnectionState.CONNECTED and session.connection_mode.value == 0:
            session.set_bulk_mode(5000)
        elif session.is_open:
            session.agent(str(1001 + rng.randrange(5)), agent_instrument="3001").query_agent_state()
    except CtiOsError:
        return


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_a_session_survives_servers_that_contradict_each_other(
    make_session: MakeSession, clock: ManualClock, seed: int
) -> None:
    rng = random.Random(seed)
    async with StructServer(25) as a, StructServer(25) as b:
        pair = HostilePair(rng, (a, b))
        session = make_session(
            clock=clock, rng=random.Random(seed), standby=True, heartbeat=5.0, clients=1, stable_after=5.0
        )
        where = {"ctios_a": "127.0.0.1", "port_a": a.port, "ctios_b": "127.0.0.1", "port_b": b.port}
        try:
            for _ in range(STEPS):
                await work(session, rng, where)
                for _ in range(rng.randrange(40)):
                    await asyncio.sleep(0)
                pair.act()
                if rng.random() < 0.5:
                    clock.advance(rng.choice((0.5, 2.0, 8.0, 20.0)))
            counters = session.counters()
            assert counters["handler_errors"] == counters["standby_handler_errors"] == 0
            assert counters["listener_errors"] == 0
            closing = session.disconnect()
            for _ in range(60):
                await asyncio.sleep(0)
            clock.advance(10)
            await soon(closing)
            assert session.state is ConnectionState.DISCONNECTED
            assert session.standby_side == ""
            assert session.counters()["open_requests"] == 0
        finally:
            await pair.stop()
