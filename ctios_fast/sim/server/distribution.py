"""Who gets AGENT_STATE_EVENT: the agent's own client and all All Events clients of both sides, by mask.

This is the simulator's hot path: an event is encoded once for each protocol version spoken, not for each
client, and the list of watchers is copied only when it changed.
"""

from typing import Final

from ctios_fast.protocol.enums import AgentState, CTIServiceMask
from ctios_fast.sim.counters import Counters
from ctios_fast.sim.plant.agent_machine import MASK_BIT
from ctios_fast.sim.plant.peripheral import Agent, Peripheral

from .client_session import ClientSession
from .replies import replies

__all__ = ["Distribution"]

_ALL_EVENTS: Final = CTIServiceMask.CTI_SERVICE_ALL_EVENTS.value


class Distribution:
    """Sends the peripheral's changes to the sessions that asked for them."""

    def __init__(self, peripheral: Peripheral, counters: Counters) -> None:
        self._peripheral: Final = peripheral
        self._counters: Final = counters
        self._watchers: dict[ClientSession, None] = {}  # All Events sessions
        self._snapshot: tuple[ClientSession, ...] | None = ()  # the same, None when they changed
        self._holders: dict[Agent, ClientSession] = {}  # Client Events sessions
        peripheral.listeners.append(self.publish)

    def add(self, session: ClientSession) -> None:
        """Send a session what its services and masks ask for."""
        if session.services & _ALL_EVENTS:
            self._watchers[session] = None
            self._snapshot = None
        if session.agent is not None:
            self._holders[session.agent] = session

    def remove(self, session: ClientSession) -> None:
        """Send a session nothing more."""
        if session in self._watchers:
            del self._watchers[session]
            self._snapshot = None
        if session.agent is not None and self._holders.get(session.agent) is session:
            del self._holders[session.agent]

    def holder(self, agent: Agent) -> ClientSession | None:
        """The open Client Events session of the agent's device, on whichever side."""
        return self._holders.get(agent)

    def publish(self, agent: Agent, state: AgentState, reason: int) -> None:
        """Send one change to everybody concerned. A session that has ended meanwhile has an empty mask."""
        bit = MASK_BIT.get(state, 0)
        own = self._holders.get(agent)
        session_id, signature = (0, None) if own is None else (own.session_id, own.signature)
        if self._snapshot is None:
            self._snapshot = tuple(self._watchers)
        frames: dict[int, bytes] = {}
        sent = 0
        receivers = self._snapshot if own is None or own in self._watchers else (own, *self._snapshot)
        for session in receivers:
            if session.state_mask & bit:
                version = session.version
                frame = frames.get(version)
                if frame is None:
                    frame = frames[version] = replies(version).agent_state_event(
                        self._peripheral.peripheral_id, agent, state, reason, session_id, signature
                    )
                session.send(frame)
                sent += 1
        self._counters.events_sent += sent
