"""The publisher of the model's events: tables of event names, and the listeners that are called.

Each kind of object names its events in an ``EventTable``. A sink is any object with methods named after
events in PEP 8 form: ``on_post_logout(args)`` gets ``OnPostLogout``. All listeners get one event before any
gets the next, in the order in which they were added.
"""

import inspect
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from ctios_fast.connection.log_limit import LogLimit
from ctios_fast.core.dispatch.arity import arity_fault
from ctios_fast.core.dispatch.program_exit import ends_program
from ctios_fast.core.dispatch.unawaited import unawaited
from ctios_fast.protocol.naming import snake_case, suggestion

from .arguments import Arguments
from .event_sink import EventSink, is_defined_by_program

__all__ = ["EventPublisher", "EventTable", "Listener", "checked", "checked_for", "sink_method"]

log = logging.getLogger("ctios_fast.events")

#: Functions that do not run when they are called.
_UNAWAITED: tuple[tuple[Callable[[object], bool], str], ...] = (
    (inspect.iscoroutinefunction, "a coroutine function"),
    (inspect.isasyncgenfunction, "an asynchronous generator function"),
    (inspect.isgeneratorfunction, "a generator function"),
)

Listener = Callable[[Arguments], object]
L = TypeVar("L", bound=Callable[..., object])


class EventTable(NamedTuple):
    """The events that one kind of object fires.

    ``names``: the names of CTI OS, each once. ``aliases``: other names of CTI OS for the same events.
    """

    names: tuple[str, ...]
    aliases: Mapping[str, str] = {}


def sink_method(event: str) -> str:
    """The name of the sink method that gets an event: ``on_post_logout`` for ``OnPostLogout``."""
    return snake_case(event)


def checked(listener: L) -> L:
    """The listener itself.

    Raises ``TypeError`` for a coroutine function or a generator function, which would not run: listeners are
    called and not awaited.
    """
    if not callable(listener):
        raise TypeError(f"a listener must be callable, got {type(listener).__name__}")
    for matches, kind in _UNAWAITED:
        if matches(listener) or matches(type(listener).__call__):
            raise TypeError(
                f"{listener!r} is {kind}; listeners are plain functions called on the loop: "
                "start a task in the listener if it has to wait"
            )
    return listener


def checked_for(listener: L, given: str, parameter: str) -> L:
    """The listener itself, which can be called with one argument.

    - ``given``: what it is called with, for the error.
    - ``parameter``: a name for its parameter, for the error.

    Raises ``TypeError`` as ``checked`` does, and for a listener that does not take one argument.
    """
    fault = arity_fault(checked(listener), 1)
    if fault is not None:
        raise TypeError(
            f"{listener!r} cannot be called with {given} ({fault}): "
            f"define it with one parameter, such as def listener({parameter})"
        )
    return listener


class EventPublisher:
    """Listeners by event.

    ``failures`` counts listeners that raised or returned a coroutine, which nobody awaits. ``listeners`` is
    read-only for others: where an event has none, its Arguments need not be built.
    """

    __slots__ = (
        "_aliases",
        "_log",
        "_methods",
        "_sinks",
        "_watches",
        "accepts",
        "dropped",
        "failures",
        "filtered",
        "listeners",
        "refuses",
    )

    def __init__(self, tables: Iterable[EventTable]) -> None:
        self.failures = 0
        #: Events that listeners did not get, since a filter refused them.
        self.filtered = 0
        #: Events that streams dropped, since their buffers were full.
        self.dropped = 0
        #: Whether listeners get an event with these Arguments; None if they get every event.
        self.accepts: Callable[[str, Arguments], bool] | None = None
        #: Whether listeners do not get an event about an object, whatever its Arguments are; None if they get
        #: every event. It is asked before Arguments are built.
        self.refuses: Callable[[str, object], bool] | None = None
        self.listeners: dict[str, tuple[Listener, ...]] = {}
        #: A listener that raises at each of many events does not fill the log.
        self._log = LogLimit(log)
        #: Alias -> event.
        self._aliases: dict[str, str] = {}
        #: Sink method -> event, aliases included.
        self._methods: dict[str, str] = {}
        #: Each sink that was added, with what was subscribed for it.
        self._sinks: list[tuple[object, list[tuple[str, Listener]]]] = []
        #: What ``watch`` returned, with the events and with what is called when it changes.
        self._watches: list[tuple[frozenset[str], list[bool], Callable[[bool], object] | None]] = []
        for table in tables:
            for event in table.names:
                self.listeners[event] = ()
                self._methods[sink_method(event)] = event
            self._aliases.update(table.aliases)
        for alias, event in self._aliases.items():
            self._methods.setdefault(sink_method(alias), event)

    @property
    def events(self) -> tuple[str, ...]:
        """The names of all events, aliases not included."""
        return tuple(self.listeners)

    def event(self, name: str) -> str:
        """The event of a name or alias.

        Raises ``ValueError`` for an unknown name, ``TypeError`` for what is not text.
        """
        if not isinstance(name, str):
            raise TypeError(f"an event is given by name, such as 'OnPostLogout', not {type(name).__name__}")
        event = self._aliases.get(name, name)
        if event not in self.listeners:
            near = suggestion(name, (*self.listeners, *self._aliases))
            raise ValueError(f"there is no event {name!r}{near or '; events: ' + ', '.join(self.listeners)}")
        return event

    def subscribe(self, event: str, listener: Listener) -> None:
        """Call the listener at each event of that name.

        Raises ``ValueError`` for an unknown name, ``TypeError`` for a listener that cannot be called.
        """
        event = self.event(event)
        self._set(event, (*self.listeners[event], checked(listener)))

    def unsubscribe(self, event: str, listener: Listener) -> None:
        """Take the listener away. Raises ``ValueError`` if it is not subscribed."""
        event = self.event(event)
        rest = list(self.listeners[event])
        if listener not in rest:
            raise ValueError(f"{listener!r} is not subscribed to {event}")
        rest.remove(listener)
        self._set(event, tuple(rest))

    def _set(self, event: str, listeners: tuple[Listener, ...]) -> None:
        self.listeners[event] = listeners
        for events, heard, changed in self._watches:
            if event in events:
                before = heard[0]
                heard[0] = any(self.listeners[each] for each in events)
                if changed is not None and heard[0] is not before:
                    changed(heard[0])

    def watch(self, *events: str, changed: Callable[[bool], object] | None = None) -> list[bool]:
        """A list of one item, which always says whether any of the events has a listener. Read-only.

        A handler of many messages looks there, at half the cost of a look at the listeners. ``changed`` is
        called with the new value whenever it changes.
        """
        heard = [any(self.listeners[each] for each in events)]
        self._watches.append((frozenset(events), heard, changed))
        return heard

    def add_sink(self, sink: object) -> None:
        """Subscribe every method of the sink that is named after an event.

        A method that the sink only inherits from a typed sink is not subscribed, since it does nothing. An
        attribute that is None is not subscribed either.

        Raises ``TypeError`` for a class instead of an instance, for a sink without such a method that is not
        an ``EventSink``, for a method whose name is close to that of an event, for one that does not take the
        Arguments alone, and for an attribute that is named after an event and is not a method. Nothing is
        subscribed then.
        """
        if inspect.isclass(sink):
            raise TypeError(
                f"the sink must be an instance; {sink.__name__} is a class: add {sink.__name__}()"
            )
        by_event: dict[str, Listener] = {}
        for method, event in self._methods.items():  # a sink with both names of an event gets it once
            listener = getattr(sink, method, None)
            if listener is not None and is_defined_by_program(listener):
                by_event.setdefault(event, _checked_method(sink, method, listener))
        self._refuse_misspelt(sink)
        if not by_event and not isinstance(sink, EventSink):
            raise TypeError(
                f"{type(sink).__name__} has no method named after an event, such as on_post_logout"
            )
        found = list(by_event.items())
        for event, listener in found:
            self.subscribe(event, listener)
        self._sinks.append((sink, found))

    def _refuse_misspelt(self, sink: object) -> None:
        for name in dir(type(sink)):
            if not name.lower().startswith("on") or name in self._methods or name.startswith("__"):
                continue
            meant = self._meant_by(name)
            if meant is not None:
                raise TypeError(
                    f"{type(sink).__name__}.{name} is not called by any event; did you mean {meant}?"
                )

    def _meant_by(self, name: str) -> str | None:
        if name in self.listeners or name in self._aliases:
            return sink_method(name)  # the name of the event itself
        if not name.startswith("on_"):
            return None
        from difflib import get_close_matches  # only for names that are not known

        near = get_close_matches(name, self._methods, n=1, cutoff=0.87)
        return near[0] if near else None

    def remove_sink(self, sink: object) -> None:
        """Take the sink away. Raises ``ValueError`` if it was not added."""
        for position, (added, found) in enumerate(self._sinks):
            if added is sink:
                del self._sinks[position]
                for event, listener in found:
                    self.unsubscribe(event, listener)
                return
        raise ValueError("this sink was not added")

    def is_refused(self, event: str, about: object) -> bool:
        """Whether a filter refuses an event without its Arguments. It is counted then.

        - ``about``: the object that the event is about.
        """
        if self.refuses is None or not self.refuses(event, about):
            return False
        self.filtered += 1
        return True

    def fire(self, event: str, args: Arguments) -> None:
        """Call all listeners. One that raises is logged and counted; the others still get the event.

        A listener that returns a coroutine fails too: a lambda around an ``async def`` function is found
        only here. Where ``accepts`` refuses the event, nothing is called.
        """
        if self.accepts is not None and not self.accepts(event, args):
            self.filtered += 1
            return
        for listener in self.listeners[event]:
            try:
                returned = listener(args)
                if returned is not None:
                    error = unawaited(listener, returned)
                    if error is not None:
                        raise error
            except BaseException as error:  # CancelledError included: a listener is not a task
                if ends_program(error):
                    raise
                self.failures += 1
                self._log.log(
                    logging.ERROR,
                    "listener %r of %s raised",
                    listener,
                    event,
                    kind=(event, type(error)),
                    exc_info=error,
                )


def _checked_method(sink: object, name: str, method: Any) -> Listener:
    # The method of a sink itself; TypeError if it cannot get the Arguments of an event.
    where = f"{type(sink).__name__}.{name}"
    if not callable(method):
        raise TypeError(
            f"{where} is named after an event and must be a method, got {type(method).__name__}: "
            f"define it as {name}(self, args)"
        )
    fault = arity_fault(checked(method), 1)
    if fault is not None:
        raise TypeError(
            f"{where} cannot be called with the event's Arguments ({fault}): define it as {name}(self, args)"
        )
    listener: Listener = method
    return listener
