"""Who gets AGENT_STATE_EVENT: the agent's own client and all All Events clients of both sides, by mask.

This is the simulator's hot path: an event is encoded once for each protocol version spoken, not for each
client, and the list of watchers is copied only when it changed.
"""

from typing import TYPE_CHECKING, Final

from ctios_fast.protocol.enums import AgentState
from ctios_fast.sim.counters import Counters
from ctios_fast.sim.plant.agent_machine import MASK_BIT
from ctios_fast.sim.plant.peripheral import Agent, Peripheral

from .replies import replies

if TYPE_CHECKING:
    from .client_session import Session

__all__ = ["AgentEvents"]


class AgentEvents:
    """Sends the peripheral's changes to the sessions that asked for them."""

    def __init__(self, peripheral: Peripheral, counters: Counters) -> None:
        self._peripheral: Final = peripheral
        self._counters: Final = counters
        self._watchers: dict[Session, None] = {}
        self._snapshot: tuple[Session, ...] | None = ()
        peripheral.listeners.append(self.publish)

    def watch(self, session: "Session") -> None:
        """Send all agents' events to an All Events session, as far as its mask asks for them."""
        self._watchers[session] = None
        self._snapshot = None

    def unwatch(self, session: "Session") -> None:
        """Stop sending; a session that was not watching is passed over."""
        if session in self._watchers:
            del self._watchers[session]
            self._snapshot = None

    def publish(self, agent: Agent, state: AgentState, reason: int) -> None:
        """Send one change to everybody concerned. A session that has ended meanwhile has an empty mask."""
        bit = MASK_BIT.get(state, 0)
        own = agent.session
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
