"""Monitors: the monitors of a session by MonitorID, and which agents and calls its supervisors monitor.

Every event of an agent or a call names the monitor that caused it. An event is the session's own if that is
the monitor of OPEN_CONF, or none. It is a monitor's if the monitor is in this table. Any other MonitorID does
not tell, and the agent or device of the event decides: see ``Context.is_own``.

In bulk mode the session hears every agent, so that it starts no monitors. There an event is a monitor's if a
supervisor monitors its agent.

This module sends nothing and knows no object of the model.
"""

from collections.abc import Callable, Container, Mapping
from enum import Enum, auto
from typing import Any, Final, NamedTuple
from weakref import ReferenceType, ref

__all__ = ["UNKNOWN_MONITORS", "AgentStart", "Monitor", "MonitorKind", "Monitors", "devices_of"]

#: MonitorIDs that are kept though no monitor of the session has them.
_MAX_STRANGERS: Final = 1024
#: Requests whose late confirmations are waited for.
_MAX_LATE: Final = 1024
#: Counter of the session: events whose MonitorID is that of no monitor of the session.
UNKNOWN_MONITORS: Final = "events_of_unknown_monitors"


def _nothing() -> None:
    pass


def _nobody(agent_id: str) -> None:
    del agent_id


def _no_monitor(agent_id: str, monitor: "Monitor") -> None:
    del agent_id, monitor


def _no_agent(agent: Any) -> None:
    del agent


def _no_team(team_id: int) -> None:
    del team_id


def _no_lists(existing: Container[int] | None) -> None:
    del existing


class MonitorKind(Enum):
    """What a monitor is about."""

    TEAM = auto()
    """The states of a team's agents; the key is the TeamID."""
    DEVICE = auto()
    """The calls and the agent of a device; the key is the device's id."""
    CALL = auto()
    """One call; the key is a weak reference to the Call."""
    OTHER = auto()
    """A monitor that the program started by a request of the protocol; the key is its MonitorID."""


class Monitor:
    """A monitor that the session has started, or is starting.

    - ``kind``, ``key``: what it is about.
    - ``monitor_id``: None until the server has confirmed it, and after the connection was lost.
    - ``has_states``: whether it reports agent states as well as calls; None where the server has not answered
      a request to change that.
    - ``is_wanted_anew``: whether the program has asked for it again since a request to stop it.
    """

    __slots__ = ("has_states", "is_wanted_anew", "key", "kind", "monitor_id")

    def __init__(self, kind: MonitorKind, key: Any) -> None:
        self.kind = kind
        self.key = key
        self.monitor_id: int | None = None
        self.has_states: bool | None = True
        self.is_wanted_anew = False

    def __repr__(self) -> str:
        return f"<{self.kind.name.lower()} monitor of {self.key}, MonitorID {self.monitor_id}>"


def devices_of(agent: Any) -> tuple[str, ...]:
    """The devices whose calls are an agent's: the instrument and the extension, as far as they are known."""
    return tuple(dict.fromkeys(filter(None, (agent.agent_instrument, agent.agent_extension))))


class AgentStart(NamedTuple):
    """The monitoring of an agent that has been asked for, and is not confirmed yet.

    - ``outcome``: the request that the program waits for. It is done when the monitoring has begun or failed.
    """

    agent: Any
    outcome: Any


class _Choice:
    """What one supervisor has chosen to monitor.

    - ``agent``: the monitored agent, None without one.
    - ``call``: the monitored call, None without one. The reference is weak, so that it ends with the call.
    - ``pending``: calls that were chosen after ``call`` and whose monitors the server has not confirmed yet.
      The last one is the choice as long as it is not refused.
    """

    __slots__ = ("agent", "call", "pending")

    def __init__(self) -> None:
        self.agent: Any = None
        self.call: ReferenceType[Any] | None = None
        self.pending: list[ReferenceType[Any]] = []


class Monitors:
    """The monitors of one session.

    - ``by_id``: those that the server has confirmed, by MonitorID.
    - ``wanted``: those that the program wants, by kind and key. They are started again after a fail-over.
    - ``starting``: those that the server has not confirmed yet, with the requests to start them.
    - ``stopping``: those that are being stopped, with the requests to stop them.
    - ``late``: those that it has not confirmed in time, by the InvokeID of the request.
    - ``late_stops``: what to call when it confirms too late that one is over, by the InvokeID likewise.
    - ``strangers``: MonitorIDs of no monitor of the session that events have named while none was starting.
    - ``agent_start``: the agent whose monitoring was asked for last, None as long as none was.
    - ``teams``: the teams that messages have listed, by TeamID. ``memberships``: their members together.
    - ``team_of``: the team of a TeamID; it is created if it is not known. None where there are too many.
    - ``all_teams_of``: the supervisor all of whose teams are monitored, None without one.
    - ``all_teams_stops``: how often the program has stopped the monitoring of all teams.
    - ``is_list_due``: whether that supervisor's teams are to be listed again, after a fail-over.
    - ``team_requests``: how many requests for the list of teams were sent.
    - ``awaits_lists``: whether the lists of teams that follow a new connection may still come.
    - ``end_lists``: called when they have come, with the TeamIDs that exist, None where these are not known.
    - ``changing``: those whose masks are being changed.
    - ``adjust_states``: called with the AgentID of a monitored agent and the monitor of its device, when
      other monitors than before report the agent.
    - ``device_changed``: called with an Agent when a message has named another device of it than before.
    - ``monitoring_changed``: called with the AgentID of an agent that is monitored now, or by fewer monitors.
    - ``heartbeat_answered``: called when the server has answered a heartbeat.
    - ``forget_teams``: called when the mode is over.
    - ``counts``: the counters of the session about monitors and teams.
    """

    __slots__ = (
        "_choices",
        "_watched",
        "adjust_states",
        "agent_start",
        "all_teams_of",
        "all_teams_stops",
        "awaits_lists",
        "by_id",
        "changing",
        "counts",
        "device_changed",
        "end_lists",
        "forget_teams",
        "heartbeat_answered",
        "is_list_due",
        "late",
        "late_stops",
        "memberships",
        "monitoring_changed",
        "starting",
        "stopping",
        "strangers",
        "team_of",
        "team_requests",
        "teams",
        "wanted",
    )

    def __init__(self) -> None:
        self.by_id: dict[int, Monitor] = {}
        self.wanted: dict[tuple[MonitorKind, Any], Monitor] = {}
        self.starting: dict[Monitor, Any] = {}
        self.stopping: dict[Monitor, Any] = {}
        self.late: dict[int, Monitor] = {}
        self.late_stops: dict[int, Callable[[], object]] = {}
        self.agent_start: AgentStart | None = None
        # The folder's handlers set ``teams`` and the attributes that are called.
        self.teams: Mapping[int, Any] = {}
        self.all_teams_of: Any = None
        self.all_teams_stops = 0
        self.is_list_due = False
        self.awaits_lists = False
        self.end_lists: Callable[[Container[int] | None], object] = _no_lists
        self.heartbeat_answered: Callable[[], object] = _nothing
        self.team_of: Callable[[int], Any] = _no_team
        #: The folder of skill groups sets it, for statistics.
        self.monitoring_changed: Callable[[str], object] = _nobody
        self.changing: set[Monitor] = set()
        self.device_changed: Callable[[Any], object] = _no_agent
        self.adjust_states: Callable[[str, Monitor], object] = _no_monitor
        self.memberships = 0
        self.team_requests = 0
        self.forget_teams: Callable[[], object] = _nothing
        self.counts: dict[str, int] = {UNKNOWN_MONITORS: 0}
        self.strangers: set[int] = set()
        #: What each supervisor has chosen. An agent without an entry monitors nothing.
        self._choices: dict[Any, _Choice] = {}
        #: How many monitored teams and supervisors an agent is monitored by, by AgentID.
        self._watched: dict[str, int] = {}

    # --- Events -------------------------------------------------------------------------------------

    def is_own(self, monitor_id: int) -> bool | None:
        """False for an event of a monitor, None where the MonitorID does not tell.

        The first event of a monitor may come before the confirmation that names its MonitorID.
        """
        if monitor_id in self.by_id:
            return False
        self.counts[UNKNOWN_MONITORS] += 1
        if monitor_id in self.strangers:
            return None
        if self.starting:
            return False
        if len(self.strangers) < _MAX_STRANGERS:
            self.strangers.add(monitor_id)
        return None

    def names_every_connection(self, monitor_id: int) -> bool:
        """Whether the monitor may be of a call: then it reports all connections, those of others included."""
        monitor = self.by_id.get(monitor_id)
        return monitor is not None and monitor.kind in (MonitorKind.CALL, MonitorKind.OTHER)

    # --- Starting and stopping ----------------------------------------------------------------------

    def want(self, kind: MonitorKind, key: Any) -> Monitor:
        """The monitor that the program wants; it is to be started if it has no MonitorID.

        One that is being started and was to be stopped as soon as the server has confirmed it goes on.
        """
        monitor = self.wanted.get((kind, key))
        if monitor is None:
            starting = (each for each in self.starting if (each.kind, each.key) == (kind, key))
            monitor = self.wanted[kind, key] = next(starting, None) or Monitor(kind, key)
        return monitor

    def unwant(self, monitor: Monitor) -> None:
        """The program no longer wants the monitor."""
        key = (monitor.kind, monitor.key)
        if self.wanted.get(key) is monitor:
            del self.wanted[key]

    def not_stopped(self, monitor: Monitor) -> None:
        """The server was asked to stop a monitor that the program wanted, and the monitor may go on."""
        if monitor.monitor_id is not None:
            self.wanted.setdefault((monitor.kind, monitor.key), monitor)

    def wanted_of(self, kind: MonitorKind) -> list[Monitor]:
        """The monitors of one kind that the program wants."""
        return [monitor for monitor in self.wanted.values() if monitor.kind is kind]

    def is_wanted(self, monitor: Monitor) -> bool:
        """Whether the program still wants the monitor."""
        return self.wanted.get((monitor.kind, monitor.key)) is monitor

    def reports_device(self, device: str) -> Monitor | None:
        """The confirmed monitor of a device, None without one."""
        monitor = self.wanted.get((MonitorKind.DEVICE, device))
        return None if monitor is None or monitor.monitor_id is None else monitor

    def call_ended(self, call: Any) -> None:
        """A call has ended, and a monitor of it with the call."""
        monitor = self.wanted.get((MonitorKind.CALL, ref(call)))
        if monitor is not None:
            self.unwant(monitor)
            if monitor.monitor_id is not None:
                self.ended(monitor.monitor_id)

    def started(self, monitor: Monitor, monitor_id: int) -> None:
        """The server has confirmed a monitor."""
        self.starting.pop(monitor, None)
        self.started_late(monitor, monitor_id)

    def started_late(self, monitor: Monitor, monitor_id: int) -> None:
        """The server has confirmed a monitor. Another request for it may be on its way."""
        monitor.monitor_id = monitor_id
        self.by_id[monitor_id] = monitor
        self.strangers.discard(monitor_id)

    def not_started(self, monitor: Monitor) -> None:
        """The server has refused a monitor, or has not answered."""
        self.starting.pop(monitor, None)

    def note_late(self, invoke_id: int, monitor: Monitor) -> None:
        """The confirmation of a monitor may still come, and nobody waits for it any more."""
        if len(self.late) < _MAX_LATE:
            self.late[invoke_id] = monitor

    def note_late_stop(self, invoke_id: int, over: Callable[[], object]) -> None:
        """The confirmation that a monitor is over may still come; ``over`` is to be called then."""
        if len(self.late_stops) < _MAX_LATE:
            self.late_stops[invoke_id] = over

    def ended(self, monitor_id: int) -> None:
        """A monitor is over."""
        monitor = self.by_id.pop(monitor_id, None)
        if monitor is not None:
            monitor.monitor_id = None
            self.unwant(monitor)

    # --- Monitored agents and calls -----------------------------------------------------------------

    def monitored_agent(self, supervisor: Any) -> Any:
        """The agent that a supervisor monitors, None without one."""
        choice = self._choices.get(supervisor)
        return None if choice is None else choice.agent

    def monitored_call(self, supervisor: Any) -> Any:
        """The call that a supervisor monitors, None without one."""
        choice = self._choices.get(supervisor)
        if choice is None:
            return None
        chosen = choice.pending[-1] if choice.pending else choice.call
        call = None if chosen is None else chosen()
        return call if call is not None and call.is_alive else None

    def monitored_agents(self) -> list[tuple[Any, Any]]:
        """Each supervisor who monitors an agent, with that agent."""
        return [(each, choice.agent) for each, choice in self._choices.items() if choice.agent is not None]

    def choose_agent(self, supervisor: Any, agent: Any) -> None:
        """Let an agent be the one that a supervisor monitors; None for none."""
        choice = self._choices.setdefault(supervisor, _Choice())
        before, choice.agent = choice.agent, agent
        if agent is not None and before is agent:  # its monitor is another one than before
            self.monitoring_changed(agent.agent_id)
            return
        if before is not None:
            self.unwatch(before.agent_id)
        if agent is not None:
            self.watch(agent.agent_id)
        self._tidy(supervisor, choice)

    def choose_call(self, supervisor: Any, call: Any) -> None:
        """Let a call be the one that a supervisor monitors; None for none."""
        choice = self._choices.setdefault(supervisor, _Choice())
        choice.call = None if call is None else ref(call)
        choice.pending.clear()
        self._tidy(supervisor, choice)

    def choose_pending_call(self, supervisor: Any, call: Any) -> None:
        """Let a call be the one that a supervisor monitors, unless its monitor is refused."""
        self._choices.setdefault(supervisor, _Choice()).pending.append(ref(call))

    def settle_call(self, supervisor: Any, call: ReferenceType[Any], *, is_confirmed: bool) -> None:
        """The monitor of a pending call was confirmed, or was not started.

        A call that was not confirmed is no longer chosen. The supervisor monitors the latest call that is
        left: the last pending one, else the confirmed one. Nothing changes for a call that is not pending any
        more, as after another choice.

        - ``call``: a weak reference, as the call may be over.
        """
        choice = self._choices.get(supervisor)
        if choice is None or call not in choice.pending:
            return
        if is_confirmed:
            last = len(choice.pending) - choice.pending[::-1].index(call)
            choice.call = call
            del choice.pending[:last]
        else:
            choice.pending = [each for each in choice.pending if each != call]
        self._tidy(supervisor, choice)

    def supervisor_left(self, supervisor: Any) -> None:
        """A supervisor monitors nothing any more."""
        choice = self._choices.pop(supervisor, None)
        if choice is not None and choice.agent is not None:
            self.unwatch(choice.agent.agent_id)
        for team in self.teams.values():
            team.unwatch(supervisor)

    def _tidy(self, supervisor: Any, choice: _Choice) -> None:
        if choice.agent is None and choice.call is None and not choice.pending:
            del self._choices[supervisor]

    def is_monitored(self, agent_id: str) -> bool:
        """Whether the agent is a member of a monitored team, or the monitored agent of a supervisor."""
        return agent_id in self._watched

    def reports_states(self, agent_id: str) -> bool:
        """Whether a monitor reports every change of the agent's state.

        The monitor of a device that began while the agent's team was monitored reports calls only, until the
        server has confirmed that it reports states too.
        """
        return self.is_in_monitored_team(agent_id) or any(
            each.has_states for each in self._device_monitors(agent_id)
        )

    def will_report_states(self, agent_id: str) -> bool:
        """Whether a monitor that reports calls only is about to report the agent's states too."""
        return any(each in self.changing for each in self._device_monitors(agent_id))

    def is_in_monitored_team(self, agent_id: str) -> bool:
        """Whether the agent is a member of a monitored team, which reports its states."""
        # ``_watched`` counts the teams and the supervisors that have chosen the agent.
        return self._watched.get(agent_id, 0) > len(self._chosen(agent_id))

    def _chosen(self, agent_id: str) -> list[Any]:
        # The agent, once for each supervisor who monitors it.
        agents = (each.agent for each in self._choices.values())
        return [agent for agent in agents if agent is not None and agent.agent_id == agent_id]

    def _device_monitors(self, agent_id: str) -> list[Monitor]:
        # The monitors of the devices of an agent whom a supervisor monitors.
        devices = dict.fromkeys(device for agent in self._chosen(agent_id) for device in devices_of(agent))
        keys = ((MonitorKind.DEVICE, device) for device in devices)
        return [monitor for key in keys if (monitor := self.wanted.get(key)) is not None]

    @property
    def watches(self) -> bool:
        """Whether any agent is monitored."""
        return bool(self._watched)

    def watches_device(self, device: str | None, *, except_by: Any = None) -> bool:
        """Whether it is the device of an agent whose calls a supervisor monitors.

        - ``except_by``: the supervisor whose own choice does not count, None for none.
        """
        return bool(device) and any(
            device in devices_of(each.agent)
            for supervisor, each in self._choices.items()
            if each.agent is not None and supervisor is not except_by
        )

    def watch(self, agent_id: str) -> None:
        """One more team or supervisor monitors the agent."""
        count = self._watched.get(agent_id, 0)
        self._watched[agent_id] = count + 1
        if not count:
            self.monitoring_changed(agent_id)
        self._adjust_monitors(agent_id)

    def unwatch(self, agent_id: str) -> None:
        """One team or supervisor less monitors the agent."""
        count = self._watched.get(agent_id, 0) - 1
        if count > 0:
            self._watched[agent_id] = count
        else:
            self._watched.pop(agent_id, None)
        self.monitoring_changed(agent_id)
        self._adjust_monitors(agent_id)

    def _adjust_monitors(self, agent_id: str) -> None:
        for monitor in self._device_monitors(agent_id):
            self.adjust_states(agent_id, monitor)

    # --- The connection -----------------------------------------------------------------------------

    def lost(self) -> None:
        """The connection is gone, and all monitors with it. What the program wants is kept."""
        for monitor in self.by_id.values():
            monitor.monitor_id = None
        self.by_id.clear()
        self.starting.clear()
        self.stopping.clear()
        self.changing.clear()
        self.late.clear()
        self.late_stops.clear()
        self.strangers.clear()
        self.agent_start = None
        for _, agent in self.monitored_agents():
            self._adjust_monitors(agent.agent_id)  # what each reports when it is started again
        self.is_list_due = self.all_teams_of is not None
        self.awaits_lists = bool(self.teams)

    def clear(self) -> None:
        """The mode is over: nothing is monitored any more."""
        self.lost()
        self.forget_teams()
        self.wanted.clear()
        self.all_teams_of = None
        self.is_list_due = self.awaits_lists = False
        self._choices.clear()
        self._watched.clear()
