"""Deviations of well-formed messages from the reference.

A CTI Server refuses a request that deviates, with a status for the kind of deviation: tags 3, 26 and 49,
lengths 23, required data 6, counts 39, 77 and 78. A reader of events should accept such messages.
"""

from functools import cache
from typing import Any, NamedTuple, Protocol

from .layout import layout_of, tag_row
from .layout_info import FloatingField

_WIDTHS = {"CHAR": 1, "UCHAR": 1, "SHORT": 2, "USHORT": 2, "BOOL": 2, "INT": 4, "UINT": 4, "TIME": 4}
_MAX_SIZE = 0xFFFF_FFFF
"""What the widest length of a field can say."""


class Finding(NamedTuple):
    """One deviation from the reference.

    ``kind`` is one of ``message_too_new``, ``unknown_tag``, ``tag_not_of_message``, ``tag_too_new``,
    ``too_long``, ``wrong_width``, ``required_missing``, ``count_mismatch``.
    """

    kind: str
    field: str
    tag: int | None
    detail: str


class CheckedMessage(Protocol):
    """What the check reads from a message. A ``Message`` has it all."""

    @property
    def type(self) -> int:
        """The message number."""

    @property
    def version(self) -> int:
        """The protocol version that the message was read in."""

    @property
    def documented(self) -> bool:
        """Whether the reference has the message."""

    def floating_raw(self) -> list[tuple[int, bytes]]:
        """Tag and data of each floating field, in wire order."""

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a field, a list where it is repeated, ``default`` where it is absent."""


class _Rules(NamedTuple):
    """What the fields of one message are checked by; worked out once for each version and message number.

    ``too_new``: the finding of a message that its version does not have yet.
    ``listed``: the fields that the message may have, by tag.
    ``fitting``: tag -> the sizes in bytes that no finding is about.
    ``lists``: the fields whose presence or number is prescribed, in the order of the reference.
    """

    too_new: Finding | None
    listed: dict[int, FloatingField]
    fitting: dict[int, range]
    lists: tuple[FloatingField, ...]


@cache
def _rules(version: int, number: int) -> _Rules | None:
    layout = layout_of(version, number)
    if layout is None:
        return None
    too_new = None
    if layout.since > version:
        too_new = Finding("message_too_new", layout.name, None, f"came in version {layout.since}")
    listed = {field.tag: field for field in layout.floating if field.tag is not None}
    return _Rules(
        too_new,
        listed,
        {tag: _fitting(field) for tag, field in listed.items() if _since(field) <= version},
        tuple(
            field
            for field in layout.floating
            if field.tag is not None
            and _since(field) <= version
            and (field.repeats is not None or field.array is not None or not field.optional)
        ),
    )


def _fitting(field: FloatingField) -> range:
    """The sizes of a field's data that the reference permits."""
    end = (field.max or _MAX_SIZE) + 1
    width = _WIDTHS.get(field.type)
    if not width:
        return range(end)
    return range(0, end, width) if field.array else range(width, min(width + 1, end))


def findings(message: CheckedMessage) -> list[Finding]:
    """All deviations of the message in wire order, then wrong counts and missing fields."""
    rules = _rules(message.version, message.type) if message.documented else None
    if rules is None:
        return []
    found: list[Finding] = [] if rules.too_new is None else [rules.too_new]
    sizes: dict[str, list[int]] = {}  # of the fields that came, by name
    listed, fitting = rules.listed, rules.fitting
    for tag, data in message.floating_raw():
        field, size = listed.get(tag), len(data)
        if size not in fitting.get(tag, ()):
            found += _of_field(message.version, tag, size, field)
        if field is not None:
            sizes.setdefault(field.name, []).append(size)
    for field in rules.lists:
        came = sizes.get(field.name, [])
        if field.array is None:
            if field.repeats is None and came:
                continue  # required, and there
            if field.repeats is not None and message.get(field.repeats) == len(came):
                continue  # as many as the only count says
        found += _of_list(message, field, came)
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


def _of_list(message: CheckedMessage, field: FloatingField, sizes: list[int]) -> list[Finding]:
    found = []
    count = len(sizes)
    if field.repeats is not None:
        said = _said(message, field.repeats)
        # A configuration record may lack optional fields. Other lists are complete.
        may_lack = field.optional and field.repeats == "NumRecords"
        if said is not None and (count > said if may_lack else count != said):
            found.append(_mismatch(field, field.repeats, said, count))
    elif not count and not field.optional:
        found.append(Finding("required_missing", field.name, field.tag, "the message requires it"))
    if field.array is not None:
        # Each array has a count, in the same order. If a record lacks one, they cannot be matched.
        counts = _counts(message, field.array)
        if len(counts) == count:
            width = _WIDTHS[field.type]
            found += [
                _mismatch(field, field.array, said, size // width)
                for said, size in zip(counts, sizes, strict=True)
                if said is not None and said != size // width
            ]
    return found


def _counts(message: CheckedMessage, name: str) -> list[int | None]:
    """What each occurrence of a counting field says; None where it is not a number (of the wrong width)."""
    value = message.get(name, [])
    items = value if isinstance(value, list) else [value]
    return [item if isinstance(item, int) else None for item in items]


def _said(message: CheckedMessage, name: str) -> int | None:
    """How many are announced in all records together; None where that is not known."""
    counts = _counts(message, name)
    return None if None in counts else sum(count for count in counts if count is not None)


def _mismatch(field: FloatingField, name: str, said: int, came: int) -> Finding:
    return Finding("count_mismatch", field.name, field.tag, f"{name} says {said}, {came} came")
