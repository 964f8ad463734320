"""The thread of the event loop: calls that are cancelled or interrupted before and while it takes them."""

import asyncio
import inspect
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from typing import Any

import pytest
from support.raw_client import PATIENCE

from ctios_fast.sync import Session
from ctios_fast.sync.loop_thread import LoopThread
from ctios_fast.sync.proxy import home, home_of
from ctios_fast.testing import start_servers


@pytest.fixture
def thread() -> Iterator[LoopThread]:
    thread = LoopThread("test")
    yield thread
    thread.stop()


@pytest.fixture
def session() -> Iterator[Session]:
    """A connected session."""
    with start_servers(agents=1) as servers, Session(client_id="job", heartbeat=None) as session:
        session.connect(**servers.addresses)
        yield session


@contextmanager
def calls_interrupted(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Every call is interrupted after it was carried out. Yields what is undone at the end."""
    call = LoopThread.call

    def interrupted(thread: LoopThread, function: Callable[[], object]) -> None:
        call(thread, function)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(LoopThread, "call", interrupted)
        yield patch


@contextmanager
def held(thread: LoopThread) -> Iterator[None]:
    """The loop takes no call meanwhile."""
    goes_on = threading.Event()
    thread.post(lambda: goes_on.wait(PATIENCE))
    try:
        yield
    finally:
        goes_on.set()


def test_a_call_that_is_cancelled_before_the_loop_takes_it_is_not_carried_out(thread: LoopThread) -> None:
    calls: list[int] = []
    with held(thread):
        cancelled, carried_out = (thread.submit(calls.append, number) for number in (1, 2))
        assert cancelled.cancel()
    carried_out.result(PATIENCE)
    assert calls == [2]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)], ids=repr)
def test_the_loop_outlasts_a_callback_that_would_end_a_program(
    thread: LoopThread, caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    def leave() -> None:
        raise error

    thread.post(leave)
    assert thread.submit(lambda: 5).result(PATIENCE) == 5
    [record] = caplog.records
    assert record.getMessage().startswith(f"a callback of the event loop raised {type(error).__name__}")


class Interrupted(LoopThread):
    """A thread whose calls are interrupted while their result is waited for."""

    def submit(self, function: Callable[..., object], *args: Any, **kwargs: Any) -> "Future[Any]":
        """Cancel the call at once, as an interrupt does."""
        outcome = super().submit(function, *args, **kwargs)
        outcome.cancel()
        return outcome


def test_a_coroutine_whose_run_is_interrupted_at_once_does_not_begin_and_is_closed() -> None:
    thread = Interrupted("test")
    begun: list[int] = []

    async def work() -> None:
        begun.append(1)

    coroutine = work()
    with held(thread), pytest.raises(CancelledError):
        thread.run(coroutine)
    thread.stop()
    assert begun == []
    assert inspect.getcoroutinestate(coroutine) == inspect.CORO_CLOSED, "or Python warns of it"


class Stopped(Interrupted):
    """A thread whose loop ends while the interrupt is handled."""

    def submit(self, function: Callable[..., object], *args: Any, **kwargs: Any) -> "Future[Any]":
        """Cancel the call at once, and end the loop."""
        with held(self):
            outcome = super().submit(function, *args, **kwargs)
        self.stop()
        return outcome


def test_an_interrupt_during_the_end_of_the_loop_is_raised_and_leaves_no_coroutine() -> None:
    coroutine = asyncio.sleep(0)
    with pytest.raises(CancelledError):
        Stopped("test").run(coroutine)
    assert inspect.getcoroutinestate(coroutine) == inspect.CORO_CLOSED


@pytest.mark.parametrize(
    "begin",
    [
        lambda session: session.wait_for("OnCallEnd"),
        lambda session: session.agent("1001").wait_for_state(3),
        lambda session: session.stream("OnCallEnd"),
    ],
    ids=["wait_for", "wait_for_state", "stream"],
)
def test_a_wait_or_stream_whose_call_is_interrupted_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, session: Session, begin: Callable[[Session], object]
) -> None:
    agent = session.agent("1001")
    before = home_of(session).call(open_waits, session)
    with calls_interrupted(monkeypatch) as patch:
        patch.setattr(Session, "agent", lambda session, agent_id: agent)
        with pytest.raises(KeyboardInterrupt):
            begin(session)
    home().call(asyncio.sleep, 0)  # what the interrupt left to do
    assert home_of(session).call(open_waits, session) == before


def test_an_event_that_was_read_when_the_read_was_interrupted_is_read_next(
    monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    stream = session.stream("OnMonitorModeEstablished", "OnConnectionClosed")
    session.set_bulk_mode(5000)
    with calls_interrupted(monkeypatch), pytest.raises(KeyboardInterrupt):
        next(stream)
    session.disconnect()
    assert [event.name for event in stream] == ["OnMonitorModeEstablished", "OnConnectionClosed"]


def open_waits(session: Any) -> object:
    """The listeners of a session and its waits for states."""
    context = session._target._context
    return dict(context.listeners), dict(context.state_waits)
