"""After a fail-over: agents are asked for what they missed, and logged in again where they are to be.

Events of the gap are never sent again, so each agent that was logged in is asked for, a window at a time.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable

from ctios_fast.connection.request_book import Request
from ctios_fast.core import Message
from ctios_fast.errors import ConnectionLost, CtiOsError
from ctios_fast.model.agents.agent import Agent

__all__ = ["Recovery"]

log = logging.getLogger("ctios_fast.session")

#: Agents asked for at once, at most.
_WINDOW = 100


class Recovery:
    """Brings a session's agents up to date; ``ask`` makes the query that tells of a logout in the gap.

    Agents with ``auto_login`` that were logged in and no longer are, are logged in again; if the connection
    is lost before they are, after the next fail-over.
    """

    def __init__(self, ask: Callable[[Agent], Request[Message]], max_open_requests: int) -> None:
        self._ask = ask
        self._window = max(1, min(_WINDOW, max_open_requests // 2))  # the rest is the application's
        self._task: asyncio.Task[None] | None = None
        self._to_log_in: set[Agent] = set()

    def start(self, agents: Iterable[Agent], current: Agent | None) -> None:
        """Begin, with the confirmation of the opening: an event behind it may be a forced logout already."""
        self.stop()
        known = {agent for agent in agents if agent.is_logged_in}
        self._to_log_in |= {agent for agent in known if agent.auto_login}
        known |= self._to_log_in
        if current is not None:
            known.add(current)
        self._task = asyncio.get_running_loop().create_task(self._catch_up(known), name="ctios_fast-catch-up")

    def stop(self) -> None:
        """Leave it, as when the connection is lost again; the next ``start`` takes it up."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def forget(self) -> None:
        """Leave it for good."""
        self.stop()
        self._to_log_in.clear()

    async def _catch_up(self, agents: Iterable[Agent]) -> None:
        window = asyncio.Semaphore(self._window)

        async def catch_up(agent: Agent) -> None:
            async with window:
                try:
                    await self._ask(agent)
                    if agent in self._to_log_in and not agent.is_logged_in:
                        await agent.login()
                except ConnectionLost:
                    return  # the next fail-over is under way
                except CtiOsError as error:
                    log.warning("agent %s after the fail-over: %s", agent.agent_id, error)
                self._to_log_in.discard(agent)

        await asyncio.gather(*(catch_up(agent) for agent in agents))
