"""Prints the medians of rounds of one side: ``python -m benchmarks.once ROUNDS COMPARISON SIDE``.

The output is JSON: each figure in seconds per unit.
"""

import json
import statistics
import sys

from .comparisons import by_name
from .measure import measure


def main(rounds: str, name: str, side: str) -> None:
    """Measure ``rounds`` rounds of a side of the comparison ``name``, and print their medians."""
    with by_name()[name].side(side).prepare() as work:
        measure(work)
        found = [measure(work) for _ in range(int(rounds))]
    print(json.dumps({figure: statistics.median(one[figure] for one in found) for figure in found[0]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
