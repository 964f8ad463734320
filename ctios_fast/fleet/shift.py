"""A shift: many agents over one bulk session, asked for, logged in, made ready and not ready, logged out.

The smallest job that touches everything between a program and a CTI Server, and therefore a check of a site
after a change, a load, and a pattern for bulk jobs. The session is closed as the logout procedure has it:
from the listener of the last ``OnPostLogout``.
"""

import asyncio
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from ctios_fast import keywords as kw
from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.errors import CtiOsError
from ctios_fast.model.agents.agent import Agent
from ctios_fast.model.agents.reasons import CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE, unsigned_reason
from ctios_fast.model.agents.states import AVAILABLE, LOGOUT, NOT_READY
from ctios_fast.model.arguments import Arguments
from ctios_fast.model.session import Session
from ctios_fast.protocol import numbers as ged

__all__ = ["STEPS", "Failure", "Report", "work_shift"]


class _Reasons(NamedTuple):
    not_ready: int
    logout: int


class _Step(NamedTuple):
    """One thing that every agent does; all are done with it before any goes on to the next."""

    name: str
    ask: Callable[[Agent, _Reasons], Request[Any]]


_STEPS: Final = (
    _Step("query", lambda agent, _: agent.query_agent_state()),
    _Step("login", lambda agent, _: agent.login()),
    _Step("ready", lambda agent, _: agent.set_agent_state(AVAILABLE)),
    _Step("not ready", lambda agent, why: agent.set_agent_state(NOT_READY, reason_code=why.not_ready)),
    _Step("logout", lambda agent, why: agent.logout(reason_code=why.logout)),
)

STEPS: Final = tuple(step.name for step in _STEPS)
"""Names of the steps, in order."""


class Failure(NamedTuple):
    """An agent that a step failed for; ``error`` is what the request raised."""

    agent_id: str
    step: str
    error: Exception

    def __str__(self) -> str:
        return f"agent {self.agent_id}, {self.step}: {self.error}"


@dataclass(slots=True)
class Report:
    """What became of a shift.

    ``completed``: agents that went through every step. ``events``: how many AGENT_STATE_EVENTs came in
    ``seconds``, the time from the first request to the last answer. ``round_trips``: seconds from each
    request to its confirmation, in no order. ``closed``: whether ``OnConnectionClosed`` came at the end.
    """

    agents: int
    completed: int = 0
    events: int = 0
    seconds: float = 0.0
    round_trips: list[float] = field(default_factory=list, repr=False)
    failures: list[Failure] = field(default_factory=list)
    closed: bool = False

    @property
    def events_per_second(self) -> float:
        """Agent state events per second of the shift."""
        return self.events / self.seconds if self.seconds else 0.0

    def round_trip(self, share: float) -> float:
        """Seconds within which that share of the requests was confirmed (0.99: p99); NaN if none was."""
        if not self.round_trips:
            return math.nan
        ordered = sorted(self.round_trips)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


async def work_shift(
    session: Session,
    agents: Iterable[Agent],
    *,
    window: int = 50,
    not_ready_reason: int = 1,
    logout_reason: int = 1,
    on_step: Callable[[Agent, str], object] | None = None,
) -> Report:
    """Take the session's agents through every step of ``STEPS``, then close the session.

    The session must be in bulk mode. ``window``: how many requests may be unanswered at once. ``on_step`` is
    called with an agent and the name of the step that it is done with, well or not. What fails is in the
    report; an agent that a step failed for takes no further one, but is logged out.
    """
    return await _Shift(session, tuple(agents), window, on_step).work(
        _Reasons(not_ready_reason, logout_reason)
    )


class _Shift:
    """One shift; it is the event sink of its session while it lasts."""

    def __init__(
        self,
        session: Session,
        agents: Sequence[Agent],
        window: int,
        on_step: Callable[[Agent, str], object] | None,
    ) -> None:
        self._session = session
        self._agents = agents
        self._window = window
        self._on_step = on_step
        self._report = Report(len(agents))
        self._asked_at: dict[str, float] = {}
        self._to_log_out = {agent.agent_id for agent in agents}
        self._logged_out: set[str] = set()
        self._failed: set[str] = set()

    async def work(self, reasons: _Reasons) -> Report:
        session, report = self._session, self._report
        session.add_event_listener(self)
        session.on(ged.AGENT_STATE_EVENT, self._count_event)
        try:
            begun = time.perf_counter()
            for step in _STEPS:
                await self._everybody(step, reasons)
            report.seconds = time.perf_counter() - begun
            # the last OnPostLogout asked for this already, unless somebody could not be logged out
            await session.disconnect()
        finally:
            session.off(ged.AGENT_STATE_EVENT, self._count_event)
            session.remove_event_listener(self)
        report.completed = len(self._logged_out - self._failed)
        return report

    async def _everybody(self, step: _Step, reasons: _Reasons) -> None:
        waiting = iter(self._agents)

        async def one_after_the_other() -> None:
            for agent in waiting:
                await self._take(agent, step, reasons)

        await asyncio.gather(*(one_after_the_other() for _ in range(self._window)))

    async def _take(self, agent: Agent, step: _Step, reasons: _Reasons) -> None:
        # one that failed on the way takes no further step, but is not left logged in
        leaving = step is _STEPS[-1] and agent.is_logged_in
        if leaving or agent.agent_id not in self._failed:
            try:
                self._asked_at[agent.agent_id] = time.perf_counter()
                await step.ask(agent, reasons)
            except CtiOsError as error:
                self._failed.add(agent.agent_id)
                self._report.failures.append(Failure(agent.agent_id, step.name, error))
        if self._on_step is not None:
            self._on_step(agent, step.name)

    # --- what the server says -------------------------------------------------------------------

    def _count_event(self, message: Message) -> None:
        self._report.events += 1

    def _confirmed(self, args: Arguments) -> None:
        asked_at = self._asked_at.pop(args[kw.CTIOS_AGENTID], None)
        if asked_at is not None:
            self._report.round_trips.append(time.perf_counter() - asked_at)

    on_query_agent_state_conf = on_set_agent_state_conf = on_control_failure_conf = _confirmed

    def on_post_logout(self, args: Arguments) -> None:
        """Disconnect after the last agent, unless the peripheral itself logged it out."""
        if args[kw.CTIOS_AGENTSTATE] != LOGOUT:
            return
        if unsigned_reason(args[kw.CTIOS_EVENTREASONCODE]) == CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE:
            return
        agent_id = args[kw.CTIOS_AGENTID]
        if agent_id in self._to_log_out:
            self._to_log_out.remove(agent_id)
            self._logged_out.add(agent_id)
            if not self._to_log_out and self._session.is_connected():
                self._session.disconnect()

    def on_connection_closed(self, args: Arguments) -> None:
        """Nothing comes after this."""
        self._report.closed = True
