"""Whether work lets other threads run, for the tests of what runs without the GIL."""

import sys
import threading
from collections.abc import Callable


def lets_others_run(work: Callable[[], object], times: int) -> bool:
    """Whether this thread got on before a second one had done the work that many times."""
    started, finished = threading.Event(), False

    def run() -> None:
        nonlocal finished
        started.set()
        for _ in range(times):
            work()
        finished = True

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000)  # nobody is asked to let the GIL go: the work has to by itself
    try:
        thread = threading.Thread(target=run)
        thread.start()
        started.wait()
        ran_meanwhile = not finished
        thread.join()
    finally:
        sys.setswitchinterval(interval)
    return ran_meanwhile
