"""A check that work lets other threads run, for tests of code that releases the GIL."""

import sys
import threading
from collections.abc import Callable


def lets_others_run(work: Callable[[], object], times: int) -> bool:
    """Return whether this thread ran before a second one had done the work that number of times."""
    started, finished = threading.Event(), False

    def run() -> None:
        nonlocal finished
        started.set()
        for _ in range(times):
            work()
        finished = True

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000)  # the interpreter does not ask for the GIL: the work itself must release it
    try:
        thread = threading.Thread(target=run)
        thread.start()
        started.wait()
        ran_meanwhile = not finished
        thread.join()
    finally:
        sys.setswitchinterval(interval)
    return ran_meanwhile
