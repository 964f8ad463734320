"""Makes ``docs/ctios-coverage.md`` from ``docs/ctios_coverage.toml``: run it after a change.

::

    python docs/make_coverage.py
"""

import tomllib
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NamedTuple

FOLDER: Final = Path(__file__).resolve().parent
DATA: Final = FOLDER / "ctios_coverage.toml"
FILE: Final = FOLDER / "ctios-coverage.md"

#: What a row can be, in the order in which the page counts them.
DONE, CONSTANT, PLANNED, NONE = STATUSES = ("done", "constant only", "planned", "no counterpart")

#: Kinds of rows: the table in the data, and the heading of the page.
KINDS: Final = {"method": "Methods", "property": "Properties", "event": "Events", "error": "Error codes"}

PAGE: Final = """\
# What the library has of CTI OS

Every method, property, event and error code that the CTI OS Developer's Guide documents, with its name in
Python or the reason why it has none. `docs/make_coverage.py` draws this page from `docs/ctios_coverage.toml`.
Each row that is *done* is proved by at least one test, which is marked with the row;
`tests/project/test_coverage_page.py` checks it.

{counts}

*Constant only*: the name exists, so that programs can compare with it, and the library itself never uses it.
The last column of such a row, and of one without a counterpart, names one of the [reasons](#reasons).

A property is also read by its keyword, `get_value("AgentID")`. The name of an event is that of a sink's
method; `subscribe` takes the name of CTI OS.

{sections}

## Reasons

{reasons}"""


class Row(NamedTuple):
    """One method, property, event or error code.

    - ``id``: how tests name it.
    - ``kind``: a key of ``KINDS``.
    - ``owner``: the object or interface, empty for an error code.
    - ``name``: its name in CTI OS.
    - ``status``: one of ``STATUSES``.
    - ``python``: its name in Python, empty if it has none.
    - ``reason``: why it has none or is not used, a key of the table "why"; empty for a row that is done.
    - ``remark``: what differs, in words.
    """

    id: str
    kind: str
    owner: str
    name: str
    status: str
    python: str
    reason: str
    remark: str


def rows(data: Path = DATA) -> list[Row]:
    """All rows.

    Raises ``ValueError`` for a bad row.
    """
    table = tomllib.loads(data.read_text("utf-8"))
    found: list[Row] = []
    for kind in KINDS:
        owners = {"": table[kind]} if kind == "error" else table[kind]
        for owner, entries in owners.items():
            for name, entry in entries.items():
                found.append(Row(_id(kind, owner, name), kind, owner, name, *_read(name, entry)))
    return found


def reasons(data: Path = DATA) -> dict[str, str]:
    """The reasons, in words, by the key that rows have."""
    table: dict[str, str] = tomllib.loads(data.read_text("utf-8"))["why"]
    return table


def _id(kind: str, owner: str, name: str) -> str:
    return {"error": name, "property": f"{owner}[{name}]"}.get(kind, f"{owner}.{name}")


def _read(name: str, entry: Any) -> tuple[str, str, str, str]:
    match entry:
        case str() as python:
            return DONE, python, "", ""
        case {"python": python, "note": note, **rest} if not rest:
            return DONE, python, "", note
        case {"constant": python, "why": why, **rest} if not rest:
            return CONSTANT, python, why, ""
        case {"planned": python, **rest} if not rest:
            return PLANNED, python, "", ""
        case {"why": why, **rest} if not rest:
            return NONE, "", why, ""
    raise ValueError(f"{name}: a row cannot be {entry!r}")


def page() -> str:
    """The whole page."""
    found = rows()
    sections = "\n\n".join(_section(kind, [row for row in found if row.kind == kind]) for kind in KINDS)
    explained = [f"| {key} | {words} |" for key, words in reasons().items()]
    table = "\n".join(["| | |", "|---|---|", *explained])
    return PAGE.format(counts=_counts(found), sections=sections, reasons=table) + "\n"


def _counts(found: list[Row]) -> str:
    lines = [f"| | all | {' | '.join(STATUSES)} |", "|---" * (len(STATUSES) + 2) + "|"]
    for kind, heading in KINDS.items():
        counts = Counter(row.status for row in found if row.kind == kind)
        cells = " | ".join(str(counts[status]) for status in STATUSES)
        lines.append(f"| {heading} | {counts.total()} | {cells} |")
    return "\n".join(lines)


def _section(kind: str, of_kind: list[Row]) -> str:
    owners = dict.fromkeys(row.owner for row in of_kind)
    parts = [f"## {KINDS[kind]}"]
    for owner in owners:
        if owner:
            parts.append(f"### {owner}{' properties' if kind == 'property' else ''}")
        parts.append("\n".join(_table([row for row in of_kind if row.owner == owner])))
    return "\n\n".join(parts)


def _table(of_owner: list[Row]) -> Iterator[str]:
    # Neighbours that differ by their names alone share a line.
    yield "| CTI OS | | Python | |"
    yield "|---|---|---|---|"
    for (status, python, reason, remark), alike in groupby(of_owner, key=lambda row: row[4:]):
        names = ", ".join(row.name for row in alike)
        code = f"`{python}`" if python else ""
        note = f"[{reason}](#reasons)" if reason else remark
        yield f"| {names} | {status} | {code} | {note} |"


if __name__ == "__main__":
    FILE.write_text(page(), "utf-8")
