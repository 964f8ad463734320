"""A second codec, written from the data file alone, that the compiled core is compared with.

It is plain ``struct`` and ``tomllib``, slow and short on purpose, and shares no code with the package: where
the two disagree about a frame, one of them misreads the reference.

``split``   cuts a byte stream into frames and gives a verdict on the bytes after the last whole one.
``decode``  turns a frame into the JSON-shaped record that ``ctios-fast decode`` prints, without its offset.
``encode``  turns such a record back into the frame.
"""

import re
import struct
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import ctios_fast

DATA_FILE = Path(ctios_fast.__file__).parent / "protocol" / "ged188.toml"
DATA = tomllib.loads(DATA_FILE.read_text(encoding="utf-8"))

MESSAGES: dict[int, dict[str, Any]] = {row["number"]: row for row in DATA["message"]}
UNDOCUMENTED: dict[int, str] = {row["number"]: row["name"] for row in DATA["undocumented"]}
TAGS: dict[int, dict[str, Any]] = {row["number"]: row for row in DATA["tag"]}

HEADER = struct.Struct(">II")
NUMBERS = {
    "CHAR": "b",
    "UCHAR": "B",
    "SHORT": "h",
    "USHORT": "H",
    "BOOL": "H",
    "INT": "i",
    "UINT": "I",
    "TIME": "I",
}

Record = dict[str, Any]
Layout = list[dict[str, Any]]
Tiles = list[tuple[int, bytes]]


class Malformed(Exception):
    """The verdict on a frame whose body contradicts its message's layout."""


class Tail(NamedTuple):
    """The rest of a stream after its last whole frame: ``verdict`` is "end", "cut" or "too large"."""

    verdict: str
    offset: int


class Frame(NamedTuple):
    """One whole frame of a stream."""

    offset: int
    type: int
    body: bytes


class Floating(NamedTuple):
    """A floating field: its name, its type (None: bytes), whether it is an array."""

    name: str
    type: str | None
    array: bool


def split(stream: bytes, max_frame: int = 65536) -> tuple[list[Frame], Tail]:
    """Cut ``stream``; ``max_frame`` counts the header's 8 bytes too."""
    frames: list[Frame] = []
    at = 0
    while len(stream) - at >= HEADER.size:
        length, number = HEADER.unpack_from(stream, at)
        if HEADER.size + length > max_frame:
            return frames, Tail("too large", at)
        end = at + HEADER.size + length
        if end > len(stream):
            break
        frames.append(Frame(at, number, stream[at + HEADER.size : end]))
        at = end
    return frames, Tail("end" if at == len(stream) else "cut", at)


def tag_format(version: int) -> struct.Struct:
    """Tag and length of a floating field."""
    return struct.Struct(">BB" if version < 20 else ">HH")


def layouts(version: int, message: dict[str, Any]) -> list[Layout]:
    """Fixed parts that a message may have in a version, the documented one first."""
    reach = max(version, message.get("since", 0))
    every = [message["fixed"], *(row["fixed"] for row in message.get("alternatives", []))]
    return [[field for field in fixed if field.get("since", 0) <= reach] for fixed in every]


def fixed_format(fixed: Layout) -> struct.Struct:
    """The fixed part without padding."""
    return struct.Struct(">" + "".join(NUMBERS[field["type"]] for field in fixed))


def floating_field(message: dict[str, Any], tag: int) -> Floating:
    """Name and type of a tag in a message: the message's own listing, else the tag table, else nothing."""
    for field in message["floating"]:
        if field.get("tag") == tag:
            return Floating(field["name"], field["type"], "array" in field)
    row = TAGS.get(tag, {})
    name = row.get("field")
    if name is None or any(field["name"] == name for field in message["floating"]):
        return Floating(f"tag:{tag}", None, False)
    return Floating(name, row.get("type"), False)


def floating_tag(message: dict[str, Any], name: str) -> int:
    """The tag that ``floating_field`` names ``name`` in that message."""
    if match := re.fullmatch(r"tag:(\d+)", name):
        return int(match[1])
    listed = [field.get("tag") for field in message["floating"] if field["name"] == name]
    (tag,) = listed or [number for number, row in TAGS.items() if row.get("field") == name]
    assert tag is not None
    return int(tag)


def text(data: bytes, strings: int) -> list[str] | None:
    """Split ``data`` into that number of ASCII strings, each ending in NUL; None if it is anything else."""
    if data.count(0) != strings or not data.endswith(b"\0") or not data.isascii():
        return None
    return data.decode("ascii").split("\0")[:-1]


def value(field: Floating, data: bytes) -> Any:
    """Data of a floating field, JSON-shaped."""
    plain: Any = None
    if field.type in NUMBERS:
        element = struct.Struct(">" + NUMBERS[field.type])
        if field.array and len(data) % element.size == 0:
            plain = [number for (number,) in element.iter_unpack(data)]
        elif not field.array and len(data) == element.size:
            (plain,) = element.unpack(data)
    elif field.type == "STRING" and (parts := text(data, 1)):
        (plain,) = parts
    elif field.type == "NAMEDVAR" and (parts := text(data, 2)):
        plain = {"name": parts[0], "value": parts[1]}
    elif field.type == "NAMEDARRAY" and (parts := text(data[1:], 2)):
        plain = {"name": parts[0], "index": data[0], "value": parts[1]}
    return {"hex": data.hex()} if plain is None else plain


def value_bytes(field: Floating, shown: Any) -> bytes:
    """The reverse of ``value``."""
    if isinstance(shown, dict):
        if "hex" in shown:
            return bytes.fromhex(shown["hex"])
        index = bytes([shown["index"]]) if "index" in shown else b""
        return index + b"".join(part.encode("ascii") + b"\0" for part in (shown["name"], shown["value"]))
    if isinstance(shown, str):
        return shown.encode("ascii") + b"\0"
    assert field.type is not None
    elements = shown if isinstance(shown, list) else [shown]
    return struct.pack(f">{len(elements)}{NUMBERS[field.type]}", *elements)


def tile(version: int, rest: bytes) -> Tiles | None:
    """Tag and data of each floating field in ``rest``; None if they do not fill it exactly."""
    head = tag_format(version)
    found = []
    at = 0
    while at < len(rest):
        if len(rest) - at < head.size:
            return None
        tag, length = head.unpack_from(rest, at)
        at += head.size
        if len(rest) - at < length:
            return None
        found.append((tag, rest[at : at + length]))
        at += length
    return found


def choose(version: int, message: dict[str, Any], body: bytes) -> tuple[Layout, Tiles]:
    """Return the layout that a body fills exactly, or else the first followed by whole floating fields."""
    candidates = layouts(version, message)
    for fixed in candidates:
        if fixed_format(fixed).size == len(body):
            return fixed, []
    for fixed in candidates:
        size = fixed_format(fixed).size
        if size <= len(body) and (floating := tile(version, body[size:])) is not None:
            return fixed, floating
    raise Malformed(message["name"])


def decode(version: int, frame: bytes) -> Record:
    """A whole frame as a record; raises Malformed."""
    length, number = HEADER.unpack_from(frame)
    body = frame[HEADER.size :]
    assert length == len(body)
    message = MESSAGES.get(number)
    if message is None:
        return {"type": number, "message": UNDOCUMENTED.get(number), "hex": body.hex()}
    fixed, floating = choose(version, message, body)
    shown = [(floating_field(message, tag), data) for tag, data in floating]
    return {
        "type": number,
        "message": message["name"],
        "fields": dict(
            zip((field["name"] for field in fixed), fixed_format(fixed).unpack_from(body), strict=True)
        ),
        "floating": [[field.name, value(field, data)] for field, data in shown],
    }


def encode(version: int, record: Record) -> bytes:
    """Return the frame of a record that ``decode`` returned."""
    number = record["type"]
    if "error" in record:
        return bytes.fromhex(record["hex"])
    if "hex" in record:
        body = bytes.fromhex(record["hex"])
    else:
        message = MESSAGES[number]
        fixed = next(
            fixed
            for fixed in layouts(version, message)
            if {field["name"] for field in fixed} == set(record["fields"])
        )
        body = fixed_format(fixed).pack(*(record["fields"][field["name"]] for field in fixed))
        for name, shown in record["floating"]:
            tag = floating_tag(message, name)
            data = value_bytes(floating_field(message, tag), shown)
            body += tag_format(version).pack(tag, len(data)) + data
    return HEADER.pack(len(body), number) + body
