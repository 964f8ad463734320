"""What the logs of events have in common: the events that came, and checks of their order."""

import functools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

from ctios_fast import Arguments, Event
from ctios_fast._checks import shown
from ctios_fast.event_types import EventName
from ctios_fast.protocol.naming import suggestion

__all__ = ["EventRecord", "Expected", "checked_seconds"]

#: What a test expects: the name of an event, or the name with the Arguments that count.
Expected = EventName | tuple[EventName, Mapping[str, object]]


class EventSource(Protocol):
    """What a log needs of its session."""

    @property
    def events(self) -> tuple[EventName, ...]:
        """The names of all events that the session fires."""

    def subscribe(self, event: EventName, listener: Callable[[Arguments], object], /) -> None:
        """Call the listener with the Arguments of each event of that name."""


class EventRecord:
    """Events in the order in which they came.

    An expected event is a name, or a pair of a name and the Arguments that must be equal:
    ``("OnAgentStateChange", {"AgentState": 3})``.
    """

    def __init__(self, session: EventSource, events: tuple[EventName, ...]) -> None:
        #: The names of the events that are recorded.
        self._recorded: Final[tuple[EventName, ...]] = events or session.events
        #: Everything that came, the oldest first.
        self.events: Final[list[Event[Arguments]]] = []
        #: How many of the events earlier waits have passed.
        self._taken = 0
        for name in self._recorded:
            session.subscribe(name, functools.partial(self._record, name))

    def _record(self, name: EventName, args: Arguments) -> None:
        self.events.append(Event(name, args.clone()))

    @property
    def names(self) -> list[str]:
        """The names of the events that came, the oldest first."""
        return [event.name for event in self.events]

    def clear(self) -> None:
        """Forget what came."""
        self.events.clear()
        self._taken = 0

    def _check(self, *expected: object) -> None:
        # Refuses what cannot come.
        for each in expected:
            name = _name(each)
            if name not in self._recorded:
                raise ValueError(f"the log does not record {name!r}{suggestion(name, self._recorded)}")

    def _next(self, expected: Expected) -> Event[Arguments] | None:
        # The first matching event that no wait has passed, None if it has not come. Passes what it looks at.
        while self._taken < len(self.events):
            event = self.events[self._taken]
            self._taken += 1
            if _matches(event, expected):
                return event
        return None

    def _missing(self, expected: Expected, timeout: float) -> AssertionError:
        # The failure of a wait.
        return AssertionError(f"{_shown(expected)} did not come within {timeout:g} seconds; {self._came()}")

    def assert_order(self, *expected: Expected) -> None:
        """Check that these events came in this order. Others may have come before, between and after.

        Raises ``AssertionError``, which names the first missing event and lists what came; ``ValueError`` for
        an event that the log does not record; ``TypeError`` for what is not an expected event.
        """
        self._check(*expected)
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

        Raises ``AssertionError``, which describes the first difference and lists what came; ``ValueError``
        for an event that the log does not record, and for an expected one that does not count; ``TypeError``
        for what is not an expected event, and for one name as ``among``.
        """
        if isinstance(among, str):
            raise TypeError(f"among must be a list of names of events, got {among!r}")
        counted = frozenset(among)
        self._check(*expected, *counted)
        for each in expected:
            if counted and _name(each) not in counted:
                raise ValueError(f"{_name(each)} is expected, and among does not have it")
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


def _name(expected: object) -> str:
    """The name of an expected event. Raises ``TypeError`` for what is not one."""
    match expected:
        case str():
            return expected
        case (str(name), Mapping()):
            return name
    raise TypeError(
        "an expected event is a name, or a pair of a name and a mapping of its Arguments, such as "
        f"('OnAgentStateChange', {{'AgentState': 3}}), got {shown(expected)}"
    )


def _matches(event: Event[Arguments], expected: Expected) -> bool:
    name, args = (expected, {}) if isinstance(expected, str) else expected
    return event.name == name and all(
        keyword in event.args and event.args[keyword] == value for keyword, value in args.items()
    )


def _shown(expected: Expected) -> str:
    """The expected event as messages show it."""
    if isinstance(expected, str):
        return expected
    name, args = expected
    if not args:
        return name
    return f"{name} with {', '.join(f'{keyword} {value!r}' for keyword, value in args.items())}"


def checked_seconds(timeout: float) -> float:
    """The argument ``timeout``: seconds, 0 or more.

    Raises ``TypeError`` for what is not a number, ``ValueError`` for a negative or endless one.
    """
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(f"timeout must be a number of seconds, 0 or more, got {timeout!r}")
    if not 0 <= timeout < math.inf:
        raise ValueError(f"timeout must be a number of seconds, 0 or more, got {timeout!r}")
    return timeout
