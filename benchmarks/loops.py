"""The event loops and transports of the rows that use sockets."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Final

#: The installed ones. aiofastnet is a transport for either loop; it is measured on asyncio's.
LOOPS: Final = tuple(
    name for name in ("asyncio", "uvloop", "aiofastnet") if name == "asyncio" or find_spec(name) is not None
)


def _factory(name: str) -> Callable[[], asyncio.AbstractEventLoop]:
    if name == "uvloop":
        import uvloop

        return uvloop.new_event_loop
    if name == "aiofastnet":
        import aiofastnet

        def patched() -> asyncio.AbstractEventLoop:
            loop = asyncio.SelectorEventLoop()
            aiofastnet.patch_loop(loop)
            return loop

        return patched
    return asyncio.SelectorEventLoop


@contextmanager
def running(name: str) -> Iterator[asyncio.Runner]:
    """Run a block with a new loop of that name."""
    with asyncio.Runner(loop_factory=_factory(name)) as runner:
        yield runner
