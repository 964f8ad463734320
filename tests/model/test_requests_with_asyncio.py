"""asyncio's functions accept a Request, both as a future and as a coroutine."""

import asyncio
import contextvars
import gc
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ctios_fast import Request, RequestTimeout


def answered_soon(answer: object = 7) -> Request[Any]:
    """A request that is answered in a later turn of the loop."""
    request: Request[Any] = Request("test")
    asyncio.get_running_loop().call_later(0, request.set_result, answer)
    return request


async def _gather() -> object:
    return (await asyncio.gather(answered_soon(), answered_soon()))[1]


async def _gather_answered() -> object:
    request: Request[int] = Request("test")
    request.set_result(7)
    return (await asyncio.gather(request, answered_soon()))[0]


async def _create_task() -> object:
    return await asyncio.create_task(answered_soon())


async def _task_of_an_answered_one() -> object:
    request: Request[int] = Request("test")
    request.set_result(7)
    return await asyncio.create_task(request)


async def _two_tasks_of_one() -> object:
    request = answered_soon()
    return (await asyncio.gather(asyncio.create_task(request), asyncio.create_task(request)))[1]


async def _task_group() -> object:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(answered_soon())
    return task.result()


async def _wait_of_tasks() -> object:
    done, _ = await asyncio.wait([asyncio.create_task(answered_soon())])
    return done.pop().result()


async def _wait_for() -> object:
    return await asyncio.wait_for(answered_soon(), 10)


async def _shield() -> object:
    return await asyncio.shield(answered_soon())


async def _ensure_future() -> object:
    request = answered_soon()
    assert asyncio.ensure_future(request) is request
    return await request


async def _as_completed() -> object:
    for each in asyncio.as_completed([answered_soon()]):
        return await each
    return None


async def _from_a_thread() -> object:
    request = answered_soon()
    loop = asyncio.get_running_loop()

    def wait() -> object:
        return asyncio.run_coroutine_threadsafe(request, loop).result(10)

    return await asyncio.to_thread(wait)


@pytest.mark.parametrize(
    "use",
    [
        _gather,
        _gather_answered,
        _create_task,
        _task_of_an_answered_one,
        _two_tasks_of_one,
        _task_group,
        _wait_of_tasks,
        _wait_for,
        _shield,
        _ensure_future,
        _as_completed,
        _from_a_thread,
    ],
    ids=lambda use: use.__name__.strip("_"),
)
async def test_asyncio_takes_a_request(use: Callable[[], Awaitable[object]]) -> None:
    assert await asyncio.wait_for(use(), 10) == 7


async def test_cancelling_a_request_ends_it_and_ignores_its_answer() -> None:
    request: Request[int] = Request("test")
    waiting = asyncio.create_task(request)
    await asyncio.sleep(0)
    assert request.cancel("no longer needed")
    assert not request.cancel()
    request.set_result(1)
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert request.cancelled()
    assert request.done()
    with pytest.raises(asyncio.CancelledError):
        request.exception()
    assert "cancelled" in repr(request)


async def test_cancelling_a_task_leaves_its_request_open() -> None:
    request: Request[int] = Request("test")
    waiting = asyncio.create_task(request)
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not request.done()
    request.set_result(3)
    assert await request == 3


async def test_a_callback_runs_in_its_context_and_can_be_removed() -> None:
    where: contextvars.ContextVar[str] = contextvars.ContextVar("where", default="outside")
    context = contextvars.copy_context()
    context.run(where.set, "inside")
    seen: list[str] = []

    def note(request: Request[int]) -> None:
        seen.append(where.get())

    request: Request[int] = Request("test")
    request.add_done_callback(note)
    request.add_done_callback(note, context=context)
    request.set_result(1)
    assert seen == ["outside", "inside"]
    other: Request[int] = Request("test")
    other.add_done_callback(note)
    other.add_done_callback(note, context=context)
    assert other.remove_done_callback(note) == 2
    other.set_result(1)
    assert len(seen) == 2


async def test_a_failure_that_was_not_retrieved_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    for handled in (True, False):
        request: Request[int] = Request("test")
        request.set_exception(RequestTimeout("too late"))
        if handled:
            request.reported()
        del request
    gc.collect()
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "too late" in caplog.text


async def test_a_retrieved_failure_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    request: Request[int] = Request("test")
    request.set_exception(RequestTimeout("too late"))
    assert isinstance(request.exception(), RequestTimeout)
    del request
    gc.collect()
    assert caplog.records == []
