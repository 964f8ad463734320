"""What configuration messages do to a session: names of objects are reported, and records are kept."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from ctios_fast import keywords as kw
from ctios_fast.core import Handler
from ctios_fast.model.agents.agent import Agent
from ctios_fast.model.agents.handlers import AGENTS
from ctios_fast.model.arguments import Arguments, arguments_over
from ctios_fast.model.context import Context
from ctios_fast.model.kind import Feature
from ctios_fast.model.registry import Table
from ctios_fast.model.skill_groups.handlers import SKILL_GROUPS
from ctios_fast.model.skill_groups.skill_group import SkillGroup

from .acquisition import Acquisition
from .configuration import Change, Records
from .events import CONFIGURATION_EVENTS
from .items import Item
from .records import SkillGroupRecord

__all__ = ["CONFIGURATION"]


def _handlers(context: Context) -> dict[int, Handler]:
    reports = _NameReports(context)
    acquisition = Acquisition(context, reports.changed, reports.replaced)
    context.registry.add_repairs(acquisition)
    return acquisition.handlers()


def _counts(context: Context) -> Mapping[str, int]:
    return context.configuration.counts


#: What this folder adds to a session.
CONFIGURATION: Final = Feature(CONFIGURATION_EVENTS, _handlers, _counts)


class _NameReports:
    """Fires the events that report names: when a record comes, and when an object joins the session.

    The skill groups of a configuration join the session. Agents do not, since a peripheral may have many
    thousands that never log in.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        agents: Table[Agent] = context.registry[AGENTS.name]
        groups = self._groups = context.registry[SKILL_GROUPS.name]
        agents.joined = self._report_agent
        groups.joined = self._report_group
        #: By item: the objects that its records name, what reports one, and the attributes that are reported.
        self._named: dict[str, tuple[Table[Any], Callable[[Any], object], tuple[str, ...]]] = {
            "agents": (agents, self._report_agent, _AGENT_NAMES),
            "skill_groups": (groups, self._report_group, _GROUP_NAMES),
        }

    def changed(self, change: Change) -> None:
        """An update changed a record."""
        if change.item.name in self._named and change.record is not None:
            table, report, names = self._named[change.item.name]
            each = table.get(change.key)
            if each is None:
                self._join(change.item, (change.key,))
            elif _differ(change.before, change.record, names):
                report(each)

    def replaced(self, item: Item, records: Records) -> Callable[[], object]:
        """The records of an item will be replaced. Returns what reports the names that are new."""
        if item.name not in self._named:
            return _nothing
        table, report, names = self._named[item.name]
        present = self._context.configuration.records(item)
        new = [
            each
            for key, each in table.by_key.items()
            if key in records and _differ(present.get(key), records[key], names)
        ]

        def report_all() -> None:
            for each in new:
                report(each)
            self._join(item, records)

        return report_all

    def _join(self, item: Item, keys: Iterable[Any]) -> None:
        # Joining reports the name.
        if item.record is SkillGroupRecord:
            context = self._context
            self._groups.adopt_all(keys, lambda number: SkillGroup(number, context.peripheral_id, context))

    def _report_agent(self, agent: Agent) -> None:
        if agent.configured is not None:
            is_own = self._is_own(agent)
            event = "OnAgentInfoEvent" if is_own else "OnMonitoredAgentInfoEvent"
            self._context.fire(event, _agent_arguments, agent, is_own)

    def _is_own(self, agent: Agent) -> bool:
        # In agent mode every other agent is a monitored one, in the modes that hear all only some are.
        context = self._context
        if context.hears_all:
            return not context.monitors.is_monitored(agent.agent_id)
        return agent is context.current_agent

    def _report_group(self, group: SkillGroup) -> None:
        if group.configured is not None:
            self._context.fire("OnSkillInfoEvent", _group_arguments, group)


#: Attributes of records that the events report.
_AGENT_NAMES: Final = ("first_name", "last_name", "login_name")
_GROUP_NAMES: Final = ("name",)


def _differ(before: Any, record: Any, names: tuple[str, ...]) -> bool:
    return before is None or any(getattr(before, name) != getattr(record, name) for name in names)


def _nothing() -> None:
    return None


def _agent_arguments(agent: Agent, is_own: bool) -> Arguments:
    values: dict[str, Any] = {
        kw.CTIOS_UNIQUEOBJECTID: agent.unique_object_id,
        kw.CTIOS_AGENTID: agent.agent_id,
        kw.CTIOS_AGENTLASTNAME: agent.last_name or "",
        kw.CTIOS_AGENTFIRSTNAME: agent.first_name or "",
        kw.CTIOS_LOGINNAME: agent.login_name or "",
    }
    if not is_own:
        values[kw.CTIOS_MONITORED] = True
    return arguments_over(values)


def _group_arguments(group: SkillGroup) -> Arguments:
    return arguments_over(
        {
            kw.CTIOS_SKILLGROUPNUMBER: group.skill_group_number,
            kw.CTIOS_SKILLGROUPNAME: group.name or "",
            kw.CTIOS_UNIQUEOBJECTID: group.unique_object_id,
        }
    )
