"""What both sides of a simulated pair serve from: one peripheral, and the sessions over both sides."""

from typing import Final

from ctios_fast.connection.clock import Clock
from ctios_fast.protocol.enums import AgentState, StatusCode
from ctios_fast.sim.pair_settings import PairSettings
from ctios_fast.sim.plant.peripheral import Agent, Peripheral

from .client_session import ClientSession
from .distribution import Distribution
from .server_context import ServerContext

__all__ = ["ServerPair"]


class ServerPair:
    """One pair's common state."""

    def __init__(self, settings: PairSettings, peripheral: Peripheral, clock: Clock) -> None:
        self.settings: Final = settings
        self.context: Final = ServerContext(settings, clock)
        self.peripheral: Final = peripheral
        self.distribution: Final = Distribution(peripheral, self.context.counters)
        self.sessions: Final[dict[int, ClientSession]] = {}  # open ones by SessionID
        self._login_sides: dict[Agent, str] = {}  # the side over which an agent was logged in
        peripheral.listeners.append(self._forget_login)

    @property
    def full(self) -> bool:
        """Whether as many sessions are open as may be."""
        return len(self.sessions) >= self.settings.max_sessions

    def holder(self, agent: Agent) -> ClientSession | None:
        """The open Client Events session of the agent's device, on whichever side."""
        return self.distribution.holder(agent)

    def add_session(self, session: ClientSession) -> None:
        """A session was opened. An older one of the same client for the same device ends."""
        older = None if session.agent is None else self.holder(session.agent)
        if older is not None:
            self.context.counters.replaced += 1
            older.fail(StatusCode.E_CTI_NEW_SESSION_OPENED)
        self.sessions[session.session_id] = session
        self.distribution.add(session)

    def remove_session(self, session: ClientSession) -> None:
        """A session has ended."""
        del self.sessions[session.session_id]
        self.distribution.remove(session)

    # --- agents and sides -----------------------------------------------------------------------

    def logged_in_over(self, agent: Agent, side: str) -> None:
        """Note the side over which an agent was logged in."""
        self._login_sides[agent] = side

    def side_of(self, agent: Agent) -> str:
        """The side of the agent's Client Events session, else the one it was logged in over, else ""."""
        session = self.holder(agent)
        return self._login_sides.get(agent, "") if session is None else session.owner.name

    def _forget_login(self, agent: Agent, state: AgentState, reason: int) -> None:
        if state is AgentState.AGENT_STATE_LOGOUT:
            self._login_sides.pop(agent, None)
