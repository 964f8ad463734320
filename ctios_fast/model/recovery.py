"""Recovery: after a gap in the events, every object whose state may have changed is asked for it.

The agents that the program named when it set the mode are asked for in the same way, once, after the opening.

A gap is a lost connection, or a time in which the peripheral was out of reach though the connection stood.
The server never repeats the events of a gap. Objects are asked a window at a time. A repair that fails is
repeated after a growing delay, until it succeeds or ``MAX_ATTEMPTS`` were made. Giving up is logged and
counted.
"""

import asyncio
import logging
from typing import Final

from ctios_fast.connection.clock import sleep
from ctios_fast.errors import ConnectionLost, CtiOsError, Refused

from .arguments import Arguments, arguments_over
from .context import Context
from .cti_object import CtiObject

__all__ = ["MAX_ATTEMPTS", "Recovery"]

log = logging.getLogger("ctios_fast.session")

#: Objects that are asked at once, at most.
_WINDOW: Final = 100
#: Attempts to repair one object.
MAX_ATTEMPTS: Final = 6
#: Seconds before the second attempt; each further one waits twice as long.
_FIRST_DELAY: Final = 1.0


class Recovery:
    """Brings a session's objects up to date after a gap.

    ``repaired`` and ``given_up`` count objects after gaps, ``unanswered`` those of a first opening whose
    state could not be asked for; all since the session was made.
    """

    def __init__(self, context: Context, max_open_requests: int) -> None:
        self.repaired = 0
        self.given_up = 0
        self.unanswered = 0
        #: What runs, or ran last; None without one.
        self.task: asyncio.Task[object] | None = None
        self._context = context
        #: The program keeps at least half of the requests that may be open.
        self._window = max(1, min(_WINDOW, max_open_requests // 2))

    def start(self) -> None:
        """Begin. Called within the dispatch of the message that ends the gap: the next may be an event."""
        self.stop()
        self.task = asyncio.get_running_loop().create_task(
            self._repair(self._unrepaired()), name="ctios_fast-repair"
        )

    def start_first(self) -> None:
        """Ask once for the objects that the program named. Called when the mode is open for the first time.

        A refusal is not repeated: some servers do not answer for an agent that is logged out. Such an object
        is asked for again after the next gap.
        """
        self.stop()
        objects = self._unrepaired()
        if objects:
            self.task = asyncio.get_running_loop().create_task(
                self._ask(objects), name="ctios_fast-first-queries"
            )

    def stop(self) -> None:
        """Stop, as when the connection is lost again; the next ``start`` begins with what is left."""
        task, self.task = self.task, None
        if task is not None:
            task.cancel()

    def _unrepaired(self) -> list[CtiObject]:
        return [each for each in self._context.registry if each.needs_repair()]

    async def _ask(self, objects: list[CtiObject]) -> None:
        window = asyncio.Semaphore(self._window)
        outcomes = await asyncio.gather(*(self._ask_one(each, window) for each in objects))
        errors = [error for error in outcomes if error is not None]
        if errors:
            self.unanswered += len(errors)
            log.warning(
                "the states of %d of %d agents could not be asked for; the first error: %s",
                len(errors),
                len(objects),
                errors[0],
            )

    async def _ask_one(self, each: CtiObject, window: asyncio.Semaphore) -> CtiOsError | None:
        # The error is returned, so that one of many does not stop the others.
        try:
            async with window:
                await each.repair()
        except ConnectionLost:
            return None  # the next start asks again
        except CtiOsError as error:
            return error
        return None

    async def _repair(self, objects: list[CtiObject]) -> None:
        began = self._context.clock.time()
        repaired, given_up = self.repaired, self.given_up
        window = asyncio.Semaphore(self._window)
        results = await asyncio.gather(*(self._repair_one(each, window) for each in objects))
        if not all(results):
            return  # the connection is lost again: the next start repairs the rest
        self._context.fire(
            "OnRecovered",
            _counts,
            len(objects),
            self.repaired - repaired,
            self.given_up - given_up,
            self._context.clock.time() - began,
        )

    async def _repair_one(self, each: CtiObject, window: asyncio.Semaphore) -> bool:
        # False if the connection is lost again.
        delay = _FIRST_DELAY
        for attempt in range(1, MAX_ATTEMPTS + 1):
            try:
                async with window:
                    await each.repair()
            except ConnectionLost:
                return False
            except CtiOsError as error:
                if attempt == MAX_ATTEMPTS or (isinstance(error, Refused) and not each.needs_repair()):
                    self.given_up += 1
                    log.error("%r is not repaired, given up after attempt %d: %s", each, attempt, error)
                    return True
                log.info("%r is not repaired, next attempt in %g s: %s", each, delay, error)
                await sleep(self._context.clock, delay)
                delay *= 2
            else:
                self.repaired += 1
                return True
        return True


def _counts(asked: int, repaired: int, given_up: int, seconds: float) -> Arguments:
    return arguments_over({"Asked": asked, "Repaired": repaired, "GivenUp": given_up, "Seconds": seconds})
