"""The states of a session's connection, as a table.

Two things happen at once to a connection: TCP comes and goes, and a GED-188 session is opened on it.
``CONNECTED`` has TCP only; ``OPEN`` has both. In ``WAITING`` the library is between two attempts.

::

    DISCONNECTED --connect--> CONNECTING --tcp_up--> CONNECTED --open--> OPENING --opened--> OPEN
                                  |  ^                   |                  |                 |
                            failed|  |retry              +------lost--------+------lost-------+
                                  v  |                                      v
                                WAITING <-----------------------------------+
    any but DISCONNECTED --disconnect--> CLOSING --closed--> DISCONNECTED
    CONNECTED, OPENING, OPEN --rejected--> DISCONNECTED
    CONNECTING, WAITING --given_up--> DISCONNECTED
"""

from enum import Enum

__all__ = ["ConnectionState", "next_state"]


class ConnectionState(Enum):
    """Where a session's connection stands."""

    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    OPENING = "opening"
    OPEN = "open"
    WAITING = "waiting"
    CLOSING = "closing"


_S = ConnectionState

TRANSITIONS: dict[tuple[ConnectionState, str], ConnectionState] = {
    (_S.DISCONNECTED, "connect"): _S.CONNECTING,
    (_S.CONNECTING, "tcp_up"): _S.CONNECTED,
    (_S.CONNECTING, "failed"): _S.WAITING,
    (_S.CONNECTING, "given_up"): _S.DISCONNECTED,
    (_S.WAITING, "retry"): _S.CONNECTING,
    (_S.WAITING, "given_up"): _S.DISCONNECTED,
    (_S.CONNECTED, "open"): _S.OPENING,
    (_S.CONNECTED, "lost"): _S.WAITING,
    (_S.OPENING, "opened"): _S.OPEN,
    (_S.OPENING, "lost"): _S.WAITING,
    (_S.OPEN, "lost"): _S.WAITING,
    (_S.CONNECTED, "rejected"): _S.DISCONNECTED,
    (_S.OPENING, "rejected"): _S.DISCONNECTED,
    (_S.OPEN, "rejected"): _S.DISCONNECTED,
    (_S.CONNECTING, "disconnect"): _S.CLOSING,
    (_S.CONNECTED, "disconnect"): _S.CLOSING,
    (_S.OPENING, "disconnect"): _S.CLOSING,
    (_S.OPEN, "disconnect"): _S.CLOSING,
    (_S.WAITING, "disconnect"): _S.CLOSING,
    (_S.CLOSING, "closed"): _S.DISCONNECTED,
}


def next_state(state: ConnectionState, event: str) -> ConnectionState:
    """The state that the event leads to; ``ValueError`` where the table has none."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise ValueError(f"a connection that is {state.value} cannot {event}") from None
