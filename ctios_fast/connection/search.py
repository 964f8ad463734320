"""The search for a side: it pauses and dials by the protocol's plan until a link is up.

One task does this for a connection, from ``begin`` until ``end``. While a link is up the task waits. So there
is always exactly one task to cancel: when the event loop shuts down, it cancels this one too, and the
search reports that (``SearchOwner.search_cancelled``). The connection ends then, instead of beginning a
search that has no owner.

The plan survives a link that came up. How a link ended decides how the plan goes on; this table says so:

===========  ====================================================  ==========  =======  =============
outcome      the link ...                                          plan        round    waits if new
===========  ====================================================  ==========  =======  =============
LASTED       had a session that lasted ``stable_after`` seconds    a new one            WAITS
SHORT        had a session that did not last that long             goes on     is over  WAITS
PAIR_LASTED  as LASTED, of a pair with an active and a standby     a new one            QUICK_WAITS
             side
PAIR_SHORT   as SHORT, of such a pair                              a new one            QUICK_WAITS
STANDBY      was refused its session by the standby side           goes on     goes on  QUICK_WAITS
NO_SESSION   ended otherwise before its session was open           goes on     goes on  WAITS
OVERTAKEN    lost its session to an own, older OPEN_REQ            a new one            WAITS
===========  ====================================================  ==========  =======  =============

Only a session that lasted makes the plan, and with it the waits, begin anew: a server that grants sessions
and then ends them is tried as rarely as one that cannot be reached. In a pair a loss mostly means that the
sides change their roles, and one of them is active soon; ``Pace`` limits the plans that begin there. If no
plan can go on, a new one begins. Its first side is the same one. It is the other one after PAIR_SHORT, or if
the server itself said that it will not serve the session.
"""

import asyncio
import logging
from enum import Enum
from math import inf
from typing import TYPE_CHECKING, NamedTuple, Protocol

from .clock import Clock, sleep
from .link import Link
from .log_limit import LogLimit
from .pace import Pace
from .sides import QUICK_WAITS, WAITS, Attempt, Plan, Side

if TYPE_CHECKING:
    import random

__all__ = ["OVERTAKEN_PAUSE", "Outcome", "SearchOwner", "SideSearch"]

#: Seconds to wait before a session is opened again that an own, older OPEN_REQ took over: a server that
#: catches up answers the other old ones meanwhile.
OVERTAKEN_PAUSE = 2.0


class Outcome(Enum):
    """How a link ended; see the table above."""

    LASTED = "lasted"
    SHORT = "short"
    PAIR_LASTED = "lasted, in a pair"
    PAIR_SHORT = "short, in a pair"
    STANDBY = "on the standby side"
    NO_SESSION = "no session"
    OVERTAKEN = "overtaken"


class _Rule(NamedTuple):
    new_plan: bool = False
    end_round: bool = False
    # The others are about a new plan.
    waits: tuple[float, ...] | None = None  # between its rounds; None: those of the search
    pause: float = 0.0  # seconds before its first attempt
    paced: bool = False  # ``Pace`` decides the pause
    other_first: bool | None = None  # whether it begins with the other side; None: if this side refused


RULES = {
    Outcome.LASTED: _Rule(new_plan=True),
    Outcome.SHORT: _Rule(end_round=True),
    Outcome.PAIR_LASTED: _Rule(new_plan=True, waits=QUICK_WAITS, paced=True),
    Outcome.PAIR_SHORT: _Rule(new_plan=True, waits=QUICK_WAITS, paced=True, other_first=True),
    Outcome.STANDBY: _Rule(waits=QUICK_WAITS),
    Outcome.NO_SESSION: _Rule(),
    Outcome.OVERTAKEN: _Rule(new_plan=True, pause=OVERTAKEN_PAUSE, other_first=False),
}


class SearchOwner(Protocol):
    """The connection, as the search sees it. Each call may end the search."""

    async def dial(self, side: Side) -> Link:
        """Return a link to the side."""

    def passes_over(self, attempt: Attempt) -> bool:
        """Return whether to try the other sides of the round before this one, if there are any left."""

    def attempt_begins(self, attempt: Attempt) -> None:
        """An attempt begins, after its pause."""

    def attempt_failed(self, attempt: Attempt, error: Exception) -> None:
        """No link came up. The next attempt follows unless it was the final one."""

    def side_found(self, side: Side, link: Link) -> None:
        """A link is up."""

    def search_cancelled(self, error: BaseException | None) -> None:
        """The task was cancelled from outside, or ended by a fault (the error): nothing more is searched."""


class SideSearch:
    """Finds a side for one connection.

    - ``clients``, ``rng``: see ``Plan``.
    - ``rounds``: how often all sides are tried after a loss; None for no limit.
    - ``waits``: seconds between the rounds of a plan, unless the table above names others; see ``Plan``.
    - ``max_wait``: limit in seconds for each of them; see ``Plan``.
    """

    def __init__(
        self,
        owner: SearchOwner,
        log: LogLimit,
        *,
        clock: Clock,
        clients: int,
        rounds: int | None,
        rng: "random.Random",
        waits: tuple[float, ...] = WAITS,
        max_wait: float = inf,
    ) -> None:
        self.sides: tuple[Side, ...] = ()
        self.pace = Pace()  # of the changes of roles
        self.failing = False  # an attempt failed, or a link was lost, since a link was up
        self._owner = owner
        self._log = log
        self._clock = clock
        self._clients = clients
        self._rounds = rounds
        self._rng = rng
        self._waits = waits
        self._max_wait = max_wait
        self._plan: Plan | None = None
        self._task: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()  # a side is to be found

    def begin(self, sides: tuple[Side, ...], rounds: int | None, pause: float = 0.0) -> None:
        """Start the search. ``rounds`` and ``pause`` belong to this first plan; see ``Plan``."""
        self.sides = sides
        self.failing = False
        self._plan = self._new_plan(sides[0], rounds, pause, self._waits)
        self._start_task()
        self._wanted.set()

    def rest(self) -> None:
        """Give up the attempt under way: a session is open without it. The plan goes on after a loss."""
        task = self._task
        self.failing = False
        if task is not None:
            self._start_task()
            task.cancel()

    def _start_task(self) -> None:
        self._wanted = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run(self._wanted), name="ctios_fast-search")
        self._task.add_done_callback(self._ended)

    @property
    def is_running(self) -> bool:
        """Whether the search has begun and has not ended. A link may be up."""
        return self._task is not None

    def end(self) -> None:
        """End the search and its task; nothing is called any more."""
        task, self._task = self._task, None
        self._plan = None
        self.failing = False
        if task is not None and not task.get_loop().is_closed():
            task.cancel()  # felt at its next await

    def forget_plan(self) -> None:
        """Begin a new plan after the next loss, whatever the outcome: ``connect`` has a limit of its own."""
        self._plan = None

    def link_ended(self, side: Side, outcome: Outcome, *, refused: bool) -> bool:
        """Decide how the plan goes on. Returns False if it has no attempt left.

        ``refused``: the server said that it will not serve the session.
        """
        rule = RULES[outcome]
        self.failing = True
        if self._plan is None or rule.new_plan:
            first = side
            if refused if rule.other_first is None else rule.other_first:
                first = next((other for other in self.sides if other != side), side)
            pause = self.pace.take(self._clock.time()) if rule.paced else rule.pause
            self._plan = self._new_plan(first, self._rounds, pause, rule.waits or self._waits)
        elif rule.end_round:
            self._plan.end_round()
        return not self._plan.exhausted

    def resume(self) -> None:
        """Go on with the plan."""
        self._wanted.set()

    def _new_plan(self, first: Side, rounds: int | None, pause: float, waits: tuple[float, ...]) -> Plan:
        return Plan(
            self.sides,
            first,
            clients=self._clients,
            rounds=rounds,
            rng=self._rng,
            pause=pause,
            waits=waits,
            max_wait=self._max_wait,
        )

    async def _run(self, wanted: asyncio.Event) -> None:
        while True:
            await wanted.wait()
            wanted.clear()
            await self._find(asyncio.current_task())

    async def _find(self, task: "asyncio.Task[None] | None") -> None:
        # A call to the owner may end this task and begin another one: then nothing is called any more.
        while self._task is task and self._plan is not None:
            attempt = next(self._plan)
            if attempt.delay:
                side = attempt.side
                self._log.info("trying side %s (%s) in %.1f s", side.name, side, attempt.delay)
                await sleep(self._clock, attempt.delay)
            if self._owner.passes_over(attempt):
                self._plan.postpone()
                continue
            self._owner.attempt_begins(attempt)
            try:
                link = await self._owner.dial(attempt.side)
            except Exception as error:  # whatever a name, a port or a certificate can cause
                if self._task is not task:
                    return  # ended meanwhile, as with its event loop
                self.failing = True
                self._owner.attempt_failed(attempt, error)
            else:
                self.failing = False
                self._owner.side_found(attempt.side, link)
                return

    def _ended(self, task: "asyncio.Task[None]") -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            logging.getLogger("ctios_fast.connection").error("the search for a side failed", exc_info=error)
        if self._task is task:
            self._task = None
            self._plan = None
            self._owner.search_cancelled(error)
