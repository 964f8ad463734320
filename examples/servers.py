"""Shared by the examples: the CTI Servers of the command line or of a simulator, and running an example."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from ctios_fast.sim import Simulator


class Sides(NamedTuple):
    """The two sides of a CTI Server pair."""

    host_a: str
    port_a: int
    host_b: str
    port_b: int


@asynccontextmanager
async def servers(**settings: Any) -> AsyncGenerator[Sides, None]:
    """Give the sides of ``HOST_A PORT_A [HOST_B PORT_B]``; without arguments those of a simulator.

    ``settings``: those of the simulator.
    """
    match sys.argv[1:]:
        case [host_a, port_a]:
            yield Sides(host_a, int(port_a), host_a, int(port_a))
        case [host_a, port_a, host_b, port_b]:
            yield Sides(host_a, int(port_a), host_b, int(port_b))
        case []:
            async with Simulator(**settings) as simulator:
                a, b = simulator.side_a, simulator.side_b
                yield Sides(a.host, a.port, b.host, b.port)
        case _:
            sys.exit(f"usage: {sys.argv[0]} [HOST_A PORT_A [HOST_B PORT_B]]")


def run(main: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run an example until it ends, or until Ctrl-C (exit status 130)."""
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit(130)
