"""A whole CTI OS event: bytes to an updated Agent, and to a sink that gets its Arguments.

The session is a real one in bulk mode. Its dispatcher is fed from memory, without a socket.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from benchmarks.measure import BOUND, OURS, Comparison, Prepare, Round, ready, sides
from benchmarks.servers import HOST, serving
from benchmarks.streams import AGENTS, PERIPHERAL, SIZES, VERSION, agent_states, whole_pieces
from ctios_fast import Arguments, Session
from ctios_fast.bulk.filters import FrameFilter
from ctios_fast.core.scan.column_scan import count_frames
from ctios_fast.protocol.numbers import AGENT_STATE_EVENT

from .dispatching import bare_call_of_empty, of, round_of


class Sink:
    """Listens to state changes and ignores them."""

    def on_agent_state_change(self, args: Arguments) -> None:
        pass


@contextmanager
def _session(set_mode: Callable[[Session], Awaitable[object]]) -> Iterator[Session]:
    """Return a session whose server grants the mode and then sends nothing."""

    async def opened(port: int) -> Session:
        session = Session(client_id="benchmark", heartbeat=None)
        await session.connect(ctios_a=HOST, port_a=port)
        await set_mode(session)
        return session

    async def closed(session: Session) -> None:
        await session.disconnect()

    with serving("confirm") as server, asyncio.Runner() as runner:
        session = runner.run(opened(server.port))
        yield session
        runner.run(closed(session))


def bulk_session() -> AbstractContextManager[Session]:
    """Return a session in bulk mode."""
    return _session(lambda session: session.set_bulk_mode(PERIPHERAL))


def monitor_session(wanted: str | FrameFilter) -> AbstractContextManager[Session]:
    """Return a session in monitor mode with that filter."""
    return _session(
        lambda session: session.set_message_filter(wanted, peripheral_id=PERIPHERAL, snapshot=False)
    )


def _refused(wanted: str | FrameFilter, *, listens: bool = True) -> Prepare:
    @contextmanager
    def prepared() -> Iterator[Round]:
        stream = agent_states("256 KiB", AGENTS)
        own = whole_pieces(stream)
        events = count_frames(stream)[0] / len(stream)
        with monitor_session(wanted) as session:
            feed = of(session._connection.dispatcher)
            feed(own)  # makes all agents known
            heard: list[Arguments] = []
            if listens:
                session.subscribe("OnAgentStateChange", heard.append)
            yield round_of(feed, own, events)
            assert heard == []
            assert bool(session.counters()["events_filtered"]) == listens

    return prepared


def _model(size: str, agents: int, *, listens: bool) -> Prepare:
    @contextmanager
    def prepared() -> Iterator[Round]:
        stream = agent_states(size, agents)
        own = whole_pieces(stream)
        events = count_frames(stream)[0] / len(stream)
        with bulk_session() as session:
            feed = of(session._connection.dispatcher)
            feed(own)  # makes all agents known
            heard: list[Arguments] = []
            session.subscribe("OnAgentStateChange", heard.append)
            feed(own[:1])
            assert len(heard) in range(1, 1 + len(own[0]) // 100)
            assert all(session.agent(args["AgentID"]).state is not None for args in heard)
            assert session.agent(heard[-1]["AgentID"]).state == heard[-1]["AgentState"]
            session.unsubscribe("OnAgentStateChange", heard.append)
            if listens:
                session.add_event_listener(Sink())
            yield round_of(feed, own[1:] + own[:1], events)
            counters = session.counters()
            assert counters["handler_errors"] == counters["frames_malformed"] == 0

    return prepared


def comparisons() -> Iterator[Comparison]:
    """Return the comparisons of this module."""
    for size in SIZES:
        ours: dict[str, Prepare] = {
            "one sink": _model(size, AGENTS, listens=True),
            "no listener": _model(size, AGENTS, listens=False),
        }
        bound = {"bare call": ready(bare_call_of_empty)}
        yield Comparison(
            f"AGENT_STATE_EVENT of a known agent, bytes to updated Agent and sink, {size}",
            "event",
            (*sides(OURS, ours), *sides(BOUND, bound)),
        )
    nobody = FrameFilter(VERSION, AGENT_STATE_EVENT, {"AgentID": {"nobody"}})
    refused: dict[str, Prepare] = {
        "by MessageId": _refused("MessageId=23"),
        "by AgentId": _refused("MessageId=30;AgentId=nobody"),
        "by a FrameFilter": _refused(nobody),
        "by AgentState": _refused("MessageId=30;AgentState=77"),
        "no listener": _refused("*", listens=False),
    }
    yield Comparison(
        "AGENT_STATE_EVENT that the filter of monitor mode refuses, bytes to updated Agent, 256 KiB",
        "event",
        tuple(sides(OURS, refused)),
    )
    crowds = {f"{agents:,} agents": _model("64 MiB", agents, listens=False) for agents in (100, 100_000)}
    yield Comparison(
        "AGENT_STATE_EVENT of many known agents, bytes to updated Agent, 64 MiB",
        "event",
        tuple(sides(OURS, crowds)),
    )
