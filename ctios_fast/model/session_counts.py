"""What a session counts, from everything that counts on its behalf."""

from typing import Final

from ctios_fast.connection.connection import Connection

from .context import Context
from .kinds import FEATURES
from .publisher import EventPublisher
from .recovery import Recovery

__all__ = ["counts"]


#: The counts of standby sessions where none is wanted.
_STANDBY_COUNTS: Final = {
    "standby_opened": 0,
    "standby_lost": 0,
    "standby_frames_ignored": 0,
    "standby_frames_malformed": 0,
    "standby_handler_errors": 0,
}


def counts(
    connection: Connection, events: EventPublisher, recovery: Recovery, context: Context
) -> dict[str, float]:
    """All counts by name, and the lags in seconds. ``docs/connection.md`` explains each."""
    dispatcher, book, keeper = connection.dispatcher, connection.book, connection.standby
    lag, lags = connection.lag, connection.lags
    return {
        "connections": connection.connects,
        "standby_switches": connection.switches,
        **_STANDBY_COUNTS,
        **({} if keeper is None else keeper.counts()),
        "frames": dispatcher.frames_seen,
        "frames_malformed": dispatcher.malformed,
        "frames_without_handler": dispatcher.unhandled,
        "lag": lag,
        "lag_max": max(lag, lags.longest),
        "turn_max": lags.longest_turn,
        "lags": lags.count,
        "handler_errors": dispatcher.handler_errors,
        "listener_errors": events.failures,
        "events_filtered": events.filtered,
        "events_dropped": events.dropped,
        "open_requests": len(book),
        "requests_timed_out": book.timed_out,
        "confirmations_late": book.late,
        "confirmations_unasked": book.unasked,
        "requests_forgotten": book.forgotten,
        "objects_repaired": recovery.repaired,
        "repairs_given_up": recovery.given_up,
        "repair_questions_given_up": recovery.questions_given_up,
        "first_queries_failed": recovery.unanswered,
        **context.registry.counters(),
        **{name: count for feature in FEATURES for name, count in feature.counts(context).items()},
    }
