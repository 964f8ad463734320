"""Fixtures of the transcripts: servers of ``struct`` alone, and a session with a manual clock."""

import random
from collections.abc import AsyncIterator, Iterator

import pytest
from support.call_steps import CallDesk, agent_desk, bulk_desk
from support.documented_events import check_keywords
from support.model import MakeSession
from support.struct_server import StructServer
from support.wire_steps import Desk, FullRecorder, open_agent, signed_in

from ctios_fast import Session
from ctios_fast.connection.clock import ManualClock


@pytest.fixture
def version() -> int:
    """The version of the protocol; a module or a test may set others."""
    return 25


@pytest.fixture
async def server(version: int) -> AsyncIterator[StructServer]:
    async with StructServer(version) as server:
        yield server


@pytest.fixture
async def other_server(version: int) -> AsyncIterator[StructServer]:
    async with StructServer(version) as server:
        yield server


@pytest.fixture
def session(make_session: MakeSession, clock: ManualClock, rng: random.Random, version: int) -> Session:
    return make_session(clock=clock, rng=rng, version=version)


@pytest.fixture
def recorder(session: Session) -> Iterator[FullRecorder]:
    """Records all events. Each has the keywords and the types that ``event_types.toml`` states."""
    recorder = FullRecorder(session)
    yield recorder
    assert recorder.deviations == []


@pytest.fixture
def keywords(recorder: FullRecorder) -> Iterator[None]:
    """The events of a test that uses this have their documented keywords."""
    yield
    for event, args in recorder.events:
        check_keywords(event, args)


@pytest.fixture
async def desk(session: Session, server: StructServer, recorder: FullRecorder) -> Desk:
    """An agent that is signed in and not ready, in agent mode with a monitor of its own."""
    return await signed_in(await open_agent(session, server, recorder))


@pytest.fixture
async def calls(session: Session, server: StructServer, recorder: FullRecorder) -> AsyncIterator[CallDesk]:
    """Calls of an agent who is signed in; their events have their documented keywords."""
    desk = await agent_desk(session, server, recorder)
    yield desk
    desk.clear()


@pytest.fixture
async def bulk_calls(
    session: Session, server: StructServer, recorder: FullRecorder
) -> AsyncIterator[CallDesk]:
    """Calls of a whole peripheral, in bulk mode; their events have their documented keywords."""
    desk = await bulk_desk(session, server, recorder)
    yield desk
    desk.clear()
