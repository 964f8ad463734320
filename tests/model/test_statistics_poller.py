"""The poller of statistics by itself: its schedule, its window, and what it does with failures."""

import random
from itertools import pairwise
from typing import Any, ClassVar

import pytest
from support.scripted_peer import encoded

from ctios_fast import CilCode, MethodError
from ctios_fast.connection.clock import ManualClock
from ctios_fast.core import codec
from ctios_fast.errors import ConnectionLost, Refused, RequestTimeout
from ctios_fast.model.statistics.poller import MAX_IN_FLIGHT, Poll, StatisticsPoller
from ctios_fast.protocol import numbers as ged

INTERVAL = 30.0


class StubContext:
    """What a poller uses of its session."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.error: Exception | None = None

    def unready(self) -> Exception | None:
        return self.error


class StubSubject:
    """Something to poll; keeps its queries."""

    message: ClassVar[str] = "QUERY_AGENT_STATISTICS_REQ"

    def __init__(
        self, poller: StatisticsPoller, clock: ManualClock, interval: float | None = INTERVAL
    ) -> None:
        self.interval = interval
        self.entry = 0
        self.poller = poller
        self.clock = clock
        self.polls: list[Poll] = []
        self.times: list[float] = []
        self.answers_at_once = True
        self.error: Exception | None = None

    def is_wanted(self) -> bool:
        return True

    def fall_due(self) -> None:
        self.poller.due(self)

    def send(self, poll: Poll) -> None:
        if self.error is not None:
            raise self.error
        self.polls.append(poll)
        self.times.append(self.clock.time())
        if self.answers_at_once:
            answer(poll)

    def take(self, message: Any) -> bool:
        return True

    def refuse(self, error: Refused) -> None:
        raise AssertionError("nothing is refused here")


def answer(poll: Poll) -> None:
    poll.confirmed(codec(25).decode(encoded(ged.QUERY_AGENT_STATISTICS_CONF)))


@pytest.fixture
def context() -> StubContext:
    return StubContext()


@pytest.fixture
def counts() -> dict[str, int]:
    return {}


@pytest.fixture
def poller(context: StubContext, counts: dict[str, int]) -> StatisticsPoller:
    poller = StatisticsPoller(context, counts, random.Random(5))  # type: ignore[arg-type]
    poller.resume()
    return poller


def subjects(poller: StatisticsPoller, context: StubContext, count: int) -> list[StubSubject]:
    return [StubSubject(poller, context.clock) for _ in range(count)]


def test_subjects_are_spread_over_the_interval(poller: StatisticsPoller, context: StubContext) -> None:
    some = subjects(poller, context, 3000)
    for each in some:
        poller.poll(each)
    context.clock.advance(INTERVAL)
    assert all(len(each.times) == 1 for each in some)
    for tenth in range(10):
        count = sum(tenth * 3 <= each.times[0] < tenth * 3 + 3 for each in some)
        assert 220 < count < 380, (tenth, count)


def test_each_subject_keeps_its_interval(poller: StatisticsPoller, context: StubContext) -> None:
    some = [
        StubSubject(poller, context.clock, interval)
        for interval in (1.0, 5.0, INTERVAL, 300.0)
        for _ in range(20)
    ]
    for each in some:
        poller.poll(each)
    context.clock.advance(3000)
    for each in some:
        assert each.interval is not None
        assert len(each.times) == pytest.approx(3000 / each.interval, abs=1)
        assert all(abs(b - a - each.interval) < 0.05 for a, b in pairwise(each.times))


def test_there_is_one_timer(poller: StatisticsPoller, context: StubContext) -> None:
    for each in subjects(poller, context, 100):
        poller.poll(each)
    waiting = [timer for _, _, timer in context.clock._due if timer.callback is not None]
    assert len(waiting) == 1


def test_a_loop_that_was_late_causes_no_two_queries_shortly_after_one_another(
    poller: StatisticsPoller, context: StubContext
) -> None:
    each = StubSubject(poller, context.clock)
    poller.poll(each)
    clock = context.clock
    clock.advance(INTERVAL)
    clock._now += 3.7 * INTERVAL  # as if the loop had been blocked
    clock.advance(2 * INTERVAL)
    assert all(b - a >= 0.9 * INTERVAL for a, b in pairwise(each.times)), each.times


def test_what_is_dropped_leaves_nothing(poller: StatisticsPoller, context: StubContext) -> None:
    kept = StubSubject(poller, context.clock)
    poller.poll(kept)
    for each in subjects(poller, context, 10_000):
        poller.poll(each)
        poller.drop(each)
    for _ in range(10_000):
        poller.poll(kept)
    assert len(poller._schedule) < 100
    poller.drop(kept)
    assert context.clock.next_due is None
    context.clock.advance(10 * INTERVAL)
    assert kept.times == []


def test_the_window_is_filled_again_after_answers(poller: StatisticsPoller, context: StubContext) -> None:
    some = subjects(poller, context, 100)
    for each in some:
        each.answers_at_once = False
        poller.ask(each)
    sent = [each for each in some if each.polls]
    assert sent == some[:MAX_IN_FLIGHT]
    answer(some[0].polls[0])
    some[1].polls[0].failed(RequestTimeout("late"))
    assert [each for each in some if each.polls] == some[: MAX_IN_FLIGHT + 2]


def test_a_query_that_cannot_be_sent_is_counted_and_holds_no_place(
    poller: StatisticsPoller, context: StubContext, counts: dict[str, int]
) -> None:
    for each in subjects(poller, context, MAX_IN_FLIGHT + 1):
        each.error = MethodError(CilCode.E_CTIOS_INVALID_ARGUMENT, "it cannot be sent")
        poller.ask(each)
    assert counts["statistics_queries_failed"] == MAX_IN_FLIGHT + 1
    fine = StubSubject(poller, context.clock)
    poller.ask(fine)
    assert len(fine.polls) == 1


def test_after_a_loss_nothing_is_sent_until_the_session_resumes(
    poller: StatisticsPoller, context: StubContext, counts: dict[str, int]
) -> None:
    some = subjects(poller, context, 2 * MAX_IN_FLIGHT)
    for each in some:
        each.answers_at_once = False
        poller.ask(each)
    context.error = ConnectionLost("gone")
    for each in some[:MAX_IN_FLIGHT]:
        each.polls[0].failed(ConnectionLost("gone"))
    poller.pause()
    assert not any(each.polls for each in some[MAX_IN_FLIGHT:])
    context.error = None
    poller.resume()
    assert all(each.polls for each in some[MAX_IN_FLIGHT:])
    assert counts["statistics_queries"] == 2 * MAX_IN_FLIGHT


def test_a_session_that_has_stopped_polls_nothing(poller: StatisticsPoller, context: StubContext) -> None:
    each = StubSubject(poller, context.clock)
    poller.poll(each)
    poller.stop()
    assert context.clock.next_due is None
    poller.resume()
    context.clock.advance(10 * INTERVAL)
    assert each.times == []
    poller.poll(each)
    context.clock.advance(INTERVAL)
    assert len(each.times) == 1
