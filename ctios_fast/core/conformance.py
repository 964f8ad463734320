"""What a strict reader minds about a message that is well-formed all the same.

A CTI Server refuses such requests with a status of its own (tags 3, 26 and 49, lengths 23, required
data 6, counts 39, 77 and 78); a reader of events had better take them.
"""

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from .layout import layout_of, tag_row
from .layout_info import FloatingField, MessageLayout

if TYPE_CHECKING:
    from .message import Message

_WIDTHS = {"CHAR": 1, "UCHAR": 1, "SHORT": 2, "USHORT": 2, "BOOL": 2, "INT": 4, "UINT": 4, "TIME": 4}


class Finding(NamedTuple):
    """One departure from the reference.

    ``kind`` is one of ``message_too_new``, ``unknown_tag``, ``tag_not_of_message``, ``tag_too_new``,
    ``too_long``, ``wrong_width``, ``required_missing``, ``count_mismatch``.
    """

    kind: str
    field: str
    tag: int | None
    detail: str


@cache
def _layout(version: int, number: int) -> MessageLayout | None:
    return layout_of(version, number)


def findings(message: "Message") -> list[Finding]:
    """All departures of the message, in wire order; counts and absences last."""
    layout = _layout(message.version, message.type) if message.documented else None
    if layout is None:
        return []
    found: list[Finding] = []
    if layout.since > message.version:
        found.append(Finding("message_too_new", layout.name, None, f"came in version {layout.since}"))
    listed = {field.tag: field for field in layout.floating if field.tag is not None}
    present: Counter[str] = Counter()
    sizes: dict[str, list[int]] = {}
    for tag, data in message.floating_raw():
        field = listed.get(tag)
        found += _of_field(message.version, tag, len(data), field)
        if field is not None:
            present[field.name] += 1
            sizes.setdefault(field.name, []).append(len(data))
    for field in layout.floating:
        found += _of_list(message, field, present[field.name], sizes.get(field.name, []))
    return found


def _since(field: FloatingField) -> int:
    row = None if field.tag is None else tag_row(field.tag)
    return field.since if row is None else max(field.since, row.since)


def _of_field(version: int, tag: int, size: int, field: FloatingField | None) -> list[Finding]:
    if field is None:
        row = tag_row(tag)
        if row is None:
            return [Finding("unknown_tag", f"tag:{tag}", tag, "no such tag")]
        kind = "tag_too_new" if row.since > version else "tag_not_of_message"
        return [Finding(kind, row.name or f"tag:{tag}", tag, "the message does not list it")]
    since = _since(field)
    if since > version:
        return [Finding("tag_too_new", field.name, tag, f"came in version {since}")]
    if field.max and size > field.max:
        return [Finding("too_long", field.name, tag, f"{size} bytes, {field.max} at most")]
    width = _WIDTHS.get(field.type)
    if width and (size % width if field.array else size != width):
        return [Finding("wrong_width", field.name, tag, f"{size} bytes for {field.type}")]
    return []


def _of_list(message: "Message", field: FloatingField, count: int, sizes: list[int]) -> list[Finding]:
    if field.tag is None or _since(field) > message.version:
        return []
    found = []
    if field.repeats is not None:
        said = _said(message, field.repeats)
        # fields of a configuration record may be left out of a record; other lists come whole
        may_lack = field.optional and field.repeats == "NumRecords"
        if said is not None and (count > said if may_lack else count != said):
            found.append(_mismatch(field, field.repeats, said, count))
    elif not count and not field.optional:
        found.append(Finding("required_missing", field.name, field.tag, "the message requires it"))
    if field.array is not None:
        # one count for each array, in the same order; where records lack either, none can be told apart
        counts = _counts(message, field.array)
        if len(counts) == count:
            width = _WIDTHS[field.type]
            found += [
                _mismatch(field, field.array, said, size // width)
                for said, size in zip(counts, sizes, strict=True)
                if said is not None and said != size // width
            ]
    return found


def _counts(message: "Message", name: str) -> list[int | None]:
    """What each occurrence of a counting field says; None where it is not a number (of the wrong width)."""
    value = message.get(name, [])
    items = value if isinstance(value, list) else [value]
    return [item if isinstance(item, int) else None for item in items]


def _said(message: "Message", name: str) -> int | None:
    """How many are announced in all records together; None where that is not known."""
    counts = _counts(message, name)
    return None if None in counts else sum(count for count in counts if count is not None)


def _mismatch(field: FloatingField, name: str, said: int, came: int) -> Finding:
    return Finding("count_mismatch", field.name, field.tag, f"{name} says {said}, {came} came")
