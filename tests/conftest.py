"""Fixtures: simulator, sessions, agents, a manual clock, certificates, scripted servers."""

import asyncio
import contextlib
import random
import ssl
from collections.abc import AsyncIterator, Callable
from typing import Any

import hypothesis
import pytest
import trustme
from support.model import (
    LOOPS,
    MakeSession,
    Recorder,
    an_agent,
    loop_factory,
    settled,
    sides,
    soon,
)
from support.raw_client import until
from support.scripted_server import Behaviour, Serve

from ctios_fast import Agent, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.sim import Population, Simulator

# Runs are the same everywhere. A busy machine does not fail a test: hypothesis's time limit is off.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("steady")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--loop", choices=LOOPS, default="asyncio", help="what asynchronous tests run on")
    parser.addoption(
        "--exercised",
        action="store_true",
        help="fail where a test with a covers mark does not do what it names",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--exercised"):
        from support.exercised import Exercised  # imports the whole package

        config.pluginmanager.register(Exercised())


def pytest_asyncio_loop_factories(
    config: pytest.Config,
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    name = config.getoption("--loop")
    return {name: loop_factory(name)}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def rng() -> random.Random:
    return random.Random(188)


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(pair="both-active", agents=5) as simulator:
        yield simulator


@pytest.fixture
async def team() -> AsyncIterator[Simulator]:
    """Agent 1001 supervises 1002 to 1004."""
    population = Population.numbered(4, skill_groups=2, groups_per_agent=2, team_size=4)
    async with Simulator(population=population) as simulator:
        yield simulator


@pytest.fixture
async def make_session() -> AsyncIterator[MakeSession]:
    """Creates sessions and disconnects them after the test.

    Then no task of the library may be left, and no error may have reached the loop's exception handler.
    """
    sessions: list[Session] = []
    loop_errors: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: loop_errors.append(context))

    def make(**settings: Any) -> Session:
        session = Session(**{"client_id": "test", "heartbeat": None, "max_lag": None, **settings})
        sessions.append(session)
        return session

    yield make
    for session in sessions:
        link = session._connection.link
        closing = session.disconnect()
        if link is not None:
            link.abort()
        await soon(closing)
    await until(lambda: not [t for t in asyncio.all_tasks() if t.get_name().startswith("ctios_fast")])
    assert loop_errors == []


@pytest.fixture
def session(make_session: MakeSession) -> Session:
    return make_session()


@pytest.fixture
def recorder(session: Session) -> Recorder:
    return Recorder(session)


@pytest.fixture
async def agent(sim: Simulator, session: Session, recorder: Recorder) -> Agent:
    """An agent that is logged in and not ready, in agent mode on side A; the recorder begins after that."""
    agent = an_agent(agent_password="agent's secret")
    await soon(session.connect(**sides(sim)))
    await soon(session.set_agent(agent))
    await soon(agent.login())
    await settled(session)
    recorder.clear()
    return agent


@pytest.fixture
async def bulk(sim: Simulator, session: Session, recorder: Recorder) -> Session:
    """A session in bulk mode on side A, its agents logged out; the recorder begins after that."""
    await soon(session.connect(**sides(sim)))
    await soon(session.set_bulk_mode(5000))
    for number in range(5):
        session.agent(str(1001 + number), agent_instrument=str(3001 + number))
    recorder.clear()
    return session


@pytest.fixture
async def connected(sim: Simulator, session: Session, recorder: Recorder) -> Session:
    """A session that is connected to side A and has no mode yet."""
    await soon(session.connect(**sides(sim)))
    recorder.clear()
    return session


@pytest.fixture
async def signed_off(connected: Session, recorder: Recorder) -> Agent:
    """The agent of a session in agent mode, logged out."""
    agent = an_agent()
    await soon(connected.set_agent(agent))
    recorder.clear()
    return agent


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def client_tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts servers with the behaviour that a test writes; returns the keywords of ``connect`` for each."""
    servers: list[asyncio.Server] = []
    writers: list[asyncio.StreamWriter] = []
    tasks: list[asyncio.Task[Any]] = []

    async def start(behaviour: Behaviour) -> dict[str, Any]:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writers.append(writer)
            task = asyncio.current_task()
            assert task is not None
            tasks.append(task)
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):  # the client may leave
                await behaviour(reader, writer)

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        servers.append(server)
        return {"ctios_a": "127.0.0.1", "port_a": server.sockets[0].getsockname()[1]}

    yield start
    for server in servers:
        server.close()
    for task in tasks:
        task.cancel()
    for writer in writers:
        writer.transport.abort()
    await asyncio.gather(*tasks, return_exceptions=True)
