"""Where the plant's events leave it: collected while an operation runs, then given to the subscribers.

``with outlet:`` surrounds an operation; blocks nest, and the end of the outermost one publishes. A server
that wants its confirmation to come first sends it inside such a block.
"""

import logging
from collections.abc import Callable
from types import TracebackType
from typing import Final

from .disorder import Disorder
from .plant_event import PlantEvent

__all__ = ["EventOutlet", "Subscriber"]

log = logging.getLogger("ctios_fast.sim")

Subscriber = Callable[[PlantEvent], object]


class EventOutlet:
    """Collects and publishes events.

    ``disorder``: changes the order of each operation's events where that is permitted; None: the usual order.
    ``muted``: events are thrown away, as while the peripheral is off-line.
    ``published``: events published so far.
    ``failures``: errors of subscribers and callbacks, each logged. An error stops neither the others nor the
    operation that published.
    """

    def __init__(self, disorder: Disorder | None = None) -> None:
        self.disorder: Final = disorder
        self.muted = False
        self.published = 0
        self.failures = 0
        self._subscribers: tuple[Subscriber, ...] = ()
        self._after: tuple[Callable[[], object], ...] = ()
        self._collected: list[PlantEvent] = []
        self._depth = 0

    def subscribe(self, subscriber: Subscriber) -> None:
        """Call ``subscriber`` with each event from now on."""
        self._subscribers = (*self._subscribers, subscriber)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Stop calling a subscriber; one that is unknown is passed over."""
        self._subscribers = tuple(known for known in self._subscribers if known != subscriber)

    def call_after(self, callback: Callable[[], object]) -> None:
        """Call ``callback`` whenever all events of an operation have been published."""
        self._after = (*self._after, callback)

    @property
    def idle(self) -> bool:
        """Whether nobody would get an event, so that none need be built."""
        return self.muted or not self._subscribers

    def __enter__(self) -> None:
        self._depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if not self._depth and self._collected:
            self._publish()

    def put(self, event: PlantEvent, *, always: bool = False) -> None:
        """Add an event to those of the operation that runs.

        ``always``: although the peripheral is off-line, as it does not come from there.
        """
        if always or not self.muted:
            self._collected.append(event)
            if not self._depth:
                self._publish()

    def _publish(self) -> None:
        events, self._collected = self._collected, []
        if self.disorder is not None and len(events) > 1:
            events = self.disorder.reorder(events)
        self.published += len(events)
        for event in events:
            for subscriber in self._subscribers:
                self.call(subscriber, event)
        for callback in self._after:
            self.call(callback)

    def call(self, callback: Callable[..., object], *arguments: object) -> None:
        """Call back. An error is logged and counted."""
        try:
            callback(*arguments)
        except Exception:
            self.failures += 1
            log.exception("a callback of the plant failed: %r", callback)
