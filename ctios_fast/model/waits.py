"""Waiting for one event."""

import asyncio
from collections.abc import Callable
from typing import Final

from ctios_fast.connection.clock import Clock
from ctios_fast.errors import ConnectionLost

from .arguments import Arguments
from .coercion import optional_seconds, refuse
from .publisher import EventPublisher, Listener

__all__ = ["LAST_EVENT", "Predicate", "wait_for_event"]

#: Says whether an event with these Arguments is the one.
Predicate = Callable[[Arguments], object]

#: The last event of a session's connection: nothing that the server sent is reported after it.
LAST_EVENT: Final = "OnConnectionClosed"


def wait_for_event(
    publisher: EventPublisher,
    clock: Clock,
    events: tuple[str, ...],
    predicate: Predicate | None,
    timeout: float | None,
) -> "asyncio.Future[Arguments]":
    """A future of the Arguments of the first of these events that the predicate accepts.

    ``Session.wait_for`` describes the parameters and the errors.
    """
    timeout = optional_seconds("timeout", timeout)
    if predicate is not None and not callable(predicate):
        raise refuse(f"the predicate must be callable, got {type(predicate).__name__}")
    names = tuple(dict.fromkeys(publisher.event(name) for name in events))
    return _Wait(publisher, names, predicate).start(clock, timeout)


class _Wait:
    """A future and the listeners that complete it."""

    def __init__(
        self, publisher: EventPublisher, names: tuple[str, ...], predicate: Predicate | None
    ) -> None:
        self._publisher: Final = publisher
        self._wanted: Final = " or ".join(names)
        self._predicate: Final = predicate
        self._future: Final[asyncio.Future[Arguments]] = asyncio.get_running_loop().create_future()
        #: What is subscribed. The end of the session comes last: it may be the event itself.
        self._listeners: Final[list[tuple[str, Listener]]] = [
            *((name, self._take) for name in names),
            (LAST_EVENT, self._closed),
        ]

    def start(self, clock: Clock, timeout: float | None) -> "asyncio.Future[Arguments]":
        """Listen from now on."""
        for name, listener in self._listeners:
            self._publisher.subscribe(name, listener)
        if timeout is not None:
            timer = clock.call_later(timeout, self._fail_late, timeout)
            self._future.add_done_callback(lambda done: timer.cancel())
        self._future.add_done_callback(self._clean_up)
        return self._future

    def _take(self, args: Arguments) -> None:
        if self._future.done():
            return
        try:
            accepted = self._predicate is None or self._predicate(args)
        except Exception as error:  # whoever waits has to know
            self._future.set_exception(error)
            return
        if accepted:
            self._future.set_result(args)

    def _closed(self, args: Arguments) -> None:
        del args
        self._fail(ConnectionLost(f"the session was closed before {self._wanted} came"))

    def _fail_late(self, timeout: float) -> None:
        self._fail(TimeoutError(f"{self._wanted} did not come within {timeout:g} seconds"))

    def _fail(self, error: Exception) -> None:
        if not self._future.done():
            self._future.set_exception(error)

    def _clean_up(self, done: "asyncio.Future[Arguments]") -> None:
        if not done.cancelled():
            done.exception()  # a wait that nobody awaits any more is not a fault
        for name, listener in self._listeners:
            self._publisher.unsubscribe(name, listener)
