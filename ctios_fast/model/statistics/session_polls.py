"""SessionPolls: what one session polls, and how the polling follows the session, its gaps and its calls."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol, cast

from ctios_fast.model.context import Context, CurrentAgent
from ctios_fast.model.repair_plan import Repairable, Repairs, RepairStep

from .agent_poll import AgentPoll
from .group_wish import GroupWish, KnownGroups
from .poller import StatisticsPoller

if TYPE_CHECKING:
    import random

__all__ = ["KnownAgents", "PollRepairs", "SessionPolls", "enabling_polls", "session_polls"]


class KnownAgents(Protocol):
    """The agents of a session. The folder of agents has it."""

    def call_ended(self, agent: CurrentAgent) -> None:
        """A call of the agent has ended."""

    def end_statistics(self) -> None:
        """The mode is over: no agent's statistics are enabled any more."""


class SessionPolls:
    """The statistics of one session. ``Context.statistics`` is one.

    - ``poller``: asks for them.
    - ``groups``: the session's skill groups.
    - ``wish``: the skill groups that the program has enabled for the session itself.
    - ``after_calls``: how many agents are asked for after their calls. Handlers look there first.
    """

    __slots__ = ("_agents", "_context", "after_calls", "groups", "poller", "wish")

    def __init__(
        self,
        context: Context,
        agents: KnownAgents,
        groups: KnownGroups,
        counts: dict[str, int],
        rng: "random.Random | None",
    ) -> None:
        self.poller = StatisticsPoller(context, counts, rng)
        self.groups = groups
        self.wish = GroupWish(None, self.poller, groups)
        self.after_calls = 0
        self._agents = agents
        self._context = context

    def begin_agent_poll(self, poll: AgentPoll, *, at_call_end: bool) -> None:
        """Begin to poll an agent."""
        self.after_calls += at_call_end
        poll.begin()

    def end_agent_poll(self, poll: AgentPoll, *, at_call_end: bool) -> None:
        """Poll an agent no more."""
        self.after_calls -= at_call_end
        poll.end()

    def call_ended(self, device: str, is_own: bool) -> None:
        """A call has ended.

        - ``device``: where it was.
        - ``is_own``: whether the event is the session's own, not a monitor's.
        """
        context = self._context
        agent = context.current_agent if is_own else None
        if agent is None:
            agent = context.agent_at(device)
        if agent is not None:
            self._agents.call_ended(agent)

    def stop(self) -> None:
        """The mode is over."""
        self._agents.end_statistics()
        self.wish.end()
        self.poller.stop()


class PollRepairs(Repairs):
    """Pauses the polling during a gap. Its step comes last, when agents and calls are up to date."""

    def __init__(self, poller: StatisticsPoller) -> None:
        self._poller = poller
        self.steps = (RepairStep(self._resume, None, of_objects=False),)

    def gap_began(self) -> None:
        """Events may be missed from now on."""
        self._poller.pause()

    def gap_ended(self) -> None:
        """The mode is open for the first time."""
        self._poller.resume()

    def _resume(self) -> Iterable[Repairable]:
        self._poller.resume()
        return ()


def enabling_polls(context: Context) -> SessionPolls:
    """The statistics of the context's session, to enable some of them.

    Raises ``MethodError`` for a session without a mode, and in a thread other than the session's loop's.
    """
    error = context.unready()
    if error is not None and context.mode is None:
        raise error
    return session_polls(context)


def session_polls(context: Context) -> SessionPolls:
    """The statistics of the context's session."""
    return cast(SessionPolls, context.statistics)
