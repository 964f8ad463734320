"""One side of a simulated pair, for a plant that a test drives."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ctios_fast.connection.clock import Clock
from ctios_fast.sim import Side
from ctios_fast.sim.pair_settings import PairSettings
from ctios_fast.sim.plant import Plant
from ctios_fast.sim.server.server_pair import ServerPair

__all__ = ["one_side"]


@asynccontextmanager
async def one_side(plant: Plant, clock: Clock) -> AsyncIterator[Side]:
    """Serve the plant on a free port until the block ends."""
    side = Side(ServerPair(PairSettings(), plant, clock), "a", "127.0.0.1", 0, None)
    await side.start()
    try:
        yield side
    finally:
        await side.stop()
