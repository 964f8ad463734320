"""Repeated log lines: the first three are written, then few with a count of the others."""

import logging

import pytest

from ctios_fast.connection.log_limit import MAX_KINDS, LogLimit


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def limit(time: Time) -> LogLimit:
    return LogLimit(logging.getLogger("ctios_fast.test"), now=time)


def test_a_million_lines_of_one_kind_become_nine(limit: LogLimit, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(1, 1_000_001):
        limit.warning("fault %d", number)
    assert [record.getMessage() for record in caplog.records] == [
        "fault 1",
        "fault 2",
        "fault 3",
        "fault 10 (6 like it were not logged)",
        "fault 100 (89 like it were not logged)",
        "fault 1000 (899 like it were not logged)",
        "fault 10000 (8999 like it were not logged)",
        "fault 100000 (89999 like it were not logged)",
        "fault 1000000 (899999 like it were not logged)",
    ]
    assert limit.suppressed == 1_000_000 - 9


def test_a_continuing_fault_is_logged_again_after_the_interval(
    limit: LogLimit, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(6 * 60):  # an hour, one every ten seconds
        limit.warning("fault")
        time.now += 10
    messages = [record.getMessage() for record in caplog.records]
    assert messages[:3] == ["fault"] * 3
    assert 6 <= len(messages) - 3 <= 8
    assert all("like it were not logged" in message for message in messages[3:])


def test_a_kind_that_was_silent_for_the_interval_begins_anew(
    limit: LogLimit, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        limit.warning("fault")
    time.now += 600
    for _ in range(3):
        limit.warning("fault")
    assert [record.getMessage() for record in caplog.records] == ["fault"] * 6


def test_the_lines_that_were_left_out_before_the_silence_are_counted(
    limit: LogLimit, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(8):
        limit.warning("fault")
    time.now += 600
    limit.warning("fault")
    assert [record.getMessage() for record in caplog.records][3:] == ["fault (5 like it were not logged)"]


def test_each_interval_can_have_a_number_of_whole_lines(time: Time, caplog: pytest.LogCaptureFixture) -> None:
    limit = LogLimit(logging.getLogger("ctios_fast.test"), whole=2, interval=10, per_interval=True, now=time)
    for second in range(25):
        limit.warning("line %d", second)
        time.now += 1
    assert [record.getMessage() for record in caplog.records] == [
        "line 0",
        "line 1",
        "line 9 (7 like it were not logged)",
        "line 10",
        "line 11",
        "line 19 (7 like it were not logged)",
        "line 20",
        "line 21",
    ]
    assert limit.suppressed == 25 - 8


def test_kinds_do_not_hide_each_other(limit: LogLimit, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(100):
        limit.warning("one")
        limit.error("two of %s", "A", kind=("two", "A"))
        limit.error("two of %s", "B", kind=("two", "B"))
    assert len(caplog.records) == 3 * 5


def test_the_number_of_kinds_is_bounded(limit: LogLimit) -> None:
    for number in range(10 * MAX_KINDS):
        limit.warning("fault", kind=number)
    assert len(limit._kinds) == MAX_KINDS


def test_a_line_below_the_loggers_level_is_not_counted(
    limit: LogLimit, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(10):
        limit.log(logging.DEBUG, "detail")
    caplog.set_level(logging.DEBUG, "ctios_fast.test")
    limit.log(logging.DEBUG, "detail")
    assert [record.getMessage() for record in caplog.records] == ["detail"]
    assert limit.suppressed == 0


def test_a_traceback_is_passed_on(limit: LogLimit, caplog: pytest.LogCaptureFixture) -> None:
    limit.error("raised", exc_info=ValueError("why"))
    assert "ValueError: why" in caplog.text
