"""What a simulated pair of CTI Servers has seen: plain counts, for tests and for people."""

from collections import Counter
from dataclasses import dataclass, field

from ctios_fast.protocol.enums import StatusCode

__all__ = ["Counters"]


@dataclass(slots=True)
class Counters:
    """Counts of both sides together since the simulator was made."""

    connections: int = 0
    """TCP (TLS) connections accepted."""
    over_limit: int = 0
    """Connections reset at once because a side had its most already."""
    opens: int = 0
    """Sessions opened."""
    closes: int = 0
    """Sessions that the client ended with CLOSE_REQ."""
    refusals: Counter[StatusCode] = field(default_factory=Counter)
    """FAILURE_CONF sent, by status: refused openings and refused requests."""
    control_failures: int = 0
    """CONTROL_FAILURE_CONF sent."""
    requests: int = 0
    """Messages read from clients, malformed ones included."""
    events_sent: int = 0
    """AGENT_STATE_EVENT handed to connections: one for each client that gets it."""
    replaced: int = 0
    """Sessions ended because the same client opened a newer one for the device."""
    idle_resets: int = 0
    """Sessions reset because the client was silent for its IdleTimeout."""
    dropped_sessions: int = 0
    """Connections reset because the client did not read what was sent to it."""
    oversized: int = 0
    """Connections ended because a frame announced more than the largest size."""
