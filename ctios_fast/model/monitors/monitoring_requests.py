"""MonitoringRequests: the teams, agents and calls that a supervisor monitors. ``Agent`` inherits it."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial, reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Final
from weakref import ReferenceType, ref

from ctios_fast import keywords as kw
from ctios_fast._checks import shown
from ctios_fast.connection.request_book import Request
from ctios_fast.enums import CilCode
from ctios_fast.errors import ConnectionLost, MethodError, Refused
from ctios_fast.model.agents.desk_properties import DeskProperties
from ctios_fast.model.coercion import MAX_UINT, integer, optional_seconds, received, refuse
from ctios_fast.model.context import Context
from ctios_fast.model.cti_object import CtiObject, context_of
from ctios_fast.model.named_call import CallReference
from ctios_fast.model.object_request import not_reported
from ctios_fast.model.registry import Table
from ctios_fast.model.supervisors.companion import call_of_either, joined_call, monitored_by
from ctios_fast.protocol.codes import (
    CTI_SERVICE_PERIPHERAL_MONITOR,
    CTI_SERVICE_SUPERVISOR,
    NULL_ID,
)

from .member_arguments import ADDED, Member, member_arguments, monitoring_arguments
from .monitor_control import answered, follow, start_monitor, stop_monitor
from .monitor_table import AgentStart, Monitor, MonitorKind, devices_of
from .team_requests import Series, TeamListRequest, add_cure
from .team_table import Team

if TYPE_CHECKING:
    from ctios_fast.messages import (
        MonitorAgentTeamStartConf,
        MonitorAgentTeamStopConf,
        MonitorStartConf,
        MonitorStopConf,
        QueryAgentStateConf,
    )
    from ctios_fast.model.calls.call import Call

__all__ = [
    "MonitoringRequests",
    "agent_monitor_lost",
    "companion_left",
    "follow_to_device",
    "list_teams_again",
    "stop_monitoring_former_member",
]

_TEAM_KEYWORDS: Final = (kw.CTIOS_TEAMID,)
_AGENT_KEYWORDS: Final = (kw.CTIOS_AGENTREFERENCE,)
_CALL_KEYWORDS: Final = (kw.CTIOS_CALLREFERENCE,)
#: Values of a skill target id that name no agent.
_NO_TARGET: Final = (None, 0, -1, NULL_ID)
_NO_TARGET_WORDS: Final = "its skill target id is not known"

log = logging.getLogger("ctios_fast.session")


class MonitoringRequests(DeskProperties):
    """What an Agent who is a supervisor monitors.

    The object is always the supervisor's own Agent: in agent mode ``session.current_agent``, in bulk mode any
    Agent. In bulk mode the session hears every agent already. So the server is asked for nothing: events of
    the agents and calls that a supervisor monitors are monitored events from then on, and the others are the
    session's own.

    Each method takes its values by keyword, or in Arguments (``args``) under CTI OS's keywords. ``timeout``
    is in seconds, the session's ``request_timeout`` unless given.

    The methods fail with ``ControlFailure`` and ``RequestRefused``, which fire ``OnControlFailureConf``, and
    with ``RequestTimeout``, ``ConnectionLost`` and ``MethodError``. They raise ``MethodError`` for a value
    that cannot be used, and where the session cannot send the request; the error names the cure.
    """

    __slots__ = ()

    @property
    def agent_flags(self) -> int | None:
        """AgentFlags of the agent in its teams together, None for an agent of none.

        1: a primary supervisor; 2: a temporary agent; 4: a supervisor; 0: another agent.
        """
        teams = () if self._context is None else self._context.monitors.teams.values()
        flags = [team.members[self.agent_id] for team in teams if self.agent_id in team.members]
        return reduce(or_, flags) if flags else None

    # --- Teams ----------------------------------------------------------------------------------------

    def request_agent_team_list(
        self,
        args: Mapping[str, object] | None = None,
        *,
        supervisor_id: int | None = None,
        timeout: float | None = None,
    ) -> "Request[tuple[int, ...]]":
        """Ask for the teams that the supervisor may monitor; the answer is their TeamIDs.

        - ``args``: CTI OS reserves them.
        - ``supervisor_id``: the supervisor's skill target id. Unless given it is that of the configuration or
          of the last message about the agent's state; the agent is queried for it if need be.
        - ``timeout``: seconds for each request.

        ``OnNewAgentTeamMember`` reports each member of these teams once: those that the session knows with
        the answer, the others when the server lists them.

        Needs Supervisor. Fails and raises as the class says.
        """
        args = received("request_agent_team_list", args, ())  # type: ignore[assignment]
        timeout = _checked_seconds(args, timeout)
        context = self._monitoring_context(CTI_SERVICE_SUPERVISOR, "request_agent_team_list()")
        return self._list_teams(context, _target(supervisor_id), timeout)

    def start_monitoring_agent_team(
        self,
        args: Mapping[str, object] | None = None,
        *,
        team_id: int | None = None,
        members: Iterable[str] = (),
        timeout: float | None = None,
    ) -> "Request[MonitorAgentTeamStartConf | None]":
        """Hear the states of the agents of a team: ``OnMonitoredAgentStateChange``.

        - ``args``: TeamID.
        - ``team_id``: required, 0 to 4294967294.
        - ``members``: in bulk mode, AgentIDs of the team's members, where the server does not list them.
        - ``timeout``: seconds.

        A team that is monitored already is not monitored again. After a fail-over it is monitored anew.

        Needs Supervisor. Fails and raises as the class says.
        """
        args = received("start_monitoring_agent_team", args, _TEAM_KEYWORDS)  # type: ignore[assignment]
        timeout = _checked_seconds(args, timeout)
        context = self._monitoring_context(CTI_SERVICE_SUPERVISOR, "start_monitoring_agent_team()")
        number = _team_number("start_monitoring_agent_team", _given(team_id, args, kw.CTIOS_TEAMID))
        if context.hears_all:
            return self._watch_team(context, number, members)
        return self._start_team(context, number, timeout)

    def stop_monitoring_agent_team(
        self,
        args: Mapping[str, object] | None = None,
        *,
        team_id: int | None = None,
        timeout: float | None = None,
    ) -> "Request[MonitorAgentTeamStopConf | None]":
        """Stop hearing the states of a team's agents.

        - ``args``: TeamID.
        - ``team_id``: required, 0 to 4294967294.
        - ``timeout``: seconds.

        Needs Supervisor. Fails and raises as the class says; raises ``MethodError`` for a team that is not
        monitored.
        """
        args = received("stop_monitoring_agent_team", args, _TEAM_KEYWORDS)  # type: ignore[assignment]
        timeout = _checked_seconds(args, timeout)
        context = self._monitoring_context(CTI_SERVICE_SUPERVISOR, "stop_monitoring_agent_team()")
        number = _team_number("stop_monitoring_agent_team", _given(team_id, args, kw.CTIOS_TEAMID))
        if number not in self._monitored_teams(context):
            raise refuse(f"team {number} is not monitored")
        return self._stop_team(context, number, timeout)

    def start_monitoring_all_agent_teams(
        self,
        args: Mapping[str, object] | None = None,
        *,
        supervisor_id: int | None = None,
        timeout: float | None = None,
    ) -> "Request[tuple[int, ...]]":
        """Hear the states of the agents of all teams of the supervisor; the answer is their TeamIDs.

        - ``args``: CTI OS reserves them.
        - ``supervisor_id``: as in ``request_agent_team_list``.
        - ``timeout``: seconds for each request.

        The teams are listed first. Where the server refuses one of them the others are monitored
        nevertheless, and the request fails in the end. After a fail-over the teams are listed again. In bulk
        mode it is for the teams that the session knows; without one it raises ``MethodError``.

        Needs Supervisor. Fails and raises as the class says.
        """
        args = received("start_monitoring_all_agent_teams", args, ())  # type: ignore[assignment]
        timeout = _checked_seconds(args, timeout)
        context = self._monitoring_context(CTI_SERVICE_SUPERVISOR, "start_monitoring_all_agent_teams()")
        target = _target(supervisor_id)
        outcome: Request[Any] = Request("StartMonitoringAllAgentTeams")
        context.own(outcome)
        if context.hears_all:
            teams = tuple(context.monitors.teams)
            if not teams:
                raise refuse(
                    "no message has listed a team: name each team and its members, "
                    "start_monitoring_agent_team(team_id=..., members=[...]), as a session that hears all "
                    "agents does not ask for teams",
                    CilCode.E_CTIOS_MODE_CONFLICT,
                )
            for number in teams:
                self._watch_team(context, number, ())
            outcome.set_result(teams)
            return outcome

        def listed(request: Request[Any]) -> None:
            if request.cancelled() or request.exception() is not None:
                follow(request, outcome)
                return
            teams = request.result()
            if context.monitors.all_teams_stops == stops:
                context.monitors.all_teams_of = self
            Series(outcome, self._start_all(context, outcome, teams, timeout, stops), teams)

        stops = context.monitors.all_teams_stops
        self._list_teams(context, target, timeout).add_done_callback(listed)
        return outcome

    def stop_monitoring_all_agent_teams(
        self, args: Mapping[str, object] | None = None, *, timeout: float | None = None
    ) -> "Request[tuple[int, ...]]":
        """Stop hearing the states of the agents of all teams; the answer is the TeamIDs that were monitored.

        - ``args``: CTI OS reserves them.
        - ``timeout``: seconds for each request.

        Needs Supervisor. Fails and raises as the class says.
        """
        args = received("stop_monitoring_all_agent_teams", args, ())  # type: ignore[assignment]
        timeout = _checked_seconds(args, timeout)
        context = self._monitoring_context(CTI_SERVICE_SUPERVISOR, "stop_monitoring_all_agent_teams()")
        context.monitors.all_teams_of = None
        context.monitors.all_teams_stops += 1
        outcome: Request[Any] = Request("StopMonitoringAllAgentTeams")
        context.own(outcome)
        teams = tuple(self._monitored_teams(context))
        Series(outcome, (self._stop_team(context, each, timeout) for each in teams), teams)
        return outcome

    def _start_all(
        self,
        context: Context,
        outcome: Request[Any],
        teams: Iterable[int],
        timeout: float | None,
        stops: int,
    ) -> Iterator[Request[Any]]:
        # Starts one team after the other until the program stops all teams.
        # ``stops``: how often it had done so when the teams were asked for.
        for number in teams:
            if context.monitors.all_teams_stops != stops:
                stopped: Request[Any] = Request("StartMonitoringAllAgentTeams")
                for each in (stopped, outcome):
                    each.reported()  # the program knows what it did
                stopped.set_exception(
                    refuse("not all teams are monitored: the monitoring of all teams was stopped meanwhile")
                )
                yield stopped
                return
            yield self._start_team(context, number, timeout)

    def _list_teams(self, context: Context, target: int | None, timeout: float | None) -> Request[Any]:
        if target is None:
            target = self._known_target(context)
        if target is not None:
            return self._send_list(context, target, timeout)
        outcome: Request[Any] = Request("LIST_AGENT_TEAM_REQ")
        context.own(outcome)

        def asked(query: "Request[QueryAgentStateConf]") -> None:
            if query.cancelled() or query.exception() is not None:
                follow(query, outcome)
                return
            found = query.result().get("ICMAgentID")
            if found in _NO_TARGET:
                outcome.set_exception(
                    refuse(
                        f"the teams of agent {self.agent_id} cannot be asked for, as {_NO_TARGET_WORDS}: "
                        "give supervisor_id",
                        CilCode.E_CTIOS_MISSING_ARGUMENT,
                    )
                )
                return
            self._send_list(context, found, timeout).add_done_callback(lambda each: follow(each, outcome))

        self.query_agent_state(timeout=timeout).add_done_callback(asked)
        return outcome

    def query_agent_state(self, *, timeout: float | None = None) -> "Request[QueryAgentStateConf]":
        """Ask for the agent's state, see ``Agent.query_agent_state``."""
        raise NotImplementedError

    def _send_list(self, context: Context, target: Any, timeout: float | None) -> Request[Any]:
        monitors = context.monitors
        monitors.team_requests += 1
        serial = monitors.team_requests
        request = TeamListRequest(partial(_report_known, context, serial), self._fire_refusal)
        context.send(request, context.messages.ListAgentTeamReq, timeout, supervisor_id=target & MAX_UINT)
        return request

    async def _list_teams_again(self) -> tuple[int, ...] | None:
        # Asks for the supervisor's teams after a fail-over. Raises what the requests fail with. None where
        # the supervisor's skill target id is not known.
        context = self._require_context()
        target = self._known_target(context)
        if target is None:
            target = (await self.query_agent_state()).get("ICMAgentID")
            if target in _NO_TARGET:
                log.warning("the teams of agent %s are not asked for: %s", self.agent_id, _NO_TARGET_WORDS)
                return None
        request = TeamListRequest(_nothing_to_report, not_reported)
        context.send(request, context.messages.ListAgentTeamReq, None, supervisor_id=target & MAX_UINT)
        teams: tuple[int, ...] = await request
        return teams

    def _known_target(self, context: Context) -> int | None:
        record = context.configuration.agents.get(self.agent_id)
        for target in (None if record is None else record.skill_target_id, self.skill_target_id):
            if target not in _NO_TARGET:
                return target
        return None

    def _monitored_teams(self, context: Context) -> list[int]:
        if context.hears_all:
            return [number for number, each in context.monitors.teams.items() if self in each.watchers]
        return [monitor.key for monitor in context.monitors.wanted_of(MonitorKind.TEAM)]

    def _start_team(self, context: Context, number: int, timeout: float | None) -> Request[Any]:
        monitor = context.monitors.want(MonitorKind.TEAM, number)
        if monitor.monitor_id is not None:
            monitor.is_wanted_anew = True
            return answered("MONITOR_AGENT_TEAM_START_REQ")
        return start_monitor(
            context,
            monitor,
            timeout,
            started=partial(self._team_started, context, number),
            refused=self._team_refused,
        )

    def _team_refused(self, error: Refused) -> bool:
        add_cure(error)
        return self._fire_refusal(error)

    def _team_started(self, context: Context, number: int, monitor: Monitor) -> None:
        if not context.monitors.is_wanted(monitor):
            return  # stopped meanwhile
        team = context.monitors.team_of(number)
        if team is None:
            return
        agents: Table[Any] = context.registry["agent"]
        members = [agent for agent_id in team.members if (agent := agents.get(agent_id)) is not None]
        # the monitor reports changes only, and those from before it are unknown
        context.ask_for_states([each for each in members if not context.hears(each)])
        team.watch(self)
        context.monitored_agents_changed()

    def _stop_team(self, context: Context, number: int, timeout: float | None) -> Request[Any]:
        if context.hears_all:
            self._unwatch_team(context, number)
            return answered("StopMonitoringAgentTeam")
        monitor = context.monitors.want(MonitorKind.TEAM, number)
        return stop_monitor(
            context,
            monitor,
            timeout,
            stopped=partial(self._team_stopped, context, number, monitor),
            refused=self._fire_refusal,
        )

    def _team_stopped(self, context: Context, number: int, monitor: Monitor) -> None:
        monitors = context.monitors
        present = monitors.wanted.get((MonitorKind.TEAM, number))
        if present is not None and present.monitor_id is not None:
            return  # another monitor of the team has begun
        self._unwatch_team(context, number)
        if monitor.is_wanted_anew:
            # a stop that timed out was confirmed after the program had asked for the monitor again
            self._start_team(context, number, None)

    def _unwatch_team(self, context: Context, number: int) -> None:
        # Looks the team up now: a message may have listed it since the request was sent.
        team: Team | None = context.monitors.teams.get(number)
        if team is not None:
            team.unwatch(self)
            context.monitored_agents_changed()

    def _watch_team(self, context: Context, number: int, members: Iterable[str]) -> Request[Any]:
        team = context.monitors.teams.get(number)
        given = _agent_ids(members)
        if team is None and not given:
            raise refuse(
                f"no message has listed the members of team {number}: give them as members=, as a session "
                "that hears all agents does not ask for teams",
                CilCode.E_CTIOS_MODE_CONFLICT,
            )
        team = team or context.monitors.team_of(number)
        if team is not None:
            for agent_id in given:
                team.give(agent_id)
            team.watch(self)
        context.monitored_agents_changed()
        return answered("StartMonitoringAgentTeam")

    # --- One agent ------------------------------------------------------------------------------------

    @property
    def monitored_agent(self) -> CtiObject | None:
        """The Agent whose calls this supervisor monitors, None without one.

        It is an Agent of the companion session if that session hears the calls.
        """
        return None if self._context is None else monitored_by(self._context, self)[0]

    def get_monitored_agent(self) -> CtiObject | None:
        """CTI OS's name of ``monitored_agent``."""
        return self.monitored_agent

    def start_monitoring_agent(
        self,
        args: Mapping[str, object] | None = None,
        *,
        agent: "Member | str | None" = None,
        timeout: float | None = None,
    ) -> "Request[MonitorStartConf | None]":
        """Hear the calls of an agent: the ``OnMonitoredCall...`` events. Another monitored agent is given up.

        - ``args``: AgentReference.
        - ``agent``: required, an Agent of the session or its UniqueObjectID.
        - ``timeout``: seconds for each request.

        ``OnStartMonitoringAgent`` reports it, after ``OnStopMonitoringAgent`` for the agent before. An agent
        whose monitoring has not begun yet is given up, and its request fails with ``MethodError``. The agent
        is queried first if its device is not known. The calls that the agent has already are asked for; a
        server that does not list them to this session refuses that, and they become known by their next
        event. After a fail-over the agent is monitored anew.

        Needs Peripheral Monitor, or a companion session, which hears the calls then. Fails and raises as the
        class says.
        """
        args = received("start_monitoring_agent", args, _AGENT_KEYWORDS)  # type: ignore[assignment]
        timeout = _checked_seconds(args, timeout)
        context = self._monitoring_context(CTI_SERVICE_PERIPHERAL_MONITOR, "start_monitoring_agent()")
        wanted = _agent_of(context, _given(agent, args, kw.CTIOS_AGENTREFERENCE), "start_monitoring_agent()")
        if context.hears_all:
            return self._watch_agent(context, wanted)
        pending = _pending(context)
        if pending is not None and pending.agent is wanted:
            outcome: Request[Any] = pending.outcome
            return outcome
        monitors = context.monitors
        is_monitored = monitors.wanted_of(MonitorKind.DEVICE) and monitors.monitored_agent(self) is wanted
        if pending is None and is_monitored:
            return answered("StartMonitoringAgent")
        _give_up_pending(context)
        stop = self._stop_agent(context, timeout)
        outcome = Request("StartMonitoringAgent")
        context.own(outcome)
        start = monitors.agent_start = AgentStart(wanted, outcome)

        def stopped(request: Request[Any]) -> None:
            if outcome.done():
                return  # given up meanwhile
            if request.cancelled() or isinstance(request.exception(), Refused) or not request.exception():
                self._start_agent(context, start, timeout)
            else:
                follow(request, outcome)

        if stop is None:
            self._start_agent(context, start, timeout)
        else:
            stop.add_done_callback(stopped)
        return outcome

    def stop_monitoring_agent(
        self,
        args: Mapping[str, object] | None = None,
        *,
        agent: "Member | str | None" = None,
        timeout: float | None = None,
    ) -> "Request[MonitorStopConf | None]":
        """Stop hearing the calls of the monitored agent; ``OnStopMonitoringAgent`` reports it.

        - ``args``: AgentReference.
        - ``agent``: the monitored agent, which it is unless given. It may be the one whose monitoring has not
          begun yet: its request fails with ``MethodError``.
        - ``timeout``: seconds.

        The agent's calls end for this session with ``OnMonitoredCallEnd``, marked ``Recovered``.

        Fails and raises as the class says; raises ``MethodError`` for an agent that is not monitored.
        """
        args = received("stop_monitoring_agent", args, _AGENT_KEYWORDS)  # type: ignore[assignment]
        timeout = _checked_seconds(args, timeout)
        context = self._monitoring_context(CTI_SERVICE_PERIPHERAL_MONITOR, "stop_monitoring_agent()")
        pending = _pending(context)
        monitored = context.monitors.monitored_agent(self) if pending is None else pending.agent
        named = _given(agent, args, kw.CTIOS_AGENTREFERENCE)
        if named is not None and _agent_of(context, named, "stop_monitoring_agent()") is not monitored:
            raise refuse(f"{shown(named)} is not the monitored agent", CilCode.E_CTIOS_INVALID_AGENT)
        if monitored is None:
            raise refuse("no agent is monitored", CilCode.E_CTIOS_INVALID_AGENT)
        _give_up_pending(context)
        stop = self._stop_agent(context, timeout)
        return answered("StopMonitoringAgent") if stop is None else stop

    def _stop_monitoring_former_member(self) -> None:
        # Stops hearing the calls of the monitored agent, who left the last team.
        own = self._require_context()
        for context in (own, own.companion):
            if context is not None and context.monitors.monitored_agent(self) is not None:
                stop = self._stop_agent(context, None, not_reported)
                if stop is not None:
                    stop.reported()  # nobody asked for it, so that nobody has to see a failure

    def _follow_to_device(self, agent: Any) -> None:
        # Moves the monitor of the monitored agent to the device at which the agent is now.
        context = self._require_context()
        monitors, devices = context.monitors, devices_of(agent)
        present = monitors.wanted_of(MonitorKind.DEVICE)
        if monitors.monitored_agent(self) is not agent or not present or not devices:
            return
        if present[0].key in devices:
            return
        former, monitor = present[0], monitors.want(MonitorKind.DEVICE, devices[0])
        monitors.unwant(former)  # also if its end is not confirmed
        # Nobody asked for these requests, so that nobody has to see a failure.
        stopped = partial(_calls_stopped, context, former)
        stop_monitor(context, former, None, stopped=stopped, refused=not_reported).reported()
        monitor.has_states = not monitors.is_in_monitored_team(agent.agent_id)

        def answered_or_not(request: Request[Any]) -> None:
            error = None if request.cancelled() else request.exception()
            if error is None or not monitors.is_wanted(monitor):
                return  # it has begun, or the agent has moved on or is not monitored any more
            if not isinstance(error, ConnectionLost):  # after a loss it is started again
                log.warning("agent %s is not monitored at device %s: %s", agent.agent_id, devices[0], error)
                monitors.unwant(monitor)
                self._agent_stopped(context, agent, None)

        start_monitor(
            context,
            monitor,
            None,
            started=partial(self._agent_started, context, agent),
            refused=not_reported,
            is_wanted_after_failure=True,
        ).add_done_callback(answered_or_not)

    def _agent_monitor_lost(self, monitor: Monitor) -> None:
        # Reports that the server no longer monitors the agent.
        context = self._require_context()
        self._agent_stopped(context, context.monitors.monitored_agent(self), monitor)

    def _companion_left(self, agent: Any) -> None:
        # Reports that the companion, which heard the agent's calls, is not in bulk mode any more.
        self._report("OnStopMonitoringAgent", agent, self._barged_in_call(agent))

    def _start_agent(self, context: Context, start: AgentStart, timeout: float | None) -> None:
        wanted, outcome = start
        device = wanted.agent_instrument or wanted.agent_extension
        if device:
            self._start_device(context, start, device, timeout)
            return

        def asked(query: "Request[QueryAgentStateConf]") -> None:
            found = wanted.agent_instrument or wanted.agent_extension
            if outcome.done():
                return  # given up meanwhile
            if query.cancelled() or query.exception() is not None:
                follow(query, outcome)
            elif found:
                self._start_device(context, start, found, timeout)
            else:
                outcome.set_exception(
                    refuse(
                        f"the device of agent {wanted.agent_id} is not known, as of one that is logged out: "
                        "set its agent_instrument",
                        CilCode.E_CTIOS_MISSING_ARGUMENT,
                    )
                )

        wanted.query_agent_state(timeout=timeout).add_done_callback(asked)

    def _start_device(self, context: Context, start: AgentStart, device: str, timeout: float | None) -> None:
        wanted, outcome = start
        monitors = context.monitors
        monitor = monitors.want(MonitorKind.DEVICE, device)
        monitor.has_states = not monitors.is_in_monitored_team(wanted.agent_id)
        start_monitor(
            context,
            monitor,
            timeout,
            started=partial(self._agent_started, context, wanted),
            refused=self._fire_refusal,
        ).add_done_callback(lambda each: follow(each, outcome))

    def _agent_started(self, context: Context, wanted: Any, monitor: Monitor) -> None:
        monitors = context.monitors
        if monitors.wanted.get((monitor.kind, monitor.key)) is not monitor:
            return  # stopped meanwhile
        is_new = monitors.monitored_agent(self) is not wanted
        if not context.hears(wanted):
            context.ask_for_states([wanted])  # the monitor reports changes only
        monitors.choose_agent(self, wanted)
        context.monitored_agents_changed()
        if is_new:
            self._report("OnStartMonitoringAgent", wanted, self._barged_in_call(wanted))
        if context.calls_of_others is not None:
            context.calls_of_others.look_up(monitor.key)
        self._follow_to_device(wanted)  # who may have moved before the confirmation

    def _stop_agent(
        self,
        context: Context,
        timeout: float | None,
        refused: Callable[[Refused], bool] | None = None,
    ) -> Request[Any] | None:
        # Returns None where there is nothing to wait for. The monitor may be one that is not confirmed yet.
        monitors = context.monitors
        agent = monitors.monitored_agent(self)
        stopping = (each for each in monitors.stopping if each.kind is MonitorKind.DEVICE)
        monitor = next(iter((*monitors.wanted_of(MonitorKind.DEVICE), *stopping)), None)
        if context.hears_all or monitor is None:
            self._agent_stopped(context, agent, None)
            return None
        return stop_monitor(
            context,
            monitor,
            timeout,
            stopped=partial(self._agent_stopped, context, agent, monitor),
            refused=refused or self._fire_refusal,
        )

    def _agent_stopped(self, context: Context, agent: Any, monitor: Monitor | None) -> None:
        monitors, calls = context.monitors, context.calls_of_others
        barged_in = self._barged_in_call(agent)
        if monitor is not None:
            _calls_stopped(context, monitor)
            if any(each.monitor_id is not None for each in monitors.wanted_of(MonitorKind.DEVICE)):
                return  # another monitor has begun since this one was to end
        if agent is None or monitors.monitored_agent(self) is not agent:
            return  # it was not monitored yet, or its end has been reported
        if calls is not None and context.hears_all:
            for device in devices_of(agent):
                if not monitors.watches_device(device, except_by=self):
                    calls.unwatch(device)
        monitors.choose_agent(self, None)
        context.monitored_agents_changed()
        self._report("OnStopMonitoringAgent", agent, barged_in)

    def _watch_agent(self, context: Context, wanted: Any) -> Request[Any]:
        if context.monitors.monitored_agent(self) is not wanted:
            self._stop_agent(context, None)
            context.monitors.choose_agent(self, wanted)
            context.monitored_agents_changed()
            self._report("OnStartMonitoringAgent", wanted, self._barged_in_call(wanted))
            devices = devices_of(wanted)
            if context.calls_of_others is not None and devices:
                for device in devices:
                    context.calls_of_others.watch(device)
                context.calls_of_others.look_up(devices[0])
        return answered("StartMonitoringAgent")

    # --- One call -------------------------------------------------------------------------------------

    @property
    def monitored_call(self) -> "Call | None":
        """The Call that this supervisor monitors, None without one."""
        return None if self._context is None else monitored_by(self._context, self)[1]

    def get_monitored_call(self) -> "Call | None":
        """CTI OS's name of ``monitored_call``."""
        return self.monitored_call

    def start_monitoring_call(
        self,
        args: Mapping[str, object] | None = None,
        *,
        call: "CallReference | str | None" = None,
        by_server: bool = False,
        timeout: float | None = None,
    ) -> "Request[MonitorStartConf | MonitorStopConf | None]":
        """Choose the call that the supervisor acts on; ``get_monitored_call`` returns it.

        - ``args``: CallReference. Empty Arguments clear the choice, as in CTI OS.
        - ``call``: a Call of the session or its UniqueObjectID; None clears the choice.
        - ``by_server``: whether the server is asked to report all events of the call, wherever it goes. The
          calls of the monitored agent are reported anyway, as long as they are at the agent's device.
        - ``timeout``: seconds.

        Nothing is sent unless ``by_server`` is true; that needs Peripheral Monitor, or a companion session.
        A companion hears all events anyway, so nothing is sent then either. Fails and raises as the
        class says.
        """
        args = received("start_monitoring_call", args, _CALL_KEYWORDS)  # type: ignore[assignment]
        timeout = _checked_seconds(args, timeout)
        context = self._require_context()
        context.require_thread()
        named = _given(call, args, kw.CTIOS_CALLREFERENCE)
        if named is None:
            return self._clear_call(context, timeout)
        hearing = context
        if by_server:
            what = "start_monitoring_call(by_server=True)"
            hearing = self._monitoring_context(CTI_SERVICE_PERIPHERAL_MONITOR, what)
        chosen: Any = call_of_either(context, named)
        monitors = context.monitors
        is_known = not by_server or hearing.hears_all
        monitor = None if is_known else monitors.want(MonitorKind.CALL, ref(chosen))
        if monitor is None or monitor.monitor_id is not None:
            monitors.choose_call(self, chosen)
            self._buttons_changed(context)
            return answered("StartMonitoringCall")
        monitors.choose_pending_call(self, chosen)
        self._buttons_changed(context)
        return start_monitor(
            context,
            monitor,
            timeout,
            started=partial(self._call_started, context),
            refused=self._fire_refusal,
            not_started=partial(self._call_not_started, context, ref(chosen)),
        )

    def _call_not_started(self, context: Context, call: "ReferenceType[Any]") -> None:
        context.monitors.settle_call(self, call, is_confirmed=False)
        self._buttons_changed(context)

    def _call_started(self, context: Context, monitor: Monitor) -> None:
        # A call that ended before the confirmation has no monitor: the server may report other parties still.
        context.monitors.settle_call(self, monitor.key, is_confirmed=True)
        call = monitor.key()
        if call is None or not call.is_alive:
            stop = partial(_calls_stopped, context, monitor)
            stop_monitor(context, monitor, None, stopped=stop, refused=not_reported).reported()
        elif call.is_monitored and context_of(call) is context:  # it outlives the agent's monitor
            call.monitors = {*(call.monitors or ()), monitor}

    def stop_monitoring_call(self, *, timeout: float | None = None) -> "Request[MonitorStopConf | None]":
        """Clear the choice of ``start_monitoring_call``, and stop the server's monitors of calls.

        CTI OS has no such method: there, empty Arguments of StartMonitoringCall clear the choice.

        - ``timeout``: seconds.

        Fails and raises as the class says.
        """
        timeout = optional_seconds("timeout", timeout)
        context = self._require_context()
        context.require_thread()
        return self._clear_call(context, timeout)

    def _clear_call(self, context: Context, timeout: float | None) -> Request[Any]:
        # Those of calls that were chosen before, or whose stop was not confirmed, are stopped as well.
        present = context.monitors.wanted_of(MonitorKind.CALL)
        context.monitors.choose_call(self, None)
        self._buttons_changed(context)
        stops = [
            stop_monitor(
                context,
                monitor,
                timeout,
                stopped=partial(_calls_stopped, context, monitor),
                refused=self._fire_refusal,
            )
            for monitor in present
        ]
        if len(stops) < 2:
            return stops[0] if stops else answered("StopMonitoringCall")
        outcome: Request[Any] = Request("StopMonitoringCall")
        context.own(outcome)
        Series(outcome, stops, None)
        return outcome

    # --- The session ----------------------------------------------------------------------------------

    def _monitoring_context(self, service: int, what: str) -> Context:
        # Raises MethodError, which names the cure, where the session cannot send such a request.
        context = self._require_context()
        context.require_thread()
        mode, granted = context.mode, context.services_granted
        if mode is None or not mode.is_agent:
            return context
        if context.current_agent is not self:
            raise refuse(
                f"{what}: in agent mode only the session's own agent monitors others; call it on "
                "session.current_agent, or use bulk mode",
                CilCode.E_CTIOS_MODE_CONFLICT,
            )
        if not granted or granted & service:  # 0: the session is not open, which fails the request
            return context
        if context.companion is not None and context.companion.hears_all:
            return context.companion
        name = "Supervisor" if service == CTI_SERVICE_SUPERVISOR else "Peripheral Monitor"
        raise refuse(
            f"{what} needs the {name} service, and the server granted {granted:#x}: set an agent that is "
            "configured as a supervisor with Agent(supervisor=True), or set it with a companion, "
            "set_agent(agent, companion=session_in_bulk_mode), or use bulk mode",
            CilCode.E_CTIOS_MODE_CONFLICT,
        )

    def _report(self, event: str, agent: Any, barged_in: str | None) -> None:
        # The supervisor's own session reports what changes, even if the companion hears the calls.
        context = self._context
        if context is not None:
            context.fire(event, monitoring_arguments, self, agent, barged_in)
            self._buttons_changed(context)

    def _barged_in_call(self, agent: Any) -> str | None:
        # UniqueObjectID of the agent's call that the supervisor has joined; None without one.
        context = self._context
        hearing = None if agent is None else context_of(agent)
        if context is None or hearing is None:
            return None
        own = context.calls_at(self.agent_instrument, self.agent_extension)
        call = joined_call(own, hearing.calls_at(agent.agent_instrument, agent.agent_extension))
        return None if call is None else call.unique_object_id

    def _buttons_changed(self, context: Context) -> None:
        if context.supervisor_buttons is not None:
            context.supervisor_buttons.report(self.unique_object_id, 0)


def _pending(context: Context) -> AgentStart | None:
    # The agent whose monitoring was asked for and has not begun; None without one.
    start = context.monitors.agent_start
    return None if start is None or start.outcome.done() else start


def _give_up_pending(context: Context) -> None:
    # The program has made another choice: the request for the agent before fails.
    pending = _pending(context)
    context.monitors.agent_start = None
    if pending is not None:
        pending.outcome.reported()  # the program knows what it did
        pending.outcome.set_exception(
            refuse(
                f"agent {pending.agent.agent_id} is not monitored: before it was, another agent was chosen "
                "or the monitoring was stopped",
                CilCode.E_CTIOS_INVALID_AGENT,
            )
        )


def _calls_stopped(context: Context, monitor: Monitor) -> None:
    if context.calls_of_others is not None:
        context.calls_of_others.monitor_ended(monitor)


def _nothing_to_report(teams: Iterable[int]) -> None:
    del teams


def _report_known(context: Context, serial: int, teams: Iterable[int]) -> None:
    # The members of listed teams that were not reported since the list was asked for.
    agents: Table[Any] = context.registry["agent"]
    for number in teams:
        team = context.monitors.teams.get(number)
        if team is None:
            continue
        for agent_id in list(team.members):
            agent = agents.get(agent_id)
            if agent is not None and team.reported.get(agent_id, 0) < serial:
                team.reported[agent_id] = serial
                context.fire("OnNewAgentTeamMember", member_arguments, agent, team, ADDED, None)


def _checked_seconds(args: Any, timeout: float | None) -> float | None:
    # ``timeout``, where it can be used. If ``received`` returned an error, that is raised first: it is in
    # place of the program's Arguments by then, so that the traceback does not show them.
    if isinstance(args, MethodError):
        raise args
    return optional_seconds("timeout", timeout)


def _given(value: Any, args: Mapping[str, object] | None, keyword: str) -> Any:
    return args.get(keyword) if value is None and args is not None else value


def _target(supervisor_id: Any) -> int | None:
    return None if supervisor_id is None else integer("supervisor_id", supervisor_id, 1, MAX_UINT)


def _team_number(method: str, team_id: Any) -> int:
    if team_id is None:
        raise refuse(f"{method}() needs TeamID", CilCode.E_CTIOS_MISSING_ARGUMENT)
    return integer(kw.CTIOS_TEAMID, team_id, 0, NULL_ID - 1)


def _agent_ids(members: Any) -> list[str]:
    if isinstance(members, str | bytes) or not isinstance(members, Iterable):
        raise refuse(f"members must be a list of AgentIDs, got {type(members).__name__}")
    return [str(each) for each in members]


def _agent_of(context: Context, agent: Any, what: str) -> Any:
    # The Agent that the program names.
    if agent is None:
        raise refuse(f"{what} needs an agent (AgentReference)", CilCode.E_CTIOS_MISSING_ARGUMENT)
    if not isinstance(agent, str) and not hasattr(agent, "agent_id"):
        raise refuse(f"{shown(agent)} is not an agent", CilCode.E_CTIOS_INVALID_AGENT)
    # the companion has an Agent of its own for each agent
    found: Any = context.registry.find(agent if isinstance(agent, str) else agent.unique_object_id)
    if not hasattr(found, "agent_id"):
        session = "the session in bulk mode" if context.hears_all else "the session"
        raise refuse(
            f"{shown(agent)} is not an agent that {session} knows: it knows those that messages have named, "
            "and its method agent(agent_id) makes another one known",
            CilCode.E_CTIOS_INVALID_AGENT,
        )
    return found


#: What other modules do for a supervisor. A program does not see it among the agent's methods.
list_teams_again: Final = MonitoringRequests._list_teams_again  # noqa: SLF001 - a class of this module
stop_monitoring_former_member: Final = MonitoringRequests._stop_monitoring_former_member  # noqa: SLF001 - as above
follow_to_device: Final = MonitoringRequests._follow_to_device  # noqa: SLF001 - a class of this module
companion_left: Final = MonitoringRequests._companion_left  # noqa: SLF001 - a class of this module
agent_monitor_lost: Final = MonitoringRequests._agent_monitor_lost  # noqa: SLF001 - a class of this module
