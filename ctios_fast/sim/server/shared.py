"""What the two sides of a simulated pair share: settings, peripheral, events, counters and the clock."""

import hmac
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ctios_fast.connection.clock import Clock
from ctios_fast.connection.link import DEFAULT_MAX_BUFFERED
from ctios_fast.sim.counters import Counters
from ctios_fast.sim.plant.peripheral import Peripheral

from .event_fanout import AgentEvents

__all__ = ["Settings", "Shared"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a pair of CTI Servers behaves; ``Simulator`` describes each."""

    peripheral_id: int = 5000
    protocol_max: int = 25
    client_password: str | None = field(default=None, repr=False)
    agent_passwords: Mapping[str, str] | None = field(default=None, repr=False)
    events_first: bool = False
    max_connections: int = 20_000
    max_buffered: int = DEFAULT_MAX_BUFFERED

    def accepts_client(self, password: bytes) -> bool:
        """Whether OPEN_REQ's ClientPassword is right, with or without a closing NUL."""
        if self.client_password is None:
            return True
        return _same(self.client_password, password.removesuffix(b"\0"))

    def accepts_agent(self, agent_id: str, password: str) -> bool:
        """Whether an agent's password is right; agents without one of their own may give any."""
        expected = (self.agent_passwords or {}).get(agent_id)
        return expected is None or _same(expected, password.encode("utf-8", "surrogateescape"))


def _same(expected: str, given: bytes) -> bool:
    return hmac.compare_digest(expected.encode("utf-8", "surrogateescape"), given)


class Shared:
    """One pair's common state."""

    def __init__(self, settings: Settings, peripheral: Peripheral, clock: Clock) -> None:
        self.settings: Final = settings
        self.peripheral: Final = peripheral
        self.clock: Final = clock
        self.counters: Final = Counters()
        self.events: Final = AgentEvents(peripheral, self.counters)
        self._session_ids = itertools.count(1)

    def next_session_id(self) -> int:
        """A SessionID that no session of either side has had."""
        return next(self._session_ids) & 0xFFFFFFFF
