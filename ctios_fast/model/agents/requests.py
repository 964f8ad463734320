"""A request for an agent state: answered once the server confirmed it and the state itself showed.

The confirmation and the state event may come in either order.
"""

from typing import TYPE_CHECKING

from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.errors import ConnectionLost, RequestTimeout

from . import states

if TYPE_CHECKING:
    from .agent import Agent

__all__ = ["StateChange"]


class StateChange(Request[int]):
    """Waits for its confirmation, and maybe for the state itself; the answer is the agent's state then."""

    __slots__ = ("agent", "is_confirmed", "seen", "wanted")

    def __init__(self, label: str, agent: "Agent", wanted: int) -> None:
        Request.__init__(self, label)
        self.agent = agent
        self.wanted = wanted
        self.is_confirmed = False
        self.seen = not states.is_waited_for(wanted, agent.state)

    def confirmed(self, message: Message) -> None:
        """The server took the request (the book's call)."""
        self.is_confirmed = True
        self.agent.state_confirmed(message)
        if self.seen:
            self._settle()

    def state_shown(self, state: int) -> None:
        """The agent is in that state (the agent's call)."""
        if not self.seen and states.is_reached(self.wanted, state):
            self.seen = True
            if self.is_confirmed:
                self._settle()

    def failed(self, error: BaseException) -> None:
        """The request was refused, or will not be answered (the book's call)."""
        self.agent.state_refused(self, error)
        self.set_exception(error)

    def overdue(self) -> None:
        """Confirmed, but the state never showed (the book's call)."""
        if self.agent.drop(self):
            self.set_exception(
                RequestTimeout(
                    f"the request for agent state {self.wanted} was confirmed, but no event showed it"
                )
            )

    def lost(self, reason: str) -> None:
        """The connection is over, so that the state will not show (the agent's call)."""
        self.set_exception(ConnectionLost(f"agent state {self.wanted} not seen: {reason}"))

    def _settle(self) -> None:
        agent = self.agent
        agent.drop(self)
        self.set_result(self.wanted if agent.state is None else agent.state)
