"""Writes the results: ``python -m benchmarks.report FOLDER [TABLES RATIOS]``.

``TABLES`` is pytest-benchmark's JSON, ``RATIOS`` that of ``benchmarks.paired``. They replace the results of
the same interpreter in ``FOLDER/benchmarks.json``. The page and the plot are generated from that file
alone; without new results they are generated again.
"""

import json
import platform
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from .plot import draw
from .streams import MIX, VERSION

NOTES: Final = Path(__file__).parent / "notes.md"
Results = dict[str, Any]


def revision_of(root: Path) -> str:
    """Return the measured revision. Changes of the results themselves do not count."""

    def git(*command: str) -> str:
        found = subprocess.run(["git", *command], cwd=root, check=True, capture_output=True, text=True)
        return found.stdout.strip()

    changed = git(
        "status", "--porcelain", "--untracked-files=no", "--", ":/", ":(top,exclude)docs/benchmarks.*"
    )
    return git("rev-parse", "--short=8", "HEAD") + (" and changes" if changed else "")


def collected(tables: Results, ratios: Results, revision: str) -> Results:
    """Return the results of one interpreter."""
    comparisons: dict[str, Any] = {}
    for row in tables["benchmarks"]:
        info = row["extra_info"]
        table = comparisons.setdefault(
            row["group"], {"unit": info["unit"], "figure": info["figure"], "sides": {}}
        )
        table["sides"][info["side"]] = {
            "kind": info["kind"],
            "rounds": row["stats"]["rounds"],
            "min": row["stats"]["min"],
            **info["medians"],
        }
    cpu = tables["machine_info"]["cpu"]
    return {
        "python": platform.python_version(),
        "revision": revision,
        "machine": f"{cpu.get('brand_raw', platform.machine())}, {cpu['count']} cores, {platform.system()}",
        "targets": ratios["rows"],
        "comparisons": comparisons,
    }


def merged(results: Results, one: Results) -> Results:
    """Return the results of all interpreters by minor version, oldest first."""
    version = ".".join(one["python"].split(".")[:2])
    together = {**results, version: one}
    return {key: together[key] for key in sorted(together, key=lambda key: tuple(map(int, key.split("."))))}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield the lines of a Markdown table.

    All columns but the first and those named "why" are right-aligned.
    """
    head = list(head)
    yield f"| {' | '.join(head)} |"
    yield f"|---|{''.join('---|' if name == 'why' else '---:|' for name in head[1:])}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def seconds(value: float) -> str:
    """Return a time with three digits and a unit."""
    for unit, factor in (("ns", 1e9), ("µs", 1e6), ("ms", 1e3)):
        if value * factor < 1000:
            return f"{value * factor:.3g} {unit}"
    return f"{value:.3g} s"


def _ratio(row: Results | None) -> str:
    if row is None:
        return ""
    shown = f"{row['median']:.3g}"
    return f"{shown} ✓" if row["met"] else f"**{shown}**"


def _targets(results: Results) -> Iterator[str]:
    by_row = {version: {row["row"]: row for row in one["targets"]} for version, one in results.items()}
    names = dict.fromkeys(name for rows in by_row.values() for name in rows)
    for name in names:
        rows = [by_row[version].get(name) for version in results]
        first = next(row for row in rows if row is not None)
        spread = f"{first['low']:.3g} to {first['high']:.3g}"
        both = f"{seconds(first['numerator'])}, {seconds(first['denominator'])}"
        yield f"| {name} | {first['wanted']} | {' | '.join(map(_ratio, rows))} | {spread} | {both} |"


def _figures(side: Results, figure: str) -> str:
    # a row measured by the clock shows the other figures as well
    others = [name for name in ("p50", "p99", "cpu") if figure == "wall" and name in side]
    return "; ".join([seconds(side[figure]), *(f"{name} {seconds(side[name])}" for name in others)])


def _comparisons(results: Results) -> Iterator[str]:
    names = dict.fromkeys(name for one in results.values() for name in one["comparisons"])
    for name in names:
        tables = {version: one["comparisons"].get(name, {"sides": {}}) for version, one in results.items()}
        first = next(found for found in tables.values() if found["sides"])
        figure = first["figure"]
        measured = {"cpu": "processor time", "wall": "time by the clock"}[figure]
        yield f"### {name}"
        yield ""
        yield f"Medians, {measured} of one {first['unit']}."
        yield ""
        sides = dict.fromkeys(side for found in tables.values() for side in found["sides"])
        rows = []
        for side in sides:
            found = [tables[version]["sides"].get(side) for version in results]
            kind = next(one["kind"] for one in found if one is not None)
            rows.append(
                [f"{side} ({kind})", *("" if one is None else _figures(one, figure) for one in found)]
            )
        yield from table(["", *(f"CPython {version}" for version in results)], rows)
        yield ""


def page(results: Results) -> str:
    """Return the page in Markdown."""
    versions = [f"{one['python']} (revision {one['revision']})" for one in results.values()]
    machines = dict.fromkeys(one["machine"] for one in results.values())
    oldest = next(iter(results))
    lines = [
        "# Benchmarks",
        "",
        "`ci/bench` generates this page from `benchmarks.json`; do not edit it.",
        "",
        f"CPython {', '.join(versions)}; {'; '.join(machines)}. Protocol version {VERSION}.",
        "",
        "![Events a second, from bytes to a handler that reads three fields](benchmarks.svg)",
        "",
        "## Targets",
        "",
        "A ratio is the time of one side divided by the time of the other. Both are measured in pairs: one",
        "round of each in one process, going first in turns. The table has the median of the pairs' ratios,",
        f"with ✓ if the target is reached. The last two columns are of CPython {oldest}: quartiles of the",
        "ratios and the medians of both times.",
        "",
        *table(["", "wanted", *(f"CPython {version}" for version in results), "quartiles", "times"], ()),
        *_targets(results),
        "",
        *NOTES.read_text(encoding="utf-8").splitlines(),
        "",
        "## The mix",
        "",
        "The events of a busy peripheral, of 1000:",
        "",
        *table(
            ["", "of 1000", "why"],
            ([_name(share.message), str(share.of_1000), share.reason] for share in MIX),
        ),
        "",
        "## All comparisons",
        "",
        "One side after the other, in this order. The ratios above are more reliable.",
        "",
        *_comparisons(results),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _name(message: int) -> str:
    from ctios_fast.protocol.numbers import NAMES

    return NAMES[message]


def main(folder: str, *measured: str) -> None:
    """Write the JSON file, the page and the plot."""
    stored = Path(folder) / "benchmarks.json"
    results = json.loads(stored.read_text(encoding="utf-8")) if stored.exists() else {}
    if measured:
        tables, ratios = (json.loads(Path(name).read_text(encoding="utf-8")) for name in measured)
        results = merged(results, collected(tables, ratios, revision_of(NOTES.parent)))
    stored.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (Path(folder) / "benchmarks.md").write_text(page(results), encoding="utf-8")
    draw(results, Path(folder) / "benchmarks.svg")


if __name__ == "__main__":
    main(*sys.argv[1:])
