"""What a session does for its skill groups. No message makes a change to them that was not asked for."""

from collections.abc import Collection
from typing import Final

from ctios_fast.core import Handler
from ctios_fast.model.agents.handlers import AGENTS
from ctios_fast.model.agents.statistics_of_agent import AgentsWithStatistics
from ctios_fast.model.context import Context
from ctios_fast.model.kind import Kind
from ctios_fast.model.registry import Table
from ctios_fast.model.statistics.group_poll import GroupPoll
from ctios_fast.model.statistics.session_polls import PollRepairs, SessionPolls

from .events import SKILL_GROUP_EVENTS
from .skill_group import SkillGroup, poll_of

__all__ = ["SKILL_GROUPS"]


class _KnownGroups:
    """The skill groups of a session, for its statistics."""

    def __init__(self, context: Context, groups: Table[SkillGroup]) -> None:
        self._context = context
        self._groups = groups

    def group(self, number: int) -> SkillGroup | None:
        """The group of that number, created if it is not known; None if it cannot be adopted."""
        context = self._context
        return self._groups.adopt(number, lambda: SkillGroup(number, context.peripheral_id, context))

    def all(self) -> Collection[SkillGroup]:
        """The groups that are known. Those of the configuration joined the session when it came."""
        return tuple(self._groups)

    def poll(self, group: SkillGroup) -> GroupPoll:
        """The polling of one of these groups."""
        return poll_of(group)


def _handlers(context: Context, groups: Table[SkillGroup]) -> dict[int, Handler]:
    agents = AgentsWithStatistics(context.registry[AGENTS.name])
    context.monitors.monitoring_changed = agents.monitoring_changed
    polls = SessionPolls(context, agents, _KnownGroups(context, groups), groups.counts, context.rng)
    context.statistics = polls
    groups.repairs = PollRepairs(polls.poller)
    return {}


def _find(groups: Table[SkillGroup], rest: str) -> SkillGroup | None:
    peripheral_id, _, number = rest.partition(".")
    group = groups.get(int(number)) if number.isdecimal() and len(number) <= 10 else None
    return group if group is not None and str(group.peripheral_id) == peripheral_id else None


#: The kind of object that this folder adds to a session. Its key is a number.
SKILL_GROUPS: Final = Kind("skillgroup", 10, SKILL_GROUP_EVENTS, _find, _handlers)
