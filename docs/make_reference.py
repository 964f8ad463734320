"""Generates the pages of ``docs/reference/`` from ``ged188.toml``: run it after a change to that file.

::

    python docs/make_reference.py

The package must be built: the first page gives measured numbers of messages that pass encoder and decoder
(see ``tests/support/round_trips.py``). ``tests/project/test_reference_page.py`` fails while a page is not up
to date.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "docs" / "reference"
DATA: Final = ROOT / "ctios_fast" / "protocol" / "ged188.toml"

OLDEST, NEWEST = 9, 25
WIDTHS: Final = {"CHAR": 1, "UCHAR": 1, "SHORT": 2, "USHORT": 2, "BOOL": 2, "INT": 4, "UINT": 4, "TIME": 4}
USUAL_SENDER: Final = {"request": "client", "confirmation": "server", "event": "server"}

TYPES: Final = [
    ("CHAR", "1", "signed number"),
    ("UCHAR", "1", "number"),
    ("SHORT", "2", "signed number"),
    ("USHORT", "2", "number"),
    ("INT", "4", "signed number"),
    ("UINT", "4", "number"),
    ("BOOL", "2", "0 or 1"),
    ("TIME", "4", "seconds since 1970-01-01 00:00 UTC"),
    ("STRING", "variable", "ASCII text with a closing NUL, which counts in the maximum length"),
    ("UNSPEC", "variable", "any bytes"),
    ("NAMEDVAR", "variable", "name, NUL, value, NUL"),
    ("NAMEDARRAY", "variable", "index (1 byte), name, NUL, value, NUL"),
]

Row = Mapping[str, Any]
Counts = Mapping[int, tuple[int, int]]


# --- Markdown ---------------------------------------------------------------------------------------------


def escaped(text: object) -> str:
    """Text with the characters escaped that Markdown interprets."""
    return re.sub(r"([|*\[\]])", r"\\\1", str(text)).replace("<", "&lt;")


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """A table; its cells are Markdown. Columns without content are left out."""
    columns = [list(column) for column in zip(list(head), *rows, strict=True)]
    columns = [column for column in columns if any(str(cell) for cell in column[1:])]
    lines = list(zip(*columns, strict=True))
    yield from ("", "| " + " | ".join(lines[0]) + " |", "|" + "---|" * len(columns))
    yield from ("| " + " | ".join(map(str, line)) + " |" for line in lines[1:])
    yield ""


def slug(heading: str) -> str:
    """The anchor of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def page(lines: Iterable[str]) -> str:
    """A page's text, without two empty lines in a row."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


# --- the data ---------------------------------------------------------------------------------------------


class Reference:
    """The contents of the data file, and links to their places on the pages."""

    def __init__(self, data: Row) -> None:
        self.messages: list[Row] = sorted(data["message"], key=lambda row: int(row["number"]))
        self.undocumented: list[Row] = sorted(data["undocumented"], key=lambda row: int(row["number"]))
        self.tags: list[Row] = sorted(data["tag"], key=lambda row: int(row["number"]))
        self.enums: list[Row] = data["enum"]
        self.masks: list[Row] = data["mask"]
        self.by_name = {row["name"]: row for row in self.messages}
        self.services = list(dict.fromkeys(row["service"] for row in self.messages))

    def message_link(self, name: str) -> str:
        """A link to a message's section; the plain name if there is none."""
        if name not in self.by_name:
            return name
        return f"[{name}]({slug(self.by_name[name]['service'])}.md#{slug(name)})"

    def enum_link(self, name: str | None) -> str:
        """A link to an enumeration or mask; nothing for None."""
        return f"[{name}](enumerations.md#{slug(name)})" if name else ""


def since(row: Row) -> int:
    """The first covered version that has it."""
    return max(OLDEST, int(row.get("since", 0)))


def versions_text(first: int, last: int = NEWEST) -> str:
    """A range of versions."""
    return str(first) if first == last else f"{first} to {last}"


def offsets(fixed: list[Row], version: int, message: Row) -> tuple[int | None, ...]:
    """The offset of each fixed field in a version, None for a field that it lacks; then the size of all."""
    version = max(version, message.get("since", 0))
    places: list[int | None] = []
    offset = 0
    for field in fixed:
        present = field.get("since", 0) <= version
        places.append(offset if present else None)
        offset += WIDTHS[field["type"]] if present else 0
    return (*places, offset)


def layouts(fixed: list[Row], message: Row) -> list[tuple[str, tuple[int | None, ...]]]:
    """The different layouts of a fixed part: the versions of each, and its offsets."""
    runs: list[tuple[int, int, tuple[int | None, ...]]] = []
    for version in range(since(message), NEWEST + 1):
        places = offsets(fixed, version, message)
        if runs and runs[-1][2] == places:
            runs[-1] = (runs[-1][0], version, places)
        else:
            runs.append((version, version, places))
    return [(versions_text(first, last), places) for first, last, places in runs]


# --- pages of messages ------------------------------------------------------------------------------------


def note(field: Row) -> str:
    """The note on a field, and its values unless they are an enumeration."""
    parts = [field.get("note")]
    if "enum" not in field:
        parts.append(field.get("values"))
    return escaped("; ".join(part for part in parts if part))


def summary(message: Row) -> str:
    """The purpose of a message, without a full stop."""
    return escaped(message["summary"]).rstrip(".")


def newer(field: Row, message: Row) -> str:
    """The first version of a field, empty if its message is as new."""
    return str(since(field)) if since(field) > since(message) else ""


def fixed_part(reference: Reference, fixed: list[Row], message: Row) -> Iterator[str]:
    """The table of a fixed part."""
    if not fixed:
        yield "No fixed fields."
        return
    runs = layouts(fixed, message)
    heads = ["offset"] if len(runs) == 1 else [f"offset in {versions}" for versions, _ in runs]
    rows = [
        [
            field["name"],
            field["type"],
            *("-" if places[i] is None else places[i] for _, places in runs),
            newer(field, message),
            reference.enum_link(field.get("enum")),
            note(field),
        ]
        for i, field in enumerate(fixed)
    ]
    rows.append(["*size*", "", *(f"*{places[-1]}*" for _, places in runs), "", "", ""])
    yield from table(["fixed field", "type", *heads, "since", "values", ""], rows)


def lists(field: Row) -> str:
    """How a floating field repeats."""
    parts = []
    if "repeats" in field:
        parts.append(f"once for each of {field['repeats']}")
    if "group" in field:
        parts.append(f"in a group: {field['group']}")
    if "array" in field:
        parts.append(f"all {field['array']} elements in one field")
    return "; ".join(parts)


def floating_part(reference: Reference, message: Row) -> Iterator[str]:
    """The table of the floating fields."""
    if not message["floating"]:
        yield "No floating fields."
        return
    rows = [
        [
            field["name"],
            field.get("tag", "none"),
            field["type"],
            field.get("max", ""),
            newer(field, message),
            "" if field["optional"] else "yes",
            lists(field),
            reference.enum_link(field.get("enum")),
            note(field),
        ]
        for field in message["floating"]
    ]
    head = ["floating field", "tag", "type", "max bytes", "since", "required", "list", "values", ""]
    yield from table(head, rows)


def message_section(reference: Reference, message: Row) -> Iterator[str]:
    """The section of a message."""
    usual = USUAL_SENDER[message["kind"]]
    sender = message.get("direction", usual).partition("-")[0]
    receiver = {"client": "server", "server": "client"}[sender]
    facts = [
        f"Number {message['number']}",
        f"{message['kind']}, {sender} to {receiver}",
        f"versions {versions_text(since(message))}",
    ]
    if "confirmation" in message:
        facts.append(f"confirmed by {reference.message_link(message['confirmation'])}")
    confirmed = [row["name"] for row in reference.messages if row.get("confirmation") == message["name"]]
    if confirmed:
        facts.append(f"confirms {', '.join(map(reference.message_link, confirmed))}")
    yield from ("", f"## {message['name']}", "", f"{summary(message)}.", "")
    yield f"{'; '.join(facts)}."
    yield ""
    yield from fixed_part(reference, message["fixed"], message)
    for alternative in message.get("alternatives", ()):
        yield from ("", f"Also read: {escaped(alternative['reason'])}.", "")
        yield from fixed_part(reference, alternative["fixed"], message)
    yield ""
    yield from floating_part(reference, message)
    yield from doubts(message)


def doubts(row: Row) -> Iterator[str]:
    """Where the reference contradicts itself or is silent."""
    if row.get("doubts"):
        yield from ("", "Doubts:", "")
        yield from (f"- {escaped(doubt)}" for doubt in row["doubts"])
        yield ""


def service_page(reference: Reference, service: str) -> Iterator[str]:
    """The messages of one service."""
    messages = [row for row in reference.messages if row["service"] == service]
    yield from (
        f"# {service}",
        "",
        "Part of [the protocol's reference](README.md). Sizes and offsets in bytes.",
    )
    yield from table(
        ["number", "message", ""],
        ([row["number"], f"[{row['name']}](#{slug(row['name'])})", summary(row)] for row in messages),
    )
    for message in messages:
        yield from message_section(reference, message)


# --- other pages ------------------------------------------------------------------------------------------


def tags_page(reference: Reference) -> Iterator[str]:
    """The tag table."""
    used: dict[int, list[str]] = {}
    for message in reference.messages:
        for field in message["floating"]:
            if "tag" in field:
                used.setdefault(field["tag"], []).append(message["name"])
    yield from ("# Tags of floating fields", "", "Part of [the protocol's reference](README.md).", "")
    yield "A message may give a tag another name or type than this table; its own listing rules."
    yield from table(
        ["tag", "constant", "field", "type", "max bytes", "since", "messages", ""],
        (
            [
                tag["number"],
                tag["name"],
                tag.get("field", ""),
                tag.get("type", ""),
                tag.get("max", ""),
                since(tag) if since(tag) > OLDEST else "",
                len(set(used.get(tag["number"], ()))) or "",
                escaped(tag.get("note", "")),
            ]
            for tag in reference.tags
        ),
    )


def enumerations_page(reference: Reference) -> Iterator[str]:
    """Enumerations and masks."""
    yield from ("# Enumerations and masks", "", "Part of [the protocol's reference](README.md).", "")
    names = sorted(row["name"] for row in (*reference.enums, *reference.masks))
    yield ", ".join(f"[{name}](#{slug(name)})" for name in names) + "."
    for title, rows, key in (
        ("Enumerations", reference.enums, "members"),
        ("Masks", reference.masks, "bits"),
    ):
        yield from ("", f"# {title}")
        for row in sorted(rows, key=lambda row: str(row["name"])):
            yield from ("", f"## {row['name']}", "", f"Used by: {escaped(row['used_by'])}.")
            yield from table(
                ["value", "name", "since", ""],
                (
                    [
                        value_text(member.get("value"), is_bit=key == "bits"),
                        escaped(member["name"]),
                        since(member) if since(member) > OLDEST else "",
                        escaped(member.get("summary", "")),
                    ]
                    for member in row[key]
                ),
            )
            yield from doubts(row)


def value_text(value: int | None, *, is_bit: bool) -> str:
    """A member's number."""
    if value is None:
        return "not known"
    return f"0x{value:08X}" if is_bit else str(value)


def doubts_page(reference: Reference) -> Iterator[str]:
    """The questions that the published reference leaves open, and the answers of the library."""
    yield from ("# Doubts", "", "Part of [the protocol's reference](README.md).", "")
    yield (
        "The data file notes where the published reference contradicts itself or is silent. The library "
        "sends the documented layout and accepts others where it can. Doubts about one message are in its "
        "section."
    )
    yield from ("", "## Fixed parts in two forms", "")
    yield (
        "Both are read: the form that fills the body exactly, else the first form that is followed by "
        "complete floating fields."
    )
    yield from table(
        ["message", ""],
        (
            [reference.message_link(row["name"]), escaped(alternative["reason"])]
            for row in reference.messages
            for alternative in row.get("alternatives", ())
        ),
    )
    yield from ("", "## Fields without a tag", "")
    yield "Documented, but without a published tag: they cannot be sent, and arrive as unknown tags."
    yield from table(
        ["message", "field", "type", ""],
        (
            [reference.message_link(row["name"]), field["name"], field["type"], note(field)]
            for row in reference.messages
            for field in row["floating"]
            if "tag" not in field
        ),
    )
    yield from ("", "## Tags without a field or a type", "")
    yield "Their data is given as bytes."
    yield from table(
        ["tag", "constant", "field", ""],
        (
            [row["number"], row["name"], row.get("field", "none"), escaped(row.get("note", ""))]
            for row in reference.tags
            if "field" not in row or "type" not in row
        ),
    )
    yield from ("", "## Enumerations and masks", "")
    yield from table(
        ["name", ""],
        (
            [reference.enum_link(row["name"]), escaped(doubt)]
            for row in (*reference.enums, *reference.masks)
            for doubt in row.get("doubts", ())
        ),
    )
    yield from ("", "## Messages with doubts", "")
    yield from table(
        ["message", "doubts"],
        (
            [reference.message_link(row["name"]), len(row["doubts"])]
            for row in reference.messages
            if row.get("doubts")
        ),
    )


def first_page(reference: Reference, counts: Counts, always: int) -> Iterator[str]:
    """The protocol at a glance, and the index of messages."""
    numbers = (len(reference.messages), len(reference.tags), len(reference.enums), len(reference.masks))
    yield from ("# The protocol's reference", "")
    yield (
        "GED-188, the protocol of Cisco's CTI Server, as the library knows it: "
        "{} messages, [{} tags](tags.md), [{} enumerations and {} masks](enumerations.md). "
        "[Doubts](doubts.md) lists where the published reference leaves questions. "
        "These pages are generated from `ctios_fast/protocol/ged188.toml` by `docs/make_reference.py`, as "
        "are the codec's tables and the Wireshark dissector (`ctios-fast dissector`).".format(*numbers)
    )
    yield from ("", "## Frames", "")
    yield (
        "A frame is a header of 8 bytes, MessageLength (UINT, the bytes after the header) and MessageType "
        "(UINT), then the fixed fields without padding, then the floating fields. All numbers are big-endian."
    )
    yield ""
    yield (
        "A floating field is tag, length and data. Tag and length take 1 byte each before version 20, 2 "
        "bytes each from version 20. They come in any order, except that the fields of one group follow "
        "each other in the order of the table, once for each count. OPEN_REQ states the version of the whole "
        "session."
    )
    yield from ("", "## Types")
    yield from table(["type", "bytes", ""], TYPES)
    yield from ("", "## Versions", "")
    yield (
        f"Versions 14 to {NEWEST} are supported and tested, {OLDEST} to 13 as far as they are documented. "
        "Each message that a version has is written by a second codec, read by the library and written "
        "again, with its fixed part alone and with every floating field that the version has; it passes "
        "if fields and bytes are the same. Measured when this page was generated, and again by the tests:"
    )
    yield from table(
        ["version", "messages", "passed"],
        ([version, total, f"{through} of {total}"] for version, (total, through) in counts.items()),
    )
    yield f"**{always} of {len(reference.messages)}** messages pass in every version that has them."
    yield from ("", "## Messages", "")
    yield "By service: " + ", ".join(f"[{name}]({slug(name)}.md)" for name in reference.services) + "."
    yield from table(
        ["number", "message", "kind", "versions", ""],
        (
            [
                row["number"],
                reference.message_link(row["name"]),
                row["kind"],
                versions_text(since(row)),
                summary(row),
            ]
            for row in reference.messages
        ),
    )
    yield from ("", "## Messages without a published layout", "")
    yield "They are received as bytes (`message.body`) and can be sent as bytes (`Codec.encode_raw`)."
    yield from table(
        ["number", "message", "", "doubts"],
        (
            [
                row["number"],
                row["name"],
                escaped(row["purpose"]),
                escaped("; ".join(row.get("doubts", ()))),
            ]
            for row in reference.undocumented
        ),
    )


def pages(counts: Counts, always: int) -> dict[str, str]:
    """All pages by file name.

    ``counts``: for each version, the number of messages that it has and of those that pass; ``always``: the
    number of messages that pass in every version that has them.
    """
    reference = Reference(tomllib.loads(DATA.read_text(encoding="utf-8")))
    written = {
        "README.md": page(first_page(reference, counts, always)),
        "tags.md": page(tags_page(reference)),
        "enumerations.md": page(enumerations_page(reference)),
        "doubts.md": page(doubts_page(reference)),
    }
    for service in reference.services:
        written[f"{slug(service)}.md"] = page(service_page(reference, service))
    return written


def main() -> None:
    """Measure, and write the pages."""
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from support.round_trips import always_through, measure

    FOLDER.mkdir(exist_ok=True)
    written = pages(measure(), always_through())
    for old in FOLDER.glob("*.md"):
        if old.name not in written:
            old.unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
