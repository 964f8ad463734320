"""Finds handlers that did not run: calling them returned a coroutine or a generator, which nobody awaits."""

from collections.abc import AsyncGenerator, Coroutine, Generator

__all__ = ["unawaited"]

_UNSTARTED = (Coroutine, Generator, AsyncGenerator)


def unawaited(handler: object, returned: object) -> TypeError | None:
    """The error of a handler that returned a coroutine or a generator; None for everything else.

    ``returned`` is closed, so that Python does not warn about it. A handler may return a future, a task or a
    ``Request``: they run without being awaited.
    """
    if not isinstance(returned, _UNSTARTED) or hasattr(returned, "add_done_callback"):
        return None
    if not isinstance(returned, AsyncGenerator):
        returned.close()
    return TypeError(
        f"{handler!r} returned a {type(returned).__name__}, which nothing runs; "
        "it has to be a plain function: start a task in it if it has to wait"
    )
