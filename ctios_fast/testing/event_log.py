"""EventLog: a record of the events of a session, with waits and checks for tests."""

import asyncio
from typing import Final

from ctios_fast import Arguments, Event, Session
from ctios_fast.event_types import EventName

from .event_record import EventRecord, Expected, checked_seconds

__all__ = ["EventLog"]


class EventLog(EventRecord):
    """Records the events of a session from now on.

    - ``session``: the session, of ``ctios_fast``. ``ctios_fast.testing.sync`` has an ``EventLog`` for those
      of ``ctios_fast.sync``.
    - ``events``: names of the events to record; all that the session has unless given.

    An expected event is a name, or a pair of a name and the Arguments that must be equal:
    ``("OnAgentStateChange", {"AgentState": 3})``.

    Raises ``TypeError`` for another session, and ``ValueError`` for an unknown event.
    """

    def __init__(self, session: Session, *events: EventName) -> None:
        if not isinstance(session, Session):
            raise TypeError(
                f"EventLog takes a ctios_fast.Session, got {type(session).__module__}."
                f"{type(session).__qualname__}; ctios_fast.testing.sync has the EventLog for ctios_fast.sync"
            )
        #: Set when an event has come.
        self._news: Final = asyncio.Event()
        super().__init__(session, events)

    def _record(self, name: EventName, args: Arguments) -> None:
        super()._record(name, args)
        self._news.set()

    async def wait_for(self, expected: Expected, timeout: float = 5.0) -> Event[Arguments]:  # noqa: ASYNC109
        """Wait for an event and return it.

        - ``expected``: the event.
        - ``timeout``: seconds, 0 or more.

        Events that came before count, except those up to the one that an earlier wait returned, and those
        that an earlier wait passed before it failed.

        Raises ``AssertionError``, which lists what came, if the event does not come in time; ``ValueError``
        for an event that the log does not record; ``TypeError`` for what is not an expected event;
        ``TypeError`` or ``ValueError`` for a ``timeout`` that cannot be used.
        """
        self._check(expected)
        try:
            async with asyncio.timeout(checked_seconds(timeout)):
                while (event := self._next(expected)) is None:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise self._missing(expected, timeout) from None
        return event
