"""Build step for the message classes: their rows as data, and the stub for type checkers and editors."""

from collections.abc import Iterator

from ..schema import NEWEST_VERSION, OLDEST_VERSION, Reference
from .class_shapes import (
    ARRAY,
    ARRAYS,
    GROUP,
    REPEATED,
    VARIABLES,
    ClassShape,
    FixedShape,
    PartShape,
    Value,
    shapes,
)

#: The oldest fully supported version. Types in the stub do not consider older versions: a field that came in
#: this version or before it is not None.
OLDEST_SUPPORTED = 14

_PLAIN = {"STRING": "str", "UNSPEC": "bytes", "BOOL": "bool"}
_SEVERAL = {VARIABLES: "NamedVariables", ARRAYS: "NamedArrays"}
_SEVERAL_GIVEN = {VARIABLES: "VariablesInput", ARRAYS: "ArraysInput"}


def _row(part: PartShape) -> str:
    columns = "None"
    if part.shape == GROUP:
        columns = "(" + " ".join(f"{_row(column)}," for column in part.columns) + ")"
    return (
        f'({part.shape}, "{part.reference}", "{part.keyword}", {part.value.conversion!r}, '
        f"{part.record!r}, {part.opener}, {part.closer}, {columns})"
    )


def class_table_module(reference: Reference, banner: str) -> str:
    """``protocol/class_table.py``: the data from which each message class is created."""
    lines = [
        f'"""Data of the message classes ({banner}).',
        "",
        "Number; fixed fields as (reference, keyword, conversion); floating parts as (shape, reference,",
        "keyword, conversion, record, opening column, closing column, columns); defaults by keyword.",
        '"""',
        "",
        "CLASSES = {",
    ]
    for item in shapes(reference):
        lines.append(f'    "{item.name}": ({item.message.number}, (')
        lines += [f'        ("{f.reference}", "{f.keyword}", {f.value.conversion!r}),' for f in item.fixed]
        lines.append("    ), (")
        lines += [f"        {_row(part)}," for part in item.parts]
        defaults = {f.keyword: f.default for f in item.fixed if f.default is not None}
        lines.append(f"    ), {defaults!r}),")
    return "\n".join([*lines, "}", ""])


def _type(value: Value) -> str:
    plain = _PLAIN.get(value.type, "int")
    return f"enums.{value.enum} | int" if value.enum and plain == "int" else plain


def _given(value: Value) -> str:
    # Text fields also accept raw bytes.
    return "TextInput" if value.type == "STRING" else _type(value)


def _in_old_versions(item: ClassShape, field: FixedShape) -> bool:
    reach = max(item.message.since, OLDEST_SUPPORTED)
    return field.in_all_layouts and field.since <= reach


def _read(part: PartShape) -> str:
    if part.shape == GROUP:
        return f"tuple[{part.record}, ...]"
    if part.shape in _SEVERAL:
        return _SEVERAL[part.shape]
    if part.shape in (REPEATED, ARRAY):
        return f"tuple[{_type(part.value)}, ...]"
    return f"{_type(part.value)} | None"


def _record(part: PartShape) -> Iterator[str]:
    yield f"    class {part.record}(NamedTuple):"
    for column in part.columns:
        several = column.shape in (REPEATED, ARRAY)
        yield f"        {column.keyword}: {_read(column)} = {'()' if several else 'None'}"


def _fixed_keyword(item: ClassShape, field: FixedShape) -> str:
    kind = _type(field.value)
    if field.default is not None:
        kind = f"{kind} = {bool(field.default) if field.value.type == 'BOOL' else field.default}"
    elif field.counts or field.since > max(item.message.since, OLDEST_SUPPORTED):
        kind = f"{kind} | None = None"
    return f"{field.keyword}: {kind}"


def _part_keyword(item: ClassShape, part: PartShape) -> str:
    if part.shape in _SEVERAL_GIVEN:
        return f"{part.keyword}: {_SEVERAL_GIVEN[part.shape]} = ()"
    if part.shape == GROUP:
        return f"{part.keyword}: Iterable[{item.name}.{part.record}] = ()"
    if part.shape in (REPEATED, ARRAY):
        return f"{part.keyword}: Iterable[{_given(part.value)}] = ()"
    if part.required and part.since <= max(item.message.since, OLDEST_SUPPORTED):
        return f"{part.keyword}: {_given(part.value)}"
    return f"{part.keyword}: {_given(part.value)} | None = None"


def _class(item: ClassShape) -> Iterator[str]:
    since = f" From protocol version {item.message.since}." if item.message.since > OLDEST_VERSION else ""
    yield f"class {item.name}(TypedMessage):"
    yield f'    """{item.message.name}. {item.message.summary.rstrip(".")}.{since}"""'
    yield ""
    yield f"    number: ClassVar[Literal[{item.message.number}]]"
    for part in item.parts:
        if part.shape == GROUP:
            yield ""
            yield from _record(part)
    keywords = [_fixed_keyword(item, field) for field in item.fixed if field.documented]
    keywords += [_part_keyword(item, part) for part in item.parts if part.sendable]
    star = ["        *,"] if keywords else []
    listed = [f"        {keyword}," for keyword in keywords]
    yield ""
    yield "    def __init__("
    yield "        self,"
    yield f"        version_or_codec: int | Codec = {NEWEST_VERSION},"
    yield "        /,"
    yield from star + listed
    yield "    ) -> None: ..."
    yield "    @classmethod"
    yield "    def encode("
    yield "        cls,"
    yield "        version_or_codec: int | Codec,"
    yield "        /,"
    yield from star + listed
    yield "    ) -> bytes: ..."
    for field in item.fixed:
        kind = _type(field.value) + ("" if _in_old_versions(item, field) else " | None")
        yield from _property(field.keyword, kind, field)
    for part in item.parts:
        yield from _property(part.keyword, _read(part), part)


def _property(keyword: str, kind: str, field: FixedShape | PartShape) -> Iterator[str]:
    yield "    @property"
    yield f"    def {keyword}(self) -> {kind}:"
    since = f", from protocol version {field.since}" if field.since > OLDEST_VERSION else ""
    text = f"{field.reference}{since}: {field.meaning}" if field.meaning else f"{field.reference}{since}"
    yield f'        """{text.rstrip(".")}."""'


_STUB_HEAD = """\
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar, Literal, NamedTuple, TypeAlias

from ctios_fast.core.codec import Codec
from ctios_fast.core.classes.base import TypedMessage as TypedMessage
from ctios_fast.core.classes.named_variables import NamedArrays as NamedArrays
from ctios_fast.core.classes.named_variables import NamedVariables as NamedVariables
from ctios_fast.core.secret import Secret
from ctios_fast.protocol import enums

TextInput: TypeAlias = str | bytes | Secret
VariablesInput: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
ArraysInput: TypeAlias = Mapping[str, Mapping[int, str] | Iterable[str]] | Iterable[tuple[str, int, str]]

def to_datetime(seconds: int) -> datetime: ...
def class_of(number: int) -> type[TypedMessage] | None: ...
"""


def messages_stub(reference: Reference) -> str:
    """``messages.pyi`` of the package."""
    names = sorted([*(message.name for message in reference.messages), *reference.undocumented.values()])
    lines = [_STUB_HEAD.rstrip("\n"), "", f"MessageName: TypeAlias = Literal[{', '.join(map(repr, names))}]"]
    for item in shapes(reference):
        lines.append("")
        lines += _class(item)
    return "\n".join([*lines, ""])
