"""EventFilter: decides which CTI OS events of monitor mode reach the listeners.

A filter string of CTI OS judges the Arguments of each event: ``MessageId`` is the message that the event is
about, and every other key is the keyword of that name. A ``FrameFilter`` judges the message itself; what the
library finds out by itself, without a message that the filter could judge, always passes.

Events that no filter can have always reach the listeners: those about the connection and the mode, the
confirmations of requests, the snapshot at the opening, OnPreLogout and OnPostLogout.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple, Protocol

from ctios_fast import keywords as kw
from ctios_fast.core import Dispatcher, Message
from ctios_fast.core.scan.frame_filter import FrameFilter
from ctios_fast.protocol import numbers as ged

from .arguments import Arguments
from .calls.events import CONTACTS, REPORTS
from .filter_strings import Criteria, criteria

__all__ = ["EventFilter", "FrameJudge", "StringFilter", "filter_of_string"]

#: Filters that take everything.
_EVERYTHING: Final = ("", "*")

#: The messages that an event is about, by event. Other events cannot be filtered.
_MESSAGES: Final[Mapping[str, frozenset[int]]] = {
    **{name: frozenset({number}) for number, row in REPORTS.items() for name in (row.event, row.monitored)},
    **{name: frozenset({number}) for number, row in CONTACTS.items() for name in (row.event, row.monitored)},
    "OnAgentStateChange": frozenset({ged.AGENT_STATE_EVENT}),
    "OnMonitoredAgentStateChange": frozenset({ged.AGENT_STATE_EVENT}),
    "OnCTIOSFailure": frozenset({ged.FAILURE_CONF, ged.FAILURE_EVENT, ged.SYSTEM_EVENT}),
}
#: Events that a filter which takes any event of calls takes too.
_ENDS: Final = frozenset(name for name, numbers in _MESSAGES.items() if ged.END_CALL_EVENT in numbers)
_CALL_MESSAGES: Final = frozenset((*REPORTS, *CONTACTS))


class _Values(NamedTuple):
    """A key of a filter string, with the values and the beginnings of values that it accepts."""

    keyword: str
    texts: frozenset[str]
    prefixes: tuple[str, ...]

    def accepts(self, value: Any) -> bool:
        """Whether the event's value is one of them."""
        if value is None:
            return False
        text = str(int(value)) if isinstance(value, int) else str(value)
        text = text.lower()
        return text in self.texts or text.startswith(self.prefixes)


class EventFilter(Protocol):
    """Decides which events the listeners get."""

    def accepts(self, event: str, args: Arguments) -> bool:
        """Whether listeners get the event."""

    def begin(self, dispatcher: Dispatcher) -> None:
        """Judge from now on. Called before the mode opens."""

    def end(self, dispatcher: Dispatcher) -> None:
        """Judge no more. Called when the mode is over."""


class StringFilter:
    """A filter of events: the messages that they are about, None for all, and the values that they need."""

    __slots__ = ("_passing", "_values")

    def __init__(self, messages: Iterable[int] | None, values: Iterable[_Values]) -> None:
        taken = None if messages is None else set(messages)
        if taken is not None and taken & _CALL_MESSAGES:
            taken.add(ged.END_CALL_EVENT)  # otherwise the application would keep calls that are over
        #: For each event that can be filtered, whether its message is accepted.
        self._passing = {
            event: taken is None or bool(numbers & taken) for event, numbers in _MESSAGES.items()
        }
        self._values = tuple(values)

    def accepts(self, event: str, args: Arguments) -> bool:
        """Whether listeners get the event."""
        is_passing = self._passing.get(event)
        if is_passing is None:
            return True
        return is_passing and all(each.accepts(args.get(each.keyword)) for each in self._values)

    def begin(self, dispatcher: Dispatcher) -> None:
        """Judge from now on; messages need not be looked at."""

    def end(self, dispatcher: Dispatcher) -> None:
        """Judge no more."""


class FrameJudge:
    """The judgment of a ``FrameFilter``: the events that a message fires pass if its frame does."""

    __slots__ = ("_filter", "_is_accepted", "_numbers", "_takes_calls")

    def __init__(self, frame_filter: FrameFilter) -> None:
        self._filter = frame_filter
        numbers = frame_filter.messages
        self._takes_calls = numbers is None or bool(numbers & _CALL_MESSAGES)
        #: The messages whose frames are judged: those of events that can be filtered.
        self._numbers = frozenset().union(*_MESSAGES.values())
        #: The judgment of the message whose handlers run.
        self._is_accepted = True

    def begin(self, dispatcher: Dispatcher) -> None:
        """Judge from now on: before the handlers of the model see a message."""
        for number in self._numbers:
            dispatcher.on_first(number, self._judge)
            dispatcher.on(number, self._over)

    def end(self, dispatcher: Dispatcher) -> None:
        """Judge no more."""
        for number in self._numbers:
            dispatcher.off(number, self._judge)
            dispatcher.off(number, self._over)

    def _judge(self, message: Message) -> None:
        self._is_accepted = self._filter.matches(message.frame)

    def _over(self, message: Message) -> None:
        self._is_accepted = True

    def accepts(self, event: str, args: Arguments) -> bool:
        """Whether listeners get the event."""
        return self._is_accepted or event not in _MESSAGES or (self._takes_calls and event in _ENDS)


def filter_of_string(text: str, version: int) -> StringFilter:
    """The filter that a CTI OS message filter string describes; ``*`` and an empty string accept everything.

    Raises ``FilterSyntaxError`` for a string that cannot be used.
    """
    if text.strip() in _EVERYTHING:
        return StringFilter(None, ())
    found: Criteria = criteria(text, version, _KEYWORDS)
    return StringFilter(found.messages, (_values(keyword, values) for keyword, values in found.values))


def _values(keyword: str, values: Iterable[str]) -> _Values:
    texts, prefixes = set(), []
    for value in values:
        before, star, _ = value.lower().partition("*")
        if star:
            prefixes.append(before.rstrip())
        else:
            texts.add(before)
    return _Values(keyword, frozenset(texts), tuple(prefixes))


#: The keywords of CTI OS, by their names in lower case.
_KEYWORDS: Final = {value.lower(): value for name, value in vars(kw).items() if name.startswith("CTIOS_")}
