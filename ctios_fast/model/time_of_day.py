"""Times of day in milliseconds since midnight, local time, as events and properties of CTI OS have them."""

import time

__all__ = ["time_of_day"]


def time_of_day(moment: float | None = None) -> int:
    """The time of day of a moment in seconds since the epoch; of now unless given."""
    seconds = time.time() if moment is None else moment
    local = time.localtime(seconds)
    return ((local.tm_hour * 60 + local.tm_min) * 60 + local.tm_sec) * 1000 + int(seconds % 1 * 1000)
