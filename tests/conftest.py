"""What the tests of the object model share: simulator, sessions, a clock by hand, a listener that records."""

import asyncio
import contextlib
import random
import ssl
from collections.abc import AsyncIterator, Callable
from importlib.util import find_spec
from typing import Any, TypeVar

import hypothesis
import pytest
import raw_client
import trustme
from raw_client import until
from scripted_server import Behaviour, Serve

from ctios_fast import Agent, Arguments, CilError, MethodError, Session
from ctios_fast.connection.clock import ManualClock
from ctios_fast.connection.requests import Request
from ctios_fast.events import EVENTS
from ctios_fast.protocol import messages as ged
from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim import Simulator

# Runs are the same everywhere, and a busy machine is no failure: hypothesis's own time limit is off.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("steady")

#: How long anything may take that is no matter of time; only a failing test ever waits that long.
PATIENCE = raw_client.PATIENCE

LOGIN = int(AgentState.AGENT_STATE_LOGIN)
LOGOUT = int(AgentState.AGENT_STATE_LOGOUT)
NOT_READY = int(AgentState.AGENT_STATE_NOT_READY)
AVAILABLE = int(AgentState.AGENT_STATE_AVAILABLE)
TALKING = AgentState.AGENT_STATE_TALKING

T = TypeVar("T")

#: Event loops and transports that the tests can run on: aiofastnet's transports stand on asyncio's loop here.
LOOPS = [name for name in ("asyncio", "uvloop", "aiofastnet") if name == "asyncio" or find_spec(name)]


def loop_factory(name: str) -> Callable[[], asyncio.AbstractEventLoop]:
    """Makes loops of that name."""
    if name == "uvloop":
        import uvloop

        return uvloop.new_event_loop  # type: ignore[no-any-return]
    if name == "aiofastnet":
        import aiofastnet

        return lambda: aiofastnet.patch_loop(asyncio.SelectorEventLoop())  # type: ignore[no-any-return]
    return asyncio.SelectorEventLoop


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--loop", choices=LOOPS, default="asyncio", help="what asynchronous tests run on")


def pytest_asyncio_loop_factories(
    config: pytest.Config,
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    name = config.getoption("--loop")
    return {name: loop_factory(name)}


class Recorder:
    """Listens to every event of a session and notes it, in order, as ``(event, Arguments)``."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.events: list[tuple[str, Arguments]] = []
        self._waiting: list[tuple[str, int, asyncio.Future[None]]] = []
        for event in EVENTS:
            session.subscribe(event, lambda args, event=event: self._note(event, args))

    def _note(self, event: str, args: Arguments) -> None:
        self.events.append((event, args))
        for name, count, waiter in self._waiting:
            if name == event and not waiter.done() and len(self.of(event)) >= count:
                waiter.set_result(None)

    @property
    def names(self) -> list[str]:
        """The events' names, in order."""
        return [event for event, _ in self.events]

    def of(self, event: str) -> list[Arguments]:
        """The Arguments of all events of that name."""
        return [args for name, args in self.events if name == event]

    def since(self, count: int) -> list[str]:
        """The names of all events but the first so many."""
        return self.names[count:]

    def clear(self) -> None:
        """Forget what was noted."""
        self.events.clear()

    async def wait_for(self, event: str, count: int = 1) -> Arguments:
        """Wait until there were so many events of that name; returns the Arguments of the last of these."""
        assert event in EVENTS, event
        if len(self.of(event)) < count:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((event, count, waiter))
            try:
                await asyncio.wait_for(waiter, PATIENCE)
            except TimeoutError:
                raise AssertionError(f"{event} did not come {count} times; there were {self.names}") from None
        await asyncio.sleep(0)  # a task that the event's cause has started gets its first turn
        return self.of(event)[count - 1]


async def soon(request: Request[T]) -> T:
    """The request's answer, which must not take long."""
    async with asyncio.timeout(PATIENCE):
        return await request


def failing(call: Callable[[], object]) -> CilError:
    """The code of the MethodError that the call raises."""
    with pytest.raises(MethodError) as error:
        call()
    return error.value.code


async def settled(session: Session) -> None:
    """Wait until everything that the server had sent so far was received: its next answer comes behind it."""
    connection = session._connection
    assert connection.link is not None
    await soon(connection._send_request(connection.link, ged.HEARTBEAT_REQ, {}, (), None))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def rng() -> random.Random:
    return random.Random(188)


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    async with Simulator(agents=5) as simulator:
        yield simulator


def sides(sim: Simulator) -> dict[str, Any]:
    """The keywords of ``connect`` for both sides of the simulator."""
    return {
        "ctios_a": sim.side_a.host,
        "port_a": sim.side_a.port,
        "ctios_b": sim.side_b.host,
        "port_b": sim.side_b.port,
    }


MakeSession = Callable[..., Session]


@pytest.fixture
async def make_session() -> AsyncIterator[MakeSession]:
    """Makes sessions that are disconnected when the test is over.

    By then no task of the library may be left over, and nothing may have gone wrong unseen in the loop.
    """
    made: list[Session] = []
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(context))

    def make(**settings: Any) -> Session:
        session = Session(**{"client_id": "test", "heartbeat": None, **settings})
        made.append(session)
        return session

    yield make
    for session in made:
        link = session._connection.link
        closing = session.disconnect()
        if link is not None:
            link.abort()
        await soon(closing)
    await until(lambda: not [t for t in asyncio.all_tasks() if t.get_name().startswith("ctios_fast")])
    assert complaints == []


@pytest.fixture
def session(make_session: MakeSession) -> Session:
    return make_session()


@pytest.fixture
def recorder(session: Session) -> Recorder:
    return Recorder(session)


def an_agent(number: int = 0, **more: Any) -> Agent:
    """The simulator's agent of that number, as the application makes it."""
    return Agent(str(1001 + number), 5000, agent_instrument=str(3001 + number), **more)


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
    """Makes a server that does to each connection what the test says; gives the keywords of ``connect``."""
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
