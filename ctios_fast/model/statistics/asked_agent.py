"""Which agents statistics are asked for."""

from typing import Protocol

__all__ = ["AskedAgent", "can_be_asked_for"]


class AskedAgent(Protocol):
    """What statistics read from an agent. An ``Agent`` has it all."""

    @property
    def is_logged_in(self) -> bool:
        """Whether the agent is logged in, as far as is known."""

    @property
    def is_doubtful(self) -> bool:
        """Whether that may be stale."""

    @property
    def is_heard(self) -> bool:
        """Whether the session hears of every change of it."""


def can_be_asked_for(agent: AskedAgent) -> bool:
    """Whether to ask for the agent now: it is known to be logged in, and its logout is heard."""
    return agent.is_logged_in and agent.is_heard and not agent.is_doubtful
