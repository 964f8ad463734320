"""Measures which messages pass a round trip through the codec in each version, for the reference page.

For each message of a version two records are built from the data file. One has the fixed part alone. The
other has every floating field of the version: lists of two entries with right counts, texts and data of the
documented length. The reference codec encodes both. The core must decode the same values, must report no
finding for the full record, and must encode the same bytes as a strict sender.
"""

import random
import struct
from typing import Any, NamedTuple

from ctios_fast.core import codec
from ctios_fast.records.transcript import record
from support import reference_codec
from support.reference_codec import MESSAGES, NUMBERS, TAGS

VERSIONS = range(14, 26)
REPEATS = 2
MAX_DATA = 100  # bytes of a field without a documented limit, or with a larger one

Field = dict[str, Any]


class Count(NamedTuple):
    """The number of a version's messages, and of those that pass the round trip."""

    messages: int
    round_trips: int


def messages_of(version: int) -> list[int]:
    """Numbers of the messages that a version has."""
    return [number for number, message in MESSAGES.items() if message.get("since", 0) <= version]


def fields_of(version: int, message: dict[str, Any]) -> list[Field]:
    """The floating fields of a message that a version can carry."""
    widest = 256 ** (reference_codec.tag_format(version).size // 2)
    return [
        field
        for field in message["floating"]
        if "tag" in field
        and max(field.get("since", 0), TAGS[field["tag"]].get("since", 0)) <= version
        and field["tag"] < widest
    ]


def number(rng: random.Random, kind: str) -> int:
    code = NUMBERS[kind]
    (drawn,) = struct.unpack(f">{code}", rng.randbytes(struct.calcsize(code)))
    return int(drawn)


def text(rng: random.Random, length: int) -> str:
    return "".join(rng.choices("ABCabc0123456789 ._-", k=max(0, length)))


def value(rng: random.Random, field: Field) -> Any:
    """Return a value of a floating field, JSON-shaped and as long as the field may be."""
    length = min(field.get("max") or MAX_DATA, MAX_DATA)
    match field["type"]:
        case "STRING":
            return text(rng, length - 1)
        case "UNSPEC":
            return {"hex": rng.randbytes(length).hex()}
        case "NAMEDVAR":
            return {"name": text(rng, 8), "value": text(rng, length - 10)}
        case "NAMEDARRAY":
            return {"name": text(rng, 8), "index": rng.randrange(256), "value": text(rng, length - 11)}
        case kind if "array" in field:
            return [number(rng, kind) for _ in range(min(3, length // struct.calcsize(NUMBERS[kind])))]
        case kind:
            return number(rng, kind)


def floating(rng: random.Random, fields: list[Field]) -> list[list[Any]]:
    """Return all fields: first single ones, then lists with the fields of each entry together."""
    rows = [[field["name"], value(rng, field)] for field in fields if "repeats" not in field]
    lists = {field["repeats"]: None for field in fields if "repeats" in field}
    nested = {field["name"] for field in fields if "repeats" in field}
    for counter in lists:
        if counter not in nested:
            rows += entries(rng, fields, counter)
    return rows


def entries(rng: random.Random, fields: list[Field], counter: str) -> list[list[Any]]:
    """Return the lists that one field counts; a list within an entry follows the field that counts it."""
    groups: dict[str, list[Field]] = {}
    for field in fields:
        if field.get("repeats") == counter:
            groups.setdefault(field.get("group") or field["name"], []).append(field)
    rows: list[list[Any]] = []
    for group in groups.values():
        for _ in range(REPEATS):
            for field in group:
                rows.append([field["name"], value(rng, field)])
                rows += entries(rng, fields, field["name"])
    return rows


def counts(fields: list[Field], rows: list[list[Any]]) -> dict[str, int]:
    """Return the value of each field that counts others."""
    expected: dict[str, int] = {}
    for field in fields:
        if "repeats" in field:
            expected[field["repeats"]] = REPEATS
        if "array" in field:
            expected[field["array"]] = next(len(shown) for name, shown in rows if name == field["name"])
    return expected


def full_record(version: int, number_: int, *, with_floating: bool) -> dict[str, Any]:
    """Return a record of a message in the form of ``reference_codec``."""
    rng = random.Random(f"{version}/{number_}")
    message = MESSAGES[number_]
    fields = fields_of(version, message) if with_floating else []
    rows = floating(rng, fields)
    stated = counts(fields, rows)
    fixed = {
        field["name"]: stated.get(field["name"], number(rng, field["type"]))
        for field in reference_codec.layouts(version, message)[0]
    }
    return {
        "type": number_,
        "message": message["name"],
        "fields": fixed,
        "floating": [[name, stated.get(name, shown)] for name, shown in rows],
    }


def check_round_trip(version: int, number_: int) -> None:
    """Fail if a message does not pass the round trip."""
    for with_floating in (False, True):
        row = full_record(version, number_, with_floating=with_floating)
        frame = reference_codec.encode(version, row)
        message = codec(version).decode(frame)
        assert record(message, 0) == {"offset": 0, **row}
        assert codec(version).encode(number_, message.fixed(), message.floating()) == frame
        assert codec(version).encode(message) == frame
        assert not with_floating or message.check() == [], message.check()


def goes_through(version: int, number_: int) -> bool:
    """Return whether a message passes the round trip."""
    try:
        check_round_trip(version, number_)
    except (AssertionError, ValueError):
        return False
    return True


def measure() -> dict[int, Count]:
    """Return the counts of each version."""
    return {
        version: Count(len(numbers), sum(goes_through(version, number_) for number_ in numbers))
        for version in VERSIONS
        for numbers in [messages_of(version)]
    }


def always_through() -> int:
    """Return the number of messages that pass in every version that has them."""
    return sum(
        all(goes_through(version, number_) for version in VERSIONS if number_ in messages_of(version))
        for number_ in MESSAGES
    )
