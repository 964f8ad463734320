"""The plot: events per second from memory and over loopback TCP, of the library, the peers and the bound."""

from pathlib import Path
from typing import Any, Final

MEMORY: Final = "AGENT_STATE_EVENT, bytes to a handler that reads three fields, 64 MiB"
LOOPBACK: Final = "the mix over loopback TCP to a handler that reads three fields, {}, 64 MiB"
COLOURS: Final = {"ours": "#1b7f5c", "peer": "#8a8f98", "bound": "#d9b44a"}
MIN_RATE: Final = 1e4  # events per second at the left edge
MAX_RATE: Final = 2e9  # events per second at the right edge
SHADES: Final = (1.0, 0.75, 0.55, 0.4)


def draw(results: dict[str, Any], file: Path) -> None:
    """Write the plot. Equal results give equal bytes."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "ctios_fast"
    from matplotlib import pyplot

    comparisons = {version: one["comparisons"] for version, one in results.items()}
    counts: dict[str, int] = {}
    for name in (MEMORY, *(LOOPBACK.format(loop) for loop in ("asyncio", "uvloop", "aiofastnet"))):
        measured = [tables[name] for tables in comparisons.values() if name in tables]
        if measured:
            counts[name] = max(len(table["sides"]) for table in measured)
    figure, axes = pyplot.subplots(
        len(counts),
        1,
        figsize=(9, 1.2 * len(counts) + 0.32 * sum(counts.values())),
        height_ratios=counts.values(),
        sharex=True,
        squeeze=False,
    )
    for axis, name in zip(axes.flat, counts, strict=True):
        _panel(axis, name, comparisons)
    axes[0, 0].set_xlim(MIN_RATE, MAX_RATE)
    kinds = [pyplot.Rectangle((0, 0), 1, 1, color=colour) for colour in COLOURS.values()]
    axes[0, 0].legend(kinds, COLOURS, fontsize=7, loc="lower right", frameon=False)
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)


def _panel(axis: Any, name: str, comparisons: dict[str, Any]) -> None:
    sides: dict[str, str] = {}
    for tables in comparisons.values():
        for side, row in tables.get(name, {"sides": {}})["sides"].items():
            sides.setdefault(side, row["kind"])
    height = 0.8 / len(comparisons)
    for number, (version, tables) in enumerate(comparisons.items()):
        table = tables.get(name)
        if table is None:
            continue
        for place, (side, kind) in enumerate(sides.items()):
            row = table["sides"].get(side)
            if row is None:
                continue
            rate = 1 / row[table["figure"]]
            at = place + (number - (len(comparisons) - 1) / 2) * height
            axis.barh(at, rate, height, color=COLOURS[kind], alpha=SHADES[number % len(SHADES)])
            axis.text(rate * 1.05, at, f"{_rate(rate)}  {version}", va="center", fontsize=6)
    axis.set_yticks(range(len(sides)), list(sides), fontsize=8)
    axis.invert_yaxis()
    axis.set_xscale("log")
    axis.set_title(name, fontsize=9, loc="left")
    axis.set_xlabel("events a second", fontsize=8)
    axis.tick_params(axis="x", labelsize=7)
    for edge in ("top", "right"):
        axis.spines[edge].set_visible(False)


def _rate(rate: float) -> str:
    return f"{rate / 1e6:.3g} M" if rate >= 1e6 else f"{rate / 1e3:.3g} k"
