"""Counts the instructions of a call under callgrind, inside the process that valgrind runs.

Callgrind takes client requests: a sequence of instructions that only its header knows. A library of a few
lines is compiled for them. While nothing is counted, the process runs without instrumentation.
"""

import ctypes
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

_REQUESTS: Final = """
#include <valgrind/callgrind.h>
int under_valgrind(void) { return RUNNING_ON_VALGRIND; }
void begin(void) { CALLGRIND_START_INSTRUMENTATION; CALLGRIND_ZERO_STATS; }
void end(void) { CALLGRIND_DUMP_STATS; CALLGRIND_STOP_INSTRUMENTATION; }
"""
_TOTAL = re.compile(r"^(?:totals|summary): (\d+)", re.MULTILINE)
#: Makes a run count the same every time. Callgrind counts ``rep movsb``, one instruction, once for each
#: copied byte: this makes the C library copy with vectors instead.
_FIXED: Final = {
    "PYTHONHASHSEED": "0",
    "PYTHONMALLOC": "pymalloc",
    "GLIBC_TUNABLES": "glibc.cpu.x86_rep_movsb_threshold=1073741824",
}
_DUMPS = "CTIOS_FAST_CALLGRIND_DUMPS"


def missing() -> str:
    """Return what the machine lacks for counting, or an empty text."""
    if shutil.which("valgrind") is None:
        return "valgrind is not installed (on Debian: apt-get install valgrind)"
    compiler = _compiler()
    if compiler is None:
        return "there is no C compiler (cc, gcc, clang or CC)"
    command = [compiler, "-fsyntax-only", "-x", "c", "-"]
    if subprocess.run(command, input=_REQUESTS, text=True, capture_output=True).returncode:
        return "valgrind's header callgrind.h is not installed (on Debian it is in the package valgrind)"
    return ""


def _compiler() -> str | None:
    names = (os.environ.get("CC", "cc"), "gcc", "clang")
    return next((found for found in map(shutil.which, names) if found is not None), None)


def counter() -> Callable[[Callable[[], object]], int]:
    """Return a function that returns the instructions of a call, its own included.

    Works only under ``run``.
    """
    compiler = _compiler()
    assert compiler is not None
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "requests.so"
        command = [compiler, "-O2", "-shared", "-fPIC", "-x", "c", "-o", str(library), "-"]
        subprocess.run(command, input=_REQUESTS, text=True, check=True)
        requests = ctypes.PyDLL(str(library))
    if not requests.under_valgrind():
        sys.exit("instructions are counted under callgrind: use benchmarks.callgrind.run")
    dumps = Path(os.environ[_DUMPS])

    def count(call: Callable[[], object]) -> int:
        before = set(dumps.iterdir())
        requests.begin()
        call()
        requests.end()
        (dump,) = {path for path in set(dumps.iterdir()) - before if path.stat().st_size}
        total = _TOTAL.search(dump.read_text())
        assert total is not None
        return int(total[1])

    return count


def run(command: Sequence[str], environment: Mapping[str, str], cwd: Path) -> None:
    """Run a counting Python program under callgrind and pass on its standard error."""
    with tempfile.TemporaryDirectory() as dumps:
        valgrind = [
            "valgrind",
            "--tool=callgrind",
            "--instr-atstart=no",
            "--quiet",
            f"--callgrind-out-file={dumps}/dump",
        ]
        together = {**environment, **_FIXED, _DUMPS: dumps}
        subprocess.run([*valgrind, *command], env=together, cwd=cwd, check=True)
