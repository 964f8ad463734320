"""What messages do to the teams of a session, and to monitors that are confirmed too late."""

import logging
from collections.abc import Collection, Container, Iterable
from functools import partial
from typing import Any, Final

from ctios_fast.connection.log_limit import LogLimit
from ctios_fast.core import Handler, Message
from ctios_fast.model.agents.agent import Agent
from ctios_fast.model.agents.handlers import AGENTS
from ctios_fast.model.agents.state_of_agent import apply_listed_state
from ctios_fast.model.context import Context
from ctios_fast.model.cti_object import CtiObject, context_of
from ctios_fast.model.kind import Kind
from ctios_fast.model.null_ids import names_nothing
from ctios_fast.model.registry import Table
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol.codes import CTI_SERVICE_SUPERVISOR

from .events import MONITOR_EVENTS
from .member_arguments import ADDED, REMOVED, member_arguments
from .monitor_control import adjust_states, stop_unwanted
from .monitor_repairs import MEMBERS_LEFT, MonitorRepairs
from .monitoring_requests import companion_left, follow_to_device, stop_monitoring_former_member
from .team_table import MAX_PART, TEAM_MEMBERS_REFUSED, LifeOfTeams, Listed, Team, listed_members

__all__ = ["TEAMS"]

#: ConfigOperation of the wire: the list of the whole team, and members that join or leave.
_WHOLE_LIST, _ADD, _REMOVE = 0, 1, 2
#: Counter of the session: messages about teams whose numbers contradict what they list.
_CONTRADICTING: Final = "team_lists_contradicting"
#: Answers to heartbeats after which an open list has ended. The second heartbeat was sent when the last part
#: of the list had come, so a server that answers it had nothing to add.
_BEATS_AFTER_LIST: Final = 2


class TeamLists:
    """Takes in what a session's messages say of its teams.

    A list ends with a message that is not full, with a message that cannot continue it, with one about
    another team, or after ``_BEATS_AFTER_LIST`` heartbeats. The lists that follow a new connection end
    together, when the server has answered what was asked after them: changes that come in between are part of
    what they say.
    """

    def __init__(self, context: Context, teams: Table[Team]) -> None:
        self._context = context
        self._teams = teams
        self._agents: Table[Agent] = context.registry[AGENTS.name]
        #: The team of the last message.
        self._last: Team | None = None
        #: Answers to heartbeats since that message.
        self._beats = 0
        self._log = LogLimit(logging.getLogger("ctios_fast.session"))
        context.monitors.counts.update({TEAM_MEMBERS_REFUSED: 0, _CONTRADICTING: 0})
        teams.counts = context.monitors.counts

    def team(self, team_id: int) -> Team | None:
        """The team of that TeamID; it is created if it is not known. None where there are too many."""
        context = self._context
        return self._teams.adopt(team_id, lambda: Team(team_id, context.peripheral_id, context.monitors))

    def on_config(self, message: Message) -> None:
        """Handle an AGENT_TEAM_CONFIG_EVENT."""
        context = self._context
        peripheral_id = message["PeripheralID"]
        if peripheral_id != context.peripheral_id or names_nothing(peripheral_id):
            self._teams.unknown += 1
            return
        team = self.team(message["TeamID"])
        if team is None:
            return
        if self._last is not None and self._last is not team and not context.monitors.awaits_lists:
            self._end(self._last)
        self._last, self._beats = team, 0
        name = message.get("AgentTeamName")
        if isinstance(name, str) and name:
            team.name = name
        self._take(team, message["ConfigOperation"], message)
        context.monitored_agents_changed()

    def _take(self, team: Team, operation: int, message: Message) -> None:
        listed = list(listed_members(message.floating()))
        is_consistent = len(listed) == message["NumberOfAgents"]
        if not is_consistent or operation not in (_WHOLE_LIST, _ADD, _REMOVE):
            self._context.monitors.counts[_CONTRADICTING] += 1
            self._log.warning(
                "a message about team %d lists %d members, its NumberOfAgents is %d, its ConfigOperation %d",
                team.team_id,
                len(listed),
                message["NumberOfAgents"],
                operation,
            )
        named = [each.agent_id for each in listed]
        is_waiting = self._context.monitors.awaits_lists
        if not is_consistent:
            team.abandon_list()
        elif operation == _REMOVE:
            if is_waiting:
                team.exclude(named)
            else:
                self._end(team)
        elif self._is_part(team, operation, listed):
            is_full = len(listed) >= MAX_PART
            team.take_part(named, is_full=is_full, is_whole=operation == _WHOLE_LIST)
        if operation in (_WHOLE_LIST, _ADD):
            for each in listed:
                self._add(team, each)
            if team.is_listed and not team.goes_on and not is_waiting:
                self._end(team)
        elif operation == _REMOVE:
            self._remove(team, named)
            self._members_left(named)

    def _is_part(self, team: Team, operation: int, listed: Collection[Listed]) -> bool:
        # Whether a message is a part of a list. One that adds members is one where it continues a list, and
        # where the list is due that a server sends to a supervisor's session over a new connection.
        if operation != _ADD:
            return operation == _WHOLE_LIST
        if team.is_listed:
            return True
        context = self._context
        if not team.is_stale or not context.services_granted & CTI_SERVICE_SUPERVISOR:
            return False
        # A list that comes late is distinguished from members that join: it names present members.
        return (
            context.monitors.awaits_lists
            or not 0 < len(listed) < MAX_PART
            or any(team.members.get(each.agent_id) == each.flags for each in listed)
        )

    def on_heartbeat(self) -> None:
        """The server has answered a heartbeat."""
        self._beats += 1
        team, monitors = self._last, self._context.monitors
        if team is None or not team.is_listed or self._beats < _BEATS_AFTER_LIST or monitors.awaits_lists:
            return
        self._end(team)
        self._context.monitored_agents_changed()

    def end_all(self, existing: Container[int] | None) -> None:
        """The lists that follow a new connection have come: who is not in them has left.

        - ``existing``: the TeamIDs that exist, None where these are not known. A team that neither they nor a
          list names is over.
        """
        former: list[str] = []
        for team in list(self._teams):
            if team.is_listed:
                former += self._remove(team, team.end_list(), is_found=True)
            elif team.is_stale and existing is not None and team.team_id not in existing:
                former += self._remove(team, team.former_members(), is_found=True)
                if not team.members:
                    self._teams.remove(team.team_id)
        self._last = None
        self._context.tally[MEMBERS_LEFT] += len(former)
        self._members_left(former)
        self._context.monitored_agents_changed()

    def _end(self, team: Team) -> None:
        # The open list of a team is complete.
        is_found = team.is_stale
        former = self._remove(team, team.end_list(), is_found=is_found)
        self._members_left(former)

    def _add(self, team: Team, listed: Listed) -> None:
        context, agent_id = self._context, listed.agent_id
        agent: Agent | None = context.agent_named(agent_id)  # type: ignore[assignment]
        if agent is None:
            return
        was_heard = context.hears(agent)
        is_changed = team.add(agent_id, listed.flags)
        if listed.state is not None and (agent.state is None or not (was_heard or agent.is_doubtful)):
            # the only source of the state: where events or a repair report it, they decide
            is_changed = is_changed or agent.state != listed.state
            apply_listed_state(agent, listed.state)
        elif not was_heard and context.hears(agent):
            context.ask_for_states([agent])
        if not is_changed or agent_id not in team.members:
            return
        team.reported[agent_id] = context.monitors.team_requests
        context.fire("OnNewAgentTeamMember", member_arguments, agent, team, ADDED, listed)

    def _remove(self, team: Team, agent_ids: Iterable[str], *, is_found: bool = False) -> list[str]:
        # Returns the AgentIDs that were members. ``is_found``: no message said that they left.
        removed = [agent_id for agent_id in agent_ids if team.remove(agent_id)]
        for agent_id in removed:
            agent = self._agents.get(agent_id)
            if agent is not None:
                self._context.fire(
                    "OnNewAgentTeamMember", member_arguments, agent, team, REMOVED, None, is_found
                )
        return removed

    def _members_left(self, agent_ids: Collection[str]) -> None:
        # A supervisor does not monitor the calls of an agent who left the last of its teams.
        supervisor: Any = self._context.current_agent
        monitored = None if supervisor is None or not agent_ids else supervisor.monitored_agent
        if monitored is None or monitored.agent_id not in agent_ids:
            return
        if not any(monitored.agent_id in team.members for team in self._teams):
            stop_monitoring_former_member(supervisor)

    def device_changed(self, agent: Agent) -> None:
        """An agent is at another device, and the monitor of its calls follows.

        Bulk mode needs no monitor for that: each event of a call is looked up by its device.
        """
        supervisor: Any = self._context.current_agent
        if supervisor is not None and not self._context.hears_all:
            follow_to_device(supervisor, agent)

    def on_late(self, message: Message) -> None:
        """Handle the confirmation of a monitor whose request was given up before.

        It is stopped unless the program wants such a monitor and another request for it is on its way.
        """
        context = self._context
        monitors = context.monitors
        monitor = monitors.late.pop(message["InvokeID"], None)
        if monitor is None:
            return
        wanted = monitors.wanted.get((monitor.kind, monitor.key))
        if wanted is not None and wanted.monitor_id is None:
            monitors.started_late(wanted, message["MonitorID"])
            return
        stop_unwanted(context, monitor.kind, message["MonitorID"])

    def on_late_stop(self, message: Message) -> None:
        """Handle the confirmation that a monitor is over whose request was given up before."""
        over = self._context.monitors.late_stops.pop(message["InvokeID"], None)
        if over is not None:
            over()

    def forget(self) -> None:
        """The mode is over: its teams go, and in agent mode their agents, except the session's own.

        Supervisors of other sessions, whose companion this one was, monitor nothing through it any more.
        """
        context = self._context
        for supervisor, agent in context.monitors.monitored_agents():
            if context_of(supervisor) is not context:
                context.monitors.choose_agent(supervisor, None)
                companion_left(supervisor, agent)
        mode, current = context.mode, context.current_agent
        members = {agent_id for team in self._teams for agent_id in team.members}
        for team_id in list(self._teams.by_key):
            self._teams.remove(team_id)
        self._last = None
        if mode is not None and mode.is_agent:
            for agent_id in members:
                if self._agents.get(agent_id) is not current:
                    self._agents.remove(agent_id)


def _handlers(context: Context, teams: Table[Team]) -> dict[int, Handler]:
    lists = TeamLists(context, teams)
    teams.repairs = MonitorRepairs(context)
    monitors = context.monitors
    monitors.teams = teams.by_key
    monitors.device_changed = lists.device_changed
    monitors.adjust_states = partial(adjust_states, context)
    monitors.forget_teams, monitors.team_of = lists.forget, lists.team
    monitors.end_lists, monitors.heartbeat_answered = lists.end_all, lists.on_heartbeat
    return {
        ged.AGENT_TEAM_CONFIG_EVENT: lists.on_config,
        ged.MONITOR_START_CONF: lists.on_late,
        ged.MONITOR_AGENT_TEAM_START_CONF: lists.on_late,
        ged.MONITOR_STOP_CONF: lists.on_late_stop,
        ged.MONITOR_AGENT_TEAM_STOP_CONF: lists.on_late_stop,
    }


def _find(teams: Table[Team], rest: str) -> CtiObject | None:
    # Teams have UniqueObjectIDs for events only, as in CTI OS.
    del teams, rest
    return None


#: The kind of object that this folder adds to a session. Its key is a number.
TEAMS: Final = Kind("team", 10, MONITOR_EVENTS, _find, _handlers, LifeOfTeams())
