"""Measures the ratios of ``targets.py`` in pairs: ``python -m benchmarks.paired [--seconds S] [WORD ...]``.

Words select the rows that contain all of them. Each row prints the median of the pairs' ratios, their
quartiles, and both sides in nanoseconds per unit. ``--json FILE`` writes the same. Exit status 2 if no row
contains the words.
"""

import argparse
import json
import platform
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .comparisons import by_name
from .measure import paired, ratio
from .targets import TARGETS, Target


def measured(target: Target, seconds: float, min_pairs: int) -> dict[str, Any]:
    """Return a row with its measurement."""
    comparison = by_name()[target.comparison]
    figure = target.figure or comparison.figure
    pairs = paired(comparison.side(target.above), comparison.side(target.below), seconds, min_pairs)
    found = ratio([pair[figure] for pair in pairs], added=target.added)
    return {
        **target._asdict(),
        "figure": figure,
        "unit": comparison.unit,
        "wanted": target.wanted,
        "met": target.met(found.median),
        **found._asdict(),
    }


def shown(row: dict[str, Any]) -> str:
    """Return a measured row as a line of text."""
    return (
        f"{row['median']:9.3f}  [{row['low']:.3f}, {row['high']:.3f}]  {row['wanted']:>7}  "
        f"{'met   ' if row['met'] else 'MISSED'}  {row['numerator'] * 1e9:11,.1f} ns "
        f"{row['denominator'] * 1e9:11,.1f} ns  {row['pairs']:4} pairs  {row['row']}"
    )


def chosen(words: Iterable[str]) -> list[Target]:
    """Return the rows that contain all words, in any case of letters."""
    wanted = [word.lower() for word in words]
    return [target for target in TARGETS if all(word in target.row.lower() for word in wanted)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Return the exit status."""
    parser = argparse.ArgumentParser(description="measures the ratios of benchmarks/targets.py in pairs")
    parser.add_argument("words", nargs="*", help="only rows that contain these words")
    parser.add_argument("--seconds", type=float, default=3.0, help="time for each row (default: 3)")
    parser.add_argument(
        "--min-pairs", type=int, default=5, help="minimum number of pairs for each row (default: 5)"
    )
    parser.add_argument("--json", type=Path, help="write the measurements to this file")
    options = parser.parse_args(arguments)
    targets = chosen(options.words)
    if not targets:
        print(f"no row contains {' and '.join(map(repr, options.words))}; the rows are:", file=sys.stderr)
        print(*(f"  {target.row}" for target in TARGETS), sep="\n", file=sys.stderr)
        return 2
    rows = []
    for target in targets:
        rows.append(measured(target, options.seconds, options.min_pairs))
        print(shown(rows[-1]), flush=True)
    if options.json is not None:
        options.json.write_text(
            json.dumps({"python": platform.python_version(), "rows": rows}, indent=1) + "\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
