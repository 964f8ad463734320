"""The monitors that sessions start, and the tables that lead from what happens to them."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from .client_session import ClientSession

__all__ = ["MAX_MONITORS", "Monitor", "MonitorKind", "Monitors"]

MAX_MONITORS: Final = 10_000
"""Monitors of one session."""


class MonitorKind(Enum):
    """What a monitor watches."""

    DEVICE = auto()
    """The calls and the agent of a device; the key is the device's id."""
    CALL = auto()
    """A call; the key is its ConnectionCallID."""
    TEAM = auto()
    """The agents' states of a team; the key is the TeamID."""
    SESSION = auto()
    """Another client's session; the key is its SessionID."""


@dataclass(slots=True, eq=False)
class Monitor:
    """One monitor. ``call_mask`` and ``agent_mask`` say which events it delivers."""

    monitor_id: int
    session: ClientSession
    kind: MonitorKind
    key: str | int
    call_mask: int
    agent_mask: int
    keys: list[str | int] = field(default_factory=list)  # all that it watches under: a call's id can change

    def passes(self, call_mask: int, agent_mask: int) -> bool:
        """Whether the masks let an event through whose bits are given; 0 is not filtered."""
        return (not call_mask or bool(self.call_mask & call_mask)) and (
            not agent_mask or bool(self.agent_mask & agent_mask)
        )


class Monitors:
    """All monitors of a pair."""

    def __init__(self) -> None:
        self._ids: Final = itertools.count(1)
        self._by_id: Final[dict[int, Monitor]] = {}
        self._of_session: Final[dict[ClientSession, dict[int, Monitor]]] = {}
        self._watching: Final[dict[tuple[MonitorKind, str | int], dict[Monitor, None]]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def next_id(self) -> int:
        """A MonitorID that was not used before; OPEN_CONF's come from the same numbers."""
        return next(self._ids) & 0xFFFFFFFF

    def start(
        self, session: ClientSession, kind: MonitorKind, key: str | int, call_mask: int, agent_mask: int
    ) -> Monitor:
        """Start a monitor."""
        monitor = Monitor(self.next_id(), session, kind, key, call_mask, agent_mask)
        self._by_id[monitor.monitor_id] = monitor
        self._of_session.setdefault(session, {})[monitor.monitor_id] = monitor
        self.also_watch(monitor, key)
        return monitor

    def find(self, session: ClientSession, monitor_id: int, *kinds: MonitorKind) -> Monitor | None:
        """A session's monitor of one of the kinds."""
        monitor = self._by_id.get(monitor_id)
        return monitor if monitor and monitor.session is session and monitor.kind in kinds else None

    def of_session(self, session: ClientSession) -> tuple[Monitor, ...]:
        """A session's monitors, oldest first."""
        return tuple(self._of_session.get(session, {}).values())

    def of(self, kind: MonitorKind, key: str | int) -> Iterable[Monitor]:
        """The monitors that watch something."""
        return self._watching.get((kind, key), ())

    def also_watch(self, monitor: Monitor, key: str | int) -> None:
        """Let a monitor watch under another key too: a call's id changes."""
        watching = self._watching.setdefault((monitor.kind, key), {})
        if monitor not in watching:
            watching[monitor] = None
            monitor.keys.append(key)

    def call_ended(self, call_id: int) -> None:
        """A call's id is gone: its monitors end unless they watch the call under another id."""
        for monitor in self._watching.pop((MonitorKind.CALL, call_id), ()):
            monitor.keys.remove(call_id)
            if not monitor.keys:
                self._forget(monitor)

    def device_removed(self, device_id: str) -> None:
        """End the monitors of a device that was removed."""
        for monitor in tuple(self.of(MonitorKind.DEVICE, device_id)):
            self.stop(monitor)

    def stop(self, monitor: Monitor) -> None:
        """End a monitor."""
        for key in monitor.keys:
            watching = self._watching[monitor.kind, key]
            del watching[monitor]
            if not watching:
                del self._watching[monitor.kind, key]
        self._forget(monitor)

    def session_ended(self, session: ClientSession) -> None:
        """All monitors of a session end with it, and those that watch it."""
        for monitor in self.of_session(session):
            self.stop(monitor)
        self._of_session.pop(session, None)
        for monitor in tuple(self.of(MonitorKind.SESSION, session.session_id)):
            self.stop(monitor)

    def _forget(self, monitor: Monitor) -> None:
        del self._by_id[monitor.monitor_id]
        del self._of_session[monitor.session][monitor.monitor_id]
