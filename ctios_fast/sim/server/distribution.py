"""Who gets which of the plant's events, with which MonitorID.

- An All Events session gets every event, with MonitorID 0.
- A Client Events session gets the events of its device, with the MonitorID of its OPEN_CONF.
- Each monitor that an event matches brings one copy with its MonitorID.
- A supervisor's session gets the configuration and the emergencies of the teams that it supervises.
- SYSTEM_EVENT goes to every session.

Masks filter all of them. This is the simulator's hot path: an event is encoded once for each protocol version
spoken, not for each client; MonitorID is put into a copy of the frame.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Final

from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import CTIServiceMask
from ctios_fast.sim.counters import Counters
from ctios_fast.sim.plant import Plant, PlantAgent, PlantEvent

from .client_session import ClientSession
from .frame_encoder import encoder, has_monitor_id, with_monitor_id
from .monitors import MonitorKind, Monitors
from .registered_variables import RegisteredVariables

__all__ = ["Distribution"]

_ALL_EVENTS: Final = CTIServiceMask.CTI_SERVICE_ALL_EVENTS.value
_SUPERVISOR: Final = CTIServiceMask.CTI_SERVICE_SUPERVISOR.value
_RTP: Final = frozenset({messages.RTP_STARTED_EVENT, messages.RTP_STOPPED_EVENT})
_MERGES: Final = frozenset(
    {
        messages.CALL_CONFERENCED_EVENT,
        messages.CALL_TRANSFERRED_EVENT,
        messages.CALL_DATA_UPDATE_EVENT,
    }
)

Receiver = tuple[ClientSession, int]
"""A session and the MonitorID of its copy."""


class Distribution:
    """Sends the plant's events to the sessions that asked for them."""

    def __init__(self, plant: Plant, monitors: Monitors, counters: Counters) -> None:
        self._plant: Final = plant
        self._monitors: Final = monitors
        self._counters: Final = counters
        self._watchers: dict[ClientSession, None] = {}  # All Events sessions
        self._watchers_now: tuple[ClientSession, ...] | None = ()  # the same, None when they changed
        self._others: dict[ClientSession, None] = {}  # sessions without All Events
        self._holders: dict[PlantAgent, ClientSession] = {}  # Client Events sessions
        self._notifier: ClientSession | None = None  # the session whose emergency call is carried out
        self._ending: set[int] = set()  # calls whose END_CALL_EVENTs are among the present events
        plant.subscribe(self.publish)
        plant.call_after_events(self._end_call_monitors)

    # --- sessions -------------------------------------------------------------------------------

    def add(self, session: ClientSession) -> None:
        """Send a session what its services and masks ask for."""
        if session.services & _ALL_EVENTS:
            self._watchers[session] = None
            self._watchers_now = None
        else:
            self._others[session] = None
        if session.agent is not None:
            self._holders[session.agent] = session

    def remove(self, session: ClientSession) -> None:
        """Send a session nothing more."""
        if session in self._watchers:
            del self._watchers[session]
            self._watchers_now = None
        self._others.pop(session, None)
        if session.agent is not None and self._holders.get(session.agent) is session:
            del self._holders[session.agent]

    def holder(self, agent: PlantAgent) -> ClientSession | None:
        """The open Client Events session of the agent's device, on whichever side."""
        return self._holders.get(agent)

    @property
    def sessions(self) -> list[ClientSession]:
        """All sessions that get events."""
        return [*self._watchers, *self._others]

    @contextmanager
    def notified_by(self, session: ClientSession) -> Iterator[None]:
        """Name a session as the client that notifies of an emergency, in the events of a ``with`` block."""
        self._notifier = session
        try:
            yield
        finally:
            self._notifier = None

    # --- events ---------------------------------------------------------------------------------

    def publish(self, event: PlantEvent) -> None:
        """Send one event to all sessions concerned. A session that has ended meanwhile has empty masks."""
        if event.message in _MERGES:
            self._follow_call(event)
        outgoing = _Outgoing(self._filled_in(event))
        sent = 0
        for session, monitor_id in self._receivers(event):
            if outgoing.send(session, monitor_id):
                sent += 1
        self._counters.events_sent += sent
        if not len(self._monitors):
            return
        if event.message == messages.END_CALL_EVENT:
            self._ending.update(event.audience.calls)
        elif event.message == messages.AGENT_TEAM_CONFIG_EVENT:
            self._end_team_monitors(event.audience.teams)

    def send(self, event: PlantEvent, session: ClientSession) -> None:
        """Send an event to one session only, as its own, as far as its mask lets it through."""
        if _passes(session, event) and _Outgoing(self._filled_in(event)).send(session, session.monitor_id):
            self._counters.events_sent += 1

    def _receivers(self, event: PlantEvent) -> Iterator[Receiver]:
        if event.message == messages.AGENT_STATE_EVENT and not event.audience.agent_mask:
            return  # a state without a bit in AgentStateMask is never sent
        if self._watchers_now is None:
            self._watchers_now = tuple(self._watchers)
        for session in self._watchers_now:
            if _passes(session, event):
                yield session, 0
        if event.message == messages.SYSTEM_EVENT:
            for session in tuple(self._others):
                yield session, 0
        elif not event.audience.all_events_only and (self._others or len(self._monitors)):
            yield from self._by_audience(event)

    def _by_audience(self, event: PlantEvent) -> Iterator[Receiver]:
        audience = event.audience
        own = {
            session
            for device_id in audience.devices
            if (device := self._plant.population.devices.get(device_id)) is not None
            and device.agent is not None
            and (session := self._holders.get(device.agent)) is not None
        }
        if event.message == messages.AGENT_TEAM_CONFIG_EVENT:
            own |= set(self._supervisors(audience.teams, audience.agents))
        elif event.message == messages.EMERGENCY_CALL_EVENT:
            own |= set(self._supervisors(audience.teams))
        for session in sorted(own - self._watchers.keys(), key=lambda session: session.session_id):
            if _passes(session, event):
                yield session, session.monitor_id
        if not len(self._monitors):
            return
        monitors = self._monitors
        matching = {m: None for key in audience.devices for m in monitors.of(MonitorKind.DEVICE, key)}
        matching |= {m: None for key in audience.calls for m in monitors.of(MonitorKind.CALL, key)}
        if event.message == messages.AGENT_STATE_EVENT:
            matching |= {m: None for key in audience.teams for m in monitors.of(MonitorKind.TEAM, key)}
        for session in own | self._watchers.keys():
            matching |= dict.fromkeys(monitors.of(MonitorKind.SESSION, session.session_id))
        for monitor in matching:
            if monitor.passes(audience.call_mask, audience.agent_mask):
                yield monitor.session, monitor.monitor_id

    def _supervisors(self, teams: tuple[int, ...], others: tuple[str, ...] = ()) -> Iterator[ClientSession]:
        """Sessions of the teams' supervisors, and of ``others``: agent ids of former supervisors, say."""
        population = self._plant.population
        of_teams = [population.teams[team_id].supervisors for team_id in teams if team_id in population.teams]
        for agent_id in chain(others, *of_teams):
            agent = population.agents.get(agent_id)
            session = None if agent is None else self._holders.get(agent)
            if session is not None and session.services & _SUPERVISOR:
                yield session

    def _end_team_monitors(self, teams: tuple[int, ...]) -> None:
        """End the monitors of sessions whose agents no longer supervise these teams."""
        for team_id in teams:
            supervisors = self._plant.population.teams[team_id].supervisors
            for monitor in tuple(self._monitors.of(MonitorKind.TEAM, team_id)):
                session = monitor.session
                if not session.services & _ALL_EVENTS and (
                    session.agent is None or session.agent.agent_id not in supervisors
                ):
                    self._monitors.stop(monitor)

    # --- fields that depend on sessions ---------------------------------------------------------

    def _filled_in(self, event: PlantEvent) -> PlantEvent:
        number = event.message
        if number == messages.AGENT_STATE_EVENT:
            return self._with_session(event)
        if number in _RTP:
            return self._with_client(event, self._holder_of(event))
        if number == messages.EMERGENCY_CALL_EVENT:
            return self._with_client(event, self._notifier or self._holder_of(event))
        return event

    def _holder_of(self, event: PlantEvent) -> ClientSession | None:
        for name in event.audience.agents:
            agent = self._plant.population.agents.get(name)
            if agent is not None:
                return self._holders.get(agent)
        for device_id in event.audience.devices:
            device = self._plant.population.devices.get(device_id)
            if device is not None and device.agent is not None:
                return self._holders.get(device.agent)
        return None

    def _with_session(self, event: PlantEvent) -> PlantEvent:
        """SessionID and CTIClientSignature of the agent's Client Events session."""
        session = self._holder_of(event) if self._holders else None
        if session is None:
            return event
        fields = {**event.fields, "SessionID": session.session_id}
        floating = event.floating
        if session.signature is not None:
            floating = (("CTIClientSignature", session.signature), *floating)
        return PlantEvent(event.message, fields, floating, event.audience)

    @staticmethod
    def _with_client(event: PlantEvent, session: ClientSession | None) -> PlantEvent:
        """A client's address and port, and its SessionID and ClientID where they are fields."""
        if session is None:
            return event
        known = {
            "ClientPort": session.port,
            "SessionID": session.session_id,
            "ClientID": session.client_id,
            "ClientAddress": session.host,
        }
        fields = {name: known.get(name, value) for name, value in event.fields.items()}
        floating = tuple((name, known.get(name, value)) for name, value in event.floating)
        return PlantEvent(event.message, fields, floating, event.audience)  # type: ignore[arg-type]

    # --- call monitors --------------------------------------------------------------------------

    def _follow_call(self, event: PlantEvent) -> None:
        """Call monitors watch a call under all ids that it has in a conference or a transfer."""
        calls = event.audience.calls
        if len(calls) < 2 or not len(self._monitors):
            return
        for call_id in calls:
            for monitor in tuple(self._monitors.of(MonitorKind.CALL, call_id)):
                for other in calls:
                    self._monitors.also_watch(monitor, other)

    def _end_call_monitors(self) -> None:
        """End the monitors of calls that have ended, after the END_CALL_EVENT of every connection."""
        if not self._ending:
            return
        watched = {i for i in self._ending if self._monitors.of(MonitorKind.CALL, i)}
        self._ending.clear()
        if watched:
            for call_id in watched - {call.call_id for call in self._plant.calls}:
                self._monitors.call_ended(call_id)


class _Outgoing:
    """One event on its way: encoded when the first session needs it."""

    def __init__(self, event: PlantEvent) -> None:
        self._event: Final = event
        self._frames: dict[tuple[int, RegisteredVariables | None], bytes | None] = {}

    def send(self, session: ClientSession, monitor_id: int) -> bool:
        """Send a copy. Returns False if the session's version lacks the message."""
        key = (session.version, session.variables)
        try:
            frame = self._frames[key]
        except KeyError:
            frame = self._frames[key] = self._encode(*key)
        if frame is None:
            return False
        if monitor_id and has_monitor_id(self._event.message):
            frame = with_monitor_id(frame, monitor_id)
        session.send(frame)
        return True

    def _encode(self, version: int, variables: RegisteredVariables | None) -> bytes | None:
        event = self._event
        fields, floating = (event.fields, event.floating) if variables is None else variables.keep(event)
        if has_monitor_id(event.message):
            fields = {"MonitorID": 0, **fields}
        return encoder(version).encode(event.message, fields, floating)


def _passes(session: ClientSession, event: PlantEvent) -> bool:
    audience = event.audience
    return (not audience.call_mask or bool(audience.call_mask & session.call_mask)) and (
        not audience.agent_mask or bool(audience.agent_mask & session.state_mask)
    )
