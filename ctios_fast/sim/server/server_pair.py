"""What both sides of a simulated pair serve from: one plant, and the sessions over both sides."""

from typing import Any, Final

from ctios_fast.connection.clock import Clock
from ctios_fast.protocol import numbers as messages
from ctios_fast.protocol.enums import (
    AgentState,
    ConfigRecordType,
    CTIServiceMask,
    PGStatusCode,
    StatusCode,
    SystemEventID,
)
from ctios_fast.sim.pair_settings import PairSettings
from ctios_fast.sim.plant import ConfigChange, Device, Plant, PlantAgent, PlantEvent

from .client_session import ClientSession
from .config_server import ConfigServer
from .distribution import Distribution
from .monitors import Monitors
from .server_context import ServerContext, log
from .service_registry import ServiceRegistry
from .session_news import SessionNews

__all__ = ["ServerPair"]

_SUPERVISOR: Final = CTIServiceMask.CTI_SERVICE_SUPERVISOR.value

_SETS: Final = {
    SystemEventID.SYS_CENTRAL_CONTROLLER_OFFLINE: PGStatusCode.PGS_CC_DOWN.value,
    SystemEventID.SYS_PERIPHERAL_GATEWAY_OFFLINE: PGStatusCode.PGS_OPC_DOWN.value,
}
"""SystemEventID -> the bit of PGStatus that it sets."""

_CLEARS: Final = {
    SystemEventID.SYS_CENTRAL_CONTROLLER_ONLINE: PGStatusCode.PGS_CC_DOWN.value,
    SystemEventID.SYS_PERIPHERAL_ONLINE: PGStatusCode.PGS_OPC_DOWN.value,
}
"""SystemEventID -> the bit of PGStatus that it clears."""


class ServerPair:
    """One pair's common state."""

    def __init__(self, settings: PairSettings, plant: Plant, clock: Clock) -> None:
        self.settings: Final = settings
        self.context: Final = ServerContext(settings, clock)
        self.plant: Final = plant
        self.monitors: Final = Monitors()
        self.distribution: Final = Distribution(plant, self.monitors, self.context.counters)
        self.config: Final = ConfigServer(plant, lambda: self.distribution.sessions)
        self.sessions: Final[dict[int, ClientSession]] = {}  # open ones by SessionID
        self.news: Final = SessionNews()
        self.services: Final = ServiceRegistry()
        self.alarms: Final[dict[str, tuple[int, str]]] = {}  # CLIENT_EVENT_REPORT_REQ: name -> state, text
        self.app_data: Final[dict[int, dict[str, object]]] = {}  # SET_APP_DATA_REQ, by ApplicationPathID
        self._pg_status = 0  # without the peripheral's bit
        self._login_sides: dict[PlantAgent, str] = {}  # the side over which an agent was logged in
        plant.subscribe(self._forget_login)
        plant.subscribe_changes(self._forget_removed)

    @property
    def peripheral_id(self) -> int:
        """The one PeripheralID of the pair."""
        return self.plant.population.peripheral_id

    @property
    def pg_status(self) -> int:
        """PGStatus."""
        peripheral = 0 if self.plant.online else PGStatusCode.PGS_PERIPHERAL_OFFLINE.value
        return self._pg_status | peripheral

    def system_event(self, event: SystemEventID, argument: int, text: str) -> None:
        """Send a SYSTEM_EVENT to every session; PGStatus follows from some of them."""
        self._pg_status = (self._pg_status & ~_CLEARS.get(event, 0)) | _SETS.get(event, 0)
        for session in self.distribution.sessions:
            session.send(
                session.replies.system_event(
                    event, argument, pg_status=self.pg_status, time=self.central_time, text=text
                )
            )

    @property
    def central_time(self) -> int:
        """ICMCentralControllerTime: seconds of the clock, which a virtual clock makes reproducible."""
        return int(self.context.wall_time()) & 0xFFFFFFFF

    @property
    def full(self) -> bool:
        """Whether as many sessions are open as may be."""
        return len(self.sessions) >= self.settings.max_sessions

    def holder(self, agent: PlantAgent) -> ClientSession | None:
        """The open Client Events session of the agent's device, on whichever side."""
        return self.distribution.holder(agent)

    def client(self, client_id: str) -> list[ClientSession]:
        """The open sessions of a ClientID."""
        return [session for session in self.sessions.values() if session.client_id == client_id]

    def add_session(self, session: ClientSession) -> None:
        """A session was opened. An older one of the same client for the same device ends."""
        self.sessions[session.session_id] = session
        log.debug("%r opened, version %d, services %#x", session, session.version, session.services)
        if not session.standby:
            self._activate(session)
        self.news.opened(session, self.peripheral_id)

    def _activate(self, session: ClientSession) -> None:
        older = None if session.agent is None else self.holder(session.agent)
        if older is not None:
            self.context.counters.replaced += 1
            older.fail(StatusCode.E_CTI_NEW_SESSION_OPENED)
        self.distribution.add(session)

    def activate(self, session: ClientSession) -> None:
        """A session on a standby side gets events from now on: the side has become active."""
        session.standby = False
        session.send_event(messages.STANDBY_ACTIVE_EVENT, {})
        self._activate(session)
        self.welcome(session)

    def deactivate(self, session: ClientSession) -> None:
        """A session gets no more events: its side has become the standby."""
        session.standby = True
        self.distribution.remove(session)
        self.monitors.session_ended(session)

    def welcome(self, session: ClientSession) -> None:
        """What a session gets after OPEN_CONF: its teams and the calls in progress at its device."""
        agent = session.agent
        if agent is None:
            return
        if session.services & _SUPERVISOR:
            for team in self.plant.population.supervised_by(agent):
                self.list_team(session, team.team_id)
        for event in self.plant.begin_call_events(agent.device.device_id):
            self.distribution.send(event, session)

    def list_team(self, session: ClientSession, team_id: int) -> None:
        """Send a session the members of a team, if its mask asks for teams."""
        for event in self.plant.team_config_events(team_id):
            self.distribution.send(event, session)

    def remove_session(self, session: ClientSession, status: StatusCode) -> None:
        """A session has ended."""
        del self.sessions[session.session_id]
        log.debug("%r ends with %s", session, status.name)
        self.distribution.remove(session)
        self.monitors.session_ended(session)
        self.news.closed(session, self.peripheral_id, status)
        self.services.session_ended(session)

    def sessions_json(self) -> list[dict[str, Any]]:
        """The sessions in the form of the control command's snapshot."""
        return [
            {
                "side": session.owner.name.upper(),
                "client": session.client_id,
                "version": session.version,
                "monitors": [monitor.monitor_id for monitor in self.monitors.of_session(session)],
            }
            for session in self.sessions.values()
        ]

    def _forget_removed(self, changes: tuple[ConfigChange, ...]) -> None:
        """End the sessions of agents that were removed and the monitors of devices that were."""
        for change in changes:
            if change.record is not ConfigRecordType.CONFIG_RECORD_DELETE:
                continue
            if isinstance(change.subject, PlantAgent):
                holder = self.holder(change.subject)
                if holder is not None:
                    holder.fail(StatusCode.E_CTI_INVALID_AGENT_DATA)
            elif isinstance(change.subject, Device):
                self.monitors.device_removed(change.subject.device_id)

    # --- agents and sides -----------------------------------------------------------------------

    def logged_in_over(self, agent: PlantAgent, side: str) -> None:
        """Note the side over which an agent was logged in."""
        self._login_sides[agent] = side

    def side_of(self, agent: PlantAgent) -> str:
        """The side of the agent's Client Events session, else the one it was logged in over, else ""."""
        session = self.holder(agent)
        return self._login_sides.get(agent, "") if session is None else session.owner.name

    def _forget_login(self, event: PlantEvent) -> None:
        if (
            event.message == messages.AGENT_STATE_EVENT
            and event.fields["AgentState"] == AgentState.AGENT_STATE_LOGOUT
        ):
            for agent_id in event.audience.agents:
                self._login_sides.pop(self.plant.agent(agent_id), None)
