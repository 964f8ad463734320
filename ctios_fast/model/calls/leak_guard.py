"""LeakGuard: verifies calls that no message was about for a long time.

A server may lose an END_CALL_EVENT, as when a peripheral goes off-line. Such a call would stay for as long as
the session. The guard looks at all calls now and then, and asks for those that were quiet for too long, one
after the other.
"""

import asyncio
from typing import Final

from ctios_fast.connection.clock import TimerHandle
from ctios_fast.core import Message
from ctios_fast.errors import ConnectionLost, CtiOsError, Refused
from ctios_fast.model.context import Context
from ctios_fast.model.refusals import is_lasting
from ctios_fast.protocol.codes import CTI_SERVICE_CLIENT_CONTROL

from .call_index import Key
from .call_life import CallLife
from .live_call import LiveCall, Quiet
from .snapshot import connection_of, connections_of

__all__ = ["LeakGuard"]

#: How often calls are looked at within the time that they may be quiet for.
_LOOKS: Final = 6
#: Counters of the session.
_VERIFIED: Final = "idle_calls_verified"
_ENDED: Final = "idle_calls_ended"


class LeakGuard:
    """Verifies the quiet calls of one session while it is open."""

    def __init__(self, context: Context, life: CallLife) -> None:
        self._context = context
        self._life = life
        self._counts = life.index.table.counts
        self._counts.update({_VERIFIED: 0, _ENDED: 0})
        #: Makes the next look; None while the session is not open.
        self._timer: TimerHandle | None = None
        #: Asks for quiet calls; None before the first of them.
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """The session is open, and its calls are up to date."""
        self.stop()
        idle = self._context.call_idle_check
        if idle is not None:
            self._timer = self._context.clock.call_later(idle / _LOOKS, self._look, idle)

    def stop(self) -> None:
        """The session is not open, or a repair asks for all calls."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
        self._timer = self._task = None

    def _look(self, idle: float) -> None:
        clock = self._context.clock
        self._timer = clock.call_later(idle / _LOOKS, self._look, idle)
        now = clock.time()
        keys = [call.key for call in self._life.index.table if _is_idle(call, now, idle)]
        can_ask = self._context.services_granted & CTI_SERVICE_CLIENT_CONTROL
        if keys and can_ask and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(
                self._verify(keys), name="ctios_fast-idle-calls"
            )

    async def _verify(self, keys: list[Key]) -> None:
        # by key, so that a call that ends meanwhile is not kept
        for key in keys:
            call = self._life.index.get(key)
            if call is None or call.quiet is None:
                continue
            try:
                await self._ask(call, call.quiet)
            except ConnectionLost:
                return
            except CtiOsError:
                continue  # the next look asks again
            finally:
                del call

    async def _ask(self, call: LiveCall, quiet: Quiet) -> None:
        def take_in(message: Message) -> None:
            self._verified(call, quiet, message)

        def refused(error: Refused) -> bool:
            if is_lasting(error):  # a call without events for so long a time is over then
                self._leaked(call, quiet)
            return True

        await call.ask(take_in, refused, None)

    def _verified(self, call: LiveCall, quiet: Quiet, message: Message) -> None:
        if not call.is_alive or call.quiet is not quiet:
            return
        rows = list(connections_of(message))
        own = connection_of(rows, call.key)
        if own is None and rows:
            self._leaked(call, quiet)
            return
        self._counts[_VERIFIED] += 1
        quiet.since = self._context.clock.time()
        self._life.refresh(call, message, own, takes_data=True)

    def _leaked(self, call: LiveCall, quiet: Quiet) -> None:
        if call.is_alive and call.quiet is quiet:
            self._counts[_ENDED] += 1
            self._life.vanished(call)


def _is_idle(call: LiveCall, now: float, idle: float) -> bool:
    quiet = call.note_quiet()
    if quiet.is_named:
        quiet.is_named = False
        quiet.since = now
    return now - quiet.since >= idle
