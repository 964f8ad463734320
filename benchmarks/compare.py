"""Compares this revision with another one: ``python -m benchmarks.compare BASE_FOLDER``, both built in place.

The core's kernels are compared by their instructions, which no other process can change: 3 % more is a
regression. Sockets and start-up are timed, both revisions in turns, each in a process of its own. It is a
regression if the median of the ratios is 20 % up and three pairs of four are 10 % up. What one of the
revisions lacks is reported and is not a regression.

This revision's benchmarks measure both. Exit status 1: a regression.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from . import callgrind

ROOT: Final = Path(__file__).parent.parent
MORE_INSTRUCTIONS: Final = 1.03
SLOWER: Final = 1.2
SLOWER_IN_MOST: Final = 1.1

#: Comparison, side and figure of each timed row.
TIMED: Final = (
    ("import, in a fresh interpreter", "ctios_fast", "cpu"),
    ("request to confirmation over loopback TCP, one at a time, asyncio", "Session.request", "cpu"),
    ("10,000 logins on one connection, asyncio", "Session", "cpu"),
    (
        "the mix over loopback TCP to a handler that reads three fields, asyncio, 64 MiB",
        "Link, typed handler",
        "cpu",
    ),
)


class Verdict(NamedTuple):
    """One line of the comparison."""

    name: str
    base: float | None
    new: float | None
    ratio: float | None
    regression: bool
    remark: str = ""

    def __str__(self) -> str:
        ratio = "     -" if self.ratio is None else f"{self.ratio:6.3f}"
        values = ("-" if value is None else f"{value:,.1f}" for value in (self.base, self.new))
        base, new = values
        mark = "REGRESSION" if self.regression else ""
        return f"{ratio}  {base:>14} {new:>14}  {mark:10}  {self.name}{self.remark and f' ({self.remark})'}"


def judge_counts(
    base: Mapping[str, float], new: Mapping[str, float], limit: float = MORE_INSTRUCTIONS
) -> list[Verdict]:
    """Judge the instructions of each kernel. More than ``limit`` times as many is a regression."""
    verdicts = []
    for name in [*new, *(name for name in base if name not in new)]:
        before, after = base.get(name), new.get(name)
        if before is None or after is None:
            # a kernel that can no longer be counted is broken, not missing
            gone = after is None
            verdicts.append(Verdict(name, before, after, None, gone, "gone" if gone else "new"))
        else:
            ratio = after / before
            verdicts.append(Verdict(name, before, after, ratio, ratio > limit))
    return verdicts


def judge_pairs(name: str, pairs: Sequence[tuple[float, float]]) -> Verdict:
    """Judge the times of base and new. A regression is slower by the median, and in most pairs."""
    ratios = sorted(new / base for base, new in pairs)
    median = statistics.median(ratios)
    low = ratios[len(ratios) // 4]
    base, new = (statistics.median(side) for side in zip(*pairs, strict=True))
    slower = median > SLOWER and low > SLOWER_IN_MOST
    return Verdict(name, base * 1e9, new * 1e9, median, slower, f"ns, {len(pairs)} pairs")


class Revision:
    """A folder with a built package, measured by this revision's benchmarks."""

    def __init__(self, folder: Path, benchmarks: Path) -> None:
        self.folder = folder
        # neither the working directory nor an installed package may precede the folder
        path = os.pathsep.join(map(str, (benchmarks, folder)))
        self._environment = {**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"}
        self._cwd = benchmarks

    def check(self) -> None:
        """Check that the package of this folder is measured."""
        code = "import ctios_fast, ctios_fast.core.dispatch.dispatcher as d; print(d.__file__)"
        found = subprocess.run(
            [sys.executable, "-c", code], env=self._environment, cwd=self._cwd, capture_output=True, text=True
        )
        if found.returncode or not Path(found.stdout.strip()).is_relative_to(self.folder):
            sys.exit(f"{self.folder}: the package is not built there\n{found.stdout}{found.stderr}")

    def counts(self) -> dict[str, Any]:
        """Return the instructions of each kernel."""
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "counts.json"
            command = [sys.executable, "-m", "benchmarks.kernels", str(output)]
            callgrind.run(command, self._environment, self._cwd)
            found: dict[str, Any] = json.loads(output.read_text())
        return found

    def times(self, rounds: int, name: str, side: str) -> dict[str, float] | None:
        """Return the figures of a side; None if this revision does not support it."""
        command = [sys.executable, "-m", "benchmarks.once", str(rounds), name, side]
        found = subprocess.run(command, env=self._environment, cwd=self._cwd, capture_output=True, text=True)
        if found.returncode:
            print(f"{self.folder}: {name}: {found.stderr.strip().splitlines()[-1]}", file=sys.stderr)
            return None
        figures: dict[str, float] = json.loads(found.stdout)
        return figures


def timed(base: Revision, new: Revision, pairs: int, rounds: int = 3) -> Iterable[Verdict]:
    """Time what cannot be counted, in pairs of processes."""
    for name, side, figure in TIMED:
        title = f"{name}, {figure} time"
        found: list[tuple[float, float]] = []
        for number in range(pairs):
            order = (base, new) if number % 2 else (new, base)
            figures = {revision: revision.times(rounds, name, side) for revision in order}
            before, after = figures[base], figures[new]
            if before is None or after is None:
                yield Verdict(title, None, None, None, after is None, "gone" if after is None else "new")
                break
            found.append((before[figure], after[figure]))
        else:
            yield judge_pairs(title, found)


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description="this revision against another one")
    parser.add_argument("base", type=Path, help="folder of the other revision, built in place")
    parser.add_argument("--pairs", type=int, default=7, help="pairs for each timed row (default: 7)")
    options = parser.parse_args()
    lacking = callgrind.missing()
    if lacking:
        sys.exit(f"instructions cannot be counted: {lacking}")
    with tempfile.TemporaryDirectory() as folder:
        benchmarks = Path(folder)
        (benchmarks / "benchmarks").symlink_to(ROOT / "benchmarks")
        base, new = (Revision(path.resolve(), benchmarks) for path in (options.base, ROOT))
        for revision in (base, new):
            revision.check()
        counted = [revision.counts() for revision in (base, new)]
        for revision, found in zip((base, new), counted, strict=True):
            for name, reason in found["missing"].items():
                print(f"{revision.folder}: {name}: {reason}", file=sys.stderr)
        verdicts = judge_counts(*(found["instructions"] for found in counted))
        verdicts += timed(base, new, options.pairs)
    print(f"{'ratio':>6}  {'base':>14} {'new':>14}")
    for verdict in verdicts:
        print(verdict)
    regressions = sum(verdict.regression for verdict in verdicts)
    if regressions:
        sys.exit(f"{regressions} regressions")


if __name__ == "__main__":
    main()
