"""Frames for property tests: well-formed ones of every documented message, and damaged ones.

Everything is packed with ``struct`` from the data file, so it does not depend on either codec.
A frame is built from a ``random.Random``: a seeded one gives the same frame every time, hypothesis's own
gives one that it can shrink.
"""

import random
import struct
from typing import Any

from hypothesis import strategies as st

from support.reference_codec import (
    HEADER,
    MESSAGES,
    NUMBERS,
    TAGS,
    UNDOCUMENTED,
    fixed_format,
    layouts,
    tag_format,
)

VERSIONS = range(14, 26)
ODD_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
ODD_TEXTS = (
    b"",
    b"\0",
    b"\0\0",
    b"\0\0\0",
    b"1001",
    b"1001\0",
    b"1001\0\0",
    b"a\0b",
    b"a\0b\0",
    b"\xe9\0",
    b"\x7f\t\n\0",
)
ALPHABET = "ABCXYZabcxyz0123456789 _.+#'\"\\<>&"
#: Tags at the edges of the range, and tags of fields that a message lists under another tag.
ODD_TAGS = (0, 23, 194, 233, 234, 254, 255, 256, 301, 308, 314, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF)
#: Message numbers without a published layout: named in the message set, and not named at all.
BARE_NUMBERS = (*sorted(UNDOCUMENTED), 0, 999, 0xFFFF, 0x10000, 0x80000001, 0xFFFFFFFF)


def number(rng: random.Random, code: str) -> bytes:
    """Any value of a number type, its edges included."""
    width = struct.calcsize(code)
    value = rng.choice(ODD_NUMBERS) if rng.randrange(2) else rng.getrandbits(8 * width)
    return (value & (256**width - 1)).to_bytes(width, "big")


def string(rng: random.Random, max_length: int) -> bytes:
    """Text of a STRING or of a part of a named variable, with its NUL."""
    return "".join(rng.choices(ALPHABET, k=rng.randrange(max_length))).encode("ascii") + b"\0"


def plain_data(rng: random.Random, kind: str | None, array: bool) -> bytes:
    """Data in the plain form of a type; for a tag without type any bytes."""
    if kind in NUMBERS:
        return b"".join(number(rng, NUMBERS[kind]) for _ in range(rng.randrange(5) if array else 1))
    if kind == "STRING":
        return string(rng, 20)
    if kind in ("NAMEDVAR", "NAMEDARRAY"):
        index = rng.randbytes(1) if kind == "NAMEDARRAY" else b""
        return index + string(rng, 32) + string(rng, 60)
    return rng.randbytes(rng.randrange(12))


def data(rng: random.Random, kind: str | None, array: bool) -> bytes:
    """Data of a floating field: mostly of its type's plain form, sometimes odd bytes."""
    if rng.randrange(4):
        return plain_data(rng, kind, array)
    return rng.choice(ODD_TEXTS) if rng.randrange(2) else rng.randbytes(rng.randrange(10))


def floating(version: int, tag: int, content: bytes) -> bytes:
    """One floating field."""
    return tag_format(version).pack(tag, len(content)) + content


def fits(version: int, tag: int) -> bool:
    """Whether the version's tags are wide enough for this one."""
    return tag < 256 ** (tag_format(version).size // 2)


def header(number: int, body: bytes) -> bytes:
    """A whole frame."""
    return HEADER.pack(len(body), number) + body


def fixed_part(rng: random.Random, version: int, message: dict[str, Any], layout: int = 0) -> bytes:
    """Random numbers in the fields of one of the message's fixed layouts."""
    return b"".join(number(rng, NUMBERS[field["type"]]) for field in layouts(version, message)[layout])


def listed_fields(rng: random.Random, version: int, message: dict[str, Any]) -> list[bytes]:
    """The message's own floating fields, each about twice in three; groups repeat together in their order."""
    rows: list[bytes] = []
    groups: dict[str, list[dict[str, Any]]] = {}
    for field in message["floating"]:
        if "tag" in field and fits(version, field["tag"]):
            groups.setdefault(field.get("group") or f"alone:{field['name']}", []).append(field)
    for fields in groups.values():
        if not rng.randrange(3):
            continue
        for _ in range(rng.randrange(1, 4) if "repeats" in fields[0] else 1):
            rows.extend(
                floating(version, field["tag"], data(rng, field["type"], "array" in field))
                for field in fields
            )
    return rows


def stray_fields(rng: random.Random, version: int) -> list[bytes]:
    """Tags that the message need not list: of the tag table, at the edges, unknown."""
    rows: list[bytes] = []
    for _ in range(rng.randrange(3)):
        tag = rng.choice((rng.choice(sorted(TAGS)), rng.choice(ODD_TAGS), rng.getrandbits(16)))
        if not fits(version, tag):
            tag &= 0xFF
        rows.append(floating(version, tag, data(rng, TAGS.get(tag, {}).get("type"), False)))
    return rows


def build(rng: random.Random, version: int, number: int) -> bytes:
    """A well-formed frame of a message, in any of the fixed layouts that it has."""
    message = MESSAGES.get(number)
    if message is None:
        return header(number, rng.randbytes(rng.randrange(40)))
    rows = listed_fields(rng, version, message) + stray_fields(rng, version)
    if not rng.randrange(3):
        rng.shuffle(rows)
    layout = rng.randrange(len(layouts(version, message)))
    return header(number, fixed_part(rng, version, message, layout) + b"".join(rows))


def build_full(rng: random.Random, version: int, number: int) -> bytes:
    """A frame of a documented message with every floating field that it lists with a tag."""
    message = MESSAGES[number]
    rows = [
        floating(version, field["tag"], plain_data(rng, field["type"], "array" in field))
        for field in message["floating"]
        if "tag" in field and fits(version, field["tag"])
    ]
    return header(number, fixed_part(rng, version, message) + b"".join(rows))


def damage(rng: random.Random, version: int, frame: bytes) -> bytes:
    """A frame whose body was cut, lengthened or changed; its header states the new length."""
    _, number = HEADER.unpack_from(frame)
    body = bytearray(frame[HEADER.size :])
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(body) + 1)
        match rng.randrange(4):
            case 0:
                del body[at:]
            case 1:
                del body[at : at + rng.randrange(1, 5)]
            case 2:
                body[at:at] = rng.randbytes(rng.randrange(1, 5))
            case _:
                body[at : at + 1] = rng.choice((b"\0", b"\1", b"\xff", b"\x7f", rng.randbytes(1)))
    message = MESSAGES.get(number)
    if message and not rng.randrange(4):  # near the size of the fixed part the layout is decided
        size = fixed_format(layouts(version, message)[0]).size
        del body[max(0, size + rng.randrange(-2, 6)) :]
    return header(number, bytes(body))


rngs = st.randoms(use_true_random=False)
versions = st.sampled_from(VERSIONS)
documented = st.sampled_from(sorted(MESSAGES))
bare = st.sampled_from(BARE_NUMBERS)


def frames(version: int, numbers: st.SearchStrategy[int] = documented) -> st.SearchStrategy[bytes]:
    """Well-formed frames, 8-byte header included."""
    return st.builds(build, rngs, st.just(version), numbers)


def damaged_frames(version: int) -> st.SearchStrategy[bytes]:
    """Frames that were well-formed before they were damaged."""
    return st.builds(damage, rngs, st.just(version), frames(version))


def random_frames() -> st.SearchStrategy[bytes]:
    """Frames of documented messages with random bodies."""
    return st.builds(header, documented, st.binary(max_size=120))


def streams(version: int) -> st.SearchStrategy[bytes]:
    """Frames of all kinds one after another, often with a tail that is not a whole frame."""
    tails = st.one_of(
        st.just(b""),
        frames(version).map(lambda frame: frame[:-1]),
        st.binary(max_size=12),
        st.builds(HEADER.pack, st.integers(65529, 0xFFFFFFFF), documented),
    )
    kinds = st.one_of(frames(version), frames(version, bare), damaged_frames(version), random_frames())
    return st.builds(lambda parts, tail: b"".join(parts) + tail, st.lists(kinds, max_size=6), tails)
