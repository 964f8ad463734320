"""Docstring and signature of a message class for ``help()`` and editors, built on first use."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ctios_fast.core.encode.keyword_writer import ARRAY, ARRAYS, GROUP, REPEATED, SINGLE, VARIABLES
from ctios_fast.core.layout import NEWEST_VERSION, OLDEST_VERSION, layout_of
from ctios_fast.protocol.class_table import CLASSES

if TYPE_CHECKING:
    import inspect

    from ctios_fast.core.layout_info import FloatingField

__all__ = ["ClassText", "class_signature", "class_text"]

_SEVERAL = {
    REPEATED: "tuple of {}",
    ARRAY: "tuple of {}",
    VARIABLES: "NamedVariables",
    ARRAYS: "NamedArrays",
}
#: Types whose data has no fixed length, with the bytes that end it on the wire.
_ENDS = {"STRING": 1, "UNSPEC": 0}
_PLAIN = {"STRING": "str", "UNSPEC": "bytes", "BOOL": "bool"}


class ClassText:
    """A class attribute that is computed from the class's name when it is first read."""

    def __init__(self, compute: "Callable[[Any], object]") -> None:
        self._compute = compute
        self._values: dict[str, object] = {}

    def __get__(self, instance: object, owner: "type[Any]") -> Any:
        name = next(each.__name__ for each in owner.__mro__ if each.__name__ in CLASSES)
        if name not in self._values:
            self._values[name] = self._compute(name)
        return self._values[name]


def _type_name(wire_type: str, conversion: str | None) -> str:
    return conversion or _PLAIN.get(wire_type, "int")


def _since(version: int) -> str:
    return f", from version {version}" if version > OLDEST_VERSION else ""


def _meaning(meanings: "dict[str, str]", reference: str) -> str:
    text = meanings.get(reference)
    return f": {text}" if text else ""


def _fields(name: str, meanings: "dict[str, str]") -> Iterator[str]:
    number, fixed, parts, _ = CLASSES[name]
    layout = layout_of(NEWEST_VERSION, number)
    assert layout is not None
    listed = {field.name: field for field in layout.fixed}
    for reference, keyword, conversion in fixed:
        field = listed.get(reference)
        meaning = _meaning(meanings, reference)
        if field is None:
            yield f"{keyword}: {conversion or 'int'} ({reference}, of another layout of the message){meaning}"
        else:
            kind = _type_name(field.type, conversion)
            yield f"{keyword}: {kind} ({reference}{_since(field.since)}){meaning}"
    floating: dict[str | None, FloatingField] = {field.name: field for field in layout.floating}
    for part in parts:
        yield from _part(part, floating, meanings)


def _part(
    part: "tuple[Any, ...]", floating: "dict[str | None, FloatingField]", meanings: "dict[str, str]"
) -> Iterator[str]:
    kind, reference, keyword, conversion, record, _, _, columns = part
    if kind == GROUP:
        yield f"{keyword}: tuple of {record}, with"
        for column in columns:
            for line in _part(column, floating, meanings):
                yield f"    {line}"
        return
    field = floating[reference]
    kind_name = _SEVERAL.get(kind, "{}").format(_type_name(field.type, conversion))
    optional = ", optional" if field.optional and kind == SINGLE else ""
    size = f", at most {field.max - _ENDS[field.type]} bytes" if field.max and field.type in _ENDS else ""
    tag = "" if field.tag is None else f", tag {field.tag}"
    about = f"{reference}{optional}{_since(field.since)}{tag}{size}"
    yield f"{keyword}: {kind_name} ({about}){_meaning(meanings, reference)}"


def class_text(name: str) -> str:
    """The docstring: the message, and a line for each field with its type, version, tag, unit and meaning."""
    from ctios_fast.protocol.message_texts import TEXTS  # most programs never ask for a docstring

    number = CLASSES[name][0]
    layout = layout_of(NEWEST_VERSION, number)
    assert layout is not None
    article = "an" if layout.kind == "event" else "a"
    summary, service, meanings = TEXTS[number]
    lines = "\n".join(f"    {line}" for line in _fields(name, meanings))
    return (
        f"{layout.name}, message {number}: {article} {layout.kind}{_since(layout.since)}.\n\n"
        f"{summary}. CTI Server Message Reference (GED-188), {service}.\n\n"
        f"Properties, and keywords of the constructor, with the reference's names:\n\n{lines}\n"
    )


def class_signature(name: str) -> "inspect.Signature":
    """The signature of the constructor. Parameters without a default are required."""
    from inspect import Parameter, Signature

    _, fixed, parts, defaults = CLASSES[name]
    layout = layout_of(NEWEST_VERSION, CLASSES[name][0])
    assert layout is not None
    counts = {each for field in layout.floating for each in (field.repeats, field.array)}
    required = {field.name for field in layout.floating if not field.optional and field.tag is not None}
    documented = {field.name for field in layout.fixed}
    parameters = [Parameter("version_or_codec", Parameter.POSITIONAL_ONLY, default=NEWEST_VERSION)]
    for reference, keyword, _ in fixed:
        if reference in documented:
            fallback = None if reference in counts else Parameter.empty
            default: Any = defaults.get(keyword, fallback)
            parameters.append(Parameter(keyword, Parameter.KEYWORD_ONLY, default=default))
    for kind, reference, keyword, *_ in parts:
        default = None if kind == SINGLE else ()
        if kind == SINGLE and reference in required and reference not in counts:
            default = Parameter.empty
        parameters.append(Parameter(keyword, Parameter.KEYWORD_ONLY, default=default))
    return Signature(parameters)
