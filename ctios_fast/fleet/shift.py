"""A shift: many agents over one bulk session take the steps query, login, ready, not ready, logout.

It is the smallest job that uses everything between a program and a CTI Server. It serves as a check of a
site after a change, as a load, and as a pattern for bulk jobs. The session ends as the logout procedure
requires: the listener of the last ``OnPostLogout`` disconnects it.
"""

import asyncio
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ctios_fast import keywords as kw
from ctios_fast._checks import check_integer
from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.errors import CtiOsError
from ctios_fast.model.agents.agent import Agent
from ctios_fast.model.agents.reasons import CTIOS_IPCC_FORCED_LOGOUT_REASON_CODE, unsigned_reason
from ctios_fast.model.agents.states import AVAILABLE, LOGOUT, NOT_READY
from ctios_fast.model.arguments import Arguments
from ctios_fast.model.session import Session
from ctios_fast.protocol import numbers as ged

if TYPE_CHECKING:
    from ctios_fast.event_types import AgentStateArguments

__all__ = ["STEPS", "Failure", "Report", "work_shift"]

#: Largest reason code: EventReasonCode has 16 bits.
MAX_REASON: Final = 0xFFFF


class _Reasons(NamedTuple):
    """Reason codes of the steps."""

    not_ready: int
    logout: int


class _Step(NamedTuple):
    """One step. All agents finish it before any agent begins the next one."""

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
"""Names of the steps, in their order."""


class Failure(NamedTuple):
    """A step that failed for an agent. ``error`` is what the request raised."""

    agent_id: str
    step: str
    error: Exception

    def __str__(self) -> str:
        return f"agent {self.agent_id}, {self.step}: {self.error}"


@dataclass(slots=True)
class Report:
    """The result of a shift.

    ``agents``: number of agents.
    ``completed``: number of agents that took every step.
    ``events``: number of AGENT_STATE_EVENTs received.
    ``seconds``: time from the first request to the last answer.
    ``round_trips``: seconds from each request to its confirmation, in no order.
    ``failures``: steps that failed.
    ``closed``: True if ``OnConnectionClosed`` was fired at the end.
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
        """Return the seconds within which a share of the requests was confirmed; NaN if none was.

        ``share``: from 0 to 1; 0.99 for the 99th percentile. Raises ValueError outside this range.
        """
        if not 0 <= share <= 1:
            raise ValueError(f"share must be from 0 to 1, got {share!r}")
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
    """Take agents through every step of ``STEPS``, then close the session.

    ``session``: an open session in bulk mode.
    ``agents``: agents of that session.
    ``window``: number of requests that may be unanswered at once, 1 or more.
    ``not_ready_reason``, ``logout_reason``: reason codes, 0 to 65535.
    ``on_step``: called with an agent and the name of a step after each step, whether it succeeded or failed.

    A step that fails is in the report. Its agent takes no further step, but is logged out.

    Raises TypeError or ValueError for an argument of the wrong type or outside its range, before any request.
    """
    if not isinstance(session, Session):
        raise TypeError(f"session must be a Session, got {type(session).__name__}")
    if isinstance(agents, str | bytes) or not isinstance(agents, Iterable):
        raise TypeError(f"agents must be Agents, got {agents!r}")
    agents = tuple(agents)
    for agent in agents:
        if not isinstance(agent, Agent):
            raise TypeError(f"agents must be Agents, got {agent!r}")
    check_integer("window", window, 1)
    check_integer("not_ready_reason", not_ready_reason, 0, MAX_REASON)
    check_integer("logout_reason", logout_reason, 0, MAX_REASON)
    if on_step is not None and not callable(on_step):
        raise TypeError(f"on_step must be callable or None, got {on_step!r}")
    return await _Shift(session, agents, window, on_step).work(_Reasons(not_ready_reason, logout_reason))


class _Shift:
    """One shift. It is an event sink of its session until it ends."""

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
        self._asked_at: dict[str, float] = {}  # time of each agent's open request
        self._to_log_out = {agent.agent_id for agent in agents}
        self._logged_out: set[str] = set()
        self._failed: set[str] = set()  # agents with a failed step

    async def work(self, reasons: _Reasons) -> Report:
        session, report = self._session, self._report
        session.add_event_listener(self)
        session.on(ged.AGENT_STATE_EVENT, self._count_event)
        try:
            begun = time.perf_counter()
            for step in _STEPS:
                await self._all_take(step, reasons)
            report.seconds = time.perf_counter() - begun
            # the listener of the last OnPostLogout has called this, unless an agent could not be logged out
            await session.disconnect()
        finally:
            session.off(ged.AGENT_STATE_EVENT, self._count_event)
            session.remove_event_listener(self)
        report.completed = len(self._logged_out - self._failed)
        return report

    async def _all_take(self, step: _Step, reasons: _Reasons) -> None:
        waiting = iter(self._agents)

        async def take_in_turn() -> None:
            for agent in waiting:
                await self._take(agent, step, reasons)

        await asyncio.gather(*(take_in_turn() for _ in range(min(self._window, len(self._agents)))))

    async def _take(self, agent: Agent, step: _Step, reasons: _Reasons) -> None:
        # an agent with a failed step takes no further one, but is logged out
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

    # --- Events ---------------------------------------------------------------------------------

    def _count_event(self, message: Message) -> None:
        self._report.events += 1

    def _confirmed(self, args: Arguments) -> None:
        asked_at = self._asked_at.pop(args.get_value_string(kw.CTIOS_AGENTID), None)
        if asked_at is not None:
            self._report.round_trips.append(time.perf_counter() - asked_at)

    on_query_agent_state_conf = on_set_agent_state_conf = on_control_failure_conf = _confirmed

    def on_post_logout(self, args: "AgentStateArguments") -> None:
        """Disconnect after the last agent, unless the peripheral forced this logout."""
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
        """Note the end of the session."""
        self._report.closed = True
