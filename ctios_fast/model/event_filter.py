"""EventFilter: decides which CTI OS events of monitor mode reach the listeners.

A filter string of CTI OS judges the Arguments of each event: ``MessageId`` is the message that the event is
about, and every other key is the keyword of that name.

Events that no filter can have always reach the listeners: those about the connection and the mode, the
confirmations of requests, the snapshot at the opening, OnPreLogout and OnPostLogout.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from ctios_fast import keywords as kw
from ctios_fast.protocol import numbers as ged

from .arguments import Arguments
from .calls.events import CONTACTS, REPORTS
from .filter_strings import Criteria, criteria

__all__ = ["EventFilter", "filter_of_string"]

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


class EventFilter:
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


def filter_of_string(text: str, version: int) -> EventFilter:
    """The filter that a CTI OS message filter string describes; ``*`` and an empty string accept everything.

    Raises ``FilterSyntaxError`` for a string that cannot be used.
    """
    if text.strip() in _EVERYTHING:
        return EventFilter(None, ())
    found: Criteria = criteria(text, version, _KEYWORDS)
    return EventFilter(found.messages, (_values(keyword, values) for keyword, values in found.values))


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
