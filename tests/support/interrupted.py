"""Runs a program and interrupts it at its Nth Python call while its event loop runs.

``python -m support.interrupted N PROGRAM [ARGUMENTS]``: ``PROGRAM`` is a file, or a module after ``-m``. The
process sends itself SIGINT, as a terminal does for Ctrl-C. With N = 0 the program runs undisturbed and the
number of its calls is the last line of standard error.
"""

import asyncio
import runpy
import signal
import sys
from types import FrameType
from typing import Any

calls = 0
interrupt_at = 0


def count(frame: FrameType, event: str, argument: object) -> None:
    """The profile function: counts calls."""
    global calls
    if event == "call":
        calls += 1
        # Only while a handler of asyncio or of the program is installed: Python's own handler raises
        # KeyboardInterrupt anywhere, even while the interpreter cleans up.
        if 0 < interrupt_at <= calls and signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            sys.setprofile(None)
            signal.raise_signal(signal.SIGINT)


class CountingPolicy(asyncio.DefaultEventLoopPolicy):
    """Starts to count when the program creates its event loop."""

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        loop = super().new_event_loop()
        loop.slow_callback_duration = 60.0  # counting is slow, and asyncio's debug mode would report it
        loop.call_soon(sys.setprofile, count)
        return loop


def close_runner(runner: asyncio.Runner, close: Any = asyncio.Runner.close) -> None:
    """Stop counting: asyncio itself does not survive an interrupt while it closes the loop."""
    sys.setprofile(None)
    close(runner)


def main() -> None:
    """Run the program."""
    global interrupt_at
    asyncio.Runner.close = close_runner  # type: ignore[method-assign]
    interrupt_at = int(sys.argv[1])
    is_module = sys.argv[2] == "-m"
    program, sys.argv[1:] = (sys.argv[3], sys.argv[4:]) if is_module else (sys.argv[2], sys.argv[3:])
    sys.argv[0] = program
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have set it to be ignored
    asyncio.set_event_loop_policy(CountingPolicy())
    run: Any = runpy.run_module if is_module else runpy.run_path
    if not is_module:
        sys.path.insert(0, program.rpartition("/")[0])
    try:
        run(program, run_name="__main__")
    finally:
        sys.setprofile(None)
        if not interrupt_at:
            print(calls, file=sys.stderr)


if __name__ == "__main__":
    main()
