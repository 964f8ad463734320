"""An event loop in a thread of its own, for a simulator beside a test that may have a loop or none."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

__all__ = ["LoopThread"]

_T = TypeVar("_T")


class LoopThread:
    """A running event loop in a daemon thread.

    - ``name``: of the thread.
    """

    def __init__(self, name: str) -> None:
        self._loop: Final = asyncio.new_event_loop()
        self._thread: Final = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, _T], timeout: float) -> _T:
        """Run a coroutine on the loop, wait for it in this thread, and return its result.

        - ``timeout``: seconds. When they are over the coroutine is cancelled, and ``TimeoutError`` is raised.

        Raises what the coroutine raises, and RuntimeError in the loop's own thread, which would wait for
        itself.
        """
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError(f"the thread {self._thread.name} cannot wait for itself: await the coroutine")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(timeout)
        except TimeoutError:
            future.cancel()
            raise

    def stop(self) -> None:
        """End the loop and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
