"""MonitorRepairs: the steps that start the monitors of a session again after its connection was lost.

They come before the steps about calls, so that no event of a monitored device is missed after its calls were
asked for.
"""

import logging
from collections.abc import Iterable
from typing import Final

from ctios_fast.errors import Refused
from ctios_fast.model.calls.refusals import is_about_the_call
from ctios_fast.model.context import Context
from ctios_fast.model.object_request import not_reported
from ctios_fast.model.repair_plan import Repairable, Repairs, RepairStep

from .member_arguments import monitoring_arguments
from .monitor_control import start_monitor
from .monitor_table import Monitor, MonitorKind

__all__ = ["MonitorRepairs"]

log = logging.getLogger("ctios_fast.session")

#: Keywords of OnRecovered.
_ASKED: Final = "MonitorsAsked"
_RESTORED: Final = "MonitorsRestored"
_LOST: Final = "MonitorsLost"


class MonitorRepairs(Repairs):
    """Starts the monitors of one session again."""

    keywords = (_RESTORED, _LOST)

    def __init__(self, context: Context) -> None:
        self.context = context
        self.steps = (
            RepairStep(self._find_lists, None, of_objects=False),
            RepairStep(self._find_monitors, _ASKED, of_objects=False),
        )

    def _find_lists(self) -> Iterable[Repairable]:
        monitors = self.context.monitors
        return [_TeamList(self.context)] if monitors.is_list_due else []

    def _find_monitors(self) -> Iterable[Repairable]:
        wanted = self.context.monitors.wanted.values()
        return [_Question(self, each) for each in list(wanted) if each.monitor_id is None]

    def restored(self, monitor: Monitor) -> None:
        """The server has confirmed a monitor."""
        del monitor
        self.context.tally[_RESTORED] += 1

    def refused(self, monitor: Monitor, error: Refused) -> None:
        """The server refuses a monitor, as of a team that is no longer the supervisor's."""
        context = self.context
        monitors, supervisor = context.monitors, context.current_agent
        context.tally[_LOST] += 1
        log.warning("%r is over since the connection was lost: %s", monitor, error)
        monitors.unwant(monitor)
        if supervisor is None:
            return
        if monitor.kind is MonitorKind.TEAM:
            team = monitors.teams.get(monitor.key)
            if team is not None:
                team.unwatch(supervisor.agent_id)
        elif monitor.kind is MonitorKind.DEVICE:
            agent = monitors.monitored_agent(supervisor)
            if agent is not None:
                monitors.choose_agent(supervisor, None)
                context.fire("OnStopMonitoringAgent", monitoring_arguments, supervisor, agent)


class _TeamList:
    """The question which teams the supervisor has, where all of them are monitored."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def __repr__(self) -> str:
        return "<the list of the supervisor's teams>"

    def needs_repair(self) -> bool:
        """Whether the list still has to be asked for."""
        return self._context.monitors.is_list_due

    async def repair(self) -> None:
        """Ask for the list. A refusal leaves the teams that were monitored before."""
        monitors = self._context.monitors
        supervisor = monitors.all_teams_of
        try:
            teams = await supervisor.list_teams_again()
        except Refused:
            teams = ()
        monitors.is_list_due = False
        for team_id in teams:
            monitors.want(MonitorKind.TEAM, team_id)
            team = monitors.team_of(team_id)
            if team is not None:
                team.watch(supervisor.agent_id)


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
            if not is_about_the_call(error):  # the server is busy or not ready: another attempt follows
                raise
            repairs.refused(monitor, error)
