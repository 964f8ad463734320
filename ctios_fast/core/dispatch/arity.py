"""Finds handlers that cannot be called with the arguments that they are registered for."""

import inspect
from collections.abc import Callable

__all__ = ["arity_fault"]


def arity_fault(handler: Callable[..., object], count: int) -> str | None:
    """Why a handler cannot be called with that many positional arguments; None if it can.

    A handler that does not show its parameters, as some functions in C, is taken for one that can.
    """
    try:
        signature = inspect.signature(handler)
    except (TypeError, ValueError):
        return None
    try:
        signature.bind(*(None for _ in range(count)))
    except TypeError as error:
        return str(error)
    return None
