"""The shapes of the message classes: their names, properties and keywords, computed from the data.

This module is used when the package is built. The shapes are written to ``protocol/class_table.py``, from
which a class is created on first use, and to the stub for type checkers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..naming import snake_case
from ..schema import Floating, Message, Reference
from .defaults import default_of
from .message_texts import meaning

#: How a part of the floating fields is read and written; ``keyword_writer.pyx`` has the same numbers.
SINGLE, REPEATED, ARRAY, GROUP, VARIABLES, ARRAYS = range(6)

#: The field that says whether a record was added, changed or deleted. It opens or closes the record.
_MARKER = "RecordType"
_NAMED = {"NAMEDVAR": (VARIABLES, "named_variables"), "NAMEDARRAY": (ARRAYS, "named_arrays")}
_PLURALS = {"connected_party": "connected_parties"}
#: Groups that are nested in another group's records. Their fields become tuples in these records.
_NESTED = frozenset({"Instrument"})


@dataclass(frozen=True)
class Value:
    """The type of a value: its wire type, and the enumeration of its numbers or None."""

    type: str
    enum: str | None

    @property
    def conversion(self) -> str | None:
        """What the core converts the number to: an enumeration's name, ``"bool"``, or None for int."""
        return "bool" if self.type == "BOOL" else self.enum


@dataclass(frozen=True)
class FixedShape:
    """A property for a field of the fixed part."""

    reference: str
    keyword: str
    value: Value
    since: int
    in_all_layouts: bool
    documented: bool
    counts: bool
    default: int | None
    meaning: str


@dataclass(frozen=True)
class PartShape:
    """A property for a floating field, or for a group of them, which has ``columns`` and ``record``."""

    shape: int
    reference: str
    keyword: str
    value: Value
    since: int
    required: bool
    sendable: bool
    meaning: str = ""
    record: str = ""
    columns: tuple["PartShape", ...] = ()

    @property
    def opener(self) -> int:
        """The column that begins a record, -1 if none does."""
        return 0 if self.columns and self.columns[0].reference == _MARKER else -1

    @property
    def closer(self) -> int:
        """The column that ends a record, -1 if none does."""
        return len(self.columns) - 1 if self.columns and self.columns[-1].reference == _MARKER else -1


@dataclass(frozen=True)
class ClassShape:
    """A message class."""

    name: str
    message: Message
    fixed: tuple[FixedShape, ...]
    parts: tuple[PartShape, ...]


def class_name(message: str) -> str:
    """``AGENT_STATE_EVENT`` becomes ``AgentStateEvent``."""
    return "".join(word.capitalize() for word in message.split("_"))


def plural(keyword: str) -> str:
    """The name of a property that holds a group's records."""
    return _PLURALS.get(keyword, f"{keyword}s")


def _fixed(message: Message) -> Iterable[FixedShape]:
    counters = {name for field in message.floating for name in (field.repeats, field.array)}
    documented = {field.name for field in message.layouts[0]}
    names = [{field.name for field in layout} for layout in message.layouts]
    done: set[str] = set()
    for layout in message.layouts:
        for field in layout:
            if field.name not in done:
                done.add(field.name)
                yield FixedShape(
                    field.name,
                    snake_case(field.name),
                    Value(field.type, field.enum),
                    field.since,
                    all(field.name in layout_names for layout_names in names),
                    field.name in documented,
                    field.name in counters,
                    default_of(message.name, message.kind, field.name),
                    meaning(field),
                )


def _part(field: Floating) -> PartShape:
    shape = ARRAY if field.array else SINGLE
    return PartShape(
        shape,
        field.name,
        snake_case(field.name),
        Value(field.type, field.enum),
        field.since,
        not field.optional and field.tag is not None,
        field.tag is not None,
        meaning(field),
    )


def _parts(message: Message) -> Iterable[PartShape]:
    counted = {field.array for field in message.floating} | {field.repeats for field in message.floating}
    done: set[str] = set()
    for field in message.floating:
        if field.group is None or field.group in _NESTED:
            if field.group in _NESTED:
                continue
            part = _part(field)
            if field.type in _NAMED:
                shape, keyword = _NAMED[field.type]
                part = replace(part, shape=shape, keyword=keyword, required=False)
            elif field.repeats:
                part = replace(part, shape=REPEATED, required=False)
            elif field.array or field.name in counted:
                part = replace(part, required=False)
            yield part
        elif field.group not in done:
            done.add(field.group)
            yield _group(message, field.group)


def _group(message: Message, group: str) -> PartShape:
    columns = []
    for field in message.floating:
        if field.group == group:
            columns.append(_part(field))
        elif field.group in _NESTED:
            column = _part(field)
            columns.append(replace(column, shape=REPEATED, keyword=plural(column.keyword), required=False))
    return PartShape(
        GROUP,
        group,
        plural(snake_case(group)),
        Value("", None),
        min(column.since for column in columns),
        required=False,
        sendable=True,
        record=group[0].upper() + group[1:],
        columns=tuple(columns),
    )


def shapes(reference: Reference) -> tuple[ClassShape, ...]:
    """All message classes; raises ``ValueError`` if two properties of a class have the same name."""
    all_shapes = tuple(
        ClassShape(class_name(message.name), message, tuple(_fixed(message)), tuple(_parts(message)))
        for message in reference.messages
    )
    for item in all_shapes:
        names = [field.keyword for field in item.fixed] + [part.keyword for part in item.parts]
        if len(set(names)) != len(names):
            raise ValueError(f"{item.name} has two properties with the same name: rename a field")
    return all_shapes
