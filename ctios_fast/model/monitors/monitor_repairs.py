"""MonitorRepairs: the steps that bring teams up to date and start monitors again after a lost connection.

They come after the step about the session's own agent, so that the lists of teams that follow an opening have
come. They come before the steps about calls, so that no event of a monitored device is missed after its calls
were asked for. For the same reason the states of monitored agents are asked for after their monitors have
started.
"""

import logging
from collections.abc import Iterable
from typing import Any, Final

from ctios_fast.errors import Refused
from ctios_fast.model.agents.agent_repairs import AGENTS_ASKED, AgentRepairs
from ctios_fast.model.agents.handlers import AGENTS
from ctios_fast.model.context import Context
from ctios_fast.model.object_request import not_reported
from ctios_fast.model.refusals import is_lasting
from ctios_fast.model.repair_plan import Repairable, Repairs, RepairStep
from ctios_fast.protocol.codes import CTI_SERVICE_SUPERVISOR

from .monitor_control import start_monitor
from .monitor_table import Monitor, MonitorKind
from .monitoring_requests import agent_monitor_lost, list_teams_again

__all__ = ["MEMBERS_LEFT", "MonitorRepairs"]

log = logging.getLogger("ctios_fast.session")

#: Keywords of OnRecovered.
_ASKED: Final = "MonitorsAsked"
_RESTORED: Final = "MonitorsRestored"
_LOST: Final = "MonitorsLost"
MEMBERS_LEFT: Final = "TeamMembersLeft"


class MonitorRepairs(Repairs):
    """Brings the teams of one session up to date and starts its monitors again."""

    keywords = (_RESTORED, _LOST, MEMBERS_LEFT)

    def __init__(self, context: Context) -> None:
        self.context = context
        self.steps = (
            RepairStep(self._find_lists, None, of_objects=False),
            RepairStep(self._find_monitors, _ASKED, of_objects=False),
            RepairStep(self._find_members, AGENTS_ASKED),
        )

    def _find_lists(self) -> Iterable[Repairable]:
        question = _TeamList(self.context)
        return [question] if question.needs_repair() else []

    def _find_monitors(self) -> Iterable[Repairable]:
        wanted = self.context.monitors.wanted.values()
        return [_Question(self, each) for each in list(wanted) if each.monitor_id is None]

    def _find_members(self) -> Iterable[Repairable]:
        repairs: AgentRepairs = self.context.registry[AGENTS.name].repairs  # type: ignore[assignment]
        return repairs.find_left()

    def repair_ended(self) -> None:
        """Nothing more is asked for: lists that have come are complete. Called by the recovery."""
        monitors = self.context.monitors
        if monitors.awaits_lists:  # the question for the teams was given up
            _end_lists(self.context, None)

    def restored(self, monitor: Monitor) -> None:
        """The server has confirmed a monitor."""
        del monitor
        self.context.tally[_RESTORED] += 1

    def refused(self, monitor: Monitor, error: Refused) -> None:
        """The server refuses a monitor, as of a team that is no longer the supervisor's."""
        context = self.context
        monitors = context.monitors
        supervisor: Any = context.current_agent
        context.tally[_LOST] += 1
        log.warning("%r is over since the connection was lost: %s", monitor, error)
        monitors.unwant(monitor)
        if monitor.kind is MonitorKind.DEVICE and supervisor is not None:
            agent_monitor_lost(supervisor, monitor)  # which names the agent's call, and ends it
            return
        if context.calls_of_others is not None:
            context.calls_of_others.monitor_ended(monitor)
        if monitor.kind is MonitorKind.TEAM and supervisor is not None:
            team = monitors.teams.get(monitor.key)
            if team is not None:
                team.unwatch(supervisor)
                context.monitored_agents_changed()


class _TeamList:
    """The question which teams the supervisor has."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def __repr__(self) -> str:
        return "<the list of the supervisor's teams>"

    def needs_repair(self) -> bool:
        """Whether the list still has to be asked for."""
        monitors = self._context.monitors
        return monitors.is_list_due or monitors.awaits_lists

    async def repair(self) -> None:
        """Ask for the list. A refusal leaves the teams that were known and monitored before."""
        context = self._context
        monitors = context.monitors
        teams = await self._ask()
        supervisor = monitors.all_teams_of if monitors.is_list_due else None
        monitors.is_list_due = False
        if supervisor is not None:  # None too if the program has stopped all monitors meanwhile
            for team_id in teams or ():
                monitors.want(MonitorKind.TEAM, team_id)
                team = monitors.team_of(team_id)
                if team is not None:
                    team.watch(supervisor)
            context.monitored_agents_changed()
        if monitors.awaits_lists:
            _end_lists(context, teams)

    async def _ask(self) -> tuple[int, ...] | None:
        # The TeamIDs of the session's supervisor, None where the session cannot ask for them.
        context = self._context
        supervisor: Any = context.current_agent
        if supervisor is None or not context.services_granted & CTI_SERVICE_SUPERVISOR:
            return None
        try:
            teams: tuple[int, ...] | None = await list_teams_again(supervisor)
        except Refused as error:
            if not is_lasting(error):  # the server is busy or not ready: another attempt follows
                raise
            log.warning("the server does not list the teams of agent %s: %s", supervisor.agent_id, error)
            return None
        return teams


def _end_lists(context: Context, teams: tuple[int, ...] | None) -> None:
    # The lists of teams that follow a new connection have come.
    context.monitors.awaits_lists = False
    context.monitors.end_lists(None if teams is None else frozenset(teams))


class _Question:
    """A monitor that has to be started again."""

    def __init__(self, repairs: MonitorRepairs, monitor: Monitor) -> None:
        self._repairs = repairs
        self._monitor = monitor

    def __repr__(self) -> str:
        return repr(self._monitor)

    def needs_repair(self) -> bool:
        """Whether the program still wants the monitor, and the server has not confirmed it."""
        monitor = self._monitor
        key = (monitor.kind, monitor.key)
        wanted = self._repairs.context.monitors.wanted
        return monitor.monitor_id is None and wanted.get(key) is monitor

    async def repair(self) -> None:
        """Start the monitor. Raises what the request fails with, except a refusal of the monitor itself."""
        monitor, repairs = self._monitor, self._repairs
        context = repairs.context
        if not self.needs_repair():
            return
        if monitor.kind is MonitorKind.CALL and monitor.key() is None:
            context.monitors.unwant(monitor)
            return
        try:
            await start_monitor(
                context,
                monitor,
                None,
                started=repairs.restored,
                refused=not_reported,
                is_wanted_after_failure=True,
            )
        except Refused as error:
            if not is_lasting(error):  # the server is busy or not ready: another attempt follows
                raise
            repairs.refused(monitor, error)
