"""Recovery: after a gap in the events, everything whose state may have changed is asked for.

The agents that the program named when it set the mode are asked for in the same way, once, after the opening.
So are the agents whose monitoring begins. In agent mode the opening also asks for the session's agent, and
then for the calls that the server announced meanwhile. That needs no caller of ``set_agent``: the connection
opens a session by itself when the first attempt was lost.

A gap is a lost connection, or a time in which the peripheral was out of reach though the connection was up.
The server never repeats the events of a gap. A repair is a plan of steps, which the kinds of objects
contribute; see ``repair_plan``. Within a step, a window of requests is in flight.

One rule holds for all questions of a repair. One that is not answered, or whose refusal does not answer it,
is asked again by another run of the plan after a growing delay, until it is answered, events have answered
it, or ``MAX_ATTEMPTS`` were made. Giving up is logged and counted. The kinds of objects know which refusals
answer; see ``refusals``. A loss in the middle of a repair ends it; the next one starts anew and keeps
the counts.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Final, NamedTuple

from ctios_fast.connection.clock import sleep
from ctios_fast.connection.log_limit import LogLimit
from ctios_fast.connection.request_book import Request
from ctios_fast.errors import ConnectionLost, CtiOsError

from .arguments import Arguments, arguments_over
from .context import Context
from .repair_plan import NotRepeated, Repairable, Repairs, RepairStep

__all__ = ["MAX_ATTEMPTS", "Recovery"]

log = logging.getLogger("ctios_fast.session")

#: Requests of a repair that are in flight at once, at most.
_WINDOW: Final = 100
#: Attempts to repair one object.
MAX_ATTEMPTS: Final = 6
#: Seconds before the second attempt; each further one waits twice as long.
_FIRST_DELAY: Final = 1.0

#: Keywords of OnRecovered that count objects of all kinds.
_ASKED: Final = "Asked"
_REPAIRED: Final = "Repaired"
_GIVEN_UP: Final = "GivenUp"
#: Keyword of OnRecovered that counts what is not an object.
_QUESTIONS_GIVEN_UP: Final = "QuestionsGivenUp"

#: The step of what is asked for outside a repair.
_NOT_COUNTED: Final = RepairStep(tuple, None, of_objects=False)


class _Failure(NamedTuple):
    """What failed in one run of the plan.

    - ``is_object``: whether it is an object of the model.
    - ``is_final``: whether another attempt would fail too.
    """

    each: Repairable
    error: CtiOsError
    is_object: bool
    is_final: bool


_Failures = list[_Failure]


class Recovery:
    """Brings a session's objects up to date after a gap.

    ``repaired`` and ``given_up`` count objects after gaps, ``questions_given_up`` other questions.
    ``unanswered`` counts what could not be asked for at a first opening, or when monitoring began. All are
    since the session was made.
    """

    def __init__(self, context: Context, max_open_requests: int) -> None:
        self.repaired = 0
        self.given_up = 0
        self.questions_given_up = 0
        self.unanswered = 0
        #: What runs, or ran last; None without one.
        self.task: asyncio.Task[object] | None = None
        #: The query of an opening for the session's agent, while it is not answered.
        self.agent_query: Request[Any] | None = None
        #: The task that ``task`` waits for; None without one.
        self._first: asyncio.Task[object] | None = None
        self._context = context
        #: What ``ask`` was given and is not asked for yet.
        self._unasked: deque[Repairable] = deque()
        #: What asks for it, or did so last; None without one.
        self._asking: asyncio.Task[object] | None = None
        #: The program keeps at least half of the requests that may be open.
        self._window = max(1, min(_WINDOW, max_open_requests // 2))
        #: When the repair began that is not over yet; None without one.
        self._began: float | None = None
        #: Each object that is given up has a line, and a large peripheral has many objects.
        self._log = LogLimit(log)
        context.ask = self.ask

    def start(self) -> None:
        """Begin. Called within the dispatch of the message that ends the gap: the next may be an event."""
        self.stop()
        if self._began is None:
            self._began = self._context.clock.time()
        self.task = asyncio.get_running_loop().create_task(self._repair(), name="ctios_fast-repair")

    def start_first(self) -> None:
        """Ask once for the objects that the program named. Called when the mode is open for the first time.

        A refusal is not repeated: some servers do not answer for an agent that is logged out. Such an object
        is asked for again after the next gap.

        In agent mode the session's agent is asked for first. The late steps follow its answer.
        """
        self.stop()
        self._began = None
        self._context.tally.clear()
        kinds = self._context.registry.repairs
        for repairs in kinds:
            repairs.gap_ended()
        steps = [
            step._replace(keyword=None, of_objects=False)
            for repairs in kinds
            for step in repairs.steps
            if step.at_opening
        ]
        if any(True for step in steps for _ in step.find()):
            self.task = asyncio.get_running_loop().create_task(
                self._ask(steps), name="ctios_fast-first-queries"
            )
        self.agent_query = self._context.query_current_agent()
        if self.agent_query is not None:
            self.agent_query.add_done_callback(self._agent_answered)

    def _agent_answered(self, query: Request[Any]) -> None:
        if self.agent_query is query:
            self.agent_query = None
        error = query.exception()
        if isinstance(error, ConnectionLost):
            return  # the next opening repairs everything
        if error is not None:
            self.unanswered += 1
            log.warning("the state of the current agent cannot be asked for: %s", error)
        self._start_late()

    def ask(self, found: Iterable[Repairable]) -> None:
        """Ask once for objects that need it outside a repair. A loss leaves them to the next repair.

        - ``found``: the objects. They wait for those that were given before, so that one window serves all.
        """
        self._unasked.extend(found)
        if self._unasked and (self._asking is None or self._asking.done()):
            task = self._ask_outside_repair()
            self._asking = asyncio.get_running_loop().create_task(task, name="ctios_fast-queries")

    def _start_late(self) -> None:
        # Asks once for what the opening of agent mode announced.
        if self._began is not None:
            return  # a repair asks for everything
        steps = [
            step._replace(find=partial(list, found))
            for repairs in self._context.registry.repairs
            for step in repairs.late_steps
            if (found := list(step.find()))
        ]
        if steps:
            self._first = self.task
            self.task = asyncio.get_running_loop().create_task(
                self._ask_late(self._first, steps), name="ctios_fast-late-queries"
            )

    async def _ask_late(self, first: asyncio.Task[object] | None, steps: Iterable[RepairStep]) -> None:
        if first is not None:
            await asyncio.wait([first])  # an error of the first queries does not concern the late ones
        await self._ask(steps)

    def stop(self) -> None:
        """Stop, as when the connection is lost again; the next ``start`` begins with what is left."""
        # A task that waits for another one does not cancel it, nor does it before its own first step.
        tasks = (self._first, self.task, self._asking)
        self._first = self.task = self._asking = None
        self._unasked.clear()
        for task in tasks:
            if task is not None:
                task.cancel()

    async def _ask(self, steps: Iterable[RepairStep]) -> None:
        failures: _Failures = []
        asked = 0
        for step in steps:
            found = list(step.find())
            asked += len(found)
            if not await self._run(found, step, failures):
                return  # the next start asks again
        self._ended()
        self._context.tally.clear()  # what the opening found is not found again by a repair
        self._note_unanswered(failures, asked)

    async def _ask_outside_repair(self) -> None:
        failures: _Failures = []
        asked = 0
        while self._unasked:
            found = list(self._unasked)
            self._unasked.clear()
            asked += len(found)
            if not await self._run(found, _NOT_COUNTED, failures):
                return  # the repair asks again
        self._note_unanswered(failures, asked)

    def _note_unanswered(self, failures: _Failures, asked: int) -> None:
        if failures:
            self.unanswered += len(failures)
            log.warning(
                "%d of %d queries for agents, devices, calls and configuration failed; the first error: %s",
                len(failures),
                asked,
                failures[0].error,
            )

    async def _repair(self) -> None:
        context = self._context
        steps = [step for repairs in context.registry.repairs for step in repairs.steps]
        delay = _FIRST_DELAY
        for attempt in range(1, MAX_ATTEMPTS + 1):
            failures: _Failures = []
            for step in steps:
                if not await self._run(list(step.find()), step, failures):
                    return  # the connection is lost again: the next start repairs the rest
            left = sum(not self._is_over(failure, attempt) for failure in failures)
            failures.clear()  # objects that end during the delay are not kept
            if not left:
                break
            log.info("%d objects are not repaired, next attempt in %g s", left, delay)
            await sleep(context.clock, delay)
            delay *= 2
        self._recovered()

    def _is_over(self, failure: _Failure, attempt: int) -> bool:
        each, error, is_object, is_final = failure
        if not is_final:
            if not each.needs_repair():  # events have answered the question meanwhile
                if is_object:
                    self._count_repaired()
                return True
            if attempt < MAX_ATTEMPTS:
                return False
        self._log.error("%r is not repaired, given up after attempt %d: %s", each, attempt, error)
        tally = self._context.tally
        if is_object:
            self.given_up += 1
            tally[_GIVEN_UP] += 1
            tally[_ASKED] += 1
        else:
            self.questions_given_up += 1
            tally[_QUESTIONS_GIVEN_UP] += 1
        return True

    def _count_repaired(self) -> None:
        self.repaired += 1
        tally = self._context.tally
        tally[_REPAIRED] += 1
        tally[_ASKED] += 1

    async def _run(self, found: list[Repairable], step: RepairStep, failures: _Failures) -> bool:
        # Asks for all that a step found, a window at a time. False if the connection is lost again.
        source = iter(found)
        workers = [self._work(source, step, failures) for _ in range(min(self._window, len(found)))]
        return all(await asyncio.gather(*workers))

    async def _work(self, source: Iterator[Repairable], step: RepairStep, failures: _Failures) -> bool:
        tally = self._context.tally
        for each in source:
            if step.keyword is not None:
                tally[step.keyword] += 1
            try:
                await each.repair()
            except ConnectionLost as lost:
                lost.with_traceback(None)  # all requests share the error, and a traceback keeps objects alive
                return False
            except CtiOsError as error:
                failures.append(_failure(each, error, step, is_final=False))
            except NotRepeated as failure:
                failures.append(_failure(each, failure.error, step, is_final=True))
            else:
                if step.of_objects:
                    self._count_repaired()
        return True

    def _ended(self) -> None:
        for repairs in self._context.registry.repairs:
            repairs.repair_ended()

    def _recovered(self) -> None:
        context = self._context
        self._ended()
        tally, began = dict(context.tally), self._began
        context.tally.clear()
        self._began = None
        seconds = 0.0 if began is None else context.clock.time() - began
        context.fire("OnRecovered", _counts, tally, context.registry.repairs, seconds)


def _failure(each: Repairable, error: CtiOsError, step: RepairStep, *, is_final: bool) -> _Failure:
    # without the traceback, which keeps objects alive
    return _Failure(each, error.with_traceback(None), step.of_objects, is_final)


def _counts(tally: dict[str, int], kinds: Iterable[Repairs], seconds: float) -> Arguments:
    keywords = [_ASKED, _REPAIRED, _GIVEN_UP, _QUESTIONS_GIVEN_UP]
    for repairs in kinds:
        keywords += [step.keyword for step in repairs.steps if step.keyword is not None]
        keywords += repairs.keywords
    counts = {keyword: tally.get(keyword, 0) for keyword in keywords}
    details = {keyword: value for repairs in kinds for keyword, value in repairs.details().items()}
    return arguments_over({**counts, **details, "Seconds": seconds})
