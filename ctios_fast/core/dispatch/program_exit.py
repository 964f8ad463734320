"""Distinguishes the errors of handlers that end the program from those that are failures of the handler."""

from threading import current_thread, main_thread

__all__ = ["ends_program"]


def ends_program(error: BaseException) -> bool:
    """Whether what a handler raised ends the program.

    ``KeyboardInterrupt`` and ``SystemExit`` do so in the main thread. In another thread they would only end
    its event loop, and with it everything that uses the loop. There they are failures of the handler, as any
    other error.
    """
    return isinstance(error, KeyboardInterrupt | SystemExit) and current_thread() is main_thread()
