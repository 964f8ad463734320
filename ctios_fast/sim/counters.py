"""Plain counts of what a simulated pair of CTI Servers has seen, for tests and for people."""

from collections import Counter
from dataclasses import dataclass, field

from ctios_fast.protocol.enums import StatusCode

__all__ = ["Counters"]


@dataclass(slots=True)
class Counters:
    """Counts of both sides together since the simulator was created."""

    connections: int = 0
    """TCP (TLS) connections accepted."""
    over_limit: int = 0
    """Connections reset at once because a side, or the process, has as many as it may have."""
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
    """Events handed to connections: one for each copy that a client gets."""
    replaced: int = 0
    """Sessions ended because the same client opened a newer one for the device."""
    abandoned_openings: int = 0
    """OPEN_REQs not served because the client had closed its connection before they were read."""
    idle_resets: int = 0
    """Sessions reset because the client was silent for its IdleTimeout."""
    unopened_resets: int = 0
    """Connections reset because no session was opened in time."""
    dropped_sessions: int = 0
    """Connections reset because the client did not read what was sent to it."""
    oversized: int = 0
    """Connections ended because a frame announced more than the largest size."""
