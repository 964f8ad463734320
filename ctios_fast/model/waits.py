"""Waiting for one event, or for anything else that a session reports."""

import asyncio
import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

from ctios_fast.connection.clock import Clock
from ctios_fast.core.dispatch.program_exit import ends_program
from ctios_fast.core.dispatch.unawaited import unawaited

from .arguments import Arguments
from .coercion import optional_seconds, refuse
from .publisher import EventPublisher
from .session_end import End, EndingSource, not_connected

__all__ = ["Predicate", "Wait", "WaitSource", "wait_for_event"]

#: Says whether an event with these Arguments is the one.
Predicate = Callable[[Arguments], object]

_T = TypeVar("_T")


class WaitSource(EndingSource, Protocol):
    """What a wait needs of its session. A ``Context`` has it."""

    clock: Clock
    events: EventPublisher


def wait_for_event(
    source: WaitSource, event: str, predicate: Predicate | None, timeout: float | None
) -> "asyncio.Future[Arguments]":
    """A future of the Arguments of the first event of that name that the predicate accepts.

    ``Session.wait_for`` describes the parameters and the errors.
    """
    timeout = optional_seconds("timeout", timeout)
    if predicate is not None and not callable(predicate):
        raise refuse(f"the predicate must be callable, got {type(predicate).__name__}")
    if inspect.iscoroutinefunction(predicate):
        raise refuse(f"the predicate must be a plain function, got the coroutine function {predicate!r}")
    return _EventWait(source, source.events.event(event), predicate).begin(timeout)


class Wait(ABC, Generic[_T]):
    """A future, with what fails it: its time-out and the end of the session.

    ``wanted``: what is waited for, for the messages of errors.
    """

    def __init__(self, source: WaitSource, wanted: str) -> None:
        self._source: Final = source
        self._wanted: Final = wanted
        self._future: Final[asyncio.Future[_T]] = asyncio.get_running_loop().create_future()

    def begin(self, timeout: float | None) -> "asyncio.Future[_T]":
        """Wait from now on.

        - ``timeout``: seconds, None for no limit.
        """
        source, future = self._source, self._future
        if future.done():  # completed before it began
            return future
        if source.is_ended:
            self.fail(not_connected(self._wanted))
            return future
        self._listen()
        source.end.add(self._ended)
        if timeout is not None:
            timer = source.clock.call_later(timeout, self._fail_late, timeout)
            future.add_done_callback(lambda done: timer.cancel())
        future.add_done_callback(lambda done: self._clean_up())
        return future

    def complete(self, result: _T) -> None:
        """Give the future its result, unless it is done."""
        if not self._future.done():
            self._future.set_result(result)

    def fail(self, error: BaseException) -> None:
        """Fail the future, unless it is done."""
        if not self._future.done():
            self._future.set_exception(error)
            self._future.exception()  # asyncio logs no future that was dropped: its wait was given up

    @abstractmethod
    def _listen(self) -> None:
        """Begin to look for what is waited for."""

    @abstractmethod
    def _stop_listening(self) -> None:
        """Undo ``_listen``."""

    def _ended(self, end: End) -> None:
        if self._future.get_loop().is_closed():  # nobody can await the future, and it cannot be set
            self._clean_up()
        else:
            self.fail(end.loss(self._wanted))

    def _fail_late(self, timeout: float) -> None:
        self.fail(TimeoutError(f"{self._wanted} did not come within {timeout:g} seconds"))

    def _clean_up(self) -> None:
        self._source.end.discard(self._ended)
        self._stop_listening()


class _EventWait(Wait[Arguments]):
    """A wait for an event."""

    def __init__(self, source: WaitSource, event: str, predicate: Predicate | None) -> None:
        super().__init__(source, event)
        self._event: Final = event
        self._predicate: Final = predicate

    def _listen(self) -> None:
        self._source.events.subscribe(self._event, self._take)

    def _stop_listening(self) -> None:
        self._source.events.unsubscribe(self._event, self._take)

    def _take(self, args: Arguments) -> None:
        if self._future.done():
            return
        if self._predicate is None:
            self.complete(args)
            return
        try:
            accepted = self._predicate(args)
            error: BaseException | None = unawaited(self._predicate, accepted)
            is_wanted = error is None and bool(accepted)
        except StopIteration as raised:  # a future refuses it
            error = RuntimeError(f"the predicate {self._predicate!r} raised StopIteration")
            error.__cause__ = raised
        except BaseException as raised:  # CancelledError too: a predicate is not a task
            error = raised
        if error is not None:
            self.fail(error)  # the error is the waiting program's, not one of the event
            if ends_program(error):
                raise error
        elif is_wanted:
            self.complete(args)
