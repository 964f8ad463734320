"""What an import takes, in a fresh interpreter each time, beside imports that such a program has anyway."""

import subprocess
import sys
from collections.abc import Iterator, Mapping

from benchmarks.measure import BOUND, OURS, Comparison, Prepare, Round, Side, ready

_TIMED = "import time; begun = time.perf_counter(); import {}; print(time.perf_counter() - begun)"


def _importing(modules: str) -> Prepare:
    command = [sys.executable, "-c", _TIMED.format(modules)]

    def work() -> Mapping[str, float]:
        return {"wall": float(subprocess.check_output(command))}

    def prepared() -> Round:
        work()  # the bytecode is there from here on
        return work

    return ready(prepared)


def comparisons() -> Iterator[Comparison]:
    """All of this subject."""
    yield Comparison(
        "import, in a fresh interpreter",
        "import",
        (
            Side("ctios_fast", OURS, _importing("ctios_fast"), 10),
            Side("asyncio, ssl", BOUND, _importing("asyncio, ssl"), 10),
        ),
        figure="wall",
    )
