"""The book of open requests: InvokeIDs, time-outs, cancelled awaits, late confirmations."""

import asyncio
import logging
import pickle
import subprocess
import sys
import weakref

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ctios_fast.connection.clock import ManualClock
from ctios_fast.connection.request_book import Request, RequestBook
from ctios_fast.core import Message, codec
from ctios_fast.core.dispatch.pending import Deadlines
from ctios_fast.errors import (
    ConnectionLost,
    ControlFailure,
    MalformedFrame,
    RequestRefused,
    RequestTimeout,
    SessionEnded,
    TooManyRequests,
)
from ctios_fast.protocol import numbers as ged
from ctios_fast.protocol import schema as loader
from ctios_fast.protocol.enums import ControlFailureCode, StatusCode

CODEC = codec(25)
LAST_ID = 0xFFFFFFFF


def confirmation(invoke_id: int, number: int = ged.HEARTBEAT_CONF) -> Message:
    return CODEC.decode(CODEC.encode(number, {"InvokeID": invoke_id}))


def control_failure(invoke_id: int, code: int = 2, peripheral_error: int = 7) -> Message:
    fields = {"InvokeID": invoke_id, "FailureCode": code, "PeripheralErrorCode": peripheral_error}
    return CODEC.decode(CODEC.encode(ged.CONTROL_FAILURE_CONF, fields))


def failure(invoke_id: int, status: int = 5) -> Message:
    return CODEC.decode(CODEC.encode(ged.FAILURE_CONF, {"InvokeID": invoke_id, "Status": status}))


@pytest.fixture
def book(clock: ManualClock) -> RequestBook:
    return RequestBook(clock, max_open=5)


def ask(
    book: RequestBook, timeout: float | None = None, number: int = ged.HEARTBEAT_REQ
) -> tuple[int, Request[Message]]:
    request: Request[Message] = Request(ged.NAMES[number])
    return book.enter(request, number, timeout), request


def test_answered_requests_leave_no_timer_of_their_timeout(clock: ManualClock) -> None:
    book = RequestBook(clock, max_open=5)
    for number in range(2000):
        invoke_id, request = ask(book, 30 + number / 1000)
        book.settle(CODEC.decode(CODEC.encode(ged.HEARTBEAT_CONF, {"InvokeID": invoke_id})))
        assert request.done()
    assert len(book._timers) <= 16
    invoke_id, request = ask(book, 40)
    clock.advance(41)
    assert isinstance(request.exception(), RequestTimeout)
    assert len(book._timers) == 0


# --- memory -----------------------------------------------------------------------------------


class Watched(RequestBook):
    """Keeps the deadlines that it is given."""

    def watch(self, deadlines: Deadlines) -> None:
        self.deadlines = deadlines
        super().watch(deadlines)


def test_answered_requests_are_not_kept_after_one_that_waits(clock: ManualClock) -> None:
    book = Watched(clock, max_open=5)
    _, waiting = ask(book, 30)
    kept = []
    for _ in range(5000):
        invoke_id, _ = ask(book, 30)
        book.settle(confirmation(invoke_id))
        kept.append(len(book.deadlines))
    assert max(kept) == 1024
    assert min(kept[1024:]) == 2  # the waiting request and the latest one
    assert not waiting.done()
    clock.advance(30)
    with pytest.raises(RequestTimeout):
        waiting.result()


def test_requests_time_out_in_order_whatever_was_answered_between(clock: ManualClock) -> None:
    book = RequestBook(clock, max_open=5000)
    due: list[int] = []
    for number in range(4000):
        invoke_id, request = ask(book, 30)
        if number % 3:
            book.settle(confirmation(invoke_id))
        else:
            request.add_done_callback(lambda done: due.append(done.invoke_id))
        clock.advance(0.001)
    clock.advance(60)
    assert due == list(range(1, 4001, 3))
    assert book.timed_out == len(due)
    assert len(book) == 0


def test_a_million_open_requests_can_end_together() -> None:
    # requests that are linked to each other would be freed recursively and overflow the stack
    program = (
        "from ctios_fast.connection.clock import ManualClock\n"
        "from ctios_fast.connection.request_book import Request, RequestBook\n"
        "book = RequestBook(ManualClock(), max_open=1_000_000)\n"
        "for _ in range(1_000_000):\n"
        "    book.enter(Request('HEARTBEAT_REQ'), 5, 30.0)\n"
        "book.fail_all('the connection is over')\n"
        "assert len(book) == 0\n"
        "print('ended')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=50, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "ended\n"), ended.stderr


# --- InvokeIDs --------------------------------------------------------------------------------------


def test_invoke_ids_count_up_from_one(book: RequestBook) -> None:
    assert [book.invoke_id() for _ in range(4)] == [1, 2, 3, 4]


def test_invoke_ids_wrap_around_and_skip_zero(clock: ManualClock) -> None:
    book = RequestBook(clock, max_open=5, first_invoke_id=LAST_ID - 1)
    assert [book.invoke_id() for _ in range(4)] == [LAST_ID - 1, LAST_ID, 1, 2]


def test_invoke_ids_in_use_are_skipped_after_the_wrap(clock: ManualClock) -> None:
    book = RequestBook(clock, max_open=5)
    open_id, request = ask(book)
    timed_out_id, timed_out = ask(book, 1)
    settled_id, _ = ask(book)
    book.settle(confirmation(settled_id))
    clock.advance(1)
    assert (open_id, timed_out_id, settled_id) == (1, 2, 3)
    book._next = LAST_ID
    assert [book.invoke_id() for _ in range(3)] == [LAST_ID, 3, 4]
    assert not request.done()
    assert timed_out.done()


def test_the_invoke_id_of_a_timed_out_request_is_free_after_its_late_confirmation(
    book: RequestBook, clock: ManualClock
) -> None:
    invoke_id, _ = ask(book, 1)
    clock.advance(1)
    book.settle(confirmation(invoke_id))
    book._next = invoke_id
    assert book.invoke_id() == invoke_id


# --- answers ----------------------------------------------------------------------------------------


async def test_confirmations_answer_their_requests_in_any_order(book: RequestBook) -> None:
    entered = [ask(book) for _ in range(5)]
    for invoke_id, request in reversed(entered):
        message = confirmation(invoke_id)
        book.settle(message)
        assert await request is message
        assert request.result() is message
        assert request.exception() is None
    assert len(book) == 0
    assert book.late == book.unasked == book.timed_out == book.forgotten == 0


async def test_the_peripherals_refusal_fails_its_request(book: RequestBook) -> None:
    invoke_id, request = ask(book, number=ged.SET_AGENT_STATE_REQ)
    book.settle(control_failure(invoke_id, ControlFailureCode.CF_INVALID_OBJECT_STATE))
    with pytest.raises(ControlFailure) as error:
        await request
    assert error.value.name == "CF_INVALID_OBJECT_STATE"
    assert error.value.peripheral_error_code == 7
    assert error.value.message_type == ged.SET_AGENT_STATE_REQ
    assert error.value.invoke_id == invoke_id
    assert str(error.value).startswith("SET_AGENT_STATE_REQ failed: CF_INVALID_OBJECT_STATE")
    assert not isinstance(error.value, RequestRefused)


async def test_the_servers_refusal_fails_its_request(book: RequestBook) -> None:
    invoke_id, request = ask(book)
    book.settle(failure(invoke_id, StatusCode.E_CTI_SESSION_NOT_OPEN))
    with pytest.raises(RequestRefused, match="E_CTI_SESSION_NOT_OPEN"):
        await request


def test_an_unknown_code_is_named_by_its_number(book: RequestBook) -> None:
    invoke_id, request = ask(book)
    book.settle(control_failure(invoke_id, 60000))
    error = request.exception()
    assert isinstance(error, ControlFailure)
    assert error.name == "60000"


def test_a_confirmation_of_another_message_does_not_answer(book: RequestBook) -> None:
    invoke_id, request = ask(book)
    book.settle(confirmation(invoke_id, ged.CLOSE_CONF))
    assert not request.done()
    assert book.unasked == 1
    book.settle(confirmation(invoke_id))
    assert request.done()


def test_a_confirmation_without_a_request_is_counted(book: RequestBook) -> None:
    book.settle(confirmation(99))
    book.settle(failure(0))
    book.fail(98, ValueError())
    assert book.unasked == 3


def test_a_second_confirmation_is_counted_and_changes_nothing(book: RequestBook) -> None:
    invoke_id, request = ask(book)
    first = confirmation(invoke_id)
    book.settle(first)
    book.settle(confirmation(invoke_id))
    assert request.result() is first
    assert book.unasked == 1


def test_a_confirmation_that_cannot_be_read_fails_its_request(book: RequestBook, clock: ManualClock) -> None:
    invoke_id, request = ask(book)
    error = MalformedFrame(6, "HEARTBEAT_CONF", None, 12, "too short", b"")
    book.fail(invoke_id, error)
    assert request.exception() is error
    late_id, _ = ask(book, 1)
    clock.advance(1)
    book.fail(late_id, error)
    assert (book.late, book.unasked) == (1, 0)


# --- time -------------------------------------------------------------------------------------------


async def test_a_request_times_out_and_its_late_confirmation_is_counted(
    book: RequestBook, clock: ManualClock
) -> None:
    invoke_id, request = ask(book, 2.5)
    clock.advance(2.4)
    assert not request.done()
    clock.advance(0.2)
    with pytest.raises(RequestTimeout, match=r"HEARTBEAT_REQ was not answered within 2\.5 s"):
        await request
    assert isinstance(request.exception(), TimeoutError)
    assert (book.timed_out, book.late, len(book)) == (1, 0, 0)
    book.settle(confirmation(invoke_id))
    assert (book.late, book.unasked) == (1, 0)
    book.settle(confirmation(invoke_id))
    assert (book.late, book.unasked) == (1, 1)


def test_a_confirmation_in_time_leaves_no_timer(book: RequestBook, clock: ManualClock) -> None:
    invoke_id, request = ask(book, 5)
    book.settle(confirmation(invoke_id))
    clock.advance(100)
    assert request.exception() is None
    assert book.timed_out == 0
    assert clock.next_due is None


def test_requests_without_a_time_out_wait_without_limit(book: RequestBook, clock: ManualClock) -> None:
    _, request = ask(book, None)
    clock.advance(1e9)
    assert not request.done()


def test_requests_with_different_time_outs_end_at_their_own_times(clock: ManualClock) -> None:
    book = RequestBook(clock, max_open=100)
    ends: list[tuple[float, float]] = []
    for start in range(10):
        for timeout in (3, 1, 2):
            _, request = ask(book, timeout)
            due = start + timeout
            request.add_done_callback(lambda done, due=due: ends.append((due, clock.time())))
        clock.advance(1)
    clock.advance(10)
    assert len(ends) == 30
    assert all(due == when for due, when in ends)


def test_all_requests_of_one_time_out_share_one_timer(clock: ManualClock) -> None:
    book = RequestBook(clock, max_open=1000)
    for _ in range(1000):
        ask(book, 30)
    assert len(clock._due) == 1


def test_a_callback_of_a_time_out_may_end_the_connection(clock: ManualClock) -> None:
    book = RequestBook(clock, max_open=10)
    requests = [ask(book, 1)[1] for _ in range(3)]
    late = ask(book, 2)[1]
    requests[0].add_done_callback(lambda done: book.fail_all("the opening was not answered"))
    clock.advance(1)
    assert [type(request.exception()) for request in requests] == [RequestTimeout] * 3
    assert isinstance(late.exception(), ConnectionLost)
    assert clock.next_due is None


def test_a_callback_of_a_time_out_may_send_another_request(clock: ManualClock) -> None:
    book = RequestBook(clock, max_open=10)
    again: list[Request[Message]] = []
    ask(book, 1)[1].add_done_callback(lambda done: again.append(ask(book, 1)[1]))
    clock.advance(1)
    assert not again[0].done()
    clock.advance(1)
    assert isinstance(again[0].exception(), RequestTimeout)


# --- awaiting ---------------------------------------------------------------------------------------


async def test_gather_reports_a_request_that_is_cancelled() -> None:
    request, other = Request[int]("Login"), Request[int]("Login")
    gathered = asyncio.gather(request, other, return_exceptions=True)
    await asyncio.sleep(0)
    request.cancel("over")
    other.set_result(1)
    error, answer = await gathered
    assert isinstance(error, asyncio.CancelledError)
    assert (error.args, answer) == (("over",), 1)


async def test_gather_is_cancelled_with_a_request_of_its_own() -> None:
    request = Request[int]("Login")
    gathered = asyncio.gather(request)
    await asyncio.sleep(0)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gathered


async def test_a_cancelled_await_leaves_the_request_open(book: RequestBook) -> None:
    invoke_id, request = ask(book)

    async def wait() -> Message:
        return await request

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not request.done()
    assert len(book) == 1
    book.settle(confirmation(invoke_id))
    assert (book.late, book.unasked) == (0, 0)
    assert (await request)["InvokeID"] == invoke_id, "the request can be awaited again"


async def test_an_await_that_times_out_leaves_the_request_open(book: RequestBook) -> None:
    invoke_id, request = ask(book)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(request, 0)
    book.settle(confirmation(invoke_id))
    assert request.done()
    assert book.late == 0


async def test_several_can_await_one_request(book: RequestBook) -> None:
    invoke_id, request = ask(book)

    async def wait() -> int:
        return int((await request)["InvokeID"])

    tasks = [asyncio.create_task(wait()) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    book.settle(confirmation(invoke_id))
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert results[0] == results[2] == invoke_id
    assert isinstance(results[1], asyncio.CancelledError)
    assert await wait() == invoke_id


async def test_a_failure_is_raised_in_every_await(book: RequestBook) -> None:
    _, request = ask(book)
    book.fail_all("over")
    for _ in range(2):
        with pytest.raises(ConnectionLost, match="HEARTBEAT_REQ unanswered: over"):
            await request


def test_a_failure_without_an_await_raises_nothing(book: RequestBook) -> None:
    ask(book)
    book.fail_all("over")


def test_the_repr_of_a_request_shows_its_state(book: RequestBook) -> None:
    invoke_id, request = ask(book)
    assert repr(request) == "<Request HEARTBEAT_REQ open>"
    with pytest.raises(asyncio.InvalidStateError):
        request.result()
    with pytest.raises(asyncio.InvalidStateError):
        request.exception()
    book.settle(confirmation(invoke_id))
    assert repr(request) == "<Request HEARTBEAT_REQ answered>"
    _, request = ask(book)
    book.fail_all("over")
    assert repr(request) == "<Request HEARTBEAT_REQ failed>"


def test_callbacks_are_called_once_in_order_and_at_once_after_the_answer(book: RequestBook) -> None:
    invoke_id, request = ask(book)
    calls: list[str] = []
    request.add_done_callback(lambda done: calls.append("first"))
    request.add_done_callback(lambda done: calls.append("second"))
    book.settle(confirmation(invoke_id))
    request.set_exception(ValueError())
    request.add_done_callback(lambda done: calls.append("after"))
    assert calls == ["first", "second", "after"]
    assert request.exception() is None, "the first answer stays"


async def test_a_callback_that_raises_does_not_block_other_callbacks_and_awaits(
    book: RequestBook, caplog: pytest.LogCaptureFixture
) -> None:
    entered = [ask(book) for _ in range(3)]
    calls: list[str] = []
    entered[0][1].add_done_callback(lambda done: 1 / 0)
    entered[0][1].add_done_callback(lambda done: calls.append("second"))
    waiting = asyncio.gather(*(request for _, request in entered), return_exceptions=True)
    await asyncio.sleep(0)
    book.fail_all("over")
    assert [type(outcome) for outcome in await asyncio.wait_for(waiting, 10)] == [ConnectionLost] * 3
    assert calls == ["second"]
    assert "ZeroDivisionError" in caplog.text


# --- limits and the end -----------------------------------------------------------------------------


def test_a_request_above_the_limit_is_refused(book: RequestBook) -> None:
    entered = [ask(book) for _ in range(5)]
    with pytest.raises(TooManyRequests, match="5 are allowed"):
        ask(book)
    book.settle(confirmation(entered[0][0]))
    ask(book)


def test_timed_out_requests_do_not_count_as_open_and_are_forgotten_in_time(clock: ManualClock) -> None:
    book = RequestBook(clock, max_open=3)
    ids: list[int] = []
    for _ in range(4):
        ids += [ask(book, 1)[0] for _ in range(3)]
        clock.advance(1)
    assert (book.timed_out, book.forgotten, len(book)) == (12, 9, 0)
    for invoke_id in ids:
        book.settle(confirmation(invoke_id))
    assert (book.late, book.unasked) == (3, 9), "the book still knew the last three"


def test_a_request_that_was_not_sent_can_be_forgotten(book: RequestBook, clock: ManualClock) -> None:
    invoke_id, request = ask(book, 1)
    book.forget(invoke_id)
    assert len(book) == 0
    clock.advance(2)
    assert not request.done()
    assert book.timed_out == 0
    book.settle(confirmation(invoke_id))
    assert book.unasked == 1


def test_the_end_of_the_connection_fails_all_requests_and_stops_all_timers(
    book: RequestBook, clock: ManualClock
) -> None:
    requests = [ask(book, timeout)[1] for timeout in (None, 1, 2, 2)]
    book.fail_all("the side was killed")
    for request in requests:
        assert isinstance(request.exception(), ConnectionLost)
        assert isinstance(request.exception(), ConnectionError)
    assert len(book) == 0
    assert clock.next_due is None
    clock.advance(10)
    assert book.timed_out == 0
    _, request = ask(book, 1)
    clock.advance(1)
    assert isinstance(request.exception(), RequestTimeout), "the book serves the next connection"


def test_confirmations_of_the_last_connection_are_unasked_on_the_next(
    book: RequestBook, clock: ManualClock
) -> None:
    open_id, _ = ask(book)
    late_id, _ = ask(book, 1)
    clock.advance(1)
    book.fail_all("over")
    book.settle(confirmation(open_id))
    book.settle(confirmation(late_id))
    assert (book.late, book.unasked) == (0, 2)


# --- against a model --------------------------------------------------------------------------------


class BookMachine(RuleBasedStateMachine):
    """Compares the book with a plain model: every request ends once, in the way that the model expects."""

    @initialize(start=st.one_of(st.integers(1, 3), st.integers(LAST_ID - 3, LAST_ID)))
    def begin(self, start: int) -> None:
        self.clock = ManualClock()
        self.book = RequestBook(self.clock, max_open=4, first_invoke_id=start)
        self.requests: dict[int, list[Request[Message]]] = {}
        self.open: dict[int, tuple[Request[Message], float | None]] = {}
        self.given_up: list[int] = []
        self.ends: dict[Request[Message], list[object]] = {}
        self.expected: dict[Request[Message], type[BaseException] | None] = {}
        self.late = self.unasked = self.timed_out = self.forgotten = 0

    @rule(timeout=st.sampled_from([None, 1, 2, 5]))
    def add(self, timeout: float | None) -> None:
        request: Request[Message] = Request("HEARTBEAT_REQ")
        if len(self.open) == 4:
            with pytest.raises(TooManyRequests):
                self.book.enter(request, ged.HEARTBEAT_REQ, timeout)
            return
        invoke_id = self.book.enter(request, ged.HEARTBEAT_REQ, timeout)
        assert 0 < invoke_id <= LAST_ID
        assert invoke_id == request.invoke_id
        assert invoke_id not in self.open
        assert invoke_id not in self.given_up
        ends = self.ends[request] = []
        request.add_done_callback(lambda done: ends.append(done.exception()))
        self.open[invoke_id] = (request, None if timeout is None else self.clock.time() + timeout)

    def _ids(self) -> list[int]:
        return [*self.open, *self.given_up, 0, 77777]

    @rule(
        choice=st.integers(0, 20), kind=st.sampled_from(["conf", "failure", "control", "malformed", "other"])
    )
    def receive(self, choice: int, kind: str) -> None:
        ids = self._ids()
        invoke_id = ids[choice % len(ids)]
        if kind == "malformed":
            self.book.fail(invoke_id, MalformedFrame(6, None, None, 0, "", b""))
        elif kind == "other":
            self.book.settle(confirmation(invoke_id, ged.CLOSE_CONF))
        else:
            make = {"conf": confirmation, "failure": failure, "control": control_failure}[kind]
            self.book.settle(make(invoke_id))
        if invoke_id in self.open and kind != "other":
            request, _ = self.open.pop(invoke_id)
            self.expected[request] = {
                "conf": None,
                "failure": RequestRefused,
                "control": ControlFailure,
                "malformed": MalformedFrame,
            }[kind]
        elif invoke_id in self.given_up:
            self.given_up.remove(invoke_id)
            self.late += 1
        else:
            self.unasked += 1

    @precondition(lambda self: self.open)
    @rule(choice=st.integers(0, 20))
    def forget(self, choice: int) -> None:
        invoke_id = list(self.open)[choice % len(self.open)]
        self.book.forget(invoke_id)
        del self.ends[self.open.pop(invoke_id)[0]]

    @rule(seconds=st.sampled_from([0.5, 1, 3]))
    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)
        now = self.clock.time()
        due = [(when, i) for i, (_, when) in self.open.items() if when is not None and when <= now]
        for _, invoke_id in sorted(due, key=lambda pair: pair[0]):
            request, _ = self.open.pop(invoke_id)
            self.expected[request] = RequestTimeout
            self.timed_out += 1
            self.given_up.append(invoke_id)
        self.forgotten += max(0, len(self.given_up) - 4)
        kept = list(self.book.given_up)  # the order of requests that are due at the same time is not defined
        assert set(kept) <= set(self.given_up)
        assert len(kept) == min(4, len(self.given_up))
        self.given_up = kept

    @rule()
    def lose(self) -> None:
        self.book.fail_all("lost")
        for request, _ in self.open.values():
            self.expected[request] = ConnectionLost
        self.open.clear()
        self.given_up.clear()

    @invariant()
    def every_request_ended_as_expected(self) -> None:
        if not hasattr(self, "book"):
            return
        assert len(self.book) == len(self.open)
        for request, ends in self.ends.items():
            if request in self.expected:
                kind = self.expected[request]
                assert [type(end) for end in ends] == [type(None) if kind is None else kind]
            else:
                assert ends == []
                assert not request.done()

    @invariant()
    def the_counters_agree(self) -> None:
        if hasattr(self, "book"):
            book = self.book
            counted = (book.late, book.unasked, book.timed_out)
            assert counted == (self.late, self.unasked, self.timed_out)
            assert len(book.given_up) == len(self.given_up)
            assert book.forgotten == self.forgotten


TestBookAgainstAModel = BookMachine.TestCase
TestBookAgainstAModel.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


# --- assumptions of the core ------------------------------------------------------------------------


def test_every_confirmation_begins_with_its_invoke_id() -> None:
    answers = {*ged.CONFIRMATIONS.values(), ged.FAILURE_CONF, ged.CONTROL_FAILURE_CONF}
    rows = [message for message in loader.load().messages if message.number in answers]
    assert len(rows) == len(answers)
    for message in rows:
        for layout in message.layouts:
            assert (layout[0].name, layout[0].type, layout[0].since) == ("InvokeID", "UINT", 0), message.name


def test_answered_requests_are_not_kept_until_their_deadline(book: RequestBook, clock: ManualClock) -> None:
    class Watched(Request[Message]):
        """A request that weak references can refer to."""

    watched = []
    for _ in range(3):
        request = Watched("watched")
        invoke_id = book.enter(request, ged.HEARTBEAT_REQ, 30)
        watched.append(weakref.ref(request))
        del request
        book.settle(confirmation(invoke_id))
    assert [ref() is None for ref in watched] == [True, True, True]
    clock.advance(30)
    assert clock.next_due is None
    assert book.timed_out == 0


def test_requests_time_out_though_many_answered_ones_around_them_have_left(
    book: RequestBook, clock: ManualClock
) -> None:
    still_open = []
    for number in range(5_000):  # the queue is compacted more than once
        request: Request[Message] = Request(str(number))
        invoke_id = book.enter(request, ged.HEARTBEAT_REQ, 30)
        if number % 2_000 == 500:
            still_open.append(request)
        else:
            book.settle(confirmation(invoke_id))
    late = still_open.pop()
    book.settle(confirmation(late.invoke_id))
    clock.advance(30)
    assert [request.done() for request in still_open] == [True] * 2
    assert late.exception() is None
    assert book.timed_out == 2
    for request in still_open:
        assert isinstance(request.exception(), RequestTimeout)


def test_a_request_with_an_invalid_timeout_is_not_booked(book: RequestBook) -> None:
    with pytest.raises(TypeError):
        book.enter(Request("odd"), ged.HEARTBEAT_REQ, "soon")  # type: ignore[arg-type]
    assert len(book) == 0


def test_unseen_failures_are_logged_with_a_limit_for_each_book(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        book = RequestBook(clock, max_open=1000)
        for _ in range(1000):
            ask(book, 30)
        caplog.clear()
        clock.advance(31)
        lines = [record.getMessage() for record in caplog.records if record.name == "ctios_fast.requests"]
        assert len(lines) == 6  # the first three, the 10th, the 100th and the 1000th
        assert lines[0].startswith("HEARTBEAT_REQ failed, and nobody awaited it or listened: ")
        assert lines[-1].endswith("(899 like it were not logged)")


def test_unseen_failures_of_other_kinds_are_logged_too(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    book = RequestBook(clock, max_open=1000)
    for _ in range(1000):
        ask(book, 30)
    clock.advance(31)
    caplog.clear()
    book.settle(failure(ask(book)[0]))
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_every_await_of_a_request_gets_its_answer(book: RequestBook) -> None:
    invoke_id, request = ask(book)

    async def wait() -> Message:
        return await request

    tasks = [asyncio.create_task(wait()) for _ in range(4)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.sleep(0)
    message = confirmation(invoke_id)
    book.settle(message)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [result is message for result in results] == [True, False, True, True]
    assert isinstance(results[1], asyncio.CancelledError)


def test_requests_take_type_arguments_and_have_a_repr() -> None:
    request: Request[int] = Request[int]("agent state 3")
    assert repr(request) == "<Request agent state 3 open>"
    request.set_result(3)
    assert repr(request) == "<Request agent state 3 answered>"
    with pytest.raises(TypeError):
        Request(None)  # type: ignore[arg-type]


def test_the_end_of_a_session_names_the_event_that_reports_it() -> None:
    ended = SessionEnded(StatusCode.E_CTI_NEW_SESSION_OPENED)
    assert ended.message == "FAILURE_EVENT"
    assert "OPEN_REQ" not in str(ended)
    assert pickle.loads(pickle.dumps(ended)).message == "FAILURE_EVENT"
