"""Every program of the project ends cleanly when it is interrupted from the keyboard, at any moment."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
#: Modules of the examples that are not programs.
SHARED = ("console.py", "servers.py")
PROGRAMS = {
    **{path.name: [str(path)] for path in EXAMPLES if path.name not in SHARED},
    "demo": ["-m", "ctios_fast", "demo", "--agents", "20"],
}
MOMENTS = 4
INTERRUPTED = 130
#: Calls that ``ctios-fast sim`` makes before it waits for clients.
CALLS_OF_AN_IDLE_SIMULATOR = 400


def run(moment: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    strict = [sys.executable, "-X", "dev", "-W", "error"]
    command = [*strict, "-m", "support.interrupted", str(moment), *arguments]
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=ROOT / "tests", timeout=55
    )


def test_the_simulator_ends_cleanly_at_a_random_interrupt() -> None:
    rng = random.Random("sim")
    arguments = ["-m", "ctios_fast", "sim", "--port-a", "0", "--port-b", "0", "--agents", "10"]
    for moment in sorted(rng.randrange(1, CALLS_OF_AN_IDLE_SIMULATOR) for _ in range(MOMENTS)):
        done = run(moment, *arguments)
        assert done.returncode in {INTERRUPTED, 0}, (moment, done.stderr)
        assert done.stderr == "", moment


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_ends_cleanly_at_a_random_interrupt(name: str) -> None:
    undisturbed = run(0, *PROGRAMS[name])
    assert undisturbed.returncode == 0, undisturbed.stderr
    *lines, calls = undisturbed.stderr.splitlines()
    assert lines == []
    rng = random.Random(name)
    for moment in sorted(rng.randrange(1, int(calls)) for _ in range(MOMENTS)):
        done = run(moment, *PROGRAMS[name])
        # a program that is about to end may end by itself
        assert done.returncode in {INTERRUPTED, 0}, (moment, done.stderr)
        assert done.stderr == "", moment
