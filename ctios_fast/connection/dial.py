"""Bringing up one TCP or TLS connection within a time, and letting go of one that nobody waits for."""

import asyncio
import ssl as ssl_module
from collections.abc import Callable

from .clock import Clock
from .link import Link
from .sides import Side

__all__ = ["dial"]


async def dial(
    side: Side,
    link: Callable[[], Link],
    *,
    ssl: ssl_module.SSLContext | None,
    timeout: float,
    clock: Clock,
) -> Link:
    """Connect to the side within so many seconds; ``link`` makes the protocol object.

    Raises ``TimeoutError``, ``OSError`` and whatever a name or a certificate can bring up.
    """
    loop = asyncio.get_running_loop()
    dialling = loop.create_task(
        loop.create_connection(
            link, side.host, side.port, ssl=ssl, server_hostname=side.host if ssl is not None else None
        )
    )
    timed_out = False

    def give_up() -> None:
        nonlocal timed_out
        timed_out = True
        dialling.cancel()

    timer = clock.call_later(timeout, give_up)
    try:
        _, made = await dialling
    except asyncio.CancelledError:
        if not timed_out:
            dialling.cancel()
            dialling.add_done_callback(_abandon)
            raise
        raise TimeoutError(f"no connection to {side} within {timeout:g} s") from None
    finally:
        timer.cancel()
    if not made.is_open:
        raise ConnectionResetError("the server closed the connection at once")
    return made


def _abandon(dialling: asyncio.Task[tuple[asyncio.Transport, Link]]) -> None:
    # the caller was cancelled in the very turn in which the connection came up: nobody else would end it
    if not dialling.cancelled() and dialling.exception() is None:
        dialling.result()[1].abort()
