"""The ratios of ``targets.py``, measured in pairs: ``python -m benchmarks.paired [--seconds S] [WORD ...]``.

Words choose the rows that contain all of them. Printed are the median of the ratios of the pairs, their
quartiles, and both sides in nanoseconds for one unit. ``--json FILE`` writes the same.
"""

import argparse
import json
import platform
from pathlib import Path
from typing import Any

from .comparisons import by_name
from .measure import paired, ratio
from .targets import TARGETS, Target


def measured(target: Target, seconds: float, least: int) -> dict[str, Any]:
    """A row with what was measured."""
    comparison = by_name()[target.comparison]
    figure = target.figure or comparison.figure
    pairs = paired(comparison.side(target.above), comparison.side(target.below), seconds, least)
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
    """One line for people."""
    return (
        f"{row['median']:9.3f}  [{row['low']:.3f}, {row['high']:.3f}]  {row['wanted']:>7}  "
        f"{'met   ' if row['met'] else 'MISSED'}  {row['numerator'] * 1e9:11,.1f} ns "
        f"{row['denominator'] * 1e9:11,.1f} ns  {row['pairs']:4} pairs  {row['row']}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="the ratios that are to be reached, measured in pairs")
    parser.add_argument("words", nargs="*", help="only rows that contain these words")
    parser.add_argument("--seconds", type=float, default=3.0, help="for each row (default: 3)")
    parser.add_argument("--least", type=int, default=5, help="pairs for each row at least (default: 5)")
    parser.add_argument("--json", type=Path, help="write what was measured to this file")
    options = parser.parse_args()
    rows = []
    for target in TARGETS:
        if all(word.lower() in target.row.lower() for word in options.words):
            rows.append(measured(target, options.seconds, options.least))
            print(shown(rows[-1]), flush=True)
    if options.json is not None:
        options.json.write_text(
            json.dumps({"python": platform.python_version(), "rows": rows}, indent=1) + "\n"
        )


if __name__ == "__main__":
    main()
