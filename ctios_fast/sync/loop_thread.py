"""An event loop in a thread of its own, for programs without one."""

import asyncio
import inspect
import logging
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Final, ParamSpec, TypeVar

from ctios_fast.enums import CilCode
from ctios_fast.errors import MethodError

__all__ = ["LoopThread"]

log = logging.getLogger("ctios_fast.sync")

_P = ParamSpec("_P")
_T = TypeVar("_T")


class LoopThread:
    """A running event loop in a daemon thread.

    - ``name``: of the thread.

    Only ``carry_out`` and ``follow`` may be called in the thread itself.
    """

    def __init__(self, name: str) -> None:
        self.loop: Final = asyncio.new_event_loop()
        self._process: Final = os.getpid()
        self._thread: Final = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    @property
    def is_current(self) -> bool:
        """Whether the caller runs in this thread.

        Raises ``MethodError`` (E_CTIOS_UNEXPECTED) in a process that was forked from the thread's, and once
        the interpreter has stopped its daemon threads.
        """
        if sys.is_finalizing():
            raise MethodError(
                CilCode.E_CTIOS_UNEXPECTED,
                "the process ends, and the event loop of the sessions runs no more: use them before the end "
                "or in a function that atexit calls",
            )
        if os.getpid() != self._process:
            raise MethodError(
                CilCode.E_CTIOS_UNEXPECTED,
                "the session belongs to the process that this one was forked from: create one after the fork",
            )
        return threading.current_thread() is self._thread

    @property
    def is_over(self) -> bool:
        """Whether the thread takes no more calls: it was stopped, or the interpreter ends."""
        return self.loop.is_closed() or sys.is_finalizing()

    def carry_out(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Call a function that does not wait, in the thread, and return what it returns.

        In the thread itself the function is called at once.

        Raises what the function raises, and ``MethodError`` (E_CTIOS_UNEXPECTED) in a process that was forked
        from the thread's.
        """
        if self.is_current:
            return function(*args, **kwargs)
        result: _T = self.call(function, *args, **kwargs)
        return result

    def call(self, function: Callable[_P, object], *args: _P.args, **kwargs: _P.kwargs) -> Any:
        """Call the function in the thread, wait for what it returns if that can be awaited, and return it.

        What it returns is cancelled if the wait is interrupted, as by Ctrl-C.

        Raises what the function raises, or what it returns fails with, and as ``check_can_wait`` does.
        """
        return _result(self.submit(function, *args, **kwargs))

    def check_can_wait(self, what: str) -> None:
        """Refuse a call that waits in the thread itself, which would wait for itself.

        - ``what``: what is called, for the error.

        Raises ``MethodError`` (E_CTIOS_UNEXPECTED), also in a process that was forked from the thread's.
        """
        if self.is_current:
            raise MethodError(
                CilCode.E_CTIOS_UNEXPECTED,
                f"{what} waits, and a listener runs in the thread of the event loop, which cannot wait for "
                "itself: let another thread call it, such as one of a ThreadPoolExecutor",
            )

    def submit(self, function: Callable[_P, object], *args: _P.args, **kwargs: _P.kwargs) -> "Future[Any]":
        """As ``call``, but return at once, with a future of the result; its ``cancel`` ends the wait.

        The function is not called if the future is cancelled before the loop takes the call.
        """
        self.check_can_wait("this call")
        outcome: Future[Any] = Future()

        def start() -> None:
            if outcome.cancelled():
                return
            try:
                result = function(*args, **kwargs)
                if asyncio.iscoroutine(result):
                    result = self.loop.create_task(result)
            except BaseException as error:
                if outcome.set_running_or_notify_cancel():
                    outcome.set_exception(error)
                return
            if hasattr(result, "add_done_callback"):  # a Request, a future or a task
                self.follow(outcome, result)
            elif outcome.set_running_or_notify_cancel():
                outcome.set_result(result)

        self.loop.call_soon_threadsafe(start)
        return outcome

    def post(self, function: Callable[[], object]) -> bool:
        """Call a function in the thread, after all calls that were submitted before, and return at once.

        Returns False, and does not call it, if the loop is closed.
        """
        try:
            self.loop.call_soon_threadsafe(function)
        except RuntimeError:  # closed; it may be closed at any time
            return False
        return True

    def future(self, what: str) -> "Future[Any]":
        """A future for other threads. Waiting for it raises ``MethodError`` in the thread itself.

        - ``what``: what it is of, for the error.
        """
        return _FutureOfLoop(self, what)

    def follow(self, outcome: "Future[Any]", source: Any) -> None:
        """Let a future for other threads end as the source does, and cancel the source if it is cancelled.

        - ``source``: a request, future or task of the loop.

        Called in the thread of the loop.
        """

        def cancel_source(done: "Future[Any]") -> None:
            if done.cancelled():
                self.post(source.cancel)

        source.add_done_callback(lambda done: _settle(outcome, done))
        outcome.add_done_callback(cancel_source)

    def run(self, work: Coroutine[Any, Any, _T], timeout: float | None = None) -> _T:
        """Run a coroutine in the thread and return its result.

        - ``timeout``: seconds, None for no limit. When they are over, the coroutine is cancelled, and
          ``TimeoutError`` is raised.

        Raises what the coroutine raises, and as ``call`` does.
        """
        try:
            outcome = self.submit(asyncio.wait_for, work, timeout)
        except BaseException:
            work.close()
            raise
        try:
            result: _T = _result(outcome)
        except BaseException:
            if not self.post(lambda: _close_unstarted(work)):
                _close_unstarted(work)
            raise
        return result

    def stop(self) -> None:
        """End the loop and its thread."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        while True:
            try:
                self.loop.run_forever()
            except (KeyboardInterrupt, SystemExit) as error:  # the loop raises them itself
                log.error(
                    "a callback of the event loop raised %s, which ends a program in its main thread only; "
                    "the event loop goes on",
                    type(error).__name__,
                    exc_info=error,
                )
            else:
                return  # stopped


class _FutureOfLoop(Future[Any]):
    """A future that the thread of a loop completes, so that this thread cannot wait for it.

    A process that was forked cannot either: the thread is not there.
    """

    def __init__(self, thread: LoopThread, what: str) -> None:
        super().__init__()
        self._thread: Final = thread
        self._what: Final = what

    def result(self, timeout: float | None = None) -> Any:
        """The result. Raises ``MethodError`` where it is not there and cannot be waited for."""
        self._check("result", timeout)
        return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """The error, None without one. Raises ``MethodError`` where it cannot be waited for."""
        self._check("exception", timeout)
        return super().exception(timeout)

    def _check(self, method: str, timeout: float | None) -> None:
        if timeout != 0 and not self.done():
            self._thread.check_can_wait(f"{method}() of {self._what}")


def _result(outcome: "Future[Any]") -> Any:
    # Waits for the result. A wait that is interrupted cancels what it waits for.
    try:
        return outcome.result()
    finally:
        outcome.cancel()  # does nothing once it has a result


def _close_unstarted(work: Coroutine[Any, Any, Any]) -> None:
    # Closes a coroutine that does not run since its task was cancelled before it began. Python would warn.
    if inspect.getcoroutinestate(work) == inspect.CORO_CREATED:
        work.close()


def _settle(outcome: "Future[Any]", done: Any) -> None:
    # Gives an outcome the result or error of a request, future or task that is done. Until it is marked as
    # running, another thread may cancel it at any time.
    if done.cancelled():
        outcome.cancel()
    if not outcome.set_running_or_notify_cancel():
        return
    if (error := done.exception()) is not None:
        outcome.set_exception(error)
    else:
        outcome.set_result(done.result())
