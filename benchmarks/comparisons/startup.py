"""The time of an import in a fresh interpreter, compared with imports that such a program has anyway."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping

from benchmarks.measure import BOUND, OURS, Comparison, Prepare, Round, Side, ready

_TIMED = """
import time
wall, cpu = time.perf_counter(), time.process_time()
{}
print(time.perf_counter() - wall, time.process_time() - cpu)
"""


def _importing(statement: str) -> Prepare:
    command = [sys.executable, "-c", _TIMED.format(statement)]
    # an installed package has its bytecode; without a writable folder every import would compile
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def work() -> Mapping[str, float]:
        wall, cpu = map(float, subprocess.check_output(command, env=environment).split())
        return {"wall": wall, "cpu": cpu}

    def prepared() -> Round:
        work()  # writes the bytecode
        return work

    return ready(prepared)


def _starting() -> Round:
    def work() -> Mapping[str, float]:
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        return {"wall": time.perf_counter() - begun}

    return work


def comparisons() -> Iterator[Comparison]:
    """Return the comparisons of this module."""
    yield Comparison(
        "import, in a fresh interpreter",
        "import",
        (
            Side("ctios_fast", OURS, _importing("import ctios_fast"), 10),
            Side("Session and Agent", OURS, _importing("from ctios_fast import Agent, Session"), 10),
            Side("asyncio, ssl", BOUND, _importing("import asyncio, ssl"), 10),
            Side("the interpreter's start, which is in none of them", BOUND, ready(_starting), 10),
        ),
        figure="wall",
    )
