"""Reads the protocol's data file into plain records.

The build, the tests, the dissector and the generators of the docs use it. Importing the library parses no
TOML: ``build/generate.py`` has written its data into tables.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DATA_FILE = Path(__file__).with_name("ged188.toml")

OLDEST_VERSION = 9
NEWEST_VERSION = 25

#: Width in bytes of each number type on the wire. All other types are byte strings.
NUMBER_WIDTHS = {
    "CHAR": 1,
    "UCHAR": 1,
    "SHORT": 2,
    "USHORT": 2,
    "BOOL": 2,
    "INT": 4,
    "UINT": 4,
    "TIME": 4,
}
STRING_TYPES = ("STRING", "UNSPEC", "NAMEDVAR", "NAMEDARRAY")


@dataclass(frozen=True)
class Fixed:
    """A field of a message's fixed part. ``note`` says what it means."""

    name: str
    type: str
    since: int
    enum: str | None
    note: str = field(default="", compare=False)

    @property
    def width(self) -> int:
        """Bytes on the wire."""
        return NUMBER_WIDTHS[self.type]


@dataclass(frozen=True)
class Floating:
    """A field that a message lists for its floating part.

    ``tag`` is None where no number is published. ``also`` is a second tag under which servers send the field;
    it is read and never written. ``note`` says what the field means.
    """

    name: str
    tag: int | None
    also: int | None
    type: str
    max: int
    since: int
    optional: bool
    repeats: str | None
    group: str | None
    array: str | None
    enum: str | None
    note: str = field(default="", compare=False)


@dataclass(frozen=True)
class Message:
    """A message with a published layout. ``layouts[0]`` is the documented one, the rest its alternatives.

    ``service``: the chapter of the reference.
    """

    number: int
    name: str
    kind: str
    service: str
    since: int
    summary: str
    confirmation: str | None
    layouts: tuple[tuple[Fixed, ...], ...]
    floating: tuple[Floating, ...]
    fixed_bytes: tuple[tuple[int, int, int], ...]

    def fixed_size(self, version: int, layout: int = 0) -> int:
        """Bytes of the fixed part, without the header, in that protocol version."""
        reach = max(version, self.since)
        return sum(field.width for field in self.layouts[layout] if field.since <= reach)


@dataclass(frozen=True)
class Tag:
    """A row of the tag table; ``field`` or ``type`` is None where the reference gives none."""

    number: int
    name: str
    field: str | None
    type: str | None
    max: int
    since: int


@dataclass(frozen=True)
class Member:
    """A named value of an enumeration, or a bit of a mask."""

    name: str
    value: int
    since: int
    summary: str


@dataclass(frozen=True)
class Enumeration:
    """An enumeration, or a bit mask when ``is_mask``."""

    name: str
    is_mask: bool
    members: tuple[Member, ...]


@dataclass(frozen=True)
class Reference:
    """The whole data file."""

    messages: tuple[Message, ...]
    undocumented: Mapping[int, str]
    tags: tuple[Tag, ...]
    enumerations: tuple[Enumeration, ...]


def _fixed(row: Mapping[str, Any]) -> Fixed:
    return Fixed(row["name"], row["type"], row.get("since", 0), row.get("enum"), _note(row))


def _floating(row: Mapping[str, Any]) -> Floating:
    return Floating(
        name=row["name"],
        tag=row.get("tag"),
        also=row.get("also"),
        type=row["type"],
        max=row.get("max", 0),
        since=row.get("since", 0),
        optional=row["optional"],
        repeats=row.get("repeats"),
        group=row.get("group"),
        array=row.get("array"),
        enum=row.get("enum"),
        note=_note(row),
    )


def _note(row: Mapping[str, Any]) -> str:
    # The values of an enumeration are in its table.
    values = "" if "enum" in row else row.get("values", "")
    return "; ".join(text for text in (row.get("note", ""), values) if text)


def _message(row: Mapping[str, Any]) -> Message:
    layouts = [row["fixed"], *(alternative["fixed"] for alternative in row.get("alternatives", ()))]
    return Message(
        number=row["number"],
        name=row["name"],
        kind=row["kind"],
        service=row["service"],
        since=row.get("since", 0),
        summary=row["summary"],
        confirmation=row.get("confirmation"),
        layouts=tuple(tuple(_fixed(field) for field in layout) for layout in layouts),
        floating=tuple(_floating(field) for field in row["floating"]),
        fixed_bytes=tuple((span["from"], span["to"], span["bytes"]) for span in row.get("fixed_bytes", ())),
    )


def _members(rows: list[Mapping[str, Any]]) -> tuple[Member, ...]:
    return tuple(
        Member(row["name"], row["value"], row.get("since", 0), row.get("summary", ""))
        for row in rows
        if row.get("value") is not None
    )


def load(path: Path = DATA_FILE) -> Reference:
    """Read the data file."""
    with path.open("rb") as file:
        data = tomllib.load(file)
    return Reference(
        messages=tuple(
            sorted((_message(row) for row in data["message"]), key=lambda message: message.number)
        ),
        undocumented={row["number"]: row["name"] for row in data["undocumented"]},
        tags=tuple(
            Tag(
                number=row["number"],
                name=row["name"],
                field=row.get("field"),
                type=row.get("type"),
                max=row.get("max", 0),
                since=row.get("since", 0),
            )
            for row in data["tag"]
        ),
        enumerations=tuple(
            Enumeration(row["name"], is_mask, _members(row["bits" if is_mask else "members"]))
            for table, is_mask in (("enum", False), ("mask", True))
            for row in data[table]
        ),
    )
