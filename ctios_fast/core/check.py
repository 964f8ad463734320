"""What a strict reader minds about a message that is well-formed all the same.

A CTI Server refuses such requests with a status of its own (tags 3, 26 and 49, lengths 23, required
data 6, counts 39, 77 and 78); a reader of events had better take them.
"""

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from .layout import FloatingField, Layouts, MessageLayout, tag_row

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
    return Layouts(version).describe(number)


def findings(message: "Message") -> list[Finding]:
    """All departures of the message, in wire order; counts and absences last."""
    layout = _layout(message.version, message.type)
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


def _of_field(version: int, tag: int, size: int, field: FloatingField | None) -> list[Finding]:
    row = tag_row(tag)
    if field is None:
        if row is None:
            return [Finding("unknown_tag", f"tag:{tag}", tag, "no such tag")]
        kind = "tag_too_new" if row.since > version else "tag_not_of_message"
        return [Finding(kind, row.name or f"tag:{tag}", tag, "the message does not list it")]
    since = max(field.since, row.since if row is not None else 0)
    if since > version:
        return [Finding("tag_too_new", field.name, tag, f"came in version {since}")]
    if field.max and size > field.max:
        return [Finding("too_long", field.name, tag, f"{size} bytes, {field.max} at most")]
    width = _WIDTHS.get(field.type)
    if width and (size % width if field.array else size != width):
        return [Finding("wrong_width", field.name, tag, f"{size} bytes for {field.type}")]
    return []


def _of_list(message: "Message", field: FloatingField, count: int, sizes: list[int]) -> list[Finding]:
    if field.tag is None or field.since > message.version:
        return []
    if field.repeats is None:
        if not count and not field.optional:
            return [Finding("required_missing", field.name, field.tag, "the message requires it")]
    else:
        said = message.get(field.repeats, 0)
        # fields of a configuration record may be left out of a record; other lists come whole
        wrong = count > said if field.optional and field.repeats == "NumRecords" else count != said
        if wrong:
            return [
                Finding("count_mismatch", field.name, field.tag, f"{field.repeats} says {said}, {count} came")
            ]
    if field.array and count == 1:
        said, elements = message.get(field.array), sizes[0] // _WIDTHS[field.type]
        if isinstance(said, int) and said != elements:
            return [
                Finding(
                    "count_mismatch", field.name, field.tag, f"{field.array} says {said}, {elements} came"
                )
            ]
    return []
