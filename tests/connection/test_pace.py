"""Pace: changes of roles are followed at once, and at a limited rate if there are many."""

from ctios_fast.connection.pace import BURST, INTERVAL, Pace


def test_a_burst_is_followed_at_once_and_the_next_change_waits() -> None:
    pace = Pace()
    assert [pace.take(0.0) for _ in range(BURST)] == [0.0] * BURST
    assert pace.take(0.0) == INTERVAL


def test_changes_that_go_on_are_followed_one_for_each_interval() -> None:
    pace, now, times = Pace(), 0.0, []
    for _ in range(BURST + 4):
        now += pace.take(now)
        times.append(now)
    assert times == [0, 0, 0, 0, 0, 0, 5, 10, 15, 20]


def test_no_wait_is_longer_than_the_interval() -> None:
    pace = Pace()
    assert max(pace.take(0.0) for _ in range(100)) == INTERVAL


def test_the_burst_is_allowed_again_after_quiet_time() -> None:
    pace = Pace()
    for _ in range(BURST + 1):
        pace.take(0.0)
    later = (BURST + 1) * INTERVAL
    assert [pace.take(later) for _ in range(BURST)] == [0.0] * BURST
    assert pace.take(later) == INTERVAL


def test_one_more_change_is_allowed_after_each_interval() -> None:
    pace = Pace()
    for _ in range(BURST):
        pace.take(0.0)
    assert pace.take(INTERVAL) == 0.0
    assert pace.take(INTERVAL + 1.0) == INTERVAL - 1.0


def test_the_wait_that_is_left_becomes_shorter_with_time() -> None:
    pace = Pace()
    assert pace.due(0.0) == 0.0
    for _ in range(BURST + 1):
        pace.take(0.0)
    assert [pace.due(now) for now in (0.0, 2.0, INTERVAL, 100.0)] == [INTERVAL, 3.0, 0.0, 0.0]
