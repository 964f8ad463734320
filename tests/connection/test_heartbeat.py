"""The heartbeat timer: when a heartbeat is due, when it is missing, and when the link counts as lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctios_fast.connection.clock import ManualClock
from ctios_fast.connection.heartbeat import DEFAULT_MAX_MISSED, MIN_INTERVAL, Heartbeats


class Line:
    """A link for the heartbeats, and a log of their actions: ``(time, "beat" | count | "lost")``."""

    def __init__(
        self, clock: ManualClock, *, interval: float = 10, answers: bool = True, **more: int
    ) -> None:
        self.clock = clock
        self.answers = answers
        self.last_sent = self.last_received = clock.time()
        self.is_reading = True
        self.log: list[tuple[float, object]] = []
        self.heartbeats = Heartbeats(
            clock,
            self,
            interval,
            beat=self._beat,
            missing=lambda count: self.log.append((clock.time(), count)),
            lost=lambda: self.log.append((clock.time(), "lost")),
            **more,
        )
        self.heartbeats.start()

    def _beat(self) -> None:
        self.log.append((self.clock.time(), "beat"))
        self.send()
        if self.answers:
            self.receive()

    def send(self) -> None:
        self.last_sent = self.clock.time()

    def receive(self) -> None:
        self.last_received = self.clock.time()


def test_the_limits_are_those_of_the_reference() -> None:
    assert DEFAULT_MAX_MISSED == 3
    assert MIN_INTERVAL == 5


def test_a_heartbeat_is_due_after_each_interval_of_silence(clock: ManualClock) -> None:
    line = Line(clock)
    clock.advance(9.9)
    assert line.log == []
    clock.advance(30)
    assert line.log == [(10, "beat"), (20, "beat"), (30, "beat")]
    assert line.heartbeats.missed == 0


def test_traffic_in_both_directions_delays_the_heartbeat(clock: ManualClock) -> None:
    line = Line(clock)
    for _ in range(10):
        clock.advance(7)
        line.send()
        line.receive()
    assert line.log == []
    clock.advance(10)
    assert line.log == [(80, "beat")]


def test_a_client_that_only_receives_sends_heartbeats(clock: ManualClock) -> None:
    line = Line(clock)
    for _ in range(30):
        clock.advance(1)
        line.receive()
    assert line.log == [(10, "beat"), (20, "beat"), (30, "beat")]


def test_a_client_that_only_sends_notices_a_silent_server(clock: ManualClock) -> None:
    line = Line(clock, answers=False)
    for _ in range(45):
        clock.advance(1)
        line.send()
    assert line.log == [(10, "beat"), (20, 1), (20, "beat"), (30, 2), (30, "beat"), (40, "lost")]


def test_three_missed_heartbeats_are_a_loss(clock: ManualClock) -> None:
    line = Line(clock, answers=False)
    clock.advance(100)
    assert line.log == [
        *((10, "beat"), (20, 1), (20, "beat")),
        *((30, 2), (30, "beat"), (40, "lost")),
    ]
    assert clock.next_due is None


@pytest.mark.parametrize("max_missed", [1, 2, 7])
def test_the_number_of_missed_heartbeats_can_be_set(clock: ManualClock, max_missed: int) -> None:
    line = Line(clock, answers=False, max_missed=max_missed)
    clock.advance(1000)
    assert [what for _, what in line.log if what != "beat"] == [*range(1, max_missed), "lost"]
    assert line.log[-1] == (10 + 10 * max_missed, "lost")


def test_any_received_message_resets_the_count(clock: ManualClock) -> None:
    line = Line(clock, answers=False)
    for _ in range(5):
        clock.advance(30)  # two are missing
        assert line.heartbeats.missed == 2
        line.receive()  # such as an event
        clock.advance(10)
        assert line.heartbeats.missed == 0
        line.receive()
        line.send()
        clock.advance(10)
        line.log.clear()
        line.receive()
        clock.advance(10)
        line.receive()
    assert "lost" not in [what for _, what in line.log]


def test_a_message_before_the_heartbeat_does_not_answer_it(clock: ManualClock) -> None:
    line = Line(clock, answers=False)
    clock.advance(9)
    line.receive()
    clock.advance(11)
    assert line.log == [(10, "beat"), (20, 1), (20, "beat")]


def test_stop_ends_all_heartbeats(clock: ManualClock) -> None:
    line = Line(clock, answers=False)
    clock.advance(25)
    line.heartbeats.stop()
    line.heartbeats.stop()
    before = list(line.log)
    clock.advance(100)
    assert line.log == before
    assert clock.next_due is None


def test_stop_may_be_called_in_a_callback(clock: ManualClock) -> None:
    line = Line(clock, answers=False)
    line.heartbeats._missing = lambda count: line.heartbeats.stop()
    clock.advance(100)
    assert line.log == [(10, "beat")], "no heartbeat is sent after stop()"


@given(
    traffic=st.lists(
        st.tuples(st.floats(0.1, 25), st.sampled_from(["send", "receive", "both"])), max_size=40
    ),
    answers=st.booleans(),
)
def test_neither_end_is_silent_longer_than_an_interval_without_a_heartbeat(
    traffic: list[tuple[float, str]], answers: bool
) -> None:
    clock = ManualClock()
    line = Line(clock, answers=answers)
    for delay, what in traffic:
        clock.advance(delay)
        if what != "receive":
            line.send()
        if what != "send":
            line.receive()
        now = clock.time()
        lost = line.log and line.log[-1][1] == "lost"
        if answers:
            assert not lost
        if not lost:
            assert now - line.last_sent <= 10 + 1e-9
            beats = [when for when, event in line.log if event == "beat"]
            assert now - line.last_received <= 10 + 1e-9 or (beats and beats[-1] >= now - 10 - 1e-9)
        elif delay:
            break
    counts = [event for _, event in line.log if isinstance(event, int)]
    assert all(count < DEFAULT_MAX_MISSED for count in counts)
