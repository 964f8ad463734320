"""The orders of events that the protocol leaves open, chosen by a seed.

Within the events of one operation: agent state events come before or after the call events; the events of
RTP streams come anywhere between the begin and the end of their calls. A CALL_DATA_UPDATE_EVENT comes before
or after the conference or transfer that it belongs to, which the plant asks ``flip`` about. The order of an
agent's state events among themselves never changes, nor that of call events.
"""

import random
from collections.abc import Sequence
from typing import Final

from ctios_fast.protocol import numbers as messages

from .plant_event import PlantEvent

__all__ = ["Disorder"]

_RTP: Final = frozenset({messages.RTP_STARTED_EVENT, messages.RTP_STOPPED_EVENT})
_FENCES: Final = frozenset(
    {
        messages.BEGIN_CALL_EVENT,
        messages.END_CALL_EVENT,
        messages.CALL_CONFERENCED_EVENT,
        messages.CALL_TRANSFERRED_EVENT,
        messages.CALL_DATA_UPDATE_EVENT,
    }
)
"""Events that begin, end or rename a connection; what belongs to a connection does not pass them."""


class Disorder:
    """A source of permitted orders. The same seed and the same events give the same order."""

    def __init__(self, seed: int) -> None:
        self._random: Final = random.Random(seed)  # noqa: S311 - not for secrets

    def flip(self) -> bool:
        """One of two orders, each as often as the other."""
        return self._random.random() < 0.5

    def reorder(self, events: Sequence[PlantEvent]) -> list[PlantEvent]:
        """The events of one operation in a permitted order."""
        if any(event.message == messages.SYSTEM_EVENT for event in events):
            return list(events)
        ordered: list[PlantEvent] = []
        segment: list[PlantEvent] = []
        states: list[PlantEvent] = []
        for event in events:
            if event.message == messages.AGENT_STATE_EVENT:
                states.append(event)
            elif event.message in _FENCES:
                ordered += self._scatter_rtp(segment)
                ordered.append(event)
                segment = []
            else:
                segment.append(event)
        ordered += self._scatter_rtp(segment)
        return self._insert(ordered, states)

    def _scatter_rtp(self, events: list[PlantEvent]) -> list[PlantEvent]:
        rtp = [event for event in events if event.message in _RTP]
        if not rtp:
            return events
        return self._insert([event for event in events if event.message not in _RTP], rtp)

    def _insert(self, events: list[PlantEvent], moved: list[PlantEvent]) -> list[PlantEvent]:
        """Put ``moved`` between ``events`` at chosen places, each group in its own order."""
        if not moved:
            return events
        places = sorted(self._random.randrange(len(events) + 1) for _ in moved)
        result: list[PlantEvent] = []
        at = 0
        for place, event in zip(places, moved, strict=True):
            result += events[at:place]
            result.append(event)
            at = place
        return result + events[at:]
