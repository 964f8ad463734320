"""A record of the events of a session, with waits and checks for tests."""

import asyncio
import functools
from collections.abc import Iterable, Mapping
from typing import Final

from ctios_fast import Arguments, Event, Session
from ctios_fast.event_types import EventName

__all__ = ["EventLog", "Expected"]

#: What a test expects: the name of an event, or the name with the Arguments that count.
Expected = EventName | tuple[EventName, Mapping[str, object]]


class EventLog:
    """Records the events of a session from now on.

    - ``session``: the session.
    - ``events``: names of the events to record; all that the session has unless given.

    An expected event is a name, or a pair of a name and the Arguments that must be equal:
    ``("OnAgentStateChange", {"AgentState": 3})``.
    """

    def __init__(self, session: Session, *events: EventName) -> None:
        #: Everything that came, the oldest first.
        self.events: Final[list[Event[Arguments]]] = []
        self._taken = 0  # events that earlier waits have passed
        self._news = asyncio.Event()
        for name in events or session.events:
            session.subscribe(name, functools.partial(self._record, name))

    def _record(self, name: EventName, args: Arguments) -> None:
        self.events.append(Event(name, args.clone()))
        self._news.set()

    @property
    def names(self) -> list[str]:
        """The names of the events that came, the oldest first."""
        return [event.name for event in self.events]

    def clear(self) -> None:
        """Forget what came."""
        self.events.clear()
        self._taken = 0

    async def wait_for(self, expected: Expected, timeout: float = 5.0) -> Event[Arguments]:  # noqa: ASYNC109
        """Wait for an event and return it.

        - ``expected``: the event.
        - ``timeout``: seconds.

        Events that came before count, except those up to the one that an earlier wait returned. Raises
        ``AssertionError``, which lists what came, if it does not come in time.
        """
        try:
            async with asyncio.timeout(timeout):
                while True:
                    while self._taken < len(self.events):
                        event = self.events[self._taken]
                        self._taken += 1
                        if _matches(event, expected):
                            return event
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(
                f"{_shown(expected)} did not come within {timeout:g} seconds; {self._came()}"
            ) from None

    def assert_order(self, *expected: Expected) -> None:
        """Check that these events came in this order. Others may have come before, between and after.

        Raises ``AssertionError``, which names the first missing event and lists what came.
        """
        found = 0
        for event in self.events:
            if found < len(expected) and _matches(event, expected[found]):
                found += 1
        if found < len(expected):
            after = f" after {_shown(expected[found - 1])}" if found else ""
            raise AssertionError(f"{_shown(expected[found])} did not come{after}; {self._came()}")

    def assert_exactly(self, *expected: Expected, among: Iterable[str] = ()) -> None:
        """Check that these events came in this order, and no other.

        - ``among``: names of the events that count; all unless given.

        Raises ``AssertionError``, which describes the first difference and lists what came.
        """
        counted = frozenset(among)
        came = [event for event in self.events if not counted or event.name in counted]
        for place, event in enumerate(came):
            if place == len(expected):
                raise AssertionError(f"{event.name} was not expected as event {place + 1}; {self._came()}")
            if not _matches(event, expected[place]):
                raise AssertionError(
                    f"event {place + 1} must be {_shown(expected[place])}, not {event.name}; {self._came()}"
                )
        if len(came) < len(expected):
            raise AssertionError(f"{_shown(expected[len(came)])} did not come; {self._came()}")

    def _came(self) -> str:
        lines = [f"\n  {place}. {event.name} {event.args!r}" for place, event in enumerate(self.events, 1)]
        return "these events came:" + "".join(lines) if lines else "no event came"


def _matches(event: Event[Arguments], expected: Expected) -> bool:
    name, args = (expected, {}) if isinstance(expected, str) else expected
    return event.name == name and all(
        keyword in event.args and event.args[keyword] == value for keyword, value in args.items()
    )


def _shown(expected: Expected) -> str:
    if isinstance(expected, str):
        return expected
    name, args = expected
    return f"{name} with {', '.join(f'{keyword} {value!r}' for keyword, value in args.items())}"
