"""Waits until clients' sockets have taken what was sent to them."""

import asyncio
import time
from collections.abc import Iterable
from typing import Final

from ctios_fast.sim.server.client_session import ClientSession

__all__ = ["Draining"]

PATIENCE: Final = 1.0
"""Real seconds that a client may take nothing before it is no longer waited for."""

_PAUSE: Final = 0.001


class Draining:
    """Waits for the bytes that are on their way to clients.

    A client that takes nothing for ``PATIENCE`` is not waited for again until it has taken something. The
    limits of the buffers cut it off later.
    """

    def __init__(self) -> None:
        self._stalled: dict[ClientSession, int] = {}  # -> bytes that the client had taken when it stalled

    async def wait(self, sessions: Iterable[ClientSession]) -> None:
        """Wait until the sockets have taken what was sent to these sessions; frozen ones are left out."""
        taken = {session: _taken(session) for session in sessions if not session.frozen}
        ends = {session: session.link.bytes_sent for session in taken}
        self._stalled = {s: amount for s, amount in self._stalled.items() if taken.get(s) == amount}
        waiting = [s for s in taken if taken[s] < ends[s] and s not in self._stalled]
        moved_at = time.monotonic()
        while waiting and time.monotonic() - moved_at < PATIENCE:
            await asyncio.sleep(_PAUSE)
            for session in waiting:
                before, taken[session] = taken[session], _taken(session)
                if taken[session] > before:
                    moved_at = time.monotonic()
            waiting = [s for s in waiting if taken[s] < ends[s]]
        self._stalled |= {session: taken[session] for session in waiting}


def _taken(session: ClientSession) -> int:
    """Bytes that the socket of a session has taken so far; what is queued is written first."""
    session.link.flush()
    return session.link.bytes_sent - session.link.buffered_out
