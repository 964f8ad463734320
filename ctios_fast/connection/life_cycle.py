"""The state machine of a client connection.

The rules
=========

Two things happen to a connection at once: TCP comes and goes, and a GED-188 session is opened on top of it.
The machine has one state for each combination that can last:

============  =========================  =====================================================
state         TCP                        the connection waits for
============  =========================  =====================================================
DISCONNECTED  none                       ``connect``
CONNECTING    being set up               the search for a side: a link, or a failed attempt
WAITING       none                       the search for a side: the end of its pause
CONNECTED     up (``link`` is set)       ``open``, which says which session to open
OPENING       up                         the answer to OPEN_REQ
OPEN          up                         nothing: requests can be sent
CLOSING       ending, or gone already    CLOSE_CONF, the end of TCP, or a time limit
============  =========================  =====================================================

Rule 1. The state changes only by ``Lifecycle.take``, and only as ``TRANSITIONS`` says. An event that the
table does not have for a state is a fault in the connection, and raises.

Rule 2. A step that can raise comes before the change of state, never after it. So a state is left only by
completing a step or by undoing it.

Rule 3. Everything that lasts longer than a state is a record with one owner:

- what to open again after a loss: ``Wanted`` (``opening``), from ``open`` until the connection gives up;
- where the search for a side is: ``SideSearch`` (``search``), with its own table;
- the additional session on the standby side: ``StandbyKeeper`` (``standby``);
- the callers that wait for connect, open and disconnect: ``Waiters`` (``waiters``);
- everything that belongs to one TCP connection ends with ``Connection._detach``.

Rule 4. A step is reported to the observer and the waiting callers after it is complete. They may call the
connection again from there, so nothing is read from before the call without looking at the state again.

The diagram
===========
::

    DISCONNECTED --connect--> CONNECTING --tcp_up--> CONNECTED --open--> OPENING --opened--> OPEN
                                  |  ^                   |                  |                 |
                            failed|  |retry              +------lost--------+------lost-------+
                                  v  |                                      v
                                WAITING <-----------------------------------+

    any but DISCONNECTED and CLOSING --disconnect--> CLOSING --closed--> DISCONNECTED
    CONNECTING, WAITING --standby_active--> OPEN              the side of the standby session became active
    CONNECTED, OPENING, OPEN --rejected--> DISCONNECTED       the server refuses this session
    CONNECTING, WAITING --given_up--> DISCONNECTED            no attempt is left
    any but DISCONNECTED --cancelled--> DISCONNECTED          the task or the event loop that owned it ended
"""

import logging
from collections.abc import Callable
from enum import Enum

__all__ = ["ConnectionState", "Lifecycle", "next_state"]

log = logging.getLogger("ctios_fast.connection")


class ConnectionState(Enum):
    """State of a session's connection."""

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
    #
    (_S.CONNECTING, "tcp_up"): _S.CONNECTED,
    (_S.CONNECTING, "failed"): _S.WAITING,
    (_S.CONNECTING, "given_up"): _S.DISCONNECTED,
    (_S.WAITING, "retry"): _S.CONNECTING,
    (_S.WAITING, "given_up"): _S.DISCONNECTED,
    #
    (_S.CONNECTED, "open"): _S.OPENING,
    (_S.OPENING, "opened"): _S.OPEN,
    #
    (_S.WAITING, "standby_active"): _S.OPEN,
    (_S.CONNECTING, "standby_active"): _S.OPEN,
    #
    (_S.CONNECTED, "lost"): _S.WAITING,
    (_S.OPENING, "lost"): _S.WAITING,
    (_S.OPEN, "lost"): _S.WAITING,
    #
    (_S.CONNECTED, "rejected"): _S.DISCONNECTED,
    (_S.OPENING, "rejected"): _S.DISCONNECTED,
    (_S.OPEN, "rejected"): _S.DISCONNECTED,
    #
    (_S.CONNECTING, "disconnect"): _S.CLOSING,
    (_S.CONNECTED, "disconnect"): _S.CLOSING,
    (_S.OPENING, "disconnect"): _S.CLOSING,
    (_S.OPEN, "disconnect"): _S.CLOSING,
    (_S.WAITING, "disconnect"): _S.CLOSING,
    (_S.CLOSING, "closed"): _S.DISCONNECTED,
    #
    (_S.CONNECTING, "cancelled"): _S.DISCONNECTED,
    (_S.WAITING, "cancelled"): _S.DISCONNECTED,
    (_S.CONNECTED, "cancelled"): _S.DISCONNECTED,
    (_S.OPENING, "cancelled"): _S.DISCONNECTED,
    (_S.OPEN, "cancelled"): _S.DISCONNECTED,
    (_S.CLOSING, "cancelled"): _S.DISCONNECTED,
}


def next_state(state: ConnectionState, event: str) -> ConnectionState:
    """Return the state that the event leads to; ``ValueError`` if the table has none."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise ValueError(f"a connection that is {state.value} cannot {event}") from None


class Lifecycle:
    """Holds the state of one connection and changes it by the table alone.

    ``on_change``: called with each new state.
    """

    __slots__ = ("_on_change", "state")

    def __init__(self, on_change: Callable[[ConnectionState], object]) -> None:
        self.state = ConnectionState.DISCONNECTED
        self._on_change = on_change

    def take(self, event: str) -> None:
        """Change the state as the event says; ``ValueError`` if the table does not have it."""
        before, self.state = self.state, next_state(self.state, event)
        log.debug("connection: %s --%s--> %s", before.value, event, self.state.value)
        self._on_change(self.state)
