"""Fixtures of the model's tests: sessions with a server that sends the frames of the test."""

import pytest
from support.model import Recorder, an_agent, settled, soon
from support.scripted_peer import Peer, state_event
from support.scripted_server import Serve

from ctios_fast import Agent, Session
from ctios_fast.connection.clock import ManualClock


@pytest.fixture
def peer() -> Peer:
    return Peer()


@pytest.fixture
async def peer_bulk(peer: Peer, serve: Serve, session: Session, recorder: Recorder) -> Session:
    """A session in bulk mode with the peer; agent 1001 is not ready."""
    await soon(session.connect(**await serve(peer.behaviour)))
    await soon(session.set_bulk_mode(5000))
    session.agent("1001", agent_instrument="3001")
    peer.send(state_event(2))
    await settled(session)
    recorder.clear()
    peer.requests.clear()
    return session


@pytest.fixture
async def peer_agent(peer: Peer, serve: Serve, session: Session, recorder: Recorder) -> Agent:
    """The agent of a session in agent mode with the peer, not ready."""
    agent = an_agent()
    await soon(session.connect(**await serve(peer.behaviour)))
    await soon(session.set_agent(agent))
    await settled(session)
    recorder.clear()
    peer.requests.clear()
    return agent


@pytest.fixture
def manual(make_session, clock: ManualClock) -> Session:  # type: ignore[no-untyped-def]
    """A session on the manual clock."""
    session: Session = make_session(clock=clock, clients=1)
    return session
