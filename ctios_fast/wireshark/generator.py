"""Generates the Wireshark dissector in Lua from the protocol's data: what ``ctios-fast dissector`` prints.

``engine.lua`` in this folder is the part that does not depend on the data; its head explains the use of the
dissector. ``dissector()`` inserts the tables of fields, masks, enumerations, messages and tags.

A field name of the reference may have different kinds of value in different messages: ``SupervisorID`` is
text in most messages and a number in one. A filter name has one kind only. The most frequent kind has the
plain name, any other kind has a suffix. ``filter_name`` returns the name of each.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from ctios_fast.protocol.naming import snake_case
from ctios_fast.protocol.schema import (
    NEWEST_VERSION,
    NUMBER_WIDTHS,
    OLDEST_VERSION,
    Enumeration,
    Reference,
    load,
)

__all__ = ["dissector", "filter_name"]

ENGINE: Final = Path(__file__).with_name("engine.lua")
_MARK: Final = "--@TABLES@\n"

#: Kind of value of each wire type. The suffix of a filter name is the name of its kind.
_KINDS: Final = {
    **dict.fromkeys(("UCHAR", "USHORT", "UINT", "BOOL"), "number"),
    **dict.fromkeys(("CHAR", "SHORT", "INT"), "signed"),
    "TIME": "time",
    "STRING": "text",
    "UNSPEC": "bytes",
    "NAMEDVAR": "variable",
    "NAMEDARRAY": "array",
}
#: Suffix of an enumeration that continues the numbers of another one.
_CONTINUED: Final = "Extended"
_SECRET: Final = "Password"  # noqa: S105 - a part of field names


class _Use(NamedTuple):
    """A field of a message. Equal uses in two messages are the same Wireshark field."""

    name: str
    type: str
    enum: str | None

    @property
    def kind(self) -> str:
        return _KINDS[self.type]


def _uses(reference: Reference) -> Iterator[_Use]:
    for message in reference.messages:
        for layout in message.layouts:
            yield from (_Use(field.name, field.type, field.enum) for field in layout)
        yield from (_Use(field.name, field.type, field.enum) for field in message.floating)
    for tag in reference.tags:
        if tag.field is not None:
            yield _Use(tag.field, tag.type or "UNSPEC", None)


class _Fields:
    """All Wireshark fields, and the field of each use in the data."""

    def __init__(self, reference: Reference) -> None:
        counts = Counter(_uses(reference))
        # A use without an enumeration is the same field as the only one of its name and type that has one.
        self._alike = {
            use: self._with_enum(use, [other for other in counts if other[:2] == use[:2] and other.enum])
            for use in counts
        }
        kinds: dict[str, Counter[str]] = {}
        for use, count in counts.items():
            kinds.setdefault(use.name, Counter())[use.kind] += count
        self._plain = {name: counter.most_common(1)[0][0] for name, counter in kinds.items()}
        self.all = sorted(set(self._alike.values()), key=lambda use: (use.name, use.type, use.enum or ""))
        self._sharing = Counter(self.filter(use) for use in self.all)

    @staticmethod
    def _with_enum(use: _Use, others: list[_Use]) -> _Use:
        return others[0] if use.enum is None and len(others) == 1 else use

    def use(self, name: str, wire_type: str | None, enum: str | None = None) -> _Use:
        return self._alike[_Use(name, wire_type or "UNSPEC", enum)]

    def filter(self, use: _Use) -> str:
        """Return the filter name without the protocol's prefix."""
        name = snake_case(use.name)
        return name if self._plain[use.name] == use.kind else f"{name}.{use.kind}"

    def key(self, use: _Use) -> str:
        """Return the key in the Lua tables."""
        name = self.filter(use)
        return name if self._sharing[name] == 1 else f"{name}/{use.type}/{use.enum or ''}"


@cache
def _reference() -> Reference:
    return load()


@cache
def _fields() -> _Fields:
    return _Fields(_reference())


def filter_name(name: str, wire_type: str) -> str:
    """Return the name of a field in Wireshark's display filters.

    ``name``, ``wire_type``: the field's name and wire type in the reference. Raises KeyError for another one.
    """
    return f"ged188.{_fields().filter(_Use(name, wire_type, None))}"


# --- Lua --------------------------------------------------------------------------------------------------


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _enumerations(items: Iterable[Enumeration]) -> Iterator[str]:
    members: dict[str, dict[int, str]] = {}
    for item in items:
        if not item.is_mask:
            rows = members.setdefault(item.name, {})
            for member in item.members:
                rows.setdefault(member.value, member.name)
            if item.name.endswith(_CONTINUED):
                members.setdefault(item.name.removesuffix(_CONTINUED), {}).update(rows)
    for name, rows in members.items():
        yield f"enums.{name} = {{"
        yield from (f"  [{value}] = {_text(member)}," for value, member in sorted(rows.items()))
        yield "}"


def _masks(items: Iterable[Enumeration], fields: _Fields) -> Iterator[str]:
    for item in items:
        widths = sorted({NUMBER_WIDTHS[use.type] for use in fields.all if use.enum == item.name})
        if not item.is_mask or not widths:
            continue
        shown = ", ".join(map(str, widths))
        yield f"mask({_text(item.name)}, {_text(snake_case(item.name))}, {{ {shown} }}, {{"
        for member in item.members:
            yield f"  {{ {_text(snake_case(member.name))}, {_text(member.name)}, 0x{member.value:08x} }},"
        yield "})"


def _field_lines(fields: _Fields, masks: set[str]) -> Iterator[str]:
    for use in fields.all:
        arguments = [_text(fields.key(use)), _text(fields.filter(use)), _text(use.name), _text(use.type)]
        enum = _text(use.enum) if use.enum and use.enum not in masks else "nil"
        mask = _text(use.enum) if use.enum in masks and use.enum else "nil"
        secret = "true" if _SECRET in use.name else "nil"
        extra = [enum, mask, secret]
        while extra and extra[-1] == "nil":
            extra.pop()
        yield f"field({', '.join([*arguments, *extra])})"


def _message_lines(reference: Reference, fields: _Fields) -> Iterator[str]:
    for message in reference.messages:
        yield f"messages[{message.number}] = {{ {_text(message.name)}, {message.since}, {{"
        for layout in message.layouts:
            rows = (
                f"{{ {_text(fields.key(fields.use(field.name, field.type, field.enum)))}, {field.since} }}"
                for field in layout
            )
            yield from _wrapped("  {", rows, "  },")
        rows = (
            f"[{field.tag}] = {{ {_text(fields.key(fields.use(field.name, field.type, field.enum)))}, "
            f"{field.since}, {field.max}{', true' if field.array else ''} }}"
            for field in message.floating
            if field.tag is not None
        )
        yield from _wrapped("}, {", rows, "} }")


def _wrapped(head: str, rows: Iterable[str], tail: str) -> Iterator[str]:
    yield head
    yield from (f"    {row}," for row in rows)
    yield tail


def _tag_lines(reference: Reference, fields: _Fields) -> Iterator[str]:
    for tag in reference.tags:
        key = "false" if tag.field is None else _text(fields.key(fields.use(tag.field, tag.type)))
        yield f"tags[{tag.number}] = {{ {key}, {tag.since}, {tag.max} }}"


def _tables() -> Iterator[str]:
    reference, fields = _reference(), _fields()
    yield "-- generated from the data by ctios_fast.wireshark: change the data, not this part"
    yield f"local OLDEST_VERSION, NEWEST_VERSION = {OLDEST_VERSION}, {NEWEST_VERSION}"
    yield from _enumerations(reference.enumerations)
    yield from _masks(reference.enumerations, fields)
    yield from _field_lines(fields, {item.name for item in reference.enumerations if item.is_mask})
    yield from _message_lines(reference, fields)
    for number, name in sorted(reference.undocumented.items()):
        yield f"undocumented[{number}] = {_text(name)}"
    yield from _tag_lines(reference, fields)


def dissector() -> str:
    """Return the whole dissector as Lua text."""
    head, mark, tail = ENGINE.read_text(encoding="utf-8").partition(_MARK)
    assert mark
    return head + "\n".join(_tables()) + "\n" + tail
