"""The CTI OS events that the library fires, and how they reach listeners.

A sink is any object with methods named after events in PEP 8 form: ``on_post_logout(args)`` for
``OnPostLogout``. All listeners get one event before any gets the next, in the order in which they were
added. ``Arguments`` are built only when somebody listens.
"""

import inspect
import logging
from collections.abc import Callable
from typing import Final, TypeVar

from .arguments import Arguments

__all__ = ["ALIASES", "EVENTS", "EventPublisher", "Listener", "checked"]

log = logging.getLogger("ctios_fast.events")

Listener = Callable[[Arguments], object]
L = TypeVar("L", bound=Callable[..., object])

#: Each event and the sink method that gets it (CTI OS Developer's Guide, event interfaces).
EVENTS: Final[dict[str, str]] = {
    "OnConnection": "on_connection",
    "OnConnectionFailure": "on_connection_failure",
    "OnConnectionRejected": "on_connection_rejected",
    "OnConnectionClosed": "on_connection_closed",
    "OnHeartbeat": "on_heartbeat",
    "OnMissingHeartbeat": "on_missing_heartbeat",
    "OnMonitorModeEstablished": "on_monitor_mode_established",
    "OnSetAgentModeEvent": "on_set_agent_mode_event",
    "OnQueryAgentStateConf": "on_query_agent_state_conf",
    "OnSetAgentStateConf": "on_set_agent_state_conf",
    "OnAgentStateChange": "on_agent_state_change",
    "OnPreLogout": "on_pre_logout",
    "OnPostLogout": "on_post_logout",
    "OnLogoutFailed": "on_logout_failed",
    "OnControlFailureConf": "on_control_failure_conf",
}

#: Other names that the guide has for the same events.
ALIASES: Final[dict[str, str]] = {
    "OnCloseConnection": "OnConnectionClosed",
    "OnControlFailure": "OnControlFailureConf",
    "OnSetAgentMode": "OnSetAgentModeEvent",
    "OnSetAgentModeConf": "OnSetAgentModeEvent",
    "OnAgentStateChanged": "OnAgentStateChange",
}

_ALIAS_METHODS = {
    "on_close_connection": "OnConnectionClosed",
    "on_control_failure": "OnControlFailureConf",
    "on_set_agent_mode": "OnSetAgentModeEvent",
    "on_set_agent_mode_conf": "OnSetAgentModeEvent",
    "on_agent_state_changed": "OnAgentStateChange",
}
_METHODS = {**{method: event for event, method in EVENTS.items()}, **_ALIAS_METHODS}


def checked(listener: L) -> L:
    """The listener; ``TypeError`` if it is a coroutine function, which nobody would await."""
    if inspect.iscoroutinefunction(listener) or inspect.iscoroutinefunction(type(listener).__call__):
        raise TypeError(
            f"{listener!r} is a coroutine function; listeners are plain functions called on the loop: "
            "start a task in one if it has to wait"
        )
    return listener


class EventPublisher:
    """Listeners by event. ``failures`` counts listeners that raised; each is logged.

    ``listeners`` is for looking at only: where an event has none, Arguments need not be built.
    """

    __slots__ = ("_sinks", "failures", "listeners")

    def __init__(self) -> None:
        self.failures = 0
        self.listeners: dict[str, tuple[Listener, ...]] = dict.fromkeys(EVENTS, ())
        self._sinks: list[tuple[object, list[tuple[str, Listener]]]] = []

    @staticmethod
    def _event(name: str) -> str:
        event = ALIASES.get(name, name)
        if event not in EVENTS:
            raise ValueError(f"there is no event {name!r}; there are {', '.join(EVENTS)}")
        return event

    def subscribe(self, event: str, listener: Listener) -> None:
        """Call the listener at each event of that name."""
        event = self._event(event)
        self.listeners[event] += (checked(listener),)

    def unsubscribe(self, event: str, listener: Listener) -> None:
        """Take the listener away again; ``ValueError`` if it is not subscribed."""
        event = self._event(event)
        rest = list(self.listeners[event])
        rest.remove(listener)
        self.listeners[event] = tuple(rest)

    def add_sink(self, sink: object) -> None:
        """Subscribe every method of the sink that is named after an event."""
        by_event: dict[str, Listener] = {}
        for method, event in _METHODS.items():  # a sink that has both names of an event gets it once
            listener = getattr(sink, method, None)
            if callable(listener):
                by_event.setdefault(event, checked(listener))
        found = list(by_event.items())
        if not found:
            raise TypeError(
                f"{type(sink).__name__} has no method named after an event, such as on_post_logout"
            )
        for event, listener in found:
            self.subscribe(event, listener)
        self._sinks.append((sink, found))

    def remove_sink(self, sink: object) -> None:
        """Take the sink away again; ``ValueError`` if it was not added."""
        for position, (added, found) in enumerate(self._sinks):
            if added is sink:
                del self._sinks[position]
                for event, listener in found:
                    self.unsubscribe(event, listener)
                return
        raise ValueError("this sink was not added")

    def fire(self, event: str, args: Arguments) -> None:
        """Call all listeners. One that raises is logged and counted; the others still get the event."""
        for listener in self.listeners[event]:
            try:
                listener(args)
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException:  # CancelledError included: a listener is no task
                self.failures += 1
                log.exception("listener of %s raised", event)
