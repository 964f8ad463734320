"""Loopback TCP to a handler that reads three fields: a server sends the mix as fast as the client reads.

The library's side is its ``Link``, the protocol class of a session's connection. The bound is the same link
without a handler, which only splits.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from benchmarks import handlers
from benchmarks.loops import LOOPS, running
from benchmarks.measure import BOUND, OURS, PEER, Comparison, Prepare, Round, Side
from benchmarks.peers.eager import EagerClient
from benchmarks.peers.frugal import FrugalClient
from benchmarks.servers import HOST, serving
from benchmarks.streams import SIZES, VERSION, WANTED, stream
from ctios_fast.connection.link import Link
from ctios_fast.core import codec
from ctios_fast.core.scan.column_scan import count_frames
from ctios_fast.messages import class_of

from .dispatching import MESSAGES

Over = Callable[..., object]


def _typed(over: Over) -> Link:
    link = Link(codec(VERSION), on_lost=over)
    for number in MESSAGES:
        link.dispatcher.on(class_of(number), handlers.by_attribute(number))  # type: ignore[arg-type]
    return link


def _by_fields(over: Over) -> Link:
    link = Link(codec(VERSION), on_lost=over)
    for number in MESSAGES:
        link.dispatcher.on(number, handlers.by_position(number), WANTED[number])
    return link


def _alone(over: Over) -> Link:
    return Link(codec(VERSION), on_lost=over)


def eager(over: Over) -> EagerClient:
    """Return the eager client of the peers."""
    return EagerClient({number: handlers.by_name(number) for number in MESSAGES}, over)


def _frugal(over: Over) -> FrugalClient:
    return FrugalClient(WANTED, {number: handlers.by_position(number) for number in MESSAGES}, over)


def client(name: str, loop: str, size: str, make: Callable[[Over], Any]) -> Prepare:
    """Return the preparation of a side that receives the stream of that name over loopback TCP.

    ``make``: creates the client, which calls what it is given once the connection is over.
    """

    @contextmanager
    def prepared() -> Iterator[Round]:
        data = stream(name, size)
        events = count_frames(data)[0]

        async def receive(port: int) -> Mapping[str, float]:
            running_loop = asyncio.get_running_loop()
            over = running_loop.create_future()
            receiver = make(lambda *_: over.set_result(None))
            before = receiver.dispatcher.frames_seen if isinstance(receiver, Link) else 0
            wall, cpu = time.perf_counter(), time.process_time()
            await running_loop.create_connection(lambda: receiver, HOST, port)
            await over
            cpu = time.process_time() - cpu
            if isinstance(receiver, Link):
                assert receiver.bytes_received == len(data)
                assert receiver.dispatcher.frames_seen - before == events
            return {"cpu": cpu / events, "wall": (time.perf_counter() - wall) / events}

        with serving("stream", name, size) as server, running(loop) as runner:

            def work() -> Mapping[str, float]:
                figures = runner.run(receive(server.port))
                assert server.received() == 0  # the server has seen the end and waits for the next client
                return figures

            yield work

    return prepared


def comparisons() -> Iterator[Comparison]:
    """Return the comparisons of this module."""
    for size in SIZES:
        for loop in LOOPS:
            yield Comparison(
                f"the mix over loopback TCP to a handler that reads three fields, {loop}, {size}",
                "event",
                (
                    Side("Link, field handler", OURS, client("the mix", loop, size, _by_fields), 5),
                    Side("Link, typed handler", OURS, client("the mix", loop, size, _typed), 5),
                    Side("eager client", PEER, client("the mix", loop, size, eager), 3),
                    Side("frugal client", PEER, client("the mix", loop, size, _frugal), 3),
                    Side("splitting alone", BOUND, client("the mix", loop, size, _alone), 5),
                ),
                figure="wall",
            )
