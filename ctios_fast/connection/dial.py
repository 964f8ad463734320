"""Brings up one TCP or TLS connection within a time limit.

A host can have several addresses, and the first one may swallow every packet. So the next address is tried
when one has failed, or after a short delay; the first connection that comes up is taken (RFC 8305, "happy
eyeballs"). Whatever else was opened is closed.
"""

import asyncio
import contextlib
import socket
import ssl as ssl_module
from collections.abc import Callable
from itertools import chain, zip_longest
from typing import Any

from .clock import Clock, TimerHandle
from .link import Link
from .sides import Side

__all__ = ["NEXT_ADDRESS_AFTER", "dial"]

#: Seconds after which the next address of a host is tried beside those that have not answered yet.
NEXT_ADDRESS_AFTER = 0.25


async def dial(
    side: Side,
    make_link: Callable[[], Link],
    *,
    ssl: ssl_module.SSLContext | None,
    server_hostname: str | None,
    timeout: float,
    clock: Clock,
) -> Link:
    """Connect to a side and return its link.

    - ``make_link`` makes the protocol object; it is called once for each address that is tried.
    - ``ssl``: context for TLS, None for plain TCP.
    - ``server_hostname``: the name that the certificate must hold; the side's host if None.
    - ``timeout``: limit in seconds, over all addresses.

    Raises ``TimeoutError``, ``OSError`` and whatever a host name or a certificate can cause.
    """
    name = None if ssl is None else server_hostname or side.host
    race = _Race(side, make_link, ssl, name, clock)
    timer = clock.call_later(
        timeout, race.fail, TimeoutError(f"no connection to {side} within {timeout:g} s")
    )
    try:
        link = await race.result()
    finally:
        timer.cancel()
        race.end()
    if not link.is_open:
        raise link.fault or ConnectionResetError("the server closed the connection at once")
    return link


class _Race:
    """Connections to the addresses of one host, of which the first to come up is taken."""

    def __init__(
        self,
        side: Side,
        make_link: Callable[[], Link],
        ssl: ssl_module.SSLContext | None,
        server_hostname: str | None,
        clock: Clock,
    ) -> None:
        self._side = side
        self._make_link = make_link
        self._ssl = ssl
        self._server_hostname = server_hostname
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._outcome: asyncio.Future[Link] = self._loop.create_future()
        self._addresses: list[str] = []  # those not tried yet
        self._tasks: set[asyncio.Task[Link]] = set()  # those being tried
        self._errors: list[BaseException] = []  # of those that failed
        self._next_timer: TimerHandle | None = None

    async def result(self) -> Link:
        """Return the first link that comes up; raise once all addresses have failed."""
        resolving = self._loop.create_task(self._resolve(), name="ctios_fast-resolve")
        try:
            await asyncio.wait((resolving, self._outcome), return_when=asyncio.FIRST_COMPLETED)
            if not self._outcome.done():
                self._addresses = resolving.result()
                self._try_next()
            return await self._outcome
        except asyncio.CancelledError:
            if self._outcome.done() and not self._outcome.cancelled() and self._outcome.exception() is None:
                self._outcome.result().abort()  # it came up in the turn of the loop that cancelled this
            raise
        finally:
            _retrieved(resolving)

    def fail(self, error: BaseException) -> None:
        """End the race with the error, unless it is over."""
        if not self._outcome.done():
            self._outcome.set_exception(error)

    def end(self) -> None:
        """Give up what is still being tried."""
        _retrieved(self._outcome)
        self._stop_timer()
        for task in self._tasks:
            task.cancel()

    async def _resolve(self) -> list[str]:
        infos = await self._loop.getaddrinfo(self._side.host, self._side.port, type=socket.SOCK_STREAM)
        if not infos:
            raise OSError(f"the host {self._side.host!r} has no address")
        # each family in its own order, families in turn: one that is not routed costs one delay
        by_family: dict[int, list[str]] = {}
        for family, _, _, _, address in infos:
            known = by_family.setdefault(family, [])
            if str(address[0]) not in known:
                known.append(str(address[0]))
        return [address for address in chain.from_iterable(zip_longest(*by_family.values())) if address]

    def _try_next(self) -> None:
        self._stop_timer()
        task = self._loop.create_task(self._connect(self._addresses.pop(0)), name="ctios_fast-dial")
        self._tasks.add(task)
        task.add_done_callback(self._tried)
        if self._addresses:
            self._next_timer = self._clock.call_later(NEXT_ADDRESS_AFTER, self._try_next)

    async def _connect(self, address: str) -> Link:
        _, link = await self._loop.create_connection(
            self._make_link, address, self._side.port, ssl=self._ssl, server_hostname=self._server_hostname
        )
        return link

    def _tried(self, task: asyncio.Task[Link]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if self._outcome.done():
            if not task.cancelled() and error is None:
                task.result().abort()  # the race was over
        elif task.cancelled():
            self._outcome.cancel()
        elif error is None:
            self._outcome.set_result(task.result())
        else:
            self._errors.append(error)
            if self._addresses:
                self._try_next()
            elif not self._tasks:
                self._outcome.set_exception(_together(self._errors))

    def _stop_timer(self) -> None:
        if self._next_timer is not None:
            self._next_timer.cancel()
            self._next_timer = None


def _retrieved(future: "asyncio.Future[Any]") -> None:
    # Cancel what is under way; asyncio would complain about an error that nobody looked at.
    if not future.cancel() and not future.cancelled():
        future.exception()


def _together(errors: list[BaseException]) -> BaseException:
    # One error that says what each address said; the first one if they all say the same.
    words = list(dict.fromkeys(str(error) or type(error).__name__ for error in errors))
    if len(words) == 1:
        return errors[0]
    joined = OSError("; ".join(words))
    with contextlib.suppress(AttributeError):
        joined.errno = errors[0].errno  # type: ignore[attr-defined]
    joined.__cause__ = errors[0]
    return joined
