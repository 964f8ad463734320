"""EventLog for sessions of ``ctios_fast.sync``, under the names of ``ctios_fast.testing``.

The servers and the fixtures of ``ctios_fast.testing`` are used without await already.
"""

import threading
from typing import Final

from ctios_fast import Arguments, Event
from ctios_fast.event_types import EventName
from ctios_fast.sync import Session
from ctios_fast.sync.proxy import home_of

from .event_record import EventRecord, Expected, checked_seconds

__all__ = ["EventLog"]


class EventLog(EventRecord):
    """``ctios_fast.testing.EventLog`` without await. Each thread that waits has a log of its own.

    - ``session``: the session, of ``ctios_fast.sync``.
    - ``events``: names of the events to record; all that the session has unless given.

    Raises ``TypeError`` for another session, and ``ValueError`` for an unknown event.
    """

    def __init__(self, session: Session, *events: EventName) -> None:
        if not isinstance(session, Session):
            raise TypeError(
                f"this EventLog takes a ctios_fast.sync.Session, got {type(session).__module__}."
                f"{type(session).__qualname__}; ctios_fast.testing has the EventLog for ctios_fast"
            )
        #: The thread that the events come in.
        self._home: Final = home_of(session)
        #: Held while the record changes: events come in the thread of the event loop.
        self._news: Final = threading.Condition()
        super().__init__(session, events)

    def _record(self, name: EventName, args: Arguments) -> None:
        with self._news:
            super()._record(name, args)
            self._news.notify_all()

    def clear(self) -> None:
        """Forget what came."""
        with self._news:
            super().clear()

    def wait_for(self, expected: Expected, timeout: float = 5.0) -> Event[Arguments]:
        """Wait for an event and return it.

        Parameters and errors are those of ``ctios_fast.testing.EventLog.wait_for``.

        Raises ``MethodError`` in a listener, whose thread brings the events.
        """
        found: list[Event[Arguments]] = []

        def is_found() -> bool:
            event = self._next(expected)
            found.extend(() if event is None else (event,))
            return event is not None

        self._home.check_can_wait("EventLog.wait_for()")
        self._check(expected)
        with self._news:
            if not self._news.wait_for(is_found, min(checked_seconds(timeout), threading.TIMEOUT_MAX)):
                raise self._missing(expected, timeout)
        return found[0]
