"""EventFilter: decides which CTI OS events of monitor mode reach the listeners.

A filter string of CTI OS judges the Arguments of each event: ``MessageId`` is the message that the event is
about, and every other key is the keyword of that name. A ``FrameFilter`` judges the message itself; what the
library finds out by itself, without a message that the filter could judge, always passes.

Events that no filter can have always reach the listeners: those about the connection and the mode, the
confirmations of requests, the snapshot at the opening, OnPreLogout and OnPostLogout.
"""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, Final, NamedTuple, Protocol

from ctios_fast import keywords as kw
from ctios_fast.core import Dispatcher, Message
from ctios_fast.core.scan.frame_filter import FrameFilter
from ctios_fast.protocol import numbers as ged

from .agents.agent import Agent
from .arguments import Arguments
from .calls.call import Call
from .calls.events import CONTACTS, REPORTS
from .cti_object import context_of
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
        text = value.lower() if type(value) is str else _text_of(value)
        return text in self.texts or text.startswith(self.prefixes)


def _filter_target(call: Any) -> str | None:
    # as the events of calls have it
    context = context_of(call)
    agent = None if context is None else context.agent_at(call.instrument or call.connection_device_id)
    return None if agent is None else agent.unique_object_id


#: Keywords whose values the events about an agent, or about a call, have from the object itself.
_OF_AGENTS: Final[Mapping[str, Callable[[Any], Any]]] = {
    kw.CTIOS_AGENTID: attrgetter("agent_id"),
    kw.CTIOS_PERIPHERALID: attrgetter("peripheral_id"),
    kw.CTIOS_UNIQUEOBJECTID: attrgetter("unique_object_id"),
}
_OF_CALLS: Final[Mapping[str, Callable[[Any], Any]]] = {
    kw.CTIOS_UNIQUEOBJECTID: attrgetter("unique_object_id"),
    kw.CTIOS_FILTERTARGET: _filter_target,
}


def _text_of(value: Any) -> str:
    return str(int(value)) if isinstance(value, int) else str(value).lower()


class EventFilter(Protocol):
    """Decides which events the listeners get."""

    def accepts(self, event: str, args: Arguments) -> bool:
        """Whether listeners get the event."""

    def refuses(self, event: str, about: object) -> bool:
        """Whether listeners do not get the event, whatever its Arguments are.

        - ``about``: the object that the event is about, None for none.
        """

    def begin(self, dispatcher: Dispatcher) -> None:
        """Judge from now on. Called before the mode opens."""

    def end(self, dispatcher: Dispatcher) -> None:
        """Judge no more. Called when the mode is over."""


class StringFilter:
    """A filter of events: the messages that they are about, None for all, and the values that they need."""

    __slots__ = ("_of_agents", "_of_calls", "_passing", "_values")

    def __init__(self, messages: Iterable[int] | None, values: Iterable[_Values]) -> None:
        taken = None if messages is None else set(messages)
        if taken is not None and taken & _CALL_MESSAGES:
            taken.add(ged.END_CALL_EVENT)  # otherwise the application would keep calls that are over
        #: For each event that can be filtered, whether its message is accepted.
        self._passing = {
            event: taken is None or bool(numbers & taken) for event, numbers in _MESSAGES.items()
        }
        self._values = tuple(values)
        #: The values that an agent or a call has itself, with the functions that return them.
        self._of_agents = [
            (_OF_AGENTS[each.keyword], each) for each in self._values if each.keyword in _OF_AGENTS
        ]
        self._of_calls = [
            (_OF_CALLS[each.keyword], each) for each in self._values if each.keyword in _OF_CALLS
        ]

    def refuses(self, event: str, about: object) -> bool:
        """Whether listeners do not get the event, whatever its Arguments are: building them takes longest."""
        is_passing = self._passing.get(event)
        if is_passing is None:
            return False
        if not is_passing:
            return True
        own = (
            self._of_calls if isinstance(about, Call) else self._of_agents if isinstance(about, Agent) else ()
        )
        for value_of, each in own:  # noqa: SIM110 - it is faster
            if not each.accepts(value_of(about)):
                return True
        return False

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
        return not self.refuses(event, None)

    def refuses(self, event: str, about: object) -> bool:
        """Whether listeners do not get the event: its message says so, and its Arguments do not matter."""
        return not (self._is_accepted or event not in _MESSAGES or (self._takes_calls and event in _ENDS))


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
