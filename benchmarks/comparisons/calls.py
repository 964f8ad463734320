"""Calls through the model: bytes to an updated Call, and to a sink that gets the Arguments of every event.

The session is a real one in bulk mode. In memory its dispatcher is fed without a socket. Over loopback TCP
a server sends calls and agent states as fast as the client reads; the eager client that it is compared with
keeps no model at all.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.loops import LOOPS
from benchmarks.measure import BOUND, OURS, PEER, Comparison, Prepare, Round, Side, ready, sides
from benchmarks.streams import (
    CALLS_AT_ONCE,
    SIZES,
    VERSION,
    agent_states,
    call_lives,
    whole_pieces,
)
from ctios_fast import Arguments, Session
from ctios_fast.connection.link import Link
from ctios_fast.core import codec
from ctios_fast.core.scan.column_scan import count_frames
from ctios_fast.model.calls.events import REPORTS

from .dispatching import bare_call_of_empty, of, round_of
from .loopback import Over, client, eager
from .model import bulk_session


def _ignore(args: Arguments) -> None:
    pass


def _checked(session: Session) -> None:
    counters = session.counters()
    for name in ("handler_errors", "frames_malformed", "calls_without_begin", "events_of_unknown_calls"):
        assert counters[name] == 0, (name, counters[name])
    assert len(session.calls) <= CALLS_AT_ONCE


def _in_memory(size: str, *, listens: bool) -> Prepare:
    @contextmanager
    def prepared() -> Iterator[Round]:
        stream = call_lives(size)
        own = whole_pieces(stream)
        events = count_frames(stream)[0] / len(stream)
        with bulk_session() as session:
            feed = of(session._connection.dispatcher)
            feed(whole_pieces(agent_states("256 KiB")))  # the devices have agents
            ended: list[Arguments] = []
            session.subscribe("OnCallEnd", ended.append)
            feed(own)
            assert len(ended) > len(own)
            session.unsubscribe("OnCallEnd", ended.append)
            ended.clear()
            if listens:
                for report in REPORTS.values():
                    session.subscribe(report.event, _ignore)
            yield round_of(feed, own, events)
            _checked(session)

    return prepared


def _of_session(loop: str, size: str) -> Prepare:
    @contextmanager
    def prepared() -> Iterator[Round]:
        with bulk_session() as session:
            dispatcher = session._connection.dispatcher

            def link(over: Over) -> Link:
                return Link(codec(VERSION), on_lost=over, dispatcher=dispatcher)

            with client("busy hour", loop, size, link)() as work:
                yield work
            _checked(session)

    return prepared


def comparisons() -> Iterator[Comparison]:
    """Return the comparisons of this module."""
    for size in SIZES:
        ours: dict[str, Prepare] = {
            "one sink": _in_memory(size, listens=True),
            "no listener": _in_memory(size, listens=False),
        }
        yield Comparison(
            f"events of calls, bytes to updated Calls and sink, {size}",
            "event",
            (*sides(OURS, ours), *sides(BOUND, {"bare call": ready(bare_call_of_empty)})),
        )
        for loop in LOOPS:
            yield Comparison(
                f"calls and agents over loopback TCP to Session, Agent and Call, {loop}, {size}",
                "event",
                (
                    Side("Session, Agent and Call", OURS, _of_session(loop, size), 5),
                    Side(
                        "eager client without a model",
                        PEER,
                        client("busy hour", loop, size, eager),
                        3,
                    ),
                ),
                figure="cpu",
            )
